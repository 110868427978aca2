//! `migcheck baseline`: what is found now, as a file that `check --baseline` leaves out.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::arguments::BaselineArguments;
use super::check::{judge, options};
use super::config::{self, Found};
use super::{CLEAN, Output, output};
use crate::analysis::ProjectInput;
use crate::report::{Finding, Report};

/// The file that is written where none is named.
const NAME: &str = "migcheck-baseline.json";

/// Prints the baseline, or writes it to its file.
///
/// # Errors
/// The configuration or the projects cannot be read, or the answer cannot be written.
pub fn run(
    args: &BaselineArguments,
    read: &dyn Fn(&super::arguments::CheckArguments, &Found) -> anyhow::Result<Vec<ProjectInput>>,
) -> anyhow::Result<u8> {
    let found = match &args.check.project.config {
        Some(path) => config::read(path)?,
        None => config::find(&args.check.project.path)?,
    };
    let options = options(&args.check, &found, false)?;
    let report = judge(&read(&args.check, &found)?, &options, &args.check.project.path);
    let text = render(&report);
    if !args.write {
        Output::new(args.check.project.color).answer(&text)?;
        return Ok(CLEAN);
    }
    let path = path(args, &found);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    if !args.check.project.quiet {
        let count: usize = report.projects.iter().map(|project| project.findings.len()).sum();
        output::say(&format!("{count} findings in {}", path.display()));
    }
    Ok(CLEAN)
}

/// The file that is named by the command line or the configuration, or the usual one in the
/// analysed folder.
fn path(args: &BaselineArguments, found: &Found) -> PathBuf {
    match (&args.check.baseline, &found.config.baseline) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => found.resolve(path),
        (None, None) => args.check.project.path.join(NAME),
    }
}

/// A line a finding, sorted: what changes in it is plain in a diff. Messages and lines are left out, as they
/// change with the program and the file.
fn render(report: &Report) -> String {
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let mut lines: Vec<String> = findings.map(|finding| one(finding).to_string()).collect();
    lines.sort();
    lines.dedup();
    format!("{{\"findings\": [\n  {}\n]}}\n", lines.join(",\n  "))
}

fn one(finding: &Finding) -> Json {
    json!({
        "path": finding.place.path(),
        "rule": finding.rule,
        "migration": finding.migration.as_ref().map(ToString::to_string),
        "fingerprint": finding.fingerprint,
    })
}
