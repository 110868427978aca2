//! `migcheck state`

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::arguments::StateArguments;
use super::project::{self, one_or_many, shown_root};
use super::{CLEAN, Output};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::MigrationLoader;
use crate::django::models::Unresolved;
use crate::django::state::ProjectState;
use crate::drift;
use crate::project::Project;
use crate::python::value::Unknown;
use crate::reading::{self, Detail};
use crate::report::state::{state_to_json, state_to_text, unresolved_to_text};
use crate::source::Location;

/// Shows the state of every project.
///
/// # Errors
/// No project could be read, `--at` names no migration, or the answer cannot be written.
pub fn run(args: &StateArguments) -> anyhow::Result<u8> {
    let projects = project::find(&args.project)?;
    project::say_notices(&args.project, &projects);
    let wanted = project::labels(&args.project, &projects)?;
    let mut answers = Vec::new();
    for one in &projects.projects {
        let (mut state, unresolved) =
            if args.models { declared(one) } else { replayed(one, args.at.as_deref())? };
        if !wanted.is_empty() {
            state.models.retain(|key| wanted.contains(&key.app));
        }
        answers.push((one.root.clone(), state, unresolved));
    }
    project::held(&projects)?;
    let out = Output::new(args.project.color);
    if args.json {
        let answers = answers.into_iter().map(|(root, state, unresolved)| (root, answer(&state, unresolved)));
        out.answer(&format!("{:#}\n", one_or_many(answers.collect())))?;
        return Ok(CLEAN);
    }
    let several = answers.len() > 1;
    let mut text = String::new();
    for (root, state, unresolved) in answers {
        if several {
            text.push_str(&format!("# {}\n", crate::report::printable(&shown_root(&root))));
        }
        text.push_str(&state_to_text(&state));
        text.push_str(&unresolved_to_text(&answer(&state, unresolved)));
    }
    out.answer(&text)?;
    Ok(CLEAN)
}

fn answer(state: &ProjectState, unresolved: Vec<Json>) -> Json {
    let mut answer = state_to_json(state);
    if let Some(list) = answer.get_mut("unresolved").and_then(Json::as_array_mut) {
        list.extend(unresolved);
    }
    answer
}

fn declared(project: &Project) -> (ProjectState, Vec<Json>) {
    let models = reading::read_models(project);
    let unresolved = models.read.unresolved.iter().map(unresolved_to_json).collect();
    (models.read.state, unresolved)
}

fn unresolved_to_json(unresolved: &Unresolved) -> Json {
    let model = unresolved.model.as_ref().map(ToString::to_string);
    entry(model.as_deref(), unresolved.what.as_deref(), &unresolved.reason, unresolved.at.as_ref())
}

/// An entry of `unresolved`, as the contract has it.
fn entry(model: Option<&str>, field: Option<&str>, reason: &str, at: Option<&Location>) -> Json {
    json!({
        "model": model,
        "field": field,
        "reason": reason,
        "path": at.map(|at| at.file.display()),
        "line": at.map(Location::line),
    })
}

fn replayed(project: &Project, at: Option<&str>) -> anyhow::Result<(ProjectState, Vec<Json>)> {
    let read = reading::migrations(project, Detail::AsMakemigrations);
    let loaded = MigrationLoader::build(read.migrations.clone(), &read.installed, project.facts.version);
    let plan = match at {
        None => loaded.graph.full_plan(),
        Some(text) => {
            let (app, name) = text.split_once('.').context("--at takes APP.NAME, as in `shop.0002_order`")?;
            let key = MigrationKey::new(AppLabel::new(app), name);
            loaded
                .graph
                .forwards_plan(&key)
                .map_err(|_| anyhow::anyhow!("there is no migration {text} in the graph"))?
        }
    };
    let mut state = ProjectState::default();
    let mut unresolved = Vec::new();
    for key in &plan {
        let Some(migration) = loaded.graph.migration(key) else { continue };
        state.apply_migration(migration, project.facts.version);
        unresolved.extend(migration.unknowns.iter().map(|unknown| unknown_to_json(key, unknown)));
    }
    let told: BTreeSet<&str> = state.unknowns.iter().map(|change| change.app.as_str()).collect();
    let doubts = drift::doubts(project, &plan, &read.migrations, &state);
    let untold = doubts.iter().filter(|(subject, _)| !told.contains(&**subject));
    unresolved.extend(untold.map(|(subject, why)| {
        let reason = format!("it may have been changed: {}", why.reason);
        entry(Some(subject), None, &reason, why.at.as_ref())
    }));
    Ok((state, unresolved))
}

fn unknown_to_json(key: &MigrationKey, unknown: &Unknown) -> Json {
    entry(None, None, &format!("{key}: {}", unknown.reason), unknown.at.as_ref())
}
