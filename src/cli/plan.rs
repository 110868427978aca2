//! `migcheck plan`

use std::collections::BTreeSet;
use std::path::Path;

use super::arguments::{PlanArguments, PlanFormat, ProjectArguments};
use super::project::{self, Projects};
use super::{CLEAN, Output, inputs, revision};
use crate::analysis::{ProjectInput, graph};
use crate::django::applied::Applied;
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::schema::target::{load, migration_by_prefix};
use crate::django::state::ProjectState;
use crate::history::{self, Base, Request};
use crate::planning;
use crate::project::Project;
use crate::reading::{self, Detail};
use crate::report::plan;

/// Prints each statement of the migrations with its lock, both ways.
///
/// # Errors
/// No project could be read or has the app, the name is that of no migration or of several, the list
/// of applied migrations or the revision cannot be read, or the answer cannot be written.
pub fn run(args: &PlanArguments) -> anyhow::Result<u8> {
    let applied = args.environment.read(args.project.quiet)?;
    let (words, projects) = find(args)?;
    let base = revision::base(&projects.root, args.diff.as_deref())?;
    let (mut inputs, mut reports) = (Vec::new(), Vec::new());
    for one in &projects.projects {
        let (input, new) = read(&projects, one, base.as_ref())?;
        let wanted = Wanted::of(&words, &input, applied.as_ref(), new)?;
        reports.push(planning::plan(&input, &|key| wanted.has(key)));
        inputs.push(input);
    }
    project::held(&projects)?;
    let narrowed = applied.is_some() || base.is_some();
    if !narrowed && !words.target.is_empty() && reports.iter().all(|report| report.migrations.is_empty()) {
        anyhow::bail!("no migration of the repository is meant: `{}`", words.target.join(" "));
    }
    if !args.project.quiet {
        project::say(inputs.iter().flat_map(|input| input.notices.clone()));
    }
    let text = match args.format {
        PlanFormat::Human => plan::human(&reports),
        PlanFormat::Markdown => plan::to_markdown(&reports),
        PlanFormat::Json => {
            let answers = reports.iter().map(|report| (report.root.clone(), plan::to_json(report)));
            format!("{:#}\n", project::one_or_many(answers.collect()))
        }
    };
    Output::new(args.project.color).answer(&text)?;
    Ok(CLEAN)
}

/// What the arguments mean: apps by `--app`, and an app with a migration of it.
struct Words {
    apps: Vec<String>,
    target: Vec<String>,
}

/// The projects, and what of them is meant. A first word that is no path is an app of the project here, as
/// in `migrate shop 0002`, if the project has it; else it is the folder of that name.
///
/// # Errors
/// No project could be read, or none has the app.
fn find(args: &PlanArguments) -> anyhow::Result<(Words, Projects)> {
    let apps = args.project.app.clone();
    let first = args.project.path.to_string_lossy().into_owned();
    let is_path = first.starts_with('.') || first.contains(['/', '\\']);
    let words: Vec<String> = std::iter::once(first.clone()).chain(args.target.iter().cloned()).collect();
    if !is_path {
        // As in `sql APP NAME PATH`.
        let (target, path) = match &words[..] {
            [app, name, path] if Path::new(path).is_dir() => (vec![app.clone(), name.clone()], path.as_str()),
            [_, _, _] => (Vec::new(), ""),
            _ => (words, "."),
        };
        if !target.is_empty() {
            let here = project::find(&ProjectArguments { path: path.into(), ..args.project.clone() });
            let label = AppLabel::new(first.as_str());
            match here {
                Ok(here) if here.projects.iter().any(|one| one.apps.contains_key(&label)) => {
                    return Ok((Words { apps, target }, here));
                }
                Ok(here) if !args.project.path.is_dir() => return Err(project::unknown_app(&first, &here)),
                _ => {}
            }
        }
    }
    let projects = project::find(&args.project)?;
    Ok((Words { apps, target: args.target.clone() }, projects))
}

/// A project, and which of its migrations came since the base, if there is one.
fn read(
    projects: &Projects,
    one: &Project,
    base: Option<&Base>,
) -> anyhow::Result<(ProjectInput, Option<BTreeSet<MigrationKey>>)> {
    let read = reading::migrations(one, Detail::Plain);
    let compare = |base| {
        let request = Request { base, tree: &projects.tree, code: false, models: &[] };
        history::compare(&request, one, &read)
    };
    let new = base.map(compare).transpose()?.map(|history| history.to_check());
    let facts = read.facts.clone();
    let mut input = inputs::input(projects, one, read);
    // There are routers: what they say of the models decides which statements there are.
    if input.settings.routers.unread {
        let none = BTreeSet::new();
        input.settings = reading::schema_settings(one, &facts, &none, &models(&input));
    }
    Ok((input, new))
}

/// Every model that there is or was.
fn models(input: &ProjectInput) -> BTreeSet<ModelKey> {
    let (mut state, mut seen) = (ProjectState::default(), BTreeSet::new());
    for migration in graph(input).1 {
        state.apply_migration(&migration, input.django);
        seen.extend(state.models.keys().filter(|key| key.app == migration.key.app).cloned());
    }
    seen
}

/// Which migrations are meant: all that hold for each of these.
#[derive(Default)]
struct Wanted {
    apps: BTreeSet<AppLabel>,
    only: Option<MigrationKey>,
    pending: Option<BTreeSet<MigrationKey>>,
    new: Option<BTreeSet<MigrationKey>>,
}

impl Wanted {
    fn of(
        args: &Words,
        input: &ProjectInput,
        applied: Option<&Applied>,
        new: Option<BTreeSet<MigrationKey>>,
    ) -> anyhow::Result<Self> {
        let mut apps: BTreeSet<AppLabel> =
            args.apps.iter().map(|label| AppLabel::new(label.as_str())).collect();
        let mut only = None;
        if let Some(label) = args.target.first() {
            let app = AppLabel::new(label.as_str());
            let here = input.migrations.iter().any(|migration| migration.key.app == app);
            if let Some(name) = args.target.get(1).filter(|_| here) {
                let (loaded, _) = load(&input.migrations, &input.installed, input.django);
                only = Some(migration_by_prefix(&loaded, &app, name)?);
            }
            apps.insert(app);
        }
        let pending = applied.map(|applied| applied.pending(&graph(input).0).into_iter().collect());
        Ok(Self { apps, only, pending, new })
    }

    fn has(&self, key: &MigrationKey) -> bool {
        let in_set = |set: &Option<BTreeSet<MigrationKey>>| set.as_ref().is_none_or(|set| set.contains(key));
        let meant = match &self.only {
            Some(only) => key == only,
            None => self.apps.is_empty() || self.apps.contains(&key.app),
        };
        meant && in_set(&self.pending) && in_set(&self.new)
    }
}
