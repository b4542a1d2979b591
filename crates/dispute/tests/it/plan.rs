//! Plans: one lawful plan, one small change, and the reason it must be refused for. Spec: `docs/spec/action.md`.

use dated::{Date, FileBytes, Status, parse_date};
use dispute::plan::{
    ComparableStrikes, DayRate, LargestClaim, LargestMeasure, MandateState, NoticeBasis, Plan, PlanFacts, as_if_balloted, plan, plan_ics,
};
use dispute::{Dispute, FoundingDisputes};
use law::Rulebook;
use proptest::prelude::*;

use crate::folder::{Edit, library, read, valid};
use Edit::{Append, Replace};

const ACTION: &str = "action.toml";
const POLL: &str = "polls/poll.toml";

fn day(text: &str) -> Date {
    parse_date(text).expect("a day")
}

fn book() -> &'static Rulebook {
    static BOOK: std::sync::OnceLock<Rulebook> = std::sync::OnceLock::new();
    BOOK.get_or_init(|| Rulebook::built_in().expect("rules"))
}

fn dispute(edits: &[Edit]) -> Dispute {
    let mut folder = valid();
    edits.iter().for_each(|edit| edit.apply(&mut folder));
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, []);
    dispute.expect("a dispute")
}

fn plan_of<'d>(dispute: &'d Dispute, facts: &PlanFacts) -> Plan<'d> {
    plan(&[dispute], book(), facts).expect("agreements that the law knows")
}

fn on(text: &str) -> PlanFacts {
    PlanFacts::new(day(text), day("2026-04-01"))
}

