//! Prints the state that models.py give, as the contract's `state --models --json`, for a project
//! whose apps and settings are given as JSON: `models_state FACTS.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use migcheck::django::keys::AppLabel;
use migcheck::django::models::{InstalledApp, ProjectApps, read};
use migcheck::django::runtime::{ProjectFacts, SettingsValues, interpreter};
use migcheck::django::version::DjangoVersion;
use migcheck::python::library::{Library, SearchPath};
use migcheck::python::value::Value;
use migcheck::source::SourceFile;
use serde_json::{Value as Json, json};

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => n.as_i64().map_or(Value::None, Value::Int),
        Json::String(s) => Value::str(s.as_str()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(map) if map.contains_key("$unknown") => Value::unknown("not portable", None),
        Json::Object(map) => {
            Value::Dict(map.iter().map(|(k, v)| (Value::str(k.as_str()), value(v))).collect())
        }
    }
}

fn main() {
    let handle =
        std::thread::Builder::new().stack_size(migcheck::python::interpreter::STACK_BYTES).spawn(run);
    handle.unwrap().join().unwrap();
}

fn run() {
    let path = std::env::args().nth(1).unwrap();
    let facts: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut paths: Vec<SearchPath> = facts["project"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| SearchPath { folder: PathBuf::from(text(p)), project: true })
        .collect();
    paths.extend(
        facts["installed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| SearchPath { folder: PathBuf::from(text(p)), project: false }),
    );
    let library = Library::new(
        paths,
        Box::new(|path| {
            let bytes = std::fs::read(path).map_err(|e| Arc::from(e.to_string()))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(SourceFile::new(path.to_owned(), path.display().to_string(), text))
        }),
    );
    let settings: BTreeMap<Arc<str>, Value> = facts["settings"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(k, v)| (Arc::from(k.as_str()), value(v)))
        .collect();
    let project = ProjectFacts {
        version: DjangoVersion::parse(facts["django"].as_str().unwrap()).unwrap(),
        settings: Arc::new(SettingsValues { values: settings, open: None }),
    };
    let apps: Vec<InstalledApp> = facts["apps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| InstalledApp {
            label: AppLabel::new(text(&app["label"])),
            name: text(&app["name"]).into(),
            default_auto_field: app["default_auto_field"].as_str().map(Arc::from),
        })
        .collect();
    let mut interpreter = interpreter(library, project);
    let start = std::time::Instant::now();
    let result = read(&mut interpreter, &ProjectApps { apps: apps.into(), open: None });
    let elapsed = start.elapsed();
    let model = |state: &migcheck::django::state::ModelState| {
        json!({
            "name": state.name.as_ref(),
            "options": state.options.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect::<serde_json::Map<_, _>>(),
            "bases": state.bases.iter().map(Value::to_json).collect::<Vec<_>>(),
            "managers": state.managers.iter().map(|(k, v)| json!([k.as_ref(), v.to_json()])).collect::<Vec<_>>(),
            "fields": state.fields.iter().map(|(name, f)| json!({
                "name": name.as_ref(), "class": f.path.as_ref(),
                "args": f.args.iter().map(Value::to_json).collect::<Vec<_>>(),
                "kwargs": f.kwargs.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect::<serde_json::Map<_, _>>(),
                "at": f.at.as_ref().map(|at| format!("{at:?}")),
            })).collect::<Vec<_>>(),
            "at": state.at.as_ref().map(|at| format!("{at:?}")),
            "unknowns": state.unknowns.iter().map(|u| u.to_json()).collect::<Vec<_>>(),
        })
    };
    let mut models = serde_json::Map::new();
    for (key, state) in &result.state.models {
        models.insert(key.to_string(), model(state));
    }
    let out = json!({
        "models": models,
        "possible": result.possible.iter().map(|(k, s)| (k.to_string(), model(s))).collect::<serde_json::Map<_, _>>(),
        "incomplete": result.incomplete.iter().map(|(k, u)| (k.to_string(), u.to_json())).collect::<serde_json::Map<_, _>>(),
        "unresolved": result.unresolved.iter().map(|u| json!({
            "model": u.model.as_ref().map(ToString::to_string), "what": u.what.as_deref(),
            "reason": u.reason.as_ref(), "at": u.at.as_ref().map(|at| format!("{at:?}"))})).collect::<Vec<_>>(),
        "seconds": elapsed.as_secs_f64(),
    });
    println!("{out}");
}
