//! Models as the evaluator meets them: `Model` and its metaclass, `_meta`, managers, querysets,
//! signals and the app registry, as native classes
//! (`django/db/models/{base,options,manager,query,signals}.py`, `django/apps/`, `django/dispatch/`).

mod base;
pub(super) mod bundled;
mod deferred;
mod enums;
mod field_lists;
mod indexes;
mod inherit;
mod lazies;
mod managers;
mod meta;
mod options;
mod parents;
mod plain_data;
mod queryset;
mod registry;
mod signals;
mod source;

use std::rc::Rc;

use super::{DjangoHost, Part};
use crate::python::interpreter::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Instance, Namespace, Native, Object};
use crate::python::syntax::Name;
use crate::python::value::{Unknown, Value};

pub(crate) use base::{MODEL, adopt_unknown_base, is_model};
pub(crate) use bundled::deconstruct_again;
pub(crate) use inherit::{resolve_relations, unresolved_names};
pub(crate) use managers::{all as managers_of, base_manager_name, default_manager_name};
pub(crate) use meta::Meta;
pub(crate) use options::{DEFAULT_NAMES, known_option, normalize_together};
pub use registry::InstalledApp;
pub(crate) use registry::{MODELS_ASKED_FOR, Registry, is_swapped, ready_config, set_apps};

/// `django.db.models` and what models are made of.
pub(super) const PART: Part = Part { modules, names };

const MODULES: &[&str] = &[
    "django.apps",
    "django.apps.config",
    "django.apps.registry",
    "django.db.models",
    "django.db.models.base",
    "django.db.models.enums",
    "django.db.models.fields.related",
    "django.db.models.manager",
    "django.db.models.options",
    "django.db.models.query",
    "django.db.models.query_utils",
    "django.db.models.signals",
    "django.dispatch",
    "django.dispatch.dispatcher",
    "django.contrib.auth",
    "django.core.management.commands.makemigrations",
    "django.utils.functional",
    "django.utils.module_loading",
];

fn modules() -> Vec<&'static str> {
    MODULES.to_vec()
}

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = bundled::names(interpreter, module);
    let mut put = |name: &'static str, value: Object| {
        names.insert(Name::new_static(name), value);
    };
    match module {
        "django.apps" | "django.apps.config" | "django.apps.registry" => {
            put("apps", registry::apps(interpreter));
            put("Apps", Object::Class(registry::apps_class(interpreter)));
            put("AppConfig", Object::Class(registry::config_class(interpreter)));
        }
        "django.db.models.base" => {
            put("Model", Object::Class(base::model_class(interpreter)));
            put("ModelBase", Object::Class(base::model_base(interpreter)));
        }
        "django.db.models.enums" => {
            for name in enums::NAMES {
                if let Ok(Some(class)) = enums::class_of(interpreter, name) {
                    put(name, Object::Class(class));
                }
            }
        }
        "django.utils.functional" => {
            for function in lazies::FUNCTIONS {
                put(function.path.rsplit('.').next().unwrap_or(function.path), Object::Native(function));
            }
            put("Promise", Object::Class(lazies::promise(interpreter)));
        }
        "django.utils.module_loading" => put("import_string", Object::Native(&registry::IMPORT_STRING)),
        "django.db.models.manager" => {
            for name in managers::NAMES {
                put(name, Object::Class(managers::class_of(interpreter, name)));
            }
        }
        "django.db.models.query" => put("QuerySet", Object::Class(queryset::class_of(interpreter))),
        "django.db.models.query_utils" => {
            put("DeferredAttribute", Object::Class(deferred::class_of(interpreter)));
        }
        "django.db.models.options" => {
            put("Options", Object::Class(options::class_of(interpreter)));
            let default_names = DEFAULT_NAMES.iter().map(|name| Object::str(*name)).collect();
            put("DEFAULT_NAMES", Object::tuple(default_names));
            put("normalize_together", Object::Native(&options::NORMALIZE_TOGETHER));
        }
        "django.db.models.fields.related" => {
            put("lazy_related_operation", Object::Native(&registry::LAZY_RELATED_OPERATION));
            put("resolve_relation", Object::Native(&inherit::RESOLVE_RELATION));
        }
        "django.db.models.signals" => {
            for name in signals::MODEL_SIGNALS {
                put(name, signals::signal(interpreter, name));
            }
            put("ModelSignal", Object::Class(signals::class_of(interpreter)));
            put("Signal", Object::Class(signals::class_of(interpreter)));
        }
        "django.dispatch" | "django.dispatch.dispatcher" => {
            put("Signal", Object::Class(signals::class_of(interpreter)));
            put("receiver", Object::Native(&signals::RECEIVER));
        }
        "django.core.management.commands.makemigrations" => {
            put("Command", Object::Class(command_class(interpreter)));
        }
        "django.contrib.auth" => put("get_user_model", Object::Native(&registry::GET_USER_MODEL)),
        "django.db.models" => {
            put("Model", Object::Class(base::model_class(interpreter)));
            for name in ["BaseManager", "Manager"] {
                put(name, Object::Class(managers::class_of(interpreter, name)));
            }
            put("QuerySet", Object::Class(queryset::class_of(interpreter)));
            for name in ["Choices", "IntegerChoices", "TextChoices"] {
                if let Ok(Some(class)) = enums::class_of(interpreter, name) {
                    put(name, Object::Class(class));
                }
            }
            for name in [
                "base",
                "deletion",
                "enums",
                "expressions",
                "fields",
                "functions",
                "manager",
                "options",
                "query",
                "signals",
            ] {
                if let Some(found) = interpreter.module(&format!("django.db.models.{name}")) {
                    put(name, Object::Module(found));
                }
            }
        }
        _ => {}
    }
    names
}

