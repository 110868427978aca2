//! From arguments and configuration to projects that are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value as Json;

use super::arguments::{CheckArguments, ProjectArguments};
use super::check::selection;
use super::config::{self, Found};
use super::{output, progress, revision};
use crate::analysis::ProjectInput;
use crate::database::{Dialect, Vendor};
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::migration::{Migration, Origin};
use crate::django::models::Behaviour;
use crate::django::schema;
use crate::drift::{self, Request};
use crate::history::{self, Base};
use crate::project::{self, Engine, NamedProject, PackageState, Project, ProjectOptions};
use crate::python::value::Unknown;
use crate::reading::{self, AllRead, Detail, ReadMigrations};
use crate::report::{Notice, Place, Undecided};
use crate::rules::deploy::Deploy;
use crate::rules::selection::Selection;
use crate::rules::{self, App, BrokenMigration, MigrationsFolder};
use crate::source::{self, Content, Held, MAX_BYTES, Tree, WalkOptions};

/// The rules for which the models are read.
const MODEL_RULES: &[&str] = &["missing-migration", "model-without-migrations", "custom-manager-or-method"];

/// The projects that the arguments mean.
pub(super) struct Projects {
    /// In order of their folders.
    pub projects: Vec<Project>,
    /// The analysed root.
    pub root: PathBuf,
    /// What walking the tree had to leave out.
    pub diagnostics: Vec<source::Diagnostic>,
    /// The database that the command line names.
    pub asked: Option<Dialect>,
    /// The database that the configuration names for all projects.
    pub dialect: Option<Dialect>,
    /// The files of the repository.
    pub tree: Tree,
}

impl Projects {
    /// The database of a project, if one is named: by the command line, by the configuration for this
    /// project, by the configuration for all.
    pub(super) fn named_dialect(&self, project: &Project) -> Option<Dialect> {
        self.asked.or(project.dialect).or(self.dialect)
    }
}

/// Finds the projects.
///
/// # Errors
/// The configuration or the folder can't be read, or holds no Django project.
pub(super) fn find(args: &ProjectArguments) -> anyhow::Result<Projects> {
    let found = match &args.config {
        Some(path) => config::read(path)?,
        None => config::find(&args.path)?,
    };
    find_with(args, &found)
}

/// The same with a configuration that was read; the errors are those of [`find`].
pub(super) fn find_with(args: &ProjectArguments, found: &Found) -> anyhow::Result<Projects> {
    progress::stage(args.quiet, "finding projects");
    let tree = project::tree_of(&args.path, WalkOptions::default())
        .map_err(|diagnostic| anyhow::anyhow!("{diagnostic}"))
        .with_context(|| format!("cannot read {}", args.path.display()))?;
    let config = &found.config;
    let mut python_path = args.python_path.clone();
    python_path.extend(config.python_path.iter().map(|path| found.resolve(path)));
    let options = ProjectOptions {
        settings: args.settings.clone().or_else(|| config.settings.clone()),
        python_path,
        virtual_env: std::env::var_os("VIRTUAL_ENV").map(PathBuf::from),
        django: args.django.or_else(|| config.django.map(|text| text.0)),
        projects: config
            .projects
            .iter()
            .map(|named| NamedProject {
                root: named.root.clone(),
                settings: named.settings.clone(),
                python_path: named.python_path.iter().map(|path| found.resolve(path)).collect(),
                dialect: named.dialect.map(|text| text.0),
                // The command line has the say.
                django: named.django.map(|text| text.0).filter(|_| args.django.is_none()),
            })
            .collect(),
        operations: config.operations.iter().map(|(class, name)| (class.clone(), name.0)).collect(),
    };
    let projects = project::discover(&tree, &options);
    anyhow::ensure!(
        !projects.is_empty(),
        "no Django project in {}: there is no manage.py and no app; name the folder that holds manage.py, \
         or put `[[projects]]` into migcheck.toml",
        args.path.display()
    );
    progress::next("reading migrations and models");
    let mut found = Projects {
        projects,
        root: tree.root().to_owned(),
        diagnostics: tree.diagnostics().to_vec(),
        tree,
        asked: args.dialect,
        dialect: config.dialect.as_ref().map(|text| text.0),
    };
    // Migrations and models may ask which database they run on.
    let vendors: Vec<_> = found.projects.iter().map(|project| found.named_dialect(project)).collect();
    for (project, named) in std::iter::zip(&mut found.projects, vendors) {
        project.facts.vendor = named.map(|dialect| reading::connection_vendor(dialect.vendor));
    }
    Ok(found)
}

/// `{…}` for one project, `{"projects": [{"root": …, …}]}` for several.
pub(super) fn one_or_many(answers: Vec<(String, Json)>) -> Json {
    let mut answers = answers;
    if answers.len() == 1
        && let Some((_, answer)) = answers.pop()
    {
        return answer;
    }
    let with_root = |(root, answer): (String, Json)| {
        let mut object = serde_json::Map::new();
        object.insert("root".into(), Json::String(shown_root(&root)));
        if let Json::Object(fields) = answer {
            object.extend(fields);
        }
        Json::Object(object)
    };
    serde_json::json!({"projects": answers.into_iter().map(with_root).collect::<Vec<_>>()})
}

/// The tree itself is `.`.
pub(super) fn shown_root(root: &str) -> String {
    if root.is_empty() { ".".into() } else { root.into() }
}

/// Says on standard error what there is to say of how projects were found.
pub(super) fn say_notices(args: &ProjectArguments, projects: &Projects) {
    if args.quiet {
        return;
    }
    say(projects.projects.iter().flat_map(notices));
}

