//! `collections` and `collections.abc`. Containers keep a plain value as their payload.

use std::rc::Rc;
use std::sync::Arc;

use super::super::arguments::{int_param, plain, receiver};
use super::super::dicts::update;
use super::super::lists::list_from;
use super::super::sorting::sorted;
use super::super::{native_class_of, native_table};
use super::names_of;
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter, iterator};
use crate::python::object::{Class, Descriptor, Namespace, Object, Payload};
use crate::python::syntax::Name;

native_table!(FUNCTIONS {
    "collections.namedtuple" => |i, a| {
        let (Some(name), Some(fields)) = (a.get(0).and_then(Object::as_str), a.param(1, "field_names")) else {
            return Ok(i.unknown("a named tuple of unknown fields"));
        };
        let fields: Vec<String> = match fields.as_str() {
            Some(text) => text.replace(',', " ").split_whitespace().map(str::to_owned).collect(),
            None => match i.known_items(&fields.clone())? {
                Ok(items) => items.iter().filter_map(Object::as_str).map(|item| item.to_string()).collect(),
                Err(why) => return Ok(Object::Unknown(why)),
            },
        };
        let defaults = match a.keyword("defaults") {
            Some(Object::None) | None => Vec::new(),
            Some(defaults) => match i.known_items(&defaults.clone())? {
                Ok(items) => items,
                Err(why) => return Ok(Object::Unknown(why)),
            },
        };
        named_tuple(i, &name, &fields, defaults, Namespace::default())
    },
});

native_table!(ORDERED_DICT {
    "collections.OrderedDict.move_to_end" => |i, a| {
        if let (Some(Object::Dict(dict)), Some(name)) = (a.get(0).map(plain), a.get(1)) {
            let last = !matches!(a.param(2, "last"), Some(Object::Bool(false)));
            i.work(dict.get().len());
            match i.key(name)? {
                Ok(key) => i.change_dict(&dict, |items| {
                    if let Some((at, key, value)) = items.items.shift_remove_full(&key) {
                        let _ = at;
                        let end = if last { items.items.len() } else { 0 };
                        items.items.shift_insert(end, key, value);
                    }
                }),
                Err(why) => i.taint_dict(&dict, why),
            }
        }
        Ok(Object::None)
    },
});

native_table!(DEFAULT_DICT {
    "collections.defaultdict.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        let factory = a.take_first().unwrap_or(Object::None);
        if let Object::Instance(instance) = &me {
            i.set_own_attribute(instance, &Name::new_static("default_factory"), Some(factory));
        }
        if let Object::Dict(dict) = plain(&me) {
            update(i, &dict, a)?;
        }
        Ok(Object::None)
    },
    "collections.defaultdict.__missing__" => |i, mut a| {
        let me = receiver(&mut a);
        let name = receiver(&mut a);
        let factory = me.as_instance().and_then(|me| me.attrs.borrow().get("default_factory").cloned());
        match factory {
            Some(Object::None) | None => {
                let shown = name.as_str().unwrap_or_default();
                Err(i.raise("KeyError", shown))
            }
            Some(factory) => {
                let value = i.call(&factory, Args::none())?;
                i.set_item(&me, &name, value.clone())?;
                Ok(value)
            }
        }
    },
    "collections.defaultdict.copy" => |_, mut a| Ok(receiver(&mut a)),
});

