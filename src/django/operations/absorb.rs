//! `CreateModel.reduce`: a model's creation takes in what comes after it
//! (`django/db/migrations/operations/models.py`).

use std::sync::Arc;

use super::name_fragment::object_name;
use super::{CreateModel, Named, Operation, OperationKind as K};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// `AlterModelOptions.ALTER_OPTION_KEYS`
pub(crate) const ALTER_OPTION_KEYS: &[&str] = &[
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

/// An index or constraint under another name.
pub(crate) fn renamed(object: &Value, name: &Arc<str>) -> Value {
    let Value::Call(call) = object else { return object.clone() };
    let mut call = Call::clone(call);
    for (key, value) in &mut call.kwargs {
        if key.as_ref() == "name" {
            *value = Value::Str(name.clone());
        }
    }
    Value::Call(Arc::new(call))
}

impl CreateModel {
    /// An option's value.
    pub(crate) fn option(&self, name: &str) -> Option<&Value> {
        self.options.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value)
    }

    /// `{**self.options, name: value}`
    fn with_option(&self, name: &str, value: Value) -> Self {
        let mut create = self.clone();
        set(&mut create.options, name, value);
        create
    }

    /// Items of a list option, none where it is absent.
    fn listed(&self, name: &str) -> Vec<Value> {
        self.option(name).and_then(Value::items).map(<[Value]>::to_vec).unwrap_or_default()
    }

    /// `CreateModel.reduce`: an empty list where both vanish, `None` where Django has no special answer.
    pub(crate) fn absorb(&self, other: &Operation, version: DjangoVersion) -> Option<Vec<Self>> {
        if !other.is_on_model(&self.name) {
            return None;
        }
        let created = match &other.kind {
            K::DeleteModel { .. } if self.option("proxy").and_then(Value::truth) != Some(true) => {
                return Some(Vec::new());
            }
            K::RenameModel { new_name, .. } => Self { name: new_name.clone(), ..self.clone() },
            K::AlterModelOptions { options, .. } => self.absorb_options(options),
            K::AlterModelManagers { managers, .. } if version >= DjangoVersion::V4_1 => {
                Self { managers: managers.clone(), ..self.clone() }
            }
            K::AlterModelTable { table, .. } if version >= DjangoVersion::V5_2 => {
                self.with_option("db_table", table.clone())
            }
            K::AlterModelTableComment { table_comment, .. } if version >= DjangoVersion::V5_2 => {
                self.with_option("db_table_comment", table_comment.clone())
            }
            K::AlterUniqueTogether { unique_together, .. } => {
                self.with_option("unique_together", unique_together.clone())
            }
            K::AlterIndexTogether { index_together, .. } => {
                self.with_option("index_together", index_together.clone())
            }
            K::AlterOrderWithRespectTo { order_with_respect_to, .. } => {
                self.with_option("order_with_respect_to", order_with_respect_to.clone())
            }
            K::AddField { name, field, .. } => {
                let mut create = self.clone();
                create.fields.push((name.clone(), field.clone()));
                create
            }
            K::AlterField { name, field, .. } => {
                let mut create = self.clone();
                for (key, value) in &mut create.fields {
                    if key == name {
                        *value = field.clone();
                    }
                }
                create
            }
            K::RemoveField { name, .. } => self.without_field(name),
            K::RenameField { old_name, new_name, .. } => self.with_renamed_field(old_name, new_name),
            _ => return self.absorb_index(other, version).map(|create| vec![create]),
        };
        Some(vec![created])
    }

    fn absorb_options(&self, options: &[Named<Value>]) -> Self {
        let mut create = self.clone();
        for (key, value) in options {
            set(&mut create.options, key, value.clone());
        }
        create.options.retain(|(key, _)| {
            !ALTER_OPTION_KEYS.contains(&key.as_ref()) || options.iter().any(|(theirs, _)| theirs == key)
        });
        create
    }

    fn without_field(&self, name: &str) -> Self {
        let lower = name.to_lowercase();
        let mut create = self.clone();
        create.fields.retain(|(key, _)| key.to_lowercase() != lower);
        for option in ["unique_together", "index_together"] {
            let Some(position) = create.options.iter().position(|(key, _)| key.as_ref() == option) else {
                continue;
            };
            let (key, value) = create.options.remove(position);
            let sets: Vec<_> = value
                .items()
                .unwrap_or_default()
                .iter()
                .map(|set| {
                    let fields = set.items().unwrap_or_default().iter();
                    fields.filter(|field| field.as_str() != Some(&lower)).cloned().collect::<Vec<_>>()
                })
                .filter(|fields| !fields.is_empty())
                .map(|fields| Value::Tuple(fields.into()))
                .collect();
            if !sets.is_empty() {
                create.options.push((key, set_of(sets)));
            }
        }
        create
            .options
            .retain(|(key, value)| key.as_ref() != "order_with_respect_to" || value.as_str() != Some(&lower));
        create
    }

    fn with_renamed_field(&self, old_name: &Arc<str>, new_name: &Arc<str>) -> Self {
        let mut create = self.clone();
        let rename = |value: &Value| match value.as_str() {
            Some(text) if text == old_name.as_ref() => Value::Str(new_name.clone()),
            _ => value.clone(),
        };
        for (key, value) in &mut create.options {
            match key.as_ref() {
                "unique_together" | "index_together" if value.truth() == Some(true) => {
                    let sets = value.items().unwrap_or_default().iter();
                    *value = set_of(
                        sets.map(|set| {
                            Value::Tuple(set.items().unwrap_or_default().iter().map(rename).collect())
                        })
                        .collect(),
                    );
                }
                "order_with_respect_to" => *value = rename(value),
                _ => {}
            }
        }
        for (key, _) in &mut create.fields {
            if key == old_name {
                *key = new_name.clone();
            }
        }
        create
    }

    fn absorb_index(&self, other: &Operation, version: DjangoVersion) -> Option<Self> {
        let without = |option: &str, name: &str| {
            let mut items = self.listed(option);
            items.retain(|item| object_name(item) != Some(name));
            items
        };
        let (option, items) = match &other.kind {
            K::AddIndex { index, .. } if version >= DjangoVersion::V4_2 => {
                let mut items = self.listed("indexes");
                items.push(index.clone());
                ("indexes", items)
            }
            K::RemoveIndex { name, .. } if version >= DjangoVersion::V4_2 => {
                ("indexes", without("indexes", name))
            }
            K::RenameIndex { old_fields: Some(fields), new_name, .. }
                if (DjangoVersion::V4_2..=DjangoVersion::V5_0).contains(&version) =>
            {
                return Some(self.with_named_index(fields, new_name));
            }
            K::AddConstraint { constraint, .. } if version >= DjangoVersion::V5_1 => {
                let mut items = self.listed("constraints");
                items.push(constraint.clone());
                ("constraints", items)
            }
            K::AlterConstraint { name, constraint, .. } if version >= DjangoVersion::V6_0 => {
                let mut items = without("constraints", name);
                items.push(constraint.clone());
                ("constraints", items)
            }
            K::RemoveConstraint { name, .. } if version >= DjangoVersion::V5_1 => {
                ("constraints", without("constraints", name))
            }
            _ => return None,
        };
        Some(self.with_option(option, Value::List(items.into())))
    }

    /// An entry of `index_together` becomes an index with a name.
    fn with_named_index(&self, fields: &Value, name: &Arc<str>) -> Self {
        let mut together = self.listed("index_together");
        together.retain(|entry| entry.items() != fields.items());
        let mut create = self.clone();
        if together.is_empty() {
            create.options.retain(|(key, _)| key.as_ref() != "index_together");
        } else {
            set(&mut create.options, "index_together", set_of(together));
        }
        let fields = fields.items().unwrap_or_default();
        let index = Call {
            path: "django.db.models.Index".into(),
            args: Vec::new(),
            kwargs: vec![
                ("fields".into(), Value::List(fields.into())),
                ("name".into(), Value::Str(name.clone())),
            ],
        };
        let mut indexes = self.listed("indexes");
        indexes.push(Value::Call(Arc::new(index)));
        set(&mut create.options, "indexes", Value::List(indexes.into()));
        create
    }
}

/// Sets an option at its place if it has one, at the end if not.
pub(crate) fn set(options: &mut Vec<Named<Value>>, name: &str, value: Value) {
    match options.iter_mut().find(|(key, _)| key.as_ref() == name) {
        Some((_, old)) => *old = value,
        None => options.push((name.into(), value)),
    }
}

/// A set, sorted as [`Value::Set`] asks, each once.
pub(crate) fn set_of(mut items: Vec<Value>) -> Value {
    items.sort_by_cached_key(Value::sort_key);
    items.dedup();
    Value::Set(items.into())
}
