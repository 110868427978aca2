//! `dependency-on-latest`: a dependency that moves.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Help, Place, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "dependency-on-latest",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "a dependency on `__latest__`, or on another app's `__first__`, where a name should stand",
        what: "Fires on `__latest__` in `dependencies` or `run_before`, and on `__first__` of another app. Silent for `swappable_dependency`, which needs `__first__`.",
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
                "__first__" if key.app != migration.key.app && dependency.swappable.is_none() => {
                    cx.graph.graph.root_nodes(Some(&key.app))
                }
                _ => continue,
            };
            let message =
                format!("`{}` depends on `{}` of app `{}`, which moves", migration.key, key.name, key.app);
            let place = dependency.at.clone().map_or_else(|| place_of(migration), Place::Range);
            let mut finding = Finding::new(RULE.info.name, RULE.info.severity, place, message)
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

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn latest_and_first_of_another_app() {
        let crm = |name: &str| findings(vec![initial(), migration("crm.0001_initial", &[name], vec![], "")]);
        assert_eq!(rules_of(&crm("shop.__latest__")), ["dependency-on-latest"]);
        assert_eq!(rules_of(&crm("shop.__first__")), ["dependency-on-latest"]);
        assert!(crm("shop.0001_initial").is_empty());
    }

    #[test]
    fn a_swappable_dependency_is_written_so_by_django() {
        let mut crm = migration("crm.0001_initial", &["shop.__first__"], vec![], "");
        crm.dependencies[0].swappable = Some("SHOP_ORDER_MODEL".into());
        assert!(findings(vec![initial(), crm]).is_empty());
    }
}
