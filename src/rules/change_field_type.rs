//! `change-field-type`: a column's values become something else.

use super::column_types::{self, Cast, Change, statement};
use super::columns::{Altered, altered};
use super::context::is_foreign_key;
use super::snippet::{add_field, alter_field, field_with, quoted};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a column's type becomes one of another kind.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "change-field-type",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a column's type becomes one of another kind",
        what: "Fires on `AlterField` where the column's type before and after the operation, in the words of the \
project's database, is not of one kind: text to a number, a UUID, JSON; a date to a timestamp; an integer to a \
boolean. Silent where the type stays or only grows (`narrow-field` tells where it shrinks), for columns that the \
same migration adds, for primary keys (`change-primary-key`), and on SQLite where the affinity stays.",
        why: "Every value is cast, and one that cannot be makes the migration fail (a date always becomes a timestamp, text \
not always a number; SQLite leaves what does not fit as it is). Code of the previous release \
goes on writing and comparing values of the old type, and fails or misreads what it gets. The table is written \
anew while reads and writes wait.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"code\",
            field=models.IntegerField(),  # was CharField
        ),
    ]",
        safe_way: "Add a second column of the new type, write both, fill the old rows in batches, read the new \
one, and drop the old one: each step a release.",
        evidence: "Django: `BaseDatabaseSchemaEditor._alter_column_type_sql`, on PostgreSQL with `USING column::type`; \
PostgreSQL manual, ALTER TABLE, SET DATA TYPE.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(change) = altered(cx, sink) else { return };
    if change.old.primary_key || change.new.primary_key {
        return;
    }
    if column_types::change(cx.migration.vendor(), &change.old, &change.new) != Change::Other {
        return;
    }
    let (old, new) = (&change.old.db_type, &change.new.db_type);
    let values = match column_types::cast(cx.migration.vendor(), old, new) {
        Cast::All => "every value can be cast, but".to_owned(),
        Cast::Loses(what) => format!("every value can be cast, but loses {what}, and"),
        Cast::Untouched => "SQLite keeps what it cannot convert as it is, and".to_owned(),
        Cast::MayFail => "values that cannot be cast make the migration fail, and".to_owned(),
    };
    let message = format!(
        "the type of column `{}` of table `{}` changes from `{old}` to `{new}`: {values} code of the previous release \
still reads and writes the old type",
        change.new.name,
        change.shown(),
    );
    let lock = cx.lock_of(statement(cx.migration.project.dialect, &change.old, &change.new));
    let help = beside(&change);
    sink.report(cx.finding(&RULE.info, message).table(change.table.clone()).lock(lock).help(help));
}

/// A second column beside the old one, a step a release: what spares the rewrite.
pub(super) fn beside(change: &Altered<'_>) -> Help {
    let model = change.model_name;
    let second = format!("{}_new", change.name);
    let nullable = field_with(change.new_field, &[("null", Value::Bool(true))], &["unique"]);
    let (shown, old_name, new_name) = (quoted(&model.to_lowercase()), quoted(change.name), quoted(&second));
    let mut last = format!("migrations.RemoveField(model_name={shown}, name={old_name}),\n");
    // The column of a relation has a name of its own making.
    if !is_foreign_key(change.new_field) {
        let set = [("null", Value::Bool(true)), ("db_column", Value::str(second.as_str()))];
        let kept = field_with(change.new_field, &set, &["unique"]);
        last.push_str(&alter_field(model, &second, &kept));
        last.push('\n');
    }
    last.push_str(&format!(
        "migrations.RenameField(model_name={shown}, old_name={new_name}, new_name={old_name}),"
    ));
    Help::text(
        "Move the values to a second column, a step a release. Release 1 writes both fields, release 2 reads and writes the \
new one alone, release 3 drops the old one; `db_column` keeps the new column where it is while the field takes the old name. NOT NULL and `unique` come last, each in a \
migration of its own.",
    )
    .python("release 1, and fill the old rows in batches", add_field(model, &second, &nullable))
    .python("release 3, when release 2 runs everywhere", last)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// Whether this rule fires; rules of locks have their say, too.
    fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
        fired_of(&super::RULE, operations)
    }

    #[test]
    fn fires_on_another_kind_of_type() {
        let number = alter("code", field("IntegerField", &[]));
        assert_eq!(times("change-field-type", vec![number]), 1);
        assert_eq!(times("change-field-type", vec![alter("note", field("JSONField", &[]))]), 1);
    }

    #[test]
    fn says_what_becomes_of_the_values() {
        let told = |dialect: &str, first: &str, second: &str| {
            let add = migration("0002_a", &["0001_initial"], vec![add("x", nullable(first, &[]))], "");
            let change = migration("0003_b", &["0002_a"], vec![alter("x", nullable(second, &[]))], "");
            let mut input = input(vec![initial(), add, change]);
            input.dialect = dialect.parse().unwrap();
            let found = check(&input, &CheckOptions::default()).findings;
            found.into_iter().find(|finding| finding.rule == "change-field-type").unwrap().message
        };
        assert!(told("postgresql", "DateField", "DateTimeField").contains("every value can be cast, but code"));
        assert!(told("postgresql", "DateTimeField", "DateField").contains("loses the time of day"));
        assert!(told("postgresql", "TextField", "IntegerField").contains("make the migration fail"));
        assert!(told("sqlite", "TextField", "IntegerField").contains("SQLite keeps"));
    }

    #[test]
    fn silent_where_the_values_stay_what_they_are() {
        let not = |operations: Vec<Operation>| assert!(!fired(operations).contains(&"change-field-type"));
        not(vec![alter("code", field("TextField", &[]))]);
        not(vec![alter("code", field("SlugField", &[("max_length", Value::Int(20))]))]);
        not(vec![alter("code", field("EmailField", &[]))]);
        not(vec![add("n", nullable("IntegerField", &[])), alter("n", nullable("TextField", &[]))]);
        not(vec![separate(vec![], vec![alter("code", field("IntegerField", &[]))])]);
    }
}
