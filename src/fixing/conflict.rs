//! Several leaves of an app: one side is put onto the other, or a merge joins them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::{Draft, Step};
use super::{Request, names};
use crate::django::autodetector::{NewDependency, NewMigration, parse_number};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::django::migration::{Migration, Origin};
use crate::django::state::ProjectState;
use crate::django::writer::MigrationWriter;
use crate::rules::{Overlap, overlap};

/// An app's leaves, and what lies above each.
struct Conflict {
    app: AppLabel,
    leaves: Vec<MigrationKey>,
    graph: LoadedGraph,
    /// The place of each migration in the plan.
    order: BTreeMap<MigrationKey, usize>,
}

impl Conflict {
    /// # Errors
    /// What keeps it from being resolved, whichever way.
    fn of(draft: &Draft<'_>, app: &AppLabel) -> Result<Option<Self>, String> {
        let (graph, plan) = draft.graph();
        let Some(names) = graph.conflicts.get(app) else { return Ok(None) };
        let leaves: Vec<MigrationKey> =
            names.iter().map(|name| MigrationKey::new(app.clone(), name.clone())).collect();
        let of_app = || draft.input.migrations.iter().filter(|migration| migration.key.app == *app);
        if let Some(unread) = of_app().find(|migration| !migration.unknowns.is_empty()) {
            let why = unread.unknowns.first().map_or("", |why| &why.reason);
            return Err(format!("{} could not be read in full: {why}", unread.key));
        }
        if let Some(foreign) = of_app().find(|migration| migration.origin != Origin::Project) {
            return Err(format!("{} is not the repository's own", foreign.key));
        }
        let order =
            plan.iter().enumerate().map(|(index, migration)| (migration.key.clone(), index)).collect();
        Ok(Some(Self { app: app.clone(), leaves, graph, order }))
    }

    /// The app's migrations that a leaf needs, itself among them.
    fn above(&self, leaf: &MigrationKey) -> BTreeSet<MigrationKey> {
        let plan = self.graph.graph.forwards_plan(leaf).unwrap_or_default();
        plan.into_iter().filter(|key| key.app == self.app).collect()
    }

    /// What a leaf needs and another does not, in the order of the plan.
    fn side(&self, leaf: &MigrationKey, other: &MigrationKey) -> Vec<MigrationKey> {
        let mut own: Vec<MigrationKey> = self.above(leaf).difference(&self.above(other)).cloned().collect();
        own.sort_by_key(|key| self.order.get(key).copied());
        own
    }

    /// The greatest number of a leaf and what it replaces: the files of those stand beside it.
    fn number(&self, draft: &Draft<'_>, leaf: &MigrationKey) -> u64 {
        let replaced = self.graph.disk.get(leaf).into_iter().flat_map(|migration| &migration.replaces);
        let names = replaced.map(|replaced| &replaced.key).filter(|key| key.app == self.app);
        let numbers = names.chain([leaf]).filter_map(|key| parse_number(&key.name, draft.input.django));
        numbers.max().unwrap_or(0)
    }

    fn migrations(&self, keys: &[MigrationKey]) -> Vec<Arc<Migration>> {
        keys.iter().filter_map(|key| self.graph.disk.get(key)).cloned().collect()
    }

    /// # Errors
    /// The sides touch the same, or may.
    fn apart(&self, request: &Request, sides: &[Vec<MigrationKey>]) -> Result<(), String> {
        let sides: Vec<_> = sides.iter().map(|side| self.migrations(side)).collect();
        match overlap(&sides) {
            Overlap::None => Ok(()),
            Overlap::On(what) => Err(format!("both sides touch {what}: decide which shape it is to have")),
            Overlap::Unknown(_) if request.allow_unknown => Ok(()),
            Overlap::Unknown(what) => Err(format!(
                "{what} may touch anything: look at both sides, then say that their order does not matter with `--allow-unknown`"
            )),
        }
    }
}

/// Resolves an app's conflict, if it has one; what was done, for people.
///
/// # Errors
/// Why it is not resolved.
pub(super) fn resolve(
    draft: &mut Draft<'_>,
    request: &Request,
    app: &AppLabel,
) -> Result<Vec<String>, String> {
    let Some(conflict) = Conflict::of(draft, app)? else { return Ok(Vec::new()) };
    if request.merge {
        return merge(draft, request, &conflict).map(|done| vec![done]);
    }
    let (mut onto, moving) = sides(draft, request, &conflict)?;
    let (mut next, mut done) = (draft.clone(), Vec::new());
    for leaf in moving {
        let Some(conflict) = Conflict::of(&next, app)? else { break };
        let (after, line, last) = put_onto(&next, request, &conflict, &leaf, &onto)?;
        next = after;
        onto = last;
        done.push(line);
    }
    *draft = next;
    Ok(done)
}

