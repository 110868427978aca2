//! `migcheck plan`

use std::collections::BTreeSet;

use super::arguments::{PlanArguments, PlanFormat};
use super::project;
use super::{CLEAN, Output};
use crate::analysis::ProjectInput;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::schema::target::{load, migration_by_prefix};
use crate::planning;
use crate::report::plan;

/// Prints each statement of the migrations with its lock, both ways.
///
/// # Errors
/// No project could be read or has the app, the name is that of no migration or of several, or the
/// answer cannot be written.
pub fn run(args: &PlanArguments) -> anyhow::Result<u8> {
    let inputs = project::plain_inputs(&args.project)?;
    let mut reports = Vec::with_capacity(inputs.len());
    for input in &inputs {
        let wanted = Wanted::of(args, input)?;
        reports.push(planning::plan(input, &|key| wanted.has(key)));
    }
    if args.target.first().is_some_and(|_| reports.iter().all(|report| report.migrations.is_empty())) {
        anyhow::bail!("no migration of the repository is meant: `{}`", args.target.join(" "));
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

/// Which migrations are meant.
struct Wanted {
    apps: BTreeSet<AppLabel>,
    only: Option<MigrationKey>,
}

impl Wanted {
    fn of(args: &PlanArguments, input: &ProjectInput) -> anyhow::Result<Self> {
        let mut apps: BTreeSet<AppLabel> =
            args.project.app.iter().map(|label| AppLabel::new(label.as_str())).collect();
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
        Ok(Self { apps, only })
    }

    fn has(&self, key: &MigrationKey) -> bool {
        match &self.only {
            Some(only) => key == only,
            None => self.apps.is_empty() || self.apps.contains(&key.app),
        }
    }
}
