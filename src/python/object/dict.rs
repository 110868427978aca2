//! What a dictionary or set holds.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Object;

/// A dictionary's items (a set's keys, each its own value) in insertion order.
#[derive(Clone, Default)]
pub struct Dict {
    /// By what Python hashes a key by: the key itself, and its value. The keys are the analysed project's: a
    /// hash without a secret could be made to collide for all of them.
    pub(in crate::python) items: IndexMap<Key, (Object, Object), foldhash::fast::RandomState>,
}

/// What Python hashes and compares a key by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// `None`
    None,
    /// Integers, booleans and whole floats are one key.
    Int(i64),
    /// Bits of a float that is no integer.
    Float(u64),
    /// A string.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A tuple of keys.
    Tuple(Vec<Key>),
    /// A frozenset, by its sorted keys.
    Frozen(String),
    /// Anything else: itself.
    Identity(usize),
}

impl Dict {
    /// The value of a key.
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.items.get(key).map(|(_, value)| value)
    }

    /// The value of a string key.
    pub fn get_str(&self, key: &str) -> Option<&Object> {
        self.get(&Key::Str(key.into()))
    }

    /// Sets a value; a key that is there keeps its place.
    pub fn insert(&mut self, key: Key, name: Object, value: Object) {
        match self.items.get_mut(&key) {
            Some(slot) => slot.1 = value,
            None => {
                self.items.insert(key, (name, value));
            }
        }
    }

    /// Sets the value of a string key.
    pub fn insert_str(&mut self, key: &str, value: Object) {
        let text: Arc<str> = key.into();
        self.insert(Key::Str(text.clone()), Object::Str(text), value);
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &Key) -> Option<Object> {
        self.items.shift_remove(key).map(|(_, value)| value)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Object, &Object)> {
        self.items.values().map(|(key, value)| (key, value))
    }

    /// Whether a key is there.
    pub fn contains(&self, key: &Key) -> bool {
        self.items.contains_key(key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.items.clear();
    }
}
