//! `whitley notice`, `whitley paper`, `whitley certificate`: the papers of a poll.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use dated::{Date, Faults, Place, parse_date};
use dispute::campaign::Language;
use dispute::roll::EmployerNotice;
use dispute::{Call, Dispute, Unit};
use law::Rulebook;
use print::{Addressee, Batch, Certificate, Document, Evidence, Look, Mode, Numbers, PollPapers, Record};

use super::{Done, HowArguments, print_all, rules, stop_on_error};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// Which notice.
#[derive(Subcommand)]
pub(crate) enum Notice {
    /// To each employer: that a ballot will be held
    Ballot(NoticeArguments),
    /// To each employer: that action will be taken
    Action(ActionArguments),
    /// To each employer and to the members: the result
    Result(PollArguments),
    /// To the members of each unit, with the voting paper: what is asked, how to vote, by when
    Voters(VoterArguments),
    /// The scrutineer's report, to be signed
    Scrutineer(PollArguments),
}

#[derive(Args)]
pub(crate) struct PollArguments {
    /// The dispute folder
    dispute: String,
    /// The poll
    #[arg(long, value_name = "ID")]
    poll: String,
    /// Only this unit of the poll
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    #[command(flatten)]
    how: HowArguments,
}

#[derive(Args)]
pub(crate) struct NoticeArguments {
    #[command(flatten)]
    of: PollArguments,
    /// The day the employer receives it, which chooses the law; the day it is dated if not given
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    received: Option<Date>,
    /// The employers and figures that `whitley roll notices` counted: a notice of ballot to each, instead of those in papers/*.toml
    #[arg(long, value_name = "FILE")]
    figures: Option<std::path::PathBuf>,
}

#[derive(Args)]
pub(crate) struct ActionArguments {
    #[command(flatten)]
    of: NoticeArguments,
    /// Which calls of action.toml, counted from 1, in one notice: --call 1 --call 3; needed where several are for units of this poll
    #[arg(long, value_name = "N")]
    call: Vec<usize>,
    /// Every call for units of this poll in one notice
    #[arg(long, conflicts_with = "call")]
    all_calls: bool,
}

/// How a paper for members is to look.
#[derive(Args, Clone, Copy)]
pub(crate) struct LookArguments {
    /// No letter smaller than 16 points
    #[arg(long)]
    large_print: bool,
    /// In Welsh, with the union's Welsh texts; the statutory statement stays as the statute has it
    #[arg(long)]
    welsh: bool,
}

impl LookArguments {
    fn look(self) -> Look {
        Look { large_print: self.large_print, language: if self.welsh { Language::Welsh } else { Language::English } }
    }

    /// What is put behind the name of a run, so that papers of each look stand side by side.
    fn suffix(self) -> String {
        format!("{}{}", if self.large_print { "-large-print" } else { "" }, if self.welsh { "-welsh" } else { "" })
    }
}

#[derive(Args)]
pub(crate) struct VoterArguments {
    #[command(flatten)]
    of: PollArguments,
    #[command(flatten)]
    look: LookArguments,
}

/// Arguments of `whitley paper`.
#[derive(Args)]
pub(crate) struct Paper {
    #[command(flatten)]
    of: PollArguments,
    /// One specimen a unit, for the employer
    #[arg(long)]
    sample: bool,
    /// The first number; numbers go on from unit to unit
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=99_999_999))]
    first_number: u64,
    /// Spare papers for each unit, to replace lost and spoiled ones
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    spare: u64,
    /// Only these numbers, as 1601..1620: large print or Welsh from the spare ones
    #[arg(long, value_name = "N..N", value_parser = parse_numbers)]
    numbers: Option<(u64, u64)>,
    #[command(flatten)]
    look: LookArguments,
    /// Papers in a file
    #[arg(long, default_value_t = 500, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    per_file: u64,
}

fn parse_numbers(text: &str) -> Result<(u64, u64), String> {
    let wrong = || format!("“{text}” is no stretch of numbers; write the first and the last, as 1601..1620");
    let (first, last) = text.split_once("..").ok_or_else(wrong)?;
    let (first, last): (u64, u64) = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
    if first > last { Err(wrong()) } else { Ok((first, last)) }
}

