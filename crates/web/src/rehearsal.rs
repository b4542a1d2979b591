//! A poll of invented members on a running service, up to the signed opening: all roles are played here, from one seed.
//!
//! Only a service that was started as a rehearsal takes it, and every page of such a service says so. The steps are those of `poll`,
//! as in a real poll; only that one program holds all keys.

use std::fmt::Write as _;

use poll::{Files as _, InMemory, KeyFile, Poll, Replace, ceremony, credentials, opening};
use serde_json::json;
use store::{Entry, Expect, NewElection, Setup};
use vote::companion::Revote;
use vote::{Randomness, Seeded};
use zeroize::Zeroizing;

use crate::clock::Instant;
use crate::files::ABOUT;
use crate::problem::Problem;
use crate::service::Service;

/// What is rehearsed.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Invented members, over all units.
    pub voters: usize,
    /// Balloting units.
    pub units: usize,
    /// Everything secret comes from this.
    pub seed: String,
    /// Voting begins.
    pub opens_at: Instant,
    /// Voting ends.
    pub closes_at: Instant,
    /// What a second ballot of a credential does.
    pub revote: Revote,
}

/// What a rehearsal hands out: everything that is secret in a real poll.
pub struct Rehearsed {
    /// The key files by name, such as `officer.key`.
    pub keys: Vec<(String, Zeroizing<String>)>,
    /// The letters of every unit: CSV with the voting codes.
    pub letters: Vec<(String, Zeroizing<String>)>,
}

impl Rehearsed {
    /// The first voting codes of a unit.
    pub fn codes(&self, unit: &str, most: usize) -> Vec<String> {
        let Some((_, letters)) = self.letters.iter().find(|(id, _)| id == unit) else { return Vec::new() };
        let mut lines = letters.lines();
        let column = lines.next().and_then(|heads| heads.split(',').position(|head| head == "credential"));
        let Some(column) = column else { return Vec::new() };
        lines.take(most).filter_map(|line| line.split(',').nth(column).map(str::to_owned)).collect()
    }
}

/// Names for units; after these come numbers.
const PLACES: [&str; 12] =
    ["Ashdown", "Brecon", "Calder", "Derwent", "Eden", "Fairburn", "Glaslyn", "Haddon", "Irwell", "Kielder", "Lydney", "Mawddach"];

/// Makes the poll, and puts it on the board of a service that has none yet.
///
/// # Errors
/// The service is no rehearsal, or has a poll, or the store failed.
pub async fn begin(service: &Service, rehearsal: Rehearsal) -> Result<Rehearsed, Problem> {
    if !service.config.rehearsal {
        return Err(Problem::conflict("refused", "invented members are only put on a service that was started as a rehearsal"));
    }
    if service.store.get_file(poll::plan::POLL).await?.is_some() {
        return Err(Problem::conflict("refused", "the service has a poll already"));
    }
    let made = tokio::task::spawn_blocking(move || make(&rehearsal)).await.map_err(|error| Problem::ours(&error))??;
    let now = service.clock.now().seconds();
    let entry = |what: &str, name: &str| Entry {
        detail: json!({ "name": name, "rehearsal": true }).to_string(),
        ..Entry::new(now, "service", what)
    };
    let number =
        service.store.put_roll_import("invented members", made.rows, made.roll.clone().into_bytes(), entry("roll imported", "")).await?;
    service.store.freeze_roll(vec![number], made.rows, made.roll.into_bytes(), entry("roll frozen", "")).await?;
    for (name, bytes) in made.files.0 {
        service.store.put_file(&name, bytes, Expect::New, entry("file", &name)).await?;
    }
    for new in made.elections {
        let name = new.unit.clone();
        service.store.begin_election(NewElection { timestamp: now, ..new }, entry("opened", &name)).await?;
    }
    Ok(made.handed_out)
}

struct Made {
    files: InMemory,
    elections: Vec<NewElection>,
    roll: String,
    rows: u64,
    handed_out: Rehearsed,
}

