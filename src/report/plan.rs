//! What migrations would do to the database, statement by statement, as data and as text.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use super::concise::plural;
use super::lock::{Blocks, LockInfo};
use super::markdown;
use super::printable::{column_width, one_line, printable};

/// What the migrations of a project would do.
#[derive(Debug, Clone, Default)]
pub struct PlanReport {
    /// The project's folder, relative to the analysed root.
    pub root: String,
    /// The database that it holds for.
    pub dialect: String,
    /// The migrations in the order in which they would be applied.
    pub migrations: Vec<PlannedMigration>,
    /// What the statements rest on without being certain, each with the migrations it holds for.
    pub not_certain: Vec<Doubt>,
}

/// What statements rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// What is not certain.
    pub what: String,
    /// For which migrations.
    pub migrations: Vec<String>,
}

/// What a migration would do.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedMigration {
    /// The app.
    pub app: String,
    /// The migration.
    pub name: String,
    /// Its file.
    pub path: Option<String>,
    /// All of it runs in one transaction, which is rolled back as a whole if something fails.
    pub transaction: bool,
    /// Applying it.
    pub forwards: Vec<PlannedStatement>,
    /// Unapplying it.
    pub backwards: Vec<PlannedStatement>,
    /// Operations that cannot be unapplied.
    pub irreversible: Vec<String>,
    /// What unapplying it loses.
    pub loses: Vec<String>,
}

/// A statement, or what stands in its place.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlannedStatement {
    /// Index of the operation in the migration.
    pub operation: usize,
    /// The SQL; `None` for code, and where it could not be worked out.
    pub sql: Option<String>,
    /// What runs instead of SQL, or why there is none.
    pub note: Option<String>,
    /// The table that is locked hardest, of those in use; `None` with a lock is the whole database.
    pub table: Option<String>,
    /// How it is locked; `None` where nothing in use is, or it is not known.
    pub lock: Option<LockInfo>,
    /// Other tables in use that are locked, each with the mode.
    pub also: Vec<(String, String)>,
    /// `brief`, `proportional` to the rows, or `unknown`.
    pub duration: &'static str,
}

impl PlanReport {
    /// The last of the migrations that cannot be unapplied: rolling back ends behind it.
    pub fn no_way_behind(&self) -> Option<&PlannedMigration> {
        self.migrations.iter().rev().find(|migration| !migration.irreversible.is_empty())
    }
}

impl PlannedMigration {
    fn how(&self) -> &'static str {
        if self.transaction {
            "one transaction: each lock is held to its end"
        } else {
            "each statement by itself"
        }
    }
}

impl Doubt {
    /// With the migrations, if they are few.
    fn text(&self) -> String {
        match &*self.migrations {
            [] => self.what.clone(),
            few @ [..] if few.len() <= 3 => format!("{} ({})", self.what, few.join(", ")),
            many => format!("{} ({} migrations)", self.what, many.len()),
        }
    }
}

impl PlannedStatement {
    fn blocks(&self) -> &'static str {
        match self.lock.as_ref().map(|lock| lock.blocks) {
            Some(Blocks::Reads) => "reads, writes",
            Some(Blocks::Writes) => "writes",
            Some(Blocks::None) | None => "-",
        }
    }

    /// What it does besides, in a few words.
    fn cost(&self) -> String {
        let work = self.lock.as_ref().map_or("", |lock| match (lock.rewrites, lock.scans) {
            (true, _) => ": writes all rows anew",
            (false, true) => ": reads all rows",
            (false, false) => "",
        });
        match self.duration {
            "proportional" => format!("grows with the table{work}"),
            "brief" => format!("brief{work}"),
            _ => format!("not known{work}"),
        }
    }

    fn locks(&self) -> String {
        let mut text = self.lock.as_ref().map_or_else(|| "-".to_owned(), |lock| lock.mode.clone());
        if self.lock.is_some() {
            let _ = write!(text, " on {}", self.table.as_deref().unwrap_or("the database"));
        }
        for (table, mode) in &self.also {
            let _ = write!(text, "; {mode} on {table}");
        }
        text
    }

    fn text(&self) -> String {
        match (&self.sql, &self.note) {
            (Some(sql), Some(note)) => format!("{} -- {}", one_line(sql), one_line(note)),
            (Some(sql), None) => one_line(sql),
            (None, Some(note)) => format!("-- {}", one_line(note)),
            (None, None) => String::new(),
        }
    }
}

