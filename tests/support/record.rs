//! Reads a record of what real Django said of a project: its operations as typed ones, its states.
//!
//! A record is the JSON that a script inside real Django writes: every migration's operations by
//! class and deconstructed arguments, the graph, the states. Values in it are one-key objects that
//! name their kind (`{"tuple": […]}`, `{"function": "dotted.path"}` …).
//!
//! Included by `#[path = "…"] mod record;` where it is wanted; nothing here is part of the library.

#![allow(dead_code)] // Each program that includes this uses a part of it.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use migcheck::django::field::{Field, FieldClass};
use migcheck::django::keys::{AppLabel, MigrationKey};
use migcheck::django::migration::{Dependency, Migration, Origin};
use migcheck::django::operations::{
    CreateModel, CustomOperation, Named, Operation, OperationKind, RunPython, RunSql, StateForwards,
};
use migcheck::django::state::{ModelState, ProjectState};
use migcheck::django::version::DjangoVersion;
use migcheck::python::value::{Call, Value};
use serde_json::{Map, Value as Json};

/// A record, read.
pub struct Record {
    /// The whole of it.
    pub json: Json,
    /// Django's version.
    pub version: DjangoVersion,
    /// Every migration in the order of the full plan (those in the graph only).
    pub plan: Vec<Migration>,
}

impl Record {
    /// Reads a record; one that ends in `.gz` goes through the `gzip` program.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = if path.extension().is_some_and(|extension| extension == "gz") {
            let output = std::process::Command::new("gzip").arg("-dc").arg(path).output();
            output.map_err(|error| format!("gzip: {error}"))?.stdout
        } else {
            std::fs::read(path).map_err(|error| error.to_string())?
        };
        let json: Json = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let version = json["django"].as_str().and_then(DjangoVersion::parse).ok_or("no version of Django")?;
        let plan = json["graph"]["full_plan"].as_array().ok_or("no plan")?;
        let plan = plan.iter().filter_map(|key| migration(key.as_str()?, &json["migrations"])).collect();
        Ok(Self { json, version, plan })
    }

    /// `state_from_migrations` or `state_from_models`.
    pub fn state(&self, which: &str) -> ProjectState {
        let models = self.json[which].as_object();
        ProjectState::new(models.into_iter().flatten().map(|(_, model)| model_state(model)))
    }
}

/// `app.name` as a key.
pub fn migration_key(text: &str) -> MigrationKey {
    let (app, name) = text.split_once('.').unwrap_or((text, ""));
    MigrationKey::new(AppLabel::new(app), name)
}

/// The migration `key` of the record's `migrations`.
pub fn migration(key: &str, migrations: &Json) -> Option<Migration> {
    let json = migrations.get(key)?;
    let mut migration = Migration::empty(migration_key(key), Origin::Project);
    migration.initial = json["initial"].as_bool();
    migration.atomic = json["atomic"].as_bool().unwrap_or(true);
    let keys = |name: &str| {
        let keys = json[name].as_array().into_iter().flatten().filter_map(Json::as_str);
        keys.map(|text| Dependency { key: migration_key(text), swappable: None, at: None }).collect()
    };
    migration.dependencies = keys("dependencies");
    migration.run_before = keys("run_before");
    migration.replaces = keys("replaces");
    migration.operations = operations(&json["operations"]);
    Some(migration)
}

fn operations(json: &Json) -> Vec<Operation> {
    json.as_array().into_iter().flatten().map(operation).collect()
}

/// Every operation of Django's own by name, longer ones before those that are part of them.
const KINDS: [&str; 33] = [
    "SeparateDatabaseAndState",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "AddIndexConcurrently",
    "RemoveIndexConcurrently",
    "AddConstraintNotValid",
    "AlterUniqueTogether",
    "AlterIndexTogether",
    "AlterModelManagers",
    "AlterModelOptions",
    "ValidateConstraint",
    "RemoveConstraint",
    "AlterConstraint",
    "AlterModelTable",
    "CreateCollation",
    "RemoveCollation",
    "CreateExtension",
    "AddConstraint",
    "CreateModel",
    "DeleteModel",
    "RenameModel",
    "RemoveField",
    "RenameField",
    "RemoveIndex",
    "RenameIndex",
    "AlterField",
    "RunPython",
    "AddField",
    "AddIndex",
    "RunSQL",
    "BtreeGinExtension",
    "TrigramExtension",
    "Extension",
];

