//! libFuzzer on [`fuzz::curve`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::curve(data));
