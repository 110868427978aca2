//! Settings evaluated: names in capitals of the settings module, as `django/conf/__init__.py`,
//! `Settings.__init__` takes them.

use std::rc::Rc;
use std::sync::Arc;

use super::notice::{Notice, NoticeKind};
use crate::django::runtime::SettingsValues;
use crate::django::version::DjangoVersion;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Module, Namespace, Object};
use crate::python::syntax::Name;
use crate::python::value::{Unknown, Value};
use crate::source::{Location, SourceFile};

/// A setting, or a part of one, that could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The setting's name.
    pub name: Arc<str>,
    /// Why.
    pub why: Arc<Unknown>,
}

/// What came of evaluating a settings module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evaluated {
    /// The settings that rules and readers ask for.
    pub values: SettingsValues,
    /// Settings that could not be worked out, each with the reason.
    pub unread: Vec<Unread>,
    /// `INSTALLED_APPS` as far as known, each with where it is written.
    pub apps: Vec<Entry>,
    /// Why there may be more of them.
    pub more_apps: Option<Arc<Unknown>>,
    /// The settings module's file.
    pub file: Option<Arc<SourceFile>>,
}

impl Evaluated {
    /// Settings of which nothing is known.
    pub fn unknown(reason: &str) -> Self {
        Self::because(Arc::new(Unknown { reason: reason.into(), at: None }))
    }

    fn because(why: Arc<Unknown>) -> Self {
        let values = SettingsValues { open: Some(why.clone()), ..SettingsValues::default() };
        Self { values, more_apps: Some(why), ..Self::default() }
    }
}

/// An entry of `INSTALLED_APPS`.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// As written: an app's module, or the path of its configuration.
    pub name: Arc<str>,
    /// Where it is written, if in a file at hand.
    pub at: Option<Location>,
}

/// Evaluates a settings module; `configuration` names a class of django-configurations in it.
pub(crate) fn evaluate(
    interpreter: &mut Interpreter,
    module: &str,
    configuration: Option<&str>,
    notices: &mut Vec<Notice>,
) -> Evaluated {
    let loaded = match interpreter.load_module(module) {
        Ok(Object::Module(loaded)) => loaded,
        Ok(other) => {
            let why = match other {
                Object::Unknown(why) => why,
                _ => Arc::new(Unknown { reason: "not a module".into(), at: None }),
            };
            return unreadable(module, why, notices);
        }
        Err(raise) => {
            let reason = interpreter.describe_raise(&raise);
            let why = Arc::new(Unknown { reason, at: interpreter.location() });
            return unreadable(module, why, notices);
        }
    };
    let mut evaluated =
        Evaluated { file: loaded.parsed.as_ref().map(|parsed| parsed.file.clone()), ..Evaluated::default() };
    if let Some(parsed) = &loaded.parsed
        && let Some(error) = parsed.errors.first()
    {
        let message = format!("the settings module {module} does not parse: {}", error.message);
        notices.push(Notice::new(NoticeKind::Settings, message).at(Some(&error.at)));
    }
    evaluated.values.open.clone_from(&loaded.open.borrow());
    let names = match configuration.and_then(|name| configuration_class(interpreter, &loaded, name)) {
        Some(class) => class_settings(interpreter, &class),
        None => module_settings(interpreter, &loaded),
    };
    for (name, object) in &names {
        let value = interpreter.freeze(object);
        if let Some(why) = value.find_unknown() {
            evaluated.unread.push(Unread { name: name.as_str().into(), why: why.clone() });
        }
        evaluated.values.values.insert(name.as_str().into(), value);
    }
    match names.get("INSTALLED_APPS") {
        Some(apps) => installed_apps(interpreter, apps, &mut evaluated),
        None => evaluated.more_apps.clone_from(&evaluated.values.open),
    }
    evaluated
}

fn unreadable(module: &str, why: Arc<Unknown>, notices: &mut Vec<Notice>) -> Evaluated {
    let message = format!("the settings module {module} could not be read");
    notices.push(
        Notice::new(NoticeKind::Settings, message)
            .because(&why)
            .with_help("name another with --settings, or give the packages it imports with --python-path"),
    );
    Evaluated::because(why)
}

