//! Archive and companion as bytes, page by page: a slow reader holds no connection.
//!
//! Every event is made again from its records and compared with what is stored, so a flipped bit ends the stream with an error and
//! never reaches anybody unseen.

use tokio::sync::mpsc;
use vote::Hash;
use vote::archive::{EventKind, SetupRecords, Tail};

use super::lines;
use super::{Setup, Stored, find, kind_of, not_text, records_before, setup_data};
use crate::Store;
use crate::error::StoreError;
use crate::sql::{DbError, Sql, values};
use crate::writer::Fail;

/// Events of one page.
const PAGE: i64 = 256;

/// Most events after the ballots: end, tally, a share of each of 255 trustees, result; and one more.
const LATER_EVENTS: u64 = 259;

/// Bytes that come one piece after another.
pub struct Chunks(mpsc::Receiver<Result<Vec<u8>, StoreError>>);

impl Chunks {
    /// The next piece; none at the end. After an error nothing comes, and what came before is not the whole.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, StoreError>> {
        self.0.recv().await
    }

    /// All that is left, in memory.
    pub async fn collect(mut self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next().await {
            bytes.extend(chunk?);
        }
        Ok(bytes)
    }
}

/// A ballot on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotRow {
    /// Its event.
    pub height: u64,
    /// Place of its credential in the list, from 0.
    pub credential: u32,
    /// SHA-256 of its bytes.
    pub tracker: [u8; 32],
    /// Whether it is the last of its credential: the one that counts.
    pub is_last: bool,
    /// The hour in which it was received: its beginning, seconds since 1970.
    pub hour: i64,
    /// Its exact bytes.
    pub ballot: Vec<u8>,
}

impl Store {
    /// The archive up to the event that is the last one now: the exact bytes of `UUID.bel`.
    pub async fn stream_archive(&self, uuid: &str) -> Result<Chunks, StoreError> {
        let mut walk = Walk::new(self.get_stored(uuid).await?);
        let (to, from) = mpsc::channel(4);
        let store = self.clone();
        tokio::spawn(async move {
            loop {
                let page = store.read(move |sql| walk.page(sql).map(|bytes| (walk, bytes))).await;
                let (next, chunk) = match page {
                    Ok((next, bytes)) => (Some(next), Ok(bytes)),
                    Err(error) => (None, Err(error)),
                };
                // Empty at the end. Nobody may be listening any more.
                if chunk.as_ref().is_ok_and(Vec::is_empty) || to.send(chunk).await.is_err() {
                    return;
                }
                let Some(next) = next else { return };
                walk = next;
            }
        });
        Ok(Chunks(from))
    }

    /// The companion as it stands: the exact bytes of `UUID.companion.jsonl`.
    pub async fn stream_companion(&self, uuid: &str) -> Result<Chunks, StoreError> {
        let stored = self.get_stored(uuid).await?;
        let (to, from) = mpsc::channel(4);
        let store = self.clone();
        tokio::spawn(async move {
            let (mut at, mut before) = (0, None);
            while at < stored.info.lines {
                let (number, end) = (stored.number, stored.info.lines);
                match store.read(move |sql| companion_page(sql, number, at, end, before)).await {
                    Ok((bytes, next, hash)) => {
                        (at, before) = (next, hash);
                        if to.send(Ok(bytes)).await.is_err() {
                            return;
                        }
                    }
                    Err(error) => {
                        let _ = to.send(Err(error)).await;
                        return;
                    }
                }
            }
            if before != stored.info.last_line_hash {
                let _ = to.send(Err(StoreError::damaged(stored.place("companion"), "its last line is not the one noted"))).await;
            }
        });
        Ok(Chunks(from))
    }

