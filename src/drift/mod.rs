//! What models.py have and the migrations lack: both are read, replayed and compared.

mod places;
mod withhold;
pub mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::django::autodetector::{
    Autodetector, AutodetectorError, Changes, GraphInfo, Ignored, Incomplete, NewDependency, Undecided,
};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::{LoadedGraph, MigrationLoader, Problem};
use crate::django::migration::Migration;
use crate::django::models::ModelsRead;
use crate::django::state::{ALTER_OPTION_KEYS, Phase, ProjectState, Swappables};
use crate::project::{PackageState, Project};
use crate::python::value::Unknown;
use crate::reading::{self, Models, ReadMigrations};

pub use places::for_rules;
use withhold::Certainty;

/// What to compare.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Labels as `makemigrations` takes them: these apps, with what their migrations need of others;
    /// one of them without a migrations package gets one. None means all.
    pub apps: BTreeSet<AppLabel>,
    /// `get_migration_name_timestamp()` (`20240131_1200`), for names that Django makes of the time.
    pub timestamp: String,
}

/// What was found.
pub struct Drift {
    /// What the autodetector says.
    pub changes: Changes,
    /// The state after all migrations.
    pub from_state: ProjectState,
    /// The state that the changes lead to.
    pub to_state: ProjectState,
    /// Which model stands in for which.
    pub swappables: Swappables,
    /// Why Django would stop before it looks for changes.
    pub stops: Vec<String>,
    /// Apps that have migrations some of which could not be read, and why.
    pub unread: BTreeMap<AppLabel, Arc<Unknown>>,
}

/// Compares a project's models with its migrations.
///
/// # Errors
/// What Django's autodetector would raise.
pub fn detect(project: &Project, request: &Request) -> anyhow::Result<Drift> {
    let (read, models) = reading::migrations_and_models(project);
    Ok(compare(project, &read, &models, request)?)
}

/// What a state may differ in from the one that the migrations of `plan` are known to lead to, as some of what
/// they do could not be read: apps by label, and single models, each with the reason.
pub fn doubts(
    project: &Project,
    plan: &[MigrationKey],
    migrations: &[Arc<Migration>],
    state: &ProjectState,
) -> Vec<(String, Arc<Unknown>)> {
    let planned: BTreeSet<&MigrationKey> = plan.iter().collect();
    let migrations: Vec<Arc<Migration>> =
        migrations.iter().filter(|migration| planned.contains(&migration.key)).cloned().collect();
    Certainty::of(plan, &migrations, project.apps.keys()).doubts(state)
}

/// Compares models with migrations that were read as `makemigrations` sees them.
///
/// # Errors
/// What Django's autodetector would raise.
pub fn compare(
    project: &Project,
    read: &ReadMigrations,
    models: &Models,
    request: &Request,
) -> Result<Drift, AutodetectorError> {
    let version = project.facts.version;
    let loaded = MigrationLoader::build(read.migrations.clone(), &read.installed, version);
    let mut stops = loader_stops(&loaded, &request.apps);
    let mut from_state = ProjectState::default();
    let plan = loaded.graph.full_plan();
    for key in &plan {
        if let Some(migration) = loaded.graph.migration(key) {
            let errors = from_state.apply_migration(migration, version);
            let fatal = errors.iter().filter(|(_, error)| error.certain && error.phase != Phase::Database);
            stops.extend(fatal.map(|(_, error)| format!("{key}: {error}")));
        }
    }
    let swappables = reading::swappables(&read.facts);
    let Models { read: models, option_keys } = models;
    let mut undecided = Vec::new();
    let to_state = declared(&from_state, models, &mut undecided);
    let certainty = Certainty::of(&plan, &read.migrations, project.apps.keys());
    let autodetector = Autodetector {
        from_state: &from_state,
        to_state: &to_state,
        swappables: &swappables,
        version,
        graph: &graph_info(project, read, &loaded, request),
        incomplete: &incomplete(project, read, &from_state, models, &certainty),
        ignored: &ignored(option_keys.as_deref()),
        timestamp: &request.timestamp,
    };
    let mut changes = autodetector.changes()?;
    changes.undecided.extend(undecided);
    let shortened = certainty.withhold(&mut changes, &from_state);
    autodetector.rename(&mut changes.migrations, &shortened);
    if !request.apps.is_empty() {
        trim_to_apps(&mut changes, &request.apps);
    }
    Ok(Drift { changes, from_state, to_state, swappables, stops, unread: unread(read) })
}

