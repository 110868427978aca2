//! The base revision: which files it has, which of them are other now, what they said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::git::{Files, GitError, ObjectId, Repository, blob_id};
use crate::source::{MAX_BYTES, SourceFile, Tree, decode_python, read_bytes};

/// The merge base of HEAD and the target branch, and the target's tip.
pub struct Base {
    repository: Repository,
    revision: String,
    commit: ObjectId,
    files: Files,
    /// The target's files, where its tip is another commit.
    target: Option<Files>,
    /// Names of files of the base by their content, made when first asked for.
    by_id: OnceLock<BTreeMap<ObjectId, Vec<Arc<str>>>>,
}

/// A file now against the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// The same content, line ends aside.
    Same,
    /// At the base with another content.
    Changed(Option<ObjectId>),
    /// Not at the base.
    New(Option<ObjectId>),
}

impl Status {
    /// The id of what the file holds now.
    pub(super) fn id(&self) -> Option<&ObjectId> {
        match self {
            Self::Same => None,
            Self::Changed(id) | Self::New(id) => id.as_ref(),
        }
    }
}

impl Base {
    /// The merge base of a revision and HEAD, for the files below a folder.
    ///
    /// # Errors
    /// There is no repository, no such revision or no merge base in this clone.
    pub fn open(folder: &Path, revision: &str) -> Result<Self, GitError> {
        let repository = Repository::of(folder)?;
        let tip = repository.commit(revision)?;
        let commit = repository.merge_base(revision, &tip)?;
        let files = repository.files(&commit)?;
        let target = if tip == commit { None } else { Some(repository.files(&tip)?) };
        Ok(Self { repository, revision: revision.to_owned(), commit, files, target, by_id: OnceLock::new() })
    }

    /// The merge base.
    pub fn commit(&self) -> &ObjectId {
        &self.commit
    }

    /// The revision as it was asked for.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether a path lies in a submodule.
    pub(super) fn is_submodule(&self, path: &str) -> bool {
        let within = |module: &Arc<str>| {
            path.strip_prefix(&**module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.files.submodules.iter().any(within)
    }

    /// The migrations in a folder at the base, with their paths (`MigrationLoader.load_disk`: no
    /// name that begins with `_` or `~`).
    pub(super) fn migrations_in(&self, folder: &str) -> BTreeMap<Arc<str>, Arc<str>> {
        migrations_in(&self.files, folder)
    }

    /// The migrations in a folder that the target has and the base has not.
    pub(super) fn new_on_target(&self, folder: &str) -> BTreeMap<Arc<str>, Arc<str>> {
        let Some(target) = &self.target else { return BTreeMap::new() };
        let mut found = migrations_in(target, folder);
        found.retain(|_, path| !self.files.files.contains_key(path));
        found
    }

    /// The base's numbered migrations in folders named `migrations` that are no more, by folder, each in
    /// the order of its names.
    pub(super) fn removed_migrations(&self, tree: &Tree) -> BTreeMap<String, Vec<Arc<str>>> {
        let mut gone: BTreeMap<String, Vec<Arc<str>>> = BTreeMap::new();
        for path in self.files.files.keys() {
            let Some((folder, file)) = path.rsplit_once('/') else { continue };
            let numbered = file.starts_with(|c: char| c.is_ascii_digit());
            let named = folder.ends_with("/migrations") && tree.folder(folder).is_none();
            if let Some(name) = file.strip_suffix(".py").filter(|_| numbered && named) {
                gone.entry(folder.to_owned()).or_default().push(name.into());
            }
        }
        gone
    }

    /// How a file is now.
    pub(super) fn status(&self, path: &str, on_disk: &Path) -> Status {
        let content = read_bytes(on_disk, path, MAX_BYTES).ok();
        let Some(content) = content else {
            return if self.files.files.contains_key(path) {
                Status::Changed(None)
            } else {
                Status::New(None)
            };
        };
        let id = blob_id(&content);
        let Some(base) = self.files.files.get(path) else { return Status::New(Some(id)) };
        // A checkout may have another line end than the repository (`core.autocrlf`).
        let is_same = *base == id
            || content.contains(&b'\r') && *base == blob_id(&unix_lines(&content))
            || base.0.len() != id.0.len() && self.is_same_text(base, &content);
        if is_same { Status::Same } else { Status::Changed(Some(id)) }
    }

    /// Repositories that name objects by SHA-256 are compared by content.
    fn is_same_text(&self, id: &ObjectId, content: &[u8]) -> bool {
        let found = self.repository.blobs(&[id], MAX_BYTES).unwrap_or_default();
        found.into_iter().flatten().next().is_some_and(|old| old == content || old == unix_lines(content))
    }

    /// Where a file of the same name and content was at the base and is no more.
    pub(super) fn moved(&self, id: &ObjectId, name: &str, tree: &Tree) -> Option<Arc<str>> {
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id: BTreeMap<ObjectId, Vec<Arc<str>>> = BTreeMap::new();
            for (path, id) in self.files.files.iter().filter(|(path, _)| path.ends_with(".py")) {
                by_id.entry(id.clone()).or_default().push(path.clone());
            }
            by_id
        });
        let file = format!("/{name}.py");
        let mut found = by_id.get(id)?.iter().filter(|path| path.ends_with(&file) && !tree.has_file(path));
        found.next().cloned()
    }

