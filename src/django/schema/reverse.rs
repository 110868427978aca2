//! Models in the middle of many-to-many relations, and relations seen from their target
//! (`create_many_to_many_intermediary_model`, `related_objects`, `django/db/models/fields/related.py`,
//! `django/db/models/options.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField, django_field, is_many_to_many, kwarg, text};
use super::names::{max_name_length, strip_quotes, truncate_name};
use crate::django::keys::ModelKey;
use crate::django::state::{ModelState, resolve_relation};
use crate::python::value::Value;

impl Apps<'_> {
    /// `create_many_to_many_intermediary_model`: the model in the middle that Django makes itself;
    /// `None` where one is named.
    pub fn through(&self, model: &Model, field: &SchemaField) -> Result<Option<Model>, Unrenderable> {
        let Some(relation) = field.relation.as_ref().filter(|relation| relation.through.is_none()) else {
            return Ok(None);
        };
        let (mut from, mut to) = (model.key.model.to_string(), relation.to.model.to_string());
        if from == to {
            (from, to) = (format!("from_{from}"), format!("to_{to}"));
        }
        let limit = max_name_length(self.context.dialect.vendor);
        let table = text(field.field.kwarg("db_table")).unwrap_or_else(|| {
            truncate_name(&format!("{}_{}", strip_quotes(&model.db_table), field.name), limit)
        });
        let name = format!("{}_{}", model.name, field.name);
        let foreign = |to: &ModelKey| {
            let mut kwargs = vec![kwarg("to", Value::str(to.to_string()))];
            kwargs.push(kwarg("related_name", Value::str(format!("{name}+"))));
            for name in ["db_constraint", "db_tablespace"] {
                kwargs.extend(field.field.kwarg(name).map(|value| kwarg(name, value.clone())));
            }
            Arc::new(django_field("django.db.models.ForeignKey", kwargs))
        };
        let auto = vec![kwarg("auto_created", Value::Bool(true)), kwarg("primary_key", Value::Bool(true))];
        let id = Arc::new(django_field(&self.context.settings.default_auto_field, auto));
        let state = ModelState {
            app: model.key.app.clone(),
            name: name.as_str().into(),
            fields: [
                (Arc::from("id"), id),
                (Arc::from(from.as_str()), foreign(&model.key)),
                (Arc::from(to.as_str()), foreign(&relation.to)),
            ]
            .into_iter()
            .collect(),
            options: indexmap::IndexMap::new(),
            bases: Vec::new(),
            managers: Vec::new(),
            at: None,
            unknowns: Vec::new(),
        };
        let mut fields = Vec::new();
        for (index, (name, field)) in (0i64..).zip(&state.fields) {
            fields.push(Arc::new(self.schema_field(&state, name, field, index, 0)?));
        }
        Ok(Some(Model {
            key: state.key(),
            name: state.name.clone(),
            db_table: table,
            fields,
            many_to_many: Vec::new(),
            unique_together: vec![vec![from.into(), to.into()]],
            index_together: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            db_tablespace: model.db_tablespace.clone(),
            db_table_comment: None,
            order_with_respect_to: false,
            parents: Vec::new(),
        }))
    }

    /// Every foreign key that points to `model`, those of tables in the middle included, by
    /// related name as Django sorts them (`_all_related_fields`).
    pub fn related(&self, model: &Model) -> Vec<(Model, Arc<SchemaField>)> {
        let mut found: Vec<(String, Model, Arc<SchemaField>)> = Vec::new();
        for (key, state) in &self.state.models {
            if Self::is_proxy(state) {
                continue;
            }
            // The table between the two models of a many-to-many relation refers to both.
            let own = self.concrete(key) == model.key;
            let points = state.fields.values().any(|field| {
                field.to().is_some_and(|to| {
                    self.concrete(&resolve_relation(to, key)) == model.key || (own && is_many_to_many(field))
                })
            });
            if !points {
                continue;
            }
            let Ok(other) = self.model(key) else { continue };
            for field in &other.fields {
                if field.foreign_key().is_some_and(|relation| self.concrete(&relation.to) == model.key) {
                    found.push((related_query_name(&other, field), other.clone(), field.clone()));
                }
            }
            for field in &other.many_to_many {
                let Ok(Some(through)) = self.through(&other, field) else { continue };
                for own in &through.fields {
                    if own.foreign_key().is_some_and(|relation| self.concrete(&relation.to) == model.key) {
                        found.push((related_query_name(&through, own), through.clone(), own.clone()));
                    }
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(_, model, field)| (model, field)).collect()
    }
}

impl Apps<'_> {
    /// `_meta.related_objects`: relations that point to `model`, many-to-many ones included and
    /// hidden ones not, in the order of the models.
    pub fn related_in_order(&self, model: &Model) -> Vec<(Model, Arc<SchemaField>)> {
        let mut found = Vec::new();
        for (key, state) in &self.state.models {
            let points = state.fields.values().any(|field| {
                field.to().is_some_and(|to| self.concrete(&resolve_relation(to, key)) == model.key)
            });
            if !points || Self::is_proxy(state) {
                continue;
            }
            let Ok(other) = self.model(key) else { continue };
            for field in other.fields.iter().chain(&other.many_to_many) {
                let Some(relation) = &field.relation else { continue };
                let hidden = field
                    .field
                    .kwarg("related_name")
                    .and_then(Value::as_str)
                    .is_some_and(|n| n.ends_with('+'));
                if self.concrete(&relation.to) == model.key && (!hidden || field.many_to_many()) {
                    found.push((other.clone(), field.clone()));
                }
            }
        }
        found
    }
}

/// `ForeignObjectRel.name`: the related query name, by which Django sorts.
fn related_query_name(model: &Model, field: &SchemaField) -> String {
    let named = |name: &str| field.field.kwarg(name).and_then(Value::as_str).map(str::to_owned);
    let name = named("related_query_name").or_else(|| named("related_name"));
    let name = name.unwrap_or_else(|| model.key.model.to_string());
    name.replace("%(class)s", &model.key.model)
        .replace("%(model_name)s", &model.key.model)
        .replace("%(app_label)s", model.key.app.as_str())
}
