//! README.md shows what the program says: its blocks of output and its table of rules are compared with the
//! program's own words. `README_UPDATE=1 cargo test --test readme` writes them anew.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn path() -> PathBuf {
    root().join("README.md")
}

/// What the program answers on standard output.
fn answer(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).current_dir(root()).env_remove("VIRTUAL_ENV");
    let done = command.output().unwrap();
    let status = done.status.code();
    assert!(matches!(status, Some(0 | 1)), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn rules() -> String {
    let json: Value = serde_json::from_str(&answer(&["rules", "--json"])).unwrap();
    let mut table = String::from("| rule | severity | finds |\n|---|---|---|\n");
    for rule in json["rules"].as_array().unwrap() {
        let text = |key: &str| rule[key].as_str().unwrap().to_owned();
        writeln!(table, "| `{}` | {} | {} |", text("name"), text("severity"), text("summary")).unwrap();
    }
    table
}

/// The text with all that is generated in it made anew.
fn generated(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let words = line.strip_prefix("<!-- output of: ").and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(words) = words {
            assert_eq!(lines.next(), Some("```text"));
            let _ = lines.by_ref().find(|line| *line == "```");
            let words: Vec<&str> = words.split_whitespace().collect();
            let _ = write!(out, "```text\n{}```\n", answer(&words));
        } else if line == "<!-- rules -->" {
            while lines.next_if(|line| line.is_empty() || line.starts_with('|')).is_some() {}
            let _ = write!(out, "\n{}\n", rules());
        }
    }
    out
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let text = fs::read_to_string(path()).unwrap();
    let wanted = generated(&text);
    if std::env::var_os("README_UPDATE").is_some() {
        fs::write(path(), wanted).unwrap();
        return;
    }
    let differs = text.lines().zip(wanted.lines()).find(|(has, wants)| has != wants);
    assert!(
        text == wanted,
        "README.md is behind the program ({differs:?}); README_UPDATE=1 cargo test --test readme"
    );
}

#[test]
fn files_that_the_readme_names_are_there() {
    let text = fs::read_to_string(path()).unwrap();
    let names = text.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    let ours = names.filter(|name| {
        ["src/", "tests/", "scripts/", "corpus/", ".ci/"].iter().any(|start| name.starts_with(start))
            || name.ends_with(".md")
    });
    let mut seen = 0;
    for name in ours {
        seen += 1;
        assert!(root().join(name).exists(), "{name}");
    }
    assert!(seen >= 5);
}

#[test]
fn the_configuration_shown_is_read() {
    let text = fs::read_to_string(path()).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    let (config, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migcheck.toml");
    fs::write(&file, config.replace("shop.settings.production", "config.settings")).unwrap();
    let file = file.to_str().unwrap();
    let said = answer(&["check", "corpus/webshop", "--config", file, "--format", "concise"]);
    assert!(said.contains("error[duplicate-migration-number]"), "{said}");
    assert!(!said.contains("[irreversible-operation]"), "{said}");
}
