//! New names of migrations, and every place that says the old ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::{Draft, Step};
use crate::django::keys::MigrationKey;
use crate::django::migration::{Dependency, Migration, Origin};

/// The lists of a migration that name others.
const LISTS: &[&str] = &["dependencies", "run_before", "replaces"];

fn list<'m>(migration: &'m Migration, name: &str) -> &'m [Dependency] {
    match name {
        "dependencies" => &migration.dependencies,
        "run_before" => &migration.run_before,
        _ => &migration.replaces,
    }
}

/// The digits that a name begins with.
pub(super) fn digits(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}

/// New names for migrations whose number is not after that of the one before; the first comes after
/// `number`. Names that begin with none stay.
pub(super) fn renumbered(order: &[MigrationKey], number: u64) -> BTreeMap<MigrationKey, Arc<str>> {
    let (mut last, mut renames) = (number, BTreeMap::new());
    for key in order {
        let own = digits(&key.name);
        let Ok(value) = own.parse::<u64>() else { continue };
        if value > last {
            last = value;
            continue;
        }
        last = last.saturating_add(1);
        let rest = key.name.get(own.len()..).unwrap_or_default();
        let width = own.len().max(4);
        renames.insert(key.clone(), format!("{last:0width$}{rest}").into());
    }
    renames
}

/// Gives migrations new names, wherever another migration names them.
///
/// # Errors
/// A migration names one in a way that cannot be edited.
pub(super) fn rename(
    draft: &Draft<'_>,
    step: &mut Step,
    renames: &BTreeMap<MigrationKey, Arc<str>>,
) -> Result<(), String> {
    for migration in &draft.input.migrations {
        for name in LISTS {
            let named = list(migration, name).iter().map(|dependency| &dependency.key);
            let named: BTreeSet<&MigrationKey> = named.filter(|key| renames.contains_key(*key)).collect();
            for key in named {
                let new = renames.get(key).map_or("", |new| new);
                repoint(draft, step, migration, name, key, new)?;
            }
        }
    }
    for (key, new) in renames {
        step.renames.insert(key.clone(), new.clone());
    }
    Ok(())
}

/// Lets a list of a migration name another one of the same app.
///
/// # Errors
/// The list is not one that can be edited.
pub(super) fn repoint(
    draft: &Draft<'_>,
    step: &mut Step,
    migration: &Migration,
    name: &str,
    old: &MigrationKey,
    new: &str,
) -> Result<(), String> {
    if migration.origin != Origin::Project {
        return Err(format!("{} names {old} and is not the repository's own", migration.key));
    }
    let shape = draft.shape(&migration.key)?;
    let places = shape.names(name, old);
    if places.is_empty() {
        return Err(format!("{} names {old} in a way that cannot be edited", migration.key));
    }
    for place in places {
        step.edits_of(&migration.key).replace(place, shape.quoted_as(place, new));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::keys::AppLabel;

    #[test]
    fn numbers_follow_each_other_and_others_stay() {
        let keys: Vec<MigrationKey> = ["0002_a", "0003_b", "0009_c", "note"]
            .map(|name| MigrationKey::new(AppLabel::new("shop"), name))
            .into();
        let new = renumbered(&keys, 4);
        let names: Vec<&str> = new.values().map(|name| &**name).collect();
        assert_eq!(names, ["0005_a", "0006_b"]);
        assert!(renumbered(&keys, 1).is_empty());
    }
}
