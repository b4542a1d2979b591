//! The board: elections, credentials, and where their chains end. All of it is public.

pub(crate) mod cast;
pub(crate) mod events;
pub(crate) mod lines;
pub(crate) mod stream;

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use vote::Hash;
use vote::archive::{Event, EventKind, SetupRecords, Tail};
use vote::companion::Revote;

use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::sql::{Column, DbError, Many, Row, Sql, Value, values};
use crate::writer::Fail;

/// A balloting unit that is to take ballots.
#[derive(Clone, Debug)]
pub struct NewElection {
    /// Its name in archive and credentials.
    pub uuid: String,
    /// Short name of the unit in addresses.
    pub unit: String,
    /// Name of the unit for people.
    pub name: String,
    /// Exact bytes of the three records of the archive's first event.
    pub setup: Setup,
    /// Credentials that may not vote until they replace another: elements as in the list.
    pub spares: Vec<String>,
    /// Lines of the companion so far, each with its line feed: setup to credentials.
    pub lines: Vec<String>,
    /// The archive's time, seconds since 1970.
    pub timestamp: i64,
    /// Voting begins, seconds since 1970.
    pub opens_at: i64,
    /// Voting ends, seconds since 1970.
    pub closes_at: i64,
    /// What a second ballot does.
    pub revote: Revote,
}

/// The records of an archive's first event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// election.json
    pub election: String,
    /// trustees.json
    pub trustees: String,
    /// public_creds.json
    pub credentials: String,
}

/// An election as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionInfo {
    /// Its name in archive and credentials.
    pub uuid: String,
    /// Short name of the unit in addresses.
    pub unit: String,
    /// Name of the unit for people.
    pub name: String,
    /// The archive's time, seconds since 1970.
    pub timestamp: i64,
    /// Voting begins, seconds since 1970.
    pub opens_at: i64,
    /// Voting ends, as extended: the time in force.
    pub closes_at: i64,
    /// What a second ballot does.
    pub revote: Revote,
    /// Credentials in the list.
    pub credentials: u64,
    /// Of these, spare ones at the beginning. The others are as many as are entitled.
    pub spares: u64,
    /// Taken out of the hands of voters: no cast commits any more.
    pub is_closed: bool,
    /// The result is on the board.
    pub is_counted: bool,
    /// Number of the archive's last event.
    pub head_height: u64,
    /// What it is.
    pub head_kind: EventKind,
    /// Its hash: it stands for the whole archive.
    pub head_hash: Hash,
    /// Ballot events.
    pub ballots: u64,
    /// Credentials that have a ballot.
    pub voted: u64,
    /// Lines of the companion: the number of the next one.
    pub lines: u64,
    /// Hash of the last line without its line feed.
    pub last_line_hash: Option<Hash>,
}

/// Where an election is in its life, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElectionState {
    /// Voting has not begun.
    Before,
    /// Ballots are taken.
    Open,
    /// No ballot is taken any more.
    Closed,
    /// The result is on the board.
    Counted,
}

/// How many voted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turnout {
    /// The election.
    pub uuid: String,
    /// Credentials that may vote: all but the spare ones.
    pub entitled: u64,
    /// Credentials that have a ballot.
    pub voted: u64,
}

/// What a credential may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// Vote.
    Ready,
    /// Nothing, until it replaces another.
    Spare,
    /// Nothing: its holder voted on paper.
    Void,
    /// Nothing: another one stands for it.
    Replaced,
}

/// A credential of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialInfo {
    /// Its place in the list, from 0.
    pub position: u32,
    /// What it may do.
    pub state: CredentialState,
    /// Height of its last ballot.
    pub last_ballot: Option<u64>,
}

/// What a ballot meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Its election.
    pub election: ElectionInfo,
    /// If the same bytes are on the board: their event, and whether they are the last ballot of their credential.
    pub recorded: Option<(u64, bool)>,
    /// Its credential, if the election has it.
    pub credential: Option<CredentialInfo>,
}

impl ElectionInfo {
    /// Where it is at this instant, seconds since 1970.
    pub fn state_at(&self, now: i64) -> ElectionState {
        match () {
            () if self.is_counted => ElectionState::Counted,
            () if self.is_closed || now >= self.closes_at => ElectionState::Closed,
            () if now >= self.opens_at => ElectionState::Open,
            () => ElectionState::Before,
        }
    }
}

impl ElectionState {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Counted => "counted",
        }
    }
}

