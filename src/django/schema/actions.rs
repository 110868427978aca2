//! Django's statements in the words of `database`, in which facts of locks are told: the same that
//! SQL inside `RunSQL` is read into.

use super::statement::{
    AlterAction, ColumnDefinition, ColumnKey, Constraint, ConstraintKind as Kept, CreateIndex, CreateTable,
    Name, Nullability, SequenceAction, Statement,
};
use crate::database::Vendor;
use crate::database::facts::TypeChange;
use crate::database::sql::{Action, Reading, TableName, default_fill, read};
use crate::database::statement_kind::{
    AddColumn, Answer, ColumnFill, ConstraintKind, IndexKind, StatementKind as Kind, TableSource,
};

fn table(name: &str) -> TableName {
    // Django's `db_table` may smuggle a schema in: `"other"."order"`.
    match name.split_once("\".\"") {
        Some((schema, name)) => TableName {
            schema: Some(schema.trim_start_matches('"').to_owned()),
            name: name.trim_end_matches('"').to_owned(),
        },
        None => TableName { schema: None, name: name.to_owned() },
    }
}

impl Statement {
    /// What it does, one reading a statement. What Django's statement does not tell by itself (the
    /// type that a column had, whether it has a foreign key) is unknown in it.
    pub fn readings(&self, vendor: Vendor) -> Vec<Reading> {
        if let Self::Raw { sql } = self {
            return read(vendor, sql).into_iter().map(|statement| statement.reading).collect();
        }
        vec![Reading::Actions(self.actions(vendor))]
    }

    fn actions(&self, vendor: Vendor) -> Vec<Action> {
        if let Self::AlterTable { table: name, actions } = self {
            return actions.iter().map(|action| alter(vendor, action, &table(name))).collect();
        }
        let action = match self {
            Self::CreateTable(create) => create_table(create),
            Self::DropTable { table: name, cascade } => {
                let referenced = if *cascade { Answer::Unknown } else { Answer::No };
                Action::on(Kind::DropTable { references: Answer::Unknown, referenced }, table(name))
            }
            Self::RenameTable { from, to } => Action::on(Kind::RenameTable, table(from)).renamed(to.clone()),
            Self::CreateIndex(index) => create_index(index),
            Self::DropIndex { table: name, name: index, concurrently, .. } => {
                Action::on(Kind::DropIndex { concurrently: *concurrently }, table(name)).object(index.clone())
            }
            Self::RenameIndex { table: name, from, to } => {
                Action::on(Kind::RenameIndex, table(name)).object(from.clone()).renamed(to.clone())
            }
            Self::AddConstraint { table: name, constraint, not_valid } => {
                add_constraint(name, constraint, *not_valid)
            }
            Self::DropConstraint { table: name, name: constraint, kind, .. } => {
                Action::on(Kind::DropConstraint(dropped(*kind)), table(name)).object(constraint.clone())
            }
            Self::ValidateConstraint { table: name, name: constraint } => {
                Action::on(Kind::ValidateConstraint(ConstraintKind::Unknown), table(name))
                    .object(constraint.clone())
            }
            Self::Comment { table: name, column, .. } => {
                Action { object: column.clone(), ..Action::on(Kind::Comment, table(name)) }
            }
            Self::UpdateRows { table: name, column, only_nulls, .. } => {
                Action::on(Kind::Update { filtered: *only_nulls }, table(name)).object(column.clone())
            }
            Self::CopyRows { from, to, .. } => {
                Action::on(Kind::Insert { select: true }, table(to)).referenced(vec![table(from)])
            }
            Self::Sequence { name, action } => sequence(name, action),
            Self::DropSequenceOf { .. }
            | Self::CreateExtension { .. }
            | Self::DropExtension { .. }
            | Self::CreateCollation { .. }
            | Self::DropCollation { .. } => Action::new(Kind::Catalogue),
            Self::AlterTable { .. } | Self::Raw { .. } => return Vec::new(),
        };
        vec![action]
    }
}

