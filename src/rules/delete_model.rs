//! `delete-model`: a table is dropped while the previous release still uses it.

use std::fmt::Write as _;

use super::context::is_foreign_key;
use super::snippet::{drop_table, field_with, quoted, sql_literal};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a table is dropped.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "delete-model",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a table is dropped",
        what: "Fires on `DeleteModel` where it drops a table in use. Silent for tables that the same migration \
creates, for proxies and unmanaged models, and where the model is deleted from the state alone.",
        why: "Code of the previous release still runs while `migrate` does, and fails at the first query of the \
table; so does every delete of a row that the model has a foreign key to, for Django looks for rows to cascade \
to. The rows are gone: going back brings an empty table.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.DeleteModel(name=\"Coupon\"),
    ]",
        safe_way: "Two releases. The first takes the model out of the code and the state and leaves the table; \
the second, once no process of the old code runs, drops it.",
        evidence: "Django: `DeleteModel.database_forwards`, `BaseDatabaseSchemaEditor.delete_model`; \
`django/db/models/deletion.py` (`Collector.collect`).",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::DeleteModel { name } = &cx.operation().kind else { return };
    if !cx.touches_table_in_use(name) {
        return;
    }
    let Some(model) = cx.before(name) else { return };
    let table = cx.table(model);
    let shown =
        table.as_deref().map_or_else(|| format!("of model `{}`", model.name), |table| format!("`{table}`"));
    let message = format!(
        "table {shown} is dropped: code of the previous release still uses it, and its rows are lost"
    );
    let help = two_releases(cx, model, table.as_deref());
    sink.report(cx.finding(&RULE.info, message).table(table).lock(cx.brief_lock()).help(help));
}

fn two_releases(cx: &OperationContext<'_>, model: &ModelState, table: Option<&str>) -> Help {
    let mut first = String::new();
    // The table stays behind and would go on to guard rows of others that the new code deletes.
    for (name, field) in model.fields.iter().filter(|(_, field)| is_foreign_key(field)) {
        if field.kwarg("db_constraint").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let free = field_with(field, &[("db_constraint", Value::Bool(false))], &[]);
        let _ = write!(
            first,
            "migrations.AlterField(\n    model_name={},\n    name={},\n    field={free},\n),\n",
            quoted(&model.name.to_lowercase()),
            quoted(name),
        );
    }
    if !first.is_empty() {
        first.insert_str(0, "# the table stays for now; let go of the rows it refers to\n");
    }
    let _ = write!(
        first,
        "migrations.SeparateDatabaseAndState(\n    state_operations=[\n        migrations.DeleteModel(name={}),\n    ],\n),",
        quoted(&model.name)
    );
    let drop = table
        .map_or_else(|| "...".to_owned(), |table| sql_literal(&drop_table(cx.migration.vendor(), table)));
    let second = format!("migrations.RunSQL(\n    {drop},\n    reverse_sql=migrations.RunSQL.noop,\n),");
    Help::text("Take the model out in two releases: code and state first, the table when no old code runs.")
        .python("release 1, together with the removal from models.py", first)
        .python("release 2, when release 1 runs everywhere", second)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_a_table_goes() {
        let delete = |name: &str| operation(Kind::DeleteModel { name: name.into() });
        assert_eq!(fired(vec![delete("Order")]), ["delete-model"]);
        assert!(fired(vec![delete("Link")]).is_empty());
        assert!(fired(vec![create("New", &[], &[]), delete("New")]).is_empty());
        assert!(fired(vec![separate(vec![], vec![delete("Order")])]).is_empty());
    }
}
