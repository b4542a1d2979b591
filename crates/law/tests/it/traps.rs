//! Each trap: a bad set of facts that its check finds, the same facts put right, and facts that were never given.

use dated::{Faults, FileBytes};
use law::*;

fn report(facts: &str) -> Vec<(String, Effect)> {
    let (book, traps) = (Rulebook::built_in().expect("rules"), Traps::built_in().expect("traps"));
    let faults = Faults::new();
    let facts = read_trap_facts("facts.toml", &FileBytes::Read(facts.into()), &faults);
    assert_eq!(faults.into_sorted(), []);
    let report = judge_traps(&traps, &facts, &book).expect("covered");
    report.findings.into_iter().map(|finding| (finding.trap.id.clone(), finding.effect)).collect()
}

#[test]
fn l80_each_trap_is_found_and_is_gone_when_put_right() {
    let of_2022 = "ballot_opened = 2022-10-06\nballot_closed = 2022-11-02\n";
    let table = [
        (
            "result-told-late",
            Effect::Sinks,
            "ballot_closed = 2009-09-01\nemployer_told_on = 2009-09-03",
            "ballot_closed = 2009-09-01\nemployer_told_on = 2009-09-01",
        ),
        (
            "figures-unexplained",
            Effect::Sinks,
            "action_notice_received = 2009-09-02\nexplanation_of_figures = \"\"",
            "action_notice_received = 2009-09-02\nexplanation_of_figures = \"from the membership system on 1 August\"",
        ),
        ("leavers-balloted", Effect::Sinks, "leavers_balloted = 800", "leavers_balloted = 0"),
        (
            "result-incomplete",
            Effect::Danger,
            "ballot_opened = 2010-01-25\nresult_fields_told = [\"votes_cast\", \"yes_per_question\", \"no_per_question\"]",
            "ballot_opened = 2010-01-25\nresult_fields_told = [\"votes_cast\", \"yes_per_question\", \"no_per_question\", \"spoiled\"]",
        ),
        ("workplaces-unknown", Effect::Sinks, "workplaces_unknown = 30\npapers_missed = 11", "workplaces_unknown = 0\npapers_missed = 0"),
        (
            "small-errors",
            Effect::DoesNotSink,
            "entitled = 605\nroll_errors = 2\nroll_errors_accidental = true",
            "entitled = 605\nroll_errors = 0\nroll_errors_accidental = true",
        ),
        (
            "small-errors",
            Effect::Sinks,
            "roll_errors = 2\nroll_errors_accidental = false",
            "roll_errors = 0\nroll_errors_accidental = false",
        ),
        (
            "category-not-deducible",
            Effect::Sinks,
            "categories = [\"working on TfL contracts\"]\nemployer_job_categories = [\"Bus driver\"]",
            "categories = [\"bus driver\"]\nemployer_job_categories = [\"Bus driver\"]",
        ),
        (
            "voting-interfered",
            Effect::Sinks,
            "campaign_text = \"Bring your ballot to the gate, film\\n yourself and vote together!\"",
            "campaign_text = \"Vote at home and post it today.\"",
        ),
        (
            "past-the-mandate",
            Effect::Sinks,
            &format!("{of_2022}action = [\"2023-04-30T20:00..2023-05-02T20:00\"]"),
            &format!("{of_2022}action = [\"2023-04-30T20:00..2023-05-02T00:00\"]"),
        ),
        ("not-rostered", Effect::DoesNotSink, "not_rostered_balloted = 40", "not_rostered_balloted = 0"),
        ("reasonable-steps", Effect::DoesNotSink, "data_cleaning_evidence = true", ""),
        ("reasonable-steps", Effect::Danger, "data_cleaning_evidence = false", ""),
        (
            "period-of-action",
            Effect::Sinks,
            "ballot_opened = 2017-08-01\nperiod_each_type_expected = \"\"",
            "ballot_opened = 2026-03-01\nperiod_each_type_expected = \"\"",
        ),
        (
            "period-of-action",
            Effect::DoesNotSink,
            "ballot_opened = 2017-08-01\nperiod_each_type_expected = \"8 September 2017 to 18 February 2018\"",
            "",
        ),
        ("members-left-out", Effect::Sinks, "members_left_out = 25\nmembers_left_out_accidental = false", "members_left_out = 0"),
        (
            "members-left-out",
            Effect::Sinks,
            "ballot_opened = 1998-10-05\nmembers_left_out = 2\nmembers_left_out_accidental = true",
            "ballot_opened = 2001-10-05\nmembers_left_out = 0\nmembers_left_out_accidental = true",
        ),
        (
            "honest-error",
            Effect::DoesNotSink,
            "ballot_opened = 2002-01-07\nmembers_left_out = 2\nmembers_left_out_accidental = true",
            "members_left_out = 0",
        ),
        (
            "notice-too-thin",
            Effect::Sinks,
            "ballot_notice_received = 2001-01-08\nheld_but_not_given = true",
            "ballot_notice_received = 2001-01-08\nheld_but_not_given = false",
        ),
        (
            "category-too-broad",
            Effect::Sinks,
            "categories = [\"Engineer/technician\", \"Shift fitter\"]",
            "categories = [\"Shift fitter\", \"Metering engineer\"]",
        ),
        ("question-stands-alone", Effect::Sinks, "tallied_per_question = false", "tallied_per_question = true"),
        (
            "kind-without-question",
            Effect::Sinks,
            "ballot_opened = 1999-01-04\nquestions = [\"short of strike\"]\nkinds_of_action = [\"overtime ban\"]",
            "ballot_opened = 2001-01-04\nquestions = [\"short_of_strike\"]\nkinds_of_action = [\"overtime ban\"]",
        ),
        (
            "kind-without-question",
            Effect::Sinks,
            "ballot_opened = 2022-10-06\nquestions = [\"strike\"]\nkinds_of_action = [\"work to rule\"]",
            "ballot_opened = 2022-10-06\nquestions = [\"strike\", \"short_of_strike\"]\nkinds_of_action = [\"work to rule\", \"strike\"]",
        ),
        (
            "weeks-to-midnight",
            Effect::Sinks,
            "ballot_opened = 1995-01-09\nballot_closed = 1995-02-01\naction = [\"1995-03-01\"]",
            "ballot_opened = 1995-01-09\nballot_closed = 1995-02-01\naction = [\"1995-02-28\"]",
        ),
        (
            "new-campaign",
            Effect::Sinks,
            "ballot_opened = 2004-01-05\nnew_campaign = true",
            "ballot_opened = 2004-01-05\nnew_campaign = false",
        ),
        ("new-campaign", Effect::DoesNotSink, "ballot_opened = 2004-01-05\nnew_campaign = false\naction_suspended = true", ""),
        ("future-employer", Effect::Sinks, "dispute_with = \"future employer\"", "dispute_with = \"present employer\""),
        (
            "names-needed",
            Effect::Sinks,
            "ballot_notice_received = 1994-03-01\nemployer_can_identify_members = false",
            "ballot_notice_received = 2001-03-01\nemployer_can_identify_members = false",
        ),
        (
            "wrong-caller",
            Effect::Sinks,
            "called_by = \"Branch chair\"\nauthorised_to_call = [\"General Secretary\"]",
            "called_by = \"general secretary\"\nauthorised_to_call = [\"General Secretary\"]",
        ),
        (
            "wrong-caller",
            Effect::Sinks,
            "ballot_closed = 2022-11-02\ncalled_on = 2022-11-01",
            "ballot_closed = 2022-11-02\ncalled_on = 2022-11-02",
        ),
    ];
    for (trap, effect, bad, right) in &table {
        assert_eq!(report(bad), [((*trap).to_owned(), *effect)], "{trap}: {bad}");
        if !right.is_empty() {
            assert_eq!(report(right), [], "{trap}, put right: {right}");
        }
    }
    let traps = Traps::built_in().expect("traps");
    for trap in traps.iter() {
        assert!(table.iter().any(|(id, ..)| *id == trap.id), "no test of {}", trap.id);
        assert!(!trap.facts.is_empty() && !trap.cases.is_empty(), "{}", trap.id);
    }
}

