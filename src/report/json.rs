//! `check --format json`: the contract that tests, hooks and bots read.

use serde_json::{Value, json};

use super::{Back, Finding, Overview, ProjectReport, Report, Row, Undecided};
use crate::source::LineColumn;

/// The report as JSON, with a line feed at its end: one object for a single project, else
/// `{"projects": […]}`, each with its `"root"`.
pub fn render(report: &Report) -> String {
    let value = match report.projects.as_slice() {
        [project] => project_to_json(project, false),
        projects => {
            json!({"projects": projects.iter().map(|project| project_to_json(project, true)).collect::<Vec<_>>()})
        }
    };
    let mut out = format!("{value:#}");
    out.push('\n');
    out
}

fn project_to_json(project: &ProjectReport, with_root: bool) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
    if with_root {
        object.insert("root".to_owned(), json!(project.root));
    }
    object.insert("summary".to_owned(), json!(project.summary()));
    let findings: Vec<_> = project.findings.iter().map(finding_to_json).collect();
    object.insert("findings".to_owned(), Value::Array(findings));
    let undecided: Vec<_> = project.undecided.iter().map(undecided_to_json).collect();
    object.insert("undecided".to_owned(), Value::Array(undecided));
    if let Some(overview) = &project.overview {
        object.insert("change".to_owned(), change_to_json(overview));
    }
    Value::Object(object)
}

/// What came since the base (`--diff`).
fn change_to_json(overview: &Overview) -> Value {
    let row = |row: &Row| {
        let (back, why) = match &row.back {
            Back::Yes => ("yes", None),
            Back::No(why) => ("no", Some(why)),
            Back::Unknown(why) => ("unknown", Some(why)),
        };
        let locks: Vec<_> = row
            .locks
            .iter()
            .map(|step| json!({"table": step.table, "lock": step.lock, "long": step.long}))
            .collect();
        json!({
            "app": row.key.app,
            "name": row.key.name.as_ref(),
            "edited": row.edited,
            "operations": row.operations,
            "back": back,
            "backReason": why,
            "loses": row.loses,
            "empties": row.empties,
            "locks": locks,
            "sql": row.sql,
        })
    };
    json!({
        "base": overview.base,
        "target": overview.target,
        "migrations": overview.migrations.iter().map(row).collect::<Vec<_>>(),
        "graph": overview.graph,
    })
}

fn finding_to_json(finding: &Finding) -> Value {
    let place = |at: LineColumn| json!({"line": at.line, "column": at.column});
    json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help.as_ref().map(super::Help::to_markdown),
        "app": finding.app_label(),
        "migration": finding.migration.as_ref().map(|key| key.name.as_ref()),
        "operation": finding.operation,
        "path": finding.place.path(),
        "range": {"start": place(finding.place.start()), "end": place(finding.place.end())},
        "table": finding.table,
        "lock": finding.lock,
        "fingerprint": finding.fingerprint,
    })
}

fn undecided_to_json(undecided: &Undecided) -> Value {
    json!({
        "what": undecided.what,
        "reason": undecided.reason,
        "hint": undecided.hint,
        "path": undecided.path.as_deref(),
        "line": undecided.line,
        "column": undecided.column,
    })
}
