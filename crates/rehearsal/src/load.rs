//! Many voters at once: as fast as they are answered (closed loop), or at a constant rate whatever the answers do (open loop).
//!
//! In the open loop a ballot's wait begins when it was due, also if no connection was free then: a service that stalls is charged for
//! everybody who came meanwhile.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Answer, Connection, Receipt};
use crate::members::Members;

/// How ballots are sent.
#[derive(Clone, Debug)]
pub struct Load {
    /// The nodes; connections are spread over them.
    pub nodes: Vec<SocketAddr>,
    /// Connections in all.
    pub connections: usize,
    /// Addresses they come from.
    pub addresses: u8,
    /// Ballots a second; none: as fast as they are answered.
    pub rate: Option<u32>,
    /// First ballot, and the one after the last.
    pub ballots: std::ops::Range<usize>,
    /// No ballot is begun later than this.
    pub most: Duration,
}

/// What was measured.
#[derive(Default)]
pub struct Measured {
    /// Ballots and their receipts.
    pub receipts: Vec<(usize, Receipt)>,
    /// Ballots that got none.
    pub without: Vec<usize>,
    /// Microseconds until each receipt, in order.
    pub waits: Vec<u64>,
    /// How many of each other answer.
    pub others: BTreeMap<String, u64>,
    /// Refusals for too much after which the same ballot was sent again.
    pub told_to_wait: u64,
    /// Refusals for too much that did not say when to come back.
    pub unfair: u64,
    /// From the first ballot to the last answer.
    pub took: Duration,
    /// The first ballot that nobody sent any more.
    pub next: usize,
}

impl Load {
    /// Sends the ballots.
    pub async fn run(&self, members: &Arc<Members>) -> Measured {
        let next = Arc::new(AtomicUsize::new(self.ballots.start));
        // A moment for all connections to stand.
        let begun = Instant::now() + Duration::from_millis(if self.connections > 100 { 500 } else { 50 });
        let voters: Vec<_> = (0..self.connections)
            .map(|number| tokio::spawn(voter(self.clone(), number, Arc::clone(members), Arc::clone(&next), begun)))
            .collect();
        let mut all = Measured::default();
        for voter in voters {
            match voter.await {
                Ok(part) => all.add(part),
                Err(error) => *all.others.entry(error.to_string()).or_default() += 1,
            }
        }
        all.took = begun.elapsed();
        all.next = next.load(Ordering::SeqCst).min(self.ballots.end);
        all.waits.sort_unstable();
        all
    }
}

async fn voter(load: Load, number: usize, members: Arc<Members>, next: Arc<AtomicUsize>, begun: Instant) -> Measured {
    let mut measured = Measured::default();
    let node = load.nodes[number % load.nodes.len()];
    let from = u8::try_from(number % usize::from(load.addresses.max(1))).unwrap_or(0);
    let mut connection = Connection::open(node, from).await.ok();
    tokio::time::sleep_until(begun.into()).await;
    while begun.elapsed() < load.most {
        // A closed loop has nobody to vote for while there is no service: no ballot is used up.
        if load.rate.is_none() && connection.as_ref().is_none_or(|connection| !connection.is_open()) {
            connection = Connection::open(node, from).await.ok();
            if connection.is_none() {
                break;
            }
        }
        let ballot = next.fetch_add(1, Ordering::SeqCst);
        if ballot >= load.ballots.end {
            break;
        }
        let due = match load.rate {
            None => Instant::now(),
            Some(rate) => begun + Duration::from_micros((ballot - load.ballots.start) as u64 * 1_000_000 / u64::from(rate.max(1))),
        };
        tokio::time::sleep_until(due.into()).await;
        if connection.as_ref().is_none_or(|connection| !connection.is_open()) {
            connection = Connection::open(node, from).await.ok();
        }
        let cast = &members.ballots[ballot];
        let mut answer = Answer::Lost("no connection".to_owned());
        while let Some(connection) = &mut connection {
            answer = connection.cast(&members.units[cast.unit].uuid, cast.bytes.clone()).await;
            // A closed loop comes back with the same ballot, as a voter would.
            let Answer::Busy { retry_after, .. } = &answer else { break };
            let wait = Duration::from_secs(retry_after.unwrap_or(1).min(1));
            if load.rate.is_some() || begun.elapsed() + wait >= load.most {
                break;
            }
            measured.told_to_wait += 1;
            measured.unfair += u64::from(retry_after.is_none());
            tokio::time::sleep(wait).await;
        }
        if matches!(answer, Answer::Lost(_)) {
            connection = None;
        }
        measured.count(ballot, answer, due.elapsed());
    }
    measured
}

impl Measured {
    fn count(&mut self, ballot: usize, answer: Answer, wait: Duration) {
        let other = match answer {
            Answer::Receipt(receipt) => {
                self.receipts.push((ballot, receipt));
                self.waits.push(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX));
                return;
            }
            Answer::Busy { status, retry_after } => {
                self.unfair += u64::from(retry_after.is_none());
                format!("{status} busy")
            }
            Answer::Refused { status, why } => format!("{status} {why}"),
            Answer::Lost(why) => format!("no answer: {why}"),
        };
        self.without.push(ballot);
        *self.others.entry(other).or_default() += 1;
    }

    fn add(&mut self, part: Self) {
        self.receipts.extend(part.receipts);
        self.without.extend(part.without);
        self.waits.extend(part.waits);
        self.unfair += part.unfair;
        self.told_to_wait += part.told_to_wait;
        for (name, number) in part.others {
            *self.others.entry(name).or_default() += number;
        }
    }

    /// The wait that so many of a thousand did not exceed, in microseconds.
    pub fn permille(&self, part: usize) -> u64 {
        let last = self.waits.len().saturating_sub(1);
        self.waits.get((self.waits.len() * part / 1_000).min(last)).copied().unwrap_or(0)
    }

    /// Receipts a second.
    pub fn a_second(&self) -> u64 {
        let micros = u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX);
        (self.receipts.len() as u64).saturating_mul(1_000_000) / micros.max(1)
    }

    /// All figures.
    pub fn json(&self) -> Value {
        json!({
            "acknowledged": self.receipts.len(), "casts_a_second": self.a_second(), "seconds": self.took.as_secs(),
            "p50_micros": self.permille(500), "p99_micros": self.permille(990), "most_micros": self.permille(1_000), "others": self.others,
            "told_to_wait": self.told_to_wait,
        })
    }
}
