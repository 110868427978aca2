//! What finding out about a project could not do, or did by falling back: said, never passed over.

use std::fmt;
use std::sync::Arc;

use crate::python::value::Unknown;
use crate::source::Location;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// No settings module was found, or it could not be read.
    Settings,
    /// A setting that matters is not known, or in part only.
    Setting,
    /// An entry of `INSTALLED_APPS` that Django would refuse, or that could not be read.
    App,
    /// Two apps of one label: `ImproperlyConfigured` in Django.
    DuplicateLabel,
    /// Apps were found by their folders.
    AppsByFolder,
    /// Where Django's version comes from, if that is not certain.
    DjangoVersion,
    /// The database is not one that is known.
    Database,
    /// A folder, link or file that was left out.
    Path,
}

/// One thing to know of how a project was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The file, as shown to people.
    pub path: Option<Arc<str>>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// What happened, in a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Notice {
    /// A notice without a place.
    pub fn new(kind: NoticeKind, message: impl Into<String>) -> Self {
        Self { kind, path: None, line: None, message: message.into(), help: None }
    }

    /// The same, of a file.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<Arc<str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same, at a line.
    #[must_use]
    pub fn on_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// The same, at a place, if there is one.
    #[must_use]
    pub fn at(mut self, at: Option<&Location>) -> Self {
        if let Some(at) = at {
            self.path = Some(at.file.display().into());
            self.line = Some(at.line());
        }
        self
    }

    /// The same, with the reason and place of an unknown.
    #[must_use]
    pub fn because(mut self, unknown: &Unknown) -> Self {
        self.message = format!("{}: {}", self.message, unknown.reason);
        self.at(unknown.at.as_ref())
    }

    /// The same, with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            f.write_str(path)?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}
