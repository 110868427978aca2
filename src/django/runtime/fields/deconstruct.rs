//! `Field.deconstruct()` of every class, and freezing a field.

use std::rc::Rc;
use std::sync::Arc;

use super::construct::{own_property, specs};
use super::table::{self, Default, Set, Spec};
use super::{FIELD, choices, live, not_provided};
use crate::django::field::{Field, FieldClass, shorten};
use crate::django::runtime::{Columns, DjangoHost, facts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Dict, Instance, Mutable, Object};
use crate::python::syntax::Name;
use crate::python::value::Value;

/// Keyword arguments of a deconstruction, in its order.
pub(super) type Keywords = Vec<(&'static str, Object)>;

/// The live object of a default.
pub(super) fn default_object(interpreter: &mut Interpreter, default: Default) -> Object {
    match default {
        Default::None | Default::Always | Default::WhenTrue | Default::Never => Object::None,
        Default::True => Object::Bool(true),
        Default::False => Object::Bool(false),
        Default::Empty => Object::str(""),
        Default::Absent => not_provided(interpreter),
        Default::Text(text) => literal(text),
    }
}

/// Defaults that are no plain constant are kept as their source.
fn literal(text: &str) -> Object {
    if let Ok(value) = text.parse::<i64>() {
        return Object::Int(value);
    }
    if let Ok(value) = text.parse::<f64>() {
        return Object::Float(value);
    }
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(items) if items.contains(',') => {
            Object::tuple(items.split(',').map(|item| literal(item.trim())).collect())
        }
        _ => Object::str(text),
    }
}

/// `field.deconstruct()`: `(name, path, args, kwargs)`
pub(super) fn method(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(Object::None) };
    if let Some(Object::Unknown(why)) = field.attrs.borrow().get("$open") {
        return Ok(Object::Unknown(why.clone()));
    }
    let class = field.class.borrow().clone();
    let (args, keywords) = parts(interpreter, field)?;
    let mut dict = Dict::default();
    for (name, value) in keywords {
        dict.insert_str(name, value);
    }
    let name = field.attrs.borrow().get("name").cloned().unwrap_or(Object::None);
    let path = Object::str(path_of(&class));
    let args = if matches!(args, Object::None) { Object::list(vec![]) } else { args };
    Ok(Object::tuple(vec![name, path, args, Object::Dict(Mutable::new(dict))]))
}

/// The path as Django shortens it.
fn path_of(class: &Class) -> String {
    let path = class.path();
    for (long, short) in [
        ("django.contrib.postgres.fields.array.ArrayField", "django.contrib.postgres.fields.ArrayField"),
        ("django.contrib.gis.db.models.fields.", "django.contrib.gis.db.models.fields."),
    ] {
        if path == long {
            return short.to_owned();
        }
    }
    shorten(&path)
}

/// Positional arguments (`None` for none) and keywords, as Django's chain of `deconstruct()` methods gives them.
pub(super) fn parts(interpreter: &mut Interpreter, field: &Rc<Instance>) -> Eval<(Object, Keywords)> {
    let class = field.class.borrow().clone();
    let specs = specs(&class);
    let mut keywords: Keywords = Vec::new();
    let version = facts(interpreter).version;
    for (name, default) in table::KEYWORDS {
        let attribute = match *name {
            "verbose_name" => "_verbose_name",
            "unique" => "_unique",
            "validators" => "_validators",
            "error_messages" => "_error_messages",
            "db_tablespace" => "_db_tablespace",
            other => other,
        };
        let own = if own_property(&class, attribute) {
            Some(property(interpreter, field, attribute)?)
        } else {
            field.attrs.borrow().get(attribute).cloned()
        };
        // A class attribute of a subclass is seen by getattr as well (`db_index = True` in a class body).
        let own = own.or_else(|| interpreted_attribute(&class, attribute));
        let Some(mut value) = own else { continue };
        if *name == "choices" && matches!(value, Object::Instance(_) | Object::Iterator(_)) {
            // A property's, or set after `__init__`: what gives them when it is iterated.
            value = choices::normalize(interpreter, version, &value)?;
        }
        if *name == "validators"
            && matches!(&value, Object::List(list) if list.get().is_empty() && list.taint().is_none())
        {
            continue;
        }
        if !is_default(interpreter, &value, *default) {
            keywords.push((name, value));
        }
    }
    for spec in specs.iter().rev() {
        own_keywords(interpreter, field, spec, &mut keywords, version)?;
        for (name, set) in spec.sets {
            undo(&mut keywords, name, *set);
        }
    }
    if specs.iter().any(|spec| spec.name.ends_with("AutoField")) {
        replace(&mut keywords, "primary_key", Object::Bool(true));
    }
    let is = |name: &str| specs.iter().any(|spec| spec.name == name);
    if is("DateField") || is("TimeField") {
        let auto = keywords.iter().any(|(name, _)| matches!(*name, "auto_now" | "auto_now_add"));
        if auto {
            keywords.retain(|(name, _)| !matches!(*name, "editable" | "blank"));
        }
    }
    if is("ForeignKey") {
        keywords.retain(|(name, _)| !matches!(*name, "from_fields" | "to_fields"));
    }
    if is("CompositePrimaryKey") {
        let names = field.attrs.borrow().get("field_names").cloned();
        return Ok((names.unwrap_or(Object::None), keywords));
    }
    Ok((Object::None, keywords))
}

