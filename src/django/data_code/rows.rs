//! Rows of historical models under a name: what a function gives them before it saves them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::members::MAKES;
use super::walk::{Sym, Walk};
use super::{DataFacts, HistoricalModel, RowWrite, RowWriteKind, Write, WriteKind, Written};
use crate::python::syntax::Ranged as _;
use crate::python::syntax::ast::{self, Expr};
use crate::source::Location;

/// A row that a name stands for.
#[derive(Debug, Clone)]
struct Row {
    model: HistoricalModel,
    /// Where it is made; `None` for one that is read.
    made: Option<Location>,
    /// Fields that it is given.
    given: BTreeSet<Arc<str>>,
    /// Whether it may be given more than is seen: another function has it, `**kwargs`.
    open: bool,
    /// Where it is saved first.
    saved: Option<Location>,
}

/// The rows that names stand for at this point of a function.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    by_name: BTreeMap<String, Row>,
}

/// What a call that makes a row gives it; `None` where that is not all that is said.
fn given(call: &ast::ExprCall) -> Option<BTreeSet<Arc<str>>> {
    let mut names = BTreeSet::new();
    if !call.arguments.args.is_empty() {
        return None;
    }
    for keyword in &call.arguments.keywords {
        let name = keyword.arg.as_ref()?.as_str();
        // `get_or_create(…, defaults={…})`
        match (&keyword.value, name) {
            (Expr::Dict(dict), "defaults" | "create_defaults") => {
                for item in &dict.items {
                    let Some(Expr::StringLiteral(key)) = &item.key else { return None };
                    names.insert(key.value.to_str().into());
                }
            }
            (_, "defaults" | "create_defaults") => return None,
            _ => {
                names.insert(name.into());
            }
        }
    }
    Some(names)
}

impl Rows {
    /// A call that makes a row in the table at once, and does not bind it.
    pub fn create(facts: &mut DataFacts, model: &HistoricalModel, call: &ast::ExprCall, at: Location) {
        if let Some(given) = given(call) {
            facts.rows.push(RowWrite { model: model.clone(), kind: RowWriteKind::Create, given, at });
        }
    }

    /// A name comes to stand for a row. `made` is the call that makes it, with whether it is in the
    /// table by that.
    pub fn bind(
        &mut self,
        name: &str,
        model: &HistoricalModel,
        made: Option<(&ast::ExprCall, bool, Location)>,
        facts: &mut DataFacts,
    ) {
        self.forget(name, facts);
        let mut row =
            Row { model: model.clone(), made: None, given: BTreeSet::new(), open: false, saved: None };
        if let Some((call, in_table, at)) = made {
            let given = given(call);
            row.open = given.is_none();
            row.given = given.unwrap_or_default();
            row.saved = in_table.then(|| at.clone());
            row.made = Some(at);
        }
        self.by_name.insert(name.to_owned(), row);
    }

    /// A row is given a field.
    pub fn give(&mut self, name: &str, field: &str) {
        if let Some(row) = self.by_name.get_mut(name) {
            row.given.insert(field.into());
        }
    }

    /// Something else has the row now, and may change it.
    pub fn hand_over(&mut self, name: &str) {
        if let Some(row) = self.by_name.get_mut(name) {
            row.open = true;
        }
    }

