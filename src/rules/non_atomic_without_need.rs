//! `non-atomic-without-need`: a migration without a transaction that could have one.

use super::context::describe;
use super::statements::{Seen, all, can_be_repeated, ends_transaction, is_exempt, is_open, runs_python};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds migrations with `atomic = False` that nothing in them needs.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "non-atomic-without-need",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "`atomic = False` and nothing in the migration needs that",
        what: "Fires, on PostgreSQL and SQLite, where a migration with `atomic = False` has several operations that change the schema, and none that is concurrent, slow, or code that may work in batches.",
        why: "If one of them fails, those before it stay, and the migration cannot be run again as it is.",
        example: "class Migration(migrations.Migration):
    atomic = False
    operations = [
        migrations.AddField(\"order\", \"note\", models.TextField(null=True)),
        migrations.AddField(\"order\", \"code\", models.TextField(null=True)),
    ]",
        safe_way: "Leave `atomic = False` out.",
        evidence: "Django documentation, Non-atomic migrations.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::Sqlite]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if cx.migration.atomic || is_exempt(cx) || ends_transaction(cx) {
        return;
    }
    let open = cx.effects.iter().enumerate().any(|(step, effect)| {
        runs_python(effect) || matches!(effect.operation.kind, OperationKind::Custom(_)) || is_open(cx, step)
    });
    let seen: Vec<Seen<'_>> = all(cx).collect();
    if open || seen.iter().any(needs_it) {
        return;
    }
    let mut changing: Vec<usize> =
        seen.iter().filter(|one| !can_be_repeated(one.planned)).map(Seen::operation).collect();
    changing.dedup();
    let [first, second, ..] = changing[..] else { return };
    let name = |index: usize| cx.migration.operations.get(index).map(describe).unwrap_or_default();
    let message = format!(
        "`atomic = False`, though nothing here needs it: if `{}` fails, `{}` stays and the migration cannot be run again",
        name(second),
        name(first)
    );
    sink.report(cx.finding(&RULE.info, message).help(Help::text("Take `atomic = False` out.")));
}

/// What is refused in a transaction, or better not held in one: slow work, and what waits for locks
/// of several tables on purpose.
fn needs_it(one: &Seen<'_>) -> bool {
    let outside = one.costed.facts.as_ref().is_none_or(|facts| !facts.transactional.is_yes());
    let rows = matches!(
        one.kind(),
        Kind::Update { .. } | Kind::Delete { .. } | Kind::Insert { .. } | Kind::ValidateConstraint(_) | Kind::AddEnumValue | Kind::Set
    );
    outside || rows || !matches!(one.costed.duration(), crate::database::facts::Duration::Brief)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn loose(operations: Vec<Operation>) -> usize {
        let mut second = migration("0002_second", &["0001_initial"], operations, "");
        second.atomic = false;
        let found = findings(vec![initial(), second]);
        rules_of(&found).into_iter().filter(|rule| *rule == "non-atomic-without-need").count()
    }

    #[test]
    fn fires_without_need() {
        let quick = |name| add(name, nullable("TextField", &[]));
        assert_eq!(loose(vec![quick("x"), quick("y")]), 1);
        assert_eq!(loose(vec![quick("x")]), 0);
        assert_eq!(loose(vec![quick("x"), index(true)]), 0);
        assert_eq!(loose(vec![quick("x"), quick("y"), sql("UPDATE shop_order SET x = 1", Some(""))]), 0);
        assert_eq!(loose(vec![quick("x"), quick("y"), sql("DO $$ BEGIN END $$", Some(""))]), 0);
        let plain = migration("0002_second", &["0001_initial"], vec![quick("x"), quick("y")], "");
        assert!(!rules_of(&findings(vec![initial(), plain])).contains(&"non-atomic-without-need"));
    }
}
