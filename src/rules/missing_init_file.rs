//! `missing-init-file`: a migrations folder that Django does not see.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Place, Severity};

/// Finds where a migrations folder has no `__init__.py`, though those of other apps have.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "missing-init-file",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "a migrations folder has no `__init__.py`, though those of other apps have",
        what: "Fires on a folder `migrations` that holds numbered migrations and no `__init__.py`, where another app of the project has one.",
        why: "Python takes such a folder for a namespace package and Django takes the app for one without migrations: none of the files in it is applied, and the tests create its tables straight from the models.",
        example: "shop/migrations/0001_initial.py      # and no __init__.py",
        safe_way: "Add an empty `__init__.py` and commit it.",
        evidence: "Django: `MigrationLoader.load_disk` (a package without `__file__` counts as unmigrated).",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let folders = || cx.apps.iter().filter_map(|app| Some((app, app.migrations.as_ref()?)));
    if !folders().any(|(_, folder)| folder.has_init) {
        return;
    }
    for (app, folder) in folders().filter(|(_, folder)| !folder.has_init) {
        let count =
            folder.modules.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).count();
        if count == 0 {
            continue;
        }
        let files = if count == 1 { "migration".to_owned() } else { format!("{count} migrations") };
        let message =
            format!("`{}` has no `__init__.py`: Django does not see the {files} in it", folder.path);
        let help = Help::text(format!("Add an empty `{}/__init__.py`.", folder.path));
        sink.report(
            Finding::new(RULE.info.name, RULE.info.severity, Place::Path(folder.path.clone()), message)
                .of_app(app.label.as_str())
                .about(folder.path.as_ref())
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    use crate::rules::{App, MigrationsFolder};

    fn app(label: &str, has_init: bool, modules: &[&str]) -> App {
        let path: Arc<str> = format!("{label}/migrations").into();
        let modules = modules.iter().map(|name| (*name).into()).collect();
        let folder = MigrationsFolder { path, has_init, modules, max_migration: None };
        App { label: crate::django::keys::AppLabel::new(label), path: label.into(), migrations: Some(folder) }
    }

    fn rules(apps: Vec<App>) -> Vec<&'static str> {
        let project = ProjectInput { apps, ..input(vec![]) };
        rules_of(&check(&project, &CheckOptions::default()).findings)
    }

    #[test]
    fn a_folder_that_django_does_not_see() {
        let shop = || app("shop", true, &["0001_initial.py"]);
        assert_eq!(rules(vec![shop(), app("stock", false, &["0001_initial.py"])]), ["missing-init-file"]);
    }

    #[test]
    fn folders_that_are_as_they_should_be() {
        let shop = || app("shop", true, &["0001_initial.py"]);
        assert!(rules(vec![shop(), app("stock", true, &["0001_initial.py"])]).is_empty());
        // Nothing in it to be applied.
        assert!(rules(vec![shop(), app("stock", false, &[])]).is_empty());
        assert!(rules(vec![shop(), app("stock", false, &["helpers.py"])]).is_empty());
        // A project without any: migrations may lie elsewhere.
        assert!(rules(vec![app("shop", false, &["0001_initial.py"])]).is_empty());
        let bare = App { migrations: None, ..app("notes", true, &[]) };
        assert!(rules(vec![shop(), bare]).is_empty());
    }
}
