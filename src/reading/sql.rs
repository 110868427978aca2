//! What the SQL of a migration rests on, brought together from disk: the graph that `sqlmigrate`
//! looks at, the settings, what functions return that are defaults.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::schema::{callables, schema_settings};
use super::{ReadMigrations, swappables};
use crate::database::Dialect;
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::loader::{LoadedGraph, Problem};
use crate::django::migration::Migration;
use crate::django::schema::target::{NoTarget, load, migration_by_prefix, state_before};
use crate::django::schema::{Context, Step, collect_sql};
use crate::django::state::ProjectState;
use crate::django::version::DjangoVersion;
use crate::project::Project;

/// A project's migrations, ready to be written as SQL.
pub struct SqlSource<'a> {
    project: &'a Project,
    read: &'a ReadMigrations,
    version: DjangoVersion,
    loaded: LoadedGraph,
    /// Why `sqlmigrate` itself fails on this project, where it does.
    pub failure: Option<Problem>,
}

/// A migration and the state it starts from.
pub struct Target<'a> {
    /// The migration.
    pub migration: &'a Arc<Migration>,
    /// The state before it.
    pub state: ProjectState,
}

impl Target<'_> {
    /// Models before the migration, and those of its own app that it makes.
    fn models(&self) -> Vec<ModelKey> {
        let app = &self.migration.key.app;
        let mut state = self.state.clone();
        for operation in &self.migration.operations {
            state.apply(app, operation, DjangoVersion::V6_1);
        }
        self.state.models.keys().chain(state.models.keys()).filter(|key| key.app == *app).cloned().collect()
    }

    /// What could not be read of the migration and of those it depends on.
    pub fn unread(&self) -> impl Iterator<Item = &Arc<str>> {
        let unknowns = self.migration.unknowns.iter();
        unknowns.chain(self.state.unknowns.iter().map(|change| &change.why)).map(|unknown| &unknown.reason)
    }
}

impl<'a> SqlSource<'a> {
    /// Builds the graph, squashes beside what they replace.
    pub fn new(project: &'a Project, read: &'a ReadMigrations) -> Self {
        let version = project.facts.version;
        let (loaded, failure) = load(&read.migrations, &read.installed, version);
        Self { project, read, version, loaded, failure }
    }

    /// The migration of that name, or the only one of the app that begins so.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn find(&self, app: &AppLabel, prefix: &str) -> Result<MigrationKey, NoTarget> {
        migration_by_prefix(&self.loaded, app, prefix)
    }

    /// Every migration that was read, those too that a squash has taken out of the graph.
    pub fn keys(&self) -> impl Iterator<Item = &MigrationKey> {
        self.loaded.disk.keys()
    }

    /// The migration with the state before it; `None` where a squashed one has taken its place.
    pub fn target(&self, key: &MigrationKey) -> Option<Target<'_>> {
        let migration = self.loaded.disk.get(key)?;
        Some(Target { migration, state: state_before(&self.loaded, key)? })
    }

    /// All that the SQL of these migrations depends on.
    pub fn context(&self, targets: &[Target<'_>], dialect: Dialect) -> Context {
        let of = |target: &Target<'_>| callables(&target.state, target.migration);
        let callables: BTreeSet<Arc<str>> = targets.iter().flat_map(of).collect();
        let models = targets.iter().flat_map(Target::models).collect();
        Context {
            version: self.version,
            dialect,
            settings: schema_settings(self.project, &self.read.facts, &callables, &models),
            swappables: swappables(&self.read.facts),
        }
    }
}

/// The SQL of a migration as `sqlmigrate` prints it.
pub fn sqlmigrate(context: &Context, target: &Target<'_>, backwards: bool) -> Vec<Step> {
    collect_sql(context, &target.state, target.migration, backwards, false)
}
