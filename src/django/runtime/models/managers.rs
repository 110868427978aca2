//! `django.db.models.manager`.

use std::rc::Rc;
use std::sync::Arc;

use super::meta::Meta;
use super::{copy_instance, own, queryset, set};
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter};
use crate::python::object::{Class, Descriptor, Instance, Namespace, Native, Object, Payload};
use crate::python::syntax::Name;
use crate::python::value::{Call, Value};

const MODULE: &str = "django.db.models.manager";
/// The path of the class that all managers derive from.
pub(super) const BASE_MANAGER: &str = "django.db.models.manager.BaseManager";
/// Classes of the module.
pub(super) const NAMES: &[&str] = &["BaseManager", "Manager", "EmptyManager", "ManagerDescriptor"];

static METHODS: &[Native] = &[
    Native { path: "django.db.models.manager.BaseManager.__new__", call: new },
    Native { path: "django.db.models.manager.BaseManager.__init__", call: init },
    Native { path: "django.db.models.manager.BaseManager.contribute_to_class", call: contribute_to_class },
    Native { path: "django.db.models.manager.BaseManager.deconstruct", call: deconstruct },
    Native { path: "django.db.models.manager.BaseManager.check", call: |_, _| Ok(Object::list(Vec::new())) },
    Native {
        path: "django.db.models.manager.BaseManager._set_creation_counter",
        call: |_, _| Ok(Object::None),
    },
    Native {
        path: "django.db.models.manager.BaseManager.db_manager",
        call: |_, args| Ok(args.get(0).cloned().unwrap_or(Object::None)),
    },
    Native { path: "django.db.models.manager.BaseManager.get_queryset", call: get_queryset },
    Native { path: "django.db.models.manager.BaseManager.all", call: get_queryset },
];

static DESCRIPTOR_METHODS: &[Native] = &[
    Native {
        path: "django.db.models.manager.ManagerDescriptor.__init__",
        call: |interpreter, args| {
            if let (Some(Object::Instance(made)), Some(manager)) = (args.get(0), args.get(1)) {
                let made = made.clone();
                set(interpreter, &made, "manager", manager.clone());
            }
            Ok(Object::None)
        },
    },
    Native { path: "django.db.models.manager.ManagerDescriptor.__get__", call: descriptor_get },
];

static FROM_QUERYSET: Native =
    Native { path: "django.db.models.manager.BaseManager.from_queryset", call: from_queryset };

/// A class of the module.
pub(super) fn class_of(interpreter: &mut Interpreter, name: &str) -> Rc<Class> {
    let make = crate::django::runtime::class;
    match name {
        "ManagerDescriptor" => make(interpreter, MODULE, name, &[], DESCRIPTOR_METHODS),
        "BaseManager" => {
            let class = make(interpreter, MODULE, name, &[], METHODS);
            let mut attrs = class.attrs.borrow_mut();
            if !attrs.contains_key("from_queryset") {
                let from_queryset = Descriptor::ClassMethod(Object::Native(&FROM_QUERYSET));
                attrs.insert(Name::new_static("from_queryset"), Object::Descriptor(Rc::new(from_queryset)));
                attrs.insert(Name::new_static("use_in_migrations"), Object::Bool(false));
                attrs.insert(Name::new_static("auto_created"), Object::Bool(false));
                attrs.insert(Name::new_static("creation_counter"), Object::Int(0));
                for name in ["model", "name", "_db"] {
                    attrs.insert(Name::new_static(name), Object::None);
                }
            }
            drop(attrs);
            class
        }
        "EmptyManager" => {
            let base = class_of(interpreter, "Manager");
            make(interpreter, MODULE, name, &[base], &[])
        }
        _ => {
            let base = class_of(interpreter, "BaseManager");
            let queryset = queryset::class_of(interpreter);
            let class = make(interpreter, MODULE, "Manager", &[base], queryset::METHODS);
            let mut attrs = class.attrs.borrow_mut();
            if !attrs.contains_key("_queryset_class") {
                attrs.insert(Name::new_static("_queryset_class"), Object::Class(queryset));
                attrs.insert(Name::new_static("all"), Object::Native(&METHODS[METHODS.len() - 1]));
            }
            drop(attrs);
            class
        }
    }
}

