//! `collides-with-target`: each side is clean, merged they are not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::place_of;
use super::{Check, Context, Dialects, History, Rule, RuleInfo, Sink};
use crate::django::keys::MigrationKey;
use crate::django::loader::{LoadedGraph, MigrationLoader};
use crate::django::migration::Migration;
use crate::report::{Aspect, CodeBlock, Finding, Help, Severity, Undecided};
use crate::rules::ancestry::{Overlap, overlap};

/// Finds apps that have several leaves, or two files of one number, once merged with the target branch.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "collides-with-target",
        severity: Severity::Error,
        aspect: Aspect::History,
        summary: "merged with the target branch the app would have several leaves, or two files of one number",
        what: "With `--diff`: reads the migrations that the target branch gained since the merge base, adds them to those of this side, and builds the graph anew. Fires where an app then has several leaves, or two migrations share a number, though each side alone is clean. Silent where a migration of either side could not be read in full.",
        why: "Git merges the two without a conflict, as they are different files. The merged branch then stops at `migrate`: \"Conflicting migrations detected\".",
        example: "main:    0006 ── 0007_total
branch:  0006 ── 0007_note",
        safe_way: "Merge or rebase onto the target, then renumber this side's migration and let it depend on the target's last one: `migcheck fix --diff REV --write` does both where the sides are independent.",
        evidence: "Django: `MigrationLoader.detect_conflicts`, on the union of both sides.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(history) = cx.history else { return };
    if history.on_target.is_empty() || history.new.is_empty() {
        return;
    }
    let mut all: Vec<Arc<Migration>> = cx.graph.disk.values().cloned().collect();
    all.extend(history.on_target.iter().cloned());
    let merged = MigrationLoader::build(all, cx.installed, cx.django);
    for (app, names) in &merged.conflicts {
        if cx.graph.conflicts.contains_key(app) {
            continue;
        }
        let leaves: Vec<MigrationKey> =
            names.iter().map(|name| MigrationKey::new(app.clone(), name.clone())).collect();
        let is_target = |key: &MigrationKey| history.on_target.iter().any(|migration| migration.key == *key);
        let (theirs, ours): (Vec<_>, Vec<_>) = leaves.into_iter().partition(is_target);
        let (Some(ours), Some(theirs)) = (ours.first(), theirs.first()) else { continue };
        // The target alone may have several leaves already, and that is its own matter.
        if !history.new.contains(ours) {
            continue;
        }
        if let Some(why) = doubt(history, cx, app.as_str()) {
            sink.undecided(Undecided::new(format!("whether app `{app}` collides with `{}`", history.target), &why));
            continue;
        }
        leaf(cx, sink, &merged, ours, theirs);
    }
    for ours in &history.new {
        let Some(number) = number(&ours.name) else { continue };
        let twin = history.on_target.iter().find(|theirs| {
            theirs.key.app == ours.app && theirs.key.name != ours.name && self::number(&theirs.key.name) == Some(number)
        });
        // Two leaves say it already.
        if let Some(twin) = twin
            && !merged.conflicts.contains_key(&ours.app)
        {
            numbers(cx, sink, ours, &twin.key);
        }
    }
}

fn doubt(history: &History, cx: &Context<'_>, app: &str) -> Option<Arc<crate::python::value::Unknown>> {
    let ours = cx.graph.disk.values().filter(|migration| history.new.contains(&migration.key));
    let all = ours.chain(&history.on_target).filter(|migration| migration.key.app.as_str() == app);
    all.flat_map(|migration| &migration.unknowns).next().cloned()
}

