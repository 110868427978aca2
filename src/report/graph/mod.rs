//! The migration graph for people and programs: one file a format, each a pure function of the
//! loaded graph and [`View`].

pub mod dot;
pub mod json;
pub mod mermaid;
pub mod text;

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
