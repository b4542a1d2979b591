//! A dispute as if its ballots had been held on other days (spec A30): to see what another law would have made of it.

use dated::Date;
use law::{days_between, plus_days};
use pay::When;

use crate::folder::Dispute;

/// A30: the dispute with every day of ballots, calls, notices, postponements and agreements moved so that its first
/// statutory ballot opens on that day; and by how many days. A ballot whose opening is not known is taken to open on the
/// day it closed. `None` when no ballot has a day.
pub fn as_if_balloted(dispute: &Dispute, opened_on: Date) -> Option<(Dispute, i64)> {
    let opening = |poll: &crate::polls::Poll| match (poll.opened_on, poll.closed) {
        (Some(day), _) | (None, Some(When::Day(day))) => Some(day),
        _ => None,
    };
    let first = dispute.polls.iter().filter(|poll| poll.kind == crate::polls::PollKind::Statutory).filter_map(opening).min()?;
    let days = days_between(first, opened_on);
    let mut moved = dispute.clone();
    let by = |day: &mut Date| *day = plus_days(*day, days);
    let maybe = |day: &mut Option<Date>| *day = day.map(|day| plus_days(day, days));
    for poll in &mut moved.polls {
        poll.opened_on = opening(poll);
        maybe(&mut poll.opened_on);
        if let Some(When::Day(day)) = &mut poll.closed {
            by(day);
        }
    }
    for call in &mut moved.calls {
        call.dates.iter_mut().for_each(by);
        maybe(&mut call.called_on);
        call.continuous = call.continuous.map(|(from, until)| (plus_days(from, days), until.map(|until| plus_days(until, days))));
    }
    for notice in &mut moved.terms.notices {
        by(&mut notice.received_on);
        maybe(&mut notice.result_told_on);
        notice.dates.iter_mut().for_each(by);
        notice.continuous = notice.continuous.map(|(from, until)| (plus_days(from, days), until.map(|until| plus_days(until, days))));
    }
    for suspension in &mut moved.terms.suspensions {
        by(&mut suspension.on);
        suspension.dates.iter_mut().for_each(by);
    }
    moved.terms.agreements.iter_mut().for_each(|agreed| by(&mut agreed.agreed_on));
    maybe(&mut moved.ended_on);
    Some((moved, days))
}
