//! The shelf on a real disk: what is written, what is refused, what the history knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dated::FileBytes;
use workspace::shelf::{By, Shelf, ShelfError, What, version};

fn by(note: &str) -> By<'_> {
    By { who: "negotiator", at: "2026-11-22T08:00:00Z", note }
}

fn shelf() -> (tempfile::TempDir, Shelf) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::open(folder.path()).expect("a shelf");
    (folder, shelf)
}

fn log(path: &Path, id: &str) -> String {
    fs::read_to_string(path.join(id).join(".history/log.jsonl")).expect("a log")
}

#[test]
fn the_founding_disputes_are_read_and_copied_and_not_changed() {
    let (folder, shelf) = shelf();
    let listed = shelf.list().expect("a list");
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|one| one.is_founding));
    let seen = shelf.read("nhs-2007").expect("a dispute").version;
    assert!(
        matches!(shelf.write("nhs-2007", "offers/x.toml", Some(b"x"), &seen, by("")), Err(ShelfError::Refused(why)) if why[0].contains("make a copy"))
    );
    assert!(matches!(shelf.make("nhs-2007", &BTreeMap::new(), by("")), Err(ShelfError::Refused(_))));
    shelf.copy("nhs-2007", "nhs-2007-ours", by("to try")).expect("a copy");
    let copy = shelf.read("nhs-2007-ours").expect("the copy");
    assert!(!copy.is_founding);
    assert!(
        matches!(copy.folder.files.get("dispute.toml"), Some(FileBytes::Read(bytes)) if bytes.starts_with(b"id = \"nhs-2007-ours\"\n"))
    );
    assert!(folder.path().join("nhs-2007-ours/offers/england-staged.toml").is_file());
    let history = shelf.history("nhs-2007-ours").expect("a history");
    assert_eq!((history.entries.len(), history.entries[0].what, history.version()), (1, What::Made, Some(copy.version.as_str())));
    assert!(matches!(shelf.copy("nhs-2007", "nhs-2007-ours", by("")), Err(ShelfError::Refused(why)) if why[0].contains("already")));
    for bad in ["", "new", "import", "Ours", "a/b", "..", ".x", "ä", &"a".repeat(65)] {
        assert!(matches!(shelf.copy("nhs-2007", bad, by("")), Err(ShelfError::Refused(_))), "{bad}");
    }
    assert!(matches!(shelf.read("../etc"), Err(ShelfError::NotThere(_))));
}

