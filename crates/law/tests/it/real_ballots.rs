//! Real results: 1,000 by institution, the departments of 2004, and the forecast range tried on what really came.

use std::collections::BTreeMap;

use dated::{Date, Faults, Ratio};
use law::*;

fn book() -> Rulebook {
    Rulebook::built_in().expect("rules")
}

#[test]
fn l90_a_thousand_results_by_institution_are_judged_separately_and_together() {
    let book = book();
    let replayed = replay_ucu(&book).expect("readable").expect("covered");
    let rows: usize = replayed.iter().map(|ballot| ballot.options.separate.len()).sum();
    assert_eq!(rows, 1000);
    let line = |ballot: &Replayed<'_>| {
        let count = |verdict| count_verdict(&ballot.options.separate, &ballot.question, verdict).0;
        let together = ballot.options.together[0].judgment.adopted().verdict.word();
        let counts = (count(Verdict::Mandate), count(Verdict::NoMandate), count(Verdict::CannotTell));
        (format!("{} {} {}", ballot.ballot, ballot.question, ballot.jurisdiction.short()), counts, together)
    };
    let found: Vec<_> = replayed.iter().map(line).collect();
    let expected = [
        ("2018 pension short_of_strike GB", (59, 7, 0), "mandate"),
        ("2018 pension short_of_strike NI", (2, 0, 0), "mandate"),
        ("2018 pension strike GB", (59, 7, 0), "mandate"),
        ("2018 pension strike NI", (2, 0, 0), "mandate"),
        ("2019 pay short_of_strike GB", (55, 94, 0), "no-mandate"),
        ("2019 pay short_of_strike NI", (2, 0, 0), "mandate"),
        ("2019 pay strike GB", (54, 95, 0), "no-mandate"),
        ("2019 pay strike NI", (2, 0, 0), "mandate"),
        ("2019 pension short_of_strike GB", (44, 22, 0), "mandate"),
        ("2019 pension short_of_strike NI", (2, 0, 0), "mandate"),
        ("2019 pension strike GB", (44, 22, 0), "mandate"),
        ("2019 pension strike NI", (2, 0, 0), "mandate"),
        ("2021 pay short_of_strike GB", (57, 84, 0), "mandate"),
        ("2021 pay short_of_strike NI", (3, 1, 0), "mandate"),
        ("2021 pay strike GB", (52, 89, 0), "mandate"),
        ("2021 pay strike NI", (2, 2, 0), "mandate"),
        ("2021 pension short_of_strike GB", (35, 31, 0), "mandate"),
        ("2021 pension short_of_strike NI", (2, 0, 0), "mandate"),
        ("2021 pension strike GB", (35, 31, 0), "mandate"),
        ("2021 pension strike NI", (2, 0, 0), "mandate"),
    ];
    assert_eq!(found, expected.map(|(name, counts, together)| (name.to_owned(), counts, together)));
}

#[test]
fn l91_the_departments_of_2004_were_lawful_then_and_fail_a_turnout_test_later() {
    let book = book();
    let faults = Faults::new();
    let departments = read_departments_2004(&faults);
    assert_eq!((departments.len(), faults.error_count()), (4, 0));
    for department in departments {
        let judge = |result: &UnitResult| {
            let law = law_of_the_day(&book, result.figures().poll, Agreements::default()).expect("covered");
            let judgment = judge_result(result, &law);
            let failed: Vec<String> =
                judgment.adopted().tests.iter().filter(|test| test.outcome == Outcome::NotMet).map(|test| test.rule.id.clone()).collect();
            (judgment.adopted().verdict, failed)
        };
        assert_eq!(judge(&department), (Verdict::Mandate, vec![]));
        for later in [Date::constant(2017, 3, 1), Date::constant(2022, 10, 6), Date::constant(2026, 2, 17)] {
            assert_eq!(judge(&department.clone().as_if_held(later)), (Verdict::NoMandate, vec!["turnout.50".to_owned()]), "{later}");
        }
    }
}

/// Turnout by year, dispute and institution: returned and entitled.
fn turnouts() -> BTreeMap<(String, String), (u64, u64)> {
    let faults = Faults::new();
    let groups = read_ucu(&faults);
    assert_eq!(faults.error_count(), 0);
    let of_strikes = groups.into_iter().filter(|((_, question, _), _)| question == "strike");
    of_strikes
        .flat_map(|((ballot, ..), results)| {
            results.into_iter().filter_map(move |result| {
                Some(((ballot.clone(), result.figures().unit.clone()), (result.returned(), result.figures().entitled?)))
            })
        })
        .collect()
}

