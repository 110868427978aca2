//! Floor 6: answers as text, one file a format, each a pure function.

pub mod state;
