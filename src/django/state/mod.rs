//! `django/db/migrations/state.py`: the project's models at a point of its history.

pub mod apps;
mod error;
mod forwards;
mod models;
mod options;
pub use options::ALTER_OPTION_KEYS;
mod references;
mod rename;
pub mod render;
pub mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::field::Field;
use super::keys::{AppLabel, ModelKey};
use super::operations::Named;
use crate::python::value::{Unknown, Value};
use crate::source::Location;

pub use error::{Phase, StateError, StateErrorKind};
pub use models::{Iter, Models};
pub use options::normalize_together;
pub use references::{
    Reference, field_references, is_relation, references_to, relation_through, relation_to, resolve_relation,
};

/// `ModelState`
#[derive(Debug, Clone)]
pub struct ModelState {
    /// The app's label.
    pub app: AppLabel,
    /// The model's name as written.
    pub name: Arc<str>,
    /// Fields in order.
    pub fields: IndexMap<Arc<str>, Arc<Field>>,
    /// `Meta` options.
    pub options: IndexMap<Arc<str>, Value>,
    /// Bases: `Str("app.model")` or `Ref("dotted.path")`.
    pub bases: Vec<Value>,
    /// Managers by name, each a deconstructed call.
    pub managers: Vec<Named<Value>>,
    /// Where the model is declared: its class in models.py, or its `CreateModel`.
    pub at: Option<Location>,
    /// What of the model as a whole could not be worked out: a base that is not known may bring
    /// fields, a metaclass may change options. While this is not empty the set of fields is open.
    pub unknowns: Vec<Arc<Unknown>>,
}

/// `ProjectState`
#[derive(Debug, Clone, Default)]
pub struct ProjectState {
    /// All models.
    pub models: Models,
    /// What may have changed the state in ways that could not be read, in order. While this is not
    /// empty, that something is missing from the state does not prove that it is missing.
    pub unknowns: Vec<UnknownChange>,
}

/// A change of the state that could not be followed: an operation whose class is not at hand, or
/// a migration that could not be read in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownChange {
    /// The app whose migration it is in.
    pub app: AppLabel,
    /// Whether it may touch models of other apps too: a custom `state_forwards` may, operations of
    /// Django's own that merely could not be read may not.
    pub anywhere: bool,
    /// Why it is not known, and where.
    pub why: Arc<Unknown>,
}

/// The settings that say which model stands in for which: `AUTH_USER_MODEL` and whatever other
/// setting a model's `Meta.swappable` names.
#[derive(Debug, Clone, Default)]
pub struct Swappables {
    /// Setting's name → the model it names, as the setting writes it (`accounts.User`).
    pub settings: BTreeMap<Arc<str>, Arc<str>>,
}

impl Swappables {
    /// `Apps.get_swappable_settings_name`: the setting that now names this model, case aside.
    pub fn setting_for(&self, to: &str) -> Option<&Arc<str>> {
        self.settings.iter().find(|(_, model)| model.eq_ignore_ascii_case(to)).map(|(setting, _)| setting)
    }
}

impl ProjectState {
    /// A state of these models and nothing unknown.
    pub fn new(models: impl IntoIterator<Item = ModelState>) -> Self {
        let models = models.into_iter().map(|model| (model.key(), Arc::new(model))).collect();
        Self { models, unknowns: Vec::new() }
    }

    /// The model of that key.
    pub fn model(&self, key: &ModelKey) -> Option<&Arc<ModelState>> {
        self.models.get(key)
    }

    /// Whether the set of models of `app` is known in full: no change that could not be read may
    /// have added or removed one.
    pub fn is_known(&self, app: &AppLabel) -> bool {
        !self.unknowns.iter().any(|unknown| unknown.anywhere || unknown.app == *app)
    }
}

impl ModelState {
    /// `ModelState.__init__`: the lists of indexes and constraints are always there, and a model
    /// without bases is a plain `Model` (`django/db/migrations/state.py`, 3.2 to 6.1).
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        for option in ["indexes", "constraints"] {
            if !self.options.contains_key(option) {
                self.options.insert(option.into(), Value::List(Arc::new([])));
            }
        }
        if self.bases.is_empty() {
            self.bases.push(Value::Ref("django.db.models.base.Model".into()));
        }
        self
    }

    /// The model's key in [`ProjectState::models`].
    pub fn key(&self) -> ModelKey {
        ModelKey::new(self.app.clone(), &self.name)
    }

    /// An option's value.
    pub fn option(&self, name: &str) -> Option<&Value> {
        self.options.get(name)
    }
}

#[cfg(test)]
mod tests;
