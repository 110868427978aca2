//! What the autodetector is told besides the two states.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::python::value::Unknown;

/// What the autodetector asks of the migration graph and of the apps' migration packages.
#[derive(Debug, Clone, Default)]
pub struct GraphInfo {
    /// `MigrationGraph.leaf_nodes()` by app, sorted.
    pub leaves: BTreeMap<AppLabel, Vec<Arc<str>>>,
    /// `MigrationLoader.unmigrated_apps`: apps without a migrations package.
    pub unmigrated_apps: BTreeSet<AppLabel>,
}

/// What is known not to be complete on either side.
#[derive(Debug, Clone, Default)]
pub struct Incomplete {
    /// Apps whose migrations could not all be read: a model or field that the state after them
    /// lacks is not new.
    pub migrations: BTreeMap<AppLabel, Arc<Unknown>>,
    /// Models of those apps that were created, in full, after all that could not be read.
    pub created: BTreeSet<ModelKey>,
    /// Apps some of whose models could not be read: a model missing there is not deleted.
    pub models: BTreeMap<AppLabel, Arc<Unknown>>,
}

impl Incomplete {
    /// Why a model may have more fields, indexes or constraints than the state after the migrations.
    pub(super) fn of_model(&self, key: &ModelKey) -> Option<&Arc<Unknown>> {
        self.migrations.get(&key.app).filter(|_| !self.created.contains(key))
    }
}

/// What a project's own `makemigrations` takes out of the comparison, by patching
/// `AlterModelOptions.ALTER_OPTION_KEYS` and `Field.deconstruct`.
#[derive(Debug, Clone, Default)]
pub struct Ignored {
    /// Keys no longer in `ALTER_OPTION_KEYS`.
    pub options: BTreeSet<Arc<str>>,
    /// Arguments dropped from fields' deconstructions.
    pub attributes: Vec<IgnoredAttribute>,
}

/// An argument that is dropped from the deconstruction of some classes of fields.
#[derive(Debug, Clone)]
pub struct IgnoredAttribute {
    /// The class, shortened as fields' paths are (`django.db.models.Field`).
    pub class: Arc<str>,
    /// The argument's name.
    pub name: Arc<str>,
    /// Subclasses that keep it.
    pub except: Vec<Arc<str>>,
}

impl Ignored {
    /// The arguments of `field` that are not compared.
    pub(super) fn attributes_of(&self, field: &Field) -> impl Iterator<Item = &str> {
        self.attributes
            .iter()
            .filter(|ignored| {
                field.is_a(&ignored.class) && !ignored.except.iter().any(|class| field.is_a(class))
            })
            .map(|ignored| ignored.name.as_ref())
    }
}