/// The planned days, and the codes of every refusal.
fn short(plan: &Plan<'_>) -> (Vec<String>, Vec<String>) {
    let codes = |reasons: &[dispute::plan::Reason<'_>]| reasons.iter().map(|reason| reason.code).collect::<Vec<_>>().join("+");
    (
        plan.days.iter().map(|planned| planned.date().to_string()).collect(),
        plan.refused.iter().map(|refused| codes(&refused.reasons)).collect(),
    )
}

fn check(name: &str, facts: &PlanFacts, edits: &[Edit], days: &[&str], refused: &[&str]) {
    let dispute = dispute(edits);
    let plan = plan_of(&dispute, facts);
    assert_eq!(short(&plan), (days.iter().map(ToString::to_string).collect(), refused.iter().map(ToString::to_string).collect()), "{name}");
    for reason in plan.refused.iter().flat_map(|refused| &refused.reasons) {
        assert!(!reason.what.is_empty() && !reason.fix.is_empty(), "{name}: {reason:?}");
    }
    // A42: what is exported is what is planned.
    let ics = plan_ics(&plan, "t", book(), facts.on);
    assert_eq!(ics.matches("SUMMARY:Example Union").count(), plan.action_days().len(), "{name}: {ics}");
}

const NAMED: Edit = Replace(POLL, "jurisdiction", "may_call = [\"the General Secretary\"]\njurisdiction");
const SHORT_QUESTION: Edit = Append(
    POLL,
    "\n[[question]]\nid = \"short\"\nkind = \"short-of-strike\"\ntypes = [\"overtime-ban\"]\n\n[[result]]\nunit = \"works\"\nquestion = \"short\"\nyes = 400\nno = 200\nspoiled = 5\nreturned = 605\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n",
);
const NOTICE: &str = "\n[[notice]]\nwho = \"union\"\nkind = \"strike\"\nunits = [\"works\"]\nreceived_on = 2026-04-05\ndates = [\"2026-04-15\", \"2026-04-22\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const PUT_OFF: &str = "\n[[suspension]]\nwho = \"union\"\nunits = [\"works\"]\non = 2026-04-10\nreason = \"talks\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const SECOND_CALL: &str = "\n[[call]]\nwho = \"union\"\nkind = \"strike\"\ncalled_on = 2026-04-11\ndates = [\"2026-04-22\"]\nunits = [\"works\"]\ntext = \"Again.\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";

fn called(by: &'static str) -> Edit {
    Replace(ACTION, "kind = \"strike\"", by)
}

fn date_is(new: &'static str) -> Edit {
    Replace(ACTION, "2026-04-15", new)
}

#[test]
fn none_is_lawful_and_each_tweak_is_refused_for_its_own_reason() {
    let first = on("2026-04-01");
    check("None", &first, &[], &["2026-04-15"], &[]);
    // A9: who calls.
    let branch = called("kind = \"strike\"\ncalled_by = \"Branch secretary\"\ncalled_on = 2026-04-01");
    let general = called("kind = \"strike\"\ncalled_by = \"general  secretary\"\ncalled_on = 2026-04-01");
    check("called by a person whom the paper does not name", &first, &[NAMED, branch], &[], &["caller-not-named"]);
    check("called by the office that it names", &first, &[NAMED, general], &["2026-04-15"], &[]);
    check("called by nobody knows whom", &first, &[NAMED], &[], &["caller-not-known"]);
    let early = called("kind = \"strike\"\ncalled_by = \"General Secretary\"\ncalled_on = 2026-03-29");
    check("called a day before the ballot closed", &first, &[NAMED, early], &[], &["called-before-the-ballot-closed"]);
    // A6, L32: the mandate ends with 29 March 2027.
    check("the last day", &first, &[date_is("2027-03-29")], &["2027-03-29"], &[]);
    check("a day past the mandate", &first, &[date_is("2027-03-30")], &[], &["mandate-ended"]);
    let until = |hours| Replace(ACTION, "dates = [\"2026-04-15\"]", hours);
    check("to its last hour", &first, &[until("dates = [\"2027-03-29\"]\nhours = \"20:00-24:00\"")], &["2027-03-29"], &[]);
    check("an hour past it", &first, &[until("dates = [\"2027-03-29\"]\nhours = \"20:00-01:00\"")], &[], &["mandate-ended"]);
    // A8: what was asked.
    check("another kind", &first, &[Replace(ACTION, "\"strike\"", "\"short-of-strike\"")], &[], &["kind-not-voted-for"]);
    let short = |kind| [SHORT_QUESTION, Replace(ACTION, "kind = \"strike\"", kind)];
    check("the kind that was asked", &first, &short("kind = \"short-of-strike\"\ntypes = [\"overtime-ban\"]"), &["2026-04-15"], &[]);
    check("a type that was not", &first, &short("kind = \"short-of-strike\"\ntypes = [\"work-to-rule\"]"), &[], &["type-not-voted-for"]);
    // A7: where.
    let lost = Replace(POLL, "yes = 400\nno = 200", "yes = 200\nno = 400");
    check("a unit that voted against", &first, &[lost], &[], &["no-mandate"]);
    check("a unit below the turnout", &first, &[Replace(POLL, "entitled = 1000", "entitled = 1211")], &[], &["no-mandate"]);
    check("the last paper that makes the turnout", &first, &[Replace(POLL, "entitled = 1000", "entitled = 1210")], &["2026-04-15"], &[]);
    check(
        "no result",
        &first,
        &[Replace(POLL, "yes = 400\nno = 200\nspoiled = 5\nreturned = 605", "yes_percent = 66.7")],
        &[],
        &["mandate-not-known"],
    );
    check("a consultation", &first, &[Replace(POLL, "\"statutory\"", "\"consultation\"")], &[], &["no-ballot"]);
    // A20 to A22: notice.
    let notice = |received: &'static str| [Append(ACTION, NOTICE), Replace(ACTION, "received_on = 2026-04-05", received)];
    check("ten days before", &on("2026-04-08"), &notice("received_on = 2026-04-05"), &["2026-04-15"], &[]);
    check("nine days before", &on("2026-04-08"), &notice("received_on = 2026-04-06"), &[], &["notice-too-short"]);
    check("before the ballot closed", &on("2026-04-08"), &notice("received_on = 2026-03-29"), &[], &["no-notice+notice-too-short"]);
    check(
        "a notice of another day",
        &on("2026-04-08"),
        &[Append(ACTION, NOTICE), Replace(ACTION, "[\"2026-04-15\"]", "[\"2026-04-16\"]")],
        &[],
        &["notice-too-short"],
    );
    check("the last day on which it can be given", &on("2026-04-05"), &[], &["2026-04-15"], &[]);
    check("the day after", &on("2026-04-06"), &[], &[], &["notice-too-short"]);
    // A23: put off.
    let put_off = [Append(ACTION, NOTICE), Append(ACTION, PUT_OFF), Append(ACTION, SECOND_CALL)];
    check("before it was put off", &on("2026-04-09"), &put_off, &["2026-04-15"], &[]);
    check("put off, a new notice can be given", &on("2026-04-11"), &put_off, &["2026-04-22"], &["put-off"]);
    check("put off, the old notice does not count", &on("2026-04-13"), &put_off, &[], &["put-off", "new-notice-needed"]);
    let again = [
        put_off.as_slice(),
        &[
            Append(ACTION, NOTICE),
            Replace(ACTION, "received_on = 2026-04-05\ndates = [\"2026-04-15\", ", "received_on = 2026-04-12\ndates = ["),
        ],
    ]
    .concat();
    check("put off, with a new notice", &on("2026-04-13"), &again, &["2026-04-22"], &["put-off"]);
    // A17: as of a day on which the ballot was open.
    check("before the ballot closed", &on("2026-03-29"), &[], &[], &["mandate-not-known"]);
}

#[test]
fn a10_the_state_follows_calls_postponements_and_days() {
    let put_off = [Append(ACTION, NOTICE), Append(ACTION, PUT_OFF), Append(ACTION, SECOND_CALL)];
    let with_notice = [
        put_off.as_slice(),
        &[
            Append(ACTION, NOTICE),
            Replace(ACTION, "received_on = 2026-04-05\ndates = [\"2026-04-15\", ", "received_on = 2026-04-12\ndates = ["),
        ],
    ]
    .concat();
    let dispute = dispute(&with_notice);
    for (asked, state) in [
        ("2026-04-04", MandateState::Held),
        ("2026-04-05", MandateState::Called),
        ("2026-04-09", MandateState::Called),
        ("2026-04-10", MandateState::Suspended),
        ("2026-04-11", MandateState::Resumed),
        ("2026-04-22", MandateState::Resumed),
        ("2026-04-23", MandateState::Held),
        ("2027-03-29", MandateState::Held),
        ("2027-03-30", MandateState::Expired),
    ] {
        let plan = plan_of(&dispute, &on(asked));
        assert_eq!(plan.mandates[0].state.as_ref().map(|state| state.state), Some(state), "{asked}");
    }
    // A call that does not count changes nothing.
    let other = self::dispute(&[NAMED, called("kind = \"strike\"\ncalled_by = \"A friend\"\ncalled_on = 2026-04-01")]);
    assert_eq!(plan_of(&other, &on("2026-04-09")).mandates[0].state_word(), "held");
}

#[test]
fn a6_action_without_a_break_lasts_as_long_as_the_mandate() {
    let notice = "\n[[notice]]\nwho = \"union\"\nkind = \"strike\"\nunits = [\"works\"]\nreceived_on = 2026-04-05\nfrom = 2026-04-15\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    let dispute = dispute(&[Replace(ACTION, "dates = [\"2026-04-15\"]", "from = 2026-04-15\nuntil = 2027-03-31"), Append(ACTION, notice)]);
    let plan = plan_of(&dispute, &on("2026-04-10"));
    assert_eq!(
        (plan.days.first().map(|day| day.date()), plan.days.last().map(|day| day.date())),
        (Some(day("2026-04-15")), Some(day("2027-03-29")))
    );
    let refused: Vec<_> = plan.refused.iter().map(|refused| (refused.first, refused.last, refused.reasons[0].code)).collect();
    assert_eq!(refused, [(Some(day("2027-03-30")), Some(day("2027-03-31")), "mandate-ended")]);
    assert!(plan.days.iter().all(|day| matches!(day.notice(), NoticeBasis::OnRecord { status: Status::Synthetic, .. })));
}

