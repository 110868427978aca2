//! What `AppConfig.ready()` imports. Phase 3 of `Apps.populate` is not run, but the modules that it
//! imports, and what those import, may declare models.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::ProjectApps;
use super::declares::{each, each_class, looks_like_model};
use crate::django::runtime::models::InstalledApp;
use crate::python::interpreter::Interpreter;
use crate::python::library::{Found, Library};
use crate::python::syntax::Parsed;
use crate::python::syntax::ast::{Expr, Stmt, StmtImportFrom};

/// Evaluates the modules of the apps that declare models, or set settings, and that are reached from
/// `ready()` methods by import statements. Others in between are read, not evaluated. Gives the names of
/// all that are reached.
pub(super) fn import(interpreter: &mut Interpreter, apps: &ProjectApps) -> Vec<String> {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut conditional = Vec::new();
    let todo = of_ready(&interpreter.library, apps);
    let mut declaring = reached_from(&interpreter.library, apps, todo, &mut seen, &mut conditional);
    // Whether what stands under a condition is imported, the module that says so tells when it is evaluated.
    while let Some((importer, modules)) = conditional.pop() {
        let library = &interpreter.library;
        if !reached_from(library, apps, modules, &mut seen, &mut conditional).is_empty() {
            declaring.push(importer);
        }
    }
    for module in declaring {
        // What fails there fails when the site starts, too.
        let _ = interpreter.load_module(&module);
    }
    let mut reached: Vec<String> = seen.into_iter().collect();
    reached.sort();
    reached
}

/// The modules that declare models, or set settings, among those that `todo` and what they import lead to.
/// Modules that are imported under a condition are left in `conditional`, with the one that imports them.
fn reached_from(
    library: &Library,
    apps: &ProjectApps,
    mut todo: Vec<String>,
    seen: &mut FxHashSet<String>,
    conditional: &mut Vec<(String, Vec<String>)>,
) -> Vec<String> {
    let mut declaring: Vec<String> = Vec::new();
    while let Some(name) = todo.pop() {
        if !within(apps, &name) || !seen.insert(name.clone()) {
            continue;
        }
        let Some((parsed, is_package)) = source(library, &name) else { continue };
        let (sure, perhaps): (Vec<&Stmt>, Vec<&Stmt>) =
            parsed.body.iter().partition(|statement| !matches!(statement, Stmt::If(_)));
        todo.extend(imported_in(&sure, &name, is_package).into_iter().rev());
        let perhaps = imported_in(&perhaps, &name, is_package);
        if !perhaps.is_empty() {
            conditional.push((name.clone(), perhaps));
        }
        let mut declares = false;
        each_class(&parsed.body, &mut |def| declares |= looks_like_model(def));
        // Packages give their own settings defaults by setting them.
        each(&parsed.body, 0, &mut |statement| declares |= sets_a_setting(statement));
        if declares {
            declaring.push(name);
        }
    }
    declaring
}

/// Modules that `ready()` methods import, the last one first.
pub(super) fn of_ready(library: &Library, apps: &ProjectApps) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for app in apps.apps.iter() {
        if discovers_admins(app) {
            modules.extend(apps.apps.iter().map(|app| format!("{}.admin", app.name)));
        }
        for holder in [format!("{}.apps", app.name), app.name.to_string()] {
            if let Some((parsed, package)) = source(library, &holder) {
                let package = if package { holder } else { app.name.to_string() };
                imports_of_ready(&parsed, &package, &mut modules);
            }
        }
    }
    modules.reverse();
    modules
}

/// Whether an app's `ready()` imports the `admin` module of every app (`AdminConfig`, which
/// `SimpleAdminConfig` and what derives from it alone do not).
fn discovers_admins(app: &InstalledApp) -> bool {
    let simple = |path: &Arc<str>| path.ends_with(".SimpleAdminConfig");
    &*app.name == "django.contrib.admin" && !app.config.as_ref().is_some_and(simple)
}

