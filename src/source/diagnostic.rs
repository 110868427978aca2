//! What reading could not do: said, never passed over in silence.

use std::fmt;
use std::sync::Arc;

/// Why a file or folder was not read as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiagnosticKind {
    /// The operating system refused: permissions, a file that vanished, a fault of the disk.
    Unreadable,
    /// The name is that of a file, but a folder, FIFO, socket or device bears it.
    NotAFile,
    /// Over the size limit.
    TooLarge,
    /// Bytes that the file's encoding does not allow.
    InvalidEncoding,
    /// A coding cookie naming an encoding that is not known, or one that contradicts the byte order mark.
    UnknownEncoding,
    /// A NUL byte, which Python refuses in source.
    NulByte,
    /// Nested deeper than the parser is allowed to go.
    TooDeep,
    /// A file name that is not text.
    InvalidName,
    /// A symbolic link that was not followed.
    SymbolicLink,
    /// More files than the limit.
    TooManyFiles,
    /// Folders nested deeper than the limit.
    TooManyFolders,
    /// Text that does not parse.
    Syntax,
}

/// One thing that could not be read, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// Relative to the analysed root, `/` between parts; `.` is the root itself.
    pub path: Arc<str>,
    /// Line, from 1, where one can be named.
    pub line: Option<u32>,
    /// Column in characters, from 1, where one can be named.
    pub column: Option<u32>,
    /// Why.
    pub kind: DiagnosticKind,
    /// What happened, in a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of a whole file or folder.
    pub fn new(path: impl Into<Arc<str>>, kind: DiagnosticKind, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, column: None, kind, message: message.into(), hint: None }
    }

    /// The same, at a line and, if known, a column.
    #[must_use]
    pub fn at(mut self, line: u32, column: Option<u32>) -> Self {
        self.line = Some(line);
        self.column = column;
        self
    }

    /// The same, with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", self.message)
    }
}
