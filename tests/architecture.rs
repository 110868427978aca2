//! The invariants of ARCHITECTURE.md, read off the source.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of `src/`, by its path there, without its tests.
struct Source {
    path: String,
    code: String,
    lines: usize,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut folders: Vec<PathBuf> = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let name =
                    path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().replace('\\', "/");
                let code = without_comments(without_tests(&text));
                found.push(Source { path: name, code, lines: text.lines().count() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 100);
    found
}

/// Tests of a module stand at its end.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |all, line| all + line + "\n")
}

fn is_test(source: &Source) -> bool {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    source.path.contains("/tests/")
        || name.ends_with("tests.rs")
        || name == "histories.rs" && source.path.starts_with("rules/")
}

/// The modules of the crate's root that a file names.
fn uses(code: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        found.push(&rest[..end]);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What a module may name beside itself; see ARCHITECTURE.md.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("python", &["source"]),
    // `django::schema` makes the statements that `database` has the types and facts of.
    ("django", &["python", "source", "database"]),
    ("project", &["django", "python", "source", "database"]),
    ("database", &["source"]),
    ("impact", &["django", "python", "source", "database"]),
    ("report", &["django", "python", "source", "database"]),
    ("rules", &["impact", "report", "django", "python", "source", "database"]),
    ("reading", &["project", "django", "python", "source", "database"]),
    ("analysis", &["impact", "rules", "report", "django", "python", "source", "database"]),
    ("git", &["source"]),
    ("forge", &["report"]),
    ("live", &["django"]),
    ("history", &["git", "reading", "project", "rules", "report", "django", "python", "source"]),
    ("planning", &["analysis", "impact", "rules", "report", "django", "database"]),
    (
        "fixing",
        &["analysis", "reading", "project", "rules", "report", "django", "python", "source", "database"],
    ),
    ("drift", &["reading", "project", "rules", "report", "django", "python", "source"]),
];

/// A file that knows more than its floor, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "python/value.rs",
    "django",
    "a deconstructed field is a value like any other in an operation's arguments",
)];

