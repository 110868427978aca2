//! Column types as far as it takes to say whether every value of one fits the other.

use crate::database::Vendor;
use crate::database::statement_kind::{Answer, StatementKind};
use crate::database::{Dialect, type_change};
use crate::django::schema::ColumnFacts;

/// What becomes of the values when a column's type changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing: the type is the same, or every value of the old one is one of the new.
    Fits,
    /// The type is of the same kind and holds less: in what way.
    Narrower(String),
    /// The type takes every value, the check that comes with it does not: which it refuses.
    Checked(String),
    /// Another kind of type.
    Other,
}

/// What a type holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Text, with the most characters it takes.
    Text(Option<u64>),
    /// Whole numbers of so many bits; unsigned or not.
    Integer { bits: u32, unsigned: bool },
    /// Decimals: digits before the point, after it.
    Decimal(Option<(i64, i64)>),
    /// Anything else, by name.
    Other(String),
}

/// Compares a column before and after.
pub(super) fn change(vendor: Vendor, old: &ColumnFacts, new: &ColumnFacts) -> Change {
    let types = compare(vendor, &old.db_type, &new.db_type);
    match types {
        Change::Fits if old.check.is_none() => match &new.check {
            Some(check) => Change::Checked(refused(check)),
            None => Change::Fits,
        },
        other => other,
    }
}

/// Which values a column's own check refuses (`data_type_check_constraints` of Django's backends).
fn refused(check: &str) -> String {
    if check.contains("JSON_VALID") {
        "text that is not JSON no longer fits".to_owned()
    } else if check.trim_end().ends_with(">= 0") {
        "values below 0 no longer fit".to_owned()
    } else {
        format!("values that violate `{check}` no longer fit")
    }
}

/// What changing the type asks of the database.
pub(super) fn statement(dialect: Dialect, old: &ColumnFacts, new: &ColumnFacts) -> StatementKind {
    StatementKind::AlterType {
        change: type_change(dialect, &old.db_type, &new.db_type),
        references: Answer::from(new.foreign_key),
        referenced: if new.unique { Answer::Unknown } else { Answer::No },
    }
}

fn compare(vendor: Vendor, old: &str, new: &str) -> Change {
    let (old, new) = (old.to_lowercase(), new.to_lowercase());
    if old == new {
        return Change::Fits;
    }
    // Arrays: their elements; the size that Django writes is not enforced.
    if let (Some((old, _)), Some((new, _))) = (old.split_once('['), new.split_once('[')) {
        return compare(vendor, old, new);
    }
    let (old_kind, new_kind) = (kind(&old), kind(&new));
    // SQLite enforces neither lengths nor ranges; what counts is which affinity a column has.
    if vendor == Vendor::Sqlite {
        return if affinity(&old) == affinity(&new) { Change::Fits } else { Change::Other };
    }
    match (&old_kind, &new_kind) {
        (Kind::Text(_), Kind::Text(None)) => Change::Fits,
        (Kind::Text(None), Kind::Text(Some(most))) => {
            Change::Narrower(format!("text of more than {most} characters no longer fits"))
        }
        (Kind::Text(Some(had)), Kind::Text(Some(most))) if most < had => Change::Narrower(format!(
            "text of more than {most} characters, of which it took {had}, no longer fits"
        )),
        (Kind::Text(_), Kind::Text(_)) => Change::Fits,
        (Kind::Integer { bits: had, unsigned: old_unsigned }, Kind::Integer { bits, unsigned }) => {
            if *unsigned && !old_unsigned {
                return Change::Narrower("values below 0 no longer fit".to_owned());
            }
            let room = bits - u32::from(!unsigned);
            let needed = had - u32::from(!old_unsigned);
            if room < needed {
                return Change::Narrower(format!("numbers of more than {room} bits no longer fit"));
            }
            Change::Fits
        }
        (Kind::Decimal(_), Kind::Decimal(None)) => Change::Fits,
        (Kind::Decimal(None), Kind::Decimal(Some(_))) => {
            Change::Narrower("numbers with more digits no longer fit".to_owned())
        }
        (Kind::Decimal(Some((whole, places))), Kind::Decimal(Some((new_whole, new_places)))) => {
            if new_whole < whole {
                Change::Narrower(format!(
                    "numbers of more than {new_whole} digits before the point no longer fit"
                ))
            } else if new_places < places {
                Change::Narrower(format!("digits after the point beyond {new_places} are rounded away"))
            } else {
                Change::Fits
            }
        }
        // Every whole number of that many bits fits that many digits.
        (Kind::Integer { bits, .. }, Kind::Decimal(Some((whole, _)))) if *whole >= digits(*bits) => {
            Change::Fits
        }
        (Kind::Integer { .. }, Kind::Decimal(None)) => Change::Fits,
        _ => Change::Other,
    }
}

