//! Every date of a ballot (rules L43 to L49), forwards from its opening or backwards from wanted strike days; as a list, as a
//! calendar file, as a picture.

use dated::{Date, NotCovered};

use crate::calendar::{plus_days, weekday_date};
use crate::ics::{CalendarEntry, CalendarFile, compact};
use crate::mandate::{
    Agreements, JudgedAction, Mandate, NoticeFault, ProposedAction, ResultTold, first_possible_notice, judge_action, judge_notice,
    notice_days,
};
use crate::opening::{ballot_notice_due, methods, sample_paper_due};
use crate::result::{PollFacts, law_of_the_day};
use crate::rules::{Jurisdiction, Key, Rule, Rulebook, TermKind, Value};

/// What a timetable is made from.
#[derive(Clone, Debug)]
pub struct TimetableFacts {
    /// Which law.
    pub jurisdiction: Jurisdiction,
    /// The day the first voting paper is sent. For a ballot of record whose opening is not known, its closing day.
    pub opens_on: Date,
    /// False for a ballot of record whose opening day is not known: then the dates before its close are left out.
    pub opening_known: bool,
    /// The last day of voting; without it only what comes before the opening is known.
    pub closes_on: Option<Date>,
    /// The day employers are told the result, if known or planned.
    pub told_on: Option<Date>,
    /// The day employers receive the notice of action, if known or planned.
    pub notice_received_on: Option<Date>,
    /// What was agreed.
    pub agreements: Agreements,
    /// Wanted days of action.
    pub strikes: Vec<ProposedAction>,
}

/// Whether a date is a last day, a first day, or the day itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// At the latest on that day.
    By,
    /// Not before that day.
    From,
    /// On that day.
    On,
}

impl Sense {
    /// The word before the date.
    pub fn word(self) -> &'static str {
        match self {
            Self::By => "by",
            Self::From => "from",
            Self::On => "on",
        }
    }
}

/// One date with its rule.
#[derive(Clone, Debug)]
pub struct Deadline<'r> {
    /// What it is, in plain words.
    pub what: String,
    /// The date.
    pub date: Date,
    /// Last day, first day or the day.
    pub sense: Sense,
    /// The rule; `None` for a date that somebody chose.
    pub rule: Option<&'r Rule>,
    /// What must be known besides.
    pub note: Option<String>,
    /// Which kind, for pictures and scripts.
    pub kind: DeadlineKind,
}

/// What a date is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum DeadlineKind {
    BallotNotice,
    SamplePaper,
    Opens,
    Closes,
    ResultToVoters,
    ResultToEmployers,
    ActionNoticeFirst,
    FirstLawfulDay,
    ScrutineerReport,
    ActionNoticeForStrike,
    Strike,
    ActionNoticeLast,
    LastLawfulDay,
    LastDayIfAgreed,
    ReportCopies,
}

impl DeadlineKind {
    /// A stable name for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::BallotNotice => "ballot-notice",
            Self::SamplePaper => "sample-paper",
            Self::Opens => "opens",
            Self::Closes => "closes",
            Self::ResultToVoters => "result-to-voters",
            Self::ResultToEmployers => "result-to-employers",
            Self::ActionNoticeFirst => "action-notice-first",
            Self::FirstLawfulDay => "first-lawful-day",
            Self::ScrutineerReport => "scrutineer-report",
            Self::ActionNoticeForStrike => "action-notice-for-strike",
            Self::Strike => "strike",
            Self::ActionNoticeLast => "action-notice-last",
            Self::LastLawfulDay => "last-lawful-day",
            Self::LastDayIfAgreed => "last-day-if-agreed",
            Self::ReportCopies => "report-copies",
        }
    }
}

/// All dates of one ballot.
#[derive(Clone, Debug)]
pub struct Timetable<'r> {
    /// What it was made from.
    pub facts: TimetableFacts,
    /// The dates in order. A strike day stands here only if it was judged lawful.
    pub deadlines: Vec<Deadline<'r>>,
    /// Wanted days of action, judged on the assumption that the ballot is won.
    pub strikes: Vec<JudgedAction<'r>>,
    /// Why the planned notice allows nothing.
    pub notice_fault: Option<NoticeFault>,
    /// What must be known besides.
    pub notes: Vec<String>,
}

