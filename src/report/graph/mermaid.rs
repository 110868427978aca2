//! `graph --mermaid`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Look, View, replaced_edges};
use crate::django::graph::EdgeKind;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::report::printable::one_line;

const CLASSES: &str = "  classDef leaf fill:#d9efd8,stroke:#2e7d32
  classDef conflict fill:#f8c9c9,stroke:#b00020,stroke-width:2px
  classDef squash fill:#e6dbf6,stroke:#6a3fb5
  classDef replaced fill:#ffffff,stroke:#8a949c,stroke-dasharray:4,color:#6b747b
  classDef assumed fill:#ffffff,stroke:#8a949c,stroke-dasharray:2,color:#6b747b
";

/// The graph as a mermaid flowchart: a subgraph an app, numbered identifiers, escaped labels.
///
/// Sites that draw mermaid have limits (GitHub: 500 edges); [`View`] makes a graph smaller.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let mut out = String::from("flowchart TB\n");
    let shown: BTreeSet<&MigrationKey> = loaded.disk.keys().filter(|key| view.shows(loaded, key)).collect();
    let ids: BTreeMap<&MigrationKey, usize> = shown.iter().enumerate().map(|(id, key)| (*key, id)).collect();
    let mut apps: BTreeMap<&AppLabel, Vec<(usize, &MigrationKey)>> = BTreeMap::new();
    for (key, id) in &ids {
        apps.entry(&key.app).or_default().push((*id, key));
    }
    for (place, (app, keys)) in apps.iter().enumerate() {
        let _ = writeln!(out, "  subgraph a{place}[\"{}\"]", escape(app.as_str()));
        for (id, key) in keys {
            let _ = writeln!(out, "    {}", node(*id, &escape(&key.name), Look::of(loaded, key)));
        }
        out.push_str("  end\n");
    }
    let mut edge = |from: &MigrationKey, arrow: &str, to: &MigrationKey| {
        if let (Some(from), Some(to)) = (ids.get(from), ids.get(to)) {
            let _ = writeln!(out, "  m{from} {arrow} m{to}");
        }
    };
    for (child, parent, written) in loaded.graph.edges() {
        let arrow = match (written.kind, child.app == parent.app) {
            (EdgeKind::RunBefore, _) => "==>|run_before|",
            (EdgeKind::Dependency, true) => "-->",
            (EdgeKind::Dependency, false) => "-.->",
        };
        edge(&parent, arrow, &child);
    }
    for (from, to, squash) in replaced_edges(loaded, &shown) {
        edge(from, if squash { "-.->|replaced by|" } else { "-.-" }, to);
    }
    out.push_str(CLASSES);
    out
}

/// What a migration is shows by its shape and by its class.
fn node(id: usize, label: &str, look: Look) -> String {
    match look {
        Look::Plain => format!("m{id}[\"{label}\"]"),
        Look::Leaf => format!("m{id}([\"{label}\"]):::leaf"),
        Look::Conflict => format!("m{id}{{{{\"{label}\"}}}}:::conflict"),
        Look::Squash => format!("m{id}[[\"{label}\"]]:::squash"),
        Look::SquashLeaf => format!("m{id}[[\"{label}\"]]:::leaf"),
        Look::Replaced => format!("m{id}>\"{label}\"]:::replaced"),
        Look::Assumed => format!("m{id}(\"{label}\"):::assumed"),
    }
}

/// Mermaid knows entities by number; everything that could end a label or be taken for markup
/// becomes one.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
