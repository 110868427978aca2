//! Where the values of a field are kept.

use std::sync::Arc;

use super::context::OperationContext;
use crate::django::field::Field;
use crate::django::schema::column_facts;
use crate::django::state::ModelState;
use crate::django::state::apps::{Apps, ModelField};
use crate::django::state::tables::Through;

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
        self.with_column(storage(self.apps_before(), model, name, field), model, name)
    }

    /// Where the values of a field are kept, in the state that the operation leaves.
    pub fn storage_after(&self, model: &ModelState, name: &str, field: &Field) -> Storage {
        self.with_column(storage(self.apps_after(), model, name, field), model, name)
    }

    /// A class of its own may have no column (`Field.db_type` is None), as managers of tags.
    fn with_column(&self, found: Storage, model: &ModelState, name: &str) -> Storage {
        let without = |state| matches!(column_facts(self.schema(), state, &model.key(), name), Ok(None));
        let is_column = matches!(found, Storage::Column(_));
        if is_column && [&self.effect.before, &self.effect.after].into_iter().any(|state| without(state)) {
            return Storage::Nothing;
        }
        found
    }
}

fn storage(apps: Apps<'_>, model: &ModelState, name: &str, field: &Field) -> Storage {
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
    match apps.column(&found) {
        Some(column) => Storage::Column(column),
        None if field.kwarg("db_column").is_some_and(|column| column.find_unknown().is_some()) => {
            Storage::Unknown
        }
        None => Storage::Nothing,
    }
}
