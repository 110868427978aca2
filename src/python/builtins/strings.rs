//! Methods of `str`. Mirrors `CPython` 3.12's `Objects/unicodeobject.c`.

use rustc_hash::FxHashSet;

use super::arguments::{int_param, plain, receiver, str_param, unknown_among};
use super::format_spec::pad;
use super::native_table;
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Dict, Key, Object, Payload};

use super::bytes::{decode, encode};
native_table!(STR {
    "str.__new__" => new_str,
    "str.upper" => |i, a| map(i, a, str::to_uppercase),
    "str.lower" => |i, a| map(i, a, str::to_lowercase),
    "str.casefold" => |i, a| map(i, a, |t| t.to_lowercase().replace('ß', "ss")),
    "str.title" => |i, a| map(i, a, title),
    "str.capitalize" => |i, a| map(i, a, capitalize),
    "str.swapcase" => |i, a| map(i, a, swapcase),
    "str.strip" => |i, a| text(i, a, |_, t, a| Ok(Object::str(strip(t, a, true, true)))),
    "str.lstrip" => |i, a| text(i, a, |_, t, a| Ok(Object::str(strip(t, a, true, false)))),
    "str.rstrip" => |i, a| text(i, a, |_, t, a| Ok(Object::str(strip(t, a, false, true)))),
    "str.split" => |i, a| text(i, a, |i, t, a| split(i, t, a, false)),
    "str.rsplit" => |i, a| text(i, a, |i, t, a| split(i, t, a, true)),
    "str.splitlines" => |i, a| text(i, a, |_, t, a| Ok(split_lines(t, a))),
    "str.partition" => |i, a| text(i, a, |i, t, a| partition(i, t, a, false)),
    "str.rpartition" => |i, a| text(i, a, |i, t, a| partition(i, t, a, true)),
    "str.join" => join,
    "str.replace" => |i, a| text(i, a, replace),
    "str.format" => |i, mut a| {
        let me = receiver(&mut a);
        match me.as_str() {
            Some(t) => i.str_format(&t, &a),
            None => Ok(me),
        }
    },
    "str.format_map" => |i, mut a| {
        let me = receiver(&mut a);
        let mapping = receiver(&mut a);
        match me.as_str() {
            Some(t) => i.str_format_map(&t, &mapping),
            None => Ok(me),
        }
    },
    "str.startswith" => |i, a| text(i, a, |i, t, a| affix(i, t, a, |t, part| t.starts_with(part))),
    "str.endswith" => |i, a| text(i, a, |i, t, a| affix(i, t, a, |t, part| t.ends_with(part))),
    "str.find" => |i, a| text(i, a, |_, t, a| Ok(Object::Int(position(t, a, false).unwrap_or(-1)))),
    "str.rfind" => |i, a| text(i, a, |_, t, a| Ok(Object::Int(position(t, a, true).unwrap_or(-1)))),
    "str.index" => |i, a| text(i, a, |i, t, a| found(i, position(t, a, false))),
    "str.rindex" => |i, a| text(i, a, |i, t, a| found(i, position(t, a, true))),
    "str.count" => |i, a| text(i, a, |_, t, a| Ok(count(t, a))),
    "str.zfill" => |i, a| text(i, a, |i, t, a| width(i, a, |w, _| zfill(t, w))),
    "str.ljust" => |i, a| text(i, a, |i, t, a| width(i, a, |w, fill| pad(t, fill, '<', w))),
    "str.rjust" => |i, a| text(i, a, |i, t, a| width(i, a, |w, fill| pad(t, fill, '>', w))),
    "str.center" => |i, a| text(i, a, |i, t, a| width(i, a, |w, fill| center(t, fill, w))),
    "str.isdigit" => |i, a| text(i, a, |i, t, _| Ok(all_digits(i, t))),
    "str.isdecimal" => |i, a| text(i, a, |i, t, _| Ok(all_digits(i, t))),
    "str.isnumeric" => |i, a| all(i, a, char::is_numeric),
    "str.isalpha" => |i, a| all(i, a, char::is_alphabetic),
    "str.isalnum" => |i, a| all(i, a, char::is_alphanumeric),
    "str.isspace" => |i, a| all(i, a, is_space),
    "str.isascii" => |i, a| text(i, a, |_, t, _| Ok(Object::Bool(t.is_ascii()))),
    "str.isupper" => |i, a| text(i, a, |_, t, _| {
        Ok(Object::Bool(t.chars().any(char::is_uppercase) && !t.chars().any(char::is_lowercase)))
    }),
    "str.islower" => |i, a| text(i, a, |_, t, _| {
        Ok(Object::Bool(t.chars().any(char::is_lowercase) && !t.chars().any(char::is_uppercase)))
    }),
    "str.istitle" => |i, a| text(i, a, |_, t, _| {
        Ok(Object::Bool(t.chars().any(is_cased) && title(t) == *t))
    }),
    "str.isidentifier" => |i, a| text(i, a, |_, t, _| Ok(Object::Bool(is_identifier(t)))),
    "str.isprintable" => |i, a| text(i, a, |_, t, _| {
        let quoted = super::format_spec::str_repr(t);
        Ok(Object::Bool(quoted.chars().count() == t.chars().count() + 2 + quoted.matches("\\\\").count()))
    }),
    "str.encode" => |i, a| text(i, a, encode),
    "str.removeprefix" => |i, a| text(i, a, |_, t, a| {
        let prefix = str_param(a, 0, "prefix").unwrap_or_default();
        Ok(Object::str(t.strip_prefix(&*prefix).unwrap_or(t)))
    }),
    "str.removesuffix" => |i, a| text(i, a, |_, t, a| {
        let suffix = str_param(a, 0, "suffix").unwrap_or_default();
        Ok(Object::str(if suffix.is_empty() { t } else { t.strip_suffix(&*suffix).unwrap_or(t) }))
    }),
    "str.translate" => translate,
    "str.maketrans" => make_translation,
    "str.expandtabs" => |i, a| text(i, a, expand_tabs),
    "str.__str__" => |i, a| text(i, a, |_, t, _| Ok(Object::str(t))),
    "str.__repr__" => |i, a| text(i, a, |i, t, _| i.repr(&Object::str(t))),
    "str.__len__" => |i, a| text(i, a, |_, t, _| Ok(length(t.chars().count()))),
    "str.__hash__" => |i, _| Ok(i.unknown("the hash of a text, which differs from run to run")),
    "str.__format__" => |i, a| text(i, a, |i, t, a| {
        let spec = str_param(a, 0, "spec").unwrap_or_default();
        i.format(&Object::str(t), &spec)
    }),
    "str.__add__" => |i, a| text(i, a, |_, t, a| Ok(match str_param(a, 0, "other") {
        Some(other) => Object::str(format!("{t}{other}")),
        None => Object::NotImplemented,
    })),
    "str.__contains__" => |i, a| text(i, a, |_, t, a| {
        Ok(Object::Bool(str_param(a, 0, "part").is_some_and(|part| t.contains(&*part))))
    }),
    "str.__mod__" => |i, mut a| {
        let me = receiver(&mut a);
        let values = receiver(&mut a);
        match me.as_str() {
            Some(t) => i.percent(&t, &values),
            None => Ok(me),
        }
    },
});

