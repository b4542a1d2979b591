//! Before the voting: `whitley vote key`, `credentials`, `open`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use vote::archive::{SetupRecords, Tail};
use vote::companion::{Body, Chain, RoleKey, Setup};
use vote::trustee::key::MemberKey;
use vote::{Credential, Hash, PublicCredentials, Randomness};
use zeroize::Zeroizing;

use super::ceremony;
use super::files::{self, KeyFile, Readers, Signable, System};
use super::plan::{Poll, Unit};
use super::{Done, Refusal};

type Answer<T> = std::result::Result<T, Refusal>;

/// Who holds a key.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Sets up and signs
    Officer,
    /// The independent person who signs with the officer
    Scrutineer,
    /// Makes the credentials
    Authority,
    /// Holds a part of the key to the count
    Trustee,
}

/// Arguments of `whitley vote key`.
#[derive(Args)]
pub(crate) struct Key {
    /// Your role
    role: Role,
    /// Your secret key file (mode 0600)
    #[arg(long)]
    out: PathBuf,
}

impl Key {
    pub(crate) fn run(self) -> Answer<Done> {
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let role = match self.role {
            Role::Officer => "officer",
            Role::Scrutineer => "scrutineer",
            Role::Authority => "authority",
            Role::Trustee => "trustee",
        };
        let member = matches!(self.role, Role::Trustee).then(|| MemberKey::random(random)).transpose()?;
        let key = KeyFile {
            role: role.to_owned(),
            signing: RoleKey::random(random)?,
            member,
            ceremony: None,
            polynomial: None,
            single: None,
            decryption: None,
            commitments: None,
            decrypted: BTreeMap::default(),
        };
        key.write(&self.out, false)?;
        let public = key.signing.public();
        let text = format!(
            "Secret key of the {role}: {} (keep it; make a copy on another medium)\npublic key: {}\nGive the public key to the officer, for the plan.\n",
            self.out.display(),
            public.as_str()
        );
        Ok(Done::new(text, json!({ "role": role, "file": self.out.display().to_string(), "public": public.as_str() })))
    }
}

/// Arguments of `whitley vote credentials`.
#[derive(Args)]
pub(crate) struct Credentials {
    /// The poll folder
    poll: PathBuf,
    /// The authority's key file
    #[arg(long)]
    key: PathBuf,
    /// The frozen roll: CSV with columns `unit` and `member`, and `weight` if votes are weighted
    #[arg(long)]
    roll: PathBuf,
    /// Folder for the voters' secret credentials, one file a unit (mode 0600)
    #[arg(long)]
    letters: PathBuf,
}

struct Entry {
    member: String,
    weight: Option<u64>,
}

