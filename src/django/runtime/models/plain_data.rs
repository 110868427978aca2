//! Attributes of a model whose value is not known, but whose expression can give a number, a text or
//! a container only: none of those has a `contribute_to_class()`, so they are no fields.

use std::rc::Rc;

use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Module, Object};
use crate::python::syntax::ast::{Expr, ExprCall, Stmt};

use super::source::class_body;

/// Built-in functions whose result has no `contribute_to_class()`, whatever they are given.
const PLAIN: [&str; 24] = [
    "abs",
    "bool",
    "bytes",
    "chr",
    "dict",
    "float",
    "frozenset",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "len",
    "list",
    "ord",
    "range",
    "repr",
    "round",
    "set",
    "sorted",
    "str",
    "tuple",
    "hasattr",
];

/// Modules of the standard library whose functions give numbers, texts, dates, paths and the like.
const DATA_MODULES: [&str; 12] = [
    "datetime", "decimal", "math", "os", "pathlib", "platform", "random", "secrets", "socket", "tempfile",
    "time", "uuid",
];

/// How deep an expression is looked into.
const DEPTH: u32 = 30;

/// Whether the class statement at `class` (its header) gives an attribute a value that can be plain
/// data alone. Any statement that might set it otherwise says no.
pub(super) fn is_plain_data(interpreter: &mut Interpreter, class: &Rc<Class>, name: &str) -> bool {
    let Some(at) = &class.at else { return false };
    let Ok(parsed) = interpreter.library.parse(at.file.path()) else { return false };
    let Some(body) = class_body(&parsed, &parsed.body, at, 0) else { return false };
    let Some(module) = interpreter.module(&class.module) else { return false };
    let mut scope = Scope { interpreter, module: &module, body };
    let mut given = false;
    for statement in body {
        let value = match statement {
            Stmt::Assign(inner) if inner.targets.iter().any(|target| is_name(target, name)) => &*inner.value,
            Stmt::AnnAssign(inner) if is_name(&inner.target, name) => match &inner.value {
                Some(value) => &**value,
                None => continue,
            },
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Pass(_) | Stmt::Expr(_) => continue,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => continue,
            _ => return false,
        };
        if !scope.is_data(value, 0) {
            return false;
        }
        given = true;
    }
    given
}

fn is_name(target: &Expr, name: &str) -> bool {
    matches!(target, Expr::Name(target) if *target.id == *name)
}

struct Scope<'a> {
    interpreter: &'a mut Interpreter,
    module: &'a Rc<Module>,
    body: &'a [Stmt],
}

impl Scope<'_> {
    fn is_data(&mut self, value: &Expr, depth: u32) -> bool {
        if depth > DEPTH {
            return false;
        }
        let mut is_data = |inner: &Expr| self.is_data(inner, depth + 1);
        match value {
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::FString(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Compare(_) => true,
            // Arithmetic with a number or a text gives one.
            Expr::BinOp(inner) => is_data(&inner.left) || is_data(&inner.right),
            Expr::UnaryOp(inner) => is_data(&inner.operand),
            Expr::BoolOp(inner) => inner.values.iter().all(&mut is_data),
            Expr::If(inner) => is_data(&inner.body) && is_data(&inner.orelse),
            Expr::Call(call) => self.gives_data(call, depth),
            _ => false,
        }
    }

    fn gives_data(&mut self, call: &ExprCall, depth: u32) -> bool {
        match &*call.func {
            Expr::Name(function) if self.is_rebound(&function.id) => false,
            Expr::Name(function) => match function.id.as_str() {
                // One of several, all of which can be put in order with a number or a text.
                "min" | "max" => {
                    let several = call.arguments.args.len() > 1 && call.arguments.keywords.is_empty();
                    several && call.arguments.args.iter().any(|one| self.is_data(one, depth + 1))
                }
                name => PLAIN.contains(&name),
            },
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(module) => self.is_data_module(&module.id),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the module or the class gives a name of Python's another meaning.
    fn is_rebound(&self, name: &str) -> bool {
        let in_class = self.body.iter().any(|statement| match statement {
            Stmt::Assign(inner) => inner.targets.iter().any(|target| is_name(target, name)),
            Stmt::FunctionDef(inner) => *inner.name.id == *name,
            Stmt::ClassDef(inner) => *inner.name.id == *name,
            _ => false,
        });
        in_class || self.module.get(name).is_some()
    }

    fn is_data_module(&mut self, name: &str) -> bool {
        match self.interpreter.module_global(self.module, name).ok().flatten() {
            Some(Object::Module(module)) => module.parsed.is_none() && DATA_MODULES.contains(&&*module.name),
            _ => false,
        }
    }
}
