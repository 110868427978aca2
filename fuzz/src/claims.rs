//! What must hold of every format of a report, whatever the project is.

use migcheck::report::{Report, RuleText, artefact, concise, github, gitlab, human, json, junit, markdown, sarif};
use migcheck::rules::RULES;

use crate::markdown::is_report;

/// Renders a report in every format.
///
/// # Panics
/// A format lets text of the project be more than text.
pub fn hold(report: &Report) {
    let findings: usize = report.projects.iter().map(|project| project.findings.len()).sum();
    let rules = rules();

    let text = json::render(report);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    drop(value);
    if let Ok(again) = artefact::read(&text, &rules) {
        let came: usize = again.projects.iter().map(|project| project.findings.len()).sum();
        assert!(came == findings || findings > 4000, "{came} of {findings} findings came back");
        is_report(&markdown::render(&again));
    } else {
        panic!("the report is not read back\n{text}");
    }
    for text in [sarif::render(report, &rules), gitlab::render(report)] {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(&text);
        assert!(parsed.is_ok(), "{parsed:?}\n{text}");
    }
    is_report(&markdown::render(report));
    let short = markdown::render_within(report, 20_000);
    assert!(short.len() < 60_000, "{} bytes", short.len());
    is_report(&short);

    let text = github::render(report);
    let commands = text.lines().filter(|line| line.trim_start().starts_with("::")).count();
    assert!(commands == findings && text.lines().count() == findings + 1, "{findings} findings:\n{text}");
    steers_nothing(&text);
    let text = concise::render(report);
    assert_eq!(text.lines().count(), findings + 1, "{text}");
    steers_nothing(&text);
    steers_nothing(&human::render(report, false));
    is_xml(&junit::render(report));
}

/// The rules' texts, as the formats take them.
fn rules() -> Vec<RuleText> {
    let text = |rule: &&migcheck::rules::Rule| RuleText {
        name: rule.info.name,
        severity: rule.info.severity,
        aspect: rule.info.aspect,
        summary: rule.info.summary,
        what: rule.info.what,
        why: rule.info.why,
        safe_way: rule.info.safe_way,
    };
    RULES.iter().map(text).collect()
}

/// Nothing that a terminal takes for a command, and nothing that puts text in another order.
///
/// # Panics
/// There is such a character.
pub fn steers_nothing(text: &str) {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!text.contains(bad), "{text:?}");
}

/// Whether a text is XML whose elements close in order: enough to tell when something breaks out of an
/// attribute or an element.
fn is_xml(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>') || before.is_empty(), "{before:?} in\n{text}");
        let (tag, next) = after.split_once('>').unwrap_or_else(|| panic!("a tag without end in\n{text}"));
        assert!(tag.matches('"').count() % 2 == 0, "{tag}");
        let name = tag.split([' ', '/', '?']).find(|part| !part.is_empty()).unwrap_or_default();
        let known = ["xml", "testsuites", "testsuite", "testcase", "failure", "skipped"];
        assert!(known.contains(&name), "<{name}> in\n{text}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{text}");
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(name);
        }
        rest = next;
    }
    assert!(open.is_empty(), "{open:?}\n{text}");
    let xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(xml), "{text:?}");
}
