//! `sql-truncate`: SQL empties a table.

use super::raw_sql::{finding, is_new_table, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` empties a table with TRUNCATE.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-truncate",
        severity: Severity::Error,
        aspect: Aspect::Loses,
        summary: "`RunSQL` empties a table with TRUNCATE",
        what: "Fires on `TRUNCATE` in a `RunSQL`. Silent for tables that the same migration creates and in initial \
migrations.",
        why: "All rows are gone, and with CASCADE those of every table with a foreign key to it. On PostgreSQL it \
takes ACCESS EXCLUSIVE on all of them: reads wait, too.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"TRUNCATE shop_order CASCADE\"),
    ]",
        safe_way: "Delete the rows that have to go, in batches, and name them in a WHERE.",
        evidence: "PostgreSQL manual, TRUNCATE.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions() {
            let StatementKind::Truncate { cascade } = action.kind else { continue };
            let Some(target) = action.target.as_ref().filter(|target| !is_new_table(cx, target)) else { continue };
            let more = if cascade { ", and every table with a foreign key to it" } else { "" };
            let message = format!("table `{}` is emptied{more}: its rows are lost", target.name);
            let help = Help::text("Delete the rows that have to go, in batches, and name them in a WHERE.");
            let found = finding(cx, &RULE.info, &raw, message).table(Some(target.name.clone()));
            sink.report(found.lock(cx.lock_of(action.kind)).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_on_tables_with_rows() {
        let fires = |text: &str| fired(vec![sql(text, Some(""))]).contains(&"sql-truncate");
        assert!(fires("TRUNCATE shop_order"));
        assert!(fires("TRUNCATE TABLE shop_order CASCADE"));
        assert!(!fires("CREATE TABLE copy (id bigint); TRUNCATE copy"));
        assert!(!fires("DELETE FROM shop_order WHERE id = 1"));
    }
}
