//! The authority's step: from the frozen roll to the voters' secret letters and the public lists.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use vote::companion::{Body, Signature};
use vote::group::Encoded;
use vote::{Credential, Election, Element, Hash, PublicCredentials, Randomness};
use zeroize::Zeroizing;

use crate::ceremony::Finished;
use crate::files::{Files, Replace, already_there};
use crate::{Answer, KeyFile, Pack, Poll, Refusal, Signable, Unit};

/// The frozen roll, by unit.
#[derive(Debug)]
pub struct Roll {
    shown: String,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Names of the columns besides `unit` and `member`: for the mailing.
    rest: Vec<String>,
    entries: BTreeMap<String, Vec<Entry>>,
}

/// A row of the roll.
#[derive(Debug)]
struct Entry {
    member: String,
    weight: Option<u64>,
    /// The cells of [`Roll::rest`], as they are.
    rest: Vec<String>,
}

impl Roll {
    /// Reads a roll: CSV with columns `unit` and `member`, and `weight` if votes are weighted. Other columns (name, address, e-mail) are
    /// carried to the letters as they are. `shown` is its name in a refusal.
    pub fn read(bytes: &[u8], shown: &str, poll: &Poll) -> Answer<Self> {
        let fault = |line: u64, what: String| Refusal::input(format!("{shown}:{line}: {what}"));
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
        let headers = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let (Some(unit), Some(member)) = (column("unit"), column("member")) else {
            return Err(fault(1, "the first line must name the columns unit and member".to_owned()));
        };
        if let Some(taken) = ["pack", "credential"].into_iter().find(|name| column(name).is_some()) {
            return Err(fault(1, format!("a roll has no column {taken}: the letters will have one of that name")));
        }
        let weight = column("weight");
        let others: Vec<usize> = (0..headers.len()).filter(|at| *at != unit && *at != member).collect();
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
            let rest = others.iter().map(|at| row.get(*at).unwrap_or_default().to_owned()).collect();
            let entry = Entry { member: cell(member).to_owned(), weight: weight.flatten(), rest };
            entries.entry(cell(unit).to_owned()).or_default().push(entry);
        }
        let rest = others.iter().map(|at| headers.get(*at).unwrap_or_default().to_owned()).collect();
        Ok(Self { shown: shown.to_owned(), hash: Hash::of(bytes), rest, entries })
    }

    /// Number of members of a unit.
    pub fn entitled(&self, unit: &Unit) -> usize {
        self.of(unit).len()
    }

    fn of(&self, unit: &Unit) -> &[Entry] {
        self.entries.get(&unit.id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How many spare credentials are made for a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spare {
    /// So many.
    Number(u32),
    /// So many hundredths of a per cent of the entitled, rounded up.
    Share(u32),
}

impl Spare {
    /// None.
    pub const NONE: Self = Self::Number(0);

    /// Most of a unit: the companion lists them in one line (archive.md B6).
    pub const MOST: usize = 100_000;

    /// Reads `20` or `1%` or `0.5%`.
    pub fn parse(text: &str) -> Answer<Self> {
        let wrong =
            || Refusal::input(format!("“{text}” is neither a number of spare credentials for each unit, as 20, nor a share, as 1%"));
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten();
        let Some(share) = text.strip_suffix('%') else { return number(text).map(Self::Number).ok_or_else(wrong) };
        let (whole, part) = share.split_once('.').unwrap_or((share, "0"));
        let part = Some(part).filter(|part| (1..=2).contains(&part.len())).and_then(|part| number(&format!("{part:0<2}")));
        let hundredths = number(whole).filter(|whole| *whole <= 100).zip(part).map(|(whole, part)| whole * 100 + part);
        hundredths.map(Self::Share).ok_or_else(wrong)
    }

    /// For so many entitled.
    pub fn of(self, entitled: usize) -> usize {
        match self {
            Self::Number(number) => number as usize,
            Self::Share(hundredths) => (entitled * hundredths as usize).div_ceil(10_000),
        }
    }
}

/// Refuses before anything is made: a unit without members or too small, spares that cannot be, or lists that are there already.
pub fn demand_ready(files: &dyn Files, poll: &Poll, roll: &Roll, spare: Spare) -> Answer<()> {
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
        let spares = spare.of(entitled);
        if spares > Spare::MOST {
            return Err(Refusal::input(format!("{spares} spare credentials for unit {}: at most {}", unit.id, Spare::MOST)));
        }
        if spares > 0 && roll.of(unit).iter().any(|entry| entry.weight.is_some()) {
            return Err(Refusal::input(format!("{}: a roll with weights has no spare credentials: theirs would be nobody's", roll.shown)));
        }
        for name in [unit.file("credentials.json"), unit.file("list.json")] {
            if files.has(&name)? {
                return Err(already_there(&files.shown(&name)));
            }
        }
    }
    Ok(())
}

/// What was made for a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Of the unit.
    pub id: String,
    /// Number of members.
    pub entitled: usize,
    /// Number of spare credentials.
    pub spares: usize,
    /// Base64 of the public list's SHA-256, to be compared when the archives are out.
    pub fingerprint: String,
}

