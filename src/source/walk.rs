//! The files of a repository, as git sees them, without what was installed or generated.
//!
//! Not entered, as in ruff's default exclusions: version control, caches, `node_modules`,
//! `site-packages`, `__pypackages__`, virtual environments. `build`, `dist`, `_build`, `buck-out`, `env`
//! and `venv` are names that a project's own app may have too: such a folder is entered if it is a
//! Python package (it has an `__init__.py`), and no virtual environment (it has no `pyvenv.cfg`); `env`
//! need be no package for that.
//! What `.gitignore` excludes is left out, in a git repository or not; the user's own global ignore
//! file is not looked at, so that every machine sees the same files.
//!
//! Symbolic links: one to a file within the tree counts as a file; one to a folder is never
//! followed, as its content is found at its own place if it is in the tree at all, and following is what
//! makes loops; one that leads out of the tree is not followed. Each that matters gets a diagnostic.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{Diagnostic, DiagnosticKind};

/// Bounds of a walk, and whose word counts.
#[derive(Debug, Clone, Copy)]
pub struct WalkOptions {
    /// Most files that are listed.
    pub files: usize,
    /// Deepest folder that is entered; the root's own files are at depth 1.
    pub depth: usize,
    /// Whether `.gitignore` files count: not for installed packages, as environments ignore themselves.
    pub gitignore: bool,
}

impl Default for WalkOptions {
    /// Half a million files (the largest published Django project has 10,000), 100 folders deep.
    fn default() -> Self {
        Self { files: 500_000, depth: 100, gitignore: true }
    }
}

/// A folder's listing, each list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// Names of the files in it.
    pub files: Vec<Arc<str>>,
    /// Names of the folders in it that were entered.
    pub folders: Vec<Arc<str>>,
}

impl Folder {
    /// Whether a file of that name is in it.
    pub fn has_file(&self, name: &str) -> bool {
        self.files.binary_search_by(|file| file.as_ref().cmp(name)).is_ok()
    }

    /// Whether a folder of that name is in it.
    pub fn has_folder(&self, name: &str) -> bool {
        self.folders.binary_search_by(|folder| folder.as_ref().cmp(name)).is_ok()
    }
}

/// The files below a root. Paths are relative to it, with `/` between parts; the root itself is `""`.
#[derive(Debug, Clone)]
pub struct Tree {
    root: PathBuf,
    files: Vec<Arc<str>>,
    folders: BTreeMap<Arc<str>, Folder>,
    diagnostics: Vec<Diagnostic>,
}

impl Tree {
    /// The folder that was walked.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Every file's path, sorted.
    pub fn files(&self) -> &[Arc<str>] {
        &self.files
    }

    /// Every Python file's path, sorted.
    pub fn python_files(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.iter().filter(|path| is_python(path))
    }

    /// Every file of that name, sorted by path.
    pub fn files_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Arc<str>> {
        self.files.iter().filter(move |path| path.rsplit('/').next() == Some(name))
    }

    /// Whether there is such a file.
    pub fn has_file(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.as_ref().cmp(path)).is_ok()
    }

    /// A folder's listing.
    pub fn folder(&self, path: &str) -> Option<&Folder> {
        self.folders.get(path)
    }

    /// Every folder with its listing, sorted by path.
    pub fn folders(&self) -> impl Iterator<Item = (&Arc<str>, &Folder)> {
        self.folders.iter()
    }

    /// Where a relative path is on disk.
    pub fn path(&self, relative: &str) -> PathBuf {
        if relative.is_empty() { self.root.clone() } else { self.root.join(relative) }
    }

    /// What was left out and should not have to be, sorted.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// What one entry of the walk amounts to.
enum Found {
    File(Arc<str>),
    Folder(Arc<str>),
    Diagnostic(Diagnostic),
}

/// Lists the files below `root`.
///
/// # Errors
/// A diagnostic if `root` is no folder that can be read.
pub fn walk(root: &Path, options: WalkOptions) -> Result<Tree, Diagnostic> {
    let refused = |message: String| Diagnostic::new(".", DiagnosticKind::Unreadable, message);
    let real = root
        .canonicalize()
        .map_err(|error| refused(format!("{}: cannot be read: {error}", root.display())))?;
    if !real.is_dir() {
        return Err(refused(format!("{}: not a folder", root.display())));
    }
    // Above the root, only files of the git repository that it lies in count.
    let repository = real.ancestors().find(|folder| folder.join(".git").exists());
    let (parents, top) = (options.gitignore && repository.is_some(), repository.unwrap_or(&real));
    let mut walker = Walker { root, real: &real, top, options, parents, odd: Arc::default() };
    // What lies above the repository is the user's own.
    let mut above = real.ancestors().take_while(|folder| folder.starts_with(top));
    let foreign = above.any(|folder| has_foreign_gitignore(folder, top));
    if options.gitignore && (real.ancestors().any(has_odd_gitignore) || foreign) {
        walker.odd.store(true, Ordering::Relaxed);
    }
    let mut found = if walker.is_odd() { Vec::new() } else { walker.parallel() };
    let odd = walker.is_odd();
    if odd {
        // Reading a FIFO waits for ever, and half of the rules would be none: then all files count.
        walker.options.gitignore = false;
        walker.parents = false;
        found = walker.parallel();
    }
    let parents = walker.parents;
    if found.is_empty() && parents {
        // The root itself is ignored, yet it was asked for.
        walker.parents = false;
        found = walker.parallel();
    }
    let files = found.iter().filter(|found| matches!(found, Found::File(_))).count();
    if files > options.files {
        // Which files the threads met first is chance; in order, the cut is always the same.
        found = walker.in_order();
    }
    if odd {
        let message = "a .gitignore is no regular file of the tree, or too big; no .gitignore counts";
        found.push(Found::Diagnostic(Diagnostic::new(".gitignore", DiagnosticKind::NotAFile, message)));
    }
    Ok(tree(root, found))
}

