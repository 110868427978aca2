//! Operations and states → typed DDL statements → SQL text as `sqlmigrate` prints it
//! (`django/db/backends/*/schema.py`, `django/db/migrations/operations/`, 3.2 to 6.1).
//!
//! [`collect_sql`] is the way in. What cannot be written without running the project becomes a
//! comment that says so and a [`Step`] without statement; what rests on an assumption (a name that
//! only the database knows) carries a note.

mod accessors;
mod actions;
mod alter;
mod alter_column;
mod column;
mod column_facts;
mod constraint;
mod convert;
mod default;
mod editor;
mod error;
mod existing;
mod expression;
mod index;
mod known;
mod live;
mod model;
pub mod names;
mod operation;
mod oracle;
mod postgresql;
mod related;
mod render;
mod reverse;
mod script;
mod set_order;
mod special;
mod sqlite;
mod sqlmigrate;
pub mod statement;
mod steps;
mod table;
mod table_column;
pub mod target;
#[cfg(test)]
mod tests;
mod together;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::field::Field;
use super::keys::{AppLabel, ModelKey};
use super::state::{Swappables, is_relation};
use super::version::DjangoVersion;
use crate::database::{Dialect, Vendor};
use crate::python::value::Value;

pub use column_facts::{ColumnFacts, column_facts};
pub use error::Unrenderable;
pub use known::{KnownColumn, KnownTable, NamedConstraint, known_table, model_by_default_name, tables};
pub use live::has_no_column;
pub use sqlmigrate::{Step, Text, collect_sql, doubts};
pub use statement::Statement;
pub use steps::{Made, OneStep, statements};

/// The moment that stands for every `now()`: SQL for it differs from run to run.
pub(crate) const MOMENT: &str = "2000-01-01 00:00:00.000001";

/// The identifier that stands for every `uuid4()`.
pub(crate) const SOME_UUID: &str = "00000000-0000-4000-8000-000000000000";

/// Which psycopg quotes the values for PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Psycopg {
    /// psycopg2
    Two,
    /// psycopg (3), from Django 4.2 on.
    Three,
}

/// Settings of the project that SQL depends on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DEFAULT_AUTO_FIELD`
    pub default_auto_field: Arc<str>,
    /// `DEFAULT_TABLESPACE`
    pub default_tablespace: Option<String>,
    /// `DEFAULT_INDEX_TABLESPACE`
    pub default_index_tablespace: Option<String>,
    /// `USE_TZ`
    pub use_tz: bool,
    /// The database that the settings name.
    pub vendor: Option<Vendor>,
    /// The installed driver.
    pub psycopg: Psycopg,
    /// What the routers of `DATABASE_ROUTERS` keep from the database.
    pub routers: Routers,
    /// A default whose value is not known is taken to be some constant: Django gives all rows the
    /// same, and for what the statement costs it is no matter which.
    pub any_default: bool,
    /// What functions without arguments return that are the defaults of fields, as far as that could
    /// be worked out, by dotted path.
    pub defaults: BTreeMap<Arc<str>, Value>,
}

/// What `router.allow_migrate` says for the default database.
#[derive(Debug, Clone, Default)]
pub struct Routers {
    /// Models that are not migrated there.
    pub denied: BTreeSet<ModelKey>,
    /// Apps whose `RunSQL` and the like are not run there.
    pub denied_apps: BTreeSet<AppLabel>,
    /// Whether the answer for some model could not be worked out.
    pub unread: bool,
}

impl Settings {
    /// Django's defaults in that version.
    pub fn of(version: DjangoVersion) -> Self {
        let auto = if version >= DjangoVersion::V6_0 { "BigAutoField" } else { "AutoField" };
        Self {
            default_auto_field: format!("django.db.models.{auto}").into(),
            default_tablespace: None,
            default_index_tablespace: None,
            use_tz: version >= DjangoVersion::V5_0,
            vendor: None,
            psycopg: if version >= DjangoVersion::V4_2 { Psycopg::Three } else { Psycopg::Two },
            routers: Routers::default(),
            any_default: false,
            defaults: BTreeMap::new(),
        }
    }
}

/// All that SQL depends on besides operations and states.
#[derive(Debug, Clone)]
pub struct Context {
    /// Django's version.
    pub version: DjangoVersion,
    /// The database.
    pub dialect: Dialect,
    /// The project's settings.
    pub settings: Settings,
    /// Which models stand in for which.
    pub swappables: Swappables,
}

/// The type of a field's column as Django's own classes give it (`Field.db_type`); `None` where there
/// is no column.
///
/// # Errors
/// It depends on more than the field: on what a relation points to, on code.
pub fn column_type(
    field: &Field,
    version: DjangoVersion,
    dialect: Dialect,
) -> Result<Option<String>, Unrenderable> {
    if is_relation(field) {
        return Err(Unrenderable::new("the type of a relation is that of what it points to"));
    }
    let (settings, swappables) = (Settings::of(version), Swappables::default());
    Context { version, dialect, settings, swappables }.plain_db_type(field)
}
