//! (module under construction)

pub mod missing;
