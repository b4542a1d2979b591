//! `whitley deliver` as the authority runs it, with a real mail server (aiosmtpd, which the test installs), real reports of bounces,
//! and the boards of a real poll. All members are invented.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;

const PACKAGES: [&str; 2] = ["aiosmtpd==1.4.6", "trustme==1.2.1"];
const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A Python with the mail server in it. Whoever has no network sees these tests fail and why.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = root().join("target/beside-deliver");
    let python = folder.join("bin/python");
    let marker = folder.join(PACKAGES.concat());
    if !marker.exists() {
        let run = |command: &mut Command, what: &str| {
            let output = command.output().unwrap_or_else(|error| panic!("could not run: {what}: {error}"));
            assert!(output.status.success(), "could not run: {what}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 -m venv (Debian: python3-venv)");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&python).args(pip).args(PACKAGES), "pip install, which needs the network");
        std::fs::write(&marker, "").expect("written");
    }
    python
});

struct MailServer {
    child: Child,
    /// Closing it ends the server.
    _stdin: ChildStdin,
    port: u16,
    record: PathBuf,
}

impl MailServer {
    fn start(folder: &Path, options: &[&str]) -> Self {
        let record = folder.join("record.jsonl");
        std::fs::write(&record, "").expect("written");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/beside/mail_server.py");
        let mut child = Command::new(&*PYTHON)
            .arg(script)
            .arg(&record)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a port");
        let port = line.trim().parse().unwrap_or_else(|_| panic!("no port: {line}"));
        Self { _stdin: child.stdin.take().expect("a pipe"), child, port, record }
    }

    fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Recipient and text of every message taken.
    fn taken(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(&self.record).expect("the record");
        text.lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).expect("JSON");
                assert_eq!(line["to"].as_array().map(Vec::len), Some(1), "one recipient each");
                (line["to"][0].as_str().expect("a recipient").to_owned(), decoded(line["text"].as_str().expect("text")))
            })
            .collect()
    }

    fn taken_by(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (to, _) in self.taken() {
            *counts.entry(to).or_default() += 1;
        }
        counts
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn decoded(base64: &str) -> String {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for four in base64.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(value(*byte))) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    String::from_utf8(bytes).expect("text")
}

fn whitley(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whitley"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("WHITLEY_SMTP_PASSWORD")
        .output()
        .expect("the program runs")
}

/// Runs with `--json`, demands an exit code, gives the JSON.
fn json(arguments: &[&str], folder: &Path, code: i32) -> Value {
    let output = whitley(&[&["--json"], arguments].concat(), folder);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

fn says(arguments: &[&str], folder: &Path, code: i32, words: &[&str]) -> String {
    let output = whitley(arguments, folder);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: no “{word}” in: {said}");
    }
    said
}

/// An invented code, a different one for each number.
fn code(mut number: usize) -> String {
    let mut text = String::new();
    for at in 0..22 {
        if matches!(at, 5 | 11 | 16) {
            text.push('-');
        }
        text.push(char::from(DIGITS[(number + 7 * at) % 58]));
        number = number / 3 + at;
    }
    text
}

/// A fixed poll that closes late, in POLL.
fn poll(folder: &Path) {
    let key = |role: &str, file: &str| {
        let said = says(&["vote", "key", role, "--out", file], folder, 0, &[]);
        said.lines().find_map(|line| line.strip_prefix("public key: ")).expect("a key").to_owned()
    };
    let [officer, scrutineer, authority, one, two] =
        [("officer", "o.key"), ("scrutineer", "s.key"), ("authority", "a.key"), ("trustee", "1.key"), ("trustee", "2.key")]
            .map(|(role, file)| key(role, file));
    let plan = format!(
        "title = \"Pay 2098 (invented)\"\ndescription = \"invented\"\nopens_at = \"2026-01-01T08:00:00Z\"\ncloses_at = \"2098-12-15T17:00:00Z\"\n\
         revote = \"one\"\nquorum = 2\nofficer = \"{officer}\"\nscrutineer = \"{scrutineer}\"\nauthority = \"{authority}\"\n\
         trustees = [\"{one}\", \"{two}\"]\n[[question]]\ntext = \"Strike?\"\nanswers = [\"Yes\", \"No\"]\n\
         [[unit]]\nid = \"north\"\nname = \"North Hospital\"\n"
    );
    std::fs::write(folder.join("plan.toml"), plan).expect("written");
    says(&["vote", "setup", "plan.toml", "--out", "POLL"], folder, 0, &[]);
}

