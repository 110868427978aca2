//! `range`, `slice`, generators.

use std::rc::Rc;

use super::arguments::{receiver, unknown_among};
use super::lists::list_from;
use super::native_table;
use crate::python::interpreter::Args;
use crate::python::object::Object;

native_table!(RANGE {
    "range.__new__" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let number = |at: usize| a.get(at).and_then(Object::as_int);
        match (number(0), number(1), number(2), a.positional.len()) {
            (Some(stop), None, None, 1) => Ok(Object::Range(0, stop, 1)),
            (Some(start), Some(stop), None, 2) => Ok(Object::Range(start, stop, 1)),
            (Some(_), Some(_), Some(0), 3) => Err(i.raise("ValueError", "range() arg 3 must not be zero")),
            (Some(start), Some(stop), Some(step), 3) => Ok(Object::Range(start, stop, step)),
            _ => Err(i.raise("TypeError", "range() wants integers")),
        }
    },
    "range.start" => |_, a| Ok(range_part(&a, 0)),
    "range.stop" => |_, a| Ok(range_part(&a, 1)),
    "range.step" => |_, a| Ok(range_part(&a, 2)),
    "range.index" => |i, a| {
        let items = list_from(i, &a.get(0).cloned().unwrap_or(Object::None))?;
        i.call_method(&items, "index", Args::of(a.positional.get(1..).unwrap_or_default().to_vec()))
    },
    "range.count" => |i, a| {
        let items = list_from(i, &a.get(0).cloned().unwrap_or(Object::None))?;
        i.call_method(&items, "count", Args::of(a.positional.get(1..).unwrap_or_default().to_vec()))
    },
});

native_table!(SLICE {
    "slice.__new__" => |_, a| {
        let part = |at: usize| a.get(at).cloned().unwrap_or(Object::None);
        Ok(Object::Slice(Rc::new(if a.positional.len() == 2 {
            [Object::None, part(1), Object::None]
        } else {
            [part(1), part(2), part(3)]
        })))
    },
});

native_table!(GENERATOR {
    "generator.__next__" => |i, a| match a.get(0) {
        Some(Object::Iterator(items)) => {
            let next = items.borrow_mut().pop_front();
            next.ok_or_else(|| i.raise("StopIteration", ""))
        }
        _ => Ok(i.unknown("goes on with a generator")),
    },
    "generator.__iter__" => |_, mut a| Ok(receiver(&mut a)),
    "generator.send" => |i, _| Ok(i.unknown("sends to a generator")),
    "generator.close" => |_, _| Ok(Object::None),
});

/// `start` (0), `stop` (1) or `step` (2) of the range that a property is asked of.
pub(super) fn range_part(args: &Args, at: usize) -> Object {
    match args.get(0) {
        Some(Object::Range(start, stop, step)) => Object::Int([*start, *stop, *step][at.min(2)]),
        _ => Object::None,
    }
}
