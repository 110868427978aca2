//! MariaDB 10.4 to 11 with `InnoDB`.
//!
//! Measured on 10.11 by asking for each ALGORITHM and LOCK in turn, with `foreign_key_checks` on as
//! Django leaves it; the cheapest that is not refused is what the server takes by itself. Every DDL
//! statement holds the table's metadata lock exclusively at its start and end, for a moment. Where
//! a row names no algorithm, the statement takes none, and its lock is what it was seen to wait for.

use super::form::Form;
use super::lock::Algorithm::{Copy, Inplace, Instant, NoCopy};
use super::lock::LockMode::{Concurrent, ExclusiveMetadata, Shared};
use super::lock::Role;
use super::row::{Row, manual, measured as measured_on};

const ONLINE: &str = "InnoDB Online DDL Operations with the … Alter Algorithm";
const COMMIT: &str = "SQL statements That Cause an Implicit Commit";
const LOCKING: &str = "InnoDB Lock Modes";
/// From 11.2 on a copy is brought up to date with what was written meanwhile.
const ONLINE_COPY: &str = "11.2, ALTER TABLE, Online Schema Change";

const fn measured(form: Form, manual: &'static str) -> Row {
    measured_on("mariadb-10.11", form, manual)
}

const fn online_copy(form: Form) -> Row {
    manual(form, ONLINE_COPY)
        .since(11, 2, 0)
        .outside_transaction()
        .algorithm(Copy)
        .target(Concurrent)
        .rewrites()
        .scans()
        .builds_index()
}

/// What it does not know.
#[rustfmt::skip] // A list of names.
pub(crate) const ABSENT: &[Form] = &[
    Form::AlterTypeIndex,
    Form::AddCheckNotValid,
    Form::AddForeignKeyNotValid,
    Form::AddNotNull,
    Form::AddNotNullNotValid,
    Form::AddUniqueUsingIndex,
    Form::AddPrimaryKeyUsingIndex,
    Form::AddExclusion,
    Form::ValidateCheck,
    Form::ValidateForeignKey,
    Form::ValidateNotNull,
    Form::AlterConstraint,
    Form::CreatePartition,
    Form::RenameConstraint,
    Form::CreateIndexConcurrently,
    Form::DropIndexConcurrently,
    Form::Reindex,
    Form::ReindexConcurrently,
    Form::Cluster,
    Form::Vacuum,
    Form::VacuumFull,
    Form::TruncateCascade,
    Form::EnableTrigger,
    Form::CreateRule,
    Form::CreateMaterializedView,
    Form::RefreshMaterializedView,
    Form::RefreshMaterializedViewConcurrently,
    Form::AttachPartition,
    Form::DetachPartition,
    Form::DetachPartitionConcurrently,
    Form::SetStorageParameter,
    Form::SetStatistics,
    Form::SetStorage,
    Form::SetTablespace,
    Form::SetLogged,
    Form::OwnSequence,
    Form::Copy,
    Form::SetConstraints,
    Form::LockAccessShare,
    Form::LockRowShare,
    Form::LockRowExclusive,
    Form::LockShareUpdateExclusive,
    Form::LockShareRowExclusive,
    Form::LockExclusive,
];

