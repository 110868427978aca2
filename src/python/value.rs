//! Values at rest: what an evaluation came to, without identity and safe to share between threads.
//!
//! The evaluator works on live objects ([`super::object`]); `freeze` turns one into a [`Value`]
//! the way Django's `deconstruct()` turns an object into a path and arguments.

use std::sync::Arc;

use num_bigint::BigInt;
use serde_json::{Map, json};

use crate::source::Location;

/// A Python value, frozen.
#[derive(Debug, Clone)]
pub enum Value {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer within 64 bits.
    Int(i64),
    /// An integer beyond 64 bits.
    BigInt(Arc<BigInt>),
    /// A float.
    Float(f64),
    /// A string; a lazy translation is its string.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(Arc<[Value]>),
    /// A tuple.
    Tuple(Arc<[Value]>),
    /// A set or frozenset, sorted by [`Value::sort_key`].
    Set(Arc<[Value]>),
    /// A dictionary in insertion order.
    Dict(Arc<[(Value, Value)]>),
    /// A class, function or other module-level name: its dotted path.
    Ref(Arc<str>),
    /// An object with a deconstruction, and datetimes, decimals and so on.
    Call(Arc<Call>),
    /// A member of an enumeration: its class's path, its name, its value.
    Enum(Arc<EnumMember>),
    /// A model field inside another value.
    Field(Arc<crate::django::field::Field>),
    /// What could not be worked out.
    Unknown(Arc<Unknown>),
}

/// `path(*args, **kwargs)`: what Django's `deconstruct()` says of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Dotted path of the class or function.
    pub path: Arc<str>,
    /// Positional arguments.
    pub args: Vec<Value>,
    /// Keyword arguments in order.
    pub kwargs: Vec<(Arc<str>, Value)>,
}

/// A member of an enumeration.
#[derive(Debug, Clone)]
pub struct EnumMember {
    /// Dotted path of the enumeration's class.
    pub class: Arc<str>,
    /// The member's name.
    pub name: Arc<str>,
    /// The member's value.
    pub value: Value,
    /// Dotted paths of the class's method resolution order; `None` where a base is not known.
    pub mro: Option<Arc<[Arc<str>]>>,
}

/// Why something is not known, and where that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// For people: `calls requests.get, which is outside the repository`.
    pub reason: Arc<str>,
    /// The expression that could not be worked out.
    pub at: Option<Location>,
}

impl Value {
    /// A string value.
    pub fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }

    /// An unknown value.
    pub fn unknown(reason: impl Into<Arc<str>>, at: Option<Location>) -> Self {
        Self::Unknown(Arc::new(Unknown { reason: reason.into(), at }))
    }

    /// The text, if this is a string (an enumeration's member with a string value counts).
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Enum(member) => member.value.as_str(),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if this is one within 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Enum(member) => member.value.as_int(),
            _ => None,
        }
    }

    /// The items of a list, tuple or set.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => Some(items),
            _ => None,
        }
    }

    /// The object's deconstruction, if this is one.
    pub fn as_call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The reason, if this very value is unknown (not something within it).
    pub fn as_unknown(&self) -> Option<&Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The first unknown in it, at any depth.
    pub fn find_unknown(&self) -> Option<&Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => {
                items.iter().find_map(Self::find_unknown)
            }
            Self::Dict(items) => {
                items.iter().find_map(|(k, v)| k.find_unknown().or_else(|| v.find_unknown()))
            }
            Self::Call(call) => call
                .args
                .iter()
                .find_map(Self::find_unknown)
                .or_else(|| call.kwargs.iter().find_map(|(_, v)| v.find_unknown())),
            Self::Enum(member) => member.value.find_unknown(),
            Self::Field(field) => field.find_unknown(),
            _ => None,
        }
    }

    /// How many values it holds, itself counted, and pieces of text; counting stops beyond `most`.
    pub(crate) fn weight(&self, most: usize) -> usize {
        let all = |items: &[Self]| Self::weigh(items.iter(), most);
        1 + match self {
            Self::Str(text) => text.len() / 32,
            Self::Bytes(bytes) => bytes.len() / 32,
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => all(items),
            Self::Dict(items) => Self::weigh(items.iter().flat_map(|(key, value)| [key, value]), most),
            Self::Call(call) => {
                Self::weigh(call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value)), most)
            }
            Self::Enum(member) => member.value.weight(most),
            Self::Field(field) => {
                Self::weigh(field.args.iter().chain(field.kwargs.iter().map(|(_, value)| value)), most)
            }
            _ => 0,
        }
    }

    fn weigh<'a>(items: impl Iterator<Item = &'a Self>, most: usize) -> usize {
        let mut sum = 0;
        for item in items {
            if sum > most {
                break;
            }
            sum += item.weight(most - sum);
        }
        sum
    }

    /// Whether Python would call it true; `None` where that is not known.
    pub fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => !items.is_empty(),
            Self::Dict(items) => !items.is_empty(),
            Self::BigInt(_) | Self::Ref(_) | Self::Field(_) => true,
            Self::Enum(member) => return member.value.truth(),
            Self::Call(_) | Self::Unknown(_) => return None,
        })
    }

    /// A text that orders values of any kind, for sets and deterministic output.
    pub fn sort_key(&self) -> String {
        self.to_json().to_string()
    }

    /// The value in the JSON form of the contract (`$tuple`, `$ref`, `$call`, `$unknown` …).
    pub fn to_json(&self) -> serde_json::Value {
        let list = |items: &[Value]| items.iter().map(Self::to_json).collect::<Vec<_>>();
        match self {
            Self::None => serde_json::Value::Null,
            Self::Bool(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::BigInt(value) => json!({"$int": value.to_string()}),
            Self::Float(value) if value.is_finite() => json!(value),
            Self::Float(value) => json!({"$call": "float", "args": [value.to_string()], "kwargs": {}}),
            Self::Str(text) => json!(text.as_ref()),
            Self::Bytes(bytes) => {
                json!({"$call": "bytes", "args": [String::from_utf8_lossy(bytes)], "kwargs": {}})
            }
            Self::List(items) => json!(list(items)),
            Self::Tuple(items) => json!({"$tuple": list(items)}),
            Self::Set(items) => json!({"$set": list(items)}),
            Self::Dict(items) => dict_to_json(items),
            Self::Ref(path) => json!({"$ref": path.as_ref()}),
            // To Django this is a function, though one that deconstructs.
            Self::Call(call) if call.path.as_ref() == "django.db.models.SET" => {
                json!({"$ref": "django.db.models.deletion.SET.<locals>.set_on_delete"})
            }
            Self::Call(call) => call.to_json(),
            Self::Enum(member) => member.value.to_json(),
            Self::Field(field) => {
                Call { path: field.path.clone(), args: field.args.clone(), kwargs: field.kwargs.clone() }
                    .to_json()
            }
            Self::Unknown(unknown) => unknown.to_json(),
        }
    }
}

