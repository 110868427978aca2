//! python-decouple (`decouple.py`): `config(option, default, cast)`; the default is cast, too.

use super::without_default;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Native, Object};
use crate::python::syntax::Name;

/// The names of `decouple`; what the environment lacks has its default.
pub(super) fn names(interpreter: &mut Interpreter) -> Namespace {
    let config = interpreter.native_class("decouple", "Config", &[], METHODS);
    let mut names = super::functions(FUNCTIONS);
    for name in ["Config", "AutoConfig"] {
        names.insert(Name::new_static(name), Object::Class(config.clone()));
    }
    for name in ["RepositoryEmpty", "RepositoryIni", "RepositoryEnv", "RepositorySecret"] {
        let class = interpreter.native_class("decouple", name, &[], REPOSITORY);
        names.insert(Name::new_static(name), Object::Class(class));
    }
    let base = interpreter.types.exception("Exception");
    let error = interpreter.native_class("decouple", "UndefinedValueError", &[base], &[]);
    names.insert(Name::new_static("UndefinedValueError"), Object::Class(error));
    names.insert(Name::new_static("config"), interpreter.instance_of(&config));
    names
}

static METHODS: &[Native] = &[
    Native { path: "decouple.Config.__init__", call: super::nothing },
    Native { path: "decouple.Config.__call__", call: get },
    Native { path: "decouple.Config.get", call: get },
];

static REPOSITORY: &[Native] = &[Native { path: "decouple.Repository.__init__", call: super::nothing }];

static FUNCTIONS: &[Native] = &[
    Native { path: "decouple.Csv", call: csv },
    Native { path: "decouple.Choices", call: choices },
    Native { path: "decouple.strtobool", call: |interpreter, args| Ok(boolean(interpreter, args.get(0))) },
];

fn get(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(default) = args.param(2, "default").cloned() else {
        return Ok(without_default(interpreter, args.param(1, "option")));
    };
    match args.param(3, "cast").cloned() {
        None => Ok(default),
        Some(Object::Class(class)) if class.has_path("builtins.bool") => {
            Ok(boolean(interpreter, Some(&default)))
        }
        Some(cast) => interpreter.call(&cast, Args::of(vec![default])),
    }
}

/// `Config._cast_boolean`
fn boolean(interpreter: &mut Interpreter, value: Option<&Object>) -> Object {
    match value {
        Some(Object::Bool(value)) => Object::Bool(*value),
        Some(Object::Int(value @ (0 | 1))) => Object::Bool(*value == 1),
        Some(value @ Object::Unknown(_)) => value.clone(),
        Some(value) => match value.as_str().as_deref().map(str::to_lowercase).as_deref() {
            Some("y" | "yes" | "t" | "true" | "on" | "1") => Object::Bool(true),
            Some("n" | "no" | "f" | "false" | "off" | "0" | "") => Object::Bool(false),
            _ => interpreter.unknown("a text that is no boolean"),
        },
        None => interpreter.unknown("a boolean"),
    }
}

/// `Csv(cast=str, delimiter=",", strip=string.whitespace, post_process=list)`: a cast of its own.
fn csv(_: &mut Interpreter, args: Args) -> Eval {
    let cast = args.param(0, "cast").cloned();
    let delimiter = args.param(1, "delimiter").and_then(Object::as_str).unwrap_or_else(|| ",".into());
    let post = args.param(3, "post_process").cloned();
    Ok(Object::closure("decouple.Csv", move |interpreter, inner| {
        let items = match inner.get(0) {
            Some(Object::None) | None => Vec::new(),
            Some(value) => match value.as_str() {
                // Quotes are for shlex; a text with any is left alone.
                Some(text) if text.contains(['"', '\'', '\\']) => {
                    return Ok(interpreter.unknown("a quoted list"));
                }
                Some(text) => split(&text, &delimiter),
                None if value.is_unknown() => return Ok(value.clone()),
                None => return Ok(interpreter.unknown("a list that is no text")),
            },
        };
        let mut cast_items = Vec::with_capacity(items.len());
        for item in items {
            cast_items.push(match &cast {
                Some(cast) => interpreter.call(cast, Args::of(vec![item]))?,
                None => item,
            });
        }
        let list = Object::list(cast_items);
        match &post {
            Some(post) => interpreter.call(post, Args::of(vec![list])),
            None => Ok(list),
        }
    }))
}

fn split(text: &str, delimiter: &str) -> Vec<Object> {
    if text.is_empty() || delimiter.is_empty() {
        return Vec::new();
    }
    text.split(delimiter).map(str::trim).filter(|item| !item.is_empty()).map(Object::str).collect()
}

fn choices(_: &mut Interpreter, args: Args) -> Eval {
    let cast = args.param(1, "cast").cloned();
    Ok(Object::closure("decouple.Choices", move |interpreter, inner| match (&cast, inner.get(0)) {
        (Some(cast), Some(value)) => interpreter.call(cast, Args::of(vec![value.clone()])),
        (None, Some(value)) => Ok(value.clone()),
        (_, None) => Ok(Object::None),
    }))
}
