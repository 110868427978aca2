//! Where the comments of a Python file are, found without parsing it: a file that does not parse has
//! comments, too.

use std::ops::Range;

/// The comments of a text, from `#` to the end of their lines, as ranges of bytes.
///
/// Strings are passed over, whatever their prefix: even in a raw one a backslash keeps a quote from
/// ending it. An f-string counts as one string, its fields included; a `#` within a field's own
/// string of the same quotes (Python 3.12) is taken for a comment, to the end of that line at most.
pub(super) fn comments(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let end = at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                out.push(at..end);
                at = end;
            }
            b'"' | b'\'' => at = string_end(bytes, at, *byte),
            _ => at += 1,
        }
    }
    out
}

/// One past the string whose opening quote is at `at`; one that is not closed ends with its line.
fn string_end(bytes: &[u8], at: usize, quote: u8) -> usize {
    let is_triple =
        |at: usize| bytes.get(at..at + 3).is_some_and(|three| three.iter().all(|byte| *byte == quote));
    let triple = is_triple(at);
    let mut at = if triple { at + 3 } else { at + 1 };
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'\\' => at += if bytes.get(at + 1..at + 3) == Some(b"\r\n") { 3 } else { 2 },
            b'\n' | b'\r' if !triple => return at,
            _ if byte == quote && !triple => return at + 1,
            _ if byte == quote && is_triple(at) => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        comments(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn comments_and_nothing_in_strings() {
        assert_eq!(found("# one\nx = 1  # two\r\ny = '# no' # three"), ["# one", "# two", "# three"]);
        assert_eq!(found("\"\"\"\n# no\n'''\n\"\"\" # yes\n"), ["# yes"]);
        assert_eq!(found(r"'\'# no' # yes"), ["# yes"]);
        assert_eq!(found(r"r'\'# no' # yes"), ["# yes"]);
        assert_eq!(found(r"'\\' # yes"), ["# yes"]);
        assert_eq!(found("f'{x!r:>{width}} # no' # yes"), ["# yes"]);
        assert_eq!(found("'' # yes\n'''''' # yes\n"), ["# yes", "# yes"]);
        assert_eq!(found("ünï = 'ü' # größer"), ["# größer"]);
    }

    #[test]
    fn a_string_that_is_not_closed_ends_with_its_line() {
        assert_eq!(found("x = 'a\n# yes\n"), ["# yes"]);
        assert_eq!(found("x = 'a \\\n# no'\n# yes"), ["# yes"]);
        assert_eq!(found("x = '''a\n# no"), Vec::<&str>::new());
        assert_eq!(found("'\\"), Vec::<&str>::new());
    }
}
