//! `decimal.Decimal`, with the default context (28 digits, half to even). Mirrors
//! `Lib/_pydecimal.py`, 3.12.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::super::arguments::{plain, receiver, unknown_among};
use super::super::{native_table, numbers};
use super::{names_of, nothing};
use crate::python::interpreter::{Eval, Interpreter, Raise};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;
use crate::python::value::{Call, Value};

/// Digits of the default context.
const PRECISION: usize = 28;
/// Exponents beyond which nothing is worked out.
const EXPONENT: i64 = 6_000;

/// A finite number: `coefficient * 10 ** exponent`. A negative zero has its sign beside.
#[derive(Debug, Clone)]
pub(in super::super) struct Number {
    negative: bool,
    coefficient: BigInt,
    exponent: i64,
}

impl Number {
    /// Takes a value at rest apart.
    pub fn of(value: &Value) -> Option<Self> {
        let call = value.as_call()?;
        if &*call.path != "decimal.Decimal" {
            return None;
        }
        Self::parse(call.args.first()?.as_str()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace('_', "");
        let (negative, rest) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text.as_str()),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || digits.len() > 4_000 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let coefficient = BigInt::parse_bytes(digits.as_bytes(), 10)?;
        (-EXPONENT < exponent && exponent < EXPONENT).then_some(Self { negative, coefficient, exponent })
    }

    fn from_big(value: &BigInt) -> Self {
        Self { negative: value.is_negative(), coefficient: value.abs(), exponent: 0 }
    }

    fn signed(&self) -> BigInt {
        if self.negative { -self.coefficient.clone() } else { self.coefficient.clone() }
    }

    fn from_signed(value: &BigInt, exponent: i64) -> Self {
        Self { negative: value.is_negative(), coefficient: value.abs(), exponent }
    }

    /// `str()`
    pub fn text(&self) -> String {
        let digits = self.coefficient.to_string();
        let length = i64::try_from(digits.len()).unwrap_or(0);
        let left = self.exponent + length;
        let sign = if self.negative { "-" } else { "" };
        let point = if self.exponent <= 0 && left > -6 { left } else { 1 };
        let body = match usize::try_from(point) {
            Err(_) | Ok(0) => format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0))),
            Ok(point) if point >= digits.len() => {
                format!("{digits}{}", "0".repeat(point - digits.len()))
            }
            Ok(point) => format!("{}.{}", &digits[..point], &digits[point..]),
        };
        if left == point { format!("{sign}{body}") } else { format!("{sign}{body}E{:+}", left - point) }
    }

    /// Rounds to the context's digits.
    fn rounded(self) -> Self {
        let length = self.coefficient.to_string().len();
        if length <= PRECISION {
            return self;
        }
        let drop = length - PRECISION;
        self.with_exponent_added(drop)
    }

    fn with_exponent_added(mut self, drop: usize) -> Self {
        let unit = BigInt::from(10).pow(u32::try_from(drop).unwrap_or(0));
        let (quotient, rest) = (&self.coefficient / &unit, &self.coefficient % &unit);
        let twice: BigInt = rest * 2;
        let up = match twice.cmp(&unit) {
            Ordering::Greater => true,
            Ordering::Equal => (&quotient % 2u32) == BigInt::from(1),
            Ordering::Less => false,
        };
        self.coefficient = if up { quotient + 1 } else { quotient };
        self.exponent += i64::try_from(drop).unwrap_or(0);
        self
    }

    /// The same number with that exponent, rounded half to even.
    fn quantize(&self, exponent: i64) -> Self {
        if exponent <= self.exponent {
            let mut same = self.clone();
            same.coefficient *= BigInt::from(10).pow(u32::try_from(self.exponent - exponent).unwrap_or(0));
            same.exponent = exponent;
            return same;
        }
        self.clone().with_exponent_added(usize::try_from(exponent - self.exponent).unwrap_or(0))
    }

    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let a = self.quantize(exponent);
        let b = other.quantize(exponent);
        (a.signed(), b.signed(), exponent)
    }

    /// How two compare.
    pub fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    /// The float.
    pub fn to_f64(&self) -> Option<f64> {
        format!("{}{}e{}", if self.negative { "-" } else { "" }, self.coefficient, self.exponent).parse().ok()
    }

    /// `int()`: towards zero.
    pub fn truncated(&self) -> BigInt {
        if self.exponent >= 0 {
            return self.quantize(0).signed();
        }
        let unit = BigInt::from(10).pow(u32::try_from(-self.exponent).unwrap_or(0));
        self.signed() / unit
    }

    /// Whether Python calls it true.
    pub fn truth(&self) -> bool {
        !self.coefficient.is_zero()
    }

    fn object(&self) -> Object {
        named(&self.text())
    }

    fn divide(&self, other: &Self) -> Option<Self> {
        if other.coefficient.is_zero() {
            return None;
        }
        let shift = other.coefficient.to_string().len() + PRECISION + 1;
        let scaled = &self.coefficient * BigInt::from(10).pow(u32::try_from(shift).ok()?);
        let (mut quotient, rest) = (&scaled / &other.coefficient, &scaled % &other.coefficient);
        let mut exponent = self.exponent - other.exponent - i64::try_from(shift).ok()?;
        if rest.is_zero() {
            // An exact quotient keeps the exponent nearest to the operands'.
            let ideal = self.exponent - other.exponent;
            while exponent < ideal && (&quotient % 10u32).is_zero() {
                quotient /= 10;
                exponent += 1;
            }
        } else {
            // What is left breaks ties.
            quotient = quotient * 10 + 1;
            exponent -= 1;
        }
        Some(Self { negative: self.negative != other.negative, coefficient: quotient, exponent }.rounded())
    }
}

