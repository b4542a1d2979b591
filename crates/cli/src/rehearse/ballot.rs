//! The ballot of each unit: credentials, archive and companion, votes on the web and on paper, count, verification.
//!
//! It streams: one unit at a time, its ballots made by all cores and appended in order, so memory does not grow with the poll. A unit
//! is made beside its place and moved there when it is whole, its record last; what is recorded is not made again.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Instant;

use dispute::{Poll, PollKind};
use serde_json::{Value, json};
use vote::archive::{EventKind, SetupRecords, Tail};
use vote::companion::{Body, Chain, Figures, Revote};
use vote::trustee::TrusteeNumber;
use vote::trustee::decrypt;
use vote::{
    Ballot, Choice, Credential, Draft, Election, Hash, People, PublicCredentials, Question, Randomness, Seeded, Tally, Uuid, make_ballot,
};

use super::Failure;
use super::keys::Keys;
use super::people::Members;
use super::stages::{WORKING, Work, read_json, remove, write};
use super::units::{Behaviour, Days, Paper, Unit, questions};
use crate::judge;

/// Voters a worker takes at a time.
const CHUNK: usize = 64;

/// Where the letters with the secret credentials are.
const LETTERS: &str = "letters";

/// What came of a unit.
pub(super) struct Counted {
    pub(super) unit: String,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) uuid: String,
    /// SHA-256 of the election record, which every ballot and every line of the companion names.
    pub(super) election: String,
    pub(super) entitled: u64,
    pub(super) ballots: u64,
    pub(super) voted: u64,
    pub(super) paper: u64,
    /// Papers that cannot be counted.
    pub(super) spoiled: u64,
    /// Votes on the web by question and answer.
    pub(super) counts: Vec<Vec<u64>>,
    /// Votes on paper by question and answer.
    pub(super) paper_counts: Vec<Vec<u64>>,
    pub(super) verdict: String,
    pub(super) faults: Vec<String>,
}

