//! Who comes before whom, and what two branches of a history both touch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::graph::MigrationGraph;
use crate::django::keys::{MigrationKey, ModelKey};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind};

/// Whether `migration` depends on `ancestor`, directly or not.
pub(super) fn reaches(graph: &MigrationGraph, migration: &MigrationKey, ancestor: &MigrationKey) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![migration.clone()];
    while let Some(key) = todo.pop() {
        for parent in graph.parents(&key) {
            if parent == *ancestor {
                return true;
            }
            if seen.insert(parent.clone()) {
                todo.push(parent);
            }
        }
    }
    false
}

/// The migrations that create each model, or rename one to its name, in the order of the plan.
pub fn providers(plan: &[Arc<Migration>]) -> BTreeMap<ModelKey, Vec<MigrationKey>> {
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
pub(super) enum Overlap {
    /// They don't.
    None,
    /// They do: what, for people.
    On(String),
    /// An operation may touch anything: which, for people.
    Unknown(String),
}

/// What two or more branches both touch.
pub(super) fn overlap(sides: &[Vec<Arc<Migration>>]) -> Overlap {
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
                let clash = other.iter().find(|(their_model, their_field)| {
                    their_model == model && (field.is_none() || their_field.is_none() || field == their_field)
                });
                match (field, clash) {
                    (_, None) => {}
                    (Some(field), Some((_, Some(_)))) => return Overlap::On(format!("`{model}.{field}`")),
                    (_, Some(_)) => return Overlap::On(format!("model `{model}`")),
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
