//! Action: where mandates stand, the days that are lawful and why others are not, services hit, pay lost; calendar and public page.

mod calendar;
mod laws;
mod proposal;
mod tables;

use askama::Template;
use dated::{Date, Source, long_date};
use dispute::plan::{Plan, PlanFacts, plan, plan_ics};
use dispute::{Dispute, PollKind};
use law::{plus_days, weekday_date};
use report::DayView;

use self::calendar::{Mark, MonthView};
use self::proposal::ProposalView;
use super::ballot::Rules;
use super::question::{Cited, Slip, address, day, shown};
use crate::asked::{Answer, Asked, File, Opened, Page, Trouble};
use crate::table::Table;

/// The fields of the question.
const FIELDS: [&str; 5] = ["from", "to", "on", "notice", "told"];

/// So many days are shown at most.
const MOST_DAYS: i64 = 731;

pub(crate) fn answer(opened: &Opened<'_>, asked: &Asked<'_>, rest: &[&str]) -> Result<Answer, Trouble> {
    let mut slips = Vec::new();
    let facts = facts(opened, asked, &mut slips);
    let planned = plan(&[opened.dispute], opened.book, &facts).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Trouble::question(all.join("\n"))
    })?;
    match rest {
        [] => page(opened, asked, &facts, &planned, slips),
        ["calendar.ics"] => refused(&slips).map(|()| {
            let ics = plan_ics(&planned, &opened.dispute.title, opened.book, facts.on);
            let name = format!("{}-action.ics", opened.dispute.id);
            Answer::File(File { name, kind: "text/calendar; charset=utf-8", bytes: ics.into_bytes() })
        }),
        ["public"] => {
            refused(&slips)?;
            public_page(opened, asked, &facts, &planned)
        }
        ["public.html"] => {
            refused(&slips)?;
            let html = report::action_page(&[opened.dispute], &planned, opened.book, facts.on).map_err(Trouble::Ours)?;
            let name = format!("{}-action.html", opened.dispute.id);
            Ok(Answer::File(File { name, kind: "text/html; charset=utf-8", bytes: html.into_bytes() }))
        }
        _ => Err(Trouble::not_there("under action there are calendar.ics, public and public.html, and nothing else")),
    }
}

/// A file cannot show what is wrong in its question, so it is refused in a sentence.
fn refused(slips: &[Slip]) -> Result<(), Trouble> {
    match slips {
        [] => Ok(()),
        slips => Err(Trouble::question(slips.iter().map(|slip| slip.what.as_str()).collect::<Vec<_>>().join(" "))),
    }
}

/// What is asked; where nothing is, all that was called, as of the first day of it, or two months from today.
fn facts(opened: &Opened<'_>, asked: &Asked<'_>, slips: &mut Vec<Slip>) -> PlanFacts {
    let dispute = opened.dispute;
    let mut called: Vec<Date> = dispute.calls.iter().flat_map(|call| call.dates.iter().copied()).collect();
    called.extend(dispute.calls.iter().filter_map(|call| call.continuous).flat_map(|(from, until)| [Some(from), until]).flatten());
    let first = called.iter().min().copied();
    let last = called.iter().max().copied();
    let asked_from = day(asked, "from", "First day", slips);
    let asked_to = day(asked, "to", "Last day", slips);
    let asked_on = day(asked, "on", "As of", slips);
    let from = asked_from.or_else(|| asked_to.map(|to| first.filter(|first| *first <= to).unwrap_or(to))).or(first).unwrap_or(opened.today);
    let until = asked_to.or(last.filter(|last| *last >= from)).unwrap_or_else(|| plus_days(from, 61));
    let mut facts = PlanFacts::new(asked_on.unwrap_or(from), from);
    facts.until = Some(until);
    if until < from {
        let what = format!("Last day: {} is before the first day shown, {}.", long_date(until), long_date(from));
        slips.push(Slip { field: "to".to_owned(), what });
        facts.until = Some(from);
    } else if law::days_between(from, until) > MOST_DAYS {
        let what = format!("Last day: {} is more than two years after {}. Ask for less at a time.", long_date(until), long_date(from));
        slips.push(Slip { field: "to".to_owned(), what });
        facts.until = Some(plus_days(from, MOST_DAYS));
    }
    facts.notice_received_on = day(asked, "notice", "Every employer received a notice", slips);
    facts.result_told_on = day(asked, "told", "Every employer was told the result", slips);
    facts
}

