//! The model classes of Django's own contrib apps, for projects whose Django is not at hand: made
//! from the table of [`contrib`], so that a project's models derive from and refer to them as they
//! would to Django's (`django/contrib/*/models.py`, `auth/base_user.py`, `sessions/base_session.py`).

use std::rc::Rc;
use std::sync::Arc;

use super::{base, managers};
use crate::django::contrib;
use crate::django::field::Field;
use crate::django::runtime::settings::thaw;
use crate::django::runtime::{facts, fields};
use crate::django::state::{ModelState, Swappables};
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter};
use crate::python::library::{Found, Library};
use crate::python::object::{Class, Namespace, Object};
use crate::python::syntax::Name;
use crate::python::value::Value;

/// A class of a contrib module.
enum Kind {
    /// A manager, its base, and whether it says `use_in_migrations = True` itself.
    Manager(&'static str, bool),
    /// An abstract model.
    Abstract,
    /// A model, and the abstract one it derives from.
    Model(Option<&'static str>),
}

use Kind::{Abstract, Manager, Model};

struct Bundled {
    module: &'static str,
    name: &'static str,
    kind: Kind,
    /// Names that its body has beside its fields, none of them one: methods and properties.
    members: &'static [&'static str],
}

const fn bundled(
    module: &'static str,
    name: &'static str,
    kind: Kind,
    members: &'static [&'static str],
) -> Bundled {
    Bundled { module, name, kind, members }
}

const AUTH: &str = "django.contrib.auth.models";
const BASE_USER: &str = "django.contrib.auth.base_user";
const BASE_SESSION: &str = "django.contrib.sessions.base_session";
const SESSIONS: &str = "django.contrib.sessions.models";
const CONTENT_TYPES: &str = "django.contrib.contenttypes.models";
const SITES: &str = "django.contrib.sites.models";
const ADMIN: &str = "django.contrib.admin.models";
const MANAGER: &str = "django.db.models.manager.Manager";

/// In the order in which Django's modules make them.
const CLASSES: &[Bundled] = &[
    bundled(
        BASE_USER,
        "BaseUserManager",
        Manager(MANAGER, false),
        &["normalize_email", "make_random_password", "get_by_natural_key", "aget_by_natural_key"],
    ),
    bundled(
        BASE_USER,
        "AbstractBaseUser",
        Abstract,
        &[
            "get_username",
            "natural_key",
            "is_anonymous",
            "is_authenticated",
            "set_password",
            "check_password",
            "acheck_password",
            "set_unusable_password",
            "has_usable_password",
            "get_session_auth_hash",
            "get_session_auth_fallback_hash",
            "get_email_field_name",
            "normalize_username",
        ],
    ),
    bundled(
        CONTENT_TYPES,
        "ContentTypeManager",
        Manager(MANAGER, true),
        &["get_for_model", "get_for_models", "get_for_id", "get_by_natural_key", "clear_cache"],
    ),
    bundled(
        CONTENT_TYPES,
        "ContentType",
        Model(None),
        &[
            "name",
            "app_labeled_name",
            "model_class",
            "get_object_for_this_type",
            "get_all_objects_for_this_type",
            "natural_key",
        ],
    ),
    bundled(AUTH, "PermissionManager", Manager(MANAGER, true), &["get_by_natural_key"]),
    bundled(AUTH, "Permission", Model(None), &["natural_key", "user_perm_str"]),
    bundled(AUTH, "GroupManager", Manager(MANAGER, true), &["get_by_natural_key"]),
    bundled(AUTH, "Group", Model(None), &["natural_key"]),
    bundled(
        AUTH,
        "UserManager",
        Manager("django.contrib.auth.base_user.BaseUserManager", true),
        &[
            "create_user",
            "create_superuser",
            "acreate_user",
            "acreate_superuser",
            "with_perm",
            "_create_user",
        ],
    ),
    bundled(
        AUTH,
        "PermissionsMixin",
        Abstract,
        &[
            "get_user_permissions",
            "get_group_permissions",
            "get_all_permissions",
            "has_perm",
            "has_perms",
            "has_module_perms",
        ],
    ),
    bundled(AUTH, "AbstractUser", Abstract, &["get_full_name", "get_short_name", "email_user"]),
    bundled(AUTH, "User", Model(Some("django.contrib.auth.models.AbstractUser")), &[]),
    bundled(BASE_SESSION, "BaseSessionManager", Manager(MANAGER, true), &["encode", "save"]),
    bundled(BASE_SESSION, "AbstractBaseSession", Abstract, &["get_session_store_class", "get_decoded"]),
    bundled(
        SESSIONS,
        "SessionManager",
        Manager("django.contrib.sessions.base_session.BaseSessionManager", true),
        &[],
    ),
    bundled(
        SESSIONS,
        "Session",
        Model(Some("django.contrib.sessions.base_session.AbstractBaseSession")),
        &["get_session_store_class"],
    ),
    bundled(
        SITES,
        "SiteManager",
        Manager(MANAGER, true),
        &["get_current", "clear_cache", "get_by_natural_key"],
    ),
    bundled(SITES, "Site", Model(None), &["natural_key"]),
    bundled("django.contrib.sites.managers", "CurrentSiteManager", Manager(MANAGER, true), &[]),
    bundled(ADMIN, "LogEntryManager", Manager(MANAGER, true), &["log_action", "log_actions"]),
    bundled(
        ADMIN,
        "LogEntry",
        Model(None),
        &[
            "is_addition",
            "is_change",
            "is_deletion",
            "get_change_message",
            "get_edited_object",
            "get_admin_url",
        ],
    ),
    bundled("django.contrib.flatpages.models", "FlatPage", Model(None), &["get_absolute_url"]),
    bundled("django.contrib.redirects.models", "Redirect", Model(None), &[]),
];

