//! The archive `UUID.bel`: appended to, never rewritten (archive.md part A, voting.md section 10).
//!
//! An old-style tar without an end: the header record, then data and event records. Appending needs only the last event, and
//! that is in the last 1,024 bytes: an event's body is shorter than one block. So [`Tail`] costs the same however long the
//! archive has become.

use std::fmt;

use crate::json::{self, ShapeFault};
use crate::transcript::Hash;

/// Size of a tar block.
pub const BLOCK: usize = 512;

/// Bytes at the end of an archive from which a [`Tail`] is read.
pub const TAIL_BYTES: usize = 2 * BLOCK;

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Election, trustees and credentials.
    Setup,
    /// One ballot.
    Ballot,
    /// No more ballots.
    EndBallots,
    /// The sum.
    EncryptedTally,
    /// One trustee's factors.
    PartialDecryption,
    /// The count.
    Result,
}

impl EventKind {
    const WORDS: [(Self, &'static str); 6] = [
        (Self::Setup, "Setup"),
        (Self::Ballot, "Ballot"),
        (Self::EndBallots, "EndBallots"),
        (Self::EncryptedTally, "EncryptedTally"),
        (Self::PartialDecryption, "PartialDecryption"),
        (Self::Result, "Result"),
    ];

    /// Its word in the archive.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// The order of events (V6).
    fn may_follow(self, last: Option<Self>) -> bool {
        match (last, self) {
            (None, Self::Setup)
            | (Some(Self::Setup | Self::Ballot), Self::Ballot | Self::EndBallots)
            | (Some(Self::EndBallots), Self::EncryptedTally)
            | (Some(Self::EncryptedTally | Self::PartialDecryption), Self::PartialDecryption)
            | (Some(Self::PartialDecryption), Self::Result) => true,
            (
                None | Some(Self::Setup | Self::Ballot | Self::EndBallots | Self::EncryptedTally | Self::PartialDecryption | Self::Result),
                Self::Setup | Self::Ballot | Self::EndBallots | Self::EncryptedTally | Self::PartialDecryption | Self::Result,
            ) => false,
        }
    }
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Hash of the event before.
    pub parent: Option<Hash>,
    /// Its number from 0.
    pub height: u64,
    /// What it is.
    pub kind: EventKind,
    /// The record it is about.
    pub payload: Option<Hash>,
}

impl Event {
    fn body(&self) -> String {
        let mut text = String::from("{");
        if let Some(parent) = &self.parent {
            text.push_str(&format!("\"parent\":\"{parent}\","));
        }
        text.push_str(&format!("\"height\":{},\"type\":\"{}\"", self.height, self.kind.word()));
        if let Some(payload) = &self.payload {
            text.push_str(&format!(",\"payload\":\"{payload}\""));
        }
        text.push('}');
        text
    }

    /// Reads an event record.
    pub fn read(bytes: &[u8]) -> Result<Self, ShapeFault> {
        let value = json::parse(bytes, "event")?;
        let fields = json::fields_of(&value)?;
        let hash = |name: &str| {
            fields.optional(name).map(|value| value.as_str().and_then(Hash::parse).ok_or_else(|| ShapeFault::new(name))).transpose()
        };
        let event = Self {
            parent: hash("parent")?,
            height: fields.get("height")?.as_u64().ok_or_else(|| ShapeFault::new("height"))?,
            kind: EventKind::parse(fields.text("type")?).ok_or_else(|| ShapeFault::new("type"))?,
            payload: hash("payload")?,
        };
        if event.body().as_bytes() == bytes { Ok(event) } else { Err(ShapeFault::new("event")) }
    }
}

/// Where an archive ends: all that appending needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    timestamp: u64,
    last: Option<(Event, Hash)>,
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveFault {
    /// This is no archive, or it is damaged at its beginning or end.
    Damaged,
    /// This event may not come now (V6).
    Order {
        /// The last one.
        last: Option<EventKind>,
        /// The one that was to be appended.
        next: EventKind,
    },
    /// More than a tar header can say.
    TooLarge,
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("this is not an archive, or it is damaged"),
            Self::Order { last, next } => {
                write!(f, "after {} the archive takes no {}", last.map_or("nothing", EventKind::word), next.word())
            }
            Self::TooLarge => f.write_str("a record is too large for the archive"),
        }
    }
}

