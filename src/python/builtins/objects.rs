//! Methods of `object`, `type`, `super`, descriptors and exceptions.

use std::rc::Rc;

use super::arguments::{plain, receiver};
use super::native_table;
use crate::python::interpreter::{Args, ClassParts, Eval, Interpreter};
use crate::python::object::{Class, Descriptor, Namespace, Object, Super};
use crate::python::syntax::Name;

native_table!(OBJECT {
    "object.__new__" => |i, a| match a.get(0) {
        Some(Object::Class(class)) => Ok(i.instance_of(&class.clone())),
        Some(other @ Object::Unknown(_)) => Ok(other.clone()),
        _ => Err(i.raise("TypeError", "object.__new__(X): X is not a type object")),
    },
    "object.__init__" => |_, _| Ok(Object::None),
    "object.__init_subclass__" => |_, _| Ok(Object::None),
    "object.__setattr__" => |i, a| {
        if let (Some(Object::Instance(instance)), Some(name), Some(value)) = (a.get(0), a.get(1), a.get(2))
            && let Some(name) = name.as_str()
        {
            let (instance, value) = (instance.clone(), value.clone());
            i.set_attribute_plainly(&instance, &Name::new(&*name), value)?;
        }
        Ok(Object::None)
    },
    "object.__delattr__" => |i, a| {
        if let (Some(Object::Instance(instance)), Some(name)) = (a.get(0), a.get(1))
            && let Some(name) = name.as_str()
        {
            i.set_own_attribute(&instance.clone(), &Name::new(&*name), None);
        }
        Ok(Object::None)
    },
    "object.__getattribute__" => |i, a| match (a.get(0), a.get(1).and_then(Object::as_str)) {
        (Some(Object::Instance(instance)), Some(name)) => {
            match i.find_in_instance_plainly(&instance.clone(), &name, false)? {
                Some(value) => Ok(value),
                None => Err(i.raise("AttributeError", name)),
            }
        }
        (Some(object), Some(name)) => i.get_attribute(&object.clone(), &Name::new(&*name)),
        _ => Err(i.missing_argument("__getattribute__")),
    },
    "object.__eq__" => |_, a| Ok(match (a.get(0), a.get(1)) {
        (Some(a), Some(b)) if a.is(b) => Object::Bool(true),
        (Some(Object::Instance(a)), _) if a.class.borrow().open.borrow().is_some() => {
            a.class.borrow().open.borrow().clone().map_or(Object::NotImplemented, Object::Unknown)
        }
        _ => Object::NotImplemented,
    }),
    "object.__ne__" => |i, a| match (a.get(0), a.get(1)) {
        (Some(a), Some(b)) => Ok(match i.equal(a, b)? {
            Ok(same) => Object::Bool(!same),
            Err(why) => Object::Unknown(why),
        }),
        _ => Ok(Object::NotImplemented),
    },
    "object.__hash__" => |i, _| Ok(i.unknown("the hash of an object, which differs from run to run")),
    "object.__repr__" => |i, _| Ok(i.unknown("the text of an object, which tells its address")),
    "object.__str__" => |i, a| i.repr(&a.get(0).cloned().unwrap_or(Object::None)),
    "object.__format__" => |i, a| {
        let object = a.get(0).cloned().unwrap_or(Object::None);
        i.to_str(&object)
    },
    "object.__dir__" => |i, _| Ok(i.unknown("the names of an object")),
    "object.__reduce__" => |i, _| Ok(i.unknown("the pickled form of an object")),
    "object.__reduce_ex__" => |i, _| Ok(i.unknown("the pickled form of an object")),
    "object.__subclasshook__" => |_, _| Ok(Object::NotImplemented),
});

