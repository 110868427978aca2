//! `globals()` and an object's `__dict__`: dictionaries whose changes are bindings.

use std::rc::Rc;

use super::arguments::receiver;
use super::{dicts, native_table};
use crate::python::interpreter::{Args, Eval, Interpreter, Raise, iterator};
use crate::python::object::{Dict, Instance, Module, Mutable, Object, Payload};
use crate::python::syntax::Name;

/// Whose names they are.
pub(crate) enum Owner {
    /// `globals()`, `module.__dict__`
    Module(Rc<Module>),
    /// `object.__dict__`
    Instance(Rc<Instance>),
}

native_table!(NAMES {
    "namespace.__getitem__" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        match get(i, &a, &name)? {
            Some(value) => Ok(value),
            None => Err(i.raise("KeyError", name.as_str().unwrap_or_default())),
        }
    },
    "namespace.__setitem__" => |i, a| {
        if let (Some(name), Some(value)) = (a.get(1), a.get(2)) {
            set(i, &a, name, Some(value.clone()));
        }
        Ok(Object::None)
    },
    "namespace.__delitem__" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        if get(i, &a, &name)?.is_none() {
            return Err(i.raise("KeyError", name.as_str().unwrap_or_default()));
        }
        set(i, &a, &name, None);
        Ok(Object::None)
    },
    "namespace.__contains__" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        if name.is_unknown() {
            return Ok(name);
        }
        Ok(Object::Bool(get(i, &a, &name)?.is_some()))
    },
    "namespace.__iter__" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        let names = i.items(&names)?;
        Ok(iterator(names))
    },
    "namespace.__len__" => |i, a| Ok(super::strings::length(snapshot(i, &a)?.get().len())),
    "namespace.__eq__" => |i, a| {
        let mine = Object::Dict(snapshot(i, &a)?);
        let theirs = Mutable::new(Dict::default());
        dicts::update(i, &theirs, Args::of(a.get(1).cloned().into_iter().collect()))?;
        Ok(match i.equal(&mine, &Object::Dict(theirs))? {
            Ok(same) => Object::Bool(same),
            Err(why) => Object::Unknown(why),
        })
    },
    "namespace.__or__" => |i, a| {
        let mine = Object::Dict(snapshot(i, &a)?);
        let other = a.get(1).cloned().unwrap_or(Object::None);
        i.binary(&mine, crate::python::syntax::ast::Operator::BitOr, &other)
    },
    "namespace.get" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        Ok(get(i, &a, &name)?.unwrap_or_else(|| a.param(2, "default").cloned().unwrap_or(Object::None)))
    },
    "namespace.setdefault" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        if let Some(value) = get(i, &a, &name)? {
            return Ok(value);
        }
        let value = a.param(2, "default").cloned().unwrap_or(Object::None);
        set(i, &a, &name, Some(value.clone()));
        Ok(value)
    },
    "namespace.pop" => |i, a| {
        let name = a.get(1).cloned().unwrap_or(Object::None);
        match (get(i, &a, &name)?, a.param(2, "default")) {
            (Some(value), _) => {
                set(i, &a, &name, None);
                Ok(value)
            }
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(i.raise("KeyError", name.as_str().unwrap_or_default())),
        }
    },
    "namespace.update" => |i, mut a| {
        let me = receiver(&mut a);
        let new = Mutable::new(Dict::default());
        dicts::update(i, &new, a)?;
        let open = new.taint();
        let pairs: Vec<(Object, Object)> = new.get().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let me = Args::of(vec![me]);
        for (name, value) in pairs {
            set(i, &me, &name, Some(value));
        }
        if let (Some(why), Some(owner)) = (open, owner(&me)) {
            // From now on any name may be there.
            match &*owner {
                Owner::Module(module) => *module.open.borrow_mut() = Some(why),
                Owner::Instance(_) => return Err(Raise::Limit(why)),
            }
        }
        Ok(Object::None)
    },
    "namespace.__repr__" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        i.repr(&names)
    },
    "namespace.copy" => |i, a| snapshot(i, &a).map(Object::Dict),
    "namespace.items" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        i.call_method(&names, "items", Args::none())
    },
    "namespace.keys" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        i.call_method(&names, "keys", Args::none())
    },
    "namespace.values" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        i.call_method(&names, "values", Args::none())
    },
    "namespace.clear" => |i, a| {
        let names = Object::Dict(snapshot(i, &a)?);
        let names = i.items(&names)?;
        for name in names {
            set(i, &a, &name, None);
        }
        Ok(Object::None)
    },
});

fn owner(args: &Args) -> Option<Rc<Owner>> {
    match &*args.get(0)?.as_instance()?.payload.borrow() {
        Payload::Host(host) => host.clone().downcast().ok(),
        _ => None,
    }
}

fn get(i: &mut Interpreter, args: &Args, name: &Object) -> Eval<Option<Object>> {
    let (Some(owner), Some(name)) = (owner(args), name.as_str()) else { return Ok(None) };
    Ok(match &*owner {
        Owner::Module(module) => match module.get(&name) {
            Some(Object::Lazy(lazy)) => Some(i.force(&lazy)?),
            Some(value) => Some(value),
            None => module.open.borrow().clone().map(Object::Unknown),
        },
        Owner::Instance(instance) => instance.attrs.borrow().get(&*name).cloned(),
    })
}

fn set(i: &mut Interpreter, args: &Args, name: &Object, value: Option<Object>) {
    let Some(owner) = owner(args) else { return };
    match (&*owner, name.as_str()) {
        (Owner::Module(module), Some(name)) => i.set_global(module, &Name::new(&*name), value),
        (Owner::Instance(instance), Some(name)) => {
            i.set_own_attribute(instance, &Name::new(&*name), value);
        }
        (Owner::Module(module), None) => {
            if let Object::Unknown(why) = name {
                *module.open.borrow_mut() = Some(why.clone());
            }
        }
        (Owner::Instance(_), None) => {}
    }
}

fn snapshot(i: &mut Interpreter, args: &Args) -> Eval<Rc<Mutable<Dict>>> {
    let mut dict = Dict::default();
    let mut open = None;
    match owner(args).as_deref() {
        Some(Owner::Module(module)) => {
            let names = module.globals.borrow().clone();
            i.grown(names.len());
            open.clone_from(&module.open.borrow());
            for (name, value) in names {
                let value = match value {
                    Object::Lazy(lazy) => match i.force(&lazy) {
                        Ok(value) => value,
                        Err(raise) => i.unknown_from(&raise),
                    },
                    value => value,
                };
                dict.insert_str(&name, value);
            }
        }
        Some(Owner::Instance(instance)) => {
            i.grown(instance.attrs.borrow().len());
            for (name, value) in instance.attrs.borrow().iter() {
                dict.insert_str(name, value.clone());
            }
        }
        None => {}
    }
    let dict = Mutable::new(dict);
    *dict.taint.borrow_mut() = open;
    Ok(dict)
}

impl Interpreter {
    /// The names of a module or an object as a dictionary that binds what is put into it.
    pub(crate) fn live_names(&mut self, owner: Owner) -> Object {
        let class = self.types.get("namespace").unwrap_or(&self.types.object).clone();
        self.instance_with(&class, Payload::Host(Rc::new(owner)))
    }
}
