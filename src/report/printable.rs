//! Text of the analysed repository, made safe to print on a terminal.

use std::borrow::Cow;

/// Replaces control characters (escape sequences among them) and characters that reorder or hide
/// text, one for one, so that offsets counted in characters stay what they were.
///
/// Line feeds, carriage returns and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_hostile) {
        Cow::Owned(text.chars().map(|c| if is_hostile(c) { '\u{fffd}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The same on one line: line ends and tabs become spaces.
pub(crate) fn one_line(text: &str) -> String {
    printable(text).replace("\r\n", " ").replace(['\n', '\r', '\t'], " ")
}

/// How wide a column of these texts is, in characters. Names are any text, and Rust's formatting takes no width
/// over 65,535: beyond 200 what follows is not lined up.
pub(super) fn column_width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0).min(200)
}

fn is_hostile(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        // Bidirectional controls, zero-width characters, line and paragraph separators.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_reordering_are_taken_out_one_for_one() {
        let text = "a\u{1b}[31mb\u{202e}c\td\n";
        let safe = printable(text);
        assert_eq!(safe, "a\u{fffd}[31mb\u{fffd}c\td\n");
        assert_eq!(safe.chars().count(), text.chars().count());
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(printable("größer 漢字"), Cow::Borrowed(_)));
    }
}
