//! `dependency-on-latest`: a dependency that moves.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::migration::{Dependency, Migration, Origin};
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds dependencies on `__latest__`, or on another app's `__first__`, where a name should stand.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "dependency-on-latest",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "a dependency on `__latest__`, or on another app's `__first__`, where a name should stand",
        what: "Fires on `__latest__` in `dependencies` or `run_before`, and, as info, on `__first__` of another app, which moves only where that app is squashed or gets another migration without dependencies. Silent for `swappable_dependency`, which needs `__first__`, and for `__first__` in a migration that sets its app up: what it lacks is told by `undeclared-dependency`.",
        why: "What they mean changes with the migrations that the other app gets: a database that is up to date then finds that an applied migration depends on one that is not (`InconsistentMigrationHistory`), or the graph becomes a circle.",
        example: "dependencies = [(\"crm\", \"__latest__\")]",
        safe_way: "Name the migration that brings what is needed.",
        evidence: "Django: `MigrationLoader.check_key`, `MigrationLoader.check_consistent_history`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for migration in cx.graph.disk.values() {
        if migration.origin != Origin::Project || !cx.is_checked(&migration.key) {
            continue;
        }
        for dependency in migration.dependencies.iter().chain(&migration.run_before) {
            let key = &dependency.key;
            let ends = match key.name.as_ref() {
                "__latest__" => cx.graph.graph.leaf_nodes(Some(&key.app)),
                "__first__" if stands_for_a_name(migration, dependency) => {
                    cx.graph.graph.root_nodes(Some(&key.app))
                }
                _ => continue,
            };
            let latest = key.name.as_ref() == "__latest__";
            let (severity, moves) = if latest {
                (RULE.info.severity, "which moves with each migration that the app gets")
            } else {
                (Severity::Info, "which says nothing of what it needs")
            };
            let message =
                format!("`{}` depends on `{}` of app `{}`, {moves}", migration.key, key.name, key.app);
            let place = dependency.at.clone().map_or_else(|| place_of(migration), Place::Range);
            let mut finding = Finding::new(RULE.info.name, severity, place, message)
                .of(&migration.key)
                .about(key.to_string());
            if let [end] = ends.as_slice() {
                let code = format!("(\"{}\", \"{}\"),", end.app, end.name);
                finding =
                    finding.help(Help::text("Name the migration that is meant.").python("as of now", code));
            }
            sink.report(finding);
        }
    }
}

/// Whether `__first__` is written where the name of another app's migration should be.
fn stands_for_a_name(migration: &Migration, dependency: &Dependency) -> bool {
    let initial = super::run::is_initial(migration);
    dependency.key.app != migration.key.app && dependency.swappable.is_none() && !initial
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn latest_and_first_of_another_app() {
        let crm = |name: &str| {
            let first = migration("crm.0001_initial", &[], vec![], "");
            findings(vec![
                initial(),
                first,
                migration("crm.0002_second", &["crm.0001_initial", name], vec![], ""),
            ])
        };
        assert_eq!(rules_of(&crm("shop.__latest__")), ["dependency-on-latest"]);
        let first = crm("shop.__first__");
        assert_eq!(rules_of(&first), ["dependency-on-latest"]);
        assert_eq!(first[0].severity, crate::report::Severity::Info);
        assert!(crm("shop.0001_initial").is_empty());
        let to_first = |name| findings(vec![initial(), migration("crm.0001_initial", &[name], vec![], "")]);
        assert!(to_first("shop.__first__").is_empty());
        assert_eq!(rules_of(&to_first("shop.__latest__")), ["dependency-on-latest"]);
    }

    #[test]
    fn a_swappable_dependency_is_written_so_by_django() {
        let mut crm = migration("crm.0001_initial", &["shop.__first__"], vec![], "");
        crm.dependencies[0].swappable = Some("SHOP_ORDER_MODEL".into());
        assert!(findings(vec![initial(), crm]).is_empty());
    }
}