fn named(text: &str) -> Object {
    let call = Call { path: "decimal.Decimal".into(), args: vec![Value::str(text)], kwargs: Vec::new() };
    Object::Frozen(Rc::new(Value::Call(Arc::new(call))))
}

native_table!(DECIMAL {
    "decimal.Decimal.__new__" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let given = a.param(0, "value").cloned().unwrap_or(Object::Int(0));
        from_object(i, &given)
    },
    "decimal.Decimal.quantize" => |i, a| match (number(a.get(0)), number(a.get(1))) {
        (Some(me), Some(like)) if a.positional.len() == 2 && a.keywords.is_empty() => {
            Ok(me.quantize(like.exponent).object())
        }
        _ => Ok(i.unknown("a rounding that is not worked out")),
    },
    "decimal.Decimal.normalize" => |i, a| match number(a.get(0)) {
        Some(mut me) => {
            while me.truth() && (&me.coefficient % 10u32).is_zero() {
                me.coefficient /= 10;
                me.exponent += 1;
            }
            if !me.truth() {
                me.exponent = 0;
            }
            Ok(me.object())
        }
        None => Ok(i.unknown("a number that is not known")),
    },
    "decimal.Decimal.copy_abs" => |i, a| match number(a.get(0)) {
        Some(mut me) => {
            me.negative = false;
            Ok(me.object())
        }
        None => Ok(i.unknown("a number that is not known")),
    },
    "decimal.Decimal.is_zero" => |i, a| match number(a.get(0)) {
        Some(me) => Ok(Object::Bool(!me.truth())),
        None => Ok(i.unknown("a number that is not known")),
    },
    "decimal.Decimal.is_nan" => |_, a| Ok(Object::Bool(number(a.get(0)).is_none())),
    "decimal.Decimal.from_float" => |i, a| from_object(i, a.get(1).unwrap_or(&Object::None)),
});

native_table!(FUNCTIONS {
    "decimal.getcontext" => |i, _| Ok(i.unknown("the context of decimal arithmetic")),
    "decimal.localcontext" => |i, _| Ok(i.unknown("the context of decimal arithmetic")),
    "decimal.setcontext" => nothing,
});

/// The names of `decimal`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    super::add_class(i, &mut names, "decimal", "Decimal", &[], DECIMAL);
    super::add_class(i, &mut names, "decimal", "Context", &[], &[]);
    let arithmetic = i.types.exception("ArithmeticError");
    let base = super::add_class(i, &mut names, "decimal", "DecimalException", &[arithmetic], &[]);
    for name in ["InvalidOperation", "DivisionByZero", "Overflow", "Inexact", "Rounded"] {
        super::add_class(i, &mut names, "decimal", name, std::slice::from_ref(&base), &[]);
    }
    for name in [
        "ROUND_UP",
        "ROUND_DOWN",
        "ROUND_CEILING",
        "ROUND_FLOOR",
        "ROUND_HALF_UP",
        "ROUND_HALF_DOWN",
        "ROUND_HALF_EVEN",
        "ROUND_05UP",
    ] {
        names.insert(Name::new_static(name), Object::str(name));
    }
    names
}

fn number(object: Option<&Object>) -> Option<Number> {
    match object.map(plain)? {
        Object::Frozen(value) => Number::of(&value),
        other => numbers::big(&other).map(|value| Number::from_big(&value)),
    }
}

fn from_object(i: &mut Interpreter, given: &Object) -> Eval {
    match plain(given) {
        Object::Str(text) => {
            if let Some(number) = Number::parse(&text) {
                Ok(number.object())
            } else {
                let special = text.trim().trim_start_matches(['-', '+']).to_ascii_lowercase();
                match special.as_str() {
                    "nan" => Ok(named("NaN")),
                    "inf" | "infinity" => {
                        Ok(named(if text.trim().starts_with('-') { "-Infinity" } else { "Infinity" }))
                    }
                    _ => Err(invalid(i)),
                }
            }
        }
        Object::Float(x) if x.is_finite() => {
            Ok(exact(x).map_or_else(|| i.unknown("a number"), |n| n.object()))
        }
        Object::Frozen(value) if value.as_call().is_some_and(|call| &*call.path == "decimal.Decimal") => {
            Ok(Object::Frozen(value))
        }
        other => match numbers::big(&other) {
            Some(value) => Ok(Number::from_big(&value).object()),
            None => Ok(i.unknown("a number that is not known")),
        },
    }
}

