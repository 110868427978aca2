//! `sql-update-without-where`: SQL changes every row of a table in one statement.

use super::raw_sql::{finding, is_new_table, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` updates or deletes every row of a table in one statement.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-update-without-where",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunSQL` updates or deletes every row of a table in one statement",
        what: "Fires on `UPDATE` and `DELETE` without `WHERE` in a `RunSQL`. Silent for tables that the same migration \
creates, for tables that the configuration calls small, and in initial migrations.",
        why: "Every row is locked until the migration's end, and code that updates one of them waits. On PostgreSQL \
the table doubles in size, and replicas fall behind.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"UPDATE shop_order SET total = 0\"),
    ]",
        safe_way: "In batches by primary key, each in a transaction of its own, in a migration with `atomic = False`.",
        evidence: "PostgreSQL manual, 13.3.2 Row-Level Locks and 25.1 Routine Vacuuming.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions() {
            let what = match action.kind {
                StatementKind::Update { filtered: false } => "updated",
                StatementKind::Delete { filtered: false } => "deleted",
                _ => continue,
            };
            let Some(target) = action.target.as_ref().filter(|target| !is_new_table(cx, target)) else { continue };
            // A join narrows it as a WHERE does.
            if !action.referenced.is_empty() || cx.is_small(&target.name) {
                continue;
            }
            let message = format!(
                "every row of table `{}` is {what} in one statement: all are locked until the migration ends",
                target.name
            );
            let code = format!(
                "def fill(apps, schema_editor):\n    with schema_editor.connection.cursor() as cursor:\n        while True:\n            \
cursor.execute(\n                \"... WHERE id IN (SELECT id FROM {} WHERE ... LIMIT 1000)\"\n            )\n            if not \
cursor.rowcount:\n                break",
                target.name
            );
            let help = Help::text("In batches, each in a transaction of its own.")
                .python("instead, by `RunPython` in a migration with `atomic = False`", code);
            let found = finding(cx, &RULE.info, &raw, message).table(Some(target.name.clone()));
            sink.report(found.lock(cx.lock_of(action.kind)).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_on_every_row() {
        let fires = |text: &str| fired(vec![sql(text, Some(""))]).contains(&"sql-update-without-where");
        assert!(fires("UPDATE shop_order SET note = ''"));
        assert!(fires("DELETE FROM shop_order"));
        assert!(!fires("UPDATE shop_order SET note = '' WHERE note IS NULL"));
        assert!(!fires("CREATE TABLE t (a int); UPDATE t SET a = 1"));
        assert!(!fires("SELECT 'UPDATE shop_order SET note = 1'"));
    }
}
