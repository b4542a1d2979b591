//! A plan as tables and as JSON.

use dispute::plan::{ActionDay, DayRate, NoticeBasis, Plan, Reason, RefusedDays, Support, UnitMandate, days_words};
use law::weekday_date;
use serde_json::{Value, json};

use crate::answer::Table;

pub(super) fn mandates_text(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&["Unit", "Union", "Asked about", "State", "Since", "Why", "New days from", "to"]);
    for mandate in &plan.mandates {
        let (since, why) = match (&mandate.state, &mandate.support) {
            (Some(state), _) => (weekday_date(state.since), state.why.clone()),
            (None, Support::NoMandate(why, _) | Support::CannotTell(why)) => (String::new(), why.clone()),
            (None, Support::Mandate(_)) => Default::default(),
        };
        let (first, last) = match mandate.window {
            Some((first, last)) => (weekday_date(first.date()), weekday_date(last.date())),
            None => ("none".to_owned(), String::new()),
        };
        table.row([
            mandate.unit.name.clone(),
            mandate.dispute.party_name(&mandate.poll.union.0).to_owned(),
            mandate.kind.words().to_owned(),
            mandate.state_word().replace('-', " "),
            since,
            why,
            first,
            last,
        ]);
    }
    table.text()
}

pub(super) fn days_text(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&["Day", "What", "Where", "Notice"]);
    for run in plan.runs() {
        table.row([
            days_words(Some(run.first), Some(run.last)),
            run.action.call.words(),
            run.action.unit_names(),
            run.action.notice.words(),
        ]);
    }
    let mut text = table.text();
    let mut conditions: Vec<String> = Vec::new();
    for day in &plan.days {
        if let Some(condition) = &day.call().condition {
            let line = format!("  {}, {}: on condition: {condition}.\n", weekday_date(day.date()), day.union());
            if !conditions.contains(&line) {
                conditions.push(line);
            }
        }
    }
    text.push_str(&conditions.concat());
    text
}

