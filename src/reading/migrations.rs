//! Reads a project's migrations, with the apps loaded where that matters.
//!
//! Django loads every app before it looks at a migration. What a migration says follows from that only if it
//! imports something of an app; the others, most of them, are read on other threads meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::apps::{Answer, Evaluator, LoadedApps, Models, with_apps};
use super::{lacking, on_big_stack, parsed, project_apps, swappables};
use crate::database::Vendor;
use crate::django::contrib;
use crate::django::field::Field;
use crate::django::keys::MigrationKey;
use crate::django::loader::AppsForLoader;
use crate::django::migration::{Migration, Origin};
use crate::django::models::{self, ProjectApps};
use crate::django::operations::{OperationKind, amount_to};
use crate::django::reader::{self, MaybeParsed, MigrationFile, Outcome, Queue, Read, Reading};
use crate::django::runtime::{self, Columns, ProjectFacts};
use crate::project::{AppOrigin, PackageState, Project, readers};
use crate::python::interpreter::Interpreter;
use crate::python::syntax::Parsed;
use crate::python::value::Unknown;
use crate::source::SourceFile;

/// A project's migrations.
#[derive(Clone)]
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

/// All that a project's files say.
pub struct AllRead {
    /// The migrations, as `migrate` sees them.
    pub migrations: ReadMigrations,
    /// The migrations as the project's own `makemigrations` sees them, where it has one.
    pub as_makemigrations: Option<ReadMigrations>,
    /// The models.
    pub models: Models,
}

/// Reads all migrations of a project, for the database that its facts name, else its settings.
pub fn migrations(project: &Project, detail: Detail) -> ReadMigrations {
    with_apps(project, |apps| read(apps, project, detail))
}

/// `connection.vendor` (`DatabaseWrapper.vendor` of each of Django's backends).
pub fn connection_vendor(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::PostgreSql => "postgresql",
        Vendor::Sqlite => "sqlite",
        Vendor::MySql | Vendor::MariaDb => "mysql",
        Vendor::Oracle => "oracle",
    }
}

/// Reads the models of all installed apps.
pub fn read_models(project: &Project) -> Models {
    with_apps(project, |apps| apps.ask(Evaluator::models).wait()).unwrap_or_else(Models::none)
}

/// Reads all migrations and all models of a project as `makemigrations` sees them.
pub fn migrations_and_models(project: &Project) -> (ReadMigrations, Models) {
    with_apps(project, |apps| {
        let models = apps.ask(Evaluator::models);
        let read = read(apps, project, Detail::AsMakemigrations);
        (read, models.wait().unwrap_or_else(Models::none))
    })
}

/// Reads all migrations, which `tell` is told of, and after them all models of a project.
pub fn everything(project: &Project, tell: impl FnOnce(&ReadMigrations)) -> AllRead {
    with_apps(project, |apps| {
        apps.start();
        let migrations = read(apps, project, Detail::Plain);
        tell(&migrations);
        // What the project's own `makemigrations` changes can't be undone.
        let models = apps.ask(Evaluator::models);
        let own = has_own_makemigrations(project);
        let as_makemigrations = own.then(|| read(apps, project, Detail::AsMakemigrations));
        AllRead { migrations, as_makemigrations, models: models.wait().unwrap_or_else(Models::none) }
    })
}

/// Whether an app brings a `makemigrations` of its own, which may change how fields are taken apart
/// ([`Detail::AsMakemigrations`]).
fn has_own_makemigrations(project: &Project) -> bool {
    models::has_own_makemigrations(&project.library, &project_apps(project))
}