native_table!(TYPE {
    "type.__new__" => new_type,
    "type.__init__" => |_, _| Ok(Object::None),
    "type.__call__" => |i, mut a| match a.take_first() {
        Some(Object::Class(class)) => i.instantiate_plainly(&class, a),
        Some(other) => Ok(other),
        None => Err(i.missing_argument("__call__")),
    },
    "type.__prepare__" => |_, _| Ok(Object::dict([])),
    "type.mro" => |i, a| match a.get(0) {
        Some(Object::Class(class)) => {
            Ok(Object::list(class.mro.borrow().iter().cloned().map(Object::Class).collect()))
        }
        _ => Ok(i.unknown("the bases of what is no class")),
    },
    "type.__subclasses__" => |i, _| Ok(i.unknown("the subclasses that are loaded")),
    "type.__instancecheck__" => |i, a| match (a.get(0), a.get(1)) {
        (Some(class), Some(object)) => Ok(match i.is_instance(object, class) {
            Ok(answer) => Object::Bool(answer),
            Err(why) => Object::Unknown(why),
        }),
        _ => Err(i.missing_argument("__instancecheck__")),
    },
    "type.__subclasscheck__" => |i, a| match (a.get(0), a.get(1)) {
        (Some(Object::Class(class)), Some(Object::Class(other))) => Ok(match i.derives(other, class) {
            Ok(answer) => Object::Bool(answer),
            Err(why) => Object::Unknown(why),
        }),
        _ => Ok(i.unknown("whether one class derives from another")),
    },
    "type.__setattr__" => |i, a| {
        if let (Some(Object::Class(class)), Some(name), Some(value)) = (a.get(0), a.get(1), a.get(2))
            && let Some(name) = name.as_str()
        {
            i.set_class_attribute(&class.clone(), &Name::new(&*name), Some(value.clone()));
        }
        Ok(Object::None)
    },
    "type.__delattr__" => |i, a| {
        if let (Some(Object::Class(class)), Some(name)) = (a.get(0), a.get(1))
            && let Some(name) = name.as_str()
        {
            i.set_class_attribute(&class.clone(), &Name::new(&*name), None);
        }
        Ok(Object::None)
    },
    "type.__getattribute__" => |i, a| match (a.get(0), a.get(1).and_then(Object::as_str)) {
        (Some(object), Some(name)) => i.get_attribute(&object.clone(), &Name::new(&*name)),
        _ => Err(i.missing_argument("__getattribute__")),
    },
    "type.__repr__" => |i, a| i.repr(&a.get(0).cloned().unwrap_or(Object::None)),
    "type.__hash__" => |i, _| Ok(i.unknown("the hash of an object, which differs from run to run")),
    "type.__dir__" => |i, _| Ok(i.unknown("the names of a class")),
    "type.__or__" => |i, _| Ok(i.unknown("a union of types")),
    "type.__ror__" => |i, _| Ok(i.unknown("a union of types")),
});

native_table!(SUPER {
    "super.__new__" => |i, a| match (a.get(1), a.get(2)) {
        (Some(Object::Class(class)), Some(receiver)) => {
            Ok(Object::Super(Rc::new(Super { class: class.clone(), receiver: receiver.clone() })))
        }
        (Some(why @ Object::Unknown(_)), _) => Ok(why.clone()),
        _ => Err(i.raise("RuntimeError", "super(): no arguments")),
    },
});

native_table!(PROPERTY {
    "property.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let get = a.param(0, "fget").cloned().unwrap_or(Object::None);
        let set = a.param(1, "fset").filter(|set| !set.is_none()).cloned();
        let property = Object::Descriptor(Rc::new(Descriptor::Property { get, set }));
        Ok(super::strings::constructed(i, &class, "builtins.property", property))
    },
    "property.__get__" => |i, mut a| {
        let me = receiver(&mut a);
        match (plain(&me), a.get(0)) {
            (Object::Descriptor(descriptor), Some(object)) if !object.is_none() => match &*descriptor {
                Descriptor::Property { get, .. } => i.call(get, Args::of(vec![object.clone()])),
                _ => Ok(me),
            },
            _ => Ok(me),
        }
    },
});

