//! `enum`. Mirrors `Lib/enum.py`, 3.12: [`enum_class_new`] is `EnumType.__new__`, with a hook for
//! metaclasses (Django's choices) that look at each member's value first.

use std::rc::Rc;

use super::super::arguments::{plain, receiver, unknown_among};
use super::super::{native_class_of, native_table};
use super::{first_argument, names_of};
use crate::python::interpreter::{Args, Eval, Interpreter, KEYED, iterator, native_property};
use crate::python::object::{Class, Dict, Namespace, Native, Object, Payload};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;

use super::enum_members::{combined_auto, enum_class_new, functional};
native_table!(META {
    "enum.EnumType.__new__" => |i, mut a| {
        let Object::Class(metaclass) = receiver(&mut a) else {
            return Ok(i.unknown("an enumeration of an unknown metaclass"));
        };
        enum_class_new(i, &metaclass, a, None)
    },
    "enum.EnumType.__call__" => |i, mut a| {
        let Object::Class(class) = receiver(&mut a) else { return Ok(i.unknown("an enumeration")) };
        let names = a.positional.len() > 1 || a.keyword("names").is_some();
        if names && members(&class).is_empty() {
            return functional(i, &class, a);
        }
        match a.param(0, "value").cloned() {
            Some(value) if a.positional.len() < 2 => by_value(i, &class, &value),
            Some(_) => by_value(i, &class, &Object::tuple(a.positional)),
            None => Ok(a.open.map_or_else(|| i.unknown("an enumeration"), Object::Unknown)),
        }
    },
    "enum.EnumType.__getitem__" => |i, a| {
        let (Some(Object::Class(class)), Some(name)) = (a.get(0), a.get(1)) else {
            return Ok(i.unknown("an enumeration"));
        };
        let Some(name) = name.as_str() else { return Ok(name.clone()) };
        match member_map(class).and_then(|map| map.get().get_str(&name).cloned()) {
            Some(member) => Ok(member),
            None => match class.open.borrow().clone() {
                Some(why) => Ok(Object::Unknown(why)),
                None => Err(i.raise("KeyError", name)),
            },
        }
    },
    "enum.EnumType.__iter__" => |_, a| {
        let all = a.get(0).and_then(Object::as_class).map(canonical_members).unwrap_or_default();
        Ok(iterator(all.into_iter().map(|(_, member)| member).collect()))
    },
    "enum.EnumType.__reversed__" => |_, a| {
        let all = a.get(0).and_then(Object::as_class).map(canonical_members).unwrap_or_default();
        Ok(iterator(all.into_iter().rev().map(|(_, member)| member).collect()))
    },
    "enum.EnumType.__len__" => |i, a| {
        let all = a.get(0).and_then(Object::as_class).map(canonical_members).unwrap_or_default();
        i.work(all.len() * KEYED);
        Ok(super::super::strings::length(all.len()))
    },
    "enum.EnumType.__bool__" => |_, _| Ok(Object::Bool(true)),
    "enum.EnumType.__contains__" => |i, a| {
        let (Some(Object::Class(class)), Some(value)) = (a.get(0), a.get(1)) else {
            return Ok(i.unknown("an enumeration"));
        };
        let all = members(class);
        i.toil(all.len() * KEYED)?;
        for (_, member) in all {
            if member.is(value) {
                return Ok(Object::Bool(true));
            }
            let own = value_of(&member);
            match i.equal(&own, value)? {
                Ok(true) => return Ok(Object::Bool(true)),
                Ok(false) => {}
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        Ok(Object::Bool(false))
    },
});

native_table!(MEMBERS { "enum.EnumType.__members__" => |_, a| {
    let map = a.get(0).and_then(Object::as_class).and_then(|class| member_map(class));
    Ok(map.map_or_else(|| Object::dict([]), |map| Object::from_dict(map.get().clone())))
} });

native_table!(NAME { "enum.Enum.name" => |i, a| own(i, &a, "_name_") });

native_table!(VALUE { "enum.Enum.value" => |i, a| own(i, &a, "_value_") });

native_table!(ENUM {
    "enum.Enum.__str__" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let name = own(i, &a, "_name_")?;
        Ok(Object::str(format!("{}.{}", me.type_name(), name.as_str().unwrap_or_default())))
    },
    "enum.Enum.__repr__" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let name = own(i, &a, "_name_")?.as_str().unwrap_or_default();
        let value = own(i, &a, "_value_")?;
        let shown = i.repr(&value)?;
        Ok(shown.as_str().map_or(shown, |shown| Object::str(format!("<{}.{name}: {shown}>", me.type_name()))))
    },
    "enum.Enum.__format__" => |i, a| {
        let me = a.get(0).cloned().unwrap_or(Object::None);
        let text = i.to_str(&me)?;
        let spec = a.get(1).and_then(Object::as_str).unwrap_or_default();
        match text.as_str() {
            Some(text) => i.format(&Object::Str(text), &spec),
            None => Ok(text),
        }
    },
    "enum.Enum.__hash__" => |i, _| Ok(i.unknown("a hash, which differs from run to run")),
    "enum.Enum.__copy__" => first_argument,
    "enum.Enum.__deepcopy__" => first_argument,
});

