//! The ledger cut at every byte, damaged at every line, held by two.

use std::path::Path;

use deliver::{Event, Ledger, Purpose, Reply, State, Trouble, Way};
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("a time")
}

/// Two packs: one bounced after it was handed over, the other begun. The states after each line.
fn filled(path: &Path) -> Vec<[Option<State>; 2]> {
    let mut ledger = Ledger::begin(path, at(0), [7; 16]).expect("begun");
    let id = |ledger: &Ledger, pack: &str| ledger.message_id(pack, Purpose::Credential, 0);
    let queued = || Event::Queued { way: Way::Email, file: None, reply: None };
    let made = || Event::Made { unit: "north".to_owned(), spare: false };
    let (a, b) = (id(&ledger, "a"), id(&ledger, "b"));
    let steps = [
        ("a", made()),
        ("b", made()),
        ("a", queued()),
        ("b", queued()),
        ("a", Event::Begun { message: a }),
        ("a", Event::Mailed { message: a, reply: Reply::new("250 Ok") }),
        ("b", Event::Begun { message: b }),
        ("a", Event::Bounced { reply: Reply::new("5.1.1") }),
    ];
    let states = |ledger: &Ledger| ["a", "b"].map(|pack| ledger.get(pack).map(|standing| standing.state));
    let mut all = vec![states(&ledger)];
    for (second, (pack, event)) in steps.into_iter().enumerate() {
        ledger.append(at(second as i64), [(pack, event)]).expect("appended");
        all.push(states(&ledger));
    }
    all
}

#[test]
fn cut_at_any_byte_it_is_read_to_the_last_whole_line_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let states = filled(&path);
    let bytes = std::fs::read(&path).expect("a ledger");
    let cut_path = folder.path().join("cut.jsonl");
    for length in 0..=bytes.len() {
        std::fs::write(&cut_path, &bytes[..length]).expect("written");
        let whole = bytes[..length].iter().filter(|byte| **byte == b'\n').count();
        let read = Ledger::open(&cut_path);
        if whole == 0 {
            assert!(matches!(read, Err(Trouble::Faults(_))), "{length}");
            continue;
        }
        let mut ledger = read.unwrap_or_else(|why| panic!("{length}: {why}"));
        let found = ["a", "b"].map(|pack| ledger.get(pack).map(|standing| standing.state));
        assert_eq!(found, states[whole - 1], "{length}");
        let rest = length - bytes[..length].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        assert_eq!(ledger.cut().map(|cut| cut.bytes), (rest > 0).then_some(rest as u64));
        // It goes on as if nothing had been there.
        let event = Event::Made { unit: "south".to_owned(), spare: false };
        ledger.append(at(100), [("c", event)]).expect("appended");
        drop(ledger);
        let again = Ledger::read(&cut_path).unwrap_or_else(|why| panic!("{length}: {why}"));
        assert!(again.cut().is_none() && again.get("c").is_some());
    }
    // Zeros that a power cut left at the end are an unfinished line too.
    std::fs::write(&cut_path, [bytes.as_slice(), &[0; 300]].concat()).expect("written");
    assert_eq!(Ledger::read(&cut_path).expect("read").cut().map(|cut| cut.bytes), Some(300));
}

#[test]
fn a_line_changed_removed_doubled_or_swapped_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    filled(&path);
    let text = std::fs::read_to_string(&path).expect("a ledger");
    let lines: Vec<&str> = text.lines().collect();
    let refused = |lines: &[&str], what: &str| {
        std::fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("written");
        match Ledger::read(&path) {
            Err(Trouble::Faults(faults)) => assert_eq!(faults[0].code, "ledger-damaged", "{what}"),
            Err(other) => panic!("{what}: {other}"),
            Ok(_) => panic!("{what} was taken"),
        }
    };
    for at in 0..lines.len() - 1 {
        let mut removed = lines.clone();
        removed.remove(at);
        refused(&removed, "one removed");
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        refused(&doubled, "one doubled");
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        refused(&swapped, "two swapped");
        let changed = lines[at].replace("2026", "2027");
        let mut edited = lines.clone();
        edited[at] = &changed;
        refused(&edited, "one edited");
    }
    // A step that may not follow, chained as it should be, is found by the table.
    std::fs::write(&path, &text).expect("written");
    let mut ledger = Ledger::open(&path).expect("opened");
    let wrong = ledger.append(at(9), [("a", Event::Bounced { reply: Reply::new("") })]);
    assert!(matches!(wrong, Err(Trouble::No(_))));
    assert_eq!(std::fs::read_to_string(&path).expect("a ledger"), text);
}

#[test]
fn one_program_at_a_time_and_no_second_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let first = Ledger::begin(&path, at(0), [1; 16]).expect("begun");
    assert!(matches!(Ledger::open(&path), Err(Trouble::No(why)) if why.contains("in use")));
    // Looking at it is always possible.
    assert!(Ledger::read(&path).is_ok());
    drop(first);
    assert!(Ledger::open(&path).is_ok());
    assert!(matches!(Ledger::begin(&path, at(0), [1; 16]), Err(Trouble::Faults(_))));
    assert!(matches!(Ledger::open(&folder.path().join("other")), Err(Trouble::Faults(faults)) if faults[0].code == "no-ledger"));
    std::fs::write(&path, "unit,member\n").expect("written");
    assert!(matches!(Ledger::open(&path), Err(Trouble::Faults(_))));
}
