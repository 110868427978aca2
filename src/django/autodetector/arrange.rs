//! Operations found, put in order, cut into migrations, made shorter and named
//! (`_sort_migrations`, `_build_migration_list`, `_optimize_migrations`, `arrange_for_graph`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use regex::Regex;

use super::{Autodetector, AutodetectorError, Generated, NewDependency, NewMigration, Run};
use crate::django::keys::AppLabel;
use crate::django::operations::{Operation, OperationKind};
use crate::django::optimizer::optimize;
use crate::django::version::DjangoVersion;

static SQUASHED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^.*_squashed_(\d+)").ok());
static NOT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\W+").ok());

impl Run<'_> {
    /// `_sort_migrations`
    ///
    /// # Errors
    /// The operations of an app depend on each other in a circle.
    pub(super) fn sort_migrations(&mut self) -> Result<(), AutodetectorError> {
        for (app, operations) in &mut self.generated {
            let before: Vec<Vec<usize>> = operations
                .iter()
                .map(|operation| predecessors(operation, app, operations, self.input))
                .collect();
            let order = if self.input.version >= DjangoVersion::V5_0 {
                static_order(&before)
            } else {
                stable_topological_sort(&before)
            };
            let order = order.ok_or_else(|| AutodetectorError::Cycle(app.clone()))?;
            *operations = order.into_iter().filter_map(|at| operations.get(at).cloned()).collect();
        }
        Ok(())
    }

    /// `_build_migration_list`
    ///
    /// # Errors
    /// Operations are left whose dependencies nothing meets.
    pub(super) fn build_migration_list(
        &mut self,
    ) -> Result<IndexMap<AppLabel, Vec<NewMigration>>, AutodetectorError> {
        let mut migrations: IndexMap<AppLabel, Vec<NewMigration>> = IndexMap::new();
        let apps: Vec<_> = self.generated.keys().cloned().collect();
        let count = |run: &Self| run.generated.values().map(Vec::len).sum::<usize>();
        let mut left = count(self);
        let mut chop_mode = false;
        while left > 0 {
            for app in &apps {
                let (chopped, dependencies) = self.chop(app, &migrations, chop_mode);
                if chopped == 0 && dependencies.is_empty() {
                    continue;
                }
                let Some(operations) = self.generated.get_mut(app) else { continue };
                if chopped < operations.len() && !chop_mode {
                    continue;
                }
                let taken = operations.drain(..chopped).map(|generated| generated.operation).collect();
                let of_app = migrations.entry(app.clone()).or_default();
                of_app.push(NewMigration {
                    name: format!("auto_{}", of_app.len() + 1).into(),
                    app: app.clone(),
                    initial: !self.input.from_state.models.keys().any(|key| key.app == *app),
                    dependencies,
                    operations: taken,
                });
                chop_mode = false;
            }
            let now = count(self);
            if now == left {
                if chop_mode {
                    let apps = self.generated.iter().filter(|(_, operations)| !operations.is_empty());
                    return Err(AutodetectorError::Unresolvable(apps.map(|(app, _)| app.clone()).collect()));
                }
                chop_mode = true;
            }
            left = now;
        }
        Ok(migrations)
    }

    /// How many of the app's first operations have all they need, and what they depend on.
    fn chop(
        &self,
        app: &AppLabel,
        migrations: &IndexMap<AppLabel, Vec<NewMigration>>,
        chop_mode: bool,
    ) -> (usize, BTreeSet<NewDependency>) {
        let mut dependencies = BTreeSet::new();
        let operations = self.generated.get(app).map(Vec::as_slice).unwrap_or_default();
        for (at, operation) in operations.iter().enumerate() {
            match self.outgoing(app, operation, migrations, chop_mode) {
                Some(outgoing) => dependencies.extend(outgoing),
                None => return (at, dependencies),
            }
        }
        (operations.len(), dependencies)
    }

    /// The operation's dependencies on other apps; `None` while one is not met.
    fn outgoing(
        &self,
        app: &AppLabel,
        operation: &Generated,
        migrations: &IndexMap<AppLabel, Vec<NewMigration>>,
        chop_mode: bool,
    ) -> Option<Vec<NewDependency>> {
        let mut outgoing = Vec::new();
        for dependency in &operation.dependencies {
            let Some((model, setting)) = dependency.resolve(self.input.swappables) else { continue };
            if model.app == *app {
                continue;
            }
            let theirs = self.generated.get(&model.app).map(Vec::as_slice).unwrap_or_default();
            if theirs.iter().any(|other| dependency.is_met_by(&other.operation, &model)) {
                return None;
            }
            if let Some(setting) = setting {
                outgoing.push(NewDependency::Setting(setting.clone()));
            } else if let Some(last) = migrations.get(&model.app).and_then(|of_app| of_app.last()) {
                outgoing.push(NewDependency::Migration(model.app, last.name.clone()));
            } else if chop_mode {
                let leaf = self.input.graph.leaves.get(&model.app).and_then(|leaves| leaves.first()).cloned();
                outgoing
                    .push(NewDependency::Migration(model.app, leaf.unwrap_or_else(|| "__first__".into())));
            } else {
                return None;
            }
        }
        Some(outgoing)
    }

    /// `_optimize_migrations`
    pub(super) fn optimize_migrations(&self, migrations: &mut IndexMap<AppLabel, Vec<NewMigration>>) {
        for (app, of_app) in migrations {
            let names: Vec<_> = of_app.iter().map(|migration| migration.name.clone()).collect();
            for (migration, previous) in of_app.iter_mut().skip(1).zip(names) {
                migration.dependencies.insert(NewDependency::Migration(app.clone(), previous));
            }
            for migration in of_app {
                let operations = std::mem::take(&mut migration.operations);
                migration.operations = optimize(operations, app, self.input.version);
            }
        }
    }
}

