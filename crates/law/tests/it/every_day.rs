//! Properties over every day from August 1993 to the end of 2027, and over the figures of a ballot.

use dated::Date;
use jiff::ToSpan as _;
use law::*;
use proptest::prelude::*;
use std::sync::LazyLock;

static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("rules"));

const FIRST: Date = Date::constant(1993, 8, 30);
const LAST: Date = Date::constant(2027, 12, 31);

fn every_day() -> impl Iterator<Item = Date> {
    FIRST.series(1.day()).take_while(|day| *day <= LAST)
}

fn poll(opened_on: Date, closed_on: Date) -> PollFacts {
    PollFacts { opened_on, closed_on, jurisdiction: Jurisdiction::GreatBritain, important_public_service: false, wales_devolved: false }
}

fn figures(poll: PollFacts, entitled: u64, yes: u64, no: u64, spoiled: u64) -> Figures {
    Figures {
        unit: "Unit".into(),
        question: "strike".into(),
        poll,
        entitled: Some(entitled),
        yes,
        no: Some(no),
        spoiled: Some(spoiled),
        blank: None,
        returned: None,
        valid: None,
    }
}

fn mandate_of(poll: PollFacts, agreements: Agreements) -> Mandate<'static> {
    let result = UnitResult::check(figures(poll, 100, 90, 5, 0)).expect("possible");
    let law = law_of_the_day(&BOOK, poll, agreements).expect("covered");
    judge_result(&result, &law).adopted().mandate.clone().expect("a mandate")
}

#[test]
fn every_day_has_one_law_and_every_date_of_it_hangs_together() {
    for day in every_day() {
        let closed = day;
        let opened = plus_days(day, -21).max(FIRST);
        let mandate = mandate_of(poll(opened, closed), Agreements::default());
        let notice = first_possible_notice(&BOOK, poll(opened, closed), ResultTold::On(closed), Agreements::default());
        let notice = notice.expect("covered").expect("a notice");
        assert!(notice.first_day() > closed && mandate.last_day() > notice.first_day(), "{day}");
        // The last day is the last: with everything else in order it is lawful, the next day is not.
        let last = mandate.last_day();
        let word = |day| judge_action(&mandate, &notice, &[ProposedAction::day(day)])[0].word();
        assert_eq!((word(last), word(plus_days(last, 1))), ("yes", "no"), "{day}");
        assert_eq!((word(notice.first_day()), word(plus_days(notice.first_day(), -1))), ("yes", "no"), "{day}");
        // Midnight of the last day: an action that ends there is lawful, one that runs an hour longer is not wholly so.
        let spanning = |end: &str| {
            let text = format!("{last}T20:00..{}T{end}", plus_days(last, 1));
            judge_action(&mandate, &notice, &[ProposedAction::parse(&text).expect("an action")])[0].clone()
        };
        assert_eq!(spanning("00:00").word(), "yes", "{day}");
        let longer = spanning("01:00");
        match mandate.kind() {
            TermKind::Expires => assert_eq!((longer.word(), longer.refused[0].0), ("part", plus_days(last, 1)), "{day}"),
            TermKind::MustBeginWithin => assert_eq!(longer.word(), "yes", "{day}"),
        }
    }
}

#[test]
fn notices_before_the_opening_are_counted_back_from_every_day() {
    for day in every_day() {
        for (due, days) in
            [(ballot_notice_due(&BOOK, Jurisdiction::GreatBritain, day), 7), (sample_paper_due(&BOOK, Jurisdiction::GreatBritain, day), 3)]
        {
            let due = due.expect("covered");
            assert_eq!(days_between(due.on, day), days);
            assert!(due.is_met_by(due.on) && !due.is_met_by(plus_days(due.on, 1)));
        }
    }
}

/// The day of the month by itself, written without the code under test: months have the days a calendar gives them.
fn day_before_corresponding(day: Date, months: i32) -> Date {
    let count = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + months;
    let (year, month) = ((count / 12) as i16, (count % 12 + 1) as i8);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    if day.day() > length {
        return Date::constant(year, month, length);
    }
    match (day.day(), month) {
        (1, 1) => Date::constant(year - 1, 12, 31),
        (1, 3) => Date::constant(year, 2, if leap { 29 } else { 28 }),
        (1, month) => Date::constant(year, month - 1, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 2]),
        (number, _) => Date::constant(year, month, number - 1),
    }
}

