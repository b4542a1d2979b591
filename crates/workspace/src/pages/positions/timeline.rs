//! The time line of a dispute: everything that its files date, in order.

use dated::Date;
use pay::When;
use report::said::when_words;

use super::Asking;
use crate::pages::question::Cited;
use crate::table::{Cell, Table, words};

/// Everything with a date up to the day that is asked, or all of it.
pub(super) fn timeline(asking: &Asking<'_>, cited: &mut Cited) -> Table {
    let dispute = asking.opened.dispute;
    let base = asking.opened.base;
    let mut entries: Vec<Entry> = Vec::new();
    let mut add = |when: Option<When>, kind: &'static str, what: String, href: Option<String>, source: &[String]| {
        if let Some(when) = when.filter(|when| asking.on.is_none_or(|on| when.earliest() <= on)) {
            entries.push(Entry { when, kind, what, href, source: source.to_vec() });
        }
    };
    for event in &dispute.events {
        add(event.when, "event", event.what.clone(), None, &event.source);
    }
    for event in &dispute.outcomes {
        add(event.when, "outcome", event.what.clone(), None, &event.source);
    }
    for offer in &dispute.offers {
        add(offer.made_on.map(When::Day), offer.kind.word(), offer.title.clone(), Some(asking.offer_page(&offer.id)), &offer.source);
    }
    for position in &dispute.positions {
        let what = format!("{} {}. {}", dispute.party_name(&position.who.0), position.stance.words(), position.text);
        add(position.when, "position", what, None, &position.source);
    }
    for meeting in &dispute.meetings {
        add(meeting.when, "meeting", format!("{}: {}", meeting.body, meeting.outcome), Some("#meetings".to_owned()), &meeting.source);
    }
    for (at, demand) in dispute.demands.iter().enumerate() {
        let what = format!("{} to {}: {}", dispute.party_name(&demand.who.0), dispute.party_name(&demand.to.0), demand.text);
        let id = demand.id.clone().unwrap_or_else(|| (at + 1).to_string());
        add(demand.when, "demand", what, Some(format!("#demand-{id}")), &demand.source);
        if let Some(answer) = &demand.answer {
            add(
                answer.when,
                "answer",
                format!("{}: {}", answer.outcome.word(), answer.text),
                Some(format!("#demand-{id}")),
                &answer.source,
            );
        }
    }
    for decision in &dispute.talks.decisions {
        add(decision.when, "decision", format!("{}: {}", decision.by, decision.text), None, &decision.source);
    }
    for conference in &dispute.conferences {
        add(conference.when, "conference", conference.name(), Some(format!("{base}/conference")), &conference.source);
    }
    for poll in &dispute.polls {
        let href = || Some(format!("{base}/ballot#p-{}", poll.id));
        add(poll.opened_on.map(When::Day), "ballot opens", poll.title.clone(), href(), &poll.source);
        add(poll.closed, "ballot closes", poll.title.clone(), href(), &poll.source);
    }
    for call in &dispute.calls {
        let days = call.dates.iter().copied().chain(call.continuous.map(|(from, _)| from)).min();
        let href = || Some(format!("{base}/action"));
        add(call.called_on.map(When::Day), "call", call.text.clone(), href(), &call.source);
        add(days.map(When::Day), "days called", call.text.clone(), href(), &call.source);
    }
    for suspension in &dispute.terms.suspensions {
        let what = format!("{} puts action off: {}", dispute.party_name(&suspension.who.0), suspension.reason);
        add(Some(When::Day(suspension.on)), "put off", what, Some(format!("{base}/action")), &suspension.source);
    }
    entries.sort_by_key(Entry::key);
    let mut table = Table::new("timeline", "Everything that the files date, in order", &["when", "kind", "what", "source"]);
    for entry in entries {
        let what = words(entry.what);
        table.row([
            words(when_words(Some(entry.when))).exact(entry.when.iso()),
            words(entry.kind),
            entry.href.into_iter().fold(what, Cell::from),
            cited.cell(&entry.source),
        ]);
    }
    table
}

struct Entry {
    when: When,
    kind: &'static str,
    what: String,
    href: Option<String>,
    source: Vec<String>,
}

impl Entry {
    /// Days in order; a month stands behind the days that lie in it, as it may be any of them.
    fn key(&self) -> (Date, Date) {
        (self.when.latest(), self.when.earliest())
    }
}