pub(super) fn refused_text(refused: &[RefusedDays<'_>]) -> String {
    let mut text = String::new();
    // Units refused in the same words are named together.
    let mut groups: Vec<(String, Vec<&str>, String)> = Vec::new();
    for one in refused {
        let head = format!("{}, {}", days_words(one.first, one.last), one.call.words());
        let mut why = String::new();
        for reason in &one.reasons {
            let rules: Vec<&str> = reason.rules.iter().map(|rule| rule.id.as_str()).collect();
            let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
            why.push_str(&format!("    {}{rules}\n      right would be: {}\n", reason.what, reason.fix));
        }
        match groups.iter_mut().find(|(known, _, reasons)| *known == head && *reasons == why) {
            Some((_, units, _)) => units.push(one.unit),
            None => groups.push((head, vec![one.unit], why)),
        }
    }
    for (head, units, why) in groups {
        text.push_str(&format!("  {head}: {}\n{why}", units.join("; ")));
    }
    text
}

pub(super) fn mandate_json(mandate: &UnitMandate<'_>) -> Value {
    let (why, rules) = match &mandate.support {
        Support::Mandate(_) => (None, Vec::new()),
        Support::NoMandate(why, rules) => (Some(why), rules.iter().map(|rule| rule.id.clone()).collect()),
        Support::CannotTell(why) => (Some(why), Vec::new()),
    };
    json!({
        "dispute": mandate.dispute.id,
        "union": mandate.poll.union.0,
        "poll": mandate.poll.id,
        "unit": mandate.unit.id,
        "unit_name": mandate.unit.name,
        "kind": mandate.kind.word(),
        "state": mandate.state_word(),
        "since": mandate.state.as_ref().map(|state| state.since.to_string()),
        "why": mandate.state.as_ref().map(|state| &state.why).or(why),
        "tests_not_met": rules,
        "last_day": match &mandate.support { Support::Mandate(mandate) => Some(mandate.last_day().to_string()), _ => None },
        "last_day_means": match &mandate.support {
            Support::Mandate(mandate) => Some(match mandate.kind() {
                law::TermKind::MustBeginWithin => "action must have begun by then",
                law::TermKind::Expires => "no action after it",
            }),
            _ => None,
        },
        "rule": match &mandate.support { Support::Mandate(mandate) => Some(mandate.rule().id.clone()), _ => None },
        "new_days": mandate.window.map(|(first, last)| json!({"first": first.date().to_string(), "last": last.date().to_string()})),
        "last_notice_on": mandate.last_notice_on.map(|day| day.to_string()),
    })
}

pub(super) fn day_json(action: &ActionDay<'_, '_>) -> Value {
    let (basis, day) = match action.notice {
        NoticeBasis::OnRecord { received_on, .. } => ("on-record", received_on),
        NoticeBasis::Stated { received_on } => ("stated", received_on),
        NoticeBasis::ToBeGiven { by } => ("to-be-given", by),
    };
    json!({
        "date": action.date.to_string(),
        "union": action.union,
        "kind": action.call.kind.word(),
        "types": action.call.types.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "hours": action.call.hours.map(|hours| json!({"from": hours.from(), "until": hours.until()})),
        "continuous": action.call.continuous,
        "units": action.units.iter().map(|unit| unit.id.clone()).collect::<Vec<_>>(),
        "notice": {"basis": basis, "day": day.to_string()},
        "condition": action.call.condition,
        "text": action.call.text,
    })
}

pub(super) fn refused_json(refused: &RefusedDays<'_>) -> Value {
    json!({
        "first": refused.first.map(|day| day.to_string()),
        "last": refused.last.map(|day| day.to_string()),
        "union": refused.union,
        "unit": refused.unit,
        "kind": refused.call.kind.word(),
        "reasons": refused.reasons.iter().map(reason_json).collect::<Vec<_>>(),
    })
}

fn reason_json(reason: &Reason<'_>) -> Value {
    json!({
        "code": reason.code, "what": reason.what, "fix": reason.fix,
        "rules": reason.rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>(),
    })
}

pub(super) fn services_json(plan: &Plan<'_>) -> Value {
    plan.services
        .iter()
        .map(|hit| {
            json!({
                "date": hit.date.to_string(),
                "service": hit.service.id,
                "name": hit.service.name,
                "units": hit.by.iter().map(|(unit, what)| json!({"unit": unit, "what": what})).collect::<Vec<_>>(),
                "cover": hit.service.cover,
                "life_and_limb": hit.service.life_and_limb,
            })
        })
        .collect()
}

pub(super) fn services_text(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&["Service", "Days", "Because of", "Expected to go on", "Covered for life and limb"]);
    for hit in plan.services_by_name() {
        let cell = |text: &Option<String>| text.clone().unwrap_or_else(|| "not on record".to_owned());
        table.row([
            hit.service.name.clone(),
            hit.days_words(),
            hit.units.join("; "),
            cell(&hit.service.cover),
            cell(&hit.service.life_and_limb),
        ]);
    }
    table.text()
}

pub(super) fn costs_text(plan: &Plan<'_>) -> String {
    let costs = &plan.costs;
    let any_pay = costs.units.iter().any(|unit| unit.lost_by_member.is_some());
    let any_strike_pay = costs.units.iter().any(|unit| unit.strike_pay_by_member.is_some());
    let mut headings = vec!["Unit", ">Members called", ">Strike days"];
    if any_pay {
        headings.extend([">Lost each, 1/260", ">1/365", ">Lost in all, 1/260", ">1/365"]);
    }
    if any_strike_pay {
        headings.extend([">Strike pay each", ">in all"]);
    }
    let mut table = Table::new(&headings);
    let money = |amount: Option<pay::Pence>| amount.map_or_else(|| "not known".to_owned(), |amount| amount.to_string());
    let mut missing: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut notes = String::new();
    for unit in &costs.units {
        let mut cells = vec![
            unit.unit.clone(),
            unit.members.as_ref().map_or_else(|| "not known".to_owned(), |(members, _)| pay::grouped(*members)),
            unit.strike_days.to_string(),
        ];
        if any_pay {
            let both = |lost: Option<[pay::Pence; 2]>| [0, 1].map(|at| money(lost.map(|lost| lost[at])));
            cells.extend(both(unit.lost_by_member));
            cells.extend(both(unit.lost_in_all));
        }
        if any_strike_pay {
            cells.extend([money(unit.strike_pay_by_member), money(unit.strike_pay_in_all)]);
        }
        table.row(cells);
        if let Some((_, how)) = &unit.members {
            notes.push_str(&format!("  {}: members {how}.\n", unit.unit));
        }
        if let Some((salary, status)) = &unit.salary {
            notes.push_str(&format!("  {}: pay of {salary}, {}.\n", unit.unit, status.word()));
        }
        for what in &unit.missing {
            match missing.iter_mut().find(|(known, _)| known == what) {
                Some((_, units)) => units.push(&unit.unit),
                None => missing.push((what, vec![&unit.unit])),
            }
        }
    }
    let mut text = table.text();
    text.push_str(&notes);
    for (what, units) in missing {
        text.push_str(&format!("  Not known: {what}. Units: {}.\n", units.join("; ")));
    }
    text.push_str("  If every member called takes part.");
    for rate in DayRate::ALL.iter().filter(|_| any_pay) {
        text.push_str(&format!(" {}.", rate.words()));
    }
    text.push('\n');
    if costs.units.len() > 1 && costs.units.iter().any(|unit| unit.lost_in_all.is_some()) {
        let [working, calendar] = costs.lost_in_all;
        text.push_str(&format!("  Pay lost in all units whose pay is known: {working} by 1/260, {calendar} by 1/365.\n"));
    }
    if costs.units.iter().any(|unit| unit.strike_pay_in_all.is_some()) {
        text.push_str(&format!("  Strike pay in all: {}.", costs.strike_pay_in_all));
        match costs.fund {
            Some(fund) if fund >= costs.strike_pay_in_all => text.push_str(&format!(" The fund of {fund} covers it.\n")),
            Some(fund) => text.push_str(&format!(" The fund of {fund} is short by {}.\n", costs.strike_pay_in_all - fund)),
            None => text.push_str(" What the fund holds is not on record.\n"),
        }
    }
    text
}

