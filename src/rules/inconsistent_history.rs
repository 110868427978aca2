//! `inconsistent-history`: what an environment has applied does not fit the migrations.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::applied::Inconsistency;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds where an environment has applied a migration before its dependency, or one that no longer exists.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "inconsistent-history",
        severity: Severity::Error,
        aspect: Aspect::History,
        summary: "an environment has applied a migration before its dependency, or one that no longer exists",
        what: "With `--applied` or `--database-url`: holds what is applied (`showmigrations --plan` or `--list`, the table `django_migrations` as JSON or CSV, or read from the database) against the graph. Fires where one is applied and a dependency of it is not, a squashed migration counting as applied where all that it replaces is. One that is applied and no longer exists, in an app of the repository, is a warning.",
        why: "`migrate` stops in that environment with InconsistentMigrationHistory before it does anything. Of what no longer exists Django takes no notice: its tables and columns stay.",
        example: "$ migcheck check --applied production.txt
[X]  shop.0001_initial
[ ]  shop.0002_note
[X]  shop.0003_total      # depends on 0002_note",
        safe_way: "Take the dependency back if it was added later; else find out what the database has, and record what is there with `migrate --fake`.",
        evidence: "Django: `MigrationLoader.check_consistent_history` (`django/db/migrations/loader.py`).",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(applied) = cx.applied else { return };
    for found in applied.inconsistencies(cx.graph) {
        sink.report(match found {
            Inconsistency::BeforeDependency { migration, dependency } => {
                let place = cx.graph.disk.get(&migration).map_or_else(
                    || Place::Path(applied.source.clone()),
                    |migration| place_of(migration),
                );
                let message = format!(
                    "`{migration}` is applied (`{}`) and its dependency `{dependency}` is not: `migrate` stops with \
                     InconsistentMigrationHistory",
                    applied.source
                );
                let text = format!(
                    "If the database has what `{dependency}` does, record it: `migrate {} {} --fake`. If not, take \
                     the dependency out of `{migration}`.",
                    dependency.app, dependency.name
                );
                Finding::new(RULE.info.name, RULE.info.severity, place, message)
                    .of(&migration)
                    .about(dependency.to_string())
                    .help(Help::text(text))
            }
            Inconsistency::Gone(key) => {
                let message = format!(
                    "`{key}` is applied (`{}`) and no longer exists: what it did stays in the database",
                    applied.source
                );
                // What is gone has no place; whoever looks for it looks beside it.
                let beside = cx.graph.disk.values().filter(|one| one.key.app == key.app && one.origin == Origin::Project);
                let place = beside.max_by_key(|one| &one.key).map_or_else(|| Place::Path(applied.source.clone()), |one| place_of(one));
                let text = "Bring the file back; if a squashed migration took its place, `migrate --prune` forgets it.";
                Finding::new(RULE.info.name, Severity::Warning, place, message)
                    .of(&key)
                    .help(Help::text(text))
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::django::applied::Applied;
    use crate::report::Severity;
    use crate::rules::histories::*;

    fn found(names: &[&str], migrations: Vec<Migration>) -> Vec<(Severity, String)> {
        let applied = Applied { source: "prod.txt".into(), keys: names.iter().map(|name| key(name)).collect() };
        let project = ProjectInput { applied: Some(applied), ..input(migrations) };
        let all = check(&project, &CheckOptions::default()).findings;
        let own = all.into_iter().filter(|finding| finding.rule == "inconsistent-history");
        own.map(|finding| (finding.severity, finding.message)).collect()
    }

    fn history() -> Vec<Migration> {
        vec![initial(), migration("0002_a", &["0001_initial"], vec![], ""), migration("0003_b", &["0002_a"], vec![], "")]
    }

    #[test]
    fn before_its_dependency_and_gone() {
        assert!(found(&["0001_initial", "0002_a"], history()).is_empty());
        assert!(found(&[], history()).is_empty());
        let [(severity, message)] = &found(&["0001_initial", "0003_b"], history())[..] else { panic!() };
        assert_eq!(*severity, Severity::Error);
        assert!(message.contains("`shop.0003_b`") && message.contains("`shop.0002_a`"));
        let gone = found(&["0001_initial", "0009_z", "other.0001_initial"], history());
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].0, Severity::Warning);
    }

    #[test]
    fn a_squash_counts_where_all_that_it_replaces_is_applied() {
        let squash = || replacing(migration("0001_squashed_0002_a", &[], vec![], ""), &["0001_initial", "0002_a"]);
        let third = || migration("0003_b", &["0001_squashed_0002_a"], vec![], "");
        assert!(found(&["0001_initial", "0002_a", "0003_b"], vec![initial(), history().remove(1), squash(), third()]).is_empty());
        assert_eq!(found(&["0003_b"], vec![squash(), third()]).len(), 1);
    }
}
