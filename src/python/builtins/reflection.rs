//! `getattr`, `hasattr`, `callable`, `dir`, `isinstance`.

use std::rc::Rc;
use std::sync::Arc;

use crate::python::interpreter::{Args, Eval, Interpreter, KEYED, Raise, SIZE};
use crate::python::object::Object;
use crate::python::syntax::Name;
use crate::python::value::Unknown;

/// `getattr(object, name[, default])`
pub(super) fn get_attribute(
    i: &mut Interpreter,
    object: &Object,
    name: &str,
    default: Option<&Object>,
) -> Eval {
    match (i.get_attribute(object, &Name::new(name)), default) {
        (Err(Raise::Exception(error)), Some(default)) if is_attribute_error(&error) => Ok(default.clone()),
        (result, _) => result,
    }
}

/// Whether an exception is an `AttributeError`.
pub(super) fn is_attribute_error(error: &Object) -> bool {
    error.as_instance().is_some_and(|error| error.class.borrow().derives_from("builtins.AttributeError"))
}

/// `hasattr(object, name)`
pub(super) fn has_attribute(i: &mut Interpreter, object: &Object, name: &str) -> Eval {
    match i.get_attribute(object, &Name::new(name)) {
        Ok(Object::Unknown(why)) => {
            // A property whose value is not known is there; what may or may not be is not.
            let class = i.class_of(object);
            let own = object.as_instance().is_some_and(|o| o.attrs.borrow().contains_key(name));
            let listed = matches!(object, Object::Class(asked) if super::is_listed(asked, name));
            let known = listed || class.lookup(name).is_some() || super::is_listed(&class, name);
            let there = own || (!object.is_unknown() && known);
            Ok(if there { Object::Bool(true) } else { Object::Unknown(why) })
        }
        Ok(_) => Ok(Object::Bool(true)),
        Err(Raise::Exception(error)) if is_attribute_error(&error) => Ok(Object::Bool(false)),
        Err(raise) => Err(raise),
    }
}

/// `callable(object)`
pub(super) fn callable(i: &mut Interpreter, object: &Object) -> Eval {
    Ok(match object {
        Object::Function(_)
        | Object::Native(_)
        | Object::Closure(_)
        | Object::Method(_)
        | Object::Class(_)
        | Object::Partial(_) => Object::Bool(true),
        Object::Unknown(_) => object.clone(),
        Object::Instance(instance) => {
            let class = instance.class.borrow().clone();
            let open = class.open.borrow().clone();
            match (i.class_attribute_bound(instance, "__call__")?, open) {
                (Some(_), _) => Object::Bool(true),
                (None, Some(why)) => Object::Unknown(why),
                (None, None) => Object::Bool(false),
            }
        }
        _ => Object::Bool(false),
    })
}

/// `isinstance`, `issubclass` with tuples, unions, abstract classes and `__instancecheck__`.
pub(super) fn check(i: &mut Interpreter, object: &Object, classes: &Object, instance: bool) -> Eval {
    let wanted = classes.alternatives();
    i.toil(wanted.len() * KEYED)?;
    let mut doubt = None;
    for class in &wanted {
        let answer = match class {
            Object::Class(class) => check_one(i, object, class, instance)?,
            Object::Unknown(why) => Err(why.clone()),
            // A class that is known by its constructor alone; no function is of its kind.
            Object::Native(_) if matches!(object, Object::Function(_) | Object::Native(_)) => Ok(false),
            _ => {
                let Object::Unknown(why) = i.unknown("whether an object is of a kind of types") else {
                    continue;
                };
                Err(why)
            }
        };
        match answer {
            Ok(true) => return Ok(Object::Bool(true)),
            Ok(false) => {}
            Err(why) => doubt = doubt.or(Some(why)),
        }
    }
    Ok(doubt.map_or(Object::Bool(false), Object::Unknown))
}

/// `isinstance` or `issubclass` with one class; the reason where that is not known.
pub(super) fn check_one(
    i: &mut Interpreter,
    object: &Object,
    wanted: &Rc<crate::python::object::Class>,
    instance: bool,
) -> Eval<Result<bool, Arc<Unknown>>> {
    if let Object::Unknown(why) = object {
        return Ok(Err(why.clone()));
    }
    let metaclass = i.class_of(&Object::Class(wanted.clone()));
    let hook = if instance { "__instancecheck__" } else { "__subclasscheck__" };
    if let Some((method, owner)) = metaclass.lookup(hook)
        && !owner.has_path("builtins.type")
    {
        let answer = i.call(&method, Args::of(vec![Object::Class(wanted.clone()), object.clone()]))?;
        return i.truth(&answer);
    }
    let class = match (instance, object) {
        (true, _) => i.class_of(object),
        (false, Object::Class(class)) => class.clone(),
        (false, _) => return Err(i.raise("TypeError", "issubclass() arg 1 must be a class")),
    };
    if !class.is_subclass(wanted)
        && let Some(answer) = super::abstract_classes::recognises(wanted, object, &class, instance)
    {
        return Ok(Ok(answer));
    }
    Ok(if instance {
        i.is_instance(object, &Object::Class(wanted.clone()))
    } else {
        i.derives(&class, wanted)
    })
}

/// `dir(object)`
pub(super) fn dir(i: &mut Interpreter, args: Args) -> Eval {
    let Some(object) = args.get(0) else { return Ok(i.unknown("the variables of a place")) };
    let mut names: Vec<String> = Vec::new();
    match object {
        Object::Unknown(_) => return Ok(object.clone()),
        Object::Module(module) => {
            let module = module.clone();
            i.ensure_evaluated(&module)?;
            if let Some(why) = module.open.borrow().clone() {
                return Ok(Object::Unknown(why));
            }
            names.extend(module.globals.borrow().keys().map(ToString::to_string));
        }
        Object::Class(_) | Object::Instance(_) => {
            let class = match object {
                Object::Class(class) => class.clone(),
                other => i.class_of(other),
            };
            if let Some(why) = class.open.borrow().clone() {
                return Ok(Object::Unknown(why));
            }
            for class in class.mro.borrow().iter() {
                names.extend(class.attrs.borrow().keys().map(ToString::to_string));
            }
            if let Object::Instance(instance) = object {
                names.extend(instance.attrs.borrow().keys().map(ToString::to_string));
            }
        }
        _ => return Ok(i.unknown("the names of an object")),
    }
    names.sort();
    names.dedup();
    if names.len() > SIZE {
        return Err(i.exhausted("makes too large a collection"));
    }
    Ok(Object::list(names.into_iter().map(Object::str).collect()))
}
