//! Fuzz targets as functions: each takes any bytes, and panics if what must hold does not.
//!
//! Two programs run them. `fuzz/` at the root gives them to libFuzzer (`cargo +nightly fuzz run TARGET`), for as long as one
//! likes. `tests/brief.rs` gives each a fixed number of seeded mutations ([`mutate`]) of its first inputs ([`seeds`]) on every
//! run of the tests, which needs no nightly compiler.

pub mod mutate;
pub mod seeds;
mod targets;

pub use targets::{archive, ballot, companion, curve, dispute_folder, json, pay_file, records, vote_and_verify};

/// A target by name.
#[derive(Clone, Copy)]
pub struct Target {
    /// As in `cargo +nightly fuzz run NAME`.
    pub name: &'static str,
    /// Panics if something is wrong.
    pub run: fn(&[u8]),
    /// Mutations in a brief run: some seconds of one processor, all targets together well under a minute.
    pub brief_executions: u32,
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    Target { name: "json", run: json, brief_executions: 20_000 },
    Target { name: "archive", run: archive, brief_executions: 400 },
    Target { name: "records", run: records, brief_executions: 400 },
    Target { name: "ballot", run: ballot, brief_executions: 4_000 },
    Target { name: "companion", run: companion, brief_executions: 300 },
    Target { name: "curve", run: curve, brief_executions: 3_000 },
    Target { name: "vote_and_verify", run: vote_and_verify, brief_executions: 600 },
    Target { name: "dispute_folder", run: dispute_folder, brief_executions: 1_500 },
    Target { name: "pay_file", run: pay_file, brief_executions: 4_000 },
];
