//! Names of relations before Django 4.0.

use std::rc::Rc;

use super::construct::specs;
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::{Instance, Object};
use crate::python::syntax::Name;

/// Before 4.0 a relation's names were worked out for good when it joined a model, and
/// `deconstruct()` gave the outcome: placeholders filled in, `default_related_name` taken over, a
/// symmetrical or hidden many-to-many field under a name of Django's
/// (`RelatedField.contribute_to_class`, `ManyToManyField.contribute_to_class` of 3.2).
pub(super) fn rename_relation(
    interpreter: &mut Interpreter,
    field: &Rc<Instance>,
    meta: &Object,
) -> Eval<()> {
    let rel = field.attrs.borrow().get("remote_field").cloned();
    let Some(Object::Instance(rel)) = rel else { return Ok(()) };
    let option =
        |interpreter: &mut Interpreter, name: &str| interpreter.get_attribute(meta, &Name::new(name));
    let own = |instance: &Rc<Instance>, name: &str| {
        instance.attrs.borrow().get(name).cloned().unwrap_or(Object::None)
    };
    let name = own(field, "name").as_str().unwrap_or_default();
    let app = option(interpreter, "app_label")?.as_str().unwrap_or_default().to_lowercase();
    let model = option(interpreter, "model_name")?.as_str().unwrap_or_default();
    let object_name = option(interpreter, "object_name")?.as_str();
    let mut related = own(&rel, "related_name");
    let class = field.class.borrow().clone();
    if specs(&class).iter().any(|spec| spec.name == "ManyToManyField") {
        let target = own(&rel, "model").as_str();
        let to_self = target.as_deref() == Some("self");
        let symmetrical = match own(&rel, "symmetrical") {
            Object::None => to_self,
            other => interpreter.truth(&other)?.unwrap_or(false),
        };
        if symmetrical && (to_self || (target.is_some() && target == object_name)) {
            related = Object::str(format!("{name}_rel_+"));
        } else if related.as_str().is_some_and(|related| related.ends_with('+')) {
            let label = option(interpreter, "app_label")?.as_str().unwrap_or_default();
            related = Object::str(format!("_{label}_{model}_{name}_+"));
        }
    }
    let abstract_ = option(interpreter, "abstract")?;
    let mut query = own(&rel, "related_query_name");
    if !matches!(abstract_, Object::Bool(true)) {
        if !interpreter.truth(&related)?.unwrap_or(true) {
            related = option(interpreter, "default_related_name")?;
        }
        let fill = |value: Object| match value.as_str() {
            Some(text) if text.contains('%') => Object::str(
                text.replace("%(class)s", &model)
                    .replace("%(model_name)s", &model)
                    .replace("%(app_label)s", &app),
            ),
            _ => value,
        };
        related = fill(related);
        query = fill(query);
    }
    for (name, value) in [("related_name", related), ("related_query_name", query)] {
        if !value.is_none() {
            interpreter.set_own_attribute(&rel, &Name::new_static(name), Some(value.clone()));
            interpreter.set_own_attribute(field, &Name::new(format!("_{name}")), Some(value));
        }
    }
    Ok(())
}

/// Set on a relation whose model was written by a bare name: the name.
pub(crate) const BARE_NAME: &str = "$bare";

/// Set on a relation whose `through` was: the name.
pub(crate) const BARE_THROUGH: &str = "$bare_through";

/// `resolve_relation(scope_model, relation)` for what a relation of `model` names: `"self"` becomes the
/// model, a bare name gets the app's label.
pub(super) fn qualify(
    interpreter: &mut Interpreter,
    rel: &Rc<Instance>,
    model: &Object,
    meta: &Object,
) -> Eval<()> {
    for attribute in ["model", "through"] {
        let target = rel.attrs.borrow().get(attribute).cloned();
        let Some(Object::Str(text)) = target else { continue };
        let resolved = if &*text == "self" {
            model.clone()
        } else if text.contains('.') {
            continue;
        } else {
            let written = if attribute == "model" { BARE_NAME } else { BARE_THROUGH };
            interpreter.set_own_attribute(rel, &Name::new_static(written), Some(Object::Str(text.clone())));
            let label = interpreter.get_attribute(meta, &"app_label".into())?;
            match label.as_str() {
                Some(label) => Object::str(format!("{label}.{text}")),
                None => label,
            }
        };
        interpreter.set_own_attribute(rel, &Name::new_static(attribute), Some(resolved));
    }
    Ok(())
}
