//! A model field at rest: what its `deconstruct()` gives, and what its class is made of.

use std::sync::Arc;

use crate::python::value::{Unknown, Value};
use crate::source::Location;

/// Arguments that the schema does not depend on (`Field.non_db_attrs`, `django/db/models/fields/__init__.py`).
pub const NON_DB_ATTRS: &[&str] = &[
    "blank",
    "choices",
    "db_column",
    "editable",
    "error_messages",
    "help_text",
    "limit_choices_to",
    "on_delete",
    "related_name",
    "related_query_name",
    "validators",
    "verbose_name",
];

/// Whether only Python code looks at an argument: those of [`NON_DB_ATTRS`] but for `db_column`, which
/// names the column, and what file fields do with their files.
pub fn is_python_only(argument: &str) -> bool {
    matches!(argument, "storage" | "upload_to")
        || (argument != "db_column" && NON_DB_ATTRS.contains(&argument))
}

/// A field as Django's `Field.deconstruct()` gives it, its name aside
/// (`django.db.models.fields.Field.deconstruct`).
#[derive(Debug, Clone)]
pub struct Field {
    /// The path `deconstruct()` gives: shortened for Django's own (`django.db.models.CharField`).
    pub path: Arc<str>,
    /// Positional arguments of `deconstruct()`; empty for Django's own fields.
    pub args: Vec<Value>,
    /// Keyword arguments of `deconstruct()`, in its order; a relation's `to` is lower-case
    /// `app.model`, whatever it was written as (`settings.AUTH_USER_MODEL` too).
    pub kwargs: Vec<(Arc<str>, Value)>,
    /// What the class is.
    pub class: Arc<FieldClass>,
    /// Where the field is written, if it is.
    pub at: Option<Location>,
    /// What a class that is not Django's makes of it beyond this, where that was evaluated.
    pub live: Option<Arc<LiveField>>,
}

/// What a field of a class that is not Django's does beyond what its deconstruction says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LiveField {
    /// What the field has and `deconstruct()` leaves out, as the arguments that would set it:
    /// `null=True` of a class that always sets it, a `max_length` of its own.
    pub attributes: Vec<(Arc<str>, Value)>,
    /// What its own `db_type()` returns, by `connection.vendor`; empty where it has Django's.
    pub db_types: Vec<(Arc<str>, LiveType)>,
    /// What its own `rel_db_type()` returns, by `connection.vendor`; empty where it has Django's.
    pub rel_db_types: Vec<(Arc<str>, LiveType)>,
    /// Whether methods of its own say how values are stored.
    pub stores_otherwise: bool,
    /// What they make of its default (of `""`, where it has none), by `connection.vendor`.
    pub stored_default: Vec<(Arc<str>, StoredValue)>,
    /// Methods of its own on which the column depends and that were not evaluated.
    pub unread: Vec<Arc<str>>,
}

/// A value as methods of user code prepare it for the database.
#[derive(Debug, Clone, PartialEq)]
pub enum StoredValue {
    /// Django's own field goes on with this.
    Prepared(Value),
    /// The driver gets this.
    Plain(Value),
    /// It could not be worked out.
    Unread,
}

/// The type of a column as a method of user code gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveType {
    /// This text.
    Text(Arc<str>),
    /// There is no column.
    NoColumn,
    /// It could not be worked out.
    Unread,
}

/// A field's class, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldClass {
    /// `module.qualname` of the class itself, not shortened.
    pub qualname: Arc<str>,
    /// The nearest class of Django's own in its method resolution order, by its shortened path
    /// (`django.db.models.CharField`); `None` where no base could be found.
    pub base: Option<Arc<str>>,
    /// Every class of the method resolution order by `module.qualname`, itself first.
    pub mro: Vec<Arc<str>>,
    /// What an override of `get_internal_type()` returns, where there is one that could be read.
    pub internal_type: Option<Arc<str>>,
    /// What an override of `db_type()` returns for every connection, where there is one that could be read.
    pub db_type: Option<Arc<str>>,
    /// Whether it overrides `db_type()`, `rel_db_type()` or `get_internal_type()` in a way that could not be read.
    pub opaque_type: bool,
    /// What the class is a kind of: its base and [`FieldClass::mro`], shortened as [`shorten`] does it. Asked
    /// of every field many times over, so it is worked out once.
    kinds: Box<[Box<str>]>,
    is_relation: bool,
}

