//! Comparison and membership.

use std::cmp::Ordering;
use std::sync::Arc;

use super::arithmetic::{float, integer};
use super::{Args, Eval, Interpreter, KEYED};
use crate::python::builtins::plain;
use crate::python::object::{Object, Payload};
use crate::python::syntax::ast::CmpOp;
use crate::python::value::Unknown;

/// What comparing two values at rest takes, in items that are gone over: decimals are made as long as each
/// other.
const FROZEN: usize = 8 * 1024;

impl Interpreter {
    /// `left op right`
    pub(crate) fn compare(&mut self, op: CmpOp, left: &Object, right: &Object) -> Eval {
        let decide = |answer: Result<bool, Arc<Unknown>>, flip: bool| match answer {
            Ok(answer) => Object::Bool(answer != flip),
            Err(why) => Object::Unknown(why),
        };
        match op {
            CmpOp::Is => Ok(decide(identical(left, right), false)),
            CmpOp::IsNot => Ok(decide(identical(left, right), true)),
            CmpOp::In => Ok(decide(self.contains(right, left)?, false)),
            CmpOp::NotIn => Ok(decide(self.contains(right, left)?, true)),
            CmpOp::Eq => Ok(decide(self.equal(left, right)?, false)),
            CmpOp::NotEq => Ok(decide(self.equal(left, right)?, true)),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => self.order(op, left, right),
        }
    }

    /// `left == right`; the reason where that is not known.
    pub fn equal(&mut self, left: &Object, right: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
        self.tick()?;
        if let Some(why) = left.opaque().or_else(|| right.opaque()) {
            return Ok(Err(why));
        }
        if let (Object::Int(a), Object::Int(b)) = (left, right) {
            return Ok(Ok(a == b));
        }
        if let (Some(a), Some(b)) = (integer(left), integer(right)) {
            return Ok(Ok(a == b));
        }
        if let (Some(a), Some(b)) = (float(left), float(right)) {
            #[allow(clippy::float_cmp)]
            return Ok(Ok(a == b));
        }
        match (left, right) {
            (Object::Str(a), Object::Str(b)) => {
                self.work(a.len().min(b.len()) / 16);
                return Ok(Ok(a == b));
            }
            (Object::Bytes(a), Object::Bytes(b)) => {
                self.work(a.len().min(b.len()) / 16);
                return Ok(Ok(a == b));
            }
            (Object::List(_), Object::List(_)) | (Object::Tuple(_), Object::Tuple(_)) => {
                return self.deeper(|this| this.equal_items(left, right));
            }
            (Object::Dict(a), Object::Dict(b)) => {
                if let Some(why) = a.taint().or(b.taint()) {
                    return Ok(Err(why));
                }
                if a.get().len() != b.get().len() {
                    return Ok(Ok(false));
                }
                self.grown(a.get().len() * 2);
                let (a, b) = (a.get().clone(), b.get().clone());
                for (key, (_, value)) in &a.items {
                    let Some(other) = b.get(key) else { return Ok(Ok(false)) };
                    match self.deeper(|this| this.equal(value, other))? {
                        Ok(true) => {}
                        answer => return Ok(answer),
                    }
                }
                return Ok(Ok(true));
            }
            (Object::Set(a) | Object::FrozenSet(a), Object::Set(b) | Object::FrozenSet(b)) => {
                if let Some(why) = a.taint().or(b.taint()) {
                    return Ok(Err(why));
                }
                let (a, b) = (a.get(), b.get());
                if a.len() != b.len() {
                    return Ok(Ok(false));
                }
                self.toil(a.len() * KEYED)?;
                return Ok(Ok(a.items.keys().all(|key| b.contains(key))));
            }
            (Object::Frozen(_), _) | (_, Object::Frozen(_)) => {
                self.toil(FROZEN)?;
                if let Some(order) = super::super::builtins::frozen::compare(left, right) {
                    return Ok(Ok(order.is_eq()));
                }
                if let (Object::Frozen(a), Object::Frozen(b)) = (left, right) {
                    return Ok(Ok(a == b));
                }
            }
            (Object::Range(a, b, c), Object::Range(x, y, z)) => return Ok(Ok((a, b, c) == (x, y, z))),
            _ => {}
        }
        if left.is(right) {
            return Ok(Ok(true));
        }
        for (object, other) in [(left, right), (right, left)] {
            if let Object::Instance(instance) = object {
                if let Some(method) = self.class_attribute_bound(instance, "__eq__")? {
                    let result = self.call(&method, Args::of(vec![other.clone()]))?;
                    if !matches!(result, Object::NotImplemented) {
                        return self.truth(&result);
                    }
                }
                let payload = instance.payload.borrow().clone();
                if let Payload::Value(value) = payload {
                    return self.deeper(|this| this.equal(&value, other));
                }
                if let Some(why) = instance.class.borrow().open.borrow().clone() {
                    return Ok(Err(why));
                }
            }
        }
        Ok(Ok(false))
    }

