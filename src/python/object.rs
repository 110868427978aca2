//! Live objects: what the evaluator works on. They have identity and change in place, and live in
//! one thread; [`super::value::Value`] is what leaves it.

mod dict;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use num_bigint::BigInt;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::interpreter::{Args, Eval, Interpreter};
use super::syntax::{Name, Parsed, TextRange};
use super::value::{Unknown, Value};
use crate::source::Location;

pub use dict::{Dict, Key};

/// Names to objects, in the order of their first binding.
pub type Namespace = IndexMap<Name, Object, FxBuildHasher>;

/// A live Python object. Cloning shares it.
#[derive(Clone)]
pub enum Object {
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
    /// `True`, `False`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A bigger integer.
    BigInt(Rc<BigInt>),
    /// A float.
    Float(f64),
    /// A string, lazy translations included.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(Rc<Mutable<Vec<Object>>>),
    /// A tuple.
    Tuple(Rc<[Object]>),
    /// A set.
    Set(Rc<Mutable<Dict>>),
    /// A frozenset.
    FrozenSet(Rc<Mutable<Dict>>),
    /// A dictionary.
    Dict(Rc<Mutable<Dict>>),
    /// `range(start, stop, step)`
    Range(i64, i64, i64),
    /// `slice(a, b, c)`
    Slice(Rc<[Object; 3]>),
    /// A function or lambda of some file.
    Function(Rc<Function>),
    /// A function written in Rust.
    Native(&'static Native),
    /// A function written in Rust that remembers something.
    Closure(Rc<NativeClosure>),
    /// A function and its first argument.
    Method(Rc<Method>),
    /// A class, native or of some file.
    Class(Rc<Class>),
    /// An instance of a class.
    Instance(Rc<Instance>),
    /// A module.
    Module(Rc<Module>),
    /// `super()`
    Super(Rc<Super>),
    /// `property`, `classmethod`, `staticmethod`, `cached_property`
    Descriptor(Rc<Descriptor>),
    /// `functools.partial`
    Partial(Rc<Partial>),
    /// An iterator over items worked out beforehand.
    Iterator(Rc<RefCell<std::collections::VecDeque<Object>>>),
    /// A value at rest that needs no life: a date, a decimal, a compiled pattern, a path.
    Frozen(Rc<Value>),
    /// A name whose import has not been needed yet. Never leaves a scope: loading it forces it.
    Lazy(Rc<Lazy>),
    /// What could not be worked out.
    Unknown(Arc<Unknown>),
}

/// A container that changes in place.
pub struct Mutable<T> {
    /// What it holds; written through the interpreter's journal.
    pub(super) data: RefCell<T>,
    /// Set where it was changed in a way that could not be followed: its contents are unknown.
    pub(super) taint: RefCell<Option<Arc<Unknown>>>,
}

impl<T> Mutable<T> {
    /// A container that holds `data`.
    pub fn new(data: T) -> Rc<Self> {
        Rc::new(Self { data: RefCell::new(data), taint: RefCell::new(None) })
    }

    /// Read access. Keep it short: writing while it lives panics.
    pub fn get(&self) -> std::cell::Ref<'_, T> {
        self.data.borrow()
    }

    /// Why the contents are not known, if they are not.
    pub fn taint(&self) -> Option<Arc<Unknown>> {
        self.taint.borrow().clone()
    }
}

/// Variables of a function, class body or comprehension.
pub struct Scope {
    /// Variables by name.
    pub(super) vars: RefCell<Namespace>,
    /// The enclosing function's scope; class bodies are skipped, as in Python.
    pub(super) parent: Option<Rc<Scope>>,
    /// For a class body, and for what is defined within: where the class will be.
    pub(super) class_cell: Option<Rc<RefCell<Option<Rc<Class>>>>>,
    /// Names declared `global`; looked up and bound in the module.
    pub(super) globals: RefCell<FxHashSet<Name>>,
    /// Names declared `nonlocal`.
    pub(super) nonlocals: RefCell<FxHashSet<Name>>,
}

