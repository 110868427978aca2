//! What an app config's own methods change of what Django loads: an `import_models()` that imports none, and
//! a `ready()` that hands the app's name to a function that sets `MIGRATION_MODULES`.

use std::rc::Rc;

use crate::django::runtime::{MODELS_ASKED_FOR, SettingsValues, thaw};
use crate::python::interpreter::{Args, Interpreter};
use crate::python::library::Found;
use crate::python::object::{Class, Instance, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

const SETTING: &str = "MIGRATION_MODULES";

/// Whether an app's models are not imported: its config has an `import_models()` of its own, which does
/// without Django's.
pub(super) fn imports_no_models(interpreter: &mut Interpreter, class: &Rc<Class>) -> bool {
    if class.lookup("import_models").is_none_or(|(_, owner)| owner.native) {
        return false;
    }
    let config = interpreter.instance_of(class);
    let called = interpreter.call_method(&config, "import_models", Args::none());
    let asked = |config: &Instance| config.attrs.borrow().contains_key(MODELS_ASKED_FOR);
    matches!(called, Ok(Object::None)) && config.as_instance().is_some_and(|config| !asked(config))
}

/// The settings once every config's `ready()` has run, where one of them sets `MIGRATION_MODULES`.
pub(super) fn settings_when_ready(
    interpreter: &mut Interpreter,
    configs: &[Rc<Class>],
    settings: &SettingsValues,
) -> Option<SettingsValues> {
    let calls: Vec<(Object, Args)> =
        configs.iter().flat_map(|class| calls_of_ready(interpreter, class)).collect();
    let (Some(before), false) = (settings.get(SETTING), calls.is_empty()) else { return None };
    let module = interpreter.module("django.conf")?;
    let holder = interpreter.module_global(&module, "settings").ok()??;
    let holder = holder.as_instance()?.clone();
    let modules = thaw(&before);
    holder.attrs.borrow_mut().insert(Name::new_static(SETTING), modules.clone());
    for (function, args) in calls {
        // What fails there fails when the site starts, too.
        let _ = interpreter.call(&function, args);
    }
    holder.attrs.borrow_mut().shift_remove(&Name::new_static(SETTING));
    let after = interpreter.freeze(&modules);
    if after == before {
        return None;
    }
    let mut settings = settings.clone();
    settings.values.insert(SETTING.into(), after);
    Some(settings)
}

/// The calls in a config's `ready()` of functions of its module that speak of `MIGRATION_MODULES`.
fn calls_of_ready(interpreter: &mut Interpreter, class: &Rc<Class>) -> Vec<(Object, Args)> {
    let library = interpreter.library.clone();
    let (Found::Package(path) | Found::Module(path)) = library.find(&class.module) else { return Vec::new() };
    if library.mentions(&path, &[SETTING]) != Some(true) {
        return Vec::new();
    }
    let Ok(parsed) = library.parse(&path) else { return Vec::new() };
    let ready = parsed.body.iter().find_map(|statement| match statement {
        Stmt::ClassDef(def) if def.name.id == class.name => def.body.iter().find_map(|member| match member {
            Stmt::FunctionDef(def) if def.name.id == "ready" => Some(def),
            _ => None,
        }),
        _ => None,
    });
    let Some(ready) = ready else { return Vec::new() };
    let config = interpreter.instance_of(class);
    let mut found = Vec::new();
    for statement in parsed.function_body(ready) {
        let Stmt::Expr(statement) = statement else { continue };
        let Expr::Call(call) = &*statement.value else { continue };
        let Expr::Name(name) = &*call.func else { continue };
        let sets = |def: &StmtFunctionDef| {
            let text = parsed.file.text().get(usize::from(def.range.start())..usize::from(def.range.end()));
            def.name.id == name.id && text.is_some_and(|text| text.contains(SETTING))
        };
        let defined =
            parsed.body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(def) if sets(def)));
        if !defined {
            continue;
        }
        let Ok(Object::Module(module)) = interpreter.load_module(&class.module) else { continue };
        let function = interpreter.module_global(&module, name.id.as_str()).ok().flatten();
        if let (Some(function), Some(args)) = (function, arguments(interpreter, &config, call)) {
            found.push((function, Args::of(args)));
        }
    }
    found
}

/// The arguments of a call, where each is `self` or something of it.
fn arguments(interpreter: &mut Interpreter, config: &Object, call: &ExprCall) -> Option<Vec<Object>> {
    if !call.arguments.keywords.is_empty() {
        return None;
    }
    let is_self = |expression: &Expr| matches!(expression, Expr::Name(name) if name.id == "self");
    let one = |expression: &Expr| match expression {
        own if is_self(own) => Some(config.clone()),
        Expr::Attribute(attribute) if is_self(&attribute.value) => {
            interpreter.find_attribute(config, attribute.attr.id.as_str()).ok()?
        }
        _ => None,
    };
    call.arguments.args.iter().map(one).collect()
}