#[test]
fn a_mandate_of_months_ends_the_day_before_the_corresponding_date_on_every_day() {
    for day in every_day() {
        for months in [6, 9, 12] {
            assert_eq!(Length::Months(months).last_day(day), day_before_corresponding(day, months as i32), "{months} months from {day}");
        }
        for weeks in [4, 8] {
            assert_eq!(days_between(day, Length::Weeks(weeks).last_day(day)), weeks as i64 * 7 - 1);
        }
        // A later ballot never has an earlier last day.
        assert!(Length::Months(6).last_day(plus_days(day, 1)) >= Length::Months(6).last_day(day));
    }
}

#[test]
fn the_life_of_a_mandate_and_the_notice_change_on_their_days_and_no_others() {
    let mut changes = Vec::new();
    let mut before: Option<(String, String, String, String)> = None;
    for day in every_day() {
        let id = |key| BOOK.on(key, Jurisdiction::GreatBritain, day).expect("covered").rule.id.clone();
        let now = (id(Key::Mandate), id(Key::ActionNoticeDays), id(Key::TurnoutPercent), id(Key::Statement));
        if before.as_ref().is_some_and(|before| *before != now) {
            changes.push(day.to_string());
        }
        before = Some(now);
    }
    assert_eq!(changes, ["2000-09-18", "2005-04-06", "2017-03-01", "2026-02-18"]);
}

fn days() -> impl Strategy<Value = Date> {
    (0_i64..12_500).prop_map(|days| plus_days(FIRST, days))
}

fn counts() -> impl Strategy<Value = (u64, u64, u64, u64)> {
    (1_u64..3000, 0_u64..3000, 0_u64..3000, 0_u64..60).prop_map(|(entitled, yes, no, spoiled)| {
        let total = (yes + no + spoiled).max(1);
        let fit = |part: u64| if total > entitled { part * entitled / total } else { part };
        (entitled, fit(yes), fit(no), fit(spoiled))
    })
}

fn verdict(poll: PollFacts, entitled: u64, yes: u64, no: u64, spoiled: u64) -> Option<Judgment<'static>> {
    let result = UnitResult::check(figures(poll, entitled, yes, no, spoiled)).ok()?;
    let law = law_of_the_day(&BOOK, poll, Agreements::default()).ok()?;
    Some(judge_result(&result, &law))
}

