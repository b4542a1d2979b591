//! Conference, against the replay and the tests.

use crate::ask::{FOUNDING, ask, column, csv, file, founding, page};

#[test]
fn decisions_and_unanimity_are_those_of_the_replay() {
    let mut unanimous = 0;
    for id in FOUNDING {
        let dispute = founding(id);
        for conference in &dispute.conferences {
            let rows = csv(&dispute, "conference", &format!("decisions-{}", conference.id));
            let outcomes: Vec<&str> = conference.decisions.iter().map(|decision| decision.outcome.word()).collect();
            assert_eq!(column(&rows, "outcome"), outcomes, "{id}");
            let derived = conference.decisions.iter().map(|decision| match (decision.unanimous(), &decision.vote) {
                (Some(true), _) => "yes",
                (Some(false), _) => "no",
                (None, Some(_)) => "not known",
                (None, None) => "",
            });
            let derived: Vec<&str> = derived.collect();
            unanimous += derived.iter().filter(|word| **word == "yes").count();
            assert_eq!(column(&rows, "unanimous"), derived, "{id}");
            assert_eq!(csv(&dispute, "conference", &format!("log-{}", conference.id)).len(), conference.log.len() + 1, "{id}");
        }
    }
    assert!(unanimous >= 2, "Brighton was of one mind twice");
}

#[test]
fn the_carried_words_measure_every_offer_as_the_library_does() {
    let dispute = founding("nhs-2007");
    let conference = &dispute.conferences[0];
    let results = conference.measure(&dispute, None);
    assert!(!results.is_empty());
    for (at, result) in results.iter().enumerate() {
        let rows = csv(&dispute, "conference", &format!("test-{}-{}", conference.id, at + 1));
        let verdicts: Vec<&str> = result.outcomes.iter().map(|outcome| outcome.verdict.word()).collect();
        assert_eq!(column(&rows, "comes to"), verdicts, "{}", result.test.words);
        let offers: Vec<&str> = result.outcomes.iter().map(|outcome| outcome.offer.as_str()).collect();
        assert_eq!(column(&rows, "offer"), offers);
    }
}

#[test]
fn papers_can_be_kept() {
    let dispute = founding("nhs-2007");
    let minute = file(&dispute, "conference?paper=minute&conference=unison-health-2007");
    assert_eq!(String::from_utf8(minute.bytes).expect("UTF-8"), dispute.conferences[0].minute().text());
    assert!(ask(&dispute, "conference?paper=menu").is_err() && ask(&dispute, "conference?paper=minute&conference=x").is_err());
    assert!(ask(&founding("nhs-whitley-1998"), "conference?paper=minute").is_err());
}

#[test]
fn a_dispute_without_a_conference_says_how_to_add_one() {
    let shown = page(&founding("nhs-whitley-1998"), "conference");
    assert!(shown.body.contains("decide/conference.toml") && shown.body.contains("[[log]]"), "{}", shown.body);
}
