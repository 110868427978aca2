//! Indexes and constraints of models that both states have.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Run;
use super::compare::{self, Comparison};
use super::options::Together;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind as K;
use crate::django::operations::name_fragment::object_name;
use crate::django::state::ModelState;
use crate::django::version::DjangoVersion;
use crate::python::value::{Unknown, Value};

/// `BaseConstraint.non_db_attrs` (5.0)
const NON_DB_ATTRS: &[&str] = &["violation_error_code", "violation_error_message"];

/// `altered_indexes` or `altered_constraints`, by model.
#[derive(Debug, Default)]
pub(super) struct AlteredIndexes {
    models: BTreeMap<ModelKey, Altered>,
}

/// What changed of one model's indexes or constraints.
#[derive(Debug, Default)]
struct Altered {
    added: Vec<Value>,
    removed: Vec<Arc<str>>,
    /// Constraints whose difference the database does not see (5.2).
    changed: Vec<Value>,
    renamed: Vec<Renamed>,
}

/// An index under a new name: an old name, or an entry of `index_together`.
#[derive(Debug)]
struct Renamed {
    old_name: Option<Arc<str>>,
    new_name: Arc<str>,
    old_fields: Option<Vec<Arc<str>>>,
}

impl AlteredIndexes {
    /// `renamed_index_together_values`
    pub(super) fn renamed_together(&self, key: &ModelKey) -> Together {
        let renamed = self.models.get(key).into_iter().flat_map(|altered| &altered.renamed);
        renamed.filter_map(|renamed| renamed.old_fields.clone()).collect()
    }
}

/// Whether the two are the same index or constraint as far as is known: equal, or of one name with
/// nothing known to differ.
fn is_same(a: &Value, b: &Value, version: DjangoVersion) -> bool {
    match compare::objects(a, b, &[], version) {
        Comparison::Equal => true,
        Comparison::Different => false,
        Comparison::Undecided(..) => object_name(a).is_some() && object_name(a) == object_name(b),
    }
}