native_table!(CLASS_METHOD {
    "classmethod.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let function = receiver(&mut a);
        let made = Object::Descriptor(Rc::new(Descriptor::ClassMethod(function)));
        Ok(super::strings::constructed(i, &class, "builtins.classmethod", made))
    },
    "classmethod.__get__" => |_, mut a| {
        let me = receiver(&mut a);
        Ok(match (plain(&me), a.get(1)) {
            (Object::Descriptor(descriptor), Some(class)) => match &*descriptor {
                Descriptor::ClassMethod(function) => bound(function, class),
                _ => me,
            },
            _ => me,
        })
    },
});

native_table!(STATIC_METHOD {
    "staticmethod.__new__" => |i, mut a| {
        let class = receiver(&mut a);
        let function = receiver(&mut a);
        let made = Object::Descriptor(Rc::new(Descriptor::StaticMethod(function)));
        Ok(super::strings::constructed(i, &class, "builtins.staticmethod", made))
    },
});

native_table!(FUNCTION {
    "function.__call__" => call_first,
    "function.__get__" => bind_first,
});

native_table!(METHOD {
    "method.__call__" => call_first,
});

native_table!(MODULE {
    "module.__init__" => |i, a| {
        if let Some(Object::Instance(me)) = a.get(0) {
            let name = a.param(1, "name").cloned().unwrap_or(Object::None);
            i.set_own_attribute(me, &Name::new_static("__name__"), Some(name));
            let doc = a.param(2, "doc").cloned().unwrap_or(Object::None);
            i.set_own_attribute(me, &Name::new_static("__doc__"), Some(doc));
        }
        Ok(Object::None)
    },
});

native_table!(EXCEPTION {
    "BaseException.__new__" => |i, mut a| match a.take_first() {
        Some(Object::Class(class)) => {
            let made = i.instance_of(&class);
            set_args(i, &made, a);
            Ok(made)
        }
        _ => Err(i.missing_argument("__new__")),
    },
    "BaseException.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        set_args(i, &me, a);
        Ok(Object::None)
    },
    "BaseException.__str__" => |i, a| {
        let items = exception_args(a.get(0));
        match &items[..] {
            [] => Ok(Object::str("")),
            [one] if is_key_error(a.get(0)) => i.repr(one),
            [one] => i.to_str(one),
            _ => i.repr(&Object::tuple(items)),
        }
    },
    "BaseException.__repr__" => |i, a| {
        let items = exception_args(a.get(0));
        let name = a.get(0).map(Object::type_name).unwrap_or_default();
        let shown = match &items[..] {
            [one] => {
                let one = i.repr(one)?;
                one.as_str().map_or(one, |one| Object::str(format!("({one})")))
            }
            _ => i.repr(&Object::tuple(items))?,
        };
        Ok(shown.as_str().map_or(shown, |shown| Object::str(format!("{name}{shown}"))))
    },
    "BaseException.with_traceback" => |_, mut a| Ok(receiver(&mut a)),
    "BaseException.add_note" => |_, _| Ok(Object::None),
});

/// A function bound to its first argument.
pub(super) fn bound(function: &Object, first: &Object) -> Object {
    match function {
        Object::Function(_) | Object::Native(_) | Object::Closure(_) => {
            Object::Method(Rc::new(crate::python::object::Method {
                receiver: first.clone(),
                function: function.clone(),
            }))
        }
        other => other.clone(),
    }
}

fn call_first(i: &mut Interpreter, mut args: Args) -> Eval {
    let function = receiver(&mut args);
    i.call(&function, args)
}

fn bind_first(_: &mut Interpreter, mut args: Args) -> Eval {
    let function = receiver(&mut args);
    Ok(match args.take_first() {
        Some(Object::None) | None => function,
        Some(object) => bound(&function, &object),
    })
}

fn set_args(i: &mut Interpreter, exception: &Object, args: Args) {
    if let Object::Instance(instance) = exception {
        let value = args.open.map_or_else(|| Object::tuple(args.positional), Object::Unknown);
        i.set_own_attribute(instance, &Name::new_static("args"), Some(value));
        for (name, value) in args.keywords {
            i.set_own_attribute(instance, &name, Some(value));
        }
    }
}

