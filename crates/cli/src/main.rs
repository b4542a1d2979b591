//! `whitley`: takes a pay dispute from offer to lawful mandate.
//!
//! This crate only translates: arguments and files in, tables, JSON and exit codes out. What an offer is worth
//! is decided in `pay`, what the law allows in `law`, what a folder says in `dispute`.

mod answer;
mod law;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Takes a pay dispute from offer to lawful mandate.
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
    /// The law of the day: results, dates, units, documents, traps
    Law(law::LawArguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome: answer::Outcome = match arguments.stage {
        Stage::Law(law) => law::run(law, arguments.json),
    };
    outcome.into()
}
