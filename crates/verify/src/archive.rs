//! The archive read once from beginning to end: records, events, and every check that they allow.
//!
//! Memory is bounded: a batch of ballots, and for each credential the ciphertexts of its last ballot.

use crate::ballot::{Judge, Judged};
use crate::container::{Container, ContainerFault, Hash, Record, RecordKind, Stop};
use crate::credentials::{Credentials, read_credentials};
use crate::curve::FixedBase;
use crate::election::{Election, NoElection, read_election};
use crate::json::Value;
use crate::parallel::in_parallel;
use crate::reading::{hash_value, read_record, sha256};
use crate::report::{Check, Facts, Ledger, Part, Place, Reason, Unsupported, What};
use crate::tally::{
    RunningTally, Share, SizedTally, Tally, check_bounds, check_decryption, compare_tally, read_owned, read_result, read_share,
    read_sized_tally, read_tally,
};
use crate::trustees::{Trustees, fingerprint, read_trustees};
use std::io::Read;

/// Ballots judged together.
const BATCH_BALLOTS: usize = 512;
/// Data records kept while waiting for their event. A setup has four or five.
const MAX_PENDING: usize = 8;
/// Bytes of them.
const MAX_PENDING_BYTES: u64 = 320 << 20;
/// Bytes of ballots judged together.
const BATCH_BYTES: usize = 32 << 20;

/// The state that a run can continue from: everything up to this event was found valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Number of the last event seen.
    pub height: u64,
    /// SHA-256 of that event.
    pub last_event: Hash,
}

/// How to judge.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads to use; 0 is taken as 1.
    pub threads: usize,
    /// Demand canonical forms inside answers too, as our own archives have them. Always so with a companion.
    pub strict: bool,
    /// Continue from an earlier run. Spec V11.
    pub remembered: Option<Remembered>,
    /// The election hash that people know from elsewhere. Spec V25.
    pub expected_election: Option<Hash>,
    /// Trackers (hashes of ballots) that must be on the board and counted. Spec V39.
    pub trackers: Vec<Hash>,
}

/// What the companion is compared with.
pub(crate) struct Setup {
    pub(crate) election: Election,
    pub(crate) election_hash: Hash,
    pub(crate) trustees: Option<Trustees>,
    pub(crate) trustees_hash: Hash,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) credentials_hash: Hash,
    key_table: FixedBase,
}

/// Everything read from the archive.
pub(crate) struct Archive {
    pub(crate) setup: Option<Setup>,
    pub(crate) running: Option<RunningTally>,
    pub(crate) recorded: Option<Tally>,
    /// In the archive's order.
    pub(crate) shares: Vec<Share>,
    pub(crate) share_events: u64,
    pub(crate) counts: Option<Vec<Vec<u128>>>,
    pub(crate) result_hash: Option<Hash>,
    pub(crate) finished: bool,
    pub(crate) ballots_complete: bool,
}

/// What an event is, in the order of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EventType {
    Setup,
    Ballot,
    EndBallots,
    EncryptedTally,
    PartialDecryption,
    Result,
}

impl EventType {
    fn of(name: &str) -> Option<EventType> {
        Some(match name {
            "Setup" => EventType::Setup,
            "Ballot" => EventType::Ballot,
            "EndBallots" => EventType::EndBallots,
            "EncryptedTally" => EventType::EncryptedTally,
            "PartialDecryption" => EventType::PartialDecryption,
            "Result" => EventType::Result,
            _ => return None,
        })
    }

    /// Data records that belong to the event.
    fn records(self) -> &'static [Part] {
        match self {
            EventType::Setup => &[Part::Election, Part::Trustees, Part::Credentials, Part::SetupData],
            EventType::Ballot => &[Part::Ballot],
            EventType::EndBallots => &[],
            EventType::EncryptedTally => &[Part::Tally, Part::SizedTally],
            EventType::PartialDecryption => &[Part::Share, Part::OwnedShare],
            EventType::Result => &[Part::Result],
        }
    }
}

