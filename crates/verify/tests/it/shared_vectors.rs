//! The ballots under `vectors/v1`, made by the making side from the same specification: good ones pass, `*_bad_*` ones fail at
//! the rule that they name and at no other.

use serde_json::Value;
use std::collections::BTreeSet;
use verify::BallotJudge;

#[test]
fn every_ballot_is_judged_as_its_file_says() {
    let folder = crate::vectors::folder().join("../v1");
    let (mut good, mut bad) = (0, 0);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("ballot_") {
            continue;
        }
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let bytes = |field: &str| file[field].as_str().unwrap().as_bytes();
        let judge = BallotJudge::new(bytes("election_record"), bytes("credentials_record"), 1).ok().unwrap();
        let verdict = judge.judge(bytes("payload"));
        let must_fail = &file["must_fail"];
        if must_fail.is_null() {
            let tracker = verify::hex::hash_to_base64(&verdict.unwrap().tracker());
            assert_eq!(file["tracker"], tracker, "{name}");
            good += 1;
            continue;
        }
        let also = must_fail["also"].as_array().into_iter().flatten();
        let expected: BTreeSet<&str> = also.chain([&must_fail["rule"]]).map(|rule| rule.as_str().unwrap()).collect();
        let found: BTreeSet<&str> = verdict.unwrap_err().iter().map(|fault| fault.check.id()).collect();
        assert_eq!(found, expected, "{name}: {}", file["what"]);
        bad += 1;
    }
    assert!(good >= 5 && bad >= 20, "{good} good, {bad} bad");
}
