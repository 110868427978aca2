//! Files that are made by the program: a page a rule and their index in `docs/rules/`, the JSON schema of
//! the configuration. `GENERATED_UPDATE=1 cargo test --test generated` writes them anew.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn answer(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    let done = command.args(words).current_dir(root()).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Every generated file, by its path from the root.
fn wanted() -> BTreeMap<PathBuf, String> {
    let rules: Value = serde_json::from_str(&answer(&["rules", "--json"])).unwrap();
    let mut index = String::from("# The rules\n\nEach page is what `migcheck explain RULE` prints.\n");
    let mut aspects: Vec<(&str, Vec<&Value>)> = Vec::new();
    let mut files = BTreeMap::new();
    for rule in rules["rules"].as_array().unwrap() {
        let (name, aspect) = (rule["name"].as_str().unwrap(), rule["aspect"].as_str().unwrap());
        files.insert(PathBuf::from(format!("docs/rules/{name}.md")), answer(&["explain", name]));
        match aspects.iter_mut().find(|(known, _)| *known == aspect) {
            Some((_, rules)) => rules.push(rule),
            None => aspects.push((aspect, vec![rule])),
        }
    }
    for (aspect, rules) in aspects {
        let _ = write!(index, "\n## {aspect}\n\n| rule | severity | finds |\n|---|---|---|\n");
        for rule in rules {
            let text = |key: &str| rule[key].as_str().unwrap();
            let name = text("name");
            let _ = writeln!(index, "| [`{name}`]({name}.md) | {} | {} |", text("severity"), text("summary"));
        }
    }
    files.insert("docs/rules/README.md".into(), index);
    files.insert("docs/migcheck.schema.json".into(), format!("{:#}\n", migcheck::cli::schema::schema()));
    files
}

#[test]
fn generated_files_are_as_the_program_makes_them() {
    let wanted = wanted();
    let folder = root().join("docs/rules");
    if std::env::var_os("GENERATED_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (path, text) in &wanted {
            fs::write(root().join(path), text).unwrap();
        }
        return;
    }
    for (path, text) in &wanted {
        let is = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(is == *text, "{} is behind: GENERATED_UPDATE=1 cargo test --test generated", path.display());
    }
    let there: BTreeSet<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| Path::new("docs/rules").join(entry.unwrap().file_name()))
        .collect();
    let more: Vec<_> = there.iter().filter(|path| !wanted.contains_key(*path)).collect();
    assert!(more.is_empty(), "no rule has these pages: {more:?}");
}
