//! Floor 2: Python without running it.

pub mod value;

pub use value::{Call, Unknown, Value};
