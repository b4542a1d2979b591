//! Elections made by belenios-tool: every Ed25519 set passes with its result, the others cannot be checked.

use crate::make;
use verify::{Check, Options, Outcome, Reason, Report, Unsupported, Verdict, judge};

pub fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/belenios")
}

pub fn archive_of(set: &str) -> Vec<u8> {
    let folder = folder().join(set);
    let bel =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "bel"));
    std::fs::read(bel.unwrap()).unwrap()
}

pub fn judge_alone(archive: &[u8]) -> Report {
    judge(archive, None::<&[u8]>, &Options::default())
}

pub fn judge_both(made: &make::Made) -> Report {
    judge(&made.archive[..], Some(&made.companion[..]), &Options::default())
}

#[test]
fn every_ed25519_set_passes_with_its_result() {
    for set in ["ed25519-basic", "ed25519-threshold"] {
        let expected = std::fs::read(folder().join(set).join("result.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
        for strict in [false, true] {
            let options = Options { strict, threads: 2, ..Options::default() };
            let report = judge(&archive_of(set)[..], None::<&[u8]>, &options);
            assert_eq!(report.verdict, Verdict::Passed, "{set}: {}", verify::output::to_text(&report, true));
            let found: serde_json::Value = serde_json::from_str(&verify::output::to_json(&report)).unwrap();
            assert_eq!(found["result"], expected["result"], "{set}");
            assert_eq!(report.warning_count, 0);
        }
    }
}

#[test]
fn the_other_groups_are_not_supported() {
    for set in ["basic", "threshold", "threshold-v3", "multi-question"] {
        let report = judge_alone(&archive_of(set));
        assert_eq!(report.verdict, Verdict::CouldNotCheck, "{set}");
        let group = Outcome::NotChecked(Reason::Unsupported(Unsupported::Group));
        assert_eq!(report.check(Check::V12).outcome, group, "{set}");
        assert_eq!(report.check(Check::V33).outcome, group, "{set}");
        assert_eq!(report.check(Check::V2).outcome, Outcome::Passed, "{set}");
        assert!(verify::output::summary(&report).contains("group not supported"));
    }
}

#[test]
fn elections_made_by_the_tests_pass_alone_and_with_their_companion() {
    for spec in [make::Spec::small(), make::Spec::rich(), make::Spec::spare()] {
        let made = make::honest(&spec);
        for report in [judge_alone(&made.archive), judge_both(&made)] {
            assert_eq!(report.verdict, Verdict::Passed, "{}", verify::output::to_text(&report, true));
            assert_eq!(report.facts.result.as_ref(), Some(&made.counts));
        }
        let report = judge_both(&made);
        for check in Check::ALL {
            let outcome = report.check(*check).outcome;
            let absent = matches!(outcome, Outcome::NotChecked(Reason::NotInFormat | Reason::NotAsked));
            assert!(absent || outcome == Outcome::Passed, "{check:?} {outcome:?}");
        }
    }
}
