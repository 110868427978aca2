//! The part of the graph that a change touches, for mermaid: its migrations, what they stand on, and
//! what the target branch has beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::mermaid::escape;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::django::migration::Migration;

/// GitHub draws no more than 500 edges, and nobody reads a hundred nodes.
const MOST: usize = 60;

/// Classes by colours that read on light and dark pages alike.
const CLASSES: &str = "  classDef new fill:#d9efd8,stroke:#2e7d32,color:#10310f
  classDef conflict fill:#f8c9c9,stroke:#b00020,stroke-width:2px,color:#3d0008
  classDef target fill:#e6dbf6,stroke:#6a3fb5,color:#23104a
";

/// The flowchart; `None` where the change has no migration, or too many to draw.
pub fn render(
    loaded: &LoadedGraph,
    new: &BTreeSet<MigrationKey>,
    on_target: &[Arc<Migration>],
    target: &str,
) -> Option<String> {
    let apps: BTreeSet<&AppLabel> = new.iter().map(|key| &key.app).collect();
    let theirs: Vec<&Arc<Migration>> =
        on_target.iter().filter(|migration| apps.contains(&migration.key.app)).collect();
    let mut edges: BTreeSet<(MigrationKey, MigrationKey)> = BTreeSet::new();
    let mut shown: BTreeSet<MigrationKey> =
        new.iter().filter(|key| loaded.graph.contains(key)).cloned().collect();
    for key in new {
        for parent in loaded.graph.parents(key) {
            shown.insert(parent.clone());
            edges.insert((parent, key.clone()));
        }
        for child in loaded.graph.children(key) {
            shown.insert(child.clone());
            edges.insert((key.clone(), child));
        }
    }
    for migration in &theirs {
        shown.insert(migration.key.clone());
        for dependency in &migration.dependencies {
            shown.insert(dependency.key.clone());
            edges.insert((dependency.key.clone(), migration.key.clone()));
        }
    }
    for app in &apps {
        let leaves = loaded.conflicts.get(*app).into_iter().flatten();
        shown.extend(leaves.map(|name| MigrationKey::new((*app).clone(), name.clone())));
    }
    if shown.is_empty() || shown.len() > MOST {
        return None;
    }
    let collides = |key: &MigrationKey| is_conflict(loaded, &theirs, new, key);
    let ids: BTreeMap<&MigrationKey, usize> = shown.iter().enumerate().map(|(id, key)| (key, id)).collect();
    let mut out = String::from("flowchart LR\n");
    let mut by_app: BTreeMap<&AppLabel, Vec<&MigrationKey>> = BTreeMap::new();
    for key in &shown {
        by_app.entry(&key.app).or_default().push(key);
    }
    for (place, (app, keys)) in by_app.iter().enumerate() {
        let _ = writeln!(out, "  subgraph a{place}[\"{}\"]", escape(app.as_str()));
        for key in keys {
            let id = ids.get(key).copied().unwrap_or_default();
            let is_theirs = theirs.iter().any(|migration| migration.key == **key);
            let class = match (collides(key), is_theirs, new.contains(key)) {
                (true, ..) => ":::conflict",
                (_, true, _) => ":::target",
                (_, _, true) => ":::new",
                _ => "",
            };
            let label = if is_theirs { format!("{} ({target})", key.name) } else { key.name.to_string() };
            let _ = writeln!(out, "    m{id}[\"{}\"]{class}", escape(&label));
        }
        out.push_str("  end\n");
    }
    for (parent, child) in &edges {
        if let (Some(parent), Some(child)) = (ids.get(parent), ids.get(child)) {
            let _ = writeln!(out, "  m{parent} --> m{child}");
        }
    }
    out.push_str(CLASSES);
    Some(out)
}

/// Whether it is one of several leaves of its app, here or once merged.
fn is_conflict(
    loaded: &LoadedGraph,
    theirs: &[&Arc<Migration>],
    new: &BTreeSet<MigrationKey>,
    key: &MigrationKey,
) -> bool {
    if loaded.conflicts.get(&key.app).is_some_and(|leaves| leaves.contains(&key.name)) {
        return true;
    }
    let own = |migration: &&&Arc<Migration>| migration.key.app == key.app;
    let their_leaf = |key: &MigrationKey| {
        theirs.iter().filter(own).all(|migration| migration.dependencies.iter().all(|it| it.key != *key))
    };
    let is_leaf = loaded.graph.children(key).iter().all(|child| child.app != key.app);
    let both = theirs.iter().any(|migration| migration.key.app == key.app)
        && new.iter().any(|other| other.app == key.app);
    // What is on the target and stands on nothing new, beside what is new and stands on nothing of it.
    let their_tip = theirs.iter().filter(own).any(|migration| migration.key == *key) && their_leaf(key);
    both && (their_tip || (new.contains(key) && is_leaf))
}
