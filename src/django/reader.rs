//! A migration file → [`Migration`]: its module is evaluated, and its `Migration` class read
//! (`MigrationLoader.load_disk`, `Migration.__init__`).

mod queue;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use super::keys::{AppLabel, MigrationKey};
use super::migration::{Dependency, Migration, Origin};
use super::runtime;
use super::runtime::operations::{swappable_setting, typed};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::library::{Found, Library};
use crate::python::object::{Class, Instance, Object};
use crate::python::syntax::ast::{Expr, Stmt};
use crate::python::syntax::{Parsed, Ranged};
use crate::python::value::Unknown;
use crate::source::Location;

pub use queue::{Outcome, Queue, Reading, Taken};

/// Methods of `Migration` that say what it does to the database.
const METHODS: &[&str] = &["apply", "unapply", "mutate_state"];

/// A migration module that was found on disk.
#[derive(Debug, Clone)]
pub struct MigrationFile {
    /// App and module name.
    pub key: MigrationKey,
    /// The module's dotted name.
    pub module: String,
    /// Its file.
    pub path: PathBuf,
    /// Where it belongs.
    pub origin: Origin,
}

/// A migration, read.
#[derive(Debug)]
pub struct Read {
    /// The migration.
    pub migration: Migration,
    /// Settings that it asked for and that are not there. Loading all apps may set them.
    pub lacking: BTreeSet<Arc<str>>,
    /// Whether a module was evaluated that `of_apps` ([`Reading::of_apps`]) speaks of.
    pub met_apps: bool,
}

/// A file's parsed text; the reason where it can't be read.
pub type MaybeParsed = Result<Arc<Parsed>, Arc<str>>;

/// Reads one migration. After a fault of ours the file is said to be unread, and the rest goes on with a
/// new evaluator.
pub fn read_guarded(
    interpreter: &mut Interpreter,
    file: &MigrationFile,
    parsed: MaybeParsed,
    fresh: &dyn Fn() -> Interpreter,
) -> Read {
    let result = catch_unwind(AssertUnwindSafe(|| read_file(interpreter, file, parsed)));
    let migration = result.unwrap_or_else(|_| {
        *interpreter = fresh();
        faulty(file)
    });
    Read { migration, lacking: runtime::take_lacking(interpreter), met_apps: false }
}

/// A migration that could not be read for a fault of ours.
pub fn faulty(file: &MigrationFile) -> Migration {
    let mut migration = Migration::empty(file.key.clone(), file.origin);
    let reason = format!("internal error of migcheck while reading {}", file.path.display());
    migration.unknowns.push(Arc::new(Unknown { reason: reason.into(), at: None }));
    migration
}

/// Reads one migration. What can't be read is among its `unknowns`.
fn read_file(interpreter: &mut Interpreter, file: &MigrationFile, parsed: MaybeParsed) -> Migration {
    match parsed {
        Ok(parsed) => read_parsed(interpreter, file, parsed),
        Err(why) => {
            let mut migration = Migration::empty(file.key.clone(), file.origin);
            migration.break_off(Arc::new(Unknown { reason: why, at: None }));
            migration
        }
    }
}

/// Reads one migration from its parsed text, which need not be what the file holds by now.
pub fn read_parsed(interpreter: &mut Interpreter, file: &MigrationFile, parsed: Arc<Parsed>) -> Migration {
    // What is read of the class once its module was evaluated has an allowance of its own, too.
    let outer = interpreter.set_budget();
    runtime::take_vendor_asked(interpreter);
    let mut migration = read_module(interpreter, file, parsed);
    migration.asks_vendor = runtime::take_vendor_asked(interpreter);
    interpreter.restore_budget(outer);
    migration
}

fn read_module(interpreter: &mut Interpreter, file: &MigrationFile, parsed: Arc<Parsed>) -> Migration {
    let mut migration = Migration::empty(file.key.clone(), file.origin);
    migration.file = Some(parsed.file.clone());
    if let Some(error) = parsed.errors.first() {
        let reason = format!("syntax error: {}", error.message);
        migration.break_off(Arc::new(Unknown { reason: reason.into(), at: Some(error.at.clone()) }));
    }
    if file.origin == Origin::Project
        && let Some(why) = missing_import(&interpreter.library, file, &parsed)
    {
        migration.break_off(Arc::new(why));
    }
    let loaded = interpreter.load_file(&file.module, parsed.clone(), false);
    match loaded {
        Ok(module) => {
            let class = module.get("Migration");
            let open = module.open.borrow().clone();
            let class = class.or_else(|| open.map(Object::Unknown));
            read_class(interpreter, &mut migration, &parsed, class);
        }
        Err(raise) => {
            let reason = interpreter.describe_raise(&raise);
            migration.unknowns.push(Arc::new(Unknown { reason, at: whole(&parsed) }));
        }
    }
    interpreter.forget_module(&file.module);
    migration
}

