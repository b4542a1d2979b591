//! Lawful windows, and those that several unions share (spec A31 to A33).

use std::collections::{BTreeMap, BTreeSet};

use dated::Date;
use law::{LawfulDay, ProposedAction, ResultTold, Rulebook, judge_action, judge_notice, latest_notice, plus_days};

use super::mandates::Found;
use super::{MandateState, NoticeBasis, PlanFacts, PlannedDay, Support, UnitMandate};
use crate::action::ActionKind;

/// Days in a row on which every union of the plan has a lawful day in the same units. Made by the plan and nowhere else.
pub struct CommonWindow {
    first: LawfulDay,
    last: LawfulDay,
    /// Strike, or action short of one.
    pub kind: ActionKind,
    /// The mandates that prove it, as numbers of the plan's mandates, union by union.
    pub unions: Vec<(String, Vec<usize>)>,
    /// The unions of which it is planned already, on a notice that is on record or stated.
    pub notified: Vec<String>,
}

impl CommonWindow {
    /// The first day.
    pub fn first(&self) -> Date {
        self.first.date()
    }

    /// The last day.
    pub fn last(&self) -> Date {
        self.last.date()
    }
}

/// A31: the days of every live mandate that a notice received on the day of asking would make lawful, each judged.
pub(super) fn put_windows(found: &mut [Found<'_>], book: &Rulebook, facts: &PlanFacts) {
    for found in found.iter_mut() {
        let Support::Mandate(mandate) = &found.shown.support else { continue };
        if !found.shown.state.as_ref().is_some_and(|state| state.state.is_live()) {
            continue;
        }
        let poll = mandate.poll();
        let told = facts.result_told_on.map_or(ResultTold::NotStated, ResultTold::On);
        let received_on = facts.on.max(poll.closed_on).max(facts.result_told_on.unwrap_or(poll.closed_on));
        let Ok(Ok(notice)) = judge_notice(book, poll, told, received_on, found.agreements) else { continue };
        let first = facts.from.max(notice.first_day());
        let last = facts.until.map_or(mandate.last_day(), |until| until.min(mandate.last_day()));
        let days = std::iter::successors(Some(first), |day| Some(plus_days(*day, 1))).take_while(|day| *day <= last);
        let proposed: Vec<ProposedAction> = days.map(ProposedAction::day).collect();
        let lawful: Vec<LawfulDay> = judge_action(mandate, &notice, &proposed).into_iter().flat_map(|judged| judged.lawful).collect();
        found.shown.window = lawful.first().copied().zip(lawful.last().copied());
        found.shown.last_notice_on = lawful
            .last()
            .and_then(|day| latest_notice(book, poll.jurisdiction, day.date(), found.agreements))
            .map(|(day, _)| day)
            .filter(|day| *day >= received_on);
        found.shown.window_days = lawful;
    }
}

/// A32: the days on which every union has a lawful day, in runs of the same units: a day of its window, or one that is planned on a notice
/// received.
pub(super) fn common(mandates: &[UnitMandate<'_>], planned: &[PlannedDay<'_>], facts: &PlanFacts) -> Vec<CommonWindow> {
    let name = |mandate: &UnitMandate<'_>| mandate.dispute.party_name(&mandate.poll.union.0).to_owned();
    let unions: BTreeSet<String> = mandates.iter().map(name).collect();
    if unions.len() < 2 {
        return Vec::new();
    }
    let mut windows: Vec<CommonWindow> = Vec::new();
    for kind in [ActionKind::Strike, ActionKind::ShortOfStrike] {
        let mut by_day: BTreeMap<LawfulDay, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        for (at, mandate) in mandates.iter().enumerate().filter(|(_, mandate)| mandate.kind == kind) {
            for day in &mandate.window_days {
                by_day.entry(*day).or_default().entry(name(mandate)).or_default().push(at);
            }
        }
        let mut notified: BTreeMap<LawfulDay, BTreeSet<String>> = BTreeMap::new();
        let received = planned.iter().filter(|day| !matches!(day.notice, NoticeBasis::ToBeGiven { .. }));
        for planned in received.filter(|day| mandates[day.mandate].kind == kind) {
            let party = name(&mandates[planned.mandate]);
            let units = by_day.entry(planned.day).or_default().entry(party.clone()).or_default();
            if !units.contains(&planned.mandate) {
                units.push(planned.mandate);
                units.sort_unstable();
            }
            notified.entry(planned.day).or_default().insert(party);
        }
        for (day, parties) in by_day.into_iter().filter(|(day, parties)| parties.len() == unions.len() && day.date() >= facts.from) {
            let parties: Vec<(String, Vec<usize>)> = parties.into_iter().collect();
            let notified: Vec<String> = notified.remove(&day).into_iter().flatten().collect();
            match windows.last_mut() {
                Some(window)
                    if window.kind == kind
                        && window.unions == parties
                        && window.notified == notified
                        && plus_days(window.last(), 1) == day.date() =>
                {
                    window.last = day
                }
                _ => windows.push(CommonWindow { first: day, last: day, kind, unions: parties, notified }),
            }
        }
    }
    windows
}

impl UnitMandate<'_> {
    /// Its state as a word: that of the day of asking, or why it is none.
    pub fn state_word(&self) -> &'static str {
        match (&self.state, &self.support) {
            (Some(state), _) => state.state.word(),
            (None, Support::NoMandate(..)) => "no-mandate",
            (None, _) => "cannot-tell",
        }
    }

    /// Whether new days can be called under it.
    pub fn is_live(&self) -> bool {
        self.state.as_ref().map(|state| state.state).is_some_and(MandateState::is_live)
    }
}
