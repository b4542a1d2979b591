//! Whole disputes rehearsed: what is in the folder, that it adds up, and that a run that was killed ends as one that was not.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Answer, at, whitley_in};

fn rehearse(folder: &Path, arguments: &str) -> Value {
    let answer = whitley_in(folder, &format!("--json rehearse {arguments}"));
    assert_eq!(answer.code, 0, "{arguments}: {}{}", answer.out, answer.err);
    serde_json::from_str(&answer.out).expect("JSON")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&read(path)).expect("JSON")
}

/// Every file below a folder with its bytes.
fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                files.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

#[test]
fn a_statutory_ballot_goes_from_the_offer_to_the_calendar_and_adds_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = rehearse(folder.path(), "nhs-2014 --voters 400 --units 3 --turnout 60 --seed a --out out");
    let out = folder.path().join("out");
    for file in at(&said, "files").as_array().expect("a list") {
        let (name, said) = (file["file"].as_str().expect("text"), file["said"].as_str().expect("text"));
        assert_eq!(out.join(name).exists(), !said.starts_with("not made"), "{file}");
    }
    assert!(at(&said, "stages").as_array().expect("a list").len() > 10, "{}", said["stages"]);
    assert!(said["disk_bytes"].as_u64().expect("a number") > 400_000);
    assert!(!cfg!(target_os = "linux") || said["peak_memory_bytes"].as_u64().expect("a number") > 1_000_000);
    assert!(!out.join(".working").exists());

    // The label is wherever something invented is.
    for labelled in ["SYNTHETIC.txt", "index.html", "README.txt", "law/judged.txt", "action/plan.txt", "certificates/certificates.json"] {
        assert!(read(&out.join(labelled)).to_lowercase().contains("invented"), "{labelled}");
    }
    for labelled in
        ["membership/members.csv", "notices/figures.json", "law/results.csv", "rehearsed/nhs-2014/action.toml", "law/judged.json"]
    {
        assert!(read(&out.join(labelled)).to_lowercase().contains("synthetic"), "{labelled}");
    }

    // Members, roll, notices, letters: the same people everywhere.
    let frozen = json_of(&out.join("roll/frozen/freeze.json"));
    assert_eq!((frozen["entitled"].as_u64(), &frozen["out"]), (Some(400), &serde_json::json!({})));
    let check = read(&out.join("membership/check.txt"));
    assert!(check.contains("400 rows read, 400 accepted, 0 refused") && !check.contains("to be looked at"), "{check}");
    let notices = json_of(&out.join("notices/figures.json"));
    let told: u64 = notices["employers"].as_array().expect("a list").iter().map(|one| one["total"].as_u64().expect("a number")).sum();
    assert_eq!(told, 400);
    let units = said["units"].as_array().expect("units");
    assert_eq!(units.len(), 3);
    let mut rows = 0;
    for unit in units {
        let letters = read(&out.join(format!("letters/{}.letters.csv", unit["unit"].as_str().expect("text"))));
        assert_eq!(letters.lines().count() as u64 - 1, unit["entitled"].as_u64().expect("a number"));
        rows += letters.lines().count() - 1;
        assert_eq!(unit["verdict"], "passed");
    }
    assert_eq!(rows, 400);

    // Whoever voted is yes, no or spoiled, once; the law sees the same numbers.
    let judged = json_of(&out.join("law/judged.json"));
    let list = judged["units"].as_array().expect("units");
    assert_eq!(list.len(), 6, "two questions in three units");
    let number = |value: &Value| value.as_u64().expect("a number");
    for row in read(&out.join("law/results.csv")).lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let count = |at: usize| cells[at].parse::<u64>().expect("a number");
        assert_eq!(count(3) + count(4) + count(5), count(6), "{row}");
        let unit = units.iter().find(|unit| unit["name"] == cells[0]).expect("a unit of that name");
        assert_eq!(count(6), number(&unit["voted"]) + number(&unit["paper"]), "{row}");
        let at_law = list.iter().find(|one| one["unit"] == cells[0] && one["question"] == cells[1]).expect("it was judged");
        assert_eq!((number(&at_law["turnout"]["returned"]), number(&at_law["turnout"]["entitled"])), (count(6), count(2)));
    }
    let won = list.iter().filter(|one| one["verdict"] == "mandate").count();
    let certificates = json_of(&out.join("certificates/certificates.json"));
    assert_eq!(certificates["certificates"].as_array().expect("a list").len(), won);

    // The law of 2014 asks for a majority alone: some unit has one, and what was called there is in the calendar.
    let plan = json_of(&out.join("action/plan.json"));
    let days = plan["dates"].as_array().expect("a list");
    assert_eq!(out.join("action/plan.ics").exists(), !days.is_empty());
    assert_eq!(days.is_empty(), won == 0);
    assert!(won > 0, "{judged:#}");
    let readme = read(&out.join("README.txt"));
    assert!(readme.contains(&format!("{won} mandates of 6 questions")) && readme.contains("3 units, 400 entitled"), "{readme}");
    assert!(read(&out.join("action/plan.ics")).contains("REHEARSAL"));

    // A card for each member, each with a loss above nought.
    let mut cards = 0;
    for unit in units {
        let file = read(&out.join(format!("campaign/{}.postcards.csv", unit["unit"].as_str().expect("text"))));
        cards += file.lines().count() - 1;
        assert!(
            file.lines().skip(1).all(|row| row.contains("REHEARSAL: under this offer I have £") && !row.contains("£0.00 less")),
            "{file:.500}"
        );
    }
    assert_eq!(cards, 400);

    // The rehearsed dispute is one that the program reads without a fault, and the commands of the contents give the files again.
    let checked = whitley_in(&out, "check rehearsed/nhs-2014 --json");
    assert_eq!(checked.code, 0, "{}", checked.out);
    let again = whitley_in(&out, "law judge law/results.csv");
    assert!(read(&out.join("law/judged.txt")).ends_with(&again.out));

    // A second time with the same arguments nothing is made again.
    let before = all_files(&out);
    let answer = whitley_in(folder.path(), "--json rehearse nhs-2014 --voters 400 --units 3 --turnout 60 --seed a --out out");
    assert!(answer.code == 0 && answer.err.contains("nothing was made again"), "{}", answer.err);
    let second: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!((&second["units"], &second["files"]), (&said["units"], &said["files"]));
    assert!(before == all_files(&out));
}

