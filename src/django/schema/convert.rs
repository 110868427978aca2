//! Python values as the texts that fields prepare of them (`get_prep_value` of
//! `django/db/models/fields/__init__.py`, 3.2 to 6.1; `str`, `repr`, `json.dumps` of Python).

use std::fmt::Write as _;

use super::value::DbValue;
use crate::python::value::Value;

/// `str(Decimal(value))`, as a number.
pub(super) fn decimal(value: &Value) -> Option<DbValue> {
    let text = match value {
        Value::Call(call) if call.path.as_ref() == "decimal.Decimal" => string(call.args.first()?)?,
        Value::Float(_) => float(value)?.trim_end_matches(".0").to_owned(),
        Value::Str(text) => text.to_string(),
        _ => integer(value)?,
    };
    Some(DbValue::Decimal(text))
}

/// `BooleanField.to_python(value)`
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(value) => Some(*value != 0),
        Value::Str(text) => match text.as_ref() {
            "t" | "True" | "1" => Some(true),
            "f" | "False" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `str(int(value))`
pub(super) fn integer(value: &Value) -> Option<String> {
    match value {
        Value::Int(value) => Some(value.to_string()),
        Value::BigInt(value) => Some(value.to_string()),
        Value::Bool(value) => Some(u8::from(*value).to_string()),
        #[allow(clippy::cast_possible_truncation)]
        Value::Float(value) if value.abs() < 9e15 => Some((value.trunc() as i64).to_string()),
        Value::Str(text) => text.trim().parse::<i64>().ok().map(|value| value.to_string()),
        _ => None,
    }
}

/// `repr(float(value))`
pub(super) fn float(value: &Value) -> Option<String> {
    let number = match value {
        Value::Float(value) => *value,
        Value::Str(text) => text.trim().parse().ok()?,
        _ => integer(value)?.parse().ok()?,
    };
    Some(python_float(number))
}

/// Python writes a float with an exponent below 1e-4 and from 1e16 on.
pub(crate) fn python_float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |digits| ("-", digits));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    format!("{number:?}")
}

/// `str(value)`
pub(super) fn string(value: &Value) -> Option<String> {
    Some(match value {
        Value::Str(text) => text.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Float(_) => float(value)?,
        Value::Bytes(bytes) => bytes_repr(bytes),
        Value::Enum(member) => return string(&member.value),
        Value::Call(call) if call.path.as_ref() == "decimal.Decimal" => return string(call.args.first()?),
        Value::Call(call) if call.path.as_ref() == "uuid.UUID" => {
            let hex = uuid(value)?;
            let part = |from: usize, to: usize| hex.get(from..to);
            let parts = [part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?];
            let _ = call;
            parts.join("-")
        }
        Value::Call(call) if call.path.starts_with("datetime.") => {
            moment(value).filter(|_| !call.args.is_empty())?
        }
        Value::List(items) if items.is_empty() => "[]".to_owned(),
        Value::Dict(items) if items.is_empty() => "{}".to_owned(),
        Value::Tuple(items) if items.is_empty() => "()".to_owned(),
        _ => integer(value)?,
    })
}

/// `repr(bytes)`
fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            0x20..=0x7e if char::from(*byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}

/// The text of a date, time or moment: given as text, or by its parts.
pub(super) fn moment(value: &Value) -> Option<String> {
    let call = match value {
        Value::Str(text) => return Some(text.to_string()),
        Value::Call(call) if call.path.starts_with("datetime.") => call,
        _ => return None,
    };
    if let [Value::Str(text)] = call.args.as_slice() {
        return Some(text.to_string());
    }
    let names: &[&str] = match call.path.as_ref() {
        "datetime.date" => &["year", "month", "day"],
        "datetime.time" => &["hour", "minute", "second", "microsecond"],
        "datetime.datetime" => &["year", "month", "day", "hour", "minute", "second", "microsecond"],
        _ => return None,
    };
    let part = |name: &str| {
        let at = names.iter().position(|known| *known == name)?;
        call.args.get(at).or_else(|| call.kwarg(name)).map_or(Some(0), Value::as_int)
    };
    let date = || Some(format!("{:04}-{:02}-{:02}", part("year")?, part("month")?, part("day")?));
    let time = || {
        let mut text = format!("{:02}:{:02}:{:02}", part("hour")?, part("minute")?, part("second")?);
        if let Some(fraction) = part("microsecond").filter(|fraction| *fraction != 0) {
            let _ = write!(text, ".{fraction:06}");
        }
        Some(text)
    };
    let zone = match call.args.get(names.len()).or_else(|| call.kwarg("tzinfo")) {
        None | Some(Value::None) => "",
        Some(Value::Ref(path)) if path.ends_with("utc") || path.ends_with("UTC") => "+00:00",
        Some(Value::Call(zone)) if zone.path.to_ascii_lowercase().contains("utc") => "+00:00",
        Some(Value::Call(zone))
            if zone
                .args
                .first()
                .and_then(Value::as_str)
                .is_some_and(|name| name.eq_ignore_ascii_case("utc")) =>
        {
            "+00:00"
        }
        Some(_) => return None,
    };
    match call.path.as_ref() {
        "datetime.date" => date(),
        "datetime.time" => time(),
        _ => Some(format!("{} {}{zone}", date()?, time()?)),
    }
}