/// What MariaDB's statements cost, by form and version.
#[rustfmt::skip] // One fact, one line.
pub(crate) const ROWS: &[Row] = &[
    measured(Form::AddColumn, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnNotNull, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnConstant, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnConstantNotNull, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnStable, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnVolatile, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddColumnIdentity, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::AddColumnGeneratedStored, ONLINE).before(11, 2, 0).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddColumnGeneratedVirtual, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddColumnReferences, ONLINE).target(Shared).referenced(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddColumnReferencesFilled, ONLINE).target(Shared).referenced(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddColumnUnique, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::AddColumnPrimaryKey, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::AddColumnCheck, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::DropColumn, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::DropColumnIndexed, ONLINE).target(Concurrent).outside_transaction().algorithm(NoCopy),
    measured(Form::DropColumnReferences, ONLINE).refused(),
    measured(Form::AlterTypeCompatible, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AlterTypeRewrite, ONLINE).before(11, 2, 0).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AlterTypeCompatibleReferences, ONLINE).refused(),
    measured(Form::AlterTypeCompatibleReferenced, ONLINE).refused(),
    measured(Form::AlterTypeReferences, ONLINE).refused(),
    measured(Form::AlterTypeReferenced, ONLINE).refused(),
    measured(Form::SetNotNull, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::SetNotNullChecked, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::DropNotNull, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::SetDefault, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::DropDefault, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddIdentity, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::DropIdentity, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::AddCheck, ONLINE).before(11, 2, 0).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddForeignKey, ONLINE).target(Shared).referenced(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::AddUnique, ONLINE).target(Concurrent).scans().builds_index().outside_transaction().algorithm(NoCopy),
    measured(Form::AddPrimaryKey, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::DropCheck, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::DropUnique, ONLINE).target(Concurrent).outside_transaction().algorithm(NoCopy),
    measured(Form::DropPrimaryKey, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::DropForeignKey, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::CreateTable, COMMIT).new_table(ExclusiveMetadata).outside_transaction(),
    measured(Form::CreateTableReferences, COMMIT).new_table(ExclusiveMetadata).outside_transaction(),
    measured(Form::CreateTableAs, COMMIT).new_table(ExclusiveMetadata).referenced(Shared).scans_of(Role::Referenced).outside_transaction(),
    measured(Form::CreateTableLike, COMMIT).new_table(ExclusiveMetadata).outside_transaction(),
    measured(Form::DropTable, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::DropTableReferences, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::DropTableReferenced, COMMIT).refused(),
    measured(Form::RenameTable, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::RenameColumn, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::RenameIndex, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::CreateIndex, ONLINE).target(Concurrent).scans().builds_index().outside_transaction().algorithm(NoCopy),
    measured(Form::CreateUniqueIndex, ONLINE).target(Concurrent).scans().builds_index().outside_transaction().algorithm(NoCopy),
    measured(Form::CreateFullTextIndex, ONLINE).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::CreateSpatialIndex, ONLINE).target(Shared).scans().builds_index().outside_transaction().algorithm(NoCopy),
    measured(Form::DropIndex, ONLINE).target(Concurrent).outside_transaction().algorithm(NoCopy),
    measured(Form::Analyze, COMMIT).outside_transaction(),
    measured(Form::Comment, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::Truncate, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::CreateTrigger, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::DropTrigger, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::CreateView, COMMIT).new_table(ExclusiveMetadata).outside_transaction(),
    measured(Form::ReplaceView, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::DropView, COMMIT).target(ExclusiveMetadata).outside_transaction(),
    measured(Form::AlterTableProperty, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::ConvertCharacterSet, ONLINE).before(11, 2, 0).target(Shared).rewrites().scans().builds_index().outside_transaction().algorithm(Copy),
    measured(Form::RebuildTable, ONLINE).target(Concurrent).rewrites().scans().builds_index().outside_transaction().algorithm(Inplace),
    measured(Form::Catalogue, COMMIT).outside_transaction(),
    measured(Form::AddEnumValue, ONLINE).target(Concurrent).outside_transaction().algorithm(Instant),
    measured(Form::Insert, LOCKING).target(Concurrent).changes_rows(),
    measured(Form::InsertSelect, LOCKING).target(Concurrent).scans_of(Role::Referenced).changes_rows(),
    measured(Form::Update, LOCKING).target(Concurrent).scans().changes_rows(),
    measured(Form::Delete, LOCKING).target(Concurrent).scans().changes_rows(),
    measured(Form::Select, LOCKING).target(Concurrent).scans(),
    measured(Form::SelectForUpdate, LOCKING).target(Concurrent).scans(),
    measured(Form::Set, "SET"),
    measured(Form::Transaction, "SAVEPOINT"),
    measured(Form::LockShare, "LOCK TABLES").target(Shared).outside_transaction(),
    measured(Form::LockAccessExclusive, "LOCK TABLES").target(ExclusiveMetadata).outside_transaction(),

    // Other versions.
    online_copy(Form::AddColumnGeneratedStored),
    online_copy(Form::AlterTypeRewrite),
    online_copy(Form::AddCheck),
    online_copy(Form::ConvertCharacterSet),
];
