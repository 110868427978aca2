//! Models that only the new state has.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dependency::{Dependency, Kind};
use super::relations::resolve_relation;
use super::{Run, is_true};
use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::operations::{CreateModel, Named, OperationKind as K};
use crate::django::state::ModelState;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// The options that are put off, so that the fields they name exist.
const DEFERRED: &[&str] = &["indexes", "constraints", "unique_together", "order_with_respect_to"];

/// The items of a list option; none where it is absent or not known.
fn listed<'a>(model: &'a ModelState, option: &str) -> &'a [Value] {
    model.option(option).and_then(Value::items).unwrap_or_default()
}

impl Run<'_> {
    /// `swappable_first_key`
    fn swappable_first_key(&self, key: &ModelKey) -> (String, String) {
        let plain = (key.app.to_string(), key.model.to_string());
        let Some(model) = self.input.to_state.models.get(key) else { return plain };
        let user_base = model.bases.iter().any(|base| match base {
            Value::Str(text) | Value::Ref(text) => {
                let name = text.rsplit('.').next().unwrap_or(text);
                let named = matches!(base, Value::Ref(_))
                    || !text.contains('.')
                    || self.input.version < DjangoVersion::V4_0;
                named && matches!(name, "AbstractUser" | "AbstractBaseUser")
            }
            _ => false,
        });
        let is_user = self
            .input
            .swappables
            .settings
            .get("AUTH_USER_MODEL")
            .is_some_and(|user| user.to_lowercase() == key.to_string().to_lowercase());
        if is_true(model.option("swappable")) || user_base || is_user {
            (format!("___{}", plain.0), format!("___{}", plain.1))
        } else {
            plain
        }
    }

    /// `sorted(keys, key=self.swappable_first_key, reverse=True)`
    fn swappable_first(&self, keys: BTreeSet<ModelKey>) -> Vec<ModelKey> {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_by_cached_key(|key| std::cmp::Reverse(self.swappable_first_key(key)));
        keys
    }

    /// `generate_created_models`
    pub(super) fn generate_created_models(&mut self) {
        let old: BTreeSet<_> = self.old.models.union(&self.old.unmanaged).cloned().collect();
        let added = self.swappable_first(self.new.models.difference(&old).cloned().collect());
        let unmanaged = self.swappable_first(self.new.unmanaged.difference(&old).cloned().collect());
        for key in added.into_iter().chain(unmanaged) {
            if let Some(model) = self.input.to_state.models.get(&key) {
                self.generate_created_model(&key, model);
            }
        }
    }

    fn generate_created_model(&mut self, key: &ModelKey, model: &ModelState) {
        let related = related_fields(model);
        let is_related = |name: &Arc<str>| related.iter().any(|(other, _)| other == name);
        let fields = model.fields.iter().filter(|(name, _)| !is_related(name));
        let deferred = |name: &str| {
            DEFERRED.contains(&name) || (name == "index_together" && self.input.version < DjangoVersion::V5_1)
        };
        let options = model.options.iter().filter(|(name, _)| !deferred(name));
        let create = CreateModel {
            name: model.name.clone(),
            fields: fields.map(|(name, field)| (name.clone(), field.clone())).collect(),
            options: options.map(|(name, value)| (name.clone(), value.clone())).collect(),
            bases: model.bases.clone(),
            managers: model.managers.clone(),
            unknowns: model.unknowns.clone(),
        };
        let dependencies = self.creation_dependencies(key, model);
        self.add_first(&key.app, K::CreateModel(create), dependencies);
        if self.new.unmanaged.contains(key) {
            return;
        }
        let own = || Dependency::on_model(key.clone(), Kind::Create);
        for (name, field) in &related {
            let mut dependencies = self.foreign_key_dependencies(key, field);
            dependencies.push(own());
            dedup(&mut dependencies);
            let kind = K::AddField {
                model_name: key.model.clone(),
                name: name.clone(),
                field: field.clone(),
                preserve_default: true,
            };
            self.add(&key.app, kind, dependencies);
        }
        if let Some(field) = model.option("order_with_respect_to").filter(|value| is_true(Some(value))) {
            let mut dependencies = Vec::new();
            if let Value::Str(name) = field {
                dependencies.push(Dependency::on_field(key.clone(), name, Kind::Create));
            }
            dependencies.push(own());
            let kind =
                K::AlterOrderWithRespectTo { name: key.model.clone(), order_with_respect_to: field.clone() };
            self.add(&key.app, kind, dependencies);
        }
        let mut dependencies: Vec<_> =
            related.iter().map(|(name, _)| Dependency::on_field(key.clone(), name, Kind::Create)).collect();
        dependencies.push(own());
        self.generate_deferred_options(key, model, &dependencies);
        if self.old.proxies.contains(key) {
            self.generate_repointed_relations(key);
        }
    }

    /// Indexes, constraints and `*_together` of a new model.
    fn generate_deferred_options(&mut self, key: &ModelKey, model: &ModelState, dependencies: &[Dependency]) {
        for index in listed(model, "indexes") {
            let kind =
                K::AddIndex { model_name: key.model.clone(), index: index.clone(), concurrently: false };
            self.add(&key.app, kind, dependencies.to_vec());
        }
        for constraint in listed(model, "constraints") {
            let kind = K::AddConstraint {
                model_name: key.model.clone(),
                constraint: constraint.clone(),
                not_valid: false,
            };
            self.add(&key.app, kind, dependencies.to_vec());
        }
        if let Some(value) = model.option("unique_together").filter(|value| is_true(Some(value))) {
            let kind = K::AlterUniqueTogether { name: key.model.clone(), unique_together: value.clone() };
            self.add(&key.app, kind, dependencies.to_vec());
        }
        if self.input.version < DjangoVersion::V5_1
            && let Some(value) = model.option("index_together").filter(|value| is_true(Some(value)))
        {
            let kind = K::AlterIndexTogether { name: key.model.clone(), index_together: value.clone() };
            self.add(&key.app, kind, dependencies.to_vec());
        }
    }

    /// Relations to a model that was a proxy now point to a table of its own.
    fn generate_repointed_relations(&mut self, key: &ModelKey) {
        for (owner, name) in self.related_objects(&self.to_relations, self.input.to_state, key) {
            let Some(model) = self.input.to_state.models.get(&owner) else { continue };
            let Some(field) = model.fields.get(&name) else { continue };
            let kind = K::AlterField {
                model_name: model.name.clone(),
                name,
                field: field.clone(),
                preserve_default: true,
            };
            self.add(&owner.app, kind, vec![Dependency::on_model(key.clone(), Kind::Create)]);
        }
    }

    /// What the creation of a model waits for.
    fn creation_dependencies(&self, key: &ModelKey, model: &ModelState) -> Vec<Dependency> {
        let mut dependencies = vec![Dependency::on_model(key.clone(), Kind::Remove)];
        for base in base_keys(model) {
            dependencies.push(Dependency::on_model(base.clone(), Kind::Create));
            // The new model may have a field that its base gives up.
            let states = (self.input.from_state.models.get(&base), self.input.to_state.models.get(&base));
            if let (Some(old), Some(new)) = states {
                let moved = old.fields.keys().filter(|name| !new.fields.contains_key(*name));
                for name in moved.filter(|name| model.fields.contains_key(*name)) {
                    dependencies.push(Dependency::on_field(base.clone(), name, Kind::Remove));
                }
            }
        }
        let mut primary = model
            .fields
            .values()
            .filter(|field| field.primary_key())
            .filter_map(|field| field.remote()?.model);
        if let Some(target) = primary.next_back() {
            dependencies.push(Dependency::on_model(resolve_relation(target, key), Kind::Create));
        }
        dependencies
    }

    /// `generate_created_proxies`
    pub(super) fn generate_created_proxies(&mut self) {
        let added: Vec<_> = self.new.proxies.difference(&self.old.proxies).cloned().collect();
        for key in added {
            let Some(model) = self.input.to_state.models.get(&key) else { continue };
            let mut dependencies = vec![Dependency::on_model(key.clone(), Kind::Remove)];
            dependencies.extend(base_keys(model).map(|base| Dependency::on_model(base, Kind::Create)));
            let mut options: Vec<Named<Value>> =
                model.options.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            // `ModelState.__init__` gives every state both, and nothing takes them out here.
            for name in ["indexes", "constraints"] {
                if !model.options.contains_key(name) {
                    options.push((name.into(), Value::List(Arc::from([]))));
                }
            }
            let create = CreateModel {
                name: model.name.clone(),
                fields: Vec::new(),
                options,
                bases: model.bases.clone(),
                managers: model.managers.clone(),
                unknowns: model.unknowns.clone(),
            };
            self.add(&key.app, K::CreateModel(create), dependencies);
        }
    }
}

/// Fields that are added after the model itself, sorted by name.
fn related_fields(model: &ModelState) -> Vec<Named<Arc<Field>>> {
    let mut related: Vec<_> = model
        .fields
        .iter()
        .filter(|(_, field)| {
            field.remote().is_some_and(|remote| {
                // One whose target is not known is a relation all the same.
                (!field.primary_key() && !remote.parent_link) || remote.through.is_some()
            })
        })
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect();
    related.sort_by(|a, b| a.0.cmp(&b.0));
    related
}

/// The bases that are models.
pub(super) fn base_keys(model: &ModelState) -> impl Iterator<Item = ModelKey> {
    model.bases.iter().filter_map(|base| match base {
        Value::Str(text) if text.contains('.') => Some(ModelKey::parse(text, &model.app)),
        _ => None,
    })
}

/// Each dependency once, in order.
pub(super) fn dedup(dependencies: &mut Vec<Dependency>) {
    let mut seen = BTreeSet::new();
    dependencies.retain(|dependency| seen.insert(dependency.clone()));
}
