//! The timetable form: every date from an opening forwards, or backwards from a wanted day of action, red where time is short.

use dated::Date;
use law::{
    Agreements, Jurisdiction, ProposedAction, Sense, Timetable, TimetableFacts, WantedAction, ballot_notice_due, days_between,
    sample_paper_due, timeline_svg_as_of, timetable, timetable_backwards, timetable_ics, weekday_date,
};
use report::said::days_words;

use super::Rules;
use crate::asked::{Asked, Opened};
use crate::pages::question::{Slip, address, count, day, shown};
use crate::table::{Table, words};

/// The fields of the form.
pub(super) const FIELDS: [&str; 12] = [
    "opens",
    "closes",
    "strike",
    "wants",
    "voting-days",
    "days-to-tell",
    "jurisdiction",
    "result-told",
    "notice-received",
    "ballot-notice-received",
    "sample-received",
    "agreed-weeks",
];

/// The form and its answer.
#[derive(Default)]
pub(super) struct TimetableView {
    /// The fields as they were filled in.
    pub(super) opens: String,
    pub(super) closes: String,
    pub(super) strike: String,
    pub(super) wants: String,
    pub(super) voting_days: String,
    pub(super) days_to_tell: String,
    pub(super) is_northern_ireland: bool,
    pub(super) result_told: String,
    pub(super) notice_received: String,
    pub(super) ballot_notice_received: String,
    pub(super) sample_received: String,
    pub(super) agreed_weeks: String,
    pub(super) tables: Vec<Table>,
    pub(super) html: Vec<String>,
    pub(super) short: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) picture: Option<String>,
    pub(super) calendar: Option<String>,
    pub(super) calendar_address: String,
}

/// What the form asks, answered as `law timetable` answers it.
pub(super) fn timetable_view(opened: &Opened<'_>, asked: &Asked<'_>, rules: &mut Rules, slips: &mut Vec<Slip>) -> TimetableView {
    let text = |field: &str| asked.one(field).unwrap_or_default().to_owned();
    let mut view = TimetableView {
        opens: text("opens"),
        closes: text("closes"),
        strike: text("strike"),
        wants: text("wants"),
        voting_days: asked.one("voting-days").unwrap_or("28").to_owned(),
        days_to_tell: asked.one("days-to-tell").unwrap_or("1").to_owned(),
        is_northern_ireland: asked.one("jurisdiction") == Some("NI"),
        result_told: text("result-told"),
        notice_received: text("notice-received"),
        ballot_notice_received: text("ballot-notice-received"),
        sample_received: text("sample-received"),
        agreed_weeks: text("agreed-weeks"),
        ..TimetableView::default()
    };
    let before = slips.len();
    let question = read(asked, slips);
    if slips.len() > before || (question.opens_on.is_none() && question.wants.is_none()) {
        return view;
    }
    let made = match (question.opens_on, question.wants) {
        (Some(opens_on), _) => timetable(
            opened.book,
            TimetableFacts {
                jurisdiction: question.jurisdiction,
                opens_on,
                opening_known: true,
                closes_on: question.closes_on,
                told_on: question.told_on,
                notice_received_on: question.notice_on,
                agreements: question.agreements,
                strikes: question.strike.into_iter().map(ProposedAction::day).collect(),
            },
        ),
        (None, wants) => timetable_backwards(
            opened.book,
            &WantedAction {
                jurisdiction: question.jurisdiction,
                strikes: wants.into_iter().map(ProposedAction::day).collect(),
                voting_days: question.voting_days,
                days_to_tell: question.days_to_tell,
                agreements: question.agreements,
            },
        ),
    };
    match made {
        Ok(made) => answer(opened, asked, &question, &made, &mut view, rules),
        Err(not_covered) => {
            let field = if question.opens_on.is_some() { "opens" } else { "wants" };
            slips.push(Slip { field: field.to_owned(), what: format!("Could not check: {not_covered}.") });
        }
    }
    view
}

struct Question {
    jurisdiction: Jurisdiction,
    opens_on: Option<Date>,
    closes_on: Option<Date>,
    told_on: Option<Date>,
    notice_on: Option<Date>,
    ballot_notice_on: Option<Date>,
    sample_on: Option<Date>,
    strike: Option<Date>,
    wants: Option<Date>,
    voting_days: u64,
    days_to_tell: u64,
    agreements: Agreements,
}

