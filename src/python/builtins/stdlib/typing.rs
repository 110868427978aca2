//! `typing`: annotations have no effect, so most of it is classes that may be subscripted and
//! derived from. `NamedTuple` and `TypedDict` make real classes.

use super::super::arguments::{plain, receiver};
use super::super::{native_class_of, native_table};
use super::{first_argument, names_of};
use crate::python::interpreter::Interpreter;
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;

native_table!(FUNCTIONS {
    "typing.cast" => |_, a| Ok(a.param(1, "val").cloned().unwrap_or(Object::None)),
    "typing.overload" => first_argument,
    "typing.final" => first_argument,
    "typing.override" => first_argument,
    "typing.runtime_checkable" => first_argument,
    "typing.no_type_check" => first_argument,
    "typing.assert_never" => first_argument,
    "typing.assert_type" => first_argument,
    "typing.reveal_type" => first_argument,
    "typing.dataclass_transform" => |_, _| Ok(Object::closure("typing.dataclass_transform", first_argument)),
    "typing.deprecated" => |_, _| Ok(Object::closure("typing.deprecated", first_argument)),
    "typing.NewType" => |_, _| Ok(Object::closure("typing.NewType", first_argument)),
    "typing.get_type_hints" => |i, _| Ok(i.unknown("annotations")),
    "typing.get_origin" => |i, _| Ok(i.unknown("annotations")),
    "typing.get_args" => |i, _| Ok(i.unknown("annotations")),
});

/// Classes that stand for themselves, subscripted or not.
const PLAIN: &[&str] = &[
    "Annotated",
    "Any",
    "AnyStr",
    "BinaryIO",
    "ClassVar",
    "Concatenate",
    "Final",
    "Generic",
    "IO",
    "Literal",
    "LiteralString",
    "Never",
    "NoReturn",
    "NotRequired",
    "Optional",
    "ParamSpec",
    "Protocol",
    "ReadOnly",
    "Required",
    "Self",
    "SupportsAbs",
    "SupportsBytes",
    "SupportsFloat",
    "SupportsIndex",
    "SupportsInt",
    "Text",
    "TextIO",
    "TypeAlias",
    "TypeGuard",
    "TypeIs",
    "TypeVar",
    "TypeVarTuple",
    "Union",
    "Unpack",
    "ForwardRef",
];

/// Other names of built-in classes.
const ALIASES: &[(&str, &str)] = &[
    ("Dict", "dict"),
    ("FrozenSet", "frozenset"),
    ("List", "list"),
    ("Set", "set"),
    ("Tuple", "tuple"),
    ("Type", "type"),
];

/// Other names of abstract and container classes in `collections`.
const COLLECTIONS: &[(&str, &str)] = &[
    ("AbstractSet", "collections.abc.Set"),
    ("AsyncIterable", "collections.abc.AsyncIterable"),
    ("AsyncIterator", "collections.abc.AsyncIterator"),
    ("Awaitable", "collections.abc.Awaitable"),
    ("Callable", "collections.abc.Callable"),
    ("Collection", "collections.abc.Collection"),
    ("Container", "collections.abc.Container"),
    ("Coroutine", "collections.abc.Coroutine"),
    ("Generator", "collections.abc.Generator"),
    ("Hashable", "collections.abc.Hashable"),
    ("ItemsView", "collections.abc.ItemsView"),
    ("Iterable", "collections.abc.Iterable"),
    ("Iterator", "collections.abc.Iterator"),
    ("KeysView", "collections.abc.KeysView"),
    ("Mapping", "collections.abc.Mapping"),
    ("MutableMapping", "collections.abc.MutableMapping"),
    ("MutableSequence", "collections.abc.MutableSequence"),
    ("MutableSet", "collections.abc.MutableSet"),
    ("Reversible", "collections.abc.Reversible"),
    ("Sequence", "collections.abc.Sequence"),
    ("Sized", "collections.abc.Sized"),
    ("ValuesView", "collections.abc.ValuesView"),
    ("DefaultDict", "collections.defaultdict"),
    ("OrderedDict", "collections.OrderedDict"),
    ("Counter", "collections.Counter"),
    ("Deque", "collections.deque"),
    ("ChainMap", "collections.ChainMap"),
    ("Pattern", "re.Pattern"),
    ("Match", "re.Match"),
];

