//! Floor 6: answers as text. One file a format, each a pure function of what it shows: the formats of
//! `check` take a [`Report`].

pub mod concise;
pub mod finding;
pub mod graph;
pub mod human;
pub mod json;
pub mod markdown;
pub mod missing;
pub mod plan;
mod printable;
pub mod state;
mod unresolved;

pub use finding::{
    Aspect, Blocks, CodeBlock, Finding, Help, Label, LockInfo, Notice, Place, ProjectReport, Report,
    Severity, Summary, Undecided,
};
pub use printable::printable;
pub(crate) use unresolved::Reasons;
