//! `whitley law timetable`: every date forwards from an opening, or backwards from wanted days of action.

use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, Faults, NotCovered, Place, parse_date};
use law::{
    ProposedAction, Rulebook, Timetable, TimetableFacts, WantedAction, ballot_notice_due, sample_paper_due, timeline_svg, timetable,
    timetable_backwards, timetable_ics, weekday_date,
};
use serde_json::{Value, json};

use super::{AgreementArguments, Cited, option_date, option_jurisdiction, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct TimetableArguments {
    /// The day the ballot opens
    #[arg(long, value_name = "DAY", required_unless_present = "wants", conflicts_with = "wants")]
    opens: Option<String>,
    /// The last day of voting
    #[arg(long, value_name = "DAY", requires = "opens")]
    closes: Option<String>,
    /// A day of action to test, or from..to
    #[arg(long = "strike", value_name = "DAY[..DAY]")]
    strikes: Vec<String>,
    /// Backwards: a day on which action is wanted, or from..to
    #[arg(long = "wants", value_name = "DAY[..DAY]")]
    wants: Vec<String>,
    /// Backwards: how many days of voting, the first and the last included
    #[arg(long, value_name = "N", default_value_t = 28)]
    voting_days: u64,
    /// Backwards: days from the close until every employer has the result and the notice
    #[arg(long, value_name = "N", default_value_t = 1)]
    days_to_tell: u64,
    /// GB or NI
    #[arg(long, default_value = "GB", value_name = "GB|NI")]
    jurisdiction: String,
    #[command(flatten)]
    agreements: AgreementArguments,
    /// The day employers are told the result
    #[arg(long, value_name = "DAY")]
    result_told: Option<String>,
    /// The day employers receive the notice of action
    #[arg(long, value_name = "DAY")]
    notice_received: Option<String>,
    /// The day the employer received the ballot notice: in time or late?
    #[arg(long, value_name = "DAY")]
    ballot_notice_received: Option<String>,
    /// The day the employer received the sample voting paper: in time or late?
    #[arg(long, value_name = "DAY")]
    sample_received: Option<String>,
    /// Write the dates as a calendar file
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// The day that stands as "made on" in the calendar file; the day the rules were checked if not given
    #[arg(long, value_name = "DAY")]
    stamp: Option<String>,
    /// Write the timeline as a picture
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(crate) fn run(arguments: &TimetableArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let faults = Faults::new();
    let date = |option: &str, text: &Option<String>| option_date(option, text.as_deref(), &faults);
    let action = |option: &str, texts: &[String]| -> Vec<ProposedAction> {
        let parse = |text: &String| {
            ProposedAction::parse(text).map_err(|what| {
                faults.error("bad-action", &Place::new(option, 1), what, "write it as 2022-12-15 or 2022-12-15..2022-12-20")
            })
        };
        texts.iter().filter_map(|text| parse(text).ok()).collect()
    };
    let jurisdiction = option_jurisdiction(&arguments.jurisdiction, &faults);
    let (opens_on, closes_on) = (date("--opens", &arguments.opens), date("--closes", &arguments.closes));
    let (told_on, notice_received_on) =
        (date("--result-told", &arguments.result_told), date("--notice-received", &arguments.notice_received));
    let received = [
        ("Ballot notice", date("--ballot-notice-received", &arguments.ballot_notice_received)),
        ("Sample voting paper", date("--sample-received", &arguments.sample_received)),
    ];
    let (strikes, wants) = (action("--strike", &arguments.strikes), action("--wants", &arguments.wants));
    let stamp = arguments.stamp.as_deref().map_or(Ok(book.checked_on()), parse_date);
    if let Err(what) = &stamp {
        faults.error("not-a-date", &Place::new("--stamp", 1), what.clone(), "write it year-month-day");
    }
    if let (Some(opens), Some(closes)) = (opens_on, closes_on)
        && closes < opens
    {
        let what = format!("the ballot closes on {closes}, before it opens on {opens}");
        faults.error("closes-before-it-opens", &Place::new("--closes", 1), what, "check both dates: they are written year-month-day");
    }
    if closes_on.is_none() && !strikes.is_empty() && arguments.closes.is_none() {
        faults.error(
            "missing-date",
            &Place::new("--strike", 1),
            "a day of action cannot be tested without the ballot’s last day",
            "add --closes",
        );
    }
    if arguments.voting_days == 0 || arguments.voting_days > 366 || arguments.days_to_tell > 366 {
        let what = "the days of voting and of telling must be between 1 and 366";
        faults.error("not-a-count", &Place::new("--voting-days", 1), what, "as in --voting-days 28");
    }
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let agreements = arguments.agreements.into();
    let made = match opens_on {
        Some(opens_on) => timetable(
            book,
            TimetableFacts { jurisdiction, opens_on, opening_known: true, closes_on, told_on, notice_received_on, agreements, strikes },
        ),
        None => {
            let wanted = WantedAction {
                jurisdiction,
                strikes: wants,
                voting_days: arguments.voting_days,
                days_to_tell: arguments.days_to_tell,
                agreements,
            };
            timetable_backwards(book, &wanted)
        }
    };
    let answered = made.and_then(|made| {
        let opens_on = made.facts.opens_on;
        let due = [ballot_notice_due(book, jurisdiction, opens_on)?, sample_paper_due(book, jurisdiction, opens_on)?];
        let checked = received.iter().zip(due).filter_map(|((what, day), due)| {
            let day = (*day)?;
            Some(Received { what, on: day, due: due.on, in_time: due.is_met_by(day), rule: &due.rule.id })
        });
        let checked: Vec<Received<'_>> = checked.collect();
        Ok((made, checked))
    });
    match answered {
        Ok((made, received)) => answer(arguments, book, &made, &received, stamp.unwrap_or(book.checked_on()), as_json),
        Err(not_covered) => could_not_check(&not_covered, book, as_json),
    }
}

/// Something the employer received before the opening.
struct Received<'r> {
    what: &'r str,
    on: Date,
    due: Date,
    in_time: bool,
    rule: &'r str,
}

pub(super) fn could_not_check(why: &NotCovered, book: &Rulebook, as_json: bool) -> Outcome {
    if as_json {
        print_json(&with_closing(json!({ "verdict": "could-not-check", "why": why.to_string() }), book, &Cited::default()));
    } else {
        complain!("Could not check: {why}.\n{}", super::closing(book).trim());
    }
    Outcome::CouldNotCheck
}

fn answer(
    arguments: &TimetableArguments,
    book: &Rulebook,
    made: &Timetable<'_>,
    received: &[Received<'_>],
    stamp: Date,
    as_json: bool,
) -> Outcome {
    let mut written = Vec::new();
    for (path, bytes) in
        [(arguments.ics.as_deref(), timetable_ics(made, book, stamp)), (arguments.svg.as_deref(), timeline_svg(made, book, "timeline"))]
    {
        let Some(path) = path else { continue };
        if let Err(outcome) = write(path, &bytes) {
            return outcome;
        }
        written.push(path.display().to_string());
    }
    let mut cited = Cited::default();
    cited.extend(made.deadlines.iter().filter_map(|deadline| deadline.rule));
    cited.extend(made.strikes.iter().flat_map(|strike| strike.refused.iter().map(|(_, _, rule)| *rule)));
    let refused = made.strikes.iter().any(|strike| !strike.refused.is_empty());
    let late = received.iter().any(|received| !received.in_time);
    let outcome = if refused || late || made.notice_fault.is_some() { Outcome::No } else { Outcome::Yes };
    if as_json {
        print_json(&with_closing(to_json(made, received), book, &cited));
    } else {
        print(&to_text(made, received, &cited, book));
        for path in &written {
            complain!("Written: {path}");
        }
    }
    outcome
}

fn write(path: &Path, text: &str) -> Result<(), Outcome> {
    std::fs::write(path, text).map_err(|error| {
        complain!("{} cannot be written: {error}", path.display());
        Outcome::OurFailure
    })
}

fn to_json(made: &Timetable<'_>, received: &[Received<'_>]) -> Value {
    let deadlines: Vec<Value> = made
        .deadlines
        .iter()
        .map(|deadline| {
            json!({
                "what": deadline.what,
                "date": deadline.date.to_string(),
                "rule": deadline.rule.map(|rule| rule.id.clone()),
                "kind": deadline.kind.name(),
                "sense": deadline.sense.word(),
                "note": deadline.note,
            })
        })
        .collect();
    let strikes: Vec<Value> = made
        .strikes
        .iter()
        .map(|strike| {
            json!({
                "proposed": strike.proposed.words(),
                "lawful": strike.word(),
                "lawful_days": strike.lawful.iter().map(|day| day.date().to_string()).collect::<Vec<_>>(),
                "refused": strike.refused.iter().map(|(day, refusal, rule)| json!({"date": day.to_string(), "why": refusal.sentence(), "rule": rule.id})).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "opens": made.facts.opens_on.to_string(),
        "closes": made.facts.closes_on.map(|day| day.to_string()),
        "deadlines": deadlines,
        "strikes": strikes,
        "received": received.iter().map(|received| json!({
            "what": received.what, "date": received.on.to_string(), "due": received.due.to_string(), "in_time": received.in_time, "rule": received.rule,
        })).collect::<Vec<_>>(),
        "notice_fault": made.notice_fault.as_ref().map(law::NoticeFault::sentence),
        "notes": made.notes,
        "assumes": "dates of action assume that the ballot is won",
    })
}

fn to_text(made: &Timetable<'_>, received: &[Received<'_>], cited: &Cited<'_>, book: &Rulebook) -> String {
    let mut table = Table::new(&["", "Date", "What", "Rule"]);
    let mut notes = String::new();
    for deadline in &made.deadlines {
        if let Some(note) = &deadline.note {
            notes.push_str(&format!("{}: {note}.\n", deadline.what));
        }
        table.row([
            deadline.sense.word().to_owned(),
            weekday_date(deadline.date),
            deadline.what.clone(),
            deadline.rule.map_or_else(|| "chosen".to_owned(), |rule| rule.id.clone()),
        ]);
    }
    let mut text = table.text();
    text.push_str("\nDates of action assume that the ballot is won.\n");
    text.push_str(&notes);
    for received in received {
        let verdict = if received.in_time { "in time" } else { "LATE" };
        text.push_str(&format!(
            "{} received {}: {verdict}, due by {} ({}).\n",
            received.what,
            weekday_date(received.on),
            weekday_date(received.due),
            received.rule
        ));
    }
    for strike in &made.strikes {
        text.push_str(&format!("Action {}: {}\n", strike.proposed.words(), strike.word().to_uppercase()));
        for (first, last, refusal, rule) in strike.refused_runs() {
            let days = if first == last { weekday_date(first) } else { format!("{} to {}", weekday_date(first), weekday_date(last)) };
            text.push_str(&format!("  {days}: {} ({})\n", refusal.sentence(), rule.id));
        }
    }
    if let Some(fault) = &made.notice_fault {
        text.push_str(&format!("{}\n", fault.sentence()));
    }
    for note in &made.notes {
        text.push_str(&format!("{note}\n"));
    }
    text.push_str(&cited.text(book));
    text.push_str("Next: --ics FILE writes a calendar, --svg FILE a picture; after the count `whitley law judge`.\n");
    text
}
