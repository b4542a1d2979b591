//! What the caller asks for: continuing, fingerprints, trackers, strictness, threads; and single ballots.

use crate::make::{Event, Record, Spec, Stage, honest, make, sha256, tar_record};
use crate::vectors::{archive_of, judge_alone, judge_both};
use verify::{BallotJudge, Check, Options, Outcome, Reason, Remembered, Unsupported, Verdict, judge};

fn judge_with(archive: &[u8], options: &Options) -> verify::Report {
    judge(archive, None::<&[u8]>, options)
}

/// The archive up to a number of events.
fn first_events(spec: &Spec, events: usize) -> Vec<u8> {
    make(spec, &|_, _, _| {}, &|list: &mut Vec<Event>| list.truncate(events)).archive
}

#[test]
fn an_open_election_could_not_be_checked_yet_and_names_no_fault() {
    for events in [1, 3, 7, 8, 10, 12] {
        let report = judge_alone(&first_events(&Spec::small(), events));
        assert_eq!(report.verdict, Verdict::CouldNotCheck, "{events}");
        assert_eq!(report.check(Check::V6).outcome, Outcome::NotChecked(Reason::NotReached));
        assert_eq!(report.check(Check::V61).outcome, Outcome::NotChecked(Reason::NotReached));
        assert_eq!(report.verdict.exit_status(), 2);
    }
}

#[test]
fn a_later_run_continues_from_an_earlier_one_and_judges_only_what_is_new() {
    let spec = Spec::small();
    let report = judge_alone(&first_events(&spec, 4));
    assert_eq!(report.facts.ballots, 3);
    let remembered = report.to_remember();
    assert_eq!(remembered.map(|r| r.height), Some(3));
    let made = honest(&spec);
    let options = Options { remembered, ..Options::default() };
    let report = judge_with(&made.archive, &options);
    assert_eq!(report.verdict, Verdict::Passed, "{}", verify::output::to_text(&report, true));
    assert_eq!(report.facts.remembered_ballots, 3);
    // Two ballots are new: their proofs and no others were judged.
    assert_eq!(report.check(Check::V33).count, 6);
    assert_eq!(report.check(Check::V43).count, 3);
    assert_eq!(report.facts.result.as_ref(), Some(&made.counts));
}

#[test]
fn another_history_than_the_remembered_one_is_refused() {
    let made = honest(&Spec::small());
    for remembered in [Remembered { height: 3, last_event: [1; 32] }, Remembered { height: 99, last_event: [1; 32] }] {
        let options = Options { remembered: Some(remembered), ..Options::default() };
        let report = judge_with(&made.archive, &options);
        assert_eq!(report.failed(), [Check::V11]);
        assert_eq!(report.check(Check::V33).outcome, Outcome::NotChecked(Reason::After(Check::V11)));
        assert_eq!(report.to_remember(), None);
    }
}

#[test]
fn a_failed_run_leaves_nothing_to_continue_from() {
    let mut archive = honest(&Spec::small()).archive;
    archive.push(0);
    assert_eq!(judge_alone(&archive).to_remember(), None);
    assert_eq!(judge_alone(&archive_of("basic")).to_remember(), None);
}

#[test]
fn the_expected_election_and_no_other() {
    let made = honest(&Spec::small());
    let hash = judge_alone(&made.archive).facts.election_hash;
    let options = Options { expected_election: hash, ..Options::default() };
    let report = judge_with(&made.archive, &options);
    assert_eq!(report.check(Check::V25).outcome, Outcome::Passed);
    let options = Options { expected_election: Some([0; 32]), ..Options::default() };
    assert_eq!(judge_with(&made.archive, &options).failed(), [Check::V25]);
}

#[test]
fn trackers_must_be_there_and_count() {
    let spec = Spec::small();
    let bodies = std::cell::RefCell::new(Vec::new());
    let made = make(
        &spec,
        &|stage, text, _| {
            if let Stage::Ballot(_) = stage {
                bodies.borrow_mut().push(sha256(text));
            }
        },
        &|_| {},
    );
    let trackers = bodies.into_inner();
    let ask = |tracker| Options { trackers: vec![tracker], ..Options::default() };
    let report = judge_with(&made.archive, &ask(trackers[4]));
    assert_eq!(report.check(Check::V39).outcome, Outcome::Passed);
    // The first voter voted again: the first ballot is there and does not count.
    let report = judge_with(&made.archive, &ask(trackers[0]));
    assert_eq!(report.failed(), [Check::V39]);
    let report = judge_with(&made.archive, &ask([9; 32]));
    assert_eq!(report.failed(), [Check::V39]);
}

