//! Reads what the repository says of how it is deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::django::keys::AppLabel;
use crate::project::Project;
use crate::python::value::Value;
use crate::report::Place;
use crate::rules::App;
use crate::rules::deploy::{Deploy, DeployFile, DeployKind, IgnoredFolder, Tenants};
use crate::source::{self, Content, Location, SourceFile, Tree};

/// A file that runs commands is no bigger.
const LARGEST: u64 = 1 << 20;
/// Most files that are read.
const MOST: usize = 500;
/// Most bytes of them all.
const MOST_BYTES: usize = 64 << 20;

/// The files of the repository that run commands, and those that may look for missing migrations.
pub(super) fn files(tree: &Tree) -> Deploy {
    let mut deploy = Deploy::default();
    let mut bytes = 0;
    for path in tree.files() {
        if deploy.files.len() + deploy.checks.len() >= MOST || bytes > MOST_BYTES {
            break;
        }
        let kind = DeployKind::of(path);
        if kind.is_none() && !may_check(path) {
            continue;
        }
        let Some(file) = read(&tree.path(path), path) else { continue };
        bytes += file.text().len();
        match kind {
            Some(kind) => deploy.files.push(DeployFile { kind, file }),
            None => deploy.checks.push(file),
        }
    }
    deploy
}

/// Tests of migrations, hooks and the like.
fn may_check(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let test = name.contains("migration") && path.contains("test") && name.ends_with(".py");
    test || matches!(
        name,
        ".pre-commit-config.yaml" | "pyproject.toml" | "setup.cfg" | "lefthook.yml" | "conftest.py"
    )
}

fn read(path: &Path, shown: &str) -> Option<Arc<SourceFile>> {
    source::read(path, shown, Content::Text, LARGEST).ok().map(|reading| reading.file)
}

/// The apps' migrations folders in which git would not see a new file.
pub(super) fn ignored(root: &Path, apps: &[App]) -> Vec<IgnoredFolder> {
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else { return Vec::new() };
    let mut known = BTreeMap::new();
    let mut found = Vec::new();
    for app in apps {
        let folder = match &app.migrations {
            Some(folder) => folder.path.to_string(),
            None => format!("{}/migrations", app.path),
        };
        let whole = root.join(&folder);
        if !whole.starts_with(top) || !whole.is_dir() {
            continue;
        }
        let next = whole.join("9999_next.py");
        let mut above = whole.as_path();
        loop {
            let rules = known.entry(above.to_owned()).or_insert_with(|| gitignore(above));
            if let Some(rules) = rules {
                let matched = rules.matched_path_or_any_parents(&next, false);
                if let Some(glob) = matched.inner() {
                    if matched.is_ignore() {
                        found.push(IgnoredFolder {
                            folder: folder.as_str().into(),
                            app: app.label.clone(),
                            pattern: glob.original().to_owned(),
                            place: place(root, glob.from(), glob.original()),
                        });
                    }
                    break;
                }
            }
            match above.parent() {
                Some(parent) if above != top => above = parent,
                _ => break,
            }
        }
    }
    found
}

fn gitignore(folder: &Path) -> Option<Gitignore> {
    let path = folder.join(".gitignore");
    // Not a pipe, not endless, and no link: git follows none, and its lines are shown.
    let metadata = std::fs::symlink_metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    if builder.add(&path).is_some() {
        return None;
    }
    builder.build().ok()
}

fn place(root: &Path, file: Option<&Path>, pattern: &str) -> Place {
    let path: PathBuf = file.map_or_else(|| root.join(".gitignore"), Path::to_owned);
    let shown = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    let Some(read) = read(&path, &shown) else { return Place::Path(shown.into()) };
    let mut start = 0;
    for line in read.text().split_inclusive('\n') {
        if line.trim() == pattern {
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let (start, end) = (number(start), number(start + line.trim_end().len()));
            return Place::Range(Location { file: read.clone(), start, end });
        }
        start += line.len();
    }
    Place::Path(shown.into())
}

/// The apps of django-tenants, where the settings name them in full.
pub(super) fn tenants(project: &Project) -> Option<Tenants> {
    let values = &project.facts.settings.values;
    let labels = |name: &str| -> Option<BTreeSet<AppLabel>> {
        let items = values.get(name).and_then(Value::items)?;
        let names: Vec<&str> = items.iter().map(Value::as_str).collect::<Option<_>>()?;
        let is_named = |app: &str| {
            names.iter().any(|name| {
                *name == app || name.strip_prefix(app).is_some_and(|rest| rest.starts_with(".apps."))
            })
        };
        let apps = project.apps.values().filter(|app| is_named(&app.name));
        Some(apps.map(|app| app.label.clone()).collect())
    };
    Some(Tenants { shared: labels("SHARED_APPS")?, tenant: labels("TENANT_APPS")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::MigrationsFolder;

    fn app(path: &str) -> App {
        let folder = MigrationsFolder {
            path: format!("{path}/migrations").into(),
            has_init: true,
            modules: vec![],
            max_migration: None,
        };
        App { label: AppLabel::new("shop"), path: path.into(), migrations: Some(folder) }
    }

    #[test]
    fn what_git_does_not_see() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("shop/migrations")).unwrap();
        std::fs::create_dir(root.join(".git")).unwrap();
        let found = |text: &str| {
            std::fs::write(root.join(".gitignore"), text).unwrap();
            ignored(root, &[app("shop")]).into_iter().map(|one| one.pattern).collect::<Vec<_>>()
        };
        assert_eq!(found("*.pyc\n*/migrations/*.py\n"), ["*/migrations/*.py"]);
        assert_eq!(found("migrations/\n"), ["migrations/"]);
        assert!(found("*.pyc\n/build\n").is_empty());
        assert!(found("*.py\n!shop/migrations/*.py\n").is_empty());
        std::fs::write(root.join("shop/migrations/.gitignore"), "!*.py\n").unwrap();
        assert!(found("*.py\n").is_empty());
    }
}
