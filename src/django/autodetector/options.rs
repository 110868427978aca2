//! Options of models that both states have: `AlterModelOptions`, managers, tables, `*_together`,
//! `order_with_respect_to`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compare::{self, Comparison};
use super::dependency::{Dependency, Kind};
use super::indexes::AlteredIndexes;
use super::{Run, is_true};
use crate::django::keys::ModelKey;
use crate::django::operations::absorb::{ALTER_OPTION_KEYS, set_of};
use crate::django::operations::{Named, OperationKind as K};
use crate::django::state::ModelState;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// The value of `unique_together` or `index_together`, normalised (`normalize_together`).
pub(super) type Together = BTreeSet<Vec<Arc<str>>>;

/// A change of `unique_together` or `index_together`.
pub(super) struct AlteredTogether {
    /// The model.
    pub(super) key: ModelKey,
    /// Its groups before.
    pub(super) old: Together,
    /// Its groups after.
    pub(super) new: Together,
    dependencies: Vec<Dependency>,
}

impl Run<'_> {
    /// Compares an option of both states. One that is missing where the model could not be read in
    /// full may well be there.
    fn compare_option(&self, key: &ModelKey, name: &str) -> Comparison {
        let Some((old, new)) = self.pair(key) else { return Comparison::Equal };
        let what: Arc<str> = format!("option {name}").into();
        let (old_value, new_value) = (old.option(name), new.option(name));
        for (value, model) in [(old_value, old), (new_value, new)] {
            if let (None, Some(why)) = (value, model.unknowns.first()) {
                let absent = if std::ptr::eq(model, old) { new_value } else { old_value };
                return match absent {
                    None => Comparison::Equal,
                    Some(_) => Comparison::Undecided(what, why.clone()),
                };
            }
        }
        compare::values(&what, old_value, new_value)
    }

    /// Whether an option changed, absent and `None` being the same.
    fn is_option_altered(&mut self, key: &ModelKey, name: &str) -> bool {
        let none = |value: Option<&Value>| matches!(value, None | Some(Value::None));
        if self.pair(key).is_some_and(|(old, new)| none(old.option(name)) && none(new.option(name))) {
            return false;
        }
        let at = self.input.to_state.models.get(key).and_then(|model| model.at.clone());
        let comparison = self.compare_option(key, name);
        self.decide(comparison, key, &format!("option {name}"), at.as_ref())
    }

    fn kept_of_any_kind(&self) -> BTreeSet<ModelKey> {
        self.kept.all()
    }

    /// `generate_altered_options`
    pub(super) fn generate_altered_options(&mut self) {
        let mut keys = self.kept_of_any_kind();
        keys.extend(self.old.unmanaged.intersection(&self.new.models).cloned());
        keys.extend(self.old.models.intersection(&self.new.unmanaged).cloned());
        for key in keys {
            let Some((_, new)) = self.pair(&key) else { continue };
            let mut altered = false;
            let compared =
                |name: &str| ALTER_OPTION_KEYS.contains(&name) && !self.input.ignored.options.contains(name);
            let options: Vec<Named<Value>> = new
                .options
                .iter()
                .filter(|(name, _)| compared(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            for name in ALTER_OPTION_KEYS.iter().filter(|name| !self.input.ignored.options.contains(**name)) {
                let comparison = self.compare_option(&key, name);
                let what = format!("option {name}");
                altered |= self.decide(comparison, &key, &what, new.at.as_ref());
            }
            if altered {
                let kind = K::AlterModelOptions { name: key.model.clone(), options };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_altered_managers`
    pub(super) fn generate_altered_managers(&mut self) {
        for key in self.kept.models.clone() {
            let Some((old, new)) = self.pair(&key) else { continue };
            let mut comparison = compare_managers(old, new);
            let open = old.unknowns.first().or(new.unknowns.first());
            if let (Comparison::Different, Some(why)) = (&comparison, open) {
                comparison = Comparison::Undecided("managers".into(), why.clone());
            }
            if self.decide(comparison, &key, "managers", new.at.as_ref()) {
                let kind = K::AlterModelManagers { name: key.model.clone(), managers: new.managers.clone() };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_altered_db_table`
    pub(super) fn generate_altered_db_table(&mut self) {
        for key in self.kept_of_any_kind() {
            if self.is_option_altered(&key, "db_table") {
                let kind =
                    K::AlterModelTable { name: key.model.clone(), table: self.new_option(&key, "db_table") };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_altered_db_table_comment` (4.2)
    pub(super) fn generate_altered_db_table_comment(&mut self) {
        for key in self.kept_of_any_kind() {
            if self.is_option_altered(&key, "db_table_comment") {
                let table_comment = self.new_option(&key, "db_table_comment");
                self.add(
                    &key.app,
                    K::AlterModelTableComment { name: key.model.clone(), table_comment },
                    Vec::new(),
                );
            }
        }
    }

    /// `generate_altered_order_with_respect_to`
    pub(super) fn generate_altered_order_with_respect_to(&mut self) {
        for key in self.kept.models.clone() {
            if !self.is_option_altered(&key, "order_with_respect_to") {
                continue;
            }
            let value = self.new_option(&key, "order_with_respect_to");
            let mut dependencies = Vec::new();
            if let Value::Str(field) = &value {
                dependencies.push(Dependency::on_field(key.clone(), field, Kind::Create));
            }
            let kind = K::AlterOrderWithRespectTo { name: key.model.clone(), order_with_respect_to: value };
            self.add(&key.app, kind, dependencies);
        }
    }

    fn new_option(&self, key: &ModelKey, name: &str) -> Value {
        let model = self.input.to_state.models.get(key);
        model.and_then(|model| model.option(name)).cloned().unwrap_or(Value::None)
    }

    /// `_get_altered_foo_together_operations`
    pub(super) fn altered_together(&mut self, option: &str) -> Vec<AlteredTogether> {
        let mut altered = Vec::new();
        for key in self.kept.models.clone() {
            let Some((old, new)) = self.pair(&key) else { continue };
            let comparison = self.compare_option(&key, option);
            if matches!(comparison, Comparison::Undecided(..)) {
                self.decide(comparison, &key, &format!("option {option}"), new.at.as_ref());
                continue;
            }
            let (old, new_value) = (together(old.option(option)), together(new.option(option)));
            if old == new_value {
                continue;
            }
            let fields = new_value.iter().flatten().filter_map(|name| new.fields.get(name));
            let dependencies = fields.flat_map(|field| self.foreign_key_dependencies(&key, field)).collect();
            altered.push(AlteredTogether { key, old, new: new_value, dependencies });
        }
        altered
    }

    /// `_generate_removed_altered_foo_together` (4.0)
    pub(super) fn generate_removed_altered_together(&mut self, option: &str, indexes: &AlteredIndexes) {
        for mut altered in self.altered_together(option) {
            if option == "index_together" {
                let renamed = indexes.renamed_together(&altered.key);
                altered.old.retain(|entry| !renamed.contains(entry));
            }
            if !altered.old.is_empty() {
                let kept = altered.new.intersection(&altered.old).cloned().collect();
                self.add_together(option, &altered.key, &kept, altered.dependencies);
            }
        }
    }

    /// `_generate_altered_foo_together`; before 4.0 it made the one operation there was.
    pub(super) fn generate_altered_together(&mut self, option: &str) {
        for altered in self.altered_together(option) {
            let adds = altered.new.iter().any(|entry| !altered.old.contains(entry));
            if adds || self.input.version < DjangoVersion::V4_0 {
                self.add_together(option, &altered.key, &altered.new, altered.dependencies);
            }
        }
    }

    fn add_together(
        &mut self,
        option: &str,
        key: &ModelKey,
        value: &Together,
        dependencies: Vec<Dependency>,
    ) {
        let entry =
            |names: &Vec<Arc<str>>| Value::Tuple(names.iter().map(|name| Value::Str(name.clone())).collect());
        let value = set_of(value.iter().map(entry).collect());
        let name = key.model.clone();
        let kind = if option == "unique_together" {
            K::AlterUniqueTogether { name, unique_together: value }
        } else {
            K::AlterIndexTogether { name, index_together: value }
        };
        self.add(&key.app, kind, dependencies);
    }
}

/// `normalize_together` (`django/db/models/options.py`), as a set.
pub(super) fn together(value: Option<&Value>) -> Together {
    let Some(items) = value.filter(|value| is_true(Some(value))).and_then(Value::items) else {
        return Together::new();
    };
    let names =
        |items: &[Value]| items.iter().filter_map(Value::as_str).map(Arc::from).collect::<Vec<Arc<str>>>();
    if items.iter().all(|item| item.as_str().is_some()) {
        return Together::from([names(items)]);
    }
    items.iter().filter_map(Value::items).map(names).collect()
}

fn compare_managers(old: &ModelState, new: &ModelState) -> Comparison {
    let unknown = old.managers.iter().chain(&new.managers).find_map(|(_, manager)| manager.find_unknown());
    if let Some(unknown) = unknown {
        return Comparison::Undecided("managers".into(), unknown.clone());
    }
    if old.managers == new.managers { Comparison::Equal } else { Comparison::Different }
}
