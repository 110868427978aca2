//! What each statement costs: locks, rewrite, scan, by database and version.
//!
//! The facts are data: one table a database ([`Form`] × range of versions), each row with its
//! evidence. `scripts/measure_locks.py` asks real servers and writes `database/measured/`; the
//! tests hold every row that claims to be measured to that record. A statement is one or several
//! forms at once ([`forms`]), and where something about it is unknown, one of several.

mod form;
mod forms;
mod lock;
mod mariadb;
mod mysql;
mod oracle;
mod postgresql;
mod row;
mod sqlite;
#[cfg(test)]
mod tests;
mod type_change;

use super::dialect::{Dialect, Vendor};
use super::statement_kind::{Answer, StatementKind};

pub use form::Form;
pub use lock::{Algorithm, Blocks, LockMode, Role};
pub use row::{Evidence, Version};
pub use type_change::{TypeChange, type_change};

use row::Row;

/// What a statement costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The lock on each table it touches, strongest first.
    pub locks: Vec<TableLock>,
    /// The table is written anew.
    pub rewrites: Answer,
    /// The tables whose rows are all read, in the order of [`Role::ALL`].
    scans: [Answer; Role::ALL.len()],
    /// An index is built.
    pub builds_index: Answer,
    /// It changes rows, as many as it finds.
    pub changes_rows: Answer,
    /// It can stand in a transaction, and a rollback takes it back.
    pub transactional: Answer,
    /// The database refuses the statement.
    pub refused: Answer,
    /// The best `ALGORITHM=` that the server takes (MySQL, MariaDB).
    pub algorithm: Option<Algorithm>,
    /// How it is known.
    pub evidence: Vec<Evidence>,
}

/// A lock on one of a statement's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableLock {
    /// Which table.
    pub role: Role,
    /// How it is locked, at worst.
    pub mode: LockMode,
    /// It is so in any case; otherwise it depends on what is not known.
    pub certain: bool,
}

/// How long a statement takes, and so how long its locks are held at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duration {
    /// Whatever the size of the table.
    Brief,
    /// The longer the more rows there are.
    Proportional,
    /// It depends on what is not known.
    Unknown,
}

impl Facts {
    /// The lock on that table.
    pub fn lock(&self, role: Role) -> Option<TableLock> {
        self.locks.iter().copied().find(|lock| lock.role == role)
    }

    /// Whether all rows of that table are read.
    pub fn scans(&self, role: Role) -> Answer {
        self.scans.get(role as usize).copied().unwrap_or_default()
    }

    /// What waits, at worst, on that table. To plan a query PostgreSQL opens all indexes of the
    /// table, so a locked index makes it wait as the table itself would; SQLite locks them all.
    pub fn blocks(&self, role: Role) -> Blocks {
        let others =
            if role == Role::Target { &[Role::Index, Role::Database][..] } else { &[Role::Database] };
        std::iter::once(role)
            .chain(others.iter().copied())
            .filter_map(|role| self.lock(role))
            .map(|lock| lock.mode.blocks())
            .max()
            .unwrap_or(Blocks::None)
    }

    /// The table that is locked hardest, of those that others know.
    pub fn strongest(&self) -> Option<TableLock> {
        self.locks.iter().copied().find(|lock| lock.role != Role::New)
    }

    /// How long it takes: longer the more rows there are, or not.
    pub fn duration(&self) -> Duration {
        let scans = self.scans.into_iter().fold(Answer::No, Answer::or);
        match self.rewrites.or(scans).or(self.builds_index).or(self.changes_rows) {
            Answer::Yes => Duration::Proportional,
            Answer::No => Duration::Brief,
            Answer::Unknown => Duration::Unknown,
        }
    }

    /// Whether all of it was measured on a server.
    pub fn is_measured(&self) -> bool {
        self.evidence.iter().all(|evidence| matches!(evidence, Evidence::Measured { .. }))
    }
}

/// What `kind` costs on that database; `None` where the database has no such statement, or nothing
/// is known of it. Without a version the answer holds for all versions still supported, and what
/// differs between them is unknown.
pub fn facts(kind: &StatementKind, dialect: Dialect) -> Option<Facts> {
    let rows = rows(dialect.vendor);
    let (oldest, newest) = versions(dialect);
    forms::forms(kind)
        .into_iter()
        .map(|mut alternatives| {
            // What the database does not have is none of the possibilities.
            if alternatives.iter().any(|form| !absent(dialect.vendor).contains(form)) {
                alternatives.retain(|form| !absent(dialect.vendor).contains(form));
            }
            let found: Vec<&Row> = rows
                .iter()
                .filter(|row| alternatives.contains(&row.form) && row.covers(oldest, newest))
                .collect();
            let known = |form: &Form| found.iter().any(|row| row.form == *form);
            if alternatives.iter().all(known) {
                found.into_iter().map(Facts::of).reduce(Facts::either)
            } else {
                None
            }
        })
        .reduce(|one, other| Some(one?.both(other?)))?
}