/// An import statement that always runs and names a module that is not there, though the package it
/// would be in is the repository's own: Django stops at `ModuleNotFoundError`.
///
/// One within `try`, `if` or a function may never run, or be expected to fail.
fn missing_import(library: &Library, file: &MigrationFile, parsed: &Parsed) -> Option<Unknown> {
    for statement in &parsed.body {
        let names: Vec<String> = match statement {
            Stmt::Import(inner) => inner.names.iter().map(|alias| alias.name.id.to_string()).collect(),
            Stmt::ImportFrom(inner) => {
                let module = inner.module.as_ref().map_or("", |module| module.id.as_str());
                absolute_name(&file.module, module, inner.level).into_iter().collect()
            }
            _ => continue,
        };
        for name in names {
            if let Some(missing) = missing_module(library, &name) {
                let reason = format!("it imports `{missing}`, and there is no such module").into();
                return Some(Unknown { reason, at: Some(parsed.location(statement.range())) });
            }
        }
    }
    None
}

/// `importlib._bootstrap._resolve_name`, from a module that is no package.
fn absolute_name(module: &str, name: &str, level: u32) -> Option<String> {
    if level == 0 {
        return Some(name.to_owned());
    }
    let mut package = module;
    for _ in 0..level {
        package = package.rsplit_once('.')?.0;
    }
    Some(if name.is_empty() { package.to_owned() } else { format!("{package}.{name}") })
}

/// The first part of a dotted name that is surely not there: its package is in the repository, and
/// holds nothing of that name in any form (a compiled module has source of another kind).
fn missing_module<'a>(library: &Library, name: &'a str) -> Option<&'a str> {
    for (end, _) in name.match_indices('.') {
        let Found::Package(init) = library.find(&name[..end]) else { return None };
        if !library.is_project(&init) {
            return None;
        }
        let rest = &name[end + 1..];
        let part = rest.split('.').next().unwrap_or(rest);
        let child = &name[..end + 1 + part.len()];
        if library.find(child) == Found::Missing {
            let beside = library.beside(&init);
            let known = beside.iter().any(|file| file.split('.').next() == Some(part));
            return (!known && !library.speaks_of(&init, part)).then_some(child);
        }
    }
    None
}

fn whole(parsed: &Parsed) -> Option<Location> {
    Some(Location { file: parsed.file.clone(), start: 0, end: 0 })
}

fn read_class(
    interpreter: &mut Interpreter,
    migration: &mut Migration,
    parsed: &Arc<Parsed>,
    class: Option<Object>,
) {
    let class = match class {
        Some(Object::Lazy(lazy)) => interpreter.force(&lazy).ok(),
        other => other,
    };
    let class = match class {
        Some(Object::Class(class)) if class.opaque_reason().is_none() => class,
        Some(other) => {
            let why = other.opaque().unwrap_or_else(|| {
                Arc::new(Unknown { reason: "Migration is no class".into(), at: whole(parsed) })
            });
            migration.unknowns.push(why);
            return;
        }
        None => {
            // The parser's complaint says more.
            if migration.unknowns.is_empty() {
                let reason = "there is no Migration class (BadMigrationError)".into();
                migration.break_off(Arc::new(Unknown { reason, at: whole(parsed) }));
            }
            return;
        }
    };
    migration.class_at.clone_from(&class.at);
    let own = |name: &&str| class.lookup(name).is_some_and(|(_, owner)| !owner.native);
    migration.own_methods = METHODS.iter().copied().filter(own).collect();
    // Django reads an instance; only a constructor of the file's own makes a difference.
    let instance = match class.lookup("__init__") {
        Some((_, owner)) if !owner.native => {
            let args =
                vec![Object::Str(migration.key.name.clone()), Object::Str(migration.key.app.0.clone())];
            match interpreter.call(&Object::Class(class.clone()), Args::of(args)) {
                Ok(Object::Instance(instance)) => Some(instance),
                _ => None,
            }
        }
        _ => None,
    };
    let reader = ClassReader { class, instance, parsed };
    migration.initial = match reader.attribute("initial") {
        Some(Object::Bool(value)) => Some(value),
        _ => None,
    };
    migration.atomic = !matches!(reader.attribute("atomic"), Some(Object::Bool(false)));
    migration.dependencies = reader.dependencies(interpreter, migration, "dependencies");
    migration.run_before = reader.dependencies(interpreter, migration, "run_before");
    migration.replaces = reader.dependencies(interpreter, migration, "replaces");
    reader.operations(interpreter, migration);
}

