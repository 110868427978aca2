#![no_main]
//! The evaluator, the loader, the state and the autodetector, on a project of two migrations, models and
//! settings.

use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();

fuzz_target!(|text: &str| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().ok().map(tempfile::TempDir::keep));
    let Some(folder) = folder else { return };
    if migcheck_fuzz::lay_out(folder, text).is_ok() {
        migcheck_fuzz::read(folder);
    }
});
