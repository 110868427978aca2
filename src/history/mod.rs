//! What came since a base revision: migrations new, changed and gone, what the target branch has in
//! the meantime, and where code still names what is taken away.

mod base;
mod declared;
mod effect;
mod references;
mod unmerged;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::django::reader::MigrationFile;
use crate::git::GitError;
use crate::project::{App, PackageState, Project};
use crate::python::value::Unknown;
use crate::reading::{self, ReadMigrations};
use crate::report::{Place, Undecided};
use crate::rules::{Deleted, Dropped, EditKind, Edited, History};
use crate::source::{SourceFile, Tree};

pub use base::Base;
use base::Status;
pub use unmerged::unmerged;

/// What to compare.
pub struct Request<'a> {
    /// The base and the target branch.
    pub base: &'a Base,
    /// The files as they are now.
    pub tree: &'a Tree,
    /// Whether all code that changed is to be listed.
    pub code: bool,
    /// Files of the models, which rules of drift point at.
    pub models: &'a [Arc<SourceFile>],
}

/// Compares a project with the base.
///
/// # Errors
/// git could not be asked.
pub fn compare(request: &Request<'_>, project: &Project, read: &ReadMigrations) -> Result<History, GitError> {
    let base = request.base;
    let mut compared = Comparison {
        request,
        project,
        read,
        history: History {
            base: base.commit().short().to_owned(),
            target: base.revision().to_owned(),
            ..History::default()
        },
        changed: Vec::new(),
        gone: Vec::new(),
    };
    let by_app = by_app(read);
    for app in project.apps.values() {
        if reading::is_project_app(project, &app.label) {
            compared.app(app, by_app.get(&app.label).map_or(&[], Vec::as_slice));
        }
    }
    compared.removed_apps();
    compared.read_both()?;
    compared.target()?;
    compared.code()?;
    Ok(compared.history)
}

/// The repository's own migrations, by app.
fn by_app(read: &ReadMigrations) -> BTreeMap<&AppLabel, Vec<&Arc<Migration>>> {
    let mut by_app: BTreeMap<&AppLabel, Vec<&Arc<Migration>>> = BTreeMap::new();
    for migration in read.migrations.iter().filter(|migration| migration.origin == Origin::Project) {
        by_app.entry(&migration.key.app).or_default().push(migration);
    }
    by_app
}

struct Comparison<'a> {
    request: &'a Request<'a>,
    project: &'a Project,
    read: &'a ReadMigrations,
    history: History,
    /// Changed migrations, with their path at the base.
    changed: Vec<(Arc<Migration>, Arc<str>)>,
    /// Migrations of the base that are gone, with their module and path there.
    gone: Vec<(MigrationFile, Arc<str>)>,
}

