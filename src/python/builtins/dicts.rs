//! Methods of `dict`.

use super::arguments::{plain, receiver};
use super::containers::{
    Table, class_itself, container_contains, container_delete_item, container_iter, container_len,
    container_set_item, copy_of, listed,
};
use super::native_table;
use super::strings::constructed;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Mutable, Object, Payload};

native_table!(DICT {
    "dict.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        match &class {
            Object::Class(class) if !class.has_path("builtins.dict") => {
                Ok(i.instance_with(class, Payload::Value(Object::from_dict(Dict::default()))))
            }
            _ => {
                let dict = Mutable::new(Dict::default());
                update(i, &dict, a)?;
                Ok(Object::Dict(dict))
            }
        }
    },
    "dict.__init__" => |i, a| dict(i, a, |i, dict, a| {
        update(i, dict, a)?;
        Ok(Object::None)
    }),
    "dict.get" => |i, a| dict(i, a, |i, dict, a| {
        let Some(key) = a.get(0) else { return Err(i.missing_argument("get")) };
        look_up(i, dict, key, || Ok(a.param(1, "default").cloned().unwrap_or(Object::None)))
    }),
    "dict.setdefault" => |i, a| dict(i, a, |i, dict, a| {
        let Some(name) = a.get(0) else { return Err(i.missing_argument("setdefault")) };
        let key = match i.key(name)? {
            Ok(key) => key,
            Err(why) => {
                i.taint_dict(dict, why.clone());
                return Ok(Object::Unknown(why));
            }
        };
        if let Some(found) = dict.get().get(&key) {
            return Ok(found.clone());
        }
        let default = a.param(1, "default").cloned().unwrap_or(Object::None);
        let value = dict.taint().map_or(default, Object::Unknown);
        i.change_dict(dict, |items| items.insert(key, name.clone(), value.clone()));
        Ok(value)
    }),
    "dict.pop" => |i, a| dict(i, a, |i, dict, a| {
        let Some(name) = a.get(0) else { return Err(i.missing_argument("pop")) };
        let key = match i.key(name)? {
            Ok(key) => key,
            Err(why) => {
                i.taint_dict(dict, why.clone());
                return Ok(Object::Unknown(why));
            }
        };
        match (i.take_key(dict, &key), dict.taint(), a.param(1, "default")) {
            (Some(value), _, _) => Ok(value),
            (None, Some(why), _) => Ok(Object::Unknown(why)),
            (None, None, Some(default)) => Ok(default.clone()),
            (None, None, None) => Err(key_error(i, name)),
        }
    }),
    "dict.popitem" => |i, a| dict(i, a, |i, dict, _| {
        if let Some(why) = dict.taint() {
            return Ok(Object::Unknown(why));
        }
        let last = i.change_dict(dict, |items| items.items.pop());
        match last {
            Some((_, (key, value))) => Ok(Object::tuple(vec![key, value])),
            None => Err(i.raise("KeyError", "popitem(): dictionary is empty")),
        }
    }),
    "dict.update" => |i, a| dict(i, a, |i, dict, a| {
        update(i, dict, a)?;
        Ok(Object::None)
    }),
    "dict.items" => |i, a| dict(i, a, |_, dict, _| {
        let pairs = dict.get().iter().map(|(k, v)| Object::tuple(vec![k.clone(), v.clone()])).collect();
        Ok(listed(pairs, dict.taint()))
    }),
    "dict.keys" => |i, a| dict(i, a, |_, dict, _| {
        let mut keys = Dict::default();
        for (key, (name, _)) in &dict.get().items {
            keys.insert(key.clone(), name.clone(), name.clone());
        }
        let keys = Mutable::new(keys);
        *keys.taint.borrow_mut() = dict.taint();
        Ok(Object::Set(keys))
    }),
    "dict.values" => |i, a| dict(i, a, |_, dict, _| {
        Ok(listed(dict.get().iter().map(|(_, value)| value.clone()).collect(), dict.taint()))
    }),
    "dict.copy" => |i, a| dict(i, a, |_, dict, _| Ok(Object::Dict(copy_of(dict)))),
    "dict.clear" => |i, a| dict(i, a, |i, dict, _| {
        i.change_dict(dict, Dict::clear);
        *dict.taint.borrow_mut() = None;
        Ok(Object::None)
    }),
    "dict.fromkeys" => |i, mut a| {
        let class = receiver(&mut a);
        let keys = receiver(&mut a);
        let value = a.take_first().unwrap_or(Object::None);
        let keys = match i.known_items(&keys)? {
            Ok(keys) => keys,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut made = Dict::default();
        for name in keys {
            match i.key(&name)? {
                Ok(key) => made.insert(key, name, value.clone()),
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        Ok(constructed(i, &class, "builtins.dict", Object::from_dict(made)))
    },
    "dict.__getitem__" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        dict(i, a, |i, dict, a| {
            let Some(name) = a.get(0) else { return Err(i.missing_argument("__getitem__")) };
            look_up_or(i, dict, name, |i| {
                if let Object::Instance(instance) = &me
                    && let Some(missing) = i.class_attribute_bound(instance, "__missing__")?
                {
                    return i.call(&missing, Args::of(vec![name.clone()]));
                }
                Err(key_error(i, name))
            })
        })
    },
    "dict.__setitem__" => container_set_item,
    "dict.__delitem__" => container_delete_item,
    "dict.__class_getitem__" => class_itself,
    "dict.__len__" => container_len,
    "dict.__iter__" => container_iter,
    "dict.__contains__" => container_contains,
});

