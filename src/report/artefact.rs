//! A report that was made elsewhere, read back from its JSON: what a trusted job is given by one that
//! ran on foreign code. It may say anything, so nothing of it is more than text, and of all there is
//! only so much.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::Value;
use thiserror::Error;

use super::{
    Back, Blocks, Finding, Help, LockInfo, LockStep, Overview, Place, ProjectReport, Report, Row, RuleText,
    Severity, Undecided,
};
use crate::django::keys::{AppLabel, MigrationKey};

/// Most bytes of a report.
pub const LARGEST: usize = 32 << 20;
/// Most entries of each list.
const MOST: usize = 5000;
/// Most characters of each text.
const LONGEST: usize = 20_000;

/// Why a report cannot be read back.
#[derive(Debug, Error)]
pub enum ArtefactError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is no report.
    #[error("it holds no `findings`: write it with `migcheck check --diff REV --format json --output FILE`")]
    Shape,
}

/// The report that JSON holds. A rule that is not known is shown as `other`.
///
/// # Errors
/// It is no report's JSON.
pub fn read(text: &str, rules: &[RuleText]) -> Result<Report, ArtefactError> {
    let value: Value = serde_json::from_str(text)?;
    let projects = match value.get("projects").and_then(Value::as_array) {
        Some(projects) => projects.iter().take(MOST).map(|one| project(one, rules)).collect(),
        None => Some(vec![project(&value, rules).ok_or(ArtefactError::Shape)?]),
    };
    Ok(Report { projects: projects.ok_or(ArtefactError::Shape)?, below: String::new() })
}

fn project(value: &Value, rules: &[RuleText]) -> Option<ProjectReport> {
    let findings = value.get("findings")?.as_array()?;
    let undecided = list(value, "undecided").filter_map(|one| {
        Some(Undecided {
            what: text(one, "what")?,
            reason: text(one, "reason")?,
            hint: text(one, "hint"),
            path: text(one, "path").map(Arc::from),
            line: number(one, "line"),
            column: number(one, "column"),
        })
    });
    let migrations = value.pointer("/summary/migrations").and_then(Value::as_u64);
    Some(ProjectReport {
        root: text(value, "root").unwrap_or_else(|| ".".to_owned()),
        findings: findings.iter().take(MOST).filter_map(|one| finding(one, rules)).collect(),
        undecided: undecided.collect(),
        migrations: migrations.and_then(|count| usize::try_from(count).ok()).unwrap_or_default(),
        overview: value.get("change").map(overview),
        ..ProjectReport::default()
    })
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().take(MOST)
}

fn text(value: &Value, name: &str) -> Option<String> {
    Some(value.get(name)?.as_str()?.chars().take(LONGEST).collect())
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).filter_map(|one| Some(one.as_str()?.chars().take(LONGEST).collect())).collect()
}

fn number(value: &Value, name: &str) -> Option<u32> {
    u32::try_from(value.get(name)?.as_u64()?).ok()
}

fn key(value: &Value, name: &str) -> Option<MigrationKey> {
    Some(MigrationKey::new(AppLabel::new(text(value, "app")?), text(value, name)?))
}

fn severity(value: &Value) -> Option<Severity> {
    match value.as_str()? {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        "pedantic" => Some(Severity::Pedantic),
        _ => None,
    }
}

fn finding(value: &Value, rules: &[RuleText]) -> Option<Finding> {
    let name = value.get("rule")?.as_str()?;
    let rule = rules.iter().find(|rule| rule.name == name).map_or("other", |rule| rule.name);
    let path = text(value, "path").unwrap_or_default();
    let line = value.pointer("/range/start/line").and_then(Value::as_u64);
    // The text that the line is of is not at hand: the line is part of what is shown as the path.
    let place = match line {
        Some(line) if line > 1 => format!("{path}:{line}"),
        _ => path,
    };
    let severity = severity(value.get("severity")?)?;
    let mut finding = Finding::new(rule, severity, Place::Path(place.into()), text(value, "message")?);
    finding.migration = key(value, "migration");
    finding.app = text(value, "app").map(Arc::from);
    finding.table = text(value, "table");
    finding.lock = value.get("lock").and_then(lock);
    finding.help = text(value, "help").map(|help| Help::of_markdown(&help));
    finding.fingerprint = text(value, "fingerprint").unwrap_or_default();
    Some(finding)
}

fn lock(value: &Value) -> Option<LockInfo> {
    let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or_default();
    Some(LockInfo {
        mode: text(value, "mode")?,
        blocks: match value.get("blocks")?.as_str()? {
            "reads" => Blocks::Reads,
            "writes" => Blocks::Writes,
            _ => Blocks::None,
        },
        rewrites: flag("rewrites"),
        scans: flag("scans"),
        held: flag("held"),
    })
}