/// Says notices on standard error.
pub(super) fn say(notices: impl IntoIterator<Item = Notice>) {
    for notice in notices {
        let place = notice.place.map_or_else(String::new, |place| format!("{place}: "));
        let hint = notice.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
        output::say(&crate::report::one_line(&format!("note: {place}{}{hint}", notice.message)));
    }
}

fn notices(project: &Project) -> Vec<Notice> {
    let notices = project.notices.iter().map(|notice| Notice {
        message: notice.message.clone(),
        hint: notice.help.clone(),
        place: notice.path.as_ref().map(|path| match notice.line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_string(),
        }),
    });
    notices.collect()
}

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
    let (all, base) = read_beside(&projects, &selection, args.diff.as_deref())?;
    for (index, (project, read)) in std::iter::zip(&projects.projects, all).enumerate() {
        let history = base.as_ref().map(|base| {
            let request = history::Request {
                base,
                tree: &projects.tree,
                code: selection.is_on("mixed-change"),
                models: read.drift.as_ref().map_or(&[][..], |drift| &drift.files),
            };
            history::compare(&request, project, &read.migrations)
        });
        let history = history.transpose()?;
        let sql = history.as_ref().map(|history| previews(&projects, project, &read.migrations, history));
        let mut input = input(&projects, project, read.migrations);
        input.sql = sql.unwrap_or_default();
        input.drift = read.drift;
        input.behaviour = read.behaviour;
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

/// What the rules need of a project's files.
struct ReadForRules {
    migrations: ReadMigrations,
    /// `None` where no rule that is on asks after the models.
    drift: Option<rules::Drift>,
    behaviour: BTreeMap<ModelKey, Behaviour>,
}

/// Reads the projects, and beside that asks git for the base, which is to wait for processes.
fn read_beside(
    projects: &Projects,
    selection: &Selection,
    diff: Option<&str>,
) -> anyhow::Result<(Vec<ReadForRules>, Option<Base>)> {
    let wants_models = MODEL_RULES.iter().any(|rule| selection.is_on(rule));
    let read = || projects.projects.iter().map(|project| read_one(projects, project, wants_models)).collect();
    let ask = || revision::base(&projects.root, diff);
    std::thread::scope(|scope| {
        let asking = diff.map(|_| std::thread::Builder::new().spawn_scoped(scope, ask));
        let read: anyhow::Result<Vec<ReadForRules>> = read();
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

fn read_one(projects: &Projects, project: &Project, wants_models: bool) -> anyhow::Result<ReadForRules> {
    if !wants_models {
        let migrations = reading::migrations(project, Detail::Plain);
        return Ok(ReadForRules { migrations, drift: None, behaviour: BTreeMap::new() });
    }
    let mut all = reading::everything(project);
    let behaviour = std::mem::take(&mut all.models.read.behaviour);
    // What there is too much of is not worked on.
    held(projects)?;
    let drift = drift(projects, project, &all);
    Ok(ReadForRules { migrations: all.migrations, drift: Some(drift), behaviour })
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
        behaviour: BTreeMap::new(),
        settings,
        lock_timeout: project.databases.lock_timeout.clone(),
        drift: None,
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

/// Whether all that was read could be held: where not, whatever came too late is missing, and no answer is
/// given.
///
/// # Errors
/// It could not.
pub(super) fn held(projects: &Projects) -> anyhow::Result<()> {
    let full = projects.projects.iter().any(|project| project.library.held().is_full());
    anyhow::ensure!(
        !full,
        "{}: more Python than can be held ({} MiB with its trees and values): name a folder of it, or leave out \
         what is generated in .gitignore",
        projects.root.display(),
        Held::MOST >> 20
    );
    Ok(())
}

/// The database: as asked for, as configured, as the settings say, else PostgreSQL, which is said.
pub(super) fn dialect(asked: Option<Dialect>, project: &Project, notices: &mut Vec<Notice>) -> Dialect {
    if let Some(dialect) = asked {
        return dialect;
    }
    let vendor = match project.databases.engine {
        Some(Engine::PostgreSql) => Some(Vendor::PostgreSql),
        Some(Engine::MySql) => Some(Vendor::MySql),
        Some(Engine::Sqlite) => Some(Vendor::Sqlite),
        Some(Engine::Oracle) => Some(Vendor::Oracle),
        _ => None,
    };
    if vendor.is_none() {
        notices.push(Notice {
            message: "the settings don't tell the database; findings hold for PostgreSQL".into(),
            hint: Some("name it with --dialect".into()),
            place: project.settings_file.as_ref().map(|file| file.display().to_owned()),
        });
    }
    Dialect { vendor: vendor.unwrap_or(Vendor::PostgreSql), version: None }
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

/// The labels that `--app` names, all of which must exist in some project.
///
/// # Errors
/// A label that no project has, with the nearest one.
pub(super) fn labels(args: &ProjectArguments, projects: &Projects) -> anyhow::Result<BTreeSet<AppLabel>> {
    let known: BTreeSet<&AppLabel> =
        projects.projects.iter().flat_map(|project| project.apps.keys()).collect();
    for label in &args.app {
        if !known.iter().any(|known| known.as_str() == label) {
            return Err(unknown_app(label, projects));
        }
    }
    Ok(args.app.iter().map(|label| AppLabel::new(label.as_str())).collect())
}

/// Says that no project has the app, with the nearest one that there is.
pub(super) fn unknown_app(label: &str, projects: &Projects) -> anyhow::Error {
    let known = projects.projects.iter().flat_map(|project| project.apps.keys());
    let score = |known: &AppLabel| strsim::jaro_winkler(known.as_str(), label);
    let nearest = known.max_by(|a, b| score(a).total_cmp(&score(b))).filter(|near| score(near) > 0.75);
    let hint = nearest.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    anyhow::anyhow!("no installed app has the label `{label}`{hint}")
}
