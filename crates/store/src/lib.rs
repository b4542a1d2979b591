//! One store, two databases: what the service keeps, in SQLite or PostgreSQL.
//!
//! ```no_run
//! # async fn example() -> Result<(), store::StoreError> {
//! let store = store::Store::open("sqlite:/var/lib/whitley/poll.db", None).await?;
//! for turnout in store.list_turnouts().await? {
//!     println!("{}: {} of {}", turnout.uuid, turnout.voted, turnout.entitled);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Three groups of tables without a common key: *board* (public: elections, credentials, events, companion), *people* (the roll,
//! encrypted; paper packs by number) and *office* (files, sessions, audit log, settings). Fields, readers and retention:
//! `docs/spec/store.md`.
//!
//! Every act is answered after its commit, never before. One thread writes and commits whatever is queued; readers go beside it.
//! The archive is kept as rows, and [`vote::archive::Tail`] makes its exact bytes of them, so an event is chained by the same code
//! as on disk. The store judges no ballot: `verify` does, before [`Store::cast`].
//!
//! The store reads no clock: instants are arguments, whole seconds since 1970, UTC, cut down (an instant is before a whole second
//! exactly if it is so cut down). Randomness: nonces of the people's encryption, from the platform.

mod audit;
mod backup;
mod board;
mod check;
mod error;
mod migrate;
mod office;
mod people;
mod postgres;
mod sql;
mod sqlite;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

pub use audit::{AuditHead, AuditLine, Entry};
pub use backup::backup;
pub use board::cast::{Cast, CastOutcome, ChallengeOutcome};
pub use board::events::NewEvent;
pub use board::lines::{Effect, NewLine};
pub use board::stream::{BallotRow, Chunks};
pub use board::{CredentialInfo, CredentialState, ElectionInfo, ElectionState, NewElection, Setup, Situation, Turnout};
pub use check::Checked;
pub use error::{Damage, Refusal, StoreError};
pub use office::{Expect, FileInfo, Session};
pub use people::contacts::Contact;
pub use people::packs::{Pack, PackChange, PackState};
pub use people::{ChangedRoll, FrozenRoll, ImportState, PeopleKey, RollImport};
pub use vote::Hash;
pub use vote::archive::EventKind;
pub use vote::companion::Revote;

use postgres::Server;
use sql::{DbError, Sql};
use sqlite::Sqlite;
use writer::{Fail, Writer, WriterDatabase};

/// Reads that go on at the same time.
const READERS: usize = 8;

/// The store. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writer: Writer,
    readers: Readers,
    turns: Semaphore,
    key: Option<PeopleKey>,
}

enum Readers {
    Sqlite { path: PathBuf, idle: Mutex<Vec<Sqlite>> },
    Postgres(Server),
}

impl Store {
    /// Opens a database and brings it up to date: `sqlite:PATH` (made if it is not there) or `postgres://…`.
    ///
    /// With the people's key the roll can be written and read; a key other than the one used before is refused here.
    pub async fn open(address: &str, key: Option<PeopleKey>) -> Result<Self, StoreError> {
        let address = address.to_owned();
        let (database, readers) = blocking(move || connect(&address)).await?;
        let inner = Inner { writer: Writer::start(database)?, readers, turns: Semaphore::new(READERS), key };
        let store = Self(Arc::new(inner));
        store.check_people_key().await?;
        Ok(store)
    }

    /// Finishes what was asked before and closes the database. Afterwards this handle and its clones refuse to write.
    pub async fn shut(&self) {
        if let Readers::Sqlite { idle, .. } = &self.0.readers {
            idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        self.0.writer.close().await;
    }

    /// An error once a write of this process has failed; the service then ends.
    pub fn check_running(&self) -> Result<(), StoreError> {
        self.0.writer.check()
    }

    /// Reads with statements that each stand for themselves.
    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&mut dyn Sql) -> Result<T, Fail> + Send + 'static) -> Result<T, StoreError> {
        self.check_running()?;
        let _turn = self.0.turns.acquire().await.map_err(|_| StoreError::Busy)?;
        let inner = Arc::clone(&self.0);
        blocking(move || match &inner.readers {
            Readers::Sqlite { path, idle } => {
                let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut sqlite = match taken {
                    Some(sqlite) => sqlite,
                    None => Sqlite::reader(path)?,
                };
                let answer = read(&mut sqlite);
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(sqlite);
                answer.map_err(reading)
            }
            Readers::Postgres(server) => read(&mut server.connect()?).map_err(reading),
        })
        .await
    }

    /// Reads the state of one moment with several statements.
    async fn read_moment<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn Sql) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read(|sql| {
            sql.script(if sql.is_postgres() { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" })?;
            let answer = read(sql);
            let _ = sql.rollback();
            answer
        })
        .await
    }

    /// Writes in the writer's next commit.
    async fn act<T: Send + 'static>(&self, act: impl FnMut(&mut dyn Sql) -> Result<T, Fail> + Send + 'static) -> Result<T, StoreError> {
        self.0.writer.act(act).await
    }
}

/// A reader that fails has written nothing, so the store goes on.
fn reading(fail: Fail) -> StoreError {
    match fail {
        Fail::Db(DbError::Broken(why)) => StoreError::Database(why),
        other => other.into(),
    }
}

fn connect(address: &str) -> Result<(WriterDatabase, Readers), StoreError> {
    if let Some(path) = address.strip_prefix("sqlite:") {
        if path.is_empty() {
            return Err(StoreError::Address("a path must follow sqlite:, such as sqlite:/var/lib/whitley/poll.db".to_owned()));
        }
        let path = PathBuf::from(path);
        let mut sqlite = Sqlite::writer(&path)?;
        migrate::migrate(&mut sqlite)?;
        return Ok((WriterDatabase::Sqlite(sqlite), Readers::Sqlite { path, idle: Mutex::default() }));
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        let server = Server::new(address, 1)?;
        let mut connection = server.first()?;
        connection.check_durability()?;
        migrate::migrate(&mut connection)?;
        let writer = WriterDatabase::Postgres { server, connection: Some(connection) };
        return Ok((writer, Readers::Postgres(Server::new(address, READERS)?)));
    }
    Err(StoreError::Address("it begins with sqlite: (a path follows) or postgres://".to_owned()))
}

/// Runs what waits for disk or network on a thread that may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            // A bug: not hidden behind an error.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Stopped("the program is ending".to_owned())),
        },
    }
}