/// Names that a module has from another.
const REEXPORTS: &[(&str, &str, &[&str])] = &[
    (AUTH, BASE_USER, &["AbstractBaseUser", "BaseUserManager"]),
    (AUTH, CONTENT_TYPES, &["ContentType"]),
    (SESSIONS, BASE_SESSION, &["AbstractBaseSession", "BaseSessionManager"]),
];

/// Class attributes that projects build upon.
fn attributes(name: &str) -> Vec<(&'static str, Object)> {
    match name {
        "AbstractBaseUser" => vec![("REQUIRED_FIELDS", Object::list(Vec::new()))],
        "AbstractUser" => vec![
            ("EMAIL_FIELD", Object::str("email")),
            ("USERNAME_FIELD", Object::str("username")),
            ("REQUIRED_FIELDS", Object::list(vec![Object::str("email")])),
        ],
        _ => Vec::new(),
    }
}

/// Modules that are made here because their source is not at hand.
pub(in crate::django::runtime) fn modules(library: &Library) -> Vec<&'static str> {
    let mut modules: Vec<&'static str> = CLASSES.iter().map(|class| class.module).collect();
    modules.extend(contrib::config_modules());
    modules.sort_unstable();
    modules.dedup();
    modules.retain(|module| matches!(library.find(module), Found::Missing | Found::Namespace(_)));
    modules
}

/// What such a module has.
pub(super) fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    for (name, config) in contrib::config_classes(module, facts(interpreter).version) {
        if let Ok(class) = config_class(interpreter, module, name, &config) {
            names.insert(Name::new_static(name), Object::Class(class));
        }
    }
    for (_, from, reexported) in REEXPORTS.iter().filter(|(to, ..)| *to == module) {
        for name in *reexported {
            if let Ok(class) = interpreter.import_path(&format!("{from}.{name}")) {
                names.insert(Name::new_static(name), class);
            }
        }
    }
    for class in CLASSES.iter().filter(|class| class.module == module) {
        // What an app that is not installed declares cannot be imported in Django either.
        let made = make(interpreter, class, &names);
        let made = made.unwrap_or_else(|raise| interpreter.unknown_from(&raise));
        names.insert(Name::new_static(class.name), made);
    }
    if module == ADMIN {
        for (name, flag) in [("ADDITION", 1), ("CHANGE", 2), ("DELETION", 3)] {
            names.insert(Name::new_static(name), Object::Int(flag));
        }
    }
    names
}

