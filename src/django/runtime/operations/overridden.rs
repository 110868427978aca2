//! Subclasses of Django's operations whose `state_forwards()` is their own.

use std::rc::Rc;

use super::typed::{NESTING, operation_at};
use crate::django::operations::{CustomOperation, Operation, OperationKind, StateForwards};
use crate::django::runtime::facts;
use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::{Class, Instance, Object};

/// The operation, if its class leaves `state_forwards()` to Django's or only hands on to it; else one
/// that does to the database what its kind does, and to the state what that method does.
pub(super) fn with_own_state(
    interpreter: &mut Interpreter,
    instance: &Rc<Instance>,
    class: &Rc<Class>,
    operation: Operation,
) -> Operation {
    if class.lookup("state_forwards").is_none_or(|(_, owner)| owner.native) {
        return operation;
    }
    let state_operations = match state_effect(interpreter, instance, class) {
        // It handed itself on, and nothing else.
        StateForwards::NotImplemented => return operation,
        StateForwards::Operations(operations) => operations,
        // Most hand themselves on in the end; what else they do is not known.
        StateForwards::Unread => vec![operation.clone(), unread(class, &operation)],
    };
    let describe = operation.describe(facts(interpreter).version);
    Operation {
        class: operation.class.clone(),
        at: operation.at.clone(),
        custom_describe: Some(describe.into()),
        kind: OperationKind::SeparateDatabaseAndState {
            database_operations: vec![operation],
            state_operations,
        },
    }
}

/// A change to the state that could not be read.
fn unread(class: &Class, operation: &Operation) -> Operation {
    let kind = OperationKind::Custom(CustomOperation {
        name: class.name.as_str().into(),
        args: Vec::new(),
        kwargs: Vec::new(),
        reversible: None,
        reduces_to_sql: None,
        forwards_nothing: false,
        backwards_nothing: false,
        found: true,
        why: None,
        state_forwards: StateForwards::Unread,
    });
    Operation { class: operation.class.clone(), kind, at: operation.at.clone(), custom_describe: None }
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
    let args = Args::of(vec![Object::str("app"), recorder.clone()]);
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
