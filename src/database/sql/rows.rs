//! Statements that read and write rows.

use super::cursor::Cursor;
use super::token::TokenKind;
use super::{Action, TableName, Unparsed};
use crate::database::statement_kind::StatementKind as Kind;

/// Functions that have a `FROM` among their arguments.
const FROM_INSIDE: &[&str] = &["EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"];

/// `SELECT`, `INSERT`, `UPDATE`, `DELETE`, and `WITH` before one of them, which may hold further
/// ones. The cursor is at the first word.
///
/// # Errors
/// From where on the statement is not understood.
pub(super) fn rows(cursor: &mut Cursor<'_>) -> Result<Vec<Action>, Unparsed> {
    let queries = common_tables(cursor)?;
    let names: Vec<&str> = queries.iter().map(|(name, _)| name.as_str()).collect();
    let mut actions = Vec::new();
    for (_, query) in &queries {
        // Inside `WITH` only what writes is told by itself; what is read shows in the main one.
        if query.sees_any(&["INSERT", "UPDATE", "DELETE", "MERGE"]) {
            actions.push(row_action(&mut query.clone(), &names)?);
        }
    }
    actions.push(row_action(cursor, &names)?);
    Ok(actions)
}

/// `WITH name AS (…), …`
fn common_tables<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<(String, Cursor<'a>)>, Unparsed> {
    let mut found = Vec::new();
    if !cursor.take("WITH") {
        return Ok(found);
    }
    let _ = cursor.take("RECURSIVE");
    loop {
        let name = cursor.name()?;
        if cursor.sees_sign('(') {
            cursor.parenthesised()?;
        }
        cursor.expect("AS")?;
        let _ = cursor.take("NOT MATERIALIZED") || cursor.take("MATERIALIZED");
        found.push((name, cursor.parenthesised()?));
        if !cursor.take_sign(',') {
            return Ok(found);
        }
    }
}

fn row_action(cursor: &mut Cursor<'_>, common: &[&str]) -> Result<Action, Unparsed> {
    while cursor.take_sign('(') {}
    let whole = cursor.clone();
    let first =
        cursor.take_any(&["SELECT", "VALUES", "TABLE", "INSERT", "REPLACE", "UPDATE", "DELETE", "MERGE"]);
    let filtered = cursor.has_ahead("WHERE");
    let (kind, target) = match first {
        Some("SELECT" | "VALUES" | "TABLE") => {
            let for_update =
                ["FOR UPDATE", "FOR SHARE", "FOR NO KEY UPDATE", "FOR KEY SHARE", "LOCK IN SHARE MODE"]
                    .into_iter()
                    .any(|lock| whole.has_ahead(lock));
            (Kind::Select { for_update }, None)
        }
        Some("INSERT" | "REPLACE") => {
            while cursor
                .take_any(&[
                    "IGNORE",
                    "LOW_PRIORITY",
                    "DELAYED",
                    "HIGH_PRIORITY",
                    "OR",
                    "REPLACE",
                    "ABORT",
                    "FAIL",
                    "ROLLBACK",
                ])
                .is_some()
            {}
            let _ = cursor.take("INTO");
            let table = cursor.table()?;
            let select = ["SELECT", "WITH", "TABLE"].into_iter().any(|word| cursor.has_ahead(word))
                || nested_select(cursor);
            (Kind::Insert { select }, Some(table))
        }
        Some("MERGE") => {
            let _ = cursor.take("INTO");
            (Kind::Update { filtered: true }, Some(cursor.table()?))
        }
        Some("UPDATE") => {
            while cursor.take_any(&["ONLY", "LOW_PRIORITY", "IGNORE", "OR REPLACE", "OR IGNORE"]).is_some() {}
            (Kind::Update { filtered }, Some(cursor.table()?))
        }
        Some("DELETE") => {
            while cursor.take_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]).is_some() {}
            // MySQL: `DELETE t FROM t JOIN …`
            let _ = cursor.take("FROM");
            let _ = cursor.take("ONLY");
            (Kind::Delete { filtered }, Some(cursor.table()?))
        }
        _ => return Err(cursor.unparsed()),
    };
    let mut read = tables_read(&whole, common);
    read.retain(|table| Some(table) != target.as_ref());
    Ok(Action { target, ..Action::new(kind).referenced(read) })
}

/// `INSERT INTO t (SELECT …)`
fn nested_select(cursor: &Cursor<'_>) -> bool {
    (0..cursor.tokens.len().saturating_sub(cursor.at)).any(|ahead| {
        matches!(cursor.peek_at(ahead), Some(TokenKind::Sign('('))) && cursor.sees_at(ahead + 1, "SELECT")
    })
}

/// The tables behind each `FROM`, `JOIN` and `USING` from here on, at any depth, but for those that
/// `WITH` names.
pub(super) fn tables_read(cursor: &Cursor<'_>, common: &[&str]) -> Vec<TableName> {
    let mut ahead = cursor.clone();
    let mut tables: Vec<TableName> = Vec::new();
    let mut functions: Vec<bool> = Vec::new();
    while let Some(kind) = ahead.peek() {
        match kind {
            TokenKind::Sign('(') => functions.push(ahead.at > 0 && called(&ahead)),
            TokenKind::Sign(')') => {
                functions.pop();
            }
            _ => {}
        }
        let distinct = ahead.at > 0 && before(&ahead, "DISTINCT");
        let inside = functions.last() == Some(&true);
        let starts =
            (ahead.sees("FROM") && !distinct && !inside) || ahead.sees("JOIN") || ahead.sees("USING");
        ahead.at += 1;
        if starts {
            listed(&mut ahead, common, &mut tables);
        }
    }
    tables
}

/// `a, b AS c, d`
fn listed(ahead: &mut Cursor<'_>, common: &[&str], tables: &mut Vec<TableName>) {
    loop {
        let _ = ahead.take_any(&["ONLY", "LATERAL"]);
        let Ok(table) = ahead.clone().table() else { return };
        let _ = ahead.table();
        // `FROM function(…)`
        let function = ahead.sees_sign('(');
        let known =
            tables.contains(&table) || (table.schema.is_none() && common.contains(&table.name.as_str()));
        if !function && !known {
            tables.push(table);
        }
        let mut next = ahead.clone();
        let _ = next.take("AS");
        let _ = matches!(next.peek(), Some(TokenKind::Word(_) | TokenKind::Quoted(_))) && next.name().is_ok();
        if !next.take_sign(',') || function {
            return;
        }
        *ahead = next;
    }
}

fn called(cursor: &Cursor<'_>) -> bool {
    FROM_INSIDE.iter().any(|function| before(cursor, function))
}

/// Whether the word before the cursor is that keyword.
fn before(cursor: &Cursor<'_>, keyword: &str) -> bool {
    let previous = cursor.tokens.get(cursor.at.wrapping_sub(1)).map(|token| &token.kind);
    matches!(previous, Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case(keyword))
}
