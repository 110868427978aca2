//! `migcheck state`: Django's `ModelState` of every model, as JSON and for people.

use serde_json::{Map, Value as Json, json};

use super::printable::column_width;
use super::{Reasons, one_line};
use crate::django::field::Field;
use crate::django::state::{ModelState, ProjectState};
use crate::python::value::{Unknown, Value};

/// The whole answer: `{"models": {…}, "unresolved": […]}`.
///
/// `unresolved` lists what could not be worked out, in order of model and field: a field's
/// argument or an option with an unknown value in it (`field` is the option's name with
/// `Meta.` before it), a model that is open as a whole (`field` is null), and changes of the state
/// that could not be followed (`model` is the app's label).
pub fn state_to_json(state: &ProjectState) -> Json {
    let models: Map<_, _> =
        state.models.iter().map(|(key, model)| (key.to_string(), model_to_json(model))).collect();
    json!({"models": models, "unresolved": unresolved(state)})
}

/// The state for people: each model with its fields and options as `models.py` would have them.
pub fn state_to_text(state: &ProjectState) -> String {
    let mut text = String::new();
    // Names of models, fields, options and files are any text.
    let mut line = |line: String| {
        text.push_str(&one_line(&line));
        text.push('\n');
    };
    for model in state.models.values() {
        let place = model.at.as_ref().map(|at| format!("  # {}:{}", at.file.display(), at.line()));
        line(format!("{}.{}{}", model.app, model.name, place.unwrap_or_default()));
        let width = column_width(model.fields.keys().map(AsRef::as_ref));
        for (name, field) in &model.fields {
            line(format!("    {name:width$} = {}", shown_field(field)));
        }
        for (name, value) in &model.options {
            if !matches!(value, Value::List(items) | Value::Set(items) if items.is_empty()) {
                line(format!("    Meta.{name} = {}", shown(value)));
            }
        }
        line(String::new());
    }
    text
}

/// The `unresolved` of an answer for people, one line a reason.
pub fn unresolved_to_text(answer: &Json) -> String {
    let mut reasons = Reasons::default();
    for entry in answer.get("unresolved").and_then(Json::as_array).into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Json::as_str);
        let subject = match (text("model"), text("field")) {
            (Some(model), Some(field)) => Some(format!("{model} {field}")),
            (model, field) => model.or(field).map(str::to_owned),
        };
        let place = text("path").map(|path| match entry.get("line").and_then(Json::as_u64) {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        });
        reasons.add(subject, text("reason").unwrap_or_default(), place);
    }
    if reasons.is_empty() {
        return String::new();
    }
    format!("Could not be worked out:\n{}", reasons.to_text())
}

fn shown_field(field: &Field) -> String {
    let path = field.path.strip_prefix("django.db.").unwrap_or(&field.path);
    let keywords = field.kwargs.iter().map(|(name, value)| format!("{name}={}", shown(value)));
    let all: Vec<_> = field.args.iter().map(shown).chain(keywords).collect();
    format!("{path}({})", all.join(", "))
}

