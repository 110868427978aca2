//! A migration that mixes concurrent with transactional work becomes several, in the order of its
//! operations: each concurrent operation alone, what stands between them together.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::concurrent::{Wanted, set_not_atomic};
use super::definitions::Definitions;
use super::draft::{Draft, Step};
use super::edit::{Edits, bytes, line_start, next_line};
use super::imports::{self, Used};
use super::names;
use super::shape::{Shape, comma, lines_of};
use crate::django::autodetector::parse_number;
use crate::django::keys::MigrationKey;
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::python::syntax::Ranged;
use crate::python::syntax::ast::{Expr, Stmt};

/// Attributes that a split knows how to share out.
const KNOWN: &[&str] = &["dependencies", "operations", "atomic"];
/// Longest name that is made of operations, as Django has it.
const LONGEST: usize = 52;

/// A migration that comes of the split.
struct Part {
    operations: Vec<usize>,
    atomic: bool,
}

/// Splits a migration: what is to be done, and the new migrations.
///
/// `draft` has it as it was; `whole` with its operations concurrent and all in one. `shape` is its text
/// with the operations concurrent, and nothing else changed.
///
/// # Errors
/// Why it cannot be split.
pub(super) fn split(
    draft: &Draft<'_>,
    whole: &Draft<'_>,
    key: &MigrationKey,
    migration: &Migration,
    shape: &Shape,
    wanted: &Wanted,
) -> Result<(Step, Vec<MigrationKey>), String> {
    let list = shape.operations(migration.operations.len()).ok_or("its operations are no plain list")?;
    let text = shape.text();
    let lines = lines_of(text, list)?;
    splittable(shape, migration)?;
    if let Some(squash) = draft.squash_of(key) {
        return Err(format!(
            "{squash} replaces it, and would not know of the parts: take `replaces` out of that first, or squash anew"
        ));
    }
    let converted = whole.migration(key).map_or(&[][..], |migration| &migration.operations);
    let parts = parts(migration, &wanted.concurrent);
    let (Some((first, others)), false) = (parts.split_first(), parts.len() < 2) else {
        return Err("there is nothing to split it by".to_owned());
    };
    let entries = |part: &Part| -> Vec<&Expr> {
        part.operations.iter().filter_map(|index| list.elts.get(*index)).collect()
    };
    let names = names_of(draft, key, converted, others);
    let mut step = Step::default();
    let mut above = key.clone();
    let definitions = Definitions::of(shape);
    let mut elsewhere = BTreeSet::new();
    for (part, name) in others.iter().zip(&names) {
        let (needed, used) = definitions.needed(&Used::by(entries(part)))?;
        let body = Body { lines: &lines, text, shape, used: &used, own: definitions.text(text, &needed) };
        step.new.push((name.clone(), body.write(part, &above)?));
        above = name.clone();
        elsewhere.extend(needed);
    }
    // The file as it stands is `draft`'s; its new text is made of `shape`'s and put in whole.
    let mut own = Edits::default();
    for index in others.iter().flat_map(|part| &part.operations) {
        if let Some(range) = lines.get(*index) {
            own.delete(range.clone());
        }
    }
    match (first.atomic, migration.atomic) {
        (false, true) => set_not_atomic(&mut own, shape, migration)?,
        (true, false) => {
            if let Some((statement, _)) = shape.attribute("atomic") {
                let at = bytes(statement.range());
                own.delete(line_start(text, at.start)..next_line(text, at.end));
            }
        }
        _ => {}
    }
    let stays = staying(shape, &entries(first));
    let moved = definitions.moved(&elsewhere, &stays);
    for range in definitions.lines(text, &moved) {
        own.delete(range);
    }
    unused(&mut own, shape, stays, &definitions.places(&moved));
    let text = own.apply(text).ok_or("its edits do not fit together")?;
    let before = draft.migration(key).and_then(|migration| migration.file.clone()).ok_or("it has no file")?;
    step.edits_of(key).swap(before.text().len(), text);
    follow(draft, &mut step, key, &above)?;
    Ok((step, names))
}

