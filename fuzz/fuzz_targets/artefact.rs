#![no_main]
//! The report of another job, which `comment` takes for hostile.

use libfuzzer_sys::fuzz_target;
use migcheck::report::{artefact, markdown};

fuzz_target!(|text: &str| {
    if let Ok(report) = artefact::read(text, &[]) {
        let _ = markdown::render(&report);
    }
});
