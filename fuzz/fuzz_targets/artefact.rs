#![no_main]
//! The report of another job, which `comment` takes for hostile: whatever it says, the comment is a report.

use libfuzzer_sys::fuzz_target;
use migcheck::report::{artefact, markdown};
use migcheck_fuzz::markdown::is_report;

fuzz_target!(|text: &str| {
    if let Ok(report) = artefact::read(text, &[]) {
        is_report(&markdown::render(&report));
        let short = markdown::render_within(&report, 10_000);
        assert!(short.len() < 60_000, "{} bytes", short.len());
        is_report(&short);
    }
});
