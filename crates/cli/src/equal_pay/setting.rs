//! What every search needs: the pay file, what is known of employers, the law of the day, and the question.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dated::{Date, Faults, Place, nearest_name};
use law::{ClaimWindow, ComparatorJudgment, EqualPayBook, EqualPayKey, EqualPayRule, Nation, claim_window, judge_comparator};
use pay::equal_pay::{
    ArrearsWindow, Case, Cases, ComparatorQuestion, Finding, Money, PayRecords, Reach, ScaleRates, best_comparators, read_pay_file,
};
use pay::{Scale, Sex, WeeksInYear};
use serde_json::{Value, json};

use super::employers_file::Employers;
use crate::answer::{self, Outcome};
use crate::offer::Stop;

/// What is asked of a pay file.
#[derive(Args)]
pub(crate) struct SettingArguments {
    /// The day the claims are lodged: it decides which law holds and how far back money goes
    #[arg(long, value_parser = dated::parse_date, value_name = "DAY")]
    lodged: Option<Date>,
    /// england-wales, scotland or northern-ireland, for employers whose row does not say
    #[arg(long, default_value = "england-wales", value_parser = parse_nation)]
    nation: Nation,
    /// What is known of employers: a file with the columns employer, nation, association, body, could_put_right, common_terms
    #[arg(long, value_name = "FILE")]
    employers: Option<PathBuf>,
    /// The scale of the points in the column “point”: their rates of today and before are taken from it
    #[arg(long, value_name = "ID")]
    scale: Option<String>,
    /// Whose rates of that scale
    #[arg(long, default_value = "England", requires = "scale", value_name = "NATION")]
    scale_nation: String,
    /// Common terms apply at all establishments of each employer
    #[arg(long)]
    common_terms: bool,
    /// A group whose members claim, as in --group ancillary; may be given several times; all without it
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// A group from which a comparator is proposed without study or stated like work; the claimants' own without it
    #[arg(long = "against", value_name = "GROUP")]
    against: Vec<String>,
    /// Who claims
    #[arg(long, value_enum, default_value = "women")]
    claimants: Claimants,
    /// The money by which comparators are ranked
    #[arg(long, value_parser = parse_money, default_value = "all", value_name = "all|basic|bonus|allowances")]
    by: Money,
    /// Reckon 52 weeks to a year instead of 365.25/7
    #[arg(long)]
    weeks_52: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Claimants {
    Women,
    Men,
}

pub(super) fn parse_nation(text: &str) -> Result<Nation, String> {
    Nation::from_word(text)
        .ok_or_else(|| format!("“{text}” is no nation known here; write {}", Nation::WORDS.map(|(word, _)| word).join(", ")))
}

fn parse_money(text: &str) -> Result<Money, String> {
    let known = Money::WORDS.iter().find(|(word, _)| *word == text);
    known.map(|(_, money)| *money).ok_or_else(|| format!("“{text}” is none of {}", Money::WORDS.map(|(word, _)| word).join(", ")))
}

/// A pay file with all that is needed to search it.
pub(super) struct Setting {
    pub(super) file: String,
    pub(super) records: PayRecords,
    pub(super) employers: Employers,
    pub(super) book: EqualPayBook,
    pub(super) question: ComparatorQuestion,
    pub(super) lodged: Date,
    groups: Vec<String>,
}

/// The rules that come with the program.
pub(super) fn rulebook() -> Result<EqualPayBook, Stop> {
    EqualPayBook::built_in().map_err(|faults| {
        answer::print_to_err(&answer::faults_text(&faults));
        complain!("the rules that this program carries are broken; this is a fault of ours");
        Stop::Said(Outcome::OurFailure)
    })
}

/// A scale of the library, and that it knows the nation.
fn scale_of(id: &str, nation: &str) -> Result<Scale, Stop> {
    let library = crate::disk::library().map_err(Stop::Said)?;
    let known: Vec<&str> = library.scales.iter().map(|scale| scale.id.as_str()).collect();
    let Some(scale) = library.scales.iter().find(|scale| scale.id == id) else {
        return Err(Stop::Question(format!("“{id}” is no scale known here; write {}", known.join(", "))));
    };
    if !scale.nations().contains(&nation) {
        return Err(Stop::Question(format!("“{}” has rates of {}; name one with --scale-nation", scale.title, scale.nations().join(", "))));
    }
    Ok(scale.clone())
}

/// A day or nation for which no rule is known: said, and not answered.
pub(super) fn not_covered(why: &dated::NotCovered, as_json: bool) -> Stop {
    if as_json {
        answer::print_json(&json!({ "could_not_check": why.to_string() }));
    } else {
        complain!("could not check: {why}");
    }
    Stop::Said(Outcome::CouldNotCheck)
}

impl Setting {
    /// Reads everything; all faults of all files at once.
    pub(super) fn open(path: &Path, arguments: &SettingArguments, as_json: bool) -> Result<Self, Stop> {
        let Some(lodged) = arguments.lodged else {
            return Err(Stop::Question(
                "say on which day the claims are lodged, as in --lodged 2026-11-21: it decides the law and the arrears".to_owned(),
            ));
        };
        let book = rulebook()?;
        let file = path.display().to_string();
        let faults = Faults::new();
        let scale = arguments.scale.as_deref().map(|id| scale_of(id, &arguments.scale_nation)).transpose()?;
        let (records, unread) = match std::fs::File::open(path) {
            Ok(open) if open.metadata().is_ok_and(|metadata| metadata.is_dir()) => {
                faults.error("file-unreadable", &Place::new(&file, 1), "this is a folder", "name the pay file");
                (PayRecords::default(), Vec::new())
            }
            Ok(open) => {
                let rates = scale.as_ref().map(|scale| ScaleRates::new(scale, &arguments.scale_nation, lodged));
                read_pay_file(&file, &mut std::io::BufReader::with_capacity(1 << 20, open), rates.as_ref(), &faults)
            }
            Err(error) => {
                faults.error("file-unreadable", &Place::new(&file, 1), format!("the file cannot be read: {error}"), "check the name");
                (PayRecords::default(), Vec::new())
            }
        };
        let mut employers = Employers::unknown(&records, arguments.nation, arguments.common_terms);
        if let Some(path) = &arguments.employers {
            employers.read(path, &records, &faults);
        }
        let readable = faults.error_count() == 0;
        let groups = |option: &str, names: &[String]| -> Vec<u32> {
            let number = |name: &String| {
                let number = records.groups.find(name).filter(|number| *number != 0);
                if number.is_none() && readable {
                    let known: Vec<&str> = records.groups.iter().collect();
                    let fix = match nearest_name(name, known.iter().copied()) {
                        Some(near) => format!("did you mean “{near}”?"),
                        None if known.is_empty() => "add a column “group” to the file".to_owned(),
                        None => format!("the groups are {}", known.join(", ")),
                    };
                    faults.error("unknown-group", &Place::new(option, 1), format!("no row of {file} is in a group “{name}”"), fix);
                }
                number
            };
            names.iter().filter_map(number).collect()
        };
        let (claimant_groups, value_groups) = (groups("--group", &arguments.groups), groups("--against", &arguments.against));
        let faults = faults.into_sorted();
        if !faults.is_empty() {
            return Err(Stop::Said(answer::refuse(&faults, as_json)));
        }
        if !unread.is_empty() {
            complain!("not read: the {} {}", if unread.len() == 1 { "column" } else { "columns" }, unread.join(", "));
        }
        let equal_value = book.on(EqualPayKey::EqualValue, arguments.nation, lodged).map_err(|why| not_covered(&why, as_json))?.flag();
        let question = ComparatorQuestion {
            claimants: if arguments.claimants == Claimants::Women { Sex::Female } else { Sex::Male },
            claimant_groups,
            value_groups,
            equal_value,
            rank_by: arguments.by,
            weeks: if arguments.weeks_52 { WeeksInYear::FiftyTwo } else { WeeksInYear::Calendar },
        };
        Ok(Self { file, records, employers, book, question, lodged, groups: arguments.groups.clone() })
    }