#[test]
fn a_consultation_authorises_nothing_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = rehearse(folder.path(), "nhs-2007 --poll unison-2007 --voters 100 --out out");
    let out = folder.path().join("out");
    assert!(out.join("decide/minute.md").is_file() && out.join("law/results.csv").is_file());
    let not_made: Vec<&str> = at(&said, "files")
        .as_array()
        .expect("a list")
        .iter()
        .filter(|file| file["said"].as_str().is_some_and(|said| said.starts_with("not made")))
        .filter_map(|file| file["file"].as_str())
        .collect();
    for file in ["law/judged.json", "action/plan.txt", "certificates/certificates.json"] {
        assert!(not_made.contains(&file) && !out.join(file).exists(), "{not_made:?}");
    }
    assert!(read(&out.join("index.html")).contains("it authorises nothing"));
}

#[test]
fn a_rehearsal_that_was_killed_goes_on_and_ends_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = "civil-service-2004 --voters 1200 --units 12 --seed k";
    rehearse(folder.path(), &format!("{arguments} --out unbroken"));

    let mut child = Command::new(env!("CARGO_BIN_EXE_whitley"))
        .args(["rehearse", "civil-service-2004", "--voters", "1200", "--units", "12", "--seed", "k", "--out", "broken"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let broken = folder.path().join("broken");
    let whole = || std::fs::read_dir(broken.join(".working/units")).map_or(0, |entries| entries.count());
    let started = Instant::now();
    while whole() < 2 {
        assert!(
            started.elapsed() < Duration::from_secs(120) && child.try_wait().expect("asked").is_none(),
            "it ended before it was killed"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // While one program is at work no other is.
    let other: Answer = whitley_in(folder.path(), &format!("rehearse {arguments} --out broken"));
    assert!(other.code == 3 && other.err.contains("just now"), "{} {}", other.code, other.err);
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(whole() < 12, "it was faster than the test; nothing was broken off");
    assert!(!broken.join("index.html").exists());

    // Other arguments do not go on there.
    let before = all_files(&broken);
    let refused = whitley_in(folder.path(), "rehearse civil-service-2004 --voters 1201 --units 12 --seed l --out broken");
    assert_eq!(refused.code, 3);
    for words in ["broken", "voters was 1200, now 1201", "seed was k, now l", "--out"] {
        assert!(refused.err.contains(words), "{words}: {}", refused.err);
    }
    assert!(before == all_files(&broken));

    let said = rehearse(folder.path(), &format!("{arguments} --out broken"));
    let kept = said["units_of_an_earlier_run"].as_u64().expect("a number");
    assert!((2..12).contains(&kept), "{kept}");
    let (one, two) = (all_files(&folder.path().join("unbroken")), all_files(&broken));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(two[name] == *bytes, "{name} is another");
    }
}
