//! models.py → model states: what `ProjectState.from_apps(apps)` gives once Django has loaded every
//! installed app's models (`django/apps/registry.py`, `django/db/migrations/state.py`).

mod ahead;
mod assigned;
mod bare_relations;
mod behaviour;
mod command;
mod declares;
mod extends;
mod from_model;
mod possible;
mod ready;
mod stands_alone;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::contrib::bundled_app;
use super::keys::{AppLabel, ModelKey};
use super::runtime::models::{Meta, registry, resolve_relations, set_apps};
use super::runtime::{DjangoHost, ProjectFacts, facts};
use super::state::{ModelState, ProjectState};
use crate::python::interpreter::Interpreter;
use crate::python::library::{Found, Library};
use crate::python::object::{Class, Object};
use crate::python::value::{Unknown, Value};
use crate::source::Location;

pub use super::runtime::models::InstalledApp;
pub use ahead::read_ahead;
pub use behaviour::{Assigned, Behaviour, Receiver, When};
pub use command::{alter_option_keys, apply_makemigrations, has_own_makemigrations};
pub use stands_alone::{is_of_apps, stands_alone};

/// The installed apps, as far as models need to know them.
#[derive(Debug, Clone, Default)]
pub struct ProjectApps {
    /// Apps in the order of `INSTALLED_APPS`.
    pub apps: Arc<[InstalledApp]>,
    /// Why there may be more.
    pub open: Option<Arc<Unknown>>,
}

/// Something that could not be worked out.
#[derive(Debug, Clone)]
pub struct Unresolved {
    /// The model, where it is about one.
    pub model: Option<ModelKey>,
    /// The field or option, where it is about one.
    pub what: Option<Arc<str>>,
    /// Why, in plain words.
    pub reason: Arc<str>,
    /// Where.
    pub at: Option<Location>,
}

/// An attribute that may be a field, and why that is not known.
pub type PossibleField = (Arc<str>, Arc<Unknown>);

/// What models.py say.
#[derive(Debug, Default)]
pub struct ModelsRead {
    /// Models that surely are there.
    pub state: ProjectState,
    /// Models that may be there: made under a condition, or from a base that is not known. What is
    /// known of them is here; a state that lacks one is not wrong, nor is one that has it.
    pub possible: BTreeMap<ModelKey, Arc<ModelState>>,
    /// Attributes of models that may be fields of that name.
    pub possible_fields: BTreeMap<ModelKey, Vec<PossibleField>>,
    /// Apps whose models could not all be read: a model missing there is not deleted.
    pub incomplete: BTreeMap<AppLabel, Arc<Unknown>>,
    /// All that could not be worked out, in order of place.
    pub unresolved: Vec<Unresolved>,
    /// Models that a setting puts another in the place of; they are in the state, too.
    pub swapped: BTreeSet<ModelKey>,
    /// What the repository's own code does when rows of a model are saved or deleted.
    pub behaviour: BTreeMap<ModelKey, Behaviour>,
    /// The modules that `AppConfig.ready()` methods import.
    connected: Vec<String>,
}

/// Evaluates the models of all installed apps, as the project's own `makemigrations` has them.
pub fn read(interpreter: &mut Interpreter, apps: &ProjectApps) -> ModelsRead {
    let mut read = load(interpreter, apps);
    read.unresolved.extend(apply_makemigrations(interpreter, apps));
    take(interpreter, apps, read)
}

/// The states of the models that were loaded.
pub fn take(interpreter: &mut Interpreter, apps: &ProjectApps, mut read: ModelsRead) -> ModelsRead {
    resolve_relations(interpreter);
    let models: Vec<Rc<Class>> = match registry(interpreter) {
        Some(registry) => registry.models.values().cloned().collect(),
        None => Vec::new(),
    };
    // `AppConfig.get_models()` has none of an app whose config imports none, wherever they are made.
    let left_out = |class: &Class| {
        let app = key_of(class).map(|key| key.app);
        apps.apps.iter().any(|known| !known.imports_models && Some(&known.label) == app.as_ref())
    };
    for class in models.iter().filter(|class| !left_out(class)) {
        let budget = interpreter.set_budget();
        from_model::take(interpreter, apps, class, &mut read);
        interpreter.restore_budget(budget);
    }
    possible::find(interpreter, apps, &mut read);
    behaviour::find(interpreter, apps, &mut read);
    bare_relations::restore(interpreter, &mut read);
    // What else failed in those modules makes no model.
    interpreter.problems.clear();
    if let Some(why) = &apps.open {
        read.unresolved.push(Unresolved {
            model: None,
            what: None,
            reason: why.reason.clone(),
            at: why.at.clone(),
        });
    }
    read
}

