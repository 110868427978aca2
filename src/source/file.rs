//! A text file that was read, and places in it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The decoded text of one file.
///
/// Offsets everywhere in the program are byte offsets into [`SourceFile::text`].
pub struct SourceFile {
    path: PathBuf,
    display: Arc<str>,
    /// How long the revision before the path in `display` is, its colon counted.
    revision: usize,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

/// A place for people: both numbers count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl SourceFile {
    /// A file at `path`, shown to people as `display` (relative to the analysed root, `/` between parts).
    pub fn new(path: PathBuf, display: impl Into<Arc<str>>, text: String) -> Arc<Self> {
        Arc::new(Self { path, display: display.into(), revision: 0, text, lines: OnceLock::new() })
    }

    /// A file as it was at a revision, shown as git names it: `revision:path`.
    pub fn at_revision(path: PathBuf, revision: &str, in_tree: &str, text: String) -> Arc<Self> {
        let display = format!("{revision}:{in_tree}").into();
        Arc::new(Self { path, display, revision: revision.len() + 1, text, lines: OnceLock::new() })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path to show: relative to the analysed root, with `/` between parts; after the revision where
    /// it is of another one than what is analysed.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The path without a revision, for whoever looks for the file.
    pub fn in_tree(&self) -> &str {
        self.display.get(self.revision..).unwrap_or(&self.display)
    }

    /// The decoded text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut starts = vec![0];
            let bytes = self.text.as_bytes();
            for (i, byte) in bytes.iter().enumerate() {
                // `\r` alone ends a line in Python too.
                let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
                if ends {
                    starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
                }
            }
            starts
        })
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let before = self.text.get(start..end).unwrap_or("");
        let column = before.chars().count() + 1;
        LineColumn {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// How many lines there are; an empty file has one.
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.line_starts().len()).unwrap_or(u32::MAX)
    }

    /// The text of a line (from 1) without its line ending.
    pub fn line(&self, line: u32) -> Option<&str> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)? as usize)? as usize;
        let end = starts.get(line as usize).map_or(self.text.len(), |end| *end as usize);
        self.text.get(start..end).map(|text| text.trim_end_matches(['\n', '\r']))
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({})", self.display)
    }
}

/// A range of bytes in a file.
#[derive(Clone)]
pub struct Location {
    /// The file.
    pub file: Arc<SourceFile>,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Location {
    /// The first byte's line and column.
    pub fn start(&self) -> LineColumn {
        self.file.line_column(self.start)
    }

    /// The line and column one past the end.
    pub fn end(&self) -> LineColumn {
        self.file.line_column(self.end)
    }

    /// The line of the first byte, from 1.
    pub fn line(&self) -> u32 {
        self.start().line
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.end == other.end && self.file.display() == other.file.display()
    }
}

impl Eq for Location {}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line())
    }
}
