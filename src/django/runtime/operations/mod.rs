//! `django.db.migrations` and `django.contrib.postgres.operations` as native classes.
//!
//! A constructor binds its arguments to attributes of the parameters' names; [`typed`] reads them
//! into an [`crate::django::operations::Operation`]. A class of user code that derives from one of
//! these is read the same way, by what its own constructor hands on.

mod custom;
mod overridden;
pub(crate) mod typed;

use std::rc::Rc;

use super::{Part, class, facts};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Namespace, Native, Object, Payload};
use crate::python::syntax::Name;
use crate::python::value::Value;

/// One operation class.
pub(crate) struct Spec {
    /// The module that defines it.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The name of its base.
    pub base: &'static str,
    /// Parameters in order.
    pub params: &'static [&'static str],
}

const BASE: &str = "django.db.migrations.operations.base";
const MODELS: &str = "django.db.migrations.operations.models";
const FIELDS: &str = "django.db.migrations.operations.fields";
const SPECIAL: &str = "django.db.migrations.operations.special";
const POSTGRES: &str = "django.contrib.postgres.operations";

const fn op(
    module: &'static str,
    name: &'static str,
    base: &'static str,
    params: &'static [&'static str],
) -> Spec {
    Spec { module, name, base, params }
}

/// All classes; a base comes before what derives from it.
pub(crate) const SPECS: &[Spec] = &[
    op(BASE, "Operation", "", &[]),
    op(MODELS, "ModelOperation", "Operation", &["name"]),
    op(MODELS, "CreateModel", "ModelOperation", &["name", "fields", "options", "bases", "managers"]),
    op(MODELS, "DeleteModel", "ModelOperation", &["name"]),
    op(MODELS, "RenameModel", "ModelOperation", &["old_name", "new_name"]),
    op(MODELS, "ModelOptionOperation", "ModelOperation", &["name"]),
    op(MODELS, "AlterModelTable", "ModelOptionOperation", &["name", "table"]),
    op(MODELS, "AlterModelTableComment", "ModelOptionOperation", &["name", "table_comment"]),
    op(MODELS, "AlterTogetherOptionOperation", "ModelOptionOperation", &["name", "option_value"]),
    op(MODELS, "AlterUniqueTogether", "AlterTogetherOptionOperation", &["name", "unique_together"]),
    op(MODELS, "AlterIndexTogether", "AlterTogetherOptionOperation", &["name", "index_together"]),
    op(MODELS, "AlterOrderWithRespectTo", "ModelOptionOperation", &["name", "order_with_respect_to"]),
    op(MODELS, "AlterModelOptions", "ModelOptionOperation", &["name", "options"]),
    op(MODELS, "AlterModelManagers", "ModelOptionOperation", &["name", "managers"]),
    op(MODELS, "IndexOperation", "Operation", &[]),
    op(MODELS, "AddIndex", "IndexOperation", &["model_name", "index"]),
    op(MODELS, "RemoveIndex", "IndexOperation", &["model_name", "name"]),
    op(MODELS, "RenameIndex", "IndexOperation", &["model_name", "new_name", "old_name", "old_fields"]),
    op(MODELS, "AddConstraint", "IndexOperation", &["model_name", "constraint"]),
    op(MODELS, "RemoveConstraint", "IndexOperation", &["model_name", "name"]),
    op(MODELS, "AlterConstraint", "IndexOperation", &["model_name", "name", "constraint"]),
    op(FIELDS, "FieldOperation", "Operation", &["model_name", "name", "field"]),
    op(FIELDS, "AddField", "FieldOperation", &["model_name", "name", "field", "preserve_default"]),
    op(FIELDS, "RemoveField", "FieldOperation", &["model_name", "name"]),
    op(FIELDS, "AlterField", "FieldOperation", &["model_name", "name", "field", "preserve_default"]),
    op(FIELDS, "RenameField", "FieldOperation", &["model_name", "old_name", "new_name"]),
    op(SPECIAL, "SeparateDatabaseAndState", "Operation", &["database_operations", "state_operations"]),
    op(SPECIAL, "RunSQL", "Operation", &["sql", "reverse_sql", "state_operations", "hints", "elidable"]),
    op(SPECIAL, "RunPython", "Operation", &["code", "reverse_code", "atomic", "hints", "elidable"]),
    op(POSTGRES, "CreateExtension", "Operation", &["name", "hints"]),
    op(POSTGRES, "BloomExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "BtreeGinExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "BtreeGistExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "CITextExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "CryptoExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "HStoreExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "TrigramExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "UnaccentExtension", "CreateExtension", &["hints"]),
    op(POSTGRES, "AddIndexConcurrently", "AddIndex", &["model_name", "index"]),
    op(POSTGRES, "RemoveIndexConcurrently", "RemoveIndex", &["model_name", "name"]),
    op(POSTGRES, "CollationOperation", "Operation", &["name", "locale", "provider", "deterministic"]),
    op(POSTGRES, "CreateCollation", "CollationOperation", &["name", "locale", "provider", "deterministic"]),
    op(POSTGRES, "RemoveCollation", "CollationOperation", &["name", "locale", "provider", "deterministic"]),
    op(POSTGRES, "AddConstraintNotValid", "AddConstraint", &["model_name", "constraint"]),
    op(POSTGRES, "ValidateConstraint", "Operation", &["model_name", "name"]),
];

const MIGRATION: &str = "django.db.migrations.migration";

/// `django.db.migrations` and the operations of PostgreSQL's package.
pub(super) const PART: Part = Part { modules, names };

fn exports(spec: &Spec, module: &str) -> bool {
    match spec.module {
        POSTGRES => module == POSTGRES,
        own => module == own || matches!(module, "django.db.migrations" | "django.db.migrations.operations"),
    }
}

fn modules() -> Vec<&'static str> {
    vec![
        BASE,
        MODELS,
        FIELDS,
        SPECIAL,
        POSTGRES,
        MIGRATION,
        RECORDER_MODULE,
        "django.db.migrations",
        "django.db.migrations.operations",
    ]
}

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    if !modules().contains(&module) {
        return names;
    }
    for spec in SPECS {
        if exports(spec, module) {
            let class = operation_class(interpreter, spec);
            names.insert(Name::new_static(spec.name), Object::Class(class));
        }
    }
    if module == RECORDER_MODULE {
        let recorder = class(interpreter, RECORDER_MODULE, "MigrationRecorder", &[], NOTHING_APPLIED);
        let rows = class(interpreter, RECORDER_MODULE, "Rows", &[], ROWS);
        let rows = interpreter.instance_of(&rows);
        let model = class(interpreter, RECORDER_MODULE, "Migration", &[], &[]);
        model.attrs.borrow_mut().insert(Name::new_static("objects"), rows);
        recorder.attrs.borrow_mut().insert(Name::new_static("Migration"), Object::Class(model));
        names.insert(Name::new_static("MigrationRecorder"), Object::Class(recorder));
    }
    if module == "django.db.migrations" || module == MIGRATION {
        let migration = migration_class(interpreter);
        names.insert(Name::new_static("Migration"), Object::Class(migration));
        names.insert(Name::new_static("swappable_dependency"), Object::Native(&SWAPPABLE));
    }
    names
}

