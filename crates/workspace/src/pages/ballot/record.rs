//! The polls of record: what was asked, the results as published, every test of the law of the day, and what follows.

use std::collections::BTreeSet;

use dated::{Ratio, long_date};
use dispute::{Dispute, Poll, PollKind, PollResult, RecordRow, Unit, rows_of_record};
use law::{Agreements, Judgment, Outcome, Reading, UnitResult, Verdict, judge_result, law_of_the_day, percent_of, weekday_date};
use report::said::{TestRow, last_day_means};

use super::{Rules, defaults};
use crate::asked::Opened;
use crate::pages::question::{Cited, shown};
use crate::table::{Cell, Table, words};

/// A poll.
pub(super) struct PollView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) meta: String,
    pub(super) offer: Option<(String, String)>,
    pub(super) questions: Vec<String>,
    pub(super) may_call: Vec<String>,
    pub(super) is_statutory: bool,
    pub(super) source: Vec<String>,
    pub(super) tables: Vec<Table>,
    pub(super) html: Vec<String>,
    pub(super) notes: Vec<String>,
    /// What stands in the way of judging, unit by unit.
    pub(super) not_judged: Vec<String>,
    pub(super) is_provisional: bool,
}

/// Every poll of the dispute.
pub(super) fn polls(opened: &Opened<'_>, csv: &str, cited: &mut Cited, rules: &mut Rules) -> Vec<PollView> {
    let dispute = opened.dispute;
    let mut notes = Vec::new();
    let record = rows_of_record(dispute, defaults(), opened.book, &mut notes);
    dispute.polls.iter().map(|poll| poll_view(opened, poll, &record, csv, cited, rules)).collect()
}

fn poll_view(opened: &Opened<'_>, poll: &Poll, record: &[RecordRow<'_>], csv: &str, cited: &mut Cited, rules: &mut Rules) -> PollView {
    let dispute = opened.dispute;
    let dates = match (poll.opened_on, poll.closed) {
        (Some(opened), Some(closed)) => format!("open {} to {}", long_date(opened), closed.words()),
        (None, Some(closed)) => format!("closed {}; its opening is not known", closed.words()),
        (Some(opened), None) => format!("opened {}; its close is not known", long_date(opened)),
        (None, None) => "dates not known".to_owned(),
    };
    let kind = match poll.kind {
        PollKind::Statutory => "industrial action ballot under the Act",
        PollKind::Consultation => "consultation: authorises no action",
        PollKind::Indicative => "indicative vote: authorises no action",
    };
    let advice = poll.recommendation.as_ref().map(|advice| format!(" · advice to members: {advice}")).unwrap_or_default();
    let mut judged = Judged::new(&poll.id);
    let of_poll = record.iter().filter(|row| row.poll.id == poll.id);
    of_poll.clone().for_each(|row| judged.add(opened, row, rules));
    let (results, mut notes) = results_table(dispute, poll, of_poll.collect(), cited);
    notes.extend(judged.notes);
    let mut tables = vec![results];
    tables.extend([judged.verdicts, judged.tests].into_iter().filter(|table| !table.rows.is_empty()));
    let about = poll.about.as_ref().and_then(|(id, _)| dispute.offer(id));
    PollView {
        id: poll.id.clone(),
        title: poll.title.clone(),
        meta: format!("{} · {kind} · {dates}{advice}", dispute.party_name(&poll.union.0)),
        offer: about.map(|offer| (format!("{}/offers/{}", opened.base, offer.id), offer.title.clone())),
        questions: poll
            .questions
            .iter()
            .map(|question| {
                let kind = question.kind.word().replace('-', " ");
                question
                    .text
                    .as_ref()
                    .map_or_else(|| format!("{kind} (the text of the question was not found)"), |text| format!("{kind}: “{text}”"))
            })
            .collect(),
        may_call: poll.may_call.clone(),
        is_statutory: poll.kind == PollKind::Statutory,
        source: cited.of(&poll.source),
        html: tables.iter().map(|table| shown(table, Some(csv))).collect(),
        tables,
        notes,
        not_judged: judged.not_judged,
        is_provisional: judged.is_provisional,
    }
}

/// The results as they were published, and what is said beside them.
fn results_table(dispute: &Dispute, poll: &Poll, record: Vec<&RecordRow<'_>>, cited: &mut Cited) -> (Table, Vec<String>) {
    let heads = ["unit", "question", ">entitled", ">returned", ">turnout", ">yes", ">no", ">spoiled", ">yes of yes and no", "source"];
    let mut table = Table::new(format!("results-{}", poll.id), format!("Results of record: {}", dispute.party_name(&poll.union.0)), &heads);
    let mut notes = BTreeSet::new();
    for unit in &poll.units {
        notes.extend(unit.entitled_note.iter().map(|note| format!("{}, number entitled: {note}.", unit.name)));
        for question in &poll.questions {
            let result = poll.results.iter().find(|result| result.unit.0 == unit.id && result.question.0 == question.id);
            let kind = question.kind.word();
            let mut cells = vec![words(&unit.name).exact(&unit.id), words(kind.replace('-', " ")).exact(kind), count(unit.entitled)];
            let Some(result) = result else {
                cells.extend((0..6).map(|_| words("not found").exact("")));
                cells.push(cited.cell(&unit.source));
                table.row(cells);
                continue;
            };
            notes.extend(result.note.iter().map(|note| format!("{}: {note}.", unit.name)));
            let judged = record.iter().find(|row| row.unit.id == unit.id && row.question.id == question.id);
            cells.extend(result_cells(unit, result, judged.and_then(|row| row.result.as_ref().ok()), &mut notes));
            cells.push(cited.cell(&result.source));
            table.row(cells);
        }
    }
    (table, notes.into_iter().collect())
}