impl std::error::Error for ArchiveFault {}

/// The records of a new archive's first event.
pub struct SetupRecords<'a> {
    /// election.json
    pub election: &'a str,
    /// trustees.json
    pub trustees: &'a str,
    /// public_creds.json
    pub credentials: &'a str,
}

impl Tail {
    /// Begins an archive: header and Setup event. `timestamp` is in seconds since 1970.
    pub fn begin(timestamp: u64, setup: &SetupRecords<'_>) -> Result<(Self, Vec<u8>), ArchiveFault> {
        let mut tail = Self { timestamp, last: None };
        let mut bytes = Vec::new();
        tail.record(&mut bytes, "BELENIOS", format!("{{\"version\":1,\"timestamp\":\"{timestamp}\"}}").as_bytes())?;
        let [election, trustees, credentials] = [setup.election, setup.trustees, setup.credentials].map(Hash::of);
        let setup_data = format!("{{\"election\":\"{election}\",\"trustees\":\"{trustees}\",\"credentials\":\"{credentials}\"}}");
        bytes.extend(tail.append(EventKind::Setup, &[setup.election, setup.trustees, setup.credentials, &setup_data])?);
        Ok((tail, bytes))
    }

    /// Reads where an archive ends from its first two blocks and its last [`TAIL_BYTES`].
    pub fn read(first: &[u8], last: &[u8]) -> Result<Self, ArchiveFault> {
        let damaged = ArchiveFault::Damaged;
        let (header, body) = first.split_at_checked(BLOCK).ok_or(damaged.clone())?;
        let head = Head::read(header).ok_or(damaged.clone())?;
        let body = body.get(..usize::try_from(head.size).map_err(|_| damaged.clone())?).ok_or(damaged.clone())?;
        let value = json::parse(body, "header").map_err(|_| damaged.clone())?;
        let timestamp =
            value.get("timestamp").and_then(|value| value.as_str()).and_then(|text| text.parse().ok()).ok_or(damaged.clone())?;
        let start = last.len().checked_sub(TAIL_BYTES).ok_or(damaged.clone())?;
        let (header, body) = last[start..].split_at(BLOCK);
        let head = Head::read(header).ok_or(damaged.clone())?;
        let body = body.get(..usize::try_from(head.size).unwrap_or(usize::MAX)).ok_or(damaged.clone())?;
        let hash = Hash::of(body);
        let event = Event::read(body).map_err(|_| damaged.clone())?;
        if head.name != format!("{hash}.event.json") {
            return Err(damaged);
        }
        Ok(Self { timestamp, last: Some((event, hash)) })
    }

    /// Where an archive ends whose events are kept as rows: its last event and that event's hash.
    pub fn at(timestamp: u64, last: Event, hash: Hash) -> Self {
        Self { timestamp, last: Some((last, hash)) }
    }

    /// The bytes that append an event with its records, the last of which is its payload.
    pub fn append(&mut self, kind: EventKind, records: &[&str]) -> Result<Vec<u8>, ArchiveFault> {
        let last = self.last.as_ref().map(|(event, _)| event.kind);
        if !kind.may_follow(last) {
            return Err(ArchiveFault::Order { last, next: kind });
        }
        let mut bytes = Vec::with_capacity(records.iter().map(|record| record.len() + 2 * BLOCK).sum::<usize>() + TAIL_BYTES);
        for record in records {
            self.record(&mut bytes, &format!("{}.data.json", Hash::of(record)), record.as_bytes())?;
        }
        let event = Event {
            parent: self.last.as_ref().map(|(_, hash)| *hash),
            height: self.last.as_ref().map_or(0, |(event, _)| event.height + 1),
            kind,
            payload: records.last().map(Hash::of),
        };
        let body = event.body();
        let hash = Hash::of(&body);
        self.record(&mut bytes, &format!("{hash}.event.json"), body.as_bytes())?;
        self.last = Some((event, hash));
        Ok(bytes)
    }

    /// Hash of the last event: it stands for the whole archive.
    pub fn last_event(&self) -> Option<Hash> {
        self.last.as_ref().map(|(_, hash)| *hash)
    }

