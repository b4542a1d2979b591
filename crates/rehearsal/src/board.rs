//! The board as anybody can download it, against what was acknowledged.

use std::collections::HashMap;
use std::net::SocketAddr;

use verify::{Options, Verdict};
use vote::Hash;
use vote::archive::{Event, EventKind, Head};

use crate::Done;
use crate::client::{Connection, Receipt};
use crate::members::Members;

/// Receipts by ballot: what the service owes.
#[derive(Default)]
pub struct Acknowledged {
    receipts: HashMap<usize, Receipt>,
    /// What is wrong with the receipts themselves.
    pub faults: Vec<String>,
}

impl Acknowledged {
    /// Keeps a receipt, and compares it with an earlier one of the same ballot.
    pub fn keep(&mut self, members: &Members, ballot: usize, receipt: Receipt) {
        if receipt.tracker != members.ballots[ballot].tracker {
            self.faults.push(format!("ballot {ballot}: the receipt names {}, not the ballot sent", receipt.tracker));
        }
        match self.receipts.get(&ballot) {
            Some(earlier) if earlier.position != receipt.position => self
                .faults
                .push(format!("ballot {ballot}: the first receipt named place {}, a later one {}", earlier.position, receipt.position)),
            Some(_) if !receipt.again => self.faults.push(format!("ballot {ballot} was recorded a second time")),
            Some(_) => {}
            None => {
                self.receipts.insert(ballot, receipt);
            }
        }
    }

    /// How many ballots.
    pub fn number(&self) -> usize {
        self.receipts.len()
    }

    /// Whether this ballot was acknowledged.
    pub fn has(&self, ballot: usize) -> bool {
        self.receipts.contains_key(&ballot)
    }

    /// All ballots acknowledged, in order.
    pub fn ballots(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.receipts.keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// Reads all archives from the service and compares: faults in words, none if all is well; with the number of ballots on the
    /// board. `judged`: also every check of `verify`, which takes about a millisecond for each ballot.
    ///
    /// # Errors
    /// The archives cannot be downloaded.
    pub async fn compare(&self, address: SocketAddr, members: &Members, judged: bool) -> Done<(Vec<String>, usize)> {
        let mut faults = self.faults.clone();
        let mut boards = Vec::new();
        let mut connection = Connection::open(address, 0).await?;
        let mut number = 0;
        for unit in &members.units {
            let archive = connection.get(&format!("/e/{}/archive.bel", unit.uuid)).await?;
            let board = positions(&archive)?;
            number += board.values().map(Vec::len).sum::<usize>();
            boards.push(board);
            if judged {
                let companion = connection.get(&format!("/e/{}/companion.jsonl", unit.uuid)).await?;
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                let options = Options { threads, ..Options::default() };
                let report = verify::judge(archive.as_slice(), Some(companion.as_slice()), &options);
                if report.verdict == Verdict::Failed {
                    let failed: Vec<&str> = report.failed().iter().map(|check| check.id()).collect();
                    faults.push(format!("the archive of {} fails {}", unit.id, failed.join(", ")));
                }
            }
        }
        let mut sent: HashMap<&str, usize> = HashMap::new();
        for (at, ballot) in members.ballots.iter().enumerate() {
            sent.insert(&ballot.tracker, ballot.unit);
            let found = boards[ballot.unit].get(&ballot.tracker);
            match (self.receipts.get(&at), found.map(Vec::as_slice)) {
                (Some(receipt), Some([place])) if *place == receipt.position => {}
                (None, None | Some([_])) => {}
                (Some(receipt), None) => {
                    faults.push(format!("ballot {at} was acknowledged at place {} and is not on the board", receipt.position))
                }
                (receipt, Some(places)) => {
                    let told = receipt.map_or("no receipt".to_owned(), |receipt| format!("a receipt for {}", receipt.position));
                    faults.push(format!("ballot {at} is on the board at {places:?}, with {told}"));
                }
            }
        }
        for (unit, board) in boards.iter().enumerate() {
            for tracker in board.keys().filter(|tracker| sent.get(tracker.as_str()) != Some(&unit)) {
                faults.push(format!("{tracker} is on the board of {} and nobody sent it", members.units[unit].id));
            }
        }
        Ok((faults, number))
    }
}

/// Heights of each ballot's events in an archive.
fn positions(archive: &[u8]) -> Done<HashMap<String, Vec<u64>>> {
    const BLOCK: usize = 512;
    let mut found: HashMap<String, Vec<u64>> = HashMap::new();
    let mut at = 0;
    while at < archive.len() {
        let head = archive.get(at..at + BLOCK).and_then(Head::read).ok_or_else(|| format!("the archive has no record at byte {at}"))?;
        let size = usize::try_from(head.size).unwrap_or(usize::MAX);
        let body =
            archive.get(at + BLOCK..).and_then(|rest| rest.get(..size)).ok_or_else(|| format!("the archive is cut off at byte {at}"))?;
        if head.is_event() {
            let event = Event::read(body).map_err(|fault| format!("an event: {fault:?}"))?;
            if let (EventKind::Ballot, Some(payload)) = (event.kind, event.payload) {
                let payload: Hash = payload;
                found.entry(payload.base64()).or_default().push(event.height);
            }
        }
        at += BLOCK + size.next_multiple_of(BLOCK);
    }
    Ok(found)
}