/// For people: a table a migration.
pub fn human(reports: &[PlanReport]) -> String {
    let mut out = String::new();
    for report in reports {
        if reports.len() > 1 {
            let _ = writeln!(out, "# {}\n", printable(&report.root));
        }
        let _ = writeln!(out, "{} on {}", plural(report.migrations.len(), "migration"), report.dialect);
        for migration in &report.migrations {
            let _ = writeln!(
                out,
                "\n{}.{} ({})",
                printable(&migration.app),
                printable(&migration.name),
                migration.how()
            );
            human_table(&mut out, &migration.forwards);
            for what in &migration.irreversible {
                let _ = writeln!(out, "  no way back: {}", one_line(what));
            }
            if !migration.backwards.is_empty() {
                let _ = writeln!(out, "  rolling back:");
                human_table(&mut out, &migration.backwards);
            }
            for what in &migration.loses {
                let _ = writeln!(out, "  rolling back loses {}", one_line(what));
            }
        }
        let _ = writeln!(out, "\n{}", back(report));
        for doubt in &report.not_certain {
            let _ = writeln!(out, "Not certain: {}", one_line(&doubt.text()));
        }
    }
    out
}

fn back(report: &PlanReport) -> String {
    match report.no_way_behind() {
        Some(migration) => format!(
            "Rolling back ends at {}.{}, which cannot be unapplied.",
            printable(&migration.app),
            printable(&migration.name)
        ),
        None if report.migrations.is_empty() => "Nothing is to be done.".to_owned(),
        None => "All of it can be rolled back.".to_owned(),
    }
}

fn human_table(out: &mut String, statements: &[PlannedStatement]) {
    if statements.is_empty() {
        let _ = writeln!(out, "  (nothing reaches the database)");
        return;
    }
    let rows: Vec<[String; 4]> =
        statements.iter().map(|one| [one.locks(), one.blocks().to_owned(), one.cost(), one.text()]).collect();
    let width = |column: usize| column_width(rows.iter().map(|row| row[column].as_str()));
    let widths = [width(0).max(4), width(1).max(5), width(2).max(4)];
    let head = ["lock", "waits", "time", "statement"].map(str::to_owned);
    for [lock, blocks, cost, text] in std::iter::once(&head).chain(&rows) {
        let [a, b, c] = widths;
        let _ = writeln!(out, "  {}  {blocks:b$}  {cost:c$}  {text}", format_args!("{lock:a$}"));
    }
}

/// For a pull request.
pub fn to_markdown(reports: &[PlanReport]) -> String {
    let mut out = String::new();
    for report in reports {
        let _ = writeln!(out, "## Plan for {} ({})\n", markdown::code(&report.root), report.dialect);
        for migration in &report.migrations {
            let name = format!("{}.{}", migration.app, migration.name);
            let _ = writeln!(out, "### {} ({})\n", markdown::code(&name), migration.how());
            markdown_table(&mut out, &migration.forwards);
            for what in &migration.irreversible {
                let _ = writeln!(out, "- No way back: {}", markdown::text(what));
            }
            for what in &migration.loses {
                let _ = writeln!(out, "- Rolling back loses {}", markdown::text(what));
            }
            if !migration.backwards.is_empty() {
                let _ = writeln!(out, "\n<details><summary>Rolling back</summary>\n");
                markdown_table(&mut out, &migration.backwards);
                let _ = writeln!(out, "\n</details>\n");
            }
        }
        let _ = writeln!(out, "\n{}", markdown::text(&back(report)));
        for (index, doubt) in report.not_certain.iter().enumerate() {
            out.push_str(if index == 0 { "\n" } else { "" });
            let _ = writeln!(out, "- Not certain: {}", markdown::text(&doubt.text()));
        }
    }
    out
}

fn markdown_table(out: &mut String, statements: &[PlannedStatement]) {
    if statements.is_empty() {
        let _ = writeln!(out, "Nothing reaches the database.\n");
        return;
    }
    out.push_str("| lock | waits | time | statement |\n|---|---|---|---|\n");
    for one in statements {
        // A backslash before a bar of its own would end the cell: there is another letter for it.
        let cell = |text: &str| markdown::in_cell(text);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            cell(&one.locks()),
            cell(one.blocks()),
            cell(&one.cost()),
            markdown::cell(&one.text())
        );
    }
    out.push('\n');
}

/// For programs.
pub fn to_json(report: &PlanReport) -> serde_json::Value {
    json!({
        "dialect": report.dialect,
        "migrations": report.migrations,
        "not_certain": report.not_certain,
        "no_way_behind": report.no_way_behind().map(|migration| [&migration.app, &migration.name]),
    })
}
