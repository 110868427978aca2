//! `dataclasses`. Mirrors `Lib/dataclasses.py`, 3.12, for classes whose annotations are plain.

use std::rc::Rc;

use super::super::arguments::receiver;
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter, KEYED};
use crate::python::object::{Class, Namespace, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::CmpOp;

/// Where a class keeps its fields.
const FIELDS: &str = "__dataclass_fields__";

#[derive(Clone)]
struct Field {
    name: Name,
    default: Option<Object>,
    factory: Option<Object>,
    init: bool,
    repr: bool,
    compare: bool,
    keyword_only: bool,
    /// `InitVar[…]`: given to `__post_init__`, not kept.
    init_only: bool,
}

native_table!(FUNCTIONS {
    "dataclasses.dataclass" => |i, mut a| match a.take_first() {
        Some(Object::Class(class)) => make(i, &class, &a),
        Some(Object::None) | None => {
            Ok(Object::closure("dataclasses.dataclass", move |i, mut args| match receiver(&mut args) {
                Object::Class(class) => make(i, &class, &a),
                other => Ok(other),
            }))
        }
        Some(other) => Ok(other),
    },
    "dataclasses.field" => |i, a| {
        let class = i.import_path("dataclasses.Field")?;
        let Object::Class(class) = class else { return Ok(class) };
        let made = i.instance_of(&class);
        if let Object::Instance(made) = &made {
            for (name, value) in a.keywords {
                i.set_own_attribute(made, &name, Some(value));
            }
        }
        Ok(made)
    },
    "dataclasses.fields" => |i, a| {
        let of = a.get(0).cloned().unwrap_or(Object::None);
        let fields = i.get_attribute(&of, &Name::new_static(FIELDS))?;
        match i.call_method(&fields, "values", Args::none())? {
            values @ Object::Unknown(_) => Ok(values),
            values => Ok(Object::tuple(i.items(&values)?)),
        }
    },
    "dataclasses.is_dataclass" => |i, a| {
        let object = a.get(0).cloned().unwrap_or(Object::None);
        let class = match &object {
            Object::Class(class) => class.clone(),
            Object::Unknown(_) => return Ok(object),
            other => i.class_of(other),
        };
        Ok(Object::Bool(class.lookup(FIELDS).is_some()))
    },
    "dataclasses.asdict" => |i, a| as_dict(i, a.get(0).unwrap_or(&Object::None)),
    "dataclasses.astuple" => |i, a| {
        let object = a.get(0).cloned().unwrap_or(Object::None);
        let mut values = Vec::new();
        for name in field_names(i, &object) {
            values.push(i.get_attribute(&object, &name)?);
        }
        Ok(Object::tuple(values))
    },
    "dataclasses.replace" => |i, mut a| {
        let object = receiver(&mut a);
        let names = field_names(i, &object);
        i.toil(names.len().saturating_mul(1 + a.keywords.len() + names.len()))?;
        for name in names {
            if a.keyword(&name).is_none() {
                let value = i.get_attribute(&object, &name)?;
                a.keywords.push((name, value));
            }
        }
        let class = i.class_of(&object);
        i.call(&Object::Class(class), a)
    },
});

/// The names of `dataclasses`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    super::add_class(i, &mut names, "dataclasses", "Field", &[], &[]);
    super::add_class(i, &mut names, "dataclasses", "InitVar", &[], &[]);
    super::add_class(i, &mut names, "dataclasses", "KW_ONLY", &[], &[]);
    let attribute_error = i.types.exception("AttributeError");
    super::add_class(i, &mut names, "dataclasses", "FrozenInstanceError", &[attribute_error], &[]);
    let missing = super::add_class(i, &mut names, "dataclasses", "_MISSING_TYPE", &[], &[]);
    names.insert(Name::new_static("MISSING"), i.instance_of(&missing));
    names
}

fn field_names(i: &Interpreter, object: &Object) -> Vec<Name> {
    match i.class_of(object).lookup(FIELDS) {
        Some((Object::Dict(fields), _)) => {
            fields.get().iter().filter_map(|(name, _)| name.as_str()).map(|name| Name::new(&*name)).collect()
        }
        _ => Vec::new(),
    }
}

