//! Results of record under the law of their day and under each later law, side by side; and the dates of the ballot.

use std::collections::BTreeMap;

use dated::{Date, long_date};
use dispute::{Dispute, Poll, PollKind, polls_of_record};
use law::{
    Agreements, Jurisdiction, Key, PollFacts, ProposedAction, RowDefaults, Rulebook, TestFigures, TimetableFacts, UnitResult, Verdict,
    judge_result, law_of_the_day, timeline_svg, timetable,
};
use pay::{When, grouped};

/// What the law says of a dispute's polls.
pub struct LawView {
    /// The laws compared: their heading and, for the later ones, the day they are taken from.
    pub headings: Vec<String>,
    /// One row a unit and question.
    pub rows: Vec<LawRow>,
    /// What could not be judged, and what must be known besides.
    pub notes: Vec<String>,
    /// The timeline of each statutory poll: title and picture.
    pub timelines: Vec<(String, String)>,
    /// Rule ids with section and status, each once.
    pub rules: Vec<(String, String)>,
    /// The day the rules were last checked, and that this is no legal advice.
    pub closing: String,
}

/// One result under each law.
pub struct LawRow {
    /// The unit.
    pub unit: String,
    /// The question, in words.
    pub question: String,
    /// Papers returned, yes and no.
    pub figures: String,
    /// One verdict for each law, in the order of the headings.
    pub verdicts: Vec<LawVerdict>,
}

/// A verdict with the test that decided it.
pub struct LawVerdict {
    /// `true`, `false`, `cannot-tell` or `unknown`, for the style sheet.
    pub class: &'static str,
    /// The verdict in words.
    pub words: String,
    /// Every test with its comparison and rule; the last day of a mandate.
    pub why: String,
}

/// Judges every poll of record; `None` when the dispute had no statutory ballot.
pub fn law_view(dispute: &Dispute, book: &Rulebook) -> Option<LawView> {
    if dispute.polls.iter().all(|poll| poll.kind != PollKind::Statutory) {
        return None;
    }
    let defaults = RowDefaults {
        opened_on: None,
        closed_on: None,
        jurisdiction: Jurisdiction::GreatBritain,
        important_public_service: false,
        wales_devolved: false,
    };
    let record = polls_of_record(dispute, defaults, book);
    let earliest = record.results.iter().map(|result| result.figures().poll.opened_on).min();
    let later = earliest.map_or_else(Vec::new, |from| days_of_change(book, from));
    let mut headings = vec!["law of its day".to_owned()];
    headings.extend(later.iter().map(|day| format!("law from {}", long_date(*day))));
    let mut rules: BTreeMap<String, String> = BTreeMap::new();
    let rows = record
        .results
        .iter()
        .map(|result| {
            let mut verdicts = vec![verdict(result, book, &mut rules)];
            verdicts.extend(later.iter().map(|day| verdict(&result.clone().as_if_held(*day), book, &mut rules)));
            let figures = result.figures();
            let entitled = figures.entitled.map_or_else(|| "unknown".to_owned(), grouped);
            let no = figures.no.map_or_else(|| "unknown".to_owned(), grouped);
            LawRow {
                unit: figures.unit.clone(),
                question: figures.question.replace('-', " "),
                figures: format!("{} of {entitled} returned; yes {}, no {no}", grouped(result.returned()), grouped(figures.yes)),
                verdicts,
            }
        })
        .collect();
    let mut notes: Vec<String> =
        record.not_judged.iter().map(|one| format!("{}, {}: not judged: {}.", one.unit, one.question.replace('-', " "), one.why)).collect();
    notes.extend(record.notes);
    let timelines =
        dispute.polls.iter().filter(|poll| poll.kind == PollKind::Statutory).filter_map(|poll| timeline(dispute, poll, book)).collect();
    let closing = format!("Rules last checked on {}. {}", long_date(book.checked_on()), book.not_legal_advice());
    Some(LawView { headings, rows, notes, timelines, rules: rules.into_iter().collect(), closing })
}

