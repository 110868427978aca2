#![no_main]
//! Lists of applied migrations: `showmigrations`, JSON, CSV.

use libfuzzer_sys::fuzz_target;
use migcheck::django::applied;

fuzz_target!(|text: &str| {
    let _ = applied::parse(text, "applied.txt");
});
