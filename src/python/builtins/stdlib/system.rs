//! `sys`, `importlib`, `logging`, `warnings`, `threading`, `types`, `inspect`, `weakref`, `calendar`:
//! what settings and models ask of the running program.

use std::rc::Rc;

use super::super::arguments::{receiver, str_param};
use super::super::native_table;
use super::moments::{DAYS, MONTHS};
use super::{first_argument, names_of, nothing};
use crate::python::interpreter::{Args, Eval, Interpreter, KEYED};
use crate::python::object::{Class, Descriptor, Namespace, Object, Payload};
use crate::python::syntax::Name;

native_table!(SYS {
    "sys.exit" => |i, _| Err(i.raise("SystemExit", "")),
    "sys.intern" => first_argument,
    "sys.getrecursionlimit" => |_, _| Ok(Object::Int(1000)),
    "sys.setrecursionlimit" => nothing,
    "sys.getdefaultencoding" => |_, _| Ok(Object::str("utf-8")),
    "sys.getfilesystemencoding" => |_, _| Ok(Object::str("utf-8")),
    "sys.exc_info" => |i, _| Ok(i.unknown("the exception being handled")),
    "sys._getframe" => |i, _| Ok(i.unknown("the frames of the program")),
});

native_table!(MODULES {
    "sys.modules.__getitem__" => |i, a| {
        let Some(name) = a.get(1).and_then(Object::as_str) else { return Ok(i.unknown("a module")) };
        match i.module(&name) {
            Some(module) => Ok(Object::Module(module)),
            None => Err(i.raise("KeyError", name)),
        }
    },
    "sys.modules.get" => |i, a| {
        let Some(name) = a.get(1).and_then(Object::as_str) else { return Ok(i.unknown("a module")) };
        Ok(match i.modules.get(&*name).cloned() {
            Some(module) => Object::Module(module),
            None => a.get(2).cloned().unwrap_or(Object::None),
        })
    },
    "sys.modules.__contains__" => |i, a| {
        let name = a.get(1).and_then(Object::as_str).unwrap_or_default();
        Ok(Object::Bool(i.modules.contains_key(&*name)))
    },
    "sys.modules.__iter__" => |i, _| Ok(i.unknown("the modules that are loaded")),
    "sys.modules.items" => |i, _| Ok(i.unknown("the modules that are loaded")),
    "sys.modules.keys" => |i, _| Ok(i.unknown("the modules that are loaded")),
    "sys.modules.values" => |i, _| Ok(i.unknown("the modules that are loaded")),
    "sys.modules.copy" => |_, mut a| Ok(receiver(&mut a)),
    "sys.modules.update" => nothing,
    "sys.modules.__setitem__" => replace_module,
    "sys.modules.setdefault" => replace_module,
    "sys.modules.pop" => nothing,
    "sys.modules.__delitem__" => nothing,
});

/// A module may put an object in its place; with something that is not known there, it may have any name.
fn replace_module(i: &mut Interpreter, args: Args) -> Eval {
    let name = args.get(1).and_then(Object::as_str).unwrap_or_default();
    // One that passes for a module may know more names than those that it says.
    let is_known = |class: &Class| class.open.borrow().is_none() && !class.derives_from("builtins.module");
    let known = matches!(args.get(2), Some(Object::Instance(other)) if is_known(&other.class.borrow()));
    if let (Some(module), Some(other), true) = (i.modules.get(&*name), args.get(2), known) {
        *module.stand_in.borrow_mut() = Some(other.clone());
    } else if let Some(module) = i.modules.get(&*name).cloned()
        && !matches!(args.get(2), Some(Object::Module(other)) if Rc::ptr_eq(other, &module))
        && let Object::Unknown(why) = i.unknown(format!("{name} is replaced in sys.modules"))
    {
        *module.open.borrow_mut() = Some(why);
    }
    Ok(Object::None)
}

