//! `sql-rename`: SQL renames what running code still asks for.

use super::raw_sql::{actions_of_migration, field_of, finding, is_in_use, model_in_use, statements};
use super::sql_state_missing::is_untold;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::database::statement_kind::ViewAction;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` renames a table or column that a model has when the migration begins.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-rename",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "`RunSQL` renames a table or column that a model has when the migration begins",
        what: "Fires on `RENAME TO` and `RENAME COLUMN` in a `RunSQL` where a model of the state before the migration \
has that table or column. Silent where the same migration leaves a view or a table of the old name, for tables that it creates, \
where the state is not told at all (`sql-state-missing`), and in initial migrations.",
        why: "There is no moment at which both releases work: code of the previous one asks for the old name, code \
of the new one for the new name, and while a deploy goes on both run.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TABLE shop_order RENAME TO orders\"),
    ]",
        safe_way: "Keep the name in the database with `db_table` or `db_column`; or leave a view of the old name for \
as long as old code runs.",
        evidence: "As `rename-field` and `alter-model-table`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions() {
            let (Some(target), Some(to)) = (&action.target, &action.new_name) else { continue };
            if is_untold(cx, action, target) {
                continue;
            }
            let (what, from) = match (action.kind, &action.object) {
                (StatementKind::RenameTable, _) if !is_left_behind(cx, &target.name) => {
                    ("table", &target.name)
                }
                (StatementKind::RenameColumn, Some(column)) => ("column", column),
                _ => continue,
            };
            let column_of = |model| field_of(cx, cx.at_start(), &model, from);
            if what == "table" && !is_in_use(cx, target)
                || what == "column" && model_in_use(cx, target).and_then(column_of).is_none()
            {
                continue;
            }
            let message = format!(
                "{what} `{from}` is renamed to `{to}`: code of the previous release still asks for `{from}`"
            );
            let help = Help::text(if what == "table" {
                format!(
                    "Keep the table's name with `db_table = \"{from}\"`, or leave a view of that name behind."
                )
            } else {
                format!("Keep the column's name with `db_column=\"{from}\"` at the field.")
            });
            let found = finding(cx, &RULE.info, &raw, message).table(Some(target.name.clone()));
            sink.report(found.lock(cx.lock_of(action.kind)).help(help));
        }
    }
}

/// Whether the migration makes a view or table of the old name.
fn is_left_behind(cx: &OperationContext<'_>, table: &str) -> bool {
    actions_of_migration(cx).any(|action| {
        let made = matches!(
            action.kind,
            StatementKind::View(ViewAction::Create | ViewAction::Replace) | StatementKind::CreateTable(_)
        );
        let named = action.target.as_ref().is_some_and(|target| target.name == table);
        let swapped = action.kind == StatementKind::RenameTable && action.new_name.as_deref() == Some(table);
        (made && named) || swapped
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn told(text: &str, state: Vec<Operation>) -> bool {
        fired(vec![separate(vec![sql(text, Some(""))], state)]).contains(&"sql-rename")
    }

    fn fires(text: &str) -> bool {
        told(text, vec![])
    }

    #[test]
    fn fires_on_what_models_have() {
        let table = operation(Kind::AlterModelTable { name: "Order".into(), table: Value::str("orders") });
        assert!(told("ALTER TABLE shop_order RENAME TO orders", vec![table]));
        let (model_name, old_name, new_name) = ("order".into(), "note".into(), "comment".into());
        let column = operation(Kind::RenameField { model_name, old_name, new_name });
        assert!(told("ALTER TABLE shop_order RENAME COLUMN note TO comment", vec![column]));
        // The table in the middle of a many-to-many field.
        let pair = separate(vec![sql("ALTER TABLE shop_order_tags RENAME TO shop_tagged", Some(""))], vec![remove("tags")]);
        assert!(fired(vec![pair]).contains(&"sql-rename"));
    }

    #[test]
    fn silent_where_the_state_is_not_told() {
        let untold = fired(vec![sql("ALTER TABLE shop_order RENAME COLUMN note TO comment", Some(""))]);
        assert_eq!(untold, ["sql-state-missing"]);
    }

    #[test]
    fn silent_on_the_rest() {
        assert!(!fires("ALTER TABLE shop_gone RENAME TO orders"));
        assert!(!fires("ALTER TABLE shop_order RENAME COLUMN gone TO comment"));
        assert!(!fires(
            "ALTER TABLE shop_order RENAME TO orders; CREATE VIEW shop_order AS SELECT * FROM orders"
        ));
        assert!(!fires("ALTER INDEX shop_order RENAME TO orders"));
    }
}
