//! Which folders a project imports from: its own, those of its `manage.py`, installed packages.

use std::path::{Path, PathBuf};

use super::reading::{Diagnostics, Folders};
use super::roots::join;
use crate::python::library::{Found, Library, SearchPath};
use crate::source::Tree;

/// Names of virtual environments' folders.
const ENVIRONMENTS: [&str; 3] = [".venv", "venv", "env"];
/// Most lines of a `.pth` file that count.
const PTH_LINES: usize = 200;

/// The folders of installed packages that were named: `--python-path`, `VIRTUAL_ENV`. One that is a
/// virtual environment stands for its `site-packages`.
pub(crate) fn named(python_path: &[PathBuf], environment: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let given = python_path.iter().map(PathBuf::as_path).chain(environment);
    for folder in given {
        let inner = site_packages(folder);
        let expanded = if inner.is_empty() { vec![folder.to_owned()] } else { inner };
        for folder in expanded {
            let folder = folder.canonicalize().unwrap_or(folder);
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    folders
}

/// `lib/python3.X/site-packages` of a virtual environment, newest Python first; nothing if it is none.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    if !environment.join("pyvenv.cfg").is_file() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Ok(entries) = environment.join("lib").read_dir() {
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let minor = name.strip_prefix("python3.").and_then(|minor| minor.parse::<u32>().ok());
            let folder = entry.path().join("site-packages");
            if folder.is_dir() {
                found.push((std::cmp::Reverse(minor), name, folder));
            }
        }
    }
    found.sort();
    let mut found: Vec<PathBuf> = found.into_iter().map(|(_, _, folder)| folder).collect();
    let windows = environment.join("Lib").join("site-packages");
    if found.is_empty() && windows.is_dir() {
        found.push(windows);
    }
    found
}

/// Virtual environments in the project's folder and those above it within the tree.
fn environments(places: &[PathBuf], folders: &Folders) -> Vec<PathBuf> {
    let all = places.iter().flat_map(|place| ENVIRONMENTS.map(|name| place.join(name)));
    let mut inside = all.filter(|environment| folders.contain(environment));
    inside
        .find_map(|environment| {
            let mut found = site_packages(&environment);
            found.retain(|site| folders.contain(site));
            Some(found).filter(|found| !found.is_empty())
        })
        .unwrap_or_default()
}

/// The project's folder and those above it, up to the tree's own: nearest first.
pub(crate) fn places(tree: &Tree, folder: &str) -> Vec<PathBuf> {
    let mut places = vec![tree.path(folder)];
    let mut rest = folder;
    while !rest.is_empty() {
        rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
        places.push(tree.path(rest));
    }
    places
}

/// What a project's search path is made of.
pub(crate) struct SearchPaths<'a> {
    /// What lies under the analysed root.
    pub tree: &'a Tree,
    /// Folders that may be read.
    pub folders: &'a Folders,
    /// Takes what went wrong.
    pub diagnostics: &'a Diagnostics,
    /// The project's folder, relative to the tree.
    pub folder: &'a str,
    /// Folders of installed packages that were named.
    pub named: &'a [PathBuf],
}

impl SearchPaths<'_> {
    /// The folders in order: `first` (what `sys.path.insert(0, …)` puts there), the project's own, `last`,
    /// installed packages.
    pub fn collect(&self, first: &[PathBuf], last: &[PathBuf]) -> Vec<SearchPath> {
        let mut paths: Vec<SearchPath> = Vec::new();
        let mut add = |folder: PathBuf, project: bool| {
            if !paths.iter().any(|known| known.folder == folder) {
                paths.push(SearchPath { folder, project });
            }
        };
        for folder in first {
            add(folder.clone(), true);
        }
        add(self.tree.path(self.folder), true);
        let source = join(self.folder, "src");
        if self.tree.folder(&source).is_some_and(|folder| !folder.has_file("__init__.py")) {
            add(self.tree.path(&source), true);
        }
        for folder in last {
            add(folder.clone(), true);
        }
        let installed = if self.named.is_empty() {
            environments(&places(self.tree, self.folder), self.folders)
        } else {
            self.named.to_vec()
        };
        for site in &installed {
            add(site.clone(), false);
        }
        for site in &installed {
            for folder in self.editable(site) {
                let project = self.folders.in_tree(&folder)
                    && !folder.components().any(|part| part.as_os_str() == "site-packages");
                add(folder, project);
            }
        }
        paths
    }

    /// Folders that plain lines of `.pth` and `.egg-link` files name, where they may be read.
    fn editable(&self, site: &Path) -> Vec<PathBuf> {
        let Ok(entries) = site.read_dir() else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ext| ext == "pth" || ext == "egg-link"))
            .collect();
        files.sort();
        let mut found = Vec::new();
        for path in files {
            let Some(file) = self.folders.read_text(&path, self.diagnostics) else { continue };
            for line in file.text().lines().take(PTH_LINES).map(str::trim) {
                // A line that begins with `import` is code (`site.addpackage`).
                let code = line.starts_with("import ") || line.starts_with("import\t");
                if line.is_empty() || line == "." || line.starts_with('#') || code {
                    continue;
                }
                let folder = site.join(line);
                if folder.is_dir() && self.folders.contain(&folder) {
                    found.push(self.under_tree(folder));
                }
            }
        }
        found
    }

    /// The same folder by its path below the tree's root as given, so that it is shown relative to it.
    fn under_tree(&self, folder: PathBuf) -> PathBuf {
        let real = folder.canonicalize().unwrap_or(folder);
        match self.tree.root().canonicalize() {
            Ok(root) => match real.strip_prefix(&root) {
                Ok(relative) => self.tree.root().join(relative),
                Err(_) => real,
            },
            Err(_) => real,
        }
    }

    /// Folders of the tree that would make a module importable which is not: above the project, their
    /// `src`, or else the only folder that has such a package.
    pub fn that_has(&self, module: &str, library: &Library) -> Option<PathBuf> {
        let whole = |found: Found| matches!(found, Found::Package(_) | Found::Module(_));
        if whole(library.find(module)) {
            return None;
        }
        let has = |folder: &str| {
            let path = module.replace('.', "/");
            let package = join(folder, &format!("{path}/__init__.py"));
            self.tree.has_file(&package) || self.tree.has_file(&join(folder, &format!("{path}.py")))
        };
        let mut above = self.folder;
        loop {
            for folder in [above.to_owned(), join(above, "src")] {
                if has(&folder) {
                    return Some(self.tree.path(&folder));
                }
            }
            if above.is_empty() {
                break;
            }
            above = above.rsplit_once('/').map_or("", |(above, _)| above);
        }
        let top = module.split('.').next().unwrap_or(module);
        if !matches!(library.find(top), Found::Missing) {
            return None;
        }
        let mut all = self.tree.folders().map(|(folder, _)| folder.as_ref()).filter(|folder| has(folder));
        match (all.next(), all.next()) {
            (Some(only), None) => Some(self.tree.path(only)),
            _ => None,
        }
    }
}