/// Returned, turnout, yes, no, spoiled, and the share of yes.
fn result_cells(unit: &Unit, result: &PollResult, judged: Option<&UnitResult>, notes: &mut BTreeSet<String>) -> Vec<Cell> {
    let returned = judged.map(UnitResult::returned).or(result.returned);
    if judged.is_some_and(UnitResult::returned_was_added_up) {
        notes.insert("Papers returned were added up from yes, no, spoiled and blank where they were not given.".to_owned());
    }
    let worked_out = returned.zip(unit.entitled).and_then(|(returned, entitled)| percent_of(returned, entitled));
    let votes = result.yes.zip(result.no);
    let yes_share = votes.and_then(|(yes, no)| percent_of(yes, yes + no));
    vec![
        count(returned),
        share(worked_out, result.turnout_percent),
        count(result.yes),
        count(result.no),
        count(result.spoiled),
        share(yes_share, result.yes_percent),
    ]
}

/// A share that follows from the counts, else as it was published.
fn share(worked_out: Option<String>, published: Option<Ratio>) -> Cell {
    match (worked_out, published) {
        (Some(share), _) => words(format!("{share}%")).exact(share),
        (None, Some(share)) => words(format!("{}%, as published", share.to_short(2))).exact(share.to_short(2)),
        (None, None) => words("not known").exact(""),
    }
}

fn count(value: Option<u64>) -> Cell {
    value.map_or_else(|| words("not known").exact(""), |value| words(pay::grouped(value)).exact(value.to_string()))
}

/// The tests of all units of a poll, and what follows from them.
struct Judged {
    verdicts: Table,
    tests: Table,
    notes: BTreeSet<String>,
    not_judged: Vec<String>,
    is_provisional: bool,
}

impl Judged {
    fn new(poll: &str) -> Self {
        let verdicts = ["unit", "question", "reading of the law", "verdict", "last day", "what it means", "rule"];
        let tests = ["unit", "question", "reading of the law", "test", ">count", "needed", "comparison", ">shown", "met", "rule"];
        Self {
            verdicts: Table::new(format!("verdicts-{poll}"), "What follows, by the law of the day the ballot opened", &verdicts),
            tests: Table::new(format!("tests-{poll}"), "Every test, in whole numbers; percentages are for reading only", &tests),
            notes: BTreeSet::new(),
            not_judged: Vec::new(),
            is_provisional: false,
        }
    }

    fn add(&mut self, opened: &Opened<'_>, row: &RecordRow<'_>, rules: &mut Rules) {
        let question = row.question.kind.word();
        let heading = || format!("{}, {}", row.unit.name, question.replace('-', " "));
        let result = match &row.result {
            Ok(result) => result,
            Err(why) => return self.not_judged.push(format!("{}: not judged: {why}.", heading())),
        };
        let law = match law_of_the_day(opened.book, result.figures().poll, Agreements::default()) {
            Ok(law) => law,
            Err(missing) => return self.not_judged.push(format!("{}: could not check: {missing}.", heading())),
        };
        rules.add(law.rules());
        let judgment = judge_result(result, &law);
        self.is_provisional |= judgment.is_provisional();
        self.notes.extend(judgment.notes.iter().map(|note| format!("{}: {note}", row.unit.name)));
        self.notes.extend(law.notes().iter().cloned());
        self.notes.extend(judgment.not_applied.iter().map(|(rule, why)| format!("Rule {} was not applied: {why}.", rule.id)));
        for reading in std::iter::once(judgment.adopted()).chain(judgment.beside()) {
            self.reading(row, reading, &judgment, rules);
        }
    }

    fn reading(&mut self, row: &RecordRow<'_>, reading: &Reading<'_>, judgment: &Judgment<'_>, rules: &mut Rules) {
        let head = || {
            let kind = row.question.kind.word();
            let name = match (std::ptr::eq(reading, judgment.adopted()), judgment.beside().is_some()) {
                (true, false) => "the only one".to_owned(),
                (true, true) => format!("adopted, the strictest: {}", reading.name),
                (false, _) => format!("the other: {}", reading.name),
            };
            [words(&row.unit.name).exact(&row.unit.id), words(kind.replace('-', " ")).exact(kind), words(name)]
        };
        let (word, class) = match reading.verdict {
            Verdict::Mandate => ("mandate", "for"),
            Verdict::NoMandate => ("no mandate", "against"),
            Verdict::CannotTell => ("cannot tell", "open"),
        };
        let provisional = if judgment.is_provisional() { ", provisional" } else { "" };
        let mut cells = Vec::from(head());
        cells.push(words(format!("{word}{provisional}")).exact(reading.verdict.word()).class(class));
        match &reading.mandate {
            Some(mandate) => {
                let last = mandate.last_day();
                cells.extend([
                    words(weekday_date(last)).exact(last.to_string()),
                    words(last_day_means(mandate.kind())),
                    rules.cell(mandate.rule()),
                ]);
            }
            None => cells.extend([words(""), words(""), words("")]),
        }
        self.verdicts.row(cells);
        for test in &reading.tests {
            let made = TestRow::of(test);
            let mut cells = Vec::from(head());
            let class = match test.outcome {
                Outcome::Met => "for",
                Outcome::NotMet => "against",
                Outcome::CannotTell { .. } => "open",
            };
            cells.extend([
                words(test.figures.name()),
                words(pay::grouped(made.count)).exact(made.count.to_string()),
                words(made.needed),
                words(test.figures.comparison().unwrap_or_default()),
                words(test.figures.percent_shown().map_or_else(String::new, |percent| format!("{percent}%"))),
                words(made.met).class(class),
                rules.cell(test.rule),
            ]);
            self.tests.row(cells);
        }
    }
}
