//! `graph --json`

use serde_json::{Value as Json, json};

use super::View;
use crate::django::keys::MigrationKey;
use crate::django::loader::{LoadedGraph, Problem};
use crate::django::migration::{Dependency, Migration, Origin};
use crate::django::operations::Operation;
use crate::django::version::DjangoVersion;
use crate::source::Location;

/// The graph as the JSON object of `graph --json`.
pub fn render(loaded: &LoadedGraph, view: &View) -> Json {
    let shown = |key: &MigrationKey| view.shows(loaded, key);
    let keep = |keys: Vec<MigrationKey>| keys.into_iter().filter(|key| shown(key)).collect::<Vec<_>>();
    let graph = &loaded.graph;
    let migrations: Vec<Json> = loaded
        .disk
        .iter()
        .filter(|(key, _)| shown(key))
        .map(|(key, migration)| migration_json(migration, graph.contains(key), loaded.version))
        .collect();
    let edges: Vec<Json> = graph
        .edges()
        .into_iter()
        .filter(|(child, parent, _)| shown(child) && shown(parent))
        .map(|(child, parent, _)| json!([child, parent]))
        .collect();
    let conflicts: serde_json::Map<String, Json> = loaded
        .conflicts
        .iter()
        .filter(|(app, _)| view.apps.is_empty() || view.apps.contains(*app))
        .map(|(app, names)| (app.to_string(), json!(names.iter().map(AsRef::as_ref).collect::<Vec<&str>>())))
        .collect();
    json!({
        "migrations": migrations,
        "edges": edges,
        "roots": keep(graph.root_nodes(None)),
        "leaves": keep(graph.leaf_nodes(None)),
        "conflicts": conflicts,
        "plan": keep(graph.full_plan()),
        "problems": loaded.problems.iter().map(problem_json).collect::<Vec<_>>(),
    })
}

fn migration_json(migration: &Migration, in_graph: bool, version: DjangoVersion) -> Json {
    let keys = |entries: &[Dependency]| {
        let mut keys: Vec<&MigrationKey> = entries.iter().map(|entry| &entry.key).collect();
        keys.sort();
        json!(keys)
    };
    let operation = |operation: &Operation| {
        let unread = operation.unread().map(|why| why.to_json());
        let undescribed = operation.unknown_in_description().map(|why| why.to_json());
        json!({
            "op": unread.unwrap_or_else(|| operation.class_name().into()),
            "line": operation.at.as_ref().map(Location::line),
            "describe": undescribed.unwrap_or_else(|| operation.describe(version).into()),
        })
    };
    let in_repository = migration.file.as_ref().filter(|_| migration.origin == Origin::Project);
    json!({
        "app": migration.key.app,
        "name": migration.key.name.as_ref(),
        "path": in_repository.map(|file| file.display()),
        "line": migration.class_at.as_ref().map(Location::line),
        "initial": migration.initial,
        "atomic": migration.atomic,
        "dependencies": keys(&migration.dependencies),
        "run_before": keys(&migration.run_before),
        "replaces": keys(&migration.replaces),
        "operations": migration.operations.iter().map(operation).collect::<Vec<_>>(),
        "origin": origin(migration.origin),
        "in_graph": in_graph,
    })
}

pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Project => "project",
        Origin::Installed => "installed",
        Origin::Bundled => "bundled",
        Origin::Assumed => "assumed",
    }
}

fn problem_json(problem: &Problem) -> Json {
    let at = problem.at();
    let mut out = json!({
        "kind": problem.kind(),
        "message": problem.to_string(),
        "migrations": problem.migrations(),
        "path": at.map(|at| at.file.display()),
        "line": at.map(Location::line),
    });
    if let (Problem::Cycle { steps }, Some(object)) = (problem, out.as_object_mut()) {
        let step = |step: &crate::django::graph::CycleStep| {
            let at = step.at.as_ref();
            json!({
                "child": step.child,
                "parent": step.parent,
                "path": at.map(|at| at.file.display()),
                "line": at.map(Location::line),
            })
        };
        object.insert("steps".to_owned(), json!(steps.iter().map(step).collect::<Vec<_>>()));
    }
    out
}
