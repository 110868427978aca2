//! What indexes' and constraints' conditions and expressions are compared by: `Q.identity` (5.0) and
//! `Expression.identity`, which make arguments hashable before they compare them.

use std::sync::Arc;

use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

const Q: &str = "django.db.models.Q";

/// A deconstructed index or constraint, with its conditions and expressions as Django compares them.
pub(super) fn of(object: &Value, version: DjangoVersion) -> Value {
    let Value::Call(call) = object else { return object.clone() };
    rebuilt(call, |value| within(value, version))
}

fn rebuilt(call: &Call, each: impl Fn(&Value) -> Value) -> Value {
    Value::Call(Arc::new(Call {
        path: call.path.clone(),
        args: call.args.iter().map(&each).collect(),
        kwargs: call.kwargs.iter().map(|(name, value)| (name.clone(), each(value))).collect(),
    }))
}

/// An argument of an index or a constraint: a container is compared as it is, what it holds by identity.
fn within(value: &Value, version: DjangoVersion) -> Value {
    let all = |items: &[Value]| items.iter().map(|item| within(item, version)).collect();
    match value {
        Value::Call(call) if &*call.path == Q => rebuilt(call, |child| match child {
            Value::Tuple(pair) if version >= DjangoVersion::V5_0 => {
                Value::Tuple(pair.iter().map(|part| hashable(part, version)).collect())
            }
            other => within(other, version),
        }),
        Value::Call(call) => rebuilt(call, |argument| hashable(argument, version)),
        Value::List(items) => Value::List(all(items)),
        Value::Tuple(items) => Value::Tuple(all(items)),
        other => other.clone(),
    }
}

/// `make_hashable()`, and what `Expression.identity` puts in the place of a field that is none of a model.
fn hashable(value: &Value, version: DjangoVersion) -> Value {
    let all = |items: &[Value]| items.iter().map(|item| hashable(item, version)).collect();
    match value {
        Value::Call(_) => within(value, version),
        Value::Field(field) => Value::Ref(field.path.clone()),
        Value::List(items) | Value::Tuple(items) => Value::Tuple(all(items)),
        Value::Set(items) => match in_order(items) {
            Some(items) => Value::Tuple(items.into()),
            None => Value::unknown("the order of a set differs from run to run", None),
        },
        Value::Dict(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_by_key(|(key, _)| key.sort_key());
            let pair =
                |(key, value): &(Value, Value)| Value::Tuple([key.clone(), hashable(value, version)].into());
            Value::Tuple(pairs.into_iter().map(pair).collect())
        }
        other => other.clone(),
    }
}

/// The order that `CPython` goes through a set in, where how it was made does not matter: a whole number
/// stands at its value modulo the table's size, a power of two that grows with what is put in.
fn in_order(items: &[Value]) -> Option<Vec<Value>> {
    if items.len() <= 1 {
        return Some(items.to_vec());
    }
    let whole = |item: &Value| item.as_int().and_then(|number| u64::try_from(number).ok());
    let numbers: Option<Vec<(u64, &Value)>> = items.iter().map(|item| Some((whole(item)?, item))).collect();
    let mut numbers = numbers?;
    let (count, most) = (u64::try_from(items.len()).ok()?, numbers.iter().map(|(number, _)| *number).max()?);
    if most > LARGEST {
        return None;
    }
    let mut order: Option<Vec<u64>> = None;
    let mut size = SMALLEST_TABLE;
    loop {
        if count * 5 < (size - 1) * 3 {
            numbers.sort_unstable_by_key(|(number, _)| number % size);
            if numbers.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a % size == b % size)) {
                return None;
            }
            let found: Vec<u64> = numbers.iter().map(|(number, _)| *number).collect();
            if order.get_or_insert_with(|| found.clone()) != &found {
                return None;
            }
            // What fits the smallest table is not put into a larger one.
            if size == SMALLEST_TABLE || size > most {
                return Some(numbers.into_iter().map(|(_, item)| item.clone()).collect());
            }
        }
        size *= 2;
    }
}

/// `PySet_MINSIZE`
const SMALLEST_TABLE: u64 = 8;

/// Numbers above this are not looked at: each table's size up to the largest number is gone through.
const LARGEST: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(numbers: &[i64]) -> Vec<Value> {
        numbers.iter().map(|number| Value::Int(*number)).collect()
    }

    #[test]
    fn sets_of_numbers_have_the_order_of_their_table() {
        // `list({60, 61, 62})`, `list({3, 8})`, `list({1, 9})` and `list(set(range(10)))` of CPython
        assert_eq!(in_order(&ints(&[60, 61, 62])), Some(ints(&[60, 61, 62])));
        assert_eq!(in_order(&ints(&[3, 8])), Some(ints(&[8, 3])));
        assert_eq!(in_order(&ints(&[1, 9])), None);
        assert_eq!(
            in_order(&ints(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0])),
            Some(ints(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
        );
        assert_eq!(in_order(&ints(&[1, 2, 3, 4, 16])), None);
        assert_eq!(in_order(&[Value::str("a"), Value::str("b")]), None);
        assert_eq!(in_order(&ints(&[-1, 2])), None);
    }
}