const PAIRS: [(&str, &str); 3] = [("2018 pension", "2019 pension"), ("2019 pension", "2021 pension"), ("2019 pay", "2021 pay")];

fn changes(turnouts: &BTreeMap<(String, String), (u64, u64)>, pair: (&str, &str)) -> Vec<Ratio> {
    let percent = |(returned, entitled): (u64, u64)| Ratio::new(i128::from(returned) * 100, i128::from(entitled));
    let in_first = turnouts.iter().filter(|((ballot, _), _)| ballot == pair.0);
    in_first
        .filter_map(|((_, unit), before)| Some(percent(*turnouts.get(&(pair.1.to_owned(), unit.clone()))?) - percent(*before)))
        .collect()
}

/// The value below or at which that many of a hundred lie.
fn quantile(mut values: Vec<Ratio>, percent: usize) -> Ratio {
    values.sort();
    values[(values.len() * percent).div_ceil(100).max(1) - 1]
}

#[test]
fn l54_the_observed_moves_are_those_of_the_data() {
    let turnouts = turnouts();
    let all: Vec<Ratio> = PAIRS.iter().flat_map(|pair| changes(&turnouts, *pair)).collect();
    assert_eq!(all.len(), 271);
    let swing = Swing::parse("turnout-swing.toml", BUILT_IN_SWING).expect("readable");
    let tenths = Ratio::whole(10);
    let (low, high) = (quantile(all.clone(), 10), quantile(all, 90));
    assert_eq!(swing.low * tenths, Ratio::new((low * tenths).floor(), 1), "low is {}", low.to_fixed(3));
    assert_eq!(swing.high * tenths, Ratio::new((high * tenths).ceiling(), 1), "high is {}", high.to_fixed(3));
    let mut moves: Vec<Ratio> = all_moves().iter().map(|moved| moved.rounded(2)).collect();
    moves.sort();
    assert_eq!(swing.moves, moves);
}

fn all_moves() -> Vec<Ratio> {
    let turnouts = turnouts();
    PAIRS.iter().flat_map(|pair| changes(&turnouts, *pair)).collect()
}

/// Back-test: each ballot forecast from the one before it, with the moves of the *other* pairs only.
#[test]
fn l54_what_really_came_lay_within_the_forecast() {
    let turnouts = turnouts();
    for pair in PAIRS {
        let others: Vec<Ratio> = PAIRS.iter().filter(|other| **other != pair).flat_map(|other| changes(&turnouts, *other)).collect();
        let (low, high) = (quantile(others.clone(), 10), quantile(others.clone(), 90));
        let swing = Swing { low, high, moves: others, text: String::new(), source: String::new() };
        let mut earlier = Vec::new();
        let mut really_passed = 0;
        let mut really_returned = 0;
        for ((_, unit), (returned, entitled)) in turnouts.iter().filter(|((ballot, _), _)| ballot == pair.0) {
            let Some((now_returned, now_entitled)) = turnouts.get(&(pair.1.to_owned(), unit.clone())) else { continue };
            let last = Ratio::new(i128::from(*returned) * 100, i128::from(*entitled));
            earlier.push(EarlierTurnout { unit: unit.clone(), entitled: *now_entitled, turnouts: vec![last] });
            really_passed += usize::from(now_returned * 2 >= *now_entitled);
            really_returned += now_returned;
        }
        let made = forecast(&earlier, &swing, 50);
        let [low, _, high] = made.passing();
        assert!((low..=high).contains(&really_passed), "{pair:?}: {really_passed} passed, forecast {low} to {high} of {}", earlier.len());
        let [low, _, high] = made.together.returned;
        assert!((low..=high).contains(&really_returned), "{pair:?}: {really_returned} returned, forecast {low} to {high}");
        // The shares are no better than the observed moves of other ballots can be: within an eighth of the units (docs/spec/law.md L55).
        let expected = made.expected().expect("moves were observed").units;
        let missed = (expected - Ratio::new(i128::try_from(really_passed).expect("few"), 1)).abs();
        let units = Ratio::new(i128::try_from(earlier.len()).expect("few"), 1);
        assert!(missed * Ratio::whole(8) <= units, "{pair:?}: {really_passed} passed, {} expected", expected.to_fixed(1));
        // And the range is no empty promise: it leaves some units decided.
        assert!(made.units.iter().any(|unit| unit.chance != Chance::Open), "{pair:?}");
    }
}
