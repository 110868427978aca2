//! Whether two objects are surely the same, wherever they come from.

use std::rc::Rc;
use std::sync::Arc;

use crate::python::object::Object;

/// How many objects are compared before two are taken to differ.
const MOST: u32 = 20_000;
/// How deep containers are followed.
const NESTING: u32 = 100;

/// Surely the same: identical, or equal plain values. Containers may hold themselves.
pub(crate) fn same_object(a: &Object, b: &Object) -> bool {
    Comparison { left: MOST, nesting: 0 }.same(a, b)
}

/// Whether two sequences hold the same.
pub(super) fn same_items(a: &[Object], b: &[Object]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_object(a, b))
}

struct Comparison {
    left: u32,
    nesting: u32,
}

impl Comparison {
    fn same(&mut self, a: &Object, b: &Object) -> bool {
        match (a, b) {
            (Object::Float(a), Object::Float(b)) => a.to_bits() == b.to_bits(),
            (Object::BigInt(a), Object::BigInt(b)) => a == b,
            (Object::Bytes(a), Object::Bytes(b)) => a == b,
            (Object::Range(a, b, c), Object::Range(x, y, z)) => (a, b, c) == (x, y, z),
            (Object::Tuple(a), Object::Tuple(b)) => Rc::ptr_eq(a, b) || self.items(a, b),
            (Object::Frozen(a), Object::Frozen(b)) => a == b && a.find_unknown().is_none(),
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
        let same = a.iter().zip(b).all(|(a, b)| {
            let Some(left) = self.left.checked_sub(1) else { return false };
            self.left = left;
            self.same(a, b)
        });
        self.nesting -= 1;
        same
    }
}
