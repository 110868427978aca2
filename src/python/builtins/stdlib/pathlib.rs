//! `pathlib`: a path is its text. Mirrors `Lib/pathlib.py`, 3.12; no file is looked at.

use std::rc::Rc;
use std::sync::Arc;

use super::super::arguments::{receiver, str_param};
use super::super::native_table;
use super::os::path_text;
use super::{names_of, nothing, paths};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::value::{Call, Value};

native_table!(PATH {
    "pathlib.PurePath.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        match texts(i, &a)? {
            Ok(parts) => {
                let pure = matches!(&class, Object::Class(class) if !class.derives_from("pathlib.Path"));
                let name = if pure { "pathlib.PurePosixPath" } else { "pathlib.PosixPath" };
                Ok(path_named(name, &paths::join(&parts)))
            }
            Err(unknown) => Ok(unknown),
        }
    },
    "pathlib.PurePath.joinpath" => |i, mut a| {
        let me = receiver(&mut a);
        match texts(i, &a)? {
            Ok(parts) => Ok(joined(&me, &parts)),
            Err(unknown) => Ok(unknown),
        }
    },
    "pathlib.PurePath.resolve" => |_, a| map(&a, paths::normalise),
    "pathlib.PurePath.absolute" => |_, a| map(&a, str::to_owned),
    "pathlib.PurePath.as_posix" => |i, a| i.to_str(&a.get(0).cloned().unwrap_or(Object::None)),
    "pathlib.PurePath.__str__" => |i, a| i.to_str(&a.get(0).cloned().unwrap_or(Object::None)),
    "pathlib.PurePath.__fspath__" => |i, a| i.to_str(&a.get(0).cloned().unwrap_or(Object::None)),
    "pathlib.PurePath.as_uri" => |_, a| Ok(Object::str(format!("file://{}", text_of(a.get(0))))),
    "pathlib.PurePath.is_absolute" => |_, a| Ok(Object::Bool(text_of(a.get(0)).starts_with('/'))),
    "pathlib.PurePath.with_suffix" => |_, a| {
        let suffix = str_param(&a, 1, "suffix").unwrap_or_default();
        map(&a, |t| format!("{}{suffix}", paths::split_extension(t).0))
    },
    "pathlib.PurePath.with_name" => |_, a| {
        let name = str_param(&a, 1, "name").unwrap_or_default();
        map(&a, |t| format!("{}{name}", &t[..t.len() - paths::basename(t).len()]))
    },
    "pathlib.PurePath.with_stem" => |_, a| {
        let stem = str_param(&a, 1, "stem").unwrap_or_default();
        map(&a, |t| {
            let (root, suffix) = paths::split_extension(t);
            format!("{}{stem}{suffix}", &root[..root.len() - paths::basename(root).len()])
        })
    },
    "pathlib.PurePath.relative_to" => |i, a| {
        let base = match path_text(i, a.get(1).unwrap_or(&Object::None))? {
            Ok(base) => base,
            Err(unknown) => return Ok(unknown),
        };
        let (path, base) = (text_of(a.get(0)), clean(&base));
        let rest = if base == "." { Some(path.as_str()) } else { path.strip_prefix(base.as_str()) };
        match rest.filter(|rest| rest.is_empty() || rest.starts_with('/') || base == "." || base == "/") {
            Some(rest) => Ok(like(a.get(0), rest.trim_start_matches('/'))),
            None => Err(i.raise("ValueError", "is not in the subpath")),
        }
    },
    "pathlib.PurePath.exists" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "pathlib.PurePath.is_file" => |i, _| Ok(i.unknown("looks whether a file exists")),
    "pathlib.PurePath.is_dir" => |i, _| Ok(i.unknown("looks whether a folder exists")),
    "pathlib.PurePath.read_text" => |i, _| Ok(i.unknown("reads a file")),
    "pathlib.PurePath.read_bytes" => |i, _| Ok(i.unknown("reads a file")),
    "pathlib.PurePath.open" => |i, _| Ok(i.unknown("reads a file")),
    "pathlib.PurePath.stat" => |i, _| Ok(i.unknown("looks at a file")),
    "pathlib.PurePath.iterdir" => |i, _| Ok(i.unknown("lists a folder")),
    "pathlib.PurePath.glob" => |i, _| Ok(i.unknown("lists a folder")),
    "pathlib.PurePath.rglob" => |i, _| Ok(i.unknown("lists a folder")),
    "pathlib.PurePath.expanduser" => |i, mut a| {
        let me = receiver(&mut a);
        Ok(if text_of(Some(&me)).starts_with('~') { i.unknown("the home folder") } else { me })
    },
    "pathlib.PurePath.cwd" => |i, _| Ok(i.unknown("the current folder")),
    "pathlib.PurePath.home" => |i, _| Ok(i.unknown("the home folder")),
    "pathlib.PurePath.mkdir" => nothing,
    "pathlib.PurePath.touch" => nothing,
    "pathlib.PurePath.unlink" => nothing,
    "pathlib.PurePath.write_text" => nothing,
});

