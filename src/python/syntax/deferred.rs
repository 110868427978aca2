//! Functions whose bodies are parsed when they are asked for.
//!
//! Either the parser is given the file with a stand-in of the same length for each body, so that every
//! place is the file's own: `(`, a comment, and `0)` on a line of its own. Or the bodies of a tree that
//! was parsed whole are let go.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::ast::{AtomicNodeIndex, ExceptHandler, Stmt, StmtPass};
use super::{Ranged as _, TextRange};
use crate::source::{Held, LogicalLine, SourceFile};

/// After so many functions of a file that were parsed alone, the rest are parsed together: each one takes
/// the time of reading all that stands before it.
const ALONE: usize = 32;
/// Where that finds errors (Python could not import the file), so many more are parsed alone.
const IN_VAIN: usize = 1000;

/// Bodies shorter than this, in bytes, are parsed at once.
const SHORT: usize = 64;

/// What an indented function is put under, to be parsed alone.
const HOLDER: &str = "if 0:\n";

/// A function whose body has a stand-in.
#[derive(Debug)]
pub(super) struct Deferred {
    /// Where its `def` or `async def` begins.
    def: usize,
    /// Spaces before that.
    indent: usize,
    /// The statements, in bytes.
    body: Range<usize>,
    parsed: OnceLock<Vec<Stmt>>,
}

/// The functions of a file whose bodies wait.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    /// In order of place.
    deferred: Vec<Deferred>,
    /// How many were asked for and not there.
    asked: AtomicUsize,
    /// Where what is parsed is counted.
    pub(super) held: Option<Arc<Held>>,
}

impl Bodies {
    /// Bodies that nobody has asked for, in order of place.
    pub(super) fn new(deferred: Vec<Deferred>) -> Self {
        Self { deferred, asked: AtomicUsize::new(0), held: None }
    }

    /// The statements of the function whose body begins there, parsed now if they were not before.
    pub(super) fn body(&self, start: usize, file: &Arc<SourceFile>) -> Option<&[Stmt]> {
        let deferred = find(&self.deferred, start)?;
        if deferred.parsed.get().is_none() {
            self.prepare(file);
        }
        Some(deferred.parsed.get_or_init(|| self.parse(deferred, file)))
    }

    /// Parses all bodies at once when it is the time for that.
    fn prepare(&self, file: &Arc<SourceFile>) {
        if self.asked.fetch_add(1, Ordering::Relaxed) == ALONE && !self.is_full() {
            let tree = super::parse(file.text(), file, &[]);
            self.count(tree.tokens);
            self.keep(tree.body);
        }
    }

    /// Keeps the bodies of a tree.
    fn keep(&self, body: Vec<Stmt>) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(def) => {
                    let start = def.body.first().map(|first| usize::from(first.start()));
                    if let Some(deferred) = start.and_then(|start| find(&self.deferred, start)) {
                        let _ = deferred.parsed.set(def.body);
                    }
                }
                Stmt::ClassDef(def) => self.keep(def.body),
                Stmt::If(inner) => {
                    self.keep(inner.body);
                    inner.elif_else_clauses.into_iter().for_each(|clause| self.keep(clause.body));
                }
                Stmt::Try(inner) => {
                    for body in [inner.body, inner.orelse, inner.finalbody] {
                        self.keep(body);
                    }
                    for ExceptHandler::ExceptHandler(handler) in inner.handlers {
                        self.keep(handler.body);
                    }
                }
                Stmt::For(inner) => [inner.body, inner.orelse].into_iter().for_each(|body| self.keep(body)),
                Stmt::While(inner) => [inner.body, inner.orelse].into_iter().for_each(|body| self.keep(body)),
                Stmt::With(inner) => self.keep(inner.body),
                Stmt::Match(inner) => inner.cases.into_iter().for_each(|case| self.keep(case.body)),
                _ => {}
            }
        }
    }

    fn parse(&self, deferred: &Deferred, file: &Arc<SourceFile>) -> Vec<Stmt> {
        if self.is_full() || self.asked.load(Ordering::Relaxed) > ALONE + IN_VAIN {
            return Vec::new();
        }
        let (body, tokens) = deferred.parse(file);
        self.count(tokens);
        body
    }

    fn count(&self, tokens: usize) {
        if let Some(held) = &self.held {
            held.add(tokens.saturating_mul(Held::TOKEN));
        }
    }

    fn is_full(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.is_full())
    }
}

