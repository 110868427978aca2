//! What is had in a module's stead: the object that it puts in its place in `sys.modules`, and the source that
//! stands beside a module written in Rust.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::imports::names;
use super::{Eval, Interpreter};
use crate::python::library::Found;
use crate::python::object::{Module, Object, Status};
use crate::python::syntax::ast::Stmt;

impl Interpreter {
    /// What the object that a module has put in its place has under a name, or a submodule.
    pub(super) fn find_in_stand_in(
        &mut self,
        module: &Rc<Module>,
        other: &Object,
        name: &str,
    ) -> Eval<Option<Object>> {
        match self.find_attribute(other, name) {
            Ok(Some(value)) => Ok(Some(value)),
            missing if module.package => match self.module(&format!("{}.{name}", module.name)) {
                Some(found) => Ok(Some(Object::Module(found))),
                None => missing,
            },
            missing => missing,
        }
    }

    /// Whether the source that a native class stands for assigns a name in the class's body (`true`) or
    /// defines it otherwise (`false`); nothing where it does neither, or there is no source.
    pub(crate) fn source_class_has(&mut self, module: &str, class: &str, name: &str) -> Option<bool> {
        let (Found::Package(path) | Found::Module(path)) = self.library.find(module) else { return None };
        let parsed = self.library.parse(&path).ok()?;
        self.work(parsed.body.len());
        let body = parsed.body.iter().find_map(|statement| match statement {
            Stmt::ClassDef(def) if def.name.id == class => Some(&def.body),
            _ => None,
        })?;
        body.iter().find_map(|statement| match statement {
            Stmt::Assign(inner) => inner.targets.iter().any(|target| names(target, name)).then_some(true),
            Stmt::AnnAssign(inner) => names(&inner.target, name).then_some(true),
            Stmt::FunctionDef(def) => (def.name.id == name).then_some(false),
            Stmt::ClassDef(def) => (def.name.id == name).then_some(false),
            _ => None,
        })
    }

    /// What the source beside a native module has under a name.
    pub(crate) fn beside_native_path(&mut self, module: &str, name: &str) -> Eval<Option<Object>> {
        match self.module(module) {
            Some(module) => self.beside_native(&module, name),
            None => Ok(None),
        }
    }

    /// A name that a module written in Rust lacks may be read from the source it stands for.
    pub(super) fn beside_native(&mut self, module: &Rc<Module>, name: &str) -> Eval<Option<Object>> {
        if !module.native {
            return Ok(None);
        }
        let path = match self.library.find(&module.name) {
            Found::Package(path) | Found::Module(path) => path,
            Found::Namespace(_) | Found::Missing => return Ok(None),
        };
        let Ok(parsed) = self.library.parse(&path) else { return Ok(None) };
        let hidden: Arc<str> = format!("{}\u{0}source", module.name).into();
        let source = if let Some(source) = self.modules.get(&hidden) {
            source.clone()
        } else {
            let source = Rc::new(Module {
                name: module.name.clone(),
                globals: RefCell::default(),
                status: Cell::new(Status::New),
                parsed: Some(parsed),
                package: module.package,
                open: RefCell::default(),
                submodules: RefCell::default(),
                stand_in: RefCell::default(),
                native: false,
            });
            self.modules.insert(hidden, source.clone());
            source
        };
        self.find_module_attribute(&source, name)
    }
}

/// What a module has put in its place, once it is there in full.
pub(super) fn stand_in(module: &Module) -> Option<Object> {
    if module.status.get() == Status::Running { None } else { module.stand_in.borrow().clone() }
}
