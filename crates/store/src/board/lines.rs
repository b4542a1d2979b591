//! Lines of the companion, and what they do to credentials and closing time.

use vote::Hash;

use super::{CredentialInfo, CredentialState, Stored};
use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::people::packs;
use crate::sql::{Sql, Value, values};
use crate::writer::Fail;

/// A line of the companion as `poll` made and checked it.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Its number: it becomes this line or none.
    pub expected_line: u64,
    /// Its exact bytes with the line feed, as `vote::companion::Chain` writes them.
    pub bytes: String,
    /// What it does.
    pub effect: Effect,
}

/// What a line does beside being there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The credential may not vote: its holder voted on paper.
    Void {
        /// Its element.
        credential: String,
        /// The paper pack that is accepted by this line, if the register has it: both happen or neither.
        pack: Option<String>,
    },
    /// One credential stands for another.
    Replace {
        /// The one that may no longer vote.
        old: String,
        /// A spare one.
        new: String,
    },
    /// Voting ends later.
    Extend {
        /// Seconds since 1970.
        closes_at: i64,
    },
}

impl Store {
    /// Appends a line; answers with the number of the next one.
    ///
    /// A credential that has a ballot is never voided or replaced. Voiding is possible until the first line after the credentials'
    /// (`share`, `result`), the rest until the election is closed.
    pub async fn append_line(&self, uuid: &str, line: NewLine, entry: Entry) -> Result<u64, StoreError> {
        entry.check()?;
        let uuid = uuid.to_owned();
        self.act(move |sql| {
            let mut stored = super::lock(sql, &uuid)?;
            append(sql, &mut stored, &line, entry.at, &entry.who)?;
            audit::append(sql, &entry)?;
            Ok(stored.info.lines)
        })
        .await
    }
}

/// Appends within a transaction that holds the election.
pub(super) fn append(sql: &mut dyn Sql, stored: &mut Stored, new: &NewLine, at: i64, who: &str) -> Result<(), Fail> {
    if new.expected_line != stored.info.lines {
        let (expected, found) = (new.expected_line.to_string(), stored.info.lines.to_string());
        return Err(Refusal::Stale { what: "next line", expected, found }.into());
    }
    let checked = check(std::slice::from_ref(&new.bytes), stored.info.lines, stored.info.last_line_hash)?;
    let positions = match &new.effect {
        Effect::None => Positions::default(),
        effect => take_effect(sql, stored, effect, at, who)?,
    };
    for line in &checked.lines {
        put(sql, stored, line, positions)?;
    }
    Ok(())
}

fn take_effect(sql: &mut dyn Sql, stored: &mut Stored, effect: &Effect, at: i64, who: &str) -> Result<Positions, Fail> {
    let refuse = |act: &str| Refusal::State { what: "election", state: stored.state(), act: act.to_owned() };
    let is_late = matches!(stored.last_line_kind.as_deref(), Some("share" | "result"));
    match effect {
        Effect::None => Ok(Positions::default()),
        Effect::Void { credential, pack } => {
            if is_late || stored.info.is_counted {
                return Err(refuse("changed: its counting has begun").into());
            }
            let old = without_ballot(sql, stored, credential, CredentialState::Ready, "voided")?;
            set_state(sql, stored, old, CredentialState::Void)?;
            if let Some(pack) = pack {
                packs::accept(sql, pack, &stored.info.unit, at, who)?;
            }
            Ok(Positions { old: Some(old.position), ..Positions::default() })
        }
        Effect::Replace { old, new } => {
            if stored.info.is_closed {
                return Err(refuse("given another credential").into());
            }
            let old = without_ballot(sql, stored, old, CredentialState::Ready, "replaced")?;
            let new = without_ballot(sql, stored, new, CredentialState::Spare, "made to replace another")?;
            set_state(sql, stored, old, CredentialState::Replaced)?;
            set_state(sql, stored, new, CredentialState::Ready)?;
            Ok(Positions { old: Some(old.position), new: Some(new.position), ..Positions::default() })
        }
        Effect::Extend { closes_at } => {
            if stored.info.is_closed {
                return Err(refuse("extended").into());
            }
            if *closes_at <= stored.info.closes_at {
                return Err(Refusal::NotLater { closes_at: stored.info.closes_at }.into());
            }
            stored.info.closes_at = *closes_at;
            Ok(Positions { closes_at: Some(*closes_at), ..Positions::default() })
        }
    }
}

