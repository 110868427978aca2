//! `add-unique`: rows that are there, and code that runs, must be unique from now on.

use super::checks::is_left_out;
use super::columns::altered;
use super::statements::runs_python;
use super::uniques::{Group, fields_of, groups, is_implied, is_null_in_all_rows};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where values of a table in use must be unique from now on.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "add-unique",
        severity: Severity::Warning,
        aspect: Aspect::Fails,
        summary: "values of a table in use must be unique from now on",
        what: "Fires where a `UniqueConstraint`, a new group of `unique_together` or `unique=True` comes to fields \
of a table in use. Silent where a group within it is unique already, in whatever way it is written (so also where \
`unique_together` becomes a `UniqueConstraint`), where a field of it is added by the same migration as NULL in every \
row, where Django leaves the constraint out as the database has none of its kind (a condition on MySQL), and for tables that the same migration creates.",
        why: "If two rows have the same values, the migration fails, in production and nowhere else. Code of the \
previous release does not know of it and answers with an IntegrityError where it used to save.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddConstraint(
            model_name=\"order\",
            constraint=models.UniqueConstraint(fields=[\"code\"], name=\"order_code_uniq\"),
        ),
    ]",
        safe_way: "Look for duplicates in production first; release code that makes none; mend the rows; then add \
the constraint (on PostgreSQL from an index built concurrently, see `blocking-index`).",
        evidence: "Django: `UniqueConstraint.create_sql`, `BaseDatabaseSchemaEditor.alter_unique_together`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let (model_name, added): (_, Vec<Group>) = match &cx.operation().kind {
        OperationKind::AddConstraint { model_name, constraint, .. } => {
            let Some(call) = constraint.as_call().filter(|call| call.name() == "UniqueConstraint") else { return };
            if is_left_out(cx, call) {
                return;
            }
            match fields_of(call) {
                Some(group) => (model_name, vec![group]),
                None if cx.touches_table_in_use(model_name) => {
                    return partial(cx, sink, model_name, call);
                }
                None => return,
            }
        }
        OperationKind::AlterUniqueTogether { name, .. } => {
            let (Some(before), Some(after)) = (cx.before(name), cx.after(name)) else { return };
            let (Some(old), Some(new)) =
                (groups(before.option("unique_together")), groups(after.option("unique_together")))
            else {
                return;
            };
            (name, new.into_iter().filter(|group| !old.contains(group)).collect())
        }
        OperationKind::AlterField { model_name, name, .. } => {
            let Some(change) = altered(cx, sink) else { return };
            if change.old.unique || !change.new.unique || change.new.primary_key {
                return;
            }
            (model_name, vec![vec![name.to_string()]])
        }
        _ => return,
    };
    if !cx.touches_table_in_use(model_name) {
        return;
    }
    for group in added {
        if !is_implied(cx, model_name, &group) && !is_null_in_all_rows(cx, model_name, &group) {
            report(cx, sink, model_name, &group);
        }
    }
}

fn report(cx: &OperationContext<'_>, sink: &mut Sink, model_name: &str, group: &[String]) {
    let Some(model) = cx.before(model_name) else { return };
    let table = cx.table(model);
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let emptied = table.as_deref().is_some_and(|table| is_emptied(cx, table));
    let mended = cx.migration.effects.iter().any(|effect| effect.index < cx.effect.index && runs_python(effect));
    let duplicates = match () {
        () if emptied => "the migration empties it first, but",
        () if mended => "duplicates that the Python code before it leaves make the migration fail, and",
        () => "duplicates make the migration fail, and",
    };
    let message = format!(
        "rows of table `{shown}` must be unique by `{}` from now on: {duplicates} code of the previous release does not \
expect to be refused",
        group.join(", ")
    );
    let names: Vec<String> = group.iter().map(|name| format!("\"{name}\"")).collect();
    let code = format!(
        "from django.db.models import Count\n\n{model}.objects.values({names}).annotate(rows=Count(\"pk\")).filter(rows__gt=1)",
        model = model.name,
        names = names.join(", ")
    );
    let help = Help::text("Look for duplicates in production before this goes out, and mend them.")
        .python("must be empty", code);
    let mut finding = cx.finding(&RULE.info, message).table(table);
    if !emptied {
        finding = finding.help(help);
    }
    finding.identity = format!("{} {}", finding.identity, group.join(","));
    sink.report(finding);
}

/// Whether SQL of the same migration has taken all rows out of the table before.
fn is_emptied(cx: &OperationContext<'_>, table: &str) -> bool {
    let effects = cx.migration.effects;
    let own = effects.iter().position(|effect| std::ptr::eq(effect, cx.effect)).unwrap_or_default();
    let before = cx.migration.impact.statements.iter().filter(|planned| planned.step < own);
    before.flat_map(|planned| &planned.actions).any(|costed| {
        let empties = matches!(costed.kind(), Kind::Truncate { .. } | Kind::Delete { filtered: false });
        empties && costed.target() == Some(table)
    })
}

