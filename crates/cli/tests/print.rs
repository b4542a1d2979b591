//! The printing commands from outside: figures on cards against the member's page, a kill in the middle, refusals and exit codes.
#![cfg(feature = "print")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn sample(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../print/sample").join(file)
}

fn whitley(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_whitley")).args(arguments).output().expect("the program runs")
}

fn text(path: &Path) -> String {
    let output = Command::new("pdftotext").arg("-raw").arg(path).arg("-").output().expect("pdftotext runs: install poppler-utils");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn postcards(members: &Path, out: &Path, per_file: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whitley"));
    command.arg("cards").arg(sample("dispute")).arg("--members").arg(members).args(["--offer", "staged", "--text"]);
    command.arg(sample("postcard.toml")).args(["--date", "2026-05-01", "--per-file", per_file, "--out"]).arg(out);
    command
}

/// What the member's page says: pounds a week, and in all, for the hours they work.
fn page(who: &[&str]) -> (String, String) {
    let dispute = sample("dispute");
    let mut arguments = vec!["offer", "value", dispute.to_str().expect("a path"), "--offer", "staged", "--json"];
    arguments.extend(who);
    let found: Value = serde_json::from_slice(&whitley(&arguments).stdout).expect("JSON");
    let offer = &found["offers"][0];
    let point = if offer["on_own_hours"].is_null() { &offer["points"][0] } else { &offer["on_own_hours"] };
    let two = |value: &Value| format!("£{:.2}", value.as_f64().unwrap_or_else(|| panic!("a number in {found:#}")));
    (two(&point["weekly_loss_from_staging"]), two(&point["loss_to_full_award"]))
}

#[test]
fn each_card_has_the_figure_of_the_members_page_to_the_penny() {
    let folder = tempfile::tempdir().expect("a folder");
    let members = folder.path().join("members.csv");
    let rows: [(&str, &[&str]); 8] = [
        ("1,1,,,", &["--point", "1"]),
        ("2,2,,,", &["--point", "2"]),
        ("3,3,A,,", &["--point", "3", "--band", "A"]),
        ("4,4,B,,", &["--point", "4", "--band", "B"]),
        ("5,,,24000,", &["--salary", "24000"]),
        ("6,,,31234.56,", &["--salary", "31234.56"]),
        ("7,4,,,22.5", &["--point", "4", "--hours", "22.5"]),
        ("8,1,,,17.37", &["--point", "1", "--hours", "17.37"]),
    ];
    let list: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    std::fs::write(&members, format!("id,point,band,salary,hours\n{list}")).expect("written");
    let out = folder.path().join("out");
    let done = postcards(&members, &out, "1").output().expect("runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    for (number, (_, who)) in rows.iter().enumerate() {
        let (weekly, total) = page(who);
        let card = text(&out.join(format!("postcards-{:04}.pdf", number + 1)));
        let wanted = format!("not paid before 1 November 2026. That costs me {weekly} a week from 1 April 2026: {total} in all.");
        assert!(card.contains(&wanted), "{wanted} is not in: {card}");
    }
}

#[test]
fn a_run_killed_in_the_middle_goes_on_and_nothing_is_printed_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let members = folder.path().join("members.csv");
    let rows: String = (0..96).map(|number| format!("S{number:03},Synthetic {number},{},\n", 1 + number % 2)).collect();
    std::fs::write(&members, format!("id,name,point,branch\n{rows}")).expect("written");
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    assert!(postcards(&members, &whole, "8").output().expect("runs").status.success());
    let manifest = killed.join("postcards.manifest.json");
    let mut child = postcards(&members, &killed, "8").stdout(std::process::Stdio::null()).spawn().expect("runs");
    let listed = || -> Vec<String> {
        let Ok(bytes) = std::fs::read(&manifest) else { return Vec::new() };
        let value: Value = serde_json::from_slice(&bytes).expect("the manifest is whole at every moment");
        value["files"].as_array().expect("files").iter().map(|file| file["file"].as_str().expect("a name").to_owned()).collect()
    };
    while listed().len() < 3 && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let done = listed();
    assert!((3..12).contains(&done.len()), "killed in the middle: {done:?}");
    let written = |name: &str| std::fs::metadata(killed.join(name)).and_then(|data| data.modified()).expect("a time");
    let before: Vec<_> = done.iter().map(|name| written(name)).collect();
    let output = postcards(&members, &killed, "8").output().expect("runs");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("were there already"));
    assert_eq!(before, done.iter().map(|name| written(name)).collect::<Vec<_>>(), "what was listed was not touched");
    let mut names: Vec<String> = std::fs::read_dir(&whole)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 14);
    for name in names {
        assert_eq!(std::fs::read(whole.join(&name)).expect("whole"), std::fs::read(killed.join(&name)).expect("again"), "{name}");
    }
    // Other data into the same folder: refused, nothing printed over.
    std::fs::write(&members, format!("id,name,point,branch\n{}", rows.replace("Synthetic 0,1", "Synthetic 0,2"))).expect("written");
    assert_eq!(postcards(&members, &killed, "8").output().expect("runs").status.code(), Some(3));
}