    /// Texts of the base, as many as `paths`; `None` where one is not at the base or not in this clone.
    ///
    /// # Errors
    /// git could not be asked.
    pub(super) fn texts(
        &self,
        paths: &[&Arc<str>],
        root: &Path,
    ) -> Result<Vec<Option<Arc<SourceFile>>>, GitError> {
        self.texts_of(&self.files, paths, root, self.commit.short())
    }

    /// Texts of the target's tip, as [`Base::texts`].
    ///
    /// # Errors
    /// git could not be asked.
    pub(super) fn target_texts(
        &self,
        paths: &[&Arc<str>],
        root: &Path,
    ) -> Result<Vec<Option<Arc<SourceFile>>>, GitError> {
        let files = self.target.as_ref().unwrap_or(&self.files);
        self.texts_of(files, paths, root, &self.revision)
    }

    fn texts_of(
        &self,
        files: &Files,
        paths: &[&Arc<str>],
        root: &Path,
        revision: &str,
    ) -> Result<Vec<Option<Arc<SourceFile>>>, GitError> {
        let known: Vec<(usize, &ObjectId)> = paths
            .iter()
            .enumerate()
            .filter_map(|(index, path)| Some((index, files.files.get(&***path)?)))
            .collect();
        let ids: Vec<&ObjectId> = known.iter().map(|(_, id)| *id).collect();
        let mut texts = vec![None; paths.len()];
        for ((index, _), content) in known.iter().zip(self.repository.blobs(&ids, MAX_BYTES)?) {
            let (Some(content), Some(path)) = (content, paths.get(*index)) else { continue };
            let (text, _) = decode_python(&content, path);
            if let Some(slot) = texts.get_mut(*index) {
                // Two files of one name would be taken for one.
                *slot = Some(SourceFile::at_revision(root.join(&***path), revision, path, text));
            }
        }
        Ok(texts)
    }
}

fn migrations_in(files: &Files, folder: &str) -> BTreeMap<Arc<str>, Arc<str>> {
    let prefix = format!("{folder}/");
    let mut found = BTreeMap::new();
    for (path, _) in files.files.range(Arc::from(prefix.as_str())..) {
        let Some(rest) = path.strip_prefix(&prefix) else { break };
        if let Some(name) = rest.strip_suffix(".py")
            && !name.contains('/')
            && !name.starts_with(['_', '~'])
        {
            found.insert(Arc::from(name), path.clone());
        }
    }
    found
}

fn unix_lines(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    for (index, byte) in content.iter().enumerate() {
        if !(*byte == b'\r' && content.get(index + 1) == Some(&b'\n')) {
            out.push(*byte);
        }
    }
    out
}

/// A path, what is there now, and whether that is what was there.
type Now<'a> = (&'a Arc<str>, Option<Vec<u8>>, bool);

