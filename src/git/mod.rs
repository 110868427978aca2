//! git's objects, read without trusting the repository that they are in: with [`crate::source`] the
//! floor that knows files, and the only module that starts a process.
//!
//! Only plumbing that reads objects is asked: `rev-parse`, `merge-base`, `ls-tree`, `cat-file`. None of
//! these runs hooks, filters, textconv or an external diff; the working tree is compared by our own
//! hashing, as git would run `filter.*.clean` and `core.fsmonitor` of the repository's configuration
//! for that. What else could run a command is switched off: fetching objects that a partial clone
//! lacks (`ext::` remotes, `uploadpack`), the pager, aliases, replacement objects. Configuration of the
//! user and the system is not read.

mod command;
mod objects;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

pub use objects::blob_id;

/// Most bytes of one answer of git: the listing of a tree of a million files.
const LARGEST_ANSWER: u64 = 256 << 20;

/// How long git may take for one answer, and for all objects that are asked for at once.
const TIME: Duration = Duration::from_mins(1);
const TIME_FOR_ALL: Duration = Duration::from_mins(10);

/// Why git could not answer, with what to do about it.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no `git` program.
    #[error("the program `git` is not installed or not on PATH; `--diff` reads git's objects through it")]
    NoGit,
    /// The folder is in no repository.
    #[error("{0} is in no git repository; `--diff` needs one")]
    NoRepository(String),
    /// The revision is not in this clone.
    #[error("the revision `{revision}` is not in this clone; fetch it with `{command}`{more}")]
    NoRevision {
        /// As asked for.
        revision: String,
        /// What fetches it.
        command: String,
        /// What else may help.
        more: &'static str,
    },
    /// The two revisions have no common ancestor in this clone.
    #[error("`{revision}` and HEAD have no common commit in this clone: {why}; `{command}`")]
    NoMergeBase {
        /// As asked for.
        revision: String,
        /// The clone is shallow, or the histories have nothing in common.
        why: &'static str,
        /// What helps.
        command: String,
    },
    /// An object that the answer needs is not in this partial clone.
    #[error(
        "{what} is not in this partial clone; fetch all objects with `git fetch --refetch --no-filter origin`"
    )]
    NoObject {
        /// The object.
        what: String,
    },
    /// A revision that could pass for an option, or holds what no revision may.
    #[error("`{0}` is no revision")]
    BadRevision(String),
    /// git's answer is not to be understood, or too big.
    #[error("git {command}: {reason}")]
    Failed {
        /// What was asked.
        command: &'static str,
        /// What it said.
        reason: String,
    },
}

/// The id of an object, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub Arc<str>);

impl ObjectId {
    /// Its first characters, for people.
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }
}

/// The files of a commit below a folder, by path relative to that folder.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Blobs that are regular files.
    pub files: BTreeMap<Arc<str>, ObjectId>,
    /// Paths at which another repository is checked out.
    pub submodules: Vec<Arc<str>>,
}

/// A repository, as seen from a folder in it.
#[derive(Debug, Clone)]
pub struct Repository {
    folder: PathBuf,
    /// The folder relative to the top, with `/` at its end unless empty.
    below: String,
}

