//! `corpus/evidence.toml`: each rule fires where it says, and is silent where it comes near.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    fires: Vec<Spot>,
    silent: Vec<NearMiss>,
    /// Databases on which nothing of this fires, and the rule says so, or why it does not there.
    #[serde(default)]
    not_on: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spot {
    case: String,
    /// A migration, an app, or a file.
    at: String,
    #[serde(default = "postgresql")]
    on: String,
    /// Databases on which it does not fire here, though it does elsewhere on them, with the reason.
    #[serde(default)]
    not_on: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NearMiss {
    #[serde(flatten)]
    spot: Spot,
    /// What stands in the file and might have made the rule fire.
    has: Option<String>,
    /// Why it does not.
    why: String,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    django: Vec<String>,
    settings: Option<String>,
}

/// A rule's findings: where they are, and of which migration.
struct Found {
    rule: String,
    path: String,
    app: String,
    migration: String,
}

fn postgresql() -> String {
    "postgresql:16".into()
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// All findings of a case, pedantic ones too.
fn findings(name: &str, dialect: &str) -> Vec<Found> {
    let folder = corpus().join(name);
    let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
    let version = case.django.last().map_or("6.1", String::as_str);
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(["check", "--format", "json", "--quiet", "--pedantic"]).arg(&folder);
    command.args(["--django", version, "--dialect", dialect]).env_remove("VIRTUAL_ENV");
    if let Some(settings) = &case.settings {
        command.args(["--settings", settings]);
    }
    let answer: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let projects =
        answer.get("projects").map_or(std::slice::from_ref(&answer), |all| all.as_array().unwrap());
    let all = projects.iter().flat_map(|project| project["findings"].as_array().unwrap());
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    all.map(|finding| Found {
        rule: text(finding, "rule"),
        path: text(finding, "path"),
        app: text(finding, "app"),
        migration: text(finding, "migration"),
    })
    .collect()
}

impl Found {
    fn is_at(&self, at: &str) -> bool {
        self.path == at || self.app == at || format!("{}.{}", self.app, self.migration) == at
    }
}

/// The file that a place means; a folder, where it means an app.
fn place(spot: &Spot) -> Option<PathBuf> {
    let folder = corpus().join(&spot.case);
    let file = folder.join(&spot.at);
    if file.exists() {
        return Some(file);
    }
    let (app, migration) = spot.at.split_once('.')?;
    Some(folder.join(app).join("migrations").join(format!("{migration}.py"))).filter(|file| file.exists())
}

/// `docs/compared.md`: what stands beside another tool's check are rules, each of which has its evidence.
#[test]
fn other_tools_checks_stand_beside_rules() {
    let text = fs::read_to_string(corpus().join("../docs/compared.md")).unwrap();
    let known: BTreeSet<&str> = migcheck::rules::RULES.iter().map(|rule| rule.info.name).collect();
    let tables = text.split("\n## ").filter(|part| !part.starts_with("Side by side"));
    let mut named = 0;
    for row in tables.flat_map(str::lines).filter(|line| line.starts_with("| ")) {
        let ours = row.rsplit(" | ").next().unwrap_or_default();
        for name in ours.split('`').skip(1).step_by(2) {
            let is_name =
                name.contains('-') && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            if is_name {
                assert!(known.contains(name), "{name} is no rule: {row}");
                named += 1;
            }
        }
    }
    assert!(named > 150, "{named}");
}

/// One of each database that rules tell apart.
const DATABASES: [&str; 5] = ["postgresql:16", "mysql:8.0", "mariadb:10.11", "sqlite", "oracle:19"];

/// Where a rule fires it does so on every database, but for those that its evidence names.
fn every_database(
    all: &BTreeMap<String, Evidence>,
    asked: &mut BTreeMap<(String, String), Vec<Found>>,
    wrong: &mut String,
) {
    let spots = all.values().flat_map(|evidence| &evidence.fires).map(|spot| spot.case.clone());
    let cases: BTreeSet<String> = spots.collect();
    let wanted: Vec<(String, String)> =
        cases.iter().flat_map(|case| DATABASES.map(|on| (case.clone(), on.to_owned()))).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let size = wanted.len().div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = wanted
            .chunks(size)
            .map(|part| {
                scope.spawn(|| {
                    part.iter().map(|key| (key.clone(), findings(&key.0, &key.1))).collect::<Vec<_>>()
                })
            })
            .collect();
        asked.extend(parts.into_iter().flat_map(|part| part.join().unwrap()));
    });
    for (rule, evidence) in all {
        for (spot, on) in evidence.fires.iter().flat_map(|spot| DATABASES.map(|on| (spot, on))) {
            let vendor = on.split(':').next().unwrap();
            let reason = spot.not_on.get(vendor).or_else(|| evidence.not_on.get(vendor));
            let key = (spot.case.clone(), on.to_owned());
            let fires = asked[&key].iter().any(|found| found.rule == *rule && found.is_at(&spot.at));
            if fires == reason.is_some() {
                let _ = writeln!(
                    wrong,
                    "{rule} at {} of {} on {on}: fires: {fires}, reason: {reason:?}",
                    spot.at, spot.case
                );
            }
        }
    }
}

#[test]
fn every_rule_fires_and_is_silent_where_it_comes_near() {
    let text = fs::read_to_string(corpus().join("evidence.toml")).unwrap();
    let all: BTreeMap<String, Evidence> = toml::from_str(&text).unwrap();
    let known: BTreeSet<&str> = migcheck::rules::RULES.iter().map(|rule| rule.info.name).collect();
    let mut asked: BTreeMap<(String, String), Vec<Found>> = BTreeMap::new();
    let mut wrong = String::new();
    every_database(&all, &mut asked, &mut wrong);
    let (mut hits, mut misses) = (0, 0);
    for (rule, evidence) in &all {
        assert!(known.contains(rule.as_str()), "{rule} is no rule");
        assert!(!evidence.fires.is_empty() && !evidence.silent.is_empty(), "{rule} lacks one side");
        let mut fires = |spot: &Spot| {
            let key = (spot.case.clone(), spot.on.clone());
            let found = asked.entry(key).or_insert_with(|| findings(&spot.case, &spot.on));
            found.iter().any(|found| found.rule == *rule && found.is_at(&spot.at))
        };
        for spot in &evidence.fires {
            hits += 1;
            if !fires(spot) {
                let _ = writeln!(wrong, "{rule} does not fire at {} of {} ({})", spot.at, spot.case, spot.on);
            }
        }
        for miss in &evidence.silent {
            misses += 1;
            let NearMiss { spot, has, why } = miss;
            if fires(spot) {
                let _ = writeln!(wrong, "{rule} fires at {} of {} ({}): {why}", spot.at, spot.case, spot.on);
            }
            let there = match (place(spot), has) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(file), Some(has)) => fs::read_to_string(file).is_ok_and(|text| text.contains(has)),
            };
            if !there {
                let _ = writeln!(wrong, "{rule}: {} of {} has no `{has:?}`", spot.at, spot.case);
            }
        }
    }
    println!("{} rules: {hits} places where they fire, {misses} where they come near", all.len());
    assert!(wrong.is_empty(), "{wrong}");
}
