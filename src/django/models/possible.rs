//! Models that may be there, and attributes that are no fields after all.

use std::sync::Arc;

use super::{ModelsRead, ProjectApps, Unresolved};
use crate::python::interpreter::Interpreter;
use crate::python::syntax::Parsed;
use crate::python::syntax::Ranged;
use crate::python::syntax::ast::Stmt;
use crate::source::Location;

/// Sorts out what the attributes that are not known can be.
pub(super) fn find(interpreter: &mut Interpreter, _apps: &ProjectApps, read: &mut ModelsRead) {
    let keys: Vec<_> = read.possible_fields.keys().cloned().collect();
    for key in keys {
        let at = read
            .state
            .models
            .get(&key)
            .or_else(|| read.possible.get(&key))
            .and_then(|state| state.at.clone());
        let Some(doubts) = read.possible_fields.get_mut(&key) else { continue };
        if let Some(at) = at
            && let Ok(parsed) = interpreter.library.parse(at.file.path())
        {
            // A function is no field, whatever decorates it.
            doubts.retain(|(name, _)| !is_function(&parsed, &at, name));
        }
        doubts.retain(|(name, _)| !name.starts_with("__"));
        for (name, why) in doubts.iter() {
            read.unresolved.push(Unresolved {
                model: Some(key.clone()),
                what: Some(name.clone()),
                reason: why.reason.clone(),
                at: why.at.clone(),
            });
        }
    }
    read.possible_fields.retain(|_, doubts| !doubts.is_empty());
}

fn is_function(parsed: &Arc<Parsed>, class: &Location, name: &str) -> bool {
    let Some(body) = class_body(&parsed.body, class, 0) else { return false };
    body.iter().any(|statement| match statement {
        Stmt::FunctionDef(def) => def.name.id == name,
        Stmt::ClassDef(def) => def.name.id == name,
        _ => false,
    })
}

fn class_body<'a>(body: &'a [Stmt], class: &Location, depth: u32) -> Option<&'a [Stmt]> {
    let at = body.partition_point(|statement| u32::from(statement.end()) < class.end);
    let mut inner: Vec<&'a [Stmt]> = Vec::new();
    match body.get(at)? {
        Stmt::ClassDef(def) if u32::from(def.name.start()) == class.start => return Some(&def.body),
        Stmt::ClassDef(def) => inner.push(&def.body),
        Stmt::FunctionDef(def) => inner.push(&def.body),
        Stmt::If(clauses) => {
            inner.push(&clauses.body);
            inner.extend(clauses.elif_else_clauses.iter().map(|clause| &clause.body[..]));
        }
        Stmt::Try(inner_try) => {
            inner.push(&inner_try.body);
            inner.push(&inner_try.orelse);
            inner.extend(inner_try.handlers.iter().map(|handler| {
                let crate::python::syntax::ast::ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body[..]
            }));
        }
        _ => {}
    }
    if depth > 50 {
        return None;
    }
    inner.into_iter().find_map(|body| class_body(body, class, depth + 1))
}
