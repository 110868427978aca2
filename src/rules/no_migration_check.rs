//! `no-migration-check`: nobody would notice a missing migration.

use super::deploy::DeployKind;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds repositories in which no pipeline, hook or test looks for missing migrations.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "no-migration-check",
        severity: Severity::Info,
        aspect: Aspect::Deploy,
        summary: "no pipeline, hook or test looks for missing migrations",
        what: "Fires once where the repository has pipelines that run Python, and neither they nor the tools, hooks \
and tests that they may call mention `makemigrations --check`, a package that does the same, or migcheck.",
        why: "A model that was changed without a migration works on its author's machine until the next query in \
production.",
        example: "# .github/workflows/test.yml
- run: pytest",
        safe_way: "`migcheck check` in the pipeline, or `python manage.py makemigrations --check`.",
        evidence: "Django: `makemigrations --check` exits with 1 when model changes without migrations are detected.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

/// What looks for missing migrations, besides Django's own command.
const OTHERS: &[&str] = &["migcheck", "pending_migrations", "missing_migrations", "check-migrations", "check_migrations", "test_no_missing_migrations", "makemigrations --dry-run"];

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let pipelines = || cx.deploy.files.iter().filter(|file| file.kind == DeployKind::Pipeline);
    let python = |text: &str| ["pytest", "manage.py", "tox", "python"].iter().any(|word| text.contains(word));
    let Some(first) = pipelines().find(|file| python(file.file.text())) else { return };
    let files = cx.deploy.files.iter().map(|file| &file.file).chain(&cx.deploy.checks);
    let looks = |text: &str| {
        (text.contains("makemigrations") && text.contains("check")) || OTHERS.iter().any(|word| text.contains(word))
    };
    if files.into_iter().any(|file| looks(file.text())) {
        return;
    }
    let message = "no pipeline, hook or test looks for missing migrations: a model that was changed without one goes out \
unnoticed";
    let help = Help::text("Add a step.").python("in the pipeline", "python manage.py makemigrations --check");
    let place = Place::Path(first.file.display().into());
    sink.report(
        Finding::new(RULE.info.name, RULE.info.severity, place, message).about("no migration check").help(help),
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::deploy::testing::fired_on;

    #[test]
    fn fires_where_nothing_looks() {
        let fires = |files: &[(&str, &str)]| fired_on(files).contains(&"no-migration-check");
        let pipeline = (".github/workflows/test.yml", "run: pytest\n");
        assert!(fires(&[pipeline]));
        assert!(!fires(&[]));
        assert!(!fires(&[pipeline, ("Makefile", "check:\n\tpython manage.py makemigrations --check\n")]));
        assert!(!fires(&[(".github/workflows/site.yml", "run: npm test\n")]));
    }
}