/// Spec V6: which event may follow which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// In its place.
    Next,
    /// Something that must come before is missing.
    Early,
    /// Its time is over.
    Late,
}

fn step(last: Option<EventType>, event: EventType) -> Step {
    use EventType::*;
    match (last, event) {
        (None, Setup)
        | (Some(Setup | Ballot), Ballot | EndBallots)
        | (Some(EndBallots), EncryptedTally)
        | (Some(EncryptedTally | PartialDecryption), PartialDecryption)
        | (Some(PartialDecryption), Result) => Step::Next,
        (None, _) => Step::Early,
        (Some(last), event) if event > last => Step::Early,
        _ => Step::Late,
    }
}

struct Job {
    event: u64,
    offset: u64,
    named: Hash,
    payload: Hash,
    body: Vec<u8>,
}

struct Event<'a> {
    parent: Option<Hash>,
    height: Option<u64>,
    name: &'a str,
    payload: Option<Hash>,
}

/// A record with its hash and place; none if its name is not its hash.
type Named = Option<(Record, Hash, Place)>;

/// A ballot in the lists that find repetitions; 20 bytes for a ciphertext.
type Seen = ([u8; 16], u32);

struct Run<'o> {
    options: &'o Options,
    ledger: Ledger,
    facts: Facts,
    archive: Archive,
    pending: Vec<Record>,
    last: Option<EventType>,
    /// Of the event before: the hash of its bytes, and the one in its name.
    last_event: Option<[Hash; 2]>,
    /// The event before could not be understood, so the order cannot be judged across it.
    lost: bool,
    events: u64,
    jobs: Vec<Job>,
    job_bytes: usize,
    payloads: Vec<(Hash, u64)>,
    ciphertexts: Vec<Seen>,
    tracked: Vec<Option<(u64, Option<u32>)>>,
    unsupported: Option<Unsupported>,
    first_tally: Option<u64>,
    sized: Option<SizedTally>,
}

/// Reads and judges an archive. The ledger is left open for the companion.
pub(crate) fn read_archive(from: impl Read, options: &Options, strict: bool) -> (Ledger, Facts, Archive, Option<Reason>) {
    let mut run = Run {
        options,
        ledger: Ledger::new(),
        facts: Facts::default(),
        archive: Archive {
            setup: None,
            running: None,
            recorded: None,
            shares: Vec::new(),
            share_events: 0,
            counts: None,
            result_hash: None,
            finished: false,
            ballots_complete: true,
        },
        pending: Vec::new(),
        last: None,
        last_event: None,
        lost: false,
        events: 0,
        jobs: Vec::new(),
        job_bytes: 0,
        payloads: Vec::new(),
        ciphertexts: Vec::new(),
        tracked: vec![None; options.trackers.len()],
        unsupported: None,
        first_tally: None,
        sized: None,
    };
    let mut container = Container::new(from);
    let mut end = None;
    loop {
        match container.next_record() {
            Ok(Some(record)) => {
                run.ledger.count(Check::V1, 1);
                if !run.record(record, strict) {
                    end = Some(Reason::After(Check::V1));
                    break;
                }
            }
            Ok(None) => {
                run.ledger.complete(Check::V1);
                break;
            }
            Err(Stop::Fault(_, ContainerFault::Version)) => {
                end = Some(Reason::Unsupported(Unsupported::ArchiveVersion));
                break;
            }
            Err(Stop::Fault(offset, what)) => {
                let place = Place::default().offset(offset);
                run.ledger.fault(Check::V1, place, What::Container(what));
                end = Some(Reason::After(Check::V1));
                break;
            }
            Err(Stop::Io(_)) => {
                end = Some(Reason::Unreadable);
                break;
            }
        }
    }
    run.flush(strict);
    run.finish(end.is_none());
    let end = end.or(run.unsupported.map(Reason::Unsupported));
    (run.ledger, run.facts, run.archive, end)
}

