//! `add-exclusion`: rows that are there, and code that runs, must not overlap from now on.

use super::checks::{is_removed_later, stood_before};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::{StatementKind, Vendor};
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where rows of a table in use must not overlap from now on.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "add-exclusion",
        severity: Severity::Warning,
        aspect: Aspect::Fails,
        summary: "rows of a table in use must not overlap from now on",
        what: "Fires on `AddConstraint` of an `ExclusionConstraint` to a table in use. Silent where the same one \
stood before under another name, where the migration removes it again, and for tables that the same migration \
creates.",
        why: "Two rows that overlap make the migration fail. Code of the previous release does not know of the \
constraint and answers with an IntegrityError where it used to save. Its index is built under ACCESS EXCLUSIVE, and \
there is no way to build it concurrently or to add it NOT VALID.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddConstraint(
            model_name=\"booking\",
            constraint=ExclusionConstraint(name=\"no_overlap\", expressions=[(\"span\", \"&&\")]),
        ),
    ]",
        safe_way: "Release code that keeps to the rule, mend the rows, and add the constraint in a quiet hour with \
a `lock_timeout`; on a big table, build it on a new table and move the rows.",
        evidence: "PostgreSQL manual, CREATE TABLE, EXCLUDE; ALTER TABLE (NOT VALID is for CHECK, FOREIGN KEY and \
NOT NULL alone).",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AddConstraint { model_name, constraint, .. } = &cx.operation().kind else { return };
    let Some(call) = constraint.as_call().filter(|call| call.name() == "ExclusionConstraint") else { return };
    let name = call.kwarg("name").and_then(Value::as_str).unwrap_or_default();
    if !cx.touches_table_in_use(model_name)
        || stood_before(cx, model_name, call)
        || is_removed_later(cx, name)
    {
        return;
    }
    let Some(model) = cx.before(model_name) else { return };
    let table = cx.table(model);
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let message = format!(
        "rows of table `{shown}` must satisfy exclusion constraint `{name}` from now on: rows that overlap make the \
migration fail, and reads and writes wait while its index is built"
    );
    let help = Help::text(
        "Release code first that keeps to the rule and look for rows that overlap; then add it in a quiet hour with \
a `lock_timeout`: it can neither be built concurrently nor added NOT VALID.",
    );
    let lock = cx.lock_of(StatementKind::AddExclusion);
    sink.report(cx.finding(&RULE.info, message).table(table).lock(lock).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// Whether this rule fires; rules of locks have their say, too.
    fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
        fired_of(&super::RULE, operations)
    }

    fn exclusion(model: &str) -> Operation {
        let kwargs = vec![("name".into(), Value::str("no_overlap"))];
        let path = "django.contrib.postgres.constraints.ExclusionConstraint".into();
        let constraint = Value::Call(Call { path, args: vec![], kwargs }.into());
        operation(Kind::AddConstraint { model_name: model.into(), constraint, not_valid: false })
    }

    #[test]
    fn fires_on_a_table_in_use() {
        assert_eq!(times("add-exclusion", vec![exclusion("order")]), 1);
        assert!(fired(vec![create("New", &[], &[]), exclusion("new")]).is_empty());
        assert!(fired(vec![separate(vec![], vec![exclusion("order")])]).is_empty());
    }
}