impl Autodetector<'_> {
    /// `arrange_for_graph`: final names, and dependencies that use them.
    pub(super) fn arrange_for_graph(
        &self,
        mut changes: IndexMap<AppLabel, Vec<NewMigration>>,
    ) -> IndexMap<AppLabel, Vec<NewMigration>> {
        let mut names: BTreeMap<(AppLabel, Arc<str>), Arc<str>> = BTreeMap::new();
        changes.retain(|app, migrations| {
            let leaf = self.graph.leaves.get(app).and_then(|leaves| leaves.first());
            // `ask_initial`: only an app with a migrations package gets its first migration.
            if leaf.is_none() && self.graph.unmigrated_apps.contains(app) {
                for migration in migrations {
                    names.insert((app.clone(), migration.name.clone()), "__first__".into());
                }
                return false;
            }
            let first = leaf.map_or(1, |leaf| parse_number(leaf, self.version).unwrap_or(0) + 1);
            for (i, migration) in migrations.iter_mut().enumerate() {
                let suggested = match leaf {
                    None if i == 0 => "initial".to_owned(),
                    _ => self.suggest_name(migration).chars().take(100).collect(),
                };
                if let (0, Some(leaf)) = (i, leaf) {
                    migration.dependencies.insert(NewDependency::Migration(app.clone(), leaf.clone()));
                }
                let name: Arc<str> = format!("{:04}_{suggested}", first + i as u64).into();
                names.insert((app.clone(), std::mem::replace(&mut migration.name, name.clone())), name);
            }
            true
        });
        replace_names(&mut changes, &names);
        changes
    }

    /// Names anew the migrations that lost operations since they were named, wherever their names stand.
    pub fn rename(
        &self,
        changes: &mut IndexMap<AppLabel, Vec<NewMigration>>,
        shortened: &BTreeSet<(AppLabel, Arc<str>)>,
    ) {
        let mut names: BTreeMap<(AppLabel, Arc<str>), Arc<str>> = BTreeMap::new();
        for migration in changes.values_mut().flatten() {
            let key = (migration.app.clone(), migration.name.clone());
            // A first migration is called `initial`, whatever is in it.
            let number = migration
                .name
                .split_once('_')
                .filter(|(_, rest)| *rest != "initial")
                .map(|(number, _)| number);
            if let Some(number) = number.filter(|_| shortened.contains(&key)) {
                let suggested: String = self.suggest_name(migration).chars().take(100).collect();
                let name: Arc<str> = format!("{number}_{suggested}").into();
                migration.name = name.clone();
                names.insert(key, name);
            }
        }
        replace_names(changes, &names);
    }

    /// `Migration.suggest_name`
    fn suggest_name(&self, migration: &NewMigration) -> String {
        let fragments = || migration.operations.iter().map(Operation::migration_name_fragment);
        if self.version < DjangoVersion::V4_0 {
            let only_creations =
                migration.operations.iter().all(|op| matches!(op.kind, OperationKind::CreateModel(_)));
            let name = match migration.operations.len() {
                1 => fragments().next().flatten(),
                0 => None,
                _ if only_creations => {
                    let mut names: Vec<_> = fragments().flatten().collect();
                    names.sort();
                    Some(names.join("_"))
                }
                _ => None,
            };
            let initial =
                if migration.initial { "initial".to_owned() } else { format!("auto_{}", self.timestamp) };
            return name.unwrap_or(initial);
        }
        if migration.initial {
            return "initial".to_owned();
        }
        let known: Vec<_> = fragments()
            .flatten()
            .filter(|fragment| !fragment.is_empty())
            .map(|fragment| {
                if self.version < DjangoVersion::V4_2 {
                    fragment
                } else {
                    match NOT_WORD.as_ref() {
                        Some(other) => other.replace_all(&fragment, "_").into_owned(),
                        None => fragment,
                    }
                }
            })
            .collect();
        let (Some(first), true) = (known.first(), known.len() == migration.operations.len()) else {
            return format!("auto_{}", self.timestamp);
        };
        let mut name = first.clone();
        for fragment in known.iter().skip(1) {
            let longer = format!("{name}_{fragment}");
            if longer.chars().count() > 52 {
                return format!("{name}_and_more");
            }
            name = longer;
        }
        name
    }
}

