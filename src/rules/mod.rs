//! Floor 5: what is wrong or risky. One file a rule; it holds the rule's documentation and its check.
//!
//! A rule is a pure function of what it is given ([`Context`], [`MigrationContext`],
//! [`OperationContext`]): it reads no file, no clock, no network. To add one, write its file and name
//! it in the list at the end of this module.

mod context;
mod effects;
pub mod ignores;
mod registry;
mod run;
pub mod selection;
mod snippet;

pub use context::{App, Context, MigrationContext, MigrationsFolder, OperationContext, Sink};
pub use effects::{Effect, Side, effects};
pub use run::run;
pub(crate) use snippet::nearest as nearest_of;
pub use registry::{Check, Dialects, Rule, RuleInfo, by_name, nearest};

/// Declares each rule's module and lists its `RULE`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        /// Every rule, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules![
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