#[test]
fn a34_services_are_exactly_those_of_units_with_a_planned_day() {
    const SERVICES: &str = "\n[[service]]\nid = \"canteen\"\nname = \"Canteen\"\nunits = [\"works\"]\ncover = \"cold food\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[service]]\nid = \"post\"\nname = \"Post\"\nunits = [\"office\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    const OFFICE: &str = "\n[[unit]]\nid = \"office\"\nname = \"The office\"\nentitled = 100\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[result]]\nunit = \"office\"\nquestion = \"strike\"\nyes = 20\nno = 40\nspoiled = 0\nreturned = 60\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    let both = Replace(ACTION, "units = [\"works\"]", "units = [\"works\", \"office\"]");
    let dispute = dispute(&[both, Append(ACTION, SERVICES), Append(POLL, OFFICE)]);
    let plan = plan_of(&dispute, &on("2026-04-01"));
    assert_eq!(plan.services.iter().map(|hit| hit.service.id.as_str()).collect::<Vec<_>>(), ["canteen"]);
    assert_eq!(plan.services_not_hit, ["Post"]);
    assert_eq!(short(&plan).1, ["no-mandate"]);
}

#[test]
fn a37_pay_lost_and_strike_pay_by_hand() {
    const COSTS: &str = "\n[[salary]]\nwhat = \"average\"\nannual = 26000\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[roll_count]]\nunit = \"works\"\nmembers = 900\ncounted_on = 2026-04-01\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[strike_pay]\nper_day = 50\nfrom_day = 2\ncap = 75\nfund = 40000\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    const HOURS: &str = "full_time_hours = 35\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"\nprices_known";
    let two = Replace(ACTION, "[\"2026-04-15\"]", "[\"2026-04-15\", \"2026-04-16\"]");
    let whole = dispute(&[two.clone(), Append(ACTION, COSTS)]);
    let plan = plan_of(&whole, &on("2026-04-01"));
    let unit = &plan.costs.units[0];
    // 26,000 / 260 is 100 a day; 26,000 x 2 / 365 is 142.4657
    assert_eq!(unit.lost_by_member.map(|lost| lost.map(|lost| lost.0)), Some([20_000, 14_247]));
    assert_eq!(unit.lost_in_all.map(|lost| lost.map(|lost| lost.0)), Some([18_000_000, 12_822_300]));
    // One day of the two is paid: 50, below the cap; 900 members
    assert_eq!((unit.strike_pay_by_member.map(|pay| pay.0), plan.costs.strike_pay_in_all.0), (Some(5_000), 4_500_000));
    assert_eq!(plan.costs.fund.map(|fund| fund.0), Some(4_000_000));
    // Four hours of a day of seven: 26,000 x 4 / 7 / 260 is 57.14
    let hours = Replace(ACTION, "dates = [\"2026-04-15\"]", "dates = [\"2026-04-15\"]\nhours = \"07:00-11:00\"");
    let part = dispute(&[hours.clone(), Append(ACTION, COSTS), Replace("dispute.toml", "prices_known", HOURS)]);
    assert_eq!(plan_of(&part, &on("2026-04-01")).costs.units[0].lost_by_member.map(|lost| lost[0].0), Some(5_714));
    let unknown = dispute(&[hours, Append(ACTION, COSTS)]);
    let plan = plan_of(&unknown, &on("2026-04-01"));
    assert_eq!(plan.costs.units[0].lost_by_member, None);
    assert!(plan.costs.units[0].missing[0].contains("full_time_hours"), "{:?}", plan.costs.units[0].missing);
    assert_eq!(DayRate::ALL.map(DayRate::days_in_year), [260, 365]);
}