/// `BaseManager.__new__` keeps the constructor's arguments.
fn new(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Class(class)) = args.take_first() else { return Ok(Object::None) };
    Ok(interpreter.instance_with(&class, Payload::Constructed(Rc::new(args))))
}

fn init(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(Object::Instance(manager)) = args.get(0) {
        let serial = i64::try_from(manager.serial).unwrap_or(i64::MAX);
        set(interpreter, manager, "creation_counter", Object::Int(serial));
        for name in ["model", "name", "_db"] {
            set(interpreter, manager, name, Object::None);
        }
        set(interpreter, manager, "_hints", Object::dict([]));
    }
    Ok(Object::None)
}

fn contribute_to_class(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Instance(manager)), Some(Object::Class(model)), Some(name)) =
        (args.get(0), args.param(1, "cls"), args.param(2, "name"))
    else {
        return Ok(Object::None);
    };
    let own_name = own(manager, "name").filter(|name| !name.is_none()).unwrap_or_else(|| name.clone());
    set(interpreter, manager, "name", own_name);
    set(interpreter, manager, "model", Object::Class(model.clone()));
    let descriptor = class_of(interpreter, "ManagerDescriptor");
    let manager = Object::Instance(manager.clone());
    let descriptor = interpreter.call(&Object::Class(descriptor), Args::of(vec![manager.clone()]))?;
    if let Some(name) = name.as_str() {
        interpreter.set_class_attribute(model, &Name::new(&*name), Some(descriptor));
    }
    let meta = interpreter.get_attribute(&Object::Class(model.clone()), &"_meta".into())?;
    super::method(interpreter, &meta, "add_manager", vec![manager])
}

fn descriptor_get(interpreter: &mut Interpreter, args: Args) -> Eval {
    let manager = args.get(0).and_then(Object::as_instance).and_then(|descriptor| own(descriptor, "manager"));
    let Some(Object::Instance(manager)) = manager else { return Ok(Object::None) };
    let meta = args.get(2).and_then(Object::as_class).and_then(|model| Meta::of(model));
    if let Some(meta) = meta {
        if meta.flag("abstract") {
            return Err(interpreter.raise("AttributeError", "Manager isn't available; the model is abstract"));
        }
        let name = own(&manager, "name");
        let found = of(&meta).into_iter().find(|other| {
            other.as_instance().and_then(|other| own(other, "name")).and_then(|n| n.as_str())
                == name.as_ref().and_then(Object::as_str)
        });
        if let Some(found) = found {
            return Ok(found);
        }
    }
    Ok(Object::Instance(manager))
}

fn get_queryset(interpreter: &mut Interpreter, _: Args) -> Eval {
    Ok(interpreter.unknown("asks the database"))
}

/// `BaseManager.from_queryset(queryset_class, class_name=None)`
fn from_queryset(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Class(manager)), Some(queryset)) = (args.get(0), args.param(1, "queryset_class"))
    else {
        return Ok(Object::None);
    };
    let Object::Class(queryset) = queryset else { return Ok(queryset.clone()) };
    let name = args.param(2, "class_name").and_then(Object::as_str);
    let name = name.unwrap_or_else(|| format!("{}From{}", manager.name, queryset.name).into());
    Ok(Object::Class(generated(interpreter, manager, queryset, &name)?))
}

