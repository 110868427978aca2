//! `django.db.models.base`: `Model`, and `ModelBase.__new__` as Django 3.2 to 6.1 have it.

use std::rc::Rc;
use std::sync::Arc;

use super::inherit::{self, Making};
use super::meta::Meta;
use super::{managers, method, options, reason, registry, signals, truth};
use crate::django::runtime::{DjangoHost, exceptions, fields};
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter, Raise};
use crate::python::object::{Class, Instance, Namespace, Native, Object, Payload};
use crate::python::syntax::Name;
use crate::python::value::Unknown;

/// The path of the metaclass.
pub(crate) const MODEL_BASE: &str = "django.db.models.base.ModelBase";
/// The path of the base of all models.
pub(crate) const MODEL: &str = "django.db.models.base.Model";

static MODEL_BASE_METHODS: &[Native] = &[
    Native { path: "django.db.models.base.ModelBase.__new__", call: new },
    Native { path: "django.db.models.base.ModelBase.add_to_class", call: add_to_class },
    Native { path: "django.db.models.base.ModelBase._prepare", call: prepare },
];

static MODEL_BASE_PROPERTIES: &[Native] = &[
    Native { path: "django.db.models.base.ModelBase._base_manager", call: base_manager },
    Native { path: "django.db.models.base.ModelBase._default_manager", call: default_manager },
];

macro_rules! out_of_reach {
    ($($name:literal),* $(,)?) => {
        &[$(Native { path: concat!("django.db.models.base.Model.", $name), call: of_an_instance }),*]
    };
}

/// Methods of an instance; an instance's data is in the database.
static INSTANCE_METHODS: &[Native] = out_of_reach![
    "__eq__",
    "__hash__",
    "__reduce__",
    "__getstate__",
    "__setstate__",
    "_get_pk_val",
    "_set_pk_val",
    "get_deferred_fields",
    "refresh_from_db",
    "arefresh_from_db",
    "serializable_value",
    "save",
    "asave",
    "save_base",
    "_save_parents",
    "_save_table",
    "_do_update",
    "_do_insert",
    "delete",
    "adelete",
    "_get_FIELD_display",
    "_get_next_or_previous_by_FIELD",
    "_get_next_or_previous_in_order",
    "prepare_database_save",
    "clean",
    "validate_unique",
    "_get_unique_checks",
    "_perform_unique_checks",
    "_perform_date_checks",
    "date_error_message",
    "unique_error_message",
    "get_constraints",
    "validate_constraints",
    "full_clean",
    "clean_fields",
    "from_db",
];

fn of_an_instance(interpreter: &mut Interpreter, _: Args) -> Eval {
    Ok(interpreter.unknown("asks an object of the database"))
}

fn no_checks(_: &mut Interpreter, _: Args) -> Eval {
    Ok(Object::list(Vec::new()))
}

fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    if let Some(Object::Instance(instance)) = args.take_first() {
        for (name, value) in args.keywords {
            interpreter.set_own_attribute(&instance, &name, Some(value));
        }
    }
    Ok(Object::None)
}

static INIT: Native = Native { path: "django.db.models.base.Model.__init__", call: init };
static CHECK: Native = Native { path: "django.db.models.base.Model.check", call: no_checks };

/// `ModelBase`
pub(super) fn model_base(interpreter: &mut Interpreter) -> Rc<Class> {
    let base = interpreter.types.type_.clone();
    super::class_with(
        interpreter,
        "django.db.models.base",
        "ModelBase",
        &[base],
        MODEL_BASE_METHODS,
        MODEL_BASE_PROPERTIES,
    )
}

