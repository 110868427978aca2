//! From arguments and configuration to projects that are read.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::Value as Json;

use super::arguments::ProjectArguments;
use super::config::{self, Found};
use super::{output, progress};
use crate::database::{Dialect, Vendor};
use crate::django::keys::AppLabel;
use crate::project::{self, Engine, NamedProject, Project, ProjectOptions};
use crate::reading;
use crate::report::Notice;
use crate::source::{self, Held, Tree, WalkOptions};

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
    let named: Vec<_> = found.projects.iter().map(|project| found.named_dialect(project)).collect();
    for (project, named) in std::iter::zip(&mut found.projects, named) {
        project.facts.vendor = named.map(|dialect| reading::connection_vendor(dialect.vendor));
        project.vendor = Some(dialect(named, project, &mut Vec::new()).vendor);
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

/// What is to be said of how the project was found.
pub(super) fn notices(project: &Project) -> Vec<Notice> {
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
