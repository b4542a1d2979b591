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
fn groups_that_an_offer_treats_differently_are_never_added_up() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new d").code, 0);
    let path = home.path().join("d/dispute.toml");
    let text = fs::read_to_string(&path).expect("read")
        + "\n[[group]]\nid = \"porters\"\nname = \"Porters\"\nmachinery = \"x\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    fs::write(&path, text).expect("written");
    let offer = "id = \"two\"\ntitle = \"t\"\nkind = \"offer\"\nbase_date = 2026-03-31\nnations = [\"England\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\
        [[step]]\nfrom = 2026-04-01\ngroups = [\"all-staff\"]\npercent = 2\nof = \"base\"\n[[step]]\nfrom = 2026-04-01\ngroups = [\"porters\"]\npercent = 3\nof = \"base\"\n";
    fs::write(home.path().join("d/offers/two.toml"), offer).expect("written");
    let answer = whitley_in(home.path(), "offer value d --offer two --json");
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.out);
    let both: Value = serde_json::from_str(&answer.out).expect("JSON");
    for (group, percent, rate) in [("all-staff", 2.0, 24_480.0), ("porters", 3.0, 24_720.0)] {
        let value = at(&both, &format!("offers/group={group}"));
        assert_eq!(value["year_end_percent"], percent, "{group}");
        assert_eq!(value["points"][0]["year_end_rate"], rate, "{group}: 24,000 and its own rise, not both");
    }
    let one = whitley_in(home.path(), "offer value d --offer two --group porters --point 1");
    assert!(one.out.contains("£24,720") && !one.out.contains("£24,480"), "{}", one.out);
    assert_eq!(whitley_in(home.path(), "offer value d --group clerks").code, 3);
    assert_eq!(whitley_in(home.path(), "offer compare d --offers offer,two").code, 3, "which group?");
    assert_eq!(whitley_in(home.path(), "offer compare d --offers offer,two --group porters").code, 0);
}

#[test]
fn a_wrong_question_is_answered_in_json_too() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let answer = whitley_in(home.path(), "offer claims nhs-2007 --figure nobody-said-this --json");
    assert_eq!((answer.code, answer.err.as_str()), (3, ""));
    let said: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert!(at(&said, "faults/0/what").as_str().is_some_and(|what| what.contains("the figures are")));
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

/// What is on the disk is not always a file.
#[cfg(unix)]
#[test]
fn folders_links_and_devices_where_a_file_belongs_are_faults_and_never_waited_for() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new d").code, 0);
    let offers = home.path().join("d/offers");
    fs::create_dir(offers.join("folder.toml")).expect("made");
    std::os::unix::fs::symlink("/nowhere/at/all", offers.join("link.toml")).expect("made");
    std::os::unix::fs::symlink("/dev/zero", offers.join("zero.toml")).expect("made");
    let answer = whitley_in(home.path(), "check d");
    assert_eq!(answer.code, 3, "{}{}", answer.out, answer.err);
    for part in ["offers/folder.toml:1: error: this is a folder", "link.toml:1: error: this is a link to nothing", "zero.toml:1: error"] {
        assert!(answer.out.contains(part), "{part}: {}", answer.out);
    }
}

#[test]
fn a_folder_that_is_no_dispute_is_said_to_be_none_and_not_every_file_in_it() {
    let home = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.txt", "b.png", "c"] {
        fs::write(home.path().join(name), "x").expect("written");
    }
    let answer = whitley_in(home.path(), "check .");
    assert_eq!((answer.code, answer.out.matches(": error: ").count(), answer.out.matches("warning").count()), (3, 1, 0), "{}", answer.out);
}

/// `/dev/full` refuses every byte.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_our_failure_and_never_a_crash() {
    use std::process::{Command, Stdio};
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("/dev/full"));
    let run = |arguments: [&str; 2], out, err| {
        Command::new(env!("CARGO_BIN_EXE_whitley")).args(arguments).stdout(out).stderr(err).status().expect("it starts").code()
    };
    assert_eq!(run(["check", "nhs-2007"], full(), Stdio::null()), Some(4));
    assert_eq!(run(["check", "nhs-2006"], Stdio::null(), full()), Some(3), "nobody can be told, but the answer stands");
}

#[test]
fn a_broken_part_sets_off_no_other_fault_and_a_part_that_lacks_something_is_still_checked() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new d").code, 0);
    let codes = || {
        let answer = whitley_in(home.path(), "check d --json");
        let said: Value = serde_json::from_str(&answer.out).expect("JSON");
        said["faults"].as_array().expect("faults").iter().map(|fault| fault["code"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    // quoted.toml and decide/ name the offer; that its file is empty is one mistake, not many.
    fs::write(home.path().join("d/offers/offer.toml"), "").expect("written");
    assert_eq!(codes(), ["file-empty"]);
    // No text, and nobody by that name: both come in one run.
    fs::remove_dir_all(home.path().join("d")).expect("removed");
    assert_eq!(whitley_in(home.path(), "new d").code, 0);
    let position = "[[position]]\nwho = \"nobody\"\nstance = \"rejects\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    fs::write(home.path().join("d/decide/more.toml"), position).expect("written");
    let mut found = codes();
    found.sort();
    assert_eq!(found, ["missing-key", "unknown-party"]);
}

#[test]
fn prices_are_not_silently_left_out_for_one_member() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let answer = whitley_in(home.path(), "offer value nhs-2007 --point 5-min --from 2007-04 --to 2008-04");
    assert_eq!((answer.code, answer.out.as_str()), (3, ""));
    assert!(answer.err.contains("leave out"), "{}", answer.err);
}

#[test]
fn a_refused_new_folder_is_told_in_json_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("there")).expect("made");
    for (name, code) in [("Our_Trust", "bad-name"), ("there", "already-there")] {
        let answer = whitley_in(folder.path(), &format!("new {name} --json"));
        assert_eq!(answer.code, 3);
        let said: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
        assert_eq!(said["faults"][0]["code"], code);
        assert!(whitley_in(folder.path(), &format!("new {name}")).err.contains("fix: "), "{name}");
    }
}