/// `Model`
pub(super) fn model_class(interpreter: &mut Interpreter) -> Rc<Class> {
    if let Some(found) = interpreter.host::<DjangoHost>().and_then(|host| host.registry.model.clone()) {
        return found;
    }
    let metaclass = model_base(interpreter);
    let mut attrs = Namespace::default();
    for native in INSTANCE_METHODS.iter().chain([&INIT]) {
        attrs.insert(Name::new_static(last(native.path)), Object::Native(native));
    }
    let check = crate::python::object::Descriptor::ClassMethod(Object::Native(&CHECK));
    attrs.insert(Name::new_static("check"), Object::Descriptor(Rc::new(check)));
    for error in ["DoesNotExist", "MultipleObjectsReturned"] {
        attrs.insert(Name::new_static(error), Object::Class(exception(interpreter, error)));
    }
    let class = Rc::new(Class {
        name: Name::new_static("Model"),
        module: "django.db.models.base".into(),
        qualname: "Model".into(),
        bases: std::cell::RefCell::new(vec![Object::Class(interpreter.types.object.clone())]),
        mro: std::cell::RefCell::default(),
        attrs: std::cell::RefCell::new(attrs),
        metaclass: Some(metaclass),
        open: std::cell::RefCell::default(),
        elsewhere: false,
        at: None,
        native: true,
    });
    *class.mro.borrow_mut() = vec![class.clone(), interpreter.types.object.clone()];
    if let Some(host) = interpreter.host::<DjangoHost>() {
        host.registry.model = Some(class.clone());
    }
    class
}

