//! `missing-dependency`: a dependency names a migration that does not exist.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink, nearest_of};
use crate::django::keys::AppLabel;
use crate::django::keys::MigrationKey;
use crate::django::loader::Problem;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Help, Place, Severity};
use crate::source::Location;

/// Of so many problems the nearest name is looked for among all others.
const SOUGHT: usize = 100;

/// Finds where a dependency or `run_before` names a migration that does not exist.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "missing-dependency",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "a dependency or `run_before` names a migration that does not exist",
        what: "Fires where `dependencies` or `run_before` of a migration of the repository name a migration that is not there, or an app that is not installed, and names the nearest that is. Silent for apps of packages whose source is not at hand: their migrations are taken to exist.",
        why: "Every command that loads migrations stops with `NodeNotFoundError`: `migrate`, `makemigrations`, the test run. It comes from a migration that was renamed, removed or renumbered while another one still names it.",
        example: "class Migration(migrations.Migration):
    dependencies = [(\"shop\", \"0002_nots\")]  # the file is 0002_notes.py",
        safe_way: "Name the migration by its present name; where it was removed on purpose, name the one that took its place.",
        evidence: "Django: `MigrationGraph.validate_consistency`, `MigrationLoader.check_key`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for (told, problem) in cx.graph.problems.iter().enumerate() {
        match problem {
            Problem::MissingNode { node, origin, at, .. } => {
                let names =
                    cx.graph.disk.keys().filter(|key| key.app == node.app).map(|key| key.name.as_ref());
                let names = names.filter(|name| *name != origin.name.as_ref() && told < SOUGHT);
                let nearest = nearest_of(&node.name, names);
                let help = nearest.map(|name| {
                    let code = format!("(\"{}\", \"{name}\"),", node.app);
                    Help::text("Did you mean this one?").python("in `dependencies`", code)
                });
                let message = format!("`{origin}` depends on `{node}`, which does not exist");
                report(cx, sink, origin, at.as_ref(), message, &node.to_string(), help);
            }
            Problem::UnknownApp { app, origin, at } => {
                let apps = cx.installed.migrated.iter().chain(&cx.installed.unmigrated).map(AppLabel::as_str);
                let nearest = nearest_of(app.as_str(), apps);
                let help = nearest.map(|name| Help::text(format!("Did you mean app `{name}`?")));
                let message = format!("`{origin}` depends on app `{app}`, which is not installed");
                report(cx, sink, origin, at.as_ref(), message, app.as_str(), help);
            }
            Problem::NoMigrations { app, origin, at } => {
                let message = format!("`{origin}` depends on the migrations of app `{app}`, which has none");
                report(cx, sink, origin, at.as_ref(), message, app.as_str(), None);
            }
            _ => {}
        }
    }
}

fn report(
    cx: &Context<'_>,
    sink: &mut Sink,
    origin: &MigrationKey,
    at: Option<&Location>,
    message: String,
    identity: &str,
    help: Option<Help>,
) {
    let Some(migration) = cx.graph.disk.get(origin).filter(|migration| migration.origin == Origin::Project)
    else {
        return;
    };
    let place = at.map_or_else(|| place_of(migration), |at| Place::Range(at.clone()));
    let mut finding =
        Finding::new(RULE.info.name, RULE.info.severity, place, message).of(origin).about(identity);
    finding.help = help;
    sink.report(finding);
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn an_edge_that_leads_nowhere() {
        let found = findings(vec![initial(), migration("0002_x", &["0001_initail"], vec![], "")]);
        assert_eq!(rules_of(&found), ["missing-dependency"]);
        assert!(found[0].message.contains("0001_initail"));
        assert!(
            format!("{:?}", found[0].help).contains("0001_initial"),
            "the nearest name: {:?}",
            found[0].help
        );
    }

    #[test]
    fn what_is_there_or_taken_to_be_there() {
        assert!(findings(vec![initial(), migration("0002_x", &["0001_initial"], vec![], "")]).is_empty());
        let mut project = input(vec![migration("0001_x", &["payments.0003_total"], vec![], "")]);
        project.installed.assumed = [crate::django::keys::AppLabel::new("payments")].into();
        assert!(check(&project, &CheckOptions::default()).findings.is_empty());
        // A replaced migration is found in its squash.
        let squash = replacing(migration("0001_squashed", &[], vec![], ""), &["0001_initial", "0002_x"]);
        let third = migration("0003_y", &["0002_x"], vec![], "");
        assert!(findings(vec![squash, third]).is_empty());
    }
}
