//! `serializer_factory` (`django/db/migrations/serializer.py`): a frozen value as Python source.

use super::operation::is_model_class;
use super::repr::{repr_bytes, repr_float, repr_str};
use super::{Imports, MigrationWriter, WriteError};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, EnumMember, Value};

/// Classes of the `builtins` module, which need no import.
const BUILTIN_CLASSES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "set",
    "str",
    "tuple",
    "type",
];

/// Turns values into source for one migration.
#[derive(Clone, Copy)]
pub(super) struct Serializer<'a> {
    /// Version, settings and state.
    pub(super) writer: &'a MigrationWriter<'a>,
}

type Text = Result<String, WriteError>;

fn refuse<T>(what: impl Into<String>) -> Result<T, WriteError> {
    Err(WriteError::Unserializable(what.into()))
}

impl Serializer<'_> {
    fn version(self) -> DjangoVersion {
        self.writer.version
    }

    /// The value's source; import lines it needs are added to `imports`.
    pub(super) fn value(self, value: &Value, imports: &mut Imports) -> Text {
        Ok(match value {
            Value::None => "None".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Int(number) => number.to_string(),
            Value::BigInt(number) => number.to_string(),
            Value::Float(number) if number.is_finite() => repr_float(*number),
            Value::Float(number) if number.is_nan() => "float(\"nan\")".to_owned(),
            Value::Float(number) => format!("float(\"{}inf\")", if *number < 0.0 { "-" } else { "" }),
            Value::Str(text) => repr_str(text),
            Value::Bytes(bytes) => repr_bytes(bytes),
            Value::List(items) => format!("[{}]", self.all(items, imports)?.join(", ")),
            Value::Tuple(items) => tuple(&self.all(items, imports)?),
            Value::Set(items) if items.is_empty() => "set()".to_owned(),
            Value::Set(items) => {
                let mut items = self.all(items, imports)?;
                items.sort();
                format!("{{{}}}", items.join(", "))
            }
            Value::Dict(items) => self.dictionary(items, imports)?,
            Value::Ref(path) => self.reference(path, imports)?,
            Value::Call(call) => self.call(call, imports)?,
            Value::Enum(member) => self.enumeration(member, imports)?,
            Value::Field(field) => self.field(field, imports)?,
            Value::Unknown(unknown) => return Err(WriteError::Unknown(unknown.clone())),
        })
    }

    fn all(self, items: &[Value], imports: &mut Imports) -> Result<Vec<String>, WriteError> {
        items.iter().map(|item| self.value(item, imports)).collect()
    }

    /// `DictionarySerializer`: sorted by key.
    fn dictionary(self, items: &[(Value, Value)], imports: &mut Imports) -> Text {
        let mut items: Vec<_> = items.iter().collect();
        if items.iter().all(|(key, _)| matches!(key, Value::Str(_))) {
            items.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
        } else if items.iter().all(|(key, _)| key.as_int().is_some()) {
            items.sort_by_key(|(key, _)| key.as_int());
        } else if items.len() > 1 {
            return refuse("a dictionary with keys of several kinds");
        }
        let mut pairs = Vec::with_capacity(items.len());
        for (key, value) in items {
            pairs.push(format!("{}: {}", self.value(key, imports)?, self.value(value, imports)?));
        }
        Ok(format!("{{{}}}", pairs.join(", ")))
    }

    /// `TypeSerializer` and `FunctionTypeSerializer`
    fn reference(self, path: &str, imports: &mut Imports) -> Text {
        if is_model_class(path) {
            if self.version() > DjangoVersion::V3_2 {
                imports.insert("from django.db import models".to_owned());
            }
            return Ok("models.Model".to_owned());
        }
        let builtin = path.strip_prefix("builtins.").unwrap_or(path);
        if BUILTIN_CLASSES.contains(&builtin) {
            return Ok(builtin.to_owned());
        }
        if path.contains('<') {
            return refuse(format!("a function that cannot be imported ({path})"));
        }
        // A name within a class is imported by the class's module; classes start in upper case.
        let parts: Vec<&str> = path.split('.').collect();
        let is_class = |part: &&str| part.trim_start_matches('_').starts_with(|c: char| c.is_uppercase());
        let end = parts.iter().position(is_class).unwrap_or(parts.len().saturating_sub(1));
        let Some(module @ [_, ..]) = parts.get(..end) else {
            return refuse(format!("{path}, whose module is not known,"));
        };
        imports.insert(format!("import {}", module.join(".")));
        Ok(path.to_owned())
    }

    /// `EnumSerializer` and `ChoicesSerializer`
    fn enumeration(self, member: &EnumMember, imports: &mut Imports) -> Text {
        let Some(mro) = &member.mro else {
            return refuse(format!("a member of {}, whose bases are not known,", member.class));
        };
        // A member of Django's own kind of enumeration is written as its value.
        if mro.iter().any(|class| class.as_ref() == "django.db.models.enums.Choices") {
            return self.value(&member.value, imports);
        }
        let class = self.reference(&member.class, imports)?;
        Ok(format!("{class}[{}]", repr_str(&member.name)))
    }

    /// `ModelFieldSerializer`; a relation to a model that a setting names refers to the setting.
    pub(super) fn field(self, field: &Field, imports: &mut Imports) -> Text {
        let swappable = field.kwarg("swappable").and_then(Value::as_bool).unwrap_or(true);
        let setting = field.to().filter(|_| swappable).and_then(|to| self.writer.swappables.setting_for(to));
        let name = path_of(&field.path, imports)?;
        let mut arguments = self.all(&field.args, imports)?;
        let mut kwargs: Vec<_> = field.kwargs.iter().collect();
        kwargs.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, value) in kwargs {
            let text = match setting {
                Some(setting) if key.as_ref() == "to" => {
                    imports.insert("from django.conf import settings".to_owned());
                    format!("settings.{setting}")
                }
                None if key.as_ref() == "to" => match self.many_to_many_target(field) {
                    Some(target) => repr_str(&target),
                    None => self.value(value, imports)?,
                },
                _ => self.value(value, imports)?,
            };
            arguments.push(format!("{key}={text}"));
        }
        Ok(format!("{name}({})", arguments.join(", ")))
    }

    /// `ManyToManyField.deconstruct` of 3.2: `app.Model`.
    fn many_to_many_target(self, field: &Field) -> Option<String> {
        if self.version() >= DjangoVersion::V4_0 || !field.many_to_many() {
            return None;
        }
        let (app, model) = field.to()?.split_once('.')?;
        let target = self.writer.to_state.models.get(&ModelKey::new(AppLabel::new(app), model))?;
        Some(format!("{app}.{}", target.name))
    }

    /// Values that Django has serializers of their own for, and any other deconstructed object.
    fn call(self, call: &Call, imports: &mut Imports) -> Text {
        match call.path.as_ref() {
            "decimal.Decimal" => {
                let Some(Value::Str(number)) = call.args.first() else { return refuse("a decimal") };
                imports.insert("from decimal import Decimal".to_owned());
                Ok(format!("Decimal({})", repr_str(number)))
            }
            "uuid.UUID" => {
                let Some(Value::Str(text)) = call.args.first() else { return refuse("a UUID") };
                imports.insert("import uuid".to_owned());
                Ok(format!("uuid.UUID({})", repr_str(text)))
            }
            "datetime.date" | "datetime.time" | "datetime.datetime" | "datetime.timedelta" => {
                self.time(call, imports)
            }
            "datetime.timezone.utc" => Ok("datetime.timezone.utc".to_owned()),
            "re.compile" => self.regex(call, imports),
            "functools.partial" | "functools.partialmethod" => self.partial(call, imports),
            "range" | "builtins.range" => match self.all(&call.args, imports)?.as_slice() {
                [end] => Ok(format!("range(0, {end})")),
                bounds => Ok(format!("range({})", bounds.join(", "))),
            },
            path => match path.strip_suffix(".as_manager") {
                Some(queryset) => Ok(format!("{}.as_manager()", path_of(queryset, imports)?)),
                None => self.deconstructed(path, &call.args, &call.kwargs, imports),
            },
        }
    }

    /// `serialize_deconstructed`
    fn deconstructed(
        self,
        path: &str,
        args: &[Value],
        kwargs: &[(std::sync::Arc<str>, Value)],
        imports: &mut Imports,
    ) -> Text {
        let name = path_of(path, imports)?;
        let mut arguments = self.all(args, imports)?;
        let mut sorted: Vec<_> = kwargs.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut others = Vec::new();
        for (key, value) in sorted {
            let is_identifier = !key.starts_with(|c: char| c.is_ascii_digit())
                && !key.is_empty()
                && key.chars().all(|c| c == '_' || c.is_alphanumeric());
            if is_identifier || self.version() < DjangoVersion::V6_0 {
                arguments.push(format!("{key}={}", self.value(value, imports)?));
            } else {
                others.push((Value::Str(key.clone()), value.clone()));
            }
        }
        if !others.is_empty() {
            arguments.push(format!("**{}", self.dictionary(&others, imports)?));
        }
        Ok(format!("{name}({})", arguments.join(", ")))
    }

    /// `FunctoolsPartialSerializer`; since 6.0 as any other call.
    fn partial(self, call: &Call, imports: &mut Imports) -> Text {
        if self.version() >= DjangoVersion::V6_0 {
            return self.deconstructed(&call.path, &call.args, &call.kwargs, imports);
        }
        let Some((function, args)) = call.args.split_first() else {
            return refuse("a partial without a function");
        };
        imports.insert("import functools".to_owned());
        let function = self.value(function, imports)?;
        let args = tuple(&self.all(args, imports)?);
        let kwargs: Vec<_> =
            call.kwargs.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect();
        let kwargs = self.dictionary(&kwargs, imports)?;
        Ok(format!("{}({function}, *{args}, **{kwargs})", call.path))
    }

    /// `RegexSerializer`: the flag every text pattern has goes without saying.
    fn regex(self, call: &Call, imports: &mut Imports) -> Text {
        const UNICODE: i64 = 32;
        let Some(pattern) = call.args.first() else { return refuse("a regular expression") };
        imports.insert("import re".to_owned());
        let pattern = self.value(pattern, imports)?;
        let flags = call.args.get(1).or(call.kwarg("flags"));
        let flags = match flags {
            None => 0,
            Some(value) => match value.as_int() {
                Some(flags) => flags & !UNICODE,
                None => return refuse("a regular expression's flags"),
            },
        };
        Ok(if flags == 0 {
            format!("re.compile({pattern})")
        } else {
            format!("re.compile({pattern}, {flags})")
        })
    }

    /// `DateTimeSerializer` and `DatetimeDatetimeSerializer`: Python's `repr()`.
    fn time(self, call: &Call, imports: &mut Imports) -> Text {
        imports.insert("import datetime".to_owned());
        let name = &call.path;
        let numbers: Option<Vec<i64>> = call.args.iter().map(Value::as_int).collect();
        let Some(mut numbers) = numbers else { return refuse(format!("{name} of these arguments")) };
        if name.as_ref() == "datetime.timedelta" {
            return timedelta(&numbers, &call.kwargs);
        }
        let names: &[&str] = match name.as_ref() {
            "datetime.date" => &["year", "month", "day"],
            "datetime.time" => &["hour", "minute", "second", "microsecond"],
            _ => &["year", "month", "day", "hour", "minute", "second", "microsecond"],
        };
        let mut zone = None;
        numbers.resize(names.len(), 0);
        for (key, value) in &call.kwargs {
            if key.as_ref() == "tzinfo" {
                zone = Some(value).filter(|value| !matches!(value, Value::None));
                continue;
            }
            let at = names.iter().position(|name| *name == key.as_ref());
            let (Some(slot), Some(number)) = (at.and_then(|at| numbers.get_mut(at)), value.as_int()) else {
                return refuse(format!("{name} of these arguments"));
            };
            *slot = number;
        }
        // Seconds and microseconds are left out from the end while they are zero.
        if name.as_ref() != "datetime.date" {
            for _ in 0..2 {
                if numbers.last() == Some(&0) {
                    numbers.pop();
                } else {
                    break;
                }
            }
        }
        let mut parts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        match zone {
            None => {}
            Some(Value::Ref(path))
                if path.as_ref() == "datetime.timezone.utc" || path.as_ref() == "datetime.UTC" =>
            {
                if self.version() < DjangoVersion::V4_0 {
                    imports.insert("from django.utils.timezone import utc".to_owned());
                    parts.push("tzinfo=utc".to_owned());
                } else {
                    parts.push("tzinfo=datetime.timezone.utc".to_owned());
                }
            }
            Some(_) => return refuse(format!("{name} in another zone than UTC")),
        }
        Ok(format!("{name}({})", parts.join(", ")))
    }
}

