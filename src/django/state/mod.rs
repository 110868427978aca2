//! `django/db/migrations/state.py`: the project's models at a point of its history.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::field::Field;
use super::keys::{AppLabel, ModelKey};
use super::operations::Named;
use crate::python::value::{Unknown, Value};
use crate::source::Location;

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
    pub models: BTreeMap<ModelKey, Arc<ModelState>>,
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

impl ModelState {
    /// The model's key in [`ProjectState::models`].
    pub fn key(&self) -> ModelKey {
        ModelKey::new(self.app.clone(), &self.name)
    }

    /// An option's value.
    pub fn option(&self, name: &str) -> Option<&Value> {
        self.options.get(name)
    }
}
