//! Methods of `list`, `tuple`, `dict`, `set`, `frozenset`. Changes go through the interpreter's
//! journal, so that a branch that is tried can be undone.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use super::arguments::{plain, receiver};
use super::native_table;
use super::strings::{constructed, length};
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE, iterator};
use crate::python::object::{Dict, Key, Mutable, Object, Payload};
use crate::python::syntax::ast::{CmpOp, Operator};
use crate::python::value::Unknown;

type List = Rc<Mutable<Vec<Object>>>;
type Table = Rc<Mutable<Dict>>;

native_table!(LIST {
    "list.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        match &class {
            Object::Class(class) if !class.has_path("builtins.list") => {
                Ok(i.instance_with(class, Payload::Value(Object::list(Vec::new()))))
            }
            _ => match a.take_first() {
                Some(items) => list_from(i, &items),
                None => Ok(Object::list(Vec::new())),
            },
        }
    },
    "list.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        if let (Object::List(list), Some(items)) = (plain(&me), a.take_first()) {
            extend(i, &list, &items)?;
        }
        Ok(Object::None)
    },
    "list.append" => |i, a| list(i, a, |i, list, mut a| {
        if let Some(item) = a.take_first() {
            if list.get().len() >= SIZE {
                return Err(i.exhausted("makes too large a collection"));
            }
            i.change_list(list, |items| items.push(item));
        }
        Ok(Object::None)
    }),
    "list.extend" => |i, a| list(i, a, |i, list, mut a| {
        let items = receiver(&mut a);
        extend(i, list, &items)?;
        Ok(Object::None)
    }),
    "list.insert" => |i, a| list(i, a, |i, list, a| {
        let (Some(at), Some(item)) = (a.get(0), a.get(1)) else { return Err(i.missing_argument("insert")) };
        match at.as_int() {
            Some(at) => {
                let len = list.get().len();
                let at = if at < 0 {
                    len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(len))
                } else {
                    usize::try_from(at).unwrap_or(len).min(len)
                };
                i.change_list(list, |items| items.insert(at.min(items.len()), item.clone()));
            }
            None => {
                let why = doubt(i, at);
                i.taint_list(list, why);
            }
        }
        Ok(Object::None)
    }),
    "list.pop" => |i, a| list(i, a, |i, list, a| pop(i, list, &a)),
    "list.remove" => |i, a| list(i, a, |i, list, mut a| {
        let item = receiver(&mut a);
        match index_of(i, &Object::List(list.clone()), &item, &Args::none())? {
            Ok(Some(at)) => {
                i.change_list(list, |items| if at < items.len() { items.remove(at); });
                Ok(Object::None)
            }
            Ok(None) => Err(i.raise("ValueError", "list.remove(x): x not in list")),
            Err(why) => {
                i.taint_list(list, why);
                Ok(Object::None)
            }
        }
    }),
    "list.sort" => |i, a| list(i, a, |i, list, mut a| {
        let items = list.get().clone();
        let (key, reverse) = (a.take_keyword("key"), a.take_keyword("reverse"));
        match sorted(i, items, key.as_ref(), reverse.as_ref())? {
            Ok(sorted) => {
                let tainted = list.taint();
                i.change_list(list, |items| *items = sorted);
                if let Some(why) = tainted {
                    i.taint_list(list, why);
                }
            }
            Err(why) => i.taint_list(list, why),
        }
        Ok(Object::None)
    }),
    "list.reverse" => |i, a| list(i, a, |i, list, _| {
        i.change_list(list, |items| items.reverse());
        Ok(Object::None)
    }),
    "list.index" => sequence_index,
    "list.count" => sequence_count,
    "list.copy" => |i, a| list(i, a, |_, list, _| {
        let copy = Mutable::new(list.get().clone());
        *copy.taint.borrow_mut() = list.taint();
        Ok(Object::List(copy))
    }),
    "list.clear" => |i, a| list(i, a, |i, list, _| {
        i.change_list(list, Vec::clear);
        *list.taint.borrow_mut() = None;
        Ok(Object::None)
    }),
    "list.__class_getitem__" => class_itself,
    "list.__len__" => container_len,
    "list.__iter__" => container_iter,
    "list.__contains__" => container_contains,
    "list.__getitem__" => container_get_item,
    "list.__setitem__" => container_set_item,
    "list.__delitem__" => container_delete_item,
    "list.__add__" => container_add,
    "list.__iadd__" => |i, mut a| {
        let me = receiver(&mut a);
        if let (Object::List(list), Some(items)) = (plain(&me), a.take_first()) {
            extend(i, &list, &items)?;
        }
        Ok(me)
    },
});