/// One operation. A class that is not Django's own is taken for the one whose name it holds, or
/// else for the one whose arguments it has; the record does not say more.
pub fn operation(json: &Json) -> Operation {
    let (module, class) = (text(&json["module"]), text(&json["class"]));
    let mut kwargs: IndexMap<String, &Json> = IndexMap::new();
    for (name, value) in json["kwargs"].as_object().into_iter().flatten() {
        kwargs.insert(name.clone(), value);
    }
    // `AlterModelManagers` alone deconstructs to positional arguments.
    if class.contains("AlterModelManagers") {
        for (name, value) in
            ["name", "managers"].into_iter().zip(json["args"].as_array().into_iter().flatten())
        {
            kwargs.insert(name.to_owned(), value);
        }
    }
    let has = |name: &str| kwargs.contains_key(name);
    let named = KINDS.iter().copied().find(|kind| class.contains(kind));
    let kind = named.unwrap_or(match () {
        () if has("index") => "AddIndex",
        () if has("field") => "AddField",
        () if has("fields") => "CreateModel",
        () if has("code") => "RunPython",
        () => "",
    });
    let kind = kind_of(kind, &kwargs, json);
    Operation { class: format!("{module}.{class}").into(), kind, at: None, custom_describe: None }
}

fn kind_of(kind: &str, kwargs: &IndexMap<String, &Json>, json: &Json) -> OperationKind {
    use OperationKind as Kind;
    let get = |name: &str| kwargs.get(name).copied().unwrap_or(&Json::Null);
    let name = |key: &str| -> Arc<str> { text(get(key)).into() };
    let val = |key: &str| value(get(key));
    let preserve_default = get("preserve_default").as_bool().unwrap_or(true);
    match kind {
        "CreateModel" => Kind::CreateModel(CreateModel {
            name: name("name"),
            fields: pairs(get("fields")).map(|(name, json)| (name.into(), Arc::new(field(json)))).collect(),
            options: named_values(get("options")),
            bases: value(get("bases")).items().unwrap_or_default().to_vec(),
            managers: pairs(get("managers")).map(|(name, json)| (name.into(), value(json))).collect(),
            unknowns: Vec::new(),
        }),
        "DeleteModel" => Kind::DeleteModel { name: name("name") },
        "RenameModel" => Kind::RenameModel { old_name: name("old_name"), new_name: name("new_name") },
        "AlterModelTable" => Kind::AlterModelTable { name: name("name"), table: val("table") },
        "AlterModelTableComment" => {
            Kind::AlterModelTableComment { name: name("name"), table_comment: val("table_comment") }
        }
        "AlterUniqueTogether" => {
            Kind::AlterUniqueTogether { name: name("name"), unique_together: val("unique_together") }
        }
        "AlterIndexTogether" => {
            Kind::AlterIndexTogether { name: name("name"), index_together: val("index_together") }
        }
        "AlterOrderWithRespectTo" => Kind::AlterOrderWithRespectTo {
            name: name("name"),
            order_with_respect_to: val("order_with_respect_to"),
        },
        "AlterModelOptions" => {
            Kind::AlterModelOptions { name: name("name"), options: named_values(get("options")) }
        }
        "AlterModelManagers" => Kind::AlterModelManagers {
            name: name("name"),
            managers: pairs(get("managers")).map(|(name, json)| (name.into(), value(json))).collect(),
        },
        "AddField" => Kind::AddField {
            model_name: name("model_name"),
            name: name("name"),
            field: Arc::new(field(get("field"))),
            preserve_default,
        },
        "AlterField" => Kind::AlterField {
            model_name: name("model_name"),
            name: name("name"),
            field: Arc::new(field(get("field"))),
            preserve_default,
        },
        "RemoveField" => Kind::RemoveField { model_name: name("model_name"), name: name("name") },
        "RenameField" => Kind::RenameField {
            model_name: name("model_name"),
            old_name: name("old_name"),
            new_name: name("new_name"),
        },
        "AddIndex" | "AddIndexConcurrently" => Kind::AddIndex {
            model_name: name("model_name"),
            index: val("index"),
            concurrently: kind.ends_with("Concurrently"),
        },
        "RemoveIndex" | "RemoveIndexConcurrently" => Kind::RemoveIndex {
            model_name: name("model_name"),
            name: name("name"),
            concurrently: kind.ends_with("Concurrently"),
        },
        "RenameIndex" => Kind::RenameIndex {
            model_name: name("model_name"),
            new_name: name("new_name"),
            old_name: get("old_name").as_str().map(Into::into),
            old_fields: kwargs.contains_key("old_fields").then(|| val("old_fields")),
        },
        "AddConstraint" | "AddConstraintNotValid" => Kind::AddConstraint {
            model_name: name("model_name"),
            constraint: val("constraint"),
            not_valid: kind.ends_with("NotValid"),
        },
        "RemoveConstraint" => Kind::RemoveConstraint { model_name: name("model_name"), name: name("name") },
        "AlterConstraint" => Kind::AlterConstraint {
            model_name: name("model_name"),
            name: name("name"),
            constraint: val("constraint"),
        },
        "ValidateConstraint" => {
            Kind::ValidateConstraint { model_name: name("model_name"), name: name("name") }
        }
        "RunPython" => Kind::RunPython(RunPython {
            code: val("code"),
            reverse_code: kwargs.contains_key("reverse_code").then(|| val("reverse_code")),
            atomic: get("atomic").as_bool(),
            hints: val("hints"),
            elidable: json["elidable"].as_bool().unwrap_or(false),
        }),
        "RunSQL" => Kind::RunSql(RunSql {
            sql: val("sql"),
            reverse_sql: kwargs.contains_key("reverse_sql").then(|| val("reverse_sql")),
            state_operations: operations(&json["state_operations"]),
            hints: val("hints"),
            elidable: json["elidable"].as_bool().unwrap_or(false),
        }),
        "SeparateDatabaseAndState" => Kind::SeparateDatabaseAndState {
            database_operations: operations(&json["database_operations"]),
            state_operations: operations(&json["state_operations"]),
        },
        "CreateCollation" => Kind::CreateCollation {
            name: name("name"),
            locale: val("locale"),
            provider: val("provider"),
            deterministic: val("deterministic"),
        },
        "RemoveCollation" => Kind::RemoveCollation {
            name: name("name"),
            locale: val("locale"),
            provider: val("provider"),
            deterministic: val("deterministic"),
        },
        kind if kind.ends_with("Extension") => {
            Kind::CreateExtension { name: name("name"), hints: val("hints") }
        }
        _ => Kind::Custom(CustomOperation {
            name: text(&json["class"]).into(),
            args: json["args"].as_array().into_iter().flatten().map(value).collect(),
            kwargs: kwargs.iter().map(|(name, json)| (name.as_str().into(), value(json))).collect(),
            reversible: json["reversible"].as_bool(),
            reduces_to_sql: json["reduces_to_sql"].as_bool(),
            forwards_nothing: false,
            backwards_nothing: false,
            found: true,
            why: None,
            state_forwards: StateForwards::Unread,
        }),
    }
}

