//! Which rows of the table of facts a statement stands for.

use super::form::Form;
use super::lock::LockMode;
use super::type_change::TypeChange;
use crate::database::statement_kind::{
    AddColumn, Answer, ColumnFill, ConstraintKind, IndexKind, StatementKind, TableSource, TriggerAction,
    ViewAction,
};

/// Forms that all apply; each is one of the alternatives, where it is not known which.
pub(super) fn forms(kind: &StatementKind) -> Vec<Vec<Form>> {
    match kind {
        StatementKind::AddColumn(column) => add_column(column),
        StatementKind::DropColumn { references, indexed } => vec![
            vec![Form::DropColumn],
            depends(*references, Form::DropColumnReferences, Form::DropColumn),
            depends(*indexed, Form::DropColumnIndexed, Form::DropColumn),
        ],
        StatementKind::AlterType { change, references, referenced } => {
            let own = alter_type(*change);
            let with = |answer: Answer, compatible: Form, other: Form| {
                own.iter()
                    .flat_map(|form| {
                        let held = if *form == Form::AlterTypeCompatible { compatible } else { other };
                        depends(answer, held, *form)
                    })
                    .collect()
            };
            vec![
                with(*references, Form::AlterTypeCompatibleReferences, Form::AlterTypeReferences),
                with(*referenced, Form::AlterTypeCompatibleReferenced, Form::AlterTypeReferenced),
                own,
            ]
        }
        StatementKind::DropTable { references, referenced } => vec![
            depends(*references, Form::DropTableReferences, Form::DropTable),
            depends(*referenced, Form::DropTableReferenced, Form::DropTable),
        ],
        _ => vec![alternatives(kind)],
    }
}

fn depends(answer: Answer, yes: Form, no: Form) -> Vec<Form> {
    match answer {
        Answer::Yes => vec![yes],
        Answer::No => vec![no],
        Answer::Unknown => vec![no, yes],
    }
}

fn add_column(column: &AddColumn) -> Vec<Vec<Form>> {
    let mut forms = vec![match column.fill {
        ColumnFill::Nothing if column.not_null => vec![Form::AddColumnNotNull],
        ColumnFill::Nothing => vec![Form::AddColumn],
        ColumnFill::Constant if column.not_null => vec![Form::AddColumnConstantNotNull],
        ColumnFill::Constant => vec![Form::AddColumnConstant],
        ColumnFill::Stable => vec![Form::AddColumnStable],
        ColumnFill::Volatile => vec![Form::AddColumnVolatile],
        ColumnFill::Unknown => vec![Form::AddColumnConstant, Form::AddColumnStable, Form::AddColumnVolatile],
        ColumnFill::Identity => vec![Form::AddColumnIdentity],
        ColumnFill::GeneratedStored => vec![Form::AddColumnGeneratedStored],
        ColumnFill::GeneratedVirtual => vec![Form::AddColumnGeneratedVirtual],
    }];
    if column.references {
        let filled = column.fill != ColumnFill::Nothing;
        forms.push(vec![if filled { Form::AddColumnReferencesFilled } else { Form::AddColumnReferences }]);
    }
    for (asked, form) in [
        (column.unique, Form::AddColumnUnique),
        (column.primary_key, Form::AddColumnPrimaryKey),
        (column.check, Form::AddColumnCheck),
    ] {
        if asked {
            forms.push(vec![form]);
        }
    }
    forms
}

fn alter_type(change: TypeChange) -> Vec<Form> {
    match change {
        TypeChange::Compatible => vec![Form::AlterTypeCompatible],
        TypeChange::Index => vec![Form::AlterTypeIndex],
        TypeChange::IndexOrRewrite => vec![Form::AlterTypeIndex, Form::AlterTypeRewrite],
        TypeChange::Rewrite => vec![Form::AlterTypeRewrite],
        TypeChange::Unknown => vec![Form::AlterTypeCompatible, Form::AlterTypeIndex, Form::AlterTypeRewrite],
    }
}

/// What is one form, or one of several.
fn alternatives(kind: &StatementKind) -> Vec<Form> {
    use StatementKind as Kind;
    match *kind {
        Kind::SetNotNull { checked } => depends(checked, Form::SetNotNullChecked, Form::SetNotNull),
        Kind::ValidateConstraint(kind) => match kind {
            ConstraintKind::Check => vec![Form::ValidateCheck],
            ConstraintKind::ForeignKey => vec![Form::ValidateForeignKey],
            ConstraintKind::NotNull => vec![Form::ValidateNotNull],
            _ => vec![Form::ValidateCheck, Form::ValidateForeignKey],
        },
        Kind::DropConstraint(kind) => match kind {
            ConstraintKind::PrimaryKey => vec![Form::DropPrimaryKey],
            ConstraintKind::Unique | ConstraintKind::Exclusion => vec![Form::DropUnique],
            ConstraintKind::Check | ConstraintKind::NotNull => vec![Form::DropCheck],
            ConstraintKind::ForeignKey => vec![Form::DropForeignKey],
            ConstraintKind::Unknown => vec![Form::DropCheck, Form::DropUnique, Form::DropForeignKey],
        },
        Kind::CreateIndex { concurrently: true, .. } => vec![Form::CreateIndexConcurrently],
        Kind::CreateIndex { kind: IndexKind::FullText, .. } => vec![Form::CreateFullTextIndex],
        Kind::CreateIndex { kind: IndexKind::Spatial, .. } => vec![Form::CreateSpatialIndex],
        Kind::CreateIndex { unique: true, .. } => vec![Form::CreateUniqueIndex],
        _ => vec![single(kind)],
    }
}

