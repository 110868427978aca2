//! Truth, items, subscripts, arithmetic, text of objects.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use num_traits::Zero;

use super::super::builtins::{key_error, look_up_or};
use super::budget::ITEM;
use super::statements::because;
use super::{Args, Eval, Interpreter, KEYED, Raise, SIZE};
use crate::python::object::{Dict, Key, Mutable, Object, Payload};
use crate::python::syntax::ast::{Operator, UnaryOp};
use crate::python::value::Unknown;

/// An iterator over items worked out beforehand.
pub(crate) fn iterator(items: Vec<Object>) -> Object {
    Object::Iterator(Rc::new(RefCell::new(items.into())))
}

/// Names of the methods behind an operator: plain, reflected, in place.
fn methods(op: Operator) -> (&'static str, &'static str, &'static str) {
    match op {
        Operator::Add => ("__add__", "__radd__", "__iadd__"),
        Operator::Sub => ("__sub__", "__rsub__", "__isub__"),
        Operator::Mult => ("__mul__", "__rmul__", "__imul__"),
        Operator::MatMult => ("__matmul__", "__rmatmul__", "__imatmul__"),
        Operator::Div => ("__truediv__", "__rtruediv__", "__itruediv__"),
        Operator::Mod => ("__mod__", "__rmod__", "__imod__"),
        Operator::Pow => ("__pow__", "__rpow__", "__ipow__"),
        Operator::LShift => ("__lshift__", "__rlshift__", "__ilshift__"),
        Operator::RShift => ("__rshift__", "__rrshift__", "__irshift__"),
        Operator::BitOr => ("__or__", "__ror__", "__ior__"),
        Operator::BitXor => ("__xor__", "__rxor__", "__ixor__"),
        Operator::BitAnd => ("__and__", "__rand__", "__iand__"),
        Operator::FloorDiv => ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
    }
}

impl Interpreter {
    /// `bool(object)`; the reason where that is not known.
    pub fn truth(&mut self, object: &Object) -> Eval<Result<bool, Arc<Unknown>>> {
        if let Some(why) = object.opaque() {
            return Ok(Err(why));
        }
        Ok(Ok(match object {
            Object::None => false,
            Object::Bool(value) => *value,
            Object::Int(value) => *value != 0,
            Object::BigInt(value) => !value.is_zero(),
            Object::Float(value) => *value != 0.0,
            Object::Str(text) => !text.is_empty(),
            Object::Bytes(bytes) => !bytes.is_empty(),
            Object::Tuple(items) => !items.is_empty(),
            Object::List(list) => {
                if list.get().is_empty()
                    && let Some(why) = list.taint()
                {
                    return Ok(Err(why));
                }
                !list.get().is_empty()
            }
            Object::Set(dict) | Object::FrozenSet(dict) | Object::Dict(dict) => {
                if dict.get().is_empty()
                    && let Some(why) = dict.taint()
                {
                    return Ok(Err(why));
                }
                !dict.get().is_empty()
            }
            Object::Range(start, stop, step) => range_len(*start, *stop, *step) > 0,
            Object::Frozen(value) => super::super::builtins::frozen::truth(value),
            Object::Instance(instance) => {
                for name in ["__bool__", "__len__"] {
                    if let Some(method) = self.class_attribute_bound(instance, name)? {
                        let value = self.call(&method, Args::none())?;
                        return self.deeper(|this| this.truth(&value));
                    }
                }
                let payload = match &*instance.payload.borrow() {
                    Payload::Value(value) => Some(value.clone()),
                    _ => None,
                };
                if let Some(value) = payload
                    && !instance.class.borrow().derives_from("enum.Enum")
                {
                    return self.truth(&value);
                }
                true
            }
            _ => true,
        }))
    }

