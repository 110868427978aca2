//! `validating-constraint`: existing rows are checked while writes wait.

use super::kept_key::{Kept, kept};
use super::snippet::{field_with, indented, python, quoted, sql_literal};
use super::sql_set_not_null::is_not_null_already;
use super::statements::{Seen, article, in_use, rewrites_beside, who_waits};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Role;
use crate::database::statement_kind::{ColumnFill, StatementKind as Kind};
use crate::django::operations::OperationKind;
use crate::django::schema::Statement;
use crate::django::schema::statement::{AlterAction, ColumnKey, Constraint, Name};
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where a constraint is validated under a lock that blocks writes.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "validating-constraint",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "a constraint is validated under a lock that blocks writes",
        what: "Fires, on PostgreSQL, where a CHECK, a FOREIGN KEY or NOT NULL is put on a table in use and all rows are checked in the same statement: `AddConstraint`, a foreign key altered to have a constraint, a field that stops being nullable, an added `PositiveIntegerField` (its column brings a check), a type that changes without a rewrite while a `CheckConstraint` names the column, `RunSQL`. Silent for NOT VALID, for a nullable foreign key that is added (its column is empty: nothing is read), and for NOT NULL where a valid `CHECK (column IS NOT NULL)` stands (PostgreSQL 12).",
        why: "While every row is read, ACCESS EXCLUSIVE (CHECK, NOT NULL) keeps reads and writes waiting, SHARE ROW EXCLUSIVE (FOREIGN KEY) keeps writes waiting on both tables.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddConstraint(
            \"order\",
            models.CheckConstraint(condition=models.Q(price__gte=0), name=\"price_positive\"),
        ),
    ]",
        safe_way: "Two steps, in two migrations: add it NOT VALID, which takes a moment, then validate it, which reads the rows while reads and writes go on. `AddConstraintNotValid` and `ValidateConstraint` of `django.contrib.postgres.operations` do that for checks.",
        evidence: "PostgreSQL manual, ALTER TABLE, ADD table_constraint, SET NOT NULL; measured on PostgreSQL 15 (`add-check`, `add-foreign-key`, `set-not-null`, `add-column-check`).",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    for seen in in_use(cx) {
        if let Some((name, help)) = rechecked(cx, &seen) {
            let column = seen.costed.action.object.clone().unwrap_or_default();
            let message = format!(
                "the type of column `{column}` changes, so constraint `{name}` is checked again for every row under an \
ACCESS EXCLUSIVE lock on table `{}`: reads and writes wait until it is done",
                seen.table()
            );
            sink.report(seen.finding(cx, &RULE.info, message).help(help));
            continue;
        }
        if !validates(&seen) || rewrites_beside(cx, &seen) {
            continue;
        }
        let set = seen.planned.is_raw() && matches!(seen.kind(), Kind::SetNotNull { .. });
        if set && is_not_null_already(&seen.context(cx), &seen.costed.action) {
            continue;
        }
        let waits = who_waits(seen.costed.blocks());
        let mode = seen.costed.locked().first().map_or("", |lock| lock.mode.as_str());
        let tables =
            match seen.costed.tables.iter().find(|table| table.role == Role::Referenced && !table.new) {
                Some(other) if Some(other.name.as_str()) != seen.costed.target() => {
                    format!("tables `{}` and `{}`", seen.table(), other.name)
                }
                _ => format!("table `{}`", seen.table()),
            };
        let message = format!(
            "{} is checked for every row under {} lock on {tables}: {waits} wait until it is done",
            what(&seen),
            article(mode)
        );
        sink.report(seen.finding(cx, &RULE.info, message).help(help(cx, &seen)));
    }
}

