//! Runs `tests/cases/*.toml` and reports each case by its title.

use dated::{Date, Faults, FileBytes, Table, TomlFile};
use law::*;

const WORKED: &str = include_str!("../cases/worked_cases.toml");

/// What a case says, and what came out: both as words, so that a failure reads like the file.
struct Outcome {
    title: String,
    differences: Vec<String>,
}

#[test]
fn every_worked_case_comes_out_as_written() {
    let faults = Faults::new();
    let toml = TomlFile::read("worked_cases.toml", &FileBytes::Read(WORKED.into()), &faults).expect("text");
    let outcomes = toml.with_root(&faults, |root| {
        let mut outcomes = root.list("case", |case, _| Some(run_case(case)));
        outcomes.extend(root.list("day", |day, _| Some(run_day(day))));
        outcomes
    });
    assert_eq!(faults.into_sorted(), [], "the case file itself has faults");
    assert!(outcomes.len() >= 40, "only {} cases were read", outcomes.len());
    let failed: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.differences.is_empty())
        .map(|outcome| format!("{}\n    {}", outcome.title, outcome.differences.join("\n    ")))
        .collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n  {}", failed.len(), outcomes.len(), failed.join("\n  "));
}

struct Given {
    poll: PollFacts,
    agreements: Agreements,
    figures: Option<Figures>,
    told: ResultTold,
    received: Option<Date>,
    action: Vec<ProposedAction>,
    repealed_from: Option<Date>,
    ballot_notice: Vec<String>,
    sample_paper: Vec<String>,
    what: Option<String>,
}

fn read_given(table: &Table<'_>) -> Given {
    let opened_on = table.date("opened").expect("opened");
    let poll = PollFacts {
        opened_on,
        closed_on: table.optional_date("closed").unwrap_or(opened_on),
        jurisdiction: table.optional_choice("jurisdiction", &Jurisdiction::NAMES).unwrap_or_default(),
        important_public_service: table.optional_bool("important_public_service").unwrap_or(false),
        wales_devolved: table.optional_bool("wales_devolved").unwrap_or(false),
    };
    let (entitled, yes) = (table.optional_count("entitled"), table.optional_count("yes"));
    let (no, spoiled) = (table.optional_count("no"), table.optional_count("spoiled"));
    let figures = yes.map(|yes| Figures {
        unit: "Unit".into(),
        question: "strike".into(),
        poll,
        entitled,
        yes,
        no,
        spoiled,
        blank: None,
        returned: None,
        valid: None,
    });
    let days = |key: &str| table.written(key).map(|text| text.split("; ").map(str::to_owned).collect()).unwrap_or_default();
    Given {
        poll,
        agreements: Agreements {
            weeks: table.optional_count("agreed_weeks"),
            months: table.optional_count("agreed_months"),
            notice_days: table.optional_count("agreed_notice_days"),
        },
        figures,
        told: table.optional_date("told").map_or(ResultTold::NotStated, ResultTold::On),
        received: table.optional_date("received"),
        action: table.texts("action").iter().map(|text| ProposedAction::parse(text).expect("an action")).collect(),
        repealed_from: table.optional_date("repealed_from"),
        ballot_notice: days("ballot_notice"),
        sample_paper: days("sample_paper"),
        what: table.optional_text("what"),
    }
}

/// Compares the words of the case file with the words that came out.
fn compare(then: &Table<'_>, key: &str, found: Option<String>, differences: &mut Vec<String>) {
    if then.has(key) {
        let expected = then.written(key).unwrap_or_default();
        let found = found.unwrap_or_else(|| "nothing".to_owned());
        if expected != found {
            differences.push(format!("{key}: the case says {expected}, found {found}"));
        }
    }
}

fn dates(days: impl IntoIterator<Item = Date>) -> String {
    days.into_iter().map(|day| day.to_string()).collect::<Vec<_>>().join("; ")
}

fn run_case(case: &Table<'_>) -> Outcome {
    let title = case.text("title").expect("title");
    let _ = case.text("why");
    let given = case.optional_table("given", read_given).expect("given");
    let differences = case.optional_table("then", |then| judge_case(&given, then)).expect("then");
    Outcome { title, differences }
}

