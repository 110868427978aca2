//! `Field.__init__` of every class, and the other methods that user code calls.

use std::rc::Rc;

use super::table::{self, Set, Spec};
use super::{choices, deconstruct, live, not_provided, storing};
use crate::django::runtime::{class, exceptions, facts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Descriptor, Instance, Mutable, Namespace, Native, Object};
use crate::python::syntax::Name;

/// Methods of `Field`; all native fields inherit them.
pub(super) static METHODS: &[Native] = &[
    Native { path: "django.db.models.fields.Field.__init__", call: init },
    Native { path: "django.db.models.fields.Field.deconstruct", call: deconstruct::method },
    Native { path: "django.db.models.fields.Field.__getattr__", call: missing_attribute },
    Native { path: "django.db.models.fields.Field.clone", call: clone },
    Native { path: "django.db.models.fields.Field.__copy__", call: copy },
    Native { path: "django.db.models.fields.Field.__deepcopy__", call: copy },
    Native { path: "django.db.models.fields.Field.contribute_to_class", call: contribute_to_class },
    Native { path: "django.db.models.fields.Field.set_attributes_from_name", call: set_attributes_from_name },
    Native { path: "django.db.models.fields.Field.get_internal_type", call: get_internal_type },
    Native { path: "django.db.models.fields.Field.db_type", call: live::db_type },
    Native { path: "django.db.models.fields.Field.rel_db_type", call: live::rel_db_type },
    Native { path: "django.db.models.fields.Field.get_prep_value", call: storing::get_prep_value },
    Native { path: "django.db.models.fields.Field.get_db_prep_value", call: storing::get_db_prep_value },
    Native { path: "django.db.models.fields.Field.get_db_prep_save", call: storing::get_db_prep_save },
    Native { path: "django.db.models.fields.Field.to_python", call: storing::to_python },
    Native { path: "django.db.models.fields.Field.get_default", call: storing::get_default },
    Native { path: "django.db.models.fields.Field.has_default", call: has_default },
    Native { path: "django.db.models.fields.Field.get_attname", call: get_attname },
    Native { path: "django.db.models.fields.Field.get_attname_column", call: get_attname_column },
    Native { path: "django.db.models.fields.Field.check", call: |_, _| Ok(Object::list(vec![])) },
    Native { path: "django.db.models.fields.Field.__eq__", call: equal },
    Native { path: "django.db.models.fields.Field.__lt__", call: less },
];

/// Attributes that every field class has.
pub(super) fn class_attributes(attrs: &mut Namespace) {
    attrs.insert(Name::new_static("creation_counter"), Object::Int(0));
    for (name, value) in [
        ("empty_strings_allowed", Object::Bool(true)),
        ("default_validators", Object::list(vec![])),
        ("default_error_messages", Object::dict([])),
        ("system_check_deprecated_details", Object::None),
        ("system_check_removed_details", Object::None),
        ("hidden", Object::Bool(false)),
        ("many_to_one", Object::None),
        ("many_to_many", Object::None),
        ("one_to_many", Object::None),
        ("one_to_one", Object::None),
        ("concrete", Object::Bool(true)),
        ("generated", Object::Bool(false)),
        ("description", Object::str("")),
    ] {
        attrs.insert(Name::new_static(name), value);
    }
    // Bound into descriptors and accessors by fields that derive from Django's; never called here.
    for name in [
        "_get_m2m_db_table",
        "_get_m2m_attr",
        "_get_m2m_reverse_attr",
        "contribute_to_related_class",
        "get_reverse_path_info",
        "get_path_info",
        "resolve_related_fields",
        "get_choices",
        "formfield",
        "value_from_object",
        "save_form_data",
    ] {
        let asks =
            Object::closure(name, |interpreter, _| Ok(interpreter.unknown("asks a field for its data")));
        attrs.insert(Name::new_static(name), asks);
    }
    // RegisterLookupMixin's class methods; as a decorator, register_lookup gives its class back.
    for name in ["register_lookup", "register_class_lookup", "register_instance_lookup", "_unregister_lookup"]
    {
        let register = Object::closure(name, |_, mut args| Ok(args.positional.pop().unwrap_or(Object::None)));
        attrs.insert(Name::new_static(name), register);
    }
}

