//! wip
use super::Part;
use crate::python::object::Namespace;
pub(super) const PART: Part = Part { modules: Vec::new, names: |_, _| Namespace::default() };
