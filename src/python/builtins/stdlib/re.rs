//! `re`: a compiled pattern is its text and flags. Matching is done for patterns that mean the same
//! to the `regex` crate; what else there is (look-around, back-references) is unknown.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::super::arguments::{plain, receiver, str_param, unknown_among};
use super::super::strings::length;
use super::super::{native_class, native_class_of, native_table};
use super::{names_of, nothing};
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;
use crate::python::value::{Call, Value};

const FLAGS: &[(&str, i64)] = &[
    ("A", 256),
    ("ASCII", 256),
    ("DEBUG", 128),
    ("I", 2),
    ("IGNORECASE", 2),
    ("L", 4),
    ("LOCALE", 4),
    ("M", 8),
    ("MULTILINE", 8),
    ("NOFLAG", 0),
    ("S", 16),
    ("DOTALL", 16),
    ("U", 32),
    ("UNICODE", 32),
    ("X", 64),
    ("VERBOSE", 64),
];

/// `re.UNICODE`
const UNICODE: i64 = 32;

/// What compiling a pattern counts for ([`Interpreter::work`]).
const COMPILING: usize = 512 * 1024;

native_table!(FUNCTIONS {
    "re.compile" => |i, a| {
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let Some(pattern) = a.param(0, "pattern") else { return Err(i.missing_argument("compile")) };
        if let Object::Frozen(_) = pattern {
            return Ok(pattern.clone());
        }
        let pattern = i.freeze(pattern);
        let flags = a.param(1, "flags").and_then(Object::as_int).unwrap_or(0);
        Ok(compiled(pattern, flags))
    },
    "re.match" => |i, a| with_pattern(i, a, |i, p, a| run(i, &p, &a, How::Match)),
    "re.search" => |i, a| with_pattern(i, a, |i, p, a| run(i, &p, &a, How::Search)),
    "re.fullmatch" => |i, a| with_pattern(i, a, |i, p, a| run(i, &p, &a, How::Full)),
    "re.sub" => |i, a| with_pattern(i, a, |i, p, a| substitute(i, &p, &a)),
    "re.split" => |i, a| with_pattern(i, a, |i, p, a| split(i, &p, &a)),
    "re.findall" => |i, a| with_pattern(i, a, |i, p, a| find_all(i, &p, &a)),
    "re.finditer" => |i, _| Ok(i.unknown("the places of a pattern in a text")),
    "re.purge" => nothing,
    "re.escape" => |i, a| {
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        match str_param(&a, 0, "pattern") {
            Some(text) => Ok(Object::str(escape(&text))),
            None => Ok(i.unknown("a pattern that is no text")),
        }
    },
});

native_table!(PATTERN {
    "re.Pattern.match" => |i, a| of_pattern(i, a, |i, p, a| run(i, &p, &a, How::Match)),
    "re.Pattern.search" => |i, a| of_pattern(i, a, |i, p, a| run(i, &p, &a, How::Search)),
    "re.Pattern.fullmatch" => |i, a| of_pattern(i, a, |i, p, a| run(i, &p, &a, How::Full)),
    "re.Pattern.sub" => |i, a| of_pattern(i, a, |i, p, a| substitute(i, &p, &a)),
    "re.Pattern.split" => |i, a| of_pattern(i, a, |i, p, a| split(i, &p, &a)),
    "re.Pattern.findall" => |i, a| of_pattern(i, a, |i, p, a| find_all(i, &p, &a)),
    "re.Pattern.finditer" => |i, _| Ok(i.unknown("the places of a pattern in a text")),
});

native_table!(FLAG {
    "re.RegexFlag.__new__" => |i, a| match a.get(1) {
        Some(flags) => Ok(flags.clone()),
        None => Err(i.missing_argument("RegexFlag")),
    },
});

native_table!(FLAG_META {
    "re.RegexFlagMeta.__getitem__" => |i, a| {
        let name = a.get(1).and_then(Object::as_str).unwrap_or_default();
        match FLAGS.iter().find(|(known, _)| *known == &*name) {
            Some((_, flag)) => Ok(Object::Int(*flag)),
            None => Err(i.raise("KeyError", name)),
        }
    },
});

