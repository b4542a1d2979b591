//! Measured load, and three times what the service can do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verify::BallotJudge;

use crate::board::Acknowledged;
use crate::client::{Answer, Connection};
use crate::database::{Database, Kind};
use crate::load::{Load, Measured};
use crate::members::Members;
use crate::program::{self, Program, Start};
use crate::{Done, said};

/// A poll on running nodes, with ballots made.
pub struct Stage {
    /// The nodes, all on one database.
    pub nodes: Vec<Program>,
    /// The database.
    pub database: Database,
    /// The members.
    pub members: Arc<Members>,
    /// What the service owes.
    pub acknowledged: Acknowledged,
    next: usize,
    _folder: tempfile::TempDir,
}

/// What is to stand.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The program.
    pub whitley: PathBuf,
    /// Which database.
    pub database: Kind,
    /// Nodes on it.
    pub nodes: usize,
    /// Members.
    pub voters: u32,
    /// Units.
    pub units: u32,
    /// The seed.
    pub seed: String,
    /// `--casts-per-second` of one address.
    pub casts_per_second: u32,
    /// Where made ballots are kept.
    pub cache: PathBuf,
}

impl Stage {
    /// Starts everything.
    ///
    /// # Errors
    /// It does not start.
    pub async fn set(wanted: &Wanted) -> Done<Self> {
        if wanted.nodes > 1 && wanted.database == Kind::Sqlite {
            return Err("several nodes need PostgreSQL".to_owned());
        }
        let folder = tempfile::tempdir().map_err(said("a folder"))?;
        let data = folder.path().join("data");
        let database = Database::new(wanted.database);
        let mut start = Start::new(wanted.whitley.clone(), &data);
        (start.database, start.voters, start.units) = (database.address(&data), wanted.voters, wanted.units);
        (start.seed, start.casts_per_second) = (wanted.seed.clone(), wanted.casts_per_second);
        let nodes = (0..wanted.nodes.max(1)).map(|_| Program::start(&start)).collect::<Done<Vec<_>>>()?;
        let mut connection = Connection::open(nodes[0].address, 0).await?;
        let members = Members::of(&mut connection, &data, &wanted.cache, wanted.voters as usize).await?;
        // The service makes its judges ready within a second of its start.
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(Self { nodes, database, members: Arc::new(members), acknowledged: Acknowledged::default(), next: 0, _folder: folder })
    }

    /// Ballots that nobody sent yet.
    pub fn left(&self) -> usize {
        self.members.ballots.len() - self.next
    }

    /// Sends ballots nobody sent yet; the figures, with the processor time of all nodes.
    pub async fn load(&mut self, connections: usize, addresses: u8, rate: Option<u32>, most: Duration) -> (Measured, Value) {
        let ballots = self.next..self.members.ballots.len();
        let load = Load { nodes: self.nodes.iter().map(|node| node.address).collect(), connections, addresses, rate, ballots, most };
        let cpu = || self.nodes.iter().map(Program::cpu_ms).sum::<u64>();
        let before = cpu();
        let measured = load.run(&self.members).await;
        let used = cpu() - before;
        let mut figures = measured.json();
        figures["server_cpu_ms"] = used.into();
        figures["server_cpu_micros_a_cast"] = (used * 1_000 / (measured.receipts.len() as u64).max(1)).into();
        self.next = measured.next;
        for (ballot, receipt) in &measured.receipts {
            self.acknowledged.keep(&self.members, *ballot, receipt.clone());
        }
        (measured, figures)
    }