/// The names of `pathlib`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let pure = super::add_class(i, &mut names, "pathlib", "PurePath", &[], PATH);
    let posix = super::add_class(i, &mut names, "pathlib", "PurePosixPath", std::slice::from_ref(&pure), &[]);
    let path = super::add_class(i, &mut names, "pathlib", "Path", std::slice::from_ref(&pure), &[]);
    super::add_class(i, &mut names, "pathlib", "PosixPath", &[path.clone(), posix], &[]);
    super::add_class(i, &mut names, "pathlib", "PureWindowsPath", &[pure], &[]);
    names
}

/// A path object of that text.
pub(super) fn path_named(class: &str, text: &str) -> Object {
    let call = Call { path: class.into(), args: vec![Value::str(clean(text))], kwargs: Vec::new() };
    Object::Frozen(Rc::new(Value::Call(Arc::new(call))))
}

/// `a//b/./c/` is kept as `a/b/c`; `..` stays.
fn clean(text: &str) -> String {
    let root = if text.starts_with('/') { "/" } else { "" };
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// The text of a path object.
pub(in super::super) fn text_of_value(value: &Value) -> Option<&str> {
    let call = value.as_call()?;
    if !matches!(&*call.path, "pathlib.PosixPath" | "pathlib.PurePosixPath") {
        return None;
    }
    call.args.first()?.as_str()
}

fn text_of(object: Option<&Object>) -> String {
    match object {
        Some(Object::Frozen(value)) => text_of_value(value).unwrap_or_default().to_owned(),
        Some(object) => object.as_str().unwrap_or_default().to_string(),
        None => String::new(),
    }
}

fn class_of(object: Option<&Object>) -> String {
    match object {
        Some(Object::Frozen(value)) => value.as_call().map(|call| call.path.to_string()).unwrap_or_default(),
        _ => "pathlib.PosixPath".to_owned(),
    }
}

fn like(object: Option<&Object>, text: &str) -> Object {
    path_named(&class_of(object), text)
}

fn map(args: &Args, f: impl FnOnce(&str) -> String) -> Eval {
    let text = text_of(args.get(0));
    Ok(like(args.get(0), &f(&text)))
}

fn texts(i: &mut Interpreter, args: &Args) -> Eval<Result<Vec<String>, Object>> {
    if let Some(why) = &args.open {
        return Ok(Err(Object::Unknown(why.clone())));
    }
    let mut parts = Vec::new();
    for part in &args.positional {
        match path_text(i, part)? {
            Ok(text) => {
                i.spend(text.len())?;
                parts.push(text);
            }
            Err(unknown) => return Ok(Err(unknown)),
        }
    }
    Ok(Ok(parts))
}

fn joined(path: &Object, parts: &[String]) -> Object {
    let mut all = vec![text_of(Some(path))];
    all.extend_from_slice(parts);
    like(Some(path), &paths::join(&all))
}

/// `path / other`, `other / path`
pub(in super::super) fn divide(i: &mut Interpreter, left: &Object, right: &Object) -> Eval {
    match (path_text(i, left)?, path_text(i, right)?) {
        (Ok(a), Ok(b)) => {
            let base = if matches!(left, Object::Frozen(_)) { left } else { right };
            Ok(like(Some(base), &paths::join(&[a, b])))
        }
        (Err(unknown), _) | (_, Err(unknown)) => Ok(unknown),
    }
}

/// Properties of a path.
pub(in super::super) fn attribute(value: &Value, name: &str) -> Option<Object> {
    let text = text_of_value(value)?;
    let class = &value.as_call()?.path;
    let base = if text == "." || text == "/" { "" } else { paths::basename(text) };
    let (root, suffix) = paths::split_extension(base);
    let suffix = if root.is_empty() || suffix == "." { "" } else { suffix };
    Some(match name {
        "name" => Object::str(base),
        "stem" => Object::str(if suffix.is_empty() { base } else { root }),
        "suffix" => Object::str(suffix),
        "suffixes" => {
            let rest = base.trim_start_matches('.');
            let dots = rest.split('.').skip(1).map(|part| Object::str(format!(".{part}")));
            Object::list(if base.ends_with('.') { Vec::new() } else { dots.collect() })
        }
        "parent" => path_named(class, &parent(text)),
        "parents" => {
            let mut all = Vec::new();
            let mut at = text.to_owned();
            while parent(&at) != at {
                at = parent(&at);
                all.push(path_named(class, &at));
            }
            Object::tuple(all)
        }
        "parts" => {
            let root = text.starts_with('/').then(|| Object::str("/"));
            let parts = text.split('/').filter(|part| !part.is_empty() && *part != ".").map(Object::str);
            Object::tuple(root.into_iter().chain(parts).collect())
        }
        "anchor" | "root" => Object::str(if text.starts_with('/') { "/" } else { "" }),
        "drive" => Object::str(""),
        _ => return None,
    })
}

fn parent(text: &str) -> String {
    match text.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((head, _)) => head.to_owned(),
        None => ".".to_owned(),
    }
}