const RECORDER_MODULE: &str = "django.db.migrations.recorder";

/// What a query for applied migrations finds: nothing is applied, as for the whole graph.
static ROWS: &[Native] = &[
    Native { path: "django.db.models.query.QuerySet.filter", call: same },
    Native { path: "django.db.models.query.QuerySet.exclude", call: same },
    Native { path: "django.db.models.query.QuerySet.all", call: same },
    Native { path: "django.db.models.query.QuerySet.order_by", call: same },
    Native { path: "django.db.models.query.QuerySet.exists", call: |_, _| Ok(Object::Bool(false)) },
    Native { path: "django.db.models.query.QuerySet.count", call: |_, _| Ok(Object::Int(0)) },
    Native { path: "django.db.models.query.QuerySet.first", call: |_, _| Ok(Object::None) },
];

/// `MigrationRecorder` on a database without its table.
static NOTHING_APPLIED: &[Native] = &[
    Native {
        path: "django.db.migrations.recorder.MigrationRecorder.__init__",
        call: |_, _| Ok(Object::None),
    },
    Native {
        path: "django.db.migrations.recorder.MigrationRecorder.applied_migrations",
        call: |_, _| Ok(Object::dict([])),
    },
    Native {
        path: "django.db.migrations.recorder.MigrationRecorder.has_table",
        call: |_, _| Ok(Object::Bool(false)),
    },
    Native {
        path: "django.db.migrations.recorder.MigrationRecorder.__getattr__",
        call: |interpreter, args| {
            let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
            Ok(interpreter.unknown(format!("the migration recorder's {name}")))
        },
    },
];

