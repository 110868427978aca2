//! Python's `repr()` of simple values.

use std::fmt::Write as _;

/// `repr(text)`
pub(super) fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for c in text.chars() {
        match c {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            c if c == quote => {
                result.push('\\');
                result.push(c);
            }
            c if is_printable(c) => result.push(c),
            c => push_escape(&mut result, c),
        }
    }
    result.push(quote);
    result
}

/// `repr(bytes)`
pub(super) fn repr_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut result = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => result.push_str("\\\\"),
            b'\n' => result.push_str("\\n"),
            b'\r' => result.push_str("\\r"),
            b'\t' => result.push_str("\\t"),
            byte if char::from(*byte) == quote => {
                result.push('\\');
                result.push(quote);
            }
            0x20..=0x7e => result.push(char::from(*byte)),
            byte => {
                let _ = write!(result, "\\x{byte:02x}");
            }
        }
    }
    result.push(quote);
    result
}

/// `repr(number)` of a finite float: the shortest digits that read back, with an exponent below
/// `1e-4` and from `1e16` on.
pub(super) fn repr_float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn push_escape(result: &mut String, c: char) {
    let code = u32::from(c);
    let _ = match code {
        0..=0xff => write!(result, "\\x{code:02x}"),
        0x100..=0xffff => write!(result, "\\u{code:04x}"),
        _ => write!(result, "\\U{code:08x}"),
    };
}

/// `str.isprintable()`: neither control, format, surrogate, private, unassigned, nor a separator
/// other than a space. Rust's own escaping draws the same line, except at a text's start, where it
/// also escapes combining characters; hence the letter before.
fn is_printable(c: char) -> bool {
    let text: String = ['a', c].into_iter().collect();
    matches!(c, '"' | '\'' | ' ') || text.escape_debug().nth(1) != Some('\\')
}
