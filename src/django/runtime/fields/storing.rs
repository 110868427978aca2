//! How a field of a class that is not Django's stores its default: its own `get_prep_value()`,
//! `get_db_prep_value()` and so on are evaluated, Django's part is done when the value is written
//! (`django/db/models/fields/__init__.py`, 3.2 to 6.1).

use std::rc::Rc;

use super::deconstruct::is_overridden;
use crate::django::field::StoredValue;
use crate::django::runtime::facts;
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Object};
use crate::python::syntax::Name;

/// Methods that say how a default is stored.
const STORING: &[&str] =
    &["get_prep_value", "get_db_prep_save", "get_db_prep_value", "get_default", "_get_default", "to_python"];

/// Classes that change a value in `get_db_prep_value()`, after `get_prep_value()`.
const LATE: &[&str] = &[
    "django.db.models.fields.DateField",
    "django.db.models.fields.TimeField",
    "django.db.models.fields.DecimalField",
    "django.db.models.fields.DurationField",
    "django.db.models.fields.GenericIPAddressField",
    "django.db.models.fields.BinaryField",
    "django.db.models.fields.UUIDField",
    "django.db.models.fields.json.JSONField",
    "django.contrib.postgres.fields.array.ArrayField",
];

/// Classes whose `get_prep_value()` or `get_db_prep_value()` asks `to_python()`.
const CONVERTING: &[&str] = &[
    "django.db.models.fields.BooleanField",
    "django.db.models.fields.CharField",
    "django.db.models.fields.DateField",
    "django.db.models.fields.DecimalField",
    "django.db.models.fields.TextField",
    "django.db.models.fields.TimeField",
    "django.db.models.fields.UUIDField",
];

/// Where Django's part notes what it was given last.
const GIVEN: Name = Name::new_static("$given");

/// Whether a class that is not Django's says how its values are stored.
pub(super) fn is_own(class: &Class) -> bool {
    STORING.iter().any(|name| is_overridden(class, name))
}

/// `get_db_prep_save(default, connection)`; of `""` where the field has no default.
pub(super) fn default(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    class: &Class,
    connection: Object,
) -> StoredValue {
    // A foreign key stores as the field does that it refers to.
    if is_overridden(class, "_get_default")
        || class.derives_from("django.db.models.fields.related.ForeignKey")
    {
        return StoredValue::Unread;
    }
    let object = Object::Instance(field.clone());
    let given = field.attrs.borrow().contains_key("default");
    let value = if given {
        interpreter.call_method(&object, "get_default", Args::none())
    } else {
        Ok(Object::str(""))
    };
    let Ok(value) = value else { return StoredValue::Unread };
    let stored = interpreter.call_method(&object, "get_db_prep_save", Args::of(vec![value, connection]));
    let last = field.attrs.borrow_mut().shift_remove(&GIVEN);
    let Ok(stored) = stored else { return StoredValue::Unread };
    let prepared = last.is_some_and(|last| last.is(&stored));
    let value = interpreter.freeze(&stored);
    match value.find_unknown() {
        Some(_) => StoredValue::Unread,
        None if prepared => StoredValue::Prepared(value),
        None => StoredValue::Plain(value),
    }
}

fn derives_from_late(interpreter: &mut Interpreter, field: &Instance) -> bool {
    let class = field.class.borrow().clone();
    let json = class.derives_from("django.db.models.fields.json.JSONField");
    // Until 4.2 its text was made in `get_prep_value()`.
    (!json || facts(interpreter).version >= DjangoVersion::V4_2)
        && LATE.iter().any(|path| class.derives_from(path))
}

/// What a `to_python()` of user code makes of the value, where Django asks it.
fn converted(interpreter: &mut Interpreter, field: &Rc<Instance>, value: Object) -> Eval {
    let class = field.class.borrow().clone();
    if !is_overridden(&class, "to_python") || !CONVERTING.iter().any(|path| class.derives_from(path)) {
        return Ok(value);
    }
    interpreter.call_method(&Object::Instance(field.clone()), "to_python", Args::of(vec![value]))
}

fn give(field: &Instance, value: &Object) {
    field.attrs.borrow_mut().insert(GIVEN, value.clone());
}

/// `Field.get_prep_value(value)`
pub(super) fn get_prep_value(interpreter: &mut Interpreter, args: Args) -> Eval {
    let mut value = args.param(1, "value").cloned().unwrap_or(Object::None);
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(value) };
    value = converted(interpreter, field, value)?;
    if !derives_from_late(interpreter, field) {
        give(field, &value);
    }
    Ok(value)
}

/// `Field.get_db_prep_value(value, connection, prepared=False)`
pub(super) fn get_db_prep_value(interpreter: &mut Interpreter, args: Args) -> Eval {
    let mut value = args.param(1, "value").cloned().unwrap_or(Object::None);
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(value) };
    let prepared = matches!(args.param(3, "prepared"), Some(Object::Bool(true)));
    // `UUIDField` does not ask for it here.
    let asks = !field.class.borrow().derives_from("django.db.models.fields.UUIDField");
    if !asks {
        value = converted(interpreter, field, value)?;
    } else if !prepared {
        let object = Object::Instance(field.clone());
        value = interpreter.call_method(&object, "get_prep_value", Args::of(vec![value]))?;
    }
    if derives_from_late(interpreter, field) {
        give(field, &value);
    }
    Ok(value)
}

/// `Field.get_db_prep_save(value, connection)`
pub(super) fn get_db_prep_save(interpreter: &mut Interpreter, args: Args) -> Eval {
    let value = args.param(1, "value").cloned().unwrap_or(Object::None);
    let connection = args.param(2, "connection").cloned().unwrap_or(Object::None);
    let Some(field @ Object::Instance(instance)) = args.get(0) else { return Ok(value) };
    let class = instance.class.borrow().clone();
    // Its releases differ in whether `get_db_prep_value()` is asked.
    if class.derives_from("django.db.models.fields.DecimalField")
        && is_overridden(&class, "get_db_prep_value")
    {
        return Ok(interpreter.unknown("how decimals are stored"));
    }
    let keywords = vec![
        (Name::new_static("connection"), connection),
        (Name::new_static("prepared"), Object::Bool(false)),
    ];
    interpreter.call_method(
        field,
        "get_db_prep_value",
        Args { positional: vec![value], keywords, open: None },
    )
}

/// `Field.to_python(value)`: what Django's own classes make of it is made when the value is written.
pub(super) fn to_python(_: &mut Interpreter, args: Args) -> Eval {
    Ok(args.param(1, "value").cloned().unwrap_or(Object::None))
}

/// `Field.get_default()`
pub(super) fn get_default(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(Object::None) };
    let default = field.attrs.borrow().get("default").cloned();
    match default {
        None => Ok(interpreter.unknown("a default that there is not")),
        Some(
            default @ (Object::Function(_)
            | Object::Class(_)
            | Object::Native(_)
            | Object::Closure(_)
            | Object::Method(_)),
        ) => interpreter.call(&default, Args::none()),
        Some(default) => Ok(default),
    }
}
