//! What is said across the table, from outside: the founding disputes on the days that matter, and invented folders for what
//! they do not show.

use dated::{Date, FileBytes, parse_date};
use dispute::talks::{
    Advice, Answered, ClashKind, CouncilAnswer, CouncilRule, DemandState, ItemOutcome, Missing, Polarity, Position, StepState, Voice,
    board, check_guides, groups_by_machinery, history, lists_of_sides, rulings, test_sticking_points,
};
use dispute::{Dispute, FoundingDisputes};
use proptest::prelude::*;

use crate::folder::{Edit, library, read, valid};

fn founding(id: &str) -> Dispute {
    let folder = FoundingDisputes::folder(id).expect("a founding dispute");
    let (dispute, faults) = Dispute::read(&folder, library());
    assert_eq!(faults, [], "{id}");
    dispute.expect("read without fault")
}

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

/// The valid folder with files written or changed, which must be without fault.
fn with(edits: &[Edit]) -> Dispute {
    let mut folder = valid();
    edits.iter().for_each(|edit| edit.apply(&mut folder));
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, []);
    dispute.expect("a dispute")
}

/// Party and stance on an offer as of a day.
fn stands(dispute: &Dispute, offer: &str, on: Option<Date>) -> Vec<(String, String)> {
    let boards = board(&dispute.positions, on);
    let found = boards.iter().find(|board| board.offer == Some(offer));
    found.map_or_else(Vec::new, |board| {
        board.standings.iter().map(|standing| (standing.party.to_owned(), standing.current.stance.word().to_owned())).collect()
    })
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(party, stance)| ((*party).to_owned(), (*stance).to_owned())).collect()
}

#[test]
fn the_board_of_2007_has_four_unions_for_action_and_the_department_defending() {
    let dispute = founding("nhs-2007");
    let wanted = [
        ("unison", "will-ballot"),
        ("rcn", "votes-for-action"),
        ("gmb", "votes-for-action"),
        ("sor", "votes-for-action"),
        ("dh", "defends"),
    ];
    assert_eq!(stands(&dispute, "england-staged", Some(day("2007-05-01"))), pairs(&wanted));
    assert_eq!(stands(&dispute, "england-staged", Some(day("2007-03-31"))), [], "nobody had said anything yet");
    let unison = history(&dispute.positions, "unison");
    assert_eq!(unison[0].advice(), Some(Advice::Action), "the ballot was to come with advice");
}

#[test]
fn in_2008_unite_is_against_the_college_for_and_unison_asks_without_advice() {
    let dispute = founding("nhs-2008");
    let april = [("government", "defends"), ("unison", "no-recommendation"), ("rcn", "recommends-accept"), ("unite", "recommends-reject")];
    assert_eq!(stands(&dispute, "three-year", Some(day("2008-04-30"))), pairs(&april));
    let june = stands(&dispute, "three-year", Some(day("2008-06-30")));
    let accepted: Vec<&str> = june.iter().filter(|(_, stance)| stance == "accepts").map(|(party, _)| party.as_str()).collect();
    assert_eq!(accepted, ["unison", "rcn", "sor"]);
}

#[test]
fn a_position_of_which_only_the_month_is_known_may_be_later_than_the_day() {
    let dispute = founding("nhs-2008");
    let boards = board(&dispute.positions, Some(day("2008-06-06")));
    let unite = boards[0].standings.iter().find(|standing| standing.party == "unite").expect("it has a position");
    assert!(unite.may_be_later, "some day of June");
    assert_eq!(unite.before.expect("that of April").stance.word(), "recommends-reject");
    let boards = board(&dispute.positions, Some(day("2008-06-30")));
    assert!(boards[0].standings.iter().all(|standing| !standing.may_be_later), "June is over");
}

#[test]
fn a_guarded_welcome_keeps_its_conditions() {
    let dispute = founding("nhs-whitley-1998");
    let boards = board(&dispute.positions, None);
    let cphva = boards[0].standings.iter().find(|standing| standing.party == "cphva").expect("it has a position");
    assert_eq!(cphva.current.stance.words(), "welcomes, with conditions");
    assert_eq!(cphva.current.conditions.len(), 3);
}

