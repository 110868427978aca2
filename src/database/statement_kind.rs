//! What a statement does, as far as its cost depends on it; of every database, and without names.
//!
//! Django's typed statements and those read from `RunSQL` are both told in these words, and
//! [`super::facts()`] answers what each takes.

use super::facts::{LockMode, TypeChange};

/// Yes, no, or it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Answer {
    /// No.
    No,
    /// It could not be worked out.
    #[default]
    Unknown,
    /// Yes.
    Yes,
}

impl Answer {
    /// Known to be so.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Known not to be so.
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// Yes if one of both is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// No if one of both is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// What both agree on.
    #[must_use]
    pub fn agree(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// What the rows of a table get in an added column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColumnFill {
    /// `NULL`: there is no default.
    #[default]
    Nothing,
    /// A literal.
    Constant,
    /// An expression that is the same for the whole statement: `now()`.
    Stable,
    /// An expression that may be another for each row: `gen_random_uuid()`, `nextval(…)`.
    Volatile,
    /// A default whose kind could not be worked out.
    Unknown,
    /// `GENERATED … AS IDENTITY`, `AUTO_INCREMENT`, `serial`.
    Identity,
    /// `GENERATED ALWAYS AS (…) STORED`, `PERSISTENT`.
    GeneratedStored,
    /// `GENERATED ALWAYS AS (…) VIRTUAL`.
    GeneratedVirtual,
}

/// `ADD COLUMN`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AddColumn {
    /// `NOT NULL`
    pub not_null: bool,
    /// What the rows get.
    pub fill: ColumnFill,
    /// `REFERENCES`
    pub references: bool,
    /// `UNIQUE`
    pub unique: bool,
    /// `PRIMARY KEY`
    pub primary_key: bool,
    /// `CHECK`
    pub check: bool,
}

/// Which constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `CHECK`
    Check,
    /// `FOREIGN KEY`
    ForeignKey,
    /// `EXCLUDE` (PostgreSQL)
    Exclusion,
    /// `NOT NULL` with a name (PostgreSQL 18)
    NotNull,
    /// Only its name was written.
    Unknown,
}

/// Which index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IndexKind {
    /// Any other.
    #[default]
    Ordinary,
    /// `FULLTEXT` (MySQL, MariaDB)
    FullText,
    /// `SPATIAL` (MySQL, MariaDB)
    Spatial,
}

/// How a new table comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableSource {
    /// Its columns are listed.
    Columns {
        /// It has a foreign key to another table.
        references: bool,
    },
    /// `LIKE`
    Like,
    /// `AS SELECT`
    Select,
    /// `PARTITION OF`
    PartitionOf,
}

/// What is done with a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriggerAction {
    /// `CREATE TRIGGER`
    Create,
    /// `DROP TRIGGER`
    Drop,
    /// `ENABLE TRIGGER`, `DISABLE TRIGGER`
    EnableOrDisable,
}

/// What is done with a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViewAction {
    /// `CREATE VIEW`
    Create,
    /// `CREATE OR REPLACE VIEW`
    Replace,
    /// `DROP VIEW`
    Drop,
    /// `CREATE MATERIALIZED VIEW`
    CreateMaterialized,
    /// `REFRESH MATERIALIZED VIEW`
    Refresh {
        /// `CONCURRENTLY`
        concurrently: bool,
    },
}

/// Beginning and end of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionControl {
    /// `BEGIN`, `START TRANSACTION`
    Begin,
    /// `COMMIT`
    Commit,
    /// `ROLLBACK`
    Rollback,
    /// `SAVEPOINT` and what releases it or goes back to it
    Savepoint,
}

