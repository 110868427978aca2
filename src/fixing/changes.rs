//! What a draft changes on disk, and how that is shown: a unified diff as git writes and takes it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::draft::Draft;
use super::{mark_of, shown};
use crate::source::{Content, MAX_BYTES, Tree, read, read_bytes};

/// Most places that are told of where an old name stands.
const MOST_NOTES: usize = 20;

/// A file that is to be other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it is; `None` for a new one.
    pub from: Option<PathBuf>,
    /// Where it is to be.
    pub to: PathBuf,
    /// Its text now.
    pub before: String,
    /// Its text then.
    pub after: String,
    /// It begins with a byte order mark.
    pub mark: bool,
}

impl Change {
    /// Where it is, or is to be.
    pub fn path(&self) -> &Path {
        self.from.as_deref().unwrap_or(&self.to)
    }

    /// As `git diff` shows it.
    pub fn to_diff(&self, root: &Path) -> String {
        let (old, new) = (shown(root, self.path()), shown(root, &self.to));
        let (a, b) = (quoted(&format!("a/{old}")), quoted(&format!("b/{new}")));
        let mut text = format!("diff --git {a} {b}\n");
        if self.from.is_none() {
            text.push_str("new file mode 100644\n");
        } else if old != new {
            text.push_str(&format!("rename from {}\nrename to {}\n", quoted(&old), quoted(&new)));
        }
        if self.before != self.after {
            let before = if self.from.is_none() { "/dev/null" } else { &a };
            let diff = TextDiff::from_lines(self.before.as_str(), self.after.as_str());
            text.push_str(&diff.unified_diff().context_radius(3).header(before, &b).to_string());
        }
        text
    }
}

/// A path as git quotes it where it holds anything odd.
fn quoted(path: &str) -> String {
    if path.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        format!("\"{}\"", path.escape_default())
    } else {
        path.to_owned()
    }
}

/// What a draft changes.
///
/// # Errors
/// A file that is not as it was read, or a name that is taken.
pub(super) fn of(draft: &Draft<'_>) -> Result<Vec<Change>, String> {
    let leaves: BTreeSet<&Path> = draft.drafted.values().filter_map(|one| one.from.as_deref()).collect();
    let mut changes = Vec::new();
    for drafted in draft.drafted.values() {
        let (to, after) = (drafted.file.path().to_owned(), drafted.file.text().to_owned());
        if !leaves.contains(&*to) && to.symlink_metadata().is_ok() {
            return Err(format!("{} is there already", shown(draft.root, &to)));
        }
        let Some(from) = &drafted.from else {
            changes.push(Change { from: None, to, before: String::new(), after, mark: false });
            continue;
        };
        let display = shown(draft.root, from);
        let bytes = read_bytes(from, &display, MAX_BYTES).map_err(|diagnostic| diagnostic.to_string())?;
        let text =
            read(from, &display, Content::Python, MAX_BYTES).map_err(|diagnostic| diagnostic.to_string())?;
        let before = text.file.text().to_owned();
        let mark = mark_of(&bytes, &before).ok_or_else(|| format!("{display} is not in UTF-8"))?;
        if before != after || *from != to {
            changes.push(Change { from: Some(from.clone()), to, before, after, mark });
        }
    }
    Ok(changes)
}

/// Places in Python files that still say the old name of a migration.
pub(super) fn old_names(draft: &Draft<'_>, tree: &Tree) -> Vec<String> {
    let mut notes = Vec::new();
    if draft.renamed.is_empty() {
        return notes;
    }
    let now: BTreeSet<&str> = draft.ours().map(|migration| &*migration.key.name).collect();
    for path in tree.python_files() {
        let on_disk = tree.path(path);
        let drafted = draft.drafted.values().find(|one| one.from.as_deref() == Some(&*on_disk));
        let text = match drafted {
            Some(drafted) => drafted.file.clone(),
            None => match read(&on_disk, path, Content::Python, MAX_BYTES) {
                Ok(reading) => reading.file,
                Err(_) => continue,
            },
        };
        for (old, _) in draft.renamed.iter().filter(|(old, _)| !now.contains(&*old.name)) {
            for at in words(text.text(), &old.name) {
                let line = text.line_column(u32::try_from(at).unwrap_or(u32::MAX)).line;
                if notes.len() == MOST_NOTES {
                    return notes;
                }
                notes.push(format!("{}:{line} still says `{}`", text.display(), old.name));
            }
        }
    }
    notes
}

/// Where a word stands by itself.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
