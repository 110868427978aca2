//! Floor 4: Django's own concepts under Django's own names.

pub mod contrib;
pub mod field;
pub mod graph;
pub mod keys;
pub mod loader;
pub mod migration;
pub mod operations;
pub mod runtime;
pub mod state;
pub mod version;
