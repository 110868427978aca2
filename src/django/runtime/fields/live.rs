//! What a field of a class that is not Django's does beyond what its deconstruction says: attributes
//! that `deconstruct()` leaves out, `db_type(connection)` for each database, and so on. Its methods
//! are evaluated with a connection that knows which database it is of and nothing else.

use std::rc::Rc;
use std::sync::Arc;

use super::deconstruct::{freeze_plain, is_overridden, parts};
use super::storing;
use crate::database::{Dialect, Vendor};
use crate::django::field::{LiveField, LiveType};
use crate::django::runtime::{class, facts};
use crate::django::schema::column_type;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Native, Object};
use crate::python::syntax::Name;
use crate::python::value::Value;

/// `connection.vendor` of each backend; MariaDB's is MySQL's.
const VENDORS: [(&str, &str, Vendor); 4] = [
    ("postgresql", "django.db.backends.postgresql", Vendor::PostgreSql),
    ("sqlite", "django.db.backends.sqlite3", Vendor::Sqlite),
    ("mysql", "django.db.backends.mysql", Vendor::MySql),
    ("oracle", "django.db.backends.oracle", Vendor::Oracle),
];

/// Methods on which columns depend and that are not evaluated here.
const UNREAD: &[&str] = &[
    "db_parameters",
    "db_check",
    "db_type_parameters",
    "db_type_suffix",
    "cast_db_type",
    "get_attname",
    "get_attname_column",
    "set_attributes_from_name",
    "has_default",
    "get_placeholder",
];

/// What the instance's own class makes of it; `class` is not Django's.
pub(super) fn live(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    class: &Rc<Class>,
    frozen: &[(Arc<str>, Value)],
    custom: bool,
) -> LiveField {
    let mut live = LiveField::default();
    if custom {
        match left_out(interpreter, field, frozen) {
            Some(attributes) => live.attributes = attributes,
            None => live.unread.push("deconstruct".into()),
        }
    }
    let own = |name: &str| is_overridden(class, name);
    let asked = facts(interpreter).columns;
    let vendors = || VENDORS.iter().filter(|(vendor, ..)| asked.contain(vendor));
    live.unread.extend(UNREAD.iter().filter(|name| own(name)).map(|name| Arc::from(*name)));
    live.stores_otherwise = storing::is_own(class);
    for (method, types) in [("db_type", &mut live.db_types), ("rel_db_type", &mut live.rel_db_types)] {
        if own(method) {
            *types = vendors()
                .map(|(vendor, engine, _)| {
                    (Arc::from(*vendor), column(interpreter, field, method, vendor, engine))
                })
                .collect();
        }
    }
    if live.stores_otherwise {
        // A default may take long to make: what is read after it must not suffer.
        let outer = interpreter.set_budget();
        for (vendor, engine, _) in vendors() {
            let connection = connection(interpreter, vendor, engine);
            let stored = storing::default(interpreter, field, class, connection);
            live.stored_default.push((Arc::from(*vendor), stored));
        }
        interpreter.restore_budget(outer);
    }
    live
}

/// What the field that Django makes anew of the deconstruction (`Field.clone`) has and the
/// deconstruction does not say; `None` where that could not be worked out.
fn left_out(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    frozen: &[(Arc<str>, Value)],
) -> Option<Vec<(Arc<str>, Value)>> {
    let object = Object::Instance(field.clone());
    let Ok(Object::Instance(again)) = interpreter.call_method(&object, "clone", Args::none()) else {
        return None;
    };
    if again.attrs.borrow().contains_key("$open") {
        return None;
    }
    let (_, keywords) = parts(interpreter, &again).ok()?;
    let said = |name: &str| frozen.iter().any(|(known, _)| &**known == name);
    let hidden: Vec<_> = keywords.into_iter().filter(|(name, _)| !said(name)).collect();
    Some(hidden.into_iter().map(|(name, value)| (name.into(), interpreter.freeze(&value))).collect())
}

/// What `method(connection)` returns on that database.
fn column(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    method: &str,
    vendor: &str,
    engine: &str,
) -> LiveType {
    let connection = connection(interpreter, vendor, engine);
    let object = Object::Instance(field.clone());
    match interpreter.call_method(&object, method, Args::of(vec![connection])) {
        Ok(Object::None) => LiveType::NoColumn,
        Ok(value) => value.as_str().map_or(LiveType::Unread, LiveType::Text),
        Err(_) => LiveType::Unread,
    }
}

static CONNECTION: &[Native] = &[Native {
    path: "django.db.backends.base.base.BaseDatabaseWrapper.__getattr__",
    call: |interpreter, _| Ok(interpreter.unknown("asks the database")),
}];

/// A connection that knows its vendor.
fn connection(interpreter: &mut Interpreter, vendor: &str, engine: &str) -> Object {
    let class = class(interpreter, "django.db.backends.base.base", "BaseDatabaseWrapper", &[], CONNECTION);
    let made = interpreter.instance_of(&class);
    if let Object::Instance(instance) = &made {
        let settings = Object::dict([("ENGINE", Object::str(engine))]);
        for (name, value) in [("vendor", Object::str(vendor)), ("settings_dict", settings)] {
            interpreter.set_own_attribute(instance, &Name::new_static(name), Some(value));
        }
    }
    made
}

/// `Field.db_type(connection)` as Django's own classes have it.
pub(super) fn db_type(interpreter: &mut Interpreter, args: Args) -> Eval {
    let unknown = |interpreter: &mut Interpreter| Ok(interpreter.unknown("the type of a column"));
    let (Some(Object::Instance(field)), Some(connection)) = (args.get(0), args.get(1)) else {
        return unknown(interpreter);
    };
    let vendor = interpreter.get_attribute(connection, &Name::new_static("vendor"))?.as_str();
    let vendor = vendor.and_then(|name| VENDORS.iter().find(|(known, ..)| **known == *name));
    let Some((.., vendor)) = vendor else { return unknown(interpreter) };
    let object = Object::Instance(field.clone());
    // An override of `get_internal_type` counts, one of `db_type` has asked for this.
    let internal = interpreter.call_method(&object, "get_internal_type", Args::none())?;
    let Some(internal) = internal.as_str() else { return unknown(interpreter) };
    let Some(plain) = freeze_plain(interpreter, field, internal) else { return unknown(interpreter) };
    let dialect = Dialect { vendor: *vendor, version: None };
    match column_type(&plain, facts(interpreter).version, dialect) {
        Ok(Some(text)) => Ok(Object::str(text)),
        Ok(None) => Ok(Object::None),
        Err(_) => unknown(interpreter),
    }
}

/// `Field.rel_db_type(connection)`; the integer classes that say otherwise aren't told here.
pub(super) fn rel_db_type(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(field), Some(connection)) = (args.get(0), args.get(1)) else { return Ok(Object::None) };
    let internal = interpreter.call_method(field, "get_internal_type", Args::none())?;
    let plain = internal.as_str().is_some_and(|name| !name.contains("Auto") && !name.starts_with("Positive"));
    if !plain {
        return Ok(interpreter.unknown("the type of a column that refers to this one"));
    }
    interpreter.call_method(field, "db_type", Args::of(vec![connection.clone()]))
}
