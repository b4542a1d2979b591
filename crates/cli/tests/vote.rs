//! `whitley vote` and `whitley rehearse` as people run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn whitley(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whitley")).args(arguments).current_dir(folder).output().expect("the program runs")
}

fn succeeds(arguments: &[&str], folder: &Path) -> String {
    let output = whitley(arguments, folder);
    assert!(
        output.status.success(),
        "{arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// Runs, and demands this exit code and a sentence with these words.
fn refuses(arguments: &[&str], folder: &Path, code: i32, words: &str) {
    let output = whitley(arguments, folder);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(words), "{arguments:?}: {said}");
}

/// The foreign program: from BELENIOS_TOOL, or installed under the target directory. Without it the tests fail.
fn foreign() -> PathBuf {
    if let Some(path) = std::env::var_os("BELENIOS_TOOL") {
        return PathBuf::from(path);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("target/belenios");
    if !folder.join("belenios-tool").exists() {
        let installed = Command::new(root.join("tools/install-belenios-tool.sh")).arg(&folder).output().expect("the script runs");
        assert!(installed.status.success(), "belenios-tool cannot be installed: {}", String::from_utf8_lossy(&installed.stderr));
    }
    folder.join("belenios-tool")
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut list: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "bel")).collect();
    list.sort();
    list
}

