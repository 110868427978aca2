//! What is held of a project, so that no number of files makes a process take all memory.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a project's texts, trees and values take, estimated as they are made and never taken back.
/// All threads add to one; whether the sum passes the bound depends on the project alone, though not which
/// part of it comes too late. So whoever answers asks first, and gives no answer then.
#[derive(Debug, Default)]
pub struct Held(AtomicUsize);

impl Held {
    /// More is not held. The largest published projects hold a fifth of it.
    pub const MOST: usize = 256 << 20;
    /// What a tree takes for each of the tokens that it was made of, at most but for odd ones.
    pub const TOKEN: usize = 128;

    /// Adds bytes; whether they are still within the bound.
    pub fn add(&self, bytes: usize) -> bool {
        let before = self.0.fetch_add(bytes.min(Self::MOST), Ordering::Relaxed);
        before.saturating_add(bytes) <= Self::MOST
    }

    /// Whether more was to be held than there is room for.
    pub fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) > Self::MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_when_more_was_added_than_there_is_room_for() {
        let held = Held::default();
        assert!(held.add(Held::MOST) && !held.is_full());
        assert!(!held.add(1) && held.is_full());
        assert!(!held.add(usize::MAX) && held.is_full());
    }
}