/// A file of code, now and at the base.
pub(super) struct CodeFile {
    /// Relative to the tree.
    pub path: Arc<str>,
    /// As it is now; `None` where it is gone or cannot be read.
    pub now: Option<Arc<SourceFile>>,
    /// As it was, where that is another text.
    pub before: Option<Arc<SourceFile>>,
}

/// The Python files and templates of a project that are no migrations.
pub(super) struct Code {
    /// What is compared of them.
    pub files: Vec<CodeFile>,
    missing: BTreeSet<Arc<str>>,
}

impl Code {
    /// Reads those below the folder `project` (`""` is the tree), and of those that changed what they were.
    ///
    /// # Errors
    /// git could not be asked.
    pub(super) fn read(base: &Base, tree: &Tree, project: &str) -> Result<Self, GitError> {
        let prefix = if project.is_empty() { String::new() } else { format!("{project}/") };
        let ours = |path: &&Arc<str>| path.starts_with(&prefix) && is_code(path) && !base.is_submodule(path);
        let now: BTreeSet<&Arc<str>> = tree.files().iter().filter(ours).collect();
        let then: BTreeSet<&Arc<str>> = base.files.files.keys().filter(ours).collect();
        let ids = &base.files.files;
        let read: Vec<Now<'_>> = now
            .par_iter()
            .map(|path| {
                let content = read_bytes(&tree.path(path), path, MAX_BYTES).ok();
                let id = ids.get(*path);
                let same = content.as_ref().zip(id).is_some_and(|(content, id)| {
                    *id == blob_id(content)
                        || content.contains(&b'\r') && *id == blob_id(&unix_lines(content))
                });
                (*path, content, same)
            })
            .collect();
        let changed: BTreeSet<&Arc<str>> =
            read.iter().filter(|(_, _, same)| !same).map(|(path, _, _)| *path).collect();
        let gone = then.iter().filter(|path| !now.contains(**path)).copied();
        let wanted: Vec<&Arc<str>> =
            changed.iter().copied().filter(|path| ids.contains_key(*path)).chain(gone).collect();
        let texts = base.texts(&wanted, tree.root())?;
        let mut before: BTreeMap<&Arc<str>, Arc<SourceFile>> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (path, text) in wanted.iter().zip(texts) {
            match text {
                Some(text) => {
                    before.insert(path, text);
                }
                None => {
                    missing.insert((*path).clone());
                }
            }
        }
        let mut files = Vec::new();
        for (path, content, _) in read {
            let now = content.map(|content| {
                let (text, _) = decode_python(&content, path);
                SourceFile::new(tree.path(path), path.clone(), text)
            });
            files.push(CodeFile { path: path.clone(), now, before: before.remove(path) });
        }
        let gone = before.into_iter();
        files.extend(gone.map(|(path, text)| CodeFile { path: path.clone(), now: None, before: Some(text) }));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut code = Self { files, missing };
        code.drop_equal();
        Ok(code)
    }

    /// A text that differs in its line ends alone is the same (SHA-256 names it otherwise).
    fn drop_equal(&mut self) {
        for file in &mut self.files {
            let equal = file.now.as_ref().zip(file.before.as_ref()).is_some_and(|(now, before)| {
                now.text() == before.text() || now.text().replace("\r\n", "\n") == before.text()
            });
            if equal {
                file.before = None;
            }
        }
    }

    /// Python files that are other than at the base and were there.
    pub(super) fn changed_python(&self) -> Vec<Arc<str>> {
        let changed = self.files.iter().filter(|file| file.before.is_some() && file.path.ends_with(".py"));
        changed.map(|file| file.path.clone()).collect()
    }

    /// Files whose text at the base is not in this clone.
    pub(super) fn missing(&self) -> impl Iterator<Item = &Arc<str>> {
        self.missing.iter()
    }
}

fn is_code(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    let in_migrations = path.rsplit('/').nth(1) == Some("migrations");
    let template =
        matches!(extension, "html" | "htm" | "txt" | "xml" | "jinja" | "jinja2" | "j2" | "djhtml" | "email")
            && path.split('/').any(|part| part.contains("templates") || part == "jinja2");
    (extension == "py" && !in_migrations) || template
}
