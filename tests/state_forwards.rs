//! Small histories, replayed and held against what real Django made of them
//! (`tests/state/record.py` writes the records, one for each version).

#![allow(clippy::unwrap_used)] // A record that can't be read is a failed test.

#[path = "support/record.rs"]
mod record;

use std::path::Path;

use migcheck::django::keys::{AppLabel, ModelKey};
use migcheck::django::operations::Operation;
use migcheck::django::state::apps::{Apps, ModelField};
use migcheck::django::state::render::unresolved_references;
use migcheck::django::state::tables::Through;
use migcheck::django::state::{ModelState, Phase, ProjectState, StateErrorKind, Swappables};
use migcheck::django::version::DjangoVersion;
use migcheck::python::value::Value;
use serde_json::{Value as Json, json};

struct Case {
    name: String,
    version: DjangoVersion,
    json: Json,
    operations: Vec<Operation>,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for version in ["3.2", "4.2", "5.2", "6.0", "6.1"] {
        let file = format!("tests/state/django-{version}.json");
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let json: Json = serde_json::from_str(&text).unwrap();
        for (name, case) in json["cases"].as_object().unwrap() {
            cases.push(Case {
                name: format!("{name} (Django {version})"),
                version: DjangoVersion::parse(version).unwrap(),
                json: case.clone(),
                operations: case["operations"].as_array().unwrap().iter().map(record::operation).collect(),
            });
        }
    }
    cases
}

/// A class that does not override `state_forwards` is the one custom operation of the records.
fn known(operation: &Operation) -> Operation {
    use migcheck::django::operations::{OperationKind, StateForwards};
    let mut operation = operation.clone();
    if let OperationKind::Custom(custom) = &mut operation.kind {
        custom.state_forwards = StateForwards::NotImplemented;
    }
    operation
}

fn replay(case: &Case) -> (ProjectState, Vec<(usize, Phase, StateErrorKind)>) {
    let mut state = ProjectState::default();
    let mut errors = Vec::new();
    for (index, operation) in case.operations.iter().enumerate() {
        for error in state.apply(&AppLabel::new("a"), &known(operation), case.version) {
            assert!(error.certain, "{}: {error}", case.name);
            errors.push((index, error.phase, error.kind));
        }
    }
    (state, errors)
}

/// Lists that Django makes of a set have no order of their own.
fn sorted(value: &Value) -> Value {
    let mut items: Vec<_> = value.items().unwrap_or_default().to_vec();
    items.sort_by_cached_key(Value::sort_key);
    match value {
        Value::List(_) => Value::List(items.into()),
        Value::Set(_) => Value::Set(items.into()),
        other => other.clone(),
    }
}

fn assert_same_model(case: &str, ours: &ModelState, theirs: &ModelState) {
    let label = format!("{case}: {}", theirs.name);
    assert_eq!(ours.name, theirs.name, "{label}");
    assert!(ours.fields.keys().eq(theirs.fields.keys()), "{label}: {:?} {:?}", ours.fields, theirs.fields);
    for (name, field) in &theirs.fields {
        assert_eq!(ours.fields.get(name), Some(field), "{label}.{name}");
    }
    assert!(
        ours.options.keys().eq(theirs.options.keys()),
        "{label}: {:?} {:?}",
        ours.options,
        theirs.options
    );
    for (name, value) in &theirs.options {
        let mine = ours.option(name).unwrap();
        if name.ends_with("_together") {
            assert_eq!(sorted(mine), sorted(value), "{label} {name}");
        } else {
            assert_eq!(mine, value, "{label} {name}");
        }
    }
    assert_eq!(ours.bases, theirs.bases, "{label}");
    assert_eq!(ours.managers, theirs.managers, "{label}");
}

#[test]
fn states_equal_those_of_django() {
    for case in cases() {
        let (state, _) = replay(&case);
        let theirs = case.json["state"].as_object().unwrap();
        let keys: Vec<_> = state.models.keys().map(ToString::to_string).collect();
        assert_eq!(keys, theirs.keys().cloned().collect::<Vec<_>>(), "{}", case.name);
        for (key, json) in theirs {
            let model = record::model_state(json);
            assert_eq!(model.key().to_string(), *key);
            assert_same_model(&case.name, state.model(&model.key()).unwrap(), &model);
        }
    }
}

