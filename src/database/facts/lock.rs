//! Lock modes, and what waits for them.

/// What waits while a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocks {
    /// Nothing but other schema changes.
    None,
    /// Writes; reads go on.
    Writes,
    /// Reads and writes.
    Reads,
}

/// How a table is locked. Within a database the order is that of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names are the databases' own.
pub enum LockMode {
    /// MySQL and MariaDB: `LOCK=NONE`; the table's metadata are locked briefly at start and end.
    Concurrent,
    /// MySQL and MariaDB: `LOCK=SHARED`.
    Shared,
    /// MySQL and MariaDB: `LOCK=EXCLUSIVE`, and what holds the metadata lock throughout.
    ExclusiveMetadata,
    /// SQLite: the one writer of the whole database.
    Reserved,
    // PostgreSQL, "Explicit Locking", in its order.
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
    /// Oracle: a DDL lock at its start and end alone.
    OnlineDdl,
    /// Oracle: the exclusive DDL lock, for as long as the statement runs.
    ExclusiveDdl,
}

impl LockMode {
    /// PostgreSQL's table locks.
    pub const POSTGRESQL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The database's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Concurrent => "LOCK=NONE",
            Self::Shared => "LOCK=SHARED",
            Self::ExclusiveMetadata => "LOCK=EXCLUSIVE",
            Self::Reserved => "RESERVED",
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
            Self::ExclusiveDdl => "EXCLUSIVE DDL",
            Self::OnlineDdl => "ONLINE DDL",
        }
    }

    /// What it keeps waiting: plain `SELECT` and plain `INSERT`, `UPDATE`, `DELETE` of others.
    /// On SQLite readers go on until the moment of the commit. Oracle's readers never wait.
    pub fn blocks(self) -> Blocks {
        match self {
            Self::Concurrent
            | Self::AccessShare
            | Self::RowShare
            | Self::RowExclusive
            | Self::ShareUpdateExclusive
            | Self::OnlineDdl => Blocks::None,
            Self::Shared
            | Self::Reserved
            | Self::Share
            | Self::ShareRowExclusive
            | Self::Exclusive
            | Self::ExclusiveDdl => Blocks::Writes,
            Self::ExclusiveMetadata | Self::AccessExclusive => Blocks::Reads,
        }
    }
}

/// How MySQL and MariaDB carry out a change (`ALGORITHM=`), in rising cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names are the databases' own.
pub enum Algorithm {
    Instant,
    /// In place, and the table is not written anew (MariaDB's name; MySQL calls it `INPLACE`, too).
    NoCopy,
    Inplace,
    Copy,
}

impl Algorithm {
    /// The database's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "INSTANT",
            Self::NoCopy => "NOCOPY",
            Self::Inplace => "INPLACE",
            Self::Copy => "COPY",
        }
    }
}

/// Which of the tables that a statement touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The table, view or materialized view that is changed.
    Target,
    /// The tables that it refers to or reads.
    Referenced,
    /// The tables that have a foreign key to it.
    Referencing,
    /// The partitioned table above it.
    Parent,
    /// The index that is named.
    Index,
    /// A table that the statement makes: nobody knows it yet.
    New,
    /// All tables of the database (SQLite).
    Database,
}

impl Role {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Target,
        Self::Referenced,
        Self::Referencing,
        Self::Parent,
        Self::Index,
        Self::New,
        Self::Database,
    ];

    /// Its name in the measured records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Referenced => "referenced",
            Self::Referencing => "referencing",
            Self::Parent => "parent",
            Self::Index => "index",
            Self::New => "new",
            Self::Database => "database",
        }
    }
}
