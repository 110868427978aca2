//! Follows names through a function.

use std::collections::BTreeMap;

use super::formatted::is_formatted;
use super::members::{ADDS, CHAIN, FILTERS, OF_CLASS, OF_INSTANCE, ONE, OTHER, WRITES};
use super::rows::Rows;
use super::{Binding, DataFacts, HistoricalModel, Member, MemberOf, ModelPlace, Write, WriteKind};
use crate::python::syntax::ast::{self, Expr, Stmt};
use crate::python::syntax::{Parsed, Ranged as _};

/// How deep expressions are followed.
const DEPTH_LIMIT: usize = 100;

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sym {
    Unknown,
    Model(HistoricalModel),
    /// A manager; whether it is `objects` or one of Django's own.
    Query {
        model: HistoricalModel,
        filtered: bool,
        known: bool,
    },
    /// A list of rows.
    Rows {
        model: HistoricalModel,
        filtered: bool,
    },
    Instance {
        model: HistoricalModel,
        of_all: bool,
    },
}

/// Reads a function. `registry` tells which names stand for today's registry of models.
pub(in crate::django) fn look(
    parsed: &Parsed,
    definition: &Stmt,
    registry: &dyn Fn(&str) -> bool,
    facts: &mut DataFacts,
) {
    let body = match definition {
        Stmt::FunctionDef(def) => parsed.function_body(def),
        _ => return,
    };
    let mut walk = Walk { parsed, registry, facts, names: BTreeMap::new(), rows: Rows::default() };
    walk.body(body);
    walk.rows.end(walk.facts);
}

/// A way through one function, and what names stand for at this point of it.
pub(super) struct Walk<'p, 'f> {
    /// The file that is walked.
    pub(super) parsed: &'p Parsed,
    registry: &'p dyn Fn(&str) -> bool,
    /// Takes what is found.
    pub(super) facts: &'f mut DataFacts,
    names: BTreeMap<String, Sym>,
    /// What is known of rows so far.
    pub(super) rows: Rows,
}

