//! Names in the database: tables, columns, and the tables Django makes for many-to-many fields
//! (`Options.contribute_to_class` in `django/db/models/options.py`,
//! `create_many_to_many_intermediary_model` and `ManyToManyField` in
//! `django/db/models/fields/related.py`, `truncate_name` in `django/db/backends/utils.py`; 3.2 to 6.1).

use std::sync::Arc;

use md5::{Digest, Md5};

use super::apps::{Apps, ModelField, is_foreign_key};
use super::{relation_through, resolve_relation};
use crate::django::keys::ModelKey;
use crate::python::value::Value;

/// The table in the middle of a many-to-many relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Through {
    /// A model that the field names.
    Model(ModelKey),
    /// A table that Django makes.
    Automatic(AutomaticThrough),
}

/// The table that Django makes for a many-to-many field without `through`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomaticThrough {
    /// The model's name: `Model_field`.
    pub name: String,
    /// Its table.
    pub db_table: String,
    /// The foreign key to the model that has the field.
    pub from: ThroughColumn,
    /// The foreign key to the model it leads to.
    pub to: ThroughColumn,
    /// Whether Django creates the table: one of both models is managed.
    pub managed: bool,
}

/// A foreign key of an automatic through table; both together are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThroughColumn {
    /// The field's name.
    pub name: String,
    /// The column.
    pub column: String,
    /// The model it refers to.
    pub model: ModelKey,
}

impl Apps<'_> {
    /// `Options.db_table`; of a proxy, its concrete model's. `None` where it is not known.
    pub fn db_table(&self, key: &ModelKey) -> Option<String> {
        let key = self.concrete_model(key)?;
        match self.model(&key)?.option("db_table") {
            None | Some(Value::None) => {}
            Some(value) => match value.as_str()? {
                "" => {}
                table => return Some(table.to_owned()),
            },
        }
        Some(truncate_name(&format!("{}_{}", key.app, key.model), self.max_name_length))
    }

    /// `Field.column`: the name of the column, or `None` for a field that has none (many-to-many,
    /// a plain `ForeignObject`, a composite primary key) or whose name is not known.
    pub fn column(&self, found: &ModelField) -> Option<String> {
        let field = &found.field;
        let plain_object = field.is_a("django.db.models.ForeignObject") && !is_foreign_key(field);
        if field.many_to_many() || plain_object || field.is_a("django.db.models.CompositePrimaryKey") {
            return None;
        }
        match field.kwarg("db_column") {
            None | Some(Value::None) => {}
            Some(value) => match value.as_str()? {
                "" => {}
                column => return Some(column.to_owned()),
            },
        }
        Some(found.attname())
    }

    /// The middle of a many-to-many relation; `None` for another field and where it is not known.
    /// Of a model that is swapped out no table is made.
    pub fn through(&self, found: &ModelField) -> Option<Through> {
        if !found.field.many_to_many() {
            return None;
        }
        match found.field.kwarg("through") {
            None | Some(Value::None) if self.is_swapped(&found.model) => None,
            None | Some(Value::None) => self.automatic_through(found).map(Through::Automatic),
            Some(_) => relation_through(&found.field, &found.model).map(Through::Model),
        }
    }

    fn automatic_through(&self, found: &ModelField) -> Option<AutomaticThrough> {
        let model = self.model(&found.model)?;
        let related = resolve_relation(found.field.to()?, &found.model);
        let (from, to) = if related.model == found.model.model {
            (format!("from_{}", found.model.model), format!("to_{}", related.model))
        } else {
            (found.model.model.to_string(), related.model.to_string())
        };
        let db_table = match found.field.kwarg("db_table") {
            None | Some(Value::None) => self.many_to_many_table(found)?,
            Some(value) => match value.as_str()? {
                "" => self.many_to_many_table(found)?,
                table => table.to_owned(),
            },
        };
        let column =
            |name: String, model: ModelKey| ThroughColumn { column: format!("{name}_id"), name, model };
        Some(AutomaticThrough {
            name: format!("{}_{}", model.name, found.name),
            db_table,
            managed: self.is_managed(&found.model) || self.is_managed(&related),
            from: column(from, found.model.clone()),
            to: column(to, related),
        })
    }

    fn many_to_many_table(&self, found: &ModelField) -> Option<String> {
        let table = self.db_table(&found.model)?;
        Some(truncate_name(&format!("{}_{}", strip_quotes(&table), found.name), self.max_name_length))
    }

    /// Every table of the state that Django keeps: of models, and those made for many-to-many
    /// fields. Models whose table's name is not known are left out.
    pub fn tables(&self) -> Vec<(ModelKey, Option<Arc<str>>, String)> {
        let mut found = Vec::new();
        for key in self.state().models.keys() {
            if self.can_migrate(key)
                && let Some(table) = self.db_table(key)
            {
                found.push((key.clone(), None, table));
            }
            for field in self.local_fields(key) {
                if let Some(Through::Automatic(through)) = self.through(&field)
                    && through.managed
                {
                    found.push((key.clone(), Some(field.name), through.db_table));
                }
            }
        }
        found
    }
}

/// `truncate_name`: an identifier cut to `length` characters, the last four of them a digest of
/// the whole; a namespace (`"USER"."TABLE"`) does not count.
pub fn truncate_name(identifier: &str, length: Option<usize>) -> String {
    const DIGEST: usize = 4;
    let (namespace, name) = split_identifier(identifier);
    let Some(length) = length.filter(|length| name.chars().count() > *length) else {
        return identifier.to_owned();
    };
    let kept: String = name.chars().take(length.saturating_sub(DIGEST)).collect();
    let digest = names_digest(&[name], DIGEST);
    if namespace.is_empty() { format!("{kept}{digest}") } else { format!("{namespace}\".\"{kept}{digest}") }
}

/// `split_identifier`: namespace and name without their outer quotes.
pub fn split_identifier(identifier: &str) -> (&str, &str) {
    let mut parts = identifier.split("\".\"");
    let (namespace, name) = match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(name), None) => (namespace, name),
        _ => ("", identifier),
    };
    (namespace.trim_matches('"'), name.trim_matches('"'))
}

/// `strip_quotes`: without the quotes around the whole of it.
pub fn strip_quotes(table: &str) -> &str {
    table.strip_prefix('"').and_then(|table| table.strip_suffix('"')).unwrap_or(table)
}

/// `names_digest`: the first `length` hexadecimal digits of the MD5 sum of all names.
pub fn names_digest(names: &[&str], length: usize) -> String {
    let mut hash = Md5::new();
    for name in names {
        hash.update(name.as_bytes());
    }
    let digits =
        hash.finalize().iter().fold(String::with_capacity(32), |digits, byte| format!("{digits}{byte:02x}"));
    digits.chars().take(length).collect()
}
