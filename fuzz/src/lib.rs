//! What the targets share.

pub mod claims;
pub mod files;
pub mod markdown;
pub mod mutate;
pub mod project;
pub mod random;
#[path = "../../tests/support/skim.rs"]
pub mod skim;
