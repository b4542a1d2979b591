//! Mandates by unit (spec A2 to A4), and where each stands (A10 to A16).

use dated::{Date, Faults};
use law::{
    Agreements, Jurisdiction, LawOfTheDay, Outcome, PollFacts, RowDefaults, Rulebook, TermKind, Verdict, judge_result, law_of_the_day,
    weekday_date,
};

use super::judge::{JudgedItem, Verdict as DayVerdict};
use super::state::{MandateEvent, MandateState};
use super::{PlanFacts, StateOn, Support, UnitMandate};
use crate::action::ActionKind;
use crate::folder::Dispute;
use crate::polls::QuestionKind;
use crate::record::rows_of_record;

/// A mandate with the law it was judged by.
pub(super) struct Found<'d> {
    pub(super) shown: UnitMandate<'d>,
    pub(super) facts: Result<PollFacts, String>,
    pub(super) law: Option<LawOfTheDay<'d>>,
    pub(super) agreements: Agreements,
}

impl Found<'_> {
    pub(super) fn jurisdiction(&self) -> Jurisdiction {
        self.facts.as_ref().map_or(Jurisdiction::GreatBritain, |facts| facts.jurisdiction)
    }
}

/// A2: every question on action in every unit, judged by the law of its day.
pub(super) fn mandates<'d>(
    disputes: &[&'d Dispute],
    book: &'d Rulebook,
    facts: &PlanFacts,
    notes: &mut Vec<String>,
    faults: &Faults,
) -> Vec<Found<'d>> {
    let defaults = RowDefaults {
        opened_on: None,
        closed_on: None,
        jurisdiction: Jurisdiction::GreatBritain,
        important_public_service: false,
        wales_devolved: false,
    };
    let mut found = Vec::new();
    for dispute in disputes {
        for row in rows_of_record(dispute, defaults, book, notes) {
            let kind = match row.question.kind {
                QuestionKind::Strike => ActionKind::Strike,
                QuestionKind::ShortOfStrike => ActionKind::ShortOfStrike,
                QuestionKind::AcceptOffer | QuestionKind::FormalBallot => continue,
            };
            // A17: as of a day before the ballot closed there is no mandate yet.
            let not_yet = row.facts.as_ref().ok().map(|facts| facts.closed_on).filter(|closed| *closed > facts.on);
            let agreements = agreements_of(dispute, &row.poll.union.0, &row.unit.id, facts);
            let law = row.facts.as_ref().ok().map(|poll| law_of_the_day(book, *poll, agreements));
            if let Some(Ok(law)) = &law
                && let Err(fault) = law.mandate_law().check_agreements(agreements)
            {
                let terms = &dispute.terms.agreements;
                let place = terms
                    .iter()
                    .find(|agreed| agreed.units.iter().any(|(unit, _)| *unit == row.unit.id))
                    .map_or_else(|| dated::Place::new("--agreed", 1), |agreed| agreed.place.clone());
                faults.error("agreement-not-allowed", &place, fault.what, fault.fix);
            }
            let support = match (&row.result, &law, not_yet) {
                (_, _, Some(closes)) => Support::CannotTell(format!("the ballot closes on {}", weekday_date(closes))),
                (Err(why), _, _) => Support::CannotTell(why.clone()),
                (_, Some(Err(not_covered)), _) => Support::CannotTell(not_covered.to_string()),
                (Ok(result), Some(Ok(law)), _) => {
                    let judgment = judge_result(result, law);
                    if judgment.is_provisional() {
                        notes.push(format!("{}: the verdict is provisional; `whitley law judge` shows both readings.", row.unit.name));
                    }
                    support_of(&judgment)
                }
                (Ok(_), None, _) => Support::CannotTell("the days of the ballot are not known".to_owned()),
            };
            let shown = UnitMandate {
                dispute,
                poll: row.poll,
                unit: row.unit,
                question: row.question,
                kind,
                support,
                state: None,
                window: None,
                last_notice_on: None,
                window_days: Vec::new(),
            };
            let law = law.and_then(Result::ok);
            found.push(Found { shown, facts: row.facts, law, agreements });
        }
    }
    found
}

fn support_of<'d>(judgment: &law::Judgment<'d>) -> Support<'d> {
    let adopted = judgment.adopted();
    let open: Vec<_> = adopted.tests.iter().filter(|test| test.outcome != Outcome::Met).collect();
    let words = open
        .iter()
        .map(|test| {
            let figures = match (&test.outcome, test.figures.comparison()) {
                (Outcome::CannotTell { missing }, _) => format!("{missing} is not known"),
                (_, Some(comparison)) => format!("not met: {comparison}"),
                (_, None) => "not met".to_owned(),
            };
            format!("{} {figures}", test.figures.name())
        })
        .collect::<Vec<_>>()
        .join("; ");
    match (adopted.verdict, &adopted.mandate) {
        (Verdict::Mandate, Some(mandate)) => Support::Mandate(mandate.clone()),
        (Verdict::NoMandate, _) => Support::NoMandate(words, open.iter().map(|test| test.rule).collect()),
        _ => Support::CannotTell(words),
    }
}

