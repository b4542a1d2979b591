//! Why an answer is not there. Three kinds, never mixed: a refusal (what was asked for is not allowed), an error (the database
//! or the disk), and damage (what is stored is not what was written).

use std::fmt;

use vote::archive::ArchiveFault;

use crate::sql::DbError;

/// Why the store gives no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// A rule of the store speaks against it; nothing was written.
    Refused(Refusal),
    /// The queue is full, or another program holds the database. Nothing was written: ask again soon.
    Busy,
    /// The database server does not answer. Nothing was written: ask again later.
    Unavailable(String),
    /// The connection was lost while committing: it may have been written or not. Look before asking again.
    Unsure(String),
    /// An earlier write or commit failed. This process writes nothing any more and has to end.
    Stopped(String),
    /// The database refused a statement. Nothing was written.
    Database(String),
    /// What is stored is not what was written.
    Damaged(Damage),
    /// The database was made by a newer program.
    Newer {
        /// Its last migration.
        found: i64,
        /// The last one known here.
        known: i64,
    },
    /// This is a database, but not one of ours, or one made by a program that was changed.
    Foreign(String),
    /// An address of a database that cannot be read, and what is wrong.
    Address(String),
    /// The database gives less safety than a ballot needs, and which setting is to be changed.
    Unsafe(String),
    /// The people's data were encrypted with another key.
    WrongPeopleKey,
    /// The store was opened without the people's key.
    NoPeopleKey,
}

/// What is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which table or chain.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

/// A rule that speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing.
    Unknown {
        /// Election, credential, file, import, pack.
        what: &'static str,
        /// Its name as given.
        name: String,
    },
    /// There is one already.
    Exists {
        /// Election, file, pack, frozen roll.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Somebody else was first: what stands there now.
    Stale {
        /// Line, event, version.
        what: &'static str,
        /// What was expected.
        expected: String,
        /// What there is.
        found: String,
    },
    /// A credential that has a ballot is never voided or replaced.
    HasBallot {
        /// Height of its last ballot.
        height: u64,
    },
    /// It is in a state in which this is not possible.
    State {
        /// Credential, election, pack, import.
        what: &'static str,
        /// Its state.
        state: &'static str,
        /// What was to be done.
        act: String,
    },
    /// A closing time may only become later.
    NotLater {
        /// The one in force, seconds since 1970.
        closes_at: i64,
    },
    /// It is not yet time to close.
    TooEarly {
        /// Seconds since 1970.
        closes_at: i64,
    },
    /// The archive takes no such event now, or a record is too large.
    Archive(ArchiveFault),
    /// A value is not of the form it must have.
    Form {
        /// Which value.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Busy => f.write_str("the store is busy: nothing was written, ask again in a moment"),
            Self::Unavailable(why) => write!(f, "the database does not answer: {why}"),
            Self::Unsure(why) => write!(f, "the connection was lost while committing, so it may be written or not: {why}"),
            Self::Stopped(why) => write!(f, "the store stopped after a failed write and has to be opened again: {why}"),
            Self::Database(why) => write!(f, "the database refused: {why}"),
            Self::Damaged(damage) => damage.fmt(f),
            Self::Newer { found, known } => {
                write!(f, "the database is of a newer program (migration {found}; this program knows {known}): use the newer program")
            }
            Self::Foreign(why) => write!(f, "this is not a database of this program: {why}"),
            Self::Address(why) => write!(f, "the address of the database cannot be used: {why}"),
            Self::Unsafe(why) => write!(f, "the database could lose ballots it has confirmed: {why}"),
            Self::WrongPeopleKey => f.write_str("the people's data were encrypted with another key than the one in this key file"),
            Self::NoPeopleKey => f.write_str("the store was opened without the people's key, so the roll can be neither written nor read"),
        }
    }
}

impl std::error::Error for StoreError {}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is damaged: {}", self.place, self.what)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, name } => write!(f, "there is no {what} {name}"),
            Self::Exists { what, name } => write!(f, "there is a {what} {name} already"),
            Self::Stale { what, expected, found } => write!(f, "the {what} expected was {expected}, but it is {found}"),
            Self::HasBallot { height } => write!(f, "the credential has a ballot, event {height} of the archive"),
            Self::State { what, state, act } => write!(f, "the {what} is {state}, so it cannot be {act}"),
            Self::NotLater { closes_at } => write!(f, "the closing time can only become later than {closes_at} seconds since 1970"),
            Self::TooEarly { closes_at } => write!(f, "voting goes on until {closes_at} seconds since 1970"),
            Self::Archive(fault) => fault.fmt(f),
            Self::Form { what, why } => write!(f, "the {what} cannot be taken: {why}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ArchiveFault> for StoreError {
    fn from(fault: ArchiveFault) -> Self {
        Self::Refused(Refusal::Archive(fault))
    }
}

/// As seen by whoever asked. The writer looks at the [`DbError`] first and may try again.
impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::Busy,
            DbError::Again(why) | DbError::Lost(why) => Self::Unavailable(why),
            DbError::Refused(why) => Self::Database(why),
            DbError::Broken(why) => Self::Stopped(why),
            DbError::Shape(why) => Self::Damaged(Damage { place: "the database".to_owned(), what: why }),
        }
    }
}

impl StoreError {
    pub(crate) fn unknown(what: &'static str, name: impl Into<String>) -> Self {
        Self::Refused(Refusal::Unknown { what, name: name.into() })
    }

    pub(crate) fn damaged(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Damaged(Damage { place: place.into(), what: what.into() })
    }
}
