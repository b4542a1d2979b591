//! Calls judged day by day and unit by unit (spec A5 to A9, A20 to A27).

use dated::Date;
use law::{
    ActionNotice, Key, LawfulDay, ProposedAction, Refusal, ResultTold, Rulebook, judge_further_action, judge_notice, latest_notice,
    plus_days, weekday_date,
};

use super::mandates::Found;
use super::{NoticeBasis, PlanFacts, PlannedCall, PlannedDay, Reason, RefusedDays, Support};
use crate::action::{ActionKind, Call, ShortType};
use crate::folder::Dispute;
use crate::terms::Suspension;

/// One day of one call in one unit, judged.
pub(super) struct JudgedItem<'d> {
    pub(super) mandate: Option<usize>,
    pub(super) day: Option<Date>,
    pub(super) called_on: Date,
    pub(super) called_on_is_known: bool,
    pub(super) is_proposal: bool,
    pub(super) verdict: Verdict<'d>,
    union: &'d str,
    unit_name: Option<&'d str>,
    call: PlannedCall,
}

/// What became of it.
pub(super) enum Verdict<'d> {
    Planned { day: LawfulDay, notice: NoticeBasis, notice_rule: &'d law::Rule },
    Refused(Vec<Reason<'d>>),
}

impl JudgedItem<'_> {
    /// A13: a call counts for the state of a mandate unless something other than notice or postponement stands against it.
    pub(super) fn is_counted(&self) -> bool {
        match &self.verdict {
            Verdict::Planned { .. } => true,
            Verdict::Refused(reasons) => {
                reasons.iter().all(|reason| matches!(reason.code, "notice-too-short" | "new-notice-needed" | "put-off" | "no-day"))
            }
        }
    }

    pub(super) fn day_words(&self) -> String {
        self.day.map_or_else(|| "days not yet named".to_owned(), weekday_date)
    }
}

/// One day of one call in one unit, before it is judged.
struct Item<'a, 'd> {
    dispute: &'d Dispute,
    call: &'a Call,
    is_proposal: bool,
    unit: &'a str,
    mandate: Option<usize>,
    day: Option<Date>,
    against: Vec<Reason<'d>>,
}

/// A5: judges every call of the folders, and those proposed, in the order of their days.
pub(super) fn judge_calls<'d>(
    disputes: &[&'d Dispute],
    found: &[Found<'d>],
    book: &'d Rulebook,
    facts: &PlanFacts,
    notes: &mut Vec<String>,
) -> Vec<JudgedItem<'d>> {
    let mut items = Vec::new();
    for (at, dispute) in disputes.iter().enumerate() {
        let recorded = dispute.calls.iter().filter(|_| !facts.only_proposed).map(|call| (call, false));
        let proposed = facts.proposed.iter().filter(|_| at == 0).map(|call| (call, true));
        for (call, is_proposal) in recorded.chain(proposed) {
            // A17: what lies after the day of asking has not happened.
            if call.called_on.is_some_and(|on| on > facts.on) {
                notes.push(format!(
                    "A call of {} is left out: it was made after {}.",
                    call.called_on.map_or_else(String::new, weekday_date),
                    weekday_date(facts.on)
                ));
                continue;
            }
            for (unit, _) in &call.units {
                let (mandate, against) = against_call(dispute, call, unit, found, book, notes);
                let days = days_of(call, mandate.map(|at| &found[at]), facts);
                let item = |day| Item { dispute, call, is_proposal, unit, mandate, day, against: against.clone() };
                if days.is_empty() {
                    items.push(item(None));
                }
                items.extend(days.into_iter().map(|day| item(Some(day))));
            }
        }
    }
    items.sort_by_key(|item| (item.day, item.mandate));
    let mut begun: Vec<Option<LawfulDay>> = vec![None; found.len()];
    items.into_iter().map(|item| judge_item(item, found, book, facts, &mut begun, notes)).collect()
}

