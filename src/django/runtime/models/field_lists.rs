//! The fields of a model as `Options` lists them: its own, its parents', by kind and by name.

use std::rc::Rc;

use super::meta::Meta;
use super::options::{of, setup_pk};
use super::{deferred, own, truth};
use crate::django::runtime::exceptions;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Instance, Object};

/// Where a field sorts among others: by creation; those Django makes come first, the newest foremost.
fn order(field: &Instance) -> i64 {
    let serial = match own(field, "creation_counter") {
        Some(Object::Int(counter)) => counter,
        _ => i64::try_from(field.serial).unwrap_or(i64::MAX),
    };
    if matches!(own(field, "auto_created"), Some(Object::Bool(true))) { -serial } else { serial }
}

/// `Options.add_field(field, private=False)`
pub(super) fn add_field(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(meta), Some(Object::Instance(field))) = (of(&args), args.param(1, "field")) else {
        return Ok(Object::None);
    };
    let private = args.param(2, "private").cloned().unwrap_or(Object::Bool(false));
    let list = match truth(interpreter, &private) {
        Some(true) => "private_fields",
        _ if is_many(field) => "local_many_to_many",
        _ => "local_fields",
    };
    let place = order(field);
    let items = meta.mutable(list);
    let added = Object::Instance(field.clone());
    interpreter.change_list(&items, |items| {
        let behind = |item: &Object| item.as_instance().is_some_and(|other| order(other) > place);
        let at = if list == "private_fields" { None } else { items.iter().position(behind) };
        items.insert(at.unwrap_or(items.len()), added);
    });
    if list == "local_fields" {
        let arguments = vec![Object::Instance(meta.0.clone()), Object::Instance(field.clone())];
        setup_pk(interpreter, Args::of(arguments))?;
    }
    if let Some(model) = meta.model() {
        deferred::describe(interpreter, &model, field);
    }
    Ok(Object::None)
}

/// `Options._get_fields(reverse=False)`: the parents' fields first, then the model's own.
pub(super) fn all_fields(_: &mut Interpreter, meta: &Meta) -> Vec<Rc<Instance>> {
    let mut all = Vec::new();
    collect_fields(meta, &mut all, 0);
    all.extend(meta.instances("private_fields"));
    all
}

fn collect_fields(meta: &Meta, all: &mut Vec<Rc<Instance>>, depth: u32) {
    if depth > 50 {
        return;
    }
    let parents: Vec<Object> = meta.dict("parents").get().iter().map(|(model, _)| model.clone()).collect();
    for parent in parents {
        let Some(theirs) = parent.as_class().and_then(|class| Meta::of(class)) else { continue };
        let mut found = Vec::new();
        collect_fields(&theirs, &mut found, depth + 1);
        for field in found {
            if !all.iter().any(|known| Rc::ptr_eq(known, &field)) {
                all.push(field);
            }
        }
    }
    all.extend(meta.instances("local_fields"));
    all.extend(meta.instances("local_many_to_many"));
}

type Finder = fn(&mut Interpreter, &Meta) -> Vec<Rc<Instance>>;

/// The fields that `find` gives, as a list that is open where something about the model is not known.
pub(super) fn list(interpreter: &mut Interpreter, args: &Args, find: Finder) -> Eval {
    let Some(meta) = of(args) else { return Ok(Object::None) };
    let found = find(interpreter, &meta).into_iter().map(Object::Instance).collect();
    let tuple = Object::list(found);
    if let (Object::List(list), Some(why)) = (&tuple, meta.openings().into_iter().next()) {
        interpreter.taint_list(list, why);
    }
    Ok(tuple)
}

/// `field.is_relation and field.many_to_many`
fn is_many(field: &Instance) -> bool {
    let stated = own(field, "many_to_many");
    let stated = stated.or_else(|| field.class.borrow().lookup("many_to_many").map(|(value, _)| value));
    matches!(stated, Some(Object::Bool(true))) && own(field, "remote_field").is_some_and(|rel| !rel.is_none())
}

