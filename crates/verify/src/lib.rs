//! JUDGES: every check on an election's archive and companion, numbered, with all faults and their places.
//!
//! ```no_run
//! let archive = std::fs::File::open("election.bel").unwrap();
//! let options = verify::Options { threads: 2, ..Default::default() };
//! let report = verify::judge(std::io::BufReader::new(archive), None::<&[u8]>, &options);
//! for check in &report.checks {
//!     println!("{} {}", check.check.id(), check.check.title());
//! }
//! std::process::exit(report.verdict.exit_status().into());
//! ```
//!
//! Format and checks: `docs/spec/archive.md`. What is read: Belenios version 1, group Ed25519, homomorphic questions, Single and
//! Pedersen (new form) trustees. This crate shares no code with `vote`, which makes what is judged here. It reads no
//! clock, disk, network, environment or random source, never panics on an input, and uses no float.
//!
//! Not here: who a key belongs to (people compare fingerprints), dates of law, turnout.

mod archive;
mod ballot;
mod companion;
pub mod container;
mod credentials;
pub mod curve;
mod election;
pub mod hex;
pub mod json;
pub mod output;
mod parallel;
mod reading;
mod report;
mod scalar;
mod tally;
mod trustees;

pub use archive::{Options, Remembered};
pub use election::{MAX_CHOICES, MAX_QUESTIONS, Question};
pub use report::{Check, CheckReport, Facts, Fault, MAX_FAULTS, Outcome, Part, Place, Reason, Report, Unsupported, Verdict, Warning, What};
pub use scalar::{ScalarFault, parse_scalar};
pub use trustees::MAX_TRUSTEES;

use std::io::{BufRead, Read};
use std::sync::Arc;

/// Judges an archive, with its companion if there is one. Both are read once, as streams.
pub fn judge(archive: impl Read, companion: Option<impl BufRead>, options: &Options) -> Report {
    let strict = options.strict || companion.is_some();
    let (mut ledger, mut facts, read, mut end) = archive::read_archive(archive, options, strict);
    let has_companion = companion.is_some();
    if let Some(companion) = companion {
        let stopped = companion::read_companion(companion, &read, &mut facts, &mut ledger);
        end = end.or(stopped);
    }
    ledger.into_report(facts, has_companion, end)
}

impl Report {
    /// What a later run can continue from: only if everything up to the last event is in order.
    pub fn to_remember(&self) -> Option<Remembered> {
        if self.verdict == Verdict::Failed {
            return None;
        }
        // An election of a kind that is not read was not judged.
        let judged = self.facts.uuid.is_some() && self.check(Check::V1).outcome == Outcome::Passed;
        Some(Remembered { height: self.facts.last_height.filter(|_| judged)?, last_event: self.facts.last_event? })
    }
}

/// Judges single ballots of one election, as a server does when they arrive: strictly, each for itself (Spec V27–V35).
/// Whether a ballot came in time, or twice, is for whoever keeps the ballots.
pub struct BallotJudge {
    election: election::Election,
    credentials: credentials::Credentials,
    key_table: Arc<curve::FixedBase>,
}

/// A ballot that passed. Only [`BallotJudge::judge`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedBallot {
    tracker: container::Hash,
    credential: u32,
}

impl AcceptedBallot {
    /// SHA-256 of the ballot's bytes.
    pub fn tracker(&self) -> container::Hash {
        self.tracker
    }

    /// Position of its credential in the list, from 0.
    pub fn credential(&self) -> u32 {
        self.credential
    }
}

impl BallotJudge {
    /// From the election record and the public credentials record; the faults if they are not in order, none if they are of
    /// a kind that is not read.
    pub fn new(election: &[u8], credentials: &[u8], threads: usize) -> Result<BallotJudge, Vec<Fault>> {
        Self::beside(None, election, credentials, threads)
    }

    /// The same beside another judge, whose key table it shares if the election key is the same, as in all units of a poll: a
    /// table takes 10 MB.
    pub fn beside(other: Option<&BallotJudge>, election: &[u8], credentials: &[u8], threads: usize) -> Result<BallotJudge, Vec<Fault>> {
        let mut ledger = report::Ledger::new();
        let hash = reading::sha256(election);
        let election = election::read_election(election, &hash, Place::default(), &mut ledger);
        let credentials = credentials::read_credentials(credentials, Place::default(), threads, &mut ledger);
        match (election, credentials, ledger.first_failed_of_all()) {
            (Ok(election), Some(credentials), None) => {
                let same = other.filter(|other| other.election.key.point().equals(election.key.point()));
                let key_table = match same {
                    Some(other) => Arc::clone(&other.key_table),
                    None => Arc::new(curve::FixedBase::new(election.key.point(), 13)),
                };
                Ok(BallotJudge { key_table, election, credentials })
            }
            _ => Err(ledger.into_faults()),
        }
    }

    /// Judges the bytes of one ballot.
    pub fn judge(&self, ballot: &[u8]) -> Result<AcceptedBallot, Vec<Fault>> {
        let judge = ballot::Judge { election: &self.election, credentials: &self.credentials, key_table: &self.key_table, strict: true };
        let judged = judge.check(ballot, reading::sha256(ballot), Place::default(), false);
        match judged.checked {
            Some(checked) => Ok(AcceptedBallot { tracker: judged.hash, credential: checked.credential }),
            None => Err(judged.faults),
        }
    }
}