/// A6: the days of a call. Continuous action without an end goes on to the mandate's last day.
fn days_of(call: &Call, mandate: Option<&Found<'_>>, facts: &PlanFacts) -> Vec<Date> {
    let Some((from, until)) = call.continuous else { return call.dates.clone() };
    let last = match mandate.map(|found| &found.shown.support) {
        Some(Support::Mandate(mandate)) => mandate.last_day(),
        _ => from,
    };
    // More than two years of single days is nobody's plan.
    let until = until.or(facts.until).unwrap_or(last).max(from).min(plus_days(from, 731));
    std::iter::successors(Some(from), |day| Some(plus_days(*day, 1)).filter(|day| *day <= until)).collect()
}

/// A7 to A9: what stands against a whole call in a unit: no ballot there, another question, a person who may not call.
fn against_call<'d>(
    dispute: &'d Dispute,
    call: &Call,
    unit: &str,
    found: &[Found<'d>],
    book: &'d Rulebook,
    notes: &mut Vec<String>,
) -> (Option<usize>, Vec<Reason<'d>>) {
    let here = |found: &&(usize, &Found<'d>)| {
        std::ptr::eq(found.1.shown.dispute, dispute) && found.1.shown.poll.union.0 == call.who.0 && found.1.shown.unit.id == unit
    };
    let all: Vec<(usize, &Found<'d>)> = found.iter().enumerate().collect();
    let asked: Vec<&(usize, &Found<'d>)> = all.iter().filter(here).collect();
    let union = dispute.party_name(&call.who.0);
    if asked.is_empty() {
        let won: Vec<&str> = all
            .iter()
            .filter(|(_, found)| found.shown.poll.union.0 == call.who.0 && matches!(found.shown.support, Support::Mandate(_)))
            .map(|(_, found)| found.shown.unit.id.as_str())
            .collect();
        let fix =
            if won.is_empty() { "hold a ballot there first".to_owned() } else { format!("{union} has mandates in {}", won.join(", ")) };
        let what = format!("{union} held no statutory ballot there");
        return (None, vec![Reason { code: "no-ballot", what, rules: Vec::new(), fix }]);
    }
    // A8: until September 2000 a ban on overtime or call-out was a strike, and needed that question.
    let was_a_strike = |kind: &ShortType, found: &Found<'d>| is_ban_before_2000(*kind, found, book);
    let as_strike = |found: &Found<'d>| call.types.iter().filter(|kind| was_a_strike(kind, found)).count();
    let needs = |found: &Found<'d>| match call.kind {
        ActionKind::ShortOfStrike if !call.types.is_empty() && as_strike(found) == call.types.len() => ActionKind::Strike,
        kind => kind,
    };
    let of_kind = asked.iter().filter(|(_, found)| found.shown.kind == needs(found));
    // A later ballot takes the place of an earlier one, once it is decided.
    let is_won = |found: &Found<'d>| matches!(found.shown.support, Support::Mandate(_));
    let Some(&&(at, found)) = of_kind.max_by_key(|(_, found)| (is_won(found), found.facts.as_ref().ok().map(|facts| facts.closed_on)))
    else {
        let needed = asked.first().map_or(call.kind, |(_, found)| needs(found));
        let asked: Vec<&str> = asked
            .iter()
            .map(|(_, found)| if found.shown.kind == ActionKind::Strike { "a strike" } else { "action short of a strike" })
            .collect();
        let old =
            if needed == call.kind { "" } else { ", which a ban on overtime or call-out was until 18 September 2000 (Connex v RMT 1999)" };
        let what = format!("no question on {} was put there{old}", needed.words());
        let fix = format!("the members there were asked about {}; another kind needs its own question in a ballot", asked.join(" and "));
        let rules = asked_rule(book, call, dispute);
        return (None, vec![Reason { code: "kind-not-voted-for", what, rules, fix }]);
    };
    let mut reasons = Vec::new();
    let put = &found.shown.question.types;
    match as_strike(found) {
        0 => {}
        all if all == call.types.len() => notes.push(format!(
            "{}: until 18 September 2000 a ban on overtime or call-out counted as a strike (Connex v RMT 1999, general knowledge): it rests on the question on a strike.",
            found.shown.unit.name
        )),
        _ => reasons.push(Reason {
            code: "types-of-two-kinds",
            what: "until 18 September 2000 a ban on overtime or call-out counted as a strike, and the other types did not".to_owned(),
            rules: asked_rule(book, call, dispute),
            fix: "call the ban by itself; it rests on the question on a strike".to_owned(),
        }),
    }
    for kind in call.types.iter().filter(|kind| !put.is_empty() && !put.contains(kind)) {
        let what = format!("the voting paper did not put the type “{}”", kind.words());
        let fix = format!("the paper put {}", put.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", "));
        reasons.push(Reason { code: "type-not-voted-for", what, rules: Vec::new(), fix });
    }
    reasons.extend(against_caller(call, found, book, notes));
    match &found.shown.support {
        Support::Mandate(_) => {}
        Support::NoMandate(why, rules) => reasons.push(Reason {
            code: "no-mandate",
            what: format!("the result is no mandate: {why}"),
            rules: rules.clone(),
            fix: "only a new ballot that meets the test can authorise it".to_owned(),
        }),
        Support::CannotTell(why) => reasons.push(Reason {
            code: "mandate-not-known",
            what: format!("it cannot be told whether there is a mandate: {why}"),
            rules: Vec::new(),
            fix: "add what is missing to the poll's file".to_owned(),
        }),
    }
    (Some(at), reasons)
}