/// What kind of relation a field of that class is (class attributes of `related.py`, `fields.py`).
pub(super) fn relation_attributes(name: &str, attrs: &mut Namespace) {
    let kind = match name {
        "ForeignKey" | "GenericForeignKey" => "many_to_one",
        "OneToOneField" => "one_to_one",
        "ManyToManyField" => "many_to_many",
        "GenericRelation" => "one_to_many",
        "RelatedField" => "",
        _ => return,
    };
    for flag in ["many_to_one", "one_to_one", "many_to_many", "one_to_many"] {
        attrs.insert(Name::new_static(flag), Object::Bool(flag == kind));
    }
}

/// The class of a relation's `remote_field`.
pub(super) fn rel_class(interpreter: &mut Interpreter, name: &str) -> Rc<Class> {
    let module = "django.db.models.fields.reverse_related";
    let base = class(interpreter, module, "ForeignObjectRel", &[], REL_METHODS);
    match name {
        "ForeignObjectRel" => base,
        "ManyToManyRel" | "ManyToOneRel" => class(interpreter, module, name, &[base], &[]),
        _ => {
            let many_to_one = class(interpreter, module, "ManyToOneRel", &[base], &[]);
            class(interpreter, module, "OneToOneRel", &[many_to_one], &[])
        }
    }
}

static REL_METHODS: &[Native] = &[
    Native { path: "django.db.models.fields.reverse_related.ForeignObjectRel.__init__", call: rel_init },
    Native {
        path: "django.db.models.fields.reverse_related.ForeignObjectRel.__getattr__",
        call: rel_attribute,
    },
];

const REL_PARAMETERS: &[&str] =
    &["field", "to", "related_name", "related_query_name", "limit_choices_to", "parent_link", "on_delete"];

fn rel_init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Instance(rel)) = args.take_first() else { return Ok(Object::None) };
    let mut given: Vec<(Name, Object)> =
        REL_PARAMETERS.iter().map(|name| Name::new_static(name)).zip(args.positional).collect();
    given.extend(args.keywords);
    for (name, value) in given {
        let name = if name == "to" { Name::new_static("model") } else { name };
        interpreter.set_own_attribute(&rel, &name, Some(value));
    }
    Ok(Object::None)
}

fn rel_attribute(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    let Some(Object::Instance(rel)) = args.get(0) else { return Ok(Object::None) };
    let own = |name: &str| rel.attrs.borrow().get(name).cloned();
    Ok(match &*name {
        "related_name" | "related_query_name" | "on_delete" | "field_name" | "through" | "through_fields" => {
            Object::None
        }
        "limit_choices_to" => Object::dict([]),
        "parent_link" | "concrete" | "editable" | "empty_strings_allowed" => Object::Bool(false),
        "multiple" => Object::Bool(rel.class.borrow().name != "OneToOneRel"),
        // A relation seen from its other end.
        "many_to_many" | "one_to_many" | "one_to_one" | "many_to_one" => {
            let asked = match &*name {
                "one_to_many" => "many_to_one",
                "many_to_one" => "one_to_many",
                same => same,
            };
            match own("field") {
                Some(field) => return interpreter.get_attribute(&field, &Name::new(asked)),
                None => Object::Bool(false),
            }
        }
        "db_constraint" | "is_relation" | "auto_created" | "null" => Object::Bool(true),
        "remote_field" => own("field").unwrap_or(Object::None),
        "symmetrical" => Object::Bool(rel.class.borrow().name == "ManyToManyRel"),
        "name" | "get_accessor_name" => return reverse_name(interpreter, rel, &name),
        "is_hidden" => {
            let object = Object::Instance(rel.clone());
            let hidden = interpreter.get_attribute(&object, &"hidden".into())?;
            return Ok(Object::closure(
                "django.db.models.fields.reverse_related.ForeignObjectRel.is_hidden",
                move |_, _| Ok(hidden.clone()),
            ));
        }
        "hidden" => {
            let related = own("related_name").and_then(|name| name.as_str());
            Object::Bool(related.is_some_and(|name| name.ends_with('+')))
        }
        "to" => own("model").unwrap_or(Object::None),
        "related_model" => match own("field") {
            Some(field) => return interpreter.get_attribute(&field, &"model".into()),
            None => Object::None,
        },
        _ => {
            let message = format!("'ForeignObjectRel' object has no attribute '{name}'");
            return Err(interpreter.raise("AttributeError", message));
        }
    })
}

