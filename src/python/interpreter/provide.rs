//! Modules that a higher floor hands to one evaluator, files run in a module's own names, and files
//! that are no Python.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::{Eval, Frame, Interpreter};
use crate::python::library::Found;
use crate::python::object::{Module, Namespace, Object, Scope, Status};
use crate::python::syntax::{Parsed, TextRange};

impl Interpreter {
    /// Raises what Python raises for a file that is no Python.
    pub(super) fn refuse_errors(&mut self, parsed: &Arc<Parsed>) -> Eval<()> {
        let Some(error) = parsed.errors.first() else { return Ok(()) };
        let range = TextRange::new(error.at.start.into(), error.at.end.into());
        let outer = self.here.replace((parsed.clone(), range));
        // As Python words it.
        let place = format!("{}, line {}", parsed.file.display(), error.at.line());
        let raise = self.raise("SyntaxError", format!("{} ({place})", error.message));
        self.here = outer;
        Err(raise)
    }

    /// Makes `names` the module `name`, unless there is such a module in the analysed repository or one
    /// written in Rust. Whether it did.
    pub fn provide(&mut self, name: &str, names: Namespace) -> bool {
        if self.modules.contains_key(name) || self.extension.modules.contains(name) {
            return false;
        }
        if let Found::Package(path) | Found::Module(path) = self.library.find(name)
            && self.library.is_project(&path)
        {
            return false;
        }
        let module = Rc::new(Module {
            name: name.into(),
            globals: RefCell::new(names),
            status: Cell::new(Status::Done),
            parsed: None,
            package: true,
            open: RefCell::default(),
            submodules: RefCell::default(),
            stand_in: RefCell::default(),
            native: true,
        });
        self.modules.insert(name.into(), module);
        true
    }

    /// A module evaluated in full, by its dotted name.
    ///
    /// # Errors
    /// What its evaluation raised.
    pub fn load_module(&mut self, name: &str) -> Eval {
        match self.import_module(name)? {
            Object::Module(module) => {
                self.ensure_evaluated(&module)?;
                Ok(Object::Module(module))
            }
            other => Ok(other),
        }
    }

    /// Evaluates a parsed file as the module `name`, whether or not the name leads to it.
    ///
    /// # Errors
    /// What its evaluation raised.
    pub fn load_file(&mut self, name: &str, parsed: Arc<Parsed>, package: bool) -> Eval<Rc<Module>> {
        let module = Rc::new(Module {
            name: name.into(),
            globals: RefCell::default(),
            status: Cell::new(Status::New),
            parsed: Some(parsed),
            package,
            open: RefCell::default(),
            submodules: RefCell::default(),
            stand_in: RefCell::default(),
            native: false,
        });
        self.modules.insert(name.into(), module.clone());
        self.failed.remove(name);
        self.ensure_evaluated(&module)?;
        Ok(module)
    }

    /// Forgets a module that nobody else will import.
    pub fn forget_module(&mut self, name: &str) {
        self.failed.remove(name);
        self.modules.remove(name);
    }

    /// Runs another file's statements as if they stood in `module` (`exec(code, globals())`).
    ///
    /// # Errors
    /// What they raise.
    pub fn run_in_module(&mut self, module: &Rc<Module>, parsed: &Arc<Parsed>) -> Eval<()> {
        let outer = self.here.take();
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
        self.here = outer;
        result.map(|_| ())
    }

    /// The module whose file holds the expression being evaluated, and that file.
    pub fn calling_module(&self) -> Option<(Rc<Module>, Arc<Parsed>)> {
        let (parsed, _) = self.here.as_ref()?;
        let running = |module: &&Rc<Module>| {
            module.status.get() == Status::Running
                && module.parsed.as_ref().is_some_and(|own| Arc::ptr_eq(own, parsed))
        };
        let module = self.modules.values().find(running)?.clone();
        Some((module, parsed.clone()))
    }

    /// Modules that are being evaluated, by the length of their folders' paths.
    pub fn running_modules(&self) -> Vec<Rc<Module>> {
        let running = self.modules.values().filter(|module| module.status.get() == Status::Running);
        let mut modules: Vec<Rc<Module>> = running.cloned().collect();
        let length =
            |module: &Rc<Module>| module.parsed.as_ref().map(|own| own.file.path().as_os_str().len());
        modules.sort_by_key(|module| (length(module), module.name.clone()));
        modules
    }

    /// `__file__`: of a module that is written in Rust, the file that it stands for.
    pub(crate) fn file_of(&self, module: &Module) -> Object {
        if let Some(parsed) = &module.parsed {
            return Object::str(parsed.file.path().to_string_lossy().into_owned());
        }
        match self.library.find(&module.name) {
            Found::Package(path) | Found::Module(path) => Object::str(path.to_string_lossy().into_owned()),
            Found::Namespace(_) => Object::None,
            Found::Missing => self.unknown(format!("the file of {}", module.name)),
        }
    }

    /// Every module that was evaluated from a file, by name.
    pub fn evaluated_modules(&self) -> Vec<Rc<Module>> {
        let evaluated = self.modules.values().filter(|module| {
            module.parsed.is_some() && module.status.get() == Status::Done && !module.name.contains('\0')
        });
        let mut modules: Vec<Rc<Module>> = evaluated.cloned().collect();
        modules.sort_by(|a, b| a.name.cmp(&b.name));
        modules
    }

    /// A global of a module, its import done if that was put off.
    ///
    /// # Errors
    /// What the import raised.
    pub fn module_global(&mut self, module: &Rc<Module>, name: &str) -> Eval<Option<Object>> {
        match module.get(name) {
            Some(Object::Lazy(lazy)) => self.force(&lazy).map(Some),
            other => Ok(other),
        }
    }
}