/// The names of `sys`.
pub(super) fn sys(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(SYS);
    let tuple: Vec<Rc<Class>> = i.types.get("tuple").cloned().into_iter().collect();
    let class = super::native_class(&i.types, "sys", "version_info", &tuple, &[]);
    let parts = [
        ("major", Object::Int(3)),
        ("minor", Object::Int(12)),
        ("micro", Object::Int(0)),
        ("releaselevel", Object::str("final")),
        ("serial", Object::Int(0)),
    ];
    let whole = Object::tuple(parts.iter().map(|(_, part)| part.clone()).collect());
    let version = i.instance_with(&class, Payload::Value(whole));
    if let Object::Instance(version) = &version {
        for (name, part) in parts {
            i.set_own_attribute(version, &Name::new_static(name), Some(part));
        }
    }
    names.insert(Name::new_static("version_info"), version);
    for (name, text) in [("platform", "linux"), ("byteorder", "little")] {
        names.insert(Name::new_static(name), Object::str(text));
    }
    names.insert(Name::new_static("maxsize"), Object::Int(i64::MAX));
    names.insert(Name::new_static("maxunicode"), Object::Int(0x0010_ffff));
    names.insert(Name::new_static("argv"), Object::list(vec![Object::str("manage.py")]));
    let paths =
        i.library.paths().iter().map(|path| Object::str(path.folder.to_string_lossy().as_ref())).collect();
    names.insert(Name::new_static("path"), Object::list(paths));
    let class = super::native_class(&i.types, "sys", "modules", &[], MODULES);
    names.insert(Name::new_static("modules"), i.instance_of(&class));
    for name in [
        "stdout",
        "stderr",
        "stdin",
        "__stdout__",
        "__stderr__",
        "flags",
        "version",
        "executable",
        "prefix",
        "base_prefix",
        "implementation",
        "hexversion",
    ] {
        let unknown = i.unknown(format!("sys.{name} is not known"));
        names.insert(Name::new_static(name), unknown);
    }
    names
}

