//! Models that only the old state has.

use std::collections::BTreeSet;

use super::created::dedup;
use super::dependency::{Dependency, Kind};
use super::{Run, is_true};
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind as K;
use crate::django::operations::name_fragment::object_name;
use crate::django::state::ModelState;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

impl Run<'_> {
    /// `generate_deleted_models`
    pub(super) fn generate_deleted_models(&mut self) {
        let new: BTreeSet<_> = self.new.models.union(&self.new.unmanaged).cloned().collect();
        let deleted: Vec<_> =
            self.old.models.difference(&new).chain(self.old.unmanaged.difference(&new)).cloned().collect();
        for key in deleted {
            if let Some(model) = self.input.from_state.models.get(&key) {
                self.generate_deleted_model(&key, model);
            }
        }
    }

    fn generate_deleted_model(&mut self, key: &ModelKey, model: &ModelState) {
        let version = self.input.version;
        let name = || key.model.clone();
        if is_true(model.option("unique_together")) {
            let kind = K::AlterUniqueTogether { name: name(), unique_together: Value::None };
            self.add(&key.app, kind, Vec::new());
        }
        if version < DjangoVersion::V5_1 && is_true(model.option("index_together")) {
            let kind = K::AlterIndexTogether { name: name(), index_together: Value::None };
            self.add(&key.app, kind, Vec::new());
        }
        if version >= DjangoVersion::V6_0 {
            let names = |option: &str| -> Vec<_> {
                let items = model.option(option).and_then(Value::items).unwrap_or_default();
                items.iter().filter_map(object_name).map(Into::into).collect()
            };
            for index in names("indexes") {
                let kind = K::RemoveIndex { model_name: name(), name: index, concurrently: false };
                self.add(&key.app, kind, Vec::new());
            }
            for constraint in names("constraints") {
                self.add(&key.app, K::RemoveConstraint { model_name: name(), name: constraint }, Vec::new());
            }
        }
        let mut related: Vec<_> = model
            .fields
            .iter()
            .filter(|(_, field)| field.is_relation())
            .map(|(name, _)| name.clone())
            .collect();
        related.sort();
        for field in &related {
            let mut dependencies = Vec::new();
            if version >= DjangoVersion::V6_0 {
                dependencies.push(Dependency::on_field(key.clone(), field, Kind::RemoveIndexOrConstraint));
            }
            self.add(&key.app, K::RemoveField { model_name: name(), name: field.clone() }, dependencies);
        }
        let mut dependencies = self.deletion_dependencies(key);
        dependencies
            .extend(related.iter().map(|field| Dependency::on_field(key.clone(), field, Kind::Remove)));
        if let Some((user, field)) = self.through_users.get(key) {
            dependencies.push(Dependency::on_field(user.clone(), field, Kind::Remove));
        }
        // Django puts these through a set, so that the order of what goes before the model follows the
        // hashes of texts there (`PYTHONHASHSEED`); here it is one of those orders, always the same.
        dedup(&mut dependencies);
        self.add(&key.app, K::DeleteModel { name: model.name.clone() }, dependencies);
    }

    /// Whatever points to the model goes first, or points elsewhere.
    fn deletion_dependencies(&self, key: &ModelKey) -> Vec<Dependency> {
        let mut dependencies = Vec::new();
        for (owner, name) in self.related_objects(&self.from_relations, self.input.from_state, key) {
            dependencies.push(Dependency::on_field(owner.clone(), &name, Kind::Remove));
            let field = self.input.from_state.models.get(&owner).and_then(|model| model.fields.get(&name));
            if field.is_some_and(|field| !field.is_many_to_many()) {
                dependencies.push(Dependency::on_field(owner.clone(), &name, Kind::Alter));
            }
        }
        dependencies
    }

    /// `generate_deleted_proxies`
    pub(super) fn generate_deleted_proxies(&mut self) {
        let deleted: Vec<_> = self.old.proxies.difference(&self.new.proxies).cloned().collect();
        for key in deleted {
            if let Some(model) = self.input.from_state.models.get(&key) {
                self.add(&key.app, K::DeleteModel { name: model.name.clone() }, Vec::new());
            }
        }
    }
}
