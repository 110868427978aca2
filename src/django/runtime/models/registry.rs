//! `django.apps`: installed apps and the models that were made.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::meta::Meta;
use super::{options, own, reason, set};
use crate::django::keys::AppLabel;
use crate::django::runtime::settings::thaw;
use crate::django::runtime::{class, exceptions, facts};
use crate::python::interpreter::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Dict, Native, Object};
use crate::python::value::{Unknown, Value};

/// An installed app, as far as models need to know it.
#[derive(Debug, Clone)]
pub struct InstalledApp {
    /// `AppConfig.label`
    pub label: AppLabel,
    /// `AppConfig.name`: the dotted name of its package.
    pub name: Arc<str>,
    /// `AppConfig.default_auto_field`, where the app's configuration sets it.
    pub default_auto_field: Option<Arc<str>>,
    /// The dotted path of its config class, where it is not `AppConfig` itself.
    pub config: Option<Arc<str>>,
    /// Whether its config imports its models.
    pub imports_models: bool,
}

/// What was made so far.
#[derive(Default)]
pub(crate) struct Registry {
    /// Installed apps in order.
    pub apps: Arc<[InstalledApp]>,
    /// Why there may be more.
    pub apps_open: Option<Arc<Unknown>>,
    /// Models by label and lower-cased name, in order of making.
    pub models: IndexMap<(Arc<str>, Arc<str>), Rc<Class>>,
    /// `Model`
    pub model: Option<Rc<Class>>,
    /// `apps`
    pub object: Option<Object>,
    /// Signals of `django.db.models.signals`.
    pub signals: IndexMap<&'static str, Object>,
    /// Classes of `django.db.models.enums`.
    pub choices: IndexMap<&'static str, Rc<Class>>,
    /// Functions that wait for models.
    pub pending: Vec<Pending>,
    /// Configurations of apps by label.
    pub configs: IndexMap<Arc<str>, Object>,
}

/// A function that waits for models.
pub(crate) struct Pending {
    function: Object,
    keys: Vec<(Arc<str>, Arc<str>)>,
}

/// Says which apps are installed.
pub(crate) fn set_apps(interpreter: &mut Interpreter, apps: Arc<[InstalledApp]>, open: Option<Arc<Unknown>>) {
    if let Some(registry) = super::registry(interpreter) {
        registry.apps = apps;
        registry.apps_open = open;
    }
}

fn installed(interpreter: &mut Interpreter) -> Arc<[InstalledApp]> {
    super::registry(interpreter).map(|registry| registry.apps.clone()).unwrap_or_default()
}

