//! Print files: resumed after a stop, numbered through the ledger, safe for spreadsheets.

use std::collections::BTreeMap;
use std::path::Path;

use deliver::facts::Facts;
use deliver::{Event, Kind, Ledger, Letter, State, Trouble, Way, post, read_letters};
use jiff::Timestamp;
use zeroize::Zeroizing;

const HEAD: &str = "unit,member,pack,credential,name,address_1,postcode,language,large_print\n";

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn letters() -> Vec<Letter> {
    let rows = [("p1", "=HYPERLINK(\"x\")"), ("p3", "Anna"), ("p2", ""), ("p4", "\u{202e}x")];
    let text = rows.map(|(pack, name)| {
        format!("north,M,{pack},CFuQT-wLmCqa-YQvQm-LjK2h3,\"{}\",+1 High Street,N1 1AA,cy,yes\n", name.replace('"', "\"\""))
    });
    read_letters([("x", format!("{HEAD}{}", text.concat()).as_bytes())], Kind::Members).unwrap_or_else(|why| panic!("{why}"))
}

fn facts() -> Facts {
    Facts {
        title: "Invented".to_owned(),
        units: BTreeMap::from([("north".to_owned(), "North".to_owned())]),
        opens_at: now(),
        closes_at: now(),
        origin: "https://vote.example.org".to_owned(),
    }
}

fn begun(path: &Path, letters: &[Letter]) -> Ledger {
    let mut ledger = Ledger::begin(path, now(), [0; 16]).expect("begun");
    let made = letters.iter().map(|letter| (letter.pack.as_str(), Event::Made { unit: "north".to_owned(), spare: false }));
    ledger.append(now(), made).expect("made");
    ledger
}

#[test]
fn a_run_that_stopped_at_a_file_writes_the_same_file_with_the_same_packs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (letters, facts, out) = (letters(), facts(), folder.path().join("out"));
    let mut ledger = begun(&folder.path().join("ledger.jsonl"), &letters);
    let plan = post::plan(&letters, &ledger, 2, None, &[]);
    assert_eq!(
        plan.files.iter().map(|(file, packs)| (file.as_str(), packs.len())).collect::<Vec<_>>(),
        [("letters-0001.csv", 2), ("letters-0002.csv", 2)]
    );
    // The second file's PDF fails: the first file is done, the second is begun.
    let mut fails = |stem: &str, _: &[&Letter]| match stem {
        "letters-0001" => Ok(vec![("letters-0001.pdf".to_owned(), Zeroizing::new(b"x".to_vec()))]),
        _ => Err(Trouble::Ours("the disk is full".to_owned())),
    };
    assert!(post::print(&plan, &facts, &out, false, &mut ledger, &now, &mut fails).is_err());
    let states = |ledger: &Ledger| ["p1", "p2", "p3", "p4"].map(|pack| ledger.get(pack).map(|standing| standing.state));
    let (over, queued) = (Some(State::HandedOver(Way::Post)), Some(State::Queued(Way::Post)));
    assert_eq!(states(&ledger), [over, over, queued, queued]);
    // Another size of files changes nothing about the file that was begun.
    let plan = post::plan(&letters, &ledger, 1, None, &[]);
    assert_eq!(plan.files.iter().map(|(file, packs)| (file.as_str(), packs.len())).collect::<Vec<_>>(), [("letters-0002.csv", 2)]);
    let mut none = |_: &str, _: &[&Letter]| Ok(Vec::new());
    let printed = post::print(&plan, &facts, &out, true, &mut ledger, &now, &mut none).expect("printed");
    assert_eq!((printed.len(), states(&ledger)), (1, [over; 4]));
    let text = std::fs::read_to_string(out.join("letters-0002.csv")).expect("a file");
    assert!(text.contains("\n1,p3,north,North,cy,yes,Anna,Annwyl Anna,'+1 High Street,") && text.contains(",Annwyl aelod,"), "{text}");
    assert!(text.contains("CFuQT-wLmCqa-YQvQm-LjK2h3,https://vote.example.org/v/north,https://vote.example.org/v/north#code=CFuQT-wLmCqa-YQvQm-LjK2h3,qr/p3.svg,"));
    assert!(std::fs::read_to_string(out.join("letters-0001.csv")).expect("a file").contains(",\"'=HYPERLINK(\"\"x\"\")\","));
    let manifest = std::fs::read_to_string(out.join(post::MANIFEST)).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!((&manifest["packs"], &manifest["files"][0]["with"][0]["file"]), (&4.into(), &"letters-0001.pdf".into()));
    assert!(post::plan(&letters, &ledger, 2, None, &[]).files.is_empty());
}

#[test]
fn a_file_of_another_ledger_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (letters, facts, out) = (letters(), facts(), folder.path().join("out"));
    let mut none = |_: &str, _: &[&Letter]| Ok(Vec::new());
    let mut first = begun(&folder.path().join("one.jsonl"), &letters);
    let plan = post::plan(&letters, &first, 10, None, &[]);
    post::print(&plan, &facts, &out, false, &mut first, &now, &mut none).expect("printed");
    let before = std::fs::read(out.join("letters-0001.csv")).expect("a file");
    let mut second = begun(&folder.path().join("two.jsonl"), &letters);
    let plan = post::plan(&letters, &second, 10, None, &[]);
    let refused = post::print(&plan, &facts, &out, false, &mut second, &now, &mut none);
    assert!(matches!(refused, Err(Trouble::Faults(faults)) if faults[0].code == "file-there"));
    assert_eq!(std::fs::read(out.join("letters-0001.csv")).expect("a file"), before);
    assert_eq!(second.get("p1").map(|standing| standing.state), Some(State::Made));
}
