//! Fields that an app's `AppConfig.ready()` adds to models. Phase 3 of `Apps.populate` is not run as a
//! whole; a `ready()` beside which a field or model is extended by name is.

use std::sync::Arc;

use super::{ProjectApps, Unresolved};
use crate::django::runtime::models::ready_config;
use crate::python::interpreter::{Args, Interpreter};
use crate::python::library::Found;
use crate::python::object::Object;
use crate::python::value::Unknown;

/// What a module calls that extends models: `Field.contribute_to_class`, `ModelBase.add_to_class`.
const EXTENDING: [&str; 2] = [".contribute_to_class(", ".add_to_class("];

/// Calls those methods in the order of the apps; says what could not be worked out of them.
pub(super) fn extend(interpreter: &mut Interpreter, apps: &ProjectApps) -> Vec<Unresolved> {
    let mut unresolved = Vec::new();
    for app in apps.apps.iter() {
        let Some(path) = &app.config else { continue };
        if !path.rsplit_once('.').is_some_and(|(module, _)| extends(interpreter, module)) {
            continue;
        }
        let budget = interpreter.set_budget();
        let done = interpreter.import_path(path).and_then(|class| match class {
            Object::Class(class) => {
                let config = ready_config(interpreter, app, &class);
                interpreter.call_method(&config, "ready", Args::none())
            }
            other => Ok(other),
        });
        interpreter.restore_budget(budget);
        let done = done.unwrap_or_else(|raise| interpreter.unknown_from(&raise));
        if let Object::Unknown(why) = done {
            unresolved.push(not_known(path, &why));
        }
    }
    unresolved
}

fn extends(interpreter: &Interpreter, module: &str) -> bool {
    match interpreter.library.find(module) {
        Found::Package(path) | Found::Module(path) => interpreter
            .library
            .parse(&path)
            .is_ok_and(|parsed| EXTENDING.iter().any(|call| parsed.file.text().contains(call))),
        Found::Namespace(_) | Found::Missing => false,
    }
}

fn not_known(path: &str, why: &Arc<Unknown>) -> Unresolved {
    Unresolved {
        model: None,
        what: None,
        reason: format!("what {path}.ready() adds to models: {}", why.reason).into(),
        at: why.at.clone(),
    }
}