fn own_fields(i: &mut Interpreter, class: &Rc<Class>, all_keywords: bool) -> Eval<Vec<Field>> {
    let annotations = class.attrs.borrow().get("__annotations__").cloned();
    let Some(Object::Dict(annotations)) = annotations else { return Ok(Vec::new()) };
    let mut fields = Vec::new();
    let mut keyword_only = all_keywords;
    let pairs: Vec<(Object, Object)> =
        annotations.get().iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    for (name, annotation) in pairs {
        let (Some(name), Some(annotation)) = (name.as_str(), annotation.as_str()) else { continue };
        let bare = annotation.trim_matches(['"', '\'']);
        let bare = bare.strip_prefix("typing.").or_else(|| bare.strip_prefix("t.")).unwrap_or(bare);
        let bare = bare.strip_prefix("dataclasses.").unwrap_or(bare);
        if bare.starts_with("ClassVar") {
            continue;
        }
        if bare == "KW_ONLY" {
            keyword_only = true;
            continue;
        }
        let name = Name::new(&*name);
        let mut field = Field {
            name: name.clone(),
            default: class.attrs.borrow().get(&name).cloned(),
            factory: None,
            init: true,
            repr: true,
            compare: true,
            keyword_only,
            init_only: bare.starts_with("InitVar"),
        };
        let given = field.default.as_ref().and_then(Object::as_instance).cloned();
        if let Some(given) = given.filter(|given| given.class.borrow().has_path("dataclasses.Field")) {
            let option = |name: &str| given.attrs.borrow().get(name).cloned();
            let flag = |name: &str| !matches!(option(name), Some(Object::Bool(false)));
            (field.init, field.repr, field.compare) = (flag("init"), flag("repr"), flag("compare"));
            field.default = option("default");
            field.factory = option("default_factory");
            field.keyword_only |= matches!(option("kw_only"), Some(Object::Bool(true)));
            i.set_class_attribute(class, &name, field.default.clone());
        }
        fields.push(field);
    }
    Ok(fields)
}

fn make(i: &mut Interpreter, class: &Rc<Class>, options: &Args) -> Eval {
    let flag = |name: &str, default: bool| match options.keyword(name) {
        Some(Object::Bool(flag)) => *flag,
        _ => default,
    };
    let mut fields: Vec<Field> = Vec::new();
    let own = own_fields(i, class, flag("kw_only", false))?;
    let inherited: Vec<Field> = class
        .mro
        .borrow()
        .iter()
        .rev()
        .filter(|base| !Rc::ptr_eq(base, class))
        .filter_map(|base| base.attrs.borrow().get(FIELDS).cloned())
        .flat_map(|fields| kept_fields(&fields))
        .collect();
    i.toil((inherited.len() + own.len()).saturating_pow(2))?;
    for field in inherited.into_iter().chain(own) {
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(slot) => *slot = field,
            None => fields.push(field),
        }
    }
    let described = describe(i, &fields)?;
    i.set_class_attribute(class, &Name::new_static(FIELDS), Some(described));
    let has = |name: &str| class.attrs.borrow().contains_key(name);
    let fields: Rc<[Field]> = fields.into();
    if flag("init", true) && !has("__init__") {
        let fields = fields.clone();
        let init = Object::closure("__init__", move |i, args| initialise(i, &fields, args));
        i.set_class_attribute(class, &Name::new_static("__init__"), Some(init));
    }
    if flag("repr", true) && !has("__repr__") {
        let fields = fields.clone();
        let repr = Object::closure("__repr__", move |i, mut args| {
            let me = receiver(&mut args);
            let mut parts = Vec::new();
            for field in fields.iter().filter(|field| field.repr && !field.init_only) {
                let value = i.get_attribute(&me, &field.name)?;
                let shown = i.repr(&value)?;
                match shown.as_str() {
                    Some(shown) => parts.push(format!("{}={shown}", field.name)),
                    None => return Ok(shown),
                }
            }
            let class = i.class_of(&me);
            Ok(Object::str(format!("{}({})", class.qualname, parts.join(", "))))
        });
        i.set_class_attribute(class, &Name::new_static("__repr__"), Some(repr));
    }
    let mut comparisons = Vec::new();
    if flag("eq", true) {
        comparisons.push(("__eq__", CmpOp::Eq));
    }
    if flag("order", false) {
        comparisons.extend([
            ("__lt__", CmpOp::Lt),
            ("__le__", CmpOp::LtE),
            ("__gt__", CmpOp::Gt),
            ("__ge__", CmpOp::GtE),
        ]);
    }
    for (name, op) in comparisons {
        if has(name) {
            continue;
        }
        let fields = fields.clone();
        let method = Object::closure(name, move |i, args| {
            let (Some(a), Some(b)) = (args.get(0), args.get(1)) else {
                return Err(i.missing_argument("comparison"));
            };
            if !Rc::ptr_eq(&i.class_of(a), &i.class_of(b)) {
                return Ok(Object::NotImplemented);
            }
            let mut sides = Vec::new();
            for object in [a, b] {
                let mut values = Vec::new();
                for field in fields.iter().filter(|field| field.compare && !field.init_only) {
                    values.push(i.get_attribute(object, &field.name)?);
                }
                sides.push(Object::tuple(values));
            }
            i.compare(op, &sides[0], &sides[1])
        });
        i.set_class_attribute(class, &Name::new_static(name), Some(method));
    }
    Ok(Object::Class(class.clone()))
}

