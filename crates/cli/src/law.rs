//! `whitley law …`: translates arguments and files into calls of the `law` crate, and its answers into tables and JSON.

mod contents;
mod judge;
mod replay;
mod rules;
mod timetable;
mod traps;
mod units;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dated::{Date, Fault, Faults, FileBytes, MAX_FILE_BYTES, Place, Severity, parse_date};
use law::{Agreements, Jurisdiction, Rule, Rulebook};
use serde_json::{Value, json};

use crate::answer::{Outcome, refuse};

#[derive(Args)]
pub(crate) struct LawArguments {
    #[command(flatten)]
    rules: RulesArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Args)]
pub(crate) struct RulesArguments {
    /// Rules to use instead of those that come with the program
    #[arg(long, global = true, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Something a person has confirmed after seeing the instrument, with the day it took effect, as in
    /// turnout_threshold_repealed_from=2026-09-01 or allow_electronic_methods=2026-08-20
    #[arg(long = "switch", global = true, value_name = "NAME=DAY")]
    switches: Vec<String>,
}

#[derive(Subcommand)]
enum Verb {
    /// Test the result of every unit and question by the law of the day its ballot opened
    Judge(judge::JudgeArguments),
    /// Every date: forwards from an opening, or backwards from wanted days of action
    Timetable(timetable::TimetableArguments),
    /// The same results as separate ballots and as one; with --forecast a range from earlier turnouts
    Units(units::UnitsArguments),
    /// What a voting paper, notice or result statement must contain on its day, and what one leaves out
    Contents(contents::ContentsArguments),
    /// What courts have punished: checks of the facts of a ballot, each with its case
    Traps(traps::TrapsArguments),
    /// Real ballots judged again under the law of their day and of other days
    Replay(replay::ReplayArguments),
    /// The rules that applied on a day, with sources and status; the important public services
    Rules(rules::ListArguments),
}

pub(crate) fn run(arguments: LawArguments, as_json: bool) -> Outcome {
    let book = match load_rules(&arguments.rules) {
        Ok(book) => book,
        Err(faults) => return refuse(&faults, as_json),
    };
    match arguments.verb {
        Verb::Judge(arguments) => judge::run(&arguments, &book, as_json),
        Verb::Timetable(arguments) => timetable::run(&arguments, &book, as_json),
        Verb::Units(arguments) => units::run(&arguments, &book, as_json),
        Verb::Contents(arguments) => contents::run(&arguments, &book, as_json),
        Verb::Traps(arguments) => traps::run(&arguments, &book, as_json),
        Verb::Replay(arguments) => replay::run(&arguments, &book, as_json),
        Verb::Rules(arguments) => rules::run(&arguments, &book, as_json),
    }
}

pub(crate) fn load_rules(arguments: &RulesArguments) -> Result<Rulebook, Vec<Fault>> {
    let mut book = match &arguments.rules {
        Some(path) => Rulebook::parse(&path.to_string_lossy(), &read_file(path)?)?,
        None => Rulebook::built_in()?,
    };
    let faults = Faults::new();
    for text in &arguments.switches {
        let place = Place::new("--switch", 1);
        let set = match text.split_once('=') {
            Some((name, day)) => parse_date(day).and_then(|day| book.set_switch(name, day)),
            None => Err(format!("“{text}” is not a switch with its day")),
        };
        if let Err(what) = set {
            faults.error("bad-switch", &place, what, "write --switch turnout_threshold_repealed_from=2026-09-01");
        }
    }
    if faults.is_empty() { Ok(book) } else { Err(faults.into_sorted()) }
}

/// Reads a file, or gives the fault that says why it cannot be read.
pub(crate) fn read_file(path: &Path) -> Result<FileBytes, Vec<Fault>> {
    let name = path.to_string_lossy();
    let refused = |error: std::io::Error| {
        vec![Fault {
            code: "file-unreadable",
            severity: Severity::Error,
            place: Place::new(&name, 1),
            what: format!("the file cannot be read: {error}"),
            fix: "check the name and that you may read it".to_owned(),
        }]
    };
    let size = std::fs::metadata(path).map_err(refused)?.len();
    if size > MAX_FILE_BYTES {
        return Ok(FileBytes::TooLarge { bytes: size });
    }
    // A pipe does not say how much will come.
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)).map_err(refused)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(if read > MAX_FILE_BYTES { FileBytes::TooLarge { bytes: read } } else { FileBytes::Read(bytes) })
}

