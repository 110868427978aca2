//! What the targets share.

use std::fs;
use std::path::Path;

use migcheck::drift;
use migcheck::project::{self, ProjectOptions};
use migcheck::python::syntax::Parsed;
use migcheck::reading::{self, Detail};
use migcheck::source::{SourceFile, WalkOptions, outline};

/// Separates the files of a project within one input.
pub const CUT: &str = "\n#----\n";

const SETTINGS: &str = "INSTALLED_APPS = ['shop', 'django.contrib.auth', 'django.contrib.contenttypes']\n\
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n";
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n";

/// Parses a text whole, and function by function, where its nesting lets it.
pub fn parse(text: &str) {
    let Ok(lines) = outline(text) else { return };
    let file = SourceFile::new("fuzz.py".into(), "fuzz.py", text.to_owned());
    let whole = Parsed::new(file.clone());
    if whole.errors.is_empty() {
        let slim = Parsed::slim(file.clone(), &lines);
        assert_eq!(slim.body.len(), whole.body.len());
        let skimmed = Parsed::skimmed(file, &lines);
        assert_eq!(skimmed.body.len(), whole.body.len());
    }
}

/// Reads a project of these files, as `check` and `missing` do.
pub fn read(root: &Path) {
    let Ok(tree) = project::tree_of(root, WalkOptions::default()) else { return };
    for project in reading::on_big_stack(|| project::discover(&tree, &ProjectOptions::default())) {
        let (read, models) = reading::migrations_and_models(&project, Detail::Plain);
        let _ = reading::code(&project, &read.migrations);
        let _ = drift::compare(&project, &read, models, &drift::Request::default());
    }
}

/// Writes a project whose models, migrations and settings are the parts of a text.
///
/// # Errors
/// What the file system says.
pub fn lay_out(root: &Path, text: &str) -> std::io::Result<()> {
    let mut parts = text.split(CUT);
    let mut next = |otherwise: &str| parts.next().filter(|part| !part.is_empty()).unwrap_or(otherwise).to_owned();
    let files = [
        ("shop/migrations/0001_initial.py", next("")),
        ("shop/migrations/0002_second.py", next("")),
        ("shop/models.py", next("")),
        ("settings.py", next(SETTINGS)),
        ("manage.py", MANAGE.to_owned()),
        ("shop/__init__.py", String::new()),
        ("shop/migrations/__init__.py", String::new()),
    ];
    for (path, text) in files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
