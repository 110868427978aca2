//! `remove-field`: a column is dropped while the previous release still uses it.

use std::fmt::Write as _;

use super::context::is_foreign_key;
use super::effects::Side;
use super::snippet::{drop_column, drop_table, field_with, quoted, sql_literal};
use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::{Unknown, Value};
use crate::report::{Aspect, Help, Severity};

/// Finds where a column, or the table of a many-to-many field, is dropped.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "remove-field",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a column, or the table of a many-to-many field, is dropped",
        what: "Fires on `RemoveField` where it drops a column of a table in use, or the table of a \
many-to-many field without a `through` model. Fires too where the field is removed from the state alone, if \
the column that stays is NOT NULL and has no database default: code of the new release no longer fills it.

Silent for tables that the same migration creates or drops (`delete-model`) and fields that it adds, for models that are unmanaged or proxies, and for \
many-to-many fields with a `through` model, which have no table of their own.",
        why: "`migrate` runs before every process of the previous release is gone. Django names every column in \
its SELECT and INSERT, so each query of that model in the old code fails from the moment the column is dropped \
until the last old process has stopped. The data is gone, too: going back brings the column, not its values.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RemoveField(model_name=\"order\", name=\"note\"),
    ]",
        safe_way: "Two releases. The first takes the field out of the models and the state \
(`SeparateDatabaseAndState`) and leaves the column, made nullable or given a database default; the second, once \
no process of the old code runs, drops the column.",
        evidence: "Django: `Model.save_base` and `SQLCompiler.get_default_columns` name all concrete fields; \
`BaseDatabaseSchemaEditor.remove_field`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

/// Whether the same migration drops the table, of which `delete-model` tells: `makemigrations` takes foreign keys off
/// first.
fn is_deleted(cx: &OperationContext<'_>, model: &str) -> bool {
    let later = cx.migration.effects.iter().filter(|effect| effect.index > cx.effect.index);
    later.filter(|effect| effect.side != Side::State).any(|effect| {
        matches!(&effect.operation.kind, OperationKind::DeleteModel { name } if name.eq_ignore_ascii_case(model))
    })
}

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::RemoveField { model_name, name } = &cx.operation().kind else { return };
    let Some(model) = cx.before(model_name) else { return };
    let Some(field) = model.fields.get(name) else { return };
    if cx.effect.side == Side::State {
        state_alone(cx, sink, model, name, field);
        return;
    }
    if !cx.touches_table_in_use(model_name) || cx.is_new_field(model_name, name) || is_deleted(cx, model_name) {
        return;
    }
    let what = format!("whether removing `{}.{name}` drops a column", model.name);
    match cx.storage(model, name, field) {
        Storage::Nothing => {}
        Storage::Unknown => {
            let reason = format!("the class or column of `{}` is not known", field.class.qualname);
            cx.undecided(sink, what, &Unknown { reason: reason.into(), at: field.at.clone() });
        }
        Storage::Column(column) => {
            let table = cx.table(model);
            let shown = table.as_deref().map_or_else(String::new, |table| format!(" of table `{table}`"));
            let known = name_before(cx, model_name, name).filter(|known| *known != column);
            let named = known.map_or_else(|| format!("`{column}`"), |known| format!("`{known}` (renamed to `{column}` above)"));
            let message = format!(
                "column {named}{shown} is dropped: code of the previous release still selects and inserts it, \
and its data is lost"
            );
            let drop = table.as_deref().map(|table| drop_column(cx.migration.vendor(), table, &column));
            sink.report(
                cx.finding(&RULE.info, message)
                    .table(table)
                    .lock(cx.brief_lock())
                    .help(two_releases(cx, model_name, name, field, drop)),
            );
        }
        Storage::Table(table) => {
            let message = format!(
                "table `{table}` of many-to-many field `{name}` is dropped: code of the previous release still \
reads and writes it, and its rows are lost"
            );
            let drop = drop_table(cx.migration.vendor(), &table);
            sink.report(
                cx.finding(&RULE.info, message).table(Some(table)).lock(cx.brief_lock()).help(two_releases(
                    cx,
                    model_name,
                    name,
                    field,
                    Some(drop),
                )),
            );
        }
    }
}

/// The column's name when the migration begins, where an operation before this one has given the field its name.
fn name_before(cx: &OperationContext<'_>, model: &str, name: &str) -> Option<String> {
    let earlier = cx.migration.effects.iter().filter(|effect| effect.index < cx.effect.index);
    let old = earlier.rev().fold(name.to_owned(), |name, effect| match &effect.operation.kind {
        OperationKind::RenameField { model_name, old_name, new_name }
            if model_name.eq_ignore_ascii_case(model) && **new_name == *name =>
        {
            old_name.to_string()
        }
        _ => name,
    });
    let start = cx.model_at_start(model)?;
    match cx.storage(start, &old, start.fields.get(old.as_str())?) {
        Storage::Column(column) => Some(column),
        _ => None,
    }
}