/// A letters file of unit north: e-mail, name, language of each; packs 01-000001-0 and on.
fn letters(folder: &Path, file: &str, rows: &[(&str, &str, &str)]) -> Vec<String> {
    let mut text = String::from("unit,member,pack,credential,name,address_1,postcode,email,language,large_print\n");
    for (at, (email, name, language)) in rows.iter().enumerate() {
        let name = format!("\"{}\"", name.replace('"', "\"\""));
        text.push_str(&format!("north,M{at},{},{},{name},{at} High Street,N1 1AA,\"{email}\",{language},\n", pack(at), code(at)));
    }
    std::fs::write(folder.join(file), text).expect("written");
    (0..rows.len()).map(pack).collect()
}

fn pack(at: usize) -> String {
    format!("01-{:06}-0", at + 1)
}

fn email<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "deliver",
        "email",
        "letters.csv",
        "--ledger",
        "ledger.jsonl",
        "--poll",
        "POLL",
        "--origin",
        "https://vote.example.org",
        "--from",
        "Ballot office <ballot@union.example>",
        "--wait-seconds",
        "0",
        "--work-domain",
        "nhs.example",
        "--smtp",
        url,
    ];
    [fixed.as_slice(), more].concat()
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|entry| entry[key].as_str().expect(key).to_owned()).collect()
}

