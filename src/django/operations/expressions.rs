//! `str()` and `repr()` of query expressions, as `AddIndex.describe()` shows them
//! (`django/db/models/expressions.py`, `query_utils.py`, `functions/`).

use crate::django::version::DjangoVersion;
use crate::python::repr::call_repr;
use crate::python::value::{Call, Value};

/// What a parameter of a function's constructor becomes.
#[derive(Clone, Copy)]
enum Parameter {
    /// A source expression; left out where it is not given.
    Source(&'static str),
    /// A source expression with a default's text.
    SourceOr(&'static str, &'static str),
    /// Kept apart, so not shown.
    Aside(&'static str),
    /// Shown by its name.
    Extra(&'static str),
}

use Parameter::{Aside, Extra, Source, SourceOr};

/// Functions whose constructors do more than take expressions.
fn parameters(name: &str, version: DjangoVersion) -> Option<&'static [Parameter]> {
    Some(match name {
        "Left" | "Right" => &[Source("expression"), Source("length")],
        "Substr" => &[Source("expression"), Source("pos"), Source("length")],
        "Replace" => &[Source("expression"), Source("text"), SourceOr("replacement", "Value('')")],
        "LPad" | "RPad" => &[Source("expression"), Source("length"), SourceOr("fill_text", "Value(' ')")],
        "Repeat" => &[Source("expression"), Source("number")],
        // It was a transform before.
        "Round" if version >= DjangoVersion::V4_0 => {
            &[Source("expression"), SourceOr("precision", "Value(0)")]
        }
        "Cast" => &[Source("expression"), Aside("output_field")],
        "Collate" => &[Source("expression"), Aside("collation")],
        "OpClass" => &[Source("expression"), Extra("name")],
        "Extract" => &[Source("expression"), Aside("lookup_name"), Aside("tzinfo")],
        "Trunc" => &[Source("expression"), Aside("kind"), Aside("tzinfo"), Aside("is_dst")],
        name if name.starts_with("Extract") || name.starts_with("Trunc") => {
            &[Source("expression"), Aside("output_field"), Aside("tzinfo"), Aside("is_dst")]
        }
        "KeyTransform" | "KeyTextTransform" => &[Aside("key_name"), Source("")],
        _ => return None,
    })
}

/// Writes expressions for a version.
#[derive(Clone, Copy)]
pub(super) struct Expressions(pub DjangoVersion);

impl Expressions {
    /// `str()` of an argument of an expression: a string names a field (`F`), anything plain is a
    /// `Value`.
    pub fn argument(self, value: &Value) -> String {
        match value {
            Value::Str(name) => format!("F({name})"),
            Value::Call(call) if is_expression(call) => self.text(call),
            plain => self.value(plain),
        }
    }

    /// Before 4.0 `Value` shows what it holds by `str()`.
    fn value(self, value: &Value) -> String {
        let quoted = self.0 >= DjangoVersion::V4_0;
        format!("Value({})", if quoted { self.repr(value) } else { value.python_str() })
    }

    /// `str()` of an expression.
    fn text(self, call: &Call) -> String {
        let name = call.name();
        let given = |place: usize, name: &str| call.args.get(place).or_else(|| call.kwarg(name));
        let part = |place: usize, name: &str| given(place, name).unwrap_or(&Value::None);
        match name {
            "F" | "OuterRef" => format!("{name}({})", part(0, "name").python_str()),
            "Value" => self.value(part(0, "value")),
            "OrderBy" => {
                let descending = part(1, "descending").truth().unwrap_or(false);
                let descending = Value::Bool(descending).python_repr();
                format!("OrderBy({}, descending={descending})", self.argument(part(0, "expression")))
            }
            "CombinedExpression" => format!(
                "{} {} {}",
                self.argument(part(0, "lhs")),
                part(1, "connector").python_str(),
                self.argument(part(2, "rhs"))
            ),
            "ExpressionWrapper" | "NegatedExpression" => {
                format!("{name}({})", self.argument(part(0, "expression")))
            }
            "RawSQL" => format!("RawSQL({}, {})", part(0, "sql").python_str(), self.repr(part(1, "params"))),
            "Q" => self.q(call),
            "Case" => {
                let cases: Vec<String> = call.args.iter().map(|case| self.argument(case)).collect();
                let default = call.kwarg("default").unwrap_or(&Value::None);
                format!("CASE {}, ELSE {}", cases.join(", "), self.argument_repr(default))
            }
            "When" => self.when(call),
            "Concat" => format!("Concat({})", self.pairs(&call.args)),
            _ => self.function(call),
        }
    }

    /// `repr()` of a value in which expressions may stand.
    fn repr(self, value: &Value) -> String {
        value.python_repr_with(&|call| match call.name() {
            _ if !is_expression(call) => call_repr(call, &|value| self.repr(value)),
            name @ ("CombinedExpression" | "Case" | "When" | "Q") => format!("<{name}: {}>", self.text(call)),
            _ => self.text(call),
        })
    }

    fn argument_repr(self, value: &Value) -> String {
        match value {
            Value::Call(call) if is_expression(call) => self.repr(value),
            other => self.argument(other),
        }
    }

    /// `Node.__str__`
    fn q(self, call: &Call) -> String {
        let connector = call.kwarg("_connector").map_or_else(|| "AND".to_owned(), Value::python_str);
        let mut children: Vec<String> = call
            .args
            .iter()
            .map(|child| match child {
                Value::Call(inner) if is_expression(inner) => self.text(inner),
                other => self.repr(other),
            })
            .collect();
        children.extend(self.lookups(call, &["_connector", "_negated"]));
        let inner = format!("({connector}: {})", children.join(", "));
        let negated = call.kwarg("_negated").and_then(Value::truth).unwrap_or(false);
        if negated { format!("(NOT {inner})") } else { inner }
    }

    /// Keyword arguments as the sorted children of a `Q`.
    fn lookups(self, call: &Call, but: &[&str]) -> Vec<String> {
        let mut lookups: Vec<_> =
            call.kwargs.iter().filter(|(key, _)| !but.contains(&key.as_ref())).collect();
        lookups.sort_by(|a, b| a.0.cmp(&b.0));
        let pair =
            |key: &str, value: &Value| self.repr(&Value::Tuple([Value::str(key), value.clone()].into()));
        lookups.into_iter().map(|(key, value)| pair(key, value)).collect()
    }

    fn when(self, call: &Call) -> String {
        let then = call.args.get(1).or_else(|| call.kwarg("then")).unwrap_or(&Value::None);
        let condition = call.args.first().or_else(|| call.kwarg("condition"));
        let lookups = self.lookups(call, &["condition", "then"]);
        let condition = match condition {
            Some(condition) if lookups.is_empty() => self.repr(condition),
            condition => {
                let first = condition.and_then(Value::as_call).map(|call| self.text(call));
                let children: Vec<String> = first.into_iter().chain(lookups).collect();
                format!("<Q: (AND: {})>", children.join(", "))
            }
        };
        format!("WHEN {condition} THEN {}", self.argument_repr(then))
    }

    /// `Concat` nests its arguments two by two, the last two innermost.
    fn pairs(self, args: &[Value]) -> String {
        let mut texts: Vec<String> = args.iter().map(|arg| self.argument(arg)).collect();
        let mut inner = texts.pop().unwrap_or_default();
        while let Some(text) = texts.pop() {
            inner = format!("ConcatPair({text}, {inner})");
        }
        inner
    }

    /// `Func.__repr__`
    fn function(self, call: &Call) -> String {
        let name = call.name();
        let mut sources = Vec::new();
        let mut extra: Vec<(&str, &Value)> = Vec::new();
        let mut taken: Vec<&str> = vec!["output_field"];
        let known = parameters(name, self.0).unwrap_or_default();
        for (place, parameter) in known.iter().enumerate() {
            let (Source(key) | SourceOr(key, _) | Aside(key) | Extra(key)) = *parameter;
            taken.push(key);
            let given =
                call.args.get(place).or_else(|| call.kwarg(key)).filter(|it| !matches!(it, Value::None));
            match (parameter, given) {
                (Source(_) | SourceOr(..), Some(value)) => sources.push(self.argument(value)),
                // A default shows as any other value does.
                (SourceOr(_, default), None) if self.0 < DjangoVersion::V4_0 => {
                    sources.push(default.replace('\'', ""));
                }
                (SourceOr(_, default), None) => sources.push((*default).to_owned()),
                (Extra(key), Some(value)) => extra.push((key, value)),
                _ => {}
            }
        }
        let rest = call.args.get(known.len()..).unwrap_or_default();
        sources.extend(rest.iter().map(|value| self.argument(value)));
        if name == "SearchVector" {
            taken.extend(["config", "weight"]);
        }
        extra.extend(
            call.kwargs
                .iter()
                .map(|(key, value)| (key.as_ref(), value))
                .filter(|(key, _)| !taken.contains(key)),
        );
        extra.sort_by_key(|(key, _)| *key);
        let joiner = if name == "SearchVector" { " || ' ' || " } else { ", " };
        let sources = sources.join(joiner);
        let extra: Vec<String> =
            extra.iter().map(|(key, value)| format!("{key}={}", value.python_str())).collect();
        if extra.is_empty() {
            format!("{name}({sources})")
        } else {
            format!("{name}({sources}, {})", extra.join(", "))
        }
    }
}

/// Whether an object is a query expression and not a plain value that has a constructor.
fn is_expression(call: &Call) -> bool {
    let module = call.path.split('.').next().unwrap_or_default();
    !matches!(module, "datetime" | "decimal" | "uuid" | "re" | "functools" | "float" | "bytes" | "range")
}
