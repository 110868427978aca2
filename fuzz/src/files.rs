//! A set of files as one text: `#---- path` before each, so that a set is still nearly Python, and
//! libFuzzer's own mutations of bytes can change names too.

use std::fs;
use std::path::Path;

const MARK: &str = "#---- ";
/// More files than that are left out.
const MOST: usize = 24;
/// What a project needs to be one; a set may say otherwise.
const OTHERWISE: &[(&str, &str)] = &[
    ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
    (
        "settings.py",
        "INSTALLED_APPS = ['shop', 'django.contrib.auth', 'django.contrib.contenttypes']\n\
         DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n",
    ),
    ("shop/__init__.py", ""),
    ("shop/migrations/__init__.py", ""),
];

/// Relative paths with their texts.
pub type Files = Vec<(String, String)>;

/// The files of a text; what stands before the first name is the first migration of `shop`.
pub fn split(text: &str) -> Files {
    let mut files: Files = vec![("shop/migrations/0001_initial.py".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(MARK) {
            Some(path) => files.push((path.trim_end_matches('\n').to_owned(), String::new())),
            None => {
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                }
            }
        }
    }
    if files.first().is_some_and(|(_, text)| text.is_empty()) {
        files.remove(0);
    }
    files
}

/// The text of files.
pub fn join(files: &Files) -> String {
    let mut out = String::new();
    for (path, text) in files {
        out.push_str(MARK);
        out.push_str(&path.replace('\n', " "));
        out.push('\n');
        out.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// Writes the files below a folder and nothing beside it; what was there before is gone.
///
/// # Errors
/// What the file system says of the folder itself: files that contradict each other are left out.
pub fn lay_out(root: &Path, files: &Files) -> std::io::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root)?;
    for (path, text) in OTHERWISE {
        put(root, path, text);
    }
    for (path, text) in files.iter().take(MOST) {
        put(root, path, text);
    }
    Ok(())
}

fn put(root: &Path, path: &str, text: &str) {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<&str> = parts.filter(|part| part.len() < 100 && !part.contains('\0')).take(8).collect();
    let path = root.join(parts.join("/"));
    if let Some(folder) = path.parent() {
        // Where a file stands in the way, the path is none.
        let _ = fs::create_dir_all(folder);
    }
    let _ = fs::write(path, text);
}
