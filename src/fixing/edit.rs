//! Edits to a text by ranges of bytes: what is not edited stays as it is.

use std::ops::Range;

use crate::python::syntax::{Ranged, TextRange};

/// Edits of one text.
#[derive(Debug, Clone, Default)]
pub(super) struct Edits {
    all: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Puts a text in the place of a node.
    pub(super) fn replace(&mut self, node: impl Ranged, text: impl Into<String>) {
        self.all.push((bytes(node.range()), text.into()));
    }

    /// Puts a text between two bytes.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.all.push((at..at, text.into()));
    }

    /// Takes bytes out.
    pub(super) fn delete(&mut self, range: Range<usize>) {
        self.all.push((range, String::new()));
    }

    /// Puts a text in the place of a whole one of that length.
    pub(super) fn swap(&mut self, length: usize, text: String) {
        self.all.push((0..length, text));
    }

    /// The text with all edits; `None` where two of them overlap or one lies outside. Lines that are put
    /// in end as the text's own do.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let mut edits: Vec<_> = self.all.iter().collect();
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        edits.dedup();
        let windows = text.contains("\r\n");
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for (range, new) in edits {
            out.push_str(text.get(at..range.start)?);
            if windows {
                out.push_str(&new.replace("\r\n", "\n").replace('\n', "\r\n"));
            } else {
                out.push_str(new);
            }
            text.get(range.clone())?;
            at = range.end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }
}

/// A range as bytes.
pub(super) fn bytes(range: TextRange) -> Range<usize> {
    usize::from(range.start())..usize::from(range.end())
}

/// Where the line begins that a byte is on.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

/// Where the next line begins.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_order_of_place() {
        let mut edits = Edits::default();
        edits.insert(3, "3\n");
        edits.delete(0..1);
        assert_eq!(edits.apply("abcdef").as_deref(), Some("bc3\ndef"));
        assert_eq!(edits.apply("ab\r\ndef").as_deref(), Some("b\r3\r\n\ndef"));
        edits.delete(0..2);
        assert_eq!(edits.apply("abcdef"), None);
        assert_eq!(edits.apply("a"), None);
    }

    #[test]
    fn lines_begin_after_line_ends() {
        assert_eq!((line_start("ab\ncd", 4), line_start("ab", 1)), (3, 0));
        assert_eq!((next_line("ab\ncd", 1), next_line("ab", 1), next_line("ab", 9)), (3, 2, 2));
    }
}