impl Run<'_> {
    /// Both sides' lists of `option`; `None` where one of them is not known well enough to compare.
    fn both_lists(&mut self, key: &ModelKey, option: &str) -> Option<(Vec<Value>, Vec<Value>)> {
        let (old, new) = self.pair(key)?;
        let listed = |model: &ModelState| -> Result<Vec<Value>, Arc<Unknown>> {
            let Some(value) = model.option(option) else { return Ok(Vec::new()) };
            if let Some(unknown) = value.as_unknown() {
                return Err(unknown.clone());
            }
            let items = value.items().unwrap_or_default();
            // One without a known name cannot be told from any other.
            match items.iter().find(|item| object_name(item).is_none()).and_then(Value::find_unknown) {
                Some(unknown) => Err(unknown.clone()),
                None => Ok(items.to_vec()),
            }
        };
        match (listed(old), listed(new)) {
            (Ok(old), Ok(new)) => Some((old, new)),
            (Err(why), _) | (_, Err(why)) => {
                self.undecide(key, format!("option {option}"), why, new.at.as_ref());
                None
            }
        }
    }

    /// Takes out what only looks new or gone because the other side's model is not known in full,
    /// and writes down what could not be compared.
    fn settle(
        &mut self,
        key: &ModelKey,
        option: &str,
        lists: &(Vec<Value>, Vec<Value>),
        altered: &mut Altered,
    ) {
        let version = self.input.version;
        let Some((old, new)) = self.pair(key) else { return };
        for old_item in &lists.0 {
            for new_item in lists.1.iter().filter(|item| object_name(item) == object_name(old_item)) {
                let what = format!("{option} {}", object_name(old_item).unwrap_or_default());
                let comparison = compare::objects(old_item, new_item, &[], version);
                self.decide(comparison, key, &what, new.at.as_ref());
            }
        }
        let has = |items: &[Value], name: &str| items.iter().any(|item| object_name(item) == Some(name));
        let from_open = old.unknowns.first().or_else(|| self.input.incomplete.of_model(key)).cloned();
        if let Some(why) = from_open {
            let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut altered.added)
                .into_iter()
                .partition(|item| object_name(item).is_some_and(|name| has(&lists.0, name)));
            altered.added = kept;
            for item in dropped {
                let what = format!("{option} {}", object_name(&item).unwrap_or_default());
                self.undecide(key, what, why.clone(), new.at.as_ref());
            }
        }
        if let Some(why) = new.unknowns.first() {
            let (kept, dropped): (Vec<_>, Vec<_>) =
                std::mem::take(&mut altered.removed).into_iter().partition(|name| has(&lists.1, name));
            altered.removed = kept;
            for name in dropped {
                self.undecide(key, format!("{option} {name}"), why.clone(), new.at.as_ref());
            }
        }
    }

    /// `create_altered_indexes`
    pub(super) fn create_altered_indexes(&mut self) -> AlteredIndexes {
        let mut result = AlteredIndexes::default();
        let version = self.input.version;
        let renames = version >= DjangoVersion::V4_1;
        let together = if renames { self.altered_together("index_together") } else { Vec::new() };
        for key in self.kept.models.clone() {
            let Some(lists) = self.both_lists(&key, "indexes") else { continue };
            let (old, new) = &lists;
            let mut added: Vec<_> =
                new.iter().filter(|item| !old.iter().any(|other| is_same(item, other, version))).collect();
            let mut removed: Vec<_> =
                old.iter().filter(|item| !new.iter().any(|other| is_same(item, other, version))).collect();
            let mut altered = Altered::default();
            if renames {
                let mut gone = Vec::new();
                let mut come = Vec::new();
                for new_index in &added {
                    for old_index in &removed {
                        let same = matches!(
                            compare::objects(old_index, new_index, &["name"], version),
                            Comparison::Equal
                        );
                        let (old_name, new_name) = (object_name(old_index), object_name(new_index));
                        if let (true, Some(old_name), Some(new_name)) =
                            (same && old_name != new_name, old_name, new_name)
                        {
                            altered.renamed.push(Renamed {
                                old_name: Some(old_name.into()),
                                new_name: new_name.into(),
                                old_fields: None,
                            });
                            come.push((*new_index).clone());
                            gone.push((*old_index).clone());
                        }
                    }
                }
                for change in together.iter().filter(|change| change.key == key) {
                    for entry in change.old.difference(&change.new) {
                        let mut matching = added.iter().filter(|index| is_plain_index_on(index, entry));
                        if let (Some(index), None) = (matching.next(), matching.next())
                            && let Some(name) = object_name(index)
                        {
                            altered.renamed.push(Renamed {
                                old_name: None,
                                new_name: name.into(),
                                old_fields: Some(entry.clone()),
                            });
                            come.push((*index).clone());
                        }
                    }
                }
                added.retain(|index| !come.contains(index));
                removed.retain(|index| !gone.contains(index));
            }
            altered.added = added.into_iter().cloned().collect();
            altered.removed = removed.into_iter().filter_map(object_name).map(Into::into).collect();
            self.settle(&key, "indexes", &lists, &mut altered);
            result.models.insert(key, altered);
        }
        result
    }

    /// `create_altered_constraints`
    pub(super) fn create_altered_constraints(&mut self) -> AlteredIndexes {
        let version = self.input.version;
        let mut result = AlteredIndexes::default();
        for key in self.kept.models.clone() {
            let Some(lists) = self.both_lists(&key, "constraints") else { continue };
            let (old, new) = &lists;
            let mut altered = Altered::default();
            if version >= DjangoVersion::V5_2 {
                for old_item in old {
                    for new_item in new.iter().filter(|item| object_name(item) == object_name(old_item)) {
                        if compare::objects(old_item, new_item, &[], version).is_different()
                            && !compare::objects(old_item, new_item, NON_DB_ATTRS, version).is_different()
                        {
                            altered.changed.push(new_item.clone());
                        }
                    }
                }
            }
            let names: Vec<_> = altered.changed.iter().filter_map(object_name).collect();
            let only_in = |items: &[Value], others: &[Value]| -> Vec<Value> {
                let apart =
                    items.iter().filter(|item| !others.iter().any(|other| is_same(item, other, version)));
                apart
                    .filter(|item| object_name(item).is_none_or(|name| !names.contains(&name)))
                    .cloned()
                    .collect()
            };
            let removed: Vec<_> = only_in(old, new);
            altered.added = only_in(new, old);
            altered.removed = removed.iter().filter_map(object_name).map(Into::into).collect();
            self.settle(&key, "constraints", &lists, &mut altered);
            result.models.insert(key, altered);
        }
        result
    }

    /// `generate_added_indexes`
    pub(super) fn generate_added_indexes(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for index in &altered.added {
                let dependencies = self.model_dependencies(key);
                let kind =
                    K::AddIndex { model_name: key.model.clone(), index: index.clone(), concurrently: false };
                self.add(&key.app, kind, dependencies);
            }
        }
    }

    /// `generate_removed_indexes`
    pub(super) fn generate_removed_indexes(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for name in &altered.removed {
                let kind =
                    K::RemoveIndex { model_name: key.model.clone(), name: name.clone(), concurrently: false };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_renamed_indexes` (4.1)
    pub(super) fn generate_renamed_indexes(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for renamed in &altered.renamed {
                let fields = renamed
                    .old_fields
                    .as_ref()
                    .map(|names| Value::Tuple(names.iter().map(|name| Value::Str(name.clone())).collect()));
                let kind = K::RenameIndex {
                    model_name: key.model.clone(),
                    new_name: renamed.new_name.clone(),
                    old_name: renamed.old_name.clone(),
                    old_fields: fields,
                };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_added_constraints`
    pub(super) fn generate_added_constraints(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for constraint in &altered.added {
                let dependencies = self.model_dependencies(key);
                let (model_name, constraint) = (key.model.clone(), constraint.clone());
                self.add(
                    &key.app,
                    K::AddConstraint { model_name, constraint, not_valid: false },
                    dependencies,
                );
            }
        }
    }

    /// `generate_removed_constraints`
    pub(super) fn generate_removed_constraints(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for name in &altered.removed {
                let kind = K::RemoveConstraint { model_name: key.model.clone(), name: name.clone() };
                self.add(&key.app, kind, Vec::new());
            }
        }
    }

    /// `generate_altered_constraints` (5.2)
    pub(super) fn generate_altered_constraints(&mut self, altered: &AlteredIndexes) {
        for (key, altered) in &altered.models {
            for constraint in &altered.changed {
                let Some(name) = object_name(constraint) else { continue };
                let dependencies = self.model_dependencies(key);
                let kind = K::AlterConstraint {
                    model_name: key.model.clone(),
                    name: name.into(),
                    constraint: constraint.clone(),
                };
                self.add(&key.app, kind, dependencies);
            }
        }
    }
}

/// An index of nothing but these fields and a name.
fn is_plain_index_on(index: &Value, fields: &[Arc<str>]) -> bool {
    let Some(call) = index.as_call() else { return false };
    let names = call.kwarg("fields").and_then(Value::items).unwrap_or_default();
    call.args.is_empty()
        && call.kwargs.len() == 2
        && call.kwarg("name").is_some()
        && names.len() == fields.len()
        && names.iter().zip(fields).all(|(name, field)| name.as_str() == Some(field))
}
