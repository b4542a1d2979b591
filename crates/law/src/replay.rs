//! Real ballots judged again (rules L90, L91): 1,000 results by institution, and the departments of January 2004.

use std::collections::BTreeMap;

use dated::{CsvFile, Date, Fault, Faults, FileBytes, NotCovered};

use crate::mandate::Agreements;
use crate::read::count;
use crate::result::{Figures, PollFacts, UnitResult};
use crate::rules::{Jurisdiction, Rulebook};
use crate::units::{Answers, Options, judge_units};

/// Results by institution, from scrutineers' reports.
pub const UCU_RESULTS: &str = include_str!("../../../data/ballots/ucu_ballots_by_institution.csv");
/// When those ballots opened and closed.
pub const UCU_DAYS: &str = include_str!("../../../data/ballots/ucu_ballot_days.csv");
/// Ballots of the founding disputes and others.
pub const HISTORY: &str = include_str!("../../../data/ballots/ballots_history.csv");

/// One real ballot and question over all its institutions.
#[derive(Debug)]
pub struct Replayed<'r> {
    /// Such as `2019 pay`.
    pub ballot: String,
    /// `strike` or `short_of_strike`.
    pub question: String,
    /// Which law: ballots of institutions in Northern Ireland stand apart.
    pub jurisdiction: Jurisdiction,
    /// Judged separately and together.
    pub options: Options<'r>,
}

/// L90: the results by institution, each under the law of its day and place, separately and together.
///
/// # Errors
/// The faults of the data; inside, a day without a rule.
pub fn replay_ucu(book: &Rulebook) -> Result<Result<Vec<Replayed<'_>>, NotCovered>, Vec<Fault>> {
    let faults = Faults::new();
    let groups = read_ucu(&faults);
    if faults.error_count() > 0 {
        return Err(faults.into_sorted());
    }
    let replay = |((ballot, question, jurisdiction), results): (Group, Vec<UnitResult>)| {
        let options = judge_units(book, &results, Agreements::default(), &Answers::new())?;
        Ok(Replayed { ballot, question, jurisdiction, options })
    };
    Ok(groups.into_iter().map(replay).collect())
}

/// Ballot, question, law.
type Group = (String, String, Jurisdiction);

/// The results by ballot, question and law, as they stand in the data.
pub fn read_ucu(faults: &Faults) -> BTreeMap<Group, Vec<UnitResult>> {
    let mut days: BTreeMap<(String, String), (Date, Date)> = BTreeMap::new();
    let bytes = FileBytes::Read(UCU_DAYS.as_bytes().to_vec());
    if let Some(csv) = CsvFile::read("ucu_ballot_days.csv", &bytes, &["year", "dispute", "opened", "closed"], faults) {
        for row in csv.rows() {
            if let (Some(year), Some(dispute), Some(opened), Some(closed)) =
                (row.text("year"), row.text("dispute"), row.date("opened"), row.date("closed"))
            {
                days.insert((year.to_owned(), dispute.to_owned()), (opened, closed));
            }
        }
    }
    let mut groups: BTreeMap<Group, Vec<UnitResult>> = BTreeMap::new();
    let columns =
        ["year", "dispute", "question", "institution", "entitled", "votes_cast", "yes", "no", "blank", "spoilt", "valid_votes_derived"];
    let file = "ucu_ballots_by_institution.csv";
    let Some(csv) = CsvFile::read(file, &FileBytes::Read(UCU_RESULTS.as_bytes().to_vec()), &columns, faults) else { return groups };
    for row in csv.rows() {
        // An empty cell is a figure that was never published; it stays unknown.
        let number = |column: &str| if row.optional(column).is_some() { count(&row, column, true, faults).flatten() } else { None };
        let (Some(year), Some(dispute), Some(question), Some(unit)) =
            (row.text("year"), row.text("dispute"), row.text("question"), row.text("institution"))
        else {
            continue;
        };
        let Some((opened_on, closed_on)) = days.get(&(year.to_owned(), dispute.to_owned())).copied() else {
            faults.error("missing-date", row.place(), format!("no days are known for {year} {dispute}"), "add them to ucu_ballot_days.csv");
            continue;
        };
        // The 50% rule does not extend to Northern Ireland: that is what the column says.
        let jurisdiction = if row.optional("fifty_percent_threshold_applies") == Some("false") {
            Jurisdiction::NorthernIreland
        } else {
            Jurisdiction::GreatBritain
        };
        let Some(yes) = number("yes") else { continue };
        let figures = Figures {
            unit: unit.to_owned(),
            question: question.to_owned(),
            poll: PollFacts { opened_on, closed_on, jurisdiction, important_public_service: false, wales_devolved: false },
            entitled: number("entitled"),
            yes,
            no: number("no"),
            spoiled: number("spoilt"),
            blank: number("blank"),
            returned: number("votes_cast"),
            valid: number("valid_votes_derived"),
        };
        match UnitResult::check(figures) {
            Ok(result) => groups.entry((format!("{year} {dispute}"), question.to_owned(), jurisdiction)).or_default().push(result),
            Err(found) => {
                for fault in found {
                    let (what, fix) = fault.sentences();
                    faults.error(fault.code(), row.place(), what, fix);
                }
            }
        }
    }
    groups
}

/// L91: the departments of January 2004, as results whose opening day is not known: their closing day stands for it, since the
/// law was the same throughout.
pub fn read_departments_2004(faults: &Faults) -> Vec<UnitResult> {
    let columns = ["dispute", "employer", "closed", "question", "entitled", "votes_cast", "yes", "no"];
    let bytes = FileBytes::Read(HISTORY.as_bytes().to_vec());
    let Some(csv) = CsvFile::read("ballots_history.csv", &bytes, &columns, faults) else { return Vec::new() };
    let mut results = Vec::new();
    for row in csv.rows().filter(|row| row.optional("dispute") == Some("civil-service-2004") && row.optional("yes").is_some()) {
        let number = |column: &str| count(&row, column, true, faults).flatten();
        let (Some(unit), Some(question), Some(closed_on)) = (row.text("employer"), row.text("question"), row.date("closed")) else {
            continue;
        };
        let Some(yes) = number("yes") else { continue };
        let poll = PollFacts {
            opened_on: closed_on,
            closed_on,
            jurisdiction: Jurisdiction::GreatBritain,
            important_public_service: false,
            wales_devolved: false,
        };
        let figures = Figures {
            unit: unit.to_owned(),
            question: question.to_owned(),
            poll,
            entitled: number("entitled"),
            yes,
            no: number("no"),
            spoiled: None,
            blank: None,
            returned: number("votes_cast"),
            valid: None,
        };
        if let Ok(result) = UnitResult::check(figures) {
            results.push(result);
        }
    }
    results
}