fn dict_to_json(items: &[(Value, Value)]) -> serde_json::Value {
    if items.iter().all(|(key, _)| matches!(key, Value::Str(_))) {
        let pairs = items.iter().map(|(k, v)| (k.as_str().unwrap_or_default().to_owned(), v.to_json()));
        serde_json::Value::Object(pairs.collect())
    } else {
        json!({"$dict": items.iter().map(|(k, v)| json!([k.to_json(), v.to_json()])).collect::<Vec<_>>()})
    }
}

impl Call {
    /// The keyword argument of that name.
    pub fn kwarg(&self, name: &str) -> Option<&Value> {
        self.kwargs.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value)
    }

    /// The last part of the path: the class's own name.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    fn to_json(&self) -> serde_json::Value {
        let kwargs: Map<_, _> = self.kwargs.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect();
        json!({
            "$call": self.path.as_ref(),
            "args": self.args.iter().map(Value::to_json).collect::<Vec<_>>(),
            "kwargs": kwargs,
        })
    }
}

impl Unknown {
    /// `{"$unknown": why, "path": …, "line": …}`
    pub fn to_json(&self) -> serde_json::Value {
        let path = self.at.as_ref().map(|at| at.file.display().to_owned());
        let line = self.at.as_ref().map(Location::line);
        json!({"$unknown": self.reason.as_ref(), "path": path, "line": line})
    }
}

/// Python's `==`, except that an unknown equals nothing but the same unknown, and order of keys
/// does not count. `1 == 1.0 == True` as in Python.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Enum(member), other) | (other, Self::Enum(member)) => match other {
                Self::Enum(theirs) => member.value == theirs.value,
                other => member.value == *other,
            },
            (Self::None, Self::None) => true,
            (Self::Str(a), Self::Str(b)) | (Self::Ref(a), Self::Ref(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_in_any_order(a, b),
            (Self::Dict(a), Self::Dict(b)) => same_in_any_order(a, b),
            (Self::Call(a), Self::Call(b)) => {
                (a.path == b.path || are_paths(a, b))
                    && a.args == b.args
                    && a.kwargs.len() == b.kwargs.len()
                    && a.kwargs.iter().all(|(k, v)| b.kwarg(k) == Some(v))
            }
            (Self::Field(a), Self::Field(b)) => a == b,
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (Self::BigInt(a), Self::BigInt(b)) => a == b,
            #[allow(clippy::float_cmp)]
            (a, b) => match (a.number(), b.number()) {
                (Some(Number::Int(a)), Some(Number::Int(b))) => a == b,
                #[allow(clippy::cast_precision_loss)]
                (Some(Number::Int(a)), Some(Number::Float(b)))
                | (Some(Number::Float(b)), Some(Number::Int(a))) => a as f64 == b,
                (Some(Number::Float(a)), Some(Number::Float(b))) => a == b,
                _ => false,
            },
        }
    }
}

/// Whether both are paths of a file system: those of one kind of system are equal where their texts are,
/// pure or not.
fn are_paths(a: &Call, b: &Call) -> bool {
    [a, b].iter().all(|call| matches!(&*call.path, "pathlib.PosixPath" | "pathlib.PurePosixPath"))
}

/// Whether each item of one is in the other. Both are without duplicates.
fn same_in_any_order<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    // In most cases the order is the same, and to compare each with each would take for ever.
    let rest = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len());
    let (a, b) = (&a[rest..], &b[rest..]);
    a.len() <= MOST_UNORDERED && a.iter().all(|item| b.contains(item))
}

/// How many items are compared each with each; larger containers must have them in the same order.
const MOST_UNORDERED: usize = 2_000;

enum Number {
    Int(i64),
    Float(f64),
}

impl Value {
    fn number(&self) -> Option<Number> {
        match self {
            Self::Bool(value) => Some(Number::Int(i64::from(*value))),
            Self::Int(value) => Some(Number::Int(*value)),
            Self::Float(value) => Some(Number::Float(*value)),
            _ => None,
        }
    }
}
