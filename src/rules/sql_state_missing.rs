//! `sql-state-missing`: SQL changes what models have, and the state is not told.

use super::raw_sql::{field_of, finding, model_of, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::database::sql::{Action, TableName};
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` drops or renames what the state still has when the migration ends.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-state-missing",
        severity: Severity::Error,
        aspect: Aspect::Drift,
        summary: "`RunSQL` drops or renames what the state still has when the migration ends",
        what: "Fires on `DROP TABLE`, `DROP COLUMN`, `RENAME TO` and `RENAME COLUMN` in a `RunSQL` where a model of the \
state still has that table or column at the migration's end: neither `state_operations` nor another operation tells it. \
Silent where the migration makes it anew, and in initial migrations.",
        why: "Django goes on asking for what is gone: every query of the model fails, and the next `makemigrations` \
compares with a state that is not the database's.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TABLE shop_order RENAME COLUMN note TO comment\"),
    ]",
        safe_way: "Give the `RunSQL` the operations that say the same to the state: `state_operations=[…]`.",
        evidence: "Django: `RunSQL.state_forwards`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for one in statements(cx) {
        for action in one.actions() {
            let Some(target) = &action.target else { continue };
            let Some((what, name, code)) = untold(cx, action, target) else { continue };
            let message = format!(
                "{what} `{name}` goes, but the state still has it when the migration ends: Django goes on asking for it"
            );
            let help = Help::text("Tell the state, too.")
                .python("in the `RunSQL`", format!("state_operations=[\n    {code}\n],"));
            sink.report(finding(cx, &RULE.info, &one, message).table(Some(target.name.clone())).help(help));
        }
    }
}

/// Whether the statement takes away what the state still has when the migration ends: this rule tells
/// of it, so `sql-drop` and `sql-rename` need not.
pub(super) fn is_untold(cx: &OperationContext<'_>, action: &Action, target: &TableName) -> bool {
    untold(cx, action, target).is_some()
}

/// As [`gone`], unless another statement of the migration brings it back.
fn untold(
    cx: &OperationContext<'_>,
    action: &Action,
    target: &TableName,
) -> Option<(&'static str, String, String)> {
    let gone = gone(cx, action, target)?;
    let back = super::raw_sql::actions_of_migration(cx).any(|other| is_again(other, action, target));
    (!back).then_some(gone)
}

/// What the statement takes away, if the state keeps it: what it is, its name, the operation to write.
fn gone(
    cx: &OperationContext<'_>,
    action: &Action,
    target: &TableName,
) -> Option<(&'static str, String, String)> {
    use StatementKind as Kind;
    if !matches!(action.kind, Kind::DropTable { .. } | Kind::RenameTable | Kind::DropColumn { .. } | Kind::RenameColumn)
    {
        return None;
    }
    let end = cx.migration.after;
    let model = model_of(cx, end, target)?;
    let class = end.models.get(&model)?;
    // A table or column that only this batch brings into the state is another matter.
    model_of(cx, cx.at_start(), target)?;
    let app_matches = model.app == cx.migration.migration.key.app;
    let own = |code: String| if app_matches { code } else { format!("# in {}: {code}", model.app) };
    match action.kind {
        StatementKind::DropTable { .. } => Some((
            "table",
            target.name.clone(),
            own(format!("migrations.DeleteModel(name=\"{}\"),", class.name)),
        )),
        StatementKind::RenameTable => {
            let to = action.new_name.as_deref()?;
            let code = format!("migrations.AlterModelTable(name=\"{}\", table=\"{to}\"),", model.model);
            Some(("table", target.name.clone(), own(code)))
        }
        StatementKind::DropColumn { .. } => {
            let column = action.object.as_deref()?;
            let field = field_of(cx, end, &model, column)?;
            field_of(cx, cx.at_start(), &model, column)?;
            let code = format!("migrations.RemoveField(model_name=\"{}\", name=\"{field}\"),", model.model);
            Some(("column", format!("{}.{column}", target.name), own(code)))
        }
        StatementKind::RenameColumn => {
            let column = action.object.as_deref()?;
            let field = field_of(cx, end, &model, column)?;
            field_of(cx, cx.at_start(), &model, column)?;
            let to = action.new_name.as_deref()?;
            let code = format!(
                "migrations.RenameField(model_name=\"{}\", old_name=\"{field}\", new_name=\"{to}\"),",
                model.model
            );
            Some(("column", format!("{}.{column}", target.name), own(code)))
        }
        _ => None,
    }
}

/// Whether another statement brings back what this one takes away.
fn is_again(other: &Action, gone: &Action, target: &TableName) -> bool {
    let same_table = other.target.as_ref().is_some_and(|table| table.name == target.name);
    match (gone.kind, other.kind) {
        (StatementKind::DropTable { .. } | StatementKind::RenameTable, StatementKind::CreateTable(_)) => {
            same_table
        }
        (StatementKind::DropTable { .. } | StatementKind::RenameTable, StatementKind::RenameTable) => {
            other.new_name.as_deref() == Some(target.name.as_str())
        }
        (StatementKind::DropTable { .. } | StatementKind::RenameTable, StatementKind::View(_)) => same_table,
        (StatementKind::DropColumn { .. } | StatementKind::RenameColumn, StatementKind::AddColumn(_)) => {
            same_table && other.object == gone.object
        }
        (StatementKind::DropColumn { .. } | StatementKind::RenameColumn, StatementKind::RenameColumn) => {
            same_table && other.new_name == gone.object
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn fires(operations: Vec<Operation>) -> bool {
        fired(operations).contains(&"sql-state-missing")
    }

    #[test]
    fn fires_where_the_state_keeps_it() {
        assert!(fires(vec![sql("ALTER TABLE shop_order DROP COLUMN note", Some(""))]));
        assert!(fires(vec![sql("ALTER TABLE shop_order RENAME COLUMN note TO comment", Some(""))]));
    }

    #[test]
    fn silent_where_it_is_told() {
        let drop = || sql("ALTER TABLE shop_order DROP COLUMN note", Some(""));
        assert!(!fires(vec![separate(vec![drop()], vec![remove("note")])]));
        assert!(!fires(vec![sql(
            "ALTER TABLE shop_order DROP COLUMN note; ALTER TABLE shop_order ADD COLUMN note text",
            Some("")
        )]));
        assert!(!fires(vec![sql("ALTER TABLE shop_order DROP COLUMN gone", Some(""))]));
    }
}
