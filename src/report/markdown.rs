//! Markdown for a pull request, in GitHub's flavour.
//!
//! Everything that comes from the analysed repository is hostile: no mention, link, HTML, image or
//! table break may come out of a migration's name or a message. Two forms are safe and nothing else
//! is written: text in which every character with a meaning is escaped, and code (spans and fences)
//! whose closing sequence cannot occur within.

use std::fmt::Write as _;

use super::concise::{plural, summary_line};
use super::finding::fence_for;
use super::printable::one_line;
use super::{Finding, Help, ProjectReport, Report, Severity};

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let worst = report.projects.iter().flat_map(|project| &project.findings).map(|f| f.severity).min();
    let mark = match worst {
        Some(Severity::Error) => "❌",
        Some(Severity::Warning) => "⚠️",
        Some(_) => "ℹ️",
        None => "✅",
    };
    let _ = writeln!(out, "### {mark} migcheck: {}\n", text(&summary_line(report)));
    for project in &report.projects {
        if report.projects.len() > 1 && !(project.findings.is_empty() && project.undecided.is_empty()) {
            let _ = writeln!(out, "#### Project {}\n", code(&project.root));
        }
        write_table(&mut out, project);
        for finding in &project.findings {
            write_finding(&mut out, finding);
        }
        write_undecided(&mut out, project);
    }
    out
}

fn write_table(out: &mut String, project: &ProjectReport) {
    if project.findings.is_empty() {
        return;
    }
    out.push_str("| | rule | migration | place |\n|---|---|---|---|\n");
    for finding in &project.findings {
        let migration = match (&finding.migration, &finding.app) {
            (Some(key), _) => cell(&code(&key.to_string())),
            (None, Some(app)) => cell(&code(app)),
            (None, None) => String::new(),
        };
        let place = format!("{}:{}", finding.place.path(), finding.place.start().line);
        let _ = writeln!(
            out,
            "| {} | `{}` | {migration} | {} |",
            icon(finding.severity),
            finding.rule,
            cell(&code(&place))
        );
    }
    out.push('\n');
}

fn write_finding(out: &mut String, finding: &Finding) {
    let _ =
        writeln!(out, "{} **`{}`** {}  ", icon(finding.severity), finding.rule, message(&finding.message));
    let start = finding.place.start();
    let _ = writeln!(out, "{}\n", code(&format!("{}:{}", finding.place.path(), start.line)));
    if let Some(help) = &finding.help {
        write_help(out, help);
    }
}

fn write_help(out: &mut String, help: &Help) {
    out.push_str("<details><summary>The safe way</summary>\n\n");
    let _ = writeln!(out, "{}\n", message(&help.text));
    for block in &help.code {
        let fence = fence_for(&block.code);
        let _ = writeln!(
            out,
            "{}:\n\n{fence}{}\n{}\n{fence}\n",
            text(&block.caption),
            block.language,
            block.code
        );
    }
    out.push_str("</details>\n\n");
}

fn write_undecided(out: &mut String, project: &ProjectReport) {
    if project.undecided.is_empty() {
        return;
    }
    let count = plural(project.undecided.len(), "thing");
    let _ = writeln!(out, "<details><summary>{count} could not be decided</summary>\n");
    for item in &project.undecided {
        let place = match (&item.path, item.line) {
            (Some(path), Some(line)) => format!("{} ", code(&format!("{path}:{line}"))),
            (Some(path), None) => format!("{} ", code(path)),
            (None, _) => String::new(),
        };
        let _ = writeln!(out, "- {place}{}: {}", message(&item.what), message(&item.reason));
    }
    out.push_str("\n</details>\n\n");
}

fn icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "🔴",
        Severity::Warning => "🟠",
        Severity::Info | Severity::Pedantic => "🔵",
    }
}

/// A message: what stands between backticks becomes a code span, the rest is escaped.
pub fn message(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    let parts: Vec<&str> = raw.split('`').collect();
    let last = parts.len() - 1;
    for (index, part) in parts.iter().enumerate() {
        // A backtick without its partner is text.
        if index % 2 == 1 && index < last {
            out.push_str(&code(part));
        } else if index % 2 == 1 {
            out.push_str("\\`");
            out.push_str(&text(part));
        } else {
            out.push_str(&text(part));
        }
    }
    out
}

/// A code span on one line. Within it nothing has a meaning but its closing backticks.
pub fn code(raw: &str) -> String {
    let line = one_line(raw).replace('`', "'");
    let line = line.trim();
    if line.is_empty() { "` `".to_owned() } else { format!("`{line}`") }
}

/// A code span within a table, where a bar would end the cell even in code.
fn cell(span: &str) -> String {
    span.replace('|', "\u{a6}")
}

/// Text on one line in which nothing has a meaning: neither to CommonMark nor to what GitHub does
/// to the rendered text afterwards (mentions, issue references, autolinks), which no backslash stops.
pub fn text(raw: &str) -> String {
    let line = one_line(raw);
    let mut out = String::with_capacity(line.len() + 16);
    let mut previous = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '+' | '-' | '!' | '|' | '~'
            | '$' | '=' | '^' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@\u{200b}"),
            '#' => out.push_str("\\#\u{200b}"),
            // `http://`, `mailto:`, `:emoji:`
            ':' if !next.is_whitespace() => out.push_str(":\u{200b}"),
            // `www.example`, `1.` at the start of a list
            '.' if previous.is_ascii_digit() || previous.eq_ignore_ascii_case(&'w') => {
                out.push_str("\\.");
                if next.is_alphanumeric() {
                    out.push('\u{200b}');
                }
            }
            c => out.push(c),
        }
        previous = c;
    }
    out.trim().to_owned()
}
