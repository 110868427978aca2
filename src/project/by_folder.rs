//! Apps found by their folders, where no settings tell them.

use std::sync::Arc;

use super::roots::join;
use super::settings::Entry;
use crate::source::Tree;

/// Folders whose packages are not the project's own apps.
const NOT_APPS: [&str; 5] = ["tests", "test", "testing", "docs", "site-packages"];

/// Packages below `folder` that have `apps.py` or a migrations package, and are in none of `others`: each
/// by its dotted name, with the folder it is imported from, sorted. With `models_suffice` a package that
/// has models alone is one of them.
pub(crate) fn find(
    tree: &Tree,
    folder: &str,
    others: &[String],
    models_suffice: bool,
) -> Vec<(Entry, String)> {
    let within = |path: &str, folder: &str| {
        folder.is_empty() || path == folder || path.starts_with(&format!("{folder}/"))
    };
    let mut found = Vec::new();
    for (path, listing) in tree.folders() {
        let foreign = others.iter().any(|other| other.len() > folder.len() && within(path, other));
        if path.is_empty() || !within(path, folder) || foreign || !listing.has_file("__init__.py") {
            continue;
        }
        let below = path.strip_prefix(folder).unwrap_or(path);
        if below.split('/').any(|part| NOT_APPS.contains(&part) || part.starts_with("test_")) {
            continue;
        }
        let migrations = tree.has_file(&join(path, "migrations/__init__.py"));
        let models = listing.has_file("models.py") || tree.has_file(&join(path, "models/__init__.py"));
        if migrations || listing.has_file("apps.py") || (models_suffice && models) {
            let (name, from) = dotted(tree, path);
            found.push((Entry { name: Arc::from(name), at: None }, from));
        }
    }
    found
}

/// A package's dotted name, as far up as there are packages, and the folder that the topmost is in.
pub(crate) fn dotted(tree: &Tree, path: &str) -> (String, String) {
    let mut top = path;
    while let Some((above, _)) = top.rsplit_once('/')
        && tree.has_file(&join(above, "__init__.py"))
    {
        top = above;
    }
    let from = top.rsplit_once('/').map_or("", |(above, _)| above);
    let name = path.strip_prefix(from).unwrap_or(path).trim_start_matches('/').replace('/', ".");
    (name, from.to_owned())
}