#[test]
fn a32_two_unions_share_the_days_that_both_mandates_and_a_notice_cover() {
    const OTHER: &str = "id = \"second\"\ntitle = \"Second invented poll\"\nunion = \"staff-side\"\nkind = \"statutory\"\nopened_on = 2025-12-01\nclosed_on = 2025-12-31\njurisdiction = \"GB\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[question]]\nid = \"strike\"\nkind = \"strike\"\n\n[[unit]]\nid = \"yard\"\nname = \"The yard\"\nentitled = 100\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[result]]\nunit = \"yard\"\nquestion = \"strike\"\nyes = 70\nno = 10\nspoiled = 0\nreturned = 80\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    const PARTY: &str =
        "\n[[party]]\nid = \"staff-side\"\nname = \"The other union\"\nside = \"staff\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    let dispute = dispute(&[Append("polls/second.toml", OTHER), Append("dispute.toml", PARTY)]);
    let plan = plan_of(&dispute, &on("2026-04-01"));
    // Six months from 31 December 2025 end on 30 June 2026; a notice of 1 April allows action from 11 April.
    let windows: Vec<_> = plan.common.iter().map(|window| (window.first(), window.last(), window.unions.len())).collect();
    assert_eq!(windows, [(day("2026-04-11"), day("2026-06-30"), 2)]);
    assert!(plan_of(&dispute, &on("2026-06-21")).common.is_empty());
    // From one folder with itself beside: the same union is one union.
    let alone = self::dispute(&[]);
    assert!(plan_of(&alone, &on("2026-04-01")).common.is_empty());
}

