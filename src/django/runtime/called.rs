//! What a function of Python source returns.

use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::Name;
use crate::python::value::Value;

/// What the function (or method of a class) of that dotted path returns when it is called without
/// arguments; `None` where that could not be worked out, or may be another value each time.
pub fn called(interpreter: &mut Interpreter, path: &str) -> Option<Value> {
    let function = found(interpreter, path)?;
    let value = interpreter.call(&function, Args::none()).ok()?;
    let value = interpreter.freeze(&value);
    value.find_unknown().is_none().then_some(value)
}

/// The object of a dotted path: the longest part that is a module, and attributes from there.
fn found(interpreter: &mut Interpreter, path: &str) -> Option<Object> {
    let ends: Vec<usize> = path.match_indices('.').map(|(end, _)| end).collect();
    for end in ends.into_iter().rev() {
        let (module, rest) = (path.get(..end)?, path.get(end + 1..)?);
        let Ok(mut object) = interpreter.load_module(module) else { continue };
        if !matches!(object, Object::Module(_)) {
            continue;
        }
        for part in rest.split('.') {
            object = interpreter.get_attribute(&object, &Name::new(part)).ok()?;
        }
        return Some(object);
    }
    None
}
