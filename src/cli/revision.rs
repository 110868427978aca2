//! Which revision `--diff` means.

use std::path::Path;

use super::ci::{self, Job};
use crate::git::GitError;
use crate::history::Base;

/// The word that leaves it to migcheck.
const AUTO: &str = "auto";

/// Where a clone keeps the branch that its work is merged into, the likeliest first (`git clone` writes
/// `origin/HEAD`; who adds a remote by hand has none). A repository without a remote has what is committed.
const USUAL: [&str; 4] = ["origin/HEAD", "origin/main", "origin/master", "HEAD"];

/// The base that `--diff` names for the files below a folder. `auto` is the branch that the CI's pull
/// request is made to, else the first of the usual ones that there is; `None` for no `--diff`, and where
/// nothing is committed yet, so that all is new.
///
/// # Errors
/// There is no repository, no such revision or no merge base in this clone, or the CI's event file
/// cannot be read.
pub(super) fn base(folder: &Path, diff: Option<&str>) -> anyhow::Result<Option<Base>> {
    match diff {
        None => Ok(None),
        Some(AUTO) => match Job::of(&ci::variable)?.base {
            Some(target) => Ok(Some(Base::open(folder, &target)?)),
            None => Ok(usual(folder)?),
        },
        Some(revision) => Ok(Some(Base::open(folder, revision)?)),
    }
}

fn usual(folder: &Path) -> Result<Option<Base>, GitError> {
    for revision in USUAL {
        match Base::open(folder, revision) {
            Err(GitError::NoRevision { .. }) => {}
            other => return other.map(Some),
        }
    }
    Ok(None)
}
