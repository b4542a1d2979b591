//! `whitley roll`: the keys that scripts rely on, exit codes, what is written and what is not.

use std::path::Path;

use serde_json::Value;

use crate::run::{at, whitley_in};

fn json_in(folder: &Path, arguments: &str, code: i32) -> Value {
    let answer = whitley_in(folder, &format!("{arguments} --json"));
    assert_eq!(answer.code, code, "{arguments}: {}{}", answer.err, answer.out);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{arguments}: {error}: {}", answer.out))
}

const EMPLOYERS: &str = "employer,name,workplace,unit,work_domains,address\n\
    GH,General Hospital,Main; Annexe,Hospital,gh.example,Chief Executive; 1 Hospital Way; Anytown\n\
    AM,Ambulance Service,North,Ambulance,,Chief Officer; 2 Depot Road; Anytown\n";

/// A membership of 25 at the hospital and 4 at the ambulance service, without fault; one lapsed.
fn members() -> String {
    let mut text = "Member no,Name,Address line 1,Postcode,Email,Employer,Site,Job,Status\n".to_owned();
    for number in 1..=30 {
        let (employer, site) = if number <= 26 { ("GH", if number % 2 == 0 { "Main" } else { "Annexe" }) } else { ("AM", "North") };
        let status = if number == 1 { "lapsed" } else { "" };
        text.push_str(&format!(
            "{number},Person {number},{number} Mock Street,ZZ1 1ZZ,p{number}@mail.example,{employer},{site},Nurse,{status}\n"
        ));
    }
    text
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

#[test]
fn a_made_membership_is_labelled_and_every_fault_put_in_is_found() {
    let folder = folder_with(&[]);
    let made = json_in(folder.path(), "roll make --members 1000 --employers 20 --seed 7 --out made", 0);
    let checked = json_in(folder.path(), "roll check made/members.csv --employers made/employers.csv", 3);
    assert_eq!(checked["synthetic"], made["synthetic"]);
    assert_eq!(
        (at(&checked, "rows/read"), at(&checked, "faults").as_array().map(Vec::len)),
        (&Value::from(1000), made["faults"].as_u64().map(|n| n as usize))
    );
    let answers = std::fs::read_to_string(folder.path().join("made/answers.csv")).expect("the answers");
    let mut expected: Vec<String> = answers.lines().skip(2).map(|line| line.replace(',', " ")).collect();
    let mut found: Vec<String> = checked["faults"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| {
            for key in ["file", "line", "what", "fix", "code", "severity", "stops", "column", "lines", "members"] {
                assert!(fault.get(key).is_some(), "no {key} in {fault}");
            }
            let lines: Vec<String> = fault["lines"].as_array().expect("lines").iter().map(Value::to_string).collect();
            format!("{} {}", fault["code"].as_str().expect("a code"), lines.join(" "))
        })
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    for key in ["id", "name", "entitled", "employers", "small"] {
        assert!(at(&checked, "units/0").get(key).is_some(), "{key}");
    }
    let text = whitley_in(folder.path(), "roll check made/members.csv --employers made/employers.csv");
    assert!(text.out.starts_with("SYNTHETIC: invented members") && text.out.contains("1,000 rows read"), "{}", text.out);
    assert!(text.err.contains("stops the freeze:") && text.err.contains("the letter says Dear member"), "{}", text.err);
    assert_eq!(whitley_in(folder.path(), "roll make --members 1000 --employers 20 --out made").code, 3, "nothing is written over");
}

#[test]
fn wrong_files_and_questions_are_refused_with_what_would_be_right() {
    let folder = folder_with(&[("notes.txt", "a,b\n1,2\n"), ("empty.csv", ""), ("ok.csv", &members())]);
    for (question, says) in [
        ("roll check nowhere.csv", "no such file"),
        ("roll check .", "not a file"),
        ("roll check ok.csv --map Site=workplce", "did you mean workplace?"),
        ("roll check notes.txt", "there is no column “member”"),
        ("roll check empty.csv", "the file is empty"),
        ("roll import notes.txt --to roll", "there is no column “member”"),
        ("roll undo roll", "not a roll folder"),
        ("roll freeze roll --on 2026-11-01 --label x", "not a roll folder"),
        ("roll import ok.csv --to notes.txt", "not a roll folder"),
        ("roll make --members 5 --employers 2 --out made", "from 200"),
    ] {
        let answer = whitley_in(folder.path(), question);
        assert_eq!(answer.code, 3, "{question}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(says), "{question}: {}", answer.err);
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 3, "nothing was written");
}

#[test]
fn imports_can_be_undone_one_by_one() {
    let second = "member,name,address_1,postcode,employer,workplace\n30,Person Thirty,30 Mock Street,ZZ1 1ZZ,AM,North\n31,New,31 Mock Street,ZZ1 1ZZ,AM,North\n";
    let folder = folder_with(&[("a.csv", &members()), ("b.csv", second), ("employers.csv", EMPLOYERS)]);
    json_in(folder.path(), "roll import a.csv --to roll --employers employers.csv", 0);
    let first = json_in(folder.path(), "roll check roll", 0);
    let added = json_in(folder.path(), "roll import b.csv --to roll --add", 0);
    assert_eq!(at(&added, "rows/accepted"), 31, "30 is replaced, 31 is new");
    assert_eq!(at(&json_in(folder.path(), "roll imports roll", 0), "imports/1/rows/accepted"), 2);
    json_in(folder.path(), "roll undo roll", 0);
    assert_eq!(json_in(folder.path(), "roll check roll", 0), first, "as it was before");
    json_in(folder.path(), "roll undo roll", 0);
    assert_eq!(whitley_in(folder.path(), "roll undo roll").code, 3);
    assert_eq!(std::fs::read_dir(folder.path().join("roll/imports")).expect("a folder").count(), 0, "no copy is left");
}

#[test]
fn a_roll_is_frozen_changed_late_and_counted_for_the_employers() {
    let folder = folder_with(&[("a.csv", &members()), ("employers.csv", EMPLOYERS)]);
    let path = folder.path();
    json_in(path, "roll import a.csv --to roll --employers employers.csv", 0);
    let plan = json_in(path, "roll units roll --out plan.toml", 0);
    assert_eq!((at(&plan, "units/0/id"), at(&plan, "units/0/entitled")), (&Value::from("ambulance"), &Value::from(4)));
    assert!(at(&plan, "units/0/warning").as_str().is_some_and(|warning| warning.contains("--own-count ambulance")));
    json_in(path, "roll units roll --own-count ambulance --out own.toml", 0);
    let own = std::fs::read_to_string(path.join("own.toml")).expect("the plan");
    assert!(own.contains("small_allowed = true") && own.contains("may reveal how people voted"), "{own}");
    let frozen = json_in(path, "roll freeze roll --on 2026-11-01 --label Ballot --plan own.toml", 0);
    assert_eq!((&frozen["entitled"], at(&frozen, "units/hospital"), at(&frozen, "out/lapsed")), (&29.into(), &25.into(), &1.into()));
    let roll = path.join("roll/frozen/roll.csv");
    #[cfg(unix)]
    for file in [&roll, &path.join("roll/imports/0001-a.csv"), &path.join("roll/roll.json")] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    // A foreign program comes to the same fingerprint.
    let sum = std::process::Command::new("sha256sum").arg(&roll).output().expect("sha256sum");
    assert!(String::from_utf8_lossy(&sum.stdout).starts_with(frozen["sha256"].as_str().expect("a hash")));
    assert_eq!(whitley_in(path, "roll freeze roll --on 2026-11-01 --label Again").code, 3);
    assert_eq!(whitley_in(path, "roll import a.csv --to roll").code, 3);
    assert_eq!(whitley_in(path, "roll undo roll").code, 3);

    let key = |role: &str| -> String {
        let answer = whitley_in(path, &format!("vote key {role} --out {role}.key --json"));
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path.join(format!("{role}.key"))).expect("a key")).expect("JSON");
        assert_eq!(answer.code, 0, "{}", answer.err);
        file["public"].as_str().expect("a public key").to_owned()
    };
    let keys = format!("--officer {} --scrutineer {}", key("officer"), key("scrutineer"));
    key("authority");
    json_in(path, "roll change roll move --member 5 --set unit=ambulance --reason transferred --by branch --date 2026-11-12 --out c1", 0);
    assert_eq!(whitley_in(path, "roll sign c1 --key authority.key").code, 3);
    let unsigned = json_in(path, &format!("roll apply roll c1 {keys}"), 1);
    assert_eq!(unsigned["why"], "it is not signed by the officer");
    assert_eq!(json_in(path, "roll sign c1 --key officer.key", 0)["missing"], Value::from(vec!["scrutineer"]));
    json_in(path, "roll sign c1 --key scrutineer.key", 0);
    let applied = json_in(path, &format!("roll apply roll c1 {keys} --posted 2026-11-10"), 0);
    assert_eq!(
        (&applied["entitled"], at(&applied, "after_posting/ambulance/spares"), at(&applied, "after_posting/hospital/to_void")),
        (&29.into(), &1.into(), &1.into())
    );
    assert_ne!(applied["sha256"], frozen["sha256"]);
    assert_eq!(json_in(path, &format!("roll apply roll c1 {keys}"), 1)["applied"], false, "a change is applied once");
    for wrong in ["leave --member 1", "join --member 5 --set unit=hospital", "move --member 5 --set unit=navy"] {
        let answer = whitley_in(path, &format!("roll change roll {wrong} --reason r --by b --date 2026-11-12 --out c2"));
        assert_eq!((answer.code, path.join("c2").exists()), (3, false), "{wrong}: {}", answer.err);
    }

    let figures = json_in(path, "roll notices roll --out notices", 0);
    assert_eq!(at(&figures, "roll"), &applied["sha256"], "from the present roll");
    let hospital = at(&figures, "employers/unit=hospital");
    assert_eq!((&hospital["total"], at(hospital, "workplaces/name=Main/number")), (&24.into(), &13.into()));
    let explained = hospital["explained"].as_str().expect("words");
    assert!(explained.contains("They come to 24.") && explained.contains("1 whose membership lapsed"), "{explained}");
    assert!(path.join("notices/hospital-general-hospital.csv").is_file() && path.join("notices/hospital-general-hospital.txt").is_file());

    signatures_are_bound_to_a_poll(path);

    // Somebody who has the files can neither alter the roll nor a change unseen.
    let text = std::fs::read_to_string(&roll).expect("the roll");
    std::fs::write(&roll, text.replace("Person 30", "Person 31")).expect("written");
    let answer = whitley_in(path, "roll notices roll --out again");
    assert!(answer.code == 3 && answer.err.contains("not the roll that was frozen"), "{}", answer.err);
}

