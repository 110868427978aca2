//! Attributes: reading, binding methods, writing.

use std::rc::Rc;

use super::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Descriptor, Instance, Method, Module, Object, Payload};
use crate::python::syntax::Name;

impl Interpreter {
    /// `object.name`
    pub fn get_attribute(&mut self, object: &Object, name: &Name) -> Eval {
        self.tick()?;
        self.work(name.len());
        if let Object::Unknown(why) = object {
            return Ok(Object::Unknown(why.clone()));
        }
        match self.find_attribute(object, name)? {
            // Some are made when they are asked for (`__dict__`, a path's `parts`).
            Some(value) => self.made(value),
            None => Err(self.raise(
                "AttributeError",
                format!("'{}' object has no attribute '{name}'", object.type_name()),
            )),
        }
    }

    /// `object.name`, or nothing where there is no such attribute.
    pub fn find_attribute(&mut self, object: &Object, name: &str) -> Eval<Option<Object>> {
        match object {
            Object::Unknown(why) => Ok(Some(Object::Unknown(why.clone()))),
            Object::Instance(instance) => self.find_in_instance(instance, name),
            Object::Class(class) => self.find_in_class(class, name),
            Object::Module(module) => self.find_in_module(module, name),
            Object::Super(sup) => self.find_in_super(&sup.class.clone(), &sup.receiver.clone(), name),
            Object::Function(function) => {
                let own = function.attrs.borrow().get(name).cloned();
                Ok(own.or_else(|| match name {
                    "__name__" => Some(Object::str(function.name.as_str())),
                    "__qualname__" => Some(Object::Str(function.qualname.clone())),
                    "__module__" => Some(Object::Str(function.module.name.clone())),
                    "__doc__" => Some(Object::None),
                    "__dict__" | "__annotations__" => Some(Object::dict([])),
                    "__wrapped__" => None,
                    "__globals__" | "__code__" | "__defaults__" | "__kwdefaults__" => {
                        Some(self.unknown("looks into a function"))
                    }
                    _ => None,
                }))
            }
            Object::Method(method) => match name {
                "__self__" => Ok(Some(method.receiver.clone())),
                "__func__" => Ok(Some(method.function.clone())),
                _ => self.find_attribute(&method.function.clone(), name),
            },
            Object::Native(native) => Ok(native_name(native.path, name)),
            Object::Closure(closure) => Ok(native_name(&closure.path.clone(), name)),
            Object::Partial(partial) => Ok(match name {
                "func" => Some(partial.function.clone()),
                "args" => Some(Object::tuple(partial.args.clone())),
                "keywords" => Some(Object::dict(
                    partial.keywords.iter().map(|(key, value)| (key.as_str(), value.clone())),
                )),
                _ => None,
            }),
            Object::Descriptor(descriptor) => self.find_in_descriptor(descriptor, name),
            Object::Slice(parts) => Ok(match name {
                "start" => Some(parts[0].clone()),
                "stop" => Some(parts[1].clone()),
                "step" => Some(parts[2].clone()),
                _ => None,
            }),
            Object::Frozen(_) => super::super::builtins::frozen::attribute(self, object, name),
            other => {
                if name == "__class__" {
                    return Ok(Some(Object::Class(self.types.of(other))));
                }
                let class = self.types.of(other);
                match class.lookup(name) {
                    Some((found, _)) => self.bind_from_class(found, other, &class).map(Some),
                    None => Ok(self.lacking(&class, name)),
                }
            }
        }
    }

    fn find_in_instance(&mut self, instance: &Rc<Instance>, name: &str) -> Eval<Option<Object>> {
        let class = instance.class.borrow().clone();
        if let Some((hook, owner)) = class.lookup("__getattribute__")
            && !owner.has_path("builtins.object")
        {
            let object = Object::Instance(instance.clone());
            return match self.call(&hook, Args::of(vec![object.clone(), Object::str(name)])) {
                Ok(value) => Ok(Some(value)),
                Err(Raise::Exception(Object::Instance(error)))
                    if error.class.borrow().derives_from("builtins.AttributeError") =>
                {
                    match class.lookup("__getattr__") {
                        Some((hook, _)) => {
                            self.call(&hook, Args::of(vec![object, Object::str(name)])).map(Some)
                        }
                        None => Ok(None),
                    }
                }
                Err(raise) => Err(raise),
            };
        }
        self.find_in_instance_plainly(instance, name, true)
    }

