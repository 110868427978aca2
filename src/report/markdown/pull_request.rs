//! The report of a change, for a pull request: a verdict, the new migrations in a table, what was
//! found with the worst first, the graph, the way back, the SQL. It stays below the length that
//! GitHub takes: what does not fit is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{cell, code, in_cell, message, text, write_undecided};
use crate::report::concise::plural;
use crate::report::finding::fence_for;
use crate::report::printable::{one_line, printable};
use crate::report::{Back, Blocks, Finding, Overview, ProjectReport, Report, Row};

/// Rows of the table of migrations.
const MOST_ROWS: usize = 40;
/// Migrations whose SQL is shown.
const MOST_SQL: usize = 20;
/// With more of them they are folded once more.
const OPEN_SQL: usize = 5;
/// Operations named in a row, and what would be lost.
const MOST_NAMED: usize = 4;
/// With more migrations than this their table is folded.
const OPEN_ROWS: usize = 12;

/// The report, in at most about `limit` bytes.
pub(super) fn render(report: &Report, limit: usize) -> String {
    let mut out = head(report);
    let projects: Vec<(&ProjectReport, &Overview)> = report
        .projects
        .iter()
        .filter_map(|project| project.overview.as_ref().map(|overview| (project, overview)))
        .collect();
    let many = projects.len() > 1;
    for (project, overview) in &projects {
        if many && !overview.migrations.is_empty() {
            let _ = writeln!(out, "#### Project {}\n", code(&project.root));
        }
        table(&mut out, project, overview);
    }
    // What stands after the findings is worth its room, as far as it is short.
    let mut tail = String::new();
    for (_, overview) in &projects {
        graph(&mut tail, overview, limit / 8);
        rollback(&mut tail, overview);
    }
    for project in &report.projects {
        let mut undecided = String::new();
        write_undecided(&mut undecided, project);
        push_if(&mut tail, &undecided, limit / 6, "More could not be decided than there is room for.");
    }
    super::findings::write(&mut out, report, limit.saturating_sub(tail.len()));
    out.push_str(&tail);
    for (project, overview) in &projects {
        previews(&mut out, project, overview, limit);
    }
    let _ = writeln!(out, "<sub>migcheck {}</sub>", env!("CARGO_PKG_VERSION"));
    out
}

fn push_if(out: &mut String, part: &str, limit: usize, instead: &str) {
    if part.len() <= limit {
        out.push_str(part);
    } else {
        let _ = writeln!(out, "{instead}\n");
    }
}

/// One line: whether this may go out.
fn head(report: &Report) -> String {
    let summary = report.summary();
    let (mark, verdict) = match (summary.error, summary.warning) {
        (0, 0) if summary.migrations == 0 && summary.info == 0 => ("✅", "nothing to migrate"),
        (0, 0) => ("✅", "safe to deploy"),
        (0, _) => ("⚠️", "look before you deploy"),
        _ => ("❌", "not safe to deploy as it is"),
    };
    let counts = crate::report::concise::summary_line(report);
    let overview = report.projects.iter().find_map(|project| project.overview.as_ref());
    let since = overview.map_or_else(String::new, |overview| {
        format!(" since {} of {}", code(&overview.base), code(&overview.target))
    });
    format!("### {mark} migcheck: {verdict}\n\n{}{since}\n\n", text(&counts))
}

fn worst<'a>(project: &'a ProjectReport, row: &Row) -> Option<&'a Finding> {
    let own = project.findings.iter().filter(|finding| finding.migration.as_ref() == Some(&row.key));
    own.min_by_key(|finding| finding.severity)
}

/// So many rows, in their order: where there are more, those of the worst findings.
fn foremost<'a>(project: &ProjectReport, rows: Vec<&'a Row>, most: usize) -> Vec<&'a Row> {
    if rows.len() <= most {
        return rows;
    }
    let mut ranked: Vec<(usize, &Row)> = rows.into_iter().enumerate().collect();
    ranked.sort_by_cached_key(|(index, row)| {
        let worst = worst(project, row).map(|finding| finding.severity);
        (worst.is_none(), worst, *index)
    });
    ranked.truncate(most);
    ranked.sort_by_key(|(index, _)| *index);
    ranked.into_iter().map(|(_, row)| row).collect()
}

