//! Late changes to a frozen roll: who joins, leaves or moves after the freeze, each with reason, name and day, signed by officer and
//! scrutineer, applied in order. Spec R8.

use std::collections::BTreeMap;
use std::fmt;

use dated::{Date, parse_date};
use serde_json::{Map, Value, json};
use sheet::short;

use super::freeze::{Entry, ROLL_COLUMNS, Roll, RollHash};

/// Who signs a change, in this order.
pub const SIGNERS: [&str; 2] = ["officer", "scrutineer"];

/// What happens to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Somebody comes onto the roll.
    Join,
    /// Somebody goes off it.
    Leave,
    /// Somebody is counted in another unit, or has other particulars.
    Move,
}

impl ChangeKind {
    const WORDS: [(&'static str, Self); 3] = [("join", Self::Join), ("leave", Self::Leave), ("move", Self::Move)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// One late change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Counted from 1 since the freeze.
    pub number: u64,
    /// Hash of the roll that it changes: the order cannot be another.
    pub before: RollHash,
    /// What happens.
    pub kind: ChangeKind,
    /// To whom: membership number.
    pub member: String,
    /// Cells of the roll that are set, by column; of somebody who joins all that is known.
    pub cells: Vec<(String, String)>,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub by: String,
    /// On which day.
    pub date: Date,
}

/// A change with the signatures it has so far, by role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedChange {
    /// The change.
    pub change: Change,
    /// Role and signature, as it is written.
    pub signatures: Vec<(String, String)>,
}

/// Why a change is not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeFault {
    /// The line is no change, or not written as one.
    Unreadable {
        /// What is wrong.
        what: String,
    },
    /// It is for another state of the roll.
    OutOfOrder {
        /// The number expected.
        due: u64,
    },
    /// A signature is missing or not of that role's key.
    NotSigned {
        /// Whose.
        role: &'static str,
    },
    /// Somebody joins who is on the roll.
    OnRollAlready {
        /// In which unit.
        unit: String,
    },
    /// Somebody leaves or moves who is not on it.
    NotOnRoll,
    /// The unit is none of the roll's.
    UnknownUnit {
        /// As written.
        unit: String,
    },
    /// Nothing would be other than before.
    NothingChanges,
}

impl fmt::Display for ChangeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { what } => write!(f, "{what}"),
            Self::OutOfOrder { due } => {
                write!(f, "it is not made for the roll as it is now; the next change is number {due}, made from the present roll")
            }
            Self::NotSigned { role } => write!(f, "it is not signed by the {role}"),
            Self::OnRollAlready { unit } => write!(f, "the member is on the roll already, in unit {unit}"),
            Self::NotOnRoll => write!(f, "the member is not on the roll"),
            Self::UnknownUnit { unit } => write!(f, "the roll has no unit “{}”", short(unit)),
            Self::NothingChanges => write!(f, "it changes nothing"),
        }
    }
}

/// The bytes that officer and scrutineer sign: parts as in archive.md B2, with their own label.
pub fn signed_bytes(body: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 64);
    for (label, data) in [("use", b"whitley/roll/v1/change".as_slice()), ("body", body.as_bytes())] {
        // Labels are ours and short.
        bytes.push(label.len() as u8);
        bytes.extend_from_slice(label.as_bytes());
        bytes.extend_from_slice(&(data.len() as u64).to_be_bytes());
        bytes.extend_from_slice(data);
    }
    bytes
}

impl Change {
    /// The exact text that is signed.
    pub fn body(&self) -> String {
        let cells: Map<String, Value> = self.cells.iter().map(|(column, cell)| (column.clone(), Value::from(cell.as_str()))).collect();
        json!({
            "number": self.number,
            "before": self.before.to_string(),
            "kind": self.kind.word(),
            "member": self.member,
            "cells": cells,
            "reason": self.reason,
            "by": self.by,
            "date": self.date.to_string(),
        })
        .to_string()
    }

