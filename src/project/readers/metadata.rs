//! `importlib.metadata` (and `pkg_resources.iter_entry_points`): what installed packages say of
//! themselves in `*.dist-info`, read as text. Plugins add themselves to `INSTALLED_APPS` this way.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::library::Library;
use crate::python::object::{Namespace, Native, Object};
use crate::python::syntax::Name;
use crate::source::Content;

/// Most bytes of `entry_points.txt`; the largest published ones have a few hundred lines.
const BYTES: u64 = 1024 * 1024;

/// The names of `importlib.metadata`.
pub(super) fn names(interpreter: &mut Interpreter) -> Namespace {
    let mut names = super::functions(FUNCTIONS);
    let base = interpreter.types.exception("ModuleNotFoundError");
    let error = interpreter.native_class("importlib.metadata", "PackageNotFoundError", &[base], &[]);
    names.insert(Name::new_static("PackageNotFoundError"), Object::Class(error));
    names
}

/// What of `pkg_resources` finds entry points.
pub(super) static PKG_RESOURCES: &[Native] =
    &[Native { path: "pkg_resources.iter_entry_points", call: iter_entry_points }];

static FUNCTIONS: &[Native] = &[
    Native { path: "importlib.metadata.entry_points", call: entry_points },
    Native { path: "importlib.metadata.version", call: version },
];

static ENTRY_POINTS: &[Native] = &[
    Native { path: "importlib.metadata.EntryPoints.select", call: select },
    Native { path: "importlib.metadata.EntryPoints.get", call: get },
    Native { path: "importlib.metadata.EntryPoints.__getitem__", call: get },
];

static ENTRY_POINT: &[Native] = &[Native { path: "importlib.metadata.EntryPoint.load", call: load }];

/// An entry point: `group`, `name`, `value`.
struct EntryPoint {
    group: String,
    name: String,
    value: String,
}

fn not_at_hand(interpreter: &Interpreter) -> Object {
    interpreter.unknown("what is installed, whose source is not at hand")
}

/// `entry_points()`, `entry_points(group=…, name=…)`
fn entry_points(interpreter: &mut Interpreter, args: Args) -> Eval {
    if !interpreter.library.has_installed() {
        return Ok(not_at_hand(interpreter));
    }
    if args.keywords.is_empty() {
        let class = interpreter.native_class("importlib.metadata", "EntryPoints", &[], ENTRY_POINTS);
        return Ok(interpreter.instance_of(&class));
    }
    select(interpreter, args.with_first(Object::None))
}

/// `entry_points().select(group=…, name=…)`
fn select(interpreter: &mut Interpreter, args: Args) -> Eval {
    let wanted = |name: &str| args.keyword(name).map(Object::as_str);
    match (wanted("group"), wanted("name")) {
        (Some(None), _) | (_, Some(None)) => Ok(interpreter.unknown("entry points of an unknown group")),
        (group, name) => Ok(list(interpreter, group.flatten().as_deref(), name.flatten().as_deref())),
    }
}

/// `entry_points().get(group, [])`, `entry_points()[group]`
fn get(interpreter: &mut Interpreter, args: Args) -> Eval {
    match args.get(1).and_then(Object::as_str) {
        Some(group) => Ok(list(interpreter, Some(&group), None)),
        None => Ok(interpreter.unknown("entry points of an unknown group")),
    }
}

/// `iter_entry_points(group, name=None)`
fn iter_entry_points(interpreter: &mut Interpreter, args: Args) -> Eval {
    if !interpreter.library.has_installed() {
        return Ok(not_at_hand(interpreter));
    }
    let name = args.param(1, "name").and_then(Object::as_str);
    match args.param(0, "group").and_then(Object::as_str) {
        Some(group) => Ok(list(interpreter, Some(&group), name.as_deref())),
        None => Ok(interpreter.unknown("entry points of an unknown group")),
    }
}