proptest! {
    #[test]
    fn verdicts_follow_the_law_of_the_day_written_out(opened in days(), (entitled, yes, no, spoiled) in counts(), ips in any::<bool>()) {
        let poll = PollFacts { important_public_service: ips, ..poll(opened, plus_days(opened, 21)) };
        let judgment = verdict(poll, entitled, yes, no, spoiled).expect("judged");
        let text = opened.to_string();
        let (new, newest) = (text.as_str() >= "2017-03-01", text.as_str() >= "2026-02-18");
        let returned = yes + no + spoiled;
        let expected = (!new || 2 * returned >= entitled)
            && 2 * yes > if new { returned } else { yes + no }
            && (!new || newest || !ips || 10 * yes >= 4 * entitled);
        prop_assert_eq!(judgment.adopted().verdict == Verdict::Mandate, expected);
        // The adopted reading is the strictest.
        for reading in &judgment.readings {
            prop_assert!(judgment.adopted().verdict <= reading.verdict);
        }
    }

    #[test]
    fn one_more_yes_never_loses_and_one_more_no_never_wins_by_majority(opened in days(), (entitled, yes, no, spoiled) in counts()) {
        let poll = poll(opened, plus_days(opened, 21));
        if let (Some(before), Some(after)) = (verdict(poll, entitled, yes, no, spoiled), verdict(poll, entitled, yes + 1, no, spoiled)) {
            prop_assert!(after.adopted().verdict >= before.adopted().verdict);
        }
        // A No can lift turnout, but never turns a lost majority into a won one.
        let majority = |judged: &Judgment<'_>| judged.adopted().tests.iter().find(|test| test.figures.name() == "majority").map(|test| test.outcome == law::Outcome::Met);
        if let (Some(before), Some(after)) = (verdict(poll, entitled, yes, no, spoiled), verdict(poll, entitled, yes, no + 1, spoiled)) {
            prop_assert!(majority(&after) <= majority(&before));
        }
    }

    #[test]
    fn a_later_notice_never_allows_an_earlier_day_but_on_the_day_the_law_changed(received in days()) {
        let poll = poll(FIRST, FIRST);
        let first = |received| judge_notice(&BOOK, poll, ResultTold::NotStated, received, Agreements::default()).expect("covered").expect("a notice").first_day();
        let (today, tomorrow) = (first(received), first(plus_days(received, 1)));
        prop_assert_eq!(tomorrow < today, plus_days(received, 1) == Date::constant(2026, 2, 18));
    }

    #[test]
    fn no_day_is_called_lawful_before_the_notice_or_past_the_mandate(
        opened in days(), wait in 0_i64..400, from in -30_i64..500, long in 0_i64..40,
    ) {
        let poll = poll(opened, plus_days(opened, 21));
        let mandate = mandate_of(poll, Agreements::default());
        let received = plus_days(poll.closed_on, wait);
        let notice = judge_notice(&BOOK, poll, ResultTold::On(poll.closed_on), received, Agreements::default()).expect("covered").expect("a notice");
        let start = plus_days(poll.closed_on, from);
        let text = format!("{start}..{}", plus_days(start, long.max(1)));
        let action = ProposedAction::parse(&text).expect("an action");
        let judged = &judge_action(&mandate, &notice, &[action])[0];
        for day in &judged.lawful {
            prop_assert!(day.date() >= notice.first_day());
            prop_assert!(mandate.kind() == TermKind::MustBeginWithin || day.date() <= mandate.last_day());
        }
        if mandate.kind() == TermKind::MustBeginWithin && !judged.lawful.is_empty() {
            prop_assert!(judged.lawful[0].date() <= mandate.last_day());
        }
        let in_runs: i64 = judged.refused_runs().iter().map(|(first, last, ..)| days_between(*first, *last) + 1).sum();
        prop_assert_eq!(in_runs, i64::try_from(judged.refused.len()).unwrap_or(-1));
        prop_assert_eq!(judged.lawful.len() + judged.refused.len(), usize::try_from(days_between(action.first(), action.last())).unwrap_or(0) + 1);
    }

    #[test]
    fn backwards_is_the_inverse_of_forwards(want in (40_i64..12_000).prop_map(|days| plus_days(FIRST, days + 60)), voting in 1_u64..60, tell in 0_u64..4) {
        let wanted = WantedAction {
            jurisdiction: Jurisdiction::GreatBritain,
            strikes: vec![ProposedAction::day(want)],
            voting_days: voting,
            days_to_tell: tell,
            agreements: Agreements::default(),
        };
        let made = timetable_backwards(&BOOK, &wanted).expect("covered");
        prop_assert_eq!(made.strikes[0].word(), "yes");
        // One day later for the notice and the wanted day is lost, or the law changed in between.
        let received = made.facts.notice_received_on.expect("a notice");
        let poll = poll(made.facts.opens_on, made.facts.closes_on.expect("closes"));
        let later = judge_notice(&BOOK, poll, ResultTold::NotStated, plus_days(received, 1), Agreements::default()).expect("covered").expect("a notice");
        prop_assert!(later.first_day() > want);
    }
}

/// One valid ballot, one small change, the verdict flips, by the rule that the change touches.
#[test]
fn tweak_one_thing_and_the_verdict_flips() {
    let poll = poll(Date::constant(2022, 10, 6), Date::constant(2022, 11, 2));
    let ips = PollFacts { important_public_service: true, ..poll };
    let failed = |judgment: Judgment<'_>| -> Vec<String> {
        judgment.adopted().tests.iter().filter(|test| test.outcome != law::Outcome::Met).map(|test| test.rule.id.clone()).collect()
    };
    let table = [
        ("as it is", verdict(ips, 1000, 400, 99, 1), vec![]),
        ("one paper fewer", verdict(ips, 1000, 400, 99, 0), vec!["turnout.50"]),
        ("one Yes fewer, one No more", verdict(ips, 1000, 399, 100, 1), vec!["support.40"]),
        ("a tie", verdict(poll, 1000, 300, 300, 0), vec!["majority.297A"]),
        ("one more Yes than a tie", verdict(poll, 1000, 301, 300, 0), vec![]),
        ("one more Yes than a tie, one spoiled", verdict(poll, 1000, 301, 300, 1), vec!["majority.297A"]),
    ];
    for (tweak, judgment, expected) in table {
        assert_eq!(failed(judgment.expect("judged")), expected, "{tweak}");
    }
}

#[test]
fn one_unit_failing_never_touches_another() {
    let poll = poll(Date::constant(2022, 10, 6), Date::constant(2022, 11, 2));
    let law = law_of_the_day(&BOOK, poll, Agreements::default()).expect("covered");
    let result = |entitled| UnitResult::check(figures(poll, entitled, 60, 20, 0)).expect("possible");
    let alone = judge_result(&result(100), &law);
    let _ = judge_result(&result(1000), &law);
    let beside = judge_result(&result(100), &law);
    assert_eq!(alone.adopted().verdict, beside.adopted().verdict);
    assert_eq!(judge_result(&result(1000), &law).adopted().verdict, Verdict::NoMandate);
}
