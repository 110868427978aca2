//! The project as it is to be: its migrations with the fixes so far, read anew after each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use super::edit::Edits;
use super::shape::Shape;
use crate::analysis::{self, ProjectInput};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::django::migration::{Migration, Origin};
use crate::django::reader::MigrationFile;
use crate::django::runtime::ProjectFacts;
use crate::django::state::{Phase, ProjectState};
use crate::project::Project;
use crate::reading;
use crate::report::state::model_to_json;
use crate::source::SourceFile;

/// A migration's file that is other than on disk.
#[derive(Debug, Clone)]
pub(super) struct Drafted {
    /// Where it is on disk; `None` for a new one.
    pub from: Option<PathBuf>,
    /// Where it is to be, and its text.
    pub file: Arc<SourceFile>,
}

/// The migrations with the fixes so far.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    /// The project as it was found.
    pub project: &'a Project,
    /// What was read of it.
    pub facts: &'a ProjectFacts,
    /// The analysed root, which edits are relative to.
    pub root: &'a Path,
    /// The project, its migrations as they are to be.
    pub input: ProjectInput,
    /// Migrations that nothing has applied yet.
    pub editable: BTreeSet<MigrationKey>,
    /// What is other than on disk, by its key now.
    pub drafted: BTreeMap<MigrationKey, Drafted>,
    /// What was renamed on disk, in order: (before, after).
    pub renamed: Vec<(MigrationKey, MigrationKey)>,
}

/// What one fix does.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    /// By the keys before.
    pub edits: BTreeMap<MigrationKey, Edits>,
    /// New names.
    pub renames: BTreeMap<MigrationKey, Arc<str>>,
    /// New migrations with their text.
    pub new: Vec<(MigrationKey, String)>,
}

impl Step {
    /// The edits of a migration.
    pub(super) fn edits_of(&mut self, key: &MigrationKey) -> &mut Edits {
        self.edits.entry(key.clone()).or_default()
    }
}

/// What must be the same before and after.
#[derive(PartialEq)]
struct Picture {
    models: BTreeMap<String, Json>,
    /// What Django's loader or its state would stop at, and what could not be read.
    faults: usize,
}

