//! One migration file at rest (`django/db/migrations/migration.py`).

use std::sync::Arc;

use super::keys::MigrationKey;
use super::operations::Operation;
use crate::python::value::Unknown;
use crate::source::{Location, SourceFile};

/// Where a migration came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A file of the analysed repository.
    Project,
    /// A file of an installed package.
    Installed,
    /// From the generated table of Django's own contrib apps.
    Bundled,
    /// Not read at all: its package's source is not at hand, and something depends on it.
    Assumed,
}

/// `Migration`: a file's class, read.
#[derive(Debug, Clone)]
pub struct Migration {
    /// App and module name.
    pub key: MigrationKey,
    /// Where it came from.
    pub origin: Origin,
    /// Its file; `None` for bundled and assumed ones.
    pub file: Option<Arc<SourceFile>>,
    /// The `class Migration` statement's header.
    pub class_at: Option<Location>,
    /// `initial` as written.
    pub initial: Option<bool>,
    /// `atomic`; Django's default is true.
    pub atomic: bool,
    /// `dependencies`, swappable ones resolved to `(app, "__first__")`.
    pub dependencies: Vec<Dependency>,
    /// `run_before`.
    pub run_before: Vec<Dependency>,
    /// `replaces`.
    pub replaces: Vec<Dependency>,
    /// `operations` in order.
    pub operations: Vec<Operation>,
    /// What could not be worked out of the class itself: a dependency list, the list of operations …
    pub unknowns: Vec<Arc<Unknown>>,
    /// Whether it asks for `connection.vendor` when it is loaded.
    pub asks_vendor: bool,
    /// Methods of `Migration` that its class has itself, and on which its SQL depends.
    pub own_methods: Vec<&'static str>,
    /// What keeps Django from loading the file at all; it is among `unknowns`, too.
    pub broken: Option<Arc<Unknown>>,
}

/// An entry of `dependencies`, `run_before` or `replaces`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// What it names.
    pub key: MigrationKey,
    /// For `swappable_dependency(settings.X)`: the setting's name.
    pub swappable: Option<Arc<str>>,
    /// Where it is written.
    pub at: Option<Location>,
}

impl Migration {
    /// Why what it does to the state is not all known; lists that only place it in the graph do not
    /// count.
    pub fn unknown_operations(&self) -> Option<&Arc<Unknown>> {
        self.unknowns.iter().find(|why| !is_about(why, &["dependencies", "run_before", "replaces"]))
    }

    /// Why what it does, depends on or replaces is not all known.
    pub fn unknown_content(&self) -> Option<&Arc<Unknown>> {
        self.unknowns.iter().find(|why| !is_about(why, &["run_before"]))
    }

    /// Why what it depends on is not all known, so that others may well come before it or after.
    pub fn unknown_place(&self) -> Option<&Arc<Unknown>> {
        self.unknowns.iter().find(|why| !is_about(why, &["operations", "run_before", "replaces"]))
    }

    /// A migration with nothing in it, as `Migration.__init__` makes of an empty class.
    pub fn empty(key: MigrationKey, origin: Origin) -> Self {
        Self {
            key,
            origin,
            file: None,
            class_at: None,
            initial: None,
            atomic: true,
            dependencies: Vec::new(),
            run_before: Vec::new(),
            replaces: Vec::new(),
            operations: Vec::new(),
            unknowns: Vec::new(),
            asks_vendor: false,
            own_methods: Vec::new(),
            broken: None,
        }
    }

    /// Notes what keeps Django from loading the file. The first that is found stays.
    pub(crate) fn break_off(&mut self, why: Arc<Unknown>) {
        self.unknowns.push(why.clone());
        self.broken.get_or_insert(why);
    }
}

/// Whether an unknown is about one of these attributes.
fn is_about(why: &Unknown, attributes: &[&str]) -> bool {
    why.reason.split_once(" can't be worked out").is_some_and(|(list, _)| attributes.contains(&list))
}