    /// Ballots from this height on, at most `limit`, in the board's order.
    pub async fn list_ballots(&self, uuid: &str, from_height: u64, limit: u32) -> Result<Vec<BallotRow>, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| {
            let stored = find(sql, &uuid)?;
            let rows = sql.query(
                "SELECT v.height, v.credential, v.tracker, v.payload, c.last_ballot, v.hour FROM board.event AS v \
                 JOIN board.credential AS c ON c.election = v.election AND c.position = v.credential \
                 WHERE v.election = $1 AND v.height >= $2 AND v.tracker IS NOT NULL ORDER BY v.height LIMIT $3",
                values![stored.number, i64::try_from(from_height).unwrap_or(i64::MAX), i64::from(limit)],
            )?;
            let mut ballots = Vec::with_capacity(rows.len());
            for row in &rows {
                let height = row.count(0)?;
                let tracker = row.hash(2)?;
                let ballot = row.bytes(3)?.to_vec();
                if Hash::of(&ballot).0 != tracker {
                    return Err(
                        StoreError::damaged(stored.place(&format!("event {height}")), "the ballot is not the one of its tracker").into()
                    );
                }
                let credential = u32::try_from(row.int(1)?).map_err(|_| DbError::Shape("a credential's position".to_owned()))?;
                let is_last = row.int_or_null(4)? == Some(height as i64);
                ballots.push(BallotRow { height, credential, tracker, is_last, hour: row.int(5)?, ballot });
            }
            Ok(ballots)
        })
        .await
    }

    /// How many credentials had their first ballot in each hour: the hour's beginning in seconds since 1970, by hour.
    pub async fn list_first_ballots(&self, uuid: &str) -> Result<Vec<(i64, u64)>, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| {
            let stored = find(sql, &uuid)?;
            let rows = sql.query(
                "SELECT f.hour, count(*) FROM (SELECT min(hour) AS hour FROM board.event WHERE election = $1 AND tracker IS NOT NULL \
                 GROUP BY credential) AS f GROUP BY f.hour ORDER BY f.hour",
                values![stored.number],
            )?;
            Ok(rows.iter().map(|row| Ok::<_, DbError>((row.int(0)?, row.count(1)?))).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The ballot with this tracker, if it is on the board.
    pub async fn find_ballot(&self, uuid: &str, tracker: [u8; 32]) -> Result<Option<BallotRow>, StoreError> {
        let name = uuid.to_owned();
        let height = self
            .read(move |sql| {
                let stored = find(sql, &name)?;
                let found =
                    sql.one("SELECT height FROM board.event WHERE election = $1 AND tracker = $2", values![stored.number, tracker])?;
                Ok(found.map(|row| row.count(0)).transpose()?)
            })
            .await?;
        let Some(height) = height else { return Ok(None) };
        Ok(self.list_ballots(uuid, height, 1).await?.pop().filter(|ballot| ballot.tracker == tracker))
    }

    /// Whether a ballot with this tracker was opened on a second device.
    pub async fn is_challenged(&self, uuid: &str, tracker: [u8; 32]) -> Result<bool, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| {
            let stored = find(sql, &uuid)?;
            let found = sql.one("SELECT 1 FROM board.challenged WHERE election = $1 AND tracker = $2", values![stored.number, tracker])?;
            Ok(found.is_some())
        })
        .await
    }

    /// The events after the ballots (end, tally, shares, result) with all their records, in order.
    pub async fn list_later_events(&self, uuid: &str) -> Result<Vec<(EventKind, Vec<String>)>, StoreError> {
        let uuid = uuid.to_owned();
        self.read_moment(move |sql| {
            let stored = find(sql, &uuid)?;
            // Nothing but these events comes after the last ballot, and each trustee has one share at most.
            let from = stored.info.head_height.saturating_sub(LATER_EVENTS) as i64;
            let rows = sql.query(
                "SELECT height, kind, payload FROM board.event WHERE election = $1 AND height > $2 AND height > 0 AND tracker IS NULL ORDER BY height",
                values![stored.number, from],
            )?;
            let mut events = Vec::new();
            for row in &rows {
                let height = row.int(0)?;
                let kind = kind_of(row.text(1)?).ok_or_else(|| StoreError::damaged(stored.place(&format!("event {height}")), "its kind is none"))?;
                let mut records = records_before(sql, stored.number, height)?;
                if let Some(payload) = row.bytes_or_null(2)? {
                    records.push(String::from_utf8(payload.to_vec()).map_err(|_| not_text(stored.number, height))?);
                }
                events.push((kind, records));
            }
            Ok(events)
        })
        .await
    }

    async fn get_stored(&self, uuid: &str) -> Result<Stored, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| find(sql, &uuid)).await
    }
}

impl Stored {
    /// How a part of this election is named where it is damaged.
    pub(crate) fn place(&self, part: &str) -> String {
        format!("the {part} of election {}", self.info.uuid)
    }
}

/// A walk over an archive's events, from the first to the head that was found at the beginning.
pub(crate) struct Walk {
    stored: Stored,
    tail: Option<Tail>,
    next: i64,
    /// Ballots seen so far.
    pub(crate) ballots: u64,
}

impl Walk {
    pub(crate) fn new(stored: Stored) -> Self {
        Self { stored, tail: None, next: 0, ballots: 0 }
    }

    /// How many events were read.
    pub(crate) fn read(&self) -> u64 {
        self.next.unsigned_abs()
    }