fn page(opened: &Opened<'_>, asked: &Asked<'_>, facts: &PlanFacts, planned: &Plan<'_>, mut slips: Vec<Slip>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let (mut cited, mut rules) = (Cited::default(), Rules::default());
    rules.add(planned.rules());
    let fields: Vec<&str> = FIELDS.iter().chain(&proposal::FIELDS).copied().collect();
    let csv = address(opened, "action", asked, &fields);
    let proposal = proposal::proposal(opened, asked, facts, &mut rules, &mut slips);
    let mandates = tables::mandates(opened, planned);
    let days = tables::days(planned);
    let refused = tables::refused(planned);
    let services = tables::services(planned, &mut cited);
    let (costs, cost_notes) = tables::costs(planned);
    let laws = laws::under_later_laws(opened, facts, planned);
    let not_empty: Vec<Table> =
        [&mandates, &days, &refused, &services, &costs].into_iter().filter(|table| !table.rows.is_empty()).cloned().collect();
    let proposed = proposal.iter().flat_map(|proposal| proposal.tables.clone());
    let tables = not_empty.into_iter().chain(laws.iter().map(|laws| laws.table.clone())).chain(proposed).collect();
    let html = |table: &Table| (!table.rows.is_empty()).then(|| shown(table, Some(&csv)));
    let query = address(opened, "action", asked, &FIELDS);
    let query = query.strip_prefix(&format!("{}/action", opened.base)).unwrap_or_default();
    let view = View {
        action: format!("{}/action", opened.base),
        as_of: format!(
            "As of {}, from {} to {}.",
            weekday_date(facts.on),
            weekday_date(facts.from),
            facts.until.map(weekday_date).unwrap_or_default()
        ),
        from: facts.from.to_string(),
        to: facts.until.map(|day| day.to_string()).unwrap_or_default(),
        on: facts.on.to_string(),
        notice: asked.one("notice").unwrap_or_default().to_owned(),
        told: asked.one("told").unwrap_or_default().to_owned(),
        has_statutory: dispute.polls.iter().any(|poll| poll.kind == PollKind::Statutory),
        has_calls: !dispute.calls.is_empty(),
        months: calendar::months(facts, planned),
        marks: Mark::ALL,
        calendar_file: format!("{}/action/calendar.ics{query}", opened.base),
        public: format!("{}/action/public{query}", opened.base),
        mandates: html(&mandates),
        days: html(&days),
        conditions: tables::conditions(planned),
        refused: html(&refused),
        services: html(&services),
        services_not_hit: planned.services_not_hit.join("; "),
        costs: html(&costs),
        cost_notes,
        suspensions: dispute
            .terms
            .suspensions
            .iter()
            .map(|put_off| {
                let who = dispute.party_name(&put_off.who.0);
                (format!("{who}, {}: {}", long_date(put_off.on), put_off.reason), cited.of(&put_off.source))
            })
            .collect(),
        calls: dispute.calls.iter().map(|call| (call_words(dispute, call), cited.of(&call.source))).collect(),
        laws: laws.map(|laws| laws.shown(&csv)),
        proposed: proposal.iter().flat_map(|proposal| &proposal.tables).map(|table| shown(table, Some(&csv))).collect(),
        proposal,
        notes: planned.notes.clone(),
        rules: rules.0.into_iter().collect(),
        closing: format!("Rules last checked on {}. {}", long_date(opened.book.checked_on()), opened.book.not_legal_advice()),
        sources: cited.list(&dispute.sources),
        slips,
    };
    let is_refusal = !view.slips.is_empty();
    Ok(Answer::Page(Page { title: "Action".to_owned(), body: view.render()?, tables, is_refusal }))
}

/// A call as it stands in the folder.
fn call_words(dispute: &Dispute, call: &dispute::Call) -> String {
    let days = match (call.dates.as_slice(), call.continuous) {
        ([], None) => "no day named".to_owned(),
        ([], Some((from, None))) => format!("from {} without a break", weekday_date(from)),
        ([], Some((from, Some(until)))) => format!("from {} to {} without a break", weekday_date(from), weekday_date(until)),
        (days, _) => days.iter().map(|day| weekday_date(*day)).collect::<Vec<_>>().join(", "),
    };
    let condition = call.conditional_on.as_ref().map(|on| format!(" On condition: {on}.")).unwrap_or_default();
    let called =
        call.called_on.map_or_else(|| "the day of the call is not on record".to_owned(), |day| format!("called {}", long_date(day)));
    format!("{}, {}: {days} ({called}). {}{condition}", dispute.party_name(&call.who.0), call.kind.words(), call.text)
}

/// What anybody may know: days, places and services, never a figure of members.
fn public_page(opened: &Opened<'_>, asked: &Asked<'_>, facts: &PlanFacts, planned: &Plan<'_>) -> Result<Answer, Trouble> {
    let query = address(opened, "action", asked, &FIELDS);
    let query = query.strip_prefix(&format!("{}/action", opened.base)).unwrap_or_default();
    let view = PublicView {
        on: long_date(facts.on),
        days: report::days_of_action(planned),
        file: format!("{}/action/public.html{query}", opened.base),
        calendar_file: format!("{}/action/calendar.ics{query}", opened.base),
        closing: format!("Rules last checked on {}. {}", long_date(opened.book.checked_on()), opened.book.not_legal_advice()),
    };
    super::filled("What is planned", &view, Vec::new())
}

#[derive(Template)]
#[template(path = "action/page.html")]
struct View {
    action: String,
    as_of: String,
    from: String,
    to: String,
    on: String,
    notice: String,
    told: String,
    has_statutory: bool,
    has_calls: bool,
    months: Vec<MonthView>,
    marks: [Mark; 6],
    calendar_file: String,
    public: String,
    mandates: Option<String>,
    days: Option<String>,
    conditions: Vec<String>,
    refused: Option<String>,
    services: Option<String>,
    services_not_hit: String,
    costs: Option<String>,
    cost_notes: Vec<String>,
    suspensions: Vec<(String, Vec<String>)>,
    calls: Vec<(String, Vec<String>)>,
    laws: Option<laws::LawsView>,
    proposal: Option<ProposalView>,
    proposed: Vec<String>,
    notes: Vec<String>,
    rules: Vec<(String, String)>,
    closing: String,
    sources: Vec<Source>,
    slips: Vec<Slip>,
}

#[derive(Template)]
#[template(path = "action/public.html")]
struct PublicView {
    on: String,
    days: Vec<DayView>,
    file: String,
    calendar_file: String,
    closing: String,
}