/// Says which apps are installed, so that a class knows its app; for those who evaluate migrations
/// with the same evaluator before the models are read.
pub fn install(interpreter: &mut Interpreter, apps: &ProjectApps) {
    set_apps(interpreter, apps.apps.clone(), apps.open.clone());
}

/// `Apps.populate`, phase 2: every app's `models` module, and what those import. What the answer says by
/// now is which of them could not be read; [`take`] completes it.
pub fn load(interpreter: &mut Interpreter, apps: &ProjectApps) -> ModelsRead {
    let mut read = ModelsRead::default();
    install(interpreter, apps);
    let known = apps.clone();
    interpreter.eager_imports = Some(Rc::new(move |library, module| holds_models(library, &known, module)));
    ready::set_settings(interpreter, apps);
    set_language(interpreter, foreign_language);
    for app in apps.apps.iter() {
        let name = format!("{}.models", app.name);
        // A package may be known by parts of it that are written in Rust.
        let at_hand = interpreter.library.find(&app.name) != Found::Missing;
        let missing = |reason: String| Arc::new(Unknown { reason: reason.into(), at: None });
        if !at_hand && is_bundled(interpreter, &app.name) {
            // Its models, if it has any, are made below.
        } else if !at_hand {
            let why = missing(format!("the source of {} is not at hand", app.name));
            read.incomplete.insert(app.label.clone(), why);
            continue;
        }
        if !app.imports_models || interpreter.module(&name).is_none() {
            // An app without models.
            continue;
        }
        let why = match interpreter.load_module(&name) {
            Ok(Object::Module(module)) => module.open.borrow().clone(),
            Ok(Object::Unknown(why)) => Some(why),
            Ok(_) => None,
            Err(raise) => match interpreter.unknown_from(&raise) {
                Object::Unknown(why) if why.at.is_none() => {
                    let at = place_of(&interpreter.library, &name);
                    Some(Arc::new(Unknown { reason: why.reason.clone(), at }))
                }
                Object::Unknown(why) => Some(why),
                _ => None,
            },
        };
        if let Some(why) = why {
            read.incomplete.insert(app.label.clone(), why);
        }
    }
    read.connected = ready::import(interpreter, apps);
    interpreter.eager_imports = None;
    read.unresolved.extend(extends::extend(interpreter, apps));
    set_language(interpreter, |_| None);
    read
}

/// Has messages translated from here on, or no more.
fn set_language(interpreter: &mut Interpreter, choose: fn(&ProjectFacts) -> Option<Arc<str>>) {
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.language = choose(&host.facts);
    }
}

/// `LANGUAGE_CODE`, where it is known to be another language than that of the messages, which is taken to be
/// English.
fn foreign_language(facts: &ProjectFacts) -> Option<Arc<str>> {
    let is_on = facts.settings.get("USE_I18N").as_ref().and_then(Value::truth) == Some(true);
    let code = facts.settings.get("LANGUAGE_CODE").filter(|_| is_on)?;
    let code = code.as_str().filter(|code| !code.is_empty() && !code.starts_with("en"))?;
    Some(code.into())
}

/// Where a module that can't be imported is at fault: where it is no Python, or else its beginning.
fn place_of(library: &Library, module: &str) -> Option<Location> {
    let (parsed, _) = ready::source(library, module)?;
    let start = Location { file: parsed.file.clone(), start: 0, end: 0 };
    Some(parsed.errors.first().map_or(start, |error| error.at.clone()))
}

/// Whether an app is one of Django's own, all of whose models are known without its source.
fn is_bundled(interpreter: &mut Interpreter, app: &str) -> bool {
    bundled_app(app, facts(interpreter).version).is_some_and(|known| known.name == app)
}

/// Whether evaluating a module may make models: it lies within an installed app, or speaks of models.
/// Django's own modules make none but its apps' do.
fn holds_models(library: &Library, apps: &ProjectApps, module: &str) -> bool {
    if ready::within(apps, module) {
        return true;
    }
    if module == "django" || module.starts_with("django.") {
        return false;
    }
    library.module_mentions(module, "models")
}

/// The model's key, where its name and app are known.
fn key_of(class: &Class) -> Option<ModelKey> {
    let (app, model) = Meta::own(class)?.key()?;
    Some(ModelKey::new(AppLabel(app), &model))
}
