//! `whitley law` as a user runs it: files in, tables, JSON and exit codes out.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

fn run(folder: &Path, arguments: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whitley"));
    let output = command.current_dir(folder).arg("law").args(arguments.split(' ')).output().expect("the program runs");
    (output.status.code().expect("an exit code"), String::from_utf8(output.stdout).expect("text"))
}

fn run_json(folder: &Path, arguments: &str) -> (i32, Value) {
    let (code, text) = run(folder, &format!("{arguments} --json"));
    (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

const HEAD: &str = "unit,question,entitled,yes,no,spoiled\n";

#[test]
fn judge_gives_the_keys_that_scripts_rely_on() {
    let folder = folder_with(&[("r.csv", &format!("{HEAD}Depot,strike,600,230,90,2\nYard,strike,100,20,5,0\n"))]);
    let days = "--opened 2026-03-02 --closed 2026-03-30 --result-told 2026-03-31 --notice-received 2026-04-01";
    let (code, answer) = run_json(folder.path(), &format!("judge r.csv {days}"));
    assert_eq!(code, 1, "one unit has no mandate");
    let depot = &answer["units"][0];
    let expected = json!({"unit": "Depot", "question": "strike", "verdict": "mandate", "provisional": false,
        "last_day": "2027-03-29", "earliest_action": "2026-04-11"});
    for (key, value) in expected.as_object().expect("a table") {
        assert_eq!(&depot[key], value, "{key}");
    }
    // A contested point is shown both ways even where both ways end alike.
    assert_eq!((&depot["both"]["stricter"], &depot["both"]["other"]), (&json!("mandate"), &json!("mandate")));
    assert_eq!((&depot["turnout"]["returned"], &depot["turnout"]["entitled"]), (&json!(322), &json!(600)));
    let majority = &depot["tests"][1];
    assert_eq!((&majority["rule"], &majority["met"]), (&json!("majority.297A"), &json!(true)));
    assert_eq!(majority["figures"], json!({"yes": 230, "of": 322, "needed_more_than": 161}));
    let yard = &answer["units"][1];
    assert_eq!((&yard["verdict"], &yard["last_day"], &yard["earliest_action"]), (&json!("no-mandate"), &Value::Null, &Value::Null));
    assert_eq!((&answer["earliest_action"], &answer["rules_checked_on"]), (&json!("2026-04-11"), &json!("2026-11-21")));
    assert!(answer["not_legal_advice"].as_str().is_some_and(|text| text.contains("not legal advice")));
    assert!(answer["sources"].as_array().is_some_and(|sources| sources.len() >= 4));
}

#[test]
fn judge_shows_both_outcomes_while_repeal_is_unconfirmed() {
    let folder = folder_with(&[("r.csv", &format!("{HEAD}Depot,strike,1000,380,60,4\n"))]);
    let facts = "judge r.csv --opened 2026-10-12 --closed 2026-11-09 --result-told 2026-11-10 --notice-received 2026-11-21";
    let (code, answer) = run_json(folder.path(), facts);
    let unit = &answer["units"][0];
    assert_eq!((code, &unit["verdict"], &unit["provisional"]), (1, &json!("no-mandate"), &json!(true)));
    let both = &unit["both"];
    assert_eq!((&both["stricter"], &both["other"]), (&json!("no-mandate"), &json!("mandate")));
    assert_eq!((&both["other_last_day"], &both["other_earliest_action"]), (&json!("2027-11-08"), &json!("2026-12-01")));
    let (code, answer) = run_json(folder.path(), &format!("{facts} --switch turnout_threshold_repealed_from=2026-09-01"));
    assert_eq!((code, &answer["units"][0]["verdict"]), (0, &json!("mandate")));
    assert_eq!(answer["switches"]["turnout_threshold_repealed_from"], "2026-09-01");
}

#[test]
fn judge_never_prints_a_day_past_the_mandate_as_lawful() {
    let folder = folder_with(&[("r.csv", &format!("{HEAD}Trust,strike,2000,1500,100,2\n"))]);
    let facts = "judge r.csv --opened 2022-10-06 --closed 2022-11-02 --result-told 2022-11-04 --notice-received 2023-04-16";
    let (code, answer) = run_json(folder.path(), &format!("{facts} --action 2023-04-30T20:00..2023-05-02T20:00"));
    let action = &answer["units"][0]["actions"][0];
    assert_eq!((code, &action["lawful"]), (1, &json!("part")));
    assert_eq!(action["lawful_days"], json!(["2023-04-30", "2023-05-01"]));
    assert_eq!((&action["refused"][0]["date"], &action["refused"][0]["rule"]), (&json!("2023-05-02"), &json!("mandate.2017")));
}

#[test]
fn judge_takes_the_polls_of_record_of_a_dispute() {
    let folder = folder_with(&[]);
    let (code, answer) = run_json(folder.path(), "judge civil-service-2004");
    let units = answer["units"].as_array().expect("units");
    let verdicts: Vec<&str> = units.iter().filter_map(|unit| unit["verdict"].as_str()).collect();
    assert_eq!((code, verdicts), (2, vec!["mandate", "mandate", "mandate", "mandate", "could-not-check"]));
    assert_eq!((&units[0]["last_day"], &units[0]["tests"][0]["rule"]), (&json!("2004-02-15"), &json!("majority.valid")));
    assert!(
        answer["notes"]
            .as_array()
            .is_some_and(|notes| notes.iter().any(|note| note.as_str().is_some_and(|note| note.contains("opening day is not known"))))
    );
    // Under later law the same four fail: the days of the record stand, so the question is asked with other days.
    let (code, answer) = run_json(folder.path(), "replay civil-service-2004");
    let second = |unit: &Value| unit["verdicts"][1]["failed"].clone();
    assert_eq!(
        (code, answer["units"].as_array().map(|units| units.iter().map(second).collect::<Vec<_>>())),
        (0, Some(vec![json!("turnout.50"); 4]))
    );
    // A consultation authorises nothing, whatever its result.
    let (code, answer) = run_json(folder.path(), "judge nhs-2007");
    assert_eq!((code, answer["units"].as_array().map(Vec::len)), (2, Some(0)));
    assert_eq!(run(folder.path(), "judge no-such-dispute").0, 3);
}

#[test]
fn exit_codes_tell_yes_no_could_not_check_and_bad_input_apart() {
    let won = format!("{HEAD}Depot,strike,100,60,5,0\n");
    let unknown = "unit,question,entitled,yes,no,spoiled,returned\nDepot,strike,unknown,60,5,0,65\n";
    let folder = folder_with(&[
        ("won.csv", &won),
        ("unknown.csv", unknown),
        ("empty.csv", ""),
        ("bad.csv", &format!("{HEAD}Depot,strike,10,60,5,0\n")),
    ]);
    let days = "--opened 2022-10-06 --closed 2022-11-02";
    let code = |arguments: &str| run(folder.path(), arguments).0;
    assert_eq!(code(&format!("judge won.csv {days}")), 0);
    assert_eq!(code(&format!("judge won.csv {days} --result-told 2022-11-02 --notice-received 2022-11-02 --action 2022-11-15")), 1);
    assert_eq!(code(&format!("judge unknown.csv {days}")), 2);
    assert_eq!(code("judge won.csv --opened 1980-10-06 --closed 1980-11-02"), 2);
    for bad in ["judge bad.csv", "judge empty.csv", "judge none.csv"] {
        assert_eq!(code(&format!("{bad} {days}")), 3, "{bad}");
    }
    let backwards = "judge won.csv --opened 2022-11-06 --closed 2022-11-02";
    for bad in ["judge won.csv", "judge won.csv --opened 10/06/2022 --closed 2022-11-02", backwards] {
        assert_eq!(code(bad), 3, "{bad}");
    }
    for bad in ["--jurisdiction UK", "--switch nonsense=2026-01-01", "--agreed-months 12", "--map yes=ja", "--action 2022-13-01"] {
        assert_eq!(code(&format!("judge won.csv {days} {bad}")), 3, "{bad}");
    }
}

#[test]
fn faults_come_in_one_report_with_file_line_what_and_fix() {
    let bad = format!("{HEAD}A,strike,100,90,20,1\nB,strike,\"1,000\",40,5,1\nC,strike,100,40%,5,1\nC,strike,100,40,5,1\n");
    let folder = folder_with(&[("bad.csv", &bad)]);
    let (code, answer) = run_json(folder.path(), "judge bad.csv --opened 2022-10-06 --closed 2022-11-02 --jurisdiction UK");
    let faults = answer["faults"].as_array().expect("faults");
    let short: Vec<(&str, u64)> =
        faults.iter().map(|fault| (fault["code"].as_str().unwrap_or(""), fault["line"].as_u64().unwrap_or(0))).collect();
    let expected = [
        ("unknown-jurisdiction", 1),
        ("more-votes-than-entitled", 2),
        ("not-a-number", 3),
        ("percentage-in-a-count", 4),
        ("unit-twice", 5),
    ];
    assert_eq!((code, short.as_slice()), (3, expected.as_slice()));
    assert!(faults.iter().all(|fault| fault["what"].is_string() && fault["fix"].is_string() && fault["file"].is_string()));
    assert!(answer.get("units").is_none(), "nothing is judged beside a fault");
}

#[test]
fn timetable_writes_the_same_calendar_and_picture_on_each_run() {
    let folder = folder_with(&[]);
    let command = "timetable --opens 2022-10-06 --closes 2022-11-02 --strike 2022-12-15 --ics a.ics --svg a.svg";
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("written");
    let (code, answer) = run_json(folder.path(), command);
    let (ics, svg) = (read("a.ics"), read("a.svg"));
    assert_eq!(code, 0);
    assert_eq!((run_json(folder.path(), command).1, read("a.ics"), read("a.svg")), (answer.clone(), ics.clone(), svg.clone()));
    let deadlines = answer["deadlines"].as_array().expect("deadlines");
    let dates: Vec<&str> = deadlines.iter().filter_map(|deadline| deadline["date"].as_str()).collect();
    assert!(dates.is_sorted(), "{dates:?}");
    for (kind, date) in [
        ("ballot-notice", "2022-09-29"),
        ("sample-paper", "2022-10-03"),
        ("scrutineer-report", "2022-11-29"),
        ("last-lawful-day", "2023-05-01"),
    ] {
        let found = deadlines.iter().find(|deadline| deadline["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"));
        assert_eq!(found["date"], date, "{kind}");
        assert!(found["what"].is_string() && found["rule"].is_string());
    }
    for part in ["<title", "<desc", "prefers-color-scheme:dark", "@media print", "not legal advice", "Sources:"] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(ics.contains("SUMMARY:Action: Thu 15 Dec 2022") && ics.replace("\r\n ", "").contains("not legal advice"));
}

#[test]
fn timetable_backwards_and_lateness() {
    let folder = folder_with(&[]);
    let (code, answer) = run_json(folder.path(), "timetable --wants 2026-12-01 --voting-days 21");
    let deadlines = answer["deadlines"].as_array().expect("deadlines");
    let notice = deadlines.iter().find(|deadline| deadline["kind"] == "action-notice-for-strike").expect("a notice");
    assert_eq!((code, &notice["date"], &answer["closes"]), (0, &json!("2026-11-21"), &json!("2026-11-20")));
    let (code, answer) =
        run_json(folder.path(), "timetable --opens 2008-08-18 --ballot-notice-received 2008-08-12 --sample-received 2008-08-15");
    assert_eq!((code, &answer["received"][0]["in_time"], &answer["received"][1]["in_time"]), (1, &json!(false), &json!(true)));
    assert_eq!(run(folder.path(), "timetable --opens 2022-10-06 --closes 2022-10-01").0, 3);
    assert_eq!(run(folder.path(), "timetable --opens 2022-10-06 --closes 2022-11-02 --strike 2023-05-02").0, 1);
}

#[test]
fn units_asks_the_conditions_and_forecasts_a_range() {
    let results = format!("{HEAD}Large,strike,1000,550,50,2\nSmall,strike,100,30,5,0\n");
    let folder = folder_with(&[("u.csv", &results), ("f.csv", "unit,entitled,last_turnout\nA,1000,55.1\nB,500,70\nC,2000,30\n")]);
    let days = "--opened 2022-10-06 --closed 2022-11-02";
    let (code, answer) = run_json(folder.path(), &format!("units u.csv {days}"));
    let (separate, together) = (&answer["options"][0]["questions"][0], &answer["options"][1]);
    assert_eq!((code, &together["lawful"], &together["verdict"]), (2, &json!("cannot-tell"), &json!("mandate")));
    assert_eq!(together["conditions_not_answered"].as_array().map(Vec::len), Some(4));
    assert_eq!((&separate["won"], &separate["lost"]), (&json!(["Large"]), &json!(["Small"])));
    let (code, answer) = run_json(folder.path(), &format!("units u.csv {days} --each-workplace-affected yes"));
    assert_eq!((code, &answer["options"][1]["lawful"]), (0, &json!("yes")));
    let no = "--same-workplace no --each-workplace-affected no --occupations-complete no --all-at-these-employers no";
    let (code, answer) = run_json(folder.path(), &format!("units u.csv {days} {no}"));
    assert_eq!((code, &answer["options"][1]["lawful"]), (1, &json!("no")));
    let (code, answer) = run_json(folder.path(), "units f.csv --forecast --opened 2026-03-02 --swing 6,6");
    let option = &answer["options"][0];
    let range = (&option["pass_low"], &option["pass_if_same"], &option["pass_high"]);
    assert_eq!((code, range), (0, (&json!(1), &json!(2), &json!(2))));
}

#[test]
fn contents_name_the_missing_field_and_the_changed_word() {
    let paper = "scrutineer_name = \"A\"\nreturn_address = \"B\"\nreturn_by_date = 2026-04-01\nconsecutive_number = 17\nquestion = \"C\"\n\
                 statutory_statement = \"If you take part in a strike or other industrial action, you may be in breach of your contract.\"\n";
    let folder = folder_with(&[("p.toml", paper)]);
    let (code, answer) = run_json(folder.path(), "contents paper --on 2026-03-02 --check p.toml");
    let missing: Vec<&Value> = answer["missing"].as_array().expect("missing").iter().map(|fault| &fault["field"]).collect();
    assert_eq!((code, missing), (1, vec![&json!("persons_authorised_to_call"), &json!("statutory_statement")]));
    let (code, answer) = run_json(folder.path(), "contents paper --on 2026-02-20 --sample-supplied 2026-02-16");
    assert_eq!((code, &answer["statement"]["rule"]), (0, &json!("statement.2005")));
    assert_eq!(run(folder.path(), "contents paper --on 2022-02-20 --jurisdiction NI").0, 2);
    // Where only a strike is put, no types of action short of one are asked for.
    for (option, asked) in [("", true), (" --strike-only", false)] {
        let (_, answer) = run_json(folder.path(), &format!("contents paper --on 2022-10-06{option}"));
        let fields = answer["fields"].as_array().expect("fields");
        assert_eq!(fields.iter().any(|field| field["field"] == "types_of_short_of_strike_action"), asked);
    }
}

#[test]
fn traps_are_listed_and_a_case_won_by_the_union_does_not_sink() {
    let folder = folder_with(&[
        ("ok.toml", "not_rostered_balloted = 12\n"),
        ("bad.toml", "leavers_balloted = 3\n"),
        ("slip.toml", "leaver_balloted = 3\n"),
    ]);
    let (code, answer) = run_json(folder.path(), "traps --list");
    assert_eq!((code, answer["traps"].as_array().map(Vec::len)), (0, Some(23)));
    let (code, answer) = run_json(folder.path(), "traps ok.toml");
    assert_eq!((code, &answer["findings"][0]["effect"]), (0, &json!("does-not-sink")));
    assert!(answer["not_asked"].as_array().is_some_and(|open| open.len() == 22));
    assert_eq!(run(folder.path(), "traps bad.toml").0, 1);
    assert_eq!(run(folder.path(), "traps slip.toml").0, 3);
}

#[test]
fn every_answer_says_when_the_rules_were_checked_and_that_it_is_no_legal_advice() {
    let results = format!("{HEAD}Depot,strike,100,60,5,0\n");
    let folder = folder_with(&[("r.csv", &results), ("t.toml", "leavers_balloted = 0\n"), ("f.csv", "unit,entitled,turnout\nA,10,50\n")]);
    for command in [
        "judge r.csv --opened 2022-10-06 --closed 2022-11-02",
        "judge r.csv --opened 1980-10-06 --closed 1980-11-02",
        "timetable --opens 2022-10-06 --closes 2022-11-02",
        "units r.csv --opened 2022-10-06 --closed 2022-11-02",
        "units f.csv --forecast --opened 2022-10-06",
        "contents result --on 2022-10-06",
        "traps t.toml",
        "traps --list",
        "rules --on 2022-10-06",
        "replay ucu",
        "replay civil-service-2004",
    ] {
        let (_, text) = run(folder.path(), command);
        assert!(text.contains("not legal advice") && text.contains("Rules last checked on 21 November 2026"), "{command}:\n{text}");
        let (_, answer) = run_json(folder.path(), command);
        for key in ["not_legal_advice", "rules_checked_on", "sources"] {
            assert!(!answer[key].is_null(), "{command}: {key}");
        }
    }
}