/// The days after `from` on which a rule that decides a result changed, up to the day the rules were last checked.
pub fn days_of_change(book: &Rulebook, from: Date) -> Vec<Date> {
    let deciding = [Key::TurnoutPercent, Key::SupportPercent, Key::Majority, Key::Mandate];
    let mut days: Vec<Date> = book
        .rules()
        .filter(|rule| deciding.contains(&rule.key) && rule.jurisdiction == Jurisdiction::GreatBritain && rule.switch.is_none())
        .filter_map(|rule| rule.from)
        .filter(|day| *day > from && *day <= book.checked_on())
        .collect();
    days.sort();
    days.dedup();
    // Years with the same deciding numbers as before would be columns without news; turnout and support are the news.
    days.retain(|day| {
        [Key::TurnoutPercent, Key::SupportPercent].into_iter().any(|key| {
            let id = |day| book.on(key, Jurisdiction::GreatBritain, day).map(|ruling| ruling.rule.id.clone()).ok();
            id(law::plus_days(*day, -1)) != id(*day)
        })
    });
    days
}

fn verdict(result: &UnitResult, book: &Rulebook, rules: &mut BTreeMap<String, String>) -> LawVerdict {
    let poll: PollFacts = result.figures().poll;
    let law = match law_of_the_day(book, poll, Agreements::default()) {
        Ok(law) => law,
        Err(missing) => return LawVerdict { class: "unknown", words: "could not check".to_owned(), why: missing.to_string() },
    };
    let judgment = judge_result(result, &law);
    let adopted = judgment.adopted();
    for rule in adopted.tests.iter().map(|test| test.rule).chain(adopted.mandate.as_ref().map(|mandate| mandate.rule())) {
        rules.insert(rule.id.clone(), rule.cite());
    }
    let tests: Vec<String> = adopted
        .tests
        .iter()
        .map(|test| {
            let met = match test.outcome {
                law::Outcome::Met => "met",
                law::Outcome::NotMet => "not met",
                law::Outcome::CannotTell { .. } => "cannot tell",
            };
            let comparison = TestFigures::comparison(&test.figures).map_or_else(String::new, |comparison| format!(", {comparison}"));
            format!("{} {met}{comparison} ({})", test.figures.name(), test.rule.id)
        })
        .collect();
    let (class, words) = match adopted.verdict {
        Verdict::Mandate => ("true", "mandate"),
        Verdict::NoMandate => ("false", "no mandate"),
        Verdict::CannotTell => ("cannot-tell", "cannot tell"),
    };
    let provisional = if judgment.is_provisional() { ", provisional" } else { "" };
    let until = adopted.mandate.as_ref().map_or_else(String::new, |mandate| format!("; until {}", long_date(mandate.last_day())));
    LawVerdict { class, words: format!("{words}{provisional}"), why: format!("{}{until}", tests.join("; ")) }
}

/// The dates of a ballot under the law of its day, with the days of action that were called in it.
fn timeline(dispute: &Dispute, poll: &Poll, book: &Rulebook) -> Option<(String, String)> {
    let Some(When::Day(closes_on)) = poll.closed else { return None };
    let called: Vec<Date> = dispute
        .calls
        .iter()
        .filter(|call| call.units.iter().any(|(id, _)| poll.units.iter().any(|unit| unit.id == *id)))
        .flat_map(|call| call.dates.iter().copied())
        .collect();
    let mut days: Vec<Date> = called;
    days.sort();
    days.dedup();
    let facts = TimetableFacts {
        jurisdiction: poll.jurisdiction.as_deref().and_then(Jurisdiction::from_short).unwrap_or(Jurisdiction::GreatBritain),
        opens_on: poll.opened_on.unwrap_or(closes_on),
        opening_known: poll.opened_on.is_some(),
        closes_on: Some(closes_on),
        told_on: None,
        notice_received_on: None,
        agreements: Agreements::default(),
        strikes: days.into_iter().map(ProposedAction::day).collect(),
    };
    let timetable = timetable(book, facts).ok()?;
    Some((poll.title.clone(), timeline_svg(&timetable, book, &format!("t-{}", poll.id))))
}
