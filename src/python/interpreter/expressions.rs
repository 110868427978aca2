//! Expressions.

use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::statements::because;
use super::{Args, Eval, Frame, Interpreter, SIZE};
use crate::python::object::{Dict, Mutable, Object, Scope};
use crate::python::syntax::ast::{self, Expr};
use crate::python::syntax::{Name, Ranged};
use crate::python::value::Unknown;

impl Interpreter {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, frame: &mut Frame, expr: &Expr) -> Eval {
        self.tick()?;
        match expr {
            Expr::Name(name) => self.load(frame, &name.id, expr),
            Expr::StringLiteral(literal) => self.made(Object::str(literal.value.to_str())),
            Expr::NumberLiteral(literal) => self.made(number(&literal.value)),
            Expr::BooleanLiteral(literal) => Ok(Object::Bool(literal.value)),
            Expr::NoneLiteral(_) => Ok(Object::None),
            Expr::EllipsisLiteral(_) => Ok(Object::Ellipsis),
            Expr::BytesLiteral(literal) => {
                self.made(Object::Bytes(literal.value.bytes().collect::<Vec<u8>>().into()))
            }
            _ => self.deeper(|this| this.eval_compound(frame, expr)),
        }
    }

    fn eval_compound(&mut self, frame: &mut Frame, expr: &Expr) -> Eval {
        match expr {
            Expr::Call(call) => self.eval_call(frame, call),
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                self.here = Some((frame.parsed.clone(), attribute.range));
                self.get_attribute(&object, &attribute.attr.id)
            }
            Expr::List(list) => Ok(self.eval_items(frame, &list.elts)?.map_or_else(
                |why| {
                    let list = Mutable::new(Vec::new());
                    *list.taint.borrow_mut() = Some(why);
                    Object::List(list)
                },
                Object::list,
            )),
            Expr::Tuple(tuple) => {
                Ok(self.eval_items(frame, &tuple.elts)?.map_or_else(Object::Unknown, Object::tuple))
            }
            Expr::Set(set) => match self.eval_items(frame, &set.elts)? {
                Ok(items) => self.set_from(items),
                Err(why) => Ok(Object::Unknown(why)),
            },
            Expr::Dict(dict) => self.eval_dict(frame, dict),
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let index = self.eval(frame, &subscript.slice)?;
                self.here = Some((frame.parsed.clone(), subscript.range));
                self.get_item(&object, &index)
            }
            Expr::Slice(slice) => {
                let mut part = |part: &Option<Box<Expr>>| match part {
                    Some(part) => self.eval(frame, part),
                    None => Ok(Object::None),
                };
                Ok(Object::Slice(Rc::new([part(&slice.lower)?, part(&slice.upper)?, part(&slice.step)?])))
            }
            Expr::BinOp(operation) => {
                let left = self.eval(frame, &operation.left)?;
                let right = self.eval(frame, &operation.right)?;
                self.here = Some((frame.parsed.clone(), operation.range));
                self.binary(&left, operation.op, &right)
            }
            Expr::UnaryOp(operation) => {
                let operand = self.eval(frame, &operation.operand)?;
                self.unary(operation.op, &operand)
            }
            Expr::BoolOp(operation) => self.eval_bool(frame, operation),
            Expr::Compare(compare) => self.eval_compare(frame, compare),
            Expr::If(inner) => self.eval_if(frame, inner),
            Expr::Named(inner) => {
                let value = self.eval(frame, &inner.value)?;
                self.assign(frame, &inner.target, value.clone())?;
                Ok(value)
            }
            Expr::Lambda(lambda) => self.define_lambda(frame, lambda),
            Expr::FString(string) => self.eval_fstring(frame, string),
            Expr::ListComp(inner) => {
                let mut items = Vec::new();
                let taint = self.comprehend(frame, &inner.generators, &mut |this, frame| {
                    let item = this.eval(frame, &inner.elt)?;
                    this.grow(&mut items, item)
                })?;
                let list = Mutable::new(items);
                *list.taint.borrow_mut() = taint;
                Ok(Object::List(list))
            }
            Expr::SetComp(inner) => {
                let mut items = Vec::new();
                let taint = self.comprehend(frame, &inner.generators, &mut |this, frame| {
                    let item = this.eval(frame, &inner.elt)?;
                    this.grow(&mut items, item)
                })?;
                taint.map_or_else(|| self.set_from(items), |why| Ok(Object::Unknown(why)))
            }
            Expr::Generator(inner) => {
                let mut items = Vec::new();
                let taint = self.comprehend(frame, &inner.generators, &mut |this, frame| {
                    let item = this.eval(frame, &inner.elt)?;
                    this.grow(&mut items, item)
                })?;
                Ok(taint.map_or_else(|| super::iterator(items), Object::Unknown))
            }
            Expr::DictComp(inner) => self.eval_dict_comprehension(frame, inner),
            Expr::Starred(starred) => self.eval(frame, &starred.value),
            Expr::Yield(inner) => {
                let value = match &inner.value {
                    Some(value) => self.eval(frame, value)?,
                    None => Object::None,
                };
                self.yield_items(frame, vec![value])
            }
            Expr::YieldFrom(inner) => {
                let value = self.eval(frame, &inner.value)?;
                let items = self.items(&value)?;
                self.yield_items(frame, items)
            }
            Expr::Await(inner) => {
                self.eval(frame, &inner.value)?;
                self.here = Some((frame.parsed.clone(), inner.range));
                Ok(self.unknown("awaits"))
            }
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => {
                self.here = Some((frame.parsed.clone(), expr.range()));
                Ok(self.unknown("a kind of expression that is not evaluated"))
            }
            _ => Ok(Object::None),
        }
    }

    fn yield_items(&mut self, frame: &mut Frame, items: Vec<Object>) -> Eval {
        if let Some(yields) = &mut frame.yields {
            yields.extend(items);
            if yields.len() > SIZE {
                return Err(self.exhausted("yields too many items"));
            }
        }
        Ok(Object::None)
    }

    fn grow(&mut self, items: &mut Vec<Object>, item: Object) -> Eval<()> {
        if items.len() >= SIZE {
            return Err(self.exhausted("makes too large a collection"));
        }
        items.push(item);
        Ok(())
    }

    /// The value of a name: function and class scopes, then the module, then the built-ins.
    pub(crate) fn load(&mut self, frame: &Frame, name: &Name, expr: &Expr) -> Eval {
        let found = lookup(frame, name).or_else(|| self.builtins.get(name).cloned());
        match found {
            Some(Object::Lazy(lazy)) => {
                let outer = self.here.clone();
                let value = self.force(&lazy)?;
                self.here = outer;
                Ok(value)
            }
            Some(value) => Ok(value),
            None => {
                self.here = Some((frame.parsed.clone(), expr.range()));
                if let Some(why) = frame.module.open.borrow().clone() {
                    return Ok(Object::Unknown(why));
                }
                match name.as_str() {
                    "__name__" => Ok(Object::Str(frame.module.name.clone())),
                    "__file__" => Ok(Object::str(frame.parsed.file.path().to_string_lossy().as_ref())),
                    "__package__" => Ok(Object::str(super::imports::package_of(&frame.module))),
                    "__doc__" => Ok(Object::None),
                    "__spec__" | "__loader__" => Ok(self.unknown("how the module was imported")),
                    "__debug__" => Ok(Object::Bool(true)),
                    "__path__" if frame.module.package => {
                        let folder = frame.parsed.file.path().parent().map(|path| path.to_string_lossy());
                        Ok(Object::list(folder.into_iter().map(|path| Object::str(path.as_ref())).collect()))
                    }
                    "__builtins__" => Ok(self.unknown("the built-in names as a module")),
                    _ => Err(self.raise("NameError", format!("name '{name}' is not defined"))),
                }
            }
        }
    }

    /// Items of a display, stars spread; the reason where a starred part is not known.
    fn eval_items(&mut self, frame: &mut Frame, exprs: &[Expr]) -> Eval<Result<Vec<Object>, Arc<Unknown>>> {
        let mut items = Vec::with_capacity(exprs.len());
        let mut unknown = None;
        for expr in exprs {
            if let Expr::Starred(starred) = expr {
                let value = self.eval(frame, &starred.value)?;
                match self.unknown_items(&value) {
                    Some(why) => unknown = unknown.or(Some(why)),
                    None => items.extend(self.items(&value)?),
                }
            } else {
                items.push(self.eval(frame, expr)?);
            }
        }
        Ok(unknown.map_or(Ok(items), Err))
    }

    fn eval_dict(&mut self, frame: &mut Frame, dict: &ast::ExprDict) -> Eval {
        let mut items = Dict::default();
        let mut taint = None;
        for item in &dict.items {
            let Some(key) = &item.key else {
                let spread = self.eval(frame, &item.value)?;
                match &spread {
                    Object::Dict(other) => {
                        taint = taint.or(other.taint());
                        self.grown(other.get().len());
                        for (key, (name, value)) in &other.get().items {
                            items.insert(key.clone(), name.clone(), value.clone());
                        }
                    }
                    Object::Unknown(why) => taint = taint.or(Some(why.clone())),
                    other => {
                        let other = self.mapping(other)?;
                        taint = taint.or(other.taint());
                        for (key, (name, value)) in &other.get().items {
                            items.insert(key.clone(), name.clone(), value.clone());
                        }
                    }
                }
                continue;
            };
            let key = self.eval(frame, key)?;
            let value = self.eval(frame, &item.value)?;
            match self.key(&key)? {
                Ok(hash) => items.insert(hash, key, value),
                Err(why) => taint = taint.or(Some(why)),
            }
        }
        let dict = Mutable::new(items);
        *dict.taint.borrow_mut() = taint;
        Ok(Object::Dict(dict))
    }

    fn eval_dict_comprehension(&mut self, frame: &mut Frame, inner: &ast::ExprDictComp) -> Eval {
        let mut items = Dict::default();
        let mut taint = None;
        let open = self.comprehend(frame, &inner.generators, &mut |this, frame| {
            let key = this.eval(frame, &inner.key)?;
            let value = this.eval(frame, &inner.value)?;
            match this.key(&key)? {
                Ok(hash) => items.insert(hash, key, value),
                Err(why) => taint = Some(why),
            }
            Ok(())
        })?;
        let dict = Mutable::new(items);
        *dict.taint.borrow_mut() = taint.or(open);
        Ok(Object::Dict(dict))
    }

    /// Runs `each` for every round of a comprehension; the reason where rounds are not known.
    fn comprehend(
        &mut self,
        frame: &mut Frame,
        generators: &[ast::Comprehension],
        each: &mut dyn FnMut(&mut Self, &mut Frame) -> Eval<()>,
    ) -> Eval<Option<Arc<Unknown>>> {
        let scope = Scope::new(Some(frame.scope.clone()), frame.scope.class_cell.clone());
        let mut inner = Frame {
            scope,
            module: frame.module.clone(),
            parsed: frame.parsed.clone(),
            at_module: false,
            is_class: false,
            guarded: 0,
            function: frame.function.clone(),
            first: frame.first.clone(),
            maybe_returned: Vec::new(),
            yields: None,
            handling: None,
        };
        self.comprehend_from(&mut inner, generators, each)
    }

    fn comprehend_from(
        &mut self,
        frame: &mut Frame,
        generators: &[ast::Comprehension],
        each: &mut dyn FnMut(&mut Self, &mut Frame) -> Eval<()>,
    ) -> Eval<Option<Arc<Unknown>>> {
        let Some((first, rest)) = generators.split_first() else {
            each(self, frame)?;
            return Ok(None);
        };
        let iterable = self.eval(frame, &first.iter)?;
        if let Some(why) = self.unknown_items(&iterable) {
            return Ok(Some(because(&why, "loops over what is not known")));
        }
        let mut open = None;
        'items: for item in self.items(&iterable)? {
            self.tick()?;
            self.assign(frame, &first.target, item)?;
            for condition in &first.ifs {
                let value = self.eval(frame, condition)?;
                match self.truth(&value)? {
                    Ok(true) => {}
                    Ok(false) => continue 'items,
                    Err(why) => {
                        open = Some(because(&why, "depends on a condition that is not known"));
                        continue 'items;
                    }
                }
            }
            let inner = self.deeper(|this| this.comprehend_from(frame, rest, each))?;
            open = open.or(inner);
        }
        Ok(open)
    }

    fn eval_bool(&mut self, frame: &mut Frame, operation: &ast::ExprBoolOp) -> Eval {
        let stops_at = matches!(operation.op, ast::BoolOp::Or);
        let mut value = Object::None;
        let mut unknown: Option<Arc<Unknown>> = None;
        for expr in &operation.values {
            value = self.eval(frame, expr)?;
            match self.truth(&value)? {
                // A later operand that decides the truth decides nothing about the value; stay unknown.
                Ok(truth) if truth == stops_at => break,
                Ok(_) => {}
                Err(why) => {
                    unknown = unknown.or(Some(why));
                }
            }
        }
        match unknown {
            None => Ok(value),
            Some(why) => {
                let decided = self.truth(&value)?.is_ok_and(|truth| truth == stops_at);
                // `unknown or True` is true, `unknown and False` is false, whatever the value is.
                if decided && matches!(value, Object::Bool(_)) { Ok(value) } else { Ok(Object::Unknown(why)) }
            }
        }
    }

    fn eval_if(&mut self, frame: &mut Frame, inner: &ast::ExprIf) -> Eval {
        let test = self.eval(frame, &inner.test)?;
        match self.truth(&test)? {
            Ok(true) => self.eval(frame, &inner.body),
            Ok(false) => self.eval(frame, &inner.orelse),
            Err(why) => {
                let why = because(&why, "depends on a condition that is not known");
                let first = self.branch(|this| this.eval(frame, &inner.body));
                let second = self.branch(|this| this.eval(frame, &inner.orelse));
                let values = self.merge(vec![first, second], &why)?;
                Ok(self.join_values(&values, &why))
            }
        }
    }

    fn eval_compare(&mut self, frame: &mut Frame, compare: &ast::ExprCompare) -> Eval {
        let mut left = self.eval(frame, &compare.left)?;
        let mut result = Object::Bool(true);
        for (op, expr) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.eval(frame, expr)?;
            self.here = Some((frame.parsed.clone(), compare.range));
            result = self.compare(*op, &left, &right)?;
            if let Ok(false) = self.truth(&result)? {
                return Ok(result);
            }
            left = right;
        }
        Ok(result)
    }

    fn eval_fstring(&mut self, frame: &mut Frame, string: &ast::ExprFString) -> Eval {
        let mut text = String::new();
        let mut unknown = None;
        for part in &string.value {
            match part {
                ast::FStringPart::Literal(literal) => text.push_str(&literal.value),
                ast::FStringPart::FString(inner) => {
                    self.append_elements(frame, &inner.elements, &mut text, &mut unknown)?;
                }
            }
        }
        self.made(unknown.map_or_else(|| Object::str(text), Object::Unknown))
    }

    fn append_elements(
        &mut self,
        frame: &mut Frame,
        elements: &ast::InterpolatedStringElements,
        text: &mut String,
        unknown: &mut Option<Arc<Unknown>>,
    ) -> Eval<()> {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                ast::InterpolatedStringElement::Interpolation(inner) => {
                    if let Some(debug) = &inner.debug_text {
                        text.push_str(&debug.leading);
                        let source = frame.parsed.file.text();
                        text.push_str(
                            source
                                .get(std::ops::Range::<usize>::from(inner.expression.range()))
                                .unwrap_or(""),
                        );
                        text.push_str(&debug.trailing);
                    }
                    let value = self.eval(frame, &inner.expression)?;
                    let mut spec = String::new();
                    if let Some(format) = &inner.format_spec {
                        self.deeper(|this| {
                            this.append_elements(frame, &format.elements, &mut spec, unknown)
                        })?;
                    }
                    self.here = Some((frame.parsed.clone(), inner.range));
                    let shown = match inner.conversion {
                        ast::ConversionFlag::Repr | ast::ConversionFlag::Ascii => self.repr(&value)?,
                        ast::ConversionFlag::Str => self.to_str(&value)?,
                        ast::ConversionFlag::None => self.format(&value, &spec)?,
                    };
                    match shown {
                        Object::Str(shown) => text.push_str(&shown),
                        Object::Unknown(why) => *unknown = unknown.take().or(Some(why)),
                        _ => {}
                    }
                    self.charge(text.len() / elements.len().max(1));
                    if text.len() > SIZE {
                        return Err(self.exhausted("makes too long a text"));
                    }
                }
            }
        }
        Ok(())
    }

    fn eval_call(&mut self, frame: &mut Frame, call: &ast::ExprCall) -> Eval {
        if let Expr::Name(name) = &*call.func {
            if name.id == "super" && call.arguments.is_empty() {
                return self.zero_argument_super(frame);
            }
            if matches!(name.id.as_str(), "locals" | "globals" | "vars") && call.arguments.is_empty() {
                let names = self.namespace_dict(frame, name.id == "globals");
                return self.made(names);
            }
        }
        let function = self.eval(frame, &call.func)?;
        let args = self.eval_arguments(frame, &call.arguments)?;
        self.here = Some((frame.parsed.clone(), call.range));
        self.call(&function, args)
    }

    /// The items of a mapping that is no plain dictionary.
    fn mapping(&mut self, object: &Object) -> Eval<Rc<Mutable<Dict>>> {
        let dict = Mutable::new(Dict::default());
        crate::python::builtins::update_from(self, &dict, object)?;
        Ok(dict)
    }

    /// Arguments of a call or of a class statement.
    pub(crate) fn eval_arguments(&mut self, frame: &mut Frame, arguments: &ast::Arguments) -> Eval<Args> {
        let mut args = Args::none();
        for expr in &arguments.args {
            if let Expr::Starred(starred) = expr {
                let value = self.eval(frame, &starred.value)?;
                match self.unknown_items(&value) {
                    Some(why) => args.open = args.open.take().or(Some(why)),
                    None => args.positional.extend(self.items(&value)?),
                }
            } else {
                args.positional.push(self.eval(frame, expr)?);
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(frame, &keyword.value)?;
            match (&keyword.arg, value) {
                (Some(name), value) => args.keywords.push((name.id.clone(), value)),
                (None, Object::Dict(dict)) => {
                    args.open = args.open.take().or(dict.taint());
                    self.grown(dict.get().len());
                    for (key, value) in dict.get().iter() {
                        if let Some(key) = key.as_str() {
                            args.keywords.push((Name::new(&*key), value.clone()));
                        }
                    }
                }
                (None, Object::Unknown(why)) => args.open = args.open.take().or(Some(why)),
                (None, other) => {
                    let dict = self.mapping(&other)?;
                    args.open = args.open.take().or(dict.taint());
                    for (key, value) in dict.get().iter() {
                        if let Some(key) = key.as_str() {
                            args.keywords.push((Name::new(&*key), value.clone()));
                        }
                    }
                }
            }
        }
        Ok(args)
    }

    /// `globals()`, `locals()`, `vars()`
    fn namespace_dict(&mut self, frame: &Frame, globals: bool) -> Object {
        if globals || (frame.at_module && frame.scope.parent.is_none()) {
            return self.live_names(crate::python::builtins::Owner::Module(frame.module.clone()));
        }
        let mut dict = Dict::default();
        let names = frame.scope.vars.borrow().clone();
        for (name, value) in names {
            if !matches!(value, Object::Lazy(_)) {
                dict.insert_str(&name, value);
            }
        }
        // Writing through it would bind names; what is read from it is right.
        Object::from_dict(dict)
    }
}

