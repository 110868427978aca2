//! What the names of a module stand for: classes of models, instances, admin classes.

use std::collections::BTreeMap;

use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{Expr, ExprCall, Stmt};

/// Which names of a module stand for which class, in lower case; and for instances of which.
#[derive(Default)]
pub(super) struct Names {
    classes: BTreeMap<String, String>,
    /// Variables, with the model whose instance they hold; `None` where they hold several things.
    pub instances: BTreeMap<String, Option<String>>,
    /// Admin classes by name, with the model that they are registered for.
    pub registered: BTreeMap<String, String>,
}

impl Names {
    /// The model that an expression is the class of.
    pub fn class_of(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => self.classes.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) if is_models(&attribute.value) => {
                Some(attribute.attr.id.as_str().to_lowercase())
            }
            _ => None,
        }
    }

    /// The model at which a query starts: `Order.objects.filter(…)`, `Order(…)`.
    pub fn root_of(&self, expr: &Expr) -> Option<String> {
        let mut at = expr;
        loop {
            if let Some(model) = self.class_of(at) {
                return Some(model);
            }
            at = match at {
                Expr::Attribute(attribute) => &attribute.value,
                Expr::Call(call) => &call.func,
                Expr::Subscript(subscript) => &subscript.value,
                Expr::Await(inner) => &inner.value,
                _ => return None,
            };
        }
    }

    /// Remembers what a variable holds; one that holds several things holds none for sure.
    fn hold(&mut self, name: &str, model: Option<String>) {
        let known = self.instances.entry(name.to_owned()).or_insert_with(|| model.clone());
        if *known != model {
            *known = None;
        }
    }
}

/// `models`, or a module of that name.
pub(super) fn is_models(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.id.as_str() == "models" || name.id.as_str().ends_with("_models"),
        Expr::Attribute(attribute) => attribute.attr.id.as_str() == "models",
        _ => false,
    }
}

/// Methods that end a query in one instance.
const ONE: &[&str] = &["get", "first", "last", "create", "earliest", "latest", "aget", "afirst", "acreate"];

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if alias.name.id.starts_with(|c: char| c.is_uppercase()) {
                        let class = alias.name.id.as_str().to_lowercase();
                        self.classes.insert(name.id.to_string(), class);
                    }
                }
            }
            Stmt::ClassDef(class) => {
                let name = class.name.id.as_str();
                self.classes.entry(name.to_owned()).or_insert_with(|| name.to_lowercase());
            }
            Stmt::Assign(assign) => {
                let model = self.instance(&assign.value);
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        self.hold(name.id.as_str(), model.clone());
                    }
                }
            }
            Stmt::For(inner) => {
                if let Expr::Name(name) = &*inner.target {
                    let model = self.root_of(&inner.iter);
                    self.hold(name.id.as_str(), model);
                }
            }
            Stmt::FunctionDef(function) => {
                for parameter in &*function.parameters {
                    let annotation = parameter.annotation().and_then(|annotation| self.class_of(annotation));
                    self.hold(parameter.name().id.as_str(), annotation);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && method(call) == Some("register")
            && let [models, admin, ..] = &call.arguments.args[..]
            && let (Some(model), Expr::Name(admin)) = (self.class_of(models), admin)
        {
            self.registered.insert(admin.id.to_string(), model);
        }
        walk_expr(self, expr);
    }
}

impl Names {
    /// The model of the instance that an expression comes to.
    pub fn instance(&self, expr: &Expr) -> Option<String> {
        let Expr::Call(call) = expr else { return None };
        if let Some(model) = self.class_of(&call.func) {
            return Some(model);
        }
        match &*call.func {
            Expr::Attribute(attribute) if ONE.contains(&attribute.attr.id.as_str()) => {
                self.root_of(&attribute.value)
            }
            Expr::Name(name) if name.id.as_str() == "get_object_or_404" => {
                call.arguments.args.first().and_then(|first| self.root_of(first))
            }
            _ => None,
        }
    }
}

/// The name of the method or function that is called.
pub(super) fn method(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Attribute(attribute) => Some(attribute.attr.id.as_str()),
        Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    }
}