fn read<'env>(loaded: &LoadedApps<'_, 'env>, project: &'env Project, detail: Detail) -> ReadMigrations {
    let mut facts = project.facts.clone();
    facts.columns = match (detail, project.vendor) {
        (Detail::Plain, Some(vendor)) => Columns::Of(connection_vendor(vendor)),
        (Detail::Plain, None) => Columns::All,
        _ => Columns::No,
    };
    let (files, mut installed, mut migrations) = files(project);
    let own = detail == Detail::AsMakemigrations && has_own_makemigrations(project);
    let queue = Arc::new(Queue::new(files));
    let files = queue.files();
    let outcomes = read_apart(loaded, Apart { project, facts: facts.clone(), detail, own }, &queue);
    let mut later = Vec::new();
    let mut read: Vec<Option<Arc<Migration>>> = Vec::with_capacity(files.len());
    for (index, (file, outcome)) in std::iter::zip(files, outcomes).enumerate() {
        let (migration, again) = match outcome {
            None => (None, None),
            Some(Outcome::Read(one)) => {
                let unread = detail == Detail::Graph && !one.migration.unknowns.is_empty();
                let again = unread || one.met_apps || !one.lacking.is_empty();
                (Some(Arc::new(one.migration)), again.then_some(None))
            }
            Some(Outcome::Later(parsed)) => (None, Some(parsed)),
        };
        read.push(migration);
        if let Some(parsed) = again {
            later.push(LaterFile { index, file: file.clone(), parsed });
        }
    }
    if !later.is_empty() || (own && !migrations.is_empty()) {
        let bundled = if own { std::mem::take(&mut migrations) } else { Vec::new() };
        let asked = facts.clone();
        let answer = loaded.ask(move |evaluator| read_loaded(evaluator, later, bundled, asked, detail));
        if let Some(answer) = answer.wait() {
            facts = answer.facts;
            migrations.extend(answer.bundled);
            for (index, migration) in answer.read {
                if let Some(place) = read.get_mut(index) {
                    *place = Some(Arc::new(migration));
                }
            }
        }
    }
    let unread = |file: &MigrationFile| Arc::new(reader::faulty(file));
    migrations.extend(std::iter::zip(files, read).map(|(file, read)| read.unwrap_or_else(|| unread(file))));
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

/// Reads what stands alone, on all processors but the one at which the apps are loaded, and on that one, too, when
/// it has done what it was asked before. The outcomes are in the order of the files; `None` where that thread is gone.
fn read_apart<'env>(
    loaded: &LoadedApps<'_, 'env>,
    apart: Apart<'env>,
    queue: &Arc<Queue>,
) -> Vec<Option<Outcome>> {
    let helping = loaded.is_begun().then(|| {
        let (queue, apart) = (queue.clone(), apart.clone());
        loaded.ask(
            move |_| if queue.is_long() { apart.with(&|| (), |reading| queue.read(reading)) } else { vec![] },
        )
    });
    let mut taken = apart.with(&|| loaded.start(), |reading| queue.read_all(reading));
    taken.extend(helping.and_then(Answer::wait).unwrap_or_default());
    let mut outcomes: Vec<Option<Outcome>> = queue.files().iter().map(|_| None).collect();
    for (index, outcome) in taken {
        if let Some(place) = outcomes.get_mut(index) {
            *place = Some(outcome);
        }
    }
    outcomes
}

/// How migrations are read apart from the apps.
#[derive(Clone)]
struct Apart<'a> {
    project: &'a Project,
    facts: ProjectFacts,
    detail: Detail,
    /// The project's own `makemigrations` is to have a say.
    own: bool,
}

impl Apart<'_> {
    /// `begin` is called when the apps will be needed.
    fn with<R>(&self, begin: &(dyn Fn() + Sync), work: impl FnOnce(&Reading) -> R) -> R {
        let apps = project_apps(self.project);
        let library = &self.project.library;
        // The graph hardly ever depends on what is imported: loading the apps is left to where it does.
        let graph = self.detail == Detail::Graph;
        let later = |file: &MigrationFile, parsed: &Parsed| {
            let later = !graph && (self.own || !models::stands_alone(library, parsed, &file.module));
            if later {
                begin();
            }
            later
        };
        work(&Reading {
            library,
            facts: &self.facts,
            prepare: &|interpreter| prepare(interpreter, &apps),
            later: &later,
            of_apps: &|module| !graph && models::is_of_apps(library, module),
            threads: rayon::current_num_threads().saturating_sub(usize::from(!graph)),
        })
    }
}

