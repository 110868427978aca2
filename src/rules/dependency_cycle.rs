//! `dependency-cycle`: migrations depend on each other in a circle.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::keys::MigrationKey;
use crate::django::loader::Problem;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Place, Severity};

/// Finds where migrations depend on each other in a circle.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "dependency-cycle",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "migrations depend on each other in a circle",
        what: "Fires on a cycle among dependencies, `run_before` included, and on squashes that replace each other; shows each edge where it is written.",
        why: "Every command that loads migrations stops with `CircularDependencyError`.",
        example: "# a/migrations/0001_initial.py
dependencies = [(\"b\", \"0001_initial\")]
# b/migrations/0001_initial.py
dependencies = [(\"a\", \"0001_initial\")]",
        safe_way: "Take one edge out. Where two apps refer to each other, create the models first and add one of the foreign keys in a second migration, as `makemigrations` does.",
        evidence: "Django: `MigrationGraph.ensure_not_cyclic`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let ours =
        |key: &MigrationKey| cx.graph.disk.get(key).filter(|migration| migration.origin == Origin::Project);
    for problem in &cx.graph.problems {
        match problem {
            Problem::Cycle { steps } => {
                let Some((step, migration)) = steps.iter().find_map(|step| Some((step, ours(&step.child)?)))
                else {
                    continue;
                };
                let mut path: Vec<_> = steps.iter().map(|step| format!("`{}`", step.child)).collect();
                path.extend(path.first().cloned());
                let message = format!("migrations depend on each other in a circle: {}", path.join(" → "));
                let place = step.at.clone().map_or_else(|| place_of(migration), Place::Range);
                let mut finding = Finding::new(RULE.info.name, RULE.info.severity, place, message)
                    .of(&step.child)
                    .about(path.join(" "));
                for other in steps.iter().filter(|other| *other != step) {
                    if let Some(at) = &other.at {
                        finding =
                            finding.label(at.clone(), format!("{} depends on {}", other.child, other.parent));
                    }
                }
                sink.report(finding);
            }
            Problem::ReplacementCycle { path, at } => {
                let Some((key, migration)) = path.iter().find_map(|key| Some((key, ours(key)?))) else {
                    continue;
                };
                let names = path.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" → ");
                let message = format!("squashed migrations replace each other: {names}");
                let place = at.clone().map_or_else(|| place_of(migration), Place::Range);
                sink.report(
                    Finding::new(RULE.info.name, RULE.info.severity, place, message).of(key).about(names),
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn a_circle_and_none() {
        let on = |name: &str, after: &[&str]| migration(name, after, vec![], "");
        let circle = findings(vec![
            on("a.0001_initial", &["b.0001_initial"]),
            on("b.0001_initial", &["a.0001_initial"]),
        ]);
        assert_eq!(rules_of(&circle), ["dependency-cycle"]);
        // Apps may depend on each other, migrations may not.
        let apps = vec![
            on("a.0001_initial", &[]),
            on("b.0001_initial", &["a.0001_initial"]),
            on("a.0002_b", &["a.0001_initial", "b.0001_initial"]),
        ];
        assert!(findings(apps).is_empty());
        let mut first = on("a.0001_initial", &["a.0002_x"]);
        first.run_before = vec![];
        assert_eq!(
            rules_of(&findings(vec![first, on("a.0002_x", &["a.0001_initial"])])),
            ["dependency-cycle"]
        );
    }

    #[test]
    fn run_before_counts() {
        let key = |name: &str| Dependency { key: key(name), swappable: None, at: None };
        let mut second = migration("0002_x", &["0001_initial"], vec![], "");
        second.run_before = vec![key("0001_initial")];
        assert_eq!(rules_of(&findings(vec![initial(), second])), ["dependency-cycle"]);
    }
}