#[test]
fn the_script_of_the_docs_runs_a_poll_of_three_units() {
    let folder = tempfile::tempdir().expect("a folder");
    let work = folder.path().join("poll");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vote-a-poll.sh");
    let output = Command::new("sh")
        .arg(script)
        .arg(&work)
        .env("WHITLEY", env!("CARGO_BIN_EXE_whitley"))
        .env("BELENIOS_TOOL", foreign())
        .output()
        .expect("the script runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("version 1 and companion: passed").count(), 3, "{said}");
    assert_eq!(said.matches("all checks passed").count(), 3, "{said}");
    assert!(said.contains("question 1 result as recorded: 3 0"), "the second vote of a member replaced the first: {said}");

    // Secrets are their owners' alone, and in no public file.
    use std::os::unix::fs::PermissionsExt as _;
    for secret in ["officer/officer.key", "trustee-1/trustee.key", "authority/letters/north.letters.csv"] {
        let mode = std::fs::metadata(work.join(secret)).expect(secret).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let letters = std::fs::read_to_string(work.join("authority/letters/north.letters.csv")).expect("letters");
    let credential = letters.lines().nth(1).and_then(|line| line.rsplit(',').next()).expect("a credential").to_owned();
    assert_eq!(credential.len(), 25);
    let key: serde_json::Value = serde_json::from_slice(&std::fs::read(work.join("trustee-1/trustee.key")).expect("a key")).expect("JSON");
    let secrets = ["member_seed", "signing_seed", "decryption_key"].map(|name| key[name].as_str().expect(name).to_owned());
    let mut seen = 0;
    for public in walk(&work.join("POLL")).into_iter().chain(walk(&work.join("voters"))).chain(walk(&work.join("server"))) {
        let bytes = std::fs::read(&public).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        for secret in secrets.iter().chain([&credential]) {
            assert!(!text.contains(secret.as_str()), "{} holds a secret", public.display());
        }
        seen += 1;
    }
    assert!(seen > 30, "{seen} public files");

    // A changed archive is refused by verify, share and result alike.
    let archive = &archives(&work.join("POLL"))[0];
    let mut bytes = std::fs::read(archive).expect("an archive");
    let place = bytes.windows(9).position(|window| window == b"\"answers\"").expect("a ballot") + 30;
    bytes[place] ^= 1;
    std::fs::write(archive, bytes).expect("written");
    let name = archive.to_str().expect("a path");
    refuses(&["vote", "verify", name], &work, 1, "failed at");
    refuses(&["vote", "share", name, "--key", "trustee-1/trustee.key", "--out", "again.json"], &work, 1, "fails its checks");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn wrong_files_get_clear_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    succeeds(&["vote", "key", "officer", "--out", "officer.key"], here);
    succeeds(&["vote", "key", "trustee", "--out", "trustee.key"], here);
    refuses(&["vote", "key", "officer", "--out", "officer.key"], here, 3, "already there");
    std::fs::write(here.join("noise"), b"\xff\x00 nothing").expect("written");
    std::fs::write(here.join("empty.bel"), b"").expect("written");
    std::fs::write(here.join("plan.toml"), "title = \"x\"\nunits = 3\n").expect("written");
    refuses(&["vote", "setup", "plan.toml", "--out", "POLL"], here, 3, "there is no [[unit]]");
    refuses(&["vote", "setup", "noise", "--out", "POLL"], here, 3, "not a text file");
    refuses(&["vote", "ceremony", ".", "--key", "trustee.key"], here, 3, "no poll.json");
    refuses(&["vote", "close", "empty.bel"], here, 3, "cannot be read");
    refuses(&["vote", "export", "empty.bel", "--out", "loose"], here, 3, "not an archive");
    assert!(!here.join("loose").exists(), "nothing half-written");
    refuses(&["vote", "share", "empty.bel", "--key", "officer.key", "--out", "s.json"], here, 3, "this step is for the trustee");
    refuses(&["vote", "share", "empty.bel", "--key", "noise", "--out", "s.json"], here, 3, "not a text file");
    refuses(&["vote", "share", "empty.bel", "--key", "trustee.key", "--out", "s.json"], here, 3, "has not been through a key ceremony");
    refuses(&["vote", "cast", "empty.bel", "--credential", "noise", "--choose", "Yes", "--out", "b.json"], here, 3, "not an archive");
}

#[test]
fn a_rehearsal_is_the_same_for_a_seed_and_a_foreign_program_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    let rehearse = |out: &str, seed: &str| {
        let said = succeeds(&["--json", "rehearse", "civil-service-2004", "--voters", "120", "--seed", seed, "--out", out], folder.path());
        serde_json::from_str::<serde_json::Value>(&said).expect("JSON")
    };
    let (one, two, other) = (rehearse("one", "1"), rehearse("two", "1"), rehearse("other", "2"));
    assert_eq!(one["verdict"], "passed");
    assert_eq!(one["synthetic"], true);
    assert_eq!(one["units"], two["units"]);
    assert_ne!(one["units"], other["units"]);
    assert!(folder.path().join("one/SYNTHETIC.txt").is_file());
    let units = one["units"].as_array().expect("units");
    assert_eq!(units.len(), 5);
    assert_eq!(units.iter().map(|unit| unit["entitled"].as_u64().expect("a number")).sum::<u64>(), 120);
    for unit in units {
        let (archive, uuid) = (unit["archive"].as_str().expect("text"), unit["uuid"].as_str().expect("text"));
        let same = std::fs::read(folder.path().join("one").join(archive)).expect("an archive");
        assert!(same == std::fs::read(folder.path().join("two").join(archive)).expect("an archive"), "the same bytes");
        let verdict =
            Command::new(foreign()).args(["election", "verify", "--dir", "one", "--uuid", uuid]).current_dir(folder.path()).output();
        assert!(verdict.expect("it runs").status.success(), "{uuid}");
    }
    // A folder that is no rehearsal is never replaced.
    std::fs::create_dir(folder.path().join("mine")).expect("made");
    refuses(&["rehearse", "civil-service-2004", "--voters", "120", "--out", "mine"], folder.path(), 3, "is no rehearsal");
    refuses(&["rehearse", "nhs-whitley-1998", "--voters", "120"], folder.path(), 3, "no poll");
}

/// A poll of one unit with four members and two trustees who are both needed, opened and ready. Returns its archive.
fn one_unit(here: &Path, revote: &str) -> String {
    let public = |role: &str, file: &str| {
        let said: serde_json::Value = serde_json::from_str(&succeeds(&["--json", "vote", "key", role, "--out", file], here)).expect("JSON");
        said["public"].as_str().expect("a key").to_owned()
    };
    let mut plan = format!(
        "title = \"A poll\"\ndescription = \"Text\"\nopens_at = 2026-12-01T08:00:00Z\ncloses_at = \"2026-12-15T17:00:00Z\"\nrevote = \"{revote}\"\nquorum = 2\n"
    );
    for role in ["officer", "scrutineer", "authority"] {
        plan.push_str(&format!("{role} = \"{}\"\n", public(role, &format!("{role}.key"))));
    }
    plan.push_str(&format!("trustees = [\"{}\", \"{}\"]\n", public("trustee", "t1.key"), public("trustee", "t2.key")));
    plan.push_str("[[question]]\ntext = \"Which?\"\nanswers = [\"This\", \"That\", \"The other\"]\nmin = 0\nmax = 2\n");
    plan.push_str("[[unit]]\nid = \"all\"\nname = \"All\"\nsmall_allowed = true\n");
    std::fs::write(here.join("plan.toml"), plan).expect("written");
    succeeds(&["vote", "setup", "plan.toml", "--out", "POLL"], here);
    refuses(
        &["vote", "credentials", "POLL", "--key", "authority.key", "--roll", "roll.csv", "--letters", "letters"],
        here,
        1,
        "not done yet",
    );
    for key in ["t1.key", "t2.key", "t1.key", "t2.key", "t1.key", "t2.key"] {
        succeeds(&["vote", "ceremony", "POLL", "--key", key], here);
    }
    std::fs::write(here.join("roll.csv"), "unit,member\nall,\"One, A\"\nall,=Two\nall,Three\nall,Four\nelsewhere,Five\n").expect("written");
    let credentials = ["vote", "credentials", "POLL", "--key", "authority.key", "--roll", "roll.csv", "--letters", "letters"];
    refuses(&credentials, here, 3, "roll.csv:6: there is no unit");
    std::fs::write(here.join("roll.csv"), "unit,member\nall,\"One, A\"\nall,=Two\nall,Three\nall,Four\n").expect("written");
    succeeds(&credentials, here);
    refuses(&["vote", "open", "POLL", "--key", "t1.key"], here, 3, "this step is for the officer or the scrutineer");
    succeeds(&["vote", "open", "POLL", "--key", "scrutineer.key", "--at", "2026-11-30T00:00:00Z"], here);
    assert!(archives(&here.join("POLL")).is_empty(), "one signature opens nothing");
    succeeds(&["vote", "open", "POLL", "--key", "officer.key", "--at", "2026-11-30T00:00:00Z"], here);
    let archive = archives(&here.join("POLL"))[0].to_str().expect("a path").to_owned();
    let letters = std::fs::read_to_string(here.join("letters/all.letters.csv")).expect("letters");
    assert!(letters.contains("all,'=Two,"), "a name is no formula: {letters}");
    for (number, line) in (1..).zip(letters.lines().skip(1)) {
        std::fs::write(here.join(format!("letter-{number}")), line.rsplit(',').next().expect("a credential")).expect("written");
    }
    archive
}

const OPEN: [&str; 2] = ["--at", "2026-12-02T10:00:00Z"];

fn cast(here: &Path, archive: &str, letter: u32, answer: &str, out: &str) {
    succeeds(&["vote", "cast", archive, "--credential", &format!("letter-{letter}"), "--choose", answer, "--out", out], here);
}

#[test]
fn the_server_takes_what_the_rules_allow_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let archive = one_unit(here, "one");
    let archive = archive.as_str();
    let accept = |file: &str| vec!["vote", "accept", archive, file, OPEN[0], OPEN[1]].into_iter().map(str::to_owned).collect::<Vec<_>>();
    let accepts = |file: &str| {
        let list = accept(file);
        succeeds(&list.iter().map(String::as_str).collect::<Vec<_>>(), here);
    };
    let refused = |file: &str, words: &str| {
        let list = accept(file);
        let before =
            (std::fs::read(archive).expect("an archive"), std::fs::read(archive.replace(".bel", ".companion.jsonl")).expect("lines"));
        refuses(&list.iter().map(String::as_str).collect::<Vec<_>>(), here, 1, words);
        let after =
            (std::fs::read(archive).expect("an archive"), std::fs::read(archive.replace(".bel", ".companion.jsonl")).expect("lines"));
        assert!(before == after, "a refused file changes nothing");
    };
    for (answer, code, words) in [
        ("Nothing", 3, "no such answer"),
        ("4", 3, "no such answer"),
        ("1,2,3", 3, "too few or too many"),
        ("blank", 3, "cannot be left blank"),
        ("1,1", 3, "chosen twice"),
    ] {
        refuses(&["vote", "cast", archive, "--credential", "letter-1", "--choose", answer, "--out", "x.json"], here, code, words);
    }
    cast(here, archive, 1, "that", "one.json");
    cast(here, archive, 2, "1,3", "two.json");
    refuses(&["vote", "accept", archive, "one.json", "--at", "2026-12-01T07:59:59Z"], here, 1, "voting is open from");
    refuses(&["vote", "accept", archive, "one.json", "--at", "2026-12-15T17:00:00Z"], here, 1, "voting is open from");
    succeeds(&["vote", "accept", archive, "one.json", "two.json", OPEN[0], OPEN[1]], here);
    refused("one.json", "V36");
    cast(here, archive, 1, "this", "again.json");
    refused("again.json", "V38");
    // A good one goes in beside a bad one.
    cast(here, archive, 3, "", "three.json");
    refuses(&["vote", "accept", archive, "again.json", "three.json", OPEN[0], OPEN[1]], here, 1, "accepted ballot three.json");

    // Paper: not for who has voted, not without the scrutineer, and then no web vote any more.
    let loose: serde_json::Value = serde_json::from_slice(&std::fs::read(here.join("one.json")).expect("a ballot")).expect("JSON");
    let voted = loose["credential"].as_str().expect("text");
    let void = |credential: &str, out: &str| {
        ["vote", "void", archive, "--credential", credential, "--paper", "7", "--key", "officer.key", "--out", out].map(str::to_owned)
    };
    refuses(&void(voted, "v.json").each_ref().map(String::as_str), here, 1, "has voted on the web already");
    cast(here, archive, 4, "1", "four.json");
    let four: serde_json::Value = serde_json::from_slice(&std::fs::read(here.join("four.json")).expect("a ballot")).expect("JSON");
    succeeds(&void(four["credential"].as_str().expect("text"), "void.json").each_ref().map(String::as_str), here);
    refused("void.json", "the signature of the scrutineer is missing");
    refuses(&["vote", "sign", "void.json", "--key", "t1.key"], here, 3, "this step is for");
    succeeds(&["vote", "sign", "void.json", "--key", "scrutineer.key"], here);
    accepts("void.json");
    refused("void.json", "V41");
    refused("four.json", "V41");

    // A later end, never an earlier one.
    let extend = |time: &'static str, out: &'static str| {
        ["vote", "extend", archive, "--closes-at", time, "--reason", "post delayed", "--key", "officer.key", "--out", out]
    };
    refuses(&extend("2026-12-10T17:00:00Z", "e.json"), here, 1, "can only be extended");
    succeeds(&extend("2026-12-16T17:00:00Z", "later.json"), here);
    succeeds(&["vote", "sign", "later.json", "--key", "scrutineer.key"], here);
    accepts("later.json");
    refuses(&["vote", "close", archive, "--at", "2026-12-15T17:00:00Z"], here, 1, "voting is open until 2026-12-16");
    refuses(&["vote", "share", archive, "--key", "t1.key", "--out", "early.json"], here, 1, "has not been closed");
    succeeds(&["vote", "close", archive, "--at", "2026-12-16T17:00:00Z"], here);
    refuses(&["vote", "close", archive, "--at", "2026-12-16T17:00:00Z"], here, 1, "takes no");

    // Both trustees are needed, each once.
    for trustee in ["t1", "t2"] {
        succeeds(&["vote", "share", archive, "--key", &format!("{trustee}.key"), "--out", &format!("{trustee}.json")], here);
    }
    let share = std::fs::read_to_string(here.join("t2.json")).expect("a share");
    let record = share.find("decryption_factors").expect("factors") + 30;
    let mut forged = share.clone().into_bytes();
    forged[record] = if forged[record] == b'1' { b'2' } else { b'1' };
    std::fs::write(here.join("forged.json"), forged).expect("written");
    accepts("t1.json");
    refused("t1.json", "V45");
    refused("forged.json", "V");
    refuses(&["vote", "result", archive, "--key", "officer.key"], here, 1, "too few shares");
    accepts("t2.json");
    let said = succeeds(&["vote", "result", archive, "--key", "officer.key"], here);
    assert!(said.contains("1  This") && said.contains("1  That") && said.contains("1  The other"), "{said}");
    refuses(&["vote", "verify", archive], here, 2, "could not check");
    succeeds(&["vote", "result", archive, "--key", "scrutineer.key"], here);
    refuses(&["vote", "result", archive, "--key", "officer.key"], here, 1, "signed already");
    let verdict = succeeds(&["vote", "verify", archive], here);
    assert!(verdict.contains("version 1 and companion: passed"), "{verdict}");
    succeeds(&["vote", "export", archive, "--out", "loose"], here);
    assert!(here.join("loose/partial_decryptions.jsons").is_file());
}