/// `name` and `get_accessor_name` of a relation: how queries and the model at its other end name it.
fn reverse_name(interpreter: &mut Interpreter, rel: &Instance, asked: &str) -> Eval {
    let given = |name: &str| rel.attrs.borrow().get(name).filter(|given| !given.is_none()).cloned();
    let accessor = asked == "get_accessor_name";
    let query = if accessor { None } else { given("related_query_name") };
    let named = if let Some(named) = query.or_else(|| given("related_name")) {
        named
    } else {
        let field = given("field").unwrap_or(Object::None);
        let model = interpreter.get_attribute(&field, &"model".into())?;
        let meta = interpreter.get_attribute(&model, &"_meta".into())?;
        let name = interpreter.get_attribute(&meta, &"model_name".into())?;
        let many = accessor && rel.class.borrow().name != "OneToOneRel";
        match name.as_str() {
            Some(name) if many => Object::str(format!("{name}_set")),
            _ => name,
        }
    };
    if !accessor {
        return Ok(named);
    }
    let path = "django.db.models.fields.reverse_related.ForeignObjectRel.get_accessor_name";
    Ok(Object::closure(path, move |_, _| Ok(named.clone())))
}

/// The native classes that a class is made of, the most derived first.
pub(super) fn specs(class: &Class) -> Vec<&'static Spec> {
    let mro = class.mro.borrow();
    mro.iter()
        .filter(|class| class.native)
        .filter_map(|class| table::spec(&class.module, &class.name))
        .collect()
}

fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.take_first() else { return Ok(Object::None) };
    let class = field.class.borrow().clone();
    let specs = specs(&class);
    // Its own, whatever user code makes of the class's.
    let counter = Object::Int(i64::try_from(field.serial).unwrap_or(0));
    interpreter.set_own_attribute(&field, &Name::new_static("creation_counter"), Some(counter));
    let composite = specs.first().is_some_and(|spec| spec.name == "CompositePrimaryKey");
    if composite {
        let names = Object::tuple(std::mem::take(&mut args.positional));
        interpreter.set_own_attribute(&field, &Name::new_static("field_names"), Some(names));
        for (name, value) in [("primary_key", true), ("editable", false), ("blank", true)] {
            if args.keyword(name).is_none() {
                args.keywords.push((Name::new_static(name), Object::Bool(value)));
            }
        }
    }
    let order = specs.iter().find_map(|spec| spec.positional).unwrap_or(table::FIELD);
    let mut given: Vec<(Name, Object)> = Vec::with_capacity(args.positional.len() + args.keywords.len());
    let extra = args.positional.len().saturating_sub(order.len());
    if extra > 0 && order != table::FIELD && order.len() <= 2 {
        // A class with `*args` hands what it does not name to its base.
        given.extend(table::FIELD.iter().map(|name| Name::new_static(name)).zip(args.positional.clone()));
    } else {
        given.extend(order.iter().map(|name| Name::new_static(name)).zip(args.positional.clone()));
    }
    given.extend(args.keywords);
    for spec in &specs {
        for (name, set) in spec.sets {
            force(&mut given, name, *set);
        }
    }
    let relation = specs.iter().any(|spec| spec.name == "RelatedField");
    if relation {
        make_rel(interpreter, &field, &specs, &given);
    }
    if let Some(why) = args.open {
        // What the unknown arguments set is unknown; the deconstruction must say so.
        interpreter.set_own_attribute(&field, &Name::new_static("$open"), Some(Object::Unknown(why)));
    }
    // `Field.__init__` sets them all, and a property's setter hears of it.
    let unset: Vec<_> = table::KEYWORDS
        .iter()
        .filter(|(name, _)| own_property(&class, name) && !given.iter().any(|(given, _)| given == name))
        .copied()
        .collect();
    for (name, value) in given {
        let known = table::FIELD.contains(&name.as_str())
            || specs.iter().any(|spec| spec.own.iter().any(|(own, _)| name == *own));
        if !known {
            let message = format!("{}.__init__() got an unexpected keyword argument '{name}'", class.name);
            return Err(interpreter.raise("TypeError", message));
        }
        set_parameter(interpreter, &field, &name, value)?;
    }
    for (name, default) in unset {
        let default = deconstruct::default_object(interpreter, default);
        interpreter.set_attribute(&Object::Instance(field.clone()), &Name::new_static(name), default)?;
    }
    Ok(Object::None)
}

