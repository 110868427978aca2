//! What a method does to the object that it is called on, read from its text.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::behaviour::{Assigned, When};
use crate::python::object::{Class, Function, Object};
use crate::python::syntax::ast::visitor::{Visitor, walk_expr};
use crate::python::syntax::ast::{Expr, Stmt, StmtFunctionDef, StmtIf, UnaryOp};
use crate::python::syntax::{Code, Parsed};

/// How many methods are followed from one.
const DEPTH_LIMIT: u32 = 3;

/// What a function does with one of its parameters.
#[derive(Default)]
pub(super) struct Body {
    /// Attributes that it sets.
    pub sets: BTreeMap<Arc<str>, Assigned>,
    /// Names of methods that it calls, of whatever.
    pub calls: BTreeSet<String>,
    /// `Entry` of `Entry.objects.create(…)`.
    pub makes: BTreeSet<Arc<str>>,
}

/// The statement of a function.
pub(super) fn method(function: &Function) -> Option<&StmtFunctionDef> {
    match function.parsed.code_at(function.range)? {
        Code::Function(def) => Some(def),
        Code::Lambda(_) => None,
    }
}

impl Body {
    /// Reads a function: what it does with its parameter of this index (or one that is called
    /// `instance`). Methods of `class` that it calls on that are followed.
    pub fn of(parsed: &Parsed, def: &StmtFunctionDef, index: usize, class: Option<&Rc<Class>>) -> Self {
        let mut body = Self::default();
        let parameters = &def.parameters;
        let all =
            || parameters.posonlyargs.iter().chain(&parameters.args).map(|one| one.parameter.name.as_str());
        let Some(object) = all().find(|name| *name == "instance").or_else(|| all().nth(index)) else {
            return body;
        };
        let mut walk = Walk { parsed, object, class, depth: 0, body: &mut body };
        walk.statements(parsed.function_body(def), Some(When::Always));
        body
    }
}

struct Walk<'a, 'b> {
    parsed: &'a Parsed,
    object: &'a str,
    class: Option<&'a Rc<Class>>,
    depth: u32,
    body: &'b mut Body,
}

impl Walk<'_, '_> {
    /// `when` is `None` where it is not known when the statements run.
    fn statements(&mut self, statements: &[Stmt], mut when: Option<When>) -> Flow {
        let mut flow = Flow::default();
        for statement in statements {
            let one = self.statement(statement, when);
            flow.returns |= one.returns;
            flow.ends |= one.ends;
            // What comes after it runs only where it did not return.
            if one.returns {
                when = None;
            }
        }
        flow
    }

