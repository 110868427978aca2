//! `table-rewrite`: a table is written anew while reads and writes wait.

use std::collections::BTreeSet;

use super::context::{OperationContext, Sink};
use super::snippet::{field_with, quoted, with_imports};
use super::statements::{Seen, database, in_use, undecided};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo};
use crate::database::Vendor;
use crate::database::facts::TypeChange;
use crate::database::statement_kind::{ColumnFill, StatementKind as Kind, ViewAction};
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a statement writes a table in use anew.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "table-rewrite",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "a statement writes a table in use anew",
        what: "Fires, on PostgreSQL, where a statement writes every row of a table in use anew: a column's type becomes \
one that its values must be cast to, a column comes with a volatile `db_default`, as a stored generated column or an identity, \
the table moves to another tablespace; before version 11 any default. Silent for changes that only the catalogue sees: a longer \
`max_length`, `varchar` to `text`, more digits of a `DecimalField` with the same places. Once an operation, with all tables that follow; silent where a primary key changes, \
which `change-primary-key` tells.",
        why: "The table is locked ACCESS EXCLUSIVE until the last row and the last index are written: reads and writes \
wait, for minutes or hours on a big table. The rewrite needs the table's size in free space and goes through the replicas.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(\"order\", \"number\", models.BigIntegerField()),
    ]",
        safe_way: "A new column beside the old one: add it nullable, write both, fill it in batches, read from it, drop the \
old one. A volatile default: add the column without it, set the default, fill in batches.",
        evidence: "PostgreSQL manual, ALTER TABLE, Notes; measured on PostgreSQL 15 by the table's relfilenode \
(`alter-type-rewrite`, `add-column-default-volatile`).",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for seen in in_use(cx) {
        let Some(facts) = &seen.costed.facts else { continue };
        if let Kind::AlterType { change: TypeChange::Unknown, .. } = seen.kind() {
            let column = seen.costed.action.object.clone().unwrap_or_default();
            let what = format!("whether table `{}` is written anew", seen.table());
            undecided(
                cx,
                &seen,
                sink,
                &what,
                &format!("the type of column `{column}` is not known well enough"),
            );
        }
        // Nobody reads what a view holds while it is made.
        let view = matches!(seen.kind(), Kind::View(ViewAction::Create | ViewAction::CreateMaterialized));
        if !facts.rewrites.is_yes() || view || seen.costed.target().is_none() {
            continue;
        }
        // An operation of Django's is told of once; each statement of `RunSQL` for itself.
        let own = !seen.planned.is_raw();
        if own && (is_of_key(&seen) || !told.insert(seen.planned.step)) {
            continue;
        }
        let others = if own { followers(cx, &seen) } else { String::new() };
        let message = format!(
            "{} writes every row of table `{}` anew under an ACCESS EXCLUSIVE lock ({}): reads and writes wait until it is done{others}",
            because(&seen),
            seen.table(),
            database(cx.project.dialect)
        );
        sink.report(seen.finding(cx, &RULE.info, message).help(help(cx, &seen)));
    }
}

/// The operation changes a primary key: `change-primary-key` tells of it and of all that follows.
fn is_of_key(seen: &Seen<'_>) -> bool {
    matches!(&seen.effect.operation.kind, OperationKind::AlterField { field, .. } if field.flag("primary_key"))
}

