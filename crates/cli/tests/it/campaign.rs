//! Letters, postcards and members of Parliament from outside.

use std::path::Path;

use serde_json::Value;

use crate::run::{at, whitley, whitley_in};

/// A folder with the dispute of `whitley new` and a file of members.
fn folder(members: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(folder.path(), "new ex").code, 0);
    write(folder.path(), "members.csv", members);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
}

const MEMBERS: &str = "member,name,address,branch,postcode,constituency,point,words
U1,Ann Example,1 High Street; Carlisle,north,CA1 1AA,,1,\"My rent went up again this spring, so we moved back in with my mother, and the drive to the ward is forty minutes.\"
U2,Bob Example,2 Low Road; Leeds,south,,Leeds South,2,\"I clean three theatres between lists and have not bought shoes since the winter; that is how falling pay looks from here.\"
";
const POSTCODES: &str = "postcode,constituency,from,until\nCA1 1AA,Oldtown,2010-05-06,2024-07-04\nCA1 1AA,Carlisle,2024-07-04,\n";
const ASK: &str = "ex --members members.csv --on 2026-05-01 --postcodes postcodes.csv";

#[test]
fn letters_are_checked_counted_and_written() {
    let folder = folder(MEMBERS);
    write(folder.path(), "postcodes.csv", POSTCODES);
    let check = whitley_in(folder.path(), &format!("letters check {ASK}"));
    assert_eq!((check.code, check.err.as_str()), (0, ""), "{}", check.out);
    assert!(check.out.contains("as elected on 4 July 2024"), "{}", check.out);
    let text = whitley_in(folder.path(), &format!("letters text {ASK} --csv"));
    assert_eq!(text.code, 0, "{}", text.err);
    assert!(text.out.contains("Dear Julie Minns,") && text.out.contains("My rent went up again"), "{}", text.out);
    // What is counted or checked has no word that a member wrote.
    for question in
        ["letters counts {} --json", "letters counts {} --csv", "letters counts {}", "letters check {} --json", "letters check {}"]
    {
        let answer = whitley_in(folder.path(), &question.replace("{}", ASK));
        assert_eq!(answer.code, 0, "{question}: {}", answer.err);
        for word in ["rent", "spring", "mother", "theatres", "shoes", "falling"] {
            assert!(!answer.out.contains(word) && !answer.err.contains(word), "{question}: {word}");
        }
        if question.contains("counts") {
            assert!(!answer.out.contains("Ann Example") && !answer.out.contains("U1"), "{question}: {}", answer.out);
        }
    }
    let counts: Value = serde_json::from_str(&whitley_in(folder.path(), &format!("letters counts {ASK} --json")).out).expect("JSON");
    assert_eq!(at(&counts, "mps/constituency=Carlisle/letters"), 1);
    assert_eq!(at(&counts, "branches/branch=south/mps"), 1);
}

#[test]
fn copies_are_flagged_before_print_and_the_threshold_can_be_moved() {
    let folder = folder(&format!("{MEMBERS}{}", MEMBERS.lines().nth(2).expect("a row").replace("U2,Bob", "U3,Cat") + "\n"));
    write(folder.path(), "postcodes.csv", POSTCODES);
    let check = whitley_in(folder.path(), &format!("letters check {ASK}"));
    assert_eq!(check.code, 1);
    assert!(check.out.contains("U2") && check.out.contains("100%") && check.out.contains("too_alike_percent"), "{}", check.out);
    let text = whitley_in(folder.path(), &format!("letters text {ASK} --csv"));
    assert_eq!((text.code, text.out.as_str()), (1, ""), "nothing half-written");
    let others = whitley_in(folder.path(), &format!("letters text {ASK} --csv --leave-out-copies"));
    assert!(others.out.contains("Ann Example") && !others.out.contains("Bob Example"), "{}", others.out);
}

#[test]
fn bad_rows_give_all_faults_and_nothing_else() {
    let folder = folder(&format!(
        "{MEMBERS}U3,Dan \u{202e}Example,,nort,,Leeds South,2,\nU4,Eve <b>,3 Low Road,south,CA1 1AA,Leeds South,9,short words\n"
    ));
    write(folder.path(), "postcodes.csv", &format!("{POSTCODES}CA1 1AA,Leeds South,2025-01-01,\n"));
    let answer = whitley_in(folder.path(), &format!("letters text {ASK} --csv"));
    assert_eq!((answer.code, answer.out.as_str()), (3, ""));
    for wanted in [
        "postcodes.csv:4",
        "members.csv:4",
        "members.csv:5",
        "U+202E",
        "did you mean north?",
        "no address",
        "“<”",
        "written nothing",
        "Carlisle",
        "2 words",
        "no point 9",
    ] {
        assert!(answer.err.contains(wanted), "{wanted} is not in:\n{}", answer.err);
    }
    assert!(!answer.err.contains('\u{202e}'), "a mark that turns the line round reached the terminal");
}

