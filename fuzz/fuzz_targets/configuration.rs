#![no_main]
//! `migcheck.toml` and `pyproject.toml`.

use libfuzzer_sys::fuzz_target;
use migcheck::cli::config;

fuzz_target!(|text: &str| {
    let _ = config::parse(text, "migcheck.toml");
    let _ = config::parse_pyproject(text, "pyproject.toml");
});
