//! `fake-initial-skips`: what `--fake-initial` leaves out in silence.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{Operation, OperationKind};
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds where a deploy runs `migrate --fake-initial`, and an initial migration does more than create
/// tables.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "fake-initial-skips",
        severity: Severity::Warning,
        aspect: Aspect::Deploy,
        summary: "a deploy runs `migrate --fake-initial`, and an initial migration does more than create tables",
        what: "Fires where a pipeline, image or start script runs `migrate` (or `migrate_schemas`) with \
`--fake-initial`, and a migration of the repository with `initial = True` holds operations besides `CreateModel` and \
`AddField` that change the database: data migrations, SQL, indexes, constraints.",
        why: "Django looks whether the tables and columns of `CreateModel` and `AddField` are there, and if so records \
the whole migration as applied. What else is in it is never run, and nothing says so.",
        example: "# entrypoint.sh
python manage.py migrate --fake-initial",
        safe_way: "`--fake-initial` by hand, once, for the database that needs it; plain `migrate` in the deploy.",
        evidence: "Django: `MigrationExecutor.detect_soft_applied`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let skipped: Vec<&Migration> = cx
        .plan
        .iter()
        .map(AsRef::as_ref)
        .filter(|migration| migration.origin == Origin::Project && migration.initial == Some(true))
        .filter(|migration| migration.operations.iter().any(is_skipped))
        .collect();
    let Some(first) = skipped.first() else { return };
    for file in cx.deploy.files.iter().filter(|file| file.deploys()) {
        for command in file.commands() {
            if !command.name.starts_with("migrate") || !command.arguments().contains("--fake-initial") {
                continue;
            }
            let others = match skipped.len() - 1 {
                0 => String::new(),
                count => format!(" and {count} more"),
            };
            let message = format!(
                "`{}` runs `{} --fake-initial`: where the tables are there, what else `{}`{others} does is skipped in silence",
                file.file.display(),
                command.name,
                first.key
            );
            let help = Help::text("Run plain `migrate` in the deploy; `--fake-initial` by hand, for the one database that needs it.");
            let mut finding = Finding::new(RULE.info.name, RULE.info.severity, Place::Range(command.at), message)
                .about(format!("fake-initial {}", file.file.display()))
                .help(help);
            let places = skipped.iter().filter_map(|migration| migration.operations.iter().find(|one| is_skipped(one)));
            for at in places.filter_map(|operation| operation.at.clone()).take(5) {
                finding = finding.label(at, "would be skipped");
            }
            sink.report(finding);
        }
    }
}

fn is_skipped(operation: &Operation) -> bool {
    !matches!(
        operation.kind,
        OperationKind::CreateModel(_)
            | OperationKind::AddField { .. }
            | OperationKind::AlterModelOptions { .. }
            | OperationKind::AlterModelManagers { .. }
            | OperationKind::CreateExtension { .. }
            // What it is for is said in its parts; Django looks into none of them.
            | OperationKind::SeparateDatabaseAndState { .. }
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::deploy::testing::deploy;
    use crate::rules::histories::*;

    fn fires(extra: Vec<Operation>, text: &str) -> bool {
        let mut first = initial();
        first.operations.extend(extra);
        let mut project = input(vec![first]);
        project.deploy = deploy(&[("entrypoint.sh", text)]);
        rules_of(&check(&project, &CheckOptions::default()).findings).contains(&"fake-initial-skips")
    }

    #[test]
    fn fires_where_something_would_be_skipped() {
        let run = "python manage.py migrate --fake-initial\n";
        assert!(fires(vec![sql("SELECT 1", Some(""))], run));
        assert!(fires(vec![index(false)], run));
        assert!(!fires(vec![], run));
        assert!(!fires(vec![index(false)], "python manage.py migrate\n"));
    }
}
