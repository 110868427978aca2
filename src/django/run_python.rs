//! What the code of a `RunPython` reaches, read from its syntax tree: functions of its own module
//! and of others in the repository are followed.
//!
//! Django hands the function historical models (`apps.get_model`); a class imported from an app's
//! `models` is the model as it will be at the end (`django/db/migrations/operations/special.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::data_code::{self, DataFacts, literal_model};
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{self, Expr, Stmt};
use crate::python::syntax::{Parsed, Ranged as _, TextRange};
use crate::source::Location;

mod today;

/// Names that only managers have.
const MANAGERS: &[&str] = &["objects", "_default_manager", "_base_manager", "all_objects"];

/// How many functions are followed from one `RunPython`.
const FUNCTION_LIMIT: usize = 200;

/// A parsed module under its dotted name.
#[derive(Debug, Clone)]
pub struct Module {
    /// `shop.migrations.0002_fill`
    pub name: Arc<str>,
    /// Whether it is a package's `__init__`.
    pub package: bool,
    /// Its text and tree.
    pub parsed: Arc<Parsed>,
}

/// What the code reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Uses of names imported from an app's `models`, in order of place.
    pub models: Vec<ModelUse>,
    /// What it does with historical models.
    pub data: DataFacts,
    /// The parameters of the function itself.
    pub parameters: Option<Parameters>,
}

/// A function's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Names of those that a call without keywords fills, in order.
    pub positional: Vec<Arc<str>>,
    /// How many of them have a default.
    pub defaults: usize,
    /// Whether it takes any number of arguments.
    pub variadic: bool,
    /// Keyword-only ones without a default.
    pub required: usize,
    /// Where the function's name stands.
    pub at: Location,
}

/// A use of something imported from an app's `models`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUse {
    /// Where it is used.
    pub at: Location,
    /// Where it is imported.
    pub imported_at: Location,
    /// `shop.models.Order`, or `django.contrib.auth.get_user_model`.
    pub path: Arc<str>,
    /// Whether it is no import but today's registry that gives it: `get_model("shop", "Order")`.
    pub registry: bool,
    /// How it is used.
    pub how: How,
    /// Functions on the way to it, the one that `RunPython` names first.
    pub through: Vec<Arc<str>>,
}

/// How an imported name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Through a manager, or `get_user_model()`: only a model is used like that.
    Manager,
    /// Called, asked for a method, or handed on: a model if it is the name of one.
    Value,
    /// An attribute that is no manager: a constant, as likely as not.
    Attribute,
}

/// Reads what a function reaches. `find` gives the module of a dotted name, as long as it lies in
/// the repository; `None` where there is no such function in the module.
pub fn facts(module: &Module, function: &str, find: &dyn Fn(&str) -> Option<Module>) -> Option<CodeFacts> {
    let mut walk = Walk { find, seen: BTreeSet::new(), facts: CodeFacts::default() };
    let scope = Arc::new(Scope::of(module));
    walk.facts.parameters = parameters(module, scope.definition(&module.parsed.body, function)?);
    let mut queue = vec![(module.clone(), scope, Arc::<str>::from(function), Vec::new())];
    let mut index = 0;
    while let Some((module, scope, name, through)) = queue.get(index).cloned() {
        index += 1;
        if walk.seen.len() >= FUNCTION_LIMIT || !walk.seen.insert((module.name.clone(), name.clone())) {
            continue;
        }
        walk.function(&module, &scope, &name, &through, &mut queue);
    }
    walk.facts.models.sort_by(|a, b| {
        (a.at.file.display(), a.at.start, &a.path).cmp(&(b.at.file.display(), b.at.start, &b.path))
    });
    walk.facts.models.dedup_by(|a, b| a.at == b.at && a.path == b.path);
    Some(walk.facts)
}

fn parameters(module: &Module, definition: &Stmt) -> Option<Parameters> {
    let Stmt::FunctionDef(def) = definition else { return None };
    let list = &def.parameters;
    let positional = list.posonlyargs.iter().chain(&list.args);
    Some(Parameters {
        positional: positional.clone().map(|one| one.parameter.name.as_str().into()).collect(),
        defaults: positional.filter(|one| one.default.is_some()).count(),
        variadic: list.vararg.is_some(),
        required: list.kwonlyargs.iter().filter(|one| one.default.is_none()).count(),
        at: module.parsed.location(def.name.range()),
    })
}

type Queue = Vec<(Module, Arc<Scope>, Arc<str>, Vec<Arc<str>>)>;

struct Walk<'f> {
    find: &'f dyn Fn(&str) -> Option<Module>,
    seen: BTreeSet<(Arc<str>, Arc<str>)>,
    facts: CodeFacts,
}

/// A name that an import binds.
#[derive(Debug, Clone)]
struct Import {
    /// The whole dotted path: of a module, or of a name in one.
    path: String,
    at: Location,
    /// Whether the name stands for a model of today's registry.
    registry: bool,
}

