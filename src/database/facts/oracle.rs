//! Oracle Database 19c to 23ai.
//!
//! No server is at hand, so the manual tells: "SQL Language Reference" and, for locks, "Database
//! Concepts", "Automatic Locks in DDL Operations". Every DDL statement commits by itself. Readers
//! never wait for it.

use super::form::Form;
use super::lock::LockMode::{ExclusiveDdl, OnlineDdl, RowExclusive};
use super::row::{Row, manual};

const ALTER_TABLE: &str = "19c, SQL Language Reference, ALTER TABLE";
const LOCKS: &str = "19c, Database Concepts, Automatic Locks in DDL Operations";

const DML: &str = "19c, Database Concepts, Automatic Locks in DML Operations";

const fn alter(form: Form) -> Row {
    manual(form, ALTER_TABLE).outside_transaction().target(ExclusiveDdl)
}

const fn ddl(form: Form) -> Row {
    manual(form, LOCKS).outside_transaction().target(ExclusiveDdl)
}

/// What of all forms is told here; nothing is claimed of the others.
#[rustfmt::skip] // One fact, one line.
pub(crate) const ROWS: &[Row] = &[
    alter(Form::AddColumn),
    alter(Form::AddColumnConstant),
    alter(Form::AddColumnConstantNotNull),
    alter(Form::AddColumnGeneratedVirtual),
    alter(Form::AddColumnIdentity).rewrites().scans(),
    alter(Form::AddColumnUnique).scans().builds_index(),
    alter(Form::AddColumnCheck).scans(),
    alter(Form::DropColumn).rewrites().scans(),
    alter(Form::SetNotNull).scans(),
    alter(Form::DropNotNull),
    alter(Form::SetDefault),
    alter(Form::DropDefault),
    alter(Form::AddCheck).scans(),
    alter(Form::AddForeignKey).scans(),
    alter(Form::AddUnique).scans().builds_index(),
    alter(Form::AddPrimaryKey).scans().builds_index(),
    alter(Form::DropCheck),
    alter(Form::DropUnique),
    alter(Form::DropPrimaryKey),
    alter(Form::DropForeignKey),
    alter(Form::RenameTable),
    alter(Form::RenameColumn),
    alter(Form::RenameConstraint),
    manual(Form::CreateTable, LOCKS).outside_transaction().new_table(ExclusiveDdl),
    manual(Form::CreateTableReferences, LOCKS).outside_transaction().new_table(ExclusiveDdl),
    ddl(Form::DropTable),
    ddl(Form::DropTableReferences),
    ddl(Form::CreateIndex).scans().builds_index(),
    ddl(Form::CreateUniqueIndex).scans().builds_index(),
    manual(Form::RenameIndex, "19c, SQL Language Reference, ALTER INDEX").outside_transaction().index(OnlineDdl),
    ddl(Form::DropIndex),
    manual(Form::Comment, "19c, SQL Language Reference, COMMENT").outside_transaction().target(OnlineDdl),
    ddl(Form::Truncate),
    manual(Form::Catalogue, LOCKS).outside_transaction(),
    manual(Form::Insert, DML).target(RowExclusive).changes_rows(),
    manual(Form::Update, DML).target(RowExclusive).scans().changes_rows(),
    manual(Form::Delete, DML).target(RowExclusive).scans().changes_rows(),
    manual(Form::Select, "19c, Database Concepts, Multiversion Read Consistency").scans(),
    manual(Form::Set, "19c, SQL Language Reference, ALTER SESSION"),
    manual(Form::Transaction, "19c, SQL Language Reference, COMMIT"),
];
