//! Which modules mean the same whether or not the apps are loaded: Django loads every app before it looks
//! at a migration, and what a migration imports may then say something else (a registry that models fill, a
//! prefix that a package sets).

use super::ready::imported_by;
use crate::python::library::{Found, Library};
use crate::python::syntax::Parsed;

/// Parts of Django that hold nothing of a project's apps.
const WITHOUT_APPS: &[&str] = &[
    "django.conf",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.core",
    "django.db",
    "django.forms",
    "django.utils",
];

/// Whether all that a module imports when it is evaluated is Django's, apart from its apps, or Python's own.
pub fn stands_alone(library: &Library, parsed: &Parsed, module: &str) -> bool {
    imported_by(parsed, module, false).iter().all(|name| !is_of_apps(library, name))
}

/// Whether a module may say something else once the apps are loaded.
pub fn is_of_apps(library: &Library, module: &str) -> bool {
    let top = module.split('.').next().unwrap_or(module);
    if top == "django" {
        let within = |part: &&str| {
            module.strip_prefix(*part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let above = |part: &&str| part.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'));
        return !WITHOUT_APPS.iter().any(|part| within(part) || above(part));
    }
    library.find(top) != Found::Missing
}
