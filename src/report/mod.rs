//! Floor 6: findings in, text out.

pub mod graph;
pub mod missing;
