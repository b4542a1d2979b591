//! `whitley equal-pay …`: who is paid more for equal work, whether he counts in law, what the gap comes to, and in which employers.

mod board;
mod employers;
mod employers_file;
mod gate;
mod pair;
mod score;
mod search;
mod setting;

use clap::Subcommand;
use dated::Ratio;
use pay::Pence;

use crate::answer::Outcome;

pub(crate) use board::section;

/// The verbs of equal pay.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// The best paid comparator of every claimant: own employer first, others behind the gate of the law
    Search(Box<search::Search>),
    /// Employers with cases: which to choose, what they add up to; without a file, from published pay gap reports
    Employers(Box<employers::Employers>),
    /// The claims that were lodged: where each stands, by employer, with what is at stake
    Board(Box<board::Board>),
    /// Two rows of a pay file side by side, term by term
    Pair(pair::Pair),
    /// Whether a comparator may be pleaded, by how both are employed and the law of the day
    Gate(gate::Gate),
    /// From the levels of sixteen factors to a job's score and band
    Score(score::Score),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let result = match self {
            Self::Search(command) => command.run(as_json),
            Self::Employers(command) => command.run(as_json),
            Self::Board(command) => command.run(as_json),
            Self::Pair(command) => command.run(as_json),
            Self::Gate(command) => command.run(as_json),
            Self::Score(command) => command.run(as_json),
        };
        result.unwrap_or_else(|stop| stop.outcome(as_json))
    }
}

/// Pence an hour as pounds with pence: `5.18`.
fn per_hour(pence: Ratio) -> String {
    (pence / Ratio::whole(100)).to_fixed(2)
}

/// A sum of money to the pound, as a list shows it.
fn to_the_pound(pence: i64) -> String {
    Pence((pence + if pence < 0 { -50 } else { 50 }) / 100 * 100).to_string()
}

/// `1 person`, `1,200 people`.
fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", pay::grouped(count)) }
}

/// `1 claim`, `12 claims`: a count with its noun.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", pay::grouped(count as u64), if count == 1 { one } else { many })
}
