//! Indexes are built and dropped concurrently on PostgreSQL, each in a migration of its own that is
//! not atomic.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Step};
use super::edit::{Edits, line_start, next_line};
use super::shape::Shape;
use super::{Fixes, Refusal, Request, imports, split};
use crate::analysis::{self, CheckOptions};
use crate::database::Vendor;
use crate::django::keys::MigrationKey;
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::python::syntax::ast::{Expr, Stmt};
use crate::python::syntax::{Ranged, TextRange};
use crate::report::Finding;
use crate::rules::selection::Selection;
use crate::source::SourceFile;

/// Indexes that are built or dropped while writes wait.
const BLOCKING: &[&str] = &["blocking-index", "blocking-index-drop"];
/// What cannot be, or should not be, in one migration with others.
const MIXED: &[&str] = &["concurrent-in-transaction", "concurrent-not-alone"];

/// Lets migrations that nothing has applied build and drop their indexes concurrently. Those that may
/// be applied are left alone, and counted.
pub(super) fn resolve(draft: &mut Draft<'_>, request: &Request, fixes: &mut Fixes) {
    let (mut seen, mut applied) = (BTreeSet::new(), BTreeSet::new());
    let mut found = findings(draft, request, None);
    while let Some((key, of_migration)) = found.pop_first() {
        let Some(wanted) = Wanted::of(draft, &key, &of_migration) else {
            if draft.editable.contains(&key) && shares_a_wrapper(draft, &key, &of_migration) {
                let reason =
                    "an index in `SeparateDatabaseAndState` shares it with other work of the database: give \
                              it one of its own"
                        .to_owned();
                fixes.refused.push(Refusal { what: key.to_string(), reason });
            }
            continue;
        };
        if !draft.editable.contains(&key) {
            applied.insert(key);
        } else if seen.insert(key.clone()) {
            match fix(draft, request, &key, &wanted) {
                Ok((next, line)) => {
                    *draft = next;
                    fixes.done.push(line);
                    found = findings(draft, request, None);
                }
                Err(reason) => fixes.refused.push(Refusal { what: key.to_string(), reason }),
            }
        }
    }
    if !applied.is_empty() && !request.new_is_known {
        let count = applied.len();
        let migrations = if count == 1 { "migration" } else { "migrations" };
        fixes.notes.push(format!(
            "blocking indexes in {count} {migrations} are left alone, as they may be applied already: \
             `--diff REV` or `--migration APP.NAME` tells which are not"
        ));
    }
}

/// What the rules find, by migration; of some alone, if they are named.
fn findings(
    draft: &Draft<'_>,
    request: &Request,
    only: Option<BTreeSet<MigrationKey>>,
) -> BTreeMap<MigrationKey, Vec<Finding>> {
    let on = BLOCKING.iter().chain(MIXED).copied().filter(|rule| request.selection.is_on(rule));
    let select: BTreeSet<&'static str> = on.collect();
    if select.is_empty() {
        return BTreeMap::new();
    }
    let options = CheckOptions {
        selection: Selection { select, ..request.selection.clone() },
        apps: request.apps.iter().map(ToString::to_string).collect(),
        new: only,
        tables: request.tables.clone(),
        ..CheckOptions::default()
    };
    let mut found: BTreeMap<MigrationKey, Vec<Finding>> = BTreeMap::new();
    for finding in analysis::check(&draft.input, &options).findings {
        if let Some(key) = finding.migration.clone() {
            found.entry(key).or_default().push(finding);
        }
    }
    found
}

/// Which operations of a migration are to be concurrent.
pub(super) struct Wanted {
    /// Indexes of those that are not yet.
    pub convert: BTreeSet<usize>,
    /// Of all.
    pub concurrent: BTreeSet<usize>,
}

impl Wanted {
    /// `None` where nothing of what was found is for this to mend.
    fn of(draft: &Draft<'_>, key: &MigrationKey, found: &[Finding]) -> Option<Self> {
        let migration = draft.migration(key)?;
        let mut convert = BTreeSet::new();
        let mut concurrent: BTreeSet<usize> = migration
            .operations
            .iter()
            .enumerate()
            .filter(|(_, operation)| is_concurrent(&operation.kind))
            .map(|(index, _)| index)
            .collect();
        let mut mixed = false;
        for finding in found {
            let Some(index) = finding.operation else { continue };
            let operation = migration.operations.get(index)?;
            if MIXED.contains(&finding.rule) {
                mixed = true;
                concurrent.insert(index);
            } else if can_be_concurrent(operation) {
                convert.insert(index);
                concurrent.insert(index);
            }
        }
        (mixed || !convert.is_empty()).then_some(Self { convert, concurrent })
    }
}

