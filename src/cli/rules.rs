//! `migcheck rules`: the list of rules.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::arguments::RulesArguments;
use super::{CLEAN, Output};
use crate::report::Severity;
use crate::rules::{Dialects, RULES, RuleInfo};

/// Prints the list of rules.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn run(args: &RulesArguments) -> anyhow::Result<u8> {
    let output = Output::new(args.color);
    let text = if args.json { as_json() } else { as_text(output.colour) };
    output.answer(&text)?;
    Ok(CLEAN)
}

fn as_text(colour: bool) -> String {
    let width = RULES.iter().map(|rule| rule.info.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in RULES {
        let info = &rule.info;
        // Padded before it is coloured: escapes have no width.
        let severity = format!("{:<8}", info.severity);
        let severity = match (colour, info.severity) {
            (false, _) => severity,
            (true, Severity::Error) => format!("\u{1b}[31m{severity}\u{1b}[0m"),
            (true, Severity::Warning) => format!("\u{1b}[33m{severity}\u{1b}[0m"),
            (true, _) => format!("\u{1b}[36m{severity}\u{1b}[0m"),
        };
        let _ = writeln!(out, "{:<width$}  {severity}  {}", info.name, info.summary);
    }
    out
}

fn as_json() -> String {
    let rules: Vec<_> = RULES.iter().map(|rule| to_json(&rule.info)).collect();
    format!("{:#}\n", json!({"rules": rules}))
}

/// A rule's documentation as JSON.
pub(super) fn to_json(info: &RuleInfo) -> Value {
    let dialects = match info.dialects {
        Dialects::All => Value::Null,
        Dialects::Only(vendors) => json!(vendors.iter().map(|vendor| vendor.as_str()).collect::<Vec<_>>()),
    };
    json!({
        "name": info.name,
        "severity": info.severity,
        "aspect": info.aspect,
        "summary": info.summary,
        "what": info.what,
        "why": info.why,
        "example": info.example,
        "safe_way": info.safe_way,
        "evidence": info.evidence,
        "dialects": dialects,
    })
}
