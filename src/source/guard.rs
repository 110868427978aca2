//! How deep a text nests, found before a parser that recurses is let loose on it.
//!
//! The tree of `a.b.c`, `a + b + c` or `not not x` is as deep as it is long, and walking or even
//! dropping it recurses. So this scan bounds both: brackets within brackets, and the tokens in one
//! expression (those since the last comma of each open bracket, summed). The numbers are upper bounds of
//! the tree's depth: an attacker gains nothing from them, and real code stays far below.

use super::{Depth, LogicalLine, TooDeep};

/// Most brackets within brackets: what `CPython` allows (`MAXSTACK` in `Parser/lexer/state.h`, 200).
pub const MAX_BRACKETS: usize = 200;
/// Most different indentations in a file; a block needs one of its own. `CPython` allows 100 nested blocks.
pub const MAX_INDENTATIONS: usize = 200;
/// Most tokens in one expression without a comma. Of 30,000 files of published projects none has 500.
pub const MAX_CHAIN: u32 = 2000;

/// Most tokens in a file, line ends and comments among them. A tree takes up to 200 bytes for each, and as
/// many files are parsed at a time as there are processors. Of 30,000 files of published projects the
/// largest has 200,000.
pub const MAX_TOKENS: u32 = 1_000_000;

/// What a logical line takes, blanks, comments and texts included: a first guess.
const BYTES_PER_LINE: usize = 48;

/// Whether `text` can be parsed, visited and dropped on a stack of [`super::STACK_BYTES`].
///
/// # Errors
/// The first place where a limit is passed.
pub fn parse_guard(text: &str) -> Result<(), TooDeep> {
    outline(text).map(drop)
}

/// The logical lines of a text that passes [`parse_guard`].
///
/// # Errors
/// The first place where a limit is passed.
pub fn outline(text: &str) -> Result<Vec<LogicalLine>, TooDeep> {
    let bytes = text.as_bytes();
    indentations(bytes)?;
    let mut scan = Scan {
        bytes,
        at: 0,
        line: 1,
        frames: Vec::new(),
        chain: 0,
        lambdas: 0,
        total: 0,
        tokens: 0,
        line_start: 0,
        within: false,
        lines: Vec::with_capacity(bytes.len() / BYTES_PER_LINE),
    };
    scan.run()?;
    scan.end_line(bytes.len());
    Ok(scan.lines)
}