    /// The bytes of the next events; none left: empty.
    pub(crate) fn page(&mut self, sql: &mut dyn Sql) -> Result<Vec<u8>, Fail> {
        let end = self.stored.info.head_height as i64;
        let mut bytes = Vec::new();
        if self.next > end {
            return Ok(bytes);
        }
        let rows = sql.query(
            "SELECT height, kind, hash, payload, tracker FROM board.event WHERE election = $1 AND height >= $2 AND height <= $3 ORDER BY height",
            values![self.stored.number, self.next, end.min(self.next + PAGE - 1)],
        )?;
        if rows.is_empty() {
            return Err(self.damage("it is missing").into());
        }
        for row in &rows {
            if row.int(0)? != self.next {
                return Err(self.damage("it is missing").into());
            }
            let kind = kind_of(row.text(1)?).ok_or_else(|| self.damage("its kind is none"))?;
            let payload =
                row.bytes_or_null(3)?.map(|payload| std::str::from_utf8(payload).map_err(|_| not_text(self.stored.number, self.next)));
            let payload = payload.transpose()?;
            let tracker = row.bytes_or_null(4)?;
            if (kind == EventKind::Ballot) != tracker.is_some()
                || tracker.is_some_and(|tracker| payload.map(Hash::of).is_none_or(|hash| hash.0 != tracker))
            {
                return Err(self.damage("the ballot is not the one of its tracker").into());
            }
            let before = if kind == EventKind::Ballot { Vec::new() } else { records_before(sql, self.stored.number, self.next)? };
            bytes.extend(self.append(kind, before, payload)?);
            if self.tail.as_ref().and_then(Tail::last_event).map(|hash| hash.0) != Some(row.hash(2)?) {
                return Err(self.damage("its records or its hash were changed").into());
            }
            self.ballots += u64::from(kind == EventKind::Ballot);
            self.next += 1;
        }
        let info = &self.stored.info;
        if self.next > end && self.tail.as_ref().and_then(Tail::last_event) != Some(info.head_hash) {
            return Err(self.damage("it is not the head that is noted").into());
        }
        Ok(bytes)
    }

    fn append(&mut self, kind: EventKind, before: Vec<String>, payload: Option<&str>) -> Result<Vec<u8>, Fail> {
        if let Some(tail) = &mut self.tail {
            let records: Vec<&str> = before.iter().map(String::as_str).chain(payload).collect();
            return tail.append(kind, &records).map_err(|fault| self.damage(&fault.to_string()).into());
        }
        let [election, trustees, credentials] =
            <[String; 3]>::try_from(before).map_err(|_| self.damage("it has not the three records of a setup"))?;
        let setup = Setup { election, trustees, credentials };
        let records = SetupRecords { election: &setup.election, trustees: &setup.trustees, credentials: &setup.credentials };
        let (tail, bytes) =
            Tail::begin(self.stored.info.timestamp.unsigned_abs(), &records).map_err(|fault| self.damage(&fault.to_string()))?;
        self.tail = Some(tail);
        // The archive's writer makes the setup data itself, so what is stored must be exactly that: to be found somewhere in the bytes
        // is not enough, since the archive has zeros between its records.
        if kind != EventKind::Setup || payload != Some(setup_data(&setup).as_str()) {
            return Err(self.damage("its setup data were changed").into());
        }
        Ok(bytes)
    }

    fn damage(&self, what: &str) -> StoreError {
        StoreError::damaged(self.stored.place(&format!("event {}", self.next)), what)
    }
}

/// The bytes of some lines, the number of the next and the hash of the last.
pub(crate) fn companion_page(
    sql: &mut dyn Sql,
    election: i64,
    from: u64,
    end: u64,
    mut before: Option<Hash>,
) -> Result<(Vec<u8>, u64, Option<Hash>), Fail> {
    let rows = sql.query(
        "SELECT line, bytes, kind FROM board.line WHERE election = $1 AND line >= $2 AND line < $3 ORDER BY line LIMIT $4",
        values![election, from as i64, end as i64, PAGE],
    )?;
    let (mut bytes, mut at) = (Vec::new(), from);
    for row in &rows {
        let damage = |what: &str| StoreError::damaged(format!("line {at} of the companion of election {election}"), what);
        let line = row.bytes(1)?;
        let text = std::str::from_utf8(line).map_err(|_| damage("it is not UTF-8"))?;
        let (kind, hash) = lines::read(text, at, before).map_err(|_| damage("it does not continue the line before it"))?;
        if row.count(0)? != at || kind != row.text(2)? {
            return Err(damage("it, or a line before it, was changed").into());
        }
        bytes.extend_from_slice(line);
        (at, before) = (at + 1, Some(hash));
    }
    if rows.is_empty() {
        return Err(StoreError::damaged(format!("line {at} of the companion of election {election}"), "it is missing").into());
    }
    Ok((bytes, at, before))
}
