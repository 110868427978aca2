//! `migcheck explain RULE`: a rule's documentation.

use std::fmt::Write as _;

use super::arguments::ExplainArguments;
use super::{CLEAN, Output, rules};
use crate::rules::selection::rule_name;
use crate::rules::{Dialects, RuleInfo, by_name, others};

/// Longest line of prose.
const WIDTH: usize = 96;

/// Prints a rule's documentation.
///
/// # Errors
/// There is no such rule, or standard output cannot be written.
pub(super) fn run(args: &ExplainArguments) -> anyhow::Result<u8> {
    let output = Output::new(args.color);
    let name = rule_name(&args.rule)?;
    let Some(rule) = by_name(name) else { anyhow::bail!("there is no rule `{name}`") };
    let text = if args.json {
        format!("{:#}\n", rules::to_json(&rule.info))
    } else {
        markdown(&rule.info, output.colour)
    };
    output.answer(&text)?;
    Ok(CLEAN)
}

/// A rule's page, in Markdown that reads well as it is.
fn markdown(info: &RuleInfo, colour: bool) -> String {
    let head = |text: &str| if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", head(&format!("# {}", info.name)));
    let _ = writeln!(out, "{}.\n", wrap(&capitalised(info.summary)));
    let holds = match info.dialects {
        Dialects::All => "every database".to_owned(),
        Dialects::Only(vendors) => vendors.iter().map(|vendor| vendor.title()).collect::<Vec<_>>().join(", "),
    };
    let _ = writeln!(
        out,
        "Severity: {} · Aspect: {} · Holds for: {holds}\n",
        info.severity,
        info.aspect.as_str()
    );
    let sections = [("What it does", info.what), ("Why it is bad", info.why)];
    for (title, text) in sections {
        let _ = writeln!(out, "{}\n\n{}\n", head(&format!("## {title}")), wrap(text));
    }
    let _ = writeln!(out, "{}\n\n```python\n{}\n```\n", head("## Example"), info.example);
    for (title, text) in [("The safe way", info.safe_way), ("Evidence", info.evidence)] {
        let _ = writeln!(out, "{}\n\n{}\n", head(&format!("## {title}")), wrap(text));
    }
    let others: Vec<_> = others(info.name).map(|(tool, name)| format!("- {tool}: `{name}`")).collect();
    if !others.is_empty() {
        let _ = writeln!(out, "{}\n\n{}\n", head("## In other tools"), others.join("\n"));
    }
    let _ = writeln!(
        out,
        "{}\n\n{}",
        head("## Where it is known to be harmless"),
        wrap(&format!(
            "Write `# migcheck: ignore[{}] reason` on the operation or just above it, or at the top of the file; or \
switch the rule off for an app or a path in `migcheck.toml`.",
            info.name
        ))
    );
    out
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

/// Breaks paragraphs at spaces.
fn wrap(text: &str) -> String {
    let paragraph = |text: &str| {
        let mut out = String::new();
        let mut length = 0;
        for word in text.split_whitespace() {
            let width = word.chars().count();
            if length > 0 && length + 1 + width > WIDTH {
                out.push('\n');
                length = 0;
            } else if length > 0 {
                out.push(' ');
                length += 1;
            }
            out.push_str(word);
            length += width;
        }
        out
    };
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn every_rule_explains_itself() {
        for rule in RULES {
            let page = markdown(&rule.info, false);
            for title in
                ["## What it does", "## Why it is bad", "## Example", "## The safe way", "## Evidence"]
            {
                assert!(page.contains(title), "{}: {title}", rule.info.name);
            }
        }
    }
}
