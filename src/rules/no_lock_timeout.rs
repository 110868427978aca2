//! `no-lock-timeout`: a lock is waited for without end.

use super::statements::{Seen, in_use};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds migrations that wait for a lock without a `lock_timeout`.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "no-lock-timeout",
        severity: Severity::Pedantic,
        aspect: Aspect::Locks,
        summary: "no `lock_timeout` is set where a lock may be waited for",
        what: "Fires, on PostgreSQL, once a migration, where a statement takes a lock that blocks on a table in use, and neither `OPTIONS` of the settings' database nor `RunSQL` before it sets `lock_timeout`. Off unless asked for.",
        why: "A lock that has to wait for a long query makes every later query of the table wait behind it. With a `lock_timeout` the migration gives up instead, and can be tried again.",
        example: "class Migration(migrations.Migration):
    operations = [migrations.AddField(\"order\", \"note\", models.TextField(null=True))]",
        safe_way: "`\"OPTIONS\": {\"options\": \"-c lock_timeout=2s\"}` for the connection that migrates, or `SET LOCAL lock_timeout` in the migration.",
        evidence: "PostgreSQL manual, 20.11 Client Connection Defaults, `lock_timeout`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if cx.project.lock_timeout.is_some() {
        return;
    }
    let sets = |seen: &Seen<'_>| {
        matches!(seen.kind(), Kind::Set | Kind::Select { .. }) && seen.planned.sql.to_ascii_lowercase().contains("lock_timeout")
    };
    let all: Vec<Seen<'_>> = super::statements::all(cx).collect();
    let Some(first) = in_use(cx).find(|seen| seen.costed.blocks() >= Waits::Writes) else { return };
    if all.iter().any(|seen| sets(seen) && seen.at <= first.at) {
        return;
    }
    let mode = first.costed.locked().first().map_or("", |lock| lock.mode.as_str());
    let message = format!(
        "nothing limits how long the {mode} lock on table `{}` is waited for, and all queries that come after it wait behind it",
        first.table()
    );
    let help = Help::text("Set `lock_timeout` for the connection that migrates, or in the migration.")
        .python("in the migration, first", "migrations.RunSQL(\"SET LOCAL lock_timeout = '2s'\", migrations.RunSQL.noop),")
        .python("or in the settings", "\"OPTIONS\": {\"options\": \"-c lock_timeout=2000\"},");
    sink.report(first.finding(cx, &RULE.info, message).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn asked(operations: Vec<Operation>, timeout: Option<&str>) -> Vec<&'static str> {
        let mut options = CheckOptions::default();
        options.selection.select.insert("no-lock-timeout");
        let mut input = input(vec![initial(), migration("0002_second", &["0001_initial"], operations, "")]);
        input.lock_timeout = timeout.map(str::to_owned);
        rules_of(&check(&input, &options).findings)
    }

    #[test]
    fn fires_when_asked() {
        let quick = || add("x", nullable("TextField", &[]));
        assert_eq!(asked(vec![quick()], None), ["no-lock-timeout"]);
        assert!(asked(vec![quick()], Some("2s")).is_empty());
        assert!(asked(vec![sql("SET LOCAL lock_timeout = '2s'", Some("")), quick()], None).is_empty());
        assert!(asked(vec![sql("UPDATE shop_order SET note = ''", Some(""))], None).is_empty());
        assert!(!fired(vec![quick()]).contains(&"no-lock-timeout"));
    }
}
