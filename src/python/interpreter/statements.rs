//! Statements.

use std::sync::Arc;

use super::handlers::catches_import_error;
use super::journal::Branch;
use super::{Eval, Flow, Frame, Interpreter, KEYED, LONGEST_REASON, MOST_PROBLEMS, Raise};
use crate::python::object::{Object, Payload};
use crate::python::syntax::ast::{self, ExceptHandler, Expr, Stmt};
use crate::python::syntax::{Name, Ranged};
use crate::python::value::Unknown;

/// The name in a class's namespace that says why one of its statements failed.
pub(crate) const RAISED: &str = "$raised";

/// How often the body of one `while` may run: module-level code loops over what it has.
const WHILE_ROUNDS: u32 = 10_000;

impl Interpreter {
    /// Runs a body; in a module's own body an exception spoils only its statement.
    pub(crate) fn run_body(&mut self, frame: &mut Frame, body: &[Stmt]) -> Eval<Flow> {
        for statement in body {
            match self.run_statement(frame, statement) {
                Ok(Flow::Next) => {}
                Ok(flow) => return Ok(flow),
                Err(raise) if self.survives(frame, &raise) => {
                    let fatal = matches!(raise, Raise::Limit(_)) && self.is_spent();
                    self.give_up(frame, statement, &raise);
                    // A loop's or branch's own statements get none: they would only use it up.
                    let outermost = frame.at_module && std::ptr::eq(body, &raw const *frame.parsed.body);
                    if fatal && !(outermost && self.another_chance()) {
                        return Err(raise);
                    }
                }
                Err(raise) => return Err(raise),
            }
        }
        Ok(Flow::Next)
    }

    /// Whether an exception spoils no more than its statement: in the body of a module or class,
    /// where nobody waits for it.
    fn survives(&self, frame: &Frame, raise: &Raise) -> bool {
        let waited_for = match raise {
            Raise::Exception(Object::Instance(exception)) if self.guarded_imports > 0 => {
                catches_import_error(&Object::Class(exception.class.borrow().clone()))
            }
            _ => false,
        };
        (frame.at_module || frame.is_class) && frame.guarded == 0 && self.journals.is_empty() && !waited_for
    }