#[test]
fn odd_forms_inside_answers_are_warnings_in_foreign_archives_and_faults_in_ours() {
    type Edit = (&'static str, fn(&str) -> String);
    let edits: [Edit; 4] = [
        ("leading zero", |t| t.replacen("\"response\":\"", "\"response\":\"0", 1)),
        ("plus sign", |t| t.replacen("\"response\":\"", "\"response\":\"+", 1)),
        ("unknown field", |t| t.replacen("{\"alpha\"", "{\"note\":1,\"alpha\"", 1)),
        ("space", |t| t.replacen("\"choices\":[", "\"choices\": [", 1)),
    ];
    for (what, edit) in edits {
        let hook = |stage: Stage, text: &mut Vec<u8>, _: &crate::make::Secrets| {
            if stage == Stage::Unsigned(1) {
                *text = edit(std::str::from_utf8(text).unwrap()).into_bytes();
            }
        };
        let made = make(&Spec::small(), &hook, &|_| {});
        let report = judge_alone(&made.archive);
        assert_eq!(report.verdict, Verdict::Passed, "{what}: {}", verify::output::to_text(&report, false));
        assert_eq!(report.warning_count, 1, "{what}");
        assert_eq!(judge_both(&made).verdict, Verdict::Failed, "{what}");
    }
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    for archive in [archive_of("ed25519-threshold"), {
        let mut bad = archive_of("ed25519-basic");
        let at = bad.len() / 2;
        bad[at] ^= 1;
        bad
    }] {
        let one = judge_with(&archive, &Options { threads: 1, ..Options::default() });
        for threads in [2, 3, 8] {
            assert_eq!(one, judge_with(&archive, &Options { threads, ..Options::default() }));
        }
    }
}

#[test]
fn other_versions_and_kinds_of_question_are_not_supported_rather_than_failed() {
    let version = |bytes: &mut Vec<u8>, body: &str| {
        let first = 512 + 512;
        bytes.splice(..first, tar_record("BELENIOS", body.as_bytes()));
    };
    let mut archive = honest(&Spec::small()).archive;
    for n in ["0", "2"] {
        version(&mut archive, &format!("{{\"version\":{n},\"timestamp\":\"1900000000\"}}"));
        let report = judge_alone(&archive);
        assert_eq!(report.verdict, Verdict::CouldNotCheck);
        let reason = Reason::Unsupported(Unsupported::ArchiveVersion);
        assert_eq!(report.check(Check::V2).outcome, Outcome::NotChecked(reason));
    }
    for (from, to, what) in [
        ("{\"version\":1", "{\"version\":2", Unsupported::ElectionVersion),
        ("\"Ed25519\"", "\"BELENIOS-2048\"", Unsupported::Group),
        ("[{\"answers\"", "[{\"type\":\"NonHomomorphic\",\"answers\"", Unsupported::QuestionKind),
    ] {
        let hook = |stage: Stage, text: &mut Vec<u8>, _: &crate::make::Secrets| {
            if stage == Stage::Election {
                *text = std::str::from_utf8(text).unwrap().replacen(from, to, 1).into_bytes();
            }
        };
        let report = judge_alone(&make(&Spec::small(), &hook, &|_| {}).archive);
        assert_eq!(report.verdict, Verdict::CouldNotCheck, "{to}");
        assert_eq!(report.check(Check::V33).outcome, Outcome::NotChecked(Reason::Unsupported(what)));
    }
}

#[test]
fn a_server_judges_single_ballots_as_the_archive_is_judged() {
    let texts = std::cell::RefCell::new(Vec::new());
    let keep = |stage: Stage, text: &mut Vec<u8>, _: &crate::make::Secrets| {
        texts.borrow_mut().push((stage, text.clone()));
    };
    make(&Spec::rich(), &keep, &|_| {});
    let texts = texts.into_inner();
    let of = |stage| texts.iter().find(|(s, _)| *s == stage).map(|(_, t)| t.clone()).unwrap();
    let judge = BallotJudge::new(&of(Stage::Election), &of(Stage::Credentials), 2).ok().unwrap();
    for number in 0..4 {
        let mut ballot = of(Stage::Ballot(number));
        let accepted = judge.judge(&ballot).unwrap();
        assert_eq!(accepted.tracker(), sha256(&ballot));
        assert_eq!(accepted.credential(), number as u32);
        let at = ballot.len() - 8;
        ballot[at] = if ballot[at] == b'1' { b'2' } else { b'1' };
        let faults = judge.judge(&ballot).unwrap_err();
        assert!(faults.iter().all(|f| f.check == Check::V29), "{faults:?}");
        assert!(judge.judge(b"").is_err() && judge.judge(&ballot[1..]).is_err());
    }
    let faults = BallotJudge::new(b"{}", &of(Stage::Credentials), 1).err().unwrap();
    assert_eq!(faults[0].check, Check::V4);
}

#[test]
fn an_unreadable_file_is_not_a_fault_of_the_election() {
    struct Broken(usize);
    impl std::io::Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let _ = out;
            self.0 += 1;
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let report = judge(Broken(0), None::<&[u8]>, &Options::default());
    assert_eq!(report.verdict, Verdict::CouldNotCheck);
    assert_eq!(report.check(Check::V1).outcome, Outcome::NotChecked(Reason::Unreadable));
}

#[test]
fn the_program_exits_as_it_judged_and_writes_its_state() {
    let folder = std::env::temp_dir().join(format!("whitley-verify-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = honest(&Spec::small());
    let path = |name: &str| folder.join(name);
    std::fs::write(path("good.bel"), &made.archive).unwrap();
    std::fs::write(path("good.companion.jsonl"), &made.companion).unwrap();
    std::fs::write(path("bad.bel"), &made.archive[..made.archive.len() - 1]).unwrap();
    std::fs::write(path("other.bel"), archive_of("basic")).unwrap();
    let run = |args: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_whitley-verify")).current_dir(&folder).args(args).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    let (code, text) = run(&["good.bel", "--json", "--state", "state.json"]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["verdict"], "passed");
    assert_eq!(json["companion"], true);
    assert_eq!(json["checks"].as_array().unwrap().len(), Check::ALL.len());
    assert_eq!(json["checks"][0]["id"], "V1");
    assert!(json["checks"][0]["count"].as_u64().unwrap() > 10);
    let (code, text) = run(&["good.bel", "--no-companion", "--json", "--state", "state.json"]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["remembered_ballots"], 5);
    assert!(json["summary"].as_str().unwrap().starts_with("version 1: passed; not checked: "));
    assert_eq!(run(&["bad.bel"]).0, Some(1));
    assert_eq!(run(&["other.bel"]).0, Some(2));
    assert_eq!(run(&["absent.bel"]).0, Some(2));
    assert_eq!(run(&["good.bel", "--unknown"]).0, Some(3));
    assert_eq!(run(&[]).0, Some(3));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// An election of other programs with a certificate of its credentials: what stands there, and what setup data call it.
fn with_certificate(stands: &'static [u8], named: [u8; 32]) -> Vec<u8> {
    let hook = move |stage: Stage, text: &mut Vec<u8>, _: &crate::make::Secrets| {
        if stage == Stage::SetupData {
            text.pop();
            text.extend(format!(",\"credentials_certificate\":\"{}\"}}", verify::hex::to_hex(&named)).bytes());
        }
    };
    let add = |events: &mut Vec<Event>| events[0].records.insert(3, Record { body: stands.to_vec(), event: false, named: None });
    make(&Spec::small(), &hook, &add).archive
}

#[test]
fn a_certificate_of_credentials_is_bound_and_listed_as_not_checked() {
    const CERTIFICATE: &[u8] = b"{\"made\":\"by others\"}";
    let archive = with_certificate(CERTIFICATE, sha256(CERTIFICATE));
    let report = judge_alone(&archive);
    assert_eq!(report.verdict, Verdict::Passed, "{}", verify::output::to_text(&report, true));
    assert!(verify::output::summary(&report).contains("the certificate of the credentials"));
    assert!(verify::output::to_json(&report).contains("the certificate of the credentials"));
    assert!(!verify::output::summary(&judge_alone(&honest(&Spec::small()).archive)).contains("certificate of the credentials"));
    assert_eq!(judge_with(&archive, &Options { strict: true, ..Options::default() }).failed(), [Check::V4]);
    assert_eq!(judge_alone(&with_certificate(CERTIFICATE, [1; 32])).failed(), [Check::V7]);
    const NOISE: &[u8] = b"{\"made\":";
    assert_eq!(judge_alone(&with_certificate(NOISE, sha256(NOISE))).failed(), [Check::V4]);
}
