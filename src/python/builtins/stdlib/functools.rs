//! `functools`.

use std::rc::Rc;

use super::super::arguments::receiver;
use super::super::native_table;
use super::{first_argument, names_of, nothing};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Descriptor, Namespace, Object, Partial};
use crate::python::syntax::Name;

native_table!(FUNCTIONS {
    "functools.wraps" => |_, mut a| {
        let wrapped = receiver(&mut a);
        Ok(Object::closure("functools.wraps", move |_, mut args| {
            let wrapper = receiver(&mut args);
            take_name(&wrapper, &wrapped);
            Ok(wrapper)
        }))
    },
    "functools.update_wrapper" => |_, mut a| {
        let wrapper = receiver(&mut a);
        take_name(&wrapper, &receiver(&mut a));
        Ok(wrapper)
    },
    "functools.lru_cache" => cached,
    "functools.cache" => cached,
    "functools.total_ordering" => total_ordering,
    "functools.reduce" => |i, a| {
        let (Some(function), Some(items)) = (a.get(0), a.get(1)) else {
            return Err(i.missing_argument("reduce"));
        };
        let items = match i.known_items(items)? {
            Ok(items) => items,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut items = items.into_iter();
        let Some(mut total) = a.get(2).cloned().or_else(|| items.next()) else {
            return Err(i.raise("TypeError", "reduce() of empty iterable with no initial value"));
        };
        for item in items {
            total = i.call(function, Args::of(vec![total, item]))?;
        }
        Ok(total)
    },
    "functools.cmp_to_key" => |i, mut a| {
        let compare = receiver(&mut a);
        let class = super::native_class(&i.types, "functools", "KeyWrapper", &[], KEY);
        Ok(Object::closure("functools.KeyWrapper", move |i, mut args| {
            let object = receiver(&mut args);
            let key = i.instance_of(&class);
            if let Object::Instance(key) = &key {
                i.set_own_attribute(key, &Name::new_static("obj"), Some(object));
                i.set_own_attribute(key, &Name::new_static("compare"), Some(compare.clone()));
            }
            Ok(key)
        }))
    },
    "functools.partialmethod" => |_, mut a| {
        let function = receiver(&mut a);
        Ok(Object::closure("functools.partialmethod", move |i, mut args| {
            let me = receiver(&mut args);
            let function = match &function {
                // A static or class method, or another partial method.
                Object::Descriptor(descriptor) => match &**descriptor {
                    Descriptor::ClassMethod(inner) | Descriptor::StaticMethod(inner) => inner.clone(),
                    Descriptor::Property { get, .. } => get.clone(),
                },
                other => other.clone(),
            };
            let mut positional = vec![me];
            positional.extend(a.positional.iter().cloned());
            positional.append(&mut args.positional);
            i.toil((1 + a.keywords.len()).saturating_mul(1 + args.keywords.len()))?;
            let mut keywords = a.keywords.clone();
            keywords.retain(|(name, _)| args.keyword(name).is_none());
            keywords.append(&mut args.keywords);
            i.call(&function, Args { positional, keywords, open: args.open.or_else(|| a.open.clone()) })
        }))
    },
});

native_table!(PARTIAL {
    "functools.partial.__new__" => |i, mut a| {
        receiver(&mut a);
        let function = receiver(&mut a);
        if let Some(why) = a.open {
            return Ok(Object::Unknown(why));
        }
        if function.is_unknown() {
            return Ok(function);
        }
        if let Object::Partial(inner) = &function {
            // Nested ones are made flat, as CPython does; each copy has its price.
            i.spend((inner.args.len() + inner.keywords.len()) * size_of::<Object>())?;
            i.toil(inner.keywords.len().saturating_mul(a.keywords.len()))?;
            let mut args = inner.args.clone();
            args.extend(a.positional);
            let mut keywords = inner.keywords.clone();
            for (name, value) in a.keywords {
                match keywords.iter_mut().find(|(known, _)| *known == name) {
                    Some(slot) => slot.1 = value,
                    None => keywords.push((name, value)),
                }
            }
            return Ok(Object::Partial(Rc::new(Partial { function: inner.function.clone(), args, keywords })));
        }
        Ok(Object::Partial(Rc::new(Partial { function, args: a.positional, keywords: a.keywords })))
    },
});

native_table!(CACHED_PROPERTY {
    "functools.cached_property.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let function = a.param(0, "func").cloned().unwrap_or(Object::None);
        let name = match &function {
            Object::Function(function) => Some(function.name.clone()),
            _ => None,
        };
        let get = Object::closure("functools.cached_property", move |i, args| {
            let me = args.get(0).cloned();
            let value = i.call(&function, args)?;
            if let (Some(Object::Instance(me)), Some(name)) = (&me, &name) {
                i.set_own_attribute(me, name, Some(value.clone()));
            }
            Ok(value)
        });
        let property = Object::Descriptor(Rc::new(Descriptor::Property { get, set: None }));
        Ok(super::super::strings::constructed(i, &class, "functools.cached_property", property))
    },
});

