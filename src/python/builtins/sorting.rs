//! Sorting by Python's `<`, where that is known.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::ast::CmpOp;
use crate::python::value::Unknown;

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
    let mut sorted = match in_order(i, keyed)? {
        Ok(sorted) => sorted,
        Err(why) => return Ok(Err(why)),
    };
    if reverse {
        sorted.reverse();
    }
    Ok(Ok(sorted.into_iter().map(|(_, item)| item).collect()))
}

/// Items, each behind the key that it is sorted by.
pub(super) type Keyed = Vec<(Object, Object)>;

/// Sorts by keys, stably; the reason where two keys cannot be compared.
fn in_order(i: &mut Interpreter, mut items: Keyed) -> Eval<Result<Keyed, Arc<Unknown>>> {
    let texts = items.iter().all(|(key, _)| matches!(key, Object::Str(_)));
    if !texts && !items.iter().all(|(key, _)| matches!(key, Object::Int(_))) {
        return merge_sort(i, items);
    }
    for _ in &items {
        i.tick()?;
    }
    items.sort_by(|(a, _), (b, _)| match (a, b) {
        // UTF-8 is in the order of code points.
        (Object::Str(a), Object::Str(b)) => a.cmp(b),
        (Object::Int(a), Object::Int(b)) => a.cmp(b),
        _ => Ordering::Equal,
    });
    Ok(Ok(items))
}

/// The same for keys of any kind.
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
