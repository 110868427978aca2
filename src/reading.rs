//! Reads a project from disk: its migrations, the code they run, its models.
//!
//! With [`crate::project`] this is the end where files are read; [`crate::analysis`] is pure.

mod apps;
mod lacking;
mod migrations;
mod routers;
mod schema;
pub mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::django::keys::AppLabel;
use crate::django::migration::{Migration, Origin};
use crate::django::models::{InstalledApp, ProjectApps};
use crate::django::operations::{Operation, OperationKind};
use crate::django::run_python::{self, CodeFacts, Module};
use crate::django::runtime::ProjectFacts;
use crate::django::state::Swappables;
use crate::project::{AppOrigin, Project};
use crate::python::interpreter::STACK_BYTES;
use crate::python::library::Found;
use crate::python::syntax::Parsed;
use crate::python::value::Value;
use crate::source::{SourceFile, parse_guard};

pub use apps::Models;
pub use migrations::{
    AllRead, Detail, ReadMigrations, connection_vendor, everything, migrations, migrations_and_models,
    migrations_from, read_models,
};
pub use schema::{callables, schema_settings};

/// Runs `work` on a thread with the stack that evaluating takes; on this one, if none is to be had.
///
/// # Panics
/// Where `work` does.
pub fn on_big_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, &work);
        match spawned.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => work(),
        }
    })
}

/// The apps, as evaluating models needs them.
pub fn project_apps(project: &Project) -> ProjectApps {
    let apps = project.apps.values().map(|app| InstalledApp {
        label: app.label.clone(),
        name: app.name.clone(),
        default_auto_field: app.default_auto_field.clone(),
        config: app.config.clone(),
        imports_models: app.imports_models,
    });
    ProjectApps { apps: apps.collect(), open: project.more_apps.clone() }
}

/// A text as Python, unless it nests too deep.
///
/// # Errors
/// Where and what nests too deep.
pub fn parsed(file: &Arc<SourceFile>) -> Result<Arc<Parsed>, Arc<str>> {
    match parse_guard(file.text()) {
        Ok(()) => Ok(Parsed::new(file.clone())),
        Err(deep) => Err(format!("line {}: {}", deep.line, deep.what.message()).into()),
    }
}

/// Which model stands in for which: `AUTH_USER_MODEL`, and every other setting that has the form of a
/// model's label.
pub fn swappables(facts: &ProjectFacts) -> Swappables {
    let mut settings = BTreeMap::new();
    let user = facts.settings.get("AUTH_USER_MODEL");
    if let Some(user) = user.as_ref().and_then(Value::as_str) {
        settings.insert("AUTH_USER_MODEL".into(), user.into());
    }
    for (name, value) in &facts.settings.values {
        if let Some(text) = value.as_str()
            && name.ends_with("_MODEL")
            && text.split('.').count() == 2
        {
            settings.insert(name.clone(), text.into());
        }
    }
    Swappables { settings }
}

/// What the functions of `RunPython` in the project's own migrations reach, by dotted path.
pub fn code(project: &Project, migrations: &[Arc<Migration>]) -> BTreeMap<Arc<str>, CodeFacts> {
    let mut paths = BTreeSet::new();
    for migration in migrations.iter().filter(|migration| migration.origin == Origin::Project) {
        migration.operations.iter().for_each(|operation| functions(operation, &mut paths));
    }
    let find = |name: &str| module(project, name);
    on_big_stack(|| {
        let mut facts = BTreeMap::new();
        for path in &paths {
            let Some((name, function)) = path.rsplit_once('.') else { continue };
            if let Some(module) = find(name)
                && let Some(found) = run_python::facts(&module, function, &find)
            {
                facts.insert(path.clone(), found);
            }
        }
        facts
    })
}

fn functions(operation: &Operation, paths: &mut BTreeSet<Arc<str>>) {
    match &operation.kind {
        OperationKind::RunPython(run) => {
            for code in std::iter::once(&run.code).chain(&run.reverse_code) {
                match code {
                    Value::Ref(path) => {
                        paths.insert(path.clone());
                    }
                    Value::Call(call) => {
                        if let Some(Value::Ref(path)) = call.args.first() {
                            paths.insert(path.clone());
                        }
                    }
                    _ => {}
                }
            }
        }
        OperationKind::SeparateDatabaseAndState { database_operations, state_operations } => {
            // Bounded: the reader bounds how deep operations nest.
            database_operations.iter().chain(state_operations).for_each(|inner| functions(inner, paths));
        }
        _ => {}
    }
}

/// A module of the repository.
fn module(project: &Project, name: &str) -> Option<Module> {
    let (path, package) = match project.library.find(name) {
        Found::Package(path) => (path, true),
        Found::Module(path) => (path, false),
        Found::Namespace(_) | Found::Missing => return None,
    };
    if !project.library.is_project(&path) {
        return None;
    }
    let parsed = project.library.parse(&path).ok()?;
    Some(Module { name: name.into(), package, parsed })
}

/// Whether an app belongs to the repository.
pub fn is_project_app(project: &Project, label: &AppLabel) -> bool {
    project.apps.get(label).is_some_and(|app| app.origin == AppOrigin::Project)
}

/// A path for people: relative to the analysed root.
pub fn shown(root: &Path, path: &Path) -> String {
    let relative: PathBuf = path.strip_prefix(root).unwrap_or(path).into();
    relative.to_string_lossy().replace('\\', "/")
}