fn last(path: &'static str) -> &'static str {
    path.rsplit('.').next().unwrap_or(path)
}

/// `django.core.exceptions.ObjectDoesNotExist`, `MultipleObjectsReturned`
fn exception(interpreter: &mut Interpreter, name: &str) -> Rc<Class> {
    let name = if name == "DoesNotExist" { "ObjectDoesNotExist" } else { name };
    exceptions::exception(interpreter, name)
}

/// Whether a class is made by `ModelBase`.
pub(crate) fn is_model(interpreter: &Interpreter, class: &Rc<Class>) -> bool {
    interpreter.class_of(&Object::Class(class.clone())).derives_from(MODEL_BASE)
}

/// The metaclass for a class none of whose known bases is a model, but that has a base which is not
/// known, and model fields: only models have those.
pub(crate) fn adopt_unknown_base(
    interpreter: &mut Interpreter,
    bases: &[Object],
    attrs: &Namespace,
) -> Option<Rc<Class>> {
    let unknown = bases.iter().any(|base| match base {
        Object::Unknown(_) => true,
        Object::Class(base) => base.open.borrow().is_some(),
        _ => false,
    });
    let has_field = || {
        attrs.values().any(|value| {
            value.as_instance().is_some_and(|value| value.class.borrow().derives_from(fields::FIELD))
        })
    };
    (unknown && has_field()).then(|| model_base(interpreter))
}

fn new(interpreter: &mut Interpreter, args: Args) -> Eval {
    // What becomes of a class does not depend on the branch it is made in; whether it is made does.
    let journals = std::mem::take(&mut interpreter.journals);
    let conditional = !journals.is_empty();
    let made = new_model(interpreter, args, conditional);
    interpreter.journals = journals;
    made
}

fn new_model(interpreter: &mut Interpreter, mut args: Args, conditional: bool) -> Eval {
    let [Object::Class(metaclass), name, bases, body] = &args.positional[..] else {
        return Err(interpreter.raise("TypeError", "a metaclass takes a name, bases and a body"));
    };
    let Some(name) = name.as_str() else { return Ok(interpreter.unknown("a class whose name is not known")) };
    let (metaclass, bases, body) = (metaclass.clone(), bases.clone(), body.clone());
    let bases = match interpreter.unknown_items(&bases) {
        Some(why) => vec![Object::Unknown(why)],
        None => interpreter.items(&bases)?,
    };
    let (mut attrs, taint) = namespace(&body);
    let parents: Vec<Rc<Class>> = bases
        .iter()
        .filter_map(Object::as_class)
        .filter(|base| is_model(interpreter, base))
        .cloned()
        .collect();
    let unknown_base = bases.iter().find_map(|base| match base {
        Object::Unknown(why) => Some(why.clone()),
        Object::Class(base) if !is_model(interpreter, base) => base.open.borrow().clone(),
        _ => None,
    });
    let module = take_text(&mut attrs, "__module__").unwrap_or_default();
    let qualname = take_text(&mut attrs, "__qualname__").unwrap_or_else(|| name.clone());
    let mut parts = ClassParts {
        name: Name::new(&*name),
        module: module.clone(),
        qualname,
        bases,
        attrs: Namespace::default(),
        metaclass: Some(metaclass),
        // What is made while a class statement's metaclass runs is there because of that statement.
        at: interpreter.header.as_ref().map(|(_, at)| at.clone()).or_else(|| interpreter.location()),
    };
    let keywords = std::mem::take(&mut args.keywords);
    if parents.is_empty() && unknown_base.is_none() {
        parts.attrs = attrs;
        let class = interpreter.make_class(parts)?;
        interpreter.finish_class(&class, keywords)?;
        return Ok(Object::Class(class));
    }
    attrs.shift_remove("__classcell__");
    let meta = attrs.shift_remove("Meta");
    let (plain, contributed, doubts) = split(interpreter, attrs)?;
    parts.attrs = plain;
    let class = interpreter.make_class(parts)?;
    interpreter.finish_class(&class, keywords)?;
    let mut making = Making {
        class,
        name,
        module,
        parents,
        attr_meta: meta,
        contributed,
        doubts,
        openings: unknown_base.into_iter().chain(taint).collect(),
        conditional,
    };
    inherit::build(interpreter, &mut making)?;
    Ok(Object::Class(making.class))
}

/// A class body's names, and why there may be more.
fn namespace(body: &Object) -> (Namespace, Option<Arc<Unknown>>) {
    match body {
        Object::Dict(dict) => {
            let names = dict.get();
            let names =
                names.iter().filter_map(|(key, value)| Some((Name::new(&*key.as_str()?), value.clone())));
            (names.collect(), dict.taint())
        }
        // A subclass of `dict`, or what `__prepare__` gave.
        Object::Instance(instance) => match &*instance.payload.borrow() {
            Payload::Value(value @ Object::Dict(_)) => namespace(value),
            _ => (Namespace::default(), None),
        },
        Object::Unknown(why) => (Namespace::default(), Some(why.clone())),
        _ => (Namespace::default(), None),
    }
}

fn take_text(attrs: &mut Namespace, name: &str) -> Option<Arc<str>> {
    attrs.shift_remove(name).and_then(|value| value.as_str())
}

/// Attributes that contribute themselves to the class, in the order of its body.
pub(super) type Contributed = Vec<(Name, Object)>;
/// Attributes that may, each with why that is not known.
pub(super) type Doubts = Vec<(Name, Arc<Unknown>)>;

/// Attributes for `type.__new__`, those with a `contribute_to_class()` of their own, and those that
/// may have one.
fn split(interpreter: &mut Interpreter, attrs: Namespace) -> Eval<(Namespace, Contributed, Doubts)> {
    let mut plain = Namespace::default();
    let (mut contributed, mut doubts) = (Contributed::new(), Doubts::new());
    for (name, value) in attrs {
        match &value {
            Object::Unknown(why) => doubts.push((name.clone(), why.clone())),
            Object::Instance(instance) => match contributes(interpreter, instance)? {
                Some(Object::Unknown(why)) => doubts.push((name.clone(), why)),
                Some(_) => {
                    contributed.push((name, value));
                    continue;
                }
                None => {}
            },
            _ => {}
        }
        plain.insert(name, value);
    }
    Ok((plain, contributed, doubts))
}

/// The bound `contribute_to_class` of a value. What a native class answers for any name does not count.
fn contributes(interpreter: &mut Interpreter, value: &Rc<Instance>) -> Eval<Option<Object>> {
    const NAME: &str = "contribute_to_class";
    let class = value.class.borrow().clone();
    let has = class.lookup(NAME).is_some() || value.attrs.borrow().contains_key(NAME);
    let answers = class.lookup("__getattr__").is_some_and(|(_, owner)| !owner.native);
    if has || answers || class.open.borrow().is_some() {
        return interpreter.find_attribute(&Object::Instance(value.clone()), NAME);
    }
    Ok(None)
}

/// `cls.add_to_class(name, value)`
fn add_to_class(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Class(class)), Some(name), Some(value)) =
        (args.get(0), args.param(1, "name").and_then(Object::as_str), args.param(2, "value"))
    else {
        return Ok(Object::None);
    };
    add(interpreter, class, &Name::new(&*name), value)?;
    Ok(Object::None)
}

