//! `missing-init-file`: a migrations folder that Django does not see.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Place, Severity};

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
        let count = folder.modules.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).count();
        if count == 0 {
            continue;
        }
        let files = if count == 1 { "migration".to_owned() } else { format!("{count} migrations") };
        let message = format!("`{}` has no `__init__.py`: Django does not see the {files} in it", folder.path);
        let help = Help::text(format!("Add an empty `{}/__init__.py`.", folder.path));
        sink.report(
            Finding::new(RULE.info.name, RULE.info.severity, Place::Path(folder.path.clone()), message)
                .of_app(app.label.as_str())
                .about(folder.path.as_ref())
                .help(help),
        );
    }
}
