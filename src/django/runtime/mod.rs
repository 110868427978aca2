//! Django's own classes as the evaluator meets them: written in Rust, named as Django names them.
//!
//! A class of Django that user code subclasses, calls or looks into is a native class here; user
//! code around it (a field's `__init__` and `deconstruct`, a metaclass, a manager) is evaluated
//! from its source.

pub mod fields;
mod settings;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::version::DjangoVersion;
use crate::python::interpreter::{Extension, Interpreter, NativeModule};
use crate::python::library::Library;
use crate::python::object::{Class, Instance, Native};
use crate::python::value::Value;

pub use settings::SettingsValues;

/// What evaluating a project's code needs to know of the project; shared by all threads.
#[derive(Debug, Clone)]
pub struct ProjectFacts {
    /// Django's version.
    pub version: DjangoVersion,
    /// Settings as evaluated.
    pub settings: Arc<SettingsValues>,
}

/// The Django floor's state within one interpreter.
pub struct DjangoHost {
    /// Facts of the project.
    pub facts: ProjectFacts,
    classes: FxHashMap<String, Rc<Class>>,
}

/// A module of Django written in Rust: its dotted name, and what makes its names.
pub(crate) type ModuleEntry = (&'static str, NativeModule);

/// An evaluator that knows Django.
pub fn interpreter(library: Arc<Library>, facts: ProjectFacts) -> Interpreter {
    let mut modules: FxHashMap<&'static str, NativeModule> = FxHashMap::default();
    for (name, make) in fields::MODULES.iter().chain(settings::MODULES) {
        modules.insert(name, *make);
    }
    let host = DjangoHost { facts, classes: FxHashMap::default() };
    Interpreter::new(library, Extension { modules, freeze, host: Box::new(host) })
}

fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    fields::freeze(interpreter, instance)
}

/// The project's facts; those of an empty project where the interpreter was made without any.
pub fn facts(interpreter: &mut Interpreter) -> ProjectFacts {
    match interpreter.host::<DjangoHost>() {
        Some(host) => host.facts.clone(),
        None => ProjectFacts { version: DjangoVersion::V6_1, settings: Arc::default() },
    }
}

/// A native class by its canonical dotted path, made once per interpreter.
pub(crate) fn class(
    interpreter: &mut Interpreter,
    module: &'static str,
    name: &'static str,
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
