//! `Operation.describe()`: Django's own sentence for each operation
//! (`django/db/migrations/operations/*.py`, `django/contrib/postgres/operations.py`).
//!
//! From 3.2 to 6.1 the sentences are the same words; a class that a version lacks has none there.

use super::{CustomOperation, Operation, OperationKind};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

impl Operation {
    /// `Operation.describe()`. The version is taken so that callers need not know that no sentence
    /// has changed yet.
    pub fn describe(&self, _version: DjangoVersion) -> String {
        match &self.custom_describe {
            Some(text) => text.to_string(),
            None => self.kind.describe(self.class_name()),
        }
    }
}

impl OperationKind {
    fn describe(&self, class: &str) -> String {
        match self {
            Self::CreateModel(model) => {
                let proxy = model
                    .options
                    .iter()
                    .any(|(key, value)| key.as_ref() == "proxy" && value.truth().unwrap_or(false));
                format!("Create {}model {}", if proxy { "proxy " } else { "" }, model.name)
            }
            Self::DeleteModel { name } => format!("Delete model {name}"),
            Self::RenameModel { old_name, new_name } => format!("Rename model {old_name} to {new_name}"),
            Self::AlterModelTable { name, table } => match table {
                Value::None => format!("Rename table for {name} to (default)"),
                table => format!("Rename table for {name} to {}", python_str(table)),
            },
            Self::AlterModelTableComment { name, .. } => format!("Alter {name} table comment"),
            Self::AlterUniqueTogether { name, unique_together } => {
                together("unique_together", name, unique_together)
            }
            Self::AlterIndexTogether { name, index_together } => {
                together("index_together", name, index_together)
            }
            Self::AlterOrderWithRespectTo { name, order_with_respect_to } => {
                format!("Set order_with_respect_to on {name} to {}", python_str(order_with_respect_to))
            }
            Self::AlterModelOptions { name, .. } => format!("Change Meta options on {name}"),
            Self::AlterModelManagers { name, .. } => format!("Change managers on {name}"),
            Self::AddField { model_name, name, .. } => format!("Add field {name} to {model_name}"),
            Self::RemoveField { model_name, name } => format!("Remove field {name} from {model_name}"),
            Self::AlterField { model_name, name, .. } => format!("Alter field {name} on {model_name}"),
            Self::RenameField { model_name, old_name, new_name } => {
                format!("Rename field {old_name} on {model_name} to {new_name}")
            }
            Self::AddIndex { model_name, index, concurrently } => add_index(model_name, index, *concurrently),
            Self::RemoveIndex { model_name, name, concurrently: false } => {
                format!("Remove index {name} from {model_name}")
            }
            Self::RemoveIndex { model_name, name, concurrently: true } => {
                format!("Concurrently remove index {name} from {model_name}")
            }
            Self::RenameIndex { model_name, new_name, old_name, old_fields } => {
                match (old_name, old_fields) {
                    (None, Some(fields)) => {
                        format!(
                            "Rename unnamed index for {} on {model_name} to {new_name}",
                            python_str(fields)
                        )
                    }
                    (old_name, _) => {
                        let old_name = old_name.as_deref().unwrap_or("None");
                        format!("Rename index {old_name} on {model_name} to {new_name}")
                    }
                }
            }
            Self::AddConstraint { model_name, constraint, not_valid } => {
                let not_valid = if *not_valid { "not valid " } else { "" };
                format!("Create {not_valid}constraint {} on model {model_name}", name_of(constraint))
            }
            Self::RemoveConstraint { model_name, name } => {
                format!("Remove constraint {name} from model {model_name}")
            }
            Self::AlterConstraint { model_name, name, .. } => {
                format!("Alter constraint {name} on {model_name}")
            }
            Self::ValidateConstraint { model_name, name } => {
                format!("Validate constraint {name} on model {model_name}")
            }
            Self::RunPython(_) => "Raw Python operation".to_owned(),
            Self::RunSql(_) => "Raw SQL operation".to_owned(),
            Self::SeparateDatabaseAndState { .. } => "Custom state/database change combination".to_owned(),
            Self::CreateExtension { name, .. } => format!("Creates extension {name}"),
            Self::CreateCollation { name, .. } => format!("Create collation {name}"),
            Self::RemoveCollation { name, .. } => format!("Remove collation {name}"),
            Self::Custom(custom) => describe_custom(class, custom),
        }
    }
}

/// `Operation.describe` of the base class: the class's name and `_constructor_args`.
fn describe_custom(class: &str, custom: &CustomOperation) -> String {
    let args = Value::Tuple(custom.args.as_slice().into());
    let kwargs: Vec<(Value, Value)> =
        custom.kwargs.iter().map(|(key, value)| (Value::str(key.clone()), value.clone())).collect();
    let both = Value::Tuple([args, Value::Dict(kwargs.into())].into());
    format!("{class}: {}", python_repr(&both))
}

/// `normalize_together` makes a set of tuples, so what is written twice counts once.
fn together(option: &str, name: &str, value: &Value) -> String {
    let items = value.items().unwrap_or_default();
    let count = if items.first().is_some_and(|first| first.items().is_none()) {
        1
    } else {
        let distinct = |(place, item): &(usize, &Value)| {
            !items.iter().take(*place).any(|earlier| earlier.items() == item.items())
        };
        items.iter().enumerate().filter(distinct).count()
    };
    format!("Alter {option} for {name} ({count} constraint(s))")
}

