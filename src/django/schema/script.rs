//! Splitting a script of several statements (`ops.prepare_sql_script`): PostgreSQL takes it whole,
//! for the others Django splits it with sqlparse and strips the comments.

/// The statements of a script, comments gone, as `sqlparse.split` and `sqlparse.format(…,
/// strip_comments=True)` give them.
pub(crate) fn split_script(script: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut current = String::new();
    let mut depth = Depth::default();
    let mut rest = script;
    // A statement of comments alone is one all the same, an empty one; behind a semicolon and on its
    // line a comment belongs to the statement before.
    let (mut comment, mut ended) = (false, false);
    while let Some(token) = next_token(rest) {
        rest = rest.get(token.len()..).unwrap_or_default();
        if is_comment(token) {
            comment |= !(ended && token.starts_with("--"));
            // A comment between words leaves a blank, one on a line of its own leaves nothing.
            if token.ends_with('\n') && !current.trim_end().is_empty() && !current.ends_with('\n') {
                current.push('\n');
            }
            continue;
        }
        depth.see(token);
        current.push_str(token);
        ended &= token.chars().all(|c| c == ' ' || c == '\t');
        if token == ";" && depth.is_outside() {
            push(&mut statements, &mut current, false);
            depth = Depth::default();
            (comment, ended) = (false, true);
        }
    }
    push(&mut statements, &mut current, comment);
    statements
}

fn push(statements: &mut Vec<String>, current: &mut String, comment: bool) {
    let statement = current.trim();
    if !statement.is_empty() || comment {
        statements.push(statement.to_owned());
    }
    current.clear();
}

fn is_comment(token: &str) -> bool {
    token.starts_with("--") || token.starts_with("/*")
}

/// `BEGIN … END` of triggers, `CASE … END`, parentheses: a semicolon within does not end a statement.
#[derive(Default)]
struct Depth {
    parentheses: usize,
    blocks: usize,
    creates: bool,
    words: usize,
}

impl Depth {
    fn see(&mut self, token: &str) {
        match token {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        if !token.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return;
        }
        match token.to_ascii_uppercase().as_str() {
            "CREATE" if self.words == 0 => self.creates = true,
            "BEGIN" | "CASE" if self.creates => self.blocks += 1,
            "END" => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
        self.words += 1;
    }

    fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }
}

/// The next token: a string, a comment, a word, blank space, or one character.
fn next_token(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let length = match first {
        '\'' | '"' | '`' => quoted(text, first),
        '-' if text.starts_with("--") => text.find('\n').map_or(text.len(), |end| end + 1),
        '/' if text.starts_with("/*") => text.find("*/").map_or(text.len(), |end| end + 2),
        '$' => dollar_quoted(text).unwrap_or(1),
        c if c.is_alphanumeric() || c == '_' => {
            text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
        }
        c if c.is_whitespace() => text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len()),
        c => c.len_utf8(),
    };
    text.get(..length)
}

fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '"' {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + c.len_utf8();
            }
        }
    }
    text.len()
}

/// `$$ … $$`, `$tag$ … $tag$`
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..end)?;
    let inner = tag.trim_matches('$');
    if !inner.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let close = text.get(end..)?.find(tag)?;
    Some(end + close + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_outside_of_strings_comments_and_blocks() {
        let script = "UPDATE a SET b = ';'; -- gone;\nDELETE FROM c;\n";
        assert_eq!(split_script(script), ["UPDATE a SET b = ';';", "DELETE FROM c;"]);
        let trigger = "CREATE TRIGGER t BEGIN UPDATE a SET b = 1; END; SELECT 1";
        assert_eq!(split_script(trigger), ["CREATE TRIGGER t BEGIN UPDATE a SET b = 1; END;", "SELECT 1"]);
        // As sqlparse 0.5 has them.
        for (script, expected) in [
            ("-- gone", &[""][..]),
            ("/* gone */", &[""]),
            ("SELECT 1; -- gone", &["SELECT 1;"]),
            ("SELECT 1;\n-- gone\n", &["SELECT 1;", ""]),
            ("SELECT 1;/* gone */", &["SELECT 1;", ""]),
            ("-- gone\nSELECT 1", &["SELECT 1"]),
            ("SELECT 1;;", &["SELECT 1;", ";"]),
            ("-- gone\n;", &[";"]),
            (" \n", &[]),
        ] {
            assert_eq!(split_script(script), expected, "{script:?}");
        }
        assert_eq!(split_script("SELECT $$a;b$$; SELECT 2"), ["SELECT $$a;b$$;", "SELECT 2"]);
    }
}