#[test]
fn who_sits_where_is_a_matter_of_place_and_date() {
    let folder = folder(MEMBERS);
    write(folder.path(), "postcodes.csv", POSTCODES);
    let find = |question: &str| whitley_in(folder.path(), &format!("mp find {question}"));
    let now = find("--postcode ca11aa --postcodes postcodes.csv --on 2024-07-04");
    assert!(now.code == 0 && now.out.contains("Julie Minns") && now.out.contains("as elected on 4 July 2024"), "{}", now.out);
    let before = find("--postcode ca11aa --postcodes postcodes.csv --on 2024-07-03");
    assert!(before.code == 2 && before.out.contains("Oldtown") && !before.out.contains("Minns"), "{}", before.out);
    let wrong = find("--constituency Carlilse --on 2026-05-01");
    assert!(wrong.code == 3 && wrong.err.contains("did you mean Carlisle"), "{}", wrong.err);
    assert_eq!(find("--on 2026-05-01").code, 3);
    assert_eq!(find("--postcode CA11AA --on 2026-05-01").code, 3, "a postcode needs a file of postcodes");
}

#[test]
fn a_hundred_cards_show_a_hundred_figures_each_equal_to_the_members_page() {
    let founding = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../disputes/nhs-2007");
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&founding, &folder.path().join("d"));
    let plan = "[postcard]\nwho = \"unison\"\nto = \"Somebody\"\naddress = [\"Somewhere\"]\noffer = \"england-staged\"\nagainst = \"recommendation\"\n\
                text = \"I lose {loss}.\"\nsource = \"SEED-000\"\nstatus = \"synthetic\"\n";
    write(folder.path(), "d/campaign.toml", plan);
    // A hundred salaries and hours; every tenth has a point and an increment.
    let rows: Vec<(String, String)> = (0..100)
        .map(|n| {
            let hours = format!("{}.5", 15 + n % 23);
            if n % 10 == 0 {
                (format!("5-min,,{hours},2007-10-01"), format!("--point 5-min --hours {hours} --increment-date 2007-10-01"))
            } else {
                (format!(",{}.50,{hours},", 13_000 + 211 * n), format!("--salary {}.50 --hours {hours}", 13_000 + 211 * n))
            }
        })
        .collect();
    let members: String = rows.iter().enumerate().map(|(n, (row, _))| format!("U{n},Member {n},north,{row}\n")).collect();
    write(folder.path(), "members.csv", &format!("member,name,branch,point,salary,hours,increment_date\n{members}"));
    let answer = whitley_in(folder.path(), "postcards text d --members members.csv --json");
    assert_eq!(answer.code, 0, "{}{}", answer.err, answer.out);
    let cards: Value = serde_json::from_str(&answer.out).expect("JSON");
    let cards = cards["cards"].as_array().expect("cards");
    assert_eq!(cards.len(), 100);
    let mut figures: Vec<String> = Vec::new();
    for (card, (_, question)) in cards.iter().zip(&rows) {
        let page = whitley_in(folder.path(), &format!("offer value d --offer england-staged --against recommendation {question} --json"));
        let page: Value = serde_json::from_str(&page.out).expect("JSON");
        assert_eq!(card["loss"], *at(&page, "offers/0/without/less"), "{question}");
        assert_eq!(card["loss_by_days"], *at(&page, "offers/0/without/less_by_days"), "{question}");
        figures.push(card["loss"].to_string());
    }
    figures.sort();
    figures.dedup();
    assert!(figures.len() > 95, "{} different figures", figures.len());
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

#[test]
fn a_dispute_without_a_campaign_says_what_to_add_and_the_card_of_a_figure_its_formula() {
    let folder = folder(MEMBERS);
    let answer = whitley_in(folder.path(), "postcards text nhs-2008 --members members.csv");
    assert!(answer.code == 3 && answer.err.contains("[postcard]"), "{}", answer.err);
    let card = whitley("offer claims nhs-whitley-1998 --card nearly-one-below-inflation");
    assert!(card.code == 0 && card.out.contains("3.5 − 2.6 = 0.9 points") && card.out.contains("ONS-CDKO"), "{}", card.out);
    assert_eq!(whitley("offer claims nhs-2007 --card nothing").code, 3);
    assert_eq!(whitley("offer value nhs-2007 --against recommendation").code, 3);
}
