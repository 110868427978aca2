//! The actions of `ALTER TABLE` on one column (`_alter_column_*_sql`,
//! `django/db/backends/{base,mysql,oracle}/schema.py`, 3.2 to 6.1).

use super::default::empty_strings_allowed;
use super::editor::Editor;
use super::error::Unrenderable;
use super::model::{Model, SchemaField};
use super::statement::{AlterAction, Statement};
use super::value::DbValue;
use crate::database::Vendor;
use crate::django::version::DjangoVersion;

impl Editor<'_> {
    /// `_alter_column_type_sql`: the action, and what follows once it is done.
    pub(crate) fn alter_type(
        &mut self,
        model: &Model,
        old: &SchemaField,
        new: &SchemaField,
    ) -> Result<(AlterAction, Vec<Statement>), Unrenderable> {
        let parameters = self.context.db_parameters(new)?;
        let new_type = parameters.db_type.unwrap_or_default();
        let collation = parameters.collation;
        let (action, mut after) = match self.vendor() {
            Vendor::PostgreSql => self.alter_type_postgresql(model, old, new, &new_type, collation)?,
            Vendor::MySql | Vendor::MariaDb => {
                let comment = new.db_comment().filter(|_| self.context.version >= DjangoVersion::V4_2);
                let comment = comment.map(|text| self.context.quote_value(&DbValue::Str(text.to_owned())));
                let action = AlterAction::AlterColumnType {
                    column: new.column_name().to_owned(),
                    db_type: self.full_type(old, &new_type)?,
                    collation,
                    using: None,
                    comment,
                };
                (action, Vec::new())
            }
            _ => {
                let column = new.column_name().to_owned();
                let (using, comment) = (None, None);
                let action =
                    AlterAction::AlterColumnType { column, db_type: new_type, collation, using, comment };
                (action, Vec::new())
            }
        };
        if matches!(self.vendor(), Vendor::PostgreSql | Vendor::Oracle)
            && self.context.version >= DjangoVersion::V4_2
            && old.db_comment() != new.db_comment()
        {
            let text = new.db_comment().unwrap_or("").to_owned();
            after.push(Statement::Comment {
                table: model.db_table.clone(),
                column: Some(new.column_name().to_owned()),
                comment: self.context.quote_value(&DbValue::Str(text)),
            });
        }
        Ok((action, after))
    }

    /// MySQL's `_set_field_new_type`: `MODIFY` takes away what it does not name.
    pub(crate) fn full_type(&self, field: &SchemaField, new_type: &str) -> Result<String, Unrenderable> {
        let mut full = new_type.to_owned();
        if field.has_db_default() {
            full = format!("{full} DEFAULT {}", self.db_default_sql(field)?.0);
        }
        Ok(full + if field.null() { " NULL" } else { " NOT NULL" })
    }

    /// `_alter_column_null_sql`
    pub(crate) fn alter_null(&self, new: &SchemaField) -> Result<Option<AlterAction>, Unrenderable> {
        if self.is(Vendor::Oracle) && empty_strings_allowed(new) {
            return Ok(None);
        }
        let column = new.column_name().to_owned();
        let db_type = self.context.db_type(new)?.unwrap_or_default();
        if self.vendor().is_mysql() && new.has_db_default() {
            let db_type = self.full_type(new, &db_type)?;
            let (collation, using, comment) = (None, None, None);
            return Ok(Some(AlterAction::AlterColumnType { column, db_type, collation, using, comment }));
        }
        Ok(Some(if new.null() {
            AlterAction::DropNotNull { column, db_type }
        } else {
            AlterAction::SetNotNull { column, db_type }
        }))
    }

    /// `_alter_column_default_sql`
    pub(crate) fn set_default(&self, new: &SchemaField) -> Result<AlterAction, Unrenderable> {
        let value = self.context.quote_value(&self.context.effective_default(new)?);
        Ok(AlterAction::SetDefault {
            column: new.column_name().to_owned(),
            default: self.column_default_sql(new, &value)?,
            db_type: self.context.db_type(new)?.unwrap_or_default(),
        })
    }

    /// `_alter_column_database_default_sql`
    pub(crate) fn alter_db_default(
        &self,
        old: &SchemaField,
        new: &SchemaField,
    ) -> Result<Option<AlterAction>, Unrenderable> {
        let column = new.column_name().to_owned();
        let db_type = self.context.db_type(new)?.unwrap_or_default();
        match (old.field.kwarg("db_default"), new.field.kwarg("db_default")) {
            (before, Some(now)) if before != Some(now) => {
                Ok(Some(AlterAction::SetDefault { column, default: self.db_default_sql(new)?.0, db_type }))
            }
            (Some(_), None) => Ok(Some(AlterAction::DropDefault { column, to_null: false, db_type })),
            _ => Ok(None),
        }
    }
}