impl CredentialState {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Spare => "spare",
            Self::Void => "void",
            Self::Replaced => "replaced",
        }
    }

    pub(crate) fn read(row: &Row, at: usize) -> Result<Self, DbError> {
        let word = row.text(at)?;
        [Self::Ready, Self::Spare, Self::Void, Self::Replaced]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| DbError::Shape(format!("a credential's state is {word:?}")))
    }
}

impl Store {
    /// Puts an election on the board: archive and companion begin.
    pub async fn begin_election(&self, new: NewElection, entry: Entry) -> Result<ElectionInfo, StoreError> {
        entry.check()?;
        // Reading a list of a million credentials takes seconds: not on the writer's thread.
        let prepared = crate::blocking(move || Ok(prepare(new)?)).await?;
        self.act(move |sql| begin(sql, &prepared, &entry)).await
    }

    /// An election as it stands.
    pub async fn get_election(&self, uuid: &str) -> Result<ElectionInfo, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| Ok(find(sql, &uuid)?.info)).await
    }

    /// All elections, in the order in which they were put on the board.
    pub async fn list_elections(&self) -> Result<Vec<ElectionInfo>, StoreError> {
        self.read(|sql| Ok(all(sql)?.into_iter().map(|stored| stored.info).collect())).await
    }

    /// The records of the archive's first event. With a million credentials these are 70 MB: keep what you need of it.
    pub async fn get_setup(&self, uuid: &str) -> Result<Setup, StoreError> {
        let uuid = uuid.to_owned();
        self.read(move |sql| {
            let stored = find(sql, &uuid)?;
            setup(sql, &stored)
        })
        .await
    }

    /// A credential by its element, if the election has it.
    pub async fn credential_state(&self, uuid: &str, element: &str) -> Result<Option<CredentialInfo>, StoreError> {
        let uuid = uuid.to_owned();
        let public = Hash::parse(element).map(|element| element.0);
        self.read(move |sql| {
            let Some(public) = public else { return Ok(None) };
            let stored = find(sql, &uuid)?;
            credential(sql, stored.number, public)
        })
        .await
    }

    /// Everything that is asked before a ballot is judged, at once. An element that is none has no credential.
    pub async fn situation(&self, uuid: &str, tracker: [u8; 32], element: Option<&str>) -> Result<Situation, StoreError> {
        let uuid = uuid.to_owned();
        let public = element.and_then(Hash::parse).map(|element| element.0.to_vec());
        self.read(move |sql| {
            let public = public.map_or(Value::Null, Value::Bytes);
            let row = sql.one(SITUATION, &[Value::Text(uuid.clone()), Value::Bytes(tracker.to_vec()), public])?;
            let row = row.ok_or_else(|| StoreError::unknown("election", &uuid))?;
            let election = Stored::read(&row)?.info;
            let height = row.int_or_null(21)?;
            let recorded = height.map(|height| Ok::<_, DbError>((height as u64, row.int_or_null(22)? == Some(height)))).transpose()?;
            let credential = match row.int_or_null(23)? {
                None => None,
                Some(position) => Some(CredentialInfo {
                    position: u32::try_from(position).map_err(|_| DbError::Shape("a credential's position".to_owned()))?,
                    state: CredentialState::read(&row, 24)?,
                    last_ballot: row.int_or_null(25)?.map(|height| height as u64),
                }),
            };
            Ok(Situation { election, recorded, credential })
        })
        .await
    }

    /// How many voted in each election, in one query.
    pub async fn list_turnouts(&self) -> Result<Vec<Turnout>, StoreError> {
        Ok(self.list_elections().await?.iter().map(turnout).collect())
    }

    /// How many voted in this election.
    pub async fn turnout(&self, uuid: &str) -> Result<Turnout, StoreError> {
        Ok(turnout(&self.get_election(uuid).await?))
    }
}

fn turnout(info: &ElectionInfo) -> Turnout {
    Turnout { uuid: info.uuid.clone(), entitled: info.credentials.saturating_sub(info.spares), voted: info.voted }
}

/// An election with what only the store needs.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) info: ElectionInfo,
    pub(crate) first_closes_at: i64,
    pub(crate) seal: [u8; 32],
    pub(crate) last_line_kind: Option<String>,
}

/// The fields of [`Stored`], in the order in which it reads them.
macro_rules! select_election {
    ($rest:literal) => {
        select_election!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT number, uuid, unit, name, timestamp, opens_at, first_closes_at, closes_at, revote, credentials, spares, seal, state, ",
            "head_height, head_kind, head_hash, ballots, voted, lines, last_line_hash, last_line_kind",
            $more,
            " FROM board.election ",
            $rest
        )
    };
}