fn judge_case(given: &Given, then: &Table<'_>) -> Vec<String> {
    let mut book = Rulebook::built_in().expect("rules");
    if let Some(from) = given.repealed_from {
        book.set_switch("turnout_threshold_repealed_from", from).expect("a switch");
    }
    let mut differences = Vec::new();
    let in_time = |due: Due<'_>, days: &[String]| {
        let word = |day: &String| if due.is_met_by(dated::parse_date(day).expect("a date")) { "in time" } else { "late" };
        days.iter().map(word).collect::<Vec<_>>().join("; ")
    };
    let (jurisdiction, opened_on) = (given.poll.jurisdiction, given.poll.opened_on);
    if !given.ballot_notice.is_empty() {
        let notice = ballot_notice_due(&book, jurisdiction, opened_on).expect("covered");
        let sample = sample_paper_due(&book, jurisdiction, opened_on).expect("covered");
        compare(then, "ballot_notice", Some(in_time(notice, &given.ballot_notice)), &mut differences);
        compare(then, "sample_paper", Some(in_time(sample, &given.sample_paper)), &mut differences);
        return differences;
    }
    let result = UnitResult::check(given.figures.clone().expect("figures")).expect("possible figures");
    let law = match law_of_the_day(&book, given.poll, given.agreements) {
        Ok(law) => law,
        Err(_) => {
            compare(then, "verdict", Some("could-not-check".into()), &mut differences);
            return differences;
        }
    };
    let judgment = judge_result(&result, &law);
    let adopted = judgment.adopted();
    compare(then, "verdict", Some(adopted.verdict.word().into()), &mut differences);
    // Every case says whether it is provisional: if not in words, then it must not be.
    let provisional = then.optional_bool("provisional").unwrap_or(false);
    if provisional != judgment.is_provisional() {
        differences.push(format!("provisional: the case says {provisional}"));
    }
    let failed: Vec<String> =
        adopted.tests.iter().filter(|test| test.outcome == law::Outcome::NotMet).map(|test| test.rule.id.clone()).collect();
    let expected = if then.has("failed") { then.texts("failed") } else { Vec::new() };
    if failed != expected {
        differences.push(format!("failed: the case says {expected:?}, found {failed:?}"));
    }
    let shown = adopted.tests.first().and_then(|test| test.figures.percent_shown());
    compare(then, "shown", shown, &mut differences);
    compare(then, "last_day", adopted.mandate.as_ref().map(|mandate| mandate.last_day().to_string()), &mut differences);
    let notice = match given.received {
        Some(received) => judge_notice(&book, given.poll, given.told, received, given.agreements).expect("covered"),
        None => first_possible_notice(&book, given.poll, given.told, given.agreements).expect("covered"),
    };
    if then.optional_bool("no_notice").unwrap_or(false) != notice.is_err() {
        differences.push(format!("the notice: {notice:?}"));
    }
    let Ok(notice) = notice else { return differences };
    let earliest =
        |mandate: Option<&Mandate<'_>>| mandate.and_then(|mandate| earliest_action(mandate, &notice)).map(|day| day.date().to_string());
    compare(then, "earliest", earliest(adopted.mandate.as_ref()), &mut differences);
    let other = judgment.other();
    compare(then, "other", other.map(|other| other.verdict.word().to_owned()), &mut differences);
    let other_mandate = other.and_then(|other| other.mandate.as_ref());
    compare(then, "other_last_day", other_mandate.map(|mandate| mandate.last_day().to_string()), &mut differences);
    compare(then, "other_earliest", earliest(other_mandate), &mut differences);
    if let Some(mandate) = &adopted.mandate {
        let judged = judge_action(mandate, &notice, &given.action);
        let words = judged.iter().map(JudgedAction::word).collect::<Vec<_>>().join("; ");
        compare(then, "action", Some(words), &mut differences);
        let lawful = dates(judged.iter().flat_map(|action| action.lawful.iter().map(|day| day.date())));
        compare(then, "lawful", Some(lawful), &mut differences);
        compare(
            then,
            "refused",
            Some(dates(judged.iter().flat_map(|action| action.refused.iter().map(|(day, ..)| *day)))),
            &mut differences,
        );
    }
    differences
}

fn run_day(day: &Table<'_>) -> Outcome {
    let title = day.text("title").expect("title");
    let given = day.optional_table("given", read_given).expect("given");
    let book = Rulebook::built_in().expect("rules");
    let poll = given.poll;
    let found = match given.what.as_deref() {
        Some("ballot-notice") => ballot_notice_due(&book, poll.jurisdiction, poll.opened_on).expect("covered").on,
        Some("sample-paper") => sample_paper_due(&book, poll.jurisdiction, poll.opened_on).expect("covered").on,
        Some("earliest") => {
            let received = given.received.expect("received");
            judge_notice(&book, poll, given.told, received, given.agreements).expect("covered").expect("a notice").first_day()
        }
        Some(what) => {
            let facts = TimetableFacts {
                opening_known: true,
                jurisdiction: poll.jurisdiction,
                opens_on: poll.opened_on,
                closes_on: Some(poll.closed_on),
                told_on: None,
                notice_received_on: None,
                agreements: given.agreements,
                strikes: Vec::new(),
            };
            let made = timetable(&book, facts).expect("covered");
            let name = if what == "last-day" { "last-lawful-day" } else { what };
            made.deadlines.iter().find(|deadline| deadline.kind.name() == name).expect("such a deadline").date
        }
        None => panic!("{title}: says not what"),
    };
    let expected = day.date("then").expect("then");
    let differences = if found == expected { Vec::new() } else { vec![format!("the case says {expected}, found {found}")] };
    Outcome { title, differences }
}