/// Arguments of `whitley certificate`.
#[derive(Args)]
pub(crate) struct CertificateArguments {
    #[command(flatten)]
    of: PollArguments,
    /// Only this question of the poll
    #[arg(long, value_name = "ID", conflicts_with = "table")]
    question: Option<String>,
    /// The table of all mandates instead: every unit and question, won or not
    #[arg(long, conflicts_with = "unit")]
    table: bool,
}

/// What every command of a poll begins with.
struct Begun {
    dispute: Dispute,
    book: Rulebook,
    faults: Faults,
}

fn begin(of: &PollArguments, as_json: bool) -> Result<Begun, Outcome> {
    let Opened { dispute, .. } = disk::open(&of.dispute, as_json)?;
    Ok(Begun { dispute, book: rules()?, faults: Faults::new() })
}

impl Begun {
    fn papers(&self, of: &PollArguments) -> Option<PollPapers<'_>> {
        PollPapers::find(&self.dispute, &self.book, &of.poll, &self.faults)
    }
}

impl Notice {
    pub(super) fn run(self, as_json: bool) -> Done {
        match self {
            Self::Ballot(arguments) => {
                let received = arguments.received.unwrap_or(arguments.of.how.date);
                if let Some(figures) = &arguments.figures {
                    return ballot_notices_of(figures, &arguments.of, received, as_json);
                }
                one_a_unit(&arguments.of, "ballot-notice", as_json, |papers, unit, faults| {
                    papers.ballot_notice(unit, arguments.of.how.date, received, faults)
                })
            }
            Self::Action(arguments) => action(&arguments, as_json),
            Self::Result(of) => results(&of, as_json),
            Self::Voters(arguments) => {
                let what = format!("ballot-letter{}", arguments.look.suffix());
                one_a_unit(&arguments.of, &what, as_json, |papers, unit, faults| {
                    papers.ballot_letter(unit, arguments.look.look(), arguments.of.how.date, faults)
                })
            }
            Self::Scrutineer(of) => {
                let begun = begin(&of, as_json)?;
                let templates = of.how.templates(&begun.faults);
                let document =
                    begun.papers(&of).and_then(|papers| papers.scrutineer_report(&Evidence::default(), of.how.date, &begun.faults));
                let faults = stop_on_error(begun.faults, as_json)?;
                let Some(document) = document else { return Err(answer::refuse(&faults, as_json)) };
                let batch = Batch::single(format!("scrutineer-{}.pdf", of.poll), "scrutineer’s report", &of.poll, document);
                print_all(&of.how.out, "scrutineer", Mode::Replace, &templates, [batch].into_iter(), 1, &[], as_json)
            }
        }
    }
}

/// A notice of ballot to each employer that the roll has, with its figures.
fn ballot_notices_of(figures: &std::path::Path, of: &PollArguments, received: Date, as_json: bool) -> Done {
    let mut begun = begin(of, as_json)?;
    let templates = of.how.templates(&begun.faults);
    let place = Place::new(&figures.display().to_string(), 1);
    let read = std::fs::read(figures).ok().and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    let entries = read.as_ref().and_then(|read| read["employers"].as_array()).cloned();
    if entries.is_none() {
        begun.faults.error("no-figures", &place, "this is no file of figures", "figures.json, as `whitley roll notices` writes it");
    }
    let mut notices = entries.iter().flatten().map(EmployerNotice::of_json).collect::<Vec<_>>();
    notices.retain(|notice| of.unit.as_ref().is_none_or(|only| *only == notice.unit));
    let batches = ballot_notices(&mut begun.dispute, &begun.book, &of.poll, &notices, [of.how.date, received], &place, &begun.faults);
    stop_on_error(begun.faults, as_json)?;
    let files = batches.len();
    print_all(&of.how.out, "ballot-notice", Mode::Replace, &templates, batches.into_iter(), files, &[], as_json)
}

