//! Which methods each built-in class has.

use super::{containers, numbers, objects, strings};
use crate::python::object::Native;

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
    "object.__init_subclass__",
    "object.__subclasshook__",
    "pathlib.PurePath.cwd",
    "pathlib.PurePath.home",
    "type.__prepare__",
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
        "BaseException" => objects::EXCEPTION,
        "str" => strings::STR,
        "bytes" => strings::BYTES,
        "int" => numbers::INT,
        "bool" => numbers::BOOL,
        "float" => numbers::FLOAT,
        "list" => containers::LIST,
        "tuple" => containers::TUPLE,
        "dict" => containers::DICT,
        "set" => containers::SET,
        "frozenset" => containers::FROZENSET,
        "range" => super::functions::RANGE,
        "slice" => super::functions::SLICE,
        "generator" => super::functions::GENERATOR,
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
