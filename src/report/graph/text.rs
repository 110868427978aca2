//! `graph --text`: each app's migrations in the order in which they are applied, with what they
//! need beyond the migration above.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Look, View};
use crate::django::graph::EdgeKind;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::{LoadedGraph, Problem};
use crate::django::migration::{Migration, Origin};
use crate::report::printable::one_line;
use crate::source::Location;

/// The graph as text.
pub fn render(loaded: &LoadedGraph, view: &View) -> String {
    let plan: Vec<MigrationKey> =
        loaded.graph.full_plan().into_iter().filter(|key| view.shows(loaded, key)).collect();
    let mut apps: BTreeMap<&AppLabel, Vec<&MigrationKey>> = BTreeMap::new();
    for key in &plan {
        apps.entry(&key.app).or_default().push(key);
    }
    let run_before: BTreeSet<(MigrationKey, MigrationKey)> = loaded
        .graph
        .edges()
        .into_iter()
        .filter(|(_, _, edge)| edge.kind == EdgeKind::RunBefore)
        .map(|(child, parent, _)| (child, parent))
        .collect();
    let mut out = String::new();
    let mut marks: BTreeSet<Look> = BTreeSet::new();
    for (app, keys) in &apps {
        let _ = writeln!(out, "{}{}", one_line(app.as_str()), heading(loaded, app, keys));
        let mut above: Option<&MigrationKey> = None;
        for key in keys {
            let look = Look::of(loaded, key);
            marks.insert(look);
            let _ = write!(out, "  {} {}", mark(look), one_line(&key.name));
            let needs = needs(loaded, key, above, &run_before);
            if !needs.is_empty() {
                let _ = write!(out, "  ← {}", needs.join(", "));
            }
            if let Some(migration) = loaded.disk.get(*key).filter(|it| !it.replaces.is_empty()) {
                let _ = write!(out, "  ({})", squash(migration));
            }
            out.push('\n');
            above = Some(key);
        }
        out.push('\n');
    }
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let _ = write!(out, "{} in {}", count(plan.len(), "migration"), count(apps.len(), "app"));
    let explained: Vec<&str> = marks.into_iter().filter_map(explanation).collect();
    let _ = writeln!(out, "{}{}", if explained.is_empty() { "" } else { "   " }, explained.join("  "));
    for problem in &loaded.problems {
        let _ = writeln!(out, "{}", problem_line(problem));
    }
    out
}

/// What is to be said of an app as a whole.
fn heading(loaded: &LoadedGraph, app: &AppLabel, keys: &[&MigrationKey]) -> String {
    let mut notes = Vec::new();
    let origins: BTreeSet<Origin> =
        keys.iter().filter_map(|key| loaded.disk.get(*key)).map(|it| it.origin).collect();
    if !origins.contains(&Origin::Project) {
        notes.extend(origins.iter().map(|origin| match origin {
            Origin::Project | Origin::Installed => "installed".to_owned(),
            Origin::Bundled => "Django's own".to_owned(),
            Origin::Assumed => "source not at hand".to_owned(),
        }));
    }
    if let Some(leaves) = loaded.conflicts.get(app) {
        notes.push(format!("conflict: {} leaves", leaves.len()));
    }
    if notes.is_empty() { String::new() } else { format!("  ({})", notes.join(", ")) }
}

/// Parents other than the migration above, another app's with its label.
fn needs(
    loaded: &LoadedGraph,
    key: &MigrationKey,
    above: Option<&MigrationKey>,
    run_before: &BTreeSet<(MigrationKey, MigrationKey)>,
) -> Vec<String> {
    let parents = loaded.graph.parents(key);
    let beyond: Vec<&MigrationKey> = parents.iter().filter(|parent| Some(*parent) != above).collect();
    let mut needs: Vec<String> = beyond
        .into_iter()
        .map(|parent| {
            let name = if parent.app == key.app { parent.name.to_string() } else { parent.to_string() };
            let asks = run_before.contains(&(key.clone(), parent.clone()));
            format!("{}{}", one_line(&name), if asks { " (run_before)" } else { "" })
        })
        .collect();
    // What stands below another root of its app does not follow what stands above it.
    if needs.is_empty() && parents.is_empty() && above.is_some() {
        needs.push("nothing".to_owned());
    }
    needs
}

fn squash(migration: &Migration) -> String {
    let name = |place: Option<&crate::django::migration::Dependency>| {
        place.map_or_else(String::new, |entry| one_line(&entry.key.name))
    };
    match migration.replaces.as_slice() {
        [one] => format!("squash of {}", name(Some(one))),
        all => format!("squash of {}: {} … {}", all.len(), name(all.first()), name(all.last())),
    }
}

fn mark(look: Look) -> char {
    match look {
        Look::Plain | Look::Replaced => '│',
        Look::Leaf | Look::SquashLeaf => '●',
        Look::Conflict => '✗',
        Look::Squash => '■',
        Look::Assumed => '?',
    }
}

fn explanation(look: Look) -> Option<&'static str> {
    match look {
        Look::Leaf => Some("● leaf"),
        Look::Conflict => Some("✗ one of several leaves"),
        Look::Squash => Some("■ squash"),
        Look::Assumed => Some("? not read"),
        Look::Plain | Look::Replaced | Look::SquashLeaf => None,
    }
}

fn problem_line(problem: &Problem) -> String {
    let message = one_line(&problem.to_string());
    match problem.at() {
        Some(at) => format!("{}:{}: {message}", one_line(at.file.display()), Location::line(at)),
        None => message,
    }
}