    /// Why the items of an object are not (all) known, if so.
    pub fn unknown_items(&self, object: &Object) -> Option<Arc<Unknown>> {
        match object {
            Object::Unknown(_) | Object::Class(_) => object.opaque(),
            Object::List(list) => list.taint(),
            Object::Set(dict) | Object::FrozenSet(dict) | Object::Dict(dict) => dict.taint(),
            // A list, set or dict whose class may iterate otherwise.
            Object::Instance(instance) => match &*instance.payload.borrow() {
                Payload::Value(Object::List(_) | Object::Set(_) | Object::FrozenSet(_) | Object::Dict(_)) => {
                    instance.class.borrow().open.borrow().clone()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The items that iterating gives; those that are known, where not all are.
    pub fn items(&mut self, object: &Object) -> Eval<Vec<Object>> {
        let items = self.items_of(object)?;
        self.spend(items.len() * ITEM)?;
        Ok(items)
    }

    fn items_of(&mut self, object: &Object) -> Eval<Vec<Object>> {
        Ok(match object {
            Object::List(list) => list.get().clone(),
            Object::Tuple(items) => items.to_vec(),
            Object::Set(dict) | Object::FrozenSet(dict) | Object::Dict(dict) => {
                dict.get().iter().map(|(key, _)| key.clone()).collect()
            }
            Object::Str(text) => text.chars().map(|c| Object::str(c.to_string())).collect(),
            Object::Bytes(bytes) => bytes.iter().map(|byte| Object::Int(i64::from(*byte))).collect(),
            Object::Range(start, stop, step) => {
                let len = range_len(*start, *stop, *step);
                if len > SIZE {
                    return Err(self.exhausted("loops over too many items"));
                }
                // What lies between the ends is no overflow, though the product on the way may be.
                let item = |i| start.wrapping_add(i64::try_from(i).unwrap_or(0).wrapping_mul(*step));
                (0..len).map(|i| Object::Int(item(i))).collect()
            }
            Object::Iterator(items) => items.borrow_mut().drain(..).collect(),
            Object::Instance(instance) => {
                if let Some(method) = self.class_attribute_bound(instance, "__iter__")? {
                    let made = self.call(&method, Args::none())?;
                    return match &made {
                        Object::Instance(made) => self.exhaust(made),
                        Object::Unknown(why) => Err(Raise::Limit(why.clone())),
                        _ => self.deeper(|this| this.items(&made)),
                    };
                }
                let payload = match &*instance.payload.borrow() {
                    Payload::Value(value) => Some(value.clone()),
                    _ => None,
                };
                match payload {
                    Some(value) => return self.items(&value),
                    None => return self.not_iterable(object),
                }
            }
            Object::Class(class) => {
                if let Some(why) = object.opaque() {
                    return Err(Raise::Limit(because(&why, "loops over what is not known")));
                }
                let metaclass = self.class_of(&Object::Class(class.clone()));
                match metaclass.lookup("__iter__") {
                    Some((method, _)) => {
                        let made = self.call(&method, Args::of(vec![object.clone()]))?;
                        return self.deeper(|this| this.items(&made));
                    }
                    None => return self.not_iterable(object),
                }
            }
            // The caller asks unknown_items() first; what is left is an iteration that cannot be followed.
            Object::Unknown(why) => return Err(Raise::Limit(because(why, "loops over what is not known"))),
            _ => return self.not_iterable(object),
        })
    }

    fn exhaust(&mut self, iterator: &Rc<crate::python::object::Instance>) -> Eval<Vec<Object>> {
        let Some(next) = self.class_attribute_bound(iterator, "__next__")? else {
            return self.not_iterable(&Object::Instance(iterator.clone()));
        };
        let mut items = Vec::new();
        loop {
            match self.call(&next, Args::none()) {
                Ok(Object::Unknown(why)) => return Err(Raise::Limit(why)),
                Ok(item) => items.push(item),
                Err(Raise::Exception(Object::Instance(error)))
                    if error.class.borrow().name == "StopIteration" =>
                {
                    return Ok(items);
                }
                Err(raise) => return Err(raise),
            }
            if items.len() > SIZE {
                return Err(self.exhausted("loops over too many items"));
            }
        }
    }

    fn not_iterable(&mut self, object: &Object) -> Eval<Vec<Object>> {
        if let Object::Instance(instance) = object
            && let Some(why) = instance.class.borrow().open.borrow().clone()
        {
            return Err(Raise::Limit(why));
        }
        Err(self.raise("TypeError", format!("'{}' object is not iterable", object.type_name())))
    }

    /// What Python hashes an object by; the reason where that is not known.
    pub fn key(&mut self, object: &Object) -> Eval<Result<Key, Arc<Unknown>>> {
        if matches!(object, Object::Tuple(_) | Object::FrozenSet(_) | Object::BigInt(_) | Object::Frozen(_)) {
            // Their keys are as large as they are, and a tuple may hold one item many times.
            self.tick()?;
        }
        Ok(Ok(match object {
            Object::None => Key::None,
            Object::Bool(value) => Key::Int(i64::from(*value)),
            Object::Int(value) => Key::Int(*value),
            #[allow(clippy::cast_possible_truncation, clippy::float_cmp)]
            Object::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Key::Int(*value as i64),
            Object::Float(value) => Key::Float(value.to_bits()),
            Object::Str(text) => {
                self.work(text.len() / 8);
                Key::Str(text.clone())
            }
            Object::Bytes(bytes) => {
                self.work(bytes.len() / 8);
                Key::Bytes(bytes.clone())
            }
            Object::BigInt(value) => {
                // Digits of base 16: those of base 10 take time that grows with the square.
                let key = value.to_str_radix(16);
                self.spend(key.len())?;
                Key::Frozen(key)
            }
            Object::Frozen(value) => self.frozen_key(value)?,
            Object::Tuple(items) => {
                self.spend(items.len() * size_of::<Key>())?;
                let mut keys = Vec::with_capacity(items.len());
                for item in items.iter() {
                    match self.deeper(|this| this.key(item))? {
                        Ok(key) => keys.push(key),
                        Err(why) => return Ok(Err(why)),
                    }
                }
                Key::Tuple(keys)
            }
            Object::FrozenSet(_) => {
                let value = self.freeze(object);
                self.frozen_key(&value)?
            }
            Object::Unknown(why) => return Ok(Err(why.clone())),
            Object::List(_) | Object::Dict(_) | Object::Set(_) => {
                return Err(self.raise("TypeError", format!("unhashable type: '{}'", object.type_name())));
            }
            Object::Instance(instance) => {
                let payload = match &*instance.payload.borrow() {
                    Payload::Value(value) => Some(value.clone()),
                    _ => None,
                };
                match payload {
                    // A member of a plain enumeration is its own key; one that is a str or int is its value's.
                    Some(value @ (Object::Str(_) | Object::Int(_) | Object::Tuple(_))) => {
                        return self.key(&value);
                    }
                    _ => Key::Identity(Rc::as_ptr(instance).addr()),
                }
            }
            other => Key::Identity(other.identity().unwrap_or(0)),
        }))
    }

    fn frozen_key(&mut self, value: &crate::python::value::Value) -> Eval<Key> {
        let key = value.sort_key();
        self.spend(key.len())?;
        Ok(Key::Frozen(key))
    }

    /// A set of items.
    pub fn set_from(&mut self, items: Vec<Object>) -> Eval {
        let mut dict = Dict::default();
        for item in items {
            match self.key(&item)? {
                Ok(key) => dict.insert(key, item.clone(), item),
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        Ok(Object::Set(Mutable::new(dict)))
    }

    /// `object[index]`
    pub fn get_item(&mut self, object: &Object, index: &Object) -> Eval {
        self.tick()?;
        match (object, index) {
            (Object::Unknown(why), _) => Ok(Object::Unknown(why.clone())),
            (Object::Dict(dict), _) => {
                if let Object::Unknown(why) = index {
                    return Ok(Object::Unknown(why.clone()));
                }
                look_up_or(self, dict, index, |i| Err(key_error(i, index)))
            }
            (Object::List(list), _) if list.taint().is_some() => {
                Ok(list.taint().map_or(Object::None, Object::Unknown))
            }
            (
                Object::List(_) | Object::Tuple(_) | Object::Str(_) | Object::Bytes(_) | Object::Range(..),
                Object::Slice(parts),
            ) => self.slice(object, &parts.clone()),
            (
                Object::Str(_) | Object::List(_) | Object::Tuple(_) | Object::Bytes(_) | Object::Range(..),
                _,
            ) => {
                let Some(index) = index.as_int() else {
                    if let Object::Unknown(why) = index {
                        return Ok(Object::Unknown(why.clone()));
                    }
                    return Err(self.raise("TypeError", "indices must be integers or slices"));
                };
                match self.item_at(object, index)? {
                    Some(item) => Ok(item),
                    None => Err(self.raise("IndexError", "index out of range")),
                }
            }
            (Object::Class(class), _) => {
                let metaclass = self.class_of(object);
                if let Some((method, owner)) = metaclass.lookup("__getitem__")
                    && !owner.has_path("builtins.type")
                {
                    return self.call(&method, Args::of(vec![object.clone(), index.clone()]));
                }
                if let (true, Some(name)) = (class.derives_from("enum.Enum"), index.as_str())
                    && let Some((member, _)) = class.lookup(&name)
                {
                    return Ok(member);
                }
                // list[int], Generic[T], Manager["Model"]: the class itself does for all that we ask.
                match class.lookup("__class_getitem__") {
                    Some((Object::Function(_) | Object::Descriptor(_), _)) => {
                        let method = self.get_attribute(object, &"__class_getitem__".into())?;
                        let method = match method {
                            function @ Object::Function(_) => {
                                super::attributes::bind(function, object.clone())
                            }
                            method => method,
                        };
                        self.call(&method, Args::of(vec![index.clone()]))
                    }
                    _ => Ok(object.clone()),
                }
            }
            (Object::Instance(instance), _) => {
                if let Some(method) = self.class_attribute_bound(instance, "__getitem__")? {
                    return self.call(&method, Args::of(vec![index.clone()]));
                }
                let payload = match &*instance.payload.borrow() {
                    Payload::Value(value) => Some(value.clone()),
                    _ => None,
                };
                if let Some(value) = payload {
                    return self.get_item(&value, index);
                }
                match instance.class.borrow().open.borrow().clone() {
                    Some(why) => Ok(Object::Unknown(why)),
                    None => Err(self.raise("TypeError", "object is not subscriptable")),
                }
            }
            (Object::Native(_) | Object::Closure(_) | Object::Function(_), _) => Ok(object.clone()),
            _ => {
                Err(self.raise("TypeError", format!("'{}' object is not subscriptable", object.type_name())))
            }
        }
    }

    fn item_at(&mut self, object: &Object, index: i64) -> Eval<Option<Object>> {
        let place = |len: usize| {
            let at = if index < 0 { index.checked_add(i64::try_from(len).ok()?)? } else { index };
            usize::try_from(at).ok().filter(|at| *at < len)
        };
        Ok(match object {
            Object::List(list) => {
                let list = list.get();
                place(list.len()).and_then(|at| list.get(at).cloned())
            }
            Object::Tuple(items) => place(items.len()).and_then(|at| items.get(at).cloned()),
            _ => {
                let items = self.items(object)?;
                place(items.len()).and_then(|at| items.get(at).cloned())
            }
        })
    }

    pub(super) fn slice(&mut self, object: &Object, parts: &[Object; 3]) -> Eval {
        if let Some(Object::Unknown(why)) = parts.iter().find(|part| part.is_unknown()) {
            return Ok(Object::Unknown(why.clone()));
        }
        let items = self.items(object)?;
        let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let step = parts[2].as_int().unwrap_or(1);
        if step == 0 {
            return Err(self.raise("ValueError", "slice step cannot be zero"));
        }
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let clamp = |part: &Object, default: i64| match part.as_int() {
            Some(at) => (if at < 0 { at.saturating_add(len) } else { at }).clamp(low, high),
            None => default,
        };
        let (mut at, stop) = if step > 0 {
            (clamp(&parts[0], 0), clamp(&parts[1], len))
        } else {
            (clamp(&parts[0], len - 1), clamp(&parts[1], -1))
        };
        let mut picked = Vec::new();
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                picked.push(item.clone());
            }
            at = at.saturating_add(step);
        }
        self.spend(picked.len() * ITEM)?;
        Ok(match object {
            Object::Tuple(_) => Object::tuple(picked),
            Object::Str(_) => Object::str(
                picked.iter().filter_map(Object::as_str).map(|c| c.to_string()).collect::<String>(),
            ),
            Object::Bytes(_) => {
                let bytes = picked.iter().filter_map(|byte| u8::try_from(byte.as_int()?).ok());
                Object::Bytes(bytes.collect::<Vec<_>>().into())
            }
            _ => Object::list(picked),
        })
    }

    /// `object[index] = value`
    pub(crate) fn set_item(&mut self, object: &Object, index: &Object, value: Object) -> Eval<()> {
        match object {
            Object::Dict(dict) => match self.key(index)? {
                Ok(key) => self.change_dict(dict, |items| items.insert(key, index.clone(), value)),
                Err(why) => self.taint_dict(dict, why),
            },
            Object::List(list) => match index {
                Object::Slice(parts) => {
                    if let Some(why) = self.slice_doubt(parts) {
                        self.taint_list(list, why);
                        return Ok(());
                    }
                    let new = self.items(&value)?;
                    let len = list.get().len();
                    self.work(len);
                    let bound = |part: &Object, default: usize| match part.as_int() {
                        Some(at) if at < 0 => {
                            len.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(len))
                        }
                        Some(at) => usize::try_from(at).unwrap_or(len).min(len),
                        None => default,
                    };
                    let (from, to) = (bound(&parts[0], 0), bound(&parts[1], len));
                    self.change_list(list, |items| {
                        items.splice(from..to.max(from), new);
                    });
                }
                Object::Unknown(why) => self.taint_list(list, why.clone()),
                _ => {
                    let len = i64::try_from(list.get().len()).unwrap_or(0);
                    let at = index.as_int().map(|at| if at < 0 { at + len } else { at });
                    match at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < list.get().len()) {
                        Some(at) => self.change_list(list, |items| items[at] = value),
                        None => return Err(self.raise("IndexError", "list assignment index out of range")),
                    }
                }
            },
            Object::Instance(instance) => {
                if let Some(method) = self.class_attribute_bound(instance, "__setitem__")? {
                    self.call(&method, Args::of(vec![index.clone(), value]))?;
                } else if let Payload::Value(inner) = instance.payload.borrow().clone() {
                    self.set_item(&inner, index, value)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Why the items that a slice of a list stands for are not known, or not followed.
    fn slice_doubt(&self, parts: &[Object; 3]) -> Option<Arc<Unknown>> {
        if let Some(Object::Unknown(why)) = parts.iter().find(|part| part.is_unknown()) {
            return Some(why.clone());
        }
        match (&parts[2], self.unknown("sets every so many items of a list")) {
            (Object::None | Object::Int(1), _) => None,
            (_, Object::Unknown(why)) => Some(why),
            _ => None,
        }
    }

    /// `left op= right`
    pub(crate) fn augment(&mut self, left: &Object, op: Operator, right: &Object) -> Eval {
        match (left, op) {
            (Object::List(list), Operator::Add) => {
                if let Some(why) = self.unknown_items(right) {
                    let known = if right.is_unknown() { Vec::new() } else { self.items(right)? };
                    self.change_list(list, |items| items.extend(known));
                    self.taint_list(list, why);
                } else {
                    let new = self.items(right)?;
                    if list.get().len() + new.len() > SIZE {
                        return Err(self.exhausted("makes too large a collection"));
                    }
                    self.change_list(list, |items| items.extend(new));
                }
                Ok(left.clone())
            }
            (Object::Dict(dict), Operator::BitOr) => {
                self.update_dict(dict, right)?;
                Ok(left.clone())
            }
            (Object::Instance(instance), _) => match self.class_attribute_bound(instance, methods(op).2)? {
                Some(method) => self.call(&method, Args::of(vec![right.clone()])),
                None => self.binary(left, op, right),
            },
            _ => self.binary(left, op, right),
        }
    }

    /// Adds another mapping's items (or pairs) to a dictionary.
    pub fn update_dict(&mut self, dict: &Rc<Mutable<Dict>>, other: &Object) -> Eval<()> {
        match other {
            Object::Dict(other) => {
                self.toil(other.get().len() * KEYED)?;
                let items = other.get().clone();
                let taint = other.taint();
                self.change_dict(dict, |mine| {
                    for (key, (name, value)) in items.items {
                        mine.insert(key, name, value);
                    }
                });
                if let Some(why) = taint {
                    self.taint_dict(dict, why);
                }
            }
            Object::Unknown(why) => self.taint_dict(dict, why.clone()),
            Object::Instance(instance)
                if matches!(&*instance.payload.borrow(), Payload::Value(Object::Dict(_))) =>
            {
                let payload = instance.payload.borrow().clone();
                if let Payload::Value(inner) = payload {
                    self.update_dict(dict, &inner)?;
                }
            }
            other => {
                for pair in self.items(other)? {
                    let pair = self.items(&pair)?;
                    if let [key, value] = &pair[..] {
                        match self.key(key)? {
                            Ok(hash) => {
                                self.change_dict(dict, |mine| mine.insert(hash, key.clone(), value.clone()));
                            }
                            Err(why) => self.taint_dict(dict, why),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// `left op right`
    pub fn binary(&mut self, left: &Object, op: Operator, right: &Object) -> Eval {
        if let Some(why) = left.opaque().or_else(|| right.opaque()) {
            // [known] + unknown is a list of which a part is known.
            if op == Operator::Add
                && let (Object::List(list), _) | (_, Object::List(list)) = (left, right)
            {
                let list = Mutable::new(list.get().clone());
                *list.taint.borrow_mut() = Some(why);
                return Ok(Object::List(list));
            }
            return Ok(Object::Unknown(why));
        }
        if let Some(result) = self.builtin_binary(left, op, right)? {
            return self.made(result);
        }
        let (plain, reflected, _) = methods(op);
        for (object, other, name) in [(left, right, plain), (right, left, reflected)] {
            let method = match object {
                Object::Instance(instance) => self.class_attribute_bound(instance, name)?,
                Object::Class(class) => {
                    let metaclass = self.class_of(&Object::Class(class.clone()));
                    metaclass.lookup(name).map(|(method, _)| super::attributes::bind(method, object.clone()))
                }
                _ => None,
            };
            if let Some(method) = method {
                let result = self.call(&method, Args::of(vec![other.clone()]))?;
                if !matches!(result, Object::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        for (object, other, swapped) in [(left, right, false), (right, left, true)] {
            if let Object::Instance(instance) = object {
                let payload = instance.payload.borrow().clone();
                if let Payload::Value(value) = payload {
                    return if swapped {
                        self.binary(other, op, &value)
                    } else {
                        self.binary(&value, op, other)
                    };
                }
                if let Some(why) = instance.class.borrow().open.borrow().clone() {
                    return Ok(Object::Unknown(why));
                }
            }
        }
        if matches!((left, right), (Object::Frozen(_), _) | (_, Object::Frozen(_))) {
            let made = super::super::builtins::frozen::binary(self, left, op, right)?;
            return self.made(made);
        }
        // int | None, list["X"] | str: types for readers.
        if op == Operator::BitOr {
            return Ok(self.unknown("a union of types"));
        }
        let message =
            format!("unsupported operand types: '{}' and '{}'", left.type_name(), right.type_name());
        Err(self.raise("TypeError", message))
    }

    fn builtin_binary(&mut self, left: &Object, op: Operator, right: &Object) -> Eval<Option<Object>> {
        Ok(Some(match (left, op, right) {
            (Object::Str(text), Operator::Mod, _) => return self.percent(text, right).map(Some),
            (Object::Str(a), Operator::Add, Object::Str(b)) => {
                if a.len() + b.len() > SIZE {
                    return Err(self.exhausted("makes too long a text"));
                }
                Object::str(format!("{a}{b}"))
            }
            (Object::Bytes(a), Operator::Add, Object::Bytes(b)) => {
                Object::Bytes([&a[..], &b[..]].concat().into())
            }
            (Object::Str(text), Operator::Mult, n) | (n, Operator::Mult, Object::Str(text)) => {
                let Some(n) = n.as_int() else { return Ok(None) };
                let n = usize::try_from(n).unwrap_or(0);
                if n.saturating_mul(text.len()) > SIZE {
                    return Err(self.exhausted("makes too long a text"));
                }
                Object::str(text.repeat(n))
            }
            (Object::Bytes(bytes), Operator::Mult, n) | (n, Operator::Mult, Object::Bytes(bytes)) => {
                let Some(n) = n.as_int() else { return Ok(None) };
                let n = usize::try_from(n).unwrap_or(0);
                if n.saturating_mul(bytes.len()) > SIZE {
                    return Err(self.exhausted("makes too long a text"));
                }
                Object::Bytes(bytes.repeat(n).into())
            }
            (Object::Bytes(_), Operator::Mod, _) => self.unknown("a format of bytes"),
            (Object::List(a), Operator::Add, Object::List(b)) => {
                let taint = a.taint().or(b.taint());
                let mut items = a.get().clone();
                items.extend(b.get().iter().cloned());
                if items.len() > SIZE {
                    return Err(self.exhausted("makes too large a collection"));
                }
                let list = Mutable::new(items);
                *list.taint.borrow_mut() = taint;
                Object::List(list)
            }
            (Object::Tuple(a), Operator::Add, Object::Tuple(b)) => {
                if a.len() + b.len() > SIZE {
                    return Err(self.exhausted("makes too large a collection"));
                }
                Object::tuple([&a[..], &b[..]].concat())
            }
            (Object::List(_) | Object::Tuple(_), Operator::Mult, Object::Int(n))
            | (Object::Int(n), Operator::Mult, Object::List(_) | Object::Tuple(_)) => {
                let sequence = if matches!(left, Object::Int(_)) { right } else { left };
                let items = self.items(sequence)?;
                let n = usize::try_from(*n).unwrap_or(0);
                if n.saturating_mul(items.len()) > SIZE {
                    return Err(self.exhausted("makes too large a collection"));
                }
                let repeated: Vec<Object> = (0..n).flat_map(|_| items.iter().cloned()).collect();
                if matches!(sequence, Object::Tuple(_)) {
                    Object::tuple(repeated)
                } else {
                    Object::list(repeated)
                }
            }
            (Object::Dict(a), Operator::BitOr, Object::Dict(_)) => {
                let dict = Mutable::new(a.get().clone());
                *dict.taint.borrow_mut() = a.taint();
                self.update_dict(&dict, right)?;
                Object::Dict(dict)
            }
            (
                Object::Set(a) | Object::FrozenSet(a),
                Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor,
                Object::Set(b) | Object::FrozenSet(b),
            ) => {
                self.toil((a.get().len() + b.get().len()) * KEYED)?;
                set_operation(left, a, op, b)
            }
            (
                Object::Int(_) | Object::Bool(_) | Object::BigInt(_),
                _,
                Object::Int(_) | Object::Bool(_) | Object::BigInt(_),
            ) => return self.integers(left, op, right).map(Some),
            (
                Object::Float(_) | Object::Int(_) | Object::Bool(_) | Object::BigInt(_),
                _,
                Object::Float(_) | Object::Int(_) | Object::Bool(_) | Object::BigInt(_),
            ) => return self.floats(left, op, right).map(Some),
            _ => return Ok(None),
        }))
    }

    /// `-x`, `+x`, `~x`, `not x`
    pub(crate) fn unary(&mut self, op: UnaryOp, operand: &Object) -> Eval {
        if let UnaryOp::Not = op {
            return Ok(match self.truth(operand)? {
                Ok(truth) => Object::Bool(!truth),
                Err(why) => Object::Unknown(why),
            });
        }
        let method = match (op, operand) {
            (_, Object::Unknown(_)) => return Ok(operand.clone()),
            (UnaryOp::USub, Object::Float(value)) => return Ok(Object::Float(-value)),
            (UnaryOp::UAdd, Object::Float(_) | Object::Int(_) | Object::BigInt(_)) => {
                return Ok(operand.clone());
            }
            (UnaryOp::USub, Object::Int(_) | Object::Bool(_) | Object::BigInt(_)) => {
                return self.integers(&Object::Int(0), Operator::Sub, operand);
            }
            (UnaryOp::Invert, Object::Int(_) | Object::Bool(_)) => {
                return Ok(Object::Int(!operand.as_int().unwrap_or(0)));
            }
            (UnaryOp::USub, _) => "__neg__",
            (UnaryOp::UAdd, _) => "__pos__",
            _ => "__invert__",
        };
        if let Object::Instance(instance) = operand {
            if let Some(method) = self.class_attribute_bound(instance, method)? {
                return self.call(&method, Args::none());
            }
            let payload = instance.payload.borrow().clone();
            if let Payload::Value(value) = payload {
                return self.unary(op, &value);
            }
            if let Some(why) = instance.class.borrow().open.borrow().clone() {
                return Ok(Object::Unknown(why));
            }
        }
        if let Object::Frozen(value) = operand {
            let made = match op {
                UnaryOp::USub => super::super::builtins::frozen::negate(value),
                _ => None,
            };
            return Ok(made.unwrap_or_else(|| self.unknown("arithmetic on a value that is not worked out")));
        }
        Err(self
            .raise("TypeError", format!("bad operand type for unary operator: '{}'", operand.type_name())))
    }
}

fn set_operation(kind: &Object, a: &Rc<Mutable<Dict>>, op: Operator, b: &Rc<Mutable<Dict>>) -> Object {
    let (left, right) = (a.get(), b.get());
    let mut dict = Dict::default();
    let mut take = |from: &Dict, keep: &dyn Fn(&Key) -> bool| {
        for (key, (name, value)) in &from.items {
            if keep(key) {
                dict.insert(key.clone(), name.clone(), value.clone());
            }
        }
    };
    match op {
        Operator::BitAnd => take(&left, &|key| right.contains(key)),
        Operator::Sub => take(&left, &|key| !right.contains(key)),
        Operator::BitXor => {
            take(&left, &|key| !right.contains(key));
            take(&right, &|key| !left.contains(key));
        }
        _ => {
            take(&left, &|_| true);
            take(&right, &|_| true);
        }
    }
    let set = Mutable::new(dict);
    *set.taint.borrow_mut() = a.taint().or(b.taint());
    if matches!(kind, Object::FrozenSet(_)) { Object::FrozenSet(set) } else { Object::Set(set) }
}

/// `len(range(start, stop, step))`; 0 for a step of 0.
pub(crate) fn range_len(start: i64, stop: i64, step: i64) -> usize {
    let (start, stop, step) = (i128::from(start), i128::from(stop), i128::from(step));
    let len = match step {
        0 => 0,
        1.. => (stop - start + step - 1).div_euclid(step),
        _ => (start - stop - step - 1).div_euclid(-step),
    };
    usize::try_from(len.max(0)).unwrap_or(usize::MAX)
}
