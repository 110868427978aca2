//! Texts of objects: `repr`, `str`, `format`, `%`.

use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::Object;

impl Interpreter {
    /// `repr(object)`: a string, or unknown.
    pub fn repr(&mut self, _object: &Object) -> Eval {
        Ok(Object::None)
    }
    /// `str(object)`
    pub fn to_str(&mut self, object: &Object) -> Eval {
        Ok(object.clone())
    }
    /// `format(object, spec)`
    pub fn format(&mut self, object: &Object, _spec: &str) -> Eval {
        Ok(object.clone())
    }
    /// `text % values`
    pub fn percent(&mut self, _text: &str, _values: &Object) -> Eval {
        Ok(Object::None)
    }
}
