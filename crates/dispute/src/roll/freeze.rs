//! The frozen roll: who may vote and why, as a file whose bytes never differ for the same people; and who may not, and why. Spec R5, R6.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dated::{Date, FileBytes};
use sha2::{Digest as _, Sha256};
use sheet::short;

use super::employers::Employers;
use super::finding::{Accepted, Finding, finding, kind, place};
use super::forensics::{Verdict, judge};
use super::intake::lines_of;
use super::members::{MOST_ADDRESS_LINES, Member, MemberList, Text};
use super::units::{UnitCount, unit_id};

/// The columns of a frozen roll, in their order.
pub const ROLL_COLUMNS: [&str; 21] = [
    "unit",
    "member",
    "title",
    "name",
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "address_5",
    "address_6",
    "postcode",
    "email",
    "phone",
    "employer",
    "workplace",
    "grade",
    "joined",
    "language",
    "large_print",
    "channel",
    "reason",
];
const _: () = assert!(MOST_ADDRESS_LINES == 6);

/// The columns of the list of those who are not on the roll.
pub const OUT_COLUMNS: [&str; 8] = ["member", "name", "employer", "unit", "why", "reason", "file", "line"];

/// SHA-256 of the bytes of a roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollHash(pub [u8; 32]);

impl RollHash {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return None;
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for RollHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A person on the roll, as one row of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Id of the unit in which they are counted.
    pub unit: Box<str>,
    /// Membership number.
    pub member: Box<str>,
    /// The other cells as they stand in the file.
    rest: Box<str>,
}

impl Entry {
    /// An entry of these cells, as many as there are columns.
    pub(super) fn of(cells: &[&str]) -> Self {
        Self { unit: cells[0].into(), member: cells[1].into(), rest: csv_line(&cells[2..]).into() }
    }

    /// All cells, without quotes.
    pub fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.unit.to_string(), self.member.to_string()];
        cells.extend(cells_of(&self.rest));
        cells
    }

    /// The cell of a column of [`ROLL_COLUMNS`].
    pub fn cell(&self, column: &str) -> String {
        let at = ROLL_COLUMNS.iter().position(|name| *name == column);
        at.and_then(|at| self.cells().into_iter().nth(at)).unwrap_or_default()
    }
}

/// A roll: its people by unit and number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    /// What invented people were made from, where they are invented.
    pub synthetic: Option<String>,
    /// By unit, then number.
    pub entries: Vec<Entry>,
}

impl Roll {
    /// The bytes of its file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(self.entries.iter().map(|entry| entry.rest.len() + 32).sum::<usize>() + 256);
        text.push_str(&ROLL_COLUMNS.join(","));
        text.push('\n');
        for entry in &self.entries {
            text.push_str(&entry.unit);
            text.push(',');
            text.push_str(&entry.member);
            text.push(',');
            text.push_str(&entry.rest);
            text.push('\n');
        }
        text.into_bytes()
    }

    /// SHA-256 of [`Roll::bytes`].
    pub fn hash(&self) -> RollHash {
        RollHash::of(&self.bytes())
    }

    /// Reads a roll file back; only one in the canonical form is one.
    ///
    /// # Errors
    /// A sentence with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the roll is not UTF-8 text".to_owned())?;
        let mut lines = (1..).zip(text.lines());
        if lines.next().map(|(_, line)| line) != Some(&ROLL_COLUMNS.join(",")) {
            return Err("line 1: this is no frozen roll: its first line does not name the columns of one".to_owned());
        }
        let mut roll = Self::default();
        let mut numbers = BTreeSet::new();
        for (number, line) in lines {
            let mut parts = line.splitn(3, ',');
            let (Some(unit), Some(member), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(format!("line {number}: the row has not all its cells"));
            };
            let entry = Entry { unit: unit.into(), member: member.into(), rest: rest.into() };
            if cells_of(rest).len() + 2 != ROLL_COLUMNS.len() {
                return Err(format!("line {number}: the row has not all its cells"));
            }
            if roll.entries.last().is_some_and(|last| (&last.unit, &last.member) >= (&entry.unit, &entry.member)) {
                return Err(format!("line {number}: the rows are not in the order of unit and number"));
            }
            if !numbers.insert(member) {
                return Err(format!("line {number}: {member} is on the roll already, in another unit"));
            }
            roll.entries.push(entry);
        }
        if roll.bytes() != bytes {
            return Err("the roll is not written as whitley writes it (line ends, a row without its end)".to_owned());
        }
        Ok(roll)
    }

    /// How many in each unit.
    pub fn units(&self) -> BTreeMap<&str, u64> {
        let mut units = BTreeMap::new();
        for entry in &self.entries {
            *units.entry(&*entry.unit).or_default() += 1;
        }
        units
    }
}

