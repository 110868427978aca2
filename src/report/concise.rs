//! One line a finding: `path:line:column: severity[rule] message`.

use std::fmt::Write as _;

use super::printable::one_line;
use super::{Report, Severity};

/// The report, one line a finding, each ending in a line feed.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in report.projects.iter().flat_map(|project| &project.findings) {
        let start = finding.place.start();
        let _ = writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            one_line(finding.place.shown()),
            start.line,
            start.column,
            finding.severity,
            finding.rule,
            one_line(&finding.message),
        );
    }
    out.push_str(&summary_line(report));
    out.push('\n');
    out
}

/// `2 errors, 1 warning in 14 migrations; 3 things undecided`
pub(super) fn summary_line(report: &Report) -> String {
    let summary = report.summary();
    let counts = [
        (summary.error, Severity::Error.as_str()),
        (summary.warning, Severity::Warning.as_str()),
        (summary.info, "remark"),
    ];
    let found = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(*count, word))
        .collect::<Vec<_>>()
        .join(", ");
    let mut out = if found.is_empty() { "No findings".to_owned() } else { found };
    let _ = write!(out, " in {}", plural(summary.migrations, "migration"));
    if report.projects.len() > 1 {
        let _ = write!(out, " of {}", plural(report.projects.len(), "project"));
    }
    if summary.undecided > 0 {
        let _ = write!(out, "; {} could not be decided", plural(summary.undecided, "thing"));
    }
    out
}

/// `1 error`, `2 errors`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
