//! Polls of record of a dispute folder as results that the law can judge.

use dated::Date;
use law::{Figures, Jurisdiction, Key, PollFacts, RowDefaults, Rulebook, UnitResult};
use pay::When;

use crate::folder::Dispute;
use crate::polls::{Poll, PollKind, PollResult, Question, Unit};

/// Results that can be judged, and those that cannot with the reason.
#[derive(Default)]
pub struct Record {
    /// What can be judged.
    pub results: Vec<UnitResult>,
    /// What cannot.
    pub not_judged: Vec<NotJudged>,
    /// What must be known besides.
    pub notes: Vec<String>,
}

/// A result of record that the figures or days do not allow to judge.
pub struct NotJudged {
    /// The unit.
    pub unit: String,
    /// The question.
    pub question: String,
    /// Why not.
    pub why: String,
}

/// One question in one unit of a statutory poll of record: its result, or why it cannot be judged.
pub struct RecordRow<'d> {
    /// The poll.
    pub poll: &'d Poll,
    /// The unit.
    pub unit: &'d Unit,
    /// The question.
    pub question: &'d Question,
    /// The days and facts that choose the law, or why they are not known.
    pub facts: Result<PollFacts, String>,
    /// The result, or why it cannot be judged.
    pub result: Result<UnitResult, String>,
}

/// L65: reads the polls of record. What was not published stays unknown; a poll outside the Act authorises nothing and is not judged.
pub fn polls_of_record(dispute: &Dispute, defaults: RowDefaults, book: &Rulebook) -> Record {
    let mut record = Record::default();
    for row in rows_of_record(dispute, defaults, book, &mut record.notes) {
        match row.result {
            Ok(result) => record.results.push(result),
            Err(why) => {
                let question = row.question.kind.word().to_owned();
                record.not_judged.push(NotJudged { unit: row.unit.name.clone(), question, why });
            }
        }
    }
    record
}

/// The same row by row, each with its poll, unit and question.
pub fn rows_of_record<'d>(dispute: &'d Dispute, defaults: RowDefaults, book: &Rulebook, notes: &mut Vec<String>) -> Vec<RecordRow<'d>> {
    let mut rows = Vec::new();
    for poll in &dispute.polls {
        if poll.kind != PollKind::Statutory {
            let kind = if poll.kind == PollKind::Indicative { "an indicative vote" } else { "a consultation" };
            notes.push(format!("{}: {kind}. No statutory test applies to it and it authorises no action.", poll.title));
            continue;
        }
        let facts = poll_facts(poll, defaults, book, notes);
        for unit in &poll.units {
            let ips = unit.important_public_service.unwrap_or(defaults.important_public_service);
            let facts = facts.clone().map(|facts| PollFacts { important_public_service: ips, ..facts });
            for question in &poll.questions {
                let result = poll.results.iter().find(|result| result.unit.0 == unit.id && result.question.0 == question.id);
                let figures = match (&facts, result) {
                    (Err(why), _) => Err(why.clone()),
                    (Ok(_), None) => Err("the result was not found".to_owned()),
                    (Ok(facts), Some(result)) => figures(&unit.name, question.kind.word(), *facts, unit.entitled, result, notes),
                };
                let result = figures.and_then(|figures| {
                    UnitResult::check(figures)
                        .map_err(|faults| faults.iter().map(|fault| fault.sentences().0).collect::<Vec<_>>().join("; "))
                });
                rows.push(RecordRow { poll, unit, question, facts: facts.clone(), result });
            }
        }
    }
    rows
}

fn poll_facts(poll: &Poll, defaults: RowDefaults, book: &Rulebook, notes: &mut Vec<String>) -> Result<PollFacts, String> {
    let closed_on = match poll.closed {
        Some(When::Day(day)) => Some(day),
        _ => defaults.closed_on,
    };
    let closed_on = closed_on.ok_or("the day the ballot closed is not known")?;
    let jurisdiction = poll.jurisdiction.as_deref().and_then(Jurisdiction::from_short).unwrap_or(defaults.jurisdiction);
    let opened_on = match poll.opened_on.or(defaults.opened_on) {
        Some(day) => day,
        None if same_law_for_a_year(book, jurisdiction, closed_on) => {
            notes.push(format!(
                "{}: the opening day is not known; the law had been the same for a year before the closing day, which stands for it.",
                poll.title
            ));
            closed_on
        }
        None => return Err("the day the ballot opened is not known, and the law changed in the year before it closed".to_owned()),
    };
    Ok(PollFacts { opened_on, closed_on, jurisdiction, important_public_service: false, wales_devolved: defaults.wales_devolved })
}

/// Whether every rule that judges a result was the same on that day and a year before: then the opening day decides nothing.
fn same_law_for_a_year(book: &Rulebook, jurisdiction: Jurisdiction, closed_on: Date) -> bool {
    let before = law::plus_days(closed_on, -366);
    [Key::TurnoutPercent, Key::SupportPercent, Key::Majority, Key::Mandate].into_iter().all(|key| {
        let id = |day| book.on(key, jurisdiction, day).map(|ruling| ruling.rule.id.clone()).ok();
        id(before).is_some() && id(before) == id(closed_on)
    })
}

fn figures(
    unit: &str,
    question: &str,
    poll: PollFacts,
    entitled: Option<u64>,
    result: &PollResult,
    notes: &mut Vec<String>,
) -> Result<Figures, String> {
    let Some(yes) = result.yes else {
        let published = result.yes_percent.map_or_else(String::new, |percent| format!(" (yes: {}%)", percent.to_short(2)));
        return Err(format!("no counts were published, only percentages{published}; the tests compare counts"));
    };
    let returned = result.returned.or_else(|| match (result.no, result.spoiled) {
        (Some(no), None) => {
            notes.push(format!("{unit}: spoiled papers were not published; at least {} papers were returned.", yes + no));
            Some(yes + no)
        }
        _ => None,
    });
    Ok(Figures {
        unit: unit.to_owned(),
        question: question.to_owned(),
        poll,
        entitled,
        yes,
        no: result.no,
        spoiled: result.spoiled,
        blank: None,
        returned,
        valid: None,
    })
}