/// The credential, if it is in this state and has no ballot. The election is held, so no cast comes between.
fn without_ballot(sql: &mut dyn Sql, stored: &Stored, element: &str, wanted: CredentialState, act: &str) -> Result<CredentialInfo, Fail> {
    let unknown = || StoreError::unknown("credential", element);
    let public = Hash::parse(element).ok_or_else(unknown)?;
    let found = super::credential(sql, stored.number, public.0)?.ok_or_else(unknown)?;
    if let Some(height) = found.last_ballot {
        return Err(Refusal::HasBallot { height }.into());
    }
    if found.state != wanted {
        return Err(Refusal::State { what: "credential", state: found.state.word(), act: act.to_owned() }.into());
    }
    Ok(found)
}

fn set_state(sql: &mut dyn Sql, stored: &Stored, credential: CredentialInfo, state: CredentialState) -> Result<(), Fail> {
    sql.execute(
        "UPDATE board.credential SET state = $3 WHERE election = $1 AND position = $2",
        values![stored.number, i64::from(credential.position), state.word()],
    )?;
    Ok(())
}

/// What a line did, as kept beside it.
#[derive(Clone, Copy, Default)]
pub(super) struct Positions {
    old: Option<u32>,
    new: Option<u32>,
    closes_at: Option<i64>,
}

/// Lines that continue a companion.
pub(super) struct Checked {
    pub(super) lines: Vec<CheckedLine>,
}

pub(super) struct CheckedLine {
    bytes: String,
    kind: String,
    hash: Hash,
}

/// Reads where these lines stand in the chain; what they say is `verify`'s business.
pub(super) fn check(lines: &[String], first: u64, last: Option<Hash>) -> Result<Checked, Refusal> {
    let mut before = last;
    let mut checked = Vec::new();
    for (number, bytes) in (first..).zip(lines) {
        let (kind, hash) = read(bytes, number, before).map_err(|why| Refusal::Form { what: "line of the companion", why })?;
        before = Some(hash);
        checked.push(CheckedLine { bytes: bytes.clone(), kind: kind.to_owned(), hash });
    }
    Ok(Checked { lines: checked })
}

/// Kind and hash of a line that stands at this place.
pub(crate) fn read(bytes: &str, number: u64, before: Option<Hash>) -> Result<(&str, Hash), String> {
    let line = bytes.strip_suffix('\n').filter(|line| !line.contains('\n')).ok_or("it is not one line with its line feed")?;
    let beginning = match before {
        Some(hash) => format!("{{\"prev\":\"{hash}\",\"line\":{number},\"type\":\""),
        None => format!("{{\"line\":{number},\"type\":\""),
    };
    let rest =
        line.strip_prefix(&beginning).ok_or_else(|| format!("it is not line {number} after the one before: it must begin {beginning}"))?;
    let (kind, _) = rest.split_once('"').ok_or("it has no type")?;
    Ok((kind, Hash::of(line)))
}

pub(super) fn put(sql: &mut dyn Sql, stored: &mut Stored, line: &CheckedLine, positions: Positions) -> Result<(), Fail> {
    let info = &mut stored.info;
    let position = |position: Option<u32>| Value::from(position.map(i64::from));
    sql.execute(
        "INSERT INTO board.line (election, line, kind, bytes, old_position, new_position, closes_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            stored.number.into(),
            (info.lines as i64).into(),
            line.kind.as_str().into(),
            line.bytes.as_bytes().into(),
            position(positions.old),
            position(positions.new),
            positions.closes_at.into(),
        ],
    )?;
    info.lines += 1;
    info.last_line_hash = Some(line.hash);
    stored.last_line_kind = Some(line.kind.clone());
    sql.execute(
        "UPDATE board.election SET lines = $2, last_line_hash = $3, last_line_kind = $4, closes_at = $5 WHERE number = $1",
        values![stored.number, info.lines as i64, line.hash.0, line.kind.as_str(), info.closes_at],
    )?;
    Ok(())
}
