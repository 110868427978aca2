//! `migcheck check`: everything that is wrong or risky.

use super::CLEAN;
use super::arguments::FailOn;
use crate::report::Report;

/// Something at or above `--fail-on` was found.
const FOUND: u8 = 1;

/// How `check` ends: 1 with a finding at or above the severity, else 0.
pub fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    if fail_on.severity().is_some_and(|severity| report.has(severity)) { FOUND } else { CLEAN }
}
