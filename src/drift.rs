//! What models.py have and the migrations lack: both are read, replayed and compared.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::django::autodetector::{Autodetector, Changes, GraphInfo, Ignored, Incomplete, Undecided};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::loader::{LoadedGraph, MigrationLoader};
use crate::django::migration::Migration;
use crate::django::models::ModelsRead;
use crate::django::state::{ALTER_OPTION_KEYS, ProjectState};
use crate::project::{PackageState, Project};
use crate::python::value::Unknown;
use crate::reading::{self, Detail, Models, ReadMigrations};

/// What was found.
pub struct Drift {
    /// What the autodetector says.
    pub changes: Changes,
    /// The state that the changes lead to.
    pub to_state: ProjectState,
    /// The graph that they would be added to.
    pub loaded: LoadedGraph,
}

/// Compares a project's models with its migrations.
///
/// # Errors
/// What Django's autodetector would raise.
pub fn detect(project: &Project) -> anyhow::Result<Drift> {
    let (read, models) = rayon::join(
        || reading::migrations(project, Detail::AsMakemigrations),
        || reading::read_models(project),
    );
    let loaded = MigrationLoader::build(read.migrations.clone(), &read.installed, project.facts.version);
    let mut from_state = ProjectState::default();
    for key in loaded.graph.full_plan() {
        if let Some(migration) = loaded.graph.migration(&key) {
            from_state.apply_migration(migration, project.facts.version);
        }
    }
    let swappables = reading::swappables(&read.facts);
    let Models { read: models, option_keys } = models;
    let mut undecided = Vec::new();
    let to_state = declared(&from_state, &models, &mut undecided);
    let autodetector = Autodetector {
        from_state: &from_state,
        to_state: &to_state,
        swappables: &swappables,
        version: project.facts.version,
        graph: &graph_info(&read, &loaded),
        incomplete: &incomplete(project, &read, &from_state, &models),
        ignored: &ignored(option_keys.as_deref()),
        timestamp: "",
    };
    let mut changes = autodetector.changes()?;
    changes.undecided.extend(undecided);
    withhold(&mut changes, &read.migrations);
    Ok(Drift { changes, to_state, loaded })
}

/// Changes of apps that have a migration whose operations are not all known: it may have made them.
fn withhold(changes: &mut Changes, migrations: &[Arc<Migration>]) {
    for migration in migrations {
        let Some(why) = migration.unknown_operations() else { continue };
        let app = &migration.key.app;
        for change in changes.migrations.shift_remove(app).into_iter().flatten() {
            let undecided = change.operations.iter().filter_map(|operation| {
                let model = ModelKey::new(app.clone(), operation.model_name()?);
                Some(Undecided { model, what: "model".into(), why: why.clone(), at: why.at.clone() })
            });
            changes.undecided.extend(undecided);
        }
    }
    changes.undecided.dedup_by(|a, b| a.model == b.model && a.what == b.what && a.why == b.why);
}

fn graph_info(read: &ReadMigrations, loaded: &LoadedGraph) -> GraphInfo {
    let mut leaves: BTreeMap<AppLabel, Vec<Arc<str>>> = BTreeMap::new();
    for leaf in loaded.graph.leaf_nodes(None) {
        leaves.entry(leaf.app).or_default().push(leaf.name);
    }
    GraphInfo { leaves, unmigrated_apps: read.installed.unmigrated.clone() }
}

/// Options that the project's own `makemigrations` leaves out of the comparison.
fn ignored(option_keys: Option<&[Arc<str>]>) -> Ignored {
    let Some(kept) = option_keys else { return Ignored::default() };
    let left_out = ALTER_OPTION_KEYS.iter().filter(|key| !kept.iter().any(|kept| **kept == ***key));
    Ignored { options: left_out.map(|key| Arc::from(*key)).collect(), attributes: Vec::new() }
}

/// What neither side can be sure of.
fn incomplete(
    project: &Project,
    read: &ReadMigrations,
    from_state: &ProjectState,
    models: &ModelsRead,
) -> Incomplete {
    let mut migrations: BTreeMap<AppLabel, Arc<Unknown>> = BTreeMap::new();
    for migration in &read.migrations {
        if let Some(why) = migration.unknowns.first() {
            migrations.entry(migration.key.app.clone()).or_insert_with(|| why.clone());
        }
    }
    for change in &from_state.unknowns {
        let apps: Vec<&AppLabel> =
            if change.anywhere { project.apps.keys().collect() } else { vec![&change.app] };
        for app in apps {
            migrations.entry(app.clone()).or_insert_with(|| change.why.clone());
        }
    }
    for app in &read.installed.assumed {
        let reason = format!("the migrations of {app} are not at hand");
        migrations
            .entry(app.clone())
            .or_insert_with(|| Arc::new(Unknown { reason: reason.into(), at: None }));
    }
    Incomplete { migrations, models: models.incomplete.clone() }
}

/// The declared state, with models and fields that may or may not be there as the migrations have
/// them, so that they are no change either way.
fn declared(from_state: &ProjectState, models: &ModelsRead, undecided: &mut Vec<Undecided>) -> ProjectState {
    let mut state = models.state.clone();
    for (key, possible) in &models.possible {
        if let Some(known) = from_state.models.get(key) {
            state.models.insert(key.clone(), known.clone());
        }
        let why = possible.unknowns.first().cloned().unwrap_or_else(|| {
            Arc::new(Unknown { reason: "it may or may not be there".into(), at: possible.at.clone() })
        });
        undecided.push(Undecided { model: key.clone(), what: "model".into(), at: possible.at.clone(), why });
    }
    for (key, fields) in &models.possible_fields {
        let (Some(before), Some(after)) = (from_state.models.get(key), state.models.get_mut(key)) else {
            continue;
        };
        // What may be a field may be a manager.
        if before.managers != after.managers
            && let Some((_, why)) = fields.first()
        {
            Arc::make_mut(after).managers.clone_from(&before.managers);
            let (what, at) = ("managers".into(), why.at.clone());
            undecided.push(Undecided { model: key.clone(), what, why: why.clone(), at });
        }
        for (name, why) in fields {
            if let Some(field) = before.fields.get(name)
                && !after.fields.contains_key(name)
            {
                Arc::make_mut(after).fields.insert(name.clone(), field.clone());
                let what = format!("field {name}");
                undecided.push(Undecided { model: key.clone(), what, why: why.clone(), at: why.at.clone() });
            }
        }
    }
    state
}

/// Where each app's migrations lie, for people.
pub fn migration_folders(project: &Project, root: &Path) -> BTreeMap<AppLabel, String> {
    let folders = project.apps.values().filter_map(|app| match &app.migrations.state {
        PackageState::Migrated { folder, .. } => Some((app.label.clone(), reading::shown(root, folder))),
        _ => None,
    });
    folders.collect()
}
