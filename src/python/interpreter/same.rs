//! Whether two objects are surely the same, wherever they come from.

use std::rc::Rc;
use std::sync::Arc;

use crate::python::object::Object;

/// How many objects are compared before two are taken to differ.
const MOST: usize = 20_000;
/// How deep containers are followed.
const NESTING: u32 = 100;
/// Bytes of text that are compared in the time of an object.
const PIECE: usize = 64;

/// Compares objects, and counts what that takes.
#[derive(Default)]
pub(super) struct Comparison {
    /// Objects and pieces of text that were compared so far.
    pub spent: usize,
    /// Where the comparison of the present two ends.
    most: usize,
    nesting: u32,
}

impl Comparison {
    /// Surely the same: identical, or equal plain values. Containers may hold themselves.
    pub fn same_object(&mut self, a: &Object, b: &Object) -> bool {
        self.most = self.spent.saturating_add(MOST);
        self.nesting = 0;
        self.same(a, b)
    }

    /// Whether two sequences hold the same.
    pub fn same_items(&mut self, a: &[Object], b: &[Object]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_object(a, b))
    }

    fn same(&mut self, a: &Object, b: &Object) -> bool {
        self.spent += 1;
        match (a, b) {
            (Object::Float(a), Object::Float(b)) => a.to_bits() == b.to_bits(),
            (Object::BigInt(a), Object::BigInt(b)) => a == b,
            (Object::Str(a), Object::Str(b)) => {
                self.spent += a.len().min(b.len()) / PIECE;
                a == b
            }
            (Object::Bytes(a), Object::Bytes(b)) => {
                self.spent += a.len().min(b.len()) / PIECE;
                a == b
            }
            (Object::Range(a, b, c), Object::Range(x, y, z)) => (a, b, c) == (x, y, z),
            (Object::Tuple(a), Object::Tuple(b)) => Rc::ptr_eq(a, b) || self.items(a, b),
            (Object::Frozen(a), Object::Frozen(b)) => {
                self.spent += a.weight(MOST);
                a == b && a.find_unknown().is_none()
            }
            (Object::Unknown(a), Object::Unknown(b)) => a == b,
            (Object::Function(a), Object::Function(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.range == b.range && Arc::ptr_eq(&a.parsed, &b.parsed) && a.closure.is_none())
            }
            (Object::Lazy(a), Object::Lazy(b)) => a.module == b.module && a.name == b.name,
            (Object::List(a), Object::List(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.taint().is_none() && b.taint().is_none() && self.items(&a.get(), &b.get()))
            }
            (a, b) => a.is(b),
        }
    }

    fn items(&mut self, a: &[Object], b: &[Object]) -> bool {
        if a.len() != b.len() || self.nesting >= NESTING {
            return false;
        }
        self.nesting += 1;
        let same = a.iter().zip(b).all(|(a, b)| self.spent < self.most && self.same(a, b));
        self.nesting -= 1;
        same
    }
}
