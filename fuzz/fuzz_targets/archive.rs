//! Whole archives as bytes: no panic, the same report for any number of threads, and the container read to the same end.
#![no_main]

use verify::{Options, judge};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let one = judge(data, None::<&[u8]>, &Options::default());
    let strict = judge(data, None::<&[u8]>, &Options { strict: true, threads: 2, ..Options::default() });
    // Strictness adds faults and takes none away.
    assert!(one.failed().iter().all(|check| strict.failed().contains(check)));
    let _ = (verify::output::to_json(&one), verify::output::to_text(&strict, true));
});
