//! `graph --json`

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value as Json, json};

use super::View;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::{LoadedGraph, Problem};
use crate::django::migration::{Dependency, Migration, Origin};
use crate::django::operations::Operation;
use crate::django::version::DjangoVersion;
use crate::source::Location;

/// The graph as the JSON object of `graph --json`. It is written migration by migration: the text of a
/// hundred thousand need not be held at once.
pub fn render<'a>(loaded: &'a LoadedGraph, view: &'a View) -> Answer<'a> {
    Answer { root: None, loaded, view }
}

/// A graph, to be written as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    root: Option<&'a str>,
    loaded: &'a LoadedGraph,
    view: &'a View,
}

impl<'a> Answer<'a> {
    /// The same, one of several projects: with its folder.
    #[must_use]
    pub fn in_folder(self, root: &'a str) -> Self {
        Self { root: Some(root), ..self }
    }

    fn shows(&self, key: &MigrationKey) -> bool {
        self.view.shows(self.loaded, key)
    }

    fn keep(&self, keys: Vec<MigrationKey>) -> Vec<MigrationKey> {
        keys.into_iter().filter(|key| self.shows(key)).collect()
    }
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let loaded = self.loaded;
        let graph = &loaded.graph;
        let migrations = loaded.disk.iter().filter(|(key, _)| self.shows(key));
        let migrations =
            migrations.map(|(key, migration)| migration_json(migration, graph.contains(key), loaded.version));
        let edges = graph.edges().into_iter();
        let edges = edges.filter(|(child, parent, _)| self.shows(child) && self.shows(parent));
        let edges = edges.map(|(child, parent, _)| [child, parent]);
        let apps = loaded
            .conflicts
            .iter()
            .filter(|(app, _)| self.view.apps.is_empty() || self.view.apps.contains(*app));
        let conflicts: BTreeMap<&AppLabel, Vec<&str>> =
            apps.map(|(app, names)| (app, names.iter().map(AsRef::as_ref).collect())).collect();
        let mut map = serializer.serialize_map(None)?;
        if let Some(root) = self.root {
            map.serialize_entry("root", root)?;
        }
        map.serialize_entry("migrations", &Listed::new(migrations))?;
        map.serialize_entry("edges", &Listed::new(edges))?;
        map.serialize_entry("roots", &self.keep(graph.root_nodes(None)))?;
        map.serialize_entry("leaves", &self.keep(graph.leaf_nodes(None)))?;
        map.serialize_entry("conflicts", &conflicts)?;
        map.serialize_entry("plan", &self.keep(graph.full_plan()))?;
        map.serialize_entry("problems", &Listed::new(loaded.problems.iter().map(problem_json)))?;
        map.end()
    }
}

/// An array whose items are made when they are written.
struct Listed<I>(RefCell<Option<I>>);

impl<I> Listed<I> {
    fn new(items: I) -> Self {
        Self(RefCell::new(Some(items)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Listed<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
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

/// Where a migration comes from, as the answer has it.
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
