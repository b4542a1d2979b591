//! `whitley law replay`: real ballots judged again.

use clap::{Args, ValueEnum};
use dated::{Date, Faults, NotCovered};
use law::{
    Agreements, Jurisdiction, Key, Replayed, Rulebook, UnitResult, Verdict, count_verdict, judge_result, law_of_the_day, percent_of,
    read_departments_2004, replay_ucu, weekday_date,
};
use serde_json::{Value, json};

use super::timetable::could_not_check;
use super::{Cited, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct ReplayArguments {
    /// Which ballots
    which: Which,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// 1,000 results by institution, 2018 to 2021: separately and together
    Ucu,
    /// The departments of January 2004: then, under the law of 2017 to 2026, and under the latest rules
    #[value(name = "civil-service-2004")]
    CivilService2004,
}

pub(crate) fn run(arguments: &ReplayArguments, book: &Rulebook, as_json: bool) -> Outcome {
    match arguments.which {
        Which::Ucu => match replay_ucu(book) {
            Ok(Ok(replayed)) => ucu(&replayed, book, as_json),
            Ok(Err(not_covered)) => could_not_check(&not_covered, book, as_json),
            Err(faults) => refuse(&faults, as_json),
        },
        Which::CivilService2004 => {
            let faults = Faults::new();
            let departments = read_departments_2004(&faults);
            if faults.error_count() > 0 {
                return refuse(&faults.into_sorted(), as_json);
            }
            match departments_2004(&departments, book, as_json) {
                Ok(()) => Outcome::Yes,
                Err(not_covered) => could_not_check(&not_covered, book, as_json),
            }
        }
    }
}

fn ucu(replayed: &[Replayed<'_>], book: &Rulebook, as_json: bool) -> Outcome {
    let mut cited = Cited::default();
    let mut table = Table::new(&[
        "Ballot",
        "Question",
        "Law",
        ">Units",
        ">Win",
        ">Lose",
        ">Cannot tell",
        "Together",
        ">Returned",
        ">Entitled",
        ">Turnout",
        ">Yes",
    ]);
    let mut rows: Vec<Value> = Vec::new();
    for ballot in replayed {
        cited.extend(ballot.options.rules.iter().copied());
        let count = |verdict| count_verdict(&ballot.options.separate, &ballot.question, verdict).0;
        let (won, lost, open) = (count(Verdict::Mandate), count(Verdict::NoMandate), count(Verdict::CannotTell));
        let Some(together) = ballot.options.together.first() else { continue };
        let (verdict, provisional) = (together.judgment.adopted().verdict, together.judgment.is_provisional());
        let figures = together.result.figures();
        let entitled = figures.entitled.map_or_else(|| "unknown".to_owned(), |entitled| entitled.to_string());
        let shown = figures.entitled.and_then(|entitled| percent_of(together.result.returned(), entitled));
        let units = ballot.options.separate.len();
        let name = (ballot.ballot.clone(), ballot.question.clone());
        table.row(
            [name.0, name.1, ballot.jurisdiction.short().to_owned()]
                .into_iter()
                .chain([units, won, lost, open].map(|number| number.to_string()))
                .chain([format!("{}{}", verdict.word(), if provisional { ", provisional" } else { "" })])
                .chain([together.result.returned().to_string(), entitled])
                .chain([shown.as_ref().map_or_else(String::new, |shown| format!("{shown}%")), figures.yes.to_string()]),
        );
        rows.push(json!({
            "ballot": ballot.ballot, "question": ballot.question, "jurisdiction": ballot.jurisdiction.short(),
            "units": units, "won": won, "lost": lost, "cannot_tell": open,
            "provisional": ballot.options.separate.iter().filter(|unit| unit.judgment.is_provisional()).count(),
            "together": {"verdict": verdict.word(), "provisional": provisional, "returned": together.result.returned(),
                "entitled": figures.entitled, "yes": figures.yes, "percent_shown": shown},
        }));
    }
    if as_json {
        print_json(&with_closing(json!({ "ballots": rows, "source": "MOREY-UCU-2021" }), book, &cited));
        return Outcome::Yes;
    }
    let mut text = table.text();
    text.push_str(
        "\nEach institution by the law of its day and place. Together: as if all institutions under one law had been one ballot;\n\
         whether that would have been lawful turns on section 228A, which these data do not show.\n\
         Figures: R. Morey, UCU ballots per institution, from scrutineers’ reports (MOREY-UCU-2021). In 2018 and 2021 only the papers\n\
         returned and the Yes votes were published; ballot days are from general knowledge and do not change a verdict.\n",
    );
    if replayed.iter().any(|ballot| ballot.jurisdiction == Jurisdiction::NorthernIreland) {
        text.push_str(
            "Northern Ireland: no turnout or support test; where valid votes are not published, more than half of all papers decides.\n",
        );
    }
    text.push_str(&cited.text(book));
    print(&text);
    Outcome::Yes
}

fn departments_2004(departments: &[UnitResult], book: &Rulebook, as_json: bool) -> Result<(), NotCovered> {
    let mut cited = Cited::default();
    let mut rows = Vec::new();
    // Their own day, the first day of each later law on mandates, and the day the rules were checked.
    let Some(then) = departments.first().map(|department| department.figures().poll.opened_on) else { return Ok(()) };
    let later = book.rules().filter(|rule| rule.key == Key::Mandate && rule.jurisdiction == Jurisdiction::GreatBritain);
    let mut days: Vec<Date> = later.filter_map(|rule| rule.from).filter(|from| *from > then).chain([then, book.checked_on()]).collect();
    days.sort_unstable();
    let laws: Vec<String> = days.iter().map(|day| format!("Law of {}", weekday_date(*day))).collect();
    let headings: Vec<&str> =
        ["Department", ">Entitled", ">Votes", ">Turnout", ">Yes"].into_iter().chain(laws.iter().map(String::as_str)).collect();
    let mut table = Table::new(&headings);
    for department in departments {
        let mut verdicts = Vec::new();
        for day in days.iter().copied() {
            let moved = department.clone().as_if_held(day);
            let law = law_of_the_day(book, moved.figures().poll, Agreements::default())?;
            cited.extend(law.rules());
            let judgment = judge_result(&moved, &law);
            let failed: Vec<&str> = judgment
                .adopted()
                .tests
                .iter()
                .filter(|test| test.outcome != law::Outcome::Met)
                .map(|test| test.rule.id.as_str())
                .collect();
            verdicts.push((day, judgment.adopted().verdict, judgment.is_provisional(), failed.join(", ")));
        }
        let figures = department.figures();
        let entitled = figures.entitled.unwrap_or(0);
        let shown = percent_of(department.returned(), entitled).unwrap_or_default();
        let words = verdicts.iter().map(|(_, verdict, provisional, failed)| {
            let provisional = if *provisional { ", provisional" } else { "" };
            if failed.is_empty() {
                format!("{}{provisional}", verdict.word())
            } else {
                format!("{}{provisional} ({failed})", verdict.word())
            }
        });
        table.row(
            [figures.unit.clone(), entitled.to_string(), department.returned().to_string(), format!("{shown}%"), figures.yes.to_string()]
                .into_iter()
                .chain(words),
        );
        rows.push(json!({
            "unit": figures.unit, "question": figures.question, "entitled": entitled, "returned": department.returned(), "yes": figures.yes,
            "verdicts": verdicts.iter().map(|(day, verdict, provisional, failed)| json!({
                "law_of": day.to_string(), "verdict": verdict.word(), "provisional": provisional, "failed": failed,
            })).collect::<Vec<_>>(),
        }));
    }
    if as_json {
        print_json(&with_closing(json!({ "units": rows }), book, &cited));
        return Ok(());
    }
    let mut text = table.text();
    text.push_str(
        "\nEntitled is the rounded figure reported before the ballot; votes are Yes and No added up, spoiled papers were not published.\n\
         The opening day is not in the data; the law was the same throughout. Sources: SOCPARTY-2004, BBC-2003-12-22.\n",
    );
    text.push_str(&cited.text(book));
    print(&text);
    Ok(())
}
