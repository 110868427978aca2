//! Changes of type on MySQL and MariaDB with `InnoDB`: what is no copy (MySQL manual, "Online DDL
//! Operations", column operations; MariaDB as measured).

use super::TypeChange;
use super::type_name::TypeName;

/// Types whose changes into each other are known.
const KNOWN: &[&str] = &[
    "bigint",
    "binary",
    "bit",
    "blob",
    "char",
    "date",
    "datetime",
    "decimal",
    "double",
    "enum",
    "float",
    "geometry",
    "int",
    "json",
    "longblob",
    "longtext",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "point",
    "set",
    "smallint",
    "text",
    "time",
    "timestamp",
    "tinyblob",
    "tinyint",
    "tinytext",
    "uuid",
    "varbinary",
    "varchar",
    "year",
];

/// How many bytes a character may take, where the character set is not told.
const WIDTHS: &[u32] = &[1, 3, 4];

/// What a change of a column's type asks of MySQL and MariaDB; unknown for types that are not among theirs.
pub(super) fn type_change(old: &TypeName, new: &TypeName) -> TypeChange {
    let (Some(old), Some(new)) = (Plain::of(old), Plain::of(new)) else { return TypeChange::Unknown };
    if old == new {
        return TypeChange::Compatible;
    }
    if !KNOWN.contains(&old.name.as_str()) || !KNOWN.contains(&new.name.as_str()) {
        return TypeChange::Unknown;
    }
    if old.name != new.name || old.unsigned != new.unsigned {
        return TypeChange::Rewrite;
    }
    match old.name.as_str() {
        "varchar" | "varbinary" => text_change(&old, &new),
        "enum" | "set" => values_change(&old, &new),
        _ if old.arguments != new.arguments => TypeChange::Rewrite,
        // Only the character set or the collation: it depends on indexes, too.
        _ => TypeChange::Unknown,
    }
}

/// A length takes one byte up to 255 bytes and two above: longer is fine within each.
fn text_change(old: &Plain, new: &Plain) -> TypeChange {
    let (Some(from), Some(to)) = (old.length(), new.length()) else { return TypeChange::Unknown };
    if to < from {
        return TypeChange::Rewrite;
    }
    if old.charset != new.charset || old.collation != new.collation {
        return if old.bytes().is_some_and(|old| new.bytes().is_some_and(|new| new < old)) {
            TypeChange::Rewrite
        } else if matches!((old.bytes(), new.bytes()), (Some(1), Some(2..))) {
            TypeChange::Rewrite
        } else {
            TypeChange::Unknown
        };
    }
    let known = old.bytes();
    let widths = known.as_ref().map_or(WIDTHS, std::slice::from_ref);
    let fits = |width: &u32| {
        let short = |length: u32| length.saturating_mul(*width) <= 255;
        short(from) == short(to)
    };
    match (widths.iter().all(fits), widths.iter().any(fits)) {
        (true, _) => TypeChange::Compatible,
        (_, false) => TypeChange::Rewrite,
        _ => TypeChange::Unknown,
    }
}

/// Further values at the end are fine while the number of the value takes as many bytes.
fn values_change(old: &Plain, new: &Plain) -> TypeChange {
    let bytes = |values: usize| match old.name.as_str() {
        "enum" => usize::from(values > 255),
        _ => values.div_ceil(8),
    };
    let appended = new.arguments.starts_with(&old.arguments);
    if appended && bytes(old.arguments.len()) == bytes(new.arguments.len()) {
        TypeChange::Compatible
    } else {
        TypeChange::Rewrite
    }
}

/// A type under its shortest name, attributes apart.
#[derive(Debug, PartialEq, Eq)]
struct Plain {
    name: String,
    arguments: Vec<String>,
    unsigned: bool,
    charset: Option<String>,
    collation: Option<String>,
}

impl Plain {
    fn of(written: &TypeName) -> Option<Self> {
        let words = format!("{} {}", written.name, written.suffix);
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let (first, rest) = words.split_first()?;
        let (name, rest) = match (*first, rest) {
            ("double", ["precision", rest @ ..]) => ("double", rest),
            ("character" | "char", ["varying", rest @ ..]) => ("varchar", rest),
            ("integer", rest) => ("int", rest),
            ("bool" | "boolean", rest) => ("tinyint", rest),
            ("numeric" | "dec" | "fixed", rest) => ("decimal", rest),
            ("real", rest) => ("double", rest),
            ("character", rest) => ("char", rest),
            (name, rest) => (name, rest),
        };
        let mut plain = Self {
            name: name.to_owned(),
            arguments: written.arguments.clone(),
            unsigned: false,
            charset: None,
            collation: written.collation.clone(),
        };
        let mut rest = rest;
        while let [word, tail @ ..] = rest {
            rest = match (*word, tail) {
                ("unsigned" | "zerofill", tail) => {
                    plain.unsigned = true;
                    tail
                }
                ("charset", [name, tail @ ..]) | ("character", ["set", name, tail @ ..]) => {
                    plain.charset = Some((*name).to_owned());
                    tail
                }
                _ => return None,
            };
        }
        if plain.name.ends_with("int") {
            // The width of display.
            plain.arguments.clear();
        }
        Some(plain)
    }

    fn length(&self) -> Option<u32> {
        self.arguments.first()?.parse().ok()
    }

    /// How many bytes a character takes at most.
    fn bytes(&self) -> Option<u32> {
        if self.name == "varbinary" {
            return Some(1);
        }
        Some(match self.charset.as_deref()? {
            "latin1" | "latin2" | "ascii" | "binary" | "cp1250" | "cp1251" => 1,
            "utf8mb4" | "utf16" | "utf32" => 4,
            "utf8" | "utf8mb3" => 3,
            _ => return None,
        })
    }
}
