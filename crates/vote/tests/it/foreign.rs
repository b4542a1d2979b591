//! The foreign program judges elections made here: every ballot, the whole archive, and the result.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use vote::{Limits, Question};

use crate::made::{Holders, Made, Plan, Vote, make};

/// The foreign program: from BELENIOS_TOOL, or installed under the target directory. Without it these tests fail.
fn tool() -> &'static Path {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    TOOL.get_or_init(|| {
        if let Some(path) = std::env::var_os("BELENIOS_TOOL") {
            return PathBuf::from(path);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = root.join("target/belenios");
        let program = folder.join("belenios-tool");
        if !program.exists() {
            let installed = Command::new(root.join("tools/install-belenios-tool.sh")).arg(&folder).output().expect("the script runs");
            assert!(installed.status.success(), "belenios-tool cannot be installed: {}", String::from_utf8_lossy(&installed.stderr));
        }
        program
    })
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(tool()).args(arguments).current_dir(folder).output().expect("belenios-tool runs")
}

fn succeeds(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}", &errors[..errors.len().min(300)]);
    format!("{}{errors}", String::from_utf8_lossy(&output.stdout))
}

fn agrees(made: &Made, expected: &[&[u128]]) {
    assert_eq!(made.result.counts, expected);
    let folder = tempfile::tempdir().expect("a folder");
    let uuid = made.election.uuid().as_str();
    let archive = folder.path().join(format!("{uuid}.bel"));
    std::fs::write(&archive, &made.before_result).expect("written");
    let counted = succeeds(&["election", "compute-result", "--dir", ".", "--uuid", uuid], folder.path());
    assert_eq!(counted.lines().next(), Some(made.result.record().as_str()));

    std::fs::write(&archive, &made.archive).expect("written");
    let verdict = succeeds(&["election", "verify", "--dir", ".", "--uuid", uuid], folder.path());
    assert!(verdict.contains("all checks passed"), "{verdict}");
    // On an archive without ballots: the program refuses a ballot that is there already.
    std::fs::write(&archive, &made.setup).expect("written");
    for ballot in &made.ballots {
        std::fs::write(folder.path().join("ballot.json"), ballot.payload()).expect("written");
        succeeds(&["election", "verify-ballot", "--dir", ".", "--uuid", uuid, "--ballot", "ballot.json"], folder.path());
    }
    // The check can fail: one digit of one response.
    let Some(ballot) = made.ballots.first() else { return };
    let payload = ballot.payload();
    let at = payload.rfind("\"response\":\"").expect("a response") + 13;
    let digit = if payload.as_bytes()[at] == b'1' { '2' } else { '1' };
    let changed = format!("{}{digit}{}", &payload[..at], &payload[at + 1..]);
    std::fs::write(folder.path().join("ballot.json"), changed).expect("written");
    let output = run(&["election", "verify-ballot", "--dir", ".", "--uuid", uuid, "--ballot", "ballot.json"], folder.path());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && !errors.contains("Duplicate"), "a changed ballot: {}", &errors[..errors.len().min(300)]);
}

fn yes_no() -> Question {
    Question::one_of("Are you prepared to take part in industrial action consisting of a strike?", &["Yes", "No"]).expect("a question")
}

fn one(answer: usize) -> Vec<Vote> {
    vec![Vote::Answers(vec![answer])]
}

#[test]
fn two_single_trustees() {
    let votes = [0, 1, 0, 0, 1].into_iter().enumerate().map(|(voter, answer)| (voter, one(answer))).collect();
    let plan = Plan {
        seed: "singles",
        holders: Holders::Singles(2),
        questions: vec![yes_no()],
        weights: None,
        voters: 7,
        votes,
        counting: vec![1, 2],
    };
    agrees(&make(&plan), &[&[3, 2]]);
}

#[test]
fn two_of_three_with_each_pair_and_with_all() {
    for counting in [vec![1, 2], vec![1, 3], vec![3, 2], vec![3, 1, 2]] {
        let votes = [1, 1, 0, 1].into_iter().enumerate().map(|(voter, answer)| (voter, one(answer))).collect();
        let plan = Plan {
            seed: "group",
            holders: Holders::Group { members: 3, needed: 2 },
            questions: vec![yes_no()],
            weights: None,
            voters: 4,
            votes,
            counting,
        };
        agrees(&make(&plan), &[&[1, 3]]);
    }
}

#[test]
fn three_of_five() {
    let plan = Plan {
        seed: "five",
        holders: Holders::Group { members: 5, needed: 3 },
        questions: vec![yes_no()],
        weights: None,
        voters: 3,
        votes: vec![(0, one(0)), (2, one(1))],
        counting: vec![2, 4, 5],
    };
    agrees(&make(&plan), &[&[1, 1]]);
}

#[test]
fn blank_allowed() {
    let answers: Vec<String> = ["Accept", "Reject"].map(str::to_owned).to_vec();
    let question = Question::new("The offer?", &answers, Limits { min: 1, max: 1, blank: true }).expect("a question");
    let votes = vec![(0, one(0)), (1, vec![Vote::Blank]), (2, one(1)), (3, vec![Vote::Blank]), (4, one(0))];
    let plan = Plan {
        seed: "blank",
        holders: Holders::Group { members: 3, needed: 2 },
        questions: vec![question],
        weights: None,
        voters: 5,
        votes,
        counting: vec![1, 3],
    };
    agrees(&make(&plan), &[&[2, 2, 1]]);
}

#[test]
fn two_questions_with_other_limits_weights_and_voting_again() {
    let answers: Vec<String> = ["One", "Two", "Three", "Four"].map(str::to_owned).to_vec();
    let several = Question::new("Up to two", &answers, Limits { min: 0, max: 2, blank: true }).expect("a question");
    let without_blank = Question::new("Two or three", &answers, Limits { min: 2, max: 3, blank: false }).expect("a question");
    let vote = |first: usize, second: Vote, third: &[usize]| vec![Vote::Answers(vec![first]), second, Vote::Answers(third.to_vec())];
    let votes = vec![
        (0, vote(0, Vote::Answers(vec![]), &[0, 1])),
        (1, vote(1, Vote::Answers(vec![0, 3]), &[1, 2, 3])),
        (0, vote(1, Vote::Blank, &[2, 3])),
        (2, vote(0, Vote::Answers(vec![2]), &[0, 3])),
        (0, vote(1, Vote::Answers(vec![3]), &[0, 2])),
    ];
    let plan = Plan {
        seed: "several",
        holders: Holders::Singles(3),
        questions: vec![yes_no(), several, without_blank],
        weights: Some(vec![2, 1, 1 << 30, 5]),
        voters: 4,
        votes,
        counting: vec![3, 1, 2],
    };
    let big = 1 << 30;
    agrees(&make(&plan), &[&[big, 3], &[0, 1, 0, big, 3], &[big + 2, 1, 3, big + 1]]);
}

#[test]
fn nobody_voted() {
    let plan = Plan {
        seed: "nobody",
        holders: Holders::Group { members: 3, needed: 2 },
        questions: vec![yes_no()],
        weights: None,
        voters: 3,
        votes: Vec::new(),
        counting: vec![2, 3],
    };
    agrees(&make(&plan), &[&[0, 0]]);
}