    /// Whatever a failed statement would have bound is unknown.
    fn give_up(&mut self, frame: &mut Frame, statement: &Stmt, raise: &Raise) {
        let unknown = match raise {
            Raise::Limit(unknown) => unknown.clone(),
            Raise::Exception(_) => {
                let at = self.location().or_else(|| Some(frame.parsed.location(statement.range())));
                Arc::new(Unknown { reason: self.describe_raise(raise), at })
            }
        };
        if let Raise::Limit(_) = raise
            && frame.at_module
        {
            // What it would have bound by other ways (`globals()`, `setattr`) is not known.
            let mut open = frame.module.open.borrow_mut();
            *open = open.take().or_else(|| Some(unknown.clone()));
        }
        if frame.is_class && matches!(raise, Raise::Exception(_)) {
            // Python would have no such class: what there is of it was not followed well enough.
            self.bind(frame, &Name::new_static(RAISED), Some(Object::Unknown(unknown.clone())));
        }
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push((frame.module.name.clone(), (*unknown).clone()));
        }
        let mut names = Vec::new();
        bound_names(statement, &mut names, 0);
        self.work(names.len() * KEYED);
        for name in names {
            let bound = if frame.is_class {
                frame.scope.vars.borrow().contains_key(&name)
            } else {
                frame.module.globals.borrow().contains_key(&name)
            };
            if !bound
                || matches!(
                    statement,
                    // A loop that was left half done has left its names anywhere.
                    Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::For(_) | Stmt::While(_)
                )
            {
                self.bind(frame, &name, Some(Object::Unknown(unknown.clone())));
            }
        }
    }

    fn run_statement(&mut self, frame: &mut Frame, statement: &Stmt) -> Eval<Flow> {
        self.tick()?;
        match statement {
            Stmt::Expr(inner) => {
                self.eval(frame, &inner.value)?;
            }
            Stmt::Assign(inner) => {
                let value = self.eval(frame, &inner.value)?;
                self.toil(inner.targets.len() * KEYED)?;
                for target in &inner.targets {
                    self.assign(frame, target, value.clone())?;
                }
            }
            Stmt::AnnAssign(inner) => self.run_annotated(frame, inner)?,
            Stmt::AugAssign(inner) => self.run_augmented(frame, inner)?,
            Stmt::FunctionDef(def) => self.define_function(frame, def)?,
            Stmt::ClassDef(def) => self.deeper(|this| this.define_class(frame, def))?,
            Stmt::Return(inner) => {
                let value = match &inner.value {
                    Some(value) => self.eval(frame, value)?,
                    None => Object::None,
                };
                return Ok(Flow::Return(value));
            }
            Stmt::Delete(inner) => {
                self.toil(inner.targets.len() * KEYED)?;
                for target in &inner.targets {
                    self.delete(frame, target)?;
                }
            }
            Stmt::If(inner) => return self.run_if(frame, inner),
            Stmt::For(inner) => return self.deeper(|this| this.run_for(frame, inner)),
            Stmt::While(inner) => return self.deeper(|this| this.run_while(frame, inner)),
            Stmt::With(inner) => return self.deeper(|this| this.run_with(frame, inner)),
            Stmt::Match(inner) => return self.deeper(|this| this.run_match(frame, inner)),
            Stmt::Raise(inner) => return self.run_raise(frame, inner),
            Stmt::Try(inner) => return self.deeper(|this| this.run_try(frame, inner)),
            Stmt::Import(inner) => {
                for alias in &inner.names {
                    self.import_name(frame, alias)?;
                }
            }
            Stmt::ImportFrom(inner) => self.import_from(frame, inner)?,
            Stmt::Global(inner) => {
                self.toil(inner.names.len() * KEYED)?;
                let names = inner.names.iter().map(|name| name.id.clone());
                frame.scope.globals.borrow_mut().extend(names);
            }
            Stmt::Nonlocal(inner) => {
                self.toil(inner.names.len() * KEYED)?;
                let names = inner.names.iter().map(|name| name.id.clone());
                frame.scope.nonlocals.borrow_mut().extend(names);
            }
            Stmt::Break(_) => return Ok(Flow::Break),
            Stmt::Continue(_) => return Ok(Flow::Continue),
            Stmt::TypeAlias(inner) => {
                let value = self.unknown("a type alias");
                self.assign(frame, &inner.name, value)?;
            }
            // An assertion that would fail stops the import; the project is taken to work.
            Stmt::Assert(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Ok(Flow::Next)
    }

    fn run_annotated(&mut self, frame: &mut Frame, inner: &ast::StmtAnnAssign) -> Eval<()> {
        if frame.is_class
            && let Expr::Name(name) = &*inner.target
        {
            // Annotations matter to dataclasses and the like: names in order, values unevaluated.
            let annotations = Name::new_static("__annotations__");
            let existing = frame.scope.vars.borrow().get(&annotations).cloned();
            let dict = existing.unwrap_or_else(|| Object::dict([]));
            let text = frame.parsed.file.text().get(std::ops::Range::<usize>::from(inner.annotation.range()));
            if let Object::Dict(items) = &dict {
                let text = Object::str(text.unwrap_or_default());
                self.change_dict(items, |items| items.insert_str(&name.id, text));
            }
            self.set_variable(&frame.scope, &annotations, Some(dict));
        }
        if let Some(value) = &inner.value {
            let value = self.eval(frame, value)?;
            self.assign(frame, &inner.target, value)?;
        }
        Ok(())
    }

    fn run_augmented(&mut self, frame: &mut Frame, inner: &ast::StmtAugAssign) -> Eval<()> {
        let old = self.eval(frame, &inner.target)?;
        let value = self.eval(frame, &inner.value)?;
        self.here = Some((frame.parsed.clone(), inner.range));
        let new = self.augment(&old, inner.op, &value)?;
        self.assign(frame, &inner.target, new)
    }

    /// Binds a target to a value.
    pub(crate) fn assign(&mut self, frame: &mut Frame, target: &Expr, value: Object) -> Eval<()> {
        match target {
            Expr::Name(name) => self.bind(frame, &name.id, Some(value)),
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                self.here = Some((frame.parsed.clone(), attribute.range));
                return self.set_attribute(&object, &attribute.attr.id, value);
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let index = self.eval(frame, &subscript.slice)?;
                return self.set_item(&object, &index, value);
            }
            Expr::Tuple(tuple) => return self.unpack(frame, &tuple.elts, &value),
            Expr::List(list) => return self.unpack(frame, &list.elts, &value),
            Expr::Starred(starred) => return self.assign(frame, &starred.value, value),
            _ => {}
        }
        Ok(())
    }

    /// Binds a name where Python would.
    pub(crate) fn bind(&mut self, frame: &Frame, name: &Name, value: Option<Object>) {
        if frame.scope.globals.borrow().contains(name) || (frame.at_module && frame.scope.parent.is_none()) {
            self.set_global(&frame.module, name, value);
            return;
        }
        if frame.scope.nonlocals.borrow().contains(name) {
            let mut scope = frame.scope.parent.clone();
            while let Some(outer) = scope {
                if outer.vars.borrow().contains_key(name) {
                    self.set_variable(&outer, name, value);
                    return;
                }
                scope = outer.parent.clone();
            }
        }
        self.set_variable(&frame.scope, name, value);
    }

    fn unpack(&mut self, frame: &mut Frame, targets: &[Expr], value: &Object) -> Eval<()> {
        if let Some(why) = self.unknown_items(value) {
            for target in targets {
                self.assign(frame, target, Object::Unknown(why.clone()))?;
            }
            return Ok(());
        }
        let items = self.items(value)?;
        let starred = targets.iter().position(|target| matches!(target, Expr::Starred(_)));
        match starred {
            None if items.len() == targets.len() => {
                for (target, item) in targets.iter().zip(items) {
                    self.assign(frame, target, item)?;
                }
            }
            Some(at) if items.len() + 1 >= targets.len() => {
                let tail = targets.len() - at - 1;
                let middle = items.len() - tail;
                for (target, item) in targets[..at].iter().zip(&items[..at]) {
                    self.assign(frame, target, item.clone())?;
                }
                self.assign(frame, &targets[at], Object::list(items[at..middle].to_vec()))?;
                for (target, item) in targets[at + 1..].iter().zip(&items[middle..]) {
                    self.assign(frame, target, item.clone())?;
                }
            }
            _ => return Err(self.raise("ValueError", "wrong number of values to unpack")),
        }
        Ok(())
    }

    fn delete(&mut self, frame: &mut Frame, target: &Expr) -> Eval<()> {
        match target {
            Expr::Name(name) => self.bind(frame, &name.id, None),
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                self.delete_attribute(&object, &attribute.attr.id)?;
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let index = self.eval(frame, &subscript.slice)?;
                self.delete_item(&object, &index)?;
            }
            Expr::Tuple(tuple) => {
                for target in &tuple.elts {
                    self.delete(frame, target)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn run_if(&mut self, frame: &mut Frame, inner: &ast::StmtIf) -> Eval<Flow> {
        let clauses: Vec<(Option<&Expr>, &[Stmt])> = std::iter::once((Some(&*inner.test), &inner.body[..]))
            .chain(inner.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body[..])))
            .collect();
        self.run_clauses(frame, &clauses)
    }

    fn run_clauses(&mut self, frame: &mut Frame, clauses: &[(Option<&Expr>, &[Stmt])]) -> Eval<Flow> {
        for (index, (test, body)) in clauses.iter().enumerate() {
            let Some(test) = test else { return self.deeper(|this| this.run_body(frame, body)) };
            let value = self.eval(frame, test)?;
            match self.truth(&value)? {
                Ok(true) => return self.deeper(|this| this.run_body(frame, body)),
                Ok(false) => {}
                Err(why) => {
                    let why = because(&why, "depends on a condition that is not known");
                    let first = self.branch(|this| this.deeper(|this| this.run_body(frame, body)));
                    let rest = &clauses[index + 1..];
                    let second = self.branch(|this| this.deeper(|this| this.run_clauses(frame, rest)));
                    return self.merge_flows(frame, vec![first, second], &why);
                }
            }
        }
        Ok(Flow::Next)
    }

    fn merge_flows(
        &mut self,
        frame: &mut Frame,
        branches: Vec<Branch<Flow>>,
        why: &Arc<Unknown>,
    ) -> Eval<Flow> {
        let flows = self.merge(branches, why)?;
        let returned: Vec<Object> = flows
            .iter()
            .filter_map(|f| if let Flow::Return(value) = f { Some(value.clone()) } else { None })
            .collect();
        if returned.len() == flows.len() {
            return Ok(Flow::Return(self.join_values(&returned, why)));
        }
        frame.maybe_returned.extend(returned);
        if flows.iter().all(|flow| matches!(flow, Flow::Break)) {
            return Ok(Flow::Break);
        }
        if flows.iter().all(|flow| matches!(flow, Flow::Continue)) {
            return Ok(Flow::Continue);
        }
        Ok(Flow::Next)
    }

    fn run_for(&mut self, frame: &mut Frame, inner: &ast::StmtFor) -> Eval<Flow> {
        let iterable = self.eval(frame, &inner.iter)?;
        if let Some(why) = self.unknown_items(&iterable) {
            let why = because(&why, "loops over what is not known");
            let item = Object::Unknown(why.clone());
            let once = self.branch(|this| {
                this.assign(frame, &inner.target, item)?;
                this.run_body(frame, &inner.body)
            });
            let never = self.branch(|_| Ok(Flow::Next));
            return match self.merge_flows(frame, vec![once, never], &why)? {
                Flow::Return(value) => Ok(Flow::Return(value)),
                _ => Ok(Flow::Next),
            };
        }
        let items = self.items(&iterable)?;
        for item in items {
            self.tick()?;
            self.assign(frame, &inner.target, item)?;
            match self.run_body(frame, &inner.body)? {
                Flow::Break => return Ok(Flow::Next),
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Next | Flow::Continue => {}
            }
        }
        self.run_body(frame, &inner.orelse)
    }

    fn run_while(&mut self, frame: &mut Frame, inner: &ast::StmtWhile) -> Eval<Flow> {
        let mut rounds = 0;
        loop {
            self.tick()?;
            rounds += 1;
            if rounds > WHILE_ROUNDS {
                // Most likely it waits for something that does not happen here.
                return Err(self.exhausted("loops too long to evaluate"));
            }
            let test = self.eval(frame, &inner.test)?;
            match self.truth(&test)? {
                Ok(false) => return self.run_body(frame, &inner.orelse),
                Ok(true) => match self.run_body(frame, &inner.body)? {
                    Flow::Break => return Ok(Flow::Next),
                    Flow::Return(value) => return Ok(Flow::Return(value)),
                    Flow::Next | Flow::Continue => {}
                },
                Err(why) => {
                    let why = because(&why, "loops on a condition that is not known");
                    let once = self.branch(|this| this.run_body(frame, &inner.body));
                    let never = self.branch(|_| Ok(Flow::Next));
                    return match self.merge_flows(frame, vec![once, never], &why)? {
                        Flow::Return(value) => Ok(Flow::Return(value)),
                        _ => Ok(Flow::Next),
                    };
                }
            }
        }
    }

    fn run_with(&mut self, frame: &mut Frame, inner: &ast::StmtWith) -> Eval<Flow> {
        let mut suppresses_import_errors = false;
        for item in &inner.items {
            let manager = self.eval(frame, &item.context_expr)?;
            suppresses_import_errors |= self.suppresses_import_error(&manager);
            let entered = match self.find_attribute(&manager, "__enter__")? {
                Some(enter) if !manager.is_unknown() => self.call(&enter, super::Args::none())?,
                _ => manager,
            };
            if let Some(target) = &item.optional_vars {
                self.assign(frame, target, entered)?;
            }
        }
        if !suppresses_import_errors {
            return self.run_body(frame, &inner.body);
        }
        self.guarded_imports += 1;
        frame.guarded += 1;
        let result = self.run_body(frame, &inner.body);
        frame.guarded -= 1;
        self.guarded_imports -= 1;
        match result {
            Err(Raise::Exception(_)) => Ok(Flow::Next),
            other => other,
        }
    }

    /// Whether this is `contextlib.suppress(…)` of exceptions that a missing import raises.
    fn suppresses_import_error(&mut self, manager: &Object) -> bool {
        let Object::Instance(instance) = manager else { return false };
        if !instance.class.borrow().has_path("contextlib.suppress") {
            return false;
        }
        match &*instance.payload.borrow() {
            Payload::Constructed(args) => args.positional.iter().any(catches_import_error),
            _ => false,
        }
    }

    fn run_raise(&mut self, frame: &mut Frame, inner: &ast::StmtRaise) -> Eval<Flow> {
        let Some(exception) = &inner.exc else {
            return match frame.handling.clone() {
                Some(exception) => Err(Raise::Exception(exception)),
                None => Err(self.raise("RuntimeError", "No active exception to reraise")),
            };
        };
        let value = self.eval(frame, exception)?;
        let value = match &value {
            Object::Class(_) => self.call(&value, super::Args::none())?,
            _ => value,
        };
        match value {
            Object::Instance(_) => Err(Raise::Exception(value)),
            _ => Err(self.raise("Exception", "an exception of an unknown class")),
        }
    }
}

/// The reason of an unknown, for those that depend on it.
pub(crate) fn because(why: &Arc<Unknown>, what: &str) -> Arc<Unknown> {
    if why.reason.starts_with(what) || why.reason.len() > LONGEST_REASON {
        return why.clone();
    }
    Arc::new(Unknown { reason: format!("{what}: {}", why.reason).into(), at: why.at.clone() })
}

/// Names that a statement binds in its own scope.
fn bound_names(statement: &Stmt, names: &mut Vec<Name>, depth: u32) {
    if depth > 100 {
        return;
    }
    let mut bodies: Vec<&[Stmt]> = Vec::new();
    match statement {
        Stmt::FunctionDef(def) => names.push(def.name.id.clone()),
        Stmt::ClassDef(def) => names.push(def.name.id.clone()),
        Stmt::Assign(inner) => inner.targets.iter().for_each(|target| target_names(target, names)),
        Stmt::AnnAssign(inner) => target_names(&inner.target, names),
        Stmt::AugAssign(inner) => target_names(&inner.target, names),
        Stmt::Import(inner) => names.extend(inner.names.iter().map(|alias| {
            let name = alias.asname.as_ref().unwrap_or(&alias.name).id.as_str();
            Name::new(name.split('.').next().unwrap_or(name))
        })),
        Stmt::ImportFrom(inner) => {
            names.extend(inner.names.iter().map(|a| a.asname.as_ref().unwrap_or(&a.name).id.clone()));
        }
        Stmt::For(inner) => {
            target_names(&inner.target, names);
            bodies.extend([&inner.body[..], &inner.orelse]);
        }
        Stmt::While(inner) => bodies.push(&inner.body),
        Stmt::With(inner) => bodies.push(&inner.body),
        Stmt::If(inner) => {
            bodies.push(&inner.body);
            bodies.extend(inner.elif_else_clauses.iter().map(|clause| &clause.body[..]));
        }
        Stmt::Try(inner) => {
            bodies.extend([&inner.body[..], &inner.orelse, &inner.finalbody]);
            bodies.extend(inner.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body[..]
            }));
        }
        _ => {}
    }
    for statement in bodies.into_iter().flatten() {
        bound_names(statement, names, depth + 1);
    }
}

fn target_names(target: &Expr, names: &mut Vec<Name>) {
    match target {
        Expr::Name(name) => names.push(name.id.clone()),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| target_names(target, names)),
        Expr::List(list) => list.elts.iter().for_each(|target| target_names(target, names)),
        _ => {}
    }
}