fn tree(root: &Path, found: Vec<Found>) -> Tree {
    let mut files = Vec::new();
    let mut diagnostics = Vec::new();
    let mut folders: BTreeMap<Arc<str>, Folder> = BTreeMap::new();
    folders.entry("".into()).or_default();
    for item in found {
        match item {
            Found::File(path) => {
                let (parent, name) = split(&path);
                folders.entry(parent.into()).or_default().files.push(name.into());
                files.push(path);
            }
            Found::Folder(path) => {
                if is_python(&path) {
                    let message = "a folder with the name of a Python file, not read as one";
                    diagnostics.push(Diagnostic::new(Arc::clone(&path), DiagnosticKind::NotAFile, message));
                }
                let (parent, name) = split(&path);
                folders.entry(parent.into()).or_default().folders.push(name.into());
                folders.entry(path).or_default();
            }
            Found::Diagnostic(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    files.sort_unstable();
    diagnostics.sort_unstable();
    for folder in folders.values_mut() {
        folder.files.sort_unstable();
        folder.folders.sort_unstable();
    }
    Tree { root: root.to_owned(), files, folders, diagnostics }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

struct Walker<'a> {
    root: &'a Path,
    real: &'a Path,
    /// The top of the repository that it lies in, or the root.
    top: &'a Path,
    options: WalkOptions,
    parents: bool,
    /// Whether some `.gitignore` can't be read like a file.
    odd: Arc<AtomicBool>,
}

impl Walker<'_> {
    fn is_odd(&self) -> bool {
        self.odd.load(Ordering::Relaxed)
    }

    fn builder(&self) -> WalkBuilder {
        let (gitignore, odd, top) = (self.options.gitignore, self.odd.clone(), self.top.to_owned());
        let mut builder = WalkBuilder::new(self.root);
        builder
            .hidden(false)
            .ignore(false)
            .git_ignore(self.options.gitignore)
            .git_exclude(self.options.gitignore)
            .git_global(false)
            .parents(self.parents)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(self.options.depth))
            .filter_entry(move |entry| {
                if entry.depth() == 0 || !is_folder(entry) {
                    return true;
                }
                if !enters(entry.path()) {
                    return false;
                }
                // The walker would open it as soon as it enters.
                let folder = entry.path();
                let refused = gitignore && (has_odd_gitignore(folder) || has_foreign_gitignore(folder, &top));
                if refused {
                    odd.store(true, Ordering::Relaxed);
                }
                !refused
            });
        builder
    }

    fn parallel(&self) -> Vec<Found> {
        let all = Mutex::new(Vec::new());
        self.builder().build_parallel().run(|| {
            let mut batch = Batch { items: Vec::new(), all: &all };
            Box::new(move |entry| {
                batch.items.extend(self.found(entry));
                WalkState::Continue
            })
        });
        all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_order(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut files = 0;
        for entry in self.builder().sort_by_file_name(OsStr::cmp).build() {
            let Some(item) = self.found(entry) else { continue };
            if matches!(item, Found::File(_)) {
                files += 1;
                if files > self.options.files {
                    let message = format!("more than {} files; the rest is not read", self.options.files);
                    let diagnostic = Diagnostic::new(".", DiagnosticKind::TooManyFiles, message);
                    found
                        .push(Found::Diagnostic(diagnostic.with_hint(
                            "analyse a folder of it, or exclude what is generated in .gitignore",
                        )));
                    break;
                }
            }
            found.push(item);
        }
        found
    }

    fn found(&self, entry: Result<DirEntry, ignore::Error>) -> Option<Found> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Found::Diagnostic(self.refused(&error))),
        };
        if entry.depth() == 0 {
            return None;
        }
        let Some(relative) = self.relative(entry.path()) else {
            let path = entry.path().strip_prefix(self.root).unwrap_or(entry.path());
            let message = "a name that is not UTF-8, not read";
            let path = path.to_string_lossy().into_owned();
            return Some(Found::Diagnostic(Diagnostic::new(path, DiagnosticKind::InvalidName, message)));
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if entry.depth() == self.options.depth {
                let message = format!("folders nest more than {} deep; not entered", self.options.depth);
                return Some(Found::Diagnostic(Diagnostic::new(
                    relative,
                    DiagnosticKind::TooManyFolders,
                    message,
                )));
            }
            return Some(Found::Folder(relative));
        }
        if kind.is_symlink() {
            return self.link(entry.path(), relative);
        }
        if kind.is_file() {
            return Some(Found::File(relative));
        }
        is_python(&relative).then(|| Found::Diagnostic(special(relative)))
    }

    /// A symbolic link: a file if it leads to one in the tree.
    fn link(&self, path: &Path, relative: Arc<str>) -> Option<Found> {
        let not_followed = |message: &str| {
            let message = format!("symbolic link {message}, not followed");
            Found::Diagnostic(Diagnostic::new(Arc::clone(&relative), DiagnosticKind::SymbolicLink, message))
        };
        let Ok(target) = path.canonicalize() else {
            return is_python(&relative).then(|| not_followed("to nothing, or in a loop"));
        };
        let inside = target.starts_with(self.real);
        if target.is_dir() {
            let message = if inside { "to a folder of the tree" } else { "out of the tree" };
            return holds_python(&target).then(|| not_followed(message));
        }
        if !inside {
            return is_python(&relative).then(|| not_followed("out of the tree"));
        }
        if target.is_file() {
            return Some(Found::File(relative));
        }
        is_python(&relative).then(|| not_followed("to what is no regular file"))
    }

    fn relative(&self, path: &Path) -> Option<Arc<str>> {
        let path = path.strip_prefix(self.root).unwrap_or(path).to_str()?;
        Some(if cfg!(windows) { path.replace('\\', "/").into() } else { path.into() })
    }

    fn refused(&self, error: &ignore::Error) -> Diagnostic {
        let path = path_of(error).map_or_else(
            || ".".into(),
            |path| {
                let path = path.strip_prefix(self.root).unwrap_or(path);
                if path.as_os_str().is_empty() {
                    ".".into()
                } else {
                    path.to_string_lossy().replace('\\', "/")
                }
            },
        );
        let message = match error.io_error() {
            Some(error) => format!("cannot be read: {error}"),
            None => "cannot be read".into(),
        };
        Diagnostic::new(path, DiagnosticKind::Unreadable, message)
    }
}

