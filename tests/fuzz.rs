//! Migrations, models, settings and configuration that were changed at random: whatever comes of it,
//! nothing panics.
//!
//! The seed is fixed, so a failure comes again. `FUZZ_SECONDS=600 FUZZ_SEED=7 cargo test --release
//! --test fuzz -- --nocapture` goes on for longer from another seed, and prints the input that failed.

#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;
#[path = "support/random.rs"]
mod random;
#[path = "support/skim.rs"]
mod skim;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use random::Random;

use migcheck::cli::config;
use migcheck::database::{Vendor, sql};
use migcheck::project::{self, ProjectOptions};
use migcheck::python::syntax::Parsed;
use migcheck::reading::{self, Detail};
use migcheck::report::markdown;
use migcheck::source::{SourceFile, WalkOptions, parse_guard};

/// Pieces that mean something to Python, to Django or to a database.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    "'",
    "\"",
    "\"\"\"",
    "\\",
    "\n",
    "\n    ",
    "*",
    "**",
    "@",
    "#",
    "lambda: ",
    "None",
    "True",
    "-1",
    "10**9",
    "'a' * 9",
    "x",
    "self",
    "class A:\n    pass\n",
    "yield ",
    "await ",
    "import os\n",
    "from . import x\n",
    "from .models import *\n",
    "try:\n",
    "except:\n",
    "if x:\n",
    "else:\n",
    "migrations.",
    "models.",
    "dependencies = ",
    "operations = ",
    "replaces = ",
    "('shop', '0001_initial')",
    "('shop', '__first__')",
    "migrations.swappable_dependency(settings.AUTH_USER_MODEL)",
    "initial = True",
    "migrations.RunSQL('DROP TABLE x; --')",
    "migrations.RunPython(f)",
    "migrations.RenameField('a', 'b', 'c')",
    "migrations.SeparateDatabaseAndState([], [])",
    "models.ForeignKey('self', models.CASCADE)",
    "é",
    "\u{202e}",
    "\u{0}",
    "$$",
    "/*",
    "*/",
    ";",
    "--",
    "CREATE INDEX CONCURRENTLY a ON b (c)",
    "ALTER TABLE a DROP b",
];