/// L43 to L48: the timetable from an opening date forwards.
///
/// # Errors
/// [`NotCovered`] when no rule is known for one of the days.
pub fn timetable<'r>(book: &'r Rulebook, facts: TimetableFacts) -> Result<Timetable<'r>, NotCovered> {
    let TimetableFacts { jurisdiction, opens_on, closes_on, .. } = facts;
    let mut list = List(Vec::new());
    if facts.opening_known {
        before_opening(book, jurisdiction, opens_on, &mut list)?;
    }
    let mut timetable = Timetable { facts, deadlines: Vec::new(), strikes: Vec::new(), notice_fault: None, notes: Vec::new() };
    if let Some(closes_on) = closes_on {
        after_closing(book, closes_on, &mut timetable, &mut list)?;
    }
    list.0.sort_by_key(|deadline| (deadline.date, deadline.kind));
    timetable.deadlines = list.0;
    Ok(timetable)
}

fn before_opening<'r>(book: &'r Rulebook, jurisdiction: Jurisdiction, opens_on: Date, list: &mut List<'r>) -> Result<(), NotCovered> {
    let notice = ballot_notice_due(book, jurisdiction, opens_on)?;
    list.add(DeadlineKind::BallotNotice, "Ballot notice received by every employer", notice.on, Sense::By, Some(notice.rule), None);
    let sample = sample_paper_due(book, jurisdiction, opens_on)?;
    list.add(DeadlineKind::SamplePaper, "Sample voting paper received by every employer", sample.on, Sense::By, Some(sample.rule), None);
    let method = methods(book, jurisdiction, opens_on)?;
    let pending = method.pending.map(|rule| {
        let switch = rule.switch.as_ref().map_or("", |switch| &switch.name);
        format!("{} may be lawful too, once a person confirms {switch}", rule.texts().join(", "))
    });
    let by = format!("Ballot opens; method of voting: {}", method.rule.texts().join(", "));
    list.add(DeadlineKind::Opens, &by, opens_on, Sense::On, Some(method.rule), pending);
    Ok(())
}

struct List<'r>(Vec<Deadline<'r>>);

impl<'r> List<'r> {
    fn add(&mut self, kind: DeadlineKind, what: &str, date: Date, sense: Sense, rule: Option<&'r Rule>, note: Option<String>) {
        self.0.push(Deadline { what: what.to_owned(), date, sense, rule, note, kind });
    }
}