fn generated(
    interpreter: &mut Interpreter,
    manager: &Rc<Class>,
    queryset: &Rc<Class>,
    name: &Arc<str>,
) -> Eval<Rc<Class>> {
    let mut attrs = Namespace::default();
    attrs.insert(Name::new_static("_queryset_class"), Object::Class(queryset.clone()));
    for class in queryset.mro.borrow().iter().filter(|class| !class.native) {
        for (name, value) in class.attrs.borrow().iter() {
            let public = !name.starts_with('_') && matches!(value, Object::Function(_));
            if public && manager.lookup(name).is_none() && !attrs.contains_key(name) {
                let asks =
                    Object::closure(name, |interpreter, _| Ok(interpreter.unknown("asks the database")));
                attrs.insert(name.clone(), asks);
            }
        }
    }
    let metaclass = manager.mro.borrow().iter().find_map(|class| class.metaclass.clone());
    let made = interpreter.make_class(ClassParts {
        name: Name::new(&**name),
        module: MODULE.into(),
        qualname: name.clone(),
        bases: vec![Object::Class(manager.clone())],
        attrs,
        metaclass,
        at: None,
    })?;
    let open = queryset.open.borrow().clone();
    if open.is_some() && made.open.borrow().is_none() {
        *made.open.borrow_mut() = open;
    }
    Ok(made)
}

/// `QuerySet.as_manager()`
pub(super) fn from_as_manager(interpreter: &mut Interpreter, queryset: &Rc<Class>) -> Eval {
    let base = class_of(interpreter, "Manager");
    let name = format!("ManagerFrom{}", queryset.name).into();
    let class = generated(interpreter, &base, queryset, &name)?;
    let manager = interpreter.call(&Object::Class(class), Args::none())?;
    if let Object::Instance(manager) = &manager {
        set(interpreter, manager, "_built_with_as_manager", Object::Bool(true));
    }
    Ok(manager)
}

/// What a manager is made from.
struct Made {
    /// Whether by `as_manager()`, of the queryset at `path`.
    as_manager: bool,
    path: String,
    args: Rc<Args>,
}

fn made_from(manager: &Instance) -> Option<Made> {
    let class = manager.class.borrow().clone();
    if matches!(own(manager, "_built_with_as_manager"), Some(Object::Bool(true))) {
        let (queryset, _) = class.lookup("_queryset_class")?;
        let queryset = queryset.as_class()?.clone();
        let path = format!("{}.{}", queryset.module, queryset.name);
        return Some(Made { as_manager: true, path, args: Rc::default() });
    }
    // A class made by from_queryset() can't be imported; Django refuses it.
    if class.native && &*class.module != MODULE || !class.native && &*class.module == MODULE {
        return None;
    }
    let args = match &*manager.payload.borrow() {
        Payload::Constructed(args) => args.clone(),
        _ => Rc::default(),
    };
    Some(Made { as_manager: false, path: format!("{}.{}", class.module, class.name), args })
}

/// `(as_manager, manager_class, queryset_class, args, kwargs)`
fn deconstruct(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(manager)) = args.get(0) else { return Ok(Object::None) };
    let Some(made) = made_from(manager) else {
        return Err(interpreter.raise("ValueError", "Could not find manager"));
    };
    let path = Object::str(made.path);
    if made.as_manager {
        return Ok(Object::tuple(vec![Object::Bool(true), Object::None, path, Object::None, Object::None]));
    }
    let keywords = made.args.keywords.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let positional = Object::tuple(made.args.positional.clone());
    Ok(Object::tuple(vec![Object::Bool(false), path, Object::None, positional, Object::dict(keywords)]))
}

/// A manager at rest: its class and constructor's arguments, or `queryset.as_manager`.
pub(crate) fn freeze(interpreter: &mut Interpreter, instance: &Rc<Instance>) -> Option<Value> {
    if !instance.class.borrow().derives_from(BASE_MANAGER) {
        return None;
    }
    let Some(made) = made_from(instance) else {
        return Some(Value::unknown(
            "a manager made by from_queryset() can't be referred to",
            instance.at.clone(),
        ));
    };
    if made.as_manager {
        let path = format!("{}.as_manager", made.path);
        return Some(Value::Call(Arc::new(Call { path: path.into(), args: Vec::new(), kwargs: Vec::new() })));
    }
    Some(interpreter.freeze_call(&made.path, &made.args))
}

