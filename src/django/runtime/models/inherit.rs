//! The body of `ModelBase.__new__`: options, attributes that contribute themselves, and what comes
//! from the parents (`django/db/models/base.py`).

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::base::{self, Contributed, Doubts};
use super::meta::Meta;
use super::{copy_instance, method, own, registry, set};
use crate::django::runtime::fields;
use crate::python::interpreter::{Args, Eval, Interpreter, RAISED};
use crate::python::object::{Class, Instance, Native, Object};
use crate::python::syntax::Name;
use crate::python::value::Unknown;

const ONE_TO_ONE: &str = "django.db.models.fields.related.OneToOneField";

/// `resolve_relation(scope_model, relation)`
pub(super) static RESOLVE_RELATION: Native = Native {
    path: "django.db.models.fields.related.resolve_relation",
    call: |_, args| {
        let (scope, relation) = (args.get(0), args.get(1).cloned().unwrap_or(Object::None));
        let Some(scope) = scope.and_then(Object::as_class) else { return Ok(relation) };
        let Some(text) = relation.as_str() else { return Ok(relation) };
        if &*text == "self" {
            return Ok(Object::Class(scope.clone()));
        }
        let label = Meta::of(scope).and_then(|meta| meta.text("app_label"));
        Ok(match label {
            Some(label) if !text.contains('.') => Object::str(format!("{label}.{text}")),
            _ => Object::Str(text),
        })
    },
};

/// A model being made.
pub(super) struct Making {
    /// Its class, made by `type.__new__`.
    pub class: Rc<Class>,
    /// `__name__`
    pub name: Arc<str>,
    /// `__module__`
    pub module: Arc<str>,
    /// Bases that are models, in order.
    pub parents: Vec<Rc<Class>>,
    /// `class Meta`, if the body has one.
    pub attr_meta: Option<Object>,
    /// Attributes with a `contribute_to_class()`.
    pub contributed: Contributed,
    /// Attributes that may have one.
    pub doubts: Doubts,
    /// What about the model as a whole is not known.
    pub openings: Vec<Arc<Unknown>>,
    /// Whether it is made under a condition that is not known.
    pub conditional: bool,
}

/// Fields of an app label and a model name.
type Key = (Arc<str>, Arc<str>);

/// All that `ModelBase.__new__` does after `type.__new__`.
pub(super) fn build(interpreter: &mut Interpreter, making: &mut Making) -> Eval<()> {
    let class = making.class.clone();
    let abstract_ = base::is_abstract(interpreter, making.attr_meta.as_ref());
    let own_meta = making.attr_meta.clone().filter(|meta| !meta.is_none());
    let meta = own_meta.clone().or_else(|| class.lookup("Meta").map(|(meta, _)| meta));
    let base_meta = Meta::of(&class);
    let stated = stated_label(meta.as_ref());
    let label = match stated {
        Some(label) => Some(label),
        None => registry::containing_app(interpreter, &making.module).map(|app| app.label.0.clone()),
    };
    if label.is_none() && !abstract_ {
        if making.parents.is_empty() {
            // Not known to be a model at all.
            *class.open.borrow_mut() = making.openings.first().cloned();
            return Ok(());
        }
        let message = format!(
            "Model class {}.{} doesn't declare an explicit app_label and isn't in an application in INSTALLED_APPS.",
            making.module, making.name
        );
        return Err(interpreter.raise("RuntimeError", message));
    }
    let label = label.map_or(Object::None, Object::Str);
    let options = super::options::make(interpreter, &class, meta.as_ref(), label)?;
    note_unknowns(interpreter, making, &options);
    if !abstract_
        && let Some(base) = &base_meta
        && !base.flag("abstract")
    {
        for name in ["ordering", "get_latest_by"] {
            let stated = meta.as_ref().and_then(Object::as_class).and_then(|meta| meta.lookup(name));
            if stated.is_none()
                && let Some(value) = base.get(name)
            {
                set(interpreter, &options.0, name, value);
            }
        }
    }
    for (name, value) in std::mem::take(&mut making.contributed) {
        base::contribute(interpreter, &class, &name, &value)?;
    }
    set_concrete_model(interpreter, making, &options)?;
    take_from_parents(interpreter, making, &options)?;
    let indexes: Vec<Object> = options
        .list("indexes")
        .into_iter()
        .map(|index| {
            index.as_instance().map_or(index.clone(), |index| Object::Instance(copy_instance(index)))
        })
        .collect();
    if !matches!(options.get("indexes"), Some(Object::Unknown(_))) {
        set(interpreter, &options.0, "indexes", Object::list(indexes));
    }
    if abstract_ {
        if let Some(meta @ Object::Class(inner)) = &making.attr_meta {
            interpreter.set_class_attribute(inner, &Name::new_static("abstract"), Some(Object::Bool(false)));
            interpreter.set_class_attribute(&class, &Name::new_static("Meta"), Some(meta.clone()));
        }
        return Ok(());
    }
    let object = Object::Class(class.clone());
    method(interpreter, &object, "_prepare", Vec::new())?;
    base::register(interpreter, &class, making.conditional)
}