    /// The time that counts, by nation in the order of [`Nation::WORDS`]; `Err` where no rule is known.
    fn windows(&self) -> [Result<ClaimWindow<'_>, dated::NotCovered>; 3] {
        Nation::WORDS.map(|(_, nation)| claim_window(&self.book, nation, self.lodged))
    }

    /// The window of an employer's claimants.
    pub(super) fn window(&self, employer: u32) -> Result<ClaimWindow<'_>, dated::NotCovered> {
        claim_window(&self.book, self.employers.nation(employer), self.lodged)
    }

    /// Finds comparators and gathers them into claims.
    pub(super) fn cases(&self, reach: Reach<'_>, as_json: bool) -> Result<Cases, Stop> {
        let findings: Vec<Finding> = best_comparators(&self.records, &self.question, reach);
        let by_nation = self.windows();
        let place = |nation: Nation| Nation::WORDS.iter().position(|(_, known)| *known == nation).unwrap_or(0);
        // Only where somebody claims must the law be known.
        for finding in &findings {
            let employer = self.records.list[finding.claimant as usize].employer;
            if let Err(why) = &by_nation[place(self.employers.nation(employer))] {
                return Err(not_covered(why, as_json));
            }
        }
        let days = by_nation.map(|window| {
            window.ok().map(|window| {
                let of = |from| ArrearsWindow { from, lodged_on: window.lodged_on, left_on_or_after: window.left_on_or_after };
                (of(window.arrears_from), window.arrears_from_other_reading.map(of))
            })
        });
        let nothing = ArrearsWindow { from: self.lodged, lodged_on: self.lodged, left_on_or_after: self.lodged };
        Ok(Cases::gather(&self.records, &self.question, &findings, &|employer| {
            days[place(self.employers.nation(employer))].unwrap_or((nothing, None))
        }))
    }

