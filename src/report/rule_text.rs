//! What a report says of a rule itself.

use super::finding::{Aspect, Severity};

/// A rule's documentation, as formats that carry it need it.
#[derive(Debug, Clone, Copy)]
pub struct RuleText {
    /// Its name.
    pub name: &'static str,
    /// How bad its findings are, unless configured otherwise.
    pub severity: Severity,
    /// What it is about.
    pub aspect: Aspect,
    /// When it fires, in one line.
    pub summary: &'static str,
    /// What it does.
    pub what: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// What to write instead.
    pub safe_way: &'static str,
}

impl RuleText {
    /// The documentation as Markdown.
    pub fn markdown(&self) -> String {
        format!("{}\n\n**Why that is bad.** {}\n\n**The safe way.** {}", self.what, self.why, self.safe_way)
    }

    /// The documentation as plain text.
    pub fn plain(&self) -> String {
        format!("{}\n\nWhy that is bad: {}\n\nThe safe way: {}", self.what, self.why, self.safe_way)
    }
}
