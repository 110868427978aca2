//! `contextlib`.

use std::rc::Rc;

use super::super::arguments::receiver;
use super::super::native_table;
use super::{names_of, nothing};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::{Namespace, Object, Payload};

native_table!(FUNCTIONS {
    "contextlib.contextmanager" => |_, mut a| {
        let function = receiver(&mut a);
        Ok(Object::closure("contextlib.contextmanager", move |i, args| {
            let made = i.call(&function, args)?;
            let class = super::native_class(&i.types, "contextlib", "_GeneratorContextManager", &[], GENERATOR);
            Ok(i.instance_with(&class, Payload::Value(made)))
        }))
    },
    "contextlib.asynccontextmanager" => |_, mut a| Ok(receiver(&mut a)),
});

native_table!(GENERATOR {
    "contextlib._GeneratorContextManager.__enter__" => |i, a| {
        let made = super::super::arguments::plain(a.get(0).unwrap_or(&Object::None));
        Ok(match &made {
            Object::Iterator(items) => items.borrow_mut().pop_front().unwrap_or(Object::None),
            Object::Unknown(_) => made.clone(),
            _ => i.unknown("enters a context that is not known"),
        })
    },
    "contextlib._GeneratorContextManager.__exit__" => nothing,
    "contextlib._GeneratorContextManager.__call__" => |_, a| Ok(a.get(1).cloned().unwrap_or(Object::None)),
});

native_table!(SUPPRESS {
    "contextlib.suppress.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_with(&class, Payload::Constructed(Rc::new(a)))),
        other => Ok(other),
    },
    "contextlib.suppress.__enter__" => nothing,
    "contextlib.suppress.__exit__" => nothing,
});

native_table!(NULL {
    "contextlib.nullcontext.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_with(&class, Payload::Constructed(Rc::new(a)))),
        other => Ok(other),
    },
    "contextlib.nullcontext.__enter__" => |_, a| {
        let given = a.get(0).and_then(Object::as_instance).and_then(|me| Interpreter::constructed(me));
        Ok(given.and_then(|given| given.param(0, "enter_result").cloned()).unwrap_or(Object::None))
    },
    "contextlib.nullcontext.__exit__" => nothing,
});

native_table!(STACK {
    "contextlib.ExitStack.__enter__" => |_, mut a| Ok(receiver(&mut a)),
    "contextlib.ExitStack.__exit__" => nothing,
    "contextlib.ExitStack.enter_context" => |i, a| {
        let manager = a.get(1).cloned().unwrap_or(Object::None);
        i.call_method(&manager, "__enter__", Args::default())
    },
    "contextlib.ExitStack.callback" => nothing,
    "contextlib.ExitStack.push" => nothing,
    "contextlib.ExitStack.close" => nothing,
    "contextlib.ExitStack.pop_all" => |_, mut a| Ok(receiver(&mut a)),
});

native_table!(BASE {
    "contextlib.AbstractContextManager.__enter__" => |_, mut a| Ok(receiver(&mut a)),
    "contextlib.AbstractContextManager.__exit__" => nothing,
});

/// The names of `contextlib`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    for (name, methods) in [
        ("suppress", SUPPRESS),
        ("nullcontext", NULL),
        ("ExitStack", STACK),
        ("AbstractContextManager", BASE),
        ("redirect_stdout", BASE),
        ("redirect_stderr", BASE),
        ("ContextDecorator", &[]),
        ("AsyncContextDecorator", &[]),
    ] {
        super::add_class(i, &mut names, "contextlib", name, &[], methods);
    }
    names
}
