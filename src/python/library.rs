//! Which file a dotted module name stands for, and its parsed text: shared by all threads.
//!
//! Mirrors `importlib.machinery.PathFinder`: folders are searched in order; a folder with
//! `__init__.py` is a package, a file `name.py` a module, a plain folder a namespace package if
//! nothing better is found in any of the folders.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::syntax::Parsed;
use crate::source::{Held, LogicalLine, SourceFile};

/// Bytes of a dotted name that is looked for: each part is a folder within the last, and their paths have an
/// end.
pub const LONGEST_NAME: usize = 1_000;
/// How many names are remembered with what they stand for.
const MOST_NAMES: usize = 1 << 18;

/// A folder that absolute imports are looked up in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPath {
    /// The folder.
    pub folder: PathBuf,
    /// Whether it belongs to the analysed repository (else: installed packages).
    pub project: bool,
}

/// What a dotted name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A package's `__init__.py`.
    Package(PathBuf),
    /// A module's file.
    Module(PathBuf),
    /// Folders without `__init__.py`.
    Namespace(Vec<PathBuf>),
    /// Nothing.
    Missing,
}

/// A file whose nesting is bounded, and its logical lines.
pub type Outlined = (Arc<SourceFile>, Vec<LogicalLine>);

/// Reads a file; the reason where it can't, or where it nests too deep.
pub type Reader = dyn Fn(&Path) -> Result<Outlined, Arc<str>> + Send + Sync;

/// Reads a file as text alone; the reason where it can't.
pub type Texts = dyn Fn(&Path) -> Result<Arc<SourceFile>, Arc<str>> + Send + Sync;

/// Whether a folder or file, symbolic links followed, lies where it may be read.
pub type Within = dyn Fn(&Path) -> bool + Send + Sync;

/// What parsing a file gave; the reason where it can't be read.
type MaybeParsed = Result<Arc<Parsed>, Arc<str>>;

/// Most names of a folder that are kept: in a larger one each module is looked for by itself.
const LISTED: usize = 50_000;

/// Names of what lies in a folder; `None` where it can't be listed, or may not be.
type Listing = Option<FxHashSet<OsString>>;

