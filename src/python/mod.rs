//! Floor 2: Python without running it.
//!
//! [`syntax`] is the parser's boundary, [`library`] finds modules, [`interpreter`] evaluates them
//! to live [`object`]s, [`builtins`] is the part of Python's own library that settings, models and
//! migrations use, and [`value`] is what leaves an evaluation.

pub mod builtins;
pub mod interpreter;
mod json;
pub mod library;
pub mod object;
pub(crate) mod repr;
pub mod syntax;
pub mod value;

pub use value::{Call, Unknown, Value};