/// A8: whether a type of action counted as a strike in the ballot's day: before the rule that calls it short of a strike began.
fn is_ban_before_2000(kind: ShortType, found: &Found<'_>, book: &Rulebook) -> bool {
    let is_ban = matches!(kind, ShortType::OvertimeBan | ShortType::CallOutBan);
    let opened_on = found.facts.as_ref().ok().map(|facts| facts.opened_on);
    let before =
        |day| book.on(Key::ShortOfStrikeIncludes, found.jurisdiction(), day).is_err_and(|none| none.first.is_some_and(|first| day < first));
    is_ban && opened_on.is_some_and(before)
}

fn asked_rule<'d>(book: &'d Rulebook, call: &Call, dispute: &Dispute) -> Vec<&'d law::Rule> {
    let poll = dispute.polls.iter().find(|poll| poll.union.0 == call.who.0);
    let day = poll.and_then(|poll| poll.opened_on.or(poll.closed.map(pay::When::earliest)));
    day.and_then(|day| book.on(Key::Questions, law::Jurisdiction::GreatBritain, day).ok()).map(|ruling| ruling.rule).into_iter().collect()
}

/// A9: a call counts only if it is made by a person or office that the voting paper names, and not before the date of the
/// ballot. TULRCA s.233.
fn against_caller<'d>(call: &Call, found: &Found<'d>, book: &'d Rulebook, notes: &mut Vec<String>) -> Vec<Reason<'d>> {
    let mut reasons = Vec::new();
    let closed_on = found.facts.as_ref().ok().map(|facts| facts.closed_on);
    let day = call.called_on.or(closed_on);
    let rules: Vec<_> =
        day.and_then(|day| book.on(Key::Call, found.jurisdiction(), day).ok()).map(|ruling| ruling.rule).into_iter().collect();
    let may = &found.shown.poll.may_call;
    let same = |a: &str, b: &str| words_of(a).eq(words_of(b));
    match (&call.called_by, may.is_empty()) {
        (Some(by), false) if !may.iter().any(|name| same(name, by)) => reasons.push(Reason {
            code: "caller-not-named",
            what: format!("“{by}” is not named on the voting paper as able to call action"),
            rules: rules.clone(),
            fix: format!("it must be called by {}", may.join(" or ")),
        }),
        (None, false) => reasons.push(Reason {
            code: "caller-not-known",
            what: "it is not on record who made the call".to_owned(),
            rules: rules.clone(),
            fix: format!("add called_by: the voting paper names {}", may.join(" and ")),
        }),
        (_, true) => notes.push(format!(
            "{}: it is not on record whom the voting paper names as able to call action; that was not checked.",
            found.shown.poll.title
        )),
        (Some(_), false) => {}
    }
    if let (Some(called), Some(closed)) = (call.called_on, closed_on)
        && called < closed
    {
        reasons.push(Reason {
            code: "called-before-the-ballot-closed",
            what: format!("it was called on {}, before the ballot closed on {}", weekday_date(called), weekday_date(closed)),
            rules,
            fix: "such a call can cost the support of the ballot: take advice before calling again".to_owned(),
        });
    }
    reasons
}

