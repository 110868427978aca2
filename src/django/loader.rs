//! `django/db/migrations/loader.py` (3.2 to 6.1): from the migrations on disk to the graph.
//!
//! Where Django stops with an exception, a [`Problem`] is noted and the graph goes on without what
//! is broken, so that the rest of the project can still be looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::graph::{CycleStep, Edge, EdgeKind, MigrationGraph};
use super::keys::{AppLabel, MigrationKey};
use super::migration::{Dependency, Migration, Origin};
use super::version::DjangoVersion;
use crate::python::value::Unknown;
use crate::source::Location;

/// What the loader must know of the installed apps.
#[derive(Debug, Clone, Default)]
pub struct AppsForLoader {
    /// Apps with a migrations package, in the order of `INSTALLED_APPS`.
    pub migrated: Vec<AppLabel>,
    /// Apps without one: a `__first__` or `__latest__` on them vanishes.
    pub unmigrated: BTreeSet<AppLabel>,
    /// Apps whose package's source is not at hand: what is named there is taken to exist.
    pub assumed: BTreeSet<AppLabel>,
}

/// How to build.
#[derive(Debug, Clone)]
pub struct LoaderOptions {
    /// Whether squashes take the place of what they replace; `sqlmigrate` builds without.
    pub replace_migrations: bool,
    /// What a database says is applied.
    pub applied: BTreeSet<MigrationKey>,
}

impl Default for LoaderOptions {
    fn default() -> Self {
        Self { replace_migrations: true, applied: BTreeSet::new() }
    }
}

/// What Django would refuse, or we could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// `NodeNotFoundError`: a dependency, or a `run_before`, names what is not there.
    MissingNode {
        /// What is named.
        node: MigrationKey,
        /// The migration that names it.
        origin: MigrationKey,
        /// Where.
        at: Option<Location>,
        /// Squashes that replace it, none of which could be used since a part of what they replace is applied.
        tried: Vec<MigrationKey>,
    },
    /// `ValueError: Dependency on unknown app`
    UnknownApp {
        /// The app.
        app: AppLabel,
        /// The migration that names it.
        origin: MigrationKey,
        /// Where.
        at: Option<Location>,
    },
    /// `ValueError: Dependency on app with no migrations`
    NoMigrations {
        /// The app.
        app: AppLabel,
        /// The migration that names it.
        origin: MigrationKey,
        /// Where.
        at: Option<Location>,
    },
    /// `CircularDependencyError`
    Cycle {
        /// The steps; each child depends on its parent, which is the next step's child.
        steps: Vec<CycleStep>,
    },
    /// Squashes that replace each other: a `CommandError` from 6.0, endless or undefined before.
    ReplacementCycle {
        /// The squashes in turn.
        path: Vec<MigrationKey>,
        /// Where the first writes it.
        at: Option<Location>,
    },
    /// A squash that replaces a squash of the same app, before 6.0: whether Django can load it depends
    /// on the order in which a set of module names comes. (Of an app installed later: it cannot.)
    ChainedReplacement {
        /// The outer squash.
        replacement: MigrationKey,
        /// The squash that it replaces.
        replaced: MigrationKey,
        /// Where.
        at: Option<Location>,
    },
    /// A squash that another one replaced before it could do its own work.
    ReplacementGone {
        /// The squash.
        replacement: MigrationKey,
        /// Where it is declared.
        at: Option<Location>,
    },
    /// Two migrations of one key; the first stays.
    Duplicate {
        /// The key.
        key: MigrationKey,
        /// Where the second is.
        at: Option<Location>,
    },
    /// A part of a migration could not be worked out.
    Unreadable {
        /// The migration.
        migration: MigrationKey,
        /// Why.
        unknown: Arc<Unknown>,
    },
}

