//! What a function of Python source returns.

use std::sync::Arc;

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

/// What `router.allow_migrate("default", app_label, model_name)` says to each question; `None` for an
/// answer that could not be worked out, and for all where a router could not be made.
pub fn migrates(
    interpreter: &mut Interpreter,
    routers: &[Arc<str>],
    questions: &[(&str, Option<&str>)],
) -> Option<Vec<Option<bool>>> {
    let mut methods = Vec::new();
    for path in routers {
        let class = found(interpreter, path)?;
        let router = interpreter.call(&class, Args::none()).ok()?;
        if matches!(router, Object::Unknown(_)) {
            return None;
        }
        // A router without the method has no opinion.
        if let Some(method) = interpreter.find_attribute(&router, "allow_migrate").ok()? {
            methods.push(method);
        }
    }
    Some(questions.iter().map(|question| allowed(interpreter, &methods, *question)).collect())
}

fn allowed(
    interpreter: &mut Interpreter,
    methods: &[Object],
    (app, model): (&str, Option<&str>),
) -> Option<bool> {
    for method in methods {
        let mut keywords = Vec::new();
        if let Some(model) = model {
            keywords.push((Name::new_static("model_name"), Object::str(model)));
            keywords.push((Name::new_static("model"), interpreter.unknown("the model of a state")));
        }
        let positional = vec![Object::str("default"), Object::str(app)];
        let budget = interpreter.set_budget();
        let answer = interpreter.call(method, Args { positional, keywords, open: None });
        interpreter.restore_budget(budget);
        match answer.ok()? {
            Object::None => {}
            Object::Bool(allowed) => return Some(allowed),
            Object::Unknown(_) => return None,
            other => return interpreter.truth(&other).ok()?.ok(),
        }
    }
    Some(true)
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
