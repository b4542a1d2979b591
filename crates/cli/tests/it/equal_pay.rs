//! `whitley equal-pay`: the example by hand, the gate, lists that add up, job scores, and bad input.

use std::path::Path;

use serde_json::Value;

use crate::run::{at, json, number, whitley, whitley_in};

const ASKED: &str = "--lodged 1997-08-15 --group ancillary --against works";

fn example(question: &str) -> (i32, Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    let answer = whitley_in(&folder, &format!("equal-pay {question} --json"));
    (answer.code, serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {} {}", answer.out, answer.err)))
}

#[test]
fn the_domestics_of_carlisle_find_the_wall_washer_in_their_own_trust() {
    let (code, found) = example(&format!("search equal-pay.csv {ASKED}"));
    assert_eq!(code, 0);
    let claim = at(&found, "claims/0");
    assert_eq!((at(claim, "job").as_str(), at(claim, "comparator/job").as_str()), (Some("domestic"), Some("wall-washer")));
    assert_eq!((number(claim, "hourly/claimant", 2), number(claim, "hourly/comparator", 2)), ("3.69".into(), "5.18".into()));
    assert_eq!((at(claim, "people").as_u64(), at(claim, "part_time").as_u64()), (Some(180), Some(60)));
    assert_eq!((at(claim, "route").as_str(), at(claim, "needs_expert").as_bool()), (Some("equal-value"), Some(true)));
    assert_eq!(at(claim, "standing"), "same-employer");
    // Two years of the Act, six under the other reading: so it is provisional.
    assert_eq!(at(&found, "provisional"), true);
    assert!(at(claim, "arrears_other_reading_pence").as_i64() > at(claim, "arrears_pence").as_i64());
    // The men on the same study rated higher are nobody's comparator.
    assert!(at(&found, "claims").as_array().expect("claims").iter().all(|claim| claim["comparator"]["job"] != "driver"));
    // 52 weeks are another figure, and said.
    let (_, by_52) = example(&format!("search equal-pay.csv {ASKED} --weeks-52"));
    assert_eq!((number(&by_52, "claims/0/hourly/claimant", 2), at(&by_52, "weeks")), ("3.70".into(), &Value::from("52 weeks")));
}

#[test]
fn another_employer_is_labelled_for_bargaining_only() {
    let (_, found) = example(&format!("search equal-pay.csv {ASKED} --across"));
    let claims = at(&found, "claims").as_array().expect("claims").clone();
    let others: Vec<&Value> = claims.iter().filter(|claim| claim["employer"] != claim["comparator"]["employer"]).collect();
    assert!(!others.is_empty());
    assert!(others.iter().all(|claim| claim["standing"] == "bargaining-only"), "{others:?}");
}

#[test]
fn an_employers_file_opens_the_gate_only_as_far_as_the_law_does() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pay = "employer,job,sex,hours,annual_pay,like_work_group\nA,cook,F,37.5,18000,cooking\nB,chef,M,37.5,21000,cooking\n";
    std::fs::write(folder.path().join("pay.csv"), pay).expect("written");
    let standing = |row: &str, lodged: &str| {
        let facts = format!("employer,association,body,could_put_right,common_terms\nA,{row}\nB,{row}\n");
        std::fs::write(folder.path().join("employers.csv"), facts).expect("written");
        let question = format!("equal-pay search pay.csv --lodged {lodged} --employers employers.csv --across --json");
        let answer = whitley_in(folder.path(), &question);
        let found: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {}", answer.err));
        at(&found, "claims/0/standing").as_str().expect("a word").to_owned()
    };
    assert_eq!(standing(",a holding body,yes,", "2024-01-01"), "single-source-arguable");
    assert_eq!(standing(",a holding body,yes,", "2002-09-16"), "bargaining-only");
    assert_eq!(standing(",a holding body,,", "2024-01-01"), "bargaining-only");
    assert_eq!(standing(",Whitley Council,yes,", "2005-11-01"), "bargaining-only");
    assert_eq!(standing("group,,,yes", "2024-01-01"), "associated-employer");
    assert_eq!(standing("group,,,", "2024-01-01"), "associated-employer-terms-to-show");
}

