//! Subclasses of Django's operations whose `state_forwards()` is their own.

use std::rc::Rc;

use super::custom::state_effect;
use crate::django::operations::{CustomOperation, Operation, OperationKind, StateForwards};
use crate::django::runtime::facts;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Instance};

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
    let kind = OperationKind::Custom(CustomOperation::unread(class.name.as_str()));
    Operation { class: operation.class.clone(), kind, at: operation.at.clone(), custom_describe: None }
}