impl Draft<'_> {
    /// A migration.
    pub(super) fn migration(&self, key: &MigrationKey) -> Option<&Arc<Migration>> {
        self.input.migrations.iter().find(|migration| migration.key == *key)
    }

    /// The repository's own migrations.
    pub(super) fn ours(&self) -> impl Iterator<Item = &Arc<Migration>> {
        self.input.migrations.iter().filter(|migration| migration.origin == Origin::Project)
    }

    /// The squash that replaces a migration, if there is one.
    pub(super) fn squash_of(&self, key: &MigrationKey) -> Option<&MigrationKey> {
        let replaces =
            |migration: &&Arc<Migration>| migration.replaces.iter().any(|replaced| replaced.key == *key);
        self.input.migrations.iter().find(replaces).map(|squash| &squash.key)
    }

    /// A migration's file as it is written.
    ///
    /// # Errors
    /// It has none, or it is not one that can be edited.
    pub(super) fn shape(&self, key: &MigrationKey) -> Result<Shape, String> {
        let file = self.migration(key).and_then(|migration| migration.file.clone());
        Shape::of(&file.ok_or_else(|| format!("the file of {key} is not at hand"))?)
    }

    /// The graph, and the migrations in the order of the plan.
    pub(super) fn graph(&self) -> (LoadedGraph, Vec<Arc<Migration>>) {
        analysis::graph(&self.input)
    }

    /// The project after a step, if Django would load it and end in the same state.
    ///
    /// # Errors
    /// It would not, or a file cannot be edited so.
    pub(super) fn after(&self, step: &Step) -> Result<Self, String> {
        let mut next = self.clone();
        let mut texts = Vec::new();
        let changed: BTreeSet<&MigrationKey> = step.edits.keys().chain(step.renames.keys()).collect();
        for key in changed {
            texts.push(next.rewrite(key, step)?);
        }
        for (key, text) in &step.new {
            let folder = self.folder(&key.app)?;
            texts.push(next.put(key.clone(), None, &folder, text.clone())?);
            next.editable.insert(key.clone());
        }
        let keys: BTreeSet<MigrationKey> = texts.iter().map(|(file, _)| file.key.clone()).collect();
        if keys.len() != texts.len() || keys.iter().any(|key| next.migration(key).is_some()) {
            return Err("two migrations would have one name".to_owned());
        }
        next.input.migrations.extend(reading::migrations_from(self.project, self.facts, &texts));
        next.sort(self);
        next.holds_what(self)?;
        Ok(next)
    }

    /// Takes a migration out and says how it is to be read again.
    fn rewrite(
        &mut self,
        key: &MigrationKey,
        step: &Step,
    ) -> Result<(MigrationFile, Arc<SourceFile>), String> {
        let migration = self.migration(key).filter(|migration| migration.origin == Origin::Project);
        let file = migration.and_then(|migration| migration.file.clone());
        let file = file.ok_or_else(|| format!("{key} is not the repository's own"))?;
        let none = Edits::default();
        let text = step.edits.get(key).unwrap_or(&none).apply(file.text());
        let text = text.ok_or_else(|| format!("the edits of {} do not fit together", file.display()))?;
        let name = step.renames.get(key).unwrap_or(&key.name);
        let new = MigrationKey::new(key.app.clone(), name.clone());
        let from = match self.drafted.remove(key) {
            Some(drafted) => drafted.from,
            None => Some(file.path().to_owned()),
        };
        if new != *key {
            self.renamed.push((key.clone(), new.clone()));
        }
        self.input.migrations.retain(|migration| migration.key != *key);
        if self.editable.remove(key) {
            self.editable.insert(new.clone());
        }
        let folder = file.path().parent().ok_or("it lies nowhere")?.to_owned();
        self.put(new, from, &folder, text)
    }

    fn put(
        &mut self,
        key: MigrationKey,
        from: Option<PathBuf>,
        folder: &Path,
        text: String,
    ) -> Result<(MigrationFile, Arc<SourceFile>), String> {
        if !key.name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
            return Err(format!("`{}` is no plain name", key.name.escape_debug()));
        }
        let path = folder.join(format!("{}.py", key.name));
        let file = SourceFile::new(path.clone(), reading::shown(self.root, &path), text);
        let package = self.project.apps.get(&key.app).and_then(|app| app.migrations.module.clone());
        let module = format!("{}.{}", package.unwrap_or_default(), key.name);
        self.drafted.insert(key.clone(), Drafted { from, file: file.clone() });
        Ok((MigrationFile { key, module, path, origin: Origin::Project }, file))
    }

    /// Where an app's migrations lie.
    fn folder(&self, app: &AppLabel) -> Result<PathBuf, String> {
        let of_app = self.ours().filter(|migration| migration.key.app == *app);
        let mut folders =
            of_app.filter_map(|migration| Some(migration.file.as_ref()?.path().parent()?.to_owned()));
        folders.next().ok_or_else(|| format!("where the migrations of {app} lie is not known"))
    }

    /// The order that reading from disk has: apps as before, names sorted.
    fn sort(&mut self, before: &Self) {
        let mut apps: BTreeMap<&AppLabel, usize> = BTreeMap::new();
        for migration in &before.input.migrations {
            let next = apps.len();
            apps.entry(&migration.key.app).or_insert(next);
        }
        let place = |migration: &Arc<Migration>| {
            (apps.get(&migration.key.app).copied(), migration.key.app.clone(), migration.key.name.clone())
        };
        self.input.migrations.sort_by_cached_key(place);
    }

    fn holds_what(&self, before: &Self) -> Result<(), String> {
        let (old, new) = (before.picture(), self.picture());
        if new.faults > old.faults {
            return Err("the result could not be read or loaded as what it is now".to_owned());
        }
        let keys: BTreeSet<&String> = old.models.keys().chain(new.models.keys()).collect();
        match keys.into_iter().find(|key| old.models.get(*key) != new.models.get(*key)) {
            Some(model) => Err(format!("the migrations would end in another state of model `{model}`")),
            None => Ok(()),
        }
    }

    fn picture(&self) -> Picture {
        let (graph, plan) = self.graph();
        let mut state = ProjectState::default();
        let mut faults = graph.problems.len();
        for migration in &plan {
            faults += migration.unknowns.len() + usize::from(migration.broken.is_some());
            let errors = state.apply_migration(migration, self.input.django);
            faults += errors.iter().filter(|(_, error)| error.phase != Phase::Database).count();
        }
        let models =
            state.models.iter().map(|(key, model)| (key.to_string(), unordered(model_to_json(model))));
        Picture { models: models.collect(), faults }
    }
}

/// Fields, and lists of a model's options, in an order that does not tell which was added first.
fn unordered(mut model: Json) -> Json {
    let sort = |list: &mut Json| {
        if let Some(items) = list.as_array_mut() {
            items.sort_by_cached_key(ToString::to_string);
        }
    };
    if let Some(fields) = model.get_mut("fields") {
        sort(fields);
    }
    for option in ["indexes", "constraints"] {
        if let Some(list) = model.pointer_mut(&format!("/options/{option}")) {
            sort(list);
        }
    }
    model
}
