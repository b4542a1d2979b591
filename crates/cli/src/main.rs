//! `whitley`: takes a pay dispute from offer to lawful mandate.
//!
//! This crate only translates: arguments and files in, tables, JSON and exit codes out. What an offer is worth
//! is decided in `pay`, what the law allows in `law`, what a folder says in `dispute`.

/// A line on standard error.
macro_rules! complain {
    ($($what:tt)*) => { $crate::answer::print_to_err(&format!("{}\n", format_args!($($what)*))) };
}

mod action;
mod answer;
mod campaign;
mod conference;
mod deliver;
#[cfg(feature = "serve")]
mod demo;
mod disk;
mod equal_pay;
mod folder;
mod judge;
mod law;
mod offer;
mod pdf;
#[cfg(feature = "print")]
mod print;
mod rehearse;
mod report;
mod roll;
#[cfg(feature = "serve")]
mod serve;
mod staff_file;
mod talks;
mod vote;
mod workforce;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::answer::{Outcome, Said};

/// Takes a pay dispute from offer to lawful mandate.
///
/// DISPUTE is a folder, or the name of one under ./disputes, or one of the founding five: nhs-whitley-1998,
/// civil-service-2004, nhs-2007, nhs-2008, nhs-2014.
///
/// Exit codes: 0 yes or done, 1 no, 2 could not check, 3 bad input, 4 our failure.
#[derive(Parser)]
#[command(name = "whitley", version, arg_required_else_help = true)]
struct Arguments {
    /// Print JSON instead of tables
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    stage: Stage,
}

#[derive(Subcommand)]
enum Stage {
    /// Make a dispute folder with an example in every file
    New(folder::New),
    /// Report every fault of a dispute folder: file, line, what, fix
    Check(folder::Check),
    /// What an offer is worth, to whom, against which prices
    #[command(subcommand)]
    Offer(offer::Verb),
    /// Files of staff: read and checked, or invented and labelled
    #[command(subcommand)]
    Workforce(workforce::Verb),
    /// Motions, amendments and votes of a conference: agenda, decisions, minute, tests in its words
    #[command(subcommand)]
    Conference(conference::Verb),
    /// Who stands where on each offer, as of a day; what a council makes of it
    Positions(talks::positions::Positions),
    /// Meetings, and each side's list of agreed next steps: done, due, overdue
    Meetings(talks::meetings::Meetings),
    /// Demands and ultimatums: open, due, or deadline passed and decision needed
    Demands(talks::demands::Demands),
    /// Why an offer was turned down, what other offers do about it, and items of the claim not addressed
    StickingPoints(talks::sticking_points::StickingPoints),
    /// Guides held against agreements; what holds for one employer on a day
    #[command(subcommand)]
    Guide(talks::guide::Verb),
    /// The law of the day: results, dates, units, documents, traps
    Law(Box<law::LawArguments>),
    /// Lawful days of action: mandates, calls, notices, services, exemptions, what it costs members
    #[command(subcommand)]
    Action(action::Verb),
    /// Equal pay: comparators, the gate of the law, arrears, employers, job scores
    #[command(subcommand)]
    EqualPay(Box<equal_pay::Verb>),
    /// One self-contained page about a dispute: offers, prices, points, what was said, what was decided
    Report(report::Report),
    /// A poll on files alone: setup, key ceremony, credentials, casting, count, verification
    #[command(subcommand)]
    Vote(vote::Verb),
    /// The members' roll: every fault of a membership file, import and undo, freeze, late changes, units, employers' notices
    #[command(subcommand)]
    Roll(roll::Verb),
    /// Authority, on its own machine: packs to members by letter and e-mail, the ledger, reminders, replacements
    #[command(subcommand)]
    Deliver(Box<deliver::Verb>),
    /// Letters to members of Parliament: check, count, write, print
    #[command(subcommand)]
    Letters(campaign::letters::Verb),
    /// Postcards with the member's own loss: as rows, or several to a sheet as PDF
    #[command(subcommand)]
    Postcards(campaign::postcards::Verb),
    /// Who sits for a place on a day
    #[command(subcommand)]
    Mp(campaign::mp::Verb),
    /// The whole dispute with invented members and real ballots, from the offer to the plan of action; goes on where it was stopped
    Rehearse(rehearse::Rehearse),
    /// Try it in the browser: the five founding disputes, and an open ballot of invented members with every role
    #[cfg(feature = "serve")]
    Demo(demo::Demo),
    /// The service: voting booth, board, results, and the desks of officer, scrutineer, authority and trustees
    #[cfg(feature = "serve")]
    Serve(Box<serve::Serve>),
    #[cfg(feature = "print")]
    #[command(flatten)]
    Print(print::Command),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version are answers; anything else is a question put wrongly, which is bad input (3).
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Outcome::BadInput.into() } else { Outcome::Yes.into() };
        }
    };
    run(arguments).into()
}

/// Runs a command line, without the program's name, and keeps what it says.
fn ask(words: &[&str]) -> (Outcome, Said) {
    let asked = Arguments::try_parse_from(std::iter::once("whitley").chain(words.iter().copied()));
    match asked {
        Ok(arguments) => answer::listen(|| run(arguments)),
        Err(error) => (Outcome::BadInput, Said { err: error.to_string(), ..Said::default() }),
    }
}

/// Runs what was asked for.
fn run(arguments: Arguments) -> Outcome {
    let as_json = arguments.json;
    match arguments.stage {
        Stage::New(command) => command.run(as_json),
        Stage::Check(command) => command.run(as_json),
        Stage::Offer(verb) => verb.run(as_json),
        Stage::Workforce(verb) => verb.run(as_json),
        Stage::Conference(verb) => verb.run(as_json),
        Stage::Positions(command) => command.run(as_json),
        Stage::Meetings(command) => command.run(as_json),
        Stage::Demands(command) => command.run(as_json),
        Stage::StickingPoints(command) => command.run(as_json),
        Stage::Guide(verb) => verb.run(as_json),
        Stage::Law(arguments) => law::run(*arguments, as_json),
        Stage::Action(verb) => verb.run(as_json),
        Stage::EqualPay(verb) => verb.run(as_json),
        Stage::Report(command) => command.run(as_json),
        Stage::Vote(verb) => verb.run(as_json),
        Stage::Roll(verb) => verb.run(as_json),
        Stage::Deliver(verb) => verb.run(as_json),
        Stage::Letters(verb) => verb.run(as_json),
        Stage::Postcards(verb) => verb.run(as_json),
        Stage::Mp(verb) => verb.run(as_json),
        Stage::Rehearse(command) => command.run(as_json),
        #[cfg(feature = "serve")]
        Stage::Demo(command) => command.run(as_json),
        #[cfg(feature = "serve")]
        Stage::Serve(command) => command.run(as_json),
        #[cfg(feature = "print")]
        Stage::Print(command) => command.run(as_json),
    }
}
