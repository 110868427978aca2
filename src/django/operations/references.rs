//! `Operation.references_model` and `references_field`
//! (`django/db/migrations/operations/{base,models,fields}.py`).

use std::sync::Arc;

use super::{Operation, OperationKind};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// What Django's class hierarchy makes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// `ModelOperation`
    Model,
    /// `FieldOperation`
    Field,
    /// `IndexOperation`, constraints included
    Index,
    /// Anything else
    Other,
}

/// `a.lower() == b.lower()`
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

impl Operation {
    /// Which of Django's base classes the operation has.
    pub(crate) fn family(&self) -> Family {
        use OperationKind as K;
        match &self.kind {
            K::CreateModel(_)
            | K::DeleteModel { .. }
            | K::RenameModel { .. }
            | K::AlterModelTable { .. }
            | K::AlterModelTableComment { .. }
            | K::AlterUniqueTogether { .. }
            | K::AlterIndexTogether { .. }
            | K::AlterOrderWithRespectTo { .. }
            | K::AlterModelOptions { .. }
            | K::AlterModelManagers { .. } => Family::Model,
            K::AddField { .. } | K::RemoveField { .. } | K::AlterField { .. } | K::RenameField { .. } => {
                Family::Field
            }
            K::AddIndex { .. }
            | K::RemoveIndex { .. }
            | K::RenameIndex { .. }
            | K::AddConstraint { .. }
            | K::RemoveConstraint { .. }
            | K::AlterConstraint { .. }
            | K::ValidateConstraint { .. } => Family::Index,
            _ => Family::Other,
        }
    }

    /// `name` of a model operation (`old_name` of `RenameModel`), `model_name` of any other that has one.
    pub(crate) fn model_name(&self) -> Option<&Arc<str>> {
        use OperationKind as K;
        Some(match &self.kind {
            K::CreateModel(create) => &create.name,
            K::DeleteModel { name }
            | K::AlterModelTable { name, .. }
            | K::AlterModelTableComment { name, .. }
            | K::AlterUniqueTogether { name, .. }
            | K::AlterIndexTogether { name, .. }
            | K::AlterOrderWithRespectTo { name, .. }
            | K::AlterModelOptions { name, .. }
            | K::AlterModelManagers { name, .. } => name,
            K::RenameModel { old_name, .. } => old_name,
            K::AddField { model_name, .. }
            | K::RemoveField { model_name, .. }
            | K::AlterField { model_name, .. }
            | K::RenameField { model_name, .. }
            | K::AddIndex { model_name, .. }
            | K::RemoveIndex { model_name, .. }
            | K::RenameIndex { model_name, .. }
            | K::AddConstraint { model_name, .. }
            | K::RemoveConstraint { model_name, .. }
            | K::AlterConstraint { model_name, .. }
            | K::ValidateConstraint { model_name, .. } => model_name,
            _ => return None,
        })
    }

    /// Whether the operation's own model is `name`, case aside.
    pub(crate) fn is_on_model(&self, name: &str) -> bool {
        self.model_name().is_some_and(|own| same_name(own, name))
    }

    /// `FieldOperation.name` (`old_name` of `RenameField`).
    pub(crate) fn field_name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            OperationKind::AddField { name, .. }
            | OperationKind::RemoveField { name, .. }
            | OperationKind::AlterField { name, .. } => Some(name),
            OperationKind::RenameField { old_name, .. } => Some(old_name),
            _ => None,
        }
    }

    /// `FieldOperation.field`
    fn field(&self) -> Option<&Arc<Field>> {
        match &self.kind {
            OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. } => Some(field),
            _ => None,
        }
    }

    /// `Operation.references_model`: whether there is a chance that this touches the model.
    pub(crate) fn references_model(&self, name: &str, app: &AppLabel) -> bool {
        let target = ModelKey::new(app.clone(), name);
        match (self.family(), &self.kind) {
            (_, OperationKind::DeleteModel { .. }) => true,
            (_, OperationKind::RenameModel { old_name, new_name }) => {
                same_name(old_name, name) || same_name(new_name, name)
            }
            (_, OperationKind::CreateModel(create)) => {
                let own = ModelKey::new(app.clone(), &create.name);
                own == target
                    || !create.unknowns.is_empty()
                    || create.bases.iter().any(|base| match base {
                        Value::Str(text) => ModelKey::parse(text, app) == target,
                        base => base.as_unknown().is_some(),
                    })
                    || create.fields.iter().any(|(_, field)| field.references(&own, &target, None))
            }
            (Family::Model, _) => self.is_on_model(name),
            (Family::Field, _) => {
                self.is_on_model(name)
                    || self.field().is_some_and(|field| field.references(&self.own_key(app), &target, None))
            }
            (Family::Index | Family::Other, _) => true,
        }
    }

    /// `Operation.references_field`
    pub(crate) fn references_field(
        &self,
        model: &str,
        name: &str,
        app: &AppLabel,
        version: DjangoVersion,
    ) -> bool {
        match &self.kind {
            OperationKind::RenameField { old_name, new_name, .. } => {
                self.references_model(model, app) && (same_name(old_name, name) || same_name(new_name, name))
            }
            OperationKind::AlterUniqueTogether { unique_together: value, .. }
            | OperationKind::AlterIndexTogether { index_together: value, .. } => {
                self.references_model(model, app)
                    && (value.truth() != Some(true)
                        || value.find_unknown().is_some()
                        || value.items().is_some_and(|sets| {
                            sets.iter().any(|set| {
                                set.items().is_some_and(|f| f.iter().any(|f| f.as_str() == Some(name)))
                            })
                        }))
            }
            OperationKind::AlterOrderWithRespectTo { order_with_respect_to: value, .. } => {
                self.references_model(model, app) && value.as_str().is_none_or(|field| field == name)
            }
            _ if self.family() == Family::Field => self.field_operation_references(model, name, app, version),
            _ => self.references_model(model, app),
        }
    }

    /// `FieldOperation.references_field`
    fn field_operation_references(
        &self,
        model: &str,
        name: &str,
        app: &AppLabel,
        version: DjangoVersion,
    ) -> bool {
        let field = self.field();
        if self.is_on_model(model) {
            if self.field_name().is_some_and(|own| own.as_ref() == name) {
                return true;
            }
            if let Some(field) = field
                && (field.has_from_field(name)
                    || (version >= DjangoVersion::V6_0
                        && field.expression_references().iter().any(|used| used.as_ref() == name)))
            {
                return true;
            }
        }
        let target = ModelKey::new(app.clone(), model);
        field.is_some_and(|field| field.references(&self.own_key(app), &target, Some(name)))
    }

    fn own_key(&self, app: &AppLabel) -> ModelKey {
        ModelKey::new(app.clone(), self.model_name().map_or("", |name| name))
    }
}
