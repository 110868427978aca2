//! `check --format junit`: `JUnit`'s XML, which every CI draws as tests. A suite a project, a case a
//! finding; where there are none, one case that passes.

use std::fmt::Write as _;

use super::printable::printable;
use super::{Finding, ProjectReport, Report, Severity};

/// The report as XML. Errors and warnings are failures; the rest are skipped cases, so that they
/// show and do not fail a build.
pub fn render(report: &Report) -> String {
    let total: usize = report.projects.iter().map(|project| project.findings.len().max(1)).sum();
    let failures: usize = report.projects.iter().map(failures).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"migcheck\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\">"
    );
    for project in &report.projects {
        suite(&mut out, report, project);
    }
    out.push_str("</testsuites>\n");
    out
}

fn failures(project: &ProjectReport) -> usize {
    project.findings.iter().filter(|finding| finding.severity <= Severity::Warning).count()
}

fn suite(out: &mut String, report: &Report, project: &ProjectReport) {
    let count = project.findings.len();
    let failed = failures(project);
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{}\">",
        escape(&format!("migcheck {}", project.root)),
        count.max(1),
        count - failed,
    );
    if project.findings.is_empty() {
        out.push_str("    <testcase name=\"no findings\" classname=\"migcheck\"/>\n");
    }
    for finding in &project.findings {
        case(out, report, finding);
    }
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, report: &Report, finding: &Finding) {
    let path = report.path(finding.place.path());
    let line = finding.place.start().line;
    let _ = writeln!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{line}\">",
        escape(&format!("{} {}", finding.rule, finding.identity)),
        escape(path.strip_suffix(".py").unwrap_or(&path)),
        escape(&path),
    );
    let message = escape(&finding.message);
    if finding.severity <= Severity::Warning {
        let mut text = format!("{path}:{line}: {}", finding.message);
        if let Some(help) = &finding.help {
            let _ = write!(text, "\n\n{}", help.to_markdown());
        }
        let kind = finding.severity;
        let _ =
            writeln!(out, "      <failure type=\"{kind}\" message=\"{message}\">{}</failure>", escape(&text));
    } else {
        let _ = writeln!(out, "      <skipped message=\"{message}\"/>");
    }
    out.push_str("    </testcase>\n");
}

/// Text as XML 1.0 takes it, within an attribute or not; what it has no place for is U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_attribute_or_an_element() {
        assert_eq!(escape("\"/><x a='&\u{0}\n]]>"), "&quot;/&gt;&lt;x a=&apos;&amp;\u{fffd}&#10;]]&gt;");
    }
}