/// Somebody who is not on the roll.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutEntry {
    /// Membership number, empty where none could be read.
    pub member: String,
    /// Name, empty where none is known or the row could not be read.
    pub name: String,
    /// As the file names it.
    pub employer: String,
    /// As the file names it.
    pub unit: String,
    /// A word for counting: `lapsed`, `left`, `retired`, `suspended`, `joined-later`, `not-eligible`, or the kind of fault accepted.
    pub why: String,
    /// The reason.
    pub reason: String,
    /// The file.
    pub file: String,
    /// The row.
    pub line: u32,
}

/// A roll with those who are not on it.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Who may vote.
    pub roll: Roll,
    /// Who may not, by number, file and row.
    pub out: Vec<OutEntry>,
    /// Faults that were accepted: member, kind, reason and by whom.
    pub accepted: Vec<Acceptance>,
}

impl Frozen {
    /// The second list as CSV.
    pub fn out_bytes(&self) -> Vec<u8> {
        let mut text = OUT_COLUMNS.join(",");
        text.push('\n');
        for one in &self.out {
            let line = one.line.to_string();
            text.push_str(&csv_line(&[&one.member, &one.name, &one.employer, &one.unit, &one.why, &one.reason, &one.file, &line]));
            text.push('\n');
        }
        text.into_bytes()
    }

    /// How many are left out for each reason.
    pub fn out_counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for one in &self.out {
            *counts.entry(one.why.clone()).or_default() += 1;
        }
        counts
    }
}

/// A fault that an officer accepts, with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Membership number, or `line 12` for a row without one.
    pub member: String,
    /// Kind of fault.
    pub code: String,
    /// Why it is accepted.
    pub reason: String,
    /// By whom.
    pub by: String,
}

impl Acceptance {
    /// Reads lines `member; kind; reason; who`, with all faults.
    pub fn read(file: &str, bytes: &FileBytes, findings: &mut Vec<Finding>) -> Vec<Self> {
        let mut list = Vec::new();
        let name = std::sync::Arc::from(file);
        for (number, line) in lines_of(file, bytes, findings) {
            let parts: Vec<&str> = line.split(';').map(str::trim).collect();
            let mut fault = |what: String, fix: String| findings.push(finding("bad-acceptance", place(&name, number.into()), what, fix));
            match parts.as_slice() {
                [member, code, reason, by] if parts.iter().all(|part| !part.is_empty()) => match kind(code) {
                    Some(kind) if kind.stops && kind.accepted != Accepted::Never => list.push(Self {
                        member: (*member).to_owned(),
                        code: (*code).to_owned(),
                        reason: (*reason).to_owned(),
                        by: (*by).to_owned(),
                    }),
                    Some(kind) if kind.stops => {
                        fault(format!("“{code}” cannot be accepted"), "mend the file: nobody can say which row counts".to_owned())
                    }
                    Some(_) => fault(format!("“{code}” does not stop the freeze"), "remove the line".to_owned()),
                    None => fault(format!("“{}” is no kind of fault", short(code)), "one that whitley roll check names".to_owned()),
                },
                _ => fault("this line has not its four parts".to_owned(), "member; kind of fault; reason; who accepts it".to_owned()),
            }
        }
        list
    }
}