fn after_closing<'r>(book: &'r Rulebook, closes_on: Date, timetable: &mut Timetable<'r>, list: &mut List<'r>) -> Result<(), NotCovered> {
    let facts = &timetable.facts;
    let jurisdiction = facts.jurisdiction;
    let agreements = facts.agreements;
    let poll =
        PollFacts { opened_on: facts.opens_on, closed_on: closes_on, jurisdiction, important_public_service: false, wales_devolved: false };
    list.add(DeadlineKind::Closes, "Ballot closes: the date of the ballot", closes_on, Sense::On, None, None);
    let law = law_of_the_day(book, poll, agreements)?;
    let mandate_law = law.mandate_law();
    timetable.notes.extend(mandate_law.notes());
    // L45: the Act says "as soon as reasonably practicable": no day is fixed, and about two days late has cost a mandate.
    let promptly = "as soon as reasonably practicable: about two days late sank a ballot (Metrobus v Unite [2009] EWCA Civ 829)".to_owned();
    let result_rule = book.on(Key::ResultContents, jurisdiction, facts.opens_on)?.rule;
    let told_from = facts.told_on.unwrap_or(closes_on);
    list.add(
        DeadlineKind::ResultToVoters,
        "Result given to everyone entitled to vote",
        told_from,
        Sense::On,
        Some(result_rule),
        Some(promptly.clone()),
    );
    list.add(DeadlineKind::ResultToEmployers, "Result given to every employer", told_from, Sense::On, Some(result_rule), Some(promptly));
    for (kind, key, what) in [
        (DeadlineKind::ScrutineerReport, Key::ScrutineerReportDue, "Scrutineer’s report made to the union"),
        (DeadlineKind::ReportCopies, Key::ScrutineerReportCopies, "Voters and their employers may ask for a copy of the report"),
    ] {
        let rule = book.on(key, jurisdiction, closes_on)?.rule;
        if let Value::Period(length) = rule.value {
            list.add(kind, what, length.last_day(closes_on), Sense::By, Some(rule), None);
        }
    }
    // Every date of action rests on a won ballot: the timetable is a plan, not a verdict.
    let mandate = Mandate::of_judged(poll, mandate_law);
    let (last_what, first_what) = match mandate.kind() {
        TermKind::MustBeginWithin => ("Action must have begun by the end of this day", "First day on which action may begin"),
        TermKind::Expires => ("Last lawful day of action: the mandate ends at midnight", "First lawful day of action"),
    };
    list.add(DeadlineKind::LastLawfulDay, last_what, mandate.last_day(), Sense::By, Some(mandate.rule()), None);
    let term = mandate_law.term();
    if let Some(most) = term.agreed_up_to
        && most.last_day(closes_on) > mandate.last_day()
    {
        let what = format!("Last day instead, if the employer agrees to {}", most.words());
        list.add(DeadlineKind::LastDayIfAgreed, &what, most.last_day(closes_on), Sense::By, Some(mandate.rule()), None);
    }
    let not_before = book.on(Key::ActionNoticeNotBefore, jurisdiction, closes_on)?.rule;
    list.add(
        DeadlineKind::ActionNoticeFirst,
        "Notice of action may be received, once that employer has the result",
        told_from,
        Sense::From,
        Some(not_before),
        None,
    );
    let told = facts.told_on.map_or(ResultTold::NotStated, ResultTold::On);
    let given = match facts.notice_received_on {
        Some(received_on) => judge_notice(book, poll, told, received_on, agreements)?,
        None => first_possible_notice(book, poll, told, agreements)?,
    };
    let notice = match given {
        Ok(notice) => notice,
        Err(fault) => {
            timetable.notice_fault = Some(fault);
            return Ok(());
        }
    };
    timetable.notes.extend(notice.notes().into_iter().filter(|_| facts.notice_received_on.is_some()));
    if notice.first_day() <= mandate.last_day() {
        let note = format!("for a notice received on {}", weekday_date(notice.received_on()));
        list.add(DeadlineKind::FirstLawfulDay, first_what, notice.first_day(), Sense::From, Some(notice.rule()), Some(note));
    }
    if facts.notice_received_on.is_none()
        && let Some((received_on, rule)) = latest_notice(book, jurisdiction, mandate.last_day(), agreements)
        && received_on >= told_from
    {
        let what = match mandate.kind() {
            TermKind::MustBeginWithin => "Last day to receive a notice for action that begins in time",
            TermKind::Expires => "Last day to receive a notice for action on the last lawful day",
        };
        list.add(DeadlineKind::ActionNoticeLast, what, received_on, Sense::By, Some(rule), None);
    }
    let mut strikes = judge_action(&mandate, &notice, &facts.strikes);
    strikes.sort_by_key(|strike| strike.proposed);
    for strike in &strikes {
        if let Some(first) = strike.lawful.first().filter(|_| strike.refused.is_empty()) {
            list.add(
                DeadlineKind::Strike,
                &format!("Action: {}", strike.proposed.words()),
                first.date(),
                Sense::On,
                Some(mandate.rule()),
                None,
            );
            if let Some((received_on, rule)) = latest_notice(book, jurisdiction, first.date(), agreements) {
                let what = format!("Notice received by every employer for action on {}", weekday_date(first.date()));
                list.add(DeadlineKind::ActionNoticeForStrike, &what, received_on, Sense::By, Some(rule), None);
            }
        }
    }
    timetable.strikes = strikes;
    Ok(())
}

/// L36: the last day on which a notice may be received for action on `day`, each candidate by the law of its own day of receipt.
pub fn latest_notice(book: &Rulebook, jurisdiction: Jurisdiction, day: Date, agreements: Agreements) -> Option<(Date, &Rule)> {
    // A year of candidates: no notice period the data can hold is longer.
    (0..=366).find_map(|back| {
        let received_on = plus_days(day, -back);
        let rule = book.on(Key::ActionNoticeDays, jurisdiction, received_on).ok()?.rule;
        let (days, _) = notice_days(rule, agreements.notice_days);
        (i64::try_from(days).ok()? <= back).then_some((received_on, rule))
    })
}