struct ClassReader<'a> {
    class: std::rc::Rc<Class>,
    instance: Option<std::rc::Rc<Instance>>,
    parsed: &'a Parsed,
}

impl ClassReader<'_> {
    fn attribute(&self, name: &str) -> Option<Object> {
        let own = self.instance.as_ref().and_then(|instance| instance.attrs.borrow().get(name).cloned());
        own.or_else(|| self.class.lookup(name).map(|(value, _)| value))
    }

    /// A list attribute's items; what is not known of them goes to the migration's unknowns.
    fn items(&self, interpreter: &mut Interpreter, migration: &mut Migration, name: &str) -> Vec<Object> {
        let value = match self.attribute(name) {
            Some(value) => value,
            None => match self.class.open.borrow().clone() {
                Some(why) => Object::Unknown(why),
                None => return Vec::new(),
            },
        };
        if let Some(why) = interpreter.unknown_items(&value) {
            let reason = format!("{name} can't be worked out: {}", why.reason).into();
            migration
                .unknowns
                .push(Arc::new(Unknown { reason, at: why.at.clone().or_else(|| whole(self.parsed)) }));
            if value.opaque().is_some() {
                return Vec::new();
            }
        }
        match interpreter.items(&value) {
            Ok(items) => items,
            Err(raise) => {
                let reason =
                    format!("{name} can't be worked out: {}", interpreter.describe_raise(&raise)).into();
                migration.unknowns.push(Arc::new(Unknown { reason, at: whole(self.parsed) }));
                Vec::new()
            }
        }
    }

    fn dependencies(
        &self,
        interpreter: &mut Interpreter,
        migration: &mut Migration,
        name: &str,
    ) -> Vec<Dependency> {
        let items = self.items(interpreter, migration, name);
        let places = self.places(name, items.len());
        let mut dependencies = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let at = places.get(index).cloned().or_else(|| self.class.at.clone());
            let swappable = match item {
                Object::Instance(instance) => swappable_setting(interpreter, instance),
                _ => None,
            };
            let parts = if item.opaque().is_some() {
                Vec::new()
            } else {
                interpreter.items(item).unwrap_or_default()
            };
            if let (Some(app), Some(module)) =
                (parts.first().and_then(Object::as_str), parts.get(1).and_then(Object::as_str))
            {
                let key = MigrationKey::new(AppLabel::new(app), module);
                dependencies.push(Dependency { key, swappable, at });
            } else {
                let inner = item.opaque().map(|why| format!(": {}", why.reason)).unwrap_or_default();
                let reason = format!("an entry of {name} can't be worked out{inner}").into();
                migration.unknowns.push(Arc::new(Unknown { reason, at }));
            }
        }
        dependencies
    }

    fn operations(&self, interpreter: &mut Interpreter, migration: &mut Migration) {
        let items = self.items(interpreter, migration, "operations");
        migration.operations = items.iter().map(|item| typed::operation(interpreter, item)).collect();
    }

    /// Where the entries of a list that is plainly written are.
    fn places(&self, name: &str, count: usize) -> Vec<Location> {
        let class = self.parsed.body.iter().find_map(|statement| match statement {
            Stmt::ClassDef(class) if class.name.id == *"Migration" => Some(class),
            _ => None,
        });
        let value = class.and_then(|class| {
            class.body.iter().rev().find_map(|statement| match statement {
                Stmt::Assign(inner) => {
                    let named =
                        inner.targets.iter().any(|t| matches!(t, Expr::Name(target) if target.id == *name));
                    named.then_some(&*inner.value)
                }
                Stmt::AnnAssign(inner) => match &*inner.target {
                    Expr::Name(target) if target.id == *name => inner.value.as_deref(),
                    _ => None,
                },
                _ => None,
            })
        });
        let items = match value {
            Some(Expr::List(list)) => &list.elts,
            Some(Expr::Tuple(tuple)) => &tuple.elts,
            _ => return Vec::new(),
        };
        if items.len() != count {
            return Vec::new();
        }
        items.iter().map(|item| self.parsed.location(item.range())).collect()
    }
}
