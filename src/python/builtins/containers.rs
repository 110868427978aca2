//! What lists, tuples, dictionaries and sets have in common. Changes go through the interpreter's
//! journal, so that a branch that is tried can be undone.

use std::rc::Rc;
use std::sync::Arc;

use super::arguments::{plain, receiver};
use super::strings::length;
use crate::python::interpreter::{Args, Eval, Interpreter, iterator};
use crate::python::object::{Dict, Mutable, Object};
use crate::python::syntax::ast::Operator;
use crate::python::value::Unknown;

/// The items of a list.
pub(super) type List = Rc<Mutable<Vec<Object>>>;

/// The items of a dictionary, or the keys of a set.
pub(super) type Table = Rc<Mutable<Dict>>;

/// The reason why something that should be known is not.
pub(super) fn doubt(i: &Interpreter, object: &Object) -> Arc<Unknown> {
    match object {
        Object::Unknown(why) => why.clone(),
        _ => Arc::new(Unknown { reason: "depends on the order of a set".into(), at: i.location() }),
    }
}

/// A list of items that are not all there is where `taint` says so.
pub(super) fn listed(items: Vec<Object>, taint: Option<Arc<Unknown>>) -> Object {
    let list = Mutable::new(items);
    *list.taint.borrow_mut() = taint;
    Object::List(list)
}

/// A copy of a dictionary or set, as open as the original.
pub(super) fn copy_of(dict: &Table) -> Table {
    let copy = Mutable::new(dict.get().clone());
    *copy.taint.borrow_mut() = dict.taint();
    copy
}

/// `list[int]`: the class does for all that is asked of it.
pub(super) fn class_itself(_: &mut Interpreter, mut args: Args) -> Eval {
    Ok(receiver(&mut args))
}

/// `__len__` of a container, or of an instance of a subclass.
pub(super) fn container_len(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    match i.known_items(&me)? {
        Ok(items) => Ok(length(items.len())),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

/// `__iter__`: over the items as they are now.
pub(super) fn container_iter(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    match i.known_items(&me)? {
        Ok(items) => Ok(iterator(items)),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

/// `__contains__`
pub(super) fn container_contains(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let item = receiver(&mut args);
    Ok(match i.contains(&me, &item)? {
        Ok(answer) => Object::Bool(answer),
        Err(why) => Object::Unknown(why),
    })
}

/// `__getitem__`, of the plain container behind an instance.
pub(super) fn container_get_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    i.get_item(&me, &index)
}

/// `__setitem__`
pub(super) fn container_set_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    let value = receiver(&mut args);
    i.set_item(&me, &index, value)?;
    Ok(Object::None)
}

/// `__delitem__`
pub(super) fn container_delete_item(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let index = receiver(&mut args);
    i.delete_item(&me, &index)?;
    Ok(Object::None)
}

/// `__add__`: a new container.
pub(super) fn container_add(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = plain(&receiver(&mut args));
    let other = plain(&receiver(&mut args));
    i.binary(&me, Operator::Add, &other)
}
