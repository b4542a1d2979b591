//! The gate of comparators: real rulings as facts, dates on either side of each change, and what must never be said.

use dated::{Date, FileBytes, parse_date};
use law::*;
use proptest::prelude::*;

fn book() -> EqualPayBook {
    EqualPayBook::built_in().expect("the built-in rules have no fault")
}

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

fn other_employer(body: Option<&str>, could_put_right: Option<bool>) -> Employment {
    Employment { associated: Some(false), body: body.map(str::to_owned), could_put_right, ..Employment::default() }
}

fn standing(lodged: &str, employment: &Employment) -> Standing {
    judge_comparator(&book(), Nation::EnglandWales, day(lodged), employment).expect("covered").standing
}

/// Armstrong v Newcastle upon Tyne NHS Hospital Trust [2005] EWCA Civ 1608: domestics of one trust, men of another, Whitley terms.
#[test]
fn the_facts_of_armstrong_are_refused_whatever_is_said_of_the_whitley_council() {
    for could in [None, Some(false), Some(true)] {
        for name in ["Whitley Council", "whitley council", "whitley-council"] {
            let book = book();
            let employment = other_employer(Some(name), could);
            let found = judge_comparator(&book, Nation::EnglandWales, day("2003-10-01"), &employment).expect("covered");
            assert_eq!(found.standing, Standing::BargainingOnly);
            assert!(!found.standing.may_be_pleaded());
            assert!(found.why.join(" ").contains("single source not shown"), "{:?}", found.why);
            assert!(found.body.expect("the ruling").source.contains("Armstrong"));
        }
    }
    // Robertson v DEFRA: two departments.
    assert_eq!(standing("2004-05-01", &other_employer(Some("the Crown"), Some(true))), Standing::BargainingOnly);
    // Her own trust is another matter.
    let own = Employment { same_employer: true, same_establishment: Some(true), ..Employment::default() };
    assert_eq!(standing("2003-10-01", &own), Standing::SameEmployer);
}

