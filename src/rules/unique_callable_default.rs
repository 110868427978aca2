//! `unique-callable-default`: every row that is there gets the same value.

use super::snippet::{add_field, alter_field, field, field_with, quoted};
use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a unique column is added with a default that every existing row gets alike.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "unique-callable-default",
        severity: Severity::Error,
        aspect: Aspect::Fails,
        summary: "a unique column is added with a default that every existing row gets alike",
        what: "Fires on `AddField` of a unique column with a `default`, a function or a constant, to a table in \
use. Silent for `db_default`, which the database computes for each row if it is volatile, for a default of `None`, and for tables \
that the same migration creates.",
        why: "Django calls the function once and gives its value to all rows that are there. With two rows or \
more the second violates the constraint, and the migration fails: on a developer's empty database it works.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(
            model_name=\"order\",
            name=\"token\",
            field=models.UUIDField(default=uuid.uuid4, unique=True),
        ),
    ]",
        safe_way: "A migration each: add the field nullable and not unique; fill each row with a value of its own, \
in batches; make it unique, on PostgreSQL by an index that is built concurrently; and NOT NULL.",
        evidence: "Django: howto/writing-migrations, \"Migrations that add unique fields\"; \
`BaseDatabaseSchemaEditor.effective_default` is called once for the table.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AddField { model_name, name, field: added, .. } = &cx.operation().kind else { return };
    if !cx.touches_table_in_use(model_name) || !is_unique(added) || added.kwarg("db_default").is_some() {
        return;
    }
    let Some(default) = added.kwarg("default") else { return };
    if matches!(default, Value::None | Value::Unknown(_))
        || matches!(default, Value::Ref(path) if path.ends_with("NOT_PROVIDED") || path.as_ref() == "builtins.NoneType")
    {
        return;
    }
    let Some(model) = cx.before(model_name) else { return };
    let Storage::Column(column) = cx.storage(model, name, added) else { return };
    let table = cx.table(model);
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let message = format!(
        "unique column `{column}` is added to table `{shown}` with a default that all its rows get alike: with two \
rows or more the migration fails"
    );
    let nullable = field_with(added, &[("null", Value::Bool(true))], &["unique", "default"]);
    let (import, value) = match default {
        Value::Ref(path) => {
            let module = path.rsplit_once('.').map(|(module, _)| module).filter(|module| *module != "builtins");
            let import = module.map(|module| format!("import {module}\n\n\n")).unwrap_or_default();
            (import, format!("{}()", path.trim_start_matches("builtins.")))
        }
        _ => (String::new(), "...".to_owned()),
    };
    let fill = format!(
        "{import}def fill(apps, schema_editor):\n    {model} = apps.get_model({app}, {quoted})\n    rows = \
{model}.objects.using(schema_editor.connection.alias).filter({name}=None)\n    while batch := list(rows[:1000]):\n        \
for row in batch:\n            row.{name} = {value}\n        {model}.objects.using(schema_editor.connection.alias).bulk_update(batch, \
[{field}])\n\n\natomic = False\noperations = [\n    migrations.RunPython(fill, migrations.RunPython.noop),\n]",
        model = model.name,
        app = quoted(cx.migration.migration.key.app.as_str()),
        quoted = quoted(&model.name),
        field = quoted(name),
    );
    let plain = Help::text("A migration each: the column, a value for each row, the constraint.")
        .python("first", add_field(model_name, name, &nullable))
        .python("second", fill);
    let help = constrained(cx, plain, model_name, name, added, &column);
    sink.report(cx.finding(&RULE.info, message).table(table).help(help));
}

/// The help with the last steps: the constraint, on PostgreSQL while writes go on, and NOT NULL.
fn constrained(
    cx: &OperationContext<'_>,
    help: Help,
    model_name: &str,
    name: &str,
    added: &Field,
    column: &str,
) -> Help {
    let last = alter_field(model_name, name, &field(added));
    if cx.migration.vendor() != Vendor::PostgreSql {
        return help.python("third", last);
    }
    let null = added.flag("null");
    let unique = if null { last.clone() } else {
        alter_field(model_name, name, &field_with(added, &[("null", Value::Bool(true))], &[]))
    };
    let help = help.python("third", super::unique_index::unique_beside(cx, model_name, name, column, &unique));
    if null {
        return help;
    }
    let [add, validate, finish] = super::set_not_null::by_a_check(cx, model_name, name, &last);
    help.python("fourth, when code that leaves it out runs nowhere any more", add)
        .python("fifth", validate)
        .python("last", finish)
}

fn is_unique(field: &Field) -> bool {
    field.flag("unique") || field.is_a("django.db.models.OneToOneField")
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn with(default: Option<Value>, unique: bool) -> Vec<&'static str> {
        let mut kwargs = vec![("null", Value::Bool(true)), ("unique", Value::Bool(unique))];
        kwargs.extend(default.map(|default| ("default", default)));
        fired(vec![add("token", field("UUIDField", &kwargs))])
    }

    #[test]
    fn fires_where_all_rows_get_one_value() {
        let rule = "unique-callable-default";
        assert!(with(Some(Value::Ref("uuid.uuid4".into())), true).contains(&rule));
        assert!(with(Some(Value::str("x")), true).contains(&rule));
        assert!(!with(None, true).contains(&rule));
        assert!(!with(Some(Value::None), true).contains(&rule));
        assert!(!with(Some(Value::Ref("uuid.uuid4".into())), false).contains(&rule));
    }
}