    /// `object.__getattribute__`, and with `hook` `__getattr__` where that finds nothing.
    pub(crate) fn find_in_instance_plainly(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
        hook: bool,
    ) -> Eval<Option<Object>> {
        let object = Object::Instance(instance.clone());
        let class = instance.class.borrow().clone();
        let found = class.lookup(name);
        if let Some((Object::Descriptor(descriptor), _)) = &found
            && let Descriptor::Property { get, .. } = &**descriptor
            && !instance.attrs.borrow().contains_key(name)
        {
            let get = get.clone();
            return self.call(&get, Args::of(vec![object])).map(Some);
        }
        if let Some(own) = instance.attrs.borrow().get(name) {
            return Ok(Some(own.clone()));
        }
        if let Some((value, _)) = found {
            return self.bind_from_class(value, &object, &class).map(Some);
        }
        match name {
            "__class__" => return Ok(Some(Object::Class(class))),
            "__dict__" => {
                return Ok(Some(self.live_names(super::super::builtins::Owner::Instance(instance.clone()))));
            }
            "__doc__" => return Ok(Some(Object::None)),
            // Every class statement leaves its module's name in the class's namespace.
            "__module__" => return Ok(Some(Object::Str(class.module.clone()))),
            _ => {}
        }
        if hook && let Some((hook, _)) = class.lookup("__getattr__") {
            return match self.call(&hook, Args::of(vec![object, Object::str(name)])) {
                Ok(value) => Ok(Some(value)),
                Err(Raise::Exception(Object::Instance(error)))
                    if error.class.borrow().name == "AttributeError" =>
                {
                    Ok(None)
                }
                Err(raise) => Err(raise),
            };
        }
        let value = match &*instance.payload.borrow() {
            Payload::Value(value) => Some(value.clone()),
            _ => None,
        };
        if let Some(value) = value
            && let Some(found) = self.find_attribute(&value, name)?
        {
            return Ok(Some(found));
        }
        Ok(class.open.borrow().clone().map(Object::Unknown).or_else(|| self.lacking(&class, name)))
    }

    /// The unknown for a name that a class written in Rust has in `CPython`, but not here.
    fn lacking(&self, class: &Class, name: &str) -> Option<Object> {
        super::super::builtins::is_listed(class, name)
            .then(|| self.unknown(format!("{name} of a {} is not worked out", class.name)))
    }

    /// What an attribute of a class gives when an instance is asked for it: a bound method, a property's value, the thing itself.
    pub(crate) fn bind_from_class(&mut self, value: Object, object: &Object, class: &Rc<Class>) -> Eval {
        match &value {
            Object::Function(_) | Object::Native(_) | Object::Closure(_) => Ok(bind(value, object.clone())),
            Object::Descriptor(descriptor) => match &**descriptor {
                Descriptor::Property { get, .. } => {
                    let get = get.clone();
                    self.call(&get, Args::of(vec![object.clone()]))
                }
                Descriptor::ClassMethod(function) => Ok(bind(function.clone(), Object::Class(class.clone()))),
                Descriptor::StaticMethod(function) => Ok(function.clone()),
            },
            Object::Instance(descriptor) => match self.class_attribute_bound(descriptor, "__get__")? {
                Some(get) => self.call(&get, Args::of(vec![object.clone(), Object::Class(class.clone())])),
                None => Ok(value),
            },
            _ => Ok(value),
        }
    }

    fn find_in_class(&mut self, class: &Rc<Class>, name: &str) -> Eval<Option<Object>> {
        match name {
            "__name__" => return Ok(Some(Object::str(class.name.as_str()))),
            "__qualname__" => return Ok(Some(Object::Str(class.qualname.clone()))),
            "__module__" => return Ok(Some(Object::Str(class.module.clone()))),
            "__class__" => return Ok(Some(Object::Class(self.class_of(&Object::Class(class.clone()))))),
            "__bases__" => return Ok(Some(Object::tuple(class.bases.borrow().clone()))),
            "__mro__" => {
                return Ok(Some(Object::tuple(
                    class.mro.borrow().iter().cloned().map(Object::Class).collect(),
                )));
            }
            "__dict__" => {
                let attrs = class.attrs.borrow().clone();
                return Ok(Some(Object::dict(
                    attrs.iter().map(|(key, value)| (key.as_str(), value.clone())),
                )));
            }
            _ => {}
        }
        if let Some((value, _)) = class.lookup(name) {
            return self.bind_to_class(value, class).map(Some);
        }
        match name {
            "__doc__" => return Ok(Some(Object::None)),
            "__annotations__" => return Ok(Some(Object::dict([]))),
            _ => {}
        }
        let metaclass = self.class_of(&Object::Class(class.clone()));
        let object = Object::Class(class.clone());
        if let Some((value, _)) = metaclass.lookup(name) {
            return self.bind_from_class(value, &object, &metaclass).map(Some);
        }
        if let Some((hook, _)) = metaclass.lookup("__getattr__") {
            return self.call(&hook, Args::of(vec![object, Object::str(name)])).map(Some);
        }
        if let Some(why) = class.open.borrow().clone() {
            return Ok(Some(Object::Unknown(why)));
        }
        if let Some(lacking) = self.lacking(class, name) {
            return Ok(Some(lacking));
        }
        self.beside_native_class(class, name)
    }

