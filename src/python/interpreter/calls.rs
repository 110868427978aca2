//! Functions and calls.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::budget::ITEM;
use super::{Eval, Flow, Frame, Interpreter, Raise};
use crate::python::object::{Dict, Function, Object, Payload, Scope, Super};
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{self, Expr, Parameters, Stmt};
use crate::python::syntax::{Code, Name};
use crate::python::value::Unknown;

/// Arguments of a call.
#[derive(Clone, Default)]
pub struct Args {
    /// Positional ones, a method's receiver first.
    pub positional: Vec<Object>,
    /// Keyword ones in order.
    pub keywords: Vec<(Name, Object)>,
    /// Why there may be more (`*unknown`, `**unknown`).
    pub open: Option<Arc<Unknown>>,
}

impl Args {
    /// Whether there is none, for certain.
    pub fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.keywords.is_empty() && self.open.is_none()
    }

    /// No arguments.
    pub fn none() -> Self {
        Self::default()
    }

    /// Positional arguments alone.
    pub fn of(positional: Vec<Object>) -> Self {
        Self { positional, ..Self::default() }
    }

    /// Puts a receiver before the other arguments.
    #[must_use]
    pub fn with_first(mut self, first: Object) -> Self {
        self.positional.insert(0, first);
        self
    }

    /// A positional argument.
    pub fn get(&self, index: usize) -> Option<&Object> {
        self.positional.get(index)
    }

    /// A keyword argument.
    pub fn keyword(&self, name: &str) -> Option<&Object> {
        self.keywords.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A parameter that may be given by place or by name.
    pub fn param(&self, index: usize, name: &str) -> Option<&Object> {
        self.positional.get(index).or_else(|| self.keyword(name))
    }

    /// Takes a keyword argument out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Object> {
        let index = self.keywords.iter().position(|(key, _)| key == name)?;
        Some(self.keywords.remove(index).1)
    }

    /// The first argument, taken out: a method's receiver.
    pub fn take_first(&mut self) -> Option<Object> {
        if self.positional.is_empty() { None } else { Some(self.positional.remove(0)) }
    }
}

impl Scope {
    /// A scope within `parent`; `class_cell` is where the class that it is defined in will be.
    pub(crate) fn new(
        parent: Option<Rc<Scope>>,
        class_cell: Option<Rc<RefCell<Option<Rc<super::Class>>>>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            vars: RefCell::default(),
            parent,
            class_cell,
            globals: RefCell::default(),
            nonlocals: RefCell::default(),
        })
    }
}

impl Interpreter {
    /// `def`
    pub(crate) fn define_function(&mut self, frame: &mut Frame, def: &ast::StmtFunctionDef) -> Eval<()> {
        let mut value = self.make_function(frame, &def.parameters, def.range, def.name.id.clone(), false)?;
        for decorator in def.decorator_list.iter().rev() {
            let decorate = self.eval(frame, &decorator.expression)?;
            self.here = Some((frame.parsed.clone(), decorator.range));
            value = self.call(&decorate, Args::of(vec![value]))?;
        }
        self.bind(frame, &def.name.id, Some(value));
        Ok(())
    }

    /// `lambda`
    pub(crate) fn define_lambda(&mut self, frame: &mut Frame, lambda: &ast::ExprLambda) -> Eval {
        let none = Parameters::default();
        let parameters = lambda.parameters.as_deref().unwrap_or(&none);
        self.make_function(frame, parameters, lambda.range, Name::new_static("<lambda>"), true)
    }