impl Comparison<'_> {
    fn root(&self) -> &Path {
        self.request.tree.root()
    }

    /// Sorts the migrations of an app into new, changed and gone.
    fn app(&mut self, app: &App, own: &[&Arc<Migration>]) {
        let PackageState::Migrated { folder, .. } = &app.migrations.state else { return };
        let base = self.request.base;
        let folder = reading::shown(self.root(), folder);
        if base.is_submodule(&folder) {
            let reason = format!("{folder} is in a submodule, whose history is its own");
            self.undecided(format!("what is new in app `{}`", app.label), reason, Some(&folder));
            return;
        }
        let mut at_base = base.migrations_in(&folder);
        let status = |migration: &&Arc<Migration>| {
            let file = migration.file.as_ref()?;
            Some(base.status(&format!("{folder}/{}.py", migration.key.name), file.path()))
        };
        let statuses: Vec<Option<Status>> = own.par_iter().map(status).collect();
        for (migration, status) in std::iter::zip(own, statuses) {
            let (Some(file), Some(status)) = (&migration.file, status) else { continue };
            let name = &migration.key.name;
            match (at_base.remove(name), status) {
                (Some(_), Status::Same) => {
                    self.history.at_base.insert(migration.key.clone());
                }
                (Some(old), _) => {
                    self.history.at_base.insert(migration.key.clone());
                    self.history.changed_paths.insert(file.display().into());
                    self.changed.push(((*migration).clone(), old));
                }
                (None, status) => {
                    if let Some(moved) = status.id().and_then(|id| base.moved(id, name, self.request.tree)) {
                        at_base.retain(|_, path| *path != moved);
                        self.history.at_base.insert(migration.key.clone());
                    } else {
                        self.history.new.insert(migration.key.clone());
                        self.history.changed_paths.insert(file.display().into());
                    }
                }
            }
        }
        let package = app.migrations.module.clone().unwrap_or_default();
        for (name, path) in at_base {
            self.gone.push((self.file(&app.label, &package, &name, &path), path));
        }
    }

    /// Apps whose migrations folder is gone, and no app of that label is left. The label is taken from
    /// the folder, as an app without a config has it.
    fn removed_apps(&mut self) {
        let prefix =
            if self.project.root.is_empty() { String::new() } else { format!("{}/", self.project.root) };
        let gone = self.request.base.removed_migrations(self.request.tree);
        for (folder, names) in gone.into_iter().filter(|(folder, _)| folder.starts_with(&prefix)) {
            let label = folder.rsplit('/').nth(1).unwrap_or_default();
            let app = AppLabel::new(label);
            let (Some(last), false) =
                (names.last(), label.is_empty() || self.project.apps.contains_key(&app))
            else {
                continue;
            };
            self.history.deleted.push(Deleted {
                key: MigrationKey::new(app, last.clone()),
                place: Place::Path(format!("{folder}/{last}.py").into()),
                replaced: false,
                renamed_to: None,
                whole_app: Some(names.len()),
            });
        }
    }

    fn file(&self, app: &AppLabel, package: &str, name: &Arc<str>, path: &str) -> MigrationFile {
        MigrationFile {
            key: MigrationKey::new(app.clone(), name.clone()),
            module: format!("{package}.{name}"),
            path: self.request.tree.path(path),
            origin: Origin::Project,
        }
    }

    /// Reads what changed and what is gone as it was, and says what that amounts to.
    fn read_both(&mut self) -> Result<(), GitError> {
        let base = self.request.base;
        let module_of = |migration: &Migration| {
            let package =
                self.project.apps.get(&migration.key.app).and_then(|app| app.migrations.module.clone());
            package.unwrap_or_default()
        };
        let files: Vec<(MigrationFile, Arc<str>)> = self
            .changed
            .iter()
            .map(|(migration, path)| {
                let key = &migration.key;
                (self.file(&key.app, &module_of(migration), &key.name, path), path.clone())
            })
            .chain(self.gone.iter().cloned())
            .collect();
        let paths: Vec<&Arc<str>> = files.iter().map(|(_, path)| path).collect();
        let texts = base.texts(&paths, self.root())?;
        let mut known = Vec::new();
        for ((file, path), text) in files.into_iter().zip(texts) {
            match text {
                Some(text) => known.push((file, text)),
                None => self.not_at_hand(&file.key, &path),
            }
        }
        let before = reading::migrations_from(self.project, &self.read.facts, &known);
        let by_key: BTreeMap<MigrationKey, Arc<Migration>> =
            before.into_iter().map(|migration| (migration.key.clone(), migration)).collect();
        let texts: BTreeMap<MigrationKey, Arc<SourceFile>> =
            known.into_iter().map(|(file, text)| (file.key, text)).collect();
        for (after, _) in std::mem::take(&mut self.changed) {
            self.edited(&after, by_key.get(&after.key), texts.get(&after.key));
        }
        let replaced: BTreeSet<MigrationKey> = self
            .read
            .migrations
            .iter()
            .chain(by_key.values())
            .flat_map(|migration| migration.replaces.iter().map(|replaced| replaced.key.clone()))
            .collect();
        for (file, path) in std::mem::take(&mut self.gone) {
            let renamed_to = by_key.get(&file.key).and_then(|old| self.renamed(old));
            self.history.at_base.insert(file.key.clone());
            self.history.deleted.push(Deleted {
                replaced: replaced.contains(&file.key),
                key: file.key,
                place: Place::Path(path),
                renamed_to,
                whole_app: None,
            });
        }
        Ok(())
    }

    /// A new migration of the app that does what the old one did.
    fn renamed(&self, old: &Migration) -> Option<MigrationKey> {
        let new = self.read.migrations.iter().filter(|migration| self.history.new.contains(&migration.key));
        let mut same = new.filter(|new| new.key.app == old.key.app && effect::is_same(old, new));
        same.next().map(|migration| migration.key.clone())
    }

    fn edited(&mut self, after: &Migration, before: Option<&Arc<Migration>>, text: Option<&Arc<SourceFile>>) {
        let (Some(before), Some(text), Some(file)) = (before, text, &after.file) else { return };
        let (Ok(old), Ok(new)) = (reading::parsed(text), reading::parsed(file)) else { return };
        let version = self.project.facts.version;
        let (kind, changes) = effect::compare((before, &old), (after, &new), version);
        if let EditKind::Unknown(reason) = &kind {
            let what = format!("whether the change of {} changes what it does", after.key);
            self.undecided(what, reason.clone(), Some(file.display()));
        }
        self.history.edited.push(Edited { key: after.key.clone(), kind, changes });
    }

    /// What the target branch gained since the base.
    fn target(&mut self) -> Result<(), GitError> {
        let base = self.request.base;
        let mut files = Vec::new();
        for app in self.project.apps.values() {
            let PackageState::Migrated { folder, .. } = &app.migrations.state else { continue };
            if !reading::is_project_app(self.project, &app.label) {
                continue;
            }
            let folder = reading::shown(self.root(), folder);
            let package = app.migrations.module.clone().unwrap_or_default();
            for (name, path) in base.new_on_target(&folder) {
                let file = self.file(&app.label, &package, &name, &path);
                let here = self.history.new.contains(&file.key) || self.history.at_base.contains(&file.key);
                if !here {
                    files.push((file, path));
                }
            }
        }
        let paths: Vec<&Arc<str>> = files.iter().map(|(_, path)| path).collect();
        let texts = base.target_texts(&paths, self.root())?;
        let mut known = Vec::new();
        for ((file, path), text) in files.into_iter().zip(texts) {
            match text {
                Some(text) => known.push((file, text)),
                None => self.not_at_hand(&file.key, &path),
            }
        }
        self.history.on_target = reading::migrations_from(self.project, &self.read.facts, &known);
        Ok(())
    }

    /// What code declares and names of that which new migrations take away.
    fn code(&mut self) -> Result<(), GitError> {
        let base = self.request.base;
        for file in self.request.models {
            if !matches!(base.status(file.display(), file.path()), Status::Same) {
                self.history.changed_paths.insert(file.display().into());
            }
        }
        let mut dropped = BTreeSet::new();
        let checked = self.history.to_check();
        for migration in self.read.migrations.iter().filter(|migration| checked.contains(&migration.key)) {
            for operation in &migration.operations {
                drops(&migration.key.app, operation, &mut dropped, 0);
            }
        }
        if dropped.is_empty() && !self.request.code {
            return Ok(());
        }
        let code = base::Code::read(base, self.request.tree, &self.project.root)?;
        self.history.changed_code = code.changed_python();
        self.history.undeclared = declared::undeclared(&code, &dropped);
        let relations = references::Relations::of(&self.read.migrations);
        self.history.references = references::find(&code, &dropped, &relations);
        let missing: Vec<Arc<str>> = code.missing().cloned().collect();
        for path in missing {
            let reason = "it is not in this partial clone".to_owned();
            self.undecided(format!("what {path} was at the base"), reason, Some(&path));
        }
        Ok(())
    }

    fn not_at_hand(&mut self, key: &MigrationKey, path: &str) {
        let reason = "its text is not in this partial clone; fetch all objects with `git fetch --refetch --no-filter origin`";
        self.undecided(
            format!("what {key} was at the base or is on the target"),
            reason.to_owned(),
            Some(path),
        );
    }

    fn undecided(&mut self, what: String, reason: String, path: Option<&str>) {
        let unknown = Unknown { reason: reason.into(), at: None };
        let mut undecided = Undecided::new(what, &unknown);
        undecided.path = path.map(Into::into);
        self.history.undecided.push(undecided);
    }
}

/// How deep operations may lie within operations.
const DEPTH_LIMIT: usize = 100;

/// What an operation takes away or renames, by the name that it had.
fn drops(app: &AppLabel, operation: &Operation, into: &mut BTreeSet<Dropped>, depth: usize) {
    let model = |name: &str| ModelKey::new(app.clone(), name);
    let mut add = |model: ModelKey, field: Option<&Arc<str>>| {
        into.insert(Dropped { model, field: field.cloned() });
    };
    match &operation.kind {
        Kind::RemoveField { model_name, name } => add(model(model_name), Some(name)),
        Kind::RenameField { model_name, old_name, .. } => add(model(model_name), Some(old_name)),
        Kind::DeleteModel { name } => add(model(name), None),
        Kind::RenameModel { old_name, .. } => add(model(old_name), None),
        Kind::SeparateDatabaseAndState { database_operations, state_operations } if depth < DEPTH_LIMIT => {
            for inner in database_operations.iter().chain(state_operations) {
                drops(app, inner, into, depth + 1);
            }
        }
        _ => {}
    }
}