/// A type that changes without a rewrite, of a column that a `CheckConstraint` of the model names: PostgreSQL makes the
/// constraint anew and checks every row (`ATPostAlterTypeCleanup`; measured on PostgreSQL 15). Its name, and the way around.
fn rechecked(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> Option<(String, Help)> {
    let no_rewrite = seen.costed.facts.as_ref().is_some_and(|facts| !facts.rewrites.is_yes());
    let OperationKind::AlterField { model_name, name, field, .. } = &seen.effect.operation.kind else { return None };
    if !matches!(seen.kind(), Kind::AlterType { .. }) || !no_rewrite {
        return None;
    }
    let operation = seen.context(cx);
    let constraints = operation.before(model_name)?.option("constraints").and_then(Value::items)?;
    let checks = constraints.iter().filter(|one| one.as_call().is_some_and(|call| call.name() == "CheckConstraint"));
    let constraint = checks.into_iter().find(|check| names(check, name, 0))?;
    let label = constraint.as_call()?.kwarg("name").and_then(Value::as_str)?.to_owned();
    let model = quoted(&model_name.to_lowercase());
    let instead = format!(
        "from django.contrib.postgres.operations import AddConstraintNotValid\n\noperations = [\n    migrations.RemoveConstraint(\n        \
model_name={model},\n        name={label},\n    ),\n    migrations.AlterField(\n        model_name={model},\n        name={},\n        \
field={},\n    ),\n    AddConstraintNotValid(\n        model_name={model},\n        constraint={},\n    ),\n]",
        quoted(name),
        field_with(field, &[], &[]),
        python(constraint),
        label = quoted(&label),
    );
    let then = format!(
        "from django.contrib.postgres.operations import ValidateConstraint\n\noperations = [\n    ValidateConstraint(\n        \
model_name={model},\n        name={},\n    ),\n]",
        quoted(&label)
    );
    let help = Help::text("Take the constraint off before the type changes, put it back NOT VALID, and validate it in a migration of its own.")
        .python("instead", instead)
        .python("then, in a migration of its own", then);
    Some((label, help))
}

/// Whether a constraint names a field: `Q(code__gt=1)`, `F("code")`.
fn names(value: &Value, field: &str, depth: usize) -> bool {
    let is_it = |text: &str| text.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"));
    if depth > 50 {
        return false;
    }
    match value {
        Value::Str(text) => is_it(text),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.iter().any(|item| names(item, field, depth + 1)),
        Value::Call(call) => {
            let condition = |key: &str| !matches!(key, "name" | "violation_error_message" | "violation_error_code");
            call.args.iter().any(|item| names(item, field, depth + 1))
                || call.kwargs.iter().any(|(key, item)| is_it(key) || (condition(key) && names(item, field, depth + 1)))
        }
        _ => false,
    }
}

/// The statement checks a constraint on rows that are there, and does nothing worse.
pub(super) fn validates(seen: &Seen<'_>) -> bool {
    let Some(facts) = &seen.costed.facts else { return false };
    let asks = match seen.kind() {
        Kind::AddCheck { not_valid } | Kind::AddForeignKey { not_valid } | Kind::AddNotNull { not_valid } => {
            !not_valid
        }
        Kind::SetNotNull { .. } => true,
        // Rows whose key is NULL refer to nothing: PostgreSQL does not look.
        Kind::AddColumn(column) => column.check || (column.references && column.fill != ColumnFill::Nothing),
        _ => false,
    };
    asks && facts.scans(Role::Target).is_yes() && !facts.rewrites.is_yes()
}

fn what(seen: &Seen<'_>) -> String {
    let object = seen.costed.action.object.as_deref();
    let named = |what: &str| object.map_or_else(|| what.to_owned(), |name| format!("{what} `{name}`"));
    match seen.kind() {
        Kind::AddForeignKey { .. } => named("foreign key"),
        Kind::SetNotNull { .. } => format!("NOT NULL of column `{}`", object.unwrap_or_default()),
        Kind::AddColumn(column) if column.references => {
            format!("the foreign key of column `{}`", object.unwrap_or_default())
        }
        Kind::AddColumn(_) => format!("the check of column `{}`", object.unwrap_or_default()),
        _ => named("constraint"),
    }
}

fn help(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> Help {
    match (&seen.effect.operation.kind, &seen.planned.statement) {
        (OperationKind::AddConstraint { model_name, constraint, .. }, _) => {
            let name = constraint.as_call().and_then(|call| call.kwarg("name")).and_then(Value::as_str);
            let (add, validate) = in_two(model_name, constraint, name.unwrap_or_default());
            Help::text("Add it NOT VALID, and validate it in a migration of its own.")
                .python("instead", add)
                .python("then, in a migration of its own", validate)
        }
        (kind, _) if matches!(seen.kind(), Kind::SetNotNull { .. }) => not_null(cx, seen, kind),
        (OperationKind::AlterField { .. } | OperationKind::RenameField { .. }, _) if kept(cx, seen).is_some() => {
            put_back(cx, seen)
        }
        (OperationKind::AddField { .. } | OperationKind::AlterField { .. }, _) if does_more(cx, seen) => more(cx),
        (
            OperationKind::AddField { model_name, name, field, .. }
            | OperationKind::AlterField { model_name, name, field, .. },
            statement,
        ) => {
            let class = if matches!(seen.effect.operation.kind, OperationKind::AddField { .. }) {
                "AddField"
            } else {
                "AlterField"
            };
            let state = format!(
                "migrations.{class}(\n    model_name={},\n    name={},\n    field={},\n),",
                quoted(&model_name.to_lowercase()),
                quoted(name),
                field_with(field, &[], &[])
            );
            of_field(statement, &state)
        }
        _ => Help::text(
            "Add it `NOT VALID`, and run `ALTER TABLE … VALIDATE CONSTRAINT …` in a migration of its own.",
        ),
    }
}

/// A check in two migrations: NOT VALID, then validated.
pub(super) fn in_two(model_name: &str, constraint: &Value, name: &str) -> (String, String) {
    let (model, name, constraint) = (quoted(&model_name.to_lowercase()), quoted(name), python(constraint));
    (
        format!(
            "from django.contrib.postgres.operations import AddConstraintNotValid\n\noperations = [\n    \
AddConstraintNotValid(\n        model_name={model},\n        constraint={constraint},\n    ),\n]"
        ),
        format!(
            "from django.contrib.postgres.operations import ValidateConstraint\n\noperations = [\n    \
ValidateConstraint(\n        model_name={model},\n        name={name},\n    ),\n]"
        ),
    )
}

/// The step has statements besides this one that the help would lose.
fn does_more(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> bool {
    let unique = matches!(&seen.planned.statement, Statement::AlterTable { actions, .. }
        if matches!(actions.first(), Some(AlterAction::AddColumn(column)) if column.key != ColumnKey::None));
    unique || cx.impact.of_step(seen.planned.step).any(|planned| !std::ptr::eq(planned, seen.planned))
}

/// Where no code can be made: how to come by it.
fn more(cx: &MigrationContext<'_>) -> Help {
    let key = &cx.migration.key;
    Help::text(format!(
        "Write the operation's statements (`migcheck sql {} {}` prints them) into the `database_operations` of a \
`SeparateDatabaseAndState`, the constraint `NOT VALID`, and validate it in a migration of its own.",
        key.app, key.name
    ))
}

/// The foreign key is the old one: nothing has to be checked if it stays.
fn put_back(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> Help {
    let stays = "The foreign key is the one that was there: Django takes it off and puts it back, and PostgreSQL checks it again.";
    match kept(cx, seen) {
        Some(Kept::StateAlone(code)) => Help::text(format!(
            "{stays} Nothing else changes in the database, so change the state alone."
        ))
        .python("instead", code),
        Some(Kept::Quick { code, not_null }) => {
            let scan = if not_null {
                " (What `SET NOT NULL` costs, and how to do without, is a finding of its own.)"
            } else {
                ""
            };
            Help::text(format!("{stays} Leave it where it is, and do the rest by SQL.{scan}")).python("instead", code)
        }
        _ => more(cx),
    }
}

/// A check that is not valid yet, validated, then NOT NULL, which finds the check and reads nothing.
fn not_null(cx: &MigrationContext<'_>, seen: &Seen<'_>, kind: &OperationKind) -> Help {
    let (table, column) = (seen.table(), seen.costed.action.object.clone().unwrap_or_default());
    let quote = |name: &str| Vendor::PostgreSql.quote_name(name);
    let short: String = format!("{table}_{column}").chars().take(50).collect();
    let check = quote(&format!("{short}_not_null"));
    let (on, col) = (quote(&table), quote(&column));
    let run = |forwards: String, backwards: &str| {
        format!("    migrations.RunSQL(\n        {},\n        {backwards},\n    ),", sql_literal(&forwards))
    };
    let add = run(
        format!("ALTER TABLE {on} ADD CONSTRAINT {check} CHECK ({col} IS NOT NULL) NOT VALID"),
        &sql_literal(&format!("ALTER TABLE {on} DROP CONSTRAINT {check}")),
    );
    let validate = run(format!("ALTER TABLE {on} VALIDATE CONSTRAINT {check}"), "migrations.RunSQL.noop");
    let keeps = match kept(cx, seen) {
        Some(Kept::Quick { code, .. }) => Some(code),
        _ => None,
    };
    let mut last = match kind {
        _ if keeps.is_some() => indented(&keeps.unwrap_or_default(), 4) + "\n",
        OperationKind::AlterField { model_name, name, field, .. } => format!(
            "    migrations.AlterField(\n        model_name={},\n        name={},\n        field={},\n    ),\n",
            quoted(&model_name.to_lowercase()),
            quoted(name),
            field_with(field, &[], &[])
        ),
        _ => {
            run(
                format!("ALTER TABLE {on} ALTER COLUMN {col} SET NOT NULL"),
                &sql_literal(&format!("ALTER TABLE {on} ALTER COLUMN {col} DROP NOT NULL")),
            ) + "\n"
        }
    };
    last.push_str(&run(
        format!("ALTER TABLE {on} DROP CONSTRAINT {check}"),
        &sql_literal(&format!("ALTER TABLE {on} ADD CONSTRAINT {check} CHECK ({col} IS NOT NULL) NOT VALID")),
    ));
    let old = cx.project.dialect.version.is_some_and(|(major, _)| major < 12);
    let text = if old {
        "Fill the rows that have NULL in batches first. Before PostgreSQL 12 the validated check has to stand in for NOT NULL."
    } else {
        "Fill the rows that have NULL in batches first. Then a check that is validated while writes go on: with it, NOT NULL reads no row."
    };
    let help = Help::text(text)
        .python("first", format!("operations = [\n{add}\n]"))
        .python("then, in a migration of its own", format!("operations = [\n{validate}\n]"));
    if old { help } else { help.python("last", format!("operations = [\n{last}\n]")) }
}

/// The column or constraint in SQL of its own, the field in the state alone.
fn of_field(statement: &Statement, state: &str) -> Help {
    let quote = |name: &str| Vendor::PostgreSql.quote_name(name);
    let (before, table, name, constraint) = match statement {
        Statement::AddConstraint { table, constraint: Constraint::ForeignKey(key), .. } => {
            let Name::Given(name) = &key.name else { return generic() };
            let body = format!(
                "FOREIGN KEY ({}) REFERENCES {} ({}) DEFERRABLE INITIALLY DEFERRED",
                quote(&key.column),
                quote(&key.to_table),
                quote(&key.to_column)
            );
            (None, table, name.clone(), body)
        }
        Statement::AddConstraint { table, constraint: Constraint::Check { name, expression }, .. } => {
            (None, table, name.clone(), format!("CHECK ({expression})"))
        }
        Statement::AlterTable { table, actions } => {
            let Some(AlterAction::AddColumn(column)) = actions.first() else { return generic() };
            if column.default.is_some() || column.references.is_some() {
                return generic();
            }
            let Some(check) = &column.check else { return generic() };
            let name: String = format!("{table}_{}_check", column.name).chars().take(63).collect();
            let null = if column.nullability == crate::django::schema::statement::Nullability::NotNull {
                " NOT NULL"
            } else {
                ""
            };
            let add = format!(
                "ALTER TABLE {} ADD COLUMN {} {}{null}",
                quote(table),
                quote(&column.name),
                column.db_type
            );
            (Some((add, column.name.clone())), table, name, format!("CHECK ({check})"))
        }
        _ => return generic(),
    };
    let on = quote(table);
    let run = |forwards: String, backwards: String| {
        format!(
            "            migrations.RunSQL(\n                {},\n                {},\n            ),",
            sql_literal(&forwards),
            sql_literal(&backwards)
        )
    };
    let mut database = Vec::new();
    if let Some((add, column)) = before {
        database.push(run(add, format!("ALTER TABLE {on} DROP COLUMN {}", quote(&column))));
    }
    let quoted_name = quote(&name);
    database.push(run(
        format!("ALTER TABLE {on} ADD CONSTRAINT {quoted_name} {constraint} NOT VALID"),
        format!("ALTER TABLE {on} DROP CONSTRAINT {quoted_name}"),
    ));
    let state: Vec<String> = state.lines().map(|line| format!("            {line}")).collect();
    Help::text("Add it NOT VALID in SQL of your own, the field in the state alone, and validate it in a migration of its own.")
        .python("instead", format!(
            "operations = [\n    migrations.SeparateDatabaseAndState(\n        database_operations=[\n{}\n        ],\n        state_operations=[\n{}\n        ],\n    ),\n]",
            database.join("\n"), state.join("\n")
        ))
        .python("then, in a migration of its own", format!(
            "operations = [\n    migrations.RunSQL(\n        {},\n        migrations.RunSQL.noop,\n    ),\n]",
            sql_literal(&format!("ALTER TABLE {on} VALIDATE CONSTRAINT {quoted_name}"))
        ))
}

fn generic() -> Help {
    Help::text(
        "Add the column without the constraint, then the constraint `NOT VALID`, and validate it in a migration of its own.",
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn validating(operations: Vec<Operation>) -> Vec<Finding> {
        report(operations, "")
            .findings
            .into_iter()
            .filter(|finding| finding.rule == "validating-constraint")
            .collect()
    }

    fn raw(text: &str) -> usize {
        validating(vec![sql(text, Some(""))]).len()
    }

    #[test]
    fn fires_where_rows_are_checked() {
        assert_eq!(raw("ALTER TABLE shop_order ADD CONSTRAINT c CHECK (note <> '')"), 1);
        assert_eq!(raw("ALTER TABLE shop_order ADD FOREIGN KEY (id) REFERENCES shop_tag (id)"), 1);
        let found = validating(vec![add("size", nullable("PositiveIntegerField", &[]))]);
        assert_eq!(found.len(), 1);
        let code = &found[0].help.as_ref().unwrap().code;
        assert!(code[0].code.contains("NOT VALID") && code[1].code.contains("VALIDATE"), "{code:?}");
        let first = migration("0002_x", &["0001_initial"], vec![add("x", nullable("TextField", &[]))], "");
        let second = migration("0003_x", &["0002_x"], vec![alter("x", field("TextField", &[]))], "");
        // `set-not-null` speaks for it.
        let found = findings(vec![initial(), first, second]);
        let found = found.iter().find(|finding| finding.rule == "set-not-null").unwrap();
        assert!(found.message.contains("; besides, NOT NULL of column `x` is checked for every row"), "{}", found.message);
        assert_eq!(found.lock.as_ref().unwrap().mode, "ACCESS EXCLUSIVE");
        assert!(found.lock.as_ref().unwrap().scans);
    }

    #[test]
    fn a_type_that_changes_under_a_check() {
        let check = |name: &str| {
            let pair = Value::Tuple(vec![Value::str(format!("{name}__gt").as_str()), Value::str("")].into());
            let q = Call { path: "django.db.models.Q".into(), args: vec![pair], kwargs: vec![] };
            let kwargs = vec![("condition".into(), Value::Call(q.into())), ("name".into(), Value::str("code"))];
            let path = "django.db.models.CheckConstraint".into();
            Value::Call(Call { path, args: vec![], kwargs }.into())
        };
        let found = |name: &str| {
            let constraint = check(name);
            let add = operation(Kind::AddConstraint { model_name: "order".into(), constraint, not_valid: false });
            let first = migration("0002_c", &["0001_initial"], vec![add], "");
            let longer = alter("code", field("CharField", &[("max_length", Value::Int(30))]));
            let second = migration("0003_d", &["0002_c"], vec![longer], "");
            let found = findings(vec![initial(), first, second]).into_iter();
            let of_second = |finding: &Finding| finding.migration.as_ref().is_some_and(|key| &*key.name == "0003_d");
            found.filter(of_second).collect::<Vec<_>>()
        };
        let told = found("code");
        assert_eq!(rules_of(&told), ["validating-constraint"]);
        assert!(told[0].help.as_ref().unwrap().code[0].code.contains("AddConstraintNotValid("));
        assert!(found("note").is_empty());
    }

    #[test]
    fn near_misses() {
        assert_eq!(raw("ALTER TABLE shop_order ADD CONSTRAINT c CHECK (note <> '') NOT VALID"), 0);
        assert_eq!(raw("CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a > 0)"), 0);
        // It has never taken NULL: there is nothing to look for.
        assert_eq!(raw("ALTER TABLE shop_order ALTER COLUMN note SET NOT NULL"), 0);
        assert!(validating(vec![add("tag", foreign_key("shop.tag"))]).is_empty());
        // A unique index is built; the foreign key finds nothing to check.
        let one = nullable("OneToOneField", &[("to", Value::str("shop.tag"))]);
        assert!(validating(vec![add("tag", one)]).is_empty());
        // The check stands and is valid, so NOT NULL reads nothing.
        let steps = "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (x IS NOT NULL) NOT VALID";
        let column = add("x", nullable("TextField", &[]));
        let first = migration("0002_c", &["0001_initial"], vec![column, sql(steps, Some(""))], "");
        let validate = "ALTER TABLE shop_order VALIDATE CONSTRAINT c";
        let second = migration("0003_v", &["0002_c"], vec![sql(validate, Some(""))], "");
        let set = "ALTER TABLE shop_order ALTER COLUMN x SET NOT NULL";
        let third = |after| migration("0004_s", &[after], vec![sql(set, Some(""))], "");
        let fires = |migrations| rules_of(&findings(migrations)).contains(&"validating-constraint");
        assert!(!fires(vec![initial(), first.clone(), second, third("0003_v")]));
        // Not validated, it does not help.
        assert!(fires(vec![initial(), first, third("0002_c")]));
    }
}