/// What a timetable backwards is made from.
#[derive(Clone, Debug)]
pub struct WantedAction {
    /// Which law.
    pub jurisdiction: Jurisdiction,
    /// Wanted days of action; never empty.
    pub strikes: Vec<ProposedAction>,
    /// Days of voting, the first and the last included.
    pub voting_days: u64,
    /// Days from the close of the ballot until every employer has the result and the notice.
    pub days_to_tell: u64,
    /// What was agreed.
    pub agreements: Agreements,
}

/// L49: the latest possible dates backwards from wanted days of action; then the same timetable as forwards.
///
/// # Errors
/// [`NotCovered`] when no rule is known for one of the days.
pub fn timetable_backwards<'r>(book: &'r Rulebook, wanted: &WantedAction) -> Result<Timetable<'r>, NotCovered> {
    let first = wanted.strikes.iter().map(ProposedAction::first).min();
    let Some(first) = first else { return Err(NotCovered { key: "a wanted day of action".to_owned(), day: Date::ZERO, first: None }) };
    let key = || format!("{} ({})", Key::ActionNoticeDays.name(), wanted.jurisdiction.short());
    let (received_on, _) = latest_notice(book, wanted.jurisdiction, first, wanted.agreements).ok_or_else(|| NotCovered {
        key: key(),
        day: first,
        first: None,
    })?;
    let days = |days: u64| i64::try_from(days).unwrap_or(i64::MAX);
    let closes_on = plus_days(received_on, -days(wanted.days_to_tell));
    let opens_on = plus_days(closes_on, 1 - days(wanted.voting_days.max(1)));
    timetable(
        book,
        TimetableFacts {
            jurisdiction: wanted.jurisdiction,
            opening_known: true,
            opens_on,
            closes_on: Some(closes_on),
            told_on: Some(received_on),
            notice_received_on: Some(received_on),
            agreements: wanted.agreements,
            strikes: wanted.strikes.clone(),
        },
    )
}

/// L47: the dates as a calendar file (RFC 5545), the same bytes on every run: `stamp` stands for the moment of making.
pub fn timetable_ics(timetable: &Timetable<'_>, book: &Rulebook, stamp: Date) -> String {
    let mut file = CalendarFile::new("Law timetable", &title(timetable), &closing(book), stamp);
    for deadline in &timetable.deadlines {
        let mut description = Vec::new();
        if let Some(note) = &deadline.note {
            description.push(note.clone());
        }
        if let Some(rule) = deadline.rule {
            description.push(format!("Rule {}: {}.", rule.id, rule.cite()));
        }
        description.push(closing(book));
        file.add(&CalendarEntry {
            uid: &format!("{}-{}-{}", compact(deadline.date), deadline.kind.name(), compact(timetable.facts.opens_on)),
            first: deadline.date,
            last: deadline.date,
            hours: None,
            summary: &format!("{} ({})", deadline.what, deadline.sense.word()),
            description: &description.join("\n"),
        });
    }
    file.finish()
}

pub(crate) fn title(timetable: &Timetable<'_>) -> String {
    let opens = weekday_date(timetable.facts.opens_on);
    match timetable.facts.closes_on {
        Some(closes_on) if !timetable.facts.opening_known => {
            format!("Ballot closed {}; its opening day is not known", weekday_date(closes_on))
        }
        Some(closes_on) => format!("Ballot open {opens} to {}", weekday_date(closes_on)),
        None => format!("Ballot opening {opens}"),
    }
}

