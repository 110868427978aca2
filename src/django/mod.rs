//! Floor 3: Django's own concepts under Django's own names.

pub mod applied;
pub mod autodetector;
pub mod contrib;
pub mod data_code;
pub mod field;
pub mod graph;
pub mod keys;
pub mod loader;
pub mod migration;
pub mod models;
pub mod operations;
pub mod optimizer;
pub mod reader;
pub mod run_python;
pub mod runtime;
pub mod schema;
pub mod state;
#[cfg(test)]
pub(crate) mod testing;
pub mod version;
pub mod writer;