    fn equal_items(&mut self, left: &Object, right: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
        if let Some(why) = self.unknown_items(left).or(self.unknown_items(right)) {
            return Ok(Err(why));
        }
        // One by one: containers may hold themselves, and copies would add up on the way down.
        let length = |object: &Object| match object {
            Object::List(list) => list.get().len(),
            Object::Tuple(items) => items.len(),
            _ => 0,
        };
        let item = |object: &Object, index: usize| match object {
            Object::List(list) => list.get().get(index).cloned(),
            Object::Tuple(items) => items.get(index).cloned(),
            _ => None,
        };
        if length(left) != length(right) {
            return Ok(Ok(false));
        }
        let mut doubt = None;
        for index in 0..length(left) {
            let (Some(a), Some(b)) = (item(left, index), item(right, index)) else { break };
            match self.equal(&a, &b)? {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(false)),
                Err(why) => doubt = Some(why),
            }
        }
        Ok(doubt.map_or(Ok(true), Err))
    }

    /// `item in container`; the reason where that is not known.
    pub fn contains(&mut self, container: &Object, item: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
        match (container, item) {
            (Object::Unknown(why), _) | (_, Object::Unknown(why)) => Ok(Err(why.clone())),
            (Object::Str(text), _) => match item.as_str() {
                Some(part) => {
                    self.work(text.len());
                    Ok(Ok(text.contains(&*part)))
                }
                None => Err(self.raise("TypeError", "'in <string>' requires string as left operand")),
            },
            (Object::Dict(dict) | Object::Set(dict) | Object::FrozenSet(dict), _) => match self.key(item)? {
                Ok(key) => match (dict.get().contains(&key), dict.taint()) {
                    (true, _) => Ok(Ok(true)),
                    (false, Some(why)) => Ok(Err(why)),
                    (false, None) => Ok(Ok(false)),
                },
                Err(why) => Ok(Err(why)),
            },
            (Object::Instance(instance), _) => {
                if let Some(method) = self.class_attribute_bound(instance, "__contains__")? {
                    let result = self.call(&method, Args::of(vec![item.clone()]))?;
                    return self.truth(&result);
                }
                let payload = instance.payload.borrow().clone();
                if let Payload::Value(value) = payload {
                    return self.contains(&value, item);
                }
                if let Some(why) = instance.class.borrow().open.borrow().clone() {
                    return Ok(Err(why));
                }
                self.contains_item(container, item)
            }
            (Object::Class(_), _) => {
                let metaclass = self.class_of(container);
                match metaclass.lookup("__contains__") {
                    Some((method, _)) => {
                        let args = Args::of(vec![container.clone(), item.clone()]);
                        let result = self.call(&method, args)?;
                        self.truth(&result)
                    }
                    None => self.contains_item(container, item),
                }
            }
            _ => self.contains_item(container, item),
        }
    }

    fn contains_item(&mut self, container: &Object, item: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
        let mut doubt = self.unknown_items(container);
        for candidate in self.items(container)? {
            match self.equal(&candidate, item)? {
                Ok(true) => return Ok(Ok(true)),
                Ok(false) => {}
                Err(why) => doubt = doubt.or(Some(why)),
            }
        }
        Ok(doubt.map_or(Ok(false), Err))
    }

    fn order(&mut self, op: CmpOp, left: &Object, right: &Object) -> Eval {
        if let (Object::Unknown(why), _) | (_, Object::Unknown(why)) = (left, right) {
            return Ok(Object::Unknown(why.clone()));
        }
        if let (Object::Set(a) | Object::FrozenSet(a), Object::Set(b) | Object::FrozenSet(b)) = (left, right)
        {
            let (a, b) = (a.get(), b.get());
            self.toil((a.len() + b.len()) * KEYED)?;
            let within = a.items.keys().all(|key| b.contains(key));
            let around = b.items.keys().all(|key| a.contains(key));
            return Ok(Object::Bool(match op {
                CmpOp::LtE => within,
                CmpOp::Lt => within && a.len() < b.len(),
                CmpOp::GtE => around,
                _ => around && a.len() > b.len(),
            }));
        }
        let name = match op {
            CmpOp::Lt => ("__lt__", "__gt__"),
            CmpOp::LtE => ("__le__", "__ge__"),
            CmpOp::Gt => ("__gt__", "__lt__"),
            _ => ("__ge__", "__le__"),
        };
        for (object, other, name) in [(left, right, name.0), (right, left, name.1)] {
            if let Object::Instance(instance) = object
                && let Some(method) = self.class_attribute_bound(instance, name)?
            {
                let result = self.call(&method, Args::of(vec![other.clone()]))?;
                if !matches!(result, Object::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        Ok(match self.ordering(left, right)? {
            Ok(ordering) => Object::Bool(match op {
                CmpOp::Lt => ordering == Ordering::Less,
                CmpOp::LtE => ordering != Ordering::Greater,
                CmpOp::Gt => ordering == Ordering::Greater,
                _ => ordering != Ordering::Less,
            }),
            Err(why) => Object::Unknown(why),
        })
    }

    /// How two objects sort; the reason where that is not known.
    pub fn ordering(&mut self, left: &Object, right: &Object) -> Eval<Result<Ordering, Arc<Unknown>>> {
        if let (Object::Unknown(why), _) | (_, Object::Unknown(why)) = (left, right) {
            return Ok(Err(why.clone()));
        }
        if let (Object::Int(a), Object::Int(b)) = (left, right) {
            return Ok(Ok(a.cmp(b)));
        }
        if let (Some(a), Some(b)) = (integer(left), integer(right)) {
            return Ok(Ok(a.cmp(&b)));
        }
        if let (Some(a), Some(b)) = (float(left), float(right)) {
            return Ok(Ok(a.partial_cmp(&b).unwrap_or(Ordering::Equal)));
        }
        if let (Some(a), Some(b)) = (left.as_str(), right.as_str()) {
            self.work(a.len().min(b.len()) / 16);
            return Ok(Ok(a.cmp(&b)));
        }
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Ok(a.cmp(&b)));
        }
        if matches!((left, right), (Object::Frozen(_), _) | (_, Object::Frozen(_))) {
            self.toil(FROZEN)?;
        }
        if let Some(order) = super::super::builtins::frozen::compare(left, right) {
            return Ok(Ok(order));
        }
        if let (Object::List(_), Object::List(_)) | (Object::Tuple(_), Object::Tuple(_)) = (left, right) {
            let (a, b) = (self.items(left)?, self.items(right)?);
            for (a, b) in a.iter().zip(&b) {
                match self.deeper(|this| this.ordering(a, b))? {
                    Ok(Ordering::Equal) => {}
                    answer => return Ok(answer),
                }
            }
            return Ok(Ok(a.len().cmp(&b.len())));
        }
        let (a, b) = (plain(left), plain(right));
        if !(a.is(left) && b.is(right)) {
            return self.deeper(|this| this.ordering(&a, &b));
        }
        let why = match self.unknown("compares objects whose order is not known") {
            Object::Unknown(why) => why,
            _ => Arc::new(Unknown { reason: "order".into(), at: None }),
        };
        if matches!(
            (left, right),
            (Object::Frozen(_) | Object::Instance(_), _) | (_, Object::Frozen(_) | Object::Instance(_))
        ) {
            return Ok(Err(why));
        }
        let message = format!("'<' not supported between '{}' and '{}'", left.type_name(), right.type_name());
        Err(self.raise("TypeError", message))
    }
}

fn identical(left: &Object, right: &Object) -> Result<bool, Arc<Unknown>> {
    match (left, right) {
        (Object::Unknown(why), _) | (_, Object::Unknown(why)) => Err(why.clone()),
        _ => Ok(left.is(right)),
    }
}