#[test]
fn a_key_ceremony_stops_at_an_opening_that_was_not_committed_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let public = |role: &str, file: &str| {
        let said: serde_json::Value = serde_json::from_str(&succeeds(&["--json", "vote", "key", role, "--out", file], here)).expect("JSON");
        said["public"].as_str().expect("a key").to_owned()
    };
    let mut plan = String::from(
        "title = \"A poll\"\ndescription = \"Text\"\nopens_at = \"2026-12-01T08:00:00Z\"\ncloses_at = \"2026-12-15T17:00:00Z\"\nrevote = \"one\"\nquorum = 2\n",
    );
    for role in ["officer", "scrutineer", "authority"] {
        plan.push_str(&format!("{role} = \"{}\"\n", public(role, &format!("{role}.key"))));
    }
    let keys: Vec<String> = (1..4).map(|number| format!("\"{}\"", public("trustee", &format!("t{number}.key")))).collect();
    plan.push_str(&format!(
        "trustees = [{}]\n[[question]]\ntext = \"Which?\"\nanswers = [\"This\", \"That\"]\n[[unit]]\nid = \"all\"\nname = \"All\"\n",
        keys.join(", ")
    ));
    std::fs::write(here.join("plan.toml"), plan).expect("written");
    succeeds(&["vote", "setup", "plan.toml", "--out", "POLL"], here);
    let round = |numbers: &[u32]| {
        numbers.iter().for_each(|number| drop(succeeds(&["vote", "ceremony", "POLL", "--key", &format!("t{number}.key")], here)))
    };
    round(&[1, 2, 3]);
    let said = succeeds(&["vote", "ceremony", "POLL", "--key", "t1.key"], here);
    assert!(said.contains("waiting for the commitment of trustee 2;"), "{said}");
    assert!(!here.join("POLL/ceremony/trustee-1.opening.json").exists(), "nothing is opened before all have committed");
    round(&[2]);
    // Trustee 3 shows what it likes once it has seen another's opening: its polynomial is not the one it committed to.
    std::fs::copy(here.join("t3.key"), here.join("t3.before")).expect("copied");
    round(&[3, 1]);
    assert!(here.join("POLL/ceremony/trustee-1.opening.json").exists());
    let key: serde_json::Value = serde_json::from_slice(&std::fs::read(here.join("t3.key")).expect("a key")).expect("JSON");
    let other: serde_json::Value = serde_json::from_slice(&std::fs::read(here.join("t1.key")).expect("a key")).expect("JSON");
    let text = std::fs::read_to_string(here.join("t3.key")).expect("a key");
    let quoted = |value: &serde_json::Value| serde_json::to_string(value["polynomial"].as_str().expect("a polynomial")).expect("JSON");
    std::fs::write(here.join("t3.key"), text.replace(&quoted(&key), &quoted(&other))).expect("written");
    let _ = std::fs::remove_file(here.join("POLL/ceremony/trustee-3.opening.json"));
    let _ = std::fs::remove_file(here.join("POLL/ceremony/trustee-3.confirmation.json"));
    round(&[2]);
    refuses(&["vote", "ceremony", "POLL", "--key", "t3.key"], here, 1, "trustee 3: the opening is not what was committed to");
    refuses(&["vote", "ceremony", "POLL", "--key", "t1.key"], here, 1, "trustee 3: the opening is not what was committed to");
}

