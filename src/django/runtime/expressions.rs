//! wip
use super::Part;
use crate::python::object::Namespace;
pub(super) const PART: Part = Part { modules: Vec::new, names: |_, _| Namespace::default() };
pub(super) fn freeze(
    _: &mut crate::python::interpreter::Interpreter,
    _: &std::rc::Rc<crate::python::object::Instance>,
) -> Option<crate::python::value::Value> {
    None
}
