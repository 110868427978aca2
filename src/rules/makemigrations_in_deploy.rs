//! `makemigrations-in-deploy`: migrations that nobody has seen.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, CodeBlock, Finding, Help, Place, Severity};

/// Finds where a pipeline, image or entrypoint runs `makemigrations` on the way to an environment.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "makemigrations-in-deploy",
        severity: Severity::Error,
        aspect: Aspect::Deploy,
        summary: "a pipeline, image or entrypoint runs `makemigrations` on the way to an environment",
        what: "Fires where a pipeline (GitHub, GitLab, Azure, CircleCI, Bitbucket, Travis, Drone, Jenkins), a Dockerfile, Procfile, \
compose file or start script runs `makemigrations` without `--check` or `--dry-run`. Silent for Makefiles and other \
tools of developers, for files of development and tests by their names, in comments, and where the file commits what \
was made.",
        why: "Each environment makes migrations of its own: nobody has reviewed them, their names and contents differ, and they are \
gone with the container, while the database remembers them. The next real migration then collides with one that \
is nowhere in the repository.",
        example: "# entrypoint.sh
python manage.py makemigrations --noinput
python manage.py migrate --noinput",
        safe_way: "`makemigrations` on the developer's machine, the files into version control, `makemigrations \
--check` in CI, and `migrate` alone in the deploy.",
        evidence: "Django: topics/migrations, \"Version control\".",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for file in cx.deploy.files.iter().filter(|file| file.deploys()) {
        let text = file.file.text();
        if ["git commit", "git push", "create-pull-request", "git-auto-commit"].iter().any(|word| text.contains(word)) {
            continue;
        }
        for command in file.commands() {
            if command.name != "makemigrations" || command.only_checks() {
                continue;
            }
            let message = format!(
                "`{}` runs `makemigrations`: each environment gets migrations of its own that nobody has reviewed",
                file.file.display()
            );
            let mut help = Help::text("Make migrations where they are committed, and only look here.");
            help.code.push(CodeBlock {
                caption: "instead".to_owned(),
                language: "sh",
                code: "python manage.py makemigrations --check\npython manage.py migrate".to_owned(),
            });
            let identity = format!("makemigrations {}", file.file.display());
            sink.report(
                Finding::new(RULE.info.name, RULE.info.severity, Place::Range(command.at), message)
                    .about(identity)
                    .help(help),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::deploy::testing::fired_on;

    fn fires(path: &str, text: &str) -> bool {
        fired_on(&[(path, text)]).contains(&"makemigrations-in-deploy")
    }

    #[test]
    fn fires_on_the_way_to_an_environment() {
        let run = "python manage.py makemigrations --noinput\n";
        assert!(fires("entrypoint.sh", run));
        assert!(fires("Procfile", "release: python manage.py makemigrations && python manage.py migrate\n"));
        assert!(fires("Dockerfile", "RUN python manage.py makemigrations\n"));
        assert!(fires(".github/workflows/deploy.yml", "    - run: python manage.py makemigrations\n"));
    }

    #[test]
    fn silent_elsewhere() {
        assert!(!fires("entrypoint.sh", "python manage.py makemigrations --check\n"));
        assert!(!fires("entrypoint.sh", "# python manage.py makemigrations\n"));
        assert!(!fires("Makefile", "\tpython manage.py makemigrations\n"));
        assert!(!fires("docker-compose.dev.yml", "command: python manage.py makemigrations\n"));
        assert!(!fires("entrypoint.sh", "python manage.py migrate\n"));
        assert!(!fires(".github/workflows/make.yml", "run: |\n  python manage.py makemigrations\n  git commit -a\n"));
    }
}
