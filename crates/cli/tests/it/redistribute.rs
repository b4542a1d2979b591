//! `whitley offer redistribute` on an invented workforce: the same money, lowest pay first.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::run::{at, number, whitley_in};

/// Invented: a few people on some points of the spine, one on a salary of her own.
const STAFF: &str = "employer,nation,staff_group,band,point,salary,wte,headcount,increment_date,sex
Anytown Trust,England,nurses,1,2,,1,40,,F
Anytown Trust,England,nurses,2,5,,0.6,25,10-01,F
Anytown Trust,England,nurses,2,5,,1,30,10-01,M
Anytown Trust,England,nurses,5,16,,1,60,,F
Anytown Trust,England,nurses,6,26,,0.8,20,,F
Anytown Trust,England,managers,8a,37,,1,5,,M
Anytown Trust,England,managers,,,61000,1,1,,F
";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::write(home.path().join("staff.csv"), STAFF).expect("written");
    home
}

fn ask(home: &Path, more: &str, code: i32) -> Value {
    let question = format!("offer redistribute nhs-2007 --offer england-staged --workforce staff.csv {more} --json");
    let answer = whitley_in(home, &question);
    assert_eq!(answer.code, code, "{more}: {}{}", answer.out, answer.err);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{more}: {error}: {}", answer.out))
}

/// What people on these points are paid a year, worked out again from the rates that are printed.
fn paid(found: &Value, rate: &str) -> i64 {
    let groups = [("2", 40, 100), ("5", 25, 60), ("5", 30, 100), ("16", 60, 100), ("26", 20, 80), ("37", 5, 100)];
    groups
        .iter()
        .map(|(point, people, hundredths)| {
            let pounds = at(found, &format!("points/point={point}/{rate}")).as_f64().expect("a rate");
            let year = pounds.round() as i64 * 100 * hundredths;
            // A twelfth, to the penny, a half up.
            12 * people * ((year + 600) / 1_200)
        })
        .sum()
}

#[test]
fn the_same_money_goes_to_the_lowest_paid() {
    let home = home();
    let found = ask(home.path(), "--frontier 4", 0);
    for key in ["points", "cost_difference_pence", "binding", "remainder", "proof", "stages", "years", "compared", "frontier", "notes"] {
        assert!(found.get(key).is_some(), "{key}");
    }
    assert_eq!(paid(&found, "offered"), at(&found, "target_pence").as_i64().expect("pence"));
    assert_eq!(paid(&found, "rate"), at(&found, "cost_pence").as_i64().expect("pence"));
    let difference = at(&found, "cost_difference_pence").as_i64().expect("pence");
    assert_eq!(difference, paid(&found, "rate") - paid(&found, "offered"));
    assert!(difference <= 0 && -difference < at(&found, "remainder/next_step/cost_pence").as_i64().expect("pence"));
    assert_eq!(number(&found, "lowest/offered", 0), "12828");
    assert!(at(&found, "lowest/rate").as_f64() > Some(13_500.0));
    // By hand: 40 on point 2 and 45 on point 5, all lifted to one floor, a pound between; the rest stay at today's rates.
    assert_eq!(at(&found, "proof/steps_between").as_i64(), Some(0));
    // The five on point 37 can have a pound of what is left.
    assert_eq!(number(&found, "points/point=37/rate", 0), "41039");
    let people: u64 = ["gain", "lose", "same"].iter().filter_map(|key| at(&found, &format!("compared/{key}")).as_u64()).sum();
    assert_eq!(people, 180);
    assert_eq!(at(&found, "workforce/own_salaries").as_u64(), Some(1));
    assert_eq!(at(&found, "frontier").as_array().map(Vec::len), Some(4));
    for stage in at(&found, "stages").as_array().expect("stages") {
        assert!(stage["cost_difference_pence"].as_i64() <= Some(0), "{stage}");
    }
}

#[test]
fn what_cannot_be_kept_is_1_and_names_the_pair() {
    let home = home();
    let found = ask(home.path(), "--floor 13500 --gap 5:16=7000", 1);
    assert_eq!(at(&found, "infeasible/pair"), &serde_json::json!(["5", "16"]));
    let why = at(&found, "infeasible/why").as_str().expect("words");
    assert!(why.starts_with("points 5 and 16 cannot keep £7,000 apart") && why.contains("short by £"), "{why}");
    assert_eq!(at(&found, "infeasible/conflict").as_array().map(Vec::len), Some(1), "the gap alone is too much");
    assert_eq!(found["points"], serde_json::json!([]));
}