impl Credentials {
    pub(crate) fn run(self) -> Answer<Done> {
        let poll = Poll::read(&self.poll)?;
        let key = KeyFile::of_role(&self.key, &["authority"])?;
        if key.signing.public() != poll.roles.authority {
            return Err(Refusal::input(format!("{} is not the key of this poll's authority", self.key.display())));
        }
        let ceremony = ceremony::finished(&poll)?;
        let bytes = files::read(&self.roll)?;
        let roll = self.read_roll(&bytes, &poll)?;
        // All before any: a unit without members, or files that are there already.
        for unit in &poll.units {
            let entitled = roll.get(&unit.id).map_or(0, Vec::len);
            if entitled == 0 {
                return Err(Refusal::input(format!("{}: nobody is entitled in unit {}", self.roll.display(), unit.id)));
            }
            if entitled < poll.minimum as usize && !unit.small_allowed {
                return Err(Refusal::no(format!(
                    "unit {} has {entitled} entitled, fewer than {}: its result may show how members voted. Merge it with another in the \
                     plan, or, where the law forces a count of its own, write small_allowed = true",
                    unit.id, poll.minimum
                )));
            }
            for path in [self.letters_file(unit), poll.unit_file(unit, "credentials.json"), poll.unit_file(unit, "list.json")] {
                if path.exists() {
                    return Err(Refusal::input(format!("{} is already there; nothing was written", path.display())));
                }
            }
        }
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let mut units = Vec::new();
        for unit in &poll.units {
            let entries = roll.get(&unit.id).map(Vec::as_slice).unwrap_or_default();
            let mut letters = Zeroizing::new(String::with_capacity(entries.len() * 96));
            letters.push_str("unit,member,credential\n");
            let mut credentials = Vec::with_capacity(entries.len());
            for entry in entries {
                let credential = Credential::random(random)?;
                letters.push_str(&csv_line(&[&unit.id, &entry.member]));
                letters.push(',');
                letters.push_str(credential.expose());
                letters.push('\n');
                credentials.push(credential);
            }
            let public = Credential::public_all(&credentials, &unit.uuid);
            let listed: Vec<_> = public.into_iter().zip(entries).map(|(key, entry)| (key, entry.weight.unwrap_or(1))).collect();
            let weighted = entries.iter().any(|entry| entry.weight.is_some());
            let list = if weighted {
                PublicCredentials::weighted(listed)
            } else {
                PublicCredentials::new(listed.into_iter().map(|(credential, _)| credential).collect())
            };
            let list = list.map_err(|fault| Refusal::ours(fault.to_string()))?;
            let election = poll.election(unit, ceremony.trustees.key())?;
            let mut line = Signable::new(Body::credentials(&election, &list));
            line.sign("authority", &key.signing);
            files::write(&self.letters_file(unit), letters.as_bytes(), Readers::Owner, false)?;
            files::write(&poll.unit_file(unit, "credentials.json"), list.record().as_bytes(), Readers::Everybody, false)?;
            let mut value = line.json();
            value["roll"] = Hash::of(&bytes).hex().into();
            files::write(&poll.unit_file(unit, "list.json"), format!("{value:#}\n").as_bytes(), Readers::Everybody, false)?;
            units.push(json!({
                "id": unit.id, "entitled": list.number(), "fingerprint": list.hash().base64(), "letters": self.letters_file(unit).display().to_string(),
            }));
        }
        let mut text = format!("Credentials for {} units; letters in {} (secret).\n", units.len(), self.letters.display());
        for unit in &units {
            text.push_str(&format!(
                "  {}: {} entitled, fingerprint of the public list {}\n",
                unit["id"], unit["entitled"], unit["fingerprint"]
            ));
        }
        text.push_str(&format!(
            "Keep the fingerprints and compare them when the archives are out.\nnext: the officer runs  whitley vote open {} --key officer.key\n",
            self.poll.display()
        ));
        Ok(Done::new(text, json!({ "units": units })))
    }

    fn letters_file(&self, unit: &Unit) -> PathBuf {
        self.letters.join(format!("{}.letters.csv", unit.id))
    }

    fn read_roll(&self, bytes: &[u8], poll: &Poll) -> Answer<BTreeMap<String, Vec<Entry>>> {
        let fault = |line: u64, what: String| Refusal::input(format!("{}:{line}: {what}", self.roll.display()));
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
        let headers = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let (Some(unit), Some(member)) = (column("unit"), column("member")) else {
            return Err(fault(1, "the first line must name the columns unit and member".to_owned()));
        };
        let weight = column("weight");
        let mut roll: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        for row in reader.records() {
            let row = row.map_err(|error| {
                fault(error.position().map_or(0, csv::Position::line), "the row has not as many cells as the first line".to_owned())
            })?;
            let line = row.position().map_or(0, csv::Position::line);
            let cell = |at: usize| row.get(at).unwrap_or_default().trim();
            if !poll.units.iter().any(|known| known.id == cell(unit)) {
                return Err(fault(line, format!("there is no unit “{}” in this poll", cell(unit))));
            }
            if cell(member).is_empty() || cell(member).len() > 1000 || !seen.insert((cell(unit).to_owned(), cell(member).to_owned())) {
                return Err(fault(line, "a member without name, or the same one twice in a unit".to_owned()));
            }
            let weight = weight.map(|at| cell(at).parse::<u64>().ok().filter(|weight| (1..1 << 30).contains(weight)));
            if weight == Some(None) {
                return Err(fault(line, "a weight is a whole number from 1".to_owned()));
            }
            roll.entry(cell(unit).to_owned()).or_default().push(Entry { member: cell(member).to_owned(), weight: weight.flatten() });
        }
        Ok(roll)
    }
}

