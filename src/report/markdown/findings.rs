//! What was found, for a pull request: in full where it is little, a rule at a time where it is much.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pull_request::{cut, fence, long, short};
use super::{cell, code, message};
use crate::report::concise::plural;
use crate::report::{Finding, Place, Report, Severity};

/// With more findings than this their code is folded.
const OPEN: usize = 8;
/// With more than this, all but the first of each rule are told in a line.
const EACH: usize = 30;
/// So many first ones.
pub(super) const FIRST: usize = 2;

/// Findings with the worst first, as many as there is room for; the rest counted.
pub(super) fn write(out: &mut String, report: &Report, limit: usize) {
    let mut all: Vec<&Finding> = report.projects.iter().flat_map(|project| &project.findings).collect();
    all.sort_by_key(|finding| finding.severity);
    let mut left: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    // Room for the count of those that are left.
    let fits = |out: &String, part: usize| out.len() + part + 2000 <= limit;
    let mut before: Option<&Finding> = None;
    for (finding, more) in grouped(&all) {
        let again = before.is_some_and(|before| is_at(before, finding));
        let part = one(finding, all.len() > OPEN, again);
        if left.is_empty() && fits(out, part.len()) {
            out.push_str(&part);
            before = Some(finding);
        } else {
            *left.entry((finding.severity, finding.rule)).or_default() += 1;
        }
        let Some(first) = more.first().filter(|_| left.is_empty()) else {
            for finding in more {
                *left.entry((finding.severity, finding.rule)).or_default() += 1;
            }
            continue;
        };
        before = None;
        let mut lines = String::new();
        for finding in &more {
            let line = line(finding);
            if left.is_empty() && fits(out, lines.len() + line.len() + 100) {
                lines.push_str(&line);
            } else {
                *left.entry((finding.severity, finding.rule)).or_default() += 1;
            }
        }
        let count = more.len() - left.get(&(first.severity, first.rule)).copied().unwrap_or_default();
        if count > 0 {
            let summary = format!("{count} more of {}", first.rule);
            let _ = writeln!(out, "<details><summary>{summary}</summary>\n\n{lines}\n</details>\n");
        }
    }
    if left.is_empty() {
        return;
    }
    let count: usize = left.values().sum();
    let parts: Vec<String> =
        left.iter().take(40).map(|((_, rule), count)| format!("{count} × `{rule}`")).collect();
    let _ = writeln!(out, "**{} not shown here:** {}\n", plural(count, "finding"), parts.join(", "));
}

/// Findings that are told in full, each with those that are told in a line below it: where there are
/// many, all of a rule but the first.
fn grouped<'a>(all: &[&'a Finding]) -> Vec<(&'a Finding, Vec<&'a Finding>)> {
    if all.len() <= EACH {
        return all.iter().map(|finding| (*finding, Vec::new())).collect();
    }
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in all {
        let same = |group: &&mut Vec<&Finding>| {
            group
                .first()
                .is_some_and(|first| (first.severity, first.rule) == (finding.severity, finding.rule))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    let mut told = Vec::new();
    for group in groups {
        let (first, rest) = group.split_at(group.len().min(FIRST));
        told.extend(first.iter().map(|finding| (*finding, Vec::new())));
        if let Some((_, more)) = told.last_mut() {
            more.extend(rest);
        }
    }
    told
}

/// A finding in a line of a list.
fn line(finding: &Finding) -> String {
    format!("- {} {}\n", code(&short(&place(finding))), message(&short(&finding.message)))
}

fn place(finding: &Finding) -> String {
    match &finding.place {
        Place::Range(at) => format!("{}:{}", at.file.display(), at.line()),
        Place::Path(path) => path.to_string(),
    }
}

/// Whether two findings are about the same lines.
fn is_at(one: &Finding, other: &Finding) -> bool {
    match (&one.place, &other.place) {
        (Place::Range(a), Place::Range(b)) => {
            a.file.display() == b.file.display() && a.line() == b.line() && a.end().line == b.end().line
        }
        (Place::Path(a), Place::Path(b)) => a == b,
        _ => false,
    }
}

/// A finding; its place and lines are left out where the one above it has shown them (`again`).
fn one(finding: &Finding, folded: bool, again: bool) -> String {
    let mut out = String::new();
    let icon = super::icon(finding.severity);
    let _ = writeln!(out, "{icon} **`{}`** {}\n", finding.rule, message(&long(&finding.message)));
    let mut shown = String::new();
    if !again {
        let _ = writeln!(out, "{}\n", code(&short(&place(finding))));
        let lines = super::excerpt(finding).map(|lines| cut(&lines)).unwrap_or_default();
        // What is about a migration as a whole stands at its class, whose name tells nothing.
        if !lines.is_empty() && (finding.operation.is_some() || !lines.starts_with("class Migration(")) {
            fence(&mut shown, "python", &lines);
        }
    }
    if let Some(info) = &finding.lock {
        let on =
            finding.table.as_deref().map_or_else(String::new, |table| format!(" on {}", code(&short(table))));
        let waits = Some(super::waits(info)).filter(|waits| !waits.is_empty());
        let waits = waits.map_or_else(String::new, |waits| format!(": {waits}"));
        let _ = writeln!(shown, "Lock: {}{on}{waits}\n", cell(&info.mode));
    }
    for label in finding.labels.iter().take(10) {
        let place = format!("{}:{}", label.at.file.display(), label.at.line());
        let _ = writeln!(shown, "- {} {}", code(&short(&place)), message(&short(&label.text)));
    }
    if !finding.labels.is_empty() {
        shown.push('\n');
    }
    let mut inner = String::new();
    if let Some(help) = &finding.help {
        let _ = writeln!(inner, "{}\n", message(&long(&help.text)));
        for block in &help.code {
            let caption = message(&short(&block.caption));
            if !caption.is_empty() {
                let _ = writeln!(inner, "{caption}:\n");
            }
            fence(&mut inner, block.language, &cut(&block.code));
        }
    }
    if folded {
        inner.insert_str(0, &shown);
    } else {
        out.push_str(&shown);
    }
    if !inner.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>{}</summary>\n\n{inner}</details>\n",
            if finding.help.is_some() { "The safe way" } else { "Details" }
        );
    }
    out
}
