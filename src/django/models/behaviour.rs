//! What the classes of models do when a row is saved or deleted, and what receivers of signals do for
//! them: none of it happens to rows of historical models, which have Django's own `save()` and
//! `delete()` and are other senders (`ModelState.render`, `django/db/migrations/state.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::assigned::{Body, method};
use super::declares::each;
use super::ready::{imported_by, source};
use super::{ModelsRead, ProjectApps, key_of};
use crate::django::keys::ModelKey;
use crate::django::runtime::facts;
use crate::django::runtime::models::registry;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Object};
use crate::python::syntax::Parsed;
use crate::python::syntax::ast::{Expr, Stmt, StmtFunctionDef};
use crate::python::value::Value;
use crate::source::Location;

/// What happens to rows of a model beside what Django does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Fields and other attributes that an overridden `save()` sets, in order of name.
    pub sets: BTreeMap<Arc<str>, Assigned>,
    /// An overridden `save()`.
    pub save: Option<Location>,
    /// An overridden `delete()` that saves the row and deletes nothing.
    pub keeps: Option<Location>,
    /// Receivers of `pre_save` and `post_save` that ask for this sender.
    pub receivers: Vec<Receiver>,
}

/// An attribute that code sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// When.
    pub when: When,
    /// Where.
    pub at: Location,
}

/// When an attribute is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Each time.
    Always,
    /// Where the row lacks a value of it.
    IfEmpty,
    /// When the row is not in the table yet.
    IfNew,
}

/// A function that is called when a row is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Its name.
    pub name: Arc<str>,
    /// Where its name stands.
    pub at: Location,
    /// What it sets on the row: `pre_save` alone.
    pub sets: BTreeMap<Arc<str>, Assigned>,
    /// Names of the models of which it makes rows.
    pub makes: BTreeSet<Arc<str>>,
}

impl Behaviour {
    /// All that is set before a row is saved.
    pub fn all_set(&self) -> impl Iterator<Item = (&Arc<str>, &Assigned)> {
        self.sets.iter().chain(self.receivers.iter().flat_map(|receiver| &receiver.sets))
    }

    fn is_empty(&self) -> bool {
        self.save.is_none() && self.keeps.is_none() && self.receivers.is_empty()
    }
}

/// Notes what the project's own classes and receivers do.
pub(super) fn find(interpreter: &mut Interpreter, apps: &ProjectApps, read: &mut ModelsRead) {
    let models: Vec<Rc<Class>> = match registry(interpreter) {
        Some(registry) => registry.models.values().cloned().collect(),
        None => return,
    };
    for class in &models {
        let Some(key) = key_of(class) else { continue };
        let found = of_class(interpreter, class);
        if !found.is_empty() {
            read.behaviour.insert(key, found);
        }
    }
    for (key, receiver) in receivers(interpreter, apps, &read.connected, &models) {
        read.behaviour.entry(key).or_default().receivers.push(receiver);
    }
}

fn of_class(interpreter: &Interpreter, class: &Rc<Class>) -> Behaviour {
    let mut found = Behaviour::default();
    let is_project = |parsed: &Parsed| interpreter.library.is_project(parsed.file.path());
    // Each override calls the next, as a rule.
    for owner in class.mro.borrow().iter() {
        let own = |name: &str| match owner.attrs.borrow().get(name) {
            Some(Object::Function(function)) if is_project(&function.parsed) => Some(function.clone()),
            _ => None,
        };
        if let Some(function) = own("save")
            && let Some(def) = method(&function)
        {
            let body = Body::of(&function.parsed, def, 0, Some(class));
            found.save.get_or_insert_with(|| function.parsed.location(&def.name));
            for (name, assigned) in body.sets {
                found.sets.entry(name).or_insert(assigned);
            }
        }
        if let Some(function) = own("delete")
            && let Some(def) = method(&function)
            && found.keeps.is_none()
        {
            let body = Body::of(&function.parsed, def, 0, Some(class));
            if !body.sets.is_empty() && body.calls.contains("save") && !body.calls.contains("delete") {
                found.keeps = Some(function.parsed.location(&def.name));
            }
        }
    }
    found
}

/// Receivers in modules of models and in those that `ready()` imports.
fn receivers(
    interpreter: &mut Interpreter,
    apps: &ProjectApps,
    connected: &[String],
    models: &[Rc<Class>],
) -> Vec<(ModelKey, Receiver)> {
    let mut names: Vec<String> = connected.to_vec();
    for app in apps.apps.iter() {
        let package = format!("{}.models", app.name);
        if let Some((parsed, is_package)) = source(&interpreter.library, &package) {
            let below = format!("{package}.");
            names.extend(
                imported_by(&parsed, &package, is_package)
                    .into_iter()
                    .filter(|name| name.starts_with(&below)),
            );
        }
        names.push(package);
    }
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let Some((parsed, is_package)) = source(&interpreter.library, &name) else { continue };
        let own = interpreter.library.is_project(parsed.file.path());
        if !own || !parsed.file.text().contains("_save") {
            continue;
        }
        let module = Module { name: &name, is_package, parsed: &parsed };
        each(&parsed.body, 0, &mut |statement| {
            for (signals, sender, def) in module.connections(statement) {
                let Some(key) = module.model(interpreter, sender, models) else { continue };
                let at = parsed.location(&def.name);
                let body = Body::of(&parsed, def, usize::from(def.parameters.args.len() > 1), None);
                let before = signals.contains(&"pre_save");
                let sets = if before { body.sets } else { BTreeMap::new() };
                let receiver = Receiver { name: def.name.as_str().into(), at, sets, makes: body.makes };
                found.push((key, receiver));
            }
        });
    }
    found
}