#[test]
fn floors_know_nothing_of_what_is_above() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test(source)) {
        let floor = source.path.split(['/', '.']).next().unwrap_or_default();
        let Some(allowed) = allowed.get(floor) else {
            assert!(matches!(floor, "cli" | "lib" | "main"), "{} belongs to no floor", source.path);
            continue;
        };
        for used in uses(&source.code) {
            let known = used == floor || allowed.contains(&used);
            let excepted = EXCEPTIONS.iter().any(|(path, module, _)| *path == source.path && *module == used);
            if !known && !excepted {
                wrong.push(format!("{} names crate::{used}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn exceptions_are_still_needed() {
    for (path, module, _) in EXCEPTIONS {
        let sources = sources();
        let source = sources.iter().find(|source| source.path == *path).unwrap();
        assert!(uses(&source.code).contains(module), "{path} no longer names {module}");
    }
}

#[test]
fn the_parser_has_one_boundary() {
    let naming = sources().into_iter().filter(|source| source.code.contains("rustpython"));
    assert_eq!(naming.map(|source| source.path).collect::<Vec<_>>(), ["python/syntax.rs"]);
}

/// Where files may be read, and where the environment.
const READS_FILES: &[&str] = &[
    "source/",
    "cli/",
    "project/",
    "python/library.rs",
    "reading.rs",
    "reading/lacking.rs",
    "drift/",
    "fixing/write.rs",
];
/// The environment of git's own process is made, not read, in `git/command.rs`.
const READS_ENVIRONMENT: &[&str] = &["cli/", "git/command.rs"];
/// The `git` program, asked for objects alone.
const STARTS_PROCESSES: &[&str] = &["git/"];
/// The comment on a pull request.
const OPENS_CONNECTIONS: &[&str] = &["forge/http.rs"];
/// The database that `--database-url` names: only there are drivers named.
const ASKS_DATABASES: &[&str] = &["live/"];
/// `--output`, `missing --write`, `fix --write` and `init --write`, by the commands that were asked for it.
const WRITES_FILES: &[&str] = &["cli/", "drift/write.rs", "fixing/write.rs"];

#[test]
fn effects_happen_at_the_ends() {
    let mut wrong = Vec::new();
    let within = |path: &str, places: &[&str]| places.iter().any(|place| path.starts_with(place));
    for source in sources().iter().filter(|source| !is_test(source)) {
        let path = source.path.as_str();
        let mut forbid = |needle: &str, places: &[&str]| {
            if source.code.contains(needle) && !within(path, places) {
                wrong.push(format!("{path}: {needle}"));
            }
        };
        forbid("std::fs", READS_FILES);
        forbid("File::open", READS_FILES);
        forbid("std::env", READS_ENVIRONMENT);
        forbid("std::net", &[]);
        forbid("ureq", OPENS_CONNECTIONS);
        for driver in ["use postgres::", "use mysql::", "rusqlite::", "tokio_postgres", "use rustls::"] {
            forbid(driver, ASKS_DATABASES);
        }
        forbid("Command::new", STARTS_PROCESSES);
        forbid("std::process", &["main.rs", "cli/mod.rs", "git/"]);
        forbid("SystemTime", &["cli/", "forge/http.rs"]);
        forbid("Instant::now", &["cli/"]);
        for writing in ["fs::write", "fs::create", "fs::remove", "fs::rename", "File::create", "OpenOptions"]
        {
            let places: &[&str] = if writing == "OpenOptions" {
                &["cli/", "drift/write.rs", "fixing/write.rs", "source/read.rs"]
            } else {
                WRITES_FILES
            };
            forbid(writing, places);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_panics_by_intent() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test(source)) {
        for (number, line) in source.code.lines().enumerate() {
            let bad = [".unwrap()", ".expect(\"", "panic!(", "todo!(", "unimplemented!(", "unreachable!("];
            // A pattern written in the source is right or wrong for every input.
            let constant = line.contains("Regex::new(r\"") && line.contains("LazyLock");
            // A parser's own `expect` gives a `Result`.
            let result = line.contains(")?");
            if bad.iter().any(|bad| line.contains(bad)) && !constant && !result || line.contains("unsafe ") {
                wrong.push(format!("{} ({number}): {}", source.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

/// Files over the limit, with the length that they may have. They may only shrink.
const LONG: &[(&str, usize)] = &[
    ("django/autodetector/mod.rs", 550),
    ("django/loader.rs", 550),
    ("django/runtime/fields/construct.rs", 650),
    ("django/schema/render.rs", 550),
    ("django/schema/statement.rs", 550),
    ("django/state/forwards.rs", 550),
    ("python/builtins/stdlib/mod.rs", 600),
    ("python/builtins/stdlib/system.rs", 550),
    ("python/builtins/strings.rs", 550),
    ("python/builtins/tests/programs.rs", 650),
    ("python/interpreter/expressions.rs", 600),
    ("python/interpreter/imports.rs", 650),
    ("python/interpreter/operators.rs", 850),
    ("python/interpreter/statements.rs", 550),
    ("python/object.rs", 650),
    ("report/finding.rs", 556),
    ("rules/context.rs", 550),
];

#[test]
fn files_stay_short() {
    let budget: BTreeMap<&str, usize> = LONG.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in &sources() {
        let most = budget.get(source.path.as_str()).copied().unwrap_or(500);
        if source.lines > most {
            wrong.push(format!("{}: {} lines of {most}", source.path, source.lines));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_module_is_a_drawer() {
    for source in sources() {
        let parts = source.path.split(['/', '.']);
        for part in parts {
            assert!(!matches!(part, "utils" | "util" | "common" | "helpers" | "misc"), "{}", source.path);
        }
    }
}

#[test]
fn every_rule_is_registered() {
    let sources = sources();
    let rules = sources
        .iter()
        .filter(|source| source.path.starts_with("rules/") && source.code.contains("static RULE: Rule"));
    let registry = fs::read_to_string(root().join("src/rules/mod.rs")).unwrap();
    let mut count = 0;
    for rule in rules {
        count += 1;
        let module = rule.path.trim_start_matches("rules/").trim_end_matches(".rs").trim_end_matches("/mod");
        assert!(
            registry.lines().any(|line| line.trim() == format!("{module},")),
            "{module} is not in the registry"
        );
    }
    assert!(count > 15);
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    for words in [&["check", "corpus/webshop", "--format", "json"][..], &["graph", "corpus", "--json"]] {
        let answer = |threads: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
            command.args(words).current_dir(root()).env("RAYON_NUM_THREADS", threads);
            command.env_remove("VIRTUAL_ENV").output().unwrap().stdout
        };
        let one = answer("1");
        assert!(!one.is_empty());
        assert!(answer("2") == one && answer("8") == one, "{words:?}");
    }
}