native_table!(NAMED_TUPLE_META {
    "typing.NamedTupleMeta.__new__" => |i, mut a| {
        receiver(&mut a);
        let name = a.get(0).and_then(Object::as_str).unwrap_or_default();
        let Some(Object::Dict(attrs)) = a.get(2).map(plain) else {
            return Ok(i.unknown("a named tuple of unknown fields"));
        };
        let fields = match attrs.get().get_str("__annotations__").cloned() {
            Some(annotations) => i.items(&annotations)?,
            None => Vec::new(),
        };
        let fields: Vec<String> = fields.iter().filter_map(Object::as_str).map(|f| f.to_string()).collect();
        let defaults = fields.iter().filter_map(|field| attrs.get().get_str(field).cloned()).collect();
        let mut rest = Namespace::default();
        i.toil(fields.len().saturating_mul(attrs.get().len()))?;
        for (key, value) in attrs.get().iter() {
            if let Some(key) = key.as_str()
                && !fields.iter().any(|field| **field == *key)
            {
                rest.insert(Name::new(&*key), value.clone());
            }
        }
        super::collections::named_tuple(i, &name, &fields, defaults, rest)
    },
    "typing.NamedTupleMeta.__call__" => |i, mut a| {
        receiver(&mut a);
        let name = a.get(0).and_then(Object::as_str).unwrap_or_default();
        let Some(pairs) = a.param(1, "fields").cloned() else {
            return Ok(i.unknown("a named tuple of unknown fields"));
        };
        let pairs = match i.known_items(&pairs)? {
            Ok(pairs) => pairs,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut fields = Vec::new();
        for pair in pairs {
            let pair = i.items(&pair)?;
            fields.extend(pair.first().and_then(Object::as_str).map(|field| field.to_string()));
        }
        super::collections::named_tuple(i, &name, &fields, Vec::new(), Namespace::default())
    },
});

native_table!(TYPED_DICT_META {
    "typing.TypedDictMeta.__call__" => |i, mut a| {
        let class = receiver(&mut a);
        if matches!(&class, Object::Class(class) if class.has_path("typing.TypedDict")) {
            let dict = i.types.get("dict").cloned();
            return Ok(dict.map_or(Object::None, Object::Class));
        }
        let dict = crate::python::object::Mutable::new(crate::python::object::Dict::default());
        super::super::dicts::update(i, &dict, a)?;
        Ok(Object::Dict(dict))
    },
});

native_table!(GENERIC {
    "typing.Generic.__class_getitem__" => first_argument,
});

native_table!(TYPE_VAR {
    "typing.TypeVar.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_of(&class)),
        other => Ok(other),
    },
});

/// The names of `typing` and `typing_extensions`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    for name in PLAIN {
        let methods = match *name {
            "TypeVar" | "ParamSpec" | "TypeVarTuple" => TYPE_VAR,
            "Generic" | "Protocol" => GENERIC,
            _ => &[],
        };
        super::add_class(i, &mut names, "typing", name, &[], methods);
    }
    for (name, class) in ALIASES {
        let class = if *class == "type" { Some(&i.types.type_) } else { i.types.get(class) };
        if let Some(class) = class {
            names.insert(Name::new_static(name), Object::Class(class.clone()));
        }
    }
    for (name, path) in COLLECTIONS {
        if let Ok(class) = i.import_path(path) {
            names.insert(Name::new_static(name), class);
        }
    }
    names.insert(Name::new_static("TYPE_CHECKING"), Object::Bool(false));
    let type_ = i.types.type_.clone();
    let meta = super::native_class(
        &i.types,
        "typing",
        "NamedTupleMeta",
        std::slice::from_ref(&type_),
        NAMED_TUPLE_META,
    );
    let class = native_class_of(&i.types, "typing", "NamedTuple", &[], &[], Some(meta));
    names.insert(Name::new_static("NamedTuple"), Object::Class(class));
    let meta = super::native_class(&i.types, "typing", "TypedDictMeta", &[type_], TYPED_DICT_META);
    let dict = i.types.get("dict").cloned();
    let bases: Vec<_> = dict.into_iter().collect();
    let class = native_class_of(&i.types, "typing", "TypedDict", &bases, &[], Some(meta));
    names.insert(Name::new_static("TypedDict"), Object::Class(class));
    names
}
