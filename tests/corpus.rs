//! The projects of `corpus/`, held against what real Django said of them.
//!
//! `scripts/record_corpus.py` makes the records; this needs neither Python nor Django. A value that
//! migcheck calls unknown is not compared; one that it gives must be Django's.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default = "usual_versions")]
    django: Vec<String>,
    #[serde(default = "one_root")]
    roots: Vec<String>,
    settings: Option<String>,
    #[serde(default)]
    expect: Vec<Finding>,
    #[serde(default)]
    quiet: Vec<Finding>,
    /// The databases for which all findings are held against `findings-DIALECT.txt`.
    #[serde(default)]
    findings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    rule: String,
    app: Option<String>,
    migration: Option<String>,
    line: Option<u64>,
}

fn usual_versions() -> Vec<String> {
    ["4.2", "5.2", "6.1"].map(String::from).into()
}

fn one_root() -> Vec<String> {
    vec![".".into()]
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn cases() -> BTreeMap<String, Case> {
    let entries = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries.filter(|path| path.join("case.toml").exists());
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap());
            (name.clone(), case.unwrap_or_else(|error| panic!("{name}/case.toml: {error}")))
        })
        .collect()
}

fn record(name: &str, version: &str) -> Value {
    let path = corpus().join(name).join(format!("django-{version}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn null() -> &'static Value {
    &Value::Null
}

fn at<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(null())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What came out of all cases: differences, and how much was compared.
#[derive(Default)]
struct Tally {
    compared: usize,
    undecided: usize,
    differences: Vec<String>,
}

impl Tally {
    fn same(&mut self, what: impl Fn() -> String, ours: &Value, django: &Value) {
        match agree(ours, django) {
            None => self.undecided += 1,
            Some(equal) => {
                self.compared += 1;
                if !equal {
                    self.differences.push(format!("{}\n    ours   {ours}\n    django {django}", what()));
                }
            }
        }
    }

    fn fail(&mut self, what: String) {
        self.compared += 1;
        self.differences.push(what);
    }

    fn finish(self, question: &str) {
        let mut report = format!("{question}: {} compared, {} undecided", self.compared, self.undecided);
        println!("{report}");
        for difference in self.differences.iter().take(600) {
            let _ = write!(report, "\n- {difference}");
        }
        assert!(self.differences.is_empty(), "{} differences\n{report}", self.differences.len());
        assert!(self.compared > 0, "{report}");
    }
}

/// Whether both sides say the same; `None` where either does not know.
fn agree(ours: &Value, django: &Value) -> Option<bool> {
    if ours.get("$unknown").is_some() || django.get("$unknown").is_some() {
        return None;
    }
    if let (Some(ours), Some(django)) = (at(ours, "$ref").as_str(), at(django, "$ref").as_str()) {
        // A name may be told by where it is defined or by where it was imported from.
        return Some(ours.rsplit('.').next() == django.rsplit('.').next());
    }
    match (ours, django) {
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b).map(|(a, b)| agree(a, b)))
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.len() != b.len() || a.keys().any(|key| !b.contains_key(key)) {
                return Some(false);
            }
            if let (Some(a), Some(b)) = (a.get("$set"), b.get("$set")) {
                return agree(&sorted(a), &sorted(b));
            }
            all(a.iter().map(|(key, value)| agree(value, b.get(key).unwrap_or(null()))))
        }
        (Value::Number(a), Value::Number(b)) => Some(a == b || a.as_f64() == b.as_f64()),
        _ => Some(ours == django),
    }
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn sorted(list: &Value) -> Value {
    let mut list = items(list).to_vec();
    list.sort_by_key(Value::to_string);
    list.into()
}

/// Runs the program on a case and gives what it says on standard output.
fn ask(name: &str, case: &Case, version: &str, words: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).arg(corpus().join(name)).args(["--django", version]);
    if let Some(settings) = &case.settings {
        command.args(["--settings", settings]);
    }
    let done = command.env_remove("VIRTUAL_ENV").output().unwrap();
    let status = done.status.code();
    assert!(
        matches!(status, Some(0 | 1)),
        "{name}: {words:?}: {status:?}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{name}: {words:?}: no JSON: {error}"))
}

