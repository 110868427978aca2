//! `schema-and-data`: schema and rows of a table change in one transaction.

use super::context::describe;
use super::statements::{Seen, ends_transaction, in_use};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "schema-and-data",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "rows and schema of one table change in one atomic migration",
        what: "Fires, on PostgreSQL, where `RunSQL` changes rows of a table in use and another operation of the same atomic migration changes that table's schema under a lock that blocks. Silent where each has a migration of its own, and for new tables.",
        why: "Rows first: with a deferred foreign key or trigger on the table, `ALTER TABLE` fails with \"cannot ALTER TABLE because it has pending trigger events\". Schema first: the table stays locked while the rows are changed.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(\"order\", \"state\", models.IntegerField(null=True)),
        migrations.RunSQL(\"UPDATE shop_order SET state = 1\"),
    ]",
        safe_way: "Three migrations: schema, data (`atomic = False`, in batches), schema.",
        evidence: "PostgreSQL source, `CheckTableNotInUse`; Django documentation, Data migrations (\"On PostgreSQL, … avoid combining schema changes and RunPython operations in the same migration\").",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if !cx.impact.in_transaction || ends_transaction(cx) {
        return;
    }
    let seen: Vec<Seen<'_>> = in_use(cx).collect();
    for data in seen.iter().filter(|one| one.planned.is_raw() && changes_rows(one)) {
        let Some(table) = data.costed.target() else { continue };
        let schema = seen.iter().find(|other| {
            !std::ptr::eq(other.costed, data.costed) && other.costed.target() == Some(table) && changes_schema(other)
        });
        let Some(schema) = schema else { continue };
        let consequence = if schema.at < data.at {
            "the table stays locked until its rows are changed"
        } else {
            "ALTER TABLE fails if the rows have deferred foreign keys to check, and waits for the rows else"
        };
        let message = format!(
            "rows of table `{table}` are changed in the transaction in which `{}` changes its schema: {consequence}",
            describe(schema.effect.operation)
        );
        let mut finding = data.finding(cx, &RULE.info, message).lock(super::statements::lock_info(schema.costed)).help(Help::text(
            "Move the change of rows to a migration of its own between those of the schema, in batches and with `atomic = False`.",
        ));
        if let Some(at) = schema.effect.operation.at.as_ref().filter(|_| schema.operation() != data.operation()) {
            finding = finding.label(at.clone(), "the schema changes here");
        }
        sink.report(finding);
    }
}

fn changes_rows(one: &Seen<'_>) -> bool {
    matches!(one.kind(), Kind::Update { .. } | Kind::Delete { .. } | Kind::Insert { select: true })
}

/// A change that locks the table so that somebody waits.
fn changes_schema(one: &Seen<'_>) -> bool {
    !changes_rows(one) && !matches!(one.kind(), Kind::Insert { .. } | Kind::Select { .. } | Kind::Lock(_)) && one.costed.blocks() >= Waits::Writes
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn mixed(operations: Vec<Operation>) -> usize {
        fired(operations).into_iter().filter(|rule| *rule == "schema-and-data").count()
    }

    fn update() -> Operation {
        sql("UPDATE shop_order SET note = ''", Some(""))
    }

    #[test]
    fn fires_on_the_mixture() {
        let quick = || add("x", nullable("TextField", &[]));
        assert_eq!(mixed(vec![quick(), update()]), 1);
        assert_eq!(mixed(vec![update(), quick()]), 1);
        assert_eq!(mixed(vec![sql("UPDATE shop_order SET note = ''; ALTER TABLE shop_order ALTER note SET NOT NULL", Some(""))]), 1);
    }

    #[test]
    fn near_misses() {
        assert_eq!(mixed(vec![update()]), 0);
        let other = sql("ALTER TABLE shop_tag ADD COLUMN x int", Some(""));
        assert_eq!(mixed(vec![other, update()]), 0);
        let new = sql("CREATE TABLE t (a int); INSERT INTO t SELECT 1; ALTER TABLE t ADD b int", Some(""));
        assert_eq!(mixed(vec![new]), 0);
        let choices = alter("note", field("TextField", &[("help_text", Value::str("x"))]));
        assert_eq!(mixed(vec![choices, update()]), 0);
    }
}
