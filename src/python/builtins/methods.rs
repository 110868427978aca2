//! Which methods each built-in class has.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{bytes, dicts, lists, numbers, objects, sets, strings};
use crate::python::object::{Class, Native};

/// Methods that are called with the class.
const CLASS_METHODS: &[&str] = &[
    "bytes.fromhex",
    "datetime.date.fromisoformat",
    "datetime.date.fromordinal",
    "datetime.date.fromtimestamp",
    "datetime.date.today",
    "datetime.datetime.combine",
    "datetime.datetime.fromisoformat",
    "datetime.datetime.fromtimestamp",
    "datetime.datetime.now",
    "datetime.datetime.strptime",
    "datetime.datetime.today",
    "datetime.datetime.utcfromtimestamp",
    "datetime.datetime.utcnow",
    "datetime.time.fromisoformat",
    "decimal.Decimal.from_float",
    "dict.fromkeys",
    "float.fromhex",
    "int.from_bytes",
    "collections.namedtuple._make",
    "dict.__class_getitem__",
    "frozenset.__class_getitem__",
    "list.__class_getitem__",
    "object.__init_subclass__",
    "object.__subclasshook__",
    "pathlib.PurePath.cwd",
    "pathlib.PurePath.home",
    "set.__class_getitem__",
    "tuple.__class_getitem__",
    "type.__prepare__",
    "typing.Generic.__class_getitem__",
];

/// The methods of a built-in class.
pub fn of(class: &str) -> &'static [Native] {
    match class {
        "object" => objects::OBJECT,
        "type" => objects::TYPE,
        "super" => objects::SUPER,
        "property" => objects::PROPERTY,
        "classmethod" => objects::CLASS_METHOD,
        "staticmethod" => objects::STATIC_METHOD,
        "function" => objects::FUNCTION,
        "method" => objects::METHOD,
        "module" => objects::MODULE,
        "BaseException" => objects::EXCEPTION,
        "str" => strings::STR,
        "bytes" => bytes::BYTES,
        "int" => numbers::INT,
        "bool" => numbers::BOOL,
        "float" => numbers::FLOAT,
        "list" => lists::LIST,
        "tuple" => lists::TUPLE,
        "dict" => dicts::DICT,
        "set" => sets::SET,
        "frozenset" => sets::FROZENSET,
        "range" => super::ranges::RANGE,
        "slice" => super::ranges::SLICE,
        "generator" => super::ranges::GENERATOR,
        "namespace" => super::live_names::NAMES,
        _ => &[],
    }
}

/// Whether a method is called with its class.
pub fn is_class_method(path: &str) -> bool {
    CLASS_METHODS.contains(&path)
}

/// Whether a method is called without object or class.
pub fn is_static_method(path: &str) -> bool {
    path == "str.maketrans"
}

/// Whether a method is what reading an attribute calls.
pub fn is_property(path: &str) -> bool {
    matches!(
        path,
        "range.start"
            | "range.stop"
            | "range.step"
            | "int.real"
            | "int.imag"
            | "int.numerator"
            | "int.denominator"
            | "float.real"
            | "float.imag"
    )
}

/// Names that `CPython` 3.12's `dir()` gives for a class: per line the class's path and its names. What
/// is not written here must not count as missing.
const ATTRIBUTES: &str = include_str!("attributes.txt");

/// Modules and names by the class's own name: every interpreter makes hundreds of classes.
static CLASSES: LazyLock<FxHashMap<&str, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut classes: FxHashMap<&str, Vec<(&str, &str)>> = FxHashMap::default();
    for (path, names) in ATTRIBUTES.lines().filter_map(|line| line.split_once(' ')) {
        // A nested class goes by what follows its module, whichever part that is.
        for (dot, _) in path.match_indices('.') {
            classes.entry(&path[dot + 1..]).or_default().push((&path[..dot], names));
        }
    }
    classes
});

fn listed(module: &str, class: &str) -> impl Iterator<Item = &'static str> {
    let names = CLASSES.get(class).into_iter().flatten();
    let names = names.clone().find(|(known, _)| *known == module).map(|(_, names)| *names);
    names.unwrap_or("").split(' ').filter(|name| !name.is_empty())
}

/// Names of a class that are put there as unknowns; those with double underscores are left out, as
/// the evaluator itself looks them up.
pub fn lacking(module: &str, class: &str) -> impl Iterator<Item = &'static str> {
    listed(module, class).filter(|name| !name.starts_with("__"))
}

/// Whether a class or one of its bases has a name in `CPython` that it lacks here.
pub fn is_listed(class: &Class, name: &str) -> bool {
    name.starts_with("__")
        && class
            .mro
            .borrow()
            .iter()
            .any(|class| class.native && listed(&class.module, &class.name).any(|listed| listed == name))
}