/// The graph, and what it was built from.
#[derive(Debug, Clone)]
pub struct LoadedGraph {
    /// Every migration, replaced ones and assumed ones too.
    pub disk: BTreeMap<MigrationKey, Arc<Migration>>,
    /// The graph that was built.
    pub graph: MigrationGraph,
    /// What is applied, squashes counted as Django counts them.
    pub applied: BTreeSet<MigrationKey>,
    /// `detect_conflicts`: apps with more than one leaf, with the leaves' names sorted.
    pub conflicts: BTreeMap<AppLabel, Vec<Arc<str>>>,
    /// In the order in which they were met.
    pub problems: Vec<Problem>,
    /// The version whose loader this is.
    pub version: DjangoVersion,
}

/// `MigrationLoader`
#[derive(Debug)]
pub struct MigrationLoader<'a> {
    apps: &'a AppsForLoader,
    options: &'a LoaderOptions,
    version: DjangoVersion,
    disk: BTreeMap<MigrationKey, Arc<Migration>>,
    /// Keys in the order of `disk_migrations`: apps as installed, names sorted (6.1; a set before).
    order: Vec<MigrationKey>,
    graph: MigrationGraph,
    applied: BTreeSet<MigrationKey>,
    problems: Vec<Problem>,
}

impl<'a> MigrationLoader<'a> {
    /// `MigrationLoader.build_graph`: everything unapplied, squashes in use.
    pub fn build(
        migrations: Vec<Arc<Migration>>,
        apps: &'a AppsForLoader,
        version: DjangoVersion,
    ) -> LoadedGraph {
        Self::build_with(migrations, apps, version, &LoaderOptions::default())
    }

    /// `MigrationLoader.build_graph` with options.
    pub fn build_with(
        migrations: Vec<Arc<Migration>>,
        apps: &AppsForLoader,
        version: DjangoVersion,
        options: &LoaderOptions,
    ) -> LoadedGraph {
        let mut loader = MigrationLoader {
            apps,
            options,
            version,
            disk: BTreeMap::new(),
            order: Vec::new(),
            graph: MigrationGraph::default(),
            applied: options.applied.clone(),
            problems: Vec::new(),
        };
        loader.load(migrations);
        loader.add_dependencies();
        if loader.options.replace_migrations {
            loader.replace_all();
        }
        loader.validate();
        loader.finish()
    }

    fn load(&mut self, migrations: Vec<Arc<Migration>>) {
        for migration in migrations {
            let key = migration.key.clone();
            if self.disk.contains_key(&key) {
                self.problems.push(Problem::Duplicate { key, at: migration.class_at.clone() });
                continue;
            }
            self.disk.insert(key, migration);
        }
        let place: BTreeMap<&AppLabel, usize> =
            self.apps.migrated.iter().enumerate().map(|(place, app)| (app, place)).collect();
        self.order = self.disk.keys().cloned().collect();
        self.order.sort_by_key(|key| place.get(&key.app).copied().unwrap_or(usize::MAX));
        for key in &self.order {
            let Some(migration) = self.disk.get(key) else { continue };
            self.graph.add_node(key.clone(), migration.clone());
            for unknown in &migration.unknowns {
                self.problems.push(Problem::Unreadable { migration: key.clone(), unknown: unknown.clone() });
            }
        }
    }

    /// `add_internal_dependencies` for all, then `add_external_dependencies` for all: `__first__`
    /// needs every app's own edges.
    fn add_dependencies(&mut self) {
        let migrations: Vec<Arc<Migration>> =
            self.order.iter().filter_map(|key| self.disk.get(key).cloned()).collect();
        for migration in &migrations {
            for parent in &migration.dependencies {
                if parent.key.app == migration.key.app && parent.key.name.as_ref() != "__first__" {
                    let edge = edge(migration, parent, EdgeKind::Dependency);
                    self.graph.add_dependency(&migration.key, &parent.key, edge);
                }
            }
        }
        for migration in &migrations {
            for parent in migration.dependencies.iter().filter(|it| it.key.app != migration.key.app) {
                if let Some(key) = self.check_key(parent, &migration.key) {
                    let edge = edge(migration, parent, EdgeKind::Dependency);
                    self.graph.add_dependency(&migration.key, &key, edge);
                }
            }
            for child in &migration.run_before {
                if let Some(key) = self.check_key(child, &migration.key) {
                    let edge = edge(migration, child, EdgeKind::RunBefore);
                    self.graph.add_dependency(&key, &migration.key, edge);
                }
            }
        }
    }