/// Runs of operations, and each concurrent one alone.
fn parts(migration: &Migration, concurrent: &BTreeSet<usize>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut alone = true;
    for (index, operation) in migration.operations.iter().enumerate() {
        if concurrent.contains(&index) {
            parts.push(Part { operations: vec![index], atomic: false });
            alone = true;
            continue;
        }
        match parts.last_mut() {
            // What the database does not see needs no migration of its own.
            Some(part) if !alone || is_state_only(operation) => part.operations.push(index),
            _ => {
                parts.push(Part { operations: vec![index], atomic: true });
                alone = false;
            }
        }
    }
    for part in parts.iter_mut().filter(|part| part.atomic) {
        let mut own = part.operations.iter().filter_map(|index| migration.operations.get(*index));
        // Code and SQL of the project's own may need to stay outside of a transaction.
        part.atomic = migration.atomic || own.all(|operation| !is_opaque(operation));
    }
    parts
}

fn is_state_only(operation: &Operation) -> bool {
    matches!(operation.kind, Kind::AlterModelOptions { .. } | Kind::AlterModelManagers { .. })
}

fn is_opaque(operation: &Operation) -> bool {
    matches!(
        operation.kind,
        Kind::RunPython(_) | Kind::RunSql(_) | Kind::SeparateDatabaseAndState { .. } | Kind::Custom(_)
    )
}

/// # Errors
/// What of the class no part could have.
fn splittable(shape: &Shape, migration: &Migration) -> Result<(), String> {
    if !migration.replaces.is_empty() || !migration.run_before.is_empty() {
        return Err("it has `replaces` or `run_before`".to_owned());
    }
    let body = shape.class().map_or(&[][..], |class| &class.body);
    let is_known = |statement: &Stmt| match statement {
        Stmt::Assign(inner) => {
            matches!(&inner.targets[..], [Expr::Name(name)] if KNOWN.contains(&name.id.as_str()))
        }
        Stmt::Expr(inner) => matches!(&*inner.value, Expr::StringLiteral(_)),
        Stmt::Pass(_) => true,
        _ => false,
    };
    if body.iter().all(is_known) {
        Ok(())
    } else {
        Err("its class holds more than `dependencies`, `operations` and `atomic`".to_owned())
    }
}

/// Names for the parts after the first.
fn names_of(
    draft: &Draft<'_>,
    key: &MigrationKey,
    operations: &[Operation],
    parts: &[Part],
) -> Vec<MigrationKey> {
    let number = parse_number(&key.name, draft.input.django);
    let width = names::digits(&key.name).len().max(4);
    let mut taken: BTreeSet<Arc<str>> = draft
        .input
        .migrations
        .iter()
        .filter(|migration| migration.key.app == key.app)
        .map(|migration| migration.key.name.clone())
        .collect();
    let mut found = Vec::new();
    for (index, part) in (1_u64..).zip(parts) {
        let own: Vec<&Operation> = part.operations.iter().filter_map(|at| operations.get(*at)).collect();
        let tail = tail(&own).unwrap_or_else(|| format!("part_{}", index.saturating_add(1)));
        let stem = match number {
            Some(number) => format!("{:0width$}_{tail}", number.saturating_add(index)),
            None => format!("{}_{tail}", key.name),
        };
        let mut name: Arc<str> = stem.as_str().into();
        for count in 2_u32.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{stem}_{count}").into();
        }
        found.push(MigrationKey::new(key.app.clone(), name));
    }
    found
}

/// `Migration.suggest_name`
fn tail(operations: &[&Operation]) -> Option<String> {
    let fragments: Option<Vec<String>> = operations.iter().map(|one| one.migration_name_fragment()).collect();
    let fragments = fragments?;
    let (first, rest) = fragments.split_first()?;
    let mut name = first.clone();
    for fragment in rest {
        let longer = format!("{name}_{fragment}");
        if longer.chars().count() > LONGEST {
            name.push_str("_and_more");
            break;
        }
        name = longer;
    }
    // Django's `\W+`.
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let name = words.join("_");
    (!name.is_empty()).then_some(name)
}

/// What a new migration's text is made of.
struct Body<'s> {
    lines: &'s [Range<usize>],
    text: &'s str,
    shape: &'s Shape,
    /// Names that it uses.
    used: &'s BTreeSet<String>,
    /// What it needs of the file beside the imports.
    own: String,
}

