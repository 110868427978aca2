//! `set-not-null`: a column no longer takes NULL.

use super::columns::{Altered, altered};
use super::context::sql_text;
use super::snippet::{alter_field, field, field_with, quoted};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::statement_kind::Answer;
use crate::database::{StatementKind, Vendor};
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a column that took NULL becomes NOT NULL.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "set-not-null",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a column that took NULL becomes NOT NULL",
        what: "Fires on `AlterField` where the column of a table in use took NULL before the operation and does \
not after it. Silent where a check that the column is not NULL stands already (a `CheckConstraint` of the state, or \
one that an earlier `RunSQL` added), for columns that the same migration adds, for primary keys, and on Oracle for \
text, which is NULL there when it is empty.",
        why: "Code of the previous release may still write NULL, and fails from now on. Rows with NULL make the \
migration itself fail, unless the field has a default: then Django fills them all in one UPDATE under the lock. On \
PostgreSQL the whole table is read under ACCESS EXCLUSIVE: reads and writes wait.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"note\",
            field=models.TextField(),
        ),
    ]",
        safe_way: "First release code that no longer writes NULL, and fill the rows in batches. Then, on \
PostgreSQL, add a check `NOT VALID`, validate it in the next migration, and set NOT NULL after that: PostgreSQL 12 \
and later take the valid check's word for it and read nothing.",
        evidence: "Django: `BaseDatabaseSchemaEditor._alter_field` (the four-way default alteration). PostgreSQL \
manual, ALTER TABLE, SET NOT NULL.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(change) = altered(cx, sink) else { return };
    if !change.old.null || change.new.null || change.new.primary_key || change.new.generated {
        return;
    }
    if empty_is_null(cx, &change) || is_checked(cx, &change) {
        return;
    }
    let (column, table) = (&change.new.name, change.shown());
    let fills = change.new_field.kwarg("default").is_some_and(|default| !is_not_provided(default));
    let rows = if fills && cx.migration.vendor() == Vendor::Sqlite {
        "its NULLs are filled as the table is copied"
    } else if fills {
        "one UPDATE fills its NULLs under the lock"
    } else {
        "the migration fails if a row has NULL"
    };
    let message = format!(
        "column `{column}` of table `{table}` becomes NOT NULL: {rows}, and INSERTs and UPDATEs of the previous \
release that leave it NULL fail"
    );
    let lock = cx.lock_of(StatementKind::SetNotNull { checked: Answer::No });
    let help = help(cx, &change);
    sink.report(cx.finding(&RULE.info, message).table(change.table.clone()).lock(lock).help(help));
}

fn is_not_provided(value: &Value) -> bool {
    matches!(value, Value::Ref(path) if path.ends_with("NOT_PROVIDED"))
}

/// Oracle keeps empty strings as NULL, so text columns take NULL there whatever the field says.
fn empty_is_null(cx: &OperationContext<'_>, change: &Altered<'_>) -> bool {
    cx.migration.vendor() == Vendor::Oracle
        && (change.new.db_type.starts_with("NVARCHAR") || change.new.db_type.starts_with("NCLOB"))
}

/// Whether no row has NULL and no code can write it, as a check forbids it already.
fn is_checked(cx: &OperationContext<'_>, change: &Altered<'_>) -> bool {
    let constraints = change.model.option("constraints").and_then(Value::items).unwrap_or_default();
    if constraints.iter().any(|constraint| forbids_null(constraint, change.name)) {
        return true;
    }
    let column = change.new.name.to_lowercase();
    let app = &cx.migration.migration.key.app;
    let earlier = cx.migration.project.plan.iter().take_while(|one| one.key != cx.migration.migration.key);
    let earlier = earlier.filter(|one| one.key.app == *app).flat_map(|one| &one.operations);
    let mut texts = earlier.flat_map(raw).chain(cx.migration.raw_sql());
    texts.any(|text| {
        let text = text.to_lowercase();
        text.contains("check") && text.contains("is not null") && text.contains(&column)
    })
}

