//! The authority's step: from the frozen roll to the voters' secret letters and the public lists.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use vote::companion::{Body, Signature};
use vote::{Credential, Election, Hash, PublicCredentials, Randomness};
use zeroize::Zeroizing;

use crate::ceremony::Finished;
use crate::files::{Files, Replace, already_there};
use crate::{Answer, KeyFile, Poll, Refusal, Signable, Unit};

/// The frozen roll, by unit.
#[derive(Debug)]
pub struct Roll {
    shown: String,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    entries: BTreeMap<String, Vec<Entry>>,
}

/// A row of the roll.
#[derive(Debug)]
struct Entry {
    member: String,
    weight: Option<u64>,
}

impl Roll {
    /// Reads a roll: CSV with columns `unit` and `member`, and `weight` if votes are weighted. `shown` is its name in a refusal.
    pub fn read(bytes: &[u8], shown: &str, poll: &Poll) -> Answer<Self> {
        let fault = |line: u64, what: String| Refusal::input(format!("{shown}:{line}: {what}"));
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
        let headers = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let (Some(unit), Some(member)) = (column("unit"), column("member")) else {
            return Err(fault(1, "the first line must name the columns unit and member".to_owned()));
        };
        let weight = column("weight");
        let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut seen = HashSet::new();
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
            entries.entry(cell(unit).to_owned()).or_default().push(Entry { member: cell(member).to_owned(), weight: weight.flatten() });
        }
        Ok(Self { shown: shown.to_owned(), hash: Hash::of(bytes), entries })
    }

    /// Number of members of a unit.
    pub fn entitled(&self, unit: &Unit) -> usize {
        self.of(unit).len()
    }

    fn of(&self, unit: &Unit) -> &[Entry] {
        self.entries.get(&unit.id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Refuses before anything is made: the key of another, a unit without members or too small, or lists that are there already.
pub fn demand_ready(files: &dyn Files, poll: &Poll, roll: &Roll) -> Answer<()> {
    for unit in &poll.units {
        let entitled = roll.entitled(unit);
        if entitled == 0 {
            return Err(Refusal::input(format!("{}: nobody is entitled in unit {}", roll.shown, unit.id)));
        }
        if entitled < poll.minimum as usize && !unit.small_allowed {
            return Err(Refusal::no(format!(
                "unit {} has {entitled} entitled, fewer than {}: its result may show how members voted. Merge it with another in the \
                 plan, or, where the law forces a count of its own, write small_allowed = true",
                unit.id, poll.minimum
            )));
        }
        for name in [unit.file("credentials.json"), unit.file("list.json")] {
            if files.has(&name)? {
                return Err(already_there(&files.shown(&name)));
            }
        }
    }
    Ok(())
}

/// The public part of a unit's credentials, as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Of the unit.
    pub id: String,
    /// Number of members.
    pub entitled: usize,
    /// Base64 of the public list's SHA-256, to be compared when the archives are out.
    pub fingerprint: String,
}

/// What the authority keeps of a unit, secret: never to the server.
pub struct Secret<'a> {
    /// Of the unit.
    pub unit: &'a Unit,
    /// CSV `unit,member,credential`.
    pub letters: Zeroizing<String>,
}

/// Makes the credentials of all units. Each unit's secret part goes to `give` before its public part is written.
pub fn make(
    files: &mut dyn Files,
    poll: &Poll,
    ceremony: &Finished,
    key: &KeyFile,
    roll: &Roll,
    give: &mut dyn FnMut(&Secret<'_>) -> Answer<()>,
    random: &mut Randomness<'_>,
) -> Answer<Vec<Made>> {
    demand_ready(files, poll, roll)?;
    let mut made = Vec::new();
    for unit in &poll.units {
        let entries = roll.of(unit);
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
        give(&Secret { unit, letters })?;
        files.put(&unit.file("credentials.json"), list.record().as_bytes(), Replace::No)?;
        let mut value = line.json();
        value["roll"] = roll.hash.hex().into();
        files.put(&unit.file("list.json"), format!("{value:#}\n").as_bytes(), Replace::No)?;
        made.push(Made { id: unit.id.clone(), entitled: entries.len(), fingerprint: list.hash().base64() });
    }
    Ok(made)
}

/// A unit's public list, checked against the authority's signature.
#[derive(Debug)]
pub struct Listed {
    /// The record.
    pub credentials: PublicCredentials,
    /// SHA-256 of the frozen roll.
    pub roll: Hash,
    /// The companion's line.
    pub body: Body,
    /// The authority's.
    pub signatures: Vec<Signature>,
}

/// Reads a unit's list; none if the authority has not made it yet.
pub fn listed(files: &dyn Files, poll: &Poll, unit: &Unit, election: &Election) -> Answer<Option<Listed>> {
    let name = unit.file("list.json");
    if !files.has(&name)? {
        return Ok(None);
    }
    check(poll, unit, election, &files.demand(&unit.file("credentials.json"))?, &files.demand(&name)?, &files.shown(&name)).map(Some)
}

/// Takes a unit's two files that the authority brought in, after all checks. The same bytes again are taken again.
pub fn receive(files: &mut dyn Files, poll: &Poll, ceremony: &Finished, unit: &Unit, credentials: &[u8], list: &[u8]) -> Answer<Made> {
    let election = poll.election(unit, ceremony.trustees.key())?;
    let (list_name, record_name) = (unit.file("list.json"), unit.file("credentials.json"));
    let listed = check(poll, unit, &election, credentials, list, &list_name)?;
    let entitled = listed.credentials.number();
    if entitled < poll.minimum as usize && !unit.small_allowed {
        return Err(Refusal::no(format!("unit {} has {entitled} entitled, fewer than {}", unit.id, poll.minimum)));
    }
    for (name, bytes) in [(&record_name, credentials), (&list_name, list)] {
        if files.get(name)?.is_some_and(|earlier| earlier != bytes) {
            return Err(Refusal::no(format!("{name}: another list is there already; credentials are made once")));
        }
    }
    files.put(&record_name, credentials, Replace::Yes)?;
    files.put(&list_name, list, Replace::Yes)?;
    Ok(Made { id: unit.id.clone(), entitled, fingerprint: listed.credentials.hash().base64() })
}

fn check(poll: &Poll, unit: &Unit, election: &Election, credentials: &[u8], list: &[u8], shown: &str) -> Answer<Listed> {
    let credentials = PublicCredentials::read(credentials).map_err(|fault| Refusal::input(format!("{}: {fault}", unit.id)))?;
    let value: Value = serde_json::from_slice(list).map_err(|_| Refusal::input(format!("{shown} is not a JSON file")))?;
    let roll = value.get("roll").and_then(Value::as_str).and_then(Hash::parse);
    let roll = roll.ok_or_else(|| Refusal::input(format!("{shown} names no roll")))?;
    let line = Signable::of(&value, shown)?;
    let signatures = line.complete(&[("authority".to_owned(), poll.roles.authority.clone())], shown)?;
    let signatures = signatures.filter(|_| line.body == Body::credentials(election, &credentials));
    let signatures =
        signatures.ok_or_else(|| Refusal::no(format!("the authority did not sign this list of credentials for {}", unit.id)))?;
    Ok(Listed { credentials, roll, body: line.body, signatures })
}

fn csv_line(cells: &[&str]) -> String {
    let quote = |cell: &&str| {
        // A spreadsheet must not take a name for a formula.
        let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { (*cell).to_owned() };
        if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    cells.iter().map(quote).collect::<Vec<_>>().join(",")
}
