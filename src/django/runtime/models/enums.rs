//! `django.db.models.enums`: enumerations whose members have labels.

use std::rc::Rc;

use super::{own, set};
use crate::python::builtins::{enum_class_new, members as enum_members, native_class_of};
use crate::python::interpreter::{Args, Eval, Interpreter, native_property};
use crate::python::object::{Class, Descriptor, Native, Object};
use crate::python::syntax::Name;

const MODULE: &str = "django.db.models.enums";

/// Classes of the module; the metaclass was `ChoicesMeta` until 5.0.
pub(super) const NAMES: &[&str] = &["ChoicesType", "ChoicesMeta", "Choices", "IntegerChoices", "TextChoices"];

static METHODS: &[Native] = &[Native { path: "django.db.models.enums.ChoicesType.__new__", call: new }];

static PROPERTIES: &[Native] = &[
    Native { path: "django.db.models.enums.ChoicesType.names", call: names },
    Native { path: "django.db.models.enums.ChoicesType.choices", call: choices },
    Native { path: "django.db.models.enums.ChoicesType.labels", call: labels },
    Native { path: "django.db.models.enums.ChoicesType.values", call: values },
];

static LABEL: Native = Native { path: "django.db.models.enums.Choices.label", call: label };

static CHOICES_METHODS: &[Native] = &[Native { path: "django.db.models.enums.Choices.__str__", call: text }];

static NEXT_VALUE: Native = Native {
    path: "django.db.models.enums.TextChoices._generate_next_value_",
    call: |_, args| Ok(args.get(0).cloned().unwrap_or(Object::None)),
};

/// A class of the module.
pub(super) fn class_of(interpreter: &mut Interpreter, name: &'static str) -> Eval<Option<Rc<Class>>> {
    let name = if name == "ChoicesMeta" { "ChoicesType" } else { name };
    let known = super::registry(interpreter).and_then(|registry| registry.choices.get(name).cloned());
    if known.is_some() {
        return Ok(known);
    }
    let Some(made) = make(interpreter, name)? else { return Ok(None) };
    if let Some(registry) = super::registry(interpreter) {
        registry.choices.insert(name, made.clone());
    }
    Ok(Some(made))
}

fn enum_class(interpreter: &mut Interpreter, name: &str) -> Eval<Option<Rc<Class>>> {
    Ok(interpreter.import_path(&format!("enum.{name}"))?.as_class().cloned())
}