#[test]
fn mail_is_taken_refused_delayed_dropped_doubled_and_each_is_told_apart() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    poll(folder);
    let rows = [
        ("anna@example.org", "Anna", ""),
        ("refuse-1@example.org", "Refused", ""),
        ("laterefuse-1@example.org", "Refused Later", ""),
        ("delay-1@example.org", "Delayed", ""),
        ("dropbefore-1@example.org", "Dropped Before", ""),
        ("bea@example.org", "", ""),
        ("dropafter-1@example.org", "Dropped After", ""),
        ("double-1@example.org", "Zoë O’Brien", "cy"),
        ("always-1@example.org", "Always Delayed", ""),
        ("carl@nhs.example", "At Work", ""),
        ("", "No E-mail", ""),
        ("dora@example.org", "Dora\r\nBcc: thief@example.org", ""),
        ("eve@example.org,thief@example.org", "Two Addresses", ""),
        ("fay@example.org", "\u{202e}yaF {code} <b>", ""),
    ];
    let packs = letters(folder, "letters.csv", &rows);
    let server = MailServer::start(folder, &[]);
    let url = server.url();

    // Nothing goes without a ledger, and none is made by the way.
    says(&email(&url, &[]), folder, 3, &["there is no ledger", "whitley deliver begin"]);
    let begun = json(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 0);
    assert_eq!(begun["packs"], 14);
    says(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 3, &["there is a ledger already"]);
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(folder.join("ledger.jsonl")).expect("a ledger").permissions().mode() & 0o777, 0o600);

    let before = std::fs::read(folder.join("ledger.jsonl")).expect("a ledger");
    let dry = says(&email(&url, &["--dry-run"]), folder, 0, &["11 would be sent", "XXXXX-XXXXXX-XXXXX-XXXXXX", "North Hospital"]);
    assert!(!dry.contains(&code(0)));
    assert_eq!(std::fs::read(folder.join("ledger.jsonl")).expect("a ledger"), before);
    assert!(server.taken().is_empty());

    let sent = json(&email(&url, &["--tries", "3"]), folder, 4);
    assert_eq!(sent["handed_over"], 6, "{sent:#}");
    assert_eq!(strings(&sent["bounced"], "pack"), [packs[1].clone(), packs[2].clone()]);
    assert_eq!(strings(&sent["left"], "pack"), [packs[8].clone()]);
    assert_eq!(sent["perhaps_sent_now"], serde_json::json!([packs[4], packs[6]]));
    assert_eq!(strings(&sent["held_back"], "pack"), [packs[9].clone(), packs[10].clone(), packs[12].clone()]);
    assert_eq!(
        strings(&sent["held_back"], "why"),
        ["work address (nhs.example)", "no e-mail address", "not an e-mail address we can send to"]
    );
    assert_eq!(strings(&sent["greeted_as_member"], "pack"), [packs[11].clone(), packs[13].clone()]);

    // What was received, byte for byte as far as it matters.
    let taken = server.taken();
    let mut ids = BTreeMap::new();
    for (to, text) in &taken {
        let at = rows.iter().position(|(email, ..)| email == to).expect("a member");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let header = |name: &str| {
            let found: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect();
            assert_eq!(found.len(), 1, "{name}: {head}");
            found[0].to_owned()
        };
        assert_eq!(header("To"), *to);
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert!(!head.contains("thief") && !head.contains(&code(at)), "{head}");
        assert!(header("Message-ID").ends_with("@union.example>"));
        if to.starts_with("double") {
            // Welsh, in quoted-printable: the letters of the alphabet are all there is of the code.
            assert_eq!(header("Content-Language"), "cy");
            assert!(body.contains(&code(at)));
        } else {
            assert!(body.contains(&format!("\r\n    {}\r\n", code(at))), "{body}");
            assert!(
                body.replace("=\r\n", "").contains(&format!("https://vote.example.org/v/north#code=3D{}", code(at)))
                    || body.contains(&format!("https://vote.example.org/v/north#code={}", code(at))),
                "{body}"
            );
        }
        assert!(!body.contains("Bcc:") && !body.contains('\u{202e}'));
        ids.entry(header("Message-ID")).or_insert_with(Vec::new).push(to.clone());
    }
    assert!(taken.iter().any(|(to, text)| to == "anna@example.org" && text.contains("Dear Anna,\r\n")));
    assert!(taken.iter().any(|(to, text)| to == "bea@example.org" && text.contains("Dear member,\r\n")));
    assert!(taken.iter().any(|(to, text)| to == "dora@example.org" && text.contains("Dear member,\r\n")));
    // The doubled one can be told by its id; no other id stands twice.
    for (id, to) in &ids {
        assert_eq!(to.len(), if to[0].starts_with("double") { 2 } else { 1 }, "{id}: {to:?}");
    }

    // Again: only what is left is tried; what was perhaps sent is not, and is named.
    let again = json(&email(&url, &["--tries", "1"]), folder, 4);
    assert_eq!((again["handed_over"].as_u64(), again["settled"].as_u64()), (Some(0), Some(6)), "{again:#}");
    assert_eq!(again["perhaps_sent"], serde_json::json!([packs[4], packs[6]]));
    assert_eq!(server.taken().len(), taken.len());
    // Only by number is it sent once more, under the same id.
    let resent = json(&email(&url, &["--tries", "1", "--resend", &packs[4]]), folder, 4);
    assert_eq!(resent["handed_over"], 1);
    assert_eq!(server.taken_by()["dropbefore-1@example.org"], 1);

    // The ledger knows packs by number, and nothing of a person.
    let ledger = std::fs::read_to_string(folder.join("ledger.jsonl")).expect("a ledger");
    for at in 0..rows.len() {
        assert!(!ledger.contains(&code(at)));
    }
    assert!(
        !ledger.contains("example.org") && !ledger.contains("Anna") && ledger.contains("550 5.1.1") || ledger.contains("5.1.1 (address)")
    );
    let status = json(&["deliver", "status", "--ledger", "ledger.jsonl"], folder, 0);
    let all = &status["all"];
    let states = ["not_sent", "queued", "perhaps_sent", "handed_over", "bounced", "returned", "replaced", "void"];
    assert_eq!(states.iter().map(|state| all[state].as_u64().expect("a count")).sum::<u64>(), 14);
    assert_eq!(
        [&all["by_email"], &all["bounced"], &all["queued"], &all["perhaps_sent"], &all["not_sent"]].map(Value::as_u64),
        [7, 2, 1, 1, 3].map(Some)
    );

    // Reports: of one pack, the same again, of a reminder of nobody, of no message, and an answer of a person.
    let anna = &taken.iter().find(|(to, _)| to == "anna@example.org").expect("taken").1;
    let report = |original: &str, action: &str| {
        format!(
            "From: MAILER-DAEMON@mail.test\r\nTo: ballot@union.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.test\r\n\r\nFinal-Recipient: rfc822; anna@example.org\r\n\
             Action: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n <anna@example.org> unknown\r\n\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--b--\r\n"
        )
    };
    std::fs::write(folder.join("anna.eml"), report(anna, "failed")).expect("written");
    let heads_only = report(anna, "failed").replace("message/rfc822", "text/rfc822-headers");
    let strange = report(&anna.replace("Message-ID: <", "Message-ID: <00"), "failed");
    let mbox = [report(anna, "delayed"), heads_only, strange, "From: a@b.example\r\nSubject: Hello\r\n\r\nI am on holiday.\r\n".to_owned()]
        .map(|mail| format!("From MAILER-DAEMON Mon Jan  5 10:00:00 2026\n{}\n", mail.replace("\r\n", "\n")))
        .concat();
    std::fs::write(folder.join("reports.mbox"), mbox).expect("written");
    let marked = json(&["deliver", "bounces", "anna.eml", "reports.mbox", "--ledger", "ledger.jsonl"], folder, 2);
    assert_eq!(marked["bounced"], serde_json::json!([packs[0]]), "{marked:#}");
    assert_eq!(strings(&marked["already"], "pack"), [packs[0].clone()]);
    assert_eq!(marked["harmless"], 1);
    assert_eq!(strings(&marked["unknown"], "place"), ["reports.mbox, message 3", "reports.mbox, message 4"]);

    // What e-mail did not reach is printed: bounced, held back; not what is perhaps sent or queued.
    let print = [
        "deliver",
        "letters",
        "letters.csv",
        "--ledger",
        "ledger.jsonl",
        "--poll",
        "POLL",
        "--origin",
        "https://vote.example.org",
        "--out",
        "print",
        "--per-file",
        "4",
        "--svg",
    ];
    let printed = json(&print, folder, 0);
    assert_eq!(printed["packs"], 6, "{printed:#}");
    assert_eq!(strings(&printed["files"], "file"), ["letters-0001.csv", "letters-0002.csv"]);
    assert_eq!(std::fs::metadata(folder.join("print/letters-0001.csv")).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(folder.join("print")).expect("a folder").permissions().mode() & 0o777, 0o700);
    let rows_printed = std::fs::read_to_string(folder.join("print/letters-0001.csv")).expect("a file");
    assert!(rows_printed.contains(&format!("https://vote.example.org/v/north#code={}", code(0))));
    assert!(std::fs::read_to_string(folder.join(format!("print/qr/{}.svg", packs[0]))).expect("a code").starts_with("<?xml"));
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("print/letters.manifest.json")).expect("a manifest")).expect("JSON");
    assert_eq!(manifest["packs"], 6);
    assert!(!manifest.to_string().contains("Street") && !manifest.to_string().contains(&code(0)));
    assert_eq!(json(&print, folder, 0)["packs"], 0, "nothing is printed twice");

    // A letter comes back; reminders go to whom something reached, without the code, once a day.
    says(&["deliver", "returned", &packs[0], "01-000001-1", "--ledger", "ledger.jsonl"], folder, 3, &["01-000001-1", "did you mean"]);
    says(&["deliver", "returned", &packs[0], "--ledger", "ledger.jsonl", "--why", "gone away"], folder, 0, &["1 recorded"]);
    std::fs::write(folder.join("list.csv"), format!("unit,pack\nnorth,{}\nnorth,{}\nnorth,{}\n", packs[0], packs[5], packs[8]))
        .expect("written");
    let mut remind = email(&url, &["--letters", "letters.csv"]);
    (remind[1], remind[2]) = ("remind", "list.csv");
    let count = server.taken().len();
    let reminded = json(&remind, folder, 0);
    assert_eq!(reminded["handed_over"], 1, "{reminded:#}");
    let (to, text) = server.taken().pop().expect("a reminder");
    assert_eq!(to, "bea@example.org");
    assert!(!text.contains(&code(5)) && !text.contains("code=") && text.contains(&packs[5]));
    let again = json(&remind, folder, 0);
    assert_eq!(again["handed_over"], 0);
    assert!(again["held_back"].to_string().contains("reminded less than 20 hours ago"));
    assert_eq!(server.taken().len(), count + 1);

    let public = json(&["deliver", "status", "--ledger", "ledger.jsonl", "--public"], folder, 0);
    assert_eq!(public["units"][0]["unit"], "north");
    assert_eq!(public["all"]["ever_bounced"], 3);
    assert!(!public.to_string().contains("01-0000"));
}

