//! Texts of objects: `repr`, `str`, `format`, `%`.

use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::arguments::plain;
use super::format_spec::{Spec, bytes_repr, escape, float_repr, pad, str_repr};
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Dict, Instance, Mutable, Object, Payload};
use crate::python::value::Unknown;

/// A text, or why it is not known.
type Text = Result<String, Arc<Unknown>>;

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

    fn no_text(&self, reason: &str) -> Arc<Unknown> {
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
            Object::BigInt(value) => value.to_string(),
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

    /// `text % values`
    pub fn percent(&mut self, text: &str, values: &Object) -> Eval {
        let inner = plain(values);
        let mut rest: Vec<Object> = match &inner {
            Object::Tuple(items) => items.to_vec(),
            _ => vec![values.clone()],
        };
        rest.reverse();
        let mapping =
            matches!(inner, Object::Dict(_) | Object::Instance(_) | Object::List(_) | Object::Frozen(_));
        let mut out = String::new();
        let mut unknown = None;
        let mut named = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let Some(conversion) = Conversion::parse(&mut chars) else {
                return Err(self.raise("ValueError", "incomplete format"));
            };
            if conversion.kind == '%' {
                out.push('%');
                continue;
            }
            let mut spec = conversion;
            for (star, slot) in [(spec.star_width, 0), (spec.star_precision, 1)] {
                if !star {
                    continue;
                }
                match rest.pop().map(|value| (value.as_int(), value)) {
                    Some((Some(number), _)) if slot == 0 => {
                        spec.left |= number < 0;
                        spec.width = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
                    }
                    Some((Some(number), _)) => spec.precision = Some(usize::try_from(number).unwrap_or(0)),
                    Some((None, Object::Unknown(why))) => unknown = Some(why),
                    _ => return Err(self.raise("TypeError", "* wants int")),
                }
            }
            let value = match &spec.name {
                Some(name) => {
                    named = true;
                    self.get_item(values, &Object::str(name.as_str()))?
                }
                None => match rest.pop() {
                    Some(value) => value,
                    None => {
                        return Err(self.raise("TypeError", "not enough arguments for format string"));
                    }
                },
            };
            match self.convert(&spec, &value)? {
                Ok(text) => out.push_str(&text),
                Err(why) => unknown = unknown.or(Some(why)),
            }
            if out.len() > SIZE {
                return Err(self.exhausted("makes too long a text"));
            }
        }
        if !named && !rest.is_empty() && !(mapping && !matches!(inner, Object::Tuple(_))) {
            return Err(self.raise("TypeError", "not all arguments converted during string formatting"));
        }
        Ok(unknown.map_or_else(|| Object::str(out), Object::Unknown))
    }

    fn convert(&mut self, spec: &Conversion, value: &Object) -> Eval<Text> {
        if spec.width > SIZE || spec.precision.is_some_and(|precision| precision > 4_000) {
            return Err(self.exhausted("makes too long a text"));
        }
        let shown = match spec.kind {
            's' => self.to_str(value)?,
            'r' => self.repr(value)?,
            'a' => {
                let text = self.repr(value)?;
                text.as_str().map_or(text, |text| Object::str(ascii(&text)))
            }
            _ => return self.convert_number(spec, value),
        };
        Ok(match shown {
            Object::Unknown(why) => Err(why),
            shown => {
                let text = shown.as_str().unwrap_or_default();
                let text: String = match spec.precision {
                    Some(precision) => text.chars().take(precision).collect(),
                    None => text.to_string(),
                };
                Ok(pad(&text, ' ', if spec.left { '<' } else { '>' }, spec.width))
            }
        })
    }

    fn convert_number(&mut self, spec: &Conversion, value: &Object) -> Eval<Text> {
        let align = if spec.left { Some('<') } else { None };
        let mut parsed = Spec {
            align,
            sign: spec.sign,
            alternate: spec.alternate,
            zero: spec.zero && !spec.left,
            width: spec.width,
            precision: spec.precision,
            kind: Some(spec.kind),
            ..Spec::default()
        };
        let value = plain(value);
        let text = match (&value, spec.kind) {
            (Object::Unknown(why), _) => return Ok(Err(why.clone())),
            (Object::Str(text), 'c') => {
                return Ok(Ok(pad(text, ' ', if spec.left { '<' } else { '>' }, spec.width)));
            }
            (Object::Float(number), 'd' | 'i' | 'u') => {
                parsed.kind = Some('d');
                big_from_float(*number).and_then(|big| integer_with_precision(parsed, &big))
            }
            (Object::Int(_) | Object::Bool(_), 'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'c') => {
                if matches!(spec.kind, 'i' | 'u') {
                    parsed.kind = Some('d');
                }
                integer_with_precision(parsed, &value.as_int().unwrap_or(0).into())
            }
            (Object::BigInt(big), 'd' | 'i' | 'u' | 'x' | 'X' | 'o') => {
                if matches!(spec.kind, 'i' | 'u') {
                    parsed.kind = Some('d');
                }
                integer_with_precision(parsed, big)
            }
            (Object::Float(_) | Object::Int(_) | Object::Bool(_), _) => match value {
                Object::Float(number) => parsed.float(number),
                #[allow(clippy::cast_precision_loss)]
                _ => parsed.float(value.as_int().unwrap_or(0) as f64),
            },
            (Object::Frozen(frozen), _) => match super::frozen::to_f64(frozen) {
                Some(number) if matches!(spec.kind, 'd' | 'i' | 'u') => {
                    parsed.kind = Some('d');
                    big_from_float(number).and_then(|big| integer_with_precision(parsed, &big))
                }
                Some(number) => parsed.float(number),
                None => return Ok(Err(self.no_text("the number of a value that is not worked out"))),
            },
            (Object::Instance(_), _) => return Ok(Err(self.no_text("the number of an object"))),
            _ => None,
        };
        match text {
            Some(text) => Ok(Ok(text)),
            None => {
                let message = format!("%{} format: a real number is required", spec.kind);
                Err(self.raise("TypeError", message))
            }
        }
    }

    /// `text.format(*args, **kwargs)`
    pub(crate) fn str_format(&mut self, text: &str, args: &Args) -> Eval {
        let mut fields = Fields { args, next: 0, unknown: None };
        let out = self.format_fields(text, &mut fields, 2)?;
        Ok(match fields.unknown {
            Some(why) => Object::Unknown(why),
            None => Object::str(out),
        })
    }

    fn format_fields(&mut self, text: &str, fields: &mut Fields<'_>, depth: u32) -> Eval<String> {
        if depth == 0 {
            return Err(self.raise("ValueError", "Max string recursion exceeded"));
        }
        let mut out = String::new();
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(c) = chars.get(at) {
            at += 1;
            match c {
                '{' | '}' if chars.get(at) == Some(c) => {
                    out.push(*c);
                    at += 1;
                }
                '{' => {
                    let mut level = 1;
                    let start = at;
                    while let Some(c) = chars.get(at) {
                        match c {
                            '{' => level += 1,
                            '}' => level -= 1,
                            _ => {}
                        }
                        if level == 0 {
                            break;
                        }
                        at += 1;
                    }
                    if level > 0 {
                        return Err(self.raise("ValueError", "expected '}' before end of string"));
                    }
                    let field: String = chars.get(start..at).unwrap_or_default().iter().collect();
                    at += 1;
                    self.format_field(&field, fields, depth, &mut out)?;
                }
                '}' => {
                    return Err(self.raise("ValueError", "Single '}' encountered in format string"));
                }
                c => out.push(*c),
            }
            if out.len() > SIZE {
                return Err(self.exhausted("makes too long a text"));
            }
        }
        Ok(out)
    }

    fn format_field(
        &mut self,
        field: &str,
        fields: &mut Fields<'_>,
        depth: u32,
        out: &mut String,
    ) -> Eval<()> {
        // A colon or `!` within brackets belongs to the index.
        let mut bracket = false;
        let mut end = field.len();
        for (index, c) in field.char_indices() {
            match c {
                '[' => bracket = true,
                ']' => bracket = false,
                ':' | '!' if !bracket => {
                    end = index;
                    break;
                }
                _ => {}
            }
        }
        let (path, rest) = field.split_at(end);
        let (conversion, spec) = match rest.strip_prefix('!') {
            Some(rest) => match rest.split_once(':') {
                Some((conversion, spec)) => (conversion, spec),
                None => (rest, ""),
            },
            None => ("", rest.strip_prefix(':').unwrap_or("")),
        };
        let value = self.format_value(path, fields)?;
        let spec = if spec.contains(['{', '}']) {
            self.format_fields(spec, fields, depth - 1)?
        } else {
            spec.to_owned()
        };
        let value = match conversion {
            "" => value,
            "r" => self.repr(&value)?,
            "s" => self.to_str(&value)?,
            "a" => {
                let text = self.repr(&value)?;
                text.as_str().map_or(text, |text| Object::str(ascii(&text)))
            }
            _ => return Err(self.raise("ValueError", "Unknown conversion specifier")),
        };
        let shown = self.format(&value, &spec)?;
        match shown {
            Object::Unknown(why) => fields.unknown = fields.unknown.take().or(Some(why)),
            shown => out.push_str(&shown.as_str().unwrap_or_default()),
        }
        Ok(())
    }

    fn format_value(&mut self, path: &str, fields: &mut Fields<'_>) -> Eval {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let found = if first.is_empty() {
            let index = fields.next;
            fields.next += 1;
            fields.args.get(index).cloned().ok_or(("IndexError", "Replacement index out of range"))
        } else if let Ok(index) = first.parse::<usize>() {
            fields.args.get(index).cloned().ok_or(("IndexError", "Replacement index out of range"))
        } else {
            fields.args.keyword(first).cloned().ok_or(("KeyError", first))
        };
        let mut value = match (found, &fields.args.open) {
            (Ok(value), _) => value,
            (Err(_), Some(why)) => Object::Unknown(why.clone()),
            (Err((class, message)), None) => return Err(self.raise(class, message)),
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                value = self.get_attribute(&value, &crate::python::syntax::Name::new(name))?;
                rest = tail;
            } else {
                let Some((index, tail)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
                    return Err(self.raise("ValueError", "Missing ']' in format string"));
                };
                let index = index.parse::<i64>().map_or_else(|_| Object::str(index), Object::Int);
                value = self.get_item(&value, &index)?;
                rest = tail;
            }
        }
        Ok(value)
    }

    /// `text.format_map(mapping)`
    pub(crate) fn str_format_map(&mut self, text: &str, mapping: &Object) -> Eval {
        let mut args = Args::none();
        match plain(mapping) {
            Object::Dict(dict) => {
                args.open = dict.taint();
                args.keywords = keywords_of(&dict);
            }
            Object::Unknown(why) => args.open = Some(why),
            _ => return Ok(self.unknown("formats with a mapping that is not followed")),
        }
        self.str_format(text, &args)
    }
}

