//! Whether a class statement looks like a model's, for files that are not evaluated: to be read
//! where a false yes costs time alone and a false no is made up for elsewhere.

use crate::django::runtime::models::DEFAULT_NAMES;
use crate::python::syntax::ast::{Expr, Stmt, StmtClassDef};

/// Calls `found` for each class statement of a module's body, at any depth of conditions.
pub(super) fn each_class<'a>(body: &'a [Stmt], found: &mut dyn FnMut(&'a StmtClassDef)) {
    each(body, 0, &mut |statement| {
        if let Stmt::ClassDef(def) = statement {
            found(def);
        }
    });
}

/// Calls `visit` for each statement that a module's body may run when it is imported.
pub(super) fn each<'a>(body: &'a [Stmt], depth: u32, visit: &mut dyn FnMut(&'a Stmt)) {
    if depth > 20 {
        return;
    }
    for statement in body {
        visit(statement);
        match statement {
            // Names for type checkers alone.
            Stmt::If(inner) if last_name(&inner.test) == Some("TYPE_CHECKING") => {}
            Stmt::If(inner) => {
                each(&inner.body, depth + 1, visit);
                for clause in &inner.elif_else_clauses {
                    each(&clause.body, depth + 1, visit);
                }
            }
            Stmt::Try(inner) => {
                each(&inner.body, depth + 1, visit);
                each(&inner.orelse, depth + 1, visit);
                for handler in &inner.handlers {
                    let crate::python::syntax::ast::ExceptHandler::ExceptHandler(handler) = handler;
                    each(&handler.body, depth + 1, visit);
                }
            }
            Stmt::With(inner) => each(&inner.body, depth + 1, visit),
            _ => {}
        }
    }
}

/// Whether a class has a base that is called a model, model fields, or a `Meta` with options of models.
pub(super) fn looks_like_model(def: &StmtClassDef) -> bool {
    let Some(arguments) = &def.arguments else { return false };
    if arguments.args.iter().any(|base| last_name(base).is_some_and(|name| name.ends_with("Model"))) {
        return true;
    }
    !arguments.args.is_empty()
        && def.body.iter().any(|member| match member {
            Stmt::ClassDef(inner) if inner.name.id == "Meta" => inner.body.iter().any(is_option),
            Stmt::Assign(inner) => matches!(&*inner.value, Expr::Call(call) if is_model_field(&call.func)),
            _ => false,
        })
}

fn is_option(statement: &Stmt) -> bool {
    let Stmt::Assign(inner) = statement else { return false };
    inner
        .targets
        .iter()
        .any(|target| matches!(target, Expr::Name(name) if DEFAULT_NAMES.contains(&name.id.as_str())))
}

/// `models.CharField`, `gis.models.PointField`
fn is_model_field(function: &Expr) -> bool {
    match function {
        Expr::Attribute(attribute) => last_name(&attribute.value) == Some("models"),
        _ => false,
    }
}

fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr.id),
        Expr::Subscript(subscript) => last_name(&subscript.value),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}
