//! Evaluates module-level Python without running it: no input, no output, bounded in steps, depth
//! and size; what can't be worked out becomes [`Object::Unknown`] with its reason and place.
//!
//! A condition that is not known makes both branches run, one after the other on the same start;
//! what differs afterwards is unknown ([`journal`]).

mod arithmetic;
mod attributes;
mod budget;
mod calls;
mod classes;
mod compare;
mod expressions;
mod freeze;
mod handlers;
mod imports;
mod journal;
mod kinds;
mod operators;
mod patterns;
mod provide;
mod removal;
mod same;
mod stand_in;
mod statements;

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::builtins;
use super::library::Library;
use super::object::{Class, Function, Module, Namespace, Object, Scope};
use super::syntax::{Name, Parsed, TextRange};
use super::value::{Unknown, Value};
use crate::source::Location;

pub(crate) use arithmetic::float;
pub(crate) use budget::KEYED;
pub use calls::Args;
pub use classes::ClassParts;
pub(crate) use expressions::number;
pub use imports::native_property;
pub(crate) use journal::Place;
pub(crate) use operators::{iterator, range_len};
pub(crate) use statements::RAISED;

/// The result of an evaluation.
pub type Eval<T = Object> = Result<T, Raise>;

/// Why an evaluation has no value.
#[derive(Debug, Clone)]
pub enum Raise {
    /// A Python exception.
    Exception(Object),
    /// A bound of the evaluator was hit; nothing catches this but the module's statement.
    Limit(Arc<Unknown>),
}

/// How a statement ended.
pub(crate) enum Flow {
    Next,
    Break,
    Continue,
    Return(Object),
}

/// Items of a container, bytes of a text.
pub(crate) const SIZE: usize = 1_000_000;
/// Bytes of a reason or message, beyond which it is cut off: reasons are made of each other.
const LONGEST_REASON: usize = 1_000;
/// How many failed statements are remembered.
const MOST_PROBLEMS: usize = 1_000;
/// The stack that a thread needs to reach the deepest nesting that is evaluated.
pub const STACK_BYTES: usize = 512 * 1024 * 1024;

/// Makes the names of a module that is written in Rust.
pub type NativeModule = fn(&mut Interpreter) -> Namespace;

/// What a higher floor adds to the language: modules written in Rust, and how its objects freeze.
pub struct Extension {
    /// Modules by dotted name.
    pub modules: rustc_hash::FxHashSet<&'static str>,
    /// Makes the names of one of them.
    pub make: fn(&mut Interpreter, &str) -> Namespace,
    /// Freezes an instance that the higher floor knows; `None` leaves it to Python's own ways.
    #[allow(clippy::type_complexity)]
    pub freeze: fn(&mut Interpreter, &Rc<super::object::Instance>) -> Option<Value>,
    /// The metaclass of a class that has no known one, but a base that is not known; by its bases and body.
    #[allow(clippy::type_complexity)]
    pub adopt: fn(&mut Interpreter, &[Object], &Namespace) -> Option<Rc<Class>>,
    /// The higher floor's state, reached by [`Interpreter::host`].
    pub host: Box<dyn Any>,
}

/// Whether an import statement evaluates a module at once.
pub type EagerImports = Rc<dyn Fn(&Library, &str) -> bool>;

/// One thread's evaluator.
pub struct Interpreter {
    /// Files.
    pub library: Arc<Library>,
    /// Modules by dotted name, found but not all of them evaluated; `name\0source` is the file that a
    /// native one stands for.
    pub(crate) modules: FxHashMap<Arc<str>, Rc<Module>>,
    /// The built-in names.
    pub(crate) builtins: Namespace,
    /// The built-in classes.
    pub(crate) types: builtins::Types,
    /// What the floor above adds.
    pub(crate) extension: Extension,
    /// What branches that are being tried have written, the innermost last.
    pub(crate) journals: Vec<Vec<Place>>,
    /// What may still be spent.
    pub(crate) budgets: budget::Budgets,
    /// What the value that is being frozen may still hold.
    pub(crate) freezing: Option<freeze::Freezing>,
    /// The number of the next instance.
    pub(crate) serial: u64,
    /// The expression being evaluated, with its file.
    pub(crate) here: Option<(Arc<Parsed>, TextRange)>,
    /// Modules that an import statement evaluates at once, as Python does, though the name it binds
    /// is still looked up late; by their dotted names.
    pub(crate) eager_imports: Option<EagerImports>,
    /// Statements of a module that failed: the module's dotted name, what was raised and where; of many
    /// the first.
    pub problems: Vec<(Arc<str>, Unknown)>,
    /// Modules whose evaluation raised, by their dotted names: how often, and what it was.
    pub(crate) failed: FxHashMap<Arc<str>, (u32, Raise)>,
    /// How deep within `try` bodies that catch `ImportError`.
    pub(crate) guarded_imports: u32,
    /// Whether what the environment lacks raises, as the innermost `try` body that catches `KeyError` has
    /// something else in its place.
    pub(crate) lacking_raises: bool,
    /// How deep within `try` bodies of any kind: what is raised may be caught by a caller.
    pub(crate) guards: u32,
    /// The class statement that a metaclass is at work for.
    pub(crate) header: Option<(Name, Location)>,
}

