//! `django.utils.translation` with translations off, as `makemigrations` and `migrate` have them
//! (`@no_translations`): a lazy string is its message. And `django` itself: its version.

use super::super::settings::thaw;
use super::super::{DjangoHost, facts};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Namespace, Native, Object};
use crate::python::syntax::Name;
use crate::python::value::Value;

/// Modules of which a few names are known here: Django's version, translations, connections.
pub(super) const MODULES: &[&str] = &[
    "django",
    "django.utils.translation",
    "django.db",
    "django.db.utils",
    "django.db.transaction",
    "asgiref.local",
];

/// The names of one of them.
pub(super) fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    match module {
        "django" => {
            let version = facts(interpreter).version;
            let (major, minor) = (i64::from(version.0), i64::from(version.1));
            let parts = vec![
                Object::Int(major),
                Object::Int(minor),
                Object::Int(0),
                Object::str("final"),
                Object::Int(0),
            ];
            names.insert(Name::new_static("VERSION"), Object::tuple(parts));
            names.insert(Name::new_static("__version__"), Object::str(format!("{version}.0")));
            let text = format!("{version}.0");
            let get = Object::closure("django.get_version", move |_, _| Ok(Object::str(text.clone())));
            names.insert(Name::new_static("get_version"), get);
            names.insert(Name::new_static("setup"), Object::Native(&NOTHING));
        }
        "django.utils.translation" => {
            for native in FUNCTIONS {
                let name = native.path.rsplit('.').next().unwrap_or(native.path);
                names.insert(Name::new_static(name), Object::Native(native));
            }
        }
        "django.db" | "django.db.utils" => {
            if module == "django.db" {
                let connection = connection(interpreter);
                let all = Object::dict([("default", connection.clone())]);
                names.insert(Name::new_static("connection"), connection);
                names.insert(Name::new_static("connections"), all);
                names.insert(Name::new_static("DEFAULT_DB_ALIAS"), Object::str("default"));
            }
            for (name, base) in [
                ("Error", "Exception"),
                ("InterfaceError", "Exception"),
                ("DatabaseError", "Exception"),
                ("DataError", "Exception"),
                ("OperationalError", "Exception"),
                ("IntegrityError", "Exception"),
                ("InternalError", "Exception"),
                ("ProgrammingError", "Exception"),
                ("NotSupportedError", "Exception"),
            ] {
                let base = interpreter.types.exception(base);
                let class = super::super::class(interpreter, "django.db.utils", name, &[base], &[]);
                names.insert(Name::new_static(name), Object::Class(class));
            }
        }
        "asgiref.local" => {
            // Attributes of one thread or task; here is but one.
            let class = super::super::class(interpreter, module, "Local", &[], LOCAL);
            names.insert(Name::new_static("Local"), Object::Class(class));
        }
        "django.db.transaction" => {
            for native in TRANSACTION {
                let name = native.path.rsplit('.').next().unwrap_or(native.path);
                names.insert(Name::new_static(name), Object::Native(native));
            }
        }
        _ => {}
    }
    names
}

/// The default connection, of which the settings say the vendor and nothing else is known.
fn connection(interpreter: &mut Interpreter) -> Object {
    let class =
        super::super::class(interpreter, "django.utils.connection", "ConnectionProxy", &[], CONNECTION);
    let connection = interpreter.instance_of(&class);
    let databases = facts(interpreter).settings.get("DATABASES");
    let entry = |value: &Value, name: &str| match value {
        Value::Dict(items) => {
            items.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value.clone())
        }
        _ => None,
    };
    let written = databases.as_ref().and_then(|databases| entry(databases, "default"));
    let engine =
        written.as_ref().and_then(|written| entry(written, "ENGINE")?.as_str().map(str::to_lowercase));
    let vendor = engine.and_then(|engine| {
        let known = [("postg", "postgresql"), ("mysql", "mysql"), ("sqlite", "sqlite"), ("oracle", "oracle")];
        known.into_iter().find(|(part, _)| engine.contains(part)).map(|(_, vendor)| vendor)
    });
    let given = facts(interpreter).vendor;
    let settings = match written {
        Some(Value::Dict(items)) if given.is_none_or(|given| vendor == Some(given)) => {
            Some(settings_dict(&items))
        }
        _ => None,
    };
    let vendor = given.or(vendor);
    if let Object::Instance(instance) = &connection {
        let mut attrs = instance.attrs.borrow_mut();
        attrs.insert(Name::new_static("alias"), Object::str("default"));
        if let Some(vendor) = vendor {
            attrs.insert(VENDOR, Object::str(vendor));
        }
        if let Some(settings) = settings {
            attrs.insert(SETTINGS, settings);
        }
    }
    connection
}

