//! `EnumType.__new__`: the members of an enumeration. Mirrors `Lib/enum.py`, 3.12.

use std::rc::Rc;

use super::super::arguments::plain;
use super::enums::{members, value_of};
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter, KEYED, Raise};
use crate::python::object::{Class, Descriptor, Dict, Key, Namespace, Object, Payload};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;

/// What a metaclass does to a member's value before the member is made.
pub(crate) type ValueHook<'a> = &'a mut dyn FnMut(&mut Interpreter, &Name, Object) -> Eval;

/// `Enum("Color", "RED GREEN")`
pub(super) fn functional(i: &mut Interpreter, class: &Rc<Class>, mut args: Args) -> Eval {
    let module = args.take_keyword("module").and_then(|module| module.as_str());
    let start = args.take_keyword("start").and_then(|start| start.as_int()).unwrap_or(1);
    let mixin = args.take_keyword("type");
    let name = args.get(0).and_then(Object::as_str).unwrap_or_default();
    let Some(names) = args.param(1, "names").map(plain) else { return Ok(i.unknown("an enumeration")) };
    let mut attrs = Namespace::default();
    if let Some(module) = module.or_else(|| i.current_module()) {
        attrs.insert(Name::new_static("__module__"), Object::Str(module));
    }
    let mut entries: Vec<Object> = Vec::new();
    match &names {
        Object::Str(text) => {
            entries.extend(text.replace(',', " ").split_whitespace().map(Object::str));
        }
        Object::Dict(dict) => {
            if let Some(why) = dict.taint() {
                return Ok(Object::Unknown(why));
            }
            entries.extend(dict.get().iter().map(|(k, v)| Object::tuple(vec![k.clone(), v.clone()])));
        }
        other => match i.known_items(other)? {
            Ok(items) => entries = items,
            Err(why) => return Ok(Object::Unknown(why)),
        },
    }
    for (at, entry) in entries.iter().enumerate() {
        let (name, value) = match entry {
            Object::Tuple(pair) => (pair.first().cloned(), pair.get(1).cloned()),
            name => (Some(name.clone()), None),
        };
        let number = Object::Int(start.saturating_add(i64::try_from(at).unwrap_or(0)));
        if let Some(name) = name.and_then(|name| name.as_str()) {
            attrs.insert(Name::new(&*name), value.unwrap_or(number));
        }
    }
    let bases = mixin.into_iter().chain([Object::Class(class.clone())]).collect();
    let metaclass = i.class_of(&Object::Class(class.clone()));
    let at = i.location();
    i.call_metaclass(&metaclass, &Name::new(&*name), bases, attrs, Vec::new(), at)
}

/// The names of a body as `EnumType.__prepare__` keeps them: `_member_names` beside the names.
pub(crate) fn enum_dict(i: &mut Interpreter, class: &str, attrs: Dict) -> Eval {
    let mut given = Vec::new();
    for (name, value) in attrs.iter() {
        if let Some(text) = name.as_str()
            && is_member(i, class, &text, value)?.is_some()
        {
            given.push(name.clone());
        }
    }
    let base: Vec<Rc<Class>> = i.types.get("dict").cloned().into_iter().collect();
    let kind = super::native_class(&i.types, "enum", "EnumDict", &base, &[]);
    let dict = i.instance_with(&kind, Payload::Value(Object::from_dict(attrs)));
    if let Object::Instance(dict) = &dict {
        let names = Object::dict(
            given
                .iter()
                .filter_map(Object::as_str)
                .collect::<Vec<_>>()
                .iter()
                .map(|name| (&**name, Object::None)),
        );
        i.set_own_attribute(dict, &Name::new_static("_member_names"), Some(names.clone()));
        i.set_own_attribute(dict, &Name::new_static("member_names"), Some(Object::list(given)));
    }
    Ok(dict)
}