/// One statement: a ballot comes with each of many requests, and every way to a database server costs more than the look itself.
const SITUATION: &str = select_election!(
    ", (SELECT v.height FROM board.event AS v WHERE v.election = number AND v.tracker = $2), \
     (SELECT h.last_ballot FROM board.event AS v JOIN board.credential AS h ON h.election = v.election AND h.position = v.credential \
      WHERE v.election = number AND v.tracker = $2), \
     (SELECT c.position FROM board.credential AS c WHERE c.election = number AND c.public = $3), \
     (SELECT c.state FROM board.credential AS c WHERE c.election = number AND c.public = $3), \
     (SELECT c.last_ballot FROM board.credential AS c WHERE c.election = number AND c.public = $3)",
    "WHERE uuid = $1"
);

const LOCK_SEVERAL: Many = Many {
    each: select_election!("WHERE uuid = $1"),
    // In one order on all nodes, so that no two wait for each other.
    many: select_election!("WHERE uuid = ANY($1) ORDER BY number FOR UPDATE"),
};

pub(crate) fn all(sql: &mut dyn Sql) -> Result<Vec<Stored>, Fail> {
    Ok(sql.query(select_election!("ORDER BY number"), &[])?.iter().map(Stored::read).collect::<Result<_, _>>()?)
}

pub(crate) fn find(sql: &mut dyn Sql, uuid: &str) -> Result<Stored, Fail> {
    let row = sql.one(select_election!("WHERE uuid = $1"), values![uuid])?;
    Ok(Stored::read(&row.ok_or_else(|| StoreError::unknown("election", uuid))?)?)
}

/// Holds the election until the transaction ends.
pub(crate) fn lock(sql: &mut dyn Sql, uuid: &str) -> Result<Stored, Fail> {
    let row = sql.one(select_election!("WHERE uuid = $1 FOR UPDATE"), values![uuid])?;
    Ok(Stored::read(&row.ok_or_else(|| StoreError::unknown("election", uuid))?)?)
}

pub(crate) fn lock_several(sql: &mut dyn Sql, uuids: Vec<String>) -> Result<Vec<Stored>, Fail> {
    Ok(sql.query_many(LOCK_SEVERAL, &[Column::Texts(uuids)])?.iter().map(Stored::read).collect::<Result<_, _>>()?)
}

pub(crate) fn kind_of(word: &str) -> Option<EventKind> {
    use EventKind::{Ballot, EncryptedTally, EndBallots, PartialDecryption, Result, Setup};
    [Setup, Ballot, EndBallots, EncryptedTally, PartialDecryption, Result].into_iter().find(|kind| kind.word() == word)
}

impl Stored {
    fn read(row: &Row) -> Result<Self, DbError> {
        let shape = |what: &str| DbError::Shape(format!("an election's {what} is none"));
        let text = |at| row.text(at).map(str::to_owned);
        let state = row.text(12)?;
        let info = ElectionInfo {
            uuid: text(1)?,
            unit: text(2)?,
            name: text(3)?,
            timestamp: row.int(4)?,
            opens_at: row.int(5)?,
            closes_at: row.int(7)?,
            revote: if row.text(8)? == Revote::One.word() { Revote::One } else { Revote::Last },
            credentials: row.count(9)?,
            spares: row.count(10)?,
            is_closed: state != "taking",
            is_counted: state == "counted",
            head_height: row.count(13)?,
            head_kind: kind_of(row.text(14)?).ok_or_else(|| shape("last event"))?,
            head_hash: Hash(row.hash(15)?),
            ballots: row.count(16)?,
            voted: row.count(17)?,
            lines: row.count(18)?,
            last_line_hash: row.bytes_or_null(19)?.map(|bytes| bytes.try_into().map(Hash)).transpose().map_err(|_| shape("last line"))?,
        };
        let last_line_kind = if info.last_line_hash.is_some() { Some(text(20)?) } else { None };
        Ok(Self { number: row.int(0)?, info, first_closes_at: row.int(6)?, seal: row.hash(11)?, last_line_kind })
    }

    /// Where its archive ends. Appending looks at height, kind and hash of the last event alone.
    pub(crate) fn tail(&self) -> Tail {
        let ElectionInfo { timestamp, head_height, head_kind, head_hash, .. } = &self.info;
        let last = Event { parent: None, height: *head_height, kind: *head_kind, payload: None };
        Tail::at(timestamp.unsigned_abs(), last, *head_hash)
    }

