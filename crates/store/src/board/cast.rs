//! Casting: all rules in one transaction with the ballot itself.
//!
//! Facts of a whole batch are fetched with four queries (three of them at once), each ballot is decided in its order against them and against what the batch
//! has decided before, and what is recorded is written with three statements. The decision itself is a pure function.

use std::collections::{HashMap, HashSet};

use vote::Hash;
use vote::archive::{EventKind, Tail};
use vote::companion::Revote;

use super::{CredentialState, Stored};
use crate::Store;
use crate::error::{Refusal, StoreError};
use crate::sql::{Column, DbError, Many, Sql, values};
use crate::writer::Fail;

/// A ballot that was judged and is to be put on the board.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The election.
    pub election: String,
    /// Place of its credential in the list, from 0.
    pub credential: u32,
    /// SHA-256 of its bytes.
    pub tracker: [u8; 32],
    /// Its exact bytes.
    pub ballot: Vec<u8>,
    /// The instant at which its last byte was read, seconds since 1970, cut down. The board keeps the hour.
    pub received_at: i64,
}

/// What became of a cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastOutcome {
    /// It is on the board and durable; `again` if it was before.
    Recorded {
        /// Its event in the archive.
        height: u64,
        /// The same bytes were recorded earlier: the same receipt.
        again: bool,
    },
    /// The credential has a ballot, and there is only one.
    AlreadyVoted,
    /// These bytes are on the board, but the credential has a newer ballot.
    Superseded,
    /// The holder voted on paper.
    Void,
    /// Another credential stands for this one.
    Replaced,
    /// A spare credential that replaces none.
    Inactive,
    /// There is no such place in the list.
    Unknown,
    /// Voting has not begun.
    NotOpen {
        /// Seconds since 1970.
        opens_at: i64,
    },
    /// Voting has ended.
    Closed {
        /// Seconds since 1970.
        closes_at: i64,
    },
    /// This ballot was opened on a second device and can never be counted.
    Challenged,
}

/// What became of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// The ballot can never be cast.
    Recorded,
    /// It is on the board already, so it cannot be opened.
    Cast {
        /// Its event in the archive.
        height: u64,
    },
}

impl Store {
    /// Puts a ballot on the board. Answers after it is durable. The same bytes again get the same height.
    pub async fn cast(&self, cast: Cast) -> Result<CastOutcome, StoreError> {
        let form = |why: &str| StoreError::Refused(Refusal::Form { what: "ballot", why: why.to_owned() });
        if std::str::from_utf8(&cast.ballot).is_err() {
            return Err(form("its bytes are not UTF-8"));
        }
        if Hash::of(&cast.ballot).0 != cast.tracker {
            return Err(form("its tracker is not the hash of its bytes"));
        }
        self.0.writer.cast(cast).await
    }

    /// Marks a ballot that is opened on a second device: it can never be cast.
    pub async fn challenge(&self, uuid: &str, tracker: [u8; 32]) -> Result<ChallengeOutcome, StoreError> {
        let uuid = uuid.to_owned();
        self.act(move |sql| {
            let stored = super::lock(sql, &uuid)?;
            let found = sql.one("SELECT height FROM board.event WHERE election = $1 AND tracker = $2", values![stored.number, tracker])?;
            if let Some(row) = found {
                return Ok(ChallengeOutcome::Cast { height: row.count(0)? });
            }
            sql.execute(
                "INSERT INTO board.challenged (election, tracker) VALUES ($1, $2) ON CONFLICT (election, tracker) DO NOTHING",
                values![stored.number, tracker],
            )?;
            Ok(ChallengeOutcome::Recorded)
        })
        .await
    }
}

/// What a decision needs to know of one election.
struct Open {
    stored: Stored,
    tail: Tail,
    recorded: Vec<Recorded>,
}

/// A ballot with its election and its event.
type Written<'w> = (&'w Open, &'w Recorded, &'w Cast);

/// A ballot that gets an event in this batch.
struct Recorded {
    at: usize,
    height: i64,
    hash: Hash,
}

#[derive(Clone, Copy)]
struct Holder {
    state: CredentialState,
    last_ballot: Option<i64>,
    is_changed: bool,
}

struct Facts {
    holders: HashMap<(i64, u32), Holder>,
    /// Height and credential of the ballots that are on the board.
    heights: HashMap<(i64, [u8; 32]), (i64, i64)>,
    challenged: HashSet<(i64, [u8; 32])>,
}

