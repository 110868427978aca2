//! Whether a change of a migration's file changes what the migration does.

use std::sync::LazyLock;

use regex::Regex;

use crate::django::field::{Field, is_python_only};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::django::version::DjangoVersion;
use crate::python::syntax::Parsed;
use crate::python::syntax::ast::comparable::{ComparableDecorator, ComparableParameters, ComparableStmt};
use crate::python::syntax::ast::{Expr, Stmt};
use crate::rules::EditKind;
use std::sync::Arc;

/// Options of a model that its table knows.
const DB_OPTIONS: &[&str] = &[
    "abstract",
    "constraints",
    "db_table",
    "db_table_comment",
    "db_tablespace",
    "index_together",
    "indexes",
    "managed",
    "order_with_respect_to",
    "proxy",
    "required_db_features",
    "required_db_vendor",
    "swappable",
    "unique_together",
];

/// A place, as `Location` shows itself within a value.
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bat: Some\([^\n]*?:\d+\)").ok());

fn without_places(text: &str) -> String {
    match &*PLACE {
        Some(place) => place.replace_all(text, "at: None").into_owned(),
        None => text.to_owned(),
    }
}

/// What changed between two readings of one migration, and how much of it matters.
pub(super) fn compare(
    (before, old): (&Migration, &Arc<Parsed>),
    (after, new): (&Migration, &Arc<Parsed>),
    version: DjangoVersion,
) -> (EditKind, Vec<String>) {
    if code(old, true) == code(new, true) {
        return (EditKind::Text, Vec::new());
    }
    let unknown = before.unknowns.first().or_else(|| after.unknowns.first());
    if let Some(why) = unknown {
        return (EditKind::Unknown(why.reason.to_string()), Vec::new());
    }
    let changes = changes(before, after, version);
    if shown(before, false) == shown(after, false) && code(old, false) == code(new, false) {
        return (EditKind::Text, changes);
    }
    if shown(before, true) == shown(after, true) && code(old, false) == code(new, false) {
        return (EditKind::State, changes);
    }
    (EditKind::Effect, changes)
}

/// Whether two migrations do the same.
pub(super) fn is_same(a: &Migration, b: &Migration) -> bool {
    let body = |migration: &Migration| {
        let mut migration = migration.clone();
        migration.dependencies.clear();
        shown(&migration, false)
    };
    a.unknowns.is_empty() && b.unknowns.is_empty() && !a.operations.is_empty() && body(a) == body(b)
}

/// The lines in which they differ: operations and edges that came or went.
fn changes(before: &Migration, after: &Migration, version: DjangoVersion) -> Vec<String> {
    let lines = |migration: &Migration| -> Vec<(String, String)> {
        let edges = [
            ("dependency", &migration.dependencies),
            ("run_before", &migration.run_before),
            ("replaces", &migration.replaces),
        ];
        let edges = edges.into_iter().flat_map(|(name, list)| {
            list.iter().map(move |one| (format!("{name} {}", one.key), format!("{name} {}", one.key)))
        });
        let operations = migration
            .operations
            .iter()
            .map(|operation| (without_places(&format!("{operation:?}")), operation.describe(version)));
        let atomic = (!migration.atomic).then(|| ("atomic".to_owned(), "atomic = False".to_owned()));
        edges.chain(operations).chain(atomic).collect()
    };
    let (old, new) = (lines(before), lines(after));
    let gone = old.iter().filter(|line| !new.contains(line)).map(|(_, text)| (text, "-"));
    let came = new.iter().filter(|line| !old.contains(line)).map(|(_, text)| (text, "+"));
    let mut out: Vec<String> = Vec::new();
    for (text, sign) in gone.chain(came) {
        let twin = if sign == "+" { out.iter().position(|line| line[1..].trim() == text) } else { None };
        match twin {
            Some(at) => out[at] = format!("~ {text}"),
            None => out.push(format!("{sign} {text}")),
        }
    }
    out
}

/// Everything that counts of a migration's class, without places.
fn shown(migration: &Migration, db_only: bool) -> String {
    let mut operations = migration.operations.clone();
    if db_only {
        operations.iter_mut().for_each(without_state);
        operations.retain(|operation| {
            !matches!(operation.kind, Kind::AlterModelOptions { .. } | Kind::AlterModelManagers { .. })
        });
    }
    let keys = |list: &[crate::django::migration::Dependency]| {
        let mut keys: Vec<String> = list.iter().map(|one| one.key.to_string()).collect();
        keys.sort();
        keys.join(" ")
    };
    let text = format!(
        "{:?} {} | {} | {} | {} | {operations:?}",
        migration.initial,
        migration.atomic,
        keys(&migration.dependencies),
        keys(&migration.run_before),
        keys(&migration.replaces),
    );
    without_places(&text)
}

fn without_state(operation: &mut Operation) {
    let strip = |field: &mut Arc<Field>| {
        Arc::make_mut(field).kwargs.retain(|(name, _)| !is_python_only(name));
    };
    match &mut operation.kind {
        Kind::CreateModel(create) => {
            create.fields.iter_mut().for_each(|(_, field)| strip(field));
            create.options.retain(|(name, _)| DB_OPTIONS.contains(&&**name));
            create.managers.clear();
        }
        Kind::AddField { field, .. } | Kind::AlterField { field, .. } => strip(field),
        Kind::SeparateDatabaseAndState { database_operations, state_operations } => {
            // The reader bounds how deep operations nest.
            database_operations.iter_mut().chain(state_operations).for_each(without_state);
        }
        _ => {}
    }
}

/// One statement of a module, as far as it runs.
#[derive(PartialEq)]
#[allow(clippy::large_enum_variant)] // A module has few.
enum Code<'a> {
    Statement(ComparableStmt<'a>),
    Function {
        name: &'a str,
        parameters: ComparableParameters<'a>,
        decorators: Vec<ComparableDecorator<'a>>,
        body: Vec<ComparableStmt<'a>>,
    },
}

/// The module without docstrings; `migration` is whether the class `Migration` counts, too.
fn code(parsed: &Parsed, migration: bool) -> Vec<Code<'_>> {
    let is_migration = |statement: &Stmt| match statement {
        Stmt::ClassDef(class) => class.name.id.as_str() == "Migration",
        // The header that `makemigrations` writes.
        Stmt::Import(_) | Stmt::ImportFrom(_) => true,
        _ => false,
    };
    let counted = parsed.body.iter().filter(|statement| !is_text(statement));
    counted.filter(|statement| migration || !is_migration(statement)).map(one).collect()
}

fn one(statement: &Stmt) -> Code<'_> {
    match statement {
        Stmt::FunctionDef(function) => Code::Function {
            name: function.name.id.as_str(),
            parameters: (&*function.parameters).into(),
            decorators: function.decorator_list.iter().map(Into::into).collect(),
            body: function.body.iter().filter(|inner| !is_text(inner)).map(Into::into).collect(),
        },
        other => Code::Statement(other.into()),
    }
}

/// A string that stands alone: a docstring.
fn is_text(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(inner) if matches!(&*inner.value, Expr::StringLiteral(_)))
}
