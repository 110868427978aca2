//! `foreign-key-locks-both`: a foreign key keeps the other table locked, too.

use super::statements::{Seen, ends_transaction, in_use, is_slow, runs_python, slow_work};
use super::validating_constraint::validates;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::{Blocks as Waits, Role};
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Blocks, Help, LockInfo, Severity};

/// Finds where a foreign key keeps the table it refers to locked through slow work.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "foreign-key-locks-both",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "a foreign key keeps the table it refers to locked through slow work",
        what: "Fires, on PostgreSQL, where a statement with a foreign key locks the table that it refers to, and slow work in the same transaction follows: the index of the same field, another index, a data migration. Silent where the transaction ends right after, and for new tables, whose foreign keys Django adds at the very end.",
        why: "`REFERENCES` takes SHARE ROW EXCLUSIVE on the table referred to: every INSERT, UPDATE and DELETE there waits until the transaction ends, though the migration does not seem to touch that table.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(\"order\", \"buyer\", models.ForeignKey(\"auth.User\", models.CASCADE, null=True)),
        # its index is built in the same transaction: writes to auth_user wait for it
    ]",
        safe_way: "The foreign key without its index (`db_index=False`) in a migration of its own; the index concurrently in another.",
        evidence: "PostgreSQL manual, ALTER TABLE (ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on the referenced table, too); measured on PostgreSQL 15 (`add-column-references`, `add-foreign-key`).",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if !cx.impact.in_transaction || ends_transaction(cx) {
        return;
    }
    let seen: Vec<Seen<'_>> = in_use(cx).collect();
    for one in &seen {
        let refers = match one.kind() {
            Kind::AddForeignKey { .. } => true,
            Kind::AddColumn(column) => column.references,
            _ => false,
        };
        // One that checks all rows is told of by its own rule, with both tables.
        if !refers || validates(one) {
            continue;
        }
        let locks = one.costed.locked();
        let other = locks.iter().find(|lock| {
            lock.role == Role::Referenced && lock.certain && lock.mode.blocks() >= Waits::Writes && lock.table != one.costed.target()
        });
        let Some(lock) = other else { continue };
        let Some(table) = lock.table else { continue };
        let Some(slow) = slow_after(cx, &seen, one) else { continue };
        let message = format!(
            "the foreign key of table `{}` locks table `{table}`, too ({}), until the transaction ends: writes to it wait while {slow}",
            one.table(),
            lock.mode.as_str()
        );
        let info = LockInfo { mode: lock.mode.as_str().to_owned(), blocks: Blocks::Writes, rewrites: false, scans: false, held: true };
        let help = Help::text(
            "Add the foreign key alone, without its index (`db_index=False`), and do the rest in a migration of its own: the index \
with `AddIndexConcurrently`, data in batches.",
        );
        let finding = one.finding(cx, &RULE.info, message).table(Some(table.to_owned())).lock(Some(info));
        sink.report(finding.help(help));
    }
}

/// The first slow thing after a statement.
fn slow_after(cx: &MigrationContext<'_>, seen: &[Seen<'_>], one: &Seen<'_>) -> Option<String> {
    let python = cx.effects.iter().skip(one.planned.step + 1).find(|effect| runs_python(effect));
    if python.is_some() && !one.planned.deferred {
        return Some("a data migration runs".to_owned());
    }
    let slow = seen.iter().find(|other| other.at > one.at && is_slow(other))?;
    Some(slow_work(slow))
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn both(operations: Vec<Operation>) -> Vec<Finding> {
        // `blocking-index` would speak for it.
        found_alone(&super::RULE, operations)
    }

    #[test]
    fn fires_where_the_other_table_waits() {
        let found = both(vec![add("tag", foreign_key("shop.tag"))]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].table.as_deref(), Some("shop_tag"));
        assert_eq!(found[0].lock.as_ref().unwrap().mode, "SHARE ROW EXCLUSIVE");
    }

    #[test]
    fn near_misses() {
        let bare = nullable("ForeignKey", &[("to", Value::str("shop.tag")), ("db_index", Value::Bool(false))]);
        assert!(both(vec![add("tag", bare)]).is_empty());
        let loose = nullable("ForeignKey", &[("to", Value::str("shop.tag")), ("db_constraint", Value::Bool(false))]);
        assert!(both(vec![add("tag", loose)]).is_empty());
        let own = [("id", field("BigAutoField", &[("primary_key", Value::Bool(true))])), ("tag", foreign_key("shop.tag"))];
        assert!(both(vec![create("Line", &own, &[])]).is_empty());
    }
}
