//! Folders on disk: a new one, one with mistakes, one with a very large file.

use std::fs::{self, File};

use serde_json::Value;

use crate::run::{at, whitley_in};

#[test]
fn a_new_folder_has_no_fault_and_is_not_written_twice() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let made = whitley_in(home.path(), "new our-trust-2026 --json");
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    let files: Value = serde_json::from_str(&made.out).expect("JSON");
    for file in files["files"].as_array().expect("a list of files") {
        assert!(home.path().join("our-trust-2026").join(file.as_str().expect("a name")).is_file(), "{file}");
    }
    for question in ["check our-trust-2026", "check ./our-trust-2026/", "offer value our-trust-2026", "offer claims our-trust-2026"] {
        let answer = whitley_in(home.path(), question);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{question}");
    }
    assert!(whitley_in(home.path(), "check our-trust-2026").out.contains("no faults"));
    // Nothing half-made is left beside it, and what is there is not touched.
    assert_eq!(fs::read_dir(home.path()).expect("the folder").count(), 1);
    fs::write(home.path().join("our-trust-2026/dispute.toml"), "mine").expect("written");
    assert_eq!(whitley_in(home.path(), "new our-trust-2026").code, 3);
    assert_eq!(fs::read_to_string(home.path().join("our-trust-2026/dispute.toml")).expect("read"), "mine");
}

#[test]
fn a_folder_under_disputes_comes_before_a_founding_one() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new disputes/nhs-2007").code, 0);
    let answer = whitley_in(home.path(), "check nhs-2007");
    assert!(answer.out.contains("2 offers"), "{}", answer.out);
}

#[test]
fn a_file_of_50_mb_is_named_and_not_read() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new case").code, 0);
    let large = home.path().join("case/offers/large.toml");
    // Sparse: it takes no room on disk.
    File::create(&large).and_then(|file| file.set_len(50_000_000)).expect("a large file");
    let answer = whitley_in(home.path(), "check case --json");
    assert_eq!(answer.code, 3);
    let found: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(found["faults"].as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(at(&found, "faults/0/code"), "file-too-large");
    assert_eq!(at(&found, "faults/0/file"), "case/offers/large.toml");
    assert!(at(&found, "faults/0/what").as_str().expect("words").contains("50 MB"));
}

#[test]
fn faults_refuse_to_compute_and_warnings_do_not() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new case").code, 0);
    let offer = home.path().join("case/offers/offer.toml");
    let text = fs::read_to_string(&offer).expect("the offer");
    let plain = whitley_in(home.path(), "offer value case --json");
    fs::write(&offer, text.replace('\n', "\r\n")).expect("written");
    let windows = whitley_in(home.path(), "offer value case --json");
    assert_eq!(windows.code, 0);
    assert_eq!(windows.out, plain.out);
    assert!(windows.err.contains("carriage return"), "{}", windows.err);
    // But `check` is for finding them.
    assert_eq!(whitley_in(home.path(), "check case").code, 3);

    fs::write(&offer, text.replace("percent = 2.0", "percent = \"2,0\"")).expect("written");
    for question in ["offer value case", "offer claims case", "offer compare case --offers offer,claim"] {
        let answer = whitley_in(home.path(), question);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{question}");
        assert!(answer.err.contains("case/offers/offer.toml:14"), "{}", answer.err);
        assert!(answer.err.contains("write a decimal point: 2.0"), "{}", answer.err);
    }
}

#[test]
fn the_roll_of_members_and_hidden_files_are_never_read() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new case").code, 0);
    fs::write(home.path().join("case/roll.csv"), b"\xff\xfe not a table").expect("written");
    fs::write(home.path().join("case/.git"), "x").expect("written");
    assert_eq!(whitley_in(home.path(), "check case").code, 0);
}
