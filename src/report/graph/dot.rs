//! `graph --dot`: the graph for Graphviz. A cluster an app; what a node or an edge is shows by
//! shape or line as well as by colour.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::View;
use crate::django::graph::EdgeKind;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::django::migration::{Migration, Origin};

/// The graph in the DOT language.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let mut out = String::from(
        "digraph migrations {\n  rankdir=LR;\n  compound=true;\n  graph [fontname=\"Helvetica\"];\n  \
         node [fontname=\"Helvetica\", fontsize=10, shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\"];\n  \
         edge [color=\"#444444\"];\n",
    );
    let mut apps: BTreeMap<&AppLabel, Vec<&Migration>> = BTreeMap::new();
    for (key, migration) in &loaded.disk {
        if view.shows(loaded, key) {
            apps.entry(&key.app).or_default().push(migration.as_ref());
        }
    }
    for (place, (app, migrations)) in apps.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{place} {{");
        let _ = writeln!(
            out,
            "    label={}; style=rounded; color=\"#999999\"; bgcolor=\"#f6f6f6\";",
            quote(app.as_str())
        );
        let leaves = loaded.graph.leaf_nodes(Some(app));
        for migration in migrations {
            let _ = writeln!(out, "    {} [{}];", id(&migration.key), node(loaded, migration, &leaves));
        }
        out.push_str("  }\n");
    }
    for (child, parent, edge) in loaded.graph.edges() {
        if !view.shows(loaded, &child) || !view.shows(loaded, &parent) {
            continue;
        }
        let attributes = match (edge.kind, child.app == parent.app) {
            (EdgeKind::RunBefore, _) => {
                " [color=\"#b35900\", style=dashed, arrowhead=diamond, label=\"run_before\"]"
            }
            (EdgeKind::Dependency, true) => " [weight=8]",
            (EdgeKind::Dependency, false) => " [color=\"#3366cc\", style=dotted, arrowhead=vee]",
        };
        let _ = writeln!(out, "  {} -> {}{attributes};", id(&parent), id(&child));
    }
    for migration in loaded.disk.values().filter(|migration| view.shows(loaded, &migration.key)) {
        for replaced in migration.replaces.iter().filter(|it| view.shows(loaded, &it.key)) {
            let _ = writeln!(
                out,
                "  {} -> {} [color=\"#888888\", style=dashed, arrowhead=odot, constraint=false];",
                id(&replaced.key),
                id(&migration.key)
            );
        }
    }
    out.push_str("}\n");
    out
}

fn node(loaded: &LoadedGraph, migration: &Migration, leaves: &[MigrationKey]) -> String {
    let label = quote(&migration.key.name);
    let conflict = loaded.conflicts.contains_key(&migration.key.app);
    let look = if !loaded.graph.contains(&migration.key) {
        // Replaced by a squash.
        "shape=note, style=\"dashed\", color=\"#888888\", fontcolor=\"#888888\""
    } else if conflict && leaves.contains(&migration.key) {
        "shape=octagon, style=filled, fillcolor=\"#f4b6b6\", color=\"#b00020\", penwidth=2"
    } else if migration.origin == Origin::Assumed {
        "shape=ellipse, style=dashed, color=\"#888888\""
    } else if !migration.replaces.is_empty() {
        "shape=box3d, style=filled, fillcolor=\"#e3d7f4\""
    } else if leaves.contains(&migration.key) {
        "peripheries=2, fillcolor=\"#d5ecd4\""
    } else {
        return format!("label={label}");
    };
    format!("label={label}, {look}")
}

fn id(key: &MigrationKey) -> String {
    quote(&key.to_string())
}

/// A quoted string of the DOT language: only quotes and backslashes need escaping, and a line
/// break or control character has no business in a name.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
