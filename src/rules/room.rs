//! Bounds what waits between two threads by how much it holds, not by how many there are.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Room for so much.
#[derive(Debug)]
pub(super) struct Room {
    most: usize,
    taken: Mutex<usize>,
    left: Condvar,
}

/// A part of a room, until it is dropped.
#[derive(Debug)]
pub(super) struct Part<'a> {
    room: &'a Room,
    weight: usize,
}

impl Room {
    pub(super) fn new(most: usize) -> Self {
        Self { most, taken: Mutex::new(0), left: Condvar::new() }
    }

    /// Waits until there is room for that much. What is more than the whole room has it to itself.
    pub(super) fn part(&self, weight: usize) -> Part<'_> {
        let full = |taken: &mut usize| *taken > 0 && taken.saturating_add(weight) > self.most;
        let mut taken = self.left.wait_while(self.taken(), full).unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_add(weight);
        Part { room: self, weight }
    }

    fn taken(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        *taken = taken.saturating_sub(self.weight);
        self.room.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn who_finds_no_room_waits_until_enough_was_left() {
        let room = Room::new(10);
        let (first, second) = (room.part(6), room.part(4));
        std::thread::scope(|scope| {
            let (sender, found) = channel();
            let room = &room;
            scope.spawn(move || {
                let part = room.part(5);
                sender.send(part.weight).unwrap();
            });
            assert!(found.recv_timeout(Duration::from_millis(50)).is_err());
            drop(second);
            assert!(found.recv_timeout(Duration::from_millis(50)).is_err());
            drop(first);
            assert_eq!(found.recv().unwrap(), 5);
        });
        assert_eq!(*room.taken(), 0);
    }

    #[test]
    fn what_is_more_than_the_room_has_it_to_itself() {
        let room = Room::new(10);
        drop(room.part(usize::MAX));
        let large = room.part(11);
        assert_eq!(*room.taken(), 11);
        drop(large);
        assert_eq!(*room.taken(), 0);
    }
}
