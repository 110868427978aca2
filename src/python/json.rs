//! Values read back from the JSON form that [`Value::to_json`] writes.

use std::sync::Arc;

use num_bigint::BigInt;
use serde_json::{Map, Value as Json};

use super::value::{Call, Value};

impl Value {
    /// The value that `json` stands for; `None` where it is not in that form. What was unknown
    /// keeps its reason, not its place. As deep as `json` itself, which its parser bounds.
    pub fn from_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Self::None,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::Int(value),
                None => Self::Float(number.as_f64()?),
            },
            Json::String(text) => Self::str(text.as_str()),
            Json::Array(_) => Self::List(items(json)?.into()),
            Json::Object(object) => from_object(object)?,
        })
    }
}

fn from_object(object: &Map<String, Json>) -> Option<Value> {
    let marked = object.iter().next().filter(|(key, _)| key.starts_with('$'));
    let Some((kind, inner)) = marked else {
        let pairs =
            object.iter().map(|(key, json)| Some((Value::str(key.as_str()), Value::from_json(json)?)));
        return Some(Value::Dict(pairs.collect::<Option<Vec<_>>>()?.into()));
    };
    Some(match kind.as_str() {
        "$int" => Value::BigInt(Arc::new(inner.as_str()?.parse::<BigInt>().ok()?)),
        "$tuple" => Value::Tuple(items(inner)?.into()),
        "$set" => {
            let mut members = items(inner)?;
            members.sort_by_cached_key(Value::sort_key);
            Value::Set(members.into())
        }
        "$dict" => {
            let pairs = inner.as_array()?.iter();
            let pair = |pair: &Json| Some((Value::from_json(pair.get(0)?)?, Value::from_json(pair.get(1)?)?));
            Value::Dict(pairs.map(pair).collect::<Option<Vec<_>>>()?.into())
        }
        "$ref" => Value::Ref(inner.as_str()?.into()),
        "$unknown" => Value::unknown(inner.as_str()?, None),
        "$call" => from_call(inner.as_str()?, object)?,
        _ => return None,
    })
}

fn from_call(path: &str, object: &Map<String, Json>) -> Option<Value> {
    let args = items(object.get("args")?)?;
    let first = args.first().and_then(Value::as_str);
    match (path, first) {
        ("float", Some(text)) => return Some(Value::Float(text.parse().ok()?)),
        ("bytes", Some(text)) => return Some(Value::Bytes(text.as_bytes().into())),
        _ => {}
    }
    let pairs = object.get("kwargs")?.as_object()?.iter();
    let kwargs = pairs.map(|(key, json)| Some((key.as_str().into(), Value::from_json(json)?)));
    Some(Value::Call(Arc::new(Call { path: path.into(), args, kwargs: kwargs.collect::<Option<_>>()? })))
}

fn items(json: &Json) -> Option<Vec<Value>> {
    json.as_array()?.iter().map(Value::from_json).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let call = json!({"$call": "a.b", "args": [{"$ref": "c.D"}], "kwargs": {"k": {"$tuple": [1.5]}}});
        let json = json!([null, true, -3, "text", {"$set": [1, 2]}, {"$dict": [[1, "x"]]}, {"a": call},
            {"$int": "123456789012345678901234567890"}, {"$call": "float", "args": ["inf"], "kwargs": {}}]);
        let value = Value::from_json(&json).unwrap();
        assert_eq!(value.to_json(), json);
    }

    #[test]
    fn what_is_in_no_known_form_is_refused() {
        for json in [json!({"$else": 1}), json!([{"$call": "a"}]), json!({"$int": "x"})] {
            assert!(Value::from_json(&json).is_none(), "{json}");
        }
    }
}
