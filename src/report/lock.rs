//! Locks, as findings tell of them.

use serde::Serialize;

/// What waits for a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Blocks {
    /// Reads and writes wait.
    Reads,
    /// Writes wait, reads go on.
    Writes,
    /// Nothing but other schema changes waits.
    None,
}

/// The lock that a statement takes, and what it does under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockInfo {
    /// The database's name for it: `ACCESS EXCLUSIVE`.
    pub mode: String,
    /// What waits.
    pub blocks: Blocks,
    /// Whether the table is written anew.
    pub rewrites: bool,
    /// Whether every row is read.
    pub scans: bool,
    /// Whether other work goes on while it is held.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

impl LockInfo {
    /// Whether it is over in a moment, once it is had.
    pub fn is_brief(&self) -> bool {
        !(self.rewrites || self.scans || self.held)
    }
}
