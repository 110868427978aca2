//! Reads a project from disk: its migrations, the code they run, its models.
//!
//! With [`crate::project`] this is the end where files are read; [`crate::analysis`] is pure.

mod loaded;
mod routers;
mod schema;
pub mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::database::Vendor;
use crate::django::contrib;
use crate::django::field::Field;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::AppsForLoader;
use crate::django::migration::{Migration, Origin};
use crate::django::models::{self, InstalledApp, ProjectApps};
use crate::django::operations::{Operation, OperationKind, amount_to};
use crate::django::reader::{self, MigrationFile};
use crate::django::run_python::{self, CodeFacts, Module};
use crate::django::runtime::{self, ProjectFacts};
use crate::django::state::Swappables;
use crate::project::{AppOrigin, PackageState, Project, readers};
use crate::python::interpreter::{Interpreter, STACK_BYTES};
use crate::python::library::Found;
use crate::python::syntax::Parsed;
use crate::python::value::{Unknown, Value};
use crate::source::{SourceFile, parse_guard};

pub use loaded::{Models, read_models};
pub use schema::{callables, schema_settings};

/// A project's migrations.
pub struct ReadMigrations {
    /// Every migration on disk, installed packages' too.
    pub migrations: Vec<Arc<Migration>>,
    /// The apps, as the loader must know them.
    pub installed: AppsForLoader,
    /// Facts that hold once all apps are loaded: packages set settings that are missing.
    pub facts: ProjectFacts,
}

/// How to evaluate a project's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Only what the graph needs: no column is asked for.
    Graph,
    /// What the rules and the statements need.
    Plain,
    /// As `makemigrations` sees it: a project's own version of that command may change what a
    /// field's deconstruction says.
    AsMakemigrations,
}

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
    });
    ProjectApps { apps: apps.collect(), open: project.more_apps.clone() }
}

/// Reads all migrations of a project, for the database that its settings name.
pub fn migrations(project: &Project, detail: Detail) -> ReadMigrations {
    migrations_on(project, detail, None)
}

/// Reads all migrations of a project as they are on a database with that `connection.vendor`.
pub fn migrations_on(project: &Project, detail: Detail, vendor: Option<Vendor>) -> ReadMigrations {
    migrations_beside(project, detail, vendor, &OnceLock::new(), false)
}

/// Reads all migrations and all models of a project, side by side.
pub fn migrations_and_models(project: &Project, detail: Detail) -> (ReadMigrations, Models) {
    let models = OnceLock::new();
    let (read, ()) = rayon::join(
        || migrations_beside(project, detail, None, &models, true),
        || {
            models.get_or_init(|| read_models(project));
        },
    );
    (read, models.into_inner().unwrap_or_else(|| read_models(project)))
}

/// Reads all migrations of a project whose models are read already, and gives them back.
pub fn migrations_given(project: &Project, detail: Detail, models: Models) -> (ReadMigrations, Models) {
    let models = OnceLock::from(models);
    let read = migrations_beside(project, detail, None, &models, false);
    (read, models.into_inner().unwrap_or_else(|| read_models(project)))
}

/// Reads migrations; takes the models if they are there, and reads them where they are needed. `beside`
/// tells that another thread is reading them now.
fn migrations_beside(
    project: &Project,
    detail: Detail,
    vendor: Option<Vendor>,
    models: &OnceLock<Models>,
    beside: bool,
) -> ReadMigrations {
    let mut facts = project.facts.clone();
    facts.columns = detail == Detail::Plain;
    facts.vendor = vendor.map(|vendor| match vendor {
        Vendor::PostgreSql => "postgresql",
        Vendor::Sqlite => "sqlite",
        Vendor::MySql | Vendor::MariaDb => "mysql",
        Vendor::Oracle => "oracle",
    });
    let mut installed = AppsForLoader::default();
    let mut files = Vec::new();
    let mut migrations = Vec::new();
    for app in project.apps.values() {
        match &app.migrations.state {
            PackageState::Migrated { modules, .. } => {
                installed.migrated.push(app.label.clone());
                let package = app.migrations.module.clone().unwrap_or_default();
                files.extend(modules.iter().map(|(name, path)| MigrationFile {
                    key: MigrationKey::new(app.label.clone(), name.clone()),
                    module: format!("{package}.{name}"),
                    path: path.clone(),
                    origin: if project.library.is_project(path) {
                        Origin::Project
                    } else {
                        Origin::Installed
                    },
                }));
            }
            PackageState::NotAtHand => match bundled(project, &app.name) {
                Some(found) if found.is_empty() => {
                    installed.unmigrated.insert(app.label.clone());
                }
                Some(found) => {
                    installed.migrated.push(app.label.clone());
                    migrations.extend(found);
                }
                None => {
                    installed.assumed.insert(app.label.clone());
                }
            },
            PackageState::Unknown(_) => {
                installed.assumed.insert(app.label.clone());
            }
            PackageState::Missing
            | PackageState::NotAPackage
            | PackageState::Namespace(_)
            | PackageState::Disabled => {
                installed.unmigrated.insert(app.label.clone());
            }
        }
    }
    let apps = project_apps(project);
    let prepare = |interpreter: &mut Interpreter| prepare(interpreter, &apps, detail);
    let threads = rayon::current_num_threads().saturating_sub(usize::from(beside));
    let read = reader::read_all(&files, &project.library, &facts, &prepare, threads);
    let names: BTreeSet<Arc<str>> = read.iter().flat_map(|one| one.lacking.iter().cloned()).collect();
    let (mut read, lacking): (Vec<Arc<Migration>>, Vec<BTreeSet<Arc<str>>>) =
        read.into_iter().map(|one| (Arc::new(one.migration), one.lacking)).unzip();
    if !names.is_empty() {
        // Django loads every app before it reads migrations, and packages give settings that
        // are not there their defaults.
        let models = models.get_or_init(|| read_models(project));
        facts.settings = Arc::new(loaded::settings(project, models, &names));
        let has_come = |name: &Arc<str>| facts.settings.values.contains_key(name);
        let (again, places): (Vec<MigrationFile>, Vec<&mut Arc<Migration>>) =
            std::iter::zip(&files, &mut read)
                .zip(&lacking)
                .filter(|(_, lacking)| lacking.iter().any(has_come))
                .map(|((file, migration), _)| (file.clone(), migration))
                .unzip();
        let second = reader::read_all(&again, &project.library, &facts, &prepare, threads);
        for (place, one) in places.into_iter().zip(second) {
            *place = Arc::new(one.migration);
        }
    }
    if detail == Detail::AsMakemigrations && models::has_own_makemigrations(&project.library, &apps) {
        migrations = as_makemigrations(project, &facts, &prepare, &migrations);
    }
    migrations.append(&mut read);
    if labels_may_differ(project) {
        let named = migrations.iter().flat_map(|migration| {
            migration.dependencies.iter().chain(&migration.run_before).map(|dependency| &dependency.key.app)
        });
        let unlisted = named.filter(|app| !project.apps.contains_key(*app));
        installed.assumed.extend(unlisted.cloned().collect::<Vec<_>>());
    }
    if !project.operations.is_empty() {
        for migration in &mut migrations {
            as_configured(Arc::make_mut(migration), &project.operations);
        }
    }
    ReadMigrations { migrations, installed, facts }
}

