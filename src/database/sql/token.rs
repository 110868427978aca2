//! SQL text in tokens, as each database quotes and comments.

use std::ops::Range;

use crate::database::dialect::Vendor;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is, with its text.
    pub(super) kind: TokenKind,
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or name, as written.
    Word(String),
    /// A quoted name, without the quotes.
    Quoted(String),
    /// A string; dollar-quoted ones, too.
    Text,
    Number,
    /// `%s`, `%(name)s`
    Parameter,
    /// Any other character.
    Sign(char),
}

/// A quotation or comment that does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unterminated {
    /// Where it starts.
    pub(super) at: usize,
}

/// All tokens, and where the text cannot be read on.
pub(super) fn tokens(vendor: Vendor, text: &str) -> (Vec<Token>, Option<Unterminated>) {
    let mut scanner = Scanner { vendor, text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        match scanner.next() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => return (tokens, None),
            Err(unterminated) => return (tokens, Some(unterminated)),
        }
    }
}

struct Scanner<'a> {
    vendor: Vendor,
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn is_mysql(&self) -> bool {
        matches!(self.vendor, Vendor::MySql | Vendor::MariaDb)
    }

    fn next(&mut self) -> Result<Option<Token>, Unterminated> {
        while self.skip_blank()? {}
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let kind = match first {
            '\'' => self.string(first, false)?,
            '"' if self.is_mysql() => self.string(first, true)?,
            '"' => self.quoted('"')?,
            '`' if self.vendor != Vendor::PostgreSql => self.quoted('`')?,
            '[' if self.vendor == Vendor::Sqlite => self.quoted(']')?,
            '$' if self.vendor == Vendor::PostgreSql => self.dollar()?,
            '%' => self.parameter(),
            _ if first.is_ascii_digit() => {
                self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
                TokenKind::Number
            }
            _ if is_name_start(first) => self.word()?,
            _ => {
                self.at += first.len_utf8();
                TokenKind::Sign(first)
            }
        };
        Ok(Some(Token { kind, span: start..self.at }))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c: char| !wanted(c)).unwrap_or(rest.len());
    }

    /// One stretch of blanks or one comment; whether there was one.
    fn skip_blank(&mut self) -> Result<bool, Unterminated> {
        let start = self.at;
        self.take_while(char::is_whitespace);
        let rest = self.rest();
        if rest.starts_with("--") || (rest.starts_with('#') && self.is_mysql()) {
            self.take_while(|c| c != '\n');
        } else if rest.starts_with("/*!") && self.is_mysql() {
            // Code for MySQL: read on inside; its end is skipped below.
            self.at += 3;
            self.take_while(|c| c.is_ascii_digit());
        } else if rest.starts_with("*/") && self.is_mysql() {
            self.at += 2;
        } else if rest.starts_with("/*") {
            self.comment()?;
        }
        Ok(self.at > start)
    }

    /// `/* … */`; PostgreSQL's nest.
    fn comment(&mut self) -> Result<(), Unterminated> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") && (depth == 0 || self.vendor == Vendor::PostgreSql) {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                let Some(next) = rest.chars().next() else { return Err(Unterminated { at: start }) };
                self.at += next.len_utf8();
            }
        }
    }

    /// Up to the closing quote; a doubled one, or after a backslash where those escape, is none.
    fn closing(&mut self, quote: char, backslash: bool) -> Result<(), Unterminated> {
        let start = self.at;
        self.at += 1;
        while let Some(next) = self.rest().chars().next() {
            self.at += next.len_utf8();
            if next == '\\' && backslash {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            } else if next == quote {
                if !self.rest().starts_with(quote) {
                    return Ok(());
                }
                self.at += 1;
            }
        }
        Err(Unterminated { at: start })
    }

    fn string(&mut self, quote: char, backslash: bool) -> Result<TokenKind, Unterminated> {
        self.closing(quote, backslash || self.is_mysql())?;
        Ok(TokenKind::Text)
    }

    fn quoted(&mut self, closing: char) -> Result<TokenKind, Unterminated> {
        let start = self.at + 1;
        self.closing(closing, false)?;
        let inner = self.text.get(start..self.at.saturating_sub(1)).unwrap_or_default();
        let doubled: String = [closing, closing].iter().collect();
        Ok(TokenKind::Quoted(inner.replace(&doubled, &closing.to_string())))
    }

    /// `$tag$ … $tag$`; a lone `$1` is a parameter.
    fn dollar(&mut self) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        let after = self.text.get(start + 1..).unwrap_or_default();
        let tag = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
        let is_tag = !after.starts_with(|c: char| c.is_ascii_digit())
            && after.get(tag..).is_some_and(|r| r.starts_with('$'));
        if !is_tag {
            self.at += 1;
            self.take_while(char::is_alphanumeric);
            return Ok(TokenKind::Parameter);
        }
        let delimiter = self.text.get(start..start + tag + 2).unwrap_or_default();
        let body = self.text.get(start + tag + 2..).unwrap_or_default();
        let end = body.find(delimiter).ok_or(Unterminated { at: start })?;
        self.at = start + tag + 2 + end + delimiter.len();
        Ok(TokenKind::Text)
    }

    /// `%s`, `%(name)s`, or the sign.
    fn parameter(&mut self) -> TokenKind {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let named = rest.strip_prefix('(').and_then(|rest| rest.find(")s")).map(|end| end + 3);
        let length = if rest.starts_with('s') { Some(1) } else { named };
        self.at += 1 + length.unwrap_or_default();
        if length.is_some() { TokenKind::Parameter } else { TokenKind::Sign('%') }
    }

    fn word(&mut self) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        self.take_while(|c| is_name_start(c) || c.is_ascii_digit() || c == '$');
        let word = self.text.get(start..self.at).unwrap_or_default().to_owned();
        // E'…', N'…', X'…', B'…', _utf8'…'
        let prefix = word.len() == 1 || word.starts_with('_');
        if prefix && self.rest().starts_with('\'') {
            return self.string('\'', word.eq_ignore_ascii_case("e"));
        }
        Ok(TokenKind::Word(word))
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '@'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(vendor: Vendor, text: &str) -> Vec<TokenKind> {
        let (tokens, error) = tokens(vendor, text);
        assert_eq!(error, None);
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn each_database_quotes_in_its_way() {
        use TokenKind::{Parameter, Quoted, Sign, Text, Word};
        let word = |text: &str| Word(text.to_owned());
        let quoted = |text: &str| Quoted(text.to_owned());
        assert_eq!(
            kinds(Vendor::PostgreSql, "a \"b\"\"c\" 'x''y' E'\\'' $q$ ; $$ $q$ /* /* */ ; */ $1"),
            [word("a"), quoted("b\"c"), Text, Text, Text, Parameter]
        );
        assert_eq!(
            kinds(Vendor::MySql, "`a` \"b\" 'c\\'d' # e\n/*!40101 SET */ f"),
            [quoted("a"), Text, Text, word("SET"), word("f")]
        );
        assert_eq!(kinds(Vendor::Sqlite, "[a b] `c`"), [quoted("a b"), quoted("c")]);
        assert_eq!(
            kinds(Vendor::PostgreSql, "%s %(na)s 1 % 2"),
            [Parameter, Parameter, TokenKind::Number, Sign('%'), TokenKind::Number]
        );
    }

    #[test]
    fn what_does_not_end_is_said() {
        for text in ["'a", "\"a", "/* a", "$$ a", "$a$ b $$"] {
            assert_eq!(tokens(Vendor::PostgreSql, text).1, Some(Unterminated { at: 0 }), "{text}");
        }
    }
}
