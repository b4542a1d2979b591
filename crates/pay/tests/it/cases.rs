//! Runs every file of `tests/cases`. The title of a case that fails is printed with each line that does not come out.

use std::path::Path;

use crate::case_file;

fn run(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut report = String::new();
    for case in case_file::read(file, &text) {
        let (_, wrong) = case.run();
        if !wrong.is_empty() {
            report.push_str(&format!("\n{file}: {}\n  {}\n", case.title, wrong.join("\n  ")));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn percentages() {
    run("percentages.toml");
}

#[test]
fn cash_and_floors() {
    run("cash.toml");
}

#[test]
fn selections() {
    run("selections.toml");
}

#[test]
fn points_that_change() {
    run("points.toml");
}

#[test]
fn years_and_dates() {
    run("years.toml");
}

#[test]
fn rounding() {
    run("rounding.toml");
}

#[test]
fn members() {
    run("members.toml");
}

#[test]
fn every_file_of_cases_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let run = ["cash.toml", "members.toml", "percentages.toml", "points.toml", "rounding.toml", "selections.toml", "years.toml"];
    assert_eq!(files, run);
}
