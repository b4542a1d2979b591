//! `docs/mechanisms.md` says where each mechanism is done, specified and tested: this holds it to what is there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::arrows::root;

/// The mechanisms of the founding articles are numbered from 1 to this one.
const LAST: u32 = 55;

struct Row {
    number: u32,
    mechanism: String,
    files: String,
    spec: String,
    tests: String,
}

/// Head of the table of pages.
const PAGES: &str = "| page |";

/// The table of mechanisms and the table of pages.
fn tables() -> (String, String) {
    let text = std::fs::read_to_string(root().join("docs/mechanisms.md")).expect("docs/mechanisms.md");
    let (mechanisms, pages) = text.split_once(PAGES).expect("the table of pages");
    (mechanisms.to_owned(), pages.to_owned())
}

fn rows() -> Vec<Row> {
    tables()
        .0
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| number") && !line.starts_with("| ---"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [number, mechanism, files, spec, tests] = cells[..] else { panic!("not five columns: {line}") };
            let number = number.parse().unwrap_or_else(|_| panic!("one number a row: {line}"));
            Row { number, mechanism: mechanism.to_owned(), files: files.to_owned(), spec: spec.to_owned(), tests: tests.to_owned() }
        })
        .collect()
}

/// What stands between backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Below `crates`, or from the root.
fn place(name: &str) -> Option<PathBuf> {
    [root().join("crates").join(name), root().join(name)].into_iter().find(|path| path.exists())
}

fn is_path(name: &str) -> bool {
    name.contains('/') || name == "disputes"
}

#[test]
fn every_mechanism_has_a_row_and_rows_stand_in_order() {
    let numbers: Vec<u32> = rows().iter().map(|row| row.number).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let named: BTreeSet<u32> = numbers.into_iter().collect();
    assert_eq!(named, (1..=LAST).collect(), "left: what docs/mechanisms.md has");
}

#[test]
fn every_file_rule_and_test_that_is_named_is_there() {
    let mut wrong = Vec::new();
    for row in rows() {
        let mut fault = |what: String| wrong.push(format!("{} {}: {what}", row.number, row.mechanism));
        let files = names(&row.files);
        if files.is_empty() {
            fault("no file".to_owned());
        }
        for file in files.iter().filter(|file| place(file).is_none()) {
            fault(format!("there is no {file}"));
        }
        for part in row.spec.split(';') {
            let (document, rules) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
            let Ok(text) = std::fs::read_to_string(root().join("docs/spec").join(document)) else {
                fault(format!("there is no docs/spec/{document}"));
                continue;
            };
            let words: BTreeSet<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
            for rule in rules.split([',', ' ']).filter(|rule| !rule.is_empty() && *rule != "to") {
                if !words.contains(rule) {
                    fault(format!("docs/spec/{document} has no rule {rule}"));
                }
            }
        }
        if let Err(what) = check_tests(&row.tests) {
            fault(what);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_held_by_a_test_that_is_there() {
    let pages = tables().1;
    let rows: Vec<Vec<&str>> =
        pages.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).map(|line| line.split(" | ").collect()).collect();
    assert!(rows.len() >= 9, "{rows:?}");
    let wrong: Vec<String> = rows.iter().filter_map(|row| check_tests(row.last()?).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file, then the functions in it that are meant; a file alone means all of it.
fn check_tests(cell: &str) -> Result<(), String> {
    let mut text: Option<(&str, String)> = None;
    for name in names(cell) {
        if is_path(name) {
            let path = place(name).ok_or_else(|| format!("there is no {name}"))?;
            let source = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            if name.ends_with(".rs") && !source.contains("#[test]") && !source.contains("#[tokio::test") {
                return Err(format!("{name} has no test"));
            }
            text = Some((name, source));
        } else {
            let (file, source) = text.as_ref().ok_or_else(|| format!("{name} stands before its file"))?;
            if !source.contains(&format!("fn {name}(")) {
                return Err(format!("{file} has no test {name}"));
            }
        }
    }
    if text.is_none() { Err("no test".to_owned()) } else { Ok(()) }
}
