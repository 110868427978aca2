//! `squash-not-clean`: a squash that is only half done.

use std::collections::BTreeSet;

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::keys::MigrationKey;
use crate::django::migration::{Dependency, Migration, Origin};
use crate::django::operations::{Operation, OperationKind};
use crate::report::{Aspect, Finding, Place, Severity};
use crate::source::Location;

/// Most migrations that a message names.
const LISTED: usize = 6;
/// Of so many names that are gone a like one is looked for.
const SOUGHT: usize = 100;

/// Finds where a squashed migration replaces what does not exist, is still depended on, or holds code that
/// could have gone.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "squash-not-clean",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "a squashed migration replaces what does not exist, is still depended on, or holds code that could have gone",
        what: "Fires on a migration with `replaces` where some of what it names exists and some does not, and a migration that exists depends on what does not, or one is named nearly like it. With `--pedantic` also, once each, where none exists any longer and `replaces` can go, where some are left that can go as the others did, where migrations of other apps still depend on what it replaces, and where it holds `RunPython` or `RunSQL` that is not `elidable`. None of these does harm.",
        why: "With a part of the replaced migrations gone, a database that has applied some of them can use neither the squash nor the rest. Dependencies on replaced migrations break on the day when those files are removed. Data migrations in a squash run on every new database, where there is no data.",
        example: "class Migration(migrations.Migration):
    replaces = [(\"shop\", \"0001_initial\"), (\"shop\", \"0002_gone\")]",
        safe_way: "Keep all replaced files until every database has applied the squash; then remove them all, take `replaces` out and let other apps depend on the squash. Mark data migrations `elidable=True` before squashing.",
        evidence: "Django: `MigrationLoader.build_graph`; topics/migrations, Squashing migrations.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for squash in cx.graph.disk.values() {
        if squash.origin != Origin::Project || squash.replaces.is_empty() || !cx.is_checked(&squash.key) {
            continue;
        }
        let (there, gone): (Vec<_>, Vec<_>) =
            squash.replaces.iter().partition(|it| cx.graph.disk.contains_key(&it.key));
        let at = squash.replaces.first().and_then(|it| it.at.as_ref());
        if there.is_empty() {
            let message =
                format!(
                    "nothing that `{}` replaces exists any longer: `replaces` can go when every database has this migration",
                    squash.key
                );
            let mut found = finding(squash, at, message, "done");
            found.severity = Severity::Pedantic;
            sink.report(found);
        } else if !gone.is_empty() {
            let listed = |some: &[&Dependency]| some.iter().map(|it| format!("`{}`", it.key)).collect::<Vec<_>>().join(", ");
            let names = listed(&gone);
            if gone.len() > there.len() && is_left_over(cx, squash, &gone) {
                let message = format!(
                    "of what `{}` replaces {} is still there, which nothing needs: it can go as the rest has",
                    squash.key,
                    listed(&there)
                );
                let at = there.first().and_then(|it| it.at.as_ref());
                let mut found = finding(squash, at, message, &names);
                found.severity = Severity::Pedantic;
                sink.report(found);
            } else {
                let message =
                    format!("`{}` replaces {names}, which does not exist, though the rest does", squash.key);
                sink.report(finding(squash, gone.first().and_then(|it| it.at.as_ref()), message, &names));
            }
        }
        depended_on(cx, sink, squash);
        not_elidable(sink, squash);
    }
}

/// Whether what is there, the smaller part, can go as what is gone went: nothing on disk depends on what is gone, and no name of it is like
/// one that is there, which may have been meant.
fn is_left_over(cx: &Context<'_>, squash: &Migration, gone: &[&Dependency]) -> bool {
    let lost: BTreeSet<&MigrationKey> = gone.iter().map(|it| &it.key).collect();
    let is_gone = |key: &MigrationKey| lost.contains(key);
    let needed = cx.graph.disk.values().any(|other| other.dependencies.iter().any(|it| is_gone(&it.key)));
    let replaced: BTreeSet<&MigrationKey> = squash.replaces.iter().map(|it| &it.key).collect();
    let is_other =
        |key: &&MigrationKey| key.app == squash.key.app && **key != squash.key && !replaced.contains(*key);
    let others: Vec<&MigrationKey> = cx.graph.disk.keys().filter(is_other).collect();
    let is_like = |one: &str, other: &str| {
        one.len().abs_diff(other.len()) <= 8 && strsim::damerau_levenshtein(one, other) <= 2
    };
    let likes = |one: &str| others.iter().any(|key| is_like(&key.name, one));
    let mistaken = gone.iter().take(SOUGHT).any(|it| likes(&it.key.name));
    !needed && !mistaken
}

fn not_elidable(sink: &mut Sink, squash: &Migration) {
    let kept = |operation: &Operation| match &operation.kind {
        OperationKind::RunPython(run) => !run.elidable,
        OperationKind::RunSql(run) => !run.elidable && run.state_operations.is_empty(),
        _ => false,
    };
    let all: Vec<(usize, &Operation)> =
        squash.operations.iter().enumerate().filter(|(_, operation)| kept(operation)).collect();
    let Some((index, first)) = all.first() else { return };
    let what = match all.len() {
        1 => format!("a `{}` that is not elidable", first.class_name()),
        count => format!("{count} `RunPython` or `RunSQL` that are not elidable"),
    };
    let message = format!(
        "squashed migration `{}` keeps {what}: on a new database there may be nothing for it to do",
        squash.key
    );
    let mut found = finding(squash, first.at.as_ref(), message, "not elidable");
    found.severity = Severity::Pedantic;
    found.operation = Some(*index);
    sink.report(found);
}