#[test]
fn a_single_source_is_arguable_only_from_lawrence_on_and_only_if_it_could_put_things_right() {
    let said = other_employer(Some("a holding body (invented)"), Some(true));
    assert_eq!(standing("2002-09-16", &said), Standing::BargainingOnly);
    assert_eq!(standing("2002-09-17", &said), Standing::SingleSourceArguable);
    assert_eq!(standing("2024-01-01", &said), Standing::SingleSourceArguable);
    for not_said in [None, Some(false)] {
        assert_eq!(standing("2024-01-01", &other_employer(Some("a holding body (invented)"), not_said)), Standing::BargainingOnly);
    }
    assert_eq!(standing("2024-01-01", &other_employer(None, Some(true))), Standing::BargainingOnly);
    let cited = |lodged: &str| {
        let book = book();
        let found = judge_comparator(&book, Nation::Scotland, day(lodged), &said).expect("covered");
        found.rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(cited("2023-12-31"), ["same-employment.2010", "single-source.lawrence"]);
    assert_eq!(cited("2024-01-01"), ["same-employment.2010", "single-source.2024"]);
    assert_eq!(cited("2010-09-30"), ["same-employment.1970", "single-source.lawrence"]);
}

#[test]
fn establishments_apart_need_common_terms() {
    let with = |same_employer, same_establishment, common_terms| {
        let employment = Employment { same_employer, associated: Some(true), same_establishment, common_terms, ..Employment::default() };
        standing("2026-11-21", &employment)
    };
    assert_eq!(with(true, Some(true), None), Standing::SameEmployer);
    assert_eq!(with(true, Some(false), Some(true)), Standing::SameEmployer);
    assert_eq!(with(true, Some(false), None), Standing::SameEmployerTermsToShow);
    assert_eq!(with(true, None, None), Standing::SameEmployerTermsToShow);
    assert_eq!(with(false, Some(false), Some(false)), Standing::AssociatedTermsToShow);
    assert_eq!(with(false, None, Some(true)), Standing::Associated);
}

#[test]
fn arrears_go_back_by_nation_and_by_the_day_of_lodging() {
    let book = book();
    let from = |nation, lodged: &str| {
        let window = claim_window(&book, nation, day(lodged)).expect("covered");
        (window.arrears_from.to_string(), window.arrears_from_other_reading.map(|from| from.to_string()))
    };
    // Carlisle: lodged in August 1997; two years in the Act, six after Levez.
    assert_eq!(from(Nation::EnglandWales, "1997-08-15"), ("1995-08-15".into(), Some("1991-08-15".into())));
    assert_eq!(from(Nation::EnglandWales, "2003-07-18"), ("2001-07-18".into(), Some("1997-07-18".into())));
    assert_eq!(from(Nation::EnglandWales, "2003-07-19"), ("1997-07-19".into(), None));
    assert_eq!(from(Nation::Scotland, "2003-07-19"), ("1998-07-19".into(), None));
    assert_eq!(from(Nation::Scotland, "2024-02-29"), ("2019-02-28".into(), None));
    assert!(claim_window(&book, Nation::NorthernIreland, day("2020-01-01")).is_err());
    assert!(judge_comparator(&book, Nation::NorthernIreland, day("2020-01-01"), &Employment::default()).is_err());
    assert!(claim_window(&book, Nation::EnglandWales, day("1975-12-28")).is_err());
}

#[test]
fn six_months_after_leaving_are_counted_from_the_last_day() {
    let book = book();
    let left = |lodged: &str| claim_window(&book, Nation::EnglandWales, day(lodged)).expect("covered").left_on_or_after.to_string();
    // Left 22 May: the six months that begin with that day end on 21 November.
    assert_eq!(left("2026-11-21"), "2026-05-22");
    // Left 31 August: no 31 February, so until its last day.
    assert_eq!(left("2026-02-28"), "2025-08-29");
    assert_eq!(left("2026-03-01"), "2025-09-02");
}

#[test]
fn faults_of_the_rules_are_all_found() {
    let text = BUILT_IN_EQUAL_PAY
        .replacen("until = 2003-07-19", "until = 2003-07-20", 1)
        .replacen("nations = [\"scotland\"]", "nations = [\"scotlnad\"]", 1)
        .replacen("alternative_value = 6\n", "", 1)
        .replacen("key = \"part-time\"", "key = \"part-tim\"", 1);
    let found = EqualPayBook::parse("t.toml", &FileBytes::Read(text.into_bytes())).expect_err("four faults");
    let mut codes: Vec<_> = found.iter().map(|fault| fault.code).collect();
    codes.sort_unstable();
    assert_eq!(codes.iter().filter(|code| **code == "unknown-nation").count(), 1, "{found:?}");
    for code in ["contested-without-alternative", "period-overlap", "unknown-nation"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert!(found.len() >= 4, "{found:?}");
}

/// The gate sorts; it never promises.
#[test]
fn no_answer_says_that_a_claim_is_good() {
    let words = ["valid", "succeed", "win", "entitled", "strong claim"];
    for standing in Standing::ALL {
        let label = standing.label();
        assert!(words.iter().all(|word| !label.contains(word) && !standing.word().contains(word)), "{label}");
    }
    assert!(book().material_factors().iter().all(|factor| factor.question.contains('?')));
}

proptest! {
    /// Another employer is never more than arguable, and never that without a named body that could put things right.
    #[test]
    fn another_employer_is_at_most_arguable(
        days in 0_i64..18_000, establishment: Option<bool>, terms: Option<bool>, body in prop::option::of("[a-z ]{0,12}"), could: Option<bool>, scotland: bool,
    ) {
        let lodged = plus_days(day("1976-01-01"), days);
        let nation = if scotland { Nation::Scotland } else { Nation::EnglandWales };
        let employment = Employment { same_employer: false, associated: Some(false), same_establishment: establishment, common_terms: terms, body: body.clone(), could_put_right: could };
        let book = book();
        let found = judge_comparator(&book, nation, lodged, &employment).expect("covered");
        let arguable = body.as_deref().is_some_and(|name| !name.trim().is_empty()) && could == Some(true) && lodged >= day("2002-09-17");
        prop_assert_eq!(found.standing == Standing::SingleSourceArguable, arguable);
        prop_assert_eq!(found.standing == Standing::BargainingOnly, !arguable);
        // The window never reaches past the lodging, and a longer reading reaches further back.
        let window = claim_window(&book, nation, lodged).expect("covered");
        prop_assert!(window.arrears_from < lodged && window.left_on_or_after < lodged);
        prop_assert!(window.arrears_from_other_reading.is_none_or(|other| other < window.arrears_from));
    }
}