    /// A name that a class written in Rust lacks, where the source that it stands for has it: a plain
    /// value is read from there, a method is not worked out.
    fn beside_native_class(&mut self, class: &Rc<Class>, name: &str) -> Eval<Option<Object>> {
        if !class.native || super::super::builtins::is_stdlib(class.module.split('.').next().unwrap_or("")) {
            return Ok(None);
        }
        match self.source_class_has(&class.module, &class.name, name) {
            None => Ok(None),
            Some(false) => Ok(Some(self.unknown(format!("{}.{name} is not worked out", class.name)))),
            Some(true) => {
                let found = self.beside_native_path(&class.module, &class.name)?;
                match found {
                    Some(Object::Class(source)) if !Rc::ptr_eq(&source, class) => {
                        Ok(source.lookup(name).map(|(value, _)| value))
                    }
                    _ => Ok(Some(self.unknown(format!("{}.{name} is not worked out", class.name)))),
                }
            }
        }
    }

    fn bind_to_class(&mut self, value: Object, class: &Rc<Class>) -> Eval {
        match &value {
            Object::Descriptor(descriptor) => Ok(match &**descriptor {
                Descriptor::ClassMethod(function) => bind(function.clone(), Object::Class(class.clone())),
                Descriptor::StaticMethod(function) => function.clone(),
                Descriptor::Property { .. } => value.clone(),
            }),
            Object::Instance(descriptor) => match self.class_attribute_bound(descriptor, "__get__")? {
                Some(get) => self.call(&get, Args::of(vec![Object::None, Object::Class(class.clone())])),
                None => Ok(value),
            },
            _ => Ok(value),
        }
    }

    fn find_in_super(&mut self, after: &Rc<Class>, receiver: &Object, name: &str) -> Eval<Option<Object>> {
        let start = match receiver {
            Object::Class(class) if class.is_subclass(after) => class.clone(),
            other => self.class_of(other),
        };
        let mro = start.mro.borrow().clone();
        let rest = mro.iter().skip_while(|class| !Rc::ptr_eq(class, after)).skip(1);
        for class in rest {
            let found = class.attrs.borrow().get(name).cloned();
            let Some(value) = found else { continue };
            if name == "__new__" {
                return Ok(Some(match &value {
                    Object::Descriptor(descriptor) => match &**descriptor {
                        Descriptor::StaticMethod(function) => function.clone(),
                        _ => value.clone(),
                    },
                    _ => value,
                }));
            }
            return match (receiver, &value) {
                (Object::Class(class), Object::Function(_) | Object::Native(_) | Object::Closure(_))
                    if class.is_subclass(after) && name != "__init__" =>
                {
                    // super().method of a class: a plain function, except for implicit class methods.
                    let implicit = matches!(name, "__init_subclass__" | "__class_getitem__");
                    Ok(Some(if implicit { bind(value, receiver.clone()) } else { value }))
                }
                (Object::Class(class), Object::Descriptor(_)) if class.is_subclass(after) => {
                    let class = class.clone();
                    self.bind_to_class(value, &class).map(Some)
                }
                _ => {
                    let class = self.class_of(receiver);
                    self.bind_from_class(value, receiver, &class).map(Some)
                }
            };
        }
        // What an unknown base does with it is not known.
        let open = start.open.borrow().clone().or_else(|| after.open.borrow().clone());
        Ok(open.map(Object::Unknown))
    }

