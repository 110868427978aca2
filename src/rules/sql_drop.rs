//! `sql-drop`: SQL drops what running code still uses.

use super::raw_sql::{field_of, finding, is_in_use, model_in_use, statements};
use super::sql_state_missing::is_untold;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` drops a table or column that a model has when the migration begins.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-drop",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "`RunSQL` drops a table or column that a model has when the migration begins",
        what: "Fires on `DROP TABLE` and `DROP COLUMN` in a `RunSQL` where a model of the state before the migration \
has that table or column. Silent where none has (the second half of taking a field away in two releases), for tables \
that the same migration creates, where the same migration creates the table anew, where the state is not told at all (`sql-state-missing`), and in initial migrations.",
        why: "Code of the previous release runs while `migrate` does and fails at its next query. The data is gone.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TABLE shop_order DROP COLUMN note\"),
    ]",
        safe_way: "Two releases: the first takes field or model out of the state (`SeparateDatabaseAndState`), the \
second, when no process of the old code runs, drops the table or column.",
        evidence: "As `remove-field` and `delete-model`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions() {
            let Some(target) = &action.target else { continue };
            if is_untold(cx, action, target) {
                continue;
            }
            let message = match action.kind {
                StatementKind::DropTable { .. } if !is_made_again(cx, &target.name) => {
                    if !is_in_use(cx, target) {
                        continue;
                    }
                    format!(
                        "table `{}` is dropped: code of the previous release still uses it, and its rows are lost",
                        target.name
                    )
                }
                StatementKind::DropColumn { .. } => {
                    let (Some(column), Some(model)) = (&action.object, model_in_use(cx, target)) else {
                        continue;
                    };
                    if field_of(cx, cx.at_start(), &model, column).is_none() {
                        continue;
                    }
                    format!(
                        "column `{column}` of table `{}` is dropped: code of the previous release still selects and \
inserts it, and its data is lost",
                        target.name
                    )
                }
                _ => continue,
            };
            let help = Help::text(
                "Take it out of the state in this release (`state_operations`), and drop it in the next, when no process \
of the old code runs.",
            );
            let found = finding(cx, &RULE.info, &raw, message).table(Some(target.name.clone()));
            sink.report(found.lock(cx.lock_of(action.kind)).help(help));
        }
    }
}

/// Whether the migration creates a table of that name, by SQL or by an operation.
fn is_made_again(cx: &OperationContext<'_>, table: &str) -> bool {
    let by_sql =
        super::raw_sql::actions_of_migration(cx).any(|action| {
            let named = action.target.as_ref().is_some_and(|target| target.name == table);
            let renamed = matches!(action.kind, StatementKind::RenameTable)
                && action.new_name.as_deref() == Some(table);
            (named && matches!(action.kind, StatementKind::CreateTable(_))) || renamed
        });
    by_sql
        || cx.migration.effects.iter().any(|effect| match &effect.operation.kind {
            OperationKind::CreateModel(create) => {
                let at = OperationContext { migration: cx.migration, effect };
                at.after(&create.name).and_then(|model| at.table_after(model)).as_deref() == Some(table)
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn fires(text: &str) -> bool {
        told(text, vec![remove("note")])
    }

    fn told(text: &str, state: Vec<Operation>) -> bool {
        fired(vec![separate(vec![sql(text, Some(""))], state)]).contains(&"sql-drop")
    }

    #[test]
    fn fires_on_what_models_have() {
        assert!(fires("ALTER TABLE shop_order DROP COLUMN note"));
        let gone = || operation(Kind::DeleteModel { name: "Order".into() });
        assert!(told("DROP TABLE \"shop_order\" CASCADE", vec![gone()]));
        assert!(fires("ALTER TABLE shop_order DROP note, ADD x int"));
    }

    #[test]
    fn silent_where_the_state_is_not_told() {
        let untold = fired(vec![sql("ALTER TABLE shop_order DROP COLUMN note", Some(""))]);
        assert_eq!(untold, ["sql-state-missing"]);
    }

    #[test]
    fn silent_on_what_no_model_has() {
        assert!(!fires("ALTER TABLE shop_order DROP COLUMN gone"));
        assert!(!fires("DROP TABLE shop_gone"));
        assert!(!fires("DROP INDEX i"));
        assert!(!fires("-- DROP TABLE shop_order\nSELECT 'DROP TABLE shop_order'"));
        assert!(!fires("DROP TABLE shop_order; CREATE TABLE shop_order (id bigint)"));
    }
}
