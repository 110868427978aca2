//! Floor 6: findings and answers in, text out. Every renderer is a pure function.

pub mod graph;
pub mod state;