#[test]
fn l82_what_was_not_asked_is_never_passed() {
    let (book, traps) = (Rulebook::built_in().expect("rules"), Traps::built_in().expect("traps"));
    let report = judge_traps(&traps, &TrapFacts::default(), &book).expect("covered");
    assert_eq!((report.findings.len(), report.clear.len(), report.not_asked.len()), (0, 0, traps.iter().count()));
}

#[test]
fn l83_a_case_the_union_won_does_not_sink_by_itself() {
    let everything = "ballot_opened = 2017-08-01\nentitled = 605\nroll_errors = 2\nroll_errors_accidental = true\nnot_rostered_balloted = 5\n\
                      data_cleaning_evidence = true\nperiod_each_type_expected = \"five months\"\nmembers_left_out = 1\nmembers_left_out_accidental = true\n";
    let found = report(everything);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.iter().all(|(_, effect)| *effect == Effect::DoesNotSink), "{found:?}");
}

#[test]
fn l80_a_misspelt_fact_is_a_fault() {
    let faults = Faults::new();
    let _ = read_trap_facts("facts.toml", &FileBytes::Read(b"leavers_baloted = 3\n".to_vec()), &faults);
    assert_eq!(faults.into_sorted().iter().map(|fault| fault.code).collect::<Vec<_>>(), ["unknown-key"]);
}