impl Counted {
    /// Votes on the web and on paper for an answer.
    pub(super) fn votes(&self, question: usize, answer: usize) -> u64 {
        let of = |counts: &[Vec<u64>]| counts.get(question).and_then(|counts| counts.get(answer)).copied().unwrap_or_default();
        of(&self.counts) + of(&self.paper_counts)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "unit": self.unit, "name": self.name, "synthetic": true, "entitled": self.entitled, "ballots": self.ballots,
            "voted": self.voted, "paper": self.paper, "result": self.counts, "archive": self.file,
            "uuid": self.uuid, "verdict": self.verdict, "election": self.election, "paper_result": self.paper_counts,
            "spoiled": self.spoiled, "faults": self.faults,
        })
    }

    pub(super) fn read(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| value[key].as_u64().unwrap_or_default();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let counts = |key: &str| {
            list(&value[key]).iter().map(|counts| list(counts).iter().filter_map(Value::as_u64).collect::<Vec<u64>>()).collect()
        };
        Self {
            unit: text("unit"),
            name: text("name"),
            file: text("archive"),
            uuid: text("uuid"),
            election: text("election"),
            entitled: number("entitled"),
            ballots: number("ballots"),
            voted: number("voted"),
            paper: number("paper"),
            spoiled: number("spoiled"),
            counts: counts("result"),
            paper_counts: counts("paper_result"),
            verdict: text("verdict"),
            faults: list(&value["faults"]).iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

/// The record of a unit that is whole.
fn record(unit: &Unit) -> PathBuf {
    Path::new(WORKING).join("units").join(format!("{}.json", unit.id))
}

/// What was counted in each unit.
pub(super) fn counted(units: &[Unit]) -> Result<Vec<Counted>, Failure> {
    units.iter().map(|unit| Ok(Counted::read(&read_json(&record(unit))?))).collect()
}

/// What all units of the ballot have in common.
pub(super) struct Ballots<'a> {
    pub(super) poll: &'a Poll,
    pub(super) days: Days,
    pub(super) seed: &'a str,
    pub(super) members: &'a Members,
}

impl Ballots<'_> {
    /// Makes all units that are not there yet, and says how many were.
    pub(super) fn make(&self, units: &[Unit], work: &mut Work<'_>) -> Result<usize, Failure> {
        let questions = questions(self.poll)?;
        let missing: Vec<&Unit> = units.iter().filter(|unit| !record(unit).is_file()).collect();
        let were_there = units.len() - missing.len();
        if missing.is_empty() {
            return Ok(were_there);
        }
        if were_there > 0 {
            complain!("  {were_there} of {} units are whole from an earlier run", units.len());
        }
        let started = Instant::now();
        let keys = Keys::make(&format!("{}/{}", self.seed, self.poll.id))?;
        work.times.part("key ceremony", started.elapsed());
        let voters: u64 = missing.iter().map(|unit| unit.voters).sum();
        let mut done = 0;
        for (number, unit) in (1..).zip(&missing) {
            let made = self.unit(unit, &questions, &keys, work)?;
            write(&record(unit), format!("{:#}\n", made.json()).as_bytes())?;
            done += unit.voters;
            let line = format!("unit {} of {}, {done} of {voters} voters: {}", were_there + number, units.len(), unit.name);
            work.progress.say(&line, number == missing.len());
        }
        Ok(were_there)
    }

    /// One unit from setup to verdict.
    fn unit(&self, unit: &Unit, questions: &[Question], keys: &Keys, work: &mut Work<'_>) -> Result<Counted, Failure> {
        let poll = self.poll;
        let seed = format!("{}/{}/{}", self.seed, poll.id, unit.id);
        let mut source = Seeded::new(seed.as_bytes());
        let random = &mut Randomness::new(&mut source);
        let voters = unit.voters as usize;

        let folder = Path::new(WORKING).join("unit");
        remove(&folder)?;
        std::fs::create_dir_all(&folder)?;

        // Setup: the credentials and their letters, the election, the opening of archive and companion.
        let started = Instant::now();
        let members = self.members.of(&unit.id);
        if members.len() != voters {
            return Err(format!("the roll has {} members of {}, and {voters} were made", members.len(), unit.id).into());
        }
        let uuid = Uuid::random(random)?;
        let credential = |voter: usize| -> Result<Credential, Failure> {
            let mut source = Seeded::new(format!("{seed}/credential/{voter}").as_bytes());
            Ok(Credential::random(&mut Randomness::new(&mut source))?)
        };
        let mut listed = Vec::with_capacity(voters);
        let letters = format!("{}.letters.csv", unit.id);
        let mut letter = csv::Writer::from_path(folder.join(&letters))?;
        letter.write_record(["unit", "member", "credential", "synthetic"])?;
        in_order(
            voters,
            |voter| {
                let credential = credential(voter)?;
                Ok((*credential.key(&uuid).encoded(), credential))
            },
            |voter, (encoded, credential)| {
                letter.write_record([&unit.id, &members[voter], credential.expose(), "yes"])?;
                listed.push(encoded);
                Ok(())
            },
        )?;
        letter.flush()?;
        drop(letter);
        let credentials = PublicCredentials::new(listed)?;
        let revote = if poll.kind == PollKind::Statutory { Revote::One } else { Revote::Last };
        let draft = Draft {
            uuid: &uuid,
            name: &format!("REHEARSAL (synthetic): {}: {}", poll.title, unit.name),
            description: "Everybody in this election is invented.",
            questions,
            people: &People::default(),
        };
        let election = Election::new(&draft, keys.trustees.key())?;
        let list = credentials.record();
        let setup = SetupRecords { election: election.record(), trustees: keys.trustees.record(), credentials: &list };
        let (mut tail, bytes) = Tail::begin(midnight(self.days), &setup)?;
        let file_name = format!("{uuid}.bel");
        let mut archive = BufWriter::with_capacity(1 << 20, File::create(folder.join(&file_name))?);
        archive.write_all(&bytes)?;
        let mut chain = Chain::default();
        let mut companion = keys.open_companion(&mut chain, (&election, &credentials), unit, &self.members.roll, revote, self.days);
        drop(list);
        work.times.part("credentials, letters, setup", started.elapsed());

        // Casting. Some vote on paper (their credential is voided), some not at all; where it is allowed, some vote twice.
        let started = Instant::now();
        let mut tally = Tally::new(questions, &credentials);
        let (mut ballots, mut voided, mut spoiled) = (0, 0, 0);
        let mut expected = vec![vec![0_u64; 2]; questions.len()];
        let mut paper_counts = expected.clone();
        let behaviour = |voter: usize| unit.behaviour(&seed, voter as u64, questions.len(), revote);
        let cast = |voter: usize| -> Result<(Behaviour, Vec<Ballot>, Credential), Failure> {
            let behaviour = behaviour(voter);
            let credential = credential(voter)?;
            let mut made = Vec::new();
            if !behaviour.casts.is_empty() {
                let key = credential.key(&uuid);
                let mut source = Seeded::new(format!("{seed}/ballot/{voter}").as_bytes());
                let random = &mut Randomness::new(&mut source);
                for votes in &behaviour.casts {
                    let choices: Result<Vec<Choice>, _> =
                        questions.iter().zip(votes).map(|(question, answer)| Choice::answers(question, &[*answer])).collect();
                    made.push(make_ballot(&election, &key, &choices?, random)?);
                }
            }
            Ok((behaviour, made, credential))
        };
        in_order(voters, cast, |voter, (behaviour, made, credential)| {
            work.progress.say(&format!("{}: {voter} of {voters} voters", unit.name), false);
            if let Some(paper) = &behaviour.paper {
                match paper {
                    Paper::Spoiled => spoiled += 1,
                    Paper::Answers(answers) => count(&mut paper_counts, answers),
                }
                voided += 1;
                let body = Body::void(&election.hash(), credential.key(&uuid).encoded(), &format!("{voided:06}"));
                companion.push_str(&chain.append(&body, &keys.both(&body)));
            }
            for ballot in &made {
                archive.write_all(&tail.append(EventKind::Ballot, &[ballot.payload()])?)?;
                tally.add(ballot)?;
                ballots += 1;
            }
            if let Some(votes) = behaviour.casts.last() {
                count(&mut expected, votes);
            }
            Ok(())
        })?;
        work.times.part("ballots made and appended", started.elapsed());

        let started = Instant::now();
        let tally = tally.close();
        archive.write_all(&tail.append(EventKind::EndBallots, &[])?)?;
        archive.write_all(&tail.append(EventKind::EncryptedTally, &[tally.record(), &tally.sized_record()])?)?;
        work.times.part("close and tally", started.elapsed());

        // Two of the three trustees count; which two changes from unit to unit.
        let started = Instant::now();
        let missing = (Hash::of(&seed).0[0] % 3) as usize;
        let mut decryptions = Vec::new();
        for (at, secret) in keys.secrets.iter().enumerate().filter(|(at, _)| *at != missing) {
            let trustee = TrusteeNumber(at as u32 + 1);
            let decryption = decrypt::decrypt(&election, &tally, secret, random)?;
            let record = decryption.record();
            let owned = format!("{{\"owner\":{trustee},\"payload\":\"{}\"}}", Hash::of(&record));
            archive.write_all(&tail.append(EventKind::PartialDecryption, &[&record, &owned])?)?;
            let body = Body::share(&election.hash(), trustee, &tally.hash(), &Hash::of(&record), &decryption.sound_proofs());
            companion.push_str(&chain.append(&body, &[keys.holders[at].sign(&body)]));
            decryptions.push((trustee, decryption));
        }
        let present: Vec<_> = decryptions.iter().map(|(trustee, decryption)| (*trustee, decryption)).collect();
        let result = vote::tally::result(&election, &keys.trustees, &tally, &present)?;
        archive.write_all(&tail.append(EventKind::Result, &[&result.record()])?)?;
        archive.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        let (Some(lines), Some(last_event)) = (chain.last(), tail.last_event()) else { return Err("nothing was written".into()) };
        let body = Body::result(&Figures { election: election.hash(), lines, ballots, tally: &tally, voided, result: &result, last_event });
        companion.push_str(&chain.append(&body, &keys.both(&body)));
        let companion_name = format!("{uuid}.companion.jsonl");
        std::fs::write(folder.join(&companion_name), companion)?;
        work.times.part("shares and result", started.elapsed());
        let counts: Vec<Vec<u64>> =
            result.counts.iter().map(|counts| counts.iter().map(|count| u64::try_from(*count).unwrap_or(u64::MAX)).collect()).collect();
        if counts != expected {
            return Err(format!("unit {}: the count {counts:?} is not what was cast, {expected:?}", unit.name).into());
        }

        let started = Instant::now();
        let verdict = judge::judge(&folder.join(&file_name), Some(&folder.join(&companion_name)));
        work.times.part("verification", started.elapsed());
        std::fs::create_dir_all(LETTERS)?;
        for (name, place) in [
            (&letters, Path::new(LETTERS).join(&letters)),
            (&companion_name, PathBuf::from(&companion_name)),
            (&file_name, PathBuf::from(&file_name)),
        ] {
            std::fs::rename(folder.join(name), place)?;
        }
        Ok(Counted {
            unit: unit.id.clone(),
            name: unit.name.clone(),
            file: file_name,
            uuid: uuid.to_string(),
            election: election.hash().hex(),
            entitled: unit.voters,
            ballots,
            voted: tally.number(),
            paper: voided,
            spoiled,
            counts,
            paper_counts,
            verdict: verdict.word.to_owned(),
            faults: verdict.faults,
        })
    }
}