/// A function of some file.
pub struct Function {
    /// Its name.
    pub name: Name,
    /// `Outer.inner`, or `outer.<locals>.inner`.
    pub qualname: Arc<str>,
    /// The module whose globals it uses.
    pub module: Rc<Module>,
    /// The file and the range of its `def` or `lambda`.
    pub parsed: Arc<Parsed>,
    /// See [`Parsed::code_at`].
    pub range: TextRange,
    /// Values of defaults by parameter name.
    pub(super) defaults: Vec<(Name, Object)>,
    /// The scope that it was defined in; `None` in a module.
    pub(super) closure: Option<Rc<Scope>>,
    /// `f.x = …`
    pub attrs: RefCell<Namespace>,
    /// A lambda has no name that could be imported.
    pub is_lambda: bool,
    /// Whether its body has a `yield` of its own, once it was called.
    pub(super) generates: OnceCell<bool>,
}

/// A function written in Rust.
pub struct Native {
    /// Its dotted path, as Python would show it.
    pub path: &'static str,
    /// Its body. A method's first argument is its object.
    pub call: fn(&mut Interpreter, Args) -> Eval,
}

/// A function written in Rust with captured values.
pub struct NativeClosure {
    /// For messages, and for what it freezes to.
    pub path: Arc<str>,
    /// Its body.
    #[allow(clippy::type_complexity)]
    pub call: Box<dyn Fn(&mut Interpreter, Args) -> Eval>,
}

/// A bound method.
pub struct Method {
    /// The first argument.
    pub receiver: Object,
    /// The function.
    pub function: Object,
}

/// A class.
pub struct Class {
    /// Its name.
    pub name: Name,
    /// Its module's dotted name.
    pub module: Arc<str>,
    /// `Outer.Inner`
    pub qualname: Arc<str>,
    /// Bases as given; some may be unknown.
    pub bases: RefCell<Vec<Object>>,
    /// Method resolution order, itself first.
    pub mro: RefCell<Vec<Rc<Class>>>,
    /// Attributes.
    pub attrs: RefCell<Namespace>,
    /// The class's class; `None` is `type`.
    pub metaclass: Option<Rc<Class>>,
    /// Why attributes that are not found may exist all the same (an unknown base, a decorator).
    pub open: RefCell<Option<Arc<Unknown>>>,
    /// The `class` statement's header.
    pub at: Option<Location>,
    /// Whether it is written in Rust.
    pub native: bool,
    /// Whether it is no more than a capitalised name imported from a module that is not at hand:
    /// most likely a class, so it may be called and derived from, but nothing else is known.
    pub elsewhere: bool,
}

/// An instance.
pub struct Instance {
    /// Its class.
    pub class: RefCell<Rc<Class>>,
    /// `__dict__`
    pub attrs: RefCell<Namespace>,
    /// What a native base keeps.
    pub payload: RefCell<Payload>,
    /// The expression that made it.
    pub at: Option<Location>,
    /// Order of creation, from 0 (Django's `creation_counter` is one such).
    pub serial: u64,
}

/// What a native base keeps in an instance.
#[derive(Clone)]
pub enum Payload {
    /// Nothing.
    Empty,
    /// The value of a subclass of `str`, `int`, `list`, `dict` …, or of an enumeration's member.
    Value(Object),
    /// Arguments as given to the constructor: `@deconstructible`, expressions, validators …
    Constructed(Rc<Args>),
    /// Anything of a higher floor.
    Host(Rc<dyn std::any::Any>),
}

/// A module.
pub struct Module {
    /// Dotted name.
    pub name: Arc<str>,
    /// Its globals.
    pub globals: RefCell<Namespace>,
    /// Its file, where it has one and it was parsed.
    pub parsed: Option<Arc<Parsed>>,
    /// Whether it is a package.
    pub package: bool,
    /// How far it has been evaluated.
    pub(super) status: Cell<Status>,
    /// Why a name that is not found may exist all the same.
    pub open: RefCell<Option<Arc<Unknown>>>,
    /// Submodules that were imported by their dotted name.
    pub(super) submodules: RefCell<FxHashSet<Name>>,
    /// What it has put in its place in `sys.modules`: whoever imports it gets that.
    pub(super) stand_in: RefCell<Option<Object>>,
    /// A native module's names win over those of a source file that stands beside.
    pub(super) native: bool,
}

/// How far a module has been evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Found, not evaluated.
    New,
    /// Being evaluated.
    Running,
    /// Evaluated.
    Done,
}

/// `super(class, receiver)`
pub struct Super {
    /// Search starts after this class.
    pub class: Rc<Class>,
    /// The object or class that methods are bound to.
    pub receiver: Object,
}

