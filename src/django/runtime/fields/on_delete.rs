//! What `on_delete` can be.

use crate::django::runtime::class;
use crate::python::object::{Native, Object};
use crate::python::syntax::Name;

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

/// `SET(value)`: what can be called, and deconstructs as `django.db.models.SET(value)`.
pub(super) static SET: Native = Native {
    path: "django.db.models.deletion.SET",
    call: |interpreter, args| {
        let class = class(interpreter, "django.db.models.deletion", "set_on_delete", &[], HANDLER);
        let made = interpreter.instance_of(&class);
        if let Object::Instance(handler) = &made {
            let value = args.get(0).cloned().unwrap_or(Object::None);
            interpreter.set_own_attribute(handler, &VALUE, Some(value));
        }
        Ok(made)
    },
};

const VALUE: Name = Name::new_static("value");

static HANDLER: &[Native] = &[
    Native { path: "django.db.models.deletion.set_on_delete.__call__", call: |_, _| Ok(Object::None) },
    Native {
        path: "django.db.models.deletion.set_on_delete.deconstruct",
        call: |_, args| {
            let value = args.get(0).and_then(Object::as_instance);
            let value = value.and_then(|handler| handler.attrs.borrow().get("value").cloned());
            let args = Object::tuple(vec![value.unwrap_or(Object::None)]);
            Ok(Object::tuple(vec![Object::str("django.db.models.SET"), args, Object::dict([])]))
        },
    },
];
