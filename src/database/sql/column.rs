//! A column as `ADD COLUMN` and `MODIFY` define it.

use super::cursor::Cursor;
use super::token::{TokenKind, tokens};
use super::{Action, TableName, Unparsed};
use crate::database::dialect::Vendor;
use crate::database::statement_kind::{AddColumn, ColumnFill, StatementKind};

/// Words that end a column's type, or a default.
const CLAUSES: &[&str] = &[
    "AFTER",
    "AUTOINCREMENT",
    "AUTO_INCREMENT",
    "CHECK",
    "COLLATE",
    "COLUMN_FORMAT",
    "COMMENT",
    "CONSTRAINT",
    "DEFAULT",
    "DEFERRABLE",
    "FIRST",
    "GENERATED",
    "INVISIBLE",
    "KEY",
    "NOT",
    "NULL",
    "PRIMARY",
    "REFERENCES",
    "STORAGE",
    "UNIQUE",
    "USING",
    "VISIBLE",
];

/// Functions whose value is one for the whole statement.
const STABLE: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "to_jsonb",
    "to_json",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "json_build_array",
];

/// Functions whose value differs from row to row.
const VOLATILE: &[&str] = &[
    "random",
    "gen_random_uuid",
    "gen_random_bytes",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "setval",
    "currval",
    "txid_current",
    "uuid",
    "uuid_short",
    "rand",
    "randomblob",
    "sys_guid",
];

/// Functions of their arguments alone.
const IMMUTABLE: &[&str] = &[
    "lower", "upper", "md5", "abs", "coalesce", "nullif", "length", "concat", "repeat", "decode", "greatest",
    "least",
];

/// Words that are values.
const LITERALS: &[&str] = &["null", "true", "false", "array", "interval", "date", "time", "timestamp"];

/// Words that stand for the moment or the user, and are one for the whole statement.
const STABLE_WORDS: &[&str] = &[
    "current_timestamp",
    "current_date",
    "current_time",
    "localtimestamp",
    "localtime",
    "current_user",
    "session_user",
    "user",
    "current_schema",
    "current_catalog",
];

/// What the rows get from a default, told by its SQL.
pub fn default_fill(vendor: Vendor, expression: &str) -> ColumnFill {
    let (tokens, unterminated) = tokens(vendor, expression);
    if unterminated.is_some() || tokens.is_empty() {
        return ColumnFill::Unknown;
    }
    fill(&Cursor::new(vendor, &tokens))
}

fn fill(expression: &Cursor<'_>) -> ColumnFill {
    let mut found = ColumnFill::Constant;
    let mut ahead = expression.clone();
    while let Some(kind) = ahead.peek() {
        let word = match kind {
            TokenKind::Word(word) => word.to_lowercase(),
            // A cast: its type follows.
            TokenKind::Sign(':') if ahead.peek_at(1) == Some(&TokenKind::Sign(':')) => {
                ahead.at += 3;
                continue;
            }
            TokenKind::Parameter | TokenKind::Quoted(_) => return ColumnFill::Unknown,
            TokenKind::Text | TokenKind::Number | TokenKind::Sign(_) => {
                ahead.at += 1;
                continue;
            }
        };
        let is = |words: &[&str]| words.contains(&word.as_str());
        let called = ahead.peek_at(1) == Some(&TokenKind::Sign('('));
        if called && is(VOLATILE) {
            return ColumnFill::Volatile;
        } else if (called && is(STABLE)) || is(STABLE_WORDS) {
            found = if found == ColumnFill::Constant { ColumnFill::Stable } else { found };
        } else if !(is(LITERALS) || (called && is(IMMUTABLE))) {
            found = ColumnFill::Unknown;
        }
        ahead.at += 1;
    }
    found
}

/// A column's definition behind its name.
pub(super) struct Definition {
    /// What it asks of the database.
    pub(super) column: AddColumn,
    /// Its type, as written.
    pub(super) db_type: String,
    /// The tables behind its `REFERENCES`.
    pub(super) referenced: Vec<TableName>,
}

/// Reads the definition; the cursor holds nothing else.
pub(super) fn definition(cursor: &mut Cursor<'_>, text: &str) -> Definition {
    let start = cursor.at;
    while !cursor.is_done() && !cursor.sees_any(CLAUSES) {
        if cursor.sees_sign('(') && cursor.parenthesised().is_ok() {
            continue;
        }
        cursor.at += 1;
    }
    let span = cursor.tokens.get(start..cursor.at).map(|tokens| Cursor::new(cursor.vendor, tokens).span());
    let db_type = span.and_then(|span| text.get(span)).unwrap_or_default().to_owned();
    let referenced = cursor.references();
    let mut column = AddColumn { references: !referenced.is_empty(), ..AddColumn::default() };
    if db_type.to_ascii_lowercase().contains("serial") {
        column.fill = ColumnFill::Identity;
        column.not_null = true;
    }
    while !cursor.is_done() {
        clause(cursor, &mut column);
    }
    Definition { column, db_type, referenced }
}

fn clause(cursor: &mut Cursor<'_>, column: &mut AddColumn) {
    if cursor.take("NOT NULL") {
        column.not_null = true;
    } else if cursor.take("DEFAULT") {
        let start = cursor.at;
        while !cursor.is_done() && (cursor.at == start || !cursor.sees_any(CLAUSES)) {
            if cursor.parenthesised().is_err() {
                cursor.at += 1;
            }
        }
        let expression = cursor.tokens.get(start..cursor.at).unwrap_or_default();
        column.fill = fill(&Cursor::new(cursor.vendor, expression));
        if let [only] = expression
            && matches!(&only.kind, TokenKind::Word(word) if word.eq_ignore_ascii_case("null"))
        {
            column.fill = ColumnFill::Nothing;
        }
    } else if cursor.take_any(&["AUTO_INCREMENT", "AUTOINCREMENT", "AS IDENTITY"]).is_some() {
        column.fill = ColumnFill::Identity;
    } else if cursor.sees("AS") && matches!(cursor.peek_at(1), Some(TokenKind::Sign('('))) {
        cursor.at += 1;
        let _ = cursor.parenthesised();
        let stored = cursor.take_any(&["STORED", "PERSISTENT"]).is_some();
        column.fill = if stored { ColumnFill::GeneratedStored } else { ColumnFill::GeneratedVirtual };
    } else if cursor.take("PRIMARY KEY") {
        column.primary_key = true;
    } else if cursor.take("UNIQUE") {
        column.unique = true;
        let _ = cursor.take("KEY");
    } else if cursor.take("CHECK") {
        column.check = true;
    } else if cursor.parenthesised().is_err() {
        cursor.at += 1;
    }
}

/// `name type …` behind `ADD [COLUMN]`, `IF NOT EXISTS` before it or not.
///
/// # Errors
/// No name comes first.
pub(super) fn add_column(cursor: &mut Cursor<'_>, table: &TableName, text: &str) -> Result<Action, Unparsed> {
    cursor.take_if_exists();
    let name = cursor.name()?;
    let definition = definition(cursor, text);
    let kind = StatementKind::AddColumn(definition.column);
    let action = Action::on(kind, table.clone()).object(name).referenced(definition.referenced);
    Ok(Action { column_type: Some(definition.db_type), ..action })
}
