//! Well-known packages that settings read the environment with, as they behave where the environment is
//! empty: the default that is written; without one, unknown.
//!
//! django-environ, environs, python-decouple, dj-database-url, python-dotenv, django-split-settings and
//! django-configurations' values; and what installed packages
//! say of themselves. A module of the project's own under one of these names is read instead.

mod configurations;
mod database_url;
mod decouple;
mod environ;
mod metadata;
mod split_settings;

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Native, Object};
use crate::python::syntax::Name;

/// Hands all of them to an evaluator.
pub fn provide(interpreter: &mut Interpreter) {
    let modules = [
        ("environ", environ::environ(interpreter)),
        ("environs", environ::environs(interpreter)),
        ("decouple", decouple::names(interpreter)),
        ("dj_database_url", functions(database_url::FUNCTIONS)),
        ("dotenv", functions(DOTENV)),
        ("split_settings", Namespace::default()),
        ("split_settings.tools", functions(split_settings::FUNCTIONS)),
        ("importlib.metadata", metadata::names(interpreter)),
        ("importlib_metadata", metadata::names(interpreter)),
        ("pkg_resources", functions(metadata::PKG_RESOURCES)),
        ("configurations", configurations::names(interpreter)),
        ("configurations.values", configurations::values()),
    ];
    for (name, names) in modules {
        interpreter.provide(name, names);
    }
}

/// Functions by the last part of their paths.
fn functions(natives: &'static [Native]) -> Namespace {
    let mut names = Namespace::default();
    for native in natives {
        let name = native.path.rsplit('.').next().unwrap_or(native.path);
        names.insert(Name::new_static(name), Object::Native(native));
    }
    names
}

/// python-dotenv: the file that it would read is not in the repository, or not the one of production.
static DOTENV: &[Native] = &[
    Native { path: "dotenv.load_dotenv", call: nothing },
    Native { path: "dotenv.read_dotenv", call: nothing },
    Native { path: "dotenv.find_dotenv", call: |_, _| Ok(Object::str("")) },
    Native { path: "dotenv.dotenv_values", call: |_, _| Ok(Object::dict([])) },
];

fn nothing(_: &mut Interpreter, _: Args) -> Eval {
    Ok(Object::None)
}

/// What a variable without a default comes to.
fn without_default(interpreter: &Interpreter, variable: Option<&Object>) -> Object {
    match variable.and_then(Object::as_str) {
        Some(name) => interpreter.unknown(format!("the environment variable {name}, which has no default")),
        None => interpreter.unknown("an environment variable"),
    }
}