#[test]
fn what_cannot_be_printed_is_refused_with_its_exit_code_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let (out_text, dispute) = (out.to_str().expect("a path"), sample("dispute"));
    let dispute = dispute.to_str().expect("a path");
    for (arguments, code, says) in [
        (vec!["certificate", dispute, "--poll", "action-2026", "--unit", "south", "--date", "2026-04-28"], 1, "turnout not met"),
        (vec!["certificate", dispute, "--poll", "nothing", "--date", "2026-04-28"], 3, "action-2026"),
        (vec!["paper", dispute, "--poll", "action-2026", "--unit", "west", "--date", "2026-03-09"], 3, "north, south"),
        (vec!["notice", "ballot", dispute, "--poll", "action-2026", "--date", "2026-03-29"], 3, "must be received by"),
        (vec!["notice", "ballot", "civil-service-2004", "--poll", "pcs-2004", "--date", "2003-12-01"], 3, "papers/pcs-2004.toml"),
        (vec!["paper", dispute, "--poll", "action-2026", "--date", "29 March"], 3, "year-month-day"),
    ] {
        let output = whitley(&[arguments.as_slice(), &["--out", out_text]].concat());
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{says} is not in: {said}");
        assert!(!out.exists(), "{arguments:?} wrote something");
    }
}

#[test]
fn voting_papers_are_numbered_through_the_poll() {
    let folder = tempfile::tempdir().expect("a folder");
    let (dispute, out) = (folder.path().join("small"), folder.path().join("out"));
    for name in [
        "dispute.toml",
        "offers/staged.toml",
        "polls/action-2026.toml",
        "papers/action-2026.toml",
        "scales/scales.toml",
        "scales/points.csv",
    ] {
        let text = std::fs::read_to_string(sample("dispute").join(name)).expect("a sample file");
        // A small unit that has not voted yet.
        let text = text.split("[[result]]").next().expect("a part").replace("entitled = 360", "entitled = 11");
        std::fs::create_dir_all(dispute.join(name).parent().expect("a folder")).expect("made");
        std::fs::write(dispute.join(name), text).expect("written");
    }
    let (dispute, out) = (dispute.to_str().expect("a path"), out.to_str().expect("a path"));
    let of_south =
        ["paper", dispute, "--poll", "action-2026", "--unit", "south", "--spare", "2", "--per-file", "8", "--date", "2026-03-20"];
    let output = whitley(&[of_south.as_slice(), &["--out", out, "--json"]].concat());
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // 1,240 and two spare papers go to the north first.
    let files = found["files"].as_array().expect("files");
    let ends: Vec<_> = files.iter().map(|file| (file["first"].as_str().expect("first"), file["last"].as_str().expect("last"))).collect();
    assert_eq!(ends, [("001243", "001250"), ("001251", "001255")]);
    assert_eq!((&found["records"], &found["pages"]), (&Value::from(13), &Value::from(13)));
}
