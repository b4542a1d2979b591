//! What a rehearsal answers: the counts, where everything is, how to check it, how long it took.

use std::path::Path;

use serde_json::{Value, json};

use super::ballot::Counted;
use super::folder::{Held, disk_bytes, peak_memory_bytes};
use super::units::{SMALL, question_text};
use super::{Done, Rehearsal};
use crate::answer::{self, Outcome, Table};

/// Units printed for people.
const SHOWN: usize = 20;

/// Who checks a count, and with which command.
pub(super) fn checks(counted: &[Counted], folder: &str) -> Vec<(&'static str, String)> {
    let Some(first) = counted.first() else { return Vec::new() };
    vec![
        ("with our program", format!("whitley vote verify {folder}/{0} --companion {folder}/{1}.companion.jsonl", first.file, first.uuid)),
        ("with a foreign one", format!("belenios-tool election verify --dir {folder} --uuid {}", first.uuid)),
    ]
}

/// What came of the ballot, a sentence each, for the table of contents.
pub(super) fn summary(counted: &[Counted]) -> Vec<String> {
    let sum = |value: fn(&Counted) -> u64| pay::grouped(counted.iter().map(value).sum::<u64>());
    let failed = counted.iter().filter(|unit| unit.verdict != "passed").count();
    vec![
        format!(
            "{} units, {} entitled, {} voted on the web and {} on paper; {} papers are spoiled.",
            counted.len(),
            sum(|unit| unit.entitled),
            sum(|unit| unit.voted),
            sum(|unit| unit.paper),
            sum(|unit| unit.spoiled)
        ),
        match failed {
            0 => "Every archive and companion passed every check.".to_owned(),
            failed => format!("{failed} archives did NOT pass every check."),
        },
    ]
}

/// Prints the answer.
pub(super) fn report(rehearsal: &Rehearsal<'_>, done: &Done, out: &Path, held: &Held, as_json: bool) -> Outcome {
    let counted = &done.counted;
    let mut outcome = Outcome::Yes;
    for unit in counted.iter().filter(|unit| unit.verdict != "passed") {
        outcome = if unit.verdict == "failed" { Outcome::No } else { Outcome::CouldNotCheck };
        unit.faults.iter().for_each(|line| complain!("{}: {line}", unit.file));
    }
    let passed = outcome == Outcome::Yes;
    let (memory, disk) = (peak_memory_bytes(), disk_bytes(&held.path));
    if as_json {
        let files: Vec<Value> = done
            .stages
            .done
            .iter()
            .flat_map(|stage| &stage.made)
            .map(|made| json!({ "file": made.file, "what": made.what, "command": made.command, "said": made.said }))
            .collect();
        answer::print_json(&json!({
            "synthetic": true, "dispute": rehearsal.dispute.id, "poll": rehearsal.poll.id, "seed": rehearsal.seed,
            "folder": out.display().to_string(), "verdict": if passed { "passed" } else { "failed" },
            "units": counted.iter().map(Counted::json).collect::<Vec<_>>(), "files": files,
            "units_of_an_earlier_run": done.were_there, "stages": done.stages.times.json(),
            "peak_memory_bytes": memory, "disk_bytes": disk,
        }));
        return outcome;
    }
    answer::print_to_err(&done.stages.times.text());
    let megabytes = |bytes: u64| pay::grouped(bytes.div_ceil(1_000_000));
    complain!("memory at most {} MB, disk {} MB", memory.map_or_else(|| "unknown".to_owned(), megabytes), megabytes(disk));
    answer::print(&text(rehearsal, counted, out, passed));
    outcome
}

fn text(rehearsal: &Rehearsal<'_>, counted: &[Counted], out: &Path, passed: bool) -> String {
    let poll = rehearsal.poll;
    let mut text = format!("REHEARSAL: every member and every vote below is invented (seed {}).\n{}\n\n", rehearsal.seed, poll.title);
    for (at, question) in poll.questions.iter().enumerate() {
        let mut table = Table::new(&["unit", ">entitled", ">voted", ">paper", ">spoiled", ">yes", ">no", "archive", "verdict"]);
        text.push_str(&format!("{}\n", question_text(question)));
        for counted in counted.iter().take(SHOWN) {
            table.row([
                counted.name.clone(),
                counted.entitled.to_string(),
                counted.voted.to_string(),
                counted.paper.to_string(),
                counted.spoiled.to_string(),
                counted.votes(at, 0).to_string(),
                counted.votes(at, 1).to_string(),
                counted.file.clone(),
                counted.verdict.clone(),
            ]);
        }
        text.push_str(&table.text());
        if counted.len() > SHOWN {
            text.push_str(&format!("  … and {} units more: --json lists all\n", counted.len() - SHOWN));
        }
        text.push('\n');
    }
    let sum = |value: fn(&Counted) -> u64| counted.iter().map(value).sum::<u64>();
    text.push_str(&format!(
        "{} archives: {} entitled, {} ballots of {} voters, {} votes on paper, whose credentials are voided.\n",
        counted.len(),
        sum(|unit| unit.entitled),
        sum(|unit| unit.ballots),
        sum(|unit| unit.voted),
        sum(|unit| unit.paper),
    ));
    text.push_str(if passed { "Every archive and companion passed every check.\n" } else { "NOT every archive passed.\n" });
    let small: Vec<&str> =
        counted.iter().filter(|counted| counted.entitled < u64::from(SMALL)).map(|counted| counted.name.as_str()).collect();
    if !small.is_empty() {
        text.push_str(&format!(
            "Fewer than {SMALL} may vote in {}: such a result can show how somebody voted. Before a real poll opens, small units are\n\
             merged by its plan, or its officer allows them by name.\n",
            some_of(&small)
        ));
    }
    let folder = out.display();
    text.push_str(&format!("\nEverything is in {folder}; {folder}/index.html says what each file is and which command made it.\n"));
    for (who, command) in checks(counted, &folder.to_string()) {
        text.push_str(&format!("Check one {who:<19} {command}\n"));
    }
    text.push_str("(Debian 13: apt-get install belenios-tool; elsewhere: tools/install-belenios-tool.sh target/belenios)\n");
    text
}

/// The first three names, and how many more.
fn some_of(names: &[&str]) -> String {
    match names {
        [first, second, third, _, ..] => format!("{first}, {second}, {third} and {} more", names.len() - 3),
        few => few.join(" and "),
    }
}