fn same(_: &mut Interpreter, args: Args) -> Eval {
    Ok(args.get(0).cloned().unwrap_or(Object::None))
}

/// The native class of a spec.
pub(crate) fn operation_class(interpreter: &mut Interpreter, spec: &'static Spec) -> Rc<Class> {
    let base = SPECS.iter().find(|base| base.name == spec.base);
    let bases: Vec<Rc<Class>> = base.into_iter().map(|base| operation_class(interpreter, base)).collect();
    let methods = if spec.base.is_empty() { METHODS } else { &[] };
    let made = class(interpreter, spec.module, spec.name, &bases, methods);
    let mut attrs = made.attrs.borrow_mut();
    if spec.base.is_empty() && !attrs.contains_key("reversible") {
        for (name, value) in
            [("reversible", true), ("reduces_to_sql", true), ("atomic", false), ("elidable", false)]
        {
            attrs.insert(Name::new_static(name), Object::Bool(value));
        }
        attrs.insert(Name::new_static("serialization_expand_args"), Object::list(vec![]));
    }
    if spec.name == "RunPython" && !attrs.contains_key("noop") {
        attrs.insert(Name::new_static("noop"), Object::Native(&PYTHON_NOOP));
    }
    if spec.name == "AlterModelOptions" && !attrs.contains_key("ALTER_OPTION_KEYS") {
        let keys = ALTER_OPTION_KEYS.iter().map(|key| Object::str(*key)).collect();
        attrs.insert(Name::new_static("ALTER_OPTION_KEYS"), Object::list(keys));
    }
    if spec.name == "RunSQL" && !attrs.contains_key("noop") {
        attrs.insert(Name::new_static("noop"), Object::str(""));
    }
    drop(attrs);
    made
}

/// `AlterModelOptions.ALTER_OPTION_KEYS`, the same in Django 3.2 to 6.1.
const ALTER_OPTION_KEYS: &[&str] = &[
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
];

static PYTHON_NOOP: Native =
    Native { path: "django.db.migrations.operations.special.RunPython.noop", call: |_, _| Ok(Object::None) };

static METHODS: &[Native] = &[
    Native { path: "django.db.migrations.operations.base.Operation.__new__", call: new },
    Native { path: "django.db.migrations.operations.base.Operation.__init__", call: init },
    Native { path: "django.db.migrations.operations.base.Operation.deconstruct", call: deconstruct },
    Native { path: "django.db.migrations.operations.base.Operation.describe", call: describe },
    Native { path: "django.db.migrations.operations.base.Operation.state_forwards", call: state_forwards },
    Native {
        path: "django.db.migrations.operations.base.Operation.database_forwards",
        call: works_on_database,
    },
    Native {
        path: "django.db.migrations.operations.base.Operation.database_backwards",
        call: works_on_database,
    },
];

