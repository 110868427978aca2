//! The field classes of Django 3.2 to 6.1: where they live, what they inherit, which parameters
//! their constructors take by place, and what sets them apart
//! (`django/db/models/fields/*.py`, `django/contrib/postgres/fields/*.py`,
//! `django/contrib/contenttypes/fields.py`, `django/contrib/gis/db/models/fields.py`).

/// One class.
pub(crate) struct Spec {
    /// The module that defines it.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its base among these, by name; empty for `Field` itself.
    pub base: &'static str,
    /// Parameters by place, where they differ from the base's.
    pub positional: Option<&'static [&'static str]>,
    /// Parameters of its own: name, default as `deconstruct()` omits it.
    pub own: &'static [(&'static str, Default)],
    /// What its constructor forces or proposes.
    pub sets: &'static [(&'static str, Set)],
    /// What `get_internal_type()` says, where not the base's.
    pub internal_type: Option<&'static str>,
}

/// A parameter's default.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Default {
    None,
    True,
    False,
    /// `""`
    Empty,
    /// `NOT_PROVIDED`
    Absent,
    /// A string.
    Text(&'static str),
    /// Always part of the deconstruction.
    Always,
    /// Part of it when true, whatever its default.
    WhenTrue,
    /// Never part of it.
    Never,
}

/// How a constructor treats a parameter of its bases.
#[derive(Clone, Copy)]
pub(crate) enum Set {
    /// `kwargs[x] = True`; `deconstruct()` takes it out again.
    True,
    /// `kwargs[x] = False`; taken out again.
    False,
    /// `kwargs[x] = n`; taken out again.
    Number(i64),
    /// `kwargs.setdefault(x, n)`; taken out where it is `n`.
    Proposed(i64),
    /// `kwargs.setdefault(x, n)`; kept.
    Kept(i64),
    /// `kwargs.setdefault(x, True)`; out where true, kept where false.
    ProposedTrue,
    /// `kwargs.setdefault(x, False)`; out where false, kept where true.
    ProposedFalse,
}

/// Parameters of `Field.__init__` in order.
pub(crate) const FIELD: &[&str] = &[
    "verbose_name",
    "name",
    "primary_key",
    "max_length",
    "unique",
    "blank",
    "null",
    "db_index",
    "rel",
    "default",
    "editable",
    "serialize",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "choices",
    "help_text",
    "db_column",
    "db_tablespace",
    "auto_created",
    "validators",
    "error_messages",
    "db_comment",
    "db_default",
];

/// The keywords of `Field.deconstruct()` in its order, with the defaults it leaves out.
pub(crate) const KEYWORDS: &[(&str, Default)] = &[
    ("verbose_name", Default::None),
    ("primary_key", Default::False),
    ("max_length", Default::None),
    ("unique", Default::False),
    ("blank", Default::False),
    ("null", Default::False),
    ("db_index", Default::False),
    ("default", Default::Absent),
    ("db_default", Default::Absent),
    ("editable", Default::True),
    ("serialize", Default::True),
    ("unique_for_date", Default::None),
    ("unique_for_month", Default::None),
    ("unique_for_year", Default::None),
    ("choices", Default::None),
    ("help_text", Default::Empty),
    ("db_column", Default::None),
    ("db_comment", Default::None),
    ("db_tablespace", Default::None),
    ("auto_created", Default::False),
    ("validators", Default::None),
    ("error_messages", Default::None),
];

const FIELDS: &str = "django.db.models.fields";
const RELATED: &str = "django.db.models.fields.related";
const FILES: &str = "django.db.models.fields.files";
const RANGES: &str = "django.contrib.postgres.fields.ranges";
const CITEXT: &str = "django.contrib.postgres.fields.citext";
const SEARCH: &str = "django.contrib.postgres.search";
/// The module of generic relations.
pub(super) const GENERIC: &str = "django.contrib.contenttypes.fields";
const GIS: &str = "django.contrib.gis.db.models.fields";

const fn plain(module: &'static str, name: &'static str, base: &'static str) -> Spec {
    Spec { module, name, base, positional: None, own: &[], sets: &[], internal_type: Some(name) }
}

/// A class whose `get_internal_type()` is its base's.
const fn alias(module: &'static str, name: &'static str, base: &'static str) -> Spec {
    Spec { module, name, base, positional: None, own: &[], sets: &[], internal_type: None }
}

