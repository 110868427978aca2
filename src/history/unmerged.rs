//! Which migrations the target branch does not have.

use std::collections::BTreeSet;

use super::{Base, by_app};
use crate::django::keys::MigrationKey;
use crate::project::{PackageState, Project};
use crate::reading::{self, ReadMigrations};
use crate::source::Tree;

/// The repository's own migrations that neither the merge base nor the target's tip has, by their path
/// or, moved, by their content. Those of submodules count as merged: their history is their own.
pub fn unmerged(
    base: &Base,
    tree: &Tree,
    project: &Project,
    read: &ReadMigrations,
) -> BTreeSet<MigrationKey> {
    let mut found = BTreeSet::new();
    let by_app = by_app(read);
    for app in project.apps.values() {
        let PackageState::Migrated { folder, .. } = &app.migrations.state else { continue };
        let folder = reading::shown(tree.root(), folder);
        if base.is_submodule(&folder) || !reading::is_project_app(project, &app.label) {
            continue;
        }
        let merged: BTreeSet<_> =
            base.migrations_in(&folder).into_keys().chain(base.new_on_target(&folder).into_keys()).collect();
        let own = by_app.get(&app.label).into_iter().flatten();
        for migration in own.filter(|migration| !merged.contains(&migration.key.name)) {
            let Some(file) = &migration.file else { continue };
            let path = format!("{folder}/{}.py", migration.key.name);
            let status = base.status(&path, file.path());
            let moved = status.id().and_then(|id| base.moved(id, &migration.key.name, tree));
            if moved.is_none() {
                found.insert(migration.key.clone());
            }
        }
    }
    found
}