/// `connection.settings_dict`: what the settings say, and Django's defaults of the rest
/// (`ConnectionHandler.configure_settings`).
fn settings_dict(written: &[(Value, Value)]) -> Object {
    let text = || Object::str("");
    let mut all = Dict::default();
    for (name, default) in [
        ("ATOMIC_REQUESTS", Object::Bool(false)),
        ("AUTOCOMMIT", Object::Bool(true)),
        ("ENGINE", Object::str("django.db.backends.dummy")),
        ("CONN_MAX_AGE", Object::Int(0)),
        ("CONN_HEALTH_CHECKS", Object::Bool(false)),
        ("OPTIONS", Object::dict([])),
        ("TIME_ZONE", Object::None),
        ("NAME", text()),
        ("USER", text()),
        ("PASSWORD", text()),
        ("HOST", text()),
        ("PORT", text()),
    ] {
        all.insert_str(name, default);
    }
    for (name, value) in written {
        if let Some(name) = name.as_str() {
            all.insert_str(name, thaw(value));
        }
    }
    Object::from_dict(all)
}

/// Where vendor and settings are kept, so that whoever asks for them is noted.
const VENDOR: Name = Name::new_static("$vendor");
const SETTINGS: Name = Name::new_static("$settings");

static CONNECTION: &[Native] = &[Native {
    path: "django.utils.connection.ConnectionProxy.__getattr__",
    call: |interpreter, args| {
        let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
        if matches!(&*name, "vendor" | "settings_dict") {
            if let Some(host) = interpreter.host::<DjangoHost>() {
                host.vendor_asked = true;
            }
            let known = args.get(0).and_then(Object::as_instance);
            let kept = if &*name == "vendor" { VENDOR } else { SETTINGS };
            if let Some(value) = known.and_then(|one| one.attrs.borrow().get(&kept).cloned()) {
                return Ok(value);
            }
        }
        Ok(interpreter.unknown(format!("the database connection's {name}")))
    },
}];

static LOCAL: &[Native] = &[Native { path: "asgiref.local.Local.__init__", call: |_, _| Ok(Object::None) }];

static TRANSACTION: &[Native] = &[
    Native { path: "django.db.transaction.atomic", call: decorator },
    Native { path: "django.db.transaction.non_atomic_requests", call: decorator },
    Native { path: "django.db.transaction.on_commit", call: |_, _| Ok(Object::None) },
];

/// `@atomic` and `@atomic(using=…)`: the function stays as it is.
fn decorator(_: &mut Interpreter, args: Args) -> Eval {
    match args.get(0) {
        Some(function @ (Object::Function(_) | Object::Method(_) | Object::Closure(_))) => {
            Ok(function.clone())
        }
        _ => Ok(Object::closure("django.db.transaction.atomic", |_, args| {
            Ok(args.get(0).cloned().unwrap_or(Object::None))
        })),
    }
}

static NOTHING: Native = Native { path: "django.setup", call: |_, _| Ok(Object::None) };

static FUNCTIONS: &[Native] = &[
    Native { path: "django.utils.translation.gettext", call: |i, a| at_once(i, &a, 0) },
    Native { path: "django.utils.translation.gettext_lazy", call: |i, a| message(i, &a, 0) },
    Native { path: "django.utils.translation.gettext_noop", call: |i, a| message(i, &a, 0) },
    Native { path: "django.utils.translation.ugettext", call: |i, a| at_once(i, &a, 0) },
    Native { path: "django.utils.translation.ugettext_lazy", call: |i, a| message(i, &a, 0) },
    Native { path: "django.utils.translation.ugettext_noop", call: |i, a| message(i, &a, 0) },
    Native { path: "django.utils.translation.pgettext", call: |i, a| at_once(i, &a, 1) },
    Native { path: "django.utils.translation.pgettext_lazy", call: |i, a| message(i, &a, 1) },
    Native { path: "django.utils.translation.ngettext", call: |i, a| plural(i, &a, 0) },
    Native { path: "django.utils.translation.ngettext_lazy", call: |i, a| plural(i, &a, 0) },
    Native { path: "django.utils.translation.npgettext", call: |i, a| plural(i, &a, 1) },
    Native { path: "django.utils.translation.npgettext_lazy", call: |i, a| plural(i, &a, 1) },
    Native { path: "django.utils.translation.get_language", call: |_, _| Ok(Object::None) },
    Native { path: "django.utils.translation.activate", call: |_, _| Ok(Object::None) },
    Native { path: "django.utils.translation.deactivate", call: |_, _| Ok(Object::None) },
    Native { path: "django.utils.translation.override", call: |i, _| Ok(i.unknown("a change of language")) },
];

/// What is not lazy is translated when it is called, and catalogues are not read.
fn at_once(interpreter: &mut Interpreter, args: &Args, index: usize) -> Eval {
    let language = interpreter.host::<DjangoHost>().and_then(|host| host.language.clone());
    match language {
        Some(language) => Ok(interpreter.unknown(format!("a translation into {language}"))),
        None => message(interpreter, args, index),
    }
}

fn message(_: &mut Interpreter, args: &Args, index: usize) -> Eval {
    Ok(args.param(index, "message").cloned().unwrap_or(Object::None))
}

fn plural(interpreter: &mut Interpreter, args: &Args, index: usize) -> Eval {
    let number = args.param(index + 2, "number").cloned().unwrap_or(Object::None);
    match number.as_int() {
        Some(1) => Ok(args.param(index, "singular").cloned().unwrap_or(Object::None)),
        Some(_) => Ok(args.param(index + 1, "plural").cloned().unwrap_or(Object::None)),
        None => Ok(interpreter.unknown("a plural form whose number is not known")),
    }
}