pub(super) fn costs_json(plan: &Plan<'_>) -> Value {
    let pence = |amounts: Option<[pay::Pence; 2]>| amounts.map(|[working, calendar]| json!({"by_260": working.0, "by_365": calendar.0}));
    json!({
        "assumes": "every member called takes part",
        "conventions": {"by_260": DayRate::WorkingDays.words(), "by_365": DayRate::CalendarDays.words()},
        "units": plan.costs.units.iter().map(|unit| json!({
            "unit": unit.unit_id,
            "unit_name": unit.unit,
            "members_called": unit.members.as_ref().map(|(members, _)| members),
            "members_counted": unit.members.as_ref().map(|(_, how)| how),
            "strike_days": unit.strike_days,
            "pay": unit.salary.as_ref().map(|(salary, status)| json!({"what": salary, "status": status.word()})),
            "lost_by_member_pence": pence(unit.lost_by_member),
            "lost_in_all_pence": pence(unit.lost_in_all),
            "strike_pay_by_member_pence": unit.strike_pay_by_member.map(|pay| pay.0),
            "strike_pay_in_all_pence": unit.strike_pay_in_all.map(|pay| pay.0),
            "missing": unit.missing,
        })).collect::<Vec<_>>(),
        "lost_in_all_pence": pence(Some(plan.costs.lost_in_all)),
        "strike_pay_in_all_pence": plan.costs.strike_pay_in_all.0,
        "fund_pence": plan.costs.fund.map(|fund| fund.0),
    })
}

pub(super) fn common_text(plan: &Plan<'_>) -> String {
    let mut text = String::new();
    for window in &plan.common {
        let notified =
            if window.notified.is_empty() { String::new() } else { format!("; notified already by {}", window.notified.join(", ")) };
        text.push_str(&format!("  {}, {}{notified}\n", days_words(Some(window.first()), Some(window.last())), window.kind.words()));
        for (union, mandates) in &window.unions {
            for at in mandates {
                let mandate = &plan.mandates[*at];
                let proof = match &mandate.support {
                    Support::Mandate(proof) => format!("mandate to {} ({})", weekday_date(proof.last_day()), proof.rule().id),
                    _ => String::new(),
                };
                text.push_str(&format!("    {union}, {}: {}, {proof}\n", mandate.unit.name, mandate.state_word()));
            }
        }
    }
    text
}

pub(super) fn common_json(plan: &Plan<'_>) -> Value {
    plan.common
        .iter()
        .map(|window| {
            json!({
                "first": window.first().to_string(),
                "last": window.last().to_string(),
                "kind": window.kind.word(),
                "notified_by": window.notified,
                "unions": window.unions.iter().map(|(union, mandates)| json!({
                    "union": union,
                    "mandates": mandates.iter().map(|at| mandate_json(&plan.mandates[*at])).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect()
}