/// A value as Python writes it, but for what is unknown.
fn shown(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(shown).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(value) => value.to_string(),
        Value::BigInt(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Str(text) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
        Value::Bytes(bytes) => format!("b'{}'", bytes.escape_ascii()),
        Value::List(items) => format!("[{}]", list(items)),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Value::Tuple(items) => format!("({})", list(items)),
        Value::Set(items) if items.is_empty() => "set()".into(),
        Value::Set(items) => format!("{{{}}}", list(items)),
        Value::Dict(items) => {
            let pairs: Vec<_> = items.iter().map(|(k, v)| format!("{}: {}", shown(k), shown(v))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Ref(path) => path.to_string(),
        Value::Call(call) => {
            let keywords = call.kwargs.iter().map(|(name, value)| format!("{name}={}", shown(value)));
            let all: Vec<_> = call.args.iter().map(shown).chain(keywords).collect();
            format!("{}({})", call.path, all.join(", "))
        }
        Value::Enum(member) => shown(&member.value),
        Value::Field(field) => shown_field(field),
        Value::Unknown(why) => format!("<unknown: {}>", why.reason),
    }
}

/// One model as the contract has it.
pub fn model_to_json(model: &ModelState) -> Json {
    let options: Map<_, _> =
        model.options.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect();
    let managers: Vec<_> =
        model.managers.iter().map(|(name, value)| json!([name.as_ref(), value.to_json()])).collect();
    let bases: Vec<_> = model.bases.iter().map(crate::python::value::Value::to_json).collect();
    let fields: Vec<_> = model.fields.iter().map(|(name, field)| field_to_json(name, field)).collect();
    json!({
        "name": model.name.as_ref(),
        "options": options,
        "bases": bases,
        "managers": managers,
        "fields": fields,
    })
}

/// One field as its `deconstruct()` gives it.
pub fn field_to_json(name: &str, field: &Field) -> Json {
    let kwargs: Map<_, _> =
        field.kwargs.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect();
    let args: Vec<_> = field.args.iter().map(crate::python::value::Value::to_json).collect();
    json!({"name": name, "class": field.path.as_ref(), "args": args, "kwargs": kwargs})
}

fn unresolved(state: &ProjectState) -> Vec<Json> {
    let mut found = Vec::new();
    for change in &state.unknowns {
        found.push(entry(change.app.as_str(), None, &change.why));
    }
    for (key, model) in &state.models {
        let model_name = key.to_string();
        for why in &model.unknowns {
            found.push(entry(&model_name, None, why));
        }
        for (name, value) in &model.options {
            if let Some(why) = value.find_unknown() {
                found.push(entry(&model_name, Some(&format!("Meta.{name}")), why));
            }
        }
        for base in &model.bases {
            if let Some(why) = base.find_unknown() {
                found.push(entry(&model_name, Some("Meta.bases"), why));
            }
        }
        for (name, field) in &model.fields {
            if let Some(why) = field.find_unknown() {
                found.push(entry(&model_name, Some(name), why));
            }
        }
    }
    found
}

fn entry(model: &str, field: Option<&str>, why: &Unknown) -> Json {
    let path = why.at.as_ref().map(|at| at.file.display().to_owned());
    let line = why.at.as_ref().map(crate::source::Location::line);
    json!({"model": model, "field": field, "reason": why.reason.as_ref(), "path": path, "line": line})
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indexmap::IndexMap;

    use super::{state_to_json, state_to_text};
    use crate::django::field::{Field, FieldClass};
    use crate::django::keys::AppLabel;
    use crate::django::state::{ModelState, ProjectState};
    use crate::python::value::{Call, Value};
    use crate::source::{Location, SourceFile};

    #[test]
    fn names_of_models_fields_and_files_are_one_line_each_and_steer_nothing() {
        let path: Arc<str> = "django.db.models.TextField".into();
        let class = FieldClass::of_path(&path).into();
        let field = Field { path, args: vec![], kwargs: vec![], class, at: None, live: None };
        let file = SourceFile::new("a.py".into(), "shop/migrations/\u{202e}.py", String::new());
        let model = ModelState {
            app: AppLabel::new("shop"),
            name: "Or\u{202e}der".into(),
            fields: IndexMap::from([("no\u{1b}[31mte\n".into(), Arc::new(field))]),
            options: IndexMap::new(),
            bases: Vec::new(),
            managers: Vec::new(),
            at: Some(Location { file, start: 0, end: 0 }),
            unknowns: Vec::new(),
        };
        let mut state = ProjectState::default();
        state.models.insert(model.key(), Arc::new(model));
        assert_eq!(
            state_to_text(&state),
            "shop.Or\u{fffd}der  # shop/migrations/\u{fffd}.py:1\n    no\u{fffd}[31mte  = models.TextField()\n\n"
        );
    }

    #[test]
    fn the_answer_has_the_form_of_the_contract() {
        let path: Arc<str> = "django.db.models.CharField".into();
        let class = FieldClass::of_path(&path);
        let kwargs = vec![
            ("max_length".into(), Value::unknown("reads an environment variable", None)),
            ("default".into(), Value::Ref("shop.models.title".into())),
        ];
        let title = Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at: None, live: None };
        let together = Value::Set([Value::Tuple([Value::str("a"), Value::str("b")].into())].into());
        let manager = Call { path: "shop.models.Manager".into(), args: Vec::new(), kwargs: Vec::new() };
        let model = ModelState {
            app: AppLabel::new("shop"),
            name: "Book".into(),
            fields: IndexMap::from([("title".into(), Arc::new(title))]),
            options: IndexMap::from([("unique_together".into(), together)]),
            bases: Vec::new(),
            managers: vec![("objects".into(), Value::Call(Arc::new(manager)))],
            at: None,
            unknowns: Vec::new(),
        };
        insta::assert_json_snapshot!(state_to_json(&ProjectState::new([model.with_defaults()])), @r#"
        {
          "models": {
            "shop.book": {
              "name": "Book",
              "options": {
                "unique_together": {
                  "$set": [
                    {
                      "$tuple": [
                        "a",
                        "b"
                      ]
                    }
                  ]
                },
                "indexes": [],
                "constraints": []
              },
              "bases": [
                {
                  "$ref": "django.db.models.base.Model"
                }
              ],
              "managers": [
                [
                  "objects",
                  {
                    "$call": "shop.models.Manager",
                    "args": [],
                    "kwargs": {}
                  }
                ]
              ],
              "fields": [
                {
                  "name": "title",
                  "class": "django.db.models.CharField",
                  "args": [],
                  "kwargs": {
                    "max_length": {
                      "$unknown": "reads an environment variable",
                      "path": null,
                      "line": null
                    },
                    "default": {
                      "$ref": "shop.models.title"
                    }
                  }
                }
              ]
            }
          },
          "unresolved": [
            {
              "model": "shop.book",
              "field": "title",
              "reason": "reads an environment variable",
              "path": null,
              "line": null
            }
          ]
        }
        "#);
    }
}