/// `EnumType.__new__(metaclass, name, bases, attrs, **keywords)`: the class with its members.
///
/// # Errors
/// What a member's constructor or a hook raises.
pub(crate) fn enum_class_new(
    i: &mut Interpreter,
    metaclass: &Rc<Class>,
    args: Args,
    mut hook: Option<ValueHook<'_>>,
) -> Eval {
    let (Some(name), Some(bases), Some(attrs)) = (args.get(0), args.get(1), args.get(2).map(plain)) else {
        return Ok(args.open.map_or_else(|| i.unknown("an enumeration of unknown parts"), Object::Unknown));
    };
    let name = name.as_str().unwrap_or_default();
    let bases = i.items(bases)?;
    let Object::Dict(attrs) = attrs else { return Ok(i.unknown("an enumeration of unknown parts")) };
    let mut rest = Namespace::default();
    let mut given: Vec<(Name, Object)> = Vec::new();
    let ignored = ignored_names(i, &attrs.get().clone())?;
    i.toil(ignored.len().saturating_mul(attrs.get().len()))?;
    for (key, value) in attrs.get().clone().iter() {
        let Some(key) = key.as_str() else { continue };
        if ignored.contains(&key.to_string()) {
            continue;
        }
        if let Some(value) = is_member(i, &name, &key, value)? {
            given.push((Name::new(&*key), value));
        } else {
            let value = unwrapped(value, "enum.nonmember").unwrap_or_else(|| value.clone());
            rest.insert(Name::new(&*key), value);
        }
    }
    let module = rest.get("__module__").and_then(Object::as_str).or_else(|| i.current_module());
    let qualname = rest.get("__qualname__").and_then(Object::as_str).unwrap_or_else(|| name.clone());
    let header = i.header.take_if(|(wanted, _)| wanted.as_str() == &*name).map(|(_, at)| at);
    let class = i.make_class(ClassParts {
        name: Name::new(&*name),
        module: module.unwrap_or_else(|| "".into()),
        qualname,
        bases,
        attrs: rest,
        metaclass: Some(metaclass.clone()),
        at: header.or_else(|| i.location()),
    })?;
    if let Some(why) = attrs.taint() {
        *class.open.borrow_mut() = Some(why);
    }
    prefer_enum_texts(i, &class);
    let values = generate(i, &class, given)?;
    let map = Object::from_dict(Dict::default());
    i.set_class_attribute(&class, &Name::new_static("_member_map_"), Some(map.clone()));
    for (name, value) in values {
        let value = match &mut hook {
            Some(hook) => hook(i, &name, value)?,
            None => value,
        };
        add_member(i, &class, &map, &name, value)?;
    }
    let all = members(&class).into_iter().map(|(name, _)| Object::str(name.as_str())).collect();
    i.set_class_attribute(&class, &Name::new_static("_member_names_"), Some(Object::list(all)));
    i.finish_class(&class, args.keywords)?;
    Ok(Object::Class(class))
}

/// The names that `_ignore_` of a body lists, itself among them; none without it.
pub(super) fn ignored_names(i: &mut Interpreter, attrs: &Dict) -> Eval<Vec<String>> {
    let Some(ignored) = attrs.get_str("_ignore_").cloned() else { return Ok(Vec::new()) };
    let mut names = vec!["_ignore_".to_owned()];
    if let Some(text) = ignored.as_str() {
        names.extend(text.replace(',', " ").split_whitespace().map(str::to_owned));
    } else {
        let items = i.items(&ignored)?;
        names.extend(items.iter().filter_map(Object::as_str).map(|name| name.to_string()));
    }
    Ok(names)
}

/// The value of a name in the body that makes a member; `None` for everything else.
pub(super) fn is_member(
    i: &mut Interpreter,
    class: &str,
    name: &str,
    value: &Object,
) -> Eval<Option<Object>> {
    let reserved = name.starts_with("__") || (name.starts_with('_') && name.ends_with('_'));
    let private = name
        .strip_prefix('_')
        .and_then(|name| name.strip_prefix(class))
        .is_some_and(|name| name.starts_with("__"));
    if reserved || private {
        return Ok(None);
    }
    if let Some(value) = unwrapped(value, "enum.member") {
        return Ok(Some(value));
    }
    let descriptor = match value {
        Object::Function(_) | Object::Native(_) | Object::Closure(_) | Object::Descriptor(_) => true,
        // Nested classes are members no longer since 3.13, and were not meant to be before.
        Object::Class(_) => true,
        Object::Instance(instance) => {
            unwrapped(value, "enum.nonmember").is_some()
                || ["__get__", "__set__", "__delete__"]
                    .into_iter()
                    .any(|method| instance.class.borrow().lookup(method).is_some())
        }
        _ => false,
    };
    let _ = i;
    Ok((!descriptor).then(|| value.clone()))
}

/// What `member(…)` or `nonmember(…)` holds, by the path of the one that is meant.
pub(super) fn unwrapped(value: &Object, path: &str) -> Option<Object> {
    let instance = value.as_instance()?;
    if !instance.class.borrow().has_path(path) {
        return None;
    }
    match &*instance.payload.borrow() {
        Payload::Constructed(args) => args.get(0).cloned(),
        _ => None,
    }
}