/// Modules by name, files by path.
pub struct Library {
    paths: Vec<SearchPath>,
    reader: Box<Reader>,
    texts: Option<Box<Texts>>,
    within: Box<Within>,
    held: Arc<Held>,
    found: Mutex<FxHashMap<Arc<str>, Found>>,
    listed: Mutex<FxHashMap<PathBuf, Arc<Listing>>>,
    mentioned: Mutex<FxHashMap<Arc<str>, FxHashMap<&'static str, bool>>>,
    compiled: Mutex<FxHashMap<PathBuf, Arc<FxHashSet<String>>>>,
    parsed: Mutex<FxHashMap<PathBuf, Arc<OnceLock<MaybeParsed>>>>,
    read: Mutex<Vec<PathBuf>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A thread that panicked leaves a cache that is still right.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Library {
    /// A library over those folders, in order, that lists whatever folder it comes to.
    pub fn new(paths: Vec<SearchPath>, reader: Box<Reader>) -> Arc<Self> {
        Self::bounded(paths, reader, None, Box::new(|_| true), Arc::default())
    }

    /// The same over folders that nobody vouches for: only what lies `within` is listed, and what is read is
    /// counted in `held`. `texts` reads what is searched for words alone.
    pub fn bounded(
        paths: Vec<SearchPath>,
        reader: Box<Reader>,
        texts: Option<Box<Texts>>,
        within: Box<Within>,
        held: Arc<Held>,
    ) -> Arc<Self> {
        Arc::new(Self {
            paths,
            reader,
            texts,
            within,
            held,
            found: Mutex::default(),
            compiled: Mutex::default(),
            listed: Mutex::default(),
            mentioned: Mutex::default(),
            parsed: Mutex::default(),
            read: Mutex::default(),
        })
    }

    /// The folders.
    pub fn paths(&self) -> &[SearchPath] {
        &self.paths
    }

    /// Whether the source of installed packages is at hand.
    pub fn has_installed(&self) -> bool {
        self.paths.iter().any(|path| !path.project)
    }

    /// Finds a module; one whose name is longer than [`LONGEST_NAME`] is missing.
    pub fn find(&self, name: &str) -> Found {
        if name.len() > LONGEST_NAME {
            return Found::Missing;
        }
        if let Some(found) = lock(&self.found).get(name) {
            return found.clone();
        }
        // There is no end to what does not lie in anything: that is not remembered.
        let Some(found) = self.search(name) else { return Found::Missing };
        let mut known = lock(&self.found);
        if known.len() < MOST_NAMES {
            known.insert(name.into(), found.clone());
        }
        found
    }

    /// What a name stands for; nothing where there is no package that it could lie in.
    fn search(&self, name: &str) -> Option<Found> {
        let valid = name.split('.').all(|part| !part.is_empty() && !part.contains(['/', '\\', '\0']));
        if !valid {
            return None;
        }
        match name.rsplit_once('.') {
            Some((parent, last)) => match self.find(parent) {
                Found::Package(init) => Some(self.look(init.parent().into_iter(), last)),
                Found::Namespace(folders) => Some(self.look(folders.iter().map(PathBuf::as_path), last)),
                Found::Module(_) | Found::Missing => None,
            },
            None => Some(self.look(self.paths.iter().map(|path| path.folder.as_path()), name)),
        }
    }

    /// Whether a folder or file may be read: a symbolic link may lead out of the tree.
    pub fn may_read(&self, path: &Path) -> bool {
        (self.within)(path)
    }

    /// What is held of all that was read.
    pub fn held(&self) -> &Arc<Held> {
        &self.held
    }

    /// Names of what lies in a folder; nothing where that can't be listed, or may not be.
    pub fn list(&self, folder: &Path) -> Vec<String> {
        if let Some(names) = self.listing(folder).as_ref() {
            return names.iter().filter_map(|name| name.to_str().map(str::to_owned)).collect();
        }
        let names = self.entries(folder).into_iter().flatten();
        names.filter_map(|name| name.into_string().ok()).collect()
    }

    fn entries(&self, folder: &Path) -> Option<impl Iterator<Item = OsString> + use<>> {
        let entries = if self.may_read(folder) { std::fs::read_dir(folder).ok() } else { None };
        Some(entries?.flatten().map(|entry| entry.file_name()))
    }

    /// Whether a module is an extension module: `name.so`, `name.cpython-312-x86_64-linux-gnu.so`,
    /// `name.pyd` (`importlib.machinery.EXTENSION_SUFFIXES`).
    pub fn is_compiled(&self, name: &str) -> bool {
        match name.rsplit_once('.') {
            Some((parent, last)) => match self.find(parent) {
                Found::Package(init) => init.parent().is_some_and(|folder| self.has_extension(folder, last)),
                Found::Namespace(folders) => folders.iter().any(|folder| self.has_extension(folder, last)),
                Found::Module(_) | Found::Missing => false,
            },
            None => self.paths.iter().any(|path| self.has_extension(&path.folder, name)),
        }
    }

    fn has_extension(&self, folder: &Path, name: &str) -> bool {
        self.compiled_in(folder).contains(name)
    }

    /// Names of the extension modules in a folder, which is listed once.
    fn compiled_in(&self, folder: &Path) -> Arc<FxHashSet<String>> {
        if let Some(known) = lock(&self.compiled).get(folder) {
            return known.clone();
        }
        let module = |file: String| {
            let (name, rest) = file.split_once('.')?;
            let kind = rest.rsplit('.').next().unwrap_or(rest);
            ["so", "pyd"].contains(&kind).then(|| name.to_owned())
        };
        let names: Arc<FxHashSet<String>> =
            Arc::new(self.list(folder).into_iter().filter_map(module).collect());
        lock(&self.compiled).insert(folder.to_owned(), names.clone());
        names
    }

    /// Names of what lies beside a file, itself included; nothing where that can't be listed.
    pub(crate) fn beside(&self, path: &Path) -> Vec<String> {
        path.parent().map(|folder| self.list(folder)).unwrap_or_default()
    }

    /// Whether a file's text has a word in it, or can't be read: a package may make attributes that
    /// pass for modules.
    pub(crate) fn speaks_of(&self, path: &Path, word: &str) -> bool {
        self.mentions(path, &[word, "__path__", "sys.modules"]).unwrap_or(true)
    }

    /// Whether a file's text has one of the words in it; `None` where it can't be read. It is not parsed for
    /// that, nor kept.
    pub fn mentions(&self, path: &Path, words: &[&str]) -> Option<bool> {
        let among = |text: &str| {
            words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
        };
        let cell = lock(&self.parsed).get(path).cloned();
        if let Some(known) = cell.as_ref().and_then(|cell| cell.get()) {
            return known.as_ref().ok().map(|parsed| among(parsed.file.text()));
        }
        let file = match &self.texts {
            Some(texts) => texts(path).ok()?,
            None => (self.reader)(path).ok()?.0,
        };
        lock(&self.read).push(path.to_owned());
        Some(among(file.text()))
    }

    /// Whether a module's text has a word in it; remembered, as many modules import the same.
    pub fn module_mentions(&self, module: &str, word: &'static str) -> bool {
        if let Some(known) = lock(&self.mentioned).get(module).and_then(|words| words.get(word)) {
            return *known;
        }
        let answer = match self.find(module) {
            Found::Package(path) | Found::Module(path) => self.mentions(&path, &[word]) == Some(true),
            // There is no end to what is not there: that is not remembered.
            Found::Namespace(_) | Found::Missing => return false,
        };
        lock(&self.mentioned).entry(module.into()).or_default().insert(word, answer);
        answer
    }

    /// Whether a file lies in the analysed repository.
    pub fn is_project(&self, path: &Path) -> bool {
        let nearest = self.paths.iter().filter(|search| path.starts_with(&search.folder));
        nearest.max_by_key(|search| search.folder.as_os_str().len()).is_some_and(|search| search.project)
    }

    /// The files that were read so far, each once, in order: what a measurement needs to tell what
    /// reading and parsing them alone would take.
    pub fn files_read(&self) -> Vec<PathBuf> {
        let mut files = lock(&self.read).clone();
        files.sort();
        files.dedup();
        files
    }

    /// The parsed text of a file.
    ///
    /// # Errors
    /// The reason why it can't be read, in plain words.
    pub fn parse(&self, path: &Path) -> Result<Arc<Parsed>, Arc<str>> {
        let known = lock(&self.parsed).get(path).cloned();
        let cell = known.unwrap_or_else(|| lock(&self.parsed).entry(path.to_owned()).or_default().clone());
        // Whoever else wants it waits.
        cell.get_or_init(|| self.parse_kept(path)).clone()
    }
}

impl Library {
    /// The parsed text of a file that nobody will ask for again: not kept, and read in full.
    ///
    /// # Errors
    /// The reason why it can't be read or parsed, in plain words.
    pub fn parse_whole(&self, path: &Path) -> Result<Arc<Parsed>, Arc<str>> {
        Ok(Parsed::new(self.read(path)?.0))
    }

