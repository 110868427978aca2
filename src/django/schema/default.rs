//! The value that rows get which are there before a column is
//! (`BaseDatabaseSchemaEditor.effective_default`, `Field.get_db_prep_save`, 3.2 to 6.1).

use super::column::internal_type;
use super::convert::{boolean, decimal, duration, float, integer, json_text, moment, quantize, string, uuid};
use super::error::Unrenderable;
use super::live::of;
use super::model::SchemaField;
use super::value::DbValue;
use super::{Context, MOMENT, SOME_UUID};
use crate::database::Vendor;
use crate::django::field::{Field, StoredValue};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// Internal types whose `empty_strings_allowed` is false.
const NO_EMPTY_STRINGS: &[&str] = &[
    "AutoField",
    "BigAutoField",
    "SmallAutoField",
    "BooleanField",
    "NullBooleanField",
    "DateField",
    "DateTimeField",
    "TimeField",
    "DurationField",
    "DecimalField",
    "FloatField",
    "IntegerField",
    "BigIntegerField",
    "SmallIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "PositiveBigIntegerField",
    "GenericIPAddressField",
    "IPAddressField",
    "UUIDField",
    "JSONField",
    "ArrayField",
    "HStoreField",
    "IntegerRangeField",
    "BigIntegerRangeField",
    "DecimalRangeField",
    "DateTimeRangeField",
    "DateRangeField",
];

/// `empty_strings_allowed`
pub(crate) fn empty_strings_allowed(field: &SchemaField) -> bool {
    if field.foreign_key().is_some() {
        return false;
    }
    let base = field.field.class.base.as_deref().and_then(|base| base.rsplit('.').next());
    let internal = internal_type(&field.field);
    let no = |name: Option<&str>| name.is_some_and(|name| NO_EMPTY_STRINGS.contains(&name));
    !no(internal.as_deref()) && !no(base)
}

impl SchemaField {
    /// `has_default()`
    pub fn has_default(&self) -> bool {
        self.field.kwarg("default").is_some()
    }
}

impl Context {
    /// `effective_default`; `Null` where there is none.
    pub(crate) fn effective_default(&self, field: &SchemaField) -> Result<DbValue, Unrenderable> {
        let stored = match field.field.kwarg("default") {
            Some(_) if stores_otherwise(field) => self.stored_default(field),
            Some(value) => self.called(field, value).and_then(|value| self.db_prep_save(field, &value)),
            None if field.generated() => Ok(DbValue::Null),
            None => match Self::implied_default(field) {
                Value::Str(_) | Value::Bytes(_) if stores_otherwise(field) => self.stored_default(field),
                value => self.db_prep_save(field, &value),
            },
        };
        match stored {
            Err(_) if self.settings.any_default => Ok(DbValue::Str("?".to_owned())),
            value => value,
        }
    }

    /// What fields without a default have that are `blank`, or keep the time.
    pub(super) fn implied_default(field: &SchemaField) -> Value {
        let moment = field.flag("auto_now") || field.flag("auto_now_add");
        if !field.null() && (field.flag("blank") || moment) && empty_strings_allowed(field) {
            return match internal_type(&field.field).as_deref() {
                Some("BinaryField") => Value::Bytes(Vec::new().into()),
                _ => Value::str(""),
            };
        }
        if !moment {
            return Value::None;
        }
        let now = match internal_type(&field.field).as_deref() {
            Some("DateField") => ("datetime.date", &MOMENT[..10]),
            Some("TimeField") => ("datetime.time", &MOMENT[11..]),
            _ => ("datetime.datetime", MOMENT),
        };
        call(now.0, now.1)
    }

    /// `get_default`: callables are called; only those can be that are known.
    fn called(&self, field: &SchemaField, value: &Value) -> Result<Value, Unrenderable> {
        let unknown = |what: &str| {
            let what = format!("the default of {}.{} is {what}", field.model, field.name);
            Err(Unrenderable::new(what))
        };
        match value {
            Value::Ref(path) => {
                let path = path.strip_prefix("builtins.").unwrap_or(path);
                if let Some(value) = self.settings.defaults.get(path) {
                    return Ok(value.clone());
                }
                Ok(match path {
                    "dict" => Value::Dict(Vec::new().into()),
                    "list" => Value::List(Vec::new().into()),
                    "set" => Value::Set(Vec::new().into()),
                    "tuple" => Value::Tuple(Vec::new().into()),
                    "str" => Value::str(""),
                    "int" => Value::Int(0),
                    "float" => Value::Float(0.0),
                    "bool" => Value::Bool(false),
                    "bytes" => Value::Bytes(Vec::new().into()),
                    "uuid.uuid4" => call("uuid.UUID", SOME_UUID),
                    "django.utils.timezone.now" | "datetime.datetime.now" | "datetime.datetime.utcnow" => {
                        call("datetime.datetime", MOMENT)
                    }
                    "datetime.date.today" => call("datetime.date", &MOMENT[..10]),
                    _ => return unknown(&format!("what {path} returns")),
                })
            }
            Value::Unknown(why) => unknown(&format!("not known: {}", why.reason)),
            Value::Call(partial) if partial.path.as_ref() == "functools.partial" => {
                unknown("what a functools.partial returns")
            }
            Value::Enum(member) => Ok(member.value.clone()),
            other => Ok(other.clone()),
        }
    }

