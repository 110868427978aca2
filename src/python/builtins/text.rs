//! Texts of objects: `repr`, `str`, `format`.

use std::rc::Rc;
use std::sync::Arc;

use super::arguments::plain;
use super::format_spec::{MOST_BITS, Spec, bytes_repr, escape, float_repr, str_repr};
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Instance, Object, Payload};
use crate::python::value::Unknown;

/// A text, or why it is not known.
pub(super) type Text = Result<String, Arc<Unknown>>;

impl Interpreter {
    /// `repr(object)`: a string, or unknown.
    pub fn repr(&mut self, object: &Object) -> Eval {
        let text = self.repr_within(object, &mut Vec::new())?;
        self.text_object(text)
    }

    fn text_object(&mut self, text: Text) -> Eval {
        match text {
            Ok(text) if text.len() > SIZE => Err(self.exhausted("makes too long a text")),
            Ok(text) => Ok(Object::str(text)),
            Err(why) => Ok(Object::Unknown(why)),
        }
    }

    /// The reason of a text that is not known, at the present place.
    pub(super) fn no_text(&self, reason: &str) -> Arc<Unknown> {
        Arc::new(Unknown { reason: reason.into(), at: self.location() })
    }

    fn repr_within(&mut self, object: &Object, outer: &mut Vec<usize>) -> Eval<Text> {
        self.tick()?;
        Ok(Ok(match object {
            Object::Unknown(why) => return Ok(Err(why.clone())),
            Object::None => "None".to_owned(),
            Object::Ellipsis => "Ellipsis".to_owned(),
            Object::NotImplemented => "NotImplemented".to_owned(),
            Object::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            Object::Int(value) => value.to_string(),
            // `sys.get_int_max_str_digits`
            Object::BigInt(value) if value.bits() > MOST_BITS => {
                let message = "Exceeds the limit (4300 digits) for integer string conversion";
                return Err(self.raise("ValueError", message));
            }
            Object::BigInt(value) => {
                self.work(usize::try_from(value.bits() * 16).unwrap_or(usize::MAX));
                value.to_string()
            }
            Object::Float(value) => float_repr(*value),
            Object::Str(text) => str_repr(text),
            Object::Bytes(bytes) => bytes_repr(bytes),
            Object::List(_) | Object::Tuple(_) | Object::Set(_) | Object::FrozenSet(_) | Object::Dict(_) => {
                let identity = object.identity().unwrap_or(0);
                if outer.contains(&identity) {
                    return Ok(Ok(match object {
                        Object::List(_) => "[...]",
                        Object::Dict(_) => "{...}",
                        _ => "(...)",
                    }
                    .to_owned()));
                }
                outer.push(identity);
                let text = self.deeper(|this| this.repr_container(object, outer));
                outer.pop();
                return text;
            }
            Object::Range(start, stop, 1) => format!("range({start}, {stop})"),
            Object::Range(start, stop, step) => format!("range({start}, {stop}, {step})"),
            Object::Slice(parts) => {
                let mut texts = Vec::new();
                for part in parts.iter() {
                    match self.repr_within(part, outer)? {
                        Ok(text) => texts.push(text),
                        Err(why) => return Ok(Err(why)),
                    }
                }
                format!("slice({})", texts.join(", "))
            }
            Object::Class(class) if &*class.module == "builtins" => format!("<class '{}'>", class.qualname),
            Object::Class(class) => format!("<class '{}'>", class.path()),
            Object::Native(native) => {
                format!("<built-in function {}>", native.path.rsplit('.').next().unwrap_or(native.path))
            }
            Object::Frozen(value) => match super::frozen::repr(value) {
                Some(text) => text,
                None => return Ok(Err(self.no_text("the text of a value that is not worked out"))),
            },
            Object::Instance(instance) => {
                return self.deeper(|this| this.repr_instance(instance, outer));
            }
            _ => return Ok(Err(self.no_text("the text of an object, which tells its address"))),
        }))
    }

    fn repr_instance(&mut self, instance: &Rc<Instance>, outer: &mut Vec<usize>) -> Eval<Text> {
        let object = Object::Instance(instance.clone());
        let class = instance.class.borrow().clone();
        if let Some((_, owner)) = class.lookup("__repr__")
            && !owner.has_path("builtins.object")
            && let Some(method) = self.class_attribute_bound(instance, "__repr__")?
        {
            let made = self.call(&method, Args::none())?;
            return Ok(match made {
                Object::Unknown(why) => Err(why),
                other => match other.as_str() {
                    Some(text) => Ok(text.to_string()),
                    None => return Err(self.raise("TypeError", "__repr__ returned non-string")),
                },
            });
        }
        if let Some(why) = class.open.borrow().clone() {
            return Ok(Err(why));
        }
        let value = plain(&object);
        match value {
            Object::Instance(_) => Ok(Err(self.no_text("the text of an object, which tells its address"))),
            value if class.native && !class.derives_from("enum.Enum") => {
                let text = self.repr_within(&value, outer)?;
                Ok(text.map(|text| format!("{}({text})", class.name)))
            }
            value => self.repr_within(&value, outer),
        }
    }

