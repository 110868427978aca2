//! Replays what real Django's autodetector and writer answered for edits of a small project
//! (`tests/data/autodetector/`, one record a release, made by `record.py` beside them).

#![allow(clippy::unwrap_used)] // A record that is not as it should be fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migcheck::django::autodetector::{
    Autodetector, Changes, GraphInfo, Ignored, Incomplete, NewDependency, NewMigration,
};
use migcheck::django::field::{Field, FieldClass};
use migcheck::django::keys::{AppLabel, ModelKey};
use migcheck::django::state::{ModelState, ProjectState, Swappables};
use migcheck::django::version::DjangoVersion;
use migcheck::django::writer::MigrationWriter;
use migcheck::python::value::{Call, Value};
use serde_json::Value as Json;

/// A record: its answers, and the bases of the field classes in it.
struct Record(Json);

impl Record {
    fn read(version: &str) -> Self {
        let path = format!("{}/tests/data/autodetector/django-{version}.json", env!("CARGO_MANIFEST_DIR"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn values(&self, json: &Json) -> Vec<Value> {
        json.as_array().unwrap().iter().map(|item| self.value(item)).collect()
    }

    fn named(&self, json: &Json) -> Vec<(Arc<str>, Value)> {
        let object = json.as_object().unwrap();
        object.iter().map(|(key, value)| (key.as_str().into(), self.value(value))).collect()
    }

    /// A value from the form that `Value::to_json` gives.
    fn value(&self, json: &Json) -> Value {
        let Json::Object(object) = json else {
            return match json {
                Json::Null => Value::None,
                Json::Bool(value) => Value::Bool(*value),
                Json::Number(number) if number.is_i64() => Value::Int(number.as_i64().unwrap()),
                Json::Number(number) => Value::Float(number.as_f64().unwrap()),
                Json::String(text) => Value::str(text.as_str()),
                json => Value::List(self.values(json).into()),
            };
        };
        match object.iter().next().map(|(key, value)| (key.as_str(), value)) {
            Some(("$tuple", items)) => Value::Tuple(self.values(items).into()),
            Some(("$set", items)) => Value::Set(self.values(items).into()),
            Some(("$ref", path)) => Value::Ref(path.as_str().unwrap().into()),
            Some(("$field", field)) => Value::Field(self.field(field)),
            Some(("$call", path)) => Value::Call(Arc::new(Call {
                path: path.as_str().unwrap().into(),
                args: self.values(&object["args"]),
                kwargs: self.named(&object["kwargs"]),
            })),
            _ => Value::Dict(
                self.named(json).into_iter().map(|(key, value)| (Value::Str(key), value)).collect(),
            ),
        }
    }

    fn field(&self, json: &Json) -> Arc<Field> {
        let path = json["class"].as_str().unwrap();
        let mro = self.0["mro"][path].as_array().unwrap();
        let mro: Vec<Arc<str>> = mro.iter().map(|class| class.as_str().unwrap().into()).collect();
        Arc::new(Field {
            path: path.into(),
            args: self.values(&json["args"]),
            kwargs: self.named(&json["kwargs"]),
            live: None,
            class: Arc::new(FieldClass::new(mro[0].clone(), Some(path.into()), mro)),
            at: None,
        })
    }

    fn model(&self, json: &Json) -> ModelState {
        let fields = json["fields"].as_array().unwrap().iter();
        ModelState {
            app: AppLabel::new(json["app"].as_str().unwrap()),
            name: json["name"].as_str().unwrap().into(),
            fields: fields.map(|field| (field["name"].as_str().unwrap().into(), self.field(field))).collect(),
            options: self.named(&json["options"]).into_iter().collect(),
            bases: self.values(&json["bases"]),
            managers: Vec::new(),
            at: None,
            unknowns: Vec::new(),
        }
    }

    /// The state before, and after the edit `case`.
    fn states(&self, case: &Json) -> (ProjectState, ProjectState) {
        let mut from = ProjectState::default();
        for model in self.0["from"].as_object().unwrap().values() {
            let model = self.model(model);
            from.models.insert(model.key(), Arc::new(model));
        }
        let mut to = from.clone();
        for (key, model) in case["to"].as_object().unwrap() {
            let (app, name) = key.split_once('.').unwrap();
            let key = ModelKey::new(AppLabel::new(app), name);
            if model.is_null() {
                to.models.remove(&key);
            } else {
                to.models.insert(key, Arc::new(self.model(model)));
            }
        }
        (from, to)
    }

    fn version(&self) -> DjangoVersion {
        DjangoVersion::parse(self.0["django"].as_str().unwrap()).unwrap()
    }

    fn case(&self, name: &str) -> &Json {
        self.0["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap()
    }
}

fn swappables() -> Swappables {
    Swappables { settings: BTreeMap::from([("AUTH_USER_MODEL".into(), "auth.User".into())]) }
}

fn graph() -> GraphInfo {
    let leaf = |app: &str, name: &str| (AppLabel::new(app), vec![name.into()]);
    let leaves = [leaf("shop", "0007_x"), leaf("news", "0002_squashed_0004_y"), leaf("auth", "0001_initial")];
    GraphInfo { leaves: leaves.into(), unmigrated_apps: BTreeSet::new() }
}

fn detect(
    from: &ProjectState,
    to: &ProjectState,
    version: DjangoVersion,
    incomplete: &Incomplete,
) -> Changes {
    let detector = Autodetector {
        from_state: from,
        to_state: to,
        swappables: &swappables(),
        version,
        graph: &graph(),
        incomplete,
        ignored: &Ignored::default(),
        timestamp: "20240131_1200",
    };
    detector.changes().unwrap()
}

fn summary(migration: &NewMigration, version: DjangoVersion) -> Json {
    let dependencies: BTreeSet<String> = migration
        .dependencies
        .iter()
        .map(|dependency| match dependency {
            NewDependency::Migration(app, name) => format!("{app}.{name}"),
            NewDependency::Setting(name) => format!("__setting__.{name}"),
        })
        .collect();
    let operations = migration.operations.iter();
    serde_json::json!({
        "app": migration.app,
        "name": migration.name.as_ref(),
        "dependencies": dependencies,
        "operations": operations.map(|op| (op.class_name(), op.describe(version))).collect::<Vec<_>>(),
    })
}

/// Before 5.0 Django writes dependencies, and after it sets, in no certain order.
fn settle(text: &str, version: DjangoVersion) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if version < DjangoVersion::V5_0 {
        let start = lines.iter().position(|line| line.ends_with("dependencies = [")).unwrap() + 1;
        let end = lines.iter().position(|line| *line == "    ]").unwrap();
        lines[start..end].sort_unstable();
        lines.retain(|line| !line.contains("_together={("));
    }
    lines.join("\n")
}

fn writer<'a>(
    swappables: &'a Swappables,
    to_state: &'a ProjectState,
    version: DjangoVersion,
) -> MigrationWriter<'a> {
    MigrationWriter { version, swappables, to_state, header: None }
}

fn replay(version: &str) {
    let record = Record::read(version);
    let version = record.version();
    let swappables = swappables();
    for case in record.0["cases"].as_array().unwrap() {
        let (from, to) = record.states(case);
        let changes = detect(&from, &to, version, &Incomplete::default());
        let found: Vec<_> = changes.migrations.values().flatten().collect();
        let name = format!("{version} {}", case["name"]);
        let mut wanted = case["migrations"].clone();
        let texts: Vec<Json> = wanted
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .map(|migration| migration.as_object_mut().unwrap().shift_remove("text").unwrap())
            .collect();
        let summaries: Vec<_> = found.iter().map(|migration| summary(migration, version)).collect();
        assert_eq!(Json::Array(summaries), wanted, "{name}");
        let questions: BTreeSet<String> =
            changes.questions.iter().map(|q| format!("{:?} {}", q.kind, q.model.model)).collect();
        let asked = case["questions"].as_array().unwrap().iter();
        let asked: BTreeSet<String> =
            asked.map(|q| format!("{} {}", q[0].as_str().unwrap(), q[1].as_str().unwrap())).collect();
        assert_eq!(questions, asked, "{name}");
        for (migration, text) in found.iter().zip(&texts) {
            if let Some(text) = text.as_str() {
                let written = writer(&swappables, &to, version).as_string(migration).unwrap();
                assert_eq!(settle(&written, version), settle(text, version), "{name}");
            }
        }
    }
}

#[test]
fn answers_as_django_3_2() {
    replay("3.2");
}

#[test]
fn answers_as_django_4_2() {
    replay("4.2");
}

#[test]
fn answers_as_django_5_2() {
    replay("5.2");
}

#[test]
fn answers_as_django_6_0() {
    replay("6.0");
}

#[test]
fn answers_as_django_6_1() {
    replay("6.1");
}

/// The operations' sentences, and what could not be decided.
fn outcome(changes: &Changes, version: DjangoVersion) -> (Vec<String>, Vec<String>) {
    let operations = changes.migrations.values().flatten().flat_map(|migration| &migration.operations);
    (
        operations.map(|operation| operation.describe(version)).collect(),
        changes.undecided.iter().map(|undecided| format!("{} {}", undecided.model, undecided.what)).collect(),
    )
}

fn edit(state: &mut ProjectState, app: &str, model: &str, change: impl FnOnce(&mut ModelState)) {
    let model = state.models.get_mut(&ModelKey::new(AppLabel::new(app), model)).unwrap();
    change(Arc::make_mut(model));
}

fn set_kwarg(model: &mut ModelState, field: &str, name: &str, value: Value) {
    Arc::make_mut(model.fields.get_mut(field).unwrap()).set_kwarg(name, value);
}

#[test]
fn an_unknown_argument_is_no_change() {
    let record = Record::read("5.2");
    let (from, mut to) = record.states(record.case("add_field"));
    to.models.clone_from(&from.models);
    edit(&mut to, "shop", "product", |model| {
        set_kwarg(model, "name", "max_length", Value::unknown("read from a file", None));
        set_kwarg(model, "sku", "null", Value::Bool(true));
    });
    let (operations, undecided) =
        outcome(&detect(&from, &to, record.version(), &Incomplete::default()), record.version());
    assert!(operations.is_empty());
    assert_eq!(undecided, ["shop.product field name: max_length"]);
    // A known difference beside it still is one.
    edit(&mut to, "shop", "product", |model| set_kwarg(model, "name", "blank", Value::Bool(true)));
    let (operations, _) =
        outcome(&detect(&from, &to, record.version(), &Incomplete::default()), record.version());
    assert_eq!(operations, ["Alter field name on product"]);
}

#[test]
fn a_new_field_with_an_unknown_argument_is_added_without_a_question() {
    let record = Record::read("5.2");
    let (from, mut to) = record.states(record.case("not_null_addition"));
    edit(&mut to, "shop", "order", |model| {
        set_kwarg(model, "must", "null", Value::unknown("from the environment", None));
    });
    let changes = detect(&from, &to, record.version(), &Incomplete::default());
    assert!(outcome(&changes, record.version()).0.contains(&"Add field must to order".to_owned()));
    assert!(changes.questions.iter().all(|question| question.field.as_deref() != Some("must")));
}

#[test]
fn a_model_that_was_not_read_in_full_loses_nothing() {
    let record = Record::read("5.2");
    let (from, mut to) = record.states(record.case("rename_field"));
    let why = Value::unknown("its base is not at hand", None);
    edit(&mut to, "shop", "order", |model| {
        model.fields.shift_remove("placed");
        model.options.shift_remove("ordering");
        model.unknowns.extend(why.as_unknown().cloned());
    });
    let (operations, undecided) =
        outcome(&detect(&from, &to, record.version(), &Incomplete::default()), record.version());
    // What is written there and was not before is new all the same.
    assert_eq!(operations, ["Add field reference to order"]);
    for what in ["constraints order_number", "field number", "field placed", "option ordering"] {
        assert!(undecided.contains(&format!("shop.order {what}")), "{what}: {undecided:?}");
    }
}

#[test]
fn models_of_an_app_that_was_not_read_are_not_deleted() {
    let record = Record::read("5.2");
    let (from, to) = record.states(record.case("delete_models"));
    let why = Value::unknown("models.py does not parse", None).as_unknown().cloned().unwrap();
    let incomplete =
        Incomplete { models: BTreeMap::from([(AppLabel::new("shop"), why)]), ..Incomplete::default() };
    let (operations, undecided) =
        outcome(&detect(&from, &to, record.version(), &incomplete), record.version());
    assert_eq!(operations, ["Remove field product from entry"]);
    assert_eq!(undecided, ["shop.featured model", "shop.order model", "shop.product model"]);
}

#[test]
fn nothing_unknown_is_written() {
    let record = Record::read("5.2");
    let (from, mut to) = record.states(record.case("add_field"));
    edit(&mut to, "shop", "order", |model| {
        set_kwarg(model, "note", "default", Value::unknown("a lambda", None));
    });
    let changes = detect(&from, &to, record.version(), &Incomplete::default());
    let swappables = swappables();
    let writer = writer(&swappables, &to, record.version());
    let refused = writer.write(&changes, &changes.migrations[0][0]).unwrap_err();
    assert_eq!(refused.to_string(), "a lambda");
}

#[test]
fn nothing_is_written_where_django_would_ask() {
    let record = Record::read("5.2");
    let (from, to) = record.states(record.case("not_null_addition"));
    let changes = detect(&from, &to, record.version(), &Incomplete::default());
    let swappables = swappables();
    let writer = writer(&swappables, &to, record.version());
    for migration in changes.migrations.values().flatten() {
        assert!(writer.write(&changes, migration).is_err());
    }
}