/// What stands in the way of a freeze.
#[derive(Clone, Debug)]
pub struct NotFrozen {
    /// The faults that stop it.
    pub stopping: Vec<Finding>,
}

/// Freezes a list: everybody is in or out with a reason. `merged` gives the unit in which a unit is counted, for the merged ones.
/// Spec R5, R6.
///
/// # Errors
/// The faults that stop it, where not all of them were accepted.
pub fn freeze(
    list: &MemberList,
    findings: &[Finding],
    accepted: &[Acceptance],
    employers: &Employers,
    on: Date,
    merged: &BTreeMap<String, String>,
) -> Result<Frozen, NotFrozen> {
    let by_key: BTreeMap<(&str, &str), &Acceptance> = accepted.iter().map(|one| ((one.member.as_str(), one.code.as_str()), one)).collect();
    let mut stopping = Vec::new();
    let mut used: Vec<&Acceptance> = Vec::new();
    // Rows that are left out by acceptance, and people who stay in by it, by their place.
    let mut left_out: BTreeMap<&dated::Place, (&Acceptance, &'static str)> = BTreeMap::new();
    let mut kept: BTreeMap<String, &Acceptance> = BTreeMap::new();
    for one in findings.iter().filter(|one| one.stops()) {
        let line = format!("line {}", one.fault.place.line);
        let keys: Vec<&str> = if one.members.is_empty() { vec![line.as_str()] } else { one.members.iter().map(String::as_str).collect() };
        let found: Vec<&Acceptance> = keys.iter().filter_map(|key| by_key.get(&(*key, one.fault.code)).copied()).collect();
        let how = kind(one.fault.code).map_or(Accepted::Never, |kind| kind.accepted);
        match (how, found.first()) {
            (Accepted::LeftOut, Some(first)) => drop(left_out.insert(&one.fault.place, (first, one.fault.code))),
            (Accepted::StaysIn, Some(first)) => kept.extend(one.members.iter().map(|member| (member.clone(), *first))),
            _ => {
                stopping.push(one.clone());
                continue;
            }
        }
        used.extend(found);
    }
    if !stopping.is_empty() {
        return Err(NotFrozen { stopping });
    }
    let mut frozen =
        Frozen { roll: Roll { synthetic: list.synthetic.clone(), entries: Vec::new() }, out: Vec::new(), accepted: Vec::new() };
    let out = |member: &Member, why: &str, reason: String| OutEntry {
        member: member.number().to_owned(),
        name: member.name().to_owned(),
        employer: member.employer().to_owned(),
        unit: member.unit().to_owned(),
        why: why.to_owned(),
        reason,
        file: member.place.file.to_string(),
        line: member.place.line,
    };
    for member in &list.members {
        if let Some((acceptance, code)) = left_out.get(&member.place) {
            frozen.out.push(out(member, code, format!("{}; accepted by {}", acceptance.reason, acceptance.by)));
            continue;
        }
        match judge(member, Some(on)) {
            Verdict::Out(why, reason) => frozen.out.push(out(member, why, reason)),
            Verdict::In(reason) => {
                let (unit, known) = unit_of(member, employers);
                let id = unit_id(unit);
                let id = merged.get(&id).cloned().unwrap_or(id);
                let mut reason = format!("{reason}; {known}");
                if let Some(acceptance) = kept.get(member.number()) {
                    reason.push_str(&format!("; {} (accepted by {})", acceptance.reason, acceptance.by));
                }
                frozen.roll.entries.push(entry(member, &id, employers, &reason));
            }
        }
    }
    for row in &list.refused {
        let (reason, why) = match left_out.get(&row.place) {
            Some((acceptance, code)) => (format!("{}; accepted by {}", acceptance.reason, acceptance.by), *code),
            None => ("the row could not be read".to_owned(), row.code),
        };
        frozen.out.push(OutEntry {
            member: row.member.clone(),
            name: String::new(),
            employer: String::new(),
            unit: String::new(),
            why: why.to_owned(),
            reason,
            file: row.place.file.to_string(),
            line: row.place.line,
        });
    }
    frozen.roll.entries.sort_unstable();
    frozen.out.sort();
    used.dedup();
    frozen.accepted = used.into_iter().cloned().collect();
    Ok(frozen)
}

/// The unit of a member by name, and how it is known.
pub(super) fn unit_of<'m>(member: &'m Member, employers: &'m Employers) -> (&'m str, &'static str) {
    if let Some(employer) = employers.find(member.employer()) {
        if let Some((_, unit)) = employer.workplace(member.workplace()) {
            return (unit, "unit of the workplace");
        }
        if let Some(unit) = employer.only_unit() {
            return (unit, "the only unit of the employer");
        }
    }
    if member.unit().is_empty() { (member.employer(), "the employer is the unit") } else { (member.unit(), "unit as the file says") }
}

