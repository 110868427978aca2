//! What a field at rest says of its relation (`Field.remote_field`), and which fields point at
//! which model (`ProjectState.relations`, `django/db/migrations/state.py`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::state::ProjectState;
use crate::python::value::Value;

/// `RECURSIVE_RELATIONSHIP_CONSTANT`
const RECURSIVE: &str = "self";

/// Django's classes of fields that never take an empty string (`empty_strings_allowed = False`).
const NO_EMPTY_STRINGS: &[&str] = &[
    "django.db.models.BooleanField",
    "django.db.models.DateField",
    "django.db.models.DecimalField",
    "django.db.models.DurationField",
    "django.db.models.FloatField",
    "django.db.models.IntegerField",
    "django.db.models.AutoField",
    "django.db.models.BigAutoField",
    "django.db.models.SmallAutoField",
    "django.db.models.GenericIPAddressField",
    "django.db.models.IPAddressField",
    "django.db.models.TimeField",
    "django.db.models.UUIDField",
    "django.db.models.JSONField",
    "django.db.models.NullBooleanField",
    "django.db.models.ForeignKey",
    "django.contrib.postgres.fields.array.ArrayField",
    "django.contrib.postgres.fields.ArrayField",
    "django.contrib.postgres.fields.hstore.HStoreField",
    "django.contrib.postgres.fields.HStoreField",
    "django.contrib.postgres.fields.ranges.RangeField",
];

/// `resolve_relation` (`django/db/migrations/utils.py`).
pub(crate) fn resolve_relation(to: &str, scope: &ModelKey) -> ModelKey {
    if to == RECURSIVE { scope.clone() } else { ModelKey::parse(to, &scope.app) }
}

/// A field's `remote_field`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remote<'a> {
    /// `remote_field.model` as a reference; `None` where it is not known.
    pub(crate) model: Option<&'a str>,
    /// `remote_field.through`, where one was named.
    pub(crate) through: Option<&'a str>,
    /// `remote_field.parent_link`
    pub(crate) parent_link: bool,
}

impl Field {
    /// Whether the field has a `remote_field`: it is a `RelatedField`.
    pub(crate) fn is_relation(&self) -> bool {
        self.remote().is_some()
    }

    /// `Field.remote_field` as far as the deconstruction tells; `None` for a plain field.
    pub(crate) fn remote(&self) -> Option<Remote<'_>> {
        let to = self.kwarg("to");
        if to.is_none()
            && !self.is_a("django.db.models.RelatedField")
            && !self.is_a("django.db.models.ForeignObject")
        {
            return None;
        }
        Some(Remote {
            model: to.and_then(Value::as_str),
            through: self.kwarg("through").and_then(Value::as_str),
            parent_link: self.flag("parent_link"),
        })
    }

    /// `Field.many_to_many`: of the related fields, all that are no `ForeignObject`.
    pub(crate) fn is_many_to_many(&self) -> bool {
        self.many_to_many()
            || (self.is_a("django.db.models.RelatedField")
                && !self.is_a("django.db.models.ForeignObject")
                && !self.is_a("django.db.models.ForeignKey"))
    }

    /// `Field.primary_key`
    pub(crate) fn primary_key(&self) -> bool {
        self.flag("primary_key")
    }

    /// `Field.empty_strings_allowed`
    pub(crate) fn empty_strings_allowed(&self) -> bool {
        !NO_EMPTY_STRINGS.iter().any(|class| self.is_a(class))
    }

    /// `DateField`, `DateTimeField` or `TimeField`.
    pub(crate) fn is_time_field(&self) -> bool {
        self.is_a("django.db.models.DateField")
            || self.is_a("django.db.models.DateTimeField")
            || self.is_a("django.db.models.TimeField")
    }

    /// `AutoField` and its likes.
    pub(crate) fn is_auto_field(&self) -> bool {
        ["AutoField", "BigAutoField", "SmallAutoField"]
            .iter()
            .any(|name| self.is_a(&format!("django.db.models.{name}")))
    }

    /// `field_references`, the model's side only (`django/db/migrations/utils.py`): whether this
    /// field of `owner` points to `target`, or to its field `target_field`.
    ///
    /// A relation whose target is not known counts as a reference: an optimisation that is not
    /// made does no harm.
    pub(crate) fn references(&self, owner: &ModelKey, target: &ModelKey, target_field: Option<&str>) -> bool {
        let Some(remote) = self.remote() else { return false };
        let Some(model) = remote.model else {
            return self.kwarg("to").is_some_and(|to| to.as_unknown().is_some());
        };
        if resolve_relation(model, owner) == *target {
            let Some(name) = target_field else { return true };
            match self.to_fields() {
                // No `to_fields` at all, or the primary key, whatever its name.
                None => return true,
                Some(fields) if fields.iter().any(|field| field.is_none_or(|field| field == name)) => {
                    return true;
                }
                Some(_) => {}
            }
        }
        let Some(through) = remote.through else { return false };
        if resolve_relation(through, owner) != *target {
            return false;
        }
        let (Some(name), Some(fields)) = (target_field, self.kwarg("through_fields").and_then(Value::items))
        else {
            return true;
        };
        fields.iter().any(|field| field.as_str() == Some(name))
    }

    /// `ForeignObject.to_fields`; an entry is `None` where it stands for the primary key.
    fn to_fields(&self) -> Option<Vec<Option<&str>>> {
        if let Some(fields) = self.kwarg("to_fields").and_then(Value::items) {
            return Some(fields.iter().map(Value::as_str).collect());
        }
        self.is_a("django.db.models.ForeignKey").then(|| vec![self.kwarg("to_field").and_then(Value::as_str)])
    }

    /// Whether `name` is one of `ForeignObject.from_fields`.
    pub(crate) fn has_from_field(&self, name: &str) -> bool {
        self.kwarg("from_fields")
            .and_then(Value::items)
            .is_some_and(|fields| fields.iter().any(|f| f.as_str() == Some(name)))
    }

    /// The names that a `GeneratedField`'s expression refers to (`Model._get_expr_references`), first parts only.
    pub(crate) fn expression_references(&self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        if self.is_a("django.db.models.GeneratedField")
            && let Some(expression) = self.kwarg("expression")
        {
            collect_names(expression, &mut names);
        }
        names
    }
}