    /// What the gate says of a claim.
    pub(super) fn judge(&self, case: &Case, as_json: bool) -> Result<ComparatorJudgment<'_>, Stop> {
        let employment = self.employers.employment(case.employer, case.comparator_employer, case.same_establishment);
        judge_comparator(&self.book, self.employers.nation(case.employer), self.lodged, &employment)
            .map_err(|why| not_covered(&why, as_json))
    }

    /// What was asked, in sentences that stand above the answer.
    pub(super) fn heading(&self) -> String {
        let who = if self.question.claimants == Sex::Female { "women" } else { "men" };
        let groups = if self.groups.is_empty() { "all groups".to_owned() } else { self.groups.join(", ") };
        let people: u64 = self.records.list.iter().map(|record| u64::from(record.headcount)).sum();
        let unknown: u64 = self.records.list.iter().filter(|record| record.sex.is_none()).map(|record| u64::from(record.headcount)).sum();
        let unknown = if unknown > 0 { format!("; {} whose sex is not said left out", super::people(unknown)) } else { String::new() };
        let weeks = self.weeks_name();
        let money = if self.question.rank_by == Money::All { "basic pay, bonus and allowances" } else { self.question.rank_by.word() };
        let mut text = format!(
            "{}: {} in {}, {}{unknown}.\nClaimants: {who} in {groups}. Ranked by {money}, an hour, at {weeks} to the year.\n",
            self.file,
            super::people(people),
            super::counted(self.records.list.len(), "row", "rows"),
            super::counted(self.records.employers.count() - 1, "employer", "employers"),
        );
        let mut nations: Vec<Nation> = (1..self.records.employers.count() as u32).map(|number| self.employers.nation(number)).collect();
        nations.sort_unstable();
        nations.dedup();
        for nation in nations {
            let Ok(window) = claim_window(&self.book, nation, self.lodged) else { continue };
            text.push_str(&format!(
                "Lodged on {}, {}: money from {}{}; who left before {} is out of time for a tribunal.\n",
                dated::long_date(self.lodged),
                nation.word(),
                dated::long_date(window.arrears_from),
                window
                    .arrears_from_other_reading
                    .map_or_else(String::new, |other| format!(" (provisional: from {} under the other reading)", dated::long_date(other))),
                dated::long_date(window.left_on_or_after),
            ));
        }
        if !self.question.equal_value {
            text.push_str("Equal value without a study was no ground on that day: not searched.\n");
        }
        text
    }

    /// The convention for weeks, by name.
    pub(super) fn weeks_name(&self) -> &'static str {
        if self.question.weeks == WeeksInYear::Calendar { "365.25/7 weeks" } else { "52 weeks" }
    }

    /// What stands under every answer.
    pub(super) fn closing(&self) -> String {
        format!("{}\n", self.book.not_legal_advice())
    }
}

/// A rule as JSON cites it.
pub(super) fn rule_json(rule: &EqualPayRule) -> Value {
    json!({"id": rule.id, "text": rule.text, "source": rule.source, "status": rule.status.word(), "checked_on": rule.checked_on.to_string()})
}
