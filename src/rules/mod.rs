//! Floor 5: what is wrong or risky. One file a rule; it holds the rule's documentation and its check.
//!
//! A rule is a pure function of what it is given ([`Context`], [`MigrationContext`],
//! [`OperationContext`]): it reads no file, no clock, no network. To add one, write its file and name
//! it in the list at the end of this module.

mod ancestry;
mod comments;
mod context;
mod effects;
#[cfg(test)]
mod histories;
mod history;
pub mod ignores;
mod registry;
mod run;
pub mod selection;
mod snippet;
#[cfg(test)]
mod tests;

pub use ancestry::Ancestry;
pub use context::{
    App, BrokenMigration, Context, Drift, MigrationContext, MigrationsFolder, MissingOperation,
    OperationContext, Sink, UnmigratedApp,
};
pub use effects::{Effect, New, Replayed, Side, effects};
pub use history::{Deleted, Dropped, EditKind, Edited, History, Reference};
pub use registry::{Check, Dialects, Rule, RuleInfo, by_name, nearest};
pub use run::run;
pub(crate) use snippet::nearest as nearest_of;

/// Declares each rule's module and lists its `RULE`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        /// Every rule, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules![
    conflicting_migrations,
    missing_dependency,
    dependency_cycle,
    unreadable_migration,
    invalid_operation,
    undeclared_dependency,
    duplicate_migration_number,
    missing_init_file,
    squash_not_clean,
    max_migration_file,
    dependency_on_latest,
    edited_migration,
    deleted_migration,
    collides_with_target,
    inserted_migration,
    inconsistent_history,
    missing_migration,
    model_without_migrations,
    drop_with_code,
    mixed_change,
    still_referenced,
    remove_field,
    delete_model,
    rename_field,
    rename_model,
    add_not_null_field,
    blocking_index,
    irreversible_operation,
    imports_model,
    unused_ignore,
];
