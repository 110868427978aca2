//! `ModelState.from_model` (`django/db/migrations/state.py`).

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{ModelsRead, ProjectApps, Unresolved, key_of};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::operations::Named;
use crate::django::runtime::facts;
use crate::django::runtime::models::{
    DEFAULT_NAMES, MODEL, Meta, base_manager_name, default_manager_name, is_model, is_swapped, known_option,
    managers_of,
};
use crate::django::state::ModelState;
use crate::python::interpreter::{Args, Interpreter};
use crate::python::object::{Class, Instance, Object};
use crate::python::value::{Call, Unknown, Value};

const ORDER_WITH_RESPECT_TO: &str = "django.db.models.fields.proxy.OrderWrt";

/// Adds a registered model to the state, if it belongs there.
pub(super) fn take(
    interpreter: &mut Interpreter,
    apps: &ProjectApps,
    class: &Rc<Class>,
    read: &mut ModelsRead,
) {
    let (Some(meta), Some(key)) = (Meta::own(class), key_of(class)) else { return };
    // ProjectState.from_apps asks for swapped models too, but not for those that fields make.
    let installed = apps.apps.iter().any(|app| app.label == key.app);
    let made_by_field = !matches!(meta.get("auto_created"), None | Some(Object::Bool(false) | Object::None));
    if !installed || made_by_field {
        return;
    }
    if is_swapped(interpreter, &meta) {
        read.swapped.insert(key.clone());
    }
    let state = Arc::new(from_model(interpreter, class, &meta, &key, read));
    let doubts = meta.doubts();
    if let Some(doubt) = doubts.iter().find(|doubt| doubt.called) {
        // What is called there may make models of its own (a history, translations).
        read.incomplete.entry(key.app.clone()).or_insert_with(|| doubt.why.clone());
    }
    if !doubts.is_empty() {
        let entry = read.possible_fields.entry(key.clone()).or_default();
        entry.extend(doubts.into_iter().map(|doubt| (doubt.name, doubt.why)));
    }
    if meta.flag("$conditional") {
        read.possible.insert(key, state);
    } else {
        read.state.models.insert(key, state);
    }
}

fn from_model(
    interpreter: &mut Interpreter,
    class: &Rc<Class>,
    meta: &Meta,
    key: &ModelKey,
    read: &mut ModelsRead,
) -> ModelState {
    let mut unknowns = meta.openings();
    let fields = fields(interpreter, meta, key, read, &mut unknowns);
    let options = options(interpreter, meta);
    let (bases, doubtful) = bases(interpreter, class);
    unknowns.extend(doubtful);
    let mut seen: Vec<Arc<Unknown>> = Vec::new();
    unknowns.retain(|why| {
        let new = !seen.contains(why);
        seen.push(why.clone());
        new
    });
    for why in &unknowns {
        read.unresolved.push(Unresolved {
            model: Some(key.clone()),
            what: None,
            reason: why.reason.clone(),
            at: why.at.clone().or_else(|| class.at.clone()),
        });
    }
    for (name, value) in &options {
        if let Some(why) = value.find_unknown() {
            note(read, key, name, why, class);
        }
    }
    ModelState {
        app: AppLabel(key.app.0.clone()),
        name: class.name.as_str().into(),
        fields,
        options,
        bases,
        managers: managers(interpreter, meta),
        at: class.at.clone(),
        unknowns,
    }
}

fn note(read: &mut ModelsRead, key: &ModelKey, what: &str, why: &Unknown, class: &Class) {
    read.unresolved.push(Unresolved {
        model: Some(key.clone()),
        what: Some(what.into()),
        reason: why.reason.clone(),
        at: why.at.clone().or_else(|| class.at.clone()),
    });
}

