//! Values as the database driver would quote them (`SchemaEditor.quote_value`,
//! `django/db/backends/*/schema.py`; psycopg 2 and 3, `PyMySQL`'s and SQLite's literals).

use std::fmt::Write as _;

use super::{Context, MOMENT, Psycopg, SOME_UUID};
use crate::database::Vendor;
use crate::django::version::DjangoVersion;

/// A value on its way to the database: what `get_db_prep_save` gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DbValue {
    Null,
    Bool(bool),
    /// An integer's digits.
    Int(String),
    /// A float as Python's `repr` writes it.
    Float(String),
    Decimal(String),
    Str(String),
    Bytes(Vec<u8>),
    /// `2020-01-02 03:04:05[.000006][+00:00]`, and whether it knows its time zone.
    DateTime(String, bool),
    Date(String),
    Time(String),
    /// Microseconds.
    Duration(i64),
    /// 32 hexadecimal digits.
    Uuid(String),
    /// JSON text.
    Json(String),
    Inet(String),
    Array(Vec<DbValue>),
}

impl DbValue {
    /// Whether it stands for one that is another each time: a moment, a random identifier.
    pub fn varies(&self) -> bool {
        match self {
            Self::DateTime(text, _) => text.starts_with(MOMENT),
            Self::Date(text) => MOMENT.starts_with(text.as_str()),
            Self::Time(text) => MOMENT.ends_with(text.as_str()),
            Self::Uuid(text) => *text == SOME_UUID.replace('-', ""),
            _ => false,
        }
    }

    /// Whether it is `''` or `b''`.
    pub fn is_empty_text(&self) -> bool {
        match self {
            Self::Str(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            _ => false,
        }
    }
}

impl Context {
    /// `quote_value`
    pub(crate) fn quote_value(&self, value: &DbValue) -> String {
        match self.dialect.vendor {
            Vendor::PostgreSql => self.quote_postgresql(value),
            Vendor::Sqlite => quote_sqlite(value),
            Vendor::MySql | Vendor::MariaDb => quote_mysql(value),
            Vendor::Oracle => quote_oracle(value),
        }
    }

    fn quote_postgresql(&self, value: &DbValue) -> String {
        let new = self.settings.psycopg == Psycopg::Three;
        let moment = |text: &str| if new { text.to_owned() } else { text.replacen(' ', "T", 1) };
        match value {
            DbValue::Null => "NULL".to_owned(),
            DbValue::Bool(value) => value.to_string(),
            DbValue::Int(text) | DbValue::Decimal(text) => signed(text),
            DbValue::Float(text) => match text.trim_start_matches('-') {
                "inf" | "nan" => {
                    let name = text.replace("inf", "Infinity").replace("nan", "NaN");
                    format!("'{name}'::{}", if new { "float8" } else { "float" })
                }
                _ => signed(text),
            },
            // psycopg 3 casts by itself; for psycopg 2 Django does since 5.1 (`psycopg_any.py`).
            DbValue::Json(text) if new || self.version >= DjangoVersion::V5_1 => {
                format!("{}::jsonb", quote_postgresql_text(text, new))
            }
            DbValue::Str(text) | DbValue::Json(text) => quote_postgresql_text(text, new),
            DbValue::Bytes(bytes) => {
                let escaped = postgresql_bytes(bytes);
                if new { format!(" E'{escaped}'::bytea") } else { format!("'{escaped}'::bytea") }
            }
            DbValue::DateTime(text, aware) => {
                format!("'{}'::{}", moment(text), if *aware { "timestamptz" } else { "timestamp" })
            }
            DbValue::Date(text) => format!("'{text}'::date"),
            DbValue::Time(text) => format!("'{text}'::time"),
            DbValue::Duration(microseconds) => format!("'{}'::interval", interval(*microseconds, new)),
            DbValue::Uuid(hex) if new => format!("'{hex}'::uuid"),
            DbValue::Uuid(hex) => format!("'{}'::uuid", dashed(hex)),
            DbValue::Inet(text) => format!("'{text}'::inet"),
            DbValue::Array(items) if items.is_empty() => "'{}'".to_owned(),
            DbValue::Array(items) if new => quote_array(items),
            DbValue::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.quote_postgresql(item)).collect();
                format!("ARRAY[{}]", items.join(","))
            }
        }
    }
}

/// A negative number has a space before it, so that `-` and it do not make a comment.
fn signed(text: &str) -> String {
    if text.starts_with('-') { format!(" {text}") } else { text.to_owned() }
}

fn quote_postgresql_text(text: &str, new: bool) -> String {
    let quoted = text.replace('\'', "''");
    // libpq knows the server's setting and escapes for either; psycopg 2 without a connection does not.
    let escaped = quoted.replace('\\', "\\\\");
    if new && quoted.contains('\\') { format!(" E'{escaped}'") } else { format!("'{escaped}'") }
}