/// A notice of ballot for each of these; of the two days the first is the paper's, the second that of its receipt.
pub(super) fn ballot_notices(
    dispute: &mut Dispute,
    book: &Rulebook,
    poll: &str,
    notices: &[EmployerNotice],
    [date, received]: [Date; 2],
    place: &Place,
    faults: &Faults,
) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut several: BTreeMap<&str, u32> = BTreeMap::new();
    for notice in notices {
        address_to(dispute, poll, notice, place);
        let unit = &notice.unit;
        // A unit may have several employers, and each gets its own notice.
        let number = several.entry(unit).or_default();
        *number += 1;
        let file = if *number == 1 { format!("ballot-notice-{unit}.pdf") } else { format!("ballot-notice-{unit}-{number}.pdf") };
        let Some(papers) = PollPapers::find(dispute, book, poll, faults) else { break };
        for found in papers.units(Some(unit), faults) {
            let document = papers.ballot_notice(found, date, received, faults);
            batches.extend(document.map(|document| Batch::single(file.clone(), "ballot notice", unit, document)));
        }
    }
    batches
}

/// Makes this the employer of its unit, with its figures, whatever the folder says.
pub(super) fn address_to(dispute: &mut Dispute, poll: &str, notice: &EmployerNotice, place: &Place) {
    let counts = |list: &BTreeMap<String, u64>| -> Vec<dispute::Count> {
        list.iter().map(|(name, number)| dispute::Count { name: name.clone(), number: *number, place: place.clone() }).collect()
    };
    let employer = dispute::Employer {
        unit: (notice.unit.clone(), place.clone()),
        name: notice.employer.clone(),
        address: notice.address.iter().map(|line| (line.clone(), place.clone())).collect(),
        description: None,
        check_off: None,
        categories: counts(&notice.categories),
        workplaces: counts(&notice.workplaces),
        place: place.clone(),
    };
    for papers in dispute.papers.iter_mut().filter(|papers| papers.poll.0 == poll) {
        papers.employers = vec![employer.clone()];
        papers.figures_explained = Some(notice.explained.clone());
    }
}