#[test]
fn the_new_rates_are_an_offer_like_any_other() {
    let home = home();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../disputes/nhs-2007"), &home.path().join("nhs-2007"));
    let out = "--floor 13200 --keep-gaps 200 --out nhs-2007/offers/low-pay-first.toml";
    let first = ask(home.path(), out, 0);
    assert_eq!(first["written"], "nhs-2007/offers/low-pay-first.toml");
    let checked = whitley_in(home.path(), "check nhs-2007");
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{}", checked.out);
    let text = fs::read_to_string(home.path().join("nhs-2007/offers/low-pay-first.toml")).expect("written");
    assert!(text.contains("Nobody has offered these rates") && text.contains("Computed:"), "{text:.300}");
    let valued = whitley_in(home.path(), "offer value nhs-2007 --offer low-pay-first --json");
    let valued: Value = serde_json::from_str(&valued.out).expect("JSON");
    for point in ["2", "5", "16"] {
        let now = number(&valued, &format!("offers/0/points/point={point}/steps/1/rate"), 2);
        assert_eq!(now, number(&first, &format!("points/point={point}/rate"), 2), "{point}");
    }
    // Its money is what these rates cost, and nothing is written over.
    let question = "offer redistribute nhs-2007 --offer low-pay-first --workforce staff.csv --json";
    let again: Value = serde_json::from_str(&whitley_in(home.path(), question).out).expect("JSON");
    assert_eq!(again["target_pence"], first["cost_pence"]);
    ask(home.path(), out, 3);
}

#[test]
fn no_new_rate_is_below_the_legal_minimum_of_its_days() {
    let home = home();
    // 5.52 from October 2007 × 37.5 × 365.25 / 7: 10,800.97; today's lowest is above it, so it binds nowhere.
    let found = ask(home.path(), "", 0);
    assert_eq!(number(&found, "legal_minimum", 2), "10800.97");
    assert!(at(&found, "binding").as_array().is_some_and(|all| all.iter().all(|one| one["kind"] != "legal-minimum")));
    assert_eq!(ask(home.path(), "--legal-minimum none", 0)["legal_minimum"], Value::Null);
    // The documentation's example with a longer week: 20,000 for 31 hours is 12.36 and 12.71 is the law.
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    copy(&examples.join("mean-and-median"), &home.path().join("longer-week"));
    fs::copy(examples.join("mean-and-median-staff.csv"), home.path().join("example.csv")).expect("copied");
    let folder = home.path().join("longer-week/dispute.toml");
    let text = fs::read_to_string(&folder).expect("read");
    let longer = text.replace("full_time_hours = 30", "full_time_hours = 31").replace("mean-and-median", "longer-week");
    assert_ne!(text, longer);
    fs::write(&folder, longer).expect("written");
    let lowest = |more: &str| {
        let question = format!("offer redistribute longer-week --offer claim --workforce example.csv --floor 20100 {more} --json");
        let answer = whitley_in(home.path(), &question);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        let found: Value = serde_json::from_str(&answer.out).expect("JSON");
        // The rise that all others have lifts whoever the law lifts less.
        (at(&found, "legal_minimum").as_f64(), at(&found, "lowest/rate").as_f64().expect("a rate"))
    };
    let (law, with) = lowest("");
    // 12.71 × 31 × 365.25 / 7 is 20,558.88.
    assert_eq!(law, Some(20_558.88));
    assert!(with >= 20_558.88, "{with}");
    assert_eq!(lowest("--legal-minimum 21000 --at-least-percent 0.1").0, Some(21_000.0));
    assert!(lowest("--legal-minimum 21000").1 >= 21_000.0);
    // With rises of at most 2%, 20,400 at the bottom, the law cannot be kept: no rates, and the law is named.
    let capped = |more: &str| {
        let question = format!("offer redistribute longer-week --offer claim --workforce example.csv --cap-percent 2 {more} --json");
        let answer = whitley_in(home.path(), &question);
        (answer.code, serde_json::from_str::<Value>(&answer.out).expect("JSON"))
    };
    let (code, found) = capped("");
    assert_eq!(code, 1);
    let conflict = at(&found, "infeasible/conflict").as_array().expect("a list");
    assert!(conflict.iter().any(|wish| wish["kind"] == "legal-minimum"), "{conflict:?}");
    assert_eq!(capped("--legal-minimum none").0, 0);
}

#[test]
fn wrong_questions_are_3_and_say_what_would_be_right() {
    let home = home();
    for (more, part) in [
        ("--gap 5:17.5=300", "a point 17.5"),
        ("--gap 16:5=300", "wrong way round"),
        ("--keep-gaps 30%", "30%-of-today"),
        ("--reading in-year --year 2031-32", "2007-08"),
        ("--reading in-year --stages in-turn", "leave out"),
        ("--year 2007-08", "--reading in-year"),
        ("--out Low.toml", "small letters"),
        ("--floor high", "max"),
        ("--legal-minimum lawful", "or law, or none"),
    ] {
        let question = format!("offer redistribute nhs-2007 --offer england-staged --workforce staff.csv {more}");
        let answer = whitley_in(home.path(), &question);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{more}: {}", answer.err);
        assert!(answer.err.contains(part), "{more}: {}", answer.err);
    }
    let nobody = whitley_in(home.path(), "offer redistribute nhs-2007 --offer england-staged --workforce none.csv");
    assert_eq!(nobody.code, 3, "{}", nobody.err);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