fn fields(
    interpreter: &mut Interpreter,
    meta: &Meta,
    key: &ModelKey,
    read: &mut ModelsRead,
    unknowns: &mut Vec<Arc<Unknown>>,
) -> IndexMap<Arc<str>, Arc<Field>> {
    let mut all = IndexMap::new();
    for list in ["local_fields", "local_many_to_many"] {
        for field in meta.instances(list) {
            if field.class.borrow().derives_from(ORDER_WITH_RESPECT_TO) {
                continue;
            }
            let name = field.attrs.borrow().get("name").and_then(Object::as_str);
            let Some(name) = name else { continue };
            match clone_and_freeze(interpreter, &field) {
                Value::Field(frozen) => {
                    if let Some(why) = frozen.find_unknown() {
                        read.unresolved.push(Unresolved {
                            model: Some(key.clone()),
                            what: Some(name.clone()),
                            reason: why.reason.clone(),
                            at: why.at.clone().or_else(|| field.at.clone()),
                        });
                    }
                    all.insert(name, frozen);
                }
                other => {
                    let why = other.find_unknown().cloned().unwrap_or_else(|| {
                        Arc::new(Unknown {
                            reason: "a field that can't be taken apart".into(),
                            at: field.at.clone(),
                        })
                    });
                    read.possible_fields.entry(key.clone()).or_default().push((name, why));
                }
            }
        }
        if let Some(Object::List(items)) = meta.get(list)
            && let Some(why) = items.taint()
        {
            unknowns.push(why);
        }
    }
    all
}

/// `field.clone()`, taken apart: a class whose `deconstruct()` or `__init__()` is its own may make
/// something else of its own answer (what it leaves out as Django's default, it may have another for).
fn clone_and_freeze(interpreter: &mut Interpreter, field: &Rc<Instance>) -> Value {
    let object = Object::Instance(field.clone());
    let class = field.class.borrow().clone();
    // A patched Field.deconstruct() belongs to Django's class and takes away only.
    let own = |name: &str| class.lookup(name).is_some_and(|(_, owner)| !owner.native);
    let custom = own("deconstruct") || own("__init__");
    if !custom {
        return interpreter.freeze(&object);
    }
    let frozen = interpreter.freeze(&object);
    match interpreter.call_method(&object, "clone", Args::none()) {
        Ok(clone @ Object::Instance(_)) => match (interpreter.freeze(&clone), frozen) {
            (Value::Field(clone), Value::Field(original)) => {
                let mut clone = (*clone).clone();
                clone.at.clone_from(&original.at);
                Value::Field(Arc::new(clone))
            }
            (_, frozen) => frozen,
        },
        _ => frozen,
    }
}

fn options(interpreter: &mut Interpreter, meta: &Meta) -> IndexMap<Arc<str>, Value> {
    let version = facts(interpreter).version;
    let original = meta.dict("original_attrs");
    let mut options: IndexMap<Arc<str>, Value> = IndexMap::new();
    for name in DEFAULT_NAMES {
        if matches!(*name, "apps" | "app_label") || !known_option(version, name) {
            continue;
        }
        let Some(written) = original.get().get_str(name).cloned() else { continue };
        let value = match *name {
            "unique_together" | "index_together" => together(interpreter, &written),
            "indexes" | "constraints" => {
                let current = meta.get(name).unwrap_or(written);
                match interpreter.freeze(&current) {
                    Value::Tuple(items) => Value::List(items),
                    other => other,
                }
            }
            _ => interpreter.freeze(&written),
        };
        options.insert((*name).into(), value);
    }
    // A private field (a GenericForeignKey) has no column to be ordered by.
    let private: Vec<Arc<str>> = meta
        .instances("private_fields")
        .iter()
        .filter_map(|field| field.attrs.borrow().get("name").and_then(Object::as_str))
        .collect();
    if let Some(name) = options.get("order_with_respect_to").and_then(Value::as_str)
        && private.iter().any(|field| **field == *name)
    {
        options.shift_remove("order_with_respect_to");
    }
    for name in ["indexes", "constraints"] {
        options.entry(name.into()).or_insert_with(|| Value::List(Arc::from([])));
    }
    options
}

/// `set(normalize_together(value))`
fn together(interpreter: &mut Interpreter, written: &Object) -> Value {
    let normal = crate::django::runtime::models::normalize_together(interpreter, written);
    match normal.map(|normal| interpreter.freeze(&normal)) {
        Ok(Value::Tuple(items)) => {
            if let Some(why) = items.iter().find_map(Value::find_unknown) {
                return Value::Unknown(why.clone());
            }
            let mut items = items.to_vec();
            items.sort_by_cached_key(Value::sort_key);
            items.dedup();
            Value::Set(items.into())
        }
        Ok(other) => other,
        Err(raise) => match interpreter.unknown_from(&raise) {
            Object::Unknown(why) => Value::Unknown(why),
            _ => Value::unknown("could not be worked out", None),
        },
    }
}

