//! `concurrent-not-alone`: a concurrent operation shares its migration with others.

use super::context::describe;
use super::statements::{all, can_be_repeated, is_exempt, runs_python};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::report::{Aspect, Help, Severity};

/// Finds where a concurrent operation shares its non-atomic migration with others.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "concurrent-not-alone",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "a concurrent operation shares its non-atomic migration with others",
        what: "Fires, on PostgreSQL, where a migration with `atomic = False` builds or drops an index concurrently and \
another of its operations changes the database too. Statements that can be run again (`IF EXISTS`, `IF NOT EXISTS`, `SET`, \
`VALIDATE CONSTRAINT`) don't count.",
        why: "Without a transaction each operation stays when a later one fails, and Django does not record the \
migration: the next `migrate` starts with the first again, which fails as it has been done already. Concurrent builds do fail: \
by a deadlock, a timeout, a duplicate value.",
        example: "class Migration(migrations.Migration):
    atomic = False
    operations = [
        migrations.AddField(\"order\", \"note\", models.TextField(null=True)),
        AddIndexConcurrently(\"order\", models.Index(fields=[\"note\"], name=\"note_idx\")),
    ]",
        safe_way: "One concurrent operation a migration.",
        evidence: "Django: `MigrationExecutor.apply_migration` records a migration when all of it is done; PostgreSQL \
manual, CREATE INDEX, Building Indexes Concurrently.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if is_exempt(cx) || cx.migration.atomic {
        return;
    }
    let mut changing: Vec<usize> = all(cx)
        .filter(|seen| !can_be_repeated(seen.planned))
        .map(|seen| seen.operation())
        .chain(cx.effects.iter().filter(|effect| runs_python(effect)).map(|effect| effect.index))
        .collect();
    changing.sort_unstable();
    changing.dedup();
    let concurrent = all(cx).find(|seen| {
        seen.costed.facts.as_ref().is_some_and(|facts| facts.transactional.is_no())
            && !can_be_repeated(seen.planned)
            && changing.iter().any(|operation| *operation != seen.operation())
    });
    let Some(concurrent) = concurrent else { return };
    let others: Vec<String> = changing
        .iter()
        .filter(|index| **index != concurrent.operation())
        .filter_map(|index| cx.migration.operations.get(*index))
        .map(|operation| format!("`{}`", describe(operation)))
        .collect();
    let shown = match &others[..] {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        [] => return,
    };
    let message = format!(
        "`{}` runs outside a transaction beside {shown}: if one fails, the others are done already and the migration \
cannot be run again",
        describe(concurrent.effect.operation)
    );
    let operation = OperationContext { migration: cx, effect: concurrent.effect };
    let table = concurrent.costed.target().map(str::to_owned);
    let help = Help::text("Move each concurrent operation to a migration of its own.").python(
        "in each",
        format!(
            "class Migration(migrations.Migration):\n    atomic = False\n    operations = [\n        ...,  # {} alone\n    ]",
            describe(concurrent.effect.operation)
        ),
    );
    sink.report(operation.finding(&RULE.info, message).table(table).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn loose(operations: Vec<Operation>) -> Vec<&'static str> {
        let mut second = migration("0002_second", &["0001_initial"], operations, "");
        second.atomic = false;
        let found = findings(vec![initial(), second]);
        rules_of(&found).into_iter().filter(|rule| *rule == "concurrent-not-alone").collect()
    }

    #[test]
    fn fires_on_company() {
        let plain = || add("x", nullable("TextField", &[]));
        assert_eq!(loose(vec![plain(), index(true)]), ["concurrent-not-alone"]);
        let raw = sql("CREATE INDEX CONCURRENTLY i ON shop_order (code)", Some(""));
        assert_eq!(loose(vec![raw, index(true)]), ["concurrent-not-alone"]);
    }

    #[test]
    fn near_misses() {
        assert!(loose(vec![index(true)]).is_empty());
        assert!(loose(vec![sql("SET lock_timeout = '1s'", Some("")), index(true)]).is_empty());
        let again = sql("DROP INDEX CONCURRENTLY IF EXISTS note_idx", Some(""));
        assert!(loose(vec![again, index(true)]).is_empty());
        let choices = alter("note", field("TextField", &[("help_text", Value::str("x"))]));
        assert!(loose(vec![choices, index(true)]).is_empty());
    }
}