/// The first base that is an enumeration says how members are shown, not their data type.
pub(super) fn prefer_enum_texts(i: &mut Interpreter, class: &Rc<Class>) {
    let bases = class.bases.borrow().clone();
    let Some(first) =
        bases.iter().rev().filter_map(Object::as_class).find(|base| base.derives_from("enum.Enum")).cloned()
    else {
        return;
    };
    for name in ["__repr__", "__str__", "__format__"] {
        let owner = class.lookup(name).map(|(_, owner)| owner);
        if owner.is_none_or(|owner| &*owner.module == "builtins")
            && let Some((method, _)) = first.lookup(name)
        {
            i.set_class_attribute(class, &Name::new_static(name), Some(method));
        }
    }
}

/// `auto()` turned into values, alone or within a tuple.
pub(super) fn generate(
    i: &mut Interpreter,
    class: &Rc<Class>,
    given: Vec<(Name, Object)>,
) -> Eval<Vec<(Name, Object)>> {
    let mut values: Vec<(Name, Object)> = Vec::new();
    let mut made: Vec<(Object, Object)> = Vec::new();
    for (name, value) in given {
        let value = match &value {
            Object::Tuple(items) if items.iter().any(is_auto) => {
                let mut all = Vec::new();
                for item in items.iter() {
                    all.push(next_value(i, class, &name, item, &values, &mut made)?);
                }
                Object::tuple(all)
            }
            value => next_value(i, class, &name, value, &values, &mut made)?,
        };
        values.push((name, value));
    }
    Ok(values)
}

/// Whether a value is an `auto()`.
pub(super) fn is_auto(value: &Object) -> bool {
    value.as_instance().is_some_and(|value| value.class.borrow().has_path("enum.auto"))
}

/// `A | B` of members whose values are not made yet: worked out when those are.
pub(super) fn combined_auto(i: &mut Interpreter, args: Args, op: Operator) -> Eval {
    let Some(me) = args.get(0) else { return Err(i.missing_argument("__or__")) };
    let class = i.class_of(me);
    let host = AutoPair { op, parts: args.positional };
    Ok(i.instance_with(&class, Payload::Host(Rc::new(host))))
}

/// Two values joined by an operator, at least one of which is made only with the members.
pub(super) struct AutoPair {
    op: Operator,
    parts: Vec<Object>,
}

/// The value of one `auto()`: what `_generate_next_value_` gives, once for each `auto()` object.
pub(super) fn next_value(
    i: &mut Interpreter,
    class: &Rc<Class>,
    name: &Name,
    value: &Object,
    before: &[(Name, Object)],
    made: &mut Vec<(Object, Object)>,
) -> Eval {
    if !is_auto(value) {
        return Ok(value.clone());
    }
    i.toil(before.len() + made.len())?;
    if let Some((_, known)) = made.iter().find(|(auto, _)| auto.is(value)) {
        return Ok(known.clone());
    }
    let pair = value.as_instance().and_then(|value| match &*value.payload.borrow() {
        Payload::Host(host) => host.clone().downcast::<AutoPair>().ok(),
        _ => None,
    });
    if let Some(pair) = pair {
        let [left, right] = &pair.parts[..] else { return Ok(i.unknown("a value that is not made yet")) };
        let left = i.deeper(|i| next_value(i, class, name, left, before, made))?;
        let right = i.deeper(|i| next_value(i, class, name, right, before, made))?;
        return i.binary(&left, pair.op, &right);
    }
    let last: Vec<Object> = before.iter().map(|(_, value)| value.clone()).collect();
    let hook = class.lookup("_generate_next_value_").map(|(hook, _)| match &hook {
        Object::Descriptor(descriptor) => match &**descriptor {
            Descriptor::StaticMethod(function) => function.clone(),
            _ => hook.clone(),
        },
        _ => hook,
    });
    let new = if let Some(hook) = hook {
        let count = Object::Int(i64::try_from(before.len()).unwrap_or(0));
        let args = vec![Object::str(name.as_str()), Object::Int(1), count, Object::list(last)];
        i.call(&hook, Args::of(args))?
    } else if class.derives_from("enum.StrEnum") {
        Object::str(name.to_lowercase())
    } else if let Some(unknown) = last.iter().find(|value| value.is_unknown()) {
        unknown.clone()
    } else {
        let highest = last.iter().filter_map(Object::as_int).max();
        Object::Int(match highest {
            None => 1,
            Some(highest) if class.derives_from("enum.Flag") => {
                let bits = 64 - highest.max(0).leading_zeros();
                1_i64.checked_shl(bits).unwrap_or(0)
            }
            Some(highest) => highest.saturating_add(1),
        })
    };
    made.push((value.clone(), new.clone()));
    Ok(new)
}

