//! Markdown for a pull request, in GitHub's flavour.
//!
//! Everything that comes from the analysed repository is hostile: no mention, link, HTML, image or
//! table break may come out of a migration's name or a message. Two forms are safe and nothing else
//! is written: text in which every character with a meaning is escaped, and code (spans and fences)
//! whose closing sequence cannot occur within.

mod findings;
mod pull_request;

use std::fmt::Write as _;

use super::concise::{plural, summary_line};
use super::finding::fence_for;
use super::printable::{one_line, printable};
use super::{Blocks, Finding, Help, LockInfo, Place, ProjectReport, Report, Severity};

/// How many lines of the migration are shown with a finding.
const EXCERPT_LINES: usize = 8;
/// A line longer than this is not shown.
const LONGEST_LINE: usize = 300;
/// Has no width and belongs to no word.
const BREAK: char = '\u{200b}';

/// Most bytes of a report: GitHub takes 65,536 characters, and a mark of ours is to be added.
pub const MOST: usize = 65_000;

/// The report as Markdown: that of a pull request where there is a base to compare with, else all
/// that was found.
pub fn render(report: &Report) -> String {
    if report.projects.iter().any(|project| project.overview.is_some()) {
        return pull_request::render(report, MOST);
    }
    everything(report)
}

/// The report of a change, or of all, in at most about `limit` bytes.
pub fn render_within(report: &Report, limit: usize) -> String {
    pull_request::render(report, limit)
}

fn everything(report: &Report) -> String {
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
    out.push_str("| | migration | rule | table | lock |\n|---|---|---|---|---|\n");
    for finding in &project.findings {
        let migration = match (&finding.migration, &finding.app) {
            (Some(key), _) => cell(&key.to_string()),
            (None, Some(app)) => cell(app),
            (None, None) => String::new(),
        };
        let table = finding.table.as_deref().map_or_else(String::new, cell);
        let lock = finding.lock.as_ref().map_or_else(String::new, lock);
        let icon = icon(finding.severity);
        let _ = writeln!(out, "| {icon} | {migration} | `{}` | {table} | {lock} |", finding.rule);
    }
    out.push('\n');
}

/// ``` `SHARE`: writes wait ```
fn lock(lock: &LockInfo) -> String {
    let waits = waits(lock);
    let colon = if waits.is_empty() { "" } else { ": " };
    format!("{}{colon}{waits}", cell(&lock.mode))
}

/// What waits for a lock, and whether that is soon over.
fn waits(lock: &LockInfo) -> &'static str {
    match (lock.blocks, lock.is_brief()) {
        (Blocks::Reads, false) => "reads and writes wait",
        (Blocks::Reads, true) => "reads and writes wait, briefly",
        (Blocks::Writes, false) => "writes wait",
        (Blocks::Writes, true) => "writes wait, briefly",
        (Blocks::None, _) => "",
    }
}

fn write_finding(out: &mut String, finding: &Finding) {
    let _ =
        writeln!(out, "{} **`{}`** {}\n", icon(finding.severity), finding.rule, message(&finding.message));
    let place = match &finding.place {
        Place::Range(at) => format!("{}:{}", at.file.display(), at.line()),
        Place::Path(path) => path.to_string(),
    };
    let _ = writeln!(out, "{}\n", code(&place));
    if let Some(lines) = excerpt(finding) {
        write_fence(out, "python", &lines);
    }
    if let Some(help) = &finding.help {
        write_help(out, help);
    }
}

/// The first lines of what the finding is about, moved to the left margin.
fn excerpt(finding: &Finding) -> Option<String> {
    let Place::Range(at) = &finding.place else { return None };
    let (first, last) = (at.start().line, at.end().line);
    let shown: Vec<&str> = (first..=last).take(EXCERPT_LINES).filter_map(|line| at.file.line(line)).collect();
    if shown.iter().any(|line| line.chars().count() > LONGEST_LINE) {
        return None;
    }
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let margin = shown.iter().filter(|line| !line.trim().is_empty()).map(indent).min()?;
    let mut out =
        shown.iter().map(|line| line.get(margin..).unwrap_or_default()).collect::<Vec<_>>().join("\n");
    if (last - first) as usize >= EXCERPT_LINES {
        out.push_str("\n...");
    }
    Some(out)
}

fn write_fence(out: &mut String, language: &str, code: &str) {
    let fence = fence_for(code);
    let _ = writeln!(out, "{fence}{language}\n{}\n{fence}\n", printable(code));
}

fn write_help(out: &mut String, help: &Help) {
    out.push_str("<details><summary>The safe way</summary>\n\n");
    let _ = writeln!(out, "{}\n", message(&help.text));
    for block in &help.code {
        let caption = message(&block.caption);
        if !caption.is_empty() {
            let _ = writeln!(out, "{caption}:\n");
        }
        write_fence(out, block.language, &block.code);
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
            // Two spans side by side would be read as one.
            if out.ends_with('`') {
                out.push(' ');
            }
            out.push_str(&code(part));
        } else if index % 2 == 1 {
            out.push_str("\\`");
            out.push_str(&escape(part));
        } else {
            out.push_str(&escape(part));
        }
    }
    out.trim().to_owned()
}

/// A code span on one line. Within it nothing has a meaning but its closing backticks.
pub fn code(raw: &str) -> String {
    let line = one_line(raw).replace('`', "'");
    let line = line.trim();
    if line.is_empty() { "` `".to_owned() } else { format!("`{line}`") }
}

/// A code span within a table, where a bar would end the cell even in code.
pub(super) fn cell(raw: &str) -> String {
    code(raw).replace('|', "\u{a6}")
}

/// Text within a table, where a bar would end the cell.
pub(super) fn in_cell(raw: &str) -> String {
    text(raw).replace("\\|", "\u{a6}")
}

/// Text on one line in which nothing has a meaning.
pub fn text(raw: &str) -> String {
    escape(raw).trim().to_owned()
}

/// Takes the meaning from every character that has one to `CommonMark`, and breaks with a character of
/// no width what GitHub and GitLab look for in the rendered text afterwards and no backslash stops:
/// mentions, references to issues and commits, addresses, emoji.
fn escape(raw: &str) -> String {
    let line = one_line(raw);
    let mut out = String::with_capacity(line.len() + 16);
    let mut previous = ' ';
    let mut word = 0;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        word = if c.is_ascii_hexdigit() { word + 1 } else { 0 };
        match c {
            // `http://`, `mailto:`, `:emoji:`; `GH-1`, `ABC-1`; `user/repository`, `group!1`, `&1`, `%1`, `$1`
            ':' | '@' | '#' | '-' | '!' | '$' | '~' | '%' | '/' | '+' => {
                // A colon at the start of a line begins a definition.
                let starts = c == ':' && out.trim().is_empty();
                if starts || !matches!(c, ':' | '@' | '%' | '/') {
                    out.push('\\');
                }
                out.push(c);
                if !next.is_whitespace() {
                    out.push(BREAK);
                }
            }
            '&' => {
                out.push_str("&amp;");
                out.push(BREAK);
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '=' | '^' | '"' | '\'' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `www.example`, `1.` at the start of a list
            '.' if previous.is_ascii_digit() || previous.eq_ignore_ascii_case(&'w') => {
                out.push_str("\\.");
                if next.is_alphanumeric() {
                    out.push(BREAK);
                }
            }
            c => out.push(c),
        }
        // Seven hexadecimal digits may be a commit.
        if word == 6 && next.is_ascii_hexdigit() {
            out.push(BREAK);
            word = 0;
        }
        previous = c;
    }
    out
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