/// A migration to be read where the apps are loaded.
struct LaterFile {
    index: usize,
    file: MigrationFile,
    parsed: Option<MaybeParsed>,
}

struct ReadLoaded {
    facts: ProjectFacts,
    read: Vec<(usize, Migration)>,
    bundled: Vec<Arc<Migration>>,
}

/// Reads migrations where the apps are loaded, and those anew whose settings come only from a module that is
/// not loaded with them.
fn read_loaded(
    evaluator: &mut Evaluator,
    files: Vec<LaterFile>,
    bundled: Vec<Arc<Migration>>,
    mut facts: ProjectFacts,
    detail: Detail,
) -> ReadLoaded {
    if detail == Detail::AsMakemigrations {
        evaluator.as_makemigrations();
    }
    facts.settings = Arc::new(lacking::settings(evaluator));
    runtime::set_facts(&mut evaluator.interpreter, &facts);
    evaluator.interpreter.problems.clear();
    let project = evaluator.project;
    let library = &project.library;
    let mut read = Vec::with_capacity(files.len());
    let mut names: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut again = Vec::new();
    for LaterFile { index, file, parsed } in files {
        let parsed = parsed.unwrap_or_else(|| library.parse_whole(&file.path));
        let one = reader::read_guarded(&mut evaluator.interpreter, &file, parsed, &|| fresh(project, &facts));
        if !one.lacking.is_empty() {
            again.push((read.len(), file));
            names.extend(one.lacking);
        }
        read.push((index, one.migration));
    }
    if lacking::look_for(evaluator, &names) {
        facts.settings = Arc::new(lacking::settings(evaluator));
        runtime::set_facts(&mut evaluator.interpreter, &facts);
        for (place, file) in again {
            let parsed = library.parse_whole(&file.path);
            let Read { migration, .. } =
                reader::read_guarded(&mut evaluator.interpreter, &file, parsed, &|| fresh(project, &facts));
            if let Some((_, place)) = read.get_mut(place) {
                *place = migration;
            }
        }
    }
    let again = |migration: &Arc<Migration>| taken_apart_again(&mut evaluator.interpreter, migration);
    ReadLoaded { bundled: bundled.iter().map(again).collect(), facts, read }
}

/// The migration modules on disk, the apps as the loader must know them, and the migrations of Django's own
/// apps whose source is not at hand.
fn files(project: &Project) -> (Vec<MigrationFile>, AppsForLoader, Vec<Arc<Migration>>) {
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
    (files, installed, migrations)
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

/// A bundled migration with its fields taken apart as the evaluator has it.
fn taken_apart_again(interpreter: &mut Interpreter, migration: &Arc<Migration>) -> Arc<Migration> {
    let mut migration = (**migration).clone();
    for operation in &mut migration.operations {
        let fields: Vec<&mut Arc<Field>> = match &mut operation.kind {
            OperationKind::CreateModel(create) => create.fields.iter_mut().map(|(_, field)| field).collect(),
            OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. } => vec![field],
            _ => Vec::new(),
        };
        for field in fields {
            *field = runtime::deconstruct_again(interpreter, field);
        }
    }
    Arc::new(migration)
}

/// The migrations of an app of Django's own whose source is not at hand; none for one that has no
/// migrations package, `None` for an app that is not Django's.
fn bundled(project: &Project, app: &str) -> Option<Vec<Arc<Migration>>> {
    contrib::bundled_app(app, project.facts.version)?;
    let found = contrib::bundled_migrations(app, project.facts.version, &swappables(&project.facts));
    Some(found.unwrap_or_default().into_iter().map(Arc::new).collect())
}

/// An evaluator in which no app is loaded.
fn fresh(project: &Project, facts: &ProjectFacts) -> Interpreter {
    let mut interpreter = runtime::interpreter(project.library.clone(), facts.clone());
    prepare(&mut interpreter, &project_apps(project));
    interpreter
}

fn prepare(interpreter: &mut Interpreter, apps: &ProjectApps) {
    readers::provide(interpreter);
    models::install(interpreter, apps);
    interpreter.problems.clear();
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
    on_big_stack(|| {
        let mut interpreter = fresh(project, facts);
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
