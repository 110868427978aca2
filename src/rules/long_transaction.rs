//! `long-transaction`: a lock that keeps reads waiting is held through slow work.

use super::context::describe;
use super::statements::{Seen, ends_transaction, in_use, is_slow, runs_python};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "long-transaction",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "an atomic migration takes an ACCESS EXCLUSIVE lock and then does slow work",
        what: "Fires, on PostgreSQL, where an operation of an atomic migration locks a table in use ACCESS EXCLUSIVE, if only for a moment, and a later operation of the same migration is slow: an index build, a validation, `UPDATE`, `RunPython`. Silent where the slow work comes first.",
        why: "Locks are held until the transaction ends. An ADD COLUMN that takes a millisecond blocks all reads and writes of its table for as long as the operations after it take.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(\"order\", \"total\", models.IntegerField(null=True)),
        migrations.RunPython(fill_totals),
    ]",
        safe_way: "One migration for the quick lock, another for the slow work.",
        evidence: "PostgreSQL manual, 13.3 Explicit Locking: a lock is held until the end of the transaction; measured on PostgreSQL 15.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if !cx.impact.in_transaction || ends_transaction(cx) {
        return;
    }
    let seen: Vec<Seen<'_>> = in_use(cx).collect();
    let locking = seen.iter().find(|one| !one.planned.deferred && locked_table(one).is_some());
    let Some((first, table)) = locking.and_then(|one| Some((one, locked_table(one)?))) else { return };
    let later = |operation: usize| operation > first.operation();
    let python = cx.effects.iter().find(|effect| runs_python(effect) && later(effect.index));
    let statement = seen.iter().find(|one| later(one.operation()) && is_slow(one) && one.at > first.at);
    let effect = match (python, statement) {
        (Some(python), Some(statement)) if python.index < statement.operation() => python,
        (Some(python), None) => python,
        (_, Some(statement)) => statement.effect,
        (None, None) => return,
    };
    let message = format!(
        "`{}` runs while table `{table}` is locked ACCESS EXCLUSIVE by `{}` above it: reads and writes of `{table}` wait until the \
migration is done",
        describe(effect.operation),
        describe(first.effect.operation)
    );
    let operation = OperationContext { migration: cx, effect };
    let mut finding = operation
        .finding(&RULE.info, message)
        .table(Some(table))
        .lock(super::statements::lock_info(first.costed))
        .help(Help::text(format!(
            "Move `{}` and what comes after it to a migration of its own, which depends on this one.",
            describe(effect.operation)
        )));
    if let Some(at) = &first.effect.operation.at {
        finding = finding.label(at.clone(), "the lock is taken here");
    }
    sink.report(finding);
}

/// The table in use that a statement locks so that reads wait.
fn locked_table(one: &Seen<'_>) -> Option<String> {
    // A table that goes is read by nobody any more.
    if matches!(one.kind(), Kind::DropTable { .. }) {
        return None;
    }
    let locks = one.costed.locked();
    let lock = locks.iter().find(|lock| lock.certain && lock.mode.blocks() == Waits::Reads)?;
    lock.table.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn long(operations: Vec<Operation>) -> Vec<Finding> {
        report(operations, "").findings.into_iter().filter(|finding| finding.rule == "long-transaction").collect()
    }

    fn python(code: &str) -> Operation {
        operation(Kind::RunPython(RunPython {
            code: Value::Ref(code.into()),
            reverse_code: Some(Value::Ref("django.db.migrations.operations.special.RunPython.noop".into())),
            atomic: None,
            hints: Value::Dict(Arc::new([])),
            elidable: false,
        }))
    }

    fn quick() -> Operation {
        add("x", nullable("TextField", &[]))
    }

    #[test]
    fn fires_where_the_lock_is_held() {
        let found = long(vec![quick(), index(false)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].operation, Some(1));
        assert_eq!(long(vec![quick(), python("shop.fill")]).len(), 1);
        assert_eq!(long(vec![quick(), sql("UPDATE shop_order SET x = 1", Some(""))]).len(), 1);
    }

    #[test]
    fn near_misses() {
        assert!(long(vec![python("shop.fill"), quick()]).is_empty());
        assert!(long(vec![quick(), python("django.db.migrations.operations.special.RunPython.noop")]).is_empty());
        assert!(long(vec![quick(), add("y", nullable("TextField", &[]))]).is_empty());
        assert!(long(vec![add("tag", foreign_key("shop.tag"))]).is_empty());
        let mut loose = migration("0002_second", &["0001_initial"], vec![quick(), python("shop.fill")], "");
        loose.atomic = false;
        assert!(!rules_of(&findings(vec![initial(), loose])).contains(&"long-transaction"));
    }
}
