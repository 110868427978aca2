//! What the text of a class statement says of its attributes.

use crate::python::interpreter::Interpreter;
use crate::python::syntax::ast::{ExceptHandler, Expr, Stmt};
use crate::python::syntax::{Parsed, Ranged};
use crate::source::Location;

/// Whether the class statement at `class` (its header) binds a name by `def` or `class`: a function is
/// no field, whatever decorates it.
pub(super) fn is_definition(interpreter: &Interpreter, class: &Location, name: &str) -> bool {
    let Ok(parsed) = interpreter.library.parse(class.file.path()) else { return false };
    let Some(body) = class_body(&parsed, &parsed.body, class, 0) else { return false };
    body.iter().any(|statement| match statement {
        Stmt::FunctionDef(def) => def.name.id == name,
        Stmt::ClassDef(def) => def.name.id == name,
        _ => false,
    })
}

/// Whether the class statement at `class` binds a name to what may be a field: to the outcome of a
/// call, not of a built-in function. What is not written there may be.
pub(super) fn may_make_field(interpreter: &Interpreter, class: &Location, name: &str) -> bool {
    let Ok(parsed) = interpreter.library.parse(class.file.path()) else { return true };
    let Some(body) = class_body(&parsed, &parsed.body, class, 0) else { return true };
    let value = body.iter().rev().find_map(|statement| match statement {
        Stmt::Assign(inner) => {
            let named = |target: &Expr| matches!(target, Expr::Name(target) if target.id == name);
            inner.targets.iter().any(named).then_some(&*inner.value)
        }
        _ => None,
    });
    match value {
        None => true,
        Some(Expr::Call(call)) => match &*call.func {
            Expr::Name(function) => !interpreter.builtins.contains_key(&function.id),
            _ => true,
        },
        Some(_) => false,
    }
}

/// The body of the class statement whose header is at `class`.
pub(super) fn class_body<'a>(
    parsed: &'a Parsed,
    body: &'a [Stmt],
    class: &Location,
    depth: u32,
) -> Option<&'a [Stmt]> {
    let at = body.partition_point(|statement| u32::from(statement.end()) < class.end);
    let mut inner: Vec<&'a [Stmt]> = Vec::new();
    match body.get(at)? {
        Stmt::ClassDef(def) if u32::from(def.name.start()) == class.start => return Some(&def.body),
        Stmt::ClassDef(def) => inner.push(&def.body),
        Stmt::FunctionDef(def) => inner.push(parsed.function_body(def)),
        Stmt::If(clauses) => {
            inner.push(&clauses.body);
            inner.extend(clauses.elif_else_clauses.iter().map(|clause| &clause.body[..]));
        }
        Stmt::Try(inner_try) => {
            inner.push(&inner_try.body);
            inner.push(&inner_try.orelse);
            inner.extend(inner_try.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body[..]
            }));
        }
        _ => {}
    }
    if depth > 50 {
        return None;
    }
    inner.into_iter().find_map(|body| class_body(parsed, body, class, depth + 1))
}
