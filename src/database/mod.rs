//! Floor 2, beside Python: facts of each database, by version, and its SQL; no Django in it.

mod dialect;
pub mod facts;
pub mod sql;
pub mod statement_kind;
mod version;

pub use dialect::{Dialect, DialectError, Vendor};
pub use facts::{Facts, facts, type_change};
pub use statement_kind::StatementKind;