    fn read(value: &Value) -> Result<Self, String> {
        let text = |key: &str| {
            let text = value.get(key).and_then(Value::as_str).ok_or_else(|| format!("“{key}” is missing or no text"))?;
            // What is on the roll is printed and opened in spreadsheets.
            let fits = text.len() <= 300 && !text.chars().any(char::is_control) && !text.starts_with(['=', '@', '+']);
            if fits {
                Ok(text.to_owned())
            } else {
                Err(format!("“{key}” is too long, or begins like a formula, or has control characters"))
            }
        };
        let filled =
            |key: &str| text(key).and_then(|text| if text.trim().is_empty() { Err(format!("“{key}” is empty")) } else { Ok(text) });
        let kind = text("kind")?;
        let mut cells = Vec::new();
        for (column, cell) in value.get("cells").and_then(Value::as_object).ok_or("“cells” is missing")? {
            let cell = cell.as_str().ok_or_else(|| format!("“{column}” is no text"))?;
            if !ROLL_COLUMNS.contains(&column.as_str()) || ["member", "reason"].contains(&column.as_str()) {
                return Err(format!("“{}” is no column that a change can set", short(column)));
            }
            if cell.len() > 300 || cell.chars().any(char::is_control) || cell.starts_with(['=', '@', '+', '-']) {
                return Err(format!("“{column}” is too long, or begins like a formula, or has control characters"));
            }
            cells.push((column.clone(), cell.to_owned()));
        }
        let member = filled("member")?;
        super::cells::number(&member).map_err(|trouble| trouble.what)?;
        Ok(Self {
            number: value.get("number").and_then(Value::as_u64).ok_or("“number” is missing or no number")?,
            before: RollHash::parse(&text("before")?).ok_or("“before” is no hash of a roll")?,
            kind: ChangeKind::WORDS
                .iter()
                .find(|(word, _)| *word == kind)
                .map(|(_, kind)| *kind)
                .ok_or("“kind” is none of join, leave, move")?,
            member,
            cells,
            reason: filled("reason")?,
            by: filled("by")?,
            date: parse_date(&text("date")?)?,
        })
    }
}

impl SignedChange {
    /// A change that nobody has signed yet.
    pub fn new(change: Change) -> Self {
        Self { change, signatures: Vec::new() }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// [`ChangeFault::Unreadable`]; also where the line is not exactly as it would be written, since its bytes were signed.
    pub fn parse(line: &str) -> Result<Self, ChangeFault> {
        let unreadable = |what: String| ChangeFault::Unreadable { what };
        let value: Value = serde_json::from_str(line).map_err(|_| unreadable("the line is no JSON".to_owned()))?;
        let change = Change::read(value.get("body").unwrap_or(&Value::Null)).map_err(unreadable)?;
        let signatures = value.get("signatures").and_then(Value::as_object);
        let signatures = signatures.ok_or_else(|| unreadable("“signatures” is missing".to_owned()))?;
        let signatures = signatures.iter().map(|(role, text)| Some((role.clone(), text.as_str()?.to_owned()))).collect::<Option<Vec<_>>>();
        let read = Self { change, signatures: signatures.ok_or_else(|| unreadable("a signature is no text".to_owned()))? };
        if read.line() != line {
            return Err(unreadable("the line is not written as whitley writes it; what is signed cannot be told".to_owned()));
        }
        Ok(read)
    }

    /// The line, without its end.
    pub fn line(&self) -> String {
        let signatures: Map<String, Value> =
            self.signatures.iter().map(|(role, signature)| (role.clone(), Value::from(signature.as_str()))).collect();
        format!("{{\"body\":{},\"signatures\":{}}}", self.change.body(), Value::Object(signatures))
    }

    /// The bytes to be signed.
    pub fn bytes(&self) -> Vec<u8> {
        signed_bytes(&self.change.body())
    }

    /// Puts a role's signature in its place.
    pub fn sign(&mut self, role: &str, signature: String) {
        self.signatures.retain(|(earlier, _)| earlier != role);
        self.signatures.push((role.to_owned(), signature));
        self.signatures.sort();
    }

    /// Whether officer and scrutineer have signed; `verify` says whether a role's key made a signature over bytes.
    ///
    /// # Errors
    /// The first of the two who has not.
    pub fn check(&self, verify: &dyn Fn(&str, &[u8], &str) -> bool) -> Result<(), ChangeFault> {
        let bytes = self.bytes();
        for role in SIGNERS {
            let signature = self.signatures.iter().find(|(signer, _)| signer == role);
            if !signature.is_some_and(|(_, signature)| verify(role, &bytes, signature)) {
                return Err(ChangeFault::NotSigned { role });
            }
        }
        Ok(())
    }
}

/// A frozen roll and what happened to it since.
#[derive(Clone, Debug)]
pub struct Changes {
    roll: Roll,
    hash: RollHash,
    /// Units at the freeze: a change brings no new one.
    units: Vec<String>,
    applied: Vec<Change>,
}

impl Changes {
    /// From the roll as frozen.
    pub fn of(roll: Roll) -> Self {
        let units = roll.units().keys().map(|unit| (*unit).to_owned()).collect();
        let hash = roll.hash();
        Self { roll, hash, units, applied: Vec::new() }
    }

    /// From the present roll, where the one of the freeze is not kept: with the changes that led to it, and the units of the freeze.
    pub fn go_on(roll: Roll, units: Vec<String>, applied: Vec<Change>) -> Self {
        let hash = roll.hash();
        Self { roll, hash, units, applied }
    }

    /// The roll as it is now.
    pub fn roll(&self) -> &Roll {
        &self.roll
    }

