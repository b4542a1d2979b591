//! The one thread that writes: it takes what is queued, commits it together, and answers only after the commit.
//!
//! No timer: while one commit waits for the disk, the next batch gathers by itself. A job that is refused is rolled back to its
//! savepoint and does not fail the others. A failed write or commit stops the thread for good: what the disk holds is then
//! unknown, and only a new start finds out.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::board::cast::{Cast, CastOutcome, cast_all};
use crate::error::{Refusal, StoreError};
use crate::postgres::{Postgres, Server};
use crate::sql::{DbError, Sql};
use crate::sqlite::Sqlite;

/// Jobs that may wait. At the slowest disk measured this is about two seconds of work.
pub(crate) const QUEUE: usize = 8_192;
/// Jobs of one commit.
const BATCH: usize = 1_000;
/// How long a job is tried again on a server that went away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why an act did not happen. The writer tells the two apart: some errors of a database are worth another try.
#[derive(Debug)]
pub(crate) enum Fail {
    Db(DbError),
    Store(StoreError),
}

impl From<DbError> for Fail {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl<E: Into<StoreError>> From<E> for Fail
where
    E: NotDbError,
{
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// What becomes a [`StoreError`] and is none of the database's.
pub(crate) trait NotDbError {}
impl NotDbError for StoreError {}
impl NotDbError for Refusal {}
impl NotDbError for vote::archive::ArchiveFault {}

impl From<Fail> for StoreError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Db(error) => error.into(),
            Fail::Store(error) => error,
        }
    }
}

/// Something to be written, with somebody who waits for the answer.
enum Job {
    Cast {
        cast: Cast,
        kept: Option<Result<CastOutcome, StoreError>>,
        to: oneshot::Sender<Result<CastOutcome, StoreError>>,
    },
    Act(Box<dyn Act>),
    /// The last one: everything before it is done, then the database is closed.
    Close(oneshot::Sender<()>),
}

trait Act: Send {
    /// Does it and keeps the answer; may be called again after a rollback.
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), Fail>;
    /// Gives a refusal instead of an answer.
    fn refuse(&mut self, error: StoreError);
    fn answer(self: Box<Self>, end: &Result<(), StoreError>);
}

struct Doing<T, F> {
    act: F,
    kept: Option<Result<T, StoreError>>,
    to: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnMut(&mut dyn Sql) -> Result<T, Fail> + Send> Act for Doing<T, F> {
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), Fail> {
        self.kept = Some(Ok((self.act)(sql)?));
        Ok(())
    }

    fn refuse(&mut self, error: StoreError) {
        self.kept = Some(Err(error));
    }

    fn answer(self: Box<Self>, end: &Result<(), StoreError>) {
        send(self.to, self.kept, end);
    }
}

/// Whoever asked may have gone; then nobody is told.
fn send<T>(to: oneshot::Sender<Result<T, StoreError>>, kept: Option<Result<T, StoreError>>, end: &Result<(), StoreError>) {
    let answer = match end {
        Ok(()) => kept.unwrap_or_else(|| Err(StoreError::Stopped("a job was not done".to_owned()))),
        // What was refused would have been refused without the others too.
        Err(error) => Err(error.clone()),
    };
    let _ = to.send(answer);
}

/// The way to the writer.
pub(crate) struct Writer {
    queue: SyncSender<Job>,
    stopped: Arc<OnceLock<String>>,
}

impl Writer {
    pub(crate) fn start(database: WriterDatabase) -> Result<Self, StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let stopped = Arc::new(OnceLock::new());
        let mark = Arc::clone(&stopped);
        std::thread::Builder::new()
            .name("whitley-writer".to_owned())
            .spawn(move || work(database, &jobs, &mark))
            .map_err(|error| StoreError::Unavailable(format!("no thread can be started: {error}")))?;
        Ok(Self { queue, stopped })
    }

    /// An error once a write has failed.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.stopped.get().map_or(Ok(()), |why| Err(StoreError::Stopped(why.clone())))
    }

    pub(crate) async fn cast(&self, cast: Cast) -> Result<CastOutcome, StoreError> {
        let (to, answer) = oneshot::channel();
        self.put(Job::Cast { cast, kept: None, to })?;
        self.wait(answer).await
    }

    pub(crate) async fn act<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut dyn Sql) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (to, answer) = oneshot::channel();
        self.put(Job::Act(Box::new(Doing { act, kept: None, to })))?;
        self.wait(answer).await
    }

    /// Ends the writer after what was queued before, with its database closed. What comes later is told that it has ended.
    pub(crate) async fn close(&self) {
        let (to, closed) = oneshot::channel();
        if self.put(Job::Close(to)).is_ok() {
            // Dropped without an answer: the thread has ended by itself.
            let _ = closed.await;
        }
    }

    fn put(&self, job: Job) -> Result<(), StoreError> {
        self.check()?;
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Stopped("the writer has ended".to_owned()),
        })
    }

    async fn wait<T>(&self, answer: oneshot::Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
        match answer.await {
            Ok(answer) => answer,
            // Dropped without an answer: the thread ended.
            Err(_) => Err(self.check().err().unwrap_or_else(|| StoreError::Stopped("the writer has ended".to_owned()))),
        }
    }
}