const AUTO_NOW: &[(&str, Default)] = &[("auto_now", Default::WhenTrue), ("auto_now_add", Default::WhenTrue)];
const DATE_ARGS: Option<&[&str]> = Some(&["verbose_name", "name", "auto_now", "auto_now_add"]);

/// All classes; a base comes before what derives from it.
pub(crate) const SPECS: &[Spec] = &[
    Spec { positional: Some(FIELD), internal_type: None, ..plain(FIELDS, "Field", "") },
    plain(FIELDS, "BooleanField", "Field"),
    Spec { own: &[("db_collation", Default::WhenTrue)], ..plain(FIELDS, "CharField", "Field") },
    alias(FIELDS, "CommaSeparatedIntegerField", "CharField"),
    Spec { positional: DATE_ARGS, own: AUTO_NOW, ..plain(FIELDS, "DateField", "Field") },
    plain(FIELDS, "DateTimeField", "DateField"),
    Spec {
        positional: Some(&["verbose_name", "name", "max_digits", "decimal_places"]),
        own: &[("max_digits", Default::None), ("decimal_places", Default::None)],
        ..plain(FIELDS, "DecimalField", "Field")
    },
    plain(FIELDS, "DurationField", "Field"),
    Spec { sets: &[("max_length", Set::Kept(254))], ..alias(FIELDS, "EmailField", "CharField") },
    Spec {
        positional: Some(&[
            "verbose_name",
            "name",
            "path",
            "match",
            "recursive",
            "allow_files",
            "allow_folders",
        ]),
        own: &[
            ("path", Default::Empty),
            ("match", Default::None),
            ("recursive", Default::False),
            ("allow_files", Default::True),
            ("allow_folders", Default::False),
        ],
        sets: &[("max_length", Set::Proposed(100))],
        ..plain(FIELDS, "FilePathField", "Field")
    },
    plain(FIELDS, "FloatField", "Field"),
    plain(FIELDS, "IntegerField", "Field"),
    plain(FIELDS, "BigIntegerField", "IntegerField"),
    plain(FIELDS, "SmallIntegerField", "IntegerField"),
    Spec { sets: &[("max_length", Set::Number(15))], ..plain(FIELDS, "IPAddressField", "Field") },
    Spec {
        positional: Some(&["verbose_name", "name", "protocol", "unpack_ipv4"]),
        own: &[("protocol", Default::Text("both")), ("unpack_ipv4", Default::False)],
        sets: &[("max_length", Set::Number(39))],
        ..plain(FIELDS, "GenericIPAddressField", "Field")
    },
    Spec {
        sets: &[("null", Set::True), ("blank", Set::True)],
        ..plain(FIELDS, "NullBooleanField", "BooleanField")
    },
    plain(FIELDS, "PositiveBigIntegerField", "BigIntegerField"),
    plain(FIELDS, "PositiveIntegerField", "IntegerField"),
    plain(FIELDS, "PositiveSmallIntegerField", "SmallIntegerField"),
    Spec {
        own: &[("allow_unicode", Default::False)],
        sets: &[("max_length", Set::Proposed(50)), ("db_index", Set::ProposedTrue)],
        ..plain(FIELDS, "SlugField", "CharField")
    },
    Spec { own: &[("db_collation", Default::WhenTrue)], ..plain(FIELDS, "TextField", "Field") },
    Spec { positional: DATE_ARGS, own: AUTO_NOW, ..plain(FIELDS, "TimeField", "Field") },
    Spec {
        positional: Some(&["verbose_name", "name"]),
        sets: &[("max_length", Set::Proposed(200))],
        ..alias(FIELDS, "URLField", "CharField")
    },
    Spec { sets: &[("editable", Set::ProposedFalse)], ..plain(FIELDS, "BinaryField", "Field") },
    Spec {
        positional: Some(&["verbose_name"]),
        sets: &[("max_length", Set::Number(32))],
        ..plain(FIELDS, "UUIDField", "Field")
    },
    Spec { sets: &[("blank", Set::True)], ..plain(FIELDS, "AutoField", "IntegerField") },
    Spec { sets: &[("blank", Set::True)], ..plain(FIELDS, "BigAutoField", "BigIntegerField") },
    Spec { sets: &[("blank", Set::True)], ..plain(FIELDS, "SmallAutoField", "SmallIntegerField") },
    Spec {
        positional: Some(&["verbose_name", "name", "upload_to", "storage"]),
        own: &[("upload_to", Default::Always), ("storage", Default::None)],
        sets: &[("max_length", Set::Proposed(100))],
        ..plain(FILES, "FileField", "Field")
    },
    Spec {
        positional: Some(&["verbose_name", "name", "width_field", "height_field"]),
        own: &[("width_field", Default::WhenTrue), ("height_field", Default::WhenTrue)],
        ..alias(FILES, "ImageField", "FileField")
    },
    Spec {
        positional: Some(&["verbose_name", "name", "encoder", "decoder"]),
        own: &[("encoder", Default::None), ("decoder", Default::None)],
        ..plain("django.db.models.fields.json", "JSONField", "Field")
    },
    Spec {
        positional: Some(&[]),
        own: &[
            ("expression", Default::Always),
            ("output_field", Default::Always),
            ("db_persist", Default::Always),
        ],
        sets: &[("editable", Set::False), ("blank", Set::True)],
        ..plain("django.db.models.fields.generated", "GeneratedField", "Field")
    },
    Spec {
        positional: Some(&[]),
        ..plain("django.db.models.fields.composite", "CompositePrimaryKey", "Field")
    },
    Spec {
        sets: &[("editable", Set::False)],
        ..alias("django.db.models.fields.proxy", "OrderWrt", "IntegerField")
    },
    Spec {
        positional: Some(&["related_name", "related_query_name", "limit_choices_to"]),
        own: &[
            ("limit_choices_to", Default::WhenTrue),
            ("related_name", Default::None),
            ("related_query_name", Default::None),
        ],
        ..alias(RELATED, "RelatedField", "Field")
    },
    Spec {
        positional: Some(&[
            "to",
            "on_delete",
            "from_fields",
            "to_fields",
            "rel",
            "related_name",
            "related_query_name",
            "limit_choices_to",
            "parent_link",
            "swappable",
        ]),
        own: &[
            ("on_delete", Default::Always),
            ("from_fields", Default::Always),
            ("to_fields", Default::Always),
            ("parent_link", Default::WhenTrue),
            ("to", Default::Always),
            ("swappable", Default::Never),
        ],
        ..plain(RELATED, "ForeignObject", "RelatedField")
    },
    Spec {
        positional: Some(&[
            "to",
            "on_delete",
            "related_name",
            "related_query_name",
            "limit_choices_to",
            "parent_link",
            "to_field",
            "db_constraint",
        ]),
        own: &[("db_constraint", Default::True), ("to_field", Default::None)],
        sets: &[("db_index", Set::ProposedTrue)],
        ..plain(RELATED, "ForeignKey", "ForeignObject")
    },
    Spec {
        positional: Some(&["to", "on_delete", "to_field"]),
        sets: &[("unique", Set::True)],
        ..plain(RELATED, "OneToOneField", "ForeignKey")
    },
    Spec {
        positional: Some(&[
            "to",
            "related_name",
            "related_query_name",
            "limit_choices_to",
            "symmetrical",
            "through",
            "through_fields",
            "db_constraint",
            "db_table",
            "swappable",
        ]),
        own: &[
            ("db_table", Default::None),
            ("db_constraint", Default::True),
            ("to", Default::Always),
            ("through", Default::None),
            ("through_fields", Default::WhenTrue),
            ("symmetrical", Default::Never),
            ("swappable", Default::Never),
        ],
        ..plain(RELATED, "ManyToManyField", "RelatedField")
    },
    Spec {
        positional: Some(&["base_field", "size"]),
        own: &[("base_field", Default::Always), ("size", Default::Always)],
        ..plain("django.contrib.postgres.fields.array", "ArrayField", "Field")
    },
    plain("django.contrib.postgres.fields.hstore", "HStoreField", "Field"),
    alias("django.contrib.postgres.fields.jsonb", "JSONField", "JSONField"),
    plain(RANGES, "RangeField", "Field"),
    plain(RANGES, "IntegerRangeField", "RangeField"),
    plain(RANGES, "BigIntegerRangeField", "RangeField"),
    Spec {
        own: &[("default_bounds", Default::Text("[)"))],
        ..plain(RANGES, "ContinuousRangeField", "RangeField")
    },
    plain(RANGES, "DecimalRangeField", "ContinuousRangeField"),
    plain(RANGES, "DateTimeRangeField", "ContinuousRangeField"),
    plain(RANGES, "DateRangeField", "RangeField"),
    alias(CITEXT, "CICharField", "CharField"),
    alias(CITEXT, "CIEmailField", "EmailField"),
    alias(CITEXT, "CITextField", "TextField"),
    plain(SEARCH, "SearchVectorField", "Field"),
    plain(SEARCH, "SearchQueryField", "Field"),
    Spec {
        positional: Some(&["ct_field", "fk_field", "for_concrete_model"]),
        own: &[
            ("ct_field", Default::Never),
            ("fk_field", Default::Never),
            ("for_concrete_model", Default::Never),
        ],
        sets: &[("editable", Set::False)],
        ..alias(GENERIC, "GenericForeignKey", "Field")
    },
    Spec {
        positional: Some(&[
            "to",
            "object_id_field",
            "content_type_field",
            "for_concrete_model",
            "related_query_name",
            "limit_choices_to",
        ]),
        own: &[
            ("object_id_field", Default::Never),
            ("content_type_field", Default::Never),
            ("for_concrete_model", Default::Never),
        ],
        sets: &[
            ("null", Set::True),
            ("blank", Set::True),
            ("editable", Set::False),
            ("serialize", Set::False),
        ],
        internal_type: Some("ManyToManyField"),
        ..alias(GENERIC, "GenericRelation", "ForeignObject")
    },
    Spec {
        positional: Some(&["verbose_name", "srid", "spatial_index"]),
        own: &[("srid", Default::Always), ("spatial_index", Default::True)],
        ..alias(GIS, "BaseSpatialField", "Field")
    },
    Spec {
        positional: Some(&["verbose_name", "dim", "geography"]),
        own: &[
            ("dim", Default::Text("2")),
            ("geography", Default::False),
            ("extent", Default::Text("(-180.0, -90.0, 180.0, 90.0)")),
            ("tolerance", Default::Text("0.05")),
        ],
        ..plain(GIS, "GeometryField", "BaseSpatialField")
    },
    plain(GIS, "PointField", "GeometryField"),
    plain(GIS, "LineStringField", "GeometryField"),
    plain(GIS, "PolygonField", "GeometryField"),
    plain(GIS, "MultiPointField", "GeometryField"),
    plain(GIS, "MultiLineStringField", "GeometryField"),
    plain(GIS, "MultiPolygonField", "GeometryField"),
    plain(GIS, "GeometryCollectionField", "GeometryField"),
    plain(GIS, "ExtentField", "Field"),
    plain(GIS, "RasterField", "BaseSpatialField"),
];

