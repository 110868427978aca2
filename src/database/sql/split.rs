//! Tokens in statements.

use super::token::{Token, TokenKind};

/// The tokens of each statement, without semicolons, and where the text of what no semicolon ends begins.
/// A semicolon in the body of a trigger or routine (`BEGIN … END`) ends nothing.
pub(super) fn statements(tokens: &[Token]) -> (Vec<&[Token]>, usize) {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut routine = false;
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Sign(';') if depth == 0 => {
                found.push(tokens.get(start..at).unwrap_or_default());
                start = at + 1;
                routine = false;
            }
            TokenKind::Word(word) => {
                let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
                let next = |keyword: &str| is_word(tokens.get(at + 1), keyword);
                if is_word(tokens.get(start), "CREATE")
                    && (is("TRIGGER") || is("PROCEDURE") || is("FUNCTION"))
                {
                    routine = true;
                } else if routine && (is("BEGIN") || (depth > 0 && is("CASE"))) {
                    // `END CASE` closes what `CASE` opened.
                    depth += usize::from(!(at > 0 && is_word(tokens.get(at - 1), "END")));
                } else if is("END") && !["IF", "LOOP", "WHILE", "REPEAT"].into_iter().any(next) {
                    depth = depth.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    found.push(tokens.get(start..).unwrap_or_default());
    found.retain(|tokens| !tokens.is_empty());
    let open = start.checked_sub(1).and_then(|at| tokens.get(at)).map_or(0, |semicolon| semicolon.span.end);
    (found, open)
}

fn is_word(token: Option<&Token>, keyword: &str) -> bool {
    matches!(token, Some(Token { kind: TokenKind::Word(word), .. }) if word.eq_ignore_ascii_case(keyword))
}
