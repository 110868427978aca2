//! Parses what evaluating the models will ask for, on another thread: parsing takes as long as
//! evaluating does.

use rustc_hash::FxHashSet;

use super::ready::{imported_by, of_ready, source};
use super::{ProjectApps, holds_models};
use crate::python::library::Library;

/// Most modules that are parsed ahead. Nautobot has 1,100.
const LIMIT: usize = 10_000;

/// Parses the `models` modules of the apps, and what these import that may hold models, in the order in
/// which they are evaluated. Whatever can't be read is left to whoever asks for it.
pub fn read_ahead(library: &Library, apps: &ProjectApps) {
    // What `ready()` methods reach comes last.
    let mut todo = of_ready(library, apps);
    for app in apps.apps.iter().rev() {
        todo.extend([format!("{}.models", app.name), app.name.to_string()]);
    }
    let mut seen: FxHashSet<String> = FxHashSet::default();
    while let Some(name) = todo.pop() {
        if seen.len() >= LIMIT {
            return;
        }
        if !holds_models(library, apps, &name) || !seen.insert(name.clone()) {
            continue;
        }
        let Some((parsed, is_package)) = source(library, &name) else { continue };
        todo.extend(imported_by(&parsed, &name, is_package).into_iter().rev());
    }
}
