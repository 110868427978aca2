//! `add-not-null-field`: a column that the previous release does not fill.

use super::effects::Side;
use super::snippet::{field, field_with, quoted};
use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::schema::column_facts;
use crate::django::version::DjangoVersion;
use crate::python::value::{Unknown, Value};
use crate::report::{Aspect, Help, Severity};

/// Finds where a NOT NULL column without a database default is added.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "add-not-null-field",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a NOT NULL column without a database default is added",
        what: "Fires on `AddField` of a column that is NOT NULL and has no `db_default`, on a table in use. \
Silent where the same migration makes it nullable, gives it a database default (with `db_default` or by \
`ALTER … SET DEFAULT` in a `RunSQL`) or takes it away again; for primary keys that count by themselves, \
generated fields and many-to-many fields; for tables that the same migration creates.",
        why: "Code of the previous release does not know the column and leaves it out of its INSERT, which fails \
from now on until the last old process has stopped. A `default=` does not help: Django fills the rows that are \
there with it and then drops it from the column. Without any default the migration itself fails as soon as the \
table has a row.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(
            model_name=\"order\",
            name=\"note\",
            field=models.TextField(default=\"\"),
        ),
    ]",
        safe_way: "From Django 5.0 on, give it `db_default` as well. Before that, or where the default is \
computed: add it nullable, fill it in batches, and make it NOT NULL in a later release.",
        evidence: "Django: `BaseDatabaseSchemaEditor.add_field` ends with `DROP DEFAULT` unless the field has \
`db_default`; `InsertQuery` names the columns of the model that runs.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AddField { model_name, name, field: added, .. } = &cx.operation().kind else { return };
    if cx.effect.side == Side::State || !cx.touches_table_in_use(model_name) {
        return;
    }
    let Some(model) = cx.before(model_name) else { return };
    let column = match cx.storage(model, name, added) {
        Storage::Column(column) => column,
        Storage::Unknown => {
            let reason = format!("the class or column of `{}` is not known", added.class.qualname);
            let what = format!("whether adding `{}.{name}` adds a NOT NULL column", model.name);
            cx.undecided(sink, what, &Unknown { reason: reason.into(), at: added.at.clone() });
            return;
        }
        Storage::Table(_) | Storage::Nothing => return,
    };
    if fills_itself(added) || empty_is_null(cx, added) {
        return;
    }
    // The migration as a whole decides what old code meets. What stands in the database side of
    // `SeparateDatabaseAndState` is not in the state.
    let last = match cx.at_end(model_name) {
        Some(model) if cx.effect.side == Side::Both => model.fields.get(name).map(AsRef::as_ref),
        _ => Some(added.as_ref()),
    };
    let Some(last) = last else { return };
    if fills_itself(last) || cx.flag(sink, last, "null", false) != Some(false) || has_raw_default(cx, &column)
    {
        return;
    }
    // A class of its own may take NULL without being told so.
    let key = cx.key(model_name);
    let facts = column_facts(cx.schema(), &cx.effect.after, &key, name);
    let facts = facts.ok().flatten();
    if !added.null() && facts.as_ref().is_some_and(|facts| facts.null) {
        return;
    }
    let table = cx.table(model);
    let shown = table.as_deref().map_or_else(|| format!("`{}`", model.name), |table| format!("`{table}`"));
    let default = default_of(added);
    let implied = facts.map_or_else(|| added.flag("blank"), |facts| facts.implied_default);
    let message = if added.null() {
        format!(
            "column `{column}` is added to {shown} and becomes NOT NULL in the same migration, without a database \
default: every INSERT of the previous release fails"
        )
    } else if default.is_none() && !implied {
        format!(
            "column `{column}` is added to {shown} as NOT NULL without a default: the migration fails on a table \
with rows, and so does every INSERT of the previous release"
        )
    } else {
        format!(
            "column `{column}` is added to {shown} as NOT NULL without a database default: every INSERT of the \
previous release fails"
        )
    };
    let help = help(cx, model_name, name, added, default);
    sink.report(cx.finding(&RULE.info, message).table(table).lock(cx.brief_lock()).help(help));
}

/// Whether the database fills the column where an INSERT leaves it out.
fn fills_itself(field: &Field) -> bool {
    let automatic = ["AutoField", "BigAutoField", "SmallAutoField"]
        .iter()
        .any(|class| field.is_a(&format!("django.db.models.{class}")));
    automatic
        || field.is_a("django.db.models.GeneratedField")
        || !matches!(field.kwarg("db_default"), None | Some(Value::Ref(_)))
        || matches!(field.kwarg("db_default"), Some(Value::Ref(path)) if !path.ends_with("NOT_PROVIDED"))
}