/// The string keys of a dictionary as keyword arguments.
pub(crate) fn keywords_of(dict: &Rc<Mutable<Dict>>) -> Vec<(crate::python::syntax::Name, Object)> {
    let dict = dict.get();
    let named = dict.iter().filter_map(|(key, value)| Some((key.as_str()?, value.clone())));
    named.map(|(key, value)| (crate::python::syntax::Name::new(&*key), value)).collect()
}

struct Fields<'a> {
    args: &'a Args,
    next: usize,
    unknown: Option<Arc<Unknown>>,
}

/// A `%` conversion.
struct Conversion {
    name: Option<String>,
    left: bool,
    zero: bool,
    alternate: bool,
    sign: Option<char>,
    width: usize,
    star_width: bool,
    precision: Option<usize>,
    star_precision: bool,
    kind: char,
}

impl Conversion {
    fn parse(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Self> {
        let mut this = Self {
            name: None,
            left: false,
            zero: false,
            alternate: false,
            sign: None,
            width: 0,
            star_width: false,
            precision: None,
            star_precision: false,
            kind: '%',
        };
        if chars.next_if_eq(&'(').is_some() {
            let mut level = 1;
            let mut name = String::new();
            loop {
                let c = chars.next()?;
                match c {
                    '(' => level += 1,
                    ')' => level -= 1,
                    _ => {}
                }
                if level == 0 {
                    break;
                }
                name.push(c);
            }
            this.name = Some(name);
        }
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '+' | ' ' | '#' | '0')) {
            match flag {
                '-' => this.left = true,
                '0' => this.zero = true,
                '#' => this.alternate = true,
                '+' => this.sign = Some('+'),
                _ => this.sign = this.sign.or(Some(' ')),
            }
        }
        this.star_width = chars.next_if_eq(&'*').is_some();
        this.width = number(chars);
        if chars.next_if_eq(&'.').is_some() {
            this.star_precision = chars.next_if_eq(&'*').is_some();
            this.precision = Some(number(chars));
        }
        while chars.next_if(|c| matches!(c, 'h' | 'l' | 'L')).is_some() {}
        this.kind = chars.next()?;
        Some(this)
    }
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> usize {
    let mut number = 0_usize;
    while let Some(digit) = chars.next_if(char::is_ascii_digit).and_then(|c| c.to_digit(10)) {
        number = number.saturating_mul(10).saturating_add(usize::try_from(digit).unwrap_or(0));
    }
    number
}

fn integer_with_precision(mut spec: Spec, value: &BigInt) -> Option<String> {
    let Some(precision) = spec.precision.take() else { return spec.integer(value) };
    let bare = Spec { kind: spec.kind, alternate: spec.alternate, sign: spec.sign, ..Spec::default() };
    let text = bare.integer(value)?;
    let digits = text.trim_start_matches(['+', '-', ' ']);
    let sign = &text[..text.len() - digits.len()];
    let text = format!("{sign}{}", pad(digits, '0', '>', precision));
    Some(pad(&text, ' ', spec.align.unwrap_or('>'), spec.width))
}

fn big_from_float(number: f64) -> Option<BigInt> {
    use num_traits::FromPrimitive;
    BigInt::from_f64(number.trunc())
}

/// `ascii()`: whatever is not ASCII is escaped.
pub(crate) fn ascii(repr: &str) -> String {
    repr.chars().map(|c| if c.is_ascii() { c.to_string() } else { escape(c) }).collect()
}
