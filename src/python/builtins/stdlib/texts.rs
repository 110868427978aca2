//! `string`, `textwrap`, `html`, `base64`, `keyword`, `ast`, `urllib.parse`: functions of texts.

use rustc_hash::FxHashSet;

use super::super::arguments::{plain, receiver, str_param, unknown_among};
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE};
use crate::python::object::{Dict, Mutable, Namespace, Object};
use crate::python::syntax::ast::{self, Expr, Stmt};
use crate::python::syntax::{Name, Parsed};
use crate::source::{SourceFile, parse_guard};

native_table!(STRING {
    "string.capwords" => |i, a| on_text(i, &a, |t| {
        let words = t.split_whitespace().map(|word| {
            let mut chars = word.chars();
            let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
            first + &chars.as_str().to_lowercase()
        });
        Object::str(words.collect::<Vec<_>>().join(" "))
    }),
});

/// The names of `string`.
pub(super) fn string(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(STRING);
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let space = " \t\n\r\x0b\x0c";
    for (name, text) in [
        ("ascii_lowercase", lower.to_owned()),
        ("ascii_uppercase", upper.to_owned()),
        ("ascii_letters", format!("{lower}{upper}")),
        ("digits", "0123456789".to_owned()),
        ("hexdigits", "0123456789abcdefABCDEF".to_owned()),
        ("octdigits", "01234567".to_owned()),
        ("punctuation", punctuation.to_owned()),
        ("whitespace", space.to_owned()),
        ("printable", format!("0123456789{lower}{upper}{punctuation}{space}")),
    ] {
        names.insert(Name::new_static(name), Object::str(text));
    }
    for name in ["Template", "Formatter"] {
        let class = super::add_class(i, &mut names, "string", name, &[], &[]);
        super::leave_open(i, &class);
    }
    names
}

native_table!(TEXTWRAP {
    "textwrap.dedent" => |i, a| on_text(i, &a, |t| Object::str(dedent(t))),
    "textwrap.indent" => |i, a| {
        let prefix = str_param(&a, 1, "prefix").unwrap_or_default();
        let lines = a.get(0).and_then(Object::as_str).map_or(0, |text| text.matches('\n').count() + 1);
        if lines.saturating_mul(prefix.len()) > SIZE {
            return Err(i.exhausted("makes too long a text"));
        }
        on_text(i, &a, |t| {
            let lines = t.split_inclusive('\n');
            Object::str(lines.map(|line| {
                if line.trim().is_empty() { line.to_owned() } else { format!("{prefix}{line}") }
            }).collect::<String>())
        })
    },
});

/// The names of `textwrap`.
pub(super) fn textwrap(_: &mut Interpreter) -> Namespace {
    names_of(TEXTWRAP)
}

fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let margin = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()])
        .reduce(|a, b| {
            let shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            &a[..shared]
        })
        .unwrap_or("");
    let cut = lines
        .iter()
        .map(|line| if line.trim().is_empty() { "" } else { line.strip_prefix(margin).unwrap_or(line) });
    cut.collect::<Vec<_>>().join("\n")
}

native_table!(HTML {
    "html.escape" => |i, a| on_text(i, &a, |t| {
        let text = t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Object::str(text.replace('"', "&quot;").replace('\'', "&#x27;"))
    }),
});

/// The names of `html`.
pub(super) fn html(_: &mut Interpreter) -> Namespace {
    names_of(HTML)
}

native_table!(KEYWORD {
    "keyword.iskeyword" => |i, a| on_text(i, &a, |t| Object::Bool(KEYWORDS.contains(&t))),
});

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The names of `keyword`.
pub(super) fn keyword(_: &mut Interpreter) -> Namespace {
    let mut names = names_of(KEYWORD);
    let all = KEYWORDS.iter().copied().map(Object::str).collect();
    names.insert(Name::new_static("kwlist"), Object::list(all));
    names
}

native_table!(BASE64 {
    "base64.b64encode" => |i, a| on_bytes(i, &a, |_, b| Ok(Object::Bytes(encode(b, b"+/").into()))),
    "base64.standard_b64encode" => |i, a| on_bytes(i, &a, |_, b| Ok(Object::Bytes(encode(b, b"+/").into()))),
    "base64.urlsafe_b64encode" => |i, a| on_bytes(i, &a, |_, b| Ok(Object::Bytes(encode(b, b"-_").into()))),
    "base64.b64decode" => |i, a| on_bytes(i, &a, decoded),
    "base64.urlsafe_b64decode" => |i, a| on_bytes(i, &a, decoded),
});

/// The names of `base64`.
pub(super) fn base64(_: &mut Interpreter) -> Namespace {
    names_of(BASE64)
}

fn encode(bytes: &[u8], last: &[u8; 2]) -> Vec<u8> {
    let digit = |value: u32| match u8::try_from(value & 63).unwrap_or(0) {
        value @ 0..=25 => b'A' + value,
        value @ 26..=51 => b'a' + value - 26,
        value @ 52..=61 => b'0' + value - 52,
        62 => last[0],
        _ => last[1],
    };
    let mut out = Vec::new();
    for chunk in bytes.chunks(3) {
        let part = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if chunk.len() > 1 { digit(bits >> 6) } else { b'=' });
        out.push(if chunk.len() > 2 { digit(bits) } else { b'=' });
    }
    out
}

