//! Lines as Python's grammar counts them.

/// A statement's first line, or all of it: what ends with a `NEWLINE` token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogicalLine {
    /// Where its first token begins, in bytes.
    pub start: u32,
    /// Spaces before it; [`LogicalLine::OTHER_BLANKS`] where the blanks are not spaces alone.
    pub indent: u32,
    /// Behind its last token.
    pub end: u32,
}

impl LogicalLine {
    /// Tabs or form feeds are among the blanks before the line.
    pub const OTHER_BLANKS: u32 = u32::MAX;
}