/// Operations of other packages as those of Django's that the configuration says they amount to.
fn as_configured(migration: &mut Migration, named: &BTreeMap<String, &'static str>) {
    for operation in &mut migration.operations {
        amount_to(operation, &|class| named.get(class).copied());
    }
}

/// Reads migrations from texts that are not, or no longer, in the project's files: of another revision.
/// What they import is the project's own as it is now.
pub fn migrations_from(
    project: &Project,
    facts: &ProjectFacts,
    texts: &[(MigrationFile, Arc<SourceFile>)],
) -> Vec<Arc<Migration>> {
    if texts.is_empty() {
        return Vec::new();
    }
    let apps = project_apps(project);
    on_big_stack(|| {
        let mut interpreter = runtime::interpreter(project.library.clone(), facts.clone());
        prepare(&mut interpreter, &apps, Detail::Plain);
        let read = |(file, text): &(MigrationFile, Arc<SourceFile>)| {
            let mut migration = match parsed(text) {
                Ok(parsed) => reader::read_parsed(&mut interpreter, file, parsed),
                Err(why) => {
                    let mut migration = Migration::empty(file.key.clone(), file.origin);
                    migration.unknowns.push(Arc::new(Unknown { reason: why, at: None }));
                    migration
                }
            };
            if !project.operations.is_empty() {
                as_configured(&mut migration, &project.operations);
            }
            Arc::new(migration)
        };
        texts.iter().map(read).collect()
    })
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

/// Whether an app may bear a label that is not among the known ones: the list of apps is not known to
/// its end, or the source of one that says its label itself is not at hand.
fn labels_may_differ(project: &Project) -> bool {
    project.more_apps.is_some()
        || project.apps.values().any(|app| {
            let foreign = contrib::bundled_app(&app.name, project.facts.version).is_none();
            app.unknown.is_some() || (app.origin == AppOrigin::Missing && foreign)
        })
}

/// Bundled migrations with their fields taken apart as the project's own `makemigrations` has it.
fn as_makemigrations(
    project: &Project,
    facts: &ProjectFacts,
    prepare: &(dyn Fn(&mut Interpreter) + Sync),
    migrations: &[Arc<Migration>],
) -> Vec<Arc<Migration>> {
    on_big_stack(|| {
        let mut interpreter = runtime::interpreter(project.library.clone(), facts.clone());
        prepare(&mut interpreter);
        let again = |migration: &Arc<Migration>| {
            let mut migration = (**migration).clone();
            for operation in &mut migration.operations {
                let fields: Vec<&mut Arc<Field>> = match &mut operation.kind {
                    OperationKind::CreateModel(create) => {
                        create.fields.iter_mut().map(|(_, field)| field).collect()
                    }
                    OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. } => {
                        vec![field]
                    }
                    _ => Vec::new(),
                };
                for field in fields {
                    *field = runtime::deconstruct_again(&mut interpreter, field);
                }
            }
            Arc::new(migration)
        };
        migrations.iter().map(again).collect()
    })
}

/// The migrations of an app of Django's own whose source is not at hand; none for one that has no
/// migrations package, `None` for an app that is not Django's.
fn bundled(project: &Project, app: &str) -> Option<Vec<Arc<Migration>>> {
    contrib::bundled_app(app, project.facts.version)?;
    let found = contrib::bundled_migrations(app, project.facts.version, &swappables(&project.facts));
    Some(found.unwrap_or_default().into_iter().map(Arc::new).collect())
}

fn prepare(interpreter: &mut Interpreter, apps: &ProjectApps, detail: Detail) {
    readers::provide(interpreter);
    models::install(interpreter, apps);
    if detail == Detail::AsMakemigrations {
        models::apply_makemigrations(interpreter, apps);
    }
    interpreter.problems.clear();
}

/// Whether an app brings a `makemigrations` of its own, which may change how fields are taken apart
/// ([`Detail::AsMakemigrations`]).
pub fn has_own_makemigrations(project: &Project) -> bool {
    models::has_own_makemigrations(&project.library, &project_apps(project))
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
