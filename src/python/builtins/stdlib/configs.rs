//! `configparser`. Files outside the analysed repository belong to a deployment, like its environment:
//! there are taken to be none. A file within it that is read is not worked out.

use std::rc::Rc;

use super::super::arguments::{plain, receiver};
use super::super::native_table;
use super::names_of;
use super::os::path_text;
use crate::python::interpreter::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Namespace, Object, Payload};
use crate::python::syntax::Name;

/// Where a parser keeps its sections: a dictionary of dictionaries.
const SECTIONS: &str = "\u{0}sections";

native_table!(PARSER {
    "configparser.RawConfigParser.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        if let Object::Instance(me) = &me {
            let sections = Object::dict([]);
            if let Some(defaults) = a.param(0, "defaults").filter(|defaults| !defaults.is_none()) {
                let made = options(i, defaults)?;
                i.set_item(&sections, &Object::str("DEFAULT"), made)?;
            }
            i.set_own_attribute(me, &Name::new_static(SECTIONS), Some(sections));
        }
        Ok(Object::None)
    },
    "configparser.RawConfigParser.read" => |i, a| {
        let given = a.param(1, "filenames").cloned().unwrap_or(Object::None);
        let paths = match &given {
            Object::List(_) | Object::Tuple(_) => i.items(&given)?,
            one => vec![one.clone()],
        };
        for path in paths {
            // What is not known lies outside: a path within is made from the settings' own place.
            if let Ok(path) = path_text(i, &path)?
                && i.library.is_project(std::path::Path::new(&path))
            {
                let why = i.unknown(format!("reads {path}"));
                taint(i, &a, why);
            }
        }
        Ok(Object::list(Vec::new()))
    },
    "configparser.RawConfigParser.read_file" => |i, a| {
        let why = i.unknown("reads a file");
        taint(i, &a, why);
        Ok(Object::None)
    },
    "configparser.RawConfigParser.read_string" => |i, a| {
        let why = i.unknown("reads a configuration that is not worked out");
        taint(i, &a, why);
        Ok(Object::None)
    },
    "configparser.RawConfigParser.read_dict" => |i, a| {
        let given = a.param(1, "dictionary").cloned().unwrap_or(Object::None);
        let sections = sections(&a);
        let names = match i.known_items(&given)? {
            Ok(names) => names,
            Err(why) => {
                taint(i, &a, Object::Unknown(why));
                return Ok(Object::None);
            }
        };
        for name in names {
            let given = i.get_item(&given, &name)?;
            let made = options(i, &given)?;
            match (i.contains(&sections, &name)?, &made) {
                (Ok(true), Object::Dict(_)) => {
                    if let Object::Dict(section) = i.get_item(&sections, &name)? {
                        i.update_dict(&section, &made)?;
                    }
                }
                _ => i.set_item(&sections, &name, made)?,
            }
        }
        Ok(Object::None)
    },
    "configparser.RawConfigParser.get" => |i, a| value(i, &a, |_, value| Ok(value)),
    "configparser.RawConfigParser.getint" => |i, a| value(i, &a, |i, value| converted(i, "int", value)),
    "configparser.RawConfigParser.getfloat" => |i, a| value(i, &a, |i, value| converted(i, "float", value)),
    "configparser.RawConfigParser.getboolean" => |i, a| value(i, &a, boolean),
    "configparser.RawConfigParser._convert_to_boolean" => |i, a| {
        boolean(i, a.get(1).cloned().unwrap_or(Object::None))
    },
    "configparser.RawConfigParser.has_section" => |i, a| {
        let name = a.param(1, "section").cloned().unwrap_or(Object::None);
        has(i, &sections(&a), &name)
    },
    "configparser.RawConfigParser.has_option" => |i, a| match find(i, &a)? {
        Some(found @ Object::Unknown(_)) => Ok(found),
        found => Ok(Object::Bool(found.is_some())),
    },
    "configparser.RawConfigParser.sections" => |i, a| {
        let all = sections(&a);
        match i.known_items(&all)? {
            Ok(names) => Ok(Object::list(
                names.into_iter().filter(|name| name.as_str().as_deref() != Some("DEFAULT")).collect(),
            )),
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "configparser.RawConfigParser.add_section" => |i, a| {
        let name = a.param(1, "section").cloned().unwrap_or(Object::None);
        i.set_item(&sections(&a), &name, Object::dict([]))?;
        Ok(Object::None)
    },
    "configparser.RawConfigParser.set" => |i, a| {
        let name = a.param(1, "section").cloned().unwrap_or(Object::None);
        let section = section(i, &a, &name)?;
        let option = lower(a.param(2, "option"));
        i.set_item(&section, &option, a.param(3, "value").cloned().unwrap_or(Object::None))?;
        Ok(Object::None)
    },
    "configparser.RawConfigParser.options" => |i, a| {
        let name = a.param(1, "section").cloned().unwrap_or(Object::None);
        let section = section(i, &a, &name)?;
        super::super::lists::list_from(i, &section)
    },
    "configparser.RawConfigParser.items" => |i, a| {
        let Some(name) = a.param(1, "section") else { return Ok(i.unknown("all sections")) };
        let section = section(i, &a, &name.clone())?;
        i.call_method(&section, "items", Args::none())
    },
    "configparser.RawConfigParser.__contains__" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        has(i, &sections(&a), &name)
    },
    "configparser.RawConfigParser.__getitem__" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        let all = sections(&a);
        match i.contains(&all, &name)? {
            Ok(true) => {}
            Ok(false) => return Err(i.raise("KeyError", name.as_str().unwrap_or_default())),
            Err(why) => return Ok(Object::Unknown(why)),
        }
        let section = i.get_item(&all, &name)?;
        let base: Vec<Rc<Class>> = i.types.get("dict").cloned().into_iter().collect();
        let class = super::native_class(&i.types, "configparser", "SectionProxy", &base, PROXY);
        Ok(i.instance_with(&class, Payload::Value(section)))
    },
});