/// Adds the answers of one member.
fn count(counts: &mut [Vec<u64>], answers: &[usize]) {
    for (counts, answer) in counts.iter_mut().zip(answers) {
        counts[*answer] += 1;
    }
}

/// The time in the archives' headers, in seconds since 1970: the day voting opens, at midnight.
fn midnight(days: Days) -> u64 {
    let since = law::days_between(dated::Date::constant(1970, 1, 1), days.opens_on);
    u64::try_from(since).unwrap_or_default() * 86_400
}

/// Makes things on all cores and takes them in order. Workers take chunks in turn and are never far ahead.
fn in_order<T: Send>(
    number: usize,
    make: impl Fn(usize) -> Result<T, Failure> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(number.div_ceil(CHUNK)).max(1);
    let chunks = number.div_ceil(CHUNK);
    if workers == 1 {
        return (0..number).try_for_each(|at| take(at, make(at)?));
    }
    std::thread::scope(|scope| {
        let mut lanes = Vec::new();
        for worker in 0..workers {
            let (sender, receiver) = mpsc::sync_channel::<Result<Vec<T>, Failure>>(4);
            let make = &make;
            scope.spawn(move || {
                for chunk in (worker..chunks).step_by(workers) {
                    let made = (chunk * CHUNK..number.min((chunk + 1) * CHUNK)).map(make).collect();
                    // The reader is gone when it met a failure: nothing more is wanted.
                    if sender.send(made).is_err() {
                        return;
                    }
                }
            });
            lanes.push(receiver);
        }
        for chunk in 0..chunks {
            let made = lanes[chunk % workers].recv().map_err(|_| "a worker stopped")??;
            for (offset, item) in made.into_iter().enumerate() {
                take(chunk * CHUNK + offset, item)?;
            }
        }
        Ok(())
    })
}
