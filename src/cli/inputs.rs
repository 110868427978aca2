//! From projects to what `check` works on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;

use super::arguments::CheckArguments;
use super::check::selection;
use super::config::Found;
use super::project::{Projects, dialect, find_with, held, notices, shown_root};
use super::{progress, revision};
use crate::analysis::ProjectInput;
use crate::django::keys::MigrationKey;
use crate::django::migration::{Migration, Origin};
use crate::django::schema;
use crate::drift::{self, Request};
use crate::history::{self, Base};
use crate::project::{PackageState, Project};
use crate::python::value::Unknown;
use crate::reading::{self, AllRead, Detail, ReadMigrations};
use crate::report::{Place, Undecided};
use crate::rules::deploy::Deploy;
use crate::rules::selection::Selection;
use crate::rules::{self, App, Awaited, BrokenMigration, FromModels, MigrationsFolder};
use crate::source::{self, Content, MAX_BYTES, STACK_BYTES};

/// The rules for which the models are read.
const MODEL_RULES: &[&str] = &["missing-migration", "model-without-migrations", "custom-manager-or-method"];

/// The inputs of `check`: every project that the arguments and the configuration mean, as it was read.
///
/// # Errors
/// There is no project, or the list of applied migrations or the base revision cannot be read.
pub fn inputs(args: &CheckArguments, found: &Found) -> anyhow::Result<Vec<ProjectInput>> {
    let projects = find_with(&args.project, found)?;
    let mut inputs = Vec::with_capacity(projects.projects.len());
    let selection = selection(args, found)?;
    let applied = args.environment.read(args.project.quiet)?;
    if args.diff.is_some() {
        progress::next("reading migrations and what they were at the base");
    }
    let projects = Arc::new(projects);
    let (all, base) = read_beside(&projects, &selection, args.diff.as_deref())?;
    for (index, (project, (read, models))) in std::iter::zip(&projects.projects, all).enumerate() {
        let history = base.as_ref().map(|base| {
            let request = history::Request {
                base,
                tree: &projects.tree,
                code: selection.is_on("mixed-change"),
                models: models.get().drift.as_ref().map_or(&[][..], |drift| &drift.files),
            };
            history::compare(&request, project, &read)
        });
        let history = history.transpose()?;
        let sql = history.as_ref().map(|history| previews(&projects, project, &read, history));
        let mut input = input(&projects, project, read);
        input.sql = sql.unwrap_or_default();
        input.models = models;
        input.history = history;
        input.applied.clone_from(&applied);
        if index == 0 {
            // What the repository as a whole does is told once.
            let deploy = super::deploy::files(&projects.tree);
            input.deploy = Deploy { ignored: input.deploy.ignored, tenants: input.deploy.tenants, ..deploy };
            input.undecided.extend(projects.diagnostics.iter().map(gap));
        }
        inputs.push(input);
    }
    held(&projects)?;
    // Thousands of parsed files: they are let go beside the analysis.
    rayon::spawn(move || drop(projects));
    Ok(inputs)
}

/// Migrations, and what the models say as soon as that is known.
type Read = (ReadMigrations, Awaited);

/// Reads the projects, and beside that asks git for the base, which is to wait for processes.
fn read_beside(
    projects: &Arc<Projects>,
    selection: &Selection,
    diff: Option<&str>,
) -> anyhow::Result<(Vec<Read>, Option<Base>)> {
    let wants_models = MODEL_RULES.iter().any(|rule| selection.is_on(rule));
    let ask = || revision::base(&projects.root, diff);
    std::thread::scope(|scope| {
        let asking = diff.map(|_| std::thread::Builder::new().spawn_scoped(scope, ask));
        let read = read_all(projects, wants_models);
        let base = match asking {
            None => Ok(None),
            Some(Err(_)) => ask(),
            Some(Ok(asking)) => asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        };
        // A base that is not there is told whatever the files hold.
        let base = base?;
        Ok((read?, base))
    })
}

