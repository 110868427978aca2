//! What came since a base revision: what the rules of history are given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::keys::{MigrationKey, ModelKey};
use crate::django::migration::Migration;
use crate::report::{Place, Undecided};
use crate::source::Location;

/// The project's migrations and code against those of a base revision and of the target branch.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The merge base, shortened.
    pub base: String,
    /// The revision as it was asked for.
    pub target: String,
    /// Migrations that exist at the base, by their keys there.
    pub at_base: BTreeSet<MigrationKey>,
    /// Migrations that do not.
    pub new: BTreeSet<MigrationKey>,
    /// Migrations that exist at both and differ.
    pub edited: Vec<Edited>,
    /// Migrations of the base that are gone.
    pub deleted: Vec<Deleted>,
    /// Migrations that the target branch gained since the base and this side does not have.
    pub on_target: Vec<Arc<Migration>>,
    /// Files that are new or changed, relative to the analysed root, as far as they were compared.
    pub changed_paths: BTreeSet<Arc<str>>,
    /// Python code that is no migration and changed, where that was asked for.
    pub changed_code: Vec<Arc<str>>,
    /// Models and fields that code at the base declares and code now does not.
    pub undeclared: BTreeMap<Dropped, Location>,
    /// Where what new migrations take away is still named.
    pub references: BTreeMap<Dropped, Vec<Reference>>,
    /// What could not be compared.
    pub undecided: Vec<Undecided>,
}

/// A model, or a field of it, that a new migration drops or renames.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// The model.
    pub model: ModelKey,
    /// The field; `None` for the model itself.
    pub field: Option<Arc<str>>,
}

/// A place where a field or model is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where.
    pub at: Location,
    /// How it is named there: `in filter()`.
    pub how: &'static str,
    /// In the code of the base (what runs during the deploy), and not now.
    pub only_at_base: bool,
}

/// A migration that was changed after it may have been applied.
#[derive(Debug, Clone)]
pub struct Edited {
    /// Which.
    pub key: MigrationKey,
    /// How much of it.
    pub kind: EditKind,
    /// What is other than before, a line each.
    pub changes: Vec<String>,
}

/// What a change of a migration amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditKind {
    /// Comments, formatting, docstrings.
    Text,
    /// Something that the database does not know: `help_text`, `choices`.
    State,
    /// What it does.
    Effect,
    /// One of the two could not be read in full.
    Unknown(String),
}

/// A migration of the base that is gone.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// Which.
    pub key: MigrationKey,
    /// Where it was.
    pub place: Place,
    /// A squash stands, or stood, for it.
    pub replaced: bool,
    /// The new migration that does the same.
    pub renamed_to: Option<MigrationKey>,
    /// The app as a whole is gone, with so many migrations.
    pub whole_app: Option<usize>,
}

impl History {
    /// The migrations to look at: new ones, and those whose effect is another.
    pub fn to_check(&self) -> BTreeSet<MigrationKey> {
        let edited =
            self.edited.iter().filter(|edited| !matches!(edited.kind, EditKind::Text | EditKind::State));
        self.new.iter().cloned().chain(edited.map(|edited| edited.key.clone())).collect()
    }
}