/// Whether a name is a setting's (`str.isupper`).
fn is_setting(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn module_settings(interpreter: &mut Interpreter, module: &Rc<Module>) -> Namespace {
    let names: Vec<Name> = module.globals.borrow().keys().filter(|name| is_setting(name)).cloned().collect();
    let mut settings = Namespace::default();
    for name in names {
        match interpreter.module_global(module, &name) {
            Ok(Some(value)) => {
                settings.insert(name, value);
            }
            Ok(None) => {}
            Err(raise) => {
                let unknown = interpreter.unknown_from(&raise);
                settings.insert(name, unknown);
            }
        }
    }
    settings
}

/// The class that `DJANGO_CONFIGURATION` names.
fn configuration_class(interpreter: &mut Interpreter, module: &Rc<Module>, name: &str) -> Option<Rc<Class>> {
    match interpreter.module_global(module, name) {
        Ok(Some(Object::Class(class))) => Some(class),
        _ => None,
    }
}

/// `configurations/importer.py`: the attributes in capitals, properties called.
fn class_settings(interpreter: &mut Interpreter, class: &Rc<Class>) -> Namespace {
    let object = interpreter.instance_of(class);
    let mut settings = Namespace::default();
    let classes: Vec<Rc<Class>> = class.mro.borrow().iter().rev().cloned().collect();
    for class in classes {
        let names: Vec<Name> = class.attrs.borrow().keys().filter(|name| is_setting(name)).cloned().collect();
        for name in names {
            let value = match interpreter.get_attribute(&object, &name) {
                Ok(value) => value,
                Err(raise) => interpreter.unknown_from(&raise),
            };
            settings.insert(name, value);
        }
    }
    settings
}

/// `INSTALLED_APPS` item by item: a list that is known in part serves as far as it is.
fn installed_apps(interpreter: &mut Interpreter, apps: &Object, evaluated: &mut Evaluated) {
    let items = match apps {
        Object::List(list) => {
            evaluated.more_apps = list.taint();
            list.get().clone()
        }
        other => match interpreter.items(other) {
            Ok(items) if !other.is_unknown() => items,
            _ => {
                let why = match other {
                    Object::Unknown(why) => why.clone(),
                    other => interpreter.unknown_items(other).unwrap_or_else(|| {
                        let reason = format!("INSTALLED_APPS is a {}", other.type_name());
                        Arc::new(Unknown { reason: reason.into(), at: None })
                    }),
                };
                evaluated.more_apps = Some(why);
                Vec::new()
            }
        },
    };
    let places = Places::new(interpreter, evaluated.file.as_ref());
    for item in items {
        match item.as_str() {
            Some(name) => {
                let at = places.of(&name);
                evaluated.apps.push(Entry { name, at });
            }
            None => {
                if let Object::Unknown(why) = &item {
                    evaluated.more_apps.get_or_insert_with(|| why.clone());
                }
            }
        }
    }
}

/// Files in which `INSTALLED_APPS` may be written, the settings module's own first.
struct Places(Vec<Arc<SourceFile>>);

impl Places {
    fn new(interpreter: &Interpreter, own: Option<&Arc<SourceFile>>) -> Self {
        let mut files: Vec<Arc<SourceFile>> = own.into_iter().cloned().collect();
        for module in interpreter.evaluated_modules() {
            let Some(parsed) = &module.parsed else { continue };
            let text = parsed.file.text();
            if text.contains("APPS") && !files.iter().any(|file| file.path() == parsed.file.path()) {
                files.push(parsed.file.clone());
            }
        }
        Self(files)
    }

    fn of(&self, entry: &str) -> Option<Location> {
        let quoted = [format!("\"{entry}\""), format!("'{entry}'")];
        self.0.iter().find_map(|file| {
            let start = quoted.iter().filter_map(|text| file.text().find(text.as_str())).min()?;
            let end = start + entry.len() + 2;
            Some(Location {
                file: file.clone(),
                start: u32::try_from(start).ok()?,
                end: u32::try_from(end).ok()?,
            })
        })
    }
}

/// Defaults that changed between releases (`django/conf/global_settings.py`): `USE_TZ` in 5.0,
/// `DEFAULT_AUTO_FIELD` in 6.0. Those that never did are [`SettingsValues::get`]'s.
pub(crate) fn add_defaults(values: &mut SettingsValues, version: DjangoVersion) {
    if values.open.is_some() {
        return;
    }
    let auto_field = if version >= DjangoVersion::V6_0 { "BigAutoField" } else { "AutoField" };
    let defaults = [
        ("USE_TZ", Value::Bool(version >= DjangoVersion::V5_0)),
        ("DEFAULT_AUTO_FIELD", Value::str(format!("django.db.models.{auto_field}"))),
    ];
    for (name, value) in defaults {
        values.values.entry(name.into()).or_insert(value);
    }
}

/// Before 3.2 an automatic primary key is an `AutoField`, whatever a setting of that name says.
pub(crate) fn set_auto_field(values: &mut SettingsValues) {
    values.values.insert("DEFAULT_AUTO_FIELD".into(), Value::str("django.db.models.AutoField"));
}

/// A setting that is a dictionary with texts for keys, entry by entry.
pub(crate) fn entries(value: &Value) -> Vec<(Arc<str>, Value)> {
    match value {
        Value::Dict(items) => {
            items.iter().filter_map(|(key, value)| Some((Arc::from(key.as_str()?), value.clone()))).collect()
        }
        _ => Vec::new(),
    }
}
