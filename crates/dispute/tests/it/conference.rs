//! A conference replayed: an invented one that uses everything, what one changed vote does, and every way an agenda or a
//! log can be wrong.

use std::collections::BTreeMap;

use dated::FileBytes;
use dispute::conference::{Conference, Outcome, Verdict};
use dispute::{Dispute, Folder, FoundingDisputes};
use proptest::prelude::*;

use crate::folder::{line_of, read, valid};

pub(crate) const FILE: &str = "decide/conference.toml";
const BRANCHES: &str = "decide/branches.csv";
pub(crate) const AGENDA: &str = include_str!("../cases/conference/conference.toml");

/// The starter folder with the invented conference.
pub(crate) fn folder() -> Folder {
    let mut folder = valid();
    for (name, text) in [
        (FILE, AGENDA),
        (BRANCHES, include_str!("../cases/conference/branches.csv")),
        ("decide/delegates.csv", include_str!("../cases/conference/delegates.csv")),
    ] {
        folder.files.insert(name.into(), FileBytes::Read(text.into()));
    }
    folder
}

fn with(folder: &Folder, file: &str, old: &str, new: &str) -> Folder {
    let mut folder = folder.clone();
    let Some(FileBytes::Read(bytes)) = folder.files.get(file) else { panic!("no {file}") };
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains(old), "{file} does not say {old}");
    folder.files.insert(file.into(), FileBytes::Read(text.replacen(old, new, 1).into()));
    folder
}

fn with_log(log: &str) -> Folder {
    let mut folder = folder();
    let head = AGENDA.split("[[log]]").next().expect("an agenda");
    folder.files.insert(FILE.into(), FileBytes::Read(format!("{head}{log}").into()));
    folder
}

pub(crate) fn held(folder: &Folder) -> (Dispute, Conference) {
    let (dispute, faults) = read(folder);
    assert_eq!(faults, [], "{faults:#?}");
    let dispute = dispute.expect("a dispute");
    let conference = dispute.conferences.first().cloned().expect("a conference");
    (dispute, conference)
}

fn outcomes(conference: &Conference) -> BTreeMap<String, &'static str> {
    conference.decisions.iter().map(|decision| (decision.id.clone(), decision.outcome.word())).collect()
}

#[test]
fn c36_amendments_to_the_same_words_conflict_and_their_texts_stand_before_and_after() {
    let (_, conference) = held(&folder());
    let agenda = conference.agenda();
    let entry = |id: &str| agenda.entries.iter().find(|entry| entry.id == id).expect("on the agenda");
    // 1.1 takes out words that 1.2 holds on to: either is marked with the other, and 1.3, to other words, with none.
    assert_eq!(entry("1.1").conflicts_with, ["amendment 1.2"]);
    assert_eq!(entry("1.2").conflicts_with, ["amendment 1.1"]);
    assert!(entry("1.3").conflicts_with.is_empty() && entry("1").conflicts_with.is_empty());
    assert!(agenda.text().contains("Conflicts with amendment 1.2") && agenda.markdown().contains("Conflicts with amendment 1.1"));
    let (before, after) = entry("1.1").before_and_after.clone().expect("both texts");
    assert!(before.contains("at least 4 per cent") && after.contains("at least 5 per cent or £1,200"), "{before} / {after}");
    let book = conference.decisions_book();
    let carried = book.carried.iter().find(|entry| entry.id == "1").expect("carried");
    let before = carried.before.as_deref().expect("it was amended");
    assert!(before.contains("at least 4 per cent") && carried.text.as_deref().is_some_and(|text| !text.contains("at least 4 per cent")));
    let minute = conference.minute();
    let fell = minute.items.iter().find(|item| item.id == "1.2").expect("minuted");
    assert!(fell.before_and_after.is_none() && fell.conflicts_with == ["amendment 1.1"]);
}

