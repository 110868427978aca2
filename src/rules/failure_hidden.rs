//! `failure-hidden`: a migration that fails and nobody hears of it.

use super::deploy::{Command, DeployFile};
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds where `migrate` or `makemigrations --check` runs where its failure does not count.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "failure-hidden",
        severity: Severity::Warning,
        aspect: Aspect::Deploy,
        summary: "`migrate` or `makemigrations --check` runs where its failure does not count",
        what: "Fires where a pipeline, image or start script runs `migrate` or `makemigrations --check` followed by \
`|| true` (or `|| :`, `|| echo`, `|| exit 0`), or in a step with `continue-on-error: true`. Silent for tools of \
developers.",
        why: "The deploy goes on with a schema that is half migrated or not at all, and the first to notice are users.",
        example: "# entrypoint.sh
python manage.py migrate --noinput || true",
        safe_way: "Let it fail: the deploy stops, and the previous release goes on.",
        evidence: "POSIX shell, `||`; GitHub Actions, `jobs.<job_id>.steps[*].continue-on-error`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for file in cx.deploy.files.iter().filter(|file| file.deploys()) {
        for command in file.commands() {
            if command.name == "makemigrations" && !command.only_checks() {
                continue;
            }
            let Some(how) = hidden(file, &command) else { continue };
            let message = format!(
                "`{}` runs `{}` and goes on when it fails ({how})",
                file.file.display(),
                command.name
            );
            let help = Help::text("Let it fail: the deploy stops, and the previous release goes on.");
            let identity = format!("{} {}", command.name, file.file.display());
            sink.report(
                Finding::new(RULE.info.name, RULE.info.severity, Place::Range(command.at), message)
                    .about(identity)
                    .help(help),
            );
        }
    }
}

/// How its failure is hidden.
fn hidden(file: &DeployFile, command: &Command) -> Option<&'static str> {
    let rest = command.rest.get(command.arguments().len()..).unwrap_or_default();
    let after = rest.split("||").nth(1).map(str::trim_start);
    if let Some(after) = after {
        let word = after.split(|c: char| !(c.is_alphanumeric() || c == ':')).next().unwrap_or_default();
        match word {
            "true" | ":" => return Some("`|| true`"),
            "echo" if !after.contains("exit 1") => return Some("`|| echo`"),
            "exit" if after.starts_with("exit 0") => return Some("`|| exit 0`"),
            _ => {}
        }
    }
    let step = file.step(command.line);
    let on = step.lines().any(|line| line.trim().trim_start_matches("- ") == "continue-on-error: true");
    on.then_some("`continue-on-error`")
}

#[cfg(test)]
mod tests {
    use crate::rules::deploy::testing::fired_on;

    #[test]
    fn fires_where_failure_does_not_count() {
        let fires = |path: &str, text: &str| fired_on(&[(path, text)]).contains(&"failure-hidden");
        assert!(fires("entrypoint.sh", "python manage.py migrate --noinput || true\n"));
        assert!(fires(
            ".github/workflows/a.yml",
            "steps:\n  - name: x\n    continue-on-error: true\n    run: python manage.py makemigrations --check\n"
        ));
        assert!(!fires("entrypoint.sh", "python manage.py migrate --noinput || exit 1\n"));
        assert!(!fires("Makefile", "\tpython manage.py migrate || true\n"));
        assert!(!fires(
            ".github/workflows/a.yml",
            "steps:\n  - run: ls\n    continue-on-error: true\n  - run: python manage.py migrate\n"
        ));
    }
}
