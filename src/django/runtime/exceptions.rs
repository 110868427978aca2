//! `django.core.exceptions`: what code raises and catches while it is imported. One class each, whoever
//! raises it, so that `except` knows it; whatever else the module has comes from its source.

use std::rc::Rc;

use super::{Part, class};
use crate::python::interpreter::{Interpreter, Raise};
use crate::python::object::{Class, Namespace, Object};
use crate::python::syntax::Name;

/// `django.core.exceptions`
pub(super) const PART: Part = Part { modules: || vec![MODULE], names };

const MODULE: &str = "django.core.exceptions";

/// Each with the class that it derives from.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("FieldDoesNotExist", "Exception"),
    ("AppRegistryNotReady", "Exception"),
    ("ObjectDoesNotExist", "Exception"),
    ("MultipleObjectsReturned", "Exception"),
    ("SuspiciousOperation", "Exception"),
    ("SuspiciousMultipartForm", "SuspiciousOperation"),
    ("SuspiciousFileOperation", "SuspiciousOperation"),
    ("DisallowedHost", "SuspiciousOperation"),
    ("DisallowedRedirect", "SuspiciousOperation"),
    ("TooManyFieldsSent", "SuspiciousOperation"),
    ("RequestDataTooBig", "SuspiciousOperation"),
    ("PermissionDenied", "Exception"),
    ("ViewDoesNotExist", "Exception"),
    ("MiddlewareNotUsed", "Exception"),
    ("ImproperlyConfigured", "Exception"),
    ("FieldError", "Exception"),
    ("EmptyResultSet", "Exception"),
    ("SynchronousOnlyOperation", "Exception"),
];

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    if module == MODULE {
        for (name, _) in EXCEPTIONS {
            let class = exception(interpreter, name);
            names.insert(Name::new_static(name), Object::Class(class));
        }
    }
    names
}

/// The class of one of the exceptions; of `Exception` where there is no such name.
pub(super) fn exception(interpreter: &mut Interpreter, name: &str) -> Rc<Class> {
    match EXCEPTIONS.iter().find(|(known, _)| *known == name) {
        None => interpreter.types.exception(name),
        Some((name, base)) => {
            let base = exception(interpreter, base);
            class(interpreter, MODULE, name, &[base], &[])
        }
    }
}

/// Raises one of them.
pub(super) fn raise(interpreter: &mut Interpreter, name: &str, message: &str) -> Raise {
    let class = exception(interpreter, name);
    let error = interpreter.instance_of(&class);
    if let Object::Instance(error) = &error {
        let args = Object::tuple(vec![Object::str(message)]);
        error.attrs.borrow_mut().insert(Name::new_static("args"), args);
    }
    Raise::Exception(error)
}
