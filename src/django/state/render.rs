//! What Django finds only when it makes models of a state: references that lead nowhere
//! (`StateApps.__init__` with `_check_lazy_references`, `ModelState.render` in
//! `django/db/migrations/state.py`; `ModelBase.__new__` in `django/db/models/base.py`), and which
//! models of other apps a migration refers to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ModelState, ProjectState, Swappables, relation_through, relation_to};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind, StateForwards};
use crate::python::value::Value;
use crate::source::Location;

/// In which place a model is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// As a relation's target.
    To,
    /// As the model in the middle of a many-to-many relation.
    Through,
    /// As a base class.
    Base,
}

/// A model that can't be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderError {
    /// The model.
    pub model: ModelKey,
    /// Why not.
    pub kind: RenderErrorKind,
    /// Where the field or model is written.
    pub at: Option<Location>,
    /// False where something that could not be read may be what is missing.
    pub certain: bool,
}

/// Why a model can't be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderErrorKind {
    /// A relation leads to a model that is not there: `ValueError`, "was declared with a lazy
    /// reference to".
    UnresolvedField {
        /// The field.
        field: Arc<str>,
        /// `To` or `Through`.
        role: Role,
        /// The model that is not there.
        target: ModelKey,
    },
    /// A base is not there, or the bases go round in a circle: `InvalidBasesError`.
    UnresolvedBase {
        /// The base.
        target: ModelKey,
    },
    /// `order_with_respect_to` names a field that is not there: `FieldDoesNotExist`.
    UnresolvedOrder {
        /// The field.
        field: Arc<str>,
    },
    /// A field of a concrete parent is declared again: `FieldError`.
    FieldClash {
        /// The field.
        field: Arc<str>,
        /// The parent.
        base: ModelKey,
    },
}

/// What rendering the whole state fails at.
///
/// `outside` tells of a model that is not in the state whether an app without migrations has it;
/// `None` where that is not known.
pub fn unresolved_references(
    state: &ProjectState,
    outside: &dyn Fn(&ModelKey) -> Option<bool>,
) -> Vec<RenderError> {
    let view = View { state, outside };
    let mut errors = Vec::new();
    for (key, model) in &state.models {
        view.bases(key, model, &mut errors);
        for (name, field) in &model.fields {
            view.field(key, name, field, &mut errors);
        }
        view.order(key, model, &mut errors);
    }
    errors
}

struct View<'a> {
    state: &'a ProjectState,
    outside: &'a dyn Fn(&ModelKey) -> Option<bool>,
}

impl View<'_> {
    /// `Some(certain)` where the model is not there.
    fn missing(&self, target: &ModelKey) -> Option<bool> {
        if self.state.models.contains_key(target) {
            return None;
        }
        match (self.outside)(target) {
            Some(true) => None,
            Some(false) => Some(self.state.is_known(&target.app)),
            None => Some(false),
        }
    }

    fn field(&self, key: &ModelKey, name: &Arc<str>, field: &Field, errors: &mut Vec<RenderError>) {
        let targets = [(Role::To, relation_to(field, key)), (Role::Through, relation_through(field, key))];
        for (role, target) in targets {
            let Some(target) = target else { continue };
            if let Some(certain) = self.missing(&target) {
                let kind = RenderErrorKind::UnresolvedField { field: name.clone(), role, target };
                errors.push(RenderError { model: key.clone(), kind, at: field.at.clone(), certain });
            }
        }
    }

    fn bases(&self, key: &ModelKey, model: &ModelState, errors: &mut Vec<RenderError>) {
        for target in base_models(key, model) {
            let certain = if self.leads_back(&target, key) { Some(true) } else { self.missing(&target) };
            if let Some(certain) = certain {
                let kind = RenderErrorKind::UnresolvedBase { target };
                errors.push(RenderError { model: key.clone(), kind, at: model.at.clone(), certain });
                continue;
            }
            let Some(base) = self.state.models.get(&target) else { continue };
            for name in model.fields.keys().filter(|name| base.fields.contains_key(*name)) {
                let kind = RenderErrorKind::FieldClash { field: name.clone(), base: target.clone() };
                errors.push(RenderError { model: key.clone(), kind, at: model.at.clone(), certain: true });
            }
        }
    }

    /// Whether the bases of `from` come back to `to`.
    fn leads_back(&self, from: &ModelKey, to: &ModelKey) -> bool {
        let mut waiting = vec![from.clone()];
        let mut seen = BTreeSet::new();
        while let Some(key) = waiting.pop() {
            if key == *to {
                return true;
            }
            if let Some(model) = self.state.models.get(&key)
                && seen.insert(key.clone())
            {
                waiting.extend(base_models(&key, model));
            }
        }
        false
    }

    /// A field of a parent, or the `attname` of one, will do too.
    fn order(&self, key: &ModelKey, model: &ModelState, errors: &mut Vec<RenderError>) {
        let Some(name) = model.option("order_with_respect_to").and_then(Value::as_str) else { return };
        let plain = |name: &str| model.fields.contains_key(name);
        if name.is_empty() || plain(name) || name.strip_suffix("_id").is_some_and(plain) {
            return;
        }
        let no_bases = base_models(key, model).next().is_none() && name != "id";
        let certain = no_bases && model.unknowns.is_empty() && self.state.is_known(&key.app);
        let kind = RenderErrorKind::UnresolvedOrder { field: name.into() };
        errors.push(RenderError { model: key.clone(), kind, at: model.at.clone(), certain });
    }
}

