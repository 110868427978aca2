//! Which other tools have a check like one of ours, and what they call it.
//!
//! Names are those of django-migration-linter 5, django-safe-migrations, django-zdm, squawk 2,
//! `strong_migrations` 2, `online_migrations`, eugene, atlas and django-linear-migrations.

/// The checks of other tools that are like a rule: tool, name there.
pub fn others(rule: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    OTHERS.iter().filter(move |(ours, _, _)| *ours == rule).map(|(_, tool, name)| (*tool, *name))
}

/// Rule, tool, name there.
const OTHERS: &[(&str, &str, &str)] = &[
    ("add-check", "atlas", "PG305"),
    ("add-check", "strong_migrations", "add_check_constraint"),
    ("add-exclusion", "eugene", "E8"),
    ("add-exclusion", "strong_migrations", "add_exclusion_constraint"),
    ("add-not-null-field", "atlas", "MF103"),
    ("add-not-null-field", "django-migration-linter", "NOT_NULL"),
    ("add-not-null-field", "squawk", "adding-required-field"),
    ("add-unique", "atlas", "MF101"),
    ("add-unique", "django-migration-linter", "ADD_UNIQUE"),
    ("add-unique", "strong_migrations", "add_unique_constraint"),
    ("alter-model-table", "django-migration-linter", "RENAME_TABLE"),
    ("alter-model-table", "squawk", "renaming-table"),
    ("blocking-index", "django-migration-linter", "CREATE_INDEX"),
    ("blocking-index", "eugene", "E6"),
    ("blocking-index", "squawk", "require-concurrent-index-creation"),
    ("blocking-index", "strong_migrations", "add_index"),
    ("change-field-type", "django-migration-linter", "ALTER_COLUMN"),
    ("change-field-type", "eugene", "E5"),
    ("change-field-type", "squawk", "changing-column-type"),
    ("change-field-type", "strong_migrations", "change_column"),
    ("conflicting-migrations", "django-linear-migrations", "dlm.E005"),
    ("delete-model", "atlas", "DS102"),
    ("delete-model", "django-migration-linter", "DROP_TABLE"),
    ("delete-model", "squawk", "ban-drop-table"),
    ("foreign-key-without-index", "eugene", "E15"),
    ("imports-model", "django-migration-linter", "RUNPYTHON_MODEL_IMPORT"),
    ("irreversible-operation", "django-migration-linter", "RUNPYTHON_REVERSIBLE"),
    ("irreversible-operation", "django-migration-linter", "RUNSQL_REVERSIBLE"),
    ("max-migration-file", "django-linear-migrations", "dlm.E004"),
    ("remove-field", "atlas", "DS103"),
    ("remove-field", "django-migration-linter", "DROP_COLUMN"),
    ("remove-field", "squawk", "ban-drop-column"),
    ("remove-field", "strong_migrations", "remove_column"),
    ("rename-field", "atlas", "BC102"),
    ("rename-field", "django-migration-linter", "RENAME_COLUMN"),
    ("rename-field", "squawk", "renaming-column"),
    ("rename-field", "strong_migrations", "rename_column"),
    ("rename-model", "atlas", "BC101"),
    ("rename-model", "squawk", "renaming-table"),
    ("rename-model", "strong_migrations", "rename_table"),
    ("runpython-arguments", "django-migration-linter", "RUNPYTHON_ARGS_NAMING_CONVENTION"),
    ("runpython-variable", "django-migration-linter", "RUNPYTHON_MODEL_VARIABLE_NAME"),
    ("set-not-null", "atlas", "MF104"),
    ("set-not-null", "django-migration-linter", "NOT_NULL"),
    ("set-not-null", "eugene", "E2"),
    ("set-not-null", "squawk", "adding-not-nullable-field"),
    ("set-not-null", "strong_migrations", "change_column_null"),
    ("sql-drop", "squawk", "ban-drop-column"),
    ("sql-drop", "squawk", "ban-drop-table"),
    ("sql-rename", "squawk", "renaming-table"),
    ("sql-set-not-null", "squawk", "adding-not-nullable-field"),
    ("sql-transaction", "squawk", "transaction-nesting"),
    ("sql-truncate", "squawk", "ban-truncate-cascade"),
    ("sql-change-type", "squawk", "changing-column-type"),
    ("unbatched-update", "strong_migrations", "backfilling data"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::by_name;

    #[test]
    fn every_rule_named_is_there() {
        for (rule, tool, name) in OTHERS {
            assert!(by_name(rule).is_some(), "{rule}");
            assert!(!tool.is_empty() && !name.is_empty());
        }
        assert_eq!(others("remove-field").count(), 4);
    }
}
