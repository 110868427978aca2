//! Methods of `list` and `tuple`.

use std::sync::Arc;

use super::arguments::{plain, receiver};
use super::containers::{
    List, class_itself, container_add, container_contains, container_delete_item, container_get_item,
    container_iter, container_len, container_set_item, doubt, listed,
};
use super::native_table;
use super::sorting::sorted;
use super::strings::{constructed, length};
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Mutable, Object, Payload};
use crate::python::value::Unknown;

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
        if let Some(at) = at.as_int() {
            let len = list.get().len();
            let at = if at < 0 {
                len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(len))
            } else {
                usize::try_from(at).unwrap_or(len).min(len)
            };
            i.work(len - at);
            i.change_list(list, |items| items.insert(at.min(items.len()), item.clone()));
        } else {
            let why = doubt(i, at);
            i.taint_list(list, why);
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
        i.work(list.get().len());
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

/// Calls `f` with the list that a method was called on and its other arguments.
pub(super) fn list(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, &List, Args) -> Eval,
) -> Eval {
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

/// `list(iterable)`: of a list whose contents are partly known, the same.
pub(super) fn list_from(i: &mut Interpreter, items: &Object) -> Eval {
    if let Object::Unknown(why) = items {
        return Ok(listed(Vec::new(), Some(why.clone())));
    }
    let taint = i.unknown_items(items).or_else(|| i.unknown_items(&plain(items)));
    let known = i.items(items)?;
    Ok(listed(known, taint))
}

/// `list.extend(items)`
pub(super) fn extend(i: &mut Interpreter, list: &List, items: &Object) -> Eval<()> {
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

/// `list.pop(index=-1)`
pub(super) fn pop(i: &mut Interpreter, list: &List, args: &Args) -> Eval {
    if let Some(why) = list.taint() {
        return Ok(Object::Unknown(why));
    }
    let at = match args.get(0) {
        None => -1,
        Some(at) => {
            if let Some(at) = at.as_int() {
                at
            } else {
                let why = doubt(i, at);
                i.taint_list(list, why.clone());
                return Ok(Object::Unknown(why));
            }
        }
    };
    let len = i64::try_from(list.get().len()).unwrap_or(0);
    match usize::try_from(if at < 0 { at + len } else { at }) {
        Ok(at) if at < list.get().len() => {
            i.work(list.get().len() - at);
            Ok(i.change_list(list, |items| items.remove(at)))
        }
        _ => Err(i.raise("IndexError", "pop index out of range")),
    }
}

/// The place of an item in a sequence, within the `start` and `stop` of `range`; the reason where that is not known.
pub(super) fn index_of(
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

/// `list.index(item, start, stop)`
pub(super) fn sequence_index(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let item = receiver(&mut args);
    match index_of(i, &me, &item, &args)? {
        Ok(Some(at)) => Ok(length(at)),
        Ok(None) => Err(i.raise("ValueError", "x not in list")),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

/// `list.count(item)`
pub(super) fn sequence_count(i: &mut Interpreter, mut args: Args) -> Eval {
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
