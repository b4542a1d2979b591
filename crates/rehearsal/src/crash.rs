//! Killed at random moments under load, started again, and asked for everything it has acknowledged.
//!
//! A cycle: start (the service checks all it has stored); what was not answered before is sent again, and a few that were; then load,
//! until the kill. In between, the archives are read and compared. Ballots are used up from cycle to cycle, so a long run needs
//! many members.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::board::Acknowledged;
use crate::client::{Answer, Connection};
use crate::database::{Database, Kind};
use crate::dice::Dice;
use crate::load::{Load, Measured};
use crate::members::Members;
use crate::program::{Program, Start, WITHOUT_SIGNAL};
use crate::{Done, said};

/// What strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Blow {
    /// SIGKILL of the service.
    Kill,
    /// SIGKILL of the PostgreSQL server; the service lives on.
    Server,
    /// The service may write no file larger than a limit that grows: every write beyond fails (SQLite).
    FullDisk,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Crashes {
    /// The program.
    pub whitley: PathBuf,
    /// Which database.
    pub database: Kind,
    /// What strikes.
    pub blow: Blow,
    /// How often.
    pub cycles: u32,
    /// The run's seed.
    pub seed: String,
    /// Members, at most so many ballots.
    pub voters: u32,
    /// Units.
    pub units: u32,
    /// Connections under load.
    pub connections: usize,
    /// The longest time under load before the blow, in milliseconds.
    pub most_ms: u32,
    /// The archives are read after every so many cycles, and after the last.
    pub read_every: u32,
    /// Where made ballots are kept.
    pub cache: PathBuf,
}

/// How a run went.
pub struct Report {
    /// In words, with the cycle; empty if all is well.
    pub faults: Vec<String>,
    /// All figures.
    pub figures: Value,
}

impl Crashes {
    /// Holds the run.
    ///
    /// # Errors
    /// It could not be held: not the service's fault, except that a service which does not start again is reported as a fault.
    pub async fn run(&self) -> Done<Report> {
        let folder = tempfile::tempdir().map_err(said("a folder"))?;
        let database = Database::new(self.database);
        let data = folder.path().join("data");
        let mut start = Start::new(self.whitley.clone(), &data);
        (start.database, start.voters, start.units) = (database.address(&data), self.voters, self.units);
        start.seed.clone_from(&self.seed);
        if self.blow == Blow::FullDisk {
            start.behind = WITHOUT_SIGNAL.map(str::to_owned).to_vec();
        }
        let mut run = Run {
            plan: self,
            dice: Dice::new(&self.seed),
            database,
            program: Some(Program::start(&start)?),
            start,
            members: Arc::new(Members { units: Vec::new(), ballots: Vec::new() }),
            acknowledged: Acknowledged::default(),
            unknown: Vec::new(),
            next: 0,
            others: BTreeMap::new(),
            starts_ms: Vec::new(),
            retried: 0,
            found_again: 0,
            on_board: 0,
            blows: 0,
        };
        let mut connection = Connection::open(run.address()?, 0).await?;
        run.members = Arc::new(Members::of(&mut connection, &data, &self.cache, self.voters as usize).await?);
        drop(connection);
        let begun = Instant::now();
        let mut faults = Vec::new();
        for cycle in 0..self.cycles {
            let found = match run.cycle(cycle).await {
                Ok(found) => found,
                Err(why) => vec![why],
            };
            if !found.is_empty() {
                faults.extend(found.into_iter().map(|fault| format!("seed {}, cycle {cycle}: {fault}", self.seed)));
                break;
            }
            if run.next >= run.members.ballots.len() {
                break;
            }
        }
        if faults.is_empty() {
            faults.extend(run.last().await?.into_iter().map(|fault| format!("seed {}, at the end: {fault}", self.seed)));
        }
        run.starts_ms.sort_unstable();
        let figures = json!({
            "seed": self.seed, "blow": format!("{:?}", self.blow), "database": format!("{:?}", self.database), "blows": run.blows,
            "seconds": begun.elapsed().as_secs(), "acknowledged": run.acknowledged.number(), "on_board": run.on_board,
            "retried_without_answer": run.retried, "of_these_on_the_board_already": run.found_again,
            "start_ms_median": run.starts_ms.get(run.starts_ms.len() / 2), "start_ms_most": run.starts_ms.last(),
            "other_answers": run.others, "ballots_left": run.members.ballots.len() - run.next,
        });
        Ok(Report { faults, figures })
    }
}

struct Run<'p> {
    plan: &'p Crashes,
    dice: Dice,
    database: Database,
    start: Start,
    program: Option<Program>,
    members: Arc<Members>,
    acknowledged: Acknowledged,
    /// Sent, and neither acknowledged nor refused.
    unknown: Vec<usize>,
    next: usize,
    others: BTreeMap<String, u64>,
    starts_ms: Vec<u64>,
    retried: u64,
    found_again: u64,
    on_board: usize,
    blows: u32,
}