    /// A row is saved.
    pub fn save(&mut self, name: &str, call: &ast::ExprCall, at: Location) {
        if let Some(row) = self.by_name.get_mut(name) {
            let plain = call.arguments.args.is_empty()
                && call
                    .arguments
                    .keywords
                    .iter()
                    .all(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg == "using"));
            row.open |= !plain;
            row.saved.get_or_insert(at);
        }
    }

    /// Whether the row that a name stands for was made by this function.
    pub fn is_made(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|row| row.made.is_some())
    }

    /// The name stands for something else.
    pub fn forget(&mut self, name: &str, facts: &mut DataFacts) {
        let Some(row) = self.by_name.remove(name) else { return };
        let Some(saved) = row.saved.filter(|_| !row.open) else { return };
        let (kind, at) = match row.made {
            Some(made) => (RowWriteKind::Create, made),
            None if row.given.is_empty() => (RowWriteKind::SaveUnchanged, saved),
            None => return,
        };
        facts.rows.push(RowWrite { model: row.model, kind, given: row.given, at });
    }

    /// The function ends.
    pub fn end(mut self, facts: &mut DataFacts) {
        let names: Vec<String> = self.by_name.keys().cloned().collect();
        for name in names {
            self.forget(&name, facts);
        }
    }
}

impl Walk<'_, '_> {
    /// `Order.objects.create(…)` as a statement: nobody has the row to give it more.
    pub(super) fn unbound_row(&mut self, expr: &Expr) {
        let Expr::Call(call) = expr else { return };
        let Expr::Attribute(method) = call.func.as_ref() else { return };
        if MAKES.contains(&method.attr.as_str())
            && let Sym::Query { model, .. } = self.clone_of(&method.value, 0)
        {
            Rows::create(self.facts, &model, call, self.parsed.location(expr.range()));
        }
    }

    /// A name is bound: what it stood for is over, and it may stand for another row.
    pub(super) fn bind_row(&mut self, name: &str, value: &Sym, from: &Expr) {
        let Sym::Instance { model, .. } = value else { return self.rows.forget(name, self.facts) };
        let made = match from {
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Attribute(method) if MAKES.contains(&method.attr.as_str()) => Some((call, true)),
                Expr::Name(model) if matches!(self.name(model), Sym::Model(_)) => Some((call, false)),
                _ => None,
            },
            _ => None,
        };
        let made = made.map(|(call, in_table)| (call, in_table, self.parsed.location(from.range())));
        self.rows.bind(name, model, made, self.facts);
    }

    /// A method of a row.
    pub(super) fn row_call(
        &mut self,
        model: HistoricalModel,
        of_all: bool,
        method: &ast::ExprAttribute,
        call: &ast::ExprCall,
        whole: &Expr,
    ) {
        let at = self.parsed.location(whole.range());
        let kind = match method.attr.as_str() {
            "save" => WriteKind::SaveEach,
            "delete" => WriteKind::DeleteEach,
            _ => return,
        };
        match (kind, method.value.as_ref()) {
            (WriteKind::SaveEach, Expr::Name(name)) => self.rows.save(name.id.as_str(), call, at.clone()),
            // `Order(…).save()`
            (WriteKind::SaveEach, Expr::Call(made)) if matches!(made.func.as_ref(), Expr::Name(_)) => {
                Rows::create(self.facts, &model, made, at.clone());
            }
            (WriteKind::DeleteEach, _) => {
                let given = BTreeSet::new();
                let kind = RowWriteKind::Delete;
                self.facts.rows.push(RowWrite { model: model.clone(), kind, given, at: at.clone() });
            }
            _ => {}
        }
        let adds = kind == WriteKind::SaveEach
            && match method.value.as_ref() {
                Expr::Name(name) => self.rows.is_made(name.id.as_str()),
                made => matches!(made, Expr::Call(made) if matches!(made.func.as_ref(), Expr::Name(_))),
            };
        self.note_written(&model, adds, whole);
        if of_all {
            self.facts.writes.push(Write { model, kind, at });
        }
    }

    /// Notes a write to rows of a model; `adds` says that it changes none that is there.
    pub(super) fn note_written(&mut self, model: &HistoricalModel, adds: bool, whole: &Expr) {
        if let Some(known) = self.facts.written.iter_mut().find(|known| known.model == *model) {
            known.adds &= adds;
        } else {
            let at = self.parsed.location(whole.range());
            self.facts.written.push(Written { model: model.clone(), at, adds });
        }
    }
}
