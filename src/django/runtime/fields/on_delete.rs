//! What `on_delete` can be.

use std::rc::Rc;

use crate::python::object::{Native, Object};
use crate::python::value::{Call, Value};

/// Functions for `on_delete`.
pub(super) static ON_DELETE: &[Native] = &[
    Native { path: "django.db.models.deletion.CASCADE", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.PROTECT", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.RESTRICT", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.SET_NULL", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.SET_DEFAULT", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.DO_NOTHING", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.DB_CASCADE", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.DB_SET_NULL", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.deletion.DB_SET_DEFAULT", call: |_, _| Ok(Object::None) },
];

/// `SET(value)`, which deconstructs as `django.db.models.SET(value)`.
pub(super) static SET: Native = Native {
    path: "django.db.models.deletion.SET",
    call: |interpreter, args| {
        let value = interpreter.freeze(args.get(0).unwrap_or(&Object::None));
        let call = Call { path: "django.db.models.SET".into(), args: vec![value], kwargs: Vec::new() };
        Ok(Object::Frozen(Rc::new(Value::Call(call.into()))))
    },
};
