//! `edited-migration`: a migration that may have been applied was changed.

use super::context::place_of;
use super::{Check, Context, Dialects, EditKind, Edited, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds where a migration that exists at the base was changed.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "edited-migration",
        severity: Severity::Error,
        aspect: Aspect::History,
        summary: "a migration that exists at the base was changed",
        what: "With `--diff`: fires on each migration that exists at the merge base and now does something else: its operations, dependencies, `replaces`, `atomic`, or the code that it runs. A change that the database does not see (`verbose_name`, `help_text`, `choices` and the like) or of comments, formatting and docstrings alone is a remark. Silent where one of the two versions cannot be read in full; that is counted as undecided.",
        why: "`migrate` never applies a migration twice. Environments that have applied it keep the old effect, new ones get the new one, and the two differ from then on without anything saying so.",
        example: "class Migration(migrations.Migration):       # applied in production last week
    operations = [
        migrations.AddField(\"order\", \"note\", models.CharField(max_length=200)),   # was 100
    ]",
        safe_way: "Take the change back and write it as a new migration on top.",
        evidence: "Django: `MigrationExecutor.migration_plan` leaves out what `django_migrations` lists, by app and name alone.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(history) = cx.history else { return };
    for edited in &history.edited {
        let Some(migration) = cx.graph.disk.get(&edited.key) else { continue };
        let key = &edited.key;
        let (severity, message) = match edited.kind {
            EditKind::Effect => (
                RULE.info.severity,
                format!(
                    "`{key}` exists at the base and now does something else: environments that have applied it \
                     will not get the change{}",
                    listed(edited)
                ),
            ),
            EditKind::State => (
                Severity::Info,
                format!("`{key}` exists at the base and was changed in what the database does not see{}", listed(edited)),
            ),
            EditKind::Text => (
                Severity::Info,
                format!("`{key}` exists at the base and was changed in text alone: it does the same"),
            ),
            EditKind::Unknown(_) => continue,
        };
        let path = migration.file.as_ref().map_or("", |file| file.display());
        let mut finding = Finding::new(RULE.info.name, severity, place_of(migration), message).of(key);
        if severity == RULE.info.severity {
            let text = "Take the change back, and write it as a new migration: `makemigrations` makes it from \
                        the models.";
            let mut help = Help::text(text);
            if is_plain(path) {
                help.code.push(crate::report::CodeBlock {
                    caption: "the way back".to_owned(),
                    language: "sh",
                    code: format!(
                        "git checkout {} -- {path}\npython manage.py makemigrations {}",
                        history.base, key.app
                    ),
                });
            }
            finding = finding.help(help);
        }
        sink.report(finding);
    }
}

/// A path that a shell takes as it stands.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('-') && path.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}

/// The first changes, in a few words.
fn listed(edited: &Edited) -> String {
    const SHOWN: usize = 3;
    if edited.changes.is_empty() {
        return String::new();
    }
    let first: Vec<&str> = edited.changes.iter().take(SHOWN).map(String::as_str).collect();
    let rest = edited.changes.len().saturating_sub(SHOWN);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!(" ({}{rest})", first.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::report::Severity;
    use crate::rules::histories::*;
    use crate::rules::{EditKind, Edited, History};

    fn edited(kind: EditKind) -> Vec<(Severity, String)> {
        let changes = vec!["- Remove field note from order".to_owned()];
        let history = History {
            base: "1a2b3c".into(),
            edited: vec![Edited { key: key("0001_initial"), kind, changes }],
            ..History::default()
        };
        let project = ProjectInput { history: Some(history), ..input(vec![initial()]) };
        let found = check(&project, &CheckOptions::default()).findings;
        found.into_iter().map(|finding| (finding.severity, finding.message)).collect()
    }

    #[test]
    fn what_it_does_is_an_error_the_rest_a_remark() {
        let [(severity, message)] = &edited(EditKind::Effect)[..] else { panic!() };
        assert_eq!(*severity, Severity::Error);
        assert!(message.ends_with("(- Remove field note from order)"), "{message}");
        assert_eq!(edited(EditKind::State)[0].0, Severity::Info);
        assert_eq!(edited(EditKind::Text)[0].0, Severity::Info);
        assert!(edited(EditKind::Unknown("x".into())).is_empty());
    }
}
