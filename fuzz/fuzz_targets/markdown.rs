#![no_main]
//! Text of a repository in a comment: nothing but text and code comes of it.

use libfuzzer_sys::fuzz_target;
use migcheck::report::markdown;
use pulldown_cmark::{Event, Options, Parser, Tag};

fuzz_target!(|text: &str| {
    let shown = markdown::message(text);
    for event in Parser::new_ext(&shown, Options::all()) {
        let bad = match &event {
            Event::Html(_) | Event::InlineHtml(_) => true,
            Event::Start(tag) => {
                matches!(tag, Tag::Link { .. } | Tag::Image { .. } | Tag::Heading { .. } | Tag::List(_))
            }
            _ => false,
        };
        assert!(!bad, "{event:?} in\n{shown}");
    }
});
