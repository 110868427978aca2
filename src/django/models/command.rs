//! A project's own `makemigrations` command: what it changes in Django before it looks for changes
//! (fields that take themselves apart otherwise, options that no longer count) holds for us too.

use std::sync::Arc;

use super::{ProjectApps, Unresolved};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::library::{Found, Library};
use crate::python::object::Object;

/// Whether an app has a `makemigrations` of its own.
pub fn has_own_makemigrations(library: &Library, apps: &ProjectApps) -> bool {
    apps.apps.iter().any(|app| {
        let found = library.find(&format!("{}.management.commands.makemigrations", app.name));
        matches!(found, Found::Package(_) | Found::Module(_))
    })
}

/// Evaluates what the project's own `makemigrations` does to Django's classes; nothing where it has
/// none. Everything that is read with the evaluator afterwards is read as that command reads it.
///
/// The command is found as `django.core.management.get_commands` finds it: the first of
/// `INSTALLED_APPS` that has one wins.
pub fn apply_makemigrations(interpreter: &mut Interpreter, apps: &ProjectApps) -> Vec<Unresolved> {
    let module = apps.apps.iter().find_map(|app| {
        let name = format!("{}.management.commands.makemigrations", app.name);
        interpreter.module(&name).is_some().then_some(name)
    });
    let Some(module) = module else { return Vec::new() };
    let budget = interpreter.set_budget();
    let done = run(interpreter, &module);
    interpreter.restore_budget(budget);
    match done {
        Ok(()) => Vec::new(),
        Err(reason) => vec![Unresolved { model: None, what: None, reason, at: None }],
    }
}

fn run(interpreter: &mut Interpreter, module: &str) -> Result<(), Arc<str>> {
    // Python evaluates the packages first, which may keep what the command is about to replace.
    for (end, _) in module.match_indices('.') {
        let _ = interpreter.load_module(&module[..end]);
    }
    let loaded = interpreter.load_module(module).map_err(|raise| interpreter.describe_raise(&raise))?;
    let command = interpreter.find_attribute(&loaded, "Command");
    let Ok(Some(Object::Class(command))) = command else { return Ok(()) };
    let own = command.lookup("handle").is_some_and(|(_, owner)| !owner.native);
    if !own {
        return Ok(());
    }
    let made = interpreter.call(&Object::Class(command), Args::none());
    let handled = made.and_then(|made| interpreter.call_method(&made, "handle", Args::none()));
    handled.map(|_| ()).map_err(|raise| interpreter.describe_raise(&raise))
}

/// `AlterModelOptions.ALTER_OPTION_KEYS`, where it was changed: the options whose changes count.
pub fn alter_option_keys(interpreter: &mut Interpreter) -> Option<Vec<Arc<str>>> {
    let path = "django.db.migrations.operations.models.AlterModelOptions.ALTER_OPTION_KEYS";
    let keys = interpreter.import_path(path).ok()?;
    if keys.is_unknown() || interpreter.unknown_items(&keys).is_some() {
        return None;
    }
    let keys = interpreter.items(&keys).ok()?;
    Some(keys.iter().filter_map(Object::as_str).collect())
}
