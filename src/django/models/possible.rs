//! Models that may be there, and attributes that are no fields after all.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::declares::{each_class, looks_like_model};
use super::{ModelsRead, ProjectApps, Unresolved};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::runtime::models::{DEFAULT_NAMES, Meta, is_model};
use crate::django::state::ModelState;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Module, Object};
use crate::python::syntax::ast::Expr;
use crate::python::syntax::{Name, Ranged};
use crate::python::value::Unknown;

/// Tells of attributes that may be fields, and of classes that may be models.
pub(super) fn find(interpreter: &mut Interpreter, apps: &ProjectApps, read: &mut ModelsRead) {
    find_unmade(interpreter, apps, read);
    for (key, doubts) in &read.possible_fields {
        for (name, why) in doubts {
            read.unresolved.push(Unresolved {
                model: Some(key.clone()),
                what: Some(name.clone()),
                reason: why.reason.clone(),
                at: why.at.clone(),
            });
        }
    }
    // What may be a field may declare models of its own, and so may a base's metaclass.
    for (key, doubts) in &read.possible_fields {
        if let Some((_, why)) = doubts.first() {
            read.incomplete.entry(key.app.clone()).or_insert_with(|| why.clone());
        }
    }
    for (key, state) in read.state.models.iter().chain(&read.possible) {
        if let Some(why) = state.unknowns.first() {
            read.incomplete.entry(key.app.clone()).or_insert_with(|| why.clone());
        }
    }
}

/// Classes of the apps' modules that may be models and could not be made: their app's models are not
/// all known.
fn find_unmade(interpreter: &mut Interpreter, apps: &ProjectApps, read: &mut ModelsRead) {
    let modules = interpreter.evaluated_modules();
    let mut half_made: BTreeMap<AppLabel, Arc<Unknown>> = BTreeMap::new();
    for module in modules {
        let Some(app) = containing(apps, &module.name) else { continue };
        let Some(parsed) = module.parsed.clone() else { continue };
        let declares_models = is_models_module(apps, &module.name);
        let (mut names, mut decorators) = (Vec::new(), Vec::new());
        each_class(&parsed.body, &mut |def| {
            let derived = def.arguments.as_ref().is_some_and(|given| !given.args.is_empty());
            if derived && (declares_models || looks_like_model(def)) {
                names.push((def.name.id.clone(), def.name.range()));
            }
            if declares_models || looks_like_model(def) {
                decorators.extend(def.decorator_list.iter().filter_map(|one| root(&one.expression).cloned()));
            }
        });
        for (name, at) in names {
            let at = parsed.location(at);
            match module.get(&name) {
                Some(Object::Unknown(why)) => {
                    let key = ModelKey::new(app.clone(), &name);
                    if read.state.models.contains_key(&key) {
                        half_made.entry(app.clone()).or_insert_with(|| why.clone());
                    }
                    read.unresolved.push(Unresolved {
                        model: Some(key),
                        what: None,
                        reason: why.reason.clone(),
                        at: Some(at),
                    });
                    read.incomplete.entry(app.clone()).or_insert(why);
                }
                Some(Object::Class(class)) => note_possible(interpreter, &app, &class, read),
                _ => {}
            }
        }
        for decorator in decorators {
            if let Some(why) = opaque(interpreter, &module, &decorator) {
                // It may make models of its own.
                read.incomplete.entry(app.clone()).or_insert(why);
            }
        }
        let open = module.open.borrow().clone();
        if let Some(why) = open
            && declares_models
        {
            read.incomplete.entry(app.clone()).or_insert(why);
        }
    }
    // A metaclass that failed after it had made its model may have more to add, to other models too.
    for (app, why) in &half_made {
        for state in read.state.models.of_app_mut(app) {
            Arc::make_mut(state).unknowns.push(why.clone());
        }
    }
}

fn containing(apps: &ProjectApps, module: &str) -> Option<AppLabel> {
    let within = |app: &&super::InstalledApp| {
        module.strip_prefix(&*app.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    apps.apps.iter().filter(within).max_by_key(|app| app.name.len()).map(|app| app.label.clone())
}

/// Whether a module is an app's `models`, or lies within.
fn is_models_module(apps: &ProjectApps, module: &str) -> bool {
    apps.apps.iter().any(|app| {
        module
            .strip_prefix(&*app.name)
            .and_then(|rest| rest.strip_prefix(".models"))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// A class that is no model as far as is known, but has a base that is not known and may be one.
fn note_possible(interpreter: &Interpreter, app: &AppLabel, class: &Rc<Class>, read: &mut ModelsRead) {
    let Some(why) = class.open.borrow().clone() else { return };
    if is_model(interpreter, class) && Meta::own(class).is_some() {
        return;
    }
    let meta = match class.attrs.borrow().get("Meta") {
        Some(Object::Class(meta)) => Some(meta.clone()),
        _ => None,
    };
    let abstract_ =
        meta.as_ref().is_some_and(|meta| matches!(meta.lookup("abstract"), Some((Object::Bool(true), _))));
    let options = meta.is_some_and(|meta| DEFAULT_NAMES.iter().any(|name| meta.lookup(name).is_some()));
    // A class of Django's own among its bases tells what it is; a base whose source is at hand, too.
    let known = class.mro.borrow().iter().any(|base| base.native && base.module.starts_with("django."));
    if abstract_ || known || !(options || has_base_elsewhere(class)) {
        return;
    }
    read.incomplete.entry(app.clone()).or_insert_with(|| why.clone());
    let key = ModelKey::new(app.clone(), &class.name);
    read.possible.entry(key).or_insert_with(|| {
        Arc::new(ModelState {
            app: app.clone(),
            name: class.name.as_str().into(),
            fields: indexmap::IndexMap::default(),
            options: indexmap::IndexMap::default(),
            bases: Vec::new(),
            managers: Vec::new(),
            at: class.at.clone(),
            unknowns: vec![why],
        })
    });
}

/// Whether the source of a base is not at hand.
fn has_base_elsewhere(class: &Class) -> bool {
    class.mro.borrow().iter().any(|ancestor| ancestor.elsewhere)
}

/// The name that an expression starts from: `a` in `a.b(c).d`.
fn root(expression: &Expr) -> Option<&Name> {
    let mut expression = expression;
    loop {
        expression = match expression {
            Expr::Name(name) => return Some(&name.id),
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Call(call) => &call.func,
            _ => return None,
        };
    }
}

/// Why nothing, or not all, is known of a module's name.
fn opaque(interpreter: &mut Interpreter, module: &Rc<Module>, name: &Name) -> Option<Arc<Unknown>> {
    let value = interpreter.module_global(module, name).ok()??;
    match &value {
        Object::Instance(instance) => {
            let class = instance.class.borrow().clone();
            class.open.borrow().clone()
        }
        other => other.opaque(),
    }
}
