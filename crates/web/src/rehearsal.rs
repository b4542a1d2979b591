//! A poll of invented members on a running service, up to the signed opening: all roles are played here, from one seed.
//!
//! Only a service that was started as a rehearsal takes it, and every page of such a service says so. The steps are those of `poll`,
//! as in a real poll; only that one program holds all keys.

use std::fmt::Write as _;

use poll::credentials::Spare;
use poll::{Files as _, InMemory, KeyFile, Poll, Replace, opening};
use serde_json::json;
use store::{Entry, Expect, NewElection, Setup};
use vote::companion::Revote;
use vote::{Randomness, Seeded};
use zeroize::Zeroizing;

use crate::clock::Instant;
use crate::desk::roll::{Import, ImportKind};
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

/// What is asked in a rehearsal.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The poll's title.
    pub title: String,
    /// The text that stands above the questions.
    pub description: String,
    /// The questions; each is answered with yes or no, or left blank where that is allowed.
    pub questions: Vec<Asked>,
    /// `statutory` or `consultative`, as in `about.json`.
    pub kind: &'static str,
    /// What the invented committee recommends.
    pub recommendation: String,
}

/// A question of a rehearsal.
#[derive(Clone, Debug)]
pub struct Asked {
    /// In English.
    pub text: String,
    /// In Welsh, with its two answers: for all questions or for none.
    pub welsh: Option<(String, [String; 2])>,
    /// It may be left blank.
    pub blank: bool,
}

impl Subject {
    /// An invented ballot on industrial action.
    pub fn invented() -> Self {
        let asked = |text: &str, welsh: &str, blank| Asked {
            text: text.to_owned(),
            welsh: Some((welsh.to_owned(), ["Ydw".to_owned(), "Nac ydw".to_owned()])),
            blank,
        };
        Self {
            title: "Ballot on pay".to_owned(),
            description: "If you take part in a strike or other industrial action, you may be in breach of your contract of employment."
                .to_owned(),
            questions: vec![
                asked(
                    "Are you prepared to take part in industrial action consisting of a strike?",
                    "A ydych yn barod i gymryd rhan mewn streic?",
                    false,
                ),
                asked(
                    "Are you prepared to take part in industrial action short of a strike?",
                    "A ydych yn barod i gymryd rhan mewn gweithredu diwydiannol heb fod yn streic?",
                    true,
                ),
            ],
            kind: "statutory",
            recommendation: "The invented committee of this rehearsal recommends nothing.".to_owned(),
        }
    }

    fn about(&self) -> String {
        let welsh: Option<Vec<_>> = self
            .questions
            .iter()
            .map(|asked| asked.welsh.as_ref().map(|(text, answers)| json!({ "text_cy": text, "answers_cy": answers })))
            .collect();
        let about = json!({
            "kind": self.kind, "jurisdiction": "GB", "recommendation": self.recommendation, "questions": welsh.unwrap_or_default(),
        });
        format!("{about:#}\n")
    }
}

/// What a rehearsal hands out: everything that is secret in a real poll.
pub struct Rehearsed {
    /// The key files by name, such as `officer.key`.
    pub keys: Vec<(String, Zeroizing<String>)>,
    /// The authority's files by name, such as `UNIT.letters.csv`, with the voting codes, and the scrutineer's `packs.csv`.
    pub secrets: Vec<(String, Zeroizing<String>)>,
}

impl Rehearsed {
    /// The first voting codes of a unit.
    pub fn codes(&self, unit: &str, most: usize) -> Vec<String> {
        let name = format!("{unit}.letters.csv");
        let Some((_, letters)) = self.secrets.iter().find(|(known, _)| *known == name) else { return Vec::new() };
        codes_of(letters, most)
    }
}

/// The first voting codes of a file of letters.
pub fn codes_of(letters: &str, most: usize) -> Vec<String> {
    let mut lines = letters.lines();
    let column = lines.next().and_then(|heads| heads.split(',').position(|head| head == "credential"));
    let Some(column) = column else { return Vec::new() };
    lines.take(most).filter_map(|line| line.split(',').nth(column).map(str::to_owned)).collect()
}

/// Names for units; after these come numbers.
const PLACES: [&str; 12] =
    ["Ashdown", "Brecon", "Calder", "Derwent", "Eden", "Fairburn", "Glaslyn", "Haddon", "Irwell", "Kielder", "Lydney", "Mawddach"];

/// Makes the poll, and puts it on the board of a service that has none yet.
///
/// # Errors
/// The service is no rehearsal, or has a poll, or the store failed.
pub async fn begin(service: &Service, rehearsal: Rehearsal) -> Result<Rehearsed, Problem> {
    begin_on(service, rehearsal, Subject::invented()).await
}

