#![no_main]
//! The parser's boundary: what the guard lets through is parsed, whole and function by function, and both
//! are the same.

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use migcheck_fuzz::{mutate, skim};

fuzz_target!(|text: &str| {
    migcheck::reading::on_big_stack(|| {
        if let Err(difference) = skim::difference(text) {
            panic!("{difference}\n{text}");
        }
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed, mutate::python, fuzzer_mutate)
});
