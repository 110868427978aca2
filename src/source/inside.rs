//! Whether a path may be written: below a folder, and no symbolic link on the way to it.

use std::path::{Component, Path, PathBuf};

/// Why it may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Odd {
    /// It lies elsewhere.
    #[error("{} lies outside of the repository", .0.display())]
    Outside(PathBuf),
    /// A part of the way is a symbolic link.
    #[error("{} is a symbolic link", .0.display())]
    Link(PathBuf),
}

/// Whether the way from `root` to `path` goes straight down, through no symbolic link.
///
/// # Errors
/// It does not.
pub fn inside(root: &Path, path: &Path) -> Result<(), Odd> {
    let below = path.strip_prefix(root).ok();
    let below = below.filter(|below| below.components().all(|part| matches!(part, Component::Normal(_))));
    let Some(below) = below else { return Err(Odd::Outside(path.to_owned())) };
    let (mut at, mut relative) = (root.to_owned(), PathBuf::new());
    for part in below {
        at.push(part);
        relative.push(part);
        if at.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(Odd::Link(relative));
        }
    }
    Ok(())
}
