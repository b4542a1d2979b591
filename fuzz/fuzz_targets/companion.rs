//! libFuzzer on [`fuzz::companion`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::companion(data));
