//! What a change brings: data for the report of a pull request.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::ProjectInput;
use crate::django::keys::MigrationKey;
use crate::django::loader::LoadedGraph;
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::report::{Back, LockStep, Overview, Row, graph};
use crate::rules::History;

/// How deep operations may lie within operations.
const DEPTH_LIMIT: usize = 100;

/// The overview of what came since the base.
pub(super) fn overview(
    input: &ProjectInput,
    history: &History,
    loaded: &LoadedGraph,
    plan: &[Arc<Migration>],
    locks: &BTreeMap<MigrationKey, Vec<LockStep>>,
) -> Overview {
    let checked = history.to_check();
    let rows = plan.iter().filter(|migration| checked.contains(&migration.key));
    Overview {
        base: history.base.clone(),
        target: history.target.clone(),
        migrations: rows.map(|migration| row(input, history, migration, locks)).collect(),
        graph: graph::touched::render(loaded, &checked, &history.on_target, &history.target),
    }
}

fn row(
    input: &ProjectInput,
    history: &History,
    migration: &Migration,
    locks: &BTreeMap<MigrationKey, Vec<LockStep>>,
) -> Row {
    let mut back = Back::Yes;
    let mut lost = Lost::default();
    for operation in &migration.operations {
        way_back(&migration.key, operation, &mut back, &mut lost, 0);
    }
    if let Some(why) = migration.unknown_operations() {
        back = Back::Unknown(why.reason.to_string());
    }
    Row {
        key: migration.key.clone(),
        edited: history.at_base.contains(&migration.key),
        operations: migration.operations.iter().map(|operation| operation.describe(input.django)).collect(),
        back,
        loses: lost.loses,
        empties: lost.empties,
        sql: input.sql.get(&migration.key).cloned(),
        locks: locks.get(&migration.key).cloned().unwrap_or_default(),
    }
}

/// What a rollback does to data.
#[derive(Default)]
struct Lost {
    /// Goes.
    loses: Vec<String>,
    /// Comes back without its data.
    empties: Vec<String>,
}

/// Whether an operation can be undone, and what that takes with it.
fn way_back(key: &MigrationKey, operation: &Operation, back: &mut Back, lost: &mut Lost, depth: usize) {
    let class = operation.class_name();
    match &operation.kind {
        Kind::RunPython(run) if run.reverse_code.is_none() => *back = Back::No(class.to_owned()),
        Kind::RunSql(run) if run.reverse_sql.is_none() => *back = Back::No(class.to_owned()),
        Kind::Custom(custom) => match custom.reversible {
            Some(true) => {}
            Some(false) => *back = Back::No(class.to_owned()),
            // `Operation.reversible` is true unless the class says otherwise.
            None if custom.found => {}
            None if *back == Back::Yes => *back = Back::Unknown(class.to_owned()),
            None => {}
        },
        Kind::CreateModel(create) => lost.loses.push(format!("the table of `{}.{}`", key.app, create.name)),
        Kind::AddField { model_name, name, .. } => {
            lost.loses.push(format!("`{}.{model_name}.{name}`", key.app));
        }
        Kind::DeleteModel { name } => lost.empties.push(format!("the table of `{}.{name}`", key.app)),
        Kind::RemoveField { model_name, name } => {
            lost.empties.push(format!("`{}.{model_name}.{name}`", key.app));
        }
        Kind::SeparateDatabaseAndState { database_operations, .. } if depth < DEPTH_LIMIT => {
            for inner in database_operations {
                way_back(key, inner, back, lost, depth + 1);
            }
        }
        _ => {}
    }
}
