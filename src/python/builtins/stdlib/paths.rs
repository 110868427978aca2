//! `os.path`, on the texts alone: no link is followed and no file is looked at. Mirrors
//! `Lib/posixpath.py`, 3.12.

use super::super::native_table;
use super::names_of;
use super::os::path_text;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;

native_table!(FUNCTIONS {
    "posixpath.join" => |i, a| texts(i, &a, |parts| Object::str(join(parts))),
    "posixpath.dirname" => |i, a| one(i, &a, |p| Object::str(dirname(p))),
    "posixpath.basename" => |i, a| one(i, &a, |p| Object::str(basename(p))),
    "posixpath.split" => |i, a| one(i, &a, |p| {
        Object::tuple(vec![Object::str(dirname(p)), Object::str(basename(p))])
    }),
    "posixpath.splitext" => |i, a| one(i, &a, |p| {
        let (root, extension) = split_extension(p);
        Object::tuple(vec![Object::str(root), Object::str(extension)])
    }),
    "posixpath.splitdrive" => |i, a| one(i, &a, |p| Object::tuple(vec![Object::str(""), Object::str(p)])),
    "posixpath.abspath" => |i, a| one(i, &a, |p| Object::str(normalise(p))),
    "posixpath.realpath" => |i, a| one(i, &a, |p| Object::str(normalise(p))),
    "posixpath.normpath" => |i, a| one(i, &a, |p| Object::str(normalise(p))),
    "posixpath.normcase" => |i, a| one(i, &a, |p| Object::str(p)),
    "posixpath.expandvars" => |i, a| one_or_unknown(i, &a, '$'),
    "posixpath.expanduser" => |i, a| one_or_unknown(i, &a, '~'),
    "posixpath.isabs" => |i, a| one(i, &a, |p| Object::Bool(p.starts_with('/'))),
    "posixpath.relpath" => |i, a| {
        if a.positional.len() + a.keywords.len() < 2 {
            return Ok(i.unknown("a path relative to the current folder"));
        }
        let start = a.param(1, "start").cloned().unwrap_or(Object::None);
        let both = Args::of(vec![a.get(0).cloned().unwrap_or(Object::None), start]);
        texts(i, &both, |parts| match parts {
            [path, start] => Object::str(relative(path, start)),
            _ => Object::None,
        })
    },
    "posixpath.commonprefix" => |i, a| match a.get(0) {
        Some(paths) => match i.known_items(&paths.clone())? {
            Ok(items) => texts(i, &Args::of(items), |parts| Object::str(common_prefix(parts))),
            Err(why) => Ok(Object::Unknown(why)),
        },
        None => Err(i.missing_argument("commonprefix")),
    },
    "posixpath.exists" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "posixpath.lexists" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "posixpath.isfile" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "posixpath.isdir" => |i, _| Ok(i.unknown("looks whether a folder exists")),
    "posixpath.islink" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "posixpath.getsize" => |i, _| Ok(i.unknown("looks at a file")),
    "posixpath.getmtime" => |i, _| Ok(i.unknown("looks at a file")),
});

/// The names of `os.path`.
pub(super) fn module(_: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    for (name, text) in [("sep", "/"), ("curdir", "."), ("pardir", ".."), ("extsep", "."), ("pathsep", ":")] {
        names.insert(Name::new_static(name), Object::str(text));
    }
    names
}

fn texts(i: &mut Interpreter, args: &Args, f: impl FnOnce(&[String]) -> Object) -> Eval {
    if let Some(why) = &args.open {
        return Ok(Object::Unknown(why.clone()));
    }
    let mut parts = Vec::new();
    for part in &args.positional {
        match path_text(i, part)? {
            Ok(text) => {
                i.spend(text.len())?;
                parts.push(text);
            }
            Err(unknown) => return Ok(unknown),
        }
    }
    Ok(f(&parts))
}

fn one(i: &mut Interpreter, args: &Args, f: impl FnOnce(&str) -> Object) -> Eval {
    texts(i, args, |parts| f(parts.first().map_or("", String::as_str)))
}

fn one_or_unknown(i: &mut Interpreter, args: &Args, sign: char) -> Eval {
    let unknown = i.unknown("a path that depends on the environment");
    one(i, args, |p| if p.contains(sign) { unknown } else { Object::str(p) })
}

/// `os.path.join(*parts)`
pub(super) fn join(parts: &[String]) -> String {
    let mut path = String::new();
    for part in parts {
        if part.starts_with('/') {
            path.clone_from(part);
        } else {
            if !path.is_empty() && !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(part);
        }
    }
    path
}

/// `os.path.basename(path)`
pub(super) fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn dirname(path: &str) -> &str {
    let head = &path[..path.len() - basename(path).len()];
    let trimmed = head.trim_end_matches('/');
    if trimmed.is_empty() { head } else { trimmed }
}

/// `os.path.splitext(path)`
pub(super) fn split_extension(path: &str) -> (&str, &str) {
    let name = basename(path);
    let leading = name.len() - name.trim_start_matches('.').len();
    match name[leading..].rfind('.') {
        Some(dot) => path.split_at(path.len() - name.len() + leading + dot),
        None => (path, ""),
    }
}

/// `os.path.normpath(path)`
pub(super) fn normalise(path: &str) -> String {
    let root = match path {
        _ if path.starts_with("//") && !path.starts_with("///") => "//",
        _ if path.starts_with('/') => "/",
        _ => "",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

fn relative(path: &str, start: &str) -> String {
    let (path, start) = (normalise(path), normalise(start));
    let parts = |text: &str| -> Vec<String> {
        text.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (path, start) = (parts(&path), parts(&start));
    let shared = path.iter().zip(&start).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); start.len() - shared];
    steps.extend_from_slice(&path[shared..]);
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

fn common_prefix(parts: &[String]) -> String {
    let Some(first) = parts.first() else { return String::new() };
    let length = first
        .char_indices()
        .find(|(at, c)| !parts.iter().all(|part| part.get(*at..).is_some_and(|rest| rest.starts_with(*c))))
        .map_or(first.len(), |(at, _)| at);
    first[..length].to_owned()
}
