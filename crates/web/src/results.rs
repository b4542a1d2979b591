//! Results: what officer and scrutineer signed, whether it verifies, and what the law of the day says of it.
//!
//! The figures are those of the companion's last line, which both signed; the verdict on them comes from `verify`, which reads the
//! whole archive again on a thread of its own, one election at a time. Both are kept: a counted election never changes.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use law::{Agreements, Figures, Judgment, PollFacts, Rulebook, UnitResult, judge_result, law_of_the_day};
use serde_json::Value;
use store::{Chunks, ElectionState, StoreError};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use verify::Verdict;

use crate::clock::Instant;
use crate::elections::{Election, Question};
use crate::files::About;
use crate::problem::Problem;
use crate::service::Service;

/// Reads results, verifies them, and keeps both.
pub struct Results {
    rules: Rulebook,
    counts: Mutex<HashMap<String, Arc<Counts>>>,
    verdicts: Mutex<HashMap<String, Verification>>,
    turn: Arc<Semaphore>,
}

/// What was signed as the result of an election.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Credentials whose ballot was counted.
    pub counted: u64,
    /// Credentials voided for an accepted paper vote.
    pub voided: u64,
    /// Per question, per choice; where a question may be left blank, blank comes first.
    pub counts: Vec<Vec<u64>>,
    /// The units counted together here.
    pub merged: Vec<String>,
    /// Fewest entitled without a warning.
    pub minimum: u64,
}

/// What `verify` said of an archive.
#[derive(Clone, Debug)]
pub enum Verification {
    /// It is at work.
    Running,
    /// Its verdict, and its faults in words.
    Done(Verdict, Vec<String>),
    /// It could not read the archive.
    Failed(String),
}

impl Results {
    pub(crate) fn read_rules() -> Result<Self, String> {
        let rules = Rulebook::built_in().map_err(|faults| format!("the rules of law have {} faults", faults.len()))?;
        Ok(Self { rules, counts: Mutex::default(), verdicts: Mutex::default(), turn: Arc::new(Semaphore::new(1)) })
    }

    /// The rules of law.
    pub(crate) fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// The signed figures of a counted election; none before.
    ///
    /// # Errors
    /// The store failed.
    pub async fn counts(&self, service: &Service, election: &Election) -> Result<Option<Arc<Counts>>, Problem> {
        if election.state(service.clock.now()) != ElectionState::Counted {
            return Ok(None);
        }
        if let Some(counts) = self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(&election.uuid) {
            return Ok(Some(Arc::clone(counts)));
        }
        let companion = service.store.stream_companion(&election.uuid).await?.collect().await?;
        let counts = Counts::read(&companion).ok_or_else(|| Problem::ours(&format!("the companion of {} has no result", election.uuid)))?;
        let counts = Arc::new(counts);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).insert(election.uuid.clone(), Arc::clone(&counts));
        Ok(Some(counts))
    }

    /// The verdict of `verify` on a counted election. The first who asks starts it.
    pub fn verification(&self, service: &Service, election: &Election) -> Verification {
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = verdicts.get(&election.uuid) {
            return known.clone();
        }
        verdicts.insert(election.uuid.clone(), Verification::Running);
        let (service, uuid, turn) = (service.clone(), election.uuid.clone(), Arc::clone(&self.turn));
        tokio::spawn(async move {
            let _turn = turn.acquire_owned().await;
            let found = match verify_stored(&service, &uuid).await {
                Ok(report) => Verification::Done(report.verdict, faults(&report)),
                Err(error) => Verification::Failed(error.to_string()),
            };
            service.results.verdicts.lock().unwrap_or_else(PoisonError::into_inner).insert(uuid, found);
        });
        Verification::Running
    }

    /// What the rules say of themselves: that they are no legal advice.
    pub(crate) fn disclaimer(&self) -> &str {
        self.rules.not_legal_advice()
    }

    /// Keeps the verdict of a run on exactly what was published then.
    pub(crate) fn remember(&self, uuid: &str, verification: Verification) {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).insert(uuid.to_owned(), verification);
    }

    /// What the law says of one question of a unit, if it was said which law; `None` if it was not, or the days are not covered.
    pub fn judge(&self, about: &About, election: &Election, counts: &Counts, at: usize) -> Option<Judgment<'_>> {
        let jurisdiction = about.jurisdiction.filter(|_| about.kind.as_deref() != Some("consultative"))?;
        let (yes, no, blank) = yes_and_no(election.fixed.questions.get(at)?, counts.counts.get(at)?)?;
        let poll = PollFacts {
            opened_on: day(election.opens_at),
            closed_on: day(election.closes_at),
            jurisdiction,
            important_public_service: about.important_public_service.contains(&election.unit),
            wales_devolved: about.wales_devolved.contains(&election.unit),
        };
        let figures = Figures {
            unit: election.name.clone(),
            question: election.fixed.questions.get(at)?.text.clone(),
            poll,
            entitled: Some(election.entitled),
            yes,
            no: Some(no),
            // A ballot that is not well formed is never accepted, so none is spoiled.
            spoiled: Some(0),
            blank: Some(blank),
            returned: Some(counts.counted),
            valid: None,
        };
        let result = UnitResult::check(figures).ok()?;
        let law = law_of_the_day(&self.rules, poll, Agreements::default()).ok()?;
        Some(judge_result(&result, &law))
    }
}

