//! `uuid`. Identifiers that are made anew are not known; the functions that make them are names.

use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::super::arguments::{plain, receiver, unknown_among};
use super::super::{native_table, numbers};
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;
use crate::python::value::{Call, Value};

native_table!(FUNCTIONS {
    "uuid.uuid1" => made_anew,
    "uuid.uuid3" => made_anew,
    "uuid.uuid4" => made_anew,
    "uuid.uuid5" => made_anew,
    "uuid.uuid6" => made_anew,
    "uuid.uuid7" => made_anew,
    "uuid.uuid8" => made_anew,
    "uuid.getnode" => made_anew,
});

native_table!(UUID {
    "uuid.UUID.__new__" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let bits = if let Some(text) = a.param(0, "hex").and_then(Object::as_str) {
            let digits = text.replace("urn:", "").replace("uuid:", "");
            let digits: String = digits.chars().filter(|c| !matches!(c, '{' | '}' | '-')).collect();
            (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok()).flatten()
        } else if let Some(number) = a.param(4, "int").and_then(numbers::big) {
            u128::try_from(number).ok()
        } else if let Some(Object::Bytes(bytes)) = a.param(1, "bytes").map(plain) {
            <[u8; 16]>::try_from(&bytes[..]).ok().map(u128::from_be_bytes)
        } else {
            return Ok(i.unknown("an identifier of parts that are not worked out"));
        };
        match bits {
            Some(bits) => Ok(identifier(bits)),
            None => Err(i.raise("ValueError", "badly formed hexadecimal UUID string")),
        }
    },
    "uuid.UUID.__str__" => |i, a| i.to_str(a.get(0).unwrap_or(&Object::None)),
});

/// The names of `uuid`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    super::add_class(i, &mut names, "uuid", "UUID", &[], UUID);
    let spaces = [
        ("NAMESPACE_DNS", 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("NAMESPACE_URL", 0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("NAMESPACE_OID", 0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("NAMESPACE_X500", 0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8),
    ];
    for (name, bits) in spaces {
        names.insert(Name::new_static(name), identifier(bits));
    }
    names
}

fn made_anew(i: &mut Interpreter, _: Args) -> Eval {
    Ok(i.unknown("an identifier that is made anew each time"))
}

fn identifier(bits: u128) -> Object {
    let hex = format!("{bits:032x}");
    let text = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    let call = Call { path: "uuid.UUID".into(), args: vec![Value::str(text)], kwargs: Vec::new() };
    Object::Frozen(Rc::new(Value::Call(Arc::new(call))))
}

/// Properties.
pub(in super::super) fn attribute(value: &Value, name: &str) -> Option<Object> {
    let call = value.as_call().filter(|call| &*call.path == "uuid.UUID")?;
    let hex = call.args.first()?.as_str()?.replace('-', "");
    let bits = u128::from_str_radix(&hex, 16).ok()?;
    Some(match name {
        "hex" => Object::str(hex),
        "int" => numbers::integer(BigInt::from(bits)),
        "bytes" => Object::Bytes(bits.to_be_bytes().to_vec().into()),
        "urn" => Object::str(format!("urn:uuid:{}", call.args.first()?.as_str()?)),
        "version" => Object::Int(i64::try_from((bits >> 76) & 0xf).ok()?),
        _ => return None,
    })
}
