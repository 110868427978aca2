//! Names of constraints that are in the database already.
//!
//! Django asks the database (`_constraint_names`). Without one, the name is taken that Django, or
//! the database itself, gave it in the usual way, and the statement carries a note that says so.

use super::editor::Editor;
use super::error::Unrenderable;
use super::model::{Model, SchemaField};
use super::names::{create_index_name, max_name_length, truncate_name};
use crate::database::Vendor;

const NOTE: &str = "the name is the usual one; only the database knows what it is really called";

impl Editor<'_> {
    fn usual_name(&mut self, table: &str, columns: &[&str], suffix: &str) -> String {
        self.note(NOTE);
        create_index_name(self.vendor(), table, columns, suffix)
    }

    /// The foreign key of a column.
    pub(crate) fn existing_foreign_key(
        &mut self,
        model: &Model,
        field: &SchemaField,
    ) -> Result<String, Unrenderable> {
        self.note(NOTE);
        Ok(self.foreign_key(field)?.resolved_name(self.vendor(), &model.db_table))
    }

    /// The unique constraint of one column: the database's own name, as it stands in the column's definition.
    pub(crate) fn existing_unique(&mut self, model: &Model, field: &SchemaField) -> String {
        self.note(NOTE);
        match self.vendor() {
            Vendor::PostgreSql => self.postgresql_name(&model.db_table, field.column_name(), "key"),
            Vendor::MySql | Vendor::MariaDb => field.column_name().to_owned(),
            _ => create_index_name(self.vendor(), &model.db_table, &[field.column_name()], "_uniq"),
        }
    }

    /// The check of a column.
    pub(crate) fn existing_check(&mut self, model: &Model, field: &SchemaField) -> String {
        self.note(NOTE);
        match self.vendor() {
            Vendor::PostgreSql => self.postgresql_name(&model.db_table, field.column_name(), "check"),
            Vendor::MySql => format!("{}_chk_1", model.db_table),
            Vendor::MariaDb => field.column_name().to_owned(),
            _ => create_index_name(self.vendor(), &model.db_table, &[field.column_name()], "_check"),
        }
    }

    /// The primary key of a table.
    pub(crate) fn existing_primary_key(&mut self, model: &Model) -> String {
        self.note(NOTE);
        match self.vendor() {
            Vendor::PostgreSql => format!("{}_pkey", model.db_table),
            _ => "PRIMARY".to_owned(),
        }
    }

    /// The index that `db_index` brought.
    pub(crate) fn existing_index(&mut self, model: &Model, columns: &[&str], suffix: &str) -> String {
        self.usual_name(&model.db_table, columns, suffix)
    }

    /// `makeObjectName`: PostgreSQL shortens the longer part until the whole fits.
    fn postgresql_name(&self, table: &str, column: &str, label: &str) -> String {
        let room = 63usize.saturating_sub(label.len() + 2);
        let (mut first, mut second) = (table.len(), column.len());
        while first + second > room {
            if first > second { first -= 1 } else { second -= 1 }
        }
        let cut = |text: &str, length: usize| text.chars().take(length).collect::<String>();
        let name = format!("{}_{}_{label}", cut(table, first), cut(column, second));
        truncate_name(&name, max_name_length(Vendor::PostgreSql))
    }
}
