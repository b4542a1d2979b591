//! Ballots and the law, against the rules.

use dispute::{PollKind, polls_of_record};
use law::{
    Agreements, Answers, Jurisdiction, RowDefaults, TimetableFacts, Verdict, WantedAction, judge_result, judge_units, law_of_the_day,
    timetable, timetable_backwards,
};

use crate::ask::{BOOK, FOUNDING, ask, ask_pairs, column, csv, date, file, founding, page};
use workspace::Answer;

fn defaults() -> RowDefaults {
    RowDefaults {
        opened_on: None,
        closed_on: None,
        jurisdiction: Jurisdiction::GreatBritain,
        important_public_service: false,
        wales_devolved: false,
    }
}

#[test]
fn verdicts_and_tests_are_those_of_the_law_of_the_day() {
    let mut judged = 0;
    for id in FOUNDING {
        let dispute = founding(id);
        let record = polls_of_record(&dispute, defaults(), &BOOK);
        let (mut verdicts, mut comparisons) = (Vec::new(), Vec::new());
        for poll in dispute.polls.iter().filter(|poll| poll.kind == PollKind::Statutory) {
            for (list, table, head) in [(&mut verdicts, "verdicts", "verdict"), (&mut comparisons, "tests", "comparison")] {
                let has_table = page(&dispute, "ballot").tables.iter().any(|known| known.id == format!("{table}-{}", poll.id));
                if has_table {
                    list.extend(column(&csv(&dispute, "ballot", &format!("{table}-{}", poll.id)), head));
                }
            }
        }
        let (mut wanted_verdicts, mut wanted_comparisons) = (Vec::new(), Vec::new());
        for result in &record.results {
            let law = law_of_the_day(&BOOK, result.figures().poll, Agreements::default()).expect("covered");
            let judgment = judge_result(result, &law);
            for reading in std::iter::once(judgment.adopted()).chain(judgment.beside()) {
                wanted_verdicts.push(reading.verdict.word().to_owned());
                wanted_comparisons.extend(reading.tests.iter().map(|test| test.figures.comparison().unwrap_or_default()));
            }
        }
        judged += record.results.len();
        assert_eq!(verdicts, wanted_verdicts, "{id}");
        assert_eq!(comparisons, wanted_comparisons, "{id}");
    }
    assert!(judged >= 4, "{judged} results were judged");
}

#[test]
fn the_departments_of_2004_won_then_and_would_lose_now() {
    let dispute = founding("civil-service-2004");
    let rows = csv(&dispute, "ballot", "then-and-now");
    assert!(column(&rows, "law of its day").iter().all(|verdict| verdict.starts_with("mandate")), "{rows:?}");
    let later = column(&rows, "law from 1 March 2017");
    assert!(later.iter().all(|verdict| verdict.starts_with("no mandate") && verdict.contains("turnout not met")), "{later:?}");
    let shown = page(&dispute, "ballot").body;
    assert!(shown.contains("not judged") && shown.contains("Treasury Solicitor"), "the department without a count is named");
    assert!(shown.contains("This is not legal advice"));
}

#[test]
fn the_timetable_is_that_of_the_library_and_its_calendar_too() {
    let dispute = founding("nhs-2014");
    let facts = TimetableFacts {
        jurisdiction: Jurisdiction::GreatBritain,
        opens_on: date("2027-01-11"),
        opening_known: true,
        closes_on: Some(date("2027-02-08")),
        told_on: None,
        notice_received_on: None,
        agreements: Agreements::default(),
        strikes: Vec::new(),
    };
    let made = timetable(&BOOK, facts).expect("covered");
    let address = "ballot?opens=2027-01-11&closes=8/2/2027";
    let rows = csv(&dispute, address, "timetable");
    assert_eq!(column(&rows, "date"), made.deadlines.iter().map(|deadline| deadline.date.to_string()).collect::<Vec<_>>());
    assert_eq!(column(&rows, "what"), made.deadlines.iter().map(|deadline| deadline.what.clone()).collect::<Vec<_>>());
    let ics = file(&dispute, &format!("{address}&file=calendar"));
    assert_eq!(ics.bytes, law::timetable_ics(&made, &BOOK, BOOK.checked_on()).into_bytes());
    let wanted = WantedAction {
        jurisdiction: Jurisdiction::NorthernIreland,
        strikes: vec![law::ProposedAction::day(date("2027-03-01"))],
        voting_days: 21,
        days_to_tell: 2,
        agreements: Agreements::default(),
    };
    let made = timetable_backwards(&BOOK, &wanted).expect("covered");
    let rows = csv(&dispute, "ballot?wants=2027-03-01&voting-days=21&days-to-tell=2&jurisdiction=NI", "timetable");
    assert_eq!(column(&rows, "date"), made.deadlines.iter().map(|deadline| deadline.date.to_string()).collect::<Vec<_>>());
}