#[test]
fn without_weights_the_council_of_2008_cannot_be_told() {
    let dispute = founding("nhs-2008");
    let mut council = dispute.talks.councils[0].clone();
    let judge =
        |council: &dispute::talks::Council| council.outcome(&dispute.positions, &dispute.parties, "three-year", Some(day("2008-06-30")));
    let unknown = judge(&council);
    assert_eq!((unknown.by_decisions, unknown.missing), (CouncilAnswer::CannotTell, vec![Missing::Rule, Missing::AllSeats]));
    // Invented weights, 26 in all: seventeen for it, and only Unison with its twelve can undo that alone.
    council.rule = Some(CouncilRule::MajorityOfSeats);
    for (seat, seats) in council.seats.iter_mut().zip([12, 3, 4, 2, 2, 1, 2]) {
        seat.seats = Some(seats);
    }
    let supposed = judge(&council);
    assert_eq!((supposed.by_decisions, supposed.pivotal), (CouncilAnswer::Agreed, vec!["unison".into()]));
    council.seats[0].seats = Some(5);
    assert_eq!(judge(&council).by_decisions, CouncilAnswer::Agreed, "ten of nineteen");
    council.seats[0].seats = Some(4);
    assert_eq!(judge(&council).by_decisions, CouncilAnswer::NotAgreed, "nine of eighteen is not more than half");
}

#[test]
fn the_filter_shows_who_follows_the_review_body_and_the_deal_read_across() {
    let dispute = founding("nhs-whitley-1998");
    let ids = |words: &str| groups_by_machinery(&dispute, Some(words)).iter().map(|group| group.group.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids("Review-Body"), ["nurses", "pams"]);
    assert_eq!(ids("whitley council"), ["admin-clerical", "ancillary", "ambulance", "professional-technical"]);
    for group in groups_by_machinery(&dispute, Some("whitley council")) {
        assert_eq!(group.offers.len(), 1);
        assert_eq!((group.offers[0].same_as.as_slice(), group.offers[0].no_scale), (&["award"][..], true), "{}", group.group.id);
    }
}

#[test]
fn cash_offers_without_a_percentage_are_not_called_the_same() {
    let cash = |id: &str, group: &str, pounds: u32| {
        let text = format!(
            "id = \"{id}\"\ntitle = \"Invented\"\nkind = \"offer\"\nbase_date = 1998-03-31\nnations = [\"Great Britain\"]\nscales = []\n\
             groups = [\"{group}\"]\nsource = \"SEED-004\"\nstatus = \"synthetic\"\n[[step]]\nfrom = 1998-04-01\npounds = {pounds}\n"
        );
        (format!("offers/{id}.toml"), FileBytes::Read(text.into()))
    };
    let mut folder = FoundingDisputes::folder("nhs-whitley-1998").expect("a founding dispute");
    folder.files.extend([cash("one", "ambulance", 400), cash("two", "ancillary", 500)]);
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, []);
    let dispute = dispute.expect("a dispute");
    let groups = groups_by_machinery(&dispute, Some("ambulance"));
    let same: Vec<_> = groups[0].offers.iter().map(|reaching| (reaching.offer.id.as_str(), reaching.same_as.as_slice())).collect();
    assert_eq!(same, [("offer", &["award"][..]), ("one", &[])]);
}

#[test]
fn what_both_secretaries_agreed_is_on_both_lists() {
    let dispute = founding("nhs-whitley-1998");
    let lists = lists_of_sides(&dispute.meetings, &dispute.parties, day("1998-04-01"));
    let sides: Vec<&str> = lists.iter().map(|list| list.side.word()).collect();
    assert_eq!(sides, ["staff", "employer"]);
    for list in &lists {
        assert_eq!(list.steps.len(), 1);
        assert!(list.steps[0].step.what.contains("shared out again"), "{}", list.steps[0].step.what);
        assert_eq!(list.steps[0].state, StepState::NoDate);
    }
}

