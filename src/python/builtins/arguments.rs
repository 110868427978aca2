//! Reading the arguments of functions written in Rust.

use std::sync::Arc;

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Object, Payload};
use crate::python::value::Unknown;

/// The plain value behind an instance of a subclass of `str`, `dict` and so on.
pub(crate) fn plain(object: &Object) -> Object {
    match object {
        Object::Instance(instance) => match &*instance.payload.borrow() {
            Payload::Value(value) => value.clone(),
            _ => object.clone(),
        },
        _ => object.clone(),
    }
}

/// The first unknown among the arguments, if any.
pub(crate) fn unknown_among(args: &Args) -> Option<Arc<Unknown>> {
    let values = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
    args.open.clone().or_else(|| {
        values.into_iter().find_map(|value| match value {
            Object::Unknown(why) => Some(why.clone()),
            _ => None,
        })
    })
}

/// A receiver taken out of the arguments; `None` for a call without any.
pub(crate) fn receiver(args: &mut Args) -> Object {
    args.take_first().unwrap_or(Object::None)
}

/// An integer parameter that may be left out or `None`.
pub(crate) fn int_param(args: &Args, index: usize, name: &str) -> Option<i64> {
    args.param(index, name).and_then(Object::as_int)
}

/// A text parameter that may be left out or `None`.
pub(crate) fn str_param(args: &Args, index: usize, name: &str) -> Option<Arc<str>> {
    args.param(index, name).and_then(Object::as_str)
}

impl Interpreter {
    /// The items of an iterable; the reason where they are not all known.
    pub(crate) fn known_items(&mut self, object: &Object) -> Eval<Result<Vec<Object>, Arc<Unknown>>> {
        if let Some(why) = self.unknown_items(object).or_else(|| self.unknown_items(&plain(object))) {
            return Ok(Err(why));
        }
        Ok(Ok(self.items(object)?))
    }

    /// `TypeError` for a missing argument.
    pub(crate) fn missing_argument(&mut self, function: &str) -> crate::python::interpreter::Raise {
        self.raise("TypeError", format!("{function}() is missing a required argument"))
    }
}