fn force(given: &mut Vec<(Name, Object)>, name: &'static str, set: Set) {
    let present = given.iter().position(|(key, _)| key == name);
    let (value, always) = match set {
        Set::True => (Object::Bool(true), true),
        Set::False => (Object::Bool(false), true),
        Set::Number(value) => (Object::Int(value), true),
        Set::Proposed(value) | Set::Kept(value) => (Object::Int(value), false),
        Set::ProposedTrue => (Object::Bool(true), false),
        Set::ProposedFalse => (Object::Bool(false), false),
    };
    match present {
        Some(at) if always => given[at].1 = value,
        Some(_) => {}
        None => given.push((Name::new_static(name), value)),
    }
}

/// Whether a field's own class makes an attribute that Django sets and reads a property.
pub(super) fn own_property(class: &Class, name: &str) -> bool {
    let property = |value: &Object| match value {
        Object::Descriptor(descriptor) => matches!(&**descriptor, Descriptor::Property { .. }),
        _ => false,
    };
    class.lookup(name).is_some_and(|(value, owner)| !owner.native && property(&value))
}

fn set_parameter(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    name: &Name,
    value: Object,
) -> Eval<()> {
    let class = field.class.borrow().clone();
    if own_property(&class, name) {
        return interpreter.set_attribute(&Object::Instance(field.clone()), name, value);
    }
    let set = |interpreter: &mut Interpreter, name: &'static str, value: Object| {
        interpreter.set_own_attribute(field, &Name::new_static(name), Some(value));
    };
    match name.as_str() {
        "verbose_name" => {
            set(interpreter, "_verbose_name", value.clone());
            set(interpreter, "verbose_name", value);
        }
        "unique" => set(interpreter, "_unique", value),
        "validators" => {
            let list = match interpreter.unknown_items(&value) {
                Some(why) => Object::Unknown(why),
                None if value.is_none() => Object::list(vec![]),
                None => Object::list(interpreter.items(&value)?),
            };
            set(interpreter, "_validators", list);
        }
        "error_messages" => set(interpreter, "_error_messages", value),
        "db_tablespace" => set(interpreter, "_db_tablespace", value),
        "choices" => {
            let version = facts(interpreter).version;
            let choices = choices::normalize(interpreter, version, &value)?;
            set(interpreter, "choices", choices);
        }
        "rel" => set(interpreter, "remote_field", value),
        "auto_now" | "auto_now_add" => {
            let truth = interpreter.truth(&value)?;
            if truth.unwrap_or(false) {
                set(interpreter, "editable", Object::Bool(false));
                set(interpreter, "blank", Object::Bool(true));
            }
            interpreter.set_own_attribute(field, name, Some(value));
        }
        "related_name" => set(interpreter, "_related_name", value),
        "related_query_name" => set(interpreter, "_related_query_name", value),
        "limit_choices_to" => set(interpreter, "_limit_choices_to", value),
        "to" | "on_delete" | "parent_link" | "through" | "through_fields" | "symmetrical" | "to_field" => {}
        _ => interpreter.set_own_attribute(field, name, Some(value)),
    }
    Ok(())
}

