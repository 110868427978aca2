//! `remove-default`: the database no longer fills what old code leaves to it.

use super::columns::altered;
use super::snippet::{alter_field, field, field_with};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a column of a table in use loses its database default.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "remove-default",
        severity: Severity::Warning,
        aspect: Aspect::Breaks,
        summary: "a column of a table in use loses its database default",
        what: "Fires on `AlterField` where the column had a `db_default` before the operation and has none after \
it. Silent where the column's own default changes, for generated columns, and for columns that the same migration \
adds.",
        why: "Code of the previous release leaves the column to the database (Django inserts DEFAULT for it). \
Without the default that is NULL: the INSERT fails on a NOT NULL column and is silently NULL on another.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"state\",
            field=models.CharField(max_length=10),  # had db_default=\"new\"
        ),
    ]",
        safe_way: "Release code that always writes the value (`default` beside `db_default`), and drop the database \
default a release later.",
        evidence: "Django: `DatabaseDefault` and `SQLInsertCompiler` (5.0 and later), \
`BaseDatabaseSchemaEditor._alter_column_database_default_sql`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(change) = altered(cx, sink) else { return };
    let (old, new) = (&change.old, &change.new);
    if !old.db_default || new.db_default || old.generated || new.generated {
        return;
    }
    let effect = if new.null { "is NULL" } else { "fails" };
    let message = format!(
        "column `{}` of table `{}` loses its database default: an INSERT of the previous release that leaves it out \
{effect}",
        new.name,
        change.shown()
    );
    let kept = change.old_field.kwarg("db_default").cloned();
    let both = kept.map_or_else(
        || field(change.new_field),
        |default| field_with(change.new_field, &[("default", default.clone()), ("db_default", default)], &[]),
    );
    let help = Help::text("Release code that writes the value itself, and drop the default after that.")
        .python("release 1", alter_field(change.model_name, change.name, &both))
        .python(
            "release 2, when release 1 runs everywhere",
            alter_field(change.model_name, change.name, &field(change.new_field)),
        );
    let lock = cx.lock_of(StatementKind::DropDefault);
    sink.report(cx.finding(&RULE.info, message).table(change.table.clone()).lock(lock).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_old_code_relies_on_it() {
        let with = |default: &str| nullable("TextField", &[("db_default", Value::str(default))]);
        let second = || migration("0002_second", &["0001_initial"], vec![add("x", with("a"))], "");
        let then = |field| {
            let third = migration("0003_third", &["0002_second"], vec![alter("x", field)], "");
            rules_of(&findings(vec![initial(), second(), third]))
        };
        assert_eq!(then(nullable("TextField", &[])), ["remove-default"]);
        assert!(then(with("b")).is_empty());
        assert!(fired(vec![add("y", with("a")), alter("y", nullable("TextField", &[]))]).is_empty());
        // Python's default is none of the database's.
        let python = nullable("TextField", &[("default", Value::str("a"))]);
        assert!(fired(vec![add("y", python), alter("y", nullable("TextField", &[]))]).is_empty());
    }
}