/// What a property of the field's own class gives.
fn property(interpreter: &mut Interpreter, field: &Rc<Instance>, name: &'static str) -> Eval {
    interpreter.get_attribute(&Object::Instance(field.clone()), &Name::new_static(name))
}

fn interpreted_attribute(class: &Class, name: &str) -> Option<Object> {
    let (value, owner) = class.lookup(name)?;
    (!owner.native && !matches!(value, Object::Function(_) | Object::Descriptor(_))).then_some(value)
}

fn replace(keywords: &mut Keywords, name: &'static str, value: Object) {
    match keywords.iter_mut().find(|(key, _)| *key == name) {
        Some(slot) => slot.1 = value,
        None => keywords.push((name, value)),
    }
}

fn is_default(interpreter: &mut Interpreter, value: &Object, default: Default) -> bool {
    match default {
        Default::None => value.is_none(),
        Default::True => matches!(value, Object::Bool(true)),
        Default::False => matches!(value, Object::Bool(false)),
        Default::Empty => matches!(value, Object::Str(text) if text.is_empty()),
        Default::Absent => {
            let absent = not_provided(interpreter);
            value.is(&absent)
        }
        Default::Text(text) => {
            let default = literal(text);
            matches!(interpreter.equal(value, &default), Ok(Ok(true)))
        }
        Default::Always => false,
        Default::WhenTrue => matches!(interpreter.truth(value), Ok(Ok(false))),
        Default::Never => true,
    }
}

fn own_keywords(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    spec: &Spec,
    keywords: &mut Keywords,
    version: DjangoVersion,
) -> Eval<()> {
    for (name, default) in spec.own {
        let value = match *name {
            // Deconstructed since 5.2 (ticket 36061).
            "through_fields" if version < DjangoVersion::V5_2 => None,
            "limit_choices_to" | "related_name" | "related_query_name" => {
                field.attrs.borrow().get(format!("_{name}").as_str()).cloned()
            }
            "to" => Some(target(
                interpreter,
                field,
                "model",
                spec.name != "ManyToManyField" || version >= DjangoVersion::V4_0,
            )?),
            "through" => through(interpreter, field)?,
            "on_delete" | "parent_link" | "through_fields" => of_rel(field, name),
            "to_field" => to_field(interpreter, field)?,
            "storage" => storage(field),
            "upload_to" => {
                Some(field.attrs.borrow().get("upload_to").cloned().unwrap_or_else(|| Object::str("")))
            }
            "srid" => Some(field.attrs.borrow().get("srid").cloned().unwrap_or(Object::Int(4326))),
            "base_field" => own(field, "base_field"),
            // Part of every deconstruction until 6.0, which leaves it out where it is None.
            "size" => {
                let size = own(field, "size").unwrap_or(Object::None);
                (version < DjangoVersion::V6_0 || !size.is_none()).then_some(size)
            }
            other => own(field, other),
        };
        let Some(value) = value else {
            continue;
        };
        if !is_default(interpreter, &value, *default) {
            replace(keywords, name, value);
        }
    }
    Ok(())
}

fn own(field: &Instance, name: &str) -> Option<Object> {
    let own = field.attrs.borrow().get(name).cloned();
    own.or_else(|| interpreted_attribute(&field.class.borrow(), name))
}

fn of_rel(field: &Instance, name: &str) -> Option<Object> {
    let rel = field.attrs.borrow().get("remote_field").cloned()?;
    let rel = rel.as_instance()?.clone();

    rel.attrs.borrow().get(name).cloned()
}

/// `storage`, unless it is `default_storage`, of which class there is no other object.
fn storage(field: &Instance) -> Option<Object> {
    let attrs = field.attrs.borrow();
    let given = attrs.get("_storage_callable").or_else(|| attrs.get("storage"))?;
    let is = |path: &str| given.as_instance().is_some_and(|storage| storage.class.borrow().has_path(path));
    (!is("django.core.files.storage.DefaultStorage")).then(|| given.clone())
}

/// `remote_field.model` as lower-case `app.model`, or what of it is known.
fn target(interpreter: &mut Interpreter, field: &Instance, attribute: &str, lower: bool) -> Eval {
    let Some(target) = of_rel(field, attribute) else { return Ok(Object::None) };
    label(interpreter, &target, lower)
}