/// A configuration that projects derive theirs from.
fn config_class(
    interpreter: &mut Interpreter,
    module: &str,
    name: &'static str,
    config: &contrib::BundledApp,
) -> Eval<Rc<Class>> {
    let mut attrs = Namespace::default();
    attrs.insert(Name::new_static("name"), Object::str(config.name));
    attrs.insert(Name::new_static("label"), Object::Str(config.label.0.clone()));
    if let Some(path) = config.default_auto_field {
        attrs.insert(Name::new_static("default_auto_field"), Object::str(path));
    }
    let base = super::registry::config_class(interpreter);
    interpreter.make_class(parts(module, name, vec![Object::Class(base)], attrs))
}

fn make(interpreter: &mut Interpreter, class: &Bundled, made: &Namespace) -> Eval {
    let mut attrs = Namespace::default();
    for member in class.members {
        let member = Name::new_static(member);
        let answer = Object::closure(&member, |interpreter, _| {
            Ok(interpreter.unknown("a method of Django's, whose source is not at hand"))
        });
        attrs.insert(member, answer);
    }
    for (name, value) in attributes(class.name) {
        attrs.insert(Name::new_static(name), value);
    }
    match class.kind {
        Manager(base, in_migrations) => {
            if in_migrations {
                attrs.insert(Name::new_static("use_in_migrations"), Object::Bool(true));
            }
            let base = find(interpreter, class.module, base, made)?;
            let made = interpreter.make_class(parts(class.module, class.name, vec![base], attrs))?;
            Ok(Object::Class(made))
        }
        Abstract => {
            let path = format!("{}.{}", class.module, class.name);
            let (version, swappables) = asked(interpreter);
            let Some(state) = contrib::bundled_abstract(&path, version, &swappables) else {
                return Ok(interpreter.unknown(format!("{path} is not known")));
            };
            let mut bases = Vec::new();
            for base in &state.bases {
                if let Value::Ref(path) = base {
                    bases.push(find(interpreter, class.module, path, made)?);
                }
            }
            model(interpreter, class, &state, bases, attrs, made)
        }
        Model(base) => {
            let app = class.module.rsplit_once('.').map_or("", |(app, _)| app);
            let (version, swappables) = asked(interpreter);
            let models = contrib::bundled_models(app, version, &swappables).unwrap_or_default();
            let Some(state) = models.into_iter().find(|model| &*model.name == class.name) else {
                return Ok(interpreter.unknown(format!("{}.{} is not known", class.module, class.name)));
            };
            let base = match base {
                Some(path) => find(interpreter, class.module, path, made)?,
                None => Object::Class(base::model_class(interpreter)),
            };
            model(interpreter, class, &state, vec![base], attrs, made)
        }
    }
}

fn asked(interpreter: &mut Interpreter) -> (crate::django::version::DjangoVersion, Swappables) {
    let facts = facts(interpreter);
    let mut swappables = Swappables::default();
    if let Some(user) = facts.settings.get("AUTH_USER_MODEL").as_ref().and_then(Value::as_str) {
        swappables.settings.insert("AUTH_USER_MODEL".into(), user.into());
    }
    (facts.version, swappables)
}

/// A class by its path; one of the module that is being made is among `made`.
fn find(interpreter: &mut Interpreter, module: &str, path: &str, made: &Namespace) -> Eval {
    let (home, name) = path.rsplit_once('.').unwrap_or(("", path));
    if home == module
        && let Some(class) = made.get(name)
    {
        return Ok(class.clone());
    }
    match path {
        base::MODEL => Ok(Object::Class(base::model_class(interpreter))),
        MANAGER => Ok(Object::Class(managers::class_of(interpreter, "Manager"))),
        _ => interpreter.import_path(path),
    }
}

fn parts(module: &str, name: &'static str, bases: Vec<Object>, attrs: Namespace) -> ClassParts {
    ClassParts {
        name: Name::new_static(name),
        module: module.into(),
        qualname: name.into(),
        bases,
        attrs,
        metaclass: None,
        at: None,
    }
}

