//! `max-migration-file`: `max_migration.txt` is out of step.

use super::{App, Check, Context, Dialects, MigrationsFolder, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Place, Severity};
use crate::source::Location;

/// Finds where `max_migration.txt` does not name the app's leaf, or holds a merge conflict.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "max-migration-file",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "`max_migration.txt` does not name the app's leaf, or holds a merge conflict",
        what: "Fires on the `max_migration.txt` of django-linear-migrations where it holds the marks of a merge conflict, more or less than one name, or another name than that of the app's one leaf.",
        why: "The file is there to make two branches with migrations of one app conflict in git. Out of step it no longer does, and its own system check fails.",
        example: "<<<<<<< HEAD
0002_note
=======
0002_total
>>>>>>> total",
        safe_way: "Let one migration depend on the other and write the last one's name into the file (`manage.py rebase_migration APP` does both).",
        evidence: "django-linear-migrations: checks dlm.E001 to dlm.E005.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for app in cx.apps {
        if let Some(folder) = &app.migrations {
            look(cx, sink, app, folder);
        }
    }
}

fn look(cx: &Context<'_>, sink: &mut Sink, app: &App, folder: &MigrationsFolder) {
    let Some(file) = &folder.max_migration else { return };
    let names: Vec<_> = file.text().lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let leaves = cx.graph.graph.leaf_nodes(Some(&app.label));
    let message = if names.iter().any(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>")) {
        "`max_migration.txt` holds a merge conflict".to_owned()
    } else {
        match (names.as_slice(), leaves.as_slice()) {
            // Several leaves, or none that could be read, are told elsewhere.
            (_, [] | [_, _, ..]) => return,
            ([name], [leaf]) if *name == leaf.name.as_ref() => return,
            ([name], [leaf]) => {
                format!("`max_migration.txt` names `{name}`, but the last migration is `{}`", leaf.name)
            }
            (names, [leaf]) => {
                format!(
                    "`max_migration.txt` holds {} names, where `{}` alone should stand",
                    names.len(),
                    leaf.name
                )
            }
        }
    };
    let end = u32::try_from(file.text().trim_end().len()).unwrap_or(0);
    let place = Place::Range(Location { file: file.clone(), start: 0, end });
    let help = match leaves.as_slice() {
        [leaf] => Help::text(format!("Write `{}` into the file, and nothing else.", leaf.name)),
        _ => Help::text("Join the branches first, then write the last migration's name into the file."),
    };
    sink.report(
        Finding::new(RULE.info.name, RULE.info.severity, place, message)
            .of_app(app.label.as_str())
            .help(help),
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    use crate::rules::{App, MigrationsFolder};

    fn with_file(text: &str, migrations: Vec<Migration>) -> Vec<Finding> {
        let folder = MigrationsFolder {
            path: "shop/migrations".into(),
            has_init: true,
            modules: vec![],
            max_migration: Some(file("shop/migrations/max_migration.txt", text)),
        };
        let label = crate::django::keys::AppLabel::new("shop");
        let apps = vec![App { label, path: "shop".into(), migrations: Some(folder) }];
        let project = ProjectInput { apps, ..input(migrations) };
        check(&project, &CheckOptions::default()).findings
    }

    fn two() -> Vec<Migration> {
        vec![initial(), migration("0002_second", &["0001_initial"], vec![], "")]
    }

    #[test]
    fn a_name_that_is_not_the_leafs() {
        let found = with_file("0001_initial\n", two());
        assert_eq!(rules_of(&found), ["max-migration-file"]);
        assert!(found[0].message.contains("`0002_second`"));
        assert_eq!(rules_of(&with_file("", two())), ["max-migration-file"]);
        assert_eq!(rules_of(&with_file("0001_initial\n0002_second\n", two())), ["max-migration-file"]);
    }

    #[test]
    fn a_merge_conflict() {
        let text = "<<<<<<< HEAD\n0002_second\n=======\n0002_other\n>>>>>>> other\n";
        let found = with_file(text, two());
        assert_eq!(rules_of(&found), ["max-migration-file"]);
        assert!(found[0].message.contains("merge conflict"));
    }

    #[test]
    fn the_leafs_name_however_it_ends() {
        assert!(with_file("0002_second\n", two()).is_empty());
        assert!(with_file("0002_second", two()).is_empty());
        assert!(with_file("0002_second\r\n", two()).is_empty());
    }

    #[test]
    fn several_leaves_are_told_elsewhere() {
        let mut branches = two();
        branches.push(migration("0003_other", &["0001_initial"], vec![], ""));
        assert_eq!(rules_of(&with_file("0002_second\n", branches)), ["conflicting-migrations"]);
    }
}