/// `ModelState` of the record.
pub fn model_state(json: &Json) -> ModelState {
    let bases = json["bases"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let managers = json["managers"].as_array().into_iter().flatten();
    ModelState {
        app: AppLabel::new(text(&json["app_label"])),
        name: text(&json["name"]).into(),
        fields: members(&json["fields"]).map(|(name, json)| (name.into(), Arc::new(field(json)))).collect(),
        options: members(&json["options"]).map(|(name, json)| (name.into(), value(json))).collect(),
        bases: bases.map(base).collect(),
        managers: managers.map(|pair| (text(&pair[0]).into(), value(&pair[1]))).collect(),
        at: None,
        unknowns: Vec::new(),
    }
}

/// The record writes both kinds of base as text; `app.model` has one dot and no capital letter.
fn base(text: &str) -> Value {
    let is_model = text.matches('.').count() == 1 && text.to_lowercase() == text;
    if is_model { Value::str(text) } else { Value::Ref(text.into()) }
}

/// A deconstructed field.
pub fn field(json: &Json) -> Field {
    let path = text(&json["path"]);
    let kwargs: Vec<_> = members(&json["kwargs"]).map(|(name, json)| (name.into(), value(json))).collect();
    Field {
        path: path.into(),
        args: json["args"].as_array().into_iter().flatten().map(value).collect(),
        class: Arc::new(field_class(text(&json["class"]), path, &kwargs)),
        kwargs,
        at: None,
        live: None,
    }
}

/// The record has no method resolution order: a class of Django's own is its own base, of another
/// the base is told from what its arguments are and how it is called.
fn field_class(qualname: &str, path: &str, kwargs: &[Named<Value>]) -> FieldClass {
    const FIELDS: [&str; 30] = [
        "PositiveSmallIntegerField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "SmallIntegerField",
        "GenericIPAddressField",
        "BigIntegerField",
        "SmallAutoField",
        "BigAutoField",
        "DateTimeField",
        "DurationField",
        "FilePathField",
        "BooleanField",
        "DecimalField",
        "IntegerField",
        "BinaryField",
        "FloatField",
        "ImageField",
        "EmailField",
        "AutoField",
        "CharField",
        "DateField",
        "FileField",
        "JSONField",
        "SlugField",
        "TextField",
        "TimeField",
        "UUIDField",
        "URLField",
        "CompositePrimaryKey",
        "GeneratedField",
    ];
    let has = |name: &str| kwargs.iter().any(|(key, _)| key.as_ref() == name);
    let name = path.rsplit('.').next().unwrap_or(path);
    let base = if path.starts_with("django.db.models.") {
        Some(path.to_owned())
    } else if has("to") {
        let class = match () {
            () if name.contains("OneToOne") => "OneToOneField",
            () if has("on_delete") => "ForeignKey",
            () => "ManyToManyField",
        };
        Some(format!("django.db.models.{class}"))
    } else {
        FIELDS.iter().find(|field| name.ends_with(*field)).map(|field| format!("django.db.models.{field}"))
    };
    let mut class = FieldClass::new(qualname.into(), base.map(Into::into), vec![qualname.into()]);
    class.opaque_type = !path.starts_with("django.db.models.");
    class
}

/// A value of the record.
pub fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| number.as_f64().map_or_else(|| unknown(json), Value::Float), Value::Int),
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(object) => object_value(object, json),
    }
}

