//! What is asked of a rendered field: its arguments, with the defaults of its class.

use super::model::{Relation, SchemaField, is_many_to_many};
use crate::python::value::Value;

impl SchemaField {
    /// A boolean argument; false where it is not given or not known.
    pub fn flag(&self, name: &str) -> bool {
        self.field.kwarg(name).and_then(Value::truth).unwrap_or(false)
    }

    /// `null`
    pub fn null(&self) -> bool {
        self.flag("null") || self.field.is_a("django.db.models.NullBooleanField")
    }

    /// `unique`: of a primary key and a one-to-one field, too.
    pub fn unique(&self) -> bool {
        self.primary_key || self.flag("unique") || self.field.is_a("django.db.models.OneToOneField")
    }

    /// `db_index`, with the default of its class.
    pub fn db_index(&self) -> bool {
        match self.field.kwarg("db_index").and_then(Value::as_bool) {
            Some(index) => index,
            None => {
                self.field.is_a("django.db.models.ForeignKey")
                    || self.field.is_a("django.db.models.SlugField")
            }
        }
    }

    /// `db_constraint`, true unless said otherwise.
    pub fn db_constraint(&self) -> bool {
        self.field.kwarg("db_constraint").and_then(Value::as_bool).unwrap_or(true)
    }

    /// `many_to_many`
    pub fn many_to_many(&self) -> bool {
        is_many_to_many(&self.field)
    }

    /// `remote_field` of a field with a column.
    pub fn foreign_key(&self) -> Option<&Relation> {
        self.relation.as_ref().filter(|_| !self.many_to_many())
    }

    /// Whether it is a `GeneratedField` (5.0).
    pub fn generated(&self) -> bool {
        self.field.is_a("django.db.models.GeneratedField")
    }

    /// Whether it is a `CompositePrimaryKey` (5.2).
    pub fn composite(&self) -> bool {
        self.field.is_a("django.db.models.CompositePrimaryKey")
    }

    /// `auto_created`: Django made it.
    pub fn auto_created(&self) -> bool {
        self.flag("auto_created")
    }

    /// `has_db_default()` (5.0)
    pub fn has_db_default(&self) -> bool {
        self.field.kwarg("db_default").is_some()
    }

    /// `db_comment`, where it is not empty (4.2).
    pub fn db_comment(&self) -> Option<&str> {
        self.field.kwarg("db_comment").and_then(Value::as_str).filter(|comment| !comment.is_empty())
    }

    /// `column`; the attribute's name for a field that has none.
    pub fn column_name(&self) -> &str {
        self.column.as_deref().unwrap_or(&self.attname)
    }

    /// The name of its class, as messages show it.
    pub fn class_name(&self) -> &str {
        &self.field.class.qualname
    }
}