    /// `get_db_prep_save`
    pub(crate) fn db_prep_save(&self, field: &SchemaField, value: &Value) -> Result<DbValue, Unrenderable> {
        if matches!(value, Value::None) {
            return Ok(DbValue::Null);
        }
        if let Some(target) = field.foreign_key().and_then(|relation| relation.target.as_ref()) {
            return self.db_prep_save(target, value);
        }
        if stores_otherwise(field) {
            return Err(stores_somehow(field));
        }
        self.written(field, value)
    }

    /// What Django's own field makes of the value.
    fn written(&self, field: &SchemaField, value: &Value) -> Result<DbValue, Unrenderable> {
        if matches!(value, Value::None) {
            return Ok(DbValue::Null);
        }
        let prepared = self.prepare(&field.field, value);
        let adapted = prepared.and_then(|prepared| self.adapt(&field.field, prepared));
        adapted.ok_or_else(|| stores_somehow(field))
    }

    /// The default as methods of the field's own class store it.
    fn stored_default(&self, field: &SchemaField) -> Result<DbValue, Unrenderable> {
        let live = field.field.live.as_deref();
        match live.and_then(|live| of(&live.stored_default, self.dialect.vendor)) {
            Some(StoredValue::Prepared(value)) => self.written(field, value),
            Some(StoredValue::Plain(value)) => plain(value).ok_or_else(|| stores_somehow(field)),
            Some(StoredValue::Unread) | None => Err(stores_somehow(field)),
        }
    }

    /// `get_db_prep_lookup`: as it is saved, but for the places of decimals.
    pub(crate) fn db_prep_lookup(&self, field: &SchemaField, value: &Value) -> Result<DbValue, Unrenderable> {
        if let Some(target) = field.foreign_key().and_then(|relation| relation.target.as_ref()) {
            return self.db_prep_lookup(target, value);
        }
        match value {
            Value::None => Ok(DbValue::Null),
            value => self.prepare(&field.field, value).ok_or_else(|| {
                Unrenderable::new(format!("how {}.{} looks a value up is not known", field.model, field.name))
            }),
        }
    }

    /// Until 5.0 decimals were saved with their field's places (`format_number`).
    fn adapt(&self, field: &Field, value: DbValue) -> Option<DbValue> {
        let DbValue::Decimal(text) = &value else { return Some(value) };
        let places = field.kwarg("decimal_places").and_then(Value::as_int);
        match places {
            Some(places) if self.dialect.vendor == Vendor::Sqlite && self.version < DjangoVersion::V5_1 => {
                Some(DbValue::Decimal(quantize(text, usize::try_from(places).ok()?)?))
            }
            _ => Some(value),
        }
    }

