//! Values at rest: texts, attributes and arithmetic of dates, times, decimals, paths, patterns.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::stdlib;
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::ast::Operator;
use crate::python::value::Value;

/// `repr()` of a value at rest; `None` where it is not worked out.
pub(super) fn repr(value: &Value) -> Option<String> {
    if let Some(path) = stdlib::pathlib::text_of_value(value) {
        let name = value.as_call()?.name();
        return Some(format!("{name}({})", super::format_spec::str_repr(path)));
    }
    None
}

/// `str()` of a value at rest.
pub(super) fn to_str(value: &Value) -> Option<String> {
    stdlib::pathlib::text_of_value(value).map(str::to_owned)
}

/// `format()` of a value at rest.
pub(super) fn format(value: &Value, spec: &str) -> Option<String> {
    let _ = (value, spec);
    None
}

/// The float of a value at rest.
pub(super) fn to_f64(value: &Value) -> Option<f64> {
    to_integer(value).and_then(|n| n.to_f64())
}

/// The integer of a value at rest.
pub(super) fn to_integer(value: &Value) -> Option<BigInt> {
    let _ = value;
    None
}

/// How two values at rest compare, where that is worked out.
pub(crate) fn compare(left: &Object, right: &Object) -> Option<Ordering> {
    let _ = (left, right);
    None
}

/// An attribute of a value at rest: a property, or a method of its class.
pub(crate) fn attribute(i: &mut Interpreter, value: &Object, name: &str) -> Eval<Option<Object>> {
    let Object::Frozen(inner) = value else { return Ok(None) };
    if let Some(found) = stdlib::pathlib::attribute(inner, name) {
        return Ok(Some(found));
    }
    let class = i.class_of(value);
    if name == "__class__" {
        return Ok(Some(Object::Class(class)));
    }
    if let Some((found, _)) = class.lookup(name) {
        return i.bind_from_class(found, value, &class).map(Some);
    }
    if class.has_path("builtins.object") {
        return Ok(Some(i.unknown(format!("the attribute {name} of a {}", value.type_name()))));
    }
    Ok(None)
}

/// Arithmetic on values at rest.
pub(crate) fn binary(i: &mut Interpreter, left: &Object, op: Operator, right: &Object) -> Eval {
    let is_path = |object: &Object| match object {
        Object::Frozen(value) => stdlib::pathlib::text_of_value(value).is_some(),
        _ => false,
    };
    if op == Operator::Div && (is_path(left) || is_path(right)) {
        return stdlib::pathlib::divide(i, left, right);
    }
    Ok(i.unknown("arithmetic on a date, time or decimal"))
}