fn make(interpreter: &mut Interpreter, name: &'static str) -> Eval<Option<Rc<Class>>> {
    if name == "ChoicesType" {
        let Some(base) = enum_class(interpreter, "EnumType")? else { return Ok(None) };
        let made = native_class_of(&interpreter.types, MODULE, name, &[base], METHODS, None);
        for property in PROPERTIES {
            let name = property.path.rsplit('.').next().unwrap_or(property.path);
            made.attrs.borrow_mut().insert(Name::new_static(name), native_property(property));
        }
        return Ok(Some(made));
    }
    let Some(metaclass) = class_of(interpreter, "ChoicesType")? else { return Ok(None) };
    let (bases, methods) = if name == "Choices" {
        (vec![enum_class(interpreter, "Enum")?], CHOICES_METHODS)
    } else {
        let data = if name == "IntegerChoices" { "IntEnum" } else { "StrEnum" };
        (vec![class_of(interpreter, "Choices")?, enum_class(interpreter, data)?], &[] as &'static [Native])
    };
    let Some(bases) = bases.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    let made = native_class_of(&interpreter.types, MODULE, name, &bases, methods, Some(metaclass));
    let mut attrs = made.attrs.borrow_mut();
    match name {
        "Choices" => {
            attrs.insert(Name::new_static("label"), native_property(&LABEL));
            attrs.insert(Name::new_static("do_not_call_in_templates"), Object::Bool(true));
        }
        "TextChoices" => {
            let next = Descriptor::StaticMethod(Object::Native(&NEXT_VALUE));
            attrs.insert(Name::new_static("_generate_next_value_"), Object::Descriptor(Rc::new(next)));
        }
        _ => {}
    }
    drop(attrs);
    Ok(Some(made))
}

/// `ChoicesType.__new__`: the last of several parts of a value is the member's label.
fn new(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Class(metaclass)) = args.take_first() else { return Ok(Object::None) };
    let mut labels: Vec<(Name, Object)> = Vec::new();
    let mut hook = |_: &mut Interpreter, name: &Name, value: Object| {
        let parts = match &value {
            Object::Tuple(parts) => Some(parts.to_vec()),
            Object::List(list) if list.taint().is_none() => Some(list.get().clone()),
            _ => None,
        };
        if let Some(mut parts) = parts
            && parts.len() > 1
            && parts.last().is_some_and(|label| label.is_unknown() || label.as_str().is_some())
            && let Some(label) = parts.pop()
        {
            labels.push((name.clone(), label));
            return Ok(Object::tuple(parts));
        }
        labels.push((name.clone(), Object::str(title(&name.replace('_', " ")))));
        Ok(value)
    };
    let made = enum_class_new(interpreter, &metaclass, args, Some(&mut hook))?;
    let Object::Class(class) = &made else { return Ok(made) };
    for (name, member) in enum_members(class) {
        let label = labels.iter().find(|(known, _)| *known == name).map(|(_, label)| label.clone());
        if let (Object::Instance(member), Some(label)) = (&member, label) {
            set(interpreter, member, "_label_", label);
        }
    }
    Ok(made)
}

/// `str.title()`
fn title(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        if inside {
            shown.extend(letter.to_lowercase());
        } else {
            shown.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
    shown
}

fn label(_: &mut Interpreter, args: Args) -> Eval {
    let label = args.get(0).and_then(Object::as_instance).and_then(|member| own(member, "_label_"));
    Ok(label.unwrap_or(Object::None))
}

fn text(interpreter: &mut Interpreter, args: Args) -> Eval {
    let value = args.get(0).and_then(Object::as_instance).and_then(|member| own(member, "_value_"));
    interpreter.to_str(&value.unwrap_or(Object::None))
}

/// What `names`, `choices`, `labels` and `values` give: `part` of each member, after what stands for
/// no choice at all (`__empty__`).
fn each(args: &Args, empty: fn(Object) -> Object, part: fn(&Name, Object, Object) -> Object) -> Object {
    let Some(Object::Class(class)) = args.get(0) else { return Object::list(Vec::new()) };
    let mut all: Vec<Object> = class.lookup("__empty__").map(|(label, _)| empty(label)).into_iter().collect();
    for (name, member) in enum_members(class) {
        let Some(member) = member.as_instance().cloned() else { continue };
        let value = own(&member, "_value_").unwrap_or(Object::None);
        let label = own(&member, "_label_").unwrap_or(Object::None);
        all.push(part(&name, value, label));
    }
    match class.open.borrow().clone() {
        // There may be members that are not known.
        Some(why) => Object::Unknown(why),
        None => Object::list(all),
    }
}

fn names(_: &mut Interpreter, args: Args) -> Eval {
    Ok(each(&args, |_| Object::str("__empty__"), |name, _, _| Object::str(name.as_str())))
}

fn choices(_: &mut Interpreter, args: Args) -> Eval {
    Ok(each(
        &args,
        |label| Object::tuple(vec![Object::None, label]),
        |_, value, label| Object::tuple(vec![value, label]),
    ))
}

fn labels(_: &mut Interpreter, args: Args) -> Eval {
    Ok(each(&args, |label| label, |_, _, label| label))
}

fn values(_: &mut Interpreter, args: Args) -> Eval {
    Ok(each(&args, |_| Object::None, |_, value, _| value))
}
