//! Values at rest: texts, attributes and arithmetic of dates, times, decimals, paths, patterns.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::format_spec::str_repr;
use super::stdlib::datetime;
use super::stdlib::decimal::{self, Number};
use super::stdlib::moments::{self, Moment};
use super::stdlib::{pathlib, re, uuid};
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::ast::Operator;
use crate::python::value::Value;

/// What arithmetic on decimals takes, in items that are gone over: their exponents may be far apart.
const ARITHMETIC: usize = 64 * 1024;

/// `repr()` of a value at rest; `None` where it is not worked out.
pub(super) fn repr(value: &Value) -> Option<String> {
    if let Some(path) = pathlib::text_of_value(value) {
        let name = value.as_call()?.name();
        return Some(format!("{name}({})", str_repr(path)));
    }
    if let Some(moment) = Moment::of(value) {
        return moment.repr();
    }
    match value {
        Value::Ref(path) if &**path == "datetime.timezone.utc" => Some(path.to_string()),
        Value::Call(call) if &*call.path == "decimal.Decimal" => {
            Some(format!("Decimal({})", str_repr(call.args.first()?.as_str()?)))
        }
        Value::Call(call) if &*call.path == "uuid.UUID" => {
            Some(format!("UUID({})", str_repr(call.args.first()?.as_str()?)))
        }
        Value::Call(call) if &*call.path == "re.compile" => {
            let pattern = call.args.first()?.as_str()?;
            (call.args.len() == 1).then(|| format!("re.compile({})", str_repr(pattern)))
        }
        _ => None,
    }
}

/// `str()` of a value at rest.
pub(super) fn to_str(value: &Value) -> Option<String> {
    if let Some(path) = pathlib::text_of_value(value) {
        return Some(path.to_owned());
    }
    if let Some(moment) = Moment::of(value) {
        return moment.text();
    }
    match value {
        Value::Ref(path) if &**path == "datetime.timezone.utc" => Some("UTC".to_owned()),
        Value::Call(call) if matches!(&*call.path, "decimal.Decimal" | "uuid.UUID" | "zoneinfo.ZoneInfo") => {
            Some(call.args.first()?.as_str()?.to_owned())
        }
        _ => None,
    }
}

/// `format()` of a value at rest.
pub(super) fn format(value: &Value, spec: &str) -> Option<String> {
    decimal::format(&Number::of(value)?, spec)
}

/// The float of a value at rest.
pub(super) fn to_f64(value: &Value) -> Option<f64> {
    Number::of(value)?.to_f64()
}

/// The integer of a value at rest.
pub(super) fn to_integer(value: &Value) -> Option<BigInt> {
    Some(Number::of(value)?.truncated())
}

/// Whether Python calls a value at rest true.
pub(crate) fn truth(value: &Value) -> bool {
    match (Number::of(value), Moment::of(value)) {
        (Some(number), _) => number.truth(),
        (_, Some(moment)) => moment.truth(),
        _ => true,
    }
}

/// How two values at rest compare, where that is worked out.
pub(crate) fn compare(left: &Object, right: &Object) -> Option<Ordering> {
    if let (Object::Frozen(a), Object::Frozen(b)) = (left, right) {
        if let Some(order) = moments::compare(a, b) {
            return Some(order);
        }
        if let (Some(a), Some(b)) = (pathlib::text_of_value(a), pathlib::text_of_value(b)) {
            return Some(a.split('/').cmp(b.split('/')));
        }
    }
    decimal::compare(left, right)
}

/// `-value`, `+value`
pub(crate) fn negate(value: &Value) -> Option<Object> {
    moments::negate(value).or_else(|| decimal::negate(value))
}

/// An attribute of a value at rest: a property, or a method of its class.
pub(crate) fn attribute(i: &mut Interpreter, value: &Object, name: &str) -> Eval<Option<Object>> {
    let Object::Frozen(inner) = value else { return Ok(None) };
    if let Some(path) = pathlib::text_of_value(inner) {
        // Each of a path's parents has a text of its own.
        let texts = if name == "parents" { path.matches('/').count() + 1 } else { 1 };
        i.spend(texts.saturating_mul(path.len()))?;
    }
    let found = pathlib::attribute(inner, name)
        .or_else(|| datetime::attribute(inner, name))
        .or_else(|| uuid::attribute(inner, name))
        .or_else(|| re::attribute(inner, name));
    if found.is_some() {
        return Ok(found);
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
        Object::Frozen(value) => pathlib::text_of_value(value).is_some(),
        _ => false,
    };
    if op == Operator::Div && (is_path(left) || is_path(right)) {
        return pathlib::divide(i, left, right);
    }
    if let Some(made) = moments::binary(i, left, op, right) {
        return made;
    }
    i.toil(ARITHMETIC)?;
    if let Some(made) = decimal::binary(i, left, op, right) {
        return made;
    }
    Ok(i.unknown("arithmetic on a value that is not worked out"))
}