#[test]
fn failures_equal_those_of_django() {
    for case in cases() {
        let (state, errors) = replay(&case);
        let ours: Vec<_> = errors
            .iter()
            // SQLite rebuilds the table and takes the second column without a word; no other database does.
            .filter(|(_, _, kind)| !matches!(kind, StateErrorKind::DuplicateField { .. }))
            .map(|(index, phase, kind)| {
                let exception = match (kind, phase, &case.operations[*index].class_name()) {
                    (
                        StateErrorKind::FieldMissing { .. },
                        _,
                        &"RemoveField" | &"SeparateDatabaseAndState",
                    ) => "KeyError",
                    (kind, _, _) => kind.exception().unwrap_or("OperationalError"),
                };
                json!([index, format!("{phase:?}"), exception])
            })
            .collect();
        let theirs = case.json["errors"].as_array().unwrap();
        // A state whose bases are lost fails when it is rendered, which is another question.
        let rendered_later = |error: &&Json| error[2] != "InvalidBasesError";
        assert_eq!(ours, theirs.iter().filter(rendered_later).cloned().collect::<Vec<_>>(), "{}", case.name);
        let unresolved = unresolved_references(&state, &|_| Some(false));
        assert_eq!(
            !unresolved.is_empty(),
            case.json.get("refused").is_some(),
            "{}: {unresolved:?}",
            case.name
        );
    }
}

#[test]
fn a_field_that_is_there_already_is_told() {
    let found: Vec<_> = cases()
        .iter()
        .filter(|case| case.version == DjangoVersion::V6_1)
        .filter(|case| {
            replay(case).1.iter().any(|(_, _, kind)| matches!(kind, StateErrorKind::DuplicateField { .. }))
        })
        .map(|case| case.name.clone())
        .collect();
    assert_eq!(found, ["rename_field_onto (Django 6.1)", "add_again (Django 6.1)"]);
}

#[test]
fn models_are_what_django_renders() {
    let swappables = Swappables::default();
    for case in cases() {
        let (state, _) = replay(&case);
        let Some(theirs) = case.json.get("rendered").and_then(Json::as_object) else { continue };
        let apps = Apps::new(&state, &swappables, "django.db.models.BigAutoField", None);
        let key = |found: &ModelField| found.model.to_string();
        for (name, theirs) in theirs {
            let model = ModelKey::parse(name, &AppLabel::new("a"));
            let primary_key = apps.primary_key(&model).unwrap();
            let fields: Vec<_> = apps
                .fields(&model)
                .iter()
                .map(|found| json!([key(found), found.name.as_ref(), apps.column(found)]))
                .collect();
            let mut through = serde_json::Map::new();
            let mut targets = serde_json::Map::new();
            for found in apps.local_fields(&model) {
                if let Some(Through::Automatic(table)) = apps.through(&found) {
                    let table = json!([table.name, table.db_table, table.from.column, table.to.column]);
                    through.insert(found.name.to_string(), table);
                }
                let foreign_key = ["ForeignKey", "OneToOneField"].contains(&found.field.class_name());
                if let Some(target) = apps.target_field(&found).filter(|_| foreign_key) {
                    targets.insert(found.name.to_string(), json!([key(&target), target.name.as_ref()]));
                }
            }
            let ours = json!({
                "db_table": apps.db_table(&model),
                "pk": [key(&primary_key), primary_key.name.as_ref()],
                "fields": fields,
                "through": through,
                "targets": targets,
            });
            assert_eq!(ours, *theirs, "{}: {name}", case.name);
        }
    }
}

#[test]
fn a_clone_keeps_the_state_as_it_was() {
    for case in cases() {
        let mut state = ProjectState::default();
        for operation in &case.operations {
            let before = state.clone();
            let text = format!("{before:?}");
            state.apply(&AppLabel::new("a"), &known(operation), case.version);
            assert_eq!(format!("{before:?}"), text, "{}", case.name);
        }
    }
}
