//! Which models and fields code at the base declares and code now does not: what the running release
//! still selects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::base::Code;
use crate::python::syntax::ast::{Expr, Stmt, StmtClassDef};
use crate::python::syntax::{Parsed, Ranged};
use crate::reading;
use crate::rules::Dropped;
use crate::source::{Location, SourceFile};

/// Of what is dropped, what the change takes out of the code, with its place at the base.
pub(super) fn undeclared(code: &Code, dropped: &BTreeSet<Dropped>) -> BTreeMap<Dropped, Location> {
    let mut before: BTreeMap<Dropped, Location> = BTreeMap::new();
    let mut now: BTreeSet<Dropped> = BTreeSet::new();
    for file in code.files.iter().filter(|file| file.path.ends_with(".py") && file.before.is_some()) {
        if let Some(text) = &file.before {
            declares(text, dropped, &mut |one, at| {
                before.entry(one.clone()).or_insert(at);
            });
        }
    }
    if before.is_empty() {
        return before;
    }
    // It may have moved to a file that changed or is new, so all that could have it are asked.
    for file in code.files.iter().filter(|file| file.path.ends_with(".py")) {
        if let Some(text) = &file.now {
            declares(text, dropped, &mut |one, _| {
                now.insert(one.clone());
            });
        }
    }
    before.retain(|one, _| !now.contains(one));
    before
}

/// What a file declares of the names in question.
fn declares(text: &Arc<SourceFile>, dropped: &BTreeSet<Dropped>, found: &mut dyn FnMut(&Dropped, Location)) {
    let lower = text.text().to_lowercase();
    let wanted: Vec<&Dropped> = dropped.iter().filter(|one| lower.contains(&*one.model.model)).collect();
    if wanted.is_empty() || !text.text().contains("class ") {
        return;
    }
    let Ok(parsed) = reading::parsed(text) else { return };
    for class in classes(&parsed) {
        for one in wanted.iter().filter(|one| is_model(class, &one.model.model)) {
            match &one.field {
                None => found(one, parsed.location(class.name.range())),
                Some(field) => {
                    if let Some(at) = assignment(&parsed, class, field) {
                        found(one, at);
                    }
                }
            }
        }
    }
}

/// Classes at the top of a module, or within `if` and `try` there.
pub(super) fn classes(parsed: &Parsed) -> Vec<&StmtClassDef> {
    let mut found = Vec::new();
    let mut bodies: Vec<&[Stmt]> = vec![&parsed.body];
    while let Some(body) = bodies.pop() {
        for statement in body {
            match statement {
                Stmt::ClassDef(class) => found.push(class),
                Stmt::If(inner) => {
                    bodies.push(&inner.body);
                    bodies.extend(inner.elif_else_clauses.iter().map(|clause| &clause.body[..]));
                }
                Stmt::Try(inner) => bodies.extend([&inner.body[..], &inner.orelse]),
                _ => {}
            }
        }
    }
    found
}

/// A class that bears the model's name and has a base: a model is derived from something that is no
/// admin, form or serializer (those bear names of their own).
fn is_model(class: &StmtClassDef, model: &str) -> bool {
    let has_base = class.arguments.as_ref().is_some_and(|arguments| !arguments.args.is_empty());
    has_base && class.name.id.as_str().to_lowercase() == model
}

fn assignment(parsed: &Parsed, class: &StmtClassDef, field: &str) -> Option<Location> {
    class.body.iter().find_map(|statement| {
        let named = |target: &Expr| matches!(target, Expr::Name(name) if name.id.as_str() == field);
        match statement {
            Stmt::Assign(inner) if inner.targets.iter().any(named) => Some(parsed.location(inner.range())),
            Stmt::AnnAssign(inner) if inner.value.is_some() && named(&inner.target) => {
                Some(parsed.location(inner.range()))
            }
            _ => None,
        }
    })
}
