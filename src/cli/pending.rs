//! `migcheck pending`: what `migrate` would do in an environment, by the list of what it has applied.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde_json::json;

use super::arguments::PendingArguments;
use super::project::{self, one_or_many};
use super::{CLEAN, Output};
use crate::django::applied::Inconsistency;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::{LoadedGraph, MigrationLoader};
use crate::django::operations::OperationKind as Kind;
use crate::reading::{self, Detail};
use crate::report::concise::plural;
use crate::report::printable;

/// Prints what is pending, or what going back would undo.
///
/// # Errors
/// No project or list can be read, or the answer cannot be written.
pub(super) fn run(args: &PendingArguments) -> anyhow::Result<u8> {
    let applied = args.environment.read(args.project.quiet)?;
    let applied = applied.context("--applied or --database-url tells what is applied")?;
    let projects = project::find(&args.project)?;
    project::say_notices(&args.project, &projects);
    let mut answers = Vec::new();
    let mut out = String::new();
    for one in &projects.projects {
        let read = reading::migrations(one, Detail::Plain);
        let version = one.facts.version;
        let loaded = MigrationLoader::build(read.migrations, &read.installed, version);
        let (what, plan) = match &args.back_to {
            Some(target) => ("unapply", applied.unapplied_by(&loaded, &target_of(target, &loaded)?)),
            None => ("apply", applied.pending(&loaded)),
        };
        let stops: Vec<&MigrationKey> = if args.back_to.is_some() {
            plan.iter().filter(|key| !goes_back(&loaded, key)).collect()
        } else {
            vec![]
        };
        let problems = applied.inconsistencies(&loaded);
        if args.json {
            let answer = json!({
                what: plan,
                "irreversible": stops,
                "inconsistent": problems.iter().map(problem).collect::<Vec<_>>(),
            });
            answers.push((one.root.clone(), answer));
            continue;
        }
        if projects.projects.len() > 1 {
            let _ = writeln!(out, "{}:", printable(&project::shown_root(&one.root)));
        }
        if plan.is_empty() {
            let _ = writeln!(out, "nothing to {what}");
        } else if args.back_to.is_none() {
            let done = loaded.graph.keys().count().saturating_sub(plan.len());
            let _ = writeln!(out, "{} to apply, {done} applied:", plural(plan.len(), "migration"));
        } else {
            let _ = writeln!(out, "{} to unapply, the last first:", plural(plan.len(), "migration"));
        }
        for key in &plan {
            let stop = if stops.contains(&key) { "  (cannot be undone: migrate stops here)" } else { "" };
            let _ = writeln!(out, "{what} {}{stop}", printable(&key.to_string()));
        }
        for one in &problems {
            let _ = writeln!(out, "inconsistent: {}", printable(&problem(one)));
        }
    }
    project::held(&projects)?;
    if args.json {
        out = format!("{:#}\n", one_or_many(answers));
    }
    Output::new(args.project.color).answer(&out)?;
    Ok(CLEAN)
}

fn problem(one: &Inconsistency) -> String {
    match one {
        Inconsistency::BeforeDependency { migration, dependency } => {
            format!("{migration} is applied before its dependency {dependency}")
        }
        Inconsistency::Gone(key) => format!("{key} is applied and no longer exists"),
    }
}

/// `APP.NAME`, the name as far as it is the only one that begins so.
fn target_of(text: &str, loaded: &LoadedGraph) -> anyhow::Result<MigrationKey> {
    let (app, name) = text.split_once('.').context("--back-to takes APP.NAME")?;
    let app = AppLabel::new(app);
    let exact = MigrationKey::new(app.clone(), name);
    if loaded.graph.contains(&exact) {
        return Ok(exact);
    }
    let mut like = loaded.graph.keys().filter(|key| key.app == app && key.name.starts_with(name));
    match (like.next(), like.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => anyhow::bail!("`{}` begins several migrations", printable(text)),
        (None, _) => anyhow::bail!("there is no migration `{}`", printable(text)),
    }
}

/// Whether a migration can be undone, as far as that is known.
fn goes_back(loaded: &LoadedGraph, key: &MigrationKey) -> bool {
    let Some(migration) = loaded.disk.get(key) else { return true };
    migration.operations.iter().all(|operation| match &operation.kind {
        Kind::RunPython(run) => run.reverse_code.is_some(),
        Kind::RunSql(run) => run.reverse_sql.is_some(),
        Kind::Custom(custom) => custom.reversible != Some(false),
        _ => true,
    })
}