    fn prepare(&self, field: &Field, value: &Value) -> Option<DbValue> {
        let internal = internal_type(field);
        let base = field.class.base.as_deref().and_then(|base| base.rsplit('.').next());
        // A class with a type of its own still prepares values as its base does.
        let own = !field.class.qualname.starts_with("django.");
        let base_first = base.filter(|base| own && is_known_kind(base));
        let kind = base_first.or(internal.as_deref().filter(|name| !name.is_empty())).or(base)?;
        let kind = if is_known_kind(kind) { kind } else { base? };
        if kind == "Field" {
            return plain(value);
        }
        let postgresql = self.dialect.vendor == Vendor::PostgreSql;
        if let Value::Enum(member) = value {
            return self.prepare(field, &member.value);
        }
        Some(match kind {
            "BooleanField" | "NullBooleanField" => DbValue::Bool(boolean(value)?),
            "IntegerField"
            | "BigIntegerField"
            | "SmallIntegerField"
            | "PositiveIntegerField"
            | "PositiveSmallIntegerField"
            | "PositiveBigIntegerField"
            | "AutoField"
            | "BigAutoField"
            | "SmallAutoField" => DbValue::Int(integer(value)?),
            "FloatField" => DbValue::Float(float(value)?),
            "DecimalField" => decimal(value)?,
            "DateTimeField" => self.date_time(value)?,
            "DateField" => DbValue::Date(moment(value)?.get(..10)?.to_owned()),
            "TimeField" => DbValue::Time(self.time(moment(value)?)),
            "DurationField" => DbValue::Duration(duration(value)?),
            "UUIDField" => DbValue::Uuid(uuid(value)?),
            "JSONField" | "HStoreField" if kind == "JSONField" => DbValue::Json(json_text(value)?),
            "GenericIPAddressField" | "IPAddressField" => match value.as_str()? {
                "" => DbValue::Null,
                text if postgresql => DbValue::Inet(text.to_owned()),
                text => DbValue::Str(text.to_owned()),
            },
            "BinaryField" => match value {
                Value::Bytes(bytes) => DbValue::Bytes(bytes.to_vec()),
                Value::Str(text) if text.is_empty() => DbValue::Bytes(Vec::new()),
                _ => return None,
            },
            "ArrayField" => {
                let items = value.items()?;
                let Some(Value::Field(base)) = field.kwarg("base_field") else { return None };
                DbValue::Array(items.iter().map(|item| self.prepare(base, item)).collect::<Option<_>>()?)
            }
            // A class of the project's own that takes more than text writes it in its own way.
            "CharField" | "TextField" | "SlugField" | "FileField" | "FilePathField" | "CICharField"
            | "CITextField" | "EmailField" | "URLField" | "ImageField"
                if !field.class.qualname.starts_with("django.")
                    && !matches!(value, Value::Str(_) | Value::Bytes(_) | Value::Int(_)) =>
            {
                return None;
            }
            "CharField" | "TextField" | "SlugField" | "FileField" | "FilePathField" | "CICharField"
            | "CITextField" | "EmailField" | "URLField" | "ImageField" => DbValue::Str(string(value)?),
            _ => return None,
        })
    }

    /// MySQL's backend writes microseconds.
    fn time(&self, text: String) -> String {
        let whole =
            self.dialect.vendor.is_mysql() && self.version >= DjangoVersion::V4_2 && !text.contains('.');
        if whole { format!("{text}.000000") } else { text }
    }

    fn date_time(&self, value: &Value) -> Option<DbValue> {
        let text = moment(value)?;
        let text = if text.len() == 10 { text + " 00:00:00" } else { text };
        let (naive, zone) = match text.get(19..)?.find(['+', '-', 'Z']) {
            Some(at) => (text.get(..19 + at)?, text.get(19 + at..)),
            None => (text.as_str(), None),
        };
        // The other databases keep naive moments, in UTC as `TIME_ZONE` of the connection.
        if self.dialect.vendor != Vendor::PostgreSql {
            return match zone {
                None | Some("+00:00" | "Z") => Some(DbValue::DateTime(naive.to_owned(), false)),
                Some(_) => None,
            };
        }
        if !self.settings.use_tz {
            return Some(DbValue::DateTime(naive.to_owned(), false));
        }
        Some(DbValue::DateTime(format!("{naive}{}", zone.unwrap_or("+00:00")), true))
    }
}

/// Whether the field's own class says how values are stored.
fn stores_otherwise(field: &SchemaField) -> bool {
    field.field.live.as_deref().is_some_and(|live| live.stores_otherwise)
}

fn stores_somehow(field: &SchemaField) -> Unrenderable {
    let what = format!("{}.{} ({})", field.model, field.name, field.class_name());
    Unrenderable::new(format!("how {what} stores its default is not known"))
}

/// A value that the driver gets as it is.
fn plain(value: &Value) -> Option<DbValue> {
    Some(match value {
        Value::None => DbValue::Null,
        Value::Bool(value) => DbValue::Bool(*value),
        Value::Int(_) | Value::BigInt(_) => DbValue::Int(integer(value)?),
        Value::Float(_) => DbValue::Float(float(value)?),
        Value::Str(text) => DbValue::Str(text.to_string()),
        Value::Bytes(bytes) => DbValue::Bytes(bytes.to_vec()),
        _ => return None,
    })
}

fn is_known_kind(kind: &str) -> bool {
    NO_EMPTY_STRINGS.contains(&kind)
        || matches!(
            kind,
            "CharField"
                | "TextField"
                | "SlugField"
                | "FileField"
                | "FilePathField"
                | "CICharField"
                | "CITextField"
                | "BinaryField"
        )
}

fn call(path: &str, argument: &str) -> Value {
    let call = Call { path: path.into(), args: vec![Value::str(argument)], kwargs: Vec::new() };
    Value::Call(call.into())
}
