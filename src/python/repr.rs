//! `str()` and `repr()` of values at rest, as Python writes them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::value::{Call, Value};

/// What `str.isprintable` refuses: separators but the space, and everything of category C.
static NOT_PRINTABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\p{C}\p{Z}--\x20]").ok());

impl Value {
    /// `str(value)`
    pub fn python_str(&self) -> String {
        self.as_str().map_or_else(|| self.python_repr(), str::to_owned)
    }

    /// `repr(value)`, as far as a value at rest has one; an object shows as the call that makes it.
    pub fn python_repr(&self) -> String {
        self.python_repr_with(&|call| call_repr(call, &Self::python_repr))
    }

    /// `repr(value)` with another way to write objects in it.
    pub(crate) fn python_repr_with(&self, object: &dyn Fn(&Call) -> String) -> String {
        let repr = |value: &Self| value.python_repr_with(object);
        let list = |items: &[Self]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(value) => value.to_string(),
            Self::BigInt(value) => value.to_string(),
            Self::Float(value) => float_repr(*value),
            Self::Str(text) => str_repr(text),
            Self::Bytes(bytes) => bytes_repr(bytes),
            Self::List(items) => format!("[{}]", list(items)),
            Self::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
            Self::Tuple(items) => format!("({})", list(items)),
            Self::Set(items) if items.is_empty() => "set()".to_owned(),
            Self::Set(items) => format!("{{{}}}", list(items)),
            Self::Dict(items) => {
                let pair = |(key, value): &(Self, Self)| format!("{}: {}", repr(key), repr(value));
                format!("{{{}}}", items.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
            Self::Ref(path) => path.to_string(),
            Self::Call(call) => object(call),
            Self::Enum(member) => repr(&member.value),
            Self::Field(field) => format!("<{}>", field.path),
            Self::Unknown(_) => "(unknown)".to_owned(),
        }
    }
}

/// `Decimal('1.5')` and `UUID('…')` show without their module, `datetime.date(…)` with it.
pub(crate) fn call_repr(call: &Call, repr: &dyn Fn(&Value) -> String) -> String {
    let name = match call.path.as_ref() {
        "decimal.Decimal" | "uuid.UUID" => call.name(),
        path => path,
    };
    let args = call.args.iter().map(repr);
    let kwargs = call.kwargs.iter().map(|(key, value)| format!("{key}={}", repr(value)));
    format!("{name}({})", args.chain(kwargs).collect::<Vec<_>>().join(", "))
}

/// The shortest digits that come back, with an exponent below `1e-4` and from `1e16` on.
fn float_repr(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let plain = value.to_string();
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

/// Single quotes unless the text holds one and no double quote.
fn quote_for(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

fn str_repr(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut out = String::from(quote);
    let mut buffer = [0; 4];
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => {
                let hidden = NOT_PRINTABLE.as_ref().is_none_or(|it| it.is_match(c.encode_utf8(&mut buffer)));
                let _ = match u32::from(c) {
                    _ if !hidden => out.write_char(c),
                    code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\'' | b'"' if char::from(*byte) != quote => out.push(char::from(*byte)),
            byte => out.push_str(&byte.escape_ascii().to_string()),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_show_as_python_shows_them() {
        for (text, repr) in [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("say \"it's\"", "'say \"it\\'s\"'"),
            ("a\tb\\\u{0}\u{7f}\u{a0}\u{200b}\u{e000}é😀", "'a\\tb\\\\\\x00\\x7f\\xa0\\u200b\\ue000é😀'"),
            ("\u{e0001}", "'\\U000e0001'"),
        ] {
            assert_eq!(Value::str(text).python_repr(), repr);
        }
        assert_eq!(Value::Bytes(b"a'\x00\"".as_slice().into()).python_repr(), "b'a\\'\\x00\"'");
        assert_eq!(Value::Bytes(b"a'".as_slice().into()).python_repr(), "b\"a'\"");
    }

    #[test]
    fn floats_show_as_python_shows_them() {
        for (value, repr) in [
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (1e20, "1e+20"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e15, "1000000000000000.0"),
            (1e-7, "1e-07"),
            (0.0001, "0.0001"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(Value::Float(value).python_repr(), repr);
        }
    }
}
