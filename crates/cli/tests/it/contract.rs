//! The JSON keys that other people's scripts rely on. They may be added to, never renamed.

use serde_json::Value;

use crate::run::{at, json, whitley};

const FOUNDING: [&str; 5] = ["nhs-whitley-1998", "civil-service-2004", "nhs-2007", "nhs-2008", "nhs-2014"];

fn has(value: &Value, path: &str, keys: &[&str]) {
    let object = if path.is_empty() { value } else { at(value, path) };
    for key in keys {
        assert!(object.get(key).is_some(), "{path} has no {key}: {object:.300}");
    }
}

#[test]
fn check_lists_faults_with_file_line_what_and_fix() {
    let found = json("check nhs-2007");
    has(&found, "", &["dispute", "faults", "errors", "warnings"]);
    assert_eq!(found["faults"], Value::Array(vec![]));
    let answer = whitley("check nhs-2006 --json");
    let found: Value = serde_json::from_str(&answer.out).expect("JSON");
    has(&found, "faults/0", &["file", "line", "what", "fix", "code", "severity"]);
    assert!(at(&found, "faults/0/line").is_u64());
}

#[test]
fn offer_value_keeps_its_keys() {
    let found = json("offer value nhs-2007");
    assert_eq!(found["dispute"], "nhs-2007");
    has(&found, "offers/id=england-staged", &["id", "in_year_percent", "year_end_percent", "real", "points"]);
    has(&found, "offers/id=england-staged/in_year_percent", &["by_months", "by_days"]);
    for index in ["RPI", "CPI", "CPIH"] {
        has(&found, &format!("offers/id=england-staged/real/{index}"), &["readings"]);
    }
    has(
        &found,
        "offers/id=england-staged/points/0",
        &["point", "band", "nation", "base", "steps", "in_year_gain", "weekly_loss_from_staging", "loss_to_full_award"],
    );
    has(&found, "offers/id=england-staged/points/0/steps/0", &["from", "rate"]);
    // Both scales, every point: 24 band ends and the spine.
    let points = at(&found, "offers/id=england-staged/points").as_array().expect("a list");
    assert!(points.len() > 70, "{}", points.len());
    for point in points {
        assert!(point["base"].is_number() && point["in_year_gain"].is_number() && point["point"].is_string(), "{point}");
    }
}

#[test]
fn offer_compare_and_claims_keep_their_keys() {
    let found = json("offer compare nhs-2007 --offers england-staged,scotland-full");
    let rows = found["rows"].as_array().expect("rows");
    assert!(rows.len() > 70);
    has(&found, "rows/0", &["scale", "point", "band", "base", "offers"]);
    has(&found, "rows/0/offers/scotland-full", &["in_year_gain", "in_year_percent", "year_end_rate", "in_year_difference"]);
    for dispute in FOUNDING {
        let found = json(&format!("offer claims {dispute}"));
        for claim in found["claims"].as_array().expect("claims") {
            has(claim, "", &["id", "quoted", "verdict", "readings"]);
            assert!(["true", "true-if", "false", "cannot-tell"].contains(&claim["verdict"].as_str().expect("a word")), "{claim}");
            for reading in claim["readings"].as_array().expect("readings") {
                has(reading, "", &["definition", "value"]);
            }
        }
    }
}

#[test]
fn two_runs_give_the_same_bytes_and_json_leaves_standard_error_alone() {
    for question in [
        "check nhs-2008",
        "offer value nhs-2007",
        "offer value nhs-2008 --index RPI",
        "offer compare nhs-2007 --offers england-staged,scotland-full",
        "offer claims nhs-2014",
        "offer value nhs-2014 --point 15 --band 4 --increment-date 2014-10-01",
    ] {
        for form in ["", " --json"] {
            let (one, two) = (whitley(&format!("{question}{form}")), whitley(&format!("{question}{form}")));
            assert_eq!((one.code, one.out.is_empty()), (0, false), "{question}: {}", one.err);
            assert_eq!(one.out, two.out, "{question}{form}");
            assert_eq!(one.err, "", "{question}{form}");
        }
    }
}

#[test]
fn offer_cost_keeps_its_keys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let staff = "employer,nation,staff_group,band,point,salary,wte,headcount,increment_date,sex\nNorth,England,nurses,5,20,,1,3,10-01,F\n";
    std::fs::write(folder.path().join("staff.csv"), staff).expect("written");
    let answer =
        crate::run::whitley_in(folder.path(), "offer cost nhs-2014 --offer recommendation --workforce staff.csv --leavers 5 --json");
    let found: Value = serde_json::from_str(&answer.out).expect("JSON");
    has(&found, "", &["dispute", "workforce", "offers", "not_costed", "years"]);
    has(&found, "workforce", &["title", "synthetic", "headcount", "whole_time"]);
    has(
        &found,
        "offers/0",
        &["id", "months", "years", "by_band", "by_nation", "by_employer", "by_staff_group", "budget", "assumptions", "on_costs"],
    );
    let sums =
        ["award", "award_pence", "progression", "progression_pence", "one_off", "on_costs", "on_costs_pence", "total", "total_pence"];
    for place in ["years/0", "offers/0/months/0", "offers/0/by_band/0/years/0", "years/0/readings/in_year", "years/0/readings/run_rate"] {
        has(&found, place, &sums);
    }
    has(
        &found,
        "years/0/readings",
        &[
            "carry_over",
            "cumulative",
            "new_money",
            "award_without_progression",
            "staging_saving",
            "progression_withheld",
            "annual_rates_at_year_end",
        ],
    );
    has(&found, "years/0/readings/net_of_leavers_and_joiners", &sums);
    let totals = json("offer cost nhs-2014");
    has(&totals, "offers/0", &["id", "basis", "paybill", "one_percent", "costs"]);
    has(&totals, "offers/0/costs/0/years/0/readings", &["new_money", "sum_of_yearly_increases", "cumulative", "cumulative_pence"]);
}