fn exception_args(exception: Option<&Object>) -> Vec<Object> {
    let args = exception.and_then(Object::as_instance).and_then(|e| e.attrs.borrow().get("args").cloned());
    match args {
        Some(Object::Tuple(items)) => items.to_vec(),
        Some(other) => vec![other],
        None => Vec::new(),
    }
}

fn is_key_error(exception: Option<&Object>) -> bool {
    exception
        .and_then(Object::as_instance)
        .is_some_and(|e| e.class.borrow().derives_from("builtins.KeyError"))
}

impl Interpreter {
    /// The dotted name of the module whose code is being evaluated.
    pub(crate) fn current_module(&self) -> Option<std::sync::Arc<str>> {
        let (parsed, _) = self.here.as_ref()?;
        let found = self.modules.values().find(|module| {
            module.parsed.as_ref().is_some_and(|theirs| std::sync::Arc::ptr_eq(theirs, parsed))
        });
        found.map(|module| module.name.clone())
    }
}

/// `type(name, bases, attrs)` and `super().__new__(mcs, name, bases, attrs, **keywords)`. Mirrors
/// `CPython`'s `type_new` (`Objects/typeobject.c`): the most derived metaclass of the bases makes it.
fn new_type(i: &mut Interpreter, mut args: Args) -> Eval {
    let Object::Class(given) = receiver(&mut args) else {
        return Ok(i.unknown("a metaclass that is not known"));
    };
    if args.positional.len() == 1 && args.keywords.is_empty() {
        return Ok(Object::Class(i.class_of(&args.positional[0])));
    }
    let (Some(name), Some(bases), Some(attrs)) = (args.get(0), args.get(1), args.get(2)) else {
        return Ok(args.open.map_or_else(|| i.unknown("a class of unknown parts"), Object::Unknown));
    };
    let (name, bases, attrs) = (name.clone(), bases.clone(), plain(attrs));
    let Some(text) = name.as_str() else {
        return Ok(if name.is_unknown() { name } else { i.unknown("a class whose name is no text") });
    };
    let (bases, mut open) = match i.known_items(&bases)? {
        Ok(bases) => (bases, None),
        Err(why) => (vec![Object::Unknown(why.clone())], Some(why)),
    };
    let winner = most_derived(i, &given, &bases);
    if !Rc::ptr_eq(&winner, &given)
        && let Some((new, owner)) = winner.lookup("__new__")
        && !owner.has_path("builtins.type")
    {
        return i.call(&new, args.with_first(Object::Class(winner)));
    }
    let mut names = Namespace::default();
    match &attrs {
        Object::Dict(dict) => {
            open = open.or(dict.taint());
            i.grown(dict.get().len());
            for (key, value) in dict.get().iter() {
                if let Some(key) = key.as_str() {
                    names.insert(Name::new(&*key), value.clone());
                }
            }
        }
        Object::Unknown(why) => open = Some(why.clone()),
        _ => {}
    }
    names.shift_remove("__classcell__");
    let qualname = names.get("__qualname__").and_then(Object::as_str).unwrap_or_else(|| text.clone());
    let module = match names.get("__module__").and_then(Object::as_str) {
        Some(module) => module,
        None => i.current_module().unwrap_or_else(|| "".into()),
    };
    let header = i.header.take_if(|(wanted, _)| wanted.as_str() == &*text).map(|(_, at)| at);
    let parts = ClassParts {
        name: Name::new(&*text),
        module,
        qualname,
        bases,
        attrs: names,
        metaclass: if winner.has_path("builtins.type") { None } else { Some(winner) },
        at: header.or_else(|| i.location()),
    };
    let class = i.make_class(parts)?;
    if open.is_some() {
        *class.open.borrow_mut() = open;
    }
    i.finish_class(&class, args.keywords)?;
    Ok(Object::Class(class))
}

fn most_derived(i: &Interpreter, given: &Rc<Class>, bases: &[Object]) -> Rc<Class> {
    let mut winner = given.clone();
    for base in bases {
        if let Object::Class(_) = base {
            let theirs = i.class_of(base);
            if theirs.is_subclass(&winner) {
                winner = theirs;
            }
        }
    }
    winner
}
