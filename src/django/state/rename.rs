//! Renames and the references that follow them (`ProjectState.rename_model` and `rename_field` in
//! `django/db/migrations/state.py`; up to 3.2 in `RenameModel` and `RenameField`).

use std::sync::Arc;

use super::options::set_of;
use super::{ModelState, ProjectState, is_relation, references_to, relation_to};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

impl ProjectState {
    /// Renames the model of key `old`, which is there, and repoints every `to` and `through` at it.
    ///
    /// Bases are left alone, as Django leaves them: a child of the model can't be rendered any
    /// more. A rename that changes only the case loses the model, for both names are one key.
    pub(crate) fn rename_model(
        &mut self,
        app: &AppLabel,
        old: &ModelKey,
        new_name: &Arc<str>,
        version: DjangoVersion,
    ) {
        let Some(model) = self.models.get(old) else { return };
        let mut renamed = ModelState::clone(model);
        renamed.name = new_name.clone();
        self.models.insert(renamed.key(), Arc::new(renamed));
        let found: Vec<_> = references_to(self, old)
            .map(|(key, _, name, reference)| (key.clone(), name.clone(), reference))
            .collect();
        let target = format!("{app}.{new_name}");
        for (key, name, reference) in found {
            let Some(model) = self.models.get_mut(&key) else { continue };
            let Some(field) = Arc::make_mut(model).fields.get_mut(&name) else { continue };
            let field = Arc::make_mut(field);
            if reference.to {
                field.set_kwarg("to", Value::str(deconstructed_to(field, &target, app, new_name, version)));
            }
            if reference.through {
                field.set_kwarg("through", Value::str(target.as_str()));
            }
        }
        self.models.remove(old);
    }

    /// Renames a field, which is there, within its model's options and in the fields that refer
    /// to it.
    ///
    /// # Errors
    ///
    /// The option that can't be gone through because it is `None`; Django stops half way there.
    pub(crate) fn rename_field(
        &mut self,
        key: &ModelKey,
        old: &str,
        new: &Arc<str>,
        version: DjangoVersion,
    ) -> Result<(), &'static str> {
        let Some(model) = self.models.get_mut(key) else { return Ok(()) };
        let model = Arc::make_mut(model);
        let Some(found) = model.fields.shift_remove(old) else { return Ok(()) };
        let primary_key = found.flag("primary_key");
        model.fields.insert(new.clone(), found);
        for field in model.fields.values_mut() {
            rename_within_field(field, old, new);
        }
        for option in ["index_together", "unique_together"] {
            if let Some(value) = model.options.get(option) {
                let renamed = rename_within_together(value, old, new, version).ok_or(option)?;
                model.set_option(option, renamed);
            }
        }
        self.rename_to_fields(key, old, new, primary_key);
        Ok(())
    }

    /// `to_field` of a foreign key and `to_fields` of a foreign object, in every model.
    fn rename_to_fields(&mut self, key: &ModelKey, old: &str, new: &Arc<str>, primary_key: bool) {
        let mut found = Vec::new();
        for (of, model) in &self.models {
            for (name, field) in &model.fields {
                if relation_to(field, of).as_ref() == Some(key) && refers_to_field(field, old, primary_key) {
                    found.push((of.clone(), name.clone()));
                }
            }
        }
        for (of, name) in found {
            let Some(model) = self.models.get_mut(&of) else { continue };
            let Some(field) = Arc::make_mut(model).fields.get_mut(&name) else { continue };
            let field = Arc::make_mut(field);
            if field.kwarg("to_field").and_then(Value::as_str) == Some(old) {
                field.set_kwarg("to_field", Value::Str(new.clone()));
            }
            if let Some(fields) = field.kwarg("to_fields").and_then(|value| rename_names(value, old, new)) {
                field.set_kwarg("to_fields", fields);
            }
        }
    }
}

/// `to` as the field's `deconstruct()` gives it: lower case, but for many-to-many fields before 4.1.
fn deconstructed_to(
    field: &Field,
    target: &str,
    app: &AppLabel,
    new_name: &str,
    version: DjangoVersion,
) -> String {
    if field.many_to_many() && version < DjangoVersion::V4_1 {
        target.to_owned()
    } else {
        format!("{app}.{}", new_name.to_lowercase())
    }
}

/// `from_fields` of a foreign object, and the columns of a composite primary key, which are its
/// positional arguments (5.2).
fn rename_within_field(field: &mut Arc<Field>, old: &str, new: &Arc<str>) {
    if is_relation(field)
        && let Some(fields) = field.kwarg("from_fields").and_then(|value| rename_names(value, old, new))
    {
        Arc::make_mut(field).set_kwarg("from_fields", fields);
    }
    let names_it = |value: &Value| value.as_str() == Some(old);
    if field.is_a("django.db.models.CompositePrimaryKey") && field.args.iter().any(names_it) {
        for argument in &mut Arc::make_mut(field).args {
            if names_it(argument) {
                *argument = Value::Str(new.clone());
            }
        }
    }
}

/// A tuple of these names, one of them exchanged; `None` where there are none.
fn rename_names(value: &Value, old: &str, new: &Arc<str>) -> Option<Value> {
    let names = value.items().filter(|names| !names.is_empty())?;
    let renamed = names.iter().map(|name| match name.as_str() {
        Some(text) if text == old => Value::Str(new.clone()),
        _ => name.clone(),
    });
    Some(Value::Tuple(renamed.collect()))
}

/// Until 6.0 a list of lists, from 6.1 a set of tuples. `None` where Python can't iterate over it.
fn rename_within_together(value: &Value, old: &str, new: &Arc<str>, version: DjangoVersion) -> Option<Value> {
    let together = match value {
        Value::Unknown(_) => return Some(value.clone()),
        other => other.items()?,
    };
    let renamed = together.iter().map(|names| {
        let Some(names) = names.items() else { return names.clone() };
        let names = names.iter().map(|name| match name.as_str() {
            Some(text) if text == old => Value::Str(new.clone()),
            _ => name.clone(),
        });
        if version >= DjangoVersion::V6_1 {
            Value::Tuple(names.collect())
        } else {
            Value::List(names.collect())
        }
    });
    Some(if version >= DjangoVersion::V6_1 { set_of(renamed) } else { Value::List(renamed.collect()) })
}

/// The part of `field_references` that looks at `to_fields`: a foreign key without `to_field`
/// refers to the primary key.
fn refers_to_field(field: &Field, name: &str, primary_key: bool) -> bool {
    let named = |value: &Value| value.as_str() == Some(name);
    match (field.kwarg("to_field"), field.kwarg("to_fields").and_then(Value::items)) {
        (Some(to_field), _) => named(to_field),
        (None, Some(to_fields)) => {
            to_fields.iter().any(named)
                || (primary_key && to_fields.iter().any(|value| matches!(value, Value::None)))
        }
        (None, None) => false,
    }
}
