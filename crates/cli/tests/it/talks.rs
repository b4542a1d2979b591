//! Positions, meetings, demands, sticking points and guides as their users ask for them.

use std::fs;

use serde_json::Value;

use crate::run::{at, json, whitley, whitley_in};

fn answer(arguments: &str, code: i32) -> Value {
    let answer = whitley(&format!("{arguments} --json"));
    assert_eq!((answer.code, answer.err.as_str()), (code, ""), "{arguments}: {}", answer.out);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{arguments}: {error}"))
}

#[test]
fn the_board_says_who_stands_where_on_a_day() {
    let found = json("positions nhs-2008 --on 2008-04-30");
    for (party, stance, advice) in
        [("unison", "no-recommendation", "none"), ("rcn", "recommends-accept", "accept"), ("unite", "recommends-reject", "reject")]
    {
        let position = at(&found, &format!("offers/offer=three-year/positions/party={party}"));
        assert_eq!((&position["stance"], &position["recommendation"]), (&stance.into(), &advice.into()), "{party}");
        assert!(position["source"].as_array().is_some_and(|source| !source.is_empty()));
    }
    let text = whitley("positions nhs-whitley-1998").out;
    assert!(text.contains("welcomes, with conditions:\n    - the long-standing issues"), "{text}");
}

#[test]
fn a_council_without_weights_cannot_be_told_and_with_them_it_can() {
    let found = json("positions nhs-2008 --on 2008-06-30");
    assert_eq!(at(&found, "councils/0/outcome"), "cannot-tell");
    assert_eq!(at(&found, "councils/0/missing"), &serde_json::json!(["how the council decides", "the seats of every member"]));
    let weights = "--rule majority-of-seats --weights unison=12,rcn=9,unite=4,rcm=2,gmb=2,csp=1,sor=1";
    let found = json(&format!("positions nhs-2008 --on 2008-06-30 {weights}"));
    assert_eq!((at(&found, "councils/0/outcome"), at(&found, "councils/0/supposed")), (&"agreed".into(), &true.into()));
    assert_eq!(at(&found, "councils/0/pivotal"), &serde_json::json!(["unison", "rcn"]));
    for wrong in ["--weights unison=0", "--weights unison=1,unison=2", "--weights nobody=3", "--weights twelve", "--rule by-lot"] {
        assert_eq!(whitley(&format!("positions nhs-2008 {wrong}")).code, 3, "{wrong}");
    }
}

#[test]
fn questions_about_what_is_not_there_are_refused_with_what_is() {
    for (question, known) in [
        ("positions nhs-2008 --offer three", "three-year"),
        ("positions nhs-2008 --party unisom", "unison"),
        ("positions nhs-whitley-1998 --machinery parliament", "Ancillary Staffs Whitley Council"),
        ("positions nhs-2008 --on 2008-06-31", "June 2008 has no day 31"),
        ("sticking-points nhs-2007 --offer none", "england-staged"),
        ("guide ask nhs-2014 --topic hours --on 2014-06-01", "progression"),
        ("guide ask nhs-2014 --topic progression --nation Mars --on 2014-06-01", "Scotland"),
    ] {
        let answer = whitley(question);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{question}");
        assert!(answer.err.contains(known), "{question}: {}", answer.err);
    }
    for without_day in ["meetings nhs-2007", "demands nhs-2007", "guide ask nhs-2014 --topic progression"] {
        assert_eq!(whitley(without_day).code, 3, "{without_day}: today is never guessed");
    }
}

#[test]
fn the_review_body_filter_shows_groups_and_the_deal_read_across() {
    let found = json("positions nhs-whitley-1998 --machinery review-body");
    assert_eq!(found["groups"].as_array().map(Vec::len), Some(2));
    assert_eq!(at(&found, "groups/group=nurses/offers/offer=award/same_as"), &serde_json::json!(["offer"]));
    assert_eq!(found["offers"], serde_json::json!([]), "the positions are on the offer to the others");
}

#[test]
fn the_next_step_of_1998_is_on_both_lists() {
    let found = json("meetings nhs-whitley-1998 --on 1998-04-01");
    for side in ["staff", "employer"] {
        let step = at(&found, &format!("sides/side={side}/steps/0"));
        assert!(step["what"].as_str().is_some_and(|what| what.contains("shared out again")), "{side}");
    }
}

#[test]
fn the_exit_code_says_whether_somebody_must_decide() {
    assert_eq!(at(&answer("demands civil-service-2004 --on 2004-01-27", 0), "demands/0/days_left"), 2);
    assert_eq!(at(&answer("demands civil-service-2004 --on 2004-02-12", 1), "demands/0/state"), "deadline-passed-decision-needed");
    assert_eq!(at(&answer("demands nhs-2007 --on 2007-06-01", 2), "demands/0/state"), "open-deadline-vague");
    let text = whitley("demands nhs-2007 --on 2007-06-01").out;
    assert!(text.contains("Unison must name a person") && text.contains("If it is not met: Ballot 450,000"), "{text}");
}

