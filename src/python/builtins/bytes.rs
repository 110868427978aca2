//! Methods of `bytes`, and encodings.

use std::sync::Arc;

use super::arguments::{plain, receiver, str_param, unknown_among};
use super::native_table;
use super::strings::{constructed, length};
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::Object;

native_table!(BYTES {
    "bytes.__new__" => new_bytes,
    "bytes.decode" => |i, a| bytes(i, a, |i, b, a| {
        let encoding = str_param(a, 0, "encoding").unwrap_or_else(|| "utf-8".into());
        decode(i, b, &encoding)
    }),
    "bytes.hex" => |i, a| bytes(i, a, |_, b, _| {
        let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'));
        Ok(Object::str(b.iter().flat_map(digits).collect::<String>()))
    }),
    "bytes.fromhex" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let text: String =
            str_param(&a, 0, "string").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        let pairs: Vec<char> = text.chars().collect();
        let made: Option<Vec<u8>> = pairs
            .chunks(2)
            .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok())
            .collect();
        match made {
            Some(made) if pairs.len().is_multiple_of(2) => Ok(Object::Bytes(made.into())),
            _ => Err(i.raise("ValueError", "non-hexadecimal number found in fromhex() arg")),
        }
    },
    "bytes.startswith" => |i, a| bytes(i, a, |_, b, a| {
        Ok(Object::Bool(bytes_of(a.get(0)).is_some_and(|prefix| b.starts_with(&prefix))))
    }),
    "bytes.endswith" => |i, a| bytes(i, a, |_, b, a| {
        Ok(Object::Bool(bytes_of(a.get(0)).is_some_and(|suffix| b.ends_with(&suffix))))
    }),
    "bytes.strip" => |i, a| bytes(i, a, |_, b, _| Ok(Object::Bytes(b.trim_ascii().into()))),
    "bytes.upper" => |i, a| bytes(i, a, |_, b, _| Ok(Object::Bytes(b.to_ascii_uppercase().into()))),
    "bytes.lower" => |i, a| bytes(i, a, |_, b, _| Ok(Object::Bytes(b.to_ascii_lowercase().into()))),
    "bytes.__len__" => |i, a| bytes(i, a, |_, b, _| Ok(length(b.len()))),
});

/// Calls `f` with the bytes that a method was called on and its other arguments.
pub(super) fn bytes(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, &[u8], &Args) -> Eval,
) -> Eval {
    let me = plain(&receiver(&mut args));
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    match me {
        Object::Bytes(b) => f(i, &b, &args),
        Object::Unknown(_) => Ok(me),
        _ => Err(i.raise("TypeError", "descriptor of 'bytes' wants 'bytes'")),
    }
}

/// The bytes of an object, if it is of `bytes`.
pub(super) fn bytes_of(object: Option<&Object>) -> Option<Arc<[u8]>> {
    match object {
        Some(Object::Bytes(b)) => Some(b.clone()),
        _ => None,
    }
}

/// `text.encode(encoding, errors)`
pub(super) fn encode(i: &mut Interpreter, t: &str, args: &Args) -> Eval {
    let encoding = str_param(args, 0, "encoding").unwrap_or_else(|| "utf-8".into());
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Ok(Object::Bytes(t.as_bytes().into())),
        "ascii" | "us-ascii" if t.is_ascii() => Ok(Object::Bytes(t.as_bytes().into())),
        "latin-1" | "latin1" | "iso-8859-1" => {
            let made: Option<Vec<u8>> = t.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            match made {
                Some(made) => Ok(Object::Bytes(made.into())),
                None => Err(i.raise("UnicodeEncodeError", "ordinal not in range(256)")),
            }
        }
        _ => Ok(i.unknown("an encoding that is not worked out")),
    }
}

/// `bytes.decode(encoding)`
pub(super) fn decode(i: &mut Interpreter, b: &[u8], encoding: &str) -> Eval {
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "ascii" | "us-ascii" => match std::str::from_utf8(b) {
            Ok(t) => Ok(Object::str(t)),
            Err(_) => Err(i.raise("UnicodeDecodeError", "invalid start byte")),
        },
        "latin-1" | "latin1" | "iso-8859-1" => {
            Ok(Object::str(b.iter().map(|byte| char::from(*byte)).collect::<String>()))
        }
        _ => Ok(i.unknown("an encoding that is not worked out")),
    }
}

/// `bytes(…)`
pub(super) fn new_bytes(i: &mut Interpreter, mut args: Args) -> Eval {
    let class = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let value = match args.get(0).map(plain) {
        None => Object::Bytes(Vec::new().into()),
        Some(value @ Object::Bytes(_)) => value,
        Some(Object::Str(t)) => encode(i, &t, &Args { positional: args.positional[1..].to_vec(), ..args })?,
        Some(Object::Int(count)) => match usize::try_from(count) {
            Ok(count) if count <= SIZE => Object::Bytes(vec![0; count].into()),
            _ => return Err(i.exhausted("makes too large a collection")),
        },
        Some(other) => match i.known_items(&other)? {
            Ok(items) => {
                let made: Option<Vec<u8>> =
                    items.iter().map(|item| item.as_int().and_then(|n| u8::try_from(n).ok())).collect();
                match made {
                    Some(made) => Object::Bytes(made.into()),
                    None => i.unknown("bytes that are not known"),
                }
            }
            Err(why) => Object::Unknown(why),
        },
    };
    Ok(constructed(i, &class, "builtins.bytes", value))
}
