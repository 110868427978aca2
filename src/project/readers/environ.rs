//! django-environ (`environ/environ.py`, `Env.get_value`) and environs (`environs/__init__.py`):
//! a default is returned as it is written, except by what makes a dictionary of a URL.

use std::rc::Rc;

use super::{database_url, nothing, without_default};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Namespace, Native, Object};
use crate::python::syntax::Name;

/// Where an instance keeps `Env(DEBUG=(bool, False))`.
const SCHEME: Name = Name::new_static("scheme");

/// The names of django-environ.
pub(super) fn environ(interpreter: &mut Interpreter) -> Namespace {
    let base = interpreter.native_class("environ", "Env", &[], METHODS);
    let env = interpreter.native_class("environ", "Env", &[base], CAST_SECOND);
    let mut names = exceptions(interpreter);
    names.insert(Name::new_static("FileAwareEnv"), Object::Class(env.clone()));
    names.insert(Name::new_static("Env"), Object::Class(env));
    names
}

/// The names of environs.
pub(super) fn environs(interpreter: &mut Interpreter) -> Namespace {
    let env = interpreter.native_class("environs", "Env", &[], METHODS);
    let mut names = exceptions(interpreter);
    names.insert(Name::new_static("Env"), Object::Class(env.clone()));
    names.insert(Name::new_static("FileAwareEnv"), Object::Class(env.clone()));
    names.insert(Name::new_static("env"), interpreter.instance_of(&env));
    names
}

fn exceptions(interpreter: &mut Interpreter) -> Namespace {
    let mut names = Namespace::default();
    let base: Rc<Class> = interpreter.types.exception("ValueError");
    for (module, name) in [("environ", "ImproperlyConfigured"), ("environs", "EnvError")] {
        let class = interpreter.native_class(module, name, std::slice::from_ref(&base), &[]);
        names.insert(Name::new_static(name), Object::Class(class));
    }
    names
}

static METHODS: &[Native] = &[
    Native { path: "environ.Env.__init__", call: init },
    Native { path: "environ.Env.__call__", call: second },
    Native { path: "environ.Env.__getattr__", call: other },
    Native { path: "environ.Env.get_value", call: second },
    Native { path: "environ.Env.str", call: second },
    Native { path: "environ.Env.unicode", call: second },
    Native { path: "environ.Env.bytes", call: second },
    Native { path: "environ.Env.bool", call: second },
    Native { path: "environ.Env.int", call: second },
    Native { path: "environ.Env.float", call: second },
    Native { path: "environ.Env.decimal", call: second },
    Native { path: "environ.Env.json", call: second },
    Native { path: "environ.Env.list", call: second },
    Native { path: "environ.Env.tuple", call: second },
    Native { path: "environ.Env.dict", call: second },
    Native { path: "environ.Env.url", call: second },
    Native { path: "environ.Env.enum", call: second },
    Native { path: "environ.Env.uuid", call: second },
    Native { path: "environ.Env.log_level", call: second },
    Native { path: "environ.Env.timedelta", call: second },
    Native { path: "environ.Env.path", call: second },
    Native { path: "environ.Env.db", call: database },
    Native { path: "environ.Env.db_url", call: database },
    Native { path: "environ.Env.dj_db_url", call: database },
    Native { path: "environ.Env.read_env", call: nothing },
    Native { path: "environ.Env.read_envfile", call: nothing },
    Native { path: "environ.Env.seal", call: nothing },
    Native { path: "environ.Env.prefixed", call: prefixed },
    Native {
        path: "environ.Env.__enter__",
        call: |_, mut args| Ok(args.take_first().unwrap_or(Object::None)),
    },
    Native { path: "environ.Env.__exit__", call: nothing },
];

/// Methods of django-environ that take a cast before the default.
static CAST_SECOND: &[Native] = &[
    Native { path: "environ.Env.__call__", call: third },
    Native { path: "environ.Env.get_value", call: third },
    Native { path: "environ.Env.list", call: third },
    Native { path: "environ.Env.tuple", call: third },
    Native { path: "environ.Env.dict", call: third },
];

fn init(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(Object::Instance(instance)) = args.get(0) {
        let scheme = args.keywords.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let scheme = Object::dict(scheme);
        interpreter.set_own_attribute(&instance.clone(), &SCHEME, Some(scheme));
    }
    Ok(Object::None)
}

fn other(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    Ok(interpreter.unknown(format!("{name} of an environment reader")))
}

/// `with env.prefixed("APP_"):`
fn prefixed(_: &mut Interpreter, mut args: Args) -> Eval {
    Ok(args.take_first().unwrap_or(Object::None))
}

fn second(interpreter: &mut Interpreter, args: Args) -> Eval {
    Ok(value(interpreter, &args, 2))
}

fn third(interpreter: &mut Interpreter, args: Args) -> Eval {
    Ok(value(interpreter, &args, 3))
}

fn value(interpreter: &mut Interpreter, args: &Args, index: usize) -> Object {
    let variable = args.param(1, "var").or_else(|| args.keyword("name"));
    if let Some(default) = args.param(index, "default") {
        return default.clone();
    }
    scheme_default(args, variable).unwrap_or_else(|| without_default(interpreter, variable))
}

/// The default of `Env(DEBUG=(bool, False))`.
fn scheme_default(args: &Args, variable: Option<&Object>) -> Option<Object> {
    let name = variable?.as_str()?;
    let scheme = args.get(0)?.as_instance()?.attrs.borrow().get(&SCHEME).cloned()?;
    let Object::Dict(scheme) = scheme else { return None };
    let entry = scheme.get().get_str(&name).cloned()?;
    match entry {
        Object::Tuple(parts) => parts.get(1).cloned(),
        _ => None,
    }
}

fn database(interpreter: &mut Interpreter, args: Args) -> Eval {
    let named = Object::str("DATABASE_URL");
    let variable = args.param(1, "var").unwrap_or(&named);
    let default = args.param(2, "default").cloned().or_else(|| scheme_default(&args, Some(variable)));
    let url = default.unwrap_or_else(|| without_default(interpreter, Some(variable)));
    Ok(database_url::parse(interpreter, &url, args.keyword("engine")))
}