/// Removed from the state, left in the database: the new code's INSERT leaves the column out.
fn state_alone(cx: &OperationContext<'_>, sink: &mut Sink, model: &ModelState, name: &str, field: &Field) {
    let sql_beside = cx.effect.within.is_some_and(|outer| match &outer.kind {
        OperationKind::SeparateDatabaseAndState { database_operations, .. } => {
            !database_operations.is_empty()
        }
        _ => true,
    });
    // A statement beside it, or elsewhere in the migration, may drop the column or its NOT NULL.
    if sql_beside || cx.migration.raw_sql().next().is_some() || cx.migration.initial || !cx.has_table(model) {
        return;
    }
    let Storage::Column(column) = cx.storage(model, name, field) else { return };
    let generated = field.is_a("django.db.models.GeneratedField");
    let automatic = field.class.base.as_deref().is_some_and(|base| base.ends_with("AutoField"));
    if generated || automatic || field.flag("primary_key") || field.kwarg("db_default").is_some() {
        return;
    }
    if field.kwarg("null").is_some_and(|null| null.truth() != Some(false)) || cx.is_new_table(&model.name) {
        return;
    }
    let table = cx.table(model);
    let message = format!(
        "`{name}` leaves the state but its column `{column}` stays, NOT NULL and without a database default: every \
INSERT of the new code fails"
    );
    let code = format!(
        "migrations.AlterField(\n    model_name={},\n    name={},\n    field={},\n),",
        quoted(&model.name.to_lowercase()),
        quoted(name),
        field_with(field, &[("null", Value::Bool(true))], &[])
    );
    let help = Help::text("Make the column nullable first, in the same migration and before this operation.")
        .python("before it", code);
    sink.report(cx.finding(&RULE.info, message).table(table).lock(cx.brief_lock()).help(help));
}

fn two_releases(
    cx: &OperationContext<'_>,
    model: &str,
    name: &str,
    field: &Field,
    drop: Option<String>,
) -> Help {
    let (model, name) = (quoted(&model.to_lowercase()), quoted(name));
    let mut set = Vec::new();
    let mut why = Vec::new();
    let fills_itself = field.kwarg("db_default").is_some() || field.is_a("django.db.models.GeneratedField");
    if !field.many_to_many() && !field.null() && !fills_itself {
        set.push(("null", Value::Bool(true)));
        why.push("# the new code leaves the column out, so it must not be NOT NULL\n");
    }
    // Django no longer looks for rows to cascade to, and MySQL drops no column that a foreign key needs.
    if (field.many_to_many() || is_foreign_key(field))
        && field.kwarg("db_constraint").is_none_or(|it| it.truth() == Some(true))
    {
        set.push(("db_constraint", Value::Bool(false)));
        why.push("# what stays behind must not guard the rows it refers to\n");
    }
    let mut first = String::new();
    if !set.is_empty() {
        let changed = field_with(field, &set, &[]);
        first = format!(
            "{}migrations.AlterField(\n    model_name={model},\n    name={name},\n    field={changed},\n),\n",
            why.concat()
        );
    }
    let _ = write!(
        first,
        "migrations.SeparateDatabaseAndState(\n    state_operations=[\n        migrations.RemoveField(model_name={model}, \
name={name}),\n    ],\n),"
    );
    let second = match drop {
        // SQLite drops no column that has an index; Django knows how to go about it.
        _ if cx.migration.vendor() == Vendor::Sqlite => format!(
            "# back in the state for a moment, so that Django can drop it\nmigrations.SeparateDatabaseAndState(\n    \
state_operations=[\n        migrations.AddField(\n            model_name={model},\n            name={name},\n            \
field={},\n        ),\n    ],\n),\nmigrations.RemoveField(model_name={model}, name={name}),",
            field_with(field, &set, &[])
        ),
        drop => {
            let drop = drop.map_or_else(|| "...".to_owned(), |sql| sql_literal(&sql));
            format!("migrations.RunSQL(\n    {drop},\n    reverse_sql=migrations.RunSQL.noop,\n),")
        }
    };
    Help::text(
        "Take the field out in two releases: code and state first, the database when no old code runs.",
    )
    .python("release 1, together with the removal from models.py", first)
    .python("release 2, when release 1 runs everywhere", second)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::histories::*;

    /// Whether this rule fires; others may have their say, too.
    fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
        fired_of(&RULE, operations)
    }

    #[test]
    fn fires_where_a_column_or_table_goes() {
        assert_eq!(fired(vec![remove("note")]), ["remove-field"]);
        // Never there for any code that runs.
        assert!(fired(vec![add("x", nullable("TextField", &[])), remove("x")]).is_empty());
        assert_eq!(fired(vec![add("x", nullable("TextField", &[])), remove("note")]), ["remove-field"]);
        assert_eq!(fired(vec![remove("tags")]), ["remove-field"]);
        assert!(fired(vec![remove("links")]).is_empty());
        // `delete-model` tells of the table.
        let gone = operation(Kind::DeleteModel { name: "Order".into() });
        assert!(fired(vec![remove("note"), gone]).is_empty());
        // From the state alone: the column stays NOT NULL.
        assert_eq!(fired(vec![separate(vec![], vec![remove("note")])]), ["remove-field"]);
        let nullable = field("TextField", &[("null", Value::Bool(true))]);
        assert!(fired(vec![alter("note", nullable), separate(vec![], vec![remove("note")])]).is_empty());
        let drop = sql("ALTER TABLE shop_order DROP COLUMN note", Some(""));
        assert!(fired(vec![separate(vec![drop], vec![remove("note")])]).is_empty());
    }
}
