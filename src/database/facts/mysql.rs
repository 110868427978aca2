//! MySQL 8.0 to 9 with `InnoDB`.
//!
//! No server is at hand, so the manual tells: "Online DDL Operations" (chapter "`InnoDB` and Online
//! DDL"), "Statements That Cause an Implicit Commit". Every DDL statement holds the table's metadata
//! lock exclusively at its start and end, for a moment. Where a row names no algorithm, the
//! statement takes none.

use super::form::Form;
use super::lock::Algorithm::{Copy, Inplace, Instant, NoCopy};
use super::lock::LockMode::{Concurrent, ExclusiveMetadata, Shared};
use super::row::{Row, manual};

const ONLINE: &str = "8.0, Online DDL Operations";
const COMMIT: &str = "8.0, Statements That Cause an Implicit Commit";
const METADATA: &str = "8.0, Metadata Locking";
const LOCKING: &str = "8.0, InnoDB Locking";

/// DDL on a table: it commits what came before.
const fn online(form: Form) -> Row {
    manual(form, ONLINE).outside_transaction()
}

const fn instant(form: Form) -> Row {
    online(form).algorithm(Instant).target(Concurrent)
}

/// In place, and only the table's metadata change.
const fn metadata(form: Form) -> Row {
    online(form).algorithm(NoCopy).target(Concurrent)
}

/// In place, but the table is written anew while reads and writes go on.
const fn rebuild(form: Form) -> Row {
    online(form).algorithm(Inplace).target(Concurrent).rewrites().scans().builds_index()
}

/// The table is copied while writes wait.
const fn copy(form: Form) -> Row {
    online(form).algorithm(Copy).target(Shared).rewrites().scans().builds_index()
}

/// The metadata lock is held throughout, but not for long.
const fn exclusive(form: Form) -> Row {
    manual(form, METADATA).outside_transaction().target(ExclusiveMetadata)
}

/// What the manual leaves open: with which algorithm a column whose default is an expression
/// (8.0.13) is added.
#[cfg(test)]
pub(crate) const OPEN: &[Form] = &[Form::AddColumnVolatile];

/// What MySQL does not know.
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
    Form::SetConstraints,
    Form::LockAccessShare,
    Form::LockRowShare,
    Form::LockRowExclusive,
    Form::LockShareUpdateExclusive,
    Form::LockShareRowExclusive,
    Form::LockExclusive,
];

