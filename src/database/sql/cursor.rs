//! A place in the tokens of one statement.

use std::ops::Range;

use super::token::{Token, TokenKind};
use super::{TableName, Unparsed};
use crate::database::dialect::Vendor;

/// A place in the tokens of one statement. Nothing here recurses: parentheses are counted.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    /// Whose words are read.
    pub(super) vendor: Vendor,
    /// The statement's tokens.
    pub(super) tokens: &'a [Token],
    /// The next token's index; beyond the last, nothing is left.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// Before the first token.
    pub(super) fn new(vendor: Vendor, tokens: &'a [Token]) -> Self {
        Self { vendor, tokens, at: 0 }
    }

    /// The next token; `None` at the statement's end.
    pub(super) fn peek(&self) -> Option<&'a TokenKind> {
        self.peek_at(0)
    }

    /// The token so many after the next.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    /// Whether nothing is left of the statement.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Whether the word at `ahead` is that keyword.
    pub(super) fn sees_at(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.peek_at(ahead), Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether the next word is that keyword, in whatever case.
    pub(super) fn sees(&self, keyword: &str) -> bool {
        self.sees_at(0, keyword)
    }

    /// Whether the next word is one of those keywords.
    pub(super) fn sees_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.sees(keyword))
    }

    /// Takes the keywords if all of them come next.
    pub(super) fn take(&mut self, keywords: &str) -> bool {
        let words = keywords.split(' ');
        let count = words.clone().count();
        let all = words.enumerate().all(|(ahead, word)| self.sees_at(ahead, word));
        if all {
            self.at += count;
        }
        all
    }

    /// Takes one of the keywords; which one.
    pub(super) fn take_any<'k>(&mut self, keywords: &[&'k str]) -> Option<&'k str> {
        keywords.iter().find(|keyword| self.take(keyword)).copied()
    }

    /// Whether that sign comes next.
    pub(super) fn sees_sign(&self, sign: char) -> bool {
        self.peek() == Some(&TokenKind::Sign(sign))
    }

    /// Takes the sign if it comes next; whether it did.
    pub(super) fn take_sign(&mut self, sign: char) -> bool {
        let sees = self.sees_sign(sign);
        self.at += usize::from(sees);
        sees
    }

    /// The statement is not read further than here.
    pub(super) fn unparsed(&self) -> Unparsed {
        let at = self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.span.start);
        Unparsed { at }
    }

    /// Takes the keywords.
    ///
    /// # Errors
    /// They do not come next.
    pub(super) fn expect(&mut self, keywords: &str) -> Result<(), Unparsed> {
        if self.take(keywords) { Ok(()) } else { Err(self.unparsed()) }
    }

    /// Takes a name without a schema, folded as the database does.
    ///
    /// # Errors
    /// No name comes next.
    pub(super) fn name(&mut self) -> Result<String, Unparsed> {
        let name = match self.peek() {
            Some(TokenKind::Quoted(name)) => name.clone(),
            Some(TokenKind::Word(word)) => match self.vendor {
                Vendor::PostgreSql => word.to_lowercase(),
                Vendor::Oracle => word.to_uppercase(),
                _ => word.clone(),
            },
            _ => return Err(self.unparsed()),
        };
        self.at += 1;
        Ok(name)
    }

    /// Takes `schema.table`; of more parts the last two.
    ///
    /// # Errors
    /// No name comes next, or none behind a point.
    pub(super) fn table(&mut self) -> Result<TableName, Unparsed> {
        let mut name = self.name()?;
        let mut schema = None;
        while self.take_sign('.') {
            schema = Some(std::mem::replace(&mut name, self.name()?));
        }
        Ok(TableName { schema, name })
    }

    /// `IF EXISTS`, `IF NOT EXISTS`
    pub(super) fn take_if_exists(&mut self) {
        let _ = self.take("IF EXISTS") || self.take("IF NOT EXISTS");
    }

    /// What stands in parentheses here; the cursor is behind them.
    ///
    /// # Errors
    /// None begin here, or they do not end; in that case the cursor is at the end.
    pub(super) fn parenthesised(&mut self) -> Result<Cursor<'a>, Unparsed> {
        if !self.sees_sign('(') {
            return Err(self.unparsed());
        }
        let start = self.at + 1;
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Sign('(') => depth += 1,
                TokenKind::Sign(')') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                let tokens = self.tokens.get(start..self.at - 1).unwrap_or_default();
                return Ok(Cursor { vendor: self.vendor, tokens, at: 0 });
            }
        }
        Err(self.unparsed())
    }

    /// Up to the next comma that stands in no parentheses; the cursor is behind the comma.
    pub(super) fn item(&mut self) -> Cursor<'a> {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Sign('(' | '[') => depth += 1,
                TokenKind::Sign(')' | ']') => depth = depth.saturating_sub(1),
                TokenKind::Sign(',') if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        let tokens = self.tokens.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Cursor { vendor: self.vendor, tokens, at: 0 }
    }

    /// Whether the keywords come, in no parentheses, from here on.
    pub(super) fn has_ahead(&self, keywords: &str) -> bool {
        let mut ahead = self.clone();
        let mut depth = 0_usize;
        while let Some(kind) = ahead.peek() {
            match kind {
                TokenKind::Sign('(') => depth += 1,
                TokenKind::Sign(')') => depth = depth.saturating_sub(1),
                _ if depth == 0 && ahead.take(keywords) => return true,
                _ => {}
            }
            ahead.at += 1;
        }
        false
    }

    /// The tables behind each `REFERENCES` from here on.
    pub(super) fn references(&self) -> Vec<TableName> {
        let mut ahead = self.clone();
        let mut tables = Vec::new();
        while !ahead.is_done() {
            if ahead.take("REFERENCES") {
                tables.extend(ahead.table().ok().filter(|table| !tables.contains(table)));
            } else {
                ahead.at += 1;
            }
        }
        tables
    }

    /// Where all of its tokens stand.
    pub(super) fn span(&self) -> Range<usize> {
        let start = self.tokens.first().map_or(0, |token| token.span.start);
        let end = self.tokens.last().map_or(start, |token| token.span.end);
        start..end
    }
}