#[test]
fn the_invented_conference_comes_to_its_decisions() {
    let (_, conference) = held(&folder());
    let wanted = [
        ("1", "carried"),
        ("1.1", "carried"),
        ("1.1.1", "carried"),
        ("1.2", "fell"),
        ("1.3", "carried"),
        ("1.4", "fell"),
        ("10", "ruled-out"),
        ("11", "carried"),
        ("12", "not-reached"),
        ("2", "composited"),
        ("3", "composited"),
        ("4", "fell"),
        ("4.1", "fell"),
        ("5", "rejected"),
        ("6", "remitted"),
        ("7", "next-business"),
        ("8", "rejected"),
        ("9", "withdrawn"),
        ("composite-a", "carried"),
        ("e1", "carried"),
    ];
    assert_eq!(outcomes(&conference), wanted.map(|(id, word)| (id.to_owned(), word)).into());

    let motion = conference.decision("1").expect("motion 1");
    assert_eq!(
        motion.resolution(),
        Some(
            "Conference rejects the offer of 2 per cent. It calls for a fair rise of at least 6 per cent or £1,200 from 1 April 2026, \
             with no staging.\nIt instructs the executive to ballot members and to report to branches within a month."
        )
    );
    assert!(motion.text_before.contains("at least 4 per cent"));
    assert_eq!(motion.unanimous(), Some(true));
    let fallen: Vec<&str> = motion.falls.iter().map(|fall| fall.id.as_str()).collect();
    assert_eq!(fallen, ["1.4", "4"], "what was not moved, and what the agenda calls contrary; 4.1 falls with 4");
    let amendment = conference.decision("1.1").expect("1.1");
    assert_eq!(amendment.falls.iter().map(|fall| fall.id.as_str()).collect::<Vec<_>>(), ["1.2"]);
    assert!(
        amendment.text_before.contains("at least 4 per cent") && amendment.text_after.as_deref().is_some_and(|t| t.contains("6 per cent"))
    );
    let inner = conference.decision("1.1.1").expect("1.1.1");
    assert_eq!(
        (inner.text_before.as_str(), inner.text_after.as_deref()),
        ("at least 5 per cent or £1,200", Some("at least 6 per cent or £1,200"))
    );
    assert_eq!(inner.earlier_votes.len(), 1, "the show of hands that the count replaced");
    assert_eq!(conference.decision("6").expect("6").resolution(), None);
    assert!(conference.decision("6").expect("6").text_after.as_deref().is_some_and(|text| text.contains("the companies who")));
}

#[test]
fn a_card_vote_is_counted_in_members_at_the_record_date() {
    let (_, conference) = held(&folder());
    let vote = conference.decision("composite-a").and_then(|decision| decision.vote.clone()).expect("a card vote");
    assert_eq!((vote.votes_for, vote.against, vote.abstain), (Some(1950), Some(1650), Some(100)));
    assert_eq!((vote.membership, vote.not_cast()), (Some(3800), Some(100)), "Firth's 100 cast no card; Ashford's 1,500 came after the day");
    assert_eq!(vote.minority(), Some(1650));
    let against: Vec<&str> = vote.cards.iter().filter(|card| card.is_against_instruction).map(|card| card.branch.as_str()).collect();
    assert_eq!(against, ["dale"]);
    let roll = conference.decision("e1").and_then(|decision| decision.vote.clone()).expect("a roll call");
    assert_eq!((roll.votes_for, roll.against, roll.abstain), (Some(8), Some(2), Some(1)));
}

