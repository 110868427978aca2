//! `makemigrations` without `--dry-run`: which files it would write, and writing them.
//!
//! An app's migrations are written as Django's own writer would, or not at all: where something they
//! need is not known, or Django would ask, the app is refused, and with it those that build on it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Drift;
use crate::django::autodetector::{NewDependency, NewMigration};
use crate::django::keys::AppLabel;
use crate::django::writer::MigrationWriter;
use crate::project::{AppOrigin, PackageState, Project};
use crate::reading::shown;
use crate::source::inside;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The app.
    pub app: AppLabel,
    /// Where it goes.
    pub path: PathBuf,
    /// What goes in.
    pub text: String,
}

/// Why an app's migrations are not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The app.
    pub app: AppLabel,
    /// The reason, as a sentence without its full stop.
    pub reason: String,
}

/// What is to be written, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of apps; a new migrations package's `__init__.py` comes before its migration.
    pub files: Vec<NewFile>,
    /// In the order of apps.
    pub refused: Vec<Refusal>,
}

/// What is to be written of the changes of a project below `root`; `header` is the first line of each
/// file, without its `#`.
pub fn plan(project: &Project, root: &Path, drift: &Drift, header: &str) -> Plan {
    let mut written: BTreeMap<&AppLabel, Vec<NewFile>> = BTreeMap::new();
    let mut refused: BTreeMap<&AppLabel, String> = BTreeMap::new();
    for (app, migrations) in &drift.changes.migrations {
        match files(project, root, drift, header, app, migrations) {
            Ok(files) => {
                written.insert(app, files);
            }
            Err(reason) => {
                refused.insert(app, reason);
            }
        }
    }
    loop {
        // What is left out takes with it what depends on it.
        let next = drift.changes.migrations.iter().find_map(|(app, migrations)| {
            let on = migrations.iter().flat_map(|migration| needed(drift, migration));
            let on = on.into_iter().find(|on| *on != app && refused.contains_key(on))?;
            (!refused.contains_key(app)).then_some((app, on))
        });
        let Some((app, on)) = next else { break };
        written.remove(app);
        refused.insert(app, format!("it depends on the new migration of {on}, which is not written"));
    }
    let mut plan = Plan::default();
    for app in drift.changes.migrations.keys() {
        plan.files.extend(written.remove(app).unwrap_or_default());
        plan.refused.extend(refused.remove(app).map(|reason| Refusal { app: app.clone(), reason }));
    }
    plan
}

/// The apps whose new migrations a migration depends on.
fn needed<'a>(drift: &'a Drift, migration: &'a NewMigration) -> Vec<&'a AppLabel> {
    let new = |app: &AppLabel, name: &str| {
        drift.changes.migrations.get(app).is_some_and(|of_app| of_app.iter().any(|new| *new.name == *name))
    };
    let dependencies = migration.dependencies.iter().filter_map(|dependency| match dependency {
        NewDependency::Migration(app, name) if new(app, name) => Some(app),
        _ => None,
    });
    dependencies.collect()
}

fn files(
    project: &Project,
    root: &Path,
    drift: &Drift,
    header: &str,
    app: &AppLabel,
    migrations: &[NewMigration],
) -> Result<Vec<NewFile>, String> {
    if let Some(stop) = drift.stops.first() {
        return Err(format!("makemigrations would stop: {stop}"));
    }
    let (folder, is_new) = folder(project, root, app)?;
    if let Some(why) = drift.unread.get(app) {
        return Err(format!("its migrations could not all be read: {}", why.reason));
    }
    let undecided = drift.changes.undecided.iter().find(|undecided| undecided.model.app == *app);
    if let Some(undecided) = undecided {
        let reason = &undecided.why.reason;
        return Err(format!("{}, {} could not be compared: {reason}", undecided.model, undecided.what));
    }
    let writer = MigrationWriter {
        version: project.facts.version,
        swappables: &drift.swappables,
        to_state: &drift.to_state,
        header: Some(header),
    };
    let mut files = Vec::new();
    if is_new {
        files.push(NewFile { app: app.clone(), path: folder.join("__init__.py"), text: String::new() });
    }
    for migration in migrations {
        let unknown = migration.dependencies.iter().find_map(|dependency| match dependency {
            NewDependency::Migration(on, _) => Some((on, drift.unread.get(on)?)),
            NewDependency::Setting(_) => None,
        });
        if let Some((on, why)) = unknown {
            return Err(format!("which migration of {on} to depend on is not known: {}", why.reason));
        }
        let text = writer.write(&drift.changes, migration).map_err(|error| error.to_string())?;
        // Names of models and fields may be made by code and hold anything.
        if migration.name.contains(|c: char| c.is_control() || matches!(c, '/' | '\\' | ':')) {
            return Err(format!("`{}` is no name for a file", migration.name.escape_debug()));
        }
        let path = folder.join(format!("{}.py", migration.name));
        if path.symlink_metadata().is_ok() {
            return Err(format!("{} is there already", shown(root, &path)));
        }
        files.push(NewFile { app: app.clone(), path, text });
    }
    Ok(files)
}

/// The folder of an app's migrations, and whether it is yet to be made.
fn folder(project: &Project, root: &Path, label: &AppLabel) -> Result<(PathBuf, bool), String> {
    let app = project.apps.get(label).ok_or("it is not installed")?;
    if app.origin != AppOrigin::Project {
        return Err("it is an installed package: its migrations are not this repository's".into());
    }
    let (folder, is_new) = match (&app.migrations.state, &app.path) {
        (PackageState::Migrated { folder, .. }, _) => (folder.clone(), false),
        (PackageState::Missing, Some(path)) if !app.migrations.explicit => (path.join("migrations"), true),
        (PackageState::Missing, _) => {
            return Err("the package that MIGRATION_MODULES names for it does not exist".into());
        }
        (PackageState::Namespace(_), _) => return Err("its migrations folder has no __init__.py".into()),
        (PackageState::NotAPackage, _) => return Err("its migrations module is no package".into()),
        (PackageState::Disabled, _) => return Err("MIGRATION_MODULES turns its migrations off".into()),
        (PackageState::NotAtHand | PackageState::Unknown(_), _) => {
            return Err("its migrations package is not at hand".into());
        }
    };
    inside(root, &folder).map_err(|odd| odd.to_string())?;
    if is_new && folder.symlink_metadata().is_ok() {
        return Err(format!("{} is there already", shown(root, &folder)));
    }
    Ok((folder, is_new))
}

/// Writes the files, all or none: where one cannot be written, those before it are taken away again.
/// No file that exists is touched.
///
/// # Errors
/// The file that could not be written, and why.
pub fn write(files: &[NewFile]) -> Result<(), (PathBuf, io::Error)> {
    let mut folders = Vec::new();
    for (index, file) in files.iter().enumerate() {
        if let Err(error) = write_one(file, &mut folders) {
            for written in files.iter().take(index) {
                let _ = fs::remove_file(&written.path);
            }
            for folder in folders.iter().rev() {
                let _ = fs::remove_dir(folder);
            }
            return Err((file.path.clone(), error));
        }
    }
    Ok(())
}

fn write_one(file: &NewFile, folders: &mut Vec<PathBuf>) -> io::Result<()> {
    if let Some(folder) = file.path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir(folder)?;
        folders.push(folder.to_owned());
    }
    // Fails where anything has that name, a dangling symbolic link too.
    let mut out = OpenOptions::new().write(true).create_new(true).open(&file.path)?;
    let done = out.write_all(file.text.as_bytes());
    if done.is_err() {
        let _ = fs::remove_file(&file.path);
    }
    done
}
