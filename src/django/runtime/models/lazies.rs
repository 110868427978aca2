//! `django.utils.functional.lazy`: what a lazy call gives is worked out when somebody asks for it,
//! for a call may need what is not there while modules are being evaluated.

use std::rc::Rc;

use crate::django::runtime::class;
use crate::python::interpreter::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Instance, Native, Object, Payload};
use crate::python::value::Value;

const PROXY: &str = "django.utils.functional.__proxy__";

/// Names of `django.utils.functional`.
pub(super) static FUNCTIONS: &[Native] = &[
    Native { path: "django.utils.functional.lazy", call: lazy },
    Native {
        path: "django.utils.functional.lazystr",
        call: |interpreter, args| interpreter.to_str(args.get(0).unwrap_or(&Object::None)),
    },
    Native {
        path: "django.utils.functional.keep_lazy",
        call: |_, _| {
            Ok(Object::closure("django.utils.functional.keep_lazy", |_, args| {
                Ok(args.get(0).cloned().unwrap_or(Object::None))
            }))
        },
    },
    Native {
        path: "django.utils.functional.keep_lazy_text",
        call: |_, args| Ok(args.get(0).cloned().unwrap_or(Object::None)),
    },
];

static METHODS: &[Native] = &[
    Native {
        path: "django.utils.functional.__proxy__.__getattr__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
            match &*name {
                // Django asks these of everything that stands in a model's body.
                "contribute_to_class" | "deconstruct" | "resolve_expression" => {
                    Err(interpreter.raise("AttributeError", name))
                }
                _ => interpreter.get_attribute(&value, &(&*name).into()),
            }
        },
    },
    Native {
        path: "django.utils.functional.__proxy__.__str__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            interpreter.to_str(&value)
        },
    },
    Native {
        path: "django.utils.functional.__proxy__.__iter__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            match interpreter.unknown_items(&value) {
                Some(why) => Ok(Object::Unknown(why)),
                None => Ok(crate::python::interpreter::iterator(interpreter.items(&value)?)),
            }
        },
    },
    Native {
        path: "django.utils.functional.__proxy__.__mod__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            let right = args.get(1).cloned().unwrap_or(Object::None);
            interpreter.binary(&value, crate::python::syntax::ast::Operator::Mod, &right)
        },
    },
    Native {
        path: "django.utils.functional.__proxy__.__add__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            let right = args.get(1).cloned().unwrap_or(Object::None);
            interpreter.binary(&value, crate::python::syntax::ast::Operator::Add, &right)
        },
    },
    Native {
        path: "django.utils.functional.__proxy__.__eq__",
        call: |interpreter, args| {
            let value = worked_out(interpreter, &args)?;
            let right = args.get(1).cloned().unwrap_or(Object::None);
            Ok(match interpreter.equal(&value, &right)? {
                Ok(equal) => Object::Bool(equal),
                Err(why) => Object::Unknown(why),
            })
        },
    },
];

/// `Promise`, which all lazy values derive from.
pub(super) fn promise(interpreter: &mut Interpreter) -> Rc<Class> {
    class(interpreter, "django.utils.functional", "Promise", &[], &[])
}

/// `lazy(func, *resultclasses)`
fn lazy(interpreter: &mut Interpreter, args: Args) -> Eval {
    let function = args.get(0).cloned().unwrap_or(Object::None);
    let base = promise(interpreter);
    let proxy = class(interpreter, "django.utils.functional", "__proxy__", &[base], METHODS);
    Ok(Object::closure("django.utils.functional.lazy", move |interpreter, args| {
        let args = args.with_first(function.clone());
        Ok(interpreter.instance_with(&proxy, Payload::Constructed(Rc::new(args))))
    }))
}

fn worked_out(interpreter: &mut Interpreter, args: &Args) -> Eval {
    match args.get(0).and_then(Object::as_instance) {
        Some(proxy) => value_of(interpreter, proxy),
        None => Ok(Object::None),
    }
}

fn value_of(interpreter: &mut Interpreter, proxy: &Rc<Instance>) -> Eval {
    let Some(args) = Interpreter::constructed(proxy) else { return Ok(Object::None) };
    let mut args = (*args).clone();
    let Some(function) = args.take_first() else { return Ok(Object::None) };
    match interpreter.call(&function, args) {
        Ok(value) => Ok(value),
        Err(Raise::Limit(why)) if interpreter.is_spent() => Err(Raise::Limit(why)),
        // Asked for too early, or for something that only a running site has.
        Err(raise) => Ok(interpreter.unknown_from(&raise)),
    }
}

/// A lazy value at rest is what it comes to.
pub(super) fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    if !instance.class.borrow().has_path(PROXY) {
        return None;
    }
    Some(match value_of(interpreter, instance) {
        Ok(value) => interpreter.freeze(&value),
        Err(raise) => Value::unknown(interpreter.describe_raise(&raise), instance.at.clone()),
    })
}
