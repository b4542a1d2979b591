//! What happens on the day of a conference besides debate: votes read from files, the committee's reports, the order of business.

use dated::FileBytes;
use dispute::conference::{Conference, Outcome};
use dispute::{Dispute, Folder};

use crate::conference::{AGENDA, FILE, folder, held};
use crate::folder::read;

const CARDS: &str = "decide/cards-composite-a.csv";
const SPLIT: &str = "branch,for,against,abstain\nashford,700,400,100\nbrook,800,,\ncalder,450,,\ndale,,950,\nelm,,300,\n";

/// The invented conference with other text in its file.
fn changed(changes: &[(&str, &str)], files: &[(&str, &str)]) -> Folder {
    let mut text = AGENDA.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "the agenda does not say {old}");
        text = text.replacen(old, new, 1);
    }
    let mut folder = folder();
    for (name, text) in files.iter().copied().chain([(FILE, text.as_str())]) {
        folder.files.insert(name.into(), FileBytes::Read(text.into()));
    }
    folder
}

/// The cards of composite A in a file.
fn cards(text: &str) -> Folder {
    let from = AGENDA.find("card = [\n").expect("cards");
    let until = from + AGENDA[from..].find("\n]\n").expect("their end") + 3;
    changed(&[(&AGENDA[from..until], "cards_file = \"cards-composite-a.csv\"\n")], &[(CARDS, text)])
}

fn faults(folder: &Folder) -> Vec<(&'static str, String, u32)> {
    let (_, faults): (Option<Dispute>, _) = read(folder);
    // The folder is shown as `case/`.
    let name = |file: &str| file.strip_prefix("case/").unwrap_or(file).to_owned();
    faults.into_iter().map(|fault| (fault.code, name(&fault.place.file), fault.place.line)).collect()
}

fn vote(conference: &Conference) -> (Option<u64>, Option<u64>, Option<u64>, Vec<[u64; 3]>) {
    let vote = conference.decision("composite-a").expect("it").vote.clone().expect("a vote");
    (vote.votes_for, vote.against, vote.abstain, vote.cards.iter().map(|card| card.votes).collect())
}

#[test]
fn cards_from_a_file_count_as_those_of_the_log() {
    let of_log = vote(&held(&folder()).1);
    assert_eq!(vote(&held(&cards(SPLIT)).1), of_log);
    let whole = SPLIT.replace("branch,for", "branch,vote,for").replace("d,700", "d,,700").replace("brook,800,,", "brook,for,,,");
    let whole =
        whole.replace("calder,450,,", "calder,for,,,").replace("dale,,950,", "dale,against,,,").replace("elm,,300,", "elm,against,,,");
    assert_eq!(vote(&held(&cards(&whole)).1), of_log);
    assert_eq!(vote(&held(&cards(&format!("{SPLIT}total,1950,1650,100\n"))).1), of_log);
}

/// A block of 100 is entered in one act, 70 for and 30 against, and its parts must be the whole of it.
#[test]
fn a_block_is_divided_in_one_act_and_adds_up() {
    let with = |row: &str| cards(&format!("{SPLIT}firth,{row}\n"));
    let (votes_for, against, ..) = vote(&held(&with("70,30,")).1);
    assert_eq!((votes_for, against), (Some(2020), Some(1680)));
    let at = |code: &'static str, line| vec![(code, CARDS.to_owned(), line)];
    assert_eq!(faults(&with("70,31,")), at("card-above-weight", 7));
    assert_eq!(faults(&with("70,29,")), at("card-not-whole", 7));
    assert_eq!(faults(&cards(&format!("{SPLIT}firth,70,30,\ntotal,2020,1681,100\n"))), at("total-differs", 8));
}

#[test]
fn every_fault_of_a_file_has_its_row() {
    let text = "branch,for,against,vote\nashford,x,400,\nbrok,800,,\ncalder,450,,for\ndale,,,\nelm,,,agianst\n";
    let found = faults(&cards(text));
    let of_file: Vec<(&str, u32)> = found.iter().filter(|(_, file, _)| file == CARDS).map(|(code, _, line)| (*code, *line)).collect();
    assert_eq!(of_file, [("not-a-count", 2), ("unknown-branch", 3), ("not-a-card", 4), ("not-a-card", 5), ("unknown-word", 6)]);
    assert_eq!(faults(&cards(&SPLIT.replace("brook", "brok"))), [("unknown-branch", CARDS.to_owned(), 3)]);
    assert_eq!(faults(&cards(&format!("{SPLIT}elm,300,,\n"))), [("voted-twice", CARDS.to_owned(), 7)]);
    let mut missing = cards(SPLIT);
    missing.files.remove(CARDS);
    assert!(faults(&missing).iter().any(|(code, file, _)| *code == "file-missing" && file == FILE));
    let mut idle = folder();
    idle.files.insert("decide/cards-nobody.csv".into(), FileBytes::Read(SPLIT.into()));
    assert_eq!(faults(&idle), [("file-not-named", "decide/cards-nobody.csv".to_owned(), 1)]);
}