    /// What installed packages hold runs somewhere: their functions are parsed when they are called.
    fn parse_kept(&self, path: &Path) -> Result<Arc<Parsed>, Arc<str>> {
        let (file, lines) = self.read(path)?;
        let parse = if self.is_project(path) { Parsed::slim } else { Parsed::skimmed };
        let mut parsed = parse(file, &lines);
        if let Some(own) = Arc::get_mut(&mut parsed) {
            own.count_in(&self.held);
        }
        Ok(parsed)
    }

    fn look<'a>(&self, folders: impl Iterator<Item = &'a Path>, name: &str) -> Found {
        let mut namespaces = Vec::new();
        let file = format!("{name}.py");
        for folder in folders {
            let listing = self.listing(folder);
            let may_hold =
                |name: &str| listing.as_ref().as_ref().is_none_or(|names| names.contains(OsStr::new(name)));
            let package = folder.join(name);
            let has_folder = may_hold(name);
            if has_folder {
                let init = package.join("__init__.py");
                if init.is_file() {
                    return Found::Package(init);
                }
            }
            let module = folder.join(&file);
            if may_hold(&file) && module.is_file() {
                return Found::Module(module);
            }
            // An extension module comes before a folder without `__init__.py`.
            if has_folder && package.is_dir() && self.may_read(&package) && !self.has_extension(folder, name)
            {
                namespaces.push(package);
            }
        }
        if namespaces.is_empty() { Found::Missing } else { Found::Namespace(namespaces) }
    }

    /// What lies in a folder, listed once (`FileFinder._path_cache`, `importlib/_bootstrap_external.py`).
    fn listing(&self, folder: &Path) -> Arc<Listing> {
        if let Some(known) = lock(&self.listed).get(folder) {
            return known.clone();
        }
        let names = self.entries(folder).map(|all| all.take(LISTED + 1).collect::<FxHashSet<_>>());
        let names = names.filter(|names| names.len() <= LISTED);
        lock(&self.listed).entry(folder.to_owned()).or_insert_with(|| Arc::new(names)).clone()
    }

    fn read(&self, path: &Path) -> Result<Outlined, Arc<str>> {
        if self.held.is_full() {
            return Err("not read, as there is more Python than can be held".into());
        }
        let outlined = (self.reader)(path)?;
        self.held.add(outlined.0.text().len());
        lock(&self.read).push(path.to_owned());
        Ok(outlined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_module_comes_before_a_folder_of_its_name() {
        let folder = std::env::temp_dir().join(format!("migcheck-library-{}", std::process::id()));
        let stubs = folder.join("_native");
        std::fs::create_dir_all(&stubs).unwrap();
        std::fs::create_dir_all(folder.join("plain")).unwrap();
        std::fs::write(folder.join("_native.abi3.so"), "").unwrap();
        let path = SearchPath { folder: folder.clone(), project: true };
        let library = Library::new(vec![path], Box::new(|_| Err("not read".into())));
        let found = [library.find("_native"), library.find("plain")];
        let compiled = library.is_compiled("_native");
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [Found::Missing, Found::Namespace(vec![folder.join("plain")])]);
        assert!(compiled);
    }
}