#[test]
fn one_changed_vote_changes_the_minute() {
    let minute = |folder: &Folder| held(folder).1.minute().text();
    let unanimous = "Carried unanimously, 12 to none, on a counted vote.";
    assert!(minute(&folder()).contains(unanimous), "{}", minute(&folder()));
    let changed = with(&folder(), FILE, "for = 12\nagainst = 0", "for = 11\nagainst = 1");
    assert!(minute(&changed).contains("Carried by 11 to 1 on a counted vote."), "{}", minute(&changed));
    let abstained = with(&folder(), FILE, "for = 12\nagainst = 0\nabstain = 0", "for = 11\nagainst = 0\nabstain = 1");
    assert!(!minute(&abstained).contains(unanimous) && minute(&abstained).contains("with nobody on the other side"));
    // 1.1 lost: nothing of it or of what amended it is in the text, 1.2 does not fall and can be carried.
    let lost = with(
        &folder(),
        FILE,
        "for = 8\nagainst = 4\n\n[[log]]\nevent = \"falls\"\nitem = \"1.2\"",
        "for = 4\nagainst = 8\n\n[[log]]\nevent = \"vote\"\nitem = \"1.2\"\nmethod = \"count\"\nfor = 9\nagainst = 3",
    );
    let (_, conference) = held(&lost);
    assert!(
        conference
            .decision("1")
            .and_then(|d| d.resolution().map(str::to_owned))
            .is_some_and(|text| text.contains("at least 4 per cent from 1 January 2026"))
    );
}

#[test]
fn a_tie_falls_and_the_chair_decides_only_where_the_rules_say_so() {
    let (_, conference) = held(&folder());
    let tied = conference.decision("8").expect("8");
    assert_eq!((tied.outcome, tied.vote.as_ref().map(|vote| vote.is_tie)), (Outcome::Rejected, Some(true)));
    let chair = with(&folder(), FILE, "tie = \"falls\"", "tie = \"chair-decides\"");
    // Both ties of the log now need the chair: the count before the card vote and motion 8.
    let chair = with(&chair, FILE, "for = 6\nagainst = 6", "for = 6\nagainst = 6\ncasting_vote = \"against\"");
    let chair = with(&chair, FILE, "for = 5\nagainst = 5\nabstain = 2", "for = 5\nagainst = 5\nabstain = 2\ncasting_vote = \"for\"");
    assert_eq!(held(&chair).1.decision("8").map(|decision| decision.outcome), Some(Outcome::Carried));
    let two_thirds = with(&folder(), FILE, "for = 7\nagainst = 5", "for = 8\nagainst = 4");
    assert_eq!(held(&two_thirds).1.decision("5").map(|decision| decision.outcome), Some(Outcome::Carried));
}

#[test]
fn the_words_carried_are_tests_of_the_offer() {
    let (dispute, conference) = held(&folder());
    let results = conference.measure(&dispute, Some("offer"));
    let verdicts: Vec<(&str, &str, &str)> =
        results.iter().map(|result| (result.test.words.as_str(), result.test.asks.word(), result.outcomes[0].verdict.word())).collect();
    // The example offer: 2% in April 2026 and 1% in October: 2.5% in the year, 3% at its end.
    assert_eq!(
        verdicts,
        [
            ("fair", "for-judgement", "for-judgement"),
            ("at least 6 per cent", "at-least-percent", "not-met"),
            ("from 1 April 2026", "in-force-from", "not-met"),
            ("no staging", "no-staging", "not-met"),
            ("flat rate rise of £1,000", "flat-pounds", "not-met"),
            ("above inflation", "above-inflation", "cannot-tell"),
            ("paid in full", "paid-in-full", "cannot-tell"),
        ]
    );
    let which = &results[5].outcomes[0];
    assert!(which.notes.iter().any(|note| note.starts_with("Which index?")), "{:?}", which.notes);
}