/// `Options.fields`
pub(super) fn plain_fields(interpreter: &mut Interpreter, meta: &Meta) -> Vec<Rc<Instance>> {
    let private = meta.instances("private_fields");
    let mut all = all_fields(interpreter, meta);
    all.retain(|field| !is_many(field) && !private.iter().any(|other| Rc::ptr_eq(other, field)));
    all
}

/// `Options.concrete_fields`; a field without a column counts, too.
pub(super) fn concrete_fields(interpreter: &mut Interpreter, meta: &Meta) -> Vec<Rc<Instance>> {
    plain_fields(interpreter, meta)
}

/// `Options.local_concrete_fields`; a field without a column counts, too.
pub(super) fn local_concrete(_: &mut Interpreter, meta: &Meta) -> Vec<Rc<Instance>> {
    meta.instances("local_fields")
}

/// `Options.many_to_many`
pub(super) fn many_to_many(interpreter: &mut Interpreter, meta: &Meta) -> Vec<Rc<Instance>> {
    let mut all = all_fields(interpreter, meta);
    all.retain(|field| is_many(field));
    all
}

/// `Options.get_fields()`: relations from elsewhere are not known while models are being made, so
/// only what the model has itself is given.
pub(super) fn get_fields(interpreter: &mut Interpreter, args: Args) -> Eval {
    let parents = args.param(1, "include_parents").cloned().unwrap_or(Object::Bool(true));
    if matches!(parents, Object::Bool(false)) {
        return list(interpreter, &args, |_, meta| {
            ["local_fields", "local_many_to_many", "private_fields"]
                .iter()
                .flat_map(|list| meta.instances(list))
                .collect()
        });
    }
    list(interpreter, &args, all_fields)
}

/// `Options.get_field(field_name)`
pub(super) fn get_field(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(meta) = of(&args) else { return Ok(Object::None) };
    let wanted = args.param(1, "field_name").cloned().unwrap_or(Object::None);
    let Some(name) = wanted.as_str() else { return Ok(wanted) };
    if let Some(field) = field_named(interpreter, &meta, &name) {
        return Ok(Object::Instance(field));
    }
    if let Some(why) = meta.openings().into_iter().next() {
        return Ok(Object::Unknown(why));
    }
    if let Some(doubt) = meta.doubts().into_iter().find(|doubt| doubt.name == name) {
        return Ok(Object::Unknown(doubt.why));
    }
    let message = format!("{} has no field named '{name}'", meta.text("object_name").unwrap_or_default());
    Err(exceptions::raise(interpreter, "FieldDoesNotExist", &message))
}

/// A field by its name or attribute's name.
pub(super) fn field_named(interpreter: &mut Interpreter, meta: &Meta, name: &str) -> Option<Rc<Instance>> {
    let named =
        |field: &Instance, key: &str| own(field, key).and_then(|v| v.as_str()).as_deref() == Some(name);
    let all = all_fields(interpreter, meta);
    all.iter()
        .find(|field| named(field, "name"))
        .or_else(|| all.iter().find(|f| named(f, "attname")))
        .cloned()
}

/// `Options._forward_fields_map`: fields by name and by attribute's name.
pub(super) fn fields_map(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(meta) = of(&args) else { return Ok(Object::None) };
    let mut map = Dict::default();
    for field in all_fields(interpreter, &meta) {
        for key in ["name", "attname"] {
            if let Some(name) = own(&field, key).and_then(|name| name.as_str()) {
                map.insert_str(&name, Object::Instance(field.clone()));
            }
        }
    }
    Ok(Object::from_dict(map))
}

/// `Options.related_objects` and the like, which are not known yet.
pub(super) fn reverse_relations(interpreter: &mut Interpreter, _: Args) -> Eval {
    Ok(interpreter.unknown("relations from other models, which may not be made yet"))
}