native_table!(MATCH {
    "re.Match.group" => |i, a| groups_at(i, &a),
    "re.Match.__getitem__" => |i, a| groups_at(i, &a),
    "re.Match.groups" => |_, a| {
        let all = part(&a, "groups");
        let Object::Tuple(items) = all else { return Ok(all) };
        let default = a.param(1, "default").cloned().unwrap_or(Object::None);
        let items = items.iter().skip(1);
        Ok(Object::tuple(items.map(|item| if item.is_none() { default.clone() } else { item.clone() }).collect()))
    },
    "re.Match.groupdict" => |_, a| Ok(part(&a, "named")),
    "re.Match.start" => |i, a| at(i, &a, 0),
    "re.Match.end" => |i, a| at(i, &a, 1),
    "re.Match.span" => |_, a| Ok(part(&a, "span")),
});

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum How {
    Match,
    Search,
    Full,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Pattern {
    text: Arc<str>,
    flags: i64,
}

/// Bytes of a text that is searched: each may take a look at each state of the pattern.
const LONGEST: usize = 100_000;
/// What searching a byte counts for ([`Interpreter::work`]).
const SEARCHING: usize = 64;

/// Counts what finding all places of a pattern may take: each is looked for to the text's end.
fn search_all(i: &mut Interpreter, text: &str) -> Eval<()> {
    if text.len() > LONGEST / 5 {
        return Err(i.exhausted("searches too long a text"));
    }
    i.toil(text.len().saturating_mul(text.len() / 16 + SEARCHING))
}

/// Most compiled patterns kept, each of at most a megabyte (`re._MAXCACHE` is 512).
const KEPT: usize = 64;

thread_local! {
    /// Patterns that were compiled, or can't be.
    static COMPILED: RefCell<FxHashMap<(Pattern, How), Option<Regex>>> = RefCell::default();
}

/// The names of `re`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    super::add_class(i, &mut names, "re", "Pattern", &[], PATTERN);
    super::add_class(i, &mut names, "re", "Match", &[], MATCH);
    let exception = i.types.exception("Exception");
    let error = super::add_class(i, &mut names, "re", "error", &[exception], &[]);
    names.insert(Name::new_static("PatternError"), Object::Class(error));
    let meta = [i.types.type_.clone()];
    let meta = native_class(&i.types, "re", "RegexFlagMeta", &meta, FLAG_META);
    let flags = native_class_of(&i.types, "re", "RegexFlag", &[], FLAG, Some(meta));
    for (name, flag) in FLAGS {
        names.insert(Name::new_static(name), Object::Int(*flag));
        flags.attrs.borrow_mut().insert(Name::new_static(name), Object::Int(*flag));
    }
    names.insert(Name::new_static("RegexFlag"), Object::Class(flags));
    names
}

/// A pattern of text is Unicode, said or not; flags at its beginning are as good as those that are given.
fn compiled(pattern: Value, flags: i64) -> Object {
    let flags = match pattern.as_str() {
        Some(text) => (flags | leading_flags(text)) & !UNICODE,
        None => flags,
    };
    let mut args = vec![pattern];
    if flags != 0 {
        args.push(Value::Int(flags));
    }
    Object::Frozen(Rc::new(Value::Call(Arc::new(Call {
        path: "re.compile".into(),
        args,
        kwargs: Vec::new(),
    }))))
}

/// The flags of `(?im)` at the beginning of a pattern.
fn leading_flags(text: &str) -> i64 {
    let letters =
        text.strip_prefix("(?").and_then(|rest| rest.split_once(')')).map_or("", |(letters, _)| letters);
    let flag = |letter: char| {
        let name = letter.to_ascii_uppercase();
        FLAGS.iter().find(|(known, _)| known.len() == 1 && known.starts_with(name)).map(|(_, flag)| *flag)
    };
    letters.chars().map(flag).try_fold(0, |all, flag| Some(all | flag?)).unwrap_or(0)
}

fn pattern_of(value: &Value) -> Option<Pattern> {
    let call = value.as_call().filter(|call| &*call.path == "re.compile")?;
    let text = call.args.first()?.as_str()?.into();
    Some(Pattern { text, flags: call.args.get(1).and_then(Value::as_int).unwrap_or(0) })
}

/// Properties of a compiled pattern.
pub(in super::super) fn attribute(value: &Value, name: &str) -> Option<Object> {
    let pattern = pattern_of(value)?;
    Some(match name {
        "pattern" => Object::Str(pattern.text),
        // Patterns of text are Unicode unless said otherwise.
        "flags" => Object::Int(pattern.flags | if pattern.flags & 256 == 0 { UNICODE } else { 0 }),
        _ => return None,
    })
}

