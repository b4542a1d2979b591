//! libFuzzer on [`fuzz::pay_file`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::pay_file(data));
