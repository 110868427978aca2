#![no_main]
//! Text of a repository in a comment: nothing but text and code comes of it.

use libfuzzer_sys::fuzz_target;
use migcheck::report::markdown;
use migcheck_fuzz::markdown::is_text;

fuzz_target!(|text: &str| {
    is_text(&markdown::message(text));
    is_text(&markdown::text(text));
    is_text(&markdown::code(text));
    // As it stands in a report: behind other text, in a list, in a table.
    is_text(&format!("x {} y", markdown::message(text)));
});
