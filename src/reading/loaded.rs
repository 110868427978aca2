//! What holds once Django has loaded every app: the models, and the settings that packages set where
//! they are missing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{on_big_stack, project_apps, swappables};
use crate::django::contrib;
use crate::django::models::{self, ModelsRead, ProjectApps};
use crate::django::runtime::{self, SettingsValues};
use crate::project::{Project, readers};
use crate::python::library::Found;
use crate::python::value::Value;
use crate::source::STACK_BYTES;

/// What models.py say, and which options `AlterModelOptions` looks at.
pub struct Models {
    /// The models.
    pub read: ModelsRead,
    /// `AlterModelOptions.ALTER_OPTION_KEYS`, where the project changes it.
    pub option_keys: Option<Vec<Arc<str>>>,
    /// Settings that the apps' modules set.
    settings: Vec<(Arc<str>, Value)>,
}

/// Reads the models of all installed apps.
pub fn read_models(project: &Project) -> Models {
    let apps = project_apps(project);
    std::thread::scope(|scope| {
        let ahead = std::thread::Builder::new().stack_size(STACK_BYTES);
        // Without a second thread the files are parsed when they are asked for.
        let _ = ahead.spawn_scoped(scope, || models::read_ahead(&project.library, &apps));
        on_big_stack(|| evaluate_models(project, &apps))
    })
}

fn evaluate_models(project: &Project, apps: &ProjectApps) -> Models {
    let mut interpreter = runtime::interpreter(project.library.clone(), project.facts.clone());
    readers::provide(&mut interpreter);
    let mut read = models::read(&mut interpreter, apps);
    add_bundled_models(project, &mut read);
    let option_keys = models::alter_option_keys(&mut interpreter);
    let settings = runtime::settings_set(&mut interpreter);
    Models { read, option_keys, settings }
}

/// Settings with what the apps' modules set when they are loaded. `lacking` are the names that were
/// asked for in vain: a module beside the app's `models` that names one of them is loaded too, since
/// packages keep the defaults of their settings in modules of their own.
pub(super) fn settings(project: &Project, models: &Models, lacking: &BTreeSet<Arc<str>>) -> SettingsValues {
    let mut settings = (*project.facts.settings).clone();
    for (name, value) in &models.settings {
        settings.values.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let missing: Vec<&Arc<str>> =
        lacking.iter().filter(|name| !models.settings.iter().any(|(set, _)| set == *name)).collect();
    let modules = modules_naming(project, &missing);
    if modules.is_empty() {
        return settings;
    }
    on_big_stack(|| {
        let mut facts = project.facts.clone();
        facts.settings = Arc::new(settings.clone());
        let mut interpreter = runtime::interpreter(project.library.clone(), facts);
        readers::provide(&mut interpreter);
        models::install(&mut interpreter, &project_apps(project));
        for module in &modules {
            // What fails in such a module is none of our business here.
            let _ = interpreter.load_module(module);
        }
        let mut settings = settings.clone();
        for (name, value) in runtime::settings_set(&mut interpreter) {
            settings.values.entry(name).or_insert(value);
        }
        settings
    })
}

/// Modules in the packages of installed apps whose text holds one of the names.
fn modules_naming(project: &Project, names: &[&Arc<str>]) -> Vec<String> {
    let mut modules = Vec::new();
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
            let Ok(parsed) = project.library.parse(&folder.join(format!("{stem}.py"))) else { continue };
            if names.iter().any(|name| parsed.file.text().contains(&***name)) {
                modules.push(format!("{}.{stem}", app.name));
            }
        }
    }
    modules
}

/// Models of Django's own apps whose source is not at hand, as the bundled table has them.
fn add_bundled_models(project: &Project, read: &mut ModelsRead) {
    let swappables = swappables(&project.facts);
    for app in project.apps.values() {
        if project.library.find(&app.name) != Found::Missing
            || contrib::bundled_app(&app.name, project.facts.version).is_none()
        {
            continue;
        }
        read.incomplete.remove(&app.label);
        let found = contrib::bundled_models(&app.name, project.facts.version, &swappables);
        for mut model in found.unwrap_or_default() {
            // The app's own config in the repository may give it another label.
            model.app = app.label.clone();
            read.state.models.entry(model.key()).or_insert_with(|| Arc::new(model));
        }
    }
}