    /// Its hash.
    pub fn hash(&self) -> RollHash {
        self.hash
    }

    /// What was applied, in order.
    pub fn applied(&self) -> &[Change] {
        &self.applied
    }

    /// The number of the next change.
    pub fn next_number(&self) -> u64 {
        self.applied.len() as u64 + 1
    }

    /// Somebody on the roll.
    pub fn find(&self, member: &str) -> Option<&Entry> {
        // The roll is by unit first, so this walks; a change is rare.
        self.roll.entries.iter().find(|entry| &*entry.member == member)
    }

    /// Whether a change fits the roll as it is, signatures apart.
    ///
    /// # Errors
    /// Why it does not.
    pub fn fits(&self, change: &Change) -> Result<(), ChangeFault> {
        if change.number != self.next_number() || change.before != self.hash {
            return Err(ChangeFault::OutOfOrder { due: self.next_number() });
        }
        let unit = change.cells.iter().find(|(column, _)| column == "unit").map(|(_, unit)| unit.as_str());
        if let Some(unit) = unit.filter(|unit| !self.units.iter().any(|known| known == unit)) {
            return Err(ChangeFault::UnknownUnit { unit: unit.to_owned() });
        }
        match (change.kind, self.find(&change.member)) {
            (ChangeKind::Join, Some(entry)) => Err(ChangeFault::OnRollAlready { unit: entry.unit.to_string() }),
            (ChangeKind::Join, None) if unit.is_none() => Err(ChangeFault::UnknownUnit { unit: String::new() }),
            (ChangeKind::Leave | ChangeKind::Move, None) => Err(ChangeFault::NotOnRoll),
            (ChangeKind::Move, Some(entry)) if change.cells.iter().all(|(column, cell)| entry.cell(column) == *cell) => {
                Err(ChangeFault::NothingChanges)
            }
            _ => Ok(()),
        }
    }

    /// Applies the next change.
    ///
    /// # Errors
    /// Why it is not applied; then nothing has changed.
    pub fn apply(&mut self, signed: &SignedChange, verify: &dyn Fn(&str, &[u8], &str) -> bool) -> Result<(), ChangeFault> {
        let change = &signed.change;
        self.fits(change)?;
        signed.check(verify)?;
        let earlier = self.roll.entries.iter().position(|entry| *entry.member == *change.member);
        let mut cells = match earlier.map(|at| self.roll.entries.remove(at)) {
            Some(entry) => entry.cells(),
            None => vec![String::new(); ROLL_COLUMNS.len()],
        };
        if change.kind != ChangeKind::Leave {
            for (column, cell) in ROLL_COLUMNS.iter().zip(&mut cells) {
                match change.cells.iter().find(|(set, _)| set == column) {
                    Some((_, value)) => value.clone_into(cell),
                    None if *column == "member" => change.member.clone_into(cell),
                    None if *column == "reason" => {
                        *cell = format!("change {} of {}: {}; {}", change.number, change.date, change.reason, change.by);
                    }
                    None => {}
                }
            }
            let entry = Entry::of(&cells.iter().map(String::as_str).collect::<Vec<_>>());
            let at = self.roll.entries.binary_search(&entry).unwrap_or_else(|at| at);
            self.roll.entries.insert(at, entry);
        }
        self.hash = self.roll.hash();
        self.applied.push(change.clone());
        Ok(())
    }

    /// How many spare credentials each unit needs for what changed after the papers were posted: one for everybody who came into it;
    /// and how many credentials of people who left it are to be voided.
    pub fn after_posting(&self, frozen: &Roll, posted_on: Date) -> BTreeMap<String, Spares> {
        let mut at: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let mut needed: BTreeMap<String, Spares> = BTreeMap::new();
        let frozen: BTreeMap<&str, &str> = frozen.entries.iter().map(|entry| (&*entry.member, &*entry.unit)).collect();
        for change in &self.applied {
            let before = match at.get(change.member.as_str()) {
                Some(unit) => unit.clone(),
                None => frozen.get(change.member.as_str()).map(|unit| (*unit).to_owned()),
            };
            let set = change.cells.iter().find(|(column, _)| column == "unit").map(|(_, unit)| unit.clone());
            let after = if change.kind == ChangeKind::Leave { None } else { set.or_else(|| before.clone()) };
            if before != after && change.date > posted_on {
                if let Some(unit) = &after {
                    needed.entry(unit.clone()).or_default().spares += 1;
                }
                if let Some(unit) = &before {
                    needed.entry(unit.clone()).or_default().to_void += 1;
                }
            }
            at.insert(change.member.as_str(), after);
        }
        needed
    }
}

/// What changes after the posting day ask of the credential authority, for one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spares {
    /// Spare credentials for people who came in.
    pub spares: u64,
    /// Credentials of people who went.
    pub to_void: u64,
}
