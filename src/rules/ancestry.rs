//! Who comes before whom, and what two branches of a history both touch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::django::graph::MigrationGraph;
use crate::django::keys::{MigrationKey, ModelKey};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind};

/// Who comes before whom, for many questions about one graph.
///
/// A set of ancestors for each migration would take the square of their number. So the questions are
/// asked of 64 ancestors at once: one pass over the plan gives every migration a word that tells
/// which of the 64 it depends on, and the word stays for the next question.
#[derive(Debug)]
pub struct Ancestry {
    /// Place in the plan, parents before children.
    places: FxHashMap<MigrationKey, u32>,
    /// Places of the parents, by place.
    parents: Vec<Vec<u32>>,
    /// Migrations that are asked for as ancestors, by place: their index among those.
    asked: FxHashMap<u32, usize>,
    /// Those places in order.
    sources: Vec<u32>,
    /// For each 64 of them, the word of every migration.
    blocks: Vec<OnceLock<Vec<u64>>>,
    /// The migrations that create each model, in the order of the plan.
    providers: BTreeMap<ModelKey, Vec<MigrationKey>>,
}

impl Ancestry {
    /// Of a graph and its full plan.
    pub fn new(graph: &MigrationGraph, plan: &[Arc<Migration>]) -> Self {
        let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let places: FxHashMap<MigrationKey, u32> =
            plan.iter().enumerate().map(|(index, migration)| (migration.key.clone(), place(index))).collect();
        let above =
            |key| graph.parents(key).iter().filter_map(|parent| places.get(parent).copied()).collect();
        let parents = plan.iter().map(|migration| above(&migration.key)).collect();
        let providers = providers(plan);
        let mut sources: Vec<u32> =
            providers.values().flatten().filter_map(|provider| places.get(provider).copied()).collect();
        sources.sort_unstable();
        sources.dedup();
        let asked = sources.iter().enumerate().map(|(index, source)| (*source, index)).collect();
        let blocks = sources.chunks(64).map(|_| OnceLock::new()).collect();
        Self { places, parents, asked, sources, blocks, providers }
    }

    /// The migrations that create a model, or rename one to its name; `None` if none does.
    pub(super) fn providers_of(&self, model: &ModelKey) -> Option<&[MigrationKey]> {
        self.providers.get(model).map(Vec::as_slice)
    }

    /// Whether `migration` depends, directly or not, on a migration that creates a model.
    pub(super) fn reaches(&self, migration: &MigrationKey, provider: &MigrationKey) -> bool {
        let (Some(child), Some(ancestor)) = (self.places.get(migration), self.places.get(provider)) else {
            return false;
        };
        let parents = self.parents.get(*child as usize).map_or(&[][..], Vec::as_slice);
        if parents.contains(ancestor) {
            return true;
        }
        let Some(index) = self.asked.get(ancestor) else { return false };
        let Some(block) = self.blocks.get(index / 64) else { return false };
        let words = block.get_or_init(|| {
            let first = index / 64 * 64;
            self.descend(self.sources.get(first..).unwrap_or_default())
        });
        child != ancestor && words.get(*child as usize).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// Which pairs of a first migration and one of the others have been joined: some migration depends
    /// on both. One answer for each of the others.
    pub(super) fn are_joined(&self, first: &MigrationKey, others: &[&MigrationKey]) -> Vec<bool> {
        let place = |key: &MigrationKey| self.places.get(key).copied().unwrap_or(u32::MAX);
        let mut out = Vec::with_capacity(others.len());
        for chunk in others.chunks(63) {
            let sources: Vec<u32> =
                std::iter::once(place(first)).chain(chunk.iter().map(|key| place(key))).collect();
            // Nothing depends on itself, so their own words don't count.
            let mut joined = 0;
            for (index, word) in self.descend(&sources).into_iter().enumerate() {
                if word & 1 != 0 && !sources.iter().any(|source| *source as usize == index) {
                    joined |= word;
                }
            }
            out.extend((1..sources.len()).map(|bit| joined & (1 << bit) != 0));
        }
        out
    }

    /// For every migration, which of up to 64 others it is or depends on: a bit for each.
    fn descend(&self, sources: &[u32]) -> Vec<u64> {
        let mut words = vec![0_u64; self.parents.len()];
        for (bit, source) in sources.iter().take(64).enumerate() {
            if let Some(word) = words.get_mut(*source as usize) {
                *word |= 1 << bit;
            }
        }
        let first = sources.iter().min().map_or(0, |first| *first as usize);
        for (index, parents) in self.parents.iter().enumerate().skip(first) {
            let above =
                parents.iter().fold(0, |all, parent| all | words.get(*parent as usize).copied().unwrap_or(0));
            if let Some(word) = words.get_mut(index) {
                *word |= above;
            }
        }
        words
    }
}

/// The migrations that create each model, or rename one to its name, in the order of the plan.
fn providers(plan: &[Arc<Migration>]) -> BTreeMap<ModelKey, Vec<MigrationKey>> {
    let mut out = BTreeMap::<ModelKey, Vec<MigrationKey>>::new();
    for migration in plan {
        let mut todo: Vec<&Operation> = migration.operations.iter().collect();
        while let Some(operation) = todo.pop() {
            let name = match &operation.kind {
                OperationKind::CreateModel(create) => &create.name,
                OperationKind::RenameModel { new_name, .. } => new_name,
                OperationKind::SeparateDatabaseAndState { state_operations, .. } => {
                    todo.extend(state_operations);
                    continue;
                }
                OperationKind::RunSql(run) => {
                    todo.extend(&run.state_operations);
                    continue;
                }
                _ => continue,
            };
            out.entry(ModelKey::new(migration.key.app.clone(), name))
                .or_default()
                .push(migration.key.clone());
        }
    }
    out
}

/// Whether branches touch the same things.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Overlap {
    /// They don't.
    None,
    /// They do: what, for people.
    On(String),
    /// An operation may touch anything: which, for people.
    Unknown(String),
}