    fn find_in_descriptor(&mut self, descriptor: &Rc<Descriptor>, name: &str) -> Eval<Option<Object>> {
        match &**descriptor {
            Descriptor::Property { get, set } => Ok(match name {
                "fset" => Some(set.clone().unwrap_or(Object::None)),
                "fdel" | "__doc__" => Some(Object::None),
                "fget" | "func" | "__wrapped__" => Some(get.clone()),
                "setter" | "deleter" | "getter" => {
                    let (get, setter) = (get.clone(), name == "setter");
                    Some(Object::closure("builtins.property.setter", move |_, mut args| {
                        let function = args.take_first().unwrap_or(Object::None);
                        let set = setter.then_some(function);
                        Ok(Object::Descriptor(Rc::new(Descriptor::Property { get: get.clone(), set })))
                    }))
                }
                _ => None,
            }),
            Descriptor::ClassMethod(function) | Descriptor::StaticMethod(function) => {
                if name == "__func__" {
                    Ok(Some(function.clone()))
                } else {
                    self.deeper(|this| this.find_attribute(function, name))
                }
            }
        }
    }

    /// A method that an instance's class (not the instance) has, bound.
    pub(crate) fn class_attribute_bound(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
    ) -> Eval<Option<Object>> {
        let class = instance.class.borrow().clone();
        match class.lookup(name) {
            Some((value, _)) => {
                let object = Object::Instance(instance.clone());
                Ok(Some(match &value {
                    Object::Function(_) | Object::Native(_) | Object::Closure(_) => bind(value, object),
                    Object::Descriptor(_) => self.bind_from_class(value, &object, &class)?,
                    _ => value,
                }))
            }
            None => Ok(None),
        }
    }

    /// `object.name = value`
    pub fn set_attribute(&mut self, object: &Object, name: &Name, value: Object) -> Eval<()> {
        match object {
            Object::Instance(instance) => {
                let class = instance.class.borrow().clone();
                if let Some((hook, owner)) = class.lookup("__setattr__")
                    && !owner.has_path("builtins.object")
                {
                    self.call(&hook, Args::of(vec![object.clone(), Object::str(name.as_str()), value]))?;
                    return Ok(());
                }
                return self.set_attribute_plainly(instance, name, value);
            }
            Object::Class(class) => self.set_class_attribute(class, name, Some(value)),
            Object::Module(module) => self.set_global(module, name, Some(value)),
            Object::Function(function) => {
                function.attrs.borrow_mut().insert(name.clone(), value);
            }
            // Attributes of anything else are of no use to us.
            _ => {}
        }
        Ok(())
    }

    /// `object.__setattr__(instance, name, value)`: data descriptors of its class, then its own names.
    pub(crate) fn set_attribute_plainly(
        &mut self,
        instance: &Rc<Instance>,
        name: &Name,
        value: Object,
    ) -> Eval<()> {
        let class = instance.class.borrow().clone();
        let object = Object::Instance(instance.clone());
        match class.lookup(name).map(|(found, _)| found) {
            Some(Object::Descriptor(descriptor)) => {
                if let Descriptor::Property { set: Some(set), .. } = &*descriptor {
                    let set = set.clone();
                    self.call(&set, Args::of(vec![object, value]))?;
                    return Ok(());
                }
            }
            Some(Object::Instance(descriptor)) => {
                if let Some(set) = self.class_attribute_bound(&descriptor, "__set__")? {
                    self.call(&set, Args::of(vec![object, value]))?;
                    return Ok(());
                }
            }
            _ => {}
        }
        if name == "__class__" {
            if let Object::Class(class) = &value {
                *instance.class.borrow_mut() = class.clone();
            }
            return Ok(());
        }
        self.set_own_attribute(instance, name, Some(value));
        Ok(())
    }

    /// `del object.name`
    pub(crate) fn delete_attribute(&mut self, object: &Object, name: &Name) -> Eval<()> {
        match object {
            Object::Instance(instance) => self.set_own_attribute(instance, name, None),
            Object::Class(class) => self.set_class_attribute(class, name, None),
            Object::Module(module) => self.set_global(module, name, None),
            _ => {}
        }
        Ok(())
    }

    fn find_in_module(&mut self, module: &Rc<Module>, name: &str) -> Eval<Option<Object>> {
        self.find_module_attribute(module, name)
    }
}

/// Binds a function to its first argument; anything else stays as it is.
pub(crate) fn bind(function: Object, receiver: Object) -> Object {
    match function {
        Object::Function(_) | Object::Native(_) | Object::Closure(_) => {
            Object::Method(Rc::new(Method { receiver, function }))
        }
        other => other,
    }
}

fn native_name(path: &str, name: &str) -> Option<Object> {
    let (module, last) = path.rsplit_once('.').unwrap_or(("builtins", path));
    match name {
        "__name__" | "__qualname__" => Some(Object::str(last)),
        "__module__" => Some(Object::str(module)),
        "__doc__" => Some(Object::None),
        _ => None,
    }
}