fn depended_on(cx: &Context<'_>, sink: &mut Sink, squash: &Migration) {
    let replaced: BTreeSet<&MigrationKey> = squash.replaces.iter().map(|it| &it.key).collect();
    let mut dependents: Vec<&MigrationKey> = Vec::new();
    for other in cx.graph.disk.values() {
        let ours = other.origin == Origin::Project && other.key.app != squash.key.app;
        if !ours || other.replaces.iter().any(|it| replaced.contains(&it.key)) {
            continue;
        }
        if other.dependencies.iter().any(|it| replaced.contains(&it.key)) {
            dependents.push(&other.key);
        }
    }
    dependents.sort();
    let names: Vec<String> = dependents.iter().take(LISTED).map(|key| format!("`{key}`")).collect();
    let message = match dependents.len() {
        0 => return,
        1 => format!("{} of another app depends on what `{}` replaces", names.join(""), squash.key),
        count => {
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            format!(
                "{count} migrations of other apps depend on what `{}` replaces: {}{more}",
                squash.key,
                names.join(", ")
            )
        }
    };
    let message = format!("{message}; they have to be changed before the replaced files can go");
    let at = squash.replaces.first().and_then(|it| it.at.as_ref());
    let mut found = finding(squash, at, message, "depended on");
    found.severity = Severity::Pedantic;
    sink.report(found);
}

fn finding(migration: &Migration, at: Option<&Location>, message: String, identity: &str) -> Finding {
    let place = at.map_or_else(|| place_of(migration), |at| Place::Range(at.clone()));
    Finding::new(RULE.info.name, RULE.info.severity, place, message).of(&migration.key).about(identity)
}

#[cfg(test)]
mod tests {
    use crate::report::Severity;
    use crate::rules::histories::*;

    fn squash(replaces: &[&str], operations: Vec<Operation>) -> Migration {
        let mut squash = replacing(migration("0001_squashed_0002_second", &[], operations, ""), replaces);
        squash.initial = Some(true);
        squash
    }

    fn two() -> Vec<Migration> {
        vec![initial(), migration("0002_second", &["0001_initial"], vec![], "")]
    }

    fn with(squash: Migration, more: Vec<Migration>) -> Vec<Finding> {
        let mut all = two();
        all.push(squash);
        all.extend(more);
        assert!(findings(all.clone()).iter().all(|found| found.severity != Severity::Pedantic));
        pedantic(all)
    }

    fn pedantic(all: Vec<Migration>) -> Vec<Finding> {
        let mut options = CheckOptions::default();
        options.selection.select.insert("squash-not-clean");
        check(&input(all), &options).findings
    }

    #[test]
    fn what_is_left_over_does_no_harm() {
        let squash = squash(&["0001_initial", "0002_second", "0003_third"], vec![]);
        let found = pedantic(vec![initial(), squash.clone()]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].severity, Severity::Pedantic);
        assert!(found[0].message.contains("`shop.0001_initial` is still there"), "{}", found[0].message);
        // A slip of the pen, and a file that is needed.
        let other = migration("0002_secnd", &["0001_initial"], vec![], "");
        assert_eq!(pedantic(vec![initial(), other, squash.clone()])[0].severity, Severity::Warning);
        let third = migration("0004_fourth", &["0003_third"], vec![], "");
        let found = pedantic(vec![initial(), third, squash]);
        assert!(found.iter().any(|found| found.severity == Severity::Warning), "{found:?}");
    }

    #[test]
    fn a_squash_beside_all_that_it_replaces() {
        assert!(with(squash(&["0001_initial", "0002_second"], vec![]), vec![]).is_empty());
        let crm = migration("crm.0001_initial", &["shop.0001_squashed_0002_second"], vec![], "");
        assert!(with(squash(&["0001_initial", "0002_second"], vec![]), vec![crm]).is_empty());
    }

    #[test]
    fn a_part_of_what_it_replaces_is_gone() {
        let found = with(squash(&["0001_initial", "0002_second", "0003_gone"], vec![]), vec![]);
        assert_eq!(rules_of(&found), ["squash-not-clean"]);
        assert!(found[0].message.contains("`shop.0003_gone`"), "{}", found[0].message);
    }

    #[test]
    fn all_that_it_replaces_is_gone() {
        let found = pedantic(vec![squash(&["0001_first", "0002_gone"], vec![])]);
        assert_eq!(rules_of(&found), ["squash-not-clean"]);
        assert!(found[0].message.contains("`replaces` can go"), "{}", found[0].message);
    }

    #[test]
    fn another_app_depends_on_what_it_replaces() {
        let crm = migration("crm.0001_initial", &["shop.0002_second"], vec![], "");
        let found = with(squash(&["0001_initial", "0002_second"], vec![]), vec![crm]);
        assert_eq!(rules_of(&found), ["squash-not-clean"]);
        assert!(found[0].message.contains("`crm.0001_initial`"), "{}", found[0].message);
        assert_eq!(found[0].severity, Severity::Pedantic);
    }

    #[test]
    fn code_that_could_have_gone() {
        let run = |elidable: bool| {
            operation(Kind::RunPython(RunPython {
                code: Value::Ref("shop.migrations.0001_squashed.fill".into()),
                reverse_code: None,
                atomic: None,
                hints: Value::Dict(Arc::new([])),
                elidable,
            }))
        };
        let found = with(squash(&["0001_initial", "0002_second"], vec![run(false)]), vec![]);
        assert_eq!(rules_of(&found), ["squash-not-clean"]);
        assert!(with(squash(&["0001_initial", "0002_second"], vec![run(true)]), vec![]).is_empty());
    }
}