/// Modules that a module imports when it is evaluated, in order.
pub(super) fn imported_by(parsed: &Parsed, name: &str, is_package: bool) -> Vec<String> {
    imported_in(&parsed.body.iter().collect::<Vec<_>>(), name, is_package)
}

fn imported_in(body: &[&Stmt], name: &str, is_package: bool) -> Vec<String> {
    let package = if is_package { name } else { name.rsplit_once('.').map_or("", |(parent, _)| parent) };
    let mut found = Vec::new();
    for statement in body {
        each(std::slice::from_ref(*statement), 0, &mut |inner| imports(inner, package, &mut found));
    }
    found
}

/// Evaluates the modules of the apps' configurations that set settings: Django imports them before any
/// module of models (`Apps.populate`, phase 1).
pub(super) fn set_settings(interpreter: &mut Interpreter, apps: &ProjectApps) {
    for app in apps.apps.iter() {
        let module = app.config.as_ref().and_then(|path| path.rsplit_once('.')).map(|(module, _)| module);
        let Some(module) = module else { continue };
        let Some((parsed, _)) = source(&interpreter.library, module) else { continue };
        let mut sets = false;
        each(&parsed.body, 0, &mut |statement| sets |= sets_a_setting(statement));
        if sets {
            let _ = interpreter.load_module(module);
        }
    }
}

/// `settings.X = …`, `setattr(settings, "X", …)`
fn sets_a_setting(statement: &Stmt) -> bool {
    let settings = |object: &Expr| matches!(object, Expr::Name(object) if object.id == "settings");
    match statement {
        Stmt::Assign(inner) => inner.targets.iter().any(|target| match target {
            Expr::Attribute(attribute) => settings(&attribute.value),
            _ => false,
        }),
        Stmt::Expr(inner) => match &*inner.value {
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Name(name) if name.id == "setattr")
                    && call.arguments.args.first().is_some_and(settings)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a module is an app's package, or lies within one.
pub(super) fn within(apps: &ProjectApps, module: &str) -> bool {
    let holds =
        |name: &str| module.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    apps.apps.iter().any(|app| holds(&app.name))
}

/// A module's parsed text, and whether it is a package.
pub(super) fn source(library: &Library, module: &str) -> Option<(Arc<Parsed>, bool)> {
    match library.find(module) {
        Found::Package(path) => Some((library.parse(&path).ok()?, true)),
        Found::Module(path) => Some((library.parse(&path).ok()?, false)),
        Found::Namespace(_) | Found::Missing => None,
    }
}

fn imports_of_ready(parsed: &Arc<Parsed>, package: &str, modules: &mut Vec<String>) {
    each_class(&parsed.body, &mut |class| {
        for member in &class.body {
            if let Stmt::FunctionDef(def) = member
                && def.name.id == "ready"
            {
                let unconditional = |statement: &Stmt| !matches!(statement, Stmt::If(_));
                for statement in parsed.function_body(def).iter().filter(|statement| unconditional(statement))
                {
                    each(std::slice::from_ref(statement), 0, &mut |inner| imports(inner, package, modules));
                }
            }
        }
    });
}

/// Modules that an import statement names: the ones it surely imports, and those it may.
fn imports(statement: &Stmt, package: &str, modules: &mut Vec<String>) {
    match statement {
        Stmt::Import(inner) => modules.extend(inner.names.iter().map(|alias| alias.name.id.to_string())),
        Stmt::ImportFrom(inner) => from_import(inner, package, modules),
        _ => {}
    }
}

fn from_import(inner: &StmtImportFrom, package: &str, modules: &mut Vec<String>) {
    let mut base = if inner.level == 0 { "" } else { package };
    for _ in 1..inner.level {
        let Some((parent, _)) = base.rsplit_once('.') else { return };
        base = parent;
    }
    let base = match &inner.module {
        Some(module) if base.is_empty() => module.id.to_string(),
        Some(module) => format!("{base}.{}", module.id),
        None => base.to_owned(),
    };
    modules.extend(inner.names.iter().map(|alias| format!("{base}.{}", alias.name.id)));
    modules.push(base);
}
