//! `django.conf.settings`: the project's settings as they were evaluated once, for all threads.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{DjangoHost, Part, class, facts};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Mutable, Namespace, Native, Object};
use crate::python::syntax::Name;
use crate::python::value::{Unknown, Value};

/// Settings at rest.
#[derive(Debug, Clone, Default)]
pub struct SettingsValues {
    /// Values by name.
    pub values: BTreeMap<Arc<str>, Value>,
    /// Why a setting that is not among them may be set all the same.
    pub open: Option<Arc<Unknown>>,
}

impl SettingsValues {
    /// A setting, or Django's own default for it.
    pub fn get(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        match &self.open {
            Some(why) => Some(Value::Unknown(why.clone())),
            None => default(name),
        }
    }
}

/// Django's defaults that migrations and models look at (`django/conf/global_settings.py`).
fn default(name: &str) -> Option<Value> {
    let list = |items: &[Value]| Value::List(items.to_vec().into());
    Some(match name {
        "AUTH_USER_MODEL" => Value::str("auth.User"),
        "DEFAULT_AUTO_FIELD" => Value::str("django.db.models.AutoField"),
        "DEBUG" | "USE_THOUSAND_SEPARATOR" | "PREPEND_WWW" | "FORMS_URLFIELD_ASSUME_HTTPS" => {
            Value::Bool(false)
        }
        "USE_TZ" | "USE_I18N" | "APPEND_SLASH" => Value::Bool(true),
        "LANGUAGE_CODE" => Value::str("en-us"),
        "TIME_ZONE" => Value::str("America/Chicago"),
        "DEFAULT_TABLESPACE" | "DEFAULT_INDEX_TABLESPACE" | "MEDIA_ROOT" | "MEDIA_URL" | "SECRET_KEY" => {
            Value::str("")
        }
        "STATIC_URL" | "STATIC_ROOT" | "ROOT_URLCONF" | "WSGI_APPLICATION" => Value::None,
        "INSTALLED_APPS"
        | "MIDDLEWARE"
        | "TEMPLATES"
        | "DATABASE_ROUTERS"
        | "ALLOWED_HOSTS"
        | "FIXTURE_DIRS"
        | "AUTH_PASSWORD_VALIDATORS"
        | "STATICFILES_DIRS"
        | "LOCALE_PATHS"
        | "ADMINS"
        | "MANAGERS" => list(&[]),
        "MIGRATION_MODULES" | "DATABASES" | "ABSOLUTE_URL_OVERRIDES" | "TEST_NON_SERIALIZED_APPS" => {
            Value::Dict(Arc::from([]))
        }
        "AUTHENTICATION_BACKENDS" => list(&[Value::str("django.contrib.auth.backends.ModelBackend")]),
        "DEFAULT_FILE_STORAGE" => Value::str("django.core.files.storage.FileSystemStorage"),
        "EMAIL_BACKEND" => Value::str("django.core.mail.backends.smtp.EmailBackend"),
        "SESSION_ENGINE" => Value::str("django.contrib.sessions.backends.db"),
        "DEFAULT_FROM_EMAIL" => Value::str("webmaster@localhost"),
        _ => return None,
    })
}

/// `django.conf`
pub(super) const PART: Part = Part { modules: || vec!["django.conf"], names };

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    if module != "django.conf" {
        return names;
    }
    let lazy = class(interpreter, "django.conf", "LazySettings", &[], METHODS);
    let settings = interpreter.instance_of(&lazy);
    names.insert(Name::new_static("LazySettings"), Object::Class(lazy));
    names.insert(Name::new_static("settings"), settings);
    names
}

static METHODS: &[Native] = &[
    Native { path: "django.conf.LazySettings.__getattr__", call: get },
    Native { path: "django.conf.LazySettings.configure", call: |_, _| Ok(Object::None) },
    Native { path: "django.conf.LazySettings.is_overridden", call: is_overridden },
];

fn get(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    if &*name == "configured" {
        // While settings are being read, there are none.
        return Ok(Object::Bool(!facts(interpreter).settings.values.is_empty()));
    }
    if let Some(value) = facts(interpreter).settings.get(&name) {
        return Ok(thaw(&value));
    }
    if *name == name.to_uppercase()
        && let Some(value) = of_source(interpreter, &name)?
    {
        return Ok(value);
    }
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.lacking.insert(name.clone());
    }
    Err(interpreter.raise("AttributeError", format!("'Settings' object has no attribute '{name}'")))
}

/// Settings that were asked for in vain since this was last asked.
pub(crate) fn take_lacking(interpreter: &mut Interpreter) -> BTreeSet<Arc<str>> {
    interpreter.host::<DjangoHost>().map(|host| std::mem::take(&mut host.lacking)).unwrap_or_default()
}

/// Settings that evaluated code has set on `django.conf.settings`.
pub fn settings_set(interpreter: &mut Interpreter) -> Vec<(Arc<str>, Value)> {
    let settings = interpreter.module("django.conf").and_then(|module| module.get("settings"));
    let Some(Object::Instance(settings)) = settings else { return Vec::new() };
    let attrs = settings.attrs.borrow().clone();
    let set = attrs.iter().filter(|(name, _)| ***name == name.to_uppercase());
    set.map(|(name, value)| (name.as_str().into(), interpreter.freeze(value))).collect()
}

/// A default that is read from Django's own source, where that is at hand.
fn of_source(interpreter: &mut Interpreter, name: &str) -> Eval<Option<Object>> {
    match interpreter.module("django.conf.global_settings") {
        Some(module) => interpreter.find_attribute(&Object::Module(module), name),
        None => Ok(None),
    }
}

fn is_overridden(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    Ok(Object::Bool(facts(interpreter).settings.values.contains_key(&name)))
}

/// A live object from a value at rest.
pub(crate) fn thaw(value: &Value) -> Object {
    match value {
        Value::None => Object::None,
        Value::Bool(value) => Object::Bool(*value),
        Value::Int(value) => Object::Int(*value),
        Value::BigInt(value) => Object::BigInt(Rc::new((**value).clone())),
        Value::Float(value) => Object::Float(*value),
        Value::Str(text) => Object::Str(text.clone()),
        Value::Bytes(bytes) => Object::Bytes(bytes.clone()),
        Value::List(items) => Object::list(items.iter().map(thaw).collect()),
        Value::Tuple(items) => Object::tuple(items.iter().map(thaw).collect()),
        Value::Set(items) => {
            let mut dict = Dict::default();
            for item in items.iter() {
                if let Value::Str(text) = item {
                    dict.insert_str(text, Object::Str(text.clone()));
                } else {
                    return Object::unknown("a set in settings", None);
                }
            }
            Object::Set(Mutable::new(dict))
        }
        Value::Dict(items) => {
            let mut dict = Dict::default();
            for (key, value) in items.iter() {
                match key {
                    Value::Str(key) => dict.insert_str(key, thaw(value)),
                    Value::Int(key) => {
                        dict.insert(crate::python::object::Key::Int(*key), Object::Int(*key), thaw(value));
                    }
                    _ => return Object::unknown("a dictionary in settings with unusual keys", None),
                }
            }
            Object::from_dict(dict)
        }
        Value::Call(_) => Object::Frozen(Rc::new(value.clone())),
        Value::Enum(member) => thaw(&member.value),
        Value::Ref(path) => Object::unknown(format!("{path}, a reference in settings"), None),
        Value::Field(_) => Object::unknown("a field in settings", None),
        Value::Unknown(why) => Object::Unknown(why.clone()),
    }
}
