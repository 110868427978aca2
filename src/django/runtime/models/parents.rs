//! Parents of a model in multi-table inheritance, as `Options` tells of them.

use std::rc::Rc;

use super::meta::Meta;
use super::options::of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Object};

/// `Options.get_parent_list()`
pub(super) fn parent_list(interpreter: &mut Interpreter, args: Args) -> Eval {
    Ok(Object::list(ancestors(interpreter, &args)))
}

/// `Options.all_parents`: the parents, then each one's own.
pub(super) fn ancestors(_: &mut Interpreter, args: &Args) -> Vec<Object> {
    let Some(meta) = of(args) else { return Vec::new() };
    let mut all: Vec<Object> = Vec::new();
    let mut todo = vec![meta];
    while let Some(meta) = todo.pop() {
        for (model, _) in meta.dict("parents").get().iter() {
            if !all.iter().any(|known| known.is(model)) && all.len() < 1000 {
                all.push(model.clone());
                todo.extend(model.as_class().and_then(|class| Meta::of(class)));
            }
        }
    }
    all
}

/// `Options.get_base_chain(model)`: the way up to an ancestor.
pub(super) fn base_chain(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(meta), Some(model)) = (of(&args), args.get(1).and_then(Object::as_class)) else {
        return Ok(Object::list(Vec::new()));
    };
    let chain = chain_to(&meta, model, 0).unwrap_or_default();
    let _ = interpreter;
    Ok(Object::list(chain))
}

fn chain_to(meta: &Meta, model: &Rc<Class>, depth: u32) -> Option<Vec<Object>> {
    let parents: Vec<Object> = meta.dict("parents").get().iter().map(|(parent, _)| parent.clone()).collect();
    let wanted = Object::Class(model.clone());
    if parents.iter().any(|parent| parent.is(&wanted)) {
        return Some(vec![wanted]);
    }
    if depth > 50 {
        return None;
    }
    parents.into_iter().find_map(|parent| {
        let theirs = Meta::of(parent.as_class()?)?;
        let mut chain = chain_to(&theirs, model, depth + 1)?;
        chain.insert(0, parent);
        Some(chain)
    })
}

/// `Options.get_ancestor_link(ancestor)`: the link to a parent of the model's own; one further up is not
/// looked for.
pub(super) fn ancestor_link(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(meta), Some(model)) = (of(&args), args.get(1)) else { return Ok(Object::None) };
    let key = interpreter.key(model)?;
    let link = key.ok().and_then(|key| meta.dict("parents").get().get(&key).cloned());
    Ok(link.unwrap_or(Object::None))
}
