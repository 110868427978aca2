//! SQL that somebody wrote (`RunSQL`, `cursor.execute`), read as far as its cost depends on it.
//!
//! Only the head of a statement is read: what it does, to which tables, with which clauses. An
//! expression is skipped, not understood; a statement whose head is not known is said to be
//! unparsed, and a block of procedural code (`DO`, `CALL`) not analysed.
//!
//! Why a reader of its own: of 106 statements that PostgreSQL takes, sqlparser 0.63 parses 78 and
//! squawk-parser 2.68 all, of 41 that MySQL takes sqlparser parses 31 and squawk-parser, which knows
//! PostgreSQL alone, 7; both reject the placeholders that `RunSQL` with parameters has. This reader
//! takes them all (`tests.rs`), for every database, in one pass that does not recurse.

mod alter_table;
#[cfg(test)]
mod any_order_tests;
mod column;
mod create;
mod cursor;
mod rows;
mod split;
mod statement;
#[cfg(test)]
mod tests;
mod token;

use std::ops::Range;

use super::dialect::Vendor;
use super::statement_kind::StatementKind;

pub use column::default_fill;

/// The name of a table, index or the like, folded as the database folds what is not quoted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// Its schema, where written.
    pub schema: Option<String>,
    /// Its own name.
    pub name: String,
}

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlStatement {
    /// Where it stands, in bytes; without the semicolon.
    pub span: Range<usize>,
    /// What it does.
    pub reading: Reading,
}

/// How far a statement could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It does this; an `ALTER TABLE` may do several things.
    Actions(Vec<Action>),
    /// It runs code that is not looked into: `DO`, `CALL`.
    NotAnalysed {
        /// Its first word, in capitals.
        what: &'static str,
    },
    /// It is not understood.
    Unparsed(Unparsed),
}

/// From where on a statement is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unparsed {
    /// Byte in the text.
    pub at: usize,
}

/// One thing that a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What.
    pub kind: StatementKind,
    /// The table, view or materialized view it is done to.
    pub target: Option<TableName>,
    /// Other tables that it refers to or reads.
    pub referenced: Vec<TableName>,
    /// The column, index or constraint that is named.
    pub object: Option<String>,
    /// The new name of what is renamed.
    pub new_name: Option<String>,
    /// The type of a column that is added or changed, as written.
    pub column_type: Option<String>,
}

impl Action {
    pub(crate) fn new(kind: StatementKind) -> Self {
        Self { kind, target: None, referenced: Vec::new(), object: None, new_name: None, column_type: None }
    }

    pub(crate) fn on(kind: StatementKind, target: TableName) -> Self {
        Self { target: Some(target), ..Self::new(kind) }
    }

    pub(crate) fn object(mut self, name: String) -> Self {
        self.object = Some(name);
        self
    }

    pub(crate) fn renamed(mut self, name: String) -> Self {
        self.new_name = Some(name);
        self
    }

    pub(crate) fn referenced(mut self, tables: Vec<TableName>) -> Self {
        self.referenced = tables;
        self
    }
}

/// The statements of `text`, in order. Placeholders (`%s`) may stand wherever a value may.
pub fn read(vendor: Vendor, text: &str) -> Vec<SqlStatement> {
    let (tokens, unterminated) = token::tokens(vendor, text);
    let (split, open) = split::statements(&tokens);
    let mut statements: Vec<SqlStatement> =
        split.into_iter().map(|tokens| statement::read(cursor::Cursor::new(vendor, tokens), text)).collect();
    if let Some(token::Unterminated { at }) = unterminated {
        // The statement that it is in cannot be read either.
        statements.retain(|statement| statement.span.start < open);
        statements.push(SqlStatement { span: open..text.len(), reading: Reading::Unparsed(Unparsed { at }) });
    }
    statements
}
