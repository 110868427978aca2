//! `sqlite3`, as far as code asks it at import what it can do. A database in memory is taken to execute what it
//! is given, FTS5 included, and to be of a release that any Python since 3.12 comes with.

use super::super::native_table;
use super::{names_of, nothing};
use crate::python::interpreter::Interpreter;
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;

/// `sqlite_version_info`
const RELEASE: [i64; 3] = [3, 40, 1];

native_table!(FUNCTIONS {
    "sqlite3.connect" => |i, a| {
        let in_memory = a.param(0, "database").and_then(Object::as_str).is_some_and(|name| &*name == ":memory:");
        match i.import_path("sqlite3.Connection")? {
            Object::Class(class) if in_memory => Ok(i.instance_of(&class)),
            _ => Ok(i.unknown("opens a database")),
        }
    },
});

native_table!(CONNECTION {
    "sqlite3.Connection.execute" => |i, _| Ok(i.unknown("rows of a database")),
    "sqlite3.Connection.executescript" => |i, _| Ok(i.unknown("rows of a database")),
    "sqlite3.Connection.commit" => nothing,
    "sqlite3.Connection.rollback" => nothing,
    "sqlite3.Connection.close" => nothing,
});

pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let class = super::add_class(i, &mut names, "sqlite3", "Connection", &[], CONNECTION);
    super::leave_open(i, &class);
    let [major, minor, patch] = RELEASE;
    let parts = RELEASE.iter().map(|part| Object::Int(*part)).collect();
    names.insert(Name::new_static("sqlite_version_info"), Object::tuple(parts));
    names.insert(Name::new_static("sqlite_version"), Object::str(format!("{major}.{minor}.{patch}")));
    names
}