/// A file that stays with the authority or goes to the scrutineer alone; mode 0600, never to the server.
pub struct Secret {
    /// Its name: see [`secret_names`].
    pub name: String,
    /// Its content.
    pub text: Zeroizing<String>,
}

/// The scrutineer's file: which public credential is in which pack.
pub const PACKS: &str = "packs.csv";

/// Names of the secret files of a poll: `UNIT.letters.csv` (columns `unit`, `member`, `pack`, `credential`, then the roll's others in the
/// roll's order), `UNIT.spares.csv` (`unit`, `pack`, `credential`) where there are spares, and [`PACKS`] (`unit`, `pack`,
/// `public_credential`, `spare`, by pack number; no names, no secret credentials).
pub fn secret_names(poll: &Poll, roll: &Roll, spare: Spare) -> Vec<String> {
    let of_unit = |unit: &Unit| {
        let spares = (spare.of(roll.entitled(unit)) > 0).then(|| spares_name(unit));
        std::iter::once(letters_name(unit)).chain(spares)
    };
    poll.units.iter().flat_map(of_unit).chain([PACKS.to_owned()]).collect()
}

fn letters_name(unit: &Unit) -> String {
    format!("{}.letters.csv", unit.id)
}

fn spares_name(unit: &Unit) -> String {
    format!("{}.spares.csv", unit.id)
}

/// The credentials of all units: the secret part to be written first, then the public part by [`Self::publish`].
pub struct Prepared {
    /// By unit, in the plan's order.
    pub units: Vec<Made>,
    /// All secret files.
    pub secrets: Vec<Secret>,
    public: Vec<(String, Vec<u8>)>,
}

impl Prepared {
    /// Puts the public lists among the poll's files.
    pub fn publish(&self, files: &mut dyn Files) -> Answer<()> {
        self.public.iter().try_for_each(|(name, bytes)| files.put(name, bytes, Replace::No))
    }
}

/// Makes the credentials of all units. Nothing is written yet.
pub fn prepare(
    poll: &Poll,
    ceremony: &Finished,
    key: &KeyFile,
    roll: &Roll,
    spare: Spare,
    random: &mut Randomness<'_>,
) -> Answer<Prepared> {
    let mut prepared = Prepared { units: Vec::new(), secrets: Vec::new(), public: Vec::new() };
    let mut packs = Zeroizing::new(String::from("unit,pack,public_credential,spare\n"));
    for (unit_number, unit) in (1..).zip(&poll.units) {
        let entries = roll.of(unit);
        let spares = spare.of(entries.len());
        let all = entries.len() + spares;
        let credentials = (0..all).map(|_| Credential::random(random)).collect::<Result<Vec<_>, _>>()?;
        let numbers = lots(all, random)?;
        let packed = |at: usize| Pack { unit: unit_number, number: numbers[at] };
        let mut letters = Zeroizing::new(String::with_capacity(all * 128));
        letters.push_str("unit,member,pack,credential");
        roll.rest.iter().for_each(|name| letters.push_str(&format!(",{}", cell(name))));
        letters.push('\n');
        for (at, entry) in entries.iter().enumerate() {
            let row = format!("{},{},{},", cell(&unit.id), no_formula(&entry.member), packed(at));
            letters.push_str(&row);
            letters.push_str(credentials[at].expose());
            entry.rest.iter().for_each(|text| letters.push_str(&format!(",{}", cell(text))));
            letters.push('\n');
        }
        prepared.secrets.push(Secret { name: letters_name(unit), text: letters });
        if spares > 0 {
            let mut text = Zeroizing::new(String::with_capacity(spares * 96));
            text.push_str("unit,pack,credential\n");
            for (at, credential) in credentials.iter().enumerate().skip(entries.len()) {
                text.push_str(&format!("{},{},", cell(&unit.id), packed(at)));
                text.push_str(credential.expose());
                text.push('\n');
            }
            prepared.secrets.push(Secret { name: spares_name(unit), text });
        }
        let public = Credential::public_all(&credentials, &unit.uuid);
        // By pack number, so that the order of the roll is not in it.
        let mut by_pack: Vec<usize> = (0..all).collect();
        by_pack.sort_unstable_by_key(|at| numbers[*at]);
        for at in by_pack {
            let spare = if at < entries.len() { "no" } else { "yes" };
            packs.push_str(&format!("{},{},{},{spare}\n", cell(&unit.id), packed(at), public[at]));
        }
        let mut spare_keys = public[entries.len()..].to_vec();
        spare_keys.sort_unstable();
        let list = if entries.iter().any(|entry| entry.weight.is_some()) {
            let weights = entries.iter().map(|entry| entry.weight.unwrap_or(1));
            PublicCredentials::weighted(public.into_iter().zip(weights).collect())
        } else {
            PublicCredentials::new(public)
        };
        let list = list.map_err(|fault| Refusal::ours(fault.to_string()))?;
        let election = poll.election(unit, ceremony.trustees.key())?;
        let mut line = Signable::new(Body::credentials_with_spares(&election, &list, &spare_keys));
        line.sign("authority", &key.signing);
        let mut value = line.json();
        value["roll"] = roll.hash.hex().into();
        prepared.public.push((unit.file("credentials.json"), list.record().into_bytes()));
        prepared.public.push((unit.file("list.json"), format!("{value:#}\n").into_bytes()));
        let (id, fingerprint) = (unit.id.clone(), list.hash().base64());
        prepared.units.push(Made { id, entitled: entries.len(), spares, fingerprint });
    }
    prepared.secrets.push(Secret { name: PACKS.to_owned(), text: packs });
    Ok(prepared)
}

