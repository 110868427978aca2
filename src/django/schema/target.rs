//! Which migration `sqlmigrate` means, and the state it starts from
//! (`MigrationLoader.get_migration_by_prefix`, `MigrationLoader.project_state` with `at_end=False`,
//! `django/db/migrations/loader.py`, 3.2 to 6.1).

use std::sync::Arc;

use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::{AppsForLoader, LoadedGraph, LoaderOptions, MigrationLoader, Problem};
use crate::django::migration::Migration;
use crate::django::state::ProjectState;
use crate::django::version::DjangoVersion;

/// Why a prefix names no migration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTarget {
    /// None begins so.
    #[error("no migration of {app} begins with `{prefix}`{}", list("; there are", .names))]
    Missing {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        prefix: String,
        /// The app's migrations.
        names: Vec<Arc<str>>,
    },
    /// Several do (`AmbiguityError`).
    #[error("more than one migration of {app} begins with `{prefix}`{}", list("", .names))]
    Ambiguous {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        prefix: String,
        /// Those that do.
        names: Vec<Arc<str>>,
    },
}

/// Most names that a message lists.
const LISTED: usize = 20;

fn list(before: &str, names: &[Arc<str>]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = names.iter().take(LISTED).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{before}: {}{more}", shown.join(", "))
}

/// The graph that `sqlmigrate` looks at, in which squashes stand beside what they replace; and why it
/// is the squashed one instead: some histories only load with their squashes in use, and there
/// `sqlmigrate` itself fails.
pub fn load(
    migrations: &[Arc<Migration>],
    apps: &AppsForLoader,
    version: DjangoVersion,
) -> (LoadedGraph, Option<Problem>) {
    let options = LoaderOptions { replace_migrations: false, ..LoaderOptions::default() };
    let plain = MigrationLoader::build_with(migrations.to_vec(), apps, version, &options);
    let Some(problem) = fatal(&plain).cloned() else { return (plain, None) };
    let squashed = MigrationLoader::build(migrations.to_vec(), apps, version);
    // Where neither loads, what can be said is said of the one that was asked for.
    if fatal(&squashed).is_some() { (plain, Some(problem)) } else { (squashed, Some(problem)) }
}

/// The first thing that keeps Django from building the graph.
fn fatal(loaded: &LoadedGraph) -> Option<&Problem> {
    loaded.problems.iter().find(|problem| {
        !matches!(
            problem,
            Problem::Unreadable { .. } | Problem::ChainedReplacement { .. } | Problem::Duplicate { .. }
        )
    })
}

/// The migration of that name, or the only one that begins so. Django calls the full name of one
/// that begins another's (`0001_initial` beside `0001_initial_squashed_0003`) ambiguous; here it is
/// the one it names.
///
/// # Errors
/// There is none, or there are several.
pub fn migration_by_prefix(
    loaded: &LoadedGraph,
    app: &AppLabel,
    prefix: &str,
) -> Result<MigrationKey, NoTarget> {
    let exact = MigrationKey::new(app.clone(), prefix);
    if loaded.disk.contains_key(&exact) {
        return Ok(exact);
    }
    let all = || loaded.disk.keys().filter(|key| key.app == *app);
    let mut found: Vec<&MigrationKey> = all().filter(|key| key.name.starts_with(prefix)).collect();
    let names = |keys: Vec<&MigrationKey>| keys.into_iter().map(|key| key.name.clone()).collect();
    let (app, prefix) = (app.clone(), prefix.to_owned());
    match found.len() {
        0 => Err(NoTarget::Missing { app: app.clone(), prefix, names: names(all().collect()) }),
        1 => Ok(found.remove(0).clone()),
        _ => Err(NoTarget::Ambiguous { app, prefix, names: names(found) }),
    }
}

/// The state before a migration: what it depends on, applied in the order of `forwards_plan`; `None`
/// where it is not in the graph, since a squash has taken its place.
pub fn state_before(loaded: &LoadedGraph, target: &MigrationKey) -> Option<ProjectState> {
    let mut plan = loaded.graph.forwards_plan(target).ok()?;
    plan.pop();
    let mut state = ProjectState::default();
    for migration in plan.iter().filter_map(|key| loaded.graph.migration(key)) {
        state.apply_migration(migration, loaded.version);
    }
    Some(state)
}
