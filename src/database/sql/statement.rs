//! One statement, told by its first words.

use super::alter_table::alter_table;
use super::create::{catalogue, create, drop, names};
use super::cursor::Cursor;
use super::rows::rows;
use super::token::TokenKind;
use super::{Action, Reading, SqlStatement, Unparsed};
use crate::database::dialect::Vendor;
use crate::database::facts::LockMode;
use crate::database::statement_kind::{StatementKind as Kind, TransactionControl, ViewAction};

type Read = Result<Vec<Action>, Unparsed>;

/// Procedural code, which is not looked into.
const PROCEDURAL: &[&str] = &["DO", "CALL", "EXECUTE", "PREPARE", "DECLARE", "DELIMITER"];

/// Reads the statement that a cursor holds; `text` is what its tokens' spans refer to.
pub(super) fn read(mut cursor: Cursor<'_>, text: &str) -> SqlStatement {
    let span = cursor.span();
    let reading = match PROCEDURAL.iter().find(|word| cursor.sees(word)) {
        Some(what) => Reading::NotAnalysed { what },
        None => match actions(&mut cursor, text) {
            Ok(actions) => Reading::Actions(actions),
            Err(unparsed) => Reading::Unparsed(unparsed),
        },
    };
    SqlStatement { span, reading }
}