/// Calls `f` with the dictionary that a method was called on and its other arguments.
pub(super) fn dict(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, &Table, Args) -> Eval,
) -> Eval {
    let me = receiver(&mut args);
    match plain(&me) {
        Object::Dict(dict) => f(i, &dict, args),
        Object::Unknown(why) => Ok(Object::Unknown(why)),
        _ => Err(i.raise("TypeError", "descriptor of 'dict' wants a 'dict'")),
    }
}

/// The `KeyError` of a name that a dict does not hold.
pub(crate) fn key_error(i: &mut Interpreter, name: &Object) -> crate::python::interpreter::Raise {
    let shown = name.as_str().map_or_else(|| name.type_name(), |text| text.to_string());
    i.raise("KeyError", shown)
}

/// The value of a name, else `default`; unknown where either is not known.
pub(super) fn look_up(
    i: &mut Interpreter,
    dict: &Table,
    name: &Object,
    default: impl FnOnce() -> Eval,
) -> Eval {
    look_up_or(i, dict, name, |_| default())
}

/// The value of a name, or what is done where the dict does not hold it.
pub(crate) fn look_up_or(
    i: &mut Interpreter,
    dict: &Table,
    name: &Object,
    default: impl FnOnce(&mut Interpreter) -> Eval,
) -> Eval {
    let key = match i.key(name)? {
        Ok(key) => key,
        Err(why) => return Ok(Object::Unknown(why)),
    };
    let found = dict.get().get(&key).cloned();
    match (found, dict.taint()) {
        (Some(value), _) => Ok(value),
        (None, Some(why)) => Ok(Object::Unknown(why)),
        (None, None) => default(i),
    }
}

/// `dict.update(other, **names)`
pub(super) fn update(i: &mut Interpreter, dict: &Table, args: Args) -> Eval<()> {
    for other in &args.positional {
        if let Object::Instance(instance) = other
            && !matches!(&*instance.payload.borrow(), Payload::Value(Object::Dict(_)))
            && let Some(keys) = i.class_attribute_bound(instance, "keys")?
        {
            let names = i.call(&keys, Args::none())?;
            match i.known_items(&names)? {
                Ok(names) => {
                    for name in names {
                        let value = i.get_item(other, &name)?;
                        i.set_item(&Object::Dict(dict.clone()), &name, value)?;
                    }
                }
                Err(why) => i.taint_dict(dict, why),
            }
            continue;
        }
        if let Some(why) = i.unknown_items(other)
            && !matches!(other, Object::Dict(_))
        {
            i.taint_dict(dict, why);
            continue;
        }
        i.update_dict(dict, other)?;
    }
    for (name, value) in args.keywords {
        i.change_dict(dict, |items| items.insert_str(&name, value));
    }
    if let Some(why) = args.open {
        i.taint_dict(dict, why);
    }
    Ok(())
}