static COMMAND_METHODS: &[Native] = &[
    Native {
        path: "django.core.management.commands.makemigrations.Command.__init__",
        call: |_, _| Ok(Object::None),
    },
    Native {
        path: "django.core.management.commands.makemigrations.Command.handle",
        call: |_, _| Ok(Object::None),
    },
    Native {
        path: "django.core.management.commands.makemigrations.Command.add_arguments",
        call: |_, _| Ok(Object::None),
    },
];

/// `makemigrations`, for those that derive from it.
fn command_class(interpreter: &mut Interpreter) -> Rc<Class> {
    super::class(
        interpreter,
        "django.core.management.commands.makemigrations",
        "Command",
        &[],
        COMMAND_METHODS,
    )
}

/// An object of this floor at rest.
pub(super) fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    managers::freeze(interpreter, instance).or_else(|| lazies::freeze(interpreter, instance))
}

/// The registry of models, in the interpreter's host.
pub(crate) fn registry(interpreter: &mut Interpreter) -> Option<&mut Registry> {
    interpreter.host::<DjangoHost>().map(|host| &mut host.registry)
}

/// An attribute set in an instance made here.
fn set(interpreter: &mut Interpreter, instance: &Rc<Instance>, name: &'static str, value: Object) {
    interpreter.set_own_attribute(instance, &Name::new_static(name), Some(value));
}

/// An instance's own attribute.
fn own(instance: &Instance, name: &str) -> Option<Object> {
    instance.attrs.borrow().get(name).cloned()
}

/// A method called by its name.
fn method(interpreter: &mut Interpreter, receiver: &Object, name: &str, args: Vec<Object>) -> Eval {
    interpreter.call_method(receiver, name, Args::of(args))
}

/// Truth of an object; `None` where that is not known.
fn truth(interpreter: &mut Interpreter, object: &Object) -> Option<bool> {
    match object {
        Object::Bool(value) => Some(*value),
        Object::None => Some(false),
        other => interpreter.truth(other).ok().and_then(Result::ok),
    }
}

/// The reason that stands for an exception.
fn reason(interpreter: &Interpreter, raise: &Raise) -> std::sync::Arc<Unknown> {
    match interpreter.unknown_from(raise) {
        Object::Unknown(why) => why,
        _ => std::sync::Arc::new(Unknown { reason: "could not be evaluated".into(), at: None }),
    }
}

/// `copy.copy(instance)`: the same class, attributes and payload; it sorts where the original does.
fn copy_instance(instance: &Rc<Instance>) -> Rc<Instance> {
    Rc::new(Instance {
        class: instance.class.clone(),
        attrs: instance.attrs.clone(),
        payload: instance.payload.clone(),
        at: instance.at.clone(),
        serial: instance.serial,
    })
}

/// A class with native properties beside its methods.
fn class_with(
    interpreter: &mut Interpreter,
    module: &str,
    name: &str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
    properties: &'static [Native],
) -> Rc<Class> {
    let class = super::class(interpreter, module, name, bases, methods);
    let mut attrs = class.attrs.borrow_mut();
    for property in properties {
        let name = property.path.rsplit('.').next().unwrap_or(property.path);
        if !attrs.contains_key(name) {
            attrs.insert(Name::new_static(name), crate::python::interpreter::native_property(property));
        }
    }
    drop(attrs);
    class
}

#[cfg(test)]
mod tests;