fn table(out: &mut String, project: &ProjectReport, overview: &Overview) {
    if overview.migrations.is_empty() {
        return;
    }
    let folded = overview.migrations.len() > OPEN_ROWS;
    if folded {
        let _ = writeln!(
            out,
            "<details><summary>The {}</summary>\n",
            plural(overview.migrations.len(), "migration")
        );
    }
    // Two columns: on a phone there is no room for more.
    out.push_str("| migration | locks and way back |\n|---|---|\n");
    for row in foremost(project, overview.migrations.iter().collect(), MOST_ROWS) {
        let risk = worst(project, row).map_or("🟢", |finding| super::icon(finding.severity));
        let edited = if row.edited { " (changed)" } else { "" };
        let _ = writeln!(
            out,
            "| {risk} {}{edited}<br>{} | {}{} |",
            cell(&row.key.to_string()),
            does(row),
            locks(row),
            back(row),
        );
    }
    if overview.migrations.len() > MOST_ROWS {
        let _ = writeln!(out, "\nand {} more", plural(overview.migrations.len() - MOST_ROWS, "migration"));
    }
    out.push_str(if folded { "\n</details>\n\n" } else { "\n" });
}

fn does(row: &Row) -> String {
    let mut parts: Vec<String> =
        row.operations.iter().take(MOST_NAMED).map(|it| in_cell(&short(it))).collect();
    if row.operations.len() > MOST_NAMED {
        parts.push(format!("{} more", row.operations.len() - MOST_NAMED));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("<br>") }
}

/// A sentence of the repository's own may be of any length.
pub(super) fn short(raw: &str) -> String {
    const MOST: usize = 120;
    let line = one_line(raw);
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

/// Who waits, and for which locks.
fn locks(row: &Row) -> String {
    let mut strongest: BTreeMap<&str, &crate::report::LockInfo> = BTreeMap::new();
    for step in &row.locks {
        let known = strongest.entry(&step.table).or_insert(&step.lock);
        if weight(&step.lock) < weight(known) {
            *known = &step.lock;
        }
    }
    let waits = waits(row);
    let mut parts: Vec<String> =
        Some(waits.to_owned()).filter(|waits| !waits.is_empty()).into_iter().collect();
    parts.extend(
        strongest
            .iter()
            .take(MOST_NAMED)
            .map(|(table, info)| format!("{} on {}", cell(&info.mode), cell(&short(table)))),
    );
    if strongest.len() > MOST_NAMED {
        parts.push(format!("{} more", plural(strongest.len() - MOST_NAMED, "table")));
    }
    parts.push(String::new());
    parts.join("<br>")
}

/// The worst first.
fn weight(info: &crate::report::LockInfo) -> (Blocks, bool, bool) {
    (info.blocks, !info.rewrites, !info.scans)
}

fn waits(row: &Row) -> &'static str {
    let Some(worst) = row.locks.iter().map(|step| step.lock.blocks).min() else { return "" };
    let long = row.locks.iter().any(|step| step.lock.blocks == worst && step.long);
    match (worst, long) {
        (Blocks::Reads, true) => "reads and writes wait, long",
        (Blocks::Reads, false) => "reads and writes wait, briefly",
        (Blocks::Writes, true) => "writes wait, long",
        (Blocks::Writes, false) => "writes wait, briefly",
        (Blocks::None, _) => "nothing waits",
    }
}

fn back(row: &Row) -> String {
    match &row.back {
        Back::Yes if !row.loses.is_empty() => "can be taken back, losing data".to_owned(),
        Back::Yes if !row.empties.is_empty() => "can be taken back, without the data".to_owned(),
        Back::Yes => "can be taken back".to_owned(),
        Back::No(operation) => format!("no way back: {}", cell(&short(operation))),
        Back::Unknown(_) => "way back not known".to_owned(),
    }
}

/// A message of a finding, cut where it is longer than any of ours without names of the repository.
pub(super) fn long(raw: &str) -> String {
    const MOST: usize = 1500;
    match raw.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", raw.get(..at).unwrap_or_default()),
        None => raw.to_owned(),
    }
}

/// The first lines of code.
pub(super) fn cut(code: &str) -> String {
    const LINES: usize = 40;
    const MOST: usize = 4000;
    let mut out = String::new();
    for (index, line) in code.lines().enumerate() {
        if index == LINES || out.len() + line.len() > MOST {
            out.push_str("...");
            return out;
        }
        if index > 0 {
            out.push('\n');
        }
        out.push_str(line);
    }
    out
}

