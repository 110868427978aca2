//! Models that may be there, and attributes that are no fields after all.

use std::rc::Rc;
use std::sync::Arc;

use super::declares::{each_class, looks_like_model};
use super::{ModelsRead, ProjectApps, Unresolved};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::runtime::models::is_model;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Module, Object};
use crate::python::syntax::ast::{Expr, Stmt};
use crate::python::syntax::{Name, Parsed, Ranged};
use crate::python::value::Unknown;
use crate::source::Location;

/// Sorts out what the attributes that are not known can be.
pub(super) fn find(interpreter: &mut Interpreter, apps: &ProjectApps, read: &mut ModelsRead) {
    find_unmade(interpreter, apps, read);
    let keys: Vec<_> = read.possible_fields.keys().cloned().collect();
    for key in keys {
        let at = read
            .state
            .models
            .get(&key)
            .or_else(|| read.possible.get(&key))
            .and_then(|state| state.at.clone());
        let Some(doubts) = read.possible_fields.get_mut(&key) else { continue };
        if let Some(at) = at
            && let Ok(parsed) = interpreter.library.parse(at.file.path())
        {
            // A function is no field, whatever decorates it.
            doubts.retain(|(name, _)| !is_function(&parsed, &at, name));
        }
        doubts.retain(|(name, _)| !name.starts_with("__"));
        for (name, why) in doubts.iter() {
            read.unresolved.push(Unresolved {
                model: Some(key.clone()),
                what: Some(name.clone()),
                reason: why.reason.clone(),
                at: why.at.clone(),
            });
        }
    }
    read.possible_fields.retain(|_, doubts| !doubts.is_empty());
    // What is no field of a model's may declare models of its own, and so may a base's metaclass.
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

fn is_function(parsed: &Arc<Parsed>, class: &Location, name: &str) -> bool {
    let Some(body) = class_body(&parsed.body, class, 0) else { return false };
    body.iter().any(|statement| match statement {
        Stmt::FunctionDef(def) => def.name.id == name,
        Stmt::ClassDef(def) => def.name.id == name,
        _ => false,
    })
}

fn class_body<'a>(body: &'a [Stmt], class: &Location, depth: u32) -> Option<&'a [Stmt]> {
    let at = body.partition_point(|statement| u32::from(statement.end()) < class.end);
    let mut inner: Vec<&'a [Stmt]> = Vec::new();
    match body.get(at)? {
        Stmt::ClassDef(def) if u32::from(def.name.start()) == class.start => return Some(&def.body),
        Stmt::ClassDef(def) => inner.push(&def.body),
        Stmt::FunctionDef(def) => inner.push(&def.body),
        Stmt::If(clauses) => {
            inner.push(&clauses.body);
            inner.extend(clauses.elif_else_clauses.iter().map(|clause| &clause.body[..]));
        }
        Stmt::Try(inner_try) => {
            inner.push(&inner_try.body);
            inner.push(&inner_try.orelse);
            inner.extend(inner_try.handlers.iter().map(|handler| {
                let crate::python::syntax::ast::ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body[..]
            }));
        }
        _ => {}
    }
    if depth > 50 {
        return None;
    }
    inner.into_iter().find_map(|body| class_body(body, class, depth + 1))
}

/// Classes of the apps' modules that may be models and could not be made: their app's models are not
/// all known.
fn find_unmade(interpreter: &mut Interpreter, apps: &ProjectApps, read: &mut ModelsRead) {
    let modules = interpreter.evaluated_modules();
    for module in modules {
        let Some(app) = containing(apps, &module.name) else { continue };
        let Some(parsed) = module.parsed.clone() else { continue };
        let declares_models = is_models_module(apps, &module.name);
        let mut names = Vec::new();
        each_class(&parsed.body, &mut |def| {
            let derived = def.arguments.as_ref().is_some_and(|given| !given.args.is_empty());
            if derived && (declares_models || looks_like_model(def)) {
                names.push((def.name.id.clone(), def.name.range()));
            }
        });
        for (name, at) in names {
            let why = match module.get(&name) {
                Some(Object::Unknown(why)) => why,
                // A base that is not at hand may make a model of it.
                Some(Object::Class(class)) if !is_model(interpreter, &class) => {
                    let Some(why) = class.open.borrow().clone() else { continue };
                    why
                }
                _ => continue,
            };
            read.unresolved.push(Unresolved {
                model: Some(ModelKey::new(app.clone(), &name)),
                what: None,
                reason: why.reason.clone(),
                at: Some(parsed.location(at)),
            });
            read.incomplete.entry(app.clone()).or_insert(why);
        }
        if let Some(why) = unknown_decorator(interpreter, &module, &parsed) {
            read.incomplete.entry(app.clone()).or_insert(why);
        }
        let open = module.open.borrow().clone();
        if let Some(why) = open
            && declares_models
        {
            read.incomplete.entry(app.clone()).or_insert(why);
        }
    }
}

/// Why a decorator of one of a module's classes is not known: it may declare models beside it.
fn unknown_decorator(
    interpreter: &mut Interpreter,
    module: &Rc<Module>,
    parsed: &Arc<Parsed>,
) -> Option<Arc<Unknown>> {
    let mut roots: Vec<Name> = Vec::new();
    each_class(&parsed.body, &mut |def| {
        roots.extend(def.decorator_list.iter().filter_map(|decorator| root(&decorator.expression)).cloned());
    });
    roots.iter().find_map(|root| match interpreter.module_global(module, root) {
        Ok(Some(Object::Unknown(why))) => Some(why),
        Ok(Some(Object::Class(class))) => class.open.borrow().clone(),
        Ok(Some(Object::Instance(instance))) => instance.class.borrow().open.borrow().clone(),
        _ => None,
    })
}

/// `a` of `a.b(…).c`
fn root(mut expression: &Expr) -> Option<&Name> {
    loop {
        expression = match expression {
            Expr::Name(name) => return Some(&name.id),
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Call(call) => &call.func,
            _ => return None,
        };
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
