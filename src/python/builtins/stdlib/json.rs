//! `json`, on known texts and plain values.

use super::super::arguments::{plain, receiver, unknown_among};
use super::super::format_spec::float_repr;
use super::super::{native_table, numbers};
use super::names_of;
use crate::python::interpreter::{Eval, Interpreter, SIZE};
use crate::python::object::{Class, Dict, Namespace, Object};
use crate::python::value::Unknown;

/// Bytes that a byte of JSON may make: `[],` is a list.
const PER_BYTE: usize = 48;

native_table!(FUNCTIONS {
    "json.loads" => |i, a| {
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let text = match a.get(0).map(plain) {
            Some(Object::Str(text)) => text.to_string(),
            Some(Object::Bytes(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => return Ok(i.unknown("reads JSON that is no text")),
        };
        if !a.keywords.is_empty() {
            return Ok(i.unknown("reads JSON in a way of its own"));
        }
        i.spend(text.len().saturating_mul(PER_BYTE))?;
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) { Ok(object(&value)) } else {
            let class = i.import_path("json.JSONDecodeError")?;
            match class {
                Object::Class(class) => {
                    Err(crate::python::interpreter::Raise::Exception(i.instance_of(&class)))
                }
                _ => Err(i.raise("ValueError", "no JSON")),
            }
        }
    },
    "json.dumps" => |i, mut a| {
        let value = receiver(&mut a);
        let mut style = Style { sorted: false, ascii: true, comma: ", ".into(), colon: ": ".into() };
        for (name, option) in &a.keywords {
            match (name.as_str(), option) {
                (_, Object::Unknown(why)) => return Ok(Object::Unknown(why.clone())),
                ("sort_keys", Object::Bool(flag)) => style.sorted = *flag,
                ("ensure_ascii", Object::Bool(flag)) => style.ascii = *flag,
                ("separators", Object::Tuple(pair)) => {
                    let mut pair = pair.iter().filter_map(Object::as_str);
                    style.comma = pair.next().unwrap_or_default().to_string();
                    style.colon = pair.next().unwrap_or_default().to_string();
                }
                // It asks its own `default()` for what is not JSON's alone; that is not written here.
                ("cls", Object::Class(class))
                    if class.derives_from("json.JSONEncoder") && is_plain_encoder(class) => {}
                (_, Object::None) => {}
                _ => return Ok(i.unknown("writes JSON in a way of its own")),
            }
        }
        let mut out = String::new();
        match write(i, &value, &style, &mut out)? {
            Ok(()) => Ok(Object::str(out)),
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "json.load" => |i, _| Ok(i.unknown("reads a file")),
    "json.dump" => super::nothing,
});

/// The names of `json`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let error = i.types.exception("ValueError");
    super::add_class(i, &mut names, "json", "JSONDecodeError", &[error], &[]);
    super::add_class(i, &mut names, "json", "JSONEncoder", &[], &[]);
    super::add_class(i, &mut names, "json", "JSONDecoder", &[], &[]);
    names
}

/// Whether a class writes what JSON knows as `json.JSONEncoder` does.
fn is_plain_encoder(class: &Class) -> bool {
    let plain = |name: &&str| class.lookup(name).is_none_or(|(_, owner)| owner.native);
    class.open.borrow().is_none() && ["__init__", "encode", "iterencode"].iter().all(plain)
}

fn object(value: &serde_json::Value) -> Object {
    match value {
        serde_json::Value::Null => Object::None,
        serde_json::Value::Bool(flag) => Object::Bool(*flag),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(n), _) => Object::Int(n),
            (None, Some(n)) => numbers::integer(n.into()),
            (None, None) => Object::Float(number.as_f64().unwrap_or(f64::INFINITY)),
        },
        serde_json::Value::String(text) => Object::str(text.as_str()),
        serde_json::Value::Array(items) => Object::list(items.iter().map(object).collect()),
        serde_json::Value::Object(items) => {
            let mut dict = Dict::default();
            for (key, value) in items {
                dict.insert_str(key, object(value));
            }
            Object::from_dict(dict)
        }
    }
}

struct Style {
    sorted: bool,
    ascii: bool,
    comma: String,
    colon: String,
}

type Done = Result<(), std::sync::Arc<Unknown>>;

fn write(i: &mut Interpreter, value: &Object, style: &Style, out: &mut String) -> Eval<Done> {
    i.deeper(|i| write_inner(i, value, style, out))
}

fn write_inner(i: &mut Interpreter, value: &Object, style: &Style, out: &mut String) -> Eval<Done> {
    if out.len() > SIZE {
        return Err(i.exhausted("makes too long a text"));
    }
    if let Some(why) = i.unknown_items(value) {
        return Ok(Err(why));
    }
    match plain(value) {
        Object::None => out.push_str("null"),
        Object::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Object::Int(n) => out.push_str(&n.to_string()),
        Object::BigInt(n) => {
            let shown = i.repr(&Object::BigInt(n))?;
            out.push_str(&shown.as_str().unwrap_or_default());
        }
        Object::Float(x) if x.is_finite() => out.push_str(&float_repr(x)),
        Object::Str(text) => quote(&text, style.ascii, out),
        Object::Dict(dict) => {
            let mut pairs: Vec<(String, Object)> = Vec::new();
            for (key, value) in dict.get().iter() {
                let key = match key {
                    Object::None => "null".to_owned(),
                    Object::Bool(flag) => if *flag { "true" } else { "false" }.to_owned(),
                    Object::Int(n) => n.to_string(),
                    key => match key.as_str() {
                        Some(key) => key.to_string(),
                        None => {
                            return Err(i.raise("TypeError", "keys must be str, int, float, bool or None"));
                        }
                    },
                };
                pairs.push((key, value.clone()));
            }
            if style.sorted {
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
            }
            out.push('{');
            for (at, (key, value)) in pairs.iter().enumerate() {
                if at > 0 {
                    out.push_str(&style.comma);
                }
                quote(key, style.ascii, out);
                out.push_str(&style.colon);
                if let Err(why) = write(i, value, style, out)? {
                    return Ok(Err(why));
                }
            }
            out.push('}');
        }
        sequence @ (Object::List(_) | Object::Tuple(_)) => {
            out.push('[');
            for (at, item) in i.items(&sequence)?.iter().enumerate() {
                if at > 0 {
                    out.push_str(&style.comma);
                }
                if let Err(why) = write(i, item, style, out)? {
                    return Ok(Err(why));
                }
            }
            out.push(']');
        }
        other => {
            let message = format!("Object of type {} is not JSON serializable", other.type_name());
            return Err(i.raise("TypeError", message));
        }
    }
    Ok(Ok(()))
}

fn quote(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            c if u32::from(c) < 0x20 || (ascii && !c.is_ascii()) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
