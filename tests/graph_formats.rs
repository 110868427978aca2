//! What `graph` prints, format by format, of one history that has everything in it.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use migcheck::django::keys::{AppLabel, MigrationKey};
use migcheck::django::loader::{AppsForLoader, LoadedGraph, MigrationLoader};
use migcheck::django::migration::{Dependency, Migration, Origin};
use migcheck::django::version::DjangoVersion;
use migcheck::report::graph::{View, dot, json, mermaid, text};

fn entries(app: &str, texts: &[&str]) -> Vec<Dependency> {
    let entry = |text: &&str| {
        let (given, name) = text.split_once('.').unwrap();
        let app = if given.is_empty() { app } else { given };
        Dependency { key: MigrationKey::new(AppLabel::new(app), name), swappable: None, at: None }
    };
    texts.iter().map(entry).collect()
}

struct History(Vec<Arc<Migration>>);

impl History {
    fn add(&mut self, app: &str, name: &str, dependencies: &[&str], more: impl FnOnce(&mut Migration)) {
        let key = MigrationKey::new(AppLabel::new(app), name);
        let mut migration = Migration::empty(key, Origin::Project);
        migration.dependencies = entries(app, dependencies);
        more(&mut migration);
        self.0.push(Arc::new(migration));
    }
}

/// A squash in use, a conflict, edges across apps, `run_before`, an app without source, problems.
fn history() -> LoadedGraph {
    let mut history = History(Vec::new());
    history.add("shop", "0001_initial", &["accounts.__first__"], |_| {});
    history.add("shop", "0002_price", &[".0001_initial"], |_| {});
    history.add("shop", "0001_squashed_0002_price", &["accounts.__first__"], |squash| {
        squash.replaces = entries("shop", &[".0001_initial", ".0002_price"]);
    });
    history.add("shop", "0003_left", &[".0002_price"], |_| {});
    history.add("shop", "0003_right", &[".0002_price", "theirs.0007_known"], |_| {});
    history.add("accounts", "0001_initial", &[], |it| it.initial = Some(true));
    history.add("accounts", "0002_early", &[".0001_initial"], |it| {
        it.run_before = entries("accounts", &["shop.0003_left"]);
    });
    history.add("accounts", "0003_lost", &[".0002_early", ".0002_misspelt"], |_| {});
    let apps = AppsForLoader {
        migrated: ["accounts", "shop"].map(AppLabel::new).into(),
        assumed: [AppLabel::new("theirs")].into(),
        ..AppsForLoader::default()
    };
    MigrationLoader::build(history.0, &apps, DjangoVersion::V5_2)
}

/// Names that nobody should give, but a repository that is looked at may.
fn hostile() -> LoadedGraph {
    let mut history = History(Vec::new());
    history.add("end", "0001\"]; x -> y [label=\"\\", &[], |_| {});
    history.add(
        "end",
        "0002\u{1b}[31m\u{202e}<b>#quot;|{}\n%%{init: {}}%%",
        &[".0001\"]; x -> y [label=\"\\"],
        |_| {},
    );
    history.add("end\"subgraph", "end", &[], |_| {});
    let apps = AppsForLoader {
        migrated: ["end", "end\"subgraph"].map(AppLabel::new).into(),
        ..AppsForLoader::default()
    };
    MigrationLoader::build(history.0, &apps, DjangoVersion::V5_2)
}

#[test]
fn a_graph_in_every_format() {
    let (loaded, all) = (history(), View::default());
    insta::assert_snapshot!("text", text::render(&loaded, &all));
    insta::assert_snapshot!("dot", dot::render(&loaded, &all));
    insta::assert_snapshot!("mermaid", mermaid::render(&loaded, &all));
    insta::assert_json_snapshot!("json", json::render(&loaded, &all));
}

#[test]
fn a_part_of_a_graph() {
    let loaded = history();
    let view = View { apps: [AppLabel::new("accounts")].into(), no_external: true };
    insta::assert_snapshot!("one_app_text", text::render(&loaded, &view));
    insta::assert_snapshot!("one_app_dot", dot::render(&loaded, &view));
}

#[test]
fn names_cannot_break_out_of_a_format() {
    let (loaded, all) = (hostile(), View::default());
    insta::assert_snapshot!("hostile_text", text::render(&loaded, &all));
    insta::assert_snapshot!("hostile_dot", dot::render(&loaded, &all));
    insta::assert_snapshot!("hostile_mermaid", mermaid::render(&loaded, &all));
    for output in [text::render(&loaded, &all), dot::render(&loaded, &all), mermaid::render(&loaded, &all)] {
        assert!(!output.contains(['\u{1b}', '\u{202e}']), "{output}");
    }
}

#[test]
fn an_empty_graph_has_an_answer_in_every_format() {
    let loaded = MigrationLoader::build(Vec::new(), &AppsForLoader::default(), DjangoVersion::V5_2);
    let all = View::default();
    assert_eq!(text::render(&loaded, &all), "0 migrations in 0 apps\n");
    assert!(dot::render(&loaded, &all).ends_with("}\n"));
    assert!(mermaid::render(&loaded, &all).starts_with("flowchart TB\n"));
}