fn csv_line(cells: &[&str]) -> String {
    let quote = |cell: &&str| {
        // A spreadsheet must not take a name for a formula.
        let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { (*cell).to_owned() };
        if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    cells.iter().map(quote).collect::<Vec<_>>().join(",")
}

/// Arguments of `whitley vote open`.
#[derive(Args)]
pub(crate) struct Open {
    /// The poll folder
    poll: PathBuf,
    /// The key file of the officer or the scrutineer
    #[arg(long)]
    key: PathBuf,
    /// Take this as the time now, in a rehearsal
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Open {
    pub(crate) fn run(self) -> Answer<Done> {
        let poll = Poll::read(&self.poll)?;
        let key = KeyFile::of_role(&self.key, &["officer", "scrutineer"])?;
        let due = if key.role == "officer" { &poll.roles.officer } else { &poll.roles.scrutineer };
        if key.signing.public() != *due {
            return Err(Refusal::input(format!("{} is not the key of this poll's {}", self.key.display(), key.role)));
        }
        let now = files::now(self.at.as_deref())?;
        let ceremony = ceremony::finished(&poll)?;
        let (mut opened, mut waiting) = (Vec::new(), Vec::new());
        for unit in &poll.units {
            let archive = poll.archive(unit);
            if archive.exists() {
                continue;
            }
            let list_path = poll.unit_file(unit, "list.json");
            if !list_path.is_file() {
                return Err(Refusal::no("the credentials are not there yet: the authority runs whitley vote credentials"));
            }
            let election = poll.election(unit, ceremony.trustees.key())?;
            let credentials = files::read(&poll.unit_file(unit, "credentials.json"))?;
            let credentials = PublicCredentials::read(&credentials).map_err(|fault| Refusal::input(format!("{}: {fault}", unit.id)))?;
            let list = files::read_json(&list_path)?;
            let roll = list.get("roll").and_then(Value::as_str).and_then(Hash::parse);
            let roll = roll.ok_or_else(|| Refusal::input(format!("{} names no roll", list_path.display())))?;
            let list = Signable::of(&list, &list_path)?;
            let by_authority = list.complete(&[("authority".to_owned(), poll.roles.authority.clone())], &list_path)?;
            let by_authority = by_authority.filter(|_| list.body == Body::credentials(&election, &credentials));
            let by_authority =
                by_authority.ok_or_else(|| Refusal::no(format!("the authority did not sign this list of credentials for {}", unit.id)))?;
            let body = Body::setup(
                &election,
                &Setup {
                    unit: &unit.name,
                    ceremony: &poll.ceremony,
                    opens_at: &poll.opens_at,
                    closes_at: &poll.closes_at,
                    roll,
                    entitled: credentials.number(),
                    revote: poll.revote,
                    minimum: poll.minimum,
                    units: &unit.merged,
                    small_allowed: unit.small_allowed,
                    roles: &poll.roles,
                },
            );
            let path = poll.unit_file(unit, "setup.json");
            let mut setup = Signable::new(body.clone());
            if path.is_file() {
                let earlier = Signable::read(&path)?;
                if earlier.body == body {
                    setup = earlier;
                }
            }
            setup.sign(&key.role, &key.signing);
            setup.write(&path, true)?;
            let signers = [("officer".to_owned(), poll.roles.officer.clone()), ("scrutineer".to_owned(), poll.roles.scrutineer.clone())];
            let Some(signatures) = setup.complete(&signers, &path)? else {
                waiting.push(unit.id.clone());
                continue;
            };
            let records =
                SetupRecords { election: election.record(), trustees: ceremony.trustees.record(), credentials: &credentials.record() };
            let seconds = u64::try_from(now.as_second()).map_err(|_| Refusal::input("the clock is before 1970"))?;
            let (_, bytes) = Tail::begin(seconds, &records).map_err(|fault| Refusal::input(fault.to_string()))?;
            let mut chain = Chain::default();
            let mut companion = chain.append(&body, &signatures);
            for (body, signatures) in &ceremony.lines {
                companion.push_str(&chain.append(body, signatures));
            }
            companion.push_str(&chain.append(&list.body, &by_authority));
            // The archive last: it is what says that this unit is open.
            files::write(&files::companion_of(&archive), companion.as_bytes(), Readers::Everybody, true)?;
            files::write(&archive, &bytes, Readers::Everybody, false)?;
            opened.push(json!({ "unit": unit.id, "archive": archive.display().to_string(), "election": election.fingerprint() }));
        }
        let mut text = String::new();
        for unit in &opened {
            text.push_str(&format!("{}: {} (fingerprint {})\n", unit["unit"], unit["archive"], unit["election"]));
        }
        if waiting.is_empty() {
            text.push_str(&format!("All units are ready. Voting opens at {}.\n", poll.opens_at));
        } else {
            let other = if key.role == "officer" { "scrutineer" } else { "officer" };
            text.push_str(&format!(
                "Signed the setup of {} units.\nnext: the {other} runs  whitley vote open {} --key {other}.key\n",
                waiting.len(),
                self.poll.display()
            ));
        }
        Ok(Done::new(text, json!({ "opened": opened, "waiting_for_the_other_signature": waiting })))
    }
}