impl Run<'_> {
    /// Returns false if there is no point in reading on.
    fn record(&mut self, record: Record, strict: bool) -> bool {
        match record.kind {
            RecordKind::Header => {}
            RecordKind::Event => self.event(record, strict),
            RecordKind::Data => {
                // No event has so many records, nor so large ones: what is kept stays bounded.
                self.pending.push(record);
                if self.pending.len() > MAX_PENDING {
                    let stray = self.pending.remove(0);
                    let place = Place::default().offset(stray.offset);
                    if self.actual_hash(&stray, place).is_some() {
                        self.ledger.fault(Check::V7, place, What::NotReferenced);
                    }
                }
                let kept: u64 = self.pending.iter().map(|record| record.body.len() as u64).sum();
                if kept > MAX_PENDING_BYTES {
                    let fault = ContainerFault::TooLarge(kept);
                    self.ledger.fault(Check::V1, Place::default(), What::Container(fault));
                    return false;
                }
            }
        }
        true
    }

    /// Spec V2.
    fn actual_hash(&mut self, record: &Record, place: Place) -> Option<Hash> {
        self.ledger.count(Check::V2, 1);
        let actual = sha256(&record.body);
        if actual != record.named {
            self.ledger.fault(Check::V2, place, What::NameIsNotHash { actual });
            return None;
        }
        Some(actual)
    }

    fn event(&mut self, record: Record, strict: bool) {
        let number = self.events;
        self.events += 1;
        let place = Place::default().offset(record.offset).event(number);
        let named_right = self.actual_hash(&record, place).is_some();
        let hash = sha256(&record.body);
        // Where name and bytes differ, that is the one fault: the next event may refer to either.
        let parents = self.last_event.replace([hash, record.named]);
        self.facts.last_event = Some(hash);
        self.facts.last_height = Some(number);
        let mut pending = std::mem::take(&mut self.pending);

        // Spec V11.
        if let Some(remembered) = self.options.remembered.filter(|r| r.height == number) {
            self.ledger.count(Check::V11, 1);
            if remembered.last_event != hash {
                self.ledger.fault(Check::V11, place, What::RememberedEventNotHere);
            }
            self.ledger.complete(Check::V11);
        }
        let value = if named_right {
            read_record(&record.body, Part::Event, place, &mut self.ledger)
        } else {
            crate::json::parse(&record.body).ok().map(|parsed| parsed.value)
        };
        let Some(value) = value else {
            return self.lose_event();
        };
        let Some(event) = parse_event(&value) else {
            if named_right {
                self.ledger.fault(Check::V4, place, What::Fields(Part::Event));
            }
            return self.lose_event();
        };
        // Spec V5.
        self.ledger.count(Check::V5, 1);
        let parent_fits = match (&event.parent, &parents) {
            (None, None) => true,
            (Some(parent), Some(known)) => known.contains(parent),
            _ => false,
        };
        if named_right && !parent_fits {
            self.ledger.fault(Check::V5, place, What::ParentDiffers);
        }
        if named_right && event.height != Some(number) {
            let expected = number;
            self.ledger.fault(Check::V5, place, What::HeightDiffers { expected });
        }
        // Spec V6, V44.
        self.ledger.count(Check::V6, 1);
        let Some(kind) = EventType::of(event.name) else {
            if !named_right {
                return self.lose_event();
            }
            if matches!(event.name, "Shuffle" | "EndShuffles") && self.archive.setup.is_none() {
                self.unsupported.get_or_insert(Unsupported::Shuffle);
            } else {
                self.ledger.fault(Check::V6, place, What::UnknownEvent);
            }
            return;
        };
        if kind == EventType::EncryptedTally {
            self.ledger.count(Check::V44, 1);
            if let Some(first) = self.first_tally {
                self.ledger.fault(Check::V44, place, What::SecondTally { first });
                return;
            }
            self.first_tally = Some(number);
        }
        let after_lost = std::mem::take(&mut self.lost);
        match step(self.last, kind) {
            Step::Next => {}
            _ if after_lost => {}
            Step::Early => self.ledger.fault(Check::V6, place, What::EventOutOfOrder),
            Step::Late => {
                self.ledger.fault(Check::V6, place, What::EventOutOfOrder);
                return;
            }
        }
        self.last = Some(kind);

        // Spec V7: exactly the event's own records stand before it, the payload last.
        let mut expected = kind.records();
        let has_certificate = kind == EventType::Setup && pending.last().is_some_and(names_certificate);
        if has_certificate {
            const WITH_CERTIFICATE: &[Part] = &[Part::Election, Part::Trustees, Part::Credentials, Part::Certificate, Part::SetupData];
            expected = WITH_CERTIFICATE;
        }
        self.ledger.count(Check::V7, expected.len() as u64 + 1);
        while pending.len() > expected.len() {
            let stray = pending.remove(0);
            let place = place.offset(stray.offset);
            self.ledger.fault(Check::V7, place, What::NotReferenced);
        }
        if pending.len() < expected.len() {
            let missing = expected[expected.len() - pending.len() - 1];
            self.ledger.fault(Check::V7, place, What::RecordMissing(missing));
            self.archive.ballots_complete &= kind != EventType::Ballot;
            return;
        }
        match (&event.payload, pending.last()) {
            (None, None) => {}
            (Some(payload), Some(last)) => {
                if kind == EventType::Ballot {
                    let record = pending.swap_remove(0);
                    self.job_bytes += record.body.len();
                    self.jobs.push(Job { event: number, offset: record.offset, named: record.named, payload: *payload, body: record.body });
                    if self.jobs.len() == BATCH_BALLOTS || self.job_bytes > BATCH_BYTES {
                        self.flush(strict);
                    }
                    return;
                }
                if last.named != *payload && sha256(&last.body) != *payload {
                    self.ledger.fault(Check::V7, place, What::PayloadDiffers);
                    return;
                }
            }
            _ => {
                self.ledger.fault(Check::V4, place, What::Fields(Part::Event));
                self.archive.ballots_complete &= kind != EventType::Ballot;
                return;
            }
        }
        self.flush(strict);
        // A record whose name is not its hash is as good as absent; what depends on it is not checked.
        let mut records = Vec::new();
        for record in pending {
            let place = place.offset(record.offset);
            let hash = self.actual_hash(&record, place);
            records.push(hash.map(|hash| (record, hash, place)));
        }
        match (kind, &records[..]) {
            (EventType::Setup, [election, trustees, credentials, data]) => {
                self.setup([election, trustees, credentials, data], None, strict);
            }
            (EventType::Setup, [election, trustees, credentials, certificate, data]) => {
                self.setup([election, trustees, credentials, data], Some(certificate), strict);
            }
            (EventType::EncryptedTally, [tally, sized]) => self.tally(tally, sized),
            (EventType::PartialDecryption, [share, owned]) => self.share(share, owned, place),
            (EventType::Result, [result]) => self.result(result),
            _ => {}
        }
    }

    /// An event that says nothing. The records before it are lost with it.
    fn lose_event(&mut self) {
        self.lost = true;
        self.archive.ballots_complete = false;
    }

    /// `certificate`: the record that other programs put between credentials and setup data, if there is one.
    fn setup(&mut self, records: [&Named; 4], certificate: Option<&Named>, strict: bool) {
        let [election, trustees, credentials, data] = records;
        if let Some((record, _, place)) = data {
            let named = [election, trustees, credentials].map(|r| r.as_ref().map(|(_, hash, _)| *hash));
            if !self.setup_data(&record.body, named, certificate.filter(|_| !strict), *place) {
                return;
            }
        }
        // No specification says what it should contain: its bytes are bound (V7), and the report says that nobody looked inside.
        if let Some(Some((record, _, place))) = certificate {
            read_record(&record.body, Part::Certificate, *place, &mut self.ledger);
            self.facts.credentials_certificate = true;
        }
        let Some((record, election_hash, election_place)) = election else {
            return;
        };
        self.facts.election_hash = Some(*election_hash);
        // Spec V25.
        if let Some(expected) = self.options.expected_election {
            self.ledger.count(Check::V25, 1);
            if expected != *election_hash {
                self.ledger.fault(Check::V25, *election_place, What::FingerprintDiffers);
            }
            self.ledger.complete(Check::V25);
        }
        let election = match read_election(&record.body, election_hash, *election_place, &mut self.ledger) {
            Ok(election) => election,
            Err(NoElection::Faulty) => return,
            Err(NoElection::Unsupported(what)) => {
                self.unsupported = Some(what);
                return;
            }
        };
        self.facts.uuid = Some(election.uuid.clone());
        self.facts.public_key = Some(election.key.encoded().as_str().to_owned());
        let (Some((trustees, trustees_hash, trustees_place)), Some((list, credentials_hash, list_place))) = (trustees, credentials) else {
            return;
        };
        let trustees = read_trustees(&trustees.body, Some(&election.key), *trustees_place, &mut self.ledger);
        if let Some(trustees) = &trustees {
            self.facts.trustees = trustees.all.iter().map(|t| fingerprint(&t.key)).collect();
        }
        self.facts.credentials_hash = Some(*credentials_hash);
        let credentials = read_credentials(&list.body, *list_place, self.options.threads, &mut self.ledger);
        self.facts.credentials = credentials.as_ref().map(|c| c.list.len() as u64);
        self.archive.running = credentials.as_ref().map(|credentials| RunningTally::new(&election.questions, credentials));
        // A wide table pays from some hundred ballots on; small elections get a small one. The widest takes 8 MB.
        let width = match self.facts.credentials {
            Some(0..64) | None => 5,
            Some(64..1000) => 8,
            Some(1000..10_000) => 10,
            Some(_) => 13,
        };
        self.archive.setup = Some(Setup {
            key_table: FixedBase::new(election.key.point(), width),
            election,
            election_hash: *election_hash,
            trustees,
            trustees_hash: *trustees_hash,
            credentials,
            credentials_hash: *credentials_hash,
        });
    }

    /// Spec V4, V7: the setup names the records before it. False if it does not: then they mean nothing.
    fn setup_data(&mut self, body: &[u8], named: [Option<Hash>; 3], certificate: Option<&Named>, place: Place) -> bool {
        let Some(value) = read_record(body, Part::SetupData, place, &mut self.ledger) else {
            return false;
        };
        let fields = value.fields(["election", "trustees", "credentials", "credentials_certificate?"]);
        // A record that stands there and setup data that name it, or neither.
        let stands = certificate.map(|record| record.as_ref().map(|(_, hash, _)| *hash));
        let hashes = fields.and_then(|[a, b, c, d]| {
            let stated = match (d, stands) {
                (Some(stated), Some(_)) => Some(hash_value(stated)?),
                (None, None) => None,
                _ => return None,
            };
            Some([Some(hash_value(a?)?), Some(hash_value(b?)?), Some(hash_value(c?)?), stated])
        });
        let Some(hashes) = hashes else {
            self.ledger.fault(Check::V4, place, What::Fields(Part::SetupData));
            return false;
        };
        let mut fits = true;
        let [a, b, c] = named;
        let parts = [Part::Election, Part::Trustees, Part::Credentials, Part::Certificate];
        for ((stated, named), part) in hashes.into_iter().zip([a, b, c, stands.flatten()]).zip(parts) {
            if named.is_some() && named != stated {
                self.ledger.fault(Check::V7, place, What::RecordMissing(part));
                fits = false;
            }
        }
        fits
    }

    /// Judges the ballots gathered so far.
    fn flush(&mut self, strict: bool) {
        let jobs = std::mem::take(&mut self.jobs);
        self.job_bytes = 0;
        if jobs.is_empty() {
            return;
        }
        let judge = self.archive.setup.as_ref().and_then(|setup| {
            Some(Judge { election: &setup.election, credentials: setup.credentials.as_ref()?, key_table: &setup.key_table, strict })
        });
        let known_to = self.options.remembered.map(|r| r.height);
        let judged = in_parallel(&jobs, self.options.threads, |job| {
            let hash = sha256(&job.body);
            let place = Place::default().offset(job.offset).event(job.event);
            let right = hash == job.named && hash == job.payload;
            let remembered = known_to.is_some_and(|height| job.event <= height);
            let judged = judge.as_ref().filter(|_| right).map(|judge| judge.check(&job.body, hash, place, remembered));
            (hash, judged)
        });
        for (job, (hash, judged)) in jobs.iter().zip(judged) {
            self.facts.ballots += 1;
            self.ledger.count(Check::V2, 1);
            let place = Place::default().offset(job.offset).event(job.event);
            if hash != job.named {
                self.ledger.fault(Check::V2, place, What::NameIsNotHash { actual: hash });
            }
            if job.payload != hash && job.payload != job.named {
                self.ledger.fault(Check::V7, place, What::PayloadDiffers);
            }
            if known_to.is_some_and(|height| job.event <= height) {
                self.facts.remembered_ballots += 1;
            }
            match judged {
                Some(judged) => self.merge(judged, job.event),
                None => self.archive.ballots_complete = false,
            }
        }
    }

    fn merge(&mut self, judged: Judged, event: u64) {
        for (check, more) in judged.counts {
            self.ledger.count(check, more);
        }
        for fault in judged.faults {
            self.ledger.enter(fault);
        }
        for warning in judged.warnings {
            self.ledger.warn(warning);
        }
        self.payloads.push((judged.hash, event));
        let found = self.options.trackers.iter().position(|tracker| *tracker == judged.hash);
        let credential = judged.checked.as_ref().map(|ballot| ballot.credential);
        if let Some(i) = found {
            self.tracked[i] = Some((event, credential));
        }
        let credentials = self.archive.setup.as_ref().and_then(|s| s.credentials.as_ref());
        let (Some(ballot), Some(running), Some(credentials)) = (judged.checked, &mut self.archive.running, credentials) else {
            self.archive.ballots_complete = false;
            return;
        };
        for choice in ballot.answers.iter().flatten() {
            let mut key = [0; 16];
            key.copy_from_slice(&choice.alpha.bytes()[..16]);
            self.ciphertexts.push((key, event as u32));
        }
        running.add(&ballot, event, credentials);
    }

    /// Spec V36: no ballot record twice, no ciphertext twice.
    fn find_repetitions(&mut self) {
        self.ledger.count(Check::V36, self.payloads.len() as u64);
        self.payloads.sort_unstable();
        let mut repeated = std::collections::BTreeSet::new();
        for pair in self.payloads.windows(2) {
            if pair[0].0 == pair[1].0 {
                let place = Place::default().ballot(pair[1].0).event(pair[1].1);
                self.ledger.fault(Check::V36, place, What::BallotRepeated { first: pair[0].1 });
                repeated.insert(pair[1].1);
            }
        }
        self.ciphertexts.sort_unstable();
        for pair in self.ciphertexts.windows(2) {
            let event = u64::from(pair[1].1);
            if pair[0].0 == pair[1].0 && !repeated.contains(&event) {
                let place = Place::default().event(event);
                let first = u64::from(pair[0].1);
                self.ledger.fault(Check::V36, place, What::CiphertextRepeated { first });
            }
        }
    }

    fn tally(&mut self, tally: &Option<(Record, Hash, Place)>, sized: &Option<(Record, Hash, Place)>) {
        let Some(setup) = &self.archive.setup else {
            return;
        };
        if let Some((record, _, place)) = sized {
            self.sized = read_sized_tally(&record.body, *place, &mut self.ledger);
            let differs = |sized: &SizedTally| tally.as_ref().is_some_and(|(_, hash, _)| *hash != sized.tally_hash);
            if self.sized.as_ref().is_some_and(differs) {
                self.ledger.fault(Check::V7, *place, What::TallyHashDiffers);
                self.sized = None;
            }
        }
        let questions = &setup.election.questions;
        if let Some((record, hash, place)) = tally {
            self.archive.recorded = read_tally(&record.body, *hash, questions, *place, &mut self.ledger);
        }
        let complete = self.archive.ballots_complete;
        let blocked = self.ledger.first_failed(&BALLOT_CHECKS).or(self.ledger.first_failed_of_all()).unwrap_or(Check::V7);
        match (&self.archive.running, complete) {
            (Some(running), true) => {
                if let (Some(sized), Some((_, _, place))) = (&self.sized, sized) {
                    check_counts(sized, running, *place, &mut self.ledger);
                }
                if let (Some(recorded), Some((_, _, place))) = (&self.archive.recorded, tally) {
                    compare_tally(recorded, &running.finish(), *place, &mut self.ledger);
                }
            }
            _ => {
                for check in [Check::V40, Check::V43] {
                    self.ledger.skip(check, Reason::After(blocked));
                }
            }
        }
    }

    fn share(&mut self, share: &Option<(Record, Hash, Place)>, owned: &Option<(Record, Hash, Place)>, place: Place) {
        self.archive.share_events += 1;
        let Some((owned, _, owned_place)) = owned else {
            return;
        };
        let Some((owner, payload)) = read_owned(&owned.body, *owned_place, &mut self.ledger) else {
            return;
        };
        let Some((share, hash, share_place)) = share else {
            return;
        };
        if payload != *hash {
            self.ledger.fault(Check::V7, *owned_place, What::RecordMissing(Part::Share));
            return;
        }
        let Some(setup) = &self.archive.setup else {
            return;
        };
        let Some(trustees) = &setup.trustees else {
            return;
        };
        // Spec V45.
        self.ledger.count(Check::V45, 1);
        if owner == 0 || owner as usize > trustees.all.len() {
            self.ledger.fault(Check::V45, place.trustee(owner), What::UnknownTrustee);
            return;
        }
        if let Some(first) = self.archive.shares.iter().position(|s| s.owner == owner) {
            let first = first as u64;
            self.ledger.fault(Check::V45, place.trustee(owner), What::SecondShare { first });
            return;
        }
        let read = read_share(
            &share.body,
            *hash,
            owner,
            &setup.election.fingerprint,
            &setup.election.questions,
            trustees,
            self.archive.recorded.as_ref(),
            *share_place,
            &mut self.ledger,
        );
        self.archive.shares.extend(read);
    }

    fn result(&mut self, result: &Option<(Record, Hash, Place)>) {
        self.archive.finished = true;
        let Some(setup) = &self.archive.setup else {
            return;
        };
        let Some((record, hash, place)) = result else {
            return;
        };
        self.archive.result_hash = Some(*hash);
        let questions = &setup.election.questions;
        let Some(counts) = read_result(&record.body, questions, *place, &mut self.ledger) else {
            return;
        };
        self.facts.result = Some(counts.clone());
        // The bounds follow from the weights of the counted ballots, so those must be known first.
        let on_counts = [&BALLOT_CHECKS[..], &[Check::V40, Check::V43]].concat();
        match (&self.archive.running, self.ledger.first_failed(&on_counts)) {
            (Some(running), None) if self.archive.ballots_complete => {
                check_bounds(&counts, questions, running.total_weight(), *place, &mut self.ledger);
            }
            (_, failed) => {
                for check in [Check::V49, Check::V50] {
                    self.ledger.skip(check, Reason::After(failed.unwrap_or(Check::V7)));
                }
            }
        }
        let on_decryption = [Check::V18, Check::V19, Check::V23, Check::V24, Check::V45, Check::V49, Check::V50];
        let failed = self.ledger.first_failed(&on_decryption).or((self.archive.share_events == 0).then_some(Check::V6));
        match (failed, &self.archive.recorded, &setup.trustees) {
            (None, Some(tally), Some(trustees)) => {
                check_decryption(tally, trustees, &self.archive.shares, &counts, *place, &mut self.ledger);
            }
            (failed, _, _) => {
                let after = failed.or(self.ledger.first_failed_of_all()).unwrap_or(Check::V7);
                for check in [Check::V47, Check::V48, Check::V61] {
                    self.ledger.skip(check, Reason::After(after));
                }
            }
        }
        self.archive.counts = Some(counts);
    }

    fn finish(&mut self, whole_file: bool) {
        for record in std::mem::take(&mut self.pending) {
            let place = Place::default().offset(record.offset);
            let hash = self.actual_hash(&record, place);
            // Bytes under a wrong name are one fault, not two.
            if hash.is_some() && whole_file {
                self.ledger.fault(Check::V7, place, What::NotReferenced);
            }
        }
        self.find_repetitions();
        self.facts.counted = self.archive.running.as_ref().map_or(0, RunningTally::counted);
        // Spec V11.
        if let Some(remembered) = self.options.remembered {
            if remembered.height >= self.events && whole_file {
                let place = Place::default().event(remembered.height);
                self.ledger.fault(Check::V11, place, What::RememberedEventNotHere);
            }
            if self.ledger.has_failed(Check::V11) {
                for check in [Check::V29, Check::V31, Check::V33, Check::V34, Check::V35] {
                    self.ledger.skip(check, Reason::After(Check::V11));
                }
            }
        }
        // Spec V39.
        for (i, tracker) in self.options.trackers.iter().enumerate() {
            self.ledger.count(Check::V39, 1);
            let place = Place::default().ballot(*tracker);
            match (self.tracked[i], &self.archive.running) {
                (None, _) => self.ledger.fault(Check::V39, place, What::TrackerNotFound),
                (Some((event, Some(credential))), Some(running)) if running.counts(credential, event) => {}
                (Some((event, _)), _) => {
                    self.ledger.fault(Check::V39, place.event(event), What::TrackerNotCounted);
                }
            }
            self.ledger.complete(Check::V39);
        }
        if !whole_file {
            return;
        }
        for check in [Check::V2, Check::V3, Check::V4, Check::V5, Check::V7] {
            self.ledger.complete(check);
        }
        if self.archive.setup.is_some() {
            for check in [Check::V31, Check::V32] {
                self.ledger.complete(check);
            }
        }
        if self.last >= Some(EventType::EndBallots) && self.archive.running.is_some() {
            for check in BALLOT_CHECKS {
                self.ledger.complete(check);
            }
        }
        if self.first_tally.is_some() {
            self.ledger.complete(Check::V44);
        }
        if self.archive.finished {
            self.ledger.complete(Check::V6);
            if self.archive.recorded.is_some() {
                self.ledger.complete(Check::V45);
                self.ledger.complete(Check::V46);
            }
        }
    }
}