/// A32: a day that one union has notified already is shared, though a notice of today would come too late for it.
#[test]
fn a32_days_notified_already_are_shared_too() {
    const OTHER: &str = "id = \"second\"\ntitle = \"Second invented poll\"\nunion = \"staff-side\"\nkind = \"statutory\"\nopened_on = 2025-12-01\nclosed_on = 2025-12-31\njurisdiction = \"GB\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[question]]\nid = \"strike\"\nkind = \"strike\"\n\n[[unit]]\nid = \"yard\"\nname = \"The yard\"\nentitled = 100\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[result]]\nunit = \"yard\"\nquestion = \"strike\"\nyes = 70\nno = 10\nspoiled = 0\nreturned = 80\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    const PARTY: &str =
        "\n[[party]]\nid = \"staff-side\"\nname = \"The other union\"\nside = \"staff\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    const THEIR_CALL: &str = "\n[[call]]\nwho = \"staff-side\"\nkind = \"strike\"\ncalled_on = 2026-04-02\ndates = [\"2026-04-15\"]\nunits = [\"yard\"]\ntext = \"Theirs.\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
    let theirs = NOTICE.replace("\"union\"", "\"staff-side\"").replace("works", "yard");
    let mut notices = vec![Append("polls/second.toml", OTHER), Append("dispute.toml", PARTY), Append(ACTION, THEIR_CALL)];
    let shared = |edits: &[Edit], asked: &str| {
        let dispute = dispute(edits);
        let plan = plan_of(&dispute, &on(asked));
        plan.common.iter().map(|window| (window.first().to_string(), window.notified.clone())).collect::<Vec<_>>()
    };
    // On 10 April a new notice allows nothing before the 20th; neither union has given one for the 15th.
    let of_notice = vec![("2026-04-20".to_owned(), Vec::<String>::new())];
    assert_eq!(shared(&notices, "2026-04-10"), of_notice);
    // One of them alone shares it with nobody.
    let one: &'static str = NOTICE;
    notices.push(Append(ACTION, one));
    assert_eq!(shared(&notices, "2026-04-10"), of_notice);
    notices.push(Append(ACTION, Box::leak(theirs.into_boxed_str())));
    let both = vec!["Example Union".to_owned(), "The other union".to_owned()];
    assert_eq!(shared(&notices, "2026-04-10"), [("2026-04-15".to_owned(), both), of_notice[0].clone()]);
    // What was put off is shared no more.
    notices.push(Append(ACTION, PUT_OFF));
    assert_eq!(shared(&notices, "2026-04-10"), of_notice);
}