#[test]
fn after_a_power_cut_the_poll_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let archive = one_unit(here, "one");
    let archive = archive.as_str();
    let companion = archive.replace(".bel", ".companion.jsonl");
    let length = |path: &str| std::fs::metadata(path).expect("a file").len();
    let cut = |path: &str, length: u64| {
        std::fs::OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(length)).expect("cut");
    };
    let repair = || succeeds(&["vote", "repair", archive], here);
    cast(here, archive, 1, "this", "one.json");
    cast(here, archive, 2, "this", "two.json");
    cast(here, archive, 3, "that", "three.json");
    succeeds(&["vote", "accept", archive, "one.json", OPEN[0], OPEN[1]], here);
    assert!(repair().contains("Nothing to repair"));

    // In a batch of two the second ballot is cut off: the first stays, both can be brought again.
    let before = length(archive);
    succeeds(&["vote", "accept", archive, "two.json", "three.json", OPEN[0], OPEN[1]], here);
    let after = length(archive);
    cut(archive, after - 700);
    refuses(&["vote", "accept", archive, "three.json", OPEN[0], OPEN[1]], here, 3, "whitley vote repair");
    refuses(&["vote", "cast", archive, "--credential", "letter-4", "--choose", "this", "--out", "x.json"], here, 3, "whitley vote repair");
    refuses(&["vote", "close", archive, "--at", "2026-12-15T17:00:00Z"], here, 3, "whitley vote repair");
    refuses(&["vote", "verify", archive], here, 1, "whitley vote repair");
    let said = repair();
    assert!(said.contains("not accepted yet, tracker ") && said.contains("after event 2 "), "{said}");
    assert!(length(archive) > before && length(archive) < after);
    refuses(&["vote", "accept", archive, "two.json", "three.json", OPEN[0], OPEN[1]], here, 1, "accepted ballot three.json");
    assert_eq!(length(archive), after, "the same events as without the cut");

    // Between the two events of closing.
    let before = length(archive);
    succeeds(&["vote", "close", archive, "--at", "2026-12-15T17:00:00Z"], here);
    cut(archive, before + 1024 + 100);
    assert!(repair().contains("the tally is missing: whitley vote close"));
    succeeds(&["vote", "close", archive, "--at", "2026-12-15T17:00:00Z"], here);

    // Between archive and companion, and in the companion's line.
    for trustee in ["t1", "t2"] {
        succeeds(&["vote", "share", archive, "--key", &format!("{trustee}.key"), "--out", &format!("{trustee}.json")], here);
    }
    succeeds(&["vote", "accept", archive, "t1.json"], here);
    let before = length(&companion);
    succeeds(&["vote", "accept", archive, "t2.json"], here);
    cut(&companion, before + 40);
    refuses(&["vote", "accept", archive, "t2.json"], here, 3, "whitley vote repair");
    refuses(&["vote", "result", archive, "--key", "officer.key"], here, 3, "whitley vote repair");
    assert!(repair().contains("the companion lacks the last share's line"));
    succeeds(&["vote", "accept", archive, "t2.json"], here);
    succeeds(&["vote", "result", archive, "--key", "officer.key"], here);
    let before = length(&companion);
    succeeds(&["vote", "result", archive, "--key", "scrutineer.key"], here);
    cut(&companion, before);
    assert!(repair().contains("the companion lacks the result's line"));
    // Both signatures are kept beside the archive.
    succeeds(&["vote", "result", archive, "--key", "officer.key"], here);
    assert!(succeeds(&["vote", "verify", archive], here).contains("version 1 and companion: passed"));
}