fn decoded(i: &mut Interpreter, bytes: &[u8]) -> Eval {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut out = Vec::new();
    for byte in bytes.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap_or(0));
        }
    }
    if !bytes.len().is_multiple_of(4) {
        return Err(i.raise("ValueError", "Incorrect padding"));
    }
    Ok(Object::Bytes(out.into()))
}

/// Bytes that a byte of a literal may make: `0,` is an item, and a node of a tree before that.
const PER_BYTE: usize = 64;

native_table!(AST {
    "ast.literal_eval" => |i, a| match a.get(0).map(plain) {
        Some(Object::Str(text)) => {
            let text = text.trim_start_matches([' ', '\t']).to_owned();
            if parse_guard(&text).is_err() {
                return Ok(i.unknown("a literal that is nested too deep, or too long"));
            }
            i.spend(text.len().saturating_mul(PER_BYTE))?;
            let parsed = Parsed::new(SourceFile::new("literal".into(), "literal", text));
            match (&parsed.body[..], parsed.errors.is_empty()) {
                ([Stmt::Expr(expr)], true) => match literal(i, &expr.value)? {
                    Some(value) => Ok(value),
                    None => Err(i.raise("ValueError", "malformed node or string")),
                },
                _ => Err(i.raise("SyntaxError", "invalid syntax")),
            }
        }
        Some(other @ Object::Unknown(_)) => Ok(other),
        _ => Ok(i.unknown("evaluates a tree")),
    },
});

/// The names of `ast`.
pub(super) fn ast_module(_: &mut Interpreter) -> Namespace {
    names_of(AST)
}

fn literal(i: &mut Interpreter, expr: &Expr) -> Eval<Option<Object>> {
    i.deeper(|i| {
        let all = |i: &mut Interpreter, exprs: &[Expr]| -> Eval<Option<Vec<Object>>> {
            let mut items = Vec::new();
            for expr in exprs {
                match literal(i, expr)? {
                    Some(item) => items.push(item),
                    None => return Ok(None),
                }
            }
            Ok(Some(items))
        };
        Ok(match expr {
            Expr::StringLiteral(text) => Some(Object::str(text.value.to_str())),
            Expr::BytesLiteral(bytes) => Some(Object::Bytes(bytes.value.bytes().collect::<Vec<u8>>().into())),
            Expr::BooleanLiteral(flag) => Some(Object::Bool(flag.value)),
            Expr::NoneLiteral(_) => Some(Object::None),
            Expr::NumberLiteral(number) => Some(crate::python::interpreter::number(&number.value)),
            Expr::UnaryOp(unary) if matches!(unary.op, ast::UnaryOp::USub | ast::UnaryOp::UAdd) => {
                match literal(i, &unary.operand)? {
                    Some(operand) => Some(i.unary(unary.op, &operand)?),
                    None => None,
                }
            }
            Expr::List(list) => all(i, &list.elts)?.map(Object::list),
            Expr::Tuple(tuple) => all(i, &tuple.elts)?.map(Object::tuple),
            Expr::Set(set) => match all(i, &set.elts)? {
                Some(items) => Some(i.set_from(items)?),
                None => None,
            },
            Expr::Dict(dict) => {
                let made = Mutable::new(Dict::default());
                let made_object = Object::Dict(made);
                for item in &dict.items {
                    let Some(key) = &item.key else { return Ok(None) };
                    let (Some(key), Some(value)) = (literal(i, key)?, literal(i, &item.value)?) else {
                        return Ok(None);
                    };
                    i.set_item(&made_object, &key, value)?;
                }
                Some(made_object)
            }
            _ => None,
        })
    })
}

