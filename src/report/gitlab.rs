//! `check --format gitlab`: GitLab's code quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::printable::one_line;
use super::{Report, Severity};

/// The report as a JSON array, with a line feed at its end.
pub fn render(report: &Report) -> String {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all: Vec<Value> = Vec::new();
    for finding in report.projects.iter().flat_map(|project| &project.findings) {
        // GitLab drops what has a fingerprint that it has seen; two projects may share one.
        let count = seen.entry(finding.fingerprint.as_str()).or_default();
        let fingerprint = match *count {
            0 => finding.fingerprint.clone(),
            count => format!("{}-p{count}", finding.fingerprint),
        };
        *count += 1;
        all.push(json!({
            "description": one_line(&finding.message),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Info => "minor",
                Severity::Pedantic => "info",
            },
            "location": {
                "path": report.path(finding.place.path()),
                "lines": {"begin": finding.place.start().line, "end": finding.place.end().line},
            },
        }));
    }
    format!("{:#}\n", Value::Array(all))
}
