//! Functions whose bodies are parsed when they are asked for.
//!
//! Either the parser is given the file with a stand-in of the same length for each body, so that every
//! place is the file's own: `(`, a comment, and `0)` on a line of its own. Or the bodies of a tree that
//! was parsed whole are let go.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::ast::{AtomicNodeIndex, Stmt, StmtPass};
use super::{Ranged as _, TextRange};
use crate::source::{LogicalLine, SourceFile};

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
        let length = written.trim_end_matches(|end: char| end == ';' || end.is_ascii_whitespace()).len();
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

/// The function whose body begins there.
pub(super) fn find(deferred: &[Deferred], start: usize) -> Option<&Deferred> {
    let index = deferred.binary_search_by_key(&start, |deferred| deferred.body.start).ok()?;
    deferred.get(index)
}

impl Deferred {
    /// The body's statements, parsed now if they were not before.
    pub(super) fn statements(&self, file: &Arc<SourceFile>) -> &[Stmt] {
        self.parsed.get_or_init(|| self.parse(file))
    }

    fn parse(&self, file: &Arc<SourceFile>) -> Vec<Stmt> {
        let start = self.def.saturating_sub(self.indent);
        let holder = if self.indent > 0 { HOLDER } else { "" };
        let mut text = String::with_capacity(self.body.end);
        text.push_str(&"#".repeat(start.saturating_sub(holder.len() + 1)));
        if start > holder.len() {
            text.push('\n');
        }
        text.push_str(holder);
        text.push_str(file.text().get(start..self.body.end).unwrap_or_default());
        let (mut body, _) = super::parse(&text, file);
        match body.pop() {
            Some(Stmt::FunctionDef(def)) => def.body,
            Some(Stmt::If(mut inner)) => match inner.body.pop() {
                Some(Stmt::FunctionDef(def)) => def.body,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
