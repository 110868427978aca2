//! What a change of a column's type asks of the database.

mod mysql;
mod postgresql;
mod type_name;

use crate::database::dialect::{Dialect, Vendor};
use type_name::TypeName;

/// What a change of a column's type asks of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeChange {
    /// Only the catalogue changes.
    Compatible,
    /// The rows stay as they are, but the column's indexes are built anew.
    Index,
    /// [`Self::Index`] in a session that lives in UTC, else [`Self::Rewrite`]
    /// (`timestamp` ↔ `timestamptz` on PostgreSQL).
    IndexOrRewrite,
    /// Every row is written anew.
    Rewrite,
    /// One of the types is not known well enough.
    Unknown,
}

/// What changing a column from the type `old` to `new` asks, both as SQL: `varchar(20)`; a `COLLATE`
/// may follow.
pub fn type_change(dialect: Dialect, old: &str, new: &str) -> TypeChange {
    let (Some(old), Some(new)) = (TypeName::parse(old), TypeName::parse(new)) else {
        return TypeChange::Unknown;
    };
    match dialect.vendor {
        Vendor::PostgreSql => postgresql::type_change(dialect, &old, &new),
        Vendor::MySql | Vendor::MariaDb => mysql::type_change(&old, &new),
        // SQLite has no such statement; Django's on Oracle depends on whether the column holds rows.
        Vendor::Sqlite | Vendor::Oracle => TypeChange::Unknown,
    }
}