/// The same, with other questions than the usual ones.
///
/// # Errors
/// As [`begin`].
pub async fn begin_on(service: &Service, rehearsal: Rehearsal, subject: Subject) -> Result<Rehearsed, Problem> {
    if !service.config.rehearsal {
        return Err(Problem::conflict("refused", "invented members are only put on a service that was started as a rehearsal"));
    }
    if service.store.get_file(poll::plan::POLL).await?.is_some() {
        return Err(Problem::conflict("refused", "the service has a poll already"));
    }
    let made = tokio::task::spawn_blocking(move || make(&rehearsal, &subject)).await.map_err(|error| Problem::ours(&error))??;
    let now = service.clock.now().seconds();
    let entry = |what: &str, name: &str| Entry {
        detail: json!({ "name": name, "rehearsal": true }).to_string(),
        ..Entry::new(now, "service", what)
    };
    let import = Import {
        kind: ImportKind::Members,
        file: "invented members".to_owned(),
        mapping: String::new(),
        sheet: String::new(),
        unit: String::new(),
        bytes: Zeroizing::new(made.roll.clone().into_bytes()),
    };
    let number =
        service.store.put_roll_import("members: invented members", made.rows, import.sealed_form(), entry("roll imported", "")).await?;
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

fn make(rehearsal: &Rehearsal, subject: &Subject) -> Result<Made, Problem> {
    let mut source = Seeded::new(format!("whitley serve --rehearsal/{}", rehearsal.seed).as_bytes());
    let mut roll = String::from("unit,member,name\n");
    let mut number = 0_u64;
    for at in 0..rehearsal.units {
        for _ in 0..share(rehearsal, at) {
            number += 1;
            let _ = writeln!(roll, "{},R{number:07},Invented Member {number}", unit_id(at));
        }
    }
    let plan = plan(rehearsal, subject);
    let wanted = poll::rehearsal::Rehearsal { plan: &plan, roll: roll.as_bytes(), trustees: 3, spare: Spare::Number(2), timestamp: 0 };
    let made = poll::rehearsal::rehearsed(&wanted, &mut Randomness::new(&mut source))?;
    let poll = made.poll;
    let elections = poll.units.iter().zip(&made.units).map(|(unit, begun)| new_election(&poll, unit, begun)).collect::<Result<_, _>>()?;
    // Archives and companions are the board's.
    let mut files = made.files;
    files.0.retain(|name, _| !poll.units.iter().any(|unit| *name == unit.archive() || *name == unit.companion()));
    files.put(ABOUT, subject.about().as_bytes(), Replace::No)?;
    let staff = [("officer", &made.officer), ("scrutineer", &made.scrutineer), ("authority", &made.authority)];
    let mut keys: Vec<(String, Zeroizing<String>)> = staff.map(|(role, key): (&str, &KeyFile)| (format!("{role}.key"), key.text())).into();
    keys.extend((1..).zip(&made.trustees).map(|(number, key)| (format!("trustee-{number}.key"), key.text())));
    let secrets = made.secrets.into_iter().map(|secret| (secret.name, secret.text)).collect();
    Ok(Made { files, elections, roll, rows: number, handed_out: Rehearsed { keys, secrets } })
}

/// What the store needs to begin a unit's election, from what officer and scrutineer signed. The time of the archive is the caller's.
///
/// # Errors
/// The companion's lines or the times cannot be read.
pub fn new_election(poll: &Poll, unit: &poll::Unit, begun: &opening::Begun) -> Result<NewElection, Problem> {
    let (read, companion) = begun.companion()?;
    let instant = |text: &str| Instant::parse(text).map(Instant::seconds).ok_or_else(|| Problem::input(format!("{text} is not a time")));
    Ok(NewElection {
        uuid: unit.uuid.to_string(),
        unit: unit.id.clone(),
        name: unit.name.clone(),
        setup: Setup { election: begun.election.clone(), trustees: begun.trustees.clone(), credentials: begun.credentials.clone() },
        spares: read.unused_spares.iter().cloned().collect(),
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

fn unit_id(unit: usize) -> String {
    let (place, number) = (PLACES[unit % PLACES.len()].to_lowercase(), unit / PLACES.len());
    if number == 0 { place } else { format!("{place}-{}", number + 1) }
}

fn plan(rehearsal: &Rehearsal, subject: &Subject) -> String {
    // JSON's escapes are among TOML's.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut plan = format!(
        "title = {}\ndescription = {}\nopens_at = \"{}\"\ncloses_at = \"{}\"\nrevote = \"{}\"\nminimum = 20\nquorum = 2\n",
        quoted(&subject.title),
        quoted(&subject.description),
        rehearsal.opens_at.utc(),
        rehearsal.closes_at.utc(),
        rehearsal.revote.word(),
    );
    for asked in &subject.questions {
        let blank = if asked.blank { "blank = true\n" } else { "" };
        let _ = write!(plan, "\n[[question]]\ntext = {}\nanswers = [\"Yes\", \"No\"]\n{blank}", quoted(&asked.text));
    }
    for unit in 0..rehearsal.units {
        let (place, number) = (PLACES[unit % PLACES.len()], unit / PLACES.len());
        let name = if number == 0 { format!("{place} Hospital") } else { format!("{place} Hospital {}", number + 1) };
        let _ = write!(plan, "\n[[unit]]\nid = \"{}\"\nname = \"{name} (invented)\"\nsmall_allowed = true\n", unit_id(unit));
    }
    plan
}
