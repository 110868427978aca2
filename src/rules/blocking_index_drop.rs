//! `blocking-index-drop`: an index is dropped while reads and writes wait.

use super::snippet::{python, quoted, sql_literal};
use super::statements::{Seen, in_use};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::statement_kind::{ConstraintKind, StatementKind as Kind};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where an index of a table in use is dropped without CONCURRENTLY.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "blocking-index-drop",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "an index of a table in use is dropped without CONCURRENTLY",
        what: "Fires, on PostgreSQL, where a statement drops an index of a table in use without `CONCURRENTLY`: \
`RemoveIndex`, a field that loses `db_index`, an entry that leaves `index_together`, `DROP INDEX` in `RunSQL`. Silent where \
the column or table goes too, and where the index only makes way for a change of the column's type or goes with a unique constraint.",
        why: "`DROP INDEX` takes an ACCESS EXCLUSIVE lock on the table. It is held for a moment, but it waits for every \
running query on the table, and while it waits all queries that come after it wait behind it.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RemoveIndex(model_name=\"order\", name=\"order_created_idx\"),
    ]",
        safe_way: "`RemoveIndexConcurrently` in a migration of its own with `atomic = False`.",
        evidence: "PostgreSQL manual, DROP INDEX; measured on PostgreSQL 15 (`drop-index`, `drop-index-concurrently`).",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let seen: Vec<Seen<'_>> = in_use(cx).collect();
    for one in &seen {
        if !matches!(one.kind(), Kind::DropIndex { concurrently: false }) || makes_way(&seen, one) || goes_with_its_constraint(&seen, one) {
            continue;
        }
        // An index that only its name tells may be one of a table made just now.
        if one.costed.target().is_none() && cx.effects.iter().any(|effect| !effect.new.tables.is_empty()) {
            continue;
        }
        let index = one.costed.action.object.clone().unwrap_or_default();
        let table = match one.costed.target() {
            Some(table) => format!("table `{table}`"),
            None => "its table".to_owned(),
        };
        let message = format!(
            "index `{index}` is dropped under an ACCESS EXCLUSIVE lock on {table}: reads and writes wait behind it \
while it waits for running queries"
        );
        sink.report(one.finding(cx, &RULE.info, message).help(help(cx, one, &index)));
    }
}