fn first_part(path: &str) -> Arc<str> {
    path.split("__").next().unwrap_or(path).into()
}

/// Walks a deconstructed expression; the work list replaces recursion over input.
fn collect_names(expression: &Value, names: &mut Vec<Arc<str>>) {
    let mut work = vec![expression];
    while let Some(value) = work.pop() {
        let Value::Call(call) = value else {
            if let Some(items) = value.items() {
                work.extend(items);
            }
            continue;
        };
        match call.name() {
            "Value" => {}
            "F" => {
                names
                    .extend(call.args.first().or(call.kwarg("name")).and_then(Value::as_str).map(first_part));
            }
            "Q" => {
                for (key, value) in call.kwargs.iter().filter(|(key, _)| !key.starts_with('_')) {
                    names.push(first_part(key));
                    work.push(value);
                }
                for child in &call.args {
                    match child.items() {
                        Some([lookup, value]) => {
                            names.extend(lookup.as_str().map(first_part));
                            work.push(value);
                        }
                        _ => work.push(child),
                    }
                }
            }
            // A plain string given to a function stands for a field.
            _ => {
                names.extend(call.args.iter().filter_map(Value::as_str).map(first_part));
                work.extend(&call.args);
                work.extend(call.kwargs.iter().map(|(_, value)| value));
            }
        }
    }
}

/// `{model: {model with the field: fields}}`
type Referring = BTreeMap<ModelKey, BTreeMap<ModelKey, Vec<Arc<str>>>>;

/// `ProjectState.relations`
#[derive(Debug, Default)]
pub(crate) struct Relations {
    by_target: Referring,
    concrete: BTreeMap<ModelKey, ModelKey>,
}

impl Relations {
    /// `ProjectState.resolve_fields_and_relations`; models of `unmigrated` apps keep their proxies apart.
    pub(crate) fn of(state: &ProjectState, unmigrated: impl Fn(&AppLabel) -> bool) -> Self {
        let concrete: BTreeMap<_, _> =
            state.models.keys().map(|key| (key.clone(), concrete_model(state, key))).collect();
        let mut by_target = Referring::new();
        for (key, model) in &state.models {
            if concrete.get(key) != Some(key) {
                continue;
            }
            for (name, field) in &model.fields {
                let Some(remote) = field.remote() else { continue };
                for target in [remote.model, remote.through].into_iter().flatten() {
                    let mut target = resolve_relation(target, key);
                    if !unmigrated(&target.app)
                        && let Some(found) = concrete.get(&target)
                    {
                        target = found.clone();
                    }
                    let names = by_target.entry(target).or_default().entry(key.clone()).or_default();
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                }
            }
        }
        Self { by_target, concrete }
    }

    /// The models and fields that point to `key` (to its concrete model, if it is a proxy).
    pub(crate) fn to(&self, key: &ModelKey) -> impl Iterator<Item = (&ModelKey, &Arc<str>)> {
        let target = self.concrete.get(key).unwrap_or(key);
        self.by_target
            .get(target)
            .into_iter()
            .flatten()
            .flat_map(|(model, names)| names.iter().map(move |name| (model, name)))
    }
}

/// The model a proxy stands for, itself for any other.
fn concrete_model(state: &ProjectState, key: &ModelKey) -> ModelKey {
    let mut at = key.clone();
    // A chain of proxies is no longer than there are models.
    for _ in 0..state.models.len() {
        let Some(model) = state.models.get(&at) else { return at };
        if model.option("proxy").and_then(Value::truth) != Some(true) {
            return at;
        }
        let base = model.bases.iter().find_map(|base| match base {
            Value::Str(text) => Some(ModelKey::parse(text, &at.app)),
            _ => None,
        });
        match base {
            Some(base) => at = base,
            None => return at,
        }
    }
    at
}