/// A4: what is agreed for a unit by that day; the command line comes first.
fn agreements_of(dispute: &Dispute, union: &str, unit: &str, facts: &PlanFacts) -> Agreements {
    let agreed = dispute
        .terms
        .agreements
        .iter()
        .filter(|agreed| agreed.agreed_on <= facts.on && agreed.who.0 == union && agreed.units.iter().any(|(name, _)| name == unit));
    let last = |part: fn(&Agreements) -> Option<u64>| agreed.clone().filter_map(|agreed| part(&agreed.terms)).next_back();
    let given = facts.agreements;
    Agreements {
        weeks: given.weeks.or_else(|| last(|terms| terms.weeks)),
        months: given.months.or_else(|| last(|terms| terms.months)),
        notice_days: given.notice_days.or_else(|| last(|terms| terms.notice_days)),
    }
}

/// A10 to A16: the state of every mandate on the day of asking, from its calls, postponements and the days that passed.
pub(super) fn put_states(found: &mut [Found<'_>], judged: &[JudgedItem<'_>], facts: &PlanFacts, notes: &mut Vec<String>) {
    for (at, found) in found.iter_mut().enumerate() {
        let Support::Mandate(mandate) = &found.shown.support else { continue };
        let items: Vec<&JudgedItem<'_>> = judged.iter().filter(|item| item.mandate == Some(at) && !item.is_proposal).collect();
        let mut life = Life { state: MandateState::Held, since: mandate.poll().closed_on, why: "the ballot was won".to_owned() };
        for (on, event, why) in events(&found.shown, &items, facts) {
            let changes = life.state != MandateState::Called || event != MandateEvent::ActionCalled;
            if changes && !life.take(on, event, why) {
                notes.push(format!("{}: what was put off on {} had not been called.", found.shown.unit.name, weekday_date(on)));
            }
        }
        let on = facts.on;
        let planned = |item: &&&JudgedItem<'_>| matches!(item.verdict, DayVerdict::Planned { .. });
        let to_come = items.iter().filter(planned).any(|item| item.day.is_some_and(|day| day >= on));
        let last_taken = items.iter().filter(planned).filter_map(|item| item.day).filter(|day| *day < on).max();
        if let Some(last) = last_taken.filter(|_| !to_come) {
            life.take(last, MandateEvent::CalledDaysOver, "the days called are over".to_owned());
        }
        let ended = mandate.last_day();
        if on > ended {
            let begun = last_taken.is_some() || to_come && items.iter().any(|item| item.day.is_some_and(|day| day <= ended));
            match (mandate.kind(), begun) {
                (TermKind::Expires, _) => life.take(ended, MandateEvent::PeriodEnded, "its last day passed".to_owned()),
                (TermKind::MustBeginWithin, false) => {
                    life.take(ended, MandateEvent::PeriodEnded, "no lawful day on record began the action in time".to_owned())
                }
                (TermKind::MustBeginWithin, true) if to_come || life.state == MandateState::Suspended => true,
                (TermKind::MustBeginWithin, true) => {
                    life.take(ended, MandateEvent::Used, "the action it covered is over; a new campaign needs a new ballot".to_owned())
                }
            };
        }
        if let Some(end) = found.shown.dispute.ended_on.filter(|end| *end < on) {
            life.take(end, MandateEvent::Used, "the dispute ended".to_owned());
        }
        found.shown.state = Some(StateOn { state: life.state, since: life.since, why: life.why });
    }
}

struct Life {
    state: MandateState,
    since: Date,
    why: String,
}

impl Life {
    /// Whether the event had a meaning.
    fn take(&mut self, on: Date, event: MandateEvent, why: String) -> bool {
        match self.state.after(event) {
            Some(next) => {
                *self = Self { state: next, since: on, why };
                true
            }
            None => false,
        }
    }
}

/// Calls that count and postponements that leave nothing, in order; a call before a postponement of the same day.
fn events(shown: &UnitMandate<'_>, items: &[&JudgedItem<'_>], facts: &PlanFacts) -> Vec<(Date, MandateEvent, String)> {
    let mut events: Vec<(Date, MandateEvent, String)> = Vec::new();
    let counts = |item: &&&JudgedItem<'_>| item.is_counted();
    for item in items.iter().filter(counts) {
        let known = if item.called_on_is_known { String::new() } else { "; the day of the call is not on record".to_owned() };
        let event = (item.called_on, MandateEvent::ActionCalled, format!("called for {}{known}", item.day_words()));
        if item.called_on <= facts.on && !events.iter().any(|(on, kind, _)| (*on, *kind) == (event.0, event.1)) {
            events.push(event);
        }
    }
    for suspension in &shown.dispute.terms.suspensions {
        let is_here = suspension.who.0 == shown.poll.union.0 && suspension.units.iter().any(|(unit, _)| *unit == shown.unit.id);
        if !is_here || suspension.on > facts.on {
            continue;
        }
        let before = || items.iter().filter(|item| item.is_counted() && item.called_on <= suspension.on);
        let left = before().any(|item| {
            item.day.is_some_and(|day| day >= suspension.on && !suspension.dates.is_empty() && !suspension.dates.contains(&day))
        });
        if !left && before().next().is_some() {
            events.push((suspension.on, MandateEvent::PutOff, suspension.reason.clone()));
        }
    }
    events.sort_by_key(|(on, event, _)| (*on, *event == MandateEvent::PutOff));
    events
}
