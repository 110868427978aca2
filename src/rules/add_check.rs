//! `add-check`: rows that are there, and code that runs, must satisfy a check from now on.

use super::checks::{fields_in, is_left_out, is_removed_later, stood_before};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::{StatementKind, Vendor};
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where rows of a table in use must satisfy a check from now on.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "add-check",
        severity: Severity::Warning,
        aspect: Aspect::Fails,
        summary: "rows of a table in use must satisfy a check from now on",
        what: "Fires on `AddConstraint` of a `CheckConstraint` to a table in use, `AddConstraintNotValid` too, as \
running code does not know of either. Silent where the same check stood before under another name, where it names \
only fields that the same migration adds, where the migration removes it again, where the database has no checks (MySQL before 8.0.16), and for tables that the same \
migration creates.",
        why: "A row that does not satisfy the check makes the migration fail, in production and nowhere else. Code \
of the previous release does not know of it and answers with an IntegrityError where it used to save.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddConstraint(
            model_name=\"order\",
            constraint=models.CheckConstraint(condition=models.Q(total__gte=0), name=\"total_positive\"),
        ),
    ]",
        safe_way: "Release code that keeps to the rule; mend the rows; then add the check, on PostgreSQL \
`NOT VALID` first and validated in the next migration.",
        evidence: "PostgreSQL manual, ALTER TABLE, ADD table_constraint and NOT VALID; Django: \
`CheckConstraint.create_sql`, `django.contrib.postgres.operations`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AddConstraint { model_name, constraint, not_valid } = &cx.operation().kind else {
        return;
    };
    let Some(call) = constraint.as_call().filter(|call| call.name() == "CheckConstraint") else { return };
    let name = call.kwarg("name").and_then(Value::as_str).unwrap_or_default();
    if !cx.touches_table_in_use(model_name) || stood_before(cx, model_name, call) || is_removed_later(cx, name) || is_left_out(cx, call) {
        return;
    }
    let Some(model) = cx.before(model_name) else { return };
    let condition = call.kwarg("condition").or_else(|| call.kwarg("check"));
    let fields = condition.map(fields_in).unwrap_or_default();
    if !fields.is_empty() && fields.iter().all(|field| cx.is_new_field(model_name, field)) {
        return;
    }
    let table = cx.table(model);
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let rows = if *not_valid { "" } else { "rows that don't make the migration fail, and " };
    let message = format!(
        "rows of table `{shown}` must satisfy check `{name}` from now on: {rows}code of the previous release may \
still write what it forbids"
    );
    let text = "Release code first that keeps to the rule, and look for rows that don't.";
    let find = condition.filter(|condition| condition.find_unknown().is_none()).map(|condition| {
        let shown = super::snippet::python(condition);
        let is_certain = |field: &String| model.fields.get(field.as_str()).is_some_and(|field| !field.null());
        if !fields.is_empty() && fields.iter().all(is_certain) {
            return format!("from django.db import models\n\n{}.objects.exclude({shown})", model.name);
        }
        // A row with NULL satisfies it, and `exclude()` would show it.
        format!(
            "from django.db import models\n\n{}.objects.annotate(\n    ok=models.ExpressionWrapper({shown}, \
output_field=models.BooleanField())\n).filter(ok=False)",
            model.name
        )
    });
    let mut help = Help::text(text);
    if let Some(find) = find {
        help = help.python("must be empty", find);
    }
    if cx.migration.vendor() == Vendor::PostgreSql && !not_valid {
        let (add, validate) = super::validating_constraint::in_two(model_name, constraint, name);
        help = help.python("instead", add).python("then, in a migration of its own", validate);
    }
    let lock = cx.lock_of(StatementKind::AddCheck { not_valid: *not_valid });
    sink.report(cx.finding(&RULE.info, message).table(table).lock(lock).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn check_of(field: &str, name: &str) -> Operation {
        let q = Call { path: "django.db.models.Q".into(), args: vec![], kwargs: vec![(field.into(), Value::Int(0))] };
        let kwargs = vec![("condition".into(), Value::Call(q.into())), ("name".into(), Value::str(name))];
        let path = "django.db.models.CheckConstraint".into();
        let constraint = Value::Call(Call { path, args: vec![], kwargs }.into());
        operation(Kind::AddConstraint { model_name: "order".into(), constraint, not_valid: false })
    }

    fn drop(name: &str) -> Operation {
        operation(Kind::RemoveConstraint { model_name: "order".into(), name: name.into() })
    }

    #[test]
    fn fires_where_rows_may_not_satisfy_it() {
        assert!(fired(vec![check_of("code__gt", "c")]).contains(&"add-check"));
    }

    #[test]
    fn silent_where_they_do() {
        let not = |operations: Vec<Operation>| assert!(!fired(operations).contains(&"add-check"));
        not(vec![separate(vec![], vec![check_of("code__gt", "c")])]);
        not(vec![add("x", nullable("IntegerField", &[])), check_of("x__gte", "c")]);
        not(vec![check_of("code__gt", "c"), drop("c")]);
        // Renamed.
        let second = migration("0002_second", &["0001_initial"], vec![check_of("code__gt", "a")], "");
        let third = migration("0003_third", &["0002_second"], vec![drop("a"), check_of("code__gt", "b")], "");
        let found = findings(vec![initial(), second, third]);
        assert_eq!(found.iter().filter(|finding| finding.rule == "add-check").count(), 1);
    }
}
