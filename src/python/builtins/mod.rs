//! Built-in classes and functions, and the part of the standard library that settings, models and
//! migrations use, written in Rust. None reads a file, the environment, the clock or the network.

mod abstract_classes;
mod arguments;
mod bytes;
mod containers;
mod dicts;
mod format_spec;
pub(crate) mod frozen;
mod functions;
mod lists;
mod live_names;
mod methods;
mod numbers;
mod objects;
mod percent;
mod ranges;
mod reflection;
mod sets;
mod sorting;
mod stdlib;
mod str_format;
mod strings;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use arguments::plain;
pub(crate) use dicts::{key_error, look_up_or};
pub(crate) use live_names::Owner;
pub(crate) use methods::is_listed;
pub(crate) use stdlib::{enum_class_new, enum_dict, members};

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::interpreter::{Args, Eval, Interpreter, NativeModule};
use super::object::{Class, Descriptor, Dict, Mutable, Namespace, Native, Object};
use super::syntax::Name;

/// Declares a table of functions written in Rust.
macro_rules! native_table {
    ($name:ident { $($path:literal => $call:expr),* $(,)? }) => {
        pub(crate) static $name: &[crate::python::object::Native] =
            &[$(crate::python::object::Native { path: $path, call: $call }),*];
    };
}
pub(crate) use native_table;

/// Classes of built-in objects.
pub struct Types {
    /// `object`
    pub object: Rc<Class>,
    /// `type`
    pub type_: Rc<Class>,
    classes: FxHashMap<&'static str, Rc<Class>>,
}

/// Built-in classes by name, with their base.
const CLASSES: &[(&str, &str)] = &[
    ("int", "object"),
    ("bool", "int"),
    ("float", "object"),
    ("complex", "object"),
    ("str", "object"),
    ("bytes", "object"),
    ("bytearray", "object"),
    ("list", "object"),
    ("tuple", "object"),
    ("set", "object"),
    ("frozenset", "object"),
    ("dict", "object"),
    ("range", "object"),
    ("slice", "object"),
    ("NoneType", "object"),
    ("ellipsis", "object"),
    ("function", "object"),
    ("method", "object"),
    ("module", "object"),
    ("generator", "object"),
    ("property", "object"),
    ("classmethod", "object"),
    ("staticmethod", "object"),
    ("super", "object"),
    ("memoryview", "object"),
    // What `globals()` and `__dict__` are; Python calls it a `dict`.
    ("namespace", "dict"),
];