/// What a module's own level binds.
#[derive(Debug, Default)]
struct Scope {
    imports: BTreeMap<String, Import>,
    definitions: BTreeSet<String>,
}

impl Scope {
    fn of(module: &Module) -> Self {
        let mut binder = Binder { module, scope: Self::default(), assigned: BTreeSet::new(), nested: false };
        for stmt in &module.parsed.body {
            binder.visit_stmt(stmt);
        }
        // Bound again, a name is no longer what was imported.
        for name in &binder.assigned {
            binder.scope.imports.remove(name);
        }
        binder.scope.models_of_today(module);
        binder.scope
    }

    fn definition<'a>(&self, body: &'a [Stmt], name: &str) -> Option<&'a Stmt> {
        if !self.definitions.contains(name) {
            return None;
        }
        body.iter().rev().find(|stmt| match stmt {
            Stmt::FunctionDef(def) => def.name.as_str() == name,
            Stmt::ClassDef(def) => def.name.as_str() == name,
            _ => false,
        })
    }
}

impl Walk<'_> {
    fn function(
        &mut self,
        module: &Module,
        scope: &Scope,
        name: &Arc<str>,
        through: &[Arc<str>],
        queue: &mut Queue,
    ) {
        let Some(definition) = scope.definition(&module.parsed.body, name) else { return };
        let mut through = through.to_vec();
        through.push(name.clone());
        let locals = Locals::of(module, scope, definition);
        let registry = |name: &str| {
            let import = locals
                .imports
                .get(name)
                .or_else(|| scope.imports.get(name).filter(|_| !locals.bound.contains(name)));
            import.is_some_and(|import| import.path == today::REGISTRY)
        };
        data_code::look(&module.parsed, definition, &registry, &mut self.facts.data);
        let mut uses = Uses {
            module,
            scope,
            locals: vec![locals],
            found: Vec::new(),
            calls: BTreeMap::new(),
            called: None,
        };
        match definition {
            Stmt::FunctionDef(def) => uses.visit_body(module.parsed.function_body(def)),
            Stmt::ClassDef(def) => uses.visit_body(&def.body),
            _ => return,
        }
        for (at, import, path, how) in uses.found {
            let path = path.into();
            self.facts.models.push(ModelUse {
                at,
                imported_at: import.at,
                path,
                registry: import.registry,
                how,
                through: through.clone(),
            });
        }
        for target in uses.calls.into_values() {
            match target {
                Call::Here(name) => {
                    queue.push((module.clone(), Arc::new(Scope::of(module)), name.into(), through.clone()));
                }
                Call::Elsewhere(path) => {
                    let Some((owner, name)) = path.rsplit_once('.') else { continue };
                    if let Some(other) = (self.find)(owner) {
                        let scope = Arc::new(Scope::of(&other));
                        queue.push((other, scope, name.into(), through.clone()));
                    }
                }
            }
        }
    }
}

enum Call {
    Here(String),
    Elsewhere(String),
}

/// Collects what statements bind, without going into functions.
struct Binder<'m> {
    module: &'m Module,
    scope: Scope,
    assigned: BTreeSet<String>,
    nested: bool,
}

