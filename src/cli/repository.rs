//! Where the analysed folder lies in its repository.

use std::path::Path;

/// The folder's path relative to the top of the git repository that it lies in, with a `/` at its
/// end; empty for the top itself, and where there is no repository.
pub(super) fn below(path: &Path) -> String {
    let Ok(real) = path.canonicalize() else { return String::new() };
    let Some(top) = real.ancestors().find(|folder| folder.join(".git").exists()) else {
        return String::new();
    };
    let relative = real.strip_prefix(top).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
    if relative.is_empty() { relative } else { format!("{relative}/") }
}