fn with_pattern(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, Pattern, Args) -> Eval,
) -> Eval {
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let pattern = plain(&receiver(&mut args));
    // A pattern is compiled at each use, which may take milliseconds.
    i.work(COMPILING);
    let flags = args.take_keyword("flags").and_then(|flags| flags.as_int());
    match &pattern {
        Object::Str(text) => {
            // Flags by place come after the text (and the replacement and count of `sub`).
            let flags = flags.or_else(|| match args.positional.len() {
                2 => args.get(1).and_then(Object::as_int),
                _ => None,
            });
            f(i, Pattern { text: text.clone(), flags: flags.unwrap_or(0) }, args)
        }
        Object::Frozen(value) => match pattern_of(value) {
            Some(pattern) => f(i, pattern, args),
            None => Ok(i.unknown("a pattern that is not known")),
        },
        _ => Ok(i.unknown("a pattern that is not known")),
    }
}

fn of_pattern(
    i: &mut Interpreter,
    args: Args,
    f: impl FnOnce(&mut Interpreter, Pattern, Args) -> Eval,
) -> Eval {
    if args.positional.len() + args.keywords.len() > 3 {
        return Ok(i.unknown("a pattern applied to a part of a text"));
    }
    with_pattern(i, args, f)
}

impl Pattern {
    /// The same pattern for the `regex` crate; `None` where it has no such thing, or another meaning.
    fn regex(&self, text: &str, how: How) -> Option<Regex> {
        // `$` of Python also matches before a last newline.
        if text.ends_with('\n') && self.text.contains('$') || self.flags & 4 != 0 {
            return None;
        }
        COMPILED.with_borrow_mut(|compiled| {
            if compiled.len() >= KEPT {
                compiled.clear();
            }
            compiled.entry((self.clone(), how)).or_insert_with(|| self.compile(how)).clone()
        })
    }

    fn compile(&self, how: How) -> Option<Regex> {
        let pattern = self.text.replace("\\Z", "\\z");
        let pattern = match how {
            How::Match => format!("\\A(?:{pattern})"),
            How::Full => format!("\\A(?:{pattern})\\z"),
            How::Search => pattern,
        };
        RegexBuilder::new(&pattern)
            .case_insensitive(self.flags & 2 != 0)
            .multi_line(self.flags & 8 != 0)
            .dot_matches_new_line(self.flags & 16 != 0)
            .ignore_whitespace(self.flags & 64 != 0)
            .unicode(true)
            .size_limit(1 << 20)
            .build()
            .ok()
            .filter(|_| self.flags & 256 == 0)
    }
}

fn run(i: &mut Interpreter, pattern: &Pattern, args: &Args, how: How) -> Eval {
    let Some(text) = str_param(args, 0, "string") else { return Ok(i.unknown("matches what is no text")) };
    if text.len() > LONGEST {
        return Err(i.exhausted("searches too long a text"));
    }
    i.toil(text.len().saturating_mul(SEARCHING))?;
    let Some(regex) = pattern.regex(&text, how) else {
        return Ok(i.unknown("a pattern that is not worked out"));
    };
    let Some(found) = regex.captures(&text) else { return Ok(Object::None) };
    let groups: Vec<Object> =
        found.iter().map(|group| group.map_or(Object::None, |group| Object::str(group.as_str()))).collect();
    let named = regex
        .capture_names()
        .flatten()
        .map(|name| (name, found.name(name).map_or(Object::None, |group| Object::str(group.as_str()))));
    let named = Object::dict(named);
    let whole = found.get(0).map_or(0..0, |group| group.range());
    let chars = |byte: usize| length(text[..byte].chars().count());
    let span = Object::tuple(vec![chars(whole.start), chars(whole.end)]);
    let class = i.import_path("re.Match")?;
    let Object::Class(class) = class else { return Ok(i.unknown("a match")) };
    let made = i.instance_of(&class);
    if let Object::Instance(made) = &made {
        for (name, value) in [
            ("groups", Object::tuple(groups)),
            ("named", named),
            ("span", span),
            ("string", Object::Str(text)),
        ] {
            // Kept under names that no attribute of a match has.
            let name = if name == "string" { name.to_owned() } else { format!("\u{0}{name}") };
            i.set_own_attribute(made, &Name::new(&name), Some(value));
        }
    }
    Ok(made)
}