native_table!(TUPLE {
    "tuple.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let value = match a.take_first() {
            Some(items) => match i.known_items(&items)? {
                Ok(items) => Object::tuple(items),
                Err(why) => return Ok(Object::Unknown(why)),
            },
            None => Object::tuple(Vec::new()),
        };
        Ok(constructed(i, &class, "builtins.tuple", value))
    },
    "tuple.index" => sequence_index,
    "tuple.count" => sequence_count,
    "tuple.__class_getitem__" => class_itself,
    "tuple.__len__" => container_len,
    "tuple.__iter__" => container_iter,
    "tuple.__contains__" => container_contains,
    "tuple.__getitem__" => container_get_item,
    "tuple.__add__" => container_add,
});

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
        match (i.change_dict(dict, |items| items.remove(&key)), dict.taint(), a.param(1, "default")) {
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

native_table!(SET {
    "set.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        match &class {
            Object::Class(class) if !class.has_path("builtins.set") => {
                let empty = Object::Set(Mutable::new(Dict::default()));
                Ok(i.instance_with(class, Payload::Value(empty)))
            }
            _ => set_of(i, a.get(0)).map(Object::Set),
        }
    },
    "set.__init__" => |i, a| set(i, a, |i, set, a| {
        let new = set_of(i, a.get(0))?;
        merge(i, set, &new);
        Ok(Object::None)
    }),
    "set.add" => |i, a| set(i, a, |i, set, mut a| {
        let item = receiver(&mut a);
        match i.key(&item)? {
            Ok(key) => i.change_dict(set, |items| items.insert(key, item.clone(), item)),
            Err(why) => i.taint_dict(set, why),
        }
        Ok(Object::None)
    }),
    "set.discard" => |i, a| set(i, a, |i, set, a| discard(i, set, a.get(0), false)),
    "set.remove" => |i, a| set(i, a, |i, set, a| discard(i, set, a.get(0), true)),
    "set.pop" => |i, a| set(i, a, |i, set, _| {
        let why = doubt(i, &Object::None);
        i.taint_dict(set, why.clone());
        Ok(Object::Unknown(why))
    }),
    "set.clear" => |i, a| set(i, a, |i, set, _| {
        i.change_dict(set, Dict::clear);
        *set.taint.borrow_mut() = None;
        Ok(Object::None)
    }),
    "set.update" => |i, a| set(i, a, |i, set, a| {
        for other in &a.positional {
            let other = set_of(i, Some(other))?;
            merge(i, set, &other);
        }
        Ok(Object::None)
    }),
    "set.difference_update" => |i, a| in_place(i, a, Operator::Sub),
    "set.intersection_update" => |i, a| in_place(i, a, Operator::BitAnd),
    "set.symmetric_difference_update" => |i, a| in_place(i, a, Operator::BitXor),
    "set.copy" => |i, a| set(i, a, |_, set, _| Ok(Object::Set(copy_of(set)))),
    "set.union" => |i, a| combine(i, a, Operator::BitOr),
    "set.intersection" => |i, a| combine(i, a, Operator::BitAnd),
    "set.difference" => |i, a| combine(i, a, Operator::Sub),
    "set.symmetric_difference" => |i, a| combine(i, a, Operator::BitXor),
    "set.issubset" => |i, a| relation(i, a, CmpOp::LtE),
    "set.issuperset" => |i, a| relation(i, a, CmpOp::GtE),
    "set.isdisjoint" => disjoint,
    "set.__class_getitem__" => class_itself,
    "set.__len__" => container_len,
    "set.__iter__" => container_iter,
    "set.__contains__" => container_contains,
});

