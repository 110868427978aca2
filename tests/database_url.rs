//! `--database-url`: what is asked, and what is never shown. With the feature `database` an `SQLite` file is
//! asked; servers are, by `scripts/check_database_url.py`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "hunter2";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"settings\")\n");
    write("settings.py", "INSTALLED_APPS = [\"shop\"]\n");
    write("shop/__init__.py", "");
    write("shop/migrations/__init__.py", "");
    for (name, after) in [("0001_initial", ""), ("0002_note", "(\"shop\", \"0001_initial\")")] {
        let text = format!(
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = \
             [{after}]\n    operations = []\n"
        );
        write(&format!("shop/migrations/{name}.py"), &text);
    }
    folder
}

fn run(folder: &Path, words: &[&str], variable: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).args(["--django", "5.2"]).current_dir(folder).env_remove("VIRTUAL_ENV");
    command.env_remove("DATABASE_URL");
    if let Some(text) = variable {
        command.env("DATABASE_URL", text);
    }
    let output = command.output().unwrap();
    for bytes in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(bytes).contains(SECRET), "{words:?}");
    }
    output
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn an_address_that_is_none_says_so_and_not_the_password() {
    let folder = project();
    for (text, expected) in [
        (SECRET, "it is no address"),
        ("postgres://u:hunter2/x@h/shop", "its port is no number"),
        ("mongodb://u:hunter2@h/shop", "`mongodb://` is none of"),
        ("sqlite://:memory:", "in memory"),
        ("", "the environment has no DATABASE_URL"),
    ] {
        for command in ["pending", "plan", "check"] {
            let output = run(folder.path(), &[command, "--database-url", "env:DATABASE_URL"], Some(text));
            assert!(output.status.code() == Some(2) && said(&output).contains(expected), "{}", said(&output));
        }
        if !text.is_empty() {
            let output = run(folder.path(), &["pending", "--database-url", text], None);
            assert!(output.status.code() == Some(2) && said(&output).contains(expected), "{}", said(&output));
        }
    }
    let both = ["pending", "--applied", "x", "--database-url", "postgres://u:hunter2@h/shop"];
    assert!(said(&run(folder.path(), &both, None)).contains("cannot be used with"));
    assert!(said(&run(folder.path(), &["pending"], None)).contains("--database-url"));
    assert!(
        said(&run(folder.path(), &["pending", "--database-url", "env:NO-NAME"], None))
            .contains("name of a variable")
    );
}

#[cfg(not(feature = "database"))]
#[test]
fn without_drivers_it_says_how_to_get_them_and_what_does_as_well() {
    let folder = project();
    let output = run(folder.path(), &["pending", "--database-url", "postgres://u:hunter2@h/shop"], None);
    assert_eq!(output.status.code(), Some(2));
    for words in
        ["--features database", "SELECT app, name FROM django_migrations", "--applied", "postgresql://h/shop"]
    {
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[cfg(feature = "database")]
#[test]
fn a_file_of_sqlite_tells_what_is_pending() {
    let folder = project();
    let path = folder.path().join("db.sqlite3");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let ask = |words: &[&str]| {
        let output = run(
            folder.path(),
            &[words, &["--database-url", "env:DATABASE_URL"]].concat(),
            Some("sqlite:///db.sqlite3"),
        );
        (String::from_utf8(output.stdout.clone()).unwrap(), said(&output))
    };
    let (out, err) = ask(&["pending"]);
    assert!(
        out.contains("apply shop.0001_initial") && err.contains("no table django_migrations"),
        "{out}{err}"
    );
    let table = "CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255), name varchar(255), applied datetime);
        INSERT INTO django_migrations VALUES (1, 'shop', '0001_initial', '2024-01-01')";
    connection.execute_batch(table).unwrap();
    let (out, _) = ask(&["pending"]);
    assert_eq!(out, "1 migration to apply, 1 applied:\napply shop.0002_note\n");
    assert!(ask(&["plan"]).0.contains("shop.0002_note"));
    connection.execute_batch("UPDATE django_migrations SET name = '0002_note'").unwrap();
    let (out, _) = ask(&["check", "--format", "concise"]);
    assert!(out.contains("`shop.0002_note` is applied (`env:DATABASE_URL`) and its dependency"), "{out}");
}