fn part(args: &Args, name: &str) -> Object {
    let me = args.get(0).and_then(Object::as_instance);
    me.and_then(|me| me.attrs.borrow().get(format!("\u{0}{name}").as_str()).cloned()).unwrap_or(Object::None)
}

fn at(i: &mut Interpreter, args: &Args, end: i64) -> Eval {
    if args.positional.len() > 1 {
        return Ok(i.unknown("the place of a group"));
    }
    i.get_item(&part(args, "span"), &Object::Int(end))
}

fn groups_at(i: &mut Interpreter, args: &Args) -> Eval {
    let mut found = Vec::new();
    let whole = [Object::Int(0)];
    let wanted = args.positional.get(1..).filter(|wanted| !wanted.is_empty()).unwrap_or(&whole);
    for index in wanted {
        let from = if index.as_str().is_some() { part(args, "named") } else { part(args, "groups") };
        found.push(i.get_item(&from, index)?);
    }
    Ok(if found.len() == 1 { found.remove(0) } else { Object::tuple(found) })
}

fn substitute(i: &mut Interpreter, pattern: &Pattern, args: &Args) -> Eval {
    let limit = args.param(2, "count").and_then(Object::as_int).unwrap_or(0);
    let (Some(with), Some(text)) = (str_param(args, 0, "repl"), str_param(args, 1, "string")) else {
        return Ok(i.unknown("substitutes through a function"));
    };
    let Some(regex) = pattern.regex(&text, How::Search) else {
        return Ok(i.unknown("a pattern that is not worked out"));
    };
    search_all(i, &text)?;
    let Some(with) = template(&with) else { return Ok(i.unknown("a replacement that is not worked out")) };
    let limit = usize::try_from(limit).unwrap_or(0);
    let hits = regex.find_iter(&text).count();
    if hits.saturating_mul(with.len() + text.len()) > crate::python::interpreter::SIZE {
        return Err(i.exhausted("makes too long a text"));
    }
    Ok(Object::str(regex.replacen(&text, limit, with.as_str()).into_owned()))
}

/// `\1` and `\g<name>` as the `regex` crate writes them.
fn template(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '$' => out.push_str("$$"),
            '\\' => match chars.next()? {
                digit @ '1'..='9' => out.push_str(&format!("${{{digit}}}")),
                'n' => out.push('\n'),
                't' => out.push('\t'),
                '\\' => out.push('\\'),
                'g' => {
                    let rest: String = chars.by_ref().take_while(|c| *c != '>').collect();
                    out.push_str(&format!("${{{}}}", rest.strip_prefix('<')?));
                }
                _ => return None,
            },
            c => out.push(c),
        }
    }
    Some(out)
}

fn split(i: &mut Interpreter, pattern: &Pattern, args: &Args) -> Eval {
    let Some(text) = str_param(args, 0, "string") else { return Ok(i.unknown("splits what is no text")) };
    search_all(i, &text)?;
    match pattern.regex(&text, How::Search) {
        Some(regex)
            if regex.captures_len() == 1 && args.positional.len() == 1 && args.keywords.is_empty() =>
        {
            Ok(Object::list(regex.split(&text).map(Object::str).collect()))
        }
        _ => Ok(i.unknown("a pattern that is not worked out")),
    }
}

fn find_all(i: &mut Interpreter, pattern: &Pattern, args: &Args) -> Eval {
    let Some(text) = str_param(args, 0, "string") else { return Ok(i.unknown("searches what is no text")) };
    let Some(regex) = pattern.regex(&text, How::Search) else {
        return Ok(i.unknown("a pattern that is not worked out"));
    };
    search_all(i, &text)?;
    let group = |group: Option<regex::Match<'_>>| Object::str(group.map_or("", |group| group.as_str()));
    let found = regex.captures_iter(&text).map(|found| match found.len() {
        1 => group(found.get(0)),
        2 => group(found.get(1)),
        _ => Object::tuple(found.iter().skip(1).map(group).collect()),
    });
    let found: Vec<Object> = found.collect();
    Ok(Object::list(found))
}

/// `re.escape`
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
