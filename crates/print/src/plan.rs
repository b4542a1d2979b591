//! The plan of action on paper, straight from `dispute::plan`: mandates, lawful days with their notices, what is refused and why,
//! services, what it costs members.

use dated::Date;
use dispute::plan::{Plan, RefusedDays, Support, days_words};
use law::weekday_date;
use serde_json::{Value, json};

use crate::document::Document;

/// The plan as a document. `on` is the day of asking, `from` the first day shown; `rules` is what the law crate asks to be said
/// under every legal output.
pub fn plan_document(plan: &Plan<'_>, title: &str, on: Date, from: Date, not_legal_advice: &str) -> Document {
    let mandates: Vec<Value> = plan
        .mandates
        .iter()
        .map(|mandate| {
            let why = match (&mandate.state, &mandate.support) {
                (Some(state), _) => format!("since {}: {}", weekday_date(state.since), state.why),
                (None, Support::NoMandate(why, _) | Support::CannotTell(why)) => why.clone(),
                (None, Support::Mandate(_)) => String::new(),
            };
            json!({
                "unit": mandate.unit.name,
                "union": mandate.dispute.party_name(&mandate.poll.union.0),
                "kind": mandate.kind.words(),
                "state": mandate.state_word().replace('-', " "),
                "why": why,
                "window": mandate.window.map_or_else(
                    || "none".to_owned(),
                    |(first, last)| days_words(Some(first.date()), Some(last.date())),
                ),
            })
        })
        .collect();
    let days: Vec<Value> = plan
        .runs()
        .iter()
        .map(|run| {
            json!({
                "when": days_words(Some(run.first), Some(run.last)),
                "who": format!("{}: {}", run.action.union, run.action.unit_names()),
                "what": run.action.call.words(),
                "condition": run.action.call.condition,
                "notice": run.action.notice.words(),
            })
        })
        .collect();
    let services: Vec<Value> = plan
        .services_by_name()
        .iter()
        .map(|hit| {
            json!({
                "name": hit.service.name,
                "days": hit.days_words(),
                "units": hit.units.join("; "),
                "cover": hit.service.cover,
                "life_and_limb": hit.service.life_and_limb,
            })
        })
        .collect();
    let costs = &plan.costs;
    let both = |amounts: Option<[pay::Pence; 2]>| amounts.map(|[working, calendar]| [working.to_string(), calendar.to_string()]);
    let units: Vec<Value> = costs
        .units
        .iter()
        .map(|unit| {
            json!({
                "unit": unit.unit,
                "members": unit.members.as_ref().map_or_else(|| "not known".to_owned(), |(members, how)| format!("{} ({how})", pay::grouped(*members))),
                "days": unit.strike_days,
                "by_member": both(unit.lost_by_member),
                "in_all": both(unit.lost_in_all),
                "missing": unit.missing,
            })
        })
        .collect();
    let common: Vec<String> = plan
        .common
        .iter()
        .map(|window| {
            let unions: Vec<&str> = window.unions.iter().map(|(union, _)| union.as_str()).collect();
            format!("{}, {}: {}", days_words(Some(window.first()), Some(window.last())), window.kind.words(), unions.join(", "))
        })
        .collect();
    let data = json!({
        "heading": title,
        "on": weekday_date(on),
        "from": weekday_date(from),
        "mandates": mandates,
        "days": days,
        "refused": plan.refused.iter().map(refused).collect::<Vec<_>>(),
        "common": common,
        "services": services,
        "not_hit": plan.services_not_hit,
        "costs": units,
        "lost_in_all": both(costs.units.iter().any(|unit| unit.lost_in_all.is_some()).then_some(costs.lost_in_all)),
        "strike_pay": costs.strike_pay_in_all.to_string(),
        "fund": costs.fund.map(|fund| fund.to_string()),
        "notes": plan.notes,
        "rules": plan.rules().iter().map(|rule| rule.source.clone()).fold(Vec::new(), |mut all: Vec<String>, source| {
            if !all.contains(&source) {
                all.push(source);
            }
            all
        }),
        "disclaimer": not_legal_advice,
    });
    Document::new("plan.typ", format!("Plan of action: {title}"), on, data)
}

fn refused(refused: &RefusedDays<'_>) -> Value {
    let reasons: Vec<Value> = refused.reasons.iter().map(|reason| json!({ "what": reason.what, "fix": reason.fix })).collect();
    json!({
        "when": days_words(refused.first, refused.last),
        "who": format!("{}: {}", refused.union, refused.unit),
        "what": refused.call.words(),
        "reasons": reasons,
    })
}
