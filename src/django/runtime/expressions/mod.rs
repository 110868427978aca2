//! Objects that migrations and models hold and that Django takes apart by the arguments they were
//! made from: expressions, functions, validators, storages, and what `@deconstructible` marks
//! (`django/utils/deconstruct.py`, `django/db/models/expressions.py`).

mod indexes;
mod itself;
mod query;
mod table;

use std::rc::Rc;

use super::{Part, class, facts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Namespace, Native, Object, Payload};
use crate::python::syntax::Name;
use crate::python::value::Value;

use table::{SPECS, Spec};

/// Expressions, functions, validators, indexes, constraints: what deconstructs to what it was made from.
pub(super) const PART: Part = Part { modules, names };

fn modules() -> Vec<&'static str> {
    let mut modules: Vec<&'static str> = SPECS.iter().flat_map(Spec::exported_by).collect();
    modules.extend(indexes::MODULES);
    modules.extend(query::MODULES);
    modules.extend(itself::MODULES);
    modules.push("django.utils.deconstruct");
    modules.sort_unstable();
    modules.dedup();
    modules
}

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    for spec in SPECS {
        if spec.exported_by().any(|exporter| exporter == module) {
            let class = class_of(interpreter, spec);
            names.insert(Name::new_static(spec.name), Object::Class(class));
        }
    }
    names.extend(indexes::names(interpreter, module));
    names.extend(query::names(interpreter, module));
    names.extend(itself::names(interpreter, module));
    if module == "django.utils.deconstruct" {
        names.insert(Name::new_static("deconstructible"), Object::Native(&DECONSTRUCTIBLE));
    }
    names
}

/// No instance here needs a way of its own: all have a `deconstruct()`.
pub(super) fn freeze(_: &mut Interpreter, _: &Rc<Instance>) -> Option<Value> {
    None
}

fn class_of(interpreter: &mut Interpreter, spec: &'static Spec) -> Rc<Class> {
    let base = SPECS.iter().find(|base| base.name == spec.base && !std::ptr::eq(*base, spec));
    let bases: Vec<Rc<Class>> = base.into_iter().map(|base| class_of(interpreter, base)).collect();
    let methods: &'static [Native] = match spec.name {
        "Combinable" => COMBINABLE,
        _ if spec.base.is_empty() => CONSTRUCTED,
        _ => &[],
    };
    let made = class(interpreter, spec.module, spec.name, &bases, methods);
    if matches!(spec.name, "Exists" | "Lookup" | "Q") {
        made.attrs.borrow_mut().insert(Name::new_static("conditional"), Object::Bool(true));
    }
    made
}

/// The class of that name, for objects that Rust code makes.
pub(super) fn named(interpreter: &mut Interpreter, name: &str) -> Option<Rc<Class>> {
    let spec = SPECS.iter().find(|spec| spec.name == name)?;
    Some(class_of(interpreter, spec))
}

static CONSTRUCTED: &[Native] = &[
    Native { path: "django.utils.deconstruct.__new__", call: new },
    Native { path: "django.utils.deconstruct.__init__", call: init },
    Native { path: "django.utils.deconstruct.deconstruct", call: deconstruct },
    Native { path: "django.utils.deconstruct.__getattr__", call: attribute },
];

