//! Imports. A name is bound to [`Object::Lazy`] and its module evaluated only when it is loaded, so
//! a file costs no more than what it uses.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::stand_in::stand_in;
use super::{Args, Eval, Flow, Frame, Interpreter, KEYED, Raise};
use crate::python::library::{Found, LONGEST_NAME};
use crate::python::object::{Class, Descriptor, Lazy, Module, Object, Scope, Status};
use crate::python::syntax::Name;
use crate::python::syntax::ast::{self, Expr, Stmt};
use crate::python::value::Unknown;
use crate::source::Location;

/// How often a module is evaluated that raises each time; then its importers get what it raised last.
const TRIES: u32 = 8;
/// What looking for the files of a module takes, in items that are gone over.
const SEARCH: usize = 2 * 1024;

/// A module's package: itself, or its parent.
pub(crate) fn package_of(module: &Module) -> &str {
    if module.package { &module.name } else { module.name.rsplit_once('.').map_or("", |(parent, _)| parent) }
}

impl Interpreter {
    /// `import a.b as c`
    pub(crate) fn import_name(&mut self, frame: &mut Frame, alias: &ast::Alias) -> Eval<()> {
        self.tick()?;
        let at = frame.parsed.location(alias.range);
        self.here = Some((frame.parsed.clone(), alias.range));
        let full: Arc<str> = alias.name.id.as_str().into();
        if self.guarded_imports > 0 {
            self.import_module(&full)?;
        }
        self.import_eagerly(frame, &full)?;
        if let Some(name) = &alias.asname {
            let lazy =
                Lazy { module: full, name: None, at, forced: RefCell::default(), forcing: Cell::default() };
            self.bind(frame, &name.id, Some(Object::Lazy(Rc::new(lazy))));
            return Ok(());
        }
        let (top, rest) = full.split_once('.').unwrap_or((&full, ""));
        self.note_submodules(top, rest);
        let name = Name::new(top);
        let lazy =
            Lazy { module: top.into(), name: None, at, forced: RefCell::default(), forcing: Cell::default() };
        self.bind(frame, &name, Some(Object::Lazy(Rc::new(lazy))));
        Ok(())
    }