fn mutate(text: &str, others: &[String], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(4) {
        let cut = |text: &str, random: &mut Random| {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let at = cut(&text, random);
        match random.below(7) {
            0 => text.insert_str(at, random.pick(PIECES)),
            1 => text.truncate(at),
            2 => {
                let to = cut(&text, random);
                text.replace_range(at.min(to)..at.max(to), random.pick(PIECES));
            }
            // A whole line is left out, or comes twice, or stands elsewhere: most of these still parse.
            3..=5 => {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                if lines.is_empty() {
                    continue;
                }
                let from = random.below(lines.len());
                let line = if random.below(2) == 0 { lines.remove(from) } else { lines[from].clone() };
                let to = random.below(lines.len() + 1);
                lines.insert(to, line);
                text = lines.join("\n");
            }
            _ => {
                let other = random.pick(others);
                let lines: Vec<&str> = other.lines().collect();
                if !lines.is_empty() {
                    let from = random.below(lines.len());
                    text.insert_str(at, &lines[from..(from + 3).min(lines.len())].join("\n"));
                }
            }
        }
    }
    text
}

fn corpus() -> Vec<String> {
    let files = files::python_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    files.iter().filter_map(|path| fs::read_to_string(path).ok()).filter(|text| !text.is_empty()).collect()
}

fn seed() -> u64 {
    std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Calls `one` a number of times, or for as long as asked for.
fn rounds(times: usize, mut one: impl FnMut()) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    match seconds.map(Duration::from_secs) {
        Some(time) => {
            let (start, mut count) = (Instant::now(), 0);
            while start.elapsed() < time {
                one();
                count += 1;
            }
            println!("{count} inputs");
        }
        None => (0..times).for_each(|_| one()),
    }
}

fn survives(what: &str, input: &str, work: impl Fn() + Sync) {
    let start = Instant::now();
    // What is deep enough to be let through needs the stack that the program gives it.
    let ended = catch_unwind(AssertUnwindSafe(|| reading::on_big_stack(&work)));
    assert!(ended.is_ok(), "{what} panics on\n{input}\n{input:?}");
    assert!(start.elapsed() < Duration::from_mins(1), "{what} took {:?} on\n{input}", start.elapsed());
}

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";
const SETTINGS: &str = "INSTALLED_APPS = ['shop', 'django.contrib.auth', 'django.contrib.contenttypes']\n\
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n";
const MODELS: &str =
    "from django.db import models\n\nclass Thing(models.Model):\n    name = models.TextField()\n";

#[test]
fn projects() {
    let texts = corpus();
    let migrations: Vec<&String> = texts.iter().filter(|text| text.contains("class Migration")).collect();
    let models: Vec<&String> = texts.iter().filter(|text| text.contains("models.Model)")).collect();
    let mut random = Random(seed());
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for (path, text) in [("manage.py", MANAGE), ("config/__init__.py", ""), ("shop/__init__.py", "")] {
        put(path, text);
    }
    put("shop/migrations/__init__.py", "");
    rounds(150, || {
        let mut inputs = vec![
            ("shop/migrations/0001_initial.py", mutate(random.pick(&migrations), &texts, &mut random)),
            ("shop/migrations/0002_second.py", mutate(random.pick(&migrations), &texts, &mut random)),
            ("shop/models.py", MODELS.to_owned()),
            ("config/settings.py", SETTINGS.to_owned()),
        ];
        if random.below(3) == 0 {
            inputs[2].1 = mutate(random.pick(&models), &texts, &mut random);
        }
        if random.below(4) == 0 {
            inputs[3].1 = mutate(SETTINGS, &texts, &mut random);
        }
        for (path, text) in &inputs {
            put(path, text);
        }
        let all: String = inputs.iter().flat_map(|(path, text)| ["--- ", path, "\n", text, "\n"]).collect();
        survives("reading a project", &all, || {
            let answer = read(folder.path());
            assert!(!answer.contains("internal error"), "{answer}");
        });
    });
}

/// What the program's parts say of a project, as one text.
fn read(root: &Path) -> String {
    let mut answer = String::new();
    let tree = project::tree_of(root, WalkOptions::default()).unwrap();
    for project in project::discover(&tree, &ProjectOptions::default()) {
        let read = reading::migrations(&project, Detail::Plain);
        for migration in &read.migrations {
            for unknown in &migration.unknowns {
                answer.push_str(&unknown.reason);
                answer.push('\n');
            }
        }
        let _ = reading::code(&project, &read.migrations);
        let models = reading::read_models(&project);
        let _ = migcheck::drift::compare(&project, &read, &models, &migcheck::drift::Request::default());
    }
    answer
}

#[test]
fn the_parser() {
    let texts = corpus();
    let mut random = Random(seed() + 1);
    rounds(2000, || {
        let text = mutate(random.pick(&texts), &texts, &mut random);
        survives("the parser", &text, || {
            if parse_guard(&text).is_ok() {
                let _ = Parsed::new(SourceFile::new("x.py".into(), "x.py", text.clone()));
                assert_eq!(skim::difference(&text).err(), None);
            }
        });
    });
}

#[test]
fn the_sql_reader() {
    let statements = [
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON public.b USING gin (c gin_trgm_ops) WHERE d IS NULL;",
        "ALTER TABLE a ADD COLUMN b varchar(10) NOT NULL DEFAULT 'x''y', DROP COLUMN \"c d\" CASCADE;",
        "DO $body$ BEGIN PERFORM 1; END $body$; UPDATE a SET b = c -- why\n;",
        "INSERT INTO `a` (`b`) VALUES (1), (/* two */ 2) ON DUPLICATE KEY UPDATE b = b + 1",
        "CREATE TABLE a (id bigserial PRIMARY KEY, b numeric(10, 2) CHECK (b > 0), UNIQUE (b))",
    ]
    .map(str::to_owned);
    let mut random = Random(seed() + 2);
    rounds(5000, || {
        let text = mutate(random.pick(&statements), &statements, &mut random);
        survives("the SQL reader", &text, || {
            for vendor in [Vendor::PostgreSql, Vendor::MySql, Vendor::Sqlite, Vendor::Oracle] {
                let _ = sql::read(vendor, &text);
            }
        });
    });
}

#[test]
fn the_configuration() {
    let texts = ["select = [\"remove-field\"]\nfail-on = \"warning\"\ndialect = \"postgresql 15\"\n\
         python-path = [\".\"]\n\n[[projects]]\nroot = \"a\"\nsettings = \"a.settings\"\n\n\
         [tool.migcheck]\nignore = []\n"
        .to_owned()];
    let mut random = Random(seed() + 3);
    rounds(3000, || {
        let text = mutate(&texts[0], &texts, &mut random);
        survives("the configuration", &text, || {
            let _ = config::parse(&text, "migcheck.toml");
            let _ = config::parse_pyproject(&text, "pyproject.toml");
        });
    });
}

/// What hostile text may bring into a comment: nothing but text and code.
#[test]
fn text_in_markdown() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let texts =
        ["[a](http://b) <b>c</b> ![d](e) @user #1 `f` https://x.y/ &amp; <!-- g --> | h |\n\n# i\n- j\n> k"
            .to_owned()];
    let mut random = Random(seed() + 4);
    rounds(3000, || {
        let text = mutate(&texts[0], &texts, &mut random);
        survives("Markdown", &text, || {
            let shown = markdown::message(&text);
            for event in Parser::new_ext(&shown, Options::all()) {
                let bad = match &event {
                    Event::Html(_) | Event::InlineHtml(_) => true,
                    Event::Start(tag) => {
                        matches!(
                            tag,
                            Tag::Link { .. } | Tag::Image { .. } | Tag::Heading { .. } | Tag::List(_)
                        )
                    }
                    _ => false,
                };
                assert!(!bad, "{event:?} in\n{shown}");
            }
        });
    });
}
