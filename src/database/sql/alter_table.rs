//! `ALTER TABLE`

use super::column::{add_column, definition};
use super::cursor::Cursor;
use super::token::TokenKind;
use super::{Action, TableName, Unparsed};
use crate::database::facts::TypeChange;
use crate::database::statement_kind::{
    Answer, ConstraintKind, IndexKind, StatementKind as Kind, TriggerAction,
};

type Read = Result<Vec<Action>, Unparsed>;

/// Behind `ALTER TABLE`.
pub(super) fn alter_table(cursor: &mut Cursor<'_>, text: &str) -> Read {
    cursor.take_if_exists();
    let _ = cursor.take("ONLY");
    let table = cursor.table()?;
    let _ = cursor.take_sign('*');
    let mut actions = Vec::new();
    while !cursor.is_done() {
        let mut item = cursor.item();
        actions.extend(action(&mut item, &table, text)?);
    }
    if actions.is_empty() { Err(cursor.unparsed()) } else { Ok(actions) }
}

fn one(kind: Kind, table: &TableName) -> Vec<Action> {
    vec![Action::on(kind, table.clone())]
}

fn action(cursor: &mut Cursor<'_>, table: &TableName, text: &str) -> Read {
    let rest = ["ADD", "DROP", "ALTER", "MODIFY", "CHANGE", "RENAME"];
    match cursor.take_any(&rest) {
        Some("ADD") => add(cursor, table, text),
        Some("DROP") => drop(cursor, table).map(|action| vec![action]),
        Some("ALTER") => alter(cursor, table, text).map(|action| vec![action]),
        Some("MODIFY") => {
            let _ = cursor.take("COLUMN");
            cursor.take_if_exists();
            let column = cursor.name()?;
            Ok(vec![change_type(cursor, table, column, text)])
        }
        Some("CHANGE") => {
            let _ = cursor.take("COLUMN");
            cursor.take_if_exists();
            let (old, new) = (cursor.name()?, cursor.name()?);
            let changed = change_type(cursor, table, old.clone(), text);
            let renamed =
                Action::on(Kind::RenameColumn, table.clone()).object(old.clone()).renamed(new.clone());
            Ok(if old == new { vec![changed] } else { vec![renamed, changed] })
        }
        Some("RENAME") => rename(cursor, table).map(|action| vec![action]),
        _ => property(cursor, table),
    }
}

fn add(cursor: &mut Cursor<'_>, table: &TableName, text: &str) -> Read {
    if cursor.take("PARTITION") {
        return Ok(one(Kind::CreateTable(crate::database::statement_kind::TableSource::PartitionOf), table));
    }
    let named = cursor.take("CONSTRAINT");
    let mut name = None;
    if named {
        cursor.take_if_exists();
        let unnamed = cursor.sees_any(&["CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE"]);
        name = if unnamed { None } else { Some(cursor.name()?) };
    }
    if let Some(kind) = constraint(cursor) {
        let mut action = Action::on(kind, table.clone()).referenced(cursor.references());
        action.object = name.or_else(|| index_name(cursor));
        return Ok(vec![action]);
    }
    if named {
        return Err(cursor.unparsed());
    }
    let _ = cursor.take("COLUMN");
    if let Ok(mut columns) = cursor.parenthesised() {
        let mut actions = Vec::new();
        while !columns.is_done() {
            actions.push(add_column(&mut columns.item(), table, text)?);
        }
        return Ok(actions);
    }
    add_column(cursor, table, text).map(|action| vec![action])
}

/// What `ADD` adds, if it is no column; the cursor is behind the keywords.
fn constraint(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let not_valid = cursor.has_ahead("NOT VALID");
    let using_index = cursor.has_ahead("USING INDEX");
    let index = |kind| Kind::CreateIndex { unique: false, concurrently: false, kind };
    let keywords = [
        "CHECK",
        "FOREIGN KEY",
        "PRIMARY KEY",
        "UNIQUE",
        "EXCLUDE",
        "NOT NULL",
        "FULLTEXT",
        "SPATIAL",
        "INDEX",
        "KEY",
    ];
    let kind = match cursor.take_any(&keywords)? {
        "CHECK" => Kind::AddCheck { not_valid },
        "FOREIGN KEY" => Kind::AddForeignKey { not_valid },
        "PRIMARY KEY" => Kind::AddPrimaryKey { using_index },
        "UNIQUE" => Kind::AddUnique { using_index },
        "EXCLUDE" => Kind::AddExclusion,
        "NOT NULL" => Kind::AddNotNull { not_valid },
        "FULLTEXT" => index(IndexKind::FullText),
        "SPATIAL" => index(IndexKind::Spatial),
        _ => index(IndexKind::Ordinary),
    };
    Some(kind)
}

