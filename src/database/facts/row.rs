//! A row of the table of facts, and how it is written.

use super::form::Form;
use super::lock::{Algorithm, LockMode, Role};

/// Major, minor, patch.
pub type Version = (u16, u16, u16);

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// A server was asked: `database/measured/`.
    Measured {
        /// Its record: `postgresql-15`.
        record: &'static str,
        /// The manual says the same of the versions that were not measured.
        manual: &'static str,
    },
    /// The manual says so.
    Manual {
        /// Its section.
        section: &'static str,
    },
}

impl Evidence {
    /// The manual's section.
    pub fn manual(self) -> &'static str {
        match self {
            Self::Measured { manual, .. } => manual,
            Self::Manual { section } => section,
        }
    }
}

/// What one form of statement costs in a range of versions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// The form of statement that it is about.
    pub(crate) form: Form,
    /// From this version on.
    pub(crate) since: Version,
    /// Up to before this version.
    pub(crate) before: Version,
    /// The lock on each table, in the order of [`Role::ALL`].
    locks: [Option<LockMode>; Role::ALL.len()],
    /// The table is written anew, row by row.
    pub(crate) rewrites: bool,
    /// The tables whose rows are all read, in the order of [`Role::ALL`].
    scans: [bool; Role::ALL.len()],
    /// An index is built over the rows that are there.
    pub(crate) builds_index: bool,
    /// Rows are changed, as many as the statement finds.
    pub(crate) changes_rows: bool,
    /// It can run inside a transaction and be rolled back.
    pub(crate) transactional: bool,
    /// The database refuses it.
    pub(crate) refused: bool,
    /// How MySQL or MariaDB go about it; `None` for the others.
    pub(crate) algorithm: Option<Algorithm>,
    /// How that is known.
    pub(crate) evidence: Evidence,
}

/// A row that the manual tells, of all versions: no locks, no cost.
pub(crate) const fn manual(form: Form, section: &'static str) -> Row {
    Row {
        form,
        since: (0, 0, 0),
        before: (u16::MAX, 0, 0),
        locks: [None; Role::ALL.len()],
        rewrites: false,
        scans: [false; Role::ALL.len()],
        builds_index: false,
        changes_rows: false,
        transactional: true,
        refused: false,
        algorithm: None,
        evidence: Evidence::Manual { section },
    }
}

/// A row that was measured; `manual` is the section that says so of other versions.
pub(crate) const fn measured(record: &'static str, form: Form, manual: &'static str) -> Row {
    let mut row = self::manual(form, manual);
    row.evidence = Evidence::Measured { record, manual };
    row
}

impl Row {
    /// It holds from this version on; of all versions unless said.
    pub(crate) const fn since(mut self, major: u16, minor: u16, patch: u16) -> Self {
        self.since = (major, minor, patch);
        self
    }

    /// It holds up to before this version.
    pub(crate) const fn before(mut self, major: u16, minor: u16, patch: u16) -> Self {
        self.before = (major, minor, patch);
        self
    }

    /// The table of that role is locked in that mode.
    pub(crate) const fn lock(mut self, role: Role, mode: LockMode) -> Self {
        self.locks[role as usize] = Some(mode);
        self
    }

    /// The table that is changed is locked in that mode.
    pub(crate) const fn target(self, mode: LockMode) -> Self {
        self.lock(Role::Target, mode)
    }

    /// The table that a foreign key refers to is locked in that mode.
    pub(crate) const fn referenced(self, mode: LockMode) -> Self {
        self.lock(Role::Referenced, mode)
    }

    /// The tables whose foreign keys refer to the changed one are locked in that mode.
    pub(crate) const fn referencing(self, mode: LockMode) -> Self {
        self.lock(Role::Referencing, mode)
    }

    /// The partitioned table above is locked in that mode.
    pub(crate) const fn parent(self, mode: LockMode) -> Self {
        self.lock(Role::Parent, mode)
    }

    /// The index itself is locked in that mode.
    pub(crate) const fn index(self, mode: LockMode) -> Self {
        self.lock(Role::Index, mode)
    }

    /// The table that comes into being is locked in that mode.
    pub(crate) const fn new_table(self, mode: LockMode) -> Self {
        self.lock(Role::New, mode)
    }

    /// The whole database is locked in that mode.
    pub(crate) const fn database(self, mode: LockMode) -> Self {
        self.lock(Role::Database, mode)
    }

    /// The table is written anew.
    pub(crate) const fn rewrites(mut self) -> Self {
        self.rewrites = true;
        self
    }

    /// All rows of the table are read.
    pub(crate) const fn scans(self) -> Self {
        self.scans_of(Role::Target)
    }

    /// All rows of those tables are read.
    pub(crate) const fn scans_of(mut self, role: Role) -> Self {
        self.scans[role as usize] = true;
        self
    }

    /// An index is built over the rows that are there.
    pub(crate) const fn builds_index(mut self) -> Self {
        self.builds_index = true;
        self
    }

    /// Rows are changed, as many as the statement finds.
    pub(crate) const fn changes_rows(mut self) -> Self {
        self.changes_rows = true;
        self
    }

    /// It runs in no transaction, or ends the one it is in.
    pub(crate) const fn outside_transaction(mut self) -> Self {
        self.transactional = false;
        self
    }

    /// The database refuses it.
    pub(crate) const fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    /// The best `ALGORITHM=` that the server takes for it.
    pub(crate) const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// The locks by table.
    pub(crate) fn locks(&self) -> impl Iterator<Item = (Role, LockMode)> + '_ {
        Role::ALL.iter().zip(self.locks).filter_map(|(role, mode)| mode.map(|mode| (*role, mode)))
    }

    /// Whether all rows of that table are read.
    pub(crate) fn reads_all(&self, role: Role) -> bool {
        self.scans.get(role as usize).is_some_and(|scans| *scans)
    }

    /// Whether it holds for one of the versions from `oldest` to `newest`.
    pub(crate) fn covers(&self, oldest: Version, newest: Version) -> bool {
        self.since <= newest && oldest < self.before
    }
}
