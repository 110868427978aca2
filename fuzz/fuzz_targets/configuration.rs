#![no_main]
//! `migcheck.toml` and `pyproject.toml`: what is wrong is told with a place in the file, and what is right is
//! the same in both.

use libfuzzer_sys::fuzz_target;
use migcheck::cli::config::{self, ConfigError};

fuzz_target!(|text: &str| {
    match config::parse(text, "migcheck.toml") {
        Ok(config) => {
            let _ = config.selection();
        }
        Err(ConfigError::Wrong { line, column, .. }) => {
            let lines = text.matches('\n').count() + 1;
            assert!(line >= 1 && line as usize <= lines, "line {line} of {lines}");
            assert!(column >= 1 && column as usize <= text.len() + 1, "column {column}");
        }
        Err(error) => panic!("{error}"),
    }
    let _ = config::parse_pyproject(text, "pyproject.toml");
});
