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

/// A copy of the sample dispute, with so many cards in a batch.
fn with_batches(folder: &Path, batch: usize) -> PathBuf {
    let dispute = folder.join("dispute");
    copy(&sample("dispute"), &dispute);
    let plan = dispute.join("campaign.toml");
    let text = std::fs::read_to_string(&plan).expect("the campaign");
    assert!(text.contains("batch = 500"));
    std::fs::write(&plan, text.replace("batch = 500", &format!("batch = {batch}"))).expect("written");
    dispute
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let inside = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &inside);
        } else {
            std::fs::copy(entry.path(), inside).expect("copied");
        }
    }
}

fn postcards(dispute: &Path, members: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whitley"));
    command.args(["postcards", "text"]).arg(dispute).arg("--members").arg(members);
    command.args(["--date", "2026-05-01", "--pdf"]).arg(out);
    command
}

/// What the member's page says they go without.
fn page(who: &[&str]) -> String {
    let dispute = sample("dispute");
    let mut arguments =
        vec!["offer", "value", dispute.to_str().expect("a path"), "--offer", "staged", "--against", "recommended", "--json"];
    arguments.extend(who);
    let found: Value = serde_json::from_slice(&whitley(&arguments).stdout).expect("JSON");
    let less = found["offers"][0]["without"]["less"].as_f64().unwrap_or_else(|| panic!("a number in {found:#}"));
    // As money is written on a card: pence only where there are any.
    let text = format!("{less:.2}");
    format!("£{}", text.strip_suffix(".00").unwrap_or(&text))
}

#[test]
fn each_card_has_the_figure_of_the_members_page_and_its_row_is_hashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (dispute, members) = (with_batches(folder.path(), 1), folder.path().join("members.csv"));
    let rows: [(&str, &[&str]); 8] = [
        ("1,,,", &["--point", "1"]),
        ("2,,,", &["--point", "2"]),
        ("3,A,,", &["--point", "3", "--band", "A"]),
        ("4,B,,", &["--point", "4", "--band", "B"]),
        (",,24000,", &["--salary", "24000"]),
        (",,31234.56,", &["--salary", "31234.56"]),
        ("4,,,22.5", &["--point", "4", "--hours", "22.5"]),
        ("1,,,17.37", &["--point", "1", "--hours", "17.37"]),
    ];
    let list: String = rows.iter().enumerate().map(|(at, (row, _))| format!("S{at},Synthetic {at},clinic,{row}\n")).collect();
    std::fs::write(&members, format!("member,name,branch,point,band,salary,hours\n{list}")).expect("written");
    let out = folder.path().join("out");
    let done = postcards(&dispute, &members, &out).output().expect("runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (dispute_text, members_text) = (dispute.to_str().expect("a path"), members.to_str().expect("a path"));
    let csv = whitley(&["postcards", "text", dispute_text, "--members", members_text, "--csv"]).stdout;
    std::fs::write(folder.path().join("rows.csv"), &csv).expect("written");
    for (number, (_, who)) in rows.iter().enumerate() {
        let name = format!("postcards-{:04}", number + 1);
        let card = text(&out.join(format!("{name}.pdf")));
        let wanted = format!("I go without {} in 2026-27", page(who));
        assert!(card.contains(&wanted), "{wanted} is not in: {card}");
        // The hash is that of the row of `--csv`, as another program counts it.
        let places = std::fs::read_to_string(out.join(format!("{name}.places.csv"))).expect("the list of places");
        let listed = places.lines().nth(1).expect("a row").rsplit(',').next().expect("a hash").to_owned();
        let command = format!("sed -n {}p rows.csv | tr -d '\\n' | sha256sum", number + 2);
        let counted = Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().expect("sha256sum runs");
        assert!(String::from_utf8_lossy(&counted.stdout).starts_with(&listed), "{places}");
        assert!(places.lines().nth(1).is_some_and(|row| row.starts_with(&format!("S{number},{name}.pdf,1,1,0,0,"))), "{places}");
    }
}