/// `remote_field` of a relation.
fn make_rel(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    specs: &[&'static Spec],
    given: &[(Name, Object)],
) {
    let is = |name: &str| specs.iter().any(|spec| spec.name == name);
    let kind = if is("ManyToManyField") {
        "ManyToManyRel"
    } else if is("OneToOneField") {
        "OneToOneRel"
    } else if is("ForeignKey") {
        "ManyToOneRel"
    } else {
        "ForeignObjectRel"
    };
    let class = rel_class(interpreter, kind);
    let rel = interpreter.instance_of(&class);
    let Object::Instance(instance) = &rel else { return };
    let mut attrs = instance.attrs.borrow_mut();
    attrs.insert(Name::new_static("field"), Object::Instance(field.clone()));
    for (name, value) in given {
        let name = match name.as_str() {
            "to" => "model",
            "to_field" => "field_name",
            "related_name" => "related_name",
            "related_query_name" => "related_query_name",
            "limit_choices_to" => "limit_choices_to",
            "parent_link" => "parent_link",
            "on_delete" => "on_delete",
            "through" => "through",
            "through_fields" => "through_fields",
            "symmetrical" => "symmetrical",
            "db_constraint" => "db_constraint",
            _ => continue,
        };
        attrs.insert(Name::new_static(name), value.clone());
    }
    if kind == "OneToOneRel" || kind == "ManyToOneRel" {
        attrs.insert(Name::new_static("multiple"), Object::Bool(kind == "ManyToOneRel"));
    }
    drop(attrs);
    interpreter.set_own_attribute(field, &Name::new_static("remote_field"), Some(rel));
}

fn missing_attribute(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Instance(field)), Some(name)) = (args.get(0), args.get(1).and_then(Object::as_str))
    else {
        return Ok(Object::None);
    };
    let own = |name: &str| field.attrs.borrow().get(name).cloned();
    let class = field.class.borrow().clone();
    let is = |name: &str| specs(&class).iter().any(|spec| spec.name == name);
    if let Some((_, default)) = table::KEYWORDS.iter().find(|(keyword, _)| **keyword == *name)
        && !matches!(&*name, "unique" | "validators" | "error_messages" | "db_tablespace")
    {
        return Ok(deconstruct::default_object(interpreter, *default));
    }
    Ok(match &*name {
        "_unique" => Object::Bool(false),
        "unique" => {
            let unique = own("_unique").unwrap_or(Object::Bool(false));
            if interpreter.truth(&unique)?.unwrap_or(true) {
                unique
            } else {
                own("primary_key").unwrap_or(Object::Bool(false))
            }
        }
        "_verbose_name"
        | "_error_messages"
        | "_db_tablespace"
        | "name"
        | "remote_field"
        | "_related_name"
        | "_related_query_name"
        | "attname"
        | "column"
        | "opclasses" => Object::None,
        "_limit_choices_to" => Object::None,
        "_validators" => Object::list(vec![]),
        "validators" => own("_validators").unwrap_or_else(|| Object::list(vec![])),
        "error_messages" => own("_error_messages").unwrap_or_else(|| Object::dict([])),
        "db_tablespace" => own("_db_tablespace").unwrap_or(Object::None),
        "is_relation" => Object::Bool(own("remote_field").is_some_and(|rel| !rel.is_none())),
        "flatchoices" => Object::list(vec![]),
        "creation_counter" => Object::Int(i64::try_from(field.serial).unwrap_or(0)),
        "rel_class" if is("RelatedField") => {
            let kind = if is("ManyToManyField") {
                "ManyToManyRel"
            } else if is("OneToOneField") {
                "OneToOneRel"
            } else {
                "ManyToOneRel"
            };
            Object::Class(rel_class(interpreter, kind))
        }
        "related_model" | "to" if is("RelatedField") => match own("remote_field") {
            Some(rel) => return interpreter.get_attribute(&rel, &"model".into()),
            // Before `__init__`: Django looks whether models are loaded before it looks for the relation.
            None => {
                return Err(exceptions::raise(
                    interpreter,
                    "AppRegistryNotReady",
                    "Models aren't loaded yet.",
                ));
            }
        },
        "related_model" => Object::None,
        "foreign_related_fields" | "related_fields" => Object::tuple(vec![]),
        _ => {
            let own_default = specs(&class).into_iter().find_map(|spec| {
                spec.own.iter().find(|(own, _)| **own == *name).map(|(_, default)| *default)
            });
            if let Some(default) = own_default {
                deconstruct::default_object(interpreter, default)
            } else {
                let message = format!("'{}' object has no attribute '{name}'", class.name);
                return Err(interpreter.raise("AttributeError", message));
            }
        }
    })
}