/// The fields as objects, for `fields()` and for classes that derive from this one.
fn describe(i: &mut Interpreter, fields: &[Field]) -> Eval {
    let class = i.import_path("dataclasses.Field")?;
    let Object::Class(class) = class else { return Ok(class) };
    let missing = i.import_path("dataclasses.MISSING")?;
    let all = Object::dict([]);
    for field in fields {
        let made = i.instance_of(&class);
        if let Object::Instance(made) = &made {
            for (name, value) in [
                ("name", Object::str(field.name.as_str())),
                ("default", field.default.clone().unwrap_or_else(|| missing.clone())),
                ("default_factory", field.factory.clone().unwrap_or_else(|| missing.clone())),
                ("init", Object::Bool(field.init)),
                ("repr", Object::Bool(field.repr)),
                ("compare", Object::Bool(field.compare)),
                ("kw_only", Object::Bool(field.keyword_only)),
                ("\u{0}init_only", Object::Bool(field.init_only)),
            ] {
                i.set_own_attribute(made, &Name::new_static(name), Some(value));
            }
        }
        i.set_item(&all, &Object::str(field.name.as_str()), made)?;
    }
    Ok(all)
}

fn kept_fields(fields: &Object) -> Vec<Field> {
    let Object::Dict(fields) = fields else { return Vec::new() };
    let fields = fields.get();
    let read = |(name, field): (&Object, &Object)| {
        let attrs = field.as_instance()?.attrs.borrow().clone();
        let given = |name: &str| {
            let value = attrs.get(name)?;
            let missing = value
                .as_instance()
                .is_some_and(|value| value.class.borrow().has_path("dataclasses._MISSING_TYPE"));
            (!missing).then(|| value.clone())
        };
        let flag = |name: &str| matches!(attrs.get(name), Some(Object::Bool(true)));
        Some(Field {
            name: Name::new(&*name.as_str()?),
            default: given("default"),
            factory: given("default_factory"),
            init: flag("init"),
            repr: flag("repr"),
            compare: flag("compare"),
            keyword_only: flag("kw_only"),
            init_only: flag("\u{0}init_only"),
        })
    };
    fields.iter().filter_map(read).collect()
}

fn initialise(i: &mut Interpreter, fields: &[Field], mut args: Args) -> Eval {
    let me = receiver(&mut args);
    i.toil(fields.len().saturating_mul(1 + args.keywords.len()))?;
    let mut given = std::mem::take(&mut args.positional).into_iter();
    let mut late = Vec::new();
    for field in fields {
        let by_place = if field.init && !field.keyword_only { given.next() } else { None };
        let by_name = if field.init { args.take_keyword(&field.name) } else { None };
        let value = match by_place.or(by_name).or_else(|| args.open.clone().map(Object::Unknown)) {
            Some(value) => Some(value),
            None => match &field.factory {
                Some(factory) => Some(i.call(factory, Args::none())?),
                None => field.default.clone(),
            },
        };
        match value {
            Some(value) if field.init_only => late.push(value),
            Some(value) => {
                if let Object::Instance(me) = &me {
                    i.set_own_attribute(me, &field.name, Some(value));
                }
            }
            None if field.init => {
                let message = format!("__init__() missing required argument: '{}'", field.name);
                return Err(i.raise("TypeError", message));
            }
            None => {}
        }
    }
    if given.next().is_some() {
        return Err(i.raise("TypeError", "__init__() takes fewer positional arguments"));
    }
    if let Some((name, _)) = args.keywords.first() {
        let message = format!("__init__() got an unexpected keyword argument '{name}'");
        return Err(i.raise("TypeError", message));
    }
    if let Object::Instance(instance) = &me
        && let Some(post) = i.class_attribute_bound(instance, "__post_init__")?
    {
        i.call(&post, Args::of(late))?;
    }
    Ok(Object::None)
}

fn as_dict(i: &mut Interpreter, object: &Object) -> Eval {
    i.deeper(|i| {
        i.tick()?;
        let names = field_names(i, object);
        i.work(names.len() * KEYED);
        Ok(match object {
            Object::Instance(_) if !names.is_empty() => {
                let all = Object::dict([]);
                for name in names {
                    let value = i.get_attribute(object, &name)?;
                    let value = as_dict(i, &value)?;
                    i.set_item(&all, &Object::str(name.as_str()), value)?;
                }
                all
            }
            Object::List(list) if list.taint().is_none() => {
                let items = list.get().clone();
                i.grown(items.len());
                let mut made = Vec::new();
                for item in &items {
                    made.push(as_dict(i, item)?);
                }
                Object::list(made)
            }
            other => other.clone(),
        })
    })
}