/// The built-in class whose values members are, and the constructor that a class of the project has.
pub(super) fn data_type(class: &Rc<Class>) -> (Option<Rc<Class>>, Option<Object>) {
    let mut kind = None;
    let mut new = None;
    for ancestor in class.mro.borrow().iter() {
        if !ancestor.native && new.is_none() {
            new = ancestor.attrs.borrow().get("__new__").cloned();
        }
        let plain = matches!(
            ancestor.name.as_str(),
            "str" | "int" | "float" | "bytes" | "tuple" | "list" | "dict" | "set" | "frozenset"
        );
        if kind.is_none() && &*ancestor.module == "builtins" && plain {
            kind = Some(ancestor.clone());
        }
    }
    (kind, new)
}

/// Makes a member, or an alias where a member has its value already.
pub(super) fn add_member(
    i: &mut Interpreter,
    class: &Rc<Class>,
    map: &Object,
    name: &Name,
    value: Object,
) -> Eval<()> {
    let (kind, new) = data_type(class);
    let args = match (&value, &kind) {
        (_, Some(kind)) if kind.name == "tuple" => vec![value.clone()],
        (Object::Tuple(items), _) => items.to_vec(),
        _ => vec![value.clone()],
    };
    let (member, plain_value) = match (&new, &kind) {
        (Some(new), _) => {
            let new = match new {
                Object::Descriptor(descriptor) => match &**descriptor {
                    Descriptor::StaticMethod(function) => function.clone(),
                    _ => new.clone(),
                },
                other => other.clone(),
            };
            let made = i.call(&new, Args::of(args.clone()).with_first(Object::Class(class.clone())))?;
            let set = made.as_instance().is_some_and(|m| m.attrs.borrow().contains_key("_value_"));
            let own = match (set, &kind) {
                (true, _) => value_of(&made),
                (false, Some(_)) => plain(&made),
                (false, None) => value.clone(),
            };
            (made, own)
        }
        (None, Some(kind)) => {
            let unknown = args.iter().find(|arg| arg.is_unknown()).cloned();
            let own = match unknown {
                Some(unknown) => unknown,
                None => i.call(&Object::Class(kind.clone()), Args::of(args.clone()))?,
            };
            (i.instance_with(class, Payload::Value(own.clone())), own)
        }
        (None, None) => {
            // A mixed-in class of the project (a dataclass) is made from the arguments.
            (i.instance_of(class), value.clone())
        }
    };
    let Object::Instance(instance) = &member else {
        // Its constructor is not known: so is the member.
        i.set_class_attribute(class, name, Some(member.clone()));
        return Ok(());
    };
    i.set_own_attribute(instance, &Name::new_static("_value_"), Some(plain_value.clone()));
    i.set_own_attribute(instance, &Name::new_static("_name_"), Some(Object::str(name.as_str())));
    i.set_own_attribute(instance, &Name::new_static("__objclass__"), Some(Object::Class(class.clone())));
    let order = super::super::strings::length(members(class).len());
    i.set_own_attribute(instance, &Name::new_static("_sort_order_"), Some(order));
    if let Some((init, owner)) = class.lookup("__init__")
        && !owner.native
    {
        match i.call(&init, Args::of(args).with_first(member.clone())) {
            Err(Raise::Limit(why)) => return Err(Raise::Limit(why)),
            result => result?,
        };
    }
    let own = value_of(&member);
    let known = members(class);
    i.toil(known.len() * KEYED)?;
    for (_, known) in known {
        if let Ok(true) = i.equal(&value_of(&known), &own)? {
            // An alias.
            put(i, class, map, name, known);
            return Ok(());
        }
    }
    put(i, class, map, name, member.clone());
    Ok(())
}

/// Binds a member in its class and in the map of members.
pub(super) fn put(i: &mut Interpreter, class: &Rc<Class>, map: &Object, name: &Name, member: Object) {
    if let Object::Dict(map) = map {
        let text: std::sync::Arc<str> = name.as_str().into();
        let value = member.clone();
        i.change_dict(map, |items| items.insert(Key::Str(text.clone()), Object::Str(text), value));
    }
    i.set_class_attribute(class, name, Some(member));
}