const CREDENTIALS: Many = Many {
    each: "SELECT election, position, state, last_ballot FROM board.credential WHERE election = $1 AND position = $2",
    many: "SELECT c.election, c.position, c.state, c.last_ballot FROM unnest($1::bigint[], $2::bigint[]) AS a (e, p) \
           JOIN board.credential AS c ON c.election = a.e AND c.position = a.p",
};
const EVENTS: Many = Many {
    each: "SELECT election, tracker, height, credential FROM board.event WHERE election = $1 AND tracker = $2",
    many: "SELECT v.election, v.tracker, v.height, v.credential FROM unnest($1::bigint[], $2::bytea[]) AS a (e, t) \
           JOIN board.event AS v ON v.election = a.e AND v.tracker = a.t",
};
const CHALLENGED: Many = Many {
    each: "SELECT election, tracker FROM board.challenged WHERE election = $1 AND tracker = $2",
    many: "SELECT h.election, h.tracker FROM unnest($1::bigint[], $2::bytea[]) AS a (e, t) \
           JOIN board.challenged AS h ON h.election = a.e AND h.tracker = a.t",
};
const PUT_EVENTS: Many = Many {
    each: "INSERT INTO board.event (election, height, kind, hash, payload, tracker, credential, hour) VALUES ($1, $2, 'Ballot', $3, $4, $5, $6, $7)",
    many: "INSERT INTO board.event (election, height, kind, hash, payload, tracker, credential, hour) \
           SELECT e, h, 'Ballot', s, p, t, c, o \
           FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[]) AS a (e, h, s, p, t, c, o)",
};
const PUT_LAST_BALLOTS: Many = Many {
    each: "UPDATE board.credential SET last_ballot = $3 WHERE election = $1 AND position = $2",
    many: "UPDATE board.credential AS c SET last_ballot = a.h FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS a (e, p, h) \
           WHERE c.election = a.e AND c.position = a.p",
};

/// Decides and records casts in their order. Inside: an election that is not there.
pub(crate) fn cast_all(sql: &mut dyn Sql, casts: &[&Cast]) -> Result<Vec<Result<CastOutcome, Refusal>>, Fail> {
    let mut uuids: Vec<String> = casts.iter().map(|cast| cast.election.clone()).collect();
    uuids.sort_unstable();
    uuids.dedup();
    let mut elections: HashMap<String, Open> = super::lock_several(sql, uuids)?
        .into_iter()
        .map(|stored| (stored.info.uuid.clone(), Open { tail: stored.tail(), stored, recorded: Vec::new() }))
        .collect();
    let mut facts = Facts::fetch(sql, casts, &elections)?;
    let mut outcomes = Vec::with_capacity(casts.len());
    for (at, cast) in casts.iter().enumerate() {
        let Some(election) = elections.get_mut(&cast.election) else {
            outcomes.push(Err(Refusal::Unknown { what: "election", name: cast.election.clone() }));
            continue;
        };
        let number = election.stored.number;
        outcomes.push(Ok(match decide(cast, &election.stored, &facts) {
            Some(outcome) => outcome,
            None => {
                // Checked before the cast was queued.
                let ballot = std::str::from_utf8(&cast.ballot).map_err(|_| super::not_text(number, 0))?;
                election.tail.append(EventKind::Ballot, &[ballot])?;
                let info = &mut election.stored.info;
                let hash = election.tail.last_event().unwrap_or(info.head_hash);
                (info.head_height, info.head_kind, info.head_hash) = (info.head_height + 1, EventKind::Ballot, hash);
                info.ballots += 1;
                let height = info.head_height as i64;
                if let Some(holder) = facts.holders.get_mut(&(number, cast.credential)) {
                    info.voted += u64::from(holder.last_ballot.is_none());
                    (holder.last_ballot, holder.is_changed) = (Some(height), true);
                }
                facts.heights.insert((number, cast.tracker), (height, i64::from(cast.credential)));
                election.recorded.push(Recorded { at, height, hash });
                CastOutcome::Recorded { height: info.head_height, again: false }
            }
        }));
    }
    write(sql, casts, &elections, &facts)?;
    Ok(outcomes)
}

/// The rules, in their order; none: it is to be recorded.
fn decide(cast: &Cast, stored: &Stored, facts: &Facts) -> Option<CastOutcome> {
    let info = &stored.info;
    let holder = facts.holders.get(&(stored.number, cast.credential));
    // First, so that a retry gets its receipt even after closing.
    if let Some((height, _)) = facts.heights.get(&(stored.number, cast.tracker)) {
        let is_last = holder.is_some_and(|holder| holder.last_ballot == Some(*height));
        return Some(if is_last { CastOutcome::Recorded { height: *height as u64, again: true } } else { CastOutcome::Superseded });
    }
    if info.is_closed || cast.received_at >= info.closes_at {
        return Some(CastOutcome::Closed { closes_at: info.closes_at });
    }
    if cast.received_at < info.opens_at {
        return Some(CastOutcome::NotOpen { opens_at: info.opens_at });
    }
    if facts.challenged.contains(&(stored.number, cast.tracker)) {
        return Some(CastOutcome::Challenged);
    }
    match (holder.map(|holder| (holder.state, holder.last_ballot)), info.revote) {
        (None, _) => Some(CastOutcome::Unknown),
        (Some((CredentialState::Void, _)), _) => Some(CastOutcome::Void),
        (Some((CredentialState::Replaced, _)), _) => Some(CastOutcome::Replaced),
        (Some((CredentialState::Spare, _)), _) => Some(CastOutcome::Inactive),
        (Some((CredentialState::Ready, Some(_))), Revote::One) => Some(CastOutcome::AlreadyVoted),
        (Some((CredentialState::Ready, _)), Revote::One | Revote::Last) => None,
    }
}

