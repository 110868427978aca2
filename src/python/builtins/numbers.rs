//! Methods of `int`, `bool`, `float`. Mirrors `CPython` 3.12's `Objects/longobject.c` and
//! `Objects/floatobject.c`.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, ToPrimitive};

use super::arguments::{int_param, plain, receiver, str_param, unknown_among};
use super::native_table;
use super::strings::constructed;
use crate::python::interpreter::{Args, Eval, Interpreter, float};
use crate::python::object::Object;

/// Digits beyond which Python refuses to read an integer (`sys.get_int_max_str_digits`).
const DIGITS: usize = 4_300;
/// Digits to a base that is a power of two, or bytes, beyond which no integer is made of them.
const LONGEST: usize = 50_000;

native_table!(INT {
    "int.__new__" => new_int,
    "int.bit_length" => |i, a| int(i, a, |_, n, _| {
        Ok(Object::Int(i64::try_from(n.bits()).unwrap_or(0)))
    }),
    "int.bit_count" => |i, a| int(i, a, |_, n, _| {
        let ones: u32 = n.magnitude().iter_u64_digits().map(u64::count_ones).sum();
        Ok(Object::Int(i64::from(ones)))
    }),
    "int.real" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
    "int.numerator" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
    "int.imag" => |_, _| Ok(Object::Int(0)),
    "int.denominator" => |_, _| Ok(Object::Int(1)),
    "int.conjugate" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
    "int.is_integer" => |_, _| Ok(Object::Bool(true)),
    "int.as_integer_ratio" => |i, a| int(i, a, |_, n, _| {
        Ok(Object::tuple(vec![integer(n), Object::Int(1)]))
    }),
    "int.to_bytes" => |i, a| int(i, a, to_bytes),
    "int.from_bytes" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let Some(Object::Bytes(bytes)) = a.get(0) else {
            return Ok(i.unknown("an integer from bytes that are not known"));
        };
        if bytes.len() > LONGEST {
            return Err(i.exhausted("makes too large a number"));
        }
        let little = str_param(&a, 1, "byteorder").as_deref() == Some("little");
        let signed = matches!(a.keyword("signed"), Some(Object::Bool(true)));
        Ok(integer(match (little, signed) {
            (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
            (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
            (false, true) => BigInt::from_signed_bytes_be(bytes),
            (true, true) => BigInt::from_signed_bytes_le(bytes),
        }))
    },
    "int.__str__" => |i, a| int(i, a, |i, n, _| i.repr(&integer(n))),
    "int.__repr__" => |i, a| int(i, a, |i, n, _| i.repr(&integer(n))),
    "int.__int__" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
    "int.__index__" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
    "int.__hash__" => |i, a| int(i, a, |_, n, _| Ok(integer(n))),
});

native_table!(BOOL {
    "bool.__new__" => |i, mut a| {
        receiver(&mut a);
        match a.get(0) {
            Some(object) => Ok(match i.truth(object)? {
                Ok(truth) => Object::Bool(truth),
                Err(why) => Object::Unknown(why),
            }),
            None => Ok(a.open.map_or(Object::Bool(false), Object::Unknown)),
        }
    },
    "bool.__str__" => |i, a| i.repr(&plain(a.get(0).unwrap_or(&Object::None))),
    "bool.__repr__" => |i, a| i.repr(&plain(a.get(0).unwrap_or(&Object::None))),
});

native_table!(FLOAT {
    "float.__new__" => new_float,
    "float.is_integer" => |i, a| number(i, a, |_, x| Object::Bool(x.is_finite() && x.fract() == 0.0)),
    "float.as_integer_ratio" => |i, a| number(i, a, |i, x| ratio(x).map_or_else(
        || i.unknown("the ratio of a number that is not finite"),
        |(a, b)| Object::tuple(vec![integer(a), integer(b)]),
    )),
    "float.real" => |i, a| number(i, a, |_, x| Object::Float(x)),
    "float.imag" => |_, _| Ok(Object::Float(0.0)),
    "float.hex" => |i, _| Ok(i.unknown("the hexadecimal form of a float")),
    "float.fromhex" => |i, _| Ok(i.unknown("a float from its hexadecimal form")),
    "float.__int__" => |i, a| number(i, a, |i, x| {
        BigInt::from_f64(x.trunc()).map_or_else(|| i.unknown("no integer"), integer)
    }),
    "float.__repr__" => |i, a| i.repr(&plain(a.get(0).unwrap_or(&Object::None))),
});

/// The smallest object for an integer.
pub(super) fn integer(value: BigInt) -> Object {
    value.to_i64().map_or_else(|| Object::BigInt(Rc::new(value)), Object::Int)
}

/// The integer behind an object, of any size.
pub(super) fn big(object: &Object) -> Option<BigInt> {
    match plain(object) {
        Object::BigInt(value) => Some((*value).clone()),
        value => value.as_int().map(BigInt::from),
    }
}

fn int(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, BigInt, &Args) -> Eval) -> Eval {
    let me = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    match big(&me) {
        Some(n) => f(i, n, &args),
        None if me.is_unknown() => Ok(me),
        None => Err(i.raise("TypeError", "descriptor of 'int' wants an 'int'")),
    }
}

fn number(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, f64) -> Object) -> Eval {
    let me = plain(&receiver(&mut args));
    match float(&me) {
        Some(x) => Ok(f(i, x)),
        None if me.is_unknown() => Ok(me),
        None => Err(i.raise("TypeError", "descriptor of 'float' wants a 'float'")),
    }
}