fn object_value(object: &Map<String, Json>, json: &Json) -> Value {
    if object.contains_key("path") && object.contains_key("class") {
        return Value::Field(Arc::new(field(json)));
    }
    let Some((kind, inner)) = object.iter().next() else { return Value::Dict(Arc::new([])) };
    let items = || inner.as_array().into_iter().flatten().map(value);
    let call = |path: &str, args: Vec<Value>| {
        Value::Call(Arc::new(Call { path: path.into(), args, kwargs: Vec::new() }))
    };
    match kind.as_str() {
        "tuple" => Value::Tuple(items().collect()),
        "set" => {
            let mut members: Vec<_> = items().collect();
            members.sort_by_cached_key(Value::sort_key);
            Value::Set(members.into())
        }
        "dict" => Value::Dict(members(inner).map(|(key, json)| (Value::str(key), value(json))).collect()),
        "items" => {
            let pairs = inner.as_array().into_iter().flatten();
            Value::Dict(pairs.map(|pair| (value(&pair[0]), value(&pair[1]))).collect())
        }
        "lazy" => Value::str(text(inner)),
        "enum" => value(&object["value"]),
        "function" | "class" | "method" => Value::Ref(text(inner).into()),
        "object" => Value::Call(Arc::new(Call {
            path: text(inner).into(),
            args: object["args"].as_array().into_iter().flatten().map(value).collect(),
            kwargs: members(&object["kwargs"]).map(|(name, json)| (name.into(), value(json))).collect(),
        })),
        "partial" => {
            let mut args = vec![value(inner)];
            args.extend(value(&object["args"]).items().unwrap_or_default().iter().cloned());
            call("functools.partial", args)
        }
        "manager" => {
            let parts = value(inner);
            let path =
                parts.items().into_iter().flatten().find_map(Value::as_str).unwrap_or_default().to_owned();
            call(&path, Vec::new())
        }
        "Decimal" => call("decimal.Decimal", vec![value(inner)]),
        "UUID" => call("uuid.UUID", vec![value(inner)]),
        "date" | "time" | "datetime" | "timedelta" => call(&format!("datetime.{kind}"), vec![value(inner)]),
        "bytes" => bytes(text(inner)),
        "regex" => call("re.compile", vec![value(inner), value(&object["flags"])]),
        _ => unknown(json),
    }
}

/// `b'…'` as `repr` writes it; only plain text is understood.
fn bytes(repr: &str) -> Value {
    let inner = repr.get(2..repr.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') { unknown(&Json::from(repr)) } else { Value::Bytes(inner.as_bytes().into()) }
}

fn unknown(json: &Json) -> Value {
    Value::unknown(format!("the record has no portable form of {json}"), None)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn members(json: &Json) -> impl Iterator<Item = (&str, &Json)> {
    json.as_object().into_iter().flatten().map(|(name, json)| (name.as_str(), json))
}

fn named_values(json: &Json) -> Vec<Named<Value>> {
    members(json.get("dict").unwrap_or(json)).map(|(name, json)| (name.into(), value(json))).collect()
}

/// `[(name, x), …]`
fn pairs(json: &Json) -> impl Iterator<Item = (&str, &Json)> {
    json.as_array().into_iter().flatten().map(|pair| {
        let pair = pair.get("tuple").unwrap_or(pair);
        (text(&pair[0]), &pair[1])
    })
}