/// Bases with abstract ones replaced by theirs, in the order of the method resolution.
fn bases(interpreter: &mut Interpreter, class: &Rc<Class>) -> (Vec<Value>, Vec<Arc<Unknown>>) {
    let mut flat: Vec<Rc<Class>> = Vec::new();
    let mut doubtful = Vec::new();
    flatten(class, &mut flat, &mut doubtful, 0);
    let mro = class.mro.borrow().clone();
    let place = |base: &Rc<Class>| mro.iter().position(|other| Rc::ptr_eq(other, base)).unwrap_or(mro.len());
    flat.sort_by_key(place);
    let some_model = flat.iter().any(|base| is_model(interpreter, base));
    if !some_model && doubtful.is_empty() {
        return (vec![Value::Ref(MODEL.into())], doubtful);
    }
    let value = |base: &Rc<Class>| match Meta::of(base).and_then(|meta| meta.key()) {
        Some((app, model)) => Value::Str(format!("{app}.{model}").into()),
        None => Value::Ref(base.path().into()),
    };
    let mut values: Vec<Value> = flat.iter().map(value).collect();
    values.extend(doubtful.iter().cloned().map(Value::Unknown));
    (values, doubtful)
}

fn flatten(class: &Rc<Class>, flat: &mut Vec<Rc<Class>>, doubtful: &mut Vec<Arc<Unknown>>, depth: u32) {
    if depth > 100 {
        return;
    }
    for base in class.bases.borrow().iter() {
        match base {
            Object::Class(base) => match Meta::of(base) {
                Some(meta) if meta.flag("abstract") => flatten(base, flat, doubtful, depth + 1),
                _ if flat.iter().any(|known| Rc::ptr_eq(known, base)) => {}
                _ => flat.push(base.clone()),
            },
            Object::Unknown(why) => doubtful.push(why.clone()),
            _ => {}
        }
    }
}

/// Managers that migrations keep: those with `use_in_migrations`, and plain ones in the place of a
/// default or base manager that has not.
fn managers(interpreter: &mut Interpreter, meta: &Meta) -> Vec<Named<Value>> {
    let base = base_manager_name(meta, 0);
    let all = managers_of(meta);
    let name_of = |manager: &Instance| manager.attrs.borrow().get("name").and_then(Object::as_str);
    let default = default_manager_name(meta, 0).or_else(|| all.first().and_then(|manager| name_of(manager)));
    let mut kept: Vec<Named<Value>> = Vec::new();
    let mut only_shim = true;
    for manager in all {
        let Some(name) = name_of(&manager) else { continue };
        if kept.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let object = Object::Instance(manager.clone());
        let in_migrations = interpreter
            .get_attribute(&object, &"use_in_migrations".into())
            .map_or(Ok(Ok(false)), |value| interpreter.truth(&value));
        let value = match in_migrations {
            Ok(Ok(true)) => {
                only_shim = false;
                interpreter.freeze(&object)
            }
            Ok(Ok(false)) | Err(_) => {
                let is_default = default.as_ref() == Some(&name);
                if !is_default && base.as_ref() != Some(&name) {
                    continue;
                }
                only_shim &= is_default && &*name == "objects";
                let path = "django.db.models.manager.Manager".into();
                Value::Call(Arc::new(Call { path, args: Vec::new(), kwargs: Vec::new() }))
            }
            Ok(Err(why)) => {
                only_shim = false;
                Value::Unknown(why)
            }
        };
        kept.push((name, value));
    }
    for doubt in meta.doubts() {
        // What is not known may be a manager as well.
        if doubt.name.as_ref() != "id" && !kept.iter().any(|(known, _)| *known == doubt.name) {
            kept.push((doubt.name, Value::Unknown(doubt.why)));
            only_shim = false;
        }
    }
    // A lone plain manager called `objects` is what a model has anyway.
    if only_shim && kept.len() == 1 { Vec::new() } else { kept }
}
