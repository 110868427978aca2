//! Values at rest: texts, attributes and arithmetic of dates, times, decimals, paths, patterns.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::python::value::Value;

/// `repr()` of a value at rest; `None` where it is not worked out.
pub(super) fn repr(_value: &Value) -> Option<String> {
    None
}

/// `str()` of a value at rest.
pub(super) fn to_str(_value: &Value) -> Option<String> {
    None
}

/// `format()` of a value at rest.
pub(super) fn format(_value: &Value, _spec: &str) -> Option<String> {
    None
}

/// The float of a value at rest.
pub(super) fn to_f64(value: &Value) -> Option<f64> {
    to_integer(value).and_then(|n| n.to_f64())
}

/// The integer of a value at rest.
pub(super) fn to_integer(_value: &Value) -> Option<BigInt> {
    None
}
