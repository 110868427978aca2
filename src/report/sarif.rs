//! `check --format sarif`: SARIF 2.1.0 (OASIS), as GitHub's code scanning reads it.

use serde_json::{Value, json};

use super::finding::{Finding, Label, Place, Report, Severity, Undecided};
use super::printable::printable;
use super::rule_text::RuleText;
use crate::source::{LineColumn, Location};

/// Where the schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Paths are relative to the top of the repository.
const ROOT: &str = "%SRCROOT%";

/// The report as one SARIF run, with a line feed at its end. `rules` are those that may be named.
pub fn render(report: &Report, rules: &[RuleText]) -> String {
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let results: Vec<Value> = findings.map(|finding| result(report, finding, rules)).collect();
    let undecided = report.projects.iter().flat_map(|project| &project.undecided);
    let notifications: Vec<Value> = undecided.map(|item| notification(report, item)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "migcheck",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    let mut out = format!("{log:#}");
    out.push('\n');
    out
}

fn rule(rule: &RuleText) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.what},
        "help": {"text": rule.plain(), "markdown": rule.markdown()},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": ["django", "migrations", rule.aspect.as_str()], "precision": "high"},
    })
}

fn result(report: &Report, finding: &Finding, rules: &[RuleText]) -> Value {
    let mut object = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": message(finding),
        "locations": [location(report, &finding.place, None)],
        "partialFingerprints": {"migcheck/v1": finding.fingerprint},
    });
    let Some(fields) = object.as_object_mut() else { return object };
    if let Some(index) = rules.iter().position(|rule| rule.name == finding.rule) {
        fields.insert("ruleIndex".to_owned(), json!(index));
    }
    if !finding.labels.is_empty() {
        let related: Vec<Value> =
            finding.labels.iter().enumerate().map(|(id, label)| related(report, id + 1, label)).collect();
        fields.insert("relatedLocations".to_owned(), Value::Array(related));
        fields.insert("codeFlows".to_owned(), json!([{"threadFlows": [thread_flow(report, finding)]}]));
    }
    if let Some(lock) = &finding.lock {
        fields.insert("properties".to_owned(), json!({"table": finding.table, "lock": lock}));
    }
    object
}

/// A label's words, and where it is if that is no place of what is checked out.
fn words(label: &Label) -> String {
    let file = &label.at.file;
    if file.display() == file.in_tree() {
        label.text.clone()
    } else {
        format!("{} ({}:{})", label.text, file.display(), label.at.line())
    }
}

/// The finding's places as a way through the code: the further ones first, as they lead to it.
fn thread_flow(report: &Report, finding: &Finding) -> Value {
    let step = |location: Value| json!({"location": location});
    let mut steps: Vec<Value> = finding
        .labels
        .iter()
        .map(|label| step(location(report, &Place::Range(label.at.clone()), Some(&words(label)))))
        .collect();
    steps.push(step(location(report, &finding.place, Some(&finding.message))));
    json!({"locations": steps})
}

fn message(finding: &Finding) -> Value {
    let text = plain(&finding.message);
    match &finding.help {
        None => json!({"text": text}),
        Some(help) => {
            let help = plain(&help.to_markdown());
            json!({"text": format!("{text}\n\n{help}")})
        }
    }
}

/// SARIF takes `[text](number)` in a message for a link; a backslash before the brackets stops that
/// (3.11.6). `{0}` is a place holder (3.11.5).
fn plain(text: &str) -> String {
    let links = text.contains("](");
    let mut out = String::with_capacity(text.len());
    let text = printable(text);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '[' | ']' if links => {
                out.push('\\');
                out.push(c);
            }
            '{' if rest.peek().is_some_and(char::is_ascii_digit) => out.push_str("{{"),
            c => out.push(c),
        }
    }
    out
}

fn related(report: &Report, id: usize, label: &Label) -> Value {
    let mut location = location(report, &Place::Range(label.at.clone()), Some(&words(label)));
    if let Some(fields) = location.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
    }
    location
}

fn location(report: &Report, place: &Place, text: Option<&str>) -> Value {
    let mut physical = json!({
        "artifactLocation": {"uri": uri(&report.path(place.path())), "uriBaseId": ROOT},
    });
    if let (Place::Range(at), Some(fields)) = (place, physical.as_object_mut()) {
        fields.insert("region".to_owned(), region(at));
    }
    match text {
        None => json!({"physicalLocation": physical}),
        Some(text) => json!({"physicalLocation": physical, "message": {"text": plain(text)}}),
    }
}

fn region(at: &Location) -> Value {
    let (start, end) = (at.start(), at.end());
    let (start, end) = if end < start { (start, start) } else { (start, end) };
    lines(start, end)
}

fn lines(start: LineColumn, end: LineColumn) -> Value {
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

fn notification(report: &Report, item: &Undecided) -> Value {
    let text = format!("{} could not be decided: {}", item.what, item.reason);
    let mut object = json!({"level": "note", "message": {"text": plain(&text)}});
    if let (Some(path), Some(fields)) = (&item.path, object.as_object_mut()) {
        let mut physical = json!({"artifactLocation": {"uri": uri(&report.path(path)), "uriBaseId": ROOT}});
        if let (Some(line), Some(physical)) = (item.line, physical.as_object_mut()) {
            physical.insert("region".to_owned(), json!({"startLine": line}));
        }
        fields.insert("locations".to_owned(), json!([{"physicalLocation": physical}]));
    }
    object
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Pedantic => "note",
    }
}

/// A relative reference (RFC 3986): every byte but the unreserved ones and `/` is encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_sarif_is_escaped() {
        assert_eq!(plain("a [b](1) {0} \u{1b}"), "a \\[b\\](1) {{0} \u{fffd}");
        assert_eq!(plain("fields[0]"), "fields[0]");
        assert_eq!(uri("a b/ü:[0].py"), "a%20b/%C3%BC%3A%5B0%5D.py");
    }
}