#[test]
fn a_step_is_due_then_overdue_then_done() {
    let dispute = with(&[]);
    let state = |dispute: &Dispute, on: &str| {
        let lists = lists_of_sides(&dispute.meetings, &dispute.parties, day(on));
        lists.iter().find(|list| list.side.word() == "employer").map(|list| list.steps[0].state)
    };
    assert_eq!(state(&dispute, "2026-03-11"), None, "the meeting is tomorrow");
    assert_eq!(state(&dispute, "2026-03-12"), Some(StepState::Due { days: 7 }));
    assert_eq!(state(&dispute, "2026-03-19"), Some(StepState::Due { days: 0 }));
    assert_eq!(state(&dispute, "2026-03-20"), Some(StepState::Overdue { days: 1 }));
    let done = with(&[Edit::Replace("decide/talks.toml", "due_on = 2026-03-19", "due_on = 2026-03-19\ndone_on = 2026-03-21")]);
    assert_eq!(state(&done, "2026-03-20"), Some(StepState::Overdue { days: 1 }), "it was done on the day after");
    assert_eq!(state(&done, "2026-03-21"), Some(StepState::Done(day("2026-03-21"))));
    // Only the employer owns this one; the other one is on both lists.
    let lists = lists_of_sides(&dispute.meetings, &dispute.parties, day("2026-03-20"));
    assert_eq!(lists.iter().map(|list| list.steps.len()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_day_after_the_deadline_a_decision_is_needed_and_nothing_opens_by_itself() {
    let dispute = with(&[]);
    let state = |on: &str| dispute.demands[0].state_on(&dispute.talks.decisions, day(on)).word();
    assert_eq!(state("2026-03-11"), "not-yet-made");
    assert_eq!(state("2026-03-12"), "open-deadline-vague", "resolved two days later");
    assert_eq!(state("2026-03-14"), "open");
    assert_eq!(state("2026-03-23"), "due-today");
    assert_eq!(state("2026-03-24"), "deadline-passed-decision-needed");
    // However long one waits: no date brings a decision.
    assert_eq!(state("2036-03-24"), "deadline-passed-decision-needed");
    let DemandState::DueIn { days, .. } = dispute.demands[0].state_on(&[], day("2026-03-21")) else { panic!("it is open") };
    assert_eq!(days, 2);
}

const DECISIONS: &str = r#"
[[decision]]
who = "union"
by = "A. Example, regional secretary"
on = 2026-03-25
kind = "more-time"
until = 2026-04-10
demand = "in-full"
text = "Talks go on."
source = "EXAMPLE"
status = "synthetic"

[[decision]]
who = "union"
by = "The committee"
on = 2026-04-13
kind = "open-ballot"
demand = "in-full"
text = "Members are balloted."
source = "EXAMPLE"
status = "synthetic"
"#;

#[test]
fn only_a_recorded_decision_ends_that_and_more_time_moves_the_day() {
    let dispute = with(&[Edit::Append("decide/talks.toml", DECISIONS)]);
    let state = |on: &str| dispute.demands[0].state_on(&dispute.talks.decisions, day(on)).word();
    assert_eq!(state("2026-03-24"), "deadline-passed-decision-needed");
    assert_eq!(state("2026-03-25"), "open");
    assert_eq!(state("2026-04-10"), "due-today");
    assert_eq!(state("2026-04-11"), "deadline-passed-decision-needed");
    assert_eq!(state("2026-04-13"), "decided");
}

#[test]
fn a_reasonable_period_never_ends_until_somebody_says_when() {
    let dispute = founding("nhs-2007");
    let state = |on: &str| dispute.demands[0].state_on(&dispute.talks.decisions, day(on));
    assert!(matches!(state("2007-08-31"), DemandState::Vague { words: "within a reasonable period" }));
    assert!(matches!(state("2007-09-30"), DemandState::Closed(answer) if answer.outcome.word() == "settled"));
}

#[test]
fn the_strike_put_off_in_2004_gives_two_more_weeks_and_then_asks_again() {
    let dispute = founding("civil-service-2004");
    let state = |on: &str| dispute.demands[0].state_on(&dispute.talks.decisions, day(on));
    assert!(matches!(state("2004-01-30"), DemandState::DueIn { days: 12, .. }));
    assert!(matches!(state("2004-02-12"), DemandState::Passed { days: 1, .. }));
    let DemandState::Decided(decision) = state("2004-02-16") else { panic!("the strike was called again") };
    assert!(!decision.is_caller_known(&dispute.polls), "whom the papers named was not found");
}

/// For each reason, how that offer answers it.
fn answers(dispute: &Dispute, offer: &str) -> Vec<(usize, Answered)> {
    test_sticking_points(dispute).iter().filter(|test| test.offer.id == offer).map(|test| (test.number, test.answered)).collect()
}

#[test]
fn an_offer_that_keeps_phasing_leaves_reason_1_unmet() {
    let dispute = founding("nhs-whitley-1998");
    assert_eq!(answers(&dispute, "offer"), [(1, Answered::Unmet), (2, Answered::Unmet)]);
    assert_eq!(answers(&dispute, "recommendation"), [(1, Answered::Met), (2, Answered::Unmet)]);
    // An invented next offer: the same stages, and a cash sum that is worth more at the bottom.
    let next = "id = \"next\"\ntitle = \"Invented\"\nkind = \"offer\"\nmade_by = \"management-side\"\nbase_date = 1998-03-31\n\
        nations = [\"Great Britain\"]\ngroups = [\"nurses\"]\nsource = \"SEED-004\"\nstatus = \"synthetic\"\n\
        [[step]]\nfrom = 1998-04-01\npercent = 2.0\nof = \"base\"\n[[step]]\nfrom = 1998-12-01\npounds = 400\n";
    let with_next = |text: &str| {
        let mut folder = FoundingDisputes::folder("nhs-whitley-1998").expect("a founding dispute");
        folder.files.insert("offers/next.toml".into(), FileBytes::Read(text.into()));
        let (dispute, faults) = Dispute::read(&folder, library());
        assert_eq!(faults, []);
        answers(&dispute.expect("a dispute"), "next")
    };
    assert_eq!(with_next(next), [(1, Answered::Unmet), (2, Answered::Met)]);
    assert_eq!(
        with_next(&next.replace("1998-12-01\npounds", "1999-04-01\npounds")),
        [(1, Answered::Met), (2, Answered::Unmet)],
        "the cash is for the second year"
    );
    // Two per cent for all and rounding to the pound: what rounding gives the lowest point is no clause for the low paid.
    let rounded = next.replace("1998-12-01\npounds = 400", "1998-12-01\nonly = \"band-top\"\npercent = 0.01\nof = \"base\"");
    assert_eq!(with_next(&rounded), [(1, Answered::Depends), (2, Answered::Unmet)]);
    // For a group whose scale is not in the data the cash cannot be held against its pay.
    assert_eq!(
        with_next(&next.replace("groups = [\"nurses\"]", "groups = [\"ancillary\"]\nscales = []")),
        [(1, Answered::Unmet), (2, Answered::CannotTell)]
    );
}

#[test]
fn tests_of_a_floor_and_of_prices_flip_at_their_figure() {
    let point = |test: &str| {
        format!(
            "\n[[sticking_point]]\nid = \"p\"\nabout = \"offer\"\nwords = \"Invented.\"\n{test}\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n"
        )
    };
    let answered = |test: &str, offer: &str| {
        let mut folder = valid();
        folder.files.insert("decide/p.toml".into(), FileBytes::Read(point(test).into()));
        let (dispute, faults) = read(&folder);
        assert_eq!(faults, [], "{test}");
        let dispute = dispute.expect("a dispute");
        let tested = test_sticking_points(&dispute);
        tested.iter().find(|tested| tested.point.id == "p" && tested.offer.id == offer).map(|tested| tested.answered)
    };
    // The lowest point is 24,000; the offer's 3% make it 24,720 by the end of the year.
    assert_eq!(answered("test = \"rate-at-least\"\npounds = 24720", "offer"), Some(Answered::Met));
    assert_eq!(answered("test = \"rate-at-least\"\npounds = 24720.01", "offer"), Some(Answered::Unmet));
    assert_eq!(answered("test = \"for-judgement\"", "offer"), Some(Answered::ForJudgement));
    // A month of prices between the offer's value in the year (2.5%) and at its end (3%): 2.6% by CPI in March 2025.
    assert_eq!(answered("test = \"at-least-prices\"\nindex = \"CPI\"\nprice_month = \"2025-03\"", "offer"), Some(Answered::Depends));
    assert_eq!(answered("test = \"at-least-prices\"\nindex = \"CPI\"\nprice_month = \"2199-01\"", "offer"), Some(Answered::CannotTell));
    assert_eq!(answered("test = \"for-judgement\"", "claim"), None, "a claim is not an answer");
}

#[test]
fn in_wales_only_clauses_for_some_were_staged() {
    let dispute = founding("nhs-2007");
    let staging = |offer: &str| answers(&dispute, offer)[0].1;
    assert_eq!(staging("wales-settled"), Answered::Depends);
    assert_eq!(staging("scotland-full"), Answered::Met);
    assert_eq!(staging("england-settled"), Answered::Unmet);
}

#[test]
fn the_cytology_screeners_are_not_addressed() {
    let dispute = founding("nhs-whitley-1998");
    let item = dispute.talks.claim_items.iter().find(|item| item.id == "cytology-screeners").expect("the item");
    assert_eq!(item.answered_by("offer").0, ItemOutcome::NotAddressed);
    assert!(item.answered_by("offer").1.is_some(), "a source says so");
    assert!(item.answered_by("award").1.is_none(), "nobody says so; it is not addressed all the same");
    assert!(!item.concerns(dispute.offer("award").expect("the award")), "the award is for nurses");
}

#[test]
fn the_two_sentences_of_2014_clash_and_both_places_are_given() {
    let dispute = founding("nhs-2014");
    let found = check_guides(&dispute.talks.agreements, &dispute.talks.guides);
    assert_eq!(found.clashes.len(), 2);
    let clash = &found.clashes[0];
    assert_eq!((clash.kind, clash.topic), (ClashKind::Opposite, "progression"));
    assert!(matches!((clash.one, clash.other), (Voice::Statement(..), Voice::Statement(..))));
    assert_ne!(clash.one.place(), clash.other.place());
    assert!(matches!(found.clashes[1].other, Voice::Clause(agreement, _) if agreement.id == "nhs-2013"), "and with the agreement");
}

#[test]
fn two_trusts_one_question_two_answers_each_with_its_clause() {
    let dispute = with(&[]);
    let ask = |employer: &str, on: &str| {
        let found = rulings(&dispute.talks.agreements, "progression", Some(employer), None, None, day(on));
        found
            .iter()
            .map(|ruling| (ruling.says(), ruling.clause.id.clone(), ruling.variation.map(|it| it.employer.clone())))
            .collect::<Vec<_>>()
    };
    assert_eq!(ask("North Works", "2026-04-01"), [(Polarity::Yes, "progression".into(), None)]);
    assert_eq!(ask("south works ", "2026-04-01"), [(Polarity::Depends, "progression".into(), Some("South Works".into()))]);
    assert_eq!(ask("South Works", "2025-06-30"), [(Polarity::Yes, "progression".into(), None)], "the day before its own terms");
    assert_eq!(ask("South Works", "2024-12-31"), [], "no clause was in force");
    assert_eq!(ask("South Works", "2025-01-01").len(), 1, "its first day");
}

#[test]
fn a_guide_that_leaves_out_a_condition_clashes_and_one_on_an_old_clause_is_not_checked() {
    let check = |edits: &[Edit]| {
        let dispute = with(edits);
        let found = check_guides(&dispute.talks.agreements, &dispute.talks.guides);
        (found.clashes.iter().map(|clash| clash.kind).collect::<Vec<_>>(), found.not_checked.len())
    };
    assert_eq!(check(&[]), (vec![], 0));
    assert_eq!(
        check(&[Edit::Replace("guides/guide.toml", "says = \"yes\"", "says = \"depends\"")]),
        (vec![ClashKind::ConditionLeftOut], 0)
    );
    assert_eq!(check(&[Edit::Replace("guides/guide.toml", "clause = \"pay-agreement/progression\"", "")]), (vec![], 1));
    assert_eq!(check(&[Edit::Replace("guides/guide.toml", "2026-02-16", "2024-12-31")]), (vec![], 1));
}

/// A ledger of one union and one offer: a day or a month each, a stance.
fn ledger(entries: &[(u8, bool, bool)]) -> Vec<Position> {
    let text: String = entries
        .iter()
        .map(|(day, is_month, accepts)| {
            let when = if *is_month { format!("month = \"2026-{:02}\"", day % 12 + 1) } else { format!("on = 2026-{:02}-{:02}", day % 12 + 1, day % 28 + 1) };
            let stance = if *accepts { "accepts" } else { "consulting" };
            format!("[[position]]\nwho = \"union\"\nabout = \"offer\"\n{when}\nstance = \"{stance}\"\ntext = \"Invented.\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n")
        })
        .collect();
    with(&[Edit::Write("decide/positions.toml", text.into())]).positions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// No position from after the day is shown, nothing surely later is passed over, and what comes later changes nothing.
    #[test]
    fn a_board_knows_nothing_of_what_comes_after_its_day(
        entries in proptest::collection::vec((any::<u8>(), any::<bool>(), any::<bool>()), 1..8),
        month in 1_i8..=12, day_of_month in 1_i8..=28,
    ) {
        let on = Date::new(2026, month, day_of_month).expect("a date");
        let all = ledger(&entries);
        let current = |positions: &[Position]| board(positions, Some(on)).first().map(|board| (board.standings[0].current.when, board.standings[0].may_be_later));
        let known: Vec<Position> = all.iter().filter(|position| position.when.is_some_and(|when| when.earliest() <= on)).cloned().collect();
        prop_assert_eq!(current(&all), current(&known));
        prop_assert_eq!(current(&all).is_none(), known.is_empty());
        if let Some((Some(when), may_be_later)) = current(&all) {
            prop_assert!(when.earliest() <= on);
            prop_assert_eq!(may_be_later, when.latest() > on);
            prop_assert!(known.iter().all(|other| other.when.is_none_or(|other| other.earliest() <= when.latest())));
        }
    }
}