/// `apps.get_containing_app_config(module)`
pub(super) fn containing_app(interpreter: &mut Interpreter, module: &str) -> Option<InstalledApp> {
    let apps = installed(interpreter);
    let within = |app: &&InstalledApp| {
        module.strip_prefix(&*app.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    // Of apps with names of the same length the first one is taken, as a stable sort does.
    apps.iter().filter(within).rev().max_by_key(|app| app.name.len()).cloned()
}

/// An app by its label.
pub(super) fn app_by_label(interpreter: &mut Interpreter, label: &str) -> Option<InstalledApp> {
    installed(interpreter).iter().find(|app| app.label.as_str() == label).cloned()
}

/// `Options._get_default_pk_class`'s path.
pub(super) fn default_auto_field(interpreter: &mut Interpreter, label: Option<&str>) -> Object {
    let app = label.and_then(|label| app_by_label(interpreter, label));
    if let Some(path) = app.and_then(|app| app.default_auto_field) {
        return Object::Str(path);
    }
    let facts = facts(interpreter);
    match facts.settings.values.get("DEFAULT_AUTO_FIELD") {
        Some(value) => thaw(value),
        None => match &facts.settings.open {
            Some(why) => Object::Unknown(why.clone()),
            // django/conf/global_settings.py: AutoField until 5.2, BigAutoField from 6.0.
            None if facts.version >= crate::django::version::DjangoVersion::V6_0 => {
                Object::str("django.db.models.BigAutoField")
            }
            None => Object::str("django.db.models.AutoField"),
        },
    }
}

/// A registered model; the name's case does not count.
pub(crate) fn registered(interpreter: &mut Interpreter, app: &str, model: &str) -> Option<Rc<Class>> {
    let key = (Arc::from(app), Arc::from(model.to_lowercase()));
    super::registry(interpreter)?.models.get(&key).cloned()
}

/// A model by its label, its app's `models` module being evaluated where that has not been done.
pub(crate) fn find_model(interpreter: &mut Interpreter, app: &str, model: &str) -> Option<Rc<Class>> {
    if let Some(found) = registered(interpreter, app, model) {
        return Some(found);
    }
    let installed = app_by_label(interpreter, app)?;
    let loaded = interpreter.load_module(&format!("{}.models", installed.name));
    loaded.ok()?;
    registered(interpreter, app, model)
}

/// `apps.register_model`, and what waited for the model.
pub(super) fn register(interpreter: &mut Interpreter, meta: &Meta, class: &Rc<Class>) -> Eval<()> {
    let Some(key) = meta.key() else { return Ok(()) };
    let Some(registry) = super::registry(interpreter) else { return Ok(()) };
    registry.models.insert(key, class.clone());
    run_pending(interpreter)
}

fn run_pending(interpreter: &mut Interpreter) -> Eval<()> {
    loop {
        let Some(registry) = super::registry(interpreter) else { return Ok(()) };
        let ready = registry
            .pending
            .iter()
            .position(|pending| pending.keys.iter().all(|key| registry.models.contains_key(key)));
        let Some(at) = ready else { return Ok(()) };
        let pending = registry.pending.remove(at);
        let models: Vec<Object> = pending
            .keys
            .iter()
            .filter_map(|key| registry.models.get(key).cloned())
            .map(Object::Class)
            .collect();
        let here = interpreter.here.clone();
        let done = interpreter.call(&pending.function, Args::of(models));
        interpreter.here = here;
        match done {
            Err(Raise::Limit(why)) if interpreter.is_spent() => return Err(Raise::Limit(why)),
            Err(raise) => {
                let why = reason(interpreter, &raise);
                interpreter.problems.push(("django.apps".into(), (*why).clone()));
            }
            Ok(_) => {}
        }
    }
}

/// `apps.lazy_model_operation(function, *model_keys)`
fn wait(interpreter: &mut Interpreter, function: Object, keys: Vec<(Arc<str>, Arc<str>)>) -> Eval {
    if let Some(registry) = super::registry(interpreter) {
        registry.pending.push(Pending { function, keys });
    }
    run_pending(interpreter)?;
    Ok(Object::None)
}

/// `lazy_related_operation(function, model, *related_models, **kwargs)`
pub(super) static LAZY_RELATED_OPERATION: Native = Native {
    path: "django.db.models.fields.related.lazy_related_operation",
    call: |interpreter, args| {
        let [function, model, related @ ..] = &args.positional[..] else { return Ok(Object::None) };
        let Some(scope) = model.as_class() else { return Ok(Object::None) };
        let mut keys = vec![Meta::of(scope).and_then(|meta| meta.key())];
        for relation in related {
            let args = Args::of(vec![model.clone(), relation.clone()]);
            let target = (super::inherit::RESOLVE_RELATION.call)(interpreter, args)?;
            keys.push(key_of(&target));
        }
        let Some(keys) = keys.into_iter().collect::<Option<Vec<_>>>() else { return Ok(Object::None) };
        let (function, keywords) = (function.clone(), args.keywords);
        let bound = Object::closure("functools.partial", move |interpreter, mut args| {
            args.keywords.extend(keywords.clone());
            interpreter.call(&function, args)
        });
        wait(interpreter, bound, keys)
    },
};

fn key_of(target: &Object) -> Option<(Arc<str>, Arc<str>)> {
    match target {
        Object::Class(class) => Meta::of(class)?.key(),
        Object::Tuple(parts) => match &parts[..] {
            [Object::Str(app), Object::Str(model)] => Some((app.clone(), model.to_lowercase().into())),
            _ => None,
        },
        other => {
            let text = other.as_str()?;
            let (app, model) = text.split_once('.')?;
            Some((app.into(), model.to_lowercase().into()))
        }
    }
}

/// `get_user_model()`
pub(super) static GET_USER_MODEL: Native = Native {
    path: "django.contrib.auth.get_user_model",
    call: |interpreter, _| {
        let value = facts(interpreter).settings.get("AUTH_USER_MODEL");
        let named = match value {
            Some(Value::Str(named)) => named,
            Some(Value::Unknown(why)) => return Ok(Object::Unknown(why)),
            _ => return Ok(interpreter.unknown("AUTH_USER_MODEL is not known")),
        };
        let found = named.split_once('.').and_then(|(app, model)| find_model(interpreter, app, model));
        Ok(match found {
            Some(found) => Object::Class(found),
            None => interpreter.unknown(format!("the model {named} could not be found")),
        })
    },
};

/// `import_string(dotted_path)`
pub(super) static IMPORT_STRING: Native = Native {
    path: "django.utils.module_loading.import_string",
    call: |interpreter, args| {
        let wanted = args.param(0, "dotted_path").cloned().unwrap_or(Object::None);
        let Some(path) = wanted.as_str() else { return Ok(wanted) };
        if !path.contains('.') {
            return Err(interpreter.raise("ImportError", format!("{path} doesn't look like a module path")));
        }
        match interpreter.import_path(&path) {
            Err(Raise::Exception(Object::Instance(error)))
                if error.class.borrow().derives_from("builtins.AttributeError") =>
            {
                Err(interpreter.raise("ImportError", format!("{path} does not define what it names")))
            }
            other => other,
        }
    },
};

static APPS_METHODS: &[Native] = &[
    Native { path: "django.apps.registry.Apps.get_model", call: get_model },
    Native { path: "django.apps.registry.Apps.get_registered_model", call: get_registered_model },
    Native { path: "django.apps.registry.Apps.get_models", call: get_models },
    Native { path: "django.apps.registry.Apps.get_app_config", call: get_app_config },
    Native { path: "django.apps.registry.Apps.get_app_configs", call: get_app_configs },
    Native { path: "django.apps.registry.Apps.is_installed", call: is_installed },
    Native { path: "django.apps.registry.Apps.get_containing_app_config", call: get_containing },
    Native { path: "django.apps.registry.Apps.lazy_model_operation", call: lazy_model_operation },
    Native { path: "django.apps.registry.Apps.check_apps_ready", call: |_, _| Ok(Object::None) },
    Native { path: "django.apps.registry.Apps.check_models_ready", call: not_ready },
    Native { path: "django.apps.registry.Apps.clear_cache", call: |_, _| Ok(Object::None) },
    Native { path: "django.apps.registry.Apps.register_model", call: |_, _| Ok(Object::None) },
];

static APPS_PROPERTIES: &[Native] = &[
    Native { path: "django.apps.registry.Apps.apps_ready", call: |_, _| Ok(Object::Bool(true)) },
    Native { path: "django.apps.registry.Apps.models_ready", call: |_, _| Ok(Object::Bool(false)) },
    Native { path: "django.apps.registry.Apps.ready", call: |_, _| Ok(Object::Bool(false)) },
    Native { path: "django.apps.registry.Apps.loading", call: |_, _| Ok(Object::Bool(true)) },
    Native { path: "django.apps.registry.Apps.app_configs", call: app_configs },
    Native { path: "django.apps.registry.Apps.all_models", call: all_models },
];

/// `Apps`
pub(super) fn apps_class(interpreter: &mut Interpreter) -> Rc<Class> {
    super::class_with(interpreter, "django.apps.registry", "Apps", &[], APPS_METHODS, APPS_PROPERTIES)
}

/// `apps`
pub(super) fn apps(interpreter: &mut Interpreter) -> Object {
    let known = super::registry(interpreter).and_then(|registry| registry.object.clone());
    if let Some(known) = known {
        return known;
    }
    let class = apps_class(interpreter);
    let made = interpreter.instance_of(&class);
    if let Some(registry) = super::registry(interpreter) {
        registry.object = Some(made.clone());
    }
    made
}

fn not_ready(interpreter: &mut Interpreter, _: Args) -> Eval {
    Err(exceptions::raise(interpreter, "AppRegistryNotReady", "Models aren't loaded yet."))
}

/// `(app, model)` from `"app", "model"` or `"app.model"`.
fn model_arguments(args: &Args) -> Result<(Arc<str>, Arc<str>), Object> {
    let app = args.param(1, "app_label").cloned().unwrap_or(Object::None);
    let model = args.param(2, "model_name").cloned().unwrap_or(Object::None);
    match (app.as_str(), model.as_str()) {
        (Some(app), Some(model)) => Ok((app, model)),
        (Some(app), None) if model.is_none() => match app.split_once('.') {
            Some((app, model)) => Ok((app.into(), model.into())),
            None => Err(Object::None),
        },
        _ => Err(if app.is_unknown() { app } else { model }),
    }
}

fn get_model(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (app, model) = match model_arguments(&args) {
        Ok(pair) => pair,
        Err(unknown @ Object::Unknown(_)) => return Ok(unknown),
        Err(_) => return Err(interpreter.raise("ValueError", "get_model() takes app_label.ModelName")),
    };
    if let Some(found) = find_model(interpreter, &app, &model) {
        return Ok(Object::Class(found));
    }
    missing_model(interpreter, &app, &model)
}

fn missing_model(interpreter: &mut Interpreter, app: &str, model: &str) -> Eval {
    let open = super::registry(interpreter).and_then(|registry| registry.apps_open.clone());
    let at_hand = app_by_label(interpreter, app)
        .is_some_and(|app| matches!(interpreter.import_module(&app.name), Ok(Object::Module(_))));
    match open {
        Some(why) => Ok(Object::Unknown(why)),
        None if at_hand || app_by_label(interpreter, app).is_none() => {
            Err(interpreter.raise("LookupError", format!("Model '{app}.{model}' not registered.")))
        }
        None => Ok(interpreter.unknown(format!("the source of the app {app} is not at hand"))),
    }
}

fn get_registered_model(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (app, model) = match model_arguments(&args) {
        Ok(pair) => pair,
        Err(unknown) => return Ok(unknown),
    };
    match registered(interpreter, &app, &model) {
        Some(found) => Ok(Object::Class(found)),
        None => Err(interpreter.raise("LookupError", format!("Model '{app}.{model}' not registered."))),
    }
}

fn get_models(interpreter: &mut Interpreter, _: Args) -> Eval {
    Ok(interpreter.unknown("asks for all models while they are being made"))
}

fn get_app_config(interpreter: &mut Interpreter, args: Args) -> Eval {
    let wanted = args.param(1, "app_label").cloned().unwrap_or(Object::None);
    let Some(label) = wanted.as_str() else { return Ok(wanted) };
    match app_by_label(interpreter, &label) {
        Some(app) => Ok(config(interpreter, &app)),
        None => match super::registry(interpreter).and_then(|registry| registry.apps_open.clone()) {
            Some(why) => Ok(Object::Unknown(why)),
            None => Err(interpreter.raise("LookupError", format!("No installed app with label '{label}'."))),
        },
    }
}

fn get_app_configs(interpreter: &mut Interpreter, _: Args) -> Eval {
    let apps = installed(interpreter);
    let configs = apps.iter().map(|app| config(interpreter, app)).collect();
    Ok(Object::list(configs))
}

fn app_configs(interpreter: &mut Interpreter, _: Args) -> Eval {
    let apps = installed(interpreter);
    let mut dict = Dict::default();
    for app in apps.iter() {
        let config = config(interpreter, app);
        dict.insert_str(app.label.as_str(), config);
    }
    Ok(Object::from_dict(dict))
}

fn all_models(interpreter: &mut Interpreter, _: Args) -> Eval {
    let apps = installed(interpreter);
    let models: Vec<_> = match super::registry(interpreter) {
        Some(registry) => registry.models.iter().map(|(key, class)| (key.clone(), class.clone())).collect(),
        None => Vec::new(),
    };
    let mut all = Dict::default();
    for app in apps.iter() {
        let mut own = Dict::default();
        for ((_, model), class) in models.iter().filter(|((label, _), _)| **label == *app.label.0) {
            own.insert_str(model, Object::Class(class.clone()));
        }
        all.insert_str(app.label.as_str(), Object::from_dict(own));
    }
    Ok(Object::from_dict(all))
}

fn is_installed(interpreter: &mut Interpreter, args: Args) -> Eval {
    let wanted = args.param(1, "app_name").cloned().unwrap_or(Object::None);
    let Some(name) = wanted.as_str() else { return Ok(wanted) };
    let found = installed(interpreter).iter().any(|app| app.name == name);
    match super::registry(interpreter).and_then(|registry| registry.apps_open.clone()) {
        Some(why) if !found => Ok(Object::Unknown(why)),
        _ => Ok(Object::Bool(found)),
    }
}

fn get_containing(interpreter: &mut Interpreter, args: Args) -> Eval {
    let wanted = args.param(1, "object_name").cloned().unwrap_or(Object::None);
    let Some(name) = wanted.as_str() else { return Ok(wanted) };
    Ok(match containing_app(interpreter, &name) {
        Some(app) => config(interpreter, &app),
        None => Object::None,
    })
}

fn lazy_model_operation(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(function) = args.param(1, "function").cloned() else { return Ok(Object::None) };
    let keys: Option<Vec<_>> = args.positional.iter().skip(2).map(key_of).collect();
    match keys {
        Some(keys) => wait(interpreter, function, keys),
        None => Ok(Object::None),
    }
}

static CONFIG_METHODS: &[Native] = &[
    Native { path: "django.apps.config.AppConfig.__init__", call: |_, _| Ok(Object::None) },
    Native { path: "django.apps.config.AppConfig.get_model", call: config_model },
    Native { path: "django.apps.config.AppConfig.get_models", call: get_models },
    Native { path: "django.apps.config.AppConfig.ready", call: |_, _| Ok(Object::None) },
    Native { path: "django.apps.config.AppConfig.import_models", call: import_models },
];

/// What a config has once its `import_models()` has handed on to Django's.
pub(crate) const MODELS_ASKED_FOR: &str = "$models_asked_for";

fn import_models(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(Object::Instance(config)) = args.get(0).cloned() {
        set(interpreter, &config, MODELS_ASKED_FOR, Object::Bool(true));
    }
    Ok(Object::None)
}

/// `AppConfig`
pub(super) fn config_class(interpreter: &mut Interpreter) -> Rc<Class> {
    class(interpreter, "django.apps.config", "AppConfig", &[], CONFIG_METHODS)
}

/// An app's configuration; what a class of its own adds is not known here.
pub(super) fn config(interpreter: &mut Interpreter, app: &InstalledApp) -> Object {
    let known = super::registry(interpreter).and_then(|registry| registry.configs.get(&app.label.0).cloned());
    if let Some(known) = known {
        return known;
    }
    let base = config_class(interpreter);
    let own_class = interpreter.native_class("django.apps.config", "AppConfig", &[base], &[]);
    let why = Unknown { reason: format!("the configuration of the app {}", app.label).into(), at: None };
    *own_class.open.borrow_mut() = Some(Arc::new(why));
    let made = interpreter.instance_of(&own_class);
    if let Object::Instance(made) = &made {
        set(interpreter, made, "label", Object::Str(app.label.0.clone()));
        set(interpreter, made, "name", Object::Str(app.name.clone()));
    }
    if let Some(registry) = super::registry(interpreter) {
        registry.configs.insert(app.label.0.clone(), made.clone());
    }
    made
}

/// The configuration of an app, made from its own class, as `ready()` is called on it.
pub(crate) fn ready_config(interpreter: &mut Interpreter, app: &InstalledApp, class: &Rc<Class>) -> Object {
    let made = interpreter.instance_of(class);
    if let Object::Instance(made) = &made {
        set(interpreter, made, "label", Object::Str(app.label.0.clone()));
        set(interpreter, made, "name", Object::Str(app.name.clone()));
    }
    made
}

fn config_model(interpreter: &mut Interpreter, args: Args) -> Eval {
    let label = args.get(0).and_then(Object::as_instance).and_then(|config| own(config, "label"));
    let model = args.param(1, "model_name").cloned().unwrap_or(Object::None);
    let (Some(app), Some(model)) = (label.and_then(|label| label.as_str()), model.as_str()) else {
        return Ok(interpreter.unknown("a model of an app that is not known"));
    };
    match find_model(interpreter, &app, &model) {
        Some(found) => Ok(Object::Class(found)),
        None => missing_model(interpreter, &app, &model),
    }
}

/// Whether a setting puts another model in this one's place.
pub(crate) fn is_swapped(interpreter: &mut Interpreter, meta: &Meta) -> bool {
    !options::swapped(interpreter, meta).is_none()
}
