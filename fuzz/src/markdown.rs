//! What Markdown with text of others in it may come to, for a parser of `CommonMark` with every extension.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

/// The HTML that reports hold of their own.
const OURS: &[&str] = &["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>"];

/// A message or a code span within other text: text and code come of it, and nothing else.
///
/// # Panics
/// Something else comes of it.
pub fn is_text(shown: &str) {
    assert!(!shown.contains('\n'), "more than a line:\n{shown}");
    for event in Parser::new_ext(shown, Options::all()) {
        let plain = match &event {
            Event::Start(Tag::Paragraph) | Event::End(_) | Event::Text(_) | Event::Code(_) => true,
            _ => false,
        };
        assert!(plain, "{event:?} in\n{shown}");
    }
    leads_nowhere(shown);
}

/// A report: of all that leads somewhere or acts, nothing; HTML and headings are those it has of its own.
///
/// # Panics
/// Something else comes of it.
pub fn is_report(shown: &str) {
    for event in Parser::new_ext(shown, Options::all()) {
        let bad = match &event {
            Event::Html(html) | Event::InlineHtml(html) => !is_ours(html),
            Event::Start(Tag::Heading { level, .. }) => matches!(level, HeadingLevel::H1 | HeadingLevel::H5 | HeadingLevel::H6),
            Event::Start(tag) => matches!(
                tag,
                Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::FootnoteDefinition(_)
                    | Tag::DefinitionList
                    | Tag::MetadataBlock(_)
                    | Tag::BlockQuote(_)
            ),
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Rule => true,
            _ => false,
        };
        assert!(!bad, "{event:?} in\n{shown}");
    }
}

/// Tags of ours, and between them words and entities: nothing that opens another tag.
fn is_ours(html: &str) -> bool {
    let mut rest = html.to_owned();
    for tag in OURS {
        rest = rest.replace(tag, "");
    }
    !rest.contains(['<', '>', '"'])
}

/// Mentions, references and addresses that forges look for in the rendered text: each has a break in it,
/// unless it stands in code.
fn leads_nowhere(shown: &str) {
    let mut text = String::new();
    for event in Parser::new_ext(shown, Options::all()) {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            _ => text.push('\n'),
        }
    }
    let letters: Vec<char> = text.chars().collect();
    for pair in letters.windows(2) {
        if let [mark @ ('@' | '#'), next] = pair {
            assert!(!next.is_ascii_alphanumeric(), "{mark}{next} in\n{shown}");
        }
    }
    assert!(!text.contains("://"), "an address in\n{shown}");
    for start in ["www.", "WWW."] {
        let next = text.split_once(start).and_then(|(_, rest)| rest.chars().next());
        assert!(!next.is_some_and(char::is_alphanumeric), "{start} in\n{shown}");
    }
}
