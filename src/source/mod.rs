//! Floor 1: files and their text.
//!
//! Nothing here knows Django, and of Python only what it takes to read a file safely: its
//! encodings ([`read`]) and what nests ([`parse_guard`]). See [`SourceFile`] for text with places in it,
//! [`walk`] for the files of a repository.

mod diagnostic;
mod file;
mod guard;
mod inside;
mod logical_line;
mod read;
mod walk;

pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use file::{LineColumn, Location, SourceFile};
pub use guard::{Depth, MAX_BRACKETS, MAX_CHAIN, MAX_INDENTATIONS, TooDeep, outline, parse_guard};
pub use inside::{Odd, inside};
pub use logical_line::LogicalLine;
pub use read::{Content, MAX_BYTES, Reading, decode_python, read, read_bytes};
pub use walk::{Folder, Tree, WalkOptions, walk};

/// Stack of a thread that parses or visits a file which [`parse_guard`] let pass.
pub const STACK_BYTES: usize = 64 * 1024 * 1024;
