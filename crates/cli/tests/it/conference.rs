//! `whitley conference`: decisions, papers, tests in the words, and what is said when there is nothing to say.

use std::fs;

use serde_json::Value;

use crate::run::{at, json, whitley, whitley_in};

#[test]
fn run_keeps_its_keys_and_derives_unanimity() {
    let found = json("conference run nhs-2007");
    for key in ["id", "title", "outcome", "vote", "unanimous", "text_before", "text_after", "falls"] {
        assert!(at(&found, "decisions/0").get(key).is_some(), "no {key}");
    }
    for key in ["method", "for", "against", "abstain"] {
        assert!(at(&found, "decisions/0/vote").get(key).is_some(), "no vote/{key}");
    }
    assert_eq!(at(&found, "decisions/id=reject-and-act/unanimous"), true);
    assert_eq!(at(&found, "decisions/id=name-a-figure/outcome"), "rejected");
    assert_eq!(at(&found, "decisions/id=name-a-figure/unanimous"), &Value::Null);
    let second = json("conference run nhs-2008");
    assert_eq!(at(&second, "decisions/id=straight-to-action-ballot/outcome"), "fell");
    assert_eq!(at(&second, "decisions/id=ballot-members/falls/0/id"), "straight-to-action-ballot");
}

#[test]
fn a_folder_of_ones_own_replays_and_one_vote_changes_the_minute() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new d").code, 0);
    let file = home.path().join("d/decide/conference.toml");
    let text = "[conference]\nid = \"c\"\nbody = \"Conference\"\non = 2026-05-11\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\
        [[motion]]\nid = \"1\"\ntext = \"Reject the offer.\"\n[[log]]\nevent = \"moved\"\nitem = \"1\"\n\
        [[log]]\nevent = \"vote\"\nitem = \"1\"\nmethod = \"count\"\nfor = 40\nagainst = 0\nabstain = 0\n";
    fs::write(&file, text).expect("written");
    assert!(whitley_in(home.path(), "conference minute d").out.contains("unanimously"));
    fs::write(&file, text.replace("for = 40\nagainst = 0", "for = 39\nagainst = 1")).expect("written");
    let minute = whitley_in(home.path(), "conference minute d").out;
    assert!(!minute.contains("unanimous") && minute.contains("Carried by 39 to 1 on a counted vote."), "{minute}");
    // A log that cannot be is refused with its line, and nothing is printed as decided.
    fs::write(&file, text.replace("event = \"moved\"", "event = \"seconded\"")).expect("written");
    let refused = whitley_in(home.path(), "conference run d");
    assert_eq!((refused.code, refused.out.as_str()), (3, ""));
    assert!(refused.err.contains("d/decide/conference.toml:10: error: motion 1 is seconded before it is moved"), "{}", refused.err);
}

#[test]
fn tests_of_one_offer_answer_yes_no_or_could_not_check() {
    assert_eq!(whitley("conference tests nhs-2007").code, 0);
    let staged = whitley("conference tests nhs-2007 --offer england-staged");
    assert_eq!(staged.code, 1, "{}", staged.out);
    assert!(staged.out.contains("RPI, annual rate known at the time") && staged.out.contains("in the year 1.917%"), "{}", staged.out);
    let found: Value = serde_json::from_str(&whitley("conference tests nhs-2007 --offer scotland-full --json").out).expect("JSON");
    assert_eq!(at(&found, "tests/asks=in-force-from/results/0/verdict"), "met");
    assert_eq!(at(&found, "tests/asks=above-inflation/results/0/verdict"), "not-met");
    assert_eq!(at(&found, "tests/asks=for-judgement/words"), "significant");
    assert_eq!(whitley("conference tests nhs-2007 --offer nobodys").code, 3);
}

#[test]
fn papers_are_printed_as_text_markdown_and_json() {
    for paper in ["agenda", "minute", "decisions-book"] {
        let text = whitley(&format!("conference {paper} nhs-2007"));
        assert_eq!((text.code, text.err.as_str()), (0, ""), "{paper}");
        assert!(text.out.contains("The pay claim"), "{}", text.out);
        assert!(whitley(&format!("conference {paper} nhs-2007 --markdown")).out.starts_with("# "), "{paper}");
        assert!(json(&format!("conference {paper} nhs-2007"))["conferences"].is_array(), "{paper}");
    }
    let none = whitley("conference run civil-service-2004");
    assert_eq!((none.code, none.out.as_str()), (3, ""));
    assert!(none.err.contains("docs/spec/conference.md"), "{}", none.err);
    assert!(whitley("conference run nhs-2007 --conference nowhere").err.contains("unison-health-2007"));
}