fn label(interpreter: &mut Interpreter, target: &Object, lower: bool) -> Eval {
    match target {
        Object::Class(_) => {
            let meta = interpreter.get_attribute(target, &"_meta".into())?;
            interpreter.get_attribute(&meta, &Name::new_static(if lower { "label_lower" } else { "label" }))
        }
        other => match other.as_str() {
            Some(text) if lower => Ok(Object::str(match text.split_once('.') {
                Some((app, model)) => format!("{app}.{}", model.to_lowercase()),
                None => text.to_lowercase(),
            })),
            Some(text) => Ok(Object::Str(text)),
            None => Ok(other.clone()),
        },
    }
}

fn through(interpreter: &mut Interpreter, field: &Instance) -> Eval<Option<Object>> {
    let Some(through) = of_rel(field, "through") else { return Ok(None) };
    if let Object::Class(_) = &through {
        let meta = interpreter.get_attribute(&through, &"_meta".into())?;
        let made = interpreter.get_attribute(&meta, &"auto_created".into())?;
        if interpreter.truth(&made)?.unwrap_or(false) {
            return Ok(None);
        }
        return label(interpreter, &through, false).map(Some);
    }
    Ok(Some(through))
}

/// `to_field`, unless it is the related model's primary key.
fn to_field(interpreter: &mut Interpreter, field: &Instance) -> Eval<Option<Object>> {
    let Some(name) = of_rel(field, "field_name") else { return Ok(None) };
    if !interpreter.truth(&name)?.unwrap_or(true) {
        return Ok(None);
    }
    if let Some(model @ Object::Class(_)) = of_rel(field, "model") {
        let meta = interpreter.get_attribute(&model, &"_meta".into())?;
        let key = interpreter.get_attribute(&meta, &"pk".into())?;
        if let Some(Object::Instance(key)) = Some(key) {
            let key_name = key.attrs.borrow().get("name").cloned().unwrap_or(Object::None);
            if interpreter.equal(&key_name, &name)?.unwrap_or(false) {
                return Ok(None);
            }
        }
    }
    Ok(Some(name))
}

fn undo(keywords: &mut Keywords, name: &'static str, set: Set) {
    let at = keywords.iter().position(|(key, _)| *key == name);
    let out = |keywords: &mut Keywords| keywords.retain(|(key, _)| *key != name);
    match set {
        Set::True | Set::False | Set::Number(_) => out(keywords),
        Set::Kept(_) => {}
        Set::Proposed(value) => {
            if at.is_some_and(|at| matches!(&keywords[at].1, Object::Int(n) if *n == value)) {
                out(keywords);
            }
        }
        Set::ProposedTrue => match at.map(|at| keywords[at].1.clone()) {
            Some(Object::Unknown(_)) => {}
            Some(value) if !matches!(value, Object::Bool(false)) => out(keywords),
            // False is the default that Field.deconstruct() leaves out.
            _ => replace(keywords, name, Object::Bool(false)),
        },
        Set::ProposedFalse => match at.map(|at| keywords[at].1.clone()) {
            Some(Object::Unknown(_)) => {}
            Some(Object::Bool(false)) => out(keywords),
            _ => replace(keywords, name, Object::Bool(true)),
        },
    }
}

/// A field at rest; `None` for an instance that is no field.
pub fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    let class = instance.class.borrow().clone();
    if !class.derives_from(FIELD) {
        return None;
    }
    Some(freeze_field(interpreter, instance, &class))
}

fn freeze_field(interpreter: &mut Interpreter, field: &Rc<Instance>, class: &Rc<Class>) -> Value {
    let at = field.at.clone();
    // Not by its owner: user code may put a function in the place of a method of Django's own class.
    let custom = class.lookup("deconstruct").is_some_and(|(method, _)| !matches!(method, Object::Native(_)));
    let open = field.attrs.borrow().get("$open").cloned();
    let frozen = if let Some(Object::Unknown(why)) = open {
        return Value::Unknown(why);
    } else if custom {
        custom_parts(interpreter, field)
    } else {
        match parts(interpreter, field) {
            Ok((args, keywords)) => {
                let args = match interpreter.freeze(&args) {
                    Value::Tuple(items) | Value::List(items) => items.to_vec(),
                    _ => Vec::new(),
                };
                let kwargs = keywords
                    .into_iter()
                    .map(|(name, value)| (name.into(), interpreter.freeze(&value)))
                    .collect();
                Ok((path_of(class).into(), args, kwargs))
            }
            Err(raise) => Err(Value::unknown(interpreter.describe_raise(&raise), at.clone())),
        }
    };
    match frozen {
        Ok((path, args, kwargs)) => {
            let known = field_class(interpreter, field, class);
            let live = (!class.native && facts(interpreter).columns != Columns::No).then(|| {
                let mut live = live::live(interpreter, field, class, &kwargs, custom);
                if known.internal_type.is_none() && is_overridden(class, "get_internal_type") {
                    live.unread.push("get_internal_type".into());
                }
                Arc::new(live)
            });
            let class = known;
            Value::Field(Arc::new(Field { path, args, kwargs, class, at, live }))
        }
        Err(unknown) => unknown,
    }
}

