//! `migcheck check`: everything that is wrong or risky.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use super::arguments::{CheckArguments, FailOn, Format};
use super::config::{self, Found};
use super::{CLEAN, Output, output};
use crate::analysis::{self, CheckOptions, ProjectInput};
use crate::report::{Report, RuleText, concise, github, gitlab, human, json, junit, markdown, sarif};
use crate::rules::RULES;
use crate::rules::selection::{Selection, rule_name};

/// Something at or above `--fail-on` was found.
const FOUND: u8 = 1;

/// Runs `check` with what `read` makes of the arguments and the configuration.
///
/// # Errors
/// The configuration, the baseline or the projects cannot be read, or the answer cannot be written.
pub fn run(
    args: &CheckArguments,
    read: &dyn Fn(&CheckArguments, &Found) -> anyhow::Result<Vec<ProjectInput>>,
) -> anyhow::Result<u8> {
    let (report, found) = checked(args, read)?;
    write(args, &report)?;
    Ok(exit_code(&report, args.fail_on.or(found.config.fail_on).unwrap_or_default()))
}

/// What `check` finds, and the configuration that it found it by.
///
/// # Errors
/// The configuration, the baseline or the projects cannot be read.
pub(super) fn checked(
    args: &CheckArguments,
    read: &dyn Fn(&CheckArguments, &Found) -> anyhow::Result<Vec<ProjectInput>>,
) -> anyhow::Result<(Report, Found)> {
    let found = match &args.project.config {
        Some(path) => config::read(path)?,
        None => config::find(&args.project.path)?,
    };
    let options = options(args, &found, true)?;
    let inputs = read(args, &found)?;
    let report = judge(&inputs, &options, &args.project.path)?;
    // Nobody waits for a project to be let go.
    rayon::spawn(move || drop(inputs));
    if !args.project.quiet {
        say_notices(&report);
    }
    Ok((report, found))
}

/// Writes each answer where it goes.
fn write(args: &CheckArguments, report: &Report) -> anyhow::Result<()> {
    let out = Output::new(args.project.color);
    let fallback = [(Format::default(), None)];
    let outputs = if args.outputs.is_empty() { &fallback[..] } else { &args.outputs[..] };
    for (format, file) in outputs {
        let colour = match file {
            Some(_) => args.project.color == super::arguments::ColorChoice::Always,
            None => out.colour,
        };
        let text = render(report, *format, colour);
        match file {
            Some(path) => {
                std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            }
            None => out.answer(&text)?,
        }
        if *format == Format::Github {
            super::step_summary::append(&markdown::render(report))?;
        }
    }
    Ok(())
}

fn render(report: &Report, format: Format, colour: bool) -> String {
    match format {
        Format::Human => human::render(report, colour),
        Format::Concise => concise::render(report),
        Format::Markdown => markdown::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report, &rule_texts()),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
    }
}

/// The documentation of every rule, for formats that carry it.
pub(super) fn rule_texts() -> Vec<RuleText> {
    let texts = RULES.iter().map(|rule| RuleText {
        name: rule.info.name,
        severity: rule.info.severity,
        aspect: rule.info.aspect,
        summary: rule.info.summary,
        what: rule.info.what,
        why: rule.info.why,
        safe_way: rule.info.safe_way,
    });
    texts.collect()
}

/// What to look at, by arguments and configuration; without the baseline's findings if it is to be read.
///
/// # Errors
/// A rule that there is not, or a baseline or a file of row counts that cannot be read.
pub(super) fn options(
    args: &CheckArguments,
    found: &Found,
    with_baseline: bool,
) -> anyhow::Result<CheckOptions> {
    Ok(CheckOptions {
        selection: selection(args, found)?,
        apps: args.project.app.iter().cloned().collect(),
        new: None,
        baseline: if with_baseline { baseline(args, found)? } else { BTreeSet::new() },
        tables: found.tables()?,
    })
}

/// What is wrong or risky in the projects; `path` is what was asked about.
///
/// # Errors
/// The models could not be read, so that there is no answer.
pub(super) fn judge(inputs: &[ProjectInput], options: &CheckOptions, path: &Path) -> anyhow::Result<Report> {
    super::progress::next("checking");
    let projects = inputs.iter().map(|input| analysis::check(input, options)).collect();
    if let Some(why) = inputs.iter().find_map(|input| input.models.get().refused.as_ref()) {
        anyhow::bail!("{why}");
    }
    Ok(Report { projects, below: super::repository::below(path) })
}

/// The configuration's rules, with the command line's say above it.
///
/// # Errors
/// The command line names a rule that there is not.
pub(super) fn selection(args: &CheckArguments, found: &Found) -> anyhow::Result<Selection> {
    let mut selection = found.config.selection();
    if !args.select.is_empty() {
        selection.select = names(&args.select)?;
        // What is asked for by name is not to be silenced by the configuration.
        selection.ignore.retain(|rule| !selection.select.contains(rule));
    }
    selection.ignore.extend(names(&args.ignore)?);
    selection.pedantic |= args.pedantic;
    Ok(selection)
}

fn names(rules: &[String]) -> anyhow::Result<BTreeSet<&'static str>> {
    Ok(rules.iter().map(|name| rule_name(name.trim())).collect::<Result<_, _>>()?)
}

fn baseline(args: &CheckArguments, found: &Found) -> anyhow::Result<BTreeSet<String>> {
    let path = match (&args.baseline, &found.config.baseline) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => found.resolve(path),
        (None, None) => return Ok(BTreeSet::new()),
    };
    super::baseline::fingerprints(&path).with_context(|| format!("baseline {}", path.display()))
}

fn say_notices(report: &Report) {
    for notice in report.projects.iter().flat_map(|project| &project.notices) {
        let place = notice.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
        let hint = notice.hint.as_ref().map_or_else(String::new, |hint| format!(" ({hint})"));
        output::say(&crate::report::one_line(&format!("note: {place}{}{hint}", notice.message)));
    }
}

/// How `check` ends: 1 with a finding at or above the severity, else 0.
pub fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    if fail_on.severity().is_some_and(|severity| report.has(severity)) { FOUND } else { CLEAN }
}