fn list(interpreter: &mut Interpreter, group: Option<&str>, name: Option<&str>) -> Object {
    let found = all(&interpreter.library);
    let fits = |point: &&EntryPoint| {
        group.is_none_or(|group| point.group == group) && name.is_none_or(|name| point.name == name)
    };
    let class = interpreter.native_class("importlib.metadata", "EntryPoint", &[], ENTRY_POINT);
    let mut objects = Vec::new();
    for point in found.iter().filter(fits) {
        let object = interpreter.instance_of(&class);
        if let Object::Instance(instance) = &object {
            let value = point.value.split('[').next().unwrap_or_default().trim();
            let (module, attribute) = value.split_once(':').unwrap_or((value, ""));
            let parts = [
                ("name", &*point.name),
                ("value", &*point.value),
                ("group", &*point.group),
                ("module", module.trim()),
                ("module_name", module.trim()),
                ("attr", attribute.trim()),
            ];
            for (name, text) in parts {
                interpreter.set_own_attribute(instance, &Name::new_static(name), Some(Object::str(text)));
            }
        }
        objects.push(object);
    }
    Object::list(objects)
}

/// `EntryPoint.load()`
fn load(interpreter: &mut Interpreter, args: Args) -> Eval {
    let own = |name: &str| args.get(0)?.as_instance()?.attrs.borrow().get(name).and_then(Object::as_str);
    let (module, attribute) = (own("module").unwrap_or_default(), own("attr").unwrap_or_default());
    if attribute.is_empty() {
        return interpreter.import_module(&module);
    }
    interpreter.import_path(&format!("{module}.{attribute}"))
}

/// Folders of metadata, in the order of the search path, each folder's sorted.
fn metadata(library: &Library) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in library.paths() {
        let Ok(entries) = path.folder.read_dir() else { continue };
        let folders = entries.flatten().map(|entry| entry.path());
        let mut folders: Vec<PathBuf> = folders
            .filter(|path| path.extension().is_some_and(|ext| ext == "dist-info" || ext == "egg-info"))
            .collect();
        folders.sort();
        found.extend(folders);
    }
    found
}

fn all(library: &Library) -> Vec<EntryPoint> {
    let mut found = Vec::new();
    let folders = real_folders(library);
    for folder in metadata(library) {
        let path = folder.join("entry_points.txt");
        // What the tree's symbolic links lead to outside is none of the tree's business.
        if !lies_within(&path, &folders) {
            continue;
        }
        let display = path.to_string_lossy();
        let Ok(reading) = crate::source::read(&path, &display, Content::Text, BYTES) else { continue };
        let text = reading.file.text();
        let mut group = "";
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                group = name.trim();
            } else if let Some((name, value)) = line.split_once('=')
                && !line.starts_with(['#', ';'])
            {
                found.push(EntryPoint {
                    group: group.to_owned(),
                    name: name.trim().to_owned(),
                    value: value.trim().to_owned(),
                });
            }
        }
    }
    found
}

/// The folders that modules are imported from, symbolic links followed.
pub(super) fn real_folders(library: &Library) -> Vec<PathBuf> {
    library.paths().iter().filter_map(|search| search.folder.canonicalize().ok()).collect()
}

/// Whether a path, symbolic links followed, lies in one of the folders.
pub(super) fn lies_within(path: &Path, folders: &[PathBuf]) -> bool {
    path.canonicalize().is_ok_and(|real| folders.iter().any(|folder| real.starts_with(folder)))
}

/// `version("Django")`
fn version(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(name) = args.get(0).and_then(Object::as_str) else {
        return Ok(interpreter.unknown("the version of an unknown package"));
    };
    let wanted = normalised(&name);
    let found = metadata(&interpreter.library).iter().find_map(|folder| stem_version(folder, &wanted));
    Ok(match found {
        Some(version) => Object::Str(version),
        None => interpreter.unknown(format!("the version of {name}, whose metadata is not at hand")),
    })
}

/// `5.2.3` of `Django-5.2.3.dist-info`, for `django`.
fn stem_version(folder: &Path, wanted: &str) -> Option<Arc<str>> {
    let stem = folder.file_stem()?.to_str()?;
    let (name, version) = stem.split_once('-')?;
    let version = version.split("-py").next().unwrap_or(version);
    (normalised(name) == wanted).then(|| version.into())
}

/// PEP 503.
fn normalised(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}