native_table!(REPR_ENUM {
    "enum.ReprEnum.__str__" => |i, a| i.to_str(&plain(a.get(0).unwrap_or(&Object::None))),
    "enum.ReprEnum.__format__" => |i, a| {
        let spec = a.get(1).and_then(Object::as_str).unwrap_or_default();
        i.format(&plain(a.get(0).unwrap_or(&Object::None)), &spec)
    },
});

native_table!(FLAG {
    "enum.Flag.__or__" => |i, a| combine(i, &a, Operator::BitOr),
    "enum.Flag.__and__" => |i, a| combine(i, &a, Operator::BitAnd),
    "enum.Flag.__xor__" => |i, a| combine(i, &a, Operator::BitXor),
    "enum.Flag.__ror__" => |i, a| combine(i, &a, Operator::BitOr),
    "enum.Flag.__rand__" => |i, a| combine(i, &a, Operator::BitAnd),
    "enum.Flag.__rxor__" => |i, a| combine(i, &a, Operator::BitXor),
    "enum.Flag.__invert__" => |i, a| {
        let Some(me) = a.get(0) else { return Err(i.missing_argument("__invert__")) };
        let class = i.class_of(me);
        let all = members(&class).iter().filter_map(|(_, m)| value_of(m).as_int()).fold(0, |a, b| a | b);
        match value_of(me).as_int() {
            Some(bits) => flag_member(i, &class, all & !bits),
            None => Ok(i.unknown("a flag that is not known")),
        }
    },
    "enum.Flag.__contains__" => |i, a| match (flag_bits(a.get(0)), flag_bits(a.get(1))) {
        (Some(all), Some(some)) => Ok(Object::Bool(all & some == some)),
        _ => Ok(i.unknown("a flag that is not known")),
    },
    "enum.Flag.__bool__" => |i, a| match flag_bits(a.get(0)) {
        Some(bits) => Ok(Object::Bool(bits != 0)),
        None => Ok(i.unknown("a flag that is not known")),
    },
});

native_table!(AUTO {
    "enum.auto.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_of(&class)),
        other => Ok(other),
    },
    "enum.auto.__or__" => |i, a| combined_auto(i, a, Operator::BitOr),
    "enum.auto.__and__" => |i, a| combined_auto(i, a, Operator::BitAnd),
    "enum.auto.__xor__" => |i, a| combined_auto(i, a, Operator::BitXor),
    "enum.auto.__ror__" => |i, a| combined_auto(i, a, Operator::BitOr),
    "enum.auto.__rand__" => |i, a| combined_auto(i, a, Operator::BitAnd),
    "enum.auto.__rxor__" => |i, a| combined_auto(i, a, Operator::BitXor),
});

native_table!(WRAPPED {
    "enum.member.__new__" => |i, mut a| match receiver(&mut a) {
        Object::Class(class) => Ok(i.instance_with(&class, Payload::Constructed(Rc::new(a)))),
        other => Ok(other),
    },
});