fn is_concurrent(kind: &Kind) -> bool {
    match kind {
        Kind::AddIndex { concurrently, .. } | Kind::RemoveIndex { concurrently, .. } => *concurrently,
        Kind::SeparateDatabaseAndState { database_operations, .. } => {
            database_operations.iter().any(|inner| is_concurrent(&inner.kind))
        }
        _ => false,
    }
}

/// Whether something was found of an operation that does an index's work and more.
fn shares_a_wrapper(draft: &Draft<'_>, key: &MigrationKey, found: &[Finding]) -> bool {
    let operations = draft.migration(key).map_or(&[][..], |migration| &migration.operations);
    let indexes = found.iter().filter_map(|finding| operations.get(finding.operation?));
    indexes.into_iter().any(|operation| match &operation.kind {
        Kind::SeparateDatabaseAndState { database_operations, .. } => {
            database_operations.iter().any(can_be_concurrent)
        }
        _ => false,
    })
}

/// Whether an operation builds or drops an index that it could build or drop concurrently; one around it
/// that keeps database and state apart does, if all that it does to the database is that.
fn can_be_concurrent(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::SeparateDatabaseAndState { database_operations, .. } => {
            !database_operations.is_empty() && database_operations.iter().all(can_be_concurrent)
        }
        kind => concurrent_class(&operation.class, kind).is_some(),
    }
}

/// The operation that does the same concurrently, for one of Django's own.
pub(super) fn concurrent_class(class: &str, kind: &Kind) -> Option<&'static str> {
    let own = class.starts_with("django.db.migrations.");
    match kind {
        Kind::AddIndex { concurrently: false, .. } if own => Some("AddIndexConcurrently"),
        Kind::RemoveIndex { concurrently: false, .. } if own => Some("RemoveIndexConcurrently"),
        _ => None,
    }
}

fn fix<'a>(
    draft: &Draft<'a>,
    request: &Request,
    key: &MigrationKey,
    wanted: &Wanted,
) -> Result<(Draft<'a>, String), String> {
    if !request.vendor_is_known || draft.input.dialect.vendor != Vendor::PostgreSql {
        return Err(
            "the settings don't tell that the database is PostgreSQL; say so with `--dialect`".to_owned()
        );
    }
    let migration = draft.migration(key).cloned().ok_or("it is gone")?;
    let shape = draft.shape(key)?;
    let mut whole = Step::default();
    let edits = whole.edits_of(key);
    convert(edits, &shape, &migration, &wanted.convert)?;
    let text = edits.apply(shape.text()).ok_or("its edits do not fit together")?;
    set_not_atomic(edits, &shape, &migration)?;
    let next = draft.after(&whole)?;
    let left = findings(&next, request, Some([key.clone()].into())).remove(key).unwrap_or_default();
    if left.is_empty() {
        return Ok((next, format!("{key} is concurrent and not atomic")));
    }
    // It shares the migration with others.
    let converted = Shape::of(&SourceFile::new(shape.parsed.file.path().to_owned(), key.to_string(), text))?;
    let (step, parts) = split::split(draft, &next, key, &migration, &converted, wanted)?;
    let parted = draft.after(&step)?;
    let all: BTreeSet<MigrationKey> = std::iter::once(key).chain(&parts).cloned().collect();
    let mut left = findings(&parted, request, Some(all)).into_iter();
    if let Some((part, _)) = left.find(|(_, found)| found.iter().any(is_mixed)) {
        return Err(format!("even split, {part} would hold more than one concurrent statement"));
    }
    let names = parts.iter().map(|part| format!("`{}`", part.name)).collect::<Vec<_>>().join(", ");
    Ok((parted, format!("{key} is split: {names}")))
}

fn is_mixed(finding: &Finding) -> bool {
    MIXED.contains(&finding.rule)
}