/// Where the writer writes.
pub(crate) enum WriterDatabase {
    Sqlite(Sqlite),
    Postgres { server: Server, connection: Option<Postgres> },
}

impl WriterDatabase {
    fn sql(&mut self) -> Result<&mut dyn Sql, DbError> {
        match self {
            Self::Sqlite(sqlite) => Ok(sqlite),
            Self::Postgres { server, connection } => {
                if connection.is_none() {
                    *connection = Some(server.connect()?);
                }
                connection.as_mut().map(|connection| connection as &mut dyn Sql).ok_or_else(|| DbError::Lost("no connection".to_owned()))
            }
        }
    }

    /// Writes SQLite's log into the file, so that what stays behind is one file; a server's connection just ends.
    fn close(self) {
        if let Self::Sqlite(sqlite) = self {
            sqlite.close();
        }
    }

    fn hang_up(&mut self) {
        if let Self::Postgres { connection, .. } = self {
            *connection = None;
        }
    }
}

fn work(mut database: WriterDatabase, jobs: &Receiver<Job>, stopped: &OnceLock<String>) {
    // Ends when the last user of the store is gone.
    while let Ok(first) = jobs.recv() {
        let mut batch = Vec::new();
        let mut next = Some(first);
        let mut closing = None;
        while let Some(job) = next.take() {
            if let Job::Close(to) = job {
                closing = Some(to);
                break;
            }
            batch.push(job);
            if batch.len() < BATCH {
                next = jobs.try_recv().ok();
            }
        }
        for mut group in groups(batch, matches!(database, WriterDatabase::Postgres { .. })) {
            let end = match stopped.get() {
                Some(why) => Err(StoreError::Stopped(why.clone())),
                None => transaction(&mut database, &mut group),
            };
            if let Err(StoreError::Stopped(why)) = &end {
                // Before anybody is told, so that nobody who was told finds the store still open.
                let _ = stopped.set(why.clone());
            }
            for job in group {
                match job {
                    Job::Cast { kept, to, .. } => send(to, kept, &end),
                    Job::Act(act) => act.answer(&end),
                    // Never in a group.
                    Job::Close(_) => {}
                }
            }
        }
        if stopped.get().is_some() {
            return;
        }
        if let Some(to) = closing {
            database.close();
            // Whoever asked may have gone.
            let _ = to.send(());
            return;
        }
    }
}

/// Jobs that are committed together: all in SQLite; in PostgreSQL runs of casts, since acts lock other rows and two nodes would
/// wait for each other.
fn groups(batch: Vec<Job>, one_act_each: bool) -> Vec<Vec<Job>> {
    if !one_act_each {
        return vec![batch];
    }
    let mut groups: Vec<Vec<Job>> = Vec::new();
    for job in batch {
        let is_cast = matches!(job, Job::Cast { .. });
        match groups.last_mut() {
            Some(last) if is_cast && matches!(last.last(), Some(Job::Cast { .. })) => last.push(job),
            _ => groups.push(vec![job]),
        }
    }
    groups
}