native_table!(PROXY {
    "configparser.SectionProxy.get" => |i, a| proxied(i, &a, |_, value| Ok(value)),
    "configparser.SectionProxy.getint" => |i, a| proxied(i, &a, |i, value| converted(i, "int", value)),
    "configparser.SectionProxy.getfloat" => |i, a| proxied(i, &a, |i, value| converted(i, "float", value)),
    "configparser.SectionProxy.getboolean" => |i, a| proxied(i, &a, boolean),
});

/// The names of `configparser`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let raw = super::add_class(i, &mut names, "configparser", "RawConfigParser", &[], PARSER);
    let parser = super::add_class(i, &mut names, "configparser", "ConfigParser", &[raw], &[]);
    super::add_class(i, &mut names, "configparser", "SafeConfigParser", &[parser], &[]);
    let exception = i.types.exception("Exception");
    let error = super::add_class(i, &mut names, "configparser", "Error", &[exception], &[]);
    for name in ["NoSectionError", "NoOptionError", "DuplicateSectionError", "ParsingError"] {
        super::add_class(i, &mut names, "configparser", name, std::slice::from_ref(&error), &[]);
    }
    let object = i.types.object.clone();
    names.insert(Name::new_static("_UNSET"), i.instance_of(&object));
    names
}

fn sections(args: &Args) -> Object {
    let me = args.get(0).and_then(Object::as_instance);
    me.and_then(|me| me.attrs.borrow().get(SECTIONS).cloned()).unwrap_or(Object::None)
}

fn taint(i: &mut Interpreter, args: &Args, why: Object) {
    if let (Object::Dict(sections), Object::Unknown(why)) = (sections(args), why) {
        i.taint_dict(&sections, why);
    }
}

/// Option names are read without regard to case.
fn lower(name: Option<&Object>) -> Object {
    match name.map(|name| (name.as_str(), name)) {
        Some((Some(text), _)) => Object::str(text.to_lowercase()),
        Some((None, name)) => name.clone(),
        None => Object::None,
    }
}

