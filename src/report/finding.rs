//! What an analysis came to, as data: nothing here knows how it is shown.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::lock::LockInfo;
use crate::django::keys::MigrationKey;
use crate::python::value::Unknown;
use crate::source::{LineColumn, Location};

/// How bad a finding is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Stops a deploy or breaks users if it goes out as it is.
    Error,
    /// Risky at size, or needs a deploy order.
    Warning,
    /// Worth knowing.
    Info,
    /// Off unless asked for.
    Pedantic,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// The migration graph itself.
    Graph,
    /// What was already released and is changed after the fact.
    History,
    /// Models and migrations that differ.
    Drift,
    /// Code of the previous release, still running, fails.
    Breaks,
    /// Locks that reads or writes wait for.
    Locks,
    /// Can fail on existing rows.
    Fails,
    /// Data that is lost.
    Loses,
    /// No way back.
    Stuck,
    /// Data migrations.
    Data,
    /// How the repository deploys.
    Deploy,
}

/// Where a finding is: a file or folder, and a range in it if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A range of a file that was read.
    Range(Location),
    /// A file or folder as such, relative to the analysed root with `/` between parts.
    Path(Arc<str>),
}

/// A second place that belongs to a finding, with the words that stand beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub at: Location,
    /// What is there.
    pub text: String,
}

/// What to do instead: words, then code for this very model and field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Help {
    /// The advice in words.
    pub text: String,
    /// The code to write, in order.
    pub code: Vec<CodeBlock>,
}

/// A piece of code in a [`Help`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// What it is: `release 1: models.py`.
    pub caption: String,
    /// `python`, `sql`, `text` …
    pub language: &'static str,
    /// The code, without a line end at its end.
    pub code: String,
}

/// One thing that is wrong or risky.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What will happen, in one sentence without a full stop; names stand in backticks.
    pub message: String,
    /// What to do instead.
    pub help: Option<Help>,
    /// The app and migration it is about.
    pub migration: Option<MigrationKey>,
    /// The app, where no single migration is meant.
    pub app: Option<Arc<str>>,
    /// Index of the operation in the migration.
    pub operation: Option<usize>,
    /// Where.
    pub place: Place,
    /// Further places.
    pub labels: Vec<Label>,
    /// The table it is about.
    pub table: Option<String>,
    /// The lock, for rules of locks.
    pub lock: Option<LockInfo>,
    /// What the finding is about, apart from where it stands: `RemoveField order.note`.
    /// Rule, app, migration and this make the fingerprint.
    pub identity: String,
    /// Survives moved lines; set by [`ProjectReport::finish`].
    pub fingerprint: String,
}

/// What could not be decided, so that something may have been missed here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Undecided {
    /// What is not known: `dependencies of shop.0002_note`.
    pub what: String,
    /// Why.
    pub reason: String,
    /// What to do about it, if there is something.
    pub hint: Option<String>,
    /// Relative to the analysed root.
    pub path: Option<Arc<str>>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1, in characters.
    pub column: Option<u32>,
}

/// Something to say of the analysis itself: which dialect was assumed, how the settings were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where, as `path` or `path:line`.
    pub place: Option<String>,
}

/// What was found in one project.
#[derive(Debug, Clone, Default)]
pub struct ProjectReport {
    /// The project's folder, relative to the analysed root; `.` is the root itself.
    pub root: String,
    /// The database that the findings hold for: `postgresql:16`.
    pub dialect: String,
    /// What is wrong or risky.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// What to say of the analysis itself.
    pub notices: Vec<Notice>,
    /// How many migrations of the repository were looked at.
    pub migrations: usize,
    /// What came since the base revision, where there is one.
    pub overview: Option<super::Overview>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// One a project, in order of their roots.
    pub projects: Vec<ProjectReport>,
    /// The analysed root, relative to the top of its repository, with a `/` at its end unless it is
    /// empty: what services that know the repository alone need before each path.
    pub below: String,
}

/// Counts of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings of severity error.
    pub error: usize,
    /// Findings of severity warning.
    pub warning: usize,
    /// Findings of severity info, and pedantic ones.
    pub info: usize,
    /// Migrations looked at.
    pub migrations: usize,
    /// Things that could not be decided.
    pub undecided: usize,
}