fn make(rehearsal: &Rehearsal) -> Result<Made, Problem> {
    let mut source = Seeded::new(format!("whitley serve --rehearsal/{}", rehearsal.seed).as_bytes());
    let random = &mut Randomness::new(&mut source);
    let mut keys = Vec::new();
    for role in ["officer", "scrutineer", "authority", "trustee", "trustee", "trustee"] {
        keys.push(KeyFile::random(role, random)?);
    }
    let [officer, scrutineer, authority, trustees @ ..] = &mut keys[..] else { return Err(Problem::input("no keys")) };

    let mut files = InMemory::default();
    let plan = plan(rehearsal, [officer, scrutineer, authority], trustees);
    let (poll, bytes) = poll::plan::fix(&plan, "the plan of the rehearsal", random)?;
    Poll::begin(&mut files, &bytes)?;
    let about = json!({ "kind": "statutory", "jurisdiction": "GB",
        "recommendation": "The invented committee of this rehearsal recommends nothing.",
        "questions": [
            { "text_cy": "A ydych yn barod i gymryd rhan mewn streic?", "answers_cy": ["Ydw", "Nac ydw"] },
            { "text_cy": "A ydych yn barod i gymryd rhan mewn gweithredu diwydiannol heb fod yn streic?", "answers_cy": ["Ydw", "Nac ydw"] },
        ] });
    files.put(ABOUT, format!("{about:#}\n").as_bytes(), Replace::No)?;

    // Every trustee goes as far as the others allow, again and again until nobody waits.
    let mut waiting = true;
    while waiting {
        waiting = false;
        for (at, key) in trustees.iter_mut().enumerate() {
            let progress = ceremony::go_on(&mut files, &poll, key, &format!("trustee-{}.key", at + 1), &mut |_| Ok(()), random)?;
            waiting |= progress.waits_for.is_some();
        }
    }
    let finished = ceremony::finished(&files, &poll)?;

    let mut roll = String::from("unit,member,name\n");
    let mut number = 0_u64;
    for (at, unit) in poll.units.iter().enumerate() {
        for _ in 0..share(rehearsal, at) {
            number += 1;
            let _ = writeln!(roll, "{},R{number:07},Invented Member {number}", unit.id);
        }
    }
    let read = credentials::Roll::read(roll.as_bytes(), "the invented roll", &poll)?;
    let mut letters = Vec::new();
    let mut keep = |secret: &credentials::Secret<'_>| {
        letters.push((secret.unit.id.clone(), secret.letters.clone()));
        Ok(())
    };
    credentials::make(&mut files, &poll, &finished, authority, &read, &mut keep, random)?;

    let mut elections = Vec::new();
    for unit in &poll.units {
        let due = opening::due(&files, &poll, &finished, unit)?;
        opening::sign(&mut files, &poll, &due, unit, officer)?;
        let begun = opening::sign(&mut files, &poll, &due, unit, scrutineer)?;
        let begun = begun.ok_or_else(|| Problem::ours(&"two signatures did not open a unit"))?;
        elections.push(new_election(&poll, unit, &begun)?);
    }
    let names = ["officer", "scrutineer", "authority", "trustee-1", "trustee-2", "trustee-3"];
    let keys = names.iter().zip(&keys).map(|(name, key)| (format!("{name}.key"), key.text())).collect();
    Ok(Made { files, elections, roll, rows: number, handed_out: Rehearsed { keys, letters } })
}

/// What the store needs to begin a unit's election, from what officer and scrutineer signed. The time of the archive is the caller's.
///
/// # Errors
/// The companion's lines or the times cannot be read.
pub fn new_election(poll: &Poll, unit: &poll::Unit, begun: &opening::Begun) -> Result<NewElection, Problem> {
    let (_, companion) = begun.companion()?;
    let instant = |text: &str| Instant::parse(text).map(Instant::seconds).ok_or_else(|| Problem::input(format!("{text} is not a time")));
    Ok(NewElection {
        uuid: unit.uuid.to_string(),
        unit: unit.id.clone(),
        name: unit.name.clone(),
        setup: Setup { election: begun.election.clone(), trustees: begun.trustees.clone(), credentials: begun.credentials.clone() },
        spares: Vec::new(),
        lines: companion.split_inclusive('\n').map(str::to_owned).collect(),
        timestamp: 0,
        opens_at: instant(&poll.opens_at)?,
        closes_at: instant(&poll.closes_at)?,
        revote: poll.revote,
    })
}

fn share(rehearsal: &Rehearsal, unit: usize) -> usize {
    rehearsal.voters / rehearsal.units + usize::from(unit < rehearsal.voters % rehearsal.units)
}

fn plan(rehearsal: &Rehearsal, staff: [&KeyFile; 3], trustees: &[KeyFile]) -> String {
    let public = |key: &KeyFile| key.signing.public().as_str().to_owned();
    let trustees: Vec<String> = trustees.iter().map(|key| format!("\"{}\"", public(key))).collect();
    let mut plan = format!(
        "title = \"Rehearsal of a ballot on pay (invented)\"\n\
         description = \"If you take part in a strike or other industrial action, you may be in breach of your contract of employment.\"\n\
         opens_at = \"{}\"\ncloses_at = \"{}\"\nrevote = \"{}\"\nminimum = 20\nquorum = 2\n\
         officer = \"{}\"\nscrutineer = \"{}\"\nauthority = \"{}\"\ntrustees = [{}]\n\
         \n[[question]]\ntext = \"Are you prepared to take part in industrial action consisting of a strike?\"\nanswers = [\"Yes\", \"No\"]\n\
         \n[[question]]\ntext = \"Are you prepared to take part in industrial action short of a strike?\"\nanswers = [\"Yes\", \"No\"]\nblank = true\n",
        rehearsal.opens_at.utc(),
        rehearsal.closes_at.utc(),
        rehearsal.revote.word(),
        public(staff[0]),
        public(staff[1]),
        public(staff[2]),
        trustees.join(", "),
    );
    for unit in 0..rehearsal.units {
        let (place, number) = (PLACES[unit % PLACES.len()], unit / PLACES.len());
        let suffix = if number == 0 { String::new() } else { format!(" {}", number + 1) };
        let id = format!("{}{}", place.to_lowercase(), if number == 0 { String::new() } else { format!("-{}", number + 1) });
        let _ = write!(plan, "\n[[unit]]\nid = \"{id}\"\nname = \"{place} Hospital{suffix} (invented)\"\nsmall_allowed = true\n");
    }
    plan
}
