#![no_main]
//! Settings, evaluator, loader, graph, state, autodetector, rules, fixes and formats, on any set of files.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use migcheck_fuzz::{files, mutate, project};

static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();

fuzz_target!(|text: &str| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().ok().map(tempfile::TempDir::keep));
    let Some(folder) = folder else { return };
    let root = folder.join("tree");
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    if files::lay_out(&root, &files::split(text)).is_ok() {
        project::ask(&root, hasher.finish());
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed, mutate::files, fuzzer_mutate)
});