fn day(instant: Instant) -> Date {
    instant.in_london().date()
}

/// Yes, No and blank of a question whose two answers are Yes and No, in English or Welsh.
pub(crate) fn yes_and_no(question: &Question, counts: &[u64]) -> Option<(u64, u64, u64)> {
    let (blank, counts) = if question.blank { (*counts.first()?, counts.get(1..)?) } else { (0, counts) };
    let at = |words: [&str; 2]| question.answers.iter().position(|answer| words.iter().any(|word| answer.eq_ignore_ascii_case(word)));
    let (yes, no) = (at(["yes", "ie"])?, at(["no", "na"])?);
    if question.answers.len() != 2 {
        return None;
    }
    Some((*counts.get(yes)?, *counts.get(no)?, blank))
}

impl Counts {
    /// From a companion's first and last line.
    fn read(companion: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(companion).ok()?;
        let setup: Value = serde_json::from_str(text.lines().next()?).ok()?;
        let last: Value = serde_json::from_str(text.lines().last()?).ok()?;
        let body = last.get("body").filter(|_| last.get("type").and_then(Value::as_str) == Some("result"))?;
        // The archive's counts are numbers, or texts when they are large.
        let count = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let counts =
            body.get("counts")?.as_array()?.iter().map(|row| row.as_array()?.iter().map(count).collect()).collect::<Option<_>>()?;
        let merge = setup.get("body")?.get("merge")?;
        let merged = merge.get("units")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Some(Self {
            counted: count(body.get("counted")?)?,
            voided: count(body.get("voided")?)?,
            counts,
            merged,
            minimum: count(merge.get("minimum")?)?,
        })
    }
}

/// The first faults of a report in words; none if it passed.
pub fn faults(report: &verify::Report) -> Vec<String> {
    let faults = report
        .checks
        .iter()
        .flat_map(|check| check.faults.iter().map(move |fault| format!("{}: {}", check.check.id(), verify::output::fault_text(fault))));
    let mut faults: Vec<String> = faults.take(50).collect();
    if faults.is_empty() && report.verdict != Verdict::Passed {
        faults.push(verify::output::summary(report));
    }
    faults
}

/// Judges what the store has of an election.
///
/// # Errors
/// The store failed.
pub async fn verify_stored(service: &Service, uuid: &str) -> Result<verify::Report, StoreError> {
    verify_with(service, uuid, Vec::new(), Vec::new()).await
}

/// Judges what the store would have of an election if these bytes were appended to its archive and its companion.
///
/// # Errors
/// The store failed.
pub async fn verify_with(service: &Service, uuid: &str, archive: Vec<u8>, companion: Vec<u8>) -> Result<verify::Report, StoreError> {
    let archive = Chunked::new(service.store.stream_archive(uuid).await?).chain(Cursor::new(archive));
    let companion = Chunked::new(service.store.stream_companion(uuid).await?).chain(Cursor::new(companion));
    let threads = service.config.limits.judges;
    let judged = tokio::task::spawn_blocking(move || {
        let options = verify::Options { threads, strict: true, ..verify::Options::default() };
        verify::judge(BufReader::with_capacity(1 << 20, archive), Some(BufReader::new(companion)), &options)
    });
    judged.await.map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// A store's chunks as a reader, for a blocking thread.
struct Chunked {
    chunks: Chunks,
    runtime: Handle,
    rest: Vec<u8>,
    at: usize,
}

impl Chunked {
    fn new(chunks: Chunks) -> Self {
        Self { chunks, runtime: Handle::current(), rest: Vec::new(), at: 0 }
    }
}

impl Read for Chunked {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.rest.len() {
            match self.runtime.block_on(self.chunks.next()) {
                None => return Ok(0),
                Some(Ok(chunk)) => (self.rest, self.at) = (chunk, 0),
                Some(Err(error)) => return Err(std::io::Error::other(error.to_string())),
            }
        }
        let number = buffer.len().min(self.rest.len() - self.at);
        buffer[..number].copy_from_slice(&self.rest[self.at..self.at + number]);
        self.at += number;
        Ok(number)
    }
}