#[test]
fn the_claim_of_2007_is_not_met_by_one_point_nine_per_cent() {
    let folder = FoundingDisputes::folder("nhs-2007").expect("the dispute");
    let (dispute, conference) = held(&folder);
    assert_eq!(conference.decision("reject-and-act").and_then(dispute::conference::Decision::unanimous), Some(true));
    let amendment = conference.decision("name-a-figure").expect("the amendment");
    assert_eq!((amendment.outcome, amendment.unanimous()), (Outcome::Rejected, None));
    assert_eq!(Some(&amendment.text_before), amendment.text_after.as_ref());
    let results = conference.measure(&dispute, Some("england-staged"));
    let above = results.iter().find(|result| result.test.words == "above the rate of inflation").expect("the test");
    assert_eq!(above.outcomes[0].verdict, Verdict::NotMet);
    let figure = &above.outcomes[0].figures[0];
    assert_eq!(
        (figure.gives.0.to_fixed(1), figure.gives.1.to_fixed(1), figure.index.map(pay::Index::word)),
        ("1.9".into(), "2.5".into(), Some("RPI"))
    );
    // One hand against, and the word is gone.
    let changed = with(&folder, FILE, "against = 0", "against = 1");
    let (dispute, conference) = held(&changed);
    assert_eq!(conference.decision("reject-and-act").and_then(dispute::conference::Decision::unanimous), Some(false));
    assert!(!conference.minute().items[0].sentences.join(" ").contains("unanimous"));
    assert!(dispute.motions[0].vote.as_deref() != Some("unanimous"));
}

#[test]
fn in_2008_the_minority_is_recorded_and_its_number_is_not_known() {
    let (_, conference) = held(&FoundingDisputes::folder("nhs-2008").expect("the dispute"));
    let decision = conference.decision("ballot-members").expect("the motion");
    assert_eq!((decision.outcome, decision.unanimous()), (Outcome::Carried, Some(false)));
    let vote = decision.vote.as_ref().expect("a vote");
    assert_eq!((vote.minority(), vote.minority_words.is_some()), (None, true));
    assert_eq!(conference.decision("straight-to-action-ballot").map(|decision| decision.outcome), Some(Outcome::Fell));
}