impl Repository {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// There is none, or no git.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let missing = || GitError::NoRepository(folder.display().to_string());
        let real = folder.canonicalize().map_err(|_| missing())?;
        let top = real.ancestors().find(|above| above.join(".git").exists()).ok_or_else(missing)?;
        let below = real.strip_prefix(top).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
        let below = if below.is_empty() { below } else { format!("{below}/") };
        let repository = Self { folder: real, below };
        repository.ask("rev-parse", &["--git-dir"]).map_err(|error| match error {
            GitError::Failed { .. } => missing(),
            other => other,
        })?;
        Ok(repository)
    }

    /// The commit that a revision means.
    ///
    /// # Errors
    /// It is not in this clone, or no revision at all.
    pub fn commit(&self, revision: &str) -> Result<ObjectId, GitError> {
        if revision.is_empty() || revision.starts_with('-') || revision.contains(['\0', '\n', ':']) {
            return Err(GitError::BadRevision(revision.to_owned()));
        }
        let asked = format!("{revision}^{{commit}}");
        let answer = self.ask("rev-parse", &["--verify", "--quiet", &asked]);
        match answer.ok().and_then(|answer| object_id(answer.trim_ascii())) {
            Some(id) => Ok(id),
            None => Err(self.not_there(revision)),
        }
    }

    fn not_there(&self, revision: &str) -> GitError {
        let shallow = self.is_shallow();
        let (remote, branch) =
            match revision.strip_prefix("refs/remotes/").unwrap_or(revision).split_once('/') {
                Some((remote, branch)) => (remote, branch),
                None => ("origin", revision),
            };
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        // The command is to be pasted into a shell.
        let command = if plain(remote) && plain(branch) {
            let deepen = if shallow { "--unshallow " } else { "" };
            format!("git fetch {deepen}{remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}")
        } else {
            "git fetch --all".to_owned()
        };
        let more = if shallow { " (actions/checkout: `fetch-depth: 0`; GitLab: `GIT_DEPTH: 0`)" } else { "" };
        GitError::NoRevision { revision: revision.to_owned(), command, more }
    }

    /// The commit that HEAD and another one part at.
    ///
    /// # Errors
    /// They have none in common in this clone, or HEAD is no commit yet.
    pub fn merge_base(&self, revision: &str, commit: &ObjectId) -> Result<ObjectId, GitError> {
        let head = self.commit("HEAD")?;
        let answer = self.ask("merge-base", &[&commit.0, &head.0]);
        let found = answer.ok().and_then(|answer| {
            let line = answer.split(|byte| *byte == b'\n').next()?;
            object_id(line.trim_ascii())
        });
        found.ok_or_else(|| {
            let (why, command) = if self.is_shallow() {
                ("the clone is shallow and its history ends before it", "git fetch --unshallow origin")
            } else {
                ("their histories are unrelated", "git log --oneline --graph HEAD")
            };
            GitError::NoMergeBase { revision: revision.to_owned(), why, command: command.to_owned() }
        })
    }

    fn is_shallow(&self) -> bool {
        let answer = self.ask("rev-parse", &["--is-shallow-repository"]);
        answer.is_ok_and(|answer| answer.trim_ascii() == b"true")
    }

    /// The files of a commit below the folder.
    ///
    /// # Errors
    /// A tree of it is not in this clone.
    pub fn files(&self, commit: &ObjectId) -> Result<Files, GitError> {
        let mut arguments = vec!["-r", "-z", "--full-tree", &commit.0];
        if !self.below.is_empty() {
            arguments.extend(["--", self.below.as_str()]);
        }
        let answer = self.ask("ls-tree", &arguments).map_err(|error| match error {
            GitError::Failed { .. } => GitError::NoObject { what: format!("a tree of {}", commit.short()) },
            other => other,
        })?;
        Ok(objects::listing(&answer, &self.below))
    }

    /// The contents of blobs, each `None` where it is not in this clone, over `limit` bytes, or beyond what
    /// is held of all together or can be read in time.
    ///
    /// # Errors
    /// git could not be run.
    pub fn blobs(&self, ids: &[&ObjectId], limit: u64) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        objects::contents(command::git(&self.folder, "cat-file", &["--batch"]), ids, limit, TIME_FOR_ALL)
    }

    fn ask(&self, command: &'static str, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        command::answer(&self.folder, command, arguments, LARGEST_ANSWER, TIME)
    }
}

fn object_id(bytes: &[u8]) -> Option<ObjectId> {
    let is_id = matches!(bytes.len(), 40 | 64) && bytes.iter().all(u8::is_ascii_hexdigit);
    let text = is_id.then(|| std::str::from_utf8(bytes).ok())??;
    Some(ObjectId(text.into()))
}

#[cfg(test)]
mod tests;