fn name_of(value: &Value) -> String {
    value.as_call().and_then(|call| call.kwarg("name")).map_or_else(|| "(unknown)".to_owned(), python_str)
}

fn add_index(model: &str, index: &Value, concurrently: bool) -> String {
    let name = name_of(index);
    let expressions = index.as_call().map(|call| call.args.as_slice()).unwrap_or_default();
    // `AddIndexConcurrently` names fields only, even where there are none.
    if !concurrently && !expressions.is_empty() {
        let texts: Vec<String> = expressions.iter().map(as_expression).collect();
        return format!("Create index {name} on {} on model {model}", texts.join(", "));
    }
    let fields: Vec<String> = index
        .as_call()
        .and_then(|call| call.kwarg("fields"))
        .and_then(Value::items)
        .unwrap_or_default()
        .iter()
        .map(python_str)
        .collect();
    let create = if concurrently { "Concurrently create" } else { "Create" };
    format!("{create} index {name} on field(s) {} of model {model}", fields.join(", "))
}

/// An argument of an expression: a string names a field (`F`), anything plain is a `Value`.
fn as_expression(value: &Value) -> String {
    match value {
        Value::Str(name) => format!("F({name})"),
        Value::Call(call) => expression_str(call),
        plain => format!("Value({})", python_repr(plain)),
    }
}

/// `str()` of a query expression (`django/db/models/expressions.py`).
fn expression_str(call: &Call) -> String {
    let first = || call.args.first().or_else(|| call.kwarg("expression"));
    match call.name() {
        "F" => format!(
            "F({})",
            call.args.first().or_else(|| call.kwarg("name")).map_or_else(String::new, python_str)
        ),
        "Value" => format!(
            "Value({})",
            first().or_else(|| call.kwarg("value")).map_or_else(String::new, python_repr)
        ),
        "OrderBy" => {
            let descending = call.args.get(1).or_else(|| call.kwarg("descending"));
            let descending = descending.map_or_else(|| "False".to_owned(), python_str);
            format!("OrderBy({}, descending={descending})", first().map_or_else(String::new, as_expression))
        }
        "CombinedExpression" => {
            let part = |place: usize, name: &str| call.args.get(place).or_else(|| call.kwarg(name));
            let side = |value: Option<&Value>| value.map_or_else(String::new, as_expression);
            let connector = part(1, "connector").map_or_else(String::new, python_str);
            format!("{} {connector} {}", side(part(0, "lhs")), side(part(2, "rhs")))
        }
        // `Collate` keeps its collation apart from its source expressions.
        "Collate" => format!("Collate({})", first().map_or_else(String::new, as_expression)),
        name => {
            let args: Vec<String> = call.args.iter().map(as_expression).collect();
            let mut extra: Vec<String> = call
                .kwargs
                .iter()
                .filter(|(key, _)| key.as_ref() != "output_field")
                .map(|(key, value)| format!("{key}={}", python_str(value)))
                .collect();
            extra.sort();
            let args = args.join(", ");
            if extra.is_empty() {
                format!("{name}({args})")
            } else {
                format!("{name}({args}, {})", extra.join(", "))
            }
        }
    }
}

/// Python's `str()`.
fn python_str(value: &Value) -> String {
    value.as_str().map_or_else(|| python_repr(value), str::to_owned)
}

/// Python's `repr()`, as far as a value at rest has one; an object shows as the call that makes it.
fn python_repr(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(python_repr).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::BigInt(value) => value.to_string(),
        Value::Float(value) => float_repr(*value),
        Value::Str(text) => str_repr(text),
        Value::Bytes(bytes) => format!("b'{}'", bytes.escape_ascii()),
        Value::List(items) => format!("[{}]", list(items)),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Value::Tuple(items) => format!("({})", list(items)),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", list(items)),
        Value::Dict(items) => {
            let pairs: Vec<String> = items
                .iter()
                .map(|(key, value)| format!("{}: {}", python_repr(key), python_repr(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Ref(path) => path.to_string(),
        Value::Call(call) => call_repr(&call.path, &call.args, &call.kwargs),
        Value::Enum(member) => python_repr(&member.value),
        Value::Field(field) => format!("<{}>", field.path),
        Value::Unknown(_) => "(unknown)".to_owned(),
    }
}

fn call_repr(path: &str, args: &[Value], kwargs: &[(std::sync::Arc<str>, Value)]) -> String {
    let args = args.iter().map(python_repr);
    let kwargs = kwargs.iter().map(|(key, value)| format!("{key}={}", python_repr(value)));
    format!("{path}({})", args.chain(kwargs).collect::<Vec<_>>().join(", "))
}

fn float_repr(value: f64) -> String {
    if value.is_finite() && value.fract() == 0.0 && value.abs() < 1e16 {
        format!("{value:.1}")
    } else if value.is_finite() {
        format!("{value:?}")
    } else {
        value.to_string().to_lowercase()
    }
}

/// Single quotes unless the text holds one and no double quote.
fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