native_table!(FROZENSET {
    "frozenset.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let made = set_of(i, a.get(0))?;
        Ok(constructed(i, &class, "builtins.frozenset", Object::FrozenSet(made)))
    },
    "frozenset.copy" => |i, a| set(i, a, |_, set, _| Ok(Object::FrozenSet(set.clone()))),
    "frozenset.union" => |i, a| combine(i, a, Operator::BitOr),
    "frozenset.intersection" => |i, a| combine(i, a, Operator::BitAnd),
    "frozenset.difference" => |i, a| combine(i, a, Operator::Sub),
    "frozenset.symmetric_difference" => |i, a| combine(i, a, Operator::BitXor),
    "frozenset.issubset" => |i, a| relation(i, a, CmpOp::LtE),
    "frozenset.issuperset" => |i, a| relation(i, a, CmpOp::GtE),
    "frozenset.isdisjoint" => disjoint,
    "frozenset.__class_getitem__" => class_itself,
    "frozenset.__len__" => container_len,
    "frozenset.__iter__" => container_iter,
    "frozenset.__contains__" => container_contains,
});

/// The reason why something that should be known is not.
pub(super) fn doubt(i: &Interpreter, object: &Object) -> Arc<Unknown> {
    match object {
        Object::Unknown(why) => why.clone(),
        _ => Arc::new(Unknown { reason: "depends on the order of a set".into(), at: i.location() }),
    }
}

fn listed(items: Vec<Object>, taint: Option<Arc<Unknown>>) -> Object {
    let list = Mutable::new(items);
    *list.taint.borrow_mut() = taint;
    Object::List(list)
}

fn copy_of(dict: &Table) -> Table {
    let copy = Mutable::new(dict.get().clone());
    *copy.taint.borrow_mut() = dict.taint();
    copy
}

fn list(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, &List, Args) -> Eval) -> Eval {
    let me = receiver(&mut args);
    match plain(&me) {
        Object::List(list) => match args.open.clone() {
            Some(why) => {
                i.taint_list(&list, why.clone());
                Ok(Object::Unknown(why))
            }
            None => f(i, &list, args),
        },
        Object::Unknown(why) => Ok(Object::Unknown(why)),
        _ => Err(i.raise("TypeError", "descriptor of 'list' wants a 'list'")),
    }
}

fn dict(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, &Table, Args) -> Eval) -> Eval {
    let me = receiver(&mut args);
    match plain(&me) {
        Object::Dict(dict) => f(i, &dict, args),
        Object::Unknown(why) => Ok(Object::Unknown(why)),
        _ => Err(i.raise("TypeError", "descriptor of 'dict' wants a 'dict'")),
    }
}

fn set(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, &Table, Args) -> Eval) -> Eval {
    let me = receiver(&mut args);
    match plain(&me) {
        Object::Set(set) | Object::FrozenSet(set) => f(i, &set, args),
        Object::Unknown(why) => Ok(Object::Unknown(why)),
        _ => Err(i.raise("TypeError", "descriptor of 'set' wants a 'set'")),
    }
}

/// `list(iterable)`: of a list whose contents are partly known, the same.
pub(super) fn list_from(i: &mut Interpreter, items: &Object) -> Eval {
    if let Object::Unknown(why) = items {
        return Ok(listed(Vec::new(), Some(why.clone())));
    }
    let taint = i.unknown_items(items).or_else(|| i.unknown_items(&plain(items)));
    let known = i.items(items)?;
    Ok(listed(known, taint))
}

fn extend(i: &mut Interpreter, list: &List, items: &Object) -> Eval<()> {
    let taint = i.unknown_items(items).or_else(|| i.unknown_items(&plain(items)));
    let known = if items.is_unknown() { Vec::new() } else { i.items(items)? };
    if list.get().len() + known.len() > SIZE {
        return Err(i.exhausted("makes too large a collection"));
    }
    i.change_list(list, |all| all.extend(known));
    if let Some(why) = taint {
        i.taint_list(list, why);
    }
    Ok(())
}

fn pop(i: &mut Interpreter, list: &List, args: &Args) -> Eval {
    if let Some(why) = list.taint() {
        return Ok(Object::Unknown(why));
    }
    let at = match args.get(0) {
        None => -1,
        Some(at) => match at.as_int() {
            Some(at) => at,
            None => {
                let why = doubt(i, at);
                i.taint_list(list, why.clone());
                return Ok(Object::Unknown(why));
            }
        },
    };
    let len = i64::try_from(list.get().len()).unwrap_or(0);
    match usize::try_from(if at < 0 { at + len } else { at }) {
        Ok(at) if at < list.get().len() => Ok(i.change_list(list, |items| items.remove(at))),
        _ => Err(i.raise("IndexError", "pop index out of range")),
    }
}