/// `ModelBase.add_to_class`; a value that is not known may be a field.
pub(super) fn add(interpreter: &mut Interpreter, class: &Rc<Class>, name: &Name, value: &Object) -> Eval<()> {
    match value {
        Object::Unknown(why) => {
            if let Some(meta) = Meta::own(class) {
                meta.doubt(interpreter, name, why.clone(), true);
            }
        }
        Object::Instance(instance) => {
            if let Some(contribute) = contributes(interpreter, instance)? {
                let args = vec![Object::Class(class.clone()), Object::str(name.as_str())];
                interpreter.call(&contribute, Args::of(args))?;
                return Ok(());
            }
        }
        _ => {}
    }
    interpreter.set_class_attribute(class, name, Some(value.clone()));
    Ok(())
}

/// `add_to_class` of the class's own metaclass; what raises there spoils one attribute.
pub(super) fn contribute(
    interpreter: &mut Interpreter,
    class: &Rc<Class>,
    name: &Name,
    value: &Object,
) -> Eval<()> {
    let object = Object::Class(class.clone());
    let here = interpreter.here.clone();
    let done = method(interpreter, &object, "add_to_class", vec![Object::str(name.as_str()), value.clone()]);
    interpreter.here = here;
    match done {
        Ok(_) => Ok(()),
        Err(Raise::Limit(why)) if interpreter.is_spent() => Err(Raise::Limit(why)),
        Err(raise) => {
            let why = reason(interpreter, &raise);
            if let Some(meta) = Meta::own(class) {
                if matches!(raise, Raise::Exception(_)) {
                    // It does not fail in Python, and may bring more than a field of that name.
                    meta.open(interpreter, why.clone());
                }
                meta.doubt(interpreter, name, why, true);
            }
            Ok(())
        }
    }
}

/// `ModelBase._prepare`
fn prepare(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Class(class)) = args.get(0) else { return Ok(Object::None) };
    let Some(meta) = Meta::own(class) else { return Ok(Object::None) };
    options::prepare(interpreter, &meta, class)?;
    if managers::of(&meta).is_empty() {
        let manager = managers::class_of(interpreter, "Manager");
        let manager = interpreter.call(&Object::Class(manager), Args::none())?;
        if let Object::Instance(manager) = &manager {
            super::set(interpreter, manager, "auto_created", Object::Bool(true));
        }
        contribute(interpreter, class, &Name::new_static("objects"), &manager)?;
    }
    for index in meta.instances("indexes") {
        super::indexes::name_index(interpreter, &index, &meta)?;
    }
    signals::send_class_prepared(interpreter, class)
}

/// Puts the model into the registry and runs what waited for it.
pub(super) fn register(interpreter: &mut Interpreter, class: &Rc<Class>, conditional: bool) -> Eval<()> {
    let Some(meta) = Meta::own(class) else { return Ok(()) };
    if conditional {
        super::set(interpreter, &meta.0, "$conditional", Object::Bool(true));
    }
    registry::register(interpreter, &meta, class)
}

fn base_manager(interpreter: &mut Interpreter, args: Args) -> Eval {
    manager_property(interpreter, &args, managers::base_manager)
}

fn default_manager(interpreter: &mut Interpreter, args: Args) -> Eval {
    manager_property(interpreter, &args, managers::default_manager)
}

fn manager_property(
    interpreter: &mut Interpreter,
    args: &Args,
    find: fn(&mut Interpreter, &Meta) -> Eval<Option<Object>>,
) -> Eval {
    let meta = args.get(0).and_then(Object::as_class).and_then(|class| Meta::of(class));
    match meta {
        Some(meta) => Ok(find(interpreter, &meta)?.unwrap_or(Object::None)),
        None => Err(interpreter.raise("AttributeError", "type object has no attribute '_meta'")),
    }
}

/// `bool(getattr(attr_meta, "abstract", False))`
pub(super) fn is_abstract(interpreter: &mut Interpreter, meta: Option<&Object>) -> bool {
    let Some(Object::Class(meta)) = meta else { return false };
    let Some((value, _)) = meta.lookup("abstract") else { return false };
    truth(interpreter, &value).unwrap_or(false)
}
