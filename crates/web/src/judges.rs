//! Judging ballots: one judge for each election, made when first needed, and no more work at once than the processors can do.
//!
//! A judge holds the election's public credentials (304 bytes each); those used longest ago are given up when all together
//! become too large. Elections of one poll have one key, so its table is shared. Judging runs on blocking threads, as many at once as there are processors; what waits is counted as time
//! (the running average of a ballot's cost), so that on a slow machine the queue is shorter.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::{OnceCell, Semaphore};
use verify::{AcceptedBallot, BallotJudge, Fault};

/// All judges, and the threads they work on.
pub(crate) struct Judges {
    kept: Mutex<Kept>,
    /// The judge made last: the next shares its key table.
    last: Mutex<Weak<BallotJudge>>,
    prepared: Mutex<HashSet<String>>,
    most_credentials: usize,
    at_work: Semaphore,
    threads: usize,
    waiting: AtomicUsize,
    /// Running average of one ballot's judging, in microseconds.
    cost: AtomicU64,
    queue_micros: u64,
}

#[derive(Default)]
struct Kept {
    judges: HashMap<String, Entry>,
    turn: u64,
}

struct Entry {
    judge: Arc<OnceCell<Arc<BallotJudge>>>,
    credentials: usize,
    used: u64,
}

/// Why a ballot was not judged.
#[derive(Debug)]
pub(crate) enum NotJudged {
    /// More waits than can be done in the time that is allowed.
    Busy {
        /// When to come back, in seconds.
        retry_after: u64,
    },
    /// The election's own records are not in order, or a thread broke: not the ballot's fault.
    Ours(String),
}

/// What a judge needs of an election.
pub(crate) struct Records {
    /// The election record.
    pub election: Vec<u8>,
    /// The record of public credentials.
    pub credentials: Vec<u8>,
}

impl Judges {
    /// For so many threads, so many seconds of waiting work, so many credentials in memory.
    pub(crate) fn new(threads: usize, queue_seconds: u64, most_credentials: usize) -> Self {
        let threads = threads.max(1);
        Self {
            kept: Mutex::default(),
            last: Mutex::new(Weak::new()),
            prepared: Mutex::default(),
            most_credentials,
            at_work: Semaphore::new(threads),
            threads,
            waiting: AtomicUsize::new(0),
            // A guess until the first was judged.
            cost: AtomicU64::new(2_000),
            queue_micros: queue_seconds * 1_000_000,
        }
    }

    /// The running average of one ballot's judging, in microseconds.
    pub(crate) fn cost_micros(&self) -> u64 {
        self.cost.load(Ordering::Relaxed)
    }

    /// Judges one ballot, when its turn comes.
    ///
    /// # Errors
    /// Why it was not judged. The inner result is the judgment.
    pub(crate) async fn judge<F>(
        &self,
        uuid: &str,
        number: usize,
        records: F,
        ballot: Arc<[u8]>,
    ) -> Result<Result<AcceptedBallot, Vec<Fault>>, NotJudged>
    where
        F: Future<Output = Result<Records, String>>,
    {
        let place = self.queue()?;
        let judge = self.of(uuid, number, records).await.map_err(NotJudged::Ours)?;
        let Ok(permit) = self.at_work.acquire().await else { return Err(NotJudged::Ours("the judges have gone".to_owned())) };
        let started = Instant::now();
        let judged = tokio::task::spawn_blocking(move || judge.judge(&ballot)).await;
        drop(permit);
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let average = self.cost.load(Ordering::Relaxed);
        self.cost.store((average * 31 + micros.min(1_000_000)) / 32, Ordering::Relaxed);
        drop(place);
        judged.map_err(|error| NotJudged::Ours(error.to_string()))
    }

    /// Makes an election's judge before the first ballot comes. One that was given up for others is not made again.
    ///
    /// # Errors
    /// The election's records are not in order.
    pub(crate) async fn prepare_once<F>(&self, uuid: &str, number: usize, records: F) -> Result<(), String>
    where
        F: Future<Output = Result<Records, String>>,
    {
        if !self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(uuid.to_owned()) {
            return Ok(());
        }
        self.of(uuid, number, records).await.map(|_| ())
    }

    /// A place in the queue, if there is one.
    fn queue(&self) -> Result<Waiting<'_>, NotJudged> {
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        let place = Waiting(&self.waiting);
        let most = (self.queue_micros * self.threads as u64 / self.cost_micros().max(100)).max(self.threads as u64);
        if before as u64 >= most {
            drop(place);
            return Err(NotJudged::Busy { retry_after: (self.queue_micros / 1_000_000).max(1) });
        }
        Ok(place)
    }

    async fn of<F>(&self, uuid: &str, number: usize, records: F) -> Result<Arc<BallotJudge>, String>
    where
        F: Future<Output = Result<Records, String>>,
    {
        let cell = self.cell(uuid, number);
        let threads = self.threads;
        let made = cell
            .get_or_try_init(|| async {
                let records = records.await?;
                let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
                let made = tokio::task::spawn_blocking(move || {
                    BallotJudge::beside(last.as_deref(), &records.election, &records.credentials, threads)
                });
                match made.await {
                    Ok(Ok(judge)) => {
                        let judge = Arc::new(judge);
                        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&judge);
                        Ok(judge)
                    }
                    Ok(Err(faults)) => Err(format!("the election's own records are not in order: {} faults", faults.len())),
                    Err(error) => Err(error.to_string()),
                }
            })
            .await;
        made.cloned()
    }

    fn cell(&self, uuid: &str, number: usize) -> Arc<OnceCell<Arc<BallotJudge>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.turn += 1;
        let turn = kept.turn;
        if let Some(entry) = kept.judges.get_mut(uuid) {
            entry.used = turn;
            return Arc::clone(&entry.judge);
        }
        // Whatever else a judge has is worth some thousand credentials.
        let weight = number + 1_000;
        while !kept.judges.is_empty() && kept.judges.values().map(|entry| entry.credentials).sum::<usize>() + weight > self.most_credentials
        {
            let Some(oldest) = kept.judges.iter().min_by_key(|(_, entry)| entry.used).map(|(uuid, _)| uuid.clone()) else { break };
            kept.judges.remove(&oldest);
        }
        let judge = Arc::new(OnceCell::new());
        kept.judges.insert(uuid.to_owned(), Entry { judge: Arc::clone(&judge), credentials: weight, used: turn });
        judge
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