impl Facts {
    fn fetch(sql: &mut dyn Sql, casts: &[&Cast], elections: &HashMap<String, Open>) -> Result<Self, Fail> {
        let asked: Vec<(i64, &Cast)> =
            casts.iter().filter_map(|cast| Some((elections.get(&cast.election)?.stored.number, *cast))).collect();
        let ids = || Column::Ints(asked.iter().map(|(number, _)| *number).collect());
        let trackers = Column::Bytes(asked.iter().map(|(_, cast)| cast.tracker.to_vec()).collect());
        let positions = Column::Ints(asked.iter().map(|(_, cast)| i64::from(cast.credential)).collect());
        let mut facts = Self { holders: HashMap::new(), heights: HashMap::new(), challenged: HashSet::new() };
        let (credentials, trackers) = ([ids(), positions], [ids(), trackers]);
        let [holders, heights, challenged] =
            sql.query_three([(CREDENTIALS, &credentials), (EVENTS, &trackers), (CHALLENGED, &trackers)])?;
        for row in holders {
            let position = u32::try_from(row.int(1)?).map_err(|_| DbError::Shape("a credential's position".to_owned()))?;
            let holder = Holder { state: CredentialState::read(&row, 2)?, last_ballot: row.int_or_null(3)?, is_changed: false };
            facts.holders.insert((row.int(0)?, position), holder);
        }
        for row in heights {
            facts.heights.insert((row.int(0)?, row.hash(1)?), (row.int(2)?, row.int(3)?));
        }
        for row in challenged {
            facts.challenged.insert((row.int(0)?, row.hash(1)?));
        }
        Ok(facts)
    }
}

fn write(sql: &mut dyn Sql, casts: &[&Cast], elections: &HashMap<String, Open>, facts: &Facts) -> Result<(), Fail> {
    let recorded: Vec<Written<'_>> =
        elections.values().flat_map(|open| open.recorded.iter().map(move |recorded| (open, recorded, casts[recorded.at]))).collect();
    if recorded.is_empty() {
        return Ok(());
    }
    let ints = |field: &dyn Fn(&Written<'_>) -> i64| Column::Ints(recorded.iter().map(field).collect());
    let bytes = |field: &dyn Fn(&Written<'_>) -> Vec<u8>| Column::Bytes(recorded.iter().map(field).collect());
    let events = [
        ints(&|(open, _, _)| open.stored.number),
        ints(&|(_, recorded, _)| recorded.height),
        bytes(&|(_, recorded, _)| recorded.hash.0.to_vec()),
        bytes(&|(_, _, cast)| cast.ballot.clone()),
        bytes(&|(_, _, cast)| cast.tracker.to_vec()),
        ints(&|(_, _, cast)| i64::from(cast.credential)),
        // The hour and no more: an exact time beside a ballot would tell who was at a screen.
        ints(&|(_, _, cast)| cast.received_at.div_euclid(3_600) * 3_600),
    ];
    let changed: Vec<(i64, i64, i64)> = facts
        .holders
        .iter()
        .filter(|(_, holder)| holder.is_changed)
        .filter_map(|((election, position), holder)| Some((*election, i64::from(*position), holder.last_ballot?)))
        .collect();
    let last_ballots = [
        Column::Ints(changed.iter().map(|row| row.0).collect()),
        Column::Ints(changed.iter().map(|row| row.1).collect()),
        Column::Ints(changed.iter().map(|row| row.2).collect()),
    ];
    let grown: Vec<&Stored> = elections.values().filter(|open| !open.recorded.is_empty()).map(|open| &open.stored).collect();
    let heads = super::events::head_columns(&grown);
    let written = sql.execute_three([(PUT_EVENTS, &events), (PUT_LAST_BALLOTS, &last_ballots), (super::events::PUT_HEADS, &heads)])?;
    if written != [recorded.len(), changed.len(), grown.len()].map(|rows| rows as u64) {
        return Err(StoreError::damaged("the board", "a batch of ballots was not written as it was decided").into());
    }
    Ok(())
}