/// One document for each unit; a fault in any stops all.
fn one_a_unit(
    of: &PollArguments,
    what: &str,
    as_json: bool,
    make: impl Fn(&PollPapers<'_>, &Unit, &Faults) -> Option<print::Document>,
) -> Done {
    let begun = begin(of, as_json)?;
    let templates = of.how.templates(&begun.faults);
    let mut batches = Vec::new();
    if let Some(papers) = begun.papers(of) {
        for unit in papers.units(of.unit.as_deref(), &begun.faults) {
            let document = make(&papers, unit, &begun.faults);
            batches.extend(
                document.map(|document| Batch::single(format!("{what}-{}.pdf", unit.id), &what.replace('-', " "), &unit.id, document)),
            );
        }
    }
    stop_on_error(begun.faults, as_json)?;
    let files = batches.len();
    print_all(&of.how.out, what, Mode::Replace, &templates, batches.into_iter(), files, &[], as_json)
}

fn action(arguments: &ActionArguments, as_json: bool) -> Done {
    let of = &arguments.of.of;
    let begun = begin(of, as_json)?;
    let received = arguments.of.received.unwrap_or(of.how.date);
    let templates = of.how.templates(&begun.faults);
    let mut batches = Vec::new();
    if let Some(papers) = begun.papers(of) {
        let units = papers.units(of.unit.as_deref(), &begun.faults);
        if let Some(calls) = find_calls(&begun, &units, arguments) {
            for unit in units {
                let of_unit: Vec<&Call> = calls.iter().copied().filter(|call| call.units.iter().any(|(id, _)| *id == unit.id)).collect();
                if of_unit.is_empty() {
                    continue;
                }
                let document = papers.action_notice(unit, &of_unit, of.how.date, received, &begun.faults);
                batches.extend(
                    document
                        .map(|document| Batch::single(format!("action-notice-{}.pdf", unit.id), "notice of action", &unit.id, document)),
                );
            }
            if batches.is_empty() && begun.faults.error_count() == 0 {
                begun.faults.error(
                    "call-for-others",
                    &Place::new("--unit", 1),
                    "the call is not for this unit",
                    "choose another --unit or --call",
                );
            }
        }
    }
    stop_on_error(begun.faults, as_json)?;
    let files = batches.len();
    print_all(&of.how.out, "action-notice", Mode::Replace, &templates, batches.into_iter(), files, &[], as_json)
}

/// The calls that are meant: the only one for these units, those of these numbers, or all.
fn find_calls<'b>(begun: &'b Begun, units: &[&Unit], arguments: &ActionArguments) -> Option<Vec<&'b Call>> {
    let calls = &begun.dispute.calls;
    let fits = |call: &Call| call.units.iter().any(|(id, _)| units.iter().any(|unit| unit.id == *id));
    let shown = |(at, call): &(usize, &Call)| {
        let days: Vec<String> = match call.continuous {
            Some((from, _)) => vec![format!("from {from}")],
            None => call.dates.iter().map(ToString::to_string).collect(),
        };
        format!("{} ({}, {})", at + 1, call.kind.words(), days.join(" "))
    };
    let fitting: Vec<(usize, &Call)> = calls.iter().enumerate().filter(|(_, call)| fits(call)).collect();
    let known = || {
        if fitting.is_empty() {
            "add a [[call]] to action.toml".to_owned()
        } else {
            format!("one of {}", fitting.iter().map(shown).collect::<Vec<_>>().join("; "))
        }
    };
    let place = Place::new("--call", 1);
    if fitting.is_empty() {
        begun.faults.error("no-call", &place, "nothing was called for these units", known());
        return None;
    }
    if arguments.all_calls {
        return Some(fitting.into_iter().map(|(_, call)| call).collect());
    }
    if arguments.call.is_empty() {
        if let [(_, only)] = fitting.as_slice() {
            return Some(vec![only]);
        }
        let fix = format!("say which with --call, once for each, or --all-calls: {}", known());
        begun.faults.error("several-calls", &place, "several calls are for these units", fix);
        return None;
    }
    let mut found = Vec::new();
    for number in &arguments.call {
        match fitting.iter().find(|(at, _)| at + 1 == *number) {
            Some((_, call)) => found.push(*call),
            None => {
                let what = format!("action.toml has no call number {number} for these units");
                begun.faults.error("unknown-call", &place, what, known());
            }
        }
    }
    Some(found)
}

fn results(of: &PollArguments, as_json: bool) -> Done {
    let begun = begin(of, as_json)?;
    let templates = of.how.templates(&begun.faults);
    let mut batches = Vec::new();
    if let Some(papers) = begun.papers(of) {
        for unit in papers.units(of.unit.as_deref(), &begun.faults) {
            for addressee in [Addressee::Members, Addressee::Employer] {
                let document = papers.result_statement(unit, addressee, of.how.date, &begun.faults);
                batches.extend(document.map(|document| result_batch(&unit.id, addressee, document)));
            }
        }
    }
    stop_on_error(begun.faults, as_json)?;
    let files = batches.len();
    print_all(&of.how.out, "result", Mode::Replace, &templates, batches.into_iter(), files, &[], as_json)
}

/// The statement of a unit's result as a file of a run.
pub(super) fn result_batch(unit: &str, addressee: Addressee, document: Document) -> Batch {
    let (to, whom) = match addressee {
        Addressee::Members => ("members", "members"),
        Addressee::Employer => ("employer", "the employer"),
    };
    Batch::single(format!("result-{unit}-{to}.pdf"), &format!("result to {whom}"), unit, document)
}

