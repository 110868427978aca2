//! `math`.

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, Zero};

use super::super::arguments::unknown_among;
use super::super::functions::as_float;
use super::super::native_table;
use super::super::numbers::{big, integer};
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;

native_table!(FUNCTIONS {
    "math.ceil" => |i, a| whole(i, &a, f64::ceil),
    "math.floor" => |i, a| whole(i, &a, f64::floor),
    "math.trunc" => |i, a| whole(i, &a, f64::trunc),
    "math.sqrt" => |i, a| real(i, &a, f64::sqrt),
    "math.exp" => |i, a| real(i, &a, f64::exp),
    "math.log" => |i, a| match a.get(1).and_then(as_float) {
        Some(base) => real(i, &a, |x| x.ln() / base.ln()),
        None => real(i, &a, f64::ln),
    },
    "math.log2" => |i, a| real(i, &a, f64::log2),
    "math.log10" => |i, a| real(i, &a, f64::log10),
    "math.sin" => |i, a| real(i, &a, f64::sin),
    "math.cos" => |i, a| real(i, &a, f64::cos),
    "math.tan" => |i, a| real(i, &a, f64::tan),
    "math.radians" => |i, a| real(i, &a, f64::to_radians),
    "math.degrees" => |i, a| real(i, &a, f64::to_degrees),
    "math.fabs" => |i, a| real(i, &a, f64::abs),
    "math.pow" => |i, a| match a.get(1).and_then(as_float) {
        Some(power) => real(i, &a, |x| x.powf(power)),
        None => Ok(i.unknown("a power that is not known")),
    },
    "math.isnan" => |i, a| question(i, &a, f64::is_nan),
    "math.isinf" => |i, a| question(i, &a, f64::is_infinite),
    "math.isfinite" => |i, a| question(i, &a, f64::is_finite),
    "math.gcd" => |i, a| {
        let mut total = BigInt::zero();
        for part in &a.positional {
            match big(part) {
                Some(part) => total = gcd(total, part.abs()),
                None => return Ok(i.unknown("a number that is not known")),
            }
        }
        Ok(integer(total))
    },
    "math.factorial" => |i, a| match a.get(0).and_then(Object::as_int) {
        Some(n @ 0..=2_000) => Ok(integer((1..=n).map(BigInt::from).product())),
        Some(n) if n < 0 => Err(i.raise("ValueError", "factorial() not defined for negative values")),
        _ => Ok(i.unknown("too large a number")),
    },
    "math.prod" => |i, a| {
        let items = match i.known_items(a.get(0).unwrap_or(&Object::None))? {
            Ok(items) => items,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut total = a.keyword("start").cloned().unwrap_or(Object::Int(1));
        for item in items {
            total = i.binary(&total, Operator::Mult, &item)?;
        }
        Ok(total)
    },
});

/// The names of `math`.
pub(super) fn module(_: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        names.insert(Name::new_static(name), Object::Float(value));
    }
    names
}

fn number(i: &mut Interpreter, args: &Args) -> Eval<Result<f64, Object>> {
    if let Some(why) = unknown_among(args) {
        return Ok(Err(Object::Unknown(why)));
    }
    match args.get(0).and_then(as_float) {
        Some(x) => Ok(Ok(x)),
        None => Ok(Err(i.unknown("a number that is not known"))),
    }
}

fn whole(i: &mut Interpreter, args: &Args, f: impl Fn(f64) -> f64) -> Eval {
    if let Some(n) = args.get(0).and_then(big) {
        return Ok(integer(n));
    }
    match number(i, args)? {
        Ok(x) => match BigInt::from_f64(f(x)) {
            Some(n) => Ok(integer(n)),
            None => Err(i.raise("ValueError", "cannot convert float to integer")),
        },
        Err(unknown) => Ok(unknown),
    }
}

fn real(i: &mut Interpreter, args: &Args, f: impl Fn(f64) -> f64) -> Eval {
    match number(i, args)? {
        Ok(x) => {
            let made = f(x);
            if made.is_nan() && !x.is_nan() || made.is_infinite() && x.is_finite() {
                return Err(i.raise("ValueError", "math domain error"));
            }
            Ok(Object::Float(made))
        }
        Err(unknown) => Ok(unknown),
    }
}

fn question(i: &mut Interpreter, args: &Args, f: impl Fn(f64) -> bool) -> Eval {
    Ok(match number(i, args)? {
        Ok(x) => Object::Bool(f(x)),
        Err(unknown) => unknown,
    })
}

fn gcd(mut a: BigInt, mut b: BigInt) -> BigInt {
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a
}
