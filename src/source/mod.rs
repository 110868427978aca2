//! Floor 1: files and their text.
//!
//! Nothing here knows Python or Django. See [`SourceFile`] for text with places in it.

mod file;

pub use file::{LineColumn, Location, SourceFile};