#[test]
fn mail_is_encrypted_or_not_sent_and_a_wrong_password_records_nothing() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    poll(folder);
    letters(folder, "letters.csv", &[("anna@example.org", "Anna", ""), ("bea@example.org", "Bea", "")]);
    json(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 0);
    let ledger = || std::fs::read(folder.join("ledger.jsonl")).expect("a ledger");
    let before = ledger();

    let dir = folder.to_str().expect("a path");
    let server = MailServer::start(folder, &["--starttls", dir, "--password", "s3cret"]);
    let url = server.url();
    std::fs::write(folder.join("password"), "s3cret\n").expect("written");
    std::fs::write(folder.join("wrong"), "other\n").expect("written");
    let with = |password: &'static str| ["--user", "ballot", "--password-file", password, "--ca", "ca.pem"];
    // In the clear the server takes nothing; with a wrong password neither; nothing is recorded of either.
    says(&email(&url, &["--user", "ballot", "--password-file", "password"]), folder, 4, &["does not let us in"]);
    let said = says(&email(&url, &with("wrong")), folder, 4, &["does not let us in"]);
    assert!(!said.contains("other") && !said.contains("b3RoZXI"));
    says(&email("smtp://ballot:s3cret@127.0.0.1", &[]), folder, 3, &["seen by everybody"]);
    assert_eq!(ledger(), before);
    assert_eq!(json(&email(&url, &with("password")), folder, 0)["handed_over"], 2);
    assert_eq!(server.taken_by().len(), 2);
    drop(server);

    // Encrypted from the first byte, by a certificate nobody knows, then by one that is trusted.
    letters(folder, "letters.csv", &[("anna@example.org", "Anna", "")]);
    std::fs::remove_file(folder.join("ledger.jsonl")).expect("removed");
    json(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 0);
    let server = MailServer::start(folder, &["--smtps", dir]);
    let url = format!("smtps://127.0.0.1:{}", server.port);
    let before = ledger();
    says(&email(&url, &[]), folder, 4, &["no connection"]);
    assert_eq!(ledger(), before);
    assert_eq!(json(&email(&url, &["--ca", "ca.pem"]), folder, 0)["handed_over"], 1);
    // A server that does not encrypt gets nothing when it has to.
    drop(server);
    let server = MailServer::start(folder, &[]);
    letters(folder, "letters.csv", &[("x@example.org", "", ""), ("y@example.org", "", "")]);
    std::fs::remove_file(folder.join("ledger.jsonl")).expect("removed");
    json(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 0);
    says(&email(&server.url(), &["--ca", "ca.pem"]), folder, 4, &["does not encrypt"]);
    assert!(server.taken().is_empty());
    // Without the employers' domains nothing goes either.
    let command: Vec<String> = email(&server.url(), &[]).iter().map(|word| (*word).to_owned()).collect();
    let at = command.iter().position(|word| word == "--work-domain").expect("there");
    let without: Vec<&str> = command.iter().enumerate().filter(|(n, _)| *n != at && *n != at + 1).map(|(_, word)| word.as_str()).collect();
    says(&without, folder, 3, &["nobody can tell which addresses are at work"]);
}

