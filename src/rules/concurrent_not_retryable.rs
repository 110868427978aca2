//! `concurrent-not-retryable`: an index that is built concurrently, and cannot be built again after a failure.

use super::snippet::sql_literal;
use super::statements::in_use;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds concurrent builds of an index that a second try stumbles over.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "concurrent-not-retryable",
        severity: Severity::Pedantic,
        aspect: Aspect::Locks,
        summary: "a cancelled concurrent build leaves an invalid index that the next try stumbles over",
        what: "Fires, on PostgreSQL, where an index is built concurrently and nothing before it in the migration drops \
one of that name that a failed try may have left.",
        why: "A concurrent build that is cancelled (`lock_timeout`, a deadlock, a duplicate value) leaves an INVALID index. \
The next `migrate` fails with `relation already exists`; with `IF NOT EXISTS` it passes, and the index stays invalid: no query \
uses it, every write pays for it.",
        example: "class Migration(migrations.Migration):
    atomic = False
    operations = [
        AddIndexConcurrently(\"order\", models.Index(fields=[\"note\"], name=\"note_idx\")),
    ]",
        safe_way: "`DROP INDEX CONCURRENTLY IF EXISTS` before it in the same migration.",
        evidence: "PostgreSQL manual, CREATE INDEX, Building Indexes Concurrently.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let seen: Vec<_> = in_use(cx).collect();
    for one in &seen {
        if !matches!(one.kind(), Kind::CreateIndex { concurrently: true, .. }) {
            continue;
        }
        let Some(name) = one.costed.action.object.as_deref() else { continue };
        let dropped = seen.iter().any(|other| {
            other.at < one.at
                && matches!(other.kind(), Kind::DropIndex { .. })
                && other.costed.action.object.as_deref() == Some(name)
        });
        if dropped {
            continue;
        }
        let silent = one.planned.sql.to_ascii_uppercase().contains("IF NOT EXISTS");
        let then = if silent { "the next try keeps it as it is, invalid" } else { "the next try fails as it exists already" };
        let message = format!("a failed build of index `{name}` on table `{}` leaves it invalid, and {then}", one.table());
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", Vendor::PostgreSql.quote_name(name));
        let help = Help::text("Drop what a failed try may have left, before it in the same migration.")
            .python("before it", format!("migrations.RunSQL({}, migrations.RunSQL.noop),", sql_literal(&drop)));
        sink.report(one.finding(cx, &RULE.info, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn pedantic(operations: Vec<Operation>) -> Vec<&'static str> {
        let mut second = migration("0002_second", &["0001_initial"], operations, "");
        second.atomic = false;
        let mut options = CheckOptions::default();
        options.selection.select.insert("concurrent-not-retryable");
        let report = check(&input(vec![initial(), second]), &options);
        rules_of(&report.findings)
    }

    #[test]
    fn fires_where_the_next_try_stumbles() {
        assert_eq!(pedantic(vec![index(true)]), ["concurrent-not-retryable"]);
        let kept = sql("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON shop_order (note)", Some(""));
        assert_eq!(pedantic(vec![kept]), ["concurrent-not-retryable"]);
    }

    #[test]
    fn near_misses() {
        let drop = sql("DROP INDEX CONCURRENTLY IF EXISTS note_idx", Some(""));
        assert!(pedantic(vec![drop, index(true)]).is_empty());
        assert!(pedantic(vec![index(false)]).is_empty());
    }
}
