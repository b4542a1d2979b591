//! `rehearsal`: the tester's tool. What counts as a failure stands at the head of the library.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use rehearsal::crash::{Blow, Crashes};
use rehearsal::database::Kind;
use rehearsal::overload::{Stage, Wanted, default_cache};
use rehearsal::{Done, program};
use serde_json::{Value, json};

/// Invented members vote by the thousand on the real service, which is killed, starved and misled meanwhile.
///
/// Exit codes: 0 all is well, 1 the service failed, 4 the rehearsal could not be held.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Args)]
struct Common {
    /// The program (default: the one beside this)
    #[arg(long, value_name = "FILE")]
    whitley: Option<PathBuf>,
    /// Where the poll is kept
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kind,
    /// Everything invented comes from this
    #[arg(long, default_value = "1")]
    seed: String,
    /// Invented members, each with one ballot
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    voters: u32,
    /// Their units
    #[arg(long, value_name = "N", default_value_t = 4)]
    units: u32,
    /// Made ballots are kept here, for the next run
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Verb {
    /// Ballots a second, waits, and whether the board is right afterwards
    Load {
        #[command(flatten)]
        common: Common,
        /// Connections
        #[arg(long, value_name = "N", default_value_t = 32)]
        connections: usize,
        /// Ballots a second, whatever the answers do (default: as fast as they are answered)
        #[arg(long, value_name = "N")]
        rate: Option<u32>,
        /// No longer than this
        #[arg(long, value_name = "N", default_value_t = 600)]
        seconds: u64,
        /// Services on one PostgreSQL
        #[arg(long, value_name = "N", default_value_t = 1)]
        nodes: usize,
    },
    /// So many times what the service can do, and how it gets over it
    Overload {
        #[command(flatten)]
        common: Common,
        /// So many times its capacity
        #[arg(long, value_name = "N", default_value_t = 3)]
        times: u32,
        /// Connections of the overload
        #[arg(long, value_name = "N", default_value_t = 1_000)]
        connections: usize,
        /// Addresses they come from
        #[arg(long, value_name = "N", default_value_t = 4)]
        addresses: u8,
        /// Seconds at capacity, and again at overload
        #[arg(long, value_name = "N", default_value_t = 10)]
        seconds: u64,
        /// What the service takes from one address in the long run
        #[arg(long, value_name = "N", default_value_t = 1_000_000)]
        casts_per_second: u32,
    },
    /// Struck at random moments under load
    Crash {
        #[command(flatten)]
        common: Common,
        /// What strikes
        #[arg(long, value_enum, default_value = "kill")]
        blow: Blow,
        /// How often
        #[arg(long, value_name = "N", default_value_t = 20)]
        cycles: u32,
        /// Connections
        #[arg(long, value_name = "N", default_value_t = 8)]
        connections: usize,
        /// The longest time under load before a blow
        #[arg(long, value_name = "MS", default_value_t = 300)]
        most_ms: u32,
        /// Read all archives after every so many cycles
        #[arg(long, value_name = "N", default_value_t = 1)]
        read_every: u32,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().verb).await {
        Ok((faults, figures)) => {
            println!("{figures:#}");
            for fault in &faults {
                eprintln!("FAILURE: {fault}");
            }
            if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(why) => {
            eprintln!("could not be held: {why}");
            ExitCode::from(4)
        }
    }
}

async fn run(verb: Verb) -> Done<(Vec<String>, Value)> {
    match verb {
        Verb::Load { common, connections, rate, seconds, nodes } => {
            let mut stage = Stage::set(&common.wanted(nodes, 1_000_000)).await?;
            let proof = stage.proof_micros().await?;
            let (measured, mut figures) = stage.load(connections, 1, rate, Duration::from_secs(seconds)).await;
            let (mut faults, on_board) = stage.compare().await?;
            faults.extend(measured.others.iter().map(|(answer, number)| format!("{number} ballots got the answer {answer}")));
            figures["proof_cpu_micros"] = proof.into();
            figures["on_board"] = on_board.into();
            Ok((faults, figures))
        }
        Verb::Overload { common, times, connections, addresses, seconds, casts_per_second } => {
            let mut stage = Stage::set(&common.wanted(1, casts_per_second)).await?;
            let (mut faults, mut figures) = stage.overload(times, seconds, connections, addresses).await?;
            let (more, on_board) = stage.compare().await?;
            faults.extend(more);
            figures["on_board"] = json!(on_board);
            Ok((faults, figures))
        }
        Verb::Crash { common, blow, cycles, connections, most_ms, read_every } => {
            let report = Crashes {
                whitley: common.whitley(),
                database: common.database,
                blow,
                cycles,
                seed: common.seed.clone(),
                voters: common.voters,
                units: common.units,
                connections,
                most_ms,
                read_every,
                cache: common.cache(),
            }
            .run()
            .await?;
            Ok((report.faults, report.figures))
        }
    }
}

impl Common {
    fn whitley(&self) -> PathBuf {
        self.whitley.clone().unwrap_or_else(program::beside)
    }

    fn cache(&self) -> PathBuf {
        self.cache.clone().unwrap_or_else(default_cache)
    }

    fn wanted(&self, nodes: usize, casts_per_second: u32) -> Wanted {
        Wanted {
            whitley: self.whitley(),
            database: self.database,
            nodes,
            voters: self.voters,
            units: self.units,
            seed: self.seed.clone(),
            casts_per_second,
            cache: self.cache(),
        }
    }
}
