//! Live objects → values at rest.

use std::rc::Rc;
use std::sync::Arc;

use super::{Args, Interpreter};
use crate::python::object::{Class, Function, Instance, Object, Payload};
use crate::python::value::{Call, EnumMember, Unknown, Value};

/// How deep values may be nested in each other.
const NESTING: u32 = 60;
/// How many values there may be within one. Objects may be shared, values at rest are a tree.
const LARGEST: usize = 50_000;
/// Bytes of text that count as one value: whoever writes the value down copies them each time.
const TEXT: usize = 32;

/// Bytes that one value takes, or that count as one.
const HELD: usize = 40;

/// Bits of an integer: writing it in decimals takes the square of them.
const MOST_BITS: u64 = 100_000;

/// What a value counts for in the time that freezing takes; sets are sorted by their texts.
const WORK: usize = 128;

/// The bounds of the value that is being frozen. An object's own `deconstruct` may freeze others:
/// all share the outermost's.
#[derive(Clone, Copy)]
pub(crate) struct Freezing {
    /// How many more values it may hold.
    left: usize,
    /// How deep the present one lies in others.
    depth: u32,
}

impl Interpreter {
    /// The value of an object, the way Django's `deconstruct()` and writer see it.
    pub fn freeze(&mut self, object: &Object) -> Value {
        let outermost = self.freezing.is_none();
        let depth = self.freezing.get_or_insert(Freezing { left: LARGEST, depth: 0 }).depth;
        let mut value = self.freeze_at(object, depth);
        if self.is_too_large() {
            value = Value::unknown("holds too many values", self.location());
        }
        if outermost {
            let left = self.freezing.take().map_or(0, |freezing| freezing.left);
            self.work((LARGEST - left) * WORK);
            if !self.library.held().add((LARGEST - left) * HELD) {
                value = Value::unknown("is more than can be held with all the others", self.location());
            }
        }
        value
    }

    fn is_too_large(&self) -> bool {
        self.freezing.is_some_and(|freezing| freezing.left == 0)
    }

    /// Counts values; the whole is given up where there are too many.
    fn take(&mut self, count: usize) -> bool {
        match &mut self.freezing {
            Some(freezing) => {
                freezing.left = freezing.left.saturating_sub(count);
                freezing.left > 0
            }
            None => true,
        }
    }

    fn freeze_all(&mut self, items: &[Object], depth: u32) -> Arc<[Value]> {
        if !self.take(items.len()) {
            return Arc::default();
        }
        items.iter().map(|item| self.freeze_at(item, depth + 1)).collect()
    }

    /// Does work that may freeze other objects within the one at this depth.
    fn within<T>(&mut self, depth: u32, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.freezing.map_or(0, |freezing| freezing.depth);
        if let Some(freezing) = &mut self.freezing {
            freezing.depth = depth;
        }
        let result = work(self);
        if let Some(freezing) = &mut self.freezing {
            freezing.depth = outer;
        }
        result
    }

