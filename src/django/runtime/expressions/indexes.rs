//! Indexes and constraints (`django/db/models/{indexes,constraints}.py`,
//! `django/contrib/postgres/{indexes,constraints}.py`).

use std::rc::Rc;

use super::super::{class, facts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Dict, Instance, Mutable, Namespace, Native, Object};
use crate::python::syntax::Name;

/// When a parameter is part of the deconstruction.
#[derive(Clone, Copy)]
enum When {
    Always,
    NotNone,
    True,
    /// Unless it is that text, case aside.
    Not(&'static str),
    Never,
}

struct Spec {
    module: &'static str,
    name: &'static str,
    base: &'static str,
    /// Whether positional arguments are expressions.
    expressions: bool,
    /// Parameters; those before `positional` may be given by place where there are no expressions.
    params: &'static [(&'static str, When)],
}

const INDEXES: &str = "django.db.models.indexes";
const CONSTRAINTS: &str = "django.db.models.constraints";
const PG_INDEXES: &str = "django.contrib.postgres.indexes";
const PG_CONSTRAINTS: &str = "django.contrib.postgres.constraints";

/// The modules that have some.
pub(super) const MODULES: &[&str] =
    &[INDEXES, CONSTRAINTS, PG_INDEXES, PG_CONSTRAINTS, "django.db.models", "django.contrib.postgres.fields"];

const fn spec(
    module: &'static str,
    name: &'static str,
    base: &'static str,
    expressions: bool,
    params: &'static [(&'static str, When)],
) -> Spec {
    Spec { module, name, base, expressions, params }
}

const SPECS: &[Spec] = &[
    spec(
        INDEXES,
        "Index",
        "",
        true,
        &[
            ("name", When::Always),
            ("fields", When::True),
            ("db_tablespace", When::NotNone),
            ("opclasses", When::True),
            ("condition", When::True),
            ("include", When::True),
        ],
    ),
    spec(PG_INDEXES, "PostgresIndex", "Index", true, &[]),
    spec(
        PG_INDEXES,
        "BloomIndex",
        "PostgresIndex",
        true,
        &[("length", When::NotNone), ("columns", When::True)],
    ),
    spec(
        PG_INDEXES,
        "BrinIndex",
        "PostgresIndex",
        true,
        &[("autosummarize", When::NotNone), ("pages_per_range", When::NotNone)],
    ),
    spec(
        PG_INDEXES,
        "BTreeIndex",
        "PostgresIndex",
        true,
        &[("fillfactor", When::NotNone), ("deduplicate_items", When::NotNone)],
    ),
    spec(
        PG_INDEXES,
        "GinIndex",
        "PostgresIndex",
        true,
        &[("fastupdate", When::NotNone), ("gin_pending_list_limit", When::NotNone)],
    ),
    spec(
        PG_INDEXES,
        "GistIndex",
        "PostgresIndex",
        true,
        &[("buffering", When::NotNone), ("fillfactor", When::NotNone)],
    ),
    spec(PG_INDEXES, "HashIndex", "PostgresIndex", true, &[("fillfactor", When::NotNone)]),
    spec(PG_INDEXES, "SpGistIndex", "PostgresIndex", true, &[("fillfactor", When::NotNone)]),
    spec(
        CONSTRAINTS,
        "BaseConstraint",
        "",
        false,
        &[
            ("name", When::Always),
            ("violation_error_message", When::NotNone),
            ("violation_error_code", When::NotNone),
        ],
    ),
    spec(CONSTRAINTS, "CheckConstraint", "BaseConstraint", false, &[("condition", When::Always)]),
    spec(
        CONSTRAINTS,
        "UniqueConstraint",
        "BaseConstraint",
        true,
        &[
            ("fields", When::True),
            ("condition", When::True),
            ("deferrable", When::True),
            ("include", When::True),
            ("opclasses", When::True),
            ("nulls_distinct", When::NotNone),
        ],
    ),
    spec(
        PG_CONSTRAINTS,
        "ExclusionConstraint",
        "BaseConstraint",
        false,
        &[
            ("expressions", When::Always),
            ("condition", When::NotNone),
            ("index_type", When::Not("gist")),
            ("deferrable", When::True),
            ("include", When::True),
            ("opclasses", When::True),
        ],
    ),
    // The suffix of automatic names and the like live in the model's side of things.
    spec(INDEXES, "IndexExpression", "", true, &[("$", When::Never)]),
];

/// The indexes and constraints that a module has.
pub(super) fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    for spec in SPECS {
        let exported = spec.module == module
            || (module == "django.db.models" && matches!(spec.module, INDEXES | CONSTRAINTS));
        if exported {
            let class = class_of(interpreter, spec);
            names.insert(Name::new_static(spec.name), Object::Class(class));
        }
    }
    if module == CONSTRAINTS || module == "django.db.models" {
        let deferrable = deferrable(interpreter);
        names.insert(Name::new_static("Deferrable"), Object::Class(deferrable));
    }
    names
}