native_table!(FUNCTIONS {
    "enum.unique" => first_argument,
    "enum.global_enum" => first_argument,
    "enum._simple_enum" => |i, _| Ok(i.unknown("makes an enumeration of a class")),
    "enum.verify" => |_, _| Ok(Object::closure("enum.verify", first_argument)),
});

/// The names of `enum`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let type_ = i.types.type_.clone();
    let meta = super::add_class(i, &mut names, "enum", "EnumType", &[type_], META);
    names.insert(Name::new_static("EnumMeta"), Object::Class(meta.clone()));
    if let Some(function) = MEMBERS.first() {
        meta.attrs.borrow_mut().insert(Name::new_static("__members__"), native_property(function));
    }
    let mut add = |i: &Interpreter, name: &'static str, bases: &[Rc<Class>], methods: &'static [Native]| {
        let class = native_class_of(&i.types, "enum", name, bases, methods, Some(meta.clone()));
        names.insert(Name::new_static(name), Object::Class(class.clone()));
        class
    };
    let built_in = |name: &str| i.types.get(name).cloned();
    let base = add(i, "Enum", &[], ENUM);
    for (name, table) in [("name", NAME), ("value", VALUE)] {
        if let Some(function) = table.first() {
            base.attrs.borrow_mut().insert(Name::new_static(name), native_property(function));
        }
    }
    let repr = add(i, "ReprEnum", std::slice::from_ref(&base), REPR_ENUM);
    let flag = add(i, "Flag", &[base], FLAG);
    let with = |first: Option<Rc<Class>>, rest: &[Rc<Class>]| -> Vec<Rc<Class>> {
        first.into_iter().chain(rest.iter().cloned()).collect()
    };
    // In CPython a data type's own texts give way to the enumeration's.
    for (name, bases, methods) in [
        ("IntEnum", with(built_in("int"), std::slice::from_ref(&repr)), REPR_TEXTS),
        ("StrEnum", with(built_in("str"), std::slice::from_ref(&repr)), REPR_TEXTS),
        ("IntFlag", with(built_in("int"), &[repr.clone(), flag.clone()]), INT_FLAG),
    ] {
        add(i, name, &bases, methods);
    }
    for (name, methods) in [("auto", AUTO), ("member", WRAPPED), ("nonmember", WRAPPED)] {
        super::add_class(i, &mut names, "enum", name, &[], methods);
    }
    if let Some(property) = i.types.get("property") {
        names.insert(Name::new_static("property"), Object::Class(property.clone()));
        names.insert(Name::new_static("DynamicClassAttribute"), Object::Class(property.clone()));
    }
    for name in ["STRICT", "CONFORM", "EJECT", "KEEP", "UNIQUE", "CONTINUOUS", "NAMED_FLAGS"] {
        names.insert(Name::new_static(name), Object::str(name));
    }
    names
}

native_table!(REPR_TEXTS {
    "enum.IntEnum.__str__" => |i, a| i.to_str(&plain(a.get(0).unwrap_or(&Object::None))),
    "enum.IntEnum.__repr__" => |i, a| (ENUM[1].call)(i, a),
    "enum.IntEnum.__format__" => |i, a| (REPR_ENUM[1].call)(i, a),
});

native_table!(INT_FLAG {
    "enum.IntFlag.__str__" => |i, a| i.to_str(&plain(a.get(0).unwrap_or(&Object::None))),
    "enum.IntFlag.__repr__" => |i, a| (ENUM[1].call)(i, a),
    "enum.IntFlag.__format__" => |i, a| (REPR_ENUM[1].call)(i, a),
});

fn own(i: &mut Interpreter, args: &Args, name: &str) -> Eval {
    let found = args.get(0).and_then(Object::as_instance).and_then(|me| me.attrs.borrow().get(name).cloned());
    Ok(found.unwrap_or_else(|| i.unknown("a member that is being made")))
}

/// `member.value`; anything else is its own value.
pub(super) fn value_of(member: &Object) -> Object {
    let found = member.as_instance().and_then(|member| member.attrs.borrow().get("_value_").cloned());
    found.unwrap_or_else(|| member.clone())
}

fn member_map(class: &Class) -> Option<Rc<crate::python::object::Mutable<Dict>>> {
    match class.lookup("_member_map_") {
        Some((Object::Dict(map), _)) => Some(map),
        _ => None,
    }
}