/// `[INDEX|KEY] name (…)`
fn index_name(cursor: &mut Cursor<'_>) -> Option<String> {
    let _ = cursor.take_any(&["INDEX", "KEY"]);
    cursor.take_if_exists();
    if cursor.sees("USING") { None } else { cursor.name().ok() }
}

fn drop(cursor: &mut Cursor<'_>, table: &TableName) -> Result<Action, Unparsed> {
    let dropped =
        cursor.take_any(&["CONSTRAINT", "PRIMARY KEY", "FOREIGN KEY", "INDEX", "KEY", "CHECK", "PARTITION"]);
    cursor.take_if_exists();
    let kind = match dropped {
        Some("CONSTRAINT") => Kind::DropConstraint(ConstraintKind::Unknown),
        Some("PRIMARY KEY") => {
            return Ok(Action::on(Kind::DropConstraint(ConstraintKind::PrimaryKey), table.clone()));
        }
        Some("FOREIGN KEY") => Kind::DropConstraint(ConstraintKind::ForeignKey),
        Some("CHECK") => Kind::DropConstraint(ConstraintKind::Check),
        Some("INDEX" | "KEY") => Kind::DropIndex { concurrently: false },
        Some(_) => Kind::DropTable { references: Answer::Unknown, referenced: Answer::No },
        None => {
            let _ = cursor.take("COLUMN");
            cursor.take_if_exists();
            Kind::DropColumn { references: Answer::Unknown, indexed: Answer::Unknown }
        }
    };
    Ok(Action::on(kind, table.clone()).object(cursor.name()?))
}

/// The type of a column becomes what follows.
fn change_type(cursor: &mut Cursor<'_>, table: &TableName, column: String, text: &str) -> Action {
    let unknown = Answer::Unknown;
    let kind = Kind::AlterType { change: TypeChange::Unknown, references: unknown, referenced: unknown };
    let collation = cursor.clone();
    let mut db_type = definition(cursor, text).db_type;
    if let Some(collate) = (0..collation.tokens.len()).find(|at| collation.sees_at(*at, "COLLATE")) {
        let name =
            collation.tokens.get(collation.at + collate + 1).and_then(|token| text.get(token.span.clone()));
        db_type = format!("{db_type} COLLATE {}", name.unwrap_or_default());
    }
    let action = Action::on(kind, table.clone()).object(column);
    Action { column_type: Some(db_type), ..action }
}

fn alter(cursor: &mut Cursor<'_>, table: &TableName, text: &str) -> Result<Action, Unparsed> {
    if cursor.take("CONSTRAINT") {
        return Ok(Action::on(Kind::AlterConstraint, table.clone()).object(cursor.name()?));
    }
    if cursor.take("INDEX") {
        return Ok(Action::on(Kind::AlterTableProperty, table.clone()).object(cursor.name()?));
    }
    let _ = cursor.take("COLUMN");
    let column = cursor.name()?;
    if cursor.take("SET DATA TYPE") || cursor.take("TYPE") {
        return Ok(change_type(cursor, table, column, text));
    }
    let clauses = [
        "SET NOT NULL",
        "DROP NOT NULL",
        "SET DEFAULT",
        "DROP DEFAULT",
        "ADD GENERATED",
        "SET GENERATED",
        "DROP IDENTITY",
        "DROP EXPRESSION",
        "SET STATISTICS",
        "SET STORAGE",
        "SET COMPRESSION",
        "RESTART",
    ];
    let kind = match cursor.take_any(&clauses) {
        Some("SET NOT NULL") => Kind::SetNotNull { checked: Answer::Unknown },
        Some("DROP NOT NULL") => Kind::DropNotNull,
        Some("SET DEFAULT") => Kind::SetDefault,
        Some("DROP DEFAULT") => Kind::DropDefault,
        Some("ADD GENERATED" | "SET GENERATED" | "RESTART") => Kind::AddIdentity,
        Some("DROP IDENTITY") => Kind::DropIdentity,
        Some("SET STATISTICS") => Kind::SetStatistics,
        Some("SET STORAGE" | "SET COMPRESSION") => Kind::SetStorage,
        _ => return Err(cursor.unparsed()),
    };
    Ok(Action::on(kind, table.clone()).object(column))
}