fn actions(cursor: &mut Cursor<'_>, text: &str) -> Read {
    if cursor.sees_any(&["SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "MERGE"])
        || cursor.sees_sign('(')
    {
        return rows(cursor);
    }
    let Some(TokenKind::Word(first)) = cursor.peek() else { return Err(cursor.unparsed()) };
    cursor.at += 1;
    match first.to_ascii_uppercase().as_str() {
        "ALTER" => alter(cursor, text),
        "CREATE" => create(cursor),
        "DROP" => drop(cursor),
        "RENAME" => rename_tables(cursor),
        "COMMENT" => comment(cursor),
        "TRUNCATE" => {
            let _ = cursor.take("TABLE");
            let cascade = cursor.has_ahead("CASCADE");
            names(cursor, Kind::Truncate { cascade })
        }
        "LOCK" => lock(cursor),
        "REFRESH" => refresh(cursor),
        "CLUSTER" | "VACUUM" | "ANALYZE" | "ANALYSE" | "OPTIMIZE" | "REINDEX" => {
            cursor.at -= 1;
            maintain(cursor)
        }
        "COPY" | "LOAD" => Ok(vec![copy(cursor)?]),
        "SET" if cursor.take("CONSTRAINTS") => Ok(vec![Action::new(Kind::SetConstraints)]),
        "SET" | "RESET" | "SHOW" | "PRAGMA" | "USE" | "DISCARD" | "UNLOCK" | "NOTIFY" | "LISTEN"
        | "UNLISTEN" => Ok(vec![Action::new(Kind::Set)]),
        "GRANT" | "REVOKE" | "REASSIGN" | "SECURITY" => Ok(vec![Action::new(Kind::Catalogue)]),
        word => transaction(word).map(|kind| vec![Action::new(kind)]).ok_or_else(|| {
            cursor.at -= 1;
            cursor.unparsed()
        }),
    }
}

fn transaction(word: &str) -> Option<Kind> {
    Some(Kind::Transaction(match word {
        "BEGIN" | "START" => TransactionControl::Begin,
        "COMMIT" | "END" => TransactionControl::Commit,
        "ROLLBACK" | "ABORT" => TransactionControl::Rollback,
        "SAVEPOINT" | "RELEASE" => TransactionControl::Savepoint,
        _ => return None,
    }))
}

fn alter(cursor: &mut Cursor<'_>, text: &str) -> Read {
    let _ = cursor.take_any(&["ONLINE", "IGNORE", "FOREIGN"]);
    if cursor.take("TABLE") || cursor.take("MATERIALIZED VIEW") {
        return alter_table(cursor, text);
    }
    if cursor.take("INDEX") {
        cursor.take_if_exists();
        let index = cursor.table()?.name;
        let kind = match cursor.take_any(&[
            "RENAME TO",
            "SET TABLESPACE",
            "SET",
            "RESET",
            "ATTACH PARTITION",
            "ALTER",
        ]) {
            Some("RENAME TO") => {
                return Ok(vec![Action::new(Kind::RenameIndex).object(index).renamed(cursor.name()?)]);
            }
            Some("SET" | "RESET") => Kind::SetStorageParameter,
            Some("ALTER") => Kind::SetStatistics,
            _ => return Err(cursor.unparsed()),
        };
        return Ok(vec![Action::new(kind).object(index)]);
    }
    if cursor.take("VIEW") {
        cursor.take_if_exists();
        return Ok(vec![Action::on(Kind::View(ViewAction::Replace), cursor.table()?)]);
    }
    if cursor.sees("TYPE") && cursor.has_ahead("ADD VALUE") {
        cursor.at += 1;
        return Ok(vec![Action::new(Kind::AddEnumValue).object(cursor.table()?.name)]);
    }
    if cursor.sees("SEQUENCE") && cursor.has_ahead("OWNED BY") {
        return owned_sequence(cursor);
    }
    if cursor.take("POLICY") || cursor.take("TRIGGER") || cursor.take("RULE") {
        let name = cursor.name()?;
        cursor.expect("ON")?;
        return Ok(vec![Action::on(Kind::AlterTableProperty, cursor.table()?).object(name)]);
    }
    if catalogue(cursor) || cursor.take("STATISTICS") || cursor.take("SESSION") {
        return Ok(vec![Action::new(Kind::Catalogue)]);
    }
    Err(cursor.unparsed())
}

/// `ALTER SEQUENCE s OWNED BY table.column`
fn owned_sequence(cursor: &mut Cursor<'_>) -> Read {
    cursor.at += 1;
    cursor.take_if_exists();
    let sequence = cursor.table()?.name;
    while !cursor.is_done() && !cursor.take("OWNED BY") {
        cursor.at += 1;
    }
    if cursor.take("NONE") {
        return Ok(vec![Action::new(Kind::Catalogue)]);
    }
    let mut parts = vec![cursor.name()?];
    while cursor.take_sign('.') {
        parts.push(cursor.name()?);
    }
    parts.pop();
    let name = parts.pop().ok_or_else(|| cursor.unparsed())?;
    let table = super::TableName { schema: parts.pop(), name };
    Ok(vec![Action::on(Kind::OwnSequence, table).object(sequence)])
}

/// `RENAME TABLE a TO b, …`
fn rename_tables(cursor: &mut Cursor<'_>) -> Read {
    let _ = cursor.take("TABLE") || cursor.take("TABLES");
    let mut actions = Vec::new();
    loop {
        let from = cursor.table()?;
        cursor.expect("TO")?;
        actions.push(Action::on(Kind::RenameTable, from).renamed(cursor.table()?.name));
        if !cursor.take_sign(',') {
            return Ok(actions);
        }
    }
}

fn comment(cursor: &mut Cursor<'_>) -> Read {
    cursor.expect("ON")?;
    if cursor.take_any(&["TABLE", "MATERIALIZED VIEW", "VIEW"]).is_some() {
        return Ok(vec![Action::on(Kind::Comment, cursor.table()?)]);
    }
    if cursor.take("COLUMN") {
        let mut parts = vec![cursor.name()?];
        while cursor.take_sign('.') {
            parts.push(cursor.name()?);
        }
        let column = parts.pop().ok_or_else(|| cursor.unparsed())?;
        let name = parts.pop().ok_or_else(|| cursor.unparsed())?;
        let table = super::TableName { schema: parts.pop(), name };
        return Ok(vec![Action::on(Kind::Comment, table).object(column)]);
    }
    Ok(vec![Action::new(Kind::Catalogue)])
}

fn lock(cursor: &mut Cursor<'_>) -> Read {
    let _ = cursor.take("TABLES") || cursor.take("TABLE");
    if matches!(cursor.vendor, Vendor::MySql | Vendor::MariaDb) {
        return lock_tables(cursor);
    }
    let mut tables = names(cursor, Kind::Lock(LockMode::AccessExclusive))?;
    if cursor.take("IN") {
        let mut modes = LockMode::POSTGRESQL;
        // The longest name first: `SHARE` begins others.
        modes.sort_by_key(|mode| std::cmp::Reverse(mode.as_str().len()));
        let mode =
            modes.into_iter().find(|mode| cursor.take(mode.as_str())).ok_or_else(|| cursor.unparsed())?;
        for action in &mut tables {
            action.kind = Kind::Lock(mode);
        }
    }
    Ok(tables)
}

/// MySQL's `LOCK TABLES a READ, b AS c WRITE`
fn lock_tables(cursor: &mut Cursor<'_>) -> Read {
    let mut actions = Vec::new();
    while !cursor.is_done() {
        let mut item = cursor.item();
        let table = item.table()?;
        let mode = if item.has_ahead("WRITE") { LockMode::ExclusiveMetadata } else { LockMode::Shared };
        actions.push(Action::on(Kind::Lock(mode), table));
    }
    Ok(actions)
}

fn refresh(cursor: &mut Cursor<'_>) -> Read {
    cursor.expect("MATERIALIZED VIEW")?;
    let concurrently = cursor.take("CONCURRENTLY");
    Ok(vec![Action::on(Kind::View(ViewAction::Refresh { concurrently }), cursor.table()?)])
}

/// `VACUUM`, `ANALYZE`, `CLUSTER`, `REINDEX`, `OPTIMIZE`; without a table, the whole database.
fn maintain(cursor: &mut Cursor<'_>) -> Read {
    let start = cursor.clone();
    let what = cursor.name()?.to_ascii_uppercase();
    let options = if cursor.sees_sign('(') { Some(cursor.parenthesised()?) } else { None };
    let option = |word: &str| options.as_ref().is_some_and(|options| options.has_ahead(word));
    let concurrently = start.has_ahead("CONCURRENTLY") || option("CONCURRENTLY");
    let full = start.has_ahead("FULL") || option("FULL") || cursor.vendor == Vendor::Sqlite;
    let index = cursor.sees("INDEX");
    let words = [
        "FULL",
        "FREEZE",
        "VERBOSE",
        "ANALYZE",
        "TABLE",
        "INDEX",
        "SCHEMA",
        "DATABASE",
        "SYSTEM",
        "CONCURRENTLY",
        "LOCAL",
    ];
    while cursor.take_any(&words).is_some() {}
    let kind = match what.as_str() {
        "VACUUM" => Kind::Vacuum { full },
        "CLUSTER" => Kind::Cluster,
        "REINDEX" => Kind::Reindex { concurrently },
        "OPTIMIZE" => Kind::RebuildTable,
        _ => Kind::Analyze,
    };
    if cursor.is_done() {
        return Ok(vec![Action::new(kind)]);
    }
    let named = cursor.table()?;
    Ok(vec![if index { Action::new(kind).object(named.name) } else { Action::on(kind, named) }])
}

fn copy(cursor: &mut Cursor<'_>) -> Result<Action, Unparsed> {
    if cursor.sees("DATA") {
        while !cursor.is_done() && !cursor.take("INTO TABLE") {
            cursor.at += 1;
        }
        return Ok(Action::on(Kind::Copy, cursor.table()?));
    }
    if cursor.sees_sign('(') {
        return Ok(Action::new(Kind::Select { for_update: false }));
    }
    let reads = cursor.has_ahead("TO");
    let table = cursor.table()?;
    Ok(if reads {
        Action::new(Kind::Select { for_update: false }).referenced(vec![table])
    } else {
        Action::on(Kind::Copy, table)
    })
}
