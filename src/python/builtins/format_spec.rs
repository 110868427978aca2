//! The format specification mini-language (`format()`, f-strings, `str.format`), and the conversions
//! of `%`. Mirrors `CPython`'s `Python/formatter_unicode.c` and `Objects/unicodeobject.c`, 3.12.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use crate::python::interpreter::SIZE;

/// Digits beyond which a precision is not worked out.
const PRECISION: usize = 4_000;

/// Bits of the largest integer that Python writes in decimals (`sys.get_int_max_str_digits`, 4300 digits).
pub(crate) const MOST_BITS: u64 = 14_284;

/// A parsed specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    /// What fills the width; a blank, or `0` with [`Spec::zero`], where none is named.
    pub fill: Option<char>,
    /// `<`, `>`, `=` or `^`.
    pub align: Option<char>,
    /// `+`, `-` or a blank.
    pub sign: Option<char>,
    /// `#`
    pub alternate: bool,
    /// `0` before the width.
    pub zero: bool,
    /// Least characters, 0 where none are named.
    pub width: usize,
    /// `,` or `_`.
    pub grouping: Option<char>,
    /// What follows the point.
    pub precision: Option<usize>,
    /// The type: `d`, `f`, `s` …
    pub kind: Option<char>,
}

impl Spec {
    /// Parses a specification; `None` where Python would raise `ValueError`.
    pub fn parse(text: &str) -> Option<Self> {
        let chars: Vec<char> = text.chars().collect();
        let mut spec = Self::default();
        let mut at = 0;
        let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '=' | '^'));
        if is_align(chars.get(1)) {
            spec.fill = chars.first().copied();
            spec.align = chars.get(1).copied();
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars.first().copied();
            at = 1;
        }
        if let Some(sign @ ('+' | '-' | ' ')) = chars.get(at) {
            spec.sign = Some(*sign);
            at += 1;
        }
        if chars.get(at) == Some(&'z') {
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') {
            spec.zero = true;
            at += 1;
        }
        (spec.width, at) = digits(&chars, at)?;
        if let Some(grouping @ (',' | '_')) = chars.get(at) {
            spec.grouping = Some(*grouping);
            at += 1;
        }
        if chars.get(at) == Some(&'.') {
            let (precision, end) = digits(&chars, at + 1)?;
            if end == at + 1 {
                return None;
            }
            spec.precision = Some(precision);
            at = end;
        }
        if let Some(kind) = chars.get(at) {
            spec.kind = Some(*kind);
            at += 1;
        }
        (at == chars.len()).then_some(spec)
    }

    /// Whether the result would be larger than is worked out.
    pub fn too_large(&self) -> bool {
        self.width > SIZE || self.precision.is_some_and(|precision| precision > PRECISION)
    }

    /// A string in its width.
    pub fn string(&self, text: &str) -> Option<String> {
        if !matches!(self.kind, None | Some('s')) || self.sign.is_some() || self.align == Some('=') {
            return None;
        }
        let text: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        Some(pad(&text, fill, self.align.unwrap_or('<'), self.width))
    }

    /// An integer.
    pub fn integer(&self, value: &BigInt) -> Option<String> {
        let kind = self.kind.unwrap_or('d');
        if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
            return self.float(value.to_f64()?);
        }
        if self.precision.is_some() {
            return None;
        }
        let decimal = matches!(kind, 'd' | 'n');
        if decimal && value.bits() > MOST_BITS {
            return None;
        }
        let magnitude = value.abs();
        let (prefix, digits, group) = match kind {
            'd' | 'n' => ("", magnitude.to_string(), 3),
            'b' => ("0b", magnitude.to_str_radix(2), 4),
            'o' => ("0o", magnitude.to_str_radix(8), 4),
            'x' => ("0x", magnitude.to_str_radix(16), 4),
            'X' => ("0X", magnitude.to_str_radix(16).to_uppercase(), 4),
            'c' => {
                let text = char::from_u32(value.to_u32()?)?.to_string();
                let fill = self.fill.unwrap_or(' ');
                return Some(pad(&text, fill, self.align.unwrap_or('<'), self.width));
            }
            _ => return None,
        };
        let prefix = if self.alternate { prefix } else { "" };
        Some(self.number(value.is_negative(), prefix, &digits, "", group))
    }

    /// A float.
    pub fn float(&self, value: f64) -> Option<String> {
        let precision = self.precision.unwrap_or(6);
        let magnitude = value.abs();
        let upper = matches!(self.kind, Some('E' | 'F' | 'G'));
        let text = if magnitude.is_finite() {
            match self.kind {
                Some('f' | 'F') => format!("{magnitude:.precision$}"),
                Some('e' | 'E') => scientific(magnitude, precision),
                Some('g' | 'G' | 'n') => general(magnitude, precision, self.alternate, false),
                Some('%') => format!("{:.precision$}%", magnitude * 100.0),
                None => match self.precision {
                    Some(precision) => general(magnitude, precision, self.alternate, true),
                    None => float_repr(magnitude),
                },
                _ => return None,
            }
        } else if magnitude.is_nan() {
            "nan".to_owned()
        } else {
            "inf".to_owned()
        };
        let text = if upper { text.to_uppercase() } else { text };
        let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(whole);
        Some(self.number(value.is_sign_negative() && !value.is_nan(), "", digits, rest, 3))
    }

    /// A number whose digits are worked out already.
    pub fn digits(&self, negative: bool, text: &str) -> Option<String> {
        let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(whole);
        Some(self.number(negative, "", digits, rest, 3))
    }

    /// Sign, prefix, digits with separators, rest, in its width.
    fn number(&self, negative: bool, prefix: &str, digits: &str, rest: &str, group: usize) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(if self.zero { '=' } else { '>' });
        let taken = sign.len() + prefix.len() + rest.chars().count();
        let mut digits = digits.to_owned();
        if let Some(separator) = self.grouping {
            let room = if align == '=' && fill == '0' { self.width.saturating_sub(taken) } else { 0 };
            digits = grouped(&digits, separator, group, room);
        }
        let length = taken + digits.chars().count();
        if align == '=' {
            let filling: String = std::iter::repeat_n(fill, self.width.saturating_sub(length)).collect();
            return format!("{sign}{prefix}{filling}{digits}{rest}");
        }
        pad(&format!("{sign}{prefix}{digits}{rest}"), fill, align, self.width)
    }
}