/// `_serialize_path`
fn path_of(path: &str, imports: &mut Imports) -> Text {
    let Some((module, name)) = path.rsplit_once('.') else {
        return refuse(format!("{path}, whose module is not known,"));
    };
    if module == "django.db.models" {
        imports.insert("from django.db import models".to_owned());
        return Ok(format!("models.{name}"));
    }
    imports.insert(format!("import {module}"));
    Ok(path.to_owned())
}

/// `TupleSerializer`
fn tuple(items: &[String]) -> String {
    match items {
        [item] => format!("({item},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// `repr(timedelta)`: days, seconds and microseconds, normalised.
fn timedelta(numbers: &[i64], kwargs: &[(std::sync::Arc<str>, Value)]) -> Text {
    const MICROSECONDS: [(&str, i128); 7] = [
        ("days", 86_400_000_000),
        ("seconds", 1_000_000),
        ("microseconds", 1),
        ("milliseconds", 1_000),
        ("minutes", 60_000_000),
        ("hours", 3_600_000_000),
        ("weeks", 604_800_000_000),
    ];
    let unit = |name: &str| MICROSECONDS.iter().find(|(unit, _)| *unit == name).map(|(_, size)| *size);
    let mut total: i128 =
        numbers.iter().zip(MICROSECONDS).map(|(number, (_, size))| i128::from(*number) * size).sum();
    for (key, value) in kwargs {
        let (Some(size), Some(number)) = (unit(key), value.as_int()) else {
            return refuse("a timedelta of these arguments");
        };
        total += i128::from(number) * size;
    }
    let (days, rest) = (total.div_euclid(86_400_000_000), total.rem_euclid(86_400_000_000));
    let parts = [("days", days), ("seconds", rest / 1_000_000), ("microseconds", rest % 1_000_000)];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, number)| *number != 0)
        .map(|(name, number)| format!("{name}={number}"))
        .collect();
    let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
    Ok(format!("datetime.timedelta({shown})"))
}