/// The index goes because its column changes or its table goes.
fn makes_way(seen: &[Seen<'_>], one: &Seen<'_>) -> bool {
    seen.iter().any(|other| {
        let same_table = other.costed.target() == one.costed.target();
        match other.kind() {
            Kind::AlterType { .. } | Kind::RenameColumn => {
                same_table && other.planned.step == one.planned.step && !one.planned.is_raw()
            }
            Kind::DropTable { .. } => same_table && other.at > one.at,
            _ => false,
        }
    })
}

/// The `_like` index beside a unique constraint, which goes under the same lock in the same moment (and Django says so
/// of columns that have none, too: `DatabaseSchemaEditor._alter_field`).
fn goes_with_its_constraint(seen: &[Seen<'_>], one: &Seen<'_>) -> bool {
    let is_like = one.costed.action.object.as_ref().is_some_and(|name| name.ends_with("_like"));
    is_like
        && !one.planned.is_raw()
        && seen.iter().any(|other| {
            matches!(other.kind(), Kind::DropConstraint(ConstraintKind::Unique)) && other.planned.step == one.planned.step
        })
}

/// The operation does more than drop this index and the `_like` index beside it.
fn does_more(cx: &MigrationContext<'_>, one: &Seen<'_>) -> bool {
    let step = cx.impact.of_step(one.planned.step).flat_map(|planned| &planned.actions);
    step.into_iter().any(|costed| !matches!(costed.kind(), Kind::DropIndex { .. }))
}

/// The index goes first: `_alter_field` asks the database which indexes the column has, and drops those.
fn beforehand(index: &str) -> Help {
    let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", Vendor::PostgreSql.quote_name(index));
    Help::text(
        "Drop it concurrently in a migration of its own before this one, which then finds it gone and goes on with the rest.",
    )
    .python(
        "before this migration",
        format!(
            "atomic = False\noperations = [\n    migrations.RunSQL({}, migrations.RunSQL.noop),\n]",
            sql_literal(&drop)
        ),
    )
}

fn help(cx: &MigrationContext<'_>, one: &Seen<'_>, index: &str) -> Help {
    if matches!(one.effect.operation.kind, OperationKind::AlterField { .. }) && does_more(cx, one) {
        return beforehand(index);
    }
    let operations = match &one.effect.operation.kind {
        OperationKind::RemoveIndex { model_name, name, .. } => format!(
            "    RemoveIndexConcurrently(\n        model_name={},\n        name={},\n    ),",
            quoted(&model_name.to_lowercase()),
            quoted(name)
        ),
        kind => {
            let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", Vendor::PostgreSql.quote_name(index));
            let run = format!("migrations.RunSQL({}, migrations.RunSQL.noop),", sql_literal(&drop));
            match state_operation(kind) {
                Some(state) => format!(
                    "    migrations.SeparateDatabaseAndState(\n        database_operations=[\n            {run}\n        ],\n        \
state_operations=[\n            {state}\n        ],\n    ),"
                ),
                None => format!("    {run}"),
            }
        }
    };
    let import = if operations.contains("RemoveIndexConcurrently") {
        "from django.contrib.postgres.operations import RemoveIndexConcurrently\n\n"
    } else {
        ""
    };
    Help::text("Drop it concurrently, in a migration of its own with `atomic = False`.")
        .python("instead", format!("{import}atomic = False\noperations = [\n{operations}\n]"))
}

/// The operation as it stands in the state.
fn state_operation(kind: &OperationKind) -> Option<String> {
    match kind {
        OperationKind::AlterField { model_name, name, field, .. } => Some(format!(
            "migrations.AlterField({}, {}, {}),",
            quoted(&model_name.to_lowercase()),
            quoted(name),
            super::snippet::field(field)
        )),
        OperationKind::AlterIndexTogether { name, index_together } => Some(format!(
            "migrations.AlterIndexTogether({}, {}),",
            quoted(&name.to_lowercase()),
            python(index_together)
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn raw(text: &str) -> Vec<&'static str> {
        let fired = fired(vec![sql(text, Some(""))]);
        fired.into_iter().filter(|rule| *rule == "blocking-index-drop").collect()
    }

    #[test]
    fn fires_where_reads_wait() {
        assert_eq!(raw("DROP INDEX shop_order_note"), ["blocking-index-drop"]);
        let indexed = nullable("TextField", &[("db_index", Value::Bool(true))]);
        let first = migration("0002_index", &["0001_initial"], vec![add("x", indexed)], "");
        let second = migration("0003_no_index", &["0002_index"], vec![alter("x", nullable("TextField", &[]))], "");
        let found = findings(vec![initial(), first, second]);
        let found: Vec<_> = found.iter().filter(|finding| finding.rule == "blocking-index-drop").collect();
        assert!(!found.is_empty());
        assert_eq!(found[0].table.as_deref(), Some("shop_order"));
        let code = &found[0].help.as_ref().unwrap().code[0].code;
        assert!(code.contains("DROP INDEX CONCURRENTLY"), "{code}");
    }

    #[test]
    fn the_rest_of_the_operation_is_kept() {
        let indexed = |key: &str| field("CharField", &[("max_length", Value::Int(5)), (key, Value::Bool(true))]);
        let first = migration("0002_index", &["0001_initial"], vec![add("x", indexed("db_index"))], "");
        let second = migration("0003_unique", &["0002_index"], vec![alter("x", indexed("unique"))], "");
        let found = findings(vec![initial(), first, second]);
        let found = found.iter().find(|finding| finding.rule == "blocking-index-drop").unwrap();
        let code = &found.help.as_ref().unwrap().code[0].code;
        assert!(code.contains("DROP INDEX CONCURRENTLY") && !code.contains("state_operations"), "{code}");
    }

    #[test]
    fn near_misses() {
        assert!(raw("DROP TABLE shop_order").is_empty());
        assert!(raw("CREATE TABLE t (a int); CREATE INDEX i ON t (a); DROP INDEX i").is_empty());
        // The constraint goes in the same moment.
        let unique = |class: &str, is: bool| nullable(class, &[("unique", Value::Bool(is))]);
        for class in ["TextField", "IntegerField"] {
            let first = migration("0002_unique", &["0001_initial"], vec![add("x", unique(class, true))], "");
            let second = migration("0003_no_more", &["0002_unique"], vec![alter("x", unique(class, false))], "");
            let found = findings(vec![initial(), first, second]);
            assert!(!rules_of(&found).contains(&"blocking-index-drop"), "{class}");
        }
        // The `_like` index makes way for the new type and comes back.
        let indexed = |length| field("CharField", &[("max_length", Value::Int(length)), ("db_index", Value::Bool(true))]);
        let first = migration("0002_index", &["0001_initial"], vec![add("x", indexed(5))], "");
        let second = migration("0003_longer", &["0002_index"], vec![alter("x", indexed(9))], "");
        let found = findings(vec![initial(), first, second]);
        assert!(!rules_of(&found).contains(&"blocking-index-drop"));
    }
}
