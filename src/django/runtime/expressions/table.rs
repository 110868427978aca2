//! Classes that deconstruct by the arguments they were made from.

use super::EARLY;
use crate::django::version::DjangoVersion;

/// One class.
pub(super) struct Spec {
    /// The module that defines it.
    pub module: &'static str,
    /// The class's name.
    pub name: &'static str,
    /// The name of its base.
    pub base: &'static str,
    /// The path its decorator names, and since which version.
    pub path: Option<(&'static str, DjangoVersion)>,
}

impl Spec {
    /// Modules that export it.
    pub fn exported_by(&self) -> impl Iterator<Item = &'static str> + use<> {
        let packages: &[&'static str] = match self.module {
            EXPRESSIONS | AGGREGATES | LOOKUPS => &["django.db.models"],
            module if module.starts_with("django.db.models.functions.") => &["django.db.models.functions"],
            module if module.starts_with("django.contrib.postgres.aggregates.") => {
                &["django.contrib.postgres.aggregates"]
            }
            module if module.starts_with("django.core.files.storage.") => {
                &["django.core.files.storage", "django.core.files"]
            }
            _ => &[],
        };
        std::iter::once(self.module).chain(packages.iter().copied())
    }
}

const EXPRESSIONS: &str = "django.db.models.expressions";
const AGGREGATES: &str = "django.db.models.aggregates";
const LOOKUPS: &str = "django.db.models.lookups";
const VALIDATORS: &str = "django.core.validators";
const TEXT: &str = "django.db.models.functions.text";
const COMPARISON: &str = "django.db.models.functions.comparison";
const DATETIME: &str = "django.db.models.functions.datetime";
const MATH: &str = "django.db.models.functions.math";
const JSON: &str = "django.db.models.functions.json";
const UUID: &str = "django.db.models.functions.uuid";
const WINDOW: &str = "django.db.models.functions.window";
const SEARCH: &str = "django.contrib.postgres.search";
const STORAGE: &str = "django.core.files.storage.filesystem";

const fn plain(module: &'static str, name: &'static str, base: &'static str) -> Spec {
    Spec { module, name, base, path: None }
}

const fn short(name: &'static str, base: &'static str, path: &'static str) -> Spec {
    Spec { module: EXPRESSIONS, name, base, path: Some((path, EARLY)) }
}

