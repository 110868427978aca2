//! What a change brings, for the report of a pull request: its migrations one by one, the part of the
//! graph that it touches, the way back.

use crate::django::keys::MigrationKey;

/// What came since a base revision.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// The merge base, shortened.
    pub base: String,
    /// The revision that it was asked for by.
    pub target: String,
    /// New and changed migrations, in the order in which they would be applied.
    pub migrations: Vec<Row>,
    /// The touched part of the graph, for mermaid.
    pub graph: Option<String>,
}

/// A migration that is new or changed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which.
    pub key: MigrationKey,
    /// Whether it exists at the base.
    pub edited: bool,
    /// What it does, as Django says it, a line an operation.
    pub operations: Vec<String>,
    /// Whether there is a way back.
    pub back: Back,
    /// What would be lost on the way back.
    pub loses: Vec<String>,
    /// What comes back empty on the way back.
    pub empties: Vec<String>,
    /// Its SQL, as `sqlmigrate` prints it.
    pub sql: Option<String>,
    /// The locks that its statements take, in their order, where that was worked out.
    pub locks: Vec<LockStep>,
}

/// The way back from a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// There is one.
    Yes,
    /// This operation has none.
    No(String),
    /// This operation's is not known.
    Unknown(String),
}

/// A statement with the lock that it takes.
#[derive(Debug, Clone)]
pub struct LockStep {
    /// The table.
    pub table: String,
    /// The lock.
    pub lock: super::LockInfo,
    /// It is held for as long as a table is big: through the statement itself, or, until the transaction
    /// ends, through what comes after it.
    pub long: bool,
}
