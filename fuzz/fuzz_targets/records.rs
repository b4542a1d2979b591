//! Records whose container, names and hashes are always right, so that every reader behind them is reached.
//!
//! Input: records, each one byte of kind (even: data, odd: event), two bytes of length, the body.
#![no_main]

use sha2::{Digest, Sha256};
use verify::{Options, judge};

pub fn archive(mut data: &[u8]) -> Vec<u8> {
    let mut out = record("BELENIOS", b"{\"version\":1,\"timestamp\":\"1900000000\"}");
    while let [kind, high, low, rest @ ..] = data {
        let length = (usize::from(*high) << 8 | usize::from(*low)).min(rest.len());
        let (body, after) = rest.split_at(length);
        let kind = if kind % 2 == 0 { "data" } else { "event" };
        let hash: [u8; 32] = Sha256::digest(body).into();
        out.extend(record(&format!("{}.{kind}.json", verify::hex::to_hex(&hash)), body));
        data = after;
    }
    out
}

fn record(name: &str, body: &[u8]) -> Vec<u8> {
    let mut block = vec![0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    block[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    block[136..147].copy_from_slice(format!("{:011o}", 1_900_000_000u64).as_bytes());
    block[148..156].copy_from_slice(b"        ");
    block[156] = b'0';
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.extend_from_slice(body);
    block.resize(block.len().div_ceil(512) * 512, 0);
    block
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let archive = archive(data);
    let report = judge(&archive[..], None::<&[u8]>, &Options::default());
    // The container is as the format fixes it, whatever the records say.
    assert!(!report.failed().contains(&verify::Check::V1) && !report.failed().contains(&verify::Check::V2));
});
