//! `missing-migration`: models and migrations differ.

use super::context::identity;
use super::{Check, Context, Dialects, MissingOperation, Rule, RuleInfo, Sink};
use crate::django::autodetector::QuestionKind;
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds changes of models.py that no migration has.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "missing-migration",
        severity: Severity::Error,
        aspect: Aspect::Drift,
        summary: "models.py have a change that no migration has",
        what: "Fires on each operation that `makemigrations` would write for an app of the repository, at the field or class in models.py that it comes from. The state after all migrations and the one that models.py declare are compared as Django's autodetector compares them. What cannot be worked out on either side is no difference; it is counted as undecided.",
        why: "The code that goes out asks the database for tables and columns that are not there, or still has to live with those that should be gone. And whoever runs `makemigrations` next gets a migration that has nothing to do with their change.",
        example: "class Order(models.Model):\n    note = models.TextField(default=\"\")      # new, and no migration adds it",
        safe_way: "Write the migration with `python manage.py makemigrations`, or `migcheck missing --write`, look at it, and commit it with the change of the model.",
        evidence: "Django: `MigrationAutodetector.changes`, which is what `makemigrations --check` asks.",
        dialects: Dialects::All,
    },
    check: Check::Models(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(drift) = &cx.models.get().drift else { return };
    for undecided in &drift.undecided {
        sink.undecided(undecided.clone());
    }
    for missing in &drift.missing {
        let message = format!("no migration has this change yet: {}", missing.operation.describe(cx.django));
        let mut finding = Finding::new(RULE.info.name, RULE.info.severity, missing.place.clone(), message)
            .of_app(missing.app.as_str())
            .about(identity(&missing.operation))
            .help(help(missing));
        finding.labels.clone_from(&missing.labels);
        sink.report(finding);
    }
}

fn help(missing: &MissingOperation) -> Help {
    let app = &missing.app;
    let text = match missing.question {
        None => format!(
            "Run `python manage.py makemigrations {app}` or `migcheck missing --app {app} --write`, and \
             commit the migration."
        ),
        Some(question) => format!(
            "Run `python manage.py makemigrations {app}` and commit the migration. It will ask {}{}.",
            question.as_str(),
            match question {
                QuestionKind::NotNullAddition | QuestionKind::AutoNowAddAddition => {
                    "; a field with a `default`, a `db_default` (Django 5.0) or `null=True` needs no answer"
                }
                QuestionKind::UniqueCallableDefaultAddition => {
                    "; they can't all have the same, so add it nullable, fill it, then make it unique"
                }
                _ => "",
            }
        ),
    };
    let help = Help::text(text);
    match &missing.code {
        Some(code) => help.python("the migration's operation", code.clone()),
        None => help,
    }
}

#[cfg(test)]
mod tests {
    use crate::django::autodetector::QuestionKind;
    use crate::django::keys::AppLabel;
    use crate::report::{Label, Place, Undecided};
    use crate::rules::FromModels;
    use crate::rules::histories::*;
    use crate::rules::{Drift, MissingOperation};

    fn missing(operation: Operation, place: Place) -> MissingOperation {
        let app = AppLabel::new("shop");
        MissingOperation { app, operation, code: None, question: None, place, labels: vec![] }
    }

    fn checked(drift: Option<Drift>) -> ProjectReport {
        let project = ProjectInput { models: FromModels { drift, ..FromModels::default() }.into(), ..input(vec![initial()]) };
        check(&project, &CheckOptions::default())
    }

    fn models(text: &str) -> Location {
        let file = file("shop/models.py", text);
        let start = u32::try_from(text.find("models.TextField").unwrap()).unwrap();
        Location { file, start, end: start + 16 }
    }

    #[test]
    fn each_operation_is_a_finding_at_its_field() {
        let at = models("class Order:\n    note = models.TextField()\n");
        let added = MissingOperation {
            code: Some("migrations.AddField(\n    …\n),".into()),
            question: Some(QuestionKind::NotNullAddition),
            ..missing(add("note", text()), Place::Range(at.clone()))
        };
        let removed = MissingOperation {
            labels: vec![Label { at, text: "the migrations have it".into() }],
            ..missing(remove("code"), Place::Path("shop/models.py".into()))
        };
        let report = checked(Some(Drift { missing: vec![added, removed], ..Drift::default() }));
        let [removed, added] = &report.findings[..] else { panic!("{:?}", report.findings) };
        assert_eq!(removed.message, "no migration has this change yet: Remove field code from order");
        assert_eq!(added.place.start().line, 2);
        insta::assert_snapshot!(added.help.as_ref().unwrap().to_markdown(), @r"
        Run `python manage.py makemigrations shop` and commit the migration. It will ask for a value for the existing rows of a new NOT NULL field; a field with a `default`, a `db_default` (Django 5.0) or `null=True` needs no answer.

        the migration's operation:
        ```python
        migrations.AddField(
            …
        ),
        ```
        ");
        assert_ne!(added.fingerprint, removed.fingerprint);
    }

    #[test]
    fn nothing_is_reported_where_nothing_is_known() {
        assert!(checked(None).findings.is_empty());
        assert!(checked(Some(Drift::default())).findings.is_empty());
        let undecided = Undecided {
            what: "whether the migrations have field note: default of shop.order".into(),
            reason: "read from a file".into(),
            hint: None,
            path: None,
            line: None,
            column: None,
        };
        let report = checked(Some(Drift { undecided: vec![undecided], ..Drift::default() }));
        assert!(report.findings.is_empty());
        assert_eq!(report.undecided.len(), 1);
    }

    #[test]
    fn a_comment_in_models_py_silences_it() {
        let at = models(
            "class Order:\n    # migcheck: ignore[missing-migration] made by hand\n    note = models.TextField()\n",
        );
        let files = vec![at.file.clone()];
        let added = missing(add("note", text()), Place::Range(at));
        let drift = Drift { missing: vec![added], files: files.clone(), ..Drift::default() };
        assert!(checked(Some(drift)).findings.is_empty());
        let unused = checked(Some(Drift { files, ..Drift::default() }));
        assert_eq!(rules_of(&unused.findings), ["unused-ignore"]);
    }
}