native_table!(IMPORTLIB {
    "importlib.import_module" => |i, a| {
        let Some(name) = str_param(&a, 0, "name") else {
            return Ok(i.unknown("imports a module whose name is not known"));
        };
        if !name.starts_with('.') {
            return i.load_module(&name);
        }
        let Some(package) = str_param(&a, 1, "package") else {
            return Err(i.raise("TypeError", "the 'package' argument is required for a relative import"));
        };
        let level = name.len() - name.trim_start_matches('.').len();
        let mut base = &*package;
        for _ in 1..level {
            base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        let rest = &name[level..];
        i.load_module(&if rest.is_empty() { base.to_owned() } else { format!("{base}.{rest}") })
    },
    "importlib.reload" => first_argument,
    "importlib.invalidate_caches" => nothing,
});

native_table!(IMPORTLIB_UTIL {
    "importlib.util.find_spec" => |i, a| {
        let Some(name) = str_param(&a, 0, "name") else {
            return Ok(i.unknown("looks for a module whose name is not known"));
        };
        let top = name.split('.').next().unwrap_or(&name);
        if i.module(&name).is_some() || (super::super::is_stdlib(top) && !name.contains('.')) {
            let class = super::native_class(&i.types, "importlib.machinery", "ModuleSpec", &[], &[]);
            super::leave_open(i, &class);
            let spec = i.instance_of(&class);
            if let Object::Instance(spec) = &spec {
                i.set_own_attribute(spec, &Name::new_static("name"), Some(Object::Str(name)));
            }
            return Ok(spec);
        }
        // What is not there where all is at hand is not installed.
        if i.library.has_installed() && !super::super::is_stdlib(top) {
            return Ok(Object::None);
        }
        Ok(i.unknown(format!("whether {name} is installed")))
    },
});

/// The names of `importlib`.
pub(super) fn importlib(_: &mut Interpreter) -> Namespace {
    names_of(IMPORTLIB)
}

/// The names of `importlib.util`.
pub(super) fn importlib_util(_: &mut Interpreter) -> Namespace {
    names_of(IMPORTLIB_UTIL)
}

native_table!(LOGGER {
    "logging.Logger.debug" => nothing,
    "logging.Logger.info" => nothing,
    "logging.Logger.warning" => nothing,
    "logging.Logger.warn" => nothing,
    "logging.Logger.error" => nothing,
    "logging.Logger.exception" => nothing,
    "logging.Logger.critical" => nothing,
    "logging.Logger.log" => nothing,
    "logging.Logger.setLevel" => nothing,
    "logging.Logger.addHandler" => nothing,
    "logging.Logger.removeHandler" => nothing,
    "logging.Logger.addFilter" => nothing,
    "logging.Logger.getChild" => |_, mut a| Ok(receiver(&mut a)),
});

native_table!(LOGGING {
    "logging.getLogger" => |i, a| {
        let class = i.import_path("logging.Logger")?;
        let Object::Class(class) = class else { return Ok(class) };
        let logger = i.instance_of(&class);
        if let Object::Instance(logger) = &logger {
            let name = a.get(0).cloned().unwrap_or_else(|| Object::str("root"));
            i.set_own_attribute(logger, &Name::new_static("name"), Some(name));
        }
        Ok(logger)
    },
    "logging.basicConfig" => nothing,
    "logging.captureWarnings" => nothing,
    "logging.disable" => nothing,
    "logging.addLevelName" => nothing,
    "logging.debug" => nothing,
    "logging.info" => nothing,
    "logging.warning" => nothing,
    "logging.error" => nothing,
    "logging.exception" => nothing,
    "logging.critical" => nothing,
    "logging.log" => nothing,
});

/// The names of `logging`.
pub(super) fn logging(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(LOGGING);
    for (name, level) in [
        ("CRITICAL", 50),
        ("FATAL", 50),
        ("ERROR", 40),
        ("WARNING", 30),
        ("WARN", 30),
        ("INFO", 20),
        ("DEBUG", 10),
        ("NOTSET", 0),
    ] {
        names.insert(Name::new_static(name), Object::Int(level));
    }
    let logger = super::add_class(i, &mut names, "logging", "Logger", &[], LOGGER);
    super::leave_open(i, &logger);
    names
}

native_table!(WARNINGS {
    "warnings.warn" => nothing,
    "warnings.warn_explicit" => nothing,
    "warnings.filterwarnings" => nothing,
    "warnings.simplefilter" => nothing,
    "warnings.resetwarnings" => nothing,
});

native_table!(MANAGER {
    "contextlib.AbstractContextManager.__enter__" => |_, mut a| Ok(receiver(&mut a)),
    "contextlib.AbstractContextManager.__exit__" => nothing,
});

/// The names of `warnings`.
pub(super) fn warnings(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(WARNINGS);
    super::add_class(i, &mut names, "warnings", "catch_warnings", &[], MANAGER);
    names
}

/// The names of `threading`.
pub(super) fn threading(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    super::add_class(i, &mut names, "threading", "local", &[], &[]);
    for name in ["Lock", "RLock"] {
        let class = super::add_class(i, &mut names, "threading", name, &[], MANAGER);
        super::leave_open(i, &class);
    }
    names
}

native_table!(NAMESPACE {
    "types.SimpleNamespace.__init__" => |i, mut a| {
        let me = receiver(&mut a);
        if let Object::Instance(me) = &me {
            for (name, value) in a.keywords {
                i.set_own_attribute(me, &name, Some(value));
            }
        }
        Ok(Object::None)
    },
    "types.SimpleNamespace.__eq__" => |i, a| {
        let attrs = |at: usize| a.get(at).and_then(Object::as_instance).map(|o| o.attrs.borrow().clone());
        match (attrs(0), attrs(1)) {
            (Some(x), Some(y)) => {
                let dict = |names: &Namespace| Object::dict(names.iter().map(|(k, v)| (k.as_str(), v.clone())));
                Ok(match i.equal(&dict(&x), &dict(&y))? {
                    Ok(same) => Object::Bool(same),
                    Err(why) => Object::Unknown(why),
                })
            }
            _ => Ok(Object::NotImplemented),
        }
    },
});

native_table!(TYPES {
    "types.MappingProxyType" => first_argument,
    "types.MethodType" => |_, a| Ok(match (a.get(0), a.get(1)) {
        (Some(function), Some(object)) => super::super::objects::bound(function, object),
        _ => Object::None,
    }),
    "types.coroutine" => first_argument,
    "types.resolve_bases" => first_argument,
});

/// The names of `types`.
pub(super) fn types(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(TYPES);
    for (name, class) in [
        ("FunctionType", "function"),
        ("LambdaType", "function"),
        ("BuiltinFunctionType", "function"),
        ("BuiltinMethodType", "function"),
        ("ModuleType", "module"),
        ("GeneratorType", "generator"),
        ("NoneType", "NoneType"),
        ("EllipsisType", "ellipsis"),
        ("DynamicClassAttribute", "property"),
    ] {
        if let Some(class) = i.types.get(class) {
            names.insert(Name::new_static(name), Object::Class(class.clone()));
        }
    }
    super::add_class(i, &mut names, "types", "SimpleNamespace", &[], NAMESPACE);
    names
}

native_table!(INSPECT {
    "inspect.isclass" => |_, a| kind(&a, |o| matches!(o, Object::Class(_))),
    "inspect.isfunction" => |_, a| kind(&a, |o| matches!(o, Object::Function(_))),
    "inspect.ismodule" => |_, a| kind(&a, |o| matches!(o, Object::Module(_))),
    "inspect.ismethod" => |_, a| kind(&a, |o| matches!(o, Object::Method(_))),
    "inspect.isbuiltin" => |_, a| kind(&a, |o| matches!(o, Object::Native(_))),
    "inspect.isroutine" => |_, a| kind(&a, |o| {
        matches!(o, Object::Function(_) | Object::Native(_) | Object::Closure(_) | Object::Method(_))
    }),
    "inspect.isabstract" => |i, a| Ok(match a.get(0) {
        Some(Object::Class(class)) => if let Some(why) = class.open.borrow().clone() { Object::Unknown(why) } else {
            let names: Vec<Name> =
                class.mro.borrow().iter().flat_map(|c| c.attrs.borrow().keys().cloned().collect::<Vec<_>>()).collect();
            i.work(names.len() * KEYED);
            let left = |name: &Name| class.lookup(name).is_some_and(|(value, _)| is_abstract(&value));
            Object::Bool(names.iter().any(left))
        },
        Some(why @ Object::Unknown(_)) => why.clone(),
        _ => Object::Bool(false),
    }),
    "inspect.getmro" => |i, a| i.get_attribute(a.get(0).unwrap_or(&Object::None), &Name::new_static("__mro__")),
    "inspect.cleandoc" => |i, _| Ok(i.unknown("a documentation text")),
    "inspect.getmembers" => |i, a| {
        let object = a.get(0).cloned().unwrap_or(Object::None);
        let dir = i.import_path("builtins.dir")?;
        let names = i.call(&dir, Args::of(vec![object.clone()]))?;
        let names = match i.known_items(&names)? {
            Ok(names) => names,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut members = Vec::new();
        for name in names {
            let Some(text) = name.as_str() else { continue };
            let value = i.get_attribute(&object, &Name::new(&*text))?;
            if let Some(predicate) = a.param(1, "predicate").filter(|p| !p.is_none()) {
                let answer = i.call(predicate, Args::of(vec![value.clone()]))?;
                match i.truth(&answer)? {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(why) => return Ok(Object::Unknown(why)),
                }
            }
            members.push(Object::tuple(vec![name, value]));
        }
        Ok(Object::list(members))
    },
});

fn kind(args: &Args, f: impl FnOnce(&Object) -> bool) -> Eval {
    Ok(match args.get(0) {
        Some(object @ Object::Unknown(_)) => object.clone(),
        Some(object) => Object::Bool(f(object)),
        None => Object::Bool(false),
    })
}

/// The names of `inspect`.
pub(super) fn inspect(_: &mut Interpreter) -> Namespace {
    names_of(INSPECT)
}

native_table!(WEAKREF {
    "weakref.ref" => |_, mut a| {
        let object = receiver(&mut a);
        Ok(Object::closure("weakref.ref", move |_, _| Ok(object.clone())))
    },
    "weakref.proxy" => first_argument,
    "weakref.finalize" => nothing,
});

/// The names of `weakref`.
pub(super) fn weakref(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(WEAKREF);
    let dict: Vec<Rc<Class>> = i.types.get("dict").cloned().into_iter().collect();
    let set: Vec<Rc<Class>> = i.types.get("set").cloned().into_iter().collect();
    super::add_class(i, &mut names, "weakref", "WeakKeyDictionary", &dict, &[]);
    super::add_class(i, &mut names, "weakref", "WeakValueDictionary", &dict, &[]);
    super::add_class(i, &mut names, "weakref", "WeakSet", &set, &[]);
    names
}

/// What `abc.abstractmethod` marks a function by.
const ABSTRACT: &str = "__isabstractmethod__";

/// Whether what a class has under a name is still abstract.
fn is_abstract(value: &Object) -> bool {
    match value {
        Object::Function(function) => function.attrs.borrow().contains_key(ABSTRACT),
        Object::Descriptor(descriptor) => match &**descriptor {
            Descriptor::Property { get, .. } => is_abstract(get),
            Descriptor::ClassMethod(function) | Descriptor::StaticMethod(function) => is_abstract(function),
        },
        _ => false,
    }
}

native_table!(ABC {
    "abc.abstractmethod" => |_, mut a| {
        let function = receiver(&mut a);
        if let Object::Function(function) = &function {
            function.attrs.borrow_mut().insert(Name::new_static(ABSTRACT), Object::Bool(true));
        }
        Ok(function)
    },
    "abc.abstractproperty" => |i, a| {
        let property = i.types.get("property").cloned();
        match property {
            Some(property) => i.call(&Object::Class(property), a),
            None => Ok(Object::None),
        }
    },
    "abc.abstractclassmethod" => first_argument,
    "abc.abstractstaticmethod" => first_argument,
});

native_table!(ABC_META {
    "abc.ABCMeta.register" => |_, a| Ok(a.get(1).cloned().unwrap_or(Object::None)),
});

/// The names of `abc`.
pub(super) fn abc(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(ABC);
    let type_ = i.types.type_.clone();
    let meta = super::add_class(i, &mut names, "abc", "ABCMeta", &[type_], ABC_META);
    let class = super::super::native_class_of(&i.types, "abc", "ABC", &[], &[], Some(meta));
    names.insert(Name::new_static("ABC"), Object::Class(class));
    names
}

native_table!(CALENDAR {
    // What it is as long as nobody calls `setfirstweekday`.
    "calendar.firstweekday" => |_, _| Ok(Object::Int(0)),
});

/// The names of `calendar`.
pub(super) fn calendar(_: &mut Interpreter) -> Namespace {
    let mut names = names_of(CALENDAR);
    for (day, number) in DAYS.into_iter().zip(0..) {
        names.insert(Name::new(day.to_uppercase()), Object::Int(number));
    }
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let months = |shown: fn(&'static str) -> &'static str| {
        let texts = MONTHS.into_iter().map(|month| Object::str(shown(month)));
        Object::list(std::iter::once(Object::str("")).chain(texts).collect())
    };
    let days = |shown: fn(&'static str) -> &'static str| {
        Object::list(DAYS.into_iter().map(|day| Object::str(shown(day))).collect())
    };
    names.insert(Name::new_static("month_name"), months(|name| name));
    names.insert(Name::new_static("month_abbr"), months(short));
    names.insert(Name::new_static("day_name"), days(|name| name));
    names.insert(Name::new_static("day_abbr"), days(short));
    names
}

native_table!(ZONE_INFO {
    "zoneinfo.ZoneInfo.__new__" => |i, a| {
        let Some(name) = str_param(&a, 1, "key") else { return Ok(i.unknown("a zone that is not known")) };
        let call = crate::python::value::Call {
            path: "zoneinfo.ZoneInfo".into(),
            args: vec![crate::python::value::Value::Str(name)],
            kwargs: Vec::new(),
        };
        Ok(Object::Frozen(Rc::new(crate::python::value::Value::Call(std::sync::Arc::new(call)))))
    },
});

/// The names of `zoneinfo`.
pub(super) fn zoneinfo(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    super::add_class(i, &mut names, "zoneinfo", "ZoneInfo", &[], ZONE_INFO);
    let error = i.types.exception("KeyError");
    super::add_class(i, &mut names, "zoneinfo", "ZoneInfoNotFoundError", &[error], &[]);
    names
}

/// The names of `numbers`.
pub(super) fn numbers(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let mut bases: Vec<Rc<Class>> = Vec::new();
    for name in ["Number", "Complex", "Real", "Rational", "Integral"] {
        let class = super::add_class(i, &mut names, "numbers", name, &bases, &[]);
        bases = vec![class];
    }
    names
}

native_table!(LAZY_TEXT {
    "gettext.gettext" => first_argument,
    "gettext.ngettext" => |i, _| Ok(i.unknown("a translation")),
});

/// The names of `gettext`.
pub(super) fn gettext(_: &mut Interpreter) -> Namespace {
    names_of(LAZY_TEXT)
}

/// `builtins`
pub(super) fn builtins(i: &mut Interpreter) -> Namespace {
    i.builtins.clone()
}

/// `__future__`: features that every Python has.
pub(super) fn future(_: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    for name in [
        "annotations",
        "absolute_import",
        "division",
        "print_function",
        "unicode_literals",
        "with_statement",
        "generators",
        "nested_scopes",
        "generator_stop",
    ] {
        names.insert(Name::new_static(name), Object::Bool(true));
    }
    names
}