/// `Deferrable.DEFERRED`, `Deferrable.IMMEDIATE`: members of a plain enumeration.
fn deferrable(interpreter: &mut Interpreter) -> Rc<Class> {
    let base = class(interpreter, "enum", "Enum", &[], &[]);
    let made = class(interpreter, CONSTRAINTS, "Deferrable", &[base], &[]);
    if made.attrs.borrow().get("DEFERRED").is_none() {
        for name in ["DEFERRED", "IMMEDIATE"] {
            let member = interpreter.instance_of(&made);
            if let Object::Instance(member) = &member {
                let mut attrs = member.attrs.borrow_mut();
                for key in ["_name_", "name"] {
                    attrs.insert(Name::new_static(key), Object::str(name));
                }
                for key in ["_value_", "value"] {
                    attrs.insert(Name::new_static(key), Object::str(name.to_lowercase()));
                }
            }
            made.attrs.borrow_mut().insert(Name::new_static(name), member);
        }
    }
    made
}

fn class_of(interpreter: &mut Interpreter, spec: &'static Spec) -> Rc<Class> {
    let base = SPECS.iter().find(|base| base.name == spec.base);
    let bases: Vec<Rc<Class>> = base.into_iter().map(|base| class_of(interpreter, base)).collect();
    let methods = if spec.base.is_empty() { METHODS } else { &[] };
    let made = class(interpreter, spec.module, spec.name, &bases, methods);
    let suffix = match spec.name {
        "Index" => "idx",
        "BloomIndex" => "bloom",
        "BrinIndex" => "brin",
        "BTreeIndex" => "btree",
        "GinIndex" => "gin",
        "GistIndex" => "gist",
        "HashIndex" => "hash",
        "SpGistIndex" => "spgist",
        _ => return made,
    };
    let mut attrs = made.attrs.borrow_mut();
    if !attrs.contains_key("suffix") {
        attrs.insert(Name::new_static("suffix"), Object::str(suffix));
        attrs.insert(Name::new_static("max_name_length"), Object::Int(30));
    }
    drop(attrs);
    made
}

static METHODS: &[Native] = &[
    Native { path: "django.db.models.indexes.Index.__init__", call: init },
    Native { path: "django.db.models.indexes.Index.deconstruct", call: deconstruct },
    Native { path: "django.db.models.indexes.Index.clone", call: clone },
    Native { path: "django.db.models.indexes.Index.__repr__", call: repr },
    Native { path: "django.db.models.indexes.Index.__getattr__", call: attribute },
];

/// The native classes that a class is made of, the most derived first.
fn specs(class: &Class) -> Vec<&'static Spec> {
    let find = |class: &Rc<Class>| {
        SPECS.iter().find(|spec| class.name == spec.name && *class.module == *spec.module)
    };
    class.mro.borrow().iter().filter(|class| class.native).filter_map(find).collect()
}

fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.take_first() else { return Ok(Object::None) };
    let class = made.class.borrow().clone();
    let specs = specs(&class);
    let set = |interpreter: &mut Interpreter, name: &str, value: Object| {
        interpreter.set_own_attribute(&made, &Name::new(name), Some(value));
    };
    if let Some(why) = args.open {
        set(interpreter, "$open", Object::Unknown(why));
    }
    let version = facts(interpreter).version;
    if specs.first().is_some_and(|spec| spec.expressions) {
        if version < DjangoVersion::V3_2
            || specs.iter().any(|spec| spec.name == "BaseConstraint")
            || !args.positional.is_empty()
        {
            let given = Object::tuple(expressions(interpreter, args.positional));
            set(interpreter, "expressions", given);
        }
    } else if let Some(name) = args.positional.first() {
        // Before 6.0 a constraint's name could be given by place.
        set(interpreter, "name", name.clone());
    }
    for (name, value) in args.keywords {
        let name = if name == "check" { Name::new_static("condition") } else { name };
        let known = specs.iter().any(|spec| spec.params.iter().any(|(param, _)| name == *param));
        if !known {
            let message = format!("{}.__init__() got an unexpected keyword argument '{name}'", class.name);
            return Err(interpreter.raise("TypeError", message));
        }
        let index = specs.iter().any(|spec| spec.name == "Index");
        let value = match (name.as_str(), interpreter.unknown_items(&value)) {
            ("fields" | "include" | "opclasses", Some(why)) => Object::Unknown(why),
            ("fields", None) if index => Object::list(interpreter.items(&value)?),
            ("fields", None) => Object::tuple(interpreter.items(&value)?),
            ("include", None) if !value.is_none() => Object::tuple(interpreter.items(&value)?),
            _ => value,
        };
        interpreter.set_own_attribute(&made, &name, Some(value));
    }
    Ok(Object::None)
}

/// A string among expressions stands for a field.
fn expressions(interpreter: &mut Interpreter, given: Vec<Object>) -> Vec<Object> {
    given
        .into_iter()
        .map(|expression| match &expression {
            Object::Str(_) => super::make(interpreter, "F", vec![expression], Vec::new()),
            _ => expression,
        })
        .collect()
}

