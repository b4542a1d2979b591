//! Companions beside a real archive: no panic. A first byte of 1 makes numbers, links and hashes of the lines right first, so
//! that what stands in the lines is reached.
#![no_main]

use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use verify::{Options, Verdict, judge};

const ARCHIVE: &[u8] = include_bytes!("../../vectors/belenios/ed25519-threshold/5v22jrwEV2n64T.bel");

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((mode, data)) = data.split_first() else { return };
    let mut companion = Vec::new();
    if mode % 2 == 0 {
        companion.extend_from_slice(data);
    } else {
        let mut previous: Option<[u8; 32]> = None;
        for (i, rest) in data.split(|b| *b == b'\n').filter(|l| !l.is_empty()).enumerate() {
            let mut line = Vec::from(&b"{"[..]);
            if let Some(previous) = previous {
                line.extend(format!("\"prev\":\"{}\",", verify::hex::to_hex(&previous)).bytes());
            }
            line.extend(format!("\"line\":{i},").bytes());
            line.extend_from_slice(rest);
            previous = Some(Sha256::digest(&line).into());
            companion.extend(line);
            companion.push(b'\n');
        }
    }
    // The archive is the same each time: its ballots are judged once.
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    let options = OPTIONS.get_or_init(|| Options {
        remembered: judge(ARCHIVE, None::<&[u8]>, &Options::default()).to_remember(),
        ..Options::default()
    });
    let report = judge(ARCHIVE, Some(&companion[..]), options);
    assert_ne!(report.verdict, Verdict::Passed, "nobody signed a companion for this archive");
});