/// A8: a ban on overtime was a strike for ballots opened before 18 September 2000 (Connex v RMT 1999).
#[test]
fn a8_a_ban_on_overtime_needed_the_question_on_a_strike_until_september_2000() {
    let codes = |opened: &str, edits: &[Edit]| {
        let (moved, _) = as_if_balloted(&dispute(edits), day(opened)).expect("a ballot");
        let first = moved.calls[0].dates[0];
        let asked = law::plus_days(first, -12);
        let plan = plan_of(&moved, &PlanFacts::new(asked, asked));
        (short(&plan), plan.notes.iter().any(|note| note.contains("Connex")))
    };
    let ban = Replace(ACTION, "kind = \"strike\"", "kind = \"short-of-strike\"\ntypes = [\"overtime-ban\"]");
    let both = Replace(ACTION, "kind = \"strike\"", "kind = \"short-of-strike\"\ntypes = [\"overtime-ban\", \"work-to-rule\"]");
    let one = |refused: &str| vec![refused.to_owned()];
    // Only the question on a strike was put.
    let ((days, refused), noted) = codes("2000-09-17", std::slice::from_ref(&ban));
    assert_eq!((days.len(), refused.len(), noted), (1, 0, true), "{refused:?}");
    let ((days, refused), noted) = codes("2000-09-18", std::slice::from_ref(&ban));
    assert_eq!((days.len(), refused, noted), (0, one("kind-not-voted-for"), false));
    // Both were put: the ban rests on the one or the other; with another type beside it, two calls are needed.
    let asked = [SHORT_QUESTION, ban];
    assert_eq!(codes("2000-09-18", &asked).0.0.len(), 1);
    assert_eq!(codes("2000-09-17", &asked).0.0.len(), 1);
    let mixed = codes("2000-09-17", &[SHORT_QUESTION, both]).0;
    assert!(mixed.0.is_empty() && mixed.1[0].contains("types-of-two-kinds"), "{mixed:?}");
}

#[test]
fn a30_the_strikes_of_january_2004_under_the_law_of_their_day_and_later_law() {
    let (dispute, _) = read(&FoundingDisputes::folder("civil-service-2004").expect("carried"));
    let dispute = dispute.expect("a dispute");
    let facts = PlanFacts::new(day("2004-01-20"), day("2004-01-20"));
    let plan = plan_of(&dispute, &facts);
    let planned: Vec<_> = plan.action_days().iter().map(|action| (action.date.to_string(), action.notice, action.units.len())).collect();
    let by = |text| NoticeBasis::ToBeGiven { by: day(text) };
    assert_eq!(
        planned,
        [
            ("2004-01-29".to_owned(), by("2004-01-22"), 2),
            ("2004-01-29".to_owned(), by("2004-01-22"), 2),
            ("2004-01-30".to_owned(), by("2004-01-23"), 2),
            // L38: begun in January, so it may go on after the four weeks.
            ("2004-02-16".to_owned(), by("2004-02-09"), 1),
            ("2004-02-17".to_owned(), by("2004-02-10"), 1),
        ]
    );
    // No count for the Treasury Solicitor's; no question on other action.
    let codes: std::collections::BTreeSet<_> = plan.refused.iter().flat_map(|refused| &refused.reasons).map(|reason| reason.code).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["kind-not-voted-for", "mandate-not-known"]);
    // Put off on the 28th; the old notice says nothing of February.
    let mut later = PlanFacts::new(day("2004-01-28"), day("2004-01-20"));
    later.notice_received_on = Some(day("2004-01-21"));
    let plan = plan_of(&dispute, &later);
    let state =
        |plan: &Plan<'_>, unit: &str| plan.mandates.iter().find(|mandate| mandate.unit.id == unit).map(|mandate| mandate.state_word());
    assert_eq!((state(&plan, "dwp"), state(&plan, "prison")), (Some("suspended"), Some("called")));
    assert!(plan.days.iter().all(|planned| planned.unit().id != "dwp"));
    // Nothing has begun there, and four weeks from 19 January end on 15 February: one day too late for the 16th.
    let dwp = |plan: &Plan<'_>| {
        let of = plan.refused.iter().filter(|refused| refused.unit.contains("Work and Pensions") && refused.first.is_some());
        of.map(|refused| (refused.first, refused.reasons[0].code)).collect::<Vec<_>>()
    };
    let refused =
        [("2004-01-29", "put-off"), ("2004-01-30", "put-off"), ("2004-02-16", "began-too-late"), ("2004-02-17", "began-too-late")];
    assert_eq!(dwp(&plan), refused.map(|(on, code)| (Some(day(on)), code)));
    assert!(plan.refused.iter().any(|refused| refused.reasons[0].fix.contains("up to 8 weeks, to Sun 14 Mar 2004")));
    // The employer agrees to eight weeks: new days, new notice.
    later.agreements.weeks = Some(8);
    let days_of =
        |plan: &Plan<'_>| plan.days.iter().filter(|day| day.unit().id == "dwp").map(|day| day.date().to_string()).collect::<Vec<_>>();
    assert_eq!(days_of(&plan_of(&dispute, &later)), ["2004-02-16", "2004-02-17"]);
    later.agreements.weeks = Some(9);
    assert!(dispute::plan::plan(&[&dispute], book(), &later).is_err());
    // As if the ballot had opened on 6 March 2017: 50 per cent of those entitled, 14 days of notice.
    let (moved, days) = as_if_balloted(&dispute, day("2017-03-06")).expect("a ballot");
    let by = |text: &str| law::plus_days(day(text), days);
    let plan = plan_of(&moved, &PlanFacts::new(by("2004-01-20"), by("2004-01-20")));
    assert_eq!(plan.days.len(), 0);
    let dwp =
        plan.refused.iter().find(|refused| refused.first == Some(by("2004-01-29")) && refused.unit.contains("Work")).expect("refused");
    assert_eq!(dwp.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), ["no-mandate", "notice-too-short"]);
    assert!(dwp.reasons[0].what.contains("72046 < 86000"), "{}", dwp.reasons[0].what);
}

