//! What operations do to a model's options (`ProjectState.alter_model_options`,
//! `remove_model_options`, `_append_option`, `_remove_option`, `_alter_option`, `rename_index` in
//! `django/db/migrations/state.py`; up to 4.0 in the operations' own `state_forwards`).

use std::sync::Arc;

use super::ModelState;
use crate::django::operations::Named;
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// `AlterModelOptions.ALTER_OPTION_KEYS`: what the operation takes away where it does not set it
/// (`django/db/migrations/operations/models.py`, the same list from 3.2 to 6.1).
pub const ALTER_OPTION_KEYS: [&str; 11] = [
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
];

/// The `name` of a deconstructed index or constraint; `None` where it has none or it is not known.
pub(crate) fn object_name(object: &Value) -> Option<&str> {
    object.as_call()?.kwarg("name")?.as_str()
}

/// Whether it is known that `object` bears `name` (`Some(false)`: it is known that it does not).
fn is_named(object: &Value, name: &str) -> Option<bool> {
    match object {
        Value::Call(call) => match call.kwarg("name") {
            None => Some(false),
            Some(found) if found.find_unknown().is_some() => None,
            Some(found) => Some(found.as_str() == Some(name)),
        },
        Value::Unknown(_) => None,
        _ => Some(false),
    }
}

/// A set of values as Python would build it: equal ones once, in the order of [`Value::sort_key`].
pub(crate) fn set_of(items: impl IntoIterator<Item = Value>) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found.sort_by_cached_key(Value::sort_key);
    Value::Set(found.into())
}

/// `set(normalize_together(value))` where `value` is true, else `value` itself, as
/// `AlterTogetherOptionOperation.__init__` does (`normalize_together` is of
/// `django/db/models/options.py`).
pub fn normalize_together(value: &Value) -> Value {
    match value {
        Value::List(items) | Value::Tuple(items) => match items.first() {
            None => value.clone(),
            Some(Value::List(_) | Value::Tuple(_)) => set_of(items.iter().map(as_tuple)),
            // An unknown first member may be a tuple or a name: nothing can be said of the whole.
            Some(Value::Unknown(_)) => items.first().cloned().unwrap_or(Value::None),
            Some(_) => set_of([Value::Tuple(items.clone())]),
        },
        _ => value.clone(),
    }
}

fn as_tuple(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::Tuple(items.clone()),
        other => other.clone(),
    }
}

impl ModelState {
    /// Sets an option, at its place if it has one.
    pub(crate) fn set_option(&mut self, name: &str, value: Value) {
        self.options.insert(name.into(), value);
    }

    /// `AlterModelOptions`: sets these and takes away what is not among them of [`ALTER_OPTION_KEYS`].
    pub(crate) fn alter_options(&mut self, options: &[Named<Value>]) {
        for (name, value) in options {
            self.set_option(name, value.clone());
        }
        for key in ALTER_OPTION_KEYS {
            if !options.iter().any(|(name, _)| name.as_ref() == key) {
                self.options.shift_remove(key);
            }
        }
    }

    /// Adds to a list of indexes or constraints.
    pub(crate) fn append_option(&mut self, option: &str, object: Value) {
        self.map_option(option, |objects| {
            objects.push(object);
        });
    }

    /// Takes every index or constraint of that name out.
    pub(crate) fn remove_from_option(&mut self, option: &str, name: &str) {
        self.map_option(option, |objects| objects.retain(|object| is_named(object, name) != Some(true)));
    }

    /// Puts `other` in the place of the index or constraint of that name.
    pub(crate) fn replace_in_option(&mut self, option: &str, name: &str, other: &Value) {
        self.map_option(option, |objects| {
            for object in objects.iter_mut().filter(|object| is_named(object, name) == Some(true)) {
                *object = other.clone();
            }
        });
    }

    /// Gives the index of one name another one.
    pub(crate) fn rename_index(&mut self, old: &str, new: &str) {
        self.map_option("indexes", |objects| {
            for object in objects.iter_mut().filter(|object| is_named(object, old) == Some(true)) {
                if let Value::Call(call) = object {
                    let mut call = Call::clone(call);
                    for (key, value) in &mut call.kwargs {
                        if key.as_ref() == "name" {
                            *value = Value::str(new);
                        }
                    }
                    *object = Value::Call(Arc::new(call));
                }
            }
        });
    }

    /// Takes the entry for these fields out of `index_together` (`remove_model_options`). Until
    /// 6.0 what is left is a list, whatever it was.
    pub(crate) fn remove_together(&mut self, option: &str, fields: &Value, version: DjangoVersion) {
        let Some(items) = self.options.get(option).and_then(Value::items).filter(|items| !items.is_empty())
        else {
            return;
        };
        let gone = as_tuple(fields);
        let left: Vec<Value> = items.iter().filter(|item| as_tuple(item) != gone).cloned().collect();
        let left = if version >= DjangoVersion::V6_1 {
            set_of(left.iter().map(as_tuple))
        } else {
            Value::List(left.into())
        };
        self.set_option(option, left);
    }

    /// Whether an index or constraint of that name is in the list; `None` where that is not known.
    pub(crate) fn has_object(&self, option: &str, name: &str) -> Option<bool> {
        let Some(objects) = self.options.get(option).and_then(Value::items) else {
            return self.options.get(option).and_then(Value::find_unknown).is_none().then_some(false);
        };
        let mut known = true;
        for object in objects {
            match is_named(object, name) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = false,
            }
        }
        known.then_some(false)
    }

    /// Changes a list of objects; one that is not known stays so.
    fn map_option(&mut self, option: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let mut objects = match self.options.get(option) {
            Some(Value::Unknown(_)) => return,
            Some(value) => value.items().map(<[Value]>::to_vec).unwrap_or_default(),
            None => Vec::new(),
        };
        change(&mut objects);
        self.set_option(option, Value::List(objects.into()));
    }
}
