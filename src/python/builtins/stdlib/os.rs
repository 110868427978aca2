//! `os`. The environment is taken to be empty; the file system and the machine are not known.

use super::super::arguments::receiver;
use super::super::native_table;
use super::{names_of, nothing};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Namespace, Object, Payload};
use crate::python::syntax::Name;

native_table!(FUNCTIONS {
    "os.getenv" => |i, a| {
        let environ = i.import_path("os.environ")?;
        i.call_method(&environ, "get", a)
    },
    "os.getcwd" => |i, _| Ok(i.unknown("the current folder")),
    "os.cpu_count" => |i, _| Ok(i.unknown("the number of processors")),
    "os.getpid" => |i, _| Ok(i.unknown("the number of the process")),
    "os.urandom" => |i, _| Ok(i.unknown("random bytes")),
    "os.listdir" => |i, _| Ok(i.unknown("lists a folder")),
    "os.scandir" => |i, _| Ok(i.unknown("lists a folder")),
    "os.walk" => |i, _| Ok(i.unknown("lists folders")),
    "os.system" => |i, _| Ok(i.unknown("runs a program")),
    "os.popen" => |i, _| Ok(i.unknown("runs a program")),
    "os.makedirs" => nothing,
    "os.mkdir" => nothing,
    "os.remove" => nothing,
    "os.unlink" => nothing,
    "os.rename" => nothing,
    "os.chdir" => nothing,
    "os.chmod" => nothing,
    "os.umask" => nothing,
    "os.putenv" => nothing,
    "os.unsetenv" => nothing,
    "os.fspath" => |i, a| {
        let path = a.get(0).cloned().unwrap_or(Object::None);
        if path.as_str().is_some() || path.is_unknown() {
            return Ok(path);
        }
        i.to_str(&path)
    },
    "os.fsdecode" => super::first_argument,
    "os.fsencode" => |i, a| i.call_method(&a.get(0).cloned().unwrap_or(Object::None), "encode", Args::default()),
});

native_table!(ENVIRON {
    "_Environ.__getitem__" => |i, mut a| {
        let me = super::super::arguments::plain(&receiver(&mut a));
        let name = receiver(&mut a);
        match i.contains(&me, &name)? {
            Ok(true) => i.get_item(&me, &name),
            Ok(false) if i.lacking_raises => {
                Err(i.raise("KeyError", name.as_str().unwrap_or_else(|| "".into())))
            }
            Ok(false) => {
                let shown = name.as_str().unwrap_or_default();
                Ok(i.unknown(format!("the environment variable {shown} is not known")))
            }
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "_Environ.copy" => |_, a| Ok(super::super::arguments::plain(a.get(0).unwrap_or(&Object::None))),
});

/// The names of `os`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    for (name, text) in [
        ("name", "posix"),
        ("sep", "/"),
        ("linesep", "\n"),
        ("curdir", "."),
        ("pardir", ".."),
        ("extsep", "."),
        ("pathsep", ":"),
        ("devnull", "/dev/null"),
    ] {
        names.insert(Name::new_static(name), Object::str(text));
    }
    names.insert(Name::new_static("altsep"), Object::None);
    for (name, flag) in [("F_OK", 0), ("R_OK", 4), ("W_OK", 2), ("X_OK", 1)] {
        names.insert(Name::new_static(name), Object::Int(flag));
    }
    let dict = i.types.exception("dict");
    let dict = i.types.get("dict").cloned().unwrap_or(dict);
    let class = super::native_class(&i.types, "os", "_Environ", &[dict], ENVIRON);
    let empty = Payload::Value(Object::from_dict(Dict::default()));
    names.insert(Name::new_static("environ"), i.instance_with(&class, empty));
    names.insert(Name::new_static("error"), Object::Class(i.types.exception("OSError")));
    super::add_class(i, &mut names, "os", "PathLike", &[], &[]);
    names
}

/// A path given as text or as a path object.
pub(super) fn path_text(i: &mut Interpreter, object: &Object) -> Eval<Result<String, Object>> {
    if let Some(text) = object.as_str() {
        return Ok(Ok(text.to_string()));
    }
    match object {
        Object::Unknown(_) => Ok(Err(object.clone())),
        Object::Frozen(_) => {
            let text = i.to_str(object)?;
            Ok(text.as_str().map(|text| text.to_string()).ok_or(text))
        }
        Object::Instance(_) => {
            let text = i.call_method(object, "__fspath__", Args::default())?;
            Ok(text.as_str().map(|text| text.to_string()).ok_or(text))
        }
        other => {
            let message = format!("expected str, bytes or os.PathLike object, not {}", other.type_name());
            Err(i.raise("TypeError", message))
        }
    }
}