fn entry(member: &Member, unit: &str, employers: &Employers, reason: &str) -> Entry {
    let known = employers.find(member.employer());
    let employer = known.map_or(member.employer(), |employer| employer.name.as_str());
    let workplace = known.and_then(|employer| employer.workplace(member.workplace())).map_or(member.workplace(), |(name, _)| name);
    let mut address: Vec<&str> = member.address().collect();
    address.resize(MOST_ADDRESS_LINES, "");
    let joined = member.joined.map(|day| day.to_string()).unwrap_or_default();
    let mut cells = vec![unit, member.number(), member.title(), member.name()];
    cells.extend(address);
    cells.extend([
        member.postcode(),
        member.email(),
        member.phone(),
        employer,
        workplace,
        member.text(Text::Grade),
        &joined,
        member.language.code(),
        if member.large_print { "yes" } else { "" },
        member.channel.map_or("", super::cells::Channel::word),
        reason,
    ]);
    Entry::of(&cells)
}

/// The units of a list before it is frozen: everybody who would be on the roll. Spec R7.
pub fn count_units(list: &MemberList, employers: &Employers, on: Option<Date>) -> Vec<UnitCount> {
    let mut units: BTreeMap<String, UnitCount> = BTreeMap::new();
    for member in list.members.iter().filter(|member| matches!(judge(member, on), Verdict::In(_))) {
        let (name, _) = unit_of(member, employers);
        if name.is_empty() {
            continue;
        }
        let known = employers.find(member.employer());
        let employer = known.map_or(member.employer(), |employer| employer.name.as_str());
        let service = known.and_then(|known| known.important_public_service.get(name).copied());
        let id = unit_id(name);
        let unit = units.entry(id.clone()).or_insert_with(|| UnitCount {
            id,
            name: name.to_owned(),
            entitled: 0,
            employers: BTreeSet::new(),
            important_public_service: None,
        });
        // Of several spellings one is taken, whatever the order of the rows.
        if name < unit.name.as_str() && known.is_none() {
            unit.name = name.to_owned();
        }
        unit.entitled += 1;
        if !unit.employers.contains(employer) {
            unit.employers.insert(employer.to_owned());
        }
        unit.important_public_service = unit.important_public_service.or(service);
    }
    units.into_values().collect()
}

/// Cells as one line of CSV, quoted where needed.
pub(super) fn csv_line(cells: &[&str]) -> String {
    let mut line = String::with_capacity(cells.iter().map(|cell| cell.len() + 1).sum());
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line
}

/// The cells of a line that [`csv_line`] wrote.
pub(super) fn cells_of(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    let mut quoted = false;
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().into_iter().for_each(|cell| cell.push('"'));
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().into_iter().for_each(|cell| cell.push(c)),
        }
    }
    cells
}
