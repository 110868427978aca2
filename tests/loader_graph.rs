//! The loader, held against the graphs that real Django built of the same histories.
//!
//! `tests/loader/record.py` makes the records inside each version of Django; this needs neither
//! Python nor Django.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migcheck::django::keys::{AppLabel, MigrationKey};
use migcheck::django::loader::{AppsForLoader, LoadedGraph, LoaderOptions, MigrationLoader, Problem};
use migcheck::django::migration::{Dependency, Migration, Origin};
use migcheck::django::version::DjangoVersion;
use serde_json::{Value as Json, json};

const RECORDS: [&str; 3] = [
    include_str!("loader/django-3.2.json"),
    include_str!("loader/django-5.2.json"),
    include_str!("loader/django-6.1.json"),
];

fn key(text: &str, app: &str) -> MigrationKey {
    let (given, name) = text.split_once('.').unwrap();
    MigrationKey::new(AppLabel::new(if given.is_empty() { app } else { given }), name)
}

fn texts(json: &Json) -> impl Iterator<Item = &str> {
    json.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

fn migrations(case: &Json) -> Vec<Arc<Migration>> {
    let mut found = Vec::new();
    for (app, members) in case["apps"].as_object().unwrap() {
        for (name, parts) in members.as_object().unwrap() {
            let keys = |part: &str| -> Vec<Dependency> {
                let keys = texts(&parts[part]).map(|text| key(text, app));
                keys.map(|key| Dependency { key, swappable: None, at: None }).collect()
            };
            let mut migration = Migration::empty(
                MigrationKey::new(AppLabel::new(app.as_str()), name.as_str()),
                Origin::Project,
            );
            migration.dependencies = keys("dependencies");
            migration.run_before = keys("run_before");
            migration.replaces = keys("replaces");
            found.push(Arc::new(migration));
        }
    }
    found
}

fn load(case: &Json, version: DjangoVersion) -> LoadedGraph {
    let apps = AppsForLoader {
        migrated: case["apps"].as_object().unwrap().keys().map(|app| AppLabel::new(app.as_str())).collect(),
        unmigrated: texts(&case["unmigrated"]).map(AppLabel::new).collect(),
        assumed: BTreeSet::new(),
    };
    let options = LoaderOptions {
        replace_migrations: case["replace"].as_bool().unwrap(),
        applied: texts(&case["applied"]).map(|text| key(text, "")).collect(),
    };
    MigrationLoader::build_with(migrations(case), &apps, version, &options)
}

fn names(keys: impl IntoIterator<Item = MigrationKey>) -> Vec<String> {
    keys.into_iter().map(|key| key.to_string()).collect()
}

/// What the record has of a graph.
fn answer(loaded: &LoadedGraph) -> Json {
    let graph = &loaded.graph;
    let mut edges: Vec<[String; 2]> =
        graph.edges().into_iter().map(|(child, parent, _)| [child.to_string(), parent.to_string()]).collect();
    edges.sort();
    let conflicts: BTreeMap<&str, Vec<&str>> = loaded
        .conflicts
        .iter()
        .map(|(app, names)| (app.as_str(), names.iter().map(AsRef::as_ref).collect()))
        .collect();
    let backwards: BTreeMap<String, Vec<String>> = graph
        .root_nodes(None)
        .iter()
        .map(|root| (root.to_string(), names(graph.backwards_plan(root).unwrap())))
        .collect();
    json!({
        "edges": edges,
        "roots": names(graph.root_nodes(None)),
        "leaves": names(graph.leaf_nodes(None)),
        "conflicts": conflicts,
        "plan": names(graph.full_plan()),
        "backwards": backwards,
        "applied": names(loaded.applied.clone()),
    })
}

/// The exception that Django raises for what we note.
fn exception(problem: &Problem) -> &'static str {
    match problem {
        Problem::MissingNode { .. } => "NodeNotFoundError",
        Problem::UnknownApp { .. } | Problem::NoMigrations { .. } => "ValueError",
        Problem::Cycle { .. } => "CircularDependencyError",
        Problem::ReplacementCycle { .. } => "CommandError",
        _ => "none",
    }
}

#[test]
fn histories_come_to_the_graphs_that_django_builds() {
    for text in RECORDS {
        let record: Json = serde_json::from_str(text).unwrap();
        let version = DjangoVersion::parse(record["django"].as_str().unwrap()).unwrap();
        let mut differences = Vec::new();
        for (name, case) in record.as_object().unwrap().iter().filter(|(name, _)| *name != "django") {
            let loaded = load(case, version);
            let django = &case["django"];
            if let Some(error) = django["error"].as_str() {
                let raised: BTreeSet<&str> = loaded.problems.iter().map(exception).collect();
                if raised != BTreeSet::from([error]) {
                    differences.push(format!("{name}: Django raises {error}, ours: {:?}", loaded.problems));
                }
                continue;
            }
            let ours = answer(&loaded);
            if !loaded.problems.is_empty() {
                differences.push(format!("{name}: Django loads it, ours: {:?}", loaded.problems));
            }
            for (part, theirs) in django.as_object().unwrap() {
                if ours[part] != *theirs {
                    differences.push(format!("{name}: {part}\n  ours   {}\n  django {theirs}", ours[part]));
                }
            }
        }
        assert!(differences.is_empty(), "Django {version}\n{}", differences.join("\n"));
    }
}

