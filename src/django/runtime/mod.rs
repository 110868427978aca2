//! Django's own classes as the evaluator meets them: written in Rust, named as Django names them.
//!
//! A class of Django that user code subclasses, calls or looks into is a native class here; user
//! code around it (a field's `__init__` and `deconstruct`, a metaclass, a manager) is evaluated
//! from its source.

mod called;
mod exceptions;
pub mod expressions;
pub mod fields;
pub mod models;
pub mod operations;
mod settings;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::version::DjangoVersion;
use crate::python::interpreter::{Extension, Interpreter};
use crate::python::library::Library;
use crate::python::object::{Class, Instance, Namespace, Native};
use crate::python::value::Value;

pub use called::{called, migrates};
pub(crate) use models::{MODELS_ASKED_FOR, deconstruct_again};
pub use settings::{SettingsValues, settings_set};
pub(crate) use settings::{take_lacking, thaw};

/// What evaluating a project's code needs to know of the project; shared by all threads.
#[derive(Debug, Clone)]
pub struct ProjectFacts {
    /// Django's version.
    pub version: DjangoVersion,
    /// Settings as evaluated.
    pub settings: Arc<SettingsValues>,
    /// `connection.vendor`, where it is known from elsewhere than the settings.
    pub vendor: Option<&'static str>,
    /// The databases for which fields of the project's own classes are asked what their columns are.
    pub columns: Columns,
}

impl ProjectFacts {
    /// Those of a project of which no more is known.
    pub fn new(version: DjangoVersion, settings: Arc<SettingsValues>) -> Self {
        Self { version, settings, vendor: None, columns: Columns::No }
    }
}

/// Some of the databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// None.
    No,
    /// The one of that `connection.vendor`.
    Of(&'static str),
    /// All.
    All,
}

impl Columns {
    /// Whether the database of that `connection.vendor` is among them.
    pub fn contain(self, vendor: &str) -> bool {
        match self {
            Self::No => false,
            Self::Of(one) => one == vendor,
            Self::All => true,
        }
    }
}

/// The Django floor's state within one interpreter.
pub struct DjangoHost {
    /// Facts of the project.
    pub facts: ProjectFacts,
    classes: FxHashMap<String, Rc<Class>>,
    /// Field classes by the address of their live class.
    pub(crate) field_classes: FxHashMap<usize, Arc<super::field::FieldClass>>,
    /// The apps and models so far.
    pub(crate) registry: models::Registry,
    /// Settings that code asked for and that are not there.
    pub(crate) lacking: std::collections::BTreeSet<Arc<str>>,
    /// Whether code asked for `connection.vendor`.
    pub(crate) vendor_asked: bool,
    /// The language that `gettext()` translates into at once, where that is not the messages' own: while apps
    /// are loaded it is `LANGUAGE_CODE` (`django/utils/translation/trans_real.py`), and commands that read
    /// migrations run without translations (`no_translations`, `django/core/management/base.py`).
    pub(crate) language: Option<Arc<str>>,
}

/// A part of Django written in Rust: the modules it has names for, and what makes them.
/// Several parts may have names for one module (`django.db.models`).
pub(crate) struct Part {
    /// The dotted names of its modules.
    pub modules: fn() -> Vec<&'static str>,
    /// What it has for one of them.
    pub names: fn(&mut Interpreter, &str) -> Namespace,
}

/// All parts; where two have the same name, the later one wins.
const PARTS: &[Part] =
    &[exceptions::PART, settings::PART, fields::PART, expressions::PART, models::PART, operations::PART];

/// An evaluator that knows Django.
pub fn interpreter(library: Arc<Library>, facts: ProjectFacts) -> Interpreter {
    let mut modules: FxHashSet<&'static str> = PARTS.iter().flat_map(|part| (part.modules)()).collect();
    modules.extend(models::bundled::modules(&library));
    // `import django.db.models.functions` names the packages above it too.
    for module in modules.clone() {
        modules.extend(module.match_indices('.').filter_map(|(end, _)| module.get(..end)));
    }
    let host = DjangoHost {
        facts,
        classes: FxHashMap::default(),
        field_classes: FxHashMap::default(),
        registry: models::Registry::default(),
        lacking: std::collections::BTreeSet::new(),
        vendor_asked: false,
        language: None,
    };
    Interpreter::new(
        library,
        Extension { modules, make, freeze, adopt: models::adopt_unknown_base, host: Box::new(host) },
    )
}

fn make(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    for part in PARTS {
        names.extend((part.names)(interpreter, module));
    }
    names
}

fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    fields::freeze(interpreter, instance)
        .or_else(|| expressions::freeze(interpreter, instance))
        .or_else(|| models::freeze(interpreter, instance))
}

/// Whether code asked for `connection.vendor` since this was called last.
pub(crate) fn take_vendor_asked(interpreter: &mut Interpreter) -> bool {
    interpreter.host::<DjangoHost>().is_some_and(|host| std::mem::take(&mut host.vendor_asked))
}

/// The project's facts; those of an empty project where the interpreter was made without any.
pub fn facts(interpreter: &mut Interpreter) -> ProjectFacts {
    match interpreter.host::<DjangoHost>() {
        Some(host) => host.facts.clone(),
        None => ProjectFacts::new(DjangoVersion::V6_1, Arc::default()),
    }
}

/// Other facts from now on.
pub fn set_facts(interpreter: &mut Interpreter, facts: &ProjectFacts) {
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.facts = facts.clone();
    }
}

/// A native class by its defining module and name, made once per interpreter.
pub(crate) fn class(
    interpreter: &mut Interpreter,
    module: &str,
    name: &str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
) -> Rc<Class> {
    let path = format!("{module}.{name}");
    if let Some(class) = interpreter.host::<DjangoHost>().and_then(|host| host.classes.get(&path).cloned()) {
        return class;
    }
    let class = interpreter.native_class(module, name, bases, methods);
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.classes.insert(path, class.clone());
    }
    class
}