/// An enumeration's members in the order of their definition, without aliases.
pub(crate) fn members(class: &Rc<Class>) -> Vec<(Name, Object)> {
    let Some(map) = member_map(class) else { return Vec::new() };
    let map = map.get();
    let named = map.iter().filter_map(|(name, member)| {
        let name = name.as_str()?;
        let own = member.as_instance()?.attrs.borrow().get("_name_").and_then(Object::as_str);
        (own.as_deref() == Some(&*name)).then(|| (Name::new(&*name), member.clone()))
    });
    named.collect()
}

/// What iteration gives: of flags only those of one bit.
fn canonical_members(class: &Rc<Class>) -> Vec<(Name, Object)> {
    let mut all = members(class);
    if class.derives_from("enum.Flag") {
        all.retain(|(_, member)| value_of(member).as_int().is_some_and(|bits| bits.count_ones() == 1));
    }
    all
}

fn by_value(i: &mut Interpreter, class: &Rc<Class>, value: &Object) -> Eval {
    if value.is_unknown() {
        return Ok(value.clone());
    }
    let mut doubt = None;
    let all = members(class);
    i.toil(all.len() * KEYED)?;
    for (_, member) in all {
        if member.is(value) {
            return Ok(member);
        }
        match i.equal(&value_of(&member), value)? {
            Ok(true) => return Ok(member),
            Ok(false) => {}
            Err(why) => doubt = Some(why),
        }
    }
    if let Some(why) = doubt.or_else(|| class.open.borrow().clone()) {
        return Ok(Object::Unknown(why));
    }
    if class.lookup("_missing_").is_some() {
        let missing = i.get_attribute(&Object::Class(class.clone()), &Name::new_static("_missing_"))?;
        let found = i.call(&missing, Args::of(vec![value.clone()]))?;
        if !found.is_none() {
            return Ok(found);
        }
    }
    if class.derives_from("enum.Flag")
        && let Some(bits) = value.as_int()
    {
        return flag_member(i, class, bits);
    }
    let shown = i.repr(value)?;
    let message = format!("{} is not a valid {}", shown.as_str().unwrap_or_default(), class.qualname);
    Err(i.raise("ValueError", message))
}

fn flag_bits(member: Option<&Object>) -> Option<i64> {
    member.and_then(|member| value_of(member).as_int())
}

fn combine(i: &mut Interpreter, args: &Args, op: Operator) -> Eval {
    let (Some(me), Some(other)) = (args.get(0), args.get(1)) else {
        return Err(i.missing_argument("__or__"));
    };
    let class = i.class_of(me);
    let (Some(a), Some(b)) = (flag_bits(Some(me)), flag_bits(Some(other))) else {
        return Ok(match unknown_among(args) {
            Some(why) => Object::Unknown(why),
            None => Object::NotImplemented,
        });
    };
    flag_member(
        i,
        &class,
        match op {
            Operator::BitOr => a | b,
            Operator::BitAnd => a & b,
            _ => a ^ b,
        },
    )
}

/// The member of those bits, made for the occasion where it has no name of its own.
fn flag_member(i: &mut Interpreter, class: &Rc<Class>, bits: i64) -> Eval {
    let all = members(class);
    i.toil(all.len() * KEYED)?;
    if let Some((_, member)) = all.iter().find(|(_, member)| value_of(member).as_int() == Some(bits)) {
        return Ok(member.clone());
    }
    let parts: Vec<&str> = all
        .iter()
        .filter(|(_, member)| value_of(member).as_int().is_some_and(|b| b != 0 && b & bits == b))
        .map(|(name, _)| name.as_str())
        .collect();
    let payload =
        if class.derives_from("builtins.int") { Payload::Value(Object::Int(bits)) } else { Payload::Empty };
    let member = i.instance_with(class, payload);
    if let Object::Instance(member) = &member {
        i.set_own_attribute(member, &Name::new_static("_name_"), Some(Object::str(parts.join("|"))));
        i.set_own_attribute(member, &Name::new_static("_value_"), Some(Object::Int(bits)));
    }
    Ok(member)
}