/// `getattr(meta, "app_label", None)`
fn stated_label(meta: Option<&Object>) -> Option<Arc<str>> {
    let (label, _) = meta?.as_class()?.lookup("app_label")?;
    label.as_str()
}

fn note_unknowns(interpreter: &mut Interpreter, making: &mut Making, options: &Meta) {
    let at = making.class.at.clone();
    for (name, why) in std::mem::take(&mut making.doubts) {
        if name == RAISED {
            options.open(interpreter, why);
            continue;
        }
        let defined = at.as_ref().is_some_and(|at| super::source::is_definition(interpreter, at, &name));
        let is_data = !defined && super::plain_data::is_plain_data(interpreter, &making.class, &name);
        if !defined && !is_data && !name.starts_with("__") {
            let called = at.as_ref().is_none_or(|at| super::source::may_make_field(interpreter, at, &name));
            options.doubt(interpreter, &name, why, called);
        }
    }
    for why in std::mem::take(&mut making.openings) {
        options.open(interpreter, why);
    }
    for parent in &making.parents {
        let Some(theirs) = Meta::own(parent) else { continue };
        if theirs.flag("abstract") {
            for why in theirs.openings() {
                options.open(interpreter, why);
            }
        }
    }
    match &making.attr_meta {
        Some(Object::Unknown(why)) => options.open(interpreter, why.clone()),
        Some(Object::Class(meta)) => {
            let open = meta.open.borrow().clone();
            if let Some(why) = open {
                options.open(interpreter, why);
            }
        }
        _ => {}
    }
}

/// `concrete_model`, and what a proxy takes over.
fn set_concrete_model(interpreter: &mut Interpreter, making: &Making, options: &Meta) -> Eval<()> {
    let class = &making.class;
    if !options.flag("proxy") {
        set(interpreter, &options.0, "concrete_model", Object::Class(class.clone()));
        return Ok(());
    }
    let base = making.parents.iter().find_map(|parent| {
        let meta = Meta::of(parent)?;
        (!meta.flag("abstract")).then(|| (parent.clone(), meta))
    });
    let Some((base, meta)) = base else {
        if options.openings().is_empty() {
            let message = format!("Proxy model '{}' has no non-abstract model base class.", making.name);
            return Err(interpreter.raise("TypeError", message));
        }
        return Ok(());
    };
    for name in ["pk", "db_table", "concrete_model"] {
        if let Some(value) = meta.get(name) {
            set(interpreter, &options.0, name, value);
        }
    }
    set(interpreter, &options.0, "proxy_for_model", Object::Class(base));
    Ok(())
}

fn field_name(field: &Instance) -> Option<Arc<str>> {
    own(field, "name").and_then(|name| name.as_str())
}

/// `make_model_tuple(model)`
fn model_key(model: &Object) -> Option<Key> {
    match model {
        Object::Class(class) => Meta::of(class)?.key(),
        other => {
            let text = other.as_str()?;
            let (app, name) = text.split_once('.')?;
            Some((app.into(), name.to_lowercase().into()))
        }
    }
}

