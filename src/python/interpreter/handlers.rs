//! `try` statements: what handlers are there for, and which of them takes an exception.

use super::{Eval, Flow, Frame, Interpreter, Raise};
use crate::python::object::Object;
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{self, ExceptHandler, Expr, Stmt};

impl Interpreter {
    /// `try`, its handlers, `else` and `finally`.
    pub(super) fn run_try(&mut self, frame: &mut Frame, inner: &ast::StmtTry) -> Eval<Flow> {
        let caught = self.caught(frame, &inner.handlers)?;
        self.guarded_imports += u32::from(caught.imports);
        let outer = self.lacking_raises;
        self.lacking_raises = caught.stands_in.unwrap_or(outer);
        frame.guarded += 1;
        self.guards += 1;
        let result = self.run_body(frame, &inner.body);
        self.guards -= 1;
        frame.guarded -= 1;
        self.lacking_raises = outer;
        self.guarded_imports -= u32::from(caught.imports);
        let result = match result {
            Ok(Flow::Next) => self.run_body(frame, &inner.orelse),
            Err(Raise::Exception(exception)) => self.run_handlers(frame, &inner.handlers, exception),
            other => other,
        };
        match self.run_body(frame, &inner.finalbody)? {
            Flow::Next => result,
            flow => Ok(flow),
        }
    }

    fn caught(&mut self, frame: &mut Frame, handlers: &[ExceptHandler]) -> Eval<Caught> {
        let mut caught = Caught::default();
        for handler in handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let Some(kind) = &handler.type_ else {
                caught.imports = true;
                break;
            };
            // What the body is yet to import cannot be named before.
            let kind = match self.eval(frame, kind) {
                Err(Raise::Exception(_)) => continue,
                kind => kind?,
            };
            let kinds = if let Object::Tuple(kinds) = &kind { kinds.to_vec() } else { vec![kind] };
            caught.imports |= kinds.iter().any(catches_import_error);
            if caught.stands_in.is_none() && kinds.iter().any(catches_key_error) {
                caught.stands_in = Some(!raises(&handler.body));
            }
        }
        Ok(caught)
    }

    fn run_handlers(
        &mut self,
        frame: &mut Frame,
        handlers: &[ExceptHandler],
        exception: Object,
    ) -> Eval<Flow> {
        let class = self.class_of(&exception);
        for handler in handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let matches = match &handler.type_ {
                None => true,
                Some(kind) => {
                    let kind = self.eval(frame, kind)?;
                    let kinds = if let Object::Tuple(kinds) = &kind { kinds.to_vec() } else { vec![kind] };
                    // A class that is not known may well be the one that is raised.
                    kinds.iter().any(|kind| match kind {
                        Object::Class(kind) => class.is_subclass(kind),
                        Object::Unknown(_) => true,
                        _ => false,
                    })
                }
            };
            if !matches {
                continue;
            }
            if let Some(name) = &handler.name {
                self.bind(frame, &name.id, Some(exception.clone()));
            }
            let outer = frame.handling.replace(exception);
            let result = self.run_body(frame, &handler.body);
            frame.handling = outer;
            return result;
        }
        Err(Raise::Exception(exception))
    }
}

/// What handlers of a `try` say of its body.
#[derive(Default)]
struct Caught {
    /// They catch `ImportError`.
    imports: bool,
    /// For those that name `KeyError`: what is missing is replaced, and not just told of.
    stands_in: Option<bool>,
}

fn catches_key_error(kind: &Object) -> bool {
    let Object::Class(class) = kind else { return false };
    matches!(&*class.name, "KeyError" | "LookupError")
}

/// Whether statements may raise, or end the program.
fn raises(body: &[Stmt]) -> bool {
    let mut found = Raises(false);
    found.visit_body(body);
    found.0
}

struct Raises(bool);

impl<'a> Visitor<'a> for Raises {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0 |= matches!(statement, Stmt::Raise(_));
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.id.as_str(),
                _ => "",
            };
            self.0 |= matches!(name, "exit" | "_exit" | "abort");
        }
        walk_expr(self, expression);
    }
}

/// Whether a class after `except` takes what a missing import raises.
pub(super) fn catches_import_error(kind: &Object) -> bool {
    let Object::Class(class) = kind else { return false };
    matches!(&*class.name, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
}
