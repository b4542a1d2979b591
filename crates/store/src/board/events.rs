//! Closing, and the events after the ballots.

use vote::Hash;
use vote::archive::EventKind;

use super::lines::{self, NewLine};
use super::{ElectionInfo, Stored};
use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::sql::{Column, Many, Sql, Value, values};
use crate::writer::Fail;

/// An event that follows the ballots.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Hash of the last event as the caller saw it: the event is appended to that one or not at all.
    pub expected_head: Hash,
    /// EndBallots, EncryptedTally, PartialDecryption or Result.
    pub kind: EventKind,
    /// Its records in the archive's order; the last is its payload.
    pub records: Vec<String>,
    /// A line of the companion that belongs to it: both are there or neither.
    pub line: Option<NewLine>,
}

impl Store {
    /// Closes the election at this instant (seconds since 1970): no later cast can commit. Closed once, it stays so.
    pub async fn close(&self, uuid: &str, now: i64, entry: Entry) -> Result<ElectionInfo, StoreError> {
        entry.check()?;
        let uuid = uuid.to_owned();
        self.act(move |sql| {
            let mut stored = super::lock(sql, &uuid)?;
            if stored.info.is_closed {
                return Ok(stored.info);
            }
            if now < stored.info.closes_at {
                return Err(Refusal::TooEarly { closes_at: stored.info.closes_at }.into());
            }
            stored.info.is_closed = true;
            put_head(sql, &stored)?;
            audit::append(sql, &entry)?;
            Ok(stored.info)
        })
        .await
    }

    /// Appends an event to a closed election's archive.
    pub async fn append_event(&self, uuid: &str, new: NewEvent, entry: Entry) -> Result<ElectionInfo, StoreError> {
        entry.check()?;
        let uuid = uuid.to_owned();
        if matches!(new.kind, EventKind::Setup | EventKind::Ballot) {
            let why = "setup and ballots have their own way to the board".to_owned();
            return Err(Refusal::Form { what: "event", why }.into());
        }
        self.act(move |sql| append(sql, &uuid, &new, &entry)).await
    }
}

fn append(sql: &mut dyn Sql, uuid: &str, new: &NewEvent, entry: &Entry) -> Result<ElectionInfo, Fail> {
    let mut stored = super::lock(sql, uuid)?;
    if !stored.info.is_closed {
        return Err(Refusal::State { what: "election", state: stored.state(), act: format!("given an event {}", new.kind.word()) }.into());
    }
    if stored.info.head_hash != new.expected_head {
        let (expected, found) = (new.expected_head.hex(), stored.info.head_hash.hex());
        return Err(Refusal::Stale { what: "last event", expected, found }.into());
    }
    let records: Vec<&str> = new.records.iter().map(String::as_str).collect();
    let mut tail = stored.tail();
    tail.append(new.kind, &records)?;
    let info = &mut stored.info;
    let hash = tail.last_event().unwrap_or(info.head_hash);
    (info.head_height, info.head_kind, info.head_hash) = (info.head_height + 1, new.kind, hash);
    info.is_counted = new.kind == EventKind::Result;
    put(sql, stored.number, &Row { height: stored.info.head_height as i64, kind: new.kind, hash, records: &records })?;
    put_head(sql, &stored)?;
    if let Some(line) = &new.line {
        lines::append(sql, &mut stored, line, entry.at, &entry.who)?;
    }
    audit::append(sql, entry)?;
    Ok(stored.info)
}

/// A row of the archive that is no ballot.
pub(super) struct Row<'r> {
    pub(super) height: i64,
    pub(super) kind: EventKind,
    pub(super) hash: Hash,
    pub(super) records: &'r [&'r str],
}

pub(super) fn put(sql: &mut dyn Sql, election: i64, row: &Row<'_>) -> Result<(), Fail> {
    let (payload, before) = match row.records.split_last() {
        Some((payload, before)) => (Value::from(payload.as_bytes()), before),
        None => (Value::Null, &[][..]),
    };
    sql.execute(
        "INSERT INTO board.event (election, height, kind, hash, payload) VALUES ($1, $2, $3, $4, $5)",
        &[election.into(), row.height.into(), row.kind.word().into(), row.hash.0.into(), payload],
    )?;
    for (place, record) in (0_i64..).zip(before) {
        sql.execute(
            "INSERT INTO board.record (election, height, place, bytes) VALUES ($1, $2, $3, $4)",
            values![election, row.height, place, record.as_bytes()],
        )?;
    }
    Ok(())
}

/// Writes what changes when ballots, events or the closing come.
pub(super) fn put_head(sql: &mut dyn Sql, stored: &Stored) -> Result<(), Fail> {
    sql.execute_many(PUT_HEADS, &head_columns(&[stored]))?;
    Ok(())
}

pub(super) const PUT_HEADS: Many = Many {
    each: "UPDATE board.election SET state = $2, head_height = $3, head_kind = $4, head_hash = $5, ballots = $6, voted = $7 WHERE number = $1",
    many: "UPDATE board.election AS e SET state = a.s, head_height = a.h, head_kind = a.k, head_hash = a.x, ballots = a.b, voted = a.v \
           FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[]) AS a (n, s, h, k, x, b, v) \
           WHERE e.number = a.n",
};

pub(super) fn head_columns(elections: &[&Stored]) -> [Column; 7] {
    let ints = |field: &dyn Fn(&Stored) -> i64| Column::Ints(elections.iter().map(|stored| field(stored)).collect());
    [
        ints(&|stored| stored.number),
        Column::Texts(elections.iter().map(|stored| stored.state().to_owned()).collect()),
        ints(&|stored| stored.info.head_height as i64),
        Column::Texts(elections.iter().map(|stored| stored.info.head_kind.word().to_owned()).collect()),
        Column::Bytes(elections.iter().map(|stored| stored.info.head_hash.0.to_vec()).collect()),
        ints(&|stored| stored.info.ballots as i64),
        ints(&|stored| stored.info.voted as i64),
    ]
}
