//! Which classes an object is of: `isinstance`, with protocols, and parameters of types.

use std::rc::Rc;
use std::sync::Arc;

use super::{Frame, Interpreter};
use crate::python::object::{Class, Object, Scope};
use crate::python::syntax::{Name, ast};
use crate::python::value::Unknown;

impl Interpreter {
    /// The scope of `[T]` in `class C[T]`, which its bases and body see (PEP 695).
    pub(super) fn type_parameters(&mut self, frame: &Frame, parameters: &ast::TypeParams) -> Rc<Scope> {
        let outer = if frame.is_class { frame.scope.parent.clone() } else { Some(frame.scope.clone()) };
        let scope = Scope::new(outer, frame.scope.class_cell.clone());
        for parameter in &parameters.type_params {
            let (name, class) = match parameter {
                ast::TypeParam::TypeVar(parameter) => (&parameter.name, "typing.TypeVar"),
                ast::TypeParam::TypeVarTuple(parameter) => (&parameter.name, "typing.TypeVarTuple"),
                ast::TypeParam::ParamSpec(parameter) => (&parameter.name, "typing.ParamSpec"),
            };
            let variable = match self.import_path(class) {
                Ok(Object::Class(class)) => self.instance_of(&class),
                _ => self.unknown("a type parameter"),
            };
            scope.vars.borrow_mut().insert(name.id.clone(), variable);
        }
        scope
    }

    /// `isinstance(object, classes)`; the reason where that is not known.
    pub fn is_instance(&self, object: &Object, classes: &Object) -> Result<bool, Arc<Unknown>> {
        match (object, classes) {
            (Object::Unknown(why), _) | (_, Object::Unknown(why)) => Err(why.clone()),
            (_, Object::Tuple(_)) => {
                let mut doubt = None;
                for class in &classes.alternatives() {
                    match self.is_instance(object, class) {
                        Ok(true) => return Ok(true),
                        Ok(false) => {}
                        Err(why) => doubt = Some(why),
                    }
                }
                doubt.map_or(Ok(false), Err)
            }
            (_, Object::Class(wanted)) => {
                let class = self.class_of(object);
                match (self.derives(&class, wanted), object) {
                    (Ok(false), Object::Instance(instance)) if is_protocol(wanted) => {
                        let own = instance.attrs.borrow();
                        Ok(fits(wanted, |name| own.contains_key(name) || class.lookup(name).is_some()))
                    }
                    // A class may have what a protocol asks of its instances.
                    (Ok(false), Object::Class(own)) if is_protocol(wanted) => match own.open.borrow().clone()
                    {
                        Some(why) => Err(why),
                        None => Ok(fits(wanted, |name| own.lookup(name).is_some())),
                    },
                    (answer, _) => answer,
                }
            }
            _ => Ok(false),
        }
    }

    /// `issubclass(class, wanted)`; the reason where that is not known.
    pub fn derives(&self, class: &Rc<Class>, wanted: &Rc<Class>) -> Result<bool, Arc<Unknown>> {
        if class.is_subclass(wanted) || wanted.has_path("builtins.object") {
            return Ok(true);
        }
        match class.open.borrow().clone() {
            Some(why) => Err(why),
            None if !is_protocol(wanted) => Ok(false),
            None if wanted.attrs.borrow().keys().any(|name| !name.starts_with("__")) => {
                Ok(fits(wanted, |name| class.lookup(name).is_some()))
            }
            None => Err(Arc::new(Unknown {
                reason: format!("what the protocol {} asks for", wanted.name).into(),
                at: wanted.at.clone(),
            })),
        }
    }
}

/// Whether a class is a protocol itself: it names `typing.Protocol` among its bases.
fn is_protocol(class: &Class) -> bool {
    let named = |base: &Object| matches!(base, Object::Class(base) if base.has_path("typing.Protocol"));
    !class.native && class.bases.borrow().iter().any(named)
}

/// Whether all that a protocol has is there.
fn fits(protocol: &Class, has: impl Fn(&Name) -> bool) -> bool {
    protocol.attrs.borrow().keys().filter(|name| !name.starts_with("__")).all(has)
}
