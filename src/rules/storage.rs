//! Where the values of a field are kept.

use std::sync::Arc;

use super::context::OperationContext;
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::schema::{column_facts, has_no_column};
use crate::django::state::apps::{Apps, ModelField};
use crate::django::state::tables::Through;
use crate::django::state::{ModelState, ProjectState};

/// What of the database a field stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// A column of the model's table.
    Column(String),
    /// A table of its own: a many-to-many field without a `through` model.
    Table(String),
    /// Nothing: a many-to-many field with a `through` model, a field without a column.
    Nothing,
    /// The field's class or its `db_column` is not known.
    Unknown,
}

impl OperationContext<'_> {
    /// Where the values of a field are kept, in the state that the operation finds.
    pub fn storage(&self, model: &ModelState, name: &str, field: &Field) -> Storage {
        self.seen_by_the_database(
            model,
            name,
            field,
            storage(self.apps_before(), self.migration.vendor(), model, name, field),
        )
    }

    /// Where the values of a field are kept, in the state that the operation leaves.
    pub fn storage_after(&self, model: &ModelState, name: &str, field: &Field) -> Storage {
        self.seen_by_the_database(
            model,
            name,
            field,
            storage(self.apps_after(), self.migration.vendor(), model, name, field),
        )
    }

    /// A field may have no type in the database though nothing of its class says so: `db_type()` is `None` for a
    /// relation that is no foreign key (django-taggit's `TaggableManager`).
    fn seen_by_the_database(&self, model: &ModelState, name: &str, field: &Field, found: Storage) -> Storage {
        let key = model.key();
        let none = |state: &ProjectState| {
            let own = state.models.get(&key).and_then(|model| model.fields.get(name));
            own.is_some_and(|own| **own == *field)
                && matches!(column_facts(self.schema(), state, &key, name), Ok(None))
        };
        match found {
            Storage::Column(_) if none(&self.effect.before) || none(&self.effect.after) => Storage::Nothing,
            found => found,
        }
    }
}

fn storage(apps: Apps<'_>, vendor: Vendor, model: &ModelState, name: &str, field: &Field) -> Storage {
    let found = ModelField { model: model.key(), name: name.into(), field: Arc::new(field.clone()) };
    if field.many_to_many() {
        return match apps.through(&found) {
            Some(Through::Automatic(through)) => Storage::Table(through.db_table),
            Some(Through::Model(_)) => Storage::Nothing,
            None => Storage::Unknown,
        };
    }
    // A class that nothing is known of may have no column at all.
    if field.class.base.is_none() && field.class.db_type.is_none() {
        return Storage::Unknown;
    }
    // One of its own may say so.
    if has_no_column(field, vendor) {
        return Storage::Nothing;
    }
    match apps.column(&found) {
        Some(column) => Storage::Column(column),
        None if field.kwarg("db_column").is_some_and(|column| column.find_unknown().is_some()) => {
            Storage::Unknown
        }
        None => Storage::Nothing,
    }
}
