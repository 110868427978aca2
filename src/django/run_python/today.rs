//! Models that code takes from today's registry, not from the one that Django hands to `RunPython`.

use std::collections::BTreeMap;

use super::{Import, Locals, Module, Scope, literal_model};
use crate::python::syntax::Ranged as _;
use crate::python::syntax::ast::{Expr, ExprCall, Stmt};

/// Today's registry.
pub(super) const REGISTRY: &str = "django.apps.apps";
/// The function that gives the user model.
pub(super) const USER: &str = "django.contrib.auth.get_user_model";

/// What a call gives where it gives a model of today's code: the path that its import would have, or
/// that of [`USER`]. `import` tells what a name is imported from.
pub(super) fn model(call: &ExprCall, import: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let owner = match call.func.as_ref() {
        // Whoever offers a function of that name asks today's registry: there is no other to import.
        Expr::Name(name) => {
            let path = import(name.id.as_str())?;
            if path == USER {
                return Some(path);
            }
            (path.rsplit('.').next() == Some("get_model")).then_some(path)
        }
        Expr::Attribute(method) if method.attr.as_str() == "get_model" => match method.value.as_ref() {
            Expr::Name(name) => import(name.id.as_str()).filter(|path| path == REGISTRY),
            _ => None,
        },
        _ => None,
    };
    owner?;
    let model = literal_model(call)?;
    Some(format!("{}.models.{}", model.app, model.name))
}

impl Scope {
    /// `Order = get_model("shop", "Order")`, `User = get_user_model()` at the top of a module: there are
    /// no historical models yet.
    pub(super) fn models_of_today(&mut self, module: &Module) {
        for stmt in &module.parsed.body {
            let Stmt::Assign(assign) = stmt else { continue };
            let ([Expr::Name(name)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref())
            else {
                continue;
            };
            let found = model(call, &|name| self.imports.get(name).map(|import| import.path.clone()));
            if let Some(path) = found {
                let at = module.parsed.location(stmt.range());
                self.imports.insert(name.id.to_string(), Import { path, at, registry: true });
            }
        }
    }
}

impl Locals {
    /// `Order = get_model("shop", "Order")` in the function's own body, where nothing binds `Order` anew.
    pub(super) fn with_models_of_today(mut self, module: &Module, scope: &Scope, definition: &Stmt) -> Self {
        let Stmt::FunctionDef(def) = definition else { return self };
        let path = |name: &str| {
            let own = self.imports.get(name);
            own.or_else(|| scope.imports.get(name).filter(|_| !self.bound.contains(name)))
                .map(|one| one.path.clone())
        };
        let mut taken: BTreeMap<String, Option<Import>> = BTreeMap::new();
        for stmt in module.parsed.function_body(def) {
            let Stmt::Assign(assign) = stmt else { continue };
            let [Expr::Name(name)] = assign.targets.as_slice() else { continue };
            let found = assign.value.as_call_expr().and_then(|call| model(call, &path));
            let at = module.parsed.location(stmt.range());
            let import = found.filter(|path| path != USER).map(|path| Import { path, at, registry: true });
            let known = taken.entry(name.id.to_string()).or_insert_with(|| import.clone());
            if import.is_none() {
                *known = None;
            }
        }
        self.imports.extend(taken.into_iter().filter_map(|(name, import)| Some((name, import?))));
        self
    }
}
