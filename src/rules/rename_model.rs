//! `rename-model`: a table changes its name in the database.

use super::snippet::quoted;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a table is renamed with its model.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "rename-model",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a table is renamed with its model",
        what: "Fires on `RenameModel` where the table of a model in use gets another name, and with it the \
tables and columns of its many-to-many fields. Silent where `db_table` keeps the name, for tables that the same \
migration creates, and for renames of the state alone.",
        why: "There is no moment at which both releases work: code of the previous one asks for the old table, \
code of the new one for the new table, and while a deploy goes on both run.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RenameModel(old_name=\"Order\", new_name=\"Purchase\"),
    ]",
        safe_way: "Rename the class and keep the table: `db_table` with the old name in `Meta`. Django then has \
nothing to do in the database.",
        evidence: "Django: `RenameModel.database_forwards` (nothing is done where `db_table` stays the same), \
`BaseDatabaseSchemaEditor.alter_db_table`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::RenameModel { old_name, new_name } = &cx.operation().kind else { return };
    if !cx.touches_table_in_use(old_name) {
        return;
    }
    let (Some(model), Some(renamed)) = (cx.before(old_name), cx.after(new_name)) else { return };
    let (Some(from), Some(to)) = (cx.table(model), cx.table_after(renamed)) else { return };
    if from == to {
        return;
    }
    let message =
        format!("table `{from}` is renamed to `{to}`: code of the previous release still asks for `{from}`");
    let code = format!(
        "migrations.AlterModelTable(name={}, table={}),\nmigrations.RenameModel(old_name={}, new_name={}),",
        quoted(&old_name.to_lowercase()),
        quoted(&from),
        quoted(old_name),
        quoted(new_name),
    );
    let text = format!(
        "Rename the class, keep the table: write `db_table = {}` in the model's `Meta`. Neither operation then \
changes the database.",
        quoted(&from)
    );
    sink.report(
        cx.finding(&RULE.info, message)
            .table(Some(from))
            .lock(cx.brief_lock())
            .help(Help::text(text).python("instead", code)),
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn renames(operations: Vec<Operation>) -> Vec<&'static str> {
        fired(operations).into_iter().filter(|rule| *rule == "rename-model").collect()
    }

    #[test]
    fn fires_where_the_table_is_renamed() {
        let model = || operation(Kind::RenameModel { old_name: "Order".into(), new_name: "Purchase".into() });
        assert_eq!(renames(vec![model()]), ["rename-model"]);
        let table =
            operation(Kind::AlterModelTable { name: "order".into(), table: Value::str("shop_order") });
        assert!(renames(vec![table, model()]).is_empty());
    }
}
