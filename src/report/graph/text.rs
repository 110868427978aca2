//! `graph --text`: each app's migrations in the order in which they are applied, with what they
//! need beyond the migration above.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::View;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::LoadedGraph;
use crate::report::graph::json::origin;

/// The graph as text.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let mut apps: BTreeMap<AppLabel, Vec<MigrationKey>> = BTreeMap::new();
    for key in loaded.graph.full_plan() {
        if view.shows(loaded, &key) {
            apps.entry(key.app.clone()).or_default().push(key);
        }
    }
    let mut out = String::new();
    for (app, keys) in &apps {
        let conflict = loaded.conflicts.get(app);
        let note = if conflict.is_some() { "  (conflict: more than one leaf)" } else { "" };
        let _ = writeln!(out, "{app}{note}");
        let leaves = loaded.graph.leaf_nodes(Some(app));
        let mut above: Option<&MigrationKey> = None;
        for key in keys {
            let mark = match (leaves.contains(key), conflict.is_some()) {
                (true, true) => '!',
                (true, false) => '*',
                (false, _) => '|',
            };
            let _ = write!(out, " {mark} {}", key.name);
            let parents = loaded.graph.parents(key);
            let needs: Vec<String> = parents
                .iter()
                .filter(|parent| Some(*parent) != above)
                .map(|parent| if parent.app == *app { parent.name.to_string() } else { parent.to_string() })
                .collect();
            if !needs.is_empty() {
                let _ = write!(out, "  ← {}", needs.join(", "));
            }
            if let Some(migration) = loaded.disk.get(key) {
                if !migration.replaces.is_empty() {
                    let _ = write!(out, "  (squash of {})", migration.replaces.len());
                }
                if migration.file.is_none() {
                    let _ = write!(out, "  ({})", origin(migration.origin));
                }
            }
            out.push('\n');
            above = Some(key);
        }
    }
    for problem in &loaded.problems {
        let _ = writeln!(out, "{}: {problem}", problem.kind());
    }
    out
}
