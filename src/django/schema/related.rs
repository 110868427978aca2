//! Relations that point to a field that changes (`_related_non_m2m_objects`,
//! `django/db/backends/base/schema.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::editor::{Editor, States};
use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// A foreign key before and after: the model that has it, and the field.
pub(crate) struct Related {
    /// Before.
    pub old: (Model, Arc<SchemaField>),
    /// After.
    pub new: (Model, Arc<SchemaField>),
}

/// Chains of keys that are foreign keys themselves are followed this far.
const DEPTH_LIMIT: usize = 16;

/// `_is_relevant_relation`
fn is_relevant(field: &SchemaField, altered: &SchemaField, version: DjangoVersion) -> bool {
    let to_field = field.foreign_key().and_then(|relation| relation.to_field.as_deref());
    match to_field {
        None => altered.primary_key,
        Some(name) => name == &*altered.name || (version >= DjangoVersion::V6_1 && name == &*altered.attname),
    }
}

impl Apps<'_> {
    /// Whether any relation names a field of this name: most fields are never looked for further.
    fn has_key_to(&self, field: &SchemaField) -> bool {
        let mut fields = self.state.models.values().flat_map(|model| model.fields.values());
        fields.any(|other| {
            let to_field = other.kwarg("to_field").and_then(Value::as_str);
            to_field.is_some_and(|name| name == &*field.name || name == &*field.attname)
        })
    }
}

impl Editor<'_> {
    fn relevant(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        field: &SchemaField,
    ) -> Vec<(Model, Arc<SchemaField>)> {
        if !field.primary_key && !apps.has_key_to(field) {
            return Vec::new();
        }
        let related = apps.related(model).into_iter();
        related.filter(|(_, key)| is_relevant(key, field, self.context.version)).collect()
    }

    /// Every foreign key that refers to the field, then those that refer to these.
    pub(crate) fn related_objects(
        &self,
        states: &States<'_>,
        models: (&Model, &Model),
        old: &SchemaField,
        new: &SchemaField,
    ) -> Result<Vec<Related>, Unrenderable> {
        let mut found = Vec::new();
        self.collect_related(states, models, (old, new), 0, &mut found)?;
        Ok(found)
    }

    fn collect_related(
        &self,
        states: &States<'_>,
        models: (&Model, &Model),
        fields: (&SchemaField, &SchemaField),
        depth: usize,
        found: &mut Vec<Related>,
    ) -> Result<(), Unrenderable> {
        if depth > DEPTH_LIMIT {
            return Err(Unrenderable::new("the foreign keys to a field do not end"));
        }
        let olds = self.relevant(&states.from, models.0, fields.0);
        let news = self.relevant(&states.to, models.1, fields.1);
        for (old, new) in olds.into_iter().zip(news) {
            let next = Related { old: old.clone(), new: new.clone() };
            found.push(next);
            if self.context.version >= DjangoVersion::V4_0 {
                self.collect_related(states, (&old.0, &new.0), (&old.1, &new.1), depth + 1, found)?;
            }
        }
        Ok(())
    }
}
