//! Settings that are not there: packages give them defaults when they are loaded, some in modules that no
//! app's models import.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apps::Evaluator;
use crate::django::runtime::{self, SettingsValues};
use crate::project::Project;

/// Evaluates the modules of installed apps that name one of the settings, which were asked for in vain.
/// Whether there was one.
pub(super) fn look_for(evaluator: &mut Evaluator, names: &BTreeSet<Arc<str>>) -> bool {
    let modules = modules_naming(evaluator.project, names);
    for module in &modules {
        // What fails in such a module is none of our business here.
        let _ = evaluator.interpreter.load_module(module);
    }
    !modules.is_empty()
}

/// The project's settings with those that evaluated modules set.
pub(super) fn settings(evaluator: &mut Evaluator) -> SettingsValues {
    let mut settings = (*evaluator.project.facts.settings).clone();
    for (name, value) in runtime::settings_set(&mut evaluator.interpreter) {
        settings.values.entry(name).or_insert(value);
    }
    settings
}

/// Modules in the packages of installed apps whose text holds one of the names.
fn modules_naming(project: &Project, names: &BTreeSet<Arc<str>>) -> Vec<String> {
    let mut modules = Vec::new();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    if names.is_empty() {
        return modules;
    }
    for app in project.apps.values() {
        let Some(folder) = &app.path else { continue };
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut stems: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_suffix(".py")?.to_owned()))
            .filter(|stem| stem != "__init__")
            .collect();
        stems.sort();
        for stem in stems {
            if project.library.mentions(&folder.join(format!("{stem}.py")), &names) == Some(true) {
                modules.push(format!("{}.{stem}", app.name));
            }
        }
    }
    modules
}