fn single(kind: &StatementKind) -> Form {
    use StatementKind as Kind;
    let choose = |yes: bool, then: Form, otherwise: Form| if yes { then } else { otherwise };
    match *kind {
        Kind::AddColumn(_) => Form::AddColumn,
        Kind::DropColumn { .. } => Form::DropColumn,
        Kind::AlterType { .. } => Form::AlterTypeRewrite,
        Kind::SetNotNull { .. } => Form::SetNotNull,
        Kind::DropNotNull => Form::DropNotNull,
        Kind::SetDefault => Form::SetDefault,
        Kind::DropDefault => Form::DropDefault,
        Kind::AddIdentity => Form::AddIdentity,
        Kind::DropIdentity => Form::DropIdentity,
        Kind::AddCheck { not_valid } => choose(not_valid, Form::AddCheckNotValid, Form::AddCheck),
        Kind::AddForeignKey { not_valid } => {
            choose(not_valid, Form::AddForeignKeyNotValid, Form::AddForeignKey)
        }
        Kind::AddNotNull { not_valid } => choose(not_valid, Form::AddNotNullNotValid, Form::AddNotNull),
        Kind::AddUnique { using_index } => choose(using_index, Form::AddUniqueUsingIndex, Form::AddUnique),
        Kind::AddPrimaryKey { using_index } => {
            choose(using_index, Form::AddPrimaryKeyUsingIndex, Form::AddPrimaryKey)
        }
        Kind::AddExclusion => Form::AddExclusion,
        Kind::ValidateConstraint(_) => Form::ValidateCheck,
        Kind::AlterConstraint => Form::AlterConstraint,
        Kind::DropConstraint(_) => Form::DropCheck,
        Kind::CreateTable(source) => match source {
            TableSource::Columns { references } => {
                choose(references, Form::CreateTableReferences, Form::CreateTable)
            }
            TableSource::Like => Form::CreateTableLike,
            TableSource::Select => Form::CreateTableAs,
            TableSource::PartitionOf => Form::CreatePartition,
        },
        Kind::DropTable { .. } => Form::DropTable,
        Kind::RenameTable => Form::RenameTable,
        Kind::RenameColumn => Form::RenameColumn,
        Kind::RenameConstraint => Form::RenameConstraint,
        Kind::RenameIndex => Form::RenameIndex,
        Kind::CreateIndex { .. } => Form::CreateIndex,
        Kind::DropIndex { concurrently } => {
            choose(concurrently, Form::DropIndexConcurrently, Form::DropIndex)
        }
        Kind::Reindex { concurrently } => choose(concurrently, Form::ReindexConcurrently, Form::Reindex),
        Kind::Cluster => Form::Cluster,
        Kind::Vacuum { full } => choose(full, Form::VacuumFull, Form::Vacuum),
        Kind::Analyze => Form::Analyze,
        Kind::Comment => Form::Comment,
        Kind::Truncate { cascade } => choose(cascade, Form::TruncateCascade, Form::Truncate),
        Kind::Lock(mode) => lock(mode),
        Kind::Trigger(TriggerAction::Create) => Form::CreateTrigger,
        Kind::Trigger(TriggerAction::Drop) => Form::DropTrigger,
        Kind::Trigger(TriggerAction::EnableOrDisable) => Form::EnableTrigger,
        Kind::CreateRule => Form::CreateRule,
        Kind::View(action) => view(action),
        Kind::AttachPartition => Form::AttachPartition,
        Kind::DetachPartition { concurrently } => {
            choose(concurrently, Form::DetachPartitionConcurrently, Form::DetachPartition)
        }
        Kind::SetStorageParameter => Form::SetStorageParameter,
        Kind::SetStatistics => Form::SetStatistics,
        Kind::SetStorage => Form::SetStorage,
        Kind::SetTablespace => Form::SetTablespace,
        Kind::SetLogged => Form::SetLogged,
        Kind::AlterTableProperty => Form::AlterTableProperty,
        Kind::ConvertCharacterSet => Form::ConvertCharacterSet,
        Kind::RebuildTable => Form::RebuildTable,
        Kind::OwnSequence => Form::OwnSequence,
        Kind::Catalogue => Form::Catalogue,
        Kind::AddEnumValue => Form::AddEnumValue,
        Kind::Insert { select } => choose(select, Form::InsertSelect, Form::Insert),
        Kind::Update { .. } => Form::Update,
        Kind::Delete { .. } => Form::Delete,
        Kind::Select { for_update } => choose(for_update, Form::SelectForUpdate, Form::Select),
        Kind::Copy => Form::Copy,
        Kind::SetConstraints => Form::SetConstraints,
        Kind::Set => Form::Set,
        Kind::Transaction(_) => Form::Transaction,
    }
}

fn view(action: ViewAction) -> Form {
    match action {
        ViewAction::Create => Form::CreateView,
        ViewAction::Replace => Form::ReplaceView,
        ViewAction::Drop => Form::DropView,
        ViewAction::CreateMaterialized => Form::CreateMaterializedView,
        ViewAction::Refresh { concurrently: true } => Form::RefreshMaterializedViewConcurrently,
        ViewAction::Refresh { concurrently: false } => Form::RefreshMaterializedView,
    }
}

fn lock(mode: LockMode) -> Form {
    match mode {
        LockMode::AccessShare => Form::LockAccessShare,
        LockMode::RowShare => Form::LockRowShare,
        LockMode::RowExclusive => Form::LockRowExclusive,
        LockMode::ShareUpdateExclusive => Form::LockShareUpdateExclusive,
        LockMode::Share | LockMode::Shared => Form::LockShare,
        LockMode::ShareRowExclusive => Form::LockShareRowExclusive,
        LockMode::Exclusive => Form::LockExclusive,
        _ => Form::LockAccessExclusive,
    }
}
