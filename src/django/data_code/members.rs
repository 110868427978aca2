//! What Django gives every historical model, its managers and their querysets.

/// Methods of `Manager` and `QuerySet` that give another queryset of the same rows or fewer.
pub(super) const CHAIN: &[&str] = &[
    "alias",
    "all",
    "annotate",
    "complex_filter",
    "db_manager",
    "defer",
    "difference",
    "distinct",
    "exclude",
    "extra",
    "filter",
    "get_queryset",
    "intersection",
    "iterator",
    "none",
    "only",
    "order_by",
    "prefetch_related",
    "reverse",
    "select_for_update",
    "select_related",
    "union",
    "using",
];

/// Those of them that leave rows out.
pub(super) const FILTERS: &[&str] =
    &["complex_filter", "difference", "exclude", "filter", "intersection", "none", "union"];

/// Methods that give one row.
pub(super) const ONE: &[&str] = &["create", "earliest", "first", "get", "last", "latest"];

/// Methods that may put a row into the table and give it.
pub(super) const MAKES: &[&str] = &["create", "get_or_create", "update_or_create"];

/// Methods that write no row but those that they add.
pub(super) const ADDS: &[&str] = &["bulk_create", "create", "get_or_create"];

/// Methods that write rows of the table.
pub(super) const WRITES: &[&str] =
    &["bulk_create", "bulk_update", "create", "delete", "get_or_create", "update", "update_or_create"];

/// All other methods of `Manager` and `QuerySet` (Django 3.2 to 6.1).
pub(super) const OTHER: &[&str] = &[
    "aadd",
    "aaggregate",
    "abulk_create",
    "abulk_update",
    "acontains",
    "acount",
    "acreate",
    "adelete",
    "aearliest",
    "aexists",
    "aexplain",
    "afirst",
    "aget",
    "aget_or_create",
    "aggregate",
    "ain_bulk",
    "aiterator",
    "alast",
    "alatest",
    "as_manager",
    "aupdate",
    "aupdate_or_create",
    "bulk_create",
    "bulk_update",
    "check",
    "contains",
    "contribute_to_class",
    "count",
    "dates",
    "datetimes",
    "deconstruct",
    "delete",
    "exists",
    "explain",
    "from_queryset",
    "get_or_create",
    "in_bulk",
    "raw",
    "resolve_expression",
    "update",
    "update_or_create",
    "values",
    "values_list",
    "as_sql",
    "as_manager",
    "ordered",
    "db",
    "model",
    "query",
    "name",
    "core_filters",
    "instance",
    "creation_counter",
    "auto_created",
    "use_in_migrations",
    "totally_ordered",
];

/// Members of `Model` (Django 3.2 to 6.1).
pub(super) const OF_INSTANCE: &[&str] = &[
    "adelete",
    "arefresh_from_db",
    "asave",
    "clean",
    "clean_fields",
    "date_error_message",
    "delete",
    "from_db",
    "full_clean",
    "get_constraints",
    "get_deferred_fields",
    "prepare_database_save",
    "refresh_from_db",
    "save",
    "save_base",
    "serializable_value",
    "unique_error_message",
    "validate_constraints",
    "validate_unique",
    "check",
    "pk",
    "objects",
];

/// What a model's class has beside its fields and managers.
pub(super) const OF_CLASS: &[&str] = &[
    "DoesNotExist",
    "MultipleObjectsReturned",
    "NotUpdated",
    "_base_manager",
    "_default_manager",
    "_meta",
    "mro",
    "objects",
    "check",
    "add_to_class",
    "from_db",
    "pk",
];
