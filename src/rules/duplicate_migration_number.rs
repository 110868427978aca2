//! `duplicate-migration-number`: two migrations of an app share a number.

use std::collections::{BTreeMap, BTreeSet};

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Severity};

/// Finds where two migrations of an app share a number and neither replaces the other.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "duplicate-migration-number",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "two migrations of an app share a number and neither replaces the other",
        what: "Fires where two migrations of an app begin with the same number and no later migration depends on both: where the history still ends with the pair, so that it can be put right. Silent once a later migration has joined them, a merge for one, for by then databases have their names recorded; for squashed migrations and for those that a squash replaces.",
        why: "Django orders migrations by their dependencies, not their numbers, so people read the wrong order from the listing; and the next `makemigrations` counts on from whichever comes last.",
        example: "shop/migrations/0002_note.py
shop/migrations/0002_total.py",
        safe_way: "Before it is released: give one of them the next number and let it depend on the other. Afterwards leave the names alone: databases have them recorded.",
        evidence: "Django: `MigrationAutodetector.parse_number`, `MigrationGraph`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let replaced: BTreeSet<&MigrationKey> =
        cx.graph.disk.values().flat_map(|migration| migration.replaces.iter().map(|it| &it.key)).collect();
    let mut numbered = BTreeMap::<(&AppLabel, &str), Vec<_>>::new();
    // What a squash replaced is history that will go; a squash bears the number of what it replaces.
    let ours =
        cx.graph.disk.values().filter(|it| it.origin == Origin::Project && !replaced.contains(&it.key));
    for migration in ours.filter(|migration| migration.replaces.is_empty()) {
        let name = migration.key.name.as_ref();
        let digits = name.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        if !digits.is_empty() {
            numbered.entry((&migration.key.app, digits)).or_default().push(migration);
        }
    }
    for ((app, number), migrations) in numbered {
        let Some((first, others)) = migrations.split_first() else { continue };
        let keys: Vec<&MigrationKey> = others.iter().map(|other| &other.key).collect();
        if keys.is_empty() {
            continue;
        }
        let joined = cx.ancestry.are_joined(&first.key, &keys);
        for (other, joined) in others.iter().zip(joined) {
            let is_new = |key| cx.new.is_some_and(|new| new.contains(key));
            let is_open = cx.is_checked(&other.key) || cx.is_checked(&first.key);
            if !is_open || (joined && !is_new(&other.key) && !is_new(&first.key)) {
                continue;
            }
            let message = format!(
                "migrations `{}` and `{}` of app `{app}` share the number {number}",
                first.key.name, other.key.name
            );
            let mut finding = Finding::new(RULE.info.name, RULE.info.severity, place_of(other), message)
                .of(&other.key)
                .about(first.key.to_string());
            if let Some(at) = &first.class_at {
                finding = finding.label(at.clone(), format!("the other {number}"));
            }
            sink.report(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn on(name: &str, after: &[&str]) -> Migration {
        migration(name, after, vec![], "")
    }

    #[test]
    fn two_of_a_number_at_the_end_of_a_history() {
        let linear = vec![initial(), on("0002_a", &["0001_initial"]), on("0002_b", &["0002_a"])];
        assert_eq!(rules_of(&findings(linear)), ["duplicate-migration-number"]);
        let open = vec![initial(), on("0002_a", &["0001_initial"]), on("0002_b", &["0001_initial"])];
        assert_eq!(rules_of(&findings(open)), ["conflicting-migrations", "duplicate-migration-number"]);
    }

    #[test]
    fn what_is_joined_replaced_or_elsewhere_is_quiet() {
        let joined = |last: &[&str]| {
            vec![
                initial(),
                on("0002_a", &["0001_initial"]),
                on("0002_b", &["0001_initial"]),
                on("0003_merge", last),
            ]
        };
        assert!(findings(joined(&["0002_a", "0002_b"])).is_empty());
        assert!(rules_of(&findings(joined(&["0002_a"]))).contains(&"duplicate-migration-number"));
        let squash = replacing(on("0001_squashed_0002_a", &[]), &["0001_initial", "0002_a"]);
        assert!(findings(vec![initial(), on("0002_a", &["0001_initial"]), squash]).is_empty());
        assert!(findings(vec![initial(), on("crm.0001_initial", &[])]).is_empty());
        assert!(
            findings(vec![initial(), on("0002_a", &["0001_initial"]), on("00021_b", &["0002_a"])]).is_empty()
        );
        assert!(findings(vec![initial(), on("one", &["0001_initial"]), on("two", &["one"])]).is_empty());
    }

    #[test]
    fn a_new_one_is_told_even_if_joined() {
        let history = [
            initial(),
            on("0002_a", &["0001_initial"]),
            on("0002_b", &["0002_a"]),
            on("0003_c", &["0002_b"]),
        ];
        let new = |names: &[&str]| {
            let options = CheckOptions {
                new: Some(names.iter().map(|name| key(name)).collect()),
                ..CheckOptions::default()
            };
            rules_of(&check(&input(history.to_vec()), &options).findings)
        };
        assert_eq!(new(&["0002_b", "0003_c"]), ["duplicate-migration-number"]);
        assert!(new(&["0003_c"]).is_empty());
    }
}