fn overview(value: &Value) -> Overview {
    Overview {
        base: text(value, "base").unwrap_or_default(),
        target: text(value, "target").unwrap_or_default(),
        migrations: list(value, "migrations").filter_map(row).collect(),
        graph: text(value, "graph").filter(|graph| is_our_graph(graph)),
    }
}

fn row(value: &Value) -> Option<Row> {
    let why = || text(value, "backReason").unwrap_or_default();
    let steps = list(value, "locks").filter_map(|one| {
        let long = one.get("long").and_then(Value::as_bool).unwrap_or_default();
        Some(LockStep { table: text(one, "table")?, lock: lock(one.get("lock")?)?, long })
    });
    Some(Row {
        key: key(value, "name")?,
        edited: value.get("edited").and_then(Value::as_bool).unwrap_or_default(),
        operations: texts(value, "operations"),
        back: match value.get("back").and_then(Value::as_str) {
            Some("yes") => Back::Yes,
            Some("no") => Back::No(why()),
            _ => Back::Unknown(why()),
        },
        loses: texts(value, "loses"),
        empties: texts(value, "empties"),
        sql: text(value, "sql"),
        locks: steps.collect(),
    })
}

/// What a line of our own flowchart looks like: nothing that mermaid takes for a link, a directive or
/// markup.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(OUR_LINE).ok());
const OUR_LINE: &str = concat!(
    r#"^(flowchart LR|  subgraph a\d+\["[\w .\-#;]*"\]|  end"#,
    r#"|    m\d+\["[\w .\-#;]*"\](:::(new|conflict|target))?|  m\d+ --> m\d+"#,
    r"|  classDef (new|conflict|target) [a-z0-9:#,\-]+)$",
);

fn is_our_graph(graph: &str) -> bool {
    LINE.as_ref().is_some_and(|line| graph.lines().all(|text| line.is_match(text)))
}

impl Help {
    /// What [`Help::to_markdown`] wrote, taken apart again; what does not look like that is text.
    pub fn of_markdown(markdown: &str) -> Self {
        let mut help = Self::default();
        let mut lines = markdown.lines().peekable();
        let mut words: Vec<&str> = Vec::new();
        while let Some(line) = lines.next() {
            let fence: String = line.chars().take_while(|c| *c == '`').collect();
            if fence.len() < 3 {
                words.push(line);
                continue;
            }
            let language = match line.get(fence.len()..) {
                Some("python") => "python",
                Some("sql") => "sql",
                Some("sh") => "sh",
                _ => "text",
            };
            let mut code: Vec<&str> = Vec::new();
            for inner in lines.by_ref() {
                if inner == fence {
                    break;
                }
                code.push(inner);
            }
            let caption = match words.last().and_then(|last| last.strip_suffix(':')) {
                Some(caption) => {
                    words.pop();
                    caption.to_owned()
                }
                None => String::new(),
            };
            help.code.push(super::CodeBlock { caption, language, code: code.join("\n") });
        }
        words.join("\n").trim().clone_into(&mut help.text);
        help
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_comes_back_as_it_was() {
        let help =
            Help::text("Do it in `two` steps.").python("first", "a = '''\n```\n'''").python("then", "b");
        assert_eq!(Help::of_markdown(&help.to_markdown()), help);
        assert_eq!(Help::of_markdown("```sh\nnever closed").code[0].code, "never closed");
    }

    #[test]
    fn a_graph_of_anybody_else_is_none() {
        let ours = "flowchart LR\n  subgraph a0[\"shop\"]\n    m0[\"0001_initial\"]:::new\n  end\n  m0 --> m1\n  \
                    classDef new fill:#d9efd8,stroke:#2e7d32,color:#10310f\n";
        assert!(is_our_graph(ours));
        for hostile in [
            "  click m0 \"javascript:alert(1)\"",
            "%%{init: {\"theme\": \"x\"}}%%",
            "    m0[\"<img src=x>\"]",
            "```\n# out",
        ] {
            assert!(!is_our_graph(&format!("{ours}{hostile}\n")), "{hostile}");
        }
    }

    #[test]
    fn what_is_no_report_is_refused_and_hostile_values_are_text() {
        assert!(read("[]", &[]).is_err());
        assert!(read("{\"findings\": 1}", &[]).is_err());
        assert!(read("{", &[]).is_err());
        let text = r#"{"findings": [{"rule": "x", "severity": "error", "message": "m", "help": 3, "lock": [],
            "range": {"start": {"line": -1}}}, {"rule": 1}, null], "summary": {"migrations": -5}, "undecided": {}}"#;
        let report = read(text, &[]).unwrap();
        assert_eq!(report.projects[0].findings.len(), 1);
        assert_eq!(report.projects[0].findings[0].rule, "other");
    }
}
