//! `whitley offer …`: value, compare, differentials, cost, redistribute, take-home, claims.

mod claims;
mod compare;
pub(crate) mod cost;
mod differentials;
mod member;
pub(crate) mod people;
mod people_json;
mod read_across;
mod redistribute;
mod take_home;
mod value;

use clap::Subcommand;
use dated::{Fault, Month, Place, Ratio, Severity};
use dispute::Dispute;
use pay::{Framework, Offer, Pence};
use workspace::offer::typed::{parse_day, parse_hours, parse_index, parse_pounds};

use crate::answer::{self, Outcome};

/// The verbs of the offer stage.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// What each offer is worth: in the year, at its end, against prices, at each point or to one member
    Value(Box<value::Value>),
    /// Offers side by side, point by point or for one salary
    Compare(compare::Compare),
    /// How far points and bands stand apart, before an offer and after each of its steps
    Differentials(differentials::Differentials),
    /// One offer on the rates of other agreements: every clause, and why it does not fit there
    ReadAcross(read_across::ReadAcross),
    /// The same money, lowest pay first: new rates that cost no more than an offer does
    Redistribute(Box<redistribute::Redistribute>),
    /// Each quoted figure with its readings and a verdict
    Claims(claims::Claims),
    /// What an offer costs the employer: award, increments and contributions, month by month, under each reading
    Cost(Box<cost::Cost>),
    /// What a member keeps of it: pension, tax, National Insurance, student loan; the month the arrears arrive
    TakeHome(Box<take_home::TakeHome>),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let result = match self {
            Self::Value(command) => command.run(as_json),
            Self::Compare(command) => command.run(as_json),
            Self::Differentials(command) => command.run(as_json),
            Self::ReadAcross(command) => command.run(as_json),
            Self::Redistribute(command) => command.run(as_json),
            Self::Claims(command) => command.run(as_json),
            Self::Cost(command) => command.run(as_json),
            Self::TakeHome(command) => command.run(as_json),
        };
        match result {
            Ok(outcome) => outcome,
            Err(stop) => stop.outcome(as_json),
        }
    }
}

/// Why a command ends early.
pub(crate) enum Stop {
    /// The reason has been given.
    Said(Outcome),
    /// The question cannot be answered as put; the sentence says why.
    Question(String),
}

impl Stop {
    /// Gives the reason where it has not been given.
    pub(crate) fn outcome(self, as_json: bool) -> Outcome {
        match self {
            Self::Said(outcome) => outcome,
            Self::Question(why) => {
                let fault = Fault {
                    code: "question",
                    severity: Severity::Error,
                    place: Place::new("command line", 1),
                    what: why,
                    fix: "ask again as said; `--help` shows what can be asked".to_owned(),
                };
                if as_json {
                    answer::refuse(&[fault], true)
                } else {
                    complain!("{}", fault.what);
                    Outcome::BadInput
                }
            }
        }
    }
}

impl From<Outcome> for Stop {
    fn from(outcome: Outcome) -> Self {
        Self::Said(outcome)
    }
}

/// Says why a question cannot be answered as put.
fn refuse_question<T>(why: impl std::fmt::Display) -> Result<T, Stop> {
    Err(Stop::Question(why.to_string()))
}

/// The pay facts of a dispute, for one group of staff if one is named.
fn in_group<'d>(dispute: &'d Dispute, group: Option<&str>) -> Result<Framework<'d>, Stop> {
    let framework = dispute.framework();
    match group {
        Some(group) if !framework.groups.iter().any(|known| known == group) => {
            refuse_question(format!("there is no group “{group}” in this dispute; it has {}", framework.groups.join(", ")))
        }
        group => Ok(framework.in_group(group.map(str::to_owned))),
    }
}

fn find_offer<'o>(offers: &'o [Offer], id: &str) -> Result<&'o Offer, Stop> {
    workspace::offer::find_offer(offers, id).map_err(Stop::Question)
}

fn parse_month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| format!("“{text}” is not a month; write it as 2007-04"))
}

/// An exact number of pence as pounds.
fn pounds(pence: Ratio) -> Ratio {
    pence / Ratio::whole(100)
}

/// An exact number of pence as people read it: £5.65.
fn money(pence: Ratio) -> String {
    Pence::nearest(pence).to_string()
}
