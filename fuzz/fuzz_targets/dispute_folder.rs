//! libFuzzer on [`fuzz::dispute_folder`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::dispute_folder(data));