/// One with a condition or expressions: which rows it covers is for the database to say.
fn partial(cx: &OperationContext<'_>, sink: &mut Sink, model_name: &str, call: &crate::python::value::Call) {
    let Some(model) = cx.before(model_name) else { return };
    let names: Option<Group> = call.kwarg("fields").and_then(|fields| {
        fields.items()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
    });
    // The same constraint under another name, or within what is unique already.
    if let Some(names) = names.filter(|names| !names.is_empty())
        && (is_implied(cx, model_name, &names) || is_null_in_all_rows(cx, model_name, &names))
    {
        return;
    }
    if super::checks::stood_before(cx, model_name, call) {
        return;
    }
    let table = cx.table(model);
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let name = call.kwarg("name").and_then(crate::python::value::Value::as_str).unwrap_or("…");
    let message = format!(
        "rows of table `{shown}` must satisfy unique constraint `{name}` from now on: duplicates make the migration \
fail, and code of the previous release does not expect to be refused"
    );
    let help = Help::text("Look for duplicates in production before this goes out, and mend them.");
    sink.report(cx.finding(&RULE.info, message).table(table).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn unique(fields: &[&str], name: &str) -> Operation {
        let fields = fields.iter().map(|name| Value::str(*name)).collect::<Vec<_>>();
        let kwargs = vec![("fields".into(), Value::List(fields.into())), ("name".into(), Value::str(name))];
        let path = "django.db.models.UniqueConstraint".into();
        let constraint = Value::Call(Call { path, args: vec![], kwargs }.into());
        operation(Kind::AddConstraint { model_name: "order".into(), constraint, not_valid: false })
    }

    fn together(groups: &[&[&str]]) -> Operation {
        let group = |names: &&[&str]| Value::Tuple(names.iter().map(|name| Value::str(*name)).collect::<Vec<_>>().into());
        let value = Value::Set(groups.iter().map(group).collect::<Vec<_>>().into());
        operation(Kind::AlterUniqueTogether { name: "order".into(), unique_together: value })
    }

    fn fires(operations: Vec<Operation>) -> bool {
        fired(operations).contains(&"add-unique")
    }

    #[test]
    fn fires_where_rows_may_be_alike() {
        assert!(fires(vec![unique(&["code"], "u")]));
        assert!(fires(vec![together(&[&["code", "note"]])]));
        let column = field("CharField", &[("max_length", Value::Int(20)), ("unique", Value::Bool(true))]);
        assert!(fires(vec![alter("code", column)]));
    }

    #[test]
    fn a_constraint_that_the_database_has_none_of_is_left_out() {
        let with = |key: &str, value: Value| {
            let mut added = unique(&["code"], "u");
            if let Kind::AddConstraint { constraint: Value::Call(call), .. } = &mut added.kind {
                Arc::make_mut(call).kwargs.push((key.into(), value));
            }
            vec![added]
        };
        let on = |dialect: &str, operations: Vec<Operation>| times_on(dialect, "add-unique", operations);
        let include = || with("include", Value::List(vec![Value::str("note")].into()));
        assert_eq!((on("postgresql:16", include()), on("mariadb:10.11", include()), on("sqlite", include())), (1, 0, 0));
        let nulls = || with("nulls_distinct", Value::Bool(false));
        assert_eq!((on("postgresql:16", nulls()), on("postgresql:14", nulls()), on("sqlite", nulls())), (1, 0, 0));
        assert_eq!(on("mysql:8.0", vec![unique(&["code"], "u")]), 1);
    }

    #[test]
    fn a_table_without_rows_has_no_duplicates() {
        let told = |text: &str| report(vec![sql(text, Some("")), unique(&["code"], "u")], "").findings;
        let message = |text: &str| {
            let found = told(text);
            found.into_iter().find(|finding| finding.rule == "add-unique").unwrap().message
        };
        assert!(message("TRUNCATE shop_order").contains("empties it first"));
        assert!(message("DELETE FROM shop_order").contains("empties it first"));
        assert!(message("DELETE FROM shop_order WHERE note = ''").contains("duplicates make"));
        assert!(message("TRUNCATE shop_tag").contains("duplicates make"));
    }

    #[test]
    fn silent_where_they_cannot_be() {
        assert!(!fires(vec![unique(&["id", "code"], "u")]));
        // The same in other words.
        let second = migration("0002_second", &["0001_initial"], vec![together(&[&["code", "note"]])], "");
        let swap = vec![together(&[]), unique(&["note", "code"], "u")];
        let third = migration("0003_third", &["0002_second"], swap, "");
        let found = findings(vec![initial(), second, third]);
        assert_eq!(found.iter().filter(|finding| finding.rule == "add-unique").count(), 1);
        // NULL in every row.
        assert!(!fires(vec![add("x", nullable("IntegerField", &[])), unique(&["x"], "u")]));
        assert!(!fires(vec![separate(vec![], vec![unique(&["code"], "u")])]));
    }
}