/// `Options.managers`: those of the class and its bases, nearer ones first, each in order of creation.
pub(super) fn of(meta: &Meta) -> Vec<Object> {
    let Some(model) = meta.model() else { return Vec::new() };
    let mut seen: Vec<Arc<str>> = Vec::new();
    let mut all: Vec<(usize, u64, Object)> = Vec::new();
    let mro = model.mro.borrow().clone();
    for (depth, base) in mro.iter().filter(|base| Meta::of(base).is_some()).enumerate() {
        let Some(theirs) = Meta::of(base) else { continue };
        for manager in theirs.instances("local_managers") {
            let Some(name) = own(&manager, "name").and_then(|name| name.as_str()) else { continue };
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let copy = copy_instance(&manager);
            copy.attrs.borrow_mut().insert(Name::new_static("model"), Object::Class(model.clone()));
            all.push((depth, manager.serial, Object::Instance(copy)));
        }
    }
    all.sort_by_key(|(depth, serial, _)| (*depth, *serial));
    all.into_iter().map(|(_, _, manager)| manager).collect()
}

fn named(meta: &Meta, name: &str) -> Option<Object> {
    of(meta).into_iter().find(|manager| {
        manager.as_instance().and_then(|manager| own(manager, "name")).and_then(|n| n.as_str()).as_deref()
            == Some(name)
    })
}

/// The nearest base but the model itself that has options.
fn parent(meta: &Meta) -> Option<Meta> {
    let model = meta.model()?;
    let mro = model.mro.borrow().clone();
    mro.iter().skip(1).find_map(|base| Meta::of(base))
}

/// `Options.base_manager`'s name, where it is not the one Django makes.
pub(crate) fn base_manager_name(meta: &Meta, depth: u32) -> Option<Arc<str>> {
    if let Some(name) = meta.text("base_manager_name").filter(|name| !name.is_empty()) {
        return Some(name);
    }
    // A parent's own _base_manager is auto_created too, but then it bears that very name.
    parent(meta).filter(|_| depth < 50).and_then(|parent| base_manager_name(&parent, depth + 1))
}

/// `Options.base_manager`
pub(super) fn base_manager(interpreter: &mut Interpreter, meta: &Meta) -> Eval<Option<Object>> {
    if let Some(name) = base_manager_name(meta, 0) {
        return Ok(named(meta, &name));
    }
    let class = class_of(interpreter, "Manager");
    let manager = interpreter.call(&Object::Class(class), Args::none())?;
    if let Object::Instance(made) = &manager {
        set(interpreter, made, "name", Object::str("_base_manager"));
        set(interpreter, made, "auto_created", Object::Bool(true));
        if let Some(model) = meta.model() {
            set(interpreter, made, "model", Object::Class(model));
        }
    }
    Ok(Some(manager))
}

/// The name of `Options.default_manager`.
pub(crate) fn default_manager_name(meta: &Meta, depth: u32) -> Option<Arc<str>> {
    if let Some(name) = meta.text("default_manager_name").filter(|name| !name.is_empty()) {
        return Some(name);
    }
    if meta.list("local_managers").is_empty() && depth < 50 {
        return parent(meta).and_then(|parent| default_manager_name(&parent, depth + 1));
    }
    None
}

/// `Options.default_manager`
pub(super) fn default_manager(_: &mut Interpreter, meta: &Meta) -> Eval<Option<Object>> {
    if let Some(name) = default_manager_name(meta, 0) {
        return Ok(named(meta, &name));
    }
    Ok(of(meta).into_iter().next())
}

/// `Options.managers`, for what makes states.
pub(crate) fn all(meta: &Meta) -> Vec<Rc<Instance>> {
    of(meta).iter().filter_map(|manager| manager.as_instance().cloned()).collect()
}
