//! A column of a table: its definition, its default (`column_sql`, `_column_default_sql`,
//! `skip_default` of `django/db/backends/base/schema.py` and the backends', 3.2 to 6.1).

use super::default::empty_strings_allowed;
use super::editor::Editor;
use super::error::Unrenderable;
use super::model::{Model, SchemaField};
use super::statement::{ColumnDefault, ColumnDefinition, ColumnKey, Generated, Nullability};
use super::value::DbValue;
use crate::database::Vendor;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// MySQL's types that cannot have an ordinary default or index (`_limited_data_types`).
const LIMITED_TYPES: &[&str] =
    &["tinyblob", "blob", "mediumblob", "longblob", "tinytext", "text", "mediumtext", "longtext", "json"];

impl Editor<'_> {
    /// `column_sql`; `None` where the field has no column.
    pub(crate) fn column_sql(
        &mut self,
        model: &Model,
        field: &SchemaField,
        include_default: bool,
    ) -> Result<Option<ColumnDefinition>, Unrenderable> {
        let parameters = self.context.db_parameters(field)?;
        let (Some(db_type), Some(name)) = (parameters.db_type, &field.column) else { return Ok(None) };
        let mut column = ColumnDefinition {
            name: name.to_string(),
            db_type,
            collation: parameters.collation,
            ..ColumnDefinition::default()
        };
        if self.vendor().is_mysql()
            && self.comments()
            && let Some(comment) = field.db_comment()
        {
            let comment = self.context.quote_value(&DbValue::Str(comment.to_owned()));
            column.comment = Some((comment, self.context.version < DjangoVersion::V6_0));
        }
        self.note_custom_class(field);
        column.default = self.column_default(field, include_default)?;
        let mut null = field.null();
        if self.is(Vendor::Oracle) && empty_strings_allowed(field) && !field.primary_key {
            null = true;
        }
        if field.generated() {
            column.generated = Some(self.generated(model, field)?);
        } else if !null {
            column.nullability = Nullability::NotNull;
        } else {
            column.nullability = Nullability::Null;
        }
        if field.primary_key {
            column.key = ColumnKey::Primary;
        } else if field.unique() {
            column.key = ColumnKey::Unique;
        }
        if field.unique() && matches!(self.vendor(), Vendor::PostgreSql | Vendor::Oracle) {
            let own =
                field.field.kwarg("db_tablespace").and_then(Value::as_str).filter(|name| !name.is_empty());
            column.tablespace = own.map(str::to_owned).or_else(|| model.db_tablespace.clone());
        }
        Ok(Some(column))
    }

    /// What a class that is not Django's does beyond what could be evaluated.
    fn note_custom_class(&mut self, field: &SchemaField) {
        let class = field.class_name();
        if class.starts_with("django.") {
            return;
        }
        match field.field.live.clone() {
            None => self.note(format!("{class} may set more than its arguments say")),
            Some(live) if !live.unread.is_empty() => {
                self.note(format!("{class} has a method of its own: {}", live.unread.join(", ")));
            }
            Some(_) => {}
        }
    }

    fn generated(&self, model: &Model, field: &SchemaField) -> Result<Generated, Unrenderable> {
        let expression = field.field.kwarg("expression");
        let missing =
            || Unrenderable::new(format!("the expression of {}.{} is not known", field.model, field.name));
        let expression = self.expression_sql(model, expression.ok_or_else(missing)?)?;
        let stored = field.flag("db_persist");
        Ok(Generated { expression, stored })
    }

    fn column_default(
        &mut self,
        field: &SchemaField,
        include_default: bool,
    ) -> Result<Option<ColumnDefault>, Unrenderable> {
        if field.has_db_default() {
            let (sql, expression) = self.db_default_sql(field)?;
            return Ok(Some(ColumnDefault { sql, stays: true, expression }));
        }
        if !include_default
            || self.skip_default(field)?
            || (field.null() && self.skip_default_on_alter(field)?)
        {
            return Ok(None);
        }
        let value = self.context.effective_default(field)?;
        if value == DbValue::Null {
            return Ok(None);
        }
        self.note_varying(&value);
        let sql = self.column_default_sql(field, &self.context.quote_value(&value))?;
        Ok(Some(ColumnDefault { sql, stays: false, expression: false }))
    }

    /// A moment or a random identifier stands for one that is another each time.
    pub(crate) fn note_varying(&mut self, value: &DbValue) {
        if value.varies() {
            self.note("the default is the moment or a random value of the run");
        }
    }

    /// `_column_default_sql`: MySQL takes a default for a text only as an expression.
    pub(crate) fn column_default_sql(
        &self,
        field: &SchemaField,
        value: &str,
    ) -> Result<String, Unrenderable> {
        let wrap =
            self.is(Vendor::MySql) && self.context.dialect.at_least(8, 0, 13) && self.is_limited(field)?;
        Ok(if wrap { format!("({value})") } else { value.to_owned() })
    }

    /// `_is_limited_data_type`
    pub(crate) fn is_limited(&self, field: &SchemaField) -> Result<bool, Unrenderable> {
        let db_type = self.context.db_type(field)?;
        Ok(self.vendor().is_mysql()
            && db_type.is_some_and(|name| LIMITED_TYPES.contains(&name.to_lowercase().as_str())))
    }

    fn empty_text_default(&self, field: &SchemaField) -> Result<bool, Unrenderable> {
        if self.context.version < DjangoVersion::V5_0 {
            return Ok(false);
        }
        let db_type = self.context.db_type(field)?.unwrap_or_default().to_lowercase();
        let text = db_type.ends_with("blob") || db_type.ends_with("text");
        Ok(text && self.context.effective_default(field)?.is_empty_text())
    }

    /// `skip_default`
    pub(crate) fn skip_default(&self, field: &SchemaField) -> Result<bool, Unrenderable> {
        if !self.vendor().is_mysql() {
            return Ok(false);
        }
        if self.empty_text_default(field)? {
            return Ok(true);
        }
        let supported = self.is(Vendor::MariaDb) || self.context.dialect.at_least(8, 0, 13);
        Ok(!supported && self.is_limited(field)?)
    }

    /// `skip_default_on_alter`
    pub(crate) fn skip_default_on_alter(&self, field: &SchemaField) -> Result<bool, Unrenderable> {
        if !self.vendor().is_mysql() {
            return Ok(false);
        }
        if self.empty_text_default(field)? {
            return Ok(true);
        }
        Ok(self.is(Vendor::MySql) && self.is_limited(field)?)
    }
}
