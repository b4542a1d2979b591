//! `whitley action …`: what is planned, where mandates stand, whether a call is lawful, exemptions.

mod calendar;
mod call;
mod exemptions;
mod plan;
mod show;

use std::path::Path;

use clap::{Args, Subcommand};
use dated::{Date, Fault, Faults, Place, Severity, parse_date};
use dispute::plan::{Plan, PlanFacts};
use dispute::{Dispute, Library};
use law::{Agreements, Rulebook};

use crate::answer::{self, Outcome};
use crate::disk;
use crate::law::{AgreementArguments, RulesArguments, load_rules};

/// The verbs of the action stage.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Lawful days, mandates with their state, services hit, members' lost pay; calendar file and public page
    Plan(Box<plan::PlanArguments>),
    /// Where each mandate stands and which days several unions share
    Calendar(calendar::CalendarArguments),
    /// Judge a call before it is made: who calls, which question was won, which days are lawful
    Call(Box<call::CallArguments>),
    /// The exemptions log: list it, add a request or a decision
    Exemptions(exemptions::ExemptionArguments),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let result = match self {
            Self::Plan(command) => command.run(as_json),
            Self::Calendar(command) => command.run(as_json),
            Self::Call(command) => command.run(as_json),
            Self::Exemptions(command) => command.run(as_json),
        };
        match result {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }
}

/// What every planning question has in common.
#[derive(Args)]
pub(crate) struct AskedOn {
    /// The day on which you ask: states are those of this day, and no notice can be received before it; the first day shown if
    /// not given
    #[arg(long, value_name = "TODAY", value_parser = parse_date)]
    on: Option<Date>,
    /// The last day shown
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    until: Option<Date>,
    /// The day every employer received a notice of the action called, beside the notices of the folder
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    notice_received: Option<Date>,
    /// The day every employer was told the result
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    result_told: Option<Date>,
    #[command(flatten)]
    agreements: AgreementArguments,
    #[command(flatten)]
    rules: RulesArguments,
}

impl AskedOn {
    fn book(&self, as_json: bool) -> Result<Rulebook, Outcome> {
        load_rules(&self.rules).map_err(|faults| answer::refuse(&faults, as_json))
    }

    fn facts(&self, from: Date) -> PlanFacts {
        let mut facts = PlanFacts::new(self.on.unwrap_or(from), from);
        facts.until = self.until;
        facts.agreements = Agreements::from(self.agreements);
        facts.notice_received_on = self.notice_received;
        facts.result_told_on = self.result_told;
        facts
    }

    /// Days that cannot be together.
    fn check(&self, from: Date, as_json: bool) -> Result<(), Outcome> {
        match self.until {
            Some(until) if until < from => {
                let what = format!("--until {until} is before the first day shown, {from}");
                Err(question(what, "check both days: they are written year-month-day", as_json))
            }
            _ => Ok(()),
        }
    }
}

/// Opens one or several disputes, all faults of all of them at once.
fn open_all(names: &[&str], as_json: bool) -> Result<(Vec<Dispute>, Library), Outcome> {
    let mut disputes = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    let mut library = None;
    for name in names {
        let (dispute, known, found) = disk::read(name, as_json)?;
        faults.extend(found);
        disputes.extend(dispute);
        library = Some(known);
    }
    let has_error = faults.iter().any(|fault| fault.severity == Severity::Error);
    match library {
        Some(library) if !has_error && disputes.len() == names.len() => {
            answer::print_to_err(&answer::faults_text(&faults));
            Ok((disputes, library))
        }
        _ => Err(answer::refuse(&faults, as_json)),
    }
}

fn make_plan<'d>(disputes: &'d [Dispute], book: &'d Rulebook, facts: &PlanFacts, as_json: bool) -> Result<Plan<'d>, Outcome> {
    let all: Vec<&Dispute> = disputes.iter().collect();
    dispute::plan::plan(&all, book, facts).map_err(|faults| answer::refuse(&faults, as_json))
}

/// Refuses a question that cannot be answered as put.
fn question(what: impl Into<String>, fix: impl Into<String>, as_json: bool) -> Outcome {
    let place = Place::new("command line", 1);
    let fault = Fault { code: "question", severity: Severity::Error, place, what: what.into(), fix: fix.into() };
    answer::refuse(&[fault], as_json)
}

/// Faults of options, if there are any.
fn refuse_any(faults: Faults, as_json: bool) -> Result<(), Outcome> {
    if faults.error_count() > 0 { Err(answer::refuse(&faults.into_sorted(), as_json)) } else { Ok(()) }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, text: &str) -> Result<(), Outcome> {
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    let draft = path.with_file_name(format!(".{name}.draft"));
    std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, path)).map_err(|error| {
        let _ = std::fs::remove_file(&draft);
        complain!("{} cannot be written: {error}", path.display());
        Outcome::OurFailure
    })
}