/// The applied change counts for the poll whose officer and scrutineer signed it, and for no other.
fn signatures_are_bound_to_a_poll(path: &std::path::Path) {
    let public = |name: &str| -> String {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path.join(format!("{name}.key"))).expect("a key")).expect("JSON");
        file["public"].as_str().expect("a public key").to_owned()
    };
    for (role, name) in [("trustee", "t1"), ("trustee", "t2"), ("officer", "other-officer")] {
        assert_eq!(whitley_in(path, &format!("vote key {role} --out {name}.key")).code, 0);
    }
    for (folder, officer) in [("poll", "officer"), ("other", "other-officer")] {
        let plan = format!(
            "title = \"t\"\ndescription = \"d\"\nopens_at = \"2026-12-01T08:00:00Z\"\ncloses_at = \"2026-12-15T17:00:00Z\"\nrevote = \"last\"\n\
             minimum = 20\nquorum = 2\nofficer = \"{}\"\nscrutineer = \"{}\"\nauthority = \"{}\"\ntrustees = [\"{}\", \"{}\"]\n\
             [[question]]\ntext = \"q\"\nanswers = [\"Yes\", \"No\"]\n[[unit]]\nid = \"hospital\"\nname = \"h\"\n",
            public(officer),
            public("scrutineer"),
            public("authority"),
            public("t1"),
            public("t2")
        );
        std::fs::write(path.join(format!("{folder}.toml")), plan).expect("written");
        let made = whitley_in(path, &format!("vote setup {folder}.toml --out {folder}"));
        assert_eq!(made.code, 0, "{}", made.err);
    }
    let change = "roll change roll leave --member 6 --reason left --by branch --date 2026-11-13 --out";
    json_in(path, "roll notices roll --out bound --poll poll", 0);
    json_in(path, &format!("{change} c3 --poll poll/poll.json"), 0);
    for (asked, out) in [("roll notices roll --out foreign --poll other", "foreign"), (&*format!("{change} c4 --poll other"), "c4")] {
        let answer = whitley_in(path, asked);
        assert!(answer.code == 3 && answer.err.contains("changes.jsonl:1: it is not signed by the officer"), "{asked}: {}", answer.err);
        assert!(!path.join(out).exists(), "{asked}");
    }
    json_in(path, "roll sign c3 --key other-officer.key", 0);
    json_in(path, "roll sign c3 --key scrutineer.key", 0);
    assert_eq!(json_in(path, "roll apply roll c3 --poll poll", 1)["why"], "it is not signed by the officer");
    let answer = whitley_in(path, "roll notices roll --out unbound");
    assert!(answer.out.contains("were not checked here"), "{}", answer.out);
}

