//! `Operation.reduce`: what two operations of one app come to together
//! (`django/db/migrations/operations/{base,models,fields}.py`).

use std::sync::Arc;

use super::name_fragment::object_name;
use super::references::{Family, same_name};
use super::{Operation, OperationKind as K};
use crate::django::keys::AppLabel;
use crate::django::version::DjangoVersion;

/// What `Operation.reduce` returns.
#[derive(Debug, Clone)]
pub(crate) enum Reduction {
    /// The two are replaced by these.
    Into(Vec<Operation>),
    /// `True`: the one can be moved across the other.
    Through,
    /// `False`
    Blocked,
}

impl Reduction {
    fn passing(through: bool) -> Self {
        if through { Self::Through } else { Self::Blocked }
    }
}

impl Operation {
    /// `reduce`: `self` comes before `other` in the list.
    pub(crate) fn reduce(&self, other: &Self, app: &AppLabel, version: DjangoVersion) -> Reduction {
        let special = match self.family() {
            Family::Model => self.reduce_model(other, version),
            Family::Field => self.reduce_field(other, version),
            Family::Index => self.reduce_index(other, version),
            Family::Other => None,
        };
        if let Some(operations) = special {
            return Reduction::Into(operations);
        }
        // `Operation.reduce`
        if self.elidable() {
            return Reduction::Into(vec![other.clone()]);
        }
        if other.elidable() {
            return Reduction::Into(vec![self.clone()]);
        }
        Reduction::passing(self.passes(other, app, version))
    }

    /// Whether nothing in `other` refers to what this operation touches.
    fn passes(&self, other: &Self, app: &AppLabel, version: DjangoVersion) -> bool {
        let Some(model) = self.model_name() else { return false };
        match &self.kind {
            K::RenameModel { new_name, .. } => !other.references_model(new_name, app),
            K::AlterUniqueTogether { .. } | K::AlterIndexTogether { .. } => {
                !other.references_model(model, app)
                    || (version >= DjangoVersion::V4_1 && self.is_together_of_other_kind(other))
            }
            K::RenameField { old_name, new_name, .. } => {
                !(other.references_field(model, new_name, app, version)
                    || (version >= DjangoVersion::V4_0
                        && other.references_field(model, old_name, app, version)))
            }
            _ => match self.family() {
                Family::Model => !other.references_model(model, app),
                Family::Field => {
                    self.field_name().is_some_and(|name| !other.references_field(model, name, app, version))
                }
                Family::Index | Family::Other => false,
            },
        }
    }

    fn is_together_of_other_kind(&self, other: &Self) -> bool {
        matches!(
            (&self.kind, &other.kind),
            (K::AlterUniqueTogether { .. }, K::AlterIndexTogether { .. })
                | (K::AlterIndexTogether { .. }, K::AlterUniqueTogether { .. })
        )
    }

    /// `CreateModel.reduce`, `RenameModel.reduce`, `ModelOptionOperation.reduce`
    fn reduce_model(&self, other: &Self, version: DjangoVersion) -> Option<Vec<Self>> {
        match (&self.kind, &other.kind) {
            (K::CreateModel(create), _) => {
                let absorbed = create.absorb(other, version)?;
                Some(absorbed.into_iter().map(|create| self.with(K::CreateModel(create))).collect())
            }
            (K::RenameModel { old_name, new_name }, K::RenameModel { old_name: next, new_name: last })
                if same_name(new_name, next) =>
            {
                Some(vec![self.with(K::RenameModel { old_name: old_name.clone(), new_name: last.clone() })])
            }
            (K::DeleteModel { .. } | K::RenameModel { .. }, _) => None,
            (own, theirs) => {
                let replaced = matches!(theirs, K::DeleteModel { .. })
                    || std::mem::discriminant(own) == std::mem::discriminant(theirs);
                let same_model = self.model_name().is_some_and(|name| other.is_on_model(name));
                (replaced && same_model).then(|| vec![other.clone()])
            }
        }
    }

