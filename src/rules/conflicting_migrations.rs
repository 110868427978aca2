//! `conflicting-migrations`: an app has several leaves.

use std::collections::BTreeSet;

use super::ancestry::{Overlap, overlap};
use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::Problem;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Help, Severity, Undecided};

/// Finds where an app has several leaf migrations.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "conflicting-migrations",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "an app has several leaf migrations",
        what: "Fires where the graph of an app has more than one leaf, and says where the branches part and whether a plain merge is safe: whether both sides touch the same models or fields. Silent where a migration of the app could not be read in full, since the missing part may be the edge that joins them.",
        why: "`migrate` and `makemigrations` stop with \"Conflicting migrations detected; multiple leaf nodes in the migration graph\". It comes from two branches that each added a migration on the same parent.",
        example: "0001_initial
├── 0002_note      # branch A
└── 0002_total     # branch B",
        safe_way: "Where the sides are independent, `makemigrations --merge`, or point one at the other and give it the next number, as `migcheck fix` does. Where they touch the same field, decide first which shape it is to have.",
        evidence: "Django: `MigrationLoader.detect_conflicts`, `migrate` (`CommandError`).",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for (app, names) in &cx.graph.conflicts {
        let leaves: Vec<_> = names.iter().map(|name| MigrationKey::new(app.clone(), name.clone())).collect();
        let ours = |key: &MigrationKey| cx.graph.disk.get(key).is_some_and(|m| m.origin == Origin::Project);
        if leaves.iter().any(ours) && !is_doubtful(cx, app, sink) {
            report(cx, sink, app, &leaves);
        }
    }
}

/// A broken or unread edge in the app explains the leaves; that is told elsewhere.
fn is_doubtful(cx: &Context<'_>, app: &AppLabel, sink: &mut Sink) -> bool {
    cx.graph.problems.iter().any(|problem| match problem {
        Problem::MissingNode { node, origin, .. } => node.app == *app && origin.app == *app,
        Problem::Unreadable { migration, unknown } if migration.app == *app => {
            sink.undecided(Undecided::new(
                format!("whether app `{app}` has conflicting migrations"),
                unknown,
            ));
            true
        }
        Problem::Cycle { steps } => steps.iter().any(|step| step.child.app == *app),
        _ => false,
    })
}

fn report(cx: &Context<'_>, sink: &mut Sink, app: &AppLabel, leaves: &[MigrationKey]) {
    let plan_of = |leaf| cx.graph.graph.forwards_plan(leaf).unwrap_or_default().into_iter().collect();
    let above: Vec<BTreeSet<MigrationKey>> = leaves.iter().map(plan_of).collect();
    let common = above.iter().skip(1).fold(above.first().cloned().unwrap_or_default(), |a, b| &a & b);
    let mut latest_first = cx.plan.iter().rev().map(|migration| &migration.key);
    let parting = latest_first.find(|key| key.app == *app && common.contains(key));
    let mut sides = Vec::new();
    for side in &above {
        let own = side.difference(&common).filter(|key| key.app == *app);
        sides.push(own.filter_map(|key| cx.graph.disk.get(key)).cloned().collect::<Vec<_>>());
    }
    let names = leaves.iter().map(|leaf| format!("`{}`", leaf.name)).collect::<Vec<_>>().join(" and ");
    let from = parting.map_or_else(String::new, |key| format!(", which part at `{}`", key.name));
    let message =
        format!("app `{app}` has {} leaf migrations: {names}{from}; `migrate` refuses to run", leaves.len());
    let (text, words) = match overlap(&sides) {
        Overlap::None => {
            ("The sides touch different models and fields: a plain merge is safe.".to_owned(), Some(""))
        }
        Overlap::On(what) => (
            format!("Both sides touch {what}: a plain merge is not safe; decide which shape it is to have."),
            None,
        ),
        Overlap::Unknown(what) => (
            format!(
                "Whether a plain merge is safe cannot be told: {what} may touch anything; look at both sides."
            ),
            Some(" --allow-unknown"),
        ),
    };
    let mut help = Help::text(text);
    if let (Some(words), Some(last)) = (words, leaves.last()) {
        help.code.push(crate::report::CodeBlock {
            caption: "then join them, or put one after the other".to_owned(),
            language: "sh",
            code: format!(
                "python manage.py makemigrations --merge {app}\nmigcheck fix --migration {last}{words} --write"
            ),
        });
    }
    let migrations: Vec<_> = leaves.iter().filter_map(|leaf| cx.graph.disk.get(leaf)).collect();
    let Some((last, others)) = migrations.split_last() else { return };
    let identity = leaves.iter().map(|leaf| leaf.name.as_ref()).collect::<Vec<_>>().join(" ");
    let mut finding = Finding::new(RULE.info.name, RULE.info.severity, place_of(last), message)
        .of(&last.key)
        .about(identity)
        .help(help);
    for other in others {
        if let Some(at) = &other.class_at {
            finding = finding.label(at.clone(), "the other leaf");
        }
    }
    sink.report(finding);
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn conflicts_and_their_merge() {
        let on = |name: &str, operations| migration(name, &["0001_initial"], operations, "");
        let nullable = || nullable("TextField", &[]);
        let apart = check(
            &input(vec![
                initial(),
                on("0002_a", vec![add("a", nullable())]),
                on("0003_b", vec![add("b", nullable())]),
            ]),
            &CheckOptions::default(),
        );
        let [conflict] = apart.findings.as_slice() else { panic!("{:?}", apart.findings) };
        assert_eq!(conflict.rule, "conflicting-migrations");
        assert!(conflict.message.contains("`0001_initial`"));
        assert!(conflict.help.as_ref().unwrap().text.contains("is safe"));
        let clash = findings(vec![
            initial(),
            on("0002_a", vec![alter("note", nullable())]),
            on("0002_b", vec![alter("note", nullable())]),
        ]);
        assert_eq!(rules_of(&clash), ["conflicting-migrations", "duplicate-migration-number"]);
    }

    #[test]
    fn branches_that_are_joined_or_doubtful_are_none() {
        let on = |name: &str, after: &[&str]| migration(name, after, vec![], "");
        let (a, b) = (|| on("0002_a", &["0001_initial"]), || on("0003_b", &["0001_initial"]));
        assert_eq!(rules_of(&findings(vec![initial(), a(), b()])), ["conflicting-migrations"]);
        assert!(findings(vec![initial(), a(), b(), on("0004_merge", &["0002_a", "0003_b"])]).is_empty());
        // Two roots of one app are no conflict, as long as one leaf joins them.
        assert!(
            findings(vec![initial(), on("0002_root", &[]), on("0003_both", &["0001_initial", "0002_root"])])
                .is_empty()
        );
        // A squash beside what it replaces is one leaf.
        let squash = replacing(on("0001_squashed_0002_a", &[]), &["0001_initial", "0002_a"]);
        assert!(findings(vec![initial(), a(), squash]).is_empty());
        // What could not be read may be the edge that joins them.
        let mut unread = b();
        unread.unknowns =
            vec![Arc::new(crate::python::value::Unknown { reason: "dependencies".into(), at: None })];
        let report = check(&input(vec![initial(), a(), unread]), &CheckOptions::default());
        assert!(report.findings.is_empty());
        assert!(!report.undecided.is_empty());
    }
}