    /// `import a.b.c` makes `b` an attribute of `a`, and `c` one of `a.b`.
    fn note_submodules(&mut self, top: &str, rest: &str) {
        if top.len() + rest.len() > LONGEST_NAME {
            return;
        }
        let mut name = top.to_owned();
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            if let Some(module) = self.module(&name) {
                module.submodules.borrow_mut().insert(Name::new(part));
            }
            name = format!("{name}.{part}");
        }
    }

    /// `from a import b`
    pub(crate) fn import_from(&mut self, frame: &mut Frame, inner: &ast::StmtImportFrom) -> Eval<()> {
        self.here = Some((frame.parsed.clone(), inner.range));
        let base = inner.module.as_ref().map_or("", |module| module.id.as_str());
        let Some(module) = absolute(&frame.module, base, inner.level) else {
            return Err(self.raise("ImportError", "attempted relative import beyond top-level package"));
        };
        for alias in &inner.names {
            self.tick()?;
            if alias.name.id == "*" {
                self.import_star(frame, &module)?;
                continue;
            }
            let at = frame.parsed.location(alias.range);
            let name = alias.asname.as_ref().unwrap_or(&alias.name).id.clone();
            let lazy = Rc::new(Lazy {
                module: module.clone(),
                name: Some(alias.name.id.clone()),
                at,
                forced: RefCell::default(),
                forcing: Cell::default(),
            });
            if self.guarded_imports > 0 {
                self.force(&lazy)?;
            }
            self.bind(frame, &name, Some(Object::Lazy(lazy)));
            self.import_eagerly(frame, &format!("{module}.{}", alias.name.id))?;
        }
        Ok(())
    }

    /// Evaluates a module, and the packages it is in, at the import statement, where that is wanted:
    /// for what the evaluation does beside binding names. What it raises is raised again when a name
    /// is needed.
    fn import_eagerly(&mut self, frame: &Frame, name: &str) -> Eval<()> {
        let Some(wanted) = self.eager_imports.clone() else { return Ok(()) };
        if !frame.at_module || !self.journals.is_empty() || name.len() > LONGEST_NAME {
            return Ok(());
        }
        let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
        for end in ends {
            let part = &name[..end];
            if !wanted(&self.library, part) {
                continue;
            }
            let Some(module) = self.module(part) else { return Ok(()) };
            if let Err(raise @ Raise::Limit(_)) = self.ensure_evaluated(&module)
                && self.is_spent()
            {
                return Err(raise);
            }
        }
        Ok(())
    }

    fn import_star(&mut self, frame: &mut Frame, name: &Arc<str>) -> Eval<()> {
        let module = match self.import_module(name)? {
            Object::Module(module) => module,
            Object::Unknown(why) => {
                // From now on any name may come from there.
                let mut open = frame.module.open.borrow_mut();
                if open.is_none() {
                    *open = Some(why);
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.ensure_evaluated(&module)?;
        let all = module.get("__all__");
        let public: Option<Vec<Name>> = match &all {
            Some(all) => match self.items(all) {
                Ok(items) => {
                    Some(items.iter().filter_map(Object::as_str).map(|text| Name::new(&*text)).collect())
                }
                Err(_) => None,
            },
            None => None,
        };
        let names = public.unwrap_or_else(|| {
            let globals = module.globals.borrow();
            globals.keys().filter(|name| !name.starts_with('_')).cloned().collect()
        });
        self.toil(names.len() * KEYED)?;
        for name in names {
            let value = module.get(&name);
            let value = match value {
                // What that module itself imports from here is here already.
                Some(Object::Lazy(lazy)) if lazy.leads_to(&frame.module.name, &name) => continue,
                Some(value) => value,
                None => match self.find_module_attribute(&module, &name)? {
                    Some(value) => value,
                    None => continue,
                },
            };
            self.bind(frame, &name, Some(value));
        }
        // A module may import itself: it is not to be borrowed any more when it is written.
        let why = module.open.borrow().clone();
        if let Some(why) = why {
            frame.module.open.borrow_mut().get_or_insert(why);
        }
        Ok(())
    }

    /// The value behind an import that was put off.
    pub(crate) fn force(&mut self, lazy: &Rc<Lazy>) -> Eval {
        if let Some(value) = lazy.forced.borrow().clone() {
            return Ok(value);
        }
        if lazy.forcing.replace(true) {
            let name = lazy.name.as_ref().map_or("", Name::as_str);
            return Ok(Object::unknown(
                format!("{}.{name} is imported in a circle", lazy.module),
                Some(lazy.at.clone()),
            ));
        }
        let value = self.deeper(|this| this.force_now(lazy));
        lazy.forcing.set(false);
        let value = value?;
        *lazy.forced.borrow_mut() = Some(value.clone());
        Ok(value)
    }

    fn force_now(&mut self, lazy: &Lazy) -> Eval {
        let module = match self.import_module(&lazy.module)? {
            Object::Module(module) => module,
            other => return Ok(self.elsewhere(other, &lazy.module, lazy.name.as_ref(), &lazy.at)),
        };
        let Some(name) = &lazy.name else { return Ok(Object::Module(module)) };
        match self.find_module_attribute(&module, name)? {
            Some(value) => Ok(value),
            None if module.status.get() == Status::Running => {
                // A circular import that Python would refuse, or that a later statement makes right.
                Ok(Object::unknown(
                    format!("{}.{name} is not defined yet: a circular import", module.name),
                    Some(lazy.at.clone()),
                ))
            }
            None => {
                Err(self.raise("ImportError", format!("cannot import name '{name}' from '{}'", module.name)))
            }
        }
    }

    /// A name of a module that is not at hand: unknown, but its dotted path is known. One that is
    /// written as classes are becomes a class of which nothing else is known.
    fn elsewhere(&self, why: Object, module: &str, name: Option<&Name>, at: &Location) -> Object {
        let (Object::Unknown(_), Some(name)) = (&why, name) else { return why };
        let reason: Arc<str> = format!("{module}.{name} is outside the source at hand").into();
        let unknown = Arc::new(Unknown { reason, at: Some(at.clone()) });
        let class_like = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
        if !class_like {
            return Object::Unknown(unknown);
        }
        let class = Rc::new(Class {
            name: name.clone(),
            module: module.into(),
            qualname: name.as_str().into(),
            bases: RefCell::default(),
            mro: RefCell::default(),
            attrs: RefCell::default(),
            metaclass: None,
            open: RefCell::new(Some(unknown)),
            at: None,
            native: false,
            elsewhere: true,
        });
        *class.mro.borrow_mut() = vec![class.clone(), self.types.object.clone()];
        Object::Class(class)
    }

    /// A module, evaluated no further than it was; an unknown where its source is not at hand.
    ///
    /// # Errors
    /// `ModuleNotFoundError`, where all places it could be in are at hand.
    pub fn import_module(&mut self, name: &str) -> Eval {
        if name.len() > LONGEST_NAME {
            return Ok(self.unknown("imports a module of too long a name"));
        }
        if let Some(module) = self.module(name) {
            return Ok(Object::Module(module));
        }
        // Files were looked for.
        self.toil(SEARCH)?;
        let top = name.split('.').next().unwrap_or(name);
        let parent_known = name.rsplit_once('.').is_none_or(|(parent, _)| self.module(parent).is_some());
        let top_known = self.module(top).is_some();
        let stdlib = super::super::builtins::is_stdlib(top);
        let certain = !stdlib && (top_known || self.library.has_installed());
        if let Some((parent, last)) = name.rsplit_once('.')
            && parent_known
            && let Some(module) = self.module(parent)
        {
            // `a.b` may be a module object that `a` made under that name.
            if module.status.get() != Status::Running {
                self.ensure_evaluated(&module)?;
            }
            if let Some(Object::Module(found)) = module.get(last) {
                return Ok(Object::Module(found));
            }
            // With the source of a native module's package at hand, what is not there does not exist.
            if module.native && !matches!(self.library.find(parent), Found::Package(_)) {
                return Ok(self.unknown(format!("{name} is not known")));
            }
        }
        if self.library.is_compiled(name) {
            return Ok(self.unknown(format!("{name} is compiled")));
        }
        if certain && self.guarded_imports > 0 {
            return Err(self.raise("ModuleNotFoundError", format!("No module named '{name}'")));
        }
        Ok(self.unknown(format!("the source of {name} is not at hand")))
    }

    /// Whether a package of the analysed repository goes by the name of a standard library's module:
    /// the project's folder comes first in `sys.path`. What Django itself has imported by then stays.
    fn shadows_stdlib(&self, name: &str) -> bool {
        let top = name.split('.').next().unwrap_or(name);
        if super::super::builtins::is_loaded_first(top) {
            return false;
        }
        match self.library.find(top) {
            Found::Package(path) => self.library.is_project(&path),
            _ => false,
        }
    }

    /// A module that can be found, evaluated or not.
    pub fn module(&mut self, name: &str) -> Option<Rc<Module>> {
        if name.len() > LONGEST_NAME {
            return None;
        }
        if let Some(module) = self.modules.get(name) {
            return Some(module.clone());
        }
        let extension = self.extension.modules.contains(name);
        let native =
            if extension || self.shadows_stdlib(name) { None } else { super::super::builtins::module(name) };
        let is_native = extension || native.is_some();
        let found = if is_native { Found::Missing } else { self.library.find(name) };
        let (parsed, package, open) = match &found {
            Found::Missing if !is_native => return None,
            Found::Missing => (None, true, None),
            Found::Namespace(_) => (None, true, None),
            Found::Package(path) | Found::Module(path) => match self.library.parse(path) {
                Ok(parsed) => (Some(parsed), matches!(found, Found::Package(_)), None),
                Err(why) => (
                    None,
                    matches!(found, Found::Package(_)),
                    Some(Arc::new(Unknown { reason: why, at: None })),
                ),
            },
        };
        let name: Arc<str> = name.into();
        let module = Rc::new(Module {
            name: name.clone(),
            globals: RefCell::default(),
            status: Cell::new(if parsed.is_some() { Status::New } else { Status::Done }),
            parsed,
            package,
            open: RefCell::new(open),
            submodules: RefCell::default(),
            stand_in: RefCell::default(),
            native: is_native,
        });
        self.modules.insert(name.clone(), module.clone());
        let names = match native {
            Some(make) => {
                let mut names = make(self);
                super::super::builtins::complete(self, &name, &mut names);
                names
            }
            None if extension => (self.extension.make)(self, &name),
            None => return Some(module),
        };
        module.globals.borrow_mut().extend(names);
        Some(module)
    }

    /// Evaluates a module, unless that was done or is being done.
    pub(crate) fn ensure_evaluated(&mut self, module: &Rc<Module>) -> Eval<()> {
        if module.status.get() != Status::New {
            return Ok(());
        }
        if let Some((times, raise)) = self.failed.get(&module.name)
            && *times >= TRIES
        {
            return Err(raise.clone());
        }
        if let Some(wanted) = self.eager_imports.clone() {
            // Python evaluates the packages that a module is in before the module itself.
            let name = module.name.clone();
            for (end, _) in name.match_indices('.') {
                let parent =
                    if wanted(&self.library, &name[..end]) { self.module(&name[..end]) } else { None };
                if let Some(parent) = parent
                    && !Rc::ptr_eq(&parent, module)
                {
                    let _ = self.ensure_evaluated(&parent);
                }
            }
            if module.status.get() != Status::New {
                return Ok(());
            }
        }
        let Some(parsed) = module.parsed.clone() else {
            module.status.set(Status::Running);
            return Ok(());
        };
        if self.eager_imports.is_some() {
            self.refuse_errors(&parsed)?;
        }
        module.status.set(Status::Running);
        let outer_here = self.here.take();
        let outer_budget = self.set_budget();
        // What a module does is done once and for all, whatever branch happened to import it first.
        let journals = std::mem::take(&mut self.journals);
        let result = self.deeper(|this| {
            let mut frame = Frame {
                scope: Scope::new(None, None),
                module: module.clone(),
                parsed: parsed.clone(),
                at_module: true,
                is_class: false,
                guarded: 0,
                function: None,
                first: None,
                maybe_returned: Vec::new(),
                yields: None,
                handling: None,
            };
            this.run_body(&mut frame, &parsed.body)
        });
        self.journals = journals;
        self.restore_budget(outer_budget);
        self.here = outer_here;
        module.status.set(Status::Done);
        match result {
            Ok(Flow::Next | Flow::Break | Flow::Continue | Flow::Return(_)) => Ok(()),
            Err(Raise::Limit(why)) => {
                *module.open.borrow_mut() = Some(why);
                Ok(())
            }
            Err(raise) => {
                // An import that failed is tried again by the next importer, and fails again.
                module.status.set(Status::New);
                module.globals.borrow_mut().clear();
                let failed = self.failed.entry(module.name.clone()).or_insert_with(|| (0, raise.clone()));
                *failed = (failed.0 + 1, raise.clone());
                Err(raise)
            }
        }
    }

    /// A name of a module, which is evaluated as far as that takes; a submodule of that name counts.
    pub(crate) fn find_module_attribute(&mut self, module: &Rc<Module>, name: &str) -> Eval<Option<Object>> {
        if let Some(other) = stand_in(module) {
            return self.find_in_stand_in(module, &other, name);
        }
        match module.get(name) {
            // `from . import name` in a package: what it stands for is the submodule.
            Some(Object::Lazy(lazy)) if lazy.leads_to(&module.name, name) => {}
            Some(Object::Lazy(lazy)) => return self.force(&lazy).map(Some),
            Some(value) => return Ok(Some(value)),
            None => {}
        }
        if module.status.get() == Status::New {
            let submodule = module.submodules.borrow().contains(name);
            if submodule && let Some(found) = self.module(&format!("{}.{name}", module.name)) {
                return Ok(Some(Object::Module(found)));
            }
            if let Some(function) = self.plain_function(module, name) {
                return Ok(Some(function));
            }
            self.ensure_evaluated(module)?;
            if let Some(other) = stand_in(module) {
                return self.find_in_stand_in(module, &other, name);
            }
            match module.get(name) {
                Some(Object::Lazy(lazy)) if lazy.leads_to(&module.name, name) => {}
                Some(Object::Lazy(lazy)) => return self.force(&lazy).map(Some),
                Some(value) => return Ok(Some(value)),
                None => {}
            }
        }
        match name {
            "__name__" => return Ok(Some(Object::Str(module.name.clone()))),
            "__path__" if module.package => return Ok(Some(Object::list(Vec::new()))),
            "__file__" => return Ok(Some(self.file_of(module))),
            "__doc__" => return Ok(Some(Object::None)),
            "__package__" => return Ok(Some(Object::str(package_of(module)))),
            "__spec__" | "__loader__" | "__cached__" => {
                return Ok(Some(self.unknown("how the module was imported")));
            }
            "__dict__" => {
                return Ok(Some(self.live_names(super::super::builtins::Owner::Module(module.clone()))));
            }
            _ => {}
        }
        if module.package {
            self.toil(SEARCH)?;
            if let Some(found) = self.module(&format!("{}.{name}", module.name)) {
                return Ok(Some(Object::Module(found)));
            }
        }
        if let Some(value) = self.beside_native(module, name)? {
            return Ok(Some(value));
        }
        if module.package && self.library.is_compiled(&format!("{}.{name}", module.name)) {
            return Ok(Some(self.unknown(format!("{}.{name} is compiled", module.name))));
        }
        if let Some(hook @ Object::Function(_)) = module.get("__getattr__") {
            return self.call(&hook, Args::of(vec![Object::str(name)])).map(Some);
        }
        if module.native {
            return Ok(Some(self.unknown(format!("{}.{name} is not known", module.name))));
        }
        Ok(module.open.borrow().clone().map(Object::Unknown))
    }

    /// A function that a module plainly defines, without evaluating the module: references to
    /// default callables and validators cost no more than a look at the statements.
    fn plain_function(&mut self, module: &Rc<Module>, name: &str) -> Option<Object> {
        let parsed = module.parsed.clone()?;
        self.work(parsed.body.len());
        let mut found = None;
        for statement in &parsed.body {
            match statement {
                Stmt::FunctionDef(def) if def.name.id == name => {
                    let plain = def.decorator_list.is_empty()
                        && def
                            .parameters
                            .iter_non_variadic_params()
                            .all(|parameter| parameter.default.is_none());
                    if !plain || found.is_some() {
                        return None;
                    }
                    found = Some(def);
                }
                Stmt::FunctionDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Expr(_) => {}
                Stmt::ClassDef(def) if def.name.id != name => {}
                Stmt::Assign(inner) if !inner.targets.iter().any(|target| names(target, name)) => {}
                Stmt::AnnAssign(inner) if !names(&inner.target, name) => {}
                Stmt::AugAssign(inner) if !names(&inner.target, name) => {}
                _ => return None,
            }
        }
        let def = found?;
        Some(Object::Function(Rc::new(crate::python::object::Function {
            name: def.name.id.clone(),
            qualname: def.name.id.as_str().into(),
            module: module.clone(),
            parsed: parsed.clone(),
            range: def.range,
            defaults: Vec::new(),
            closure: None,
            attrs: RefCell::default(),
            is_lambda: false,
            generates: OnceCell::new(),
        })))
    }

    /// The object of a dotted path (`import_string`): `a.b.C`, or `a.b.C.D`.
    ///
    /// # Errors
    /// `ImportError`, where it is certain that there is no such thing.
    pub fn import_path(&mut self, path: &str) -> Eval {
        let mut split = if path.len() > LONGEST_NAME { 0 } else { path.len() };
        while let Some(dot) = path[..split].rfind('.') {
            if let Some(module) = self.module(&path[..dot]) {
                let mut object = Object::Module(module);
                for part in path[dot + 1..].split('.') {
                    object = self.get_attribute(&object, &Name::new(part))?;
                }
                return Ok(object);
            }
            split = dot;
        }
        self.import_module(path)
    }

    /// A class written in Rust. `methods` are named by the last part of their paths.
    pub fn native_class(
        &mut self,
        module: &str,
        name: &str,
        bases: &[Rc<Class>],
        methods: &'static [crate::python::object::Native],
    ) -> Rc<Class> {
        crate::python::builtins::native_class(&self.types, module, name, bases, methods)
    }
}

/// A property written in Rust.
pub fn native_property(get: &'static crate::python::object::Native) -> Object {
    Object::Descriptor(Rc::new(Descriptor::Property { get: Object::Native(get), set: None }))
}

pub(super) fn names(target: &Expr, name: &str) -> bool {
    match target {
        Expr::Name(target) => target.id == name,
        Expr::Tuple(tuple) => tuple.elts.iter().any(|target| names(target, name)),
        Expr::List(list) => list.elts.iter().any(|target| names(target, name)),
        _ => false,
    }
}

/// The absolute name of a relative import.
fn absolute(module: &Module, base: &str, level: u32) -> Option<Arc<str>> {
    if level == 0 {
        return Some(base.into());
    }
    let mut package = package_of(module);
    for _ in 1..level {
        package = package.rsplit_once('.')?.0;
    }
    if package.is_empty() {
        return None;
    }
    Some(if base.is_empty() { package.into() } else { format!("{package}.{base}").into() })
}
