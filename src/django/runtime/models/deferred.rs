//! What stands in a model's class for its fields (`django/db/models/query_utils.py`,
//! `django/db/models/fields/related_descriptors.py`): a descriptor that knows its field.

use std::rc::Rc;

use super::{own, set};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Native, Object};
use crate::python::syntax::Name;

static PROPERTIES: &[Native] = &[
    Native { path: "django.db.models.query_utils.DeferredAttribute.rel", call: rel },
    Native { path: "django.db.models.query_utils.DeferredAttribute.through", call: through },
];

/// `DeferredAttribute`
pub(super) fn class_of(interpreter: &mut Interpreter) -> Rc<Class> {
    super::class_with(interpreter, "django.db.models.query_utils", "DeferredAttribute", &[], &[], PROPERTIES)
}

/// `setattr(cls, self.name, …)` in `contribute_to_class` of fields.
pub(super) fn describe(interpreter: &mut Interpreter, model: &Rc<Class>, field: &Rc<Instance>) {
    let class = class_of(interpreter);
    let descriptor = interpreter.instance_of(&class);
    if let Object::Instance(descriptor) = &descriptor {
        set(interpreter, descriptor, "field", Object::Instance(field.clone()));
        // `ManyToManyDescriptor`
        if field.class.borrow().derives_from("django.db.models.fields.related.ManyToManyField") {
            set(interpreter, descriptor, "reverse", Object::Bool(false));
            let manager = interpreter.unknown("the manager of a many-to-many field");
            set(interpreter, descriptor, "related_manager_cls", manager);
        }
    }
    for key in ["name", "attname"] {
        if let Some(name) = own(field, key).and_then(|name| name.as_str()) {
            interpreter.set_class_attribute(model, &Name::new(&*name), Some(descriptor.clone()));
        }
    }
}

fn rel(interpreter: &mut Interpreter, args: Args) -> Eval {
    let field = args.get(0).and_then(Object::as_instance).and_then(|descriptor| own(descriptor, "field"));
    match field {
        Some(field) => interpreter.get_attribute(&field, &"remote_field".into()),
        None => Ok(Object::None),
    }
}

fn through(interpreter: &mut Interpreter, args: Args) -> Eval {
    let rel = rel(interpreter, args)?;
    let through = interpreter.find_attribute(&rel, "through")?;
    Ok(match through {
        Some(through) if !through.is_none() => through,
        _ => interpreter.unknown("the table that Django makes for a many-to-many field"),
    })
}
