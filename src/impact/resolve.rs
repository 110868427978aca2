//! Completes an action with what its statement does not say and the migrations before it do.

use std::collections::BTreeSet;

use super::catalogue::Catalogue;
use super::history::History;
use crate::database::sql::{Action, TableName};
use crate::database::statement_kind::{Answer, ConstraintKind, StatementKind as Kind};
use crate::database::{Dialect, type_change};

/// The action, completed. `raw` is SQL that somebody wrote; Django's own editor drops foreign keys
/// before it changes or drops their columns.
pub(super) fn resolve(
    mut action: Action,
    raw: bool,
    dialect: Dialect,
    catalogue: &mut Catalogue<'_>,
    history: &History,
) -> Action {
    let table = action.target.as_ref().map(|table| table.name.clone()).unwrap_or_default();
    let object = action.object.clone().unwrap_or_default();
    match action.kind {
        Kind::AlterType { .. } => alter_type(&mut action, raw, dialect, catalogue),
        Kind::SetNotNull { .. } => {
            let checked = not_null_check(&table, &object, catalogue, history);
            action.kind = Kind::SetNotNull { checked };
        }
        Kind::DropColumn { .. } => {
            let known = catalogue.column(&table, &object);
            let indexed = known.as_ref().map_or(Answer::Unknown, |column| column.indexed.into());
            let answer =
                if raw { known.as_ref().map(|column| column.references.is_some()) } else { Some(false) };
            let references = known.and_then(|column| column.references);
            if let Some(other) = references.filter(|other| raw && *other != table) {
                action.referenced.push(TableName { schema: None, name: other });
            }
            action.kind =
                Kind::DropColumn { references: answer.map_or(Answer::Unknown, Answer::from), indexed };
        }
        Kind::DropTable { referenced, .. } => {
            let known = catalogue.table(&table);
            let answer = known.map_or(Answer::Unknown, |known| known.references().next().is_some().into());
            let others: BTreeSet<&str> = known.iter().flat_map(|known| known.references()).collect();
            let others = others.into_iter().filter(|other| *other != table).map(str::to_owned);
            action.referenced.extend(others.map(|name| TableName { schema: None, name }));
            action.kind = Kind::DropTable { references: answer, referenced };
        }
        Kind::ValidateConstraint(ConstraintKind::Unknown) | Kind::DropConstraint(ConstraintKind::Unknown) => {
            constraint(&mut action, &table, &object, catalogue, history);
        }
        Kind::DropConstraint(ConstraintKind::ForeignKey) if action.referenced.is_empty() => {
            if let Some(other) =
                history.constraint(&table, &object).and_then(|known| known.references.clone())
            {
                action.referenced.push(TableName { schema: None, name: other });
            }
        }
        Kind::DropIndex { .. } | Kind::RenameIndex | Kind::Reindex { .. } if action.target.is_none() => {
            let known = history.table_of_index(&object).map(str::to_owned);
            let known = known.or_else(|| catalogue.table_of_index(&object));
            action.target = known.map(|name| TableName { schema: None, name });
        }
        _ => {}
    }
    action
}

fn alter_type(action: &mut Action, raw: bool, dialect: Dialect, catalogue: &mut Catalogue<'_>) {
    let table = action.target.as_ref().map(|table| table.name.clone()).unwrap_or_default();
    let known = catalogue.column(&table, action.object.as_deref().unwrap_or_default());
    let old = known.as_ref().and_then(|column| column.db_type.clone()).unwrap_or_default();
    let new = bare_type(action.column_type.as_deref().unwrap_or_default());
    let change = type_change(dialect, &old, new);
    let (references, referenced) = if raw {
        let references = known.as_ref().map_or(Answer::Unknown, |column| column.references.is_some().into());
        let referenced =
            known.map_or(Answer::Unknown, |column| if column.indexed { Answer::Unknown } else { Answer::No });
        (references, referenced)
    } else {
        (Answer::No, Answer::No)
    };
    action.kind = Kind::AlterType { change, references, referenced };
}

/// A type without what MySQL's `MODIFY` repeats behind it.
fn bare_type(written: &str) -> &str {
    let upper = written.to_ascii_uppercase();
    let end = [" DEFAULT ", " NOT NULL", " NULL"].iter().filter_map(|clause| upper.find(clause)).min();
    end.and_then(|end| written.get(..end)).unwrap_or(written)
}

/// Whether a valid check keeps NULL out of the column.
fn not_null_check(table: &str, column: &str, catalogue: &mut Catalogue<'_>, history: &History) -> Answer {
    if let Some(valid) = history.not_null_check(table, column) {
        return valid.into();
    }
    let Some(known) = catalogue.table(table) else { return Answer::Unknown };
    let mut checks = known.constraints().filter(|check| check.not_null.as_deref() == Some(column));
    // Written in the model, and no statement at hand says whether it is valid.
    if checks.next().is_some() { Answer::Unknown } else { Answer::No }
}

fn constraint(
    action: &mut Action,
    table: &str,
    name: &str,
    catalogue: &mut Catalogue<'_>,
    history: &History,
) {
    let found = match history.constraint(table, name) {
        Some(known) => {
            let other = known.references.clone().filter(|other| other != table);
            action.referenced.extend(other.map(|name| TableName { schema: None, name }));
            Some(known.kind)
        }
        None => catalogue.constraint(table, name).and_then(|known| match known.class.as_str() {
            "CheckConstraint" => Some(ConstraintKind::Check),
            "UniqueConstraint" => Some(ConstraintKind::Unique),
            "ExclusionConstraint" => Some(ConstraintKind::Exclusion),
            _ => None,
        }),
    };
    let kind = found.unwrap_or(ConstraintKind::Unknown);
    action.kind = match action.kind {
        Kind::ValidateConstraint(_) => Kind::ValidateConstraint(kind),
        _ => Kind::DropConstraint(kind),
    };
}