#[test]
fn a_new_folder_shows_the_whole_table() {
    let home = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(whitley_in(home.path(), "new case").code, 0);
    let code = |question: &str| whitley_in(home.path(), question).code;
    assert_eq!(code("meetings case --on 2026-03-19"), 0);
    assert_eq!(code("meetings case --on 2026-03-20"), 1, "one step is overdue");
    assert_eq!(code("demands case --on 2026-03-23"), 0);
    assert_eq!(code("demands case --on 2026-03-24"), 1);
    assert_eq!(code("guide check case"), 0);
    assert_eq!(code("guide ask case --topic progression --on 2024-12-31"), 2, "no clause was in force");
    assert_eq!(code("sticking-points case"), 0);
    assert_eq!(code("sticking-points case --offer offer"), 1, "reason 1 unmet");
    // Two employers, one question, two answers, each with its clause.
    for (employer, says, place) in [("North", "yes", "paragraph 7"), ("South", "it depends", "local terms of South Works")] {
        let path = format!("{employer} Works");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_whitley"))
            .args(["guide", "ask", "case", "--topic", "progression", "--on", "2026-04-01", "--employer", &path])
            .current_dir(home.path())
            .output()
            .expect("it starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(text.contains(&format!("At {path}, on 1 April 2026: {says}\n")) && text.contains(place), "{text}");
    }
    // A faulty folder answers nothing.
    let talks = home.path().join("case/decide/talks.toml");
    let text = fs::read_to_string(&talks).expect("read");
    fs::write(&talks, text.replace("on = 2026-03-14", "on = 2026-03-11")).expect("written");
    let refused = whitley_in(home.path(), "demands case --on 2026-03-24");
    assert_eq!((refused.code, refused.out.as_str()), (3, ""));
    assert!(
        refused.err.contains("case/decide/talks.toml:") && refused.err.contains("fix: correct one of the two dates"),
        "{}",
        refused.err
    );
}

#[test]
fn reason_1_is_unmet_by_what_keeps_phasing() {
    let text = whitley("sticking-points nhs-whitley-1998").out;
    assert!(text.contains("award (award for nurses, pams): reason 1 unmet"), "{text}");
    assert!(text.contains("cytology screeners") && text.contains("offer: not addressed"), "{text}");
    let found = answer("sticking-points nhs-whitley-1998 --offer recommendation", 1);
    assert_eq!(at(&found, "sticking_points/id=phasing/answered"), "met");
    assert_eq!(at(&found, "sticking_points/id=low-pay/answered"), "unmet");
}

#[test]
fn the_guide_of_2014_says_two_things_and_both_places_are_shown() {
    let found = answer("guide check nhs-2014", 1);
    let clash = at(&found, "clashes/0");
    assert_eq!(clash["kind"], "opposite");
    let lines: Vec<&Value> = clash["places"].as_array().expect("two").iter().map(|place| &place["line"]).collect();
    assert!(lines.len() == 2 && lines[0] != lines[1] && lines.iter().all(|line| line.is_u64()), "{lines:?}");
    let asked = json("guide ask nhs-2014 --topic progression --employer Anywhere --on 2014-06-01");
    assert_eq!((&asked["answer"], &asked["employer_has_local_terms_here"]), (&"no".into(), &false.into()));
    assert_eq!(at(&asked, "clauses/0/clause"), "nhs-2013/performance");
}

#[test]
fn an_offer_read_across_says_which_clause_does_not_fit() {
    let fits = whitley("offer read-across nhs-whitley-1998 --offer offer --json");
    assert_eq!(fits.code, 0);
    let found: serde_json::Value = serde_json::from_str(&fits.out).expect("JSON");
    assert_eq!(found["to"].as_array().map(Vec::len), Some(6), "every group of the dispute");
    let one = whitley("offer read-across nhs-2014 --offer england-imposed --to afc-spine --json");
    assert_eq!(one.code, 1);
    let found: serde_json::Value = serde_json::from_str(&one.out).expect("JSON");
    assert_eq!(
        (found["to"][0]["mismatches"].as_u64(), found["to"][0]["clauses"][1]["why"].as_str()),
        (Some(1), Some("there is no point 5-min"))
    );
    // Agenda for Change has no rates in 1998.
    assert_eq!(whitley("offer read-across nhs-whitley-1998 --offer offer --to afc-bands").code, 2);
    assert_eq!(whitley("offer read-across nhs-2014 --offer england-imposed --to nowhere").code, 3);
}
