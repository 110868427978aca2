//! What is safe to resolve, as edits to the text of migrations: several leaves, indexes that block
//! writes, migrations that mix concurrent with transactional work, `max_migration.txt`.
//!
//! Every fix is tried on a draft first: the migrations are read and loaded anew, and must end in the
//! same state. What cannot be resolved so is refused with its reason.

mod changes;
mod concurrent;
mod conflict;
mod definitions;
mod draft;
mod edit;
mod imports;
mod max_migration;
mod names;
mod shape;
mod split;
pub mod write;

use std::collections::BTreeSet;
use std::path::Path;

use crate::analysis::ProjectInput;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::runtime::ProjectFacts;
use crate::project::Project;
use crate::reading;
use crate::rules::selection::Selection;
use crate::rules::table_sizes::TableSizes;
use crate::source::Tree;

pub use changes::Change;
use draft::Draft;

/// What may be done.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Migrations that nothing has applied: they may be edited, renamed, and come last.
    pub unapplied: BTreeSet<MigrationKey>,
    /// Those of them that were named one by one: they come last where several could.
    pub named: BTreeSet<MigrationKey>,
    /// Whether those are all that are new.
    pub new_is_known: bool,
    /// Join leaves by a merge migration.
    pub merge: bool,
    /// Code and SQL of the project's own may come in another order.
    pub allow_unknown: bool,
    /// The database was named, or the settings tell it.
    pub vendor_is_known: bool,
    /// These apps alone, if any are named.
    pub apps: BTreeSet<AppLabel>,
    /// Which rules are on.
    pub selection: Selection,
    /// What the configuration knows of tables.
    pub tables: TableSizes,
    /// `get_migration_name_timestamp()`, for names that Django makes of the time.
    pub timestamp: String,
    /// The first line of a merge migration, without its `#`.
    pub header: String,
}

/// What stays as it is though something is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// An app or a migration.
    pub what: String,
    /// Why, as a sentence without its full stop.
    pub reason: String,
}

/// What is to be changed.
#[derive(Debug, Clone, Default)]
pub struct Fixes {
    /// The files, in order of their paths.
    pub changes: Vec<Change>,
    /// What that does, for people.
    pub done: Vec<String>,
    /// What is left.
    pub refused: Vec<Refusal>,
    /// Places that still say an old name.
    pub notes: Vec<String>,
}

/// What is to be changed in a project.
pub fn plan(
    request: &Request,
    project: &Project,
    facts: &ProjectFacts,
    tree: &Tree,
    input: ProjectInput,
) -> Fixes {
    let mut draft = Draft {
        project,
        facts,
        root: tree.root(),
        input,
        editable: request.unapplied.union(&request.named).cloned().collect(),
        drafted: std::collections::BTreeMap::new(),
        renamed: Vec::new(),
    };
    let mut fixes = Fixes::default();
    if request.selection.is_on("conflicting-migrations") {
        let conflicts: Vec<AppLabel> = draft.graph().0.conflicts.into_keys().collect();
        for app in conflicts.iter().filter(|app| is_wanted(request, project, app)) {
            match conflict::resolve(&mut draft, request, app) {
                Ok(done) => fixes.done.extend(done),
                Err(reason) => fixes.refused.push(Refusal { what: app.to_string(), reason }),
            }
        }
    }
    concurrent::resolve(&mut draft, request, &mut fixes);
    match changes::of(&draft) {
        Ok(changes) => fixes.changes = changes,
        Err(reason) => {
            let what = project_name(&draft.input);
            return Fixes { refused: vec![Refusal { what, reason }], ..Fixes::default() };
        }
    }
    if request.selection.is_on("max-migration-file") {
        let (changes, done) = max_migration::update(&draft, |app| is_wanted(request, project, app));
        fixes.changes.extend(changes);
        fixes.done.extend(done);
    }
    fixes.changes.sort_by(|a, b| a.path().cmp(b.path()));
    fixes.notes.extend(changes::old_names(&draft, tree));
    fixes
}

fn is_wanted(request: &Request, project: &Project, app: &AppLabel) -> bool {
    reading::is_project_app(project, app) && (request.apps.is_empty() || request.apps.contains(app))
}

fn project_name(input: &ProjectInput) -> String {
    format!("project {}", input.root)
}

/// Whether a text begins with a byte order mark; `None` where its bytes are not those of the text in
/// UTF-8.
fn mark_of(bytes: &[u8], text: &str) -> Option<bool> {
    match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest == text.as_bytes()).then_some(true),
        None => (bytes == text.as_bytes()).then_some(false),
    }
}

/// A path for people.
fn shown(root: &Path, path: &Path) -> String {
    reading::shown(root, path)
}