/// `parse_number`; a squash's second number counts from 4.0 on.
pub(crate) fn parse_number(name: &str, version: DjangoVersion) -> Option<u64> {
    if version >= DjangoVersion::V4_0
        && let Some(found) = SQUASHED.as_ref().and_then(|pattern| pattern.captures(name)?.get(1))
    {
        return found.as_str().parse().ok();
    }
    let digits =
        name.find(|c: char| !c.is_ascii_digit()).map_or(name, |end| name.get(..end).unwrap_or_default());
    digits.parse().ok()
}

/// The operations of the same app that `operation` waits for, as `check_dependency` finds them.
fn predecessors(
    operation: &Generated,
    app: &AppLabel,
    all: &[Generated],
    input: &Autodetector<'_>,
) -> Vec<usize> {
    let mut found = Vec::new();
    for dependency in &operation.dependencies {
        let Some((model, _)) = dependency.resolve(input.swappables) else { continue };
        if model.app == *app {
            let met =
                all.iter().enumerate().filter(|(_, other)| dependency.is_met_by(&other.operation, &model));
            found.extend(met.map(|(at, _)| at));
        }
    }
    found
}

/// `graphlib.TopologicalSorter.static_order`, nodes in the order in which they were first named.
fn static_order(before: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut known = IndexMap::new();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    for (node, predecessors) in before.iter().enumerate() {
        *known.entry(node).or_insert(0) += predecessors.len();
        for predecessor in predecessors {
            known.entry(*predecessor).or_insert(0);
            after.get_mut(*predecessor)?.push(node);
        }
    }
    let mut ready: Vec<usize> =
        known.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
    let mut order = Vec::with_capacity(before.len());
    while !ready.is_empty() {
        let group = std::mem::take(&mut ready);
        for node in &group {
            for next in after.get(*node)? {
                let count = known.get_mut(next)?;
                *count -= 1;
                if *count == 0 {
                    ready.push(*next);
                }
            }
        }
        order.extend(group);
    }
    (order.len() == before.len()).then_some(order)
}

/// `stable_topological_sort` (`django/utils/topological_sort.py`, to 4.2): layer by layer, each in
/// the list's own order.
fn stable_topological_sort(before: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = Vec::with_capacity(before.len());
    let mut done = vec![false; before.len()];
    while order.len() < before.len() {
        let is_done = |node: &usize| done.get(*node).copied().unwrap_or(false);
        let layer: Vec<usize> = before
            .iter()
            .enumerate()
            .filter(|(node, predecessors)| !is_done(node) && predecessors.iter().all(is_done))
            .map(|(node, _)| node)
            .collect();
        if layer.is_empty() {
            return None;
        }
        for node in &layer {
            if let Some(flag) = done.get_mut(*node) {
                *flag = true;
            }
        }
        order.extend(layer);
    }
    Some(order)
}

/// Puts the final names of new migrations where others depend on them.
fn replace_names(
    changes: &mut IndexMap<AppLabel, Vec<NewMigration>>,
    names: &BTreeMap<(AppLabel, Arc<str>), Arc<str>>,
) {
    for migration in changes.values_mut().flatten() {
        migration.dependencies = std::mem::take(&mut migration.dependencies)
            .into_iter()
            .map(|dependency| match dependency {
                NewDependency::Migration(app, name) => {
                    let renamed = names.get(&(app.clone(), name.clone())).cloned();
                    NewDependency::Migration(app, renamed.unwrap_or(name))
                }
                setting @ NewDependency::Setting(_) => setting,
            })
            .collect();
    }
}
