//! The same calls under later law: the whole dispute moved to the first day of each, and its plan made again.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Date, long_date};
use dispute::plan::{Plan, PlanFacts, as_if_balloted, plan};
use law::plus_days;

use crate::asked::Opened;
use crate::pages::question::shown;
use crate::table::{Table, words};

/// The days that were called, under each law.
pub(super) struct Laws {
    pub(super) table: Table,
    notes: Vec<String>,
}

/// The same as it is shown.
pub(super) struct LawsView {
    pub(super) html: String,
    pub(super) notes: Vec<String>,
}

impl Laws {
    pub(super) fn shown(self, csv: &str) -> LawsView {
        LawsView { html: shown(&self.table, Some(csv)), notes: self.notes }
    }
}

/// A day, what was called for it, and where.
type Called = (Date, String, String);

/// What a law makes of a day: every reason against it, and whether one of them is sure.
#[derive(Default)]
struct Verdict {
    reasons: Vec<String>,
    is_refused: bool,
}

/// `None` where no ballot has a day, nothing was called, or the law has not changed since.
pub(super) fn under_later_laws(opened: &Opened<'_>, facts: &PlanFacts, planned: &Plan<'_>) -> Option<Laws> {
    let own = verdicts(planned, 0);
    // Moved by nothing: its ballot opens on the day that everything keeps its distance from.
    let first = first_ballot_day(opened)?;
    let later = report::days_of_change(opened.book, first);
    if own.is_empty() || later.is_empty() {
        return None;
    }
    let mut columns = vec![own];
    let mut heads = vec!["day".to_owned(), "what".to_owned(), "where".to_owned(), "law of its day".to_owned()];
    let mut notes = Vec::new();
    for law_of in later {
        let Some((moved, days)) = as_if_balloted(opened.dispute, law_of) else { continue };
        let by = |day: Date| plus_days(day, days);
        let facts = PlanFacts {
            on: by(facts.on),
            from: by(facts.from),
            until: facts.until.map(by),
            notice_received_on: facts.notice_received_on.map(by),
            result_told_on: facts.result_told_on.map(by),
            ..facts.clone()
        };
        heads.push(format!("law from {}", long_date(law_of)));
        match plan(&[&moved], opened.book, &facts) {
            Ok(plan) => columns.push(verdicts(&plan, days)),
            Err(faults) => {
                columns.push(BTreeMap::new());
                notes.extend(faults.iter().map(|fault| format!("Law from {}: {fault}", long_date(law_of))));
            }
        }
        notes.push(format!(
            "Law from {}: the ballot opens on that day and every other day keeps its distance from it: {days} days later.",
            long_date(law_of)
        ));
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new("later-law", "The days that were called, under the law of their day and under later laws", &heads);
    let called: BTreeSet<&Called> = columns.iter().flat_map(BTreeMap::keys).collect();
    for called in called {
        let (day, what, unit) = called;
        let mut cells = vec![words(law::weekday_date(*day)).exact(day.to_string()), words(what), words(unit)];
        for column in &columns {
            cells.push(match column.get(called) {
                Some(verdict) if verdict.reasons.is_empty() => words("lawful").class("for"),
                Some(verdict) if verdict.is_refused => words(format!("refused: {}", verdict.reasons.join("; "))).class("against"),
                Some(verdict) => words(format!("cannot tell: {}", verdict.reasons.join("; "))).class("open"),
                None => words("not judged").class("open"),
            });
        }
        table.row(cells);
    }
    Some(Laws { table, notes })
}

fn first_ballot_day(opened: &Opened<'_>) -> Option<Date> {
    let statutory = opened.dispute.polls.iter().filter(|poll| poll.kind == dispute::PollKind::Statutory);
    let opening = |poll: &dispute::Poll| match (poll.opened_on, poll.closed) {
        (Some(day), _) | (None, Some(pay::When::Day(day))) => Some(day),
        _ => None,
    };
    statutory.filter_map(opening).min()
}

/// Every day that was called, as it was named before the move.
fn verdicts(plan: &Plan<'_>, moved_days: i64) -> BTreeMap<Called, Verdict> {
    let mut found: BTreeMap<Called, Verdict> = BTreeMap::new();
    for day in &plan.days {
        found.entry((plus_days(day.date(), -moved_days), day.call().words(), day.unit().name.clone())).or_default();
    }
    for refused in &plan.refused {
        let (Some(first), Some(last)) = (refused.first, refused.last.or(refused.first)) else { continue };
        let days = std::iter::successors(Some(first), |day| Some(plus_days(*day, 1))).take_while(|day| *day <= last);
        for day in days {
            let verdict = found.entry((plus_days(day, -moved_days), refused.call.words(), refused.unit.to_owned())).or_default();
            verdict.is_refused |= refused.reasons.iter().any(|reason| !UNKNOWN.contains(&reason.code));
            verdict.reasons.extend(refused.reasons.iter().map(|reason| reason.what.clone()));
        }
    }
    found
}

/// Reasons that say only that something is not known.
const UNKNOWN: [&str; 3] = ["mandate-not-known", "caller-not-known", "no-day"];