/// The numbers 1 to `all` in an order drawn by lot.
fn lots(all: usize, random: &mut Randomness<'_>) -> Answer<Vec<u32>> {
    let all = u32::try_from(all).map_err(|_| Refusal::input("too many members in a unit"))?;
    let mut numbers: Vec<u32> = (1..=all).collect();
    for last in (1..all).rev() {
        numbers.swap(last as usize, random.below(last + 1)? as usize);
    }
    Ok(numbers)
}

/// A unit's public list, checked against the authority's signature.
#[derive(Debug)]
pub struct Listed {
    /// The record.
    pub credentials: PublicCredentials,
    /// Which of them are spares.
    pub spares: Vec<Encoded>,
    /// SHA-256 of the frozen roll.
    pub roll: Hash,
    /// The companion's line.
    pub body: Body,
    /// The authority's.
    pub signatures: Vec<Signature>,
}

impl Listed {
    /// Number of members entitled to vote.
    pub fn entitled(&self) -> usize {
        self.credentials.number().saturating_sub(self.spares.len())
    }
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
    let (entitled, spares) = (listed.entitled(), listed.spares.len());
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
    Ok(Made { id: unit.id.clone(), entitled, spares, fingerprint: listed.credentials.hash().base64() })
}

fn check(poll: &Poll, unit: &Unit, election: &Election, credentials: &[u8], list: &[u8], shown: &str) -> Answer<Listed> {
    let credentials = PublicCredentials::read(credentials).map_err(|fault| Refusal::input(format!("{}: {fault}", unit.id)))?;
    let value: Value = serde_json::from_slice(list).map_err(|_| Refusal::input(format!("{shown} is not a JSON file")))?;
    let roll = value.get("roll").and_then(Value::as_str).and_then(Hash::parse);
    let roll = roll.ok_or_else(|| Refusal::input(format!("{shown} names no roll")))?;
    let line = Signable::of(&value, shown)?;
    let signatures = line.complete(&[("authority".to_owned(), poll.roles.authority.clone())], shown)?;
    let body: Value = serde_json::from_str(line.body.text()).map_err(|_| Refusal::input(format!("{shown} is not a line to be signed")))?;
    let spares = body["spares"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let spares = spares.map(|spare| Some(Element::parse_key(spare.as_str()?).ok()?.encode())).collect::<Option<Vec<_>>>();
    let spares = spares.filter(|spares| {
        spares.is_sorted_by(|a, b| a < b)
            && spares.len() < credentials.number()
            && spares.iter().all(|spare| credentials.weight(spare).is_some())
            && line.body == Body::credentials_with_spares(election, &credentials, spares)
    });
    match (signatures, spares) {
        (Some(signatures), Some(spares)) => Ok(Listed { credentials, spares, roll, body: line.body, signatures }),
        _ => Err(Refusal::no(format!("the authority did not sign this list of credentials for {}", unit.id))),
    }
}

/// A cell of a CSV file.
fn cell(text: &str) -> Cow<'_, str> {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// A cell that a spreadsheet must not take for a formula: a member's reference is typed by people.
fn no_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { cell(&format!("'{text}")).into_owned() } else { cell(text).into_owned() }
}
