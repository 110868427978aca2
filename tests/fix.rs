//! `migcheck fix`: the diffs as snapshots; what is written is loaded again and ends in the same state.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SETTINGS: &str = "INSTALLED_APPS = [\"shop\", \"blog\"]
DATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}
DEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"
";
const INITIAL: &str = "from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name=\"Order\",
            fields=[
                (\"id\", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name=\"ID\")),
                (\"code\", models.CharField(max_length=20)),
            ],
        ),
    ]
";

struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A shop with one migration, a blog with none, and these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let scratch = Self(tempfile::tempdir().unwrap());
        scratch.write(
            "manage.py",
            "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"settings\")\n",
        );
        scratch.write("settings.py", SETTINGS);
        for path in ["shop/__init__.py", "shop/migrations/__init__.py", "blog/__init__.py"] {
            scratch.write(path, "");
        }
        scratch.write("shop/migrations/0001_initial.py", INITIAL);
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
        command.args(words).args(["--django", "5.2"]).current_dir(self.path());
        command.env_remove("VIRTUAL_ENV").env("SOURCE_DATE_EPOCH", "1706702400").output().unwrap()
    }

    /// What `fix` shows and says.
    fn fix(&self, words: &[&str]) -> String {
        let output = self.run(&[&["fix"], words].concat());
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let text = format!("{out}{err}exit code {}\n", output.status.code().unwrap());
        text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }

    fn state(&self) -> Value {
        let output = self.run(&["state", "--json"]);
        let mut state: Value = serde_json::from_slice(&output.stdout).unwrap();
        for model in state["models"].as_object_mut().unwrap().values_mut() {
            let fields = model["fields"].as_array_mut().unwrap();
            fields.sort_by_key(|field| field["name"].to_string());
        }
        state
    }

    fn files(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with(".git") {
                    folders.push(path);
                } else if path.is_file() {
                    let name = path.strip_prefix(self.path()).unwrap().to_str().unwrap().replace('\\', "/");
                    found.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        found
    }

    /// The diff; git makes of it what `--write` writes; that ends in the same state, and a second run
    /// changes nothing.
    fn fixed(&self, words: &[&str]) -> String {
        let (before, state) = (self.files(), self.state());
        let shown = self.fix(words);
        assert_eq!(self.files(), before, "only --write writes");
        let copy = tempfile::tempdir().unwrap();
        for (path, text) in &before {
            let path = copy.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let diff = self.run(&[&["fix", "--quiet"], words].concat()).stdout;
        let written = self.fix(&[words, &["--write"]].concat());
        assert!(written.ends_with("exit code 0\n"), "{written}");
        assert_eq!(self.state(), state, "{shown}");
        // Names that are given may be old ones by now.
        let named = words.windows(2).filter(|pair| pair[0] == "--migration").flatten().collect::<Vec<_>>();
        let rest: Vec<&str> = words.iter().filter(|word| !named.contains(word)).copied().collect();
        let again = self.fix(&rest);
        assert!(again.contains("Nothing to fix.\nexit code 0"), "{again}");
        if has_git() {
            fs::write(copy.path().join("fix.patch"), diff).unwrap();
            let output =
                Command::new("git").args(["apply", "fix.patch"]).current_dir(copy.path()).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            for (path, text) in self.files() {
                assert_eq!(fs::read_to_string(copy.path().join(&path)).unwrap(), text, "{path}");
            }
        }
        shown
    }
}

fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn git(folder: &Path, words: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn migration(after: &str, operations: &str) -> String {
    format!(
        "from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        (\"shop\", \"{after}\"),
    ]

    operations = [
{operations}    ]
"
    )
}

fn field(name: &str) -> String {
    format!("        migrations.AddField(\"order\", \"{name}\", models.TextField(null=True)),\n")
}

const INDEX: &str = "        # Orders are looked up by their code.
        migrations.AddIndex(
            model_name=\"order\",
            index=models.Index(fields=[\"code\"], name=\"order_code_idx\"),  # short
        ),
";

/// `0002_note` and `0002_total` on `0001_initial`, and what builds on the first.
fn conflict() -> Scratch {
    let other = "from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('shop', '0002_note')]  # for the note
    run_before = [(\"shop\", \"0003_more\")]
    operations = []
";
    Scratch::new(&[
        ("shop/migrations/0002_note.py", &migration("0001_initial", &field("note"))),
        ("shop/migrations/0003_more.py", &migration("0002_note", &field("more"))),
        ("shop/migrations/0002_total.py", &migration("0001_initial", &field("total"))),
        (
            "shop/migrations/max_migration.txt",
            "<<<<<<< HEAD\n0003_more\n=======\n0002_total\n>>>>>>> total\n",
        ),
        ("blog/migrations/__init__.py", ""),
        ("blog/migrations/0001_initial.py", other),
        ("shop/tests.py", "OLD = (\"shop\", \"0002_note\")\nNOT = \"x0002_note\"\n"),
    ])
}

#[test]
fn one_side_of_a_conflict_comes_after_the_other() {
    insta::assert_snapshot!("renumbered", conflict().fixed(&["--migration", "shop.0003_more"]));
    insta::assert_snapshot!("renumbered_other", conflict().fixed(&["--migration", "shop.0002_total"]));
}

#[test]
fn a_merge_joins_them() {
    insta::assert_snapshot!("merged", conflict().fixed(&["--merge"]));
}

#[test]
fn which_side_comes_last_is_not_guessed() {
    insta::assert_snapshot!("unnamed", conflict().fix(&[]));
    let both = conflict().fix(&["--migration", "shop.0003_more", "--migration", "shop.0002_total"]);
    assert!(both.contains("all new: name the one"), "{both}");
    let output = conflict().run(&["fix", "--migration", "shop.0009_x"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_side_that_the_target_lacks_comes_last() {
    if !has_git() {
        return;
    }
    let scratch = conflict();
    for path in ["shop/migrations/0002_total.py", "shop/migrations/max_migration.txt"] {
        fs::remove_file(scratch.path().join(path)).unwrap();
    }
    git(scratch.path(), &["init", "-q", "-b", "main"]);
    git(scratch.path(), &["add", "-A"]);
    git(scratch.path(), &["commit", "-q", "-m", "a shop"]);
    scratch.write("shop/migrations/0002_total.py", &migration("0001_initial", &field("total")));
    insta::assert_snapshot!("new_since_target", scratch.fixed(&["--diff", "main"]));
}

#[test]
fn sides_that_touch_the_same_are_left() {
    let alter = "        migrations.AlterField(\"order\", \"code\", models.CharField(max_length=30)),\n";
    let other = "        migrations.RemoveField(\"order\", \"code\"),\n";
    let code = "        migrations.RunPython(migrations.RunPython.noop),\n";
    let with = |operations: &str| {
        Scratch::new(&[
            ("shop/migrations/0002_a.py", &migration("0001_initial", alter)),
            ("shop/migrations/0002_b.py", &migration("0001_initial", operations)),
        ])
    };
    for words in [&["--merge"][..], &["--migration", "shop.0002_b"]] {
        let same = with(other).fix(words);
        assert!(same.contains("left: shop: both sides touch `shop.order.code`"), "{same}");
        assert!(same.ends_with("exit code 1\n"));
        let opaque = with(code).fix(words);
        assert!(opaque.contains("`RunPython` in `shop.0002_b` may touch anything"), "{opaque}");
        with(code).fixed(&[words, &["--allow-unknown"]].concat());
    }
}

#[test]
fn dependencies_that_are_worked_out_are_left() {
    let text = "from django.db import migrations\nLAST = \"0001_initial\"\nclass Migration(migrations.Migration):\n    \
                dependencies = [(\"shop\", LAST)]\n";
    let scratch = Scratch::new(&[
        ("shop/migrations/0002_a.py", &migration("0001_initial", &field("a"))),
        ("shop/migrations/0002_b.py", text),
    ]);
    let said = scratch.fix(&["--migration", "shop.0002_b"]);
    assert!(
        said.contains("left: shop: shop.0002_b names shop.0001_initial in a way that cannot be edited"),
        "{said}"
    );
    let merged = scratch.fixed(&["--merge"]);
    assert!(merged.contains("0003_merge_0002_a_0002_b.py"), "{merged}");
}

#[test]
fn an_index_alone_becomes_concurrent() {
    let alone = || Scratch::new(&[("shop/migrations/0002_index.py", &migration("0001_initial", INDEX))]);
    insta::assert_snapshot!("concurrent", alone().fixed(&["--migration", "shop.0002_index"]));
    let left = alone().fix(&[]);
    assert!(left.contains("note: blocking indexes in 1 migration are left alone"), "{left}");
    let sqlite = alone();
    sqlite.write("settings.py", &SETTINGS.replace("postgresql", "sqlite3"));
    assert!(sqlite.fix(&["--migration", "shop.0002_index"]).contains("Nothing to fix."));
    let untold = alone();
    untold.write("settings.py", "INSTALLED_APPS = [\"shop\"]\n");
    let left = untold.fix(&["--migration", "shop.0002_index"]);
    assert!(left.contains("the settings don't tell that the database is PostgreSQL"), "{left}");
}

#[test]
fn a_drop_becomes_concurrent_with_its_imports_in_place() {
    let text = "\"\"\"Faster.\"\"\"
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
)
from django.db.migrations import Migration as Base, RemoveIndex


class Migration(Base):
    \"\"\"An index goes.\"\"\"

    dependencies = [(\"shop\", \"0002_index\")]
    operations = [RemoveIndex(\"order\", \"order_code_idx\")]
";
    let scratch = Scratch::new(&[
        ("shop/migrations/0002_index.py", &migration("0001_initial", INDEX)),
        ("shop/migrations/0003_drop.py", text),
    ]);
    let shown = scratch.fix(&["--migration", "shop.0003_drop"]);
    insta::assert_snapshot!("concurrent_drop", shown);
}

#[test]
fn a_mixed_migration_is_split() {
    let operations = format!("{}{INDEX}{}", field("note"), field("more"));
    let scratch = Scratch::new(&[
        ("shop/migrations/0002_mixed.py", &migration("0001_initial", &operations)),
        ("shop/migrations/0003_after.py", &migration("0002_mixed", &field("after"))),
        ("shop/migrations/max_migration.txt", "0003_after\n"),
    ]);
    let words = ["--migration", "shop.0002_mixed", "--migration", "shop.0003_after"];
    let left = scratch.fix(&words[..2]);
    assert!(left.contains("shop.0003_after depends on it and may be applied already"), "{left}");
    insta::assert_snapshot!("split", scratch.fixed(&words));
}

#[test]
fn a_migration_that_only_moves_what_it_must_keeps_its_code() {
    let text = "from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def fill(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        (\"shop\", \"0001_initial\"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(\"order\", models.Index(fields=[\"code\"], name=\"order_code_idx\"))
    ]
";
    let scratch = Scratch::new(&[("shop/migrations/0002_fill.py", text)]);
    insta::assert_snapshot!("split_code", scratch.fixed(&["--migration", "shop.0002_fill"]));
    let turned = text
        .replace("        migrations.RunPython(fill, migrations.RunPython.noop),\n", "")
        .replace("idx\"))\n", "idx\")),\n        migrations.RunPython(fill, migrations.RunPython.noop),\n");
    let scratch = Scratch::new(&[("shop/migrations/0002_fill.py", &turned)]);
    insta::assert_snapshot!("split_code_moves", scratch.fixed(&["--migration", "shop.0002_fill"]));
}

/// An index first, so that all that comes after it moves.
fn after_an_index(head: &str, operations: &str) -> Scratch {
    let text = migration("0001_initial", &format!("{INDEX}{operations}")).replace(
        "from django.db import migrations, models\n",
        &format!("import re\n\nfrom django.db import migrations, models\n{head}"),
    );
    Scratch::new(&[("shop/migrations/0002_fill.py", &text)])
}

const RUN: &str = "        migrations.RunPython(fill, migrations.RunPython.noop),\n";

#[test]
fn what_operations_need_moves_along_or_is_there_twice() {
    let head = "
# What a code looks like.
PATTERN = re.compile(\"x\")
LENGTH = 20


def normal(code):
    return PATTERN.sub(\"\", code)[:LENGTH]


# Takes a while.
def fill(apps, schema_editor):
    for order in apps.get_model(\"shop\", \"Order\").objects.all():
        order.code = normal(order.code)
        order.save()


def idle():
    return LENGTH

";
    let scratch = after_an_index(head, RUN);
    insta::assert_snapshot!("split_definitions", scratch.fixed(&["--migration", "shop.0002_fill"]));
}

#[test]
fn what_cannot_move_along_keeps_a_migration_whole() {
    for (head, reason) in [
        (
            "\nSEEN = []\nSEEN.append(1)\n\n\ndef fill(apps, schema_editor):\n    SEEN\n",
            "use `SEEN`, which line",
        ),
        ("\n\ndef fill(apps, schema_editor):\n    open(__file__)\n", "use `__file__`, which is another one"),
        ("\nif True:\n    fill = print\n", "use `fill`, which line"),
        ("\n\ndef fill(apps, schema_editor):\n    global COUNT\n    COUNT = 1\n", "use `COUNT`, which line"),
        ("\n\ndef fill(a, s):\n    pass\n\n\nfill = fill\n", "use `fill`, which line"),
    ] {
        let left = after_an_index(head, RUN).fix(&["--migration", "shop.0002_fill"]);
        assert!(left.contains(reason), "{head}: {left}");
    }
}

#[test]
fn an_index_apart_from_the_state_becomes_concurrent() {
    let operations = "        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddIndex(\"order\", models.Index(fields=[\"code\"], name=\"order_code_idx\")),
            ],
            state_operations=[
                migrations.AddIndex(\"order\", models.Index(fields=[\"code\"], name=\"order_code_idx\")),
            ],
        ),
";
    let scratch = Scratch::new(&[("shop/migrations/0002_index.py", &migration("0001_initial", operations))]);
    insta::assert_snapshot!("concurrent_apart", scratch.fixed(&["--migration", "shop.0002_index"]));
    let mixed = operations.replacen(
        "database_operations=[\n",
        "database_operations=[\n                migrations.RunSQL(\"SELECT 1\", \"\"),\n",
        1,
    );
    let scratch = Scratch::new(&[("shop/migrations/0002_index.py", &migration("0001_initial", &mixed))]);
    let left = scratch.fix(&["--migration", "shop.0002_index"]);
    assert!(
        left.contains("left: shop.0002_index: an index in `SeparateDatabaseAndState` shares it"),
        "{left}"
    );
}

#[test]
fn squashes_keep_what_they_replace() {
    let squash = migration("0001_initial", &format!("{}{}", field("note"), field("more"))).replace(
        "    dependencies",
        "    replaces = [(\"shop\", \"0002_note\"), (\"shop\", \"0003_more\")]\n    dependencies",
    );
    let files = [
        ("shop/migrations/0002_note.py", migration("0001_initial", &field("note"))),
        ("shop/migrations/0003_more.py", migration("0002_note", &field("more"))),
        ("shop/migrations/0002_note_squashed_0003_more.py", squash),
        ("shop/migrations/0002_mine.py", migration("0001_initial", &field("mine"))),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    // The number comes after those of the files that the squash replaces.
    let shown = Scratch::new(&files).fixed(&["--migration", "shop.0002_mine"]);
    assert!(shown.contains("rename to shop/migrations/0004_mine.py"), "{shown}");
    let left = Scratch::new(&files).fix(&["--migration", "shop.0002_note_squashed_0003_more"]);
    assert!(left.contains("0002_note_squashed_0003_more is a squash"), "{left}");
    let squash = migration("0001_initial", &format!("{}{INDEX}", field("note")))
        .replace("    dependencies", "    replaces = [(\"shop\", \"0002_mixed\")]\n    dependencies");
    let mixed = migration("0001_initial", &format!("{}{INDEX}", field("note")));
    let scratch = Scratch::new(&[
        ("shop/migrations/0002_mixed.py", &mixed),
        ("shop/migrations/0002_squashed_0002_mixed.py", &squash),
    ]);
    let left =
        scratch.fix(&["--migration", "shop.0002_mixed", "--migration", "shop.0002_squashed_0002_mixed"]);
    assert!(left.contains("left: shop.0002_squashed_0002_mixed: it has `replaces`"), "{left}");
}

#[test]
fn line_ends_and_marks_stay() {
    let scratch = Scratch::new(&[("shop/migrations/0002_index.py", "")]);
    let text = format!("\u{feff}{}", migration("0001_initial", INDEX).replace('\n', "\r\n"));
    scratch.write("shop/migrations/0002_index.py", &text);
    scratch.fix(&["--migration", "shop.0002_index", "--write"]);
    let after = scratch.read("shop/migrations/0002_index.py");
    assert!(after.starts_with('\u{feff}') && after.contains("atomic = False\r\n"), "{after}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    let latin =
        [b"# -*- coding: latin-1 -*-\n# \xe9\n", migration("0001_initial", INDEX).as_bytes()].concat();
    let path = scratch.path().join("shop/migrations/0002_index.py");
    fs::write(&path, &latin).unwrap();
    let left = scratch.fix(&["--migration", "shop.0002_index", "--write"]);
    assert!(left.contains("0002_index.py is not in UTF-8"), "{left}");
    assert_eq!(fs::read(&path).unwrap(), latin);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let outside = tempfile::tempdir().unwrap();
    let text = migration("0001_initial", INDEX);
    for inside in [false, true] {
        let scratch = Scratch::new(&[("elsewhere/0002_index.py", &text)]);
        let folder = if inside { scratch.path().join("elsewhere") } else { outside.path().to_owned() };
        let file = folder.join("0002_index.py");
        fs::write(&file, &text).unwrap();
        let link = scratch.path().join("shop/migrations/0002_index.py");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let said = scratch.fix(&["--migration", "shop.0002_index", "--write"]);
        assert!(said.contains("symbolic link"), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert!(link.is_symlink() && fs::read_dir(folder).unwrap().count() == 1);
    }
}

#[test]
fn a_rule_that_is_off_is_not_fixed() {
    let scratch = conflict();
    scratch.write("migcheck.toml", "ignore = [\"conflicting-migrations\", \"max-migration-file\"]\n");
    assert!(scratch.fix(&["--merge"]).contains("Nothing to fix."));
}