/// All classes; a base comes before what derives from it.
pub(super) const SPECS: &[Spec] = &[
    plain(EXPRESSIONS, "Combinable", ""),
    plain(EXPRESSIONS, "BaseExpression", "Combinable"),
    plain(EXPRESSIONS, "Expression", "BaseExpression"),
    plain(EXPRESSIONS, "CombinedExpression", "Expression"),
    plain(EXPRESSIONS, "DurationExpression", "CombinedExpression"),
    short("F", "Combinable", "django.db.models.F"),
    plain(EXPRESSIONS, "OuterRef", "F"),
    short("Func", "Expression", "django.db.models.Func"),
    short("Value", "Expression", "django.db.models.Value"),
    short("JSONNull", "Value", "django.db.models.JSONNull"),
    plain(EXPRESSIONS, "RawSQL", "Expression"),
    plain(EXPRESSIONS, "Star", "Expression"),
    plain(EXPRESSIONS, "DatabaseDefault", "Expression"),
    plain(EXPRESSIONS, "ExpressionList", "Func"),
    short("ExpressionWrapper", "Expression", "django.db.models.ExpressionWrapper"),
    short("When", "Expression", "django.db.models.When"),
    short("Case", "Expression", "django.db.models.Case"),
    plain(EXPRESSIONS, "Subquery", "Expression"),
    plain(EXPRESSIONS, "Exists", "Subquery"),
    short("OrderBy", "Expression", "django.db.models.OrderBy"),
    plain(EXPRESSIONS, "Window", "Expression"),
    plain(EXPRESSIONS, "WindowFrame", "Expression"),
    plain(EXPRESSIONS, "RowRange", "WindowFrame"),
    plain(EXPRESSIONS, "ValueRange", "WindowFrame"),
    plain(LOOKUPS, "Lookup", "Expression"),
    plain(LOOKUPS, "BuiltinLookup", "Lookup"),
    plain(LOOKUPS, "Transform", "Func"),
    plain(LOOKUPS, "Exact", "BuiltinLookup"),
    plain(LOOKUPS, "IExact", "BuiltinLookup"),
    plain(LOOKUPS, "GreaterThan", "BuiltinLookup"),
    plain(LOOKUPS, "GreaterThanOrEqual", "BuiltinLookup"),
    plain(LOOKUPS, "LessThan", "BuiltinLookup"),
    plain(LOOKUPS, "LessThanOrEqual", "BuiltinLookup"),
    plain(LOOKUPS, "In", "BuiltinLookup"),
    plain(LOOKUPS, "Contains", "BuiltinLookup"),
    plain(LOOKUPS, "StartsWith", "BuiltinLookup"),
    plain(LOOKUPS, "EndsWith", "BuiltinLookup"),
    plain(LOOKUPS, "Range", "BuiltinLookup"),
    plain(LOOKUPS, "IsNull", "BuiltinLookup"),
    plain(LOOKUPS, "Regex", "BuiltinLookup"),
    plain(AGGREGATES, "Aggregate", "Func"),
    plain(AGGREGATES, "Avg", "Aggregate"),
    plain(AGGREGATES, "Count", "Aggregate"),
    plain(AGGREGATES, "Max", "Aggregate"),
    plain(AGGREGATES, "Min", "Aggregate"),
    plain(AGGREGATES, "StdDev", "Aggregate"),
    plain(AGGREGATES, "Sum", "Aggregate"),
    plain(AGGREGATES, "Variance", "Aggregate"),
    plain(AGGREGATES, "AnyValue", "Aggregate"),
    plain(AGGREGATES, "StringAgg", "Aggregate"),
    plain(TEXT, "Chr", "Transform"),
    plain(TEXT, "ConcatPair", "Func"),
    plain(TEXT, "Concat", "Func"),
    plain(TEXT, "Left", "Func"),
    plain(TEXT, "Length", "Transform"),
    plain(TEXT, "Lower", "Transform"),
    plain(TEXT, "LPad", "Func"),
    plain(TEXT, "LTrim", "Transform"),
    plain(TEXT, "MD5", "Transform"),
    plain(TEXT, "Ord", "Transform"),
    plain(TEXT, "Repeat", "Func"),
    plain(TEXT, "Replace", "Func"),
    plain(TEXT, "Reverse", "Transform"),
    plain(TEXT, "Right", "Left"),
    plain(TEXT, "RPad", "LPad"),
    plain(TEXT, "RTrim", "Transform"),
    plain(TEXT, "SHA1", "Transform"),
    plain(TEXT, "SHA224", "Transform"),
    plain(TEXT, "SHA256", "Transform"),
    plain(TEXT, "SHA384", "Transform"),
    plain(TEXT, "SHA512", "Transform"),
    plain(TEXT, "StrIndex", "Func"),
    plain(TEXT, "Substr", "Func"),
    plain(TEXT, "Trim", "Transform"),
    plain(TEXT, "Upper", "Transform"),
    plain(COMPARISON, "Cast", "Func"),
    plain(COMPARISON, "Coalesce", "Func"),
    plain(COMPARISON, "Collate", "Func"),
    plain(COMPARISON, "Greatest", "Func"),
    plain(COMPARISON, "JSONObject", "Func"),
    plain(COMPARISON, "Least", "Func"),
    plain(COMPARISON, "NullIf", "Func"),
    plain(JSON, "JSONObject", "Func"),
    plain(JSON, "JSONArray", "Func"),
    plain(UUID, "UUID4", "Func"),
    plain(UUID, "UUID7", "Func"),
    plain(DATETIME, "Extract", "Transform"),
    plain(DATETIME, "ExtractDay", "Extract"),
    plain(DATETIME, "ExtractHour", "Extract"),
    plain(DATETIME, "ExtractIsoWeekDay", "Extract"),
    plain(DATETIME, "ExtractIsoYear", "Extract"),
    plain(DATETIME, "ExtractMinute", "Extract"),
    plain(DATETIME, "ExtractMonth", "Extract"),
    plain(DATETIME, "ExtractQuarter", "Extract"),
    plain(DATETIME, "ExtractSecond", "Extract"),
    plain(DATETIME, "ExtractWeek", "Extract"),
    plain(DATETIME, "ExtractWeekDay", "Extract"),
    plain(DATETIME, "ExtractYear", "Extract"),
    plain(DATETIME, "Now", "Func"),
    plain(DATETIME, "TruncBase", "Transform"),
    plain(DATETIME, "Trunc", "TruncBase"),
    plain(DATETIME, "TruncDate", "TruncBase"),
    plain(DATETIME, "TruncDay", "TruncBase"),
    plain(DATETIME, "TruncHour", "TruncBase"),
    plain(DATETIME, "TruncMinute", "TruncBase"),
    plain(DATETIME, "TruncMonth", "TruncBase"),
    plain(DATETIME, "TruncQuarter", "TruncBase"),
    plain(DATETIME, "TruncSecond", "TruncBase"),
    plain(DATETIME, "TruncTime", "TruncBase"),
    plain(DATETIME, "TruncWeek", "TruncBase"),
    plain(DATETIME, "TruncYear", "TruncBase"),
    plain(MATH, "Abs", "Transform"),
    plain(MATH, "ACos", "Transform"),
    plain(MATH, "ASin", "Transform"),
    plain(MATH, "ATan", "Transform"),
    plain(MATH, "ATan2", "Func"),
    plain(MATH, "Ceil", "Transform"),
    plain(MATH, "Cos", "Transform"),
    plain(MATH, "Cot", "Transform"),
    plain(MATH, "Degrees", "Transform"),
    plain(MATH, "Exp", "Transform"),
    plain(MATH, "Floor", "Transform"),
    plain(MATH, "Ln", "Transform"),
    plain(MATH, "Log", "Func"),
    plain(MATH, "Mod", "Func"),
    plain(MATH, "Pi", "Func"),
    plain(MATH, "Power", "Func"),
    plain(MATH, "Radians", "Transform"),
    plain(MATH, "Random", "Func"),
    plain(MATH, "Round", "Transform"),
    plain(MATH, "Sign", "Transform"),
    plain(MATH, "Sin", "Transform"),
    plain(MATH, "Sqrt", "Transform"),
    plain(MATH, "Tan", "Transform"),
    plain(WINDOW, "CumeDist", "Func"),
    plain(WINDOW, "DenseRank", "Func"),
    plain(WINDOW, "FirstValue", "Func"),
    plain(WINDOW, "Lag", "Func"),
    plain(WINDOW, "LastValue", "Func"),
    plain(WINDOW, "Lead", "Func"),
    plain(WINDOW, "NthValue", "Func"),
    plain(WINDOW, "Ntile", "Func"),
    plain(WINDOW, "PercentRank", "Func"),
    plain(WINDOW, "Rank", "Func"),
    plain(WINDOW, "RowNumber", "Func"),
    plain("django.contrib.postgres.functions", "RandomUUID", "Func"),
    plain("django.contrib.postgres.functions", "TransactionNow", "Func"),
    plain("django.contrib.postgres.indexes", "OpClass", "Func"),
    plain(SEARCH, "SearchConfig", "Expression"),
    plain(SEARCH, "SearchVector", "Func"),
    plain(SEARCH, "SearchQuery", "Func"),
    plain(SEARCH, "SearchRank", "Func"),
    plain(SEARCH, "SearchHeadline", "Func"),
    plain(SEARCH, "TrigramBase", "Func"),
    plain(SEARCH, "TrigramSimilarity", "TrigramBase"),
    plain(SEARCH, "TrigramDistance", "TrigramBase"),
    plain("django.contrib.postgres.aggregates.general", "ArrayAgg", "Aggregate"),
    plain("django.contrib.postgres.aggregates.general", "BoolAnd", "Aggregate"),
    plain("django.contrib.postgres.aggregates.general", "BoolOr", "Aggregate"),
    plain("django.contrib.postgres.aggregates.general", "JSONBAgg", "Aggregate"),
    plain(VALIDATORS, "RegexValidator", ""),
    plain(VALIDATORS, "DomainNameValidator", "RegexValidator"),
    plain(VALIDATORS, "URLValidator", "RegexValidator"),
    plain(VALIDATORS, "EmailValidator", ""),
    plain(VALIDATORS, "BaseValidator", ""),
    plain(VALIDATORS, "MaxValueValidator", "BaseValidator"),
    plain(VALIDATORS, "MinValueValidator", "BaseValidator"),
    plain(VALIDATORS, "StepValueValidator", "BaseValidator"),
    plain(VALIDATORS, "MinLengthValidator", "BaseValidator"),
    plain(VALIDATORS, "MaxLengthValidator", "BaseValidator"),
    plain(VALIDATORS, "DecimalValidator", ""),
    plain(VALIDATORS, "FileExtensionValidator", ""),
    plain(VALIDATORS, "ProhibitNullCharactersValidator", ""),
    plain("django.contrib.auth.validators", "UnicodeUsernameValidator", "RegexValidator"),
    plain("django.contrib.auth.validators", "ASCIIUsernameValidator", "RegexValidator"),
    plain("django.contrib.postgres.validators", "ArrayMaxLengthValidator", "MaxLengthValidator"),
    plain("django.contrib.postgres.validators", "ArrayMinLengthValidator", "MinLengthValidator"),
    plain("django.contrib.postgres.validators", "KeysValidator", ""),
    plain("django.contrib.postgres.validators", "RangeMaxValueValidator", "MaxValueValidator"),
    plain("django.contrib.postgres.validators", "RangeMinValueValidator", "MinValueValidator"),
    plain("django.core.files.storage.base", "Storage", ""),
    Spec {
        path: Some(("django.core.files.storage.FileSystemStorage", DjangoVersion::V4_2)),
        ..plain(STORAGE, "FileSystemStorage", "Storage")
    },
    Spec {
        path: Some(("django.core.files.storage.InMemoryStorage", DjangoVersion::V4_2)),
        ..plain("django.core.files.storage.memory", "InMemoryStorage", "Storage")
    },
];
