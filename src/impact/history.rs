//! What the statements so far have done that no state tells: tables that are new in the batch,
//! indexes and constraints made by hand, constraints that are not valid yet.

use std::collections::{BTreeMap, BTreeSet};

use super::Planned;
use crate::database::sql::Action;
use crate::database::statement_kind::{ConstraintKind, StatementKind as Kind, ViewAction};
use crate::django::schema::Statement;

/// What the statements so far have done.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Tables that the batch has created, by the names they have now.
    new: BTreeSet<String>,
    /// Tables in use that the batch has dropped: what takes the name of one takes its place, with its rows.
    dropped: BTreeSet<String>,
    /// Indexes made by statements of their own, each with its table.
    indexes: BTreeMap<String, String>,
    /// Constraints by table and name.
    constraints: BTreeMap<(String, String), Constraint>,
}

/// A constraint that a statement made.
#[derive(Debug, Clone)]
pub(super) struct Constraint {
    /// Which.
    pub kind: ConstraintKind,
    /// The other table of a foreign key.
    pub references: Option<String>,
    /// The rows have been checked.
    pub valid: bool,
    /// The column, if it is a check that keeps NULL out of one.
    pub not_null: Option<String>,
}

impl History {
    /// From here on another batch: what has been created is in use.
    pub fn end_batch(&mut self) {
        self.new.clear();
        self.dropped.clear();
    }

    /// Whether the batch has created the table.
    pub fn is_new(&self, table: &str) -> bool {
        self.new.contains(table)
    }

    /// The table of an index that a statement of its own made.
    pub(super) fn table_of_index(&self, index: &str) -> Option<&str> {
        self.indexes.get(index).map(String::as_str)
    }

    /// A constraint that a statement made.
    pub(super) fn constraint(&self, table: &str, name: &str) -> Option<&Constraint> {
        self.constraints.get(&(table.to_owned(), name.to_owned()))
    }

    /// Whether a check keeps NULL out of the column: yes or no for the rows that are there, or
    /// nothing that the statements tell of.
    pub(super) fn not_null_check(&self, table: &str, column: &str) -> Option<bool> {
        let of_table = self.constraints.iter().filter(|((of, _), _)| of == table);
        let checks = of_table.filter(|(_, known)| known.not_null.as_deref() == Some(column));
        checks.map(|(_, known)| known.valid).max()
    }

    /// Takes note of what a statement does.
    pub(super) fn note(&mut self, action: &Action, planned: &Planned) {
        let table = action.target.as_ref().map(|table| table.name.clone()).unwrap_or_default();
        match action.kind {
            Kind::CreateTable(_) | Kind::View(ViewAction::Create | ViewAction::CreateMaterialized) => {
                self.new.insert(table);
            }
            Kind::DropTable { .. } => {
                if !self.new.remove(&table) {
                    self.dropped.insert(table.clone());
                }
                self.indexes.retain(|_, of| *of != table);
                self.constraints.retain(|(of, _), _| *of != table);
            }
            Kind::RenameTable => self.rename_table(&table, action),
            Kind::CreateIndex { .. } => {
                self.indexes.extend(action.object.clone().map(|index| (index, table)));
            }
            Kind::DropIndex { .. } => {
                if let Some(index) = &action.object {
                    self.indexes.remove(index);
                }
            }
            Kind::RenameIndex => {
                if let (Some(old), Some(new)) = (&action.object, &action.new_name)
                    && let Some(of) = self.indexes.remove(old)
                {
                    self.indexes.insert(new.clone(), of);
                }
            }
            _ => self.note_constraint(table, action, planned),
        }
    }

    fn rename_table(&mut self, table: &str, action: &Action) {
        let Some(to) = &action.new_name else { return };
        if self.new.remove(table) && !self.dropped.remove(to) {
            self.new.insert(to.clone());
        }
        for of in self.indexes.values_mut().filter(|of| *of == table) {
            of.clone_from(to);
        }
        let moved: Vec<_> = self.constraints.keys().filter(|(of, _)| of == table).cloned().collect();
        for key in moved {
            if let Some(constraint) = self.constraints.remove(&key) {
                self.constraints.insert((to.clone(), key.1), constraint);
            }
        }
    }

    fn note_constraint(&mut self, table: String, action: &Action, planned: &Planned) {
        let Some(name) = action.object.clone() else { return };
        let kind = match action.kind {
            Kind::AddCheck { .. } => ConstraintKind::Check,
            Kind::AddForeignKey { .. } => ConstraintKind::ForeignKey,
            Kind::AddUnique { .. } => ConstraintKind::Unique,
            Kind::AddPrimaryKey { .. } => ConstraintKind::PrimaryKey,
            Kind::AddExclusion => ConstraintKind::Exclusion,
            Kind::ValidateConstraint(_) => {
                if let Some(known) = self.constraints.get_mut(&(table, name)) {
                    known.valid = true;
                }
                return;
            }
            Kind::DropConstraint(_) => {
                self.constraints.remove(&(table, name));
                return;
            }
            _ => return,
        };
        let not_valid = matches!(
            action.kind,
            Kind::AddCheck { not_valid: true } | Kind::AddForeignKey { not_valid: true }
        );
        let references = action.referenced.first().map(|table| table.name.clone());
        let not_null = (kind == ConstraintKind::Check).then(|| checked_column(&name, planned)).flatten();
        let constraint = Constraint { kind, references, valid: !not_valid, not_null };
        self.constraints.insert((table, name), constraint);
    }
}

/// The column of `… <name> CHECK (column IS NOT NULL)`.
fn checked_column(name: &str, planned: &Planned) -> Option<String> {
    let sql = match &planned.statement {
        Statement::Raw { sql } => sql,
        _ => &planned.sql,
    };
    let from = sql.find(name)? + name.len();
    let rest = sql.get(from..)?.trim_start_matches(['"', '`', ' ', '\n', '\r', '\t']);
    let check = rest.get(..5).filter(|word| word.eq_ignore_ascii_case("CHECK"))?;
    let rest = rest.get(check.len()..)?.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let end = rest.find(|c: char| c.is_whitespace() || c == ')')?;
    let (column, rest) = rest.split_at_checked(end)?;
    let mut words = rest.split(|c: char| c.is_whitespace() || c == ')').filter(|word| !word.is_empty());
    let is_not_null = ["IS", "NOT", "NULL"]
        .into_iter()
        .all(|wanted| words.next().is_some_and(|word| word.eq_ignore_ascii_case(wanted)));
    let goes_on =
        words.next().is_some_and(|word| ["AND", "OR"].contains(&word.to_ascii_uppercase().as_str()));
    (is_not_null && !goes_on).then(|| column.trim_matches(['"', '`']).to_owned())
}