#[rustfmt::skip] // One fact, one line.
pub(crate) const ROWS: &[Row] = &[
    instant(Form::AddColumn).since(8, 0, 12),
    instant(Form::AddColumnNotNull).since(8, 0, 12),
    instant(Form::AddColumnConstant).since(8, 0, 12),
    instant(Form::AddColumnConstantNotNull).since(8, 0, 12),
    instant(Form::AddColumnStable).since(8, 0, 12),
    rebuild(Form::AddColumn).before(8, 0, 12),
    rebuild(Form::AddColumnNotNull).before(8, 0, 12),
    rebuild(Form::AddColumnConstant).before(8, 0, 12),
    rebuild(Form::AddColumnConstantNotNull).before(8, 0, 12),
    rebuild(Form::AddColumnStable).before(8, 0, 12),
    online(Form::AddColumnIdentity).algorithm(Inplace).target(Shared).rewrites().scans().builds_index(),
    copy(Form::AddColumnGeneratedStored),
    instant(Form::AddColumnGeneratedVirtual),
    copy(Form::AddColumnReferences),
    copy(Form::AddColumnReferencesFilled),
    rebuild(Form::AddColumnUnique),
    rebuild(Form::AddColumnPrimaryKey),
    copy(Form::AddColumnCheck),
    instant(Form::DropColumn).since(8, 0, 29),
    rebuild(Form::DropColumn).before(8, 0, 29),
    rebuild(Form::DropColumnIndexed),
    online(Form::DropColumnReferences).refused(),
    metadata(Form::AlterTypeCompatible),
    copy(Form::AlterTypeRewrite),
    online(Form::AlterTypeCompatibleReferences).refused(),
    online(Form::AlterTypeCompatibleReferenced).refused(),
    online(Form::AlterTypeReferences).refused(),
    online(Form::AlterTypeReferenced).refused(),
    rebuild(Form::SetNotNull),
    rebuild(Form::SetNotNullChecked),
    rebuild(Form::DropNotNull),
    instant(Form::SetDefault),
    instant(Form::DropDefault),
    copy(Form::AddIdentity),
    copy(Form::DropIdentity),
    copy(Form::AddCheck),
    copy(Form::AddForeignKey),
    online(Form::AddUnique).algorithm(NoCopy).target(Concurrent).scans().builds_index(),
    rebuild(Form::AddPrimaryKey),
    metadata(Form::DropCheck),
    metadata(Form::DropUnique),
    copy(Form::DropPrimaryKey),
    metadata(Form::DropForeignKey),
    manual(Form::CreateTable, COMMIT).outside_transaction().new_table(ExclusiveMetadata),
    manual(Form::CreateTableReferences, METADATA).outside_transaction().new_table(ExclusiveMetadata).referenced(ExclusiveMetadata),
    manual(Form::CreateTableAs, COMMIT).outside_transaction().new_table(ExclusiveMetadata).scans_of(super::Role::Referenced),
    manual(Form::CreateTableLike, COMMIT).outside_transaction().new_table(ExclusiveMetadata),
    exclusive(Form::DropTable),
    exclusive(Form::DropTableReferences).referenced(ExclusiveMetadata),
    exclusive(Form::DropTableReferenced).refused(),
    exclusive(Form::RenameTable),
    instant(Form::RenameColumn).since(8, 0, 28),
    metadata(Form::RenameColumn).before(8, 0, 28),
    metadata(Form::RenameIndex),
    online(Form::CreateIndex).algorithm(NoCopy).target(Concurrent).scans().builds_index(),
    online(Form::CreateUniqueIndex).algorithm(NoCopy).target(Concurrent).scans().builds_index(),
    online(Form::CreateFullTextIndex).algorithm(Inplace).target(Shared).rewrites().scans().builds_index(),
    online(Form::CreateSpatialIndex).algorithm(NoCopy).target(Shared).scans().builds_index(),
    metadata(Form::DropIndex),
    manual(Form::Analyze, COMMIT).outside_transaction(),
    metadata(Form::Comment),
    exclusive(Form::Truncate),
    exclusive(Form::CreateTrigger),
    exclusive(Form::DropTrigger),
    manual(Form::CreateView, COMMIT).outside_transaction().new_table(ExclusiveMetadata),
    exclusive(Form::ReplaceView),
    exclusive(Form::DropView),
    copy(Form::ConvertCharacterSet),
    rebuild(Form::RebuildTable),
    metadata(Form::AlterTableProperty),
    manual(Form::Catalogue, COMMIT).outside_transaction(),
    instant(Form::AddEnumValue),
    manual(Form::Insert, LOCKING).target(Concurrent).changes_rows(),
    manual(Form::InsertSelect, LOCKING).target(Concurrent).scans_of(super::Role::Referenced).changes_rows(),
    manual(Form::Update, LOCKING).target(Concurrent).scans().changes_rows(),
    manual(Form::Delete, LOCKING).target(Concurrent).scans().changes_rows(),
    manual(Form::Select, LOCKING).target(Concurrent).scans(),
    manual(Form::SelectForUpdate, LOCKING).target(Concurrent).scans(),
    manual(Form::Copy, LOCKING).target(Concurrent).changes_rows(),
    manual(Form::Set, "8.0, SET Syntax for Variable Assignment"),
    manual(Form::Transaction, "8.0, START TRANSACTION, COMMIT, and ROLLBACK Statements"),
    manual(Form::LockShare, "8.0, LOCK TABLES and UNLOCK TABLES Statements").outside_transaction().target(Shared),
    manual(Form::LockAccessExclusive, "8.0, LOCK TABLES and UNLOCK TABLES Statements").outside_transaction().target(ExclusiveMetadata),
];
