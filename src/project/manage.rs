//! `manage.py` evaluated as the program that `manage.py migrate` runs: what it leaves in the environment
//! and on `sys.path`. Settings may change `sys.path`, too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reading::Folders;
use super::settings_module::{CONFIGURATION, VARIABLE, is_dotted};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::{Namespace, Native, Object};
use crate::python::syntax::{Name, Parsed};

/// What `manage.py` did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Managed {
    /// `DJANGO_SETTINGS_MODULE`
    pub settings: Option<String>,
    /// `DJANGO_CONFIGURATION`
    pub configuration: Option<String>,
    /// Folders it put on `sys.path`.
    pub paths: AddedPaths,
}

/// Folders put on `sys.path`: before what was there, and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AddedPaths {
    /// `sys.path.insert(0, …)`
    pub first: Vec<PathBuf>,
    /// `sys.path.append(…)`
    pub last: Vec<PathBuf>,
}

static MANAGEMENT: &[Native] = &[
    Native { path: "django.core.management.execute_from_command_line", call: |_, _| Ok(Object::None) },
    Native { path: "django.core.management.call_command", call: |_, _| Ok(Object::None) },
];

/// Runs `manage.py`.
pub(crate) fn run(
    interpreter: &mut Interpreter,
    parsed: Arc<Parsed>,
    root: &Path,
    folders: &Folders,
) -> Managed {
    let mut names = Namespace::default();
    for native in MANAGEMENT {
        let name = native.path.rsplit('.').next().unwrap_or(native.path);
        names.insert(Name::new_static(name), Object::Native(native));
    }
    interpreter.provide("django.core.management", names);
    start(interpreter, root);
    // What it raises, it raised after what it did.
    let _ = interpreter.load_file("__main__", parsed, false);
    Managed {
        settings: variable(interpreter, VARIABLE).filter(|name| is_dotted(name)),
        configuration: variable(interpreter, CONFIGURATION),
        paths: added_paths(interpreter, root, folders),
    }
}

/// What a variable of the environment is now, where that is known.
fn variable(interpreter: &mut Interpreter, name: &str) -> Option<String> {
    let environ = interpreter.import_path("os.environ").ok()?;
    let value = interpreter.call_method(&environ, "get", Args::of(vec![Object::str(name)])).ok()?;
    value.as_str().map(|text| text.to_string())
}

fn set_in_sys(interpreter: &mut Interpreter, name: &'static str, value: Object) {
    if let Some(module) = interpreter.module("sys") {
        interpreter.set_global(&module, &Name::new_static(name), Some(value));
    }
}

/// `sys.path` with the project's folder alone, `sys.argv` of `manage.py migrate`.
pub(crate) fn start(interpreter: &mut Interpreter, root: &Path) {
    if interpreter.module("sys").is_none() {
        interpreter.provide("sys", Namespace::default());
    }
    let root = Object::str(root.to_string_lossy().as_ref());
    set_in_sys(interpreter, "path", Object::list(vec![root]));
    let arguments = Object::list(vec![Object::str("manage.py"), Object::str("migrate")]);
    set_in_sys(interpreter, "argv", arguments);
    if interpreter.module("sys").is_some_and(|sys| sys.get("modules").is_none()) {
        let class = interpreter.native_class("sys", "modules", &[], MODULES);
        let modules = interpreter.instance_of(&class);
        set_in_sys(interpreter, "modules", modules);
    }
}

/// `sys.modules[__name__]`: settings that change themselves through it.
static MODULES: &[Native] = &[
    Native { path: "sys.modules.__getitem__", call: |interpreter, args| Ok(loaded(interpreter, &args)) },
    Native { path: "sys.modules.get", call: |interpreter, args| Ok(loaded(interpreter, &args)) },
];

fn loaded(interpreter: &mut Interpreter, args: &Args) -> Object {
    let module = args.get(1).and_then(Object::as_str).and_then(|name| interpreter.modules.get(&*name));
    match module.cloned() {
        Some(module) => Object::Module(module),
        None => interpreter.unknown("whether a module has been imported"),
    }
}

/// What came to `sys.path` since [`start`]: folders that may be read.
pub(crate) fn added_paths(interpreter: &mut Interpreter, root: &Path, folders: &Folders) -> AddedPaths {
    let mut added = AddedPaths::default();
    let Some(module) = interpreter.module("sys") else { return added };
    let Some(Object::List(list)) = module.get("path") else { return added };
    let items = list.get().clone();
    let mut before = true;
    for item in items {
        let Ok(text) = interpreter.to_str(&item) else { continue };
        let Some(text) = text.as_str() else { continue };
        let folder = normal(&root.join(&*text));
        if folder == root {
            before = false;
        } else if folder.is_dir() && folders.in_tree(&folder) {
            if before { added.first.push(folder) } else { added.last.push(folder) }
        }
    }
    added
}

/// `os.path.normpath`
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                parts.pop();
            }
            std::path::Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}