static COMBINABLE: &[Native] = &[
    Native { path: "django.utils.deconstruct.__new__", call: new },
    Native { path: "django.utils.deconstruct.__init__", call: init },
    Native { path: "django.utils.deconstruct.deconstruct", call: deconstruct },
    Native { path: "django.utils.deconstruct.__getattr__", call: attribute },
    Native {
        path: "django.db.models.expressions.Combinable.__add__",
        call: |i, a| combine(i, &a, "+", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__sub__",
        call: |i, a| combine(i, &a, "-", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__mul__",
        call: |i, a| combine(i, &a, "*", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__truediv__",
        call: |i, a| combine(i, &a, "/", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__mod__",
        call: |i, a| combine(i, &a, "%%", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__pow__",
        call: |i, a| combine(i, &a, "^", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__radd__",
        call: |i, a| combine(i, &a, "+", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__rsub__",
        call: |i, a| combine(i, &a, "-", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__rmul__",
        call: |i, a| combine(i, &a, "*", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__rtruediv__",
        call: |i, a| combine(i, &a, "/", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__rmod__",
        call: |i, a| combine(i, &a, "%%", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__rpow__",
        call: |i, a| combine(i, &a, "^", true),
    },
    Native {
        path: "django.db.models.expressions.Combinable.bitxor",
        call: |i, a| combine(i, &a, "#", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.bitleftshift",
        call: |i, a| combine(i, &a, "<<", false),
    },
    Native {
        path: "django.db.models.expressions.Combinable.bitrightshift",
        call: |i, a| combine(i, &a, ">>", false),
    },
    Native { path: "django.db.models.expressions.Combinable.__neg__", call: negate },
    Native {
        path: "django.db.models.expressions.Combinable.bitand",
        call: |i, a| combine(i, &a, "&", false),
    },
    Native { path: "django.db.models.expressions.Combinable.bitor", call: |i, a| combine(i, &a, "|", false) },
    Native { path: "django.db.models.expressions.BaseExpression.asc", call: |i, a| order(i, &a, false) },
    Native { path: "django.db.models.expressions.BaseExpression.desc", call: |i, a| order(i, &a, true) },
    Native {
        path: "django.db.models.expressions.Combinable.__and__",
        call: |i, a| query::connect(i, &a, "AND"),
    },
    Native {
        path: "django.db.models.expressions.Combinable.__or__",
        call: |i, a| query::connect(i, &a, "OR"),
    },
    Native { path: "django.db.models.expressions.Combinable.__invert__", call: query::negated },
    Native {
        path: "django.db.models.expressions.BaseExpression.resolve_expression",
        call: |_, a| Ok(a.get(0).cloned().unwrap_or(Object::None)),
    },
];

/// Keeps the constructor's arguments.
fn new(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Class(class)) = args.take_first() else { return Ok(Object::None) };
    Ok(interpreter.instance_with(&class, Payload::Constructed(Rc::new(args))))
}

/// Keyword arguments are attributes as well; that is what most constructors do with them.
fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    if let Some(Object::Instance(made)) = args.take_first() {
        for (name, value) in args.keywords {
            interpreter.set_own_attribute(&made, &name, Some(value));
        }
    }
    Ok(Object::None)
}

fn attribute(interpreter: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    if name.starts_with("__") {
        let message = format!("no attribute '{name}'");
        return Err(interpreter.raise("AttributeError", message));
    }
    Ok(interpreter.unknown(format!("the attribute {name} of an object of Django's own")))
}

/// `(path, args, kwargs)`
fn deconstruct(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.get(0) else { return Ok(Object::None) };
    let class = made.class.borrow().clone();
    let given = Interpreter::constructed(made).unwrap_or_default();
    if let Some(why) = &given.open {
        return Ok(Object::Unknown(why.clone()));
    }
    let version = facts(interpreter).version;
    let spec =
        SPECS.iter().find(|spec| class.native && class.name == spec.name && *class.module == *spec.module);
    let path = match spec.and_then(|spec| spec.path) {
        Some((path, since)) if version >= since => path.to_owned(),
        _ => format!("{}.{}", class.module, class.name),
    };
    let keywords = given.keywords.iter().map(|(name, value)| (name.as_str(), value.clone()));
    Ok(Object::tuple(vec![
        Object::str(path),
        Object::tuple(given.positional.clone()),
        Object::dict(keywords),
    ]))
}

/// `@deconstructible` or `@deconstructible(path=…)`
static DECONSTRUCTIBLE: Native = Native {
    path: "django.utils.deconstruct.deconstructible",
    call: |interpreter, mut args| {
        let path = args.take_keyword("path");
        match args.get(0) {
            Some(Object::Class(marked)) => {
                mark(interpreter, marked, path);
                Ok(Object::Class(marked.clone()))
            }
            Some(other) => Ok(other.clone()),
            None => Ok(Object::closure(
                "django.utils.deconstruct.deconstructible.decorator",
                move |interpreter, args| {
                    let marked = args.get(0).cloned().unwrap_or(Object::None);
                    if let Object::Class(marked) = &marked {
                        mark(interpreter, marked, path.clone());
                    }
                    Ok(marked)
                },
            )),
        }
    },
};

fn mark(interpreter: &mut Interpreter, marked: &Rc<Class>, path: Option<Object>) {
    interpreter.set_class_attribute(
        marked,
        &Name::new_static("__new__"),
        Some(Object::Native(&CONSTRUCTED[0])),
    );
    let own = marked.clone();
    let method = match path {
        None => Object::Native(&CONSTRUCTED[2]),
        Some(path) => Object::closure("django.utils.deconstruct.deconstruct", move |interpreter, args| {
            let parts = deconstruct(interpreter, args.clone())?;
            let exact = args
                .get(0)
                .and_then(Object::as_instance)
                .is_some_and(|i| Rc::ptr_eq(&i.class.borrow(), &own));
            match &parts {
                Object::Tuple(items) if exact && items.len() == 3 => {
                    Ok(Object::tuple(vec![path.clone(), items[1].clone(), items[2].clone()]))
                }
                _ => Ok(parts),
            }
        }),
    };
    interpreter.set_class_attribute(marked, &Name::new_static("deconstruct"), Some(method));
}

/// An instance made from those arguments.
pub(super) fn make(
    interpreter: &mut Interpreter,
    class: &str,
    positional: Vec<Object>,
    keywords: Vec<(Name, Object)>,
) -> Object {
    match named(interpreter, class) {
        Some(class) => interpreter
            .instance_with(&class, Payload::Constructed(Rc::new(Args { positional, keywords, open: None }))),
        None => Object::None,
    }
}

fn is_expression(object: &Object) -> bool {
    object.as_instance().is_some_and(|instance| {
        let class = instance.class.borrow();
        class.derives_from("django.db.models.expressions.Combinable")
            || class.derives_from("django.db.models.query_utils.Q")
    })
}

fn combine(interpreter: &mut Interpreter, args: &Args, connector: &str, reversed: bool) -> Eval {
    let (Some(own), Some(other)) = (args.get(0).cloned(), args.get(1).cloned()) else {
        return Ok(Object::None);
    };
    if other.is_unknown() {
        return Ok(other);
    }
    let other =
        if is_expression(&other) { other } else { make(interpreter, "Value", vec![other], Vec::new()) };
    let (left, right) = if reversed { (other, own) } else { (own, other) };
    Ok(make(interpreter, "CombinedExpression", vec![left, Object::str(connector), right], Vec::new()))
}

fn negate(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    args.positional.push(Object::Int(-1));
    combine(interpreter, &args, "*", false)
}

fn order(interpreter: &mut Interpreter, args: &Args, descending: bool) -> Eval {
    let own = args.get(0).cloned().unwrap_or(Object::None);
    let mut keywords = args.keywords.clone();
    if descending {
        keywords.insert(0, (Name::new_static("descending"), Object::Bool(true)));
    }
    Ok(make(interpreter, "OrderBy", vec![own], keywords))
}

const EARLY: DjangoVersion = DjangoVersion::V4_0;