/// Writes code as a block that nothing in it can end.
pub(super) fn fence(out: &mut String, language: &str, code: &str) {
    let fence = fence_for(code);
    let _ = writeln!(out, "{fence}{language}\n{}\n{fence}\n", printable(code));
}

fn graph(out: &mut String, overview: &Overview, limit: usize) {
    let Some(graph) = &overview.graph else { return };
    if graph.len() > limit {
        out.push_str("The graph has no room here: `migcheck graph --mermaid`\n\n");
        return;
    }
    out.push_str("<details><summary>Graph of what is touched</summary>\n\n");
    fence(out, "mermaid", graph.trim_end());
    out.push_str("</details>\n\n");
}

/// Up to where the change can be taken back, and what that costs.
fn rollback(out: &mut String, overview: &Overview) {
    let new: Vec<&Row> = overview.migrations.iter().filter(|row| !row.edited).collect();
    if new.is_empty() {
        return;
    }
    out.push_str("<details><summary>Rollback</summary>\n\n");
    // The last one without a way back stops whoever comes from the top.
    let stop = new.iter().rposition(|row| row.back != Back::Yes);
    match stop.and_then(|at| new.get(at)) {
        None => out.push_str("All of it can be taken back.\n\n"),
        Some(row) => {
            let key = code(&row.key.to_string());
            let _ = match &row.back {
                Back::Unknown(why) => {
                    writeln!(
                        out,
                        "Whether it goes back beyond {key} is not known: {}.\n",
                        message(&short(why))
                    )
                }
                Back::No(operation) => writeln!(
                    out,
                    "Goes back to {key} and no further: its {} cannot be undone.\n",
                    code(&short(operation))
                ),
                Back::Yes => Ok(()),
            };
        }
    }
    let listed = |all: Vec<&String>| {
        let mut parts: Vec<String> = all.iter().take(20).map(|it| message(&short(it))).collect();
        if all.len() > 20 {
            parts.push(format!("{} more", all.len() - 20));
        }
        parts.join(", ")
    };
    let lost: Vec<&String> = new.iter().flat_map(|row| &row.loses).collect();
    if !lost.is_empty() {
        let _ = writeln!(out, "Going back loses the data of {}.\n", listed(lost));
    }
    let empty: Vec<&String> = new.iter().flat_map(|row| &row.empties).collect();
    if !empty.is_empty() {
        let _ = writeln!(out, "What comes back, comes back without its data: {}.\n", listed(empty));
    }
    out.push_str("</details>\n\n");
}

/// The SQL of the migrations that have any, as far as there is room.
fn previews(out: &mut String, project: &ProjectReport, overview: &Overview, limit: usize) {
    let rows: Vec<&Row> =
        overview.migrations.iter().filter(|row| row.sql.as_deref().is_some_and(does_anything)).collect();
    let all = rows.len();
    let (mut shown, mut parts) = (0, String::new());
    for row in foremost(project, rows, MOST_SQL) {
        let mut part = format!("<details><summary>SQL of {}</summary>\n\n", html(&row.key.to_string()));
        fence(&mut part, "sql", &cut(row.sql.as_deref().unwrap_or_default()));
        part.push_str("</details>\n\n");
        if out.len() + parts.len() + part.len() + 500 <= limit {
            parts.push_str(&part);
            shown += 1;
        }
    }
    if shown > OPEN_SQL {
        let _ =
            writeln!(out, "<details><summary>SQL, migration by migration</summary>\n\n{parts}</details>\n");
    } else {
        out.push_str(&parts);
    }
    if shown < all {
        let _ = writeln!(out, "SQL of {} more: `migcheck sql APP NAME`\n", plural(all - shown, "migration"));
    }
}

/// Whether there is a statement beside those of the transaction.
fn does_anything(sql: &str) -> bool {
    let mut lines = sql.lines().map(str::trim);
    lines.any(|line| !line.is_empty() && !line.starts_with("--") && !matches!(line, "BEGIN;" | "COMMIT;"))
}

/// Text within a line of HTML, where Markdown has no meaning and entities have theirs.
fn html(raw: &str) -> String {
    let mut out = String::new();
    for c in short(raw).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '_' | '.') {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
            out.push(super::BREAK);
        }
    }
    out
}

#[cfg(test)]
#[path = "pull_request_tests.rs"]
mod tests;
