//! `long-transaction`: a lock that keeps reads waiting is held through slow work.

use super::context::describe;
use super::effects::Effect;
use super::schema_and_data::tells_of;
use super::statements::{Seen, ends_transaction, in_use, is_slow, runs_python, slow_work};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds where an atomic migration takes an ACCESS EXCLUSIVE lock and then does slow work.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "long-transaction",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "an atomic migration takes an ACCESS EXCLUSIVE lock and then does slow work",
        what: "Fires, on PostgreSQL, where an operation of an atomic migration locks a table in use ACCESS EXCLUSIVE, if only for a moment, and a later operation of the same migration is slow: an index build, a validation, `UPDATE`, `RunPython`. Silent where the slow work comes first, and where the slow operation locks the same table ACCESS EXCLUSIVE itself, so that a migration of its own would not help; and where it is rows of that very table that are changed, which `schema-and-data` tells.",
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
    let Some(found) = first(cx, &seen) else { return };
    let Found { first, table, effect, slow } = found;
    let operation = OperationContext { migration: cx, effect };
    if tells_of(&operation, slow, &seen, &table) {
        return;
    }
    let work = slow.map(|slow| format!(" ({})", slow_work(slow))).unwrap_or_default();
    let message = format!(
        "`{}`{work} runs while table `{table}` is locked ACCESS EXCLUSIVE by `{}` above it: reads and writes of `{table}` wait \
until the migration is done",
        describe(effect.operation),
        describe(first.effect.operation)
    );
    let mut finding = operation
        .finding(&RULE.info, message)
        .table(Some(table))
        .lock(super::statements::held_lock(first.costed))
        .help(Help::text(format!(
            "Move `{}` and what comes after it to a migration of its own, which depends on this one.",
            describe(effect.operation)
        )));
    if let Some(at) = &first.effect.operation.at {
        finding = finding.label(at.clone(), "the lock is taken here");
    }
    sink.report(finding);
}

/// A lock, and what is slow after it.
struct Found<'a, 'b> {
    first: &'b Seen<'a>,
    table: String,
    effect: &'b Effect<'a>,
    /// The slow statement; `None` for Python.
    slow: Option<&'b Seen<'a>>,
}

/// The first slow thing that runs while a table is locked that it does not lock itself: one that does would keep the
/// table locked in a migration of its own, too.
fn first<'a, 'b>(cx: &MigrationContext<'a>, seen: &'b [Seen<'a>]) -> Option<Found<'a, 'b>> {
    let locking = |before: usize, own: &[String]| {
        let earlier = seen.iter().filter(|one| !one.planned.deferred && one.operation() < before);
        earlier.filter_map(|one| Some((one, locked_table(one)?))).find(|(_, table)| !own.contains(table))
    };
    let statement = seen.iter().filter(|one| is_slow(one)).find_map(|slow| {
        let same = seen.iter().filter(|one| one.operation() == slow.operation());
        let own: Vec<String> = same.filter_map(locked_table).collect();
        let (first, table) = locking(slow.operation(), &own)?;
        Some(Found { first, table, effect: slow.effect, slow: Some(slow) })
    });
    let python = cx.effects.iter().filter(|effect| runs_python(effect)).find_map(|effect| {
        let (first, table) = locking(effect.index, &[])?;
        Some(Found { first, table, effect, slow: None })
    });
    match (python, statement) {
        (Some(python), Some(statement)) if statement.effect.index < python.effect.index => Some(statement),
        (Some(python), _) => Some(python),
        (None, statement) => statement,
    }
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
        assert_eq!(long(vec![quick(), sql("UPDATE shop_tag SET x = 1", Some(""))]).len(), 1);
        // `schema-and-data` has this one.
        assert!(long(vec![quick(), sql("UPDATE shop_order SET x = 1", Some(""))]).is_empty());
    }

    #[test]
    fn near_misses() {
        assert!(long(vec![python("shop.fill"), quick()]).is_empty());
        assert!(long(vec![quick(), python("django.db.migrations.operations.special.RunPython.noop")]).is_empty());
        assert!(long(vec![quick(), add("y", nullable("TextField", &[]))]).is_empty());
        assert!(long(vec![add("tag", foreign_key("shop.tag"))]).is_empty());
        // It takes the same lock itself: it would in a migration of its own, too.
        assert!(long(vec![quick(), add("tag", foreign_key("shop.tag"))]).is_empty());
        let other = sql("ALTER TABLE shop_tag ADD COLUMN x int", Some(""));
        assert_eq!(long(vec![other, add("tag", foreign_key("shop.tag"))]).len(), 1);
        let mut loose = migration("0002_second", &["0001_initial"], vec![quick(), python("shop.fill")], "");
        loose.atomic = false;
        assert!(!rules_of(&findings(vec![initial(), loose])).contains(&"long-transaction"));
    }
}