/// What a statement, or one action of `ALTER TABLE`, does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// `ADD COLUMN`
    AddColumn(AddColumn),
    /// `DROP COLUMN`
    DropColumn {
        /// The column has a foreign key, which goes with it.
        references: Answer,
        /// An index goes with it.
        indexed: Answer,
    },
    /// `ALTER COLUMN … TYPE`, `MODIFY`
    AlterType {
        /// What the change asks of the database; [`super::type_change`] tells.
        change: TypeChange,
        /// The column has a foreign key.
        references: Answer,
        /// Other tables have a foreign key to the column.
        referenced: Answer,
    },
    /// `SET NOT NULL`
    SetNotNull {
        /// A valid `CHECK (column IS NOT NULL)` stands.
        checked: Answer,
    },
    /// `DROP NOT NULL`
    DropNotNull,
    /// `SET DEFAULT`
    SetDefault,
    /// `DROP DEFAULT`
    DropDefault,
    /// `ADD GENERATED … AS IDENTITY`
    AddIdentity,
    /// `DROP IDENTITY`
    DropIdentity,
    /// `ADD CHECK`
    AddCheck {
        /// `NOT VALID`
        not_valid: bool,
    },
    /// `ADD FOREIGN KEY`
    AddForeignKey {
        /// `NOT VALID`
        not_valid: bool,
    },
    /// `ADD CONSTRAINT … NOT NULL` (PostgreSQL 18)
    AddNotNull {
        /// `NOT VALID`
        not_valid: bool,
    },
    /// `ADD UNIQUE`
    AddUnique {
        /// `USING INDEX`
        using_index: bool,
    },
    /// `ADD PRIMARY KEY`
    AddPrimaryKey {
        /// `USING INDEX`
        using_index: bool,
    },
    /// `ADD EXCLUDE`
    AddExclusion,
    /// `VALIDATE CONSTRAINT`
    ValidateConstraint(ConstraintKind),
    /// `ALTER CONSTRAINT`
    AlterConstraint,
    /// `DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP PRIMARY KEY`, `DROP CHECK`
    DropConstraint(ConstraintKind),
    /// `CREATE TABLE`
    CreateTable(TableSource),
    /// `DROP TABLE`
    DropTable {
        /// It has a foreign key to another table.
        references: Answer,
        /// Another table has a foreign key to it, which goes with it (`CASCADE`).
        referenced: Answer,
    },
    /// `RENAME TO`
    RenameTable,
    /// `RENAME COLUMN`
    RenameColumn,
    /// `RENAME CONSTRAINT`
    RenameConstraint,
    /// `ALTER INDEX … RENAME`, `RENAME INDEX`
    RenameIndex,
    /// `CREATE INDEX`
    CreateIndex {
        /// `UNIQUE`
        unique: bool,
        /// `CONCURRENTLY`
        concurrently: bool,
        /// `FULLTEXT` and the like.
        kind: IndexKind,
    },
    /// `DROP INDEX`
    DropIndex {
        /// `CONCURRENTLY`
        concurrently: bool,
    },
    /// `REINDEX TABLE` or `INDEX`
    Reindex {
        /// `CONCURRENTLY`
        concurrently: bool,
    },
    /// `CLUSTER`
    Cluster,
    /// `VACUUM`
    Vacuum {
        /// `FULL`; on SQLite every one.
        full: bool,
    },
    /// `ANALYZE`
    Analyze,
    /// `COMMENT ON`, the `COMMENT` of a table
    Comment,
    /// `TRUNCATE`
    Truncate {
        /// `CASCADE`
        cascade: bool,
    },
    /// `LOCK TABLE`, in the mode that is written.
    Lock(LockMode),
    /// `CREATE TRIGGER` and the like
    Trigger(TriggerAction),
    /// `CREATE RULE`
    CreateRule,
    /// `CREATE VIEW` and the like
    View(ViewAction),
    /// `ATTACH PARTITION`
    AttachPartition,
    /// `DETACH PARTITION`
    DetachPartition {
        /// `CONCURRENTLY`
        concurrently: bool,
    },
    /// `SET (fillfactor = …)`
    SetStorageParameter,
    /// `SET STATISTICS`, `CREATE STATISTICS`
    SetStatistics,
    /// `SET STORAGE`, `SET COMPRESSION`
    SetStorage,
    /// `SET TABLESPACE`
    SetTablespace,
    /// `SET LOGGED`, `SET UNLOGGED`
    SetLogged,
    /// `SET SCHEMA`, `OWNER TO`, `REPLICA IDENTITY`, row-level security and policies
    AlterTableProperty,
    /// `CONVERT TO CHARACTER SET` (MySQL, MariaDB)
    ConvertCharacterSet,
    /// `ENGINE=`, `ROW_FORMAT=`, `FORCE`, `OPTIMIZE TABLE` (MySQL, MariaDB)
    RebuildTable,
    /// `ALTER SEQUENCE … OWNED BY`
    OwnSequence,
    /// What touches no table: types, functions, extensions, sequences, schemas, roles, rights.
    Catalogue,
    /// `ALTER TYPE … ADD VALUE`
    AddEnumValue,
    /// `INSERT`
    Insert {
        /// The rows come from a `SELECT`.
        select: bool,
    },
    /// `UPDATE`
    Update {
        /// It has a `WHERE`.
        filtered: bool,
    },
    /// `DELETE`
    Delete {
        /// It has a `WHERE`.
        filtered: bool,
    },
    /// `SELECT`
    Select {
        /// `FOR UPDATE` and the like.
        for_update: bool,
    },
    /// `COPY … FROM`, `LOAD DATA`
    Copy,
    /// `SET CONSTRAINTS`
    SetConstraints,
    /// `SET`, `RESET`, `PRAGMA`
    Set,
    /// `BEGIN`, `COMMIT` …
    Transaction(TransactionControl),
}