/// What a cast to another kind of type makes of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cast {
    /// Each becomes one of the new type.
    All,
    /// Each becomes one of the new type, without this part of it.
    Loses(&'static str),
    /// What cannot be converted stays as it is: SQLite.
    Untouched,
    /// Some may not be convertible.
    MayFail,
}

/// Whether every value of a type can be cast to the other (PostgreSQL: `pg_cast` and the types' input
/// functions; MySQL, MariaDB: type conversion in `ALTER TABLE`).
pub(super) fn cast(vendor: Vendor, old: &str, new: &str) -> Cast {
    match vendor {
        Vendor::Sqlite => return Cast::Untouched,
        Vendor::Oracle => return Cast::MayFail,
        Vendor::PostgreSql | Vendor::MySql | Vendor::MariaDb => {}
    }
    let (old, new) = (old.to_lowercase(), new.to_lowercase());
    let moment = |name: &str| name.starts_with("timestamp") || name.starts_with("datetime");
    match (kind(&old), kind(&new)) {
        (Kind::Text(_), _) => Cast::MayFail,
        (_, Kind::Text(None)) if vendor == Vendor::PostgreSql => Cast::All,
        (had, Kind::Text(most))
            if longest(&had).is_some_and(|length| most.is_none_or(|most| length <= most)) =>
        {
            Cast::All
        }
        (Kind::Integer { .. } | Kind::Decimal(_), Kind::Other(name)) if is_float(&name) => Cast::All,
        (Kind::Other(had), Kind::Other(name)) => match () {
            () if had == "date" && moment(&name) => Cast::All,
            () if moment(&had) && moment(&name) => Cast::All,
            () if moment(&had) && name == "date" => Cast::Loses("the time of day"),
            () if moment(&had) && name.starts_with("time") => Cast::Loses("the date"),
            () => Cast::MayFail,
        },
        _ => Cast::MayFail,
    }
}

fn is_float(name: &str) -> bool {
    matches!(name, "double precision" | "double" | "real")
}

/// The most characters of a value as text.
fn longest(kind: &Kind) -> Option<u64> {
    match kind {
        Kind::Integer { bits, .. } => u64::try_from(digits(*bits)).ok().map(|digits| digits + 1),
        // A sign, the point, and the zero before it.
        Kind::Decimal(Some((whole, places))) => u64::try_from(whole + places).ok().map(|digits| digits + 3),
        Kind::Other(name) if name == "uuid" => Some(36),
        Kind::Other(name) if matches!(name.as_str(), "boolean" | "bool") => Some(5),
        // `5874897-12-31`, `4713-01-01 BC`
        Kind::Other(name) if name == "date" => Some(13),
        _ => None,
    }
}

/// Most decimal digits of a whole number.
fn digits(bits: u32) -> i64 {
    match bits {
        0..=16 => 5,
        17..=32 => 10,
        _ => 20,
    }
}