    /// The time in every header, in seconds since 1970.
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// What the last event is.
    pub fn last_kind(&self) -> Option<EventKind> {
        self.last.as_ref().map(|(event, _)| event.kind)
    }

    fn record(&self, bytes: &mut Vec<u8>, name: &str, body: &[u8]) -> Result<(), ArchiveFault> {
        bytes.extend_from_slice(&header(name, body.len() as u64, self.timestamp).ok_or(ArchiveFault::TooLarge)?);
        bytes.extend_from_slice(body);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        Ok(())
    }
}

/// The header block of a record; none if a tar header cannot say it.
pub fn header(name: &str, size: u64, timestamp: u64) -> Option<[u8; BLOCK]> {
    if size >= 1 << 33 || timestamp >= 1 << 33 || name.len() >= 100 {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put = |offset: usize, text: &[u8]| block[offset..offset + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644");
    put(108, b"0000000");
    put(116, b"0000000");
    put(124, format!("{size:011o}").as_bytes());
    put(136, format!("{timestamp:011o}").as_bytes());
    put(148, b"        ");
    put(156, b"0");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// What stands behind the last complete event of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// The beginning of an append that was cut off: nothing of it is an event.
    CutOff {
        /// Bodies of the records that are there whole. They mean nothing without their event.
        records: Vec<Vec<u8>>,
    },
    /// Something else, and why. It is not for a program to mend.
    Other(&'static str),
}

/// Looks at what stands behind an archive's last complete event. `rest` begins where that event's padding ends.
///
/// Only what is shorter than what was to be written is called cut off: records with their right headers and hashes, the
/// last one ending with the file. A whole event is never part of it.
pub fn judge_rest(mut rest: &[u8], timestamp: u64) -> Rest {
    let mut records = Vec::new();
    if rest.is_empty() {
        return Rest::Nothing;
    }
    while !rest.is_empty() {
        let Some((block, after)) = rest.split_at_checked(BLOCK) else {
            return if begins_header(rest, timestamp) { Rest::CutOff { records } } else { Rest::Other("what follows is no record") };
        };
        let Some(head) = Head::read(block).filter(|head| header(&head.name, head.size, timestamp).as_ref().is_some_and(|h| h == block))
        else {
            return Rest::Other("what follows is no record");
        };
        let (size, padded) = (head.size as usize, head.padded() as usize);
        let Some(body) = after.get(..size) else {
            // Nothing can be said of half a body.
            return Rest::CutOff { records };
        };
        let kind = if head.is_event() { "event" } else { "data" };
        let padding = &after[size..padded.min(after.len())];
        if head.name != format!("{}.{kind}.json", Hash::of(body)) || padding.iter().any(|byte| *byte != 0) {
            return Rest::Other("the last record is whole but damaged");
        }
        if after.len() < padded {
            return Rest::CutOff { records };
        }
        if head.is_event() {
            return Rest::Other("a whole event follows");
        }
        records.push(body.to_vec());
        rest = &after[padded..];
    }
    Rest::CutOff { records }
}

/// Whether these bytes can be the beginning of a record's header.
fn begins_header(bytes: &[u8], timestamp: u64) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let octal = |byte: &u8| (b'0'..=b'7').contains(byte);
    let of = |from: usize, to: usize| bytes.get(from..to.min(bytes.len())).unwrap_or_default();
    ["data", "event"].iter().any(|kind| {
        let Some(like) = header(&format!("{}.{kind}.json", "0".repeat(64)), 0, timestamp) else { return false };
        // Hash, size and sum are unknown; all else is fixed.
        let is_fixed = |place: &usize| !(*place < 64 || (124..135).contains(place) || (148..154).contains(place));
        of(0, 64).iter().all(digit)
            && of(124, 135).iter().all(octal)
            && of(148, 154).iter().all(octal)
            && (0..bytes.len()).filter(is_fixed).all(|place| bytes[place] == like[place])
    })
}

/// Name and size from a tar header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Name of the record.
    pub name: String,
    /// Length of its body.
    pub size: u64,
}

impl Head {
    /// Reads the parts of a header block that are needed to find the next one.
    pub fn read(block: &[u8]) -> Option<Self> {
        let name = block.get(..100)?.split(|byte| *byte == 0).next()?;
        let name = std::str::from_utf8(name).ok()?.to_owned();
        let size = std::str::from_utf8(block.get(124..135)?).ok()?;
        let known = name == "BELENIOS" || name.ends_with(".data.json") || name.ends_with(".event.json");
        if !known || !size.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
            return None;
        }
        Some(Self { name, size: u64::from_str_radix(size, 8).ok()? })
    }

    /// Length of the body with its padding.
    pub fn padded(&self) -> u64 {
        self.size.next_multiple_of(BLOCK as u64)
    }

    /// Whether this record is an event.
    pub fn is_event(&self) -> bool {
        self.name.ends_with(".event.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_read_back_is_the_tail_kept() {
        let setup = SetupRecords { election: "{}", trustees: "[]", credentials: "[\"a\"]" };
        let Ok((mut tail, mut bytes)) = Tail::begin(1_795_290_802, &setup) else { panic!("a small archive") };
        assert_eq!(Tail::read(&bytes, &bytes), Ok(tail.clone()));
        for kind in [EventKind::Ballot, EventKind::Ballot] {
            bytes.extend(tail.append(kind, &["{\"a\":1}"]).unwrap_or_default());
            assert_eq!(Tail::read(&bytes, &bytes[bytes.len() - TAIL_BYTES..]), Ok(tail.clone()));
        }
        assert_eq!(
            tail.append(EventKind::Result, &["{}"]),
            Err(ArchiveFault::Order { last: Some(EventKind::Ballot), next: EventKind::Result })
        );
        assert_eq!(Tail::read(&bytes[..540], &bytes), Err(ArchiveFault::Damaged));
        assert_eq!(Tail::read(&bytes, &bytes[..bytes.len() - 1]), Err(ArchiveFault::Damaged));
    }

    #[test]
    fn an_append_cut_anywhere_is_known_and_a_whole_or_damaged_one_is_not_called_cut_off() {
        let setup = SetupRecords { election: "{}", trustees: "[]", credentials: "[\"a\"]" };
        let Ok((mut tail, _)) = Tail::begin(1_795_290_802, &setup) else { panic!("a small archive") };
        let ballot = format!("{{\"a\":\"{}\"}}", "1".repeat(700));
        let bytes = tail.append(EventKind::Ballot, &[&ballot]).unwrap_or_default();
        assert_eq!(bytes.len(), 5 * BLOCK);
        for length in 1..bytes.len() {
            let whole = usize::from(length >= 3 * BLOCK);
            assert_eq!(
                judge_rest(&bytes[..length], tail.timestamp()),
                Rest::CutOff { records: vec![ballot.clone().into_bytes(); whole] },
                "{length}"
            );
        }
        assert_eq!(judge_rest(&[], tail.timestamp()), Rest::Nothing);
        assert_eq!(judge_rest(&bytes, tail.timestamp()), Rest::Other("a whole event follows"));
        // One bit of the event's own blocks, all of them there; the fields that are not fixed may differ in a cut header only.
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(matches!(judge_rest(&damaged, tail.timestamp()), Rest::Other(_)), "{place}");
        }
        assert!(matches!(judge_rest(&[0; 100], tail.timestamp()), Rest::Other(_)));
        assert!(matches!(judge_rest(&[0; 2048], tail.timestamp()), Rest::Other(_)));
        assert!(matches!(judge_rest(&bytes[..200], tail.timestamp() + 1), Rest::Other(_)));
    }

    #[test]
    fn the_order_of_events_is_kept() {
        use EventKind::{Ballot, EncryptedTally, EndBallots, PartialDecryption, Result, Setup};
        let all = [Setup, Ballot, EndBallots, EncryptedTally, PartialDecryption, Result];
        let allowed = [
            (Setup, Ballot),
            (Setup, EndBallots),
            (Ballot, Ballot),
            (Ballot, EndBallots),
            (EndBallots, EncryptedTally),
            (EncryptedTally, PartialDecryption),
            (PartialDecryption, PartialDecryption),
            (PartialDecryption, Result),
        ];
        for last in all {
            for next in all {
                assert_eq!(next.may_follow(Some(last)), allowed.contains(&(last, next)), "{last:?} {next:?}");
            }
            assert_eq!(last.may_follow(None), last == Setup);
        }
    }
}