/// The field as Django's own methods take it apart, with that internal type.
pub(super) fn freeze_plain(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    internal: Arc<str>,
) -> Option<Field> {
    let class = field.class.borrow().clone();
    let (_, keywords) = parts(interpreter, field).ok()?;
    let kwargs =
        keywords.into_iter().map(|(name, value)| (name.into(), interpreter.freeze(&value))).collect();
    let base = base_of(&class);
    let mro = class.mro.borrow().iter().map(|class| class.path().into()).collect();
    let mut class = FieldClass::new(class.path().into(), base, mro);
    class.internal_type = Some(internal);
    let path = path_of(&field.class.borrow()).into();
    Some(Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at: None, live: None })
}

/// The nearest class of Django's own.
fn base_of(class: &Class) -> Option<Arc<str>> {
    specs(class).first().map(|spec| shorten(&format!("{}.{}", spec.module, spec.name)).into())
}

type Frozen = (Arc<str>, Vec<Value>, Vec<(Arc<str>, Value)>);

fn custom_parts(interpreter: &mut Interpreter, field: &Rc<Instance>) -> Result<Frozen, Value> {
    let object = Object::Instance(field.clone());
    let parts = interpreter
        .call_method(&object, "deconstruct", Args::none())
        .map_err(|raise| Value::unknown(interpreter.describe_raise(&raise), field.at.clone()))?;
    let unknown = || Value::unknown("deconstruct() gives no path and arguments", field.at.clone());
    let parts = match &parts {
        Object::Tuple(parts) => parts.to_vec(),
        Object::List(list) => list.get().clone(),
        Object::Unknown(why) => return Err(Value::Unknown(why.clone())),
        _ => return Err(unknown()),
    };
    let [_, path, args, kwargs] = &parts[..] else { return Err(unknown()) };
    let path = match path {
        Object::Unknown(why) => return Err(Value::Unknown(why.clone())),
        other => other.as_str().ok_or_else(unknown)?,
    };
    let args = match interpreter.freeze(args) {
        Value::Tuple(items) | Value::List(items) => items.to_vec(),
        Value::Unknown(why) => return Err(Value::Unknown(why)),
        _ => return Err(unknown()),
    };
    let kwargs = match interpreter.freeze(kwargs) {
        Value::Dict(items) => items
            .iter()
            .filter_map(
                |(key, value)| {
                    if let Value::Str(key) = key { Some((key.clone(), value.clone())) } else { None }
                },
            )
            .collect(),
        Value::Unknown(why) => return Err(Value::Unknown(why)),
        _ => return Err(unknown()),
    };
    Ok((path, args, kwargs))
}

/// What a field's class is made of, worked out once for each class.
pub(crate) fn field_class(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    class: &Rc<Class>,
) -> Arc<FieldClass> {
    let id = Rc::as_ptr(class).addr();
    if let Some(known) =
        interpreter.host::<DjangoHost>().and_then(|host| host.field_classes.get(&id).cloned())
    {
        return known;
    }
    let (internal_type, unread_internal) = overridden(interpreter, field, class, "get_internal_type", &[]);
    let connection = interpreter.unknown("the connection");
    let (db_type, unread_db) = overridden(interpreter, field, class, "db_type", &[connection]);
    let base = base_of(class);
    let mro = class.mro.borrow().iter().map(|class| class.path().into()).collect();
    let mut made = FieldClass::new(class.path().into(), base, mro);
    (made.internal_type, made.db_type) = (internal_type, db_type);
    made.opaque_type = unread_internal || unread_db;
    let made = Arc::new(made);
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.field_classes.insert(id, made.clone());
    }
    made
}

/// Whether user code has a method of that name in the class.
pub(super) fn is_overridden(class: &Class, name: &str) -> bool {
    class.lookup(name).is_some_and(|(_, owner)| !owner.native)
}

/// What a method of user code returns, and whether there is one that could not be read.
fn overridden(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    class: &Class,
    name: &str,
    args: &[Object],
) -> (Option<Arc<str>>, bool) {
    if !is_overridden(class, name) {
        return (None, false);
    }
    let object = Object::Instance(field.clone());
    match interpreter.call_method(&object, name, Args::of(args.to_vec())) {
        Ok(value) => match value.as_str() {
            Some(text) => (Some(text), false),
            None => (None, true),
        },
        Err(_) => (None, true),
    }
}
