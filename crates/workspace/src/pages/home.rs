//! The home of a dispute: where each of its five stages stands on a day, what comes next, and who must decide something.

mod dates;
mod stages;

use askama::Template;
use dated::{Date, Severity, long_date, parse_date};
use dispute::plan::{Plan, PlanFacts, plan};
use dispute::talks::DemandState;
use dispute::{Demand, Dispute};
use law::plus_days;
use pay::When;

use crate::asked::{Answer, Asked, Opened, Trouble};
use crate::pages::{filled, is_public};
use crate::table::{Table, words};

/// A stage with its tasks.
pub(crate) struct Stage {
    name: &'static str,
    question: &'static str,
    tasks: Vec<Task>,
}

/// A task: a page, where it stands, and a line about it.
struct Task {
    title: String,
    href: Option<String>,
    status: String,
    class: &'static str,
    hint: String,
}

/// What somebody must do, or know.
struct Next {
    text: String,
    href: Option<String>,
    urgent: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'h> {
    title: &'h str,
    summary: &'h str,
    synthetic: bool,
    period: String,
    on: String,
    on_iso: String,
    /// Why the day of asking is not today, or that everything is over.
    as_of: Option<String>,
    days: Vec<(String, String)>,
    base: &'h str,
    next: Vec<Next>,
    stages: Vec<Stage>,
    dates: Option<String>,
    events: String,
    warnings: Vec<String>,
    parties: Vec<(String, String)>,
    sources: Vec<(String, String, String)>,
    version: &'h str,
    public: bool,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let on = match asked.one("on") {
        Some(text) => parse_date(text).map_err(|why| Trouble::question(format!("{why}; write the day as in 2007-04-23")))?,
        None => opened.today,
    };
    let at = At { opened, on, plan: plan(&[dispute], opened.book, &PlanFacts::new(on, on)).ok() };
    let stages = vec![at.offer(), at.decide(), at.ballot(), at.act(), at.persuade()];
    let (dates, mut next) = at.dates();
    next.extend(at.gaps());
    let has_dates = !dates.rows.is_empty();
    let events = events(opened);
    // The rows of another day must not come out as those of today.
    let here = if on == opened.today { opened.base.to_owned() } else { format!("{}?on={on}", opened.base) };
    let last = last_day(dispute);
    let is_over = is_over(dispute, on);
    let as_of = match (dispute.ended_on, on == opened.today) {
        (Some(ended), true) if ended < on => Some(format!(
            "This dispute ended on {}. Seen from today, {}, everything below is past; choose a day to see it as it stood.",
            long_date(ended),
            long_date(on)
        )),
        (None, true) if is_over => last.map(|last| {
            format!(
                "The last day on record is {}; the folder does not say when the dispute ended. Seen from today, {}, everything below is past; choose a day to see it as it stood.",
                long_date(last),
                long_date(on)
            )
        }),
        (_, false) => Some(format!("As of {}: what happened later is left out of deadlines and mandates.", long_date(on))),
        _ => None,
    };
    if next.is_empty() {
        next.push(Next {
            text: if is_over {
                "Nothing is open: the dispute is over.".to_owned()
            } else {
                "Nothing is due, and nobody waits for a decision.".to_owned()
            },
            href: None,
            urgent: false,
        });
    }
    let template = Home {
        title: &dispute.title,
        summary: &dispute.summary,
        synthetic: dispute.status == Some(dated::Status::Synthetic),
        period: period(opened),
        on: long_date(on),
        on_iso: on.to_string(),
        as_of,
        days: days_worth_seeing(opened),
        base: opened.base,
        next,
        stages,
        dates: has_dates.then(|| dates.html(Some(&here))),
        events: events.html(Some(&here)),
        warnings: opened.warnings.iter().filter(|fault| fault.severity == Severity::Warning).map(ToString::to_string).collect(),
        parties: dispute.parties.iter().map(|party| (party.name.clone(), party.role.clone().unwrap_or_default())).collect(),
        sources: sources(opened),
        version: opened.version,
        public: is_public(opened),
    };
    filled(dispute.title.clone(), &template, if has_dates { vec![dates, events] } else { vec![events] })
}