fn base_models<'a>(key: &'a ModelKey, model: &'a ModelState) -> impl Iterator<Item = ModelKey> + 'a {
    model.bases.iter().filter_map(|base| base.as_str().map(|text| ModelKey::parse(text, &key.app)))
}

/// A model that an operation of a migration refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelReference {
    /// Index of the operation in the migration.
    pub operation: usize,
    /// The model it refers to.
    pub target: ModelKey,
    /// In which place.
    pub role: Role,
    /// The model that the operation is on.
    pub model: ModelKey,
    /// The field that refers; `None` for a base.
    pub field: Option<Arc<str>>,
    /// The setting that names the target, where the reference may be by it; the dependency is
    /// then on the first migration of the target's app (`swappable_dependency`).
    pub setting: Option<Arc<str>>,
    /// Where the reference is written.
    pub at: Option<Location>,
}

/// Every model of another app that the operations of a migration refer to, in order.
pub fn references_to_other_apps(migration: &Migration, swappables: &Swappables) -> Vec<ModelReference> {
    let mut found = Collector { app: &migration.key.app, swappables, index: 0, found: Vec::new() };
    for (index, operation) in migration.operations.iter().enumerate() {
        found.index = index;
        found.operations(operation);
    }
    found.found
}

struct Collector<'a> {
    app: &'a AppLabel,
    swappables: &'a Swappables,
    index: usize,
    found: Vec<ModelReference>,
}

impl Collector<'_> {
    /// The operation and all within it; depth first, in order.
    fn operations(&mut self, operation: &Operation) {
        let mut waiting = vec![operation];
        while let Some(operation) = waiting.pop() {
            match &operation.kind {
                OperationKind::CreateModel(create) => {
                    let model = ModelKey::new(self.app.clone(), &create.name);
                    for base in create.bases.iter().filter_map(Value::as_str) {
                        let target = ModelKey::parse(base, self.app);
                        self.add(&model, None, Role::Base, target, operation.at.clone());
                    }
                    for (name, field) in &create.fields {
                        self.field(&model, name, field, operation);
                    }
                }
                OperationKind::AddField { model_name, name, field, .. }
                | OperationKind::AlterField { model_name, name, field, .. } => {
                    let model = ModelKey::new(self.app.clone(), model_name);
                    self.field(&model, name, field, operation);
                }
                OperationKind::RunSql(run) => waiting.extend(run.state_operations.iter().rev()),
                OperationKind::SeparateDatabaseAndState { database_operations, state_operations } => {
                    waiting.extend(state_operations.iter().rev());
                    waiting.extend(database_operations.iter().rev());
                }
                OperationKind::Custom(custom) => {
                    if let StateForwards::Operations(operations) = &custom.state_forwards {
                        waiting.extend(operations.iter().rev());
                    }
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, model: &ModelKey, name: &Arc<str>, field: &Field, operation: &Operation) {
        let at = field.at.clone().or_else(|| operation.at.clone());
        if let Some(target) = relation_to(field, model) {
            self.add(model, Some(name), Role::To, target, at.clone());
        }
        if let Some(target) = relation_through(field, model) {
            self.add(model, Some(name), Role::Through, target, at);
        }
    }

    fn add(
        &mut self,
        model: &ModelKey,
        field: Option<&Arc<str>>,
        role: Role,
        target: ModelKey,
        at: Option<Location>,
    ) {
        if target.app == *self.app {
            return;
        }
        let setting = self.swappables.setting_for(&target.to_string()).cloned();
        let (operation, model, field) = (self.index, model.clone(), field.cloned());
        self.found.push(ModelReference { operation, target, role, model, field, setting, at });
    }
}
