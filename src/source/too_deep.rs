//! Why a text is not parsed.

/// A text that nests too deeply to be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooDeep {
    /// Line, from 1, where the limit was passed.
    pub line: u32,
    /// What is too deep.
    pub what: Depth,
}

/// What nests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Brackets or replacement fields of f-strings.
    Brackets,
    /// Indented blocks.
    Indentation,
    /// One expression of very many tokens; often a bracket that was never closed.
    Expression,
    /// Nothing nests, but there is too much of it to hold its tree.
    Length,
}

impl Depth {
    /// A sentence without its full stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::Brackets => "brackets nest more than 200 deep",
            Self::Indentation => "more than 200 levels of indentation",
            Self::Expression => "an expression of more than 2000 tokens, or a bracket that is never closed",
            Self::Length => "more than a million tokens",
        }
    }
}