/// Commits a group, trying again while that is safe: nobody was answered yet.
fn transaction(database: &mut WriterDatabase, group: &mut [Job]) -> Result<(), StoreError> {
    let begun = Instant::now();
    // A cast found again after a commit whose answer was lost is the same cast; an act would be refused or done twice.
    let is_repeatable = group.iter().all(|job| matches!(job, Job::Cast { .. }));
    let mut pause = Duration::from_millis(5);
    loop {
        let (error, is_committing) = match database.sql() {
            Err(error) => (error, false),
            Ok(sql) => match attempt(sql, group) {
                Ok(()) => return Ok(()),
                Err((error, is_committing)) => {
                    if sql.rollback().is_err() {
                        database.hang_up();
                    }
                    (error, is_committing)
                }
            },
        };
        let why = match error {
            DbError::Lost(why) => {
                database.hang_up();
                if is_committing && !is_repeatable {
                    return Err(StoreError::Unsure(why));
                }
                why
            }
            DbError::Again(why) => why,
            // In SQLite nothing may fail once the commit has begun.
            error if is_committing && matches!(database, WriterDatabase::Sqlite(_)) => {
                return Err(StoreError::Stopped(format!("the commit failed: {}", StoreError::from(error))));
            }
            error => return Err(error.into()),
        };
        if begun.elapsed() > PATIENCE {
            return Err(StoreError::Unavailable(why));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(500));
    }
}

/// One transaction; with the error whether it came from the commit.
fn attempt(sql: &mut dyn Sql, group: &mut [Job]) -> Result<(), (DbError, bool)> {
    let early = |error| (error, false);
    sql.begin().map_err(early)?;
    let mut at = 0;
    while at < group.len() {
        let casts = group[at..].iter().take_while(|job| matches!(job, Job::Cast { .. })).count();
        let end = at + casts.max(1);
        let undo = if at == 0 && end == group.len() { Undo::All } else { Undo::ToSavepoint };
        if casts > 0 { cast_run(sql, &mut group[at..end], undo) } else { one_act(sql, &mut group[at], undo) }.map_err(early)?;
        at = end;
    }
    sql.commit().map_err(|error| (error, true))
}

/// How a refused job is undone.
#[derive(Clone, Copy)]
enum Undo {
    /// With the transaction it is alone in: no savepoint, which would be two more ways to the server.
    All,
    /// To its savepoint.
    ToSavepoint,
}

fn one_act(sql: &mut dyn Sql, job: &mut Job, undo: Undo) -> Result<(), DbError> {
    let Job::Act(act) = job else { return Ok(()) };
    if let Some(error) = undoing(sql, undo, |sql| act.run(sql))?.err() {
        act.refuse(error);
    }
    Ok(())
}

fn cast_run(sql: &mut dyn Sql, jobs: &mut [Job], undo: Undo) -> Result<(), DbError> {
    let casts: Vec<&Cast> = jobs.iter().filter_map(|job| if let Job::Cast { cast, .. } = job { Some(cast) } else { None }).collect();
    match undoing(sql, undo, |sql| cast_all(sql, &casts))? {
        Ok(outcomes) => {
            for (job, outcome) in jobs.iter_mut().zip(outcomes) {
                if let Job::Cast { kept, .. } = job {
                    *kept = Some(outcome.map_err(StoreError::from));
                }
            }
        }
        // One of them cannot be written, and the others shall not suffer for it.
        Err(_) if jobs.len() > 1 => {
            for job in jobs.chunks_mut(1) {
                cast_run(sql, job, Undo::ToSavepoint)?;
            }
        }
        Err(error) => {
            if let [Job::Cast { kept, .. }] = jobs {
                *kept = Some(Err(error));
            }
        }
    }
    Ok(())
}

/// Outside: errors that end the transaction. Inside: what is told to whoever asked; all of it is undone.
fn undoing<T>(sql: &mut dyn Sql, undo: Undo, act: impl FnOnce(&mut dyn Sql) -> Result<T, Fail>) -> Result<Result<T, StoreError>, DbError> {
    if matches!(undo, Undo::ToSavepoint) {
        sql.script("SAVEPOINT job")?;
    }
    let error = match act(sql) {
        Ok(value) => {
            if matches!(undo, Undo::ToSavepoint) {
                sql.script("RELEASE SAVEPOINT job")?;
            }
            return Ok(Ok(value));
        }
        Err(Fail::Db(error @ (DbError::Busy | DbError::Again(_) | DbError::Lost(_) | DbError::Broken(_)))) => return Err(error),
        Err(fail) => fail.into(),
    };
    match undo {
        Undo::All => {
            sql.rollback()?;
            sql.begin()?;
        }
        Undo::ToSavepoint => sql.script("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job")?,
    }
    Ok(Err(error))
}