/// The SQL of an operation and of those within it.
fn raw(operation: &crate::django::operations::Operation) -> Vec<String> {
    match &operation.kind {
        OperationKind::RunSql(run) => sql_text(&run.sql).into_iter().collect(),
        OperationKind::SeparateDatabaseAndState { database_operations, .. } => database_operations
            .iter()
            .filter_map(|inner| match &inner.kind {
                OperationKind::RunSql(run) => sql_text(&run.sql),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// `CheckConstraint(condition=Q(field__isnull=False))`
fn forbids_null(constraint: &Value, name: &str) -> bool {
    let Some(call) = constraint.as_call().filter(|call| call.name() == "CheckConstraint") else {
        return false;
    };
    let condition = call.kwarg("condition").or_else(|| call.kwarg("check"));
    let Some(Value::Call(q)) = condition else { return false };
    let wanted = format!("{name}__isnull");
    let is_wanted = |key: &str, value: &Value| key == wanted && value.as_bool() == Some(false);
    let by_pair = |item: &Value| match item {
        Value::Tuple(pair) => match pair.as_ref() {
            [key, value] => key.as_str().is_some_and(|key| is_wanted(key, value)),
            _ => false,
        },
        _ => false,
    };
    let negated = q.kwarg("_negated").is_some_and(|value| value.truth() != Some(false));
    let any = q.kwarg("_connector").and_then(Value::as_str) == Some("OR");
    !negated
        && !any
        && (q.kwargs.iter().any(|(key, value)| is_wanted(key, value)) || q.args.iter().any(by_pair))
}

fn help(cx: &OperationContext<'_>, change: &Altered<'_>) -> Help {
    let (model, name) = (change.model_name, change.name);
    let last = alter_field(model, name, &field(change.new_field));
    let text =
        "First release code that always writes a value; fill the rows in batches; only then forbid NULL.";
    let stay = alter_field(model, name, &field_with(change.new_field, &[("null", Value::Bool(true))], &[]));
    let help =
        Help::text(text).python("release 1: the code writes a value, the column still takes NULL", stay);
    if cx.migration.vendor() != Vendor::PostgreSql {
        return help.python("release 2, when release 1 runs everywhere and the rows are filled", last);
    }
    let [add, validate, finish] = by_a_check(cx, model, name, &last);
    help.python("release 2, when release 1 runs everywhere and the rows are filled", add)
        .python("in the migration after it", validate)
        .python("and after that", finish)
}

/// Three migrations that end in NOT NULL: a check, validated while writes go on; then `last`, the operation, which
/// reads no row, and the check goes.
pub(super) fn by_a_check(cx: &OperationContext<'_>, model: &str, name: &str, last: &str) -> [String; 3] {
    let short: String = format!("{}_{name}", model.to_lowercase()).chars().take(50).collect();
    let constraint = quoted(&format!("{short}_not_null"));
    let model = quoted(&model.to_lowercase());
    let key = if cx.migration.project.django >= crate::django::version::DjangoVersion::V5_1 {
        "condition"
    } else {
        "check"
    };
    let add = format!(
        "from django.contrib.postgres.operations import AddConstraintNotValid\n\nAddConstraintNotValid(\n    \
model_name={model},\n    constraint=models.CheckConstraint({key}=models.Q({name}__isnull=False), \
name={constraint}),\n),"
    );
    let validate = format!(
        "from django.contrib.postgres.operations import ValidateConstraint\n\nValidateConstraint(\n    \
model_name={model},\n    name={constraint},\n),"
    );
    let finish = format!("{last}\nmigrations.RemoveConstraint(model_name={model}, name={constraint}),");
    [add, validate, finish]
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn before() -> Migration {
        migration("0002_second", &["0001_initial"], vec![add("x", nullable("IntegerField", &[]))], "")
    }

    fn then(operations: Vec<Operation>) -> Vec<&'static str> {
        let third = migration("0003_third", &["0002_second"], operations, "");
        let all = rules_of(&findings(vec![initial(), before(), third])).into_iter();
        all.filter(|rule| *rule == super::RULE.info.name).collect()
    }

    #[test]
    fn fires_where_null_is_forbidden() {
        let fires = |kwargs| {
            let found = then(vec![alter("x", field("IntegerField", kwargs))]);
            found.iter().filter(|rule| **rule == "set-not-null").count() == 1
        };
        assert!(fires(&[]));
        assert!(fires(&[("default", Value::Int(0))]));
    }

    #[test]
    fn silent_where_it_already_was_or_cannot_be() {
        let same = alter("x", nullable("IntegerField", &[("help_text", Value::str("how many"))]));
        assert!(then(vec![same]).is_empty());
        assert!(then(vec![separate(vec![], vec![alter("x", field("IntegerField", &[]))])]).is_empty());
        // NOT NULL to NULL.
        assert!(then(vec![alter("note", nullable("TextField", &[]))]).is_empty());
        let checked = sql("ALTER TABLE shop_order ADD CHECK (x IS NOT NULL) NOT VALID", Some(""));
        assert!(!then(vec![checked, alter("x", field("IntegerField", &[]))]).contains(&"set-not-null"));
        // Added by the same migration.
        let both = vec![add("y", nullable("IntegerField", &[])), alter("y", field("IntegerField", &[]))];
        assert!(!then(both).contains(&"set-not-null"));
        let unknown = alter("x", field("IntegerField", &[("null", Value::unknown("reads the clock", None))]));
        assert!(then(vec![unknown]).is_empty());
    }
}