/// The leaf that stays, and those that come after it.
fn sides(
    draft: &Draft<'_>,
    request: &Request,
    conflict: &Conflict,
) -> Result<(MigrationKey, Vec<MigrationKey>), String> {
    let leaves = &conflict.leaves;
    let is_new = |leaf: &MigrationKey| {
        let mut rest = leaves.iter().filter(|other| *other != leaf);
        rest.all(|other| conflict.side(leaf, other).iter().all(|key| draft.editable.contains(key)))
    };
    let named: Vec<&MigrationKey> = leaves.iter().filter(|leaf| request.named.contains(leaf)).collect();
    let moving: Vec<MigrationKey> = if named.is_empty() {
        leaves.iter().filter(|leaf| is_new(leaf)).cloned().collect()
    } else {
        named.into_iter().cloned().collect()
    };
    let staying: Vec<&MigrationKey> = leaves.iter().filter(|leaf| !moving.contains(leaf)).collect();
    let shown = leaves.iter().map(|leaf| format!("`{}`", leaf.name)).collect::<Vec<_>>().join(" and ");
    let example = leaves.last().map_or_else(String::new, ToString::to_string);
    match (&staying[..], &moving[..]) {
        ([stays], [_, ..]) => Ok(((*stays).clone(), moving)),
        (_, []) => Err(format!(
            "which of {shown} is to come last is not known: give the target branch with `--diff REV`, name it \
             (`--migration {example}`), or join them with `--merge`"
        )),
        ([], _) => Err(format!(
            "{shown} are all new: name the one that is to come last (`--migration {example}`), or join them with `--merge`"
        )),
        _ => Err(format!("of {shown} more than one would stay: name all that are to come after the first")),
    }
}

/// Puts a leaf's side after another leaf: the draft, what was done, the leaf by its new name.
fn put_onto<'a>(
    draft: &Draft<'a>,
    request: &Request,
    conflict: &Conflict,
    leaf: &MigrationKey,
    onto: &MigrationKey,
) -> Result<(Draft<'a>, String, MigrationKey), String> {
    let own = conflict.side(leaf, onto);
    conflict.apart(request, &[own.clone(), conflict.side(onto, leaf)])?;
    let mut step = Step::default();
    for migration in conflict.migrations(&own) {
        if !migration.replaces.is_empty() {
            return Err(format!("{} is a squash", migration.key));
        }
        let same_app =
            migration.dependencies.iter().filter(|on| on.key.app == conflict.app && on.swappable.is_none());
        let above: Vec<&MigrationKey> = same_app.map(|dependency| &dependency.key).collect();
        if above.iter().any(|key| own.contains(key)) {
            continue;
        }
        let fork =
            above.first().ok_or_else(|| format!("{} depends on no migration of its app", migration.key))?;
        names::repoint(draft, &mut step, &migration, "dependencies", fork, &onto.name)?;
    }
    let renames = names::renumbered(&own, conflict.number(draft, onto));
    names::rename(draft, &mut step, &renames)?;
    let last = renames
        .get(leaf)
        .map_or_else(|| leaf.clone(), |new| MigrationKey::new(leaf.app.clone(), new.clone()));
    let next = draft.after(&step)?;
    let first = own.first().unwrap_or(leaf);
    let now = renames.get(first).map_or(String::new(), |new| format!(", as `{new}`"));
    Ok((next, format!("{first} comes after `{}`{now}", onto.name), last))
}

/// `makemigrations --merge` (`django/core/management/commands/makemigrations.py`, `handle_merge`).
fn merge(draft: &mut Draft<'_>, request: &Request, conflict: &Conflict) -> Result<String, String> {
    let leaves = &conflict.leaves;
    for (index, leaf) in leaves.iter().enumerate() {
        for other in leaves.iter().skip(index + 1) {
            conflict.apart(request, &[conflict.side(leaf, other), conflict.side(other, leaf)])?;
        }
    }
    let numbers = leaves.iter().filter_map(|leaf| parse_number(&leaf.name, draft.input.django));
    let number = numbers.max().unwrap_or(1).saturating_add(1);
    let joined = leaves.iter().map(|leaf| leaf.name.as_ref()).collect::<Vec<_>>().join("_");
    let tail = if joined.chars().count() > 47 { request.timestamp.clone() } else { joined };
    let name: Arc<str> = format!("{number:04}_merge_{tail}").into();
    let migration = NewMigration {
        name: name.clone(),
        app: conflict.app.clone(),
        initial: false,
        dependencies: leaves
            .iter()
            .map(|leaf| NewDependency::Migration(leaf.app.clone(), leaf.name.clone()))
            .collect(),
        operations: Vec::new(),
    };
    let writer = MigrationWriter {
        version: draft.input.django,
        swappables: &draft.input.swappables,
        to_state: &ProjectState::default(),
        header: Some(&request.header),
    };
    let text = writer.as_string(&migration).map_err(|error| error.to_string())?;
    let key = MigrationKey::new(conflict.app.clone(), name);
    let step = Step { new: vec![(key.clone(), text)], ..Step::default() };
    *draft = draft.after(&step)?;
    Ok(format!(
        "{key} joins {}",
        leaves.iter().map(|leaf| format!("`{}`", leaf.name)).collect::<Vec<_>>().join(" and ")
    ))
}
