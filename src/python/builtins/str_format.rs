//! `str.format`. Mirrors `CPython`'s `Objects/stringlib/unicode_format.h`, 3.12.

use std::rc::Rc;
use std::sync::Arc;

use super::arguments::plain;
use super::text::ascii;
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Dict, Mutable, Object};
use crate::python::value::Unknown;

impl Interpreter {
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
        self.tick()?;
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let found = if first.is_empty() {
            let index = fields.next;
            fields.next += 1;
            fields.args.get(index).cloned().ok_or(("IndexError", "Replacement index out of range"))
        } else if let Ok(index) = first.parse::<usize>() {
            fields.args.get(index).cloned().ok_or(("IndexError", "Replacement index out of range"))
        } else {
            self.toil(fields.args.keywords.len())?;
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
