//! Casts a second into SQLite and PostgreSQL, with 2 KB ballots, and how long each waited: `cargo bench -p store`.
//!
//! Everything but the proofs: the queue, all rules, event hash, insert, sync, answer. PostgreSQL is started as in the tests.

#[path = "../tests/it/cluster.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod cluster;
#[path = "../tests/it/made.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod made;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use store::{Cast, CastOutcome, Revote, Store};

const BALLOTS: u32 = 30_000;
const BALLOT_BYTES: usize = 2_000;

fn ballot(credential: u32) -> Cast {
    let ballot = format!("{{\"invented\":{credential},\"filling\":\"{}\"}}", "0".repeat(BALLOT_BYTES)).into_bytes();
    Cast { election: "a".to_owned(), credential, tracker: Sha256::digest(&ballot).into(), ballot, received_at: made::NOW }
}

async fn run(name: &str, address: &str, clients: u32) {
    let store = Store::open(address, None).await.expect("a store");
    let election = made::election("a", BALLOTS as usize, 0, Revote::One);
    store.begin_election(election, made::entry("begin")).await.expect("begun");
    let next = Arc::new(AtomicU32::new(0));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (store, next) = (store.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                loop {
                    let credential = next.fetch_add(1, Ordering::Relaxed);
                    if credential >= BALLOTS {
                        return waits;
                    }
                    let cast = ballot(credential);
                    let asked = Instant::now();
                    let outcome = store.cast(cast).await.expect("an answer");
                    assert!(matches!(outcome, CastOutcome::Recorded { again: false, .. }));
                    waits.push(asked.elapsed());
                }
            })
        })
        .collect();
    let mut waits: Vec<Duration> = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a client"));
    }
    let whole = begun.elapsed();
    waits.sort_unstable();
    let a_second = u128::from(BALLOTS) * 1_000 / whole.as_millis().max(1);
    let at = |hundredth: usize| waits[waits.len() * hundredth / 100].as_micros();
    println!("| {name} | {clients} | {a_second} | {} | {} |", at(50), at(99));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    println!("| database | clients | casts a second | p50 µs | p99 µs |\n| --- | --- | --- | --- | --- |");
    for clients in [64, 512] {
        let folder = tempfile::tempdir().expect("a folder");
        runtime.block_on(run("SQLite", &format!("sqlite:{}", folder.path().join("store.db").display()), clients));
        let cluster = cluster::shared();
        runtime.block_on(run("PostgreSQL", &cluster.address(&cluster.database()), clients));
    }
}