/// Django's classes whose fields are relations (`Field.is_relation`).
const RELATIONS: [&str; 5] = [
    "django.db.models.ForeignKey",
    "django.db.models.ManyToManyField",
    "django.db.models.OneToOneField",
    "django.db.models.ForeignObject",
    "django.db.models.RelatedField",
];

impl FieldClass {
    /// A class by its method resolution order, itself first, and the nearest of Django's in it; nothing is
    /// known of the types of its columns but what `base` says.
    pub fn new(qualname: Arc<str>, base: Option<Arc<str>>, mro: Vec<Arc<str>>) -> Self {
        let kinds = mro.iter().map(|class| shorten(class)).chain(base.as_deref().map(str::to_owned));
        let kinds: Box<[Box<str>]> = kinds.map(String::into_boxed_str).collect();
        let is_relation = kinds.iter().any(|kind| RELATIONS.contains(&kind.as_ref()));
        let (internal_type, db_type, opaque_type) = (None, None, false);
        Self { qualname, base, mro, internal_type, db_type, opaque_type, kinds, is_relation }
    }

    /// A class of which nothing is known but its path.
    pub fn of_path(path: &Arc<str>) -> Self {
        Self::new(path.clone(), path.starts_with("django.").then(|| path.clone()), vec![path.clone()])
    }
}

impl Field {
    /// The keyword argument of that name, as `deconstruct()` gives it.
    pub fn kwarg(&self, name: &str) -> Option<&Value> {
        self.kwargs.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value)
    }

    /// Sets a keyword argument, at its place if it has one.
    pub fn set_kwarg(&mut self, name: &str, value: Value) {
        match self.kwargs.iter_mut().find(|(key, _)| key.as_ref() == name) {
            Some((_, old)) => *old = value,
            None => self.kwargs.push((name.into(), value)),
        }
    }

    /// Takes a keyword argument out.
    pub fn remove_kwarg(&mut self, name: &str) -> Option<Value> {
        let index = self.kwargs.iter().position(|(key, _)| key.as_ref() == name)?;
        Some(self.kwargs.remove(index).1)
    }

    /// Whether a keyword argument is there and true.
    pub fn flag(&self, name: &str) -> bool {
        self.kwarg(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// `null=True`
    pub fn null(&self) -> bool {
        self.flag("null")
    }

    /// The last part of the path: `CharField`.
    pub fn class_name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// Whether Django's class `path` (shortened: `django.db.models.ForeignKey`) is among its bases, itself included.
    pub fn is_a(&self, path: &str) -> bool {
        self.path.as_ref() == path || self.class.kinds.iter().any(|kind| kind.as_ref() == path)
    }

    /// Whether its class is one of Django's relations (`Field.is_relation`).
    pub fn is_of_relation_class(&self) -> bool {
        self.class.is_relation || RELATIONS.contains(&self.path.as_ref())
    }

    /// Whether it is a many-to-many field.
    pub fn many_to_many(&self) -> bool {
        self.is_a("django.db.models.ManyToManyField")
    }

    /// The model a relation points to, lower-case `app.model`; `None` for a plain field.
    pub fn to(&self) -> Option<&str> {
        self.kwarg("to").and_then(Value::as_str)
    }

    /// The first unknown among its arguments.
    pub fn find_unknown(&self) -> Option<&Arc<Unknown>> {
        self.args.iter().chain(self.kwargs.iter().map(|(_, value)| value)).find_map(Value::find_unknown)
    }
}

/// Two fields are equal when their deconstructions are; where they stand does not count.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
            && self.args == other.args
            && self.kwargs.len() == other.kwargs.len()
            && self.kwargs.iter().all(|(key, value)| other.kwarg(key) == Some(value))
    }
}

/// Django's path shortening, as `Field.deconstruct()` does it
/// (`django/db/models/fields/__init__.py`): `django.db.models.fields.related.X` → `django.db.models.X`.
pub fn shorten(path: &str) -> String {
    match within_fields(path) {
        Some(rest) => [SHORT, rest].concat(),
        None => path.to_owned(),
    }
}

/// Where Django exports its fields.
const SHORT: &str = "django.db.models.";

/// What follows the module of a field of Django's.
fn within_fields(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(SHORT)?.strip_prefix("fields.")?;
    let modules = ["related.", "files.", "generated.", "json.", "proxy.", "composite."];
    Some(modules.iter().find_map(|module| rest.strip_prefix(module)).unwrap_or(rest))
}