/// What two or more branches both touch.
pub(crate) fn overlap(sides: &[Vec<Arc<Migration>>]) -> Overlap {
    let mut opaque = None;
    let mut touched: Vec<BTreeSet<(ModelKey, Option<Arc<str>>)>> = Vec::new();
    for side in sides {
        let mut set = BTreeSet::new();
        for migration in side {
            for operation in &migration.operations {
                match touches(operation) {
                    Some((model, field)) => {
                        set.insert((ModelKey::new(migration.key.app.clone(), &model), field));
                    }
                    None => {
                        opaque.get_or_insert_with(|| {
                            format!("`{}` in `{}`", operation.class_name(), migration.key)
                        });
                    }
                }
            }
        }
        touched.push(set);
    }
    for (index, side) in touched.iter().enumerate() {
        for other in touched.iter().skip(index + 1) {
            for (model, field) in side {
                let whole = (model.clone(), None);
                // The model as a whole comes before its fields.
                let theirs = other.range(&whole..).next().filter(|(their_model, _)| their_model == model);
                match (field, theirs) {
                    (_, None) => {}
                    (None, Some(_)) | (_, Some((_, None))) => return Overlap::On(format!("model `{model}`")),
                    (Some(name), Some(_)) if other.contains(&(model.clone(), field.clone())) => {
                        return Overlap::On(format!("`{model}.{name}`"));
                    }
                    (Some(_), Some(_)) => {}
                }
            }
        }
    }
    opaque.map_or(Overlap::None, Overlap::Unknown)
}

/// The model and field that an operation touches; no field means the model as a whole, `None` that
/// it may be anything.
fn touches(operation: &Operation) -> Option<(Arc<str>, Option<Arc<str>>)> {
    use OperationKind as Kind;
    Some(match &operation.kind {
        Kind::CreateModel(create) => (create.name.clone(), None),
        Kind::DeleteModel { name } => (name.clone(), None),
        Kind::RenameModel { old_name, .. } => (old_name.clone(), None),
        Kind::AlterModelTable { name, .. } => (name.clone(), Some("Meta.db_table".into())),
        Kind::AlterModelTableComment { name, .. } => (name.clone(), Some("Meta.db_table_comment".into())),
        Kind::AlterUniqueTogether { name, .. } => (name.clone(), Some("Meta.unique_together".into())),
        Kind::AlterIndexTogether { name, .. } => (name.clone(), Some("Meta.index_together".into())),
        Kind::AlterOrderWithRespectTo { name, .. } => {
            (name.clone(), Some("Meta.order_with_respect_to".into()))
        }
        Kind::AlterModelOptions { name, .. } => (name.clone(), Some("Meta".into())),
        Kind::AlterModelManagers { name, .. } => (name.clone(), Some("managers".into())),
        Kind::AddField { model_name, name, .. }
        | Kind::RemoveField { model_name, name }
        | Kind::AlterField { model_name, name, .. }
        | Kind::RemoveIndex { model_name, name, .. }
        | Kind::RemoveConstraint { model_name, name }
        | Kind::AlterConstraint { model_name, name, .. }
        | Kind::ValidateConstraint { model_name, name } => (model_name.clone(), Some(name.clone())),
        Kind::RenameField { model_name, .. } | Kind::RenameIndex { model_name, .. } => {
            (model_name.clone(), None)
        }
        Kind::AddIndex { model_name, index: value, .. }
        | Kind::AddConstraint { model_name, constraint: value, .. } => {
            let name = value.as_call()?.kwarg("name")?.as_str()?;
            (model_name.clone(), Some(name.into()))
        }
        Kind::RunPython(_)
        | Kind::RunSql(_)
        | Kind::SeparateDatabaseAndState { .. }
        | Kind::CreateExtension { .. }
        | Kind::CreateCollation { .. }
        | Kind::RemoveCollation { .. }
        | Kind::Custom(_) => return None,
    })
}
