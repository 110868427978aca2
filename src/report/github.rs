//! `check --format github`: workflow commands that GitHub Actions shows as annotations.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. A step shows ten
//! annotations of each kind, so the worst come first.

use std::fmt::Write as _;

use super::concise::summary_line;
use super::printable::printable;
use super::{Finding, Place, Report, Severity};

/// The report, one command a finding, then the counts as a plain line.
pub fn render(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report.projects.iter().flat_map(|project| &project.findings).collect();
    findings.sort_by_key(|finding| finding.severity);
    let mut out = String::new();
    for finding in findings {
        let _ = writeln!(out, "{}", command(report, finding));
    }
    // A line that could pass for a command is none: the counts hold nothing of the repository.
    let _ = writeln!(out, "{}", summary_line(report));
    out
}

fn command(report: &Report, finding: &Finding) -> String {
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Pedantic => "notice",
    };
    let mut out = format!("::{kind} file={}", property(&report.path(finding.place.path())));
    if let Place::Range(at) = &finding.place {
        let (start, end) = (at.start(), at.end());
        let _ = write!(out, ",line={}", start.line);
        // Columns count within one line alone.
        if start.line == end.line && start.column < end.column {
            let _ = write!(out, ",endLine={},col={},endColumn={}", end.line, start.column, end.column);
        } else if end.line > start.line {
            let _ = write!(out, ",endLine={}", end.line);
        }
    }
    let _ = write!(out, ",title={}", property(&format!("migcheck: {}", finding.rule)));
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        let _ = write!(text, "\n\n{}", help.text);
    }
    let _ = write!(out, "::{}", data(&text));
    out
}

/// What follows the second `::` (`escapeData` of `@actions/core`).
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value (`escapeProperty` of `@actions/core`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ProjectReport;

    #[test]
    fn nothing_of_the_repository_ends_a_command() {
        let place = Place::Path("a,line=9::b\n::set-output name=x::.py".into());
        let hostile = Finding::new("remove-field", Severity::Warning, place, "m\r\n::error::x 100%");
        let worst = Finding::new("delete-model", Severity::Error, Place::Path("z.py".into()), "gone");
        let project = ProjectReport { findings: vec![hostile, worst], ..ProjectReport::default() };
        let report = Report { projects: vec![project], ..Report::default() };
        insta::assert_snapshot!(render(&report), @r"
        ::error file=z.py,title=migcheck%3A delete-model::gone
        ::warning file=a%2Cline=9%3A%3Ab%0A%3A%3Aset-output name=x%3A%3A.py,title=migcheck%3A remove-field::m%0D%0A::error::x 100%25
        1 error, 1 warning in 0 migrations
        ");
    }
}
