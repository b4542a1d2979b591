//! `whitley workforce …`: make an invented workforce, check a file of staff.

mod check;
mod make;

use clap::Subcommand;
use dated::{Fault, Place, Severity};

use crate::answer::{self, Outcome};

/// The verbs about staff.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Make a labelled synthetic workforce from published totals; the same seed gives the same bytes
    Make(make::Make),
    /// Read a file of staff, CSV or XLSX: every fault with row, column and what would be right; what it holds
    Check(check::Check),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        match self {
            Self::Make(command) => command.run(as_json),
            Self::Check(command) => command.run(as_json),
        }
    }
}

/// Says why a question cannot be answered as put.
fn refuse_question(why: impl Into<String>, as_json: bool) -> Outcome {
    let why = why.into();
    if !as_json {
        complain!("{why}");
        return Outcome::BadInput;
    }
    let place = Place::new("command line", 1);
    let fix = "ask again as said; `--help` shows what can be asked".to_owned();
    answer::refuse(&[Fault { code: "question", severity: Severity::Error, place, what: why, fix }], true)
}
