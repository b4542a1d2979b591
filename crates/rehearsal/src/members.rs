//! The invented members: their codes from the letters, and a ballot of each, made before anything is measured.

use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::body::Bytes;
use serde_json::Value;
use vote::{Choice, Credential, Election, Hash, Randomness, Seeded, Uuid};

use crate::client::Connection;
use crate::{Done, said};

/// One unit's election.
pub struct Unit {
    /// Its name in the plan.
    pub id: String,
    /// Its election.
    pub uuid: String,
    /// The election record.
    pub record: Vec<u8>,
}

/// A ballot that is ready to be sent.
#[derive(Clone)]
pub struct Ballot {
    /// Which of the units.
    pub unit: usize,
    /// Its bytes.
    pub bytes: Bytes,
    /// What the receipt must name.
    pub tracker: String,
}

/// Members of all units.
pub struct Members {
    /// The units in the plan's order.
    pub units: Vec<Unit>,
    /// One ballot of each member, the units mixed.
    pub ballots: Vec<Ballot>,
}

impl Members {
    /// Reads the elections from the service and the codes from its letters, and makes the ballots, or takes them from `cache` if the
    /// same election had them made before.
    ///
    /// # Errors
    /// The service does not answer, or a file cannot be read.
    pub async fn of(connection: &mut Connection, folder: &Path, cache: &Path, most: usize) -> Done<Self> {
        let poll: Value = serde_json::from_slice(&connection.get("/poll/files/poll.json").await?).map_err(said("poll.json"))?;
        let mut units = Vec::new();
        for unit in poll["unit"].as_array().ok_or("poll.json has no units")? {
            let text = |name: &str| unit[name].as_str().map(str::to_owned).ok_or_else(|| format!("a unit of poll.json has no {name}"));
            let (id, uuid) = (text("id")?, text("uuid")?);
            let record = connection.get(&format!("/e/{uuid}/election.json")).await?;
            units.push(Unit { id, uuid, record });
        }
        let each = most.div_ceil(units.len().max(1));
        let mut of_units = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            let codes = codes(&folder.join("letters").join(format!("{}.letters.csv", unit.id)), each)?;
            let made = unit.ballots(&codes, cache)?;
            of_units.push(made.into_iter().map(move |bytes| Ballot { unit: at, tracker: Hash::of(&bytes).base64(), bytes: bytes.into() }));
        }
        let mut ballots = Vec::new();
        loop {
            let before = ballots.len();
            ballots.extend(of_units.iter_mut().filter_map(Iterator::next));
            if ballots.len() == before {
                break;
            }
        }
        ballots.truncate(most);
        Ok(Self { units, ballots })
    }
}

impl Unit {
    /// A ballot for each code, in order.
    fn ballots(&self, codes: &[String], cache: &Path) -> Done<Vec<String>> {
        // The seal of record and codes names the file: other secrets, other ballots.
        let seal = Hash::of(format!("{}{}", Hash::of(&self.record).hex(), codes.join("\n")));
        let file = cache.join(format!("ballots-{}.jsonl", &seal.hex()[..24]));
        if let Ok(text) = std::fs::read_to_string(&file) {
            let kept: Vec<String> = text.lines().map(str::to_owned).collect();
            if kept.len() == codes.len() {
                return Ok(kept);
            }
        }
        let election = Election::read(&self.record).map_err(said("the election record"))?;
        let uuid = Uuid::parse(&self.uuid).ok_or("a unit's uuid")?;
        let made: Mutex<Vec<(usize, Done<String>)>> = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(code) = codes.get(at) else { return };
                        let ballot = ballot(&election, &uuid, code, at);
                        made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, ballot));
                    }
                });
            }
        });
        let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.sort_by_key(|(at, _)| *at);
        let made = made.into_iter().map(|(_, ballot)| ballot).collect::<Done<Vec<String>>>()?;
        std::fs::create_dir_all(cache).map_err(said("the folder of ballots"))?;
        // Written beside and renamed: a run that is broken off leaves no half of a file.
        let fresh = file.with_extension("new");
        let mut out = std::fs::File::create(&fresh).map_err(said("the file of ballots"))?;
        out.write_all((made.join("\n") + "\n").as_bytes()).map_err(said("the file of ballots"))?;
        std::fs::rename(&fresh, &file).map_err(said("the file of ballots"))?;
        Ok(made)
    }
}

fn ballot(election: &Election, uuid: &Uuid, code: &str, at: usize) -> Done<String> {
    let key = Credential::parse(code).map_err(said("a code"))?.key(uuid);
    // Every fourth says no, so that a count would show something.
    let choices = election.questions().iter().map(|question| Choice::answers(question, &[usize::from(at.is_multiple_of(4))]));
    let choices = choices.collect::<Result<Vec<_>, _>>().map_err(said("an answer"))?;
    let mut source = Seeded::new(format!("ballot of {code}").as_bytes());
    let ballot = vote::make_ballot(election, &key, &choices, &mut Randomness::new(&mut source)).map_err(said("a ballot"))?;
    Ok(ballot.payload().to_owned())
}

/// The first voting codes of a unit's letters.
fn codes(letters: &Path, most: usize) -> Done<Vec<String>> {
    let text = std::fs::read_to_string(letters).map_err(|error| format!("{}: {error}", letters.display()))?;
    let mut lines = text.lines();
    let column = lines.next().and_then(|heads| heads.split(',').position(|head| head == "credential"));
    let column = column.ok_or_else(|| format!("{} has no column credential", letters.display()))?;
    Ok(lines.take(most).filter_map(|line| line.split(',').nth(column).map(str::to_owned)).collect())
}