    /// What judging one of these ballots costs in processor time, in microseconds, on average over ten rounds of a hundred. Processor time
    /// because others may use the machine; to be called while nothing else runs in this process.
    ///
    /// # Errors
    /// The election's records cannot be read.
    pub async fn proof_micros(&self) -> Done<u64> {
        let mut connection = Connection::open(self.nodes[0].address, 0).await?;
        let unit = &self.members.units[0];
        let credentials = connection.get(&format!("/poll/files/units/{}.credentials.json", unit.id)).await?;
        let judge = BallotJudge::new(&unit.record, &credentials, 1).map_err(|faults| format!("the election: {} faults", faults.len()))?;
        let ballots: Vec<_> = self.members.ballots.iter().filter(|ballot| ballot.unit == 0).take(100).collect();
        let own = || program::cpu_ms(std::process::id()).unwrap_or(0);
        let before = own();
        for ballot in ballots.iter().cycle().take(1_000) {
            judge.judge(&ballot.bytes).map_err(|faults| format!("a ballot has {} faults", faults.len()))?;
        }
        // Milliseconds for a thousand are microseconds for one.
        Ok(own() - before)
    }

    /// The archives against the receipts, with every check.
    ///
    /// # Errors
    /// They cannot be downloaded.
    pub async fn compare(&self) -> Done<(Vec<String>, usize)> {
        self.acknowledged.compare(self.nodes[0].address, &self.members, true).await
    }

    /// Capacity, then `times` as much for some seconds, then little again; and what was refused is sent once more.
    ///
    /// # Errors
    /// The service is gone.
    pub async fn overload(&mut self, times: u32, seconds: u64, connections: usize, addresses: u8) -> Done<(Vec<String>, Value)> {
        let mut faults = Vec::new();
        let (capacity, at_capacity) = self.load(32, addresses, None, Duration::from_secs(seconds)).await;
        let able = u32::try_from(capacity.a_second()).unwrap_or(u32::MAX).max(1);
        let rate = able.saturating_mul(times);
        let (over, at_overload) = self.load(connections, addresses, Some(rate), Duration::from_secs(seconds)).await;
        if over.unfair > 0 {
            faults.push(format!("{} refusals did not say when to come back", over.unfair));
        }
        let odd = |answer: &&String| !answer.starts_with("429") && !answer.starts_with("503");
        faults.extend(over.others.keys().filter(odd).map(|answer| format!("under overload: {answer}")));
        // A quarter of what it can do, second after second, until one is as it should be.
        let ended = Instant::now();
        let mut normal_after = None;
        while ended.elapsed() < Duration::from_secs(30) {
            if self.left() == 0 {
                return Err("there were too few members for so many ballots".to_owned());
            }
            let (calm, _) = self.load(16, addresses, Some((able / 4).max(1)), Duration::from_secs(1)).await;
            if calm.others.is_empty() && calm.permille(990) < 500_000 && !calm.receipts.is_empty() {
                normal_after = Some(ended.elapsed().as_secs());
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        if normal_after.is_none() {
            faults.push("the service is not normal 30 seconds after the overload".to_owned());
        }
        let mut connection = Connection::open(self.nodes[0].address, 0).await?;
        let mut later = 0;
        for ballot in over.without.iter().copied().take(500) {
            let cast = &self.members.ballots[ballot];
            loop {
                match connection.cast(&self.members.units[cast.unit].uuid, cast.bytes.clone()).await {
                    Answer::Receipt(receipt) => {
                        self.acknowledged.keep(&self.members, ballot, receipt);
                        later += 1;
                        break;
                    }
                    Answer::Busy { retry_after, .. } => tokio::time::sleep(Duration::from_secs(retry_after.unwrap_or(1))).await,
                    other => {
                        faults.push(format!("ballot {ballot}, refused under overload, later got {other:?}"));
                        break;
                    }
                }
            }
        }
        let figures = json!({
            "capacity": at_capacity, "offered_a_second": rate, "overload": at_overload, "normal_after_seconds": normal_after,
            "refused_then_taken": later,
        });
        Ok((faults, figures))
    }
}

/// The folder of made ballots, if none is named.
pub fn default_cache() -> PathBuf {
    Path::new(&std::env::temp_dir()).join("whitley-rehearsal-ballots")
}