/// The checks of single ballots.
const BALLOT_CHECKS: [Check; 10] =
    [Check::V27, Check::V28, Check::V29, Check::V30, Check::V31, Check::V32, Check::V33, Check::V34, Check::V35, Check::V36];

/// Spec V40.
fn check_counts(sized: &SizedTally, running: &RunningTally, place: Place, ledger: &mut Ledger) {
    ledger.count(Check::V40, 2);
    let (recorded, computed) = (u128::from(sized.counted), u128::from(running.counted()));
    if recorded != computed {
        ledger.fault(Check::V40, place, What::CountDiffers { recorded, computed });
    }
    let (recorded, computed) = (sized.total_weight, running.total_weight());
    if recorded != computed {
        ledger.fault(Check::V40, place, What::WeightDiffers { recorded, computed });
    }
    ledger.complete(Check::V40);
}

/// Whether setup data name a certificate of the credentials, as some programs write.
fn names_certificate(record: &Record) -> bool {
    crate::json::parse(&record.body).is_ok_and(|parsed| parsed.value.field("credentials_certificate").is_some())
}

fn parse_event<'v>(value: &'v Value<'_>) -> Option<Event<'v>> {
    let [parent, height, name, payload] = value.fields(["parent?", "height", "type", "payload?"])?;
    let optional = |field: Option<&Value<'_>>| match field {
        None => Some(None),
        Some(value) => hash_value(value).map(Some),
    };
    Some(Event { parent: optional(parent)?, height: Some(u64::from(height?.small()?)), name: name?.string()?, payload: optional(payload)? })
}
