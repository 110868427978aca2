//! `OperationDependency` and `check_dependency` (`django/db/migrations/autodetector.py`; a plain
//! tuple before 5.1).

use std::sync::Arc;

use crate::django::keys::ModelKey;
use crate::django::operations::references::same_name;
use crate::django::operations::{Operation, OperationKind as K};
use crate::django::state::Swappables;

/// `OperationDependency.Type`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Create,
    Remove,
    Alter,
    RemoveOrderWrt,
    AlterFooTogether,
    RemoveIndexOrConstraint,
}

/// What a dependency is on: a model, or whatever model a setting names (`__setting__`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum On {
    Model(ModelKey),
    Setting(Arc<str>),
}

/// `OperationDependency`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dependency {
    /// The model.
    pub(crate) on: On,
    /// A field of it, or `None`.
    pub(crate) field: Option<Arc<str>>,
    /// What has to happen to it.
    pub(crate) kind: Kind,
}

impl Dependency {
    /// On a model as a whole.
    pub(crate) fn on_model(key: ModelKey, kind: Kind) -> Self {
        Self { on: On::Model(key), field: None, kind }
    }

    /// On a field of a model.
    pub(crate) fn on_field(key: ModelKey, field: &Arc<str>, kind: Kind) -> Self {
        Self { on: On::Model(key), field: Some(field.clone()), kind }
    }

    /// `_resolve_dependency`: the model, and the setting that names it if one does. `None` where
    /// the setting is not known.
    pub(crate) fn resolve(&self, swappables: &Swappables) -> Option<(ModelKey, Option<&Arc<str>>)> {
        match &self.on {
            On::Model(key) => Some((key.clone(), None)),
            On::Setting(name) => {
                let (app, model) = swappables.settings.get(name)?.split_once('.')?;
                Some((ModelKey::new(crate::django::keys::AppLabel::new(app), model), Some(name)))
            }
        }
    }

    /// `check_dependency`: whether `operation` of the same app is what this, resolved to `model`, waits for.
    pub(crate) fn is_met_by(&self, operation: &Operation, model: &ModelKey) -> bool {
        if !operation.is_on_model(&model.model) {
            return false;
        }
        let is_field = |field: &str| operation.field_name().is_some_and(|name| same_name(name, field));
        match (self.kind, self.field.as_deref(), &operation.kind) {
            (Kind::Create, Some(field), K::CreateModel(create)) => {
                create.fields.iter().any(|(name, _)| name.as_ref() == field)
            }
            (Kind::Create, Some(field), K::AddField { .. })
            | (Kind::Remove, Some(field), K::RemoveField { .. })
            | (Kind::Alter, Some(field), K::AlterField { .. }) => is_field(field),
            (Kind::RemoveOrderWrt, Some(field), K::AlterOrderWithRespectTo { order_with_respect_to, .. }) => {
                order_with_respect_to.as_str().is_none_or(|other| !same_name(other, field))
            }
            (Kind::Create, None, K::CreateModel(_))
            | (Kind::Remove, None, K::DeleteModel { .. })
            | (
                Kind::AlterFooTogether,
                Some(_),
                K::AlterUniqueTogether { .. } | K::AlterIndexTogether { .. },
            )
            | (Kind::RemoveIndexOrConstraint, Some(_), K::RemoveIndex { .. } | K::RemoveConstraint { .. }) => {
                true
            }
            _ => false,
        }
    }
}
