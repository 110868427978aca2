//! Which objects the abstract classes of `collections.abc` and `numbers` take for theirs.

use std::rc::Rc;

use super::arguments::plain;
use crate::python::object::{Class, Object};

/// Whether an abstract class takes an object (or a class) for its own, by its methods or because it
/// is registered; `None` for a class that is not abstract, or where that is not decided here.
pub(super) fn recognises(
    wanted: &Rc<Class>,
    object: &Object,
    class: &Rc<Class>,
    instance: bool,
) -> Option<bool> {
    let path = wanted.path();
    let name = path.strip_prefix("collections.abc.").or_else(|| path.strip_prefix("numbers."))?;
    let builtin = |names: &[&str]| {
        names
            .iter()
            .any(|name| class.mro.borrow().iter().any(|c| &*c.module == "builtins" && c.name == *name))
    };
    let has = |methods: &[&str]| methods.iter().all(|method| class.lookup(method).is_some());
    let sequence = &["list", "tuple", "str", "bytes", "range"];
    let sets = &["set", "frozenset"];
    let plain_object = plain(object);
    let found = match name {
        "Mapping" => builtin(&["dict"]),
        "MutableMapping" => builtin(&["dict"]),
        "Sequence" => builtin(sequence),
        "MutableSequence" => builtin(&["list"]),
        "Set" => builtin(sets),
        "MutableSet" => builtin(&["set"]),
        "Iterable" => {
            builtin(sequence) || builtin(sets) || builtin(&["dict", "generator"]) || has(&["__iter__"])
        }
        "Iterator" | "Generator" => {
            builtin(&["generator"]) || (name == "Iterator" && has(&["__iter__", "__next__"]))
        }
        "Callable" => {
            let function = matches!(
                plain_object,
                Object::Function(_)
                    | Object::Native(_)
                    | Object::Closure(_)
                    | Object::Method(_)
                    | Object::Class(_)
                    | Object::Partial(_)
            );
            (instance && function) || has(&["__call__"])
        }
        "Hashable" => !builtin(&["list", "dict", "set"]),
        "Sized" => builtin(sequence) || builtin(sets) || builtin(&["dict"]) || has(&["__len__"]),
        "Container" => builtin(sequence) || builtin(sets) || builtin(&["dict"]) || has(&["__contains__"]),
        "Collection" => {
            builtin(sequence)
                || builtin(sets)
                || builtin(&["dict"])
                || has(&["__len__", "__iter__", "__contains__"])
        }
        "Number" | "Complex" | "Real" if builtin(&["float"]) => true,
        "Number" if matches!(plain_object, Object::Frozen(_)) => plain_object.type_name() == "Decimal",
        "Number" | "Complex" | "Real" | "Rational" | "Integral" => builtin(&["int"]),
        _ => return None,
    };
    // A class with an unknown base may have the methods that decide.
    (found || class.open.borrow().is_none()).then_some(found)
}