/// A module that may connect receivers.
struct Module<'a> {
    name: &'a str,
    is_package: bool,
    parsed: &'a Parsed,
}

type Connection<'a> = (Vec<&'static str>, &'a Expr, &'a StmtFunctionDef);

impl<'a> Module<'a> {
    /// `@receiver(post_save, sender=Order)` above a function; `post_save.connect(fill, sender=Order)`.
    fn connections(&self, statement: &'a Stmt) -> Vec<Connection<'a>> {
        match statement {
            Stmt::FunctionDef(def) => def
                .decorator_list
                .iter()
                .filter_map(|decorator| {
                    let Expr::Call(call) = &decorator.expression else { return None };
                    if last_name(&call.func) != Some("receiver") {
                        return None;
                    }
                    let signals = signals(call.arguments.args.first()?);
                    let sender = call.arguments.find_keyword("sender")?;
                    (!signals.is_empty()).then_some((signals, &sender.value, def))
                })
                .collect(),
            Stmt::Expr(statement) => {
                let Expr::Call(call) = statement.value.as_ref() else { return Vec::new() };
                let Expr::Attribute(method) = call.func.as_ref() else { return Vec::new() };
                let signals = signals(&method.value);
                let receiver = call.arguments.args.first();
                let sender = call
                    .arguments
                    .find_keyword("sender")
                    .map(|keyword| &keyword.value)
                    .or(call.arguments.args.get(1));
                match (method.attr.as_str(), receiver, sender) {
                    ("connect", Some(Expr::Name(name)), Some(sender)) if !signals.is_empty() => {
                        let def = self.parsed.body.iter().find_map(|statement| match statement {
                            Stmt::FunctionDef(def) if def.name.as_str() == name.id.as_str() => Some(def),
                            _ => None,
                        });
                        def.map(|def| (signals, sender, def)).into_iter().collect()
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// The model that a sender is.
    fn model(&self, interpreter: &mut Interpreter, sender: &Expr, models: &[Rc<Class>]) -> Option<ModelKey> {
        let label = |text: &str| {
            let (app, model) = text.split_once('.')?;
            let of_label = |class: &&Rc<Class>| {
                key_of(class)
                    .is_some_and(|key| key.app.as_str() == app && *key.model == *model.to_lowercase())
            };
            models.iter().find(of_label).and_then(|class| key_of(class))
        };
        let user = last_name(sender).is_some_and(|name| matches!(name, "AUTH_USER_MODEL" | "get_user_model"));
        if user {
            let setting = facts(interpreter).settings.get("AUTH_USER_MODEL");
            return label(setting.as_ref().and_then(Value::as_str).unwrap_or("auth.User"));
        }
        if let Expr::StringLiteral(text) = sender {
            return label(text.value.to_str());
        }
        let path = self.path(sender)?;
        let (owner, name) = path.rsplit_once('.')?;
        let is_it = |class: &&Rc<Class>| {
            let module = &*class.module;
            let re_exported =
                module.strip_prefix(owner).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            class.name.as_str() == name && re_exported
        };
        let mut found = models.iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(only), None) => key_of(only),
            _ => None,
        }
    }

    /// The dotted path that a name stands for: of an import of this module, or of a class in it.
    fn path(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Attribute(attribute) => {
                Some(format!("{}.{}", self.path(&attribute.value)?, attribute.attr))
            }
            Expr::Name(name) => {
                let mut found = None;
                each(&self.parsed.body, 0, &mut |statement| match statement {
                    Stmt::ClassDef(def) if def.name.as_str() == name.id.as_str() => {
                        found = Some(format!("{}.{}", self.name, def.name));
                    }
                    Stmt::ImportFrom(import) => {
                        for alias in &import.names {
                            if alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name.id.as_str() {
                                found =
                                    self.absolute(import.level, import.module.as_ref().map(AsRef::as_ref));
                                found = found.take().map(|owner| format!("{owner}.{}", alias.name));
                            }
                        }
                    }
                    _ => {}
                });
                found
            }
            _ => None,
        }
    }

    /// The module that `from … import` names.
    fn absolute(&self, level: u32, named: Option<&str>) -> Option<String> {
        if level == 0 {
            return named.map(str::to_owned);
        }
        let mut base = self.name;
        for _ in usize::from(self.is_package)..level as usize {
            base = base.rsplit_once('.')?.0;
        }
        Some(named.map_or_else(|| base.to_owned(), |named| format!("{base}.{named}")))
    }
}

fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

/// The signals of saving that an expression names: one, or several in a list.
fn signals(expr: &Expr) -> Vec<&'static str> {
    let several: &[Expr] = match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        one => std::slice::from_ref(one),
    };
    several
        .iter()
        .filter_map(|one| match last_name(one) {
            Some("pre_save") => Some("pre_save"),
            Some("post_save") => Some("post_save"),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
#[path = "behaviour_tests.rs"]
mod tests;
