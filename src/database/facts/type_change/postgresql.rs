//! PostgreSQL's changes of type (manual, "ALTER TABLE", notes: binary coercible types, and those
//! whose cast for the length can be seen to change nothing).

use super::TypeChange;
use super::type_name::TypeName;
use crate::database::dialect::Dialect;

/// Types of the server itself, and `citext`, whose casts to each other are known.
const KNOWN: &[&str] = &[
    "bigint",
    "bit",
    "boolean",
    "bytea",
    "char",
    "cidr",
    "citext",
    "date",
    "double precision",
    "inet",
    "integer",
    "interval",
    "json",
    "jsonb",
    "macaddr",
    "numeric",
    "real",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varbit",
    "varchar",
    "xml",
];

/// What a change of a column's type asks of PostgreSQL; unknown for types that are not among its own.
pub(super) fn type_change(dialect: Dialect, old: &TypeName, new: &TypeName) -> TypeChange {
    let (Some(old), Some(new)) = (Plain::of(old), Plain::of(new)) else { return TypeChange::Unknown };
    let change = if old.suffix == new.suffix && old.name == new.name && old.lengths == new.lengths {
        TypeChange::Compatible
    } else if !KNOWN.contains(&old.name) || !KNOWN.contains(&new.name) {
        TypeChange::Unknown
    } else if old.suffix != new.suffix || !old.suffix.is_empty() {
        // The elements of an array are always cast one by one.
        TypeChange::Rewrite
    } else {
        known_change(dialect, &old, &new)
    };
    match change {
        TypeChange::Compatible if old.collation != new.collation => TypeChange::Index,
        change => change,
    }
}

fn known_change(dialect: Dialect, old: &Plain<'_>, new: &Plain<'_>) -> TypeChange {
    let compatible = |yes: bool| if yes { TypeChange::Compatible } else { TypeChange::Rewrite };
    match (old.name, new.name) {
        ("varchar" | "text", "varchar" | "text") | ("varbit", "varbit") => compatible(no_shorter(old, new)),
        ("cidr", "inet") | ("xml", "text") => TypeChange::Compatible,
        ("varchar" | "text", "citext") => TypeChange::Index,
        ("citext", "varchar" | "text") if new.lengths.is_empty() => TypeChange::Index,
        ("numeric", "numeric") => compatible(match (&old.lengths[..], &new.lengths[..]) {
            (_, []) => true,
            ([old_digits, old_places], [digits, places]) => digits >= old_digits && places == old_places,
            _ => false,
        }),
        ("timestamp", "timestamp")
        | ("timestamptz", "timestamptz")
        | ("time", "time")
        | ("timetz", "timetz")
        | ("interval", "interval") => compatible(no_shorter(old, new)),
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") if no_shorter(old, new) => {
            match dialect.version {
                Some((major, _)) if major < 12 => TypeChange::Rewrite,
                _ => TypeChange::IndexOrRewrite,
            }
        }
        _ => TypeChange::Rewrite,
    }
}

/// The new type takes everything that the old one does.
fn no_shorter(old: &Plain<'_>, new: &Plain<'_>) -> bool {
    match (old.lengths.first(), new.lengths.first()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(old), Some(new)) => new >= old,
    }
}

/// A type under its shortest name.
struct Plain<'a> {
    name: &'a str,
    lengths: Vec<u32>,
    suffix: &'a str,
    collation: Option<&'a str>,
}

impl<'a> Plain<'a> {
    fn of(written: &'a TypeName) -> Option<Self> {
        let mut lengths = written.numbers()?;
        let mut suffix = written.suffix.as_str();
        let name = match written.name.as_str() {
            "int" | "int4" | "integer" | "serial" | "serial4" => "integer",
            "int8" | "bigint" | "bigserial" | "serial8" => "bigint",
            "int2" | "smallint" | "smallserial" | "serial2" => "smallint",
            "character varying" | "varchar" => "varchar",
            "character" | "bpchar" | "char" => "char",
            "decimal" | "numeric" => "numeric",
            "float8" | "double precision" | "float" => "double precision",
            "float4" | "real" => "real",
            "bool" | "boolean" => "boolean",
            "bit varying" | "varbit" => "varbit",
            name @ ("time" | "timestamp") => {
                // `timestamp(3) with time zone` has the words behind the length.
                let (zoned, rest) = zone(suffix);
                suffix = rest;
                match (name, zoned) {
                    ("time", true) => "timetz",
                    (_, true) => "timestamptz",
                    (name, false) => name,
                }
            }
            "timestamp with time zone" | "timestamptz" => "timestamptz",
            "timestamp without time zone" => "timestamp",
            "time with time zone" | "timetz" => "timetz",
            "time without time zone" => "time",
            name => name,
        };
        if name == "numeric" && lengths.len() == 1 {
            lengths.push(0);
        }
        if name == "char" && lengths.is_empty() {
            lengths.push(1);
        }
        Some(Self { name, lengths, suffix, collation: written.collation.as_deref() })
    }
}

/// Whether the suffix starts with a time zone, and what is behind it.
fn zone(suffix: &str) -> (bool, &str) {
    match (suffix.strip_prefix("with time zone"), suffix.strip_prefix("without time zone")) {
        (Some(rest), _) => (true, rest.trim()),
        (None, Some(rest)) => (false, rest.trim()),
        (None, None) => (false, suffix),
    }
}