#[test]
fn a_trustee_decrypts_one_sum_of_an_election_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let archive = one_unit(here, "one");
    for (letter, answer) in [(1, "This"), (2, "That")] {
        cast(here, &archive, letter, answer, &format!("ballot-{letter}.json"));
    }
    succeeds(&["vote", "accept", &archive, "ballot-1.json", OPEN[0], OPEN[1]], here);
    // A server keeps a copy without the second ballot, and closes both.
    let (name, twin) = (archive.rsplit('/').next().expect("a name"), here.join("twin"));
    std::fs::create_dir(&twin).expect("a folder");
    let companion = archive.replace(".bel", ".companion.jsonl");
    std::fs::copy(&archive, twin.join(name)).expect("copied");
    std::fs::copy(&companion, twin.join(name.replace(".bel", ".companion.jsonl"))).expect("copied");
    let twin = twin.join(name).to_str().expect("a path").to_owned();
    succeeds(&["vote", "accept", &archive, "ballot-2.json", OPEN[0], OPEN[1]], here);
    for one in [&archive, &twin] {
        succeeds(&["vote", "close", one, "--at", "2026-12-15T17:00:01Z"], here);
    }
    succeeds(&["vote", "share", &archive, "--key", "t1.key", "--out", "share.json"], here);
    refuses(&["vote", "share", &twin, "--key", "t1.key", "--out", "other.json"], here, 1, "already decrypted another tally");
    assert!(!here.join("other.json").exists());
    // The same sum again gives nothing more away.
    succeeds(&["vote", "share", &archive, "--key", "t1.key", "--out", "again.json"], here);
}