fn index_of(
    i: &mut Interpreter,
    sequence: &Object,
    item: &Object,
    range: &Args,
) -> Eval<Result<Option<usize>, Arc<Unknown>>> {
    if let Some(why) = i.unknown_items(sequence) {
        return Ok(Err(why));
    }
    let items = i.items(sequence)?;
    let len = i64::try_from(items.len()).unwrap_or(0);
    let bound = |object: Option<&Object>, default: i64| {
        let at = object.and_then(Object::as_int).unwrap_or(default);
        usize::try_from((if at < 0 { at + len } else { at }).clamp(0, len)).unwrap_or(0)
    };
    let (low, high) = (bound(range.get(0), 0), bound(range.get(1), len));
    for (at, candidate) in items.iter().enumerate().take(high).skip(low) {
        match i.equal(candidate, item)? {
            Ok(true) => return Ok(Ok(Some(at))),
            Ok(false) => {}
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(None))
}

fn sequence_index(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let item = receiver(&mut args);
    match index_of(i, &me, &item, &args)? {
        Ok(Some(at)) => Ok(length(at)),
        Ok(None) => Err(i.raise("ValueError", "x not in list")),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn sequence_count(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let item = receiver(&mut args);
    let items = match i.known_items(&me)? {
        Ok(items) => items,
        Err(why) => return Ok(Object::Unknown(why)),
    };
    let mut count = 0;
    for candidate in items {
        match i.equal(&candidate, &item)? {
            Ok(same) => count += usize::from(same),
            Err(why) => return Ok(Object::Unknown(why)),
        }
    }
    Ok(length(count))
}

/// `list[int]`: the class does for all that is asked of it.
fn class_itself(_: &mut Interpreter, mut args: Args) -> Eval {
    Ok(receiver(&mut args))
}

fn container_len(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    match i.known_items(&me)? {
        Ok(items) => Ok(length(items.len())),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn container_iter(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    match i.known_items(&me)? {
        Ok(items) => Ok(iterator(items)),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn container_contains(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let item = receiver(&mut args);
    Ok(match i.contains(&me, &item)? {
        Ok(answer) => Object::Bool(answer),
        Err(why) => Object::Unknown(why),
    })
}

fn container_get_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    i.get_item(&me, &index)
}

fn container_set_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    let value = receiver(&mut args);
    i.set_item(&me, &index, value)?;
    Ok(Object::None)
}

fn container_delete_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    i.delete_item(&me, &index)?;
    Ok(Object::None)
}

fn container_add(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = plain(&receiver(&mut args));
    i.binary(&me, Operator::Add, &other)
}

fn key_error(i: &mut Interpreter, name: &Object) -> crate::python::interpreter::Raise {
    let shown = name.as_str().map_or_else(|| name.type_name(), |text| text.to_string());
    i.raise("KeyError", shown)
}

fn look_up(i: &mut Interpreter, dict: &Table, name: &Object, default: impl FnOnce() -> Eval) -> Eval {
    look_up_or(i, dict, name, |_| default())
}

fn look_up_or(
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

/// A new set of the items of an iterable; tainted where some are not known.
pub(super) fn set_of(i: &mut Interpreter, items: Option<&Object>) -> Eval<Table> {
    let mut dict = Dict::default();
    let mut taint = None;
    if let Some(items) = items {
        taint = i.unknown_items(items).or_else(|| i.unknown_items(&plain(items)));
        if !items.is_unknown() {
            for item in i.items(items)? {
                match i.key(&item)? {
                    Ok(key) => dict.insert(key, item.clone(), item),
                    Err(why) => taint = Some(why),
                }
            }
        }
    }
    let set = Mutable::new(dict);
    *set.taint.borrow_mut() = taint;
    Ok(set)
}

fn merge(i: &mut Interpreter, set: &Table, other: &Table) {
    let new: Vec<(Key, Object)> =
        other.get().items.iter().map(|(key, (name, _))| (key.clone(), name.clone())).collect();
    i.change_dict(set, |items| {
        for (key, name) in new {
            items.insert(key, name.clone(), name);
        }
    });
    if let Some(why) = other.taint() {
        i.taint_dict(set, why);
    }
}

fn discard(i: &mut Interpreter, set: &Table, item: Option<&Object>, must: bool) -> Eval {
    let item = item.cloned().unwrap_or(Object::None);
    match i.key(&item)? {
        Ok(key) => {
            let gone = i.change_dict(set, |items| items.remove(&key));
            if must && gone.is_none() && set.taint().is_none() {
                return Err(key_error(i, &item));
            }
        }
        Err(why) => i.taint_dict(set, why),
    }
    Ok(Object::None)
}

fn combine(i: &mut Interpreter, mut args: Args, op: Operator) -> Eval {
    let me = plain(&receiver(&mut args));
    let mut result = me;
    for other in &args.positional {
        let other = Object::Set(set_of(i, Some(other))?);
        result = i.binary(&result, op, &other)?;
    }
    if args.positional.is_empty() {
        let copy = set_of(i, Some(&result))?;
        result =
            if matches!(result, Object::FrozenSet(_)) { Object::FrozenSet(copy) } else { Object::Set(copy) };
    }
    Ok(result)
}

fn in_place(i: &mut Interpreter, args: Args, op: Operator) -> Eval {
    set(i, args, |i, set, args| {
        for other in &args.positional {
            let other = Object::Set(set_of(i, Some(other))?);
            let result = i.binary(&Object::Set(set.clone()), op, &other)?;
            if let Object::Set(result) = result {
                let (new, taint) = (result.get().clone(), result.taint());
                i.change_dict(set, |items| *items = new);
                if let Some(why) = taint {
                    i.taint_dict(set, why);
                }
            }
        }
        Ok(Object::None)
    })
}

fn relation(i: &mut Interpreter, mut args: Args, op: CmpOp) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = set_of(i, args.get(0))?;
    if let Some(why) = i.unknown_items(&me).or(other.taint()) {
        return Ok(Object::Unknown(why));
    }
    i.compare(op, &me, &Object::Set(other))
}

fn disjoint(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = Object::Set(set_of(i, args.get(0))?);
    let shared = i.binary(&me, Operator::BitAnd, &other)?;
    Ok(match i.truth(&shared)? {
        Ok(truth) => Object::Bool(!truth),
        Err(why) => Object::Unknown(why),
    })
}

/// Items in order (stable); the reason where their order is not known.
pub(super) fn sorted(
    i: &mut Interpreter,
    items: Vec<Object>,
    key: Option<&Object>,
    reverse: Option<&Object>,
) -> Eval<Result<Vec<Object>, Arc<Unknown>>> {
    let reverse = match reverse {
        Some(reverse) => match i.truth(reverse)? {
            Ok(reverse) => reverse,
            Err(why) => return Ok(Err(why)),
        },
        None => false,
    };
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let by = match key {
            Some(Object::None) | None => item.clone(),
            Some(key) => i.call(key, Args::of(vec![item.clone()]))?,
        };
        if let Object::Unknown(why) = by {
            return Ok(Err(why));
        }
        keyed.push((by, item));
    }
    if reverse {
        keyed.reverse();
    }
    let mut sorted = match merge_sort(i, keyed)? {
        Ok(sorted) => sorted,
        Err(why) => return Ok(Err(why)),
    };
    if reverse {
        sorted.reverse();
    }
    Ok(Ok(sorted.into_iter().map(|(_, item)| item).collect()))
}

type Keyed = Vec<(Object, Object)>;

fn merge_sort(i: &mut Interpreter, mut items: Keyed) -> Eval<Result<Keyed, Arc<Unknown>>> {
    if items.len() < 2 {
        return Ok(Ok(items));
    }
    let right = items.split_off(items.len() / 2);
    let (left, right) = match (merge_sort(i, items)?, merge_sort(i, right)?) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
    };
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        i.tick()?;
        match less(i, &b.0, &a.0)? {
            Ok(true) => merged.extend(right.next()),
            Ok(false) => merged.extend(left.next()),
            Err(why) => return Ok(Err(why)),
        }
    }
    merged.extend(left);
    merged.extend(right);
    Ok(Ok(merged))
}

/// `a < b`; the reason where that is not known.
pub(super) fn less(i: &mut Interpreter, a: &Object, b: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
    if let (Object::Int(_) | Object::Str(_), Object::Int(_) | Object::Str(_)) = (a, b)
        && let Ok(ordering) = i.ordering(a, b)?
    {
        return Ok(Ok(ordering == Ordering::Less));
    }
    let answer = i.compare(CmpOp::Lt, a, b)?;
    i.truth(&answer)
}
