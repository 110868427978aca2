//! `graph --dot`: the graph for Graphviz. A box an app, time runs downwards; what a node or an
//! edge is shows by shape or line as well as by colour.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Look, View, replaced_edges};
use crate::django::graph::EdgeKind;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::report::printable::one_line;

const HEADER: &str = r##"digraph migrations {
  graph [rankdir=TB, newrank=true, nodesep=0.15, ranksep=0.3, fontname="Helvetica", bgcolor="#ffffff"];
  node [fontname="Helvetica", fontsize=10, shape=box, style="rounded,filled", color="#5b6770", fillcolor="#ffffff", height=0.3, margin="0.12,0.05"];
  edge [color="#5b6770", arrowsize=0.6, fontname="Helvetica", fontsize=8];
"##;

const LEGEND: &str = r##"  subgraph cluster_legend {
    label="Legend"; fontsize=10; style="rounded"; color="#c8ced3"; margin=8;
    legend [shape=plain, style="", label=<<table border="0" cellspacing="2" cellpadding="2">
"##;

/// The graph in the DOT language.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let mut out = String::from(HEADER);
    let shown: BTreeSet<&MigrationKey> = loaded.disk.keys().filter(|key| view.shows(loaded, key)).collect();
    let looks: BTreeMap<&MigrationKey, Look> =
        shown.iter().map(|key| (*key, Look::of(loaded, key))).collect();
    let mut apps: BTreeMap<&AppLabel, Vec<&MigrationKey>> = BTreeMap::new();
    for key in &shown {
        apps.entry(&key.app).or_default().push(key);
    }
    for (place, (app, keys)) in apps.iter().enumerate() {
        let (colour, background) =
            if loaded.conflicts.contains_key(app) { ("#b00020", "#fdf3f3") } else { ("#c8ced3", "#f7f8f9") };
        let _ = writeln!(
            out,
            "  subgraph cluster_{place} {{\n    label={}; labeljust=l; fontsize=13; style=rounded; \
             color=\"{colour}\"; bgcolor=\"{background}\"; margin=10;",
            quote(app.as_str())
        );
        for key in keys {
            let look = looks.get(key).copied().unwrap_or(Look::Plain);
            let _ = writeln!(out, "    {} [label={}{}];", id(key), quote(&key.name), style(look));
        }
        out.push_str("  }\n");
    }
    let mut edges: BTreeSet<&'static str> = BTreeSet::new();
    for (child, parent, edge) in loaded.graph.edges() {
        if shown.contains(&child) && shown.contains(&parent) {
            let (name, attributes) = match (edge.kind, child.app == parent.app) {
                (EdgeKind::RunBefore, _) => ("run_before", RUN_BEFORE),
                (EdgeKind::Dependency, true) => ("", " [weight=20]"),
                (EdgeKind::Dependency, false) => ("cross", CROSS_APP),
            };
            edges.insert(name);
            let _ = writeln!(out, "  {} -> {}{attributes};", id(&parent), id(&child));
        }
    }
    for (from, to, squash) in replaced_edges(loaded, &shown) {
        let attributes = if squash { REPLACED_BY } else { REPLACED };
        let _ = writeln!(out, "  {} -> {}{attributes};", id(from), id(to));
    }
    out.push_str(&legend(&looks.into_values().collect(), &edges));
    out.push_str("}\n");
    out
}

const RUN_BEFORE: &str =
    " [color=\"#b35900\", style=dashed, arrowhead=diamond, label=\"run_before\", fontcolor=\"#b35900\"]";
const CROSS_APP: &str = " [color=\"#2f6fce\", style=dotted, penwidth=1.4, arrowhead=vee]";

const REPLACED: &str = " [color=\"#8a949c\", style=dashed, weight=10]";
const REPLACED_BY: &str = " [color=\"#6a3fb5\", style=dashed, arrowhead=odot, constraint=false]";

fn style(look: Look) -> &'static str {
    match look {
        Look::Plain => "",
        Look::Leaf => ", peripheries=2, fillcolor=\"#d9efd8\", color=\"#2e7d32\"",
        Look::Conflict => {
            ", shape=octagon, style=filled, fillcolor=\"#f8c9c9\", color=\"#b00020\", penwidth=2"
        }
        Look::Squash => ", shape=box3d, style=filled, fillcolor=\"#e6dbf6\", color=\"#6a3fb5\"",
        Look::SquashLeaf => {
            ", shape=box3d, style=filled, fillcolor=\"#d9efd8\", color=\"#2e7d32\", peripheries=2"
        }
        Look::Replaced => ", shape=note, style=dashed, color=\"#8a949c\", fontcolor=\"#6b747b\"",
        Look::Assumed => ", shape=ellipse, style=dashed, color=\"#8a949c\", fontcolor=\"#6b747b\"",
    }
}

/// A row for each look and line that the picture has; nothing where all is plain.
fn legend(looks: &BTreeSet<Look>, edges: &BTreeSet<&'static str>) -> String {
    let mut rows = Vec::new();
    for look in looks {
        let (colour, text) = match look {
            Look::Plain => continue,
            Look::Leaf => ("#d9efd8", "double border: leaf"),
            Look::Conflict => ("#f8c9c9", "octagon: one of several leaves, a conflict"),
            Look::Squash => ("#e6dbf6", "3D box: squash"),
            Look::SquashLeaf => ("#d9efd8", "3D box: squash and leaf"),
            Look::Replaced => ("#ffffff", "dashed note: replaced by the squash it leads to"),
            Look::Assumed => ("#ffffff", "dashed ellipse: source not at hand"),
        };
        rows.push(format!("<tr><td align=\"left\" bgcolor=\"{colour}\">{text}</td></tr>"));
    }
    for (name, colour, text) in [
        ("cross", "#2f6fce", "dotted: dependency across apps"),
        ("run_before", "#b35900", "dashed with diamond: run_before"),
    ] {
        if edges.contains(name) {
            rows.push(format!("<tr><td align=\"left\"><font color=\"{colour}\">{text}</font></td></tr>"));
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    format!("{LEGEND}      {}\n    </table>>];\n  }}\n", rows.join("\n      "))
}

fn id(key: &MigrationKey) -> String {
    quote(&key.to_string())
}

/// A quoted string of the DOT language: only quotes and backslashes need escaping, and a line
/// break or control character has no business in a name.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in one_line(text).chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
