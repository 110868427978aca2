//! What is said of a fault of the program's own: a panic that some floor caught, or that ended the
//! command. Whatever else was found is kept; the exit code is that of a failure either way.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::{FAILED, output};

/// Panics since [`guard`] began, each as `message (file:line)`.
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// How many of them are shown: one fault may strike at every file.
const SHOWN: usize = 5;

/// Does the command's work. Where anything in it panicked, says what to attach to a report, and the
/// exit code is 2.
///
/// # Errors
/// Those of the work.
pub(super) fn guard(work: impl FnOnce() -> anyhow::Result<u8>) -> anyhow::Result<u8> {
    std::panic::set_hook(Box::new(note));
    let result = catch_unwind(AssertUnwindSafe(work));
    let _ = std::panic::take_hook();
    let faults = std::mem::take(&mut *FAULTS.lock().unwrap_or_else(PoisonError::into_inner));
    if !faults.is_empty() {
        output::say(&message(&faults));
    }
    match result {
        Ok(Ok(_)) if !faults.is_empty() => Ok(FAILED),
        Ok(result) => result,
        Err(_) => Ok(FAILED),
    }
}

fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("?");
    let at = info.location().map_or_else(|| "?".to_owned(), ToString::to_string);
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{text} ({at})"));
}

fn message(faults: &[String]) -> String {
    let mut lines = vec!["migcheck: internal error; what else was found is not affected".to_owned()];
    lines.extend(
        faults.iter().take(SHOWN).map(|fault| crate::report::printable(&format!("  {fault}")).into_owned()),
    );
    if faults.len() > SHOWN {
        lines.push(format!("  and {} more", faults.len() - SHOWN));
    }
    lines.push(format!(
        "Please report it with these lines, the command, and the file that it is about: \
         migcheck {}, {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_exit_code_2_whether_it_was_caught_on_the_way_or_not() {
        assert_eq!(guard(|| panic!("first")).unwrap(), FAILED);
        let caught = guard(|| {
            let _ = catch_unwind(|| panic!("second"));
            Ok(0)
        });
        assert_eq!(caught.unwrap(), FAILED);
        assert_eq!(guard(|| Ok(1)).unwrap(), 1);
        assert!(guard(|| anyhow::bail!("no")).is_err());
    }

    #[test]
    fn a_report_of_a_fault_says_what_to_attach() {
        let faults: Vec<String> =
            (0..7).map(|number| format!("broken \u{1b}[31m{number} (a.rs:1)")).collect();
        let text = message(&faults);
        assert!(text.contains("broken") && text.contains("a.rs:1") && text.contains("and 2 more"), "{text}");
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && !text.contains('\u{1b}'), "{text}");
    }
}