    /// `check_key`
    fn check_key(&mut self, dependency: &Dependency, origin: &MigrationKey) -> Option<MigrationKey> {
        let key = &dependency.key;
        if self.apps.assumed.contains(&key.app) && !self.graph.contains(key) {
            let migration = Arc::new(Migration::empty(key.clone(), Origin::Assumed));
            self.disk.insert(key.clone(), migration.clone());
            self.graph.add_node(key.clone(), migration);
        }
        if !matches!(key.name.as_ref(), "__first__" | "__latest__") || self.graph.contains(key) {
            return Some(key.clone());
        }
        if key.app == origin.app || self.apps.unmigrated.contains(&key.app) {
            return None;
        }
        let (app, origin, at) = (key.app.clone(), origin.clone(), dependency.at.clone());
        if !self.apps.migrated.contains(&app) {
            self.problems.push(Problem::UnknownApp { app, origin, at });
            return None;
        }
        let ends = match key.name.as_ref() {
            "__first__" => self.graph.root_nodes(Some(&app)),
            _ => self.graph.leaf_nodes(Some(&app)),
        };
        let first = ends.into_iter().next();
        if first.is_none() {
            self.problems.push(Problem::NoMigrations { app, origin, at });
        }
        first
    }

    fn app_place(&self, app: &AppLabel) -> Option<usize> {
        self.apps.migrated.iter().position(|it| it == app)
    }

    fn replacements(&self) -> Vec<Arc<Migration>> {
        let migrations = self.order.iter().filter_map(|key| self.disk.get(key));
        migrations.filter(|migration| !migration.replaces.is_empty()).cloned().collect()
    }

    /// `replace_migration` for each squash, those that it replaces first (6.0). Before 6.0 Django
    /// takes them as they come; with a chain that works only in this same order.
    fn replace_all(&mut self) {
        #[derive(PartialEq)]
        enum Progress {
            Begun,
            Done,
        }
        let replacements = self.replacements();
        let by_key: BTreeMap<&MigrationKey, &Arc<Migration>> =
            replacements.iter().map(|migration| (&migration.key, migration)).collect();
        let mut progress: BTreeMap<&MigrationKey, Progress> = BTreeMap::new();
        for start in &replacements {
            if progress.contains_key(&start.key) {
                continue;
            }
            // Each entry: a squash and how many of its `replaces` are looked through.
            let mut stack: Vec<(&Arc<Migration>, usize)> = vec![(start, 0)];
            progress.insert(&start.key, Progress::Begun);
            while let Some((migration, next)) = stack.last_mut() {
                let migration = *migration;
                let Some(replaced) = migration.replaces.get(*next) else {
                    stack.pop();
                    self.replace(migration);
                    progress.insert(&migration.key, Progress::Done);
                    continue;
                };
                *next += 1;
                let Some(inner) = by_key.get(&replaced.key).copied() else { continue };
                // Apps come in a fixed order; only names within one app come as a set.
                let after = self.app_place(&inner.key.app) >= self.app_place(&migration.key.app);
                if self.version < DjangoVersion::V6_0 && after {
                    self.problems.push(Problem::ChainedReplacement {
                        replacement: migration.key.clone(),
                        replaced: inner.key.clone(),
                        at: replaced.at.clone(),
                    });
                }
                match progress.get(&inner.key) {
                    Some(Progress::Done) => {}
                    Some(Progress::Begun) => {
                        let from = stack.iter().position(|(it, _)| it.key == inner.key).unwrap_or(0);
                        let path = stack.iter().skip(from).map(|(it, _)| it.key.clone()).collect();
                        self.problems.push(Problem::ReplacementCycle { path, at: replaced.at.clone() });
                    }
                    None => {
                        progress.insert(&inner.key, Progress::Begun);
                        stack.push((inner, 0));
                    }
                }
            }
        }
    }