impl Run<'_> {
    fn address(&self) -> Done<std::net::SocketAddr> {
        self.program.as_ref().map(|program| program.address).ok_or_else(|| "the service does not run".to_owned())
    }

    async fn cycle(&mut self, cycle: u32) -> Done<Vec<String>> {
        self.up()?;
        self.retry().await?;
        if (cycle + 1).is_multiple_of(self.plan.read_every.max(1)) {
            let (faults, number) = self.acknowledged.compare(self.address()?, &self.members, false).await?;
            self.on_board = number;
            if !faults.is_empty() {
                return Ok(faults);
            }
        }
        let wait = Duration::from_millis(u64::from(self.dice.below(self.plan.most_ms.max(1))));
        let left = self.members.ballots.len() - self.next;
        // Of a long run each cycle has its share of what is left: twice, since most blows come before it is used up. However quick the
        // machine is, something stays for the cycles to come.
        let (to_come, few) = ((self.plan.cycles - cycle).max(1) as usize, self.plan.connections);
        let share = ((left / to_come).max(few) * 2).min(left.saturating_sub((to_come - 1) * few).max(few));
        let load = Load {
            nodes: vec![self.address()?],
            connections: self.plan.connections,
            addresses: 1,
            rate: None,
            ballots: self.next..(self.next + share).min(self.members.ballots.len()),
            most: match self.plan.blow {
                Blow::Kill | Blow::FullDisk => Duration::from_secs(20),
                Blow::Server => wait + Duration::from_secs(3),
            },
        };
        let members = Arc::clone(&self.members);
        let sending = tokio::spawn(async move { load.run(&members).await });
        tokio::time::sleep(wait + Duration::from_millis(50)).await;
        self.strike(cycle)?;
        let measured = sending.await.map_err(said("the voters"))?;
        self.take(measured)
    }

    /// Starts the service if it does not run.
    fn up(&mut self) -> Done<()> {
        if self.program.is_some() {
            return Ok(());
        }
        // Sometimes it is killed while it starts, too.
        if self.plan.blow == Blow::Kill && self.dice.once_in(8) {
            let mut program = Program::begin(&self.start)?;
            std::thread::sleep(Duration::from_millis(u64::from(self.dice.below(300))));
            program.kill();
            self.blows += 1;
        }
        let begun = Instant::now();
        self.program = Some(Program::start(&self.start)?);
        self.starts_ms.push(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// What got no answer is sent again, out of order and each twice at once; so are some that have their receipt.
    async fn retry(&mut self) -> Done<()> {
        let mut again = std::mem::take(&mut self.unknown);
        let without_answer = again.len();
        let known = self.acknowledged.ballots();
        for _ in 0..known.len().min(4) {
            again.push(known[self.dice.below(u32::try_from(known.len()).unwrap_or(1)) as usize]);
        }
        self.dice.shuffle(&mut again);
        self.retried += without_answer as u64;
        let address = self.address()?;
        let mut connections = (Connection::open(address, 0).await?, Connection::open(address, 0).await?);
        for ballot in again {
            let cast = self.members.ballots[ballot].clone();
            let uuid = &self.members.units[cast.unit].uuid;
            let (first, second) = tokio::join!(connections.0.cast(uuid, cast.bytes.clone()), connections.1.cast(uuid, cast.bytes.clone()));
            let (Answer::Receipt(first), Answer::Receipt(second)) = (&first, &second) else {
                return Err(format!("ballot {ballot}, sent again twice at once, got {first:?} and {second:?}"));
            };
            let had = self.acknowledged.has(ballot);
            self.found_again += u64::from(!had && first.again && second.again);
            if !first.again && !second.again {
                return Err(format!("ballot {ballot}, sent twice at once, was recorded twice"));
            }
            // The one that was first is kept first.
            let mut both = [first.clone(), second.clone()];
            both.sort_by_key(|receipt| receipt.again);
            for receipt in both {
                self.acknowledged.keep(&self.members, ballot, receipt);
            }
        }
        Ok(())
    }

    fn strike(&mut self, cycle: u32) -> Done<()> {
        self.blows += 1;
        match self.plan.blow {
            Blow::Kill => {
                if let Some(mut program) = self.program.take() {
                    program.kill();
                }
                Ok(())
            }
            Blow::Server => self.database.kill_and_restart(),
            Blow::FullDisk => {
                let Some(mut program) = self.program.take() else { return Ok(()) };
                program.limit_files(&self.start.folder, u64::from(self.dice.below(64)) * 1_024)?;
                // The store stops, and the service with it: it must not acknowledge on.
                if program.ended_within(Duration::from_secs(30)).is_none() {
                    return Err(format!("cycle {cycle}: writes fail, and the service runs on"));
                }
                Ok(())
            }
        }
    }

    /// Keeps what was acknowledged; what was not is unknown.
    fn take(&mut self, measured: Measured) -> Done<Vec<String>> {
        let mut faults = Vec::new();
        self.next = measured.next;
        for (ballot, receipt) in measured.receipts {
            self.acknowledged.keep(&self.members, ballot, receipt);
        }
        self.unknown.extend(measured.without);
        for (answer, number) in measured.others {
            // While the database is away the service says so, with status 500 or 503.
            let is_well = answer.starts_with("no answer") || self.plan.blow != Blow::Kill && answer.starts_with('5');
            if !is_well {
                faults.push(format!("{number} ballots got the answer {answer}"));
            }
            *self.others.entry(answer).or_default() += number;
        }
        faults.append(&mut self.acknowledged.faults);
        Ok(faults)
    }

    /// Everything once more, and every check of every archive.
    async fn last(&mut self) -> Done<Vec<String>> {
        self.up()?;
        self.retry().await?;
        let (faults, number) = self.acknowledged.compare(self.address()?, &self.members, true).await?;
        self.on_board = number;
        Ok(faults)
    }
}