/// Microseconds of a `timedelta`: of its arguments, or of the text that `str()` makes of one.
pub(super) fn duration(value: &Value) -> Option<i64> {
    let call = value.as_call().filter(|call| call.path.as_ref() == "datetime.timedelta")?;
    if let [Value::Str(text)] = call.args.as_slice() {
        // `str(timedelta)`: `1 day, 2:03:04.000005`
        let (days, clock) = match text.split_once(" day") {
            Some((days, rest)) => (days.trim().parse::<i64>().ok()?, rest.split_once(", ")?.1),
            None => (0, text.as_ref()),
        };
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut seconds = 0i64;
        for part in clock.split(':') {
            seconds = seconds.checked_mul(60)?.checked_add(part.parse::<i64>().ok()?)?;
        }
        let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
        return days.checked_mul(86_400)?.checked_add(seconds)?.checked_mul(1_000_000)?.checked_add(fraction);
    }
    let units: [(&str, i64); 7] = [
        ("days", 86_400_000_000),
        ("seconds", 1_000_000),
        ("microseconds", 1),
        ("milliseconds", 1000),
        ("minutes", 60_000_000),
        ("hours", 3_600_000_000),
        ("weeks", 604_800_000_000),
    ];
    let mut total = 0i64;
    for (index, (name, unit)) in units.iter().enumerate() {
        if let Some(value) = call.args.get(index).or_else(|| call.kwarg(name)) {
            total = total.checked_add(value.as_int()?.checked_mul(*unit)?)?;
        }
    }
    Some(total)
}

/// The 32 digits of a `UUID`, in lower case and without hyphens.
pub(super) fn uuid(value: &Value) -> Option<String> {
    let text = match value {
        Value::Str(text) => text.to_string(),
        Value::Call(call) if call.path.as_ref() == "uuid.UUID" => {
            let text = call.args.first().or_else(|| call.kwarg("hex"))?;
            text.as_str()?.to_owned()
        }
        _ => return None,
    };
    let hex: String = text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
    (hex.len() == 32).then_some(hex)
}

/// More than a column of any database has; what lines a number up can take no more than 65,535.
const MOST_PLACES: usize = 16_383;

/// The number with that many places (`Decimal.quantize`); `None` where it has more already, as nothing is
/// rounded here, or where so many are not written.
pub(super) fn quantize(text: &str, places: usize) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit())
        || fraction.len() > places
        || places > MOST_PLACES
    {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0<places$}") })
}

/// `json.dumps` with its usual separators, everything beyond ASCII escaped.
pub(super) fn json_text(value: &Value) -> Option<String> {
    let joined = |parts: Option<Vec<String>>, open: char, close: char| {
        parts.map(|parts| format!("{open}{}{close}", parts.join(", ")))
    };
    match value {
        Value::None => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Float(_) => float(value),
        Value::Int(_) | Value::BigInt(_) => integer(value),
        Value::Str(text) => Some(json_string(text)),
        Value::Enum(member) => json_text(&member.value),
        Value::List(items) | Value::Tuple(items) => joined(items.iter().map(json_text).collect(), '[', ']'),
        Value::Dict(items) => {
            let pair = |(key, value): &(Value, Value)| {
                let key = match key {
                    Value::Str(text) => json_string(text),
                    other => format!("\"{}\"", json_text(other)?),
                };
                Some(format!("{key}: {}", json_text(value)?))
            };
            joined(items.iter().map(pair).collect(), '{', '}')
        }
        _ => None,
    }
}

fn json_string(text: &str) -> String {
    let mut escaped = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            ' '..='~' => escaped.push(c),
            _ => {
                let mut units = [0u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped.push('"');
    escaped
}
