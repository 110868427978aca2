//! What becomes of `choices=…`.

use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::{Instance, Object, Payload};

/// The value of `Field.choices` as `deconstruct()` gives it.
///
/// Before 5.0: an enumeration gives its choices, an iterator its items, and the whole becomes a list
/// (`Field.__init__`, `Field.deconstruct`); from 5.0 `django.utils.choices.normalize_choices`.
pub(super) fn normalize(interpreter: &mut Interpreter, version: DjangoVersion, choices: &Object) -> Eval {
    if version >= DjangoVersion::V5_0 {
        return normalize_at(interpreter, choices, 0);
    }
    let choices = of_enumeration(interpreter, choices)?;
    if choices.is_unknown() || choices.is_none() || matches!(choices, Object::Str(_)) {
        return Ok(choices);
    }
    if let Some(why) = interpreter.unknown_items(&choices) {
        return Ok(Object::Unknown(why));
    }
    Ok(Object::list(interpreter.items(&choices)?))
}

/// `Status` → `Status.choices`
fn of_enumeration(interpreter: &mut Interpreter, choices: &Object) -> Eval {
    match choices {
        Object::Class(class) if class.derives_from("django.db.models.enums.Choices") => {
            interpreter.get_attribute(choices, &"choices".into())
        }
        _ => Ok(choices.clone()),
    }
}

fn is_text(object: &Object) -> bool {
    match object {
        Object::Str(_) | Object::Bytes(_) => true,
        Object::Instance(instance) => matches!(&*instance.payload.borrow(), Payload::Value(Object::Str(_))),
        _ => false,
    }
}

/// Whether an object is an `Iterable` of choices, and none of Django's own that are kept as they are.
fn iterates(instance: &Instance) -> bool {
    let class = instance.class.borrow();
    class.lookup("__iter__").is_some() && !class.derives_from("django.utils.choices.BaseChoiceIterator")
}

fn callable(object: &Object) -> bool {
    matches!(
        object,
        Object::Function(_)
            | Object::Native(_)
            | Object::Closure(_)
            | Object::Method(_)
            | Object::Partial(_)
            | Object::Class(_)
    )
}

fn normalize_at(interpreter: &mut Interpreter, value: &Object, depth: u32) -> Eval {
    let value = of_enumeration(interpreter, value)?;
    if value.is_none() || is_text(&value) || depth > 1 {
        return Ok(value);
    }
    if let Some(why) = interpreter.unknown_items(&value) {
        return Ok(Object::Unknown(why));
    }
    let pairs = match &value {
        Object::Dict(dict) => {
            dict.get().iter().map(|(key, value)| Object::tuple(vec![key.clone(), value.clone()])).collect()
        }
        Object::List(_) | Object::Tuple(_) | Object::Set(_) | Object::FrozenSet(_) | Object::Range(..) => {
            let items = interpreter.items(&value)?;
            if items.iter().any(is_text) {
                return Ok(value);
            }
            items
        }
        Object::Iterator(_) => interpreter.items(&value)?,
        Object::Instance(instance) if iterates(instance) => {
            let items = interpreter.items(&value)?;
            if items.iter().any(is_text) {
                return Ok(value);
            }
            items
        }
        // A callable is called when the choices are asked for; the deconstruction names it.
        _ if callable(&value) && depth == 0 => return Ok(value),
        _ if callable(&value) => {
            let called = interpreter.call(&value, crate::python::interpreter::Args::none())?;
            if let Some(why) = interpreter.unknown_items(&called) {
                return Ok(Object::Unknown(why));
            }
            interpreter.items(&called)?
        }
        _ => return Ok(value),
    };
    let mut normal = Vec::with_capacity(pairs.len());
    for pair in pairs {
        if pair.is_unknown() {
            normal.push(pair);
            continue;
        }
        let Ok(parts) = interpreter.items(&pair) else { return Ok(value) };
        let [key, label] = &parts[..] else { return Ok(value) };
        let label = normalize_at(interpreter, label, depth + 1)?;
        normal.push(Object::tuple(vec![key.clone(), label]));
    }
    Ok(Object::list(normal))
}
