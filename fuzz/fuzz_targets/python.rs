#![no_main]
//! The parser's boundary: what the guard lets through is parsed, whole and in parts.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    migcheck::reading::on_big_stack(|| migcheck_fuzz::parse(text));
});