fn options(i: &mut Interpreter, given: &Object) -> Eval {
    let made = Object::dict([]);
    match i.known_items(given)? {
        Ok(names) => {
            for name in names {
                let value = i.get_item(given, &name)?;
                let value = if value.is_none() { value } else { i.to_str(&value)? };
                i.set_item(&made, &lower(Some(&name)), value)?;
            }
        }
        Err(why) => return Ok(Object::Unknown(why)),
    }
    Ok(made)
}

fn has(i: &mut Interpreter, table: &Object, name: &Object) -> Eval {
    Ok(match i.contains(table, name)? {
        Ok(there) => Object::Bool(there),
        Err(why) => Object::Unknown(why),
    })
}

fn section(i: &mut Interpreter, args: &Args, name: &Object) -> Eval {
    let all = sections(args);
    match i.contains(&all, name)? {
        Ok(true) => i.get_item(&all, name),
        Ok(false) => Err(error(i, "NoSectionError")),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn error(i: &mut Interpreter, name: &str) -> Raise {
    match i.import_path(&format!("configparser.{name}")) {
        Ok(Object::Class(class)) => Raise::Exception(i.instance_of(&class)),
        _ => i.raise("Exception", name),
    }
}

/// The option's text in its section or in the defaults.
fn find(i: &mut Interpreter, args: &Args) -> Eval<Option<Object>> {
    let name = args.param(1, "section").cloned().unwrap_or(Object::None);
    let option = lower(args.param(2, "option"));
    let all = sections(args);
    for name in [name, Object::str("DEFAULT")] {
        match i.contains(&all, &name)? {
            Ok(true) => {}
            Ok(false) => continue,
            Err(why) => return Ok(Some(Object::Unknown(why))),
        }
        let section = i.get_item(&all, &name)?;
        match i.contains(&section, &option)? {
            Ok(true) => return i.get_item(&section, &option).map(Some),
            Ok(false) => {}
            Err(why) => return Ok(Some(Object::Unknown(why))),
        }
    }
    Ok(None)
}

fn value(i: &mut Interpreter, args: &Args, convert: impl FnOnce(&mut Interpreter, Object) -> Eval) -> Eval {
    if let Some(found) = find(i, args)? {
        return if found.is_unknown() { Ok(found) } else { convert(i, found) };
    }
    let unset = i.import_path("configparser._UNSET")?;
    match args.keyword("fallback") {
        Some(fallback) if !fallback.is(&unset) => Ok(fallback.clone()),
        _ => {
            let name = args.param(1, "section").cloned().unwrap_or(Object::None);
            let known = has(i, &sections(args), &name)?;
            Err(error(
                i,
                if matches!(known, Object::Bool(true)) { "NoOptionError" } else { "NoSectionError" },
            ))
        }
    }
}

fn proxied(i: &mut Interpreter, args: &Args, convert: impl FnOnce(&mut Interpreter, Object) -> Eval) -> Eval {
    let section = plain(args.get(0).unwrap_or(&Object::None));
    let option = lower(args.param(1, "option"));
    match i.contains(&section, &option)? {
        Ok(true) => {
            let found = i.get_item(&section, &option)?;
            if found.is_unknown() { Ok(found) } else { convert(i, found) }
        }
        Ok(false) => Ok(args.param(2, "fallback").cloned().unwrap_or(Object::None)),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn converted(i: &mut Interpreter, class: &str, value: Object) -> Eval {
    match i.types.get(class).cloned() {
        Some(class) => i.call(&Object::Class(class), Args::of(vec![value])),
        None => Ok(value),
    }
}

fn boolean(i: &mut Interpreter, value: Object) -> Eval {
    let text = value.as_str().unwrap_or_default().to_lowercase();
    match text.as_str() {
        "1" | "yes" | "true" | "on" => Ok(Object::Bool(true)),
        "0" | "no" | "false" | "off" => Ok(Object::Bool(false)),
        _ => Err(i.raise("ValueError", format!("Not a boolean: {text}"))),
    }
}
