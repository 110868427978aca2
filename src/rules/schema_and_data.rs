//! `schema-and-data`: schema and rows of a table change in one transaction.

use super::context::describe;
use std::collections::BTreeSet;

use super::data_code::{forwards, is_new, model_of};
use super::statements::{Seen, ends_transaction, in_use, is_exempt, runs_python};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
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
        what: "Fires, on PostgreSQL, where `RunSQL` changes rows of a table in use and another operation of the same atomic migration changes that table's schema under a lock that blocks; and where `RunPython` changes all rows of a table (`.update()` of all, `.save()` in a loop) and a later operation changes its schema. Silent where each has a migration of its own, and for new tables; `long-transaction` tells of `RunPython` after a change of schema.",
        why: "Rows first: with a deferred foreign key or trigger on the table, `ALTER TABLE` fails with \"cannot ALTER TABLE because it has pending trigger events\"; and a writer that waits for one of the changed rows holds a lock on the table that `ALTER TABLE` waits for: a deadlock. Schema first: the table stays locked while the rows are changed.",
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

/// What happens where the schema changes after the rows.
const AFTER_ROWS: &str = "it fails if deferred foreign keys of these rows are still to be checked, and deadlocks with any writer \
that waits for one of them";

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
            AFTER_ROWS
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
    by_python(cx, &seen, sink);
}

/// `RunPython` that changes all rows of a table before a later operation changes its schema. The other way round,
/// `long-transaction` has it.
fn by_python(cx: &MigrationContext<'_>, seen: &[Seen<'_>], sink: &mut Sink) {
    if is_exempt(cx) {
        return;
    }
    for effect in cx.effects.iter().filter(|effect| runs_python(effect)) {
        let operation = OperationContext { migration: cx, effect };
        let Some(facts) = forwards(&operation) else { continue };
        let mut told = BTreeSet::new();
        for write in &facts.data.writes {
            let Some(model) = model_of(&operation, &write.model).filter(|_| !is_new(&operation, &write.model)) else {
                continue;
            };
            let Some(table) = operation.table(model) else { continue };
            let schema = seen.iter().find(|one| {
                one.operation() > effect.index && one.costed.target() == Some(&table) && changes_schema(one)
            });
            let Some(schema) = schema.filter(|_| told.insert(table.clone())) else { continue };
            let message = format!(
                "`{}` changes the rows of table `{table}` in the transaction in which `{}` changes its schema: {AFTER_ROWS}",
                describe(effect.operation),
                describe(schema.effect.operation)
            );
            let mut finding = operation
                .finding(&RULE.info, message)
                .table(Some(table))
                .lock(super::statements::lock_info(schema.costed))
                .label(write.at.clone(), "rows are changed here")
                .help(Help::text(format!(
                    "Move `{}` and what comes after it to a migration of its own, which depends on this one.",
                    describe(schema.effect.operation)
                )));
            if let Some(at) = &schema.effect.operation.at {
                finding = finding.label(at.clone(), "the schema changes here");
            }
            sink.report(finding);
        }
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

    /// The findings of a migration whose `RunPython` comes before or after an added column.
    fn with_python(body: &str, rows_first: bool) -> usize {
        let text = format!("def fill(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {body}\n");
        let mut project = crate::rules::data_code::testing::project(&text);
        let second = project.migrations.iter_mut().find(|one| &*one.key.name == "0002_fill").unwrap();
        let operations = &mut Arc::make_mut(second).operations;
        operations.insert(usize::from(rows_first), add("x", nullable("TextField", &[])));
        let found = check(&project, &CheckOptions::default()).findings;
        found.iter().filter(|finding| finding.rule == "schema-and-data").count()
    }

    #[test]
    fn rows_that_python_changes() {
        assert_eq!(with_python("Order.objects.update(note='')", true), 1);
        assert_eq!(with_python("for order in Order.objects.all():\n        order.save()", true), 1);
        assert_eq!(with_python("Order.objects.update(note='')", false), 0);
        assert_eq!(with_python("Order.objects.count()", true), 0);
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