/// An operation of Django's own that user code hands the schema editor to.
fn works_on_database(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(editor) = args.param(2, "schema_editor").cloned() {
        recorder_asked(interpreter, Args::of(vec![editor]))?;
    }
    Ok(Object::None)
}

fn describe(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(operation) = args.get(0).cloned() else { return Ok(Object::None) };
    Ok(Object::str(typed::describe(interpreter, &operation)))
}

/// `Operation.__new__` keeps the constructor's arguments.
fn new(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Class(class)) = args.take_first() else { return Ok(Object::None) };
    Ok(interpreter.instance_with(&class, Payload::Constructed(Rc::new(args))))
}

/// The native operation that a class is, or derives from.
pub(crate) fn spec_of(class: &Class) -> Option<&'static Spec> {
    class
        .mro
        .borrow()
        .iter()
        .filter(|class| class.native)
        .find_map(|class| SPECS.iter().find(|spec| class.name == spec.name && *class.module == *spec.module))
}

fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Instance(operation)) = args.take_first() else { return Ok(Object::None) };
    let class = operation.class.borrow().clone();
    let Some(spec) = spec_of(&class) else { return Ok(Object::None) };
    if args.positional.len() > spec.params.len() {
        let message = format!(
            "{}() takes {} arguments but {} were given",
            spec.name,
            spec.params.len(),
            args.positional.len()
        );
        return Err(interpreter.raise("TypeError", message));
    }
    let given: Vec<(Name, Object)> = spec
        .params
        .iter()
        .map(|name| Name::new_static(name))
        .zip(args.positional)
        .chain(args.keywords)
        .collect();
    for (name, value) in given {
        if !spec.params.contains(&name.as_str()) {
            let message = format!("{}() got an unexpected keyword argument '{name}'", spec.name);
            return Err(interpreter.raise("TypeError", message));
        }
        interpreter.set_own_attribute(&operation, &name, Some(value));
    }
    if let Some(why) = args.open {
        interpreter.set_own_attribute(&operation, &Name::new_static("$open"), Some(Object::Unknown(why)));
    }
    Ok(Object::None)
}

/// A stand-in for a `ProjectState` that writes down the operations handed on to it.
fn recorder(interpreter: &mut Interpreter) -> Object {
    let class = class(interpreter, "django.db.migrations.state", "ProjectState", &[], RECORDER);
    let made = interpreter.instance_of(&class);
    if let Object::Instance(made) = &made {
        made.attrs.borrow_mut().insert(Name::new_static("$operations"), Object::list(vec![]));
    }
    made
}

static RECORDER: &[Native] =
    &[Native { path: "django.db.migrations.state.ProjectState.__getattr__", call: recorder_asked }];

fn recorder_asked(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(Object::Instance(recorder)) = args.get(0) {
        interpreter.set_own_attribute(recorder, &Name::new_static("$asked"), Some(Object::Bool(true)));
    }
    Ok(interpreter.unknown("the project's state"))
}

/// Why code that is tried out is not told the label of the migration's app: which one it is decides.
const OWN_LABEL: &str = "the label of the migration's app";

/// The label of the migration's app, where it is not known yet.
fn own_label() -> Object {
    Object::unknown(OWN_LABEL, None)
}

fn is_own_label(label: Option<&Object>) -> bool {
    matches!(label, Some(Object::Unknown(why)) if &*why.reason == OWN_LABEL)
}

fn state_forwards(interpreter: &mut Interpreter, args: Args) -> Eval {
    // What is handed on in the name of another app does not happen to this one.
    if !is_own_label(args.param(1, "app_label")) {
        if let Some(state) = args.param(2, "state").cloned() {
            recorder_asked(interpreter, Args::of(vec![state]))?;
        }
        return Ok(Object::None);
    }
    if let (Some(operation), Some(Object::Instance(recorder))) = (args.get(0), args.param(2, "state")) {
        let list = recorder.attrs.borrow().get("$operations").cloned();
        if let Some(Object::List(list)) = list {
            interpreter.change_list(&list, |list| list.push(operation.clone()));
        }
    }
    Ok(Object::None)
}

