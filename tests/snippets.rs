//! `scripts/snippet_cases.json`: what `scripts/check_snippets.py` ran. No help that shows code is without a run.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    cases: Vec<Case>,
    apart: Vec<Apart>,
}

#[derive(Deserialize)]
struct Case {
    case: String,
    rule: String,
    captions: Vec<String>,
    failed: Option<String>,
}

/// Help that no run of a migration can show.
#[derive(Deserialize)]
struct Apart {
    rule: String,
    caption: String,
    why: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The captions under which a rule's source shows code: string literals, and constants that are such.
fn captions(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let literal = |text: &str| text.strip_prefix('"').map(|rest| rest.split('"').next().unwrap().to_owned());
    let constant = |name: &str| {
        let value = code.split(&format!("const {name}: &str =")).nth(1).unwrap_or_else(|| panic!("{name}"));
        literal(value.trim_start()).unwrap()
    };
    let of_call = |rest: &str| {
        let argument = rest.trim_start();
        literal(argument).unwrap_or_else(|| constant(argument.split(',').next().unwrap().trim()))
    };
    code.split(".python(").skip(1).map(of_call).collect()
}

#[test]
fn all_help_that_shows_code_was_run() {
    let record: Record = serde_json::from_str(&read("scripts/snippet_cases.json")).unwrap();
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for case in &record.cases {
        assert!(case.failed.is_none(), "{}: {:?}", case.case, case.failed);
        known.extend(case.captions.iter().map(|caption| (case.rule.clone(), caption.clone())));
    }
    for apart in &record.apart {
        assert!(!apart.why.is_empty());
        assert!(known.insert((apart.rule.clone(), apart.caption.clone())), "{} is run, too", apart.rule);
    }
    let mut shown = BTreeSet::new();
    // What rules share: whose help it is the record says.
    let mut shared = BTreeSet::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let rule = path.file_stem().unwrap().to_str().unwrap().replace('_', "-");
        let is_rule = migcheck::rules::by_name(&rule).is_some();
        for caption in captions(&fs::read_to_string(&path).unwrap()) {
            if is_rule {
                shown.insert((rule.clone(), caption));
            } else {
                shared.insert(caption);
            }
        }
    }
    assert!(shown.len() > 60, "{}", shown.len());
    let missing: Vec<_> = shown.difference(&known).collect();
    assert!(missing.is_empty(), "shown and never run: add them to scripts/snippet_cases.py: {missing:#?}");
    let run: BTreeSet<&String> = known.iter().map(|(_, caption)| caption).collect();
    let missing: Vec<_> = shared.iter().filter(|caption| !run.contains(caption)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