impl<'a> Visitor<'a> for Binder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.scope.definitions.insert(def.name.to_string());
            }
            Stmt::ClassDef(def) => {
                self.scope.definitions.insert(def.name.to_string());
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let at = self.module.parsed.location(alias.range());
                    let (name, path) = if let Some(name) = &alias.asname {
                        (name.to_string(), alias.name.to_string())
                    } else {
                        let first = alias.name.split('.').next().unwrap_or_default();
                        (first.to_owned(), first.to_owned())
                    };
                    self.scope.imports.insert(name, Import { path, at, registry: false });
                }
            }
            Stmt::ImportFrom(import) => {
                let Some(owner) = resolve(self.module, import) else { return };
                for alias in &import.names {
                    let at = self.module.parsed.location(alias.range());
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    let path = format!("{owner}.{}", alias.name);
                    self.scope.imports.insert(name, Import { path, at, registry: false });
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() => {
                self.assigned.insert(name.id.to_string());
            }
            Expr::Lambda(_) => {}
            // Their targets are names of their own.
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) if !self.nested => {
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The absolute name of the module that `from … import` names.
fn resolve(module: &Module, import: &ast::StmtImportFrom) -> Option<String> {
    let named = import.module.as_ref().map(ToString::to_string).unwrap_or_default();
    if import.level == 0 {
        return Some(named);
    }
    let mut parts: Vec<&str> = module.name.split('.').collect();
    let up = import.level as usize - usize::from(module.package);
    if up > parts.len() {
        return None;
    }
    parts.truncate(parts.len() - up);
    if !named.is_empty() {
        parts.push(&named);
    }
    (!parts.is_empty()).then(|| parts.join("."))
}

/// What a function binds: a name that it assigns anywhere is its own everywhere.
struct Locals {
    bound: BTreeSet<String>,
    imports: BTreeMap<String, Import>,
}

impl Locals {
    fn of(module: &Module, scope: &Scope, definition: &Stmt) -> Self {
        let mut binder = Binder { module, scope: Scope::default(), assigned: BTreeSet::new(), nested: true };
        match definition {
            Stmt::FunctionDef(def) => {
                for parameter in &def.parameters {
                    binder.assigned.insert(parameter.name().to_string());
                }
                for stmt in module.parsed.function_body(def) {
                    binder.visit_stmt(stmt);
                }
            }
            Stmt::ClassDef(_) => {}
            _ => {}
        }
        for name in &binder.assigned {
            binder.scope.imports.remove(name);
        }
        let mut bound = binder.assigned;
        bound.extend(binder.scope.definitions);
        Self { bound, imports: binder.scope.imports }.with_models_of_today(module, scope, definition)
    }
}

/// Finds uses of imported models and of functions, in a function's body.
struct Uses<'m> {
    module: &'m Module,
    scope: &'m Scope,
    locals: Vec<Locals>,
    found: Vec<(Location, Import, String, How)>,
    calls: BTreeMap<String, Call>,
    /// Where the function of the call at hand stands.
    called: Option<TextRange>,
}

impl Uses<'_> {
    /// The import that a name stands for; `None` where it is bound otherwise.
    fn import(&self, name: &str) -> Option<Import> {
        for locals in self.locals.iter().rev() {
            if let Some(import) = locals.imports.get(name) {
                return Some(import.clone());
            }
            if locals.bound.contains(name) {
                return None;
            }
        }
        self.scope.imports.get(name).cloned()
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|locals| locals.bound.contains(name) || locals.imports.contains_key(name))
    }

    /// A dotted expression: what its first name stands for, then the attributes.
    fn dotted(&mut self, expr: &Expr) -> bool {
        let mut names = Vec::new();
        let mut inner = expr;
        while let Expr::Attribute(attribute) = inner {
            names.push(attribute.attr.as_str());
            inner = &attribute.value;
        }
        let Expr::Name(first) = inner else { return false };
        names.reverse();
        let Some(import) = self.import(&first.id) else {
            if names.is_empty()
                && !self.is_local(&first.id)
                && self.scope.definitions.contains(first.id.as_str())
            {
                self.calls.insert(first.id.to_string(), Call::Here(first.id.to_string()));
            }
            return true;
        };
        let mut path = import.path.clone();
        let mut rest = names.into_iter();
        // Modules along the way: `shop.models.Order` of `import shop.models`.
        while model_class(&path).is_none() && path != today::USER {
            let Some(next) = rest.next() else { break };
            path = format!("{path}.{next}");
        }
        let at = self.module.parsed.location(expr.range());
        if model_class(&path).is_some() {
            let how = match rest.next() {
                None => How::Value,
                Some(name) if MANAGERS.contains(&name) => How::Manager,
                Some(name)
                    if self.called == Some(expr.range())
                        && name.starts_with(|c: char| c.is_ascii_lowercase()) =>
                {
                    How::Value
                }
                Some(_) => How::Attribute,
            };
            self.found.push((at, import, path, how));
        } else if path == today::USER {
            self.found.push((at, import, path, How::Manager));
        } else if !path.starts_with("django.") {
            self.calls.insert(path.clone(), Call::Elsewhere(path));
        }
        true
    }
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            Stmt::FunctionDef(def) => {
                self.locals.push(Locals::of(self.module, self.scope, stmt));
                let module = self.module;
                Visitor::visit_body(self, module.parsed.function_body(def));
                self.locals.pop();
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() => {}
            Expr::Attribute(manager)
                if MANAGERS.contains(&manager.attr.as_str()) && manager.value.is_call_expr() =>
            {
                let path = |name: &str| self.import(name).map(|import| import.path);
                let taken = manager.value.as_call_expr().and_then(|call| today::model(call, &path));
                if let Some(path) = taken.filter(|path| path != today::USER) {
                    let at = self.module.parsed.location(expr.range());
                    let import = Import { path: path.clone(), at: at.clone(), registry: true };
                    self.found.push((at, import, path, How::Manager));
                }
                walk_expr(self, expr);
            }
            Expr::Name(_) | Expr::Attribute(_) => {
                if !self.dotted(expr) {
                    walk_expr(self, expr);
                }
            }
            Expr::Call(call) => {
                self.called = Some(call.func.range());
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The name after the last `models` part of a path, if it is a class's: `Order` of
/// `shop.models.orders.Order`. Django's own `django.db.models` holds no app's models.
fn model_class(path: &str) -> Option<&str> {
    if path.starts_with("django.db.") || path.starts_with("django.contrib.gis.db.") {
        return None;
    }
    let (owner, name) = path.rsplit_once('.')?;
    let is_class =
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().any(|c| c.is_ascii_lowercase());
    (is_class && owner.split('.').any(|part| part == "models")).then_some(name)
}

impl ModelUse {
    /// The class's own name.
    pub fn class_name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

#[cfg(test)]
mod tests;
