//! Floor 5: answers as text. One file a format, each a pure function of what it shows: the formats of
//! `check` take a [`Report`].

pub mod artefact;
pub mod concise;
pub mod finding;
pub mod github;
pub mod gitlab;
pub mod graph;
pub mod human;
pub mod json;
pub mod junit;
mod lock;
pub mod markdown;
pub mod missing;
mod overview;
pub mod plan;
mod printable;
mod rule_text;
pub mod sarif;
pub mod state;
mod unresolved;

pub use finding::{
    Aspect, CodeBlock, Finding, Help, Label, Notice, Place, ProjectReport, Report, Severity, Summary,
    Undecided,
};
pub use lock::{Blocks, LockInfo};
pub use overview::{Back, LockStep, Overview, Row};
pub(crate) use printable::one_line;
pub use printable::printable;
pub use rule_text::RuleText;
pub(crate) use unresolved::Reasons;