/// A `.gitignore` may not be bigger: its patterns take hundreds of times as much. The templates of all of
/// GitHub's languages together have 60 kB.
const LARGEST_GITIGNORE: u64 = 1 << 17;

/// Whether a folder's `.gitignore` (or git's own `exclude`) is a FIFO, a device or out of all bounds.
fn has_odd_gitignore(folder: &Path) -> bool {
    [".gitignore", ".git/info/exclude"].iter().any(|name| {
        folder
            .join(name)
            .metadata()
            .is_ok_and(|it| !it.is_dir() && (!it.is_file() || it.len() > LARGEST_GITIGNORE))
    })
}

/// Whether a folder's `.gitignore` is a symbolic link that leads out of the repository whose top is given.
fn has_foreign_gitignore(folder: &Path, top: &Path) -> bool {
    let path = folder.join(".gitignore");
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink())
        && !path.canonicalize().is_ok_and(|real| real.starts_with(top))
}

/// One thread's finds, handed over when the thread is done.
struct Batch<'a> {
    items: Vec<Found>,
    all: &'a Mutex<Vec<Found>>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.items);
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Python itself imports by this very ending, whatever the file system thinks of capitals.
fn is_python(path: &str) -> bool {
    path.ends_with(".py")
}

fn special(relative: Arc<str>) -> Diagnostic {
    Diagnostic::new(
        relative,
        DiagnosticKind::NotAFile,
        "not a regular file (FIFO, socket or device), not read",
    )
}

/// Whether a linked folder would matter: some Python file lies directly in it.
fn holds_python(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.take(1000).flatten().any(|entry| entry.path().extension() == Some(OsStr::new("py")))
}

/// Never a project's own, whatever is in them.
const NEVER: [&str; 20] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    "__pycache__",
    "__pypackages__",
    "node_modules",
    "site-packages",
];

/// Generated or installed, unless they are packages of the project; see the module's text for `env`.
const UNLESS_PACKAGE: [&str; 7] = [".venv", "_build", "buck-out", "build", "dist", "env", "venv"];

fn enters(folder: &Path) -> bool {
    let Some(name) = folder.file_name().and_then(OsStr::to_str) else { return true };
    if NEVER.contains(&name) || name.ends_with(".egg-info") || name.ends_with(".dist-info") {
        return false;
    }
    if folder.join("pyvenv.cfg").is_file() {
        return false;
    }
    !UNLESS_PACKAGE.contains(&name) || name == "env" || folder.join("__init__.py").is_file()
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