fn to_bytes(i: &mut Interpreter, n: BigInt, args: &Args) -> Eval {
    let length = usize::try_from(int_param(args, 0, "length").unwrap_or(1)).unwrap_or(0);
    let little = str_param(args, 1, "byteorder").as_deref() == Some("little");
    let signed = matches!(args.keyword("signed"), Some(Object::Bool(true)));
    let fill = if n.sign() == Sign::Minus { 0xff } else { 0 };
    let mut bytes = if signed { n.to_signed_bytes_le() } else { n.to_bytes_le().1 };
    if bytes == [0] {
        bytes.clear();
    }
    if bytes.len() > length || length > crate::python::interpreter::SIZE || (!signed && fill != 0) {
        return Err(i.raise("OverflowError", "int too big to convert"));
    }
    bytes.resize(length, fill);
    if !little {
        bytes.reverse();
    }
    Ok(Object::Bytes(bytes.into()))
}

fn ratio(x: f64) -> Option<(BigInt, BigInt)> {
    if !x.is_finite() {
        return None;
    }
    let mut denominator = BigInt::from(1);
    let mut numerator = x;
    // A float is an integer after at most 1074 doublings.
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        denominator *= 2;
    }
    Some((BigInt::from_f64(numerator)?, denominator))
}

fn new_int(i: &mut Interpreter, mut args: Args) -> Eval {
    let class = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let value = match args.get(0) {
        None => Object::Int(0),
        Some(object) => {
            let object = object.clone();
            let base = int_param(&args, 1, "base");
            int_from(i, &object, base)?
        }
    };
    if value.is_unknown() {
        return Ok(value);
    }
    Ok(constructed(i, &class, "builtins.int", value))
}

fn int_from(i: &mut Interpreter, object: &Object, base: Option<i64>) -> Eval {
    match plain(object) {
        Object::Int(value) => Ok(Object::Int(value)),
        value @ Object::BigInt(_) => Ok(value),
        Object::Bool(value) => Ok(Object::Int(i64::from(value))),
        Object::Float(value) => match BigInt::from_f64(value.trunc()) {
            Some(value) => Ok(integer(value)),
            None => Err(i.raise("ValueError", "cannot convert float to integer")),
        },
        Object::Str(text) => {
            if let Some(value) = parse_int(&text, base.unwrap_or(10)) {
                Ok(integer(value))
            } else {
                let shown = super::format_spec::str_repr(&text.chars().take(200).collect::<String>());
                let base = base.unwrap_or(10);
                let message = format!("invalid literal for int() with base {base}: {shown}");
                Err(i.raise("ValueError", message))
            }
        }
        Object::Bytes(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            int_from(i, &Object::str(text), base)
        }
        Object::Frozen(value) => match super::frozen::to_integer(&value) {
            Some(value) => Ok(integer(value)),
            None => Ok(i.unknown("the integer of a value that is not worked out")),
        },
        Object::Instance(instance) => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(method) = i.class_attribute_bound(&instance, name)? {
                    return i.call(&method, Args::none());
                }
            }
            if let Some(why) = instance.class.borrow().open.borrow().clone() {
                return Ok(Object::Unknown(why));
            }
            Err(i.raise("TypeError", "int() argument must be a string or a real number"))
        }
        other => {
            let message =
                format!("int() argument must be a string or a real number, not '{}'", other.type_name());
            Err(i.raise("TypeError", message))
        }
    }
}

fn parse_int(text: &str, base: i64) -> Option<BigInt> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = match lower.get(..2) {
        Some("0x") => Some(16),
        Some("0o") => Some(8),
        Some("0b") => Some(2),
        _ => None,
    };
    let (base, digits) = match (base, prefixed) {
        (0, Some(prefixed)) => (prefixed, &lower[2..]),
        (0, None) => (10, &lower[..]),
        (base, Some(prefixed)) if base == prefixed => (base, &lower[2..]),
        (base, _) => (base, &lower[..]),
    };
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base))?;
    let doubled = digits.contains("__") || digits.starts_with('_') || digits.ends_with('_');
    let longest = if base.is_power_of_two() { LONGEST } else { DIGITS };
    if digits.is_empty() || doubled || digits.len() > longest {
        return None;
    }
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    if !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let value = BigInt::parse_bytes(digits.as_bytes(), base)?;
    Some(if negative { -value } else { value })
}

fn new_float(i: &mut Interpreter, mut args: Args) -> Eval {
    let class = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let given = args.get(0).cloned().unwrap_or(Object::Int(0));
    let made = match plain(&given) {
        Object::Str(text) => parse_float(&text),
        Object::Frozen(value) => super::frozen::to_f64(&value),
        Object::Instance(instance) => {
            if let Some(method) = i.class_attribute_bound(&instance, "__float__")? {
                return i.call(&method, Args::none());
            }
            return Ok(i.unknown("the float of an object"));
        }
        other => float(&other),
    };
    match made {
        Some(value) => Ok(constructed(i, &class, "builtins.float", Object::Float(value))),
        None => Err(i.raise("ValueError", "could not convert string to float")),
    }
}

fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return None;
    }
    let text: String = text.chars().filter(|c| *c != '_').collect();
    // Rust takes what Python takes: `inf`, `infinity`, `nan`, `1e5`, `.5`, `5.`
    text.parse().ok()
}