#[test]
fn the_list_by_employer_adds_up_and_publishes_nothing_small() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut pay = "employer,job,sex,hours,annual_pay,headcount,like_work_group\n".to_owned();
    for trust in 1..=120 {
        let women = if trust % 7 == 0 { 3 } else { 20 };
        pay.push_str(&format!("T{trust:03},cook,F,37.5,18000,{women},c\nT{trust:03},chef,M,37.5,{},1,c\n", 18_500 + trust * 10));
    }
    std::fs::write(folder.path().join("pay.csv"), pay).expect("written");
    let ask = |more: &str| {
        let answer = whitley_in(folder.path(), &format!("equal-pay employers pay.csv --lodged 2026-11-21 {more} --json"));
        assert_eq!((answer.code, answer.err.as_str()), (0, ""));
        (answer.out.clone(), serde_json::from_str::<Value>(&answer.out).expect("JSON"))
    };
    let (text, found) = ask("");
    let employers = at(&found, "employers").as_array().expect("a list");
    assert_eq!((employers.len(), at(&found, "not_chosen").as_u64()), (100, Some(20)));
    for key in ["claims", "people", "arrears_pence", "arrears_term_by_term_pence"] {
        let sum: i64 = employers.iter().map(|row| row["sums"][key].as_i64().expect("a number")).sum();
        assert_eq!(Some(sum), at(&found, &format!("totals/chosen/{key}")).as_i64(), "{key}");
        let others = at(&found, &format!("totals/others/{key}")).as_i64().expect("a number");
        assert_eq!(Some(sum + others), at(&found, &format!("totals/all/{key}")).as_i64(), "{key}");
    }
    assert_eq!(text, ask("").0);
    let (_, shown) = ask("--publish --count 120");
    let rows = at(&shown, "employers").as_array().expect("a list");
    assert!(rows.iter().any(|row| row["withheld"] == true));
    assert!(rows.iter().all(|row| row["withheld"] == true || row["people"].as_u64() >= Some(10)));
}

#[test]
fn a_hundred_employers_are_chosen_from_published_reports() {
    let found = json("equal-pay employers");
    let employers = at(&found, "employers").as_array().expect("a list");
    assert_eq!(employers.len(), 100);
    let gaps: Vec<f64> = employers.iter().map(|row| row["median_percent"].as_f64().expect("a number")).collect();
    assert!(gaps.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(whitley("equal-pay employers").out, whitley("equal-pay employers").out);
    assert_eq!(whitley("equal-pay employers --year 1999-00").code, 3);
}

#[test]
fn the_facts_of_armstrong_are_refused() {
    let arguments = [
        "equal-pay",
        "gate",
        "--lodged",
        "2003-10-01",
        "--same-employer",
        "no",
        "--body",
        "Whitley Council",
        "--could-put-right",
        "yes",
        "--json",
    ];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_whitley")).args(arguments).output().expect("it starts");
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), at(&found, "standing")), (Some(1), &Value::from("bargaining-only")));
    assert!(at(&found, "why/0").as_str().expect("a sentence").contains("single source not shown"));
    assert_eq!(whitley("equal-pay gate --lodged 2003-10-01 --same-employer yes --same-establishment yes").code, 0);
    assert_eq!(whitley("equal-pay gate --lodged 2003-10-01 --same-employer yes --nation NI").code, 2);
}

#[test]
fn a_pair_is_compared_term_by_term_or_refused() {
    let (code, found) = example("pair equal-pay.csv --lodged 2005-02-14 --claimant 5 --comparator 6");
    assert_eq!((code, at(&found, "route").as_str()), (0, Some("rated-as-equivalent")));
    assert_eq!(
        (number(&found, "terms/term=bonus/gap", 2), number(&found, "terms/term=unsocial hours/gap", 0)),
        ("0.59".into(), "17".into())
    );
    assert_eq!(at(&found, "arrears_pence"), at(&found, "arrears_term_by_term_pence"));
    for (claimant, comparator) in [(2, 5), (5, 7)] {
        let (code, found) = example(&format!("pair equal-pay.csv --lodged 2005-02-14 --claimant {claimant} --comparator {comparator}"));
        assert_eq!((code, at(&found, "refused").as_array().map(Vec::len)), (1, Some(1)));
    }
}

#[test]
fn the_nurse_profile_scores_390() {
    let found = json("equal-pay score");
    assert_eq!((at(&found, "score").as_u64(), at(&found, "band").as_str()), (Some(390), Some("5")));
    let raised = json("equal-pay score --levels 5,5,3,2,3,5,1,2,2,1,2,3,4,3,4,4");
    assert_eq!((at(&raised, "score").as_u64(), at(&raised, "estimated").as_array().map(Vec::len)), (Some(403), Some(1)));
    assert_eq!(whitley("equal-pay score --levels 5,5").code, 3);
}

#[test]
fn bad_input_is_refused_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("bad.csv"), "employer,job,sex,hours,annual_pay\nA,cook,F,0,x\nA,,Q,37.5,1\n").expect("written");
    let answer = whitley_in(folder.path(), "equal-pay search bad.csv --lodged 2026-11-21 --json");
    assert_eq!(answer.code, 3);
    let found: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(at(&found, "faults").as_array().map(Vec::len), Some(4));
    for question in ["equal-pay search none.csv --lodged 2026-11-21", "equal-pay search bad.csv", "equal-pay search . --lodged 2026-11-21"]
    {
        assert_eq!(whitley_in(folder.path(), question).code, 3, "{question}");
    }
    assert_eq!(whitley_in(folder.path(), "equal-pay gate --lodged 1970-01-01 --same-employer yes").code, 2);
}