    fn replace(&mut self, migration: &Migration) {
        let replaced: BTreeSet<MigrationKey> = migration.replaces.iter().map(|it| it.key.clone()).collect();
        let targets = if self.version >= DjangoVersion::V6_0 {
            self.resolve_replaced(migration)
        } else {
            replaced.clone()
        };
        let applied = targets.iter().filter(|key| self.applied.contains(key)).count();
        if applied == targets.len() {
            self.applied.insert(migration.key.clone());
        } else {
            self.applied.remove(&migration.key);
        }
        let outcome = if applied == 0 || applied == targets.len() {
            self.graph.remove_replaced_nodes(&migration.key, &replaced)
        } else {
            self.graph.remove_replacement_node(&migration.key, &replaced)
        };
        let in_cycle = self.problems.iter().any(|problem| {
            matches!(problem, Problem::ReplacementCycle { path, .. } if path.contains(&migration.key))
        });
        if outcome.is_err() && !in_cycle {
            let at = migration.class_at.clone();
            self.problems.push(Problem::ReplacementGone { replacement: migration.key.clone(), at });
        }
    }

    /// `_resolve_replaced_migration_keys` (6.0): what a squash replaces in the end, through other squashes.
    fn resolve_replaced(&self, migration: &Migration) -> BTreeSet<MigrationKey> {
        let mut resolved = BTreeSet::new();
        let mut seen: BTreeSet<&MigrationKey> = BTreeSet::new();
        let mut todo: Vec<&MigrationKey> = migration.replaces.iter().map(|it| &it.key).collect();
        while let Some(key) = todo.pop() {
            if !seen.insert(key) {
                continue;
            }
            match self.disk.get(key) {
                Some(inner) if !inner.replaces.is_empty() => {
                    todo.extend(inner.replaces.iter().map(|it| &it.key));
                }
                _ => {
                    resolved.insert(key.clone());
                }
            }
        }
        resolved
    }

    fn validate(&mut self) {
        let replacements = self.replacements();
        for (node, origin, edges) in self.graph.take_dummies() {
            let candidates: Vec<MigrationKey> = replacements
                .iter()
                .filter(|migration| migration.replaces.iter().any(|it| it.key == node))
                .map(|migration| migration.key.clone())
                .collect();
            let replaced = candidates.iter().any(|key| self.graph.contains(key));
            let tried = if replaced { Vec::new() } else { candidates };
            if edges.is_empty() {
                let (node, at) = (node.clone(), None);
                self.problems.push(Problem::MissingNode { node, origin, at, tried: tried.clone() });
            }
            for edge in edges {
                self.problems.push(Problem::MissingNode {
                    node: node.clone(),
                    origin: edge.written_by,
                    at: edge.at,
                    tried: tried.clone(),
                });
            }
        }
        for steps in self.graph.take_cycles() {
            self.problems.push(Problem::Cycle { steps });
        }
    }

    fn finish(self) -> LoadedGraph {
        let mut conflicts: BTreeMap<AppLabel, Vec<Arc<str>>> = BTreeMap::new();
        for leaf in self.graph.leaf_nodes(None) {
            // An assumed app's history is not known, so neither are its leaves.
            if !self.apps.assumed.contains(&leaf.app) {
                conflicts.entry(leaf.app).or_default().push(leaf.name);
            }
        }
        conflicts.retain(|_, names| names.len() > 1);
        LoadedGraph {
            disk: self.disk,
            graph: self.graph,
            applied: self.applied,
            conflicts,
            problems: self.problems,
            version: self.version,
        }
    }
}