/// Blocks on the parser's stack have ever wider indentation, so the number of widths in the whole
/// file, whatever is string or comment, is no less than the depth of blocks.
fn indentations(bytes: &[u8]) -> Result<(), TooDeep> {
    let mut seen = [0_u64; 64];
    let mut count = 0;
    let mut line = 1;
    let mut rest = bytes;
    loop {
        let mut width = 0;
        for byte in rest {
            match byte {
                b' ' | b'\t' => width += 1,
                b'\x0c' => width = 0,
                _ => break,
            }
        }
        let (word, bit) = (width / 64, width % 64);
        let new = match seen.get_mut(word) {
            Some(bits) => {
                let new = *bits & (1 << bit) == 0;
                *bits |= 1 << bit;
                new
            }
            None => true,
        };
        count += usize::from(new);
        if count > MAX_INDENTATIONS {
            return Err(TooDeep { line, what: Depth::Indentation });
        }
        let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else { return Ok(()) };
        line += u32::from(!rest.get(end..).is_some_and(|ending| ending.starts_with(b"\r\n")));
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}

/// What an open bracket is, and what lies outside it.
struct Frame {
    kind: Kind,
    /// Tokens of the surrounding expression so far, and lambdas in it still before their colon.
    chain: u32,
    lambdas: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `(`, `[` or `{`, by the byte that closes it.
    Bracket(u8),
    /// The `{` of a replacement field.
    Field,
    /// The text of an f-string.
    Text(Quote),
    /// A format specification within a replacement field.
    Spec,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Quote {
    byte: u8,
    triple: bool,
    raw: bool,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    frames: Vec<Frame>,
    chain: u32,
    lambdas: u32,
    /// `chain` and every frame's.
    total: u32,
    /// Steps through code so far: no fewer than tokens.
    tokens: u32,
    /// Where the present line of the file begins.
    line_start: usize,
    /// Whether a logical line has begun and not ended.
    within: bool,
    lines: Vec<LogicalLine>,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), TooDeep> {
        while self.at < self.bytes.len() {
            match self.frames.last().map(|frame| frame.kind) {
                Some(Kind::Text(quote)) => self.text(quote)?,
                Some(Kind::Spec) => self.spec()?,
                _ => self.code()?,
            }
            // Indentation and the blanks between tokens.
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.first() == Some(&b' ')
                && !matches!(self.frames.last(), Some(Frame { kind: Kind::Text(_), .. }))
            {
                self.at += rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
            }
        }
        Ok(())
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn count(&mut self) -> Result<(), TooDeep> {
        self.chain += 1;
        self.total += 1;
        if self.total > MAX_CHAIN {
            return Err(TooDeep { line: self.line, what: Depth::Expression });
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind) -> Result<(), TooDeep> {
        self.count()?;
        if self.frames.len() >= MAX_BRACKETS {
            return Err(TooDeep { line: self.line, what: Depth::Brackets });
        }
        self.frames.push(Frame { kind, chain: self.chain, lambdas: self.lambdas });
        (self.chain, self.lambdas) = (0, 0);
        Ok(())
    }

    fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.total -= self.chain;
            (self.chain, self.lambdas) = (frame.chain, frame.lambdas);
        }
    }

    /// What comes before does not nest with what follows.
    fn reset(&mut self) {
        self.total -= self.chain;
        (self.chain, self.lambdas) = (0, 0);
    }

    /// A line ending at the position; `\r\n` is one.
    fn newline(&mut self) {
        self.at += if self.peek(0) == b'\r' && self.peek(1) == b'\n' { 2 } else { 1 };
        self.line += 1;
        self.line_start = self.at;
    }

    /// The first token of a logical line is at the position.
    fn begin_line(&mut self) {
        self.within = true;
        let blanks = self.bytes.get(self.line_start..self.at).unwrap_or_default();
        let spaces = blanks.iter().all(|byte| *byte == b' ');
        let indent = if spaces { offset(blanks.len()) } else { LogicalLine::OTHER_BLANKS };
        self.lines.push(LogicalLine { start: offset(self.at), indent, end: offset(self.at) });
    }

    /// The present logical line, if there is one, has no more tokens from `end` on.
    fn end_line(&mut self, end: usize) {
        if !self.within {
            return;
        }
        self.within = false;
        if let Some(line) = self.lines.last_mut() {
            let text = self.bytes.get(line.start as usize..end).unwrap_or_default();
            line.end = line.start + offset(text.trim_ascii_end().len());
        }
    }

    fn code(&mut self) -> Result<(), TooDeep> {
        let byte = self.peek(0);
        self.tokens += 1;
        if self.tokens > MAX_TOKENS {
            return Err(TooDeep { line: self.line, what: Depth::Length });
        }
        if !self.within && !matches!(byte, b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'#') {
            self.begin_line();
        }
        match byte {
            b' ' | b'\t' | b'\x0c' => self.at += 1,
            b'\n' | b'\r' => {
                if self.frames.is_empty() {
                    self.end_line(self.at);
                    self.reset();
                }
                self.newline();
            }
            b'\\' => {
                self.at += 1;
                if matches!(self.peek(0), b'\n' | b'\r') {
                    self.newline();
                }
            }
            b'#' => {
                if self.frames.is_empty() {
                    self.end_line(self.at);
                }
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            }
            b'"' | b'\'' => self.string(false, false)?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => self.word()?,
            b'(' | b'[' | b'{' => {
                self.at += 1;
                let close = match byte {
                    b'(' => b')',
                    b'[' => b']',
                    _ => b'}',
                };
                self.push(Kind::Bracket(close))?;
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                match self.frames.last().map(|frame| frame.kind) {
                    Some(Kind::Bracket(close)) if close == byte => self.pop(),
                    Some(Kind::Field) if byte == b'}' => self.pop(),
                    // Not its pair: the parser may or may not leave the bracket, so it is held open.
                    _ => self.count()?,
                }
            }
            b',' => {
                self.at += 1;
                // A lambda's own commas do not end it, and outside brackets nothing is gained.
                if self.frames.is_empty() || self.lambdas > 0 {
                    self.count()?;
                } else {
                    self.reset();
                }
            }
            b':' => {
                self.at += 1;
                let in_field = self.frames.last().is_some_and(|frame| frame.kind == Kind::Field);
                if in_field && self.lambdas == 0 {
                    self.push(Kind::Spec)?;
                } else {
                    self.lambdas = self.lambdas.saturating_sub(1);
                    self.count()?;
                }
            }
            _ => {
                self.at += 1;
                self.count()?;
            }
        }
        Ok(())
    }

    /// A name, keyword, number, or the prefix of a string.
    fn word(&mut self) -> Result<(), TooDeep> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        if matches!(self.peek(0), b'"' | b'\'') && length <= 2 {
            let has = |letter: u8| word.iter().any(|byte| byte.to_ascii_lowercase() == letter);
            if word.iter().all(|byte| b"rRbBuUfFtT".contains(byte)) {
                return self.string(has(b'f') || has(b't'), has(b'r'));
            }
        }
        if word == b"lambda" {
            self.lambdas += 1;
        }
        self.count()
    }

    /// A string whose opening quote is at the position.
    fn string(&mut self, interpolated: bool, raw: bool) -> Result<(), TooDeep> {
        let byte = self.peek(0);
        let triple = self.peek(1) == byte && self.peek(2) == byte;
        self.at += if triple { 3 } else { 1 };
        let quote = Quote { byte, triple, raw };
        if interpolated {
            return self.push(Kind::Text(quote));
        }
        while self.at < self.bytes.len() {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let found = if triple {
                memchr::memchr3(byte, b'\\', b'\n', rest)
            } else {
                rest.iter().position(|b| *b == byte || matches!(b, b'\\' | b'\n' | b'\r'))
            };
            let Some(skip) = found else {
                self.at = self.bytes.len();
                break;
            };
            self.at += skip;
            if self.string_byte(quote) {
                break;
            }
        }
        Ok(())
    }

    /// Takes the quote, backslash or line ending at the position; true if it ends the string.
    fn string_byte(&mut self, quote: Quote) -> bool {
        match self.peek(0) {
            b'\\' => {
                self.at += 1;
                if matches!(self.peek(0), b'\n' | b'\r') {
                    self.newline();
                } else {
                    self.at += 1;
                }
                false
            }
            b'\n' | b'\r' => {
                if quote.triple {
                    self.newline();
                }
                !quote.triple
            }
            byte if byte == quote.byte => {
                if !quote.triple {
                    self.at += 1;
                    return true;
                }
                let ends = self.peek(1) == byte && self.peek(2) == byte;
                self.at += if ends { 3 } else { 1 };
                ends
            }
            _ => {
                self.at += 1;
                false
            }
        }
    }

    /// One step within an f-string's text.
    fn text(&mut self, quote: Quote) -> Result<(), TooDeep> {
        match self.peek(0) {
            b'{' if self.peek(1) == b'{' => self.at += 2,
            b'{' => {
                self.at += 1;
                self.push(Kind::Field)?;
            }
            // `\{` begins a field all the same.
            b'\\' if self.peek(1) == b'{' => self.at += 1,
            // Even a raw string's backslash keeps a quote from ending it.
            b'\\' if !quote.raw || self.peek(1) == quote.byte || self.peek(1) == b'\\' => {
                self.string_byte(quote);
            }
            _ => {
                if self.string_byte(quote) {
                    self.pop();
                }
            }
        }
        Ok(())
    }

    /// One step within a format specification.
    fn spec(&mut self) -> Result<(), TooDeep> {
        let quote = self.frames.iter().rev().find_map(|frame| match frame.kind {
            Kind::Text(quote) => Some(quote),
            _ => None,
        });
        match self.peek(0) {
            b'{' => {
                self.at += 1;
                self.push(Kind::Field)?;
            }
            b'}' => {
                self.at += 1;
                self.pop();
                self.pop();
            }
            b'\n' | b'\r' => {
                if quote.is_some_and(|quote| quote.triple) {
                    self.newline();
                } else {
                    self.leave_text();
                }
            }
            byte => {
                let ends = quote.is_some_and(|quote| {
                    quote.byte == byte && (!quote.triple || (self.peek(1) == byte && self.peek(2) == byte))
                });
                if ends {
                    self.at += if quote.is_some_and(|quote| quote.triple) { 3 } else { 1 };
                    self.leave_text();
                } else {
                    self.at += 1;
                }
            }
        }
        Ok(())
    }

    /// The f-string ended within a replacement field.
    fn leave_text(&mut self) {
        while let Some(frame) = self.frames.last() {
            let text = matches!(frame.kind, Kind::Text(_));
            self.pop();
            if text {
                break;
            }
        }
    }
}

/// Files have at most [`super::MAX_BYTES`].
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Bytes of names, keywords and numbers; those of other scripts count.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let letter = byte as u8;
        table[byte] = letter.is_ascii_alphanumeric() || letter == b'_' || letter >= 0x80;
        byte += 1;
    }
    table
};

fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}
