//! `inserted-migration`: a new migration stands below one that exists at the base.

use std::collections::BTreeSet;

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::keys::MigrationKey;
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds where a new migration is placed below one that exists at the base.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "inserted-migration",
        severity: Severity::Error,
        aspect: Aspect::History,
        summary: "a new migration is placed below one that exists at the base",
        what: "With `--diff`: fires on each new migration that a migration of the merge base depends on by now, through its `dependencies` or the new one's `run_before`. Silent for a squashed migration all of whose `replaces` exist at the base.",
        why: "Environments that are up to date have applied the one that is above and not the one below: `migrate` stops with InconsistentMigrationHistory, \"applied before its dependency\".",
        example: "class Migration(migrations.Migration):          # 0007, applied everywhere
    dependencies = [(\"shop\", \"0006b_fix\")]      # new",
        safe_way: "Put the new migration on top: let it depend on the app's last one, and give the old ones their dependencies back.",
        evidence: "Django: `MigrationLoader.check_consistent_history` (`django/db/migrations/loader.py`).",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(history) = cx.history else { return };
    let graph = &cx.graph.graph;
    for key in &history.new {
        let Some(migration) = cx.graph.disk.get(key) else { continue };
        let squashes = !migration.replaces.is_empty()
            && migration.replaces.iter().all(|replaced| history.at_base.contains(&replaced.key));
        if squashes || !graph.contains(key) {
            continue;
        }
        let above: Vec<MigrationKey> =
            graph.children(key).into_iter().filter(|child| history.at_base.contains(child)).collect();
        let Some(first) = above.first() else { continue };
        let names = above.iter().map(|child| format!("`{child}`")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "`{key}` is new and {names} of the base depends on it: where that is applied, `migrate` stops with \
             InconsistentMigrationHistory"
        );
        let leaf = top(cx, key, &history.new);
        let text = match leaf {
            Some(leaf) => {
                format!("Let it depend on `{leaf}`, and take it out of the dependencies of `{first}`.")
            }
            None => format!(
                "Put it on top of the app's last migration, and take it out of the dependencies of `{first}`."
            ),
        };
        let mut finding = Finding::new(RULE.info.name, RULE.info.severity, place_of(migration), message)
            .of(key)
            .help(Help::text(text));
        let edge = cx.graph.disk.get(first).and_then(|child| {
            let edge = child.dependencies.iter().find(|dependency| dependency.key == *key)?;
            edge.at.clone()
        });
        if let Some(at) = edge {
            finding = finding.label(at, "depends on it");
        }
        sink.report(finding);
    }
}

/// The last migration of the app that exists at the base.
fn top(cx: &Context<'_>, key: &MigrationKey, new: &BTreeSet<MigrationKey>) -> Option<MigrationKey> {
    let mut own = cx.plan.iter().rev().map(|migration| &migration.key);
    own.find(|other| other.app == key.app && !new.contains(*other)).cloned()
}

#[cfg(test)]
mod tests {
    use crate::rules::History;
    use crate::rules::histories::*;

    fn rules(migrations: Vec<Migration>, new: &[&str]) -> Vec<&'static str> {
        let new: std::collections::BTreeSet<_> = new.iter().map(|name| key(name)).collect();
        let keys = migrations.iter().map(|migration| migration.key.clone());
        let at_base = keys.filter(|key| !new.contains(key)).collect();
        let history = History { at_base, new, ..History::default() };
        let project = ProjectInput { history: Some(history), ..input(migrations) };
        rules_of(&check(&project, &CheckOptions::default()).findings)
    }

    #[test]
    fn below_and_not_above() {
        let (a, b) = (
            migration("0001b_new", &["0001_initial"], vec![], ""),
            migration("0002_old", &["0001b_new"], vec![], ""),
        );
        assert_eq!(
            rules(vec![initial(), a, b], &["0001b_new"]),
            ["duplicate-migration-number", "inserted-migration"]
        );
        let top = migration("0002_new", &["0001_initial"], vec![], "");
        assert!(rules(vec![initial(), top], &["0002_new"]).is_empty());
        let second = migration("0002_a", &["0001_initial"], vec![], "");
        let squash =
            replacing(migration("0001_squashed_0002_a", &[], vec![], ""), &["0001_initial", "0002_a"]);
        let third = migration("0003_b", &["0002_a"], vec![], "");
        assert!(rules(vec![initial(), second, squash, third], &["0001_squashed_0002_a"]).is_empty());
    }
}
