//! `narrow-field`: a column holds less than before.

use super::change_field_type::beside;
use super::column_types::{self, Change, statement};
use super::columns::{Altered, altered};
use super::snippet::{alter_field, field};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::report::{Aspect, Help, Severity};

/// Finds columns that hold less than before: shorter text, a smaller number.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "narrow-field",
        severity: Severity::Error,
        aspect: Aspect::Fails,
        summary: "a column holds less than before: shorter text, a smaller number",
        what: "Fires on `AlterField` where the column's type before and after the operation is of one kind and \
the new one holds less: `max_length`, `max_digits` or `decimal_places` shrink, `TextField` becomes `CharField`, a \
bigger integer a smaller one, any integer a positive one. Silent where every value still fits, for columns that \
the same migration adds, for primary keys (`change-primary-key`), and on SQLite, which enforces no lengths.",
        why: "Rows that do not fit make the migration fail, or are cut off on MySQL without strict mode. Code of the \
previous release still writes what no longer fits, and fails. PostgreSQL writes the table anew under ACCESS EXCLUSIVE \
to find out.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"code\",
            field=models.CharField(max_length=10),  # was 20
        ),
    ]",
        safe_way: "First release the narrower rule in the code alone (a validator), mend the rows that do not fit, \
and change the column when no row is left. Where the width costs nothing, keep the column as it is.",
        evidence: "PostgreSQL manual, ALTER TABLE, SET DATA TYPE; Django: `Field.db_parameters` and \
`data_type_check_constraints` of each backend.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(change) = altered(cx, sink) else { return };
    if change.old.primary_key || change.new.primary_key {
        return;
    }
    let (column, table) = (&change.new.name, change.shown());
    let (old, new) = (&change.old.db_type, &change.new.db_type);
    let what = format!("column `{column}` of table `{table}`");
    let kind = column_types::change(cx.migration.vendor(), &change.old, &change.new);
    let is_checked = matches!(kind, Change::Checked(_));
    let message = match kind {
        Change::Narrower(how) if old == new => format!("{what} is narrowed: {how}"),
        Change::Narrower(how) => format!("{what} is narrowed from `{old}` to `{new}`: {how}"),
        Change::Checked(how) => format!("{what} gets a check with its new type: {how}"),
        Change::Fits | Change::Other => return,
    };
    let lock = cx.lock_of(statement(cx.migration.project.dialect, &change.old, &change.new));
    let postgresql = cx.migration.vendor() == Vendor::PostgreSql;
    let help = match () {
        () if postgresql && is_checked => checked(&change),
        () if postgresql && lock.as_ref().is_some_and(|lock| lock.rewrites) => beside(&change),
        () => help(&change),
    };
    sink.report(cx.finding(&RULE.info, message).table(change.table.clone()).lock(lock).help(help));
}

fn help(change: &Altered<'_>) -> Help {
    let (model, name) = (change.model_name, change.name);
    strict(change, "Release code first that writes only what will fit, and mend the rows that do not.")
        .python(
            "release 2, when release 1 runs everywhere and all rows fit",
            alter_field(model, name, &field(change.new_field)),
        )
}

/// The check comes in the second release, as its own finding shows.
fn checked(change: &Altered<'_>) -> Help {
    strict(
        change,
        "Release code first that writes only what will fit, and mend the rows that do not. How the check is validated while \
writes go on in the release after it is told by `validating-constraint`.",
    )
}

fn strict(change: &Altered<'_>, text: &str) -> Help {
    Help::text(text).python(
        "release 1: the column stays, the code is strict (a validator in models.py)",
        alter_field(change.model_name, change.name, &field(change.old_field)),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// Whether this rule fires; rules of locks have their say, too.
    fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
        fired_of(&super::RULE, operations)
    }

    fn to(class: &str, kwargs: &[(&str, Value)]) -> Vec<&'static str> {
        fired(vec![alter("code", field(class, kwargs))])
    }

    #[test]
    fn fires_where_the_column_holds_less() {
        let shorter = field("CharField", &[("max_length", Value::Int(10))]);
        assert_eq!(times("narrow-field", vec![alter("code", shorter)]), 1);
        assert!(
            fired(vec![alter("note", field("CharField", &[("max_length", Value::Int(10))]))])
                .contains(&"narrow-field")
        );
        let first =
            migration("0002_second", &["0001_initial"], vec![add("n", nullable("IntegerField", &[]))], "");
        let positive = alter("n", nullable("PositiveIntegerField", &[]));
        let third = migration("0003_third", &["0002_second"], vec![positive], "");
        assert!(rules_of(&findings(vec![initial(), first, third])).contains(&"narrow-field"));
    }

    #[test]
    fn silent_where_every_value_fits() {
        assert!(to("CharField", &[("max_length", Value::Int(20)), ("blank", Value::Bool(true))]).is_empty());
        assert!(to("CharField", &[("max_length", Value::Int(40))]).is_empty());
        assert!(!to("TextField", &[]).contains(&"narrow-field"));
        let column = field("CharField", &[("max_length", Value::Int(10))]);
        assert!(fired(vec![separate(vec![], vec![alter("code", column)])]).is_empty());
        let unknown = report(
            vec![alter(
                "code",
                field("CharField", &[("max_length", Value::unknown("reads the clock", None))]),
            )],
            "",
        );
        assert!(unknown.findings.is_empty());
        assert_eq!(unknown.undecided.len(), 1);
    }
}