/// Each project of each case with each version: our answer and Django's.
fn each_project(words: &[&str], mut judge: impl FnMut(&str, &Value, &Value)) {
    for (name, case) in cases() {
        for version in &case.django {
            let answer = ask(&name, &case, version, words);
            let record = record(&name, version);
            for root in &case.roots {
                let ours = match answer.get("projects") {
                    Some(projects) => {
                        items(projects).iter().find(|project| at(project, "root") == root.as_str())
                    }
                    None => Some(&answer),
                };
                let place = format!("{name} {root} on Django {version}");
                let ours = ours.unwrap_or_else(|| panic!("{place}: no answer for this root"));
                judge(&place, ours, at(at(&record, "projects"), root));
            }
        }
    }
}

#[test]
fn every_case_says_what_it_is_about_and_is_recorded() {
    let cases = cases();
    assert!(cases.len() >= 40);
    for (name, case) in cases {
        assert!(case.about.len() > 20, "{name}");
        for version in &case.django {
            let record = record(&name, version);
            assert_eq!(at(&record, "django"), version.as_str(), "{name}");
            for root in &case.roots {
                assert!(at(at(&record, "projects"), root).get("graph").is_some(), "{name} {root} {version}");
            }
        }
    }
}

#[test]
fn values_are_compared_as_python_compares_them() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(agree(&json(r#"{"a": 1, "b": [2.0]}"#), &json(r#"{"b": [2], "a": 1}"#)), Some(true));
    assert_eq!(agree(&json(r#"{"$set": [1, 2]}"#), &json(r#"{"$set": [2, 1]}"#)), Some(true));
    assert_eq!(agree(&json(r#"[{"$unknown": "x"}, 1]"#), &json("[3, 1]")), None);
    assert_eq!(agree(&json(r#"[{"$unknown": "x"}, 1]"#), &json("[3, 2]")), Some(false));
    assert_eq!(agree(&json(r#"{"$ref": "a.b.C"}"#), &json(r#"{"$ref": "a.C"}"#)), Some(true));
    assert_eq!(agree(&json("[1]"), &json(r#"{"$tuple": [1]}"#)), Some(false));
}

#[test]
fn graphs_are_those_of_django() {
    let mut tally = Tally::default();
    each_project(&["graph", "--json"], |place, ours, record| {
        let django = at(record, "graph");
        if let Some(error) = django.get("error") {
            // Django stops; what it stops at has to be told.
            if items(at(ours, "problems")).is_empty() {
                tally.fail(format!("{place}: no problem is told, and Django raises {error}"));
            }
            return;
        }
        for key in ["edges", "roots", "leaves"] {
            let same = (sorted(at(ours, key)), sorted(at(django, key)));
            tally.same(|| format!("{place}: {key}"), &same.0, &same.1);
        }
        for key in ["conflicts", "plan"] {
            tally.same(|| format!("{place}: {key}"), at(ours, key), at(django, key));
        }
        let mut theirs = at(django, "migrations").as_object().cloned().unwrap_or_default();
        for migration in items(at(ours, "migrations")) {
            let text = |key| at(migration, key).as_str().unwrap_or_default();
            if text("origin") != "project" {
                continue;
            }
            let key = format!("{}.{}", text("app"), text("name"));
            let Some(wanted) = theirs.remove(&key) else {
                tally.fail(format!("{place}: {key} is no migration to Django"));
                continue;
            };
            for part in ["initial", "atomic", "in_graph"] {
                tally.same(|| format!("{place}: {key}: {part}"), at(migration, part), at(&wanted, part));
            }
            for part in ["dependencies", "run_before", "replaces"] {
                let same = (sorted(at(migration, part)), sorted(at(&wanted, part)));
                tally.same(|| format!("{place}: {key}: {part}"), &same.0, &same.1);
            }
            let operations = described(at(migration, "operations"));
            tally.same(|| format!("{place}: {key}: operations"), &operations, at(&wanted, "operations"));
        }
        for key in theirs.keys() {
            tally.fail(format!("{place}: {key} is missing"));
        }
    });
    tally.finish("graph");
}

/// `[[class, sentence], …]`
fn described(operations: &Value) -> Value {
    let pairs = items(operations)
        .iter()
        .map(|operation| Value::from(vec![at(operation, "op").clone(), at(operation, "describe").clone()]));
    pairs.collect::<Vec<_>>().into()
}

fn compare_models(tally: &mut Tally, place: &str, ours: &Value, django: &Value) {
    let Some(django) = django.as_object() else { return };
    if django.contains_key("error") {
        return;
    }
    let unresolved = items(at(ours, "unresolved"));
    let ours = at(ours, "models");
    for (label, theirs) in django {
        // What is said to be known in part only: a model, or all of an app.
        let open = unresolved.iter().any(|unknown| {
            let model = at(unknown, "model").as_str();
            at(unknown, "field").is_null()
                && (model == Some(label) || model.is_some() && model == label.split('.').next())
        });
        let Some(mine) = ours.get(label) else {
            if open {
                tally.undecided += 1;
            } else {
                tally.fail(format!("{place}: no model {label}"));
            }
            continue;
        };
        let names = |model: &Value| {
            items(at(model, "fields")).iter().map(|field| at(field, "name").clone()).collect::<Vec<_>>()
        };
        let order = (names(mine).into(), names(theirs).into());
        if open {
            let known = items(&order.0).iter().all(|name| items(&order.1).contains(name));
            tally.same(|| format!("{place}: {label}: fields"), &known.into(), &true.into());
        } else {
            tally.same(|| format!("{place}: {label}: order of fields"), &order.0, &order.1);
        }
        tally.same(|| format!("{place}: {label}: name"), at(mine, "name"), at(theirs, "name"));
        for field in items(at(theirs, "fields")) {
            let Some(own) = items(at(mine, "fields")).iter().find(|own| at(own, "name") == at(field, "name"))
            else {
                continue;
            };
            let name = at(field, "name");
            for part in ["class", "args"] {
                tally.same(|| format!("{place}: {label}.{name}: {part}"), at(own, part), at(field, part));
            }
            compare_entries(
                tally,
                &format!("{place}: {label}.{name}"),
                at(own, "kwargs"),
                at(field, "kwargs"),
                false,
            );
        }
        compare_entries(
            tally,
            &format!("{place}: {label}: option"),
            at(mine, "options"),
            at(theirs, "options"),
            open,
        );
    }
}

/// Entry by entry, so that one unknown does not hide the others; where the whole is `open`, what is not
/// there is not known.
fn compare_entries(tally: &mut Tally, place: &str, ours: &Value, django: &Value, open: bool) {
    let (Some(ours), Some(django)) = (ours.as_object(), django.as_object()) else {
        return tally.same(|| place.to_owned(), ours, django);
    };
    for (key, value) in django {
        match ours.get(key) {
            Some(own) => tally.same(|| format!("{place}: {key}"), own, value),
            None if open => tally.undecided += 1,
            None => tally.fail(format!("{place}: {key} is missing, Django has {value}")),
        }
    }
    for (key, value) in ours {
        if !django.contains_key(key) && value.get("$unknown").is_none() {
            tally.fail(format!("{place}: {key} = {value}, which Django has not"));
        }
    }
}

#[test]
fn states_after_the_migrations_are_those_of_django() {
    let mut tally = Tally::default();
    each_project(&["state", "--json"], |place, ours, record| {
        compare_models(&mut tally, place, ours, at(record, "state"));
    });
    tally.finish("state");
}

#[test]
fn states_of_the_models_are_those_of_django() {
    let mut tally = Tally::default();
    each_project(&["state", "--models", "--json"], |place, ours, record| {
        compare_models(&mut tally, place, ours, at(record, "models"));
    });
    tally.finish("models");
}

#[test]
fn missing_migrations_are_those_of_django() {
    let mut tally = Tally::default();
    each_project(&["missing", "--json"], |place, ours, record| {
        let Some(django) = record.get("missing").and_then(Value::as_object) else { return };
        if django.contains_key("error") {
            return;
        }
        let undecided = at(ours, "verdict") == "undecided";
        let changes = at(ours, "changes").as_object().cloned().unwrap_or_default();
        for app in django.keys().chain(changes.keys().filter(|app| !django.contains_key(*app))) {
            let own = described(changes.get(app).unwrap_or(null()));
            let wanted = django.get(app).cloned().unwrap_or_else(|| Vec::<Value>::new().into());
            let only_less = items(&own).iter().all(|change| items(&wanted).contains(change));
            if undecided && only_less && own != wanted {
                tally.undecided += 1;
            } else {
                tally.same(|| format!("{place}: changes of {app}"), &own, &wanted);
            }
        }
        if django.is_empty() && changes.is_empty() {
            let verdict = if undecided { "undecided" } else { "clean" };
            tally.same(|| format!("{place}: verdict"), at(ours, "verdict"), &verdict.into());
        }
    });
    tally.finish("missing");
}

#[test]
fn rules_fire_where_the_cases_say_and_not_beside() {
    let mut tally = Tally::default();
    for (name, case) in cases() {
        let Some(version) = case.django.last() else { continue };
        let answer = ask(&name, &case, version, &["check", "--format", "json"]);
        let projects = answer.get("projects").map_or(std::slice::from_ref(&answer), items);
        let found = |wanted: &Finding| {
            projects.iter().flat_map(|project| items(at(project, "findings"))).any(|finding| {
                let is = |key: &str, text: &Option<String>| {
                    text.as_ref().is_none_or(|text| at(finding, key) == text.as_str())
                };
                let line = at(at(at(finding, "range"), "start"), "line");
                at(finding, "rule") == wanted.rule.as_str()
                    && is("app", &wanted.app)
                    && is("migration", &wanted.migration)
                    && wanted.line.is_none_or(|wanted| *line == wanted)
            })
        };
        for (list, should) in [(&case.expect, true), (&case.quiet, false)] {
            for wanted in list {
                tally.compared += 1;
                if found(wanted) != should {
                    let verb = if should { "is not reported" } else { "is reported" };
                    let place = [&wanted.app, &wanted.migration]
                        .map(|part| part.clone().unwrap_or_default())
                        .join(" ");
                    tally
                        .differences
                        .push(format!("{name} on Django {version}: {} {verb}: {place}", wanted.rule));
                }
            }
        }
    }
    tally.finish("rules");
}

/// `CORPUS_UPDATE=1` writes the files anew.
#[test]
fn findings_are_those_that_the_cases_list() {
    let update = std::env::var_os("CORPUS_UPDATE").is_some();
    let mut compared = 0;
    let mut differences = String::new();
    for (name, case) in cases() {
        let Some(version) = case.django.last() else { continue };
        for dialect in &case.findings {
            let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
            command.args(["check", "--format", "concise", "--dialect", dialect, "--django", version]);
            let done = command.arg(corpus().join(&name)).env_remove("VIRTUAL_ENV").output().unwrap();
            let errors = String::from_utf8_lossy(&done.stderr);
            assert!(matches!(done.status.code(), Some(0 | 1)), "{name} on {dialect}: {errors}");
            let found = String::from_utf8_lossy(&done.stdout).into_owned();
            let path = corpus().join(&name).join(format!("findings-{}.txt", dialect.replace(':', "-")));
            if update {
                fs::write(&path, &found).unwrap();
            }
            let listed = fs::read_to_string(&path).unwrap_or_default();
            compared += 1;
            let (found, listed): (Vec<_>, Vec<_>) = (found.lines().collect(), listed.lines().collect());
            for (sign, lines, others) in [('+', &found, &listed), ('-', &listed, &found)] {
                for line in lines.iter().filter(|line| !others.contains(line)) {
                    let _ = writeln!(differences, "{name} on {dialect}: {sign} {line}");
                }
            }
        }
    }
    assert!(compared >= 10);
    assert!(differences.is_empty(), "CORPUS_UPDATE=1 accepts these:\n{differences}");
}

/// Rules that a case of one revision cannot raise: they compare with a base or with what a database has
/// applied. `tests/history.rs` has their cases.
const NEED_MORE: &[&str] = &[
    "edited-migration",
    "deleted-migration",
    "collides-with-target",
    "inserted-migration",
    "inconsistent-history",
    "drop-with-code",
    "mixed-change",
    "still-referenced",
];

#[test]
fn every_rule_has_a_case_in_which_it_fires() {
    let mut fires: std::collections::BTreeSet<String> = NEED_MORE.iter().map(|&rule| rule.into()).collect();
    for (name, case) in cases() {
        fires.extend(case.expect.iter().map(|finding| finding.rule.clone()));
        for dialect in &case.findings {
            let path = corpus().join(&name).join(format!("findings-{}.txt", dialect.replace(':', "-")));
            let text = fs::read_to_string(path).unwrap();
            let rules = text.lines().filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0));
            fires.extend(rules.map(str::to_owned));
        }
    }
    let without: Vec<&str> = migcheck::rules::RULES
        .iter()
        .map(|rule| rule.info.name)
        .filter(|name| !fires.contains(*name))
        .collect();
    assert!(without.is_empty(), "no case: {without:?}");
}
