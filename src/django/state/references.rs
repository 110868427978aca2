//! Which field refers to which model (`django/db/migrations/operations/utils.py` in 3.2 and 4.0,
//! `django/db/migrations/utils.py` since: `resolve_relation`, `field_references`, `get_references`).

use std::sync::Arc;

use super::{ModelState, ProjectState};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::python::value::Value;

/// In which of a relation's roles a model is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// It is the relation's target.
    pub to: bool,
    /// It is the model in the middle of a many-to-many relation.
    pub through: bool,
}

/// `resolve_relation`: the model that `text` names in a field of model `of`: `self`, a model of
/// the same app, or `app.Model`.
pub fn resolve_relation(text: &str, of: &ModelKey) -> ModelKey {
    if text == "self" {
        return of.clone();
    }
    match text.split_once('.') {
        Some((app, model)) => ModelKey::new(AppLabel::new(app), model),
        None => ModelKey::new(of.app.clone(), text),
    }
}

/// `Field.is_relation`: whether the field's class is a relation. A class whose bases are not
/// known is one if it says what it relates to.
pub fn is_relation(field: &Field) -> bool {
    field.is_of_relation_class() || (field.class.base.is_none() && field.to().is_some())
}

/// The model a field of model `of` relates to; `None` for a plain field and where it is unknown.
pub fn relation_to(field: &Field, of: &ModelKey) -> Option<ModelKey> {
    field.to().filter(|_| is_relation(field)).map(|to| resolve_relation(to, of))
}

/// The model in the middle that a many-to-many field of model `of` names.
pub fn relation_through(field: &Field, of: &ModelKey) -> Option<ModelKey> {
    let through = field.kwarg("through").and_then(Value::as_str)?;
    is_relation(field).then(|| resolve_relation(through, of))
}

/// `field_references` without a field name: in which roles `field` of model `of` refers to `model`.
pub fn field_references(field: &Field, of: &ModelKey, model: &ModelKey) -> Option<Reference> {
    let to = relation_to(field, of).is_some_and(|key| key == *model);
    let through = relation_through(field, of).is_some_and(|key| key == *model);
    (to || through).then_some(Reference { to, through })
}

/// `get_references`: every field of the state that refers to `model`, by model and field name.
pub fn references_to<'a>(
    state: &'a ProjectState,
    model: &'a ModelKey,
) -> impl Iterator<Item = (&'a ModelKey, &'a Arc<ModelState>, &'a Arc<str>, Reference)> {
    state.models.iter().flat_map(move |(key, of)| {
        of.fields
            .iter()
            .filter_map(move |(name, field)| Some((key, of, name, field_references(field, key, model)?)))
    })
}