    fn make_function(
        &mut self,
        frame: &mut Frame,
        parameters: &Parameters,
        range: crate::python::syntax::TextRange,
        name: Name,
        is_lambda: bool,
    ) -> Eval {
        let mut defaults = Vec::new();
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                defaults.push((parameter.parameter.name.id.clone(), self.eval(frame, default)?));
            }
        }
        let qualname: Arc<str> = match self.qualifier(frame) {
            Some(outer) => format!("{outer}.{name}").into(),
            None => name.as_str().into(),
        };
        // A class body's scope is not seen from its functions; the function scope around it is.
        let closure = if frame.is_class {
            let cell = frame.scope.class_cell.clone();
            Some(Scope::new(frame.scope.parent.clone(), cell))
        } else if frame.at_module && frame.scope.parent.is_none() {
            None
        } else {
            Some(frame.scope.clone())
        };
        self.charge(size_of::<Function>());
        Ok(Object::Function(Rc::new(Function {
            name,
            qualname,
            module: frame.module.clone(),
            parsed: frame.parsed.clone(),
            range,
            defaults,
            closure,
            attrs: RefCell::default(),
            is_lambda,
            generates: OnceCell::new(),
        })))
    }

    /// What comes before the name in a qualified name.
    pub(crate) fn qualifier(&self, frame: &Frame) -> Option<Arc<str>> {
        if frame.is_class {
            return match frame.scope.vars.borrow().get("__qualname__") {
                Some(Object::Str(name)) => Some(name.clone()),
                _ => None,
            };
        }
        frame.function.as_ref().map(|function| format!("{}.<locals>", function.qualname).into())
    }

    /// Calls an object.
    pub fn call(&mut self, function: &Object, args: Args) -> Eval {
        self.deeper(|this| this.call_inner(function, args))
    }

    fn call_inner(&mut self, function: &Object, mut args: Args) -> Eval {
        self.tick()?;
        match function {
            Object::Native(native) => {
                if !takes_no_time(native.path) {
                    self.read(&args.positional);
                }
                (native.call)(self, args).and_then(|result| self.made(result))
            }
            Object::Closure(closure) => (closure.call)(self, args).and_then(|result| self.made(result)),
            Object::Function(function) if args.is_empty() => self.call_unless_costly(function, args),
            Object::Function(function) => self.call_function(function, args),
            Object::Method(method) => {
                let function = method.function.clone();
                self.call_inner(&function, args.with_first(method.receiver.clone()))
            }
            Object::Class(class) => self.instantiate(class, args),
            Object::Partial(partial) => {
                self.spend((partial.args.len() + 2 * partial.keywords.len()) * ITEM)?;
                self.toil(partial.keywords.len().saturating_mul(args.keywords.len()))?;
                let mut all = partial.args.clone();
                all.append(&mut args.positional);
                let mut keywords = partial.keywords.clone();
                keywords.retain(|(name, _)| args.keyword(name).is_none());
                keywords.append(&mut args.keywords);
                let function = partial.function.clone();
                self.call(&function, Args { positional: all, keywords, open: args.open })
            }
            Object::Instance(instance) => {
                let call = self.class_attribute_bound(instance, "__call__")?;
                if let Some(call) = call {
                    self.call(&call, args)
                } else {
                    let class = instance.class.borrow().clone();
                    match class.open.borrow().clone() {
                        Some(why) => Ok(Object::Unknown(why)),
                        None => {
                            Err(self.raise("TypeError", format!("'{}' object is not callable", class.name)))
                        }
                    }
                }
            }
            Object::Unknown(why) => Ok(Object::Unknown(why.clone())),
            Object::Descriptor(descriptor) => match &**descriptor {
                crate::python::object::Descriptor::StaticMethod(function) => self.call(function, args),
                _ => Err(self.raise("TypeError", "descriptor is not callable")),
            },
            other => Err(self.raise("TypeError", format!("'{}' object is not callable", other.type_name()))),
        }
    }

    /// Calls a method by its name; an unknown receiver gives an unknown.
    pub fn call_method(&mut self, receiver: &Object, name: &str, args: Args) -> Eval {
        let method = self.get_attribute(receiver, &Name::new(name))?;
        self.call(&method, args)
    }

    /// Calls a function of Python source.
    pub(super) fn call_function(&mut self, function: &Rc<Function>, args: Args) -> Eval {
        let parsed = function.parsed.clone();
        let Some(code) = parsed.code_at(function.range) else {
            return Ok(self.unknown("a function whose source could not be found again"));
        };
        self.ensure_evaluated(&function.module)?;
        let class_cell = function.closure.as_ref().and_then(|scope| scope.class_cell.clone());
        let scope = Scope::new(function.closure.clone(), class_cell);
        let mut frame = Frame {
            scope,
            module: function.module.clone(),
            parsed: parsed.clone(),
            at_module: false,
            is_class: false,
            guarded: 0,
            function: Some(function.clone()),
            first: args.positional.first().cloned(),
            maybe_returned: Vec::new(),
            yields: None,
            handling: None,
        };
        let outer = self.here.clone();
        let result = match code {
            Code::Lambda(lambda) => {
                let none = Parameters::default();
                let parameters = lambda.parameters.as_deref().unwrap_or(&none);
                self.bind_parameters(&frame, function, parameters, args)?;
                self.eval(&mut frame, &lambda.body)
            }
            Code::Function(def) => {
                if def.is_async {
                    return Ok(self.unknown("calls a coroutine"));
                }
                self.bind_parameters(&frame, function, &def.parameters, args)?;
                let body = parsed.function_body(def);
                let generates = if let Some(known) = function.generates.get() {
                    *known
                } else {
                    let (generates, nodes) = is_generator(body);
                    self.toil(nodes)?;
                    *function.generates.get_or_init(|| generates)
                };
                if generates {
                    frame.yields = Some(Vec::new());
                }
                self.run_function(&mut frame, body)
            }
        };
        self.here = outer;
        result
    }

    fn run_function(&mut self, frame: &mut Frame, body: &[Stmt]) -> Eval {
        let result = match self.run_body(frame, body) {
            Ok(Flow::Return(value)) => value,
            Ok(_) => Object::None,
            Err(Raise::Exception(_)) if !frame.maybe_returned.is_empty() => {
                return self.returned_before_raising(frame);
            }
            Err(raise) => return Err(raise),
        };
        if let Some(items) = frame.yields.take() {
            return Ok(super::iterator(items));
        }
        if frame.maybe_returned.is_empty() {
            return Ok(result);
        }
        let mut values = std::mem::take(&mut frame.maybe_returned);
        values.push(result);
        let why = Arc::new(Unknown {
            reason: "returns one thing or another, on a condition that is not known".into(),
            at: self.location(),
        });
        Ok(self.join_values(&values, &why))
    }

    /// A function that may have returned before it raised is taken for one that did, as a branch that
    /// raised is (`merge`); but where somebody may catch it, nobody knows how it goes on.
    fn returned_before_raising(&mut self, frame: &mut Frame) -> Eval {
        let values = std::mem::take(&mut frame.maybe_returned);
        let why = Arc::new(Unknown {
            reason: "returns or raises, on a condition that is not known".into(),
            at: self.location(),
        });
        if self.guards > 0 {
            return Err(Raise::Limit(why));
        }
        Ok(self.join_values(&values, &why))
    }

    fn bind_parameters(
        &mut self,
        frame: &Frame,
        function: &Function,
        parameters: &Parameters,
        mut args: Args,
    ) -> Eval<()> {
        let scope = &frame.scope;
        let positional: Vec<&ast::ParameterWithDefault> =
            parameters.posonlyargs.iter().chain(&parameters.args).collect();
        let given = args.positional.len();
        // Each parameter that is not given by place is looked for among all names.
        let named = positional.len().saturating_sub(given) + parameters.kwonlyargs.len();
        self.toil(named.saturating_mul(args.keywords.len() + function.defaults.len()) + positional.len())?;
        let rest = args.positional.split_off(given.min(positional.len()));
        for (parameter, value) in positional.iter().zip(args.positional.drain(..)) {
            scope.vars.borrow_mut().insert(parameter.parameter.name.id.clone(), value);
        }
        match &parameters.vararg {
            Some(vararg) => {
                let value = if let Some(why) = &args.open {
                    Object::Unknown(why.clone())
                } else {
                    self.charge(rest.len() * ITEM);
                    Object::tuple(rest)
                };
                scope.vars.borrow_mut().insert(vararg.name.id.clone(), value);
            }
            None if !rest.is_empty() => {
                let message = format!(
                    "{}() takes {} positional arguments but {given} were given",
                    function.name,
                    positional.len()
                );
                return Err(self.raise("TypeError", message));
            }
            None => {}
        }
        for parameter in positional.iter().skip(given).copied().chain(&parameters.kwonlyargs) {
            let name = &parameter.parameter.name.id;
            let value = args.take_keyword(name).or_else(|| {
                // What is not given may be among the unknown arguments, default or not.
                args.open.clone().map(Object::Unknown)
            });
            let value = value.or_else(|| {
                function.defaults.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
            });
            if let Some(value) = value {
                scope.vars.borrow_mut().insert(name.clone(), value);
            } else {
                let message = format!("{}() missing required argument: '{name}'", function.name);
                return Err(self.raise("TypeError", message));
            }
        }
        match &parameters.kwarg {
            Some(kwarg) => {
                self.grown(args.keywords.len());
                let mut dict = Dict::default();
                for (name, value) in args.keywords {
                    dict.insert_str(&name, value);
                }
                let dict = crate::python::object::Mutable::new(dict);
                *dict.taint.borrow_mut() = args.open;
                scope.vars.borrow_mut().insert(kwarg.name.id.clone(), Object::Dict(dict));
            }
            None => {
                if let Some((name, _)) = args.keywords.first() {
                    let message = format!("{}() got an unexpected keyword argument '{name}'", function.name);
                    return Err(self.raise("TypeError", message));
                }
            }
        }
        Ok(())
    }

    /// `super()` in a method.
    pub(crate) fn zero_argument_super(&mut self, frame: &Frame) -> Eval {
        let cell = frame.scope.class_cell.clone();
        let class = cell.and_then(|cell| cell.borrow().clone());
        match (class, frame.first.clone()) {
            (Some(class), Some(receiver)) => Ok(Object::Super(Rc::new(Super { class, receiver }))),
            _ => Err(self.raise("RuntimeError", "super(): no arguments")),
        }
    }

    /// Values of an instance's own constructor arguments, where a native base keeps them.
    pub fn constructed(instance: &super::super::object::Instance) -> Option<Rc<Args>> {
        match &*instance.payload.borrow() {
            Payload::Constructed(args) => Some(args.clone()),
            _ => None,
        }
    }
}

/// Whether a built-in method takes the same time however much its object holds.
fn takes_no_time(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    matches!(
        name,
        "append" | "pop" | "get" | "setdefault" | "add" | "len" | "isinstance" | "getattr" | "setattr"
    )
}

/// Whether a body has a `yield` of its own, and how many nodes were looked at for that.
fn is_generator(body: &[Stmt]) -> (bool, usize) {
    #[derive(Default)]
    struct Finder {
        found: bool,
        nodes: usize,
    }
    impl<'a> Visitor<'a> for Finder {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            self.nodes += 1;
            if !self.found && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, stmt);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.nodes += 1;
            match expr {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.found = true,
                Expr::Lambda(_) => {}
                _ if !self.found => walk_expr(self, expr),
                _ => {}
            }
        }
    }
    let mut finder = Finder::default();
    for statement in body {
        finder.visit_stmt(statement);
    }
    (finder.found, finder.nodes)
}
