//! What cannot be written as SQL without running the project.

use std::fmt;
use std::sync::Arc;

/// Why a statement cannot be written. An operation with one gives a comment instead of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrenderable {
    /// For people: `the type of field a.b.c (x.Field) is not known`.
    pub reason: Arc<str>,
}

impl Unrenderable {
    /// An error with this reason.
    pub fn new(reason: impl Into<Arc<str>>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for Unrenderable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unrenderable {}