impl Paper {
    pub(super) fn run(self, as_json: bool) -> Done {
        let of = &self.of;
        if self.sample {
            let what = format!("sample-paper{}", self.look.suffix());
            return one_a_unit(of, &what, as_json, |papers, unit, faults| {
                papers.voting_papers(unit, &Numbers::Sample, self.look.look(), of.how.date, faults)
            });
        }
        let begun = begin(of, as_json)?;
        let templates = of.how.templates(&begun.faults);
        let mut batches: Vec<Batch> = Vec::new();
        let (run, only_numbers) = (format!("voting-papers{}", self.look.suffix()), self.numbers.unwrap_or((0, u64::MAX)));
        if let Some(papers) = begun.papers(of) {
            let mut next = self.first_number;
            // Numbers run through the whole poll, also when only one unit is printed: a number is used once.
            for unit in papers.units(None, &begun.faults) {
                let Some(entitled) = unit.entitled else {
                    begun.faults.error(
                        "no-entitled",
                        &begun
                            .dispute
                            .polls
                            .iter()
                            .find(|poll| poll.id == of.poll)
                            .map_or_else(|| Place::new("polls", 1), |poll| poll.place.clone()),
                        format!("how many are entitled in {} is not known, so its papers cannot be counted", unit.name),
                        "add `entitled` to the [[unit]]",
                    );
                    continue;
                };
                let (mut from, end) = (next, next + entitled + self.spare);
                next = end;
                if of.unit.as_deref().is_some_and(|only| only != unit.id) {
                    continue;
                }
                from = from.max(only_numbers.0);
                let end = end.min(only_numbers.1.saturating_add(1));
                let mut part = 0;
                while from < end {
                    let until = end.min(from + self.per_file);
                    part += 1;
                    let Some(document) =
                        papers.voting_papers(unit, &Numbers::Real(from..until), self.look.look(), of.how.date, &begun.faults)
                    else {
                        break;
                    };
                    let record = |number: u64| Record { id: format!("{number:06}"), row_sha256: None };
                    batches.push(Batch {
                        file: format!("{run}-{}-{part:04}.pdf", unit.id),
                        what: format!("voting papers of {}", unit.name),
                        records: (from..until).map(record).collect(),
                        lists_places: true,
                        document,
                    });
                    from = until;
                }
            }
            papers.units(of.unit.as_deref(), &begun.faults);
        }
        if batches.is_empty() && begun.faults.error_count() == 0 {
            let what = "no paper of the poll has such a number";
            begun.faults.error(
                "no-such-number",
                &Place::new("--numbers", 1),
                what,
                "numbers go on from unit to unit; spare ones are those of --spare",
            );
        }
        stop_on_error(begun.faults, as_json)?;
        let files = batches.len();
        print_all(&of.how.out, &run, Mode::Once, &templates, batches.into_iter(), files, &[], as_json)
    }
}

impl CertificateArguments {
    pub(super) fn run(self, as_json: bool) -> Done {
        let of = &self.of;
        let begun = begin(of, as_json)?;
        let templates = of.how.templates(&begun.faults);
        if self.table {
            let document = begun.papers(of).and_then(|papers| papers.mandate_table(of.how.date, &begun.faults));
            let faults = stop_on_error(begun.faults, as_json)?;
            let Some(document) = document else { return Err(answer::refuse(&faults, as_json)) };
            let batch = Batch::single(format!("mandates-{}.pdf", of.poll), "table of mandates", &of.poll, document);
            return print_all(&of.how.out, "mandates", Mode::Replace, &templates, [batch].into_iter(), 1, &[], as_json);
        }
        let (mut batches, mut refused) = (Vec::new(), Vec::new());
        if let Some(papers) = begun.papers(of) {
            for unit in papers.units(of.unit.as_deref(), &begun.faults) {
                match papers.certificate(unit, self.question.as_deref(), of.how.date, &begun.faults) {
                    Some(Certificate::Held(document)) => {
                        batches.push(Batch::single(format!("certificate-{}.pdf", unit.id), "certificate of mandate", &unit.id, *document));
                    }
                    Some(Certificate::Refused(why)) => refused.extend(why),
                    None => {}
                }
            }
        }
        stop_on_error(begun.faults, as_json)?;
        if batches.is_empty() {
            if as_json {
                answer::print_json(&serde_json::json!({ "files": [], "refused": refused }));
            } else {
                for why in &refused {
                    answer::print(&format!("Refused: {why}\n"));
                }
                answer::print("No unit has a mandate: there is nothing to certify.\n");
            }
            return Ok(Outcome::No);
        }
        let files = batches.len();
        print_all(&of.how.out, "certificate", Mode::Replace, &templates, batches.into_iter(), files, &refused, as_json)
    }
}