fn digits(chars: &[char], mut at: usize) -> Option<(usize, usize)> {
    let mut number = 0_usize;
    while let Some(digit) = chars.get(at).and_then(|c| c.to_digit(10)) {
        number = number.checked_mul(10)?.checked_add(usize::try_from(digit).ok()?)?;
        at += 1;
    }
    Some((number, at))
}

/// Digits with separators, zeros before them until they fill `room`.
fn grouped(digits: &str, separator: char, group: usize, room: usize) -> String {
    let mut reversed: Vec<char> = Vec::new();
    let mut count = 0;
    let mut source = digits.chars().rev();
    loop {
        let next = match source.next() {
            Some(digit) => digit,
            None if reversed.len() < room => '0',
            None => break,
        };
        if count > 0 && count % group == 0 {
            reversed.push(separator);
        }
        reversed.push(next);
        count += 1;
    }
    reversed.iter().rev().collect()
}

/// A text in a width.
pub(crate) fn pad(text: &str, fill: char, align: char, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let (left, right) = match align {
        '>' => (missing, 0),
        '^' => (missing / 2, missing - missing / 2),
        _ => (0, missing),
    };
    let filling = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    format!("{}{text}{}", filling(left), filling(right))
}

fn scientific(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    exponential(mantissa, exponent.parse().unwrap_or(0))
}

fn exponential(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// `%g`; with `keep_point`, a whole number keeps its `.0` (no type and a precision).
fn general(value: f64, precision: usize, alternate: bool, keep_point: bool) -> String {
    let precision = precision.max(1);
    let digits = precision - 1;
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let limit = i32::try_from(precision).unwrap_or(i32::MAX) - i32::from(keep_point);
    let strip = |text: &str| {
        if alternate || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    if exponent < -4 || exponent >= limit.max(i32::from(!keep_point)) {
        return exponential(&strip(mantissa), exponent);
    }
    let decimals = usize::try_from(i32::try_from(digits).unwrap_or(0) - exponent).unwrap_or(0);
    let fixed = strip(&format!("{value:.decimals$}"));
    if keep_point && !fixed.contains('.') { format!("{fixed}.0") } else { fixed }
}

/// `repr()` of a float: the shortest digits that read back as the same.
pub(crate) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let text = format!("{value}");
        return if text.contains('.') { text } else { format!("{text}.0") };
    }
    exponential(mantissa, exponent)
}

/// `repr()` of a string.
pub(crate) fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c == ' ' || is_printable(c) => out.push(c),
            c => out.push_str(&escape(c)),
        }
    }
    out.push(quote);
    out
}

/// `repr()` of bytes.
pub(crate) fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7e => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// The escape of a character that is not printed.
pub(crate) fn escape(c: char) -> String {
    let code = u32::from(c);
    match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// Controls, separators other than the space, format characters and what has no meaning are escaped.
fn is_printable(c: char) -> bool {
    !(c.is_control()
        || c.is_whitespace()
        || matches!(u32::from(c),
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0xe0fff
            | 0xf0000..=0x0010_ffff))
}
