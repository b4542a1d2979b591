//! libFuzzer on [`fuzz::vote_and_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::vote_and_verify(data));