/// `copy.copy(field)`: the same class, the same attributes, a `remote_field` of its own
/// (`Field.__deepcopy__` copies that too).
fn copy(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(Object::None) };
    let class = field.class.borrow().clone();
    let made = Rc::new(Instance {
        class: std::cell::RefCell::new(class),
        attrs: field.attrs.clone(),
        payload: std::cell::RefCell::new(field.payload.borrow().clone()),
        at: field.at.clone(),
        // A copy sorts where its original does.
        serial: field.serial,
    });
    let rel = made.attrs.borrow().get("remote_field").cloned();
    if let Some(Object::Instance(rel)) = rel {
        let mut attrs = rel.attrs.borrow().clone();
        attrs.insert(Name::new_static("field"), Object::Instance(made.clone()));
        let class = rel.class.borrow().clone();
        let rel = interpreter.instance_of(&class);
        if let Object::Instance(rel) = &rel {
            *rel.attrs.borrow_mut() = attrs;
        }
        made.attrs.borrow_mut().insert(Name::new_static("remote_field"), rel);
    }
    let validators = made.attrs.borrow().get("_validators").cloned();
    if let Some(Object::List(list)) = validators {
        let list = Object::List(Mutable::new(list.get().clone()));
        made.attrs.borrow_mut().insert(Name::new_static("_validators"), list);
    }
    Ok(Object::Instance(made))
}

/// `Field.clone()`: a new field from the deconstruction.
fn clone(interpreter: &mut Interpreter, args: Args) -> Eval {
    let field = args.get(0).cloned().unwrap_or(Object::None);
    let Object::Instance(instance) = &field else { return Ok(Object::None) };
    let class = instance.class.borrow().clone();
    let parts = interpreter.call_method(&field, "deconstruct", Args::none())?;
    let Object::Tuple(parts) = &parts else { return Ok(parts) };
    let [_, _, positional, Object::Dict(keywords)] = &parts[..] else { return copy(interpreter, args) };
    let positional = interpreter.items(positional)?;
    let keywords = keywords
        .get()
        .iter()
        .filter_map(|(k, v)| Some((Name::new(&*k.as_str()?), v.clone())))
        .collect::<Vec<_>>();
    interpreter.call(&Object::Class(class), Args { positional, keywords, open: None })
}

fn set_attributes_from_name(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Instance(field)), Some(given)) = (args.get(0), args.get(1)) else {
        return Ok(Object::None);
    };
    let object = Object::Instance(field.clone());
    let own = |name: &str| field.attrs.borrow().get(name).cloned().filter(|value| !value.is_none());
    let name = own("name").unwrap_or_else(|| given.clone());
    interpreter.set_own_attribute(field, &Name::new_static("name"), Some(name.clone()));
    let attname = interpreter.call_method(&object, "get_attname", Args::none())?;
    interpreter.set_own_attribute(field, &Name::new_static("attname"), Some(attname.clone()));
    let class = field.class.borrow().clone();
    let column = if specs(&class).iter().any(|spec| spec.name == "ManyToManyField") {
        Object::None
    } else {
        own("db_column").unwrap_or(attname)
    };
    interpreter.set_own_attribute(field, &Name::new_static("column"), Some(column));
    if own("verbose_name").is_none()
        && let Some(name) = name.as_str()
    {
        let shown = Object::str(name.replace('_', " "));
        interpreter.set_own_attribute(field, &Name::new_static("verbose_name"), Some(shown));
    }
    Ok(Object::None)
}