native_table!(KEY {
    "functools.KeyWrapper.__lt__" => |i, a| {
        let part = |at: usize, name: &str| {
            let instance = a.get(at).and_then(Object::as_instance)?;
            instance.attrs.borrow().get(name).cloned()
        };
        match (part(0, "compare"), part(0, "obj"), part(1, "obj")) {
            (Some(compare), Some(a), Some(b)) => {
                let order = i.call(&compare, Args::of(vec![a, b]))?;
                Ok(match order.as_int() {
                    Some(order) => Object::Bool(order < 0),
                    None => i.unknown("compares objects whose order is not known"),
                })
            }
            _ => Ok(Object::NotImplemented),
        }
    },
});

/// The names of `functools`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    super::add_class(i, &mut names, "functools", "partial", &[], PARTIAL);
    super::add_class(i, &mut names, "functools", "cached_property", &[], CACHED_PROPERTY);
    super::add_class(i, &mut names, "functools", "_lru_cache_wrapper", &[], &[]);
    let plain = ["__module__", "__name__", "__qualname__", "__doc__"].map(Object::str).to_vec();
    names.insert(Name::new_static("WRAPPER_ASSIGNMENTS"), Object::tuple(plain));
    names.insert(Name::new_static("WRAPPER_UPDATES"), Object::tuple(vec![Object::str("__dict__")]));
    names
}

/// A wrapper goes by the name of what it wraps.
fn take_name(wrapper: &Object, wrapped: &Object) {
    let Object::Function(wrapper) = wrapper else { return };
    let mut attrs = wrapper.attrs.borrow_mut();
    let mut set = |name: &'static str, value: Object| {
        attrs.insert(Name::new_static(name), value);
    };
    match wrapped {
        Object::Function(wrapped) => {
            if Rc::ptr_eq(wrapper, wrapped) {
                return;
            }
            let inner = wrapped.attrs.borrow().clone();
            let own = |name: &str, value: Object| inner.get(name).cloned().unwrap_or(value);
            set("__name__", own("__name__", Object::str(wrapped.name.as_str())));
            set("__qualname__", own("__qualname__", Object::Str(wrapped.qualname.clone())));
            set("__module__", own("__module__", Object::Str(wrapped.module.name.clone())));
        }
        Object::Class(class) => {
            set("__name__", Object::str(class.name.as_str()));
            set("__qualname__", Object::Str(class.qualname.clone()));
            set("__module__", Object::Str(class.module.clone()));
        }
        _ => {}
    }
    set("__wrapped__", wrapped.clone());
}

/// `lru_cache`, with or without arguments: the function itself, as it would give the same each time.
fn cached(_: &mut Interpreter, mut args: Args) -> Eval {
    static CLEAR: crate::python::object::Native =
        crate::python::object::Native { path: "functools.cache_clear", call: nothing };
    match args.take_first() {
        Some(Object::Function(function)) => {
            let clear = Name::new_static("cache_clear");
            function.attrs.borrow_mut().insert(clear, Object::Native(&CLEAR));
            Ok(Object::Function(function))
        }
        Some(other @ (Object::Native(_) | Object::Closure(_) | Object::Class(_) | Object::Descriptor(_))) => {
            Ok(other)
        }
        _ => Ok(Object::closure("functools.lru_cache", |i, args| {
            if args.positional.is_empty() { first_argument(i, args) } else { cached(i, args) }
        })),
    }
}

/// The comparisons that a class lacks, from the one it has.
fn total_ordering(i: &mut Interpreter, mut args: Args) -> Eval {
    let class = receiver(&mut args);
    let Object::Class(made) = &class else { return Ok(class) };
    let root = ["__lt__", "__le__", "__gt__", "__ge__"]
        .into_iter()
        .find_map(|name| made.lookup(name).map(|(method, _)| (name, method)));
    let Some((root, method)) = root else { return Ok(class) };
    // For each comparison: whether the operands are swapped, and whether the answer is turned round.
    let table: [(&'static str, bool, bool); 3] = match root {
        "__lt__" => [("__gt__", true, false), ("__le__", true, true), ("__ge__", false, true)],
        "__le__" => [("__ge__", true, false), ("__lt__", true, true), ("__gt__", false, true)],
        "__gt__" => [("__lt__", true, false), ("__ge__", true, true), ("__le__", false, true)],
        _ => [("__le__", true, false), ("__gt__", true, true), ("__lt__", false, true)],
    };
    for (name, swapped, turned) in table {
        if defines(made, name) {
            continue;
        }
        let method = method.clone();
        let derived = Object::closure(name, move |i, args| {
            let (Some(a), Some(b)) = (args.get(0), args.get(1)) else {
                return Err(i.missing_argument("comparison"));
            };
            let (a, b) = if swapped { (b, a) } else { (a, b) };
            let answer = i.call(&method, Args::of(vec![a.clone(), b.clone()]))?;
            if matches!(answer, Object::NotImplemented) || !turned {
                return Ok(answer);
            }
            Ok(match i.truth(&answer)? {
                Ok(truth) => Object::Bool(!truth),
                Err(why) => Object::Unknown(why),
            })
        });
        i.set_class_attribute(made, &Name::new_static(name), Some(derived));
    }
    Ok(class)
}

fn defines(class: &Rc<Class>, name: &str) -> bool {
    class.lookup(name).is_some_and(|(_, owner)| !owner.has_path("builtins.object"))
}
