//! `sql-transaction`: SQL ends the migration's own transaction.

use super::raw_sql::{finding, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::statement_kind::TransactionControl;
use crate::database::{StatementKind, Vendor};
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` begins or ends a transaction inside an atomic migration.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-transaction",
        severity: Severity::Error,
        aspect: Aspect::Stuck,
        summary: "`RunSQL` begins or ends a transaction inside an atomic migration",
        what: "Fires on `BEGIN`, `START TRANSACTION`, `COMMIT` and `ROLLBACK` in a `RunSQL` of an atomic migration, on \
databases that run a migration in a transaction. Silent with `atomic = False`, and for savepoints.",
        why: "The statement ends the transaction that Django opened: what came before it is committed (or gone), what \
comes after runs outside it, and a failure then leaves the migration half applied and not recorded.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"BEGIN; UPDATE shop_order SET total = 0; COMMIT;\"),
    ]",
        safe_way: "Leave it out: the migration is a transaction. Where the statements need transactions of their own, \
write `atomic = False`.",
        evidence: "Django: `Migration.apply` and `BaseDatabaseSchemaEditor.__enter__` open one; PostgreSQL manual, \
COMMIT.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::Sqlite]),
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if !cx.migration.migration.atomic {
        return;
    }
    for raw in statements(cx) {
        let control = raw.actions().iter().find_map(|action| match action.kind {
            StatementKind::Transaction(control) if control != TransactionControl::Savepoint => Some(control),
            _ => None,
        });
        let Some(control) = control else { continue };
        let what = match control {
            TransactionControl::Begin => "begins a transaction within the migration's own",
            TransactionControl::Commit => "commits the migration's own transaction",
            _ => "rolls the migration's own transaction back",
        };
        let message = format!("`{}` {what}: a failure after it leaves the migration half applied", raw.shown());
        let help = Help::text("Leave it out; or, where the statements need transactions of their own, say so.")
            .python("in the migration", "atomic = False");
        sink.report(finding(cx, &RULE.info, &raw, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_in_an_atomic_migration() {
        let fires = |text: &str| fired(vec![sql(text, Some(""))]).contains(&"sql-transaction");
        assert!(fires("BEGIN; SELECT 1; COMMIT"));
        assert!(fires("COMMIT"));
        assert!(!fires("SAVEPOINT a"));
        assert!(!fires("CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END $$ LANGUAGE plpgsql"));
        let mut second = migration("0002_second", &["0001_initial"], vec![sql("COMMIT", Some(""))], "");
        second.atomic = false;
        assert!(!rules_of(&findings(vec![initial(), second])).contains(&"sql-transaction"));
    }
}
