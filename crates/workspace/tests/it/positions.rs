//! Who stands where, against the ledger.

use dispute::Folder;
use dispute::talks::{board, test_sticking_points};

use crate::ask::{FOUNDING, ask, column, csv, date, founding, page, read};

#[test]
fn the_boards_have_the_rows_of_the_ledger() {
    let dispute = founding("nhs-2008");
    let address = "positions?on=2008-04-30&offer=three-year";
    let boards = board(&dispute.positions, Some(date("2008-04-30")));
    let (at, expected) = boards.iter().enumerate().find(|(_, board)| board.offer == Some("three-year")).expect("the board");
    let rows = csv(&dispute, address, &format!("board-{}", at + 1));
    let stands: Vec<&str> = expected.standings.iter().map(|standing| standing.current.stance.word()).collect();
    assert_eq!(column(&rows, "stands"), stands);
    let names: Vec<&str> = expected.standings.iter().map(|standing| dispute.party_name(standing.party)).collect();
    assert_eq!(column(&rows, "party"), names);
    assert!(column(&rows, "source").iter().all(|source| !source.is_empty()));
}

#[test]
fn a_council_can_be_told_under_weights_that_are_supposed() {
    let dispute = founding("nhs-2008");
    let plain = page(&dispute, "positions?on=2008-06-30");
    assert!(plain.body.contains("how the council decides; the seats of every member"), "{}", plain.body);
    let weights = "rule=majority-of-seats&weights=unison=12,rcn=9,unite=4,rcm=2,gmb=2,csp=1,sor=1";
    let supposed = page(&dispute, &format!("positions?on=2008-06-30&{weights}"));
    assert!(supposed.body.contains("Supposed:") && supposed.body.contains("By what is decided: <strong>accepted</strong>"));
    let of_two = format!("{}; {}", dispute.party_name("unison"), dispute.party_name("rcn"));
    assert!(supposed.body.contains(&format!("Could turn it alone by voting the other way: {}", of_two.replace('\'', "&#39;"))), "{of_two}");
    for wrong in ["weights=unison=0", "weights=nobody=3", "weights=twelve", "rule=by-lot"] {
        let refused = page(&dispute, &format!("positions?{wrong}"));
        assert!(refused.is_refusal && refused.body.contains("error-summary"), "{wrong}");
    }
}

#[test]
fn a_day_that_does_not_exist_is_refused_with_what_would_be_right() {
    let dispute = founding("nhs-2007");
    let refused = page(&dispute, "positions?on=31/02/2007");
    assert!(refused.is_refusal && refused.body.contains("February 2007 has no day 31"), "{}", refused.body);
    assert!(refused.body.contains("Positions"), "what can be shown is shown");
    let unknown = page(&dispute, "positions?offer=none&party=<b>");
    assert!(unknown.is_refusal && unknown.body.contains("england-staged") && !unknown.body.contains("<b>"));
    assert!(ask(&dispute, "positions?csv=nothing").is_err());
}

#[test]
fn a_deadline_that_passed_asks_for_a_decision() {
    let mut folder = dispute::FoundingDisputes::folder("nhs-2007").expect("a dispute");
    let name = "decide/conference.toml";
    let text = text_of(&folder, name).replace("deadline_words = \"within a reasonable period\"", "deadline = 2007-06-01");
    folder.files.insert(name.to_owned(), dated::FileBytes::Read(text.into_bytes()));
    let dispute = read(&folder);
    let before = page(&dispute, "positions?on=2007-05-30");
    assert!(before.body.contains("open; due in 2 days, on 1 June 2007") && !before.body.contains("Decision needed"));
    let after = page(&dispute, "positions?on=2007-06-02");
    assert!(after.body.contains("Decision needed") && after.body.contains("DEADLINE PASSED, DECISION NEEDED (1 day after 1 June 2007)"));
    let vague = page(&founding("nhs-2007"), "positions?on=2007-06-02");
    assert!(vague.body.contains("the deadline is in words only") && !vague.body.contains("Decision needed"));
}

fn text_of(folder: &Folder, name: &str) -> String {
    match &folder.files[name] {
        dated::FileBytes::Read(bytes) => String::from_utf8(bytes.clone()).expect("UTF-8"),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_two_sentences_of_2014_stand_side_by_side() {
    let shown = page(&founding("nhs-2014"), "positions");
    assert!(shown.body.contains("Two places say opposite things"), "{}", shown.body);
    assert!(shown.body.contains("guides/local-negotiators.toml:"), "file and line of both");
    assert!(!page(&founding("nhs-2008"), "positions").body.contains("Two places say opposite things"));
}

#[test]
fn sticking_points_are_those_of_the_library() {
    let mut found = 0;
    for id in FOUNDING {
        let dispute = founding(id);
        let tested = test_sticking_points(&dispute);
        if tested.is_empty() {
            continue;
        }
        found += 1;
        let rows = csv(&dispute, "positions", "sticking-points");
        assert_eq!(column(&rows, "answered"), tested.iter().map(|test| test.answered.word()).collect::<Vec<_>>(), "{id}");
        assert_eq!(column(&rows, "held against"), tested.iter().map(|test| test.offer.id.as_str()).collect::<Vec<_>>(), "{id}");
    }
    assert!(found > 0, "no dispute has a sticking point, so nothing was compared");
}

#[test]
fn the_time_line_is_in_order_and_ends_on_the_day_asked_for() {
    let dispute = founding("nhs-2014");
    let days = column(&csv(&dispute, "positions", "timeline"), "when");
    let all = days.len();
    assert!(all > dispute.events.iter().filter(|event| event.when.is_some()).count());
    let until = column(&csv(&dispute, "positions?on=2014-10-01", "timeline"), "when");
    assert!(!until.is_empty() && until.len() < all && until.iter().all(|day| day.as_str() <= "2014-10-01"), "{until:?}");
}