/// Links to parents that are written out, in the class itself or in abstract parents.
fn parent_links(interpreter: &mut Interpreter, making: &Making) -> Eval<Vec<(Key, Rc<Instance>)>> {
    let mut links: Vec<(Key, Rc<Instance>)> = Vec::new();
    for base in std::iter::once(&making.class).chain(&making.parents).collect::<Vec<_>>().into_iter().rev() {
        let Some(meta) = Meta::own(base) else { continue };
        if !Rc::ptr_eq(base, &making.class) && !meta.flag("abstract") {
            continue;
        }
        for field in meta.instances("local_fields") {
            if !field.class.borrow().derives_from(ONE_TO_ONE) {
                continue;
            }
            let Some(Object::Instance(rel)) = own(&field, "remote_field") else { continue };
            if !matches!(own(&rel, "parent_link"), Some(Object::Bool(true))) {
                continue;
            }
            let target = own(&rel, "model").unwrap_or(Object::None);
            let args = Args::of(vec![Object::Class(making.class.clone()), target]);
            let target = (RESOLVE_RELATION.call)(interpreter, args)?;
            if let Some(key) = model_key(&target) {
                links.retain(|(known, _)| *known != key);
                links.push((key, field));
            }
        }
    }
    Ok(links)
}

fn take_from_parents(interpreter: &mut Interpreter, making: &mut Making, options: &Meta) -> Eval<()> {
    let class = making.class.clone();
    let lists = ["local_fields", "local_many_to_many", "private_fields"];
    let names: FxHashSet<Arc<str>> = lists
        .iter()
        .flat_map(|list| options.instances(list))
        .filter_map(|field| field_name(&field))
        .collect();
    let links = parent_links(interpreter, making)?;
    let mut inherited: FxHashSet<Arc<str>> = FxHashSet::default();
    let mro = class.mro.borrow().clone();
    for base in mro {
        let parent = making.parents.iter().any(|parent| Rc::ptr_eq(parent, &base));
        let meta = if parent { Meta::of(&base) } else { None };
        let Some(meta) = meta else {
            inherited.extend(base.attrs.borrow().keys().map(|name| Arc::from(name.as_str())));
            continue;
        };
        if meta.flag("abstract") {
            copy_fields(interpreter, &class, options, &meta, &names, &inherited)?;
            copy_doubts(interpreter, &class, options, &meta, &names);
        } else {
            for list in ["local_fields", "local_many_to_many"] {
                inherited.extend(meta.instances(list).iter().filter_map(|field| field_name(field)));
            }
            link_parent(interpreter, &class, options, &meta, &links)?;
        }
        for field in meta.instances("private_fields") {
            let Some(name) = field_name(&field) else { continue };
            if names.contains(&name) || has_own(&class, &name) || inherited.contains(&name) {
                continue;
            }
            let copy = deep_copy(interpreter, &field)?;
            if !meta.flag("abstract")
                && let Object::Instance(copy) = &copy
            {
                set(interpreter, copy, "mti_inherited", Object::Bool(true));
            }
            base::contribute(interpreter, &class, &Name::new(&*name), &copy)?;
        }
    }
    Ok(())
}

fn has_own(class: &Class, name: &str) -> bool {
    class.attrs.borrow().contains_key(name)
}

fn deep_copy(interpreter: &mut Interpreter, field: &Rc<Instance>) -> Eval {
    let object = Object::Instance(field.clone());
    method(interpreter, &object, "__deepcopy__", vec![Object::dict([])])
}

/// Fields of an abstract parent, copied where nothing stands in their place.
fn copy_fields(
    interpreter: &mut Interpreter,
    class: &Rc<Class>,
    options: &Meta,
    parent: &Meta,
    names: &FxHashSet<Arc<str>>,
    inherited: &FxHashSet<Arc<str>>,
) -> Eval<()> {
    let mut grandparents: Vec<(Object, Object)> =
        parent.dict("parents").get().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let fields = parent.instances("local_fields").into_iter().chain(parent.instances("local_many_to_many"));
    for field in fields.collect::<Vec<_>>() {
        let Some(name) = field_name(&field) else { continue };
        if names.contains(&name) || has_own(class, &name) || inherited.contains(&name) {
            continue;
        }
        let copy = deep_copy(interpreter, &field)?;
        base::contribute(interpreter, class, &Name::new(&*name), &copy)?;
        for (_, link) in &mut grandparents {
            if link.is(&Object::Instance(field.clone())) {
                *link = copy.clone();
            }
        }
    }
    let parents = options.dict("parents");
    for (model, link) in grandparents {
        if let Ok(key) = interpreter.key(&model)? {
            interpreter.change_dict(&parents, |dict| dict.insert(key, model, link));
        }
    }
    Ok(())
}