/// A descriptor.
pub enum Descriptor {
    /// `property(get, set)`; also `cached_property`.
    Property {
        /// The getter.
        get: Object,
        /// The setter.
        set: Option<Object>,
    },
    /// `classmethod`
    ClassMethod(Object),
    /// `staticmethod`
    StaticMethod(Object),
}

/// `functools.partial`
pub struct Partial {
    /// The function.
    pub function: Object,
    /// Its first arguments.
    pub args: Vec<Object>,
    /// Its keyword arguments.
    pub keywords: Vec<(Name, Object)>,
}

/// An import not needed yet.
pub struct Lazy {
    /// Absolute dotted name of the module.
    pub module: Arc<str>,
    /// The name within, or `None` for the module itself.
    pub name: Option<Name>,
    /// The import statement.
    pub at: Location,
    /// The object, once it was looked up.
    pub(super) forced: RefCell<Option<Object>>,
    /// Set while it is being looked up: whoever asks again meanwhile is part of a circle.
    pub(super) forcing: Cell<bool>,
}

impl Object {
    /// A string.
    pub fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }

    /// A new list.
    pub fn list(items: Vec<Object>) -> Self {
        Self::List(Mutable::new(items))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Object>) -> Self {
        Self::Tuple(items.into())
    }

    /// A new dictionary with string keys.
    pub fn dict<'a>(items: impl IntoIterator<Item = (&'a str, Object)>) -> Self {
        let mut dict = Dict::default();
        for (key, value) in items {
            dict.insert_str(key, value);
        }
        Self::Dict(Mutable::new(dict))
    }

    /// A new dictionary.
    pub fn from_dict(dict: Dict) -> Self {
        Self::Dict(Mutable::new(dict))
    }

    /// A function written in Rust with captured values.
    pub fn closure(path: &str, call: impl Fn(&mut Interpreter, Args) -> Eval + 'static) -> Self {
        Self::Closure(Rc::new(NativeClosure { path: path.into(), call: Box::new(call) }))
    }

    /// An unknown.
    pub fn unknown(reason: impl Into<Arc<str>>, at: Option<Location>) -> Self {
        Self::Unknown(Arc::new(Unknown { reason: reason.into(), at }))
    }

    /// What a tuple of classes and of such tuples holds; itself if it is no tuple. Each tuple counts once:
    /// they may be shared, and going into each wherever it stands might never end.
    pub(crate) fn alternatives(&self) -> Vec<Object> {
        let (mut found, mut seen, mut waiting) = (Vec::new(), FxHashSet::default(), vec![self.clone()]);
        while let Some(object) = waiting.pop() {
            if let Self::Tuple(items) = &object {
                if seen.insert(items.as_ptr().addr()) {
                    waiting.extend(items.iter().rev().cloned());
                }
            } else {
                found.push(object);
            }
        }
        found
    }

    /// Whether it is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Why nothing is known of it: an unknown, or a class that is only a name from elsewhere.
    pub fn opaque(&self) -> Option<Arc<Unknown>> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            Self::Class(class) => class.opaque_reason(),
            _ => None,
        }
    }

    /// Whether it is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text of a string (of a subclass of `str`, and of an enumeration's member with a text, too).
    pub fn as_str(&self) -> Option<Arc<str>> {
        match self {
            Self::Str(text) => Some(text.clone()),
            Self::Instance(instance) => match &*instance.payload.borrow() {
                Payload::Value(Object::Str(text)) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The integer.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            Self::Instance(instance) => match &*instance.payload.borrow() {
                Payload::Value(Object::Int(value)) => Some(*value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The class object.
    pub fn as_class(&self) -> Option<&Rc<Class>> {
        match self {
            Self::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The instance.
    pub fn as_instance(&self) -> Option<&Rc<Instance>> {
        match self {
            Self::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// Python's `is`.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None)
            | (Self::Ellipsis, Self::Ellipsis)
            | (Self::NotImplemented, Self::NotImplemented) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (Self::Native(a), Self::Native(b)) => std::ptr::eq(*a, *b),
            (a, b) => match (a.identity(), b.identity()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }

    /// The address of what has identity.
    pub fn identity(&self) -> Option<usize> {
        Some(match self {
            Self::List(rc) => Rc::as_ptr(rc).addr(),
            Self::Set(rc) | Self::FrozenSet(rc) | Self::Dict(rc) => Rc::as_ptr(rc).addr(),
            Self::Tuple(rc) => rc.as_ptr().addr(),
            Self::Function(rc) => Rc::as_ptr(rc).addr(),
            Self::Native(native) => std::ptr::from_ref(*native).addr(),
            Self::Closure(rc) => Rc::as_ptr(rc).addr(),
            Self::Method(rc) => Rc::as_ptr(rc).addr(),
            Self::Class(rc) => Rc::as_ptr(rc).addr(),
            Self::Instance(rc) => Rc::as_ptr(rc).addr(),
            Self::Module(rc) => Rc::as_ptr(rc).addr(),
            Self::Descriptor(rc) => Rc::as_ptr(rc).addr(),
            Self::Partial(rc) => Rc::as_ptr(rc).addr(),
            Self::Iterator(rc) => Rc::as_ptr(rc).addr(),
            Self::Frozen(rc) => Rc::as_ptr(rc).addr(),
            _ => return None,
        })
    }

    /// The name of its type, for messages.
    pub fn type_name(&self) -> String {
        match self {
            Self::None => "NoneType",
            Self::Ellipsis => "ellipsis",
            Self::NotImplemented => "NotImplementedType",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::BigInt(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::FrozenSet(_) => "frozenset",
            Self::Dict(_) => "dict",
            Self::Range(..) => "range",
            Self::Slice(_) => "slice",
            Self::Function(_) | Self::Closure(_) => "function",
            Self::Native(_) => "builtin_function_or_method",
            Self::Method(_) => "method",
            Self::Class(_) => "type",
            Self::Instance(instance) => return instance.class.borrow().name.to_string(),
            Self::Module(_) => "module",
            Self::Super(_) => "super",
            Self::Descriptor(_) => "property",
            Self::Partial(_) => "partial",
            Self::Iterator(_) => "iterator",
            Self::Frozen(value) => match &**value {
                Value::Call(call) => return call.name().to_owned(),
                _ => "object",
            },
            Self::Lazy(_) => "module",
            Self::Unknown(_) => "unknown",
        }
        .to_owned()
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Str(text) => write!(f, "{text:?}"),
            Self::List(list) => list.get().fmt(f),
            Self::Tuple(items) => items.fmt(f),
            Self::Class(class) => write!(f, "<class {}.{}>", class.module, class.qualname),
            Self::Unknown(unknown) => write!(f, "<unknown: {}>", unknown.reason),
            other => write!(f, "<{}>", other.type_name()),
        }
    }
}

impl Class {
    /// Why it is no more than a name, if so.
    pub fn opaque_reason(&self) -> Option<Arc<Unknown>> {
        if self.elsewhere { self.open.borrow().clone() } else { None }
    }

    /// `module.qualname`
    pub fn path(&self) -> String {
        if self.module.is_empty() {
            self.qualname.to_string()
        } else {
            format!("{}.{}", self.module, self.qualname)
        }
    }

    /// An attribute of the class itself or its bases, not bound, and the class that has it.
    pub fn lookup(&self, name: &str) -> Option<(Object, Rc<Class>)> {
        self.mro.borrow().iter().find_map(|class| {
            let found = class.attrs.borrow().get(name).cloned();
            found.map(|object| (object, class.clone()))
        })
    }

    /// Whether `other` is it or among its bases.
    pub fn is_subclass(&self, other: &Class) -> bool {
        self.mro.borrow().iter().any(|class| std::ptr::eq(Rc::as_ptr(class), other))
    }

    /// Whether a class of that `module.qualname` is it or among its bases.
    pub fn derives_from(&self, path: &str) -> bool {
        self.mro.borrow().iter().any(|class| class.has_path(path))
    }

    /// Whether its `module.qualname` is `path`, without building the text.
    pub fn has_path(&self, path: &str) -> bool {
        path.strip_suffix(&*self.qualname).is_some_and(|rest| rest.strip_suffix('.') == Some(&self.module))
    }
}

impl Lazy {
    /// Whether it is the import of that name from that module.
    pub(super) fn leads_to(&self, module: &str, name: &str) -> bool {
        *self.module == *module && self.name.as_ref().is_some_and(|own| own == name)
    }
}

impl Module {
    /// A global that has been bound.
    pub fn get(&self, name: &str) -> Option<Object> {
        self.globals.borrow().get(name).cloned()
    }
}