native_table!(COUNTER {
    "collections.Counter.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        count(i, &me, a)?;
        Ok(Object::None)
    },
    "collections.Counter.update" => |i, mut a| {
        let me = receiver(&mut a);
        count(i, &me, a)?;
        Ok(Object::None)
    },
    "collections.Counter.__missing__" => |_, _| Ok(Object::Int(0)),
    "collections.Counter.most_common" => |i, mut a| {
        let me = receiver(&mut a);
        let pairs = i.call_method(&plain(&me), "items", Args::none())?;
        let pairs = match i.known_items(&pairs)? {
            Ok(pairs) => pairs,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let by_count = Object::closure("collections.Counter.count", |i, args| {
            i.get_item(args.get(0).unwrap_or(&Object::None), &Object::Int(1))
        });
        match sorted(i, pairs, Some(&by_count), Some(&Object::Bool(true)))? {
            Ok(mut pairs) => {
                if let Some(n) = int_param(&a, 0, "n") {
                    pairs.truncate(usize::try_from(n).unwrap_or(0));
                }
                Ok(Object::list(pairs))
            }
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "collections.Counter.elements" => |i, a| {
        let Some(Object::Dict(dict)) = a.get(0).map(plain) else { return Ok(Object::list(Vec::new())) };
        let mut all = Vec::new();
        for (key, value) in dict.get().iter() {
            let times = usize::try_from(value.as_int().unwrap_or(0)).unwrap_or(0);
            if all.len() + times > crate::python::interpreter::SIZE {
                return Err(i.exhausted("makes too large a collection"));
            }
            all.extend(std::iter::repeat_n(key.clone(), times));
        }
        Ok(iterator(all))
    },
});

native_table!(DEQUE {
    "collections.deque.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        let limit = int_param(&a, 1, "maxlen");
        if let (Object::List(list), Some(items)) = (plain(&me), a.param(0, "iterable")) {
            let made = list_from(i, items)?;
            if let Object::List(made) = made {
                let mut items = made.get().clone();
                if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
                    items.drain(..items.len().saturating_sub(limit));
                }
                i.change_list(&list, |all| *all = items);
                if let Some(why) = made.taint() {
                    i.taint_list(&list, why);
                }
            }
        }
        Ok(Object::None)
    },
    "collections.deque.appendleft" => |i, a| {
        if let (Some(Object::List(list)), Some(item)) = (a.get(0).map(plain), a.get(1)) {
            i.work(list.get().len());
            i.change_list(&list, |items| items.insert(0, item.clone()));
        }
        Ok(Object::None)
    },
    "collections.deque.popleft" => |i, a| {
        let me = plain(a.get(0).unwrap_or(&Object::None));
        i.call_method(&me, "pop", Args::of(vec![Object::Int(0)]))
    },
    "collections.deque.extendleft" => |i, a| {
        if let (Some(Object::List(list)), Some(items)) = (a.get(0).map(plain), a.get(1)) {
            match i.known_items(items)? {
                Ok(mut items) => {
                    items.reverse();
                    i.work(list.get().len());
                    i.change_list(&list, |all| { all.splice(0..0, items); });
                }
                Err(why) => i.taint_list(&list, why),
            }
        }
        Ok(Object::None)
    },
    "collections.deque.rotate" => |i, a| {
        if let Some(Object::List(list)) = a.get(0).map(plain) {
            let by = int_param(&a, 1, "n").unwrap_or(1);
            i.work(list.get().len());
            i.change_list(&list, |items| {
                let len = i64::try_from(items.len()).unwrap_or(0);
                if len > 0 {
                    items.rotate_right(usize::try_from(by.rem_euclid(len)).unwrap_or(0));
                }
            });
        }
        Ok(Object::None)
    },
});

native_table!(CHAIN_MAP {
    "collections.ChainMap.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        if let Object::Dict(dict) = plain(&me) {
            for map in a.positional.iter().rev() {
                update(i, &dict, Args::of(vec![map.clone()]))?;
            }
        }
        if let Object::Instance(instance) = &me {
            i.set_own_attribute(instance, &Name::new_static("maps"), Some(Object::list(a.positional)));
        }
        Ok(Object::None)
    },
});