fn alter(vendor: Vendor, action: &AlterAction, on: &TableName) -> Action {
    let change = |kind, column: &str| Action::on(kind, on.clone()).object(column.to_owned());
    match action {
        AlterAction::AddColumn(column) => {
            let references = column.references.iter().map(|key| table(&key.to_table)).collect();
            let added = change(Kind::AddColumn(added(vendor, column)), &column.name).referenced(references);
            Action {
                column_type: Some(with_collation(&column.db_type, column.collation.as_deref())),
                ..added
            }
        }
        AlterAction::DropColumn { column, .. } => {
            change(Kind::DropColumn { references: Answer::Unknown, indexed: Answer::Unknown }, column)
        }
        AlterAction::RenameColumn { from, to } => change(Kind::RenameColumn, from).renamed(to.clone()),
        AlterAction::AlterColumnType { column, db_type, collation, .. } => {
            let unknown = Answer::Unknown;
            let kind =
                Kind::AlterType { change: TypeChange::Unknown, references: unknown, referenced: unknown };
            Action {
                column_type: Some(with_collation(db_type, collation.as_deref())),
                ..change(kind, column)
            }
        }
        AlterAction::SetNotNull { column, .. } => {
            change(Kind::SetNotNull { checked: Answer::Unknown }, column)
        }
        AlterAction::DropNotNull { column, .. } => change(Kind::DropNotNull, column),
        AlterAction::SetDefault { column, .. } => change(Kind::SetDefault, column),
        AlterAction::DropDefault { column, .. } => change(Kind::DropDefault, column),
        AlterAction::AddIdentity { column } => change(Kind::AddIdentity, column),
        AlterAction::DropIdentity { column } => change(Kind::DropIdentity, column),
        AlterAction::SetTablespace { .. } => Action::on(Kind::SetTablespace, on.clone()),
    }
}

fn with_collation(db_type: &str, collation: Option<&str>) -> String {
    collation.map_or_else(|| db_type.to_owned(), |collation| format!("{db_type} COLLATE {collation}"))
}

fn added(vendor: Vendor, column: &ColumnDefinition) -> AddColumn {
    let counts = |text: &str| {
        let text = text.to_ascii_uppercase();
        ["IDENTITY", "AUTOINCREMENT", "AUTO_INCREMENT", "SERIAL"].into_iter().any(|word| text.contains(word))
    };
    let identity = counts(&column.db_type) || column.suffix.as_deref().is_some_and(counts);
    let fill = match (&column.generated, &column.default) {
        (Some(generated), _) if generated.stored => ColumnFill::GeneratedStored,
        (Some(_), _) => ColumnFill::GeneratedVirtual,
        _ if identity => ColumnFill::Identity,
        (None, Some(default)) if default.sql.eq_ignore_ascii_case("null") => ColumnFill::Nothing,
        (None, Some(default)) if default.expression => default_fill(vendor, &default.sql),
        (None, Some(_)) => ColumnFill::Constant,
        (None, None) => ColumnFill::Nothing,
    };
    AddColumn {
        not_null: column.nullability == Nullability::NotNull,
        fill,
        references: column.references.is_some(),
        unique: column.key == ColumnKey::Unique,
        primary_key: column.key == ColumnKey::Primary,
        check: column.check.is_some(),
    }
}

fn create_table(create: &CreateTable) -> Action {
    let own = table(&create.table);
    let in_columns = create.columns.iter().filter_map(|column| column.references.as_ref());
    let beside = create.constraints.iter().filter_map(|constraint| match constraint {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    });
    let mut referenced: Vec<TableName> = Vec::new();
    for other in in_columns.chain(beside).map(|key| table(&key.to_table)) {
        if other != own && !referenced.contains(&other) {
            referenced.push(other);
        }
    }
    let references = !referenced.is_empty();
    Action::on(Kind::CreateTable(TableSource::Columns { references }), own).referenced(referenced)
}

fn given(name: &Name) -> Option<String> {
    match name {
        Name::Given(name) => Some(name.clone()),
        Name::Generated { .. } => None,
    }
}

fn create_index(index: &CreateIndex) -> Action {
    let (unique, concurrently) = (index.unique, index.concurrently);
    let kind = Kind::CreateIndex { unique, concurrently, kind: IndexKind::Ordinary };
    Action { object: given(&index.name), ..Action::on(kind, table(&index.table)) }
}