#[test]
fn arrears_run_through_the_rates_of_each_year() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pay =
        "employer,job,sex,full_time_hours,hours,point,like_work_group\nT,assistant,F,37.5,18.75,2-max,x\nT,porter,M,37.5,37.5,3-max,x\n";
    std::fs::write(folder.path().join("pay.csv"), pay).expect("written");
    let ask = |more: &str| {
        whitley_in(folder.path(), &format!("equal-pay pair pay.csv --lodged 2010-01-01 --claimant 2 --comparator 3 {more} --json"))
    };
    let found: Value = serde_json::from_str(&ask("--scale afc-bands").out).expect("JSON");
    let periods = at(&found, "periods").as_array().expect("periods");
    // From January 2004; the scale begins in October, and its rates change seven times until 2010.
    assert_eq!((periods.len(), periods[0]["known"].as_bool(), periods[1]["known"].as_bool()), (8, Some(false), Some(true)));
    let sum: i64 = periods.iter().map(|period| period["arrears_pence"].as_i64().expect("pence")).sum();
    assert_eq!(Some(sum), at(&found, "arrears_pence").as_i64());
    for period in periods {
        let terms: i64 = period["terms"].as_array().expect("terms").iter().map(|term| term["arrears_pence"].as_i64().expect("pence")).sum();
        assert_eq!(Some(terms), period["arrears_pence"].as_i64());
    }
    assert_eq!(at(&found, "days_assumed").as_i64(), Some(274));
    assert_eq!((ask("").code, ask("--scale afc").code, ask("--scale afc-bands --scale-nation Mars").code), (3, 3, 3));
}

#[test]
fn the_board_of_claims_adds_up_and_knows_who_has_not_claimed() {
    let (code, found) = example("board equal-pay-claims.csv --on 1999-06-01 --pay equal-pay.csv --lodged 1999-06-01 --against works");
    assert_eq!(code, 0);
    for key in ["claims", "open", "people", "at_stake_pence", "paid_pence"] {
        let sum: i64 = at(&found, "employers").as_array().expect("a list").iter().map(|row| row[key].as_i64().expect("a number")).sum();
        assert_eq!(Some(sum), at(&found, &format!("all/{key}")).as_i64(), "{key}");
    }
    assert_eq!((at(&found, "all/by_state/stayed").as_u64(), at(&found, "all/by_state/won").as_u64()), (Some(1), Some(1)));
    assert_eq!(at(&found, "later_rows").as_u64(), Some(2));
    assert!(at(&found, "employers/0/estimated/arrears_pence").as_i64() > Some(0));
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("bad.csv"), "claim,employer,on,state,people\nc1,A,1998-01-01,won,5\n").expect("written");
    assert_eq!(whitley_in(folder.path(), "equal-pay board bad.csv").code, 3);
    assert_eq!(whitley_in(folder.path(), "equal-pay board none.csv").code, 3);
}

#[test]
fn the_report_shows_claims_and_withholds_the_few() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = "claim,employer,on,state,people,at_stake\na,Large,1998-01-01,lodged,500,123456\nb,Small,1998-01-01,lodged,3,9000\n\
        c,Middle,1998-01-01,lodged,40,20000\nd,Largest,1998-01-01,lodged,900,700000\n";
    std::fs::write(folder.path().join("claims.csv"), log).expect("written");
    let answer = whitley_in(folder.path(), "report nhs-whitley-1998 --out out --equal-pay-claims claims.csv");
    assert_eq!(answer.code, 0, "{}", answer.err);
    let page = std::fs::read_to_string(folder.path().join("out/nhs-whitley-1998.html")).expect("a page");
    let from = page.find("<section id=\"equal-pay\">").expect("the section");
    let section = &page[from..from + page[from..].find("</section>").expect("its end")];
    assert!(section.contains("123,000") && section.contains("700,000") && section.contains("852,000"), "{section}");
    // The three of one employer, and the forty that would give them away.
    assert_eq!(section.matches("withheld").count(), 2, "{section}");
    assert!(!section.contains("9,000") && !section.contains("20,000"), "{section}");
    let plain = whitley_in(folder.path(), "report nhs-whitley-1998 --out plain");
    assert_eq!(plain.code, 0);
    let page = std::fs::read_to_string(folder.path().join("plain/nhs-whitley-1998.html")).expect("a page");
    assert!(!page.contains("id=\"equal-pay\""));
}
