//! Methods of `set` and `frozenset`.

use super::arguments::{plain, receiver};
use super::containers::{
    Table, class_itself, container_contains, container_iter, container_len, copy_of, doubt,
};
use super::dicts::key_error;
use super::native_table;
use super::strings::constructed;
use crate::python::interpreter::{Args, Eval, Interpreter, KEYED};
use crate::python::object::{Dict, Key, Mutable, Object, Payload};
use crate::python::syntax::ast::{CmpOp, Operator};

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

/// Calls `f` with the set that a method was called on and its other arguments.
pub(super) fn set(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, &Table, Args) -> Eval,
) -> Eval {
    let me = receiver(&mut args);
    match plain(&me) {
        Object::Set(set) | Object::FrozenSet(set) => f(i, &set, args),
        Object::Unknown(why) => Ok(Object::Unknown(why)),
        _ => Err(i.raise("TypeError", "descriptor of 'set' wants a 'set'")),
    }
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

/// Adds the items of an iterable to a set.
pub(super) fn merge(i: &mut Interpreter, set: &Table, other: &Table) {
    i.work(other.get().len() * KEYED);
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

/// `set.discard(item)`; with `must`, `set.remove(item)`.
pub(super) fn discard(i: &mut Interpreter, set: &Table, item: Option<&Object>, must: bool) -> Eval {
    let item = item.cloned().unwrap_or(Object::None);
    match i.key(&item)? {
        Ok(key) => {
            let gone = i.take_key(set, &key);
            if must && gone.is_none() && set.taint().is_none() {
                return Err(key_error(i, &item));
            }
        }
        Err(why) => i.taint_dict(set, why),
    }
    Ok(Object::None)
}

/// `set.union(*others)` and the like, by the operator that does the same to two.
pub(super) fn combine(i: &mut Interpreter, mut args: Args, op: Operator) -> Eval {
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

/// `set.update(*others)` and the like, by the operator that does the same to two.
pub(super) fn in_place(i: &mut Interpreter, args: Args, op: Operator) -> Eval {
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

/// `set.issubset(other)` and the like, by the comparison that says the same.
pub(super) fn relation(i: &mut Interpreter, mut args: Args, op: CmpOp) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = set_of(i, args.get(0))?;
    if let Some(why) = i.unknown_items(&me).or(other.taint()) {
        return Ok(Object::Unknown(why));
    }
    i.compare(op, &me, &Object::Set(other))
}

/// `set.isdisjoint(other)`
pub(super) fn disjoint(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = Object::Set(set_of(i, args.get(0))?);
    let shared = i.binary(&me, Operator::BitAnd, &other)?;
    Ok(match i.truth(&shared)? {
        Ok(truth) => Object::Bool(!truth),
        Err(why) => Object::Unknown(why),
    })
}