/// Where a fault must stand.
enum At {
    /// On the first line that holds this text after the change.
    Line(&'static str),
    /// Where the entry begins that the change is in.
    Entry(&'static str),
}
use At::{Entry, Line};

/// Each mistake: what is replaced by what, the fault it must give, and where.
fn mistakes() -> Vec<(&'static str, &'static str, &'static str, &'static str, At)> {
    let mut all = vec![
        // In the agenda.
        ("consents = [\"brook\", \"calder\"]", "consents = [\"brook\"]", "composite-without-consent", FILE, Line("joins = [\"2\", \"3\"]")),
        (
            "consents = [\"brook\", \"calder\"]",
            "consents = [\"brook\", \"calder\", \"elm\"]",
            "consent-of-nobody",
            FILE,
            Line("consents ="),
        ),
        ("letter = \"A\"", "letter = \"a\"", "not-a-letter", FILE, Line("letter = \"a\"")),
        ("submitted_on = 2026-02-20", "submitted_on = 2026-03-02", "after-deadline", FILE, Entry("[[motion]]")),
        ("branch = \"ashford\"", "branch = \"ashfrod\"", "unknown-branch", FILE, Line("ashfrod")),
        ("replace = \"thieves\"", "replace = \"robbers\"", "words-not-in-text", FILE, Entry("[[committee.change]]")),
        ("delete = \"fair\"", "delete = \"kind\"", "words-not-in-text", FILE, Entry("[[amendment.change]]")),
        ("delete = \"fair\"", "delete = \"per cent\"", "words-not-clear", FILE, Entry("[[amendment.change]]")),
        ("title = \"Pay\"", "title = \"P\\u202Eay\"", "hidden-character", FILE, Line("title = \"P")),
        ("title = \"Pay\"", "title = \"<b>Pay</b>\"", "markup-in-name", FILE, Line("title = \"<b>")),
        ("words = \"no staging\"", "words = \"no stages\"", "words-not-in-text", FILE, Line("no stages")),
        (
            "reason = \"It is not within the objects of the union (standing order 4).\"\n",
            "",
            "reason-missing",
            FILE,
            Entry("[[committee]]"),
        ),
        ("amends = \"4\"", "amends = \"44\"", "unknown-item", FILE, Line("amends = \"44\"")),
        ("seconder_needed = true", "seconder_neded = true", "unknown-key", FILE, Line("seconder_neded")),
    ];
    all.extend([
        // In the card vote.
        (
            "for = 700, against = 400, abstain = 100",
            "for = 800, against = 400, abstain = 100",
            "card-above-weight",
            FILE,
            Line("for = 800"),
        ),
        ("for = 700, against = 400, abstain = 100", "for = 700, against = 400", "card-not-whole", FILE, Line("for = 700")),
        ("split_cards = true", "split_cards = false", "split-card", FILE, Line("for = 700")),
        (
            "{ branch = \"brook\", vote = \"for\" }",
            "{ branch = \"ashford\", vote = \"for\" }",
            "voted-twice",
            FILE,
            Line("{ branch = \"ashford\", vote"),
        ),
        ("{ branch = \"brook\", vote = \"for\" }", "{ branch = \"brok\", vote = \"for\" }", "unknown-branch", FILE, Line("brok\",")),
        ("demanded_by_delegates = 4", "demanded_by_delegates = 2", "too-few-demand", FILE, Entry("[[log]]")),
        ("demanded_by = \"delegates\"", "demanded_by = \"executive\"", "demand-not-allowed", FILE, Entry("[[log]]")),
        ("800,2025-12-31", "800,2026-01-01", "no-membership", BRANCHES, Line("brook,")),
        // In the roll call.
        ("against = [\"d11\", \"d10\"]", "against = [\"d11\"]", "keyings-differ", FILE, Line("against = [\"d10\", \"d11\"]")),
        ("abstain = [\"d12\"]\n[log.second]", "abstain = [\"d12\", \"d12\"]\n[log.second]", "voted-twice", FILE, Line("\"d12\", \"d12\"")),
        ("keyed_by = \"N. Teller\"", "keyed_by = \"M. Clerk\"", "one-person-twice", FILE, Line("[log.second]")),
        // In the counts.
        ("for = 12\nagainst = 0", "for = 12\nagainst = 1", "more-votes-than-delegates", FILE, Entry("[[log]]")),
        ("for = 7\nagainst = 5", "for = 7\nagainst = 5\ndeclared = \"carried\"", "declared-otherwise", FILE, Entry("[[log]]")),
        ("for = 5\nagainst = 5", "for = 5\nagainst = 5\ncasting_vote = \"for\"", "no-casting-vote", FILE, Entry("[[log]]")),
        // In the order of things.
        (
            "event = \"falls\"\nitem = \"1.2\"",
            "event = \"vote\"\nitem = \"1.2\"\nmethod = \"count\"\nfor = 7\nagainst = 1",
            "already-fallen",
            FILE,
            Entry("[[log]]"),
        ),
        ("event = \"falls\"\nitem = \"4\"", "event = \"moved\"\nitem = \"4.1\"", "already-fallen", FILE, Entry("[[log]]")),
        ("event = \"falls\"\nitem = \"1.2\"", "event = \"falls\"\nitem = \"1.3\"", "fall-not-derived", FILE, Entry("[[log]]")),
        (
            "event = \"withdrawn\"\nitem = \"9\"\nconsent = true",
            "event = \"withdrawn\"\nitem = \"9\"",
            "no-consent",
            FILE,
            Entry("[[log]]"),
        ),
        ("event = \"vote\"\nitem = \"11\"", "event = \"vote\"\nitem = \"12\"", "out-of-order", FILE, Entry("[[log]]")),
    ]);
    all
}

#[test]
fn each_mistake_gives_its_own_fault_with_its_place_and_a_fix() {
    let mut report = String::new();
    for (old, new, code, file, at) in mistakes() {
        let wrong = with(&folder(), file, old, new);
        let (_, faults) = read(&wrong);
        let line = match at {
            Line(text) => line_of(&wrong, file, text, 0),
            Entry(head) => {
                let before = &AGENDA[..AGENDA.find(old).expect("it stands there")];
                let at = before.lines().enumerate().filter(|(_, line)| *line == head).last().map_or(0, |(at, _)| at + 1);
                u32::try_from(at).expect("few lines")
            }
        };
        let place = format!("case/{file}:{line}");
        let is_right = !faults.is_empty() && faults.iter().all(|fault| fault.code == code && fault.fix.len() > 10);
        if !is_right || !faults.iter().any(|fault| fault.place.to_string() == place) {
            report.push_str(&format!("\n{new}: wanted {code} at {place}\n"));
            faults.iter().for_each(|fault| report.push_str(&format!("    {} {fault}\n", fault.code)));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn mistakes_of_many_kinds_come_in_one_run() {
    let mut wrong = folder();
    let (mut codes, mut used) = (Vec::new(), Vec::new());
    for (old, new, code, file, _) in mistakes() {
        let Some(FileBytes::Read(bytes)) = wrong.files.get(file) else { panic!("no {file}") };
        // Faults of what the log cannot be replayed with hide what would follow from the replay.
        let in_log = AGENDA.find(old).is_some_and(|at| at > AGENDA.find("[[log]]").expect("a log"));
        // A composite without a letter is none, so nothing more is said of it.
        if in_log || code == "not-a-letter" || used.contains(&old) || !String::from_utf8_lossy(bytes).contains(old) {
            continue;
        }
        wrong = with(&wrong, file, old, new);
        used.push(old);
        codes.push(code);
    }
    let (_, faults) = read(&wrong);
    for code in &codes {
        assert!(faults.iter().any(|fault| fault.code == *code), "{code} is missing: {faults:#?}");
    }
    assert!(codes.len() >= 8, "{codes:?}");
}

#[test]
fn a_log_that_cannot_have_happened_is_refused_event_by_event() {
    let moved = |id: &str| format!("[[log]]\nevent = \"moved\"\nitem = \"{id}\"\n[[log]]\nevent = \"seconded\"\nitem = \"{id}\"\n");
    let vote = |id: &str, votes_for: u32| {
        format!("[[log]]\nevent = \"vote\"\nitem = \"{id}\"\nmethod = \"count\"\nfor = {votes_for}\nagainst = 3\n")
    };
    let cases = [
        (vote("1", 5), vec!["out-of-order"]),
        ("[[log]]\nevent = \"moved\"\nitem = \"1\"\n".to_owned() + &vote("1", 5), vec!["not-seconded"]),
        (moved("1") + &moved("1.1") + &vote("1", 5), vec!["amendment-first"]),
        (moved("1") + &vote("1", 5) + &vote("1", 5), vec!["already-decided"]),
        (moved("1") + &vote("1", 1) + &moved("1.1"), vec!["already-fallen"]),
        (moved("10"), vec!["ruled-out"]),
        (moved("2"), vec!["in-composite"]),
        (moved("1.1"), vec!["out-of-order"]),
        (moved("1"), vec!["no-decision"]),
        (moved("1") + &moved("1.1") + &moved("1.3") + &vote("1.3", 5), vec!["amendment-order", "no-decision"]),
        (moved("1") + &vote("1", 9) + &moved("5"), vec!["no-decision", "out-of-order"]),
    ];
    for (log, wanted) in cases {
        let (_, faults) = read(&with_log(&log));
        let mut codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, wanted, "{log}\n{faults:#?}");
    }
    // Without the committee's decision an emergency motion is not there to be moved.
    let log = "[[log]]\nevent = \"order-of-business\"\nitems = [\"e1\"]\n".to_owned() + &moved("e1") + &vote("e1", 5);
    let emergency = with(&with_log(&log), FILE, "decides = \"admit\"\nitems = [\"e1\"]", "decides = \"admit\"\nitems = [\"8\"]");
    let (_, faults) = read(&emergency);
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["not-admitted"], "{faults:#?}");
}

#[test]
fn a_ruling_that_is_referred_back_and_changed_puts_the_motion_on_the_agenda() {
    let back = "[[log]]\nevent = \"reference-back\"\nitem = \"10\"\nmethod = \"count\"\nfor = 9\nagainst = 3\n";
    let admitted = "[[log]]\nevent = \"admitted\"\nitem = \"10\"\n[[log]]\nevent = \"order-of-business\"\nitems = [\"10\"]\n";
    let vote = "[[log]]\nevent = \"moved\"\nitem = \"10\"\n[[log]]\nevent = \"seconded\"\nitem = \"10\"\n\
        [[log]]\nevent = \"vote\"\nitem = \"10\"\nmethod = \"count\"\nfor = 2\nagainst = 10\n";
    let (_, conference) = held(&with_log(&format!("{back}{admitted}{vote}")));
    assert_eq!(conference.decision("10").map(|decision| decision.outcome), Some(Outcome::Rejected));
    let (_, conference) = held(&with_log(back));
    assert_eq!(conference.decision("10").map(|decision| decision.outcome), Some(Outcome::ReferredBack));
    let (_, faults) = read(&with_log(&format!("{admitted}{vote}")));
    assert_eq!(faults.first().map(|fault| fault.code), Some("out-of-order"));
}

#[test]
fn papers_show_what_they_are_given_and_obey_nothing() {
    let (_, conference) = held(&with(&folder(), FILE, "title = \"Pay\"", "title = \"Pay *now* [x](y)\""));
    let agenda = conference.agenda();
    assert!(agenda.markdown().contains("Pay \\*now\\* \\[x\\](y)"), "{}", agenda.markdown());
    assert!(agenda.text().contains("Debated together with motion 4"));
    let book = conference.decisions_book();
    assert_eq!((book.carried.len(), book.remitted.len()), (4, 1), "{book:#?}");
    assert!(book.markdown().contains("## Carried"));
}

/// Motions with one amendment each, in the order of the file; each is voted on by a count.
fn independent(votes: &[(u64, u64)], order: &[usize]) -> Folder {
    let mut text =
        "[conference]\nid = \"c\"\nbody = \"Conference\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\ndelegates_present = 2000\n"
            .to_owned();
    text.push_str("[[motion]]\nid = \"m\"\ntext = \"");
    for at in 0..votes.len() {
        text.push_str(&format!("word{at} stays{at}. "));
    }
    text.push_str("\"\n");
    for at in 0..votes.len() {
        // Changes of other words, and additions at one and the same place.
        text.push_str(&format!(
            "[[amendment]]\nid = \"a{at}\"\namends = \"m\"\n[[amendment.change]]\nreplace = \"word{at}\"\nwith = \"other{at}\"\n\
             [[amendment.change]]\ninsert = \"Add {at}.\"\nat_end = true\n"
        ));
    }
    text.push_str("[[log]]\nevent = \"moved\"\nitem = \"m\"\n");
    for at in order {
        text.push_str(&format!("[[log]]\nevent = \"moved\"\nitem = \"a{at}\"\n"));
    }
    for at in order {
        let (votes_for, against) = votes[*at];
        text.push_str(&format!(
            "[[log]]\nevent = \"vote\"\nitem = \"a{at}\"\nmethod = \"count\"\nfor = {votes_for}\nagainst = {against}\n"
        ));
    }
    text.push_str("[[log]]\nevent = \"vote\"\nitem = \"m\"\nmethod = \"count\"\nfor = 9\nagainst = 1\n");
    let mut folder = valid();
    folder.files.insert(FILE.into(), FileBytes::Read(text.into()));
    folder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// C4, C13: the order of independent votes changes neither text nor outcomes; what was voted on was carried or rejected.
    #[test]
    fn the_order_of_independent_votes_changes_nothing(votes in prop::collection::vec((0_u64..900, 0_u64..900), 1..6), seed in any::<u64>()) {
        let straight: Vec<usize> = (0..votes.len()).collect();
        let mut shuffled = straight.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, usize::try_from(state >> 33).expect("31 bits") % (at + 1));
        }
        let (_, one) = held(&independent(&votes, &straight));
        let (_, again) = held(&independent(&votes, &straight));
        let (_, other) = held(&independent(&votes, &shuffled));
        prop_assert_eq!(&one.decisions, &again.decisions);
        prop_assert_eq!(one.decision("m").map(|d| d.text_after.clone()), other.decision("m").map(|d| d.text_after.clone()));
        prop_assert_eq!(outcomes(&one), outcomes(&other));
        let voted = one.decisions.iter().filter(|decision| decision.vote.is_some()).count();
        let decided = one.decisions.iter().filter(|decision| matches!(decision.outcome, Outcome::Carried | Outcome::Rejected)).count();
        prop_assert_eq!(voted, decided);
        let text = one.decision("m").and_then(|d| d.text_after.clone()).unwrap_or_default();
        for (at, (votes_for, against)) in votes.iter().enumerate() {
            let carried = votes_for > against;
            prop_assert_eq!(text.contains(&format!("other{at}")), carried);
            prop_assert_eq!(text.contains(&format!("word{at}")), !carried);
            prop_assert_eq!(text.contains(&format!("Add {at}.")), carried);
        }
    }

    /// C11: cards and what was not cast add up to the membership; one vote more or less is refused.
    #[test]
    fn the_weights_add_up_to_the_membership(cut in 0_u64..=1200, more in 0_u64..=1200, slip in -1_i64..=1) {
        let abstain = 1200_u64.saturating_sub(cut).saturating_sub(more);
        let more = 1200 - cut.min(1200) - abstain;
        let against = i64::try_from(more).expect("small") + slip;
        prop_assume!(against >= 0);
        let card = format!("for = {cut}, against = {against}, abstain = {abstain}");
        let (dispute, faults) = read(&with(&folder(), FILE, "for = 700, against = 400, abstain = 100", &card));
        match slip {
            0 => {
                prop_assert!(faults.is_empty(), "{:?}", faults);
                let vote = dispute.and_then(|d| d.conferences[0].decision("composite-a")?.vote.clone()).expect("a vote");
                let cast: u64 = [vote.votes_for, vote.against, vote.abstain].into_iter().flatten().sum();
                prop_assert_eq!(Some(cast + vote.not_cast().unwrap_or(0)), vote.membership);
            }
            1 => prop_assert!(faults.iter().any(|fault| fault.code == "card-above-weight")),
            _ => prop_assert!(faults.iter().any(|fault| fault.code == "card-not-whole")),
        }
    }

    /// Lines moved, doubled or lost, and any text in place of another: faults, and never a panic.
    #[test]
    fn no_agenda_and_no_log_makes_it_panic(from in 0_usize..500, to in 0_usize..500, length in 1_usize..12, word in "[a-z0-9. ,\\PC]{0,12}", how in 0_u8..4) {
        let mut lines: Vec<String> = AGENDA.lines().map(str::to_owned).collect();
        let (from, to) = (from % lines.len(), to % lines.len());
        let end = (from + length).min(lines.len());
        match how {
            0 => drop(lines.drain(from..end)),
            1 => {
                let chunk: Vec<String> = lines[from..end].to_vec();
                lines.splice(to..to, chunk);
            }
            2 => lines.swap(from, to),
            _ => {
                if let Some((key, _)) = lines[from].clone().split_once('=') {
                    lines[from] = format!("{key}= \"{}\"", word.replace(['"', '\\'], ""));
                }
            }
        }
        let mut changed = folder();
        changed.files.insert(FILE.into(), FileBytes::Read(lines.join("\n").into()));
        if let (Some(dispute), faults) = read(&changed)
            && faults.is_empty()
        {
            for conference in &dispute.conferences {
                let _ = (conference.minute().markdown(), conference.agenda().text(), conference.decisions_book().text());
                for (before, after) in conference.agenda().entries.into_iter().filter_map(|entry| entry.before_and_after) {
                    let _ = dispute::conference::changed_words(&before, &after);
                }
                let _ = conference.measure(&dispute, None);
            }
        }
    }
}
