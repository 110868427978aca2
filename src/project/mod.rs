//! Floor 4: what a Django project is: its root, settings, installed apps and their labels, migrations
//! packages, Django's version, its database.
//!
//! [`discover`] finds every project of a tree. Nothing is imported or run; what cannot be found out is
//! a [`Notice`] with the place and what to do.

mod apps;
mod by_folder;
mod config_methods;
mod database;
mod discovery;
mod manage;
mod migrations_package;
mod notice;
pub mod readers;
mod reading;
mod requirement;
mod roots;
mod search_path;
mod settings;
mod settings_module;
mod version;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::database::{Dialect, Vendor};
use crate::django::keys::AppLabel;
use crate::django::runtime::ProjectFacts;
use crate::django::version::DjangoVersion;
use crate::python::library::Library;
use crate::python::value::Unknown;
use crate::source::{Diagnostic, SourceFile};

pub use apps::{App, AppOrigin};
pub use database::{Databases, Engine};
pub use discovery::discover;
pub use migrations_package::{MigrationsPackage, PackageState};
pub use notice::{Notice, NoticeKind};
pub use reading::Diagnostics;
pub use requirement::SUPPORTED;
pub use roots::{NamedProject, tree_of};
pub use settings::Unread;
pub use version::VersionSource;

/// What the command line and the configuration say of projects.
#[derive(Debug, Clone, Default)]
pub struct ProjectOptions {
    /// `--settings`
    pub settings: Option<String>,
    /// `--python-path`, in order.
    pub python_path: Vec<PathBuf>,
    /// `VIRTUAL_ENV` of the environment.
    pub virtual_env: Option<PathBuf>,
    /// `--django`
    pub django: Option<DjangoVersion>,
    /// Projects that the configuration names; where there are any, no others are looked for.
    pub projects: Vec<NamedProject>,
    /// Operations that are not Django's, by dotted class, and which of Django's each amounts to.
    pub operations: BTreeMap<String, &'static str>,
}

/// A Django project of a tree.
pub struct Project {
    /// Its folder relative to the tree, `/` between parts; `""` is the tree itself.
    pub root: String,
    /// Its settings module, where one was found and read.
    pub settings_module: Option<Arc<str>>,
    /// The settings module's file.
    pub settings_file: Option<Arc<SourceFile>>,
    /// Settings and Django's version, for evaluating its code.
    pub facts: ProjectFacts,
    /// Who told Django's version.
    pub version_source: VersionSource,
    /// Settings that could not be worked out, in full or in part.
    pub unread: Vec<Unread>,
    /// Installed apps by label, in the order of `INSTALLED_APPS`.
    pub apps: IndexMap<AppLabel, App>,
    /// Why there may be more apps than these.
    pub more_apps: Option<Arc<Unknown>>,
    /// Its database.
    pub databases: Databases,
    /// Modules and parsed files, shared by all threads.
    pub library: Arc<Library>,
    /// Files that could not be read so far; it grows as the library reads more.
    pub diagnostics: Diagnostics,
    /// What is to be said of how it was found out, sorted.
    pub notices: Vec<Notice>,
    /// Operations that are not Django's, by dotted class, and which of Django's each amounts to.
    pub operations: BTreeMap<String, &'static str>,
    /// The database that the configuration names for it.
    pub dialect: Option<Dialect>,
    /// The database that all is asked for, if it is one.
    pub vendor: Option<Vendor>,
}

impl Project {
    /// What could not be read of its files so far.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.all()
    }
}

#[cfg(test)]
mod tests;
