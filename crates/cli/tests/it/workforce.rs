//! `whitley workforce`: the keys that scripts rely on, exit codes, what is said where.

use std::path::Path;

use serde_json::Value;

use crate::run::{at, whitley_in};

fn json_in(folder: &Path, arguments: &str, code: i32) -> Value {
    let answer = whitley_in(folder, &format!("{arguments} --json"));
    assert_eq!(answer.code, code, "{arguments}: {}{}", answer.err, answer.out);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{arguments}: {error}: {}", answer.out))
}

#[test]
fn a_made_workforce_is_labelled_repeatable_and_read_back_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let made = json_in(folder.path(), "workforce make --staff 1,000 --seed 7 --out a.csv", 0);
    assert_eq!((&made["headcount"], &made["seed"]), (&Value::from(1000), &Value::from(7)));
    assert!(made["synthetic"].as_str().expect("a label").starts_with("invented staff, 1,000 made with seed 7"));
    json_in(folder.path(), "workforce make --staff 1000 --seed 7 --out b.csv", 0);
    json_in(folder.path(), "workforce make --staff 1000 --seed 8 --out c.csv", 0);
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).expect("the file");
    assert_eq!(bytes("a.csv"), bytes("b.csv"));
    assert_ne!(bytes("a.csv"), bytes("c.csv"));

    let checked = json_in(folder.path(), "workforce check a.csv --dispute nhs-2014", 0);
    assert_eq!(checked["synthetic"], made["synthetic"]);
    assert_eq!(at(&checked, "rows/accepted"), 1000);
    assert_eq!(checked["headcount"], 1000);
    assert_eq!(checked["summary"], made["summary"]);
    assert_eq!(checked["faults"], Value::Array(vec![]));
    assert_eq!(at(&checked, "columns/header=wte/read_as"), "wte");
    assert_eq!(at(&checked, "offers/id=england-imposed/without_rate"), &Value::Array(vec![]));
    assert_eq!(at(&checked, "offers/id=scotland-award/without_rate/0/why"), "the offer does not apply in England");

    let text = whitley_in(folder.path(), "workforce check a.csv");
    assert!(text.out.starts_with("SYNTHETIC: invented staff"), "{:.200}", text.out);
    assert!(text.out.contains("a.csv: 1,000 rows read, 1,000 accepted, 0 refused"), "{}", text.out);
}

#[test]
fn nothing_is_written_over_and_nothing_half_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("mine.csv"), "mine").expect("a file");
    let answer = whitley_in(folder.path(), "workforce make --staff 10 --out mine.csv");
    assert_eq!((answer.code, answer.out.as_str()), (3, ""));
    assert!(answer.err.contains("already there"), "{}", answer.err);
    assert_eq!(std::fs::read(folder.path().join("mine.csv")).expect("the file"), b"mine");
    for question in ["--nation Wales", "--scale afc-spin", "--as-of 1999-01-01", "--staff 0"] {
        let answer = whitley_in(folder.path(), &format!("workforce make --out new.csv --staff 10 {question}"));
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{question}: {}", answer.err);
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "only what was there");
    assert_eq!(whitley_in(folder.path(), "workforce make --staff 10 --out mine.csv --force").code, 0);
    assert_eq!(whitley_in(folder.path(), "workforce make --staff 10 --out no/such/folder.csv").code, 4);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "no draft is left");
}

#[test]
fn faults_of_a_staff_file_have_row_column_and_fix() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "Pay Point,Nation,Contracted hours,Surname\n20,England,37.5,Ada\n20,Englnad,\"22,5\",Bob\n";
    std::fs::write(folder.path().join("staff.csv"), text).expect("a file");
    let checked = json_in(folder.path(), "workforce check staff.csv --dispute nhs-2014", 3);
    assert_eq!((at(&checked, "rows/accepted"), at(&checked, "rows/refused")), (&Value::from(1), &Value::from(1)));
    for (at, code) in ["not-a-number", "unknown-nation"].iter().enumerate() {
        let fault = &checked["faults"][at];
        assert_eq!((fault["code"].as_str(), fault["line"].as_u64(), fault["file"].as_str()), (Some(*code), Some(3), Some("staff.csv")));
    }
    assert_eq!(at(&checked, "faults/0/what"), "column “Contracted hours”: “22,5” is not a number");
    assert_eq!(at(&checked, "fault_counts/code=not-a-number/count"), 1);
    assert_eq!(at(&checked, "columns/header=Surname/names_a_person"), true);
    let answer = whitley_in(folder.path(), "workforce check staff.csv --dispute nhs-2014");
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("“Pay Point” as point") && answer.err.contains("that name a person, not read: Surname"), "{}", answer.err);
    assert!(answer.err.contains("staff.csv:3: error: column “Nation”"), "{}", answer.err);
    assert!(!answer.out.contains("next:"), "{}", answer.out);
    let missing = json_in(folder.path(), "workforce check nowhere.csv", 3);
    assert_eq!(at(&missing, "faults/0/code"), "file-missing");
}
