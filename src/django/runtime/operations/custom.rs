//! Operations that are not Django's: what their own methods do, as far as calling them shows.

use std::rc::Rc;
use std::sync::Arc;

use super::typed::{NESTING, operation_at};
use crate::django::operations::{CustomOperation, Named, OperationKind, StateForwards};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::{Class, Instance, Object};
use crate::python::value::{Unknown, Value};

/// What a `describe()` of user code says.
pub(super) fn own_description(
    interpreter: &mut Interpreter,
    instance: &Rc<Instance>,
    class: &Class,
) -> Option<Arc<str>> {
    let (_, owner) = class.lookup("describe")?;
    if owner.native {
        return None;
    }
    let object = Object::Instance(instance.clone());
    interpreter.call_method(&object, "describe", Args::none()).ok()?.as_str()
}

/// What an instance was constructed with.
pub(super) fn given(interpreter: &mut Interpreter, instance: &Instance) -> (Vec<Value>, Vec<Named<Value>>) {
    let given = Interpreter::constructed(instance).unwrap_or_default();
    let args = given.positional.iter().map(|value| interpreter.freeze(value)).collect();
    let keywords = given.keywords.iter();
    let kwargs = keywords.map(|(name, value)| (name.as_str().into(), interpreter.freeze(value))).collect();
    (args, kwargs)
}

/// An operation of a class that is none of Django's; `why` is the reason where not even the class is known.
pub(super) fn custom(
    interpreter: &mut Interpreter,
    instance: &Rc<Instance>,
    class: &Rc<Class>,
    why: Option<Arc<Unknown>>,
) -> OperationKind {
    let (args, kwargs) = given(interpreter, instance);
    let found =
        class.derives_from("django.db.migrations.operations.base.Operation") && class.open.borrow().is_none();
    let object = Object::Instance(instance.clone());
    let flag = |interpreter: &mut Interpreter, name: &str| match interpreter.find_attribute(&object, name) {
        Ok(Some(Object::Bool(value))) if found => Some(value),
        _ => None,
    };
    let reversible = flag(interpreter, "reversible");
    let reduces_to_sql = flag(interpreter, "reduces_to_sql");
    let forwards_nothing = found && does_nothing(interpreter, instance, class, "database_forwards");
    let backwards_nothing = found && does_nothing(interpreter, instance, class, "database_backwards");
    let state_forwards =
        if found { state_effect(interpreter, instance, class) } else { StateForwards::Unread };
    OperationKind::Custom(CustomOperation {
        name: class.name.as_str().into(),
        args,
        kwargs,
        reversible,
        reduces_to_sql,
        forwards_nothing,
        backwards_nothing,
        found,
        why,
        state_forwards,
    })
}

/// Whether a `database_forwards()` or `database_backwards()` of user code does nothing: it is called
/// with an editor and states that write down whether they were asked anything.
fn does_nothing(interpreter: &mut Interpreter, instance: &Rc<Instance>, class: &Class, name: &str) -> bool {
    if class.lookup(name).is_none_or(|(_, owner)| owner.native) {
        return false;
    }
    let asked: Vec<Object> = (0..3).map(|_| super::recorder(interpreter)).collect();
    let args = std::iter::once(super::own_label()).chain(asked.iter().cloned()).collect();
    let called = interpreter.call_method(&Object::Instance(instance.clone()), name, Args::of(args));
    let untouched = |object: &Object| {
        object.as_instance().is_some_and(|recorder| !recorder.attrs.borrow().contains_key("$asked"))
    };
    matches!(called, Ok(Object::None)) && asked.iter().all(untouched)
}

/// What a `state_forwards()` of user code does: it is called with a state that writes down which
/// operations are handed on to it, and that admits to anything else it was asked.
pub(super) fn state_effect(
    interpreter: &mut Interpreter,
    instance: &Rc<Instance>,
    class: &Rc<Class>,
) -> StateForwards {
    if class.lookup("state_forwards").is_none_or(|(_, owner)| owner.native) {
        return StateForwards::NotImplemented;
    }
    let recorder = super::recorder(interpreter);
    let object = Object::Instance(instance.clone());
    let args = Args::of(vec![super::own_label(), recorder.clone()]);
    let called = interpreter.call_method(&object, "state_forwards", args);
    let (Ok(_), Object::Instance(recorder)) = (called, &recorder) else { return StateForwards::Unread };
    if recorder.attrs.borrow().contains_key("$asked") {
        return StateForwards::Unread;
    }
    let handed = recorder.attrs.borrow().get("$operations").cloned();
    let Some(Object::List(handed)) = handed else { return StateForwards::Operations(Vec::new()) };
    let handed = handed.get().clone();
    match handed.iter().filter(|operation| operation.is(&object)).count() {
        0 => {}
        1 if handed.len() == 1 => return StateForwards::NotImplemented,
        _ => return StateForwards::Unread,
    }
    StateForwards::Operations(
        handed.iter().map(|operation| operation_at(interpreter, operation, NESTING)).collect(),
    )
}