fn rename(cursor: &mut Cursor<'_>, table: &TableName) -> Result<Action, Unparsed> {
    let (kind, named) = match cursor.take_any(&["CONSTRAINT", "INDEX", "KEY", "COLUMN", "TO", "AS"]) {
        Some("CONSTRAINT") => (Kind::RenameConstraint, true),
        Some("INDEX" | "KEY") => (Kind::RenameIndex, true),
        Some("TO" | "AS") => (Kind::RenameTable, false),
        Some(_) => (Kind::RenameColumn, true),
        // `RENAME a TO b` is a column; MySQL's `RENAME b` the table.
        None => {
            if cursor.sees_at(1, "TO") {
                (Kind::RenameColumn, true)
            } else {
                (Kind::RenameTable, false)
            }
        }
    };
    let action = Action::on(kind, table.clone());
    if !named {
        return Ok(action.renamed(cursor.table()?.name));
    }
    let old = cursor.name()?;
    cursor.expect("TO")?;
    Ok(action.object(old).renamed(cursor.name()?))
}

/// What is neither added, dropped, altered nor renamed.
fn property(cursor: &mut Cursor<'_>, table: &TableName) -> Read {
    let kind = match cursor.peek() {
        Some(TokenKind::Word(word)) => word.to_ascii_uppercase(),
        _ => return Err(cursor.unparsed()),
    };
    let partition = |kind: Kind, cursor: &mut Cursor<'_>| {
        let part = cursor.table()?;
        Ok(vec![Action::on(kind, part).referenced(vec![table.clone()])])
    };
    if cursor.take("ATTACH PARTITION") {
        return partition(Kind::AttachPartition, cursor);
    }
    if cursor.take("DETACH PARTITION") {
        let concurrently = cursor.has_ahead("CONCURRENTLY");
        return partition(Kind::DetachPartition { concurrently }, cursor);
    }
    if cursor.take("VALIDATE CONSTRAINT") {
        let action = Action::on(Kind::ValidateConstraint(ConstraintKind::Unknown), table.clone());
        return Ok(vec![action.object(cursor.name()?)]);
    }
    let told = match kind.as_str() {
        "ALGORITHM" | "LOCK" | "WITH" | "WITHOUT" | "NOWAIT" | "WAIT" => return Ok(Vec::new()),
        "SET" | "RESET" => set(cursor)?,
        "ENABLE" | "DISABLE" if cursor.has_ahead("ROW LEVEL SECURITY") => Kind::AlterTableProperty,
        "ENABLE" | "DISABLE" => Kind::Trigger(TriggerAction::EnableOrDisable),
        "OWNER" | "REPLICA" | "INHERIT" | "NO" | "CLUSTER" | "OF" | "NOT" | "AUTO_INCREMENT" | "DEFAULT"
        | "CHARSET" | "CHARACTER" | "COLLATE" | "STATS_PERSISTENT" | "STATS_AUTO_RECALC" | "PARTITION" => {
            Kind::AlterTableProperty
        }
        "COMMENT" => Kind::Comment,
        "CONVERT" => Kind::ConvertCharacterSet,
        "FORCE" if cursor.has_ahead("ROW LEVEL SECURITY") => Kind::AlterTableProperty,
        "ENGINE" | "ROW_FORMAT" | "FORCE" | "KEY_BLOCK_SIZE" | "ORDER" => Kind::RebuildTable,
        _ => return Err(cursor.unparsed()),
    };
    Ok(one(told, table))
}

fn set(cursor: &mut Cursor<'_>) -> Result<Kind, Unparsed> {
    cursor.at += 1;
    if cursor.sees_sign('(') {
        return Ok(Kind::SetStorageParameter);
    }
    match cursor.take_any(&["TABLESPACE", "LOGGED", "UNLOGGED", "SCHEMA", "WITHOUT", "ACCESS METHOD"]) {
        Some("TABLESPACE") => Ok(Kind::SetTablespace),
        Some("LOGGED" | "UNLOGGED") => Ok(Kind::SetLogged),
        Some("SCHEMA" | "WITHOUT") => Ok(Kind::AlterTableProperty),
        _ => Err(cursor.unparsed()),
    }
}