/// The functions of a text whose bodies can wait, in order of place.
pub(super) fn deferrable(text: &str, lines: &[LogicalLine]) -> Vec<Deferred> {
    let mut deferred = Vec::new();
    // Blanks that are not spaces: how deep a line is nested is for the parser to say.
    if lines.iter().any(|line| line.indent == LogicalLine::OTHER_BLANKS) {
        return deferred;
    }
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        if !is_function(text, line) {
            continue;
        }
        let inner = after.iter().take_while(|inner| inner.indent > line.indent).count();
        let Some((first, last)) = after.first().zip(inner.checked_sub(1).and_then(|at| after.get(at))) else {
            continue;
        };
        let (start, end) = (first.start as usize, last.end as usize);
        let written = text.get(start..end).unwrap_or_default();
        // A backslash joins a statement to the blank line after it.
        let is_end = |end: char| matches!(end, ';' | '\\') || end.is_ascii_whitespace();
        let length = written.trim_end_matches(is_end).len();
        let (def, indent) = (line.start as usize, line.indent as usize);
        if length < SHORT || (indent > 0 && def - indent < HOLDER.len()) {
            continue;
        }
        deferred.push(Deferred { def, indent, body: start..start + length, parsed: OnceLock::new() });
        rest = after.get(inner..).unwrap_or_default();
    }
    deferred
}

/// The text with stand-ins for those bodies.
pub(super) fn without_bodies(text: &str, deferred: &[Deferred]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for function in deferred {
        stand_in(bytes.get_mut(function.body.clone())?);
    }
    String::from_utf8(bytes).ok()
}

fn is_function(text: &str, line: &LogicalLine) -> bool {
    let written = text.get(line.start as usize..line.end as usize).unwrap_or_default();
    let after = |text: &str, word| text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']));
    after(written, "def")
        || after(written, "async")
            && written.strip_prefix("async").is_some_and(|rest| after(rest.trim_ascii_start(), "def"))
}

fn stand_in(body: &mut [u8]) {
    body.fill(b'#');
    if let Some(first) = body.first_mut() {
        *first = b'(';
    }
    if let Some(end) = body.last_chunk_mut() {
        *end = *b"\n0)";
    }
}

/// Takes those bodies out of a tree, wherever a module's or a class's own statements hold them.
pub(super) fn let_go(body: &mut [Stmt], deferred: &[Deferred]) {
    for statement in body {
        match statement {
            Stmt::FunctionDef(def) => {
                let Some((first, last)) = def.body.first().zip(def.body.last()) else { continue };
                if find(deferred, first.start().into()).is_some() {
                    let range = TextRange::new(first.start(), last.end());
                    def.body = vec![Stmt::Pass(StmtPass { node_index: AtomicNodeIndex::NONE, range })];
                }
            }
            Stmt::ClassDef(def) => let_go(&mut def.body, deferred),
            _ => {}
        }
    }
}

/// The bodies that [`let_go`] takes out of a tree, in bytes.
pub(super) fn to_let_go(body: &[Stmt], deferred: &[Deferred]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for statement in body {
        match statement {
            Stmt::FunctionDef(def) => {
                let start = def.body.first().map(|first| usize::from(first.start()));
                found.extend(start.and_then(|start| find(deferred, start)).map(|one| one.body.clone()));
            }
            Stmt::ClassDef(def) => found.append(&mut to_let_go(&def.body, deferred)),
            _ => {}
        }
    }
    found
}

/// The function whose body begins there.
fn find(deferred: &[Deferred], start: usize) -> Option<&Deferred> {
    let index = deferred.binary_search_by_key(&start, |deferred| deferred.body.start).ok()?;
    deferred.get(index)
}

impl Deferred {
    /// The body's statements, and how many tokens they are.
    fn parse(&self, file: &Arc<SourceFile>) -> (Vec<Stmt>, usize) {
        let start = self.def.saturating_sub(self.indent);
        let holder = if self.indent > 0 { HOLDER } else { "" };
        let mut text = String::with_capacity(self.body.end);
        text.push_str(&"#".repeat(start.saturating_sub(holder.len() + 1)));
        if start > holder.len() {
            text.push('\n');
        }
        text.push_str(holder);
        text.push_str(file.text().get(start..self.body.end).unwrap_or_default());
        let mut tree = super::parse(&text, file, &[]);
        let body = match tree.body.pop() {
            Some(Stmt::FunctionDef(def)) => def.body,
            Some(Stmt::If(mut inner)) => match inner.body.pop() {
                Some(Stmt::FunctionDef(def)) => def.body,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        (body, tree.tokens)
    }
}