impl Problem {
    /// A word for the kind, in output.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MissingNode { .. } => "missing_node",
            Self::UnknownApp { .. } => "unknown_app",
            Self::NoMigrations { .. } => "no_migrations",
            Self::Cycle { .. } => "cycle",
            Self::ReplacementCycle { .. } => "replacement_cycle",
            Self::ChainedReplacement { .. } => "chained_replacement",
            Self::ReplacementGone { .. } => "replacement_gone",
            Self::Duplicate { .. } => "duplicate",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// Where it is written; of a cycle, its first step that is written anywhere.
    pub fn at(&self) -> Option<&Location> {
        match self {
            Self::MissingNode { at, .. }
            | Self::UnknownApp { at, .. }
            | Self::NoMigrations { at, .. }
            | Self::ReplacementCycle { at, .. }
            | Self::ChainedReplacement { at, .. }
            | Self::ReplacementGone { at, .. }
            | Self::Duplicate { at, .. } => at.as_ref(),
            Self::Cycle { steps } => steps.iter().find_map(|step| step.at.as_ref()),
            Self::Unreadable { unknown, .. } => unknown.at.as_ref(),
        }
    }

    /// The migrations it concerns, the one at fault first.
    pub fn migrations(&self) -> Vec<&MigrationKey> {
        match self {
            Self::MissingNode { origin, node, .. } => vec![origin, node],
            Self::UnknownApp { origin, .. } | Self::NoMigrations { origin, .. } => vec![origin],
            Self::Cycle { steps } => steps.iter().map(|step| &step.child).collect(),
            Self::ReplacementCycle { path, .. } => path.iter().collect(),
            Self::ChainedReplacement { replacement, replaced, .. } => vec![replacement, replaced],
            Self::ReplacementGone { replacement, .. } => vec![replacement],
            Self::Duplicate { key, .. } => vec![key],
            Self::Unreadable { migration, .. } => vec![migration],
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |keys: &[MigrationKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::MissingNode { node, origin, tried, .. } if tried.is_empty() => {
                write!(f, "{origin} names {node}, which does not exist")
            }
            Self::MissingNode { node, origin, tried, .. } => write!(
                f,
                "{origin} names {node}, which does not exist; {} would replace it, but only a part of what \
                 is replaced is applied",
                list(tried)
            ),
            Self::UnknownApp { app, origin, .. } => {
                write!(f, "{origin} depends on {app}, which is not an installed app")
            }
            Self::NoMigrations { app, origin, .. } => {
                write!(f, "{origin} depends on {app}, whose migrations package is empty")
            }
            Self::Cycle { steps } => {
                let keys: Vec<String> = steps.iter().map(|step| step.child.to_string()).collect();
                let first = keys.first().cloned().unwrap_or_default();
                write!(f, "circular dependency: {} → {first}", keys.join(" → "))
            }
            Self::ReplacementCycle { path, .. } => write!(f, "squashes replace each other: {}", list(path)),
            Self::ChainedReplacement { replacement, replaced, .. } => write!(
                f,
                "{replacement} replaces the squash {replaced}; before Django 6.0 loading that can fail"
            ),
            Self::ReplacementGone { replacement, .. } => {
                write!(f, "the squash {replacement} was itself replaced before it could replace anything")
            }
            Self::Duplicate { key, .. } => write!(f, "{key} is there twice"),
            Self::Unreadable { migration, unknown } => {
                write!(f, "a part of {migration} could not be worked out: {}", unknown.reason)
            }
        }
    }
}

fn edge(migration: &Migration, dependency: &Dependency, kind: EdgeKind) -> Edge {
    Edge { kind, written_by: migration.key.clone(), at: dependency.at.clone() }
}