#[test]
fn a_killed_run_goes_on_and_nobody_gets_two() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    poll(folder);
    const ALL: usize = 200;
    let addresses: Vec<String> = (0..ALL).map(|at| format!("m{at}@example.org")).collect();
    let rows: Vec<(&str, &str, &str)> = addresses.iter().map(|address| (address.as_str(), "", "")).collect();
    letters(folder, "letters.csv", &rows);
    json(&["deliver", "begin", "letters.csv", "--ledger", "ledger.jsonl"], folder, 0);
    let server = MailServer::start(folder, &["--slow", "0.004"]);
    let url = server.url();
    let mut perhaps = BTreeSet::new();
    // Killed three times, at moments of no choice of ours.
    for until in [23, 71, 140] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_whitley"))
            .arg("--json")
            .args(email(&url, &[]))
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let began = Instant::now();
        while server.taken().len() < until && began.elapsed() < Duration::from_secs(120) {
            std::thread::sleep(Duration::from_millis(3));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        let status = json(&["deliver", "status", "--ledger", "ledger.jsonl"], folder, 0);
        for pack in status["perhaps_sent"].as_array().expect("a list") {
            perhaps.insert(pack.as_str().expect("a pack").to_owned());
        }
    }
    assert!(perhaps.len() <= 3, "at most one a kill: {perhaps:?}");
    let last = json(&email(&url, &[]), folder, 0);
    let named: BTreeSet<String> =
        last["perhaps_sent"].as_array().expect("a list").iter().map(|pack| pack.as_str().expect("a pack").to_owned()).collect();
    assert_eq!(named, perhaps, "each is named");
    let taken = server.taken_by();
    assert!(taken.values().all(|count| *count == 1), "nobody got two");
    for (at, address) in addresses.iter().enumerate() {
        assert!(taken.contains_key(address) || perhaps.contains(&pack(at)), "{address} got none and nobody says so");
    }
}