/// The exact decimal value of a float.
fn exact(x: f64) -> Option<Number> {
    let text = format!("{x:.1100}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Number::parse(if text.is_empty() || text == "-" { "0" } else { text })
}

fn invalid(i: &mut Interpreter) -> Raise {
    let class = i.import_path("decimal.InvalidOperation").ok();
    match class {
        Some(Object::Class(class)) => Raise::Exception(i.instance_of(&class)),
        _ => i.raise("ArithmeticError", "invalid syntax"),
    }
}

/// Arithmetic; `None` where neither operand is a decimal.
pub(in super::super) fn binary(
    i: &mut Interpreter,
    left: &Object,
    op: Operator,
    right: &Object,
) -> Option<Eval> {
    let is_decimal = |object: &Object| match object {
        Object::Frozen(value) => Number::of(value).is_some(),
        _ => false,
    };
    if !is_decimal(left) && !is_decimal(right) {
        return None;
    }
    let (Some(a), Some(b)) = (number(Some(left)), number(Some(right))) else {
        return Some(Err(i.raise("TypeError", "unsupported operand types for a Decimal")));
    };
    let made = match op {
        Operator::Add | Operator::Sub => {
            let (x, y, exponent) = a.aligned(&b);
            let sum = if op == Operator::Add { x + y } else { x - y };
            Some(Number::from_signed(&sum, exponent).rounded())
        }
        Operator::Mult => {
            let product = Number {
                negative: a.negative != b.negative,
                coefficient: &a.coefficient * &b.coefficient,
                exponent: a.exponent + b.exponent,
            };
            Some(product.rounded())
        }
        Operator::Div => match a.divide(&b) {
            Some(quotient) => Some(quotient),
            None => return Some(Err(i.raise("ZeroDivisionError", "division by zero"))),
        },
        Operator::Pow => match b.truncated().to_u32() {
            Some(power)
                if b.exponent >= 0 && power <= 64 && a.coefficient.bits() * u64::from(power) <= 16_000 =>
            {
                let mut product = Number::from_big(&BigInt::from(1));
                for _ in 0..power {
                    product = Number {
                        negative: product.negative != a.negative,
                        coefficient: &product.coefficient * &a.coefficient,
                        exponent: product.exponent + a.exponent,
                    };
                }
                Some(product.rounded())
            }
            _ => None,
        },
        _ => None,
    };
    let made = made.filter(|made| made.exponent.abs() < EXPONENT);
    Some(Ok(made.map_or_else(|| i.unknown("arithmetic on decimals that is not worked out"), |n| n.object())))
}

/// `-number`
pub(in super::super) fn negate(value: &Value) -> Option<Object> {
    let mut number = Number::of(value)?;
    number.negative = !number.negative && number.truth();
    Some(number.object())
}

/// How a decimal compares with another number.
pub(in super::super) fn compare(left: &Object, right: &Object) -> Option<Ordering> {
    let is_decimal = |object: &Object| matches!(object, Object::Frozen(value) if Number::of(value).is_some());
    if !is_decimal(left) && !is_decimal(right) {
        return None;
    }
    let of = |object: &Object| match plain(object) {
        Object::Float(x) => exact(x),
        other => number(Some(&other)),
    };
    Some(of(left)?.compare(&of(right)?))
}

/// Text in a width and precision, through the same layout as floats.
pub(in super::super) fn format(number: &Number, spec: &str) -> Option<String> {
    let parsed = super::super::format_spec::Spec::parse(spec)?;
    if parsed.too_large() {
        return None;
    }
    match (parsed.kind, parsed.precision) {
        (Some('f' | 'F'), Some(places)) => {
            let places = i64::try_from(places).ok()?;
            let rounded = number.quantize(-places);
            parsed.digits(rounded.negative, &rounded.quantize(-places).plain_text())
        }
        (None | Some('f' | 'F'), None) => {
            let mut text = number.clone();
            text.negative = false;
            parsed.digits(number.negative, &text.text())
        }
        _ => None,
    }
}

impl Number {
    /// Digits without sign or exponent.
    fn plain_text(&self) -> String {
        let digits = self.coefficient.to_string();
        let places = usize::try_from(-self.exponent).unwrap_or(0);
        if places == 0 {
            return digits;
        }
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        format!("{whole}.{fraction}")
    }
}