impl Walk<'_, '_> {
    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    /// Runs alternatives, and keeps of the names what all agree on.
    fn branches(&mut self, bodies: &[&[Stmt]]) {
        let before = self.names.clone();
        let mut ends = vec![before.clone()];
        for body in bodies {
            self.names.clone_from(&before);
            self.body(body);
            ends.push(std::mem::take(&mut self.names));
        }
        let mut merged = ends.pop().unwrap_or_default();
        merged.retain(|name, sym| ends.iter().all(|end| end.get(name).is_none_or(|other| other == sym)));
        self.names = merged;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                let value = self.expr(&assign.value, 0);
                for target in &assign.targets {
                    self.bind(target, value.clone(), &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let sym = self.expr(value, 0);
                    self.bind(&assign.target, sym, value);
                }
            }
            Stmt::AugAssign(assign) => {
                self.expr(&assign.value, 0);
                self.bind(&assign.target, Sym::Unknown, &assign.value);
            }
            Stmt::For(each) => {
                let over = self.expr(&each.iter, 0);
                let row = match over {
                    Sym::Query { model, filtered, known: true } | Sym::Rows { model, filtered } => {
                        let at = self.parsed.location(each.range());
                        self.facts.loops.push(ModelPlace { model: model.clone(), at });
                        Sym::Instance { model, of_all: !filtered }
                    }
                    _ => Sym::Unknown,
                };
                self.bind(&each.target, row, &each.iter);
                self.body(&each.body);
                if let Expr::Name(row) = each.target.as_ref() {
                    self.rows.forget(row.id.as_str(), self.facts);
                }
                self.body(&each.orelse);
            }
            Stmt::While(each) => {
                self.expr(&each.test, 0);
                self.branches(&[&each.body]);
            }
            Stmt::If(branch) => {
                self.expr(&branch.test, 0);
                let mut bodies: Vec<&[Stmt]> = vec![&branch.body];
                bodies.extend(branch.elif_else_clauses.iter().map(|clause| clause.body.as_slice()));
                self.branches(&bodies);
            }
            Stmt::Try(attempt) => {
                self.body(&attempt.body);
                let handlers: Vec<&[Stmt]> = attempt
                    .handlers
                    .iter()
                    .map(|ast::ExceptHandler::ExceptHandler(handler)| handler.body.as_slice())
                    .collect();
                self.branches(&handlers);
                self.body(&attempt.orelse);
                self.body(&attempt.finalbody);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    self.expr(&item.context_expr, 0);
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, Sym::Unknown, &item.context_expr);
                    }
                }
                self.body(&with.body);
            }
            Stmt::Expr(expr) => {
                self.expr(&expr.value, 0);
                self.unbound_row(&expr.value);
            }
            Stmt::Return(result) => {
                if let Some(value) = &result.value {
                    self.expr(value, 0);
                }
            }
            Stmt::FunctionDef(def) => {
                // Its own names hide these; what it does with the others is done all the same.
                let outer = self.names.clone();
                for parameter in &def.parameters {
                    self.names.remove(parameter.name().as_str());
                }
                let parsed = self.parsed;
                self.body(parsed.function_body(def));
                self.names = outer;
            }
            _ => {}
        }
    }

    fn bind(&mut self, target: &Expr, value: Sym, from: &Expr) {
        match target {
            Expr::Name(name) => {
                if let Sym::Model(model) = &value
                    && matches!(from, Expr::Call(_))
                {
                    let at = self.parsed.location(target.range());
                    let variable = name.id.as_str().into();
                    self.facts.bindings.push(Binding { variable, model: model.clone(), at });
                }
                self.bind_row(name.id.as_str(), &value, from);
                match value {
                    Sym::Unknown => self.names.remove(name.id.as_str()),
                    value => self.names.insert(name.id.to_string(), value),
                };
            }
            Expr::Tuple(tuple) => {
                for item in &tuple.elts {
                    self.bind(item, Sym::Unknown, from);
                }
            }
            Expr::Attribute(attribute) => {
                if let Expr::Name(row) = attribute.value.as_ref() {
                    self.rows.give(row.id.as_str(), attribute.attr.as_str());
                }
                self.expr(target, 0);
            }
            _ => {
                self.expr(target, 0);
            }
        }
    }

    fn expr(&mut self, expr: &Expr, depth: usize) -> Sym {
        if depth > DEPTH_LIMIT {
            return Sym::Unknown;
        }
        match expr {
            Expr::Name(name) => {
                self.rows.hand_over(name.id.as_str());
                self.name(name)
            }
            Expr::Attribute(attribute) => self.attribute(attribute, expr, false, depth),
            Expr::Call(call) => self.call(call, expr, depth),
            Expr::Subscript(subscript) => {
                let value = self.expr(&subscript.value, depth + 1);
                match (value, subscript.slice.as_ref()) {
                    // A slice is a batch.
                    (Sym::Query { model, known, .. }, Expr::Slice(_)) => {
                        Sym::Query { model, filtered: true, known }
                    }
                    (Sym::Rows { model, .. }, Expr::Slice(_)) => Sym::Rows { model, filtered: true },
                    _ => Sym::Unknown,
                }
            }
            _ => {
                self.inner(expr, depth);
                Sym::Unknown
            }
        }
    }

    /// Whether a call makes a row of a model or asks for rows.
    fn makes_or_asks(&self, call: &ast::ExprCall) -> bool {
        match call.func.as_ref() {
            Expr::Name(callee) => matches!(self.name(callee), Sym::Model(_)),
            Expr::Attribute(method) => {
                let name = method.attr.as_str();
                CHAIN.contains(&name) || ONE.contains(&name) || WRITES.contains(&name)
            }
            _ => false,
        }
    }

    /// What a name stands for here.
    pub(super) fn name(&self, name: &ast::ExprName) -> Sym {
        self.names.get(name.id.as_str()).cloned().unwrap_or(Sym::Unknown)
    }

    /// Looks at what an expression is made of.
    fn inner(&mut self, expr: &Expr, depth: usize) {
        use crate::python::syntax::ast::visitor::{Visitor, walk_expr};
        struct Children<'e>(Vec<&'e Expr>);
        impl<'e> Visitor<'e> for Children<'e> {
            fn visit_expr(&mut self, expr: &'e Expr) {
                self.0.push(expr);
            }
        }
        let mut children = Children(Vec::new());
        // Names within a comprehension or lambda are its own; only what it asks of others is looked at.
        if matches!(expr, Expr::Lambda(_)) {
            return;
        }
        walk_expr(&mut children, expr);
        let comprehension =
            matches!(expr, Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_));
        let outer = comprehension.then(|| self.names.clone());
        if comprehension {
            self.forget_targets(expr);
        }
        for child in children.0 {
            self.expr(child, depth + 1);
        }
        if let Some(outer) = outer {
            self.names = outer;
        }
    }

    fn forget_targets(&mut self, expr: &Expr) {
        let generators = match expr {
            Expr::ListComp(comp) => &comp.generators,
            Expr::SetComp(comp) => &comp.generators,
            Expr::DictComp(comp) => &comp.generators,
            Expr::Generator(comp) => &comp.generators,
            _ => return,
        };
        for generator in generators {
            match &generator.target {
                Expr::Name(name) => {
                    self.names.remove(name.id.as_str());
                }
                Expr::Tuple(tuple) => {
                    for item in &tuple.elts {
                        if let Expr::Name(name) = item {
                            self.names.remove(name.id.as_str());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn attribute(&mut self, attribute: &ast::ExprAttribute, whole: &Expr, called: bool, depth: usize) -> Sym {
        let name = attribute.attr.as_str();
        if matches!(name, "alias" | "using" | "db_manager" | "db_alias" | "vendor") {
            self.facts.names_database = true;
        }
        let owner = match attribute.value.as_ref() {
            // To ask a row for something gives it to nobody.
            Expr::Name(owner) if name != "__dict__" => self.name(owner),
            owner => self.expr(owner, depth + 1),
        };
        match owner {
            Sym::Model(model) => match name {
                "objects" | "_default_manager" | "_base_manager" => {
                    let at = self.parsed.location(whole.range());
                    if !self.facts.queries.iter().any(|known| known.model == model) {
                        self.facts.queries.push(ModelPlace { model: model.clone(), at });
                    }
                    Sym::Query { model, filtered: false, known: true }
                }
                _ => {
                    self.member(&model, MemberOf::Class, name, OF_CLASS, whole);
                    Sym::Unknown
                }
            },
            Sym::Query { model, .. } => {
                let known = |list: &[&str]| list.contains(&name);
                if !known(CHAIN) && !known(ONE) {
                    self.member(&model, MemberOf::Manager, name, OTHER, whole);
                }
                Sym::Unknown
            }
            Sym::Instance { model, .. } if called => {
                self.member(&model, MemberOf::Instance, name, OF_INSTANCE, whole);
                Sym::Unknown
            }
            _ => Sym::Unknown,
        }
    }

    fn member(&mut self, model: &HistoricalModel, of: MemberOf, name: &str, known: &[&str], at: &Expr) {
        if name.starts_with("__") || known.contains(&name) {
            return;
        }
        let at = self.parsed.location(at.range());
        self.facts.members.push(Member { model: model.clone(), of, name: name.into(), at });
    }

    fn call(&mut self, call: &ast::ExprCall, whole: &Expr, depth: usize) -> Sym {
        for argument in &call.arguments.args {
            self.expr(argument, depth + 1);
        }
        for keyword in &call.arguments.keywords {
            if keyword.arg.as_ref().is_some_and(|name| name.as_str() == "using") {
                self.facts.names_database = true;
            }
            // A row that another one refers to is not changed by that.
            let refers = matches!(keyword.value, Expr::Name(_)) && self.makes_or_asks(call);
            if !refers {
                self.expr(&keyword.value, depth + 1);
            }
        }
        let Expr::Attribute(method) = call.func.as_ref() else {
            return self.plain_call(call, depth);
        };
        let name = method.attr.as_str();
        if name == "get_model" {
            let today =
                matches!(method.value.as_ref(), Expr::Name(owner) if (self.registry)(owner.id.as_str()));
            if today {
                return Sym::Unknown;
            }
            return get_model(call).map_or(Sym::Unknown, Sym::Model);
        }
        if name == "execute" && call.arguments.args.first().is_some_and(is_formatted) {
            self.facts.formatted.push(self.parsed.location(whole.range()));
        }
        let owner = match method.value.as_ref() {
            // Looked at once, by `attribute` below.
            Expr::Name(name) => self.name(name),
            value => self.clone_of(value, depth),
        };
        self.attribute(method, whole, true, depth);
        match owner {
            Sym::Query { model, filtered, known } => {
                self.query_call(model, filtered, known, name, call, whole)
            }
            Sym::Instance { model, of_all } => {
                self.row_call(model, of_all, method, call, whole);
                Sym::Unknown
            }
            _ => Sym::Unknown,
        }
    }

    /// What an expression stands for, without noting anything of it.
    pub(super) fn clone_of(&mut self, expr: &Expr, depth: usize) -> Sym {
        let mut scratch = DataFacts::default();
        let names = self.names.clone();
        let (parsed, registry) = (self.parsed, self.registry);
        let mut walk = Walk { parsed, registry, facts: &mut scratch, names, rows: Rows::default() };
        walk.expr(expr, depth + 1)
    }

    fn query_call(
        &mut self,
        model: HistoricalModel,
        filtered: bool,
        known: bool,
        name: &str,
        call: &ast::ExprCall,
        whole: &Expr,
    ) -> Sym {
        if CHAIN.contains(&name) {
            let arguments = !call.arguments.args.is_empty() || !call.arguments.keywords.is_empty();
            let narrows = FILTERS.contains(&name) && (arguments || name == "none");
            return Sym::Query { model, filtered: filtered || narrows, known };
        }
        if WRITES.contains(&name) {
            self.note_written(&model, ADDS.contains(&name), whole);
        }
        if ONE.contains(&name) {
            return Sym::Instance { model, of_all: false };
        }
        let kind = match name {
            "update" => WriteKind::UpdateAll,
            "delete" => WriteKind::DeleteAll,
            _ => return Sym::Unknown,
        };
        if !filtered {
            self.facts.writes.push(Write { model, kind, at: self.parsed.location(whole.range()) });
        }
        Sym::Unknown
    }

    /// `list(query)`, `Order(…)`
    fn plain_call(&mut self, call: &ast::ExprCall, depth: usize) -> Sym {
        let callee = self.expr(&call.func, depth + 1);
        if let Sym::Model(model) = callee {
            return Sym::Instance { model, of_all: false };
        }
        match (call.func.as_ref(), call.arguments.args.as_ref()) {
            (Expr::Name(name), [only]) if matches!(name.id.as_str(), "list" | "tuple" | "iter" | "tqdm") => {
                match self.clone_of(only, depth) {
                    Sym::Query { model, filtered, known: true } | Sym::Rows { model, filtered } => {
                        Sym::Rows { model, filtered }
                    }
                    _ => Sym::Unknown,
                }
            }
            _ => Sym::Unknown,
        }
    }
}

/// `apps.get_model("shop", "Order")`, `apps.get_model("shop.Order")`
pub(in crate::django) fn get_model(call: &ast::ExprCall) -> Option<HistoricalModel> {
    let text = |expr: &Expr| match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    };
    let keyword = |name: &str| {
        call.arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name))
    };
    let args = &call.arguments.args;
    let app = args.first().or_else(|| keyword("app_label").map(|keyword| &keyword.value)).and_then(text)?;
    let name = args.get(1).or_else(|| keyword("model_name").map(|keyword| &keyword.value));
    if let Some(name) = name {
        return Some(HistoricalModel { app: app.into(), name: text(name)?.into() });
    }
    let (app, name) = app.split_once('.')?;
    Some(HistoricalModel { app: app.into(), name: name.into() })
}