#[test]
fn a_file_is_written_only_over_the_version_that_was_seen() {
    let (folder, shelf) = shelf();
    shelf.make_example("ours", by("")).expect("a dispute");
    let first = shelf.read("ours").expect("it").version;
    let second = shelf.write("ours", "offers/two.toml", Some(b"id = \"two\"\n"), &first, by("a second offer")).expect("written");
    assert_eq!(shelf.read("ours").expect("it").version, second);
    assert_eq!(shelf.write("ours", "offers/two.toml", Some(b"else"), &first, by("")), Err(ShelfError::Stale(second.clone())));
    assert_eq!(fs::read(folder.path().join("ours/offers/two.toml")).expect("the file"), b"id = \"two\"\n", "the first writer's");
    let third = shelf.write("ours", "offers/two.toml", None, &second, by("not wanted")).expect("removed");
    assert_eq!(third, first, "the same files are the same version");
    assert!(matches!(shelf.write("ours", "offers/two.toml", None, &third, by("")), Err(ShelfError::NotThere(_))));
    for bad in ["../x.toml", "/etc/x", "a/b/c.toml", ".history/log.jsonl", "offers/.x", "roll.csv", "x y.toml", ""] {
        assert!(matches!(shelf.write("ours", bad, Some(b"x"), &third, by("")), Err(ShelfError::Refused(_))), "{bad}");
    }
    let history = shelf.history("ours").expect("a history");
    let said: Vec<(u64, &str, &str)> = history.entries.iter().map(|entry| (entry.number, entry.what.word(), entry.note.as_str())).collect();
    assert_eq!(said, [(1, "made", ""), (2, "changed", "a second offer"), (3, "changed", "not wanted")]);
    assert_eq!(history.entries[1].files[0].word(), "new");
    assert_eq!(history.entries[2].files[0].word(), "removed");
    // What is gone can be read, and every version is what its hash says.
    let old = shelf.read_version("ours", &second).expect("the second version");
    assert!(matches!(old.files.get("offers/two.toml"), Some(FileBytes::Read(bytes)) if bytes == b"id = \"two\"\n"));
    assert_eq!(version(&old), second);
    assert!(matches!(shelf.read_version("ours", &"0".repeat(64)), Err(ShelfError::NotThere(_))));
    let left: Vec<String> = fs::read_dir(folder.path().join("ours/offers"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(left.iter().all(|name| !name.contains("draft")), "{left:?}");
}

#[test]
fn edits_by_other_programs_are_noticed() {
    let (folder, shelf) = shelf();
    shelf.make_example("ours", by("")).expect("a dispute");
    let path = folder.path().join("ours/quoted.toml");
    let text = fs::read_to_string(&path).expect("a file") + "# by hand\n";
    fs::write(&path, &text).expect("written");
    let seen = shelf.read("ours").expect("it").version;
    assert_ne!(shelf.history("ours").expect("a history").version(), Some(seen.as_str()));
    shelf.write("ours", "notes.md", Some(b"a note\n"), &seen, by("a note")).expect("written");
    let history = shelf.history("ours").expect("a history");
    let said: Vec<&str> = history.entries.iter().map(|entry| entry.what.word()).collect();
    assert_eq!(said, ["made", "outside", "changed"]);
    assert_eq!(history.entries[1].files[0].path, "quoted.toml");
    assert_eq!(history.entries[1].version, seen);
    assert!(!shelf.note_outside("ours", by("")).expect("looked"), "nothing is new");
    // A folder that was made by hand begins its history with what is there.
    fs::create_dir(folder.path().join("by-hand")).expect("a folder");
    fs::write(folder.path().join("by-hand/dispute.toml"), "id = \"by-hand\"\n").expect("a file");
    fs::write(folder.path().join("by-hand/roll.csv"), "secret").expect("a file");
    let reading = shelf.read("by-hand").expect("it");
    assert!(!reading.folder.files.contains_key("roll.csv"));
    shelf.write("by-hand", "quoted.toml", Some(b""), &reading.version, by("")).expect("written");
    let what: Vec<What> = shelf.history("by-hand").expect("a history").entries.iter().map(|entry| entry.what).collect();
    assert_eq!(what, [What::Found, What::Changed]);
    assert!(!log(folder.path(), "by-hand").contains("roll"));
}

#[test]
fn a_history_that_was_changed_is_not_believed() {
    let (folder, shelf) = shelf();
    shelf.make_example("ours", by("")).expect("a dispute");
    let seen = shelf.read("ours").expect("it").version;
    let second = shelf.write("ours", "notes.md", Some(b"one\n"), &seen, by("first note")).expect("written");
    let path = folder.path().join("ours/.history/log.jsonl");
    let good = log(folder.path(), "ours");
    // A line that was not finished was never acknowledged.
    fs::write(&path, format!("{good}{{\"number\":3,")).expect("written");
    assert_eq!(shelf.history("ours").expect("a history").entries.len(), 2);
    let third = shelf.write("ours", "notes.md", Some(b"two\n"), &second, by("")).expect("written");
    assert_eq!(shelf.history("ours").expect("a history").entries.len(), 3);
    for bad in
        [good.replace("negotiator", "somebody"), good.lines().skip(1).map(|line| format!("{line}\n")).collect(), "no json\n".to_owned()]
    {
        fs::write(&path, &bad).expect("written");
        assert!(matches!(shelf.history("ours"), Err(ShelfError::Damaged(_))), "{bad}");
        assert!(matches!(shelf.write("ours", "notes.md", Some(b"x\n"), &third, by("")), Err(ShelfError::Damaged(_))));
    }
    fs::write(&path, &good).expect("written");
    let kept = folder.path().join("ours/.history/files").join(workspace::shelf::hash(b"one\n"));
    fs::write(&kept, "another").expect("written");
    assert!(matches!(shelf.read_version("ours", &second), Err(ShelfError::Damaged(_))));
}

#[test]
fn a_publication_has_a_number_and_stays() {
    let (_folder, shelf) = shelf();
    shelf.make_example("ours", by("")).expect("a dispute");
    let first = shelf.read("ours").expect("it").version;
    assert_eq!(shelf.publish("ours", &first, "CC BY 4.0", by("as sent to members")), Ok(1));
    assert!(matches!(shelf.publish("ours", &first, "CC BY 4.0", by("")), Err(ShelfError::Refused(why)) if why[0].contains("number 1")));
    let second = shelf.write("ours", "notes.md", Some(b"x\n"), &first, by("")).expect("written");
    assert_eq!(shelf.publish("ours", &first, "CC BY 4.0", by("")), Err(ShelfError::Stale(second.clone())));
    assert_eq!(shelf.publish("ours", &second, "CC BY 4.0", by("a note was missing")), Ok(2));
    let history = shelf.history("ours").expect("a history");
    assert_eq!(history.publication(1).map(|entry| entry.version.as_str()), Some(first.as_str()));
    assert_eq!(history.publication(2).and_then(|entry| entry.licence.as_deref()), Some("CC BY 4.0"));
    assert_eq!(version(&shelf.read_version("ours", &first).expect("the first")), first);
}

/// Two writers at once: one wins, the other is told; no line is lost.
#[test]
fn writers_at_once_do_not_lose_each_others_work() {
    let (folder, shelf) = shelf();
    shelf.make_example("ours", by("")).expect("a dispute");
    let seen = shelf.read("ours").expect("it").version;
    let beside = Shelf::open(folder.path()).expect("the same shelf in another program");
    let results: Vec<Result<String, ShelfError>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|number| {
                let (shelf, seen) = (if number % 2 == 0 { &shelf } else { &beside }, &seen);
                scope.spawn(move || shelf.write("ours", "notes.md", Some(format!("note {number}\n").as_bytes()), seen, by("at once")))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|error| matches!(error, ShelfError::Stale(_))));
    assert_eq!(shelf.history("ours").expect("a history").entries.len(), 2);
}
