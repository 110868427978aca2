//! `deleted-migration`: a migration that may have been applied is gone.

use super::{Check, Context, Deleted, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds where a migration that exists at the base is gone or bears another name.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "deleted-migration",
        severity: Severity::Error,
        aspect: Aspect::History,
        summary: "a migration that exists at the base is gone or bears another name",
        what: "With `--diff`: fires on each migration of the merge base that is no more. Silent where a squashed migration stands in for it (`replaces`), now or at the base. A migrations folder that moved as a whole, its files unchanged, is no deletion. Names the new migration that does the same, where there is one.",
        why: "Environments have applied it under its name. Without the file its tables and columns stay, and nobody can go back below it; under another name `migrate` runs it again and fails on what is there.",
        example: "git mv shop/migrations/0007_note.py shop/migrations/0008_note.py",
        safe_way: "Keep the file. To undo what it did, write a migration that undoes it; to tidy up, squash.",
        evidence: "Django: `MigrationRecorder.applied_migrations` knows app and name alone; `MigrationLoader.build_graph` for `replaces`.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(history) = cx.history else { return };
    for deleted in history.deleted.iter().filter(|deleted| !deleted.replaced) {
        sink.report(report(deleted, &history.base));
    }
}

fn report(deleted: &Deleted, base: &str) -> Finding {
    let key = &deleted.key;
    if let Some(count) = deleted.whole_app {
        let migrations = if count == 1 { "its migration".to_owned() } else { format!("its {count} migrations") };
        let message = format!(
            "app `{}` is gone with {migrations}: its tables stay in the database, and nothing knows them \
             any more",
            key.app
        );
        let text = "Release a migration that deletes its models first; take the app out when that runs everywhere.";
        return Finding::new(RULE.info.name, RULE.info.severity, deleted.place.clone(), message)
            .of_app(key.app.as_str())
            .about("app")
            .help(Help::text(text));
    }
    let (message, text) = match &deleted.renamed_to {
        Some(new) => (
            format!(
                "`{key}` exists at the base and now bears the name `{}`: where it is applied, `migrate` runs it \
                 again and fails on what is there",
                new.name
            ),
            format!("Give it its old name `{}` back.", key.name),
        ),
        None => (
            format!("`{key}` exists at the base and is gone: environments that have applied it keep what it did"),
            format!(
                "Bring it back (`git show {base}:` and its path), and undo what it did in a new migration; to \
                 tidy up old migrations, squash them."
            ),
        ),
    };
    Finding::new(RULE.info.name, RULE.info.severity, deleted.place.clone(), message).of(key).help(Help::text(text))
}

#[cfg(test)]
mod tests {
    use crate::report::Place;
    use crate::rules::histories::*;
    use crate::rules::{Deleted, History};

    fn messages(replaced: bool, renamed_to: Option<&str>) -> Vec<String> {
        let place = Place::Path("shop/migrations/0002_note.py".into());
        let renamed_to = renamed_to.map(key);
        let deleted = vec![Deleted { key: key("0002_note"), place, replaced, renamed_to, whole_app: None }];
        let history = History { deleted, ..History::default() };
        let project = ProjectInput { history: Some(history), ..input(vec![initial()]) };
        let found = check(&project, &CheckOptions::default()).findings;
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn gone_or_renamed_but_not_squashed() {
        assert!(messages(false, None)[0].contains("is gone"));
        assert!(messages(false, Some("0003_note"))[0].contains("`0003_note`"));
        assert!(messages(true, None).is_empty());
    }
}