/// What a body of statements runs in.
pub(crate) struct Frame {
    /// Its variables.
    pub scope: Rc<Scope>,
    /// The module whose globals it uses.
    pub module: Rc<Module>,
    /// Its file.
    pub parsed: Arc<Parsed>,
    /// A module's own body: its variables are the module's globals.
    pub at_module: bool,
    /// A class's body.
    pub is_class: bool,
    /// How deep within `try` bodies: exceptions are somebody's to catch.
    pub guarded: u32,
    /// The function that is called.
    pub function: Option<Rc<Function>>,
    /// The first argument, for `super()`.
    pub first: Option<Object>,
    /// Values returned in branches that may not have been taken.
    pub maybe_returned: Vec<Object>,
    /// What a generator has given so far; `None` for what is none.
    pub yields: Option<Vec<Object>>,
    /// The exception being handled, for a bare `raise`.
    pub handling: Option<Object>,
}

impl Interpreter {
    /// An evaluator over those files.
    pub fn new(library: Arc<Library>, extension: Extension) -> Self {
        let types = builtins::Types::new();
        let builtins = builtins::namespace(&types);
        Self {
            library,
            modules: FxHashMap::default(),
            builtins,
            types,
            extension,
            journals: Vec::new(),
            budgets: budget::Budgets::new(),
            serial: 0,
            here: None,
            eager_imports: None,
            problems: Vec::new(),
            failed: FxHashMap::default(),
            guarded_imports: 0,
            lacking_raises: false,
            guards: 0,
            freezing: None,
            header: None,
        }
    }

    /// The state of the higher floor, if it is a `T`.
    pub fn host<T: 'static>(&mut self) -> Option<&mut T> {
        self.extension.host.downcast_mut()
    }

    /// How many modules are known by now.
    pub fn module_count(&self) -> usize {
        self.modules.len()
    }

    /// The modules that are known by now, by dotted name, in no order.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(|name| &**name)
    }

    /// The expression being evaluated.
    pub fn location(&self) -> Option<Location> {
        self.here.as_ref().map(|(parsed, range)| parsed.location(*range))
    }

    /// An unknown at the present place.
    pub fn unknown(&self, reason: impl Into<Arc<str>>) -> Object {
        Object::unknown(cut(reason.into()), self.location())
    }

    /// A Python exception of a built-in class (`"ValueError"`).
    pub fn raise(&mut self, class: &str, message: impl Into<Arc<str>>) -> Raise {
        let class = self.types.exception(class);
        let instance = self.instance_of(&class);
        let message = message.into();
        self.charge(message.len());
        if let Object::Instance(instance) = &instance {
            let args = Object::tuple(vec![Object::Str(message)]);
            instance.attrs.borrow_mut().insert(Name::new_static("args"), args);
        }
        Raise::Exception(instance)
    }

    /// A new, empty instance; no constructor runs.
    pub fn instance_of(&mut self, class: &Rc<Class>) -> Object {
        self.instance_with(class, super::object::Payload::Empty)
    }

    /// A new instance with a payload; no constructor runs.
    pub fn instance_with(&mut self, class: &Rc<Class>, payload: super::object::Payload) -> Object {
        self.serial += 1;
        self.charge(size_of::<super::object::Instance>());
        Object::Instance(Rc::new(super::object::Instance {
            class: std::cell::RefCell::new(class.clone()),
            attrs: std::cell::RefCell::default(),
            payload: std::cell::RefCell::new(payload),
            at: self.location(),
            serial: self.serial,
        }))
    }

    /// What a caught or reported exception says: `KeyError: 'x'`.
    pub fn describe_raise(&self, raise: &Raise) -> Arc<str> {
        match raise {
            Raise::Limit(unknown) => unknown.reason.clone(),
            Raise::Exception(Object::Instance(instance)) => {
                let args = instance.attrs.borrow().get("args").cloned();
                let text = match args {
                    Some(Object::Tuple(items)) => match items.first() {
                        Some(Object::Str(text)) => format!(": {text}"),
                        _ => String::new(),
                    },
                    _ => String::new(),
                };
                cut(format!("raises {}{text}", instance.class.borrow().name).into())
            }
            Raise::Exception(_) => "raises an exception".into(),
        }
    }

    /// The unknown that stands for the value of something that raised.
    pub fn unknown_from(&self, raise: &Raise) -> Object {
        match raise {
            Raise::Limit(unknown) => Object::Unknown(unknown.clone()),
            Raise::Exception(_) => self.unknown(self.describe_raise(raise)),
        }
    }
}

/// The beginning of a text that is longer than a reason may be.
fn cut(text: Arc<str>) -> Arc<str> {
    if text.len() <= LONGEST_REASON {
        return text;
    }
    let end = text.floor_char_boundary(LONGEST_REASON);
    format!("{}…", &text[..end]).into()
}