/// Case, spaces and a leading article make no other office.
fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace().map(str::to_lowercase).enumerate().filter(|(at, word)| *at > 0 || word != "the").map(|(_, word)| word)
}

fn judge_item<'d>(
    item: Item<'_, 'd>,
    found: &[Found<'d>],
    book: &'d Rulebook,
    facts: &PlanFacts,
    begun: &mut [Option<LawfulDay>],
    notes: &mut Vec<String>,
) -> JudgedItem<'d> {
    let call = item.call;
    let union = item.dispute.parties.iter().find(|party| party.id == call.who.0).map_or("", |party| party.name.as_str());
    let planned = PlannedCall {
        kind: call.kind,
        types: call.types.clone(),
        hours: call.hours,
        continuous: call.continuous.is_some(),
        condition: call.conditional_on.clone(),
        text: call.text.clone(),
    };
    let mut reasons = item.against.clone();
    let mut verdict = None;
    let mut called_on = call.called_on.unwrap_or(facts.on);
    if let Some(at) = item.mandate {
        let found = &found[at];
        called_on = called_day(call, found, book).unwrap_or(called_on);
        match item.day {
            None => reasons.push(Reason {
                code: "no-day",
                what: "no day is named".to_owned(),
                rules: Vec::new(),
                fix: "name the days, or the day it begins with from".to_owned(),
            }),
            Some(day) => {
                let put_off = suspensions(item.dispute, call, item.unit, facts)
                    .find(|suspension| called_on <= suspension.on && concerns(suspension, day));
                if let Some(suspension) = put_off {
                    reasons.push(put_off_reason(suspension, found, book, facts));
                } else {
                    // A25: the notice of continuous action names the day it begins.
                    let named = call.continuous.map_or(day, |(from, _)| from);
                    match notice_for(&item, called_on, found, named, book, facts) {
                        Err(reason) => reasons.extend(reason),
                        Ok((notice, basis)) => {
                            notes.extend(notice.notes());
                            if let Support::Mandate(mandate) = &found.shown.support {
                                let proposed = call.hours.map_or_else(|| ProposedAction::day(day), |hours| hours.on(day));
                                let earliest = first_possible(found, book, facts, mandate.poll().closed_on)
                                    .and_then(Result::ok)
                                    .map(|notice| notice.first_day());
                                for judged in judge_further_action(mandate, &notice, &[proposed], begun[at]) {
                                    reasons.extend(
                                        judged.refused.iter().map(|(refused, refusal, rule)| {
                                            refusal_reason(*refused, *refusal, rule, found, earliest, call)
                                        }),
                                    );
                                    notes.extend(judged.notes.iter().map(|note| format!("{}: {note}", found.shown.unit.name)));
                                    if let Some(lawful) = judged.lawful.first().filter(|_| reasons.is_empty()) {
                                        begun[at] = begun[at].or(Some(*lawful));
                                        verdict = Some(Verdict::Planned { day: *lawful, notice: basis, notice_rule: notice.rule() });
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    let unit_name = item.dispute.polls.iter().flat_map(|poll| &poll.units).find(|unit| unit.id == item.unit).map(|unit| unit.name.as_str());
    JudgedItem {
        mandate: item.mandate,
        day: item.day,
        called_on,
        called_on_is_known: call.called_on.is_some(),
        is_proposal: item.is_proposal,
        verdict: verdict.unwrap_or(Verdict::Refused(reasons)),
        union,
        unit_name,
        call: planned,
    }
}

/// A14: the day of a call; if it is not on record, the last day on which a notice for its first day could be received.
fn called_day(call: &Call, found: &Found<'_>, book: &Rulebook) -> Option<Date> {
    let closed_on = found.facts.as_ref().ok()?.closed_on;
    call.called_on.or_else(|| {
        let first = call.dates.iter().copied().chain(call.continuous.map(|(from, _)| from)).min()?;
        latest_notice(book, found.jurisdiction(), first, found.agreements).map(|(day, _)| day.max(closed_on))
    })
}

fn suspensions<'d>(dispute: &'d Dispute, call: &Call, unit: &str, facts: &PlanFacts) -> impl Iterator<Item = &'d Suspension> {
    let (who, unit, on) = (call.who.0.clone(), unit.to_owned(), facts.on);
    dispute
        .terms
        .suspensions
        .iter()
        .filter(move |suspension| suspension.on <= on && suspension.who.0 == who && suspension.units.iter().any(|(name, _)| *name == unit))
}

/// Whether a postponement concerns that day: one it names, or any later day if it names none.
fn concerns(suspension: &Suspension, day: Date) -> bool {
    if suspension.dates.is_empty() { day >= suspension.on } else { suspension.dates.contains(&day) }
}

fn put_off_reason<'d>(suspension: &Suspension, found: &Found<'d>, book: &'d Rulebook, facts: &PlanFacts) -> Reason<'d> {
    let fix = match first_possible(found, book, facts, suspension.on) {
        Some(Ok(notice)) => format!(
            "call new days and give a new notice: received on {} it allows action from {}",
            weekday_date(notice.received_on()),
            weekday_date(notice.first_day())
        ),
        _ => "call new days and give a new notice".to_owned(),
    };
    Reason { code: "put-off", what: format!("put off on {}: {}", weekday_date(suspension.on), suspension.reason), rules: Vec::new(), fix }
}

/// The first notice that could still be received: not before the day of asking, the close, the telling, a postponement.
fn first_possible<'d>(
    found: &Found<'d>,
    book: &'d Rulebook,
    facts: &PlanFacts,
    not_before: Date,
) -> Option<Result<ActionNotice<'d>, Reason<'d>>> {
    let poll = *found.facts.as_ref().ok()?;
    let told = facts.result_told_on.map_or(ResultTold::NotStated, ResultTold::On);
    let received_on = facts.on.max(poll.closed_on).max(facts.result_told_on.unwrap_or(poll.closed_on)).max(not_before);
    Some(judged_notice(book, poll, told, received_on, found))
}

fn judged_notice<'d>(
    book: &'d Rulebook,
    poll: law::PollFacts,
    told: ResultTold,
    received_on: Date,
    found: &Found<'d>,
) -> Result<ActionNotice<'d>, Reason<'d>> {
    let reason = |what: String| Reason {
        code: "no-notice",
        what,
        rules: Vec::new(),
        fix: "the employer must have the result first, then the notice".to_owned(),
    };
    match judge_notice(book, poll, told, received_on, found.agreements) {
        Err(not_covered) => Err(reason(not_covered.to_string())),
        Ok(Err(fault)) => Err(reason(fault.sentence())),
        Ok(Ok(notice)) => Ok(notice),
    }
}

/// A20 to A24: the notice that a day rests on: one on record that names it and was not overtaken, one that is stated, or one
/// that can still be received in time.
fn notice_for<'d>(
    item: &Item<'_, 'd>,
    called_on: Date,
    found: &Found<'d>,
    day: Date,
    book: &'d Rulebook,
    facts: &PlanFacts,
) -> Result<(ActionNotice<'d>, NoticeBasis), Vec<Reason<'d>>> {
    let Ok(poll) = found.facts else { return Err(Vec::new()) };
    let told = |on: Option<Date>| on.or(facts.result_told_on).map_or(ResultTold::NotStated, ResultTold::On);
    // A23: a notice from before a postponement of this day says nothing about it.
    let overtaken =
        suspensions(item.dispute, item.call, item.unit, facts).filter(|suspension| concerns(suspension, day)).map(|one| one.on).max();
    let is_overtaken = |received_on: Date| overtaken.is_some_and(|on| received_on < on);
    let mut too_old = false;
    let mut faults = Vec::new();
    let mut on_record: Vec<(ActionNotice<'d>, NoticeBasis)> = Vec::new();
    for notice in &item.dispute.terms.notices {
        let is_here = notice.who.0 == item.call.who.0
            && notice.kind == item.call.kind
            && notice.units.iter().any(|(unit, _)| unit == item.unit)
            && notice.received_on <= facts.on
            && notice.names(day);
        if !is_here {
            continue;
        }
        if is_overtaken(notice.received_on) {
            too_old = true;
            continue;
        }
        match judged_notice(book, poll, told(notice.result_told_on), notice.received_on, found) {
            Ok(judged) => on_record.push((judged, NoticeBasis::OnRecord { received_on: notice.received_on, status: notice.status })),
            Err(reason) => faults.push(reason),
        }
    }
    if let Some(received_on) = facts.notice_received_on {
        // One that is only stated names no days: it cannot be of a call made after a later postponement.
        let is_of_earlier_call =
            suspensions(item.dispute, item.call, item.unit, facts).any(|one| received_on < one.on && one.on < called_on);
        if is_overtaken(received_on) || is_of_earlier_call {
            too_old = true;
        } else {
            match judged_notice(book, poll, told(None), received_on, found) {
                Ok(judged) => on_record.push((judged, NoticeBasis::Stated { received_on })),
                Err(reason) => faults.push(reason),
            }
        }
    }
    on_record.sort_by_key(|(notice, _)| (notice.first_day() > day, notice.received_on()));
    if let Some((notice, basis)) = on_record.into_iter().next().filter(|(notice, _)| notice.first_day() <= day) {
        return Ok((notice, basis));
    }
    let earliest = match first_possible(found, book, facts, overtaken.unwrap_or(poll.closed_on)) {
        Some(Ok(earliest)) => earliest,
        Some(Err(reason)) => return Err(vec![reason]),
        None => return Err(faults),
    };
    let by = latest_notice(book, found.jurisdiction(), day, found.agreements);
    if let Some((by, _)) = by.filter(|(by, _)| *by >= earliest.received_on()) {
        return match judged_notice(book, poll, told(None), by, found) {
            Ok(notice) => Ok((notice, NoticeBasis::ToBeGiven { by })),
            Err(reason) => Err(vec![reason]),
        };
    }
    let had_to = by.map_or_else(String::new, |(by, _)| format!("; one had to be received by {}", weekday_date(by)));
    let (code, what) = if too_old {
        ("new-notice-needed", format!("the notice is older than the postponement and does not cover this day{had_to}"))
    } else {
        ("notice-too-short", format!("no notice that names this day was received in time{had_to}"))
    };
    let last = match &found.shown.support {
        Support::Mandate(mandate) if mandate.last_day() >= earliest.first_day() => format!(" to {}", weekday_date(mandate.last_day())),
        Support::Mandate(mandate) => format!(", but the mandate lasts only to {}", weekday_date(mandate.last_day())),
        _ => String::new(),
    };
    let fix = format!(
        "a notice received on {} allows action from {}{last}; a notice that was received goes into action.toml as [[notice]]",
        weekday_date(earliest.received_on()),
        weekday_date(earliest.first_day())
    );
    faults.push(Reason { code, what, rules: vec![earliest.rule()], fix });
    Err(faults)
}

fn refusal_reason<'d>(
    refused: Date,
    refusal: Refusal,
    rule: &'d law::Rule,
    found: &Found<'d>,
    earliest: Option<Date>,
    call: &Call,
) -> Reason<'d> {
    let agreed = found.law.as_ref().and_then(|law| law.mandate_law().term().agreed_up_to).and_then(|most| {
        let closed_on = found.facts.as_ref().ok()?.closed_on;
        Some((most.words(), most.last_day(closed_on)))
    });
    let (code, last_day) = match refusal {
        Refusal::NoticeTooShort { first_day } => ("notice-too-short", first_day),
        Refusal::MandateEnded { last_day } => ("mandate-ended", last_day),
        Refusal::BeganTooLate { last_day } => ("began-too-late", last_day),
    };
    let last = weekday_date(last_day);
    let first = earliest.filter(|first| *first <= last_day).map(weekday_date);
    let overnight = call.hours.is_some_and(crate::action::Hours::ends_next_day);
    let mut fix = match (refusal, first) {
        (Refusal::NoticeTooShort { .. }, _) => format!("the first lawful day under this notice is {last}"),
        (Refusal::MandateEnded { .. }, Some(first)) if overnight => {
            format!("lawful days are {first} to {last}; action on the last of them ends at 24:00")
        }
        (Refusal::MandateEnded { .. }, Some(first)) => format!("lawful days are {first} to {last}"),
        (Refusal::BeganTooLate { .. }, Some(first)) => format!("a first day of action between {first} and {last}"),
        (_, None) => format!("no day is left under this mandate: a notice received now reaches past {last}"),
    };
    if let Some((words, until)) = agreed.filter(|(_, until)| *until > last_day && !matches!(refusal, Refusal::NoticeTooShort { .. })) {
        fix.push_str(&format!("; if the employer agrees to up to {words}, to {}", weekday_date(until)));
    }
    Reason { code, what: format!("{}: {}", weekday_date(refused), refusal.sentence()), rules: vec![rule], fix }
}

/// Planned days, and refused days with those in a row for the same reasons taken together.
pub(super) fn into_days<'d>(
    judged: Vec<JudgedItem<'d>>,
    found: &[Found<'d>],
    in_sight: impl Fn(Date) -> bool,
) -> (Vec<PlannedDay<'d>>, Vec<RefusedDays<'d>>) {
    let (mut days, mut refused): (Vec<PlannedDay<'d>>, Vec<RefusedDays<'d>>) = (Vec::new(), Vec::new());
    for item in judged {
        if item.day.is_some_and(|day| !in_sight(day)) {
            continue;
        }
        match (item.verdict, item.mandate.map(|at| (at, &found[at].shown))) {
            (Verdict::Planned { day, notice, notice_rule }, Some((mandate, shown))) => days.push(PlannedDay {
                day,
                mandate,
                union: item.union,
                dispute: shown.dispute,
                unit: shown.unit,
                call: item.call,
                notice,
                notice_rule,
            }),
            (Verdict::Planned { .. }, None) => {}
            (Verdict::Refused(reasons), _) => {
                let unit = item.unit_name.unwrap_or("a unit of no poll");
                let shape = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code).collect::<Vec<_>>();
                let run = refused.iter_mut().rev().find(|run| {
                    run.unit == unit
                        && run.union == item.union
                        && run.call == item.call
                        && item.call.continuous
                        && shape(&run.reasons) == shape(&reasons)
                        && run.last.map(|last| plus_days(last, 1)) == item.day
                });
                match run {
                    Some(run) => run.last = item.day,
                    None => {
                        refused.push(RefusedDays { first: item.day, last: item.day, union: item.union, unit, call: item.call, reasons })
                    }
                }
            }
        }
    }
    (days, refused)
}
