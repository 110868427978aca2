//! `max_migration.txt` of django-linear-migrations: the app's last migration, and nothing else.

use super::changes::Change;
use super::draft::Draft;
use crate::django::keys::AppLabel;

/// The files that are to name another migration, and what that is.
pub(super) fn update(draft: &Draft<'_>, wanted: impl Fn(&AppLabel) -> bool) -> (Vec<Change>, Vec<String>) {
    let (graph, _) = draft.graph();
    let (mut changes, mut done) = (Vec::new(), Vec::new());
    for app in draft.input.apps.iter().filter(|app| wanted(&app.label)) {
        let Some(file) = app.migrations.as_ref().and_then(|folder| folder.max_migration.as_ref()) else {
            continue;
        };
        let mut of_app = draft.ours().filter(|migration| migration.key.app == app.label);
        let leaves = graph.graph.leaf_nodes(Some(&app.label));
        let ([leaf], false) = (&leaves[..], of_app.any(|migration| !migration.unknowns.is_empty())) else {
            continue;
        };
        let names: Vec<&str> = file.text().lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if names == [&*leaf.name] {
            continue;
        }
        changes.push(Change {
            from: Some(file.path().to_owned()),
            to: file.path().to_owned(),
            before: file.text().to_owned(),
            after: format!("{}\n", leaf.name),
            mark: false,
        });
        done.push(format!("{} names `{}`", file.display(), leaf.name));
    }
    (changes, done)
}
