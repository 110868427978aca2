//! Foreign keys that Django takes off and puts back as they were: what is left of an operation
//! without that, as code.

use super::MigrationContext;
use super::snippet::{alter_field, field, indented, quoted, sql_literal};
use super::statements::{Seen, is_open};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::schema::Statement;
use crate::django::schema::statement::{AlterAction, Constraint, ConstraintKind};

/// What else an operation does that takes its foreign key off and puts it back
/// (`BaseDatabaseSchemaEditor._alter_field` does that around nearly every change).
#[derive(Debug)]
pub(super) enum Kept {
    /// Nothing: the field changes in the state alone.
    StateAlone(String),
    /// A few quick statements, each of which can be undone.
    Quick {
        /// The operation that runs them and leaves the key alone.
        code: String,
        /// Whether NOT NULL is among them, which reads the table.
        not_null: bool,
    },
    /// More than can be written here.
    More,
}

/// The operation of a statement that puts a foreign key back; `None` where it is a new one.
pub(super) fn kept(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> Option<Kept> {
    let state = match &seen.effect.operation.kind {
        OperationKind::AlterField { model_name, name, field: new, .. } => {
            let before = seen.context(cx);
            let old = before.before(model_name)?.fields.get(name)?;
            if !same_target(old, new) {
                return None;
            }
            alter_field(model_name, name, &field(new))
        }
        OperationKind::RenameField { model_name, old_name, new_name } => format!(
            "migrations.RenameField(model_name={}, old_name={}, new_name={}),",
            quoted(&model_name.to_lowercase()),
            quoted(old_name),
            quoted(new_name)
        ),
        _ => return None,
    };
    let mut rest: Vec<&Statement> = Vec::new();
    let (mut taken, mut put_back) = (0, 0);
    for planned in cx.impact.of_step(seen.planned.step) {
        match &planned.statement {
            Statement::DropConstraint { kind: ConstraintKind::ForeignKey, .. } => taken += 1,
            Statement::AddConstraint { constraint: Constraint::ForeignKey(_), .. } => put_back += 1,
            other => rest.push(other),
        }
    }
    if taken == 0 || put_back == 0 {
        return None;
    }
    if taken != 1 || put_back != 1 || is_open(cx, seen.planned.step) {
        return Some(Kept::More);
    }
    Some(without(&rest, &state))
}

/// Both refer to the same column of the same table, and the constraint reads the same.
fn same_target(old: &Field, new: &Field) -> bool {
    let to = |field: &Field| {
        field.kwarg("to").map(|to| to.as_str().map_or_else(|| format!("{to:?}"), str::to_lowercase))
    };
    to(old) == to(new)
        && old.kwarg("to_field") == new.kwarg("to_field")
        && (old.kwarg("on_delete") == new.kwarg("on_delete") || !(in_database(old) || in_database(new)))
}

/// Django 6.1 writes `DatabaseOnDelete` into the constraint; the others are Python's alone.
fn in_database(field: &Field) -> bool {
    field.kwarg("on_delete").is_some_and(|on_delete| format!("{on_delete:?}").contains(".DB_"))
}

fn without(rest: &[&Statement], state: &str) -> Kept {
    let state = indented(state, 8) + "\n";
    if rest.is_empty() {
        return Kept::StateAlone(format!(
            "migrations.SeparateDatabaseAndState(\n    state_operations=[\n{state}    ],\n),"
        ));
    }
    let mut runs = String::new();
    let mut not_null = false;
    for statement in rest {
        let Statement::AlterTable { table, actions } = statement else { return Kept::More };
        for action in actions {
            let Some((forwards, backwards)) = undone(action) else { return Kept::More };
            not_null |= matches!(action, AlterAction::SetNotNull { .. });
            let on = Vendor::PostgreSql.quote_name(table);
            runs.push_str(&format!(
                "        migrations.RunSQL(\n            {},\n            {},\n        ),\n",
                sql_literal(&format!("ALTER TABLE {on} {forwards}")),
                sql_literal(&format!("ALTER TABLE {on} {backwards}"))
            ));
        }
    }
    let code = format!(
        "migrations.SeparateDatabaseAndState(\n    database_operations=[\n{runs}    ],\n    state_operations=[\n{state}    ],\n),"
    );
    Kept::Quick { code, not_null }
}

/// An action that takes a moment, or NOT NULL, and what takes it back.
fn undone(action: &AlterAction) -> Option<(String, String)> {
    let quote = |name: &str| Vendor::PostgreSql.quote_name(name);
    let both = |column: &str, this: &str, that: &str| {
        let column = quote(column);
        Some((format!("ALTER COLUMN {column} {this}"), format!("ALTER COLUMN {column} {that}")))
    };
    match action {
        AlterAction::SetNotNull { column, .. } => both(column, "SET NOT NULL", "DROP NOT NULL"),
        AlterAction::DropNotNull { column, .. } => both(column, "DROP NOT NULL", "SET NOT NULL"),
        AlterAction::RenameColumn { from, to } => {
            let (from, to) = (quote(from), quote(to));
            Some((format!("RENAME COLUMN {from} TO {to}"), format!("RENAME COLUMN {to} TO {from}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// The help of `validating-constraint` for an operation on a foreign key that is there.
    fn help(old: Arc<Field>, operation: Operation) -> Vec<(String, String)> {
        let first = migration("0002_key", &["0001_initial"], vec![add("tag", old)], "");
        let second = migration("0003_change", &["0002_key"], vec![operation], "");
        // `rename-field` and `set-not-null` would speak for it.
        let mut options = CheckOptions::default();
        options.selection.select.insert("validating-constraint");
        let found = check(&input(vec![initial(), first, second]), &options).findings;
        found
            .into_iter()
            .map(|finding| {
                let help = finding.help.unwrap();
                let code: Vec<String> = help.code.into_iter().map(|block| block.code).collect();
                (help.text, code.join("\n"))
            })
            .collect()
    }

    fn required(to: &str) -> Arc<Field> {
        field("ForeignKey", &[("to", Value::str(to))])
    }

    #[test]
    fn the_key_stays_where_it_is() {
        let found = help(required("shop.tag"), alter("tag", foreign_key("shop.tag")));
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains("DROP NOT NULL") && !found[0].1.contains("NOT VALID"), "{found:?}");
        let rename = operation(Kind::RenameField {
            model_name: "order".into(),
            old_name: "tag".into(),
            new_name: "label".into(),
        });
        let found = help(foreign_key("shop.tag"), rename);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains(r#"RENAME COLUMN "tag_id" TO "label_id""#), "{found:?}");
    }

    #[test]
    fn not_null_by_a_check_leaves_the_key_alone() {
        let found = help(foreign_key("shop.tag"), alter("tag", required("shop.tag")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|(_, code)| code.contains("SET NOT NULL")), "{found:?}");
        assert!(found[0].1.contains("VALIDATE CONSTRAINT"), "{found:?}");
    }

    #[test]
    fn a_new_key_is_no_old_one() {
        let loose =
            nullable("ForeignKey", &[("to", Value::str("shop.tag")), ("db_constraint", Value::Bool(false))]);
        let found = help(loose, alter("tag", foreign_key("shop.tag")));
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains("NOT VALID"), "{found:?}");
    }
}
