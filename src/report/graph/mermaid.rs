//! `graph --mermaid`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::View;
use crate::django::graph::EdgeKind;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;

/// The graph as a mermaid flowchart: a subgraph an app, numbered identifiers, escaped labels.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let mut out = String::from("flowchart LR\n");
    let shown = || loaded.disk.keys().filter(|key| view.shows(loaded, key));
    let ids: BTreeMap<&MigrationKey, usize> = shown().enumerate().map(|(id, key)| (key, id)).collect();
    let mut apps: BTreeMap<&AppLabel, Vec<&MigrationKey>> = BTreeMap::new();
    for key in shown() {
        apps.entry(&key.app).or_default().push(key);
    }
    let leaves = loaded.graph.leaf_nodes(None);
    for (place, (app, keys)) in apps.iter().enumerate() {
        let _ = writeln!(out, "  subgraph a{place}[\"{}\"]", escape(app.as_str()));
        for key in keys {
            let id = ids.get(key).copied().unwrap_or_default();
            let label = escape(&key.name);
            let leaf = leaves.contains(key);
            let _ = match () {
                () if !loaded.graph.contains(key) => writeln!(out, "    m{id}>\"{label}\"]:::replaced"),
                () if leaf && loaded.conflicts.contains_key(&key.app) => {
                    writeln!(out, "    m{id}{{{{\"{label}\"}}}}:::conflict")
                }
                () if leaf => writeln!(out, "    m{id}([\"{label}\"]):::leaf"),
                () if loaded.disk.get(*key).is_some_and(|it| !it.replaces.is_empty()) => {
                    writeln!(out, "    m{id}[[\"{label}\"]]:::squash")
                }
                () => writeln!(out, "    m{id}[\"{label}\"]"),
            };
        }
        out.push_str("  end\n");
    }
    for (child, parent, edge) in loaded.graph.edges() {
        if let (Some(child_id), Some(parent_id)) = (ids.get(&child), ids.get(&parent)) {
            let arrow = match (edge.kind, child.app == parent.app) {
                (EdgeKind::RunBefore, _) => "==>|run_before|",
                (EdgeKind::Dependency, true) => "-->",
                (EdgeKind::Dependency, false) => "-.->",
            };
            let _ = writeln!(out, "  m{parent_id} {arrow} m{child_id}");
        }
    }
    out.push_str(
        "  classDef leaf fill:#d5ecd4\n  classDef conflict fill:#f4b6b6,stroke:#b00020\n  \
         classDef squash fill:#e3d7f4\n  classDef replaced stroke-dasharray:4,color:#888888\n",
    );
    out
}

/// Mermaid knows entities by number; everything that could end a label becomes one.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
