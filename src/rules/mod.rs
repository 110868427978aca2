//! Floor 6: what is wrong or risky. One file a rule; it holds the rule's documentation and its check.
//!
//! A rule is a pure function of what it is given ([`Context`], [`MigrationContext`],
//! [`OperationContext`]): it reads no file, no clock, no network. To add one, write its file and name
//! it in the list at the end of this module.

mod ancestry;
mod checks;
mod column_types;
mod columns;
mod comments;
mod context;
mod data_code;
pub mod deploy;
mod effects;
mod from_models;
#[cfg(test)]
mod histories;
mod history;
pub mod ignores;
mod kept_key;
mod model_code;
mod others;
mod pairs;
mod raw_sql;
mod registry;
mod room;
mod run;
pub mod selection;
mod snippet;
mod statements;
mod storage;
pub mod table_sizes;
#[cfg(test)]
mod tests;
mod unique_index;
mod uniques;

pub use ancestry::Ancestry;
pub(crate) use ancestry::{Overlap, overlap};
pub use context::{
    App, BrokenMigration, Context, Drift, MigrationContext, MigrationsFolder, MissingOperation,
    OperationContext, Sink, UnmigratedApp,
};
pub use effects::{Effect, New, Replayed, Side, effects};
pub use from_models::{Awaited, FromModels};
pub use history::{Deleted, Dropped, EditKind, Edited, History, Reference};
pub use others::others;
pub use pairs::{PAIRS, Pair, fold};
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
    set_not_null,
    narrow_field,
    change_field_type,
    change_primary_key,
    change_many_to_many,
    alter_model_table,
    add_unique,
    unique_callable_default,
    add_check,
    add_exclusion,
    foreign_key_without_index,
    remove_default,
    reserved_name,
    data_loss_on_reverse,
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
    wrong_database,
    unbatched_update,
    custom_manager_or_method,
    runpython_arguments,
    runpython_variable,
    sql_drop,
    sql_rename,
    sql_set_not_null,
    sql_change_type,
    sql_truncate,
    sql_update_without_where,
    sql_transaction,
    sql_enum_value,
    sql_built_from_values,
    sql_state_missing,
    sql_unparsed,
    makemigrations_in_deploy,
    failure_hidden,
    fake_initial_skips,
    no_migration_check,
    migrations_ignored_by_git,
    tenant_apps,
    unused_ignore,
];
