//! `migcheck baseline`: what is found now, as a file that `check --baseline` leaves out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::arguments::BaselineArguments;
use super::check::{judge, options};
use super::config::{self, Found};
use super::{CLEAN, Output, output};
use crate::analysis::ProjectInput;
use crate::report::{Finding, Report};
use crate::source;

/// The file that is written where none is named.
const NAME: &str = "migcheck-baseline.json";
/// A baseline may not be bigger.
const LARGEST: u64 = 1 << 26;

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
    let report = judge(&read(&args.check, &found)?, &options, &args.check.project.path)?;
    let text = render(&report);
    if !args.write {
        Output::new(args.check.project.color).answer(&text)?;
        return Ok(CLEAN);
    }
    let path = path(args, &found)?;
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    if !args.check.project.quiet {
        let count: usize = report.projects.iter().map(|project| project.findings.len()).sum();
        output::say(&format!("{count} findings in {}", path.display()));
    }
    Ok(CLEAN)
}

/// The file that is named by the command line or the configuration, or the usual one in the
/// analysed folder.
///
/// # Errors
/// The configuration's or the usual one lies elsewhere, or a symbolic link leads to it: who wrote the
/// repository does not say which file of this machine is written over.
fn path(args: &BaselineArguments, found: &Found) -> anyhow::Result<PathBuf> {
    if let Some(path) = &args.check.baseline {
        return Ok(path.clone());
    }
    let (folder, name) = match (&found.config.baseline, found.path.as_deref().and_then(Path::parent)) {
        (Some(path), Some(folder)) => (folder.to_owned(), path.clone()),
        _ => (args.check.project.path.clone(), PathBuf::from(NAME)),
    };
    let path = folder.join(&name);
    let advice = || format!("{}: name it with --baseline", path.display());
    source::inside(&folder, &path).map_err(|odd| anyhow::anyhow!("{odd}")).with_context(advice)?;
    Ok(path)
}

/// What of a baseline counts; it may be a whole report (`--format json`), of several projects, too.
#[derive(Deserialize)]
struct Baseline {
    projects: Option<Vec<Listed>>,
    findings: Option<Vec<Known>>,
}

#[derive(Deserialize)]
struct Listed {
    findings: Option<Vec<Known>>,
}

#[derive(Deserialize)]
struct Known {
    fingerprint: Option<String>,
}

/// The fingerprints of a baseline.
///
/// # Errors
/// It cannot be read, or is none.
pub(super) fn fingerprints(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let bytes = source::read_bytes(path, &path.display().to_string(), LARGEST);
    let bytes = bytes.map_err(|diagnostic| anyhow::anyhow!("{}", diagnostic.message))?;
    let Baseline { projects, findings } = serde_json::from_slice(&bytes)?;
    let lists = match projects {
        Some(projects) => projects.into_iter().map(|project| project.findings).collect(),
        None => vec![findings],
    };
    let mut prints = BTreeSet::new();
    for list in lists {
        let list = list.context("it holds no `findings`: write one with `migcheck baseline --write`")?;
        prints.extend(list.into_iter().filter_map(|known| known.fingerprint));
    }
    Ok(prints)
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
