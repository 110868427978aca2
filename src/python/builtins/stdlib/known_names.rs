//! Functions and classes of the standard library whose results are not known, by name, so that they
//! can be referred to (`default=time.time`), derived from and told apart from what does not exist.
//!
//! `names.txt` lists what `CPython` 3.12's `inspect` finds in each module: per line a module, the word
//! `functions` or `classes`, and names; `name=path` is a function that goes by another path,
//! `Name(Base)` an exception's class with its built-in base.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::python::interpreter::Interpreter;
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;

const NAMES: &str = include_str!("names.txt");

/// A module's lines: `functions` or `classes`, and the names.
type Lines = Vec<(&'static str, &'static str)>;

/// The lines by their module: every interpreter asks for hundreds of modules.
static MODULES: LazyLock<FxHashMap<&str, Lines>> = LazyLock::new(|| {
    let mut modules: FxHashMap<&str, Lines> = FxHashMap::default();
    for (module, rest) in NAMES.lines().filter_map(|line| line.split_once(' ')) {
        modules.entry(module).or_default().push(rest.split_once(' ').unwrap_or((rest, "")));
    }
    modules
});

fn lines_of(module: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.get(module).into_iter().flatten().copied()
}

/// Whether the module is one of those listed.
pub(super) fn lists(module: &str) -> bool {
    MODULES.contains_key(module)
}

/// Adds the names that a module does not have yet.
pub(super) fn add(i: &mut Interpreter, module: &'static str, names: &mut Namespace) {
    for (kind, all) in lines_of(module) {
        for entry in all.split(' ').filter(|entry| !entry.is_empty()) {
            let (name, rest) = entry.split_at(entry.find(['=', '(']).unwrap_or(entry.len()));
            if names.contains_key(name) {
                continue;
            }
            let object = if kind == "functions" {
                let path = rest.strip_prefix('=').map_or_else(|| format!("{module}.{name}"), str::to_owned);
                let reason = format!("calls {module}.{name}, whose result is not known");
                Object::closure(&path, move |i, _| Ok(i.unknown(reason.as_str())))
            } else {
                let base = rest.trim_matches(['(', ')']);
                let bases: Vec<_> = i.types.get(base).cloned().into_iter().collect();
                let class = super::native_class(&i.types, module, name, &bases, &[]);
                if bases.is_empty() {
                    super::leave_open(i, &class);
                }
                Object::Class(class)
            };
            names.insert(Name::new(name), object);
        }
    }
}

/// The name of a listed module, for good.
pub(super) fn listed_name(module: &str) -> Option<&'static str> {
    MODULES.get_key_value(module).map(|(name, _)| *name)
}