/// A dispute on a day.
struct At<'a, 'o> {
    opened: &'a Opened<'o>,
    on: Date,
    /// `None` if the agreements of the folder are ones that the law does not allow.
    plan: Option<Plan<'o>>,
}

impl At<'_, '_> {
    fn task(&self, title: impl Into<String>, page: &str, status: impl Into<String>, class: &'static str, hint: impl Into<String>) -> Task {
        Task { title: title.into(), href: Some(self.href(page)), status: status.into(), class, hint: hint.into() }
    }

    /// What to write in which file is for those who can.
    fn advice<'t>(&self, text: &'t str) -> &'t str {
        if is_public(self.opened) { "" } else { text }
    }

    fn href(&self, page: &str) -> String {
        format!("{}/{page}", self.opened.base)
    }

    fn demands(&self) -> impl Iterator<Item = (&Demand, DemandState<'_>)> {
        let dispute = self.opened.dispute;
        dispute.demands.iter().map(move |demand| (demand, demand.state_on(&dispute.talks.decisions, self.on)))
    }
}

/// The last day on record: of an event, a position, a ballot or a call.
fn last_day(dispute: &Dispute) -> Option<Date> {
    let events = dispute.events.iter().chain(&dispute.outcomes).filter_map(|event| event.when);
    let positions = dispute.positions.iter().filter_map(|position| position.when);
    let polls = dispute.polls.iter().filter_map(|poll| poll.closed);
    let days = events.chain(positions).chain(polls).map(When::latest);
    days.chain(dispute.calls.iter().flat_map(|call| call.dates.iter().copied()))
        .chain(dispute.offers.iter().filter_map(|offer| offer.made_on))
        .max()
}

/// Whether it has ended, or nothing is on record of the year before the day.
fn is_over(dispute: &Dispute, on: Date) -> bool {
    let silent = || last_day(dispute).is_some_and(|last| last < plus_days(on, -366));
    dispute.ended_on.map_or_else(silent, |ended| ended < on)
}

fn period(opened: &Opened<'_>) -> String {
    match (opened.dispute.began_on, opened.dispute.ended_on) {
        (Some(began), Some(ended)) => format!("{} to {}", long_date(began), long_date(ended)),
        (Some(began), None) => format!("since {}", long_date(began)),
        (None, Some(ended)) => format!("until {}", long_date(ended)),
        (None, None) => String::new(),
    }
}

/// Days on which something happened that can be looked at from inside: events with a day, at most eight, and the end.
fn days_worth_seeing(opened: &Opened<'_>) -> Vec<(String, String)> {
    let dispute = opened.dispute;
    let events = dispute.events.iter().chain(&dispute.outcomes);
    let mut days: Vec<Date> =
        events.filter_map(|event| event.when.and_then(|when| if let When::Day(day) = when { Some(day) } else { None })).collect();
    days.extend(dispute.ended_on);
    days.sort();
    days.dedup();
    days.retain(|day| *day < opened.today);
    let skip = days.len().saturating_sub(8);
    days.into_iter().skip(skip).map(|day| (day.to_string(), long_date(day))).collect()
}

fn events(opened: &Opened<'_>) -> Table {
    let dispute = opened.dispute;
    let mut table = Table::new("events", "What happened, with who says so", &["when", "what", "source"]);
    for event in dispute.events.iter().chain(&dispute.outcomes) {
        let when = event.when.map_or_else(|| words("not known"), |when| words(when.words()).exact(when.iso()));
        let source =
            event.source.first().map_or_else(|| words(""), |first| words(event.source.join("; ")).from(format!("#source-{first}")));
        table.row([when, words(&event.what), source]);
    }
    table
}

/// The sources that the events and the dispute as a whole name.
fn sources(opened: &Opened<'_>) -> Vec<(String, String, String)> {
    let dispute = opened.dispute;
    let named = dispute.events.iter().chain(&dispute.outcomes).flat_map(|event| &event.source).chain(&dispute.source);
    let mut ids: Vec<&String> = named.collect();
    ids.sort();
    ids.dedup();
    let full = |id: &String| dispute.sources.get(id).map(|source| (source.id.clone(), source.title.clone(), source.location.clone()));
    ids.into_iter().filter_map(full).collect()
}
