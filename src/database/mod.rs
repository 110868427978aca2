//! Floor 4: facts of each database, by version; no Django in it.

mod dialect;
mod version;

pub use dialect::{Dialect, DialectError, Vendor};