/// Built-in exceptions by name, with their base.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("BaseException", "object"),
    ("Exception", "BaseException"),
    ("BaseExceptionGroup", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("SystemExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("OSError", "Exception"),
    ("BufferError", "Exception"),
    ("Warning", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("SyntaxError", "Exception"),
    ("LookupError", "Exception"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("RuntimeError", "Exception"),
    ("ReferenceError", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("StopIteration", "Exception"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BytesWarning", "Warning"),
    ("ChildProcessError", "OSError"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("ExceptionGroup", "BaseExceptionGroup"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("FloatingPointError", "ArithmeticError"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("IndentationError", "SyntaxError"),
    ("IndexError", "LookupError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("KeyError", "LookupError"),
    ("ModuleNotFoundError", "ImportError"),
    ("NotADirectoryError", "OSError"),
    ("NotImplementedError", "RuntimeError"),
    ("OverflowError", "ArithmeticError"),
    ("PendingDeprecationWarning", "Warning"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("RecursionError", "RuntimeError"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("TimeoutError", "OSError"),
    ("UnboundLocalError", "NameError"),
    ("UnicodeError", "ValueError"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("TabError", "IndentationError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
];

fn bare_class(module: &str, name: &str, bases: &[Rc<Class>], methods: &'static [Native]) -> Rc<Class> {
    make_class(module, name, bases, methods, None)
}

fn make_class(
    module: &str,
    name: &str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
    metaclass: Option<Rc<Class>>,
) -> Rc<Class> {
    let mut attrs = Namespace::default();
    for method in methods {
        let name = method.path.rsplit('.').next().unwrap_or(method.path);
        let object = Object::Native(method);
        let object = if methods::is_class_method(method.path) {
            Object::Descriptor(Rc::new(Descriptor::ClassMethod(object)))
        } else if methods::is_property(method.path) {
            Object::Descriptor(Rc::new(Descriptor::Property { get: object, set: None }))
        } else if methods::is_static_method(method.path) {
            Object::Descriptor(Rc::new(Descriptor::StaticMethod(object)))
        } else {
            object
        };
        attrs.insert(Name::new_static(name), object);
    }
    for name in methods::lacking(module, name) {
        if bases.iter().any(|base| base.lookup(name).is_some()) {
            continue;
        }
        attrs.entry(Name::new_static(name)).or_insert_with(|| {
            Object::unknown(format!("{name} of a {module} class is not worked out"), None)
        });
    }
    let class = Rc::new(Class {
        name: Name::new(name),
        module: module.into(),
        qualname: name.into(),
        bases: RefCell::new(bases.iter().cloned().map(Object::Class).collect()),
        mro: RefCell::default(),
        attrs: RefCell::new(attrs),
        metaclass,
        open: RefCell::default(),
        at: None,
        native: true,
        elsewhere: false,
    });
    let mut mro = vec![class.clone()];
    for base in bases {
        for ancestor in base.mro.borrow().iter() {
            if !mro.iter().any(|known| Rc::ptr_eq(known, ancestor)) {
                mro.push(ancestor.clone());
            }
        }
    }
    // `object` comes last, whatever the order of bases.
    if let Some(at) = mro.iter().position(|class| class.has_path("builtins.object")) {
        let object = mro.remove(at);
        mro.push(object);
    }
    *class.mro.borrow_mut() = mro;
    class
}

/// A class written in Rust; `methods` are named by the last part of their paths.
pub fn native_class(
    types: &Types,
    module: &str,
    name: &str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
) -> Rc<Class> {
    if bases.is_empty() {
        return bare_class(module, name, std::slice::from_ref(&types.object), methods);
    }
    bare_class(module, name, bases, methods)
}

/// A class written in Rust that has a metaclass.
pub(crate) fn native_class_of(
    types: &Types,
    module: &str,
    name: &str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
    metaclass: Option<Rc<Class>>,
) -> Rc<Class> {
    let bases = if bases.is_empty() { std::slice::from_ref(&types.object) } else { bases };
    make_class(module, name, bases, methods, metaclass)
}

impl Types {
    /// All built-in classes.
    pub fn new() -> Self {
        let object = bare_class("builtins", "object", &[], methods::of("object"));
        let type_ = bare_class("builtins", "type", std::slice::from_ref(&object), methods::of("type"));
        let mut classes: FxHashMap<&'static str, Rc<Class>> = FxHashMap::default();
        classes.insert("object", object.clone());
        classes.insert("type", type_.clone());
        for (name, base) in CLASSES.iter().chain(EXCEPTIONS) {
            let base = classes.get(base).unwrap_or(&object).clone();
            classes.insert(name, bare_class("builtins", name, &[base], methods::of(name)));
        }
        Self { object, type_, classes }
    }

    /// A built-in class by its name.
    pub fn get(&self, name: &str) -> Option<&Rc<Class>> {
        self.classes.get(name)
    }

    /// A built-in exception's class; `Exception` for a name that is none.
    pub fn exception(&self, name: &str) -> Rc<Class> {
        self.classes.get(name).or_else(|| self.classes.get("Exception")).unwrap_or(&self.object).clone()
    }

    /// The class of an object that is neither an instance nor a class.
    pub fn of(&self, object: &Object) -> Rc<Class> {
        let name = match object {
            Object::Function(_) | Object::Native(_) | Object::Closure(_) => "function",
            Object::Descriptor(_) => "property",
            Object::Iterator(_) => "generator",
            other => return self.classes.get(other.type_name().as_str()).unwrap_or(&self.object).clone(),
        };
        self.classes.get(name).unwrap_or(&self.object).clone()
    }
}

impl Default for Types {
    fn default() -> Self {
        Self::new()
    }
}

/// `dict.update(other)`, whatever kind of mapping that is.
pub(crate) fn update_from(i: &mut Interpreter, dict: &Rc<Mutable<Dict>>, other: &Object) -> Eval<()> {
    dicts::update(i, dict, Args::of(vec![other.clone()]))
}

/// The built-in names.
pub fn namespace(types: &Types) -> Namespace {
    let mut names = Namespace::default();
    for (name, class) in &types.classes {
        if !matches!(
            *name,
            "NoneType" | "ellipsis" | "function" | "method" | "module" | "generator" | "namespace"
        ) {
            names.insert(Name::new_static(name), Object::Class(class.clone()));
        }
    }
    for (alias, name) in [("EnvironmentError", "OSError"), ("IOError", "OSError")] {
        names.insert(Name::new_static(alias), Object::Class(types.exception(name)));
    }
    for function in functions::FUNCTIONS {
        let name = function.path.rsplit('.').next().unwrap_or(function.path);
        names.insert(Name::new_static(name), Object::Native(function));
    }
    names.insert(Name::new_static("NotImplemented"), Object::NotImplemented);
    names.insert(Name::new_static("Ellipsis"), Object::Ellipsis);
    names
}
/// Whether a top-level module is of the standard library.
pub fn is_stdlib(top: &str) -> bool {
    stdlib::NAMES.binary_search(&top).is_ok()
}

/// Whether Python and Django have imported a module before they look at a project.
pub(crate) fn is_loaded_first(top: &str) -> bool {
    stdlib::LOADED_FIRST.binary_search(&top).is_ok()
}

/// A module of the standard library that is written in Rust.
pub fn module(name: &str) -> Option<NativeModule> {
    stdlib::module(name)
}

/// Adds what else a module of the standard library has: names whose results are not known.
pub(crate) fn complete(i: &mut Interpreter, module: &str, names: &mut Namespace) {
    stdlib::complete(i, module, names);
}