#[test]
fn a_lost_letter_is_replaced_by_a_spare_one_and_by_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    // Two spares for four members; the poll of the other tests has none.
    one_unit(here, "one");
    for made in ["units/all.credentials.json", "units/all.list.json", "units/all.setup.json"] {
        std::fs::remove_file(here.join("POLL").join(made)).expect("removed");
    }
    for path in walk(&here.join("POLL")).into_iter().filter(|path| path.to_string_lossy().contains(".bel")) {
        std::fs::remove_file(path).expect("removed");
    }
    walk(&here.join("POLL")).iter().filter(|path| path.to_string_lossy().ends_with(".companion.jsonl")).for_each(|path| {
        std::fs::remove_file(path).expect("removed");
    });
    let credentials = |spare: &'static str| {
        ["vote", "credentials", "POLL", "--key", "authority.key", "--roll", "roll.csv", "--letters", "again", "--spare", spare]
    };
    refuses(&credentials("some"), here, 3, "neither a number of spare credentials");
    refuses(&credentials("200000"), here, 3, "at most 100000");
    assert!(!here.join("again").exists(), "nothing half-written");
    let said = succeeds(&credentials("50%"), here);
    assert!(said.contains("4 entitled and 2 spare") && said.contains("again/packs.csv"), "{said}");
    use std::os::unix::fs::PermissionsExt as _;
    for secret in ["again/packs.csv", "again/all.spares.csv", "again/all.letters.csv"] {
        assert_eq!(std::fs::metadata(here.join(secret)).expect(secret).permissions().mode() & 0o777, 0o600, "{secret}");
    }
    for role in ["officer", "scrutineer"] {
        succeeds(&["vote", "open", "POLL", "--key", &format!("{role}.key"), "--at", "2026-11-30T00:00:00Z"], here);
    }
    let archive = archives(&here.join("POLL"))[0].to_str().expect("a path").to_owned();
    let archive = archive.as_str();

    let table = |name: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(here.join(name)).expect(name);
        csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
    };
    let (letters, spares, packs) = (table("again/all.letters.csv"), table("again/all.spares.csv"), table("again/packs.csv"));
    let public = |pack: &str| packs.iter().find(|row| row[1] == pack).expect("a pack")[2].clone();
    for (number, row) in (1..).zip(&letters) {
        std::fs::write(here.join(format!("letter-{number}")), &row[3]).expect("written");
    }
    for (number, row) in (5..).zip(&spares) {
        std::fs::write(here.join(format!("letter-{number}")), &row[2]).expect("written");
    }
    let (one, two) = (public(&letters[0][2]), public(&letters[1][2]));
    let (spare, other) = (public(&spares[0][1]), public(&spares[1][1]));
    cast(here, archive, 1, "this", "one.json");
    cast(here, archive, 2, "that", "two.json");
    cast(here, archive, 5, "that", "spare.json");
    let accept = |file: &'static str| ["vote", "accept", archive, file, OPEN[0], OPEN[1]];
    refuses(&accept("spare.json"), here, 1, "a ballot by a spare credential that replaced no other");
    succeeds(&accept("one.json"), here);

    let replace = |old: &str, new: &str, out: &str| {
        ["vote", "replace", archive, "--old", old, "--new", new, "--reason", "not delivered", "--key", "officer.key", "--out", out]
            .map(str::to_owned)
    };
    let refuses_replace = |old: &str, new: &str, code: i32, words: &str| {
        refuses(&replace(old, new, "x.json").each_ref().map(String::as_str), here, code, words);
        assert!(!here.join("x.json").exists());
    };
    refuses_replace(&one, &spare, 1, "has voted already");
    refuses_replace(&two, &one, 1, "is not a spare");
    refuses_replace(&spare, &other, 1, "stands for nobody");
    refuses_replace("m2", &spare, 3, "not a public credential");
    succeeds(&replace(&two, &spare, "r.json").each_ref().map(String::as_str), here);
    refuses(&accept("r.json"), here, 1, "the signature of the scrutineer is missing");
    succeeds(&["vote", "sign", "r.json", "--key", "scrutineer.key"], here);
    succeeds(&accept("r.json"), here);
    refuses(&accept("r.json"), here, 1, "V67: this credential was replaced already");
    refuses(&accept("two.json"), here, 1, "V67");
    succeeds(&accept("spare.json"), here);
    refuses_replace(&two, &other, 1, "was replaced already");

    succeeds(&["vote", "close", archive, "--at", "2026-12-15T17:00:00Z"], here);
    for trustee in ["t1", "t2"] {
        succeeds(&["vote", "share", archive, "--key", &format!("{trustee}.key"), "--out", &format!("{trustee}.json")], here);
        succeeds(&["vote", "accept", archive, &format!("{trustee}.json")], here);
    }
    for role in ["officer", "scrutineer"] {
        succeeds(&["vote", "result", archive, "--key", &format!("{role}.key")], here);
    }
    let verdict = succeeds(&["vote", "verify", archive], here);
    assert!(
        verdict.contains("version 1 and companion: passed") && verdict.contains("2 of the credentials are spares; 1 replaced"),
        "{verdict}"
    );
    let uuid = archive.rsplit('/').next().and_then(|name| name.strip_suffix(".bel")).expect("a name");
    let foreign = Command::new(foreign()).args(["election", "verify", "--dir", "POLL", "--uuid", uuid]).current_dir(here).output();
    assert!(foreign.expect("it runs").status.success());
}

#[test]
fn a_role_key_answers_the_challenge_of_a_sign_in_page_and_signs_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let said: serde_json::Value =
        serde_json::from_str(&succeeds(&["--json", "vote", "key", "scrutineer", "--out", "s.key"], here)).expect("JSON");
    let challenge = format!("whitley-sign-in:https://ballot.example.org:{}", "0a".repeat(32));
    let answer = succeeds(&["vote", "sign-in", &challenge, "--key", "s.key"], here);
    let key = poll::sign_in::check(&answer, &challenge).expect("an answer");
    assert_eq!(key.as_str(), said["public"].as_str().expect("a key"));
    refuses(&["vote", "sign-in", "{\"election\":\"x\"}", "--key", "s.key"], here, 3, "not the challenge of a sign-in page");
    refuses(&["vote", "sign-in", &challenge, "--key", "s.key.txt"], here, 3, "cannot be read");
}