fn kind(db_type: &str) -> Kind {
    let (name, size) = match db_type.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.split(')').next()),
        None => (db_type, None),
    };
    let after = db_type.rsplit(')').next().unwrap_or_default();
    let unsigned = db_type.contains("unsigned");
    let bare = name.split(" unsigned").next().unwrap_or(name);
    let bare = bare.split(" auto_increment").next().unwrap_or(bare);
    let bare = bare.split(" generated").next().unwrap_or(bare).trim();
    match bare {
        "varchar" | "nvarchar2" | "varchar2" | "character varying" if !after.contains("collate") => {
            Kind::Text(size.and_then(|size| size.trim().parse().ok()))
        }
        "text" | "longtext" | "nclob" => Kind::Text(None),
        "smallint" | "smallserial" => Kind::Integer { bits: 16, unsigned },
        "integer" | "int" | "serial" => Kind::Integer { bits: 32, unsigned },
        "bigint" | "bigserial" => Kind::Integer { bits: 64, unsigned },
        "numeric" | "number" | "decimal" => {
            let numbers = size
                .map(|size| size.split(',').map(|part| part.trim().parse::<i64>().ok()).collect::<Vec<_>>());
            match numbers.as_deref() {
                Some([Some(digits), Some(places)]) => Kind::Decimal(Some((digits - places, *places))),
                Some([Some(digits)]) => Kind::Decimal(Some((*digits, 0))),
                _ => Kind::Decimal(None),
            }
        }
        _ => Kind::Other(db_type.to_owned()),
    }
}

/// SQLite, "Datatypes In SQLite", 3.1.
fn affinity(db_type: &str) -> &'static str {
    if db_type.contains("int") {
        "integer"
    } else if db_type.contains("char") || db_type.contains("clob") || db_type.contains("text") {
        "text"
    } else if db_type.contains("blob") || db_type.is_empty() {
        "blob"
    } else if db_type.contains("real") || db_type.contains("floa") || db_type.contains("doub") {
        "real"
    } else {
        "numeric"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_and_what_does_not() {
        let of = |old, new| compare(Vendor::PostgreSql, old, new);
        for (old, new) in [
            ("varchar(20)", "varchar(30)"),
            ("varchar(20)", "text"),
            ("varchar(20)[]", "varchar(30)[]"),
            ("integer", "bigint"),
            ("smallint", "integer"),
            ("numeric(5, 2)", "numeric(7, 2)"),
            ("integer", "numeric(12, 2)"),
            ("integer UNSIGNED", "bigint"),
        ] {
            assert_eq!(of(old, new), Change::Fits, "{old} {new}");
        }
        for (old, new) in [
            ("varchar(20)", "varchar(10)"),
            ("text", "varchar(10)"),
            ("bigint", "integer"),
            ("integer", "integer UNSIGNED"),
            ("integer UNSIGNED", "integer"),
            ("numeric(7, 2)", "numeric(7, 4)"),
            ("numeric(7, 2)", "numeric(7, 1)"),
        ] {
            assert!(matches!(of(old, new), Change::Narrower(_)), "{old} {new}");
        }
        for (old, new) in [("varchar(20)", "integer"), ("text", "jsonb"), ("uuid", "varchar(36)")] {
            assert_eq!(of(old, new), Change::Other, "{old} {new}");
        }
        for (old, new, told) in [
            ("date", "timestamp with time zone", Cast::All),
            ("timestamp with time zone", "date", Cast::Loses("the time of day")),
            ("integer", "varchar(11)", Cast::All),
            ("integer", "varchar(5)", Cast::MayFail),
            ("integer", "double precision", Cast::All),
            ("uuid", "varchar(36)", Cast::All),
            ("jsonb", "text", Cast::All),
            ("text", "jsonb", Cast::MayFail),
            ("varchar(20)", "integer", Cast::MayFail),
            ("boolean", "smallint", Cast::MayFail),
        ] {
            assert_eq!(cast(Vendor::PostgreSql, old, new), told, "{old} {new}");
        }
        assert_eq!(cast(Vendor::MySql, "integer", "longtext"), Cast::All);
        assert_eq!(cast(Vendor::Sqlite, "text", "integer"), Cast::Untouched);
        assert_eq!(compare(Vendor::Sqlite, "varchar(20)", "varchar(10)"), Change::Fits);
        assert_eq!(compare(Vendor::Sqlite, "varchar(20)", "integer"), Change::Other);
    }
}