#[test]
fn a40_the_largest_in_a_decade_needs_a_complete_series() {
    let claim = LargestClaim { began_on: day("2004-01-29"), years: 10, measure: LargestMeasure::Members, size: 90_500 };
    let table = |rows: &str, complete: Option<(&str, &str)>| {
        let faults = dated::Faults::new();
        let text = format!("began_on,what,members,days_lost,source,status\n{rows}");
        let complete = complete.map(|(from, until)| (day(from), day(until)));
        let table = ComparableStrikes::read_csv("h.csv", &FileBytes::Read(text.into()), complete, &library().sources, &faults);
        (table, faults.into_sorted())
    };
    let whole = Some(("1994-01-29", "2004-01-28"));
    let small = "1999-05-01,Invented small strike,400,800,EXAMPLE,synthetic\n";
    let large = "1999-05-01,Invented large strike,90500,1,EXAMPLE,synthetic\n";
    let before = "1994-01-28,Invented strike of before,990000,1,EXAMPLE,synthetic\n";
    let unknown = "1999-05-01,Invented strike,,1,EXAMPLE,synthetic\n";
    for (rows, complete, verdict) in [
        (small, whole, "true"),
        (before, whole, "true"),
        (large, whole, "false"),
        (large, None, "false"),
        (small, None, "cannot-tell"),
        (small, Some(("1994-01-30", "2004-01-28")), "cannot-tell"),
        (unknown, whole, "cannot-tell"),
    ] {
        let (table, faults) = table(&rows.replace("EXAMPLE", "SEED-003"), complete);
        assert_eq!(faults, []);
        assert_eq!(table.judge(&claim).word(), verdict, "{rows} {complete:?}");
    }
    assert_eq!(ComparableStrikes::none().judge(&claim).word(), "cannot-tell");
    let (_, faults) = table("1999-05-01,Strike,1.5,x,NOBODY,sure\n", None);
    assert_eq!(
        faults.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        ["not-a-count", "not-a-number", "unknown-source", "unknown-status"]
    );
}

proptest! {
    /// A21, L35: a notice received on a day and naming another covers it exactly from ten days after, to the mandate's end.
    #[test]
    fn a_day_is_planned_exactly_within_notice_and_mandate(received in 0_i64..400, later in 0_i64..400) {
        let close = day("2026-03-30");
        let (received, wanted) = (law::plus_days(close, received), law::plus_days(close, later));
        let mut dispute = self::dispute(&[Append(ACTION, NOTICE)]);
        dispute.calls[0].dates = vec![wanted];
        dispute.terms.notices[0].dates = vec![wanted];
        dispute.terms.notices[0].received_on = received;
        // Asked so late that no other notice could help.
        let facts = PlanFacts::new(law::plus_days(close, 900), close);
        let lawful = law::plus_days(received, 10) <= wanted && wanted <= day("2027-03-29");
        let plan = plan_of(&dispute, &facts);
        prop_assert_eq!(plan.days.len(), usize::from(lawful));
        prop_assert_eq!(plan.refused.is_empty(), lawful);
    }
}