pub(crate) fn closing(book: &Rulebook) -> String {
    format!("Rules last checked on {}. {}", dated::long_date(book.checked_on()), book.not_legal_advice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn facts(opens_on: Date, closes_on: Date) -> TimetableFacts {
        TimetableFacts {
            jurisdiction: Jurisdiction::GreatBritain,
            opens_on,
            opening_known: true,
            closes_on: Some(closes_on),
            told_on: None,
            notice_received_on: None,
            agreements: Agreements::default(),
            strikes: Vec::new(),
        }
    }

    fn day(timetable: &Timetable<'_>, kind: DeadlineKind) -> Option<Date> {
        timetable.deadlines.iter().find(|deadline| deadline.kind == kind).map(|deadline| deadline.date)
    }

    #[test]
    fn l43_forwards_by_the_law_of_2014() {
        let book = Rulebook::built_in().expect("rules");
        let made = timetable(&book, facts(date(2014, 8, 28), date(2014, 9, 18))).expect("covered");
        assert_eq!(day(&made, DeadlineKind::BallotNotice), Some(date(2014, 8, 21)));
        assert_eq!(day(&made, DeadlineKind::SamplePaper), Some(date(2014, 8, 25)));
        assert_eq!(day(&made, DeadlineKind::ScrutineerReport), Some(date(2014, 10, 15)));
        assert_eq!(day(&made, DeadlineKind::LastLawfulDay), Some(date(2014, 10, 15)));
        assert_eq!(day(&made, DeadlineKind::LastDayIfAgreed), Some(date(2014, 11, 12)));
        assert_eq!(day(&made, DeadlineKind::ActionNoticeLast), Some(date(2014, 10, 8)));
    }

    #[test]
    fn l49_backwards_is_the_latest_that_works_over_a_change_of_law() {
        let book = Rulebook::built_in().expect("rules");
        // Ten days' notice from 18 February 2026 on: received on the 18th is earlier than fourteen days from the 17th.
        let wanted = |day| WantedAction {
            jurisdiction: Jurisdiction::GreatBritain,
            strikes: vec![ProposedAction::day(day)],
            voting_days: 22,
            days_to_tell: 1,
            agreements: Agreements::default(),
        };
        let made = timetable_backwards(&book, &wanted(date(2026, 2, 28))).expect("covered");
        assert_eq!(day(&made, DeadlineKind::Strike), Some(date(2026, 2, 28)));
        assert_eq!(day(&made, DeadlineKind::ActionNoticeForStrike), Some(date(2026, 2, 18)));
        assert_eq!(day(&made, DeadlineKind::Closes), Some(date(2026, 2, 17)));
        assert_eq!(day(&made, DeadlineKind::Opens), Some(date(2026, 1, 27)));
        let made = timetable_backwards(&book, &wanted(date(2026, 2, 27))).expect("covered");
        assert_eq!(day(&made, DeadlineKind::ActionNoticeForStrike), Some(date(2026, 2, 13)));
    }

    #[test]
    fn l48_a_strike_outside_the_mandate_is_no_deadline() {
        let book = Rulebook::built_in().expect("rules");
        let mut facts = facts(date(2022, 10, 6), date(2022, 11, 2));
        facts.strikes = vec![ProposedAction::day(date(2023, 5, 1)), ProposedAction::day(date(2023, 5, 2))];
        let made = timetable(&book, facts).expect("covered");
        assert_eq!(made.strikes.iter().map(JudgedAction::word).collect::<Vec<_>>(), ["yes", "no"]);
        let strikes: Vec<Date> = made.deadlines.iter().filter(|d| d.kind == DeadlineKind::Strike).map(|d| d.date).collect();
        assert_eq!(strikes, [date(2023, 5, 1)]);
    }

    #[test]
    fn l47_calendar_lines_are_folded_and_escaped() {
        let book = Rulebook::built_in().expect("rules");
        let made = timetable(&book, facts(date(2022, 10, 6), date(2022, 11, 2))).expect("covered");
        let ics = timetable_ics(&made, &book, date(2022, 9, 1));
        assert!(ics.ends_with("END:VCALENDAR\r\n") && ics.contains("DTSTART;VALUE=DATE:20230501\r\n"));
        assert!(ics.split("\r\n").all(|line| line.len() <= 75), "a line is longer than 75 octets");
        assert!(!ics.replace("\r\n", "").contains('\n'), "a bare line feed");
        assert!(ics.replace("\r\n ", "").contains("This is not legal advice."));
        assert_eq!(ics.matches("BEGIN:VEVENT").count(), made.deadlines.len());
        let mut uids: Vec<&str> = ics.split("\r\n").filter(|line| line.starts_with("UID:")).collect();
        uids.dedup();
        assert_eq!(uids.len(), made.deadlines.len());
    }
}
