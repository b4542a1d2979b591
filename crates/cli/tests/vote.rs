//! `whitley vote` and `whitley rehearse` as people run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn whitley(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whitley")).args(arguments).current_dir(folder).output().expect("the program runs")
}

fn succeeds(arguments: &[&str], folder: &Path) -> String {
    let output = whitley(arguments, folder);
    assert!(output.status.success(), "{arguments:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
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
        let verdict = Command::new(foreign()).args(["election", "verify", "--dir", "one", "--uuid", uuid]).current_dir(folder.path()).output();
        assert!(verdict.expect("it runs").status.success(), "{uuid}");
    }
    // A folder that is no rehearsal is never replaced.
    std::fs::create_dir(folder.path().join("mine")).expect("made");
    refuses(&["rehearse", "civil-service-2004", "--voters", "120", "--out", "mine"], folder.path(), 3, "is no rehearsal");
    refuses(&["rehearse", "nhs-whitley-1998", "--voters", "120"], folder.path(), 3, "no poll");
}