/// The spec of a class by its defining module and name.
pub(crate) fn spec(module: &str, name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.name == name && spec.module == module)
}

/// Modules that export the classes of another: `django.db.models` has all of Django's core fields.
pub(crate) fn exported_by(module: &str) -> &'static [&'static str] {
    match module {
        FIELDS => &["django.db.models.fields", "django.db.models"],
        RELATED => &["django.db.models.fields.related", "django.db.models"],
        FILES => &["django.db.models.fields.files", "django.db.models"],
        "django.db.models.fields.json" => &["django.db.models.fields.json", "django.db.models"],
        "django.db.models.fields.generated" => &["django.db.models.fields.generated", "django.db.models"],
        "django.db.models.fields.composite" => &["django.db.models.fields.composite", "django.db.models"],
        "django.db.models.fields.proxy" => &["django.db.models.fields.proxy", "django.db.models"],
        "django.contrib.postgres.fields.array" => {
            &["django.contrib.postgres.fields.array", "django.contrib.postgres.fields"]
        }
        "django.contrib.postgres.fields.hstore" => {
            &["django.contrib.postgres.fields.hstore", "django.contrib.postgres.fields"]
        }
        "django.contrib.postgres.fields.jsonb" => {
            &["django.contrib.postgres.fields.jsonb", "django.contrib.postgres.fields"]
        }
        RANGES => &["django.contrib.postgres.fields.ranges", "django.contrib.postgres.fields"],
        CITEXT => &["django.contrib.postgres.fields.citext", "django.contrib.postgres.fields"],
        SEARCH => &["django.contrib.postgres.search"],
        GENERIC => &["django.contrib.contenttypes.fields"],
        GIS => &["django.contrib.gis.db.models.fields", "django.contrib.gis.db.models"],
        _ => &[],
    }
}
