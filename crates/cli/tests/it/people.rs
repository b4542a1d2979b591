//! Who is better off, from outside: the invented example of the documentation, and what is refused.

use std::path::Path;

use serde_json::Value;

use crate::run::{Answer, at, json, number, whitley, whitley_in};

fn example(question: &str) -> Answer {
    whitley_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples"), question)
}

fn example_json(question: &str) -> Value {
    let answer = example(&format!("{question} --json"));
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.out);
    serde_json::from_str(&answer.out).expect("JSON")
}

const COMPARE: &str = "offer compare mean-and-median --offers offer,claim --workforce mean-and-median-staff.csv";

#[test]
fn a_mean_of_five_percent_never_stands_without_its_median() {
    let answer = example(COMPARE);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.starts_with("This workforce is synthetic"), "{}", answer.out);
    assert!(answer.out.contains("claim is better than offer in the year for 60.0% of staff, by £350 at their median, worse for 40.0%"));
    let line = answer.out.lines().find(|line| line.contains("offer, in the year")).expect("a row");
    assert!(line.contains("5.00%") && line.contains("2.60%"), "{line}");
    for (at, line) in answer.out.lines().enumerate().filter(|(_, line)| line.contains("mean")) {
        assert!(line.contains("median"), "line {at} has a mean and no median: {line}");
    }
}

#[test]
fn the_json_has_people_and_paybill_beside_the_rows() {
    let found = example_json(&format!("{COMPARE} --by staff-group"));
    assert!(found["rows"].as_array().is_some_and(|rows| rows.len() == 4));
    assert_eq!(at(&found, "people/workforce/headcount"), 1000);
    let rises = "people/offers/name=offer/rises/award_only/in_year/percent";
    assert_eq!(
        (number(&found, &format!("{rises}/mean"), 4), number(&found, &format!("{rises}/median"), 4)),
        ("5.0000".into(), "2.6000".into())
    );
    assert_eq!(number(&found, &format!("{rises}/at_or_above_mean_percent"), 1), "40.0");
    assert_eq!(at(&found, &format!("{rises}/deciles")).as_array().map(Vec::len), Some(9));
    // 40 and 60 of a hundred: 8.6% of 300 whole-time on 20,000; 2.6% of the rest.
    assert_eq!(number(&found, "paybill/offers/name=offer/in_year/award/by_months", 2), "932000.00");
    assert_eq!(number(&found, "paybill/offers/name=offer/base", 2), "22000000.00");
    assert_eq!(number(&found, "paybill/offers/name=claim/run_rate/percent", 4), "4.0000");
    // 21,720 over 365.25 / 7 weeks of 30 hours.
    assert_eq!(number(&found, "people/offers/name=offer/lowest_pay/0/hourly", 2), "13.88");
    let better = "people/better_off/moment=in_year";
    assert_eq!((at(&found, &format!("{better}/more")).as_u64(), at(&found, &format!("{better}/less")).as_u64()), (Some(600), Some(400)));
    assert_eq!(number(&found, &format!("{better}/more_pounds"), 2), "224000.00");
    assert_eq!(number(&found, "people/by/groups/name=support/offers/name=offer/rises/in_year/percent/mean", 2), "8.60");
    let gap = "people/offers/name=offer/sex_pay_gap/readings/award_only/all";
    // Women 23,214.29 and men 28,333.33 on average.
    assert_eq!(number(&found, &format!("{gap}/before/mean_percent"), 2), "18.07");
    assert_eq!(at(&found, "people/offers/name=offer/ninety_to_ten/before").as_f64(), Some(1.625));
    let below = at(&found, "people/offers/name=offer/rises/award_only/below_prices").as_array().expect("a list");
    assert!(
        below.iter().any(|one| one["prices_percent"].is_null() && one["missing"].as_str().is_some_and(|why| why.contains("February 2025")))
    );
    assert!(below.iter().any(|one| one["index"] == "CPI" && one["percent_in_year"] == 60.0));
}

#[test]
fn small_groups_are_not_shown() {
    let found = example_json(&format!("{COMPARE} --by staff-group --smallest-group 401"));
    let by = at(&found, "people/by");
    assert_eq!((by["groups"].as_array().map(Vec::len), by["not_shown"].as_u64()), (Some(1), Some(2)));
    assert_eq!(at(&found, "people/offers/0/sex_pay_gap/readings/award_only/all/before"), &Value::Null);
}

#[test]
fn differentials_are_there_without_a_workforce_and_with_one() {
    let found = json("offer differentials nhs-2014 --offer england-imposed");
    let points = at(&found, "scales/scale=afc-spine/differentials").as_array().expect("a list");
    let pair = points.iter().find(|one| one["pair"] == "points" && one["band"] == "5" && one["lower"] == "16").expect("16 to 17");
    // 22,016 − 21,388 before; point 16 goes up to 21,478.
    assert_eq!((number(pair, "before/pounds", 0), number(pair, "after/0/pounds", 0)), ("628".into(), "538".into()));
    assert_eq!(found["people"], Value::Null);
    let found = example_json("offer differentials mean-and-median --offer offer --workforce mean-and-median-staff.csv");
    assert_eq!(number(&found, "people/rates/0/ninety_to_ten", 3), "1.625");
    assert_eq!(number(&found, "people/rates/1/ninety_to_ten", 3), "1.535");
    let answer = whitley("offer differentials nhs-2014 --offer england-imposed");
    assert!(answer.out.starts_with("Of 69 gaps between neighbouring points, in pounds 1 grow, 2 shrink, 66 stay"), "{}", answer.out);
}

#[test]
fn what_cannot_be_valued_is_refused_with_a_way_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("staff.csv");
    let write = |text: &str| std::fs::write(&file, text).expect("written");
    let ask = |offers: &str| whitley(&format!("offer compare nhs-2014 --offers {offers} --workforce {}", file.display()));
    write("nation,band,point,wte,headcount\nEngland,5,20,1,7\nEngland,5,99,1,8\n");
    let answer = ask("england-imposed,scotland-award");
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("point 99, band 5 (8 people)"), "{}", answer.err);
    assert!(answer.err.contains("15 people of the file work") && answer.err.contains("scotland-award@Scotland"), "{}", answer.err);
    write("nation,band,point,wte,headcount\nEngland,5,20,most,7\nEngland,5,20,1,none\n,5,20,1,2\n");
    let answer = ask("england-imposed,recommendation");
    assert_eq!(answer.code, 3);
    assert!([2, 3, 4].iter().all(|line| answer.err.contains(&format!("staff.csv:{line}"))), "{}", answer.err);
    write("nation,band,point,wte,headcount\nEngland,5,20,1,7\nEngland,5,23,1,8\n");
    let answer = ask("england-imposed,scotland-award@Scotland");
    assert_eq!(answer.code, 0, "{}", answer.err);
    // Who is at the top of band 5 gets 1 per cent either way, in Scotland as part of the rate.
    assert!(answer.out.contains("No increment dates are in the file"));
    assert_eq!(ask("england-imposed,scotland-award@Wales").code, 3);
}

#[test]
fn the_report_takes_the_section_in() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = example(&format!(
        "report mean-and-median --workforce mean-and-median-staff.csv --offers offer,claim --out {}",
        out.path().display()
    ));
    assert_eq!(answer.code, 0, "{}", answer.err);
    let page = std::fs::read_to_string(out.path().join("mean-and-median.html")).expect("a page");
    for wanted in ["People and paybill", "synthetic", "5.00%", "2.60%", "people-tenths", "people-spine", "leapfrogs"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("NaN"));
}
