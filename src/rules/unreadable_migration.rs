//! `unreadable-migration`: a file of a migrations package that Django cannot load.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::loader::Problem;
use crate::django::migration::Origin;
use crate::report::{Aspect, Finding, Severity, Undecided};

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
        {
            sink.undecided(Undecided::new(format!("a part of migration `{migration}`"), unknown));
        }
    }
}