    /// The word of the state as stored.
    pub(crate) fn state(&self) -> &'static str {
        match (self.info.is_counted, self.info.is_closed) {
            (true, _) => "counted",
            (false, true) => "closed",
            (false, false) => "taking",
        }
    }

    /// Hash of what never changes.
    pub(crate) fn computed_seal(&self) -> [u8; 32] {
        let info = &self.info;
        let numbers = [self.number, info.timestamp, info.opens_at, self.first_closes_at, info.credentials as i64, info.spares as i64];
        let mut hash = Sha256::new();
        for text in ["whitley/election/v1", &info.uuid, &info.unit, &info.name, info.revote.word()] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().into()
    }
}

/// The records that stand before the payload of an event.
pub(crate) fn records_before(sql: &mut dyn Sql, election: i64, height: i64) -> Result<Vec<String>, Fail> {
    let rows = sql.query("SELECT bytes FROM board.record WHERE election = $1 AND height = $2 ORDER BY place", values![election, height])?;
    let text = |row: &Row| Ok(String::from_utf8(row.bytes(0)?.to_vec()).map_err(|_| not_text(election, height))?);
    rows.iter().map(text).collect()
}

pub(crate) fn not_text(election: i64, height: i64) -> StoreError {
    StoreError::damaged(format!("event {height} of election {election}"), "a record is not UTF-8")
}

pub(crate) fn setup(sql: &mut dyn Sql, stored: &Stored) -> Result<Setup, Fail> {
    match <[String; 3]>::try_from(records_before(sql, stored.number, 0)?) {
        Ok([election, trustees, credentials]) => Ok(Setup { election, trustees, credentials }),
        Err(found) => Err(StoreError::damaged(
            format!("the setup of election {}", stored.info.uuid),
            format!("it has {} records and not three", found.len()),
        )
        .into()),
    }
}

pub(crate) fn credential(sql: &mut dyn Sql, election: i64, public: [u8; 32]) -> Result<Option<CredentialInfo>, Fail> {
    let row = sql
        .one("SELECT position, state, last_ballot FROM board.credential WHERE election = $1 AND public = $2", values![election, public])?;
    let Some(row) = row else { return Ok(None) };
    let position = u32::try_from(row.int(0)?).map_err(|_| DbError::Shape("a credential's position".to_owned()))?;
    let last_ballot = row.int_or_null(2)?.map(|height| height as u64);
    Ok(Some(CredentialInfo { position, state: CredentialState::read(&row, 1)?, last_ballot }))
}

/// The payload of the setup event: the hashes of the three records before it.
pub(crate) fn setup_data(setup: &Setup) -> String {
    let [election, trustees, credentials] = [&setup.election, &setup.trustees, &setup.credentials].map(Hash::of);
    format!("{{\"election\":\"{election}\",\"trustees\":\"{trustees}\",\"credentials\":\"{credentials}\"}}")
}

/// A new election with what is computed of it before its transaction.
struct Prepared {
    new: NewElection,
    publics: Vec<[u8; 32]>,
    spares: HashSet<[u8; 32]>,
    tail: Tail,
    setup_data: String,
    lines: lines::Checked,
}

fn prepare(new: NewElection) -> Result<Prepared, Refusal> {
    let form = |what, why: String| Refusal::Form { what, why };
    let Setup { election, trustees, credentials } = &new.setup;
    let publics = elements_of(credentials).map_err(|why| form("list of credentials", why))?;
    let listed: HashSet<[u8; 32]> = publics.iter().copied().collect();
    if publics.len() != listed.len() {
        return Err(form("list of credentials", "a credential stands in it twice".to_owned()));
    }
    let mut spares = HashSet::new();
    for spare in &new.spares {
        let public = Hash::parse(spare).filter(|element| listed.contains(&element.0));
        let public = public.ok_or_else(|| form("list of spare credentials", format!("{spare} is not in the list of credentials")))?;
        if !spares.insert(public.0) {
            return Err(form("list of spare credentials", format!("{spare} stands in it twice")));
        }
    }
    if new.opens_at >= new.closes_at {
        return Err(form("closing time", "it is not later than the opening".to_owned()));
    }
    let timestamp = u64::try_from(new.timestamp).map_err(|_| form("time of the archive", "it is before 1970".to_owned()))?;
    let records = SetupRecords { election, trustees, credentials };
    let (tail, bytes) = Tail::begin(timestamp, &records).map_err(Refusal::Archive)?;
    let setup_data = setup_data(&new.setup);
    // Written as in `Tail::begin`; its hash is in the event, so a difference would show at once.
    debug_assert!(bytes.windows(64).any(|part| part == Hash::of(&setup_data).hex().as_bytes()));
    let lines = lines::check(&new.lines, 0, None)?;
    Ok(Prepared { new, publics, spares, tail, setup_data, lines })
}