fn add_constraint(name: &str, constraint: &Constraint, not_valid: bool) -> Action {
    let (kind, object) = match constraint {
        Constraint::PrimaryKey { name, .. } => {
            (Kind::AddPrimaryKey { using_index: false }, name.as_ref().and_then(given))
        }
        Constraint::Unique { name, .. } => (Kind::AddUnique { using_index: false }, given(name)),
        Constraint::Check { name, .. } => (Kind::AddCheck { not_valid }, Some(name.clone())),
        Constraint::ForeignKey(key) => (Kind::AddForeignKey { not_valid }, given(&key.name)),
        Constraint::Exclude { name, .. } => (Kind::AddExclusion, Some(name.clone())),
    };
    let referenced = match constraint {
        Constraint::ForeignKey(key) => vec![table(&key.to_table)],
        _ => Vec::new(),
    };
    Action { object, ..Action::on(kind, table(name)).referenced(referenced) }
}

fn dropped(kind: Kept) -> ConstraintKind {
    match kind {
        Kept::PrimaryKey => ConstraintKind::PrimaryKey,
        Kept::Unique => ConstraintKind::Unique,
        Kept::Check => ConstraintKind::Check,
        Kept::ForeignKey => ConstraintKind::ForeignKey,
        Kept::Exclude => ConstraintKind::Exclusion,
    }
}

fn sequence(name: &str, action: &SequenceAction) -> Action {
    let name = name.to_owned();
    match action {
        SequenceAction::SetOwner { table: owner, .. } => {
            Action::on(Kind::OwnSequence, table(owner)).object(name)
        }
        SequenceAction::SetToMaximum { table: read, .. } => {
            Action::new(Kind::Select { for_update: false }).object(name).referenced(vec![table(read)])
        }
        SequenceAction::Create | SequenceAction::Drop | SequenceAction::AlterType { .. } => {
            Action::new(Kind::Catalogue).object(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::schema::statement::ForeignKey;

    fn actions(statement: &Statement) -> Vec<Action> {
        match &statement.readings(Vendor::PostgreSql)[..] {
            [Reading::Actions(actions)] => actions.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// What Django writes as text is read from text as what its statement says.
    #[test]
    fn a_statement_is_told_as_its_text_is_read() {
        let key = ForeignKey {
            name: Name::Given("k".to_owned()),
            column: "o_id".to_owned(),
            to_table: "o".to_owned(),
            to_column: "id".to_owned(),
            on_delete: None,
            deferrable: true,
        };
        let column = ColumnDefinition {
            name: "o_id".to_owned(),
            db_type: "bigint".to_owned(),
            nullability: Nullability::NotNull,
            key: ColumnKey::Unique,
            references: Some(key.clone()),
            ..ColumnDefinition::default()
        };
        let index = |concurrently| {
            Statement::CreateIndex(CreateIndex {
                table: "t".to_owned(),
                name: Name::Given("i".to_owned()),
                unique: false,
                concurrently,
                using: None,
                columns: super::super::statement::IndexColumns::plain(["a"]),
                include: Vec::new(),
                nulls_distinct: None,
                with: Vec::new(),
                tablespace: None,
                condition: None,
            })
        };
        let t = || "t".to_owned();
        for (statement, text) in [
            (
                Statement::AlterTable { table: t(), actions: vec![AlterAction::AddColumn(Box::new(column))] },
                "ALTER TABLE t ADD COLUMN o_id bigint NOT NULL UNIQUE CONSTRAINT k REFERENCES o (id)",
            ),
            (
                Statement::AddConstraint {
                    table: t(),
                    constraint: Constraint::ForeignKey(key),
                    not_valid: false,
                },
                "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (o_id) REFERENCES o (id)",
            ),
            (index(false), "CREATE INDEX i ON t (a)"),
            (index(true), "CREATE INDEX CONCURRENTLY i ON t (a)"),
            (Statement::DropTable { table: t(), cascade: true }, "DROP TABLE t CASCADE"),
            (Statement::RenameTable { from: t(), to: "u".to_owned() }, "ALTER TABLE t RENAME TO u"),
            (
                Statement::UpdateRows {
                    table: t(),
                    column: "a".to_owned(),
                    value: "1".to_owned(),
                    only_nulls: true,
                    immediate: false,
                },
                "UPDATE t SET a = 1 WHERE a IS NULL",
            ),
        ] {
            let mut told = actions(&statement);
            let read = actions(&Statement::Raw { sql: text.to_owned() });
            if matches!(statement, Statement::UpdateRows { .. }) {
                for action in &mut told {
                    action.object = None;
                }
            }
            assert_eq!(told, read, "{text}");
        }
    }
}
