//! `sql-set-not-null`: SQL forbids NULL where running code may write it.

use super::raw_sql::{field_of, finding, model_in_use, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::database::sql::Action;
use crate::database::statement_kind::{AddColumn, ColumnFill};
use crate::django::keys::ModelKey;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` makes a column NOT NULL, or adds one, that code of the previous release does not
/// fill.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-set-not-null",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "`RunSQL` makes a column NOT NULL, or adds one, that code of the previous release does not fill",
        what: "Fires on `SET NOT NULL` in a `RunSQL` for a column whose field takes NULL in the state before the \
migration, and on `ADD COLUMN … NOT NULL` without default to the table of a model. Silent where the field does not \
take NULL anyway, for tables that the same migration creates, and in initial migrations.",
        why: "Code of the previous release may write NULL, or leaves the new column out: its INSERTs fail from now \
on. Rows with NULL make the migration itself fail.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TABLE shop_order ALTER COLUMN note SET NOT NULL\"),
    ]",
        safe_way: "Give the column a default, or release code first that always writes it; then fill the rows, and \
forbid NULL.",
        evidence: "As `set-not-null` and `add-not-null-field`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions() {
            let (Some(target), Some(column)) = (&action.target, &action.object) else { continue };
            let Some(model) = model_in_use(cx, target) else { continue };
            let table = &target.name;
            let message = match action.kind {
                StatementKind::SetNotNull { .. } => {
                    if takes_null(cx, &model, column) != Some(true) {
                        continue;
                    }
                    format!(
                        "column `{column}` of table `{table}` becomes NOT NULL: the statement fails if a row has NULL, \
and so do INSERTs of the previous release that leave it NULL"
                    )
                }
                StatementKind::AddColumn(AddColumn { not_null: true, fill: ColumnFill::Nothing, .. }) => {
                    format!(
                        "column `{column}` is added to `{table}` as NOT NULL without a default: the statement fails on a \
table with rows, and so does every INSERT of the previous release"
                    )
                }
                _ => continue,
            };
            let help = Help::text(
                "Give it a default in the database, or release code first that always writes it and fill the rows.",
            );
            let found = finding(cx, &RULE.info, &raw, message).table(Some(table.clone()));
            sink.report(found.lock(cx.lock_of(action.kind)).help(help));
        }
    }
}

/// Whether the field of a column takes NULL when the migration begins; `None` where no field has it.
fn takes_null(cx: &OperationContext<'_>, model: &ModelKey, column: &str) -> Option<bool> {
    let name = field_of(cx, cx.at_start(), model, column)?;
    Some(cx.at_start().models.get(model)?.fields.get(name.as_str())?.null())
}

/// Whether SQL of a `RunSQL` forbids NULL in a column that has never taken it: the database then has
/// nothing to look for.
pub(super) fn is_not_null_already(cx: &OperationContext<'_>, action: &Action) -> bool {
    let (Some(target), Some(column)) = (&action.target, &action.object) else { return false };
    model_in_use(cx, target).and_then(|model| takes_null(cx, &model, column)) == Some(false)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn fires(text: &str) -> bool {
        let second =
            migration("0002_second", &["0001_initial"], vec![add("x", nullable("IntegerField", &[]))], "");
        let third = migration("0003_third", &["0002_second"], vec![sql(text, Some(""))], "");
        rules_of(&findings(vec![initial(), second, third])).contains(&"sql-set-not-null")
    }

    #[test]
    fn fires_where_old_code_does_not_fill_it() {
        assert!(fires("ALTER TABLE shop_order ALTER COLUMN x SET NOT NULL"));
        assert!(fires("ALTER TABLE shop_order ADD COLUMN y int NOT NULL"));
        assert!(!fires("ALTER TABLE shop_order ADD COLUMN y int NOT NULL DEFAULT 0"));
        assert!(!fires("ALTER TABLE shop_order ALTER COLUMN note SET NOT NULL"));
        assert!(!fires("ALTER TABLE shop_order ALTER COLUMN x DROP NOT NULL"));
        assert!(!fires("ALTER TABLE other ALTER COLUMN x SET NOT NULL"));
    }
}
