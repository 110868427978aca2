//! django-configurations (`configurations/values.py`): a value's default, where the environment is empty.

use super::{database_url, without_default};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Native, Object};
use crate::python::syntax::Name;

/// The names of `configurations`.
pub(super) fn names(interpreter: &mut Interpreter) -> Namespace {
    let class = interpreter.native_class("configurations", "Configuration", &[], &[]);
    let mut names = Namespace::default();
    names.insert(Name::new_static("Configuration"), Object::Class(class));
    names
}

/// Classes of values.
const VALUES: &[&str] = &[
    "Value",
    "BooleanValue",
    "IntegerValue",
    "PositiveIntegerValue",
    "FloatValue",
    "DecimalValue",
    "ListValue",
    "TupleValue",
    "SingleNestedListValue",
    "SingleNestedTupleValue",
    "BackendsValue",
    "SetValue",
    "DictValue",
    "EmailValue",
    "URLValue",
    "IPValue",
    "RegexValue",
    "PathValue",
    "CacheURLValue",
    "EmailURLValue",
    "SearchURLValue",
];

/// The names of `configurations.values`.
pub(super) fn values() -> Namespace {
    let mut names = Namespace::default();
    for name in VALUES {
        names.insert(Name::new_static(name), Object::Native(&VALUE));
    }
    names.insert(Name::new_static("SecretValue"), Object::Native(&SECRET));
    names.insert(Name::new_static("DatabaseURLValue"), Object::Native(&DATABASE));
    names
}

static VALUE: Native = Native { path: "configurations.values.Value", call: value };
static SECRET: Native = Native { path: "configurations.values.SecretValue", call: secret };
static DATABASE: Native = Native { path: "configurations.values.DatabaseURLValue", call: database };

fn value(_: &mut Interpreter, args: Args) -> Eval {
    Ok(args.param(0, "default").cloned().unwrap_or(Object::None))
}

fn secret(interpreter: &mut Interpreter, args: Args) -> Eval {
    Ok(without_default(interpreter, args.keyword("environ_name")))
}

fn database(interpreter: &mut Interpreter, args: Args) -> Eval {
    let default = args.param(0, "default").cloned().unwrap_or(Object::None);
    let alias = args.keyword("alias").and_then(Object::as_str).unwrap_or_else(|| "default".into());
    let entry = database_url::parse(interpreter, &default, None);
    Ok(Object::dict([(&*alias, entry)]))
}