#[test]
fn what_is_too_short_is_said() {
    let dispute = founding("nhs-2014");
    // Asked on 22 November 2026: a ballot that opens on the 26th, for which the employer should have had notice by now.
    let short = page(&dispute, "ballot?opens=2026-11-26&closes=2026-12-20&strike=2026-12-21");
    assert!(short.body.contains("too short by") && short.body.contains("Too short"), "{}", short.body);
    assert!(short.body.contains("Action on Mon 21 Dec 2026: too early"), "no notice can be received so soon");
    let late = page(&dispute, "ballot?opens=2027-01-11&closes=2027-02-08&ballot-notice-received=2027-01-10");
    assert!(late.body.contains("Ballot notice received Sun 10 Jan 2027: late"));
    let fine = page(&dispute, "ballot?opens=2027-01-11&closes=2027-02-08");
    assert!(!fine.body.contains("Too short"));
    let past = page(&dispute, "ballot?opens=2014-08-28&closes=2014-09-18");
    assert!(!past.body.contains("Too short"), "what is over cannot be late");
}

#[test]
fn wrong_fields_are_all_named_at_once() {
    let dispute = founding("nhs-2014");
    let wrong = page(&dispute, "ballot?opens=abc&voting-days=0&jurisdiction=FR&same-workplace=perhaps");
    assert!(wrong.is_refusal);
    for field in ["opens", "voting-days", "jurisdiction"] {
        assert!(wrong.body.contains(&format!("href=\"#{field}\"")), "{field}");
    }
    let turned = page(&dispute, "ballot?opens=2027-02-08&closes=2027-01-11");
    assert!(turned.is_refusal && turned.body.contains("before it opens"));
    let early = page(&dispute, "ballot?opens=1950-01-01&closes=1950-02-01");
    assert!(early.is_refusal && early.body.contains("Could not check"));
    assert!(ask(&dispute, "ballot?file=calendar").is_err(), "a calendar of nothing");
}

#[test]
fn one_ballot_or_many_is_what_the_library_says() {
    let dispute = founding("civil-service-2004");
    let record = polls_of_record(&dispute, defaults(), &BOOK);
    let options = judge_units(&BOOK, &record.results, Agreements::default(), &Answers::new()).expect("covered");
    let rows = csv(&dispute, "ballot", "units");
    let won = options.separate.iter().filter(|unit| unit.judgment.adopted().verdict == Verdict::Mandate).count();
    assert_eq!(column(&rows, "won")[0], won.to_string());
    assert_eq!(column(&rows, "lawful as one ballot?").last().map(String::as_str), Some("cannot-tell"));
    let answered = csv(&dispute, "ballot?same-workplace=yes", "units");
    assert_eq!(column(&answered, "lawful as one ballot?").last().map(String::as_str), Some("yes"));
}

#[test]
fn what_may_come_is_asked_of_the_results_of_record_or_of_a_pasted_list() {
    let dispute = founding("civil-service-2004");
    let form = page(&dispute, "ballot").body;
    assert!(form.contains("unit,entitled,last_turnout"), "the results of record stand in the form");
    let pairs = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let list = "unit,entitled,last_turnout\nA,1000,55.1\nB,500,70\nC,2000,30\n";
    let asked = pairs(&[("forecast-opens", "2026-03-02"), ("turnouts", list)]);
    let Ok(Answer::Page(shown)) = ask_pairs(&dispute, "ballot", &asked) else { panic!("a page") };
    let table = shown.tables.iter().find(|table| table.id == "forecast").expect("the table");
    let shares: Vec<&str> = table.rows.iter().map(|row| row[7].exact.as_deref().unwrap_or_default()).collect();
    let faults = dated::Faults::new();
    let units = law::read_earlier_turnouts("list", &dated::FileBytes::Read(list.into()), &[], &faults);
    let swing = law::Swing::built_in().expect("moves");
    let (made, _) = law::forecast_on(&BOOK, &units, &swing, Jurisdiction::GreatBritain, date("2026-03-02")).expect("covered");
    let wanted: Vec<String> =
        made.units.iter().chain([&made.together]).map(|range| made.percent_of_moves(range).expect("a share").to_fixed(1)).collect();
    assert_eq!(shares, wanted);
    assert!(shown.body.contains("all 3,500 or none") && shown.body.contains("On the average of the 271 observed moves"));
    // Every fault of a list at once, each in its field; a swing of one's own has no shares.
    let bad = pairs(&[("turnouts", "unit,entitled,last_turnout\nA,none,55\nB,100,130\n")]);
    let Ok(Answer::Page(refused)) = ask_pairs(&dispute, "ballot", &bad) else { panic!("a page") };
    assert!(refused.is_refusal && refused.body.matches("href=\"#turnouts\"").count() == 2, "both lines are named");
    assert!(refused.body.contains("href=\"#forecast-opens\""), "and the missing day");
    let own = pairs(&[("forecast-opens", "2026-03-02"), ("turnouts", list), ("down", "6"), ("up", "6")]);
    let Ok(Answer::Page(shown)) = ask_pairs(&dispute, "ballot", &own) else { panic!("a page") };
    assert!(!shown.body.contains("observed moves pass") && shown.body.contains("said to fall by at most 6"));
}
