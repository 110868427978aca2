//! `Model._meta` seen from Rust.

use std::rc::Rc;
use std::sync::Arc;

use super::own;
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Dict, Instance, Mutable, Object};
use crate::python::syntax::Name;
use crate::python::value::Unknown;

/// A model's `Options`.
#[derive(Clone)]
pub(crate) struct Meta(pub Rc<Instance>);

/// An attribute of a model that may be a field, or may bring some.
#[derive(Debug, Clone)]
pub(crate) struct FieldDoubt {
    /// The attribute.
    pub name: Arc<str>,
    /// Why it is not known.
    pub why: Arc<Unknown>,
    /// Whether it is written as a call, as fields are.
    pub called: bool,
}

impl Meta {
    /// The options of a class or, as `getattr(cls, "_meta")` has it, its nearest base's.
    pub fn of(class: &Class) -> Option<Self> {
        match class.lookup("_meta") {
            Some((Object::Instance(meta), _)) => Some(Self(meta)),
            _ => None,
        }
    }

    /// The options that the class itself has.
    pub fn own(class: &Class) -> Option<Self> {
        match class.attrs.borrow().get("_meta") {
            Some(Object::Instance(meta)) => Some(Self(meta.clone())),
            _ => None,
        }
    }

    /// An option.
    pub fn get(&self, name: &str) -> Option<Object> {
        own(&self.0, name)
    }

    /// An option that is a string.
    pub fn text(&self, name: &str) -> Option<Arc<str>> {
        self.get(name).and_then(|value| value.as_str())
    }

    /// Whether an option is surely true.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Object::Bool(true)))
    }

    /// Items of a list: `local_fields` and the like.
    pub fn list(&self, name: &str) -> Vec<Object> {
        match self.get(name) {
            Some(Object::List(list)) => list.get().clone(),
            Some(Object::Tuple(items)) => items.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Instances of a list.
    pub fn instances(&self, name: &str) -> Vec<Rc<Instance>> {
        self.list(name).iter().filter_map(|item| item.as_instance().cloned()).collect()
    }

    /// The list itself, to be changed.
    pub fn mutable(&self, name: &'static str) -> Rc<Mutable<Vec<Object>>> {
        if let Some(Object::List(list)) = self.get(name) {
            return list;
        }
        let list = Mutable::new(self.list(name));
        self.0.attrs.borrow_mut().insert(Name::new_static(name), Object::List(list.clone()));
        list
    }

    /// A dictionary option.
    pub fn dict(&self, name: &'static str) -> Rc<Mutable<Dict>> {
        if let Some(Object::Dict(dict)) = self.get(name) {
            return dict;
        }
        let dict = Mutable::new(Dict::default());
        self.0.attrs.borrow_mut().insert(Name::new_static(name), Object::Dict(dict.clone()));
        dict
    }

    /// The model.
    pub fn model(&self) -> Option<Rc<Class>> {
        self.get("model").and_then(|model| model.as_class().cloned())
    }

    /// `concrete_model`
    pub fn concrete_model(&self) -> Option<Rc<Class>> {
        self.get("concrete_model").and_then(|model| model.as_class().cloned())
    }

    /// `(app label, lower-cased model name)`
    pub fn key(&self) -> Option<(Arc<str>, Arc<str>)> {
        Some((self.text("app_label")?, self.text("model_name")?))
    }

    /// Notes that an attribute may be a field.
    pub fn doubt(&self, interpreter: &mut Interpreter, name: &str, why: Arc<Unknown>, called: bool) {
        let list = self.mutable("$doubts");
        let doubt = Object::tuple(vec![Object::str(name), Object::Unknown(why), Object::Bool(called)]);
        interpreter.change_list(&list, |items| items.push(doubt));
    }

    /// Attributes that may be fields.
    pub fn doubts(&self) -> Vec<FieldDoubt> {
        let doubt = |doubt: &Object| match doubt {
            Object::Tuple(parts) => match &parts[..] {
                [Object::Str(name), Object::Unknown(why), Object::Bool(called)] => {
                    Some(FieldDoubt { name: name.clone(), why: why.clone(), called: *called })
                }
                _ => None,
            },
            _ => None,
        };
        self.list("$doubts").iter().filter_map(doubt).collect()
    }

    /// Notes that something about the model as a whole is not known.
    pub fn open(&self, interpreter: &mut Interpreter, why: Arc<Unknown>) {
        let list = self.mutable("$open");
        interpreter.change_list(&list, |items| items.push(Object::Unknown(why)));
    }

    /// What about the model as a whole is not known.
    pub fn openings(&self) -> Vec<Arc<Unknown>> {
        let unknown = |item: Object| if let Object::Unknown(why) = item { Some(why) } else { None };
        self.list("$open").into_iter().filter_map(unknown).collect()
    }
}