fn postgresql_bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\'' => text.push_str("''"),
            b'\\' => text.push_str("\\\\\\\\"),
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\\\{byte:03o}");
            }
        }
    }
    text
}

fn quote_array(items: &[DbValue]) -> String {
    let item = |value: &DbValue| match value {
        DbValue::Null => "NULL".to_owned(),
        DbValue::Bool(value) => if *value { "t" } else { "f" }.to_owned(),
        DbValue::Int(text) | DbValue::Float(text) | DbValue::Decimal(text) => text.clone(),
        DbValue::Str(text) | DbValue::Json(text) => {
            let plain = !text.is_empty()
                && !text.eq_ignore_ascii_case("null")
                && !text.contains(|c: char| c.is_whitespace() || "{},\"\\".contains(c));
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            if plain { text.clone() } else { format!("\"{quoted}\"") }
        }
        other => format!("{other:?}"),
    };
    let body: Vec<_> = items.iter().map(item).collect();
    let cast = match items.first() {
        Some(DbValue::Bool(_)) => "::bool[]",
        Some(DbValue::Int(_)) => {
            let widest = items.iter().filter_map(|item| match item {
                DbValue::Int(text) => text.parse::<i64>().ok(),
                _ => None,
            });
            match widest.map(i64::unsigned_abs).max() {
                Some(0..=32767) => "::int2[]",
                Some(32768..=2_147_483_647) => "::int4[]",
                _ => "::int8[]",
            }
        }
        Some(DbValue::Float(_)) => "::float8[]",
        Some(DbValue::Decimal(_)) => "::numeric[]",
        _ => "",
    };
    format!("'{{{}}}'{cast}", body.join(",").replace('\'', "''"))
}

/// `str(timedelta)` (psycopg 3), or days and seconds (psycopg 2).
fn interval(microseconds: i64, new: bool) -> String {
    const DAY: i64 = 86_400_000_000;
    let (days, rest) = (microseconds.div_euclid(DAY), microseconds.rem_euclid(DAY));
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    if !new {
        return format!("{days} days {seconds}.{fraction:06} seconds");
    }
    let mut text = String::new();
    if days != 0 {
        text = format!("{days} day{} ", if days.abs() == 1 { "" } else { "s" });
    }
    let _ = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let _ = write!(text, ".{fraction:06}");
    }
    text
}

fn dashed(hex: &str) -> String {
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// `sqlite3`'s adapters leave dates and times as text.
fn quote_sqlite(value: &DbValue) -> String {
    match value {
        DbValue::Null | DbValue::Array(_) => "NULL".to_owned(),
        DbValue::Bool(value) => u8::from(*value).to_string(),
        DbValue::Int(text) | DbValue::Float(text) => text.clone(),
        DbValue::Duration(microseconds) => microseconds.to_string(),
        DbValue::Bytes(bytes) => format!("X'{}'", hex(bytes)),
        DbValue::Str(text)
        | DbValue::Decimal(text)
        | DbValue::DateTime(text, _)
        | DbValue::Date(text)
        | DbValue::Time(text)
        | DbValue::Uuid(text)
        | DbValue::Json(text)
        | DbValue::Inet(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn quote_mysql(value: &DbValue) -> String {
    match value {
        DbValue::Null | DbValue::Array(_) => "NULL".to_owned(),
        DbValue::Bool(value) => u8::from(*value).to_string(),
        DbValue::Int(text) | DbValue::Decimal(text) => text.clone(),
        DbValue::Float(text) => {
            if text.contains('e') {
                text.clone()
            } else {
                format!("{text}e0")
            }
        }
        DbValue::Duration(microseconds) => microseconds.to_string(),
        DbValue::Bytes(bytes) => format!("X'{}'", hex(bytes)),
        DbValue::Str(text)
        | DbValue::DateTime(text, _)
        | DbValue::Date(text)
        | DbValue::Time(text)
        | DbValue::Uuid(text)
        | DbValue::Json(text)
        | DbValue::Inet(text) => format!("'{}'", mysql_escape(text)),
    }
}

fn mysql_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => escaped.push_str("\\0"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\u{1a}' => escaped.push_str("\\Z"),
            '"' | '\'' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn quote_oracle(value: &DbValue) -> String {
    match value {
        DbValue::Null | DbValue::Array(_) => "NULL".to_owned(),
        DbValue::Bool(value) => if *value { "1" } else { "0" }.to_owned(),
        DbValue::Int(text) | DbValue::Float(text) | DbValue::Decimal(text) => text.clone(),
        DbValue::Bytes(bytes) => format!("'{}'", hex(bytes)),
        DbValue::Duration(microseconds) => format!("'{}'", interval(*microseconds, true)),
        DbValue::Str(text)
        | DbValue::DateTime(text, _)
        | DbValue::Date(text)
        | DbValue::Time(text)
        | DbValue::Uuid(text)
        | DbValue::Json(text)
        | DbValue::Inet(text) => format!("'{}'", text.replace('\'', "''")),
    }
}