fn read(asked: &Asked<'_>, slips: &mut Vec<Slip>) -> Question {
    let jurisdiction = asked.one("jurisdiction").unwrap_or("GB");
    let known = Jurisdiction::from_short(jurisdiction);
    if known.is_none() {
        let what = format!("Law of: “{jurisdiction}” is no jurisdiction known here. It is GB or NI.");
        slips.push(Slip { field: "jurisdiction".to_owned(), what });
    }
    let question = Question {
        jurisdiction: known.unwrap_or_default(),
        opens_on: day(asked, "opens", "Ballot opens", slips),
        closes_on: day(asked, "closes", "Last day of voting", slips),
        told_on: day(asked, "result-told", "Employers are told the result", slips),
        notice_on: day(asked, "notice-received", "Employers receive the notice of action", slips),
        ballot_notice_on: day(asked, "ballot-notice-received", "Employers received the ballot notice", slips),
        sample_on: day(asked, "sample-received", "Employers received the sample voting paper", slips),
        strike: day(asked, "strike", "A day of action to test", slips),
        wants: day(asked, "wants", "Wanted day of action", slips),
        voting_days: count(asked, "voting-days", "Days of voting", (1, 366), slips).unwrap_or(28),
        days_to_tell: count(asked, "days-to-tell", "Days to tell employers", (0, 366), slips).unwrap_or(1),
        agreements: Agreements { weeks: count(asked, "agreed-weeks", "Weeks agreed", (1, 520), slips), ..Agreements::default() },
    };
    let mut slip = |field: &str, what: String| slips.push(Slip { field: field.to_owned(), what });
    if let (Some(opens), Some(closes)) = (question.opens_on, question.closes_on)
        && closes < opens
    {
        slip("closes", format!("Last day of voting: the ballot closes on {closes}, before it opens on {opens}. Correct one of the two."));
    }
    if question.strike.is_some() && question.closes_on.is_none() && question.opens_on.is_some() {
        slip("closes", "A day of action cannot be tested without the ballot’s last day. Fill it in.".to_owned());
    }
    let is_after_opening =
        ["closes", "strike", "ballot-notice-received", "sample-received"].into_iter().find(|field| asked.one(field).is_some());
    if let (None, None, Some(field)) = (asked.one("opens"), asked.one("wants"), is_after_opening) {
        slip(field, "Ballot opens: fill in this day too, or a wanted day of action.".to_owned());
    }
    question
}

fn answer(opened: &Opened<'_>, asked: &Asked<'_>, question: &Question, made: &Timetable<'_>, view: &mut TimetableView, rules: &mut Rules) {
    let csv = address(opened, "ballot", asked, &FIELDS);
    // A ballot that opened already cannot be late for what came before it.
    let is_ahead = made.facts.opens_on >= opened.today;
    let mut table = Table::new("timetable", "Every date, if the ballot is won", &["when", "date", "what", "rule", "state"]);
    for deadline in &made.deadlines {
        let is_short = is_ahead && deadline.sense == Sense::By && deadline.date < opened.today;
        let state = if is_short {
            let late = format!("too short by {}: this day has gone by", days_words(days_between(deadline.date, opened.today)));
            view.short.push(format!("{}, by {}: {late}.", deadline.what, weekday_date(deadline.date)));
            words(late).class("against")
        } else {
            words("")
        };
        view.notes.extend(deadline.note.iter().map(|note| format!("{}: {note}.", deadline.what)));
        table.row([
            words(deadline.sense.word()),
            words(weekday_date(deadline.date)).exact(deadline.date.to_string()),
            words(&deadline.what),
            deadline.rule.map_or_else(|| words("chosen"), |rule| rules.cell(rule)),
            state,
        ]);
    }
    view.tables.push(table);
    let mut checks = Table::new("checks", "What was asked about, judged", &["what", "day", "judged", "why", "rule"]);
    let jurisdiction = question.jurisdiction;
    let due = [
        ("Ballot notice", question.ballot_notice_on, ballot_notice_due(opened.book, jurisdiction, made.facts.opens_on)),
        ("Sample voting paper", question.sample_on, sample_paper_due(opened.book, jurisdiction, made.facts.opens_on)),
    ];
    for (what, received, due) in due {
        let (Some(received), Ok(due)) = (received, due) else { continue };
        let is_in_time = due.is_met_by(received);
        if !is_in_time {
            view.short.push(format!("{what} received {}: late, due by {}.", weekday_date(received), weekday_date(due.on)));
        }
        checks.row([
            words(format!("{what} received")),
            words(weekday_date(received)).exact(received.to_string()),
            words(if is_in_time { "in time" } else { "LATE" }).class(if is_in_time { "for" } else { "against" }),
            words(format!("due by {}", weekday_date(due.on))),
            rules.cell(due.rule),
        ]);
    }
    for strike in &made.strikes {
        for lawful in &strike.lawful {
            let day = lawful.date();
            checks.row([
                words("Action"),
                words(weekday_date(day)).exact(day.to_string()),
                words("lawful").class("for"),
                words(""),
                words(""),
            ]);
        }
        for (first, _, refusal, rule) in strike.refused_runs() {
            view.short.push(format!("Action on {}: {}.", weekday_date(first), refusal.sentence()));
            checks.row([
                words("Action"),
                words(weekday_date(first)).exact(first.to_string()),
                words("NOT LAWFUL").class("against"),
                words(refusal.sentence()),
                rules.cell(rule),
            ]);
        }
    }
    view.short.extend(made.notice_fault.iter().map(law::NoticeFault::sentence));
    if !checks.rows.is_empty() {
        view.tables.push(checks);
    }
    view.html = view.tables.iter().map(|table| shown(table, Some(&csv))).collect();
    view.notes.extend(made.notes.iter().cloned());
    view.picture = Some(timeline_svg_as_of(made, opened.book, "timetable-picture", Some(opened.today)));
    view.calendar = Some(timetable_ics(made, opened.book, opened.book.checked_on()));
    let mark = if csv.contains('?') { '&' } else { '?' };
    view.calendar_address = format!("{csv}{mark}file=calendar");
}