fn text(i: &mut Interpreter, mut args: Args, f: impl FnOnce(&mut Interpreter, &str, &Args) -> Eval) -> Eval {
    let me = receiver(&mut args);
    if let Object::Unknown(_) = me {
        return Ok(me);
    }
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    match me.as_str() {
        Some(t) => f(i, &t, &args),
        None => Err(i.raise("TypeError", "descriptor of 'str' wants a 'str'")),
    }
}

fn map(i: &mut Interpreter, args: Args, f: impl FnOnce(&str) -> String) -> Eval {
    text(i, args, |_, t, _| Ok(Object::str(f(t))))
}

fn all(i: &mut Interpreter, args: Args, f: impl Fn(char) -> bool) -> Eval {
    text(i, args, |_, t, _| Ok(Object::Bool(!t.is_empty() && t.chars().all(f))))
}

fn all_digits(i: &Interpreter, t: &str) -> Object {
    if t.chars().any(|c| !c.is_ascii() && c.is_numeric()) {
        return i.unknown("whether a character beyond ASCII is a digit");
    }
    Object::Bool(!t.is_empty() && t.chars().all(|c| c.is_ascii_digit()))
}

/// A count as an object.
pub(super) fn length(count: usize) -> Object {
    Object::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

fn is_cased(c: char) -> bool {
    c.is_uppercase() || c.is_lowercase()
}

/// `str.isidentifier()`
pub(super) fn is_identifier(t: &str) -> bool {
    let mut chars = t.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

fn title(t: &str) -> String {
    let mut out = String::with_capacity(t.len());
    let mut within = false;
    for c in t.chars() {
        if within {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        within = is_cased(c);
    }
    out
}

fn capitalize(t: &str) -> String {
    let mut chars = t.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect(),
        None => String::new(),
    }
}

fn swapcase(t: &str) -> String {
    let mut out = String::with_capacity(t.len());
    for c in t.chars() {
        if c.is_uppercase() { out.extend(c.to_lowercase()) } else { out.extend(c.to_uppercase()) }
    }
    out
}

fn strip(t: &str, args: &Args, left: bool, right: bool) -> String {
    let set: Option<FxHashSet<char>> = str_param(args, 0, "chars").map(|set| set.chars().collect());
    let gone = |c: char| set.as_ref().map_or_else(|| is_space(c), |set| set.contains(&c));
    let t = if left { t.trim_start_matches(gone) } else { t };
    if right { t.trim_end_matches(gone) } else { t }.to_owned()
}

fn split(i: &mut Interpreter, t: &str, args: &Args, from_right: bool) -> Eval {
    let limit = int_param(args, 1, "maxsplit").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let parts: Vec<Object> = match str_param(args, 0, "sep") {
        Some(sep) if sep.is_empty() => return Err(i.raise("ValueError", "empty separator")),
        Some(sep) if from_right => {
            let mut parts: Vec<Object> = t.rsplitn(limit.saturating_add(1), &*sep).map(Object::str).collect();
            parts.reverse();
            parts
        }
        Some(sep) => t.splitn(limit.saturating_add(1), &*sep).map(Object::str).collect(),
        None => words(t, limit, from_right).into_iter().map(Object::str).collect(),
    };
    Ok(Object::list(parts))
}

/// Splits at runs of white space, at most `limit` times.
fn words(t: &str, limit: usize, from_right: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = if from_right { t.trim_end_matches(is_space) } else { t.trim_start_matches(is_space) };
    while !rest.is_empty() && parts.len() < limit {
        let cut = if from_right {
            rest.rfind(is_space).map(|at| {
                let after = at + rest[at..].chars().next().map_or(1, char::len_utf8);
                (&rest[after..], rest[..at].trim_end_matches(is_space))
            })
        } else {
            rest.find(is_space).map(|at| (&rest[..at], rest[at..].trim_start_matches(is_space)))
        };
        match cut {
            Some((part, tail)) => {
                parts.push(part);
                rest = tail;
            }
            None => break,
        }
    }
    if parts.len() < limit {
        rest = rest.trim_matches(is_space);
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    if from_right {
        parts.reverse();
    }
    parts
}

fn split_lines(t: &str, args: &Args) -> Object {
    let keep = args.param(0, "keepends").is_some_and(|keep| matches!(keep, Object::Bool(true)));
    let is_end = |c: char| {
        matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut lines = Vec::new();
    let mut rest = t;
    while !rest.is_empty() {
        let Some(at) = rest.find(is_end) else {
            lines.push(Object::str(rest));
            break;
        };
        let end = if rest[at..].starts_with("\r\n") {
            at + 2
        } else {
            at + rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        lines.push(Object::str(&rest[..if keep { end } else { at }]));
        rest = &rest[end..];
    }
    Object::list(lines)
}

fn partition(i: &mut Interpreter, t: &str, args: &Args, from_right: bool) -> Eval {
    let sep = str_param(args, 0, "sep").unwrap_or_default();
    if sep.is_empty() {
        return Err(i.raise("ValueError", "empty separator"));
    }
    let cut = if from_right { t.rsplit_once(&*sep) } else { t.split_once(&*sep) };
    Ok(Object::tuple(match cut {
        Some((head, tail)) => vec![Object::str(head), Object::Str(sep.clone()), Object::str(tail)],
        None if from_right => vec![Object::str(""), Object::str(""), Object::str(t)],
        None => vec![Object::str(t), Object::str(""), Object::str("")],
    }))
}

fn join(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = receiver(&mut args);
    let Some(items) = args.take_first() else { return Err(i.missing_argument("join")) };
    let Some(separator) = me.as_str() else { return Ok(me) };
    let items = match i.known_items(&items)? {
        Ok(items) => items,
        Err(why) => return Ok(Object::Unknown(why)),
    };
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(&separator);
        }
        match item {
            Object::Unknown(_) => return Ok(item.clone()),
            item => {
                if let Some(part) = item.as_str() {
                    out.push_str(&part);
                } else {
                    let message =
                        format!("sequence item {index}: expected str instance, {} found", item.type_name());
                    return Err(i.raise("TypeError", message));
                }
            }
        }
        if out.len() > SIZE {
            return Err(i.exhausted("makes too long a text"));
        }
    }
    Ok(Object::str(out))
}

fn replace(i: &mut Interpreter, t: &str, args: &Args) -> Eval {
    let (Some(old), Some(new)) = (str_param(args, 0, "old"), str_param(args, 1, "new")) else {
        return Err(i.raise("TypeError", "replace() arguments must be str"));
    };
    let limit = int_param(args, 2, "count").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let hits = if old.is_empty() { t.chars().count() + 1 } else { t.matches(&*old).count() };
    if hits.saturating_mul(new.len()) + t.len() > SIZE {
        return Err(i.exhausted("makes too long a text"));
    }
    Ok(Object::str(t.replacen(&*old, &new, limit)))
}

fn affix(i: &mut Interpreter, t: &str, args: &Args, f: impl Fn(&str, &str) -> bool) -> Eval {
    let Some(wanted) = args.get(0) else { return Err(i.missing_argument("startswith")) };
    let (low, high) = (int_param(args, 1, "start"), int_param(args, 2, "end"));
    let part = window(t, low, high).0;
    let wanted = match plain(wanted) {
        Object::Tuple(all) => all.to_vec(),
        one => vec![one],
    };
    let mut doubt = None;
    for one in &wanted {
        match one {
            Object::Unknown(_) => doubt = Some(one.clone()),
            one => match one.as_str() {
                Some(one) if i.toil(one.len() / 16).map(|()| f(part, &one))? => {
                    return Ok(Object::Bool(true));
                }
                Some(_) => {}
                None => return Err(i.raise("TypeError", "first arg must be str or a tuple of str")),
            },
        }
    }
    Ok(doubt.unwrap_or(Object::Bool(false)))
}

/// `t[low:high]` in characters, and how many characters come before.
fn window(t: &str, low: Option<i64>, high: Option<i64>) -> (&str, usize) {
    if low.is_none() && high.is_none() {
        return (t, 0);
    }
    let len = i64::try_from(t.chars().count()).unwrap_or(i64::MAX);
    let bound = |at: i64| usize::try_from((if at < 0 { at + len } else { at }).clamp(0, len)).unwrap_or(0);
    let (low, high) = (bound(low.unwrap_or(0)), bound(high.unwrap_or(len)));
    let byte = |at: usize| t.char_indices().nth(at).map_or(t.len(), |(byte, _)| byte);
    if low >= high { ("", low) } else { (&t[byte(low)..byte(high)], low) }
}

fn position(t: &str, args: &Args, from_right: bool) -> Option<i64> {
    let wanted = str_param(args, 0, "sub")?;
    let (part, before) = window(t, int_param(args, 1, "start"), int_param(args, 2, "end"));
    let byte = if from_right { part.rfind(&*wanted) } else { part.find(&*wanted) }?;
    i64::try_from(part[..byte].chars().count() + before).ok()
}

fn found(i: &mut Interpreter, at: Option<i64>) -> Eval {
    at.map(Object::Int).ok_or_else(|| i.raise("ValueError", "substring not found"))
}

fn count(t: &str, args: &Args) -> Object {
    let wanted = str_param(args, 0, "sub").unwrap_or_default();
    let (part, _) = window(t, int_param(args, 1, "start"), int_param(args, 2, "end"));
    length(if wanted.is_empty() { part.chars().count() + 1 } else { part.matches(&*wanted).count() })
}

fn width(i: &mut Interpreter, args: &Args, f: impl FnOnce(usize, char) -> String) -> Eval {
    let Some(width) = int_param(args, 0, "width") else { return Err(i.missing_argument("ljust")) };
    let width = usize::try_from(width).unwrap_or(0);
    if width > SIZE {
        return Err(i.exhausted("makes too long a text"));
    }
    let fill = str_param(args, 1, "fillchar").and_then(|fill| fill.chars().next()).unwrap_or(' ');
    Ok(Object::str(f(width, fill)))
}

/// `str.center` puts an odd place left where the width is odd, other than `format`.
fn center(t: &str, fill: char, width: usize) -> String {
    let length = t.chars().count();
    let missing = width.saturating_sub(length);
    let left = missing / 2 + (missing & width & 1);
    pad(&pad(t, fill, '>', length + left), fill, '<', width)
}

fn zfill(t: &str, width: usize) -> String {
    match t.strip_prefix(['-', '+']) {
        Some(digits) => format!("{}{}", &t[..1], pad(digits, '0', '>', width.saturating_sub(1))),
        None => pad(t, '0', '>', width),
    }
}

fn expand_tabs(i: &mut Interpreter, t: &str, args: &Args) -> Eval {
    let size = int_param(args, 0, "tabsize").map_or(8, |n| usize::try_from(n).unwrap_or(0));
    if size.saturating_mul(t.len()) > SIZE {
        return Err(i.exhausted("makes too long a text"));
    }
    let mut out = String::new();
    let mut column = 0;
    for c in t.chars() {
        match c {
            '\t' if size > 0 => {
                let spaces = size - column % size;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\t' => {}
            c => {
                out.push(c);
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(Object::str(out))
}

fn translate(i: &mut Interpreter, mut args: Args) -> Eval {
    let me = receiver(&mut args);
    let table = plain(&receiver(&mut args));
    let (Some(t), Object::Dict(table)) = (me.as_str(), &table) else {
        return Ok(i.unknown("translates with a table that is not known"));
    };
    if let Some(why) = table.taint() {
        return Ok(Object::Unknown(why));
    }
    let mut out = String::new();
    for c in t.chars() {
        match table.get().get(&Key::Int(i64::from(u32::from(c)))) {
            None => out.push(c),
            Some(Object::None) => {}
            Some(Object::Str(text)) => out.push_str(text),
            Some(Object::Int(code)) => {
                out.extend(u32::try_from(*code).ok().and_then(char::from_u32));
            }
            Some(_) => return Ok(i.unknown("translates with a table that is not known")),
        }
        if out.len() > SIZE {
            return Err(i.exhausted("makes too long a text"));
        }
    }
    Ok(Object::str(out))
}

fn make_translation(i: &mut Interpreter, args: Args) -> Eval {
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let mut table = Dict::default();
    let code = |c: char| i64::from(u32::from(c));
    match (args.get(0).map(plain), str_param(&args, 1, "y")) {
        (Some(Object::Dict(dict)), _) => {
            if let Some(why) = dict.taint() {
                return Ok(Object::Unknown(why));
            }
            for (key, value) in dict.get().iter() {
                let number = match key.as_str() {
                    Some(text) => text.chars().next().map(code),
                    None => key.as_int(),
                };
                if let Some(number) = number {
                    table.insert(Key::Int(number), Object::Int(number), value.clone());
                }
            }
        }
        (Some(from), Some(to)) => {
            let from = from.as_str().unwrap_or_default();
            if from.chars().count() != to.chars().count() {
                return Err(i.raise("ValueError", "the first two arguments must have equal length"));
            }
            for (a, b) in from.chars().zip(to.chars()) {
                table.insert(Key::Int(code(a)), Object::Int(code(a)), Object::Int(code(b)));
            }
            for gone in str_param(&args, 2, "z").unwrap_or_default().chars() {
                table.insert(Key::Int(code(gone)), Object::Int(code(gone)), Object::None);
            }
        }
        _ => return Err(i.raise("TypeError", "maketrans() wants a dict")),
    }
    Ok(Object::from_dict(table))
}

/// What a built-in class's constructor gives: the value itself, or an instance of a subclass.
pub(super) fn constructed(i: &mut Interpreter, class: &Object, path: &str, value: Object) -> Object {
    match class {
        Object::Class(class) if !class.has_path(path) => i.instance_with(class, Payload::Value(value)),
        _ => value,
    }
}

fn new_str(i: &mut Interpreter, mut args: Args) -> Eval {
    let class = receiver(&mut args);
    if let Some(why) = args.open {
        return Ok(Object::Unknown(why));
    }
    let value = match args.param(0, "object") {
        None => Object::str(""),
        Some(Object::Bytes(b)) if args.positional.len() > 1 || args.keyword("encoding").is_some() => {
            let (b, encoding) = (b.clone(), str_param(&args, 1, "encoding"));
            decode(i, &b, encoding.as_deref().unwrap_or("utf-8"))?
        }
        Some(object) => {
            let object = object.clone();
            i.to_str(&object)?
        }
    };
    if value.is_unknown() {
        return Ok(value);
    }
    Ok(constructed(i, &class, "builtins.str", value))
}
