//! The migration graph for people and programs: one file a format, each a pure function of the
//! loaded graph and [`View`].

pub mod dot;
pub mod json;
pub mod mermaid;
pub mod text;
pub mod touched;

use std::collections::BTreeSet;

use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::django::migration::Origin;

/// Which part of the graph to show.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Only these apps; all if empty.
    pub apps: BTreeSet<AppLabel>,
    /// Leave out migrations that are not files of the project.
    pub no_external: bool,
}

impl View {
    /// Whether the migration is to be shown.
    pub fn shows(&self, loaded: &LoadedGraph, key: &MigrationKey) -> bool {
        let Some(migration) = loaded.disk.get(key) else { return false };
        (self.apps.is_empty() || self.apps.contains(&key.app))
            && (!self.no_external || migration.origin == Origin::Project)
    }
}

/// What a migration is in a picture of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Look {
    /// One among others.
    Plain,
    /// The only leaf of its app.
    Leaf,
    /// One of several leaves of its app.
    Conflict,
    /// A squash in use.
    Squash,
    /// A squash in use that is the only leaf of its app.
    SquashLeaf,
    /// Replaced by a squash, so not in the graph.
    Replaced,
    /// Not read: its package's source is not at hand.
    Assumed,
}

impl Look {
    /// The look of a migration of `loaded`.
    pub(crate) fn of(loaded: &LoadedGraph, key: &MigrationKey) -> Self {
        let Some(migration) = loaded.disk.get(key) else { return Self::Assumed };
        let is_squash = !migration.replaces.is_empty();
        if !loaded.graph.contains(key) {
            return Self::Replaced;
        }
        if migration.origin == Origin::Assumed {
            return Self::Assumed;
        }
        let is_leaf = loaded.graph.children(key).iter().all(|child| child.app != key.app);
        match (is_leaf, is_squash) {
            (true, _) if loaded.conflicts.contains_key(&key.app) => Self::Conflict,
            (true, true) => Self::SquashLeaf,
            (true, false) => Self::Leaf,
            (false, true) => Self::Squash,
            (false, false) => Self::Plain,
        }
    }
}

/// The history that squashes stand for, so that a picture has it beside them and not in one row:
/// what is replaced in its own order, and (true) its ends to the squash.
pub(crate) fn replaced_edges<'a>(
    loaded: &'a LoadedGraph,
    shown: &BTreeSet<&'a MigrationKey>,
) -> Vec<(&'a MigrationKey, &'a MigrationKey, bool)> {
    let gone = |key: &MigrationKey| shown.contains(key) && !loaded.graph.contains(key);
    let mut edges = Vec::new();
    let mut parents: BTreeSet<&MigrationKey> = BTreeSet::new();
    for migration in loaded.disk.values().filter(|migration| gone(&migration.key)) {
        for parent in migration.dependencies.iter().filter(|parent| gone(&parent.key)) {
            edges.push((&parent.key, &migration.key, false));
            parents.insert(&parent.key);
        }
    }
    for squash in loaded.disk.values().filter(|migration| shown.contains(&migration.key)) {
        for replaced in &squash.replaces {
            if gone(&replaced.key) && !parents.contains(&replaced.key) {
                edges.push((&replaced.key, &squash.key, true));
            }
        }
    }
    edges
}
