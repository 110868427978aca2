//! What `migcheck missing` answers: the changes that the models have and the migrations lack.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::django::autodetector::{Changes, NewMigration, Undecided};
use crate::django::keys::AppLabel;
use crate::django::operations::name_fragment::object_name;
use crate::django::operations::{Operation, OperationKind as K};
use crate::django::version::DjangoVersion;
use crate::report::Reasons;
use crate::source::Location;

/// The answer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is missing.
    Clean,
    /// `makemigrations` would write something.
    Changes,
    /// Nothing is known to be missing, but not everything could be compared.
    Undecided,
}

impl Verdict {
    /// The verdict on what the autodetector found.
    pub fn of(changes: &Changes) -> Self {
        if !changes.migrations.is_empty() {
            Self::Changes
        } else if changes.undecided.is_empty() {
            Self::Clean
        } else {
            Self::Undecided
        }
    }

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Changes => "changes",
            Self::Undecided => "undecided",
        }
    }
}

/// What is needed to show changes.
pub struct Missing<'a> {
    /// What the autodetector found.
    pub changes: &'a Changes,
    /// Django's version, which decides the words and the symbols before operations.
    pub version: DjangoVersion,
    /// Where each app's migrations lie, as shown to people (`shop/orders/migrations`).
    pub migration_dirs: &'a BTreeMap<AppLabel, String>,
    /// Why `makemigrations` would stop before it says anything.
    pub stops: &'a [String],
    /// What was written, if it was asked for.
    pub written: Option<&'a Written>,
}

/// What `missing --write` did.
#[derive(Debug, Default)]
pub struct Written {
    /// The files, as shown to people.
    pub files: Vec<String>,
    /// The apps whose migrations were not written, each with the reason.
    pub refused: Vec<(AppLabel, String)>,
}

impl Missing<'_> {
    /// `missing --json` for one project.
    pub fn to_json(&self) -> Json {
        let changes: Map<_, _> = self
            .changes
            .migrations
            .iter()
            .map(|(app, migrations)| {
                let operations = migrations.iter().flat_map(|migration| &migration.operations);
                (app.to_string(), operations.map(|operation| self.operation_to_json(operation)).collect())
            })
            .collect();
        let mut answer = json!({
            "verdict": Verdict::of(self.changes).as_str(),
            "changes": changes,
            "unresolved": self.changes.undecided.iter().map(undecided_to_json).collect::<Vec<_>>(),
        });
        if let (Some(written), Some(object)) = (self.written, answer.as_object_mut()) {
            let refused = written.refused.iter();
            let refused = refused.map(|(app, reason)| json!({"app": app, "reason": reason})).collect();
            object.insert("written".into(), written.files.clone().into());
            object.insert("refused".into(), Json::Array(refused));
        }
        answer
    }

    fn operation_to_json(&self, operation: &Operation) -> Json {
        json!({
            "op": operation.class_name(),
            "model": operation.model_name().map(AsRef::as_ref),
            "field": subject(operation),
            "describe": operation.describe(self.version),
        })
    }

    /// What `makemigrations --dry-run` prints, and after it what was not written or not decided.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (app, migrations) in &self.changes.migrations {
            let _ = writeln!(text, "Migrations for '{app}':");
            for migration in migrations {
                self.write_migration(&mut text, migration);
            }
        }
        if Verdict::of(self.changes) != Verdict::Changes {
            text.push_str("No changes detected\n");
        }
        if !self.stops.is_empty() {
            text.push_str("\nmakemigrations itself would stop, since the migrations are broken:\n");
            for stop in self.stops {
                let _ = writeln!(text, "  {stop}");
            }
        }
        if let Some(written) = self.written {
            let heading = if written.files.is_empty() { "" } else { "\nWritten:\n" };
            text.push_str(heading);
            for file in &written.files {
                let _ = writeln!(text, "  {file}");
            }
            let heading = if written.refused.is_empty() { "" } else { "\nNot written:\n" };
            text.push_str(heading);
            for (app, reason) in &written.refused {
                let _ = writeln!(text, "  {app}: {reason}");
            }
        }
        let mut reasons = Reasons::default();
        for Undecided { model, what, why, at } in &self.changes.undecided {
            let place = at.as_ref().map(|at| format!("{}:{}", at.file.display(), at.line()));
            reasons.add(Some(format!("{model} {what}")), &why.reason, place);
        }
        if !reasons.is_empty() {
            let _ = write!(text, "\nCould not be compared:\n{}", reasons.to_text());
        }
        text
    }

    fn write_migration(&self, text: &mut String, migration: &NewMigration) {
        let dir =
            self.migration_dirs.get(&migration.app).map(|dir| format!("{}/", dir.trim_end_matches('/')));
        let _ = writeln!(text, "  {}{}.py", dir.unwrap_or_default(), migration.name);
        for operation in &migration.operations {
            // `formatted_description` came in 5.1.
            let symbol = if self.version >= DjangoVersion::V5_1 { category(operation) } else { '-' };
            let _ = writeln!(text, "    {symbol} {}", operation.describe(self.version));
        }
    }
}

/// `Operation.category` of the operations that the autodetector makes (`OperationCategory`).
fn category(operation: &Operation) -> char {
    match &operation.kind {
        K::CreateModel(_) | K::AddField { .. } | K::AddIndex { .. } | K::AddConstraint { .. } => '+',
        K::DeleteModel { .. }
        | K::RemoveField { .. }
        | K::RemoveIndex { .. }
        | K::RemoveConstraint { .. } => '-',
        K::RunPython(_) => 'p',
        K::RunSql(_) => 's',
        K::SeparateDatabaseAndState { .. } | K::Custom(_) => '?',
        _ => '~',
    }
}

/// The field, index or constraint that an operation is about.
fn subject(operation: &Operation) -> Option<&str> {
    match &operation.kind {
        K::AddIndex { index: object, .. } | K::AddConstraint { constraint: object, .. } => {
            object_name(object)
        }
        K::RemoveIndex { name, .. }
        | K::RemoveConstraint { name, .. }
        | K::AlterConstraint { name, .. }
        | K::ValidateConstraint { name, .. } => Some(name),
        _ => operation.field_name().map(AsRef::as_ref),
    }
}

fn undecided_to_json(undecided: &Undecided) -> Json {
    json!({
        "model": undecided.model.to_string(),
        "what": undecided.what,
        "reason": undecided.why.reason.as_ref(),
        "path": undecided.at.as_ref().map(|at| at.file.display()),
        "line": undecided.at.as_ref().map(Location::line),
    })
}

#[cfg(test)]
mod tests;
