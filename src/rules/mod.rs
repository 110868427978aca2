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
pub mod ignores;
mod registry;
mod run;
pub mod selection;
mod snippet;
mod statements;
#[cfg(test)]
mod tests;

pub use ancestry::Ancestry;
pub use context::{
    App, BrokenMigration, Context, Drift, MigrationContext, MigrationsFolder, MissingOperation,
    OperationContext, Sink, UnmigratedApp,
};
pub use effects::{Effect, New, Replayed, Side, effects};
pub use registry::{Check, Dialects, Rule, RuleInfo, by_name, nearest};
pub use run::{impact, run};
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
    missing_migration,
    model_without_migrations,
    remove_field,
    delete_model,
    rename_field,
    rename_model,
    add_not_null_field,
    blocking_index,
    blocking_index_drop,
    concurrent_in_transaction,
    concurrent_not_alone,
    table_rewrite,
    validating_constraint,
    foreign_key_locks_both,
    long_transaction,
    schema_and_data,
    no_lock_timeout,
    copy_algorithm,
    non_transactional,
    table_remake,
    non_atomic_without_need,
    concurrent_not_retryable,
    small_primary_key,
    name_too_long,
    irreversible_operation,
    imports_model,
    unused_ignore,
];