    fn repr_container(&mut self, object: &Object, outer: &mut Vec<usize>) -> Eval<Text> {
        if let Some(why) = self.unknown_items(object) {
            return Ok(Err(why));
        }
        let mut parts = Vec::new();
        let mut length = 0;
        if let Object::Dict(dict) = object {
            let pairs: Vec<(Object, Object)> =
                dict.get().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            for (key, value) in pairs {
                let key = self.repr_within(&key, outer)?;
                let value = self.repr_within(&value, outer)?;
                match (key, value) {
                    (Ok(key), Ok(value)) => parts.push(format!("{key}: {value}")),
                    (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
                }
                length += parts.last().map_or(0, String::len);
                if length > SIZE {
                    return Err(self.exhausted("makes too long a text"));
                }
            }
            return Ok(Ok(format!("{{{}}}", parts.join(", "))));
        }
        for item in self.items(object)? {
            match self.repr_within(&item, outer)? {
                Ok(text) => parts.push(text),
                Err(why) => return Ok(Err(why)),
            }
            length += parts.last().map_or(0, String::len);
            if length > SIZE {
                return Err(self.exhausted("makes too long a text"));
            }
        }
        let inner = parts.join(", ");
        Ok(Ok(match object {
            Object::List(_) => format!("[{inner}]"),
            Object::Tuple(_) if parts.len() == 1 => format!("({inner},)"),
            Object::Tuple(_) => format!("({inner})"),
            // The order of a set's items differs from run to run.
            _ if parts.len() > 1 => return Ok(Err(self.no_text("the text of a set, which has no order"))),
            Object::Set(_) if parts.is_empty() => "set()".to_owned(),
            Object::Set(_) => format!("{{{inner}}}"),
            _ if parts.is_empty() => "frozenset()".to_owned(),
            _ => format!("frozenset({{{inner}}})"),
        }))
    }

    /// `str(object)`
    pub fn to_str(&mut self, object: &Object) -> Eval {
        match object {
            Object::Str(_) | Object::Unknown(_) => Ok(object.clone()),
            Object::Frozen(value) => match super::frozen::to_str(value) {
                Some(text) => Ok(Object::str(text)),
                None => self.repr(object),
            },
            Object::Instance(instance) => {
                let class = instance.class.borrow().clone();
                if let Some((_, owner)) = class.lookup("__str__")
                    && !owner.has_path("builtins.object")
                    && let Some(method) = self.class_attribute_bound(instance, "__str__")?
                {
                    let made = self.call(&method, Args::none())?;
                    return match made.as_str() {
                        Some(text) => Ok(Object::Str(text)),
                        None if made.is_unknown() => Ok(made),
                        None => Err(self.raise("TypeError", "__str__ returned non-string")),
                    };
                }
                if let Payload::Value(Object::Str(text)) = &*instance.payload.borrow() {
                    return Ok(Object::Str(text.clone()));
                }
                self.repr(object)
            }
            _ => self.repr(object),
        }
    }

    /// `format(object, spec)`
    pub fn format(&mut self, object: &Object, spec: &str) -> Eval {
        if object.is_unknown() {
            return Ok(object.clone());
        }
        if let Object::Instance(instance) = object {
            let class = instance.class.borrow().clone();
            if let Some((_, owner)) = class.lookup("__format__")
                && !owner.has_path("builtins.object")
                && let Some(method) = self.class_attribute_bound(instance, "__format__")?
            {
                return self.call(&method, Args::of(vec![Object::str(spec)]));
            }
        }
        if spec.is_empty() {
            return self.to_str(object);
        }
        let is_enum = object.as_instance().is_some_and(|i| i.class.borrow().derives_from("enum.Enum"));
        let value = match plain(object) {
            value @ Object::Str(_) if is_enum => {
                let _ = value;
                self.to_str(object)?
            }
            Object::Instance(_) => self.to_str(object)?,
            value => value,
        };
        if value.is_unknown() {
            return Ok(value);
        }
        if let Object::Frozen(frozen) = &value {
            return Ok(match super::frozen::format(frozen, spec) {
                Some(text) => Object::str(text),
                None => self.unknown("the format of a value that is not worked out"),
            });
        }
        let Some(parsed) = Spec::parse(spec) else {
            return Err(self.raise("ValueError", "Invalid format specifier"));
        };
        if parsed.too_large() {
            return Err(self.exhausted("makes too long a text"));
        }
        let text = match &value {
            Object::Str(text) => parsed.string(text),
            Object::Bool(flag) if parsed.kind.is_none() => {
                parsed.string(if *flag { "True" } else { "False" })
            }
            Object::Bool(_) | Object::Int(_) => parsed.integer(&value.as_int().unwrap_or(0).into()),
            Object::BigInt(big) => parsed.integer(big),
            Object::Float(number) => parsed.float(*number),
            other => {
                let message = format!("unsupported format string passed to {}.__format__", other.type_name());
                return Err(self.raise("TypeError", message));
            }
        };
        match text {
            Some(text) => Ok(Object::str(text)),
            None => Err(self.raise("ValueError", "Invalid format specifier")),
        }
    }
}

/// `ascii()`: whatever is not ASCII is escaped.
pub(crate) fn ascii(repr: &str) -> String {
    repr.chars().map(|c| if c.is_ascii() { c.to_string() } else { escape(c) }).collect()
}