/// Elements of a list in the archive's form, in order: `"ELEMENT"` or `"ELEMENT,weight"`. Whether they are in the group is for
/// `verify`, and takes minutes where there are a million.
pub(crate) fn elements_of(credentials: &str) -> Result<Vec<[u8; 32]>, String> {
    let inside = credentials.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]")).ok_or("it is not in the form of the archive")?;
    let element = |(at, entry): (usize, &str)| {
        let (element, weight) = entry.split_once(',').unwrap_or((entry, "1"));
        let is_weight = !weight.is_empty() && weight.bytes().all(|byte| byte.is_ascii_digit());
        let element = Hash::parse(element).filter(|_| is_weight).map(|element| element.0);
        element.ok_or_else(|| format!("entry {} is not an element, or an element and a weight", at + 1))
    };
    inside.split("\",\"").enumerate().map(element).collect()
}

const INSERT_CREDENTIALS: Many = Many {
    each: "INSERT INTO board.credential (election, position, public, state) VALUES ($1, $2, $3, $4)",
    many: "INSERT INTO board.credential (election, position, public, state) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::text[])",
};

fn begin(sql: &mut dyn Sql, prepared: &Prepared, entry: &Entry) -> Result<ElectionInfo, Fail> {
    let Prepared { new, publics, spares, tail, setup_data, lines } = prepared;
    if sql.is_postgres() {
        sql.script("LOCK TABLE board.election IN SHARE ROW EXCLUSIVE MODE")?;
    }
    for (what, name, found) in [
        ("election", &new.uuid, sql.one("SELECT number FROM board.election WHERE uuid = $1", values![new.uuid.as_str()])?),
        ("unit", &new.unit, sql.one("SELECT number FROM board.election WHERE unit = $1", values![new.unit.as_str()])?),
    ] {
        if found.is_some() {
            return Err(Refusal::Exists { what, name: name.clone() }.into());
        }
    }
    let next = sql.one("SELECT coalesce(max(number), 0) + 1 FROM board.election", &[])?;
    let number = next.map_or(Ok(1), |row| row.int(0))?;
    let info = ElectionInfo {
        uuid: new.uuid.clone(),
        unit: new.unit.clone(),
        name: new.name.clone(),
        timestamp: new.timestamp,
        opens_at: new.opens_at,
        closes_at: new.closes_at,
        revote: new.revote,
        credentials: publics.len() as u64,
        spares: spares.len() as u64,
        is_closed: false,
        is_counted: false,
        head_height: 0,
        head_kind: EventKind::Setup,
        head_hash: tail.last_event().unwrap_or(Hash([0; 32])),
        ballots: 0,
        voted: 0,
        lines: 0,
        last_line_hash: None,
    };
    let mut stored = Stored { number, info, first_closes_at: new.closes_at, seal: [0; 32], last_line_kind: None };
    stored.seal = stored.computed_seal();
    sql.execute(
        "INSERT INTO board.election (number, uuid, unit, name, timestamp, opens_at, first_closes_at, closes_at, revote, credentials, spares, \
         seal, state, head_height, head_kind, head_hash, ballots, voted, lines) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, 'taking', 0, $12, $13, 0, 0, 0)",
        values![
            number,
            new.uuid.as_str(),
            new.unit.as_str(),
            new.name.as_str(),
            new.timestamp,
            new.opens_at,
            new.closes_at,
            new.revote.word(),
            stored.info.credentials as i64,
            stored.info.spares as i64,
            stored.seal,
            EventKind::Setup.word(),
            stored.info.head_hash.0
        ],
    )?;
    events::put(
        sql,
        number,
        &events::Row {
            height: 0,
            kind: EventKind::Setup,
            hash: stored.info.head_hash,
            records: &[&new.setup.election, &new.setup.trustees, &new.setup.credentials, setup_data],
        },
    )?;
    for (chunk, first) in publics.chunks(20_000).zip((0_i64..).step_by(20_000)) {
        let state = |public| if spares.contains(public) { CredentialState::Spare } else { CredentialState::Ready };
        let columns = [
            Column::Ints(vec![number; chunk.len()]),
            Column::Ints((first..).take(chunk.len()).collect()),
            Column::Bytes(chunk.iter().map(|public| public.to_vec()).collect()),
            Column::Texts(chunk.iter().map(|public| state(public).word().to_owned()).collect()),
        ];
        sql.execute_many(INSERT_CREDENTIALS, &columns)?;
    }
    for line in &lines.lines {
        lines::put(sql, &mut stored, line, lines::Positions::default())?;
    }
    audit::append(sql, entry)?;
    Ok(stored.info)
}
