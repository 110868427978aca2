//! `concurrent-in-transaction`: a statement that no transaction may hold, in one.

use super::snippet::quoted;
use super::statements::{Seen, all, database};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a statement that cannot run in a transaction stands in an atomic migration.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "concurrent-in-transaction",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "a statement that cannot run in a transaction stands in an atomic migration",
        what: "Fires, on PostgreSQL, where an atomic migration holds `AddIndexConcurrently`, \
`RemoveIndexConcurrently`, or `RunSQL` with `CONCURRENTLY` or `VACUUM`; and where one text of a `RunSQL` holds such a \
statement beside others: the server runs a text of several statements as one transaction, `atomic = False` or not.",
        why: "The server refuses it (`CREATE INDEX CONCURRENTLY cannot run inside a transaction block`), and Django's \
own operations refuse before they ask it (`NotSupportedError`): the deploy stops here.",
        example: "class Migration(migrations.Migration):
    operations = [
        AddIndexConcurrently(
            model_name=\"order\",
            index=models.Index(fields=[\"created\"], name=\"order_created_idx\"),
        ),
    ]",
        safe_way: "`atomic = False` on the migration, the statement alone in it, and alone in its `RunSQL`.",
        evidence: "Django: `NotInTransactionMixin`, `django/contrib/postgres/operations.py`; PostgreSQL manual, CREATE \
INDEX, and Protocol Flow (several statements in a simple query); measured on PostgreSQL 15.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let mut ended = false;
    for seen in all(cx) {
        ended |= seen.planned.controls_transaction();
        let outside = seen.costed.facts.as_ref().is_some_and(|facts| facts.transactional.is_no());
        // Somebody's COMMIT before it: whatever it is in now, it is not Django's transaction.
        if !outside || ended {
            continue;
        }
        let what = named(&seen);
        if cx.impact.in_transaction {
            let message = format!(
                "{what} cannot run inside a transaction, and this migration is atomic: {} refuses it",
                database(cx.project.dialect)
            );
            let help = Help::text("Put it into a migration of its own that is not atomic.")
                .python("in the migration", "class Migration(migrations.Migration):\n    atomic = False");
            sink.report(seen.finding(cx, &RULE.info, message).help(help));
        } else if seen.planned.is_raw() && seen.planned.texts.len() > 1 {
            let message = format!(
                "{what} shares its text with other statements: the server runs such a text as one transaction, \
and this cannot run inside one"
            );
            let sql: Vec<String> =
                seen.planned.texts.iter().map(|text| format!("        {},", quoted(text.trim()))).collect();
            let help = Help::text("Give each statement an entry of its own: Django sends each by itself.")
                .python("instead", format!("migrations.RunSQL(\n    [\n{}\n    ],\n),", sql.join("\n")));
            sink.report(seen.finding(cx, &RULE.info, message).help(help));
        }
    }
}

fn named(seen: &Seen<'_>) -> String {
    let what = match seen.kind() {
        Kind::CreateIndex { .. } => "CREATE INDEX CONCURRENTLY",
        Kind::DropIndex { .. } => "DROP INDEX CONCURRENTLY",
        Kind::Reindex { .. } => "REINDEX CONCURRENTLY",
        Kind::Vacuum { .. } => "VACUUM",
        Kind::DetachPartition { .. } => "DETACH PARTITION CONCURRENTLY",
        Kind::AddEnumValue => "ALTER TYPE … ADD VALUE",
        _ => "the statement",
    };
    match &seen.costed.action.object {
        Some(name) => format!("{what} (`{name}`)"),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn atomic(atomic: bool, operations: Vec<Operation>) -> Vec<&'static str> {
        let mut second = migration("0002_second", &["0001_initial"], operations, "");
        second.atomic = atomic;
        let found = findings(vec![initial(), second]);
        rules_of(&found).into_iter().filter(|rule| *rule == "concurrent-in-transaction").collect()
    }

    #[test]
    fn fires_where_the_server_refuses() {
        let run = |text: &str| vec![sql(text, Some(""))];
        assert_eq!(atomic(true, vec![index(true)]), ["concurrent-in-transaction"]);
        let create = "CREATE INDEX CONCURRENTLY i ON shop_order (note)";
        assert_eq!(atomic(true, run(create)), ["concurrent-in-transaction"]);
        assert_eq!(atomic(true, run("VACUUM shop_order")), ["concurrent-in-transaction"]);
        let both = format!("SET lock_timeout = '2s'; {create}");
        assert_eq!(atomic(false, run(&both)), ["concurrent-in-transaction"]);
    }

    #[test]
    fn near_misses() {
        let run = |text: &str| vec![sql(text, Some(""))];
        assert!(atomic(false, vec![index(true)]).is_empty());
        assert!(atomic(true, vec![index(false)]).is_empty());
        assert!(atomic(false, run("CREATE INDEX CONCURRENTLY i ON shop_order (note);")).is_empty());
        assert!(atomic(true, run("COMMIT; CREATE INDEX CONCURRENTLY i ON shop_order (note)")).is_empty());
    }
}