#[test]
fn faults_stop_a_freeze_until_they_are_accepted_with_a_reason() {
    let twice = members() + "31,Person 30,30 Mock Street,ZZ1 1ZZ,x@mail.example,GH,Annex,Nurse,\n";
    let folder = folder_with(&[
        ("a.csv", &twice),
        ("employers.csv", EMPLOYERS),
        ("accept.txt", "31; unknown-workplace; works from home; the officer\n"),
    ]);
    json_in(folder.path(), "roll import a.csv --to roll --employers employers.csv", 0);
    let stopped = json_in(folder.path(), "roll freeze roll --on 2026-11-01 --label Ballot", 3);
    assert_eq!((&stopped["frozen"], at(&stopped, "faults/0/code")), (&false.into(), &"unknown-workplace".into()));
    assert_eq!(at(&stopped, "faults/0/fix"), "did you mean Annexe?");
    assert!(!folder.path().join("roll/frozen").exists());
    let frozen = json_in(folder.path(), "roll freeze roll --on 2026-11-01 --label Ballot --accept accept.txt", 0);
    assert_eq!((at(&frozen, "out/unknown-workplace"), at(&frozen, "accepted/0/by")), (&1.into(), &"the officer".into()));
    // What was frozen goes straight into a poll's credentials: unit and member are its first columns.
    let roll = std::fs::read_to_string(folder.path().join("roll/frozen/roll.csv")).expect("the roll");
    assert!(roll.starts_with("unit,member,title,name,"));
}
