//! What becomes unique on PostgreSQL while writes go on, as code.

use super::OperationContext;
use super::snippet::{field_with, indented, sql_literal};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::schema::column_facts;
use crate::python::value::Value;

/// A unique constraint of PostgreSQL, made of an index that is built while writes go on.
#[derive(Debug)]
pub(super) struct Unique {
    /// Quoted.
    pub table: String,
    /// Its name, and that of the index it is made of.
    pub name: String,
    /// Quoted and joined.
    pub columns: String,
    /// What follows the constraint.
    pub deferrable: &'static str,
    /// The operator class of the index that Django gives text beside it.
    pub like: Option<&'static str>,
}

impl Unique {
    /// The migration's attributes, with `state` as what it is in the state.
    pub fn migration(&self, state: &str) -> String {
        let Self { table, name, columns, deferrable, like } = self;
        let like_name = Vendor::PostgreSql.quote_name(&format!("{name}_like"));
        let name = Vendor::PostgreSql.quote_name(name);
        let run = |forwards: String, backwards: String| {
            format!(
                "migrations.RunSQL(\n    {},\n    {},\n),",
                sql_literal(&forwards),
                sql_literal(&backwards)
            )
        };
        let build = run(
            format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})"),
            format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"),
        );
        let attach = run(
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrable}"),
            format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
        );
        let inner = |code: &str| indented(code, 12);
        let like = like.map_or_else(String::new, |class| {
            let like = run(
                format!("CREATE INDEX CONCURRENTLY {like_name} ON {table} ({columns} {class})"),
                format!("DROP INDEX CONCURRENTLY IF EXISTS {like_name}"),
            );
            format!("\n{}", inner(&like))
        });
        format!(
            "atomic = False\noperations = [\n    migrations.SeparateDatabaseAndState(\n        database_operations=[\n{}\n{}{like}\n        \
],\n        state_operations=[\n{}\n        ],\n    ),\n]",
            inner(&build),
            inner(&attach),
            inner(state)
        )
    }
}

/// The field without what makes it unique: a one-to-one field is a foreign key then.
pub(super) fn without_unique(field: &Field) -> String {
    if !field.is_a("django.db.models.OneToOneField") {
        return field_with(field, &[], &["unique"]);
    }
    let mut key = field.clone();
    key.path = "django.db.models.ForeignKey".into();
    field_with(&key, &[("db_index", Value::Bool(false))], &["unique", "parent_link"])
}

/// The attributes of a migration that makes a column unique while writes go on, with `state` as what it is in the state.
pub(super) fn unique_beside(
    cx: &OperationContext<'_>,
    model: &str,
    name: &str,
    column: &str,
    state: &str,
) -> String {
    let table = cx.before(model).and_then(|model| cx.table(model));
    let short: String = format!("{}_{name}", model.to_lowercase()).chars().take(25).collect();
    let facts = column_facts(cx.schema(), &cx.effect.after, &cx.key(model), name).ok().flatten();
    // `_create_like_index_sql`
    let like = facts.and_then(|facts| match facts.db_type.split('(').next()? {
        "varchar" => Some("varchar_pattern_ops"),
        "text" => Some("text_pattern_ops"),
        _ => None,
    });
    Unique {
        table: table.map_or_else(|| "...".to_owned(), |table| Vendor::PostgreSql.quote_name(&table)),
        name: format!("{short}_uniq"),
        columns: Vendor::PostgreSql.quote_name(column),
        deferrable: "",
        like,
    }
    .migration(state)
}
