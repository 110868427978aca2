//! `schema-and-data`: schema and rows of a table change in one transaction.

use super::context::{describe, is_foreign_key};
use std::collections::BTreeSet;

use super::data_code::{forwards, is_new, model_of};
use super::statements::{Seen, ends_transaction, in_use, runs_python};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::data_code::{HistoricalModel, Written};
use crate::django::state::ModelState;
use crate::report::{Aspect, Help, Severity};
use crate::source::Location;

/// Finds where rows and schema of one table change in one atomic migration.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "schema-and-data",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "rows and schema of one table change in one atomic migration",
        what: "Fires, on PostgreSQL, where an atomic migration changes rows of a table in use, be it all or some of them, and changes that table's schema under a lock that blocks, too: by `RunSQL` or by what the function of a `RunPython` does with historical models, whichever comes first. Silent where each has a migration of its own, for new tables, where rows without foreign keys are added before the schema changes, and for rows of other tables: `long-transaction` tells of `RunPython` while another table is locked. On databases that commit each statement, `non-transactional` has it.",
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
        let mut finding = data.finding(cx, &RULE.info, message).lock(super::statements::held_lock(schema.costed)).help(Help::text(
            "Move the change of rows to a migration of its own between those of the schema, in batches and with `atomic = False`.",
        ));
        if let Some(at) = schema.effect.operation.at.as_ref().filter(|_| schema.operation() != data.operation()) {
            finding = finding.label(at.clone(), "the schema changes here");
        }
        sink.report(finding);
    }
    by_python(cx, &seen, sink);
}

/// `RunPython` that writes rows of a table whose schema the same migration changes.
fn by_python(cx: &MigrationContext<'_>, seen: &[Seen<'_>], sink: &mut Sink) {
    for effect in cx.effects.iter().filter(|effect| runs_python(effect)) {
        let operation = OperationContext { migration: cx, effect };
        let all = mixed(&operation, seen);
        let Some(Mixed { table, at, schema }) = all.first() else { continue };
        let after = schema.operation() > effect.index;
        let consequence = if after { AFTER_ROWS } else { "the table stays locked until the function is done" };
        let others: BTreeSet<&str> = all.iter().map(|mixed| mixed.table.as_str()).filter(|other| other != table).collect();
        let others: Vec<String> = others.into_iter().map(|other| format!("`{other}`")).collect();
        let too = if others.is_empty() { String::new() } else { format!("; so it does with {}", others.join(", ")) };
        let message = format!(
            "`{}` changes rows of table `{table}` in the transaction in which `{}` changes its schema: {consequence}{too}",
            describe(effect.operation),
            describe(schema.effect.operation)
        );
        let moved = if after { schema.effect.operation } else { effect.operation };
        let mut finding = operation
            .finding(&RULE.info, message)
            .table(Some(table.clone()))
            .lock(super::statements::held_lock(schema.costed))
            .label(at.clone(), "rows are changed here")
            .help(Help::text(format!(
                "Move `{}` and what comes after it to a migration of its own, which depends on this one.",
                describe(moved)
            )));
        if let Some(at) = &schema.effect.operation.at {
            finding = finding.label(at.clone(), "the schema changes here");
        }
        sink.report(finding);
    }
}

/// A table whose rows a function writes, and what changes its schema in the same migration.
struct Mixed<'a, 'b> {
    table: String,
    at: Location,
    schema: &'b Seen<'a>,
}

/// The tables in use that both the function of an operation and another operation change.
fn mixed<'a, 'b>(operation: &OperationContext<'_>, seen: &'b [Seen<'a>]) -> Vec<Mixed<'a, 'b>> {
    let Some(facts) = forwards(operation) else { return Vec::new() };
    let index = operation.effect.index;
    let table_of = |model: &HistoricalModel| {
        let found = model_of(operation, model).filter(|_| !is_new(operation, model))?;
        Some((operation.table(found)?, found))
    };
    let writes = facts.data.written.iter().filter_map(|write| Some((table_of(&write.model)?, write)));
    // Nobody waits for a row that nobody sees yet; its foreign keys are checked when the transaction ends.
    let is_free = |write: &Written, model: &ModelState| write.adds && !model.fields.values().any(|field| is_foreign_key(field));
    writes
        .filter_map(|((table, model), write)| {
            let schema = seen.iter().find(|one| {
                let apart = one.operation() < index || (one.operation() > index && !is_free(write, model));
                apart && one.costed.target() == Some(&table) && changes_schema(one)
            })?;
            Some(Mixed { table, at: write.at.clone(), schema })
        })
        .collect()
}

/// Whether this rule tells of an operation that is slow while `table` is locked: `long-transaction` need not.
pub(super) fn tells_of(operation: &OperationContext<'_>, slow: Option<&Seen<'_>>, seen: &[Seen<'_>], table: &str) -> bool {
    match slow {
        Some(data) => data.planned.is_raw() && changes_rows(data) && data.costed.target() == Some(table),
        None => !mixed(operation, seen).is_empty(),
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

    /// How often this rule and `long-transaction` fire on a migration whose `RunPython` comes before or
    /// after an added column.
    fn with_python(body: &str, rows_first: bool) -> (usize, usize) {
        let text = format!("def fill(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {body}\n");
        let mut project = crate::rules::data_code::testing::project(&text);
        let second = project.migrations.iter_mut().find(|one| &*one.key.name == "0002_fill").unwrap();
        let operations = &mut Arc::make_mut(second).operations;
        operations.insert(usize::from(rows_first), add("x", nullable("TextField", &[])));
        let found = check(&project, &CheckOptions::default()).findings;
        let count = |rule: &str| found.iter().filter(|finding| finding.rule == rule).count();
        (count("schema-and-data"), count("long-transaction"))
    }

    #[test]
    fn rows_that_python_changes() {
        for body in [
            "Order.objects.update(note='')",
            "Order.objects.filter(code='').update(note='')",
            "for order in Order.objects.all():\n        order.save()",
        ] {
            assert_eq!(with_python(body, true), (1, 0), "{body}");
            // One finding a cause.
            assert_eq!(with_python(body, false), (1, 0), "{body}");
        }
        assert_eq!(with_python("Order.objects.count()", true), (0, 0));
        assert_eq!(with_python("Order.objects.count()", false), (0, 1));
        assert_eq!(with_python("Order.objects.create(note='')", true), (0, 0));
        assert_eq!(with_python("Order.objects.create(note='')", false), (1, 0));
        let tags = "apps.get_model('shop', 'Tag').objects.create()";
        assert_eq!(with_python(tags, true), (0, 0));
        assert_eq!(with_python(tags, false), (0, 1));
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