/// What `class Name(*bases)` would make, with the fields of the state that the bases do not bring.
fn model(
    interpreter: &mut Interpreter,
    class: &Bundled,
    state: &ModelState,
    bases: Vec<Object>,
    mut attrs: Namespace,
    made: &Namespace,
) -> Eval {
    attrs.insert(Name::new_static("__module__"), Object::str(class.module));
    attrs.insert(Name::new_static("__qualname__"), Object::str(class.name));
    let meta = meta_class(interpreter, class, state, &bases)?;
    attrs.insert(Name::new_static("Meta"), meta);
    for (name, field) in &state.fields {
        let automatic = field.kwargs.iter().any(|(name, _)| &**name == "auto_created");
        if automatic || inherited(&bases, name) {
            continue;
        }
        let Some(field) = make_field(interpreter, field)? else { continue };
        attrs.insert(Name::new(&**name), field);
    }
    for (name, manager) in &state.managers {
        if inherited_manager(class) {
            continue;
        }
        let Value::Call(call) = manager else { continue };
        let manager = find(interpreter, class.module, &call.path, made)?;
        let manager = interpreter.call(&manager, Args::none())?;
        attrs.insert(Name::new(&**name), manager);
    }
    let body = Object::dict(attrs.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let metaclass = Object::Class(base::model_base(interpreter));
    interpreter.call(&metaclass, Args::of(vec![Object::str(class.name), Object::tuple(bases), body]))
}

/// A concrete model takes the managers of the abstract one that it derives from, but `Session`,
/// which has one of its own.
fn inherited_manager(class: &Bundled) -> bool {
    matches!(class.kind, Model(Some(AUTH_USER)))
}

const AUTH_USER: &str = "django.contrib.auth.models.AbstractUser";

/// `class Meta`, with that of the first base as its own base.
fn meta_class(interpreter: &mut Interpreter, class: &Bundled, state: &ModelState, bases: &[Object]) -> Eval {
    let parent = bases.iter().filter_map(Object::as_class).find_map(|base| base.lookup("Meta"));
    let mut attrs = Namespace::default();
    for (name, value) in &state.options {
        if matches!(&**name, "abstract" | "indexes" | "constraints") {
            continue;
        }
        attrs.insert(Name::new(&**name), object(interpreter, value)?);
    }
    if matches!(class.kind, Abstract) {
        attrs.insert(Name::new_static("abstract"), Object::Bool(true));
    }
    let bases = parent.into_iter().map(|(meta, _)| meta).collect();
    Ok(Object::Class(interpreter.make_class(parts(class.module, "Meta", bases, attrs))?))
}

/// Whether one of the bases hands down a field of that name.
fn inherited(bases: &[Object], name: &str) -> bool {
    bases.iter().filter_map(Object::as_class).any(|base| {
        super::Meta::of(base).is_some_and(|meta| {
            let fields =
                ["local_fields", "local_many_to_many"].into_iter().flat_map(|list| meta.instances(list));
            fields
                .filter_map(|field| super::own(&field, "name").and_then(|name| name.as_str()))
                .any(|known| &*known == name)
        })
    })
}

/// A live object of a value of the table: functions of Django's models are its own, other
/// references stay references.
fn object(interpreter: &mut Interpreter, value: &Value) -> Eval {
    Ok(match value {
        Value::Ref(path) if path.starts_with("django.db.models.") => interpreter.import_path(path)?,
        Value::Ref(_) => Object::Frozen(Rc::new(value.clone())),
        Value::List(items) => {
            let items = items.iter().map(|item| object(interpreter, item)).collect::<Eval<Vec<_>>>()?;
            Object::list(items)
        }
        Value::Set(items) => Object::tuple(items.iter().map(thaw).collect()),
        other => thaw(other),
    })
}

/// A field as its class takes itself apart now; a project may have replaced its `deconstruct()`.
pub(crate) fn deconstruct_again(interpreter: &mut Interpreter, field: &Arc<Field>) -> Arc<Field> {
    let Ok(Some(made)) = make_field(interpreter, field) else { return field.clone() };
    match interpreter.freeze(&made) {
        Value::Field(again) => again,
        _ => field.clone(),
    }
}

fn make_field(interpreter: &mut Interpreter, field: &Field) -> Eval<Option<Object>> {
    let Some(class) = fields::by_path(interpreter, &field.path) else { return Ok(None) };
    let mut keywords = Vec::new();
    for (name, value) in &field.kwargs {
        keywords.push((Name::new(&**name), object(interpreter, value)?));
    }
    let args = Args { positional: Vec::new(), keywords, open: None };
    interpreter.call(&Object::Class(class), args).map(Some)
}