#[test]
fn a_lost_pack_is_replaced_once_and_never_after_a_vote() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let script = root().join("docs/vote-a-poll.sh");
    let ran = Command::new("sh")
        .arg(script)
        .arg(folder)
        .env("WHITLEY", env!("CARGO_BIN_EXE_whitley"))
        .env("BELENIOS_TOOL", "none")
        .output()
        .expect("the script runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let plan: Value = serde_json::from_slice(&std::fs::read(folder.join("POLL/poll.json")).expect("a poll")).expect("JSON");
    let [north, south, ambulance] = [0, 1, 2].map(|at| format!("POLL/{}.bel", plan["unit"][at]["uuid"].as_str().expect("a uuid")));
    let file = |unit: &str, what: &str| format!("authority/letters/{unit}.{what}.csv");
    let rows = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).expect("a file");
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let pack_of = |unit: &str, member: &str| {
        let member = format!("Invented Member {unit}-{member}");
        rows(&file(unit, "letters")).into_iter().find(|row| row[1] == member).expect("a member")[2].clone()
    };
    let publics: BTreeMap<String, String> = rows("scrutineer/packs.csv").into_iter().map(|row| (row[1].clone(), row[2].clone())).collect();
    let units = ["north", "south", "ambulance"];
    let all: Vec<String> = units.iter().map(|unit| file(unit, "letters")).collect();
    let spares: Vec<String> = units.iter().map(|unit| file(unit, "spares")).collect();
    let mut begin = vec!["deliver", "begin", "--ledger", "ledger.jsonl", "--spares"];
    begin.extend(spares.iter().map(String::as_str));
    begin.push("--");
    begin.extend(all.iter().map(String::as_str));
    let begun = json(&begin, folder, 0);
    assert_eq!((begun["packs"].as_u64(), begun["spares"].as_u64()), (Some(18), Some(3)));
    let replace = |unit: &str, pack: &str, board: &str, code: i32, words: &[&str]| {
        let (letters, spares) = (file(unit, "letters"), file(unit, "spares"));
        let arguments = [
            "deliver",
            "replace",
            pack,
            "--ledger",
            "ledger.jsonl",
            "--letters",
            &letters,
            "--spares",
            &spares,
            "--archive",
            board,
            "--out",
            "new",
        ];
        says(&arguments, folder, code, words)
    };

    // A vote, a paper, the wrong board, a number that is none, and a replacement this ledger knows nothing of.
    replace("north", &pack_of("north", "1"), &north, 1, &["a vote was cast with this code", "tell the independent scrutineer"]);
    replace("north", &pack_of("north", "6"), &north, 1, &["a vote on paper was accepted"]);
    replace("north", &pack_of("north", "4"), &south, 3, &["not on the board"]);
    replace("north", "9-999999-9", &north, 3, &["no pack of this number"]);
    replace("ambulance", &pack_of("ambulance", "6"), &ambulance, 1, &["the board says that it is replaced already"]);

    // A silent one is replaced; asked again, the same answer and nothing recorded; the only spare is used up then.
    let lost = pack_of("north", "4");
    let said = replace("north", &lost, &north, 0, &["takes its place", "whitley vote replace"]);
    let line = |said: &str, begins: &str| said.lines().find_map(|line| line.strip_prefix(begins)).expect(begins).to_owned();
    let spare = rows(&file("north", "spares"))[0].clone();
    assert_eq!(line(&said, "old public credential: "), publics[&lost]);
    assert_eq!(line(&said, "new public credential: "), publics[&spare[1]]);
    let ledger = std::fs::read(folder.join("ledger.jsonl")).expect("a ledger");
    let again = replace("north", &lost, &north, 1, &["replaced already"]);
    assert_eq!(line(&again, "new public credential: "), publics[&spare[1]]);
    assert_eq!(std::fs::read(folder.join("ledger.jsonl")).expect("a ledger"), ledger);
    replace("north", &pack_of("north", "5"), &north, 1, &["no unused spare of unit north"]);
    let status = json(&["deliver", "status", "--ledger", "ledger.jsonl"], folder, 0);
    let counts = ["replaced", "issued", "unused_spares"].map(|name| status["all"][name].as_u64());
    assert_eq!(counts, [Some(1), Some(19), Some(2)]);
    let new = format!("new/{}.letters.csv", spare[1]);
    let row = rows(&new).remove(0);
    assert_eq!((row[1].as_str(), &row[2], &row[3]), ("Invented Member north-4", &spare[1], &spare[2]));

    // A power cut between the two lines of a replacement: the second is made up for, and the end is said.
    let text = String::from_utf8(ledger).expect("text");
    let cut = text.trim_end().rfind('\n').expect("lines") + 1;
    std::fs::write(folder.join("ledger.jsonl"), &text[..cut + 20]).expect("written");
    replace("north", &lost, &north, 0, &["an unfinished line of 20 bytes", "takes its place"]);

    // The scrutineer's list, by number alone: 21 packs, seven votes, one void, one replaced, two spares nobody has.
    let list = ["deliver", "not-voted", "--packs", "scrutineer/packs.csv", "--out", "list.csv", "--archive", &north, &south];
    let found = json(&list, folder, 2);
    assert_eq!(found["not_looked_at"]["ambulance"], 7);
    let found = json(&[list.as_slice(), &[ambulance.as_str()]].concat(), folder, 0);
    assert_eq!(["voted", "without_right", "not_voted"].map(|name| found[name].as_u64()), [Some(7), Some(4), Some(10)], "{found:#}");
    let written = std::fs::read_to_string(folder.join("list.csv")).expect("a list");
    assert_eq!(written.lines().count(), 11);
    assert!(written.contains(&pack_of("south", "2")) && !written.contains(&pack_of("south", "1")) && !written.contains(&publics[&lost]));
    says(&["deliver", "not-voted", "--packs", "list.csv", "--out", "x", "--archive", &north], folder, 3, &["no column public_credential"]);
    says(
        &["deliver", "not-voted", "--packs", "scrutineer/packs.csv", "--out", "x", "--archive", "list.csv"],
        folder,
        3,
        &["it is no archive"],
    );

    // The public summary is signed by the authority, and by nobody else's key.
    let public = ["deliver", "status", "--ledger", "ledger.jsonl", "--public", "--key"];
    let signed = json(&[public.as_slice(), &["authority/authority.key"]].concat(), folder, 0);
    let (summary, key) = deliver::summary::check(signed.to_string().as_bytes(), "summary").expect("signed");
    assert_eq!(key.as_str(), plan["authority"]);
    assert_eq!(summary["all"]["replaced"], 1);
    let changed = signed.to_string().replace("\\\"replaced\\\":1", "\\\"replaced\\\":0");
    assert_ne!(changed, signed.to_string());
    assert!(deliver::summary::check(changed.as_bytes(), "summary").is_err());
    says(&[public.as_slice(), &["officer/officer.key"]].concat(), folder, 3, &["authority"]);
}