/// The other tables that the same operation writes anew: those with a foreign key to the column.
fn followers(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> String {
    let step = in_use(cx).filter(|other| other.planned.step == seen.planned.step);
    let rewritten =
        step.filter(|other| other.costed.facts.as_ref().is_some_and(|facts| facts.rewrites.is_yes()));
    let tables: BTreeSet<String> =
        rewritten.map(|other| other.table()).filter(|table| *table != seen.table()).collect();
    if tables.is_empty() {
        return String::new();
    }
    let names: Vec<String> = tables.iter().map(|table| format!("`{table}`")).collect();
    format!(", and the same for {} with it", names.join(", "))
}

fn because(seen: &Seen<'_>) -> String {
    let action = &seen.costed.action;
    let column = action.object.clone().unwrap_or_default();
    match seen.kind() {
        Kind::AlterType { .. } => {
            let new = action.column_type.clone().unwrap_or_default();
            format!("the new type `{}` of column `{column}`", new.trim())
        }
        Kind::AddColumn(added) => match added.fill {
            ColumnFill::GeneratedStored => format!("the stored generated column `{column}`"),
            ColumnFill::Identity => format!("the identity column `{column}`"),
            ColumnFill::Volatile => format!("the volatile default of column `{column}`"),
            _ if added.primary_key => format!("the new primary key `{column}`"),
            _ => format!("the default of column `{column}`"),
        },
        Kind::SetTablespace => "the move to another tablespace".to_owned(),
        Kind::Cluster => "CLUSTER".to_owned(),
        Kind::Vacuum { .. } => "VACUUM FULL".to_owned(),
        Kind::SetLogged => "SET LOGGED or UNLOGGED".to_owned(),
        Kind::View(_) => "REFRESH MATERIALIZED VIEW".to_owned(),
        _ => "the statement".to_owned(),
    }
}

fn help(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> Help {
    match &seen.effect.operation.kind {
        OperationKind::AlterField { model_name, name, field, .. } => {
            let model = quoted(&model_name.to_lowercase());
            let new = format!("{name}_new");
            let nullable = field_with(field, &[("null", Value::Bool(true))], &["unique", "db_index", "primary_key"]);
            Help::text(
                "Give the new type to a column of its own: write both from the code of one release, fill the rows that are there in \
batches, read the new one in the next release, and take the old one out of the model then, with its column."
            )
            .python("release 1", format!("migrations.AddField(\n    model_name={model},\n    name={},\n    field={nullable},\n),", quoted(&new)))
            .python(
                "release 1, in a migration of its own",
                batches(model_name, &cx.migration.key.app.to_string(), &format!("{new}=F({})", quoted(name))),
            )
        }
        OperationKind::AddField { model_name, name, field, .. } => added(cx, seen, model_name, name, field),
        _ => match seen.kind() {
            Kind::View(_) => Help::text(
                "REFRESH MATERIALIZED VIEW CONCURRENTLY keeps reads going; it needs a unique index on the view.",
            ),
            Kind::Vacuum { .. } | Kind::Cluster => {
                Help::text("Not in a migration: run it in a maintenance window, or use `pg_repack`.")
            }
            _ => Help::text(
                "Make a new column beside it: add it nullable, write both, fill it in batches, read from it, drop the old one.",
            ),
        },
    }
}

/// A column that comes with a volatile default: the column first, its default next, the rows in batches.
fn added(
    cx: &MigrationContext<'_>,
    seen: &Seen<'_>,
    model_name: &str,
    name: &str,
    field: &crate::django::field::Field,
) -> Help {
    let operation = OperationContext { migration: cx, effect: seen.effect };
    let volatile = matches!(seen.kind(), Kind::AddColumn(added) if added.fill == ColumnFill::Volatile);
    if !volatile || field.kwarg("db_default").is_none() {
        return Help::text(
            "Add a plain nullable column, let the code or a trigger fill it, and fill the rows that are there in batches.",
        );
    }
    let model = quoted(&model_name.to_lowercase());
    let bare = field_with(field, &[("null", Value::Bool(true))], &["db_default", "default"]);
    let default = field_with(field, &[("null", Value::Bool(true))], &[]);
    let add = format!(
        "migrations.AddField(\n    model_name={model},\n    name={},\n    field={bare},\n),",
        quoted(name)
    );
    let set = format!(
        "migrations.AlterField(\n    model_name={model},\n    name={},\n    field={default},\n),",
        quoted(name)
    );
    let app = operation.migration.migration.key.app.to_string();
    let value = field.kwarg("db_default").map(super::snippet::python).unwrap_or_default();
    Help::text("Add the column without its default, set the default for rows to come, and fill those that are there in batches.")
        .python("instead", with_imports(&format!("{add}\n{set}")))
        .python("then, in a migration of its own", with_imports(&batches(model_name, &app, &format!("{name}={value}"))))
}

/// Fills a column in batches.
pub(super) fn batches(model: &str, app: &str, assignment: &str) -> String {
    let import = if assignment.contains("F(") { "from django.db.models import F\n\n\n" } else { "" };
    let (app, model) = (quoted(app), quoted(model));
    format!(
        "{import}def fill(apps, schema_editor):
    rows = apps.get_model({app}, {model}).objects.using(schema_editor.connection.alias)
    keys = rows.order_by(\"pk\").values_list(\"pk\", flat=True)
    batch = list(keys[:1000])
    while batch:
        rows.filter(pk__in=batch).update({assignment})
        batch = list(keys.filter(pk__gt=batch[-1])[:1000])


atomic = False
operations = [
    migrations.RunPython(fill, migrations.RunPython.noop),
]"
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// What fires where this rule is asked for alone: `change-field-type` would speak for it.
    fn rewrites(operations: Vec<Operation>) -> Vec<&'static str> {
        alone(&super::RULE, operations)
    }

    fn char(length: i64) -> Arc<Field> {
        field("CharField", &[("max_length", Value::Int(length))])
    }

    #[test]
    fn fires_where_rows_are_written() {
        assert_eq!(rewrites(vec![alter("code", field("IntegerField", &[]))]), ["table-rewrite"]);
        assert_eq!(rewrites(vec![alter("code", char(10))]), ["table-rewrite"]);
        assert_eq!(
            rewrites(vec![sql("ALTER TABLE shop_order ALTER COLUMN code TYPE char(5)", None)]),
            ["table-rewrite"]
        );
        assert_eq!(rewrites(vec![sql("VACUUM FULL shop_order", None)]), ["table-rewrite"]);
        assert_eq!(
            rewrites(vec![sql("ALTER TABLE shop_order ADD COLUMN u uuid DEFAULT gen_random_uuid()", None)]),
            ["table-rewrite"]
        );
        let mut old = input(vec![
            initial(),
            migration(
                "0002_second",
                &["0001_initial"],
                vec![add("x", field("IntegerField", &[("default", Value::Int(1))]))],
                "",
            ),
        ]);
        old.dialect = "postgresql:10".parse().unwrap();
        assert!(rules_of(&check(&old, &CheckOptions::default()).findings).contains(&"table-rewrite"));
    }

    #[test]
    fn near_misses() {
        assert!(rewrites(vec![alter("code", char(30))]).is_empty());
        assert!(rewrites(vec![alter("code", field("TextField", &[]))]).is_empty());
        let named = field("CharField", &[("max_length", Value::Int(20)), ("verbose_name", Value::str("c"))]);
        assert!(fired(vec![alter("code", named)]).is_empty());
        assert!(rewrites(vec![add("x", field("IntegerField", &[("default", Value::Int(1))]))]).is_empty());
        let table = "CREATE TABLE t (a int); ALTER TABLE t ALTER COLUMN a TYPE bigint";
        assert!(rewrites(vec![sql(table, None)]).is_empty());
        assert!(rewrites(vec![separate(vec![], vec![alter("code", char(5))])]).is_empty());
    }
}