/// Reads one project after another: of the last one the models may still be worked out.
fn read_all(projects: &Arc<Projects>, wants_models: bool) -> anyhow::Result<Vec<Read>> {
    let mut all: Vec<Read> = Vec::with_capacity(projects.projects.len());
    for (index, project) in projects.projects.iter().enumerate() {
        if let Some((_, models)) = all.last() {
            models.get();
        }
        all.push(if wants_models {
            with_models(projects, project, index)
        } else {
            (reading::migrations(project, Detail::Plain), FromModels::default().into())
        });
        // What there is too much of is not worked on.
        held(projects)?;
    }
    Ok(all)
}

/// Reads a project's migrations, and goes on with its models on a thread of their own.
fn with_models(projects: &Arc<Projects>, project: &Project, index: usize) -> Read {
    let (told, migrations) = channel();
    let (shared, sender) = (projects.clone(), told.clone());
    let spawned = Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let known = from_models(&shared, index, &sender);
        // Thousands of parsed files: nobody waits for them to be let go.
        rayon::spawn(move || drop(shared));
        known
    });
    let models: Awaited = match spawned {
        Ok(thread) => thread.into(),
        Err(_) => from_models(projects, index, &told).into(),
    };
    drop(told);
    let migrations = migrations.recv().unwrap_or_else(|_| {
        // The thread is gone, and waiting for it says why.
        models.get();
        reading::migrations(project, Detail::Plain)
    });
    (migrations, models)
}

/// What the models of a project say; `tell` is told of its migrations before.
fn from_models(projects: &Projects, index: usize, tell: &Sender<ReadMigrations>) -> FromModels {
    let Some(project) = projects.projects.get(index) else { return FromModels::default() };
    let mut all = reading::everything(project, |migrations| drop(tell.send(migrations.clone())));
    let behaviour = std::mem::take(&mut all.models.read.behaviour);
    if let Err(error) = held(projects) {
        return FromModels { refused: Some(error.to_string()), ..FromModels::default() };
    }
    let drift = drift(projects, project, &all);
    let undecided = project.diagnostics().iter().map(gap).collect();
    FromModels { drift: Some(drift), behaviour, undecided, refused: None }
}

/// The SQL of what is new, as `sqlmigrate` prints it.
fn previews(
    projects: &Projects,
    project: &Project,
    read: &ReadMigrations,
    history: &rules::History,
) -> BTreeMap<MigrationKey, String> {
    let dialect = dialect(projects.named_dialect(project), project, &mut Vec::new());
    let source = reading::sql::SqlSource::new(project, read);
    let mut previews = BTreeMap::new();
    for key in history.to_check() {
        let Some(target) = source.target(&key) else { continue };
        if target.migration.unknown_operations().is_some() {
            continue;
        }
        let context = source.context(std::slice::from_ref(&target), dialect);
        let steps = reading::sql::sqlmigrate(&context, &target, false);
        let lines: Vec<String> = steps.iter().map(schema::Step::to_text).collect();
        previews.insert(key, lines.join("\n"));
    }
    previews
}

/// How models and migrations differ, for the rules.
fn drift(projects: &Projects, project: &Project, all: &AllRead) -> rules::Drift {
    // A project's own `makemigrations` may see fields otherwise.
    let read = all.as_makemigrations.as_ref().unwrap_or(&all.migrations);
    let compared = drift::compare(project, read, &all.models, &Request::default());
    match compared {
        Ok(drift) => drift::for_rules(project, &projects.root, &drift),
        Err(error) => {
            let unknown = Unknown { reason: error.to_string().into(), at: None };
            let undecided = vec![Undecided::new("whether migrations are missing", &unknown)];
            rules::Drift { undecided, ..rules::Drift::default() }
        }
    }
}