impl Severity {
    /// As configuration and output write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Pedantic => "pedantic",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Aspect {
    /// As documentation writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::History => "history",
            Self::Drift => "drift",
            Self::Breaks => "breaks",
            Self::Locks => "locks",
            Self::Fails => "fails",
            Self::Loses => "loses",
            Self::Stuck => "stuck",
            Self::Data => "data",
            Self::Deploy => "deploy",
        }
    }
}

impl Place {
    /// The path, for programs.
    pub fn path(&self) -> &str {
        match self {
            Self::Range(at) => at.file.in_tree(),
            Self::Path(path) => path,
        }
    }

    /// The path, for people.
    pub fn shown(&self) -> &str {
        match self {
            Self::Range(at) => at.file.display(),
            Self::Path(path) => path,
        }
    }

    /// Where it begins; a file as such begins at its first character.
    pub fn start(&self) -> LineColumn {
        match self {
            Self::Range(at) => at.start(),
            Self::Path(_) => LineColumn { line: 1, column: 1 },
        }
    }

    /// One past its end.
    pub fn end(&self) -> LineColumn {
        match self {
            Self::Range(at) => at.end(),
            Self::Path(_) => LineColumn { line: 1, column: 1 },
        }
    }
}

impl Help {
    /// Advice in words alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: Vec::new() }
    }

    /// The same, with Python code under a caption.
    #[must_use]
    pub fn python(mut self, caption: impl Into<String>, code: impl Into<String>) -> Self {
        self.code.push(CodeBlock { caption: caption.into(), language: "python", code: code.into() });
        self
    }

    /// The whole advice as Markdown: what JSON carries.
    pub fn to_markdown(&self) -> String {
        let mut out = self.text.clone();
        for block in &self.code {
            let fence = fence_for(&block.code);
            let _ = write!(out, "\n\n{}:\n{fence}{}\n{}\n{fence}", block.caption, block.language, block.code);
        }
        out
    }
}

/// A fence of backticks that no line of the code can close.
pub(crate) fn fence_for(code: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in code.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest.max(2) + 1)
}

impl Finding {
    /// A finding about nothing in particular yet; rules go through [`crate::rules::Sink`].
    pub fn new(rule: &'static str, severity: Severity, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            help: None,
            migration: None,
            app: None,
            operation: None,
            place,
            labels: Vec::new(),
            table: None,
            lock: None,
            identity: String::new(),
            fingerprint: String::new(),
        }
    }

    /// The app's label, if it is about one.
    pub fn app_label(&self) -> Option<&str> {
        self.migration.as_ref().map(|key| key.app.as_str()).or(self.app.as_deref())
    }

    /// The same, about a migration.
    #[must_use]
    pub fn of(mut self, migration: &MigrationKey) -> Self {
        self.migration = Some(migration.clone());
        self
    }

    /// The same, about an app as a whole.
    #[must_use]
    pub fn of_app(mut self, app: &str) -> Self {
        self.app = Some(app.into());
        self
    }

    /// The same, about what `identity` says, wherever it moves.
    #[must_use]
    pub fn about(mut self, identity: impl Into<String>) -> Self {
        self.identity = identity.into();
        self
    }

    /// The same, with advice.
    #[must_use]
    pub fn help(mut self, help: Help) -> Self {
        self.help = Some(help);
        self
    }

    /// The same, with a further place.
    #[must_use]
    pub fn label(mut self, at: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label { at, text: text.into() });
        self
    }

    /// The same, about a table.
    #[must_use]
    pub fn table(mut self, table: Option<String>) -> Self {
        self.table = table;
        self
    }

    /// The same, with the lock it takes, if that is known.
    #[must_use]
    pub fn lock(mut self, lock: Option<LockInfo>) -> Self {
        self.lock = lock;
        self
    }
}

impl Undecided {
    /// What an unknown value leaves open, with its reason and its place.
    pub fn new(what: impl Into<String>, unknown: &Unknown) -> Self {
        Self {
            what: what.into(),
            reason: unknown.reason.to_string(),
            hint: None,
            path: unknown.at.as_ref().map(|at| at.file.display().into()),
            line: unknown.at.as_ref().map(Location::line),
            column: unknown.at.as_ref().map(|at| at.start().column),
        }
    }
}