#[test]
fn a_run_killed_in_the_middle_goes_on_and_nothing_is_printed_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (dispute, members) = (with_batches(folder.path(), 8), folder.path().join("members.csv"));
    let rows: String = (0..96).map(|number| format!("S{number:03},Synthetic {number},clinic,{}\n", 1 + number % 2)).collect();
    std::fs::write(&members, format!("member,name,branch,point\n{rows}")).expect("written");
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    assert!(postcards(&dispute, &members, &whole).output().expect("runs").status.success());
    let manifest = killed.join("postcards.manifest.json");
    let mut child = postcards(&dispute, &members, &killed).stdout(std::process::Stdio::null()).spawn().expect("runs");
    let listed = || -> Vec<String> {
        let Ok(bytes) = std::fs::read(&manifest) else { return Vec::new() };
        let value: Value = serde_json::from_slice(&bytes).expect("the manifest is whole at every moment");
        value["files"].as_array().expect("files").iter().map(|file| file["file"].as_str().expect("a name").to_owned()).collect()
    };
    while listed().len() < 3 && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    // SIGKILL: the program cannot tidy up.
    child.kill().expect("killed");
    child.wait().expect("ended");
    let done = listed();
    assert!((3..12).contains(&done.len()), "killed in the middle: {done:?}");
    let written = |name: &str| std::fs::metadata(killed.join(name)).and_then(|data| data.modified()).expect("a time");
    let lists: Vec<String> = done.iter().flat_map(|name| [name.clone(), name.replace(".pdf", ".places.csv")]).collect();
    let before: Vec<_> = lists.iter().map(|name| written(name)).collect();
    let output = postcards(&dispute, &members, &killed).output().expect("runs");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("were there already"));
    assert_eq!(before, lists.iter().map(|name| written(name)).collect::<Vec<_>>(), "what was listed was not touched");
    let mut names: Vec<String> = std::fs::read_dir(&whole)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 26, "twelve files, twelve lists of places, the manifest twice");
    for name in names {
        assert_eq!(std::fs::read(whole.join(&name)).expect("whole"), std::fs::read(killed.join(&name)).expect("again"), "{name}");
    }
    let mut all: Vec<String> = (1..=12)
        .flat_map(|at| {
            let places = std::fs::read_to_string(killed.join(format!("postcards-{at:04}.places.csv"))).expect("a list");
            places.lines().skip(1).map(|row| row.split(',').next().expect("a record").to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(all.len(), 96);
    all.dedup();
    assert_eq!(all.len(), 96, "each member once");
    // Other data into the same folder: refused, nothing printed over.
    std::fs::write(&members, format!("member,name,branch,point\n{}", rows.replace("Synthetic 0,clinic,1", "Synthetic 0,clinic,2")))
        .expect("written");
    assert_eq!(postcards(&dispute, &members, &killed).output().expect("runs").status.code(), Some(3));
}

#[test]
fn a_letter_goes_to_whoever_sits_on_its_date_and_copies_are_held_back_before_print() {
    let folder = tempfile::tempdir().expect("a folder");
    let dispute = sample("dispute");
    let (dispute, members) = (dispute.to_str().expect("a path"), folder.path().join("members.csv"));
    let list = std::fs::read_to_string(sample("members.csv")).expect("the list");
    let sittings = folder.path().join("sittings.csv");
    std::fs::write(&sittings, "constituency,mp,party,from,until,source\nCarlisle,Invented Winner,Ind,2026-05-01,,EXAMPLE\n")
        .expect("written");
    let sittings = sittings.to_str().expect("a path").to_owned();
    let print = |list: &str, on: &str, out: &Path| {
        std::fs::write(&members, list).expect("written");
        let (members, out) = (members.to_str().expect("a path"), out.to_str().expect("a path"));
        whitley(&["letters", "text", dispute, "--members", members, "--on", on, "--sittings", &sittings, "--pdf", out])
    };
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    assert!(print(&list, "2026-04-30", &before).status.success());
    assert!(print(&list, "2026-05-01", &after).status.success());
    let (before, after) = (text(&before.join("letters-0001.pdf")), text(&after.join("letters-0001.pdf")));
    assert!(before.contains("Dear Julie Minns,") && before.contains("House of Commons") && before.contains("30 April 2026"), "{before}");
    assert!(after.contains("Dear Invented Winner,") && after.contains("My rent went up again") && after.contains("£210"), "{after}");
    // No address, no postcode, no own words: every row in one run, and nothing printed.
    let bare = list
        .replace("1 Sample Road; Carlisle", "")
        .replace("LS10 1AB", "")
        .replace(",\"Two of the four", ",\"Two")
        .replace(" of us who run the clinic have gone to the supermarket across the street, which pays more and pays it now.", "");
    let none = folder.path().join("none");
    let refused = print(&bare, "2026-05-01", &none);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    for wanted in ["members.csv:2", "no address", "members.csv:4", "written 1 words"] {
        assert!(said.contains(wanted), "{wanted} is not in: {said}");
    }
    let refused = print(&list.replace("LS10 1AB", "").replace("CA1 1AF", ""), "2026-05-01", &none);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(3) && said.matches("has no postcode").count() == 2, "{said}");
    // A copy is held back before anything is printed.
    let first = list.lines().nth(1).expect("a row").to_owned();
    let copied = format!("{list}{}\n", first.replace("M0001,Ann Example", "M0009,Cat Copied"));
    let held = print(&copied, "2026-05-01", &none);
    assert_eq!(held.status.code(), Some(1), "{}", String::from_utf8_lossy(&held.stderr));
    assert!(!none.exists(), "something was written");
}

#[test]
fn conference_papers_and_the_plan_are_written_as_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let dispute = sample("dispute");
    let dispute = dispute.to_str().expect("a path");
    for (what, wanted) in [
        ("agenda", "Conflicts with amendment 1.2."),
        ("minute", "Carried unanimously, 152 to none"),
        ("decisions-book", "Text as decided Conference rejects"),
    ] {
        let file = folder.path().join(format!("{what}.pdf"));
        let done = whitley(&["conference", what, dispute, "--pdf", file.to_str().expect("a path")]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(text(&file).contains(wanted), "{what}");
    }
    let file = folder.path().join("plan.pdf");
    let done = whitley(&["action", "plan", dispute, "--from", "2026-05-01", "--pdf", file.to_str().expect("a path")]);
    assert!(done.status.success() && text(&file).contains("Thu 14 May 2026"), "{}", String::from_utf8_lossy(&done.stderr));
    // The five founding disputes have conferences whose day is a month: the paper needs a date, and says so.
    let file = folder.path().join("none.pdf");
    let done = whitley(&["conference", "minute", "nhs-whitley-1998", "--pdf", file.to_str().expect("a path")]);
    assert!(done.status.code() == Some(3) && !file.exists(), "{}", String::from_utf8_lossy(&done.stderr));
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
    let places = std::fs::read_to_string(Path::new(out).join("voting-papers-south-0002.places.csv")).expect("the list of places");
    assert!(places.contains("001255,voting-papers-south-0002.pdf,5,1,"), "{places}");
    // Large print of two of the spare numbers stands beside them, on as many pages as it needs.
    let large = whitley(&[of_south.as_slice(), &["--out", out, "--large-print", "--numbers", "1254..1255", "--json"]].concat());
    let found: Value = serde_json::from_slice(&large.stdout).expect("JSON");
    assert_eq!((&found["records"], &found["files"][0]["first"]), (&Value::from(2), &Value::from("001254")));
    let none = whitley(&[of_south.as_slice(), &["--out", out, "--numbers", "9000..9001"]].concat());
    assert_eq!(none.status.code(), Some(3));
}