fn lookup(frame: &Frame, name: &Name) -> Option<Object> {
    if !frame.at_module || frame.scope.parent.is_some() {
        let declared_global = frame.scope.globals.borrow().contains(name);
        let mut scope = (!declared_global).then(|| frame.scope.clone());
        while let Some(current) = scope {
            if let Some(value) = current.vars.borrow().get(name) {
                return Some(value.clone());
            }
            scope = current.parent.clone();
        }
    }
    frame.module.globals.borrow().get(name).cloned()
}

/// The value of a number's literal.
pub(crate) fn number(number: &ast::Number) -> Object {
    match number {
        ast::Number::Int(value) => match value.as_i64() {
            Some(value) => Object::Int(value),
            None => big_integer(&value.to_string()),
        },
        ast::Number::Float(value) => Object::Float(*value),
        ast::Number::Complex { .. } => Object::unknown("a complex number", None),
    }
}

/// Digits of a decimal integer that are read: it takes the square of them.
const LONGEST_DECIMAL: usize = 5_000;
/// Digits of any other integer that are read.
const LONGEST_INTEGER: usize = 50_000;

fn big_integer(text: &str) -> Object {
    let text: String = text.chars().filter(|c| *c != '_').take(LONGEST_INTEGER).collect();
    if text.len() == LONGEST_INTEGER {
        return Object::unknown("too long an integer", None);
    }
    let lower = text.to_ascii_lowercase();
    let parsed = match lower.get(..2) {
        Some("0x") => BigInt::parse_bytes(&lower.as_bytes()[2..], 16),
        Some("0o") => BigInt::parse_bytes(&lower.as_bytes()[2..], 8),
        Some("0b") => BigInt::parse_bytes(&lower.as_bytes()[2..], 2),
        // Longer texts take quadratic time.
        _ if lower.len() > LONGEST_DECIMAL => None,
        _ => BigInt::parse_bytes(lower.as_bytes(), 10),
    };
    parsed
        .map_or_else(|| Object::unknown("too long an integer", None), |value| Object::BigInt(Rc::new(value)))
}