fn attribute(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    Ok(match &*name {
        "name" => Object::str(""),
        "fields" => match args.get(0).and_then(Object::as_instance) {
            Some(made) if made.class.borrow().derives_from("django.db.models.indexes.Index") => {
                Object::list(vec![])
            }
            _ => Object::tuple(vec![]),
        },
        "expressions" | "opclasses" | "include" => Object::tuple(vec![]),
        "index_type" => Object::str("GIST"),
        "condition"
        | "db_tablespace"
        | "deferrable"
        | "nulls_distinct"
        | "violation_error_code"
        | "length"
        | "columns"
        | "autosummarize"
        | "pages_per_range"
        | "fillfactor"
        | "deduplicate_items"
        | "fastupdate"
        | "gin_pending_list_limit"
        | "buffering"
        | "violation_error_message" => Object::None,
        _ => {
            let message = format!("no attribute '{name}'");
            return Err(interpreter.raise("AttributeError", message));
        }
    })
}

/// `(path, expressions, kwargs)`
fn deconstruct(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.get(0) else { return Ok(Object::None) };
    if let Some(Object::Unknown(why)) = made.attrs.borrow().get("$open") {
        return Ok(Object::Unknown(why.clone()));
    }
    let class = made.class.borrow().clone();
    let version = facts(interpreter).version;
    let path = class.path().replace(INDEXES, "django.db.models").replace(CONSTRAINTS, "django.db.models");
    let mut kwargs = Dict::default();
    for spec in specs(&class).into_iter().rev() {
        for (name, when) in spec.params {
            let own = made.attrs.borrow().get(*name).cloned();
            let value = match own {
                Some(value) => value,
                None if matches!(when, When::Always) && *name == "name" => Object::str(""),
                None => continue,
            };
            if !included(interpreter, &value, *when, name) {
                continue;
            }
            let shown =
                if *name == "condition" && spec.name == "CheckConstraint" && version < DjangoVersion::V5_1 {
                    "check"
                } else {
                    name
                };
            kwargs.insert_str(shown, value);
        }
    }
    let expressions = made.attrs.borrow().get("expressions").cloned();
    let positional = match expressions {
        Some(value @ Object::Tuple(_)) if specs(&class).first().is_some_and(|spec| spec.expressions) => value,
        _ => Object::tuple(vec![]),
    };
    Ok(Object::tuple(vec![Object::str(path), positional, Object::Dict(Mutable::new(kwargs))]))
}

fn included(interpreter: &mut Interpreter, value: &Object, when: When, name: &str) -> bool {
    match when {
        When::Always => true,
        When::NotNone => {
            let default_message = name == "violation_error_message"
                && value
                    .as_str()
                    .is_some_and(|text| &*text == "Constraint \u{201c}%(name)s\u{201d} is violated.");
            !value.is_none() && !default_message
        }
        When::True => !matches!(interpreter.truth(value), Ok(Ok(false))),
        When::Not(text) => !value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text)),
        When::Never => false,
    }
}

/// `Index.__repr__`, which messages of user code hold: 3.2 joins names, later versions give lists.
fn repr(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.get(0) else { return Ok(Object::None) };
    let class = made.class.borrow().clone();
    let joined = facts(interpreter).version < DjangoVersion::V4_0;
    let mut text = format!("<{}:", class.name);
    for name in ["fields", "expressions", "name", "db_tablespace", "condition", "include", "opclasses"] {
        let own = made.attrs.borrow().get(name).cloned();
        let Some(value) = own else { continue };
        if !interpreter.truth(&value)?.unwrap_or(true) || (joined && matches!(name, "name" | "db_tablespace"))
        {
            continue;
        }
        let shown = match name {
            "condition" => interpreter.to_str(&value)?,
            _ if joined => {
                let mut parts = Vec::new();
                for item in interpreter.items(&value)? {
                    parts.push(interpreter.to_str(&item)?.as_str().unwrap_or_default().to_string());
                }
                Object::str(format!("'{}'", parts.join(", ")))
            }
            _ => interpreter.repr(&value)?,
        };
        match shown.as_str() {
            Some(shown) => text.push_str(&format!(" {name}={shown}")),
            None => return Ok(shown),
        }
    }
    text.push('>');
    Ok(Object::str(text))
}

fn clone(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.get(0) else { return Ok(Object::None) };
    let copy = copy_of(interpreter, made);
    Ok(copy)
}

/// A copy that may be given a name of its own.
fn copy_of(interpreter: &mut Interpreter, made: &Rc<Instance>) -> Object {
    let class = made.class.borrow().clone();
    let copy = interpreter.instance_of(&class);
    if let Object::Instance(copy) = &copy {
        (*copy.attrs.borrow_mut()).clone_from(&made.attrs.borrow());
        *copy.payload.borrow_mut() = made.payload.borrow().clone();
    }
    copy
}