fn deconstruct(_: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(operation)) = args.get(0) else { return Ok(Object::None) };
    let class = operation.class.borrow().clone();
    let given = Interpreter::constructed(operation).unwrap_or_default();
    let keywords = given.keywords.iter().map(|(name, value)| (name.as_str(), value.clone()));
    Ok(Object::tuple(vec![
        Object::str(class.name.as_str()),
        Object::tuple(given.positional.clone()),
        Object::dict(keywords),
    ]))
}

/// `Migration`, with the defaults of its class attributes.
fn migration_class(interpreter: &mut Interpreter) -> Rc<Class> {
    let made = class(interpreter, MIGRATION, "Migration", &[], MIGRATION_METHODS);
    let mut attrs = made.attrs.borrow_mut();
    if !attrs.contains_key("operations") {
        for name in ["operations", "dependencies", "run_before", "replaces"] {
            attrs.insert(Name::new_static(name), Object::list(vec![]));
        }
        attrs.insert(Name::new_static("initial"), Object::None);
        attrs.insert(Name::new_static("atomic"), Object::Bool(true));
    }
    drop(attrs);
    made
}

static MIGRATION_METHODS: &[Native] =
    &[Native { path: "django.db.migrations.migration.Migration.__init__", call: migration_init }];

/// `Migration.__init__(name, app_label)`: copies the class's lists, for a subclass's own constructor
/// to change.
fn migration_init(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(migration)) = args.get(0) else { return Ok(Object::None) };
    let class = migration.class.borrow().clone();
    for (index, name) in ["name", "app_label"].into_iter().enumerate() {
        if let Some(value) = args.param(index + 1, name) {
            interpreter.set_own_attribute(migration, &Name::new_static(name), Some(value.clone()));
        }
    }
    for name in ["operations", "dependencies", "run_before", "replaces"] {
        let Some((value, _)) = class.lookup(name) else { continue };
        let copy = match interpreter.unknown_items(&value) {
            Some(_) => value,
            None => Object::list(interpreter.items(&value)?),
        };
        interpreter.set_own_attribute(migration, &Name::new_static(name), Some(copy));
    }
    Ok(Object::None)
}

/// `swappable_dependency(settings.X)`: `(app, "__first__")` that remembers what the setting says.
static SWAPPABLE: Native = Native {
    path: "django.db.migrations.migration.swappable_dependency",
    call: |interpreter, args| {
        let value = args.param(0, "value").cloned().unwrap_or(Object::None);
        let Some(model) = value.as_str() else {
            return Ok(match value {
                Object::Unknown(_) => value,
                _ => interpreter.unknown("swappable_dependency() of what is no string"),
            });
        };
        let app = model.split('.').next().unwrap_or_default();
        let pair = Object::tuple(vec![Object::str(app), Object::str("__first__")]);
        let tuple = interpreter.types.get("tuple").cloned().into_iter().collect::<Vec<_>>();
        let class = class(interpreter, MIGRATION, "SwappableTuple", &tuple, &[]);
        let made = interpreter.instance_with(&class, Payload::Value(pair));
        if let Object::Instance(made) = &made {
            made.attrs.borrow_mut().insert(Name::new_static("setting"), Object::Str(model));
        }
        Ok(made)
    },
};

/// The name of the setting that a swappable dependency comes from.
pub(crate) fn swappable_setting(
    interpreter: &mut Interpreter,
    dependency: &Instance,
) -> Option<std::sync::Arc<str>> {
    let model = dependency.attrs.borrow().get("setting").and_then(Object::as_str)?;
    let facts = facts(interpreter);
    if facts.settings.get("AUTH_USER_MODEL").as_ref().and_then(Value::as_str) == Some(&model) {
        return Some("AUTH_USER_MODEL".into());
    }
    let named = facts.settings.values.iter().find(|(_, value)| value.as_str() == Some(&model));
    named.map(|(name, _)| name.clone())
}