impl Body<'_> {
    fn write(&self, part: &Part, above: &MigrationKey) -> Result<String, String> {
        let keep = |name: &str| matches!(name, "migrations" | "*") || self.used.contains(name);
        let mut text = String::new();
        // Of a group of imports the first may be left out.
        let mut is_set_off = false;
        for statement in self.shape.others() {
            is_set_off |= imports::is_set_off(self.text, statement);
            if let Some(line) = imports::kept(statement, &keep) {
                if std::mem::take(&mut is_set_off) && !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&line);
                text.push('\n');
            }
        }
        if imports::bound(&self.shape.parsed, "django.db", "migrations") != Some("migrations") {
            return Err("it does not import `migrations` from django.db".to_owned());
        }
        text.push_str(&self.own);
        text.push_str("\n\nclass Migration(migrations.Migration):\n");
        if !part.atomic {
            text.push_str("    atomic = False\n\n");
        }
        let _ = write!(
            text,
            "    dependencies = [\n        (\"{}\", \"{}\"),\n    ]\n\n    operations = [\n",
            above.app, above.name
        );
        for index in &part.operations {
            let lines = self.lines.get(*index).and_then(|range| self.text.get(range.clone()));
            let lines = lines.ok_or("an operation is not where it was")?.replace("\r\n", "\n");
            text.push_str(&lines);
            if !lines.ends_with('\n') {
                text.push('\n');
            }
        }
        text.push_str("    ]\n");
        let text = self.with_comma(text, part);
        Ok(if self.text.contains("\r\n") { text.replace('\n', "\r\n") } else { text })
    }

    /// The last entry of the list may have none, and not be the last any more.
    fn with_comma(&self, text: String, part: &Part) -> String {
        let last = self.shape.attribute("operations").and_then(|(_, value)| match value {
            Expr::List(list) => Some((list.elts.len(), list)),
            _ => None,
        });
        let Some((count, list)) = last else { return text };
        let Some(entry) = list.elts.last().map(|entry| bytes(entry.range())) else { return text };
        let bare = comma(self.text, entry.end, usize::from(list.end())).is_none();
        if bare && part.operations.contains(&(count - 1)) && part.operations.last() != Some(&(count - 1)) {
            let own = self.text.get(entry.clone()).unwrap_or_default();
            return text.replacen(own, &format!("{own},"), 1);
        }
        text
    }
}

/// What the class of the first part uses.
fn staying(shape: &Shape, entries: &[&Expr]) -> Used {
    let mut used = Used::by(entries.iter().copied());
    if let Some(class) = shape.class() {
        used.0.extend(Used::by(class.arguments.iter().flat_map(|arguments| &arguments.args)).0);
    }
    for name in ["dependencies", "atomic"] {
        used.0.extend(Used::by(shape.attribute(name).map(|(_, value)| value)).0);
    }
    used
}

/// Takes out of the first part's imports what it used before and does not any more; statements that move
/// use nothing there.
fn unused(edits: &mut Edits, shape: &Shape, stays: Used, moved: &BTreeSet<usize>) {
    let before = Used::in_file(&shape.parsed);
    let mut after = stays;
    for (_, statement) in shape.others().enumerate().filter(|(place, _)| !moved.contains(place)) {
        crate::python::syntax::ast::visitor::walk_stmt(&mut after, statement);
    }
    imports::prune(edits, &shape.parsed, &before.0.difference(&after.0).cloned().collect());
}

/// What came after the migration comes after the last part, under a number of its own.
fn follow(draft: &Draft<'_>, step: &mut Step, key: &MigrationKey, last: &MigrationKey) -> Result<(), String> {
    let (graph, plan) = draft.graph();
    let mut below = Vec::new();
    for migration in plan.iter().filter(|migration| migration.key != *key) {
        let above = graph.graph.forwards_plan(&migration.key).unwrap_or_default();
        if migration.key.app == key.app && above.contains(key) {
            below.push(migration.key.clone());
        }
        if !migration.dependencies.iter().any(|dependency| dependency.key == *key) {
            continue;
        }
        if migration.origin != Origin::Project || !draft.editable.contains(&migration.key) {
            return Err(format!("{} depends on it and may be applied already", migration.key));
        }
        names::repoint(draft, step, migration, "dependencies", key, &last.name)?;
    }
    let number = parse_number(&last.name, draft.input.django).unwrap_or(0);
    names::rename(draft, step, &names::renumbered(&below, number))
}