    fn statement(&mut self, statement: &Stmt, when: Option<When>) -> Flow {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, when);
                }
                self.expr(&assign.value, when);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.target(&assign.target, when);
                    self.expr(value, when);
                }
            }
            Stmt::AugAssign(assign) => self.expr(&assign.value, when),
            Stmt::Expr(inner) => self.expr(&inner.value, when),
            Stmt::Return(inner) => {
                if let Some(value) = &inner.value {
                    self.expr(value, when);
                }
                return Flow { returns: true, ends: true };
            }
            Stmt::Raise(_) => return Flow { returns: false, ends: true },
            Stmt::If(branch) => return self.branches(branch, when),
            Stmt::Try(attempt) => {
                let body = self.statements(&attempt.body, when);
                let orelse = self.statements(&attempt.orelse, when);
                let last = self.statements(&attempt.finalbody, when);
                return Flow { returns: body.returns || orelse.returns || last.returns, ends: last.ends };
            }
            Stmt::With(with) => return self.statements(&with.body, when),
            Stmt::For(each) => return self.statements(&each.body, None).perhaps(),
            Stmt::While(each) => return self.statements(&each.body, None).perhaps(),
            _ => {}
        }
        Flow::default()
    }

    /// What all arms of a condition set is set; what one sets alone, where the condition is understood.
    fn branches(&mut self, branch: &StmtIf, when: Option<When>) -> Flow {
        self.expr(&branch.test, when);
        let clauses = &branch.elif_else_clauses;
        for test in clauses.iter().filter_map(|clause| clause.test.as_ref()) {
            self.expr(test, None);
        }
        let bodies = std::iter::once(&branch.body).chain(clauses.iter().map(|clause| &clause.body));
        let arms: Vec<(Body, Flow)> = bodies.map(|body| self.arm(body)).collect();
        let is_whole = clauses.last().is_some_and(|last| last.test.is_none());
        let flow = Flow {
            returns: arms.iter().any(|(_, flow)| flow.returns),
            ends: is_whole && arms.iter().all(|(_, flow)| flow.ends),
        };
        let Some(when) = when else {
            for (arm, _) in arms {
                self.take(arm);
            }
            return flow;
        };
        // An arm that raises saves nothing.
        let saving: Vec<&Body> =
            arms.iter().filter(|(_, flow)| flow.returns || !flow.ends).map(|(arm, _)| arm).collect();
        let is_set =
            |name: &Arc<str>, arm: &Body| arm.sets.get(name).is_some_and(|set| set.when == When::Always);
        if let (Some(first), true) = (saving.first(), is_whole) {
            for (name, assigned) in &first.sets {
                if saving.iter().all(|arm| is_set(name, arm)) {
                    let set = Assigned { when, at: assigned.at.clone() };
                    self.body.sets.entry(name.clone()).or_insert(set);
                }
            }
        }
        // A condition within another says no more than the outer one.
        let guard = if when == When::Always { self.condition(&branch.test) } else { None };
        if let (Some(guard), Some((arm, _))) = (guard, arms.first()) {
            for (name, assigned) in arm.sets.iter().filter(|(_, assigned)| assigned.when == When::Always) {
                let when = match &guard {
                    Guard::New => When::IfNew,
                    Guard::Lacks(names) if names.iter().any(|lacking| **lacking == **name) => When::IfEmpty,
                    Guard::Lacks(_) => continue,
                };
                let set = Assigned { when, at: assigned.at.clone() };
                self.body.sets.entry(name.clone()).or_insert(set);
            }
        }
        for (arm, _) in arms {
            self.take(arm);
        }
        flow
    }

    /// What statements do that run together or not at all.
    fn arm(&self, statements: &[Stmt]) -> (Body, Flow) {
        let mut inner = Body::default();
        let Self { parsed, object, class, depth, .. } = *self;
        let flow = Walk { parsed, object, class, depth, body: &mut inner }
            .statements(statements, Some(When::Always));
        (inner, flow)
    }

    /// Notes what an arm calls and makes, whenever it runs.
    fn take(&mut self, arm: Body) {
        self.body.calls.extend(arm.calls);
        self.body.makes.extend(arm.makes);
    }

    fn target(&mut self, target: &Expr, when: Option<When>) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.target(item, when)),
            Expr::Attribute(attribute) if self.is_object(&attribute.value) => {
                let Some(when) = when else { return };
                let at = self.parsed.location(target);
                let name: Arc<str> = attribute.attr.as_str().into();
                self.body.sets.entry(name).or_insert(Assigned { when, at });
            }
            _ => {}
        }
    }

    fn is_object(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id.as_str() == self.object)
    }

    /// Notes the calls of an expression, and follows methods of the object.
    fn expr(&mut self, expr: &Expr, when: Option<When>) {
        let mut calls = Calls(Vec::new());
        calls.visit_expr(expr);
        for (owner, name) in calls.0 {
            self.body.calls.insert(name.to_owned());
            if matches!(name, "create" | "get_or_create" | "update_or_create")
                && let Expr::Attribute(manager) = owner
                && let Expr::Name(model) = manager.value.as_ref()
            {
                self.body.makes.insert(model.id.as_str().into());
            }
            if self.is_object(owner) && name != "save" && name != "delete" {
                self.follow(name, when);
            }
        }
    }

    fn follow(&mut self, name: &str, when: Option<When>) {
        let Some(class) = self.class.filter(|_| self.depth < DEPTH_LIMIT) else { return };
        let Some((Object::Function(function), _)) = class.lookup(name) else { return };
        let Some(def) = method(&function) else { return };
        let Some(first) = def.parameters.args.first() else { return };
        let object = first.parameter.name.as_str();
        let depth = self.depth + 1;
        let mut walk = Walk { parsed: &function.parsed, object, class: self.class, depth, body: self.body };
        walk.statements(function.parsed.function_body(def), when);
    }

    /// What a condition asks of the object, as far as it is understood.
    fn condition(&self, test: &Expr) -> Option<Guard> {
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.guard(&not.operand),
            // `self.code is None`, `self.code == ""`
            Expr::Compare(compare) => {
                let empty = match compare.comparators.as_ref() {
                    [Expr::NoneLiteral(_)] => true,
                    [Expr::StringLiteral(text)] => text.value.is_empty(),
                    _ => false,
                };
                let equal = compare.ops.iter().all(|op| matches!(op.as_str(), "is" | "=="));
                if empty && equal { self.guard(&compare.left) } else { None }
            }
            // `self._state.adding`
            Expr::Attribute(attribute) if attribute.attr.as_str() == "adding" => Some(Guard::New),
            Expr::BoolOp(operation) if operation.op.as_str() == "or" => {
                let each: Option<Vec<Guard>> =
                    operation.values.iter().map(|one| self.condition(one)).collect();
                let mut names = Vec::new();
                for guard in each? {
                    match guard {
                        Guard::Lacks(more) => names.extend(more),
                        Guard::New => return None,
                    }
                }
                Some(Guard::Lacks(names))
            }
            _ => None,
        }
    }

    fn guard(&self, value: &Expr) -> Option<Guard> {
        let Expr::Attribute(attribute) = value else { return None };
        if !self.is_object(&attribute.value) {
            return None;
        }
        match attribute.attr.as_str() {
            "pk" | "id" => Some(Guard::New),
            name => Some(Guard::Lacks(vec![name.to_owned()])),
        }
    }
}

/// How statements end.
#[derive(Default, Clone, Copy)]
struct Flow {
    /// They may return before what comes after them.
    returns: bool,
    /// What comes after them never runs.
    ends: bool,
}

impl Flow {
    /// Of statements that may not run at all.
    fn perhaps(self) -> Self {
        Self { ends: false, ..self }
    }
}

/// What a condition is true of.
enum Guard {
    /// A row that is not in the table yet.
    New,
    /// A row without a value of one of these.
    Lacks(Vec<String>),
}

/// Calls of methods, with what they are called on.
struct Calls<'e>(Vec<(&'e Expr, &'e str)>);

impl<'e> Visitor<'e> for Calls<'e> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = call.func.as_ref()
        {
            self.0.push((&method.value, method.attr.as_str()));
        }
        walk_expr(self, expr);
    }
}
