//! `copy`. Mirrors `Lib/copy.py`, 3.12.

use std::rc::Rc;

use super::super::arguments::receiver;
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Mutable, Namespace, Object, Payload};

native_table!(FUNCTIONS {
    "copy.copy" => |i, mut a| {
        let object = receiver(&mut a);
        shallow(i, &object)
    },
    "copy.deepcopy" => |i, mut a| {
        let object = receiver(&mut a);
        let mut done = Done::default();
        let memo = a.param(0, "memo").cloned().unwrap_or_else(|| Object::dict([]));
        deep(i, &object, &memo, &mut done)
    },
});

/// The names of `copy`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let exception = i.types.exception("Exception");
    super::add_class(i, &mut names, "copy", "Error", &[exception], &[]);
    names
}

fn table_copy(dict: &Rc<Mutable<Dict>>) -> Rc<Mutable<Dict>> {
    let copy = Mutable::new(dict.get().clone());
    *copy.taint.borrow_mut() = dict.taint();
    copy
}

/// `copy.copy(object)`
pub(crate) fn shallow(i: &mut Interpreter, object: &Object) -> Eval {
    Ok(match object {
        Object::List(list) => {
            let copy = Mutable::new(list.get().clone());
            *copy.taint.borrow_mut() = list.taint();
            Object::List(copy)
        }
        Object::Dict(dict) => Object::Dict(table_copy(dict)),
        Object::Set(set) => Object::Set(table_copy(set)),
        Object::Instance(instance) => {
            if let Some(method) = i.class_attribute_bound(instance, "__copy__")? {
                return i.call(&method, Args::none());
            }
            let class = instance.class.borrow().clone();
            let payload = match &*instance.payload.borrow() {
                Payload::Value(value) => Some(value.clone()),
                _ => None,
            };
            let payload = match payload {
                Some(value) => Payload::Value(shallow(i, &value)?),
                None => instance.payload.borrow().clone(),
            };
            let copy = i.instance_with(&class, payload);
            if let Object::Instance(copy) = &copy {
                let attrs = instance.attrs.borrow().clone();
                i.grown(attrs.len());
                *copy.attrs.borrow_mut() = attrs;
            }
            copy
        }
        other => other.clone(),
    })
}

type Done = rustc_hash::FxHashMap<usize, Object>;

fn deep(i: &mut Interpreter, object: &Object, memo: &Object, done: &mut Done) -> Eval {
    i.deeper(|i| deep_inner(i, object, memo, done))
}

fn deep_inner(i: &mut Interpreter, object: &Object, memo: &Object, done: &mut Done) -> Eval {
    i.tick()?;
    let identity = object.identity().unwrap_or(0);
    if identity != 0
        && let Some(copy) = done.get(&identity)
    {
        return Ok(copy.clone());
    }
    Ok(match object {
        Object::List(list) => {
            let copy = Mutable::new(Vec::new());
            *copy.taint.borrow_mut() = list.taint();
            done.insert(identity, Object::List(copy.clone()));
            let items = list.get().clone();
            i.grown(items.len());
            for item in &items {
                let item = deep(i, item, memo, done)?;
                copy.data.borrow_mut().push(item);
            }
            Object::List(copy)
        }
        Object::Tuple(items) => {
            let mut copies = Vec::with_capacity(items.len());
            for item in items.iter() {
                copies.push(deep(i, item, memo, done)?);
            }
            let same = copies.iter().zip(items.iter()).all(|(a, b)| a.is(b));
            if same { object.clone() } else { Object::tuple(copies) }
        }
        Object::Dict(dict) => {
            let copy = Mutable::new(Dict::default());
            *copy.taint.borrow_mut() = dict.taint();
            done.insert(identity, Object::Dict(copy.clone()));
            i.grown(dict.get().len());
            let items = dict.get().items.clone();
            for (key, (name, value)) in items {
                let value = deep(i, &value, memo, done)?;
                copy.data.borrow_mut().insert(key, name, value);
            }
            Object::Dict(copy)
        }
        Object::Set(set) => {
            i.grown(set.get().len());
            let copy = Object::Set(table_copy(set));
            done.insert(identity, copy.clone());
            copy
        }
        Object::Instance(instance) => {
            if let Some(method) = i.class_attribute_bound(instance, "__deepcopy__")? {
                return i.call(&method, Args::of(vec![memo.clone()]));
            }
            let class = instance.class.borrow().clone();
            let payload = match &*instance.payload.borrow() {
                Payload::Value(value) => Some(value.clone()),
                _ => None,
            };
            let payload = match payload {
                Some(value) => Payload::Value(deep(i, &value, memo, done)?),
                None => instance.payload.borrow().clone(),
            };
            let copy = i.instance_with(&class, payload);
            done.insert(identity, copy.clone());
            if let Object::Instance(copy) = &copy {
                let attrs = instance.attrs.borrow().clone();
                i.grown(attrs.len());
                for (name, value) in attrs {
                    let value = deep(i, &value, memo, done)?;
                    copy.attrs.borrow_mut().insert(name, value);
                }
            }
            copy
        }
        other => other.clone(),
    })
}
