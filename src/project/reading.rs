//! Reading files for a project: bounded, and never outside the analysed tree and the named folders.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::python::library::{Outlined, Reader, Texts};
use crate::source::{Content, Diagnostic, DiagnosticKind, MAX_BYTES, SourceFile, outline, read};

/// What the reader could not read, gathered across threads.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(Arc<Mutex<BTreeSet<Diagnostic>>>);

impl Diagnostics {
    fn add(&self, diagnostic: Diagnostic) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(diagnostic);
    }

    /// All so far, sorted.
    pub fn all(&self) -> Vec<Diagnostic> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Folders that files may be read from: the analysed tree and named folders of packages.
#[derive(Debug, Clone)]
pub struct Folders {
    root: PathBuf,
    /// With symbolic links resolved.
    real: Vec<PathBuf>,
    named: Vec<PathBuf>,
    /// Folders of files asked for, with symbolic links resolved.
    resolved: Arc<Mutex<FxHashMap<PathBuf, Option<PathBuf>>>>,
}

impl Folders {
    /// The tree at `root`, and `named` folders beside it.
    pub fn new(root: &Path, named: &[PathBuf]) -> Self {
        let real = std::iter::once(root).chain(named.iter().map(PathBuf::as_path));
        let real = real.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned())).collect();
        Self { root: root.to_owned(), real, named: named.to_owned(), resolved: Arc::default() }
    }

    /// A path with symbolic links resolved, if it is there.
    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        let link = path.symlink_metadata().ok()?.is_symlink();
        let (Some(folder), Some(name), false) = (path.parent(), path.file_name(), link) else {
            return path.canonicalize().ok();
        };
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = resolved.get(folder) {
            return known.as_ref().map(|folder| folder.join(name));
        }
        let known = folder.canonicalize().ok();
        resolved.insert(folder.to_owned(), known.clone());
        known.map(|folder| folder.join(name))
    }

    fn is_within(&self, real: &Path) -> bool {
        self.real.iter().any(|folder| real.starts_with(folder))
    }

    /// Whether a path, symbolic links followed, lies within.
    pub fn contain(&self, path: &Path) -> bool {
        self.resolve(path).is_some_and(|real| self.is_within(&real))
    }

    /// Whether a path, symbolic links followed, lies within the analysed tree.
    pub fn in_tree(&self, path: &Path) -> bool {
        match (self.resolve(path), self.real.first()) {
            (Some(path), Some(root)) => path.starts_with(root),
            _ => false,
        }
    }

    /// A path as people are shown it: relative to the tree, or to a named folder and that folder's name.
    pub fn display(&self, path: &Path) -> String {
        if let Ok(relative) = path.strip_prefix(&self.root) {
            return slashes(relative);
        }
        let nearest = self.named.iter().filter(|folder| path.starts_with(folder));
        if let Some(folder) = nearest.max_by_key(|folder| folder.as_os_str().len())
            && let Ok(relative) = path.strip_prefix(folder)
        {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
            return format!("{}/{}", name.unwrap_or_default(), slashes(relative));
        }
        slashes(path)
    }

    /// Reads a Python file that can be parsed.
    ///
    /// # Errors
    /// The diagnostic.
    pub fn read_python(&self, path: &Path, into: &Diagnostics) -> Result<Outlined, Diagnostic> {
        let result = self.read(path, Content::Python, into);
        let result = result.and_then(|file| match outline(file.text()) {
            Ok(lines) => Ok((file, lines)),
            Err(deep) => {
                let message = format!("not read, as {}", deep.what.message());
                Err(Diagnostic::new(file.display(), DiagnosticKind::TooDeep, message).at(deep.line, None))
            }
        });
        if let Err(diagnostic) = &result {
            into.add(diagnostic.clone());
        }
        result
    }

    /// Reads a text file, if it is there and can be read.
    pub fn read_text(&self, path: &Path, into: &Diagnostics) -> Option<Arc<SourceFile>> {
        if !path.exists() {
            return None;
        }
        match self.read(path, Content::Text, into) {
            Ok(file) => Some(file),
            Err(diagnostic) => {
                into.add(diagnostic);
                None
            }
        }
    }

    fn read(&self, path: &Path, content: Content, into: &Diagnostics) -> Result<Arc<SourceFile>, Diagnostic> {
        let display = self.display(path);
        let out = match self.resolve(path) {
            Some(real) => !self.is_within(&real),
            // What is not there is for reading to say.
            None => path.exists(),
        };
        if out {
            let message = "symbolic link out of the tree, not followed";
            return Err(Diagnostic::new(display, DiagnosticKind::SymbolicLink, message));
        }
        let reading = read(path, &display, content, MAX_BYTES)?;
        for diagnostic in reading.diagnostics {
            into.add(diagnostic);
        }
        Ok(reading.file)
    }

    /// The reader of a [`crate::python::library::Library`].
    pub fn reader(&self, into: &Diagnostics) -> Box<Reader> {
        let (folders, diagnostics) = (self.clone(), into.clone());
        Box::new(move |path| {
            folders.read_python(path, &diagnostics).map_err(|diagnostic| diagnostic.to_string().into())
        })
    }

    /// The same for files that are searched for words, not parsed.
    pub fn texts(&self, into: &Diagnostics) -> Box<Texts> {
        let (folders, diagnostics) = (self.clone(), into.clone());
        Box::new(move |path| {
            folders.read(path, Content::Python, &diagnostics).map_err(|diagnostic| {
                let reason = diagnostic.to_string().into();
                diagnostics.add(diagnostic);
                reason
            })
        })
    }
}

/// A path with `/` between its parts.
pub(crate) fn slashes(path: &Path) -> String {
    let parts = path.components().map(|part| match part {
        Component::RootDir => String::new(),
        part => part.as_os_str().to_string_lossy().into_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}
