//! `text % values`. Mirrors `unicode_format` in `CPython`'s `Objects/unicodeobject.c`, 3.12.

use num_bigint::BigInt;

use super::arguments::plain;
use super::format_spec::{Spec, pad};
use super::text::{Text, ascii};
use crate::python::interpreter::{Eval, Interpreter, SIZE};
use crate::python::object::Object;

impl Interpreter {
    /// `text % values`
    pub fn percent(&mut self, text: &str, values: &Object) -> Eval {
        // A conversion takes no step, and may add nothing.
        self.toil(text.len() * 8)?;
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
        if !named && !rest.is_empty() && (!mapping || matches!(inner, Object::Tuple(_))) {
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
        if let Some(text) = text {
            Ok(Ok(text))
        } else {
            let message = format!("%{} format: a real number is required", spec.kind);
            Err(self.raise("TypeError", message))
        }
    }
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