    /// `AddField.reduce`, `RemoveField.reduce`, `AlterField.reduce`, `RenameField.reduce`
    fn reduce_field(&self, other: &Self, version: DjangoVersion) -> Option<Vec<Self>> {
        let model = self.model_name()?;
        if !other.is_on_model(model) {
            return None;
        }
        let same_field =
            matches!((self.field_name(), other.field_name()), (Some(a), Some(b)) if same_name(a, b));
        match (&self.kind, &other.kind) {
            (K::RemoveField { .. }, K::DeleteModel { .. }) => Some(vec![other.clone()]),
            (
                K::RenameField { old_name, new_name, .. },
                K::RenameField { old_name: next, new_name: last, .. },
            ) if same_name(new_name, next) => Some(vec![self.with(K::RenameField {
                model_name: model.clone(),
                old_name: old_name.clone(),
                new_name: last.clone(),
            })]),
            _ if !same_field => None,
            (K::AddField { preserve_default, .. }, K::AlterField { name, field, .. }) => {
                // Before 6.0 a new operation was made, and `preserve_default` forgotten.
                let preserve_default = version < DjangoVersion::V6_0 || *preserve_default;
                Some(vec![self.with(K::AddField {
                    model_name: model.clone(),
                    name: name.clone(),
                    field: field.clone(),
                    preserve_default,
                })])
            }
            (K::AddField { .. }, K::RemoveField { .. }) => Some(Vec::new()),
            (K::AddField { field, preserve_default, .. }, K::RenameField { new_name, .. }) => {
                let preserve_default = version < DjangoVersion::V6_0 || *preserve_default;
                Some(vec![self.with(K::AddField {
                    model_name: model.clone(),
                    name: new_name.clone(),
                    field: field.clone(),
                    preserve_default,
                })])
            }
            (K::AlterField { .. }, K::RemoveField { .. }) => Some(vec![other.clone()]),
            (K::AlterField { .. }, K::AlterField { .. }) if version >= DjangoVersion::V5_0 => {
                Some(vec![other.clone()])
            }
            (K::AlterField { field, preserve_default, .. }, K::RenameField { new_name, .. })
                if version < DjangoVersion::V4_1 || field.kwarg("db_column").is_none() =>
            {
                let preserve_default = version < DjangoVersion::V6_0 || *preserve_default;
                Some(vec![
                    other.clone(),
                    self.with(K::AlterField {
                        model_name: model.clone(),
                        name: new_name.clone(),
                        field: field.clone(),
                        preserve_default,
                    }),
                ])
            }
            _ => None,
        }
    }

    /// `AddIndex.reduce`, `RenameIndex.reduce`, `AddConstraint.reduce`, `AlterConstraint.reduce`
    fn reduce_index(&self, other: &Self, version: DjangoVersion) -> Option<Vec<Self>> {
        let model = self.model_name()?;
        let same_model = other.is_on_model(model);
        match (&self.kind, &other.kind) {
            (
                K::RenameIndex { new_name, old_name, old_fields, .. },
                K::RenameIndex { old_name: Some(next), new_name: last, .. },
            ) if same_model && same_name(new_name, next) => Some(vec![self.with(K::RenameIndex {
                model_name: model.clone(),
                new_name: last.clone(),
                old_name: old_name.clone(),
                old_fields: old_fields.clone(),
            })]),
            _ if version < DjangoVersion::V5_0 => None,
            (K::AddIndex { index, .. }, K::RemoveIndex { name, .. }) if object_name(index) == Some(name) => {
                Some(Vec::new())
            }
            (
                K::AddIndex { index, concurrently, .. },
                K::RenameIndex { old_name: Some(old), new_name, .. },
            ) if object_name(index) == Some(old) => Some(vec![self.with(K::AddIndex {
                model_name: model.clone(),
                index: super::absorb::renamed(index, new_name),
                concurrently: *concurrently,
            })]),
            (K::AddConstraint { constraint, .. }, K::RemoveConstraint { name, .. })
                if same_model && object_name(constraint) == Some(name) =>
            {
                Some(Vec::new())
            }
            (
                K::AddConstraint { constraint, not_valid, .. },
                K::AlterConstraint { name, constraint: altered, .. },
            ) if same_model && object_name(constraint) == Some(name) => {
                Some(vec![self.with(K::AddConstraint {
                    model_name: model.clone(),
                    constraint: altered.clone(),
                    not_valid: *not_valid,
                })])
            }
            (
                K::AlterConstraint { name, .. },
                K::AlterConstraint { name: theirs, .. } | K::RemoveConstraint { name: theirs, .. },
            ) if same_model && name == theirs => Some(vec![other.clone()]),
            _ => None,
        }
    }

    /// The same operation's class and place with another content.
    fn with(&self, kind: K) -> Self {
        Self { class: Arc::clone(&self.class), kind, at: self.at.clone(), custom_describe: None }
    }
}
