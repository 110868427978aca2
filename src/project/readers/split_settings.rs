//! django-split-settings (`split_settings/tools.py`): `include("base.py", optional("local.py"))` runs
//! files beside in the names of the module that calls.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::library::Library;
use crate::python::object::{Module, Native, Object};

/// Most files that one call includes.
const FILES: usize = 1000;

/// `split_settings.tools`
pub(super) static FUNCTIONS: &[Native] = &[
    Native { path: "split_settings.tools.include", call: include },
    Native {
        path: "split_settings.tools.optional",
        call: |_, args| Ok(args.get(0).cloned().unwrap_or(Object::None)),
    },
];

fn include(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some((module, parsed)) = interpreter.calling_module().or_else(|| innermost(interpreter)) else {
        return Ok(interpreter.unknown("includes settings from elsewhere"));
    };
    let Some(folder) = parsed.file.path().parent().map(Path::to_owned) else { return Ok(Object::None) };
    for pattern in &args.positional {
        let Some(pattern) = pattern.as_str() else {
            open(interpreter, &module, "includes settings whose name is not known");
            continue;
        };
        for path in matching(&interpreter.library, &folder, &pattern) {
            match interpreter.library.parse(&path) {
                Ok(parsed) => interpreter.run_in_module(&module, &parsed)?,
                Err(why) => open(interpreter, &module, &format!("includes {pattern}: {why}")),
            }
        }
    }
    Ok(Object::None)
}

/// The file that calls may itself be included: then the module is the one whose folder has the file.
fn innermost(
    interpreter: &Interpreter,
) -> Option<(Rc<Module>, std::sync::Arc<crate::python::syntax::Parsed>)> {
    let file = interpreter.location()?.file;
    let parsed = interpreter.library.parse(file.path()).ok()?;
    let folder = file.path().parent()?.to_owned();
    let mut running = interpreter.running_modules();
    running.retain(|module| {
        let own = module.parsed.as_ref().and_then(|own| own.file.path().parent());
        own.is_some_and(|own| folder.starts_with(own))
    });
    running.pop().map(|module| (module, parsed))
}

/// Names that the module does not define may be set all the same.
fn open(interpreter: &Interpreter, module: &Rc<Module>, why: &str) {
    let Object::Unknown(why) = interpreter.unknown(why) else { return };
    module.open.borrow_mut().get_or_insert(why);
}

/// Files that a pattern with `*` in its parts stands for, sorted. Folders are listed where modules may be
/// imported from: what lies elsewhere is none of the tree's business, not even by its name.
fn matching(library: &Library, folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let folders = super::metadata::real_folders(library);
    let mut found = vec![folder.to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty() && *part != ".") {
        let mut next = Vec::new();
        for place in found {
            if !part.contains(['*', '?', '[']) {
                next.push(place.join(part));
                continue;
            }
            if !super::metadata::lies_within(&place, &folders) {
                continue;
            }
            let Ok(entries) = place.read_dir() else { continue };
            let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut names: Vec<String> = names.filter(|name| fits(name, part)).collect();
            names.sort();
            next.extend(names.into_iter().map(|name| place.join(name)));
        }
        next.truncate(FILES);
        found = next;
    }
    found.retain(|path| path.is_file());
    found
}

/// `fnmatch` with `*` alone; other signs match nothing.
fn fits(name: &str, pattern: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}