/// All that is known of that database.
fn rows(vendor: Vendor) -> &'static [Row] {
    match vendor {
        Vendor::PostgreSql => postgresql::ROWS,
        Vendor::MySql => mysql::ROWS,
        Vendor::MariaDb => mariadb::ROWS,
        Vendor::Sqlite => sqlite::ROWS,
        Vendor::Oracle => oracle::ROWS,
    }
}

/// The forms that the database does not have.
fn absent(vendor: Vendor) -> &'static [Form] {
    match vendor {
        Vendor::PostgreSql => postgresql::ABSENT,
        Vendor::MySql => mysql::ABSENT,
        Vendor::MariaDb => mariadb::ABSENT,
        Vendor::Sqlite => sqlite::ABSENT,
        Vendor::Oracle => &[],
    }
}

/// The versions that are meant. A version without patch release stands for its last one, and no
/// version for those that their makers, or Django's last long-term releases, still support.
fn versions(dialect: Dialect) -> (Version, Version) {
    if let Some((major, minor)) = dialect.version {
        let version = (
            major,
            if minor == 0 && dialect.vendor == Vendor::PostgreSql { u16::MAX } else { minor },
            u16::MAX,
        );
        return (version, version);
    }
    let (major, minor) = match dialect.vendor {
        Vendor::PostgreSql => (14, 0),
        Vendor::MySql => (8, 0),
        Vendor::MariaDb => (10, 6),
        Vendor::Sqlite => (3, 31),
        Vendor::Oracle => (19, 0),
    };
    ((major, minor, u16::MAX), (u16::MAX, 0, 0))
}

impl Facts {
    fn of(row: &Row) -> Self {
        let mut locks: Vec<TableLock> =
            row.locks().map(|(role, mode)| TableLock { role, mode, certain: true }).collect();
        locks.sort_by_key(|lock| (std::cmp::Reverse(lock.mode), lock.role));
        Self {
            locks,
            rewrites: row.rewrites.into(),
            scans: Role::ALL.map(|role| row.reads_all(role).into()),
            builds_index: row.builds_index.into(),
            changes_rows: row.changes_rows.into(),
            transactional: row.transactional.into(),
            refused: row.refused.into(),
            algorithm: row.algorithm,
            evidence: vec![row.evidence],
        }
    }

    /// One of the two: certain is what they agree on, and the worse counts.
    fn either(self, other: Self) -> Self {
        let agree = |mine: Option<TableLock>, theirs: Option<TableLock>| match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(TableLock {
                mode: mine.mode.max(theirs.mode),
                certain: mine.certain && theirs.certain && mine.mode == theirs.mode,
                ..mine
            }),
            (lock, None) | (None, lock) => lock.map(|lock| TableLock { certain: false, ..lock }),
        };
        Self {
            locks: self.merge_locks(&other, agree),
            rewrites: self.rewrites.agree(other.rewrites),
            scans: Role::ALL.map(|role| self.scans(role).agree(other.scans(role))),
            builds_index: self.builds_index.agree(other.builds_index),
            changes_rows: self.changes_rows.agree(other.changes_rows),
            transactional: self.transactional.agree(other.transactional),
            refused: self.refused.agree(other.refused),
            algorithm: self.algorithm.max(other.algorithm),
            evidence: joined(self.evidence, other.evidence),
        }
    }

    /// The two at once: all that either does.
    fn both(self, other: Self) -> Self {
        let stronger = |mine: Option<TableLock>, theirs: Option<TableLock>| match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(match mine.mode.cmp(&theirs.mode) {
                std::cmp::Ordering::Greater => mine,
                std::cmp::Ordering::Less => theirs,
                std::cmp::Ordering::Equal => TableLock { certain: mine.certain || theirs.certain, ..mine },
            }),
            (lock, None) | (None, lock) => lock,
        };
        Self {
            locks: self.merge_locks(&other, stronger),
            rewrites: self.rewrites.or(other.rewrites),
            scans: Role::ALL.map(|role| self.scans(role).or(other.scans(role))),
            builds_index: self.builds_index.or(other.builds_index),
            changes_rows: self.changes_rows.or(other.changes_rows),
            transactional: self.transactional.and(other.transactional),
            refused: self.refused.or(other.refused),
            algorithm: self.algorithm.max(other.algorithm),
            evidence: joined(self.evidence, other.evidence),
        }
    }

    fn merge_locks(
        &self,
        other: &Self,
        merge: impl Fn(Option<TableLock>, Option<TableLock>) -> Option<TableLock>,
    ) -> Vec<TableLock> {
        let mut locks: Vec<TableLock> =
            Role::ALL.iter().filter_map(|role| merge(self.lock(*role), other.lock(*role))).collect();
        locks.sort_by_key(|lock| (std::cmp::Reverse(lock.mode), lock.role));
        locks
    }
}

fn joined(mut one: Vec<Evidence>, other: Vec<Evidence>) -> Vec<Evidence> {
    for evidence in other {
        if !one.contains(&evidence) {
            one.push(evidence);
        }
    }
    one
}