native_table!(NAMED_TUPLE {
    "collections.namedtuple.__new__" => |i, mut a| {
        let Object::Class(class) = receiver(&mut a) else { return Ok(i.unknown("a class that is not known")) };
        let Some(Object::Tuple(fields)) = class.lookup("_fields").map(|(fields, _)| fields) else {
            return Ok(i.unknown("a named tuple of unknown fields"));
        };
        if let Some(why) = a.open {
            return Ok(Object::Unknown(why));
        }
        if a.positional.len() > fields.len() {
            return Err(i.raise("TypeError", format!("{}() takes fewer arguments", class.name)));
        }
        let defaults = class.lookup("_field_defaults").map(|(defaults, _)| defaults);
        i.toil(fields.len().saturating_mul(1 + a.keywords.len()))?;
        let mut values = Vec::with_capacity(fields.len());
        for (at, field) in fields.iter().enumerate() {
            let field = field.as_str().unwrap_or_default();
            let value = a.get(at).cloned().or_else(|| a.take_keyword(&field));
            let value = value.or_else(|| match &defaults {
                Some(Object::Dict(defaults)) => defaults.get().get_str(&field).cloned(),
                _ => None,
            });
            if let Some(value) = value { values.push(value) } else {
                let message = format!("{}() missing required argument: '{field}'", class.name);
                return Err(i.raise("TypeError", message));
            }
        }
        if let Some((name, _)) = a.keywords.first() {
            let message = format!("{}() got an unexpected keyword argument '{name}'", class.name);
            return Err(i.raise("TypeError", message));
        }
        Ok(i.instance_with(&class, Payload::Value(Object::tuple(values))))
    },
    "collections.namedtuple._make" => |i, mut a| {
        let class = receiver(&mut a);
        let items = receiver(&mut a);
        match i.known_items(&items)? {
            Ok(items) => i.call(&class, Args::of(items)),
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "collections.namedtuple._replace" => |i, mut a| {
        let me = receiver(&mut a);
        let class = i.class_of(&me);
        let (fields, values) = named_parts(&me);
        i.toil(fields.len().saturating_mul(1 + a.keywords.len()))?;
        let mut keywords = Vec::new();
        for (field, value) in fields.iter().zip(values) {
            let value = a.take_keyword(field).unwrap_or(value);
            keywords.push((Name::new(field), value));
        }
        keywords.append(&mut a.keywords);
        i.call(&Object::Class(class), Args { positional: Vec::new(), keywords, open: a.open })
    },
    "collections.namedtuple._asdict" => |_, a| {
        let (fields, values) = named_parts(a.get(0).unwrap_or(&Object::None));
        Ok(Object::dict(fields.iter().map(|field| &**field).zip(values)))
    },
    "collections.namedtuple.__repr__" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let (fields, values) = named_parts(&me);
        let mut parts = Vec::new();
        for (field, value) in fields.iter().zip(values) {
            let shown = i.repr(&value)?;
            match shown.as_str() {
                Some(shown) => parts.push(format!("{field}={shown}")),
                None => return Ok(shown),
            }
        }
        Ok(Object::str(format!("{}({})", me.type_name(), parts.join(", "))))
    },
});

fn named_parts(object: &Object) -> (Vec<Arc<str>>, Vec<Object>) {
    let fields = object.as_instance().and_then(|o| o.class.borrow().lookup("_fields")).map(|(f, _)| f);
    match (fields, plain(object)) {
        (Some(Object::Tuple(fields)), Object::Tuple(values)) => {
            (fields.iter().filter_map(Object::as_str).collect(), values.to_vec())
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// Bytes that a field of a class of named tuples takes: a property, its function and its name.
const PER_FIELD: usize = 512;

/// A class of named tuples; `defaults` belong to the last fields, `rest` is the class's own body.
pub(super) fn named_tuple(
    i: &mut Interpreter,
    name: &str,
    fields: &[String],
    defaults: Vec<Object>,
    rest: Namespace,
) -> Eval {
    i.spend(fields.len().saturating_mul(PER_FIELD))?;
    let mut attrs = Namespace::default();
    for (at, field) in fields.iter().enumerate() {
        let at = Object::Int(i64::try_from(at).unwrap_or(0));
        let get = Object::closure("collections.namedtuple.field", move |i, args| {
            let me = plain(args.get(0).unwrap_or(&Object::None));
            i.get_item(&me, &at)
        });
        let property = Descriptor::Property { get, set: None };
        attrs.insert(Name::new(field), Object::Descriptor(Rc::new(property)));
    }
    let tail = fields.len().saturating_sub(defaults.len());
    let defaults = Object::dict(fields.iter().skip(tail).map(String::as_str).zip(defaults));
    attrs.insert(Name::new_static("_field_defaults"), defaults);
    let fields = Object::tuple(fields.iter().map(|field| Object::str(field.as_str())).collect());
    attrs.insert(Name::new_static("_fields"), fields.clone());
    attrs.insert(Name::new_static("__match_args__"), fields);
    let base = match i.modules.get("collections").and_then(|module| module.get("\u{0}namedtuple")) {
        Some(Object::Class(base)) => base,
        _ => named_tuple_base(i),
    };
    let module = rest.get("__module__").and_then(Object::as_str).or_else(|| i.current_module());
    let qualname = rest.get("__qualname__").and_then(Object::as_str);
    attrs.extend(rest);
    let header = i.header.take_if(|(wanted, _)| wanted.as_str() == name).map(|(_, at)| at);
    let class = i.make_class(ClassParts {
        name: Name::new(name),
        module: module.unwrap_or_else(|| "".into()),
        qualname: qualname.unwrap_or_else(|| name.into()),
        bases: vec![Object::Class(base)],
        attrs,
        metaclass: None,
        at: header.or_else(|| i.location()),
    })?;
    Ok(Object::Class(class))
}

fn named_tuple_base(i: &mut Interpreter) -> Rc<Class> {
    let tuple: Vec<Rc<Class>> = i.types.get("tuple").cloned().into_iter().collect();
    super::native_class(&i.types, "collections", "namedtuple", &tuple, NAMED_TUPLE)
}

fn count(i: &mut Interpreter, counter: &Object, mut args: Args) -> Eval<()> {
    let Object::Dict(dict) = plain(counter) else { return Ok(()) };
    let items = args.take_first();
    let add = |i: &mut Interpreter, name: Object, by: Object| -> Eval<()> {
        match i.key(&name)? {
            Ok(key) => {
                let old = dict.get().get(&key).cloned().unwrap_or(Object::Int(0));
                let new = i.binary(&old, crate::python::syntax::ast::Operator::Add, &by)?;
                i.change_dict(&dict, |items| items.insert(key, name, new));
            }
            Err(why) => i.taint_dict(&dict, why),
        }
        Ok(())
    };
    match items.as_ref().map(plain) {
        Some(Object::Dict(other)) => {
            let pairs: Vec<(Object, Object)> =
                other.get().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (name, by) in pairs {
                add(i, name, by)?;
            }
        }
        Some(items) => match i.known_items(&items)? {
            Ok(items) => {
                for name in items {
                    add(i, name, Object::Int(1))?;
                }
            }
            Err(why) => i.taint_dict(&dict, why),
        },
        None => {}
    }
    for (name, by) in args.keywords {
        add(i, Object::str(name.as_str()), by)?;
    }
    Ok(())
}

native_table!(LIST_PAYLOAD {
    "collections.UserList.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_with(&class, Payload::Value(Object::list(Vec::new())))),
        other => Ok(other),
    },
});

/// The names of `collections`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let dict: Vec<Rc<Class>> = i.types.get("dict").cloned().into_iter().collect();
    let list: Vec<Rc<Class>> = i.types.get("list").cloned().into_iter().collect();
    super::add_class(i, &mut names, "collections", "OrderedDict", &dict, ORDERED_DICT);
    super::add_class(i, &mut names, "collections", "defaultdict", &dict, DEFAULT_DICT);
    super::add_class(i, &mut names, "collections", "Counter", &dict, COUNTER);
    super::add_class(i, &mut names, "collections", "ChainMap", &dict, CHAIN_MAP);
    super::add_class(i, &mut names, "collections", "UserDict", &dict, &[]);
    super::add_class(i, &mut names, "collections", "UserList", &list, LIST_PAYLOAD);
    super::add_class(i, &mut names, "collections", "deque", &list, DEQUE);
    let base = named_tuple_base(i);
    names.insert(Name::new_static("\u{0}namedtuple"), Object::Class(base));
    names
}

/// Abstract classes with what they derive from.
const ABSTRACT: &[(&str, &[&str])] = &[
    ("Hashable", &[]),
    ("Sized", &[]),
    ("Container", &[]),
    ("Iterable", &[]),
    ("Callable", &[]),
    ("Awaitable", &[]),
    ("AsyncIterable", &[]),
    ("Buffer", &[]),
    ("Iterator", &["Iterable"]),
    ("Generator", &["Iterator"]),
    ("Reversible", &["Iterable"]),
    ("Collection", &["Sized", "Iterable", "Container"]),
    ("Coroutine", &["Awaitable"]),
    ("AsyncIterator", &["AsyncIterable"]),
    ("AsyncGenerator", &["AsyncIterator"]),
    ("Sequence", &["Reversible", "Collection"]),
    ("MutableSequence", &["Sequence"]),
    ("ByteString", &["Sequence"]),
    ("Set", &["Collection"]),
    ("MutableSet", &["Set"]),
    ("Mapping", &["Collection"]),
    ("MutableMapping", &["Mapping"]),
    ("MappingView", &["Sized"]),
    ("KeysView", &["MappingView", "Set"]),
    ("ItemsView", &["MappingView", "Set"]),
    ("ValuesView", &["MappingView", "Collection"]),
];

native_table!(MAPPING {
    "collections.abc.Mapping.get" => |i, a| {
        let (Some(me), Some(name)) = (a.get(0), a.get(1)) else { return Err(i.missing_argument("get")) };
        match i.get_item(me, name) {
            Err(crate::python::interpreter::Raise::Exception(Object::Instance(error)))
                if error.class.borrow().derives_from("builtins.KeyError") =>
            {
                Ok(a.param(2, "default").cloned().unwrap_or(Object::None))
            }
            other => other,
        }
    },
    "collections.abc.Mapping.keys" => |i, a| list_from(i, a.get(0).unwrap_or(&Object::None)),
    "collections.abc.Mapping.values" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let mut values = Vec::new();
        for name in i.items(&me)? {
            values.push(i.get_item(&me, &name)?);
        }
        Ok(Object::list(values))
    },
    "collections.abc.Mapping.items" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let mut pairs = Vec::new();
        for name in i.items(&me)? {
            let value = i.get_item(&me, &name)?;
            pairs.push(Object::tuple(vec![name, value]));
        }
        Ok(Object::list(pairs))
    },
});

/// The names of `collections.abc`.
pub(super) fn abstract_module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let meta = i.import_path("abc.ABCMeta").ok().and_then(|meta| meta.as_class().cloned());
    for (name, bases) in ABSTRACT {
        let bases: Vec<Rc<Class>> =
            bases.iter().filter_map(|base| names.get(*base).and_then(Object::as_class).cloned()).collect();
        let methods = if *name == "Mapping" { MAPPING } else { &[] };
        let class = native_class_of(&i.types, "collections.abc", name, &bases, methods, meta.clone());
        names.insert(Name::new_static(name), Object::Class(class));
    }
    names
}