/// What may be a field of an abstract parent may be one here.
fn copy_doubts(
    interpreter: &mut Interpreter,
    class: &Class,
    options: &Meta,
    parent: &Meta,
    names: &FxHashSet<Arc<str>>,
) {
    for doubt in parent.doubts() {
        if !names.contains(&doubt.name) && !has_own(class, &doubt.name) {
            options.doubt(interpreter, &doubt.name, doubt.why, doubt.called);
        }
    }
}

/// Multi-table inheritance: the link to a concrete parent.
fn link_parent(
    interpreter: &mut Interpreter,
    class: &Rc<Class>,
    options: &Meta,
    parent: &Meta,
    links: &[(Key, Rc<Instance>)],
) -> Eval<()> {
    let Some(base) = parent.concrete_model() else { return Ok(()) };
    let Some(base_meta) = Meta::of(&base) else { return Ok(()) };
    let key = base_meta.key();
    let written = links.iter().find(|(known, _)| Some(known) == key.as_ref());
    let link = if let Some((_, field)) = written {
        Object::Instance(field.clone())
    } else if options.flag("proxy") {
        Object::None
    } else {
        let model_name = base_meta.text("model_name").unwrap_or_default();
        let name = format!("{model_name}_ptr");
        let field = make_link(interpreter, &base, &name)?;
        if class.lookup(&name).is_none() {
            base::contribute(interpreter, class, &Name::new(&name), &field)?;
        }
        field
    };
    let model = Object::Class(base);
    if let Ok(key) = interpreter.key(&model)? {
        let parents = options.dict("parents");
        interpreter.change_dict(&parents, |dict| dict.insert(key, model, link));
    }
    Ok(())
}

fn make_link(interpreter: &mut Interpreter, base: &Rc<Class>, name: &str) -> Eval {
    let Some(class) = fields::by_path(interpreter, "django.db.models.OneToOneField") else {
        return Ok(interpreter.unknown("OneToOneField is not known"));
    };
    let cascade = interpreter.import_path("django.db.models.deletion.CASCADE")?;
    let keywords = vec![
        (Name::new_static("on_delete"), cascade),
        (Name::new_static("name"), Object::str(name)),
        (Name::new_static("auto_created"), Object::Bool(true)),
        (Name::new_static("parent_link"), Object::Bool(true)),
    ];
    let args = Args { positional: vec![Object::Class(base.clone())], keywords, open: None };
    interpreter.call(&Object::Class(class), args)
}

/// Puts classes in the place of names in the relations of all registered models
/// (`lazy_related_operation` in `RelatedField.contribute_to_class`).
pub(crate) fn resolve_relations(interpreter: &mut Interpreter) {
    let Some(registry) = super::registry(interpreter) else { return };
    let models: Vec<Rc<Class>> = registry.models.values().cloned().collect();
    for model in models {
        let Some(meta) = Meta::own(&model) else { continue };
        for list in ["local_fields", "local_many_to_many", "private_fields"] {
            for field in meta.instances(list) {
                let Some(Object::Instance(rel)) = own(&field, "remote_field") else { continue };
                for name in ["model", "through"] {
                    let Some(Object::Str(text)) = own(&rel, name) else { continue };
                    let Some((app, model)) = text.split_once('.') else { continue };
                    if let Some(class) = registry::registered(interpreter, app, model) {
                        set(interpreter, &rel, name, Object::Class(class));
                    }
                }
            }
        }
    }
}

/// Fields of a model that point to a model by a bare name that no model bears: the field's name, its argument
/// (`to` or `through`), and the name with the app's label.
pub(crate) fn unresolved_names(meta: &Meta) -> Vec<(Arc<str>, &'static str, Arc<str>)> {
    let mut found = Vec::new();
    for field in ["local_fields", "local_many_to_many"].into_iter().flat_map(|list| meta.instances(list)) {
        let Some(Object::Instance(rel)) = own(&field, "remote_field") else { continue };
        let Some(Object::Str(name)) = own(&field, "name") else { continue };
        let written = [("to", fields::BARE_NAME, "model"), ("through", fields::BARE_THROUGH, "through")];
        for (argument, bare, attribute) in written {
            if let (Some(Object::Str(_)), Some(Object::Str(named))) = (own(&rel, bare), own(&rel, attribute))
            {
                found.push((name.clone(), argument, named));
            }
        }
    }
    found
}