/// Oracle keeps empty strings as NULL, so Django declares text columns nullable there
/// (`Field.empty_strings_allowed`, `interprets_empty_strings_as_nulls`).
fn empty_is_null(cx: &OperationContext<'_>, field: &Field) -> bool {
    cx.migration.vendor() == Vendor::Oracle
        && ["CharField", "TextField", "FileField"]
            .iter()
            .any(|class| field.is_a(&format!("django.db.models.{class}")))
}

/// Whether a `RunSQL` of the migration gives the column a default in the database.
fn has_raw_default(cx: &OperationContext<'_>, column: &str) -> bool {
    let unread = cx.migration.effects.iter().any(|effect| {
        matches!(&effect.operation.kind, OperationKind::RunSql(run) if run.sql.find_unknown().is_some())
    });
    unread
        || cx.migration.raw_sql().any(|sql| {
            let sql = sql.to_uppercase();
            sql.contains(&column.to_uppercase()) && sql.contains("SET DEFAULT")
        })
}

fn default_of(field: &Field) -> Option<&Value> {
    field
        .kwarg("default")
        .filter(|value| !matches!(value, Value::Ref(path) if path.ends_with("NOT_PROVIDED")))
}

fn help(cx: &OperationContext<'_>, model: &str, name: &str, added: &Field, default: Option<&Value>) -> Help {
    let (model, quoted_name) = (quoted(&model.to_lowercase()), quoted(name));
    let operation = |class: &str, field: &str| {
        format!(
            "migrations.{class}(\n    model_name={model},\n    name={quoted_name},\n    field={field},\n),"
        )
    };
    let constant = default.filter(|value| {
        matches!(value, Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Enum(_))
    });
    if let Some(value) = constant
        && cx.migration.project.django >= DjangoVersion::V5_0
    {
        let text =
            "Give the column a default in the database, which INSERTs of the previous release fall back on.";
        let code = operation("AddField", &field_with(added, &[("db_default", value.clone())], &[]));
        return Help::text(text).python("instead, and the same in models.py", code);
    }
    let text = "Add the column nullable; fill it when the new code writes it; then make it NOT NULL.";
    let nullable = field_with(added, &[("null", Value::Bool(true))], &["default"]);
    Help::text(text).python("release 1", operation("AddField", &nullable)).python(
        "release 2, when release 1 runs everywhere and the rows are filled",
        operation("AlterField", &field(added)),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_old_inserts_fail() {
        assert_eq!(fired(vec![add("x", text())]), ["add-not-null-field"]);
        let with = |name: &str, value: Value| add("x", field("TextField", &[(name, value)]));
        assert!(fired(vec![with("null", Value::Bool(true))]).is_empty());
        assert!(fired(vec![with("db_default", Value::str(""))]).is_empty());
        let tags = field("ManyToManyField", &[("to", Value::str("shop.tag"))]);
        assert!(fired(vec![add("x", tags)]).is_empty());
        // The rest of the migration counts.
        assert!(fired(vec![add("x", text()), remove("x")]).iter().all(|rule| *rule != "add-not-null-field"));
        let default = sql("ALTER TABLE shop_order ALTER COLUMN x SET DEFAULT ''", Some(""));
        assert!(fired(vec![add("x", text()), default]).is_empty());
        assert!(fired(vec![separate(vec![], vec![add("x", text())])]).is_empty());
        // On a table of the same migration.
        let on_new = operation(Kind::AddField {
            model_name: "New".into(),
            name: "x".into(),
            field: text(),
            preserve_default: true,
        });
        assert!(fired(vec![create("New", &[], &[]), on_new]).is_empty());
        // Unknown: undecided, not an error.
        let unknown = report(vec![with("null", Value::unknown("reads the clock", None))], "");
        assert!(unknown.findings.is_empty());
        assert_eq!(unknown.undecided.len(), 1);
    }

    #[test]
    fn rows_get_a_value_or_not() {
        let fails = |class: &str, kwargs: &[(&str, Value)]| {
            let found = report(vec![add("x", field(class, kwargs))], "").findings;
            found.iter().any(|finding| finding.message.contains("the migration fails on a table with rows"))
        };
        let yes = Value::Bool(true);
        assert!(fails("IntegerField", &[]));
        assert!(fails("CharField", &[("max_length", Value::Int(5))]));
        // `blank` is an empty string where the type has one.
        assert!(fails("IntegerField", &[("blank", yes.clone())]));
        assert!(!fails("CharField", &[("max_length", Value::Int(5)), ("blank", yes.clone())]));
        assert!(!fails("DateTimeField", &[("auto_now", yes.clone())]));
        assert!(!fails("DateField", &[("auto_now_add", yes)]));
        assert!(!fails("IntegerField", &[("default", Value::Int(1))]));
        // Filled in between.
        let steps = vec![add("x", nullable("IntegerField", &[])), alter("x", field("IntegerField", &[]))];
        let found = report(steps, "").findings;
        let found = found.iter().find(|finding| finding.rule == "add-not-null-field").unwrap();
        assert!(found.message.contains("becomes NOT NULL in the same migration"), "{}", found.message);
    }
}
