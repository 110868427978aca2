//! `init`, `completions` and the man pages.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn migcheck(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).current_dir(folder).env_remove("VIRTUAL_ENV").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A project at the top of a repository.
fn project() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let files = [
        ("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"settings\")\n"),
        (
            "settings.py",
            "INSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}\n",
        ),
        ("shop/__init__.py", ""),
        ("shop/migrations/__init__.py", ""),
        ("requirements.txt", "django==5.2\n"),
    ];
    for (path, text) in files {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    place
}

#[test]
fn what_would_be_set_up_is_shown_and_then_written() {
    let place = project();
    let shown = migcheck(place.path(), &["init"]);
    insta::assert_snapshot!("init", text(&shown.stdout));
    assert!(text(&shown.stderr).contains("3 files would be new; write with --write."));
    assert!(!place.path().join("migcheck.toml").exists() && !place.path().join(".github").exists());
    let written = migcheck(place.path(), &["init", "--write"]);
    assert_eq!((written.status.code(), &written.stdout), (Some(0), &shown.stdout));
    let again = migcheck(place.path(), &["init", "--write"]);
    assert!(again.stdout.is_empty() && text(&again.stderr).contains("Nothing to set up."));
    // The configuration is one, with and without what stands behind `#`.
    let path = place.path().join("migcheck.toml");
    assert_eq!(migcheck(place.path(), &["check", "--quiet"]).status.code(), Some(0));
    let config = fs::read_to_string(&path).unwrap();
    let open: Vec<_> = config
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
        .collect();
    assert!(open.iter().filter(|line| !line.starts_with('#')).count() > 3, "{config}");
    fs::write(&path, open.join("\n")).unwrap();
    let checked = migcheck(place.path(), &["check", "--quiet"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
}

#[test]
fn what_is_there_stays_as_it_is() {
    let place = project();
    fs::write(place.path().join("pyproject.toml"), "[tool.migcheck]\npedantic = true\n").unwrap();
    fs::write(place.path().join(".pre-commit-config.yaml"), "repos: []\n").unwrap();
    fs::write(place.path().join(".gitlab-ci.yml"), "stages: []\n").unwrap();
    let done = migcheck(place.path(), &["init", "--write"]);
    let said = text(&done.stderr);
    assert!(
        said.contains("pyproject.toml is there already") && said.contains("add to the `repos`"),
        "{said}"
    );
    assert!(said.contains("local: .gitlab/migcheck.yml"), "{said}");
    assert!(
        place.path().join(".gitlab/migcheck.yml").exists() && !place.path().join("migcheck.toml").exists()
    );
    assert_eq!(fs::read_to_string(place.path().join(".pre-commit-config.yaml")).unwrap(), "repos: []\n");
    let none = migcheck(place.path(), &["init", "--ci", "none"]);
    assert!(none.stdout.is_empty(), "{}", text(&none.stdout));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let (place, outside) = (project(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), place.path().join(".github")).unwrap();
    let done = migcheck(place.path(), &["init", "--write"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains(".github is a symbolic link"));
    assert!(!place.path().join("migcheck.toml").exists());
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn shells_and_man_know_every_command() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = text(&migcheck(here, &["completions", shell]).stdout);
        assert!(completions.contains("pending") && completions.contains("allow-unknown"), "{shell}");
    }
    let page = text(&migcheck(here, &["man"]).stdout);
    assert!(page.contains(".TH migcheck 1") && page.contains("migcheck\\-fix(1)"), "{page}");
    assert!(text(&migcheck(here, &["man", "fix"]).stdout).contains("\\fB\\-\\-allow\\-unknown\\fR"));
    assert_eq!(migcheck(here, &["man", "nothing"]).status.code(), Some(2));
}