impl ProjectReport {
    /// Sorts findings by place, takes repeated ones out and gives each its fingerprint, so that the
    /// same analysis yields the same bytes whatever order the parts came in.
    pub fn finish(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.place.start(), f.place.end());
            a.place
                .path()
                .cmp(b.place.path())
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| (a.rule, &a.identity, &a.message).cmp(&(b.rule, &b.identity, &b.message)))
        });
        self.findings.dedup_by(|a, b| {
            a.rule == b.rule && a.place == b.place && a.message == b.message && a.migration == b.migration
        });
        let mut seen = HashMap::<String, usize>::new();
        for finding in &mut self.findings {
            let digest = digest(&[
                finding.rule,
                finding
                    .migration
                    .as_ref()
                    .map(|key| key.app.as_str())
                    .or(finding.app.as_deref())
                    .unwrap_or(""),
                finding.migration.as_ref().map_or("", |key| &key.name),
                &finding.identity,
            ]);
            // Two operations that say the same are told apart by their order, not by their lines.
            let count = seen.entry(digest.clone()).or_default();
            finding.fingerprint = if *count == 0 { digest } else { format!("{digest}-{count}") };
            *count += 1;
        }
        self.undecided.sort_by(|a, b| {
            (&a.path, a.line, a.column, &a.what, &a.reason)
                .cmp(&(&b.path, b.line, b.column, &b.what, &b.reason))
        });
        self.undecided.dedup();
    }

    /// Counts.
    pub fn summary(&self) -> Summary {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        Summary {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info) + count(Severity::Pedantic),
            migrations: self.migrations,
            undecided: self.undecided.len(),
        }
    }
}

impl Report {
    /// A path relative to the top of the repository.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.below)
    }

    /// Counts over all projects.
    pub fn summary(&self) -> Summary {
        self.projects.iter().map(ProjectReport::summary).fold(Summary::default(), |a, b| Summary {
            error: a.error + b.error,
            warning: a.warning + b.warning,
            info: a.info + b.info,
            migrations: a.migrations + b.migrations,
            undecided: a.undecided + b.undecided,
        })
    }

    /// Whether something is at least that bad.
    pub fn has(&self, at_least: Severity) -> bool {
        self.projects.iter().flat_map(|project| &project.findings).any(|finding| finding.severity <= at_least)
    }
}

fn digest(parts: &[&str]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        md5.update(part.len().to_le_bytes());
        md5.update(part.as_bytes());
    }
    md5.finalize().iter().take(8).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::keys::AppLabel;
    use crate::source::SourceFile;

    fn finding(text: &str, identity: &str) -> Finding {
        let start = text.find("Remove").map_or(0, |at| u32::try_from(at).unwrap());
        let file = SourceFile::new("/a.py".into(), "a.py", text.to_owned());
        let at = Location { file, start, end: start + 6 };
        Finding::new("remove-field", Severity::Error, Place::Range(at), "drops")
            .of(&MigrationKey::new(AppLabel::new("shop"), "0002_x"))
            .about(identity)
    }

    fn fingerprints(findings: Vec<Finding>) -> Vec<String> {
        let mut report = ProjectReport { findings, ..ProjectReport::default() };
        report.finish();
        report.findings.into_iter().map(|f| f.fingerprint).collect()
    }

    #[test]
    fn a_fingerprint_survives_moved_lines_and_tells_operations_apart() {
        let here = fingerprints(vec![finding("Remove", "order.note")]);
        let moved = fingerprints(vec![finding("\n\n# more\nRemove", "order.note")]);
        let other = fingerprints(vec![finding("Remove", "order.name")]);
        assert_eq!(here, moved);
        assert_ne!(here, other);
    }

    #[test]
    fn twins_are_numbered_by_order() {
        let prints = fingerprints(vec![finding("\nRemove", "order.note"), finding("Remove", "order.note")]);
        assert_eq!(prints.len(), 2);
        assert_eq!(format!("{}-1", prints[0]), prints[1]);
    }

    #[test]
    fn a_fence_is_longer_than_any_run_of_backticks() {
        assert_eq!(fence_for("x"), "```");
        assert_eq!(fence_for("a ```` b"), "`````");
    }
}
