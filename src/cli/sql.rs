//! `migcheck sql`

use std::collections::BTreeSet;

use super::arguments::SqlArguments;
use super::project::{self, Projects};
use super::{CLEAN, Output};
use crate::django::keys::AppLabel;
use crate::django::schema::{Step, Text};
use crate::project::Project;
use crate::reading::sql::{SqlSource, sqlmigrate};
use crate::reading::{self, Detail};
use crate::report::{Notice, printable};

/// Prints the SQL of a migration as `sqlmigrate` does (`django/core/management/commands/sqlmigrate.py`).
///
/// What the SQL rests on is said on standard error; what there is no SQL for is a comment in it.
///
/// # Errors
/// No project could be read or has the app, the name is that of no migration or of several, or the
/// answer cannot be written.
pub fn run(args: &SqlArguments) -> anyhow::Result<u8> {
    let mut projects = project::find(&args.project)?;
    project::say_notices(&args.project, &projects);
    let one = owner(args, &projects)?;
    let mut notices = Vec::new();
    let dialect = project::dialect(projects.named_dialect(one), one, &mut notices);
    // The statements are of that database, so what asks for its name gets it, named or not.
    for project in &mut projects.projects {
        project.facts.vendor = Some(reading::connection_vendor(dialect.vendor));
        project.vendor = Some(dialect.vendor);
    }
    let one = owner(args, &projects)?;
    let read = reading::migrations(one, Detail::Plain);
    project::held(&projects)?;
    let source = SqlSource::new(one, &read);
    let key = source.find(&AppLabel::new(args.app_label.as_str()), &args.migration_name)?;
    if let Some(problem) = &source.failure {
        notices.push(note(format!("sqlmigrate itself fails here: {problem}")));
    }
    let Some(target) = source.target(&key) else {
        anyhow::bail!("{key} is not in the migration graph: a squashed migration has taken its place");
    };
    notices.extend(target.unread().map(|why| note(format!("not all could be read: {why}"))));
    let context = source.context(std::slice::from_ref(&target), dialect);
    let steps = sqlmigrate(&context, &target, args.backwards);
    notices.extend(doubts(&steps).into_iter().map(|doubt| note(format!("not certain: {doubt}"))));
    if steps.iter().all(|step| matches!(step.text, Text::Transaction(_))) {
        notices.push(note("No operations found.".into()));
    } else {
        let lines: Vec<String> = steps.iter().map(Step::to_text).collect();
        Output::new(args.project.color).answer(&format!("{}\n", lines.join("\n")))?;
    }
    if !args.project.quiet {
        project::say(notices);
    }
    Ok(CLEAN)
}

/// The project that has the app.
fn owner<'a>(args: &SqlArguments, projects: &'a Projects) -> anyhow::Result<&'a Project> {
    let label = args.app_label.as_str();
    let mut owners = projects.projects.iter().filter(|one| one.apps.contains_key(&AppLabel::new(label)));
    match (owners.next(), owners.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => anyhow::bail!(
            "several projects have the app `{label}` ({} and {}): name the folder of one",
            printable(&project::shown_root(&one.root)),
            printable(&project::shown_root(&other.root)),
        ),
        (None, _) => Err(project::unknown_app(label, projects)),
    }
}

/// What statements rest on, each once.
fn doubts(steps: &[Step]) -> BTreeSet<&str> {
    steps.iter().flat_map(|step| step.notes.iter().map(AsRef::as_ref)).collect()
}

fn note(message: String) -> Notice {
    Notice { message, hint: None, place: None }
}