/// A date given with an option; a bad one is a fault named after the option.
pub(crate) fn option_date(option: &str, text: Option<&str>, faults: &Faults) -> Option<Date> {
    let text = text?;
    parse_date(text)
        .map_err(|what| faults.error("not-a-date", &Place::new(option, 1), what, "write it year-month-day, as in 2022-10-06"))
        .ok()
}

fn option_jurisdiction(text: &str, faults: &Faults) -> Jurisdiction {
    Jurisdiction::from_short(text).unwrap_or_else(|| {
        let place = Place::new("--jurisdiction", 1);
        faults.error("unknown-jurisdiction", &place, format!("“{text}” is no jurisdiction known here"), "write GB or NI");
        Jurisdiction::default()
    })
}

/// What was agreed with the employer.
#[derive(Args, Clone, Copy)]
pub(crate) struct AgreementArguments {
    /// The employer agreed to a longer mandate, in weeks (where the law of the day knows that)
    #[arg(long, value_name = "N")]
    agreed_weeks: Option<u64>,
    /// The employer agreed to a longer mandate, in months (where the law of the day knows that)
    #[arg(long, value_name = "N")]
    agreed_months: Option<u64>,
    /// The employer agreed to shorter notice of action, in days (where the law of the day knows that)
    #[arg(long, value_name = "N")]
    agreed_notice_days: Option<u64>,
}

impl From<AgreementArguments> for Agreements {
    fn from(given: AgreementArguments) -> Self {
        Self { weeks: given.agreed_weeks, months: given.agreed_months, notice_days: given.agreed_notice_days }
    }
}

/// The rules an answer rests on, each once.
#[derive(Default)]
pub(crate) struct Cited<'r>(BTreeMap<&'r str, &'r Rule>);

impl<'r> Cited<'r> {
    fn add(&mut self, rule: &'r Rule) {
        self.0.insert(&rule.id, rule);
    }

    pub(crate) fn extend(&mut self, rules: impl IntoIterator<Item = &'r Rule>) {
        for rule in rules {
            self.add(rule);
        }
    }

    fn json(&self) -> Value {
        self.0
            .values()
            .map(|rule| {
                json!({
                    "rule": rule.id,
                    "source": rule.source,
                    "status": rule.status.word(),
                    "test_date": rule.test_date.word(),
                    "from": rule.from.map(|day| day.to_string()),
                    "until": rule.until.map(|day| day.to_string()),
                    "checked_on": rule.checked_on.to_string(),
                })
            })
            .collect()
    }

    /// The lines under every answer for people.
    pub(crate) fn text(&self, book: &Rulebook) -> String {
        let mut text = String::from("\nSources\n");
        for rule in self.0.values() {
            text.push_str(&format!("  {}: {}\n", rule.id, rule.cite()));
        }
        text.push_str(&closing(book));
        text
    }
}

/// When the rules were checked, what was switched on, and that this is no legal advice.
fn closing(book: &Rulebook) -> String {
    let mut text = format!("\nRules last checked on {}. {}\n", dated::long_date(book.checked_on()), book.not_legal_advice());
    for (name, day) in book.switches() {
        text.push_str(&format!("Confirmed by a person, not by these data: {name} = {day}.\n"));
    }
    text
}

/// The same for JSON.
pub(crate) fn with_closing(mut value: Value, book: &Rulebook, cited: &Cited<'_>) -> Value {
    value["rules_checked_on"] = json!(book.checked_on().to_string());
    value["switches"] = book.switches().iter().map(|(name, day)| (name.clone(), json!(day.to_string()))).collect();
    value["not_legal_advice"] = json!(book.not_legal_advice());
    value["sources"] = cited.json();
    value
}