/// A small generator of numbers, so that a failure comes again.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

/// Migrations of four apps, each depending on some made before it; now and then a squash.
fn random_history(numbers: &mut Numbers) -> Vec<Arc<Migration>> {
    let mut made: Vec<Migration> = Vec::new();
    for place in 0..numbers.below(40) + 2 {
        let app = ["a", "b", "c", "d"][numbers.below(4)];
        let mut migration =
            Migration::empty(key(&format!(".{:04}", numbers.below(3) * 1000 + place), app), Origin::Project);
        for _ in 0..numbers.below(4) {
            if made.is_empty() {
                continue;
            }
            let other = &made[numbers.below(made.len())];
            let entry = Dependency { key: other.key.clone(), swappable: None, at: None };
            match numbers.below(8) {
                0 if other.replaces.is_empty() && other.key.app == migration.key.app => {
                    migration.replaces.push(entry);
                }
                _ => migration.dependencies.push(entry),
            }
        }
        made.push(migration);
    }
    made.into_iter().map(Arc::new).collect()
}

fn apps() -> AppsForLoader {
    AppsForLoader { migrated: ["c", "a", "d", "b"].map(AppLabel::new).into(), ..AppsForLoader::default() }
}

#[test]
fn a_graph_does_not_depend_on_the_order_in_which_migrations_come() {
    let (apps, mut numbers) = (apps(), Numbers(0x9e37_79b9_7f4a_7c15));
    for _ in 0..300 {
        let mut history = random_history(&mut numbers);
        let first = MigrationLoader::build(history.clone(), &apps, DjangoVersion::V6_1);
        numbers.shuffle(&mut history);
        let second = MigrationLoader::build(history, &apps, DjangoVersion::V6_1);
        assert_eq!(answer(&first), answer(&second));
        assert_eq!(first.problems, second.problems);
    }
}

#[test]
fn a_plan_holds_everything_once_and_after_its_parents() {
    let (apps, mut numbers) = (apps(), Numbers(42));
    let (mut without_problems, mut with_problems) = (0, 0);
    for _ in 0..300 {
        let history = random_history(&mut numbers);
        let loaded = MigrationLoader::build(history, &apps, DjangoVersion::V5_2);
        // A squash of arbitrary migrations may close a circle; the rest has a plan all the same.
        if loaded.problems.is_empty() {
            without_problems += 1;
        } else {
            with_problems += 1;
        }
        let plan = loaded.graph.full_plan();
        let place: BTreeMap<&MigrationKey, usize> =
            plan.iter().enumerate().map(|(place, key)| (key, place)).collect();
        assert_eq!(place.len(), plan.len());
        assert_eq!(plan.len(), loaded.graph.keys().count());
        for (child, parent, _) in loaded.graph.edges() {
            assert!(place[&parent] < place[&child], "{parent} before {child}");
        }
    }
    assert!(without_problems > 50 && with_problems > 10, "{without_problems} {with_problems}");
}

#[test]
fn what_is_named_in_an_app_without_source_is_taken_to_exist() {
    let mut migration = Migration::empty(key(".1", "a"), Origin::Project);
    for text in ["x.0042_theirs", "x.__first__", "y.__latest__"] {
        migration.dependencies.push(Dependency { key: key(text, ""), swappable: None, at: None });
    }
    let apps = AppsForLoader {
        migrated: vec![AppLabel::new("a")],
        assumed: ["x", "y"].map(AppLabel::new).into(),
        ..AppsForLoader::default()
    };
    let loaded = MigrationLoader::build(vec![Arc::new(migration)], &apps, DjangoVersion::V6_1);
    assert!(loaded.problems.is_empty() && loaded.conflicts.is_empty());
    assert_eq!(names(loaded.graph.full_plan()), ["y.__latest__", "x.__first__", "x.0042_theirs", "a.1"]);
    assert_eq!(loaded.disk[&key("x.0042_theirs", "")].origin, Origin::Assumed);
}

#[test]
fn before_django_6_a_squash_of_squashes_is_doubtful() {
    let mut history = Vec::new();
    for (name, replaces) in [("1", None), ("1_s", Some(".1")), ("1_t", Some(".1_s"))] {
        let mut migration = Migration::empty(key(&format!(".{name}"), "a"), Origin::Project);
        let entries = replaces.map(|text| Dependency { key: key(text, "a"), swappable: None, at: None });
        migration.replaces = entries.into_iter().collect();
        history.push(Arc::new(migration));
    }
    let kinds = |version| -> Vec<&'static str> {
        let apps = AppsForLoader { migrated: vec![AppLabel::new("a")], ..AppsForLoader::default() };
        let loaded = MigrationLoader::build(history.clone(), &apps, version);
        assert_eq!(names(loaded.graph.full_plan()), ["a.1_t"]);
        loaded.problems.iter().map(Problem::kind).collect()
    };
    assert_eq!(kinds(DjangoVersion::V5_2), ["chained_replacement"]);
    assert!(kinds(DjangoVersion::V6_0).is_empty());
}
