//! `unreadable-migration`: a file of a migrations package that Django cannot load.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::loader::Problem;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Severity, Undecided};

/// Finds where a file in a migrations package does not parse or has no `Migration` class.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "unreadable-migration",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "a file in a migrations package does not parse or has no `Migration` class",
        what: "Fires on a module of a migrations package that is no valid Python or that has no class `Migration`. What merely could not be worked out without running it is listed as undecided, not as an error.",
        why: "Django imports every module of the package that does not begin with `_` or `~`: a syntax error, or a module without `Migration` (`BadMigrationError`), stops every command.",
        example: "# shop/migrations/helpers.py: no Migration class
def fill(apps, schema_editor): ...",
        safe_way: "Correct the file; move helpers out of the package or let their name begin with `_`.",
        evidence: "Django: `MigrationLoader.load_disk`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for broken in cx.broken {
        let message = format!("`{}` cannot be loaded: {}", broken.key, broken.reason);
        sink.report(
            Finding::new(RULE.info.name, RULE.info.severity, broken.place.clone(), message)
                .of(&broken.key)
                .about(broken.reason.clone()),
        );
    }
    for problem in &cx.graph.problems {
        if let Problem::Unreadable { migration, unknown } = problem
            && cx.graph.disk.get(migration).is_some_and(|it| it.origin == Origin::Project)
            && !cx.broken.iter().any(|broken| broken.key == *migration)
        {
            sink.undecided(Undecided::new(format!("a part of migration `{migration}`"), unknown));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    use crate::python::value::Unknown;
    use crate::report::Place;
    use crate::rules::BrokenMigration;

    #[test]
    fn a_file_that_django_cannot_load() {
        let mut project = input(vec![initial()]);
        let text = file("shop/migrations/0002_second.py", "class Migration(:\n");
        project.broken.push(BrokenMigration {
            key: key("0002_second"),
            place: Place::Range(Location { file: text, start: 16, end: 17 }),
            reason: "it does not parse: expected an expression".into(),
        });
        let found = check(&project, &CheckOptions::default()).findings;
        assert_eq!(rules_of(&found), ["unreadable-migration"]);
        assert_eq!(found[0].place.start().column, 17);
        assert_eq!(found[0].migration, Some(key("0002_second")));
    }

    #[test]
    fn what_could_not_be_worked_out_is_undecided() {
        let mut second = migration("0002_second", &["0001_initial"], vec![], "");
        second.unknowns =
            vec![Arc::new(Unknown { reason: "the operations call requests.get".into(), at: None })];
        let report = check(&input(vec![initial(), second]), &CheckOptions::default());
        assert!(report.findings.is_empty());
        assert_eq!(report.undecided.len(), 1);
        // Of an installed package nothing is said.
        let mut other = migration("crm.0001_initial", &[], vec![], "");
        other.origin = Origin::Installed;
        other.unknowns =
            vec![Arc::new(Unknown { reason: "the operations call requests.get".into(), at: None })];
        assert!(check(&input(vec![other]), &CheckOptions::default()).undecided.is_empty());
    }
}