#[test]
fn a_paper_roll_call_is_keyed_in_twice_into_two_files_that_agree() {
    let roll =
        "delegate,vote\nd01,for\nd02,for\nd03,for\nd04,for\nd05,for\nd06,for\nd07,for\nd08,for\nd10,against\nd11,against\nd12,abstain\n";
    let at = |keyed: &str| {
        let from = AGENDA.find(&format!("keyed_by = \"{keyed}\"\nfor")).expect("a keying");
        let until = from + AGENDA[from..].find("abstain = [\"d12\"]\n").expect("its end") + "abstain = [\"d12\"]\n".len();
        AGENDA[from..until].to_owned()
    };
    let (one, other) = (at("M. Clerk"), at("N. Teller"));
    let keyed = |second_file: &str, second: &str| {
        let first = "keyed_by = \"M. Clerk\"\nfile = \"roll-e1-first.csv\"\n";
        let then = format!("keyed_by = \"N. Teller\"\nfile = \"{second_file}\"\n");
        let files = [("decide/roll-e1-first.csv", roll), ("decide/roll-e1-second.csv", second)];
        changed(&[(&one, first), (&other, &then)], &files)
    };
    let of_log = held(&folder()).1.decision("e1").expect("it").vote.clone();
    assert_eq!(held(&keyed("roll-e1-second.csv", roll)).1.decision("e1").expect("it").vote, of_log);
    // One slip of the second person: named with the row.
    let slip = faults(&keyed("roll-e1-second.csv", &roll.replace("d07,for", "d07,against")));
    assert_eq!(slip, [("keyings-differ", "decide/roll-e1-second.csv".to_owned(), 8)]);
    let left_out = faults(&keyed("roll-e1-second.csv", &roll.replace("d12,abstain\n", "")));
    assert_eq!(left_out, [("keyings-differ", "decide/roll-e1-first.csv".to_owned(), 12)]);
    // The same file is no second keying.
    assert!(faults(&keyed("roll-e1-first.csv", roll)).iter().any(|(code, ..)| *code == "one-file-twice"));
}

#[test]
fn what_the_committee_reports_withdrawn_or_remitted_is_not_taken() {
    let committee = |words: &str, item: &str| {
        format!(
            "[[committee]]\non = 2026-05-11\ndecides = \"{words}\"\nitems = [\"{item}\"]\nreason = \"Met by the new offer.\"\n\n[[instruction]]"
        )
    };
    for (words, outcome) in [("withdrawn", Outcome::Withdrawn), ("remitted", Outcome::Remitted)] {
        // Motion 12 is not reached in the log.
        let folder = changed(&[("[[instruction]]", &committee(words, "12"))], &[]);
        let (_, conference) = held(&folder);
        let decision = conference.decision("12").expect("it");
        assert_eq!(decision.outcome, outcome);
        let why = decision.why.as_deref().expect("why");
        assert!(why.contains("11 May 2026") && why.ends_with("Met by the new offer."), "{why}");
        assert!(conference.minute().text().contains("standing orders committee"), "{}", conference.minute().text());
    }
    // What it reported withdrawn is not moved any more.
    let folder = changed(&[("[[instruction]]", &committee("withdrawn", "4"))], &[]);
    assert!(faults(&folder).iter().any(|(code, ..)| *code == "already-decided"));
}

#[test]
fn the_words_that_an_amendment_brings_in_can_be_altered_by_the_committee() {
    let altered = |words: &str| {
        format!(
            "[[committee]]\non = 2026-04-17\ndecides = \"alter\"\nitems = [\"1.3\"]\nreason = \"The words were not clear.\"\n\
             [[committee.change]]\nreplace = \"{words}\"\nwith = \"altered words\"\n\n[[instruction]]"
        )
    };
    let (_, conference) = held(&changed(&[("[[instruction]]", &altered("within a month"))], &[]));
    let decision = conference.decision("1.3").expect("it");
    assert!(decision.asks[0].contains("altered words"), "{:?}", decision.asks);
    assert!(decision.notes[0].contains("The words were not clear."), "{:?}", decision.notes);
    assert!(decision.text_after.as_deref().expect("a text").contains("altered words"));
    assert!(faults(&changed(&[("[[instruction]]", &altered("nowhere in it"))], &[])).iter().any(|(code, ..)| *code == "words-not-in-text"));
}

#[test]
fn the_order_of_business_is_changed_on_the_day_and_minuted() {
    let change = |items: &str| {
        format!("[[log]]\nevent = \"order-of-business\"\nitems = [{items}]\nby = \"the standing orders committee\"\non = 2026-05-11\n\n")
    };
    let head = AGENDA.split("[[log]]").next().expect("an agenda");
    let log = |items: &str| {
        let mut folder = folder();
        let text = format!(
            "{head}{}[[log]]\nevent = \"moved\"\nitem = \"6\"\n[[log]]\nevent = \"seconded\"\nitem = \"6\"\n[[log]]\nevent = \"vote\"\nitem = \"6\"\nmethod = \"show-of-hands\"\ndeclared = \"carried\"\n",
            change(items)
        );
        folder.files.insert(FILE.into(), FileBytes::Read(text.into()));
        folder
    };
    let (_, conference) = held(&log("\"6\", \"1\""));
    let minute = conference.minute();
    assert_eq!(
        minute.business,
        [
            "11 May 2026: the order of business was changed on the motion of the standing orders committee: first motion 6, motion 1, then what was left."
        ]
    );
    assert!(minute.text().contains("order of business was changed") && minute.markdown().contains("order of business was changed"));
    // Without the change, 6 comes too early; an amendment, or what is over, has no place in an order.
    assert!(faults(&log("\"1\"")).iter().any(|(code, ..)| *code == "out-of-order"));
    assert!(faults(&log("\"6\", \"1.1\"")).iter().any(|(code, ..)| *code == "not-a-motion"));
    assert!(faults(&log("\"10\", \"6\"")).iter().any(|(code, ..)| *code == "already-decided"));
}
