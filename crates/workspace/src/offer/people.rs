//! A workforce under several offers: the sides, what each costs, and why somebody cannot be valued.

use dated::{Fault, Place, Severity};
use dispute::{Dispute, Library};
use pay::{Framework, NotOnScale, NotValued, Offer, PayYear, People, Side, Workforce};
use report::{CostOfSide, SideCost};

use super::bill::{Billed, NotCosted, Plan, bill, heads, seen_by, years_of};
use super::find_offer;

/// Groups of fewer people than this are not shown.
pub const SMALLEST_GROUP: u64 = 10;

/// The offers of names as typed: `three-year@Scotland` or `three-year`.
///
/// # Errors
/// A sentence with the offers that there are.
pub fn offers_of<'o>(dispute: &'o Dispute, names: &[String]) -> Result<Vec<(String, &'o Offer)>, String> {
    names
        .iter()
        .map(|name| {
            let id = name.split_once('@').map_or(name.as_str(), |(id, _)| id);
            Ok((name.clone(), find_offer(&dispute.offers, id)?))
        })
        .collect()
}

/// The earliest first pay year, so that an offer that begins later is seen to begin later.
///
/// # Errors
/// A sentence when none of the offers has dated steps.
pub fn first_year(framework: &Framework<'_>, offers: &[(String, &Offer)]) -> Result<PayYear, String> {
    let year = offers.iter().filter_map(|(_, offer)| framework.first_pay_year(offer)).min();
    year.ok_or_else(|| "none of these offers has dated steps, so nobody can be valued under them".to_owned())
}

/// Names as typed with their offers, each as it is looked at.
pub fn sides<'o>(offers: &[(String, &'o Offer)]) -> Vec<Side<'o>> {
    let nation = |name: &str| name.split_once('@').map(|(_, nation)| nation.to_owned());
    offers.iter().map(|(name, offer)| Side { name: name.clone(), offer, nation: nation(name) }).collect()
}

/// What each side costs, by the engine of `offer cost`.
///
/// # Errors
/// A question that cannot be answered as put.
pub fn costs<'l>(
    plan: &Plan<'_>,
    sides: &[Side<'_>],
    workforce: &Workforce,
    framework: &Framework<'_>,
    dispute: &Dispute,
    library: &'l Library,
) -> Result<Vec<Result<Billed<'l>, NotCosted>>, String> {
    sides.iter().map(|side| bill(plan, side.offer, &seen_by(side, workforce), framework, dispute, library)).collect()
}

/// What each side costs over the same years, so that their months can be set side by side.
///
/// # Errors
/// As [`costs`].
pub fn costs_side_by_side(
    people: &People<'_>,
    workforce: &Workforce,
    framework: &Framework<'_>,
    dispute: &Dispute,
    library: &Library,
) -> Result<Vec<SideCost>, String> {
    let first = people.year.first_month();
    let years = people.sides().iter().map(|side| years_of(side.offer, first)).max();
    let plan = Plan { first: Some(first), years, ..Plan::AS_OFFERED };
    let costs = costs(&plan, people.sides(), workforce, framework, dispute, library)?;
    let of_side = |billed: Result<Billed<'_>, NotCosted>| match billed {
        Ok(Billed { bill, on_costs, assumptions, .. }) => Ok(CostOfSide { bill, on_costs, assumptions }),
        Err(why) => Err(why.sentences()),
    };
    Ok(costs.into_iter().map(of_side).collect())
}

/// Values a workforce.
///
/// # Errors
/// For everybody who cannot be valued why not: one fault for everybody of a side in a nation where it does not apply, else one for
/// each post under all sides.
pub fn value<'p>(
    framework: &Framework<'_>,
    year: PayYear,
    workforce: &'p Workforce,
    sides: Vec<Side<'p>>,
    gated_are_paid: bool,
    file: &str,
) -> Result<People<'p>, Vec<Fault>> {
    let nations: Vec<(String, String)> = sides
        .iter()
        .map(|side| (side.name.clone(), side.offer.nations.first().map(|(name, _)| name.clone()).unwrap_or_default()))
        .collect();
    People::value(framework, year, workforce, sides, gated_are_paid).map_err(|missing| not_valued(missing, &nations, file))
}

fn not_valued(missing: Vec<NotValued>, nations: &[(String, String)], file: &str) -> Vec<Fault> {
    let fault = |code, what, fix| Fault { code, severity: Severity::Error, place: Place::new(file, 1), what, fix };
    let mut elsewhere: Vec<(String, String, u64)> = Vec::new();
    let mut posts: Vec<(NotOnScale, Vec<String>)> = Vec::new();
    for NotValued { side, who } in missing {
        if who.why.contains("does not apply in") {
            match elsewhere.iter_mut().find(|(known, why, _)| *known == side && *why == who.why) {
                Some((_, _, people)) => *people += who.headcount,
                None => elsewhere.push((side, who.why, who.headcount)),
            }
        } else {
            match posts.iter_mut().find(|(known, _)| *known == who) {
                Some((_, sides)) => sides.push(side),
                None => posts.push((who, vec![side])),
            }
        }
    }
    let mut faults: Vec<Fault> = Vec::new();
    for (side, why, people) in elsewhere {
        let there = nations.iter().find(|(name, _)| *name == side).map_or("", |(_, nation)| nation);
        faults.push(fault(
            "offer-elsewhere",
            format!("{side}: {why}, where {} of the file work", heads(people)),
            format!("to look at all staff as if they were in {there}, write {side}@{there}; or leave these rows out"),
        ));
    }
    for (who, sides) in posts {
        faults.push(fault(
            "not-on-scale",
            format!("{} ({}): {} (under {})", who.who, heads(who.headcount), who.why, sides.join(", ")),
            "correct nation, band and point of these rows, or leave them out".to_owned(),
        ));
    }
    faults
}
