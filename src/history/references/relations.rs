//! Where the names of relations lead, so that a lookup is followed through one that does not bear its
//! model's name: `purchase__note`, `lines__note`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::migration::Migration;
use crate::django::operations::OperationKind as Kind;
use crate::django::state::relation_to;
use crate::python::value::Value;

/// The models that each name leads to, in either direction, by what migrations ever said.
#[derive(Debug, Default)]
pub(in super::super) struct Relations(BTreeMap<String, BTreeSet<Arc<str>>>);

impl Relations {
    /// Of a project's migrations.
    pub(in super::super) fn of(migrations: &[Arc<Migration>]) -> Self {
        let mut relations = Self::default();
        for migration in migrations {
            for operation in &migration.operations {
                let app = &migration.key.app;
                match &operation.kind {
                    Kind::CreateModel(create) => {
                        let model = ModelKey::new(app.clone(), &create.name);
                        create.fields.iter().for_each(|(name, field)| relations.add(&model, name, field));
                    }
                    Kind::AddField { model_name, name, field, .. }
                    | Kind::AlterField { model_name, name, field, .. } => {
                        relations.add(&ModelKey::new(app.clone(), model_name), name, field);
                    }
                    Kind::RenameField { old_name, new_name, .. } => {
                        // Of whichever model: a name that leads to several leads nowhere for sure.
                        let to = relations.0.get(&old_name.to_lowercase()).cloned().unwrap_or_default();
                        relations.0.entry(new_name.to_lowercase()).or_default().extend(to);
                    }
                    _ => {}
                }
            }
        }
        relations
    }

    fn add(&mut self, model: &ModelKey, name: &str, field: &Field) {
        let Some(target) = relation_to(field, model) else { return };
        let text = |key: &str| field.kwarg(key).and_then(Value::as_str).map(str::to_owned);
        let back = text("related_query_name").or_else(|| text("related_name"));
        let back = back.unwrap_or_else(|| model.model.to_string()).to_lowercase();
        self.0.entry(name.to_lowercase()).or_default().insert(target.model);
        if !back.ends_with('+') {
            self.0.entry(back).or_default().insert(model.model.clone());
        }
    }

    /// Whether a name leads to a model, and to no other.
    pub(super) fn lead(&self, name: &str, model: &str) -> bool {
        let found = self.0.get(&name.to_lowercase());
        found.is_some_and(|models| models.len() == 1 && models.iter().all(|one| **one == *model))
    }
}