/// Writes `AddIndexConcurrently` for `AddIndex`, and imports it.
fn convert(
    edits: &mut Edits,
    shape: &Shape,
    migration: &Migration,
    indexes: &BTreeSet<usize>,
) -> Result<(), String> {
    let list = shape.operations(migration.operations.len()).ok_or("its operations are no plain list")?;
    let mut new = BTreeSet::new();
    for index in indexes {
        if let (Some(entry), Some(operation)) = (list.elts.get(*index), migration.operations.get(*index)) {
            convert_one(edits, shape, entry, operation, &mut new)?;
        }
    }
    let new: Vec<&str> = new.into_iter().collect();
    imports::add(edits, &shape.parsed, imports::POSTGRES, &new)
}

/// Writes the concurrent class of an operation, or of those that it keeps for the database.
fn convert_one(
    edits: &mut Edits,
    shape: &Shape,
    entry: &Expr,
    operation: &Operation,
    new: &mut BTreeSet<&'static str>,
) -> Result<(), String> {
    if let Kind::SeparateDatabaseAndState { database_operations, .. } = &operation.kind {
        let inner = argument(entry, "database_operations", 0);
        let Some(Expr::List(list)) = inner.filter(|_| can_be_concurrent(operation)) else {
            return Err("its `database_operations` are no plain list".to_owned());
        };
        if list.elts.len() != database_operations.len() {
            return Err("its `database_operations` are no plain list".to_owned());
        }
        let mut pairs = list.elts.iter().zip(database_operations);
        return pairs.try_for_each(|(entry, operation)| convert_one(edits, shape, entry, operation, new));
    }
    let Some(class) = concurrent_class(&operation.class, &operation.kind) else { return Ok(()) };
    let name = called(entry).ok_or("one of its operations is not written in its list")?;
    if let Some(name_bound) = imports::bound(&shape.parsed, imports::POSTGRES, class) {
        edits.replace(name, name_bound);
    } else {
        new.insert(class);
        edits.replace(name, class);
    }
    Ok(())
}

/// An argument of a call, by its name or its place.
fn argument<'e>(entry: &'e Expr, name: &str, place: usize) -> Option<&'e Expr> {
    let Expr::Call(call) = entry else { return None };
    let mut named = call.arguments.keywords.iter();
    let named = named.find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.id == *name));
    named.map(|keyword| &keyword.value).or_else(|| call.arguments.args.get(place))
}

/// `migrations.AddIndex` in `migrations.AddIndex(…)`.
fn called(entry: &Expr) -> Option<TextRange> {
    match entry {
        Expr::Call(call) => match &*call.func {
            Expr::Name(_) | Expr::Attribute(_) => Some(call.func.range()),
            _ => None,
        },
        _ => None,
    }
}

/// Writes `atomic = False` into a class.
pub(super) fn set_not_atomic(edits: &mut Edits, shape: &Shape, migration: &Migration) -> Result<(), String> {
    if !migration.atomic {
        return Ok(());
    }
    if let Some((_, value)) = shape.attribute("atomic") {
        edits.replace(value, "False");
        return Ok(());
    }
    let class = shape.class().ok_or("it has no class")?;
    let is_docstring = |statement: &&Stmt| matches!(statement, Stmt::Expr(inner) if matches!(&*inner.value, Expr::StringLiteral(_)));
    let first = class.body.iter().find(|statement| !is_docstring(statement)).ok_or("its class is empty")?;
    let text = shape.text();
    let at = line_start(text, usize::from(first.start()));
    let indentation = text.get(at..usize::from(first.start())).unwrap_or_default();
    if !indentation.trim().is_empty() || indentation.is_empty() {
        return Err("its class is on one line".to_owned());
    }
    let before = class.body.first().filter(is_docstring).map_or_else(
        || class.arguments.as_ref().map_or_else(|| class.name.range(), |arguments| arguments.range()),
        Ranged::range,
    );
    // Behind the header or docstring; what stood there keeps its distance.
    let below = next_line(text, usize::from(before.end()));
    let gap = text.get(below..at).unwrap_or_default();
    let line = format!("{indentation}atomic = False\n");
    if gap.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
        let docstring = class.body.first().is_some_and(|first| is_docstring(&first));
        edits.insert(below, if docstring { format!("\n{line}") } else { line });
    } else {
        edits.insert(below, format!("{line}\n"));
    }
    Ok(())
}
