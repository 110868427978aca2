//! Where the projects of a tree lie.

use std::path::{Path, PathBuf};

use super::notice::{Notice, NoticeKind};
use super::reading::{Diagnostics, Folders, slashes};
use crate::database::Dialect;
use crate::django::version::DjangoVersion;
use crate::source::{Diagnostic, Tree, WalkOptions, walk};

/// A project named in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedProject {
    /// Its folder, relative to the tree; `""` or `"."` is the tree itself.
    pub root: PathBuf,
    /// Its settings module.
    pub settings: Option<String>,
    /// Where installed packages' source lies, before the folders that hold for every project.
    pub python_path: Vec<PathBuf>,
    /// Its database.
    pub dialect: Option<Dialect>,
    /// Django's version, if not the one that holds for every project.
    pub django: Option<DjangoVersion>,
}

/// A project's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// Relative to the tree.
    pub folder: String,
    /// `manage.py`, relative to the tree, where there is one.
    pub manage: Option<String>,
    /// What the configuration says of it.
    pub named: NamedProject,
}

/// How far up from a folder its project's `manage.py` is looked for.
const ABOVE: usize = 20;

/// Walks the tree that a path stands for: its folder, or, where no `manage.py` is in it but one stands
/// above it in the same repository, the folder of that one.
///
/// # Errors
/// A diagnostic if the path cannot be walked.
pub fn tree_of(path: &Path, options: WalkOptions) -> Result<Tree, Diagnostic> {
    let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // Whole paths: settings compute with `__file__`.
    let whole = folder.canonicalize();
    let folder = whole.as_deref().unwrap_or(folder);
    let tree = walk(folder, options)?;
    if tree.files_named("manage.py").next().is_some() {
        return Ok(tree);
    }
    match enclosing(folder) {
        Some(above) => walk(&above, options),
        None => Ok(tree),
    }
}

/// The nearest folder above that has a `manage.py`, no higher than the repository's own.
fn enclosing(folder: &Path) -> Option<PathBuf> {
    for above in folder.ancestors().take(ABOVE) {
        if above.join("manage.py").is_file() {
            return Some(above.to_owned());
        }
        if above.join(".git").exists() {
            break;
        }
    }
    None
}

/// The projects' folders: those named, or else those with a `manage.py` of Django's, or else the tree.
pub(crate) fn find(
    tree: &Tree,
    named: &[NamedProject],
    folders: &Folders,
    diagnostics: &Diagnostics,
    notices: &mut Vec<Notice>,
) -> Vec<Root> {
    if !named.is_empty() {
        return named.iter().filter_map(|project| from_configuration(tree, project, notices)).collect();
    }
    let mut roots = Vec::new();
    for manage in tree.files_named("manage.py") {
        let Some(file) = folders.read_text(&tree.path(manage), diagnostics) else { continue };
        let text = file.text();
        // Other tools have a manage.py, too; and a template's is filled in by `startproject`.
        if !text.contains("django") && !text.contains("DJANGO") {
            continue;
        }
        if text.contains("{{") && text.contains("}}") && text.contains("project_name") {
            continue;
        }
        let folder = manage.rsplit_once('/').map_or("", |(folder, _)| folder);
        let manage = Some(manage.to_string());
        roots.push(Root { folder: folder.to_owned(), manage, named: NamedProject::default() });
    }
    if roots.is_empty() {
        roots.push(Root { folder: String::new(), manage: None, named: NamedProject::default() });
    }
    roots
}

fn from_configuration(tree: &Tree, project: &NamedProject, notices: &mut Vec<Notice>) -> Option<Root> {
    let named = slashes(&project.root);
    let folder = named.trim_start_matches("./").trim_matches('/');
    let folder = if folder == "." { "" } else { folder };
    if tree.folder(folder).is_none() {
        let message = format!("the configuration names the project {named}, which is no folder");
        let notice = Notice::new(NoticeKind::Path, message);
        notices.push(notice.with_help("correct its root; it is relative to the analysed path"));
        return None;
    }
    let manage = join(folder, "manage.py");
    let manage = tree.has_file(&manage).then_some(manage);
    Some(Root { folder: folder.to_owned(), manage, named: project.clone() })
}

/// `folder/name`, or `name` in the tree itself.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