/// `Field.contribute_to_class(cls, name, private_only=False)` and `RelatedField`'s: the field learns
/// its name and model and joins the model's options. A relation by a bare model name gets the app's
/// label, `"self"` becomes the model.
fn contribute_to_class(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(field @ Object::Instance(instance)), Some(model), Some(name)) =
        (args.get(0), args.param(1, "cls"), args.param(2, "name"))
    else {
        return Ok(Object::None);
    };
    interpreter.call_method(field, "set_attributes_from_name", Args::of(vec![name.clone()]))?;
    interpreter.set_own_attribute(instance, &Name::new_static("model"), Some(model.clone()));
    let meta = interpreter.get_attribute(model, &"_meta".into())?;
    if facts(interpreter).version < DjangoVersion::V4_0 {
        super::relation_names::rename_relation(interpreter, instance, &meta)?;
    }
    // GenericForeignKey and GenericRelation have no column: they are private to the model.
    let generic = specs(&instance.class.borrow()).iter().any(|spec| spec.module == table::GENERIC);
    let private = args.param(3, "private_only").cloned().unwrap_or(Object::Bool(generic));
    let keywords = vec![(Name::new_static("private"), private)];
    let add = interpreter.get_attribute(&meta, &"add_field".into())?;
    interpreter.call(&add, Args { positional: vec![field.clone()], keywords, open: None })?;
    let rel = instance.attrs.borrow().get("remote_field").cloned();
    let abstract_ = interpreter.get_attribute(&meta, &"abstract".into())?;
    if let Some(Object::Instance(rel)) = rel
        && !matches!(abstract_, Object::Bool(true))
    {
        super::relation_names::qualify(interpreter, &rel, model, &meta)?;
    }
    Ok(Object::None)
}

fn get_internal_type(_: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(Object::None) };
    let class = field.class.borrow();
    let named = specs(&class).iter().find_map(|spec| spec.internal_type);
    // Field's own answer is the name of the class, whatever it is.
    Ok(Object::str(named.unwrap_or(&class.name)))
}

fn has_default(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(field)) = args.get(0) else { return Ok(Object::None) };
    let default = field.attrs.borrow().get("default").cloned();
    let absent = not_provided(interpreter);
    Ok(Object::Bool(default.is_some_and(|default| !default.is(&absent))))
}

fn get_attname(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(field @ Object::Instance(instance)) = args.get(0) else { return Ok(Object::None) };
    let name = interpreter.get_attribute(field, &"name".into())?;
    let class = instance.class.borrow().clone();
    let key = specs(&class).iter().any(|spec| spec.name == "ForeignKey");
    Ok(match name.as_str() {
        Some(name) if key => Object::str(format!("{name}_id")),
        _ => name,
    })
}

fn get_attname_column(interpreter: &mut Interpreter, args: Args) -> Eval {
    let field = args.get(0).cloned().unwrap_or(Object::None);
    let attname = interpreter.call_method(&field, "get_attname", Args::none())?;
    let column = interpreter.get_attribute(&field, &"db_column".into())?;
    let column = if interpreter.truth(&column)?.unwrap_or(false) { column } else { attname.clone() };
    Ok(Object::tuple(vec![attname, column]))
}

fn equal(_: &mut Interpreter, args: Args) -> Eval {
    match (args.get(0), args.get(1)) {
        (Some(Object::Instance(a)), Some(Object::Instance(b))) => Ok(Object::Bool(Rc::ptr_eq(a, b))),
        _ => Ok(Object::NotImplemented),
    }
}

fn less(_: &mut Interpreter, args: Args) -> Eval {
    match (args.get(0), args.get(1)) {
        (Some(Object::Instance(a)), Some(Object::Instance(b))) => Ok(Object::Bool(a.serial < b.serial)),
        _ => Ok(Object::NotImplemented),
    }
}