    fn freeze_at(&mut self, object: &Object, depth: u32) -> Value {
        if depth > NESTING {
            return Value::unknown("is nested too deep", self.location());
        }
        let text = match object {
            Object::Str(text) => text.len(),
            Object::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        if !self.take(1 + text / TEXT) {
            return Value::None;
        }
        let all = |this: &mut Self, items: &[Object]| this.freeze_all(items, depth);
        match object {
            Object::None => Value::None,
            Object::Bool(value) => Value::Bool(*value),
            Object::Int(value) => Value::Int(*value),
            Object::BigInt(value) if value.bits() > MOST_BITS => {
                Value::unknown("too large a number to write down", self.location())
            }
            Object::BigInt(value) => Value::BigInt(Arc::new((**value).clone())),
            Object::Float(value) => Value::Float(*value),
            Object::Str(text) => Value::Str(text.clone()),
            Object::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Object::List(list) => {
                if let Some(why) = list.taint() {
                    Value::Unknown(why)
                } else {
                    let items = list.get().clone();
                    Value::List(all(self, &items))
                }
            }
            Object::Tuple(items) => Value::Tuple(all(self, items)),
            Object::Set(set) | Object::FrozenSet(set) => {
                if let Some(why) = set.taint() {
                    Value::Unknown(why)
                } else {
                    let items: Vec<Object> = set.get().iter().map(|(key, _)| key.clone()).collect();
                    let mut values = all(self, &items).to_vec();
                    // Each level's texts hold those of the levels below: that adds up.
                    let weight = values.iter().map(|value| value.weight(LARGEST)).sum();
                    if self.take(weight) {
                        values.sort_by_cached_key(Value::sort_key);
                    }
                    Value::Set(values.into())
                }
            }
            Object::Dict(dict) => {
                if let Some(why) = dict.taint() {
                    Value::Unknown(why)
                } else {
                    let items: Vec<(Object, Object)> =
                        dict.get().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                    let pairs = if self.take(2 * items.len()) { items.iter() } else { [].iter() };
                    Value::Dict(
                        pairs
                            .map(|(k, v)| (self.freeze_at(k, depth + 1), self.freeze_at(v, depth + 1)))
                            .collect(),
                    )
                }
            }
            Object::Range(start, stop, step) => {
                call("range", vec![Value::Int(*start), Value::Int(*stop), Value::Int(*step)])
            }
            Object::Slice(parts) => call("slice", all(self, &parts[..]).to_vec()),
            Object::Function(function) => self.freeze_function(function),
            Object::Native(native) => Value::Ref(native.path.into()),
            Object::Closure(closure) => Value::Ref(closure.path.clone()),
            Object::Class(class) => match object.opaque() {
                // It may as well be a constant.
                Some(why) => Value::Unknown(why),
                None => Value::Ref(class.path().into()),
            },
            Object::Module(module) => Value::Ref(module.name.clone()),
            Object::Method(method) => self.freeze_method(&method.receiver, &method.function),
            Object::Partial(partial) => {
                let mut args = vec![self.freeze_at(&partial.function, depth + 1)];
                args.extend(all(self, &partial.args).iter().cloned());
                let keywords = partial.keywords.iter();
                let kwargs = keywords
                    .map(|(key, value)| (key.as_str().into(), self.freeze_at(value, depth + 1)))
                    .collect();
                Value::Call(Arc::new(Call { path: "functools.partial".into(), args, kwargs }))
            }
            Object::Frozen(value) => {
                let left = self.freezing.map_or(LARGEST, |freezing| freezing.left);
                if self.take(value.weight(left)) { (**value).clone() } else { Value::None }
            }
            Object::Unknown(why) => Value::Unknown(why.clone()),
            Object::Lazy(lazy) => match self.force(lazy) {
                Ok(value) => self.freeze_at(&value, depth + 1),
                Err(raise) => Value::unknown(self.describe_raise(&raise), Some(lazy.at.clone())),
            },
            Object::Instance(instance) => self.freeze_instance(instance, depth),
            Object::Iterator(items) => {
                let items: Vec<Object> = items.borrow().iter().cloned().collect();
                Value::List(all(self, &items))
            }
            Object::Ellipsis | Object::NotImplemented | Object::Super(_) | Object::Descriptor(_) => {
                Value::unknown(format!("a {} has no portable form", object.type_name()), self.location())
            }
        }
    }

    fn freeze_function(&self, function: &Function) -> Value {
        if function.is_lambda {
            let at = function.parsed.location(function.range);
            return Value::unknown("a lambda can't be referred to", Some(at));
        }
        // `functools.wraps` gives a wrapper the name of what it wraps.
        let attrs = function.attrs.borrow();
        let own = |name: &str| attrs.get(name).and_then(Object::as_str);
        let module = own("__module__").unwrap_or_else(|| function.module.name.clone());
        let qualname = own("__qualname__").unwrap_or_else(|| function.qualname.clone());
        Value::Ref(format!("{module}.{qualname}").into())
    }

    fn freeze_method(&mut self, receiver: &Object, function: &Object) -> Value {
        let name = match function {
            Object::Function(function) => function.name.to_string(),
            Object::Native(native) => native.path.rsplit('.').next().unwrap_or(native.path).to_owned(),
            _ => return Value::unknown("a method of an unknown function", self.location()),
        };
        match receiver {
            Object::Class(class) => Value::Ref(format!("{}.{name}", class.path()).into()),
            _ => Value::unknown(
                format!("the method {name} of an object can't be referred to"),
                self.location(),
            ),
        }
    }

    fn freeze_instance(&mut self, instance: &Rc<Instance>, depth: u32) -> Value {
        let own = |this: &mut Self| (this.extension.freeze)(this, instance);
        if let Some(value) = self.within(depth + 1, own) {
            return value;
        }
        let class = instance.class.borrow().clone();
        let payload = instance.payload.borrow().clone();
        if class.derives_from("enum.Enum") {
            let name = instance.attrs.borrow().get("_name_").and_then(Object::as_str);
            let value = instance.attrs.borrow().get("_value_").cloned();
            if let (Some(name), Some(value)) = (name, value) {
                let value = self.freeze_at(&value, depth + 1);
                let is_known = class.open.borrow().is_none();
                let mro =
                    is_known.then(|| class.mro.borrow().iter().map(|base| base.path().into()).collect());
                return Value::Enum(Arc::new(EnumMember { class: class.path().into(), name, value, mro }));
            }
        }
        if let Some(method) = self.deconstruct_of(instance, &class) {
            return match self.within(depth + 1, |this| this.call(&method, Args::none())) {
                Ok(parts) => self.freeze_deconstruction(&parts, instance, depth),
                Err(raise) => Value::unknown(self.describe_raise(&raise), instance.at.clone()),
            };
        }
        match payload {
            Payload::Value(value) => self.freeze_at(&value, depth + 1),
            Payload::Constructed(args) if class.native => self.freeze_call_at(&class.path(), &args, depth),
            _ => {
                if let Some(part) = self.says_it_equals(instance, &class) {
                    return self.freeze_at(&part, depth + 1);
                }
                let reason = format!("a {} has no deconstruct()", class.name);
                Value::unknown(reason, instance.at.clone())
            }
        }
    }

    /// `object.deconstruct`, which what stands for another object (`LazyObject`) has of that one.
    fn deconstruct_of(&mut self, instance: &Rc<Instance>, class: &Class) -> Option<Object> {
        let stands_for_another = matches!(class.lookup("__getattr__"), Some((_, owner)) if !owner.native);
        if class.lookup("deconstruct").is_none() && !stands_for_another {
            return None;
        }
        let found = self.find_attribute(&Object::Instance(instance.clone()), "deconstruct");
        found.ok().flatten().filter(|method| !method.is_unknown())
    }

    /// What an object holds and by its own `__eq__` is equal to. Django compares what has no
    /// `deconstruct()` by `==`, so that such a wrapper counts as what it wraps.
    fn says_it_equals(&mut self, instance: &Rc<Instance>, class: &Rc<Class>) -> Option<Object> {
        if !matches!(class.lookup("__eq__"), Some((Object::Function(_), _))) {
            return None;
        }
        let parts: Vec<Object> = instance.attrs.borrow().values().cloned().collect();
        let whole = Object::Instance(instance.clone());
        parts.into_iter().find(|part| matches!(self.equal(&whole, part), Ok(Ok(true))))
    }

    /// `path(*args, **kwargs)` with its arguments frozen.
    pub fn freeze_call(&mut self, path: &str, args: &Args) -> Value {
        let depth = self.freezing.map_or(0, |freezing| freezing.depth);
        self.freeze_call_at(path, args, depth)
    }

    fn freeze_call_at(&mut self, path: &str, args: &Args, depth: u32) -> Value {
        if let Some(why) = &args.open {
            return Value::Unknown(why.clone());
        }
        let positional = args.positional.iter().map(|value| self.freeze_at(value, depth + 1)).collect();
        let keywords = args.keywords.iter();
        let kwargs =
            keywords.map(|(key, value)| (key.as_str().into(), self.freeze_at(value, depth + 1))).collect();
        Value::Call(Arc::new(Call { path: path.into(), args: positional, kwargs }))
    }

    /// `(path, args, kwargs)`, or a field's four parts of which the first is its name.
    fn freeze_deconstruction(&mut self, parts: &Object, instance: &Instance, depth: u32) -> Value {
        let unknown = |why: Option<Arc<Unknown>>| match why {
            Some(why) => Value::Unknown(why),
            None => Value::unknown("deconstruct() gives no path and arguments", instance.at.clone()),
        };
        let Object::Tuple(parts) = parts else {
            return unknown(if let Object::Unknown(why) = parts { Some(why.clone()) } else { None });
        };
        let [.., path, args, kwargs] = &parts[..] else { return unknown(None) };
        let Some(path) = path.as_str() else { return unknown(None) };
        let args = self.freeze_at(args, depth + 1);
        let kwargs = self.freeze_at(kwargs, depth + 1);
        match (&args, &kwargs) {
            (Value::Tuple(args) | Value::List(args), Value::Dict(kwargs)) => {
                let kwargs = kwargs.iter().filter_map(|(k, v)| match k {
                    Value::Str(key) => Some((key.clone(), v.clone())),
                    _ => None,
                });
                Value::Call(Arc::new(Call { path, args: args.to_vec(), kwargs: kwargs.collect() }))
            }
            _ => unknown(args.as_unknown().or(kwargs.as_unknown()).cloned()),
        }
    }
}

fn call(path: &str, args: Vec<Value>) -> Value {
    Value::Call(Arc::new(Call { path: path.into(), args, kwargs: Vec::new() }))
}