native_table!(URL {
    "urllib.parse.quote" => |i, a| {
        let safe = str_param(&a, 1, "safe").unwrap_or_else(|| "/".into());
        on_text(i, &a, |t| Object::str(quote(t, &safe)))
    },
    "urllib.parse.quote_plus" => |i, a| {
        let safe = str_param(&a, 1, "safe").unwrap_or_default();
        on_text(i, &a, |t| Object::str(quote(t, &format!("{safe} ")).replace(' ', "+")))
    },
    "urllib.parse.unquote" => |i, a| on_text(i, &a, |t| Object::str(unquote(t))),
    "urllib.parse.unquote_plus" => |i, a| on_text(i, &a, |t| Object::str(unquote(&t.replace('+', " ")))),
    "urllib.parse.urlencode" => |i, mut a| {
        let query = receiver(&mut a);
        if !a.keywords.is_empty() || !a.positional.is_empty() {
            return Ok(i.unknown("a query in a way of its own"));
        }
        let pairs = match plain(&query) {
            Object::Dict(_) => i.call_method(&plain(&query), "items", Args::none())?,
            other => other,
        };
        let pairs = match i.known_items(&pairs)? {
            Ok(pairs) => pairs,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut parts = Vec::new();
        for pair in pairs {
            let mut texts = Vec::new();
            for part in i.items(&pair)? {
                let text = i.to_str(&part)?;
                match text.as_str() {
                    Some(text) => {
                        i.spend(text.len().saturating_mul(3))?;
                        texts.push(quote(&text, " ").replace(' ', "+"));
                    }
                    None => return Ok(text),
                }
            }
            parts.push(texts.join("="));
        }
        Ok(Object::str(parts.join("&")))
    },
    "urllib.parse.urlparse" => |i, a| split_url(i, &a),
    "urllib.parse.urlsplit" => |i, a| split_url(i, &a),
    "urllib.parse.urljoin" => |i, a| {
        let (Some(base), Some(url)) = (str_param(&a, 0, "base"), str_param(&a, 1, "url")) else {
            return Ok(i.unknown("joins addresses that are not known"));
        };
        Ok(join(&base, &url).map_or_else(|| i.unknown("joins addresses"), Object::str))
    },
});

/// The names of `urllib.parse`.
pub(super) fn url(_: &mut Interpreter) -> Namespace {
    names_of(URL)
}

fn quote(text: &str, safe: &str) -> String {
    let mut out = String::new();
    let safe: FxHashSet<u8> = safe.bytes().filter(u8::is_ascii).chain(*b"_.-~").collect();
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            out.push(c);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unquote(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(value)) = (byte, hex) {
            out.push(value);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Scheme, network location, path, query, fragment.
fn parts_of(url: &str) -> [&str; 5] {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let scheme_end = rest.find(':').filter(|end| {
        let scheme = &rest[..*end];
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let (scheme, rest) = scheme_end.map_or(("", rest), |end| (&rest[..end], &rest[end + 1..]));
    let (place, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    [scheme, place, path, query, fragment]
}

fn split_url(i: &mut Interpreter, args: &Args) -> Eval {
    if let Some(why) = unknown_among(args) {
        return Ok(Object::Unknown(why));
    }
    let Some(url) = str_param(args, 0, "url") else { return Ok(i.unknown("an address that is no text")) };
    let [scheme, place, path, query, fragment] = parts_of(&url);
    let (login, host) = place.rsplit_once('@').map_or((None, place), |(login, host)| (Some(login), host));
    let (user, password) =
        match login.map(|login| login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)))) {
            Some((user, password)) => (Some(user), password),
            None => (None, None),
        };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port.parse::<i64>().ok()),
        _ => (host, None),
    };
    let name = name.trim_matches(['[', ']']).to_lowercase();
    let text = |text: &str| Object::str(text);
    let optional = |text: Option<&str>| text.map_or(Object::None, Object::str);
    let class = super::native_class(&i.types, "urllib.parse", "ParseResult", &[], &[]);
    let made = i.instance_of(&class);
    if let Object::Instance(made) = &made {
        let scheme = scheme.to_lowercase();
        for (name, value) in [
            ("scheme", text(&scheme)),
            ("netloc", text(place)),
            ("path", text(path)),
            ("params", text("")),
            ("query", text(query)),
            ("fragment", text(fragment)),
            ("username", optional(user)),
            ("password", optional(password)),
            ("hostname", if name.is_empty() { Object::None } else { Object::str(name.as_str()) }),
            ("port", port.map_or(Object::None, Object::Int)),
        ] {
            i.set_own_attribute(made, &Name::new_static(name), Some(value));
        }
    }
    super::leave_open(i, &class);
    Ok(made)
}

fn join(base: &str, url: &str) -> Option<String> {
    if url.is_empty() {
        return Some(base.to_owned());
    }
    let [scheme, place, path, ..] = parts_of(base);
    if !parts_of(url)[0].is_empty() || base.is_empty() {
        return Some(url.to_owned());
    }
    if url.contains("..") || url.starts_with('?') || url.starts_with('#') || url.starts_with("./") {
        return None;
    }
    if let Some(rest) = url.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    let root =
        if scheme.is_empty() && place.is_empty() { String::new() } else { format!("{scheme}://{place}") };
    if url.starts_with('/') {
        return Some(format!("{root}{url}"));
    }
    let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
    Some(format!("{root}{folder}{url}"))
}

fn on_text(i: &mut Interpreter, args: &Args, f: impl FnOnce(&str) -> Object) -> Eval {
    if let Some(why) = unknown_among(args) {
        return Ok(Object::Unknown(why));
    }
    match args.positional.first().or(args.keywords.first().map(|(_, v)| v)).and_then(Object::as_str) {
        Some(text) => Ok(f(&text)),
        None => Ok(i.unknown("a text that is none")),
    }
}

fn on_bytes(i: &mut Interpreter, args: &Args, f: impl FnOnce(&mut Interpreter, &[u8]) -> Eval) -> Eval {
    match args.get(0).map(plain) {
        Some(Object::Bytes(bytes)) => f(i, &bytes),
        Some(Object::Str(text)) => f(i, text.as_bytes()),
        Some(other @ Object::Unknown(_)) => Ok(other),
        _ => Ok(i.unknown("bytes that are none")),
    }
}
