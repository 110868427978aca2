//! Floor 1: files and their text.
//!
//! Nothing here knows Django, and of Python only what it takes to read a file safely: its
//! encodings ([`read`]) and what nests ([`parse_guard`]). See [`SourceFile`] for text with places in it,
//! [`walk`] for the files of a repository.

mod diagnostic;
mod file;
mod guard;
mod held;
mod inside;
mod logical_line;
mod read;
mod too_deep;
mod walk;

pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use file::{LineColumn, Location, SourceFile};
pub use guard::{MAX_BRACKETS, MAX_CHAIN, MAX_INDENTATIONS, MAX_TOKENS, outline, parse_guard};
pub use held::Held;
pub use inside::{Odd, inside};
pub use logical_line::LogicalLine;
pub use read::{Content, MAX_BYTES, Reading, decode_python, read, read_bytes};
pub use too_deep::{Depth, TooDeep};
pub use walk::{Folder, Tree, WalkOptions, walk};

/// Stack of a thread that parses or visits a file which [`parse_guard`] let pass.
pub const STACK_BYTES: usize = 64 * 1024 * 1024;