/// What keeps `makemigrations` from going on once the migrations are loaded: an error of the loader,
/// or several leaves (`django/core/management/commands/makemigrations.py`: labels limit those).
fn loader_stops(loaded: &LoadedGraph, apps: &BTreeSet<AppLabel>) -> Vec<String> {
    let fatal = loaded.problems.iter().filter(|problem| {
        !matches!(
            problem,
            Problem::Unreadable { .. } | Problem::ChainedReplacement { .. } | Problem::Duplicate { .. }
        )
    });
    let conflicts = loaded.conflicts.iter().filter(|(app, _)| apps.is_empty() || apps.contains(*app));
    let conflicts = conflicts.map(|(app, names)| {
        format!("conflicting migrations: {app} has several leaves ({})", names.join(", "))
    });
    fatal.map(ToString::to_string).chain(conflicts).collect()
}

/// `_trim_to_apps`: the migrations of these apps, and those that they depend on.
fn trim_to_apps(changes: &mut Changes, apps: &BTreeSet<AppLabel>) {
    let mut required = apps.clone();
    let mut queue: Vec<AppLabel> = apps.iter().cloned().collect();
    while let Some(app) = queue.pop() {
        for migration in changes.migrations.get(&app).into_iter().flatten() {
            for dependency in &migration.dependencies {
                if let NewDependency::Migration(on, _) = dependency
                    && required.insert(on.clone())
                {
                    queue.push(on.clone());
                }
            }
        }
    }
    changes.migrations.retain(|app, _| required.contains(app));
    changes.undecided.retain(|undecided| required.contains(&undecided.model.app));
    changes.questions.retain(|question| required.contains(&question.model.app));
}

/// Apps whose migrations are not known in full. What they are to run before decides neither what they
/// do nor which one is the app's last.
fn unread(read: &ReadMigrations) -> BTreeMap<AppLabel, Arc<Unknown>> {
    let mut unread: BTreeMap<AppLabel, Arc<Unknown>> = BTreeMap::new();
    for migration in &read.migrations {
        if let Some(why) = migration.unknown_content() {
            unread.entry(migration.key.app.clone()).or_insert_with(|| why.clone());
        }
    }
    for app in &read.installed.assumed {
        let reason = format!("the migrations of {app} are not at hand");
        unread.entry(app.clone()).or_insert_with(|| Arc::new(Unknown { reason: reason.into(), at: None }));
    }
    unread
}

fn graph_info(
    project: &Project,
    read: &ReadMigrations,
    loaded: &LoadedGraph,
    request: &Request,
) -> GraphInfo {
    let mut leaves: BTreeMap<AppLabel, Vec<Arc<str>>> = BTreeMap::new();
    for leaf in loaded.graph.leaf_nodes(None) {
        leaves.entry(leaf.app).or_default().push(leaf.name);
    }
    let mut unmigrated_apps = read.installed.unmigrated.clone();
    // `convert_apps`: an app that is named gets its first migration, unless it is not to have any.
    unmigrated_apps.retain(|app| {
        let package = project.apps.get(app).map(|app| &app.migrations.state);
        !request.apps.contains(app) || matches!(package, None | Some(PackageState::Disabled))
    });
    GraphInfo { leaves, unmigrated_apps }
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
    certainty: &Certainty,
) -> Incomplete {
    let mut migrations = unread(read);
    for change in &from_state.unknowns {
        let apps: Vec<&AppLabel> =
            if change.anywhere { project.apps.keys().collect() } else { vec![&change.app] };
        for app in apps {
            migrations.entry(app.clone()).or_insert_with(|| change.why.clone());
        }
    }
    Incomplete { migrations, created: certainty.created(), models: models.incomplete.clone() }
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
    let folders = project.apps.values().filter_map(|app| {
        let folder = match (&app.migrations.state, &app.path) {
            (PackageState::Migrated { folder, .. }, _) => folder.clone(),
            (PackageState::Missing, Some(path)) if !app.migrations.explicit => path.join("migrations"),
            _ => return None,
        };
        Some((app.label.clone(), reading::shown(root, &folder)))
    });
    folders.collect()
}