/// A project as rules are given it, but for its drift, its history and what is applied.
pub(super) fn input(projects: &Projects, project: &Project, read: ReadMigrations) -> ProjectInput {
    let mut notices = notices(project);
    let dialect = dialect(projects.named_dialect(project), project, &mut notices);
    let code = reading::code(project, &read.migrations);
    let settings = reading::schema_settings(project, &read.facts, &BTreeSet::new(), &BTreeSet::new());
    let (mut migrations, mut broken, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
    for migration in read.migrations {
        match &migration.broken {
            Some(unknown) if migration.origin == Origin::Project => {
                broken.push(self::broken(&projects.root, &migration, unknown));
            }
            _ => {
                if migration.origin == Origin::Project {
                    undecided.extend(
                        migration.unknowns.iter().map(|unknown| undecided_migration(&migration, unknown)),
                    );
                }
            }
        }
        migrations.push(migration);
    }
    undecided.extend(project.diagnostics().iter().map(gap));
    let apps = apps(projects, project);
    let deploy = Deploy {
        ignored: super::deploy::ignored(&projects.root, &apps),
        tenants: super::deploy::tenants(project),
        ..Deploy::default()
    };
    ProjectInput {
        root: shown_root(&project.root),
        dialect,
        django: project.facts.version,
        apps,
        databases: project.databases.aliases.len(),
        deploy,
        installed: read.installed,
        migrations,
        broken,
        swappables: reading::swappables(&read.facts),
        code,
        models: FromModels::default().into(),
        settings,
        lock_timeout: project.databases.lock_timeout.clone(),
        history: None,
        applied: None,
        sql: BTreeMap::new(),
        undecided,
        notices,
    }
}

fn broken(root: &std::path::Path, migration: &Migration, unknown: &Unknown) -> BrokenMigration {
    let place = match (&unknown.at, &migration.file) {
        (Some(at), _) => Place::Range(at.clone()),
        (None, Some(file)) => Place::Path(reading::shown(root, file.path()).into()),
        (None, None) => Place::Path(format!("{}", migration.key).into()),
    };
    BrokenMigration { key: migration.key.clone(), place, reason: unknown.reason.to_string() }
}

fn undecided_migration(migration: &Migration, unknown: &Unknown) -> Undecided {
    let at = unknown.at.as_ref();
    let path =
        at.map(|at| at.file.display().into()).or_else(|| migration.file.as_ref().map(|f| f.display().into()));
    Undecided {
        what: format!("a part of {}", migration.key),
        reason: unknown.reason.to_string(),
        hint: None,
        path,
        line: at.map(|at| at.start().line),
        column: at.map(|at| at.start().column),
    }
}

/// A file that was not read, in full or in part.
fn gap(diagnostic: &source::Diagnostic) -> Undecided {
    Undecided {
        what: format!("the file {}", diagnostic.path),
        reason: diagnostic.message.clone(),
        hint: diagnostic.hint.clone(),
        path: Some(diagnostic.path.clone()),
        line: diagnostic.line,
        column: diagnostic.column,
    }
}

/// The repository's own apps, as rules see them.
fn apps(projects: &Projects, project: &Project) -> Vec<App> {
    let mut apps: Vec<App> = project
        .apps
        .values()
        .filter(|app| reading::is_project_app(project, &app.label))
        .map(|app| App {
            label: app.label.clone(),
            path: app
                .path
                .as_deref()
                .map_or_else(String::new, |path| reading::shown(&projects.root, path))
                .into(),
            migrations: folder(projects, &app.migrations.state),
        })
        .collect();
    apps.sort_by(|a, b| a.label.cmp(&b.label));
    apps
}

fn folder(projects: &Projects, state: &PackageState) -> Option<MigrationsFolder> {
    match state {
        PackageState::Migrated { folder, modules, max_migration } => Some(MigrationsFolder {
            path: reading::shown(&projects.root, folder).into(),
            has_init: true,
            modules: modules.iter().map(|(name, _)| name.clone()).collect(),
            max_migration: max_migration.as_ref().and_then(|path| {
                let display = reading::shown(&projects.root, path);
                source::read(path, &display, Content::Text, MAX_BYTES).ok().map(|reading| reading.file)
            }),
        }),
        PackageState::Namespace(folders) => {
            let folder = folders.first()?;
            let names = std::fs::read_dir(folder)
                .ok()?
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let modules: BTreeSet<Arc<str>> =
                names.filter_map(|name| Some(name.strip_suffix(".py")?.into())).collect();
            Some(MigrationsFolder {
                path: reading::shown(&projects.root, folder).into(),
                has_init: false,
                modules: modules.into_iter().collect(),
                max_migration: None,
            })
        }
        _ => None,
    }
}
