//! An app's migrations package on disk, as `django/db/migrations/loader.py`, `load_disk` and
//! `migrations_module`, see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::django::runtime::SettingsValues;
use crate::python::library::{Found, Library};
use crate::python::value::{Unknown, Value};

/// What is found under a migrations module's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageState {
    /// A package: its folder, and its modules sorted by name.
    Migrated {
        /// The folder.
        folder: PathBuf,
        /// `(name, file)` of each migration.
        modules: Vec<(Arc<str>, PathBuf)>,
        /// `max_migration.txt` of django-linear-migrations, where it is there.
        max_migration: Option<PathBuf>,
    },
    /// There is none: the app is unmigrated.
    Missing,
    /// A module and no package: the app is unmigrated.
    NotAPackage,
    /// Folders without `__init__.py`: the app is unmigrated.
    Namespace(Vec<PathBuf>),
    /// `MIGRATION_MODULES` has `None` for it: the app is unmigrated.
    Disabled,
    /// The app's source is not at hand.
    NotAtHand,
    /// Its name could not be worked out.
    Unknown(Arc<Unknown>),
}

/// An app's migrations package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationsPackage {
    /// Its dotted name; `None` where it is disabled or not known.
    pub module: Option<Arc<str>>,
    /// Whether `MIGRATION_MODULES` names it.
    pub explicit: bool,
    /// What is there.
    pub state: PackageState,
}

impl MigrationsPackage {
    /// The package of an app. `at_hand` tells whether the app's own source was found.
    pub(crate) fn of(
        label: &str,
        name: &str,
        at_hand: bool,
        settings: &SettingsValues,
        library: &Library,
    ) -> Self {
        let modules = settings.get("MIGRATION_MODULES");
        let entry = match &modules {
            Some(Value::Dict(items)) => {
                items.iter().find(|(key, _)| key.as_str() == Some(label)).map(|(_, value)| value.clone())
            }
            Some(Value::Unknown(why)) if settings.values.contains_key("MIGRATION_MODULES") => {
                return Self { module: None, explicit: true, state: PackageState::Unknown(why.clone()) };
            }
            _ => None,
        };
        let (module, explicit): (Arc<str>, bool) = match entry {
            None => (format!("{name}.migrations").into(), false),
            Some(Value::None) => return Self { module: None, explicit: true, state: PackageState::Disabled },
            Some(Value::Unknown(why)) => {
                return Self { module: None, explicit: true, state: PackageState::Unknown(why) };
            }
            Some(value) => {
                let Some(text) = value.as_str() else {
                    let reason = format!("MIGRATION_MODULES has no module's name for {label}");
                    let why = Arc::new(Unknown { reason: reason.into(), at: None });
                    return Self { module: None, explicit: true, state: PackageState::Unknown(why) };
                };
                (text.into(), true)
            }
        };
        let state = match library.find(&module) {
            Found::Package(init) if !library.may_read(&init) => {
                let reason = "a symbolic link leads out of the tree, and is not followed".into();
                PackageState::Unknown(Arc::new(Unknown { reason, at: None }))
            }
            Found::Package(init) => migrated(&init, library),
            Found::Module(_) => PackageState::NotAPackage,
            Found::Namespace(folders) => PackageState::Namespace(folders),
            Found::Missing if at_hand || explicit => PackageState::Missing,
            Found::Missing => PackageState::NotAtHand,
        };
        Self { module: Some(module), explicit, state }
    }
}

/// `pkgutil.iter_modules`: modules, not packages, whose names start with neither `_` nor `~`.
fn migrated(init: &Path, library: &Library) -> PackageState {
    let folder = init.parent().unwrap_or(Path::new("")).to_owned();
    let mut modules = Vec::new();
    let mut max_migration = None;
    for file in library.list(&folder) {
        let path = folder.join(&file);
        // Its text is shown: it is a file of this very folder, and no link to another.
        let is_own = || path.symlink_metadata().is_ok_and(|metadata| !metadata.is_symlink());
        if file == "max_migration.txt" && is_own() {
            max_migration = Some(path.clone());
        }
        let Some(name) = file.strip_suffix(".py") else { continue };
        let usable = !name.is_empty() && !name.starts_with(['_', '~']) && !name.contains('.');
        if usable {
            modules.push((Arc::from(name), path));
        }
    }
    modules.sort();
    PackageState::Migrated { folder, modules, max_migration }
}