fn leaf(cx: &Context<'_>, sink: &mut Sink, merged: &LoadedGraph, ours: &MigrationKey, theirs: &MigrationKey) {
    let (Some(history), Some(migration)) = (cx.history, cx.graph.disk.get(ours)) else { return };
    let app = &ours.app;
    let message = format!(
        "merged with `{}`, app `{app}` has two leaf migrations: `{}` here and `{}` there; `migrate` refuses to run",
        history.target, ours.name, theirs.name
    );
    let side = |leaf: &MigrationKey, other: &MigrationKey| -> Vec<Arc<Migration>> {
        let plan = |key| merged.graph.forwards_plan(key).unwrap_or_default();
        let common: BTreeSet<MigrationKey> = plan(other).into_iter().collect();
        let own = plan(leaf).into_iter().filter(|key| key.app == *app && !common.contains(key));
        own.filter_map(|key| merged.disk.get(&key)).cloned().collect()
    };
    let (text, fix) = match overlap(&[side(ours, theirs), side(theirs, ours)]) {
        Overlap::None => ("The two sides touch different models and fields.".to_owned(), Some("")),
        Overlap::On(what) => (format!("Both sides touch {what}: decide which shape it is to have."), None),
        Overlap::Unknown(what) => {
            (format!("{what} may touch anything: look at both sides."), Some(" --allow-unknown"))
        }
    };
    let mut help = Help::text(format!(
        "{text} Merge `{}` into this branch, give `{}` the next number and let it depend on the target's last one.",
        history.target, ours.name
    ));
    if let Some(words) = fix {
        help.code.push(CodeBlock {
            caption: "`migcheck fix` does that".to_owned(),
            language: "sh",
            code: format!("git merge {0}\nmigcheck fix --diff {0}{words} --write", history.target),
        });
    }
    help.code.push(CodeBlock {
        caption: format!("{}dependencies of `{}`", if fix.is_some() { "by hand, the " } else { "" }, renumbered(ours, theirs)),
        language: "python",
        code: format!("dependencies = [({:?}, {:?})]", app.as_str(), &*theirs.name),
    });
    let identity = format!("{} {}", ours.name, theirs.name);
    sink.report(
        Finding::new(RULE.info.name, RULE.info.severity, place_of(migration), message)
            .of(ours)
            .about(identity)
            .help(help),
    );
}

fn numbers(cx: &Context<'_>, sink: &mut Sink, ours: &MigrationKey, theirs: &MigrationKey) {
    let (Some(history), Some(migration)) = (cx.history, cx.graph.disk.get(ours)) else { return };
    let message = format!(
        "`{}` here and `{}` on `{}` share a number: which comes first shows no more",
        ours.name, theirs.name, history.target
    );
    let help = Help::text(format!("Give this one the next number: `{}`.", renumbered(ours, theirs)));
    sink.report(
        Finding::new(RULE.info.name, Severity::Warning, place_of(migration), message)
            .of(ours)
            .about(format!("number {} {}", ours.name, theirs.name))
            .help(help),
    );
}

/// The number at the start of a name, as written.
fn number(name: &str) -> Option<&str> {
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    name.get(..end).filter(|number| !number.is_empty())
}

/// The name with the number after the other's.
fn renumbered(ours: &MigrationKey, theirs: &MigrationKey) -> String {
    let next = number(&theirs.name).and_then(|number| number.parse::<u64>().ok()).and_then(|number| number.checked_add(1));
    match (next, number(&ours.name)) {
        (Some(next), Some(own)) => format!("{next:04}{}", ours.name.get(own.len()..).unwrap_or_default()),
        _ => ours.name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::History;
    use crate::rules::histories::*;

    fn found(ours: Vec<Migration>, theirs: Vec<Migration>) -> Vec<Finding> {
        let new = ours.iter().map(|migration| migration.key.clone()).collect();
        let at_base = [key("0001_initial")].into();
        let on_target = theirs.into_iter().map(Arc::new).collect();
        let history = History { target: "origin/main".into(), new, at_base, on_target, ..History::default() };
        let all = std::iter::once(initial()).chain(ours).collect();
        let project = ProjectInput { history: Some(history), ..input(all) };
        check(&project, &CheckOptions::default()).findings
    }

    fn on(name: &str, after: &str, field: &str) -> Migration {
        migration(name, &[after], vec![add(field, nullable("TextField", &[]))], "")
    }

    #[test]
    fn two_leaves_of_clean_sides() {
        let all = found(vec![on("0002_a", "0001_initial", "a")], vec![on("0002_b", "0001_initial", "b")]);
        let [one] = &all[..] else { panic!("{all:?}") };
        assert_eq!(one.rule, "collides-with-target");
        let help = one.help.as_ref().unwrap().to_markdown();
        assert!(help.contains("different models and fields") && help.contains("0003_a"), "{help}");
        let clash = found(vec![on("0002_a", "0001_initial", "a")], vec![on("0002_b", "0001_initial", "a")]);
        assert!(clash[0].help.as_ref().unwrap().text.contains("Both sides touch"));
    }

    #[test]
    fn sides_that_fit() {
        let theirs = migration("blog.0001_initial", &[], vec![], "");
        assert!(found(vec![on("0002_a", "0001_initial", "a")], vec![theirs]).is_empty());
        assert!(found(vec![], vec![on("0002_b", "0001_initial", "b")]).is_empty());
        assert!(found(vec![on("0002_a", "0001_initial", "a")], vec![]).is_empty());
        let mut unread = on("0002_b", "0001_initial", "b");
        unread.unknowns = vec![Arc::new(crate::python::value::Unknown { reason: "x".into(), at: None })];
        assert!(found(vec![on("0002_a", "0001_initial", "a")], vec![unread]).is_empty());
    }
}
